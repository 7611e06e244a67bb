"""AWS::AutoScaling."""

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
from recovery_emulator.cloudformation.requests import accepts, call

_APART = {
    "Tags",
    "VPCZoneIdentifier",
    "NotificationConfigurations",
    "MetricsCollection",
    "LifecycleHookSpecificationList",
}

_SIZES = {"MinSize", "MaxSize", "DesiredCapacity"}


def _api(context: Context, properties: Properties) -> Properties:
    plain: dict[str, Any] = {k: v for k, v in properties.items() if k not in _APART}
    if "VPCZoneIdentifier" in properties:
        plain["VPCZoneIdentifier"] = ",".join(properties["VPCZoneIdentifier"])
    return plain


@handles("AWS::AutoScaling::AutoScalingGroup")
class AutoScalingGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("AutoScalingGroupName") or context.generated_name(255)
        of_stack = [{"Key": k, "Value": v, "PropagateAtLaunch": True} for k, v in context.tags.items()]
        tags = [
            {**tag, "ResourceId": name, "ResourceType": "auto-scaling-group"}
            for tag in [*of_stack, *properties.get("Tags", [])]
        ]
        plain = {**_api(context, properties), "AutoScalingGroupName": name, **({"Tags": tags} if tags else {})}
        call(context.client("autoscaling"), "create_auto_scaling_group", plain)
        return Made(
            name, {"AutoScalingGroupARN": context.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}")}
        )

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("autoscaling")
        names = accepts(client, "update_auto_scaling_group")
        changed = only_changed(self, old, new, {k for k in {*old, *new} if k.lower() in names} | {"Tags"})
        # with a change of one, all sizes are set again that the template names, whatever they are by now
        wanted = changed | (_SIZES if changed & _SIZES else set())
        plain = {k: v for k, v in _api(context, new).items() if k in wanted}
        call(client, "update_auto_scaling_group", {**plain, "AutoScalingGroupName": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {"AutoScalingGroupName": made.physical_id, "ForceDelete": True}
        ignore_gone(lambda: context.client("autoscaling").delete_auto_scaling_group(**where))


@handles("AWS::AutoScaling::ScalingPolicy")
class ScalingPolicy(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = context.generated_name(255)
        call(context.client("autoscaling"), "put_scaling_policy", {**properties, "PolicyName": name})
        # moto does not tell the ARN
        group = properties["AutoScalingGroupName"]
        arn = context.arn("autoscaling", f"scalingPolicy:*:autoScalingGroupName/{group}:policyName/{name}")
        return Made(arn, {"Arn": arn, "PolicyName": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        call(context.client("autoscaling"), "put_scaling_policy", {**new, "PolicyName": made.attributes["PolicyName"]})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {
            "PolicyName": made.attributes["PolicyName"],
            "AutoScalingGroupName": properties["AutoScalingGroupName"],
        }
        ignore_gone(lambda: context.client("autoscaling").delete_policy(**where))
