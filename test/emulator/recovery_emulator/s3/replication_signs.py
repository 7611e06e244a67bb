"""What replication lets the world see: the status of objects, metrics, events, and for tests a record of each attempt.

Latency and pending work are published in the Region of the destination, failures in that of the source; only rules with
metrics publish anything, and only they send events.
"""

import collections
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from recovery_emulator import registry
from recovery_emulator.access import roles
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint
from recovery_emulator.patches.event_delivery import deliver_later
from recovery_emulator.s3.replication_rules import Rule

_KEEP = 5000


@dataclass
class Attempt:
    """One version of an object, or a delete marker, on its way by one rule."""

    source: Any
    target_region: str
    key: str
    version: str
    operation: str
    rule: Rule
    role: str
    size: int
    # Why live replication leaves older objects to batch jobs; a job sets its own.
    since_ms: int = field(default_factory=CLOCK.now_ms)
    status: str = "PENDING"
    reason: str | None = None
    missed_threshold: bool = False

    def describe(self) -> dict[str, Any]:
        return {
            "bucket": self.source.name,
            "key": self.key,
            "versionId": self.version,
            "operation": self.operation,
            "rule": self.rule.id,
            "destination": self.rule.destination,
            "status": self.status,
            "failureReason": self.reason,
            "sinceMs": self.since_ms,
        }


_RECORD: collections.deque[Attempt] = collections.deque(maxlen=_KEEP)
registry.ON_RESET.append(_RECORD.clear)


def begin(attempt: Attempt) -> None:
    """An object waits to be replicated."""
    _RECORD.append(attempt)
    _publish_pending(attempt)


def end(attempt: Attempt, reason: str | None) -> None:
    """It is there, or it failed."""
    attempt.status, attempt.reason = ("FAILED", reason) if reason else ("COMPLETED", None)
    _publish_pending(attempt)
    if reason:
        _metric(attempt, attempt.source.region_name, "OperationsFailedReplication", 1.0, "Count")
        notify(attempt, "OperationFailedReplication", {"failureReason": reason})
        return
    seconds = (CLOCK.now_ms() - attempt.since_ms) / 1000
    _metric(attempt, attempt.target_region, "ReplicationLatency", seconds, "Seconds")
    if attempt.missed_threshold:
        notify(attempt, "OperationReplicatedAfterThreshold", {})


def _publish_pending(attempt: Attempt) -> None:
    waiting = [
        a for a in _RECORD if a.status == "PENDING" and a.source is attempt.source and a.rule.id == attempt.rule.id
    ]
    _metric(attempt, attempt.target_region, "OperationsPendingReplication", float(len(waiting)), "Count")
    size = float(sum(a.size for a in waiting))
    _metric(attempt, attempt.target_region, "BytesPendingReplication", size, "Bytes")


def _metric(attempt: Attempt, region: str, name: str, value: float, unit: str) -> None:
    if not (attempt.rule.metrics or attempt.rule.time_control):
        return
    dimensions = {
        "SourceBucket": attempt.source.name,
        "DestinationBucket": attempt.rule.destination,
        "RuleId": attempt.rule.id,
    }
    data = {
        "MetricName": name,
        "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()],
        "Value": value,
        "Unit": unit,
        "Timestamp": CLOCK.now_naive(),
    }
    cloudwatch_backends[attempt.source.account_id][region].put_metric_data("AWS/S3", [data])


def _time(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def notify(attempt: Attempt, event: str, data: dict[str, Any]) -> None:
    """Sends an event s3:Replication:... to the queues, topics and functions that the source bucket names."""
    bucket = attempt.source
    wanted = bucket.notification_configuration
    if wanted is None or not (attempt.rule.metrics or attempt.rule.time_control):
        return
    for target in (*wanted.queue, *wanted.topic, *wanted.cloud_function):
        if not target.matches(f"s3:Replication:{event}", attempt.key):
            continue
        record = {
            "eventVersion": "2.2",
            "eventSource": "aws:s3",
            "awsRegion": bucket.region_name,
            "eventTime": _time(CLOCK.now_ms()),
            "eventName": f"Replication:{event}",
            "userIdentity": {"principalId": "s3.amazonaws.com"},
            "requestParameters": {"sourceIPAddress": "s3.amazonaws.com"},
            "responseElements": {"x-amz-request-id": str(uuid.uuid4())},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": target.id,
                "bucket": {
                    "name": bucket.name,
                    "ownerIdentity": {"principalId": bucket.account_id},
                    "arn": f"arn:aws:s3:::{bucket.name}",
                },
                "object": {"key": attempt.key, "size": attempt.size, "versionId": attempt.version},
            },
            "replicationEventData": {
                "replicationRuleId": attempt.rule.id,
                "destinationBucket": f"arn:aws:s3:::{attempt.rule.destination}",
                "s3Operation": attempt.operation,
                "requestTime": _time(attempt.since_ms),
                **data,
            },
        }
        deliver_later(target.arn, json.dumps({"Records": [record]}), bucket.region_name, bucket.account_id)


@endpoint("GET", "replication")
def _attempts(wanted: dict[str, Any]) -> Any:
    shown = [a.describe() for a in _RECORD]
    return {"attempts": [a for a in shown if all(str(a.get(k)) == str(v) for k, v in wanted.items())]}


@endpoint("GET", "replication-permissions")
def _permissions(wanted: dict[str, Any]) -> Any:
    return roles.report(wanted["role"])
