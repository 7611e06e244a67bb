"""Invocations that go wrong where a test wants it: lost, without their answer, twice, or killed at one of their calls."""

import json
import re
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction
from werkzeug.wrappers import Request

from recovery_emulator.faults import FAULTS
from recovery_emulator.patches.lambda_runtime import RUNNING, text_of
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Outcome = tuple[str, bool, str]
_run = LambdaFunction._invoke_lambda


def _invoke(function: LambdaFunction, event: Any = None, request_id: str | None = None) -> Outcome:
    facts = {"function": function.function_name, "region": function.region, "payload": text_of(event)}
    fault = FAULTS.strike("invocation", **facts)
    kind = fault.kind if fault is not None else None
    if kind == "invocationLost":
        return _ended(fault, "the environment ended before the handler ran")
    outcome: Outcome = _run(function, event, request_id)
    if kind == "invocationTwice":
        outcome = _run(function, event, request_id)
    if kind == "answerLost":
        return _ended(fault, "the environment ended after the handler had run")
    return outcome


def _ended(fault: Any, message: str) -> Outcome:
    error = {"errorType": fault.code or "Runtime.ExitError", "errorMessage": fault.message or message}
    return json.dumps(error), True, ""


def caller_of(request: Request) -> dict[str, str]:
    """The function that makes a call, and what it was called with; nothing where another caller makes it."""
    key = re.search(r"Credential=([^/]+)/", request.headers.get("Authorization", ""))
    name, payload, _ = RUNNING.get(key.group(1) if key else "", (None, None, None))
    return {} if name is None or payload is None else {"function": name, "payload": payload}


def strike(request: Request, call: Call) -> Callable[[], None]:
    """Kills the function that makes a call before it is carried out, or gives back what does so afterwards."""
    key = re.search(r"Credential=([^/]+)/", request.headers.get("Authorization", ""))
    name, payload, process = RUNNING.get(key.group(1) if key else "", (None, None, None))
    if name is None or process is None:
        return lambda: None
    facts = {"service": call.service, "operation": call.operation, "region": call.region}
    fault = FAULTS.strike("kill", function=name, payload=payload, **facts)
    if fault is None:
        return lambda: None
    if fault.kind == "killAfterCall":
        return process.kill
    process.kill()
    raise ServiceError("ServiceUnavailable", f"{name} was killed before {call.operation}", 503)


LambdaFunction._invoke_lambda = _invoke
