"""What a post-mortem is: immutable records with the place each fact was read from. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

DOCUMENT_STATES = ("draft", "review", "published")
"""States of the document (not of the incident), in the order a document goes through them."""

DETECTION_METHODS = ("monitoring", "user-report", "manual", "third-party", "other")
"""How an incident was noticed; the five boxes of the template, in its order."""

CATEGORIES = ("prevent", "detect", "respond", "process")
"""What an action item is for; the four headings of the template, in its order."""

ACTION_STATUSES = ("open", "in progress", "done", "verified", "won't do")
"""What became of an action item. `verified` is done and seen to work."""

STAMPS = ("started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at")
"""The five timestamps of an incident, in the order in which they normally happen."""


class Span(NamedTuple):
    """A place in a file: 1-based line and columns in characters; `end` is exclusive."""

    line: int
    column: int = 1
    end: int = 0

    @property
    def width(self) -> int:
        """Characters covered; at least 1, so that there is something to point at."""
        return max(1, self.end - self.column)


TOP = Span(1)
"""The top of a file: where what is wrong with the whole of it stands."""


class Problem(NamedTuple):
    """Something that reading found wrong: the rule's code, the place, what is wrong, the mend."""

    code: str
    span: Span
    message: str
    help: str = ""


class Accepted(NamedTuple):
    """A comment that accepts findings of one rule, with the lines it covers.

    `first` and `last` are 1-based and inclusive. `whole` says that the comment also accepts
    findings about the document as a whole.
    """

    code: str
    reason: str
    span: Span
    first: int
    last: int


class Cell(NamedTuple):
    """One cell of a table: its text without the padding, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    """Where a markdown table stands and what its columns are; its cells are in the text."""

    header: tuple[str, ...]
    columns: tuple[str | None, ...]
    """The canonical name of each header cell, or None."""
    count: int
    """Rows below the rule."""
    line: int
    """1-based line of the header; the rule stands below it, then the rows."""

    @property
    def row_lines(self) -> range:
        """1-based lines of the rows."""
        return range(self.line + 2, self.line + 2 + self.count)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    key: str | None
    """Canonical name of the section, or None where the heading is the author's own."""
    title: str
    level: int
    span: Span
    last_line: int
    """Last line before the next heading of any level, 1-based and inclusive."""
    end_line: int
    """Last line before the next heading of this level or above: sub-sections included."""
    parent: int
    """Index of the enclosing section in the outline, or -1."""
    empty: bool
    """Nothing but blank lines and comments stands directly below the heading."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One row of the timeline."""

    written: str
    """The time as the author wrote it."""
    event: str
    """What happened, in markdown."""
    at: datetime | None
    """The moment, with its offset; None where the time cannot be read or dated."""
    span: Span
    """Where the time stands (in the table's cell, or in front matter)."""
    table: int = 0
    """Which of the document's timelines the row stands in; each has an order of its own."""
    unknown_zone: bool = False
    """Its table's times are in a zone whose offset is not known: one problem of the record says so for all."""


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One action item, whether it was written as a table row, a checkbox or in front matter."""

    key: str
    """Stable while rows are reordered or added: the item's own ID, else made from its words."""
    action: str
    """What is to be done, in markdown."""
    owner: str
    category: str | None
    priority: str
    due: date | None
    status: str
    """One of `ACTION_STATUSES`, or what the author wrote where it is none of them."""
    reason: str
    """Why it will not be done; empty otherwise."""
    ticket: str
    completed: date | None
    created: date | None
    """The day its age counts from: the incident's end, or what the document says."""
    form: str
    """`table`, `checkbox` or `front matter`."""
    span: Span
    """Where the action's words stand."""
    places: Mapping[str, Span]
    """Where each of its cells stands, by column name; only those that were written."""

    @property
    def is_open(self) -> bool:
        """Still to be done: neither done, verified nor given up."""
        return self.status not in ("done", "verified", "won't do")

    @property
    def is_finished(self) -> bool:
        """Done, whether or not somebody verified it."""
        return self.status in ("done", "verified")

    def overdue(self, as_of: date) -> bool:
        """Open, and its due date is before `as_of`."""
        return self.is_open and self.due is not None and self.due < as_of

    def age_days(self, as_of: date) -> int | None:
        """Whole days since it was created: to `as_of` while open, else to its completion."""
        if self.created is None:
            return None
        end = as_of if self.is_open else self.completed
        return max(0, (end - self.created).days) if end else None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named by a post-mortem, as it names them, and their role in the incident."""

    who: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """One step of the five whys."""

    question: str
    answer: str
    span: Span
    last_line: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that the prose states, by the template's labels: `**Duration:** 47 minutes`."""

    name: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read: its text, its facts and its outline, with their places."""

    path: str
    """Relative to the project, with forward slashes."""
    digest: str
    """Of the file's bytes; equal digests have equal words."""
    text: str
    """The whole file, newlines as `\\n`, without a byte order mark."""
    body_line: int
    """1-based line at which the body begins."""
    front: Mapping[str, Any]
    """Front matter as plain data; dates and times are the strings that were written."""
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    stated: Mapping[str, Stated]
    ticked: tuple[tuple[str, bool, Span], ...]
    """The detection-method boxes: method, ticked, place."""
    accepted: tuple[Accepted, ...]
    problems: tuple[Problem, ...]
    placeholders: tuple[tuple[str, Span], ...] = ()
    factors: int = -1
    """Contributing factors listed; -1 where the document has no such list, or says it in prose."""
    factors_span: Span = TOP
    whys: tuple[Why, ...] = ()
    plain_items: tuple[Span, ...] = ()
    """Bullets under Action Items that are neither a table row nor a checkbox."""

    @property
    def lines(self) -> list[str]:
        """The text, a line each."""
        return self.text.split("\n")

    @property
    def body(self) -> str:
        """The markdown after the front matter."""
        return self.text if self.body_line == 1 else "\n".join(self.lines[self.body_line - 1 :])

    @property
    def unreadable(self) -> bool:
        """The file could not be read as a post-mortem at all: nothing else in it can be judged."""
        return any(problem.code in FATAL_CODES for problem in self.problems)

    def section(self, key: str) -> Section | None:
        """The first section with this canonical name."""
        return next((section for section in self.sections if section.key == key), None)


