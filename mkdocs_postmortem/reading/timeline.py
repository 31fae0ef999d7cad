"""The timeline: rows to moments. A time of day is UTC where no zone is named, dated from the start, rolling over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from mkdocs_postmortem.dates import Zone, clock_offset, find_date, named_zone, parse_clock, parse_moment
from mkdocs_postmortem.model import Problem, Span, Table, TimelineEntry
from mkdocs_postmortem.reading.tables import Rows
from mkdocs_postmortem.vocabulary import fold_short

Data = dict[str, Any]

_NAMES_ZONE = re.compile(r"~?\d{1,2}:\d{2}(?::\d{2})?\s{0,3}[A-Za-z]{2,5}\Z")
_RANGE = re.compile(r"(?<=\d)\s*(?:-|–|—|to|until)\s*(?=~?\d{1,2}:\d{2})", re.I)


class Row(NamedTuple):
    """A row of a timeline as it was written, and what its table says about its time."""

    data: Data
    places: Mapping[str, Span]
    table: int = 0
    zone: Zone | None = None
    day: date | None = None
    """The day that a column of its own says."""


def from_table(table: Table, table_rows: Rows, number: int = 0, zone: Zone | None = None) -> list[Row]:
    """Rows of a timeline table; a table without a column for the time has none.

    `zone` is the one named above the table; a header like `Time (CET)` goes before it.
    """
    columns = table.columns
    if "time" not in columns:
        return []
    time_at = columns.index("time")
    day_at = _day_column(table)
    event_at = columns.index("event") if "event" in columns else None
    if event_at is None:
        event_at = next((at for at in range(len(columns)) if at not in (time_at, day_at)), None)
    zone = _header_zone(table.header[time_at]) or zone
    day: date | None = None
    rows: list[Row] = []
    for row in table_rows:
        if not any(cell.text for cell in row):
            continue
        data: Data = {"time": row[time_at].text if time_at < len(row) else ""}
        places = {"time": row[time_at].span if time_at < len(row) else row[0].span}
        if event_at is not None and event_at < len(row):
            data["event"] = row[event_at].text
            places["event"] = row[event_at].span
        if day_at is not None and day_at < len(row):
            day = find_date(row[day_at].text) or day
        rows.append(Row(data, places, number, zone, day))
    return rows


def _day_column(table: Table) -> int | None:
    """A column that says the day beside one that says the time of day."""
    if len(table.header) < 3:
        return None
    found = (at for at, text in enumerate(table.header) if table.columns[at] is None and fold_short(text) in _DAYS)
    return next(found, None)


_DAYS = ("date", "day")


def _header_zone(header: str) -> Zone | None:
    at = header.find("(")
    return named_zone(header[at + 1 :]) if at >= 0 else None


def unknown_zone(rows: list[Row]) -> Problem | None:
    """What is wrong with times in a zone whose offset is not known; told once, for they are not dated."""
    for row in rows:
        if row.zone and row.zone.offset is None and _undated(str(row.data.get("time") or "")):
            return Problem(
                "PM308",
                row.places.get("time", Span(1)),
                f"the times are in `{row.zone.name}`: which offset is that?",
                "write UTC, or an offset (UTC+1), or full timestamps: 2026-11-03T10:02Z",
            )
    return None


def _undated(text: str) -> bool:
    first = _first(text)[0]
    return parse_clock(first) is not None and clock_offset(first) is None


def records(
    rows: list[Row],
    day: date | None,
    started: datetime | None,
    resolved: datetime | None,
) -> tuple[TimelineEntry, ...]:
    """Rows as records, each dated where that is possible."""
    entries = []
    last: datetime | None = None
    table = 0
    for row in rows:
        if row.table != table:
            last, table = None, row.table
        written = row.data.get("time")
        text = written if isinstance(written, str) else ""
        moment = _moment(text, row, day, started, resolved, last)
        if moment is not None:
            last = moment
        event = row.data.get("event")
        span = row.places.get("time") or next(iter(row.places.values()), Span(1))
        lost = moment is None and row.zone is not None and row.zone.offset is None and _undated(text)
        entries.append(TimelineEntry(text, event if isinstance(event, str) else "", moment, span, row.table, lost))
    return tuple(entries)


def _first(text: str) -> tuple[str, timedelta | None]:
    """The beginning of a range, and the offset that only its end states: `10:02 - 10:05 CET`."""
    text = text.strip().strip("*_`[]")
    parts = _RANGE.split(text, maxsplit=1)
    if len(parts) > 1 and parse_clock(parts[1]) is None and _NAMES_ZONE.match(parts[1]):
        return text, None  # in a zone that is not known
    return parts[0], clock_offset(parts[1]) if len(parts) > 1 else None


def _moment(
    text: str, row: Row, day: date | None, started: datetime | None, resolved: datetime | None, last: datetime | None
) -> datetime | None:
    first, offset = _first(text)
    if offset is None and row.zone is not None:
        offset = row.zone.offset
        if offset is None and clock_offset(first) is None and parse_clock(first) is not None:
            return None
    full = parse_moment(first, offset)
    if full is not None:
        return full
    clock = parse_clock(first)
    if clock is None:
        return None
    own = clock_offset(first)
    offset = own if own is not None else offset or timedelta(0)
    base = row.day or ((last + offset).date() if last else (started + offset).date() if started else day)
    if base is None:
        return None
    try:
        moment = datetime.combine(base, clock, tzinfo=UTC) - offset
        if row.day is not None:
            return moment
        if last is None:
            return _nearest(moment, started)
        if moment < last and _rolls(moment, last, resolved):
            return moment + timedelta(days=1)
    except OverflowError:
        return None
    return moment


def _nearest(moment: datetime, started: datetime | None) -> datetime:
    """The first row may stand on the eve of the start: 23:50, for an incident that began at 00:05."""
    if started is None:
        return moment
    days = (moment - timedelta(days=1), moment, moment + timedelta(days=1))
    return min(days, key=lambda candidate: (abs(candidate - started), candidate != moment))


def _rolls(moment: datetime, last: datetime, resolved: datetime | None) -> bool:
    """Whether a clock that went back means midnight has passed, rather than rows out of order."""
    rolled = moment + timedelta(days=1)
    if resolved is not None and rolled <= resolved + timedelta(hours=1):
        return True
    return last - moment > timedelta(hours=12)
