"""Timelines of every shape to tables: times as headings, in brackets, in bold, in bullets, in tables of other names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from mkdocs_postmortem import dates, moments
from mkdocs_postmortem.importing import zones
from mkdocs_postmortem.importing.found import Piece, Row
from mkdocs_postmortem.importing.shapes import updates
from mkdocs_postmortem.importing.shapes.clocks import SOON, colons, places, without_colons
from mkdocs_postmortem.importing.shapes.rows import (
    LONGEST_EVENT,
    RowDraft,
    all_timed,
    at_the_end,
    is_numbered,
    is_timed,
    joined,
    nest,
    only_day,
    rows_of,
    time_of,
    under_day,
    without_number,
)
from mkdocs_postmortem.importing.text import Block, Line, Node, blocks, entry, flat, simple
from mkdocs_postmortem.reading.tables import inside_code, split_row
from mkdocs_postmortem.settings import Settings

_SPACES = re.compile(r"\s+")


@dataclass
class Told:
    """What became of some lines of a timeline."""

    pieces: list[Piece] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


class _Writer:
    """Puts rows into tables, and everything else between them, in the order it comes."""

    def __init__(self, settings: Settings, header: str) -> None:
        self.settings = settings
        self.header = header
        self.told = Told()
        self.run: list[RowDraft] = []
        self.tail: list[str] = []
        self.loose: list[str] = []
        """Lines that are no rows, and may still go on."""
        self.day = ""
        """The words of a line that says the day of what follows, and nothing else."""
        self.day_line = 0
        self.beside = ""
        """What that line says in brackets beside the day: `(All times CEST)`."""
        self.zone: tuple[str, int] | None = None
        """The zone that it says there, for the times below it that name none."""
        self.day_waits = False
        """The day is a heading's: what stands between it and its first row does not use it up."""
        self.headed: tuple[str, int] | None = None
        """The day that stands over the tables that follow: that of each whose first row names none."""
        self.last: time | None = None
        """The time of day of the last row below that day."""
        self.halves: _Halves | None = None
        self.general: tuple[str, int] | None = None
        """The day of all rows that name no other, as a sentence of the timeline says it, and its line."""
        self.elsewhere = False
        """The row above names a day of its own."""
        self.odd: dict[int, str] = {}
        """Lines whose clock was written otherwise, and how."""
        self.places: dict[int, str] = {}
        """The place behind the time of a line, whose clock it is."""
        self.heading = ""
        self.level = 3

    def row(self, row: RowDraft) -> None:
        if self.halves is not None and (half := self.halves.of(row.time)):
            row.time = f"{row.time} {half}"
            row.why = f"{half} is that of line {self.halves.line}"
            self.told.added.append(half)
        elif self.halves is not None and self.halves.lost:
            row.why = "whether it is morning or evening is not said"
            self.halves = None
        found = moments.read(row.time)
        clock = found.clock if found and not (found.day or found.part) else None
        if (place := self.places.get(row.line, "")) and row.event.startswith(place):
            row.time, row.event = f"{row.time} {place}", row.event[len(place) :].lstrip(" -–—")
            row.why = f"which offset {place} is cannot be told"
        if self.day:
            self._begin(row)
        elif self.general and clock and self.elsewhere:
            row.time = f"{self.general[0]} {row.time}"
            row.why = f"the day is that of line {self.general[1]}"
            self.told.added.append(self.general[0])
        elif self.headed and clock is None and row.time:
            self.headed = None  # a day of its own, or nobody knows
        elif self.headed and clock and self.last and clock < self.last:
            if not self.run:
                row.why = f"whether its day is that of line {self.headed[1]} or the next is not said"
            self.headed = None
        elif self.headed and clock and not self.run:
            row.time = f"{self.headed[0]} {row.time}"
            row.why = f"the day is that of line {self.headed[1]}"
            self.told.added.append(self.headed[0])
        if self.zone and found and found.clock and not (found.zone or place):
            row.time = f"{row.time} {self.zone[0]}"
            row.why = row.why or f"{self.zone[0]} is that of line {self.zone[1]}"
            self.told.added.append(self.zone[0])
        if found and found.clock and row.line in self.odd:
            row.why = row.why or self.odd[row.line]
        self.last = clock or self.last
        self.elsewhere = bool(found and (found.day or found.part))
        self.run.append(row)

    def _begin(self, row: RowDraft) -> None:
        """The first row below a day says it; what the day's line says beside it is a zone, or goes into the event."""
        row.time = f"{self.day} {row.time}".strip()
        self.headed = self.day, self.day_line
        zone = dates.named_zone(self.beside) if self.beside else None
        self.zone = (zone.name, self.day_line) if zone else None
        if self.beside and zone:
            self.told.dropped.append(self.beside)
        elif self.beside:
            row.event = f"({self.beside}) {row.event}".strip()
        self.day = self.beside = ""

    def over(self, day: str, line: int, heading: bool) -> None:
        """A day that stands over what follows; one before it that nothing followed is a row of its own."""
        if self.day:
            self.flush()
        match = _BESIDE.fullmatch(day)
        apart = match and only_day(match[1]) and not ((whole := moments.read(f"{day} 10:02")) and whole.clock)
        self.day, self.beside = (match[1], match[2]) if match and apart else (day, "")
        self.day_line, self.day_waits = line, heading
        self.last = self.zone = None

    def lines(self, lines: Sequence[str], glued: bool = False) -> None:
        """Other lines: they end the table before them, or go on with the lines before them."""
        if glued and self.loose:
            self.loose += lines
            return
        self.flush(waiting=True)
        self.loose = list(lines)

    def flush(self, waiting: bool = False) -> None:
        """End the table; a heading's day that is `waiting` for its first row goes on to wait."""
        if self.loose:
            loose, self.loose = self.loose, []
            self._piece(loose)
        if self.day and not (self.day_waits and waiting):
            whole = f"{self.day} ({self.beside})" if self.beside else self.day
            day, self.day, self.beside = self.day, "", ""
            if self.day_waits or self.run:
                self.run.append(RowDraft(whole, "", self.day_line))
            else:
                # Nothing but words follows: it stands over the next table.
                self._piece([whole])
                self.headed, self.last = (day, self.day_line), None
        if not self.run:
            if self.tail:
                self._piece(self.tail)
                self.tail = []
            return
        made = [self.header, "|------|-------|"]
        made += [f"| {cell(row.time)} | {cell(row.event)} |" for row in self.run]
        self.told.added.append(self.header)
        self._piece(made)
        self.told.rows += [Row(row.time, row.event, row.line, row.why) for row in self.run]
        self.told.dropped += [row.dropped for row in self.run if row.dropped]
        self.told.added += [row.time for row in self.run if row.said_twice]
        for row in self.run:
            if row.details:
                self.told.pieces.append(Piece(tuple(row.details), row.time or "…", self.level + 1, own=False))
        if self.tail:
            self.told.pieces.append(Piece(tuple(self.tail)))
        self.run, self.tail = [], []

    def _piece(self, lines: list[str]) -> None:
        if self.heading:
            self.told.pieces.append(Piece(tuple(lines), self.heading, self.level))
            self.heading = ""
        else:
            self.told.pieces.append(Piece(tuple(lines)))


