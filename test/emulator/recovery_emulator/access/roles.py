"""What a role may do by its own policies, and which of its permissions were ever used."""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from recovery_emulator import registry
from recovery_emulator.access.statements import (
    Request,
    Statement,
    as_list,
    fitting_actions,
    fitting_resources,
    speaks_of,
    statements_of,
)

# (policy, action pattern, resource pattern) of a role, as the policy writes them.
Permission = tuple[str, str, str]
_USED: dict[str, dict[Permission, set[str]]] = {}
_REFUSED: dict[str, set[str]] = {}


def _forget() -> None:
    _USED.clear()
    _REFUSED.clear()


registry.ON_RESET.append(_forget)


def find_role(arn: str) -> Any | None:
    """moto's role by its ARN."""
    return next((r for r in iam_backends[arn.split(":")[4]]["aws"].roles.values() if r.arn == arn), None)


def can_be_assumed_by(role: Any, service: str) -> bool:
    """Whether the trust policy of a role names a service."""
    for statement in statements_of(role.assume_role_policy_document or "{}"):
        services = (statement.get("Principal") or {}).get("Service", [])
        if statement["Effect"] == "Allow" and service in as_list(services):
            return True
    return False


def _documents(role: Any) -> Iterator[tuple[str, Any]]:
    yield from role.policies.items()
    for policy in role.managed_policies.values():
        yield policy.arn, _default_version(policy)


def _default_version(policy: Any) -> Any:
    return next(v.document for v in policy.versions if v.version_id == policy.default_version_id)


def _statements(role: Any) -> Iterator[tuple[str, Statement]]:
    for name, document in _documents(role):
        for statement in statements_of(document):
            yield name, statement


def judge(request: Request) -> str | None:
    """What the policies of the calling role say: 'Allow', 'Deny', or nothing. Notes which permission was used."""
    role = find_role(request.principal)
    if role is None:
        return None
    verdict = None
    for name, statement in _statements(role):
        if not speaks_of(statement, request):
            continue
        if statement["Effect"] == "Deny":
            verdict = "Deny"
            break
        verdict = "Allow"
        _note(request, name, statement)
    if verdict == "Allow" and role.permissions_boundary_arn and not _within_boundary(role, request):
        verdict = None
    if verdict != "Allow":
        _REFUSED.setdefault(request.principal, set()).add(f"{request.action} {request.resource}")
    return verdict


def _within_boundary(role: Any, request: Request) -> bool:
    policy = iam_backends[request.account]["aws"].managed_policies.get(role.permissions_boundary_arn)
    found = [s for s in statements_of(_default_version(policy) if policy else "{}") if speaks_of(s, request)]
    return any(s["Effect"] == "Allow" for s in found) and not any(s["Effect"] == "Deny" for s in found)


def _note(request: Request, policy: str, statement: Statement) -> None:
    used = _USED.setdefault(request.principal, {})
    for action in fitting_actions(statement, request):
        for resource in fitting_resources(statement, request):
            used.setdefault((policy, action, resource), set()).add(f"{request.action} {request.resource}")


def report(role_arn: str) -> dict[str, Any]:
    """Which permissions of a role were used, with the calls that used them, and which never were."""
    role = find_role(role_arn)
    if role is None:
        raise ValueError(f"there is no role {role_arn}")
    used, granted = _USED.get(role_arn, {}), set()
    for name, statement in _statements(role):
        if statement["Effect"] == "Allow":
            actions = as_list(statement["Action"]) if "Action" in statement else ["NotAction"]
            resources = as_list(statement["Resource"]) if "Resource" in statement else ["NotResource"]
            granted |= {(name, action, resource) for action in actions for resource in resources}
    return {
        "role": role_arn,
        "used": [{**_shown(p), "calls": sorted(used[p])} for p in sorted(granted & set(used))],
        "unused": [_shown(p) for p in sorted(granted - set(used))],
        "refused": sorted(_REFUSED.get(role_arn, ())),
    }


def _shown(permission: Permission) -> dict[str, str]:
    policy, action, resource = permission
    return {"policy": policy, "action": action, "resource": resource}
