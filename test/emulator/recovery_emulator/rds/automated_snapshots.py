"""Automated snapshots come every day in the backup window and go after their retention; moto makes one, at the beginning.

Also: snapshots that AWS Backup takes are of the type awsbackup, which no list of the other types shows.
"""

from datetime import datetime, timedelta, timezone
from typing import Any

from moto.rds import models as rds

from recovery_emulator.clock import CLOCK
from recovery_emulator.rds.books import backend
from recovery_emulator.registry import after
from recovery_emulator.service_api.calls import Call

# A day that a lost Region has missed has no snapshot.
_MISSED_MS = 60_000
BACKUP_TYPE = "awsbackup"


@after(
    "rds",
    "CreateDBInstance",
    "CreateDBInstanceReadReplica",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
)
def _watch_instance(call: Call) -> None:
    name = call.params.get("DBInstanceIdentifier") or call.params["TargetDBInstanceIdentifier"]
    instance = backend(call.account, call.region).databases.get(name)
    if instance is not None and not instance.db_cluster_identifier:
        _plan(call.account, call.region, instance, "databases", name)


@after("rds", "CreateDBCluster", "RestoreDBClusterFromSnapshot", "RestoreDBClusterToPointInTime")
def _watch_cluster(call: Call) -> None:
    name = call.params["DBClusterIdentifier"]
    cluster = backend(call.account, call.region).clusters.get(name)
    if cluster is not None:
        _plan(call.account, call.region, cluster, "clusters", name)


def _plan(account: str, region: str, database: Any, kind: str, name: str) -> None:
    hour, minute = map(int, database.preferred_backup_window.split("-")[0].split(":"))
    now = datetime.fromtimestamp(CLOCK.now_ms() / 1000, timezone.utc)
    due = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if due <= now:
        due += timedelta(days=1)

    due_ms = int(due.timestamp() * 1000)

    def run() -> None:
        books = backend(account, region)
        if getattr(books, kind).get(name) is not database:
            return
        _plan(account, region, database, kind, name)
        if CLOCK.now_ms() - due_ms >= _MISSED_MS:
            return
        if int(database.backup_retention_period or 0):
            database.save_automated_backup()
            _expire(books, kind, name, int(database.backup_retention_period))

    CLOCK.at(due_ms, run)


def _expire(books: Any, kind: str, name: str, days: int) -> None:
    kept, owner = (
        (books.database_snapshots, "db_instance_identifier")
        if kind == "databases"
        else (books.cluster_snapshots, "db_cluster_identifier")
    )
    oldest = CLOCK.now_naive() - timedelta(days=days)
    for key, snapshot in list(kept.items()):
        is_old = snapshot.snapshot_type == "automated" and snapshot.created.replace(tzinfo=None) <= oldest
        if is_old and getattr(snapshot, owner) == name:
            del kept[key]


def mark_as_backup(account: str, region: str, snapshot: str) -> None:
    """Makes a snapshot one of AWS Backup."""
    books = backend(account, region)
    found = books.database_snapshots.get(snapshot) or books.cluster_snapshots.get(snapshot)
    found.snapshot_type = BACKUP_TYPE


def _finds_backups_by_name(name: str, store: str) -> None:
    """A snapshot that is asked for by its name is found, whatever its type."""
    original = getattr(rds.RDSBackend, name)

    def find(self: Any, *args: Any, **options: Any) -> Any:
        wanted = options.get("db_snapshot_identifier") or (args[1] if len(args) > 1 else None)
        snapshot = getattr(self, store).get(str(wanted or "").split(":", 6)[-1])
        asked = options.get("snapshot_type") or (args[2] if len(args) > 2 else None)
        if snapshot is not None and snapshot.snapshot_type == BACKUP_TYPE and asked in (None, BACKUP_TYPE):
            return [snapshot]
        return original(self, *args, **options)

    setattr(rds.RDSBackend, name, find)


_finds_backups_by_name("describe_db_snapshots", "database_snapshots")
_finds_backups_by_name("describe_db_cluster_snapshots", "cluster_snapshots")
