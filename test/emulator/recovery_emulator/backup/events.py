"""What AWS Backup tells the world: EventBridge events, SNS notifications of vaults, CloudWatch metrics.

The shapes are those of the Developer Guide: backup and copy jobs carry `state`, restore jobs and recovery points `status`;
the size of a backup job is text, that of a copy job a number.
"""

import json
import logging
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudwatch.models import cloudwatch_backends

from recovery_emulator import loopback
from recovery_emulator.backup.state import Params, Plan, Point, Region, Vault
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import FAULTS

_LOG = logging.getLogger("recovery_emulator")


def iso(ms: int | None) -> str | None:
    """A moment as the events write it."""
    return (
        None
        if ms is None
        else datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _emit(region: Region, detail_type: str, detail: Params, resources: list[str]) -> None:
    detail = {k: v for k, v in detail.items() if v is not None}
    state = detail.get("state") or detail.get("status")
    fault = FAULTS.strike("event", detailType=detail_type, state=state, source="aws.backup")
    if fault is not None and fault.kind == "dropEvent":
        return
    entry = {
        "Source": "aws.backup",
        "DetailType": detail_type,
        "Resources": resources,
        "Detail": json.dumps(detail),
        "Time": CLOCK.now(),
    }

    def send() -> None:
        try:
            loopback.client("events", region.name, region.account).put_events(Entries=[entry])
        except (ClientError, BotoCoreError) as problem:  # best effort, as AWS says
            _LOG.warning("event %s: %s", detail_type, problem)

    if fault is not None and fault.kind == "delayEvent":
        CLOCK.after(fault.delay_ms or 60_000, send)
        return
    send()
    if fault is not None and fault.kind == "duplicateEvent":
        send()


def vault(region: Region, changed: Vault, state: str) -> None:
    """Backup Vault State Change."""
    detail = {
        "backupVaultName": changed.name,
        "state": state,
        "isLocked": str(changed.locked).lower() if state == "MODIFIED" else None,
    }
    _emit(region, "Backup Vault State Change", detail, [changed.arn])


def plan(region: Region, changed: Plan, state: str) -> None:
    """Backup Plan State Change."""
    detail = {
        "backupPlanId": changed.id,
        "backupPlanName": changed.document["BackupPlanName"],
        "versionId": changed.version,
        "state": state,
    }
    _emit(region, "Backup Plan State Change", detail, [changed.arn])


def _created_by(source: Params | None) -> Params | None:
    if not source:
        return None
    return {
        "backupPlanId": source.get("BackupPlanId"),
        "backupPlanArn": source.get("BackupPlanArn"),
        "backupPlanVersion": source.get("BackupPlanVersion"),
        "backupPlanRuleId": source.get("BackupRuleId"),
    }


def backup_job(region: Region, job: Params) -> None:
    """Backup Job State Change; CREATED holds next to nothing."""
    detail = {"backupJobId": job["BackupJobId"], "state": job["State"], "creationDate": iso(job["_created"])}
    if job["State"] != "CREATED":
        detail |= {
            "backupSizeInBytes": str(job.get("BackupSizeInBytes", 0)),
            "backupVaultArn": job["BackupVaultArn"],
            "backupVaultName": job["BackupVaultName"],
            "bytesTransferred": str(job.get("BytesTransferred", 0)),
            "completionDate": iso(job.get("_completed")),
            "iamRoleArn": job["IamRoleArn"],
            "resourceArn": job["ResourceArn"],
            "resourceType": job["ResourceType"],
            "statusMessage": job.get("StatusMessage"),
            "startBy": iso(job["_start_by"]),
            "percentDone": float(job["PercentDone"]),
            "retryCount": job.get("_retries", 0),
            "createdBy": _created_by(job.get("CreatedBy")),
        }
    _emit(region, "Backup Job State Change", detail, [job.get("RecoveryPointArn") or job["BackupVaultArn"]])
    _metric(region, f"NumberOfBackupJobs{job['State'].capitalize()}", job["ResourceType"], job["BackupVaultName"])
    _notify(
        region,
        job["BackupVaultName"],
        "BACKUP_JOB",
        job["State"],
        f"Backup job {job['BackupJobId']} of {job['ResourceArn']}",
    )


def copy_job(region: Region, job: Params) -> None:
    """Copy Job State Change."""
    detail = {
        "copyJobId": job["CopyJobId"],
        "state": job["State"],
        "creationDate": iso(job["_created"]),
        "completionDate": iso(job.get("_completed")),
        "backupSizeInBytes": job.get("BackupSizeInBytes", 0),
        "iamRoleArn": job["IamRoleArn"],
        "resourceArn": job["ResourceArn"],
        "resourceType": job["ResourceType"],
        "sourceBackupVaultArn": job["SourceBackupVaultArn"],
        "destinationBackupVaultArn": job["DestinationBackupVaultArn"],
        "destinationRecoveryPointArn": job.get("DestinationRecoveryPointArn"),
        "statusMessage": job.get("StatusMessage"),
        "createdBy": _created_by(job.get("CreatedBy")),
    }
    _emit(region, "Copy Job State Change", detail, [job["SourceRecoveryPointArn"]])
    destination = job["DestinationBackupVaultArn"].split(":")[6]
    _metric(region, f"NumberOfCopyJobs{job['State'].capitalize()}", job["ResourceType"], destination)
    _notify(
        region,
        job["SourceBackupVaultArn"].split(":")[6],
        "COPY_JOB",
        job["State"],
        f"Copy job {job['CopyJobId']} of {job['ResourceArn']}",
    )


def restore_job(region: Region, job: Params) -> None:
    """Restore Job State Change; only CREATED says `state`."""
    created = job["_state"] == "CREATED"
    detail = {
        "restoreJobId": job["RestoreJobId"],
        "state" if created else "status": job["_state"],
        "backupSizeInBytes": str(job.get("BackupSizeInBytes", 0)),
        "backupVaultArn": job["BackupVaultArn"],
        "recoveryPointArn": job["RecoveryPointArn"],
        "sourceResourceArn": job["SourceResourceArn"],
        "creationDate": iso(job["_created"]),
        "completionDate": iso(job.get("_completed")),
        "iamRoleArn": job["IamRoleArn"],
        "percentDone": float(job["PercentDone"].rstrip("%")),
        "resourceType": job["ResourceType"],
        "statusMessage": job.get("StatusMessage"),
        "createdResourceArn": job.get("CreatedResourceArn"),
        "restoreTestingPlanArn": (job.get("CreatedBy") or {}).get("RestoreTestingPlanArn"),
    }
    _emit(region, "Restore Job State Change", detail, [job["RecoveryPointArn"]])
    if not created:
        name = job["BackupVaultArn"].split(":")[6]
        _metric(region, f"NumberOfRestoreJobs{job['_state'].capitalize()}", job["ResourceType"], name)
        _notify(
            region,
            name,
            "RESTORE_JOB",
            job["_state"],
            f"Restore job {job['RestoreJobId']} of {job['RecoveryPointArn']}",
        )


def recovery_point(region: Region, point: Point, status: str) -> None:
    """Recovery Point State Change."""
    cold, delete = point.lifecycle.get("MoveToColdStorageAfterDays"), point.lifecycle.get("DeleteAfterDays")
    held = region.vaults.get(point.vault)
    detail = {
        "backupVaultName": point.vault,
        "backupVaultArn": held.arn if held else None,
        "resourceType": point.resource_type,
        "resourceArn": point.resource_arn,
        "status": status,
        "isEncrypted": "true",
        "storageClass": point.storage_class,
        "lifecycle": {
            k: v for k, v in (("moveToColdStorageAfterDays", cold), ("deleteAfterDays", delete)) if v is not None
        },
        "createdBy": _created_by(point.created_by),
        "creationDate": iso(point.created_ms),
        "completionDate": iso(point.completed_ms),
    }
    _emit(region, "Recovery Point State Change", detail, [point.arn])
    metrics = {"COMPLETED": "Completed", "PARTIAL": "Partial", "EXPIRED": "Expired", "DELETING": "Deleting"}
    if status in metrics:
        _metric(region, f"NumberOfRecoveryPoints{metrics[status]}", point.resource_type, point.vault)


def _metric(region: Region, name: str, resource_type: str, vault_name: str) -> None:
    """One count under each combination of dimensions that the documentation names."""
    backend = cloudwatch_backends[region.account][region.name]
    both = [{"Name": "BackupVaultName", "Value": vault_name}, {"Name": "ResourceType", "Value": resource_type}]
    for dimensions in (both[:1], both[1:], both):
        value = {
            "MetricName": name,
            "Dimensions": dimensions,
            "Value": 1.0,
            "Unit": "Count",
            "Timestamp": CLOCK.now_naive(),
        }
        backend.put_metric_data("AWS/Backup", [value])


_SNS_WORDS = {
    "RUNNING": ("STARTED",),
    "COMPLETED": ("COMPLETED", "SUCCESSFUL"),
    "FAILED": ("COMPLETED", "FAILED"),
    "ABORTED": ("COMPLETED",),
    "EXPIRED": ("COMPLETED", "EXPIRED"),
}


def _notify(region: Region, vault_name: str, kind: str, state: str, text: str) -> None:
    """The vault's SNS notifications. COMPLETED stands for every end; the attribute State tells them apart."""
    held = region.vaults.get(vault_name)
    if held is None or held.notifications is None:
        return
    for word in _SNS_WORDS.get(state, ()):
        event = f"{kind}_{word}"
        if event not in held.notifications["BackupVaultEvents"]:
            continue
        topic = held.notifications["SNSTopicArn"]
        attributes: dict[str, Any] = {
            k: {"DataType": "String", "StringValue": v}
            for k, v in (("EventType", kind), ("State", state), ("AccountId", region.account))
        }
        try:
            loopback.client("sns", topic.split(":")[3], region.account).publish(
                TopicArn=topic,
                Subject=f"Notification from AWS Backup: {event}",
                Message=f"{text}: {state}",
                MessageAttributes=attributes,
            )
        except ClientError as problem:
            _LOG.warning("notification of vault %s: %s", vault_name, problem)
