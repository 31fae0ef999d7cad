"""Every metric of an archive of 48 post-mortems, worked out a second time from a table, as a spreadsheet would.

The table has minutes where post-mortems have timestamps. What is expected is calculated here from these minutes,
by the formula that spreadsheets document for PERCENTILE.INC, and by nothing of the product's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from math import floor
from typing import NamedTuple

import pytest

from mkdocs_postmortem.measuring.metrics import DIVISIONS, Measure, Survey, survey
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import History

from .support import SETTINGS, record

AS_OF = date(2026, 11, 23)

# Minutes from the start to detection; from detection to acknowledgement, mitigation and resolution; hours from
# resolution to the draft; action items as status, days to the due date, days to completion, from the last day.
TABLE = """
| id | severity | services | started | detect | acknowledge | mitigate | resolve | draft | items |
| M01 | P2 | checkout | 2024-07-18T15:24 | 3 | 4 | 52 | 52 | 49 | done/7/14 |
| M02 | P2 | mail checkout | 2024-07-31T09:29 | 3 | 2 | 67 | 67 | 60 | verified/7/8 done/21/6 done/21/3 |
| M03 | P2 | payments | 2024-08-26T19:21 | 7 | 4 | 9 | 409 | 96 |  |
| M04 | P2 | payments mail | 2024-09-22T08:24 | 75 | 4 | 38 | 128 | 37 | done/60/6 done/7/28 |
| M05 | P1 | mail search | 2024-10-15T23:20 | 2 | 1 | 44 | 84 | 20 | done/14/- open/7/- |
| M06 | P3 | search | 2024-11-11T06:56 | 31 | 11 | 38 | 128 | 12 |  |
| M07 | P2 | checkout | 2024-11-25T07:26 | 15 |  | 52 | 142 | 31 | verified/30/13 done/14/13 done/14/1 |
| M08 | P2 | payments | 2024-12-10T01:34 | 600 | 1 | 14 | 104 | 44 | verified/10/14 wont/21/- verified/30/14 |
| M09 | P2 | payments | 2024-12-27T21:17 | 2 | 2 | 14 | 22 | 72 | done/14/28 |
| M10 | P1 | mail search | 2025-01-11T09:17 | 22 | 2 | 95 | 495 | 60 | open/30/- done/14/61 open/60/- |
| M11 | P2 | mail | 2025-02-06T17:42 | 3 | 6 | 67 | 107 | 5 | done/10/17 |
| M12 | P0 | checkout | 2025-02-23T18:20 | 4 | 8 | 9 | 34 | 60 |  |
| M13 | P1 | mail payments | 2025-03-01T07:15 | 31 | 11 | 25 | 115 | 12 |  |
| M14 | P2 | mail | 2025-03-24T14:44 | 3 | 4 | 95 | 107 | 47 | done/21/1 open/14/- done/30/20 |
| M15 | P2 | checkout | 2025-04-18T15:03 | 5 | 4 | 140 | 148 | 49 | wont/21/- verified/30/8 open/60/- |
| M16 | P1 | mail | 2025-04-29T10:54 | 600 | 4 | 95 | 95 | 5 | verified/14/8 open/21/- |
| M17 | P3 | search | 2025-05-16T15:22 | 2 | 2 | 9 | 17 | 47 | verified/10/17 |
| M18 | P2 | checkout mail | 2025-06-14T19:19 | 31 |  | 9 | 12 | 44 | wont/10/- verified/10/14 wont/30/- |
| M19 | P3 | mail | 2025-07-01T11:24 | 48 | 1 | 95 | 100 | 20 | done/10/28 |
| M20 | P2 | mail | 2025-07-31T22:33 | 4 | 1 | 6 | 9 | 49 | done/14/8 done/7/9 open/10/- |
| M21 | P1 | mail | 2025-08-28T10:53 | 31 | 6 | 67 | 467 | 44 | done/21/6 done/60/17 open/7/- |
| M22 | P1 | mail | 2025-09-06T08:04 | 22 |  | 44 | 444 | 49 | wont/60/- done/21/1 |
| M23 | P3 | checkout | 2025-09-20T15:06 | 2 | 6 | 25 | 425 | 60 | done/30/9 open/60/- verified/21/8 |
| M24 | P1 | payments | 2025-10-15T11:02 | 3 | 5 | 38 | 63 | 12 | done/14/3 verified/60/3 wont/10/- |
| M25 | P1 | payments search | 2025-11-14T09:44 | 130 | 2 | 95 | 98 | 44 | done/30/8 verified/21/14 |
| M26 | P1 | search | 2025-12-01T09:10 | 2 | 4 | 6 | 31 | 49 | verified/30/1 verified/14/20 |
| M27 | P2 | checkout | 2025-12-30T11:28 | 9 | 1 | 9 | 21 | 31 |  |
| M28 | P3 | payments mail | 2026-01-09T16:45 | 12 | 5 | 14 | 414 | 49 | verified/30/13 done/14/1 done/14/3 |
| M29 | P0 | search checkout | 2026-01-12T22:25 | 9 | 1 | 21 | 24 | 47 |  |
| M30 | P2 | search | 2026-01-29T22:00 | 9 | 1 | 14 | 26 | 5 | done/14/33 |
| M31 | P2 | payments | 2026-02-10T04:18 | 0 | 3 | 6 | 6 | 5 | open/21/- done/21/17 verified/7/33 |
| M32 | P2 | mail | 2026-03-12T09:45 | 15 | 2 | 18 | 43 | 26 | open/30/- done/14/13 wont/10/- |
| M33 | P2 | search | 2026-03-15T11:49 | 2 |  | 310 | 350 | 49 | verified/21/8 open/14/- done/14/6 |
| M34 | P1 | search | 2026-04-05T23:49 | 22 | 2 | 6 | 18 | 26 | done/7/13 verified/14/20 |
| M35 | P1 | checkout | 2026-05-06T11:01 | 12 | 1 | 14 | 54 | 60 |  |
| M36 | P1 | search | 2026-05-25T18:02 | 4 |  |  | 60 |  | open/14/- done/14/45 |
| M37 | P3 | mail payments | 2026-06-03T10:04 | 0 |  | 52 | 60 | 12 |  |
| M38 | P2 | search | 2026-06-07T16:12 | 130 | 8 | 6 | 6 | 72 | open/10/- verified/14/1 verified/60/3 |
| M39 | P2 | checkout | 2026-07-01T16:09 | 600 | 3 | 140 | 143 | 31 | open/60/- |
| M40 | P2 | mail | 2026-07-12T22:23 | 48 | 1 | 38 | 50 |  |  |
| M41 | P2 | payments | 2026-08-10T18:03 | 22 | 3 | 67 | 79 | 60 | done/7/- verified/30/3 open/10/- |
| M42 | P1 | search | 2026-09-11T01:34 | 3 | 8 | 18 | 30 | 12 | done/14/- open/14/- |
| M43 | P2 | checkout | 2025-03-10T08:00 | 4 | 2 | 20 | -12 | 20 |  |
| M44 | P1 | payments | 2025-06-02T08:00 | 10 | 5 | 30 | 60480 | 30 |  |
| M45 | P0 | payments | 2025-10-20T08:00 | 40 | 5 | 90 | 57600 | 30 | done/30/10 |
| M46 | P3 | mail | 2026-04-20T08:00 | 6 | 3 | 12 |  |  | done/14/4 |
| M47 | P3 | mail |  |  |  |  |  |  |  |
| M48 | P3 | mail | 2026-02-20T08:00 | -30 | 3 | 20 | 50 | 20 |  |
"""
# M43 was resolved before it was detected, M44 took 42 days and does not say that it is meant, M45 took 40 and does,
# M46 has no end and says in words how long it took, M47 has no dates at all, M48 was detected before it started.
LONG_RUNNING = {"M45"}
STATED = {"M46": 95}
CAUSES = {
    "M05": "expired-certificate", "M10": "expired-certificate", "M12": "dns", "M29": "dns", "M24": "quota",
    "M31": "quota", "M38": "bad-query", "M42": "bad-query",
}  # fmt: skip
REPEATS = {"M10": True, "M29": False, "M31": True, "M42": True}
"""What repeats an earlier one, by reading the table: whether something was left to do then."""


class Item(NamedTuple):
    status: str
    due: int
    completed: int | None


class Row(NamedTuple):
    id: str
    severity: str
    services: list[str]
    started: datetime | None
    detect: int | None
    acknowledge: int | None
    mitigate: int | None
    resolve: int | None
    draft: int | None
    items: list[Item]

    @property
    def last_day(self) -> date | None:
        """The day of its end, where it has one, else of its start."""
        if self.started is None:
            return None
        if self.resolve is None or self.detect is None:
            return self.started.date()
        return (self.started + timedelta(minutes=self.detect + self.resolve)).date()


def number(text: str) -> int | None:
    return int(text) if text.strip() else None


def rows() -> list[Row]:
    found = []
    for line in TABLE.strip().splitlines()[1:]:
        id, severity, services, started, *numbers, items = [cell.strip() for cell in line.strip("|").split("|")]
        parts = [item.split("/") for item in items.split()]
        found.append(
            Row(
                id,
                severity,
                services.split(),
                datetime.fromisoformat(started).replace(tzinfo=UTC) if started else None,
                *map(number, numbers),
                [Item(status, int(due), None if done == "-" else int(done)) for status, due, done in parts],
            )
        )
    return found


ROWS = rows()


def document(row: Row) -> PostMortem:
    """The row as a post-mortem."""
    lines = [f"id: {row.id}", f"title: Incident {row.id}", f"severity: {row.severity}"]
    lines += [f"services: [{', '.join(row.services)}]"]
    lines += [f"causes: [{CAUSES[row.id]}]"] if row.id in CAUSES else []
    lines += ["long_running: true"] if row.id in LONG_RUNNING else []
    lines += [f"time_to_resolve: {STATED[row.id]} minutes"] if row.id in STATED else []
    if row.started is not None:
        detected = row.started + timedelta(minutes=row.detect or 0)
        lines.append(f"started_at: {stamp(row.started)}")
        after = {"acknowledged_at": row.acknowledge, "mitigated_at": row.mitigate, "resolved_at": row.resolve}
        lines.append(f"detected_at: {stamp(detected)}")
        lines += [
            f"{name}: {stamp(detected + timedelta(minutes=minutes))}"
            for name, minutes in after.items()
            if minutes is not None
        ]
        if row.draft is not None and row.resolve is not None:
            lines.append(f"drafted_at: {stamp(detected + timedelta(minutes=row.resolve + row.draft * 60))}")
    table = ["| Action | Owner | Due | Status | Completed |", "|---|---|---|---|---|"]
    for n, item in enumerate(row.items):
        status = "Won't do: too dear" if item.status == "wont" else item.status
        done = "" if item.completed is None else day(row, item.completed)
        table.append(f"| Do {row.id} {n} | @wei | {day(row, item.due)} | {status} | {done} |")
    front = "\n".join(lines)
    body = "\n".join(table) if row.items else "None."
    return record(f"---\n{front}\n---\n\n# Incident\n\n## Action Items\n\n{body}\n", f"docs/postmortems/{row.id}.md")


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def day(row: Row, days: int) -> str:
    assert row.last_day is not None
    return (row.last_day + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def found() -> Survey:
    return survey([document(row) for row in ROWS], SETTINGS, AS_OF, History.none())


# -- the second calculation


class Fact(NamedTuple):
    """A value, or None where it is left out, with what it is divided by."""

    value: float | None
    row: Row
    day: date | None


def spans(name: str) -> list[Fact]:
    """Durations of incidents, in seconds; what is negative or longer than 30 days is left out."""
    facts = []
    for row in ROWS:
        minutes: dict[str, int | None] = {
            "time_to_detect": row.detect,
            "time_to_acknowledge": row.acknowledge,
            "time_to_mitigate": row.mitigate,
            "time_to_resolve": STATED.get(row.id, row.resolve),
            "duration": None if row.resolve is None or row.detect is None else row.detect + row.resolve,
            "time_to_postmortem": None if row.draft is None else row.draft * 60,
        }
        value = minutes[name]
        if value is not None and (value < 0 or (value > 30 * 1440 and row.id not in LONG_RUNNING)):
            value = None
        if row.detect is not None and row.detect < 0 and name not in ("duration", "time_to_postmortem"):
            value = None  # nothing counts to or from a detection before the start
        if name == "time_to_postmortem" and (minutes["duration"] or 0) < 0:
            value = None  # nor from an end before it
        facts.append(Fact(None if value is None else value * 60, row, row.started.date() if row.started else None))
    return facts


def completion() -> list[Fact]:
    """One for each item that was due before today and is not given up."""
    facts = []
    for row in ROWS:
        for item in row.items:
            assert row.last_day is not None
            due = row.last_day + timedelta(days=item.due)
            if item.status != "wont" and due < AS_OF:
                facts.append(Fact(float(item.status in ("done", "verified")), row, due))
    return facts


def times_to_complete() -> list[Fact]:
    facts = []
    for row in ROWS:
        for item in row.items:
            assert row.last_day is not None
            if item.status in ("done", "verified"):
                known = item.completed is not None
                when = row.last_day + timedelta(days=item.completed or 0) if known else row.started
                assert row.started is not None
                at = when if known else row.started.date()
                facts.append(Fact(item.completed * 86400.0 if item.completed is not None else None, row, at))  # type: ignore[arg-type]
    return facts


def repeated() -> list[Fact]:
    return [
        Fact(float(row.id in REPEATS) if row.started else None, row, row.started.date() if row.started else None)
        for row in ROWS
    ]


def left_open() -> list[Fact]:
    return [
        Fact(float(REPEATS[row.id]), row, row.started.date() if row.started else None)
        for row in ROWS
        if row.id in REPEATS
    ]


FACTS: dict[str, Callable[[str | None], list[Fact]]] = {
    "time_to_detect": lambda by: spans("time_to_detect"),
    "time_to_acknowledge": lambda by: spans("time_to_acknowledge"),
    "time_to_mitigate": lambda by: spans("time_to_mitigate"),
    "time_to_resolve": lambda by: spans("time_to_resolve"),
    "duration": lambda by: spans("duration"),
    "time_to_postmortem": lambda by: spans("time_to_postmortem"),
    "action_completion_rate": lambda by: completion(),
    "time_to_complete_actions": lambda by: times_to_complete(),
    "repeat_incidents": lambda by: repeated(),
    "repeats_with_open_actions": lambda by: left_open(),
}
RATES = {"action_completion_rate", "repeat_incidents", "repeats_with_open_actions"}


def percentile_inc(values: Sequence[float], share: float) -> float:
    """As the documentation of spreadsheets has it: rank 1 + share x (n - 1), and a straight line between two ranks."""
    ranked = sorted(values)
    rank = share * (len(ranked) - 1)
    low = floor(rank)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (rank - low) * (ranked[high] - ranked[low])


def groups(fact: Fact, by: str | None) -> list[str]:
    if by is None:
        return ["(all)"]
    if by == "service":
        return fact.row.services
    if by == "severity":
        return [fact.row.severity]
    if fact.day is None:
        return ["(none)"]
    if by == "month":
        return [f"{fact.day:%Y-%m}"]
    quarter = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}[fact.day.month]
    return [f"{fact.day.year}-Q{quarter}" if by == "quarter" else str(fact.day.year)]


def expected(name: str, by: str | None) -> dict[str, tuple[int, int, float | None, float | None, float | None]]:
    gathered: dict[str, list[float | None]] = {}
    for fact in FACTS[name](by):
        for group in groups(fact, by):
            gathered.setdefault(group, []).append(fact.value)
    told = {}
    for group, held in gathered.items():
        known = [value for value in held if value is not None]
        n, excluded = len(known), len(held) - len(known)
        mean = sum(known) / n if known else None
        spread = known and name not in RATES
        told[group] = (
            n,
            excluded,
            percentile_inc(known, 0.5) if spread else None,
            percentile_inc(known, 0.9) if spread else None,
            mean,
        )
    return told


def as_told(measures: Sequence[Measure]) -> dict[str, tuple[int, int, float | None, float | None, float | None]]:
    return {item.period: (item.n, item.excluded, item.median, item.p90, item.mean) for item in measures}


# -- and the comparison


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 40
    assert set(FACTS) == set(survey([], SETTINGS, AS_OF, History.none()).values)


@pytest.mark.parametrize("by", [None, *DIVISIONS])
@pytest.mark.parametrize("name", FACTS)
def test_every_metric_is_what_the_table_gives(found: Survey, name: str, by: str | None) -> None:
    told = as_told(found.measures(by, (name,)))
    if by is not None:
        assert told.pop("(all)") == pytest.approx(expected(name, None)["(all)"])
    wanted = expected(name, by)
    assert told.keys() == wanted.keys()
    for period, numbers in wanted.items():
        assert told[period] == pytest.approx(numbers), period


def test_the_numbers_of_all_are_these(found: Survey) -> None:
    """Written down, so that no change of both calculations goes unseen."""
    assert [(item.metric, *numbers(item)) for item in found.measures()] == TOTALS


def numbers(item: Measure) -> tuple[int, int, float | None, float | None, float | None]:
    return (item.n, item.excluded, *(None if value is None else round(value, 4) for value in item[4:]))  # type: ignore[return-value]


TOTALS: list[tuple[object, ...]] = [
    ("time_to_detect", 46, 2, 540.0, 6150.0, 3440.8696),
    ("time_to_acknowledge", 40, 8, 180.0, 480.0, 223.5),
    ("time_to_mitigate", 45, 3, 1800.0, 5700.0, 2844.0),
    ("time_to_resolve", 44, 4, 4890.0, 25302.0, 85884.5455),
    ("duration", 44, 4, 5970.0, 30678.0, 89352.2727),
    ("time_to_postmortem", 43, 5, 158400.0, 216000.0, 137469.7674),
    ("action_completion_rate", 71, 0, None, None, 0.7606),
    ("time_to_complete_actions", 51, 3, 777600.0, 2419200.0, 1109647.0588),
    ("repeat_incidents", 47, 1, None, None, 0.0851),
    ("repeats_with_open_actions", 4, 0, None, None, 0.75),
]
"""n, left out, median, p90, mean: seconds, and fractions of 1."""


def test_what_cannot_be_true_is_listed_and_nothing_else(found: Survey) -> None:
    assert [(name, value.record.id, value.reason) for name, value in found.mistakes] == [
        ("time_to_resolve", "M43", "reversed"),
        ("duration", "M43", "reversed"),
        ("time_to_postmortem", "M43", "begun before the incident"),
        ("time_to_resolve", "M44", "too long"),
        ("duration", "M44", "too long"),
        ("time_to_detect", "M48", "reversed"),
        ("time_to_acknowledge", "M48", "begun before the incident"),
        ("time_to_mitigate", "M48", "begun before the incident"),
        ("time_to_resolve", "M48", "begun before the incident"),
    ]


def test_no_mistake_moves_a_number(found: Survey) -> None:
    """The same archive without the wrong records has the same median, p90 and mean."""
    mended = survey([document(row) for row in ROWS if row.id not in ("M43", "M44")], SETTINGS, AS_OF, History.none())
    for name in ("time_to_resolve", "duration"):
        with_them, without = found.measures(metrics=(name,))[0], mended.measures(metrics=(name,))[0]
        assert with_them[4:] == without[4:]
        assert with_them.n == without.n
        assert with_them.excluded == without.excluded + 2
