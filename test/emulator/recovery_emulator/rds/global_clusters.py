"""Aurora global databases: which clusters belong together, who writes, and the two ways of changing that."""

import collections
import uuid
from dataclasses import dataclass, field
from typing import Any

from recovery_emulator import registry
from recovery_emulator.rds.books import AURORA, bad_value, find_cluster, region_of, wrong
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]


@dataclass
class GlobalCluster:
    """One global database. The first member is the writer."""

    account: str
    identifier: str
    engine: str
    engine_version: str
    encrypted: bool
    deletion_protection: bool
    lifecycle: str | None
    tags: list[dict[str, str]]
    members: list[str] = field(default_factory=list)
    unique: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    failover: Params | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:rds::{self.account}:global-cluster:{self.identifier}"

    def describe(self) -> Params:
        """The global database as the API shows it."""
        writer, readers = self.members[:1], self.members[1:]
        return {
            "GlobalClusterIdentifier": self.identifier,
            "GlobalClusterResourceId": f"cluster-{self.unique}",
            "GlobalClusterArn": self.arn,
            "Status": "available" if self.failover is None else self.failover["_status"],
            "Engine": self.engine,
            "EngineVersion": self.engine_version,
            "EngineLifecycleSupport": self.lifecycle,
            "StorageEncrypted": self.encrypted,
            "DeletionProtection": self.deletion_protection,
            "Endpoint": f"{self.identifier}.global-{self.unique}.global.rds.amazonaws.com",
            "GlobalClusterMembers": [
                *({"DBClusterArn": arn, "IsWriter": True, "Readers": readers} for arn in writer),
                *({"DBClusterArn": arn, "IsWriter": False, "Readers": []} for arn in readers),
            ],
            "FailoverState": self.failover and {k: v for k, v in self.failover.items() if k[0] != "_"},
            "TagList": self.tags,
        }


_STORE: dict[str, dict[str, GlobalCluster]] = collections.defaultdict(dict)
registry.ON_RESET.append(_STORE.clear)


def require(account: str, identifier: str) -> GlobalCluster:
    """A global database by its identifier."""
    found = _STORE[account].get(identifier.lower())
    if found is None:
        raise ServiceError("GlobalClusterNotFoundFault", f"Global cluster {identifier} not found", 404)
    return found


def global_cluster_of(cluster_arn: str) -> GlobalCluster | None:
    """The global database that a cluster is a member of."""
    return next((g for g in _STORE[cluster_arn.split(":")[4]].values() if cluster_arn in g.members), None)


@implements("rds", "CreateGlobalCluster")
def _create(call: Call) -> Params:
    params, identifier = call.params, call.params["GlobalClusterIdentifier"].lower()
    if identifier in _STORE[call.account]:
        raise ServiceError("GlobalClusterAlreadyExistsFault", f"Global cluster {identifier} already exists")
    source = params.get("SourceDBClusterIdentifier")
    made = _from_source(call, identifier, source) if source else _standalone(call, identifier)
    _STORE[call.account][identifier] = made
    return {"GlobalCluster": made.describe()}


def _from_source(call: Call, identifier: str, source: str) -> GlobalCluster:
    for excluded in ("Engine", "EngineVersion", "StorageEncrypted"):
        if excluded in call.params:
            raise wrong(f"{excluded} must not be specified together with SourceDBClusterIdentifier")
    if not source.startswith("arn:"):
        raise bad_value("Malformed db cluster arn: SourceDBClusterIdentifier must be an ARN")
    cluster = find_cluster(source)
    if cluster is None or region_of(source) != call.region:
        raise ServiceError("DBClusterNotFoundFault", f"DBCluster {source} not found", 404)
    if cluster.engine not in AURORA:
        raise bad_value(f"Engine {cluster.engine} is not supported by global databases")
    if global_cluster_of(source) is not None:
        raise ServiceError("InvalidDBClusterStateFault", f"{source} already belongs to a global cluster")
    cluster.global_cluster_identifier = identifier
    return GlobalCluster(
        call.account,
        identifier,
        cluster.engine,
        cluster.engine_version,
        bool(cluster.storage_encrypted),
        bool(call.params.get("DeletionProtection")),
        call.params.get("EngineLifecycleSupport"),
        call.params.get("Tags") or [],
        [source],
    )


