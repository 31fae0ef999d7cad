"""The meeting: minutes that add up, who is asked, what the document leaves open; as text and as markdown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.measuring.meeting import (
    AGENDA,
    LONGEST,
    SHORTEST,
    agenda,
    artifacts,
    invited,
    minutes_of,
    missing_roles,
    open_questions,
    questions,
)
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.process import build
from mkdocs_postmortem.scaffold.meeting import FORMATS, write
from mkdocs_postmortem.settings import Settings, Severity
from tests.measuring.support import record

BASIC = Settings(root=Path("/project"))
TODAY = date(2026, 11, 4)
FACTS = """
title: Checkout returned 502
id: PM-2026-014
status: draft
severity: P1
incident_type: deployment
services: [checkout]
causes: [missing-setting]
started_at: 2026-11-03T10:02Z
detected_at: 2026-11-03T10:09Z
acknowledged_at: 2026-11-03T10:11Z
mitigated_at: 2026-11-03T11:41Z
resolved_at: 2026-11-03T11:49Z
detection_method: monitoring
owner: "@maria"
facilitator: "@li"
participants: [{who: "@maria", role: incident commander}, "@wei"]
authors: ["@wei"]
"""
BODY = """
## Timeline

| Time | Event |
|---|---|
| 10:02 | Release 4.12 reaches every instance |
| 10:09 | The [alert](https://graphs.example.com/502) fires |
| 11:41 | Rolled back |

## Root Cause Analysis

### What Happened

A setting was missing.

### Why It Happened

## Action Items

| Action | Owner | Due Date | Status |
|---|---|---|---|
| Refuse to start without it | @wei | | Open |
| Tell support | | | Done |

## Supporting Information

### Logs

- [The deploy's log](logs/deploy.txt) and https://chat.example.com/archive/1.
"""


def draft(*facts: str, body: str = BODY) -> PostMortem:
    given_facts = {line.partition(":")[0]: line for line in [*FACTS.strip().split("\n"), *facts]}
    return record("---\n" + "\n".join(given_facts.values()) + f"\n---\n\n# Checkout returned 502\n{body}")


@pytest.mark.parametrize(("severity", "minutes"), [("P0", 90), ("P1", 60), ("P2", 45), ("P3", 30), ("SEV9", 60)])
def test_how_long_it_takes(severity: str, minutes: int) -> None:
    assert minutes_of(draft(f"severity: {severity}"), BASIC) == minutes


def test_a_scale_of_one_s_own() -> None:
    scale = (Severity("A", major=True), Severity("B"), Severity("C"))
    own = replace(BASIC, severities=scale)
    made = [record(f"---\nseverity: {name}\n---\n", settings=own) for name in "ABC"]
    assert [minutes_of(item, own) for item in made] == [90, 45, 30]


@given(st.integers(SHORTEST, LONGEST))
@settings(deadline=None)
def test_the_minutes_add_up_and_keep_their_shares(minutes: int) -> None:
    slots = agenda(minutes)
    assert sum(slot.minutes for slot in slots) == minutes
    assert [slot.begin for slot in slots] == [sum(s.minutes for s in slots[:n]) for n in range(len(slots))]
    total = sum(topic.weight for topic in AGENDA)
    for slot in slots:
        assert slot.minutes >= 1
        assert abs(slot.minutes - slot.topic.weight * minutes / total) < 1


def test_an_hour() -> None:
    assert [(slot.topic.title, slot.minutes) for slot in agenda(60)] == [
        ("Introduction", 4),
        ("Incident overview", 4),
        ("Timeline review", 17),
        ("Root cause analysis", 13),
        ("What went well", 4),
        ("What could be better", 9),
        ("Action items", 9),
    ]
    assert [slot.minutes for slot in agenda(70)] == [5, 5, 20, 15, 5, 10, 10]  # those of the process


def test_who_is_asked() -> None:
    roster = replace(BASIC, process=build({"product_owners": {"checkout": ["@paula"]}}, BASIC.severity_names))
    assert [(one.who, one.role) for one in invited(draft(), roster)] == [
        ("@maria", "owner of the post-mortem, incident commander"),
        ("@li", "facilitator"),
        ("@wei", "author"),
        ("@paula", "product owner of checkout"),
    ]
    assert "@paula" not in [one.who for one in invited(draft("severity: P2"), roster)]
    assert list(missing_roles(draft(), roster)) == []


def test_which_role_nobody_has() -> None:
    assert list(missing_roles(draft("owner:", "facilitator:"), BASIC)) == [
        "Nobody owns the post-mortem yet.",
        "Nobody facilitates yet: for a major incident, somebody who was not involved in it.",
        "No product owner is asked: a P1 needs one.",
    ]
    assert "incident commander" in next(missing_roles(draft('facilitator: "@maria"'), BASIC))
    assert list(missing_roles(draft("severity: P3", "facilitator:"), BASIC)) == []


def test_what_the_document_leaves_open() -> None:
    assert open_questions(draft()) == (
        "“Why It Happened” is empty.",
        "What happened between 10:09 and 11:41 (1 h 32 min)?",
        "“Refuse to start without it” has not yet a due date.",
    )
    bare = record("---\nstatus: draft\n---\n\n# Down\n", "docs/postmortems/x.md")
    assert open_questions(bare) == (
        "When was it started, detected, acknowledged, mitigated, resolved?",
        "How was it detected?",
        "How severe was it?",
        "Which causes does it have, in the words that we count by?",
    )


def test_of_hundreds_of_questions_only_the_first_are_asked() -> None:
    rows = "".join(f"| Mend {n} | | | Open |\n" for n in range(300))
    body = f"\n## Action Items\n\n| Action | Owner | Due Date | Status |\n|---|---|---|---|\n{rows}"
    found = open_questions(draft(body=body))
    assert len(found) < 20
    assert found[-1] == "And 288 more of this kind."


def test_artifacts_are_what_it_links_to() -> None:
    assert artifacts(draft()) == (
        ("alert", "https://graphs.example.com/502"),
        ("The deploy's log", "logs/deploy.txt"),
        ("", "https://chat.example.com/archive/1"),
    )


def test_questions_are_those_of_its_kind() -> None:
    assert "How well did the rollback work?" in questions(draft(), BASIC)
    assert "What was the way in?" in questions(draft("incident_type: security"), BASIC)
    assert len(questions(draft("incident_type: other"), BASIC)) == 4


def test_as_text() -> None:
    text = write(draft(), BASIC, TODAY)
    lines = text.split("\n")
    assert lines[:5] == [
        "INVITATION",
        "",
        "Subject: Post-mortem: Checkout returned 502",
        "When:    [day and time], 60 minutes",
        "Where:   [room], [remote link]",
    ]
    for part in (
        "  - @maria (owner of the post-mortem, incident commander)",
        "AGENDA, 60 MINUTES",
        "0:08-0:25  Timeline review (17 min)",
        "  10:09  The [alert](https://graphs.example.com/502) fires",
        "  - The deploy's log: logs/deploy.txt",
        "  - “Why It Happened” is empty.",
        "  2026-11-10 11:49 UTC  Published: running",
    ):
        assert part in lines


def test_a_meeting_that_is_planned_says_when() -> None:
    planned = draft("meeting: {scheduled_at: 2026-11-03T15:00Z, held_at: 2026-11-05T14:00Z}")
    assert "When:    2026-11-05 14:00 UTC, 45 minutes" in write(planned, BASIC, TODAY, minutes=45)
    assert "When:    [day and time]" in write(planned, BASIC, date(2026, 11, 20))


def test_as_markdown() -> None:
    html = markdown.markdown(write(draft(), BASIC, TODAY, "markdown"), extensions=["tables"])
    assert html.count("<table>") == 3
    assert "<td>0:08–0:25</td>\n<td>17</td>\n<td>Timeline review</td>" in html
    assert html.count("<h1>") == 1
    assert "<li><strong>Where:</strong> [room], [remote link]</li>" in html


@pytest.mark.parametrize("form", FORMATS)
def test_a_document_with_nothing_in_it(form: str) -> None:
    text = write(record("", "docs/postmortems/empty.md"), BASIC, TODAY, form)
    assert "those who responded" in text
    assert "None" not in text.replace("None yet", "")


HOSTILE = "<img src=x onerror=alert(1)> {{ 7 * 191 }} | \x1b[31m [x](javascript:alert(1))"


def test_nothing_of_a_document_is_markup_or_moves_the_cursor() -> None:
    facts = [f"{key}: '{HOSTILE.replace(chr(27), '')}'" for key in ("title", "owner", "facilitator", "severity")]
    body = f"\n## Timeline\n\n| Time | Event |\n|---|---|\n| 10:02 | {HOSTILE} |\n\n## {HOSTILE}\n\n"
    for form in FORMATS:
        assert "\x1b" not in write(draft(*facts, body=body), BASIC, TODAY, form)
        assert "1337" not in write(draft(*facts, body=body), BASIC, TODAY, form)
    html = markdown.markdown(write(draft(*facts, body=body), BASIC, TODAY, "markdown"), extensions=["tables"])
    assert "<img" not in html
    assert "href=" not in html


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_document_is_too_much(text: str) -> None:
    for form in FORMATS:
        assert write(draft(body=f"\n## Timeline\n\n{text}\n"), BASIC, TODAY, form)
