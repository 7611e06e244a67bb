"""Command line: ``python3 -m recovery_emulator --port N``."""

import argparse
import sys

from recovery_emulator.moto_version import require_supported_moto


def main() -> None:
    parser = argparse.ArgumentParser(prog="recovery_emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--log-requests", action="store_true", help="print one line per request to stderr")
    parser.add_argument(
        "--exit-with-stdin", action="store_true", help="stop when stdin is closed, as when the test runner dies"
    )
    options = parser.parse_args()
    problem = require_supported_moto()
    if problem:
        sys.exit(problem)
    # Imported late: the modules below patch moto, and must not run under another version of it.
    from recovery_emulator.server import serve

    serve(options.port, options.log_requests, options.exit_with_stdin)


if __name__ == "__main__":
    main()
