"""What CloudFormation itself knows of a resource type: the schemas that cfn-lint carries.

Without cfn-lint the emulator still refuses properties that its handlers do not name, but checks no values.
"""

import functools
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

try:
    from jsonschema import Draft7Validator
except ImportError:  # comes with moto[server]
    Draft7Validator = None  # type: ignore[assignment,misc]


@functools.cache
def _folder() -> Path | None:
    """Where the schemas are. cfn-lint itself is not imported: that takes two seconds of processor time."""
    spec = importlib.util.find_spec("cfnlint")
    return Path(spec.submodule_search_locations[0], "data", "schemas") if spec and spec.submodule_search_locations else None


@functools.cache
def _types_of(region: str) -> dict[str, str] | None:
    folder, name = _folder(), region.replace("-", "_")
    if folder is None or not (file := folder / "providers" / f"{name}.py").exists():
        return None
    spec = importlib.util.spec_from_file_location(f"cfnlint_types_{name}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.types)


@functools.cache
def schema_of(type_name: str, region: str) -> dict[str, Any] | None:
    """The schema of a type as a Region has it, or None when it (or cfn-lint) is not there."""
    digest = (_types_of(region) or {}).get(type_name)
    folder = _folder()
    if digest is None or folder is None:
        return None
    return dict(json.loads((folder / "resources" / f"{digest}.json").read_text()))


def is_known(type_name: str, region: str) -> bool | None:
    """Whether CloudFormation offers the type in the Region; None when no schemas are installed."""
    types = _types_of(region)
    return None if types is None else type_name in types


def deletes_first(type_name: str, region: str) -> bool:
    """Whether a replacement deletes the old resource before it creates the new one."""
    return (schema_of(type_name, region) or {}).get("replacementStrategy") == "delete_then_create"


def create_only(type_name: str, region: str) -> list[tuple[str, ...]]:
    """The property paths that cannot change without a replacement."""
    schema = schema_of(type_name, region) or {}
    paths = [*schema.get("createOnlyProperties", []), *schema.get("replaceOnlyProperties", [])]
    return [tuple(p.removeprefix("/properties/").split("/")) for p in paths]


def read_only(type_name: str, region: str) -> set[str]:
    """The attributes that only the service sets."""
    schema = schema_of(type_name, region) or {}
    return {p.removeprefix("/properties/").replace("/", ".") for p in schema.get("readOnlyProperties", [])}


def coerce(type_name: str, region: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Properties with text turned into the numbers and booleans that the schema wants, as CloudFormation does."""
    schema = schema_of(type_name, region)
    return properties if schema is None else _coerce(schema, schema, properties)


def _coerce(root: dict[str, Any], schema: dict[str, Any], value: Any) -> Any:
    while "$ref" in schema:
        schema = _pointer(root, schema["$ref"])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, str) and kinds and "string" not in kinds:
        if "boolean" in kinds and value.lower() in ("true", "false"):
            return value.lower() == "true"
        for wanted, convert in (("integer", int), ("number", float)):
            if wanted in kinds:
                try:
                    return convert(value)
                except ValueError:
                    continue
    if kinds == ["string"] and isinstance(value, (int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, dict):
        members = schema.get("properties", {})
        return {k: _coerce(root, members.get(k, {}), v) for k, v in value.items()}
    if isinstance(value, list):
        return [_coerce(root, schema.get("items", {}), v) for v in value]
    return value


def _pointer(root: dict[str, Any], reference: str) -> dict[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def problems_of(type_name: str, region: str, properties: dict[str, Any]) -> list[str]:
    """What the schema has against these properties, one sentence each."""
    validator = _validator(type_name, region)
    if validator is None:
        return []
    found = []
    for error in sorted(validator.iter_errors(properties), key=lambda e: list(map(str, e.path))):
        where = "#/" + "/".join(map(str, error.path)) if error.path else "#"
        if error.validator == "additionalProperties":
            extra = sorted(set(error.instance) - set(error.schema.get("properties", {})))
            found.append(f"[{where}: extraneous key [{', '.join(extra)}] is not permitted]")
        else:
            found.append(f"[{where}: {error.message[:300]}]")
    extra = set(properties) & {p for p in read_only(type_name, region) if "." not in p}
    found += [f"[#: '{name}' is read-only]" for name in sorted(extra)]
    return found


@functools.cache
def _validator(type_name: str, region: str) -> Any:
    schema = schema_of(type_name, region)
    if schema is None or Draft7Validator is None:
        return None
    return Draft7Validator(_without_lint(schema))


def _without_lint(value: Any) -> Any:
    """Drops what only cfn-lint understands, and patterns in a dialect that Python does not read."""
    if isinstance(value, list):
        return [_without_lint(v) for v in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _without_lint(v) for k, v in value.items() if k not in ("format", "cfnLint")}
    if isinstance(kept.get("pattern"), str) and not _is_readable(kept["pattern"]):
        kept.pop("pattern")
    if not all(map(_is_readable, kept.get("patternProperties", {}))):
        kept.pop("patternProperties")
        kept.pop("additionalProperties", None)
    return kept


def _is_readable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
