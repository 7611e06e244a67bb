"""Types that stand for nothing in a service: CDK metadata, wait handles, nested stacks."""

from typing import Any

from recovery_emulator.cloudformation import operations
from recovery_emulator.cloudformation.errors import ResourceFailure
from recovery_emulator.cloudformation.handlers import Context, Handler, Made, Properties, handles
from recovery_emulator.cloudformation.model import STORE, Stack
from recovery_emulator.cloudformation.plan import check_types
from recovery_emulator.cloudformation.preparation import read_url
from recovery_emulator.cloudformation.scope import StackScope, check_rules, resolve_parameters
from recovery_emulator.cloudformation.template import Template
from recovery_emulator.service_api.calls import Call


@handles("AWS::CDK::Metadata", "AWS::CloudFormation::WaitConditionHandle")
class Nothing(Handler):
    """Has an id and no effect."""

    def create(self, context: Context, properties: Properties) -> Made:
        return Made(context.generated_name(128))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        return made


@handles("AWS::CloudFormation::Stack")
class NestedStack(Handler):
    """A stack inside a stack: deployed by the same code, in the parent's thread."""

    def create(self, context: Context, properties: Properties) -> Made:
        parent = _parent(context)
        child = Stack(context.account, context.region, context.generated_name(128), parent)
        child.tags, child.capabilities = dict(context.tags), parent.capabilities
        template, values = _read(context, child, properties)
        STORE.stacks.append(child)
        child.turn("CREATE_IN_PROGRESS")
        operations.create(child, template, values, "ROLLBACK")
        if child.status != "CREATE_COMPLETE":
            raise ResourceFailure(f"Embedded stack {child.id} was not successfully created: {_why(child)}")
        return _made(child)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        child = STORE.find(context.account, context.region, made.physical_id)
        if child is None:
            raise ResourceFailure(f"Embedded stack {made.physical_id} does not exist")
        template, values = _read(context, child, new)
        child.turn("UPDATE_IN_PROGRESS")
        operations.update(child, template, values, False)
        if child.status != "UPDATE_COMPLETE":
            raise ResourceFailure(f"Embedded stack {child.id} was not successfully updated: {_why(child)}")
        return _made(child)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        child = STORE.find(context.account, context.region, made.physical_id)
        if child is None or child.status == "DELETE_COMPLETE":
            return
        child.turn("DELETE_IN_PROGRESS")
        operations.delete(child, set())
        if child.status != "DELETE_COMPLETE":
            raise ResourceFailure(f"Embedded stack {child.id} was not successfully deleted: {child.reason}")


def _parent(context: Context) -> Stack:
    parent = STORE.find(context.account, context.region, context.stack_id)
    if parent is None:
        raise ResourceFailure("the parent stack is gone")
    return parent


def _read(context: Context, child: Stack, properties: Properties) -> tuple[Template, dict[str, Any]]:
    call = Call("cloudformation", "CreateStack", context.account, context.region, "query")
    template = Template(read_url(call, properties["TemplateURL"]))
    check_types(template, context.region)
    given = {k: ",".join(v) if isinstance(v, list) else str(v) for k, v in (properties.get("Parameters") or {}).items()}
    values = resolve_parameters(child, template, given)
    check_rules(StackScope(child, template, values, {}), template)
    child.given_parameters = given
    return template, values


def _made(child: Stack) -> Made:
    return Made(child.id, {f"Outputs.{o.key}": o.value for o in child.outputs.values()})


def _why(child: Stack) -> str:
    failed = [
        e for e in child.events if e["ResourceStatus"].endswith("_FAILED") and e["LogicalResourceId"] != child.name
    ]
    return (
        f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason')}" if failed else str(child.reason)
    )
