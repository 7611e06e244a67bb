"""AWS::DynamoDB."""

from typing import Any

from recovery_emulator.cloudformation.errors import NotEmulated
from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
    only_changed,
)
from recovery_emulator.cloudformation.requests import call, tag_list

_CREATE_PARTS = {
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "StreamSpecification",
    "SSESpecification",
    "TableClass",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "ResourcePolicy",
}
_SEPARATE = {"PointInTimeRecoverySpecification", "TimeToLiveSpecification", "Tags", "ContributorInsightsSpecification"}


@handles("AWS::DynamoDB::Table")
class Table(Handler):
    inert = frozenset({"ContributorInsightsSpecification"})

    def create(self, context: Context, properties: Properties) -> Made:
        unknown = set(properties) - _CREATE_PARTS - _SEPARATE
        if unknown:
            raise NotEmulated(f"property {', '.join(sorted(unknown))} of {self.type_name} is not emulated")
        client = context.client("dynamodb")
        name = properties.get("TableName") or context.generated_name(255)
        plain = {k: v for k, v in properties.items() if k in _CREATE_PARTS - {"ResourcePolicy"}}
        if "SSESpecification" in plain:
            plain["SSESpecification"] = _encryption(plain["SSESpecification"])
        if "StreamSpecification" in plain:
            plain["StreamSpecification"] = {"StreamEnabled": True, **_stream(plain["StreamSpecification"])}
        table = call(client, "create_table", {**plain, "TableName": name, "Tags": tag_list(properties, context.tags)})[
            "TableDescription"
        ]
        if "ResourcePolicy" in properties:
            call(
                client,
                "put_resource_policy",
                {"ResourceArn": table["TableArn"], "Policy": properties["ResourcePolicy"]["PolicyDocument"]},
            )
        _set_recovery(client, name, properties.get("PointInTimeRecoverySpecification"))
        _set_ttl(client, name, properties.get("TimeToLiveSpecification"))
        return Made(name, _attributes(table))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("dynamodb")
        in_table = {
            "BillingMode",
            "ProvisionedThroughput",
            "StreamSpecification",
            "TableClass",
            "DeletionProtectionEnabled",
            "OnDemandThroughput",
        }
        changed = only_changed(self, old, new, in_table | _SEPARATE)
        plain = {k: new[k] for k in changed & in_table if k in new}
        if plain:
            if "BillingMode" in plain and "ProvisionedThroughput" in new:
                plain["ProvisionedThroughput"] = new["ProvisionedThroughput"]
            if "StreamSpecification" in plain:
                plain["StreamSpecification"] = {"StreamEnabled": True, **_stream(plain["StreamSpecification"])}
            call(client, "update_table", {**plain, "TableName": made.physical_id})
        if "PointInTimeRecoverySpecification" in changed:
            _set_recovery(
                client,
                made.physical_id,
                new.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False},
            )
        if "TimeToLiveSpecification" in changed:
            _set_ttl(
                client,
                made.physical_id,
                new.get("TimeToLiveSpecification") or {**old["TimeToLiveSpecification"], "Enabled": False},
            )
        table = client.describe_table(TableName=made.physical_id)["Table"]
        if "Tags" in changed:
            client.untag_resource(ResourceArn=table["TableArn"], TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(ResourceArn=table["TableArn"], Tags=tag_list(new, context.tags))
        return Made(made.physical_id, _attributes(table))

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("dynamodb").delete_table(TableName=made.physical_id))


