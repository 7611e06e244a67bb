"""Lambda functions with a Node.js or Python runtime run as child processes, without docker; any other says that it cannot.

A Node.js child sees the emulator's clock: `Date` starts from it.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction

from recovery_emulator import loopback, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.efs import mounts

_HOSTS = {
    "nodejs": ["node", str(Path(__file__).with_name("lambda_host.mjs"))],
    "python": [sys.executable, "-s", str(Path(__file__).with_name("lambda_host.py"))],
}
_ROOT: list[Path] = []
# By the access key of an invocation: the name of its function, what it was called with, and its process.
RUNNING: dict[str, tuple[str, str, "subprocess.Popen[bytes]"]] = {}
# What `cfn-response` gives to inline functions.
_CFN_RESPONSE = """
exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';
exports.send = (event, context, status, data, physicalId) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const answer = { Status: status, Reason: `See ${context.logStreamName}`, PhysicalResourceId: physicalId || context.logStreamName };
  const body = JSON.stringify({ ...answer, StackId, RequestId, LogicalResourceId, Data: data });
  return fetch(event.ResponseURL, { method: 'PUT', body });
};
"""


def _root() -> Path:
    if not _ROOT:
        _ROOT.append(Path(tempfile.mkdtemp(prefix="emulator-lambda-")))
    return _ROOT[0]


def _compiled() -> Path:
    """Where Node.js children keep compiled code: with the nursery, so that every emulator of it has that; or else here."""
    nursery = os.environ.get("EMULATOR_NURSERY")
    folder = Path(nursery).parent if nursery else _root()
    return folder if folder.is_dir() else _root()


def _clean() -> None:
    while _ROOT:
        shutil.rmtree(_ROOT.pop(), ignore_errors=True)


def _code(function: LambdaFunction) -> Path:
    data = function.code_bytes
    folder = _root() / hashlib.sha256(data).hexdigest()[:16]
    if not folder.exists():
        unpacked = Path(tempfile.mkdtemp(dir=_root()))
        zipfile.ZipFile(io.BytesIO(data)).extractall(unpacked)
        if {p.name for p in unpacked.iterdir()} == {"index.js"}:
            (unpacked / "node_modules").mkdir()
            (unpacked / "node_modules" / "cfn-response.js").write_text(_CFN_RESPONSE)
        try:
            unpacked.rename(folder)
        except OSError:  # another invocation was quicker
            shutil.rmtree(unpacked)
    return folder


def _environment(function: LambdaFunction, request_id: str, folder: Path) -> dict[str, str]:
    try:
        given = loopback.role_credentials(function.role, function.region, function.function_name)
    except Exception:  # a role that does not exist: the function runs, as nobody in particular
        given = {"aws_access_key_id": "role", "aws_secret_access_key": "role"}
    clock = {"EMULATOR_CLOCK_OFFSET_MS": str(CLOCK.state()["offsetMs"])}
    if CLOCK.frozen:
        clock = {"EMULATOR_CLOCK_FROZEN_MS": str(CLOCK.now_ms())}
    return {
        **{k: os.environ[k] for k in ("PATH", "HOME", "NODE_PATH") if k in os.environ},
        **mounts.seen(function),
        **{k.upper(): v for k, v in given.items()},
        **clock,
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
        "AWS_LAMBDA_LOG_STREAM_NAME": request_id,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_ENDPOINT_URL": loopback.url(),
        "EMULATOR_CODE_CACHE": str(_compiled()),
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        "NODE_NO_WARNINGS": "1",
    }


def text_of(event: Any) -> str:
    """What a function is called with, as JSON without spaces."""
    return json.dumps(event, separators=(",", ":"))


def _invoke(function: LambdaFunction, event: Any = None, request_id: str | None = None) -> tuple[str, bool, str]:
    """Runs the handler once: result or error as text, whether it is an error, and what was printed."""
    host = next((h for language, h in _HOSTS.items() if (function.run_time or "").startswith(language)), None)
    if host is None:
        return (
            json.dumps({"errorType": "Emulator", "errorMessage": f"no local runtime for {function.run_time}"}),
            True,
            "",
        )
    request_id, folder, seconds = request_id or str(uuid.uuid4()), _code(function), int(function.timeout)
    if mounts.mount_of(function) == "silent":
        time.sleep(seconds)
        message = f"{request_id} Task timed out after {seconds}.00 seconds"
        return json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": message}), True, ""
    function.logs_backend.ensure_log_group(function.logs_group_name)
    request = {
        "event": {} if event is None else event,
        "requestId": request_id,
        "functionArn": function.function_arn,
        "timeout": seconds,
    }
    environment = _environment(function, request_id, folder)
    read_end, write_end = os.pipe()
    child = subprocess.Popen(
        [*host, str(write_end)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        pass_fds=(write_end,),
        cwd=folder,
    )
    os.close(write_end)
    RUNNING[environment["AWS_ACCESS_KEY_ID"]] = (function.function_name, text_of(event), child)
    with os.fdopen(read_end) as result_pipe:
        try:
            printed = child.communicate(json.dumps(request).encode(), timeout=seconds)[0].decode()
            result = result_pipe.read()
        except subprocess.TimeoutExpired:
            child.kill()
            printed = child.communicate()[0].decode()
            result = json.dumps(
                {
                    "error": {
                        "errorType": "Sandbox.Timedout",
                        "errorMessage": f"{request_id} Task timed out after {seconds}.00 seconds",
                    }
                }
            )
    RUNNING.pop(environment["AWS_ACCESS_KEY_ID"], None)
    if printed:
        function.save_logs(printed)
    answer = json.loads(
        result or '{"error":{"errorType":"Runtime.ExitError","errorMessage":"exited without a result"}}'
    )
    return json.dumps(answer["error"] if "error" in answer else answer.get("result")), "error" in answer, printed


_moto_invoke = LambdaFunction.invoke


def _invoke_api(self: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> Any:
    """A failed handler is "Unhandled"; moto says "Handled", which Step Functions does not expect."""
    result = _moto_invoke(
        self, body if isinstance(body, (str, bytes)) else json.dumps(body), request_headers, response_headers
    )
    if response_headers.get("x-amz-function-error") == "Handled":
        response_headers["x-amz-function-error"] = "Unhandled"
    return result


LambdaFunction._invoke_lambda = _invoke
LambdaFunction.invoke = _invoke_api
registry.ON_RESET.append(_clean)
registry.ON_STOP.append(_clean)
