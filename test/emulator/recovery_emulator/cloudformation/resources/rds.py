"""AWS::RDS: instances."""

import uuid
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
from recovery_emulator.cloudformation.requests import accepts, call, tag_list

RENAMED = {
    "VPCSecurityGroups": "VpcSecurityGroupIds",
    "DBSecurityGroups": "DBSecurityGroups",
    "EnableIAMDatabaseAuthentication": "EnableIAMDatabaseAuthentication",
}
# Decide which operation creates the thing, or belong to CloudFormation alone.
STEERING = {
    "DeleteAutomatedBackups",
    "UseDefaultProcessorFeatures",
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "AssociatedRoles",
}


# What a replica or a restored instance has from its source.
_OF_SOURCE = {
    "AllocatedStorage",
    "Engine",
    "EngineVersion",
    "MasterUsername",
    "MasterUserPassword",
    "StorageEncrypted",
}
# What the operation that makes a replica does not take: CloudFormation modifies the replica once it is there.
_AFTER_REPLICA = {"BackupRetentionPeriod", "PreferredBackupWindow", "PreferredMaintenanceWindow"}
_BACKUP_REPLICATION = {
    "AutomaticBackupReplicationRegion",
    "AutomaticBackupReplicationRetentionPeriod",
    "AutomaticBackupReplicationKmsKeyId",
}


def api_of(properties: Properties, context: Context) -> Properties:
    """Properties by the names of the API, with the tags of the stack."""
    api = {RENAMED.get(k, k): v for k, v in properties.items() if k not in STEERING}
    return {**api, "Tags": tag_list(properties, context.tags)}


