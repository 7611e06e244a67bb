"""Scheduled EventBridge rules run by the emulator's clock; in moto a schedule is only a text."""

import itertools
import uuid
from typing import Any

from moto.events.models import EventsBackend, Rule, events_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.cron import InvalidSchedule, parse_schedule
from recovery_emulator.patches.event_delivery import DELIVERABLE, deliver_for
from recovery_emulator.service_api.replies import ServiceError

_moto_put_rule = EventsBackend.put_rule
_generations = itertools.count(1)
# A run that a lost Region has missed is not made up for.
_MISSED_MS = 60_000


def _put_rule(self: EventsBackend, name: str, **options: Any) -> Rule:
    expression = options.get("scheduled_expression")
    if expression:
        try:
            parse_schedule(expression)
        except InvalidSchedule as problem:
            raise ServiceError(
                "ValidationException", f"Parameter ScheduleExpression is not valid: {problem}"
            ) from problem
    rule = _moto_put_rule(self, name, **options)
    if expression:
        _schedule(rule)
    return rule


def _schedule(rule: Rule) -> None:
    schedule = parse_schedule(rule.scheduled_expression)
    rule._emulator_generation = generation = next(_generations)

    def wait() -> None:
        due = schedule.next_after(CLOCK.now_ms())
        if due is not None:
            CLOCK.at(due, lambda: run(due))

    def run(due: int) -> None:
        if rule._emulator_generation != generation or not _exists(rule):
            return
        wait()
        if rule.state == "DISABLED" or CLOCK.now_ms() - due >= _MISSED_MS:
            return
        for target in rule.targets:
            if target["Arn"].split(":")[2] in DELIVERABLE:
                deliver_for(rule, target, _event(rule))

    wait()


def _exists(rule: Rule) -> bool:
    buses = events_backends[rule.account_id][rule.region_name].event_buses
    return any(kept is rule for bus in buses.values() for kept in bus.rules.values())


def _event(rule: Rule) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": CLOCK.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }


EventsBackend.put_rule = _put_rule
