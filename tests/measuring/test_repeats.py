"""What makes an incident the repeat of another, and what was left to do when it happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from mkdocs_postmortem.measuring import patterns
from mkdocs_postmortem.measuring.patterns import repeats
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Patterns
from tests.measuring.support import AS_OF, incident


def pairs(*records: PostMortem, rules: Patterns | None = None, as_of: date = AS_OF) -> list[tuple[str, str]]:
    return [(item.later.id, item.earlier.id) for item in repeats(records, as_of, rules)]


FIRST = incident("A", "2026-01-05T10:00Z", ended="2026-01-05T11:00Z")


def test_a_shared_service_and_cause_make_a_repeat() -> None:
    assert pairs(FIRST, incident("B", "2026-03-01T10:00Z")) == [("B", "A")]


@pytest.mark.parametrize(
    ("services", "causes"),
    [("search", "expired-certificate"), ("checkout", "capacity-limit"), ("", "expired-certificate"), ("checkout", "")],
)
def test_one_of_the_two_alone_does_not(services: str, causes: str) -> None:
    assert pairs(FIRST, incident("B", "2026-03-01T10:00Z", services=services, causes=causes)) == []


def test_names_are_compared_without_case_and_kind_of_dash() -> None:
    other = incident("B", "2026-03-01T10:00Z", services="Checkout", causes="Expired certificate")
    (repeat,) = repeats([FIRST, other], AS_OF)
    assert (repeat.shared_services, repeat.shared_causes) == (("Checkout",), ("Expired certificate",))


def test_the_shared_cause_is_one_that_either_names_first() -> None:
    """Two incidents that both, among other things, lacked an alert are not one incident again."""
    certificate = incident("A", "2026-01-05T10:00Z", causes="expired-certificate, alert-gap")
    capacity = incident("B", "2026-02-05T10:00Z", causes="capacity-limit, alert-gap")
    alert = incident("C", "2026-03-05T10:00Z", causes="alert-gap")
    assert pairs(certificate, capacity) == []
    assert pairs(certificate, capacity, alert) == [("C", "B"), ("C", "A")]


def test_contributing_causes_make_no_repeat() -> None:
    one = incident("A", "2026-01-05T10:00Z", causes="Alert gap, capacity-limit")
    two = incident("B", "2026-02-05T10:00Z", causes="alert-gap")
    three = incident("C", "2026-03-05T10:00Z", causes="alert-gap, capacity-limit")
    assert pairs(one, two, three, rules=Patterns(contributing_causes=("alert-gap",))) == [("C", "A")]


def test_what_counts_is_the_teams_decision() -> None:
    elsewhere = incident("B", "2026-03-01T10:00Z", services="search")
    linked = incident("C", "2026-04-01T10:00Z", "related: [A]", causes="typo")
    everything = (FIRST, elsewhere, linked)
    assert pairs(*everything) == [("C", "A")]
    assert pairs(*everything, rules=Patterns(("cause",))) == [("B", "A")]
    assert pairs(*everything, rules=Patterns(("service-and-cause",))) == []
    assert pairs(*everything, rules=Patterns(())) == []
    assert pairs(*everything, rules=Patterns(within_days=90)) == [("C", "A")]
    assert pairs(*everything, rules=Patterns(within_days=30)) == []


def test_a_link_counts_in_either_direction_and_once() -> None:
    kind: dict[str, Any] = {"services": "", "causes": ""}
    one = incident("A", "2026-01-05T10:00Z", "related: [B, B, A, PM-1999-001]", causes="fire")
    assert pairs(one, incident("B", "2026-03-01T10:00Z", **kind)) == [("B", "A")]
    assert pairs(one, incident("B", "2026-03-01T10:00Z", "related: [A]", **kind)) == [("B", "A")]
    (repeat,) = repeats([one, incident("B", "2026-03-01T10:00Z", "related: [A]", **kind)], AS_OF)
    assert (repeat.linked, repeat.shared_services, repeat.shared_causes) == (True, (), ())


def test_a_link_between_incidents_that_have_nothing_in_common_is_only_a_link() -> None:
    """A post-mortem may name another because it touches it: the same night, the same rollback."""
    linked = ("B", "2026-03-01T10:00Z", "related: [A]")
    assert pairs(FIRST, incident(*linked, services="mail", causes="typo")) == []
    assert pairs(FIRST, incident(*linked, services="checkout", causes="typo")) == [("B", "A")]
    assert pairs(FIRST, incident(*linked, services="mail", causes="expired-certificate")) == [("B", "A")]
    assert pairs(FIRST, incident(*linked, services="", causes="")) == [("B", "A")]


def test_a_circle_of_links_ends() -> None:
    ring = [
        incident(name, f"2026-0{number}-05T10:00Z", f"related: [{other}]", services="")
        for number, (name, other) in enumerate(["AB", "BC", "CA"], start=1)
    ]
    assert pairs(*ring) == [("C", "B"), ("C", "A"), ("B", "A")]


# -- order --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "ended", "second", "expected"),
    [
        ("started_at: 2026-01-05T10:00Z", "2026-01-05T12:00Z", "started_at: 2026-01-05T11:00Z", []),  # still going on
        ("started_at: 2026-01-05T10:00Z", "2026-01-05T12:00Z", "started_at: 2026-01-05T12:00Z", [("B", "A")]),
        ("started_at: 2026-01-05T10:00Z", "", "started_at: 2026-01-05T15:00Z", [("B", "A")]),
        ("started_at: 2026-01-05T10:00Z", "", "started_at: 2026-01-05T10:00Z", []),  # one moment has no order
        ("started_at: 2026-01-05T10:00+05:00", "", "started_at: 2026-01-05T06:00Z", [("B", "A")]),
    ],
)
def test_a_repeat_starts_after_its_predecessor_ended(first: str, ended: str, second: str, expected: list[Any]) -> None:
    one = incident("A", "", first, ended=ended)
    assert pairs(one, incident("B", "", second)) == expected


def dated(id: str, day: str) -> PostMortem:
    """A post-mortem that only its header dates."""
    return incident(id, body=f"**Date:** {day}\n")


def test_days_alone_order_incidents_of_different_days() -> None:
    assert pairs(dated("A", "2026-01-05"), dated("B", "2026-01-06")) == [("B", "A")]
    assert pairs(dated("A", "2026-01-05"), dated("B", "2026-01-05")) == []
    assert pairs(FIRST, dated("B", "2026-01-05")) == []
    assert pairs(FIRST, incident("B")) == []  # no day at all


def test_what_happens_after_the_day_that_counts_as_today_is_not_known_yet() -> None:
    both = (FIRST, incident("B", "2026-03-01T10:00Z"))
    assert pairs(*both, as_of=date(2026, 3, 1)) == [("B", "A")]
    assert pairs(*both, as_of=date(2026, 2, 28)) == []


def test_of_many_predecessors_the_latest_count() -> None:
    many = [incident(f"P{number:02}", f"2026-01-{number:02}T10:00Z") for number in range(1, 21)]
    assert pairs(*many)[:5] == [("P20", f"P{number}") for number in (19, 18, 17, 16, 15)]
    assert len([pair for pair in pairs(*many) if pair[0] == "P20"]) == patterns.MOST


def test_the_order_of_the_files_does_not_matter() -> None:
    three = [FIRST, incident("B", "2026-03-01T10:00Z"), incident("C", "2026-04-01T10:00Z")]
    assert pairs(*three) == pairs(*reversed(three)) == [("C", "B"), ("C", "A"), ("B", "A")]


# -- what was left to do ------------------------------------------------------------------------


def left(*items: str, started: str = "2026-03-01T10:00Z") -> tuple[list[str], list[str], bool]:
    earlier = incident("A", "2026-01-05T10:00Z", ended="2026-01-05T11:00Z", items=items)
    (repeat,) = repeats([earlier, incident("B", started)], AS_OF)
    opened, unverified = repeat.open_items, repeat.unverified_items
    return [item.action for item in opened], [item.action for item in unverified], repeat.certain


@pytest.mark.parametrize(
    ("item", "opened", "unverified", "certain"),
    [
        ("Watch expiry | Open", True, False, True),
        ("Watch expiry | In progress", True, False, True),
        ("Watch expiry | Done | 2026-02-01", False, True, True),
        ("Watch expiry | Done | 2026-03-01", False, True, True),  # done on that day: in favour of those who did it
        ("Watch expiry | Done | 2026-03-02", True, False, True),
        ("Watch expiry | Verified | 2026-02-01", False, False, True),
        ("Watch expiry | Verified | 2026-03-02", True, False, True),
        ("Watch expiry | Verified", False, False, True),
        ("Watch expiry | Done", False, True, False),  # nobody can tell when
        ("Watch expiry | Won't do: too dear", False, False, True),
        ("Watch expiry | Won't do: too dear | 2026-03-02", True, False, True),
    ],
)
def test_an_action_item_is_judged_on_the_day_of_the_later_incident(
    item: str, opened: bool, unverified: bool, certain: bool
) -> None:
    name = ["Watch expiry"]
    assert left(item) == (name if opened else [], name if unverified else [], certain)


def test_on_the_same_day_nothing_is_held_against_anybody() -> None:
    assert left("Watch expiry | Open", started="2026-01-05T15:00Z") == ([], [], True)


def test_of_an_incident_that_ended_weeks_later_items_are_not_older_than_its_end() -> None:
    earlier = incident("A", "2026-01-05T10:00Z", ended="2026-02-20T10:00Z", items=["Watch expiry | Open"])
    (repeat,) = repeats([earlier, incident("B", "2026-02-20T12:00Z")], AS_OF)
    assert repeat.open_items == ()


# -- cost ---------------------------------------------------------------------------------------


def alike(number: int) -> list[PostMortem]:
    """So many incidents of few services and causes, one every six hours."""
    first = date(2020, 1, 1)
    return [
        incident(
            f"N{at}",
            f"{first + timedelta(days=at // 4)}T{6 * (at % 4):02}:00Z",
            f"related: [N{at - 1}, N0]",
            services=f"s{at % 3}, shared",
            causes=f"c{at % 4}, common",
        )
        for at in range(number)
    ]


def compared(records: list[PostMortem], monkeypatch: pytest.MonkeyPatch) -> int:
    calls = 0
    usual = patterns.follows

    def counted(later: PostMortem, earlier: PostMortem) -> bool:
        nonlocal calls
        calls += 1
        return usual(later, earlier)

    with monkeypatch.context() as patch:
        patch.setattr(patterns, "follows", counted)
        repeats(records, AS_OF)
    return calls


def test_work_grows_with_the_number_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    records = alike(800)
    small, large = compared(records[:200], monkeypatch), compared(records, monkeypatch)
    assert 0 < small < large < 5 * small


def wide() -> Iterator[PostMortem]:
    for at in range(3):
        names = ", ".join(f"n{number}" for number in range(5000))
        yield incident(f"W{at}", f"2026-0{at + 1}-01T10:00Z", services=names, causes=names)


def test_endless_lists_of_services_and_causes_cost_no_more_than_their_length() -> None:
    records = list(wide())
    assert len(patterns._keys(records[0], Patterns())) < 1000
    assert len(repeats(records, AS_OF)) == 3