def _standalone(call: Call, identifier: str) -> GlobalCluster:
    params = call.params
    if params.get("Engine") not in AURORA:
        raise bad_value("Engine must be aurora-mysql or aurora-postgresql when no source cluster is specified")
    if "EngineVersion" not in params:
        # RDS takes the default of the day. A test that depends on it would change with moto.
        raise bad_value("this emulator wants EngineVersion when no source cluster is specified")
    return GlobalCluster(
        call.account,
        identifier,
        params["Engine"],
        params["EngineVersion"],
        bool(params.get("StorageEncrypted")),
        bool(params.get("DeletionProtection")),
        params.get("EngineLifecycleSupport"),
        params.get("Tags") or [],
    )


@implements("rds", "DescribeGlobalClusters")
def _describe(call: Call) -> Params:
    wanted = call.params.get("GlobalClusterIdentifier")
    if call.params.get("Filters"):
        raise ServiceError("NotImplemented", "filters of DescribeGlobalClusters are not emulated", 501)
    found = [require(call.account, wanted)] if wanted else list(_STORE[call.account].values())
    return {"GlobalClusters": [g.describe() for g in found]}


@implements("rds", "ModifyGlobalCluster")
def _modify(call: Call) -> Params:
    known = {"GlobalClusterIdentifier", "DeletionProtection"}
    if set(call.params) - known:
        raise ServiceError(
            "NotImplemented",
            f"{', '.join(sorted(set(call.params) - known))} of ModifyGlobalCluster is not emulated",
            501,
        )
    cluster = require(call.account, call.params["GlobalClusterIdentifier"])
    cluster.deletion_protection = bool(call.params.get("DeletionProtection", cluster.deletion_protection))
    return {"GlobalCluster": cluster.describe()}


@implements("rds", "DeleteGlobalCluster")
def _delete(call: Call) -> Params:
    cluster = require(call.account, call.params["GlobalClusterIdentifier"])
    if cluster.deletion_protection:
        raise wrong("Cannot delete protected Global Cluster, please disable deletion protection and try again.")
    if cluster.members:
        raise ServiceError("InvalidGlobalClusterStateFault", f"Global Cluster {cluster.arn} is not empty")
    del _STORE[call.account][cluster.identifier]
    return {"GlobalCluster": cluster.describe()}


@implements("rds", "RemoveFromGlobalCluster")
def _remove(call: Call) -> Params:
    cluster = require(call.account, call.params["GlobalClusterIdentifier"])
    leave(cluster, call.params["DbClusterIdentifier"])
    return {"GlobalCluster": cluster.describe()}


def join(cluster: GlobalCluster, member_arn: str) -> None:
    """Makes a cluster a member: the first one writes."""
    cluster.members.append(member_arn)
    tell_members(cluster)


def leave(cluster: GlobalCluster, member_arn: str) -> None:
    """Makes a member a cluster of its own again, which can be written."""
    if member_arn not in cluster.members:
        raise ServiceError("DBClusterNotFoundFault", f"{member_arn} is not a member of {cluster.identifier}", 404)
    if cluster.members[0] == member_arn and len(cluster.members) > 1:
        raise ServiceError(
            "InvalidGlobalClusterStateFault", "The primary cluster cannot be removed while there are secondary clusters"
        )
    cluster.members.remove(member_arn)
    alone = find_cluster(member_arn)
    if alone is not None:
        alone.global_cluster_identifier, alone.is_writer = None, True
    tell_members(cluster)


def tell_members(cluster: GlobalCluster) -> None:
    """Writes into the books of each member what it is."""
    for index, arn in enumerate(cluster.members):
        member = find_cluster(arn)
        if member is not None:
            member.global_cluster_identifier, member.is_writer = cluster.identifier, index == 0
