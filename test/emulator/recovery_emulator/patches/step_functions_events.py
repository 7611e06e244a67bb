"""EventBridge hears when an execution begins and how it ends; moto says nothing.

The shape is that of the Step Functions Developer Guide: input and output as text, moments in milliseconds, null for what
is not there yet.
"""

import datetime
import json
import logging
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.stepfunctions.parser.api import ExecutionStatus
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution

from recovery_emulator import loopback
from recovery_emulator.clock import CLOCK

_LOG = logging.getLogger("recovery_emulator")
_moto_start = Execution.start
_moto_stop = Execution.stop
_moto_terminated = BaseExecutionWorkerCommunication.terminated


def _start(self: Execution) -> None:
    _moto_start(self)
    _tell(self, "RUNNING")


def _stop(self: Execution, stop_date: datetime.datetime, error: str | None, cause: str | None) -> None:
    """A stopped execution is ABORTED at once, though the function that it has called works on; moto waits for that."""
    was_running = self.exec_status == ExecutionStatus.RUNNING
    _moto_stop(self, stop_date, error, cause)
    if was_running:
        self.stop_date = datetime.datetime.now(tz=datetime.timezone.utc)
        self.error, self.cause = error, cause
        self.exec_status = ExecutionStatus.ABORTED
        _tell(self, "ABORTED")


def _terminated(self: BaseExecutionWorkerCommunication) -> None:
    if self.execution.exec_status == ExecutionStatus.ABORTED:
        return
    _moto_terminated(self)
    _tell(self.execution, str(getattr(self.execution.exec_status, "value", self.execution.exec_status)))


def _tell(execution: Execution, status: str) -> None:
    detail = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": status,
        "startDate": _ms(execution.start_date),
        "stopDate": _ms(execution.stop_date),
        "input": execution.execution_input,
        "output": None if execution.output is None else json.dumps(execution.output, default=str),
        "inputDetails": {"included": True},
        "outputDetails": None if execution.output is None else {"included": True},
        "error": execution.error,
        "cause": execution.cause,
    }
    entry = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Resources": [execution.exec_arn],
        "Detail": json.dumps(detail),
        "Time": CLOCK.now(),
    }
    threading.Thread(target=_send, args=(execution.region_name, execution.account_id, entry), daemon=True).start()


def _send(region: str, account: str, entry: dict[str, Any]) -> None:
    try:
        loopback.client("events", region, account).put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as problem:  # best effort, as AWS says
        _LOG.warning("event of an execution: %s", problem)


def _ms(moment: datetime.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


Execution.start = _start  # type: ignore[method-assign]
Execution.stop = _stop  # type: ignore[method-assign]
BaseExecutionWorkerCommunication.terminated = _terminated  # type: ignore[method-assign]
