"""The operations on a whole stack, each run in its own thread as CloudFormation does: create, update, delete."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from recovery_emulator.cloudformation.deletion import delete_all
from recovery_emulator.cloudformation.deployment import Deployment
from recovery_emulator.cloudformation.errors import ResourceFailure
from recovery_emulator.cloudformation.model import STORE, Stack
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.replies import ServiceError

_LOG = logging.getLogger("recovery_emulator")


def in_background(stack: Stack, work: Callable[[], None]) -> None:
    """Starts an operation; the caller polls the stack's status."""
    stack.finished.clear()

    def guarded() -> None:
        try:
            work()
        except Exception as bug:
            _LOG.exception("operation on stack %s failed", stack.name)
            stack.turn(stack.status.split("_")[0] + "_FAILED", f"emulator error: {bug!r}")

    threading.Thread(target=guarded, daemon=True, name=f"stack-{stack.name}").start()


def create(stack: Stack, template: Template, parameters: dict[str, Any], on_failure: str) -> None:
    """Creates a stack; a failure rolls back, deletes, or leaves things as they are."""
    deployment = Deployment(stack, template, parameters)
    stack.template, stack.parameters = template, parameters
    try:
        deployment.apply()
    except (ResourceFailure, ServiceError) as problem:
        _give_up_creation(stack, deployment, str(problem), on_failure)
        return
    deployment.finish()
    stack.turn("CREATE_COMPLETE")


def _give_up_creation(stack: Stack, deployment: Deployment, reason: str, on_failure: str) -> None:
    if on_failure == "DO_NOTHING":
        stack.resources = deployment.resources
        stack.turn("CREATE_FAILED", reason)
        return
    deleting = on_failure == "DELETE"
    stack.turn("DELETE_IN_PROGRESS" if deleting else "ROLLBACK_IN_PROGRESS", f"{reason} Rollback requested by user.")
    clean = deployment.roll_back()
    stack.resources = (
        {}
        if clean
        else {d.after.logical_id: d.after for d in deployment.journal if d.after and d.after.status == "DELETE_FAILED"}
    )
    if deleting:
        stack.turn("DELETE_COMPLETE" if clean else "DELETE_FAILED")
    else:
        stack.turn("ROLLBACK_COMPLETE" if clean else "ROLLBACK_FAILED", reason if not clean else None)


def update(stack: Stack, template: Template, parameters: dict[str, Any], disable_rollback: bool) -> None:
    """Updates a stack; a failure restores what was."""
    deployment = Deployment(stack, template, parameters)
    before = dict(stack.resources)
    try:
        deployment.apply()
    except (ResourceFailure, ServiceError) as problem:
        if disable_rollback:
            stack.resources = deployment.resources
            stack.turn("UPDATE_FAILED", str(problem))
            return
        stack.turn("UPDATE_ROLLBACK_IN_PROGRESS", str(problem))
        stack.resources = before
        clean = deployment.roll_back()
        if not clean:
            stack.turn("UPDATE_ROLLBACK_FAILED", str(problem))
            return
        stack.turn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        stack.turn("UPDATE_ROLLBACK_COMPLETE")
        return
    deployment.finish()
    stack.updated = datetime.now(timezone.utc)
    stack.turn("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    deployment.clean_up()
    stack.turn("UPDATE_COMPLETE")


def delete(stack: Stack, retain: set[str]) -> None:
    """Deletes a stack, dependents first."""
    for output in stack.outputs.values():
        users = STORE.importers(output.export, stack.account, stack.region) if output.export else []
        users = [u for u in users if u != stack.name]
        if users:
            stack.turn(
                "DELETE_FAILED", f"Export {output.export} cannot be deleted as it is in use by {' and '.join(users)}"
            )
            return
    failed = delete_all(stack, retain)
    if failed:
        stack.turn("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return
    stack.deleted = datetime.now(timezone.utc)
    stack.turn("DELETE_COMPLETE")
