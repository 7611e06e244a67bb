"""AWS::EC2: networks."""

from typing import Any

from recovery_emulator.cloudformation.handlers import Context, Handler, Made, Properties, changed_keys, handles, ignore_gone, only_changed
from recovery_emulator.cloudformation.requests import call, tag_list

_TYPES = {
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::RouteTable": "route-table",
    "AWS::EC2::InternetGateway": "internet-gateway",
    "AWS::EC2::EIP": "elastic-ip",
    "AWS::EC2::NatGateway": "natgateway",
    "AWS::EC2::SecurityGroup": "security-group",
    "AWS::EC2::VPCEndpoint": "vpc-endpoint",
    "AWS::EC2::Volume": "volume",
    "AWS::EC2::Instance": "instance",
}


def tagged(handler: Handler, context: Context, properties: Properties) -> Properties:
    """Tags in the form in which EC2's create operations take them."""
    tags = tag_list(properties, context.tags)
    return {"TagSpecifications": [{"ResourceType": _TYPES[handler.type_name], "Tags": tags}]} if tags else {}


def retag(context: Context, made: Made, old: Properties, new: Properties) -> None:
    """Replaces the tags of an EC2 resource."""
    client = context.client("ec2")
    if old.get("Tags"):
        client.delete_tags(Resources=[made.physical_id], Tags=[{"Key": t["Key"]} for t in old["Tags"]])
    if tag_list(new, context.tags):
        client.create_tags(Resources=[made.physical_id], Tags=tag_list(new, context.tags))


class _Tagged(Handler):
    """Changes nothing but tags."""

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Tags"})
        retag(context, made, old, new)
        return made


@handles("AWS::EC2::VPC")
class Vpc(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("ec2")
        plain = {**properties, **tagged(self, context, properties)}
        vpc = call(client, "create_vpc", plain, {"Tags", "EnableDnsHostnames", "EnableDnsSupport"})["Vpc"]
        self._set_dns(client, vpc["VpcId"], properties)
        return Made(vpc["VpcId"], {"VpcId": vpc["VpcId"], "CidrBlock": vpc["CidrBlock"]})

    @staticmethod
    def _set_dns(client: Any, vpc: str, properties: Properties) -> None:
        for key in ("EnableDnsSupport", "EnableDnsHostnames"):
            if key in properties:
                client.modify_vpc_attribute(VpcId=vpc, **{key: {"Value": properties[key]}})

    def attribute(self, context: Context, made: Made, properties: Properties, name: str) -> Any:
        of_vpc = [{"Name": "vpc-id", "Values": [made.physical_id]}]
        if name == "DefaultSecurityGroup":
            groups = context.client("ec2").describe_security_groups(Filters=[*of_vpc, {"Name": "group-name", "Values": ["default"]}])
            return groups["SecurityGroups"][0]["GroupId"]
        if name == "DefaultNetworkAcl":
            return context.client("ec2").describe_network_acls(Filters=of_vpc)["NetworkAcls"][0]["NetworkAclId"]
        if name == "Ipv6CidrBlocks":
            return []
        return None

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Tags", "EnableDnsHostnames", "EnableDnsSupport"})
        self._set_dns(context.client("ec2"), made.physical_id, new)
        retag(context, made, old, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_vpc(VpcId=made.physical_id))


@handles("AWS::EC2::Subnet")
class Subnet(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("ec2")
        plain = {**properties, **tagged(self, context, properties)}
        subnet = call(client, "create_subnet", plain, {"Tags", "MapPublicIpOnLaunch"})["Subnet"]
        self._set_public(client, subnet["SubnetId"], properties)
        return Made(subnet["SubnetId"], {k: subnet[k] for k in ("SubnetId", "AvailabilityZone", "VpcId", "CidrBlock")})

    @staticmethod
    def _set_public(client: Any, subnet: str, properties: Properties) -> None:
        if "MapPublicIpOnLaunch" in properties:
            client.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": properties["MapPublicIpOnLaunch"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Tags", "MapPublicIpOnLaunch"})
        self._set_public(context.client("ec2"), made.physical_id, new)
        retag(context, made, old, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_subnet(SubnetId=made.physical_id))


