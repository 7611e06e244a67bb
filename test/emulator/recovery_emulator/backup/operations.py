"""The register of AWS Backup operations, their errors, and paging."""

import base64
from collections.abc import Callable
from typing import Any

from recovery_emulator.backup.state import Params, Region
from recovery_emulator.service_api.replies import ServiceError

Operation = Callable[[Region, Params], Params | None]
OPERATIONS: dict[str, Operation] = {}
_DEFAULT_PAGE = 1000


def operation(function: Operation) -> Operation:
    """Registers a function as the API operation of its name."""
    OPERATIONS[function.__name__] = function
    return function


def invalid(message: str) -> ServiceError:
    """A value that the service does not accept."""
    return ServiceError("InvalidParameterValueException", message)


def refused(message: str) -> ServiceError:
    """A request that does not fit the present state."""
    return ServiceError("InvalidRequestException", message)


def missing(what: str, name: str) -> ServiceError:
    """Something that does not exist."""
    return ServiceError("ResourceNotFoundException", f"{what} {name} does not exist")


def find(things: dict[str, Any], name: str, what: str) -> Any:
    """The thing of that name, or ResourceNotFoundException."""
    if name not in things:
        raise missing(what, name)
    return things[name]


def page(items: list[Any], params: Params, key: str) -> Params:
    """One page of a list, with the token of the next."""
    start = 0
    if params.get("NextToken"):
        try:
            start = int(base64.b64decode(params["NextToken"]).decode())
        except ValueError as problem:
            raise invalid("NextToken is not valid") from problem
    end = start + int(params.get("MaxResults") or _DEFAULT_PAGE)
    token = base64.b64encode(str(end).encode()).decode() if end < len(items) else None
    return {key: items[start:end], "NextToken": token}