class _Halves:
    """Morning or afternoon of the times below a heading that says it: `1:42-1:59 PM` over `1:44`, `1:51`."""

    def __init__(self, written: str, line: int) -> None:
        match = _HALF.search(written)
        found = moments.read(written)
        self.line = line
        self.at = found.clock.hour * 60 + found.clock.minute if match and found and found.clock else -1
        self.lost = False
        """The time that was asked for last comes too late after the one above it for anybody to know."""

    def of(self, written: str) -> str:
        """What a time that does not say it has to be, so that it comes soon after the one above it; empty if unsure."""
        found = moments.read(written)
        if self.at < 0 or found is None or found.clock is None or found.day or found.part or _HALF.search(written):
            return ""
        minutes = found.clock.hour * 60 + found.clock.minute
        if not 60 <= minutes < 780:
            self.at = -1  # a clock of 24 hours
            return ""
        ahead = (minutes - self.at) % 720
        if ahead > SOON:
            self.at, self.lost = -1, True
            return ""
        self.at += ahead
        last = _CLOCKS.findall(written)[-1]
        end = self.at + (int(last[0]) * 60 + int(last[1]) - minutes) % 720
        return "PM" if end % 1440 >= 720 else "AM"


_BESIDE = re.compile(r"([^()]{4,80}?)\s*\(([^()]{2,60})\)")
_HALF = re.compile(r"\d(?:\s?[ap]\.?m|[ap])\b", re.I)
_CLOCKS = re.compile(r"(\d{1,2}):(\d{2})")


