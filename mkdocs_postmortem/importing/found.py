"""What was found in a document of another shape: facts with their places, sections, rows, items. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

Sure = Literal["stated", "inferred"]

WORTH = ("conflict", "stamp", "date", "severity", "status", "zone", "item", "row", "note")
"""What a person is asked about, the most worth first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fact: the field of our front matter, its value as it will be written, and how it was come by."""

    field: str
    value: Any
    """Text, or a list of texts, as front matter has it."""
    line: int
    """1-based line of the source; 0 where it is from no line (a file name, an option)."""
    sure: Sure = "stated"
    why: str = ""
    """Where it was read, or how it was inferred, in words for the person who looks it over."""
    written: str = ""
    """The source's words for the value, where they differ from it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a person should look at; `kind` is one of `WORTH`."""

    kind: str
    line: int
    text: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the timeline: its words, and the line they were read from."""

    time: str
    event: str
    line: int
    why: str = ""
    """What of its time was inferred, and from where; empty where it stands as it was written."""


@dataclass(frozen=True, slots=True)
class Item:
    """One action item: its words in markdown, without the list marker, and the line they were read from."""

    action: str
    line: int
    owner: str = ""
    priority: str = ""
    due: str = ""
    status: str = ""
    ticket: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some markdown of a section, in the order it is written: lines, ready to be put down."""

    lines: tuple[str, ...]
    heading: str = ""
    """A heading of its own above the lines; empty for none."""
    level: int = 3
    own: bool = True
    """False where the heading is of our making: its words are none of the source's."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the result: one of the template's by its key, or the author's own by its title."""

    key: str | None
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Words that the source has and the result's body has not, and the other way round, with good reason."""

    dropped: tuple[str, ...] = ()
    """Headings that got the template's name, header cells, names of facts that got ours."""
    carried: tuple[str, ...] = ()
    """Values of the source's front matter that stand in the result's front matter."""
    added: tuple[str, ...] = ()
    """Headings and header cells of ours."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document of another shape as it will be written in ours."""

    shape: str
    """What it was taken for: a name that the report uses."""
    title: str
    day: date | None
    facts: tuple[Found, ...] = ()
    heading: str = ""
    """The first heading's words, as the source has them; empty where it has none."""
    opening: tuple[Piece, ...] = ()
    """What stands between the first heading and the first section."""
    parts: tuple[Part, ...] = ()
    timeline: tuple[Row, ...] = ()
    """All rows that are in the parts' tables, in their order."""
    actions: tuple[Item, ...] = ()
    """All items that are in the parts, in their order."""
    remarks: tuple[Remark, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    zone: timedelta | None = None
    """The offset of the times in it; None where it is not stated."""
    named_zone: Found | None = None
    """The same with the place that names it; None where none does, or nobody knows which offset that is."""
    ours: bool = False
    """The document has our shape already, and is left as it is."""

    def fact(self, name: str) -> Found | None:
        """The first fact of a field."""
        return next((found for found in self.facts if found.field == name), None)

    @property
    def values(self) -> Mapping[str, Any]:
        """The facts as plain data."""
        return {found.field: found.value for found in self.facts}
