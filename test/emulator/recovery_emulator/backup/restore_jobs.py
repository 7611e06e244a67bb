"""Restore jobs, the validation of restore tests, and the deletion of what they restored."""

import uuid

from recovery_emulator.backup import events, keys, points, restores
from recovery_emulator.backup.jobs import attempt, duration_ms, end, fault_for, public
from recovery_emulator.backup.operations import find, operation, page, refused
from recovery_emulator.backup.selection import RESTORE_TEST_MARK, discover
from recovery_emulator.backup.state import HOUR_MS, Params, Point, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import Fault

_FINAL_VERDICTS = {"SUCCESSFUL", "FAILED", "TIMED_OUT"}


@operation
def start_restore_job(region: Region, params: Params) -> Params:
    point = points.require(region, {"RecoveryPointArn": params["RecoveryPointArn"]})
    if point.status not in ("COMPLETED", "PARTIAL", "AVAILABLE"):
        raise refused(f"Recovery point {point.arn} is {point.status} and cannot be restored")
    if params.get("ResourceType") not in (None, point.resource_type):
        raise refused(f"Recovery point {point.arn} is of type {point.resource_type}, not {params['ResourceType']}")
    return {
        "RestoreJobId": begin(
            region, point, dict(params["Metadata"]), params.get("IamRoleArn") or point.role_arn, None, None
        )
    }


def begin(
    region: Region, point: Point, metadata: Params, role: str, testing: Params | None, validation_hours: int | None
) -> str:
    """Starts a restore; `testing` is the plan whose test it is."""
    now, job_id = CLOCK.now_ms(), str(uuid.uuid4())
    job: Params = {
        "AccountId": region.account,
        "RestoreJobId": job_id,
        "RecoveryPointArn": point.arn,
        "RecoveryPointCreationDate": moment(point.created_ms),
        "BackupVaultArn": region.vaults[point.vault].arn,
        "SourceResourceArn": point.resource_arn,
        "CreationDate": moment(now),
        "Status": "PENDING",
        "PercentDone": "0.00%",
        "BackupSizeInBytes": point.size,
        "IamRoleArn": role,
        "ResourceType": point.resource_type,
        "CreatedBy": {"RestoreTestingPlanArn": testing["RestoreTestingPlanArn"]} if testing else None,
        "_state": "CREATED",
        "_created": now,
        "_metadata": metadata,
        "_testing": testing,
        "_validation_hours": validation_hours,
    }
    region.restore_jobs[job_id] = job
    events.restore_job(region, job)
    CLOCK.after(0, lambda: _run(region, job, point))
    return job_id


def _turn(region: Region, job: Params, state: str) -> None:
    job["_state"] = job["Status"] = state
    events.restore_job(region, job)


def _run(region: Region, job: Params, point: Point) -> None:
    fault = fault_for("restore", job)
    _turn(region, job, "RUNNING")
    CLOCK.after(duration_ms("restore", job["ResourceType"]), lambda: _complete(region, job, point, fault))


def _complete(region: Region, job: Params, point: Point, fault: Fault | None) -> None:
    if fault is not None and fault.kind in ("jobFailed", "jobAborted"):
        end(job, "Status", "FAILED" if fault.kind == "jobFailed" else "ABORTED", fault.message or "planted fault")
        _turn(region, job, job["Status"])
        return
    tags = {RESTORE_TEST_MARK: (job["_testing"] or {}).get("RestoreTestingPlanArn", "")} if job["_testing"] else {}
    arn, problem = attempt(lambda: _restore(region, job, point, tags))
    if problem:
        end(job, "Status", "FAILED", problem)
    else:
        job["CreatedResourceArn"], job["PercentDone"] = arn, "100.00%"
        point.last_restore_ms = CLOCK.now_ms()
        end(job, "Status", "COMPLETED", fault.message or "Completed with issues" if fault else None)
    _turn(region, job, job["Status"])
    if job["_testing"] and not problem:
        _await_verdict(region, job)


