"""How executions end, as the API tells it: moto loses the error and the cause of an abort, and writes a text as output without quotes."""

import json
from typing import Any

from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_moto_reflect = BaseExecutionWorkerCommunication._reflect_execution_status


def _reflect(self: Any) -> None:
    _moto_reflect(self)
    state = self.execution.exec_worker.env.program_state()
    if isinstance(state, ProgramStopped):
        self.execution.error, self.execution.cause = state.error, state.cause


def _require(call: Call) -> Any:
    arn = call.params["executionArn"]
    found = stepfunctions_parser_backends[call.account][call.region]._get_executions()
    execution = next((one for one in found if one.exec_arn == arn), None)
    if execution is None:
        raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    return execution


@implements("stepfunctions", "DescribeExecution")
def _describe(call: Call) -> dict[str, Any]:
    found = _require(call)
    status = str(getattr(found.exec_status, "value", found.exec_status))
    return {
        "executionArn": found.exec_arn,
        "stateMachineArn": found.state_machine_arn,
        "name": found.name,
        "status": status,
        "startDate": found.start_date,
        "stopDate": None if status == "RUNNING" else found.stop_date,
        "input": found.execution_input,
        "inputDetails": {"included": True},
        "output": json.dumps(found.output) if status == "SUCCEEDED" else None,
        "outputDetails": {"included": True} if status == "SUCCEEDED" else None,
        "error": found.error,
        "cause": found.cause,
    }


@implements("stepfunctions", "StopExecution")
def _stop(call: Call) -> dict[str, Any]:
    """One that has ended already stays as it ended."""
    found, now = _require(call), CLOCK.now()
    if str(getattr(found.exec_status, "value", found.exec_status)) != "RUNNING":
        return {"stopDate": found.stop_date}
    found.stop(stop_date=now, error=call.params.get("error"), cause=call.params.get("cause"))
    return {"stopDate": now}


BaseExecutionWorkerCommunication._reflect_execution_status = _reflect  # type: ignore[method-assign]
