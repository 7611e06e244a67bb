"""What S3 refuses in a replication configuration, and what a configuration forbids."""

import re
from typing import Any

from recovery_emulator import regions
from recovery_emulator.registry import before
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.s3.replication_rules import configuration_of, filter_of, is_on
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_MAX_RULES = 1000
_MAX_ID = 255
# The one value that S3 takes, for both times.
_TIME_CONTROL_MINUTES = 15


def _wrong(message: str) -> ServiceError:
    return ServiceError("InvalidRequest", message)


@before("s3", "PutBucketReplication")
def _check(call: Call) -> None:
    source, wanted = find_bucket(call.params["Bucket"]), call.params["ReplicationConfiguration"]
    if source is None:
        return  # moto says so
    if not source.is_versioned:
        raise _wrong("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    if not re.fullmatch(r"arn:aws:iam::\d{12}:role/.+", wanted["Role"]):
        raise ServiceError("InvalidArgument", f"Invalid Role specified in replication configuration: {wanted['Role']}")
    rules = wanted["Rules"]
    if not 1 <= len(rules) <= _MAX_RULES:
        raise _wrong(f"A replication configuration has 1 to {_MAX_RULES} rules, got {len(rules)}")
    ids = [r["ID"] for r in rules if r.get("ID")]
    if len(set(ids)) < len(ids) or any(len(i) > _MAX_ID for i in ids):
        raise ServiceError("InvalidArgument", f"Rule ids must be unique and have at most {_MAX_ID} characters")
    places = [(r["Destination"]["Bucket"], r["Priority"]) for r in rules if "Priority" in r]
    if len(set(places)) < len(places):
        raise _wrong("Found duplicate priorities of rules with the same destination")
    for rule in rules:
        _check_filter(rule)
        _check_destination(rule, source)


def _check_filter(rule: Params) -> None:
    if "Filter" not in rule:
        if "Prefix" not in rule:
            raise ServiceError("MalformedXML", "a rule needs a Filter, or the Prefix of the older format")
        if "DeleteMarkerReplication" in rule:
            raise _wrong(
                "DeleteMarkerReplication cannot be used for this version of the replication configuration schema"
            )
        return
    if "Prefix" in rule:
        raise ServiceError("MalformedXML", "a rule has either a Filter or a Prefix")
    if len([k for k in ("Prefix", "Tag", "And") if rule["Filter"].get(k) is not None]) > 1:
        raise ServiceError("MalformedXML", "a Filter has one of Prefix, Tag and And")
    for name in ("Priority", "DeleteMarkerReplication"):
        if name not in rule:
            raise _wrong(f"{name} must be specified for this version of the replication configuration schema")
    if filter_of(rule)[1] and is_on(rule["DeleteMarkerReplication"]):
        raise _wrong("Delete marker replication is not supported if any Tag filter is specified")


def _check_destination(rule: Params, source: Any) -> None:
    destination = rule["Destination"]
    if not re.fullmatch(r"arn:aws:s3:::[a-z0-9.-]{3,63}", destination["Bucket"]):
        raise ServiceError("InvalidArgument", f"Invalid bucket ARN: {destination['Bucket']}")
    bucket = find_bucket(destination["Bucket"].split(":::")[1])
    if bucket is None:
        raise _wrong("Destination bucket must exist.")
    regions.require(bucket.region_name)
    if bucket is source:
        raise _wrong("Destination bucket cannot be the same as source bucket")
    if not bucket.is_versioned:
        raise _wrong("Destination bucket must have versioning enabled.")
    kms = is_on((rule.get("SourceSelectionCriteria") or {}).get("SseKmsEncryptedObjects"))
    if kms != bool(destination.get("EncryptionConfiguration")):
        raise _wrong("SseKmsEncryptedObjects and EncryptionConfiguration must be specified together")
    if destination.get("AccessControlTranslation") and not destination.get("Account"):
        raise _wrong("Account must be specified with AccessControlTranslation")
    _check_time_control(destination)


def _check_time_control(destination: Params) -> None:
    metrics, control = destination.get("Metrics") or {}, destination.get("ReplicationTime") or {}
    if is_on(control) and not is_on(metrics):
        raise _wrong("Replication Time Control needs Metrics to be Enabled")
    times = ((control.get("Time") or {}).get("Minutes"), (metrics.get("EventThreshold") or {}).get("Minutes"))
    if control and times[0] != _TIME_CONTROL_MINUTES:
        raise _wrong(f"Time of ReplicationTime must be {_TIME_CONTROL_MINUTES} minutes, got {times[0]}")
    if times[1] not in (None, _TIME_CONTROL_MINUTES):
        raise _wrong(f"EventThreshold of Metrics must be {_TIME_CONTROL_MINUTES} minutes, got {times[1]}")


@before("s3", "PutBucketVersioning")
def _keep_versioning(call: Call) -> None:
    bucket = find_bucket(call.params["Bucket"])
    suspended = call.params["VersioningConfiguration"].get("Status") == "Suspended"
    if bucket is not None and suspended and configuration_of(bucket) is not None:
        raise ServiceError(
            "InvalidBucketState",
            "A replication configuration is present on this bucket, so the versioning state cannot be changed",
            409,
        )
