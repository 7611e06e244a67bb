"""Restore testing: plans and selections."""

import copy
import re
import uuid

from recovery_emulator.backup import restore_testing_runs as runs
from recovery_emulator.backup import restores
from recovery_emulator.backup.limits import parse_cron
from recovery_emulator.backup.operations import find, invalid, operation, page, refused
from recovery_emulator.backup.state import Params, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.service_api.replies import ServiceError

_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
_TYPES = ("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3")
_MAX_PLANS, _MAX_SELECTIONS, _MAX_ARNS, _MAX_CONDITIONS, _MAX_VAULTS = 100, 30, 30, 30, 30


def _check_plan(plan: Params) -> None:
    if not _NAME.fullmatch(plan["RestoreTestingPlanName"]):
        raise invalid(
            f"Invalid restore testing plan name {plan['RestoreTestingPlanName']}: 1 to 50 letters, digits and '_'"
        )
    _check_plan_values(plan)


def _check_plan_values(plan: Params) -> None:
    if "ScheduleExpression" in plan:
        parse_cron(plan["ScheduleExpression"], plan.get("ScheduleExpressionTimezone", "UTC"), hourly_at_most=False)
    hours = plan.get("StartWindowHours")
    if hours is not None and not 1 <= hours <= 168:
        raise invalid(f"StartWindowHours must be 1 to 168, got {hours}")
    chosen = plan.get("RecoveryPointSelection") or {}
    days = chosen.get("SelectionWindowDays")
    if days is not None and not 1 <= days <= 365:
        raise invalid(f"SelectionWindowDays must be 1 to 365, got {days}")
    vaults = [*(chosen.get("IncludeVaults") or []), *(chosen.get("ExcludeVaults") or [])]
    if len(vaults) > _MAX_VAULTS:
        raise invalid(f"A restore testing plan names at most {_MAX_VAULTS} vaults")
    for vault in vaults:
        if vault != "*" and ":backup-vault:" not in vault:
            raise invalid(f"Invalid vault {vault}: must be '*' or an ARN")


@operation
def create_restore_testing_plan(region: Region, params: Params) -> Params:
    plan = copy.deepcopy(dict(params["RestoreTestingPlan"]))
    _check_plan(plan)
    for key in ("Algorithm", "IncludeVaults", "RecoveryPointTypes"):
        if not plan["RecoveryPointSelection"].get(key):
            raise invalid(f"RecoveryPointSelection must contain {key}")
    name = plan["RestoreTestingPlanName"]
    if name in region.testing_plans:
        raise ServiceError("AlreadyExistsException", f"Restore testing plan {name} already exists")
    if len(region.testing_plans) >= _MAX_PLANS:
        raise ServiceError("LimitExceededException", f"An account has at most {_MAX_PLANS} restore testing plans")
    now = moment(CLOCK.now_ms())
    plan.update(
        RestoreTestingPlanArn=region.arn("restore-testing-plan", f"{name}-{uuid.uuid4()}"),
        CreationTime=now,
        LastUpdateTime=now,
        _tags=dict(params.get("Tags") or {}),
    )
    region.testing_plans[name] = plan
    runs.schedule(region, plan)
    return {k: plan[k] for k in ("CreationTime", "RestoreTestingPlanArn", "RestoreTestingPlanName")}


@operation
def update_restore_testing_plan(region: Region, params: Params) -> Params:
    plan = find(region.testing_plans, params["RestoreTestingPlanName"], "Restore testing plan")
    _check_plan_values(params["RestoreTestingPlan"])
    plan.update(copy.deepcopy(dict(params["RestoreTestingPlan"])), LastUpdateTime=moment(CLOCK.now_ms()))
    runs.schedule(region, plan)
    return {
        **{k: plan[k] for k in ("CreationTime", "RestoreTestingPlanArn", "RestoreTestingPlanName")},
        "UpdateTime": plan["LastUpdateTime"],
    }


def _shown(plan: Params) -> Params:
    return {k: v for k, v in plan.items() if not k.startswith("_")}


@operation
def get_restore_testing_plan(region: Region, params: Params) -> Params:
    return {
        "RestoreTestingPlan": _shown(
            find(region.testing_plans, params["RestoreTestingPlanName"], "Restore testing plan")
        )
    }


@operation
def list_restore_testing_plans(region: Region, params: Params) -> Params:
    return page(
        [{k: v for k, v in _shown(p).items() if k != "RecoveryPointSelection"} for p in region.testing_plans.values()],
        params,
        "RestoreTestingPlans",
    )