def convert(node: Node, settings: Settings, header: str) -> Told:
    """A timeline and what is below its heading, with every time in a table. `header` is the table's first line."""
    writer = _Writer(settings, header)
    writer.general = _general(node.lines)
    writer.odd = dict.fromkeys(colons(node), "a clock written with a full stop")
    joined_clocks = without_colons(node)
    writer.odd.update(dict.fromkeys(joined_clocks.lines, "a clock written without a colon"))
    writer.told.dropped += joined_clocks.dropped
    writer.told.added += joined_clocks.added
    writer.places = places(node)
    _own_lines(node.lines, writer)
    for child in node.children:
        _child(child, writer, 0)
    writer.flush()
    return writer.told


def _general(lines: Sequence[Line]) -> tuple[str, int] | None:
    """The day of all rows that name no other: `Unless otherwise stated, all events were on 2024-03-12`."""
    for line in lines:
        found = general_day(line.text) if not line.code else None
        if found:
            return found, line.number
    return None


def general_day(text: str) -> str:
    """The day that a sentence says of all events that name no other, in its words; empty where it says none."""
    match = _GENERAL.match(text)
    taken = moments.take(text[match.end() :]) if match else None
    return taken[0].written if taken and taken[0].day and taken[0].clock is None and not taken[0].doubt else ""


_GENERAL = re.compile(
    r"[>*_(\s-]{0,8}(?:(?:unless|except where|if not) (?:\w+ ){0,2}(?:noted|stated|mentioned|specified|indicated),? )"
    r"?all (?:\w+ ){0,3}(?:events|times|rows|entries) (?:\w+ ){0,3}on (?:the )?",
    re.I,
)


def _child(node: Node, writer: _Writer, depth: int) -> None:
    found = time_of(node.title)
    if found is not None and depth < _DEEPEST and not found[1] and only_day(node.title) and _over_times(node, writer):
        # A day over its times: it is said once, before the first of them.
        writer.over(found[0].written, node.number, heading=True)
        _own_lines(node.lines, writer)
        for child in node.children:
            _child(child, writer, depth + 1)
        return
    if found is not None and depth < _DEEPEST and found[0].clock is not None and _group(node):
        # A time over other times: a row, and each of them one as well.
        writer.row(RowDraft(found[0].written, found[1], node.number))
        writer.halves = _Halves(found[0].written, node.number)
        _own_lines(node.lines, writer)
        for child in node.children:
            _child(child, writer, depth + 1)
        writer.halves = None
        return
    if found is not None:
        moment, rest = found
        below = list(node.lines)
        deeper = [part for child in node.children for part in _verbatim(child)]
        row = RowDraft(moment.written, rest, node.number)
        _fill(row, below, deeper)
        writer.row(row)
        return
    writer.flush(waiting=True)
    writer.heading, writer.level = node.title, min(6, max(3, node.level))
    said = moments.take(node.title)
    if said and said[0].clock is None and (said[0].day or said[0].part) and said[0].exact:
        writer.headed, writer.last = (said[0].written, node.number), None
    _own_lines(node.lines, writer)
    writer.flush(waiting=True)
    if writer.heading:
        writer._piece([])
    if depth < _DEEPEST:
        for child in node.children:
            _child(child, writer, depth + 1)
    else:
        writer.lines([part for child in node.children for part in _verbatim(child)])
    writer.level = 3


_DEEPEST = 4
"""How deep headings are followed into each other; what is deeper stands as it was written."""


def _over_times(node: Node, writer: _Writer) -> bool:
    """Whether a day is a heading over its times: in its lines, in headings below it, or those that follow it."""
    if all(line.blank for line in node.lines) and not node.children:
        return True
    return any((part is not node and time_of(part.title)) or _has_times(part.lines, writer) for part in node.walk())


def _has_times(lines: Sequence[Line], writer: _Writer) -> bool:
    """Whether times stand in some lines: as rows of any shape, or in a table of two columns that we know."""
    find = writer.settings.find_column["timeline"]
    for block in blocks(lines):
        if any(row.time and not only_day(row.time) for row in rows_of(block)):
            return True
        if block.kind == "table":
            names = [find(cell.text) for cell in split_row(block.lines[0].raw.strip(), block.number)]
            if len(names) == 2 and "time" in names and None not in names:
                return True
    return False


