"""RDS instances of engine postgres are real servers: moto keeps the books, this module keeps the data.

A snapshot is a base backup, a restore a new server, point-in-time recovery a replay of the log, a read replica a streaming
replica. moto itself drops the time of a point-in-time restore and looks for a snapshot's source in the target Region only.
"""

import datetime
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moto.rds import models as rds
from moto.rds.responses import RDSResponse

from recovery_emulator import regions, registry
from recovery_emulator.patches.postgres_server import BINARIES, HOST, Cluster
from recovery_emulator.settings import SETTINGS

Key = tuple[str, str, str]
SERVERS: dict[Key, Cluster] = {}
_SNAPSHOTS: dict[Key, Path] = {}
_LOCK = threading.RLock()
_STATE = threading.local()
_Backend = rds.RDSBackend
_ORIGINAL: dict[str, Callable[..., Any]] = {}


def _wanted(database: Any) -> bool:
    return database.engine == "postgres" and BINARIES is not None and bool(SETTINGS.values["realPostgres"])


def _key(backend: Any, name: str) -> Key:
    """An instance or snapshot of a backend's Region, or of another one when its ARN says so."""
    if name.startswith("arn:"):
        parts = name.split(":")
        return parts[4], parts[3], parts[6]
    return backend.account_id, backend.region_name, name


def _directory(key: Key) -> str:
    return "-".join(key)


def _attach(backend: Any, database: Any, cluster: Cluster) -> Any:
    SERVERS[_key(backend, database.db_instance_identifier)] = cluster
    database.port = cluster.port
    return database


