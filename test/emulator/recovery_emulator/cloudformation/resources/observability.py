"""AWS::CloudWatch and AWS::Logs."""

from typing import Any

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list, tag_map


@handles("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
class Alarm(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("AlarmName") or context.generated_name(255)
        self._put(context, name, properties)
        return Made(name, {"Arn": context.arn("cloudwatch", f"alarm:{name}")})

    def _put(self, context: Context, name: str, properties: Properties) -> None:
        operation = "put_composite_alarm" if "Composite" in self.type_name else "put_metric_alarm"
        call(
            context.client("cloudwatch"),
            operation,
            {**properties, "AlarmName": name, "Tags": tag_list(properties, context.tags)},
        )

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self._put(context, made.physical_id, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("cloudwatch").delete_alarms(AlarmNames=[made.physical_id]))


@handles("AWS::CloudWatch::Dashboard")
class Dashboard(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("DashboardName") or context.generated_name(255)
        call(context.client("cloudwatch"), "put_dashboard", {**properties, "DashboardName": name})
        return Made(name)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        call(context.client("cloudwatch"), "put_dashboard", {**new, "DashboardName": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("cloudwatch").delete_dashboards(DashboardNames=[made.physical_id]))


@handles("AWS::Logs::LogGroup")
class LogGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("LogGroupName") or context.generated_name(512)
        tags = tag_map(properties, context.tags)
        plain = {k: v for k, v in properties.items() if k != "Tags"} | {"LogGroupName": name}
        plain |= {"Tags": tags} if tags else {}  # an empty map is refused
        call(context.client("logs"), "create_log_group", plain, {"RetentionInDays", "DataProtectionPolicy"})
        self._retain(context, name, properties.get("RetentionInDays"))
        return Made(name, {"Arn": context.arn("logs", f"log-group:{name}:*")})

    @staticmethod
    def _retain(context: Context, name: str, days: Any) -> None:
        if days is not None:
            context.client("logs").put_retention_policy(logGroupName=name, retentionInDays=int(days))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"RetentionInDays", "Tags", "KmsKeyId"})
        if "RetentionInDays" in changed and "RetentionInDays" not in new:
            context.client("logs").delete_retention_policy(logGroupName=made.physical_id)
        self._retain(context, made.physical_id, new.get("RetentionInDays"))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("logs").delete_log_group(logGroupName=made.physical_id))


@handles("AWS::Logs::MetricFilter")
class MetricFilter(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("FilterName") or context.generated_name(512)
        transformations = []
        for wanted in properties["MetricTransformations"]:
            dimensions = (
                {"dimensions": {d["Key"]: d["Value"] for d in wanted["Dimensions"]}} if "Dimensions" in wanted else {}
            )
            transformations.append({**{k: v for k, v in wanted.items() if k != "Dimensions"}, **dimensions})
        call(
            context.client("logs"),
            "put_metric_filter",
            {**properties, "FilterName": name, "MetricTransformations": transformations},
        )
        return Made(name)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        self.create(context, {**new, "FilterName": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("logs").delete_metric_filter(
                logGroupName=properties["LogGroupName"], filterName=made.physical_id
            )
        )


@handles("AWS::Logs::ResourcePolicy")
class LogResourcePolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("logs"), "put_resource_policy", properties)
        return Made(properties["PolicyName"])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return self.create(context, new)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("logs").delete_resource_policy(policyName=made.physical_id))
