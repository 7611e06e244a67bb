"""AWS::EC2: instances, volumes, launch templates."""

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
from recovery_emulator.cloudformation.resources.ec2_network import retag, tagged

_OWN_FORM = {
    "Tags",
    "IamInstanceProfile",
    "AvailabilityZone",
    "Tenancy",
    "Monitoring",
    "SourceDestCheck",
    "PropagateTagsToVolumeOnCreation",
    "Volumes",
    "NetworkInterfaces",
    "LaunchTemplate",
    "Affinity",
}


@handles("AWS::EC2::Instance")
class Instance(Handler):
    inert = frozenset({"PropagateTagsToVolumeOnCreation", "Monitoring", "MetadataOptions"})

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("ec2")
        plain: Properties = {**properties, **tagged(self, context, properties), "MinCount": 1, "MaxCount": 1}
        if properties.get("PropagateTagsToVolumeOnCreation") and "TagSpecifications" in plain:
            plain["TagSpecifications"].append({"ResourceType": "volume", "Tags": tag_list(properties, context.tags)})
        if "IamInstanceProfile" in properties:
            plain["IamInstanceProfile"] = {"Name": properties["IamInstanceProfile"]}
        placement = {k: properties[k] for k in ("AvailabilityZone", "Tenancy", "Affinity") if k in properties}
        if placement:
            plain["Placement"] = placement
        if "Monitoring" in properties:
            plain["Monitoring"] = {"Enabled": properties["Monitoring"]}
        if "LaunchTemplate" in properties:
            plain["LaunchTemplate"] = properties["LaunchTemplate"]
        if "NetworkInterfaces" in properties:
            plain["NetworkInterfaces"] = [_interface(n) for n in properties["NetworkInterfaces"]]
        instance = call(
            client,
            "run_instances",
            plain,
            _OWN_FORM - {k for k in _OWN_FORM if k in plain and plain[k] != properties.get(k)} - {"LaunchTemplate"},
        )["Instances"][0]
        name = instance["InstanceId"]
        for volume in properties.get("Volumes", []):
            client.attach_volume(InstanceId=name, VolumeId=volume["VolumeId"], Device=volume["Device"])
        if "SourceDestCheck" in properties:
            client.modify_instance_attribute(InstanceId=name, SourceDestCheck={"Value": properties["SourceDestCheck"]})
        return Made(
            name, self._attributes(client.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0])
        )

    @staticmethod
    def _attributes(instance: Properties) -> dict[str, Any]:
        return {
            "InstanceId": instance["InstanceId"],
            "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
            "PrivateIp": instance.get("PrivateIpAddress", ""),
            "PublicIp": instance.get("PublicIpAddress", ""),
            "PrivateDnsName": instance.get("PrivateDnsName", ""),
            "PublicDnsName": instance.get("PublicDnsName", ""),
            "VpcId": instance.get("VpcId", ""),
        }

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("ec2")
        changed = only_changed(
            self,
            old,
            new,
            {"Tags", "InstanceType", "UserData", "SecurityGroupIds", "DisableApiTermination", "SourceDestCheck"},
        )
        if "InstanceType" in changed:
            client.stop_instances(InstanceIds=[made.physical_id])
            client.modify_instance_attribute(InstanceId=made.physical_id, InstanceType={"Value": new["InstanceType"]})
            client.start_instances(InstanceIds=[made.physical_id])
        if "UserData" in changed:
            client.modify_instance_attribute(InstanceId=made.physical_id, UserData={"Value": new["UserData"]})
        if "SecurityGroupIds" in changed:
            client.modify_instance_attribute(InstanceId=made.physical_id, Groups=new["SecurityGroupIds"])
        for key in changed & {"DisableApiTermination", "SourceDestCheck"}:
            client.modify_instance_attribute(InstanceId=made.physical_id, **{key: {"Value": bool(new.get(key))}})
        if "Tags" in changed:
            retag(context, made, old, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").terminate_instances(InstanceIds=[made.physical_id]))


def _interface(wanted: Properties) -> Properties:
    """CloudFormation calls the groups of an interface GroupSet."""
    return {("Groups" if k == "GroupSet" else k): (int(v) if k == "DeviceIndex" else v) for k, v in wanted.items()}


@handles("AWS::EC2::Volume")
class Volume(Handler):
    inert = frozenset({"AutoEnableIO"})

    def create(self, context: Context, properties: Properties) -> Made:
        volume = call(
            context.client("ec2"),
            "create_volume",
            {**properties, **tagged(self, context, properties)},
            {"Tags", "AutoEnableIO"},
        )
        return Made(volume["VolumeId"], {"VolumeId": volume["VolumeId"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"Tags", "Size", "VolumeType", "Iops", "Throughput"})
        if changed - {"Tags"}:
            plain = {k: new[k] for k in ("Size", "VolumeType", "Iops", "Throughput") if k in new}
            call(context.client("ec2"), "modify_volume", {**plain, "VolumeId": made.physical_id})
        if "Tags" in changed:
            retag(context, made, old, new)
        return made

    def snapshot(self, context: Context, made: Made, properties: Properties) -> None:
        """Takes the final snapshot of DeletionPolicy Snapshot."""
        context.client("ec2").create_snapshot(
            VolumeId=made.physical_id, Description=f"final snapshot of {context.logical_id}"
        )

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_volume(VolumeId=made.physical_id))


@handles("AWS::EC2::VolumeAttachment")
class VolumeAttachment(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("ec2"), "attach_volume", {"Device": "/dev/sdf", **properties})
        return Made(f"{properties['VolumeId']}|{properties['InstanceId']}")

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: call(context.client("ec2"), "detach_volume", {"Device": "/dev/sdf", **properties}))


@handles("AWS::EC2::LaunchTemplate")
class LaunchTemplate(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties.get("LaunchTemplateName") or context.generated_name(128)
        plain = {**_template(properties), "LaunchTemplateName": name}
        template = call(context.client("ec2"), "create_launch_template", plain, {"TagSpecifications"})["LaunchTemplate"]
        return Made(template["LaunchTemplateId"], self._attributes(template))

    @staticmethod
    def _attributes(template: Properties) -> dict[str, Any]:
        latest, default = str(template["LatestVersionNumber"]), str(template["DefaultVersionNumber"])
        return {
            "LaunchTemplateId": template["LaunchTemplateId"],
            "LatestVersionNumber": latest,
            "DefaultVersionNumber": default,
        }

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("ec2")
        only_changed(self, old, new, {"LaunchTemplateData", "VersionDescription", "TagSpecifications"})
        call(
            client,
            "create_launch_template_version",
            {**_template(new), "LaunchTemplateId": made.physical_id},
            {"TagSpecifications"},
        )
        template = client.describe_launch_templates(LaunchTemplateIds=[made.physical_id])["LaunchTemplates"][0]
        return Made(made.physical_id, self._attributes(template))

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("ec2").delete_launch_template(LaunchTemplateId=made.physical_id))


def _template(properties: Properties) -> Properties:
    """The interfaces of a launch template call their groups Groups already; device indexes are text."""
    data = dict(properties["LaunchTemplateData"])
    if "NetworkInterfaces" in data:
        data["NetworkInterfaces"] = [_interface(n) for n in data["NetworkInterfaces"]]
    return {**properties, "LaunchTemplateData": data}