def _group(node: Node) -> bool:
    """Whether a time is a heading over other times: most of its items begin with one, or all headings below it are."""
    return all_timed(node.lines) or (bool(node.children) and all(time_of(one.title) for one in node.children))


def _verbatim(node: Node) -> list[str]:
    """A heading and all below it, as written, two blank lines or more made one."""
    made: list[str] = []
    for part in node.walk():
        made += ["", f"{'#' * max(4, min(6, part.level))} {part.title}", ""]
        made += [line.raw for line in part.lines]
    return made


def _fill(row: RowDraft, lines: list[Line], deeper: list[str]) -> None:
    """Put what stands below a time into its row, and what does not fit below the table."""
    parts = blocks(lines)
    phrases = flat(lines) if simple(lines) else []
    if not deeper and simple(lines) and sum(map(len, phrases)) <= LONGEST_EVENT:
        row.event = joined([row.event, *phrases])
        return
    first = parts[0] if parts else None
    if first is not None and first.kind in ("para", "item") and _plain(first) and _single(first):
        row.event = joined([row.event, *flat(first.lines)])
        row.details = [line.raw for line in lines if line.number > first.lines[-1].number]
    else:
        row.details = [line.raw for line in lines]
    row.details += deeper


def _single(block: Block) -> bool:
    """A paragraph, or an item with nothing nested in it."""
    return block.kind == "para" or all(line.blank for line in entry(block).rest)


def _says_zone(block: Block) -> bool:
    return block.kind == "para" and len(block.lines) == 1 and zones.says(block.words) and _plain(block)


def _plain(block: Block) -> bool:
    return not any(
        "![" in line.raw or "<!--" in line.raw or line.raw.lstrip().startswith(("<", "{", "!!!", "???", "==="))
        for line in block.lines
    )


def _own_lines(lines: Sequence[Line], writer: _Writer) -> None:
    found = blocks(lines)
    told = [rows_of(block) for block in found]
    if not any(told):
        told = at_the_end(found)
    if not any(told):
        told = updates.said(found)
    if not any(told):
        told = updates.dated_below(found)
    if all(block.kind == "para" for block, rows in zip(found, told, strict=True) if rows):
        found, told = updates.in_time(found, told)
    numbered = is_numbered(found, told)
    around = _between(found, told)
    listed = any(rows and block.kind == "item" for block, rows in zip(found, told, strict=True))
    before = 0
    for at, block in enumerate(found):
        rows = told[at]
        if rows and block.kind == "item" and (inner := under_day(block)):
            writer.over(rows[0].time, rows[0].line, heading=False)
            for row in inner:
                writer.row(row)
        elif rows and block.kind == "para" and len(rows) == 1 and only_day(f"{rows[0].time} {rows[0].event}".strip()):
            if rows[0].event:  # the zone of all times
                writer.lines([rows[0].event], glued=False)
            writer.over(rows[0].time, rows[0].line, heading=False)
        elif rows:
            for row in rows:
                writer.row(without_number(row, block) if numbered else row)
        elif numbered and block.kind == "item":
            part = entry(block)
            row = RowDraft("", part.words, part.number, dropped=part.marker)
            nest(row, part.rest)
            writer.row(row)
        elif block.kind == "table":
            _table(block, writer)
        elif writer.run and updates.is_heading(writer.run[-1:]) and _says_it(block):
            writer.run[-1].event = block.words
        elif writer.run and block.kind == "rule" and around[at]:
            pass  # it parts what a table parts anyway
        elif block.kind == "silent":
            writer.tail += ["", *(line.raw for line in block.lines)]
        elif writer.run and around[at]:
            _attach(block, writer, listed)
        else:
            # The next item of a list, or what stands right below the line above, is not parted from it.
            writer.lines([line.raw for line in block.lines], glued=block.number == before + 1)
            before = block.lines[-1].number
            continue
        before = 0


def _says_it(block: Block) -> bool:
    """Whether a paragraph below a time that stands alone is what happened then."""
    return block.kind == "para" and _plain(block) and len(block.words) <= LONGEST_EVENT