@handles("AWS::EC2::RouteTable")
class RouteTable(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        table = call(context.client("ec2"), "create_route_table", {**properties, **tagged(self, context, properties)}, {"Tags"})["RouteTable"]
        return Made(table["RouteTableId"], {"RouteTableId": table["RouteTableId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_route_table(RouteTableId=made.physical_id))


@handles("AWS::EC2::SubnetRouteTableAssociation")
class SubnetRouteTableAssociation(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        made = call(context.client("ec2"), "associate_route_table", properties)["AssociationId"]
        return Made(made, {"Id": made})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").disassociate_route_table(AssociationId=made.physical_id))


@handles("AWS::EC2::Route")
class Route(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("ec2"), "create_route", properties)
        where = properties.get("DestinationCidrBlock") or properties.get("DestinationIpv6CidrBlock") or properties.get("DestinationPrefixListId")
        return Made(f"{properties['RouteTableId']}|{where}", {"CidrBlock": where})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        call(context.client("ec2"), "replace_route", new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        where = {k: v for k, v in properties.items() if k == "RouteTableId" or k.startswith("Destination")}
        ignore_gone(lambda: call(context.client("ec2"), "delete_route", where))


@handles("AWS::EC2::InternetGateway")
class InternetGateway(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        gateway = context.client("ec2").create_internet_gateway(**tagged(self, context, properties))["InternetGateway"]
        return Made(gateway["InternetGatewayId"], {"InternetGatewayId": gateway["InternetGatewayId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_internet_gateway(InternetGatewayId=made.physical_id))


@handles("AWS::EC2::VPCGatewayAttachment")
class VpcGatewayAttachment(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("ec2"), "attach_internet_gateway", properties)
        return Made(f"IGW|{properties['VpcId']}")

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: call(context.client("ec2"), "detach_internet_gateway", properties))


@handles("AWS::EC2::EIP")
class Eip(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        address = call(context.client("ec2"), "allocate_address", {**properties, **tagged(self, context, properties)}, {"Tags", "InstanceId"})
        if "InstanceId" in properties:
            context.client("ec2").associate_address(AllocationId=address["AllocationId"], InstanceId=properties["InstanceId"])
        return Made(address["PublicIp"], {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Tags"})
        retag(context, Made(made.attributes["AllocationId"]), old, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").release_address(AllocationId=made.attributes["AllocationId"]))


@handles("AWS::EC2::NatGateway")
class NatGateway(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        gateway = call(context.client("ec2"), "create_nat_gateway", {**properties, **tagged(self, context, properties)}, {"Tags"})["NatGateway"]
        return Made(gateway["NatGatewayId"], {"NatGatewayId": gateway["NatGatewayId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_nat_gateway(NatGatewayId=made.physical_id))


@handles("AWS::EC2::VPCEndpoint")
class VpcEndpoint(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        endpoint = call(context.client("ec2"), "create_vpc_endpoint", {**properties, **tagged(self, context, properties)}, {"Tags"})["VpcEndpoint"]
        return Made(endpoint["VpcEndpointId"], {"Id": endpoint["VpcEndpointId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made.physical_id]))


@handles("AWS::EC2::SecurityGroup")
class SecurityGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("ec2")
        name = properties.get("GroupName") or context.generated_name(255)
        plain = {"GroupName": name, "Description": properties["GroupDescription"], **tagged(self, context, properties)}
        vpc = {"VpcId": properties["VpcId"]} if "VpcId" in properties else {}
        group = client.create_security_group(**plain, **vpc)["GroupId"]
        if properties.get("SecurityGroupEgress"):
            client.revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
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
        getattr(context.client("ec2"), f"authorize_security_group_{self._direction()}")(GroupId=properties["GroupId"], IpPermissions=[permission(properties)])
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
