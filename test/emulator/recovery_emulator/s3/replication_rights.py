"""Whether S3 may replicate an object: the calls that it documents, checked against the policies in their order.

The answers are the failure reasons of the S3 User Guide ("Amazon S3 replication failure reasons"), or None. Which calls are
needed is from "Setting up permissions for live replication" and "Replicating encrypted objects". A permission for
ReplicateObject covers the tags; ReplicateTags only must not be denied.
"""

import logging
from typing import Any

from recovery_emulator.access import roles
from recovery_emulator.access.decisions import may_use_key, may_use_s3, verdict_on_s3
from recovery_emulator.access.statements import NotEvaluated
from recovery_emulator.kms_keys import find_key, problem_with_state
from recovery_emulator.s3.books import find_bucket, tags_of, uses_kms
from recovery_emulator.s3.replication_rules import Rule

_LOG = logging.getLogger("recovery_emulator")
_SERVICE = "s3.amazonaws.com"


def obstacle(source: Any, stored: Any, rule: Rule, role: str, is_marker: bool) -> str | None:
    """Why an object or a delete marker cannot be replicated by a rule."""
    try:
        return (
            _no_role(role)
            or _source_obstacle(source, stored, role, is_marker)
            or _destination_obstacle(source, stored, rule, role, is_marker)
        )
    except NotEvaluated as problem:
        _LOG.warning("replication of %s/%s: a policy has %s, which is not evaluated", source.name, stored.name, problem)
        return f"NotEvaluated: {problem}"


def _no_role(arn: str) -> str | None:
    role = roles.find_role(arn)
    return None if role is not None and roles.can_be_assumed_by(role, _SERVICE) else "AssumeRoleNotPermitted"


def _source_obstacle(source: Any, stored: Any, role: str, is_marker: bool) -> str | None:
    needed = [
        ("s3:GetReplicationConfiguration", None, "SrcGetObjectNotPermitted"),
        ("s3:ListBucket", None, "SrcGetObjectNotPermitted"),
    ]
    if not is_marker:
        needed += [
            ("s3:GetObjectVersionForReplication", stored.name, "SrcGetObjectNotPermitted"),
            ("s3:GetObjectVersionAcl", stored.name, "SrcGetAclNotPermitted"),
            ("s3:GetObjectVersionTagging", stored.name, "SrcGetTaggingNotPermitted"),
        ]
        if source.object_lock_enabled:
            needed += [
                ("s3:GetObjectRetention", stored.name, "SrcGetRetentionNotPermitted"),
                ("s3:GetObjectLegalHold", stored.name, "SrcGetLegalHoldNotPermitted"),
            ]
    refused = [reason for action, key, reason in needed if not may_use_s3(role, action, source, key)]
    if refused:
        return refused[0]
    if is_marker or not uses_kms(stored):
        return None
    key = find_key(stored.kms_key_id or "alias/aws/s3", source.account_id, source.region_name)
    if key is None or problem_with_state(key):
        return "SrcKmsKeyInvalidState"
    context = _encryption_context(source, stored.name, stored.bucket_key_enabled)
    return None if may_use_key(role, "kms:Decrypt", key, source.region_name, context) else "SrcGetObjectNotPermitted"


def _encryption_context(bucket: Any, key: str, bucket_key: Any) -> str:
    """With an S3 Bucket Key the context is that of the bucket, not of the object."""
    return f"arn:aws:s3:::{bucket.name}" + ("" if str(bucket_key).lower() == "true" else f"/{key}")


def _destination_obstacle(source: Any, stored: Any, rule: Rule, role: str, is_marker: bool) -> str | None:
    target = find_bucket(rule.destination)
    if target is None:
        return "DstBucketNotFound"
    if not target.is_versioned:
        return "DstBucketUnversioned"
    if rule.account and rule.account != target.account_id:
        return "DstPutObjectNotPermitted"
    if is_marker:
        return None if may_use_s3(role, "s3:ReplicateDelete", target, stored.name) else "DstDelObjNotPermitted"
    if source.object_lock_enabled and not target.object_lock_enabled:
        return "DstBucketObjectLockConfigMissing"
    if not may_use_s3(role, "s3:ReplicateObject", target, stored.name):
        return "DstPutObjectNotPermitted"
    if tags_of(source, stored) and verdict_on_s3(role, "s3:ReplicateTags", target, stored.name) == "Deny":
        return "DstPutTaggingNotPermitted"
    if rule.owner_override and not may_use_s3(role, "s3:ObjectOwnerOverrideToBucketOwner", target, stored.name):
        return "DstPutObjectNotPermitted"
    return _replica_key_obstacle(target, stored, rule, role) if uses_kms(stored) else None


def _replica_key_obstacle(target: Any, stored: Any, rule: Rule, role: str) -> str | None:
    """An alias without an ARN is one of the account that replicates, not of the destination."""
    key = find_key(rule.replica_key or "", role.split(":")[4], target.region_name)
    if key is None or key.region != target.region_name:
        return "DstKmsKeyNotFound"
    if problem_with_state(key):
        return "DstKmsKeyInvalidState"
    context = _encryption_context(target, stored.name, stored.bucket_key_enabled)
    needed = ["kms:Encrypt"]
    if str(stored.bucket_key_enabled).lower() == "true":
        needed.append("kms:Decrypt")  # verifies the bucket key before it is used
    refused = [a for a in needed if not may_use_key(role, a, key, target.region_name, context)]
    return "DstPutObjectNotPermitted" if refused else None
