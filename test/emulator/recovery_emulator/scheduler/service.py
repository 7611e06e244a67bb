"""The checks of EventBridge Scheduler, and the hooks that hand schedules over to the clock."""

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.scheduler.models import scheduler_backends

from recovery_emulator.cron import InvalidSchedule, parse_schedule, require_zone
from recovery_emulator.registry import after, before
from recovery_emulator.scheduler import runs
from recovery_emulator.scheduler.targets import BadTarget, check_target
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError


def _wrong(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


@before("scheduler", "CreateSchedule", "UpdateSchedule")
def _check(call: Call) -> None:
    params = call.params
    try:
        zone = params.get("ScheduleExpressionTimezone", "UTC")
        require_zone(zone)
        parse_schedule(params["ScheduleExpression"], zone, once=True)
        check_target(params["Target"])
    except (InvalidSchedule, BadTarget, json.JSONDecodeError) as problem:
        raise _wrong(f"Invalid schedule: {problem}") from problem
    _check_window(params["FlexibleTimeWindow"])
    if params.get("StartDate") and params.get("EndDate") and params["StartDate"] >= params["EndDate"]:
        raise _wrong("StartDate must be before EndDate")
    group = params.get("GroupName", "default")
    if group not in scheduler_backends[call.account][call.region].schedule_groups:
        raise ServiceError("ResourceNotFoundException", f"Schedule group {group} does not exist.", 404)
    _check_role(params["Target"]["RoleArn"])


def _check_window(window: dict[str, Any]) -> None:
    minutes = window.get("MaximumWindowInMinutes")
    if (window["Mode"] == "FLEXIBLE") != (minutes is not None):
        raise _wrong("MaximumWindowInMinutes belongs to a flexible time window, which cannot be without")


def _check_role(arn: str) -> None:
    """The service refuses a role that it cannot assume already when the schedule is made."""
    account, name = arn.split(":")[4], arn.split("/")[-1]
    role = next((r for r in iam_backends[account]["aws"].roles.values() if r.name == name), None)
    document = role.assume_role_policy_document if role is not None else "{}"
    document = json.loads(document) if isinstance(document, str) else document
    for statement in document.get("Statement", []):
        services = (statement.get("Principal") or {}).get("Service", [])
        if statement["Effect"] == "Allow" and "scheduler.amazonaws.com" in (
            [services] if isinstance(services, str) else services
        ):
            return
    raise _wrong("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")


@after("scheduler", "CreateSchedule", "UpdateSchedule")
def _start(call: Call) -> None:
    group = scheduler_backends[call.account][call.region].schedule_groups[call.params.get("GroupName", "default")]
    schedule = group.schedules[call.params["Name"]]
    # An update replaces everything: what it does not say is the default again, which moto leaves empty.
    schedule.state = schedule.state or "ENABLED"
    runs.start(call.account, call.region, schedule)
