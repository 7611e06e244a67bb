"""What a test may turn: how long jobs take, how slowly replication follows, how Step Functions waits."""

from typing import Any

DEFAULTS: dict[str, Any] = {
    # Milliseconds of the emulator's clock; a key may carry a resource type: "backup:RDS".
    "jobDurationsMs": {
        "backup": 200,
        "copy": 200,
        "restore": 200,
        "failover": 200,
        "export": 200,
        "batch": 200,
        # Instances of RDS: how long they are created, modified (or renamed), promoted and rebooted.
        "create": 0,
        "modify": 0,
        "promote": 200,
        "reboot": 200,
        # How long until a task, an instance of a group or a provisioned environment is there.
        "scale": 200,
    },
    # How long a scheduled or started job stays CREATED before it runs.
    "jobStartDelayMs": 0,
    "s3ReplicationLagMs": 200,
    "dynamodbReplicationLagMs": 200,
    # How far the replica of a file system stays behind.
    "efsReplicationLagMs": 200,
    # By Region: how many tasks of a service, or instances of a group, there is room for.
    "capacityLimits": {},
    # The time-outs of machines, and of tasks that wait for a token, last this fraction of their time.
    "timeoutScale": 1.0,
    # Whether alarms look at their metrics; otherwise SetAlarmState alone moves them.
    "alarmsFollowMetrics": False,
    # Wait states of Step Functions and retry pauses last this fraction of their time.
    "waitScale": 1.0,
    # RDS PostgreSQL instances are real servers; without them they are entries of moto only.
    "realPostgres": True,
}


class Settings:
    """The current values; unknown names are refused."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.reset()

    def reset(self) -> None:
        self.values = {key: dict(value) if isinstance(value, dict) else value for key, value in DEFAULTS.items()}

    def change(self, changes: dict[str, Any]) -> None:
        for key, value in changes.items():
            if key not in DEFAULTS:
                raise ValueError(f"unknown setting '{key}', must be one of {', '.join(DEFAULTS)}")
            if isinstance(DEFAULTS[key], dict):
                self.values[key].update(value)
            else:
                self.values[key] = value

    def job_duration_ms(self, kind: str, resource_type: str) -> int:
        """How long a job of this kind takes for this resource type."""
        durations = self.values["jobDurationsMs"]
        return int(durations.get(f"{kind}:{resource_type}", durations[kind]))


SETTINGS = Settings()
