"""PM3xx: facts that contradict each other, or that cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from mkdocs_postmortem import dates, metric_settings, schemas
from mkdocs_postmortem.checking.findings import OFF, WARNING, WHOLE, Context, declare, rule, source
from mkdocs_postmortem.dates import end_of, human, noon
from mkdocs_postmortem.measuring.definitions import OF_INCIDENTS
from mkdocs_postmortem.measuring.metrics import stated_keys, too_long
from mkdocs_postmortem.model import STAMPS, PostMortem, Problem, Span, TimelineEntry
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.vocabulary import UNKNOWN

declare("PM301", "timestamps-out-of-order", "Timestamps stand in an order that cannot be.")
declare("PM302", "in-the-future", "A timestamp lies in the future.")
declare(
    "PM303",
    "too-far-apart",
    "Timestamps lie more than 30 days apart and the document does not say that it is meant.",
    WARNING,
)
declare("PM304", "year-typo", "A timestamp is exactly a year off the others.")

_ORDERS = (
    ("started_at", "detected_at"),
    ("detected_at", "acknowledged_at"),
    ("started_at", "mitigated_at"),
    ("mitigated_at", "resolved_at"),
    ("acknowledged_at", "resolved_at"),
    ("detected_at", "resolved_at"),
    ("started_at", "resolved_at"),
)
_NAMES = {name: name.removesuffix("_at") for name in STAMPS}
_BECAME = {name: word if word == "started" else f"was {word}" for name, word in _NAMES.items()}


@source
def timestamps(context: Context) -> Iterator[Problem]:
    """Order, future, distance and year of the five stamps: one finding for one wrong stamp."""
    record = context.postmortem
    stamps = dict(record.stamps)
    for name, problem in list(_year_typos(context, stamps)):
        del stamps[name]
        yield problem
    for name in list(stamps):
        if stamps[name] > end_of(context.as_of):
            yield Problem(
                "PM302",
                _place(record, name),
                f"{name} lies in the future: {_shown(stamps[name])}",
                "was the incident already over? Look at year, month and time zone",
            )
            del stamps[name]
    wrong: set[str] = set()
    for first, last in _ORDERS:
        if first in wrong or last in wrong or first not in stamps or last not in stamps:
            continue
        if stamps[last] < stamps[first]:
            wrong |= {first, last}
            yield Problem(
                "PM301",
                _place(record, last),
                f"{_NAMES[last]} {human(stamps[first] - stamps[last])} before it {_BECAME[first]}: "
                f"{_shown(stamps[last])}, {first} is {_shown(stamps[first])}",
                "look at both: day, hour and time zone",
            )
    if wrong or len(stamps) < 2 or record.facts.get("long_running") is True:
        return
    earliest, latest = min(stamps, key=stamps.__getitem__), max(stamps, key=stamps.__getitem__)
    distance = stamps[latest] - stamps[earliest]
    if distance > timedelta(days=context.settings.max_days):
        yield Problem(
            "PM303",
            _place(record, latest),
            f"{earliest} and {latest} lie {distance.days} days apart",
            "if the incident really lasted that long, write `long_running: true`; else look at the months",
        )


def _year_typos(context: Context, stamps: Mapping[str, datetime]) -> Iterator[tuple[str, Problem]]:
    """Stamps that would fit if their year were another: that of the others, or of the file's name."""
    record = context.postmortem
    window = timedelta(days=context.settings.max_days)
    named = _named(record)
    if record.facts.get("long_running") is not True and (turned := _over_new_year(context, stamps, named)):
        for name, fitting in turned.items():
            yield name, _year_typo(record, name, stamps[name], fitting)
        return
    all_off = _all_off(stamps, named)
    for name, stamp in stamps.items():
        others = [other for key, other in stamps.items() if key != name]
        if any(abs(other - stamp) <= window for other in others) and not all_off:
            continue
        if not others and named is None:
            continue
        anchors = [other for other in others if other.year != stamp.year] or (
            [noon(named)] if named and named.year != stamp.year else []
        )
        for anchor in anchors:
            moved = _with_year(stamp, anchor.year)
            if moved is None or abs(moved - anchor) > window or moved > end_of(context.as_of):
                continue
            if len(others) == 1 and others[0].year != stamp.year and not _named_like(anchor.year, named):
                continue  # of two stamps either may be the wrong one
            if record.facts.get("long_running") is True:
                continue
            yield (
                name,
                _year_typo(record, name, stamp, moved, ", and so would the others" if all_off and others else ""),
            )
            if all_off:
                return  # one mistake, made in every stamp
            break


