"""The pages of patterns and of lessons, and what a post-mortem's page says of repeats and suggestions."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Patterns
from mkdocs_postmortem.views import finishing, lessons, patterns
from mkdocs_postmortem.views.pages import enrich, related
from mkdocs_postmortem.views.patterns import definition
from mkdocs_postmortem.views.site import Page, Site
from tests.views.examples import CHECKOUT, EARLIER, UNDATED
from tests.views.support import AS_OF, SETTINGS, Html, golden, record, site, with_facts

PATHS = ("docs/postmortems/2026/checkout.md", "docs/postmortems/2026/payments.md", "docs/postmortems/draft.md")
LATER = """---
title: Payments were <em>slow</em> again
id: PM-2026-020
severity: P2
services: [payments]
causes: [missing-config-validation]
tags: [a|b]
started_at: 2026-11-20T08:00Z
---

# Payments were slow again

## Executive Summary

A worker of the payments gateway waited for a lock in the ledger, and every request behind it timed out
until the replica was promoted and the connection pools were drained by hand.

## Lessons Learned

### Technical Lessons

- A **lock** in the `ledger` <script>alert(1)</script> stops every request behind it; measure how long it is held.
- See [the runbook](https://example.com/x) | first

### Process Lessons

None.
"""
TWIN = (
    LATER.replace("PM-2026-020", "PM-2026-019")
    .replace("services: [payments]", "services: [ledger]")
    .replace("causes: [missing-config-validation]", "causes: [lock]")
    .replace("2026-11-20", "2026-11-18")
    .replace("Payments were <em>slow</em> again", "Ledger lock")
)


def archive(*texts: str) -> Site:
    paths = [*PATHS, "docs/postmortems/2026/later.md", "docs/postmortems/2026/twin.md"]
    return site(*(record(text, path) for text, path in zip(texts, paths, strict=False)))


WHOLE = archive(CHECKOUT, EARLIER, UNDATED, LATER, TWIN)


def drawn(page: Page) -> str:
    return finishing.fill(page.markdown, page)


def of(whole: Site, id: str) -> PostMortem:
    return whole.by_id[id]


def shown(html: str) -> str:
    return " ".join(Html(html).text.split())


def test_the_patterns_page_as_a_whole() -> None:
    golden("patterns.md", drawn(patterns.page(WHOLE)))


def test_the_lessons_page_as_a_whole() -> None:
    golden("lessons.md", drawn(lessons.pages(WHOLE)[0]))


def test_both_are_in_the_navigation_and_out_of_the_search_index() -> None:
    for page in (patterns.page(WHOLE), lessons.pages(WHOLE)[0]):
        assert page.in_navigation
        assert "search: {exclude: true}" in page.markdown


def test_without_post_mortems_they_say_so() -> None:
    for page in (patterns.page(site()), lessons.pages(site())[0]):
        assert "There are no post-mortems yet." in page.markdown
        assert not page.slots


def test_where_nothing_is_found_they_say_so() -> None:
    lonely = archive(CHECKOUT)
    text = drawn(patterns.page(lonely))
    assert "No incident repeats another." in text
    assert "No service, cause or tag is named by more than one post-mortem." in text
    assert "No two post-mortems are alike that nobody linked." in text
    text = drawn(lessons.pages(archive(UNDATED))[0])
    assert "No post-mortem tells a lesson yet." in text
    assert "No lesson is told twice in similar words." in text


@pytest.mark.parametrize(
    ("days", "cells", "sentence"),
    [
        (("2024-01-04", "2024-12-04", "2026-03-01"), ["1", "1"], ""),
        (("2024-12-04", "2026-02-01", "2026-03-01"), ["2", "1 in 355 days"], "covers 355 days of the twelve months"),
        (("2026-01-04", "2026-02-01", "2026-03-01"), ["3", "– the archive does not reach back"], "nothing before"),
        (("2024-12-04", "2026-03-01"), ["1", "– too few to compare"], "covers 355 days of the twelve months"),
    ],
)
def test_how_far_the_archive_reaches_back_stands_beside_what_recurs(
    days: tuple[str, ...], cells: list[str], sentence: str
) -> None:
    facts = "services: [search]\nstarted_at: {}T10:00Z"
    records = [with_facts(facts.format(day), path=f"docs/postmortems/{day}.md") for day in days]
    drawn = patterns.page(site(*records)).slots["recurring"]
    shown = [" ".join(Html(cell.replace("</span><", "</span> <")).text.split()) for cell in drawn.split("<td>")[4:6]]
    assert shown == cells
    assert sentence in Html(drawn).text
    assert bool(sentence) == ("The archive" in drawn)


def test_the_definition_is_printed_and_follows_the_settings() -> None:
    assert "the first that one of the two names" in definition(Patterns())
    assert "starts within 90 days after" in definition(Patterns(within_days=90))
    assert "a cause in common" in definition(Patterns(("cause",)))
    assert "is empty" in definition(Patterns(()))


def test_the_day_that_counts_as_today_decides() -> None:
    early = site(*WHOLE.records, as_of=date(2026, 11, 4))
    text = drawn(patterns.page(early))
    assert "1 of 4 incidents repeats an earlier one" in text
    assert "2 of 4 incidents repeat an earlier one" in drawn(patterns.page(WHOLE))


# -- on a post-mortem's page --------------------------------------------------------------------


def test_a_repeat_is_named_on_both_pages() -> None:
    later, earlier = of(WHOLE, "PM-2026-014"), of(WHOLE, "PM-2026-003")
    text = shown(related(later, WHOLE))
    assert "This incident repeats it: both have the service payments and the cause missing-config-validation." in text
    assert "When this incident started on 2026-11-03, 2 of its 3 action items were open:" in text
    text = shown(related(earlier, WHOLE))
    assert "It repeats this incident: both have the service payments" in text
    assert "When it started on 2026-11-03, 2 of this post-mortem’s 3 action items were open:" in text
    assert Html(related(earlier, WHOLE)).addresses()[-1] in ("#46c5e803", "#a62021a0")


def test_a_repeat_that_nobody_linked_is_named_as_well() -> None:
    text = shown(related(of(WHOLE, "PM-2026-020"), WHOLE))
    assert "Payments <slow>" in text
    assert "When this incident started on 2026-11-20, 1 of its 3 action items was open and 1 was done but not" in text


def test_the_words_blame_nobody() -> None:
    """Facts: who was to do an item is named beside it, never as the cause of the repeat."""
    text = shown(related(of(WHOLE, "PM-2026-014"), WHOLE)).casefold()
    assert not {"fail", "fault", "neglect", "forgot", "blame", "should have"} & set(text.split())
    assert "should have" not in text


def test_an_item_without_a_day_of_completion_is_told_as_uncertain() -> None:
    earlier = EARLIER.replace("status: done,\n     completed: 2026-11-20,", "status: done,")
    whole = archive(CHECKOUT, earlier)
    text = shown(related(of(whole, "PM-2026-014"), whole))
    assert "1 of its 3 action items was open and 1 was not verified:" in text
    assert "(done, without a day, not verified)" in text


def test_what_may_be_related_is_suggested_with_the_reason() -> None:
    text = shown(related(of(WHOLE, "PM-2026-020"), WHOLE))
    assert "Perhaps related Nobody linked these." in text
    assert "Ledger lock P2 PM-2026-019 Both have words such as " in text
    assert "Perhaps related" not in shown(related(of(WHOLE, "PM-2026-014"), WHOLE))


def test_of_many_that_repeat_one_the_page_names_some() -> None:
    many = [
        record(
            LATER.replace("PM-2026-020", f"N{n}").replace("2026-11-20", f"2026-10-{n:02}"), f"docs/postmortems/n{n}.md"
        )
        for n in range(1, 29)
    ]
    linked = [record(item.document.text.replace("tags: [a|b]", "related: [N1]"), item.path) for item in many[1:]]
    whole = site(many[0], *linked)
    text = shown(related(of(whole, "N1"), whole))
    assert "not in this archive" not in text
    assert text.count("It repeats this incident") >= 5


def test_of_many_repeats_the_items_of_the_latest_are_named_and_those_of_others_counted() -> None:
    rows = "action_items: [{action: Watch, status: open}]"
    many = [
        record(
            LATER.replace("PM-2026-020", f"N{n}").replace("2026-11-20", f"2026-10-0{n}").replace("tags: [a|b]", rows),
            f"docs/postmortems/n{n}.md",
        )
        for n in range(1, 7)
    ]
    whole = site(*many)
    text = shown(related(of(whole, "N6"), whole))
    assert text.count("1 of its 1 action item was open:") == 3
    assert text.count("1 of its 1 action item was open.") == 2


# -- lessons ------------------------------------------------------------------------------------


def test_every_lesson_leads_to_its_words() -> None:
    page = Html(drawn(lessons.pages(WHOLE)[0]))
    fragments = {address.partition("#")[2] for address in page.addresses() if "#lesson-" in address}
    anchors = {
        str(attributes.get("id"))
        for item in WHOLE.records
        for tag, attributes in Html(enrich(item, WHOLE)).tags
        if tag == "span" and str(attributes.get("id")).startswith("lesson-")
    }
    assert fragments == anchors != set()


def test_words_marked_for_the_public_are_told_as_the_house_reads_them() -> None:
    text = (
        "---\nid: A\nexternal: {slug: a}\n---\n\n# A\n\n## Lessons Learned\n\n- Ask [[Northgate|our supplier]] first.\n"
    )
    assert ">Ask Northgate first.</a>" in drawn(lessons.pages(archive(text))[0])


# -- hostile ------------------------------------------------------------------------------------

NASTY = st.text(max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a | b", "{{ 7 * 7 }}",
     "<!-- postmortem:repeats -->", "[x](javascript:y)", "\u202e\u0000", "&lt;b&gt;", "`", "](", "***", "\\"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("most", "front", "earlier"),
    [
        (250, "2025 2025 2024 2024 undated", {}),
        (4, "2025 2025 2024 2024", {"undated": "undated"}),
        (3, "2025 2025", {"2024": "2024 2024", "undated": "undated"}),
        (1, "2025 2025", {"2024": "2024 2024", "undated": "undated"}),
    ],
)
def test_older_years_of_a_large_archive_have_pages_of_their_own(
    most: int, front: str, earlier: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lessons, "MOST", most)
    days = {1: "2024-01-09", 2: "2025-06-09", 3: "2024-12-31", 4: "2025-01-01", 5: ""}
    texts = [
        f"---\ntitle: Number {n}\n{f'date: {day}' if day else ''}\n---\n\n## Lessons Learned\n\n"
        f"- Told in {day[:4] or 'undated'}.\n"
        for n, day in days.items()
    ]
    whole = archive(*texts)
    pages = {page.src_uri.removeprefix("postmortems/"): page for page in lessons.pages(whole)}
    told = {uri: " ".join(re.findall(r"Told in (\w+)\.", drawn(page))) for uri, page in pages.items()}
    assert told == {"lessons.md": front} | {f"lessons/{year}.md": words for year, words in earlier.items()}
    first = pages["lessons.md"].markdown
    assert [f"(lessons/{year}.md)" in first for year in earlier] == [True] * len(earlier)
    assert ("## Earlier lessons" in first) == bool(earlier)
    assert all("(../lessons.md)" in page.markdown for uri, page in pages.items() if "/" in uri)


def hostile(number: int, title: str, name: str, lesson: str) -> str:
    front = {
        "title": title or "x", "id": f"{name or 'x'}{number}", "services": [name or "x"], "causes": [name or "x"],
        "tags": [name or "x"], "related": [name or "x"], "started_at": f"2026-0{number}-01T10:00Z",
        "action_items": [{"action": lesson or "x", "status": "open"}],
    }  # fmt: skip
    facts = "\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())
    return f"---\n{facts}\n---\n\nWords.\n\n## Lessons Learned\n\n- {lesson}\n- {title} and {lesson} of {name}\n"


def shapes(title: str, name: str, lesson: str) -> list[list[tuple[str, tuple[str, ...]]]]:
    whole = site(*(record(hostile(n, title, name, lesson), f"docs/postmortems/{n}.md") for n in (1, 2, 3)))
    pages = [patterns.page(whole), lessons.pages(whole)[0]]
    htmls = [html for page in pages for html in page.slots.values()]
    parsed = [Html(html) for html in [*htmls, *(related(item, whole) for item in whole.records)]]
    assert not any(item.unbalanced for item in parsed)
    for item in parsed:
        for _, attributes in item.tags:
            assert not any(name.startswith("on") for name in attributes)
            assert not (attributes.get("href") or "").startswith("javascript")
    return [item.shape() for item in parsed]


@settings(max_examples=40, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_text_becomes_markup(title: str, name: str, lesson: str) -> None:
    tags = {tag for shape in shapes(title, name, lesson) for tag, _ in shape}
    assert tags <= {
        "a", "br", "caption", "code", "div", "h2", "h3", "li", "p", "section", "span", "strong", "table", "tbody", "td",
        "th", "thead", "time", "tr", "ul",
    }  # fmt: skip


def test_as_of_and_settings_are_those_of_the_other_tests() -> None:
    assert (WHOLE.as_of, WHOLE.settings) == (AS_OF, SETTINGS)


@pytest.mark.parametrize("name", ["patterns", "lessons"])
def test_pages_draw_nothing_before_they_are_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of pages is made twice for a large archive: what costs is drawn in the slots, once."""

    def refuse(*_: object) -> None:
        raise AssertionError

    page = {"patterns": patterns.page, "lessons": lambda whole: lessons.pages(whole)[0]}[name]
    monkeypatch.setattr("mkdocs_postmortem.measuring.candidates.candidates", refuse)
    monkeypatch.setattr("mkdocs_postmortem.measuring.lessons.lessons", refuse)
    monkeypatch.setattr("mkdocs_postmortem.measuring.patterns.repeats", refuse)
    assert list(page(archive(CHECKOUT, EARLIER)).slots)
