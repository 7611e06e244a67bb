"""What the known actions do for as long as they run."""

import re
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from recovery_emulator import registry
from recovery_emulator.control import endpoint
from recovery_emulator.fis import pauses

_PAUSE_BUCKET = "aws:s3:bucket-pause-replication"
_PAUSE_TABLE = "aws:dynamodb:global-table-pause-replication"
_CUT_OFF = "aws:network:route-table-disrupt-cross-region-connectivity"
# The known actions: the key of their targets, and the type of these.
ACTIONS: dict[str, tuple[str, str] | None] = {
    _PAUSE_BUCKET: ("Buckets", "aws:s3:bucket"),
    _PAUSE_TABLE: ("Tables", "aws:dynamodb:global-table"),
    _CUT_OFF: ("Subnets", "aws:ec2:subnet"),
    "aws:fis:wait": None,
}
_CUT: dict[str, dict[str, Any]] = {}
registry.ON_RESET.append(_CUT.clear)
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def duration_ms(text: str) -> int:
    """Milliseconds of a duration such as PT10M."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f"{text} is not a duration")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


def begin(name: str, account: str, here: str, action: dict[str, Any], arns: list[str]) -> None:
    """Starts the effect of an action on its targets."""
    parameters = action.get("parameters", {})
    there = parameters.get("region", here)
    if action["actionId"] == _PAUSE_BUCKET:
        pauses.pause(name, {(arn, there) for arn in arns})
    elif action["actionId"] == _PAUSE_TABLE:
        known = {arn.split("/")[-1] for arn in arns} & {
            t.name for t in dynamodb_backends[account][here].tables.values()
        }
        pair = ((here, there), (there, here))
        pauses.pause(name, {(f"{account}:{a}:{table}", b) for table in known for a, b in pair})
    elif action["actionId"] == _CUT_OFF:
        _CUT[name] = {"region": here, "from": there, "subnets": arns}


def end(name: str) -> None:
    """Ends it."""
    pauses.resume(name)
    _CUT.pop(name, None)


@endpoint("GET", "disruptions")
def _show(_: dict[str, Any]) -> Any:
    return {"pausedReplication": pauses.paused(), "disruptedConnectivity": list(_CUT.values())}
