"""Asynchronous invocations: attempts by the emulator's clock, then the destinations and the dead-letter queue of the function.

The first attempt is made before the caller is answered, so that what a test does next sees what it did.
"""

import json
import logging
import uuid
from typing import Any

from moto.awslambda.models import EventInvokeConfig, LambdaBackend, LambdaFunction, lambda_backends
from moto.cloudwatch.models import cloudwatch_backends

from recovery_emulator import loopback
from recovery_emulator.access import roles
from recovery_emulator.access.statements import Request
from recovery_emulator.clock import CLOCK
from recovery_emulator.patches.event_delivery import send_with_attributes
from recovery_emulator.service_api.replies import ServiceError

_LOG = logging.getLogger("recovery_emulator")
# From the Developer Guide: a minute before the second attempt, two before the third; kept for six hours.
_WAITS_MS = (60_000, 120_000)
_MAX_RETRIES, _MAX_AGE_S = 2, 21_600
_SENDS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction", "events": "events:PutEvents"}
_MAX_MESSAGE = 1000


class _Invocation:
    """One event in the queue of a function."""

    def __init__(self, function: LambdaFunction, payload: Any) -> None:
        self.arn, self.name, self.payload = function.function_arn, function.function_name, payload
        self.account, self.region = function.account_id, function.region
        self.request_id, self.began_ms, self.attempts = str(uuid.uuid4()), CLOCK.now_ms(), 0

    def attempt(self) -> None:
        """Runs the function; an error is tried again, as long as its settings allow."""
        function = lambda_backends[self.account][self.region]._lambdas.get_arn(self.arn)
        if function is None:
            _LOG.warning("%s was deleted before its event was handled", self.arn)
            return
        if self._waits_for_concurrency(function):
            return
        self.attempts += 1
        answer, failed, _ = function._invoke_lambda(self.payload, self.request_id)
        settings = settings_of(function)
        if not failed:
            self._tell(function, settings, "OnSuccess", "Success", answer)
            return
        self._count("Errors")
        wait = _WAITS_MS[min(self.attempts, len(_WAITS_MS)) - 1]
        expires_ms = self.began_ms + int(settings.get("MaximumEventAgeInSeconds", _MAX_AGE_S)) * 1000
        if self.attempts > int(settings.get("MaximumRetryAttempts", _MAX_RETRIES)):
            self._give_up(function, settings, "RetriesExhausted", answer)
        elif CLOCK.now_ms() + wait >= expires_ms:
            CLOCK.at(expires_ms, lambda: self._give_up(function, settings, "EventAgeExceeded", answer))
        else:
            CLOCK.after(wait, self.attempt)

    def _waits_for_concurrency(self, function: LambdaFunction) -> bool:
        """A function that may not run keeps its events, as long as they are not too old."""
        if function.reserved_concurrency is None or int(function.reserved_concurrency):
            return False
        settings = settings_of(function)
        expires_ms = self.began_ms + int(settings.get("MaximumEventAgeInSeconds", _MAX_AGE_S)) * 1000
        if CLOCK.now_ms() + _WAITS_MS[0] >= expires_ms:
            throttled = json.dumps({"errorMessage": "Rate Exceeded."})
            CLOCK.at(expires_ms, lambda: self._give_up(function, settings, "EventAgeExceeded", throttled))
        else:
            CLOCK.after(_WAITS_MS[0], self.attempt)
        return True

    def _give_up(self, function: LambdaFunction, settings: dict[str, Any], condition: str, answer: str) -> None:
        self._tell(function, settings, "OnFailure", condition, answer)
        target = function.dead_letter_arn
        if not target:
            return
        told = {"RequestID": self.request_id, "ErrorCode": "200", "ErrorMessage": _message_of(answer)}
        body = json.dumps(self.payload)

        def send() -> None:
            if target.split(":")[2] == "sqs":
                send_with_attributes(target, body, told)
            else:
                text = {key: {"DataType": "String", "StringValue": value} for key, value in told.items() if value}
                self._client("sns").publish(TopicArn=target, Message=body, MessageAttributes=text)

        self._send(function, target, send, "DeadLetterErrors")

    def _tell(self, function: LambdaFunction, settings: dict[str, Any], kind: str, condition: str, answer: str) -> None:
        target = ((settings.get("DestinationConfig") or {}).get(kind) or {}).get("Destination")
        if not target:
            return
        failed = kind == "OnFailure"
        record = {
            "version": "1.0",
            "timestamp": CLOCK.now().strftime("%Y-%m-%dT%H:%M:%S.") + f"{CLOCK.now_ms() % 1000:03d}Z",
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": f"{self.arn}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": self.attempts,
            },
            "requestPayload": self.payload,
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                **({"functionError": "Unhandled"} if failed else {}),
            },
            "responsePayload": json.loads(answer),
        }
        self._send(function, target, lambda: self._to_destination(target, record, failed), "DestinationDeliveryFailures")

    def _to_destination(self, target: str, record: dict[str, Any], failed: bool) -> None:
        service, text = target.split(":")[2], json.dumps(record)
        if service == "sqs":
            send_with_attributes(target, text, {})
        elif service == "sns":
            self._client("sns").publish(TopicArn=target, Message=text)
        elif service == "lambda":
            self._client("lambda").invoke(FunctionName=target, InvocationType="Event", Payload=text)
        else:
            entry = {
                "Source": "lambda",
                "DetailType": f"Lambda Function Invocation Result - {'Failure' if failed else 'Success'}",
                "Resources": [target, record["requestContext"]["functionArn"]],
                "Detail": text,
                "EventBusName": target.split("/")[-1],
            }
            self._client("events").put_events(Entries=[entry])

    def _send(self, function: LambdaFunction, target: str, send: Any, lost: str) -> None:
        """What the role of the function may not send, or nobody takes, is lost, and counted."""
        try:
            if not _may_send(function.role, target):
                raise PermissionError(f"{function.role} may not {_SENDS[target.split(':')[2]]} {target}")
            send()
        except Exception as problem:
            _LOG.warning("%s, %s: %s", self.name, lost, problem)
            self._count(lost)

    def _client(self, service: str) -> Any:
        return loopback.client(service, self.region, self.account)

    def _count(self, name: str) -> None:
        metric = {
            "MetricName": name,
            "Dimensions": [{"Name": "FunctionName", "Value": self.name}],
            "Value": 1.0,
            "Unit": "Count",
            "Timestamp": CLOCK.now_naive(),
        }
        cloudwatch_backends[self.account][self.region].put_metric_data("AWS/Lambda", [metric])


