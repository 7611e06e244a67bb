"""AWS::EC2: networks."""

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
    "AWS::EC2::FlowLog": "vpc-flow-log",
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
            groups = context.client("ec2").describe_security_groups(
                Filters=[*of_vpc, {"Name": "group-name", "Values": ["default"]}]
            )
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
            client.modify_subnet_attribute(
                SubnetId=subnet, MapPublicIpOnLaunch={"Value": properties["MapPublicIpOnLaunch"]}
            )

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
        table = call(
            context.client("ec2"), "create_route_table", {**properties, **tagged(self, context, properties)}, {"Tags"}
        )["RouteTable"]
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
        where = (
            properties.get("DestinationCidrBlock")
            or properties.get("DestinationIpv6CidrBlock")
            or properties.get("DestinationPrefixListId")
        )
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
        address = call(
            context.client("ec2"),
            "allocate_address",
            {**properties, **tagged(self, context, properties)},
            {"Tags", "InstanceId"},
        )
        if "InstanceId" in properties:
            context.client("ec2").associate_address(
                AllocationId=address["AllocationId"], InstanceId=properties["InstanceId"]
            )
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
        gateway = call(
            context.client("ec2"), "create_nat_gateway", {**properties, **tagged(self, context, properties)}, {"Tags"}
        )["NatGateway"]
        return Made(gateway["NatGatewayId"], {"NatGatewayId": gateway["NatGatewayId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_nat_gateway(NatGatewayId=made.physical_id))


@handles("AWS::EC2::VPCEndpoint")
class VpcEndpoint(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        endpoint = call(
            context.client("ec2"), "create_vpc_endpoint", {**properties, **tagged(self, context, properties)}, {"Tags"}
        )["VpcEndpoint"]
        return Made(endpoint["VpcEndpointId"], {"Id": endpoint["VpcEndpointId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made.physical_id]))


@handles("AWS::EC2::FlowLog")
class FlowLog(_Tagged):
    def create(self, context: Context, properties: Properties) -> Made:
        plain = {k: v for k, v in properties.items() if k not in ("Tags", "ResourceId")}
        wanted = {**plain, "ResourceIds": [properties["ResourceId"]], **tagged(self, context, properties)}
        made = call(context.client("ec2"), "create_flow_logs", wanted)
        return Made(made["FlowLogIds"][0])

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_flow_logs(FlowLogIds=[made.physical_id]))
