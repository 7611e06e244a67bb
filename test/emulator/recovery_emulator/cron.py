"""The next run of an AWS schedule: six-field cron with ``?``, ``L``, ``W`` and ``#``, or (for EventBridge) a rate."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_RATE_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_HORIZON_DAYS = 366 * 5


class InvalidSchedule(ValueError):
    """The expression is not a schedule that AWS accepts."""


def require_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise InvalidSchedule(f"'{name}' is not a time zone") from problem


def _numbers(text: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    def number(word: str) -> int:
        value = (names or {}).get(word.upper())
        if value is None:
            if not word.isdigit():
                raise InvalidSchedule(f"'{word}' is not a number")
            value = int(word)
        if not low <= value <= high:
            raise InvalidSchedule(f"{value} is not within {low}-{high}")
        return value

    chosen: set[int] = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        if body in ("*", "?"):
            first, last = low, high
        elif "-" in body:
            first, last = (number(w) for w in body.split("-", 1))
        else:
            first = number(body)
            last = high if step else first
        if step and (not step.isdigit() or int(step) < 1):
            raise InvalidSchedule(f"'{step}' is not a step")
        if first <= last:
            chosen.update(range(first, last + 1, int(step or 1)))
        else:
            chosen.update(n for n in range(low, high + 1) if n >= first or n <= last)
    return chosen


class Cron:
    """One parsed cron expression."""

    def __init__(self, expression: str, zone: str = "UTC") -> None:
        match = re.fullmatch(r"cron\((.*)\)", expression.strip())
        fields = match.group(1).split() if match else []
        if len(fields) != 6:
            raise InvalidSchedule(f"'{expression}' is not a cron expression of six fields")
        minute, hour, self._day, month, self._weekday, year = (f.upper() for f in fields)
        if (self._day == "?") == (self._weekday == "?"):
            raise InvalidSchedule("exactly one of day-of-month and day-of-week must be '?'")
        self._zone = require_zone(zone)
        self._minutes = sorted(_numbers(minute, 0, 59))
        self._hours = sorted(_numbers(hour, 0, 23))
        self._months = _numbers(month, 1, 12, _MONTHS)
        self._years = _numbers(year, 1970, 2199)
        list(self._days_of(2024, 1))

    def _days_of(self, year: int, month: int) -> Iterator[int]:
        last = calendar.monthrange(year, month)[1]
        if self._day != "?":
            yield from self._by_day_of_month(year, month, last)
        else:
            yield from self._by_day_of_week(year, month, last)

    def _by_day_of_month(self, year: int, month: int, last: int) -> Iterator[int]:
        if self._day == "L":
            yield last
        elif weekday := re.fullmatch(r"(\d+|L)W", self._day):
            wanted = last if weekday.group(1) == "L" else min(int(weekday.group(1)), last)
            yield min(
                (d for d in range(1, last + 1) if date(year, month, d).weekday() < 5),
                key=lambda d: (abs(d - wanted), d),
            )
        else:
            yield from (d for d in sorted(_numbers(self._day, 1, 31)) if d <= last)

    def _by_day_of_week(self, year: int, month: int, last: int) -> Iterator[int]:
        def is_on(day: int, weekday: int) -> bool:
            return date(year, month, day).isoweekday() % 7 + 1 == weekday

        if nth := re.fullmatch(r"(\w+)#([1-5])", self._weekday):
            weekday = next(iter(_numbers(nth.group(1), 1, 7, _DAYS)))
            days = [d for d in range(1, last + 1) if is_on(d, weekday)]
            yield from days[int(nth.group(2)) - 1 : int(nth.group(2))]
        elif at_last := re.fullmatch(r"(\w+?)L", self._weekday):
            weekday = next(iter(_numbers(at_last.group(1), 1, 7, _DAYS)))
            yield max(d for d in range(1, last + 1) if is_on(d, weekday))
        else:
            wanted = {7} if self._weekday == "L" else _numbers(self._weekday, 1, 7, _DAYS)
            yield from (d for d in range(1, last + 1) if any(is_on(d, w) for w in wanted))

    def next_after(self, moment_ms: int) -> int | None:
        """The first run strictly after a moment, or None when there is none for years."""
        start = datetime.fromtimestamp(moment_ms / 1000, self._zone)
        day = start.date()
        for _ in range(_HORIZON_DAYS):
            if day.year in self._years and day.month in self._months and day.day in self._days_of(day.year, day.month):
                for hour in self._hours:
                    for minute in self._minutes:
                        run = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self._zone)
                        run_ms = int(run.timestamp() * 1000)
                        exists = datetime.fromtimestamp(run_ms / 1000, timezone.utc).astimezone(self._zone).hour == hour
                        if run_ms > moment_ms and exists:
                            return run_ms
            day += timedelta(days=1)
        return None


class Rate:
    """An EventBridge rate; AWS Backup does not accept one."""

    def __init__(self, expression: str) -> None:
        match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression.strip())
        if match is None or int(match.group(1)) < 1:
            raise InvalidSchedule(f"'{expression}' is not a rate")
        self._period_ms = int(match.group(1)) * _RATE_UNITS[match.group(2)] * 1000

    def next_after(self, moment_ms: int) -> int:
        """One period later."""
        return moment_ms + self._period_ms

    def at_or_after(self, base_ms: int, moment_ms: int) -> int:
        """The first run not before a moment, where the first of all is at the base."""
        periods = max(0, -((base_ms - moment_ms) // self._period_ms))
        return base_ms + periods * self._period_ms


class At:
    """A single moment, as EventBridge Scheduler writes it."""

    def __init__(self, expression: str, zone: str = "UTC") -> None:
        match = re.fullmatch(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)", expression.strip())
        try:
            moment = datetime.fromisoformat(match.group(1) if match else "")
        except ValueError as problem:
            raise InvalidSchedule(f"'{expression}' is not a moment at(yyyy-mm-ddThh:mm:ss)") from problem
        self.moment_ms = int(moment.replace(tzinfo=require_zone(zone)).timestamp() * 1000)


def parse_schedule(expression: str, zone: str = "UTC", once: bool = False) -> "Cron | Rate | At":
    """A cron or rate expression of EventBridge; `once` also allows the single moment of EventBridge Scheduler."""
    if once and expression.startswith("at("):
        return At(expression, zone)
    return Rate(expression) if expression.startswith("rate(") else Cron(expression, zone)