def _message_of(answer: str) -> str:
    found = json.loads(answer)
    return str(found.get("errorMessage", "") if isinstance(found, dict) else found)[:_MAX_MESSAGE]


def _may_send(role: str, target: str) -> bool:
    """A role that does not exist belongs to a test that is about something else."""
    action = _SENDS[target.split(":")[2]]
    return roles.find_role(role) is None or roles.judge(Request(role, action, target)) == "Allow"


def settings_of(function: LambdaFunction) -> dict[str, Any]:
    """How asynchronous invocations of a function are handled."""
    return dict(function.event_invoke_config[-1].config) if function.event_invoke_config else {}


def _check_dead_letters(function: LambdaFunction, target: str) -> None:
    if target and not _may_send(function.role, target):
        raise ServiceError(
            "InvalidParameterValueException",
            f"The provided execution role does not have permissions to call "
            f"{'SendMessage on SQS' if target.split(':')[2] == 'sqs' else 'Publish on SNS'}",
        )


_moto_init, _moto_update, _moto_invoke = LambdaFunction.__init__, LambdaFunction.update_configuration, LambdaFunction.invoke
_moto_configuration = LambdaFunction.get_configuration


def _init(self: LambdaFunction, account_id: str, spec: dict[str, Any], *rest: Any, **options: Any) -> None:
    """moto forgets where the dead letters go."""
    _moto_init(self, account_id, spec, *rest, **options)
    self.dead_letter_arn = (spec.get("DeadLetterConfig") or {}).get("TargetArn") or ""
    _check_dead_letters(self, self.dead_letter_arn)


def _update(self: LambdaFunction, changes: dict[str, Any]) -> dict[str, Any]:
    if "DeadLetterConfig" in changes:
        target = (changes["DeadLetterConfig"] or {}).get("TargetArn") or ""
        _check_dead_letters(self, target)
        self.dead_letter_arn = target
    return _moto_update(self, changes)


def _configuration(self: LambdaFunction, *rest: Any, **options: Any) -> dict[str, Any]:
    found = _moto_configuration(self, *rest, **options)
    return {**found, **({"DeadLetterConfig": {"TargetArn": self.dead_letter_arn}} if self.dead_letter_arn else {})}


def _invoke(self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> Any:
    if request_headers.get("x-amz-invocation-type") != "Event":
        return _moto_invoke(self, body, request_headers, response_headers)
    _Invocation(self, json.loads(body) if isinstance(body, (str, bytes)) and body else body or {}).attempt()
    return b""


def _put_settings(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """moto keeps the settings that were put first."""
    function = self.get_function(function_name)
    made = EventInvokeConfig(function.function_arn, function.last_modified, config)
    function.event_invoke_config[:] = [made]
    return made.response()


def _update_settings(self: LambdaBackend, function_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return _put_settings(self, function_name, {**settings_of(self.get_function(function_name)), **config})


LambdaFunction.__init__ = _init
LambdaFunction.update_configuration = _update
LambdaFunction.get_configuration = _configuration
LambdaFunction.invoke = _invoke
LambdaBackend.put_function_event_invoke_config = _put_settings
LambdaBackend.update_function_event_invoke_config = _update_settings
