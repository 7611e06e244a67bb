"""AWS::RDS."""

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

_RENAMED = {
    "VPCSecurityGroups": "VpcSecurityGroupIds",
    "DBSecurityGroups": "DBSecurityGroups",
    "EnableIAMDatabaseAuthentication": "EnableIAMDatabaseAuthentication",
}
# Decide which operation creates the thing, or belong to CloudFormation alone.
_STEERING = {
    "DeleteAutomatedBackups",
    "UseDefaultProcessorFeatures",
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "AssociatedRoles",
}


def _api(properties: Properties, context: Context) -> Properties:
    api = {_RENAMED.get(k, k): v for k, v in properties.items() if k not in _STEERING}
    return {**api, "Tags": tag_list(properties, context.tags)}


@handles("AWS::RDS::DBInstance")
class DBInstance(Handler):
    inert = frozenset(_STEERING)

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("rds")
        name = (properties.get("DBInstanceIdentifier") or context.generated_name(63)).lower()
        plain = {**_api(properties, context), "DBInstanceIdentifier": name}
        if properties.get("ManageMasterUserPassword"):
            raise NotEmulated("ManageMasterUserPassword of AWS::RDS::DBInstance is not emulated")
        if "DBSnapshotIdentifier" in properties:
            database = call(
                client,
                "restore_db_instance_from_db_snapshot",
                plain,
                {
                    "AllocatedStorage",
                    "MasterUserPassword",
                    "MasterUsername",
                    "BackupRetentionPeriod",
                    "StorageEncrypted",
                },
            )
        elif "SourceDBInstanceIdentifier" in properties:
            source = properties["SourceDBInstanceIdentifier"]
            region = {"SourceRegion": source.split(":")[3]} if source.startswith("arn:") else {}
            database = call(
                client,
                "create_db_instance_read_replica",
                {**plain, **region},
                {"Engine", "EngineVersion", "MasterUsername", "MasterUserPassword", "StorageEncrypted"},
            )
        else:
            database = call(
                client,
                "create_db_instance",
                plain,
                {
                    "AutomaticBackupReplicationRegion",
                    "AutomaticBackupReplicationKmsKeyId",
                    "AutomaticBackupReplicationRetentionPeriod",
                },
            )
        return Made(name, self._attributes(database["DBInstance"]))

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
        # CloudFormation does not say so, but these take effect without an operation of their own.
        apart = {
            "Tags",
            "AutomaticBackupReplicationRegion",
            "AutomaticBackupReplicationRetentionPeriod",
            "AutomaticBackupReplicationKmsKeyId",
        }
        names = accepts(client, "modify_db_instance")
        allowed = {k for k in {*old, *new} if _RENAMED.get(k, k).lower() in names} | apart | {"Port"}
        changed = only_changed(self, old, new, allowed)
        plain = {_RENAMED.get(k, k): new[k] for k in changed - apart if k in new}
        if "Port" in plain:
            plain["DBPortNumber"] = plain.pop("Port")
        database = call(
            client, "modify_db_instance", {**plain, "DBInstanceIdentifier": made.physical_id, "ApplyImmediately": True}
        )["DBInstance"]
        if "Tags" in changed:
            client.remove_tags_from_resource(
                ResourceName=database["DBInstanceArn"], TagKeys=[t["Key"] for t in old.get("Tags", [])]
            )
            client.add_tags_to_resource(ResourceName=database["DBInstanceArn"], Tags=tag_list(new, context.tags))
        return Made(made.physical_id, self._attributes(database))

    def snapshot(self, context: Context, made: Made, properties: Properties) -> None:
        """Takes the final snapshot of DeletionPolicy Snapshot."""
        name = f"{context.stack_name}-snapshot-{made.physical_id}-{uuid.uuid4().hex[:12]}"[:255].lower()
        context.client("rds").create_db_snapshot(DBInstanceIdentifier=made.physical_id, DBSnapshotIdentifier=name)

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("rds").delete_db_instance(
                DBInstanceIdentifier=made.physical_id, SkipFinalSnapshot=True
            )
        )


