"""Replication of file systems: the destination appears, is read-only, and becomes a file system of its own at the end.

Files travel whenever somebody asks how far a replica is, before it is let go, and when one of the Regions is lost: in between nobody
could tell. What was written within the lag travels too. Where nobody has named a folder for the source there is nothing to copy.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from moto.efs.models import FileSystem, efs_backends

from recovery_emulator import loopback, regions, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.efs import contents
from recovery_emulator.kms_keys import problem_with_key
from recovery_emulator.registry import before, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

Params = dict[str, Any]


@dataclass
class Replication:
    """One source and its one destination, each with the side of the configuration that its Region knows."""

    account: str
    source: str
    source_region: str
    destination: str
    destination_region: str
    created: datetime = field(default_factory=CLOCK.now_naive)
    status: str = "ENABLING"
    synced: datetime | None = None
    # A Region that cannot be reached keeps its side when the other deletes the configuration for itself.
    sides: set[str] = field(default_factory=lambda: {"source", "destination"})

    def sync(self, lost_just_now: str | None = None) -> None:
        """Copies the files, as far as both Regions are there and know of it."""
        away = {r for r in (self.source_region, self.destination_region) if regions.is_lost(r)} - {lost_just_now}
        if self.status == "ENABLED" and len(self.sides) == 2 and not away:
            behind = timedelta(milliseconds=SETTINGS.values["efsReplicationLagMs"])
            self.synced = max(CLOCK.now_naive() - behind, self.created)
            here, there = (self.source_region, self.source), (self.destination_region, self.destination)
            contents.replicate(self.account, here, there)

    def describe(self) -> Params:
        """The replication as the API shows it."""
        self.sync()
        synced = {"LastReplicatedTimestamp": self.synced}
        source_arn = f"arn:aws:elasticfilesystem:{self.source_region}:{self.account}:file-system/{self.source}"
        return {
            "SourceFileSystemId": self.source,
            "SourceFileSystemRegion": self.source_region,
            "SourceFileSystemArn": source_arn,
            "OriginalSourceFileSystemArn": source_arn,
            "SourceFileSystemOwnerId": self.account,
            "CreationTime": self.created,
            "Destinations": [
                {
                    "Status": self.status,
                    "FileSystemId": self.destination,
                    "Region": self.destination_region,
                    "OwnerId": self.account,
                    **(synced if self.synced else {}),
                }
            ],
        }


_STORE: list[Replication] = []
registry.ON_RESET.append(_STORE.clear)


def _lose(region: str) -> None:
    """What had arrived by the loss is there; nothing comes any more."""
    for one in _STORE:
        if region in (one.source_region, one.destination_region):
            one.sync(region)


regions.ON_LOST.append(_lose)


def _system(account: str, region: str, name: str) -> FileSystem:
    found = efs_backends[account][region].file_systems_by_id.get(name)
    if found is None:
        raise ServiceError("FileSystemNotFound", f"File system '{name}' does not exist.", 404)
    return found


def _conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message, 409)


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def _protect(system: FileSystem, state: str) -> None:
    # Attributes of moto's file systems are what DescribeFileSystems shows.
    system.file_system_protection = {"ReplicationOverwriteProtection": state}  # type: ignore[attr-defined]


def _protection(system: FileSystem) -> str:
    return getattr(system, "file_system_protection", {}).get("ReplicationOverwriteProtection", "ENABLED")


def replications_of(account: str, region: str, name: str) -> list[Replication]:
    """The configurations that a file system of a Region is part of, as that Region sees it."""
    ends = (
        lambda r: (r.source, r.source_region, "source"),
        lambda r: (r.destination, r.destination_region, "destination"),
    )
    return [
        r
        for r in _STORE
        if r.account == account and any(e(r)[:2] == (name, region) and e(r)[2] in r.sides for e in ends)
    ]


@implements("efs", "CreateReplicationConfiguration")
def _create(call: Call) -> Params:
    name = call.params["SourceFileSystemId"]
    source = _system(call.account, call.region, name)
    if replications_of(call.account, call.region, name):
        raise _conflict(f"{name} is part of a replication configuration already")
    if len(call.params["Destinations"]) != 1:
        raise _invalid("a replication configuration has exactly one destination")
    wanted = call.params["Destinations"][0]
    region = wanted.get("Region", call.region)
    if "RoleArn" in wanted:
        raise ServiceError("NotImplemented", "replication to another account is not emulated", 501)
    target = _existing(call, source, wanted, region) if "FileSystemId" in wanted else _new(call, name, wanted)
    _protect(target, "REPLICATING")
    made = Replication(call.account, name, call.region, target.file_system_id, region)
    _STORE.append(made)

    def enabled() -> None:
        made.status = "ENABLED"
        made.sync()

    CLOCK.after(SETTINGS.job_duration_ms("copy", "EFS"), enabled)
    return made.describe()


def _existing(call: Call, source: FileSystem, wanted: Params, region: str) -> FileSystem:
    name = wanted["FileSystemId"]
    for excluded in ("KmsKeyId", "AvailabilityZoneName"):
        if excluded in wanted:
            raise _invalid(f"{excluded} cannot be specified for the existing file system {name}")
    if name.startswith("arn:"):
        _, _, _, region, account, name = name.replace("file-system/", "").split(":", 5)
        if account != call.account:
            raise ServiceError("NotImplemented", "replication to another account is not emulated", 501)
    target = _system(call.account, region, name)
    if replications_of(call.account, region, name):
        raise _conflict(f"{name} is part of a replication configuration already")
    if _protection(target) != "DISABLED":
        raise _conflict(f"the replication overwrite protection of {name} must be DISABLED")
    if source.encrypted and not target.encrypted:
        raise _invalid(f"the destination {name} must be encrypted, as the source is")
    return target


def _new(call: Call, source: str, wanted: Params) -> FileSystem:
    if "Region" not in wanted and "AvailabilityZoneName" not in wanted:
        raise _invalid("a destination needs Region, AvailabilityZoneName or FileSystemId")
    region = wanted.get("Region", call.region)
    key = wanted.get("KmsKeyId")
    problem = problem_with_key(key, call.account, region) if key else None
    if problem is None and key and key.startswith("arn:") and key.split(":")[3] != region:
        problem = f"the KMS key {key} is not in {region}"
    if problem:
        raise _invalid(problem)
    zone = {"AvailabilityZoneName": wanted["AvailabilityZoneName"]} if "AvailabilityZoneName" in wanted else {}
    try:
        made = loopback.client("efs", region, call.account).create_file_system(
            CreationToken=f"replica-of-{source}-{CLOCK.now_ms()}",
            Encrypted=True,
            **({"KmsKeyId": key} if key else {}),
            **zone,
        )
    except ClientError as refused:
        error = refused.response["Error"]
        raise ServiceError(error["Code"], f"destination in {region}: {error['Message']}") from refused
    return _system(call.account, region, made["FileSystemId"])


@implements("efs", "DescribeReplicationConfigurations")
def _describe(call: Call) -> Params:
    wanted = call.params.get("FileSystemId")
    if wanted:
        found = replications_of(call.account, call.region, wanted)
        if not found:
            raise ServiceError("ReplicationNotFound", f"{wanted} has no replication configuration", 404)
    else:
        found = [
            r for r in _STORE if r.account == call.account and call.region in (r.source_region, r.destination_region)
        ]
    return {"Replications": [r.describe() for r in found]}


@implements("efs", "DeleteReplicationConfiguration")
def _delete(call: Call) -> None:
    name = call.params["SourceFileSystemId"]
    found = [r for r in _STORE if r.account == call.account and r.source == name]
    mine = next((r for r in found if call.region in (r.source_region, r.destination_region)), None)
    if mine is None:
        raise ServiceError("ReplicationNotFound", f"{name} has no replication configuration", 404)
    mine.sync()
    if call.params.get("DeletionMode") == "LOCAL_CONFIGURATION_ONLY":
        mine.sides.discard("source" if call.region == mine.source_region else "destination")
    else:
        _reach(call, mine)
        mine.sides.clear()
    if "destination" not in mine.sides:  # the destination can be written from now on
        _protect(_system(call.account, mine.destination_region, mine.destination), "ENABLED")
    if not mine.sides:
        _STORE.remove(mine)


def _reach(call: Call, replication: Replication) -> None:
    """Both sides must answer for the configuration to go on both."""
    other = replication.destination_region if call.region == replication.source_region else replication.source_region
    try:
        loopback.client("efs", other, call.account).describe_file_systems(MaxItems=1)
    except ClientError as refused:
        raise ServiceError("InternalServerError", f"{other} cannot be reached: {refused}", 500) from refused


@implements("efs", "UpdateFileSystemProtection")
def _update_protection(call: Call) -> Params:
    system = _system(call.account, call.region, call.params["FileSystemId"])
    if _protection(system) == "REPLICATING":
        raise ServiceError(
            "ReplicationAlreadyExists", f"{system.file_system_id} is the destination of a replication", 409
        )
    _protect(system, call.params.get("ReplicationOverwriteProtection", "ENABLED"))
    return {"ReplicationOverwriteProtection": _protection(system)}


@before("efs", "DeleteFileSystem")
def _check_deletion(call: Call) -> None:
    name = call.params["FileSystemId"]
    if replications_of(call.account, call.region, name):
        raise ServiceError(
            "FileSystemInUse", f"{name} is part of a replication configuration, which must be deleted first", 409
        )
