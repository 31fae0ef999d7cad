"""The coverage page: what the register asks for, what is there, and what lacks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from mkdocs_postmortem.reading.register import parse
from mkdocs_postmortem.views import coverage, finishing
from mkdocs_postmortem.views.pages import build
from mkdocs_postmortem.views.site import Page, Site
from tests.views.examples import CHECKOUT, EARLIER, UNDATED
from tests.views.support import SETTINGS, Html, golden, record, site
from tests.views.test_patterns import NASTY

PATHS = ("docs/postmortems/2026/checkout.md", "docs/postmortems/2026/payments.md", "docs/postmortems/draft.md")
REGISTER = """
- {id: INC-7, title: Checkout <b>502</b>, date: 2026-11-03, severity: P1, services: [checkout], postmortem: PM-2026-014}
- {id: INC-6, title: "Slow | payments", date: 2026-02-10, severity: P0, postmortem: PM-2026-003}
- {id: INC-8, title: Refunds paid twice, date: 2026-10-31, severity: P1}
- {id: INC-9, title: Codes late, date: 2026-11-22, severity: P1}
- {id: INC-5, date: 2026-09-01, severity: P3, near_miss: true, waived: told in the weekly}
- {id: INC-4, date: 2026-08-01, severity: P3, incident_type: deployment}
- {id: INC-3, severity: P2, postmortem: "https://docs.example.com/d/1?x=<y>"}
- {id: INC-2, severity: P3, postmortem: PM-404}
- {id: INC-1}
"""


def whole(text: str = REGISTER, name: str = "incidents.yml") -> Site:
    records = [record(text, path) for text, path in zip((CHECKOUT, EARLIER, UNDATED), PATHS, strict=True)]
    return replace(site(*records), register=parse(text, name, SETTINGS))


def page(given: Site) -> Page:
    (found,) = coverage.pages(given)
    return found


def drawn(given: Site) -> str:
    return finishing.fill(page(given).markdown, page(given))


def shown(given: Site) -> str:
    return " ".join(Html(drawn(given)).text.split())


def test_the_page_as_a_whole() -> None:
    golden("coverage.md", drawn(whole()))


def test_without_a_register_there_is_no_page() -> None:
    assert coverage.pages(site()) == []
    assert not any(page.src_uri.endswith("coverage.md") for page in build(site(record(CHECKOUT))))


def test_an_empty_register_says_so() -> None:
    assert "No incident stands there yet." in page(whole("[]")).markdown
    assert not page(whole("[]")).slots


def test_mistakes_in_it_are_counted() -> None:
    assert "There is 1 mistake in it" in page(whole("- {id: A, severity: P9}")).markdown
    assert "There are 3 mistakes in it" in page(whole("- {id: A, severity: P9}\n- {x: 1}\n- id: C")).markdown


def test_every_number_is_shown_with_what_it_is_a_share_of() -> None:
    text = shown(whole())
    assert "Required50 % 2 lack one, 1 of them still in time 2 of 4 incidents have a post-mortem" in text
    assert "Recommended0 % 1 lacks one 0 of 2 incidents have a post-mortem; 1 decided against" in text
    assert "Optional50 % 1 of 2 incidents has a post-mortem" in text


@pytest.mark.parametrize(
    ("days", "words", "missed"),
    [
        (("2026-11-22",), "1 lacks one, still in time 0 of 1 incident has a post-mortem", False),
        (("2026-11-22", "2026-11-20"), "2 lack one, 1 of them still in time 0 of 2 incidents have", True),
        (("2026-11-20",), "1 lacks one 0 of 1 incident has a post-mortem", True),
    ],
)
def test_what_is_still_in_time_is_not_missed(days: tuple[str, ...], words: str, missed: bool) -> None:
    made = whole("".join(f"- {{id: N-{n}, severity: P1, date: {day}}}\n" for n, day in enumerate(days)))
    assert words in shown(made)
    assert ('class="pm-missed"' in page(made).slots["numbers"]) == missed


def test_where_nothing_lacks_it_says_so() -> None:
    text = shown(whole("- {id: INC-7, severity: P1, postmortem: PM-2026-014}"))
    assert "Every incident that requires or deserves a post-mortem has one." in text
    assert "2 of 3 post-mortems belong to no incident of the register." in text
    assert "no such incident" in text


@pytest.mark.parametrize(("day", "expected"), [("2026-11-20", "3 days"), ("2026-11-21", "2 days (still in time)")])
def test_a_late_one_is_told_from_one_that_is_still_in_time(day: str, expected: str) -> None:
    text = drawn(whole(f"- {{id: A, severity: P1, date: {day}}}"))
    assert expected in shown(whole(f"- {{id: A, severity: P1, date: {day}}}"))
    assert ('class="pm-late"' in text) == ("still" not in expected)


def test_it_is_drawn_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("mkdocs_postmortem.measuring.coverage.coverage", refuse)
    assert list(page(whole()).slots) == ["numbers", "lacking", "severities", "incidents", "unregistered"]


@settings(max_examples=40, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_text_becomes_markup(title: str, name: str, where: str) -> None:
    rows = [
        {"id": f"{name} 1", "title": title, "severity": "P1", "services": [name], "postmortem": where},
        {"id": f"{name} 2", "title": title, "near_miss": True, "waived": where, "incident_type": name},
        {"id": f"{name} 3", "title": title, "postmortem": f"https://{where}"},
    ]
    for item in [Html(html) for html in page(whole(json.dumps(rows), "incidents.json")).slots.values()]:
        assert not item.unbalanced
        for tag, attributes in item.tags:
            assert tag in {
                "a", "caption", "dd", "div", "dl", "dt", "li", "p", "span", "table", "tbody", "td", "th", "thead",
                "time", "tr", "ul",
            }  # fmt: skip
            assert not any(key.startswith("on") for key in attributes)
            assert not (attributes.get("href") or "").startswith("javascript")
