"""A report in the forms that people and other programs read: text, JSON, GitHub's, GitLab's, SARIF."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

from mkdocs_postmortem import __version__
from mkdocs_postmortem.checking.engine import Report
from mkdocs_postmortem.checking.findings import ERROR, INFO, RULES, WARNING, Finding, printable
from mkdocs_postmortem.reading.source import decode, read_bytes
from mkdocs_postmortem.settings import Settings

FORMATS = ("text", "json", "github", "gitlab", "sarif")

Style = Callable[[str, str], str]
"""`style(text, kind)`: the text as a terminal shows this kind; kinds are severities, `path`, `dim`."""

_WIDEST = 160


SPELLED_OUT = 3
"""Warnings and notes of one kind in one file that are spelled out; the others are counted. Errors all are."""

GRAVITY = {ERROR: 0, WARNING: 1, INFO: 2}
"""Severities in their order, the gravest first."""


def arranged(findings: Sequence[Finding]) -> Iterator[tuple[Finding, tuple[Finding, ...]]]:
    """Findings for people: file by file, the gravest first; with the last one of a kind those that are counted."""
    for _, group in groupby(sorted(findings, key=lambda item: item.path), key=lambda item: item.path):
        ordered = sorted(group, key=lambda item: (GRAVITY[item.severity], item.line, item.column, item.code))
        kinds: dict[str, list[Finding]] = {}
        for finding in ordered:
            kinds.setdefault(finding.code, []).append(finding)
        told: Counter[str] = Counter()
        for finding in ordered:
            told[finding.code] += 1
            if finding.severity == ERROR or told[finding.code] < SPELLED_OUT:
                yield finding, ()
            elif told[finding.code] == SPELLED_OUT:
                yield finding, tuple(kinds[finding.code][SPELLED_OUT:])


def counted(others: Sequence[Finding]) -> str:
    """The line that stands for the findings of a kind that are not spelled out."""
    lines = [str(line) for line in sorted({finding.line for finding in others})]
    shown = lines if len(lines) <= _LINES else [*lines[: _LINES - 1], f"{len(lines) - _LINES + 1} others"]
    where = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"and {len(others)} more {others[0].code}, on line{'s' if len(lines) > 1 else ''} {where}"


_LINES = 8


def text(report: Report, settings: Settings, style: Style = lambda text, _: text) -> Iterator[str]:
    """Findings for a person: place, severity, rule and message; the line with a caret; the mend."""
    source: tuple[str, list[str]] = ("", [])
    for finding, others in arranged(report.findings):
        if source[0] != finding.path:
            source = (finding.path, _lines(finding, settings))
        place = f"{printable(finding.path)}:{finding.line}:{finding.column}:"
        head = style(f"{finding.severity} {finding.code}", finding.severity)
        yield f"{style(place, 'path')} {head} {printable(finding.message)}"
        yield from _excerpt(finding, source[1], style)
        if finding.help:
            yield style(f"      → {printable(finding.help)}", "dim")
        if others:
            yield style(f"      … {counted(others)}", "dim")
    yield style(summary(report), "summary")


def summary(report: Report) -> str:
    """One line: how many files, and what was found in them."""
    counts = [
        count(report.count(severity), noun)
        for severity, noun in ((ERROR, "error"), (WARNING, "warning"), (INFO, "note"))
        if report.count(severity)
    ]
    accepted = f" ({len(report.acceptances)} accepted)" if report.acceptances else ""
    found = ", ".join(counts) or "nothing to mend"
    return f"{count(report.files, 'post-mortem')}: {found}{accepted}"


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _lines(finding: Finding, settings: Settings) -> list[str]:
    """The file's lines; none of one that was refused, for what it holds may be nobody's to show."""
    if finding.code == "PM100":
        return []
    data = read_bytes(settings.root / finding.path, settings.root, settings.max_bytes)
    return decode(data).text.split("\n") if isinstance(data, bytes) else []


def _excerpt(finding: Finding, lines: list[str], style: Style) -> Iterator[str]:
    """The source line and a caret below what is meant; nothing where there is no such line."""
    if not 1 <= finding.line <= len(lines) or not lines[finding.line - 1].strip():
        return
    line = lines[finding.line - 1]
    start = min(finding.column - 1, len(line))
    end = max(start + 1, min(finding.end_column - 1, len(line)))
    first = 0
    if end > _WIDEST - 40:
        first = max(0, start - 40)
    shown = printable(line[first : first + _WIDEST])
    before = printable(line[first:start])
    marked = printable(line[start : min(end, first + _WIDEST)])
    cut = "…" if first else ""
    number = f"{finding.line:>5}"
    more = "…" if len(line) > first + _WIDEST else ""
    yield f"{style(f'{number} |', 'dim')} {cut}{shown}{more}"
    caret = "^" * max(1, _width(marked))
    yield f"{style('      |', 'dim')} {' ' * (_width(before) + len(cut))}{style(caret, finding.severity)}"


def _width(text: str) -> int:
    """Columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def as_json(report: Report) -> str:
    """An array of flat objects: path, line, column, code, severity, message, help."""
    rows = [
        {
            "path": finding.path,
            "line": finding.line,
            "column": finding.column,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "help": finding.help,
        }
        for finding in report.findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


_COMMANDS = {ERROR: "error", WARNING: "warning", INFO: "notice"}


def github(report: Report, prefix: str = "") -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the lines of a pull request.

    `prefix` is the project's folder in the repository, where it is not the whole of it.
    """
    for finding, others in arranged(report.findings):
        yield _command(finding, f"{finding.message}\n{finding.help}" if finding.help else finding.message, prefix)
        if others:
            yield _command(others[0], counted(others), prefix)


def _command(finding: Finding, body: str, prefix: str) -> str:
    fields = {
        "file": prefix + finding.path,
        "line": str(finding.line),
        "col": str(finding.column),
        "endColumn": str(finding.end_column),
        "title": f"{finding.code} {RULES[finding.code].name}",
    }
    given = ",".join(f"{name}={_property(value)}" for name, value in fields.items())
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(body)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


_GRAVITIES = {ERROR: "major", WARNING: "minor", INFO: "info"}


def gitlab(report: Report, prefix: str = "") -> str:
    """A Code Quality report, which GitLab compares with that of the target branch and shows in a merge request.

    A finding's fingerprint stays the same when lines are put in above it. `prefix` as in `github`.
    """
    rows: list[dict[str, object]] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in report.findings:
        kind = (finding.path, finding.code, finding.message)
        seen[kind] += 1
        mark = hashlib.sha256("\0".join((prefix, *kind, str(seen[kind]))).encode("utf-8", "surrogatepass"))
        rows.append(
            {
                "description": f"{finding.message}: {finding.help}" if finding.help else finding.message,
                "check_name": f"{finding.code} {RULES[finding.code].name}",
                "fingerprint": mark.hexdigest(),
                "severity": _GRAVITIES[finding.severity],
                "location": {"path": prefix + finding.path, "lines": {"begin": finding.line}},
            }
        )
    return json.dumps(rows, ensure_ascii=False, indent=2)


_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}


def sarif(report: Report, prefix: str = "") -> str:
    """SARIF 2.1.0, one run; accepted findings are there as suppressed in the source. `prefix` as in `github`."""
    used = sorted({finding.code for finding in report.findings} | {item.finding.code for item in report.acceptances})
    index = {code: n for n, code in enumerate(used)}
    results = [_result(finding, index, prefix) for finding in report.findings]
    for accepted in report.acceptances:
        result = _result(accepted.finding, index, prefix)
        result["suppressions"] = [{"kind": "inSource", "justification": accepted.reason}]
        results.append(result)
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "mkdocs-postmortem",
                        "semanticVersion": __version__,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _rule(code: str) -> Mapping[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: Mapping[str, int], prefix: str) -> dict[str, Any]:
    message = f"{finding.message} → {finding.help}" if finding.help else finding.message
    return {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(os.fsencode(prefix + finding.path))},
                    "region": {
                        "startLine": finding.line,
                        "startColumn": finding.column,
                        "endColumn": finding.end_column,
                    },
                }
            }
        ],
    }
