"""Writes items as DynamoDB exports them: one line of JSON or of Amazon Ion text for each."""

import json
import re
from typing import Any

_SYMBOL = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SETS = {"SS": "S", "NS": "N", "BS": "B"}


def json_line(item: dict[str, Any]) -> str:
    """An item in DynamoDB JSON."""
    return json.dumps({"Item": item}, separators=(",", ":"))


def ion_line(item: dict[str, Any]) -> str:
    """An item in Ion text."""
    return f"$ion_1_0 {{Item:{_struct(item)}}}"


def _struct(members: dict[str, Any]) -> str:
    names = ((k if _SYMBOL.fullmatch(k) else "'" + k.replace("'", r"\'") + "'") for k in members)
    return "{" + ",".join(f"{n}:{_value(v)}" for n, v in zip(names, members.values(), strict=True)) + "}"


def _value(typed: dict[str, Any]) -> str:
    ((kind, value),) = typed.items()
    if kind == "S":
        return json.dumps(value, ensure_ascii=False)
    if kind == "N":  # a decimal, also without a fraction
        return (
            value if re.search(r"[.dD]", value) else re.sub("[eE]", "d", value) if "e" in value.lower() else f"{value}."
        )
    if kind == "B":
        return "{{" + str(value) + "}}"
    if kind == "BOOL":
        return str(value).lower()
    if kind == "NULL":
        return "null"
    if kind == "L":
        return "[" + ",".join(map(_value, value)) + "]"
    if kind == "M":
        return _struct(value)
    return f"$dynamodb_{kind}::[" + ",".join(_value({_SETS[kind]: one}) for one in value) + "]"
