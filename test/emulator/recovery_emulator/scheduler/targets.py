"""What a schedule can call: the targets with a template, and any writing operation of the SDK."""

import functools
import json
from typing import Any

import boto3
from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

from recovery_emulator import loopback

_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
TEMPLATED = {"lambda", "states", "sqs", "sns", "events"}
# The names of services in the SDK for Java where botocore has another.
_SERVICES = {"sfn": "stepfunctions", "eventbridge": "events", "cloudwatchlogs": "logs", "cloudwatchevents": "events"}
# From the User Guide: operations that only read are refused.
_READING = [
    "get",
    "describe",
    "list",
    "poll",
    "receive",
    "search",
    "scan",
    "query",
    "select",
    "read",
    "lookup",
    "discover",
    "validate",
    "batchGet",
    "batchDescribe",
    "batchRead",
    "transactGet",
    "adminGet",
    "adminList",
    "testMigration",
    "retrieve",
    "testConnection",
    "translateDocument",
    "isAuthorized",
    "invokeModel",
]


class BadTarget(ValueError):
    """A target that EventBridge Scheduler does not take."""


def check_target(target: dict[str, Any]) -> None:
    """Refuses a target that does not exist, only reads, or is not emulated."""
    arn = target["Arn"]
    if arn.startswith(_UNIVERSAL):
        service, action = _split(arn)
        if action.startswith(tuple(_READING)):
            raise BadTarget(f"{arn} only reads: such an operation cannot be a target")
        _operation(service, action)
        if not isinstance(json.loads(target.get("Input") or "{}"), dict):
            raise BadTarget("Input of a universal target must be a JSON object")
    elif arn.split(":")[2] not in TEMPLATED:
        raise BadTarget(f"a target of service {arn.split(':')[2]} is not emulated")
    elif arn.split(":")[2] == "events" and "EventBridgeParameters" not in target:
        raise BadTarget("EventBridgeParameters are required for an event bus")


def _split(arn: str) -> tuple[str, str]:
    service, _, action = arn.removeprefix(_UNIVERSAL).partition(":")
    return _SERVICES.get(service, service), action


@functools.cache
def _operation(service: str, action: str) -> str:
    try:
        names = get_service_model(service).operation_names
    except UnknownServiceError as problem:
        raise BadTarget(f"there is no service {service}") from problem
    found = next((n for n in names if n.lower() == action.lower()), None)
    if found is None or action[:1].isupper():
        raise BadTarget(f"service {service} has no operation {action}: it is written in camel case")
    return str(found)


def invoke(target: dict[str, Any], text: str, region: str) -> None:
    """Calls the target once, with the rights of its role."""
    arn, role = target["Arn"], target["RoleArn"]
    if arn.startswith(_UNIVERSAL):
        service, action = _split(arn)
        client = _client(service, role, region)
        name = _operation(service, action)
        method = next(m for m, api in client.meta.method_to_api_mapping.items() if api == name)
        getattr(client, method)(**json.loads(text or "{}"))
        return
    service, where, name = arn.split(":")[2], arn.split(":")[3] or region, arn.split(":")[-1]
    client = _client({"states": "stepfunctions"}.get(service, service), role, where)
    if service == "lambda":
        client.invoke(FunctionName=arn, InvocationType="Event", Payload=text or "{}")
    elif service == "states":
        client.start_execution(stateMachineArn=arn, input=text or "{}")
    elif service == "sns":
        client.publish(TopicArn=arn, Message=text or "{}")
    elif service == "sqs":
        group = target.get("SqsParameters", {})
        client.send_message(
            QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=text or "{}", **group
        )
    else:
        wanted = target["EventBridgeParameters"]
        entry = {"Source": wanted["Source"], "DetailType": wanted["DetailType"], "Detail": text or "{}"}
        client.put_events(Entries=[{**entry, "EventBusName": name.split("/")[-1]}])


def _client(service: str, role: str, region: str) -> Any:
    credentials = loopback.role_credentials(role, region, "scheduler")
    url, config = loopback.url(), loopback.CONFIG
    return loopback.keep_host(boto3.client(service, region_name=region, endpoint_url=url, config=config, **credentials))
