"""Real PostgreSQL servers on 127.0.0.1, one per RDS instance: initdb, base backups, WAL archive, recovery to a moment.

They are found on PATH, or in the folder PGBIN. PostgreSQL refuses to run as root, so root runs them as user postgres, or as nobody
where there is no such user. Programs for clients need not be there.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from recovery_emulator.patches import postgres_tls, postgres_wire

_RECOVERY_SETTINGS = ("restore_command", "recovery_target_action", "recovery_target_time")
_SUPERUSER = "rdsadmin"


def _find_binaries() -> Path | None:
    given = os.environ.get("PGBIN")
    found = shutil.which("initdb")
    if given or found:
        return Path(given) if given else Path(os.path.realpath(str(found))).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


BINARIES = _find_binaries()


def _owner() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


class Cluster:
    """One PostgreSQL server and its data directory."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory, self.port = directory, port

    @property
    def base(self) -> Path:
        """The automated backup from which point-in-time recovery starts."""
        return self.directory.with_name(self.directory.name + ".base")

    @property
    def wal(self) -> Path:
        """The archive of write-ahead log."""
        return self.directory.with_name(self.directory.name + ".wal")


class PostgresHost:
    """Starts, copies and stops clusters below one temporary folder."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._user = _owner() if os.getuid() == 0 else None
        self._prefix = ["runuser", "-u", self._user, "--"] if self._user else []

    @property
    def root(self) -> Path:
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="emulator-pg-"))
            if self._user:
                shutil.chown(self._root, self._user)
                self._root.chmod(0o755)
        return self._root

    def run(self, *command: Any, text: str | None = None) -> str:
        """Runs a command as the user that owns the servers."""
        done = subprocess.run(
            [*self._prefix, *map(str, command)], capture_output=True, text=True, cwd="/", input=text or "", check=False
        )
        if done.returncode:
            raise RuntimeError(f"{Path(str(command[0])).name}: {done.stderr[-400:]}")
        return done.stdout

    def _binary(self, name: str) -> Path:
        if BINARIES is None:
            raise RuntimeError("no PostgreSQL server: initdb is not on PATH and PGBIN is not set")
        return BINARIES / name

    def _configure(self, directory: Path, *lines: str) -> None:
        self.run("sh", "-c", 'cat >> "$0"', directory / "postgresql.auto.conf", text="\n".join(lines) + "\n")

    def _tls_files(self) -> dict[str, Path]:
        """Files of certificate and key, which a server only takes where nobody else may read them."""
        made = {}
        for name, text in postgres_tls.files().items():
            made[name] = self.root / name
            if not made[name].exists():
                self.run("sh", "-c", 'umask 077; cat > "$0"', made[name], text=text)
        return made

    def start(self, cluster: Cluster) -> None:
        """Starts the server of a data directory."""
        tls = " ".join(f"-c {name}={file}" for name, file in self._tls_files().items())
        options = f"{tls} -c ssl=on -p {cluster.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.root} -c fsync=off -c shared_buffers=32MB"
        command = [
            *self._prefix,
            str(self._binary("pg_ctl")),
            "-s",
            "-w",
            "-t",
            "60",
            "-D",
            str(cluster.directory),
            "-l",
            f"{cluster.directory}.log",
            "-o",
            options,
            "start",
        ]
        # The server must not inherit our pipes, or reading them would wait for its end.
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.run(command, cwd="/", check=False, **quiet).returncode:
            raise RuntimeError(Path(f"{cluster.directory}.log").read_text()[-500:])

    def stop(self, cluster: Cluster, mode: str = "immediate") -> None:
        """Stops a server."""
        command = [*self._prefix, str(self._binary("pg_ctl")), "-s", "-m", mode, "-D", str(cluster.directory), "stop"]
        subprocess.run(command, cwd="/", check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def sql(self, cluster: Cluster, query: str) -> str:
        """Runs a query as superuser."""
        return postgres_wire.sql(self.root, cluster.port, _SUPERUSER, query)

    def base_backup(self, cluster: Cluster, target: Path, *options: str) -> None:
        """Copies a running server's data."""
        program = self._binary("pg_basebackup")
        if program.exists():
            place = ("-h", self.root, "-p", cluster.port, "-U", _SUPERUSER)
            self.run(program, *place, "-D", target, "-c", "fast", *options)
            return
        postgres_wire.base_backup(self.root, cluster.port, _SUPERUSER, target)
        if self._user:
            for path in (target, *target.rglob("*")):
                shutil.chown(path, self._user)
        if "-R" in options:
            source = f"host={self.root} port={cluster.port} user={_SUPERUSER}"
            self._configure(target, f"primary_conninfo='{source}'")
            self.run("touch", target / "standby.signal")

    def _place(self, name: str) -> Cluster:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        return Cluster(self._folder(name), port)

    def _folder(self, name: str) -> Path:
        """One that was never used: what has a name may be renamed, and another one get the name."""
        return self.root / f"{name}-{uuid.uuid4().hex[:8]}"

    def create(self, name: str, user: str, password: str, database: str | None) -> Cluster:
        """A new, empty server with one login."""
        cluster = self._place(name)
        self.run(
            self._binary("initdb"), "-D", cluster.directory, "-U", _SUPERUSER, "--auth-local=trust", "--auth-host=scram-sha-256",
            "--no-sync", "-k", "-E", "UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        self.run("mkdir", "-p", cluster.wal)
        self._configure(
            cluster.directory,
            "wal_level=replica",
            "max_wal_senders=8",
            "archive_mode=on",
            f"archive_command='cp %p {cluster.wal}/%f'",
            "archive_timeout=60",
        )
        self.start(cluster)
        quoted = password.replace("'", "''")
        self.sql(cluster, f"create role \"{user}\" login superuser password '{quoted}'")
        if database:
            self.sql(cluster, f'create database "{database}"')
        self.base_backup(cluster, cluster.base)
        return cluster

    def snapshot(self, cluster: Cluster, name: str) -> Path:
        """A base backup, verified where there is a program for it."""
        target = self._folder(name)
        self.base_backup(cluster, target)
        program = self._binary("pg_verifybackup")
        if program.exists():
            self.run(program, "-q", target)
        return target

    def restore(self, name: str, source: Path, wal: Path | None = None, until: str | None = None) -> Cluster:
        """A new server from a base backup, with the log replayed up to a moment when there is one."""
        cluster = self._place(name)
        self.run("cp", "-a", source, cluster.directory)
        self.run("rm", "-f", cluster.directory / "standby.signal")  # the backup of a replica is restored as an instance
        self.run("mkdir", "-p", cluster.wal)
        self._configure(cluster.directory, f"archive_command='cp %p {cluster.wal}/%f'")
        if wal is not None:
            target = [f"recovery_target_time='{until}'"] if until else []
            self._configure(
                cluster.directory, f"restore_command='cp {wal}/%f %p'", "recovery_target_action=promote", *target
            )
            self.run("touch", cluster.directory / "recovery.signal")
        self.start(cluster)
        self._wait_for_recovery(cluster)
        if wal is not None:
            for setting in _RECOVERY_SETTINGS:  # or a replica made from this one would stop there too
                self.sql(cluster, f"alter system reset {setting}")
        self.base_backup(cluster, cluster.base)
        return cluster

    def _wait_for_recovery(self, cluster: Cluster) -> None:
        deadline = time.monotonic() + 30
        while self.sql(cluster, "select pg_is_in_recovery()") != "f":
            if time.monotonic() > deadline:
                raise RuntimeError("recovery did not end")
            time.sleep(0.1)

    def replicate(self, name: str, source: Cluster) -> Cluster:
        """A streaming replica."""
        cluster = self._place(name)
        self.base_backup(source, cluster.directory, "-R", "-X", "stream")
        self.run("mkdir", "-p", cluster.wal)
        self._configure(cluster.directory, f"archive_command='cp %p {cluster.wal}/%f'")
        self.start(cluster)
        return cluster

    def promote(self, cluster: Cluster) -> None:
        """Turns a replica into a server of its own."""
        self.sql(cluster, "select pg_promote(true, 30)")
        self.base_backup(cluster, cluster.base)

    def remove(self) -> None:
        """Deletes the folder of all clusters."""
        if self._root is not None:
            # Thousands of files: a process of its own deletes them, and outlives this one if need be.
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.Popen(["rm", "-rf", str(self._root)], start_new_session=True, **quiet)
            self._root = None


HOST = PostgresHost()
