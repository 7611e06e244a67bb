"""The front door: control endpoints, request log, planted faults, model checks; then our own services or moto's."""

import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from recovery_emulator import moto_reset, regions, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import answer_control
from recovery_emulator.faults import API_KINDS, FAULTS, Fault
from recovery_emulator.loopback import INTERNAL_HEADER
from recovery_emulator.patches import lambda_faults
from recovery_emulator.request_log import REQUESTS
from recovery_emulator.service_api.calls import Call, recognise
from recovery_emulator.service_api.checks import problems_of, unknown_members
from recovery_emulator.service_api.replies import ServiceError, failure, success

_LOG = logging.getLogger("recovery_emulator")
_PAGED_BY_MARKER = {"DescribeDBInstanceAutomatedBackups"}
_HANG_MS = 60_000
# The same refusal goes by other names where the protocol is XML.
_XML_CODES = {
    "ThrottlingException": "Throttling",
    "AccessDeniedException": "AccessDenied",
    "InternalServerError": "InternalFailure",
}
_S3_CODES = {
    "ThrottlingException": "SlowDown",
    "AccessDeniedException": "AccessDenied",
    "InternalServerError": "InternalError",
}
# How a service calls a request that its model does not allow.
_INVALID_CODES = {
    "backup": "InvalidParameterValueException",
    "s3": "InvalidArgument",
    "lambda": "InvalidParameterValueException",
    "ec2": "InvalidParameterValue",
    "sns": "InvalidParameter",
    "iam": "ValidationError",
    "rds": "InvalidParameterValue",
    "cloudformation": "ValidationError",
}


