"""A parsed template: its sections, parameters, dependency order."""

import json
import re
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml
from moto.cloudformation.utils import yaml_tag_constructor

from recovery_emulator.cloudformation.errors import TemplateError
from recovery_emulator.cloudformation.intrinsics import references_in

_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Hooks",
    "Resources",
    "Outputs",
}
_RESOURCE_KEYS = {
    "Type",
    "Properties",
    "DependsOn",
    "Condition",
    "Metadata",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "UpdatePolicy",
    "CreationPolicy",
}
_POLICIES = {"Delete", "Retain", "Snapshot", "RetainExceptOnCreate"}
_MAX_RESOURCES = 500


class _Loader(yaml.SafeLoader):
    """Reads YAML with CloudFormation's tags, and keeps dates as text."""


_Loader.add_multi_constructor("", yaml_tag_constructor)
_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Template:
    """One template, checked for shape when it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.document = _load(text)
        unknown = set(self.document) - _SECTIONS
        if unknown:
            raise TemplateError(f"Invalid template property or properties [{', '.join(sorted(unknown))}]")
        for section in ("Transform", "Hooks"):
            if section in self.document:
                raise TemplateError(f"Template error: section {section} is not emulated")
        self.parameters: dict[str, Any] = self.document.get("Parameters") or {}
        self.mappings: dict[str, Any] = self.document.get("Mappings") or {}
        self.conditions: dict[str, Any] = self.document.get("Conditions") or {}
        self.rules: dict[str, Any] = self.document.get("Rules") or {}
        self.resources: dict[str, Any] = self.document.get("Resources") or {}
        self.outputs: dict[str, Any] = self.document.get("Outputs") or {}
        self._check_resources()

    def _check_resources(self) -> None:
        if not self.resources:
            raise TemplateError("Template format error: At least one Resources member must be defined.")
        if len(self.resources) > _MAX_RESOURCES:
            raise TemplateError(
                f"Template format error: Number of resources, {len(self.resources)}, is greater than maximum allowed, {_MAX_RESOURCES}"
            )
        for name, resource in self.resources.items():
            if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
                raise TemplateError(f"Template format error: Resource name {name} is non alphanumeric.")
            if "Type" not in resource:
                raise TemplateError(
                    f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
                )
            unknown = set(resource) - _RESOURCE_KEYS
            if unknown:
                raise TemplateError(f"Invalid template resource property '{sorted(unknown)[0]}' of {name}")
            for key in ("DeletionPolicy", "UpdateReplacePolicy"):
                if resource.get(key, "Delete") not in _POLICIES:
                    raise TemplateError(
                        f"Template error: {key} of {name} must be one of {', '.join(sorted(_POLICIES))}"
                    )
            if "Condition" in resource and resource["Condition"] not in self.conditions:
                raise TemplateError(
                    f"Template format error: Unresolved condition dependency {resource['Condition']} of {name}"
                )
        self._check_references()
        self.order()

    def _check_references(self) -> None:
        known = set(self.resources) | set(self.parameters)
        for name, resource in self.resources.items():
            for wanted in self.dependencies(name, only_resources=False):
                if wanted not in known and not wanted.startswith("AWS::"):
                    raise TemplateError(
                        f"Template format error: Unresolved resource dependencies [{wanted}] in the Resources block of the template ({name})"
                    )
            assert resource

    def dependencies(self, name: str, only_resources: bool = True) -> set[str]:
        """The resources that must exist before this one."""
        resource = self.resources[name]
        depends_on = resource.get("DependsOn") or []
        wanted = {depends_on} if isinstance(depends_on, str) else set(depends_on)
        wanted |= references_in(resource.get("Properties") or {})
        if only_resources:
            return {w for w in wanted if w in self.resources}
        local = _sub_variables(resource.get("Properties") or {})
        return wanted - local

    def order(self) -> list[str]:
        """The resources, each after what it depends on."""
        try:
            return list(TopologicalSorter({n: self.dependencies(n) for n in self.resources}).static_order())
        except CycleError as cycle:
            raise TemplateError(f"Circular dependency between resources: [{', '.join(cycle.args[1])}]") from cycle


def _sub_variables(value: Any) -> set[str]:
    """The names that the two-argument form of Fn::Sub defines for itself."""
    if isinstance(value, dict):
        own = set(value["Fn::Sub"][1]) if isinstance(value.get("Fn::Sub"), list) else set()
        return own.union(*(_sub_variables(child) for child in value.values())) if value else own
    if isinstance(value, list):
        return set().union(*(_sub_variables(child) for child in value)) if value else set()
    return set()


def _load(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except (ValueError, yaml.YAMLError) as problem:
        raise TemplateError(f"Template format error: {problem}") from problem
    if not isinstance(document, dict):
        raise TemplateError("Template format error: unsupported structure.")
    return document
