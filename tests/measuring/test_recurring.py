"""Services, causes and tags that come back."""

from __future__ import annotations

from datetime import date

from mkdocs_postmortem.measuring.recurring import KINDS, Recurring, recurring
from mkdocs_postmortem.model import PostMortem
from tests.measuring.support import AS_OF, incident


def of(kind: str, *records: PostMortem, as_of: date = AS_OF) -> tuple[Recurring, ...]:
    return recurring(records, as_of)[kind]


def on(*days: str, **more: str) -> list[PostMortem]:
    return [incident(f"I{number}", f"{day}T10:00Z", **more) for number, day in enumerate(days)]


def test_what_two_incidents_have_recurs() -> None:
    one, two = on("2026-01-05", "2026-03-01")
    other = incident("X", "2026-02-01T10:00Z", services="search", causes="typo")
    found = recurring([one, other, two], AS_OF)
    assert {kind: [(item.names, item.count) for item in found[kind]] for kind in KINDS} == {
        "service": [(("checkout",), 2)],
        "cause": [(("expired-certificate",), 2)],
        "service and cause": [(("checkout", "expired-certificate"), 2)],
        "tag": [],
    }
    (service,) = found["service"]
    assert [record.id for record in service.records] == ["I1", "I0"]
    assert (service.first, service.last) == (date(2026, 1, 5), date(2026, 3, 1))


def test_different_spellings_are_one_and_the_latest_is_shown() -> None:
    one = incident("A", "2026-01-05T10:00Z", services="Check Out")
    two = incident("B", "2026-03-01T10:00Z", services="check-out, CHECK_OUT")
    assert [(item.names, item.count) for item in of("service", one, two)] == [(("check-out",), 2)]


def test_two_years_are_compared_from_three_incidents_on() -> None:
    old = incident("OLD", "2024-01-01T10:00Z", services="dns", causes="")
    few = on("2025-02-01", "2026-02-01")
    assert [(item.recent, item.before) for item in of("service", old, *few)] == [(1, None)]
    three = on("2025-02-01", "2026-02-01", "2026-03-01")
    assert [(item.recent, item.before) for item in of("service", old, *three)] == [(2, 1)]


def test_an_archive_that_falls_short_of_two_years_says_what_it_covers() -> None:
    for first, before, days in (
        ("2024-11-20", 0, 365),
        ("2024-11-24", 1, 365),
        ("2024-12-04", 1, 355),
        ("2025-11-23", 1, 1),
    ):
        found = of("service", *on(first, "2026-02-01", "2026-03-01"))
        assert [(item.recent, item.before, item.covered) for item in found] == [(2, before, days)]
    (found_,) = of("service", *on("2025-11-24", "2026-02-01", "2026-03-01"))
    assert (found_.recent, found_.before, found_.covered) == (3, None, 0)  # it begins too late to tell


def test_the_day_that_counts_as_today_decides() -> None:
    old = incident("OLD", "2023-01-01T10:00Z", services="dns", causes="")
    records = [old, *on("2025-02-01", "2026-02-01", "2026-03-01")]
    (now,) = of("service", *records, as_of=date(2026, 3, 1))
    assert (now.count, now.recent, now.before) == (3, 2, 1)
    (before,) = of("service", *records, as_of=date(2026, 2, 28))
    assert (before.count, before.recent, before.before) == (2, 1, None)
    assert of("service", *records, as_of=date(2026, 1, 1)) == ()


def test_a_year_ends_on_the_same_day() -> None:
    old = incident("OLD", "2020-01-01T10:00Z", services="dns", causes="")
    edges = on("2024-11-23", "2024-11-24", "2025-11-23", "2025-11-24", "2026-11-23")
    (found,) = of("service", old, *edges)
    assert (found.recent, found.before) == (2, 2)


def test_records_without_a_day_count_without_saying_when() -> None:
    (found,) = of("service", incident("A"), incident("B"))
    assert (found.count, found.first, found.last, found.recent, found.before) == (2, None, None, 0, None)


def test_the_most_frequent_comes_first_then_the_latest() -> None:
    records = [
        incident("A", "2026-01-01T10:00Z", services="a, b, c"),
        incident("B", "2026-01-02T10:00Z", services="b, c"),
        incident("C", "2026-01-03T10:00Z", services="c, a"),
    ]
    assert [item.names[0] for item in of("service", *records)] == ["c", "a", "b"]
