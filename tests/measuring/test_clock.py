"""The process clock: milestones by their evidence, deadlines kept, missed, running, or not known and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mkdocs_postmortem.measuring import reviews
from mkdocs_postmortem.measuring.clock import Deadline, begins, deadlines, history_of, milestones, needs_history
from mkdocs_postmortem.measuring.follow_up import follow_up
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.process import build
from mkdocs_postmortem.reading.history import FileHistory, History
from mkdocs_postmortem.settings import Settings
from tests.measuring.support import record
from tests.reading.repository import document, started

PATH = "docs/postmortems/2026/incident.md"
BASIC = Settings(root=Path("/project"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def post_mortem(*front: str, body: str = "", resolved: str = "2026-11-03T10:00Z") -> PostMortem:
    """A P1 that was over on Tuesday the third at ten."""
    facts = ["severity: P1", "started_at: 2026-11-03T09:00Z", f"resolved_at: {resolved}", 'owner: "@maria"', *front]
    lines = {line.partition(":")[0]: line for line in facts if not line.endswith(": -")}
    for line in facts:
        if line.endswith(": -"):
            lines.pop(line.partition(":")[0], None)
    front_matter = "\n".join(lines.values())
    return record(f"---\n{front_matter}\n---\n\n# Checkout was down\n\n{body}", PATH)


def table(*rows: str) -> str:
    head = "## Action Items\n\n| Action | Owner | Due Date | Status | Completed |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {row} |\n" for row in rows)


def with_process(**group: object) -> Settings:
    return replace(BASIC, process=build(group, BASIC.severity_names))


def step(
    name: str, item: PostMortem, as_of: str = "2026-11-23", history: History | None = None, settings: Settings = BASIC
) -> Deadline:
    found = deadlines(item, history or History.none(), settings, date.fromisoformat(as_of))
    return next(deadline for deadline in found if deadline.step == name)


def of_git(*states: str, created: str = "", whole: bool = True, known: bool = True) -> History:
    """A history of one file: states as `2026-11-03T12:00Z draft`."""
    changes = tuple((utc(state.split()[0]), state.split()[1]) for state in states)
    file = FileHistory(utc(created) if created else changes[0][0], changes, changes[-1][0], whole)
    return History({PATH: file}, known, "" if known else "this is a shallow clone")


@pytest.mark.parametrize(
    ("group", "front", "known"),
    [
        ({}, (), True),
        ({"git": False}, (), False),
        ({"git": False, "check_git": True}, (), False),
        ({}, ("status: published", "drafted_at: 2026-11-04T08:00Z", "published_at: 2026-11-05T08:00Z"), False),
    ],
)
def test_git_is_asked_where_it_may_be_and_something_is_open(
    group: dict[str, bool], front: tuple[str, ...], known: bool, tmp_path: Path
) -> None:
    started(tmp_path).commit("2026-11-03T12:00Z", {"a.md": document("draft")})
    settings = replace(with_process(**group), root=tmp_path)
    assert bool(history_of([post_mortem(*front)], settings).files) == known


class TestMilestones:
    def test_front_matter_goes_before_git(self) -> None:
        item = post_mortem("status: published", "drafted_at: 2026-11-04T08:00Z", "published_at: 2026-11-05T08:00Z")
        found = milestones(item, of_git("2026-11-08T12:00Z draft", "2026-11-09T12:00Z published"))
        assert [(e.at, e.source) for e in (found.drafted_at, found.published_at)] == [
            (utc("2026-11-04T08:00Z"), "front matter"),
            (utc("2026-11-05T08:00Z"), "front matter"),
        ]
        assert not needs_history(item)

    def test_git_knows_the_first_commit_and_when_it_was_published(self) -> None:
        item = post_mortem("status: published")
        found = milestones(
            item, of_git("2026-11-03T12:00Z draft", "2026-11-05T12:00Z review", "2026-11-09T12:00Z published")
        )
        assert (found.drafted_at.at, found.drafted_at.source) == (utc("2026-11-03T12:00Z"), "git")
        assert (found.published_at.at, found.published_at.source) == (utc("2026-11-09T12:00Z"), "git")
        assert needs_history(item)

    def test_the_meeting_is_known_from_front_matter_alone(self) -> None:
        item = post_mortem("meeting: {scheduled_at: 2026-11-03T15:00Z, held_at: 2026-11-05T14:00Z}")
        found = milestones(item, History.none())
        assert found.meeting_scheduled_at.at == utc("2026-11-03T15:00Z")
        assert found.meeting_held_at.at == utc("2026-11-05T14:00Z")

    @pytest.mark.parametrize("value", ["soon", "2026-11-04", "[]", "{a: b}", "12", ""])
    def test_what_is_no_moment_is_no_evidence(self, value: str) -> None:
        item = post_mortem("status: published", f"drafted_at: {value}", f"published_at: {value}", f"meeting: {value}")
        found = milestones(item, History.none("no git here"))
        assert [evidence.at for evidence in found] == [None] * 4
        assert found.published_at.why == "no git here"

    @pytest.mark.parametrize(
        ("history", "why"),
        [
            (History.none(), "front matter does not say, and git was not asked"),
            (History({}, True), "the file is not committed yet"),
            (of_git("2026-11-03T12:00Z draft"), "the change to `published` is not committed yet"),
            (
                of_git("2026-11-09T12:00Z published", whole=False),
                "it was published before it came into this repository",
            ),
            (of_git("2026-11-09T12:00Z published", whole=False, known=False), "it was published before it came"),
        ],
    )
    def test_what_git_cannot_know_is_said_and_not_guessed(self, history: History, why: str) -> None:
        found = milestones(post_mortem("status: published"), history).published_at
        assert found.at is None
        assert found.why.startswith(why)

    def test_a_file_that_came_finished_does_not_say_when_its_draft_was_there(self) -> None:
        found = milestones(post_mortem("status: published"), of_git("2026-11-09T12:00Z published"))
        assert (found.drafted_at.at, found.drafted_at.by) == (None, utc("2026-11-09T12:00Z"))
        assert (found.published_at.at, found.published_at.source) == (utc("2026-11-09T12:00Z"), "git")

    def test_from_a_real_repository(self, tmp_path: Path) -> None:
        repository = started(tmp_path / "r")
        repository.commit("2026-11-03T12:00Z", {"incident.md": document("draft")}, folder="docs/postmortems/2026")
        repository.commit("2026-11-09T12:00Z", {"incident.md": document("published")}, folder="docs/postmortems/2026")
        found = milestones(post_mortem("status: published"), repository.read())
        assert (found.drafted_at.at, found.published_at.at) == (utc("2026-11-03T12:00Z"), utc("2026-11-09T12:00Z"))


class TestWhatTheClockCountsFrom:
    def test_the_end_of_the_incident(self) -> None:
        assert begins(post_mortem(), BASIC) == utc("2026-11-03T10:00Z")

    def test_or_what_is_configured(self) -> None:
        assert begins(post_mortem(), with_process(**{"from": "started"})) == utc("2026-11-03T09:00Z")

    def test_else_the_last_moment_that_is_stated(self) -> None:
        item = post_mortem("detected_at: 2026-11-03T09:10Z", "resolved_at: -")
        assert begins(item, BASIC) == utc("2026-11-03T09:10Z")

    def test_else_the_end_of_its_day(self) -> None:
        item = record("# Down\n\n**Date:** 3 November 2026\n", PATH)
        assert begins(item, BASIC) == utc("2026-11-04T00:00Z")

    def test_where_nothing_is_stated_nothing_is_due(self) -> None:
        found = deadlines(record("# Down\n", "docs/postmortems/x.md"), History.none(), BASIC, date(2026, 11, 23))
        assert {(item.state, item.due) for item in found[:-1]} == {("unknown", None)}
        assert (found[-1].state, found[-1].due) == ("not due", None)  # the review counts from publication
        assert all(item.why for item in found)


class TestDeadlines:
    def test_those_of_the_process(self) -> None:
        found = deadlines(post_mortem(), History.none(), BASIC, date(2026, 11, 3))
        assert [(item.step, item.due) for item in found] == [
            ("owner", utc("2026-11-03T10:00Z")),
            ("meeting", utc("2026-11-04T10:00Z")),
            ("draft", utc("2026-11-05T10:00Z")),
            ("publish", utc("2026-11-10T10:00Z")),
            ("actions", utc("2026-11-17T10:00Z")),
            ("review", None),
        ]

    @pytest.mark.parametrize(
        ("published", "state", "late"),
        [
            ("2026-11-10T10:00Z", "kept", None),
            ("2026-11-10T10:01Z", "missed", timedelta(minutes=1)),
            ("2026-11-12T10:00Z", "missed", timedelta(days=2)),
        ],
    )
    def test_kept_and_missed_to_the_minute(self, published: str, state: str, late: timedelta | None) -> None:
        found = step("publish", post_mortem("status: published", f"published_at: {published}"))
        assert (found.state, found.late, found.source) == (state, late, "front matter")
        assert not found.open

    @pytest.mark.parametrize(
        ("as_of", "state", "left"),
        [
            ("2026-11-03", "running", timedelta(days=7, hours=10)),
            ("2026-11-09", "running", timedelta(days=1, hours=10)),
            ("2026-11-10", "running", timedelta(hours=10)),  # on the day itself there is still time
            ("2026-11-11", "missed", None),
        ],
    )
    def test_what_is_not_done_runs_until_its_day_is_over(self, as_of: str, state: str, left: timedelta | None) -> None:
        found = step("publish", post_mortem("status: draft"), as_of)
        assert (found.state, found.left, found.open) == (state, left, True)
        assert found.overdue == (state == "missed")

    def test_the_day_is_that_of_the_team(self) -> None:
        item = post_mortem("status: draft", resolved="2026-11-03T23:30Z")  # due on 11-11 at 00:30 in Berlin
        assert step("publish", item, "2026-11-11", settings=with_process(time_zone="Europe/Berlin")).state == "running"
        assert step("publish", item, "2026-11-11").state == "missed"

    def test_what_happened_after_that_day_has_not_happened(self) -> None:
        item = post_mortem("status: published", "drafted_at: 2026-11-04T08:00Z", "published_at: 2026-11-09T08:00Z")
        assert step("publish", item, "2026-11-09").state == "kept"
        assert step("publish", item, "2026-11-08").state == "running"
        assert step("draft", item, "2026-11-03").state == "running"

    def test_an_owner_is_needed_at_once(self) -> None:
        assert step("owner", post_mortem()).state == "kept"
        item = post_mortem("owner: -")
        assert step("owner", item, "2026-11-03").state == "running"
        assert step("owner", item, "2026-11-04").overdue

    def test_a_meeting_that_nobody_scheduled(self) -> None:
        assert step("meeting", post_mortem("status: draft"), "2026-11-04").state == "running"
        assert step("meeting", post_mortem("status: draft"), "2026-11-05").overdue
        done = step("meeting", post_mortem("status: published"), "2026-11-05")
        assert (done.state, done.why) == ("unknown", "no meeting is stated")

    @pytest.mark.parametrize(
        ("meeting", "state"),
        [
            ("{scheduled_at: 2026-11-04T10:00Z}", "kept"),
            ("{scheduled_at: 2026-11-04T10:01Z}", "missed"),
            ("{held_at: 2026-11-04T09:00Z}", "kept"),
            ("{held_at: 2026-11-05T09:00Z}", "unknown"),
        ],
    )
    def test_a_meeting_that_was_held_had_been_scheduled(self, meeting: str, state: str) -> None:
        assert step("meeting", post_mortem(f"meeting: {meeting}")).state == state

    def test_a_draft_that_git_saw(self) -> None:
        assert step("draft", post_mortem(), history=of_git("2026-11-05T10:00Z draft")).state == "kept"
        late = step("draft", post_mortem(), history=of_git("2026-11-06T10:00Z draft"))
        assert (late.state, late.late, late.source) == ("missed", timedelta(days=1), "git")

    def test_without_evidence_a_draft_is_neither_kept_nor_missed(self) -> None:
        assert step("draft", post_mortem(), "2026-11-05").state == "running"
        found = step("draft", post_mortem(), "2026-11-20", History.none("the git repository has no commits yet"))
        assert (found.state, found.why) == ("unknown", "the git repository has no commits yet")

    def test_what_came_in_time_was_done_in_time(self) -> None:
        """A file that came into the repository finished was drafted before: by the deadline, if it came by then."""
        item = post_mortem("status: published")
        early = step("draft", item, history=of_git("2026-11-05T09:00Z published"))
        assert (early.state, early.done) == ("kept", None)
        assert step("draft", item, history=of_git("2026-11-06T09:00Z published")).state == "unknown"
        imported = of_git("2026-11-10T09:00Z published", whole=False)
        assert step("publish", item, history=imported).state == "kept"
        assert step("publish", item, history=of_git("2026-11-12T09:00Z published", whole=False)).state == "unknown"


class TestActionItems:
    @pytest.mark.parametrize(
        ("rows", "state"),
        [
            (["Mend | @wei | 2026-12-01 | Open |"], "kept"),  # a plan: an owner and a day
            (["Mend | @wei | | Open |"], "missed"),
            (["Mend | | 2026-12-01 | Open |"], "missed"),
            (["Mend | @wei | | Done | 2026-11-12"], "kept"),
            (["Mend | @wei | | Done | 2026-11-19"], "missed"),
            (["Mend | @wei | | Done |"], "unknown"),
            (["Mend | @wei | | Done | 2026-11-12", "Drop | | | Won't do: no use |"], "kept"),
            (["Drop | | | Won't do: no use |"], "kept"),
        ],
    )
    def test_done_or_planned(self, rows: list[str], state: str) -> None:
        assert step("actions", post_mortem("status: published", body=table(*rows))).state == state

    def test_some_teams_want_them_closed(self) -> None:
        item = post_mortem("status: published", body=table("Mend | @wei | 2026-12-01 | Open |"))
        found = step("actions", item, settings=with_process(plan_counts=False))
        assert (found.state, found.why) == ("missed", "1 of 1 not closed")

    def test_where_there_are_none_there_is_nothing_to_do(self) -> None:
        assert step("actions", post_mortem("status: published")).state == "not due"
        assert step("actions", post_mortem("status: draft"), "2026-11-10").state == "running"


OPEN = table("Alert on it | @wei | 2027-06-01 | Open | |")


class TestReviews:
    def test_two_weeks_after_publication(self) -> None:
        item = post_mortem("status: published", "published_at: 2026-11-09T09:00Z", body=OPEN)
        assert step("review", item, "2026-11-20").due == utc("2026-11-23T09:00Z")
        assert step("review", item, "2026-11-20").state == "running"
        assert step("review", item, "2026-11-24").overdue
        assert step("review", post_mortem("status: draft")).state == "not due"

    def test_after_ninety_days_nobody_knows_any_more(self) -> None:
        item = post_mortem("status: published", "published_at: 2026-11-09T09:00Z", body=OPEN)
        assert step("review", item, "2027-02-21").overdue
        found = step("review", item, "2027-02-22")
        assert (found.state, found.why) == ("unknown", "nobody noted whether it was held")

    def test_where_no_action_item_is_open_nothing_is_left_to_review(self) -> None:
        closed = table("Alert on it | @wei | 2026-11-20 | Done | 2026-11-19")
        item = post_mortem("status: published", "published_at: 2026-11-09T09:00Z", body=closed)
        found = step("review", item, "2026-12-20")
        assert (found.state, found.why) == ("not due", "no action item is open")
        assert step("review", item, "2026-11-18").state == "running"  # it was open still

    def test_it_needs_no_moment_of_the_incident(self) -> None:
        item = record(f"---\nstatus: published\npublished_at: 2026-11-09T09:00Z\n---\n\n# Down\n\n{OPEN}", PATH)
        assert step("review", item, "2026-11-24").overdue

    def test_the_day_it_is_planned_for_is_one_of_the_team(self) -> None:
        planned = "follow_up: {scheduled: 2026-11-20}"
        item = post_mortem("status: published", "published_at: 2026-11-09T09:00Z", planned, body=OPEN)
        for zone in ("Europe/Berlin", "UTC", "America/Los_Angeles"):
            settings = with_process(time_zone=zone)
            assert step("review", item, "2026-11-20", settings=settings).state == "running"
            assert step("review", item, "2026-11-21", settings=settings).overdue

    def test_a_planned_one_is_waited_for_also_where_the_process_asks_for_none(self) -> None:
        settings = with_process(deadlines={"review": "none"})
        published = ("status: published", "published_at: 2026-11-09T09:00Z")
        assert step("review", post_mortem(*published, body=OPEN), settings=settings).why == "not asked for"
        planned = post_mortem(*published, "follow_up: {scheduled: 2026-11-20}", body=OPEN)
        assert step("review", planned, settings=settings).overdue

    @pytest.mark.parametrize(
        ("follow_up", "state"),
        [
            ("{held: 2026-11-23}", "kept"),
            ("{held: 2026-11-25}", "missed"),
            ("{scheduled: 2026-11-27, held: 2026-11-25}", "kept"),
            ("{scheduled: 2026-11-27}", "missed"),
            ("soon", "missed"),
        ],
    )
    def test_held_or_not(self, follow_up: str, state: str) -> None:
        item = post_mortem("status: published", "published_at: 2026-11-09T09:00Z", f"follow_up: {follow_up}", body=OPEN)
        assert step("review", item, "2026-12-20").state == state

    def test_what_was_held_though_nobody_asks_for_it_is_not_unknown(self) -> None:
        item = post_mortem("status: published", "published_at: 2026-11-09T08:00Z", "follow_up: {held: 2026-11-20}")
        found = step("review", item, settings=with_process(deadlines={"review": "none"}))
        assert (found.state, found.why) == ("not due", "not asked for; it was held on 2026-11-20")

    def test_what_was_held_without_a_publication_that_is_known_is_neither_kept_nor_missed(self) -> None:
        found = step("review", post_mortem("status: published", "follow_up: {held: 2026-11-20}", body=OPEN))
        assert (found.state, found.why) == ("unknown", "it was held on 2026-11-20; when it was due is not known")

    @given(
        status=st.sampled_from(["draft", "review", "published"]),
        published=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 1)),
        scheduled=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
        held=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
        closed=st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
        asked=st.booleans(),
        zone=st.sampled_from(["UTC", "Asia/Tokyo", "America/Los_Angeles"]),
        as_of=st.dates(date(2026, 11, 1), date(2027, 5, 1)),
    )
    @hypothesis_settings(max_examples=150, deadline=None)
    def test_clock_and_reviews_are_of_one_mind(
        self,
        status: str,
        published: date | None,
        scheduled: date | None,
        held: date | None,
        closed: date | None,
        asked: bool,
        zone: str,
        as_of: date,
    ) -> None:
        facts = [f"status: {status}"]
        facts += [f"published_at: {published}T09:00Z"] if published else []
        stated = {"scheduled": scheduled, "held": held}
        facts += ["follow_up: {" + ", ".join(f"{key}: {day}" for key, day in stated.items() if day) + "}"]
        row = f"Alert on it | @wei | 2026-12-01 | {'Done' if closed else 'Open'} | {closed or ''}"
        item = post_mortem(*facts, body=table(row))
        terms = {} if asked else {"review": "none"}
        settings = with_process(time_zone=zone, deadlines=terms)
        review = follow_up(reviews.plan(item, settings), as_of)
        found = step("review", item, as_of.isoformat(), settings=settings)
        assert found.open == review.waiting
        assert found.overdue == (review.state == "overdue")
        assert (found.done is not None) == (review.state == "held")
        known = {"lapsed": "unknown", "unknown": "unknown", "settled": "not due", "unpublished": "not due"}
        assert found.state == known.get(review.state, "not due" if review.state == "not asked" else found.state)


class TestPolicies:
    def terms(self, settings: Settings, severity: str) -> list[str]:
        names = ("owner", "meeting", "draft", "publish", "actions")
        return [str(settings.process.term(name, severity)) for name in names]

    def test_a_meeting_that_was_scheduled_may_not_have_been_held(self) -> None:
        settings = with_process(preset="pagerduty")
        scheduled = "meeting: {scheduled_at: 2026-11-03T11:00Z}"
        found = step("meeting", post_mortem("status: published", scheduled), settings=settings)
        assert (found.state, found.why) == ("unknown", "it was scheduled; that it was held is not stated")
        assert step("meeting", post_mortem("status: review", scheduled), settings=settings).overdue

    def test_pagerduty(self) -> None:
        settings = with_process(preset="pagerduty")
        assert self.terms(settings, "P0") == ["at once", "3 days", "3 days", "3 days", "15 days"]
        assert self.terms(settings, "P1") == ["at once", *["5 business days"] * 3, "30 days"]
        item = post_mortem("meeting: {scheduled_at: 2026-11-03T11:00Z, held_at: 2026-11-12T09:00Z}")
        assert step("meeting", item, settings=settings).state == "missed"  # the meeting is to be held by then
        assert step("meeting", item, settings=settings).due == utc("2026-11-10T10:00Z")

    def test_atlassian(self) -> None:
        settings = with_process(preset="atlassian")
        assert [settings.process.term("actions", name) for name in BASIC.severity_names] == [
            build({"deadlines": {"actions": term}}, ()).term("actions", "")
            for term in ("4 weeks", "4 weeks", "8 weeks", "8 weeks")
        ]
        assert self.terms(settings, "P0")[:4] == ["at once", "24 h", "48 h", "1 week"]

    def test_what_is_written_goes_before_the_preset(self) -> None:
        settings = with_process(
            preset="pagerduty", deadlines={"draft": "24 h"}, severities={"P0": {"publish": "2 days"}}
        )
        assert self.terms(settings, "P0") == ["at once", "3 days", "24 h", "2 days", "15 days"]

    def test_a_step_that_is_not_asked_for_is_not_due(self) -> None:
        settings = with_process(severities={"P1": {"meeting": "none"}})
        found = step("meeting", post_mortem("status: draft"), settings=settings)
        assert (found.state, found.due, found.why) == ("not due", None, "not asked for")

    def test_business_days_and_holidays(self) -> None:
        settings = with_process(deadlines={"publish": "5 business days"}, holidays=["2026-11-05"])
        assert step("publish", post_mortem("status: draft"), "2026-11-05", settings=settings).due == utc(
            "2026-11-11T10:00Z"
        )

    def test_a_scale_of_one_s_own(self) -> None:
        process = build({"preset": "pagerduty"}, ("SEV1", "SEV2"))
        assert [str(process.term("publish", name)) for name in ("SEV1", "SEV2")] == ["3 days", "5 business days"]


def test_the_last_days_of_the_calendar_do_no_harm() -> None:
    item = post_mortem("started_at: 9999-12-31T00:00Z", resolved="9999-12-31T23:00Z")
    assert len(deadlines(item, History.none(), BASIC, date.max)) == 6
    assert len(deadlines(item, History.none(), BASIC, date.min)) == 6
    held = post_mortem("status: published", "published_at: 9999-12-31T00:00Z", "follow_up: {held: 9999-12-31}")
    assert len(deadlines(held, History.none(), with_process(time_zone="Pacific/Auckland"), date.max)) == 6


def test_moments_are_in_utc() -> None:
    item = post_mortem(
        "status: published", "published_at: 2026-11-10T11:00+01:00", "drafted_at: 2026-11-04T00:00+09:00"
    )
    for found in deadlines(item, History.none(), with_process(time_zone="Asia/Tokyo"), date(2026, 11, 23)):
        assert all(moment is None or moment.utcoffset() == UTC.utcoffset(None) for moment in (found.due, found.done))
    assert step("publish", item).state == "kept"


class TestSince:
    """An archive that is older than the process is not late."""

    @pytest.mark.parametrize(
        ("since", "under"),
        [("2026-11-04", False), ("2026-11-03", True), ("2026-01-01", True), (None, True)],
    )
    def test_an_incident_before_it_has_no_deadlines(self, since: str | None, under: bool) -> None:
        settings = with_process(**({"since": since} if since else {}))
        found = deadlines(post_mortem("status: draft"), History.none(), settings, date(2026, 11, 23))
        assert any(item.due for item in found) is under
        assert {item.state for item in found if not item.due} <= {"not due"}
        if not under:
            assert {(item.state, item.why) for item in found} == {("not due", "the incident was before 2026-11-04")}

    def test_the_day_is_one_of_the_teams_zone(self) -> None:
        item = post_mortem("status: draft", resolved="2026-11-03T23:30Z")
        for zone, under in (("UTC", False), ("Europe/Berlin", True)):
            settings = with_process(since="2026-11-04", time_zone=zone)
            assert any(one.due for one in deadlines(item, History.none(), settings, date(2026, 11, 23))) is under

    def test_without_a_day_an_incident_is_a_new_one(self) -> None:
        item = record("---\nstatus: draft\n---\n\n# Checkout was down\n", PATH)
        found = deadlines(item, History.none(), with_process(since="2026-11-04"), date(2026, 11, 23))
        assert {one.state for one in found} == {"unknown", "not due"}

    @pytest.mark.parametrize(
        ("planned", "state"), [((), "not asked"), (("follow_up: {scheduled: 2026-11-10}",), "overdue")]
    )
    def test_its_review_is_asked_for_only_where_it_plans_one(self, planned: tuple[str, ...], state: str) -> None:
        body = table("Do it | @a | 2026-12-01 | Open |")
        item = post_mortem("status: published", "published_at: 2026-11-04T09:00Z", *planned, body=body)
        settings = with_process(since="2026-11-04")
        plan = reviews.plan(item, settings, History.none())
        assert follow_up(plan, date(2026, 11, 23)).state == state

    def test_check_says_nothing_of_it(self) -> None:
        item = post_mortem("status: draft")
        found = deadlines(item, History.none(), with_process(since="2026-12-01"), date(2026, 11, 23))
        assert not any(one.overdue or one.open for one in found)
