"""AWS::Route53RecoveryControl, AWS::FIS and AWS::ARCRegionSwitch."""

import uuid
from typing import Any

from recovery_emulator.cloudformation.handlers import Context, Handler, Made, Properties, handles, ignore_gone
from recovery_emulator.cloudformation.requests import call
from recovery_emulator.routing import region_switch
from recovery_emulator.routing.controls import BOOKS, Control, Rule, endpoints, new_arn


@handles("AWS::Route53RecoveryControl::Cluster")
class Cluster(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        arn = new_arn(context.account, "cluster")
        return Made(arn, {"ClusterArn": arn, "ClusterEndpoints": endpoints(), "Status": "DEPLOYED"})


@handles("AWS::Route53RecoveryControl::ControlPanel")
class ControlPanel(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        arn = new_arn(context.account, "controlpanel")
        attributes = {
            "ControlPanelArn": arn,
            "DefaultControlPanel": False,
            "RoutingControlCount": 0,
            "Status": "DEPLOYED",
        }
        return Made(arn, attributes)


@handles("AWS::Route53RecoveryControl::RoutingControl")
class RoutingControl(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        panel = properties.get("ControlPanelArn") or new_arn(context.account, "controlpanel")
        arn = new_arn("", "routingcontrol", panel)
        BOOKS.controls[arn] = Control(arn, properties["Name"], panel)
        return Made(arn, {"RoutingControlArn": arn, "Status": "DEPLOYED"})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        BOOKS.controls[made.physical_id].name = new["Name"]
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        BOOKS.controls.pop(made.physical_id, None)


@handles("AWS::Route53RecoveryControl::SafetyRule")
class SafetyRule(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        if "AssertionRule" not in properties:
            raise NotImplementedError("a gating rule is not emulated")
        arn = new_arn("", "safetyrule", properties["ControlPanelArn"])
        self._keep(arn, properties)
        return Made(arn, {"SafetyRuleArn": arn, "Status": "DEPLOYED"})

    @staticmethod
    def _keep(arn: str, properties: Properties) -> None:
        rule, asserted = properties["RuleConfig"], properties["AssertionRule"]["AssertedControls"]
        inverted = str(rule["Inverted"]).lower() == "true"
        BOOKS.rules[arn] = Rule(
            arn, properties["ControlPanelArn"], asserted, rule["Type"], int(rule["Threshold"]), inverted
        )

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self._keep(made.physical_id, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        BOOKS.rules.pop(made.physical_id, None)


@handles("AWS::FIS::ExperimentTemplate")
class ExperimentTemplate(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        wanted = {**properties, "ClientToken": str(uuid.uuid4())}
        if context.tags:
            wanted["Tags"] = {**context.tags, **properties.get("Tags", {})}
        name = call(context.client("fis"), "create_experiment_template", wanted)["experimentTemplate"]["id"]
        return Made(name, {"Id": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        plain = {k: v for k, v in new.items() if k not in ("Tags", "ExperimentReportConfiguration")}
        call(context.client("fis"), "update_experiment_template", {**plain, "Id": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("fis").delete_experiment_template(id=made.physical_id))


@handles("AWS::ARCRegionSwitch::Plan")
class RegionSwitchPlan(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        problem = region_switch.problem_with(properties)
        if problem:
            raise ValueError(problem)
        arn = f"arn:aws:arc-region-switch::{context.account}:plan/{properties['Name']}:{uuid.uuid4().hex[:6]}"
        attributes: dict[str, Any] = {"Arn": arn, "Owner": context.account, "Version": "1", "PlanHealthChecks": []}
        return Made(arn, attributes)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        problem = region_switch.problem_with(new)
        if problem:
            raise ValueError(problem)
        version = str(int(made.attributes["Version"]) + 1)
        return Made(made.physical_id, {**made.attributes, "Version": version})
