"""DocumentDB by the API of RDS, which moto knows for Neptune only: clusters, instances and snapshots as entries."""

import functools
from collections.abc import Callable
from typing import Any

from moto.rds.models import ClusterEngine, DBCluster, DBInstance, DbInstanceEngine

_ENGINE = "docdb"
_VERSION = "5.0.0"
_PORT = 27017


def _knows_too(owner: type, name: str, value: Any) -> None:
    """A default by engine."""
    original: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(original)
    def default(engine: str, *args: Any, **named: Any) -> Any:
        return value if engine == _ENGINE else original(engine, *args, **named)

    setattr(owner, name, staticmethod(default))


_knows_too(DBCluster, "default_engine_version", _VERSION)
_knows_too(DBCluster, "default_port", _PORT)
_knows_too(DBCluster, "default_allocated_storage", 1)
_knows_too(DBInstance, "default_port", _PORT)


def _lists_too(owner: type, name: str) -> None:
    original: Callable[[], list[str]] = getattr(owner, name)
    setattr(owner, name, classmethod(lambda _owner: sorted([*original(), _ENGINE])))


_lists_too(ClusterEngine, "list_cluster_engines")
_lists_too(DbInstanceEngine, "valid_db_instance_engine")

_describe = DBCluster.get_cfg


@functools.wraps(_describe)
def _with_a_password(self: DBCluster) -> dict[str, Any]:
    """Clusters of Neptune have none, and moto cannot restore what has none."""
    self.__dict__.setdefault("_master_user_password", "")
    return _describe(self)


DBCluster.get_cfg = _with_a_password  # type: ignore[method-assign]
