"""CSV that a spreadsheet opens as what it says: no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mkdocs_postmortem.exporting.actions import FIELDS

_FORMULA = re.compile(
    # Where a cell begins: at its start, in a new line, or behind what other locales part cells by.
    r"(^|[\n\v\f\x1c-\x1e\x85\u2028\u2029]|(?<!\r)\r|;|(?<=[^\t])\t|\|)"
    # What spreadsheets skip before they look for a formula.
    r"([\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\u3164\ufeff\x00]*)"
    r"(?=[=+\-@＝＋－＠﹢﹣﹫−])"
)
_HARMLESS = re.compile(r"[A-Za-z0-9][\x20-\x3a\x3c-\x7e]*\Z")
"""Most cells: one line that begins with a letter or a digit."""
_STARTS = re.compile(r"[\s\u00a0\u200b\ufeff]*[\t\r\n]")
"""A tab or a line end at the start, also behind blanks."""


def actions_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows of `actions.rows` as CSV by RFC 4180, with a header."""
    return table(FIELDS, rows)


def table(fields: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Flat objects as CSV: one column a field, CRLF line ends, every text quoted."""
    names = list(fields)
    output = io.StringIO()
    writer = csv.writer(output, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return output.getvalue()


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value if value >= 0 else neutral(str(value))
    return neutral(str(value))


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: OWASP's leading apostrophe where one could begin.

    https://owasp.org/www-community/attacks/CSV_Injection: a cell that begins with `=`, `+`, `-`,
    `@`, tab or carriage return, or with their fullwidth forms, also behind blanks or in a later line.
    """
    if text.isalnum() or _HARMLESS.match(text):
        return text
    text = text.replace("\0", "")
    if _STARTS.match(text):
        return "'" + _FORMULA.sub(r"\1\2'", text)
    return _FORMULA.sub(_quoted, text)


def _quoted(match: re.Match[str]) -> str:
    return f"'{match[2]}" if not match[1] else f"{match[1]}{match[2]}'"
