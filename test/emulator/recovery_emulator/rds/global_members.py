"""The rules for clusters of a global database: what a secondary must and must not say when it is made or deleted."""

from recovery_emulator import regions
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.rds.books import backend, bad_value, no_key, region_of, wrong
from recovery_emulator.rds.global_clusters import GlobalCluster, global_cluster_of, join, require
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_MAX_SECONDARIES = 10
# A secondary gets all of these from the primary.
_NOT_FOR_SECONDARIES = (
    "MasterUsername",
    "MasterUserPassword",
    "ManageMasterUserPassword",
    "MasterUserSecretKmsKeyId",
    "DatabaseName",
)


def _arn(call: Call, name: str) -> str:
    return f"arn:aws:rds:{call.region}:{call.account}:cluster:{name}"


@before("rds", "CreateDBCluster")
def _check_new(call: Call) -> None:
    identifier = call.params.get("GlobalClusterIdentifier")
    if not identifier:
        return
    cluster = require(call.account, identifier)
    if call.params["Engine"] != cluster.engine:
        raise wrong(f"Engine {call.params['Engine']} differs from that of the global cluster, {cluster.engine}")
    if call.params.get("EngineVersion", cluster.engine_version) != cluster.engine_version:
        raise wrong(
            f"EngineVersion {call.params['EngineVersion']} differs from that of the global cluster, {cluster.engine_version}"
        )
    if bool(call.params.get("StorageEncrypted")) != cluster.encrypted:
        raise wrong("StorageEncrypted of a member must be that of the global cluster")
    if cluster.members:
        _check_secondary(call, cluster)


def _check_secondary(call: Call, cluster: GlobalCluster) -> None:
    regions.require(region_of(cluster.members[0]))
    for name in _NOT_FOR_SECONDARIES:
        if call.params.get(name):
            raise wrong(f"Cannot specify {name} for a secondary cluster of a global database")
    if call.params.get("EngineMode", "provisioned") != "provisioned":
        raise wrong(f"EngineMode {call.params['EngineMode']} is not supported by global databases")
    if call.params.get("BacktrackWindow"):
        raise wrong("BacktrackWindow is not supported by global databases")
    if call.region in [region_of(arn) for arn in cluster.members]:
        raise ServiceError(
            "InvalidGlobalClusterStateFault", f"{cluster.identifier} already has a cluster in {call.region}"
        )
    if len(cluster.members) > _MAX_SECONDARIES:
        raise ServiceError(
            "DBClusterQuotaExceededFault", f"a global cluster has at most {_MAX_SECONDARIES} secondary Regions"
        )
    if cluster.encrypted:
        key = call.params.get("KmsKeyId")
        if not key:
            raise wrong("KmsKeyId must be specified for an encrypted secondary cluster in another Region")
        problem = problem_with_key(key, call.account, call.region)
        if problem:
            raise no_key(problem)
    group = call.params.get("DBSubnetGroupName")
    if group and group not in backend(call.account, call.region).subnet_groups:
        raise ServiceError("DBSubnetGroupNotFoundFault", f"Subnet group {group} not found in {call.region}", 404)


@after("rds", "CreateDBCluster")
def _join(call: Call) -> None:
    identifier = call.params.get("GlobalClusterIdentifier")
    if identifier:
        cluster = require(call.account, identifier)
        name = call.params["DBClusterIdentifier"]
        join(cluster, _arn(call, name))
        # Without a version a member has that of the global database, not moto's default.
        backend(call.account, call.region).clusters[name].engine_version = cluster.engine_version


@before("rds", "DeleteDBCluster")
def _check_deletion(call: Call) -> None:
    if global_cluster_of(_arn(call, call.params["DBClusterIdentifier"])) is not None:
        raise ServiceError(
            "InvalidDBClusterStateFault",
            "This cluster is a part of a global cluster, please remove it from globalcluster first",
        )


@before("rds", "CreateDBInstance")
def _check_member_instance(call: Call) -> None:
    """Retention belongs to the cluster; on a member instance it is refused."""
    if call.params.get("DBClusterIdentifier") and "BackupRetentionPeriod" in call.params:
        raise bad_value("BackupRetentionPeriod of a member instance is set on its DB cluster")
