"""AWS::EC2: security groups and their rules."""

from typing import Any

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
from recovery_emulator.cloudformation.resources.ec2_network import retag, tagged


@handles("AWS::EC2::SecurityGroup")
class SecurityGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("ec2")
        name = properties.get("GroupName") or context.generated_name(255)
        plain = {"GroupName": name, "Description": properties["GroupDescription"], **tagged(self, context, properties)}
        vpc = {"VpcId": properties["VpcId"]} if "VpcId" in properties else {}
        group = client.create_security_group(**plain, **vpc)["GroupId"]
        if properties.get("SecurityGroupEgress"):
            client.revoke_security_group_egress(
                GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            )
        self._open(client, group, properties)
        return Made(group, {"GroupId": group, "VpcId": properties.get("VpcId", "")})

    @staticmethod
    def _open(client: Any, group: str, properties: Properties) -> None:
        for rule in properties.get("SecurityGroupIngress", []):
            client.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(rule)])
        for rule in properties.get("SecurityGroupEgress", []):
            client.authorize_security_group_egress(GroupId=group, IpPermissions=[permission(rule)])

    @staticmethod
    def _close(client: Any, group: str, properties: Properties) -> None:
        for rule in properties.get("SecurityGroupIngress", []):
            client.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission(rule)])
        for rule in properties.get("SecurityGroupEgress", []):
            client.revoke_security_group_egress(GroupId=group, IpPermissions=[permission(rule)])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("ec2")
        changed = only_changed(self, old, new, {"SecurityGroupIngress", "SecurityGroupEgress", "Tags"})
        self._close(client, made.physical_id, {k: old[k] for k in changed - {"Tags"} if k in old})
        self._open(client, made.physical_id, {k: new[k] for k in changed - {"Tags"} if k in new})
        if "Tags" in changed:
            retag(context, made, old, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_security_group(GroupId=made.physical_id))


def permission(rule: Properties) -> Properties:
    """A security group rule as the API's IpPermission."""
    made: Properties = {"IpProtocol": str(rule["IpProtocol"])}
    for key in ("FromPort", "ToPort"):
        if key in rule:
            made[key] = int(rule[key])
    text = {"Description": rule["Description"]} if "Description" in rule else {}
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    prefix = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if "CidrIp" in rule:
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **text}]
    elif "CidrIpv6" in rule:
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **text}]
    elif group:
        made["UserIdGroupPairs"] = [{"GroupId": group, **text}]
    elif prefix:
        made["PrefixListIds"] = [{"PrefixListId": prefix, **text}]
    return made


@handles("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
class SecurityGroupRule(Handler):
    inert = frozenset({"Description"})

    def _direction(self) -> str:
        return "ingress" if self.type_name.endswith("Ingress") else "egress"

    def create(self, context: Context, properties: Properties) -> Made:
        getattr(context.client("ec2"), f"authorize_security_group_{self._direction()}")(
            GroupId=properties["GroupId"], IpPermissions=[permission(properties)]
        )
        made = context.generated_name(255)
        return Made(made, {"Id": made})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        if changed_keys(old, new) - self.inert:
            self.delete(context, made, old)
            self.create(context, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        revoke = getattr(context.client("ec2"), f"revoke_security_group_{self._direction()}")
        ignore_gone(lambda: revoke(GroupId=properties["GroupId"], IpPermissions=[permission(properties)]))