def _replaces(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def replace(function: Callable[..., Any]) -> Callable[..., Any]:
        _ORIGINAL[name] = getattr(_Backend, name)
        setattr(_Backend, name, function)
        return function

    return replace


def _books_only(name: str, *args: Any, **options: Any) -> Any:
    """Lets moto do its part, without a new empty server for the instance that it makes on the way."""
    _STATE.quiet = True
    try:
        return _ORIGINAL[name](*args, **options)
    finally:
        _STATE.quiet = False


def server_of(arn: str) -> Cluster | None:
    """The server behind an instance, by its ARN."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    return SERVERS.get((account, region, name))


def restore_from(backend: Any, properties: dict[str, Any], source: Cluster | None, until: str | None) -> Any:
    """A new instance of these properties, with the data that another server, which may be gone, has left behind."""
    database = _books_only("create_db_instance", backend, properties)
    if source is not None and _wanted(database):
        key = _key(backend, database.db_instance_identifier)
        if any(server is source and not regions.is_lost(place[1]) for place, server in SERVERS.items()):
            HOST.sql(source, "select pg_switch_wal()")
            _wait_for_archive(source)
        _attach(backend, database, HOST.restore(_directory(key), source.base, source.wal, until))
    return database


@_replaces("create_db_instance")
def _create(self: Any, options: dict[str, Any]) -> Any:
    database = _ORIGINAL["create_db_instance"](self, options)
    if _wanted(database) and not getattr(_STATE, "quiet", False):
        with _LOCK:
            user, password = (
                options.get("master_username") or "postgres",
                options.get("master_user_password") or "postgres",
            )
            name = _directory(_key(self, database.db_instance_identifier))
            _attach(self, database, HOST.create(name, user, password, options.get("db_name")))
    return database


@_replaces("create_db_snapshot")
def _snapshot(self: Any, db_instance_identifier: str, db_snapshot_identifier: str, *args: Any, **options: Any) -> Any:
    made = _ORIGINAL["create_db_snapshot"](self, db_instance_identifier, db_snapshot_identifier, *args, **options)
    server = SERVERS.get(_key(self, db_instance_identifier))
    if server is not None and options.get("snapshot_type") != "automated":
        key = _key(self, db_snapshot_identifier)
        _SNAPSHOTS[key] = HOST.snapshot(server, f"snapshot-{_directory(key)}")
    return made


@_replaces("copy_db_snapshot")
def _copy_snapshot(
    self: Any, source_db_snapshot_identifier: str, target_db_snapshot_identifier: str, *args: Any, **options: Any
) -> Any:
    source = _key(self, source_db_snapshot_identifier)
    elsewhere = source[:2] != (self.account_id, self.region_name)
    if elsewhere:  # moto looks in the target Region only
        self.database_snapshots[source[2]] = rds.rds_backends[source[0]][source[1]].get_db_snapshot(source[2])
    try:
        made = _ORIGINAL["copy_db_snapshot"](self, source[2], target_db_snapshot_identifier, *args, **options)
    finally:
        if elsewhere:
            del self.database_snapshots[source[2]]
    if source in _SNAPSHOTS:
        _SNAPSHOTS[_key(self, target_db_snapshot_identifier)] = _SNAPSHOTS[source]
    return made


@_replaces("restore_db_instance_from_db_snapshot")
def _restore(self: Any, from_snapshot_id: str, overrides: dict[str, Any]) -> Any:
    key = _key(self, from_snapshot_id)
    database = _books_only("restore_db_instance_from_db_snapshot", self, key[2], overrides)
    if key in _SNAPSHOTS and _wanted(database):
        name = _directory(_key(self, database.db_instance_identifier))
        return _attach(self, database, HOST.restore(name, _SNAPSHOTS[key]))
    return database


@_replaces("restore_db_instance_to_point_in_time")
def _restore_to_time(self: Any, source_db_identifier: str, target_db_identifier: str, overrides: dict[str, Any]) -> Any:
    database = _books_only(
        "restore_db_instance_to_point_in_time", self, source_db_identifier, target_db_identifier, overrides
    )
    source, until = SERVERS.get(_key(self, source_db_identifier)), getattr(_STATE, "restore_time", None)
    if source is not None:
        HOST.sql(source, "select pg_switch_wal()")
        _wait_for_archive(source)
        name = _directory(_key(self, target_db_identifier))
        _attach(self, database, HOST.restore(name, source.base, source.wal, until))
    return database


def _wait_for_archive(source: Cluster) -> None:
    """The log just switched away from must be in the archive before a recovery reads it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if HOST.sql(source, "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'") == "0":
            return
        time.sleep(0.1)


_restore_response = RDSResponse.restore_db_instance_to_point_in_time


def _remember_time(self: Any) -> Any:
    """moto drops RestoreTime."""
    moment = self.params.get("RestoreTime")
    if isinstance(moment, datetime.datetime):
        moment = moment.replace(tzinfo=datetime.timezone.utc).isoformat()
    _STATE.restore_time = moment
    try:
        return _restore_response(self)
    finally:
        _STATE.restore_time = None


RDSResponse.restore_db_instance_to_point_in_time = _remember_time


@_replaces("create_db_instance_read_replica")
def _replica(self: Any, options: dict[str, Any]) -> Any:
    # moto looks for the subnet group in the Region of the source, unless it knows first where the replica is
    database = _ORIGINAL["create_db_instance_read_replica"](self, {"backend": self, **options})
    source = SERVERS.get(_key(self, options["source_db_instance_identifier"]))
    if source is not None:
        name = _directory(_key(self, database.db_instance_identifier))
        _attach(self, database, HOST.replicate(name, source))
    return database


@_replaces("delete_db_instance")
def _delete(self: Any, db_instance_identifier: str, *args: Any, **options: Any) -> Any:
    database = _ORIGINAL["delete_db_instance"](self, db_instance_identifier, *args, **options)
    server = SERVERS.pop(_key(self, db_instance_identifier), None)
    if server is not None:
        HOST.stop(server)
    return database


@_replaces("stop_db_instance")
def _stop(self: Any, db_instance_identifier: str, *args: Any, **options: Any) -> Any:
    database = _ORIGINAL["stop_db_instance"](self, db_instance_identifier, *args, **options)
    server = SERVERS.get(_key(self, db_instance_identifier))
    if server is not None:
        HOST.stop(server, "fast")
    return database


@_replaces("start_db_instance")
def _start(self: Any, db_instance_identifier: str) -> Any:
    database = _ORIGINAL["start_db_instance"](self, db_instance_identifier)
    server = SERVERS.get(_key(self, db_instance_identifier))
    if server is not None:
        HOST.start(server)
    return database


def _address(database: Any) -> str:
    key = (database.account_id, database.region, database.db_instance_identifier)
    return (
        "127.0.0.1"
        if key in SERVERS
        else f"{database.db_instance_identifier}.emulated.{database.region}.rds.amazonaws.com"
    )


rds.DBInstance.address = property(_address)


def _end() -> None:
    for server in SERVERS.values():
        HOST.stop(server)
    SERVERS.clear()
    _SNAPSHOTS.clear()
    HOST.remove()


registry.ON_RESET.append(_end)
registry.ON_STOP.append(_end)
