"""PostgreSQL servers in a Region that is lost stop, and start again when it is back."""

from recovery_emulator import regions
from recovery_emulator.patches.postgres_instances import SERVERS
from recovery_emulator.patches.postgres_server import HOST


def _lose(region: str) -> None:
    """The servers of a lost Region stop at once, as if the power were cut."""
    for key, server in SERVERS.items():
        if key[1] == region:
            HOST.stop(server)


def _bring_back(region: str) -> None:
    for key, server in SERVERS.items():
        if key[1] == region:
            HOST.start(server)


regions.ON_LOST.append(_lose)
regions.ON_BACK.append(_bring_back)
