"""What an update would do to each resource: nothing, a change in place, a replacement, a deletion."""

from typing import Any

from recovery_emulator.cloudformation import schemas
from recovery_emulator.cloudformation.errors import TemplateError
from recovery_emulator.cloudformation.handlers import HANDLERS
from recovery_emulator.cloudformation.template import Template

CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"


def handler_key(type_name: str) -> str:
    """The name under which the handler of a type is registered."""
    return CUSTOM_RESOURCE if type_name.startswith("Custom::") else type_name


def check_types(template: Template, region: str) -> None:
    """Refuses a template with a type that AWS does not know in this Region, or that the emulator cannot make."""
    types = {r["Type"] for r in template.resources.values()}
    unknown, not_emulated = [], []
    for name in sorted(types):
        if handler_key(name) in HANDLERS:
            if not name.startswith("Custom::") and schemas.is_known(name, region) is False:
                unknown.append(name)
        elif schemas.is_known(name, region):
            not_emulated.append(name)
        else:
            unknown.append(name)
    if unknown:
        raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    if not_emulated:
        raise TemplateError(
            f"Template format error: resource types that this emulator does not emulate: [{', '.join(not_emulated)}]"
        )


def validate(type_name: str, region: str, properties: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The properties in their right types, and what is wrong with them."""
    key = handler_key(type_name)
    if key == CUSTOM_RESOURCE:
        return properties, None if "ServiceToken" in properties else "[#: required key [ServiceToken] not found]"
    fitted = schemas.coerce(key, region, properties)
    problems = schemas.problems_of(key, region, fitted)
    if problems:
        return fitted, f"Properties validation failed for resource with message: {' '.join(problems[:5])}"
    return fitted, None


def needs_replacement(type_name: str, region: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a create-only property differs."""
    if handler_key(type_name) == CUSTOM_RESOURCE:
        return old.get("ServiceToken") != new.get("ServiceToken")
    return any(_values_at(old, path) != _values_at(new, path) for path in schemas.create_only(type_name, region))


def _values_at(value: Any, path: tuple[str, ...]) -> Any:
    if not path:
        return value
    if path[0] == "*" and isinstance(value, list):
        return [_values_at(item, path[1:]) for item in value]
    return _values_at(value.get(path[0]), path[1:]) if isinstance(value, dict) else None
