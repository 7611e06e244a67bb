"""What the data points of a metric say about a threshold, as CloudWatch alarms and health checks of Route 53 read them.

Periods are counted back from the present moment, where CloudWatch aligns them with the clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends

from recovery_emulator.clock import CLOCK

_BREACHES = {
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "LessThanThreshold": lambda value, limit: value < limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
}
STATISTICS = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")


@dataclass(frozen=True)
class Threshold:
    """A metric of a Region and when it is bad."""

    account: str
    region: str
    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    period_s: int
    evaluation_periods: int
    datapoints: int
    comparison: str
    limit: float

    def points(self) -> list[float | None]:
        """The values of the last periods, the youngest first; None for a period without data."""
        now = CLOCK.now()
        ends = [now - timedelta(seconds=self.period_s * index) for index in range(self.evaluation_periods)]
        data = [d for d in cloudwatch_backends[self.account][self.region].metric_data if self._is_mine(d)]
        return [self._value(data, end - timedelta(seconds=self.period_s), end) for end in ends]

    def _is_mine(self, datum: Any) -> bool:
        names = frozenset((d.name, d.value) for d in datum.dimensions)
        return (datum.namespace, datum.name, names) == (self.namespace, self.metric, self.dimensions)

    def _value(self, data: list[Any], start: datetime, end: datetime) -> float | None:
        found = [d for d in data if start < _moment(d) <= end]
        if not found:
            return None
        whole = [d for d in found if isinstance(d, MetricAggregatedDatum)]
        single = [d for d in found if not isinstance(d, MetricAggregatedDatum)]
        count = len(single) + sum(d.sample_count for d in whole)
        total = sum(d.value for d in single) + sum(d.sum for d in whole)
        return float(
            {
                "SampleCount": count,
                "Sum": total,
                "Average": total / count,
                "Minimum": min([*(d.value for d in single), *(d.min for d in whole)]),
                "Maximum": max([*(d.value for d in single), *(d.max for d in whole)]),
            }[self.statistic]
        )

    def state(self, missing: str = "missing") -> str | None:
        """ALARM, OK or INSUFFICIENT_DATA; None where data that is missing leaves the state as it is."""
        points = self.points()
        present = [point for point in points if point is not None]
        breaching = sum(_BREACHES[self.comparison](point, self.limit) for point in present)
        absent = len(points) - len(present)
        if missing == "breaching":
            return "ALARM" if breaching + absent >= self.datapoints else "OK"
        if missing == "notBreaching":
            return "ALARM" if breaching >= self.datapoints else "OK"
        if not present:
            return None if missing == "ignore" else "INSUFFICIENT_DATA"
        return "ALARM" if breaching >= min(self.datapoints, len(present)) else "OK"


def _moment(datum: Any) -> datetime:
    moment: datetime = datum.timestamp
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment


def threshold_of(alarm: Any, account: str) -> Threshold | None:
    """What an alarm looks at; None for metric math, percentiles and anomaly bands, which are not evaluated."""
    if alarm.rule or alarm.metric_data_queries or alarm.statistic not in STATISTICS:
        return None
    if alarm.comparison_operator not in _BREACHES:
        return None
    periods = int(alarm.evaluation_periods)
    return Threshold(
        account,
        alarm.region_name,
        alarm.namespace,
        alarm.metric_name,
        frozenset((d.name, d.value) for d in alarm.dimensions),
        alarm.statistic,
        int(alarm.period),
        periods,
        int(alarm.datapoints_to_alarm or periods),
        alarm.comparison_operator,
        float(alarm.threshold),
    )
