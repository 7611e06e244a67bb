"""Whether a statement of a policy document speaks of a request.

Known are actions and resources with wildcards, NotAction, NotResource, principals, policy variables, and the condition
operators below. An operator that is not known is an error: to guess would be to allow, or to forbid, in silence.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Statement = dict[str, Any]


class NotEvaluated(Exception):
    """The policy says something that this evaluator does not understand."""


@dataclass(frozen=True)
class Request:
    """Who wants to do what with which resource, and what is known besides. Context keys are in lower case."""

    principal: str
    action: str
    resource: str
    context: dict[str, list[str]] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return self.principal.split(":")[4]


def as_list(value: Any) -> list[Any]:
    """Policies write one thing with or without a list around it."""
    return value if isinstance(value, list) else [value]


def statements_of(document: Any) -> list[Statement]:
    """The statements of a document, as text or parsed."""
    if isinstance(document, (str, bytes)):
        document = json.loads(document)
    return list(as_list(document.get("Statement", [])))


def like(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """Whether a text fits a pattern with * and ?."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _with_variables(pattern: str, request: Request) -> str:
    def value(match: re.Match[str]) -> str:
        found = request.context.get(match.group(1).lower())
        if match.group(1) in ("*", "?", "$"):
            raise NotEvaluated(f"the escaped wildcard {match.group(0)}")
        return found[0] if found else "\0"  # a variable without a value fits nothing

    return re.sub(r"\$\{([^}]+)\}", value, pattern)


def fitting_actions(statement: Statement, request: Request) -> list[str]:
    """The action patterns of a statement that fit."""
    if "NotAction" in statement:
        excluded = any(like(p, request.action, ignore_case=True) for p in as_list(statement["NotAction"]))
        return [] if excluded else ["NotAction"]
    return [p for p in as_list(statement.get("Action", [])) if like(p, request.action, ignore_case=True)]


def fitting_resources(statement: Statement, request: Request) -> list[str]:
    """The resource patterns of a statement that fit."""
    if "NotResource" in statement:
        excluded = any(like(_with_variables(p, request), request.resource) for p in as_list(statement["NotResource"]))
        return [] if excluded else ["NotResource"]
    return [p for p in as_list(statement.get("Resource", [])) if like(_with_variables(p, request), request.resource)]


def speaks_of(statement: Statement, request: Request) -> bool:
    """Whether a statement, apart from its principal, applies to a request."""
    return bool(
        fitting_actions(statement, request)
        and fitting_resources(statement, request)
        and conditions_hold(statement.get("Condition") or {}, request)
    )


def names_principal(statement: Statement, request: Request) -> str | None:
    """How a statement of a resource policy names the caller: itself, its account, or anyone; None where it does not."""
    if "NotPrincipal" in statement:
        raise NotEvaluated("NotPrincipal")
    principal = statement.get("Principal")
    if principal == "*":
        return "anyone"
    names = as_list((principal or {}).get("AWS", [])) if isinstance(principal, dict) else []
    if "*" in names:
        return "anyone"
    if request.principal in names:
        return "itself"
    account = request.account
    return "account" if any(n in (account, f"arn:aws:iam::{account}:root") for n in names) else None


_Test = Callable[[str, str], bool]
_STRING: dict[str, _Test] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": like,
    "ArnEquals": like,
    "ArnLike": like,
    "Bool": lambda wanted, given: str(wanted).lower() == given.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def conditions_hold(conditions: dict[str, Any], request: Request) -> bool:
    """Whether all conditions of a statement are met."""
    return all(
        _holds(operator, key, [str(w) for w in as_list(wanted)], request)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, key: str, wanted: list[str], request: Request) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    given = request.context.get(key.lower(), [])
    if name == "Null":
        return (not given) == (wanted[0].lower() == "true")
    test = _STRING.get(_NEGATED.get(name, name))
    if test is None:
        raise NotEvaluated(f"the condition operator {operator}")
    if not given:
        return if_exists or quantifier == "ForAllValues" or (not quantifier and name in _NEGATED)
    wanted = [_with_variables(w, request) for w in wanted]
    fits = [any(test(w, value) for w in wanted) != (name in _NEGATED) for value in given]
    return all(fits) if quantifier == "ForAllValues" else any(fits)