def _between(found: Sequence[Block], told: Sequence[list[RowDraft]]) -> list[bool]:
    """Of each block whether it stands between two rows of a kind: then it tells of the one above it.

    A picture or a paste between two items does, and so does a paragraph between two that begin with a time.
    """
    after: list[str] = [""] * len(found)
    kind = ""
    for at in range(len(found) - 1, -1, -1):
        after[at] = kind
        kind = found[at].kind if told[at] else kind
    between: list[bool] = []
    kind = ""
    for at, block in enumerate(found):
        between.append(bool(kind) and kind == after[at])
        kind = block.kind if told[at] else kind
    return between


def _attach(block: Block, writer: _Writer, listed: bool) -> None:
    """A block without a time of its own: a row without one where it is an item, else part of the row above.

    Where no item is a row, items tell of the paragraph above them.
    """
    last = writer.run[-1]
    if block.kind == "item" and not listed:
        phrases = flat(block.lines) if simple(block.lines) and not last.details else []
        if phrases and len(last.event) + sum(map(len, phrases)) <= LONGEST_EVENT:
            last.event = joined([last.event, *phrases])
        else:
            last.details += [line.raw for line in block.lines]
        return
    if listed and _says_zone(block) and not last.details:
        # A sentence on the zone holds for what follows: it stays between the rows.
        writer.row(RowDraft("", block.words, block.number))
        return
    if block.kind == "item":
        part = entry(block)
        row = RowDraft("", part.words, part.number)
        if block.words.lstrip()[:1].isdigit():
            row.event = f"{part.marker} {row.event}"
        nest(row, part.rest)
        writer.row(row)
        return
    last.details += ["", *(line.raw for line in block.lines)]


def _table(block: Block, writer: _Writer) -> None:
    """A table of a timeline: as it stands where its columns are known, else under ours."""
    lines = [line.cut(len(line.raw) - len(line.raw.lstrip())) for line in block.lines]
    header = [cell.text for cell in split_row(lines[0].raw, lines[0].number)]
    find = writer.settings.find_column["timeline"]
    known = [find(text) for text in header]
    body = [(line.number, [cell.text for cell in split_row(line.raw, line.number)]) for line in lines[2:]]
    if "time" in known and writer.day and len(known) == 2 and None not in known:
        # Below a day: its rows go on in a table of ours, the first of them with the day.
        first = known.index("time")
        writer.told.dropped += header
        for number, cells in body:
            if any(cells):
                cells = [*cells, "", ""]
                writer.row(RowDraft(cells[first], cells[1 - first], number))
        return
    writer.flush()
    if "time" in known:
        _known_table(lines, known, body, writer)
        return
    timed = [row for row in body if row[1] and (found := moments.take(row[1][0])) and is_timed(found[0])]
    begins = bool(header) and moments.take(header[0]) is not None
    if len(header) != 2 or not (timed and len(timed) * 2 >= len(body)):
        writer.lines([line.raw for line in lines])
        return
    if begins and (found := moments.take(header[0])) and found[0].clock is not None:
        body = [(lines[0].number, header), *body]
    else:
        # What a header says beside its name, a day or a zone, stands above the table.
        spare = [text for text, name in zip(header, known, strict=True) if name is None and text]
        if spare:
            writer.lines([" ".join(spare)])
        writer.told.dropped += [text for text, name in zip(header, known, strict=True) if name is not None]
    for number, cells in body:
        writer.row(RowDraft(cells[0], " ".join(cells[1:]), number))
    writer.flush()


def _known_table(
    lines: Sequence[Line],
    known: list[str | None],
    body: list[tuple[int, list[str]]],
    writer: _Writer,
) -> None:
    writer._piece([line.raw for line in lines])
    time_at = known.index("time")
    event_at = known.index("event") if "event" in known else next((n for n in range(len(known)) if n != time_at), None)
    for number, cells in body:
        if not any(cells):
            continue
        when = cells[time_at] if time_at < len(cells) else ""
        what = cells[event_at] if event_at is not None and event_at < len(cells) else ""
        writer.told.rows.append(Row(when, what, number))


def cell(text: str) -> str:
    """A text as one cell of a table: on one line, its pipes escaped where they are not in code."""
    text = _SPACES.sub(" ", text).strip()
    if "|" not in text:
        return text
    inside = inside_code(text)
    return "".join(
        "\\|" if char == "|" and (at == 0 or text[at - 1] != "\\") and not inside(at) else char
        for at, char in enumerate(text)
    )
