"""Intrinsic functions, pseudo parameters and dynamic references."""

import base64
import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from recovery_emulator.cloudformation.errors import TemplateError

NO_VALUE = object()
_DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):(.*?)\}\}")
_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


class Scope(Protocol):
    """What a template's values are resolved against."""

    def ref(self, name: str) -> Any: ...
    def attribute(self, name: str, attribute: str) -> Any: ...
    def condition(self, name: str) -> bool: ...
    def mapping(self, name: str) -> dict[str, Any]: ...
    def imported(self, name: str) -> Any: ...
    def stack_output(self, wanted: dict[str, Any]) -> Any: ...
    def dynamic(self, service: str, reference: str) -> str: ...


class Resolver:
    """Replaces every function in a value by its result."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def resolve(self, value: Any) -> Any:
        """The value without functions; members that are AWS::NoValue are left out."""
        if isinstance(value, dict):
            if len(value) == 1:
                (name, argument), *_ = value.items()
                if name == "Ref":
                    return NO_VALUE if argument == "AWS::NoValue" else self._scope.ref(argument)
                if name == "Condition" and isinstance(argument, str):
                    return self._scope.condition(argument)
                if name.startswith("Fn::"):
                    return self._function(name, argument)
            resolved = {k: self.resolve(v) for k, v in value.items()}
            return {k: v for k, v in resolved.items() if v is not NO_VALUE}
        if isinstance(value, list):
            return [v for v in map(self.resolve, value) if v is not NO_VALUE]
        if isinstance(value, str) and "{{resolve:" in value:
            return _DYNAMIC.sub(lambda m: self._scope.dynamic(m.group(1), m.group(2)), value)
        return value

    def _function(self, name: str, argument: Any) -> Any:
        function: Callable[[Any], Any] | None = getattr(self, "_fn_" + name[4:].lower(), None)
        if function is None:
            raise TemplateError(f"Template error: {name} is not emulated")
        try:
            result = function(argument)
        except (TypeError, KeyError, IndexError, ValueError) as problem:
            raise TemplateError(f"Template error: {name} cannot be resolved: {problem!r}") from problem
        if isinstance(result, str) and "{{resolve:" in result:
            return self.resolve(result)
        return result

    def _fn_getatt(self, argument: Any) -> Any:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._scope.attribute(name, self.resolve(attribute))

    def _fn_sub(self, argument: Any) -> str:
        text, given = (argument[0], self.resolve(argument[1])) if isinstance(argument, list) else (argument, {})

        def replace(match: re.Match[str]) -> str:
            name = match.group(1).strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return _text(given[name])
            if "." in name:
                return _text(self._scope.attribute(*name.split(".", 1)))
            return _text(self._scope.ref(name))

        return _PLACEHOLDER.sub(replace, text)

    def _fn_join(self, argument: Any) -> str:
        separator, items = argument
        return str(separator).join(_text(i) for i in self.resolve(items))

    def _fn_split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _fn_select(self, argument: Any) -> Any:
        index, items = self.resolve(argument[0]), self.resolve(argument[1])
        return items[int(index)]

    def _fn_if(self, argument: Any) -> Any:
        name, yes, no = argument
        return self.resolve(yes if self._scope.condition(name) else no)

    def _fn_equals(self, argument: Any) -> bool:
        left, right = (self.resolve(a) for a in argument)
        return _text(left) == _text(right)

    def _fn_and(self, argument: Any) -> bool:
        return all(self.resolve(a) for a in argument)

    def _fn_or(self, argument: Any) -> bool:
        return any(self.resolve(a) for a in argument)

    def _fn_not(self, argument: Any) -> bool:
        return not self.resolve(argument[0])

    def _fn_contains(self, argument: Any) -> bool:
        items, wanted = (self.resolve(a) for a in argument)
        return wanted in items

    def _fn_findinmap(self, argument: Any) -> Any:
        name, first, second = (self.resolve(a) for a in argument[:3])
        found = self._scope.mapping(name).get(first, {}).get(second, NO_VALUE)
        if found is NO_VALUE:
            if len(argument) > 3:
                return self.resolve(argument[3]["DefaultValue"])
            raise TemplateError(f"Template error: Unable to get mapping for {name}::{first}::{second}")
        return found

    def _fn_importvalue(self, argument: Any) -> Any:
        return self._scope.imported(self.resolve(argument))

    def _fn_getstackoutput(self, argument: Any) -> Any:
        return self._scope.stack_output(self.resolve(argument))

    def _fn_getazs(self, argument: Any) -> list[str]:
        region = self.resolve(argument) or self._scope.ref("AWS::Region")
        return [zone.name for zone in RegionsAndZonesBackend.zones[region]]

    def _fn_base64(self, argument: Any) -> str:
        return base64.b64encode(_text(self.resolve(argument)).encode()).decode()

    def _fn_cidr(self, argument: Any) -> list[str]:
        block, count, bits = (self.resolve(a) for a in argument)
        network = ipaddress.ip_network(block)
        parts = network.subnets(new_prefix=network.max_prefixlen - int(bits))
        return [str(next(parts)) for _ in range(int(count))]

    def _fn_tojsonstring(self, argument: Any) -> str:
        return json.dumps(self.resolve(argument), separators=(",", ":"))

    def _fn_length(self, argument: Any) -> int:
        return len(self.resolve(argument))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (dict, list)) or value is NO_VALUE:
        raise TemplateError(f"Template error: {value!r} is not a string")
    return str(value)


def references_in(value: Any) -> set[str]:
    """The logical names that a value mentions by Ref, Fn::GetAtt or Fn::Sub."""
    found: set[str] = set()
    if isinstance(value, dict):
        for key, child in value.items():
            if key == "Ref" and isinstance(child, str):
                found.add(child)
            elif key == "Fn::GetAtt":
                found.add(child.split(".")[0] if isinstance(child, str) else child[0])
            elif key == "Fn::Sub":
                text = child if isinstance(child, str) else child[0]
                found.update(n.strip().split(".")[0] for n in _PLACEHOLDER.findall(text) if not n.startswith("!"))
                if isinstance(child, list):
                    found |= references_in(child[1])
            else:
                found |= references_in(child)
    elif isinstance(value, list):
        for child in value:
            found |= references_in(child)
    return found
