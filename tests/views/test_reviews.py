"""The pages of reviews: what a meeting goes through, from front to back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import markdown
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Reviews
from mkdocs_postmortem.views import reviews
from mkdocs_postmortem.views.rows import Rows
from mkdocs_postmortem.views.site import Page
from tests.views.support import SETTINGS, Html, by_uri, golden, record, site
from tests.views.test_archive import drawn

HEAD = "| Action | Owner | Priority | Due | Status | Completed |\n|---|---|---|---|---|---|\n"


def incident(
    *rows: str,
    id: str = "PM-1",
    day: str = "2026-10-01",
    title: str = "Checkout failed",
    facts: str = "published_at: 2026-10-08T10:00Z",
    owner: str = "@maria",
) -> PostMortem:
    front = (
        f"id: {id}\ntitle: {title}\nstatus: published\nseverity: P1\nservices: [checkout]\ncauses: [no-canary]\n"
        f'started_at: {day}T10:00Z\nresolved_at: {day}T12:00Z\nowner: "{owner}"\n{facts}'
    )
    table = "\n## Action Items\n\n" + HEAD + "\n".join(rows) + "\n" if rows else ""
    return record(f"---\n{front}\n---\n\n# {title}\n{table}", f"docs/postmortems/2026/{id}.md")


EARLIER = incident(
    "| Verify the canary | @wei | P0 | 2026-10-20 | In progress | |",
    "| Write the runbook | | P1 | | Open | |",
    "| Page on 502 | @li | P1 | 2026-10-09 | Verified | 2026-10-12 |",
    "| Third region | @li | P2 | 2026-10-09 | Won't do: too dear | |",
    "| Drill | @wei | P1 | 2026-11-20 | Done | 2026-11-18 |",
)
LATER = incident(
    "| Roll out in steps | @maria | P1 | 2026-12-18 | Open | |",
    id="PM-2",
    day="2026-11-12",
    title="Checkout failed again",
    facts="published_at: 2026-11-16T10:00Z",
)


def pages_of(*documents: PostMortem, as_of: date = date(2026, 11, 23), months: int = 36) -> dict[str, Page]:
    whole = site(*documents, settings=replace(SETTINGS, reviews=Reviews(months=months)), as_of=as_of)
    return by_uri(reviews.pages(whole, Rows(whole)))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return pages_of(EARLIER, LATER)


@pytest.mark.parametrize("name", ["index", "two-weeks", "2026-11", "2026-10"])
def test_a_page_as_a_whole(pages: dict[str, Page], name: str) -> None:
    golden(f"reviews-{name}.md", drawn(pages[f"postmortems/reviews/{name}.md"]))


def test_the_months_are_pages_and_only_the_front_page_is_in_the_navigation(pages: dict[str, Page]) -> None:
    names = ("index", "two-weeks", "2026-11", "2026-10")
    assert list(pages) == [f"postmortems/reviews/{name}.md" for name in names]
    assert [page.title for page in pages.values() if page.in_navigation] == ["Reviews"]


def test_an_archive_without_incidents_says_so() -> None:
    pages = pages_of()
    assert list(pages) == ["postmortems/reviews/index.md", "postmortems/reviews/two-weeks.md"]
    assert "There is nothing to review yet." in pages["postmortems/reviews/index.md"].markdown


def test_a_month_leads_to_its_neighbours(pages: dict[str, Page]) -> None:
    october = pages["postmortems/reviews/2026-10.md"].markdown
    assert "[All reviews](index.md) · [November 2026 →](2026-11.md)" in october
    assert "← " not in october
    assert "[← October 2026](2026-10.md) · [All reviews](index.md)" in pages["postmortems/reviews/2026-11.md"].markdown


def test_the_running_month_says_that_it_is_running(pages: dict[str, Page]) -> None:
    assert "**This month is running:**" in pages["postmortems/reviews/2026-11.md"].markdown
    assert "running" not in pages["postmortems/reviews/2026-10.md"].markdown
    front = Html(pages["postmortems/reviews/index.md"].slots["months"])
    assert front.text.count("running") == 1


def test_an_agenda_is_numbered_without_gaps(pages: dict[str, Page]) -> None:
    for name in ("2026-10", "2026-11"):
        numbers = re.findall(r"^## (\d+)\. ", pages[f"postmortems/reviews/{name}.md"].markdown, re.M)
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
        assert len(numbers) >= 4


def test_who_answers_is_the_owner_else_the_owner_of_the_post_mortem(pages: dict[str, Page]) -> None:
    text = pages["postmortems/reviews/2026-11.md"].markdown
    assert re.search(r"\*\*&#64;wei\*\*: <a [^>]*>Verify the canary</a>", text)
    assert re.search(r"\*\*Nobody; &#64;maria answers\*\*: <a [^>]*>Write the runbook</a>", text)


def test_a_page_of_a_month_that_is_over_is_the_same_on_every_later_day() -> None:
    name = "postmortems/reviews/2026-10.md"
    first = drawn(pages_of(EARLIER, LATER, as_of=date(2026, 11, 23))[name])
    assert drawn(pages_of(EARLIER, LATER, as_of=date(2027, 3, 1))[name]) == first
    assert "Checkout failed again" not in first


def test_long_lists_are_cut_and_the_rest_is_counted() -> None:
    rows = [f"| Item {n} | @a | P1 | 2026-11-01 | Open | |" for n in range(reviews.MOST + 5)]
    text = pages_of(incident(*rows))["postmortems/reviews/2026-11.md"].markdown
    assert text.count("- [ ] **&#64;a**") == reviews.MOST
    assert "And 5 more: [all open action items](../action-items/index.md)." in text


def test_a_repeat_names_what_was_open_then_as_it_was_then(pages: dict[str, Page]) -> None:
    text = pages["postmortems/reviews/2026-11.md"].markdown
    assert "[Checkout failed again](../2026/PM-2.md) repeats [Checkout failed](../2026/PM-1.md)" in text
    assert re.search(r"- Open then: .*Verify the canary.*, 23 days overdue", text)
    assert re.search(r"- Open then: .*Drill", text)


def test_deadlines_of_the_process_that_were_missed_stand_in_their_month() -> None:
    late = incident(id="PM-3", facts="published_at: 2026-10-20T10:00Z\ndrafted_at: 2026-10-02T10:00Z")
    text = pages_of(late)["postmortems/reviews/2026-10.md"].markdown
    assert '· publication, due <span class="pm-date">2026-10-08</span>, 11 d 22 h late' in text
    assert "· the draft" not in text


def test_a_two_week_review_is_prepared_until_it_is_noted_as_held() -> None:
    facts = "published_at: 2026-11-16T10:00Z"
    row = "| Roll out | @maria | P1 | 2026-12-18 | Open | |"
    name = "postmortems/reviews/two-weeks.md"
    before = pages_of(incident(row, facts=facts))[name]
    assert "Due on" in before.markdown
    assert "follow_up: {held: 2026-11-23}" in before.markdown
    after = pages_of(incident(row, facts=f"{facts}\nfollow_up: {{held: 2026-11-20, notes: https://x.example/n}}"))[name]
    assert "None is overdue" in after.markdown
    assert Html(after.slots["held"]).addresses()[1:] == ["https://x.example/n"]


def test_notes_are_linked_only_where_that_is_safe() -> None:
    facts = "follow_up: {held: 2026-11-20, notes: 'javascript:alert(1)'}"
    held = Html(pages_of(incident(facts=facts))["postmortems/reviews/two-weeks.md"].slots["held"])
    assert held.addresses() == ["../../2026/PM-1/"]


NASTY = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<img src=x onerror=alert(1)>", "](javascript:alert(1))", "**b** `code` ~~s~~", "=cmd()", "a|b", "- [ ] x",
            "</a><script>alert(1)</script>", "{{ config }}", "{% raw %}", "{: onclick=x }", "![x](y)", "&lt;b&gt;",
            "<!-- postmortem:numbers -->", "\u202e\u2028\u0085", "*[abbr]: x", "[^1]", "1. # h", "https://x.example",
        ]
    ),
)  # fmt: skip
EXTENSIONS = ["tables", "attr_list", "abbr", "footnotes", "def_list", "md_in_html", "toc", "sane_lists"]


@given(NASTY, NASTY, NASTY)
@hypothesis_settings(max_examples=60, deadline=None)
def test_no_text_of_a_document_is_markup_on_a_page(title: str, action: str, owner: str) -> None:
    def quoted(text: str) -> str:
        return '"' + "".join(f"\\U{ord(char):08x}" for char in text or "x") + '"'

    def made(title: str, action: str, owner: str) -> PostMortem:
        items = (
            f"action_items: [{{action: {action}, owner: {owner}, priority: P0, due: 2026-10-10, status: open}},"
            f" {{action: {action}, owner: {owner}, status: done, completed: 2026-11-01}},"
            f" {{action: {action}, status: done}}]"
        )
        text = (
            f"---\nid: PM-1\ntitle: {title}\nstatus: published\nseverity: P1\nstarted_at: 2026-10-01T10:00Z\n"
            f"resolved_at: 2026-10-01T12:00Z\npublished_at: 2026-11-10T10:00Z\nowner: {owner}\n{items}\n---\n\nWords.\n"
        )
        return record(text, "docs/postmortems/2026/x.md")

    document = made(quoted(title), quoted(action), quoted(owner))
    if document.problems or document.document.problems or len(document.action_items) != 3:
        return  # not read as it was meant: YAML refuses some characters
    plain = pages_of(made("Title", "Action", "Owner" if document.owner.strip() else '""'))
    for uri, page in pages_of(document).items():
        shape = Html(markdown.markdown(page.markdown.split("---\n", 2)[2], extensions=EXTENSIONS)).shape()
        expected = Html(markdown.markdown(plain[uri].markdown.split("---\n", 2)[2], extensions=EXTENSIONS)).shape()
        assert shape == expected, page.markdown
