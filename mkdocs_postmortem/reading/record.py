"""From a document's text to the record: facts, tables and prose put together, each with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from mkdocs_postmortem import dates
from mkdocs_postmortem.model import (
    DETECTION_METHODS,
    DOCUMENT_STATES,
    STAMPS,
    Document,
    Person,
    PostMortem,
    Problem,
    Span,
    Stated,
)
from mkdocs_postmortem.reading import actions, frontmatter, outline, timeline
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import DOCUMENT_STATE_ALIASES, UNKNOWN, Lookup

_TITLE_PREFIX = re.compile(
    r"\s*(?:\[public\]\s*)?(?:post-?\s?mortem|incident report|incident review|retrospective)\s*[:–—-]\s*", re.I
)
_WINDOW = re.compile(r"\(\s*(?:from\s+)?([^()]{1,120})\)", re.I)
_PARTING = re.compile(r"[-–—]|\bto\b|\buntil\b", re.I)
_MARKUP = re.compile(
    r"[*`]{1,3}(?=\S)|(?<=\S)[*`]{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|!?\[([^\[\]]*)\]\([^()]*\)"
)
_OF_THE_INCIDENT = re.compile(
    r"\W*(?:resolved|mitigated|active|ongoing|monitoring|investigating|identified|stable|closed|over)\b", re.I
)
"""A label "Status" that says this tells of the incident; the document's state it leaves open."""
_DOCUMENT_STATE = Lookup(DOCUMENT_STATE_ALIASES)
_CHOICE = re.compile(r"\s\|\s")

Places = dict[tuple[str | int, ...], Span]


def make(source: Source, path: str, settings: Settings) -> PostMortem:
    """The record of one file. Never raises for what a file may hold: problems are in the record."""
    if source.problem:
        document = _unread(path, source, source.problem)
        return _record(document, {}, {}, settings, None)
    front = frontmatter.read(source.text)
    scanned = outline.scan(source.text, front.body_line, settings)
    document = Document(
        path=path,
        digest=source.digest,
        text=source.text,
        body_line=front.body_line,
        front=front.values,
        sections=tuple(scanned.sections),
        tables=tuple(table for _, table, _, _ in scanned.tables),
        stated=scanned.stated,
        ticked=tuple(scanned.ticked),
        accepted=tuple(scanned.accepted),
        problems=(*front.problems, *scanned.problems),
        placeholders=tuple(scanned.placeholders),
        factors=scanned.factors,
        factors_span=scanned.factors_span,
        whys=tuple(scanned.whys),
        plain_items=tuple(scanned.plain_items),
    )
    data = dict(front.values)
    places = front.places
    _canonical(data, places, settings)
    _stated_facts(document, data, places, settings)
    return _record(document, data, places, settings, scanned)


def glance(source: Source, path: str, settings: Settings) -> PostMortem | None:
    """The record as front matter alone tells it; None where the body has a say in what divides the archive.

    Its day, severity, incident type, services and causes are those of the whole record: front matter
    goes before the body's labels. Nothing else of it is.
    """
    if source.problem:
        return None
    front = frontmatter.read(source.text)
    data = dict(front.values)
    if (
        front.problems
        or not data.keys() >= _DIVIDING
        or all(dates.parse_stamp(data.get(name)) is None for name in STAMPS[:2])
    ):
        return None
    document = Document(
        path=path, digest=source.digest, text="", body_line=1, front=front.values, sections=(),
        tables=(), stated={}, ticked=(), accepted=(), problems=(),
    )  # fmt: skip
    _canonical(data, front.places, settings)
    return _record(document, data, front.places, settings, None)


_DIVIDING = frozenset({"severity", "incident_type", "services"})
"""Facts that views divide the archive by, and that labels in the body may state."""


def _unread(path: str, source: Source, problem: Problem) -> Document:
    return Document(
        path=path, digest=source.digest, text=source.text, body_line=1, front={}, sections=(),
        tables=(), stated={}, ticked=(), accepted=(), problems=(problem,),
    )  # fmt: skip


def _canonical(data: dict[str, Any], places: Places, settings: Settings) -> None:
    """Put the canonical names of states, types and methods for what front matter calls them.

    Words that are none of them stay as they are, for the schema to judge.
    """
    if "status" not in data:
        key = next((key for key in data if key.casefold() == "status"), None)
        if key is not None:
            data["status"] = data[key]
            places[("status",)] = places.get((key,), Span(1))
            places[("", "status")] = places.get(("", key), Span(1))
    written = data.get("status")
    if isinstance(written, str) and written not in DOCUMENT_STATES:
        data["status"] = _state(written) or written
    written = data.get("incident_type")
    if isinstance(written, str):
        data["incident_type"] = settings.find_type(written) or written
    written = data.get("detection_method")
    if isinstance(written, str) and written not in DETECTION_METHODS:
        folded = "-".join(written.casefold().replace("_", " ").split())
        data["detection_method"] = folded if folded in DETECTION_METHODS else written


