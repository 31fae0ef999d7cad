"""Means that a real team published by hand, out of the durations its post-mortems state, to the minute.

The figures are those of the incident log of the UK Ministry of Justice's Cloud Platform (source/incidents in
ministryofjustice/cloud-platform at 7f879f3, MIT): per incident the stated time to repair and to resolve, per
quarter the published means. Nothing else of it is kept here. Where a copy of its files is at hand, beside the
repository in `shared/real` or where `POSTMORTEM_REAL` says, they are read as well, and have to say the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mkdocs_postmortem.dates import parse_duration
from mkdocs_postmortem.measuring.metrics import Measure, measure
from mkdocs_postmortem.metric_settings import MetricSettings
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import History

from .support import SETTINGS, record

AS_OF = date(2026, 8, 21)
PREFERRED = replace(SETTINGS, metrics=MetricSettings(stated="prefer"))
REAL = Path(os.environ.get("POSTMORTEM_REAL") or Path(__file__).parents[3] / "shared" / "real") / "cloud-platform"

STATED = """
2020-02-12 | 0h 16m | 0h 22m
2020-02-18 | 0h 36m | 0h 46m
2020-02-25 | 4h 9m | 7h
2020-04-15 | 0h 30m | 5h 09m
2020-08-04 | 5h 8m | 9h 16m
2020-08-07 | 0h 38m | 33h 15m
2020-08-14 | 0h 37m | 0h 55m
2020-08-25 | 0h 45m | 1h 10m
2020-09-07 | 3h 02m | 3h 17m
2020-09-21 | 0h 38m | 3h 14m
2020-09-28 | 0h 15m | 1h 30m
2020-10-06 | 2h 8m | 8h 46m
2021-05-10 | 4h 33m | 4h 45m
2021-06-09 | 0h 31m | 0h 43m
2021-07-12 | 0h 07m | 20h 03m
2021-09-04 | 5h 16m | 5h 27m
2021-09-30 | 5h 3m | 7h 43m
2021-11-05 | 1h 17m | 1h 17m
2022-01-22 | 2h 2m | 2h 41m
2022-03-10 | 8m | 8m
2022-07-11 | 6h 27m | 6h 27m
2022-11-15 | 27m | 27m
2023-01-05 | 673h 34m | 673h 34m
2023-01-11 | 1h 28m | 1h 29m
2023-02-02 | 0h 30m | 1h 22m
2023-06-06 | 0h 55m | 0h 55m
2023-07-21 | 4h 27m | 4h 27m
2023-07-25 | 1h 50m | 1h 50m
2023-08-04 | 33h 14m | 35h 33m
2023-09-18 | 4h 12m | 35h 36m
2023-11-01 | 35h 36m | 35h 36m
2024-04-15 | 3h 21m | 21h 20m
2024-07-25 | 3h 8m | 4h 9m
2024-09-20 | 11m | 20m
"""
"""Day, time to repair, time to resolve, of every quarter that has published means."""

PUBLISHED = """
2020-Q1 | 1h 22m | 2h 36m
2020-Q2 | 2h 49m | 7h 12m
2020-Q3 | 59m | 7h 13m
2020-Q4 | 2h 8m | 8h 46m
2021-Q2 | 2h 32m | 2h 44m
2021-Q3 | 3h 28m | 11h 4m
2021-Q4 | 1h 17m | 1h 17m
2022-Q1 | 1h 05m | 1h 24m
2022-Q3 | 6h 27m | 6h 27m
2022-Q4 | 27m | 27m
2023-Q1 | 225h 10m | 225h 28m
2023-Q2 | 0h 55m | 0h 55m
2023-Q3 | 10h 55m | 19h 21m
2023-Q4 | 35h 36m | 35h 36m
2024-Q2 | 3h 21m | 21h 20m
2024-Q3 | 1h 39m | 2h 14m
"""
"""Quarter, mean time to repair, mean time to resolve; minutes that were begun are cut off."""

LISTED_ELSEWHERE = {"2020-08-04": "2020-06-30"}
"""Their page has this incident of August in the second quarter."""
DOES_NOT_COME_OUT = {"2020-Q1": ("1h 40m", "2h 42m")}
"""What the three incidents of this quarter give. The published 1h 22m and 2h 36m are what four would give, the
fourth with 27 minutes and 2h 16m; the page lists three."""


def pairs(table: str) -> dict[str, tuple[str, str]]:
    rows = (line.split(" | ") for line in table.strip().splitlines())
    return {name: (repair, resolve) for name, repair, resolve in rows}


def incident(day: str, repair: str, resolve: str) -> PostMortem:
    front = f"title: Incident\ntime_to_repair: {repair}\ntime_to_resolve: {resolve}"
    return record(f"---\n{front}\n---\n\n# Incident\n", f"docs/postmortems/{day}.md")


def minutes(text: str) -> int:
    found = parse_duration(text)
    assert found is not None, text
    return int(found.value.total_seconds()) // 60


def means(records: Iterable[PostMortem]) -> dict[str, tuple[int, int]]:
    """Mean time to mitigate, which they call repair, and to resolve, in whole minutes, by quarter."""
    found: dict[str, dict[str, Measure]] = {}
    for item in measure(records, PREFERRED, AS_OF, History.none(), "quarter"):
        found.setdefault(item.period, {})[item.metric] = item
    told = {}
    for period, numbers in found.items():
        repair, resolve = numbers["time_to_mitigate"].mean, numbers["time_to_resolve"].mean
        if period != "(all)" and repair is not None and resolve is not None:
            told[period] = (int(repair) // 60, int(resolve) // 60)
    return told


def published(**instead: tuple[str, str]) -> dict[str, tuple[int, int]]:
    return {
        quarter: (minutes(repair), minutes(resolve))
        for quarter, (repair, resolve) in {**pairs(PUBLISHED), **DOES_NOT_COME_OUT, **instead}.items()
    }


def test_the_tables_are_read_as_they_stand() -> None:
    assert len(pairs(STATED)) == 34
    assert len(pairs(PUBLISHED)) == 16
    assert pairs(STATED)["2020-02-25"] == ("4h 9m", "7h")
    assert pairs(STATED)["2022-03-10"] == ("8m", "8m")


def test_the_published_means_come_out_to_the_minute() -> None:
    """Each quarter but the first, counting the incidents where their page lists them."""
    records = [incident(LISTED_ELSEWHERE.get(day, day), *stated) for day, stated in pairs(STATED).items()]
    assert means(records) == published()


def test_by_their_own_days_two_quarters_differ_by_the_incident_that_is_listed_elsewhere() -> None:
    ours = means(incident(day, *stated) for day, stated in pairs(STATED).items())
    assert {quarter for quarter in ours if ours[quarter] != published()[quarter]} == {"2020-Q2", "2020-Q3"}
    assert ours["2020-Q2"] == (minutes("0h 30m"), minutes("5h 9m"))
    assert ours["2020-Q3"] == (663 // 7, (2601 + 556) // 7)


def test_one_long_incident_makes_a_mean_that_no_incident_has() -> None:
    """The first quarter of 2023: a mean of 225 hours, out of 673 hours and two of an hour and a half."""
    found = measure(
        (incident(day, *stated) for day, stated in pairs(STATED).items()), PREFERRED, AS_OF, History.none(), "quarter"
    )
    first = next(item for item in found if (item.metric, item.period) == ("time_to_resolve", "2023-Q1"))
    assert (first.n, first.median) == (3, 89 * 60)
    assert first.mean == pytest.approx((673 * 60 + 34 + 89 + 82) * 60 / 3)


@pytest.mark.skipif(not REAL.is_dir(), reason="the team's files are not at hand")
def test_the_files_themselves_give_the_same() -> None:
    records = []
    for path in sorted(REAL.glob("20*.md")):
        day = path.stem[:10]
        name = f"docs/postmortems/{LISTED_ELSEWHERE.get(day, day)}{path.stem[10:]}.md"
        records.append(record(path.read_text(encoding="utf-8"), name))
    found = means(records)
    assert {quarter: found[quarter] for quarter in published()} == published()
    assert set(found) - set(published()) == {"2025-Q1"}, "stated, but without a published mean"
    index = (REAL / "INDEX-published-means.md").read_text(encoding="utf-8")
    theirs = re.findall(r"Mean Time to (?:Repair|Resolve)\*\*: (\d\S*(?: \d+m)?)", index, re.I)
    assert sorted(theirs) == sorted(text for pair in pairs(PUBLISHED).values() for text in pair)
