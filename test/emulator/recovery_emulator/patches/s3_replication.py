"""S3 replication: moto stores the configuration and copies nothing.

An object put into, or a delete marker made in, a versioned bucket with a rule for it reaches the destination after the lag
of the settings, on the emulator's clock.
"""

from typing import Any

from moto.s3.models import S3Backend

from recovery_emulator import loopback
from recovery_emulator.clock import CLOCK
from recovery_emulator.settings import SETTINGS

_put_object = S3Backend.put_object
_delete_object = S3Backend.delete_object


def _rule_for(bucket: Any, key: str) -> dict[str, Any] | None:
    rules = (getattr(bucket, "replication", None) or {}).get("Rule", [])
    for rule in sorted(rules, key=lambda r: -int(r.get("Priority", 0) or 0)):
        condition = rule.get("Filter") or {}
        prefix = condition.get("Prefix") or (condition.get("And") or {}).get("Prefix") or rule.get("Prefix") or ""
        if rule["Status"] == "Enabled" and key.startswith(prefix):
            return dict(rule)
    return None


def _later(bucket: Any, action: Any) -> None:
    client = loopback.client("s3", bucket.region_name, bucket.account_id)
    CLOCK.after(SETTINGS.values["s3ReplicationLagMs"], lambda: action(client))


def _replicating_put(self: S3Backend, *args: Any, **options: Any) -> Any:
    stored = _put_object(self, *args, **options)
    bucket = self.get_bucket(stored.bucket_name)
    rule = _rule_for(bucket, stored.name)
    if rule is None or not bucket.is_versioned:
        return stored
    target, source = rule["Destination"]["Bucket"].split(":::")[1], {"Bucket": bucket.name, "Key": stored.name}
    if stored.version_id:
        source["VersionId"] = stored.version_id
    stored.replication_status = "PENDING"

    def copy(client: Any) -> None:
        try:
            client.copy_object(Bucket=target, Key=stored.name, CopySource=source)
            stored.replication_status = "COMPLETED"
        except Exception:
            stored.replication_status = "FAILED"

    _later(bucket, copy)
    return stored


def _replicating_delete(self: S3Backend, bucket_name: str, key_name: str, *args: Any, **options: Any) -> Any:
    result = _delete_object(self, bucket_name, key_name, *args, **options)
    bucket = self.get_bucket(bucket_name)
    rule = _rule_for(bucket, key_name)
    marks = rule is not None and (rule.get("DeleteMarkerReplication") or {}).get("Status") == "Enabled"
    if rule is not None and marks and bucket.is_versioned and not options.get("version_id"):
        target = rule["Destination"]["Bucket"].split(":::")[1]
        _later(bucket, lambda client: client.delete_object(Bucket=target, Key=key_name))
    return result


S3Backend.put_object = _replicating_put
S3Backend.delete_object = _replicating_delete