def _state(text: str) -> str | None:
    """The canonical state of a document: of "Complete, action items in progress" that of its first words."""
    return _DOCUMENT_STATE(text) or _DOCUMENT_STATE(_FIRST_WORDS.split(text, maxsplit=1)[0])


_FIRST_WORDS = re.compile(r"[,;:.(–—]| - ")


def _stated_facts(document: Document, data: dict[str, Any], places: Places, settings: Settings) -> None:
    """What the template's labels state, where front matter does not."""
    stated = document.stated

    def state(key: str, value: Any, source: Stated) -> None:
        data[key] = value
        places[(key,)] = source.span
        if isinstance(value, list):
            for n in range(len(value)):
                places[(key, n)] = source.span

    known = {name: item for name, item in stated.items() if _known(item.text)}
    if "status" not in data and "status" in known:
        text = plain(known["status"].text)
        if _state(text) or not _OF_THE_INCIDENT.match(text):
            state("status", _state(text) or text, known["status"])
    if "severity" not in data and "severity" in known:
        text = plain(known["severity"].text)
        found = settings.find_severity(text) or settings.find_severity(text.split()[0])
        state("severity", found or text, known["severity"])
    if "incident_type" not in data and "incident_type" in known:
        text = plain(known["incident_type"].text)
        state("incident_type", settings.find_type(text) or text, known["incident_type"])
    for key in ("authors", "reviewers", "services"):
        if key not in data and key in known:
            state(key, _names(known[key].text), known[key])
    for key in ("owner", "facilitator"):
        if key not in data and key in known:
            state(key, plain(known[key].text), known[key])
    impact = data.get("impact")
    if impact is None:
        told = {
            key: plain(known[key].text)
            for key in ("users_affected", "data_loss", "revenue", "customer_complaints")
            if key in known
        }
        if told:
            data["impact"] = told
            places[("impact",)] = known[next(iter(told))].span
            for key in told:
                places[("impact", key)] = known[key].span
    _follow_up(known, data, places)
    if not any(stamp in data for stamp in STAMPS):
        _stated_stamps(known, data, places)
    method = [name for name, ticked, _ in document.ticked if ticked]
    if "detection_method" not in data and len(method) == 1:
        data["detection_method"] = method[0]
        places[("detection_method",)] = next(span for _, ticked, span in document.ticked if ticked)


def _follow_up(known: Mapping[str, Stated], data: dict[str, Any], places: Places) -> None:
    """The days of the follow-up review that the template's list states and front matter does not."""
    given = data.get("follow_up")
    if given is not None and not isinstance(given, dict):
        return
    facts: dict[str, Any] = given or {}
    for key in ("scheduled", "held"):
        source = known.get(f"follow_up_{key}")
        day = dates.find_date(plain(source.text)) if source and facts.get(key) in (None, "") else None
        if source and day:
            facts = {**facts, key: day.isoformat()}
            places[("follow_up", key)] = source.span
            places.setdefault(("follow_up",), source.span)
    if facts:
        data["follow_up"] = facts


def _stated_stamps(known: Mapping[str, Stated], data: dict[str, Any], places: Places) -> None:
    """`**Date:**` and `Duration: 47 minutes (10:02 - 10:49 UTC)` say when it started and ended."""
    day = dates.find_date(known["date"].text) if "date" in known else None
    if "duration" not in known:
        return
    source = known["duration"]
    start, end = _window(source.text, day)
    if start is None:
        return
    data["started_at"], places[("started_at",)] = _iso(start), source.span
    if end is not None:
        if end < start:
            end += timedelta(days=1)
        data["resolved_at"], places[("resolved_at",)] = _iso(end), source.span
    lag = dates.parse_duration(known["time_to_detect"].text) if "time_to_detect" in known else None
    if lag is not None:
        try:
            data["detected_at"] = _iso(start + lag.value)
        except OverflowError:
            return
        places[("detected_at",)] = known["time_to_detect"].span


