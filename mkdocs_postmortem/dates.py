"""Dates, times and durations, as the field writes them. Unknown is None, never zero."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from mkdocs_postmortem.vocabulary import UNKNOWN

RFC3339 = re.compile(r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:\d{2})\Z")
"""A timestamp as the schema asks for it: with an offset, seconds optional."""

_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\.?,?\s+(\d{{4}})", re.I)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.I)
_SLASHED = re.compile(r"(?<!\d)(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)")
_YEAR = re.compile(r"\d{4}")
_CLOCK = re.compile(r"~?\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?\s*\Z", re.I)
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_AMOUNT = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m|seconds?|secs?|sec|s)(?![a-z])",
    re.I,
)
_ISO_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z", re.I)
_CLOCK_DURATION = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?\Z")
_ABOUT = re.compile(
    r"~|≈|\b(?:about|around|roughly|approx|approximately|circa|nearly|almost|over|more than|ca\.?)\b|[<>]", re.I
)


class Duration(NamedTuple):
    """A stated duration, and how far the truth may be from it by the way it was stated."""

    value: timedelta
    tolerance: timedelta


def parse_stamp(text: object) -> datetime | None:
    """An RFC 3339 timestamp with an offset, seconds optional; None for anything else."""
    if not isinstance(text, str):
        return None
    match = RFC3339.match(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    # A leap second has no place in Python's clock; the instant before it has.
    seconds = min(int(second or 0), 59)
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), seconds,
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
        if offset not in "Zz":
            hours, minutes = int(offset[1:3]), int(offset[4:6])
            if hours > 23 or minutes > 59:
                return None
            shift = timedelta(hours=hours, minutes=minutes)
            moment += shift if offset[0] == "-" else -shift
    except (ValueError, OverflowError):
        return None
    return moment


def parse_date(text: object) -> date | None:
    """A calendar day written as `2026-11-03`, alone or before a time; None for anything else."""
    if not isinstance(text, str):
        return None
    match = re.match(r"\s*(\d{4})-(\d{2})-(\d{2})(?:[Tt ].*)?\s*\Z", text)
    if not match:
        return None
    return _day(*match.groups())


def find_date(text: str) -> date | None:
    """The first day that the text names beyond doubt: ISO, or with the month as a word."""
    if not _YEAR.search(text):
        return None
    for pattern, order in (
        (_ISO_DATE, (0, 1, 2)),
        (_SLASHED, (0, 1, 2)),
        (_DAY_FIRST, (2, 1, 0)),
        (_MONTH_FIRST, (2, 0, 1)),
    ):
        for match in pattern.finditer(text):
            groups = match.groups()
            month = groups[order[1]]
            day = _day(groups[order[0]], str(_MONTHS.get(month.lower(), month)), groups[order[2]])
            if day:
                return day
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_clock(text: str) -> time | None:
    """A time of day in UTC (`10:02`, `~10:02 UTC`, `2:05 pm`); None for anything else."""
    match = _CLOCK.match(text.strip())
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[4] or "").lower()
    if half and hour > 12:
        half = ""
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def clock_offset(text: str) -> timedelta | None:
    """The offset that a time of day states, None where it states none (UTC is zero)."""
    match = _CLOCK.match(text.strip())
    if not match or not match[5]:
        return None
    zone = match[5].lower()
    if zone in ("z", "utc", "gmt"):
        return timedelta(0)
    shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -shift if zone[0] == "-" else shift


def parse_moment(text: str) -> datetime | None:
    """A full timestamp as timelines have it: RFC 3339, or without an offset, which is UTC."""
    text = text.strip().strip("*_`[]~ ")
    exact = parse_stamp(text)
    if exact:
        return exact
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})[Tt, ]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:utc|gmt|z)?\s*\Z", text, re.I)
    if not match:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def parse_duration(text: str) -> Duration | None:
    """A duration in words, ISO 8601 or as a clock (`1d 5h 47m`, `PT1H30M`, `1:50`); None if unknown.

    The tolerance is half the smallest unit that was written, and at least a minute: "2 hours" may
    be 1 h 30 to 2 h 30, "47 minutes" 46 to 48. "About" and its kin add a quarter of the duration.
    """
    text = text.strip().strip("*_`")
    if text.casefold() in UNKNOWN:
        return None
    match = _ISO_DURATION.match(text)
    if match and any(match.groups()):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        value = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return Duration(value, timedelta(minutes=1))
    match = _CLOCK_DURATION.match(text)
    if match:
        value = timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
        return Duration(value, timedelta(minutes=1))
    return _worded(text)


def _worded(text: str) -> Duration | None:
    total = 0.0
    smallest: float | None = None
    last_unit, end = 0, -1
    for match in _AMOUNT.finditer(text):
        unit = _UNITS[match[2][0].lower()]
        if end >= 0 and (unit >= last_unit or not re.fullmatch(r"[\s,]*(?:and)?\s*", text[end : match.start()])):
            break
        number = match[1].replace(",", ".")
        total += float(number) * unit
        # "1.5 hours" is stated to a tenth of the unit, "2 hours" to the unit.
        smallest = unit / 10 if "." in number else unit
        last_unit, end = unit, match.end()
    if smallest is None or total > 86400 * 3650:
        return None
    tolerance = max(60.0, smallest / 2 if smallest > 60 else smallest)
    first = _AMOUNT.search(text)
    if first and _ABOUT.search(text[: first.start()]):
        tolerance += total / 4
    return Duration(timedelta(seconds=total), timedelta(seconds=tolerance))


def human(value: timedelta) -> str:
    """A duration for people: `47 min`, `1 h 50 min`, `3 d 4 h`; under a minute, seconds."""
    seconds = int(value.total_seconds())
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if seconds < 60:
        return f"{sign}{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{sign}{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes} min" if minutes else f"{sign}{hours} h"
    days, hours = divmod(hours, 24)
    return f"{sign}{days} d {hours} h" if hours else f"{sign}{days} d"
