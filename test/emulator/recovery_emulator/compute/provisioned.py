"""Lambda: provisioned concurrency of aliases and versions, and functions that may not run at all."""

from datetime import datetime
from typing import Any

from moto.awslambda.models import LambdaFunction, lambda_backends

from recovery_emulator import registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

Key = tuple[str, str, str, str]
_STORE: dict[Key, dict[str, Any]] = {}
registry.ON_RESET.append(_STORE.clear)


def _bare(name: str) -> str:
    """The name of a function, whichever way it is asked for."""
    return name.split(":")[6] if name.startswith("arn:") else name.split(":")[0]


def _key(call: Call) -> Key:
    return call.account, call.region, _bare(call.params["FunctionName"]), call.params["Qualifier"]


def _missing(message: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", message, 404)


def _require_qualifier(call: Call) -> Any:
    name, qualifier = _bare(call.params["FunctionName"]), call.params["Qualifier"]
    if qualifier == "$LATEST":
        raise ServiceError(
            "InvalidParameterValueException",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        )
    books = lambda_backends[call.account][call.region]
    try:
        function = books.get_function(name)
        if qualifier.isdigit():
            books.get_function(name, qualifier)
        else:
            books.get_alias(qualifier, name)
    except Exception as gone:  # moto has one class for each
        raise _missing(f"Function not found: {name}:{qualifier}") from gone
    return function


@implements("lambda", "PutProvisionedConcurrencyConfig")
def _put(call: Call) -> dict[str, Any]:
    function, wanted = _require_qualifier(call), int(call.params["ProvisionedConcurrentExecutions"])
    if function.reserved_concurrency is not None and wanted > int(function.reserved_concurrency):
        raise ServiceError(
            "InvalidParameterValueException",
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
        )
    duration = 0 if call.internal else SETTINGS.job_duration_ms("scale", "Lambda")
    made = {"wanted": wanted, "ready": not duration, "at": CLOCK.now()}
    _STORE[_key(call)] = made
    if duration:
        CLOCK.after(duration, lambda: made.update(ready=True))
    return _shown(made)


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    count = found["wanted"] if found["ready"] else 0
    moment: datetime = found["at"]
    return {
        "RequestedProvisionedConcurrentExecutions": found["wanted"],
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY" if found["ready"] else "IN_PROGRESS",
        "LastModified": moment.strftime("%Y-%m-%dT%H:%M:%S+0000"),
    }


@implements("lambda", "GetProvisionedConcurrencyConfig")
def _get(call: Call) -> dict[str, Any]:
    _require_qualifier(call)
    found = _STORE.get(_key(call))
    if found is None:
        raise ServiceError(
            "ProvisionedConcurrencyConfigNotFoundException",
            "No Provisioned Concurrency Config found for this function",
            404,
        )
    return _shown(found)


@implements("lambda", "DeleteProvisionedConcurrencyConfig")
def _delete(call: Call) -> dict[str, Any]:
    _require_qualifier(call)
    _STORE.pop(_key(call), None)
    return {}


def is_stopped(function: Any) -> bool:
    """Whether no invocation of a function may run: its reserved concurrency is nothing."""
    return function.reserved_concurrency is not None and int(function.reserved_concurrency) == 0


_plain_invoke = LambdaFunction.invoke


def _invoke(self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> Any:
    if request_headers.get("x-amz-invocation-type", "RequestResponse") == "RequestResponse" and is_stopped(self):
        raise ServiceError("TooManyRequestsException", "Rate Exceeded.", 429)
    return _plain_invoke(self, body, request_headers, response_headers)


LambdaFunction.invoke = _invoke
