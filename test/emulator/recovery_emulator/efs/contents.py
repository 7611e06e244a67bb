"""What file systems hold: folders of this machine, named by a test, and how they travel through backup and restore."""

import shutil
import tempfile
from datetime import UTC
from pathlib import Path
from typing import Any

from recovery_emulator import DEFAULT_ACCOUNT, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint

# By account, Region and id of a file system.
_FOLDERS: dict[tuple[str, str, str], str] = {}
# File systems whose mounts fail, or never answer.
_MOUNTS: dict[tuple[str, str, str], str] = {}
_KEPT: list[str] = []
_KINDS = ("works", "timesOut", "silent")


def _forget() -> None:
    _FOLDERS.clear()
    _MOUNTS.clear()
    while _KEPT:
        shutil.rmtree(_KEPT.pop(), ignore_errors=True)


registry.ON_RESET.append(_forget)
registry.ON_STOP.append(_forget)


@endpoint("POST", "file-systems/*")
def _fill(wanted: dict[str, Any]) -> Any:
    unknown = set(wanted) - {"name", "region", "account", "folder", "restoredMounts"}
    if unknown:
        raise ValueError(f"a file system does not know {', '.join(sorted(unknown))}")
    place = (wanted.get("account", DEFAULT_ACCOUNT), wanted["region"], wanted["name"])
    if not Path(wanted["folder"]).is_dir():
        raise ValueError(f"'{wanted['folder']}' is not a folder")
    mounts = wanted.get("restoredMounts", "works")
    if mounts not in _KINDS:
        raise ValueError(f"'restoredMounts' is one of {', '.join(_KINDS)}")
    _FOLDERS[place] = wanted["folder"]
    _MOUNTS[place] = mounts
    return {}


@endpoint("GET", "file-systems/*")
def _look(wanted: dict[str, Any]) -> Any:
    return {"folder": folder_of(wanted.get("account", DEFAULT_ACCOUNT), wanted["region"], wanted["name"])}


def folder_of(account: str, region: str, name: str) -> str | None:
    """The folder with the files of a file system, where a test has named one."""
    return _FOLDERS.get((account, region, name))


def mounts_of(account: str, region: str, name: str) -> str:
    """How functions fare that have mounted a file system."""
    return _MOUNTS.get((account, region, name), "works")


def take(account: str, region: str, name: str) -> dict[str, str] | None:
    """The files of a file system as they are now."""
    place = (account, region, name)
    if place not in _FOLDERS:
        return None
    return {"path": _copy(_FOLDERS[place]), "mounts": _MOUNTS[place]}


def put(account: str, region: str, name: str, taken: dict[str, str] | None) -> None:
    """Restores files, into a folder of their own below the root as AWS Backup does."""
    if taken is not None:
        below = f"aws-backup-restore_{CLOCK.now().astimezone(UTC):%Y-%m-%dT%H-%M-%S-%f}Z"
        _FOLDERS[account, region, name] = _copy(taken["path"], below)
        _MOUNTS[account, region, name] = taken["mounts"]


def replicate(account: str, source: tuple[str, str], destination: tuple[str, str]) -> None:
    """Gives a replica the files that its source has now; each is a Region and an id."""
    origin, copy = (account, *source), (account, *destination)
    if origin in _FOLDERS:
        former = _FOLDERS.get(copy)
        _FOLDERS[copy], _MOUNTS[copy] = _copy(_FOLDERS[origin]), _MOUNTS[origin]
        if former in _KEPT:
            _KEPT.remove(former)
            shutil.rmtree(former, ignore_errors=True)


def _copy(folder: str, below: str = "") -> str:
    root = tempfile.mkdtemp(prefix="emulator-files-")
    _KEPT.append(root)
    shutil.copytree(folder, Path(root) / below, dirs_exist_ok=True)
    return root
