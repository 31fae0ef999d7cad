"""The clock that runs only while somebody is there: how much of an interval falls into support hours."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mkdocs_postmortem.metric_settings import SupportHours

_LONG = 400
"""Days beyond which whole weeks are multiplied rather than walked through: no document may cost its years."""
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def supported(start: datetime, end: datetime, hours: SupportHours) -> timedelta:
    """The part of an interval that falls into support hours; zero where none does or it is reversed.

    Exact where the clocks change. In an interval of more than 400 days the whole weeks in its middle
    count as weeks without such a change. The calendar's first and last year have no hours.
    """
    if end <= start or start.year < 2 or end.year >= MAXYEAR:
        return timedelta(0)
    zone = _zone(hours.timezone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if (last - first).days <= _LONG:
        return _walk(start, end, first, last, hours, zone)
    weeks = (last - first).days // 7 - 2
    middle = first + _WEEK
    return (
        _walk(start, end, first, middle - _DAY, hours, zone)
        + weeks * len(hours.days) * _length(hours)
        + _walk(start, end, middle + weeks * _WEEK, last, hours, zone)
    )


def _walk(start: datetime, end: datetime, day: date, last: date, hours: SupportHours, zone: ZoneInfo) -> timedelta:
    """The part of `start` to `end` within the support hours of the days from `day` to `last`."""
    total = timedelta(0)
    while day <= last:
        if day.weekday() in hours.days:
            opened, closed = _window(day, hours, zone)
            total += max(timedelta(0), min(end, closed) - max(start, opened))
        day += _DAY
    return total


def _window(day: date, hours: SupportHours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Support hours of a day as moments that can be subtracted: in UTC, where no clock changes."""
    opened = datetime.combine(day, hours.start, zone)
    until_midnight = hours.end == time.max
    closed = datetime.combine(day + _DAY, time(), zone) if until_midnight else datetime.combine(day, hours.end, zone)
    return opened.astimezone(UTC), closed.astimezone(UTC)


def _length(hours: SupportHours) -> timedelta:
    """The support hours of a day on which no clock changes."""
    end = _DAY if hours.end == time.max else timedelta(hours=hours.end.hour, minutes=hours.end.minute)
    return end - timedelta(hours=hours.start.hour, minutes=hours.start.minute)


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
