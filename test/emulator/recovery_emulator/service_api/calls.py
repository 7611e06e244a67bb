"""Recognises the service, operation and parameters of an HTTP request, by botocore's service models."""

import functools
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from botocore.exceptions import UnknownServiceError
from moto.core.model import OperationModel, ServiceModel
from moto.core.request import determine_request_protocol
from moto.core.responses import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from moto.iam import models as iam
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request

from recovery_emulator import DEFAULT_ACCOUNT

# The name a service signs with, where it differs from the name of its botocore model.
SERVICE_OF_SIGNING_NAME = {
    "states": "stepfunctions",
    "elasticfilesystem": "efs",
    "monitoring": "cloudwatch",
    "eventbridge": "events",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
}
# Both sign as "s3".
_S3_CONTROL_PATH = "/v20180820/"
# Bodies of these carry data, not parameters: they are recognised, but not parsed.
OPAQUE = {("s3", "PutObject"), ("s3", "UploadPart"), ("lambda", "Invoke")}


@dataclass
class Call:
    """One request to one operation of one service."""

    service: str
    operation: str
    account: str
    region: str
    protocol: str
    model: OperationModel | None = None
    params: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    parse_error: str | None = None


def recognise(request: Request, body: bytes, internal: bool) -> Call | None:
    """The call a request makes, or None for an unsigned or unknown one (moto then decides)."""
    scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request", request.headers.get("Authorization", ""))
    if scope is None:
        scope = re.search(
            r"([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request", unquote(request.args.get("X-Amz-Credential", ""))
        )
    if scope is None:
        return None
    key, region, signing_name = scope.groups()
    service = SERVICE_OF_SIGNING_NAME.get(signing_name, signing_name)
    if service == "s3" and request.path.startswith(_S3_CONTROL_PATH):
        service = "s3control"
    account = request.headers.get("x-moto-account-id") or iam.get_account_id_from(key) or DEFAULT_ACCOUNT
    try:
        service_model = get_service_model(service)
        protocol = _protocol(service_model, request)
    except (UnknownServiceError, NotImplementedError):
        return None
    operation, url_params = _operation(service_model, protocol, request, body)
    if operation is None:
        return None
    call = Call(
        service, operation, account, region, protocol, service_model.operation_model(operation), internal=internal
    )
    if (service, operation) in OPAQUE:
        call.params = dict(url_params)
    else:
        _parse(call, request, body, url_params)
    return call


def _protocol(service_model: ServiceModel, request: Request) -> str:
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    if service_model.metadata.get("protocol") in ("rest-json", "rest-xml"):
        return str(service_model.metadata["protocol"])
    return determine_request_protocol(service_model, request.headers.get("Content-Type", ""))


def _operation(
    service_model: ServiceModel, protocol: str, request: Request, body: bytes
) -> tuple[str | None, dict[str, str]]:
    name = None
    if protocol in ("query", "ec2"):
        name = (parse_qs(body.decode("utf-8", "replace")).get("Action") or [request.args.get("Action")])[0]
    elif protocol == "json":
        name = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
    elif protocol == "smithy-rpc-v2-cbor":
        name = request.path.rpartition("/")[2]
    else:
        return _rest_operation(service_model, request)
    return (name if name in service_model.operation_names else None), {}


def _rest_operation(service_model: ServiceModel, request: Request) -> tuple[str | None, dict[str, str]]:
    raw = request.environ.get("RAW_URI", request.path).split("?")[0]
    if service_model.service_name == "s3" and request.host.split(":")[0] not in ("127.0.0.1", "localhost"):
        raw = "/" + request.host.split(".")[0] + raw
    found: tuple[str | None, dict[str, str]] = (None, {})
    best = (-1, -1)
    for name, method, pattern, query, headers in _routes(service_model.service_name):
        if method != request.method or any(
            k not in request.args or (v and request.args[k] != v) for k, v in query.items()
        ):
            continue
        if any(h not in request.headers for h in headers):
            continue
        match = pattern.fullmatch(raw.rstrip("/") or "/")
        specific = (len(query) + len(headers), len(re.sub(r"\(.*?\)", "", pattern.pattern)))
        if match and specific > best:
            best, found = specific, (name, {k: unquote(v) for k, v in match.groupdict().items()})
    return found


@functools.cache
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str], dict[str, str], list[str]]]:
    """Method, path, literal query and, in S3, the required headers and query members that tell operations apart."""
    model, routes = get_service_model(service), []
    for name in model.operation_names:
        if model.operation_model(name).deprecated:  # its successor has the same route
            continue
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pieces = re.split(r"(\{[^}]+\})", path.rstrip("/"))
        pattern = "".join(
            f"(?P<{re.sub(r'[^A-Za-z0-9_]', '_', p[1:-1].rstrip('+'))}>{'.+' if p.endswith('+}') else '[^/]+'})"
            if p.startswith("{")
            else re.escape(p)
            for p in pieces
        )
        literals = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items() if k != "x-id"}
        headers = []
        shape = model.operation_model(name).input_shape
        for member in shape.required_members if service == "s3" and shape else []:
            where, wire_name = (shape.members[member].serialization.get(k, "") for k in ("location", "name"))
            if where == "querystring":
                literals.setdefault(wire_name, "")
            elif where == "header":
                headers.append(wire_name)
        routes.append((name, http["method"], re.compile(pattern or "/"), literals, headers))
    return routes


def _parse(call: Call, request: Request, body: bytes, url_params: dict[str, str]) -> None:
    assert call.model is not None
    values = request.args
    if call.protocol in ("query", "ec2"):
        values = MultiDict([*request.args.items(multi=True), *parse_qsl(body.decode(), keep_blank_values=True)])
    try:
        call.params = PROTOCOL_PARSERS[call.protocol](call.model).parse(
            {
                "method": request.method,
                "values": values,
                "headers": request.headers,
                "body": body,
                "url_path": request.path,
                "url_params": url_params,
            }
        )
    except Exception as problem:  # a body that cannot be read is the caller's mistake, whatever the parser raises
        call.parse_error = f"{type(problem).__name__}: {str(problem)[:200]}"
