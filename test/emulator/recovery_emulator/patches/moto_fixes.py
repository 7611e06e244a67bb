"""Small corrections of moto."""

import functools
import json
import re
import threading
import uuid
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.iam import models as iam
from moto.kms.models import KmsBackend
from moto.rds.models import DBInstance
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


@functools.lru_cache(maxsize=1)
def _managed_policies() -> dict[str, Any]:
    return dict(json.loads(iam.aws_managed_policies_data))


def _init_managed_policies(backend: iam.IAMBackend) -> list[Any]:
    """moto reads four megabytes of JSON for every account and every reset."""
    return [
        iam.AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        for name, data in _managed_policies().items()
    ]


iam.IAMBackend._init_aws_policies = _init_managed_policies

_get_metric_statistics = CloudWatchBackend.get_metric_statistics
_statistics_lock = threading.Lock()


def _exact_statistics(
    self: CloudWatchBackend,
    namespace: str,
    metric_name: str,
    start_time: Any,
    end_time: Any,
    period: int,
    stats: Any,
    dimensions: Any,
    unit: Any = None,
) -> Any:
    """A metric is its name with exactly these dimensions; moto adds up everything that has at least them."""
    wanted = {(d["Name"], d["Value"]) for d in dimensions or []}
    every = self.get_all_metrics
    with _statistics_lock:
        self.get_all_metrics = lambda: [m for m in every() if {(d.name, d.value) for d in m.dimensions} == wanted]
        try:
            return _get_metric_statistics(
                self, namespace, metric_name, start_time, end_time, period, stats, dimensions, unit
            )
        finally:
            del self.get_all_metrics


CloudWatchBackend.get_metric_statistics = _exact_statistics

_account_of_key = iam.get_account_id_from


def _account_of(access_key: str) -> str:
    """An access key of twelve digits stands for the account of that number, for tests with several accounts."""
    return access_key if re.fullmatch(r"\d{12}", access_key) else _account_of_key(access_key)


iam.get_account_id_from = _account_of

_init_instance = DBInstance.__init__


def _with_own_resource_id(self: DBInstance, *args: Any, **options: Any) -> None:
    """moto gives every instance the same resource id."""
    _init_instance(self, *args, **options)
    self.dbi_resource_id = f"db-{uuid.uuid4().hex[:26].upper()}"


DBInstance.__init__ = _with_own_resource_id


def _by_any_id(name: str) -> None:
    """These take the ARN of a key as well as its id; moto looks for the id only."""
    original = getattr(KmsBackend, name)

    def by_any_id(self: KmsBackend, key_id: str, *args: Any, **options: Any) -> Any:
        return original(self, self.any_id_to_key_id(key_id), *args, **options)

    setattr(KmsBackend, name, by_any_id)


for _name in ("disable_key", "enable_key", "schedule_key_deletion", "cancel_key_deletion"):
    _by_any_id(_name)
