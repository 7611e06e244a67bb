"""How each type of resource is made anew from a recovery point, and removed after a restore test."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from recovery_emulator import loopback
from recovery_emulator.backup.kinds import Unsupported, name_of
from recovery_emulator.backup.selection import RESTORE_TEST_MARK
from recovery_emulator.backup.state import Params, Point, Region
from recovery_emulator.efs import contents

Metadata = dict[str, str]


def _client(region: Region, service: str) -> Any:
    return loopback.client(service, region.name, region.account)


def _lower(metadata: Metadata) -> Metadata:
    """Metadata keys are case-insensitive."""
    return {k.lower(): v for k, v in metadata.items()}


def _list(value: str | None) -> list[str]:
    return [part.strip(' "') for part in (value or "").strip("[]").split(",") if part.strip(' "')]


def restore(region: Region, point: Point, metadata: Metadata, tags: Metadata) -> str:
    """Makes a new resource from a recovery point; returns its ARN."""
    wanted = _lower(metadata)
    listed = [{"Key": k, "Value": v} for k, v in tags.items()]
    return _RESTORE[point.resource_type](region, point, wanted, listed)


def _restore_rds(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    client = _client(region, "rds")
    name = wanted.get("dbinstanceidentifier")
    if not name:
        raise Unsupported("Restore metadata must contain DBInstanceIdentifier")
    options: Params = {
        "DBInstanceClass": wanted.get("dbinstanceclass") or point.metadata["DBInstanceClass"],
        "Tags": tags,
    }
    if "dbsubnetgroupname" in wanted:
        options["DBSubnetGroupName"] = wanted["dbsubnetgroupname"]
    if _list(wanted.get("vpcsecuritygroupids")):
        options["VpcSecurityGroupIds"] = _list(wanted["vpcsecuritygroupids"])
    for key in ("multiAZ", "publiclyAccessible", "deletionProtection"):
        if key.lower() in wanted:
            options[key[0].upper() + key[1:]] = wanted[key.lower()] == "true"
    if point.continuous:
        moment = (
            {"RestoreTime": _time(wanted["restoretime"])}
            if "restoretime" in wanted
            else {"UseLatestRestorableTime": True}
        )
        source = point.metadata["DBInstanceIdentifier"]
        made = client.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=source, TargetDBInstanceIdentifier=name, **moment, **options
        )
    else:
        made = client.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=name, DBSnapshotIdentifier=point.arn.split(":")[-1], **options
        )
    return str(made["DBInstance"]["DBInstanceArn"])


def _restore_cluster(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    name = wanted.get("dbclusteridentifier")
    if not name:
        raise Unsupported("Restore metadata must contain DBClusterIdentifier")
    engine = wanted.get("engine") or point.metadata["Engine"]
    client = _client(region, "rds")
    made = client.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=name, SnapshotIdentifier=point.arn.split(":")[-1], Engine=engine, Tags=tags
    )
    # Off unless asked for, while moto takes it over from the source.
    client.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    return str(made["DBCluster"]["DBClusterArn"])


def _restore_table(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    client, name = _client(region, "dynamodb"), wanted.get("targettablename")
    if not name:
        raise Unsupported("Restore metadata must contain targetTableName")
    table = client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", Tags=tags, **_on_demand(point.content["schema"])
    )
    for item in point.content["items"]:
        client.put_item(TableName=name, Item=item)
    return str(table["TableDescription"]["TableArn"])


def _on_demand(schema: Params) -> Params:
    made = {k: v for k, v in schema.items() if k in ("AttributeDefinitions", "KeySchema")}
    for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if schema.get(key):
            made[key] = [{k: i[k] for k in ("IndexName", "KeySchema", "Projection")} for i in schema[key]]
    return made


def _restore_bucket(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    client, name = _client(region, "s3"), wanted.get("destinationbucketname")
    if not name:
        raise Unsupported("Restore metadata must contain DestinationBucketName")
    if wanted.get("newbucket") == "true":
        place = {} if region.name == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region.name}}
        client.create_bucket(Bucket=name, **place)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if tags:
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
    elif client.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
        raise Unsupported(f"Versioning is not enabled on bucket {name}")
    present = {
        o["Key"]
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=name)
        for o in page.get("Contents", [])
    }
    for key, body in _objects(region, point, wanted).items():
        if key not in present:
            client.put_object(Bucket=name, Key=key, Body=body)
    return f"arn:aws:s3:::{name}"


def _objects(region: Region, point: Point, wanted: Metadata) -> dict[str, bytes]:
    """The objects of a snapshot, or those of the bucket at a moment of its continuous backup."""
    if not point.continuous:
        return dict(point.content)
    moment = _time(wanted["restoretime"]).timestamp() if "restoretime" in wanted else float("inf")
    client, bucket = _client(region, "s3"), point.metadata["SourceBucketName"]
    latest: dict[str, tuple[float, str | None]] = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for kind in ("Versions", "DeleteMarkers"):
            for version in page.get(kind, []):
                made = version["LastModified"].timestamp()
                if made <= moment and made >= latest.get(version["Key"], (float("-inf"), None))[0]:
                    latest[version["Key"]] = (made, version["VersionId"] if kind == "Versions" else None)
    return {k: client.get_object(Bucket=bucket, Key=k, VersionId=v)["Body"].read() for k, (_, v) in latest.items() if v}


def _restore_volume(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    zone = wanted.get("availabilityzone") or f"{region.name}a"
    options: Params = {"TagSpecifications": [{"ResourceType": "volume", "Tags": tags}]} if tags else {}
    volume = _client(region, "ec2").create_volume(
        SnapshotId=point.arn.split("/")[-1], AvailabilityZone=zone, Size=point.content["size"], **options
    )
    return f"arn:aws:ec2:{region.name}:{region.account}:volume/{volume['VolumeId']}"


def _restore_instance(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    kind = wanted.get("instancetype") or point.metadata["InstanceType"]
    options: Params = {"TagSpecifications": [{"ResourceType": "instance", "Tags": tags}]} if tags else {}
    if wanted.get("subnetid"):
        options["SubnetId"] = wanted["subnetid"]
    made = _client(region, "ec2").run_instances(
        ImageId=point.arn.split("/")[-1], InstanceType=kind, MinCount=1, MaxCount=1, **options
    )["Instances"][0]
    return f"arn:aws:ec2:{region.name}:{region.account}:instance/{made['InstanceId']}"


def _restore_file_system(region: Region, point: Point, wanted: Metadata, tags: list[Metadata]) -> str:
    if wanted.get("newfilesystem") != "true":
        return f"arn:aws:elasticfilesystem:{region.name}:{region.account}:file-system/{wanted.get('file-system-id') or point.metadata['file-system-id']}"
    zone = wanted.get("availabilityzonename") or point.metadata.get("availabilityZoneName")
    system = _client(region, "efs").create_file_system(
        CreationToken=wanted.get("creationtoken") or str(uuid.uuid4()),
        Encrypted=wanted.get("encrypted") == "true",
        Tags=tags,
        **({"AvailabilityZoneName": zone} if zone else {}),
    )
    contents.put(region.account, region.name, system["FileSystemId"], point.content["folder"])
    return str(system["FileSystemArn"])


_RESTORE: dict[str, Callable[[Region, Point, Metadata, list[Metadata]], str]] = {
    "RDS": _restore_rds,
    "Aurora": _restore_cluster,
    "DocumentDB": _restore_cluster,
    "Neptune": _restore_cluster,
    "DynamoDB": _restore_table,
    "S3": _restore_bucket,
    "EBS": _restore_volume,
    "EC2": _restore_instance,
    "EFS": _restore_file_system,
}


def test_metadata(point: Point) -> Metadata:
    """The restore metadata that restore testing infers."""
    name = f"{RESTORE_TEST_MARK}-{uuid.uuid4().hex[:12]}"
    return {
        "RDS": {
            "dbInstanceIdentifier": name,
            "multiAz": "false",
            "publiclyAccessible": "false",
            "deletionProtection": "false",
        },
        "Aurora": {"dbClusterIdentifier": name},
        "DocumentDB": {"dbClusterIdentifier": name},
        "Neptune": {"dbClusterIdentifier": name},
        "DynamoDB": {"targetTableName": name},
        "S3": {"destinationBucketName": name, "newBucket": "true", "encrypted": "true"},
        "EBS": {"encrypted": "true"},
        "EC2": {},
        "EFS": {"newFileSystem": "true", "encrypted": "true"},
    }[point.resource_type]


def remove_tested(region: Region, arn: str, resource_type: str) -> None:
    """Deletes a resource that a restore test made."""
    name = name_of(arn)
    if resource_type == "RDS":
        _client(region, "rds").delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    elif resource_type in ("Aurora", "DocumentDB", "Neptune"):
        _client(region, "rds").delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    elif resource_type == "DynamoDB":
        _client(region, "dynamodb").delete_table(TableName=name)
    elif resource_type == "EBS":
        _client(region, "ec2").delete_volume(VolumeId=name)
    elif resource_type == "EC2":
        _client(region, "ec2").terminate_instances(InstanceIds=[name])
    elif resource_type == "EFS":
        _client(region, "efs").delete_file_system(FileSystemId=name)
    else:
        client = _client(region, "s3")
        for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
        client.delete_bucket(Bucket=name)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
