"""S3 replication: moto stores the configuration and copies nothing.

What a request writes is noted while moto carries it out, and considered when it has succeeded, with its tags and metadata
complete. Copies are made after the lag of the settings, on the emulator's clock, by writing into moto directly: a copy is
no request, so it is never replicated on.
"""

import threading
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend

from recovery_emulator import regions
from recovery_emulator.clock import CLOCK
from recovery_emulator.fis import pauses
from recovery_emulator.registry import after, before
from recovery_emulator.s3 import replication_signs as signs
from recovery_emulator.s3.books import find_bucket, find_version, tags_of, uses_kms
from recovery_emulator.s3.copies import place_marker, place_object
from recovery_emulator.s3.replication_rights import obstacle
from recovery_emulator.s3.replication_rules import Rule, configuration_of, rules_for
from recovery_emulator.service_api.calls import Call
from recovery_emulator.settings import SETTINGS

_WRITES = (
    "PutObject",
    "CopyObject",
    "CompleteMultipartUpload",
    "DeleteObject",
    "DeleteObjects",
    "PutObjectTagging",
    "DeleteObjectTagging",
    "PutObjectAcl",
    "PutObjectRetention",
    "PutObjectLegalHold",
)
_THRESHOLD_MS = 15 * 60_000
_STATE = threading.local()
Note = tuple[str, str, str, str | None]


def _noted() -> list[Note]:
    if not hasattr(_STATE, "notes"):
        _STATE.notes = []
    notes: list[Note] = _STATE.notes
    return notes


def _observe(name: str, operation: str, version_of: Any) -> None:
    """Notes what a method of moto's S3 does to which version of which object."""
    original = getattr(S3Backend, name)

    def observed(self: S3Backend, *args: Any, **options: Any) -> Any:
        result = original(self, *args, **options)
        found = version_of(result, *args, **options)
        if found is not None:
            _noted().append((operation, *found))
        return result

    setattr(S3Backend, name, observed)


def _of_put(stored: FakeKey, *_: Any, **__: Any) -> Any:
    return stored.bucket_name, stored.name, stored.version_id


def _of_delete(result: Any, bucket_name: str, key_name: str, version_id: str | None = None, *_: Any, **__: Any) -> Any:
    made_marker = result[0] and version_id is None and result[1].get("delete-marker") == "true"
    return (bucket_name, key_name, result[1]["version-id"]) if made_marker else None


def _of_tagging(stored: FakeKey, key: FakeKey, *_: Any, **__: Any) -> Any:
    return key.bucket_name, key.name, key.version_id


def _of_named(_: Any, bucket_name: str, key_name: str, version_id: str | None = None, *__: Any, **___: Any) -> Any:
    return bucket_name, key_name, version_id if isinstance(version_id, str) else None


def _of_acl(_: Any, bucket_name: str, key_name: str, *__: Any, **___: Any) -> Any:
    return bucket_name, key_name, None


_observe("put_object", "OBJECT_PUT", _of_put)
_observe("delete_object", "OBJECT_DELETE", _of_delete)
_observe("put_object_tagging", "OBJECT_TAGGING", _of_tagging)
_observe("delete_object_tagging", "OBJECT_TAGGING", _of_named)
_observe("put_object_acl", "OBJECT_ACL", _of_acl)
_observe("put_object_retention", "OBJECT_LOCK", _of_named)
_observe("put_object_legal_hold", "OBJECT_LOCK", _of_named)


@before("s3", *_WRITES)
def _begin(call: Call) -> None:
    _noted().clear()


@after("s3", *_WRITES)
def _consider_all(call: Call) -> None:
    notes = list(_noted())
    _noted().clear()
    written = {note[1:] for note in notes if note[0] == "OBJECT_PUT"}
    for operation, *place in notes:
        if operation in ("OBJECT_PUT", "OBJECT_DELETE") or tuple(place) not in written:
            _consider(operation, *place)


def _consider(operation: str, bucket_name: str, key: str, version: str | None) -> None:
    bucket = find_bucket(bucket_name)
    stored = find_version(bucket, key, version) if bucket is not None else None
    if bucket is None or stored is None or configuration_of(bucket) is None or not bucket.is_versioned:
        return
    rules = _rules(operation, bucket, stored)
    if not rules:
        return
    if operation in ("OBJECT_PUT", "OBJECT_DELETE"):
        stored.replication_status = "PENDING"  # type: ignore[union-attr]
    for rule in rules:
        start(bucket, stored, rule, operation, SETTINGS.values["s3ReplicationLagMs"])


