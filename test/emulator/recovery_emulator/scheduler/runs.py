"""Runs schedules when the clock reaches their time, retries, and gives up into the dead-letter queue."""

import itertools
import logging
import uuid
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.scheduler.models import Schedule, scheduler_backends

from recovery_emulator import loopback
from recovery_emulator.clock import CLOCK
from recovery_emulator.cron import At, Rate, parse_schedule
from recovery_emulator.scheduler.targets import invoke

_LOG = logging.getLogger("recovery_emulator")
_GENERATIONS = itertools.count(1)
# AWS backs off exponentially and does not say how: a minute, doubled up to an hour.
_FIRST_RETRY_MS, _LAST_RETRY_MS = 60_000, 3_600_000
_MINUTE_MS = 60_000


def start(account: str, region: str, schedule: Schedule) -> None:
    """Plans the next run of a schedule that is new or has changed."""
    schedule._generation = next(_GENERATIONS)  # type: ignore[attr-defined]
    _plan(account, region, schedule, first=True)


def _ms(date: Any) -> int | None:
    return None if date is None else int(float(date) * 1000)


def next_run(schedule: Schedule, now_ms: int, first: bool) -> int | None:
    """When a schedule runs next: at once where a rate has no start date."""
    timing = parse_schedule(schedule.schedule_expression, schedule.schedule_expression_timezone, once=True)
    start_ms, end_ms = _ms(schedule.start_date), _ms(schedule.end_date)
    if isinstance(timing, Rate):
        base = start_ms if start_ms is not None else schedule._base_ms  # type: ignore[attr-defined]
        due: int | None = timing.at_or_after(base, now_ms if first else now_ms + 1)
    elif isinstance(timing, At):
        due = timing.moment_ms if first and timing.moment_ms >= now_ms else None
    else:
        due = timing.next_after(max(now_ms, (start_ms or 0) - 1))
    return None if due is None or (end_ms is not None and due > end_ms and not isinstance(timing, At)) else due


def _plan(account: str, region: str, schedule: Schedule, first: bool = False) -> None:
    if first:
        schedule._base_ms = CLOCK.now_ms()  # type: ignore[attr-defined]
    due = next_run(schedule, CLOCK.now_ms(), first)
    if due is None:
        if not first and schedule.action_after_completion == "DELETE":
            group = scheduler_backends[account][region].schedule_groups.get(schedule.group_name)
            if group is not None and group.schedules.get(schedule.name) is schedule:
                group.delete_schedule(schedule.name)
        return
    generation = schedule._generation  # type: ignore[attr-defined]

    def run() -> None:
        group = scheduler_backends[account][region].schedule_groups.get(schedule.group_name)
        is_current = group is not None and group.schedules.get(schedule.name) is schedule
        if not is_current or schedule._generation != generation:  # type: ignore[attr-defined]
            return
        if schedule.state == "ENABLED" and CLOCK.now_ms() - due < _MINUTE_MS:  # a missed run is not made up for
            _Invocation(account, region, schedule, due).attempt()
        _plan(account, region, schedule)

    CLOCK.at(due, run)


class _Invocation:
    """One run of a schedule, with its attempts."""

    def __init__(self, account: str, region: str, schedule: Schedule, due_ms: int) -> None:
        self.account, self.region, self.group, self.due_ms = account, region, schedule.group_name, due_ms
        self.target, self.arn = dict(schedule.target), schedule.arn
        self.number, self.execution = 1, str(uuid.uuid4())

    def _text(self) -> str:
        moment = datetime.fromtimestamp(self.due_ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        words = {
            "schedule-arn": self.arn,
            "scheduled-time": moment,
            "execution-id": self.execution,
            "attempt-number": str(self.number),
        }
        text = self.target.get("Input") or ""
        for word, value in words.items():
            text = text.replace(f"<aws.scheduler.{word}>", value)
        return text

    def attempt(self) -> None:
        """Calls the target; what fails is tried again until the retry policy ends it."""
        self._count("InvocationAttemptCount")
        try:
            invoke(self.target, self._text(), self.region)
        except Exception as problem:
            _LOG.warning("schedule %s, attempt %d: %s", self.arn, self.number, problem)
            self._count("TargetErrorCount")
            self._try_again(problem)

    def _try_again(self, problem: Exception) -> None:
        policy = self.target.get("RetryPolicy") or {}
        wait = min(_FIRST_RETRY_MS * 2 ** (self.number - 1), _LAST_RETRY_MS)
        too_old = CLOCK.now_ms() + wait - self.due_ms > int(policy.get("MaximumEventAgeInSeconds", 86_400)) * 1000
        if self.number > int(policy.get("MaximumRetryAttempts", 185)) or too_old:
            self._give_up(problem)
            return
        self.number += 1
        CLOCK.after(wait, self.attempt)

    def _give_up(self, problem: Exception) -> None:
        self._count("InvocationDroppedCount")
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue:
            return
        client = loopback.client("sqs", queue.split(":")[3], queue.split(":")[4])
        attributes = {
            "ERROR_MESSAGE": {"DataType": "String", "StringValue": str(problem)[:1000]},
            "SCHEDULE_ARN": {"DataType": "String", "StringValue": self.arn},
        }
        url = client.get_queue_url(QueueName=queue.split(":")[5])["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody=self._text() or "{}", MessageAttributes=attributes)
        self._count("InvocationsSentToDeadLetterCount")

    def _count(self, name: str) -> None:
        metric = {
            "MetricName": name,
            "Dimensions": [{"Name": "ScheduleGroup", "Value": self.group}],
            "Value": 1.0,
            "Unit": "Count",
            "Timestamp": CLOCK.now_naive(),
        }
        cloudwatch_backends[self.account][self.region].put_metric_data("AWS/Scheduler", [metric])
