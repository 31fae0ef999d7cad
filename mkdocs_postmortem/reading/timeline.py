"""The timeline: rows to moments. A time of day is UTC where no zone is named, dated from the start, rolling over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from mkdocs_postmortem import moments
from mkdocs_postmortem.dates import Zone, clock_offset, find_date, named_zone, parse_clock, parse_moment, zone_offset
from mkdocs_postmortem.model import Problem, Span, Table, TimelineEntry
from mkdocs_postmortem.reading.tables import Rows
from mkdocs_postmortem.vocabulary import fold_short

Data = dict[str, Any]

_NAMES_ZONE = re.compile(r"~?\d{1,2}:\d{2}(?::\d{2})?\s{0,3}[A-Za-z]{2,5}\Z")
_RANGE = re.compile(r"(?<=\d)\s*(?:-|–|—|[〜～→]|to|until)\s*(?=~?\d{1,2}:\d{2})", re.I)
_HALF = re.compile(r"\d(?:\s?(?=[ap]m\b)|(?=[ap]\b))([ap])", re.I)


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
    headed = _header_zone(table.header[time_at])
    if headed is not None and (headed.offset is not None or zone is None or zone.offset is None):
        zone = headed
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
    said: date | None = None
    table = 0
    common = _common_offset(rows, table)
    for row in rows:
        if row.table != table:
            last, said, table = None, None, row.table
            common = _common_offset(rows, table)
        text = _written(row)
        around = (said, None, resolved, None) if said else (day, started, resolved, last)
        moment = _moment(text, row, *around, common)
        if moment is not None:
            last, said = moment, None
        elif (meant := _meant(text, said or day)) is not None and meant.clock is None:
            said = meant.day or said  # a day without a time: that of the times below it
        event = row.data.get("event")
        span = row.places.get("time") or next(iter(row.places.values()), Span(1))
        lost = moment is None and row.zone is not None and row.zone.offset is None and _undated(text)
        entries.append(TimelineEntry(text, event if isinstance(event, str) else "", moment, span, row.table, lost))
    return tuple(entries)


def _written(row: Row) -> str:
    written = row.data.get("time")
    return written if isinstance(written, str) else ""


def _common_offset(rows: list[Row], table: int) -> timedelta:
    """The offset of times that name no zone: that of the table's first row, where no other names another; else UTC."""
    own = [row for row in rows if row.table == table and row.zone is None]
    first = _stated_offset(_written(own[0])) if own else None
    if not first or any((other := _stated_offset(_written(row))) is not None and other != first for row in own):
        return timedelta(0)
    return first


def _stated_offset(text: str) -> timedelta | None:
    """The offset that a row's own time states; None where it states none, or one that is not known."""
    first, later = _first(text)
    offset = clock_offset(first)
    if offset is not None or later is not None:
        return offset if offset is not None else later
    if parse_clock(first) is not None or not _ENDS_IN_ZONE.search(first):
        return None
    found = moments.read(first)
    return zone_offset(found.zone) if found and found.zone else None


_ENDS_IN_ZONE = re.compile(r"[A-Za-z)]\Z|[+-]\d{2}:?\d{2}\Z")


def _first(text: str) -> tuple[str, timedelta | None]:
    """The beginning of a range, and the offset that only its end states: `10:02 - 10:05 CET`."""
    text = text.strip().strip("*_`[]")
    parts = _RANGE.split(text, maxsplit=1)
    if len(parts) > 1 and parse_clock(parts[1]) is None and _NAMES_ZONE.match(parts[1]):
        return text, None  # in a zone that is not known
    if len(parts) > 1 and (half := _HALF.search(parts[1])) and not _HALF.search(parts[0]):
        # `1:42-1:59 PM`: what its end says of morning and afternoon is meant of both.
        begin, end = parse_clock(parts[0]), parse_clock(parts[1][: half.start() + 1])
        if begin is not None and end is not None:
            return f"{moments.halved(begin, end, half[1]):%H:%M}", clock_offset(parts[1])
    return parts[0], clock_offset(parts[1]) if len(parts) > 1 else None


def _moment(
    text: str,
    row: Row,
    day: date | None,
    started: datetime | None,
    resolved: datetime | None,
    last: datetime | None,
    common: timedelta,
) -> datetime | None:
    first, offset = _first(text)
    if offset is None and row.zone is not None:
        offset = row.zone.offset
        if offset is None and clock_offset(first) is None and parse_clock(first) is not None:
            return None
        if offset is None and parse_moment(first) != parse_moment(first, _ELSEWHERE):
            return None  # a day and a clock that name no zone of their own
    if offset is None and row.zone is None:
        offset = common
    full = parse_moment(first, offset)
    if full is not None:
        return full
    clock, own = parse_clock(first), clock_offset(first)
    meant: moments.Moment | None = None
    if clock is None:
        meant = _meant(text, last.date() if last else started.date() if started else day)
        if meant is None or meant.clock is None:
            return None
        clock, own = meant.clock, zone_offset(meant.zone) if meant.zone else None
        if own is None and (meant.zone or (row.zone is not None and row.zone.offset is None)):
            return None
    offset = own if own is not None else offset or timedelta(0)
    base = row.day or ((last + offset).date() if last else (started + offset).date() if started else day)
    stated = meant.on(base) if meant is not None else None
    base = stated or base
    if base is None:
        return None
    try:
        moment = datetime.combine(base, clock, tzinfo=UTC) - offset
        if row.day is not None or stated is not None:
            return moment
        if last is None:
            return _nearest(moment, started)
        if moment < last and _rolls(moment, last, resolved):
            return moment + timedelta(days=1)
    except OverflowError:
        return None
    return moment


def _meant(text: str, near: date | None) -> moments.Moment | None:
    """A moment as people write it (`Sep 27 2017 13:06`, `ca. 18:30`); None where nothing says which day it means.

    A day in numbers that may be read in two ways (`7/5/2023`) is the one within a week of the day that is known,
    if only one of the two is.
    """
    found = moments.read(text)
    if found is None or found.doubt != moments.EITHER_WAY or found.day is None:
        return found
    if near is None:
        return None
    turned = found._replace(day=date(found.day.year, found.day.day, found.day.month))
    close = [one for one in (found, turned) if one.day and abs((one.day - near).days) <= _NEAR]
    return close[0] if len(close) == 1 else None


_ELSEWHERE = timedelta(hours=1)
"""An offset that is not that of times which name none: what it changes names no zone itself."""
_NEAR = 7
"""Days within which a row belongs to the incident beyond doubt."""


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