class FrontDoor:
    """The WSGI application."""

    def __init__(self, log_requests: bool) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._moto.debug = True  # type: ignore[attr-defined]
        self._log_requests = log_requests

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith("/emulator/"):
            return answer_control(request)(environ, start_response)
        body = _take_body(environ)
        internal = environ.get("HTTP_" + INTERNAL_HEADER.upper().replace("-", "_")) == "1"
        call = recognise(request, body, internal)
        if call is None:
            return self._moto(environ, start_response)
        with regions.within(place_of(call)):
            return self._answer(request, call, body, environ, start_response)

    def _answer(
        self, request: Request, call: Call, body: bytes, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        caller = lambda_faults.caller_of(request)
        facts = {"service": call.service, "operation": call.operation, "region": call.region, **caller}
        fault = None if call.internal else FAULTS.strike("api", **facts)
        moto_reset.note(call.service, call.operation)
        entry = REQUESTS.add(call, fault.kind if fault else None)
        try:
            for region in {call.region, regions.current() or call.region}:
                regions.require(region, call.service)
            if fault is not None:
                self._suffer(fault, call)
            killed = lambda_faults.strike(request, call)
            problems = problems_of(call) + unknown_members(call, body)
            if problems:
                raise ServiceError(_INVALID_CODES.get(call.service, "ValidationException"), "; ".join(problems[:5]))
            for refuse in registry.BEFORE.get((call.service, call.operation), ()):
                refuse(call)
            answer = self._own_answer(call)
            if answer is not None:
                entry["status"] = answer.status_code
                self._follow(call)
                killed()
                return answer(environ, start_response)

            def started(line: str, headers: Any, exc_info: Any = None) -> Any:
                entry["status"] = int(line.split()[0])
                return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

            body_of_answer = self._moto(environ, started)
            if entry["status"] < 400:
                self._follow(call)
            killed()
            return body_of_answer
        except Exception as problem:
            refused = self._as_refusal(problem, call)
            entry["status"], entry["error"] = refused.status, f"{refused.code}: {refused.message}"
            return failure("s3" if call.service == "s3" else call.protocol, refused)(environ, start_response)
        finally:
            if self._log_requests:
                print(
                    f"{call.service} {call.operation} {call.region} {entry['status']} {entry.get('error', '')}",
                    file=sys.stderr,
                    flush=True,
                )

    @staticmethod
    def _own_answer(call: Call) -> Response | None:
        """The answer to a call that is not moto's."""
        service = registry.SERVICES.get(call.service)
        own = service.handle if service is not None else registry.OPERATIONS.get((call.service, call.operation))
        try:
            return None if own is None else success(call, own(call))
        except registry.PassOn:
            return None

    @staticmethod
    def _follow(call: Call) -> None:
        for follow in registry.AFTER.get((call.service, call.operation), ()):
            try:
                follow(call)
            except Exception:  # the answer is on its way already
                _LOG.exception("what follows %s %s failed", call.service, call.operation)

    @staticmethod
    def _as_refusal(problem: Exception, call: Call) -> ServiceError:
        if isinstance(problem, ServiceError):
            return problem
        if isinstance(problem, NotImplementedError):
            return ServiceError("NotImplemented", f"{call.service} {call.operation} is not emulated: {problem}", 501)
        _LOG.exception("%s %s failed", call.service, call.operation, exc_info=problem)
        return ServiceError("InternalFailure", f"emulator error: {problem!r}", 500)

    @staticmethod
    def _suffer(fault: Fault, call: Call) -> None:
        if fault.kind == "delay":
            time.sleep(fault.delay_ms / 1000)
        elif fault.kind == "hang":
            time.sleep((fault.delay_ms or _HANG_MS) / 1000)
            raise ServiceError("RequestTimeout", "the request took too long", 504)
        elif fault.kind == "truncatePage":
            if call.operation in _PAGED_BY_MARKER:
                call.params["MaxRecords"] = 1
                return
            if call.service not in registry.SERVICES:
                raise ServiceError("InternalFailure", f"truncatePage is not emulated for {call.service}", 500)
            call.params["MaxResults"] = 1
        else:
            code, message, status = API_KINDS[fault.kind]
            if call.service == "s3":
                code = _S3_CODES.get(code, code)
            elif "json" not in call.protocol:
                code = _XML_CODES.get(code, code)
            raise ServiceError(fault.code or code, fault.message or message, status)


def place_of(call: Call) -> str:
    """Where a call is carried out: that of a bucket may lie elsewhere than the caller thinks."""
    if call.service == "s3" and call.params.get("Bucket"):
        owner = s3_backends.bucket_accounts.get(call.params["Bucket"])
        bucket = s3_backends[owner[1]][owner[0]].buckets.get(call.params["Bucket"]) if owner else None
        return str(bucket.region_name) if bucket is not None else call.region
    return call.region


def _take_body(environ: dict[str, Any]) -> bytes:
    """Reads the body and puts an unread copy in its place."""
    if environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read()
    else:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if environ.pop("HTTP_TRANSFER_ENCODING", None):
        environ["CONTENT_LENGTH"] = str(len(body))
    return body


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Silent: --log-requests prints a better line."""


def prepare() -> None:
    """Reads all parts; nothing runs yet."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    # So that a managed policy that does not exist, or has another path, cannot be attached.
    default_user_config["iam"] = {"load_aws_managed_policies": True}
    registry.load()


def serve(port: int, log_requests: bool, exit_with_stdin: bool) -> None:
    """Runs the emulator until it is told to stop."""
    os.environ["MOTO_PORT"] = str(port)
    prepare()
    CLOCK.start()
    server = make_server("127.0.0.1", port, FrontDoor(log_requests), threaded=True, request_handler=_QuietHandler)

    stopping = threading.Lock()

    def stop(*_: Any) -> None:
        if not stopping.acquire(blocking=False):  # a signal and the end of stdin may come together
            return
        registry.stop()
        os._exit(0)  # threads of state machines may still wait

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if exit_with_stdin:
        threading.Thread(target=lambda: (sys.stdin.read(), stop()), daemon=True).start()
    print(f"recovery_emulator listens on http://127.0.0.1:{port}", flush=True)
    server.serve_forever()
