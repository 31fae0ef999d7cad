"""The prose of a document in blocks, each with the way back to its places in the file.

Left out is what the author does not say in their own words: code, quotations, log lines,
comments, headings, and the targets of links.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.reading.masking import CODE, TEXT, mask
from mkdocs_postmortem.reading.tables import is_rule, split_row

_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX-]\][ \t]+)?")
_LOG = re.compile(
    r"[ \t]*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
    r"|\[?[A-Z]{1,5} ?\d{4,6} |\[?\d\d:\d\d:\d\d[.,]?\d*\]?[ \t]+[A-Z]{4,}\b"
    r"|\$ |>>> |[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d )"
)
_HIDDEN = re.compile(
    r"`[^`\n]*`"
    r"|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\]\[[^\[\]\n]*\]"
    r"|<[^<>\n]{1,400}>"
    r"|https?://[^\s)>\]]+"
    r'|"[^"\n]{1,400}"|“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»'
    r"|(?<![\w'’])['‘](?=\w)[^'’\n]{1,400}['’](?!\w)"
)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|[\[\]!](?=\[)|[\[\]]")
_BLOCK_HTML = re.compile(r"[ \t]{0,3}</?[a-zA-Z][^<>]*>[ \t]*\Z")

NOT_PROSE = frozenset({"logs", "references", "metrics"})
"""Sections of what others wrote: their words are not the author's."""


class Block(NamedTuple):
    """Some lines, or a cell, that are read as one text. `text` has the length of what was written."""

    text: str
    """Code, quotations and addresses are blanked, a `§` in place of their first sign."""
    starts: tuple[int, ...]
    """Where in `text` each of its lines begins."""
    places: tuple[tuple[int, int], ...]
    """Line and column, from 1, of each of those beginnings."""
    written: str
    """The same as it was written, for quoting."""
    key: str | None
    """Canonical name of the section that it stands in."""
    kind: str
    """`prose`, `cell`, or the name of the front-matter list it is from."""

    @property
    def lines(self) -> range:
        """Its lines, from 1."""
        return range(self.places[0][0], self.places[-1][0] + 1)

    def span(self, start: int, end: int) -> Span:
        """The place in the file of some signs of `text`; its end stays on the line of its beginning."""
        at = bisect_right(self.starts, start) - 1
        line, column = self.places[at]
        limit = self.starts[at + 1] - 1 if at + 1 < len(self.starts) else len(self.text)
        first = column + start - self.starts[at]
        return Span(line, first, max(first + 1, column + min(end, limit) - self.starts[at]))


def blank(text: str) -> str:
    """Text without what it only mentions, sign for sign: code, quotations, addresses."""
    if "’" in text:
        text = _single(text)
    if any(sign in text for sign in "`<]\"“„«'‘:"):
        text = _HIDDEN.sub(_mark, text)
    if any(sign in text for sign in "*_[]~"):
        text = _EMPHASIS.sub(lambda match: " " * len(match[0]), text)
    return text


def _single(text: str) -> str:
    """Typographic apostrophes inside words as the plain ones that the lists are written with."""
    return _APOSTROPHE.sub("'", text)


_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w|s\b)")


