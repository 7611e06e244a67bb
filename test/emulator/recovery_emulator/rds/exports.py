"""Exports of snapshots and clusters to S3: they go through their states, and write files with the role that was given.

The files are named and arranged as RDS documents it, but hold no Parquet: a line of text says so. The role is checked: its
trust, and what RDS documents that it calls on the bucket and below the prefix.
"""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from recovery_emulator import loopback, registry
from recovery_emulator.access import roles
from recovery_emulator.access.decisions import may_use_s3
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import FAULTS, Fault
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.rds.books import backend, bad_value, no_key
from recovery_emulator.registry import implements
from recovery_emulator.s3.books import find_bucket
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

Params = dict[str, Any]
_SERVICE = "export.rds.amazonaws.com"
_ENGINES = ("postgres", "mysql", "mariadb", "aurora")
_MAX_RUNNING = 5
_ENDED = ("COMPLETE", "FAILED", "CANCELED")
# (account, Region, identifier) -> task
_TASKS: dict[tuple[str, str, str], Params] = {}
registry.ON_RESET.append(_TASKS.clear)


@implements("rds", "StartExportTask")
def _start(call: Call) -> Params:
    params = call.params
    identifier, arn = params["ExportTaskIdentifier"], params["SourceArn"]
    if (call.account, call.region, identifier) in _TASKS:
        raise ServiceError("ExportTaskAlreadyExists", f"An export task named {identifier} already exists")
    source, kind, moment = _source(call, arn)
    if not str(source.engine).startswith(_ENGINES):
        raise bad_value(f"Engine {source.engine} cannot be exported to S3")
    here = [t for k, t in _TASKS.items() if k[:2] == (call.account, call.region) and t["Status"] not in _ENDED]
    if any(t["SourceArn"] == arn for t in here):
        raise ServiceError("InvalidExportSourceState", f"{arn} is being exported already")
    if len(here) >= _MAX_RUNNING:
        raise bad_value(f"at most {_MAX_RUNNING} export tasks run at a time")
    _check_places(call)
    now = CLOCK.now_naive()
    fault = FAULTS.strike(
        "job",
        {"jobFailed", "jobAborted", "jobCompletedWithIssues"},
        jobKind="export",
        resourceType="Aurora" if kind == "CLUSTER" else "RDS",
        resourceArn=arn,
        vaultName=None,
    )
    task: Params = {
        "ExportTaskIdentifier": identifier,
        "SourceArn": arn,
        "SourceType": kind,
        "ExportOnly": params.get("ExportOnly"),
        "SnapshotTime": moment,
        "S3Bucket": params["S3BucketName"],
        "S3Prefix": params.get("S3Prefix", ""),
        "IamRoleArn": params["IamRoleArn"],
        "KmsKeyId": params["KmsKeyId"],
        "Status": "STARTING",
        "PercentProgress": 0,
        "TotalExtractedDataInGB": 0,
        "_place": (call.account, call.region),
        "_database": getattr(source, "db_name", None) or getattr(source, "database_name", None) or "postgres",
        "_created": now,
    }
    _TASKS[call.account, call.region, identifier] = task
    duration = SETTINGS.job_duration_ms("export", "Aurora" if kind == "CLUSTER" else "RDS")
    CLOCK.after(duration // 4, lambda: _run(task))
    CLOCK.after(duration, lambda: _finish(task, fault))
    return _shown(task)


def _source(call: Call, arn: str) -> tuple[Any, str, Any]:
    """The database behind the source, what it is, and of which moment."""
    kind, name, books = arn.split(":")[5], arn.split(":", 6)[6], backend(call.account, call.region)
    here = arn.split(":")[3:5] == [call.region, call.account]
    if kind == "snapshot":
        snapshot = books.database_snapshots.get(name) if here else None
        if snapshot is None:
            raise ServiceError("DBSnapshotNotFound", f"DBSnapshot {name} not found.", 404)
        return _available(snapshot, snapshot.database), "SNAPSHOT", snapshot.snapshot_create_time
    if kind == "cluster-snapshot":
        snapshot = books.cluster_snapshots.get(name) if here else None
        if snapshot is None:
            raise ServiceError("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {name} not found.", 404)
        return _available(snapshot, snapshot.cluster), "SNAPSHOT", snapshot.snapshot_create_time
    if kind != "cluster":
        raise bad_value(f"{arn} is neither a snapshot nor a cluster")
    cluster = books.clusters.get(name) if here else None
    if cluster is None:
        raise ServiceError("DBClusterNotFoundFault", f"DBCluster {name} not found.", 404)
    return cluster, "CLUSTER", CLOCK.now_naive()


def _available(snapshot: Any, database: Any) -> Any:
    if snapshot.status != "available":
        raise ServiceError("InvalidExportSourceState", f"the snapshot is {snapshot.status}")
    return database


def _check_places(call: Call) -> None:
    params = call.params
    bucket = find_bucket(params["S3BucketName"])
    if bucket is None or bucket.region_name != call.region:
        raise ServiceError("InvalidS3BucketFault", f"S3 bucket {params['S3BucketName']} is not in {call.region}")
    role = roles.find_role(params["IamRoleArn"])
    if role is None:
        raise ServiceError("IamRoleNotFound", f"IAM role {params['IamRoleArn']} not found", 404)
    missing = _missing_permissions(params, bucket)
    if not roles.can_be_assumed_by(role, _SERVICE) or missing:
        raise ServiceError(
            "IamRoleMissingPermissions",
            f"IAM role {params['IamRoleArn']} cannot be assumed by {_SERVICE}, or lacks {', '.join(missing) or 'nothing else'}",
        )
    problem = problem_with_key(params["KmsKeyId"], call.account, call.region)
    if problem:
        raise no_key(problem)


def _missing_permissions(params: Params, bucket: Any) -> list[str]:
    prefix = f"{params['S3Prefix'].rstrip('/')}/" if params.get("S3Prefix") else ""
    below = f"{prefix}{params['ExportTaskIdentifier']}/export_info.json"
    needed: dict[str, str | None] = {"s3:ListBucket": None, "s3:GetBucketLocation": None}
    needed.update(dict.fromkeys(("s3:PutObject", "s3:GetObject", "s3:DeleteObject"), below))
    return [action for action, key in needed.items() if not may_use_s3(params["IamRoleArn"], action, bucket, key)]


def _run(task: Params) -> None:
    if task["Status"] == "STARTING":
        task.update(Status="IN_PROGRESS", TaskStartTime=CLOCK.now_naive(), PercentProgress=50)


def _finish(task: Params, fault: Fault | None) -> None:
    if task["Status"] in _ENDED or task["Status"] == "CANCELING":
        task["Status"] = "CANCELED" if task["Status"] == "CANCELING" else task["Status"]
        return
    task["TaskEndTime"] = CLOCK.now_naive()
    if fault is not None and fault.kind == "jobFailed":
        task.update(Status="FAILED", FailureCause=fault.message or "planted fault")
        return
    if fault is not None and fault.kind == "jobAborted":
        task["Status"] = "CANCELED"
        return
    try:
        _write(task)
    except (ClientError, BotoCoreError) as problem:
        task.update(Status="FAILED", FailureCause=str(problem))
        return
    task.update(Status="COMPLETE", PercentProgress=100, TotalExtractedDataInGB=1)
    if fault is not None:
        task["WarningMessage"] = fault.message or "planted warning"


def _write(task: Params) -> None:
    account, region = task["_place"]
    client = loopback.client("s3", region, account)
    prefix = f"{task['S3Prefix'].rstrip('/')}/" if task["S3Prefix"] else ""
    name, database = task["ExportTaskIdentifier"], task["_database"]
    folder = f"{prefix}{name}"
    part = f"{folder}/{database}/public.table/1/part-00000-{name}.gz.parquet"
    information = {"exportTaskIdentifier": name, "sourceArn": task["SourceArn"], "status": "COMPLETE"}
    files = {
        part: b"an emulated export: no Parquet\n",
        f"{folder}/{database}/public.table/1/_success": b"",
        f"{folder}/export_info_{name}.json": json.dumps(information).encode(),
        f"{folder}/export_tables_info_{name}_from_1_to_1.json": b'{"perTableStatus":[]}',
    }
    for key, body in files.items():
        client.put_object(
            Bucket=task["S3Bucket"], Key=key, Body=body, ServerSideEncryption="aws:kms", SSEKMSKeyId=task["KmsKeyId"]
        )


def _shown(task: Params) -> Params:
    return {k: v for k, v in task.items() if not k.startswith("_")}


@implements("rds", "DescribeExportTasks")
def _describe(call: Call) -> Params:
    if call.params.get("Filters"):
        raise ServiceError("NotImplemented", "filters of DescribeExportTasks are not emulated", 501)
    wanted = {k: call.params.get(k) for k in ("ExportTaskIdentifier", "SourceArn", "SourceType")}
    here = [t for k, t in _TASKS.items() if k[:2] == (call.account, call.region)]
    found = [t for t in here if all(v in (None, t[k]) for k, v in wanted.items())]
    if wanted["ExportTaskIdentifier"] and not found:
        raise ServiceError("ExportTaskNotFound", f"Export task {wanted['ExportTaskIdentifier']} not found", 404)
    return {"ExportTasks": [_shown(t) for t in found]}


@implements("rds", "CancelExportTask")
def _cancel(call: Call) -> Params:
    task = _TASKS.get((call.account, call.region, call.params["ExportTaskIdentifier"]))
    if task is None:
        raise ServiceError("ExportTaskNotFound", f"Export task {call.params['ExportTaskIdentifier']} not found", 404)
    if task["Status"] in _ENDED:
        raise ServiceError("InvalidExportTaskStateFault", f"the export task is {task['Status']}")
    task["Status"] = "CANCELING"
    return _shown(task)
