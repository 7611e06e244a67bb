"""Faults that a test plants: in a service's answers, in the events that AWS sends, in backup jobs.

A fault is consumed by what it strikes, so ``times: 1`` (the default) strikes once. Requests that the emulator makes to
itself are spared; those of Lambda functions and state machines are not.
"""

import fnmatch
import itertools
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

API_KINDS = {
    "throttle": ("ThrottlingException", "Rate exceeded", 400),
    "accessDenied": ("AccessDeniedException", "User is not authorized to perform this action", 403),
    "internalError": ("InternalServerError", "Internal server error", 500),
    "unavailable": ("ServiceUnavailable", "Service is unavailable", 503),
}
KINDS = {
    **dict.fromkeys([*API_KINDS, "delay", "hang", "truncatePage"], "api"),
    **dict.fromkeys(["dropEvent", "duplicateEvent", "delayEvent"], "event"),
    **dict.fromkeys(["jobFailed", "jobAborted", "jobExpired", "jobPartial", "jobCompletedWithIssues"], "job"),
    **dict.fromkeys(["invocationLost", "answerLost", "invocationTwice"], "invocation"),
    **dict.fromkeys(["killBeforeCall", "killAfterCall"], "kill"),
    "abortExecution": "execution",
}
SELECTORS = {
    "api": {"service", "operation", "region", "function", "payload"},
    "event": {"detailType", "state", "source"},
    "job": {"jobKind", "resourceType", "resourceArn", "vaultName"},
    "invocation": {"function", "region", "payload"},
    "kill": {"function", "service", "operation", "region", "payload"},
    "execution": {"machine", "state", "moment", "region"},
}
OPTIONS = {"id", "kind", "times", "delayMs", "message", "code"}


@dataclass
class Fault:
    """One planted fault."""

    kind: str
    where: dict[str, str]
    times: int = 1
    delay_ms: int = 0
    message: str | None = None
    code: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    struck: int = 0

    @property
    def family(self) -> str:
        return KINDS[self.kind]

    def to_dict(self) -> dict[str, Any]:
        shown = {"id": self.id, "kind": self.kind, "times": self.times, "struck": self.struck, **self.where}
        return {**shown, **({"delayMs": self.delay_ms} if self.delay_ms else {})}


def _fits(fact: str, wanted: str) -> bool:
    """The names of functions and machines have random ends: `*` stands for any text."""
    return fnmatch.fnmatchcase(fact.lower(), wanted.lower())


class Faults:
    """All planted faults, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._order = itertools.count()

    def plant(self, wanted: dict[str, Any]) -> Fault:
        """Plants a fault described as the README says; raises ValueError for one that could never strike."""
        kind = wanted.get("kind")
        if kind not in KINDS:
            raise ValueError(f"unknown fault '{kind}', must be one of {', '.join(KINDS)}")
        unknown = set(wanted) - OPTIONS - SELECTORS[KINDS[kind]]
        if unknown:
            raise ValueError(f"a '{kind}' fault does not know {', '.join(sorted(unknown))}")
        fault = Fault(
            kind=kind,
            where={k: v for k, v in wanted.items() if k in SELECTORS[KINDS[kind]]},
            times=int(wanted.get("times", 1)),
            delay_ms=int(wanted.get("delayMs", 0)),
            message=wanted.get("message"),
            code=wanted.get("code"),
        )
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, family: str, kinds: set[str] | None = None, **facts: str | None) -> Fault | None:
        """The first fault of a family that fits the facts, now consumed once; None when nothing is planted."""
        with self._lock:
            for fault in self._faults:
                if fault.family != family or fault.struck >= fault.times or (kinds and fault.kind not in kinds):
                    continue
                if all(_fits(str(facts.get(key)), str(value)) for key, value in fault.where.items()):
                    fault.struck += 1
                    return fault
        return None

    def list(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.to_dict() for fault in self._faults]

    def remove(self, fault_id: str | None) -> None:
        """Removes one fault, or all."""
        with self._lock:
            self._faults = [f for f in self._faults if fault_id is not None and f.id != fault_id]


FAULTS = Faults()
