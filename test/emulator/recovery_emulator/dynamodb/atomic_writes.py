"""A write of an item, with its condition, is one step: moto lets two writers at once find the same condition true."""

import functools
import threading
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

_LOCK = threading.RLock()
_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "execute_statement", "execute_transaction")


def _atomic(name: str) -> None:
    original = getattr(DynamoDBBackend, name)

    @functools.wraps(original)
    def alone(*args: Any, **options: Any) -> Any:
        with _LOCK:
            return original(*args, **options)

    setattr(DynamoDBBackend, name, alone)


for _name in _WRITES:
    _atomic(_name)
