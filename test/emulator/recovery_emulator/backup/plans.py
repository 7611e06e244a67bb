"""Backup plans and their selections."""

import copy
import uuid
from typing import Any

from recovery_emulator.backup import events, limits, schedules
from recovery_emulator.backup.operations import find, invalid, operation, page, refused
from recovery_emulator.backup.state import Params, Plan, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.service_api.replies import ServiceError

_CONDITION_PREFIX = "aws:ResourceTag/"
_MAX_CONDITIONS = 30
_MAX_ARNS, _MAX_WILDCARDS = 500, 30


def require(region: Region, plan_id: str) -> Plan:
    """The plan of that id."""
    plan: Plan = find(region.plans, plan_id, "Backup plan")
    return plan


def _check(document: Params) -> None:
    limits.check_name(document["BackupPlanName"], "backup plan name")
    rules = document["Rules"]
    if not 1 <= len(rules) <= limits.MAX_RULES:
        raise invalid(f"A backup plan has 1 to {limits.MAX_RULES} rules, got {len(rules)}")
    names = [r["RuleName"] for r in rules]
    if len(set(names)) != len(names):
        raise invalid(f"Rule names must be unique: {', '.join(names)}")
    for rule in rules:
        _check_rule(rule)


def _check_rule(rule: Params) -> None:
    limits.check_name(rule["RuleName"], "rule name")
    limits.check_windows(rule)
    limits.check_lifecycle(rule.get("Lifecycle"))
    if "ScheduleExpression" in rule:
        limits.parse_cron(
            rule["ScheduleExpression"], rule.get("ScheduleExpressionTimezone", "UTC"), hourly_at_most=True
        )
    if rule.get("EnableContinuousBackup"):
        lifecycle = rule.get("Lifecycle") or {}
        days = lifecycle.get("DeleteAfterDays")
        if days is None or not 1 <= days <= limits.MAX_CONTINUOUS_DAYS:
            raise invalid(f"Continuous backups are kept 1 to {limits.MAX_CONTINUOUS_DAYS} days, got {days}")
        if lifecycle.get("MoveToColdStorageAfterDays") is not None:
            raise invalid("Continuous backups cannot move to cold storage")
    copies = rule.get("CopyActions") or []
    if len(copies) > limits.MAX_COPY_ACTIONS:
        raise invalid(f"A rule has at most {limits.MAX_COPY_ACTIONS} copy actions, got {len(copies)}")
    for action in copies:
        if ":backup-vault:" not in action["DestinationBackupVaultArn"]:
            raise invalid(f"Invalid destination vault {action['DestinationBackupVaultArn']}")
        limits.check_lifecycle(action.get("Lifecycle"))
    if len(rule.get("RecoveryPointTags") or {}) > limits.MAX_POINT_TAGS:
        raise invalid(f"A rule adds at most {limits.MAX_POINT_TAGS} tags to a recovery point")
    if len(rule.get("IndexActions") or []) > 1:
        raise invalid("A rule has at most one index action")


def _document(wanted: Params, old: Params | None = None) -> Params:
    document = copy.deepcopy(dict(wanted))
    ids = {r["RuleName"]: r["RuleId"] for r in (old or {}).get("Rules", [])}
    for rule in document["Rules"]:
        rule["RuleId"] = ids.get(rule["RuleName"], str(uuid.uuid4()))
        rule.setdefault("ScheduleExpression", "cron(0 5 ? * * *)")
        rule.setdefault("ScheduleExpressionTimezone", "Etc/UTC")
        rule.setdefault("StartWindowMinutes", 480)
        rule.setdefault("CompletionWindowMinutes", 10_080)
    return document


@operation
def create_backup_plan(region: Region, params: Params) -> Params:
    _check(params["BackupPlan"])
    plan_id = str(uuid.uuid4())
    plan = Plan(
        plan_id,
        region.arn("backup-plan", plan_id),
        _document(params["BackupPlan"]),
        tags=dict(params.get("BackupPlanTags") or {}),
    )
    region.plans[plan_id] = plan
    plan.versions.append(_summary(plan))
    schedules.start(region, plan)
    events.plan(region, plan, "CREATED")
    return _summary(plan)


@operation
def update_backup_plan(region: Region, params: Params) -> Params:
    plan = require(region, params["BackupPlanId"])
    _check(params["BackupPlan"])
    plan.document = _document(params["BackupPlan"], plan.document)
    plan.version = str(uuid.uuid4())
    plan.versions.append(_summary(plan))
    schedules.start(region, plan)
    events.plan(region, plan, "MODIFIED")
    return _summary(plan)


