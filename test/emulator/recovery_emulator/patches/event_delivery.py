"""Brings an event to the target of a rule: Lambda, Step Functions, SNS, SQS.

What fails and may pass is sent again as the retry policy of the target says; what cannot arrive goes to the dead-letter
queue of the target.
"""

import datetime
import json
import logging
import threading
from typing import Any

from moto.events.models import EventTemplateParser, Rule

from recovery_emulator import loopback, regions
from recovery_emulator.patches.delivery_attempts import Delivery, is_throttling, status_of
from recovery_emulator.patches.input_templates import with_quoted_strings

_LOG = logging.getLogger("recovery_emulator")
_CLIENT_OF = {"states": "stepfunctions"}
DELIVERABLE = {"lambda", "states", "sns", "sqs"}
_ERROR_CODES = {403: "NO_PERMISSIONS", 404: "NO_RESOURCE"}
_MISSING = ("NotFound", "NonExistent", "DoesNotExist")


def deliver(arn: str, payload: str, region: str, account: str) -> None:
    """Sends a payload to one target."""
    service, where, owner, name = (arn.split(":") + [""])[2:6]
    client = loopback.visible_client(_CLIENT_OF.get(service, service), where or region, owner or account)
    if service == "lambda":
        client.invoke(FunctionName=arn, InvocationType="Event", Payload=payload)
    elif service == "states":
        client.start_execution(stateMachineArn=arn, input=payload)
    elif service == "sns":
        client.publish(TopicArn=arn, Message=payload)
    elif service == "sqs":
        client.send_message(QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=payload)


def deliver_later(arn: str, payload: str, region: str, account: str) -> None:
    """The same once, without keeping the sender waiting."""

    def once() -> None:
        try:
            deliver(arn, payload, region, account)
        except Exception as problem:
            _LOG.warning("delivery to %s: %s", arn, problem)

    threading.Thread(target=once, daemon=True).start()


def deliver_for(rule: Rule, target: dict[str, Any], event: dict[str, Any]) -> None:
    """Sends an event to a target of a rule, without keeping the sender waiting."""
    policy = target.get("RetryPolicy") or {}
    payload = payload_for(target, event)

    def give_up(problem: Exception, condition: str | None, retries: int) -> None:
        _LOG.warning("delivery to %s: %s", target["Arn"], problem)
        _bury(rule, target, _dated(event), problem, condition, retries)

    delivery = Delivery(
        lambda: deliver(target["Arn"], payload, rule.region_name, rule.account_id),
        give_up,
        int(policy.get("MaximumRetryAttempts", 185)),
        int(policy.get("MaximumEventAgeInSeconds", 86_400)),
    )

    def first() -> None:
        with regions.within(rule.region_name):
            delivery.attempt()

    threading.Thread(target=first, daemon=True).start()


def _bury(
    rule: Rule, target: dict[str, Any], event: dict[str, Any], problem: Exception, condition: str | None, retries: int
) -> None:
    """Puts the event into the dead-letter queue of the target, where it has one."""
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not queue:
        return
    told = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": _error_code(problem),
        "ERROR_MESSAGE": str(problem)[:1000],
        "RETRY_ATTEMPTS": str(retries),
        **({"EXHAUSTED_RETRY_CONDITION": condition} if condition else {}),
    }
    send_with_attributes(queue, json.dumps(event), told)


def send_with_attributes(queue: str, body: str, told: dict[str, str]) -> None:
    """Sends a message with attributes that are text to a queue."""
    _, _, _, region, account, name = queue.split(":")
    client = loopback.client("sqs", region, account)
    attributes = {key: {"DataType": "String", "StringValue": value} for key, value in told.items() if value}
    url = client.get_queue_url(QueueName=name)["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)


def _error_code(problem: Exception) -> str:
    if is_throttling(problem):
        return "THROTTLING"
    if any(word in str(problem) for word in _MISSING):
        return "NO_RESOURCE"
    return _ERROR_CODES.get(status_of(problem), "ERROR_FROM_TARGET" if status_of(problem) >= 500 else "SDK_CLIENT_ERROR")


def _dated(event: dict[str, Any]) -> dict[str, Any]:
    """The event with its time as services write it."""
    if not isinstance(event.get("time"), (int, float)):
        return dict(event)
    moment = datetime.datetime.fromtimestamp(event["time"], datetime.timezone.utc)
    return {**event, "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def payload_for(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The event as the target wants it."""
    event = _dated(event)
    transformer = target.get("InputTransformer")
    if transformer:
        paths = transformer.get("InputPathsMap", {})
        made = EventTemplateParser.parse(
            input_template=with_quoted_strings(transformer["InputTemplate"], paths, event),
            input_paths_map=paths,
            event=event,
        )
        is_plain_text = isinstance(made, str) and not transformer["InputTemplate"].lstrip().startswith('"')
        return made if is_plain_text else json.dumps(made)
    if target.get("InputPath"):
        value: Any = event
        for step in target["InputPath"].removeprefix("$").strip(".").split("."):
            value = value[step] if step else value
        return json.dumps(value)
    return target.get("Input") or json.dumps(event)
