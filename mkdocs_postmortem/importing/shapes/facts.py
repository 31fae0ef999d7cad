"""Facts that documents state by a label: header lines, key/value tables and lists, headings, key events.

Each is handed on as it stands: what it is worth is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing.shapes.labels import LABEL
from mkdocs_postmortem.importing.text import BULLET, Block, Line, Node, blocks, entry
from mkdocs_postmortem.importing.words import FACT, FREE, ROLE, STAMPS
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.reading.tables import split_row
from mkdocs_postmortem.vocabulary import fold

_LINE = re.compile(
    r"\s*(?:[-*+]\s+)?([A-Za-z\u00C0-\uFFEF][^:|*_`\n]{0,40}?(?:\(hh?:mm\))?)(?:\s*[::]|\s+=)\s+(\S.*|)\Z", re.I
)
_EMPTY_LINE = re.compile(r"\s*(?:[-*+]\s+)?([A-Za-z\u00C0-\uFFEF][^:|*_`\n]{0,40}?)\s*[::]\s*\Z")
_HEADED = re.compile(r"([^:]{1,40}?)\s*:\s+(\S.*)\Z")
_SHORT = 120
_LEAST = 3
_COMMIT = re.compile(r"\s*commit [0-9a-f]{7,64}\b")
"""What git prints begins so: whose commit it was is no fact of the incident."""
_PEOPLE = frozenset({"authors", "reviewers", "participants"})


class Stated(NamedTuple):
    """A label and what stands behind it."""

    label: str
    field: str
    value: str
    line: int
    form: str
    """`line`, `label`, `table`, `heading`, `list`, `event`, `period`."""


def headers(lines: Sequence[Line], certain: bool = True) -> Iterator[Stated]:
    """Facts among the lines of a document's head, or of a section that holds nothing else (`Stats`).

    Where it is not certain that the lines are a head, plain labels count only in lists of nothing else.
    """
    for block in blocks(lines):
        if block.kind == "table":
            yield from pairs(block)
        elif block.kind == "item":
            goes_on = sum(not line.blank for line in entry(block).head) > 1
            for item in _line(entry(block).head[0], "label" if not certain else "line", plainly=certain):
                if not (goes_on and item.field in FREE):  # half a sentence is no fact
                    yield item
            if certain:
                for line in entry(block).rest:
                    if not line.code:
                        yield from _line(line, "line", plainly=True)
        elif block.kind in ("para", "quote") and not _COMMIT.match(block.lines[0].text):
            for line in block.lines:
                yield from _line(line, "label" if not certain else "line", plainly=certain)


def _line(line: Line, form: str, plainly: bool) -> Iterator[Stated]:
    text = line.text.strip().lstrip("> ")
    match = BULLET.match(text)
    if match and match[4]:
        text = match[4]
    for part in _parts(text, plainly):
        yield from _part(part, line.number, form, plainly)


def _parts(text: str, plainly: bool) -> list[str]:
    """A line of several facts in pieces: `**Severity:** 2 | **Duration:** 4 h`, `TTD: 5 min  TTR: 1 h`."""
    first = _LINE.match(text) if plainly else None
    if LABEL.match(text) is None and not (first and _field(first[1])):
        return [text]
    parts: list[str] = []
    last = 0
    for sign in _BETWEEN.finditer(text):
        rest = text[sign.end() :]
        label = LABEL.match(rest)
        name = label[2] if label else plain_label[1] if plainly and (plain_label := _LINE.match(rest)) else ""
        if name and (_field(name) or (label and "|" in sign[0])):
            parts.append(text[last : sign.start()])
            last = sign.end()
    return [*parts, text[last:].rstrip(".")] if parts else [text]


_BETWEEN = re.compile(r"\s+[|·•;]\s+|[ \t]{2,}|[,;]\s+|\.\s+(?=[A-Z])")
"""What stands between facts in one line."""


def _part(text: str, number: int, form: str, plainly: bool) -> Iterator[Stated]:
    label = LABEL.match(text)
    if label is not None:
        name, value = label[2], text[label.end() :]
    elif plainly and (plain_label := _LINE.match(text) or _EMPTY_LINE.match(text)):
        name, value = plain_label[1], plain_label[2] if plain_label.re is _LINE else ""
    else:
        return
    field = _field(name)
    if field:
        yield Stated(name.strip(), field, value.strip(), number, form)


def _field(name: str) -> str | None:
    """The fact that a label states; what somebody did in the incident says who took part."""
    return FACT(name) or FACT(_UNIT.sub("", name)) or ("participants" if ROLE(name) else None)


_UNIT = re.compile(r"\s*\((?:hh?:mm|h:m|min|mins|minutes|hours?|utc|gmt)\)\s*\Z", re.I)
"""What is said behind a label of how its value is written: `Duration (hh:mm)`."""


def pairs(block: Block) -> Iterator[Stated]:
    """Rows of a table of two columns that say a fact each, the header included: `| Severity | 1 |`.

    In a table of more columns and one row below its head each column is a fact.
    """
    if len(block.lines) == _ONE_ROW:
        yield from _columns(block)
    for at, line in enumerate(block.lines):
        if at == 1:
            continue
        cells = [cell.text for cell in split_row(line.text.strip(), line.number)]
        if len(cells) != 2:
            return
        name = plain(cells[0]).rstrip(": ")
        field = _field(name) if name else None
        if at == 0 and field in STAMPS and not any(char.isdigit() for char in cells[1]):
            continue  # the head of a timeline
        if field:
            yield Stated(name, field, cells[1].strip(), line.number, "table")


_ONE_ROW = 3
"""Lines of a table with one row."""


def _columns(block: Block) -> Iterator[Stated]:
    names, _, row = [[cell.text.strip() for cell in split_row(line.text.strip(), line.number)] for line in block.lines]
    fields = [_field(plain(name).rstrip(": ")) if name else None for name in names]
    if len(names) > 2 and len(row) == len(names) and sum(field is not None for field in fields) > 1:
        for name, field, value in zip(names, fields, row, strict=True):
            if field:
                yield Stated(plain(name), field, value, block.lines[2].number, "table")


def of_heading(node: Node) -> Stated | None:
    """`## Date: July 1, 2020`, or `## Severity` with a word or two below it."""
    match = _HEADED.match(plain(node.title))
    if match and (field := FACT(match[1])):
        return Stated(match[1], field, match[2].strip(), node.number, "heading")
    field = FACT(node.title)
    if field is None or node.key is not None or node.children:
        return None
    below = [block for block in blocks(node.lines) if block.kind != "silent"]
    if field in _PEOPLE and len(below) > 1 and all(_is_name(block) for block in below):
        return Stated(node.title, field, ", ".join(entry(block).words for block in below), below[0].number, "heading")
    if len(below) != 1 or below[0].kind not in ("para", "item") or len(below[0].words) > _SHORT:
        return None
    if below[0].kind == "item" and any(not line.blank for line in entry(below[0]).rest):
        return None
    words = entry(below[0]).words if below[0].kind == "item" else below[0].words
    return Stated(node.title, field, words, below[0].number, "heading")


def _is_name(block: Block) -> bool:
    """Whether an item of a list is one name, as far as its form can tell."""
    if block.kind != "item" or len(block.words) > _SHORT:
        return False
    part = entry(block)
    return bool(part.words) and "," not in part.words and all(line.blank for line in part.rest)


def is_table_of_facts(lines: Sequence[Line]) -> bool:
    """Whether a section holds facts and hardly anything else: a list of labels, or a table of two columns."""
    parts = [block for block in blocks(lines) if block.kind != "silent"]
    stated = sum(1 for _ in headers(lines))
    every = sum(
        len(block.lines) - (2 if block.kind == "table" else 0) if block.kind != "item" else 1 for block in parts
    )
    return stated >= 1 and every <= 40 and stated * 2 >= every


def events(lines: Sequence[Line]) -> list[tuple[str, str, int]]:
    """The bullets of `Key events`: the words, the time as written, the line. The time stands at the end."""
    found: list[tuple[str, str, int]] = []
    for block in blocks(lines):
        if block.kind != "item":
            continue
        part = entry(block)
        words, when = _trailing(part.text)
        found.append((words, when, part.number))
    return found


_STAMP_AT = re.compile(
    r"(?<![\w.])\d{4,5}[-/.]\d{1,2}[-/.]\d{1,2}|(?<![\w.:])\d{1,2}:\d{2}|(?<!\w)\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"
)


def _trailing(text: str) -> tuple[str, str]:
    """`First detected 2020-08-25 11:01` in two: what happened, and when."""
    label = LABEL.match(text)
    if label is not None and moments.read(text[label.end() :]):
        return label[2].strip(), text[label.end() :].strip()
    match = _STAMP_AT.search(text)
    if match is None:
        return text, ""
    when = text[match.start() :].strip()
    taken = moments.take(when)
    if taken is not None and taken[1].strip(" .)"):
        return text, ""
    return text[: match.start()].strip().rstrip(":-–— ").strip(), when


def event_field(words: str) -> str | None:
    """The stamp that an event of `Key events` is: `First detected`, `Repaired`, `Resolved`."""
    field = FACT(words) or _EVENTS.get(fold(words))
    return field if field in STAMPS else None


_EVENTS = {"fixed": "mitigated_at"}
"""What is a stamp among key events, and too common a word to be one elsewhere."""
