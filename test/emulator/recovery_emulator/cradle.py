"""Stands for an emulator of the nursery: ``python3 cradle.py SOCKET PORT`` lends it its files, passes signals on, ends with it."""

import json
import os
import signal
import socket
import sys
import time

_PATIENCE_S = 60


def _call(path: str) -> socket.socket:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        call = socket.socket(socket.AF_UNIX)
        try:
            call.connect(path)
            return call
        except OSError:  # the nursery still reads
            call.close()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def main() -> None:
    path, port = sys.argv[1:]
    call = _call(path)
    socket.send_fds(call, [b"."], [0, 1, 2])
    request = {"port": int(port), "folder": os.getcwd(), "environment": dict(os.environ)}
    call.sendall(json.dumps(request).encode() + b"\n")
    emulator = call.makefile().readline()
    if not emulator:
        sys.exit("the nursery forks no emulator")
    told = []

    def pass_on(number: int, _: object) -> None:
        told.append(number)
        try:
            os.kill(int(emulator), number)
        except ProcessLookupError:  # it has just ended
            pass

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    call.recv(1)  # nothing comes but the end
    sys.exit(0 if told else 1)


if __name__ == "__main__":
    main()
