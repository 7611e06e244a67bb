"""Whether a role may do something, with all the policies that have a say: its own, and that of the bucket or the key."""

from typing import Any

from recovery_emulator.access import roles
from recovery_emulator.access.statements import Request, names_principal, speaks_of, statements_of
from recovery_emulator.kms_keys import aliases_of, is_aws_managed


def _context(principal: str, owner: str, more: dict[str, list[str]]) -> dict[str, list[str]]:
    return {
        "aws:principalarn": [principal],
        "aws:principalaccount": [principal.split(":")[4]],
        "aws:resourceaccount": [owner],
        "aws:securetransport": ["true"],
        "aws:principalisawsservice": ["false"],
        "aws:viaawsservice": ["false"],
        **more,
    }


def _resource_policy(document: Any, request: Request) -> tuple[set[str], bool]:
    """How a resource policy allows a request (naming the caller, its account, or anyone), and whether it denies it."""
    allowed, denied = set(), False
    for statement in statements_of(document or "{}"):
        named = names_principal(statement, request)
        if named is None or not speaks_of(statement, request):
            continue
        if statement["Effect"] == "Deny":
            denied = True
        else:
            allowed.add(named)
    return allowed, denied


def may_use_s3(principal: str, action: str, bucket: Any, key: str | None) -> bool:
    """Whether a role may do something with a bucket or an object."""
    return verdict_on_s3(principal, action, bucket, key) == "Allow"


def verdict_on_s3(principal: str, action: str, bucket: Any, key: str | None) -> str | None:
    """'Allow', 'Deny', or nothing where no policy says so: in another account both sides must allow it."""
    resource = f"arn:aws:s3:::{bucket.name}" + (f"/{key}" if key is not None else "")
    more = {"s3:resourceaccount": [bucket.account_id], "aws:requestedregion": [bucket.region_name]}
    request = Request(principal, action, resource, _context(principal, bucket.account_id, more))
    own = roles.judge(request)
    allowed, denied = _resource_policy(bucket.policy, request)
    if own == "Deny" or denied:
        return "Deny"
    if request.account == bucket.account_id:
        return "Allow" if own == "Allow" or allowed & {"itself", "anyone"} else None
    return "Allow" if own == "Allow" and allowed else None


def may_use_key(principal: str, action: str, key: Any, region: str, encryption_context: str) -> bool:
    """Whether a role may use a KMS key through S3. A key policy may decide alone, or leave it to the account's policies."""
    more = {
        "kms:viaservice": [f"s3.{region}.amazonaws.com"],
        "kms:calleraccount": [principal.split(":")[4]],
        "kms:encryptioncontext:aws:s3:arn": [encryption_context],
        "kms:encryptioncontextkeys": ["aws:s3:arn"],
        "kms:resourcealiases": aliases_of(key),
        "aws:requestedregion": [region],
    }
    request = Request(principal, action, key.arn, _context(principal, key.account_id, more))
    own = roles.judge(request)
    if any(is_aws_managed(alias) for alias in aliases_of(key)):
        # The managed key of a service serves everybody of its account through that service, and nobody else.
        return own != "Deny" and request.account == key.account_id
    allowed, denied = _resource_policy(key.policy, request)
    if own == "Deny" or denied:
        return False
    if request.account == key.account_id:
        return bool(allowed & {"itself", "anyone"}) or ("account" in allowed and own == "Allow")
    return own == "Allow" and bool(allowed)
