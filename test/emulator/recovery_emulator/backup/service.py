"""The AWS Backup API: finds the function of an operation and calls it with the Region's state."""

from typing import Any

from botocore import xform_name

from recovery_emulator import registry
from recovery_emulator.backup import (
    audit,
    backup_jobs,
    copy_jobs,
    plans,
    points,
    restore_jobs,
    restore_testing,
    settings,
    vaults,
)
from recovery_emulator.backup.operations import OPERATIONS
from recovery_emulator.backup.state import STORE
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

# Importing them registers their operations.
PARTS = (audit, backup_jobs, copy_jobs, plans, points, restore_jobs, restore_testing, settings, vaults)


class Backup:
    """AWS Backup in every account and Region."""

    def handle(self, call: Call) -> dict[str, Any] | None:
        function = OPERATIONS.get(xform_name(call.operation))
        if function is None:
            raise ServiceError("NotImplemented", f"AWS Backup {call.operation} is not emulated", 501)
        return function(STORE.region(call.account, call.region), call.params)


registry.SERVICES["backup"] = Backup()
registry.ON_RESET.append(STORE.reset)