def _year_typo(record: PostMortem, name: str, stamp: datetime, moved: datetime, also: str = "") -> Problem:
    return Problem(
        "PM304",
        _place(record, name),
        f"{name} is {_shown(stamp)}: is the year wrong?",
        f"with {moved.year} it would fit: {moved.strftime('%Y-%m-%dT%H:%MZ')}{also}",
    )


def _over_new_year(context: Context, stamps: Mapping[str, datetime], named: date | None) -> dict[str, datetime]:
    """The stamps of an incident over New Year that kept the old year, or got the new one too early.

    All have one year, so that January stands a year before the December it followed.
    """
    late = {name for name, stamp in stamps.items() if stamp.month >= 11}
    early = stamps.keys() - late
    if not late or not early or len({stamp.year for stamp in stamps.values()}) > 1:
        return {}
    if any(stamps[name].month > 2 for name in early):
        return {}
    fitting = []
    for names, step in ((early, 1), (late, -1)):
        moved = {name: new for name in names if (new := _with_year(stamps[name], stamps[name].year + step))}
        all_of_them = {**stamps, **moved}
        if (
            len(moved) == len(names)
            and max(all_of_them.values()) <= end_of(context.as_of)
            and max(all_of_them.values()) - min(all_of_them.values()) <= timedelta(days=context.settings.max_days)
            and all(
                all_of_them[first] <= all_of_them[last]
                for first, last in _ORDERS
                if first in all_of_them and last in all_of_them
            )
        ):
            fitting.append((names, moved, all_of_them))
    if named is not None and len(fitting) > 1:
        near = [item for item in fitting if min(abs((stamp.date() - named).days) for stamp in item[2].values()) <= 31]
        fitting = near or fitting
    if not fitting:
        return {}
    names, moved, _ = fitting[0]
    return {name: moved[name] for name in stamps if name in names}


def _named(record: PostMortem) -> date | None:
    """The day that the file's name says, else the title."""
    stem = PurePosixPath(record.path).stem.replace("_", "-")
    return dates.find_date(stem) or next(iter(_title_days(record.title)), None)


_DAY = re.compile(
    r"\d{4}([-/])\d{1,2}\1\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[a-z]{3,9}\.?,?\s+\d{4}"
    r"|\b[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}",
    re.I,
)
_BEFORE = re.compile(r"[\W_]*\Z|.*\bon\s+(?:the\s+)?(?:[a-z]+day,?\s+(?:the\s+)?)?\Z", re.I)


def _days(text: str) -> list[tuple[date, int, int]]:
    """Every day that a text names, from left to right, and where it stands."""
    return [
        (day, match.start(), match.end())
        for match in _DAY.finditer(text)
        if (day := dates.find_date(match[0])) is not None
    ]


def _title_days(title: str) -> list[date]:
    """The days that a title says the incident was on: they begin it, end it, or stand after "on"."""
    title = title[:500]  # a longer one is an error in itself
    return [
        day for day, start, end in _days(title) if _BEFORE.match(title[:start]) or not title[end:].strip(" )].:;,–—-")
    ]


def _all_off(stamps: Mapping[str, datetime], named: date | None) -> bool:
    """Whether every stamp has a year that the file's own name contradicts."""
    return (
        named is not None
        and bool(stamps)
        and all(stamp.year != named.year for stamp in stamps.values())
        and (min(abs((stamp - noon(named)).days) for stamp in stamps.values()) > 300)
    )


def _named_like(year: int, named: date | None) -> bool:
    return named is not None and named.year == year


def _with_year(stamp: datetime, year: int) -> datetime | None:
    try:
        return stamp.replace(year=year)
    except ValueError:  # 29 February
        return None


