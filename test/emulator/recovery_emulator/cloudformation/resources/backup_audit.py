"""AWS::Backup: frameworks and report plans."""

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_map


@handles("AWS::Backup::Framework")
class Framework(Handler):
    def _api(self, properties: Properties) -> Properties:
        controls = []
        for control in properties["FrameworkControls"]:
            scope = control.get("ControlScope")
            if scope and isinstance(scope.get("Tags"), list):
                control = {**control, "ControlScope": {**scope, "Tags": {t["Key"]: t["Value"] for t in scope["Tags"]}}}
            controls.append(control)
        return {**{k: v for k, v in properties.items() if k != "FrameworkTags"}, "FrameworkControls": controls}

    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("FrameworkName") or context.generated_name(256, separator="_")
        wanted = {
            **self._api(properties),
            "FrameworkName": name,
            "FrameworkTags": tag_map(properties, context.tags, "FrameworkTags"),
        }
        made = call(context.client("backup"), "create_framework", wanted)
        attributes = {
            "FrameworkArn": made["FrameworkArn"],
            "FrameworkStatus": "ACTIVE",
            "DeploymentStatus": "COMPLETED",
        }
        return Made(made["FrameworkArn"], attributes)

    @staticmethod
    def _name(made: Made) -> str:
        return made.physical_id.split(":")[-1][:-37]

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"FrameworkControls", "FrameworkDescription"})
        call(context.client("backup"), "update_framework", {**self._api(new), "FrameworkName": self._name(made)})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("backup").delete_framework(FrameworkName=self._name(made)))


@handles("AWS::Backup::ReportPlan")
class ReportPlan(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("ReportPlanName") or context.generated_name(256, separator="_")
        wanted = {
            **properties,
            "ReportPlanName": name,
            "ReportPlanTags": tag_map(properties, context.tags, "ReportPlanTags"),
        }
        made = call(context.client("backup"), "create_report_plan", wanted)
        return Made(made["ReportPlanArn"], {"ReportPlanArn": made["ReportPlanArn"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"ReportPlanDescription", "ReportSetting", "ReportDeliveryChannel"})
        name = made.physical_id.split(":")[-1][:-37]
        call(
            context.client("backup"),
            "update_report_plan",
            {"ReportPlanName": name, **{k: new[k] for k in changed if k in new}},
        )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("backup").delete_report_plan(ReportPlanName=made.physical_id.split(":")[-1][:-37])
        )
