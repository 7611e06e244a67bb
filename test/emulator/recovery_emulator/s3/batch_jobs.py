"""S3 Batch Operations, for one operation: replicating objects that live replication left or failed to copy.

A job finds its objects, by itself or in a CSV list, starts each of them with the rights of its role, waits until the rules of
the bucket have copied them, and writes its report. Delete markers are not part of a job here.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.s3.models import FakeBucket, FakeKey

from recovery_emulator import registry
from recovery_emulator.access import roles
from recovery_emulator.access.decisions import may_use_s3
from recovery_emulator.clock import CLOCK
from recovery_emulator.s3 import replication
from recovery_emulator.s3.batch_objects import Listed, find_objects, read_list
from recovery_emulator.s3.batch_report import NoReport, write_report
from recovery_emulator.s3.books import find_bucket, find_version
from recovery_emulator.s3.replication_rules import configuration_of
from recovery_emulator.s3.replication_signs import Attempt
from recovery_emulator.settings import SETTINGS

Params = dict[str, Any]
SERVICE = "batchoperations.s3.amazonaws.com"
_POLL_MS = 1000


class JobFailed(Exception):
    """The job ends without having looked at objects."""


@dataclass
class Task:
    """One object of a job."""

    listed: Listed
    attempts: list[Attempt] = field(default_factory=list)
    error: str | None = None

    def outcome(self) -> str | None:
        """'succeeded', 'failed', or nothing while it runs."""
        if self.error or any(a.status == "FAILED" for a in self.attempts):
            return "failed"
        return "succeeded" if all(a.status == "COMPLETED" for a in self.attempts) else None

    def reason(self) -> str:
        return self.error or next((a.reason or "" for a in self.attempts if a.status == "FAILED"), "")


@dataclass
class Job:
    """One job. Account and Region are those in which it was created."""

    account: str
    region: str
    params: Params
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: Any = field(default_factory=CLOCK.now_naive)
    status: str = "New"
    tasks: list[Task] = field(default_factory=list)
    failure: str | None = None
    ended: Any = None

    @property
    def arn(self) -> str:
        return f"arn:aws:s3:{self.region}:{self.account}:job/{self.id}"

    def start(self) -> None:
        """Leaves it to the clock."""
        CLOCK.after(0, self._prepare)

    def _prepare(self) -> None:
        self.status = "Preparing"
        CLOCK.after(SETTINGS.job_duration_ms("batch", "S3") // 2, self._prepared)

    def _prepared(self) -> None:
        if self.status != "Preparing":
            return
        try:
            self.tasks = [Task(listed) for listed in self._list()]
        except JobFailed as problem:
            self._fail(str(problem))
            return
        if self.params.get("ConfirmationRequired"):
            self.status = "Suspended"
        else:
            self.run()

    def _list(self) -> list[Listed]:
        role = roles.find_role(self.params["RoleArn"])
        if role is None or not roles.can_be_assumed_by(role, SERVICE):
            raise JobFailed(f"S3 Batch Operations cannot assume the role {self.params['RoleArn']}")
        try:
            generator = (self.params.get("ManifestGenerator") or {}).get("S3JobManifestGenerator")
            found = find_objects(self.params["RoleArn"], generator) if generator else read_list(self.params)
        except (PermissionError, ValueError) as problem:
            raise JobFailed(str(problem)) from problem
        if not found:
            raise JobFailed("No keys found that match the filter of the manifest")
        return found

    def run(self) -> None:
        """Starts every object."""
        self.status = "Active"
        for task in self.tasks:
            self._start_task(task)
        CLOCK.after(SETTINGS.job_duration_ms("batch", "S3") // 2, self._look)

    def _start_task(self, task: Task) -> None:
        bucket, key, version = task.listed
        source = find_bucket(bucket)
        stored = find_version(source, key, version) if source is not None else None
        if source is None or not isinstance(stored, FakeKey):
            task.error = "SrcObjectNotFound"
        elif configuration_of(source) is None:
            task.error = "SrcBucketReplicationConfigMissing"
        elif not may_use_s3(self.params["RoleArn"], "s3:InitiateReplication", source, key):
            task.error = "InitiateReplicationNotPermitted"
        else:
            self._replicate(task, source, stored)

    @staticmethod
    def _replicate(task: Task, source: FakeBucket, stored: FakeKey) -> None:
        rules = replication.eligible_rules(source, stored)
        if not rules:
            task.error = "SrcObjectNotEligible"
            return
        before = getattr(stored, "_replication_outcomes", {})
        for rule in rules:
            target = find_bucket(rule.destination)
            was_there = before.get(rule.destination) == "COMPLETED"
            if was_there and target is not None and find_version(target, stored.name, stored.version_id) is None:
                task.error = "DstObjectHardDeleted"
                return
        for rule in rules:
            task.attempts.append(
                replication.start(source, stored, rule, "OBJECT_PUT", SETTINGS.values["s3ReplicationLagMs"])
            )

    def _look(self) -> None:
        """Ends the job when every object has ended."""
        if self.status != "Active":
            return
        if any(t.outcome() is None for t in self.tasks):
            CLOCK.after(_POLL_MS, self._look)
            return
        self.status = "Completing"
        try:
            write_report(self)
        except NoReport as problem:
            self._fail(str(problem))
            return
        self.status, self.ended = "Complete", CLOCK.now_naive()

    def _fail(self, reason: str) -> None:
        self.status, self.failure, self.ended = "Failed", reason, CLOCK.now_naive()

    def describe(self) -> Params:
        """The job as the API shows it."""
        outcomes = [t.outcome() for t in self.tasks]
        shown = (
            "ConfirmationRequired",
            "Description",
            "Manifest",
            "ManifestGenerator",
            "Operation",
            "Priority",
            "Report",
        )
        return {
            **{k: self.params[k] for k in (*shown, "RoleArn") if k in self.params},
            "JobId": self.id,
            "JobArn": self.arn,
            "Status": self.status,
            "CreationTime": self.created,
            "TerminationDate": self.ended,
            "FailureReasons": [{"FailureCode": "JobFailed", "FailureReason": self.failure}] if self.failure else None,
            "ProgressSummary": {
                "TotalNumberOfTasks": len(self.tasks),
                "NumberOfTasksSucceeded": outcomes.count("succeeded"),
                "NumberOfTasksFailed": outcomes.count("failed"),
            },
        }


JOBS: list[Job] = []
registry.ON_RESET.append(JOBS.clear)
