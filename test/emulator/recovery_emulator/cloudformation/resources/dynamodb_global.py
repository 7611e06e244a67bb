"""AWS::DynamoDB::GlobalTable: the table of the stack's own Region, and replicas of it in others."""

from typing import Any

from recovery_emulator.cloudformation.errors import NotEmulated, ResourceFailure
from recovery_emulator.cloudformation.handlers import (
    Context,
    Made,
    Properties,
    handles,
    ignore_gone,
)
from recovery_emulator.cloudformation.requests import call, tag_list
from recovery_emulator.cloudformation.resources.dynamodb import Table, attributes_of, set_recovery, set_ttl

# Of the global table, not of any one replica.
_SHARED = {
    "Replicas",
    "WriteProvisionedThroughputSettings",
    "WriteOnDemandThroughputSettings",
    "ReadProvisionedThroughputSettings",
    "ReadOnDemandThroughputSettings",
    "MultiRegionConsistency",
    "GlobalTableWitnesses",
    "WarmThroughput",
}
_OF_REPLICA = {
    "PointInTimeRecoverySpecification",
    "DeletionProtectionEnabled",
    "TableClass",
    "Tags",
    "ResourcePolicy",
    "ContributorInsightsSpecification",
}
_INERT_OF_REPLICA = {
    "GlobalSecondaryIndexes",
    "ReadProvisionedThroughputSettings",
    "ReadOnDemandThroughputSettings",
    "KinesisStreamSpecification",
}


def _by_region(properties: Properties) -> dict[str, Properties]:
    return {r["Region"]: r for r in properties["Replicas"]}


def _check(context: Context, properties: Properties) -> None:
    replicas = _by_region(properties)
    if context.region not in replicas:
        raise ResourceFailure(f"Replicas must contain the Region of the stack, {context.region}")
    if len(replicas) < len(properties["Replicas"]):
        raise ResourceFailure("Replicas must not name a Region twice")
    strong = properties.get("MultiRegionConsistency") == "STRONG"
    if len(replicas) > 1 and not strong and "StreamSpecification" not in properties:
        raise ResourceFailure("StreamSpecification is required for a global table with more than one replica")
    if properties.get("GlobalTableWitnesses") and not strong:
        raise ResourceFailure("GlobalTableWitnesses need MultiRegionConsistency STRONG")
    keys = [r["SSESpecification"]["KMSMasterKeyId"] for r in replicas.values() if "SSESpecification" in r]
    if keys and not properties.get("SSESpecification", {}).get("SSEEnabled"):
        raise ResourceFailure("SSESpecification of a replica needs SSESpecification of the global table")
    if keys and len(keys) < len(replicas):
        raise ResourceFailure("SSESpecification.KMSMasterKeyId must be specified for every replica, or for none")
    for replica in replicas.values():
        unknown = set(replica) - _OF_REPLICA - _INERT_OF_REPLICA - {"Region", "SSESpecification"}
        if unknown:
            raise NotEmulated(f"property {', '.join(sorted(unknown))} of a replica is not emulated")


