"""Replication that an experiment has paused: what is due waits, and goes on when the experiment ends."""

from collections.abc import Callable

from recovery_emulator import registry
from recovery_emulator.clock import CLOCK

Task = Callable[[], None]
# What is paused: the ARN of a bucket or table, and the Region at the other end; and by which action of which experiment.
Flow = tuple[str, str]
_PAUSED: dict[str, set[Flow]] = {}
_HELD: list[tuple[Flow, Task]] = []


def is_paused(arn: str, region: str) -> bool:
    """Whether nothing goes from a resource to a Region."""
    return any((arn, region) in flows for flows in _PAUSED.values())


def hold(arn: str, region: str, task: Task) -> None:
    """Does something when a pause is over."""
    _HELD.append(((arn, region), task))


def pause(name: str, flows: set[Flow]) -> None:
    """Lets nothing through, in the name of an action."""
    _PAUSED[name] = flows


def resume(name: str) -> None:
    """Ends a pause: what has waited goes on now, in its order."""
    _PAUSED.pop(name, None)
    for held in list(_HELD):
        if not is_paused(*held[0]):
            _HELD.remove(held)
            CLOCK.after(0, held[1])


def paused() -> list[str]:
    """What is paused now, for whoever looks on."""
    return sorted(f"{arn} -> {region}" for flows in _PAUSED.values() for arn, region in flows)


registry.ON_RESET.append(_PAUSED.clear)
registry.ON_RESET.append(_HELD.clear)
