"""Which resources of an account and Region a selection means."""

import re
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback
from recovery_emulator.backup import clusters
from recovery_emulator.backup.state import Params, Region

RESTORE_TEST_MARK = "awsbackup-restore-test"


@dataclass
class Resource:
    """Something that can be backed up."""

    arn: str
    type: str
    name: str
    tags: dict[str, str] = field(default_factory=dict)


def _tags(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {t["Key"]: t.get("Value", "") for t in listed or []}


def discover(region: Region) -> list[Resource]:
    """Every resource of the types that the emulator backs up."""
    found: list[Resource] = []
    for look in (_databases, _tables, _buckets, _ec2, _file_systems):
        found += look(region)
    return found


def _client(region: Region, service: str) -> Any:
    return loopback.client(service, region.name, region.account)


def _databases(region: Region) -> list[Resource]:
    client = _client(region, "rds")
    alone = [d for d in client.describe_db_instances()["DBInstances"] if not d.get("DBClusterIdentifier")]
    found = [Resource(d["DBInstanceArn"], "RDS", d["DBInstanceIdentifier"], _tags(d.get("TagList"))) for d in alone]
    for cluster in client.describe_db_clusters()["DBClusters"]:
        kind = clusters.type_of_engine(cluster["Engine"])
        found.append(
            Resource(cluster["DBClusterArn"], kind, cluster["DBClusterIdentifier"], _tags(cluster.get("TagList")))
        )
    return found


def _tables(region: Region) -> list[Resource]:
    client, found = _client(region, "dynamodb"), []
    for name in client.list_tables()["TableNames"]:
        arn = client.describe_table(TableName=name)["Table"]["TableArn"]
        found.append(Resource(arn, "DynamoDB", name, _tags(client.list_tags_of_resource(ResourceArn=arn)["Tags"])))
    return found


def _buckets(region: Region) -> list[Resource]:
    client, found = _client(region, "s3"), []
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        place = client.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
        if place != region.name:
            continue
        try:
            tags = _tags(client.get_bucket_tagging(Bucket=name)["TagSet"])
        except ClientError:
            tags = {}
        found.append(Resource(f"arn:aws:s3:::{name}", "S3", name, tags))
    return found


def _ec2(region: Region) -> list[Resource]:
    client, base = _client(region, "ec2"), f"arn:aws:ec2:{region.name}:{region.account}:"
    found = [
        Resource(f"{base}volume/{v['VolumeId']}", "EBS", v["VolumeId"], _tags(v.get("Tags")))
        for v in client.describe_volumes()["Volumes"]
    ]
    for reservation in client.describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] in ("running", "stopped"):
                found.append(
                    Resource(
                        f"{base}instance/{instance['InstanceId']}",
                        "EC2",
                        instance["InstanceId"],
                        _tags(instance.get("Tags")),
                    )
                )
    return found


def _file_systems(region: Region) -> list[Resource]:
    systems = _client(region, "efs").describe_file_systems()["FileSystems"]
    return [Resource(s["FileSystemArn"], "EFS", s["FileSystemId"], _tags(s.get("Tags"))) for s in systems]


def resolve(region: Region, selection: Params) -> list[Resource]:
    """The resources of a selection: listed ARNs that meet all conditions, and everything with one of the listed tags.

    A selection that names nothing selects every resource of the Region whose type is opted in.
    """
    arns, tags, conditions = (selection.get(k) for k in ("Resources", "ListOfTags", "Conditions"))
    conditions = {k: v for k, v in (conditions or {}).items() if v}
    return [
        resource
        for resource in discover(region)
        if not _is_restore_test(resource)
        and not any(matches_arn(p, resource.arn) for p in selection.get("NotResources") or [])
        and _is_meant(region, resource, arns or [], tags or [], conditions)
    ]


def _is_meant(region: Region, resource: Resource, arns: list[str], tags: list[Params], conditions: Params) -> bool:
    opted_in = region.opt_in.get(resource.type, True)
    if any(resource.tags.get(t["ConditionKey"]) == t["ConditionValue"] for t in tags):
        return opted_in
    if tags and not arns and not conditions:
        return False
    if arns and not any(matches_arn(p, resource.arn) and (opted_in or _names_the_type(p)) for p in arns):
        return False
    if not arns and not opted_in:
        return False
    return _meets(resource, conditions)


def _is_restore_test(resource: Resource) -> bool:
    return RESTORE_TEST_MARK in resource.tags or resource.name.startswith(RESTORE_TEST_MARK)


def _names_the_type(pattern: str) -> bool:
    """Whether an ARN says which kind of resource it means: such a one overrules the opt-in of the Region."""
    return len(pattern.split(":", 5)) == 6 and pattern.split(":", 5)[5] != "*"


def matches_arn(pattern: str, arn: str) -> bool:
    """Whether an ARN fits a pattern: `*` ends a prefix, or stands for one whole part."""
    if pattern in ("*", arn):
        return True
    if "*" not in pattern:
        return False
    expression = ""
    for index, character in enumerate(pattern):
        if character == "*":
            expression += ".*" if index == len(pattern) - 1 else "[^:]*"
        else:
            expression += re.escape(character)
    return re.fullmatch(expression, arn) is not None


def _like(pattern: str, value: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value) is not None


def _meets(resource: Resource, conditions: Params) -> bool:
    for kind, listed in conditions.items():
        for condition in listed:
            value = resource.tags.get(condition["ConditionKey"].removeprefix("aws:ResourceTag/"))
            wanted = condition["ConditionValue"]
            met = {
                "StringEquals": value == wanted,
                "StringNotEquals": value != wanted,
                "StringLike": value is not None and _like(wanted, value),
                "StringNotLike": value is None or not _like(wanted, value),
            }[kind]
            if not met:
                return False
    return True
