"""Whether a PostgreSQL server takes new connections from outside, as security groups decide for an instance of RDS."""

from recovery_emulator.patches.postgres_server import HOST, Cluster

_MARK = "# closed"


def set_open(cluster: Cluster, opened: bool) -> None:
    """Lets new connections in, or none but those of this emulator and of replicas, which come by a socket."""
    rules = cluster.directory / "pg_hba.conf"
    HOST.run("sed", "-i", f"/{_MARK}$/d", rules)
    if not opened:
        HOST.run("sed", "-i", f"1i host all all all reject {_MARK}", rules)
    try:
        HOST.sql(cluster, "select pg_reload_conf()")
    except RuntimeError:  # a server that is down reads the rules when it starts
        pass
