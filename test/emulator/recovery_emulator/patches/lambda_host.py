"""One Lambda invocation of a Python handler: the event on stdin, the result on a given file descriptor."""

import importlib
import json
import os
import sys
import time
import traceback
from types import SimpleNamespace


def main() -> None:
    request = json.load(sys.stdin)
    started = time.monotonic()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    context = SimpleNamespace(
        aws_request_id=request["requestId"],
        invoked_function_arn=request["functionArn"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=request["requestId"],
        get_remaining_time_in_millis=lambda: int(request["timeout"] * 1000 - (time.monotonic() - started) * 1000),
    )
    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        answer = {"result": getattr(importlib.import_module(module.replace("/", ".")), name)(request["event"], context)}
    except Exception as problem:
        trace = traceback.format_exc().splitlines()
        answer = {"error": {"errorType": type(problem).__name__, "errorMessage": str(problem), "stackTrace": trace}}
    with os.fdopen(int(sys.argv[1]), "w") as result:
        json.dump(answer, result)


main()
