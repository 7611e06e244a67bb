"""Stacks, their resources and events."""

import copy
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from recovery_emulator.cloudformation.handlers import Context, Made
from recovery_emulator.cloudformation.template import Template


@dataclass
class Resource:
    """One resource of a stack as it stands now."""

    logical_id: str
    type_name: str
    properties: dict[str, Any]
    made: Made
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    depends_on: set[str] = field(default_factory=set)
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    updated: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def copy(self) -> "Resource":
        """A snapshot to roll back to."""
        return copy.deepcopy(self)


@dataclass
class Output:
    """An output of a stack."""

    key: str
    value: str
    description: str | None = None
    export: str | None = None


class Stack:
    """One stack in one account and Region."""

    def __init__(self, account: str, region: str, name: str, parent: "Stack | None" = None) -> None:
        self.account, self.region, self.name, self.parent = account, region, name, parent
        self.id = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
        self.created = datetime.now(timezone.utc)
        self.updated: datetime | None = None
        self.deleted: datetime | None = None
        self.status = "REVIEW_IN_PROGRESS"
        self.reason: str | None = None
        self.template: Template | None = None
        self.parameters: dict[str, Any] = {}
        self.given_parameters: dict[str, str] = {}
        self.resources: dict[str, Resource] = {}
        self.outputs: dict[str, Output] = {}
        self.events: list[dict[str, Any]] = []
        self.tags: dict[str, str] = {}
        self.capabilities: list[str] = []
        self.role_arn: str | None = None
        self.description: str | None = None
        self.termination_protection = False
        self.disable_rollback = False
        self.notification_arns: list[str] = []
        self.change_set_id: str | None = None
        self.finished = threading.Event()

    def context(self, logical_id: str, type_name: str) -> Context:
        """What a handler needs to know of this stack."""
        return Context(self.account, self.region, self.id, self.name, logical_id, type_name, dict(self.tags))

    def event(
        self,
        logical_id: str,
        type_name: str,
        physical_id: str,
        status: str,
        reason: str | None = None,
        properties: str | None = None,
    ) -> None:
        """Adds to the stack's history."""
        event = {
            "StackId": self.id,
            "StackName": self.name,
            "EventId": str(uuid.uuid4()),
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": type_name,
            "Timestamp": datetime.now(timezone.utc),
            "ResourceStatus": status,
        }
        if reason:
            event["ResourceStatusReason"] = reason
        if properties:
            event["ResourceProperties"] = properties
        self.events.append(event)

    def turn(self, status: str, reason: str | None = None) -> None:
        """Changes the status of the stack itself."""
        self.event(self.name, "AWS::CloudFormation::Stack", self.id, status, reason)
        self.status, self.reason = status, reason
        if not status.endswith("_IN_PROGRESS"):
            self.finished.set()


class StackStore:
    """All stacks of all accounts and Regions."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.stacks: list[Stack] = []

    def find(self, account: str, region: str, name_or_id: str, deleted: bool = False) -> Stack | None:
        """A stack by name (a living one) or by id (a deleted one too)."""
        for stack in reversed(self.stacks):
            if stack.account == account and stack.region == region and name_or_id in (stack.name, stack.id):
                if stack.status != "DELETE_COMPLETE" or name_or_id == stack.id or deleted:
                    return stack
        return None

    def living(self, account: str, region: str) -> list[Stack]:
        """The stacks that are not deleted."""
        return [s for s in self.stacks if s.account == account and s.region == region and s.status != "DELETE_COMPLETE"]

    def exports(self, account: str, region: str) -> dict[str, tuple[Stack, Output]]:
        """Every export of an account and Region by name."""
        return {o.export: (s, o) for s in self.living(account, region) for o in s.outputs.values() if o.export}

    def importers(self, export: str, account: str, region: str) -> list[str]:
        """The names of stacks whose template imports an export."""
        return [s.name for s in self.living(account, region) if s.template and export in _imports(s.template.document)]


def _imports(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["Fn::ImportValue"]} if isinstance(value.get("Fn::ImportValue"), str) else set()
        return own.union(*map(_imports, value.values())) if value else own
    if isinstance(value, list):
        return set().union(*map(_imports, value)) if value else set()
    return set()


STORE = StackStore()
