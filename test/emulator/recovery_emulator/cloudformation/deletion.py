"""Deletes the resources of a stack, and says why something failed."""

import logging
from datetime import datetime, timezone
from graphlib import TopologicalSorter

from botocore.exceptions import BotoCoreError, ClientError

from recovery_emulator.cloudformation import plan
from recovery_emulator.cloudformation.errors import NotEmulated, ResourceFailure
from recovery_emulator.cloudformation.handlers import HANDLERS
from recovery_emulator.cloudformation.model import Resource, Stack
from recovery_emulator.service_api.replies import ServiceError

_LOG = logging.getLogger("recovery_emulator")


def delete_resource(stack: Stack, resource: Resource, policy: str) -> None:
    """Deletes one resource, unless its policy keeps it."""
    physical_id = resource.made.physical_id
    if policy in ("Retain", "RetainExceptOnCreate"):
        stack.event(resource.logical_id, resource.type_name, physical_id, "DELETE_SKIPPED")
        return
    stack.event(resource.logical_id, resource.type_name, physical_id, "DELETE_IN_PROGRESS")
    handler = HANDLERS[plan.handler_key(resource.type_name)]
    context = stack.context(resource.logical_id, resource.type_name)
    try:
        if policy == "Snapshot":
            snapshot = getattr(handler, "snapshot", None)
            if snapshot is None:
                raise NotEmulated(f"DeletionPolicy Snapshot of {resource.type_name} is not emulated")
            snapshot(context, resource.made, resource.properties)
        handler.delete(context, resource.made, resource.properties)
    except Exception as problem:
        reason = explain(problem)
        stack.event(resource.logical_id, resource.type_name, physical_id, "DELETE_FAILED", reason)
        resource.status, resource.reason = "DELETE_FAILED", reason
        raise ResourceFailure(
            f"The following resource(s) failed to delete: [{resource.logical_id}]. {reason}"
        ) from problem
    resource.status, resource.updated = "DELETE_COMPLETE", datetime.now(timezone.utc)
    stack.event(resource.logical_id, resource.type_name, physical_id, "DELETE_COMPLETE")


def delete_all(stack: Stack, retain: set[str] | None = None) -> list[str]:
    """Deletes the resources of a stack, dependents first; returns the names of those that could not be."""
    failed: list[str] = []
    for name in reverse_order(stack.resources):
        resource = stack.resources[name]
        blocked = any(name in other.depends_on for n, other in stack.resources.items() if n in failed)
        if blocked:
            failed.append(name)
            continue
        try:
            delete_resource(stack, resource, "Retain" if name in (retain or ()) else resource.deletion_policy)
        except ResourceFailure:
            failed.append(name)
            continue
        del stack.resources[name]
    return failed


def reverse_order(resources: dict[str, Resource]) -> list[str]:
    """The names of resources, each before what it depends on."""
    graph = {n: {d for d in r.depends_on if d in resources} for n, r in resources.items()}
    return list(TopologicalSorter(graph).static_order())[::-1]


def explain(problem: Exception) -> str:
    """The reason of a failure as a stack event tells it."""
    if isinstance(problem, ClientError):
        error = problem.response["Error"]
        return f"{error.get('Message')} (Service: {problem.operation_name}, Code: {error.get('Code')})"
    if isinstance(problem, (ResourceFailure, ServiceError)):
        return str(problem)
    if isinstance(problem, BotoCoreError):
        return str(problem)
    _LOG.exception("a resource handler failed", exc_info=problem)
    return f"emulator error: {problem!r}"
