"""The two ways of changing the writer of a global database: a planned switchover, and a failover that may lose data."""

from typing import Any

from recovery_emulator.clock import CLOCK
from recovery_emulator.rds.books import find_cluster, region_of, wrong
from recovery_emulator.rds.global_clusters import GlobalCluster, require, tell_members
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

Params = dict[str, Any]


@implements("rds", "SwitchoverGlobalCluster")
def _switchover(call: Call) -> Params:
    cluster, target = _to_change(call)
    if region_of(cluster.members[0]) != call.region:
        raise ServiceError(
            "InvalidGlobalClusterStateFault",
            f"SwitchoverGlobalCluster must be called in the Region of the primary cluster, {region_of(cluster.members[0])}",
        )
    return _change_writer(cluster, target, data_loss=False)


@implements("rds", "FailoverGlobalCluster")
def _failover(call: Call) -> Params:
    data_loss = bool(call.params.get("AllowDataLoss"))
    if data_loss and call.params.get("Switchover"):
        raise wrong("AllowDataLoss and Switchover cannot be specified together")
    if not data_loss:
        return _switchover(call)
    cluster, target = _to_change(call)
    if region_of(target) != call.region:
        raise ServiceError(
            "InvalidGlobalClusterStateFault",
            f"FailoverGlobalCluster must be called in the Region of the target cluster, {region_of(target)}",
        )
    return _change_writer(cluster, target, data_loss=True)


def _to_change(call: Call) -> tuple[GlobalCluster, str]:
    cluster = require(call.account, call.params["GlobalClusterIdentifier"])
    target = call.params["TargetDbClusterIdentifier"]
    if target not in cluster.members:
        raise ServiceError("DBClusterNotFoundFault", f"{target} is not a member of {cluster.identifier}", 404)
    if target == cluster.members[0]:
        raise ServiceError("InvalidDBClusterStateFault", f"{target} is the primary cluster already")
    if cluster.failover is not None:
        raise ServiceError("InvalidGlobalClusterStateFault", f"{cluster.identifier} is {cluster.failover['_status']}")
    books, source = find_cluster(target), find_cluster(cluster.members[0])
    if not books.members:
        raise ServiceError("InvalidDBClusterStateFault", f"{target} has no DB instance")
    if source is not None and source.engine_version != books.engine_version:
        raise ServiceError(
            "InvalidDBClusterStateFault", f"engine versions {source.engine_version} and {books.engine_version} differ"
        )
    return cluster, target


def _change_writer(cluster: GlobalCluster, target: str, data_loss: bool) -> Params:
    cluster.failover = {
        "Status": "failing-over" if data_loss else "switching-over",
        "FromDbClusterArn": cluster.members[0],
        "ToDbClusterArn": target,
        "IsDataLossAllowed": data_loss,
        "_status": "failing-over" if data_loss else "switching-over",
    }

    def finish() -> None:
        cluster.failover = None
        if target in cluster.members:
            cluster.members.remove(target)
            cluster.members.insert(0, target)
            tell_members(cluster)

    CLOCK.after(SETTINGS.job_duration_ms("failover", "Aurora"), finish)
    return {"GlobalCluster": cluster.describe()}