@handles("AWS::RDS::DBCluster")
class DBCluster(Handler):
    inert = frozenset(_STEERING)

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("rds")
        name = (properties.get("DBClusterIdentifier") or context.generated_name(63)).lower()
        plain = {**_api(properties, context), "DBClusterIdentifier": name}
        if "SnapshotIdentifier" in properties:
            cluster = call(
                client,
                "restore_db_cluster_from_snapshot",
                plain,
                {"MasterUserPassword", "MasterUsername", "BackupRetentionPeriod", "StorageEncrypted"},
            )
        else:
            cluster = call(client, "create_db_cluster", plain)
        return Made(name, self._attributes(cluster["DBCluster"]))

    @staticmethod
    def _attributes(cluster: Properties) -> dict[str, Any]:
        return {
            "DBClusterArn": cluster["DBClusterArn"],
            "DBClusterResourceId": cluster.get("DbClusterResourceId", ""),
            "Endpoint.Address": cluster.get("Endpoint", ""),
            "Endpoint.Port": str(cluster.get("Port", "")),
            "ReadEndpoint.Address": cluster.get("ReaderEndpoint", ""),
        }

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        client = context.client("rds")
        names = accepts(client, "modify_db_cluster")
        changed = only_changed(
            self, old, new, {k for k in {*old, *new} if _RENAMED.get(k, k).lower() in names} | {"Tags"}
        )
        plain = {_RENAMED.get(k, k): new[k] for k in changed - {"Tags"} if k in new}
        cluster = call(
            client, "modify_db_cluster", {**plain, "DBClusterIdentifier": made.physical_id, "ApplyImmediately": True}
        )["DBCluster"]
        if "Tags" in changed:
            client.add_tags_to_resource(ResourceName=cluster["DBClusterArn"], Tags=tag_list(new, context.tags))
        return Made(made.physical_id, self._attributes(cluster))

    def snapshot(self, context: Context, made: Made, properties: Properties) -> None:
        """Takes the final snapshot of DeletionPolicy Snapshot."""
        name = f"{context.stack_name}-snapshot-{made.physical_id}-{uuid.uuid4().hex[:12]}"[:255].lower()
        context.client("rds").create_db_cluster_snapshot(
            DBClusterIdentifier=made.physical_id, DBClusterSnapshotIdentifier=name
        )

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("rds").delete_db_cluster(
                DBClusterIdentifier=made.physical_id, SkipFinalSnapshot=True
            )
        )


@handles("AWS::RDS::DBSubnetGroup")
class DBSubnetGroup(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        name = (properties.get("DBSubnetGroupName") or context.generated_name(255)).lower()
        call(context.client("rds"), "create_db_subnet_group", {**_api(properties, context), "DBSubnetGroupName": name})
        return Made(name)

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"SubnetIds", "DBSubnetGroupDescription"})
        plain = {k: new[k] for k in ("SubnetIds", "DBSubnetGroupDescription")}
        call(context.client("rds"), "modify_db_subnet_group", {**plain, "DBSubnetGroupName": made.physical_id})
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(lambda: context.client("rds").delete_db_subnet_group(DBSubnetGroupName=made.physical_id))


@handles("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
class ParameterGroup(Handler):
    def _words(self) -> tuple[str, str, str]:
        if "Cluster" in self.type_name:
            return "db_cluster_parameter_group", "DBClusterParameterGroupName", "DBParameterGroupFamily"
        return "db_parameter_group", "DBParameterGroupName", "DBParameterGroupFamily"

    def create(self, context: Context, properties: Properties) -> Made:
        operation, name_key, family_key = self._words()
        name = (properties.get(name_key) or context.generated_name(255)).lower()
        plain = {
            name_key: name,
            family_key: properties["Family"],
            "Description": properties["Description"],
            "Tags": tag_list(properties, context.tags),
        }
        call(context.client("rds"), f"create_{operation}", plain)
        self._set(context, name, properties.get("Parameters", {}))
        return Made(name)

    def _set(self, context: Context, name: str, parameters: dict[str, Any]) -> None:
        operation, name_key, _ = self._words()
        listed = [
            {"ParameterName": k, "ParameterValue": str(v), "ApplyMethod": "pending-reboot"}
            for k, v in parameters.items()
        ]
        if listed:
            call(context.client("rds"), f"modify_{operation}", {name_key: name, "Parameters": listed})

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"Parameters"})
        self._set(context, made.physical_id, new.get("Parameters", {}))
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        operation, name_key, _ = self._words()
        ignore_gone(lambda: getattr(context.client("rds"), f"delete_{operation}")(**{name_key: made.physical_id}))
