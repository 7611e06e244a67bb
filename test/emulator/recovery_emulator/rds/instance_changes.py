"""What ModifyDBInstance, RebootDBInstance and StopDBInstance do beyond the books of moto: states, a new name, closed doors."""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.models import RDSBackend

from recovery_emulator import loopback
from recovery_emulator.clock import CLOCK
from recovery_emulator.patches.postgres_doors import set_open
from recovery_emulator.patches.postgres_instances import SERVERS, server_of
from recovery_emulator.patches.postgres_server import HOST
from recovery_emulator.rds.books import backend
from recovery_emulator.rds.promotions import bad_state, require_instance
from recovery_emulator.rds.read_replicas import source_of
from recovery_emulator.registry import after, before, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS

# The states in which nothing can be changed.
_BUSY = ("creating", "modifying", "rebooting", "renaming", "stopped", "stopping", "deleting")


@before("rds", "ModifyDBInstance")
def _check_change(call: Call) -> None:
    database = require_instance(call, call.params["DBInstanceIdentifier"])
    if database.status in _BUSY:
        raise bad_state(f"DB instance {database.db_instance_identifier} is {database.status}, must be available")
    new_name = call.params.get("NewDBInstanceIdentifier")
    if not new_name:
        return
    if not call.params.get("ApplyImmediately"):
        raise ServiceError("NotImplemented", "a rename in the next maintenance window is not emulated", 501)
    if new_name.lower() in backend(call.account, call.region).databases:
        raise ServiceError("DBInstanceAlreadyExists", f"DB instance {new_name} already exists")
    if not all(part.isalnum() and part.isascii() for part in new_name.split("-")) or not new_name[0].isalpha():
        raise ServiceError("InvalidParameterValue", f"The parameter {new_name} is not a valid identifier.")


@after("rds", "ModifyDBInstance")
def _follow_change(call: Call) -> None:
    new_name = call.params.get("NewDBInstanceIdentifier")
    database = require_instance(call, new_name or call.params["DBInstanceIdentifier"])
    if call.params.get("VpcSecurityGroupIds"):
        _guard(database, call.params["VpcSecurityGroupIds"])
    duration = 0 if call.internal else SETTINGS.job_duration_ms("modify", "RDS")
    if duration:
        _be(database, "renaming" if new_name else "modifying", duration)


@after("rds", "RestoreDBInstanceFromDBSnapshot", "RestoreDBInstanceToPointInTime")
def _settle_restored(call: Call) -> None:
    """Off unless asked for, while moto takes it over from the source and does not hear a no."""
    name = call.params.get("DBInstanceIdentifier") or call.params["TargetDBInstanceIdentifier"]
    database = require_instance(call, name)
    database.deletion_protection = bool(call.params.get("DeletionProtection"))
    for key, attribute in (("MultiAZ", "multi_az"), ("PubliclyAccessible", "publicly_accessible")):
        if call.params.get(key) is False:
            setattr(database, attribute, False)


def _be(database: Any, state: str, duration_ms: int) -> None:
    """An instance is in a state for a while."""
    database.status = state

    def done() -> None:
        if database.status == state:
            database.status = "available"

    CLOCK.after(duration_ms, done)


def _guard(database: Any, groups: list[str]) -> None:
    """Groups that let nobody in keep new connections out of the server; those that are open stay, as in AWS."""
    server = server_of(database.db_instance_arn)
    if server is None:
        return
    books = ec2_backends[database.account_id][database.region]
    found = [books.get_security_group_from_id(group) for group in groups]
    set_open(server, any(group is not None and group.ingress_rules for group in found))


@after("rds", "CreateDBInstanceReadReplica")
def _open(call: Call) -> None:
    """A replica has groups of its own, though its files are those of its source."""
    replica = require_instance(call, call.params["DBInstanceIdentifier"])
    server = server_of(replica.db_instance_arn)
    if server is not None:
        set_open(server, True)


_moto_modify = RDSBackend.modify_db_instance


def _modify(self: Any, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Any:
    """moto forgets, at a change of name, the server, and who follows the instance."""
    before_it = self.databases.get(db_instance_identifier)
    old_arn = before_it.db_instance_arn if before_it is not None else None
    database = _moto_modify(self, db_instance_identifier, db_kwargs)
    if old_arn is not None and database.db_instance_arn != old_arn:
        old_name, new_name = old_arn.split(":")[6], database.db_instance_identifier
        place = (database.account_id, database.region)
        if (*place, old_name) in SERVERS:
            SERVERS[*place, new_name] = SERVERS.pop((*place, old_name))
        _tell_family(database, {old_name: new_name, old_arn: database.db_instance_arn})
    return database


def _tell_family(database: Any, renamed: dict[str, str]) -> None:
    source = source_of(database)
    if source is not None:
        source.replicas = [renamed.get(known, known) for known in source.replicas]
    for known in database.replicas:
        region, name = (known.split(":")[3], known.split(":")[6]) if ":" in known else (database.region, known)
        replica = backend(database.account_id, region).databases.get(name)
        if replica is not None:
            followed = replica.source_db_instance_identifier
            replica.source_db_instance_identifier = renamed.get(followed, followed)


RDSBackend.modify_db_instance = _modify


@implements("rds", "RebootDBInstance")
def _reboot(call: Call) -> dict[str, Any]:
    database = require_instance(call, call.params["DBInstanceIdentifier"])
    if database.status in _BUSY:
        raise bad_state(f"DB instance {database.db_instance_identifier} is {database.status}, must be available")
    server = server_of(database.db_instance_arn)
    if server is not None:  # whoever was connected is connected no more
        HOST.stop(server, "fast")
        HOST.start(server)
    duration = 0 if call.internal else SETTINGS.job_duration_ms("reboot", "RDS")
    if duration:
        _be(database, "rebooting", duration)
    made = loopback.client("rds", call.region, call.account)
    return {
        "DBInstance": made.describe_db_instances(DBInstanceIdentifier=database.db_instance_identifier)["DBInstances"][0]
    }


@before("rds", "StopDBInstance")
def _check_stop(call: Call) -> None:
    database = require_instance(call, call.params["DBInstanceIdentifier"])
    name = database.db_instance_identifier
    if database.is_replica or database.replicas:
        what = "is a read replica" if database.is_replica else "has read replicas"
        raise bad_state(f"Cannot stop or start DB instance {name}: it {what}")
