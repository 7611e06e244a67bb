"""Recovery points: how they come to be, age, and end."""

import hashlib
from typing import Any

from recovery_emulator.backup import events, kinds, vaults
from recovery_emulator.backup.jobs import attempt
from recovery_emulator.backup.limits import check_lifecycle, retention_problem
from recovery_emulator.backup.operations import missing, operation, page, refused
from recovery_emulator.backup.state import DAY_MS, HOUR_MS, Params, Point, Region, moment
from recovery_emulator.clock import CLOCK

_EXPIRY_SPREAD_MS = 8 * HOUR_MS


def keep(region: Region, point: Point) -> None:
    """Stores a recovery point and lets it age."""
    region.points[point.arn] = point
    _age(region, point)
    events.recovery_point(region, point, point.status)


def _age(region: Region, point: Point) -> None:
    lifecycle = point.lifecycle
    cold, delete = lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")
    if cold and cold > 0 and _can_be_cold(point):
        CLOCK.at(point.created_ms + cold * DAY_MS, lambda: _freeze(region, point, lifecycle))
    if delete and delete > 0 and not point.continuous:
        # Deleted at some time of the following eight hours: the same one for the same recovery point.
        spread = int(hashlib.sha256(point.arn.encode()).hexdigest()[:8], 16) % _EXPIRY_SPREAD_MS
        CLOCK.at(point.created_ms + delete * DAY_MS + spread, lambda: _expire(region, point, lifecycle))


def _can_be_cold(point: Point) -> bool:
    archived = point.resource_type != "EBS" or point.lifecycle.get("OptInToArchiveForSupportedResources")
    return point.resource_type in kinds.WITH_COLD_STORAGE and bool(archived)


def _freeze(region: Region, point: Point, lifecycle: Params) -> None:
    if region.points.get(point.arn) is point and point.lifecycle is lifecycle:
        point.storage_class = "COLD"


def _expire(region: Region, point: Point, lifecycle: Params) -> None:
    if region.points.get(point.arn) is not point or point.lifecycle is not lifecycle:
        return
    _, problem = attempt(lambda: kinds.discard(region, point))
    if problem:
        point.status, point.status_message = "EXPIRED", problem
        events.recovery_point(region, point, "EXPIRED")
        return
    del region.points[point.arn]
    events.recovery_point(region, point, "DELETING")


def require(region: Region, params: Params) -> Point:
    """The recovery point that a request names; the vault, where given, must be its own."""
    point = region.points.get(params["RecoveryPointArn"])
    if point is None or params.get("BackupVaultName") not in (None, point.vault):
        raise missing("Recovery point", params["RecoveryPointArn"])
    return point


def describe(region: Region, point: Point) -> Params:
    """A recovery point as the API shows it."""
    vault = region.vaults.get(point.vault)
    cold, delete = point.lifecycle.get("MoveToColdStorageAfterDays"), point.lifecycle.get("DeleteAfterDays")
    calculated = {
        "MoveToColdStorageAt": moment(point.created_ms + cold * DAY_MS) if cold and cold > 0 else None,
        "DeleteAt": moment(point.created_ms + delete * DAY_MS) if delete and delete > 0 else None,
    }
    return {
        "RecoveryPointArn": point.arn,
        "BackupVaultName": point.vault,
        "BackupVaultArn": vault.arn if vault else None,
        "SourceBackupVaultArn": point.source_vault_arn,
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "ResourceName": point.resource_name,
        "CreatedBy": point.created_by,
        "IamRoleArn": point.role_arn,
        "Status": point.status,
        "StatusMessage": point.status_message,
        "CreationDate": moment(point.created_ms),
        "InitiationDate": moment(point.created_ms),
        "CompletionDate": moment(point.completed_ms),
        "BackupSizeInBytes": point.size,
        "Lifecycle": point.lifecycle or None,
        "CalculatedLifecycle": {k: v for k, v in calculated.items() if v} or None,
        "EncryptionKeyArn": vault.encryption_key_arn if vault else None,
        "IsEncrypted": True,
        "EncryptionKeyType": "AWS_OWNED_KMS_KEY" if vault and vault.default_key else "CUSTOMER_MANAGED_KMS_KEY",
        "StorageClass": point.storage_class,
        "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT" if vault and vault.air_gapped else "BACKUP_VAULT",
        "LastRestoreTime": moment(point.last_restore_ms),
    }


@operation
def describe_recovery_point(region: Region, params: Params) -> Params:
    vaults.require(region, params["BackupVaultName"])
    return describe(region, require(region, params))


