"""How each type of resource is captured, copied, restored and thrown away. Only here is known what a snapshot is."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recovery_emulator import loopback
from recovery_emulator.backup import clusters
from recovery_emulator.backup.state import Point, Region
from recovery_emulator.efs import contents
from recovery_emulator.rds.automated_snapshots import mark_as_backup

FULLY_MANAGED = {"S3", "EFS", "DynamoDB"}
WITH_COLD_STORAGE = {"EFS", "EBS", "DynamoDB"}
WITH_CONTINUOUS = {"S3", "RDS", "Aurora"}
NOT_IN_AIR_GAPPED = {"RDS"}
GIB = 1 << 30


class Unsupported(Exception):
    """The service cannot do this with that resource."""


@dataclass
class Captured:
    """What a backup yields."""

    arn: str
    size: int
    metadata: dict[str, str]
    content: Any = None


def type_of(arn: str) -> str:
    """The resource type of an ARN, in AWS Backup's words."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    if service == "rds":
        return "RDS" if rest.startswith("db:") else clusters.type_of(arn)
    if service == "ec2":
        return "EC2" if rest.startswith("instance/") else "EBS"
    names = {"dynamodb": "DynamoDB", "s3": "S3", "elasticfilesystem": "EFS"}
    if service not in names:
        raise Unsupported(f"Resource type of {arn} is not supported")
    return names[service]


def name_of(arn: str) -> str:
    """The name within an ARN."""
    return arn.split(":")[-1].split("/")[-1]


def _client(region: Region, service: str) -> Any:
    return loopback.client(service, region.name, region.account)


def _own_arn(region: Region) -> str:
    return region.arn("recovery-point", str(uuid.uuid4()))


def capture(region: Region, arn: str, resource_type: str, label: str) -> Captured:
    """Takes a backup of a resource as it is now."""
    return _CAPTURE[resource_type](region, arn, label)


def _capture_rds(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "rds"), name_of(arn)
    source = client.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    made = client.create_db_snapshot(DBSnapshotIdentifier=f"awsbackup-job-{label}", DBInstanceIdentifier=name)[
        "DBSnapshot"
    ]
    mark_as_backup(region.account, region.name, made["DBSnapshotIdentifier"])
    metadata = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": source["DBInstanceClass"],
        "Engine": source["Engine"],
        "MultiAZ": str(source.get("MultiAZ", False)).lower(),
    }
    return Captured(made["DBSnapshotArn"], made["AllocatedStorage"] * GIB, metadata)


def _capture_cluster(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "rds"), name_of(arn)
    source = client.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    made = client.create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier=f"awsbackup-job-{label}", DBClusterIdentifier=name
    )["DBClusterSnapshot"]
    mark_as_backup(region.account, region.name, made["DBClusterSnapshotIdentifier"])
    return Captured(made["DBClusterSnapshotArn"], GIB, {"DBClusterIdentifier": name, "Engine": source["Engine"]})


def _capture_table(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "dynamodb"), name_of(arn)
    table = client.describe_table(TableName=name)["Table"]
    items = [i for page in client.get_paginator("scan").paginate(TableName=name) for i in page["Items"]]
    keys = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    schema = {k: table[k] for k in keys if table.get(k)}
    return Captured(
        _own_arn(region),
        table.get("TableSizeBytes", 0) or len(str(items)),
        {"originalTableName": name},
        {"schema": schema, "items": items},
    )


def _capture_bucket(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "s3"), name_of(arn)
    if client.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
        raise Unsupported(f"Versioning is not enabled on bucket {name}")
    keys = [
        o["Key"]
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=name)
        for o in page.get("Contents", [])
    ]
    objects = {k: client.get_object(Bucket=name, Key=k)["Body"].read() for k in keys}
    return Captured(_own_arn(region), sum(map(len, objects.values())), {"SourceBucketName": name}, objects)


def _capture_volume(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "ec2"), name_of(arn)
    volume = client.describe_volumes(VolumeIds=[name])["Volumes"][0]
    made = client.create_snapshot(VolumeId=name, Description="This snapshot is created by the AWS Backup service.")
    metadata = {
        "volumeId": name,
        "availabilityZone": volume["AvailabilityZone"],
        "volumetype": volume.get("VolumeType", "gp2"),
        "encrypted": str(volume["Encrypted"]).lower(),
    }
    return Captured(
        f"arn:aws:ec2:{region.name}::snapshot/{made['SnapshotId']}",
        volume["Size"] * GIB,
        metadata,
        {"size": volume["Size"]},
    )


