"""The process page and the panel's deadlines: overdue first, each step in words, what is not known with its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.process import build
from mkdocs_postmortem.reading.history import FileHistory, History
from mkdocs_postmortem.views import finishing
from mkdocs_postmortem.views.pages import build as pages
from mkdocs_postmortem.views.pages import panel
from mkdocs_postmortem.views.site import Site
from tests.views.support import SETTINGS, Html, golden, site, with_facts

HOSTILE = '<img src=x onerror=alert(1)> "quoted" {{ 7 * 7 }} | cell'


def made(name: str, *facts: str, body: str = "# Incident\n") -> PostMortem:
    lines = [f"id: {name}", f"title: {name}", "severity: P1", *facts]
    given = {line.partition(":")[0]: line for line in lines}
    return with_facts("\n".join(given.values()), body, f"docs/postmortems/{name}.md")


LATE = made(
    "PM-1",
    "status: published",
    "resolved_at: 2026-11-03T10:00Z",
    'owner: "@maria"',
    "meeting: {scheduled_at: 2026-11-03T15:00Z}",
    "drafted_at: 2026-11-04T10:00Z",
    "published_at: 2026-11-12T10:00Z",
    body="# Incident\n\n## Action Items\n\n| Action | Owner | Due Date | Status |\n|---|---|---|---|\n"
    "| Alert on it | @wei | 2026-12-01 | Open |\n",
)
OVERDUE = made("PM-2", "status: draft  # postmortem: accept PM603 we wait", "resolved_at: 2026-11-10T10:00Z")
RUNNING = made(
    "PM-3",
    "status: review",
    "resolved_at: 2026-11-20T10:00Z",
    'owner: "@wei"',
    "meeting: {scheduled_at: 2026-11-20T15:00Z}",
)
ARCHIVE = (LATE, OVERDUE, RUNNING)


def drawn(given: Site) -> str:
    """The page with its slots filled."""
    page = next(page for page in pages(given) if page.src_uri == "postmortems/process.md")
    return finishing.fill(page.markdown, page)


def words_of(html: str) -> list[str]:
    """The words of some HTML, without what only separates tags."""
    return [word.strip() for word in Html(html).words if word.strip()]


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_page() -> None:
    golden("process.md", drawn(site(*ARCHIVE)))


def test_the_overdue_come_first_and_say_by_how_much() -> None:
    text = drawn(site(*ARCHIVE))
    titles = [line[3:] for line in text.split("\n") if line.startswith("## ")]
    assert titles == ["Overdue", "Running", "Kept and missed", "All post-mortems", "Accepted findings"]
    words = words_of(section(text, "Overdue"))
    assert [word for word in words if "overdue by" in word] == [
        "overdue by 13 days",
        "overdue by 12 days",
        "overdue by 6 days",
    ]
    assert "PM-2" in words
    assert "PM-3" not in words


def test_what_runs_says_how_long_it_still_may() -> None:
    words = words_of(section(drawn(site(*ARCHIVE)), "Running"))
    assert [word for word in words if word.endswith(" left")] == [
        "1 day left",
        "3 days left",
        "4 days left",
        "11 days left",
    ]


@pytest.mark.parametrize(
    ("as_of", "text"), [("2026-11-26", "1 day left"), ("2026-11-27", "due today"), ("2026-11-28", "overdue by 1 day")]
)
def test_the_day_decides(as_of: str, text: str) -> None:
    assert text in drawn(site(RUNNING, as_of=date.fromisoformat(as_of)))


@pytest.mark.parametrize(
    ("as_of", "text"),
    [
        ("2026-11-26", "due today"),
        ("2026-12-08", "overdue by 12 days"),
        ("2027-02-24", "overdue by 90 days"),
        ("2027-02-25", None),
    ],
)
def test_a_review_that_nobody_held_is_overdue_here_as_among_the_reviews(as_of: str, text: str | None) -> None:
    given = site(LATE, as_of=date.fromisoformat(as_of))
    on = {page.src_uri: finishing.fill(page.markdown, page) for page in pages(given)}
    waiting = section(on["postmortems/process.md"], "Running" if text == "due today" else "Overdue")
    assert ("Review" in words_of(waiting)) == (text is not None)
    assert text is None or text in words_of(waiting)
    reviews = on["postmortems/reviews/index.md"]
    assert ("PM-1" in reviews.split("## Months")[0]) == (text is not None)
    if text is None:
        assert "nobody noted whether it was held" in on["postmortems/process.md"]


def test_what_was_accepted_stands_there_with_its_reason() -> None:
    words = words_of(section(drawn(site(*ARCHIVE)), "Accepted findings"))
    assert words[-5:] == ["PM-2", "PM-2", "PM603", "we wait", "5"]
    assert "Nothing was accepted." in drawn(site(LATE))


def test_git_is_named_where_it_is_what_says_so() -> None:
    when = datetime(2026, 11, 21, 9, tzinfo=UTC)
    known = History({RUNNING.path: FileHistory(when, ((when, "review"),), when)}, True)
    assert 'kept <span class="pm-note">by git</span>' in drawn(replace(site(RUNNING), history=known))
    later = datetime(2026, 11, 23, 9, tzinfo=UTC)
    late = History({RUNNING.path: FileHistory(later, ((later, "review"),), later)}, True)
    missed = drawn(replace(site(RUNNING), history=late))
    assert re.search(r'missed by [^<]+</span> <span class="pm-note">by git</span>', missed)
    unknown = drawn(
        replace(
            site(made("PM-4", "status: published", "resolved_at: 2026-11-03T10:00Z")),
            history=History.none("no git here"),
        )
    )
    assert 'not known <span class="pm-note">no git here</span>' in unknown
    assert "History: no git here." in unknown


def test_terms_by_severity_have_a_column_each() -> None:
    settings = replace(SETTINGS, process=build({"preset": "pagerduty"}, SETTINGS.severity_names))
    text = drawn(site(LATE, settings=settings))
    assert "| Step | P0 | P1 | P2 | P3 |" in text
    assert "| Published | 3 days | 5 business days | 5 business days | 5 business days |" in text


def test_the_panel_has_the_deadlines() -> None:
    words = words_of(panel(LATE, site(LATE)))
    at = words.index("Meeting")
    assert words[at : at + 7] == [
        "Meeting",
        "kept",
        "Draft",
        "kept",
        "Published",
        "missed by 2 d",
        "due 2026-11-10 10:00 UTC",
    ]
    assert "Meeting" not in words_of(panel(made("PM-5"), site(made("PM-5"))))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles"])
def test_a_day_is_shown_as_a_day_wherever_the_team_is(zone: str) -> None:
    settings = replace(SETTINGS, process=build({"time_zone": zone}, SETTINGS.severity_names))
    planned = replace(LATE, facts={**LATE.facts, "follow_up": {"scheduled": "2026-11-20"}})
    words = words_of(section(drawn(site(planned, settings=settings)), "Overdue"))
    assert words[words.index("overdue by 3 days") - 1] == "2026-11-20"


def test_an_archive_without_post_mortems() -> None:
    assert "There are no post-mortems yet." in drawn(site())


def test_nothing_of_a_document_is_markup() -> None:
    facts = [f"{key}: '{HOSTILE}'" for key in ("title", "owner", "severity")]
    hostile = made(
        "PM-6",
        *facts,
        "status: review",
        "resolved_at: 2026-11-03T10:00Z",
        body=f"# A\n\n<!-- postmortem: accept PM603 {HOSTILE.replace('>', '')} -->\n",
    )
    found = Html(drawn(site(hostile)))
    assert [tag for tag, _ in found.tags if tag in ("img", "script")] == []
    assert found.unbalanced == []


def test_it_has_the_same_rows_when_it_is_drawn_again() -> None:
    first = site(*ARCHIVE)
    text = drawn(first)
    assert drawn(replace(first)) == text


def test_candidates_for_the_public_site_are_listed_until_somebody_decided(tmp_path: Path) -> None:
    severe = ("status: published", "resolved_at: 2026-11-03T10:00Z", "severity: P0")
    asked = made("PM-7", *severe, f"impact: {{users_affected: '{HOSTILE}, 12%'}}")
    planned = made("PM-8", *severe, "external: {slug: 2026-11-a, title: A, sections: [Impact]}")
    declined = made("PM-9", *severe[:2], "severity: P0  # postmortem: accept PM610 told by mail")
    plain = site(asked, planned, declined)
    assert "Candidates" not in drawn(plain)  # without a policy there is no public site
    (tmp_path / "redaction.yml").write_text("sections: [Impact]\n", encoding="utf-8")
    shown = section(
        drawn(replace(plain, settings=replace(plain.settings, root=tmp_path))), "Candidates for the public site"
    )
    assert "PM-7" in shown
    assert "a P0, it hit" in shown
    assert "<img" not in shown
    assert "PM-8" not in shown
    assert "PM-9" not in shown
    accepted = section(drawn(plain) + "\n## ", "Accepted findings")
    assert "told by mail" in accepted
