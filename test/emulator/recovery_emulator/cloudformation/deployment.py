"""Creates, updates, rolls back and deletes the resources of one stack.

Resources are made one after the other in dependency order. Everything done is written into a journal; when a step fails the
journal is undone backwards, which is all that a rollback is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from recovery_emulator.cloudformation import plan, schemas
from recovery_emulator.cloudformation.deletion import delete_resource, explain, reverse_order
from recovery_emulator.cloudformation.errors import ResourceFailure
from recovery_emulator.cloudformation.handlers import HANDLERS, Handler, Made
from recovery_emulator.cloudformation.model import STORE, Output, Resource, Stack
from recovery_emulator.cloudformation.scope import StackScope
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.replies import ServiceError


@dataclass
class _Done:
    """One thing that was done, and how to undo it."""

    kind: str
    before: Resource | None
    after: Resource | None


@dataclass
class Deployment:
    """One create or update of a stack."""

    stack: Stack
    template: Template
    parameters: dict[str, Any]
    journal: list[_Done] = field(default_factory=list)
    obsolete: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resources = dict(self.stack.resources)
        self.scope = StackScope(self.stack, self.template, self.parameters, self.resources)

    def apply(self) -> None:
        """Creates and changes what the template wants; raises ResourceFailure at the first that cannot be."""
        for name in self.template.order():
            declared = self.template.resources[name]
            if "Condition" in declared and not self.scope.condition(declared["Condition"]):
                continue
            self._apply_one(name, declared)
        wanted = {
            n
            for n, d in self.template.resources.items()
            if "Condition" not in d or self.scope.condition(d["Condition"])
        }
        for name in reverse_order(self.resources):
            if name not in wanted:
                self.obsolete.append(self.resources[name])
        self.new_outputs = self._outputs()

    def finish(self) -> None:
        """Makes the new state the stack's own."""
        for name in {r.logical_id for r in self.obsolete}:
            if name in self.resources and any(r is self.resources[name] for r in self.obsolete):
                del self.resources[name]
        self.stack.resources, self.stack.outputs = self.resources, self.new_outputs
        self.stack.template, self.stack.parameters = self.template, self.parameters
        self.stack.description = self.template.document.get("Description")

    def clean_up(self) -> None:
        """Deletes what the update replaced or removed. A failure is an event, not the end of the update."""
        for resource in self.obsolete:
            replaced = resource.logical_id in self.stack.resources
            policy = resource.update_replace_policy if replaced else resource.deletion_policy
            try:
                delete_resource(self.stack, resource, policy)
            except ResourceFailure:
                continue

    def _apply_one(self, name: str, declared: dict[str, Any]) -> None:
        type_name = declared["Type"]
        try:
            properties = self.scope.resolver.resolve(declared.get("Properties") or {})
        except (ServiceError, ResourceFailure) as problem:
            self._fail(
                name, type_name, "", "CREATE_FAILED" if name not in self.resources else "UPDATE_FAILED", str(problem)
            )
        properties, problem = plan.validate(type_name, self.stack.region, properties)
        existing = self.resources.get(name)
        if problem:
            status = "CREATE_FAILED" if existing is None else "UPDATE_FAILED"
            self._fail(name, type_name, existing.made.physical_id if existing else "", status, problem)
        policies = {
            "deletion_policy": declared.get("DeletionPolicy", _default_policy(type_name, properties)),
            "update_replace_policy": declared.get("UpdateReplacePolicy", "Delete"),
            "depends_on": self.template.dependencies(name),
        }
        if existing is None:
            self._create(Resource(name, type_name, properties, Made(""), **policies))
        elif existing.type_name != type_name:
            self._fail(
                name,
                type_name,
                existing.made.physical_id,
                "UPDATE_FAILED",
                f"Update of resource type is not permitted. The new template modifies resource type of the following resources: [{name}]",
            )
        elif existing.properties == properties:
            kept = existing.copy()
            kept.__dict__.update(policies)
            self.resources[name] = kept
        else:
            self._change(existing, Resource(name, type_name, properties, existing.made, **policies))

    def _create(self, resource: Resource) -> None:
        stack = self.stack
        stack.event(
            resource.logical_id,
            resource.type_name,
            "",
            "CREATE_IN_PROGRESS",
            properties=json.dumps(resource.properties, default=str),
        )
        resource.made = self._attempt(
            resource, "CREATE_FAILED", lambda handler, context: handler.create(context, resource.properties)
        )
        resource.status = "CREATE_COMPLETE"
        self.resources[resource.logical_id] = resource
        self.journal.append(_Done("create", None, resource))
        stack.event(resource.logical_id, resource.type_name, resource.made.physical_id, "CREATE_COMPLETE")

    def _change(self, old: Resource, new: Resource) -> None:
        stack, region = self.stack, self.stack.region
        if plan.needs_replacement(new.type_name, region, old.properties, new.properties):
            self._replace(old, new)
            return
        stack.event(
            new.logical_id,
            new.type_name,
            old.made.physical_id,
            "UPDATE_IN_PROGRESS",
            properties=json.dumps(new.properties, default=str),
        )
        before = old.copy()
        new.made = self._attempt(
            new,
            "UPDATE_FAILED",
            lambda handler, context: handler.update(context, old.copy().made, before.properties, new.properties),
        )
        new.status = "UPDATE_COMPLETE"
        self.resources[new.logical_id] = new
        self.journal.append(_Done("update", before, new))
        if new.made.physical_id != before.made.physical_id:
            self.obsolete.append(before)
        stack.event(new.logical_id, new.type_name, new.made.physical_id, "UPDATE_COMPLETE")

    def _replace(self, old: Resource, new: Resource) -> None:
        stack = self.stack
        reason = "Requested update requires the creation of a new physical resource; hence creating one."
        stack.event(new.logical_id, new.type_name, old.made.physical_id, "UPDATE_IN_PROGRESS", reason)
        deleted_first = schemas.deletes_first(new.type_name, stack.region)
        if deleted_first:
            delete_resource(stack, old, old.update_replace_policy)
            self.journal.append(_Done("deleted", old, None))
        new.made = self._attempt(new, "UPDATE_FAILED", lambda handler, context: handler.create(context, new.properties))
        new.status = "UPDATE_COMPLETE"
        self.resources[new.logical_id] = new
        self.journal.append(_Done("create" if deleted_first else "replace", None if deleted_first else old, new))
        if not deleted_first:
            self.obsolete.append(old)
        stack.event(new.logical_id, new.type_name, new.made.physical_id, "UPDATE_COMPLETE")

    def roll_back(self) -> bool:
        """Undoes the journal; False when that fails too."""
        clean = True
        for done in reversed(self.journal):
            try:
                self._undo(done)
            except ResourceFailure:
                clean = False
        return clean

    def _undo(self, done: _Done) -> None:
        stack, after, before = self.stack, done.after, done.before
        if before is None or done.kind == "replace":
            assert after is not None
            policy = (
                "Delete" if after.deletion_policy in ("RetainExceptOnCreate", "Snapshot") else after.deletion_policy
            )
            delete_resource(stack, after, policy if before is None else "Delete")
        elif after is None:
            before.made = self._attempt(
                before, "UPDATE_FAILED", lambda handler, context: handler.create(context, before.properties)
            )
        else:
            stack.event(before.logical_id, before.type_name, after.made.physical_id, "UPDATE_IN_PROGRESS")
            made = self._attempt(
                before,
                "UPDATE_FAILED",
                lambda handler, context: handler.update(context, after.made, after.properties, before.properties),
            )
            if made.physical_id == before.made.physical_id:
                before.made = made
            stack.event(before.logical_id, before.type_name, before.made.physical_id, "UPDATE_COMPLETE")
        if before is not None:
            stack.resources[before.logical_id] = before

    def _outputs(self) -> dict[str, Output]:
        outputs, exports = {}, STORE.exports(self.stack.account, self.stack.region)
        for key, declared in self.template.outputs.items():
            if "Condition" in declared and not self.scope.condition(declared["Condition"]):
                continue
            try:
                resolved = self.scope.resolver.resolve({k: v for k, v in declared.items() if k != "Condition"})
            except ServiceError as problem:
                raise ResourceFailure(f"Output {key}: {problem}") from problem
            export = (resolved.get("Export") or {}).get("Name")
            if export in exports and exports[export][0].id != self.stack.id:
                raise ResourceFailure(
                    f"Export with name {export} is already exported by stack {exports[export][0].name}"
                )
            value = resolved["Value"]
            outputs[key] = Output(
                key, str(value).lower() if isinstance(value, bool) else str(value), resolved.get("Description"), export
            )
        for key, output in self.stack.outputs.items():
            users = STORE.importers(output.export, self.stack.account, self.stack.region) if output.export else []
            kept = outputs.get(key)
            if users and (kept is None or kept.export != output.export or kept.value != output.value):
                raise ResourceFailure(
                    f"Export {output.export} cannot be {'updated' if kept else 'deleted'} as it is in use by {' and '.join(users)}"
                )
        return outputs

    def _attempt(self, resource: Resource, failed: str, action: Callable[[Handler, Any], Made]) -> Made:
        handler = HANDLERS[plan.handler_key(resource.type_name)]
        context = self.stack.context(resource.logical_id, resource.type_name)
        try:
            return action(handler, context)
        except Exception as problem:
            self._fail(resource.logical_id, resource.type_name, resource.made.physical_id, failed, explain(problem))
            raise AssertionError("unreachable") from problem

    def _fail(self, name: str, type_name: str, physical_id: str, status: str, reason: str) -> None:
        self.stack.event(name, type_name, physical_id, status, reason)
        raise ResourceFailure(
            f"The following resource(s) failed to {'create' if status[0] == 'C' else 'update'}: [{name}]. {reason}"
        )


def _default_policy(type_name: str, properties: dict[str, Any]) -> str:
    """Databases are snapshotted by default, a member of a cluster is not."""
    alone = type_name == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in properties
    return "Snapshot" if alone or type_name == "AWS::RDS::DBCluster" else "Delete"
