"""Answers in the protocol of the caller: results through moto's serialisers, errors by hand."""

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from moto.core.serialize import SerializationContext, get_serializer_class
from werkzeug.wrappers import Response

from recovery_emulator.service_api.calls import Call


class ServiceError(Exception):
    """An error answer of a service."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def success(call: Call, result: dict[str, Any] | None) -> Response:
    """A result of a service that this package implements itself."""
    assert call.model is not None
    serializer = get_serializer_class(call.service, call.protocol)
    request_id = str(uuid.uuid4())
    answer = serializer(call.model, context=SerializationContext(request_id)).serialize(_without_none(result or {}))
    response = Response(answer["body"], status=answer["status_code"], headers=dict(answer["headers"]))
    response.headers["x-amzn-RequestId"] = request_id
    return response


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    return [_without_none(v) for v in value] if isinstance(value, list) else value


def failure(protocol: str, error: ServiceError) -> Response:
    """An error answer in the form the protocol wants."""
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id, "x-amzn-errortype": error.code}
    code, message = escape(error.code), escape(error.message)
    blame = "Sender" if error.status < 500 else "Receiver"
    if protocol in ("json", "rest-json"):
        body: str | bytes = json.dumps(
            {"__type": error.code, "message": error.message, "Code": error.code, "Message": error.message}
        )
        kind = "application/x-amz-json-1.1"
    elif protocol == "smithy-rpc-v2-cbor":
        body = b"\xa2" + b"".join(_cbor_text(t) for t in ("__type", error.code, "message", error.message))
        kind = "application/cbor"
        headers["smithy-protocol"] = "rpc-v2-cbor"
    else:
        kind = "text/xml"
        if protocol == "ec2":
            body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        elif protocol == "s3":
            body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{request_id}</RequestId></Error>"
        else:
            body = f"<ErrorResponse><Error><Type>{blame}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    return Response(body, status=error.status, headers=headers, content_type=kind)


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data
