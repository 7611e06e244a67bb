"""AWS::RDS: Aurora clusters and global databases."""

import uuid
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
from recovery_emulator.cloudformation.requests import accepts, call, tag_list
from recovery_emulator.cloudformation.resources.rds import RENAMED, STEERING, api_of


@handles("AWS::RDS::DBCluster")
class DBCluster(Handler):
    inert = frozenset(STEERING)

    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("rds")
        name = (properties.get("DBClusterIdentifier") or context.generated_name(63)).lower()
        plain = {**api_of(properties, context), "DBClusterIdentifier": name}
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
        leaves = bool(old.get("GlobalClusterIdentifier")) and not new.get("GlobalClusterIdentifier")
        allowed = {k for k in {*old, *new} if RENAMED.get(k, k).lower() in names} | {"Tags"}
        changed = only_changed(self, old, new, allowed | ({"GlobalClusterIdentifier"} if leaves else set()))
        if leaves:
            self._leave(context, made, old)
            changed -= {"GlobalClusterIdentifier"}
        plain = {RENAMED.get(k, k): new[k] for k in changed - {"Tags"} if k in new}
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

    @staticmethod
    def _leave(context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("rds").remove_from_global_cluster(
                GlobalClusterIdentifier=properties["GlobalClusterIdentifier"],
                DbClusterIdentifier=made.attributes["DBClusterArn"],
            )
        )

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        if properties.get("GlobalClusterIdentifier"):
            self._leave(context, made, properties)
        ignore_gone(
            lambda: context.client("rds").delete_db_cluster(
                DBClusterIdentifier=made.physical_id, SkipFinalSnapshot=True
            )
        )


@handles("AWS::RDS::GlobalCluster")
class GlobalCluster(Handler):
    def create(self, context: Context, properties: Properties) -> Made:
        client = context.client("rds")
        name = (properties.get("GlobalClusterIdentifier") or context.generated_name(63)).lower()
        plain = {**properties, "GlobalClusterIdentifier": name, "Tags": tag_list(properties, context.tags)}
        if "SourceDBClusterIdentifier" in properties:
            plain["SourceDBClusterIdentifier"] = self._source(context, properties)
        made = call(client, "create_global_cluster", plain)["GlobalCluster"]
        return Made(name, {"GlobalEndpoint.Address": made["Endpoint"]})

    @staticmethod
    def _source(context: Context, properties: Properties) -> str:
        """The template may name the cluster or give its ARN; the API takes the ARN."""
        source = str(properties["SourceDBClusterIdentifier"])
        return source if source.startswith("arn:") else context.arn("rds", f"cluster:{source.lower()}")

    def update(self, context: Context, made: Made, old: Properties, new: Properties) -> Made:
        only_changed(self, old, new, {"DeletionProtection"})
        protected = bool(new.get("DeletionProtection", False))
        call(
            context.client("rds"),
            "modify_global_cluster",
            {"GlobalClusterIdentifier": made.physical_id, "DeletionProtection": protected},
        )
        return made

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        client = context.client("rds")
        if "SourceDBClusterIdentifier" in properties:
            ignore_gone(
                lambda: client.remove_from_global_cluster(
                    GlobalClusterIdentifier=made.physical_id, DbClusterIdentifier=self._source(context, properties)
                )
            )
        ignore_gone(lambda: client.delete_global_cluster(GlobalClusterIdentifier=made.physical_id))
