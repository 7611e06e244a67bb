"""What the modules about Route 53 share: zones, records and health checks of an account, and its control plane in one Region."""

from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import get_service_model
from moto.route53.models import FakeZone, RecordSet, route53_backends

from recovery_emulator import regions, registry
from recovery_emulator.registry import before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

CONTROL_PLANE = "us-east-1"
Params = dict[str, Any]


@dataclass
class HealthCheck:
    """A health check, with what it has copied of its alarm, and what a test says of its endpoint."""

    id: str
    account: str
    caller_reference: str
    config: Params
    version: int = 1
    alarm: Params | None = None
    told: bool | None = None
    last_known: bool = True

    def describe(self) -> Params:
        """The health check as the API shows it."""
        return {
            "Id": self.id,
            "CallerReference": self.caller_reference,
            "HealthCheckConfig": self.config,
            "HealthCheckVersion": self.version,
            "CloudWatchAlarmConfiguration": self.alarm,
        }


@dataclass
class _Books:
    checks: dict[str, HealthCheck] = field(default_factory=dict)


_BOOKS: dict[str, _Books] = {}
registry.ON_RESET.append(_BOOKS.clear)


def checks_of(account: str) -> dict[str, HealthCheck]:
    """The health checks of an account, by id."""
    return _BOOKS.setdefault(account, _Books()).checks


def all_checks() -> dict[str, HealthCheck]:
    """Those of every account."""
    return {name: check for books in _BOOKS.values() for name, check in books.checks.items()}


def zones_of(account: str) -> dict[str, FakeZone]:
    """The hosted zones of an account, by id."""
    return dict(route53_backends[account]["aws"].zones)


def require_zone(account: str, zone_id: str) -> FakeZone:
    """A hosted zone, whatever stands before its id."""
    found = zones_of(account).get(zone_id.rpartition("/")[2])
    if found is None:
        raise ServiceError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
    return found


def full_name(name: str) -> str:
    """A name as the zone keeps it: lower case, with a dot at the end."""
    return name.lower().rstrip(".") + "."


def records_of(zone: FakeZone, name: str, kind: str | None = None) -> list[RecordSet]:
    """The record sets of a name, of one type or all."""
    return [r for r in zone.rrsets if full_name(r.name) == full_name(name) and kind in (None, r.type)]


def _require_control_plane(call: Call) -> None:
    """Every call of the API goes to one Region; answers to queries and health checks do not."""
    if regions.is_lost(CONTROL_PLANE):
        raise ServiceError(
            "ServiceUnavailable", f"{CONTROL_PLANE} is lost, and with it the control plane of Route 53", 503
        )


before("route53", *get_service_model("route53").operation_names)(_require_control_plane)
