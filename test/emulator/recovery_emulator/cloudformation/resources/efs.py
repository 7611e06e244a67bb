"""AWS::EFS."""

import time
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

_SEPARATE = {
    "BackupPolicy",
    "LifecyclePolicies",
    "FileSystemPolicy",
    "BypassPolicyLockoutSafetyCheck",
    "FileSystemProtection",
    "FileSystemTags",
    "ReplicationConfiguration",
}


@handles("AWS::EFS::FileSystem")
class FileSystem(Handler):
    # moto has no such operations: recorded, read by nothing.
    inert = frozenset({"BypassPolicyLockoutSafetyCheck", "ThroughputMode", "ProvisionedThroughputInMibps"})

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("efs")
        plain = {
            **properties,
            "CreationToken": context.generated_name(64),
            "Tags": tag_list(properties, context.tags, "FileSystemTags"),
        }
        system = call(client, "create_file_system", plain, _SEPARATE)
        try:
            self._set(client, system["FileSystemId"], properties, set(properties))
        except Exception:
            # It never became part of the stack, so nobody else would delete it.
            client.delete_file_system(FileSystemId=system["FileSystemId"])
            raise
        return Made(system["FileSystemId"], {"Arn": system["FileSystemArn"], "FileSystemId": system["FileSystemId"]})

    @staticmethod
    def _set(client: Any, system: str, properties: Properties, changed: set[str]) -> None:
        if "BackupPolicy" in changed:
            call(
                client,
                "put_backup_policy",
                {"FileSystemId": system, "BackupPolicy": properties.get("BackupPolicy") or {"Status": "DISABLED"}},
            )
        if "LifecyclePolicies" in changed:
            call(
                client,
                "put_lifecycle_configuration",
                {"FileSystemId": system, "LifecyclePolicies": properties.get("LifecyclePolicies", [])},
            )
        if "FileSystemPolicy" in changed and "FileSystemPolicy" in properties:
            call(client, "put_file_system_policy", {"FileSystemId": system, "Policy": properties["FileSystemPolicy"]})

        if "FileSystemProtection" in changed:
            state = (properties.get("FileSystemProtection") or {}).get("ReplicationOverwriteProtection", "ENABLED")
            client.update_file_system_protection(FileSystemId=system, ReplicationOverwriteProtection=state)
        if "ReplicationConfiguration" in changed and "ReplicationConfiguration" in properties:
            wanted = {"SourceFileSystemId": system, **properties["ReplicationConfiguration"]}
            call(client, "create_replication_configuration", wanted)

    @staticmethod
    def _end_replication(client: Any, system: str, properties: Properties) -> None:
        if "ReplicationConfiguration" in properties:
            ignore_gone(lambda: client.delete_replication_configuration(SourceFileSystemId=system))

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("efs")
        changed = only_changed(self, old, new, {*_SEPARATE} - {"BypassPolicyLockoutSafetyCheck"})
        if "ReplicationConfiguration" in changed:
            self._end_replication(client, made.physical_id, old)
        self._set(client, made.physical_id, new, changed)
        if "FileSystemTags" in changed:
            client.untag_resource(
                ResourceId=made.physical_id, TagKeys=[t["Key"] for t in old.get("FileSystemTags", [])]
            )
            client.tag_resource(ResourceId=made.physical_id, Tags=tag_list(new, context.tags, "FileSystemTags"))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        self._end_replication(context.client("efs"), made.physical_id, properties)
        ignore_gone(lambda: context.client("efs").delete_file_system(FileSystemId=made.physical_id))


@handles("AWS::EFS::MountTarget")
class MountTarget(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        target = call(context.client("efs"), "create_mount_target", properties)
        return Made(target["MountTargetId"], {"Id": target["MountTargetId"], "IpAddress": target.get("IpAddress", "")})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"SecurityGroups"})
        call(
            context.client("efs"),
            "modify_mount_target_security_groups",
            {"MountTargetId": made.physical_id, "SecurityGroups": new["SecurityGroups"]},
        )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("efs").delete_mount_target(MountTargetId=made.physical_id))


@handles("AWS::EFS::AccessPoint")
class AccessPoint(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        token = properties.get("ClientToken") or f"{context.logical_id}-{time.time_ns()}"
        plain = {**properties, "ClientToken": token, "Tags": tag_list(properties, context.tags, "AccessPointTags")}
        point = call(context.client("efs"), "create_access_point", plain, {"AccessPointTags"})
        return Made(point["AccessPointId"], {"Arn": point["AccessPointArn"], "AccessPointId": point["AccessPointId"]})

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("efs").delete_access_point(AccessPointId=made.physical_id))
