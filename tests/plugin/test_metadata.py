"""What a theme is told of a post-mortem's page: a short list of keys, safe to be printed as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.support import Site, site

HOOK = """
import json, pathlib
def on_page_context(context, page, config, nav):
    with open("meta.jsonl", "a") as file:
        file.write(json.dumps([page.file.src_uri, page.title, page.meta], default=str) + "\\n")
    return context
"""


def meta_of(root: Path, facts: str, config: str = "") -> dict[str, Any]:
    """The metadata of one post-mortem's page, as a hook sees it that runs after all plugins."""
    made = site(
        root,
        f"mkdocs.yml\n    hooks: [hook.py]\n{config}docs/\n    postmortems/\n        checkout.md\n"
        + "".join(f"            {line}\n" for line in facts.splitlines()),
    )
    made.write("hook.py", HOOK)
    done = made.build()
    assert done.code == 0, done.said
    rows = [json.loads(line) for line in (root / "meta.jsonl").read_text().splitlines()]
    return next(meta for uri, _, meta in rows if uri == "postmortems/checkout.md")


class TestThePageOfAPostMortem:
    def test_is_told_title_tags_authors_and_day_and_nothing_else_of_the_record(self, tmp_path: Path) -> None:
        meta = meta_of(tmp_path, "title: Checkout failed\ntags: [rollback]")
        assert meta == {"title": "Checkout failed", "tags": ["rollback"], "authors": ["@maria"], "date": "2026-11-03"}

    @pytest.mark.parametrize(
        "facts",
        [
            "template: sitemap.xml",
            "template: ../../../etc/passwd",
            "status: review",
            "robots: noindex",
            "nav_order: 1",
            "render_macros: true",
            "git_revision_date_localized: x",
            "constructor: x",
        ],
    )
    def test_is_not_told_what_would_choose_a_template_or_draw_a_mark(self, tmp_path: Path, facts: str) -> None:
        meta = meta_of(tmp_path, facts)
        assert set(meta) == {"title", "authors", "date"}

    def test_is_told_what_people_set_for_the_theme(self, tmp_path: Path) -> None:
        meta = meta_of(tmp_path, "hide: [toc]\nsubtitle: Why\ndescription: What happened\nsearch: {boost: 2}")
        assert meta["hide"] == ["toc"]
        assert meta["subtitle"] == "Why"
        assert meta["description"] == "What happened"
        assert meta["search"] == {"boost": 2}

    @pytest.mark.parametrize(
        ("written", "passed"),
        [("2026-11-10", "datetime.date(2026, 11, 10)"), ("2026-11-10T09:30", "datetime.datetime(2026, 11, 10, 9, 30)")],
    )
    def test_is_told_a_date_as_yaml_has_dates_which_feeds_ask_for(
        self, tmp_path: Path, written: str, passed: str
    ) -> None:
        hook = HOOK.replace("default=str", "default=repr")
        made = site(
            tmp_path,
            f"mkdocs.yml\n    hooks: [hook.py]\ndocs/\n    postmortems/\n        a.md\n            date: {written}\n",
        )
        made.write("hook.py", hook)
        assert made.build("--strict").code == 0
        rows = [json.loads(line) for line in (tmp_path / "meta.jsonl").read_text().splitlines()]
        assert next(meta["date"] for uri, _, meta in rows if uri == "postmortems/a.md") == passed

    @pytest.mark.parametrize("key", ["subtitle", "icon"])
    def test_is_not_told_markup_under_a_harmless_name(self, tmp_path: Path, key: str) -> None:
        assert key not in meta_of(tmp_path, f"{key}: '<b onclick=x>'")

    def test_has_people_with_roles_as_names(self, tmp_path: Path) -> None:
        """A map in `authors` stops the blog plugin, and any theme that joins them."""
        meta = meta_of(tmp_path, 'authors: ["@maria", "@wei"]\nparticipants: [{who: "@li", role: scribe}]')
        assert meta["authors"] == ["@maria", "@wei"]
        assert "participants" not in meta

    def test_has_a_title_with_ampersand_that_is_shown_as_one(self, tmp_path: Path) -> None:
        meta_of(tmp_path, "title: Search & checkout < 1 % up", config="    theme: {name: material, font: false}\n")
        page = Site(tmp_path).page("postmortems/checkout/index.html")
        assert page.title.startswith("Search & checkout ‹ 1 % up")


class TestAPageThatIsNoPostMortem:
    def test_keeps_its_own_metadata(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    hooks: [hook.py]\ndocs/\n    postmortems/\n        _notes.md\n")
        made.write("hook.py", HOOK)
        made.write("docs/index.md", "---\nstatus: new\ntemplate: 404.html\nowner: me\n---\n\n# Home\n")
        assert made.build().code == 0
        rows = {row[0]: row for row in map(json.loads, (tmp_path / "meta.jsonl").read_text().splitlines())}
        assert rows["index.md"][2] == {"status": "new", "template": "404.html", "owner": "me"}

    def test_that_is_generated_is_hidden_from_search_and_has_a_safe_title(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    hooks: [hook.py]\npostmortem.yml\n    wiki: {title: R&D <incidents>}\n"
            "docs/\n    postmortems/\n        a.md\n            services: ['<i>x</i>']\n",
        )
        made.write("hook.py", HOOK)
        assert made.build().code == 0
        rows = {row[0]: row for row in map(json.loads, (tmp_path / "meta.jsonl").read_text().splitlines())}
        assert rows["postmortems/index.md"][1] == "R&amp;D ‹incidents›"
        generated = [row for uri, *row in rows.values() if uri not in ("index.md", "postmortems/a.md")]
        assert len(generated) > 8
        for title, meta in generated:
            assert meta["search"] == {"exclude": True}
            assert "<" not in title
