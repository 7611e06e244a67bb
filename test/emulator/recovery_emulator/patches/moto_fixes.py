"""Small corrections of moto."""

import json
from typing import Any

from moto.s3.models import FakeBucket

_get_permission = FakeBucket.get_permission


def _without_conditions(bucket: FakeBucket, action: str, resource: str) -> Any:
    """moto ignores the conditions of a bucket policy, so a "deny without TLS" would deny everything."""
    policy = bucket.policy
    if policy:
        document = json.loads(policy)
        document["Statement"] = [s for s in document["Statement"] if "Condition" not in s]
        bucket.policy = json.dumps(document).encode()
    try:
        return _get_permission(bucket, action, resource)
    finally:
        bucket.policy = policy


FakeBucket.get_permission = _without_conditions
