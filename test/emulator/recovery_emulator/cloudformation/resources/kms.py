"""AWS::KMS."""

from typing import Any

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


def _tags(properties: Properties, context: Context) -> list[dict[str, str]]:
    return [{"TagKey": t["Key"], "TagValue": t["Value"]} for t in tag_list(properties, context.tags)]


@handles("AWS::KMS::Key")
class Key(Handler):
    inert = frozenset({"PendingWindowInDays", "BypassPolicyLockoutSafetyCheck"})

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("kms")
        own = {"EnableKeyRotation", "RotationPeriodInDays", "PendingWindowInDays", "Enabled", "KeyPolicy", "Tags"}
        policy = {"Policy": properties["KeyPolicy"]} if "KeyPolicy" in properties else {}
        metadata = call(
            client, "create_key", {**properties, **policy, "Tags": _tags(properties, context)}, own - {"Tags"}
        )["KeyMetadata"]
        self._set_state(client, metadata["KeyId"], properties)
        return Made(metadata["KeyId"], {"Arn": metadata["Arn"], "KeyId": metadata["KeyId"]})

    @staticmethod
    def _set_state(client: Any, key_id: str, properties: Properties) -> None:
        if properties.get("EnableKeyRotation"):
            period = (
                {"RotationPeriodInDays": properties["RotationPeriodInDays"]}
                if "RotationPeriodInDays" in properties
                else {}
            )
            client.enable_key_rotation(KeyId=key_id, **period)
        else:
            client.disable_key_rotation(KeyId=key_id)
        if properties.get("Enabled") is False:
            client.disable_key(KeyId=key_id)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("kms")
        allowed = {"KeyPolicy", "EnableKeyRotation", "RotationPeriodInDays", "Enabled", "Description", "Tags"}
        changed = only_changed(self, old, new, allowed)
        if "KeyPolicy" in changed:
            call(
                client,
                "put_key_policy",
                {"KeyId": made.physical_id, "PolicyName": "default", "Policy": new["KeyPolicy"]},
            )
        if "Description" in changed:
            client.update_key_description(KeyId=made.physical_id, Description=new.get("Description", ""))
        if "Tags" in changed:
            client.untag_resource(KeyId=made.physical_id, TagKeys=[t["Key"] for t in old.get("Tags", [])])
            client.tag_resource(KeyId=made.physical_id, Tags=_tags(new, context))
        if "Enabled" in changed and new.get("Enabled", True):
            client.enable_key(KeyId=made.physical_id)
        self._set_state(client, made.physical_id, new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        days = int(properties.get("PendingWindowInDays", 30))
        ignore_gone(
            lambda: context.client("kms").schedule_key_deletion(KeyId=made.physical_id, PendingWindowInDays=days)
        )


@handles("AWS::KMS::Alias")
class Alias(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        call(context.client("kms"), "create_alias", properties)
        return Made(properties["AliasName"])

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        call(context.client("kms"), "update_alias", new)
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("kms").delete_alias(AliasName=made.physical_id))
