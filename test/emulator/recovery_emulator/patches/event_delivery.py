"""Brings an event to the target of a rule: Lambda, Step Functions, SNS, SQS, another event bus."""

import datetime
import json
import logging
import threading
from typing import Any

from moto.events.models import EventTemplateParser

from recovery_emulator import loopback

_LOG = logging.getLogger("recovery_emulator")
_CLIENT_OF = {"states": "stepfunctions"}
DELIVERABLE = {"lambda", "states", "sns", "sqs"}


def deliver(arn: str, payload: str, region: str, account: str) -> None:
    """Sends a payload to one target."""
    service, where, owner, name = (arn.split(":") + [""])[2:6]
    client = loopback.client(_CLIENT_OF.get(service, service), where or region, owner or account)
    try:
        if service == "lambda":
            client.invoke(FunctionName=arn, InvocationType="Event", Payload=payload)
        elif service == "states":
            client.start_execution(stateMachineArn=arn, input=payload)
        elif service == "sns":
            client.publish(TopicArn=arn, Message=payload)
        elif service == "sqs":
            client.send_message(QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=payload)
    except Exception as problem:
        _LOG.warning("delivery to %s: %s", arn, problem)


def deliver_later(arn: str, payload: str, region: str, account: str) -> None:
    """The same, without keeping the sender waiting."""
    threading.Thread(target=deliver, args=(arn, payload, region, account), daemon=True).start()


def payload_for(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The event as the target wants it."""
    event = dict(event)
    if isinstance(event.get("time"), (int, float)):
        moment = datetime.datetime.fromtimestamp(event["time"], datetime.timezone.utc)
        event["time"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    transformer = target.get("InputTransformer")
    if transformer:
        made = EventTemplateParser.parse(
            input_template=transformer["InputTemplate"],
            input_paths_map=transformer.get("InputPathsMap", {}),
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
