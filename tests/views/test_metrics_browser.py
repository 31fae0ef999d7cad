"""The page of metrics as people see it: light and dark, on a phone, on paper, without scripts, and by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from markdown import Markdown

from mkdocs_postmortem.views import metrics
from mkdocs_postmortem.views.pages import asset_paths
from tests.plugin.browsing import chromium, violations
from tests.views.test_archive import drawn
from tests.views.test_metrics import NASTY, archive

pytestmark = pytest.mark.browser

PAPER = {"width": 720, "height": 1000}
COLOURS = {"default": ("#fff", "#000000de", "#4051b5"), "slate": ("#1e2129", "#e2e4e9de", "#8fb4ff")}
"""The page, its text and its links, in a light and a dark scheme."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def page_of() -> Callable[[str], str]:
    """The page in a theme that has Material's variables."""
    css, script = (path.read_text(encoding="utf-8") for path in asset_paths())
    body = Markdown(extensions=["tables", "toc"]).convert(
        drawn(metrics.pages(archive(24, NASTY))[0]).split("---\n", 2)[2]
    )

    def made(scheme: str) -> str:
        ground, ink, link = COLOURS[scheme]
        theme = (
            f"body{{--md-default-bg-color:{ground};--md-typeset-color:{ink};--md-typeset-a-color:{link};"
            f"background:{ground};color:{ink};font-family:sans-serif}}a{{color:{link}}}"
        )
        return (
            f'<!doctype html><html lang="en"><title>Metrics</title><style>{css}</style><style>{theme}</style>'
            f'<body data-md-color-scheme="{scheme}"><main>{body}</main><script>{script}</script></body></html>'
        )

    return made


@pytest.fixture
def visit(browser: Any, page_of: Callable[[str], str]) -> Iterator[Callable[..., Any]]:
    contexts = []

    def go(scheme: str = "default", **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.on("request", lambda request: pytest.fail(f"asks for {request.url}"))
        page.set_content(page_of(scheme))
        return page

    yield go
    for context in contexts:
        context.close()


LUMINANCE = """
    const luminance = colour => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d');
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
            .map(part => part / 255).map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = colour => {
        const [one, other] = [luminance(colour), luminance(getComputedStyle(document.body).backgroundColor)];
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    };
"""


def least_contrast(page: Any, selector: str, name: str) -> float:
    """The least contrast with the page of what a selector finds."""
    found = page.evaluate(
        f"([selector, name]) => {{{LUMINANCE} return Math.min(...[...document.querySelectorAll(selector)]"
        ".map(one => contrast(getComputedStyle(one)[name]))); }",
        [selector, name],
    )
    return float(found)


@pytest.mark.parametrize("scheme", list(COLOURS))
def test_words_lines_and_dots_of_charts_can_be_told_from_the_page(visit: Callable[..., Any], scheme: str) -> None:
    """WCAG 1.4.3 asks 4.5 of words, 1.4.11 asks 3 of what a chart draws."""
    page = visit(scheme)
    assert page.locator("svg.pm-chart").count() == 11
    assert least_contrast(page, ".pm-chart text", "fill") >= 4.5
    assert least_contrast(page, ".pm-chart .pm-line", "stroke") >= 3
    assert least_contrast(page, ".pm-chart .pm-dot", "fill") >= 3


@pytest.mark.parametrize(("scheme", "width"), [("default", 1200), ("slate", 390)])
def test_axe_finds_nothing(visit: Callable[..., Any], scheme: str, width: int) -> None:
    page = visit(scheme, viewport={"width": width, "height": 900})
    found = violations(page)
    assert [(item["id"], [node["html"][:120] for node in item["nodes"]][:3]) for item in found] == []


def test_a_screen_reader_is_told_what_each_chart_shows(visit: Callable[..., Any]) -> None:
    page = visit()
    chart = page.get_by_role("img", name="Time to resolve: median by quarter")
    assert chart.count() == 1
    assert "The table has every number." in chart.evaluate("one => one.querySelector('desc').textContent")


def test_on_a_phone_nothing_is_wider_than_the_screen_and_words_keep_their_size(visit: Callable[..., Any]) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    scales = page.eval_on_selector_all(
        "svg.pm-chart", "all => all.map(one => one.getBoundingClientRect().width / one.viewBox.baseVal.width)"
    )
    assert min(scales) >= 0.9, "words of 11 pixels are not smaller than 10"


@pytest.mark.parametrize("width", [390, 1200])
def test_no_word_of_a_chart_is_cut_off_or_stands_on_another(visit: Callable[..., Any], width: int) -> None:
    page = visit(viewport={"width": width, "height": 900})
    said = page.eval_on_selector_all(
        "svg.pm-chart",
        """all => all.flatMap(chart => {
            const around = chart.parentElement.getBoundingClientRect(), wrong = [];
            const words = [...chart.querySelectorAll('text.pm-axis')].map(one => [one, one.getBoundingClientRect()]);
            for (const [one, box] of words) {
                if (box.left < around.left - 8 || box.right > around.right + 8) wrong.push('cut: ' + one.textContent);
                for (const [other, there] of words)
                    if (one !== other && box.left < there.right - 1 && there.left < box.right - 1
                        && box.top < there.bottom - 1 && there.top < box.bottom - 1)
                        wrong.push(one.textContent + ' on ' + other.textContent);
            }
            return wrong;
        })""",
    )
    assert said == []


def test_without_scripts_everything_is_there(visit: Callable[..., Any]) -> None:
    with_them, without = visit(), visit(java_script_enabled=False)
    assert without.locator("svg.pm-chart").count() == with_them.locator("svg.pm-chart").count() == 11
    assert without.locator("main table").count() == with_them.locator("main table").count()


def test_on_paper_charts_stand_beside_their_tables_and_none_is_cut_in_two(visit: Callable[..., Any]) -> None:
    page = visit(viewport=PAPER)
    page.emulate_media(media="print")
    assert page.locator("svg.pm-chart:visible").count() == 11
    assert set(page.eval_on_selector_all(".pm-trend", "all => all.map(one => getComputedStyle(one).breakInside)")) == {
        "avoid"
    }
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]


def test_severity_is_told_by_the_lane_and_its_word(visit: Callable[..., Any]) -> None:
    page = visit()
    lanes = page.eval_on_selector_all(
        ".pm-lanes text", "all => all.map(one => one.textContent).filter(text => /^P\\d/.test(text))"
    )
    assert lanes == ["P0 Critical", "P1 High", "P2 Medium", "P3 Low"]
    heights = page.eval_on_selector_all(
        ".pm-lanes circle",
        "all => Object.entries(Object.groupBy(all, one => one.getAttribute('class')))"
        ".map(([name, dots]) => new Set(dots.map(one => one.getAttribute('cy'))).size)",
    )
    assert heights == [1, 1, 1, 1], "every severity has a height of its own"
