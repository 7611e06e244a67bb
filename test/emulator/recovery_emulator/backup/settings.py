"""Tags, Region and organisation settings, supported types."""

from typing import Any

from recovery_emulator.backup.operations import invalid, missing, operation
from recovery_emulator.backup.state import STORE, Params, Region

_TYPES = ("Aurora", "DynamoDB", "EBS", "EC2", "EFS", "RDS", "S3")
_GLOBAL = {"isCrossAccountBackupEnabled", "isMpaEnabled", "isDelegatedAdministratorEnabled"}


def _tagged(region: Region, arn: str) -> dict[str, str]:
    holders: list[Any] = [*region.vaults.values(), *region.plans.values(), *region.points.values()]
    for thing in holders:
        if thing.arn == arn:
            tags: dict[str, str] = thing.tags
            return tags
    for plan in region.testing_plans.values():
        if plan["RestoreTestingPlanArn"] == arn:
            return dict.setdefault(plan, "_tags", {})
    for kept in (*region.frameworks.values(), *region.report_plans.values()):
        if arn in (kept.get("FrameworkArn"), kept.get("ReportPlanArn")):
            return dict.setdefault(kept, "_tags", {})
    raise missing("Resource", arn)


@operation
def tag_resource(region: Region, params: Params) -> None:
    if any(k.lower().startswith("aws:") for k in params["Tags"]):
        raise invalid("Tag keys must not start with aws:")
    _tagged(region, params["ResourceArn"]).update(params["Tags"])


@operation
def untag_resource(region: Region, params: Params) -> None:
    tags = _tagged(region, params["ResourceArn"])
    for key in params["TagKeyList"]:
        tags.pop(key, None)


@operation
def list_tags(region: Region, params: Params) -> Params:
    return {"Tags": dict(_tagged(region, params["ResourceArn"]))}


@operation
def get_supported_resource_types(region: Region, params: Params) -> Params:
    return {"ResourceTypes": list(_TYPES)}


@operation
def describe_region_settings(region: Region, params: Params) -> Params:
    return {
        "ResourceTypeOptInPreference": {t: region.opt_in.get(t, True) for t in _TYPES},
        "ResourceTypeManagementPreference": {t: region.management.get(t, True) for t in ("DynamoDB", "EFS")},
    }


@operation
def update_region_settings(region: Region, params: Params) -> None:
    region.opt_in.update(params.get("ResourceTypeOptInPreference") or {})
    region.management.update(params.get("ResourceTypeManagementPreference") or {})


@operation
def describe_global_settings(region: Region, params: Params) -> Params:
    return {"GlobalSettings": {"isCrossAccountBackupEnabled": "false", **STORE.global_settings[region.account]}}


@operation
def update_global_settings(region: Region, params: Params) -> None:
    for key, value in (params.get("GlobalSettings") or {}).items():
        if key not in _GLOBAL or value not in ("true", "false"):
            raise invalid(f"Invalid global setting {key}: {value}")
        STORE.global_settings[region.account][key] = value
