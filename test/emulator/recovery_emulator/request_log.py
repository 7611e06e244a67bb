"""Every recognised request that the emulator received, newest last, for tests that ask what was called."""

import collections
import threading
from typing import Any

from recovery_emulator.clock import CLOCK
from recovery_emulator.service_api.calls import Call

_KEEP = 20_000


class RequestLog:
    """The latest requests; those that the emulator made to itself are marked internal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: collections.deque[dict[str, Any]] = collections.deque(maxlen=_KEEP)

    def add(self, call: Call, fault: str | None) -> dict[str, Any]:
        """Notes a request when it arrives; the caller completes the entry."""
        entry: dict[str, Any] = {
            "timeMs": CLOCK.now_ms(),
            "service": call.service,
            "operation": call.operation,
            "account": call.account,
            "region": call.region,
            "internal": call.internal,
            "status": 0,
            "params": call.params,
        }
        if fault:
            entry["fault"] = fault
        with self._lock:
            self._entries.append(entry)
        return entry

    def list(self, **wanted: str | None) -> list[dict[str, Any]]:
        """The entries whose fields have the wanted values."""
        with self._lock:
            entries = list(self._entries)
        return [e for e in entries if all(v is None or str(e.get(k)).lower() == v.lower() for k, v in wanted.items())]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


REQUESTS = RequestLog()
