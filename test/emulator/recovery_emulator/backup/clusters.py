"""Database clusters that share the API of RDS: what AWS Backup calls them depends on their engine."""

from moto.rds.models import rds_backends

_TYPES = {"docdb": "DocumentDB", "neptune": "Neptune"}


def type_of_engine(engine: str) -> str:
    """What AWS Backup calls a cluster of an engine: those of RDS that are not of Aurora are RDS, too."""
    return "Aurora" if engine.startswith("aurora") else _TYPES.get(engine, "RDS")


def type_of(arn: str) -> str:
    """What AWS Backup calls a cluster; Aurora where it is gone."""
    _, _, _, region, account, _, name = arn.split(":")
    cluster = rds_backends[account][region].clusters.get(name)
    return type_of_engine(cluster.engine) if cluster and cluster.engine in _TYPES else "Aurora"
