"""The runs of restore testing plans, on schedule or because a test asks."""

from typing import Any

from recovery_emulator import DEFAULT_ACCOUNT
from recovery_emulator.backup import restore_jobs, restores
from recovery_emulator.backup.limits import parse_cron
from recovery_emulator.backup.selection import matches_arn
from recovery_emulator.backup.state import DAY_MS, MINUTE_MS, STORE, Params, Point, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint

_DEFAULT_WINDOW_DAYS = 30


def schedule(region: Region, plan: Params) -> None:
    """Waits for the next time of a plan, and for those after it."""
    plan["_generation"] = generation = plan.get("_generation", 0) + 1
    cron = parse_cron(plan["ScheduleExpression"], plan.get("ScheduleExpressionTimezone", "UTC"), hourly_at_most=False)
    name = plan["RestoreTestingPlanName"]

    def wait() -> None:
        due = cron.next_after(CLOCK.now_ms())
        if due is not None:
            CLOCK.at(due, lambda: run_due(due))

    def run_due(due: int) -> None:
        if region.testing_plans.get(name) is plan and plan["_generation"] == generation:
            wait()
            if CLOCK.now_ms() - due < MINUTE_MS:  # a run that a lost Region has missed is not made up for
                run(region, plan)

    wait()


def run(region: Region, plan: Params, only: str | None = None) -> list[str]:
    """One run: a restore of one eligible recovery point for each selected resource, or of one of them; returns the job ids."""
    plan["LastExecutionTime"] = moment(CLOCK.now_ms())
    plan["_runs"] = plan.get("_runs", 0) + 1
    started = []
    for (name, _), selection in list(region.testing_selections.items()):
        if name != plan["RestoreTestingPlanName"]:
            continue
        for arn, points in _eligible(region, plan, selection).items():
            if only not in (None, arn):
                continue
            point = _pick(plan, points)
            metadata = {**restores.test_metadata(point), **(selection.get("RestoreMetadataOverrides") or {})}
            started.append(
                restore_jobs.begin(
                    region, point, metadata, selection["IamRoleArn"], plan, selection.get("ValidationWindowHours")
                )
            )
    return started


def _eligible(region: Region, plan: Params, selection: Params) -> dict[str, list[Point]]:
    """The recovery points of each resource that this run may restore; a resource without one is silently left out."""
    chosen = plan["RecoveryPointSelection"]
    oldest = CLOCK.now_ms() - int(chosen.get("SelectionWindowDays") or _DEFAULT_WINDOW_DAYS) * DAY_MS
    found: dict[str, list[Point]] = {}
    for point in region.points.values():
        vault = region.vaults[point.vault].arn
        fits = (
            point.resource_type == selection["ProtectedResourceType"]
            and point.status in ("COMPLETED", "AVAILABLE")
            and ("CONTINUOUS" if point.continuous else "SNAPSHOT") in chosen["RecoveryPointTypes"]
            and (point.continuous or point.created_ms >= oldest)
            and any(matches_arn(p, vault) for p in chosen["IncludeVaults"])
            and not any(matches_arn(p, vault) for p in chosen.get("ExcludeVaults") or [])
            and any(a in ("*", point.resource_arn) for a in selection.get("ProtectedResourceArns") or ["*"])
        )
        if fits:
            found.setdefault(point.resource_arn, []).append(point)
    conditions = selection.get("ProtectedResourceConditions") or {}
    return {arn: points for arn, points in found.items() if _meets(max(points, key=lambda p: p.created_ms), conditions)}


def _meets(latest: Point, conditions: Params) -> bool:
    """Conditions look at the tags of the latest recovery point, not of the resource."""
    for condition in conditions.get("StringEquals") or []:
        if latest.tags.get(condition["Key"].removeprefix("aws:ResourceTag/")) != condition["Value"]:
            return False
    for condition in conditions.get("StringNotEquals") or []:
        if latest.tags.get(condition["Key"].removeprefix("aws:ResourceTag/")) == condition["Value"]:
            return False
    return True


def _pick(plan: Params, points: list[Point]) -> Point:
    """The latest point, or one at random: the same sequence in every run of the emulator."""
    ordered = sorted(points, key=lambda p: p.completed_ms)
    if plan["RecoveryPointSelection"]["Algorithm"] == "LATEST_WITHIN_WINDOW":
        return ordered[-1]
    return ordered[(plan["_runs"] * 7919) % len(ordered)]


@endpoint("POST", "restore-testing/run")
def _run_now(wanted: dict[str, Any]) -> Any:
    region = STORE.region(wanted.get("account", DEFAULT_ACCOUNT), wanted["region"])
    if wanted["plan"] not in region.testing_plans:
        raise ValueError(f"no restore testing plan {wanted['plan']} in {wanted['region']}")
    return {"restoreJobIds": run(region, region.testing_plans[wanted["plan"]], wanted.get("resourceArn"))}
