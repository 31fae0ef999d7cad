"""`calendar.ics`: valid by RFC 5545, read alike by parsers of others, under names that stay."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mkdocs_postmortem.exporting import calendar_ics
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import clean, words
from tests.views.support import SETTINGS, record, site

HEAD = "| Action | Owner | Priority | Due | Status | Completed |\n|---|---|---|---|---|---|\n"
ROW = "| Validate it | @wei | P0 | 2026-12-01 | Open | |"
PUBLISHED = "published_at: 2026-11-16T10:00Z"


def incident(
    *rows: str, facts: str = "", id: str = "PM-1", title: str = "Checkout failed", path: str = ""
) -> PostMortem:
    front = (
        f"id: {id}\ntitle: {title}\nstatus: published\nseverity: P1\nstarted_at: 2026-08-01T10:00Z\n"
        f'resolved_at: 2026-08-01T12:00Z\nowner: "@maria"\n{facts}'
    )
    table = "\n## Action Items\n\n" + HEAD + "\n".join(rows) + "\n"
    return record(f"---\n{front}\n---\n\n# x\n{table}", path or f"docs/postmortems/{id}.md")


def archive(*documents: PostMortem, site_url: str = "", as_of: date = date(2026, 11, 23), **settings: Any) -> Site:
    return replace(site(*documents, settings=replace(SETTINGS, **settings), as_of=as_of), site_url=site_url)


def events(*documents: PostMortem, **kwargs: Any) -> list[dict[str, Any]]:
    """Events as an independent parser reads them."""
    calendar = vobject.readOne(calendar_ics(archive(*documents, **kwargs)))
    return [{child.name.lower(): child.value for child in event.getChildren()} for event in calendar.contents["vevent"]]


def due(*documents: PostMortem, **kwargs: Any) -> list[dict[str, Any]]:
    return [event for event in events(*documents, **kwargs) if "Action item" in event["categories"]]


def lines_of(text: str) -> list[str]:
    """Lines of a calendar, unfolded, after what RFC 5545 asks of every one was found to hold."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert re.search(r"(?<!\r)\n|\r(?!\n)", text) is None
    folded = text.split("\r\n")
    assert max(len(line.encode()) for line in folded) <= 75
    unfolded = text.replace("\r\n ", "").split("\r\n")[:-1]
    for line in unfolded:
        assert re.match(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*:", line), line
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line)
    return unfolded


def test_a_due_date_is_an_event_of_that_day_that_leaves_people_free() -> None:
    (event,) = due(incident(ROW), site_url="https://wiki.example.com/team")
    assert event["dtstart"] == date(2026, 12, 1)
    assert event["summary"] == "Due: Validate it"
    assert event["description"] == "Post-mortem: Checkout failed\nOwner: @wei\nPriority: P0\nStatus: Open"
    assert event["categories"] == ["Action item", "P0"]
    assert event["url"].startswith("https://wiki.example.com/team/postmortems/PM-1/#")
    assert (event["status"], event["transp"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["dtstamp"] == datetime(2026, 11, 23, tzinfo=UTC)


def test_without_the_address_of_the_site_there_are_no_addresses() -> None:
    for address in ("", "wiki.example.com", "javascript:alert(1)"):
        assert all("url" not in event for event in events(incident(ROW, facts=PUBLISHED), site_url=address))


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ("| x | @a | P0 | 2026-12-01 | In progress | |", "CONFIRMED"),
        ("| x | @a | P0 | 2026-01-01 | Open | |", "CONFIRMED"),
        ("| x | @a | P0 | 2026-12-01 | Done | 2026-11-20 |", "CANCELLED"),
        ("| x | @a | P0 | 2026-12-01 | Won't do: no | |", "CANCELLED"),
        ("| x | @a | P0 | 2026-10-24 | Verified | |", "CANCELLED"),
        ("| x | @a | P0 | 2026-10-23 | Verified | |", None),
        ("| x | @a | P0 | 2026-12-01 | Done | 2026-10-23 |", None),
        ("| x | @a | P0 | | Open | |", None),
    ],
)
def test_what_is_closed_is_cancelled_for_thirty_days(row: str, status: str | None) -> None:
    assert [event["status"] for event in due(incident(row))] == ([status] if status else [])


