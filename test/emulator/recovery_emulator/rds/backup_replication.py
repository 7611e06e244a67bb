"""Automated backups that RDS replicates into another Region: started and stopped there, restored from there.

The books are kept here. Where instances are real PostgreSQL servers, the replicated backup is the base backup and the log
archive of the source, so it can be restored after the source and its Region are gone.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from recovery_emulator import regions, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.patches import postgres_instances
from recovery_emulator.rds.books import AURORA, backend, bad_value, find_instance, no_key, region_of, wrong
from recovery_emulator.rds.region_pairs import DESTINATIONS
from recovery_emulator.registry import after, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_MAX_PER_ACCOUNT = 20
_PAGE = 100
_ENGINES = ("postgres", "mysql", "mariadb", "db2", "oracle", "sqlserver")


@dataclass
class ReplicatedBackup:
    """The automated backups of one instance in another Region."""

    arn: str
    region: str
    source_arn: str
    instance: Any
    retention: int
    key: str | None
    status: str = "replicating"
    # moto's naive moment of the first copy, and of the end of replication.
    since: datetime = field(default_factory=CLOCK.now_naive)
    until: datetime | None = None
    server: Any = None

    def _latest(self) -> datetime:
        """Up to when there is something: until now, until replication ended, or until the Region of the source was lost."""
        lost_ms = regions.lost_at_ms(region_of(self.source_arn))
        if self.until is None and lost_ms is not None:
            return datetime.fromtimestamp(lost_ms / 1000, timezone.utc).replace(tzinfo=None)
        return self.until or CLOCK.now_naive()

    def describe(self) -> Params:
        """The backup as the API shows it."""
        return {
            "DBInstanceArn": self.source_arn,
            "DBInstanceAutomatedBackupsArn": self.arn,
            "DbiResourceId": self.instance.dbi_resource_id,
            "Region": region_of(self.source_arn),
            "DBInstanceIdentifier": self.instance.db_instance_identifier,
            "RestoreWindow": {"EarliestTime": self.since, "LatestTime": self._latest()},
            "AllocatedStorage": self.instance.allocated_storage,
            "Status": self.status,
            "Port": self.instance.port,
            "Engine": self.instance.engine,
            "EngineVersion": self.instance.engine_version,
            "MasterUsername": self.instance.master_username,
            "Encrypted": bool(self.instance.storage_encrypted),
            "KmsKeyId": self.key,
            "BackupRetentionPeriod": self.retention,
        }


_BACKUPS: list[ReplicatedBackup] = []
registry.ON_RESET.append(_BACKUPS.clear)


def backups_in(account: str, region: str) -> list[ReplicatedBackup]:
    """The replicated backups of an account that lie in a Region."""
    return [b for b in _BACKUPS if b.region == region and b.source_arn.split(":")[4] == account]


def _living_source(backup: ReplicatedBackup) -> bool:
    return backup.status == "replicating" and find_instance(backup.source_arn) is backup.instance


@implements("rds", "StartDBInstanceAutomatedBackupsReplication")
def _start(call: Call) -> Params:
    params, source_arn = call.params, call.params["SourceDBInstanceArn"]
    regions.require(region_of(source_arn))
    instance = find_instance(source_arn)
    if instance is None:
        raise ServiceError("DBInstanceNotFound", f"DBInstance {source_arn} not found.", 404)
    retention = params.get("BackupRetentionPeriod", instance.backup_retention_period)
    _check_source(instance, region_of(source_arn), call.region)
    if not 1 <= int(retention) <= 35:
        raise bad_value(f"BackupRetentionPeriod of replicated backups must be 1 to 35 days, got {retention}")
    key = _key(instance, params.get("KmsKeyId"), call)
    if any(b.source_arn == source_arn and b.status == "replicating" for b in _BACKUPS):
        raise ServiceError("InvalidDBInstanceState", f"backups of {source_arn} are replicated already")
    if (
        sum(b.source_arn.split(":")[4] == call.account and b.status == "replicating" for b in _BACKUPS)
        >= _MAX_PER_ACCOUNT
    ):
        raise ServiceError(
            "DBInstanceAutomatedBackupQuotaExceeded", f"at most {_MAX_PER_ACCOUNT} instances per account"
        )
    made = ReplicatedBackup(
        f"arn:aws:rds:{call.region}:{call.account}:auto-backup:ab-{uuid.uuid4().hex[:26]}",
        call.region,
        source_arn,
        instance,
        int(retention),
        key,
        server=postgres_instances.server_of(source_arn),
    )
    _BACKUPS.append(made)
    _tell_instance(instance)
    return {"DBInstanceAutomatedBackup": made.describe()}


def _check_source(instance: Any, source: str, destination: str) -> None:
    if instance.engine in AURORA or not instance.engine.startswith(_ENGINES) or instance.db_cluster_identifier:
        raise wrong(f"Automated backups of engine {instance.engine} cannot be replicated to another Region")
    if destination not in DESTINATIONS.get(source, ()):
        raise wrong(f"Automated backups in {source} cannot be replicated to {destination}")
    if not int(instance.backup_retention_period or 0):
        raise ServiceError(
            "InvalidDBInstanceState",
            f"Automated backups are not enabled for {instance.db_instance_identifier}: BackupRetentionPeriod is 0",
        )


def _key(instance: Any, key: str | None, call: Call) -> str | None:
    if not instance.storage_encrypted:
        if key:
            raise wrong("KmsKeyId must not be specified for backups of an instance that is not encrypted")
        return None
    if not key:
        raise wrong(f"KmsKeyId, a key in {call.region}, must be specified for backups of an encrypted instance")
    if key.startswith("arn:") and region_of(key) != call.region:
        raise no_key(f"the KMS key {key} is not in {call.region}")
    problem = problem_with_key(key, call.account, call.region)
    if problem:
        raise no_key(problem)
    return key


def _tell_instance(instance: Any) -> None:
    """DescribeDBInstances of the source shows where its backups go."""
    instance.db_instance_automated_backups_replications = [
        {"DBInstanceAutomatedBackupsArn": b.arn} for b in _BACKUPS if b.instance is instance and _living_source(b)
    ]


@implements("rds", "StopDBInstanceAutomatedBackupsReplication")
def _stop(call: Call) -> Params:
    source_arn = call.params["SourceDBInstanceArn"]
    for backup in backups_in(call.account, call.region):
        if backup.source_arn == source_arn and backup.status == "replicating":
            _end(backup)
            return {"DBInstanceAutomatedBackup": backup.describe()}
    raise ServiceError("InvalidDBInstanceState", f"backups of {source_arn} are not replicated to {call.region}")


def _end(backup: ReplicatedBackup) -> None:
    """Existing copies are kept for their retention."""
    backup.status, backup.until = "retained", CLOCK.now_naive()
    _tell_instance(backup.instance)
    CLOCK.after(backup.retention * 86_400_000, lambda: _BACKUPS.remove(backup) if backup in _BACKUPS else None)


@after("rds", "DeleteDBInstance")
def _source_is_gone(call: Call) -> None:
    arn = f"arn:aws:rds:{call.region}:{call.account}:db:{call.params['DBInstanceIdentifier']}"
    for backup in list(_BACKUPS):
        if backup.source_arn != arn or backup.status != "replicating":
            continue
        if call.params.get("DeleteAutomatedBackups") is False:
            _end(backup)
        else:  # the default takes all automated backups away, those elsewhere too
            _BACKUPS.remove(backup)


@implements("rds", "DescribeDBInstanceAutomatedBackups")
def _describe(call: Call) -> Params:
    wanted = {
        "DBInstanceIdentifier": call.params.get("DBInstanceIdentifier"),
        "DBInstanceAutomatedBackupsArn": call.params.get("DBInstanceAutomatedBackupsArn"),
        "DbiResourceId": call.params.get("DbiResourceId"),
    }
    if call.params.get("Filters"):
        raise ServiceError("NotImplemented", "filters of DescribeDBInstanceAutomatedBackups are not emulated", 501)
    shown = [*_own_backups(call), *(b.describe() for b in backups_in(call.account, call.region))]
    found = [b for b in shown if all(v is None or b.get(k) == v for k, v in wanted.items())]
    if wanted["DBInstanceAutomatedBackupsArn"] and not found:
        raise ServiceError("DBInstanceAutomatedBackupNotFound", "no such automated backup", 404)
    return _page(found, call.params)


def _page(found: list[Params], params: Params) -> Params:
    start = int(params.get("Marker") or 0)
    end = start + int(params.get("MaxRecords") or _PAGE)
    return {"DBInstanceAutomatedBackups": found[start:end], **({"Marker": str(end)} if end < len(found) else {})}


def _own_backups(call: Call) -> list[Params]:
    """Those of the instances that live in this Region themselves."""
    shown = []
    for instance in backend(call.account, call.region).databases.values():
        if instance.engine in AURORA or not int(instance.backup_retention_period or 0):
            continue
        arn = f"arn:aws:rds:{call.region}:{call.account}:auto-backup:ab-{instance.dbi_resource_id[3:].lower()}"
        own = ReplicatedBackup(
            arn, call.region, instance.db_instance_arn, instance, int(instance.backup_retention_period), None
        )
        shown.append(
            {
                **own.describe(),
                "Status": "active",
                "KmsKeyId": instance.kms_key_id,
                "RestoreWindow": {"EarliestTime": instance.instance_create_time, "LatestTime": CLOCK.now_naive()},
                "DBInstanceAutomatedBackupsReplications": getattr(
                    instance, "db_instance_automated_backups_replications", []
                ),
            }
        )
    return shown


@implements("rds", "DeleteDBInstanceAutomatedBackup")
def _delete(call: Call) -> Params:
    arn = call.params.get("DBInstanceAutomatedBackupsArn")
    for backup in backups_in(call.account, call.region):
        if backup.arn == arn:
            if backup.status == "replicating":
                raise ServiceError("InvalidDBInstanceAutomatedBackupState", "the backup is replicating: stop it first")
            _BACKUPS.remove(backup)
            return {"DBInstanceAutomatedBackup": {**backup.describe(), "Status": "deleting"}}
    raise ServiceError("DBInstanceAutomatedBackupNotFound", f"no such replicated backup {arn}", 404)


def require_backup(call: Call, arn: str) -> ReplicatedBackup:
    """A replicated backup of this Region by its ARN."""
    found = next((b for b in backups_in(call.account, call.region) if b.arn == arn), None)
    if found is None:
        raise ServiceError("DBInstanceAutomatedBackupNotFound", f"no such automated backup {arn}", 404)
    return found
