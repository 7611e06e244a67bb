"""Turns CloudFormation properties into the parameters of an API operation.

Most properties bear the name of the API parameter they become. What does not fit the operation's model is an error, so no
property is dropped in silence.
"""

import json
from typing import Any

from recovery_emulator.cloudformation.errors import NotEmulated


def call(client: Any, operation: str, properties: dict[str, Any], ignore: set[str] | None = None) -> dict[str, Any]:
    """Calls an operation with properties as parameters; `ignore` names what the handler applies otherwise."""
    method = client.meta.method_to_api_mapping[operation]
    shape = client.meta.service_model.operation_model(method).input_shape
    given = {k: v for k, v in properties.items() if k not in (ignore or set())}
    return dict(getattr(client, operation)(**fit(shape, given, method)))


def accepts(client: Any, operation: str) -> set[str]:
    """The parameter names of an operation, in lower case."""
    method = client.meta.method_to_api_mapping[operation]
    return {name.lower() for name in client.meta.service_model.operation_model(method).input_shape.members}


def fit(shape: Any, value: Any, path: str) -> Any:
    """A value in the spelling and type that the API wants."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        by_name = {name.lower(): name for name in shape.members}
        fitted = {}
        for key, child in value.items():
            name = by_name.get(key.lower())
            if name is None:
                raise NotEmulated(f"property {key} ({path}) is not emulated")
            fitted[name] = fit(shape.members[name], child, f"{path}.{key}")
        return fitted
    if kind == "list" and isinstance(value, list):
        return [fit(shape.member, child, path) for child in value]
    if kind == "list" and isinstance(value, str):
        return [value]
    if kind == "map" and isinstance(value, dict):
        return {str(k): fit(shape.value, child, f"{path}.{k}") for k, child in value.items()}
    if kind in ("integer", "long") and isinstance(value, (str, float)):
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        return float(value)
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind == "string":
        if isinstance(value, (dict, list)):
            return json.dumps(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (int, float)):
            return str(value)
    return value


def tag_list(properties: dict[str, Any], stack_tags: dict[str, str], name: str = "Tags") -> list[dict[str, str]]:
    """Tags of a resource and of its stack as a list of Key and Value."""
    own = properties.get(name) or []
    own = {t["Key"]: t["Value"] for t in own} if isinstance(own, list) else own
    return [{"Key": k, "Value": str(v)} for k, v in {**stack_tags, **own}.items()]


def tag_map(properties: dict[str, Any], stack_tags: dict[str, str], name: str = "Tags") -> dict[str, str]:
    """The same as a map."""
    return {t["Key"]: t["Value"] for t in tag_list(properties, stack_tags, name)}
