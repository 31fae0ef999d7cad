"""Means that a team published by hand come out of an import and `stats`, to the minute.

The figures are those of `tests/measuring/test_published_means.py`. They are put into documents of that team's shape,
imported and measured; where a copy of the team's own files is at hand, these are, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.importing.support import imported
from tests.measuring.test_published_means import LISTED_ELSEWHERE, REAL, STATED, minutes, pairs, published
from tests.plugin.support import Site

SHAPE = """---
title: Incident on {day} - Something stopped
weight: 7
---

# Incident on {day} - Something stopped

- **Key events**
  - First detected: {day} 10:00
  - Resolved {day} 11:00

- **Time to repair**: {repair}

- **Time to resolve**: {resolve} (during support hours 10:00-17:00)

- **Identified**: An alert

- **Impact**:
  - Something stopped
"""


def means(root: Path, documents: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """What `stats` tells of these documents, imported: means to mitigate and to resolve in minutes, by quarter."""
    folder = root / "docs" / "postmortems"
    folder.mkdir(parents=True)
    (root / "postmortem.yml").write_text("metrics: {stated: prefer}\n", encoding="utf-8")
    for name, text in documents.items():
        (folder / name).write_text(imported(text, name)[1], encoding="utf-8")
    done = Site(root).run("stats", "--by", "quarter", "--format", "json")
    assert done.code == 0, done.said
    found: dict[str, dict[str, float]] = {}
    for item in json.loads(done.out):
        if item["mean"] is not None and item["period"] != "(all)":
            found.setdefault(item["period"], {})[item["metric"]] = item["mean"]
    return {
        period: (int(numbers["time_to_mitigate"]) // 60, int(numbers["time_to_resolve"]) // 60)
        for period, numbers in found.items()
        if {"time_to_mitigate", "time_to_resolve"} <= numbers.keys()
    }


def test_the_published_means_come_out_of_documents_of_that_shape(tmp_path: Path) -> None:
    documents = {}
    for day, (repair, resolve) in pairs(STATED).items():
        placed = LISTED_ELSEWHERE.get(day, day)
        documents[f"{placed}-{day}.md"] = SHAPE.format(day=placed, repair=repair, resolve=resolve)
    assert means(tmp_path, documents) == published()


@pytest.mark.skipif(not REAL.is_dir(), reason="the team's files are not at hand")
def test_the_published_means_come_out_of_the_files_themselves(tmp_path: Path) -> None:
    """Fifteen of sixteen quarters; what the other one gives is told beside the figures."""
    documents = {}
    for path in sorted(REAL.glob("20*.md")):
        day, text = path.stem[:10], path.read_text(encoding="utf-8")
        if day in LISTED_ELSEWHERE:  # their page lists it with the quarter before
            text = text.replace("2020-08-05", "2020-06-30").replace(day, LISTED_ELSEWHERE[day])
        documents[path.name.replace(day, LISTED_ELSEWHERE.get(day, day))] = text
    found = means(tmp_path, documents)
    assert {quarter: found[quarter] for quarter in published()} == published()


def test_a_duration_that_the_stamps_contradict_is_kept(tmp_path: Path) -> None:
    text = SHAPE.format(day="2024-02-05", repair="20m", resolve="5h")
    made = imported(text)[1]
    assert "time_to_resolve: 5h (during support hours 10:00-17:00)" in made
    assert "resolved_at: 2024-02-05T11:00Z" in made
    assert means(tmp_path, {"2024-02-05.md": text}) == {"2024-Q1": (20, minutes("5h"))}