def test_a_cancellation_goes_before_what_was_said_that_day_and_a_later_day_before_both() -> None:
    def sequence(row: str, as_of: date) -> int:
        return int(due(incident(row), as_of=as_of)[0]["sequence"])

    done = ROW.replace("| Open | |", "| Done | 2026-11-23 |")
    today, tomorrow = date(2026, 11, 23), date(2026, 11, 24)
    assert sequence(ROW, today) < sequence(done, today) < sequence(ROW, tomorrow) < 2**31


EDITED = [
    (ROW.replace("@wei", "@li"),),
    (ROW.replace("2026-12-01", "2026-12-24"),),
    (ROW.replace("P0", "P2"),),
    (ROW.replace("| Open | |", "| Done | 2026-11-20 |"),),
    ("| Another | @a | P1 | 2026-12-03 | Open | |", ROW),
    (ROW, "| Another | @a | P1 | 2026-12-03 | Open | |"),
]


@pytest.mark.parametrize("rows", EDITED)
def test_names_stay_over_edits_and_reorders(rows: tuple[str, ...]) -> None:
    (before,) = due(incident(ROW))
    after = {event["summary"]: event["uid"] for event in due(incident(*rows, title="Another title"))}
    assert after["Due: Validate it"] == before["uid"]
    moved = due(incident(ROW, path="docs/postmortems/2026/renamed.md"), incident(id="PM-9"))
    assert [event["uid"] for event in moved] == [before["uid"]]


def test_names_say_nothing_and_are_those_of_one_archive() -> None:
    one = {event["uid"] for event in events(incident(ROW, facts=PUBLISHED), site_url="https://a.example/")}
    other = {event["uid"] for event in events(incident(ROW, facts=PUBLISHED), site_url="https://b.example/")}
    assert not one & other
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", uid) for uid in one | other)


def test_no_name_stands_twice_even_where_two_documents_have_one_id() -> None:
    twins = [incident(ROW, facts=PUBLISHED, path=f"docs/postmortems/{name}.md") for name in ("a", "b")]
    names = [event["uid"] for event in events(*twins)]
    assert len(names) == len(set(names))


def reviews_of(*documents: PostMortem, **kwargs: Any) -> list[dict[str, Any]]:
    found = [event for event in events(*documents, **kwargs) if "Review" in event["categories"]]
    return [event for event in found if event["summary"].startswith("Two-week")]


def test_a_two_week_review_is_an_event_and_is_off_where_nothing_is_left_to_review() -> None:
    (event,) = reviews_of(incident(ROW, facts=PUBLISHED))
    assert (event["dtstart"], event["summary"], event["status"]) == (
        date(2026, 11, 30),
        "Two-week review: Checkout failed",
        "CONFIRMED",
    )
    (event,) = reviews_of(incident(ROW.replace("Open", "Done"), facts=PUBLISHED))
    assert event["status"] == "CANCELLED"
    (event,) = reviews_of(incident(ROW, facts=f"{PUBLISHED}\nfollow_up: {{held: 2026-11-20}}"))
    assert (event["dtstart"], event["status"]) == (date(2026, 11, 20), "CONFIRMED")
    assert reviews_of(incident(ROW, facts="published_at: 2026-01-10T10:00Z\nfollow_up: {held: 2026-01-20}")) == []


def test_the_reviews_of_three_months_are_events_even_of_an_empty_archive() -> None:
    found = [(event["summary"], event["dtstart"]) for event in events()]
    assert found == [
        ("Post-mortems: review of October 2026", date(2026, 11, 2)),
        ("Post-mortems: review of November 2026", date(2026, 12, 1)),
        ("Post-mortems: review of December 2026", date(2027, 1, 1)),
    ]


