"""Point-in-time recovery of tables: its end moves on, where moto keeps the moment at which it was turned on."""

from typing import Any

from moto.core.utils import unix_time
from moto.dynamodb.models import DynamoDBBackend

_LAG_SECONDS = 300
_describe = DynamoDBBackend.describe_continuous_backups


def _with_end(self: DynamoDBBackend, table_name: str) -> dict[str, Any]:
    backups = _describe(self, table_name)
    recovery = backups["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        return backups
    end = max(recovery["EarliestRestorableDateTime"], unix_time() - _LAG_SECONDS)
    return {**backups, "PointInTimeRecoveryDescription": {**recovery, "LatestRestorableDateTime": end}}


DynamoDBBackend.describe_continuous_backups = _with_end
