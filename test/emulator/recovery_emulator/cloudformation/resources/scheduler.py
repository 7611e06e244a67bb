"""AWS::Scheduler."""

from recovery_emulator.cloudformation.errors import NotEmulated
from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    changed_keys,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list


@handles("AWS::Scheduler::Schedule")
class Schedule(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("Name") or context.generated_name(64)
        arn = call(context.client("scheduler"), "create_schedule", {**properties, "Name": name})["ScheduleArn"]
        return Made(name, {"Arn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        if "GroupName" in changed_keys(old, new):
            raise NotEmulated(f"an update of GroupName of {self.type_name} is not emulated")
        call(context.client("scheduler"), "update_schedule", {**new, "Name": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        group = {"GroupName": properties["GroupName"]} if "GroupName" in properties else {}
        ignore_gone(lambda: context.client("scheduler").delete_schedule(Name=made.physical_id, **group))


@handles("AWS::Scheduler::ScheduleGroup")
class ScheduleGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("Name") or context.generated_name(64)
        plain = {**properties, "Name": name, "Tags": tag_list(properties, context.tags)}
        arn = call(context.client("scheduler"), "create_schedule_group", plain)["ScheduleGroupArn"]
        return Made(name, {"Arn": arn, "State": "ACTIVE"})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Tags"})
        client, arn = context.client("scheduler"), made.attributes["Arn"]
        client.untag_resource(ResourceArn=arn, TagKeys=[t["Key"] for t in old.get("Tags", [])])
        client.tag_resource(ResourceArn=arn, Tags=tag_list(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("scheduler").delete_schedule_group(Name=made.physical_id))