def _rules(operation: str, bucket: FakeBucket, stored: Any) -> list[Rule]:
    """Which rules take a change where."""
    if isinstance(stored, FakeDeleteMarker):
        return [r for r in rules_for(bucket, stored.name, {}) if r.delete_markers]
    rules = eligible_rules(bucket, stored)
    status = getattr(stored, "replication_status", None)
    if operation == "OBJECT_PUT":
        return rules
    if status == "REPLICA":  # a change of a replica goes back only where that is asked for
        return [r for r in rules if r.replica_modifications]
    return rules if status else []  # what was not replicated does not become so by a new tag


def eligible_rules(bucket: FakeBucket, stored: FakeKey) -> list[Rule]:
    """The rules by which an object can be replicated; under a KMS key only those that say so."""
    rules = rules_for(bucket, stored.name, tags_of(bucket, stored))
    return [r for r in rules if r.kms_objects] if uses_kms(stored) else rules


def start(bucket: FakeBucket, stored: Any, rule: Rule, operation: str, lag_ms: float) -> signs.Attempt:
    """Sends a version on its way."""
    configuration, target = configuration_of(bucket), find_bucket(rule.destination)
    assert configuration is not None
    attempt = signs.Attempt(
        bucket,
        target.region_name if target is not None else bucket.region_name,
        stored.name,
        stored.version_id,
        operation,
        rule,
        configuration.role,
        getattr(stored, "size", 0),
    )
    signs.begin(attempt)
    CLOCK.after(lag_ms, lambda: replicate(attempt))
    if rule.time_control:
        CLOCK.after(_THRESHOLD_MS, lambda: _look_at_threshold(attempt))
    return attempt


def _look_at_threshold(attempt: signs.Attempt) -> None:
    if attempt.status == "PENDING":
        attempt.missed_threshold = True
        signs.notify(attempt, "OperationMissedThreshold", {})


def replicate(attempt: signs.Attempt) -> None:
    """Makes the copy, or says why there is none. A destination that is lost is waited for."""
    if regions.is_lost(attempt.target_region):
        CLOCK.hold(attempt.target_region, lambda: replicate(attempt))
        return
    source = f"arn:aws:s3:::{attempt.source.name}"
    if pauses.is_paused(source, attempt.target_region):
        pauses.hold(source, attempt.target_region, lambda: replicate(attempt))
        return
    stored = find_version(attempt.source, attempt.key, attempt.version)
    if stored is None:
        signs.end(attempt, "SrcVersionNotFound")
        return
    is_marker = isinstance(stored, FakeDeleteMarker)
    reason = obstacle(attempt.source, stored, attempt.rule, attempt.role, is_marker)
    if reason is None:
        target = find_bucket(attempt.rule.destination)
        assert target is not None
        if is_marker:
            place_marker(stored, target)
        else:
            place_object(attempt.source, stored, target, attempt.rule)
    signs.end(attempt, reason)
    _set_status(stored, attempt)


def _set_status(stored: Any, attempt: signs.Attempt) -> None:
    """PENDING until every destination has it; FAILED as soon as one has not. A replica stays one."""
    if getattr(stored, "replication_status", None) == "REPLICA":
        return
    outcomes = stored.__dict__.setdefault("_replication_outcomes", {})
    outcomes[attempt.rule.destination] = attempt.status
    expected = {r.destination for r in _rules("OBJECT_PUT", attempt.source, stored)} | set(outcomes)
    if "FAILED" in outcomes.values():
        stored.replication_status = "FAILED"
    elif all(outcomes.get(d) == "COMPLETED" for d in expected):
        stored.replication_status = "COMPLETED"


_moto_headers = FakeKey.response_dict.fget  # type: ignore[attr-defined]


def _headers(self: FakeKey) -> dict[str, Any]:
    headers = dict(_moto_headers(self))
    status = getattr(self, "replication_status", None)
    return {**headers, **({"x-amz-replication-status": status} if status else {})}


FakeKey.response_dict = property(_headers)  # type: ignore[assignment]
