"""The read-only half of the CloudFormation API."""

from typing import Any

from recovery_emulator.cloudformation.errors import TemplateError
from recovery_emulator.cloudformation.model import STORE, Resource, Stack
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.control import endpoint
from recovery_emulator.service_api.calls import Call

Params = dict[str, Any]


def require(call: Call, name: str) -> Stack:
    """The stack of that name or id."""
    stack = STORE.find(call.account, call.region, name)
    if stack is None:
        raise TemplateError(f"Stack with id {name} does not exist")
    return stack


def parameters(template: Template, values: Params) -> list[Params]:
    """Parameter values as the API lists them."""
    shown = []
    for name, value in values.items():
        text = ",".join(value) if isinstance(value, list) else str(value)
        secret = str(template.parameters.get(name, {}).get("NoEcho", "")).lower() == "true"
        shown.append({"ParameterKey": name, "ParameterValue": "****" if secret else text})
    return shown


def _stack(stack: Stack) -> Params:
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set_id,
        "Description": stack.description,
        "Parameters": parameters(
            stack.template, {k: stack.given_parameters.get(k, v) for k, v in stack.parameters.items()}
        )
        if stack.template
        else [],
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.updated,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": stack.disable_rollback,
        "NotificationARNs": stack.notification_arns,
        "Capabilities": stack.capabilities,
        "Outputs": [
            {"OutputKey": o.key, "OutputValue": o.value, "Description": o.description, "ExportName": o.export}
            for o in stack.outputs.values()
        ],
        "RoleARN": stack.role_arn,
        "Tags": [{"Key": k, "Value": v} for k, v in stack.tags.items()],
        "EnableTerminationProtection": stack.termination_protection,
        "ParentId": stack.parent.id if stack.parent else None,
        "RootId": _root(stack).id if stack.parent else None,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def _root(stack: Stack) -> Stack:
    return _root(stack.parent) if stack.parent else stack


def describe_stacks(call: Call, params: Params) -> Params:
    if "StackName" in params:
        return {"Stacks": [_stack(require(call, params["StackName"]))]}
    return {"Stacks": [_stack(s) for s in STORE.living(call.account, call.region)]}


def list_stacks(call: Call, params: Params) -> Params:
    wanted = set(params.get("StackStatusFilter") or [])
    mine = [s for s in STORE.stacks if (s.account, s.region) == (call.account, call.region)]
    keys = (
        "StackId",
        "StackName",
        "CreationTime",
        "DeletionTime",
        "LastUpdatedTime",
        "StackStatus",
        "StackStatusReason",
        "ParentId",
        "RootId",
        "DriftInformation",
    )
    return {"StackSummaries": [{k: _stack(s)[k] for k in keys} for s in mine if not wanted or s.status in wanted]}


def describe_stack_events(call: Call, params: Params) -> Params:
    return {"StackEvents": list(reversed(require(call, params["StackName"]).events))}


def describe_events(call: Call, params: Params) -> Params:
    """The newer form of the same; the CLI looks here for the findings of validations before a deployment: none."""
    return {"OperationEvents": []}


def _resource(stack: Stack, resource: Resource) -> Params:
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.made.physical_id,
        "ResourceType": resource.type_name,
        "Timestamp": resource.updated,
        "LastUpdatedTimestamp": resource.updated,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def describe_stack_resources(call: Call, params: Params) -> Params:
    if "StackName" not in params:
        for stack in STORE.living(call.account, call.region):
            if any(r.made.physical_id == params.get("PhysicalResourceId") for r in stack.resources.values()):
                break
        else:
            raise TemplateError(f"Stack for {params.get('PhysicalResourceId')} does not exist")
    else:
        stack = require(call, params["StackName"])
    wanted = params.get("LogicalResourceId")
    return {"StackResources": [_resource(stack, r) for r in stack.resources.values() if wanted in (None, r.logical_id)]}


def describe_stack_resource(call: Call, params: Params) -> Params:
    stack = require(call, params["StackName"])
    resource = stack.resources.get(params["LogicalResourceId"])
    if resource is None:
        raise TemplateError(f"Resource {params['LogicalResourceId']} does not exist for stack {stack.name}")
    return {"StackResourceDetail": _resource(stack, resource)}


def list_stack_resources(call: Call, params: Params) -> Params:
    stack = require(call, params["StackName"])
    return {"StackResourceSummaries": [_resource(stack, r) for r in stack.resources.values()]}


def get_template(call: Call, params: Params) -> Params:
    stack = require(call, params["StackName"])
    return {
        "TemplateBody": stack.template.text if stack.template else "{}",
        "StagesAvailable": ["Original", "Processed"],
    }


def list_exports(call: Call, params: Params) -> Params:
    exports = STORE.exports(call.account, call.region)
    return {"Exports": [{"ExportingStackId": s.id, "Name": name, "Value": o.value} for name, (s, o) in exports.items()]}


def list_imports(call: Call, params: Params) -> Params:
    users = STORE.importers(params["ExportName"], call.account, call.region)
    if not users:
        raise TemplateError(f"Export '{params['ExportName']}' is not imported by any stack.")
    return {"Imports": users}


def update_termination_protection(call: Call, params: Params) -> Params:
    stack = require(call, params["StackName"])
    stack.termination_protection = params["EnableTerminationProtection"]
    return {"StackId": stack.id}


@endpoint("GET", "deployed")
def _deployed(wanted: Params) -> Params:
    """Every resource of every living stack, filtered by its fields."""
    listed = [
        {
            "account": stack.account,
            "region": stack.region,
            "stack": stack.name,
            "logicalId": resource.logical_id,
            "type": resource.type_name,
            "physicalId": resource.made.physical_id,
            "properties": resource.properties,
        }
        for stack in STORE.stacks
        if stack.status != "DELETE_COMPLETE"
        for resource in stack.resources.values()
    ]
    return {"resources": [r for r in listed if all(r.get(k) == v for k, v in wanted.items())]}
