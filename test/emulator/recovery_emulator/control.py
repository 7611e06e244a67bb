"""The seams: HTTP endpoints below /emulator/ that a test uses to govern time, faults and state."""

import datetime
import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from recovery_emulator import regions, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import FAULTS
from recovery_emulator.moto_reset import reset_moto
from recovery_emulator.request_log import REQUESTS
from recovery_emulator.settings import SETTINGS

Endpoint = Callable[[dict[str, Any]], Any]
ENDPOINTS: dict[tuple[str, str], Endpoint] = {}


def endpoint(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    """Declares what answers a control request; parts of the emulator add their own."""

    def declare(function: Endpoint) -> Endpoint:
        ENDPOINTS[method, f"/emulator/{path}"] = function
        return function

    return declare


def answer_control(request: Request) -> Response:
    """Answers a request below /emulator/."""
    path, named = request.path.rstrip("/"), {}
    function = ENDPOINTS.get((request.method, path))
    if function is None:  # the end of the path may be a name
        parent, _, name = path.rpartition("/")
        function, named = ENDPOINTS.get((request.method, f"{parent}/*")), {"name": name}
    if function is None:
        return _json({"error": f"no such control: {request.method} {request.path}"}, 404)
    try:
        body = json.loads(request.get_data() or b"{}")
        return _json(function({**request.args.to_dict(), **body, **named}), 200)
    except (ValueError, KeyError, TypeError) as problem:
        return _json({"error": f"{type(problem).__name__}: {problem}"}, 400)


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value, default=_plain), status=status, content_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return dict(value) if hasattr(value, "items") else str(value)


@endpoint("GET", "health")
def _health(_: dict[str, Any]) -> Any:
    return {"status": "healthy"}


@endpoint("GET", "clock")
def _clock(_: dict[str, Any]) -> Any:
    return CLOCK.state()


@endpoint("POST", "clock/freeze")
def _freeze(wanted: dict[str, Any]) -> Any:
    CLOCK.freeze(int(wanted["atMs"]) if "atMs" in wanted else None)
    return CLOCK.state()


@endpoint("POST", "clock/advance")
def _advance(wanted: dict[str, Any]) -> Any:
    by_ms = int(wanted["byMs"])
    if by_ms < 0:
        raise ValueError("'byMs' must not be negative: the clock only goes forwards")
    return {"ran": CLOCK.advance(by_ms), **CLOCK.state()}


@endpoint("POST", "clock/resume")
def _resume(_: dict[str, Any]) -> Any:
    CLOCK.resume()
    return CLOCK.state()


@endpoint("GET", "settings")
def _settings(_: dict[str, Any]) -> Any:
    return SETTINGS.values


@endpoint("POST", "settings")
def _change_settings(wanted: dict[str, Any]) -> Any:
    SETTINGS.change(wanted)
    return SETTINGS.values


@endpoint("GET", "faults")
def _faults(_: dict[str, Any]) -> Any:
    return {"faults": FAULTS.list()}


@endpoint("POST", "faults")
def _plant(wanted: dict[str, Any]) -> Any:
    return FAULTS.plant(wanted).to_dict()


@endpoint("DELETE", "faults")
def _heal(wanted: dict[str, Any]) -> Any:
    FAULTS.remove(wanted.get("id"))
    return {"faults": FAULTS.list()}


@endpoint("GET", "regions")
def _regions(_: dict[str, Any]) -> Any:
    return {"lost": regions.lost()}


@endpoint("POST", "regions/*")
def _lose_region(wanted: dict[str, Any]) -> Any:
    name = wanted["name"]
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", name):
        raise ValueError(f"'{name}' is not a Region")
    if wanted["lost"] is True:
        regions.lose(name, CLOCK.now_ms())
    elif wanted["lost"] is False:
        regions.restore(name)
    else:
        raise ValueError("'lost' must be true or false")
    return {"lost": regions.lost()}


@endpoint("GET", "requests")
def _requests(wanted: dict[str, Any]) -> Any:
    return {"requests": REQUESTS.list(**wanted)}


@endpoint("DELETE", "requests")
def _forget_requests(_: dict[str, Any]) -> Any:
    REQUESTS.clear()
    return {}


@endpoint("POST", "reset")
def _reset(_: dict[str, Any]) -> Any:
    CLOCK.reset()
    regions.forget()
    FAULTS.remove(None)
    SETTINGS.reset()
    registry.reset()
    reset_moto()
    REQUESTS.clear()
    return {}
