"""Step Functions: names and casing of AWS SDK tasks, executions, the role's own credentials.

moto's interpreter leaves the parameters of SDK tasks as they are written; the service spells them, their results and
their errors as the AWS SDK for Java does (`DbInstanceIdentifier`, `Rds.DbSnapshotNotFoundException`). The spelling rule
below is ours, learnt from examples, not published by AWS.
"""

import copy
import datetime
import functools
import json
import re
import sys
import threading
import uuid
from typing import Any

import boto3
import moto.stepfunctions.models as plain_models
import moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_factory  # noqa: F401 (loads the subclasses)
from botocore.config import Config
from botocore.model import StructureShape
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser import models as parser_models
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.utils import boto_client

from recovery_emulator import loopback

_SERVICE_NAMES = {"dynamodb": "DynamoDb", "sfn": "Sfn", "s3": "S3", "s3control": "S3Control"}
_MODELLED = ("StateTaskServiceSfn", "StateTaskServiceEcs", "StateTaskServiceBatch")


_moto_client_for = boto_client.boto_client_for


def _client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client with the role of the state machine, so in its account; moto's is always of the same one."""
    role = getattr(state_credentials, "role_arn", None)
    credentials = (
        loopback.role_credentials(role, region, "states")
        if role
        else {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    )
    made = boto3.client(service, region_name=region, endpoint_url=loopback.url(), config=_CLIENT_CONFIG, **credentials)
    return loopback.keep_host(made)


_CLIENT_CONFIG = Config(
    parameter_validation=False,
    retries={"max_attempts": 0, "total_max_attempts": 1},
    # A task may wait for a Lambda function.
    read_timeout=900,
)
for _module in list(sys.modules.values()):
    if getattr(_module, "boto_client_for", None) is _moto_client_for:
        _module.boto_client_for = _client_for  # type: ignore[attr-defined]


@functools.cache
def _client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _operation(service: str, action: str) -> Any:
    client = _client(service)
    methods = client.meta.method_to_api_mapping
    name = methods.get(action) or next((v for k, v in methods.items() if _bare(k) == _bare(action)), None)
    return client.meta.service_model.operation_model(name)


def to_boto(value: Any, shape: Any) -> Any:
    """Parameters in any casing as botocore spells them; a structure given for text becomes JSON."""
    if shape.type_name == "structure" and isinstance(value, dict):
        by_name = {_bare(k): (k, s) for k, s in shape.members.items()}
        fitted = {}
        for key, child in value.items():
            known = by_name.get(_bare(key))
            fitted[known[0] if known else key] = to_boto(child, known[1]) if known else child
        return fitted
    if shape.type_name == "list" and isinstance(value, list):
        return [to_boto(child, shape.member) for child in value]
    if shape.type_name == "string" and isinstance(value, (dict, list)):
        return json.dumps(value)
    return value


def java_name(name: str) -> str:
    """DBInstanceIdentifier as DbInstanceIdentifier."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+[0-9]*", name)
    return "".join(w[:1].upper() + (w[1:].lower() if w.isupper() else w[1:]) for w in words)


def from_boto(value: Any, shape: Any) -> Any:
    """A result as Step Functions spells it."""
    if shape is not None and isinstance(shape, StructureShape) and isinstance(value, dict):
        return {java_name(k): from_boto(child, shape.members.get(k)) for k, child in value.items()}
    if shape is not None and shape.type_name == "list" and isinstance(value, list):
        return [from_boto(child, shape.member) for child in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime.datetime) else value


def _replace(target: dict[str, Any], source: dict[str, Any]) -> None:
    target.clear()
    target.update(source)


def _normalise_parameters(
    self: Any, parameters: dict[str, Any], boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    model = _operation(
        self._get_boto_service_name(boto_service_name), self._get_boto_service_action(service_action_name)
    )
    if model.input_shape is not None:
        _replace(parameters, to_boto(parameters, model.input_shape))


def _normalise_response(
    self: Any, response: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> None:
    model = _operation(
        self._get_boto_service_name(boto_service_name), self._get_boto_service_action(service_action_name)
    )
    if isinstance(response, dict) and model.output_shape is not None:
        _replace(response, from_boto(response, model.output_shape))


_subclasses = StateTaskService.__subclasses__() + StateTaskServiceCallback.__subclasses__()
for _class in (StateTaskServiceAwsSdk, *(c for c in _subclasses if c.__name__ in _MODELLED)):
    _class._normalise_parameters = _normalise_parameters
    _class._normalise_response = _normalise_response

_moto_action = StateTaskService._get_boto_service_action


def _boto_action(self: Any, service_action_name: str | None = None) -> str:
    action = _moto_action(self, service_action_name)
    methods = _client(self._get_boto_service_name()).meta.method_to_api_mapping
    return str(action if action in methods else next((k for k in methods if _bare(k) == _bare(action)), action))


def _error_service(name: str) -> str:
    return _SERVICE_NAMES.get(name.lower(), name[:1].upper() + name[1:])


def _error_name(service: str, problem: Exception) -> str:
    name = problem.__class__.__name__
    if name == "ClientError":
        code = problem.response["Error"]["Code"]  # type: ignore[attr-defined]
        name = code if re.search(r"(Fault|Exception|NotFound|Exists)$", code) else service
    return f"{service}.{java_name(re.sub(r'(Fault|Error|Exception)$', '', name))}Exception"


StateTaskServiceAwsSdk._get_boto_service_action = _boto_action
StateTaskServiceAwsSdk._normalise_service_error_name = staticmethod(_error_service)
StateTaskServiceAwsSdk._normalise_exception_name = staticmethod(_error_name)

_STARTING = threading.Lock()
_moto_start = parser_models.StepFunctionsParserBackend.start_execution


def _start_execution(self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **options: Any) -> Any:
    """Without a name moto calls every execution None; two of one name at the same time it would both start."""
    with _STARTING:
        return _moto_start(self, state_machine_arn, name or str(uuid.uuid4()), *args, **options)


def _copy_without_executions(self: StateMachine, memo: Any) -> StateMachine:
    """moto copies a state machine for each execution, with the threads of the earlier ones: that fails."""
    new = copy.copy(self)
    new.executions = []
    return new


parser_models.StepFunctionsParserBackend.start_execution = _start_execution
StateMachine.__deepcopy__ = _copy_without_executions
# CloudFormation and others must see the machines of the backend that executes them.
plain_models.stepfunctions_backends = parser_models.stepfunctions_parser_backends
