"""Which objects a batch job is about: found by S3 itself, or listed in a CSV file."""

import csv
import io
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError
from moto.s3.models import FakeKey

from recovery_emulator import loopback
from recovery_emulator.access.decisions import may_use_s3
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.s3.replication import eligible_rules

Params = dict[str, Any]
# Bucket, key, version.
Listed = tuple[str, str, str | None]
_FORMAT = "S3BatchOperations_CSV_20180820"


def find_objects(role: str, generator: Params) -> list[Listed]:
    """Every version that the filter of a generated manifest lets through; PermissionError where the role may not look."""
    bucket = find_bucket(generator["SourceBucket"].split(":::")[1])
    if bucket is None:
        raise ValueError(f"The bucket {generator['SourceBucket']} does not exist")
    owner = generator.get("ExpectedBucketOwner")
    if owner not in (None, bucket.account_id):
        raise PermissionError(f"The bucket {bucket.name} is not owned by {owner}")
    for action in ("s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"):
        if not may_use_s3(role, action, bucket, None):
            raise PermissionError(f"The role may not call {action} on {bucket.name}")
    if generator.get("EnableManifestOutput"):
        _check_output(role, generator)
    wanted = generator.get("Filter") or {}
    found = [v for _, versions in bucket.keys.lists() for v in versions if isinstance(v, FakeKey)]
    return [(bucket.name, v.name, v.version_id) for v in found if _fits(bucket, v, wanted)]


def _check_output(role: str, generator: Params) -> None:
    location = generator.get("ManifestOutputLocation") or {}
    target = find_bucket(location.get("Bucket", "").rpartition(":::")[2])
    if target is None:
        raise ValueError("The bucket for the manifest does not exist")
    key = f"{location.get('ManifestPrefix', '')}/manifest.csv".lstrip("/")
    for action in ("s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"):
        if not may_use_s3(role, action, target, key):
            raise PermissionError(f"The role may not call {action} on {target.name}")


def _fits(bucket: Any, stored: FakeKey, wanted: Params) -> bool:
    statuses = wanted.get("ObjectReplicationStatuses")
    status = getattr(stored, "replication_status", None) or "NONE"
    made = stored.last_modified.replace(tzinfo=None)
    after, before = (wanted.get(k) for k in ("CreatedAfter", "CreatedBefore"))
    names = wanted.get("KeyNameConstraint") or {}
    return (
        (not statuses or status in statuses)
        and (not wanted.get("EligibleForReplication") or bool(eligible_rules(bucket, stored)))
        and (after is None or made > after.replace(tzinfo=None))
        and (before is None or made < before.replace(tzinfo=None))
        and any(stored.name.startswith(p) for p in names.get("MatchAnyPrefix") or [""])
        and any(stored.name.endswith(p) for p in names.get("MatchAnySuffix") or [""])
        and any(p in stored.name for p in names.get("MatchAnySubstring") or [""])
    )


def read_list(params: Params) -> list[Listed]:
    """The objects in a CSV file, which the role must be able to read."""
    manifest = params["Manifest"]
    if manifest["Spec"]["Format"] != _FORMAT:
        raise ValueError(f"a manifest of format {manifest['Spec']['Format']} is not emulated")
    name, _, key = manifest["Location"]["ObjectArn"].split(":::")[1].partition("/")
    bucket = find_bucket(name)
    if bucket is None or not may_use_s3(params["RoleArn"], "s3:GetObject", bucket, key):
        raise PermissionError(f"The role may not read the manifest {manifest['Location']['ObjectArn']}")
    try:
        answer = loopback.client("s3", bucket.region_name, bucket.account_id).get_object(Bucket=name, Key=key)
    except ClientError as refused:
        raise ValueError(f"The manifest cannot be read: {refused}") from refused
    if answer["ETag"].strip('"') != manifest["Location"]["ETag"].strip('"'):
        raise ValueError("The manifest has another ETag than the job says")
    fields = manifest["Spec"].get("Fields") or []
    rows = [
        dict(zip(fields, row, strict=False)) for row in csv.reader(io.StringIO(answer["Body"].read().decode())) if row
    ]
    return [(row["Bucket"], unquote_plus(row["Key"]), row.get("VersionId")) for row in rows]
