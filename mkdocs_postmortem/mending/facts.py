"""Edits of facts: values in their canonical form, in front matter and in the cells of the body's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mkdocs_postmortem.dates import exact_stamp
from mkdocs_postmortem.mending.edits import Edit, FactPath, Group
from mkdocs_postmortem.mending.forms import cell_form, form_of
from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.settings import Settings

_PLAIN = re.compile(r"[A-Za-z][\w.-]*(?: [A-Za-z][\w.'-]*)*|\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?")
"""What needs no quotes in YAML, in a block and between brackets alike."""


def fact_groups(record: PostMortem, settings: Settings) -> Iterator[Group]:
    """Each value that is written in another form than its canonical one."""
    lines = record.document.lines
    for path, written in _texts(record.document.front, ()):
        edit = value_edit(record, path, path, written, settings, lines)
        if edit is not None:
            yield Group([edit], f"`{written}`")
    for edit in _cell_edits(record, settings, lines):
        yield Group([edit], f"`{lines[edit.span.line - 1][edit.span.column - 1 : edit.span.end - 1]}`")


def _texts(value: Any, path: FactPath) -> Iterator[tuple[FactPath, str]]:
    """The texts of front matter that may have a form: none is deeper than an item of a list."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping) and len(path) < 3:
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list) and path in (("action_items",), ("timeline",)):
        for n, item in enumerate(value):
            yield from _texts(item, (*path, n))


def value_edit(
    record: PostMortem, at: FactPath, path: FactPath, written: str, settings: Settings, lines: list[str]
) -> Edit | None:
    """The edit of a value that stands at one path and is a fact of another; None where none is needed.

    It keeps the quotes. A value over several lines, or with escapes in it, is left to its author.
    """
    form = form_of(path, settings)
    text = form(written) if form else None
    span = record.places.get(at)
    if text is None or text == written or span is None or span.line >= record.document.body_line:
        return None
    quoted = requoted(lines[span.line - 1][span.column - 1 : span.end - 1], written, text)
    return None if quoted is None else Edit(span, quoted, path)


def requoted(token: str, written: str, text: str) -> str | None:
    """A YAML scalar with another text, in the quotes it has; None where that is not certain."""
    if token == written and _PLAIN.fullmatch(text):
        return text
    if len(token) > 1 and token[0] == token[-1] and token[1:-1] == written:
        if token[0] == "'":
            return "'" + text.replace("'", "''") + "'"
        if token[0] == '"' and '"' not in text and "\\" not in text:
            return f'"{text}"'
    return None


def _cell_edits(record: PostMortem, settings: Settings, lines: list[str]) -> Iterator[Edit]:
    """Cells of the body's tables, where a cell holds that word or date and nothing else."""
    for n, item in enumerate(record.action_items):
        if item.form != "table":
            continue
        for name, span in item.places.items():
            form = cell_form(name, settings)
            written = _written(lines, span) if form else ""
            text = form(written) if form and written else None
            if text is not None and text != written:
                yield Edit(span, text, ("action_items", n, name))
    for n, row in enumerate(record.timeline):
        if row.span.line < record.document.body_line:
            continue
        written = _written(lines, row.span)
        moment = exact_stamp(written)
        if moment is not None:
            yield Edit(row.span, moment, ("timeline", n, "time"))


def _written(lines: list[str], span: Span) -> str:
    return lines[span.line - 1][span.column - 1 : span.end - 1]
