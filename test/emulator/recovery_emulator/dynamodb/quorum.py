"""Writes of a global table with strong consistency, while Regions are lost."""

from recovery_emulator import regions
from recovery_emulator.dynamodb.copying import WRITES
from recovery_emulator.dynamodb.replicas import places_of
from recovery_emulator.registry import before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_QUORUM = 2


@before("dynamodb", *WRITES)
def _check_quorum(call: Call) -> None:
    """With strong consistency a write needs two of the three Regions."""
    for name in _tables_of(call):
        group = places_of(call.account, call.region, name)
        if group is None or not group.strong:
            continue
        places = [*group.regions, *([group.witness] if group.witness else [])]
        if sum(not regions.is_lost(place) for place in places) < _QUORUM:
            raise ServiceError("InternalServerError", f"{name} has no second Region that could confirm the write", 500)


def _tables_of(call: Call) -> set[str]:
    params = call.params
    names = {params["TableName"]} if "TableName" in params else set(params.get("RequestItems") or {})
    for item in params.get("TransactItems") or []:
        names |= {operation["TableName"] for operation in item.values()}
    return {name.split("/")[-1] for name in names}
