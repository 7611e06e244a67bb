"""Regions that are lost: they answer nobody, and nothing happens in them until they are back.

Work that waits for the clock belongs to the Region in which it was begun. While that is lost the work is held, and it goes
on when the Region is back.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from recovery_emulator.service_api.replies import ServiceError

# IAM and the like belong to no Region. Their control planes live in one all the same; that is not emulated.
_GLOBAL = {"iam", "route53", "cloudfront", "organizations"}
_STATE = threading.local()
_LOST: dict[str, int] = {}
# What has to be told of a loss and of a return, with the name of the Region.
ON_LOST: list[Callable[[str], None]] = []
ON_BACK: list[Callable[[str], None]] = []


def current() -> str | None:
    """The Region in which this thread works."""
    return getattr(_STATE, "region", None)


@contextlib.contextmanager
def within(region: str | None) -> Iterator[None]:
    """Works in a Region for a while."""
    before = current()
    _STATE.region = region
    try:
        yield
    finally:
        _STATE.region = before


def is_lost(region: str | None) -> bool:
    """Whether a Region is lost."""
    return region in _LOST


def lost_at_ms(region: str) -> int | None:
    """Since when a Region is lost, by the clock."""
    return _LOST.get(region)


def lost() -> list[str]:
    """The lost Regions."""
    return sorted(_LOST)


def require(region: str, service: str = "") -> None:
    """Refuses to go on with a Region that is lost."""
    if is_lost(region) and service not in _GLOBAL:
        raise ServiceError("ServiceUnavailable", f"{region} is lost: nothing there can be reached", 503)


def lose(region: str, at_ms: int) -> None:
    """A Region goes away."""
    if not is_lost(region):
        _LOST[region] = at_ms
        for tell in ON_LOST:
            tell(region)


def restore(region: str) -> None:
    """It is back."""
    if _LOST.pop(region, None) is not None:
        for tell in ON_BACK:
            tell(region)


def forget() -> None:
    """All Regions are there, without a word to anybody: everything in them is forgotten too."""
    _LOST.clear()
