"""What only a browser shows: filters, sorting, the address, keys, and how long 5,000 rows take."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from markdown import Markdown

from mkdocs_postmortem.reading.register import parse
from mkdocs_postmortem.views.pages import asset_paths, build
from tests.views.support import Site, record, site
from tests.views.test_archive import drawn

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api")

ORIGIN = "http://wiki.example"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def archive_of(number: int) -> Site:
    records = []
    for n in range(number):
        facts = (
            f"title: Incident {n} of the {'café' if n % 2 else 'shop'}\nid: PM-{n:05}\nstatus: published\n"
            f"severity: P{n % 3}\nincident_type: {'deployment' if n % 2 else 'data-loss'}\n"
            f"services: [s{n % 5}, 's\"{n % 7}']\nstarted_at: 20{20 + n % 6}-0{1 + n % 9}-01T10:00Z\n"
            f"detected_at: 20{20 + n % 6}-0{1 + n % 9}-01T10:{n % 60:02}Z"
        )
        row = f"| Do {n} | @p{n % 4} | Open |"
        body = f"# T\n\n## Action Items\n\n| Action | Owner | Status |\n|---|---|---|\n{row}\n"
        records.append(record(f"---\n{facts}\n---\n\n{body}", f"docs/postmortems/incident-{n}.md"))
    return site(*records)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        try:
            made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no Chromium: {error}")
        yield made
        made.close()


@pytest.fixture(scope="module")
def small() -> dict[str, str]:
    return pages_of(archive_of(30))


def pages_of(whole: Site, names: Sequence[str] = ("index", "action-items/index")) -> dict[str, str]:
    css, script = (path.read_text(encoding="utf-8") for path in asset_paths())
    found = {}
    for page in build(whole):
        if page.src_uri not in [f"postmortems/{name}.md" for name in names]:
            continue
        body = Markdown(extensions=["tables", "toc"]).convert(drawn(page).split("---\n", 2)[2])
        address = "/" + page.src_uri.removesuffix("index.md")
        found[address] = (
            f"<!doctype html><html lang=en><title>{page.title}</title><style>{css}</style><main>{body}</main>"
            f"<script>{script}</script>"
        )
    return found


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    contexts = []

    def go(pages: dict[str, str], address: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))

        def answer(route: Any) -> None:
            path = route.request.url.removeprefix(ORIGIN).split("?")[0].split("#")[0]
            route.fulfill(body=pages.get(path, "nothing here"), content_type="text/html; charset=utf-8")

        page.route("**/*", answer)
        page.goto(ORIGIN + address)
        return page

    yield go
    for context in contexts:
        context.close()


def shown(page: Any) -> list[str]:
    return page.eval_on_selector_all(  # type: ignore[no-any-return]
        "table[data-pm-table] tbody tr:not([hidden]) .pm-id", "all => all.map(one => one.textContent)"
    )


def test_a_filter_narrows_the_table_says_so_and_stands_in_the_address(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/?keep=1#here")
    page.get_by_role("combobox", name="Severity").select_option("P1")
    assert len(shown(page)) == 10
    assert page.get_by_role("status").text_content() == "10 of 30 post-mortems"
    assert page.evaluate("location.search + location.hash") == "?keep=1&severity=P1#here"
    page.get_by_role("button", name="Clear filters").click()
    assert len(shown(page)) == 30
    assert page.evaluate("location.search") == "?keep=1"
    assert page.evaluate("document.activeElement.type") == "search"


def test_an_address_is_a_view(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/?service=s%221&text=CAFE&sort=detect&dir=asc")
    found = shown(page)
    assert found == ["PM-00001", "PM-00015", "PM-00029"]
    assert page.get_by_label("Search").input_value() == "CAFE"
    assert page.get_by_role("columnheader", name="Time to detect").get_attribute("aria-sort") == "ascending"


def test_a_value_that_is_gone_shows_nothing_rather_than_everything(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/?service=gone")
    assert shown(page) == []
    assert page.get_by_text("Nothing matches these filters.").is_visible()


def test_headers_sort_with_the_keyboard_and_back(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/")
    before = shown(page)
    button = page.get_by_role("button", name="Post-mortem", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    assert shown(page) == sorted(before, key=lambda name: (int(name[3:]),))
    header = page.get_by_role("columnheader", name="Post-mortem", exact=True)
    assert header.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert shown(page)[0] == "PM-00029"
    assert page.evaluate("location.search") == "?sort=title&dir=desc"
    assert page.locator("[aria-sort]").count() == 1


def test_numbers_of_the_breakdown_filter_in_place_and_the_back_key_returns(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/action-items/")
    page.get_by_role("link", name="8 open, @p0").click()
    assert page.evaluate("location.search") == "?owner=%40p0"
    assert len(shown(page)) == 8
    page.go_back()
    assert len(shown(page)) == 30


def test_without_scripts_nothing_is_there_that_does_nothing(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/action-items/", java_script_enabled=False)
    assert page.locator("main button, main select, main input").count() == 0
    assert page.get_by_role("link", name="8 open, @p0").get_attribute("href") == "by-owner/#owner-p0"


def test_on_a_phone_rows_are_cards_and_nothing_is_wider_than_the_screen(visit: Any, small: dict[str, str]) -> None:
    for address in small:
        page = visit(small, address, viewport={"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.get_by_label("Sort by").is_visible()
        assert page.locator("tbody td").first.evaluate("one => getComputedStyle(one).display") == "block"


def test_every_step_of_the_process_is_seen_beside_the_navigation_of_a_theme(browser: Any) -> None:
    facts = "severity: P1\nresolved_at: 2025-03-01T10:00Z\ndrafted_at: 2025-09-06T20:07Z"
    text = f"---\ntitle: Payments were slow for an hour\nstatus: review\n{facts}\n---\n\n# I\n"
    (html,) = pages_of(site(record(text, "docs/postmortems/a.md")), ("process",)).values()
    page = browser.new_page(viewport={"width": 940, "height": 800})  # what Material leaves of 1280
    page.set_content(html)
    table = page.locator(".pm-scroll:has(.pm-process)")
    assert table.locator("thead th").last.is_visible()
    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    page.close()


def test_boxes_to_be_ticked_are_empty_on_paper(browser: Any) -> None:
    css = next(path.read_text(encoding="utf-8") for path in asset_paths() if path.suffix == ".css")
    theme = (
        ".task-list-indicator::before { content: ''; background-color: grey; mask-image: linear-gradient(red, red) }"
    )
    page = browser.new_page()
    page.set_content(
        f"<style>{theme}{css}</style><main><p><span class=pm-prose></span></p><ul><li class=task-list-item><label>"
        "<input type=checkbox disabled><span class=task-list-indicator></span></label> Do it</li></ul></main>"
    )
    drawn = "one => (({maskImage, borderTopWidth}) => [maskImage, borderTopWidth])(getComputedStyle(one, '::before'))"
    indicator = page.locator(".task-list-indicator")
    assert indicator.evaluate(drawn)[0] != "none"  # as the theme has it
    page.emulate_media(media="print")
    assert indicator.evaluate(drawn) == ["none", "1px"]
    page.close()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_pages_of_reviews_fit_a_phone_and_tell_links_from_words_by_more_than_colour(visit: Any, media: str) -> None:
    pages = pages_of(archive_of(30), ("reviews/index", "reviews/two-weeks", "reviews/2026-11", "reviews/2025-06"))
    assert len(pages) == 4
    for address in pages:
        page = visit(pages, address, viewport={"width": 360, "height": 800}, java_script_enabled=False)
        page.emulate_media(media=media)
        if media == "screen":
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        links = page.eval_on_selector_all(
            "main :is(p, li) > a:not([class])", "all => all.map(one => getComputedStyle(one).textDecorationLine)"
        )
        assert set(links) == {"underline"}
        if address.startswith("/postmortems/reviews/20"):
            assert page.locator("main ul > li", has_text="[ ]").count() > 3


def test_patterns_lessons_and_coverage_fit_a_phone_and_lessons_are_filtered(visit: Any) -> None:
    texts = [
        f"---\ntitle: I {n}\nservices: [s{n % 3}]\ncauses: [c{n % 2}]\nstarted_at: 2026-01-{n:02}T10:00Z\n---\n\n"
        f"# I\n\n## Lessons Learned\n\n### {'Technical' if n % 2 else 'Process'} Lessons\n\n- Lesson {n}\n"
        for n in range(1, 13)
    ]
    archive = site(*(record(text, f"docs/postmortems/n{n}.md") for n, text in enumerate(texts)))
    rows = "".join(f"- {{id: INC-{n}, title: Something {n}, severity: P{n % 4}}}\n" for n in range(9))
    register = parse(rows, "incidents.yml", archive.settings)
    pages = pages_of(replace(archive, register=register), ("patterns", "lessons", "coverage"))
    assert len(pages) == 3
    for address in pages:
        page = visit(pages, address, viewport={"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page = visit(pages, "/postmortems/lessons.md?kind=process&service=s1&text=lesson")
    assert page.get_by_role("status").inner_text() == "2 of 12 lessons"
    assert page.locator("tbody tr:visible th").all_inner_texts() == ["Lesson 10", "Lesson 4"]


def test_the_script_may_be_there_twice(visit: Any, small: dict[str, str]) -> None:
    page = visit(small, "/postmortems/")
    page.add_script_tag(content=asset_paths()[1].read_text(encoding="utf-8"))
    assert page.locator(".pm-filter").count() == 1


def test_five_thousand_rows_are_filtered_at_once_and_laid_out_by_hundreds(visit: Any) -> None:
    page = visit(pages_of(archive_of(5000)), "/postmortems/")
    assert len(shown(page)) == 5000
    assert page.locator("tbody tr:visible").count() == 200
    laid_out = page.evaluate(
        """() => {
            const select = document.querySelector('select[id$=severity]');
            return ['P1', 'P2', '', 'P0', ''].map(value => {
                select.value = value;
                select.dispatchEvent(new Event('change', { bubbles: true }));
                return [...document.querySelectorAll('tbody tr')].filter(row => row.offsetHeight).length;
            });
        }"""
    )
    assert all(0 < rows <= 200 for rows in laid_out)  # within the event, and never all: laying them out takes time
    page.get_by_role("button", name="Show all 5,000").click()
    assert page.evaluate("[...document.querySelectorAll('tbody tr')].filter(row => row.offsetHeight).length") == 5000
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 201
