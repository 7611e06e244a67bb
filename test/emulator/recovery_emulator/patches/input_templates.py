"""Strings that an input transformer puts into JSON are quoted there, as EventBridge does."""

import json
import re
from typing import Any

from jsonpath_ng.ext import parse

# a text with its escapes, or a placeholder outside of texts
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|<([^<>]+)>')


def with_quoted_strings(template: str, paths: dict[str, str], event: dict[str, Any]) -> str:
    """The template with the strings of an event where a value stands alone; what stands in a text is left to moto."""

    def placed(part: re.Match[str]) -> str:
        path = paths.get(part.group(1) or "")
        found = parse(path).find(event) if path else []
        value = found[0].value if found else None
        return json.dumps(value) if isinstance(value, str) else part.group(0)

    return _PARTS.sub(placed, template) if template.lstrip().startswith(("{", "[")) else template
