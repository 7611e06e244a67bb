"""Which key a recovery point is under, and whether it can still be used: without its key a recovery point is lost.

Recovery points of the types that AWS Backup manages fully are under the key of their vault, others under that of the
resource; copies are under the key of the vault that they were copied to. A key that this emulator never knew, as tests of
vaults like to name, is taken for one that works.
"""

from typing import Any

from recovery_emulator import loopback
from recovery_emulator.backup import kinds
from recovery_emulator.backup.operations import refused
from recovery_emulator.backup.state import Point, Region, Vault
from recovery_emulator.kms_keys import problem_if_known


def of_backup(region: Region, vault: Vault, resource_type: str, resource_arn: str) -> str | None:
    """The key of a new recovery point."""
    if resource_type in kinds.FULLY_MANAGED:
        return None if vault.default_key else vault.encryption_key_arn
    return _of_resource(region, resource_type, kinds.name_of(resource_arn))


def _of_resource(region: Region, resource_type: str, name: str) -> str | None:
    def client(service: str) -> Any:
        return loopback.client(service, region.name, region.account)

    if resource_type == "RDS":
        return client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0].get("KmsKeyId")
    if resource_type == "Aurora":
        return client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0].get("KmsKeyId")
    if resource_type == "EBS":
        return client("ec2").describe_volumes(VolumeIds=[name])["Volumes"][0].get("KmsKeyId")
    return None


def of_copy(vault: Vault, point: Point) -> str | None:
    """The key of a copy: an unencrypted Aurora snapshot stays unencrypted."""
    if point.resource_type == "Aurora" and point.key is None:
        return None
    return None if vault.default_key else vault.encryption_key_arn


def require(region: Region, key: str | None) -> None:
    """Refuses what needs a key that is disabled, pending deletion or gone."""
    problem = problem_if_known(key, region.account, region.name) if key else None
    if problem:
        raise refused(problem)