def _summary(plan: Plan) -> Params:
    return {
        "BackupPlanId": plan.id,
        "BackupPlanArn": plan.arn,
        "BackupPlanName": plan.document["BackupPlanName"],
        "VersionId": plan.version,
        "CreationDate": moment(plan.created_ms),
        "LastExecutionDate": moment(plan.last_run_ms),
        "AdvancedBackupSettings": plan.document.get("AdvancedBackupSettings"),
    }


@operation
def get_backup_plan(region: Region, params: Params) -> Params:
    plan = require(region, params["BackupPlanId"])
    preview = schedules.preview(plan, int(params.get("MaxScheduledRunsPreview") or 0))
    return {**_summary(plan), "BackupPlan": plan.document, "ScheduledRunsPreview": preview}


@operation
def list_backup_plans(region: Region, params: Params) -> Params:
    return page([_summary(p) for p in region.plans.values()], params, "BackupPlansList")


@operation
def list_backup_plan_versions(region: Region, params: Params) -> Params:
    return page(require(region, params["BackupPlanId"]).versions, params, "BackupPlanVersionsList")


@operation
def delete_backup_plan(region: Region, params: Params) -> Params:
    plan = require(region, params["BackupPlanId"])
    if plan.selections:
        raise refused("Related backup plan selections must be deleted prior to backup plan deletion")
    del region.plans[plan.id]
    plan.generation += 1
    events.plan(region, plan, "DELETED")
    return {**_summary(plan), "DeletionDate": moment(CLOCK.now_ms())}


@operation
def create_backup_selection(region: Region, params: Params) -> Params:
    plan, selection = require(region, params["BackupPlanId"]), copy.deepcopy(dict(params["BackupSelection"]))
    limits.check_name(selection["SelectionName"], "selection name")
    if any(s["BackupSelection"]["SelectionName"] == selection["SelectionName"] for s in plan.selections.values()):
        raise ServiceError("AlreadyExistsException", f"Selection {selection['SelectionName']} already exists")
    if len(plan.selections) >= limits.MAX_SELECTIONS:
        raise ServiceError("LimitExceededException", f"A plan has at most {limits.MAX_SELECTIONS} selections")
    if not selection["IamRoleArn"].startswith("arn:"):
        raise invalid(f"Invalid role {selection['IamRoleArn']}")
    _check_resources(selection.get("Resources") or [], "Resources")
    _check_resources(selection.get("NotResources") or [], "NotResources")
    _check_conditions(selection)
    selection_id = str(uuid.uuid4())
    plan.selections[selection_id] = {
        "SelectionId": selection_id,
        "BackupPlanId": plan.id,
        "CreationDate": moment(CLOCK.now_ms()),
        "BackupSelection": selection,
    }
    return {k: plan.selections[selection_id][k] for k in ("SelectionId", "BackupPlanId", "CreationDate")}


def _check_resources(arns: list[str], what: str) -> None:
    for arn in arns:
        if arn != "*" and not arn.startswith("arn:"):
            raise invalid(f"Invalid ARN in {what}: {arn}")
    wildcards = sum("*" in arn for arn in arns)
    if wildcards > _MAX_WILDCARDS or len(arns) > _MAX_ARNS:
        raise invalid(f"{what} holds at most {_MAX_ARNS} ARNs, or {_MAX_WILDCARDS} with wildcards")


def _check_conditions(selection: Params) -> None:
    conditions: Any = selection.get("Conditions") or {}
    listed = [c for kind in conditions.values() for c in kind or []]
    if len(listed) > _MAX_CONDITIONS or len(selection.get("ListOfTags") or []) > _MAX_CONDITIONS:
        raise invalid(f"A selection has at most {_MAX_CONDITIONS} conditions")
    for condition in listed:
        if not condition.get("ConditionKey", "").startswith(_CONDITION_PREFIX):
            raise invalid(f"Invalid condition key {condition.get('ConditionKey')}: must start with {_CONDITION_PREFIX}")


@operation
def get_backup_selection(region: Region, params: Params) -> Params:
    found: Params = find(require(region, params["BackupPlanId"]).selections, params["SelectionId"], "Backup selection")
    return found


@operation
def list_backup_selections(region: Region, params: Params) -> Params:
    listed = [
        {
            **{k: v for k, v in s.items() if k != "BackupSelection"},
            **{k: s["BackupSelection"][k] for k in ("SelectionName", "IamRoleArn")},
        }
        for s in require(region, params["BackupPlanId"]).selections.values()
    ]
    return page(listed, params, "BackupSelectionsList")


@operation
def delete_backup_selection(region: Region, params: Params) -> None:
    plan = require(region, params["BackupPlanId"])
    find(plan.selections, params["SelectionId"], "Backup selection")
    del plan.selections[params["SelectionId"]]
