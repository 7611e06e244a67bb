"""Content of volumes and snapshots, block by block, and the two calls that read it.

A test gives a volume or a snapshot its content. A snapshot of a volume, a copy of a snapshot and a volume that is made from
a snapshot have the content of what they come from.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from moto.ec2 import ec2_backends

from recovery_emulator import DEFAULT_ACCOUNT, registry
from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint
from recovery_emulator.registry import implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
BLOCK_BYTES = 512 * 1024
_GIB = 1024**3
_USUAL_PAGE = 1_000
_TOKEN_SECONDS = 7 * 24 * 3600


@dataclass
class Content:
    """The blocks of a volume or snapshot that are not zero, and those that do not arrive as they were stored."""

    blocks: dict[int, bytes] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)


# By account, Region and id of a volume or snapshot.
_CONTENTS: dict[tuple[str, str, str], Content] = {}
registry.ON_RESET.append(_CONTENTS.clear)


@endpoint("POST", "blocks/*")
def _fill(wanted: Params) -> Any:
    unknown = set(wanted) - {"name", "region", "account", "blocks", "damaged"}
    if unknown:
        raise ValueError(f"content does not know {', '.join(sorted(unknown))}")
    name = wanted["name"]
    if not re.fullmatch(r"(snap|vol)-[0-9a-f]+", name):
        raise ValueError(f"'{name}' is neither a volume nor a snapshot")
    blocks = {int(index): base64.b64decode(data, validate=True) for index, data in wanted["blocks"].items()}
    if any(len(data) != BLOCK_BYTES for data in blocks.values()):
        raise ValueError(f"a block has {BLOCK_BYTES} bytes")
    key = (wanted.get("account", DEFAULT_ACCOUNT), wanted["region"], name)
    _CONTENTS[key] = Content(blocks, {int(index) for index in wanted.get("damaged", [])})
    return {"blocks": len(blocks)}


def _refusal(code: str, message: str, status: int = 400) -> ServiceError:
    return ServiceError(code, message, status)


def _snapshot(call: Call) -> tuple[Any, Content]:
    name = call.params["SnapshotId"]
    backend = ec2_backends[call.account][call.region]
    snapshot = backend.snapshots.get(name)
    if snapshot is None:
        raise _refusal("ResourceNotFoundException", f"The snapshot '{name}' does not exist.", 404)
    if snapshot.status != "completed":
        raise _refusal("ValidationException", f"The snapshot '{name}' is {snapshot.status}.")
    volume = snapshot.volume
    origins = [name, volume.id, getattr(volume, "snapshot_id", None)]
    found = next((c for o in origins if o and (c := _CONTENTS.get((call.account, call.region, o)))), None)
    return snapshot, found or Content()


def _token(kind: str, snapshot: str, index: int) -> str:
    seal = hashlib.sha256(f"{kind} {snapshot} {index}".encode()).digest()[:12]
    return base64.b64encode(index.to_bytes(6, "big") + seal).decode()


def _index_in(token: str) -> int:
    try:
        return int.from_bytes(base64.b64decode(token)[:6], "big")
    except ValueError:
        return -1


@implements("ebs", "ListSnapshotBlocks")
def _list(call: Call) -> Params:
    snapshot, content = _snapshot(call)
    first = call.params.get("StartingBlockIndex", 0)
    token = call.params.get("NextToken")
    if first * BLOCK_BYTES >= int(snapshot.volume.size) * _GIB:
        raise _refusal("ValidationException", "StartingBlockIndex is beyond the end of the volume.")
    if token is not None:
        first = _index_in(token)
        if token != _token("page", snapshot.id, first):
            raise _refusal("ValidationException", "The page token is not valid.")
    indexes = sorted(index for index in content.blocks if index >= first)
    page = indexes[: call.params.get("MaxResults", _USUAL_PAGE)]
    return {
        "Blocks": [{"BlockIndex": index, "BlockToken": _token("block", snapshot.id, index)} for index in page],
        "BlockSize": BLOCK_BYTES,
        "VolumeSize": int(snapshot.volume.size),
        "ExpiryTime": CLOCK.now_ms() / 1000 + _TOKEN_SECONDS,
        "NextToken": _token("page", snapshot.id, indexes[len(page)]) if len(page) < len(indexes) else None,
    }


@implements("ebs", "GetSnapshotBlock")
def _get(call: Call) -> Params:
    snapshot, content = _snapshot(call)
    index = int(call.params["BlockIndex"])
    if call.params["BlockToken"] != _token("block", snapshot.id, index):
        raise _refusal("ValidationException", "The block token is not valid.")
    data = content.blocks.get(index)
    if data is None:
        raise _refusal("ValidationException", f"The snapshot has no block {index}.")
    checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
    if index in content.damaged:
        data = bytes([data[0] ^ 1]) + data[1:]
    return {"DataLength": len(data), "BlockData": data, "Checksum": checksum, "ChecksumAlgorithm": "SHA256"}
