"""Rows of a timeline that do not begin with their time: messages of a chat, and the updates of a status page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing.shapes.rows import RowDraft, is_timed, only_day, rows_of
from mkdocs_postmortem.importing.text import Block, Line, blocks

_WHO = r"(?:\*{1,2}|_{1,2})?@?[^\W\d_][\w.'’-]{0,30}(?:\s[^\W\d_][\w.'’-]{0,30}){0,2}(?:\*{1,2}|_{1,2})?:?"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\.?)?"
_SAID = re.compile(rf"\s{{0,3}}({_WHO})\s{{1,4}}(?:[\[(]({_CLOCK})[\])]|({_CLOCK}))\s*\Z", re.I)
"""The head of a message, as chats give it when it is copied: `**@dara** [10:02 AM]`, `Dara Quinn  10:02 AM`."""
_TRACK = re.compile(r"\s*\{\{[<%]\s*(track)\s+[\"']([^\"'{}]{5,40})[\"']\s*[>%]\}\}\s*\Z")
"""What cState writes behind an update."""
_LEAST = 2
_LEAST_CLOCKS = 3
"""Times of day without a day that have to come one before the other, until the latest is known to stand first."""


def said(found: Sequence[Block]) -> list[list[RowDraft]]:
    """The rows of paragraphs that are messages of a chat, each below who said it and when."""
    told = [_messages(block) if block.kind == "para" else [] for block in found]
    return told if sum(map(len, told)) >= _LEAST else [[] for _ in found]


def _messages(block: Block) -> list[RowDraft]:
    rows: list[RowDraft] = []
    for line in block.lines:
        match = _SAID.match(line.text) if "<!--" not in line.raw else None
        if match:
            rows.append(RowDraft(match[2] or match[3], f"{match[1].rstrip(':')}:", line.number))
        elif rows:
            rows[-1].event = f"{rows[-1].event} {line.raw.strip()}".strip()
        else:
            return []
    return rows


def dated_below(found: Sequence[Block]) -> list[list[RowDraft]]:
    """The rows of paragraphs that end with their time, on a line of its own or in a shortcode of cState."""
    told = [[row] if (row := _dated_below(block)) else [] for block in found]
    paragraphs = sum(block.kind == "para" for block in found)
    return told if sum(map(bool, told)) >= max(_LEAST, paragraphs / 2) else [[] for _ in found]


def _dated_below(block: Block) -> RowDraft | None:
    if block.kind != "para" or "<!--" in block.words:
        return None
    last = block.lines[-1].raw.strip()
    above = [line.raw.strip() for line in block.lines[:-1]]
    if track := _TRACK.search(last):
        moment = moments.read(track[2])
        event = " ".join([*above, last[: track.start()]]).strip()
        found = RowDraft(track[2].strip(), event, block.number, dropped=track[1]) if moment and event else None
        return found if moment and moment.clock is not None else None
    moment = moments.read(last)
    if not above or moment is None or moment.clock is None or not (moment.day or moment.part):
        return None
    return RowDraft(moment.written, " ".join(above), block.number)


def are_updates(lines: Sequence[Line]) -> bool:
    """Whether lines below no heading of a timeline are one: paragraphs that end with their day and time.

    Or below a time of day each, on a line of its own.
    """
    found = blocks(lines)
    return any(dated_below(found)) or sum(_is_clock(block) for block in found) >= _LEAST


def _is_clock(block: Block) -> bool:
    if block.kind != "para" or len(block.lines) > 1:
        return False
    moment = moments.read(block.words.strip("*_ "))
    return moment is not None and moment.clock is not None and is_timed(moment)


def in_time(found: list[Block], told: list[list[RowDraft]]) -> tuple[list[Block], list[list[RowDraft]]]:
    """Updates in the order in which they came, where the latest stands first; what follows each goes with it.

    Days and times have to go back from each to the next; without days, a time of day may be of the day before.
    """
    heads = [at for at, rows in enumerate(told) if rows]
    rows = [row for at in heads for row in told[at]]
    if len(rows) != len(heads) or not _latest_first(rows):
        return found, told
    ends = [*heads[1:], len(found)]
    order = [*range(heads[0])]
    for first, end in zip(heads[::-1], ends[::-1], strict=True):
        order += [at for at in range(first, end) if found[at].kind != "rule"]
    told[heads[-1]][0].why = "the latest stood first"
    return [found[at] for at in order], [told[at] for at in order]


def _latest_first(rows: Sequence[RowDraft]) -> bool:
    read = [moments.read(row.time) for row in rows]
    whens = [(one.day, one.part, one.clock) for one in read if one is not None and one.clock is not None]
    if len(whens) != len(rows) or len(whens) < _LEAST:
        return False
    days = [day or part for day, part, _ in whens]
    if not any(days):
        clocks = [clock for *_, clock in whens if clock is not None]
        return len(clocks) >= _LEAST_CLOCKS and all(later > before for later, before in pairwise(clocks))
    if not (all(day for day, *_ in whens) or all(part for _, part, _ in whens)):
        return False
    stamps = [(day or part, clock) for day, part, clock in whens]
    return all(later >= before for later, before in pairwise(stamps)) and stamps[0] > stamps[-1]


def is_heading(rows: Sequence[RowDraft]) -> bool:
    """Whether a row is a time on a line of its own: what follows is its event."""
    return len(rows) == 1 and not rows[0].event and not only_day(rows[0].time)


def parted(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Lines in two: those above the first update, and those from it on."""
    found = blocks(lines)
    told = dated_below(found)
    if not any(told):
        told = [rows_of(block) if _is_clock(block) else [] for block in found]
    first = next(block.number for block, rows in zip(found, told, strict=True) if rows)
    return [line for line in lines if line.number < first], [line for line in lines if line.number >= first]
