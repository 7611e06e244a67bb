"""AWS Backup Audit Manager: frameworks and report plans are kept and checked for form; nothing is evaluated."""

import copy
import re
import uuid

from recovery_emulator.backup.operations import find, invalid, operation, page
from recovery_emulator.backup.state import Params, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.service_api.replies import ServiceError

_NAME = re.compile(r"[a-zA-Z][_a-zA-Z0-9]{0,255}")
_CONTROLS = {
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    "BACKUP_RECOVERY_POINT_ENCRYPTED",
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN",
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK",
    "BACKUP_LAST_RECOVERY_POINT_CREATED",
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION",
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT",
    "RESTORE_TIME_FOR_RESOURCES_MEET_TARGET",
    "RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT",
}


def _check_controls(controls: list[Params]) -> None:
    for control in controls:
        if control["ControlName"] not in _CONTROLS:
            raise invalid(f"Unknown control {control['ControlName']}")


@operation
def create_framework(region: Region, params: Params) -> Params:
    name = params["FrameworkName"]
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid framework name {name}: letters, digits and '_', a letter first")
    if name in region.frameworks:
        raise ServiceError("AlreadyExistsException", f"Framework {name} already exists")
    _check_controls(params["FrameworkControls"])
    region.frameworks[name] = {
        "FrameworkName": name,
        "FrameworkArn": region.arn("framework", f"{name}-{uuid.uuid4()}"),
        "FrameworkDescription": params.get("FrameworkDescription"),
        "FrameworkControls": copy.deepcopy(params["FrameworkControls"]),
        "CreationTime": moment(CLOCK.now_ms()),
        "DeploymentStatus": "COMPLETED",
        "FrameworkStatus": "ACTIVE",
        "_tags": dict(params.get("FrameworkTags") or {}),
    }
    return {k: region.frameworks[name][k] for k in ("FrameworkName", "FrameworkArn")}


@operation
def describe_framework(region: Region, params: Params) -> Params:
    return {k: v for k, v in find(region.frameworks, params["FrameworkName"], "Framework").items() if k[0] != "_"}


@operation
def list_frameworks(region: Region, params: Params) -> Params:
    listed = [
        {
            **{k: f[k] for k in ("FrameworkName", "FrameworkArn", "CreationTime", "DeploymentStatus")},
            "NumberOfControls": len(f["FrameworkControls"]),
        }
        for f in region.frameworks.values()
    ]
    return page(listed, params, "Frameworks")


@operation
def update_framework(region: Region, params: Params) -> Params:
    framework = find(region.frameworks, params["FrameworkName"], "Framework")
    _check_controls(params.get("FrameworkControls") or [])
    framework.update(
        {k: copy.deepcopy(params[k]) for k in ("FrameworkDescription", "FrameworkControls") if k in params}
    )
    return {k: framework[k] for k in ("FrameworkName", "FrameworkArn", "CreationTime")}


@operation
def delete_framework(region: Region, params: Params) -> None:
    find(region.frameworks, params["FrameworkName"], "Framework")
    del region.frameworks[params["FrameworkName"]]


@operation
def create_report_plan(region: Region, params: Params) -> Params:
    name = params["ReportPlanName"]
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid report plan name {name}: letters, digits and '_', a letter first")
    if name in region.report_plans:
        raise ServiceError("AlreadyExistsException", f"Report plan {name} already exists")
    now = moment(CLOCK.now_ms())
    region.report_plans[name] = {
        "ReportPlanName": name,
        "ReportPlanArn": region.arn("report-plan", f"{name}-{uuid.uuid4()}"),
        "ReportPlanDescription": params.get("ReportPlanDescription"),
        "ReportSetting": copy.deepcopy(params["ReportSetting"]),
        "ReportDeliveryChannel": copy.deepcopy(params["ReportDeliveryChannel"]),
        "DeploymentStatus": "COMPLETED",
        "CreationTime": now,
        "_tags": dict(params.get("ReportPlanTags") or {}),
    }
    return {k: region.report_plans[name][k] for k in ("ReportPlanName", "ReportPlanArn", "CreationTime")}


@operation
def describe_report_plan(region: Region, params: Params) -> Params:
    return {
        "ReportPlan": {
            k: v for k, v in find(region.report_plans, params["ReportPlanName"], "Report plan").items() if k[0] != "_"
        }
    }


@operation
def list_report_plans(region: Region, params: Params) -> Params:
    return page(
        [{k: v for k, v in p.items() if k[0] != "_"} for p in region.report_plans.values()], params, "ReportPlans"
    )


@operation
def update_report_plan(region: Region, params: Params) -> Params:
    plan = find(region.report_plans, params["ReportPlanName"], "Report plan")
    plan.update(
        {
            k: copy.deepcopy(params[k])
            for k in ("ReportPlanDescription", "ReportSetting", "ReportDeliveryChannel")
            if k in params
        }
    )
    return {k: plan[k] for k in ("ReportPlanName", "ReportPlanArn", "CreationTime")}


@operation
def delete_report_plan(region: Region, params: Params) -> None:
    find(region.report_plans, params["ReportPlanName"], "Report plan")
    del region.report_plans[params["ReportPlanName"]]