@handles("AWS::RDS::DBInstance")
class DBInstance(Handler):
    inert = frozenset(STEERING)

    def create(self, context: Context, properties: Properties) -> Made:
        name = (properties.get("DBInstanceIdentifier") or context.generated_name(63)).lower()
        if properties.get("ManageMasterUserPassword"):
            raise NotEmulated("ManageMasterUserPassword of AWS::RDS::DBInstance is not emulated")
        database = self._make(context, {**api_of(properties, context), "DBInstanceIdentifier": name})
        made = Made(name, self._attributes(database))
        try:
            if "SourceDBInstanceIdentifier" in properties:
                self._complete_replica(context, made, properties)
            if "AutomaticBackupReplicationRegion" in properties:
                self._replicate_backups(context, made, properties)
        except Exception:
            # The instance is there, and nobody would delete it: it never became part of the stack.
            self.delete(context, made, properties)
            raise
        return made

    @staticmethod
    def _make(context: Context, api: Properties) -> Properties:
        """Each way of making an instance is an operation of its own, which takes part of the properties from elsewhere."""
        client = context.client("rds")
        if "DBSnapshotIdentifier" in api:
            operation, taken = "restore_db_instance_from_db_snapshot", {*_OF_SOURCE, "BackupRetentionPeriod"}
        elif "SourceDBInstanceAutomatedBackupsArn" in api:
            operation, taken = "restore_db_instance_to_point_in_time", _OF_SOURCE
            api = {**api, "TargetDBInstanceIdentifier": api["DBInstanceIdentifier"]}
            del api["DBInstanceIdentifier"]
        elif "SourceDBInstanceIdentifier" in api:
            operation, taken = "create_db_instance_read_replica", (_OF_SOURCE - {"AllocatedStorage"}) | _AFTER_REPLICA
            source = api["SourceDBInstanceIdentifier"]
            if source.startswith("arn:"):
                api = {"SourceRegion": source.split(":")[3], **api}
        else:
            operation, taken = "create_db_instance", set()
        return dict(call(client, operation, api, {*taken, *_BACKUP_REPLICATION})["DBInstance"])

    @staticmethod
    def _complete_replica(context: Context, made: Made, properties: Properties) -> None:
        later = {k: properties[k] for k in _AFTER_REPLICA & properties.keys()}
        if later:
            wanted = {**later, "DBInstanceIdentifier": made.physical_id, "ApplyImmediately": True}
            call(context.client("rds"), "modify_db_instance", wanted)

    @staticmethod
    def _replicate_backups(context: Context, made: Made, properties: Properties) -> None:
        """Turned on from the other side: in the Region that receives the backups."""
        region = properties["AutomaticBackupReplicationRegion"]
        retention, key = (properties.get(f"AutomaticBackupReplication{k}") for k in ("RetentionPeriod", "KmsKeyId"))
        wanted = {
            "SourceDBInstanceArn": made.attributes["DBInstanceArn"],
            **({} if retention is None else {"BackupRetentionPeriod": retention}),
            **({"KmsKeyId": key} if key else {}),
        }
        call(context.client("rds", region), "start_db_instance_automated_backups_replication", wanted)

    @staticmethod
    def _attributes(database: Properties) -> dict[str, Any]:
        endpoint = database.get("Endpoint", {})
        return {
            "DBInstanceArn": database["DBInstanceArn"],
            "DbiResourceId": database.get("DbiResourceId", ""),
            "Endpoint.Address": endpoint.get("Address", ""),
            "Endpoint.Port": str(endpoint.get("Port", "")),
            "Endpoint.HostedZoneId": "Z1EMULATOR",
        }

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("rds")
        apart = {"Tags", *_BACKUP_REPLICATION}
        names = accepts(client, "modify_db_instance")
        allowed = {k for k in {*old, *new} if RENAMED.get(k, k).lower() in names} | apart | {"Port"}
        promoted = "SourceDBInstanceIdentifier" in old and "SourceDBInstanceIdentifier" not in new
        if promoted:
            allowed |= {"SourceDBInstanceIdentifier", "SourceRegion"}
        changed = only_changed(self, old, new, allowed)
        if promoted:
            client.promote_read_replica(DBInstanceIdentifier=made.physical_id)
            changed -= {"SourceDBInstanceIdentifier", "SourceRegion"}
        plain = {RENAMED.get(k, k): new[k] for k in changed - apart if k in new}
        if "Port" in plain:
            plain["DBPortNumber"] = plain.pop("Port")
        database = call(
            client, "modify_db_instance", {**plain, "DBInstanceIdentifier": made.physical_id, "ApplyImmediately": True}
        )["DBInstance"]
        if changed & _BACKUP_REPLICATION:
            self._change_backup_replication(context, made, old, new)
        if "Tags" in changed:
            client.remove_tags_from_resource(
                ResourceName=database["DBInstanceArn"], TagKeys=[t["Key"] for t in old.get("Tags", [])]
            )
            client.add_tags_to_resource(ResourceName=database["DBInstanceArn"], Tags=tag_list(new, context.tags))
        return Made(made.physical_id, self._attributes(database))

    def _change_backup_replication(self, context: Context, made: Made, old: Properties, new: Properties) -> None:
        if "AutomaticBackupReplicationRegion" in old:
            context.client(
                "rds", old["AutomaticBackupReplicationRegion"]
            ).stop_db_instance_automated_backups_replication(SourceDBInstanceArn=made.attributes["DBInstanceArn"])
        if "AutomaticBackupReplicationRegion" in new:
            self._replicate_backups(context, made, new)

    def snapshot(self, context: Context, made: Made, properties: Properties) -> None:
        """Takes the final snapshot of DeletionPolicy Snapshot."""
        name = f"{context.stack_name}-snapshot-{made.physical_id}-{uuid.uuid4().hex[:12]}"[:255].lower()
        context.client("rds").create_db_snapshot(DBInstanceIdentifier=made.physical_id, DBSnapshotIdentifier=name)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("rds").delete_db_instance(
                DBInstanceIdentifier=made.physical_id,
                SkipFinalSnapshot=True,
                DeleteAutomatedBackups=properties.get("DeleteAutomatedBackups", True),
            )
        )
