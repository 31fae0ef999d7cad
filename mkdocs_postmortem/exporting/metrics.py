"""Metrics as flat objects: what `stats` prints and the site publishes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mkdocs_postmortem.exporting.csvfile import table
from mkdocs_postmortem.measuring.definitions import NAMES
from mkdocs_postmortem.measuring.metrics import DIVISIONS, Measure, Survey

FIELDS = Measure._fields
"""The fields of a row, in their order."""
_DIGITS = 6
"""Decimals that are kept: the rest is the computer's, not the archive's."""


def row(found: Measure) -> dict[str, Any]:
    """One metric of one period: durations in seconds, rates as fractions, null where there is no number."""
    return {name: _plain(value) for name, value in zip(FIELDS, found, strict=True)}


def rows(survey: Survey, by: str | None = None, metrics: Iterable[str] = NAMES) -> list[dict[str, Any]]:
    """The metrics, divided or not, as `stats` prints them."""
    return [row(found) for found in survey.measures(by, metrics)]


def every(survey: Survey) -> Iterator[dict[str, Any]]:
    """All metrics, over all and divided in every way: `by` says how, and is null for all."""
    for found in survey.measures():
        yield {"by": None, **row(found)}
    for by in DIVISIONS:
        for name in NAMES:
            # The last of each is the number over all, which stands there already.
            for found in survey.measures(by, (name,))[:-1]:
                yield {"by": by, **row(found)}


def metrics_json(found: Iterable[Mapping[str, Any]]) -> str:
    """Rows as a JSON array, one object a line."""
    lines = [json.dumps(item, ensure_ascii=False, allow_nan=False) for item in found]
    text = "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
    # A lone surrogate can be written in YAML but not in UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def metrics_csv(found: Iterable[Mapping[str, Any]], fields: Iterable[str] = FIELDS) -> str:
    """Rows as CSV with a header; no cell is a formula."""
    return table(fields, found).encode("utf-8", "replace").decode("utf-8")


def _plain(value: Any) -> Any:
    """Whole numbers as such."""
    if isinstance(value, float):
        rounded = round(value, _DIGITS)
        return int(rounded) if rounded.is_integer() else rounded
    return value
