"""AWS::Route53."""

import uuid
from typing import Any

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    changed_keys,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call

_APART = {"HostedZoneId", "HostedZoneName", "Comment"}


def _tag(context: Context, kind: str, name: str, tags: list[Properties] | None) -> None:
    every = [*({"Key": k, "Value": v} for k, v in context.tags.items()), *(tags or [])]
    if every:
        context.client("route53").change_tags_for_resource(ResourceType=kind, ResourceId=name, AddTags=every)


@handles("AWS::Route53::HostedZone")
class HostedZone(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client, networks = context.client("route53"), properties.get("VPCs", [])
        plain = {k: v for k, v in properties.items() if k not in ("VPCs", "HostedZoneTags")}
        if networks:
            plain["VPC"] = networks[0]
            plain["HostedZoneConfig"] = {**plain.get("HostedZoneConfig", {}), "PrivateZone": True}
        made = call(client, "create_hosted_zone", {**plain, "CallerReference": str(uuid.uuid4())})
        name = made["HostedZone"]["Id"].rpartition("/")[2]
        for network in networks[1:]:
            call(client, "associate_vpc_with_hosted_zone", {"HostedZoneId": name, "VPC": network})
        _tag(context, "hostedzone", name, properties.get("HostedZoneTags"))
        return Made(name, {"Id": name, "NameServers": made.get("DelegationSet", {}).get("NameServers", [])})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"HostedZoneConfig", "HostedZoneTags"})
        if "HostedZoneConfig" in changed:
            comment = new.get("HostedZoneConfig", {}).get("Comment", "")
            context.client("route53").update_hosted_zone_comment(Id=made.physical_id, Comment=comment)
        if "HostedZoneTags" in changed:
            _tag(context, "hostedzone", made.physical_id, new.get("HostedZoneTags"))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("route53").delete_hosted_zone(Id=made.physical_id))


def _change(context: Context, action: str, properties: Properties, zone: str | None = None) -> None:
    """One record set, in the spelling of the API."""
    record = {k: v for k, v in properties.items() if k not in _APART}
    if "ResourceRecords" in record:
        record["ResourceRecords"] = [{"Value": value} for value in record["ResourceRecords"]]
    if "AliasTarget" in record:
        record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    wanted = {"HostedZoneId": zone or _zone(context, properties), "ChangeBatch": batch}
    call(context.client("route53"), "change_resource_record_sets", wanted)


def _zone(context: Context, properties: Properties) -> str:
    if "HostedZoneId" in properties:
        return str(properties["HostedZoneId"])
    name = properties["HostedZoneName"]
    found = context.client("route53").list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    matching = [zone["Id"].rpartition("/")[2] for zone in found if zone["Name"] == name]
    if len(matching) != 1:
        raise RuntimeError(f"{len(matching)} hosted zones have the name {name}")
    return matching[0]


@handles("AWS::Route53::RecordSet")
class RecordSet(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        _change(context, "CREATE", properties)
        return Made(properties["Name"].rstrip("."))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        if changed_keys(old, new) - {"Comment"}:
            if old.get("SetIdentifier") != new.get("SetIdentifier"):
                _change(context, "DELETE", old)
            _change(context, "UPSERT", new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        _change(context, "DELETE", properties)


@handles("AWS::Route53::RecordSetGroup")
class RecordSetGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        for record in properties.get("RecordSets", []):
            _change(context, "CREATE", record, _zone(context, {**properties, **record}))
        return Made(context.generated_name(64))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        def key(record: Properties) -> tuple[Any, ...]:
            return record["Name"], record["Type"], record.get("SetIdentifier")

        kept = {key(record) for record in new.get("RecordSets", [])}
        for record in old.get("RecordSets", []):
            if key(record) not in kept:
                _change(context, "DELETE", record, _zone(context, {**old, **record}))
        for record in new.get("RecordSets", []):
            _change(context, "UPSERT", record, _zone(context, {**new, **record}))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        for record in properties.get("RecordSets", []):
            _change(context, "DELETE", record, _zone(context, {**properties, **record}))


@handles("AWS::Route53::HealthCheck")
class HealthCheck(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        wanted = {"HealthCheckConfig": properties["HealthCheckConfig"], "CallerReference": str(uuid.uuid4())}
        name = call(context.client("route53"), "create_health_check", wanted)["HealthCheck"]["Id"]
        _tag(context, "healthcheck", name, properties.get("HealthCheckTags"))
        return Made(name, {"HealthCheckId": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        changed = only_changed(self, old, new, {"HealthCheckConfig", "HealthCheckTags"})
        if "HealthCheckConfig" in changed:
            before, now = old["HealthCheckConfig"], new["HealthCheckConfig"]
            plain = {k: v for k, v in now.items() if before.get(k) != v}
            call(context.client("route53"), "update_health_check", {**plain, "HealthCheckId": made.physical_id})
        if "HealthCheckTags" in changed:
            _tag(context, "healthcheck", made.physical_id, new.get("HealthCheckTags"))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("route53").delete_health_check(HealthCheckId=made.physical_id))
