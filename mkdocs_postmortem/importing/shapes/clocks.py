"""Clocks that are written otherwise than with a colon, and the places whose clocks are meant."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing import zones
from mkdocs_postmortem.importing.shapes.rows import only_day
from mkdocs_postmortem.importing.text import BULLET, Line, Node, blocks

SOON = 300
"""Minutes after which the next time of a group may as well be of the other half of the day."""


def colons(node: Node) -> frozenset[int]:
    """Make `11.13` at the head of paragraphs and items `11:13`, where most of them begin so; their lines.

    A number with a full stop may be anything: only many of them, one after the other in time and most of them with
    two digits for the hour, are clocks.
    """
    begun = [
        (part, block.lines[0])
        for part in node.walk()
        for block in blocks(part.lines)
        if block.kind in ("para", "item") and not (block.kind == "para" and only_day(block.words))
    ]
    matches = [(part, line, match) for part, line in begun if (match := _DOTTED.match(line.text))]
    listed = any(BULLET.match(line.text) for _, line, _ in matches)
    begun = [(part, line) for part, line in begun if listed or not BULLET.match(line.text)]
    if len(matches) < _LEAST_DOTTED or len(matches) * 2 < len(begun) or any(_timed_line(line) for _, line in begun):
        return frozenset()
    if sum(len(match[2]) > 1 for _, _, match in matches) * 2 < len(matches):
        return frozenset()  # `1.19`, `1.20`: versions
    minutes = [_minutes(line) for _, line, _ in matches]
    back = sum(later < before for before, later in pairwise(minutes))
    if back * 4 > len(minutes):
        return frozenset()
    at = {line.number: match.end(2) for _, line, match in matches}
    for block in (block for part in node.walk() for block in blocks(part.lines)):
        if block.kind == "para" and block.number in at:
            # Lines of such a paragraph that go on in time are rows as well.
            last = _minutes(block.lines[0])
            for line in block.lines[1:]:
                if (match := _DOTTED.match(line.text)) and 0 <= _minutes(line) - last <= SOON:
                    at[line.number], last = match.end(2), _minutes(line)
    for part in node.walk():
        part.lines = [_colon(line, at[line.number]) if line.number in at else line for line in part.lines]
    return frozenset(at)


def _minutes(line: Line) -> int:
    """The time of day, in minutes, that a line begins with: `11.13`."""
    match = _DOTTED.match(line.text)
    return int(match[2]) * 60 + int(match[3]) if match else 0


def _timed_line(line: Line) -> bool:
    match = BULLET.match(line.text)
    found = moments.take(match[4] if match else line.text)
    return found is not None and found[0].clock is not None


def _colon(line: Line, at: int) -> Line:
    return line._replace(raw=f"{line.raw[:at]}:{line.raw[at + 1 :]}", text=f"{line.text[:at]}:{line.text[at + 1 :]}")


_DOTTED = re.compile(r"(\s{0,3}(?:[-*+]\s{1,3})?[*_`\[]{0,3})([01]?\d|2[0-3])\.([0-5]\d)(?![\d.%])(?=[\s*_`\]:,-]|\Z)")


_LEAST_DOTTED = 3


class Joined(NamedTuple):
    """What became of the clocks of a timeline that were written without a colon."""

    lines: frozenset[int]
    dropped: tuple[str, ...]
    added: tuple[str, ...]


def without_colons(node: Node) -> Joined:
    """Make `1625` at the head of lines and items `16:25`, where most of them begin so.

    A number of four digits may be anything, a year first of all: only several of them, one after the other in time,
    are clocks, and not all of them may be years.
    """
    begun: list[tuple[Line, re.Match[str] | None]] = []
    for block in (block for part in node.walk() for block in blocks(part.lines)):
        if block.kind in ("para", "item"):
            first, *more = block.lines
            begun.append((first, _JOINED.match(first.text)))
            if block.kind == "para" and begun[-1][1]:
                begun += [(line, match) for line in more if (match := _JOINED.match(line.text))]
    found = [(line, match) for line, match in begun if match]
    minutes = [int(match[2]) * 60 + int(match[3]) for _, match in found]
    years = sum(match[2] in ("19", "20") and not match[4] for _, match in found)
    back = sum(later < before for before, later in pairwise(minutes))
    if len(found) < _LEAST_DOTTED or len(found) * 2 < len(begun) or years == len(found) or back * 4 > len(found):
        return Joined(frozenset(), (), ())
    at = {line.number: match.end(2) for line, match in found}
    for part in node.walk():
        part.lines = [_with_colon(line, at[line.number]) if line.number in at else line for line in part.lines]
    written = [(f"{match[2]}{match[3]}", f"{match[2]}:{match[3]}") for _, match in found]
    return Joined(frozenset(at), tuple(old for old, _ in written), tuple(new for _, new in written))


def _with_colon(line: Line, at: int) -> Line:
    return line._replace(raw=f"{line.raw[:at]}:{line.raw[at:]}", text=f"{line.text[:at]}:{line.text[at:]}")


_JOINED = re.compile(
    r"(\s{0,3}(?:[-*+]\s{1,3})?[*_`\[(]{0,3})([01]\d|2[0-3])([0-5]\d)(?![\w.:/%])(?!-\d)"
    r"(?=[*_`\])]{0,3}\s*(?:(UTC|GMT|Z|[A-Z]{1,4}T|hrs?|h)\b)?[*_`\])]{0,3}\s*(?:[-–—:|,]|\s[A-Za-z*_`@\[]))"
)


def places(node: Node) -> dict[int, str]:
    """The place behind each time of a list where all have the same one: `16:37 Denver - Plugins updated`.

    Its clock is meant, but which offset that is nobody says: the times are not dated then, and a person is told.
    """
    found: dict[int, str] = {}
    for part in node.walk():
        begun = [
            (block.number, match[1] if (match := _PLACED.match(block.lines[0].text)) else "")
            for block in blocks(part.lines)
            if block.kind in ("para", "item") and _timed_line(block.lines[0])
        ]
        names = {name for _, name in begun}
        if len(begun) >= _LEAST_PLACED and len(names) == 1 and zones.is_place(next(iter(names))):
            found.update(begun)
    return found


_PLACED = re.compile(
    r"\s{0,3}(?:[-*+]\s{1,3})?[*_`\[]{0,3}\d{1,2}:\d{2}\s([A-Z][a-z]+(?:\s[A-Z][a-z]+)?)(?=\s(?:-|–|—)\s)"
)


_LEAST_PLACED = 2
