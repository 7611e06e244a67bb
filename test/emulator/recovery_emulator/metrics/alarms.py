"""Alarms that follow their metrics, where the setting `alarmsFollowMetrics` says so; and data points of AWS itself.

An alarm is looked at when it is made, when data arrives in its Region, and when another period of it is over.
"""

from datetime import timedelta
from typing import Any

from moto.cloudwatch.models import Alarm, cloudwatch_backends

from recovery_emulator.clock import CLOCK
from recovery_emulator.control import endpoint
from recovery_emulator.metrics.evaluation import threshold_of
from recovery_emulator.registry import after, before
from recovery_emulator.service_api.calls import Call
from recovery_emulator.service_api.replies import ServiceError
from recovery_emulator.settings import SETTINGS


def _follows() -> bool:
    return bool(SETTINGS.values["alarmsFollowMetrics"])


@before("cloudwatch", "PutMetricData")
def _refuse_aws(call: Call) -> None:
    if str(call.params.get("Namespace", "")).startswith("AWS/"):
        raise ServiceError(
            "InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid: namespaces of AWS are its own"
        )


@after("cloudwatch", "PutMetricAlarm")
def _begin(call: Call) -> None:
    alarm = cloudwatch_backends[call.account][call.region].alarms.get(call.params["AlarmName"])
    if alarm is None or not _follows():
        return
    alarm.state_value = "INSUFFICIENT_DATA"
    _look_again(call.account, alarm)


def _look_again(account: str, alarm: Alarm) -> None:
    """At the end of every period, as long as there is this alarm."""
    if not _follows() or cloudwatch_backends[account][alarm.region_name].alarms.get(alarm.name) is not alarm:
        return
    look_at(account, alarm)
    if alarm.period:
        CLOCK.after(int(alarm.period) * 1000, lambda: _look_again(account, alarm))


@after("cloudwatch", "PutMetricData")
def _look_at_all(call: Call) -> None:
    if _follows():
        for alarm in list(cloudwatch_backends[call.account][call.region].alarms.values()):
            look_at(call.account, alarm)


def look_at(account: str, alarm: Alarm) -> None:
    """Brings the state of an alarm in line with its metric."""
    threshold = threshold_of(alarm, account)
    state = threshold and threshold.state(alarm.treat_missing_data or "missing")
    if threshold is not None and state and state != alarm.state_value:
        alarm.update_state(f"Threshold Crossed: {threshold.points()} against {alarm.threshold}", "{}", state)


@endpoint("POST", "metrics")
def _put(wanted: dict[str, Any]) -> Any:
    """A data point of a metric that AWS publishes, such as the lag of a replica; `ageMs` ago."""
    account, region = wanted.get("account", "123456789012"), wanted["region"]
    datum = {
        "MetricName": wanted["name"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in wanted.get("dimensions", {}).items()],
        "Value": float(wanted["value"]),
        "Unit": wanted.get("unit", "None"),
        "Timestamp": CLOCK.now_naive() if "ageMs" not in wanted else _ago(int(wanted["ageMs"])),
    }
    backend = cloudwatch_backends[account][region]
    backend.put_metric_data(wanted["namespace"], [datum])
    if _follows():
        for alarm in list(backend.alarms.values()):
            look_at(account, alarm)
    return {}


def _ago(age_ms: int) -> Any:
    return CLOCK.now_naive() - timedelta(milliseconds=age_ms)
