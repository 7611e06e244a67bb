"""Which parts there are: services of our own, patches of moto, and what each must do on reset and at the end."""

import collections
import importlib
from collections.abc import Callable
from typing import Any, Protocol

from recovery_emulator.service_api.calls import Call

Operation = Callable[[Call], dict[str, Any] | None]
Hook = Callable[[Call], None]


class PassOn(Exception):
    """Raised by an operation of this package to leave a call to moto after all."""


class Service(Protocol):
    """A service that this package implements itself instead of moto."""

    def handle(self, call: Call) -> dict[str, Any] | None:
        """Answers a call, or raises ServiceError."""


SERVICES: dict[str, Service] = {}
# Single operations that this package implements itself, of services that otherwise are moto's.
OPERATIONS: dict[tuple[str, str], Operation] = {}
# What is asked before an operation is carried out, and may refuse it; and what is done after it has succeeded.
BEFORE: dict[tuple[str, str], list[Hook]] = collections.defaultdict(list)
AFTER: dict[tuple[str, str], list[Hook]] = collections.defaultdict(list)
ON_RESET: list[Callable[[], None]] = []
ON_STOP: list[Callable[[], None]] = []
_PARTS = (
    "patches.moto_fixes",
    "patches.iam_policies",
    "patches.document_clusters",
    "patches.postgres_instances",
    "patches.lambda_runtime",
    "patches.lambda_faults",
    "patches.log_metrics",
    "patches.lambda_queue",
    "patches.topic_functions",
    "patches.step_functions",
    "patches.parsed_once",
    "patches.step_functions_language",
    "patches.step_functions_moments",
    "patches.step_functions_events",
    "patches.step_functions_ends",
    "patches.step_functions_tokens",
    "patches.step_functions_faults",
    "patches.event_targets",
    "patches.event_schedules",
    "patches.alarm_actions",
    "compute.services",
    "compute.groups",
    "compute.provisioned",
    "metrics.alarms",
    "route53.health_checks",
    "route53.records",
    "route53.answers",
    "routing.controls",
    "fis.experiments",
    "s3.conditional_writes",
    "s3.sse_kms",
    "s3.replication_checks",
    "s3.replication",
    "s3.batch_api",
    "patches.postgres_regions",
    "rds.global_members",
    "rds.global_failover",
    "rds.read_replicas",
    "rds.promotions",
    "rds.instance_changes",
    "rds.restored_elsewhere",
    "rds.automated_snapshots",
    "rds.exports",
    "dynamodb.atomic_writes",
    "dynamodb.replicas",
    "dynamodb.quorum",
    "dynamodb.recovery",
    "dynamodb.exports",
    "efs.replication",
    "efs.mounts",
    "ebs.blocks",
    "ssm.machines",
    "scheduler.service",
    "backup.service",
    "cloudformation.service",
)


def implements(service: str, *operations: str) -> Callable[[Operation], Operation]:
    """Declares what answers an operation in moto's stead."""

    def declare(function: Operation) -> Operation:
        for operation in operations:
            OPERATIONS[service, operation] = function
        return function

    return declare


def before(service: str, *operations: str) -> Callable[[Hook], Hook]:
    """Declares what may refuse an operation, by raising ServiceError."""
    return _hook(BEFORE, service, operations)


def after(service: str, *operations: str) -> Callable[[Hook], Hook]:
    """Declares what follows an operation that has succeeded."""
    return _hook(AFTER, service, operations)


def _hook(
    hooks: dict[tuple[str, str], list[Hook]], service: str, operations: tuple[str, ...]
) -> Callable[[Hook], Hook]:
    def declare(function: Hook) -> Hook:
        for operation in operations:
            hooks[service, operation].append(function)
        return function

    return declare


def load() -> None:
    """Imports every part; each registers itself."""
    for part in _PARTS:
        importlib.import_module(f"recovery_emulator.{part}")


def reset() -> None:
    """Forgets everything that was made since the start."""
    for action in ON_RESET:
        action()


def stop() -> None:
    """Ends child processes and removes temporary folders."""
    for action in ON_STOP:
        action()