def _capture_instance(region: Region, arn: str, label: str) -> Captured:
    client, name = _client(region, "ec2"), name_of(arn)
    instance = client.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]
    image = client.create_image(InstanceId=name, Name=f"AwsBackup_{name}_{label}")["ImageId"]
    metadata = {"InstanceType": instance["InstanceType"], "SubnetId": instance.get("SubnetId", "")}
    return Captured(f"arn:aws:ec2:{region.name}::image/{image}", 8 * GIB, metadata)


def _capture_file_system(region: Region, arn: str, label: str) -> Captured:
    name = name_of(arn)
    system = _client(region, "efs").describe_file_systems(FileSystemId=name)["FileSystems"][0]
    metadata = {
        "file-system-id": name,
        "Encrypted": str(system.get("Encrypted", False)).lower(),
        "PerformanceMode": system.get("PerformanceMode", "generalPurpose"),
    }
    zone = {"availabilityZoneName": system["AvailabilityZoneName"]} if system.get("AvailabilityZoneName") else {}
    taken = contents.take(region.account, region.name, name)
    return Captured(
        _own_arn(region), system.get("SizeInBytes", {}).get("Value", 0), {**metadata, **zone}, {"folder": taken}
    )


_CAPTURE: dict[str, Callable[[Region, str, str], Captured]] = {
    "RDS": _capture_rds,
    "Aurora": _capture_cluster,
    "DocumentDB": _capture_cluster,
    "Neptune": _capture_cluster,
    "DynamoDB": _capture_table,
    "S3": _capture_bucket,
    "EBS": _capture_volume,
    "EC2": _capture_instance,
    "EFS": _capture_file_system,
}


def copy_arn(source: Region, target: Region, point: Point, label: str) -> str:
    """Copies what a recovery point refers to into another Region or account; returns the ARN of the copy."""
    if point.arn.startswith("arn:aws:backup:"):
        return _own_arn(target)
    if ":rds:" in point.arn and ":snapshot:" in point.arn:
        made = _client(target, "rds").copy_db_snapshot(
            SourceDBSnapshotIdentifier=point.arn,
            TargetDBSnapshotIdentifier=f"awsbackup-copyjob-{label}",
            SourceRegion=source.name,
        )
        mark_as_backup(target.account, target.name, made["DBSnapshot"]["DBSnapshotIdentifier"])
        return str(made["DBSnapshot"]["DBSnapshotArn"])
    if ":rds:" in point.arn:
        made = _client(target, "rds").copy_db_cluster_snapshot(
            SourceDBClusterSnapshotIdentifier=point.arn,
            TargetDBClusterSnapshotIdentifier=f"awsbackup-copyjob-{label}",
            SourceRegion=source.name,
        )
        mark_as_backup(target.account, target.name, made["DBClusterSnapshot"]["DBClusterSnapshotIdentifier"])
        return str(made["DBClusterSnapshot"]["DBClusterSnapshotArn"])
    client, name = _client(target, "ec2"), point.arn.split("/")[-1]
    if ":image/" in point.arn:
        made = client.copy_image(SourceImageId=name, SourceRegion=source.name, Name=f"AwsBackup_copy_{label}")
        return f"arn:aws:ec2:{target.name}::image/{made['ImageId']}"
    made = client.copy_snapshot(SourceSnapshotId=name, SourceRegion=source.name)
    return f"arn:aws:ec2:{target.name}::snapshot/{made['SnapshotId']}"


def discard(region: Region, point: Point) -> None:
    """Throws away what a recovery point refers to."""
    name = point.arn.split(":")[-1].split("/")[-1]
    if point.continuous or point.arn.startswith("arn:aws:backup:"):
        return
    if ":cluster-snapshot:" in point.arn:
        _client(region, "rds").delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
    elif ":snapshot:" in point.arn:
        _client(region, "rds").delete_db_snapshot(DBSnapshotIdentifier=name)
    elif ":image/" in point.arn:
        _client(region, "ec2").deregister_image(ImageId=name)
    else:
        _client(region, "ec2").delete_snapshot(SnapshotId=name)