def _place(record: PostMortem, name: str) -> Span:
    return record.places.get((name,), WHOLE)


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC" if moment.second else "%Y-%m-%d %H:%M UTC")


_ENDS = r"\b(?=\W{0,3}\Z|\s?[.,;:–—!(]|\s+-\s|\s+and\b)"
"""The phrase is the whole row, or ends a clause: "Resolved DNS lookup failure" says something else."""

_SAYS = tuple(
    (name, re.compile(rf"\W{{0,9}}(?:{phrase}){_ENDS}", re.I))
    for name, phrase in (
        ("resolved_at", r"(?:incident |issue |outage )?(?:is |was |fully )?(?:declared |marked )?resolved"),
        ("resolved_at", r"(?:incident|outage) (?:is |was )?(?:ends|ended|over|closed)"),
        ("started_at", r"(?:incident|outage|impact) (?:begins|began|starts|started)"),
        ("mitigated_at", r"(?:incident |impact )?(?:is |was )?mitigated"),
        ("acknowledged_at", r"(?:(?:page|alert|incident) )?(?:is |was )?acknowledged"),
        ("detected_at", r"(?:incident|issue|problem) (?:is |was )?(?:first )?detected"),
    )
)


_MAY_SAY = re.compile(
    r"\W*(?:incident|issue|outage|impact|problem|page|alert|is|was|fully|declared|marked|resolved|mitigated|"
    r"acknowledged)\b",
    re.I,
)
"""How a row that says one of these things begins: a quick look before a close one."""


@rule("PM305", "timeline-contradicts", "The timeline contradicts itself or the timestamps.", WARNING)
def timeline_contradicts(context: Context) -> Iterator[Problem]:
    """Rows out of order; a row that says "resolved" at another time than `resolved_at`; rows far from it."""
    record = context.postmortem
    last: datetime | None = None
    ordered, table = True, 0
    for entry in record.timeline:
        if entry.at is None:
            continue
        if entry.table != table:
            last, table = None, entry.table  # each table has an order of its own
        if last is not None and entry.at < last:
            ordered = False
            yield Problem(
                "PM305",
                entry.span,
                f"the timeline goes back: {_clock(entry.at, last)} stands after {_clock(last, entry.at)}",
                "put the rows in order; where midnight has passed, write the date: 2026-11-04T00:10Z",
            )
        last = entry.at
    if ordered:
        yield from _labelled(record)
        yield from _far_away(record)


def _clock(moment: datetime, other: datetime) -> str:
    return moment.strftime("%H:%M" if moment.date() == other.date() else "%Y-%m-%d %H:%M")


def _labelled(record: PostMortem) -> Iterator[Problem]:
    told: dict[str, TimelineEntry] = {}
    for entry in record.timeline:
        if entry.at is None:
            continue
        if not _MAY_SAY.match(entry.event):
            continue
        words = plain(entry.event)
        for name, pattern in _SAYS:
            stamp = record.stamps.get(name)
            if stamp is None or name in told or not pattern.match(words):
                continue
            told[name] = entry
            break
    for name, entry in told.items():
        stamp = record.stamps[name]
        if entry.at is not None and not _also(record, name, stamp):
            yield Problem(
                "PM305",
                entry.span,
                f"the timeline has {_NAMES[name]} at {_clock(entry.at, stamp)}, {name} says {_clock(stamp, entry.at)}",
                "make the two agree",
            )


_RESOLVED = re.compile(r"\bresolved\b|\b(?:incident|outage) (?:is |was )?(?:ends|ended|over|closed)\b", re.I)


def _also(record: PostMortem, name: str, stamp: datetime) -> bool:
    """Whether a row stands at the stamp's own minute: then the other words were about something else.

    For the end it has to speak of it: something else nearly always happens at that time as well.
    """
    return any(
        entry.at is not None
        and abs(entry.at - stamp) < timedelta(minutes=2)
        and (name != "resolved_at" or _RESOLVED.search(entry.event))
        for entry in record.timeline
    )