def _window(text: str, day: date | None) -> tuple[datetime | None, datetime | None]:
    """Start and end of `(10:02 - 10:49 UTC)`, or of `(2026-11-03 22:10 to 2026-11-04 01:20)`."""
    for window in _WINDOW.finditer(text):
        # A zone at the end is that of both: (11:02 - 11:49 CET), or (11:02 - 11:49) CET.
        after = _AFTER.match(text, window.end())
        zone = after[1] if after else None
        open_ended = None
        for sign in _PARTING.finditer(window[1]):
            first, last = window[1][: sign.start()].strip(), window[1][sign.end() :].strip()
            stated = _ENDS_IN_ZONE.search(last)
            shift = dates.zone_offset(name) if (name := stated[1] if stated else zone) else timedelta(0)
            start = _clocked(first, day, shift)
            if start is None:
                continue
            end = _clocked(last, day, shift)
            if end is not None:
                return start, end
            if open_ended is None and not _HAS_CLOCK.search(last):
                open_ended = start
        if open_ended is not None:
            return open_ended, None
    return None, None


_AFTER = re.compile(r" ?,? ?([A-Z]{2,5}(?: ?[+−-]\d{1,2}(?::?\d{2})?)?|[+−-]\d{2}:?\d{2})(?![\w])")
_ENDS_IN_ZONE = re.compile(r"\d ?((?:[A-Za-z]{1,5}(?: ?[+−-]\d{1,2}(?::?\d{2})?)?)|[+−]\d{2}:?\d{2}|-\d{2}:\d{2})\Z")
_HAS_CLOCK = re.compile(r"\d:\d\d")


def _clocked(text: str, day: date | None, shift: timedelta | None) -> datetime | None:
    """A moment, or a time of that day; `shift` is the offset of its zone where it names none, None for unknown."""
    clock = dates.parse_clock(text)
    own = dates.clock_offset(text) if clock is not None else None
    if own is None and shift is None and dates.parse_stamp(text) is None:
        return None
    if clock is None:
        return dates.parse_moment(text, shift)
    if day is None:
        return None
    return datetime.combine(day, clock, tzinfo=UTC) - (own if own is not None else shift or timedelta(0))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def _record(
    document: Document,
    data: dict[str, Any],
    places: Places,
    settings: Settings,
    scanned: outline.Outline | None,
) -> PostMortem:
    stem = PurePosixPath(document.path).stem
    title = _title(document, data, places, stem)
    stamps = {name: moment for name in STAMPS if (moment := dates.parse_stamp(data.get(name))) is not None}
    day = _incident_day(document, stamps, title, stem)
    identity = text_of(data.get("id")) or stem
    problems: list[Problem] = []
    ended = stamps.get("resolved_at")
    found, rows = _tables(data, places, scanned, settings, problems)
    items = actions.records(found, identity, ended.date() if ended else day)
    entries = timeline.records(rows, day, stamps.get("started_at"), ended)
    severity = text_of(data.get("severity"))
    impact = data.get("impact")
    return PostMortem(
        document=document,
        facts=data,
        places=places,
        id=identity,
        title=title,
        status=_judged_as(data.get("status")),
        severity=(settings.find_severity(severity) or severity) if severity else "",
        incident_type=text_of(data.get("incident_type")),
        near_miss=data.get("near_miss") is True,
        services=texts_of(data.get("services")),
        causes=texts_of(data.get("causes")),
        tags=texts_of(data.get("tags")),
        day=day,
        stamps=stamps,
        detection_method=text_of(data.get("detection_method")),
        impact={str(key): text_of(value) for key, value in impact.items()} if isinstance(impact, dict) else {},
        owner=text_of(data.get("owner")),
        authors=texts_of(data.get("authors")),
        reviewers=texts_of(data.get("reviewers")),
        facilitator=text_of(data.get("facilitator")),
        participants=_people(data.get("participants")),
        related=texts_of(data.get("related")),
        timeline=entries,
        action_items=items,
        problems=tuple(problems),
    )


def _judged_as(status: object) -> str:
    """The state by whose rules a document is judged: an unknown word must not switch them off."""
    if isinstance(status, str) and status in DOCUMENT_STATES:
        return status
    return "draft" if status is None or (isinstance(status, str) and not _known(status)) else "review"


def _title(document: Document, data: dict[str, Any], places: Places, stem: str) -> str:
    written = data.get("title")
    if isinstance(written, str) and written.strip():
        return " ".join(written.split())
    heading = next((section for section in document.sections if section.level == 1), None)
    if heading is not None and heading.title.strip():
        title = _TITLE_PREFIX.sub("", plain(heading.title)) or plain(heading.title)
        if data.get("title") is None and title:
            data["title"] = title
            places[("title",)] = heading.span
        return title
    return stem


