"""Copy jobs: into another vault, Region or account."""

import json
import uuid
from typing import Any

from recovery_emulator import regions
from recovery_emulator.backup import events, keys, kinds, points, vaults
from recovery_emulator.backup.jobs import attempt, duration_ms, end, fault_for, public
from recovery_emulator.backup.limits import check_lifecycle, retention_problem
from recovery_emulator.backup.operations import find, invalid, operation, page, refused
from recovery_emulator.backup.state import STORE, Params, Point, Region, Vault, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import Fault


@operation
def start_copy_job(region: Region, params: Params) -> Params:
    vaults.require(region, params["SourceBackupVaultName"])
    point = points.require(
        region, {"RecoveryPointArn": params["RecoveryPointArn"], "BackupVaultName": params["SourceBackupVaultName"]}
    )
    check_lifecycle(params.get("Lifecycle"))
    if point.continuous:
        raise refused("Continuous recovery points cannot be copied on demand")
    if ":backup-vault:" not in params["DestinationBackupVaultArn"]:
        raise invalid(f"Invalid destination vault {params['DestinationBackupVaultArn']}")
    job_id = begin(
        region, point, params["DestinationBackupVaultArn"], params.get("Lifecycle"), params["IamRoleArn"], None
    )
    return {"CopyJobId": job_id, "CreationDate": region.copy_jobs[job_id]["CreationDate"], "IsParent": False}


def begin(
    region: Region, point: Point, destination: str, lifecycle: Params | None, role: str, created_by: Params | None
) -> str:
    """Starts a copy; without a lifecycle of its own the copy inherits that of its source."""
    now, job_id = CLOCK.now_ms(), str(uuid.uuid4())
    job: Params = {
        "AccountId": region.account,
        "CopyJobId": job_id,
        "SourceBackupVaultArn": region.vaults[point.vault].arn,
        "SourceRecoveryPointArn": point.arn,
        "DestinationBackupVaultArn": destination,
        "ResourceArn": point.resource_arn,
        "ResourceType": point.resource_type,
        "ResourceName": point.resource_name,
        "CreationDate": moment(now),
        "State": "CREATED",
        "BackupSizeInBytes": point.size,
        "IamRoleArn": role,
        "CreatedBy": created_by,
        "_created": now,
        "_lifecycle": dict(lifecycle or point.lifecycle),
    }
    region.copy_jobs[job_id] = job
    events.copy_job(region, job)
    CLOCK.after(0, lambda: _run(region, job, point))
    return job_id


def _run(region: Region, job: Params, point: Point) -> None:
    job["State"] = "RUNNING"
    events.copy_job(region, job)
    fault = fault_for("copy", job)
    CLOCK.after(duration_ms("copy", job["ResourceType"]), lambda: _complete(region, job, point, fault))


def _complete(region: Region, job: Params, point: Point, fault: Fault | None) -> None:
    if fault is not None and fault.kind == "jobFailed":
        problem: str | None = fault.message or "planted fault"
    else:
        _, problem = attempt(lambda: _copy(region, job, point))
    issues = (
        fault.message or "Completed with issues"
        if fault is not None and fault.kind == "jobCompletedWithIssues"
        else None
    )
    end(job, "State", "FAILED" if problem else "COMPLETED", problem or issues)
    events.copy_job(region, job)