def _restore(region: Region, job: Params, point: Point, tags: dict[str, str]) -> str:
    keys.require(region, point.key)
    return restores.restore(region, point, job["_metadata"], tags)


def _await_verdict(region: Region, job: Params) -> None:
    hours = job["_validation_hours"]
    if not hours:
        _delete(region, job)
        return
    job["ValidationStatus"] = "VALIDATING"
    CLOCK.after(hours * HOUR_MS, lambda: _time_out(region, job))


def _time_out(region: Region, job: Params) -> None:
    if job["ValidationStatus"] == "VALIDATING":
        job["ValidationStatus"] = "TIMED_OUT"
        _delete(region, job)


def _delete(region: Region, job: Params) -> None:
    """Removes a tested resource, unless somebody took the mark off it."""
    arn = job["CreatedResourceArn"]
    if not any(r.arn == arn and RESTORE_TEST_MARK in r.tags for r in discover(region)):
        job["DeletionStatus"], job["DeletionStatusMessage"] = (
            "FAILED",
            f"Resource {arn} is not tagged {RESTORE_TEST_MARK}",
        )
        return
    _, problem = attempt(lambda: restores.remove_tested(region, arn, job["ResourceType"]))
    job["DeletionStatus"] = "FAILED" if problem else "SUCCESSFUL"
    if problem:
        job["DeletionStatusMessage"] = problem


@operation
def put_restore_validation_result(region: Region, params: Params) -> None:
    job = find(region.restore_jobs, params["RestoreJobId"], "Restore job")
    if not job["_testing"]:
        raise refused(f"Restore job {params['RestoreJobId']} was not started by a restore testing plan")
    if job["Status"] != "COMPLETED":
        raise refused(f"Restore job {params['RestoreJobId']} is {job['Status']}: only a completed one can be validated")
    if job.get("ValidationStatus") in _FINAL_VERDICTS:
        raise refused(f"The validation status of restore job {params['RestoreJobId']} has been set already")
    if job.get("ValidationStatus") is None:
        raise refused(f"Restore job {params['RestoreJobId']} has no validation window")
    job["ValidationStatus"] = params["ValidationStatus"]
    job["ValidationStatusMessage"] = params.get("ValidationStatusMessage")
    if params["ValidationStatus"] in _FINAL_VERDICTS:
        CLOCK.after(0, lambda: _delete(region, job))


@operation
def describe_restore_job(region: Region, params: Params) -> Params:
    return public(find(region.restore_jobs, params["RestoreJobId"], "Restore job"))


@operation
def get_restore_job_metadata(region: Region, params: Params) -> Params:
    job = find(region.restore_jobs, params["RestoreJobId"], "Restore job")
    return {"RestoreJobId": params["RestoreJobId"], "Metadata": job["_metadata"]}


@operation
def list_restore_jobs(region: Region, params: Params) -> Params:
    jobs = [
        j
        for j in reversed(region.restore_jobs.values())
        if params.get("ByStatus") in (None, j["Status"]) and params.get("ByResourceType") in (None, j["ResourceType"])
    ]
    before, after, plan = (
        params.get("ByCreatedBefore"),
        params.get("ByCreatedAfter"),
        params.get("ByRestoreTestingPlanArn"),
    )
    jobs = [
        j
        for j in jobs
        if (before is None or j["CreationDate"] < before) and (after is None or j["CreationDate"] > after)
    ]
    jobs = [j for j in jobs if plan is None or (j["CreatedBy"] or {}).get("RestoreTestingPlanArn") == plan]
    return page([public(j) for j in jobs], params, "RestoreJobs")


@operation
def list_restore_jobs_by_protected_resource(region: Region, params: Params) -> Params:
    jobs = [j for j in reversed(region.restore_jobs.values()) if j["SourceResourceArn"] == params["ResourceArn"]]
    return page([public(j) for j in jobs if params.get("ByStatus") in (None, j["Status"])], params, "RestoreJobs")