@operation
def get_recovery_point_restore_metadata(region: Region, params: Params) -> Params:
    point = require(region, params)
    return {
        "BackupVaultArn": region.vaults[point.vault].arn,
        "RecoveryPointArn": point.arn,
        "RestoreMetadata": point.metadata,
        "ResourceType": point.resource_type,
    }


@operation
def list_recovery_points_by_backup_vault(region: Region, params: Params) -> Params:
    vault = vaults.require(region, params["BackupVaultName"])
    found = [p for p in region.points_in(vault.name) if _fits(p, params)]
    return page([describe(region, p) for p in found], params, "RecoveryPoints")


def _fits(point: Point, params: Params) -> bool:
    created = moment(point.created_ms)
    assert created is not None
    return (
        params.get("ByResourceArn") in (None, point.resource_arn)
        and params.get("ByResourceType") in (None, point.resource_type)
        and params.get("ByBackupPlanId") in (None, (point.created_by or {}).get("BackupPlanId"))
        and (params.get("ByCreatedBefore") is None or created < params["ByCreatedBefore"])
        and (params.get("ByCreatedAfter") is None or created > params["ByCreatedAfter"])
    )


@operation
def list_recovery_points_by_resource(region: Region, params: Params) -> Params:
    found = [p for p in region.points.values() if p.resource_arn == params["ResourceArn"]]
    keys = (
        "RecoveryPointArn",
        "CreationDate",
        "Status",
        "StatusMessage",
        "BackupVaultName",
        "ResourceName",
        "VaultType",
    )
    listed = [
        {**{k: describe(region, p)[k] for k in keys}, "BackupSizeBytes": p.size}
        for p in sorted(found, key=lambda p: -p.created_ms)
    ]
    return page(listed, params, "RecoveryPoints")


@operation
def list_protected_resources(region: Region, params: Params) -> Params:
    latest: dict[str, Point] = {}
    for point in region.points.values():
        if point.resource_arn not in latest or point.completed_ms > latest[point.resource_arn].completed_ms:
            latest[point.resource_arn] = point
    return page([_protected(region, p) for p in latest.values()], params, "Results")


def _protected(region: Region, point: Point) -> Params:
    vault = region.vaults.get(point.vault)
    return {
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "LastBackupTime": moment(point.completed_ms),
        "ResourceName": point.resource_name,
        "LastBackupVaultArn": vault.arn if vault else None,
        "LastRecoveryPointArn": point.arn,
    }


@operation
def describe_protected_resource(region: Region, params: Params) -> Params:
    mine = [p for p in region.points.values() if p.resource_arn == params["ResourceArn"]]
    if not mine:
        raise missing("Protected resource", params["ResourceArn"])
    return _protected(region, max(mine, key=lambda p: p.completed_ms))


@operation
def delete_recovery_point(region: Region, params: Params) -> None:
    vault, point = vaults.require(region, params["BackupVaultName"]), require(region, params)
    if vault.locked:
        until = (point.lifecycle.get("DeleteAfterDays") or vault.min_days or 0) * DAY_MS + point.created_ms
        if point.lifecycle.get("DeleteAfterDays") is None or CLOCK.now_ms() < until:
            raise refused(f"Recovery point cannot be deleted: vault {vault.name} is locked")
    kinds.discard(region, point)
    del region.points[point.arn]
    events.recovery_point(region, point, "DELETING")


@operation
def disassociate_recovery_point(region: Region, params: Params) -> None:
    point = require(region, params)
    if not point.continuous:
        raise refused("Only continuous backups can be disassociated")
    del region.points[point.arn]


@operation
def update_recovery_point_lifecycle(region: Region, params: Params) -> Params:
    vault, point = vaults.require(region, params["BackupVaultName"]), require(region, params)
    wanted: dict[str, Any] = dict(params.get("Lifecycle") or {})
    check_lifecycle(wanted)
    if vault.locked:
        raise refused(f"The lifecycle cannot be changed: vault {vault.name} is locked")
    if point.storage_class == "COLD" and wanted.get("MoveToColdStorageAfterDays") != point.lifecycle.get(
        "MoveToColdStorageAfterDays"
    ):
        raise refused("The move to cold storage cannot be changed once it has happened")
    assert retention_problem(vault, wanted) is None
    point.lifecycle = {k: v for k, v in wanted.items() if v != -1}
    _age(region, point)
    shown = describe(region, point)
    return {k: shown[k] for k in ("BackupVaultArn", "RecoveryPointArn", "Lifecycle", "CalculatedLifecycle")}
