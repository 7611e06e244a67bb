"""Documented limits of AWS Backup that its API model does not carry."""

import re
from typing import Any

from recovery_emulator.backup.operations import invalid
from recovery_emulator.backup.state import HOUR_MS, Params, Vault
from recovery_emulator.cron import Cron, InvalidSchedule

MAX_RETENTION_DAYS = 36_500
COLD_GAP_DAYS = 90
MIN_START_WINDOW_MINUTES = 60
MAX_WINDOW_MINUTES = 52_560_000
MAX_CONTINUOUS_DAYS = 35
MIN_CHANGEABLE_DAYS = 3
MIN_AIR_GAPPED_DAYS = 7
MAX_RULES = 10
MAX_COPY_ACTIONS = 5
MAX_POINT_TAGS = 10
MAX_SELECTIONS = 100
_NAME = re.compile(r"[A-Za-z0-9\-_.]{1,50}")
_SAMPLED_RUNS = 26


def check_name(name: str, what: str) -> None:
    """Names of plans, rules and selections."""
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid {what} {name}: 1 to 50 letters, digits, '-', '_' and '.'")


def check_lifecycle(lifecycle: Params | None) -> None:
    """Retention within the service's range, and cold storage for at least 90 days."""
    if not lifecycle:
        return
    delete, cold = lifecycle.get("DeleteAfterDays"), lifecycle.get("MoveToColdStorageAfterDays")
    if delete is not None and delete != -1 and not 1 <= delete <= MAX_RETENTION_DAYS:
        raise invalid(
            f"Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than {MAX_RETENTION_DAYS} days"
        )
    if cold is not None and cold != -1:
        if cold < 1:
            raise invalid("Invalid lifecycle. MoveToColdStorageAfterDays cannot be less than 1 day")
        if delete is not None and delete != -1 and delete < cold + COLD_GAP_DAYS:
            raise invalid(
                f"Invalid lifecycle. DeleteAfterDays cannot be less than {COLD_GAP_DAYS} days apart from MoveToColdStorageAfterDays"
            )


def check_windows(rule: Params) -> None:
    """Start and completion windows."""
    start, completion = rule.get("StartWindowMinutes"), rule.get("CompletionWindowMinutes")
    if start is not None and not MIN_START_WINDOW_MINUTES <= start <= MAX_WINDOW_MINUTES:
        raise invalid(
            f"Invalid start window: {start} minutes, must be {MIN_START_WINDOW_MINUTES} to {MAX_WINDOW_MINUTES}"
        )
    if completion is not None and not 1 <= completion <= MAX_WINDOW_MINUTES:
        raise invalid(f"Invalid completion window: {completion} minutes, must be 1 to {MAX_WINDOW_MINUTES}")


def parse_cron(expression: str, zone: str, hourly_at_most: bool) -> Cron:
    """A cron schedule; AWS Backup takes no rate and nothing more frequent than hourly."""
    if not expression.startswith("cron("):
        raise invalid(f"Invalid schedule expression {expression}: only cron expressions are supported")
    try:
        cron = Cron(expression, zone)
    except InvalidSchedule as problem:
        raise invalid(f"Invalid schedule expression {expression}: {problem}") from problem
    if hourly_at_most:
        previous = cron.next_after(1_700_000_000_000)
        for _ in range(_SAMPLED_RUNS):
            following = None if previous is None else cron.next_after(previous)
            if previous is None or following is None:
                break
            if following - previous < HOUR_MS:
                raise invalid(
                    f"Invalid schedule expression {expression}: backups cannot run more often than every hour"
                )
            previous = following
    return cron


def retention_problem(vault: Vault, lifecycle: Params | None) -> str | None:
    """Why a vault would not keep a recovery point for that long; None when it would."""
    if not vault.locked and not vault.air_gapped:
        return None
    days: Any = (lifecycle or {}).get("DeleteAfterDays")
    forever = days is None or days == -1
    if vault.min_days is not None and not forever and days < vault.min_days:
        return (
            f"Retention period of {days} days is less than the minimum of {vault.min_days} days of vault {vault.name}"
        )
    if vault.max_days is not None and (forever or days > vault.max_days):
        return f"Retention period of {'forever' if forever else f'{days} days'} is more than the maximum of {vault.max_days} days of vault {vault.name}"
    return None
