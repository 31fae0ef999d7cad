"""Working days: time that passes only on days on which a team works, in its own time zone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from mkdocs_postmortem.process import Process, Term

_LAST = datetime(9999, 12, 1, tzinfo=UTC)
"""Beyond it there is no calendar; whatever would be due later is due then."""


class Calendar:
    """A week, its weekend and the holidays, in one time zone."""

    def __init__(self, holidays: Collection[date] = (), weekend: Collection[int] = (5, 6), zone: tzinfo = UTC) -> None:
        """`weekend` has the days of the week without work, Monday being 0. Raises `ValueError` for all seven."""
        self.holidays = frozenset(holidays)
        self.weekend = frozenset(weekend)
        self.zone = zone
        if len(self.weekend & set(range(7))) == 7:
            raise ValueError("a week without a working day")

    def is_workday(self, day: date) -> bool:
        """Whether the team works on this day."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def add(self, moment: datetime, days: int) -> datetime:
        """The moment, in UTC, when `days` working days have passed since `moment`.

        Time stands still while nobody works: from Friday 15:00, one day later is Monday 15:00; from
        any time of a Saturday it is the end of Monday. The time of day is that of the team's clocks,
        also where they are put forward or back in between. Raises `ValueError` for a negative number.
        """
        if days < 0:
            raise ValueError("days are counted forward only")
        try:
            local = moment.astimezone(self.zone)
            day, clock = local.date(), local.time()
            if not self.is_workday(day):
                day, clock = self._next(day), time(0)
            for _ in range(days):
                day = self._next(day)
            if clock == time(0):
                day = self._ended(day, moment)
            return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)
        except OverflowError:
            return _LAST

    def day_of(self, moment: datetime) -> date:
        """The day of a moment on the team's clocks; midnight belongs to the day that it ends."""
        try:
            return (moment - timedelta(microseconds=1)).astimezone(self.zone).date()
        except OverflowError:  # at either end of the calendar
            return moment.date()

    def _next(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def _ended(self, day: date, moment: datetime) -> date:
        """Midnight is the end of the working day before it: Friday's end is not Monday's beginning."""
        before = day - timedelta(days=1)
        while not self.is_workday(before):
            before -= timedelta(days=1)
        ended = before + timedelta(days=1)
        return ended if datetime.combine(ended, time(0), tzinfo=self.zone) >= moment else day

    def after(self, moment: datetime, term: Term) -> datetime:
        """The moment, in UTC, when a term that begins at `moment` is over.

        Hours, days and weeks are exact, whatever the clocks do; a month leads to the same day of
        the next, or to its last where it has no such day.
        """
        try:
            if term.unit == "business days":
                return self.add(moment, term.amount)
            if term.unit == "months":
                return self._months(moment, term.amount)
            return moment.astimezone(UTC) + timedelta(**{term.unit: term.amount})
        except OverflowError:
            return _LAST

    def _months(self, moment: datetime, months: int) -> datetime:
        local = moment.astimezone(self.zone)
        years, month = divmod(local.month - 1 + months, 12)
        year = local.year + years
        if year > 9998:
            return _LAST
        last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
        day = date(year, month + 1, min(local.day, last))
        return datetime.combine(day, local.time(), tzinfo=self.zone).astimezone(UTC)


@lru_cache(maxsize=8)
def _calendar(holidays: frozenset[date], weekend: frozenset[int], zone: str) -> Calendar:
    if zone == "UTC":
        return Calendar(holidays, weekend)
    from zoneinfo import ZoneInfo  # takes a while to import, and most projects name none

    return Calendar(holidays, weekend, ZoneInfo(zone))


def calendar_of(process: Process) -> Calendar:
    """The calendar that a process is measured by."""
    return _calendar(process.holidays, process.weekend, process.zone)
