"""Custom resources: the function is really invoked, and its answer awaited at a URL of this emulator."""

import json
import threading
import uuid
from typing import Any

from botocore.exceptions import ClientError

from recovery_emulator import loopback
from recovery_emulator.cloudformation.errors import ResourceFailure
from recovery_emulator.cloudformation.handlers import Context, Handler, Made, Properties, handles
from recovery_emulator.cloudformation.plan import CUSTOM_RESOURCE
from recovery_emulator.control import endpoint

_DEFAULT_TIMEOUT_SECONDS = 120
_MAX_ANSWER_BYTES = 4096
_WAITING: dict[str, tuple[threading.Event, dict[str, Any]]] = {}


@endpoint("PUT", "cfnresponse")
def _answer(body: dict[str, Any]) -> Any:
    event, slot = _WAITING[body["token"]]
    slot.update(body)
    event.set()
    return {}


@handles(CUSTOM_RESOURCE)
class CustomResource(Handler):
    """Create, Update and Delete become requests to the function or topic of ServiceToken."""

    def create(self, context: Context, properties: Properties) -> Made:
        answer = _send(context, "Create", properties, {})
        return Made(answer.get("PhysicalResourceId") or str(uuid.uuid4()), dict(answer.get("Data") or {}))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        answer = _send(
            context, "Update", new, {"PhysicalResourceId": made.physical_id, "OldResourceProperties": _texts(old)}
        )
        return Made(answer.get("PhysicalResourceId") or made.physical_id, dict(answer.get("Data") or {}))

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        _send(context, "Delete", properties, {"PhysicalResourceId": made.physical_id})


def _texts(value: Any) -> Any:
    """CloudFormation hands a custom resource every scalar as text."""
    if isinstance(value, dict):
        return {k: _texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_texts(v) for v in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _send(context: Context, kind: str, properties: Properties, extra: dict[str, Any]) -> dict[str, Any]:
    token, slot = str(uuid.uuid4()), {}
    answered = threading.Event()
    _WAITING[token] = (answered, slot)
    request = {
        "RequestType": kind,
        "ServiceToken": properties["ServiceToken"],
        "ResponseURL": f"{loopback.url()}/emulator/cfnresponse?token={token}",
        "StackId": context.stack_id,
        "RequestId": str(uuid.uuid4()),
        "LogicalResourceId": context.logical_id,
        "ResourceType": context.type_name,
        "ResourceProperties": _texts(properties),
        **extra,
    }
    timeout = int(properties.get("ServiceTimeout", _DEFAULT_TIMEOUT_SECONDS))
    try:
        _dispatch(context, properties["ServiceToken"], request)
        if not answered.wait(timeout):
            raise ResourceFailure(
                f"CloudFormation did not receive a response from your Custom Resource within {timeout} seconds. RequestId: {request['RequestId']}"
            )
    finally:
        del _WAITING[token]
    if len(json.dumps(slot.get("Data") or {})) > _MAX_ANSWER_BYTES:
        raise ResourceFailure("Response object is too long.")
    if slot.get("Status") != "SUCCESS":
        raise ResourceFailure(
            f"Received response status [{slot.get('Status')}] from custom resource. Message returned: {slot.get('Reason')}"
        )
    return slot


def _dispatch(context: Context, token: str, request: dict[str, Any]) -> None:
    _, _, service, region, account, *_ = token.split(":")
    if service == "lambda":
        client = loopback.client("lambda", region, account)
        threading.Thread(target=_invoke, args=(client, token, request), daemon=True).start()
    elif service == "sns":
        loopback.client("sns", region, account).publish(TopicArn=token, Message=json.dumps(request))
    else:
        raise ResourceFailure(f"Invalid service token: {token}")


def _invoke(client: Any, function: str, request: dict[str, Any]) -> None:
    """Invokes synchronously: a failure outside the function's own code is an answer too, and need not be waited for."""
    try:
        result = client.invoke(FunctionName=function, Payload=json.dumps(request))
        problem = result["Payload"].read().decode() if result.get("FunctionError") else None
    except ClientError as refused:
        problem = str(refused)
    event, slot = _WAITING.get(request["ResponseURL"].rpartition("=")[2], (None, {}))
    if problem and event is not None:
        slot.update(Status="FAILED", Reason=problem[:500])
        event.set()
