"""Times elapsed, anchors, badges and ages, drawn into tables that the host has rendered already.

The same as `body.enrich` writes into the markdown's tables, at a tenth of the cost: what is
inserted here passes through no markdown parser and no search index.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from mkdocs_postmortem.model import PostMortem, Table
from mkdocs_postmortem.views import body
from mkdocs_postmortem.views.site import Site

_START, _MIDDLE, _END = "<table>\n<thead>\n<tr>\n", "\n</tr>\n</thead>\n<tbody>\n<tr>\n", "\n</tr>\n</tbody>\n</table>"
_TAG = re.compile(r"<[^>]*>")

Row = list[str]
"""The cells of a row as they were rendered, a line each: `<td>10:02</td>`."""


def tables(content: str, record: PostMortem, site: Site) -> str:
    """Rendered HTML with the timeline's and the action items' tables completed.

    A table is recognised by its header and its number of rows, in the order of the document;
    one that was rendered otherwise than expected stays as it is.
    """
    wanted = [
        table for table in record.document.tables if table.count and not {"time", "action"}.isdisjoint(table.columns)
    ]
    if not wanted:
        return content
    pieces: list[str] = []
    at = 0
    for start, middle, end in _rendered(content):
        table = wanted[0]
        header = content[start + len(_START) : middle].split("\n")
        rows = [row.split("\n") for row in content[middle + len(_MIDDLE) : end].split("\n</tr>\n<tr>\n")]
        if not _is(table, header, rows):
            continue
        complete = _timeline if "time" in table.columns else _actions
        if complete(table, header, rows, record, site):
            drawn = "\n</tr>\n<tr>\n".join("\n".join(row) for row in rows)
            pieces += [content[at:start], _START, "\n".join(header), _MIDDLE, drawn]
            at = end
        wanted.pop(0)
        if not wanted:
            break
    return "".join([*pieces, content[at:]])


def _rendered(content: str) -> Iterator[tuple[int, int, int]]:
    """Where tables begin, where their rows follow, and where the last row ends."""
    start = content.find(_START)
    while start >= 0:
        end = content.find(_END, start)
        middle = content.find(_MIDDLE, start, end)
        if end < 0:
            return
        if middle >= 0:
            yield start, middle, end
        start = content.find(_START, end)


def _is(table: Table, header: Row, rows: Sequence[Row]) -> bool:
    """Whether a rendered table is the one that was read."""
    width = len(table.header)
    return (
        len(header) == width
        and len(rows) == table.count
        and all(len(row) == width for row in rows)
        and all(_words(drawn) == _words(text) for drawn, text in zip(header, table.header, strict=True))
    )


@lru_cache(maxsize=512)
def _words(text: str) -> str:
    """Letters and digits of a header cell, whatever its markup."""
    return re.sub(r"\W+", "", html.unescape(_TAG.sub("", text)))


def _timeline(table: Table, header: Row, rows: Sequence[Row], record: PostMortem, site: Site) -> bool:  # noqa: ARG001
    """An Elapsed column after the column of times; False where no row is dated."""
    moments: dict[int, datetime] = {entry.span.line: entry.at for entry in record.timeline if entry.at is not None}
    if not moments:
        return False
    start = body.start_of(record, list(moments.values()))
    seconds = any(moment.second for moment in moments.values())
    at = table.columns.index("time") + 1
    header.insert(at, "<th>Elapsed</th>")
    for line, row in zip(table.row_lines, rows, strict=True):
        moment = moments.get(line)
        text = f'<span class="pm-elapsed">{body.elapsed(moment - start, seconds)}</span>' if moment else ""
        row.insert(at, f"<td>{text}</td>")
    return True


def _actions(table: Table, header: Row, rows: Sequence[Row], record: PostMortem, site: Site) -> bool:
    """Anchors, badges, lateness and an Age column; False where no row is an action item."""
    items = {item.span.line: item for item in record.action_items if item.form == "table"}
    if not any(line in items for line in table.row_lines):
        return False
    header.append("<th>Age</th>")
    for line, row in zip(table.row_lines, rows, strict=True):
        item = items.get(line)
        if item is not None:
            for index, name in enumerate(table.columns):
                if name is not None:
                    opening, _, inner = row[index].removesuffix("</td>").partition(">")
                    row[index] = f"{opening}>{body.cell_text(name, inner, item, record, site)}</td>"
        age = body.age_text(item, site.as_of) or "–" if item else ""
        row.append(f'<td><span class="pm-date">{age}</span></td>' if age else "<td></td>")
    return True