def _mark(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith(("](", "][")):
        return " " * len(found)
    if found[0] == "<" and not found.startswith(("<http", "<mailto")):
        return " " * len(found)
    return "§" + " " * (len(found) - 1)


def _any(_lines: Sequence[int]) -> bool:
    return True


def blocks(record: PostMortem, wanted: Callable[[Sequence[int]], bool] = _any) -> Iterator[Block]:
    """The blocks of a record's body whose lines (from 1) are wanted."""
    document = record.document
    lines = document.lines
    first = document.body_line - 1
    kinds = bytearray(len(lines))
    mask(lines, first, kinds, [])
    titles: dict[int, str | None] = {}
    keys: list[str | None] = []
    for index, section in enumerate(document.sections):
        above = keys[section.parent] if section.parent >= 0 else None
        keys.append(section.key or above)
        titles[section.span.line - 1] = keys[index]
    key: str | None = None
    group: list[tuple[int, int]] = []  # line and column, from 0, of what is read together

    def done() -> Iterator[Block]:
        if key not in NOT_PROSE and wanted([line + 1 for line, _ in group]):
            yield _joined(lines, group, key)
        group.clear()

    indented_code = quoted = False
    for number in range(first, len(lines)):
        line = lines[number]
        if number in titles:
            if group:
                yield from done()
            key = titles[number]
            continue
        if kinds[number] != TEXT:
            if group:
                yield from done()
            indented_code = kinds[number] != CODE
            quoted = False
            continue
        stripped = line.lstrip()
        sign = stripped[0]
        item = _ITEM.match(line) if sign in _BEGIN_ITEM else None
        quoted = sign == ">" or (quoted and not item)  # a quotation reaches to the next empty line
        if quoted or sign == "#" or _is_no_prose(line, stripped):
            if group:
                yield from done()
            continue
        if (
            line.startswith(("    ", "\t"))
            and not item
            and not group
            and indented_code
            and not _in_list(lines, number, first)
        ):
            continue  # an indented code block
        indented_code = False
        if "|" in stripped and (stripped[0] == "|" or _in_table(lines, number)):
            if group:
                yield from done()
            if not is_rule(line) and key not in NOT_PROSE and wanted((number + 1,)):
                yield from _cells(line, number, key)
            continue
        if item and group:
            yield from done()
        group.append((number, item.end() if item else len(line) - len(stripped)))
    if group:
        yield from done()
    yield from _front(record, lines, wanted)


_BEGIN_ITEM = frozenset("-*+0123456789")


def _is_no_prose(line: str, stripped: str) -> bool:
    """Whether a line is of a log, a tag, or a rule below a heading; most lines are told by their first letter."""
    sign = stripped[0]
    if sign.islower():
        return False
    return (
        _LOG.match(line) is not None
        or (sign == "<" and _BLOCK_HTML.match(line) is not None)
        or (sign in "=-" and stripped.strip("=-") == "")
    )


def _in_list(lines: Sequence[str], number: int, first: int) -> bool:
    """Whether an indented line continues a list item above it, over blank lines."""
    for at in range(number - 1, max(first, number - 40) - 1, -1):
        line = lines[at]
        if not line.strip():
            continue
        if _ITEM.match(line):
            return len(lines[number]) - len(lines[number].lstrip()) < 8 or line.startswith((" ", "\t"))
        if not line.startswith((" ", "\t")):
            return False
    return False


def _in_table(lines: Sequence[str], number: int) -> bool:
    """Whether a line with a pipe is a row: a rule stands above it, or right below."""
    if number + 1 < len(lines) and is_rule(lines[number + 1]):
        return True
    at = number
    while at > 0 and "|" in lines[at - 1] and number - at < 3:
        at -= 1
        if is_rule(lines[at]):
            return True
    return number - at >= 3


def _joined(lines: Sequence[str], group: Sequence[tuple[int, int]], key: str | None) -> Block:
    parts = [lines[line][column:] for line, column in group]
    starts, at = [], 0
    for part in parts:
        starts.append(at)
        at += len(part) + 1
    written = " ".join(parts)
    return Block(
        blank(written), tuple(starts), tuple((line + 1, column + 1) for line, column in group), written, key, "prose"
    )


def _cells(line: str, number: int, key: str | None) -> Iterator[Block]:
    for cell in split_row(line, number + 1):
        if " " in cell.text:
            place = (cell.span.line, cell.span.column)
            yield Block(blank(cell.text), (0,), (place,), cell.text, key, "cell")


_LISTS = (("timeline", "event"), ("action_items", "action"))


def _front(record: PostMortem, lines: Sequence[str], wanted: Callable[[Sequence[int]], bool]) -> Iterator[Block]:
    """The words of the timeline and the action items where front matter has them."""
    for name, field in _LISTS:
        items = record.document.front.get(name)
        for n, item in enumerate(items if isinstance(items, list) else ()):
            words = item.get(field) if isinstance(item, dict) else None
            span = record.places.get((name, n, field))
            if not isinstance(words, str) or span is None or span.line > len(lines):
                continue
            at = lines[span.line - 1].find(words, span.column - 1)
            if at >= 0 and wanted((span.line,)):
                yield Block(blank(words), (0,), ((span.line, at + 1),), words, name, name)