@operation
def delete_restore_testing_plan(region: Region, params: Params) -> None:
    name = params["RestoreTestingPlanName"]
    find(region.testing_plans, name, "Restore testing plan")
    if any(plan == name for plan, _ in region.testing_selections):
        raise refused(f"Restore testing plan {name} still has selections")
    del region.testing_plans[name]


def _check_selection(selection: Params) -> None:
    if not _NAME.fullmatch(selection["RestoreTestingSelectionName"]):
        raise invalid(f"Invalid restore testing selection name {selection['RestoreTestingSelectionName']}")
    if selection["ProtectedResourceType"] not in _TYPES:
        raise invalid(
            f"ProtectedResourceType must be one of {', '.join(_TYPES)}, got {selection['ProtectedResourceType']}"
        )
    _check_selection_values(selection)


def _check_selection_values(selection: Params) -> None:
    arns, conditions = selection.get("ProtectedResourceArns") or [], selection.get("ProtectedResourceConditions") or {}
    listed = [c for kind in conditions.values() for c in kind or []]
    if len(arns) > _MAX_ARNS or len(listed) > _MAX_CONDITIONS:
        raise invalid(f"A selection has at most {_MAX_ARNS} ARNs or {_MAX_CONDITIONS} conditions")
    if listed and any(a != "*" for a in arns):
        raise invalid("ProtectedResourceArns and ProtectedResourceConditions exclude each other")
    for condition in listed:
        if not condition["Key"].startswith("aws:ResourceTag/"):
            raise invalid(f"Invalid condition key {condition['Key']}")
    hours = selection.get("ValidationWindowHours")
    if hours is not None and not 0 <= hours <= 168:
        raise invalid(f"ValidationWindowHours must be 1 to 168, got {hours}")


@operation
def create_restore_testing_selection(region: Region, params: Params) -> Params:
    plan = find(region.testing_plans, params["RestoreTestingPlanName"], "Restore testing plan")
    selection = copy.deepcopy(dict(params["RestoreTestingSelection"]))
    _check_selection(selection)
    key = (params["RestoreTestingPlanName"], selection["RestoreTestingSelectionName"])
    if key in region.testing_selections:
        raise ServiceError("AlreadyExistsException", f"Restore testing selection {key[1]} already exists")
    if sum(name == key[0] for name, _ in region.testing_selections) >= _MAX_SELECTIONS:
        raise ServiceError("LimitExceededException", f"A restore testing plan has at most {_MAX_SELECTIONS} selections")
    selection.update(RestoreTestingPlanName=key[0], CreationTime=moment(CLOCK.now_ms()))
    region.testing_selections[key] = selection
    return {
        "CreationTime": selection["CreationTime"],
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "RestoreTestingPlanName": key[0],
        "RestoreTestingSelectionName": key[1],
    }


def _selection(region: Region, params: Params) -> Params:
    key = (params["RestoreTestingPlanName"], params["RestoreTestingSelectionName"])
    if key not in region.testing_selections:
        raise ServiceError("ResourceNotFoundException", f"Restore testing selection {key[1]} does not exist")
    return region.testing_selections[key]


@operation
def get_restore_testing_selection(region: Region, params: Params) -> Params:
    return {"RestoreTestingSelection": _selection(region, params)}


@operation
def list_restore_testing_selections(region: Region, params: Params) -> Params:
    mine = [s for (plan, _), s in region.testing_selections.items() if plan == params["RestoreTestingPlanName"]]
    return page(mine, params, "RestoreTestingSelections")


@operation
def update_restore_testing_selection(region: Region, params: Params) -> Params:
    selection = _selection(region, params)
    changed = {**selection, **copy.deepcopy(dict(params["RestoreTestingSelection"]))}
    _check_selection_values(changed)
    selection.update(changed)
    plan = region.testing_plans[params["RestoreTestingPlanName"]]
    keys = ("RestoreTestingPlanName", "RestoreTestingSelectionName", "CreationTime")
    return {
        **{k: selection[k] for k in keys},
        "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"],
        "UpdateTime": moment(CLOCK.now_ms()),
    }


@operation
def delete_restore_testing_selection(region: Region, params: Params) -> None:
    _selection(region, params)
    del region.testing_selections[params["RestoreTestingPlanName"], params["RestoreTestingSelectionName"]]


@operation
def get_restore_testing_inferred_metadata(region: Region, params: Params) -> Params:
    point = find(region.points, params["RecoveryPointArn"], "Recovery point")
    return {"InferredMetadata": restores.test_metadata(point)}
