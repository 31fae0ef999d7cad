"""How metrics change: medians over time, this year against the last, and the backlog of action items."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from mkdocs_postmortem.measuring.metrics import Measure, Survey, Value, period_of, summed_up
from mkdocs_postmortem.model import PostMortem

QUARTERS = 12
"""Quarters that a trend looks back, from the last one with a value."""
MONTHS = 24
"""Months that the backlog looks back at most, to the day that counts as today."""
FEWEST = 3
"""Points that a trend needs: of two nobody can tell a trend."""


class Point(NamedTuple):
    """One point of a trend."""

    label: str
    measure: Measure
    drawn: bool
    """There are enough values in it to say anything."""


class Trend(NamedTuple):
    """A metric over time."""

    points: tuple[Point, ...]
    rolling: bool
    """Each point is of the twelve months up to the end of its quarter: single quarters held too little."""

    @property
    def drawn(self) -> bool:
        """Enough of its points say anything."""
        return sum(point.drawn for point in self.points) >= FEWEST


class Backlog(NamedTuple):
    """Action items that were open at the end of a day."""

    day: date
    open: int
    overdue: int


def trend(survey: Survey, metric: str) -> Trend:
    """A metric by quarter; where too few quarters hold enough values, by the twelve months up to each.

    Periods with fewer values than `metrics.least` are in it, and are not to be drawn.
    """
    groups: dict[int, list[Value]] = {}
    for value in survey.values[metric]:
        if value.when is not None and value.when <= survey.as_of:
            groups.setdefault(_quarter(value.when), []).append(value)
    if not groups:
        return Trend((), False)
    last, first = max(groups), min(groups)
    shown = range(max(first, last - QUARTERS + 1), last + 1)
    single = Trend(tuple(_point(survey, metric, n, groups.get(n, ())) for n in shown), False)
    if single.drawn:
        return single
    whole = [n for n in shown if n - 3 >= first]
    rolling = Trend(
        tuple(
            _point(survey, metric, n, [value for m in range(n - 3, n + 1) for value in groups.get(m, ())])
            for n in whole
        ),
        True,
    )
    return rolling if rolling.drawn else single


def _quarter(day: date) -> int:
    """Quarters since year 0."""
    return day.year * 4 + (day.month - 1) // 3


def _point(survey: Survey, metric: str, number: int, values: Iterable[Value]) -> Point:
    label = f"{number // 4:04}-Q{number % 4 + 1}"
    found = summed_up(metric, label, values)
    return Point(label, found, found.n >= survey.settings.metrics.least)


def compared(survey: Survey, metric: str) -> tuple[Measure, Measure]:
    """The twelve months up to the day that counts as today, and the twelve before."""
    year = timedelta(days=365)
    middle = survey.as_of - year if survey.as_of.year > 3 else date.min
    first = middle - year if survey.as_of.year > 3 else date.min
    now: list[Value] = []
    before: list[Value] = []
    for value in survey.values[metric]:
        day = value.when
        if day is not None and middle < day <= survey.as_of:
            now.append(value)
        elif day is not None and first < day <= middle:
            before.append(value)
    return summed_up(metric, "last 12 months", now), summed_up(metric, "12 months before", before)


def backlog(survey: Survey) -> tuple[list[Backlog], int]:
    """Open and overdue action items at the end of each of `months`, and how many could not be placed in time.

    An item is open from the day it was created to the day before it was completed. What is finished or
    given up without a day is left out, and counted: nobody can tell until when it was open.
    """
    days = months(survey)
    opened, closed, due = _Steps(days), _Steps(days), _Steps(days)
    left_out = 0
    for record in survey.records:
        for item in record.action_items:
            start = item.created or record.day
            end = None if item.is_open else item.completed
            if start is None or (end is None and not item.is_open):
                left_out += 1
                continue
            opened.add(start)
            if end is not None:
                closed.add(max(start, end))
            if item.due is not None:
                late = max(start, item.due + timedelta(days=1)) if item.due < date.max else date.max
                due.add(late)
                if end is not None:
                    due.add(max(late, end), -1)
    found = [
        Backlog(day, is_there - is_gone, late)
        for day, is_there, is_gone, late in zip(days, opened.sums(), closed.sums(), due.sums(), strict=True)
    ]
    return found, left_out


class _Steps:
    """A number that goes up and down on certain days, as it stands at the end of given ones."""

    def __init__(self, days: list[date]) -> None:
        self.days = days
        self.changes = [0] * (len(days) + 1)

    def add(self, day: date, by: int = 1) -> None:
        self.changes[bisect_left(self.days, day)] += by

    def sums(self) -> list[int]:
        total, found = 0, []
        for change in self.changes[:-1]:
            total += change
            found.append(total)
        return found


def months(survey: Survey) -> list[date]:
    """The ends of the months that are shown, from the archive's first on: before it nobody counted."""
    known = [record.day for record in survey.records] + [
        item.created for record in survey.records for item in record.action_items
    ]
    first = min((day for day in known if day is not None), default=survey.as_of)
    return [day for day in _month_ends(survey.as_of) if day >= min(first, survey.as_of)]


def _month_ends(as_of: date) -> list[date]:
    """The last days of the months before, and the day itself."""
    found = [as_of]
    while len(found) < MONTHS and found[-1].replace(day=1) > date.min:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found[::-1]


def recent(survey: Survey) -> list[PostMortem]:
    """Incidents of the months that the backlog shows, the newest first."""
    start = months(survey)[0].replace(day=1)
    return [record for record in survey.records if record.day is not None and record.day >= start]


def by_month(survey: Survey) -> list[tuple[str, dict[str, int]]]:
    """How many incidents of each severity began in each of these months, the newest month first."""
    counts: dict[str, dict[str, int]] = {period_of(day, "month"): {} for day in reversed(months(survey))}
    for record in recent(survey):
        assert record.day is not None
        month = counts.setdefault(period_of(record.day, "month"), {})
        name = " ".join(record.severity.split())
        month[name] = month.get(name, 0) + 1
    return list(counts.items())
