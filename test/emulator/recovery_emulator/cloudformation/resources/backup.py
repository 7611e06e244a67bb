"""AWS::Backup."""

import json
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
from recovery_emulator.cloudformation.requests import call, tag_map


def _retag(context: Context, arn: str, old: Properties, new: Properties, name: str) -> None:
    client = context.client("backup")
    gone = set(old.get(name) or {}) - set(new.get(name) or {})
    if gone:
        client.untag_resource(ResourceArn=arn, TagKeyList=sorted(gone))
    if tag_map(new, context.tags, name):
        client.tag_resource(ResourceArn=arn, Tags=tag_map(new, context.tags, name))


def _apply_vault(context: Context, name: str, old: Properties, new: Properties) -> None:
    """Sets or removes the policy, notifications and lock of a vault."""
    client = context.client("backup")
    if old.get("AccessPolicy") != new.get("AccessPolicy"):
        if "AccessPolicy" in new:
            policy = new["AccessPolicy"]
            client.put_backup_vault_access_policy(
                BackupVaultName=name, Policy=policy if isinstance(policy, str) else json.dumps(policy)
            )
        else:
            client.delete_backup_vault_access_policy(BackupVaultName=name)
    if old.get("Notifications") != new.get("Notifications"):
        if "Notifications" in new:
            call(client, "put_backup_vault_notifications", {"BackupVaultName": name, **new["Notifications"]})
        else:
            client.delete_backup_vault_notifications(BackupVaultName=name)
    if old.get("LockConfiguration") != new.get("LockConfiguration"):
        if "LockConfiguration" in new:
            call(client, "put_backup_vault_lock_configuration", {"BackupVaultName": name, **new["LockConfiguration"]})
        else:
            client.delete_backup_vault_lock_configuration(BackupVaultName=name)


@handles("AWS::Backup::BackupVault")
class BackupVault(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties["BackupVaultName"]
        plain = {**properties, "BackupVaultTags": tag_map(properties, context.tags, "BackupVaultTags")}
        made = call(
            context.client("backup"),
            "create_backup_vault",
            plain,
            {"AccessPolicy", "LockConfiguration", "Notifications"},
        )
        try:
            _apply_vault(context, name, {}, properties)
        except Exception:
            self.delete(context, Made(name), properties)
            raise
        return Made(name, {"BackupVaultArn": made["BackupVaultArn"], "BackupVaultName": name})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"AccessPolicy", "Notifications", "LockConfiguration", "BackupVaultTags"})
        _apply_vault(context, made.physical_id, old, new)
        _retag(context, made.attributes["BackupVaultArn"], old, new, "BackupVaultTags")
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("backup").delete_backup_vault(BackupVaultName=made.physical_id))


@handles("AWS::Backup::LogicallyAirGappedBackupVault")
class AirGappedVault(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = properties["BackupVaultName"]
        plain = {**properties, "BackupVaultTags": tag_map(properties, context.tags, "BackupVaultTags")}
        made = call(
            context.client("backup"),
            "create_logically_air_gapped_backup_vault",
            plain,
            {"AccessPolicy", "Notifications"},
        )
        _apply_vault(context, name, {}, {k: v for k, v in properties.items() if k in ("AccessPolicy", "Notifications")})
        return Made(
            name,
            {
                "BackupVaultArn": made["BackupVaultArn"],
                "VaultState": "AVAILABLE",
                "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT",
            },
        )

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"AccessPolicy", "Notifications", "BackupVaultTags"})
        _apply_vault(context, made.physical_id, old, new)
        _retag(context, made.attributes["BackupVaultArn"], old, new, "BackupVaultTags")
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("backup").delete_backup_vault(BackupVaultName=made.physical_id))


def _plan(properties: Properties) -> Properties:
    """CloudFormation calls the rules BackupPlanRule and their vault TargetBackupVault."""
    plan = dict(properties["BackupPlan"])
    rules = plan.pop("BackupPlanRule")
    return {
        **plan,
        "Rules": [
            {("TargetBackupVaultName" if k == "TargetBackupVault" else k): v for k, v in r.items()} for r in rules
        ],
    }