def test_deadlines_that_run_are_events_at_their_moment() -> None:
    draft = record(
        "---\nid: PM-1\ntitle: New\nstatus: draft\nseverity: P1\nstarted_at: 2026-11-22T10:00Z\n"
        'resolved_at: 2026-11-22T12:00Z\nowner: "@maria"\nmeeting: {scheduled_at: 2026-11-22T15:00Z}\n---\n\n# New\n'
    )
    found = {
        event["summary"]: (event["dtstart"], event["status"])
        for event in events(draft)
        if "Deadline" in event["categories"]
    }
    assert found["Deadline: the draft, New"] == (datetime(2026, 11, 24, 12, tzinfo=UTC), "CONFIRMED")
    assert found["Deadline: publication, New"] == (datetime(2026, 11, 29, 12, tzinfo=UTC), "CONFIRMED")
    assert found["Deadline: the meeting, New"][1] == "CANCELLED"
    assert not any("owner" in summary for summary in found)


def test_a_deadline_whose_day_is_past_is_overdue_in_the_words_of_the_wiki() -> None:
    draft = record(
        "---\nid: PM-1\ntitle: New\nstatus: draft\nstarted_at: 2026-11-12T10:00Z\n"
        "resolved_at: 2026-11-12T12:00Z\n---\n\n# New\n"
    )
    (meeting,) = (event for event in events(draft) if event["summary"] == "Deadline: the meeting, New")
    assert meeting["description"].endswith("State: overdue")


HOSTILE = [
    "<img src=x onerror=alert(1)>", "=cmd()", r"a\;,b", "back\\slash\\n", "x\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "é" * 80, "😀" * 60, "e\u0301" * 70, "\u2028\u0085\u000b", "\U0001f468\u200d\U0001f469" * 30, "a:b;c=d", "x" * 400,
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=90))


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text or "x") + '"'


@given(TEXTS, TEXTS, TEXTS)
@hypothesis_settings(max_examples=80, deadline=None)
def test_any_text_comes_back_as_it_is_shown_in_lines_that_are_valid(title: str, action: str, owner: str) -> None:
    document = record(
        f"---\nid: PM-1\ntitle: {quoted(title)}\nstatus: published\nstarted_at: 2026-11-01T10:00Z\n"
        f"resolved_at: 2026-11-01T12:00Z\n{PUBLISHED}\nowner: {quoted(owner)}\n"
        f"action_items: [{{action: {quoted(action)}, owner: {quoted(owner)}, due: 2026-12-01}}]\n---\n\nWords.\n"
    )
    if document.problems or document.document.problems or not document.action_items:
        return  # not read as it was meant: YAML refuses some characters
    lines = lines_of(calendar_ics(archive(document, title=title if title.isprintable() and title.strip() else "T")))
    assert sum(line == "BEGIN:VEVENT" for line in lines) == sum(line == "END:VEVENT" for line in lines)
    assert not any(line.startswith("BEGIN:VALARM") for line in lines)
    (event,) = due(document)
    shown = words(document.action_items[0].action) or clean(document.action_items[0].action) or "(no words)"
    assert event["summary"] == f"Due: {shown}"
    assert f"\nOwner: {clean(document.action_items[0].owner) or 'nobody'}" in event["description"]


def test_the_calendar_says_what_it_is() -> None:
    lines = lines_of(calendar_ics(archive(incident(ROW))))
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//mkdocs-postmortem//calendar//EN"]
    assert "X-WR-CALNAME:Post-mortems" in lines
    for name in ("UID", "DTSTAMP", "DTSTART;VALUE=DATE"):
        assert sum(line.startswith(f"{name}:") for line in lines) == lines.count("BEGIN:VEVENT")
