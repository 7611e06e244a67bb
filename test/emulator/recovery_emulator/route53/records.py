"""Changes of record sets: checked as one batch, then all of them made or none."""

import uuid
from typing import Any

from moto.route53.models import FakeZone, RecordSet

from recovery_emulator.clock import CLOCK
from recovery_emulator.registry import after, implements
from recovery_emulator.route53.books import Params, checks_of, full_name, require_zone, zones_of
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

# What makes a record set one of several with the same name and type.
POLICIES = (
    "Failover",
    "Weight",
    "Region",
    "GeoLocation",
    "MultiValueAnswer",
    "CidrRoutingConfig",
    "GeoProximityLocation",
)
_NOT_EMULATED = ("TrafficPolicyInstanceId", "CidrRoutingConfig", "GeoProximityLocation")


def refused(message: str) -> ServiceError:
    """A batch that cannot be carried out; nothing of it is."""
    return ServiceError("InvalidChangeBatch", f"[{message}]")


@after("route53", "CreateHostedZone")
def _mend(call: Call) -> None:
    """moto spells the first records of a zone in two ways."""
    for zone in zones_of(call.account).values():
        for record in zone.rrsets:
            record.records = [value["Value"] if isinstance(value, dict) else value for value in record.records]


@implements("route53", "ChangeResourceRecordSets")
def _change(call: Call) -> Params:
    zone = require_zone(call.account, call.params["HostedZoneId"])
    records = list(zone.rrsets)
    for change in call.params["ChangeBatch"]["Changes"]:
        records = _apply(call.account, zone, records, change["Action"], change["ResourceRecordSet"])
    zone.rrsets = records
    return {
        "ChangeInfo": {
            "Id": f"/change/C{uuid.uuid4().hex[:13].upper()}",
            "Status": "INSYNC",
            "SubmittedAt": CLOCK.now_naive(),
        }
    }


def _apply(account: str, zone: FakeZone, records: list[RecordSet], action: str, wanted: Params) -> list[RecordSet]:
    name = full_name(wanted["Name"])
    said = f"{name} {wanted['Type']} {wanted.get('SetIdentifier', '')}".strip()
    if not (name == full_name(zone.name) or name.endswith("." + full_name(zone.name))):
        raise refused(f"RRSet with DNS name {name} is not permitted in zone {zone.name}")
    same = [r for r in records if key_of(r) == (name, wanted["Type"], wanted.get("SetIdentifier"))]
    if action == "DELETE":
        if not same:
            raise refused(f"Tried to delete resource record set {said} but it was not found")
        if _values(same[0]) != _values(_made(wanted)):
            raise refused(
                f"Tried to delete resource record set {said} but the values provided do not match the current values"
            )
        return [r for r in records if r is not same[0]]
    if action == "CREATE" and same:
        raise refused(f"Tried to create resource record set {said} but it already exists")
    others = [r for r in records if r not in same]
    _check(account, zone, wanted, [r for r in others if key_of(r)[:2] == (name, wanted["Type"])], said)
    if wanted["Type"] == "CNAME" and any(key_of(r)[0] == name and r.type != "CNAME" for r in others):
        raise refused(
            f"RRSet of type CNAME with DNS name {name} is not permitted as other records exist with the same DNS name"
        )
    return [*others, _made(wanted)]


def key_of(record: RecordSet) -> tuple[str, Any, Any]:
    """What no two record sets of a zone have in common."""
    return full_name(record.name), record.type, record.set_identifier or None


def _made(wanted: Params) -> RecordSet:
    plain = {**wanted, "Name": full_name(wanted["Name"])}
    plain["ResourceRecords"] = [record["Value"] for record in wanted.get("ResourceRecords") or []]
    made = RecordSet(plain)
    made.ttl = wanted.get("TTL")
    return made


def _values(record: RecordSet) -> Params:
    return {
        **{k: v for k, v in vars(record).items() if k not in ("name", "alias_target") and v},
        "weight": record.weight,
        "alias_target": {
            **(record.alias_target or {}),
            "DNSName": full_name((record.alias_target or {}).get("DNSName", "")),
        },
    }


def _check(account: str, zone: FakeZone, wanted: Params, family: list[RecordSet], said: str) -> None:
    policies = [policy for policy in POLICIES if wanted.get(policy) is not None]
    for name in _NOT_EMULATED:
        if name in wanted:
            raise ServiceError("NotImplemented", f"{name} is not emulated", 501)
    plain = bool(wanted.get("ResourceRecords")) and wanted.get("TTL") is not None
    if bool(wanted.get("AliasTarget")) == plain or (
        wanted.get("AliasTarget") and (wanted.get("TTL") or wanted.get("ResourceRecords"))
    ):
        raise refused(f"Expected exactly one of AliasTarget, or all of TTL and ResourceRecords, for {said}")
    if len(policies) > 1:
        raise refused(f"{said} has more than one routing policy: {', '.join(policies)}")
    if bool(policies) != bool(wanted.get("SetIdentifier")):
        raise refused(f"SetIdentifier goes with a routing policy other than simple: {said}")
    if wanted["Type"] == "CNAME" and full_name(wanted["Name"]) == full_name(zone.name):
        raise refused(
            f"RRSet of type CNAME with DNS name {wanted['Name']} is not permitted at apex in zone {zone.name}"
        )
    check = wanted.get("HealthCheckId")
    if check and check not in checks_of(account):
        raise ServiceError("NoSuchHealthCheck", f"no health check exists with id {check}", 404)
    if check and not policies:
        raise refused(f"a health check needs a routing policy other than simple: {said}")
    for other in family:
        if policies != [policy for policy in POLICIES if _policy(other, policy) is not None]:
            raise refused(
                f"{said} and {other.set_identifier or 'another record set'} have the same name and type, but different routing policies"
            )
        if policies == ["Failover"] and other.failover == wanted["Failover"]:
            raise refused(f"there is already a {wanted['Failover']} record set of {said}: {other.set_identifier}")
        if policies == ["Region"] and other.region == wanted["Region"]:
            raise refused(f"there is already a record set of {wanted['Region']} of {said}: {other.set_identifier}")
    if (
        wanted.get("Failover") == "PRIMARY"
        and not check
        and not (wanted.get("AliasTarget") or {}).get("EvaluateTargetHealth")
    ):
        raise refused(
            f"the PRIMARY record set {said} must have a HealthCheckId, or be an alias that evaluates the health of its target"
        )


def _policy(record: RecordSet, policy: str) -> Any:
    attribute = {
        "Failover": "failover",
        "Weight": "weight",
        "Region": "region",
        "GeoLocation": "geo_location",
        "MultiValueAnswer": "multi_value_answer",
    }.get(policy)
    return getattr(record, attribute) if attribute else None