FATAL_CODES = frozenset({"PM100", "PM101", "PM103", "PM104"})
"""Findings after which a file has no facts to speak of."""


@dataclass(frozen=True, slots=True)
class PostMortem:
    """A post-mortem: the facts of one document, ready to be judged, listed or shown."""

    document: Document
    facts: Mapping[str, Any]
    """Facts of front matter and of the template's labels as plain data, action items included."""
    places: Mapping[tuple[str | int, ...], Span]
    """Where each fact stands; `("", key)` is where a key stands. `place` knows the tables' cells, too."""
    id: str
    title: str
    status: str
    """One of `DOCUMENT_STATES`. A state that is none of them is judged as `review`, so that a word
    nobody knows does not switch the rules off; `facts` has the word. Without any, `draft`."""
    severity: str
    """A name on the configured scale, else what was written; empty where none was."""
    incident_type: str
    near_miss: bool
    services: tuple[str, ...]
    causes: tuple[str, ...]
    tags: tuple[str, ...]
    day: date | None
    """The day of the incident: of its start or detection, else its header, a later timestamp, file name or title."""
    stamps: Mapping[str, datetime]
    """Those of `STAMPS` that are known."""
    detection_method: str
    impact: Mapping[str, str]
    owner: str
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]
    facilitator: str
    participants: tuple[Person, ...]
    related: tuple[str, ...]
    timeline: tuple[TimelineEntry, ...]
    action_items: tuple[ActionItem, ...]
    problems: tuple[Problem, ...] = field(default=())
    """Found while the record was made from the document; the document has its own."""

    @property
    def path(self) -> str:
        """The file's path relative to the project."""
        return self.document.path

    @property
    def data(self) -> Mapping[str, Any]:
        """The record as plain data, tables included, as `schema/postmortem.schema.json` has it."""
        if not self.timeline or self.facts.get("timeline"):
            return self.facts
        rows = [{"time": entry.written, "event": entry.event} for entry in self.timeline]
        return {**self.facts, "timeline": rows}

    def place(self, path: tuple[str | int, ...]) -> Span | None:
        """Where a value of `data` stands, that of a table's cell included; None where it is not known."""
        found = self.places.get(path)
        if found is not None or not path or len(path) > 3:
            return found
        if path[0] == "action_items" and self.action_items:
            item = self.action_items[path[1] if len(path) > 1 and isinstance(path[1], int) else 0]
            name = str(path[2]) if len(path) > 2 else "action"
            return item.places.get("type" if name == "category" else name, item.span)
        if path[0] == "timeline" and self.timeline:
            return self.timeline[path[1] if len(path) > 1 and isinstance(path[1], int) else 0].span
        return None

    def at(self, stamp: str) -> datetime | None:
        """A timestamp of the incident by its name, or None where it is not known."""
        return self.stamps.get(stamp)

    def between(self, start: str, end: str) -> timedelta | None:
        """Time from one stamp to another; None where either is missing, they are reversed, or it cannot be true.

        It cannot where it begins before the incident did: who has noticed what had not started?
        """
        first, last = self.stamps.get(start), self.stamps.get(end)
        if first is None or last is None or last < first or first < self.stamps.get("started_at", first):
            return None
        return last - first

    @property
    def time_to_detect(self) -> timedelta | None:
        """Started to detected (the template's "Detection Time")."""
        return self.between("started_at", "detected_at")

    @property
    def time_to_resolve(self) -> timedelta | None:
        """Detected to resolved (the template's "Total Response Time")."""
        return self.between("detected_at", "resolved_at")

    @property
    def duration(self) -> timedelta | None:
        """Started to resolved (the template's "Duration")."""
        return self.between("started_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Incident:
    """A row of the register of incidents: what is known of an incident, with or without a post-mortem."""

    id: str
    """As the tracker calls it; unique in the register."""
    title: str
    day: date | None
    severity: str
    """A name on the configured scale; empty where none was given."""
    incident_type: str
    services: tuple[str, ...]
    near_miss: bool
    data_loss: bool
    complex: bool
    recurring: bool
    process_failure: bool
    postmortem: str
    """The post-mortem that the row names: an ID, a path or an address; empty where it names none."""
    waived: str
    """Why somebody decided that there will be none; empty where nobody did."""
    span: Span
