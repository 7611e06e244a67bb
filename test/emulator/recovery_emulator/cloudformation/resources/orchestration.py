"""AWS::Events and AWS::StepFunctions."""

import json
import re

from recovery_emulator import loopback
from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list


@handles("AWS::Events::Rule")
class Rule(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("Name") or context.generated_name(64)
        arn = self._put(context, name, properties)
        bus = properties.get("EventBusName", "default")
        return Made(name if bus == "default" else f"{bus}|{name}", {"Arn": arn})

    @staticmethod
    def _put(context: Context, name: str, properties: Properties) -> str:
        client = context.client("events")
        plain = {**properties, "Name": name, "Tags": tag_list(properties, context.tags)}
        arn = call(client, "put_rule", plain, {"Targets"})["RuleArn"]
        if properties.get("Targets"):
            bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
            outcome = call(client, "put_targets", {"Rule": name, "Targets": properties["Targets"], **bus})
            if outcome.get("FailedEntryCount"):
                raise RuntimeError(str(outcome["FailedEntries"]))
        return str(arn)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        name = made.physical_id.rpartition("|")[2]
        self._remove_targets(context, name, old)
        self._put(context, name, new)
        return made

    @staticmethod
    def _remove_targets(context: Context, name: str, properties: Properties) -> None:
        if properties.get("Targets"):
            bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
            context.client("events").remove_targets(Rule=name, Ids=[t["Id"] for t in properties["Targets"]], **bus)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        name = made.physical_id.rpartition("|")[2]
        bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
        ignore_gone(lambda: self._remove_targets(context, name, properties))
        ignore_gone(lambda: context.client("events").delete_rule(Name=name, **bus))


@handles("AWS::Events::EventBus")
class EventBus(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        arn = call(
            context.client("events"),
            "create_event_bus",
            {**properties, "Tags": tag_list(properties, context.tags)},
            {"Policy"},
        )["EventBusArn"]
        return Made(properties["Name"], {"Arn": arn, "Name": properties["Name"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("events").delete_event_bus(Name=made.physical_id))


@handles("AWS::StepFunctions::StateMachine")
class StateMachine(Handler):
    _substituted = {
        "DefinitionString",
        "DefinitionSubstitutions",
        "Definition",
        "DefinitionS3Location",
        "StateMachineName",
        "StateMachineType",
    }

    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("StateMachineName") or context.generated_name(80)
        plain = {**self._api(context, properties), "Name": name, "Tags": tag_list(properties, context.tags)}
        if "StateMachineType" in properties:
            plain["Type"] = properties["StateMachineType"]
        arn = call(context.client("stepfunctions"), "create_state_machine", plain)["stateMachineArn"]
        return Made(arn, {"Arn": arn, "Name": name})

    def _api(self, context: Context, properties: Properties) -> Properties:
        if "DefinitionS3Location" in properties:
            where = properties["DefinitionS3Location"]
            text = (
                loopback.client("s3", context.region, context.account)
                .get_object(Bucket=where["Bucket"], Key=where["Key"])["Body"]
                .read()
                .decode()
            )
        else:
            text = properties.get("DefinitionString") or json.dumps(properties["Definition"])
        values = properties.get("DefinitionSubstitutions", {})
        text = re.sub(r"\$\{([A-Za-z0-9_]+)\}", lambda m: str(values.get(m.group(1), m.group(0))), text)
        return {**{k: v for k, v in properties.items() if k not in self._substituted | {"Tags"}}, "Definition": text}

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        allowed = {
            "DefinitionString",
            "DefinitionSubstitutions",
            "Definition",
            "DefinitionS3Location",
            "RoleArn",
            "LoggingConfiguration",
            "TracingConfiguration",
            "Tags",
        }
        changed = only_changed(self, old, new, allowed)
        client = context.client("stepfunctions")
        call(client, "update_state_machine", {**self._api(context, new), "StateMachineArn": made.physical_id})
        if "Tags" in changed:
            client.untag_resource(resourceArn=made.physical_id, tagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(
                resourceArn=made.physical_id,
                tags=[{"key": t["Key"], "value": t["Value"]} for t in tag_list(new, context.tags)],
            )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("stepfunctions").delete_state_machine(stateMachineArn=made.physical_id))
