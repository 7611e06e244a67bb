"""The two things that a client of PostgreSQL is needed for, by its protocol: a query, and a base backup.

The servers that npm packages bring have neither psql nor pg_basebackup. The backup takes a server of version 15 or newer.
"""

import socket
import struct
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_PROTOCOL = 196_608
_TIMEOUT_SECONDS = 120
_MAIN_DATA = "base.tar"
_BACKUP = "BASE_BACKUP (LABEL 'emulator', CHECKPOINT 'fast', WAL, MANIFEST 'no')"

Message = tuple[bytes, bytes]


class _Connection:
    """A session of somebody whom the server trusts, because the socket is in a folder of its own."""

    def __init__(self, folder: Path, port: int, user: str, **parameters: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_TIMEOUT_SECONDS)
        try:
            self._socket.connect(str(folder / f".s.PGSQL.{port}"))
            self._incoming = self._socket.makefile("rb")
            words = [word for pair in {"user": user, **parameters}.items() for word in pair]
            text = b"".join(word.encode() + b"\0" for word in words) + b"\0"
            self._socket.sendall(struct.pack("!II", len(text) + 8, _PROTOCOL) + text)
            for _ in self._answers():
                pass
        except OSError as error:
            self._socket.close()
            raise RuntimeError(f"the server on port {port} does not answer: {error}") from error
        except RuntimeError:
            self._socket.close()
            raise

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, query: str) -> Iterator[Message]:
        """All that the server answers to one query."""
        text = query.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!I", len(text) + 4) + text)
        return self._answers()

    def _answers(self) -> Iterator[Message]:
        """Messages until the server is ready for the next query."""
        while True:
            kind, body = self._next()
            if kind == b"E":
                raise RuntimeError(_words(body))
            if kind == b"Z":
                return
            yield kind, body

    def _next(self) -> Message:
        head = self._incoming.read(5)
        if len(head) < 5:
            raise RuntimeError("the server has ended the session")
        (length,) = struct.unpack("!I", head[1:])
        return head[:1], self._incoming.read(length - 4)


def sql(folder: Path, port: int, user: str, query: str) -> str:
    """What a query answers: a line for each row, columns between bars."""
    with _Connection(folder, port, user, database="postgres") as connection:
        return "\n".join("|".join(_columns(body)) for kind, body in connection.ask(query) if kind == b"D")


def base_backup(folder: Path, port: int, user: str, target: Path) -> None:
    """Unpacks a copy of the data of a running server, with the log that makes it consistent, into a folder that is not there yet."""
    with (
        tempfile.TemporaryFile() as archive,
        _Connection(folder, port, user, replication="true") as connection,
    ):
        _receive(connection, archive)
        archive.seek(0)
        target.mkdir(mode=0o700)
        with tarfile.open(fileobj=archive) as members:
            members.extractall(target, filter="fully_trusted")


def _receive(connection: _Connection, archive: IO[bytes]) -> None:
    """Keeps the archive of the data directory; there are no other tablespaces."""
    wanted = False
    for kind, body in connection.ask(_BACKUP):
        if kind == b"d" and body[:1] == b"n":
            wanted = body[1:].split(b"\0")[0].decode() == _MAIN_DATA
        elif kind == b"d" and body[:1] == b"d" and wanted:
            archive.write(body[1:])


def _columns(row: bytes) -> Iterator[str]:
    (count,) = struct.unpack_from("!H", row)
    at = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", row, at)
        at += 4
        yield "" if length < 0 else row[at : at + length].decode()
        at += max(0, length)


def _words(error: bytes) -> str:
    fields = {field[:1]: field[1:].decode(errors="replace") for field in error.split(b"\0") if field}
    return fields.get(b"M", "the server has refused, and does not say why")