@handles("AWS::DynamoDB::GlobalTable")
class GlobalTable(Table):
    inert = frozenset({"WriteProvisionedThroughputSettings", "WriteOnDemandThroughputSettings"})

    def create(self, context: Context, properties: Properties) -> Made:
        _check(context, properties)
        replicas = _by_region(properties)
        name = properties.get("TableName") or context.generated_name(255)
        made = super().create(context, self._as_table(properties, replicas[context.region], name))
        try:
            others = [r for region, r in replicas.items() if region != context.region]
            self._add(context, name, properties, others)
        except Exception:
            # The tables never became part of the stack, so nobody else would delete them.
            self.delete(context, made, properties)
            raise
        return self._described(context, name)

    @staticmethod
    def _add(context: Context, name: str, properties: Properties, others: list[Properties]) -> None:
        """With strong consistency all come into being at once, otherwise one after the other."""
        client = context.client("dynamodb")
        updates = [{"Create": _replica(r)} for r in others]
        if properties.get("MultiRegionConsistency") == "STRONG":
            witnesses = [{"Create": {"RegionName": w["Region"]}} for w in properties.get("GlobalTableWitnesses", [])]
            wanted = {
                "TableName": name,
                "MultiRegionConsistency": "STRONG",
                **({"ReplicaUpdates": updates} if updates else {}),
                **({"GlobalTableWitnessUpdates": witnesses} if witnesses else {}),
            }
            call(client, "update_table", wanted)
        else:
            for update in updates:
                call(client, "update_table", {"TableName": name, "ReplicaUpdates": [update]})
        for replica in others:
            _settle(context, name, properties, replica)

    @staticmethod
    def _described(context: Context, name: str) -> Made:
        table = context.client("dynamodb").describe_table(TableName=name)["Table"]
        return Made(name, attributes_of(table))

    @staticmethod
    def _as_table(properties: Properties, replica: Properties, name: str) -> Properties:
        """What AWS::DynamoDB::Table would say of one replica."""
        table = {k: v for k, v in properties.items() if k not in _SHARED}
        table.update({k: v for k, v in replica.items() if k in _OF_REPLICA})
        if "SSESpecification" in table and "SSESpecification" in replica:
            table["SSESpecification"] = {**table["SSESpecification"], **replica["SSESpecification"]}
        table.setdefault("BillingMode", "PROVISIONED")
        if table["BillingMode"] == "PROVISIONED":
            table["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        indexes = [
            {k: v for k, v in g.items() if not k.startswith(("Write", "Read")) and k != "WarmThroughput"}
            for g in table.pop("GlobalSecondaryIndexes", [])
        ]
        if indexes and table["BillingMode"] == "PROVISIONED":
            indexes = [{**g, "ProvisionedThroughput": table["ProvisionedThroughput"]} for g in indexes]
        return {**table, **({"GlobalSecondaryIndexes": indexes} if indexes else {}), "TableName": name}

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        _check(context, new)
        for key in ("MultiRegionConsistency", "GlobalTableWitnesses"):
            if old.get(key) != new.get(key):
                raise ResourceFailure(f"{key} of a global table cannot be changed")
        before, after, name = _by_region(old), _by_region(new), made.physical_id
        added, removed = [r for r in after if r not in before], [r for r in before if r not in after]
        if len(added) + len(removed) > 1:
            raise ResourceFailure("only one replica can be added or removed in one update")
        client = context.client("dynamodb")
        for region in removed:
            call(client, "update_table", {"TableName": name, "ReplicaUpdates": [{"Delete": {"RegionName": region}}]})
        for region in [r for r in after if r in before]:
            place = Context(**{**context.__dict__, "region": region})
            tables = self._as_table(old, before[region], name), self._as_table(new, after[region], name)
            super().update(place, made, *tables)
        self._add(context, name, new, [after[r] for r in added])
        return self._described(context, name)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        for region in sorted(_by_region(properties), key=lambda r: r == context.region):
            client = context.client("dynamodb", region)
            ignore_gone(lambda client=client: client.delete_table(TableName=made.physical_id))  # type: ignore[misc]


def _replica(wanted: Properties) -> dict[str, Any]:
    key = wanted.get("SSESpecification", {}).get("KMSMasterKeyId")
    table_class = {"TableClassOverride": wanted["TableClass"]} if "TableClass" in wanted else {}
    return {"RegionName": wanted["Region"], **({"KMSMasterKeyId": key} if key else {}), **table_class}


def _settle(context: Context, name: str, properties: Properties, replica: Properties) -> None:
    """What every replica has of its own: recovery, deletion protection, policy, tags; and the time to live of them all."""
    client = context.client("dynamodb", replica["Region"])
    table = client.describe_table(TableName=name)["Table"]
    set_recovery(client, name, replica.get("PointInTimeRecoverySpecification"))
    set_ttl(client, name, properties.get("TimeToLiveSpecification"))
    if "DeletionProtectionEnabled" in replica:
        client.update_table(TableName=name, DeletionProtectionEnabled=replica["DeletionProtectionEnabled"])
    if "ResourcePolicy" in replica:
        policy = replica["ResourcePolicy"]["PolicyDocument"]
        call(client, "put_resource_policy", {"ResourceArn": table["TableArn"], "Policy": policy})
    tags = tag_list(replica, context.tags)
    if tags:
        client.tag_resource(ResourceArn=table["TableArn"], Tags=tags)
