"""Backup jobs: started by a request or by a rule of a plan."""

import uuid

from recovery_emulator.backup import copy_jobs, events, keys, kinds, points, vaults
from recovery_emulator.backup.jobs import (
    ENDED,
    RETRY_MS,
    attempt,
    duration_ms,
    end,
    fault_for,
    public,
    start_delay_ms,
    take_turn,
)
from recovery_emulator.backup.limits import check_lifecycle, check_windows, retention_problem
from recovery_emulator.backup.operations import find, invalid, operation, page, refused
from recovery_emulator.backup.selection import Resource
from recovery_emulator.backup.state import MINUTE_MS, Params, Plan, Point, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import Fault


@operation
def start_backup_job(region: Region, params: Params) -> Params:
    vault = vaults.require(region, params["BackupVaultName"])
    check_lifecycle(params.get("Lifecycle"))
    check_windows(params)
    arn = params["ResourceArn"]
    try:
        kind = kinds.type_of(arn)
    except (kinds.Unsupported, IndexError) as problem:
        raise invalid(f"Invalid resource ARN {arn}: {problem}") from problem
    if vault.air_gapped and kind in kinds.NOT_IN_AIR_GAPPED:
        raise invalid(f"{kind} is not supported by logically air-gapped vaults")
    job_id = _begin(region, Resource(arn, kind, kinds.name_of(arn)), params, None)
    return {"BackupJobId": job_id, "CreationDate": region.backup_jobs[job_id]["CreationDate"], "IsParent": False}


def begin_scheduled(region: Region, plan: Plan, rule: Params, resource: Resource, role: str) -> str:
    """Starts the job of a plan's rule for one resource."""
    created_by = {
        "BackupPlanId": plan.id,
        "BackupPlanArn": plan.arn,
        "BackupPlanName": plan.document["BackupPlanName"],
        "BackupPlanVersion": plan.version,
        "BackupRuleId": rule["RuleId"],
        "BackupRuleName": rule["RuleName"],
        "BackupRuleCron": rule["ScheduleExpression"],
        "BackupRuleTimezone": rule["ScheduleExpressionTimezone"],
    }
    wanted = {**rule, "BackupVaultName": rule["TargetBackupVaultName"], "IamRoleArn": role, "_created_by": created_by}
    return _begin(region, resource, wanted, rule)


def _begin(region: Region, resource: Resource, wanted: Params, rule: Params | None) -> str:
    now, job_id = CLOCK.now_ms(), str(uuid.uuid4())
    start_by = now + int(wanted.get("StartWindowMinutes") or 480) * MINUTE_MS
    name = wanted["BackupVaultName"]
    job: Params = {
        "AccountId": region.account,
        "BackupJobId": job_id,
        "BackupVaultName": name,
        "BackupVaultArn": region.arn("backup-vault", name),
        "ResourceArn": resource.arn,
        "ResourceType": resource.type,
        "ResourceName": resource.name,
        "IamRoleArn": wanted["IamRoleArn"],
        "State": "CREATED",
        "PercentDone": "0.0",
        "CreationDate": moment(now),
        "StartBy": moment(start_by),
        "CreatedBy": wanted.get("_created_by"),
        "_created": now,
        "_start_by": start_by,
        "_complete_within": int(wanted.get("CompletionWindowMinutes") or 10_080) * MINUTE_MS,
        "_lifecycle": dict(wanted.get("Lifecycle") or {}),
        "_tags": dict(wanted.get("RecoveryPointTags") or {}),
        "_rule": rule,
        "_continuous": bool(rule and rule.get("EnableContinuousBackup")) and resource.type in kinds.WITH_CONTINUOUS,
    }
    region.backup_jobs[job_id] = job
    events.backup_job(region, job)
    CLOCK.after(start_delay_ms(), lambda: _try_to_start(region, job))
    return job_id


def _try_to_start(region: Region, job: Params) -> None:
    if job["State"] != "CREATED":
        return
    fault = fault_for("backup", job)
    expires = fault is not None and fault.kind == "jobExpired"
    if expires or not take_turn(region, job["ResourceArn"]):
        if expires or CLOCK.now_ms() + RETRY_MS > job["_start_by"]:
            reason = "Backup job expired before completion: there was a running job for the same resource"
            wait = max(job["_start_by"] - CLOCK.now_ms(), 0)
            CLOCK.after(wait, lambda: _finish(region, job, "EXPIRED", (fault.message if fault else None) or reason))
        else:
            job["_retries"] = job.get("_retries", 0) + 1
            CLOCK.after(RETRY_MS, lambda: _try_to_start(region, job))
        return
    job["State"], job["_turn"] = "RUNNING", True
    events.backup_job(region, job)
    lasts = duration_ms("backup", job["ResourceType"])
    if lasts > job["_complete_within"]:
        CLOCK.after(
            job["_complete_within"],
            lambda: _finish(region, job, "ABORTED", "Backup job did not complete within its completion window"),
        )
    else:
        CLOCK.after(lasts, lambda: _complete(region, job, fault))


