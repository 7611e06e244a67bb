"""The rules for read replicas, in the same Region or another, that moto does not know."""

import uuid
from typing import Any

from recovery_emulator import regions
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.rds.books import AURORA, backend, no_key, region_of, wrong
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_ACROSS_REGIONS = ("postgres", "mysql", "mariadb", "oracle", "sqlserver-ee", "db2")


def _source(call: Call) -> tuple[Any, str]:
    """The source and its Region."""
    source = call.params["SourceDBInstanceIdentifier"]
    region, name = call.region, source
    if source.startswith("arn:"):
        region, name = region_of(source), source.split(":")[6]
    regions.require(region)
    found = backend(call.account, region).databases.get(name)
    if found is None:
        raise ServiceError("DBInstanceNotFound", f"DBInstance {source} not found.", 404)
    return found, region


@before("rds", "CreateDBInstanceReadReplica")
def _check(call: Call) -> None:
    params = call.params
    if "SourceDBInstanceIdentifier" not in params:
        raise ServiceError("NotImplemented", "a read replica of a Multi-AZ DB cluster is not emulated", 501)
    source, region = _source(call)
    name = params["DBInstanceIdentifier"]
    if name in backend(call.account, call.region).databases:
        raise ServiceError("DBInstanceAlreadyExists", f"DB instance {name} already exists")
    if source.engine in AURORA or source.db_cluster_identifier:
        raise wrong("a read replica of an Aurora instance is made with CreateDBInstance in its cluster")
    if not int(source.backup_retention_period or 0):
        raise ServiceError(
            "InvalidDBInstanceState",
            f"Automated backups are not enabled for this database instance. To enable them, set the backup retention period of {source.db_instance_identifier} to more than 0.",
        )
    if region != call.region:
        _check_across(call, source)
    _check_groups(call)


def _check_across(call: Call, source: Any) -> None:
    key = call.params.get("KmsKeyId")
    if not source.engine.startswith(_ACROSS_REGIONS):
        raise wrong(f"Engine {source.engine} has no read replicas in other Regions")
    if key and not source.storage_encrypted:
        raise wrong("You cannot create an encrypted Read Replica from an unencrypted DB instance.")
    if not source.storage_encrypted:
        return
    if not key:
        raise wrong("KmsKeyId, a key of the replica's Region, must be specified for a replica of an encrypted instance")
    if key.startswith("arn:") and region_of(key) != call.region:
        raise no_key(f"the KMS key {key} is not in {call.region}")
    problem = problem_with_key(key, call.account, call.region)
    if problem:
        raise no_key(problem)


def _check_groups(call: Call) -> None:
    books = backend(call.account, call.region)
    group = call.params.get("DBSubnetGroupName")
    if group and group not in books.subnet_groups:
        raise ServiceError("DBSubnetGroupNotFoundFault", f"Subnet group {group} not found in {call.region}", 404)
    parameters = call.params.get("DBParameterGroupName")
    if parameters and not parameters.startswith("default.") and parameters not in books.db_parameter_groups:
        raise ServiceError("DBParameterGroupNotFound", f"DBParameterGroup not found: {parameters}", 404)


@after("rds", "CreateDBInstanceReadReplica")
def _own_properties(call: Call) -> None:
    """moto's replica is a shallow copy of its source; what lives in a Region must not be shared with another one."""
    source, region = _source(call)
    replica = backend(call.account, call.region).databases[call.params["DBInstanceIdentifier"]]
    replica.tags = list(call.params.get("Tags") or [])
    replica.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"
    replica.status = "available"
    replica.db_instance_automated_backups_replications = []
    replica.backup_retention_period = int(call.params.get("BackupRetentionPeriod") or 0)
    if region == call.region:
        return
    replica.availability_zone = call.params.get("AvailabilityZone") or f"{call.region}a"
    replica.kms_key_id = call.params.get("KmsKeyId")
    if "DBSubnetGroupName" not in call.params:
        replica.db_subnet_group_name = None
    if "VpcSecurityGroupIds" not in call.params:
        replica.vpc_security_group_ids = []
    replica.source_db_instance_identifier = source.db_instance_arn


def source_of(replica: Any) -> Any | None:
    """What a replica follows, or None where that is deleted."""
    source = replica.source_db_instance_identifier
    if source is None:
        return None
    region, name = (region_of(source), source.split(":")[6]) if source.startswith("arn:") else (replica.region, source)
    return backend(replica.account_id, region).databases.get(name)


def forget_source(replica: Any) -> None:
    """From now on it follows nobody; moto lets a promoted instance name its source for ever."""
    source = source_of(replica)
    if source is not None and not regions.is_lost(source.region):
        names = (replica.db_instance_arn, replica.db_instance_identifier)
        source.replicas = [known for known in source.replicas if known not in names]
    replica.is_replica, replica.source_db_instance_identifier = False, None


@before("rds", "DeleteDBInstance")
def _leave_source(call: Call) -> None:
    """A replica can be deleted without its source, which may be gone."""
    found = backend(call.account, call.region).databases.get(call.params["DBInstanceIdentifier"].lower())
    if found is not None and found.is_replica and not found.deletion_protection:
        forget_source(found)
