"""Everything AWS Backup remembers, per account and Region."""

import collections
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from recovery_emulator.clock import CLOCK

Params = dict[str, Any]
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def moment(ms: int | None) -> datetime | None:
    """A moment as the API's serialisers take it: naive, in UTC."""
    return None if ms is None else datetime.fromtimestamp(ms / 1000, timezone.utc).replace(tzinfo=None)


@dataclass
class Vault:
    """A backup vault of either kind."""

    name: str
    arn: str
    encryption_key_arn: str
    default_key: bool
    air_gapped: bool = False
    created_ms: int = field(default_factory=CLOCK.now_ms)
    tags: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    notifications: Params | None = None
    min_days: int | None = None
    max_days: int | None = None
    locked: bool = False
    lock_ms: int | None = None

    def lock_is_final(self) -> bool:
        """Whether the grace time of a compliance lock is over."""
        return self.air_gapped or (self.lock_ms is not None and CLOCK.now_ms() >= self.lock_ms)


@dataclass
class Point:
    """A recovery point."""

    arn: str
    vault: str
    resource_arn: str
    resource_type: str
    created_ms: int
    completed_ms: int
    lifecycle: Params
    role_arn: str
    size: int
    metadata: dict[str, str]
    # What a restore needs and the API does not show: the objects of a bucket, the content of a volume.
    content: Any = None
    continuous: bool = False
    status: str = "COMPLETED"
    status_message: str | None = None
    storage_class: str = "WARM"
    created_by: Params | None = None
    source_vault_arn: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    resource_name: str = ""
    last_restore_ms: int | None = None
    # The key that it is under, where that is a customer's.
    key: str | None = None


@dataclass
class Plan:
    """A backup plan with all its versions."""

    id: str
    arn: str
    document: Params
    version: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_ms: int = field(default_factory=CLOCK.now_ms)
    tags: dict[str, str] = field(default_factory=dict)
    selections: dict[str, Params] = field(default_factory=dict)
    versions: list[Params] = field(default_factory=list)
    last_run_ms: int | None = None
    # Rises with every change, so that runs scheduled for an earlier version know that they are stale.
    generation: int = 0


class Region:
    """AWS Backup in one account and Region."""

    def __init__(self, account: str, name: str) -> None:
        self.account, self.name = account, name
        self.vaults: dict[str, Vault] = {}
        self.plans: dict[str, Plan] = {}
        self.points: dict[str, Point] = {}
        self.backup_jobs: dict[str, Params] = {}
        self.copy_jobs: dict[str, Params] = {}
        self.restore_jobs: dict[str, Params] = {}
        self.testing_plans: dict[str, Params] = {}
        self.testing_selections: dict[tuple[str, str], Params] = {}
        self.frameworks: dict[str, Params] = {}
        self.report_plans: dict[str, Params] = {}
        self.opt_in: dict[str, bool] = {}
        self.management: dict[str, bool] = {}
        self.busy: set[str] = set()

    def arn(self, kind: str, rest: str) -> str:
        """An ARN of AWS Backup."""
        return f"arn:aws:backup:{self.name}:{self.account}:{kind}:{rest}"

    def points_in(self, vault: str) -> list[Point]:
        """The recovery points of a vault."""
        return [p for p in self.points.values() if p.vault == vault]


class Store:
    """All Regions of all accounts."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._regions: dict[tuple[str, str], Region] = {}
        self.global_settings: dict[str, dict[str, str]] = collections.defaultdict(dict)

    def region(self, account: str, name: str) -> Region:
        """One account in one Region."""
        with self.lock:
            if (account, name) not in self._regions:
                self._regions[account, name] = Region(account, name)
            return self._regions[account, name]

    def vault_of(self, arn: str) -> tuple[Region, Vault] | None:
        """A vault by its ARN, wherever it is."""
        parts = arn.split(":")
        region = self.region(parts[4], parts[3])
        vault = region.vaults.get(parts[6])
        return (region, vault) if vault else None

    def reset(self) -> None:
        with self.lock:
            self._regions.clear()
            self.global_settings.clear()


STORE = Store()
