"""A point-in-time restore from automated backups that were replicated into this Region."""

from typing import Any

from recovery_emulator import loopback
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.patches import postgres_instances
from recovery_emulator.rds.backup_replication import ReplicatedBackup, require_backup
from recovery_emulator.rds.books import backend, no_key, wrong
from recovery_emulator.registry import PassOn, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

# What the new instance takes from the source when the request does not say otherwise. Nothing that lives in a Region
# (groups, keys) is among it.
_KEPT = (
    "engine",
    "engine_version",
    "allocated_storage",
    "db_instance_class",
    "master_username",
    "db_name",
    "storage_encrypted",
    "license_model",
    "storage_type",
    "iops",
    "copy_tags_to_snapshot",
)
_OVERRIDES = {
    "DBInstanceClass": "db_instance_class",
    "DBSubnetGroupName": "db_subnet_group_name",
    "DBParameterGroupName": "db_parameter_group_name",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
    "MultiAZ": "multi_az",
    "PubliclyAccessible": "publicly_accessible",
    "DeletionProtection": "deletion_protection",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "StorageType": "storage_type",
    "AllocatedStorage": "allocated_storage",
    "BackupRetentionPeriod": "backup_retention_period",
    "Port": "port",
    "Tags": "tags",
    "AvailabilityZone": "availability_zone",
}
_STEERING = {
    "SourceDBInstanceAutomatedBackupsArn",
    "TargetDBInstanceIdentifier",
    "RestoreTime",
    "UseLatestRestorableTime",
    "KmsKeyId",
}


@implements("rds", "RestoreDBInstanceToPointInTime")
def _restore(call: Call) -> dict[str, Any]:
    params, arn = call.params, call.params.get("SourceDBInstanceAutomatedBackupsArn")
    if not arn:
        raise PassOn
    backup, name = require_backup(call, arn), params["TargetDBInstanceIdentifier"].lower()
    unknown = set(params) - set(_OVERRIDES) - _STEERING
    if unknown:
        raise ServiceError("NotImplemented", f"{', '.join(sorted(unknown))} of such a restore is not emulated", 501)
    until = _moment(params, backup)
    properties = {key: getattr(backup.instance, key, None) for key in _KEPT}
    properties.update({_OVERRIDES[k]: v for k, v in params.items() if k in _OVERRIDES})
    properties = {k: v for k, v in properties.items() if v is not None}
    if backup.key:
        problem = problem_with_key(backup.key, call.account, call.region)
        if problem:
            raise no_key(problem)
        properties["kms_key_id"] = params.get("KmsKeyId", backup.key)
    postgres_instances.restore_from(
        backend(call.account, call.region), {**properties, "db_instance_identifier": name}, backup.server, until
    )
    made = loopback.client("rds", call.region, call.account).describe_db_instances(DBInstanceIdentifier=name)
    return {"DBInstance": made["DBInstances"][0]}


def _moment(params: dict[str, Any], backup: ReplicatedBackup) -> str | None:
    """The time to recover to, which must lie in the restore window; None for the latest."""
    if bool(params.get("RestoreTime")) == bool(params.get("UseLatestRestorableTime")):
        raise wrong("exactly one of RestoreTime and UseLatestRestorableTime must be specified")
    if not params.get("RestoreTime"):
        return None
    moment, window = params["RestoreTime"].replace(tzinfo=None), backup.describe()["RestoreWindow"]
    if not window["EarliestTime"] <= moment <= window["LatestTime"]:
        raise ServiceError(
            "InvalidRestoreFault",
            f"RestoreTime {moment} is not between {window['EarliestTime']} and {window['LatestTime']}",
        )
    return f"{moment.isoformat()}+00:00"
