"""Global tables: which tables of one name belong together, and the rules of both modes of consistency.

Eventual consistency copies each write after a lag, the last writer wins. Strong consistency wants exactly three Regions of
one set, two with the data and perhaps a witness without, and an empty table.
"""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from recovery_emulator import loopback, registry
from recovery_emulator.dynamodb import copying
from recovery_emulator.kms_keys import find_key, problem_with_key
from recovery_emulator.registry import PassOn, after, implements
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

Params = dict[str, Any]
_REGION_SETS = (
    {"us-east-1", "us-east-2", "us-west-2"},
    {"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"},
    {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"},
)
_STRONG_REGIONS = 3
_CHANGES = {"TableName", "ReplicaUpdates", "MultiRegionConsistency", "GlobalTableWitnessUpdates"}


@dataclass
class GlobalTable:
    """The Regions that hold a table."""

    regions: dict[str, Params] = field(default_factory=dict)
    strong: bool = False
    witness: str | None = None


_STORE: dict[tuple[str, str], GlobalTable] = {}
registry.ON_RESET.append(_STORE.clear)


def _wrong(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def _books(account: str, region: str, name: str) -> Table:
    table = dynamodb_backends[account][region].tables.get(name)
    if table is None:
        raise ServiceError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    return table


def places_of(account: str, region: str, name: str) -> GlobalTable | None:
    """The global table that the table of a Region belongs to."""
    found = _STORE.get((account, name))
    return found if found is not None and region in found.regions else None


@implements("dynamodb", "UpdateTable")
def _update(call: Call) -> Params:
    if not set(call.params) & (_CHANGES - {"TableName"}):
        raise PassOn
    if set(call.params) - _CHANGES:
        raise _wrong("a change of replicas cannot be combined with other changes of the table")
    name = call.params["TableName"].split("/")[-1]
    source = _books(call.account, call.region, name)
    group = _STORE.get((call.account, name)) or GlobalTable({call.region: {}})
    creates, deletes, witness = _sorted_updates(call)
    if call.params.get("MultiRegionConsistency") == "STRONG":
        _check_strong(call, source, group, creates, witness)
        group.strong, group.witness = True, witness
    elif witness or (creates and group.strong):
        raise _wrong("a witness, or another replica, cannot be added to this global table")
    for wanted in creates:
        _add(call, source, group, wanted)
    for wanted in deletes:
        _remove(call, name, group, wanted["RegionName"])
    _STORE[call.account, name] = group
    return {"TableDescription": source.describe()["TableDescription"]}


def _sorted_updates(call: Call) -> tuple[list[Params], list[Params], str | None]:
    creates, deletes, witness = [], [], None
    for update in call.params.get("ReplicaUpdates") or []:
        ((kind, wanted),) = update.items()
        if kind == "Update":
            raise ServiceError("NotImplemented", "the update of a replica is not emulated", 501)
        (creates if kind == "Create" else deletes).append(wanted)
    for update in call.params.get("GlobalTableWitnessUpdates") or []:
        if "Create" not in update:
            raise ServiceError("NotImplemented", "the removal of a witness is not emulated", 501)
        witness = update["Create"]["RegionName"]
    return creates, deletes, witness


def _check_strong(call: Call, source: Table, group: GlobalTable, creates: list[Params], witness: str | None) -> None:
    wanted = [call.region, *(c["RegionName"] for c in creates), *([witness] if witness else [])]
    if len(group.regions) > 1:
        raise _wrong("the consistency of a global table cannot be changed")
    if len(set(wanted)) != _STRONG_REGIONS:
        raise _wrong("a global table with strong consistency has exactly three Regions: 3 replicas, or 2 and a witness")
    if not any(set(wanted) <= known for known in _REGION_SETS):
        raise _wrong(f"no strong consistency among {', '.join(sorted(wanted))}: they are not of one Region set")
    if any(True for _ in source.all_items()):
        raise _wrong("the table must be empty to become a global table with strong consistency")
    if source.indexes:
        raise _wrong("a global table with strong consistency has no local secondary indexes")
    if source.ttl.get("TimeToLiveStatus") == "ENABLED":
        raise _wrong("a global table with strong consistency has no time to live")


def _add(call: Call, source: Table, group: GlobalTable, wanted: Params) -> None:
    region, key = wanted["RegionName"], wanted.get("KMSMasterKeyId")
    unknown = set(wanted) - {"RegionName", "KMSMasterKeyId", "TableClassOverride"}
    if unknown:
        raise ServiceError("NotImplemented", f"{', '.join(sorted(unknown))} of a replica is not emulated", 501)
    if region in group.regions:
        raise _wrong(f"a replica in {region} exists already")
    _check_key(call, source, region, key)
    if source.stream_shard is None:
        source.set_stream_specification({"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    if source.stream_specification["StreamViewType"] != "NEW_AND_OLD_IMAGES":
        raise _wrong("the stream of a global table must have the view type NEW_AND_OLD_IMAGES")
    try:
        loopback.client("dynamodb", region, call.account).create_table(**_copy_of(source, key, wanted))
    except ClientError as refused:
        error = refused.response["Error"]
        raise ServiceError(error["Code"], f"replica in {region}: {error['Message']}") from refused
    group.regions[region] = {"KMSMasterKeyId": key} if key else {}
    copying.copy_all(source, dynamodb_backends[call.account][region].tables[source.name])


def _check_key(call: Call, source: Table, region: str, key: str | None) -> None:
    """With a customer key here, each replica wants one of its own Region."""
    own = (source.sse_specification or {}).get("KMSMasterKeyId")
    own_key = find_key(own, call.account, call.region) if own else None
    customer = own_key is not None and not any(a.startswith("alias/aws/") for a in own_key.aliases)
    if customer and not key:
        raise _wrong(f"KMSMasterKeyId must be specified for the replica in {region}: the table has a customer key")
    if key and not customer:
        raise _wrong(f"KMSMasterKeyId of the replica in {region}: the table itself has no customer key")
    problem = problem_with_key(key, call.account, region) if key else None
    if problem is None and key and key.startswith("arn:") and key.split(":")[3] != region:
        problem = f"the KMS key {key} is not in {region}"
    if problem:
        raise _wrong(problem)


def _copy_of(source: Table, key: str | None, wanted: Params) -> Params:
    shown = source.describe()["TableDescription"]
    indexes = [
        {k: v for k, v in index.items() if k in ("IndexName", "KeySchema", "Projection")}
        for index in shown.get("GlobalSecondaryIndexes") or []
    ]
    local = [
        {k: v for k, v in index.items() if k in ("IndexName", "KeySchema", "Projection")}
        for index in shown.get("LocalSecondaryIndexes") or []
    ]
    made: Params = {
        "TableName": source.name,
        "AttributeDefinitions": source.attr,
        "KeySchema": source.schema,
        "BillingMode": source.billing_mode or "PROVISIONED",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    if made["BillingMode"] == "PROVISIONED":
        units = {k: source.throughput[k] for k in ("ReadCapacityUnits", "WriteCapacityUnits")}
        made["ProvisionedThroughput"] = units
        indexes = [{**index, "ProvisionedThroughput": units} for index in indexes]
    if indexes:
        made["GlobalSecondaryIndexes"] = indexes
    if local:
        made["LocalSecondaryIndexes"] = local
    if key:
        made["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    if "TableClassOverride" in wanted:
        made["TableClass"] = wanted["TableClassOverride"]
    return made


def _remove(call: Call, name: str, group: GlobalTable, region: str) -> None:
    if region == call.region or region not in group.regions:
        raise _wrong(f"there is no replica in {region} that could be removed from here")
    loopback.client("dynamodb", region, call.account).delete_table(TableName=name)


@after("dynamodb", "DeleteTable")
def _forget(call: Call) -> None:
    name = call.params["TableName"].split("/")[-1]
    group = places_of(call.account, call.region, name)
    if group is not None:
        del group.regions[call.region]
        if not group.regions:
            del _STORE[call.account, name]


_moto_describe = Table.describe


def _describe(self: Table, base_key: str = "TableDescription") -> Params:
    shown = _moto_describe(self, base_key)
    group = places_of(self.account_id, self.region_name, self.name)
    if group is not None and len(group.regions) > 1:
        shown[base_key]["GlobalTableVersion"] = "2019.11.21"
        shown[base_key]["MultiRegionConsistency"] = "STRONG" if group.strong else "EVENTUAL"
        shown[base_key]["Replicas"] = [
            {"RegionName": region, "ReplicaStatus": "ACTIVE", **more}
            for region, more in group.regions.items()
            if region != self.region_name
        ]
        if group.witness:
            shown[base_key]["GlobalTableWitnesses"] = [{"RegionName": group.witness, "WitnessStatus": "ACTIVE"}]
    return shown


Table.describe = _describe


def _others(table: Table) -> tuple[list[str], bool]:
    """Where else a write to a table must go, and whether it must be there before the answer."""
    group = places_of(table.account_id, table.region_name, table.name)
    if group is None:
        return [], False
    return [r for r in group.regions if r != table.region_name], group.strong


copying.OTHERS = _others
