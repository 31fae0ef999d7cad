"""Markdown tables with the place of every cell, by the rules of the renderer MkDocs uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mkdocs_postmortem.model import Cell, Problem, Span, Table
from mkdocs_postmortem.vocabulary import Lookup, fold_short

_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\Z")
Rows = Sequence[tuple[Cell, ...]]
"""The cells of each row of a table."""

_ESCAPED = re.compile(r"\\\|")
_TICKS = re.compile(r"`+")


def is_rule(line: str) -> bool:
    """Whether a line is one that stands below a table's header: `|---|:-:|`."""
    return "-" in line and _RULE.match(line.strip()) is not None


def split_row(line: str, number: int) -> tuple[Cell, ...]:
    """The cells of one row. A pipe that is escaped or inside a code span is part of its cell."""
    if "`" not in line and "\\" not in line:
        return _split_plain(line, number)
    cuts = pipes(line)
    start = len(line) - len(line.lstrip())
    end = len(line.rstrip())
    if cuts and cuts[0] == start:
        start, cuts = start + 1, cuts[1:]
    if cuts and cuts[-1] == end - 1:
        end, cuts = end - 1, cuts[:-1]
    cells = []
    for cut in (*cuts, end):
        raw = line[start:cut]
        text = raw.strip()
        left = start + len(raw) - len(raw.lstrip()) if text else min(start + 1, cut)
        if "\\|" in text:
            cells.append(Cell(_ESCAPED.sub("|", text), Span(number, left + 1, left + 1 + len(text))))
        else:
            cells.append(Cell(text, Span(number, left + 1, left + 1 + len(text))))
        start = cut + 1
    return tuple(cells)


def _split_plain(line: str, number: int) -> tuple[Cell, ...]:
    """The same for the rows, by far the most, in which every pipe parts cells."""
    parts = line.split("|")
    at = 1
    first, last = 0, len(parts)
    if last > 1 and (not parts[0] or parts[0].isspace()):
        at, first = len(parts[0]) + 2, 1
    if last - first > 1 and (not parts[-1] or parts[-1].isspace()):
        last -= 1
    cells = []
    for part in parts[first:last]:
        text = part.strip()
        column = at + part.find(text[0]) if text else at + (1 if part else 0)
        cells.append(Cell(text, Span(number, column, column + len(text))))
        at += len(part) + 1
    return tuple(cells)


def pipes(line: str) -> list[int]:
    """Where the pipes stand that part cells."""
    inside = inside_code(line)
    return [at for at, char in enumerate(line) if char == "|" and (at == 0 or line[at - 1] != "\\") and not inside(at)]


def inside_code(line: str) -> Callable[[int], bool]:
    """Tells of a column whether it is in a code span. Ask for columns from left to right."""
    if "`" not in line:
        return lambda _: False
    ends = iter(_code_spans(line))
    start, end = next(ends, (len(line), len(line)))

    def inside(at: int) -> bool:
        nonlocal start, end
        while end <= at < len(line):
            start, end = next(ends, (len(line), len(line)))
        return start <= at

    return inside


def _code_spans(line: str) -> list[tuple[int, int]]:
    """Ranges between runs of backticks of equal length."""
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(line)]
    partner, last = [-1] * len(runs), dict[int, int]()
    for at in range(len(runs) - 1, -1, -1):
        length = runs[at][1] - runs[at][0]
        partner[at], last[length] = last.get(length, -1), at
    spans, at = [], 0
    while at < len(runs):
        start = runs[at][0]
        if partner[at] >= 0 and line[start - 1 : start] != "\\":
            at = partner[at]
            spans.append((start, runs[at][1]))
        at += 1
    return spans


def read_table(
    lines: list[str], at: int, find_column: Lookup, problems: list[Problem]
) -> tuple[Table | None, Rows, int]:
    """The table whose header is `lines[at]` (0-based), its rows, and the index of the line after it.

    None where these lines are no table; PM209 for rows that would lose words when rendered.
    """
    if at + 1 >= len(lines):
        return None, (), at + 1
    if not is_rule(lines[at + 1]):
        if lines[at].lstrip().startswith("|") and lines[at + 1].lstrip().startswith("|"):
            problems.append(
                Problem(
                    "PM209",
                    Span(at + 1, 1, len(lines[at]) + 1),
                    "these rows are no table: there is no rule below the header",
                    "write `|---|---|` below the first row, one dash group a column",
                )
            )
            while at < len(lines) and "|" in lines[at]:
                at += 1
            return None, (), at
        return None, (), at + 1
    header = split_row(lines[at], at + 1)
    texts = tuple(cell.text for cell in header)
    rule = split_row(lines[at + 1], at + 2)
    if len(rule) != len(header):
        problems.append(
            Problem(
                "PM209",
                Span(at + 2, 1, len(lines[at + 1]) + 1),
                f"the rule has {_count(len(rule), 'column')}, the header {len(header)}: "
                "this is shown as text, not as a table",
                "give both the same number of columns",
            )
        )
    if len(find_column.headers) > 512:
        find_column.headers.clear()
    known = find_column.headers.get(texts)
    if known is None:
        known = find_column.headers[texts] = (texts, _columns(texts, find_column))
    rows = []
    after = at + 2
    while after < len(lines) and "|" in lines[after] and lines[after].strip():
        cells = split_row(lines[after], after + 1)
        if len(cells) > len(header):
            extra = cells[len(header)]
            problems.append(
                Problem(
                    "PM209",
                    extra.span,
                    f"this row has {len(cells)} cells, the table {_count(len(header), 'column')}: "
                    "what is beyond is not shown",
                    "write `\\|` for a pipe that is part of a cell",
                )
            )
            cells = cells[: len(header)]
        rows.append(cells)
        after += 1
    return Table(*known, len(rows), at + 1), rows, after


def _columns(header: tuple[str, ...], find_column: Lookup) -> tuple[str | None, ...]:
    """Canonical names, each given once: where two cells claim a name, the one called so, else the first."""
    seen: dict[str, int] = {}
    columns: list[str | None] = []
    for at, text in enumerate(header):
        name = find_column(text)
        if name is not None and name in seen:
            first = seen[name]
            if fold_short(text) != name or fold_short(header[first]) == name:
                columns.append(None)
                continue
            columns[first] = None
        columns.append(name)
        if name is not None:
            seen[name] = at
    return tuple(columns)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
