"""Executions that are stopped at a state, as a test wants it: when it is entered, or when it is done and nobody knows yet."""

from typing import Any

from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.faults import FAULTS

_moto_input, _moto_output = CommonStateField._eval_body, CommonStateField._eval_state_output


def _struck(state: CommonStateField, env: Any, moment: str) -> bool:
    arn = env.states.context_object.context_object_data["Execution"]["Id"]
    _, _, _, region, account, _, machine, _ = arn.split(":", 7)
    fault = FAULTS.strike("execution", machine=machine, state=state.name, moment=moment, region=region)
    if fault is None:
        return False
    backend = stepfunctions_parser_backends[account][region]
    running = next(e for e in backend._get_executions() if e.exec_arn == arn)
    running.stop(
        stop_date=CLOCK.now(), error=fault.code, cause=fault.message or f"stopped when {state.name} was {moment}"
    )
    return True


def _body(self: CommonStateField, env: Any) -> None:
    if not _struck(self, env, "entered"):
        _moto_input(self, env)


def _output(self: CommonStateField, env: Any) -> None:
    if not _struck(self, env, "done"):
        _moto_output(self, env)


CommonStateField._eval_body = _body  # type: ignore[method-assign]
CommonStateField._eval_state_output = _output  # type: ignore[method-assign]
