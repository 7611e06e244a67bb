"""AWS::ECS and AWS::ApplicationAutoScaling."""

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import accepts, call, tag_list


@handles("AWS::ECS::Cluster")
class Cluster(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("ClusterName") or context.generated_name(255)
        own = {{"ClusterSettings": "settings"}.get(k, k): value for k, value in properties.items()}
        plain = {**own, "ClusterName": name, "Tags": tag_list(properties, context.tags)}
        arn = call(context.client("ecs"), "create_cluster", plain)["cluster"]["clusterArn"]
        return Made(name, {"Arn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"ClusterSettings", "Configuration", "ServiceConnectDefaults"})
        plain = {{"ClusterSettings": "settings"}.get(k, k): new[k] for k in changed if k in new}
        call(context.client("ecs"), "update_cluster", {**plain, "cluster": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ecs").delete_cluster(cluster=made.physical_id))


@handles("AWS::ECS::TaskDefinition")
class TaskDefinition(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        family = properties.get("Family") or context.generated_name(255)
        plain = {**properties, "Family": family, "Tags": tag_list(properties, context.tags)}
        arn = call(context.client("ecs"), "register_task_definition", plain)["taskDefinition"]["taskDefinitionArn"]
        return Made(arn, {"TaskDefinitionArn": arn})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ecs").deregister_task_definition(taskDefinition=made.physical_id))


@handles("AWS::ECS::Service")
class Service(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("ServiceName") or context.generated_name(255)
        plain = {"DesiredCount": 1, **properties, "ServiceName": name, "Tags": tag_list(properties, context.tags)}
        service = call(context.client("ecs"), "create_service", plain)["service"]
        # moto has ARNs of the short form by default
        arn = context.arn(
            "ecs", f"service/{properties.get('Cluster', 'default').split('/')[-1]}/{service['serviceName']}"
        )
        return Made(arn, {"Name": service["serviceName"], "ServiceArn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        names = accepts(context.client("ecs"), "update_service")
        changed = only_changed(self, old, new, {k for k in {*old, *new} if k.lower() in names})
        plain = {k: new[k] for k in changed if k in new}
        where = {"service": made.attributes["Name"], "cluster": new.get("Cluster", "default")}
        call(context.client("ecs"), "update_service", {**plain, **where})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {"service": made.attributes["Name"], "cluster": properties.get("Cluster", "default")}
        ignore_gone(lambda: context.client("ecs").delete_service(**where, force=True))


@handles("AWS::ApplicationAutoScaling::ScalableTarget")
class ScalableTarget(Handler):
    _key = ("ServiceNamespace", "ResourceId", "ScalableDimension")

    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("application-autoscaling"), "register_scalable_target", properties, {"ScheduledActions"})
        name = "|".join(properties[k] for k in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
        return Made(name, {"Id": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"MinCapacity", "MaxCapacity", "SuspendedState", "RoleARN"})
        return self.create(context, new)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {k: properties[k] for k in self._key}
        ignore_gone(lambda: context.client("application-autoscaling").deregister_scalable_target(**where))


@handles("AWS::ApplicationAutoScaling::ScalingPolicy")
class ScalingPolicy(Handler):
    @staticmethod
    def _where(properties: Properties) -> Properties:
        if "ScalingTargetId" not in properties:
            return {k: properties[k] for k in ScalableTarget._key}
        resource, dimension, namespace = properties["ScalingTargetId"].split("|")
        return {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}

    def create(self, context: Context, properties: Properties) -> Made:
        plain = {**properties, **self._where(properties)}
        made = call(context.client("application-autoscaling"), "put_scaling_policy", plain, {"ScalingTargetId"})
        arn = made.get("PolicyARN") or context.arn(
            "autoscaling", f"scalingPolicy:*:policyName/{properties['PolicyName']}"
        )
        return Made(arn, {"Arn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return self.create(context, new)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {"PolicyName": properties["PolicyName"], **self._where(properties)}
        ignore_gone(lambda: context.client("application-autoscaling").delete_scaling_policy(**where))
