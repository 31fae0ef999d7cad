"""The timeline: rows to moments. A time of day is UTC, dated from the start, rolling over midnight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mkdocs_postmortem.dates import clock_offset, parse_clock, parse_moment
from mkdocs_postmortem.model import Span, Table, TimelineEntry
from mkdocs_postmortem.reading.tables import Rows

Data = dict[str, Any]

_RANGE = re.compile(r"(?<=\d)\s*(?:-|–|—|to|until)\s*(?=~?\d{1,2}:\d{2})", re.I)


def from_table(table: Table, table_rows: Rows) -> list[tuple[Data, Mapping[str, Span]]]:
    """Rows of a timeline table; a table without a column for the time has none."""
    columns = table.columns
    if "time" not in columns:
        return []
    time_at = columns.index("time")
    event_at = columns.index("event") if "event" in columns else None
    if event_at is None:
        event_at = next((at for at in range(len(columns)) if at != time_at), None)
    rows: list[tuple[Data, Mapping[str, Span]]] = []
    for row in table_rows:
        if not any(cell.text for cell in row):
            continue
        data: Data = {"time": row[time_at].text if time_at < len(row) else ""}
        places = {"time": row[time_at].span if time_at < len(row) else row[0].span}
        if event_at is not None and event_at < len(row):
            data["event"] = row[event_at].text
            places["event"] = row[event_at].span
        rows.append((data, places))
    return rows


def records(
    rows: list[tuple[Data, Mapping[str, Span]]],
    day: date | None,
    started: datetime | None,
    resolved: datetime | None,
) -> tuple[TimelineEntry, ...]:
    """Rows as records, each dated where that is possible."""
    entries = []
    last: datetime | None = None
    for data, places in rows:
        written = data.get("time")
        text = written if isinstance(written, str) else ""
        moment = _moment(text, day, started, resolved, last)
        if moment is not None:
            last = moment
        event = data.get("event")
        span = places.get("time") or next(iter(places.values()), Span(1))
        entries.append(TimelineEntry(text, event if isinstance(event, str) else "", moment, span))
    return tuple(entries)


def _moment(
    text: str, day: date | None, started: datetime | None, resolved: datetime | None, last: datetime | None
) -> datetime | None:
    first = _RANGE.split(text.strip().strip("*_`[]"), maxsplit=1)[0]
    full = parse_moment(first)
    if full is not None:
        return full
    clock = parse_clock(first)
    if clock is None:
        return None
    base = last.date() if last else started.date() if started else day
    if base is None:
        return None
    try:
        moment = datetime.combine(base, clock, tzinfo=UTC) - (clock_offset(first) or timedelta(0))
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
