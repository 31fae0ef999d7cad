"""Working days: weekends, holidays, daylight saving, leap days, the ends of months; against counting by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.measuring.workdays import Calendar, calendar_of
from mkdocs_postmortem.process import Process, Term, parse_term

BERLIN = ZoneInfo("Europe/Berlin")
XMAS = {date(2026, 12, 25), date(2027, 1, 1)}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-03T10:49Z", 0, "2026-11-03T10:49Z"),
        ("2026-11-03T10:49Z", 1, "2026-11-04T10:49Z"),  # Tuesday
        ("2026-11-06T15:00Z", 1, "2026-11-09T15:00Z"),  # Friday to Monday
        ("2026-11-06T15:00Z", 5, "2026-11-13T15:00Z"),
        ("2026-11-07T03:00Z", 1, "2026-11-10T00:00Z"),  # a Saturday: the end of Monday
        ("2026-11-08T23:00Z", 5, "2026-11-14T00:00Z"),  # a Sunday: the end of Friday, not the next Monday
        ("2026-11-07T12:00Z", 0, "2026-11-09T00:00Z"),  # at once, when somebody is there
        ("2026-11-09T00:00Z", 5, "2026-11-14T00:00Z"),
        ("2026-12-24T16:00Z", 1, "2026-12-28T16:00Z"),  # Christmas Day and a weekend
        ("2026-12-31T16:00Z", 1, "2027-01-04T16:00Z"),  # over the end of the year
        ("2028-02-28T09:00Z", 1, "2028-02-29T09:00Z"),  # a leap day is a day
        ("2027-02-26T09:00Z", 1, "2027-03-01T09:00Z"),  # and where there is none
    ],
)
def test_business_days(start: str, days: int, expected: str) -> None:
    assert Calendar(XMAS).add(utc(start), days) == utc(expected)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-27T16:30Z", 1, "2026-03-30T15:30Z"),  # the clocks go forward on Sunday: 17:30 stays 17:30
        ("2026-10-23T15:30Z", 1, "2026-10-26T16:30Z"),  # and back
        ("2026-11-06T23:30Z", 1, "2026-11-10T00:00+01:00"),  # 00:30 on Saturday in Berlin
        ("2026-11-08T23:30Z", 1, "2026-11-10T00:30+01:00"),  # 00:30 on Monday in Berlin
    ],
)
def test_business_days_are_those_of_the_team_s_clocks(start: str, days: int, expected: str) -> None:
    assert Calendar((), (5, 6), BERLIN).add(utc(start), days) == utc(expected)


def test_a_time_that_the_clocks_skip_is_the_one_that_they_show_instead() -> None:
    """At 02:30 on the day on which the clocks go forward, in a team that works on Sundays."""
    found = Calendar((), (5,), BERLIN).add(utc("2026-03-27T01:30Z"), 1)
    assert found == utc("2026-03-29T01:30Z")


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        ("2026-10-24T12:00Z", "24 h", "2026-10-25T12:00Z"),  # exact hours, whatever the clocks do
        ("2026-10-24T12:00Z", "2 days", "2026-10-26T12:00Z"),
        ("2028-02-22T10:00Z", "1 week", "2028-02-29T10:00Z"),
        ("2026-01-31T10:00Z", "1 month", "2026-02-28T10:00Z"),
        ("2028-01-31T10:00Z", "1 month", "2028-02-29T10:00Z"),
        ("2026-01-31T10:00Z", "3 months", "2026-04-30T10:00Z"),
        ("2026-11-30T10:00Z", "1 month", "2026-12-30T10:00Z"),
        ("2026-12-31T10:00Z", "2 months", "2027-02-28T10:00Z"),
        ("2026-11-15T10:00Z", "12 months", "2027-11-15T10:00Z"),
        ("2026-12-30T10:00Z", "48 h", "2027-01-01T10:00Z"),
        ("2026-11-03T10:00Z", "at once", "2026-11-03T10:00Z"),
        ("9998-12-31T10:00Z", "9999 months", "9999-12-01T00:00Z"),
        ("9999-11-30T10:00Z", "9999 weeks", "9999-12-01T00:00Z"),
    ],
)
def test_terms(start: str, term: str, expected: str) -> None:
    parsed = parse_term(term)
    assert parsed is not None
    assert Calendar().after(utc(start), parsed) == utc(expected)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("24 h", Term(24, "hours")),
        ("24h", Term(24, "hours")),
        ("3 days", Term(3, "days")),
        ("5 business days", Term(5, "business days")),
        ("5 Working Days", Term(5, "business days")),
        ("1 week", Term(1, "weeks")),
        ("2w", Term(2, "weeks")),
        ("1 month", Term(1, "months")),
        ("at once", Term(0, "hours")),
        ("none", None),
        (None, None),
    ],
)
def test_terms_are_read_as_people_write_them(text: str | None, term: Term | None) -> None:
    assert parse_term(text) == term
    if term is not None:
        assert parse_term(str(term)) == term


@pytest.mark.parametrize("text", ["soon", "", "-1 days", "1.5 weeks", "10000 h", "3 fortnights", "5 days or so"])
def test_other_words_are_no_term(text: str) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        parse_term(text)


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        Calendar((), range(7))
    with pytest.raises(ValueError, match="forward"):
        Calendar().add(utc("2026-11-03T10:00Z"), -1)


def test_the_calendar_of_a_process() -> None:
    process = Process(zone="Europe/Berlin", weekend=frozenset({4, 5}), holidays=frozenset(XMAS))
    calendar = calendar_of(process)
    assert [calendar.is_workday(date(2026, 12, day)) for day in range(24, 29)] == [True, False, False, True, True]


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
ZONES = st.sampled_from([UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")])
WEEKENDS = st.sets(st.integers(0, 6), max_size=6)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    start = draw(MOMENTS)
    offsets = draw(st.sets(st.integers(-10, 60), max_size=12))
    holidays = {start.date() + timedelta(days=n) for n in offsets}
    return Calendar(holidays, draw(WEEKENDS), draw(ZONES)), start


@given(calendars(), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_it_is_what_counting_one_day_after_the_other_gives(pair: tuple[Calendar, datetime], days: int) -> None:
    calendar, start = pair
    due = calendar.add(start, days).astimezone(calendar.zone)
    local = start.astimezone(calendar.zone)
    counted = 0
    day = local.date()
    # Whole working days between the two, each counted from one midnight to the next.
    while day < due.date():
        counted += calendar.is_workday(day)
        day += timedelta(days=1)
    if not calendar.is_workday(local.date()):
        assert counted == days
    elif due.time() == time(0) != local.time():
        raise AssertionError("a time of day was lost")
    else:
        assert counted == days


@given(calendars(), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=150, deadline=None)
def test_more_days_are_never_over_earlier(pair: tuple[Calendar, datetime], one: int, other: int) -> None:
    calendar, start = pair
    fewer, more = sorted((one, other))
    assert start - timedelta(hours=1) <= calendar.add(start, fewer) <= calendar.add(start, more)


@given(MOMENTS, st.integers(0, 200))
@settings(max_examples=100, deadline=None)
def test_without_weekend_and_holidays_they_are_days(start: datetime, days: int) -> None:
    assert Calendar((), ()).add(start, days) == start + timedelta(days=days)
