"""Rows of a timeline among the blocks of a document: what begins with a time, or ends with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing import zones
from mkdocs_postmortem.importing.shapes.labels import LABEL
from mkdocs_postmortem.importing.text import BULLET, Block, Line, Node, blocks, entry, flat, simple
from mkdocs_postmortem.moments import Moment

LONGEST_EVENT = 700
"""Characters that a cell takes before what is nested is put below the table."""


@dataclass
class RowDraft:
    """A row of a timeline as its document has it, before it is put into a table."""

    time: str
    event: str
    line: int
    details: list[str] = field(default_factory=list)
    dropped: str = ""
    """The number that it had in its list."""
    said_twice: bool = False
    """Its time stands in the event as well."""
    why: str = ""


def all_timed(lines: Sequence[Line]) -> bool:
    """Whether lines that stand below a day or a time are a timeline: all of their items begin with a time, or most."""
    items = [block for block in blocks(lines) if block.kind == "item"]
    return stamped(lines) or (bool(items) and all(map(begins_in_time, items)))


def joined(parts: Sequence[str]) -> str:
    """Phrases as one event."""
    return " · ".join(part for part in parts if part.strip())


def at_the_end(found: Sequence[Block]) -> list[list[RowDraft]]:
    """The rows of a list of which most items end with a time: `- The attacker tries again at 2021-02-13 5:40 AM`.

    A sentence stays whole, with its time said beside it; what stands there for a label gives its time away.
    """
    ended = [_ending(block) if block.kind == "item" else None for block in found]
    items = sum(block.kind == "item" for block in found)
    if sum(map(bool, ended)) < max(2, items / 2):
        return [[] for _ in found]
    return [[row] if row else [] for row in ended]


def _ending(block: Block) -> RowDraft | None:
    part = entry(block)
    found = moments.at_the_end(part.words)
    if found is None or found[1].clock is None or part.text != part.words or part.marker[0].isdigit():
        return None
    label = LABEL.fullmatch(part.words[: found[0]])
    event = label[2].strip() if label else part.words
    row = RowDraft(found[1].written, event, part.number, said_twice=not label)
    nest(row, part.rest)
    return row


def is_numbered(found: Sequence[Block], told: Sequence[list[RowDraft]]) -> bool:
    """Whether all items are one list numbered from 1 on, half of them with a time: the numbers say nothing then."""
    items = [(entry(block).marker, rows) for block, rows in zip(found, told, strict=True) if block.kind == "item"]
    timed = sum(bool(rows) for _, rows in items)
    return (
        timed >= 2
        and timed * 2 >= len(items)
        and all(marker[:-1] == str(number) for number, (marker, _) in enumerate(items, start=1))
    )


def without_number(row: RowDraft, block: Block) -> RowDraft:
    """A row without the number of its list, which says nothing."""
    marker = entry(block).marker if block.kind == "item" else ""
    if marker and row.event.startswith(marker):
        row.event, row.dropped = row.event[len(marker) :].strip(), marker
    return row


def rows_of(block: Block) -> list[RowDraft]:
    """The rows that a block is; none where it is something else."""
    if block.kind == "item":
        part = entry(block)
        found = moments.take(part.words) if part.text else None
        if found is None or not is_timed(found[0]) or part.words.count("<!--") != part.words.count("-->"):
            return []
        row = RowDraft(found[0].written, found[1], part.number)
        if part.marker[0].isdigit():
            row.event = f"{part.marker} {row.event}".strip()
        nest(row, part.rest)
        return [row]
    if block.kind == "para":
        return _para_rows(block)
    return []


def under_day(block: Block) -> list[RowDraft]:
    """The rows nested in an item that is a day: `- 2021-04-13` over `  - 4:16: …`; none where it is another."""
    part = entry(block)
    if not only_day(part.words) or not all_timed(part.rest):
        return []
    found: list[RowDraft] = []
    for inner in blocks(part.rest):
        rows = rows_of(inner)
        if rows:
            found += rows
        elif inner.kind == "item":
            row = RowDraft("", entry(inner).words, inner.number)
            nest(row, entry(inner).rest)
            found.append(row)
        else:
            return []
    return found


def nest(row: RowDraft, rest: Sequence[Line]) -> None:
    """Put what is nested in an item into its row, or below the table where that is too much."""
    if not any(not line.blank for line in rest):
        return
    if simple(rest) and sum(len(line.raw) for line in rest) <= LONGEST_EVENT:
        row.event = joined([row.event, *flat(rest)])
    else:
        row.details = [line.raw for line in rest]


def _para_rows(block: Block) -> list[RowDraft]:
    rows: list[RowDraft] = []
    for line in block.lines:
        words = _unbroken(line.raw)
        found = moments.take(words)
        if found is not None and is_timed(found[0]) and (rows or line is block.lines[0]) and "<!--" not in line.raw:
            moment, rest = found
            if moment.clock is None and rest and not line.raw.lstrip().startswith(("*", "[", "_", "`")):
                found = None  # prose that begins with a day
            else:
                rows.append(RowDraft(moment.written, rest, line.number))
                continue
        if not rows:
            return []
        if not rows[-1].event:
            words = _DEFINED.sub("", words)
        rows[-1].event = f"{rows[-1].event} {words}".strip()
    return rows


_DEFINED = re.compile(r"\A:[ \t]+")
"""What opens the definition of a term, be it a time."""


def _unbroken(raw: str) -> str:
    """A line without the backslash at its end that breaks it: in a cell it would be shown."""
    words = raw.strip()
    return words[:-1].rstrip() if words.endswith("\\") and not words.endswith("\\\\") else words


def is_timed(moment: Moment) -> bool:
    """Whether a moment says when something was, however roughly."""
    return moment.clock is not None or moment.day is not None or moment.part is not None or not moment.exact


def only_day(text: str) -> bool:
    """Whether a text is a day and nothing else but the zone of all times: `2021-03-01 (all times UTC)`."""
    found = moments.read(text)
    if found is None and (note := _NOTE.search(text)) and zones.says(note[1]):
        found = moments.read(text[: note.start()])
    return found is not None and found.clock is None and (found.day is not None or found.part is not None)


_NOTE = re.compile(r"\s*\(([^()]{5,60})\)\s*\Z")


def time_of(title: str) -> tuple[Moment, str] | None:
    """The time that a heading is, and what else it says; None for other headings."""
    found = moments.take(title)
    if found is None or not is_timed(found[0]):
        return None
    moment, rest = found
    if moment.clock is None and rest and moment.exact:
        return None  # "2019-01-23 outage" is a title
    return found


def rows_in(lines: Sequence[Line]) -> int:
    """How many rows these lines would become."""
    found = ((block, rows_of(block)) for block in blocks(lines))
    return sum(len(rows) for block, rows in found if block.kind != "para" or not only_day(block.words))


def stamped(lines: Sequence[Line]) -> bool:
    """Whether lines outside a timeline are one all the same: most of its items begin with a time."""
    items = [block for block in blocks(lines) if block.kind == "item"]
    if len(items) < 2:
        return False
    timed = [block for block in items if begins_in_time(block)]
    return len(timed) >= 2 and len(timed) * 2 >= len(items)


def begins_in_time(block: Block) -> bool:
    """Whether an item begins with a time of day."""
    match = BULLET.match(block.lines[0].text)
    found = moments.take(match[4]) if match else None
    return found is not None and found[0].clock is not None


def of_times(node: Node) -> bool:
    """Whether a section of any name is a timeline all the same: two headings or more below it, each a time of day."""
    times = [time_of(child.title) for child in node.children]
    return len(times) > 1 and all(found is not None and found[0].clock is not None for found in times)


def parted(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Lines of a section in two: the items that begin with a time, and everything else."""
    times: list[Line] = []
    others: list[Line] = []
    for block in blocks(lines):
        if block.kind == "item" and begins_in_time(block):
            # What stood between items may have had another indent: brought together, none is below another.
            indent = len(block.lines[0].raw) - len(block.lines[0].raw.lstrip(" "))
            times += [line.cut(indent) for line in block.lines]
        else:
            others += [*block.lines, Line(0, "", "")]
    return times, others
