"""Change sets: what `cdk deploy` makes, shows and executes. Each belongs to one stack; names repeat between stacks."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from recovery_emulator.cloudformation import plan
from recovery_emulator.cloudformation.errors import ResourceFailure
from recovery_emulator.cloudformation.handlers import changed_keys
from recovery_emulator.cloudformation.intrinsics import references_in
from recovery_emulator.cloudformation.model import Resource, Stack
from recovery_emulator.cloudformation.scope import StackScope
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.replies import ServiceError

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


@dataclass
class ChangeSet:
    """One change set."""

    name: str
    stack: Stack
    kind: str
    template: Template
    parameters: dict[str, Any]
    given_parameters: dict[str, str]
    request: dict[str, Any]
    id: str = ""
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution: str = "AVAILABLE"
    changes: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = (
            f"arn:aws:cloudformation:{self.stack.region}:{self.stack.account}:changeSet/{self.name}/{uuid.uuid4()}"
        )
        self.changes = changes_of(self.stack, self.template, self.parameters)
        if self.kind == "UPDATE" and not self.changes and not self._changes_otherwise():
            self.status, self.reason, self.execution = "FAILED", NO_CHANGES, "UNAVAILABLE"

    def _changes_otherwise(self) -> bool:
        old = self.stack.template
        tags = {t["Key"]: t["Value"] for t in self.request.get("Tags") or []}
        return (
            old is None or old.outputs != self.template.outputs or ("Tags" in self.request and tags != self.stack.tags)
        )


def changes_of(stack: Stack, template: Template, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The resource changes of an update, before anything is done.

    Values that depend on a resource which changes itself count as changed, as they do for CloudFormation.
    """
    resources = dict(stack.resources)
    scope = StackScope(stack, template, parameters, resources)
    changes, moving = [], set()
    for name in template.order():
        declared = template.resources[name]
        if "Condition" in declared and not scope.condition(declared["Condition"]):
            continue
        existing = resources.get(name)
        if existing is None:
            changes.append(_change("Add", name, declared["Type"]))
            moving.add(name)
            continue
        change = _modification(scope, stack, existing, declared, moving)
        if change:
            changes.append(change)
    wanted = {n for n, d in template.resources.items() if "Condition" not in d or scope.condition(d["Condition"])}
    for name, resource in stack.resources.items():
        if name not in wanted:
            kept = "Retain" if resource.deletion_policy == "Retain" else "Delete"
            changes.append(
                {**_change("Remove", name, resource.type_name, resource.made.physical_id), "PolicyAction": kept}
            )
    return [{"Type": "Resource", "ResourceChange": c} for c in changes]


def _modification(
    scope: StackScope, stack: Stack, existing: Resource, declared: dict[str, Any], moving: set[str]
) -> dict[str, Any] | None:
    name, type_name = existing.logical_id, declared["Type"]
    uncertain = references_in(declared.get("Properties") or {}) & moving
    try:
        wanted, _ = plan.validate(type_name, stack.region, scope.resolver.resolve(declared.get("Properties") or {}))
    except (ServiceError, ResourceFailure):  # an attribute that is only known after a replacement
        uncertain, wanted = uncertain | {name}, existing.properties
    changed = changed_keys(existing.properties, wanted)
    policies = (existing.deletion_policy, existing.update_replace_policy)
    declared_policies = (
        declared.get("DeletionPolicy", existing.deletion_policy),
        declared.get("UpdateReplacePolicy", "Delete"),
    )
    if not changed and not uncertain and policies == declared_policies:
        return None
    replaced = bool(changed) and plan.needs_replacement(type_name, stack.region, existing.properties, wanted)
    if replaced:
        moving.add(name)
    change = _change("Modify", name, type_name, existing.made.physical_id)
    change["Replacement"] = "True" if replaced else ("Conditional" if uncertain else "False")
    change["Scope"] = ["Properties"] if changed or uncertain else ["UpdatePolicy"]
    change["Details"] = [
        {
            "Target": {"Attribute": "Properties", "Name": key, "RequiresRecreation": "Always" if replaced else "Never"},
            "Evaluation": "Static",
            "ChangeSource": "DirectModification",
        }
        for key in sorted(changed)
    ]
    return change


def _change(action: str, name: str, type_name: str, physical_id: str | None = None) -> dict[str, Any]:
    change: dict[str, Any] = {
        "Action": action,
        "LogicalResourceId": name,
        "ResourceType": type_name,
        "Scope": [],
        "Details": [],
    }
    if physical_id:
        change["PhysicalResourceId"] = physical_id
    return change
