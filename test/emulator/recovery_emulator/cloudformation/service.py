"""The CloudFormation API."""

import importlib
import pkgutil
import re
from typing import Any

from botocore import xform_name

from recovery_emulator import registry
from recovery_emulator.cloudformation import describe, operations, plan, resources
from recovery_emulator.cloudformation.change_sets import ChangeSet, changes_of
from recovery_emulator.cloudformation.errors import TemplateError
from recovery_emulator.cloudformation.model import STORE, Stack
from recovery_emulator.cloudformation.preparation import prepare, read_template
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_BUSY = "_IN_PROGRESS"
_DEAD_ENDS = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"}


class CloudFormation:
    """Every operation is a method with the snake_case name of the API's."""

    def __init__(self) -> None:
        self.change_sets: list[ChangeSet] = []

    def handle(self, call: Call) -> dict[str, Any] | None:
        method = getattr(self, xform_name(call.operation), None) or getattr(describe, xform_name(call.operation), None)
        if method is None:
            raise ServiceError("NotImplemented", f"CloudFormation {call.operation} is not emulated", 501)
        with STORE.lock:
            result: dict[str, Any] | None = method(call, call.params)
        return result

    def reset(self) -> None:
        self.change_sets.clear()
        STORE.stacks.clear()

    def create_stack(self, call: Call, params: Params) -> Params:
        if STORE.find(call.account, call.region, params["StackName"]):
            raise ServiceError("AlreadyExistsException", f"Stack [{params['StackName']}] already exists")
        template = read_template(call, params)
        stack = _new_stack(call, params["StackName"])
        values = prepare(stack, template, params)
        _take_options(stack, params)
        STORE.stacks.append(stack)
        self._start_create(stack, template, values, params)
        return {"StackId": stack.id}

    def update_stack(self, call: Call, params: Params) -> Params:
        stack = describe.require(call, params["StackName"])
        _refuse_busy(stack, updating=True)
        template = read_template(call, params, stack)
        values = prepare(stack, template, params)
        changed_tags = "Tags" in params and {t["Key"]: t["Value"] for t in params["Tags"]} != stack.tags
        same_outputs = stack.template is not None and stack.template.outputs == template.outputs
        if not changes_of(stack, template, values) and same_outputs and not changed_tags:
            raise TemplateError("No updates are to be performed.")
        _take_options(stack, params)
        self._start_update(stack, template, values, bool(params.get("DisableRollback")))
        return {"StackId": stack.id}

    def delete_stack(self, call: Call, params: Params) -> None:
        stack = STORE.find(call.account, call.region, params["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            return
        if stack.termination_protection:
            raise TemplateError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if stack.status != "REVIEW_IN_PROGRESS":
            _refuse_busy(stack)
        retain = set(params.get("RetainResources") or [])
        if retain and stack.status != "DELETE_FAILED":
            raise TemplateError(
                "Invalid operation on stack. RetainResources can only be specified on a stack in the DELETE_FAILED state"
            )
        stack.turn("DELETE_IN_PROGRESS", "User Initiated")
        operations.in_background(stack, lambda: operations.delete(stack, retain))

    def create_change_set(self, call: Call, params: Params) -> Params:
        kind = params.get("ChangeSetType", "UPDATE")
        if kind == "IMPORT":
            raise ServiceError("NotImplemented", "resource import is not emulated", 501)
        stack = STORE.find(call.account, call.region, params["StackName"])
        if stack is None and kind == "CREATE":
            stack = _new_stack(call, params["StackName"])
        elif stack is None:
            raise TemplateError(f"Stack [{params['StackName']}] does not exist")
        elif kind == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
            raise TemplateError(
                f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{params['ChangeSetName']}]."
            )
        elif kind == "UPDATE":
            _refuse_busy(stack, updating=True)
        if self._find(stack, params["ChangeSetName"]):
            raise ServiceError("AlreadyExistsException", f"ChangeSet {params['ChangeSetName']} already exists")
        template = read_template(call, params, stack)
        values = prepare(stack, template, params)
        if stack not in STORE.stacks:
            stack.turn("REVIEW_IN_PROGRESS", "User Initiated")
            STORE.stacks.append(stack)
        change_set = ChangeSet(
            params["ChangeSetName"], stack, kind, template, values, dict(stack.given_parameters), params
        )
        self.change_sets.append(change_set)
        return {"Id": change_set.id, "StackId": stack.id}

    def describe_change_set(self, call: Call, params: Params) -> Params:
        change_set = self._require(call, params)
        stack = change_set.stack
        return {
            "ChangeSetName": change_set.name,
            "ChangeSetId": change_set.id,
            "StackId": stack.id,
            "StackName": stack.name,
            "CreationTime": change_set.created,
            "ExecutionStatus": change_set.execution,
            "Status": change_set.status,
            "StatusReason": change_set.reason,
            "Changes": change_set.changes,
            "Capabilities": change_set.request.get("Capabilities", []),
            "Parameters": describe.parameters(change_set.template, change_set.parameters),
            "Tags": change_set.request.get("Tags", []),
            "IncludeNestedStacks": False,
        }

    def list_change_sets(self, call: Call, params: Params) -> Params:
        stack = describe.require(call, params["StackName"])
        keys = {
            "ChangeSetName": "name",
            "ChangeSetId": "id",
            "CreationTime": "created",
            "ExecutionStatus": "execution",
            "Status": "status",
            "StatusReason": "reason",
        }
        mine = [c for c in self.change_sets if c.stack is stack]
        return {
            "Summaries": [
                {**{k: getattr(c, a) for k, a in keys.items()}, "StackId": stack.id, "StackName": stack.name}
                for c in mine
            ]
        }

    def delete_change_set(self, call: Call, params: Params) -> None:
        change_set = self._lookup(call, params)
        if change_set is not None:
            self.change_sets.remove(change_set)

    def execute_change_set(self, call: Call, params: Params) -> None:
        change_set = self._require(call, params)
        if change_set.execution != "AVAILABLE":
            raise ServiceError(
                "InvalidChangeSetStatus",
                f"ChangeSet [{change_set.id}] cannot be executed in its current status of [{change_set.status}]",
            )
        change_set.execution = "EXECUTE_COMPLETE"
        stack = change_set.stack
        self.change_sets = [c for c in self.change_sets if c.stack is not stack]
        stack.change_set_id = change_set.id
        _take_options(stack, change_set.request)
        disable = bool(params.get("DisableRollback"))
        if change_set.kind == "CREATE":
            on_failure = {
                "DisableRollback": disable,
                "OnFailure": {"DELETE": "DELETE", "DO_NOTHING": "DO_NOTHING"}.get(
                    change_set.request.get("OnStackFailure", "")
                ),
            }
            self._start_create(stack, change_set.template, change_set.parameters, on_failure)
        else:
            self._start_update(stack, change_set.template, change_set.parameters, disable)

    def validate_template(self, call: Call, params: Params) -> Params:
        template = read_template(call, params)
        plan.check_types(template, call.region)
        return {
            "Parameters": [
                {"ParameterKey": n, "DefaultValue": d.get("Default"), "NoEcho": False}
                for n, d in template.parameters.items()
            ]
        }

    def get_template_summary(self, call: Call, params: Params) -> Params:
        stack = describe.require(call, params["StackName"]) if "StackName" in params else None
        template = stack.template if stack else read_template(call, params)
        assert template is not None
        declared = [
            {"ParameterKey": n, "DefaultValue": d.get("Default"), "ParameterType": d.get("Type", "String")}
            for n, d in template.parameters.items()
        ]
        return {
            "Parameters": declared,
            "ResourceTypes": sorted({r["Type"] for r in template.resources.values()}),
            "ResourceIdentifierSummaries": [],
        }

    def rollback_stack(self, call: Call, params: Params) -> Params:
        raise ServiceError(
            "NotImplemented", "RollbackStack is not emulated: deploy the earlier template or delete the stack", 501
        )

    def _start_create(self, stack: Stack, template: Template, values: Params, params: Params) -> None:
        on_failure = params.get("OnFailure") or ("DO_NOTHING" if params.get("DisableRollback") else "ROLLBACK")
        stack.turn("CREATE_IN_PROGRESS", "User Initiated")
        operations.in_background(stack, lambda: operations.create(stack, template, values, on_failure))

    @staticmethod
    def _start_update(stack: Stack, template: Template, values: Params, disable_rollback: bool) -> None:
        stack.turn("UPDATE_IN_PROGRESS", "User Initiated")
        operations.in_background(stack, lambda: operations.update(stack, template, values, disable_rollback))

    def _find(self, stack: Stack | None, name: str) -> ChangeSet | None:
        return next(
            (c for c in self.change_sets if name in (c.name, c.id) and (stack is None or c.stack is stack)), None
        )

    def _lookup(self, call: Call, params: Params) -> ChangeSet | None:
        name = params["ChangeSetName"]
        if "StackName" not in params:
            return self._find(None, name) if name.startswith("arn:") else None
        stack = STORE.find(call.account, call.region, params["StackName"])
        return self._find(stack, name) if stack else None

    def _require(self, call: Call, params: Params) -> ChangeSet:
        found = self._lookup(call, params)
        if found is None:
            raise ServiceError("ChangeSetNotFound", f"ChangeSet [{params['ChangeSetName']}] does not exist", 404)
        return found


def _new_stack(call: Call, name: str) -> Stack:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", name):
        raise TemplateError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: [A-Za-z][A-Za-z0-9-]*"
        )
    return Stack(call.account, call.region, name)


def _refuse_busy(stack: Stack, updating: bool = False) -> None:
    if stack.status.endswith(_BUSY) or (updating and stack.status in _DEAD_ENDS):
        raise TemplateError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def _take_options(stack: Stack, params: Params) -> None:
    if "Tags" in params:
        stack.tags = {t["Key"]: t["Value"] for t in params["Tags"]}
    stack.capabilities = params.get("Capabilities") or stack.capabilities
    stack.role_arn = params.get("RoleARN") or stack.role_arn
    stack.notification_arns = params.get("NotificationARNs") or stack.notification_arns
    stack.disable_rollback = bool(params.get("DisableRollback"))
    if "EnableTerminationProtection" in params:
        stack.termination_protection = params["EnableTerminationProtection"]


for module in pkgutil.iter_modules(resources.__path__):
    importlib.import_module(f"{resources.__name__}.{module.name}")
SERVICE = CloudFormation()
registry.SERVICES["cloudformation"] = SERVICE
registry.ON_RESET.append(SERVICE.reset)
