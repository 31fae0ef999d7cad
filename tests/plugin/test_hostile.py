"""Whatever a post-mortem's facts hold, it is shown as words: no markup, script, formula or template comes of it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.plugin.browsing import Visit, chromium, served
from tests.plugin.hostile import ATTACKS, DO, HARMLESS, facts, wiki
from tests.plugin.support import Html, Site

THEMES = ("mkdocs", "readthedocs", "material")
RARE = (
    "script",
    "style",
    "img",
    "iframe",
    "object",
    "embed",
    "base",
    "form",
    "input",
    "link",
    "meta",
    "svg",
    "template",
)
AUTHORS_OWN = "postmortems/tables/index.html"
"""The page whose body has raw HTML: MkDocs lets an author write that."""


class Built(NamedTuple):
    hostile: Site
    harmless: Site


@pytest.fixture(scope="module", params=THEMES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same site twice: its facts once attack, and are harmless words once."""
    theme = request.param
    plugins = {"search": None, "tags": None} if theme == "material" else {"search": None}
    root = tmp_path_factory.mktemp(theme)
    both = Built(wiki(root / "a", ATTACKS, theme, plugins), wiki(root / "b", HARMLESS, theme, plugins))
    for made in both:
        if theme == "material":
            made.write("docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
        done = made.build()
        assert done.code == 0, done.said
        assert "Traceback" not in done.said
    return both


@cache
def judged(made: Site) -> dict[str, Html]:
    return {name: Html(text) for name, text in made.pages().items() if name != AUTHORS_OWN}


def code(script: str) -> str:
    """A script without what stands in its strings."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', script)


class TestEveryPage:
    def test_has_no_element_and_no_attribute_that_was_not_ours(self, built: Built) -> None:
        known = {
            (tag, name) for page in judged(built.harmless).values() for tag, given in page.tags for name in (*given, "")
        }
        known |= {("code", ""), ("strong", ""), ("em", "")}  # these an action item's words may have
        for name, page in judged(built.hostile).items():
            found = {(tag, attribute) for tag, given in page.tags for attribute in (*given, "")}
            assert found <= known, name

    def test_has_as_many_scripts_images_and_the_like_as_one_with_harmless_words(self, built: Built) -> None:
        def numbers(page: Html) -> tuple[tuple[str, int], ...]:
            count = Counter(tag for tag, _ in page.tags)
            return tuple((tag, count[tag]) for tag in RARE)

        known = {name: numbers(page) for name, page in judged(built.harmless).items()}
        for name, page in judged(built.hostile).items():
            assert numbers(page) in ([known[name]] if name in known else known.values()), name

    def test_has_no_script_with_these_words(self, built: Built) -> None:
        """A theme may have the title in a script as a string of JSON; outside of strings nothing differs."""
        known = {code(text) for page in judged(built.harmless).values() for tag, text in page.inside if tag == "script"}
        for name, page in judged(built.hostile).items():
            assert {code(text) for tag, text in page.inside if tag == "script"} <= known, name

    def test_has_no_address_that_runs_anything(self, built: Built) -> None:
        for name, page in judged(built.hostile).items():
            for tag, given in page.tags:
                for attribute in ("href", "src", "action", "formaction", "xlink:href", "data"):
                    address = given.get(attribute, "").strip().casefold()
                    assert not address.startswith(("javascript:", "vbscript:", "data:text")), (name, tag)
                    assert "evil.example/beacon" not in address or tag == "a", (name, tag)

    def test_shows_the_words_as_they_were_written(self, built: Built) -> None:
        text = built.hostile.page("postmortems/hostile/index.html").shown
        for words in (
            ATTACKS[0],
            ATTACKS[1],
            "{{ 7*7 }} {% raw %}",
            "Fish & Chips &lt;b&gt; &amp;lt; &#60;script&#62;",
        ):
            assert words in text

    def test_fills_a_slot_once_and_only_its_own(self, built: Built) -> None:
        for name in ("postmortems/index.html", "postmortems/action-items/index.html"):
            hostile, harmless = built.hostile.page(name), built.harmless.page(name)
            for tag in ("table", "thead", "caption", "ul"):
                assert len(hostile.all(tag)) == len(harmless.all(tag)), (name, tag)

    def test_has_a_title_in_words(self, built: Built) -> None:
        for name, page in judged(built.hostile).items():
            # A chart has a title of its own, which its description refers to.
            assert len([1 for tag, given in page.tags if tag == "title" and "id" not in given]) == 1, name
            assert "<" not in page.title, name

    def test_has_no_control_character(self, built: Built) -> None:
        for name, text in built.hostile.pages().items():
            if name != AUTHORS_OWN:
                assert not set(text) & set(map(chr, (*range(9), 11, 12, *range(14, 32), 127))), name


class TestTheSearchIndex:
    def test_has_no_markup_in_what_it_shows(self, built: Built) -> None:
        """Themes put titles and words of the index into pages as HTML: Material both, marked up."""
        index = json.loads(built.hostile.text("search/search_index.json"))
        for item in index["docs"]:
            if item["location"].startswith("postmortems/tables"):
                continue
            for words in (item["title"], *item.get("tags", ())):
                assert not Html(words).all("img"), item["location"]
                assert not Html(words).all("script"), item["location"]
                assert not [tag for tag, given in Html(words).tags if any(name.startswith("on") for name in given)]


class TestTheFiles:
    def test_give_every_value_back_as_it_was_written(self, built: Built) -> None:
        rows = {row["id"]: row for row in json.loads(built.hostile.text("postmortems/postmortems.json"))}
        row = rows["front"]
        given = facts(ATTACKS)
        for key in ("services", "causes", "tags", "authors"):
            assert row[key] == [" ".join(value.split()) for value in given[key]]
        assert row["title"] == " ".join(given["title"].split())
        assert row["severity"] == given["severity"]
        assert [item["event"] for item in row["timeline"]] == [event["event"] for event in given["timeline"]]
        assert {item["action"] for item in row["action_items"]} == set(ATTACKS)
        assert row["related"] == ["other", *(" ".join(value.split()) for value in ATTACKS)]

    def test_hold_no_formula(self, built: Built) -> None:
        data = (built.hostile.built / "postmortems/action-items.csv").read_bytes().decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(data, newline="")))
        assert len(rows) == 2 * len(ATTACKS)
        assert any(row["action"] == "'=cmd()|' /C calc'!A0" for row in rows)
        for row in rows:
            for cell in row.values():
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")), cell
        assert "\0" not in data

    def test_have_names_that_stay_in_their_folder(self, built: Built) -> None:
        assert not (built.hostile.root / "etc").exists()
        for path in built.hostile.built.rglob("*"):
            assert path.resolve().is_relative_to(built.hostile.built.resolve())
            assert not set(path.name) & set('<>:"|?*\\\n')


class TestTheLog:
    def test_cannot_move_the_cursor_or_colour_the_terminal(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, ATTACKS, "mkdocs")
        said = made.build().said
        assert "hostile.md" in said
        assert "\x1b" not in said
        assert "\x02" not in said
        for form in ("text", "github"):
            said = made.run("check", "--format", form).said
            assert not set(said) & set("\x1b\x02\x01\x00\r")

    def test_shows_no_control_character_in_the_name_of_a_file(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, HARMLESS, "mkdocs")
        made.write("docs/postmortems/a\x1b[31m\x07b.md", "---\nserverity: nonsense\ntitle: a\ntitle: b\n---\n\n# T\n")
        lines = made.build().lines("PM103")
        assert len(lines) == 1
        assert "docs/postmortems/a" in lines[0]
        assert not set(lines[0]) & set("\x1b\x07")


def test_these_attacks_would_be_noticed() -> None:
    """What the tests above look for is there where nothing is escaped."""
    page = Html(f"<title>x</title><p>{ATTACKS[0]}</p><p title=\"{ATTACKS[1]}\"></p><a href='javascript:{DO}'>x</a>")
    assert page.all("img")
    assert page.all("script")
    assert ("script", DO) in page.inside


@pytest.mark.browser
def test_in_a_browser_nothing_runs_and_nothing_is_asked_of_anyone(tmp_path: Path) -> None:
    made = wiki(tmp_path, ATTACKS, "material")
    assert made.build().code == 0
    with served(made.built) as address, chromium() as browser:
        visit = Visit(browser, address)
        for path in ("postmortems/", "postmortems/action-items/", "postmortems/hostile/"):
            page = visit.go(path)
            assert page.evaluate("window.__pwned") is None
            assert page.locator("h1").first.is_visible()
        query = page.get_by_role("textbox", name="Search")
        query.click()
        for words in ("onerror", "textarea", "constructor", "failed orders"):
            query.fill("")
            query.press_sequentially(words)
            page.wait_for_timeout(300)
        page.locator(".md-search-result__item").first.wait_for()
        query.fill("")
        query.press_sequentially("pwned")
        page.wait_for_timeout(500)
        assert page.evaluate("window.__pwned") is None
        page = visit.go("postmortems/?text=" + quote(ATTACKS[0]) + "&service=" + quote(ATTACKS[1]) + "&cause=__proto__")
        assert page.evaluate("window.__pwned") is None
        for label in ("Service", "Cause"):
            control = page.get_by_role("combobox", name=label).first
            for value in (ATTACKS[2], "constructor", "__proto__"):
                control.select_option(value)
        assert page.evaluate("window.__pwned") is None
        visit.close()
    assert visit.complaints == []
    assert visit.elsewhere == []
