"""The emulator's clock: real, shifted or frozen, with the work that waits for a moment of it.

Everything that takes or has a time in AWS Backup, every schedule, and moto's own time stamps read this clock. While it
runs, due work starts by itself, each piece in its own thread. Advancing it runs what falls in between in order of time,
one after the other, so that a test of a year of backups is quick and has one possible outcome.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone

import moto.core.utils

from recovery_emulator import regions

Task = Callable[[], None]
_LOG = logging.getLogger("recovery_emulator")
_POLL_SECONDS = 0.02
_IDLE_SECONDS = 0.1
_PATIENCE_SECONDS = 30


class Clock:
    """Milliseconds since 1970, and a queue of work."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._advancing = threading.Lock()
        self._offset_ms = 0
        self._frozen_ms: int | None = None
        # When, in which order, what, and in which Region.
        self._queue: list[tuple[int, int, Task, str | None]] = []
        self._held: list[tuple[str, Task]] = []
        self._running = 0
        self._order = itertools.count()
        # Set when there may be work sooner than was known.
        self._news = threading.Event()

    def now_ms(self) -> int:
        """The present."""
        with self._lock:
            return self._frozen_ms if self._frozen_ms is not None else int(time.time() * 1000) + self._offset_ms

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, timezone.utc)

    def now_naive(self) -> datetime:
        """The present as moto writes it: UTC, without saying so."""
        return self.now().replace(tzinfo=None)

    @property
    def frozen(self) -> bool:
        return self._frozen_ms is not None

    def state(self) -> dict[str, object]:
        """What the control endpoint shows."""
        with self._lock:
            return {
                "nowMs": self.now_ms(),
                "frozen": self.frozen,
                "offsetMs": self._offset_ms,
                "waiting": len(self._queue),
            }

    def at(self, moment_ms: int, task: Task) -> None:
        """Runs a task when the clock reaches a moment, in the Region that this thread works in."""
        with self._lock:
            heapq.heappush(self._queue, (moment_ms, next(self._order), task, regions.current()))
        self._news.set()

    def after(self, delay_ms: float, task: Task) -> None:
        """Runs a task some time from now."""
        self.at(self.now_ms() + int(delay_ms), task)

    def hold(self, region: str, task: Task) -> None:
        """Runs a task when a lost Region is back."""
        with self._lock:
            self._held.append((region, task))

    def release(self, region: str) -> None:
        """Lets the work go on that a lost Region has held back."""
        with self._lock:
            now, waiting = self.now_ms(), [task for held, task in self._held if held == region]
            self._held = [(held, task) for held, task in self._held if held != region]
            for task in waiting:
                heapq.heappush(self._queue, (now, next(self._order), task, region))
        self._news.set()

    def freeze(self, at_ms: int | None = None) -> None:
        """Stops the clock, here or at another moment."""
        with self._lock:
            self._frozen_ms = at_ms if at_ms is not None else self.now_ms()

    def resume(self) -> None:
        """Lets a stopped clock go on from where it stands."""
        with self._lock:
            if self._frozen_ms is not None:
                self._offset_ms = self._frozen_ms - int(time.time() * 1000)
                self._frozen_ms = None
        self._news.set()

    def advance(self, by_ms: int) -> int:
        """Moves the clock forwards and runs, in order, what was waiting for a moment in between; returns how many."""
        with self._advancing:
            was_frozen = self.frozen
            self.freeze()
            self._await_running()
            target, count = self.now_ms() + by_ms, 0
            while (due := self._next_due(target)) is not None:
                moment, task, region = due
                with self._lock:
                    self._frozen_ms = max(self._frozen_ms or 0, moment)
                self._run(task, region)
                count += 1
            with self._lock:
                self._frozen_ms = target
            if not was_frozen:
                self.resume()
            return count

    def _await_running(self) -> None:
        """What has begun by itself may have more to do on the way: it comes to its end before the clock moves."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._running and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS / 4)

    def reset(self) -> None:
        """Back to real time; forgets all waiting work."""
        with self._lock:
            self._offset_ms, self._frozen_ms, self._queue, self._held = 0, None, [], []

    def _next_due(self, until_ms: int) -> tuple[int, Task, str | None] | None:
        with self._lock:
            if self._queue and self._queue[0][0] <= until_ms:
                moment, _, task, region = heapq.heappop(self._queue)
                return moment, task, region
            return None

    def _run(self, task: Task, region: str | None) -> None:
        if region is not None and regions.is_lost(region):
            self.hold(region, task)
            return
        try:
            with regions.within(region):
                task()
        except Exception:
            _LOG.exception("work of the clock failed")

    def start(self) -> None:
        """Starts due work by itself while the clock runs."""
        threading.Thread(target=self._watch, daemon=True, name="clock").start()

    def _watch(self) -> None:
        while True:
            if self._news.wait(self._pause()):
                self._news.clear()
                time.sleep(_POLL_SECONDS)
            if self.frozen or self._advancing.locked():
                continue
            while not self.frozen and (due := self._take()) is not None:
                threading.Thread(target=self._run_by_itself, args=due[1:], daemon=True).start()

    def _pause(self) -> float:
        """Seconds until there is something to do; not long, for a clock that is let go is looked at only then."""
        with self._lock:
            left = (self._queue[0][0] - self.now_ms()) / 1000 if self._queue and not self.frozen else _IDLE_SECONDS
        return min(max(left, _POLL_SECONDS), _IDLE_SECONDS)

    def _take(self) -> tuple[int, Task, str | None] | None:
        with self._lock:
            due = self._next_due(self.now_ms())
            self._running += due is not None
            return due

    def _run_by_itself(self, task: Task, region: str | None) -> None:
        try:
            self._run(task, region)
        finally:
            with self._lock:
                self._running -= 1


CLOCK = Clock()
regions.ON_BACK.append(CLOCK.release)


def _utcnow() -> datetime:
    return _recovery_emulator_clock.now_naive()  # type: ignore[name-defined]  # noqa: F821


# Every module of moto has its own reference to this function: replacing its code reaches them all.
moto.core.utils._recovery_emulator_clock = CLOCK  # type: ignore[attr-defined]
moto.core.utils.utcnow.__code__ = _utcnow.__code__
