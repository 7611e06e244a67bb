"""Task tokens: each is answered once, both time-outs count, and an execution that is stopped does not wait on.

moto takes any number of answers, forgets TimeoutSeconds where there is HeartbeatSeconds, and leaves an execution running that
was stopped while it waited for a token.
"""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, TaskTimedOutEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
    CallbackOutcomeTimedOut,
    CallbackPoolManager,
    HeartbeatTimedOut,
    HeartbeatTimeoutError,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from recovery_emulator import registry
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

_POLL_S = 0.05
# Whether a token still waits for its answer.
_OPEN: dict[str, bool] = {}
_LOCK = threading.Lock()
registry.ON_RESET.append(_OPEN.clear)

_moto_add = CallbackPoolManager.add


def _add(self: CallbackPoolManager, callback_id: str) -> CallbackEndpoint:
    _OPEN[callback_id] = True
    return _moto_add(self, callback_id)


def _scaled(seconds: float) -> float:
    return seconds * float(SETTINGS.values["timeoutScale"])


def _wait(self: Any, env: Any, timeout_seconds: int, callback_endpoint: Any, heartbeat_endpoint: Any = None) -> Any:
    """The first of: an answer, the end of either time-out, the end of the execution."""
    beat_s = heartbeat_endpoint._heartbeat_seconds if heartbeat_endpoint is not None else None
    began = beat = time.monotonic()
    while True:
        callback_endpoint.wait(_POLL_S)
        if callback_endpoint.get_outcome() is not None or not env.is_running():
            return callback_endpoint.get_outcome()
        now = time.monotonic()
        if heartbeat_endpoint is not None and heartbeat_endpoint._next_heartbeat_event.is_set():
            heartbeat_endpoint._next_heartbeat_event.clear()
            beat = now
        late = timeout_seconds is not None and now - began > _scaled(timeout_seconds)
        silent = beat_s is not None and now - beat > _scaled(beat_s)
        if late or silent:
            with _LOCK:  # an answer that comes at the same moment is either in time or late
                if callback_endpoint.get_outcome() is None:
                    _OPEN[callback_endpoint.callback_id] = False
                    return HeartbeatTimedOut() if silent else CallbackOutcomeTimedOut(callback_endpoint.callback_id)


def _answer(call: Call, act: Callable[[CallbackPoolManager], bool], last: bool) -> dict[str, Any]:
    """Lets an answer reach the execution that waits for it: the first one only, and none that comes late."""
    token = call.params["taskToken"]
    with _LOCK:
        if token not in _OPEN:
            raise ServiceError("InvalidToken", "Invalid token")
        pools = [pool for pool in _pools(call) if pool.get(token) is not None] if _OPEN[token] else []
        if not pools or not act(pools[0]):
            raise ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        _OPEN[token] = not last
    return {}


def _pools(call: Call) -> list[CallbackPoolManager]:
    """Those of the executions that run in the caller's Region."""
    running = stepfunctions_parser_backends[call.account][call.region]._get_executions("RUNNING")
    environments = [execution.exec_worker.env for execution in running if execution.exec_worker]
    return [env.callback_pool_manager for env in environments if env is not None and env.is_running()]


@implements("stepfunctions", "SendTaskSuccess")
def _succeed(call: Call) -> dict[str, Any]:
    try:
        json.loads(call.params["output"])
    except ValueError as problem:
        raise ServiceError("InvalidOutput", f"Invalid Output: '{problem}'") from problem
    outcome = CallbackOutcomeSuccess(call.params["taskToken"], call.params["output"])
    return _answer(call, lambda pool: pool.notify(outcome.callback_id, outcome), True)


@implements("stepfunctions", "SendTaskFailure")
def _fail(call: Call) -> dict[str, Any]:
    outcome = CallbackOutcomeFailure(call.params["taskToken"], call.params.get("error"), call.params.get("cause"))
    return _answer(call, lambda pool: pool.notify(outcome.callback_id, outcome), True)


@implements("stepfunctions", "SendTaskHeartbeat")
def _beat(call: Call) -> dict[str, Any]:
    return _answer(call, lambda pool: pool.heartbeat(call.params["taskToken"]) or True, False)


_moto_from_error = StateTaskServiceCallback._from_error


def _from_error(self: Any, env: Any, ex: Exception) -> Any:
    """A heart that beats no more has an error of its own, which moto takes for a time-out."""
    if not isinstance(ex, HeartbeatTimeoutError):
        return _moto_from_error(self, env, ex)
    kind = StatesErrorNameType.StatesHeartbeatTimeout
    details = EventDetails(taskTimedOutEventDetails=TaskTimedOutEventDetails(error=kind.to_name()))
    return FailureEvent(env, StatesErrorName(typ=kind), HistoryEventType.TaskTimedOut, details)


_moto_matches = ErrorEqualsDecl._eval_body


def _matches(self: Any, env: Any) -> None:
    """States.Timeout stands for both kinds of time-out."""
    error = env.stack[-1]
    _moto_matches(self, env)
    if error == StatesErrorName(typ=StatesErrorNameType.StatesHeartbeatTimeout):
        env.stack[-1] = env.stack[-1] or StatesErrorName(typ=StatesErrorNameType.StatesTimeout) in self.error_names


_moto_timeout = TimeoutSeconds.__init__


def _timeout(self: Any, timeout_seconds: int, is_default: bool | None = None) -> None:
    """moto gives a task with a heartbeat 60 seconds where the service has no limit."""
    _moto_timeout(self, TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS if is_default else timeout_seconds, is_default)


_moto_eval = Program.eval


def _eval(self: Program, env: Any) -> None:
    """The time-out of a machine shrinks like those of its tasks."""
    limit = self.timeout_seconds
    if limit is not None and limit.timeout_seconds is not None and not hasattr(limit, "scaled"):
        limit.timeout_seconds, limit.scaled = _scaled(limit.timeout_seconds), True  # type: ignore[misc,attr-defined]
    _moto_eval(self, env)


CallbackPoolManager.add = _add  # type: ignore[method-assign]
StateTaskServiceCallback._eval_wait_for_task_token = _wait  # type: ignore[method-assign]
Program.eval = _eval  # type: ignore[method-assign]
StateTaskServiceCallback._from_error = _from_error  # type: ignore[method-assign]
ErrorEqualsDecl._eval_body = _matches  # type: ignore[method-assign]
TimeoutSeconds.__init__ = _timeout  # type: ignore[method-assign]
