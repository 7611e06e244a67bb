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
        set_recovery(client, name, properties.get("PointInTimeRecoverySpecification"))
        set_ttl(client, name, properties.get("TimeToLiveSpecification"))
        return Made(name, attributes_of(table))

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
            set_recovery(
                client,
                made.physical_id,
                new.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False},
            )
        if "TimeToLiveSpecification" in changed:
            set_ttl(
                client,
                made.physical_id,
                new.get("TimeToLiveSpecification") or {**old["TimeToLiveSpecification"], "Enabled": False},
            )
        table = client.describe_table(TableName=made.physical_id)["Table"]
        if "Tags" in changed:
            client.untag_resource(ResourceArn=table["TableArn"], TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(ResourceArn=table["TableArn"], Tags=tag_list(new, context.tags))
        return Made(made.physical_id, attributes_of(table))

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("dynamodb").delete_table(TableName=made.physical_id))


def attributes_of(table: Properties) -> dict[str, Any]:
    """What Fn::GetAtt may ask of a table."""
    stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
    return {"Arn": table["TableArn"], "TableId": table.get("TableId", ""), **stream}


def _encryption(wanted: Properties) -> Properties:
    return {("Enabled" if k == "SSEEnabled" else k): v for k, v in wanted.items()}


def _stream(wanted: Properties) -> Properties:
    return {k: v for k, v in wanted.items() if k == "StreamViewType"}


def set_recovery(client: Any, name: str, wanted: Properties | None) -> None:
    """Turns point-in-time recovery on or off."""
    if wanted:
        call(
            client,
            "update_continuous_backups",
            {"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False, **wanted}},
        )


def set_ttl(client: Any, name: str, wanted: Properties | None) -> None:
    """Lets items expire, or no longer."""
    if wanted and wanted.get("AttributeName"):
        call(client, "update_time_to_live", {"TableName": name, "TimeToLiveSpecification": {"Enabled": True, **wanted}})
