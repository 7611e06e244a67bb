"""The language of Step Functions where moto's interpreter falls short: JSONPath, JSONata, Fail states, waits."""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.utils import json_path

from recovery_emulator import registry
from recovery_emulator.settings import SETTINGS

# A Fail state may pass a caught States.* error on through ErrorPath: no prefix is illegal.
custom_error_name.ILLEGAL_CUSTOM_ERROR_PREFIX = "\0"


def _everywhere(name: str, old: Any, new: Any) -> None:
    """Replaces a function in every module that has imported it."""
    for module in list(sys.modules.values()):
        if getattr(module, name, None) is old:
            setattr(module, name, new)


_INDEFINITE = re.compile(r"\.\.|\[\s*(\*|\?|-?\d*\s*:|[^\]]*,)")
_moto_extract = json_path.extract_json


def _extract_json(path: str, data: Any) -> Any:
    """moto returns a list for `$.A[0].B`; only wildcards, slices, filters and unions give lists."""
    value = _moto_extract(path, data)
    if isinstance(value, list) and len(value) == 1 and not _INDEFINITE.search(path):
        matches = json_path.parse(path).find(data)
        return matches[0].value if len(matches) == 1 else value
    return value


_everywhere("extract_json", _moto_extract, _extract_json)


class _JsonataHost:
    """The reference implementation of JSONata (npm `jsonata`), asked over a pipe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def evaluate(self, expression: str) -> Any:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                script = Path(__file__).with_name("jsonata_host.cjs")
                self._process = subprocess.Popen(
                    ["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(json.dumps(expression) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        answer = json.loads(line or '{"error": "JSONata needs the npm package jsonata, which cannot be resolved"}')
        if "value" not in answer:
            raise jsonata.JSONataException("UNKNOWN", answer.get("error", "The expression returned undefined"))
        return answer["value"]

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()


_HOST = _JsonataHost()
jsonata._eval_jsonata = _HOST.evaluate
registry.ON_STOP.append(_HOST.stop)
_moto_declarations = jsonata.encode_jsonata_variable_declarations


def _declarations(bindings: dict[str, Any]) -> str:
    """moto does not escape text in variables."""
    return "".join(f"{name}:={json.dumps(value, default=str)};" for name, value in bindings.items())


_everywhere("encode_jsonata_variable_declarations", _moto_declarations, _declarations)


def _wait(self: WaitFunction, env: Any) -> None:
    """Wait states last the fraction of their time that the settings say."""
    deadline = time.monotonic() + self._get_wait_seconds(env=env) * float(SETTINGS.values["waitScale"])
    while (left := deadline - time.monotonic()) > 0 and env.is_running():
        env.program_state_event.wait(left)


WaitFunction._eval_body = _wait
# The pauses between retries likewise.
retrier_decl.time = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * float(SETTINGS.values["waitScale"])))
