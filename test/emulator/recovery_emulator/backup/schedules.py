"""Runs the rules of backup plans when the clock reaches their time."""

from recovery_emulator.backup import backup_jobs, selection
from recovery_emulator.backup.limits import parse_cron
from recovery_emulator.backup.state import MINUTE_MS, Params, Plan, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.cron import Cron


def _cron(rule: Params) -> Cron:
    return parse_cron(rule["ScheduleExpression"], rule["ScheduleExpressionTimezone"], hourly_at_most=False)


def start(region: Region, plan: Plan) -> None:
    """Schedules the next run of every rule of a plan's present version."""
    plan.generation += 1
    for rule in plan.document["Rules"]:
        _schedule(region, plan, rule, plan.generation)


def _schedule(region: Region, plan: Plan, rule: Params, generation: int) -> None:
    cron = _cron(rule)
    due = cron.next_after(CLOCK.now_ms())
    if due is None:
        return

    def run() -> None:
        if plan.generation != generation or region.plans.get(plan.id) is not plan:
            return
        _schedule(region, plan, rule, generation)
        if CLOCK.now_ms() - due < MINUTE_MS:  # a run that a lost Region has missed is not made up for
            run_rule(region, plan, rule)

    CLOCK.at(due, run)


def run_rule(region: Region, plan: Plan, rule: Params) -> list[str]:
    """Starts a backup job for every resource that the plan selects; returns the job ids."""
    plan.last_run_ms = CLOCK.now_ms()
    chosen: dict[str, tuple[selection.Resource, str]] = {}
    for assigned in list(plan.selections.values()):
        for resource in selection.resolve(region, assigned["BackupSelection"]):
            chosen.setdefault(resource.arn, (resource, assigned["BackupSelection"]["IamRoleArn"]))
    return [backup_jobs.begin_scheduled(region, plan, rule, resource, role) for resource, role in chosen.values()]


def preview(plan: Plan, count: int) -> list[Params]:
    """The next runs of all rules."""
    runs: list[tuple[int, str]] = []
    for rule in plan.document["Rules"]:
        cron, due = _cron(rule), CLOCK.now_ms()
        for _ in range(count):
            following = cron.next_after(due)
            if following is None:
                break
            runs.append((following, rule["RuleId"]))
            due = following
    return [
        {"ExecutionTime": moment(due), "RuleId": rule, "RuleExecutionType": "SNAPSHOT"}
        for due, rule in sorted(runs)[:count]
    ]