@handles("AWS::Backup::BackupPlan")
class BackupPlan(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        wanted = {
            "BackupPlan": _plan(properties),
            "BackupPlanTags": tag_map(properties, context.tags, "BackupPlanTags"),
        }
        made = call(context.client("backup"), "create_backup_plan", wanted)
        return Made(made["BackupPlanId"], self._attributes(made))

    @staticmethod
    def _attributes(made: Properties) -> dict[str, Any]:
        return {k: made[k] for k in ("BackupPlanArn", "BackupPlanId", "VersionId")}

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"BackupPlan", "BackupPlanTags"})
        if old["BackupPlan"] != new["BackupPlan"]:
            answer = call(
                context.client("backup"),
                "update_backup_plan",
                {"BackupPlanId": made.physical_id, "BackupPlan": _plan(new)},
            )
            made = Made(made.physical_id, self._attributes(answer))
        _retag(context, made.attributes["BackupPlanArn"], old, new, "BackupPlanTags")
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("backup").delete_backup_plan(BackupPlanId=made.physical_id))


@handles("AWS::Backup::BackupSelection")
class BackupSelection(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        made = call(context.client("backup"), "create_backup_selection", properties)
        physical_id = f"{made['SelectionId']}_{properties['BackupPlanId']}"
        return Made(
            physical_id,
            {"Id": physical_id, "SelectionId": made["SelectionId"], "BackupPlanId": properties["BackupPlanId"]},
        )

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        selection, plan = made.attributes["SelectionId"], properties["BackupPlanId"]
        ignore_gone(lambda: context.client("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=selection))


@handles("AWS::Backup::RestoreTestingPlan")
class RestoreTestingPlan(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        plan = {k: v for k, v in properties.items() if k != "Tags"}
        made = call(
            context.client("backup"),
            "create_restore_testing_plan",
            {"RestoreTestingPlan": plan, "Tags": tag_map(properties, context.tags)},
        )
        return Made(made["RestoreTestingPlanName"], {"RestoreTestingPlanArn": made["RestoreTestingPlanArn"]})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        plan = {k: v for k, v in new.items() if k not in ("Tags", "RestoreTestingPlanName")}
        call(
            context.client("backup"),
            "update_restore_testing_plan",
            {"RestoreTestingPlanName": made.physical_id, "RestoreTestingPlan": plan},
        )
        if old.get("Tags") != new.get("Tags"):
            as_maps = [{"Tags": {t["Key"]: t["Value"] for t in p.get("Tags") or []}} for p in (old, new)]
            _retag(context, made.attributes["RestoreTestingPlanArn"], as_maps[0], as_maps[1], "Tags")
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("backup").delete_restore_testing_plan(RestoreTestingPlanName=made.physical_id)
        )


@handles("AWS::Backup::RestoreTestingSelection")
class RestoreTestingSelection(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        plan = properties["RestoreTestingPlanName"]
        selection = {k: v for k, v in properties.items() if k != "RestoreTestingPlanName"}
        call(
            context.client("backup"),
            "create_restore_testing_selection",
            {"RestoreTestingPlanName": plan, "RestoreTestingSelection": selection},
        )
        return Made(f"{plan}|{properties['RestoreTestingSelectionName']}")

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        names = {k: new[k] for k in ("RestoreTestingPlanName", "RestoreTestingSelectionName")}
        selection = {k: v for k, v in new.items() if k not in (*names, "ProtectedResourceType")}
        call(
            context.client("backup"),
            "update_restore_testing_selection",
            {**names, "RestoreTestingSelection": selection},
        )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        names = {k: properties[k] for k in ("RestoreTestingPlanName", "RestoreTestingSelectionName")}
        ignore_gone(lambda: context.client("backup").delete_restore_testing_selection(**names))
