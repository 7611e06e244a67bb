"""Carries the writes of one replica of a global table to the others.

moto hands every change to the table's stream; that is where it is picked up. Changes of a request that fails, such as a
cancelled transaction, are dropped. Of two writes to one item the later wins, in all replicas alike.
"""

import copy
import itertools
import threading
from collections.abc import Callable
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import StreamShard, Table

from recovery_emulator import regions, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.fis import pauses
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.settings import SETTINGS

WRITES = (
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
)
Attributes = dict[str, Any]
Version = tuple[int, int]
# (account, Region, table, key) -> when the item there was written, and the how-manieth write that was.
_VERSIONS: dict[tuple[str, str, str, str], Version] = {}
_ORDER = itertools.count(1)
_STATE = threading.local()
registry.ON_RESET.append(_VERSIONS.clear)

# Set by the module that knows the global tables.
OTHERS: Callable[[Table], tuple[list[str], bool]] = lambda table: ([], False)  # noqa: E731


class _Change:
    """One write: the new item, or None where it was deleted."""

    def __init__(self, table: Table, keys: Attributes, new: Attributes | None) -> None:
        self.table, self.keys, self.new = table, keys, new
        self.version: Version = (CLOCK.now_ms(), next(_ORDER))

    def place(self, region: str) -> tuple[str, str, str, str]:
        return self.table.account_id, region, self.table.name, str(sorted(self.keys.items()))


_moto_add = StreamShard.add


def _add(self: StreamShard, old: Any, new: Any) -> None:
    _moto_add(self, old, new)
    if getattr(_STATE, "copying", False):
        return
    table, item = self.table, new if new is not None else old
    keys = {table.hash_key_attr: item.hash_key.to_json()}
    if table.range_key_attr is not None:
        keys[table.range_key_attr] = item.range_key.to_json()
    image = None if new is None else copy.deepcopy(new.to_json()["Attributes"])
    _noted().append(_Change(table, keys, image))


StreamShard.add = _add


def _noted() -> list[_Change]:
    if not hasattr(_STATE, "changes"):
        _STATE.changes = []
    changes: list[_Change] = _STATE.changes
    return changes


@before("dynamodb", *WRITES)
def _begin(call: Call) -> None:
    _noted().clear()


@after("dynamodb", *WRITES)
def _send(call: Call) -> None:
    for change in _noted():
        others, strong = OTHERS(change.table)
        _VERSIONS[change.place(change.table.region_name)] = change.version
        for region in others:
            if strong and not regions.is_lost(region):
                _apply(change, region)
            elif strong:  # two of three have it; the third catches up
                CLOCK.hold(region, lambda change=change, region=region: _apply(change, region))  # type: ignore[misc]
            else:
                CLOCK.after(
                    SETTINGS.values["dynamodbReplicationLagMs"],
                    lambda change=change, region=region: _arrive(change, region),  # type: ignore[misc]
                )
    _noted().clear()


def _arrive(change: _Change, region: str) -> None:
    if regions.is_lost(region):
        CLOCK.hold(region, lambda: _arrive(change, region))
        return
    source = f"{change.table.account_id}:{change.table.region_name}:{change.table.name}"
    if pauses.is_paused(source, region):
        pauses.hold(source, region, lambda: _arrive(change, region))
        return
    _apply(change, region)
    metric = {
        "MetricName": "ReplicationLatency",
        "Dimensions": [
            {"Name": "TableName", "Value": change.table.name},
            {"Name": "ReceivingRegion", "Value": region},
        ],
        "Value": float(CLOCK.now_ms() - change.version[0]),
        "Unit": "Milliseconds",
        "Timestamp": CLOCK.now_naive(),
    }
    cloudwatch_backends[change.table.account_id][change.table.region_name].put_metric_data("AWS/DynamoDB", [metric])


def _apply(change: _Change, region: str) -> None:
    target = dynamodb_backends[change.table.account_id][region].tables.get(change.table.name)
    place = change.place(region)
    if target is None or _VERSIONS.get(place, (0, 0)) > change.version:
        return
    _VERSIONS[place] = change.version
    _STATE.copying = True
    try:
        if change.new is not None:
            target.put_item(copy.deepcopy(change.new), overwrite=True)
        else:
            hash_key = DynamoType(change.keys[target.hash_key_attr])
            range_key = DynamoType(change.keys[target.range_key_attr]) if target.range_key_attr else None
            target.delete_item(hash_key, range_key)
    finally:
        _STATE.copying = False


def copy_all(source: Table, target: Table) -> None:
    """Fills a new replica with what is there."""
    _STATE.copying = True
    try:
        for item in source.all_items():
            target.put_item(copy.deepcopy(item.to_json()["Attributes"]), overwrite=True)
    finally:
        _STATE.copying = False
