"""Whether a KMS key can be used: found by id, ARN or alias, in any account and Region, and in a state that allows it."""

from datetime import timezone
from typing import Any

from moto.kms.models import kms_backends

from recovery_emulator.clock import CLOCK

# Keys of a service, made by AWS on first use: always there, never for another account.
_AWS_MANAGED = "alias/aws/"
# What moto calls the one of RDS, where nobody has asked for another.
_OF_RDS = "default_kms_key_id"


def is_aws_managed(reference: str) -> bool:
    """Whether a reference names the managed key of a service."""
    return _AWS_MANAGED in reference or reference == _OF_RDS


def find_key(reference: str, account: str, region: str) -> Any | None:
    """The key that a reference names; an ARN says itself in which account and Region."""
    key = _known(reference, account, region)
    return None if key is None or _is_deleted(key) else key


def _known(reference: str, account: str, region: str) -> Any | None:
    name = reference
    if reference.startswith("arn:"):
        _, _, _, region, account, name = reference.split(":", 5)
    backend = kms_backends[account][region]
    try:
        return backend.keys.get(backend.any_id_to_key_id(name.removeprefix("key/")))
    except (KeyError, AttributeError):  # an alias of nothing
        return None


def _is_deleted(key: Any) -> bool:
    return key.deletion_date is not None and CLOCK.now() >= key.deletion_date.replace(tzinfo=timezone.utc)


def aliases_of(key: Any) -> list[str]:
    """The alias names of a key, each with its `alias/`."""
    return list(key.aliases)


def problem_with_key(reference: str, account: str, region: str) -> str | None:
    """Why a key cannot be used, or None when it can."""
    if is_aws_managed(reference):
        return None
    key = find_key(reference, account, region)
    if key is None:
        return f"the KMS key {reference} does not exist"
    return problem_with_state(key)


def problem_with_state(key: Any) -> str | None:
    """Why the state of a key forbids its use, or None."""
    if key.key_state == "PendingDeletion":
        return f"the KMS key {key.arn} is pending deletion"
    return None if key.enabled else f"the KMS key {key.arn} is disabled"


def problem_if_known(reference: str, account: str, region: str) -> str | None:
    """The same, but a key that never was here is given the benefit of the doubt."""
    key = _known(reference, account, region)
    if key is None or is_aws_managed(reference):
        return None
    return f"the KMS key {key.arn} has been deleted" if _is_deleted(key) else problem_with_state(key)