def _incident_day(document: Document, stamps: Mapping[str, datetime], title: str, stem: str) -> date | None:
    for name in STAMPS[:2]:
        if name in stamps:
            return stamps[name].date()
    # When it was over says less of the day than a date that somebody wrote.
    header = document.stated.get("date")
    return (
        (dates.find_date(header.text) if header else None)
        or dates.parse_date(text_of(document.front.get("date")))
        or next((stamps[name].date() for name in STAMPS[2:] if name in stamps), None)
        or dates.find_date(stem.replace("_", "-"))
        or dates.find_date(title)
    )


def _tables(
    data: dict[str, Any],
    places: Places,
    scanned: outline.Outline | None,
    settings: Settings,
    problems: list[Problem],
) -> tuple[actions.Found, list[timeline.Row]]:
    """Action items and timeline, from the body or from front matter: put into `data` and `places`."""
    found = actions.Found()
    rows: list[timeline.Row] = []
    if scanned is not None:
        for number, (kind, table, table_rows, index) in enumerate(scanned.tables):
            if kind == "actions":
                actions.from_table(found, table, table_rows, actions.category_of(scanned.sections, index), settings)
            else:
                rows += timeline.from_table(table, table_rows, number, scanned.zones.get(index))
        if problem := timeline.unknown_zone(rows):
            problems.append(problem)
        for mark, text, span, index, _ in scanned.checkboxes:
            actions.from_checkbox(found, mark, text, span, actions.category_of(scanned.sections, index), settings)
    for key, body in (("action_items", bool(found.data)), ("timeline", bool(rows))):
        if data.get(key) and body:
            first = places.get(("", key), Span(1))
            problems.append(
                Problem(
                    "PM112",
                    first,
                    f"{key}: stand here and in the body: which of the two holds?",
                    "keep one: the list in front matter, or the table below its heading",
                )
            )
    if found.data and not data.get("action_items"):
        data["action_items"] = found.data
    elif isinstance(data.get("action_items"), list):
        data["action_items"] = [
            actions.normalised(item, settings) if isinstance(item, dict) else item for item in data["action_items"]
        ]
        found = _front_items(data["action_items"], places)
    if not rows and isinstance(data.get("timeline"), list):
        rows = [
            timeline.Row(item, _item_places(places, "timeline", n, item))
            for n, item in enumerate(data["timeline"])
            if isinstance(item, dict)
        ]
    return found, rows


def _front_items(items: list[Any], places: Places) -> actions.Found:
    found = actions.Found()
    for n, item in enumerate(items):
        if isinstance(item, dict):
            found.add(item, _item_places(places, "action_items", n, item), "front matter")
    return found


def _item_places(places: Places, key: str, n: int, item: Mapping[str, Any]) -> dict[str, Span]:
    whole = places.get((key, n), Span(1))
    return {"": whole, **{name: places.get((key, n, name), whole) for name in item}}


def _known(text: str) -> bool:
    """Whether a label states something: not empty, not unknown, not the template's own words."""
    folded = text.strip().strip("*_`[] ").casefold()
    return folded not in UNKNOWN and not _CHOICE.search(text) and not outline.PLACEHOLDER.match(text.strip())


def _names(text: str) -> list[str]:
    """A list in one line: parted by commas, semicolons or "and"; brackets around it do not count."""
    text = plain(text).strip("[]")
    return [part.strip() for part in re.split(r"[,;]|\s+and\s+|\s+&\s+", text) if part.strip()]


def plain(text: str) -> str:
    """Markdown as the words that are shown: emphasis, code marks and link targets left out."""
    return _MARKUP.sub(lambda match: match[1] or "", text).strip()


def text_of(value: object) -> str:
    """A fact as text on one line; empty where there is none, or where it is a list or a map."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None or isinstance(value, list | dict):
        return ""
    return str(value)


def texts_of(value: object) -> tuple[str, ...]:
    """A list of facts as texts; a single text counts as a list of one."""
    if isinstance(value, list):
        return tuple(text for item in value if (text := _who(item)))
    text = text_of(value)
    return (text,) if text else ()


def _who(item: object) -> str:
    return text_of(item.get("who")) if isinstance(item, dict) else text_of(item)


def _people(value: object) -> tuple[Person, ...]:
    if not isinstance(value, list):
        value = [value] if isinstance(value, str) else []
    people = []
    for item in value:
        role = text_of(item.get("role")) if isinstance(item, dict) else ""
        if who := _who(item):
            people.append(Person(who, role))
    return tuple(people)
