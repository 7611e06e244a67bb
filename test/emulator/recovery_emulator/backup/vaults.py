"""Vaults: their creation, locks, policies and notifications."""

import json
from typing import Any

from recovery_emulator.backup import events
from recovery_emulator.backup.limits import MAX_RETENTION_DAYS, MIN_AIR_GAPPED_DAYS, MIN_CHANGEABLE_DAYS
from recovery_emulator.backup.operations import find, invalid, operation, page, refused
from recovery_emulator.backup.state import DAY_MS, Params, Region, Vault, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.service_api.replies import ServiceError

_DEFAULT_KEY = "00000000-0000-4000-8000-aws0000backup"


def require(region: Region, name: str) -> Vault:
    """The vault of that name."""
    vault: Vault = find(region.vaults, name, "Backup vault")
    return vault


def _add(region: Region, params: Params, air_gapped: bool) -> Vault:
    name = params["BackupVaultName"]
    if name in region.vaults:
        raise ServiceError("AlreadyExistsException", f"Backup vault with the same name already exists: {name}")
    key = params.get("EncryptionKeyArn")
    default = f"arn:aws:kms:{region.name}:{region.account}:key/{_DEFAULT_KEY}"
    vault = Vault(
        name,
        region.arn("backup-vault", name),
        key or default,
        key is None,
        air_gapped,
        tags=dict(params.get("BackupVaultTags") or {}),
    )
    region.vaults[name] = vault
    events.vault(region, vault, "CREATED")
    return vault


@operation
def create_backup_vault(region: Region, params: Params) -> Params:
    vault = _add(region, params, False)
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "CreationDate": moment(vault.created_ms)}


@operation
def create_logically_air_gapped_backup_vault(region: Region, params: Params) -> Params:
    low, high = params["MinRetentionDays"], params["MaxRetentionDays"]
    if low < MIN_AIR_GAPPED_DAYS:
        raise invalid(
            f"MinRetentionDays of a logically air-gapped vault must be at least {MIN_AIR_GAPPED_DAYS}, got {low}"
        )
    if high < low or high > MAX_RETENTION_DAYS:
        raise invalid(f"MaxRetentionDays must be between MinRetentionDays and {MAX_RETENTION_DAYS}, got {high}")
    vault = _add(region, params, True)
    vault.min_days, vault.max_days, vault.locked = low, high, True
    return {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "CreationDate": moment(vault.created_ms),
        "VaultState": "AVAILABLE",
    }


def _describe(region: Region, vault: Vault) -> Params:
    return {
        "BackupVaultName": vault.name,
        "BackupVaultArn": vault.arn,
        "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT" if vault.air_gapped else "BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        "EncryptionKeyArn": vault.encryption_key_arn,
        "CreationDate": moment(vault.created_ms),
        "NumberOfRecoveryPoints": len(region.points_in(vault.name)),
        "Locked": vault.locked,
        "MinRetentionDays": vault.min_days,
        "MaxRetentionDays": vault.max_days,
        "LockDate": moment(vault.lock_ms),
    }


@operation
def describe_backup_vault(region: Region, params: Params) -> Params:
    return _describe(region, require(region, params["BackupVaultName"]))


@operation
def list_backup_vaults(region: Region, params: Params) -> Params:
    wanted = params.get("ByVaultType")
    vaults = [_describe(region, v) for v in region.vaults.values()]
    return page([v for v in vaults if wanted in (None, v["VaultType"])], params, "BackupVaultList")


@operation
def delete_backup_vault(region: Region, params: Params) -> None:
    vault = require(region, params["BackupVaultName"])
    if region.points_in(vault.name):
        raise refused(f"Backup vault cannot be deleted because it contains recovery points: {vault.name}")
    del region.vaults[vault.name]
    events.vault(region, vault, "DELETED")


@operation
def put_backup_vault_lock_configuration(region: Region, params: Params) -> None:
    vault = require(region, params["BackupVaultName"])
    low, high, grace = (params.get(k) for k in ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays"))
    if vault.air_gapped or (vault.locked and vault.lock_is_final()):
        raise refused(f"Vault lock configuration of {vault.name} is immutable")
    if low is not None and low < 1:
        raise invalid(f"MinRetentionDays must be at least 1, got {low}")
    if high is not None and not 1 <= high <= MAX_RETENTION_DAYS:
        raise invalid(f"MaxRetentionDays must be 1 to {MAX_RETENTION_DAYS}, got {high}")
    if low is not None and high is not None and low > high:
        raise invalid(f"MinRetentionDays {low} is more than MaxRetentionDays {high}")
    if grace is not None and not MIN_CHANGEABLE_DAYS <= grace <= MAX_RETENTION_DAYS:
        raise invalid(f"ChangeableForDays must be {MIN_CHANGEABLE_DAYS} to {MAX_RETENTION_DAYS}, got {grace}")
    vault.min_days, vault.max_days, vault.locked = low, high, True
    vault.lock_ms = None if grace is None else CLOCK.now_ms() + grace * DAY_MS
    events.vault(region, vault, "MODIFIED")


@operation
def delete_backup_vault_lock_configuration(region: Region, params: Params) -> None:
    vault = require(region, params["BackupVaultName"])
    if vault.locked and vault.lock_is_final():
        raise refused(f"Vault lock configuration of {vault.name} is immutable")
    vault.min_days = vault.max_days = vault.lock_ms = None
    vault.locked = False
    events.vault(region, vault, "MODIFIED")


def _statements(policy: str) -> list[dict[str, Any]]:
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError) as problem:
        raise invalid("The specified policy cannot be parsed") from problem
    return statements if isinstance(statements, list) else [statements]


@operation
def put_backup_vault_access_policy(region: Region, params: Params) -> None:
    vault = require(region, params["BackupVaultName"])
    for statement in _statements(params.get("Policy") or ""):
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            if "*" in action:
                raise invalid(
                    f"The specified policy cannot be added to the vault: Action must not contain wildcards, got {action}"
                )
            if not action.startswith("backup:"):
                raise invalid(
                    f"The specified policy cannot be added to the vault: {action} is not an action of AWS Backup"
                )
    vault.policy = params["Policy"]


@operation
def get_backup_vault_access_policy(region: Region, params: Params) -> Params:
    vault = require(region, params["BackupVaultName"])
    if vault.policy is None:
        raise ServiceError("ResourceNotFoundException", f"Backup vault {vault.name} has no access policy")
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "Policy": vault.policy}


@operation
def delete_backup_vault_access_policy(region: Region, params: Params) -> None:
    require(region, params["BackupVaultName"]).policy = None


@operation
def put_backup_vault_notifications(region: Region, params: Params) -> None:
    vault = require(region, params["BackupVaultName"])
    if params["SNSTopicArn"].endswith(".fifo"):
        raise invalid("FIFO topics are not supported")
    vault.notifications = {"SNSTopicArn": params["SNSTopicArn"], "BackupVaultEvents": list(params["BackupVaultEvents"])}


@operation
def get_backup_vault_notifications(region: Region, params: Params) -> Params:
    vault = require(region, params["BackupVaultName"])
    if vault.notifications is None:
        raise ServiceError("ResourceNotFoundException", f"Backup vault {vault.name} has no notifications")
    return {"BackupVaultName": vault.name, "BackupVaultArn": vault.arn, **vault.notifications}


@operation
def delete_backup_vault_notifications(region: Region, params: Params) -> None:
    require(region, params["BackupVaultName"]).notifications = None
