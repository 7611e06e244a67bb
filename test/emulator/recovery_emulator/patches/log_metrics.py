"""Metrics that a function writes to its log in the embedded metric format are metrics of CloudWatch."""

import json
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.cloudwatch.models import cloudwatch_backends

_moto_save = LambdaFunction.save_logs


def _save_logs(self: LambdaFunction, output: str) -> None:
    _moto_save(self, output)
    for line in output.splitlines():
        if line.startswith("{") and '"_aws"' in line:
            _put(self, json.loads(line))


def _put(function: LambdaFunction, written: dict[str, Any]) -> None:
    backend = cloudwatch_backends[function.account_id][function.region]
    moment = datetime.fromtimestamp(written["_aws"]["Timestamp"] / 1000, timezone.utc).replace(tzinfo=None)
    for directive in written["_aws"].get("CloudWatchMetrics", []):
        for names in directive["Dimensions"]:
            data = [
                {
                    "MetricName": metric["Name"],
                    "Dimensions": [{"Name": name, "Value": str(written[name])} for name in names],
                    "Value": float(value),
                    "Unit": metric.get("Unit", "None"),
                    "Timestamp": moment,
                }
                for metric in directive["Metrics"]
                for value in _as_list(written[metric["Name"]])
            ]
            backend.put_metric_data(directive["Namespace"], data)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


LambdaFunction.save_logs = _save_logs
