"""Which parts there are: services of our own, patches of moto, and what each must do on reset and at the end."""

import importlib
from collections.abc import Callable
from typing import Any, Protocol

from recovery_emulator.service_api.calls import Call


class Service(Protocol):
    """A service that this package implements itself instead of moto."""

    def handle(self, call: Call) -> dict[str, Any] | None:
        """Answers a call, or raises ServiceError."""


SERVICES: dict[str, Service] = {}
ON_RESET: list[Callable[[], None]] = []
ON_STOP: list[Callable[[], None]] = []
_PARTS = (
    "patches.moto_fixes",
    "patches.postgres_instances",
    "patches.lambda_runtime",
    "patches.step_functions",
    "patches.step_functions_language",
    "patches.event_targets",
    "patches.event_schedules",
    "patches.alarm_actions",
    "patches.s3_replication",
    "backup.service",
    "cloudformation.service",
)


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
