"""Emulators without their start: ``python3 -m recovery_emulator.nursery SOCKET`` reads every module once and forks one per call.

Reading them takes seconds of processor time, a fork next to none. A test starts ``cradle.py`` in the emulator's stead. The
nursery ends when its standard input does; the emulators go on.
"""

import gc
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import threading
import traceback

import boto3
from moto.core.utils import get_service_model
from moto.moto_api._internal import mock_random

from recovery_emulator.server import prepare, serve

# What most tests call: megabytes of JSON.
_MODELS = (
    *("backup", "cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "iam", "kms", "lambda", "logs", "rds"),
    *("s3", "scheduler", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts"),
)


def _read_everything() -> None:
    prepare()
    for service in _MODELS:
        get_service_model(service)
        boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    if threading.active_count() > 1:
        sys.exit("a process with threads cannot be forked")
    gc.collect()
    gc.freeze()


def _become(call: socket.socket, files: list[int]) -> None:
    """The forked process: an emulator with the files, the folder and the environment of its caller."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    request = json.loads(call.makefile().readline())
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    random.seed()
    mock_random.seed()
    call.sendall(f"{os.getpid()}\n".encode())
    serve(request["port"], False, True)


def main() -> None:
    path = sys.argv[1]
    _read_everything()
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while door in select.select([door, sys.stdin], [], [])[0]:
        call, _ = door.accept()
        _, files, _, _ = socket.recv_fds(call, 1, 3)
        if os.fork() == 0:
            try:
                door.close()
                _become(call, files)
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        call.close()
        for file in files:
            os.close(file)
    shutil.rmtree(os.path.dirname(path), ignore_errors=True)


if __name__ == "__main__":
    main()