def _far_away(record: PostMortem) -> Iterator[Problem]:
    stamps = [record.stamps[name] for name in ("started_at", "resolved_at") if name in record.stamps]
    dated = [entry for entry in record.timeline if entry.at is not None]
    if not stamps or not dated:
        return
    first, last = min(stamps), max(stamps)
    week = timedelta(days=7)
    if all(entry.at is not None and (first - entry.at > week or entry.at - last > week) for entry in dated):
        yield Problem(
            "PM305",
            dated[0].span,
            f"no row of the timeline is within a week of the incident ({first:%Y-%m-%d})",
            "look at the dates of the timeline and of the timestamps",
        )


@rule("PM306", "stated-duration", "A duration that the document states is not the one the timestamps give.", WARNING)
def stated_duration(context: Context) -> Iterator[Problem]:
    """Impact's Duration, Total Response Time, Detection Time and front matter's durations against the stamps."""
    record = context.postmortem
    for name, (start, end) in metric_settings.SPANS.items():
        actual = record.between(start, end)
        if actual is None or name not in OF_INCIDENTS:
            continue
        told: set[timedelta] = set()
        for text, span in _stated(record, name):
            if record.places.get((end,)) == span and name != "duration":
                continue  # the stamp was made from this very statement
            duration = dates.parse_duration(text)
            if duration is None or abs(duration.value - actual) <= duration.tolerance or duration.value in told:
                continue  # what front matter and the label say alike is told once
            if (
                name == "duration"
                and (other := _mitigation(record)) is not None
                and (abs(duration.value - other) <= duration.tolerance)
            ):
                continue  # "duration" as the time users were affected
            told.add(duration.value)
            yield Problem(
                "PM306",
                span,
                f"the {_CALLED[name]} is stated as {human(duration.value)}; {start} to {end} is {human(actual)}",
                "mend whichever of the two is wrong",
            )


_CALLED = {
    "duration": "duration",
    "time_to_detect": "detection time",
    "time_to_acknowledge": "time to acknowledge",
    "time_to_mitigate": "time to mitigate",
    "time_to_resolve": "total response time",
}
_LABELLED = ("duration", "time_to_detect", "time_to_resolve")
"""Durations whose labels mean the same everywhere; "time to repair" begins where its author thinks it does."""


def _stated(record: PostMortem, name: str) -> Iterator[tuple[str, Span]]:
    """What front matter states about a duration, and what the template's label does."""
    for key in stated_keys(name):
        written = record.document.front.get(key)
        if isinstance(written, str):
            yield written, _place(record, key)
    label = record.document.stated.get(name)
    if label is not None and name in _LABELLED:
        yield label.text, label.span


@rule("PM310", "unusable-duration", "A stated duration cannot be read, or is too long to be true.", WARNING)
def unusable_duration(context: Context) -> Iterator[Problem]:
    """Front matter's durations have to be ones; none lasts longer than `limits.days` without a word about it."""
    record = context.postmortem
    most = context.settings.max_days
    for name in OF_INCIDENTS:
        keys = [key for key in stated_keys(name) if isinstance(record.document.front.get(key), str)]
        for key in keys:
            text = record.document.front[key]
            if dates.parse_duration(text) is None and text.strip().strip("*_`").casefold() not in UNKNOWN:
                yield Problem(
                    "PM310",
                    _place(record, key),
                    f"{key} says {schemas.show(text)}, which is no duration",
                    "write `47 minutes`, `1h 30m` or `PT1H30M`",
                )
        if record.between(*metric_settings.SPANS[name]) is not None:
            continue  # the timestamps are held against it
        told: set[timedelta] = set()
        for text, span in _stated(record, name):
            duration = dates.parse_duration(text)
            if duration is not None and duration.value not in told and too_long(record, duration.value, most):
                told.add(duration.value)
                yield Problem(
                    "PM310",
                    span,
                    f"the {_CALLED[name]} is stated as {human(duration.value)}, longer than {most} days",
                    "if it really lasted that long, write `long_running: true`; else look at the unit",
                )


def _mitigation(record: PostMortem) -> timedelta | None:
    return record.between("started_at", "mitigated_at")


