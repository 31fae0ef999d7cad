"""Times elapsed, anchors, badges and ages, drawn into tables that the host has rendered already.

The same as `body.enrich` writes into the markdown's tables, at a tenth of the cost: what is
inserted here passes through no markdown parser and no search index.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from mkdocs_postmortem.model import ActionItem, PostMortem, Table
from mkdocs_postmortem.views import body
from mkdocs_postmortem.views.site import Site

_TABLE = re.compile(
    r"<table>\n<thead>\n<tr>\n(.*?)\n</tr>\n</thead>\n<tbody>\n(.*?)\n</tbody>\n</table>", re.S
)
_CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</\1>", re.S)
_TAG = re.compile(r"<[^>]*>")

Cells = list[tuple[str, str, str]]
"""Tag, attributes and inner HTML of each cell of a row."""


def tables(content: str, record: PostMortem, site: Site) -> str:
    """Rendered HTML with the timeline's and the action items' tables completed.

    A table is recognised by its header and its number of rows, in the order of the document;
    one that was rendered otherwise than expected stays as it is.
    """
    wanted = [
        table for table in record.document.tables if table.count and ({"time", "action"} & {*table.columns})
    ]
    if not wanted or "<table>" not in content:
        return content
    pieces: list[str] = []
    at = 0
    for match in _TABLE.finditer(content):
        if not wanted:
            break
        table = wanted[0]
        header = _CELL.findall(match[1])
        rows = [_CELL.findall(row) for row in match[2].split("\n</tr>")[: table.count]]
        if not _is(table, header, rows, match[2]):
            continue
        wanted.pop(0)
        complete = _timeline if "time" in table.columns else _actions
        if complete(table, header, rows, record, site):
            pieces += [content[at : match.start()], _drawn(header, rows)]
            at = match.end()
    return "".join([*pieces, content[at:]])


def _is(table: Table, header: Cells, rows: Sequence[Cells], inner: str) -> bool:
    """Whether a rendered table is the one that was read."""
    if len(header) != len(table.header) or inner.count("<tr>") != table.count:
        return False
    if any(len(row) != len(header) for row in rows):
        return False
    return all(
        _words(drawn) == _words(text) for (_, _, drawn), text in zip(header, table.header, strict=True)
    )


def _words(text: str) -> str:
    """Letters and digits of a header cell, whatever its markup."""
    return re.sub(r"\W+", "", html.unescape(_TAG.sub("", text)))


def _drawn(header: Cells, rows: Sequence[Cells]) -> str:
    lines = ["<table>\n<thead>\n<tr>", *(f"<{tag}{more}>{text}</{tag}>" for tag, more, text in header)]
    lines.append("</tr>\n</thead>\n<tbody>")
    for row in rows:
        lines.append("<tr>")
        lines += [f"<{tag}{more}>{text}</{tag}>" for tag, more, text in row]
        lines.append("</tr>")
    lines.append("</tbody>\n</table>")
    return "\n".join(lines)


def _timeline(table: Table, header: Cells, rows: Sequence[Cells], record: PostMortem, site: Site) -> bool:
    """An Elapsed column after the column of times; False where no row is dated."""
    moments: dict[int, datetime] = {
        entry.span.line: entry.at for entry in record.timeline if entry.at is not None
    }
    if not moments:
        return False
    start = body.start_of(record, list(moments.values()))
    seconds = any(moment.second for moment in moments.values())
    at = table.columns.index("time") + 1
    header.insert(at, ("th", "", "Elapsed"))
    for number, row in enumerate(rows):
        moment = moments.get(table.line + 2 + number)
        text = f'<span class="pm-elapsed">{body.elapsed(moment - start, seconds)}</span>' if moment else ""
        row.insert(at, ("td", "", text))
    return True


def _actions(table: Table, header: Cells, rows: Sequence[Cells], record: PostMortem, site: Site) -> bool:
    """Anchors, badges, lateness and an Age column; False where no row is an action item."""
    items = {item.span.line: item for item in record.action_items if item.form == "table"}
    if not any(table.line + 2 + number in items for number in range(len(rows))):
        return False
    header.append(("th", "", "Age"))
    for number, row in enumerate(rows):
        item = items.get(table.line + 2 + number)
        if item is not None:
            for index, edit in _edits(table, item, record, site):
                tag, more, text = row[index]
                row[index] = (tag, more, edit(text))
        age = body.age_text(item, site.as_of) or "–" if item else ""
        row.append(("td", "", f'<span class="pm-date">{age}</span>' if age else ""))
    return True


def _edits(
    table: Table, item: ActionItem, record: PostMortem, site: Site
) -> Iterator[tuple[int, Callable[[str], str]]]:
    """What is done to the cells of an action item's row, by the index of the cell."""
    for index, name in enumerate(table.columns):
        if name is not None:
            yield index, lambda text, name=name: body.cell_text(name, text, item, record, site)
