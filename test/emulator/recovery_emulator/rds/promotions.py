"""How a replica becomes an instance of its own: modifying, then rebooting, then available and without a source.

The server behind it can be written when it reboots. What a stack promotes is promoted at once, for a stack waits for it.
"""

from typing import Any

from recovery_emulator.clock import CLOCK
from recovery_emulator.patches.postgres_instances import server_of
from recovery_emulator.patches.postgres_server import HOST
from recovery_emulator.rds.books import AURORA, backend
from recovery_emulator.rds.read_replicas import forget_source
from recovery_emulator.registry import after, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS


def require_instance(call: Call, name: str) -> Any:
    """An instance of the caller's Region."""
    found = backend(call.account, call.region).databases.get(name.lower())
    if found is None:
        raise ServiceError("DBInstanceNotFound", f"DBInstance {name} not found.", 404)
    return found


def bad_state(message: str) -> ServiceError:
    """What an instance does not do in the state it is in."""
    return ServiceError("InvalidDBInstanceState", message)


@implements("rds", "PromoteReadReplica")
def _promote(call: Call) -> dict[str, Any]:
    replica = require_instance(call, call.params["DBInstanceIdentifier"])
    name = replica.db_instance_identifier
    if replica.engine in AURORA:
        raise bad_state(f"{name} is an Aurora instance: its cluster is failed over or removed from the global cluster")
    if not replica.is_replica:
        raise bad_state(f"DB Instance is not a read replica: {name}")
    if replica.status != "available":
        raise bad_state(f"DB instance {name} is {replica.status}, must be available to be promoted")
    if "BackupRetentionPeriod" in call.params or not call.internal:
        replica.backup_retention_period = int(call.params.get("BackupRetentionPeriod", 1))
    if "PreferredBackupWindow" in call.params:
        replica.preferred_backup_window = call.params["PreferredBackupWindow"]
    total_ms = 0 if call.internal else SETTINGS.job_duration_ms("promote", "RDS")
    if total_ms:
        replica.status = "modifying"
        CLOCK.after(total_ms / 2, lambda: _reboot(replica, total_ms / 2))
    else:
        _reboot(replica, 0)
    return {"DBInstance": replica}


def _reboot(replica: Any, left_ms: float) -> None:
    """The moment of which there is no way back."""
    if replica.status == "deleting":
        return
    server = server_of(replica.db_instance_arn)
    if server is not None:
        HOST.promote(server)
    if left_ms:
        replica.status = "rebooting"
        CLOCK.after(left_ms, lambda: _finish(replica))
    else:
        _finish(replica)


def _finish(replica: Any) -> None:
    if replica.status != "deleting":
        forget_source(replica)
        replica.status = "available"


@after("rds", "CreateDBInstanceReadReplica")
def _take_time(call: Call) -> None:
    replica = backend(call.account, call.region).databases[call.params["DBInstanceIdentifier"].lower()]
    duration = 0 if call.internal else SETTINGS.job_duration_ms("create", "RDS")
    if duration:
        replica.status = "creating"

        def created() -> None:
            if replica.status == "creating":
                replica.status = "available"

        CLOCK.after(duration, created)
