"""What the modules about RDS share: moto's books of instances and clusters, and the errors of the API."""

from typing import Any

from moto.rds import models as rds

from recovery_emulator.service_api.replies import ServiceError

AURORA = ("aurora", "aurora-mysql", "aurora-postgresql")


def backend(account: str, region: str) -> Any:
    """moto's RDS of an account in a Region."""
    return rds.rds_backends[account][region]


def region_of(arn: str) -> str:
    """The Region in an ARN."""
    return arn.split(":")[3]


def find_instance(arn: str) -> Any | None:
    """An instance by its ARN, wherever it is."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    return backend(account, region).databases.get(name)


def find_cluster(arn: str) -> Any | None:
    """A cluster by its ARN, wherever it is."""
    _, _, _, region, account, _, name = arn.split(":", 6)
    return backend(account, region).clusters.get(name)


def wrong(message: str) -> ServiceError:
    """Parameters that do not go together."""
    return ServiceError("InvalidParameterCombination", message)


def bad_value(message: str) -> ServiceError:
    """A parameter with a value that RDS does not take."""
    return ServiceError("InvalidParameterValue", message)


def no_key(message: str) -> ServiceError:
    """A KMS key that RDS cannot use."""
    return ServiceError("KMSKeyNotAccessibleFault", message)
