"""Checks the parameters of a call against the service's own API model.

Stricter than AWS in one respect: a member that the model does not know is refused, where several services ignore it. A
test wants to hear about the typing error.
"""

import functools
import json
from typing import Any

try:  # knows the Unicode classes that some models use; comes with cfn-lint
    import regex
except ImportError:
    import re as regex

from recovery_emulator.service_api.calls import OPAQUE, Call


def problems_of(call: Call) -> list[str]:
    """What is wrong with a call, one sentence each; empty when it fits the model."""
    if call.parse_error:
        return [f"the request cannot be parsed: {call.parse_error}"]
    if call.model is None or call.model.input_shape is None or (call.service, call.operation) in OPAQUE:
        return []
    found: list[str] = []
    _check(call.model.input_shape, call.params, "", found)
    return found


def unknown_members(call: Call, body: bytes) -> list[str]:
    """Members of a JSON body that the API model does not have."""
    if (call.service, call.operation) in OPAQUE or call.protocol not in ("json", "rest-json"):
        return []
    if call.model is None or call.model.input_shape is None or not body:
        return []
    shape = call.model.input_shape
    payload = shape.serialization.get("payload")
    if payload:
        shape = shape.members[payload]
        if shape.type_name != "structure":
            return []
    try:
        document = json.loads(body)
    except ValueError:
        return ["the body is not JSON"]
    found: list[str] = []
    _unknown(shape, document, "", found)
    return found


def _unknown(shape: Any, value: Any, path: str, found: list[str]) -> None:
    if shape.type_name == "structure" and isinstance(value, dict):
        by_name = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        if getattr(shape, "is_document_type", False):
            return
        for key, child in value.items():
            if key not in by_name:
                found.append(f"unknown parameter '{path}{key}'")
            elif child is not None:
                _unknown(by_name[key], child, f"{path}{key}.", found)
    elif shape.type_name == "list" and isinstance(value, list):
        for index, child in enumerate(value):
            _unknown(shape.member, child, f"{path}{index}.", found)
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, child in value.items():
            _unknown(shape.value, child, f"{path}{key}.", found)


def _check(shape: Any, value: Any, path: str, found: list[str]) -> None:
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure":
        _check_structure(shape, value, path, found)
    elif kind == "list":
        if not isinstance(value, list):
            found.append(f"'{path}' must be a list")
            return
        _check_range(len(value), shape, f"'{path}' has {len(value)} items", found)
        for index, child in enumerate(value):
            _check(shape.member, child, f"{path}.{index}", found)
    elif kind == "map":
        if not isinstance(value, dict):
            found.append(f"'{path}' must be a map")
            return
        _check_range(len(value), shape, f"'{path}' has {len(value)} entries", found)
        for key, child in value.items():
            _check(shape.key, key, f"{path} key", found)
            _check(shape.value, child, f"{path}.{key}", found)
    elif kind == "string":
        _check_string(shape, value, path, found)
    elif kind in ("integer", "long", "float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            found.append(f"'{path}' must be a number, got {value!r}")
        else:
            _check_range(value, shape, f"'{path}' is {value}", found)
    elif kind == "boolean" and not isinstance(value, bool):
        found.append(f"'{path}' must be true or false, got {value!r}")


def _check_structure(shape: Any, value: Any, path: str, found: list[str]) -> None:
    if not hasattr(value, "items"):
        found.append(f"'{path}' must be a structure")
        return
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            found.append(f"'{prefix}{name}' is required")
    for name, child in value.items():
        if name in shape.members:
            _check(shape.members[name], child, f"{prefix}{name}", found)


def _check_string(shape: Any, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, str):
        found.append(f"'{path}' must be a string, got {value!r}")
        return
    _check_range(len(value), shape, f"'{path}' has {len(value)} characters", found)
    if shape.enum and value not in shape.enum:
        found.append(f"'{path}' is '{value}', must be one of {', '.join(shape.enum)}")
    pattern = _pattern(shape.metadata.get("pattern"))
    if pattern is not None and not pattern.search(value):
        found.append(f"'{path}' is '{value}', must match {shape.metadata['pattern']}")


def _check_range(size: float, shape: Any, said: str, found: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        found.append(f"{said}, must be at least {low}")
    if high is not None and size > high:
        found.append(f"{said}, must be at most {high}")


@functools.cache
def _pattern(text: str | None) -> Any:
    if not text:
        return None
    try:  # the service matches the whole value
        return regex.compile(rf"\A(?:{text})\Z")
    except regex.error:  # a dialect that Python does not read: not checked
        return None
