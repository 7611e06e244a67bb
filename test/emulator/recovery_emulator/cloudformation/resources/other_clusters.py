"""AWS::DocDB and AWS::Neptune: clusters that the API of RDS makes, too."""

from typing import Any, ClassVar

from recovery_emulator.cloudformation.handlers import (
    Context,
    Handler,
    Made,
    Properties,
    handles,
    ignore_gone,
)
from recovery_emulator.cloudformation.requests import call, tag_list


class _Cluster(Handler):
    engine: ClassVar[str]

    def create(self, context: Context, properties: Properties) -> Made:
        name = (properties.get("DBClusterIdentifier") or context.generated_name(63)).lower()
        plain = {
            **properties,
            "DBClusterIdentifier": name,
            "Engine": self.engine,
            "Tags": tag_list(properties, context.tags),
        }
        cluster = call(context.client("rds"), "create_db_cluster", plain)["DBCluster"]
        return Made(name, self._attributes(cluster))

    @staticmethod
    def _attributes(cluster: Properties) -> dict[str, Any]:
        return {
            "ClusterResourceId": cluster.get("DbClusterResourceId", ""),
            "Endpoint": cluster.get("Endpoint", ""),
            "Port": str(cluster.get("Port", "")),
            "ReadEndpoint": cluster.get("ReaderEndpoint", ""),
        }

    def delete(self, context: Context, made: Made, properties: Properties) -> None:
        ignore_gone(
            lambda: context.client("rds").delete_db_cluster(
                DBClusterIdentifier=made.physical_id, SkipFinalSnapshot=True
            )
        )


@handles("AWS::DocDB::DBCluster")
class DocumentCluster(_Cluster):
    engine = "docdb"


@handles("AWS::Neptune::DBCluster")
class GraphCluster(_Cluster):
    engine = "neptune"