def _complete(region: Region, job: Params, fault: Fault | None) -> None:
    if job["State"] != "RUNNING":
        return
    kind = fault.kind if fault else None
    if kind in ("jobFailed", "jobAborted"):
        assert fault is not None
        _finish(region, job, "FAILED" if kind == "jobFailed" else "ABORTED", fault.message or "planted fault")
        return
    point, problem = attempt(lambda: _make_point(region, job))
    if problem:
        _finish(region, job, "FAILED", problem)
        return
    message = (
        (fault.message or "Completed with issues")
        if kind in ("jobCompletedWithIssues", "jobPartial") and fault
        else None
    )
    if kind == "jobPartial":
        point.status, point.status_message = "PARTIAL", message
    points.keep(region, point)
    _finish(region, job, "PARTIAL" if kind == "jobPartial" else "COMPLETED", message)
    for action in (job["_rule"] or {}).get("CopyActions") or []:
        copy_jobs.begin(
            region,
            point,
            action["DestinationBackupVaultArn"],
            action.get("Lifecycle"),
            job["IamRoleArn"],
            job["CreatedBy"],
        )


def _make_point(region: Region, job: Params) -> Point:
    vault = vaults.require(region, job["BackupVaultName"])
    problem = retention_problem(vault, job["_lifecycle"])
    if problem:
        raise refused(problem)
    now = CLOCK.now_ms()
    key = keys.of_backup(region, vault, job["ResourceType"], job["ResourceArn"])
    keys.require(region, key)
    common = {
        "vault": vault.name,
        "key": key,
        "resource_arn": job["ResourceArn"],
        "resource_type": job["ResourceType"],
        "resource_name": job["ResourceName"],
        "role_arn": job["IamRoleArn"],
        "lifecycle": job["_lifecycle"],
        "created_by": job["CreatedBy"],
        "tags": job["_tags"],
        "completed_ms": now,
    }
    if job["_continuous"]:
        return _continuous_point(region, job, common)
    captured = kinds.capture(region, job["ResourceArn"], job["ResourceType"], job["BackupJobId"])
    job.update(RecoveryPointArn=captured.arn, BackupSizeInBytes=captured.size, BytesTransferred=captured.size)
    return Point(
        arn=captured.arn,
        created_ms=job["_created"],
        size=captured.size,
        metadata=captured.metadata,
        content=captured.content,
        **common,
    )


def _continuous_point(region: Region, job: Params, common: Params) -> Point:
    """The one continuous recovery point of a resource: made by the first run, carried on by the later ones."""
    for point in region.points.values():
        if point.continuous and point.resource_arn == job["ResourceArn"]:
            if point.vault != common["vault"]:
                return _snapshot_beside(region, job, common)
            point.completed_ms, point.lifecycle = common["completed_ms"], common["lifecycle"]
            job["RecoveryPointArn"] = point.arn
            return point
    captured = kinds.capture(region, job["ResourceArn"], job["ResourceType"], job["BackupJobId"])
    arn = region.arn("recovery-point", f"continuous:{job['ResourceName']}-{job['BackupJobId'][:8]}")
    job.update(RecoveryPointArn=arn, BackupSizeInBytes=captured.size, BytesTransferred=captured.size)
    return Point(
        arn=arn,
        created_ms=job["_created"],
        size=captured.size,
        metadata=captured.metadata,
        content=captured,
        continuous=True,
        status="AVAILABLE",
        **common,
    )


def _snapshot_beside(region: Region, job: Params, common: Params) -> Point:
    """Another vault holds the continuous backup already: this rule gets a snapshot, with issues."""
    captured = kinds.capture(region, job["ResourceArn"], job["ResourceType"], job["BackupJobId"])
    job.update(RecoveryPointArn=captured.arn, BackupSizeInBytes=captured.size)
    return Point(
        arn=captured.arn,
        created_ms=job["_created"],
        size=captured.size,
        metadata=captured.metadata,
        content=captured.content,
        **common,
    )


def _finish(region: Region, job: Params, state: str, message: str | None) -> None:
    if job["State"] in ENDED:
        return
    if job.pop("_turn", False):
        region.busy.discard(job["ResourceArn"])
    end(job, "State", state, message)
    job["PercentDone"] = "100.0" if state in ("COMPLETED", "PARTIAL") else job["PercentDone"]
    events.backup_job(region, job)


@operation
def stop_backup_job(region: Region, params: Params) -> None:
    job = find(region.backup_jobs, params["BackupJobId"], "Backup job")
    if job["State"] in ENDED:
        raise refused(f"Backup job {params['BackupJobId']} is {job['State']} and cannot be stopped")
    _finish(region, job, "ABORTED", "Backup job was stopped by a user")


@operation
def describe_backup_job(region: Region, params: Params) -> Params:
    return public(find(region.backup_jobs, params["BackupJobId"], "Backup job"))


@operation
def list_backup_jobs(region: Region, params: Params) -> Params:
    jobs = [j for j in reversed(region.backup_jobs.values()) if _fits(j, params)]
    return page([public(j) for j in jobs], params, "BackupJobs")


def _fits(job: Params, params: Params) -> bool:
    by = {
        "ByResourceArn": "ResourceArn",
        "ByState": "State",
        "ByBackupVaultName": "BackupVaultName",
        "ByResourceType": "ResourceType",
    }
    dates = [
        params.get("ByCreatedBefore") is None or job["CreationDate"] < params["ByCreatedBefore"],
        params.get("ByCreatedAfter") is None or job["CreationDate"] > params["ByCreatedAfter"],
        params.get("ByCompleteBefore") is None
        or ("CompletionDate" in job and job["CompletionDate"] < params["ByCompleteBefore"]),
        params.get("ByCompleteAfter") is None
        or ("CompletionDate" in job and job["CompletionDate"] > params["ByCompleteAfter"]),
    ]
    return all(params.get(k) in (None, job[v]) for k, v in by.items()) and all(dates)
