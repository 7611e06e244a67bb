"""Writes replicas into moto's buckets: the same version, with what the source says and what the rule changes."""

import copy
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend

from recovery_emulator.kms_keys import find_key
from recovery_emulator.s3.books import backend_of, find_version, tags_of, uses_kms
from recovery_emulator.s3.replication_rules import Rule

# Taken before other modules watch it: a replica is no write of a client.
_put_object = S3Backend.put_object


def place_object(source: FakeBucket, stored: FakeKey, target: FakeBucket, rule: Rule) -> None:
    """Makes the replica, or brings one that is there up to date."""
    present = find_version(target, stored.name, stored.version_id)
    if isinstance(present, FakeKey):
        _take_over(source, stored, target, present, rule)
        return
    # The replica is encrypted as its source is, whatever the default of the destination says.
    key = _replica_key(source, target, rule) if uses_kms(stored) else None
    made = _put_object(
        backend_of(target),
        target.name,
        stored.name,
        stored.value,
        storage=rule.storage_class or stored.storage_class,
        etag=stored._etag,
        encryption=stored.encryption or "AES256",
        kms_key_id=key,
        checksum_value=stored.checksum_value,
    )
    made._version_id, made.last_modified = stored.version_id, stored.last_modified
    made.checksum_algorithm = stored.checksum_algorithm
    made.website_redirect_location = stored.website_redirect_location
    made._metadata = copy.deepcopy(stored._metadata)
    made.bucket_key_enabled = stored.bucket_key_enabled if uses_kms(stored) else None
    made.kms_key_id = key
    made.replication_status = "REPLICA"  # type: ignore[attr-defined]
    _take_over(source, stored, target, made, rule)
    _in_order(target, stored.name)


def _replica_key(source: FakeBucket, target: FakeBucket, rule: Rule) -> str:
    key = find_key(rule.replica_key or "", source.account_id, target.region_name)
    assert key is not None
    return str(key.arn)


def _take_over(source: FakeBucket, stored: FakeKey, target: FakeBucket, replica: FakeKey, rule: Rule) -> None:
    """What may change after an object was written: tags, lock, and the access control list unless the owner changes."""
    tagger = backend_of(target).tagger
    tagger.delete_all_tags_for_resource(replica.arn)
    tagger.tag_resource(replica.arn, [{"Key": k, "Value": v} for k, v in tags_of(source, stored).items()])
    replica.lock_mode, replica.lock_until = stored.lock_mode, stored.lock_until
    replica.lock_legal_status = stored.lock_legal_status
    if not replica.lock_mode and target.object_lock_enabled and target.has_default_lock:
        replica.lock_mode, replica.lock_until = target.default_lock_mode, target.default_retention()
    if not rule.owner_override:
        replica.acl = stored.acl
    owner = target.account_id if rule.owner_override else source.account_id
    replica.replica_owner = owner  # type: ignore[attr-defined]


def place_marker(marker: FakeDeleteMarker, target: FakeBucket) -> None:
    """Makes the delete marker."""
    if find_version(target, marker.name, marker.version_id) is not None:
        return
    made = FakeDeleteMarker(key=find_version(target, marker.name, None) or marker.key)
    made._version_id, made.last_modified = marker.version_id, marker.last_modified
    made.replication_status = "REPLICA"  # type: ignore[attr-defined]
    target.keys[marker.name] = made
    _in_order(target, marker.name)


def _in_order(target: FakeBucket, key: str) -> None:
    """A version that arrives late does not become the latest."""
    versions: list[Any] = target.keys.getlist(key)
    target.keys.setlist(key, sorted(versions, key=lambda v: v.last_modified))
