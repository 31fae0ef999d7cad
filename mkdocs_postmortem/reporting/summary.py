"""What a check found as one markdown comment, in which nothing of a document is markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import jinja2

from mkdocs_postmortem.checking import Report
from mkdocs_postmortem.checking.findings import Finding, printable
from mkdocs_postmortem.checking.report import GRAVITY, arranged, counted, summary

_LONGEST = 600
"""Characters of one message that are shown."""
_MOST = 2000
"""Findings that are tried to be spelled out: as many would be too long for any comment."""
_RUN = re.compile("`+")


class _Row(NamedTuple):
    """A finding that is spelled out, with those that it stands for."""

    finding: Finding
    others: tuple[Finding, ...]
    counted: str
    url: str


def _path(row: _Row) -> str:
    return row.finding.path


def marker(name: str) -> str:
    """The first line of a comment, which readers do not see: by it the comment is found again."""
    return f"<!-- mkdocs-postmortem: {re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-') or 'check'} -->"


def code(text: str) -> str:
    """A text as a code span on one line: there it names nobody, links to nothing and formats nothing."""
    shown = " ".join(printable(text).split())
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}…"
    fence = "`" * (1 + max((len(run) for run in _RUN.findall(shown)), default=0))
    inner = f" {shown} " if shown.startswith("`") or shown.endswith("`") else shown
    return f"{fence}{inner}{fence}" if shown else ""


def length(text: str) -> int:
    """Characters of a text as the hosts may count them: those outside the first plane as two."""
    return len(text) + sum(char > "\uffff" for char in text)


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - markdown; every value goes through `code`
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = code
    return environment.get_template("summary.md.j2")


def summarise(
    report: Report, name: str, link: Callable[[str, int], str], limit: int, place: Callable[[str], str] = str
) -> str:
    """The comment, at most `limit` characters long: files with errors come first, and what does not fit is counted.

    `link` has the address of a line of a file, `place` its path in the repository.
    """
    rows = [
        _Row(finding, others, counted(others) if others else "", link(place(finding.path), finding.line))
        for finding, others in arranged(report.findings)
    ]
    gravest = {path: GRAVITY[next(group).finding.severity] for path, group in groupby(rows, key=_path)}
    rows.sort(key=lambda row: (gravest[row.finding.path], row.finding.path))  # what is cut off matters least

    def draw(shown: int) -> str:
        files = [{"path": place(path), "rows": list(group)} for path, group in groupby(rows[:shown], key=_path)]
        left = sum(1 + len(row.others) for row in rows[shown:])
        return _template().render(marker=marker(name), summary=summary(report), files=files, left=left)

    low, high = 0, min(len(rows), _MOST)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(draw(middle)) <= limit else (low, middle - 1)
    return draw(low)
