"""Moments of Step Functions: machines and executions begin and end by the emulator's clock, and the context object tells when.

moto reads the time of the machine it runs on, and hands a datetime to expressions where AWS has the text
`2027-01-31T02:00:00.123Z`. Waits and the events of a history stay in real time.
"""

import datetime
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser import models
from moto.stepfunctions.parser.asl.eval.states import States
from moto.stepfunctions.parser.backend import execution, state_machine

from recovery_emulator.clock import CLOCK


class _ByClock(datetime.datetime):
    @classmethod
    def now(cls, tz: Any = None) -> datetime.datetime:  # type: ignore[override]
        return CLOCK.now()


for _module in (models, execution, state_machine):
    _module.datetime = SimpleNamespace(**{**vars(datetime), "datetime": _ByClock})  # type: ignore[attr-defined]

_moto_init = States.__init__


def _init(self: States, context: Any) -> None:
    start = context["Execution"]["StartTime"]
    if isinstance(start, datetime.datetime):
        moment = start.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        context["Execution"]["StartTime"] = moment
    _moto_init(self, context)


States.__init__ = _init  # type: ignore[method-assign]
