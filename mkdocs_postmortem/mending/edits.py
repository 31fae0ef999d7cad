"""Edits of single places of a document, and how they are made: every byte between them is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mkdocs_postmortem.model import TOP, Span

FactPath = tuple[str | int, ...]

_ENDS = re.compile(r"(\r\n|\r|\n)")


class Edit(NamedTuple):
    """A replacement on one line; `path` is the fact whose value it writes in another form, if it is one."""

    span: Span
    text: str
    path: FactPath | None = None


class Group(NamedTuple):
    """Edits that are made together or not at all: all rows of a table, a key and its value."""

    edits: Sequence[Edit]
    what: str
    """What is mended, for saying that it was not."""
    renamed: tuple[FactPath, FactPath] | None = None
    """The path of a key that gets another name, and that with its new name."""
    span: Span = TOP
    """Where it stands, for a group that has no edits because nobody can tell which."""

    @property
    def place(self) -> Span:
        """Where it stands."""
        return self.edits[0].span if self.edits else self.span


def applied(data: bytes, groups: Iterable[Group]) -> bytes:
    """The bytes of a UTF-8 document with these edits. Byte order mark and line ends stay what they are."""
    text = data.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    parts = _ENDS.split(text.removeprefix("\ufeff"))  # lines, and what ends each of them
    edits = sorted((edit for group in groups for edit in group.edits), key=lambda edit: edit.span, reverse=True)
    for span, replacement, _ in edits:  # from the end, so that places before stay what they are
        at = 2 * (span.line - 1)
        parts[at] = parts[at][: span.column - 1] + replacement + parts[at][span.end - 1 :]
    return (mark + "".join(parts)).encode("utf-8")
