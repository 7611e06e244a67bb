"""What all jobs have in common: waiting for their turn, running for their time, planted faults, ending."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from recovery_emulator.backup.kinds import Unsupported
from recovery_emulator.backup.state import MINUTE_MS, Params, Region, moment
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import FAULTS, Fault
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

RETRY_MS = 10 * MINUTE_MS
ENDED = {"COMPLETED", "FAILED", "ABORTED", "EXPIRED", "PARTIAL"}


def public(job: Params) -> Params:
    """A job without what the API does not show."""
    return {k: v for k, v in job.items() if not k.startswith("_")}


def fault_for(kind: str, job: Params) -> Fault | None:
    """The planted fault that strikes this job, if any."""
    vault = job.get("BackupVaultName") or job.get("DestinationBackupVaultArn", "").split(":")[-1]
    return FAULTS.strike(
        "job",
        jobKind=kind,
        resourceType=job["ResourceType"],
        resourceArn=job.get("ResourceArn") or job.get("SourceResourceArn"),
        vaultName=vault,
    )


def end(job: Params, key: str, state: str, message: str | None) -> None:
    """Writes how a job ended."""
    job[key] = state
    job["_completed"] = CLOCK.now_ms()
    job["CompletionDate"] = moment(job["_completed"])
    if message:
        job["StatusMessage"] = message


def duration_ms(kind: str, resource_type: str) -> int:
    """How long such a job runs."""
    return SETTINGS.job_duration_ms(kind, resource_type)


def start_delay_ms() -> int:
    """How long a job waits before its first attempt to start."""
    return int(SETTINGS.values["jobStartDelayMs"])


def take_turn(region: Region, resource_arn: str) -> bool:
    """Claims a resource for a job: AWS Backup runs one backup or copy job per resource at a time."""
    if resource_arn in region.busy:
        return False
    region.busy.add(resource_arn)
    return True


def attempt(work: Callable[[], Any]) -> tuple[Any, str | None]:
    """Runs the work of a job; a refusal of a service becomes the job's message."""
    try:
        return work(), None
    except ClientError as problem:
        return None, problem.response["Error"].get("Message") or str(problem)
    except (Unsupported, ServiceError, BotoCoreError, KeyError) as problem:
        return None, str(problem)
