"""Reviews of post-mortems and of months: states by dates, numbers that balance, months that stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mkdocs_postmortem import process
from mkdocs_postmortem.measuring import reviews
from mkdocs_postmortem.measuring.follow_up import FollowUp, Plan, follow_up
from mkdocs_postmortem.measuring.reviews import Month
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.reading.history import FileHistory, History
from mkdocs_postmortem.settings import Reviews
from tests.measuring.support import AS_OF, SETTINGS, record

HEAD = "| Action | Owner | Priority | Due | Status | Completed |\n|---|---|---|---|---|---|\n"
OPEN = "| Do it | @a | P1 | 2026-12-15 | Open | |"


def incident(
    *rows: str, day: str = "2026-10-01", facts: str = "", status: str = "published", id: str = "PM-1"
) -> PostMortem:
    front = f"id: {id}\ntitle: Incident\nstatus: {status}\nstarted_at: {day}T10:00Z\nresolved_at: {day}T12:00Z\n{facts}"
    table = "\n## Action Items\n\n" + HEAD + "\n".join(rows) + "\n" if rows else ""
    return record(f"---\n{front}\n---\n\n# Incident\n{table}", f"docs/postmortems/{id}.md")


def reviewed(document: PostMortem, as_of: date = AS_OF, history: History | None = None) -> FollowUp:
    return follow_up(reviews.plan(document, SETTINGS, history), as_of)


def by_name(*documents: PostMortem, as_of: date = AS_OF, months: int = 36) -> dict[str, Month]:
    settings = replace(SETTINGS, reviews=Reviews(months=months))
    return {month.name: month for month in reviews.months(documents, settings, as_of)}


def actions(lives: Sequence[reviews.Life]) -> list[str]:
    return [life.item.action for life in lives]


# -- the review of a post-mortem


@pytest.mark.parametrize(
    ("facts", "state", "due"),
    [
        ("published_at: 2026-11-12T09:00Z", "due", "2026-11-26"),
        ("published_at: 2026-11-09T09:00Z", "due", "2026-11-23"),
        ("published_at: 2026-11-08T23:59Z", "overdue", "2026-11-22"),
        ("published_at: 2026-11-08T23:59-01:00", "due", "2026-11-23"),
        ("published_at: 2026-11-01T09:00Z\nfollow_up: {scheduled: 2026-12-01}", "due", "2026-12-01"),
        ("published_at: 2026-11-12T09:00Z\nfollow_up: {scheduled: 2026-11-20}", "overdue", "2026-11-20"),
        ("published_at: 2026-11-01T09:00Z\nfollow_up: {held: 2026-11-16}", "held", "2026-11-15"),
        ("follow_up: {held: 2026-11-16}", "held", ""),
        ("published_at: 2026-11-12T09:00Z\nfollow_up: {held: 2026-11-24}", "due", "2026-11-26"),
        ("", "unknown", ""),
        ("published_at: soon", "unknown", ""),
        ("published_at: 9999-12-25T10:00Z", "due", "9999-11-30"),
    ],
)
def test_a_review_is_due_two_weeks_after_publication_or_when_it_is_planned(facts: str, state: str, due: str) -> None:
    review = reviewed(incident(OPEN, facts=facts))
    assert (review.state, review.due.isoformat() if review.due else "") == (state, due)


def test_publication_may_be_known_from_git_but_what_is_stated_goes_first() -> None:
    written, out = datetime(2026, 10, 20, 9, tzinfo=UTC), datetime(2026, 11, 2, 9, tzinfo=UTC)
    known = FileHistory(created=written, states=((written, "draft"), (out, "published")), changed=out)
    history = History(files={"docs/postmortems/PM-1.md": known}, known=True)
    assert reviewed(incident(OPEN), history=history).due == date(2026, 11, 16)
    stated = incident(OPEN, facts="published_at: 2026-11-12T09:00Z")
    assert reviewed(stated, history=history).due == date(2026, 11, 26)


def test_what_nobody_noted_for_ninety_days_is_not_asked_for_any_more() -> None:
    document = incident(OPEN, facts="follow_up: {scheduled: 2026-08-25}")
    assert reviewed(document, as_of=date(2026, 11, 23)).state == "overdue"
    assert reviewed(document, as_of=date(2026, 11, 24)).state == "lapsed"


def test_a_draft_has_no_review_unless_one_is_planned() -> None:
    assert reviewed(incident(OPEN, status="draft")).state == "unpublished"
    assert reviewed(incident(OPEN, status="draft", facts="follow_up: {scheduled: 2026-12-01}")).state == "due"


def test_where_every_item_is_closed_nothing_is_left_to_review() -> None:
    facts = "published_at: 2026-10-05T09:00Z"
    done = incident(
        "| Do it | @a | P1 | | Done | 2026-11-20 |", "| Not that | @a | P2 | | Won't do: no | |", facts=facts
    )
    assert reviewed(done).state == "settled"
    assert reviewed(incident(facts=facts)).state == "settled"
    assert reviewed(done, as_of=date(2026, 11, 19)).state == "overdue"


@pytest.mark.parametrize(
    ("terms", "due"),
    [({"review": "10 days"}, "2026-11-22"), ({"review": "5 business days"}, "2026-11-19"), ({"review": "none"}, None)],
)
def test_the_process_says_how_long_after_publication(terms: dict[str, str], due: str | None) -> None:
    settings = replace(SETTINGS, process=process.build({"deadlines": terms}, SETTINGS.severity_names))
    document = incident(OPEN, facts="published_at: 2026-11-12T09:00Z")
    known = reviews.plan(document, settings)
    assert (known.due.isoformat() if known.due else None) == due
    assert follow_up(known, AS_OF).waiting == (due is not None)


def test_overdue_reviews_come_first_then_the_next_then_those_held() -> None:
    documents = [
        incident(OPEN, id="held", facts="follow_up: {held: 2026-11-01}"),
        incident(OPEN, id="next", facts="published_at: 2026-11-20T09:00Z"),
        incident(OPEN, id="late", facts="published_at: 2026-11-05T09:00Z"),
        incident(OPEN, id="latest", facts="published_at: 2026-10-05T09:00Z"),
        incident(OPEN, id="unknown"),
        incident(OPEN, id="draft", status="draft"),
    ]
    found = reviews.follow_ups(documents, SETTINGS, AS_OF)
    assert [review.record.id for review in found] == ["latest", "late", "next", "held", "unknown", "draft"]


def test_a_review_goes_through_every_action_item_once() -> None:
    document = incident(
        "| Finished | @a | P1 | 2026-11-01 | Done | 2026-11-01 |",
        "| Under way | @a | P0 | 2026-12-15 | In progress | |",
        "| Not begun | @a | P0 | 2026-12-15 | Open | |",
        "| Late | @a | P1 | 2026-11-20 | In progress | |",
        "| Nobody's | | P1 | | Open | |",
        "| No priority | @a | | 2026-12-15 | Open | |",
        "| Not that | @a | P2 | 2026-12-15 | Won't do: no | |",
        "| On its way | @a | P1 | 2026-12-15 | Open | |",
    )
    points = reviews.agenda(document, SETTINGS, AS_OF)
    assert [(point.part, point.item.action, point.reasons) for point in points] == [
        ("stuck", "Late", ("overdue",)),
        ("stuck", "Nobody's", ("no owner", "no due date")),
        ("priority", "Not begun", ("not begun",)),
        ("priority", "No priority", ("no priority",)),
        ("progress", "Under way", ()),
        ("progress", "On its way", ()),
        ("done", "Finished", ()),
        ("dropped", "Not that", ()),
    ]


# -- the review of a month


def test_a_month_says_what_was_carried_over_opened_and_closed() -> None:
    document = incident(
        "| Quick | @a | P1 | 2026-10-20 | Done | 2026-10-15 |",
        "| Late | @a | P1 | 2026-10-20 | Done | 2026-11-05 |",
        "| Still open | @a | P1 | 2026-11-20 | Open | |",
        "| Later still | @a | P1 | 2026-12-20 | Open | |",
    )
    october, november = by_name(document)["2026-10"], by_name(document)["2026-11"]
    assert (october.carried, len(october.opened), actions(october.closed), october.open) == (0, 4, ["Quick"], 3)
    assert (november.carried, len(november.opened), actions(november.closed), november.open) == (3, 0, ["Late"], 2)
    assert actions(october.overdue) == ["Late"]
    assert actions(november.overdue) == ["Still open"]
    assert (actions(october.fell_due), actions(november.fell_due)) == (["Late"], ["Still open"])
    assert (october.running, november.running, november.end) == (False, True, AS_OF)


def test_an_item_closed_without_a_day_is_counted_as_not_known_and_nowhere_else() -> None:
    document = incident("| When? | @a | P1 | 2026-10-20 | Done | |", "| Open | @a | P1 | 2026-12-20 | Open | |")
    for month in by_name(document).values():
        assert actions(month.unknown) == ["When?"]
        assert "When?" not in actions([*month.opened, *month.closed, *month.overdue, *month.fell_due])
    assert [month.open for month in by_name(document).values()] == [1, 1]


def test_what_is_dated_after_the_day_of_the_build_has_not_happened() -> None:
    document = incident("| Soon | @a | P1 | 2026-12-20 | Done | 2026-11-30 |")
    november = by_name(document)["2026-11"]
    assert (actions(november.closed), november.open, actions(november.unknown)) == ([], 1, [])
    assert by_name(incident(OPEN, day="2026-12-01")) == {}


def test_an_item_done_before_the_incident_was_over_is_opened_and_closed_on_its_day() -> None:
    found = by_name(incident("| Mend | @a | P1 | | Done | 2026-09-30 |"), incident(day="2026-09-02", id="PM-0"))
    assert [(len(month.opened), len(month.closed)) for month in found.values()] == [(0, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ("| x | @a | P1 | 2026-12-01 | Open | |", None),
        ("| x | @a | P0 | 2026-12-01 | Open | |", ("top",)),
        ("| x | | P1 | 2026-11-01 | Open | |", ("no owner",)),
        ("| x | @a | P1 | | Open | |", ("no due date",)),
        ("| x | @a | P2 | 2026-08-24 | Open | |", ("give up",)),
        ("| x | @a | P2 | 2026-08-25 | Open | |", None),
        ("| x | | P0 | | Open | |", ("top", "no owner", "no due date")),
    ],
)
def test_what_is_to_be_decided_is_told_with_its_reasons(row: str, reasons: tuple[str, ...] | None) -> None:
    november = by_name(incident(row))["2026-11"]
    assert [found.reasons for found in november.decide] == ([reasons] if reasons else [])


def test_what_is_open_for_over_ninety_days_is_to_be_decided_about() -> None:
    assert [found.reasons for found in by_name(incident(OPEN, day="2026-08-25"))["2026-11"].decide] == []
    assert [found.reasons for found in by_name(incident(OPEN, day="2026-08-24"))["2026-11"].decide] == [("old",)]


def test_the_gravest_decision_comes_first() -> None:
    document = incident(
        "| old P1 | @a | P1 | 2026-12-01 | Open | |",
        "| give up | @a | P2 | 2026-06-01 | Open | |",
        "| nobody | | P1 | 2026-12-01 | Open | |",
        "| P0 | @a | P0 | 2026-12-01 | Open | |",
        day="2026-05-01",
    )
    assert [found.life.item.action for found in by_name(document)["2026-11"].decide] == [
        "P0",
        "nobody",
        "give up",
        "old P1",
    ]


def test_a_month_says_what_became_of_the_decisions_before_it() -> None:
    document = incident(
        "| Done since | @a | P0 | 2026-12-01 | Done | 2026-11-10 |",
        "| Still there | @a | P0 | 2026-12-01 | Open | |",
    )
    november = by_name(document)["2026-11"]
    assert (len(by_name(document)["2026-10"].decide), november.settled, november.pending) == (2, 1, 1)


def test_reviews_of_post_mortems_stand_in_the_month_they_fall_due_and_until_they_are_held() -> None:
    facts = "published_at: 2026-08-20T09:00Z\nfollow_up: {held: 2026-10-05}"
    document = incident(OPEN, day="2026-08-10", facts=facts)
    found = {name: [review.state for review in month.follow_ups] for name, month in by_name(document).items()}
    assert found == {"2026-08": [], "2026-09": ["overdue"], "2026-10": ["held"], "2026-11": []}


def test_there_are_as_many_months_as_the_settings_ask_for_however_far_back_a_document_is_dated() -> None:
    ancient = incident(OPEN, day="0001-01-01")
    assert list(by_name(ancient, months=3)) == ["2026-11", "2026-10", "2026-09"]
    assert by_name(ancient, months=3)["2026-09"].carried == 1
    assert len(by_name(incident(OPEN))) == 2


def test_the_first_month_with_a_page_knows_what_the_month_before_it_left_to_decide() -> None:
    document = incident("| x | @a | P0 | 2026-12-01 | Open | |", day="2026-08-01")
    assert [month.pending for month in by_name(document, months=2).values()] == [1, 1]


def test_the_meeting_on_a_month_is_on_a_working_day() -> None:
    assert reviews.meeting_day(date(2026, 10, 1), SETTINGS) == date(2026, 11, 2)  # 1 November is a Sunday
    fifth = replace(SETTINGS, reviews=Reviews(day=5))
    assert reviews.meeting_day(date(2026, 12, 1), fifth) == date(2027, 1, 5)
    holiday = replace(SETTINGS, process=replace(SETTINGS.process, holidays=frozenset({date(2026, 11, 2)})))
    assert reviews.meeting_day(date(2026, 10, 1), holiday) == date(2026, 11, 3)


# -- random archives

DAYS = st.dates(date(2025, 1, 1), date(2027, 2, 1))
ROW = st.tuples(
    st.sampled_from(["Open", "In progress", "Done", "Verified", "Won't do: no"]),
    st.one_of(st.none(), DAYS),
    st.one_of(st.none(), DAYS),
    st.sampled_from(["P0", "P1", "P2", ""]),
    st.sampled_from(["@a", ""]),
)
PLANS = st.sampled_from(
    ["", "published_at: 2026-03-01T10:00Z", "follow_up: {scheduled: 2026-05-05}", "follow_up: {held: 2026-06-06}"]
)
DOCUMENT = st.tuples(st.one_of(st.none(), DAYS), st.lists(ROW, max_size=5), PLANS)


def archive(
    documents: Sequence[tuple[date | None, list[tuple[str, date | None, date | None, str, str]], str]],
) -> list[PostMortem]:
    found = []
    for number, (day, rows, facts) in enumerate(documents):
        lines = [
            f"| Item {n} | {owner} | {priority} | {due or ''} | {status} | {completed or ''} |"
            for n, (status, completed, due, priority, owner) in enumerate(rows)
        ]
        document = incident(*lines, day=str(day) if day else "unknown", facts=facts, id=f"PM-{number}")
        found.append(document)
    return found


@given(st.lists(DOCUMENT, max_size=5), DAYS)
@hypothesis_settings(max_examples=60, deadline=None)
def test_the_numbers_balance_within_each_month_and_from_each_to_the_next(documents: list, as_of: date) -> None:
    found = reviews.months(archive(documents), SETTINGS, as_of)
    for month in found:
        assert month.carried + len(month.opened) - len(month.closed) == month.open
        assert month.first <= month.end <= as_of
        assert len(month.overdue) <= month.open
        assert all(month.first <= (life.closed or as_of) <= month.end for life in month.closed)
    for later, earlier in pairwise(found):
        assert later.carried == earlier.open
        assert later.settled + later.pending <= len(earlier.decide)
    if found:
        # What is open at the end of the last month is what is open now: no item is lost, none counted twice.
        now = [
            life
            for life in reviews.lives(archive(documents))
            if life.dated and life.opened <= as_of and (life.closed is None or life.closed > as_of)
        ]
        assert found[0].open == len(now)


@given(st.lists(DOCUMENT, max_size=5), DAYS, st.integers(1, 200))
@hypothesis_settings(max_examples=60, deadline=None)
def test_a_month_that_is_over_stays_as_it_was_whatever_is_dated_later(documents: list, as_of: date, days: int) -> None:
    """The archive as it stood on a day, and as it stands later: later completions were then open items."""
    later = as_of + timedelta(days=days)
    after = archive(documents)
    before = [
        replace(document, action_items=tuple(_as_it_stood(item, as_of) for item in document.action_items))
        for document in after
        if document.day is None or document.day <= as_of
    ]
    then = {month.name: month for month in reviews.months(before, SETTINGS, as_of)}
    now = {month.name: month for month in reviews.months(after, SETTINGS, later)}
    for name in [name for name, month in then.items() if not month.running and name in now]:
        assert _told(then[name]) == _told(now[name])


def _as_it_stood(item: ActionItem, day: date) -> ActionItem:
    """An item on a day before it was completed: open, and nobody knew when it would be done."""
    return replace(item, status="open", completed=None) if item.completed and item.completed > day else item


def _told(month: Month) -> object:
    """What a month's page says, apart from items that say no day."""

    def keys(lives: Sequence[reviews.Life]) -> list[str]:
        return [life.item.key for life in lives]

    return (
        month.carried, keys(month.opened), keys(month.closed), month.open, keys(month.overdue), keys(month.fell_due),
        [(found.life.item.key, found.reasons) for found in month.decide], month.pending, month.settled,
        keys(month.unknown), [document.id for document in month.incidents],
        [(review.record.id, review.state, review.due, review.held) for review in month.follow_ups],
    )  # fmt: skip


@given(st.lists(ROW, max_size=8), DAYS)
@hypothesis_settings(max_examples=40, deadline=None)
def test_a_two_week_review_leaves_out_no_item_and_names_none_twice(rows: list, as_of: date) -> None:
    (document,) = archive([(date(2026, 1, 1), rows, "")])
    points = reviews.agenda(document, SETTINGS, as_of)
    assert sorted(point.item.key for point in points) == sorted(item.key for item in document.action_items)
    assert all(point.item.is_open == (point.part in ("stuck", "priority", "progress")) for point in points)


def test_a_plan_holds_what_does_not_depend_on_the_day() -> None:
    document = incident(
        OPEN, facts="published_at: 2026-11-12T09:00Z\nfollow_up: {held: 2026-11-27, notes: https://x.example/n}"
    )
    assert reviews.plan(document, SETTINGS) == Plan(
        document,
        due=date(2026, 11, 26),
        held=date(2026, 11, 27),
        notes="https://x.example/n",
        planned=False,
        asked=True,
        moment=datetime(2026, 11, 26, 9, tzinfo=UTC),
    )