@handles("AWS::DynamoDB::GlobalTable")
class GlobalTable(Table):
    """A table whose replica in the stack's own Region is real; replicas elsewhere are tables of their own, not kept equal."""

    inert = frozenset({"WriteProvisionedThroughputSettings", "WriteOnDemandThroughputSettings"})
    _own = {
        "Replicas",
        "WriteProvisionedThroughputSettings",
        "WriteOnDemandThroughputSettings",
        "MultiRegionConsistency",
        "GlobalTableWitnesses",
        "WarmThroughput",
    }
    _of_replica = {
        "PointInTimeRecoverySpecification",
        "DeletionProtectionEnabled",
        "TableClass",
        "Tags",
        "ResourcePolicy",
        "ContributorInsightsSpecification",
    }
    _inert_of_replica = {
        "GlobalSecondaryIndexes",
        "ReadProvisionedThroughputSettings",
        "ReadOnDemandThroughputSettings",
        "KinesisStreamSpecification",
    }

    def create(self, context: Context, properties: Properties) -> Made:
        made = None
        for replica in properties["Replicas"]:
            place = Context(
                context.account,
                replica["Region"],
                context.stack_id,
                context.stack_name,
                context.logical_id,
                context.type_name,
                context.tags,
            )
            name = made.physical_id if made else properties.get("TableName") or context.generated_name(255)
            one = super().create(place, self._as_table(properties, replica, name))
            made = one if replica["Region"] == context.region else made or Made(one.physical_id)
        if made is None or not made.attributes:
            raise NotEmulated("a global table without a replica in the stack's own Region is not emulated")
        return made

    def _as_table(self, properties: Properties, replica: Properties, name: str) -> Properties:
        unknown = set(replica) - self._of_replica - self._inert_of_replica - {"Region", "SSESpecification"}
        if unknown:
            raise NotEmulated(f"property {', '.join(sorted(unknown))} of a replica is not emulated")
        table = {k: v for k, v in properties.items() if k not in self._own}
        table.update({k: v for k, v in replica.items() if k in self._of_replica})
        if "SSESpecification" in table:
            table["SSESpecification"] = {
                **table["SSESpecification"],
                **(
                    {"KMSMasterKeyId": replica["SSESpecification"]["KMSMasterKeyId"]}
                    if "SSESpecification" in replica
                    else {}
                ),
            }
        table.setdefault("BillingMode", "PROVISIONED")
        if table["BillingMode"] == "PROVISIONED":
            table["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        table["GlobalSecondaryIndexes"] = [
            {k: v for k, v in g.items() if not k.startswith("Write") and k != "WarmThroughput"}
            for g in table.get("GlobalSecondaryIndexes", [])
        ]
        if not table["GlobalSecondaryIndexes"]:
            del table["GlobalSecondaryIndexes"]
        return {**table, "TableName": name}

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        before = {r["Region"]: r for r in old["Replicas"]}
        after = {r["Region"]: r for r in new["Replicas"]}
        for region in {*before, *after}:
            place = Context(
                context.account,
                region,
                context.stack_id,
                context.stack_name,
                context.logical_id,
                context.type_name,
                context.tags,
            )
            name = made.physical_id
            if region not in before:
                super().create(place, self._as_table(new, after[region], name))
            elif region not in after:
                super().delete(place, made, old)
            else:
                result = super().update(
                    place, made, self._as_table(old, before[region], name), self._as_table(new, after[region], name)
                )
                made = result if region == context.region else made
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        for replica in properties["Replicas"]:
            ignore_gone(
                lambda region=replica["Region"]: context.client("dynamodb", region).delete_table(
                    TableName=made.physical_id
                )
            )  # type: ignore[misc]


def _attributes(table: Properties) -> dict[str, Any]:
    stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
    return {"Arn": table["TableArn"], "TableId": table.get("TableId", ""), **stream}


def _encryption(wanted: Properties) -> Properties:
    return {("Enabled" if k == "SSEEnabled" else k): v for k, v in wanted.items()}


def _stream(wanted: Properties) -> Properties:
    return {k: v for k, v in wanted.items() if k == "StreamViewType"}


def _set_recovery(client: Any, name: str, wanted: Properties | None) -> None:
    if wanted:
        call(
            client,
            "update_continuous_backups",
            {"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False, **wanted}},
        )


def _set_ttl(client: Any, name: str, wanted: Properties | None) -> None:
    if wanted and wanted.get("AttributeName"):
        call(client, "update_time_to_live", {"TableName": name, "TimeToLiveSpecification": {"Enabled": True, **wanted}})
