"""What Route 53 answers to a query: the record sets of a name, by their routing policy and by their health.

Of an alias to a load balancer the name is answered, where Route 53 has addresses.
"""

from typing import Any

from moto.elbv2.models import elbv2_backends
from moto.route53.models import FakeZone, RecordSet, route53_backends

from recovery_emulator import DEFAULT_ACCOUNT, registry
from recovery_emulator.control import endpoint
from recovery_emulator.registry import implements
from recovery_emulator.route53.books import Params, checks_of, full_name, records_of, require_zone, zones_of
from recovery_emulator.route53.health import is_healthy, reachable
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError

_MAX_DEPTH, _MAX_MULTIVALUE = 8, 8
# What a weighted set owes to each of its members, so that the answers come in just the wanted proportion.
_OWED: dict[tuple[str, str], dict[str, float]] = {}
registry.ON_RESET.append(_OWED.clear)


def answer(account: str, zone: FakeZone, name: str, kind: str, near: str) -> Params:
    """The answer to a query from somewhere near a Region."""
    chosen = _choose(account, zone, name, kind, near)
    if not chosen:
        return {"code": "NOERROR" if records_of(zone, name) else "NXDOMAIN", "records": [], "sets": [], "ttl": None}
    values: list[str] = []
    for record in chosen:
        values += _values(account, zone, record, kind, near)
    ttls = [record.ttl for record in chosen if record.ttl is not None]
    # an alias has the time to live of its target, 60 seconds for a load balancer
    ttl = min(ttls) if ttls else 60
    return {
        "code": "NOERROR",
        "records": values,
        "sets": [r.set_identifier for r in chosen if r.set_identifier],
        "ttl": ttl,
    }


def _choose(account: str, zone: FakeZone, name: str, kind: str, near: str) -> list[RecordSet]:
    family = records_of(zone, name, kind) or records_of(zone, name, "CNAME")
    if not family or not family[0].set_identifier:
        return family
    healthy = [record for record in family if _is_healthy(account, zone, record, 0)]
    if any(record.failover for record in family):
        primary = next((r for r in family if r.failover == "PRIMARY"), None)
        secondary = next((r for r in family if r.failover == "SECONDARY"), None)
        wins = secondary if primary not in healthy and secondary in healthy else primary or secondary
        return [wins] if wins is not None else []
    candidates = healthy or family
    if family[0].weight is not None:
        return [_by_weight(zone, name, candidates)]
    if family[0].region:
        return [max(candidates, key=lambda record: _nearness(near, record.region))]
    if family[0].multi_value_answer:
        return candidates[:_MAX_MULTIVALUE]
    raise ServiceError("NotImplemented", "answers by geographic location are not emulated", 501)


def _by_weight(zone: FakeZone, name: str, candidates: list[RecordSet]) -> RecordSet:
    """In turn, each as often as its weight says; those without weight only where all are without."""
    weighty = [r for r in candidates if int(r.weight)] or candidates
    owed = _OWED.setdefault((zone.resource_id, full_name(name)), {})
    weights = {r.set_identifier: int(r.weight) or 1 for r in weighty}
    for member, weight in weights.items():
        owed[member] = owed.get(member, 0) + weight
    chosen = max(weighty, key=lambda record: owed[record.set_identifier])
    owed[chosen.set_identifier] -= sum(weights.values())
    return chosen


def _nearness(here: str, there: str) -> int:
    """How many of the parts of their names two Regions share from the left."""
    shared = 0
    for mine, other in zip(here.split("-"), there.split("-"), strict=False):
        if mine != other:
            break
        shared += 1
    return shared


def _is_healthy(account: str, zone: FakeZone, record: RecordSet, depth: int) -> bool:
    if record.health_check_id:
        check = checks_of(account).get(record.health_check_id)
        if check is not None and not is_healthy(check):
            return False
    target = record.alias_target
    if not target or str(target.get("EvaluateTargetHealth")).lower() != "true" or depth > _MAX_DEPTH:
        return True
    there = zones_of(account).get(target["HostedZoneId"])
    if there is None:
        return _target_is_healthy(account, target["DNSName"])
    return any(_is_healthy(account, there, r, depth + 1) for r in records_of(there, target["DNSName"], record.type))


def _target_is_healthy(account: str, name: str) -> bool:
    """A load balancer is healthy with a healthy target in each of its groups; other things in a Region that is there."""
    if not reachable(name):
        return False
    plain = full_name(name).removeprefix("dualstack.")
    for region in list(elbv2_backends[account]):
        books = elbv2_backends[account][region]
        balancer = next((b for b in books.load_balancers.values() if full_name(b.dns_name) == plain), None)
        if balancer is None:
            continue
        groups = [g for g in books.target_groups.values() if balancer.arn in g.load_balancer_arns]
        return all(any(_is_up(books, group, target) for target in group.targets.values()) for group in groups)
    return True


def _is_up(books: Any, group: Any, target: Any) -> bool:
    states = books.describe_target_health(group.arn, [target])
    return any((s["health"] if isinstance(s, dict) else s.health) == "healthy" for s in states)


def _values(account: str, zone: FakeZone, record: RecordSet, kind: str, near: str) -> list[str]:
    if not record.alias_target:
        return list(record.records)
    there = zones_of(account).get(record.alias_target["HostedZoneId"])
    if there is None:
        return [record.alias_target["DNSName"]]
    return list(answer(account, there, record.alias_target["DNSName"], kind, near)["records"])


@implements("route53", "TestDNSAnswer")
def _test(call: Call) -> Params:
    zone = require_zone(call.account, call.params["HostedZoneId"])
    name, kind = call.params["RecordName"], call.params["RecordType"]
    found = answer(call.account, zone, name, kind, "us-east-1")
    return {
        "Nameserver": "ns-2048.awsdns-64.com",
        "RecordName": name,
        "RecordType": kind,
        "RecordData": found["records"],
        "ResponseCode": found["code"],
        "Protocol": "UDP",
    }


@endpoint("GET", "dns")
def _ask(wanted: Params) -> Any:
    """A query that no control plane takes part in."""
    account, name = wanted.get("account", DEFAULT_ACCOUNT), wanted["recordName"]
    zones = [
        z
        for z in route53_backends[account]["aws"].zones.values()
        if ("." + full_name(name)).endswith("." + full_name(z.name))
    ]
    if not zones:
        return {"code": "REFUSED", "records": [], "sets": [], "ttl": None}
    zone = max(zones, key=lambda one: len(one.name))
    return answer(account, zone, name, wanted.get("type", "A"), wanted.get("near", "ap-northeast-1"))
