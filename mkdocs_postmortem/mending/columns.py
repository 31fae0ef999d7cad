"""The order of a table's columns: cells change places, each with the spaces around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mkdocs_postmortem.mending.edits import Edit, Group
from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.reading import outline
from mkdocs_postmortem.reading.tables import pipes
from mkdocs_postmortem.settings import Settings

ORDER = {
    "actions": ("action", "owner", "priority", "due", "status"),
    "timeline": ("time", "event"),
}
"""Columns in the template's order; others stay where they are."""


def column_groups(record: PostMortem, settings: Settings) -> Iterator[Group]:
    """Tables whose columns stand in another order; no edits where a table cannot be mended."""
    document = record.document
    scanned = outline.scan(document.text, document.body_line, settings)
    lines = document.lines
    for kind, table, _, _ in scanned.tables:
        order = _order(kind, table.columns)
        if order is None:
            continue
        numbers = range(table.line, table.row_lines.stop)
        moved = _moved(order, [lines[n - 1] for n in numbers], [scanned.lines[n - 1] for n in numbers])
        if moved is None:
            yield Group([], "a table: not every row has a cell for each column, between pipes", span=Span(table.line))
            continue
        edits = [
            Edit(Span(n, 1, len(lines[n - 1]) + 1), text)
            for n, text in zip(numbers, moved, strict=True)
            if text != lines[n - 1]
        ]
        yield Group(edits, "the order of the columns")


def _order(kind: str, columns: Sequence[str | None]) -> list[int] | None:
    """Which column is to stand in the place of which; None where they stand as they should."""
    places = [at for at, name in enumerate(columns) if name in ORDER[kind]]
    wanted = sorted(places, key=lambda at: ORDER[kind].index(columns[at] or ""))
    if wanted == places:
        return None
    order = list(range(len(columns)))
    for place, source in zip(places, wanted, strict=True):
        order[place] = source
    return order


def _moved(order: Sequence[int], lines: Sequence[str], masked: Sequence[str]) -> list[str] | None:
    """The lines of a table, header and rule included, with their cells in this order.

    `masked` are the lines with comments blanked out. None where a row is not written cell by cell
    between pipes: such a table is left to its author.
    """
    moved = []
    for line, plain in zip(lines, masked, strict=True):
        cuts = pipes(plain)
        if len(cuts) != len(order) + 1 or plain[: cuts[0]].strip() or plain[cuts[-1] + 1 :].strip():
            return None
        cells = [line[start + 1 : end] for start, end in pairwise(cuts)]
        if any(cell.count("<!--") != cell.count("-->") for cell in cells):
            return None  # a comment that reaches beyond its cell
        moved.append(line[: cuts[0] + 1] + "|".join(cells[at] for at in order) + line[cuts[-1] :])
    return moved