def _copy(region: Region, job: Params, point: Point) -> None:
    found = STORE.vault_of(job["DestinationBackupVaultArn"])
    if found is None:
        raise refused(f"Destination vault {job['DestinationBackupVaultArn']} does not exist")
    target, vault = found
    if regions.is_lost(target.name):
        raise refused(f"{target.name} cannot be reached")
    problem = _obstacle(region, target, vault, point) or retention_problem(vault, job["_lifecycle"])
    if problem:
        raise refused(problem)
    keys.require(region, point.key)
    key = keys.of_copy(vault, point)
    keys.require(target, key)
    if point.continuous:  # a copy of a continuous backup is a snapshot of this moment
        taken = kinds.capture(region, point.resource_arn, point.resource_type, job["CopyJobId"])
        snapshot = Point(
            **{
                **point.__dict__,
                "arn": taken.arn,
                "content": taken.content,
                "metadata": taken.metadata,
                "size": taken.size,
                "continuous": False,
            }
        )
    else:
        snapshot = point
    arn = kinds.copy_arn(region, target, snapshot, job["CopyJobId"])
    if point.continuous:
        kinds.discard(region, snapshot)
    now = CLOCK.now_ms()
    changed: dict[str, Any] = {
        "arn": arn,
        "vault": vault.name,
        "key": key,
        "created_ms": now,
        "completed_ms": now,
        "lifecycle": job["_lifecycle"],
        "source_vault_arn": job["SourceBackupVaultArn"],
        "storage_class": "WARM",
        "status": "COMPLETED",
        "created_by": job["CreatedBy"],
        "last_restore_ms": None,
    }
    points.keep(target, Point(**{**snapshot.__dict__, **changed}))
    job["DestinationRecoveryPointArn"] = arn


def _obstacle(source: Region, target: Region, vault: Vault, point: Point) -> str | None:
    """Why AWS Backup would not copy this point there."""
    kind = point.resource_type
    if region_differs := source.name != target.name or source.account != target.account:
        if point.storage_class == "COLD":
            return "Recovery points in cold storage cannot be copied to another Region or account"
        if vault.default_key and not vault.air_gapped and kind not in kinds.FULLY_MANAGED:
            return f"The destination vault {vault.name} must be encrypted with a customer managed key to hold copies of {kind}"
    assert isinstance(region_differs, bool)
    if vault.air_gapped and kind in kinds.NOT_IN_AIR_GAPPED:
        return f"{kind} is not supported by logically air-gapped vaults"
    if kind == "RDS" and ":cluster:" in point.resource_arn:
        return "Recovery points of Multi-AZ DB clusters cannot be copied"
    if source.account != target.account:
        return _account_obstacle(source, target, vault)
    return None


def _account_obstacle(source: Region, target: Region, vault: Vault) -> str | None:
    if STORE.global_settings[source.account].get("isCrossAccountBackupEnabled") != "true":
        return "Cross-account backup is not enabled for the organization"
    for statement in json.loads(vault.policy)["Statement"] if vault.policy else []:
        actions = statement.get("Action", [])
        allowed = statement["Effect"] == "Allow" and "backup:CopyIntoBackupVault" in (
            [actions] if isinstance(actions, str) else actions
        )
        if allowed and _is_principal(source.account, statement):
            return None
    return f"Access denied: the policy of {vault.arn} does not allow backup:CopyIntoBackupVault to account {source.account} (from {target.account})"


def _is_principal(account: str, statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    names = [principal] if isinstance(principal, str) else principal.get("AWS", [])
    names = [names] if isinstance(names, str) else names
    return any(n in ("*", account) or n.startswith(f"arn:aws:iam::{account}:") for n in names)


@operation
def describe_copy_job(region: Region, params: Params) -> Params:
    return {"CopyJob": public(find(region.copy_jobs, params["CopyJobId"], "Copy job"))}


@operation
def list_copy_jobs(region: Region, params: Params) -> Params:
    by = {
        "ByResourceArn": "ResourceArn",
        "ByState": "State",
        "ByDestinationVaultArn": "DestinationBackupVaultArn",
        "ByResourceType": "ResourceType",
    }
    jobs = [j for j in reversed(region.copy_jobs.values()) if all(params.get(k) in (None, j[v]) for k, v in by.items())]
    before, after = params.get("ByCreatedBefore"), params.get("ByCreatedAfter")
    jobs = [
        j
        for j in jobs
        if (before is None or j["CreationDate"] < before) and (after is None or j["CreationDate"] > after)
    ]
    return page([public(j) for j in jobs], params, "CopyJobs")