@rule("PM307", "dates-disagree", "File name, title and started_at name different days.", WARNING)
def dates_disagree(context: Context) -> Iterator[Problem]:
    """A day's difference is allowed: people name days in their own time zone."""
    record = context.postmortem
    started = record.stamps.get("started_at")
    stem = PurePosixPath(record.path).stem
    header = record.document.stated.get("date")
    named: list[tuple[str, date, Span]] = []
    said: dict[str, list[date]] = {}
    """All days that each of them names: one that fits is enough."""
    title_span = record.places.get(("title",), WHOLE)
    title = record.title if record.title != stem else ""
    file_days = [day for day, _, _ in _days(stem.replace("_", "-"))]
    header_days = [day for day, _, _ in _days(header.text)] if header else []
    heading = next((item for item in record.document.sections if item.level == 1), None)
    for what, days, all_days, span in (
        ("the file name", file_days, file_days, WHOLE),
        ("the title", _title_days(title), [day for day, _, _ in _days(title)], title_span),
        ("the header", header_days, header_days, header.span if header else WHOLE),
    ):
        if days:
            named.append((what, days[0], span))
            said[what] = all_days
    if "title" in record.document.front and heading:
        days = _title_days(_without_prefix(heading.title))
        if days and all(days[0] != other for _, other, _ in named):
            named.append(("the heading", days[0], heading.span))
            said["the heading"] = [day for day, _, _ in _days(heading.title)]
    anchor: tuple[str, date, Span] | None = None
    if started is not None:
        anchor = ("started_at", started.date(), _place(record, "started_at"))
    elif named:
        anchor, named = named[0], named[1:]
    if anchor is None:
        return
    year_is_wrong = any(name == "started_at" for name, _ in _year_typos(context, record.stamps))
    for what, day, span in named:
        if year_is_wrong and abs((day - anchor[1]).days) > 300:
            continue  # PM304 says so
        if all(abs((one - anchor[1]).days) > 1 for one in said[what]):
            at = span if span != WHOLE else anchor[2]
            yield Problem(
                "PM307",
                at,
                f"{what} says {day.isoformat()}, {anchor[0]} says {anchor[1].isoformat()}",
                "mend whichever is wrong; a file is renamed with `git mv`",
            )
            return


def _without_prefix(heading: str) -> str:
    """A heading without "Post-Mortem:" before it, where a date may stand first as well."""
    kind, sign, rest = heading.partition(":")
    return rest if sign and len(kind.split()) <= 2 else heading


@rule("PM308", "unread-time", "A time in the timeline cannot be read.", WARNING, OFF)
def unread_time(context: Context) -> Iterator[Problem]:
    """A row without a time that can be dated has no place in the order of events."""
    record = context.postmortem
    placeholders = {(span.line, span.column) for _, span in record.document.placeholders}
    for entry in record.timeline:
        if entry.at is not None or entry.unknown_zone or (entry.span.line, entry.span.column) in placeholders:
            continue
        if dates.parse_clock(entry.written) is not None:
            if record.day is None:
                yield Problem(
                    "PM308", entry.span, f"{schemas.show(entry.written)} has no day", "state started_at in front matter"
                )
                return
            continue
        if not entry.written.strip():
            yield Problem("PM308", entry.span, "this row has no time", "write HH:MM in UTC, or a full timestamp")
            continue
        yield Problem(
            "PM308",
            entry.span,
            f"the time {schemas.show(entry.written)} cannot be read",
            "write HH:MM in UTC, or a full timestamp: 2026-11-03T10:02Z",
        )


@rule("PM309", "prose-contradicts-facts", "The prose states another severity or state than front matter.", WARNING)
def prose_contradicts(context: Context) -> Iterator[Problem]:
    """`**Severity:** P1` in the body of a document whose front matter says P2."""
    record = context.postmortem
    stated = record.document.stated.get("severity")
    front = record.document.front.get("severity")
    if stated is None or not isinstance(front, str) or not stated.text:
        return
    text = plain(stated.text)
    if " | " in text:
        return
    words = text.split()
    found = context.settings.find_severity(text) or (context.settings.find_severity(words[0]) if words else None)
    if found and record.severity in context.settings.severity_names and found != record.severity:
        yield Problem(
            "PM309",
            stated.span,
            f"the severity is {found} here and {record.severity} in front matter",
            "make the two agree",
        )
