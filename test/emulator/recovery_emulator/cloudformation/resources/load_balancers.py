"""AWS::ElasticLoadBalancingV2."""

from recovery_emulator.cloudformation.errors import NotEmulated
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


def _tagged(context: Context, properties: Properties) -> Properties:
    tags = tag_list(properties, context.tags)
    return {**{k: v for k, v in properties.items() if k != "Tags"}, **({"Tags": tags} if tags else {})}


@handles("AWS::ElasticLoadBalancingV2::LoadBalancer")
class LoadBalancer(Handler):
    _apart = frozenset(
        {
            "LoadBalancerAttributes",
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "MinimumLoadBalancerCapacity",
        }
    )

    def create(self, context: Context, properties: Properties) -> Made:
        client, name = context.client("elbv2"), properties.get("Name") or context.generated_name(32)
        plain = {**_tagged(context, properties), "Name": name}
        found = call(client, "create_load_balancer", plain, set(self._apart))["LoadBalancers"][0]
        arn = found["LoadBalancerArn"]
        self._set(context, arn, properties)
        return Made(
            arn,
            {
                "LoadBalancerArn": arn,
                "DNSName": found["DNSName"],
                "CanonicalHostedZoneID": found["CanonicalHostedZoneId"],
                "LoadBalancerName": name,
                "LoadBalancerFullName": arn.partition(":loadbalancer/")[2],
                "SecurityGroups": found.get("SecurityGroups", []),
            },
        )

    @staticmethod
    def _set(context: Context, arn: str, properties: Properties) -> None:
        if properties.get("LoadBalancerAttributes"):
            wanted = {"LoadBalancerArn": arn, "Attributes": properties["LoadBalancerAttributes"]}
            call(context.client("elbv2"), "modify_load_balancer_attributes", wanted)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("elbv2")
        changed = only_changed(self, old, new, {"LoadBalancerAttributes", "SecurityGroups", "Subnets", "Tags"})
        if "LoadBalancerAttributes" in changed:
            self._set(context, made.physical_id, new)
        if "SecurityGroups" in changed:
            client.set_security_groups(LoadBalancerArn=made.physical_id, SecurityGroups=new["SecurityGroups"])
        if "Subnets" in changed:
            client.set_subnets(LoadBalancerArn=made.physical_id, Subnets=new["Subnets"])
        if "Tags" in changed:
            client.add_tags(ResourceArns=[made.physical_id], Tags=tag_list(new, context.tags))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("elbv2").delete_load_balancer(LoadBalancerArn=made.physical_id))


@handles("AWS::ElasticLoadBalancingV2::TargetGroup")
class TargetGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client, name = context.client("elbv2"), properties.get("Name") or context.generated_name(32)
        plain = {**_tagged(context, properties), "Name": name}
        arn = call(client, "create_target_group", plain, {"TargetGroupAttributes", "Targets"})["TargetGroups"][0][
            "TargetGroupArn"
        ]
        self._set(context, arn, properties)
        if properties.get("Targets"):
            call(client, "register_targets", {"TargetGroupArn": arn, "Targets": properties["Targets"]})
        full = arn.rpartition(":")[2]
        return Made(arn, {"TargetGroupArn": arn, "TargetGroupName": name, "TargetGroupFullName": full})

    @staticmethod
    def _set(context: Context, arn: str, properties: Properties) -> None:
        if properties.get("TargetGroupAttributes"):
            wanted = {"TargetGroupArn": arn, "Attributes": properties["TargetGroupAttributes"]}
            call(context.client("elbv2"), "modify_target_group_attributes", wanted)

    def attribute(self, context: Context, made: Made, properties: Properties, name: str) -> object:
        if name != "LoadBalancerArns":
            return None
        found = context.client("elbv2").describe_target_groups(TargetGroupArns=[made.physical_id])["TargetGroups"][0]
        return found.get("LoadBalancerArns", [])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("elbv2")
        names = accepts(client, "modify_target_group")
        apart = {"TargetGroupAttributes", "Targets"}
        changed = only_changed(self, old, new, {k for k in {*old, *new} if k.lower() in names} | apart)
        if changed - apart:
            plain = {k: new[k] for k in changed - apart if k in new}
            call(client, "modify_target_group", {**plain, "TargetGroupArn": made.physical_id})
        if "TargetGroupAttributes" in changed:
            self._set(context, made.physical_id, new)
        if "Targets" in changed:
            gone = [target for target in old.get("Targets", []) if target not in new.get("Targets", [])]
            for operation, targets in (("deregister_targets", gone), ("register_targets", new.get("Targets", []))):
                if targets:
                    call(client, operation, {"TargetGroupArn": made.physical_id, "Targets": targets})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("elbv2").delete_target_group(TargetGroupArn=made.physical_id))


@handles("AWS::ElasticLoadBalancingV2::Listener")
class Listener(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        if properties.get("ListenerAttributes"):
            raise NotEmulated("ListenerAttributes of AWS::ElasticLoadBalancingV2::Listener is not emulated")
        arn = call(context.client("elbv2"), "create_listener", properties)["Listeners"][0]["ListenerArn"]
        return Made(arn, {"ListenerArn": arn})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        allowed = {"DefaultActions", "Port", "Protocol", "Certificates", "SslPolicy"}
        changed = only_changed(self, old, new, allowed)
        plain = {k: new[k] for k in changed if k in new}
        call(context.client("elbv2"), "modify_listener", {**plain, "ListenerArn": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("elbv2").delete_listener(ListenerArn=made.physical_id))


@handles("AWS::ElasticLoadBalancingV2::ListenerRule")
class ListenerRule(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        arn = call(context.client("elbv2"), "create_rule", properties)["Rules"][0]["RuleArn"]
        return Made(arn, {"RuleArn": arn, "IsDefault": False})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"Actions", "Conditions", "Priority"})
        client = context.client("elbv2")
        plain = {k: new[k] for k in changed - {"Priority"}}
        if plain:
            call(client, "modify_rule", {**plain, "RuleArn": made.physical_id})
        if "Priority" in changed:
            client.set_rule_priorities(RulePriorities=[{"RuleArn": made.physical_id, "Priority": int(new["Priority"])}])
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("elbv2").delete_rule(RuleArn=made.physical_id))
