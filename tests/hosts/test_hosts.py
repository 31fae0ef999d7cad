"""The same wiki under MkDocs and ProperDocs, under three themes, and beside other plugins."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from tests.plugin import hostile
from tests.plugin.browsing import Visit, chromium, served
from tests.plugin.support import ENVIRONMENT, Done, Html, Site, site
from tests.releasing.support import House

TWO = """docs/
    postmortems/
        2026/
            checkout.md
                severity: P0
                tags: [rollback]
                description: What failed, and why
                related: [slow]
        slow.md
            tags: [rollback, search]
"""
THEMES = {
    "material": "{name: material, font: false}",
    "mkdocs": "{name: mkdocs}",
    "readthedocs": "{name: readthedocs}",
}


def wiki(root: Path, config: str = "") -> Site:
    keys = "".join(f"    {line}\n" for line in config.splitlines())
    return site(root, f"mkdocs.yml\n{keys}{TWO}")


def run(host: str, made: Site, *options: str) -> Done:
    """A host as its own program: ProperDocs replaces MkDocs' modules, which no process does twice."""
    done = subprocess.run(
        [sys.executable, "-m", host, "build", "--strict", *options],
        cwd=made.root,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def strictly(made: Site, *options: str) -> Site:
    done = made.build("--strict", *options)
    assert done.code == 0, done.said
    assert done.lines("WARNING") == []
    return made


class TestProperDocs:
    @pytest.mark.parametrize("theme", ["material", "mkdocs"])
    def test_builds_the_same_files_with_the_same_content(self, tmp_path: Path, theme: str) -> None:
        built = {}
        for host in ("mkdocs", "properdocs"):
            made = wiki(tmp_path / host, f"theme: {THEMES[theme]}\nsite_url: https://wiki.example/\nnav: [index.md]")
            done = run(host, made, "-f", "mkdocs.yml")
            assert done.code == 0, done.said
            assert "Traceback" not in done.said
            built[host] = made
        names = {
            host: {path.relative_to(made.built).as_posix() for path in made.built.rglob("*") if path.is_file()}
            for host, made in built.items()
        }
        ours = {name for name in names["mkdocs"] if name.startswith(("postmortems/", "assets/postmortem/"))}
        assert len(ours) > 15
        assert {name for name in names["properdocs"] if name.startswith(("postmortems/", "assets/postmortem/"))} == ours
        if theme == "material":  # the other two are ProperDocs' own copies of the themes
            assert names["mkdocs"] == names["properdocs"]
        for name in ours:
            texts = [_comparable(built[host].text(name), name, theme) for host in ("mkdocs", "properdocs")]
            assert texts[0] == texts[1], name

    def test_stops_at_an_error_and_counts_a_warning_as_mkdocs_does(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, f"theme: {THEMES['material']}")
        page = made.docs / "postmortems/slow.md"
        right = page.read_text()
        page.write_text(right.replace("severity: P1", "severity: P9"))
        done = run("properdocs", made)
        assert done.code == 1
        assert "docs/postmortems/slow.md:4:11: PM106" in done.said
        assert "Traceback" not in done.said
        page.write_text(right.replace("severity: P1", "severity: P1\nseverty: P1"))
        done = run("properdocs", made)
        assert done.code == 1
        assert "PM105" in done.said


class TestProperDocsForThePublic:
    @pytest.mark.parametrize("theme", ["material", "mkdocs"])
    def test_builds_the_same_public_site_and_lets_it_through_the_gate(self, tmp_path: Path, theme: str) -> None:
        house = House(tmp_path)
        house.configure(theme={"name": theme, **({"font": False} if theme == "material" else {"highlightjs": False})})
        assert house.redact().code == 0
        house.approve()
        sites = {}
        for host in ("mkdocs", "properdocs"):
            house.configure(site_dir=f"site-{host}")
            house.write("mkdocs.external.yml", yaml.safe_dump(house.config))
            done = run(host, house, "-f", "mkdocs.external.yml")
            assert done.code == 0, done.said
            assert "Traceback" not in done.said
            sites[host] = house.site()
            verified = house.run("verify", f"site-{host}")
            assert verified.code == 0, verified.said
        mine, theirs = sites["mkdocs"], sites["properdocs"]
        assert "postmortems/checkout-errors/index.html" in mine
        if theme == "material":  # the other is ProperDocs' own copy of the theme
            assert mine.keys() == theirs.keys()
        for name in [name for name in mine if name.startswith("postmortems/") or name == "sitemap.xml"]:
            texts = [_comparable(files[name].decode(), name, theme) for files in (mine, theirs)]
            assert texts[0] == texts[1], name

    def test_the_gate_stops_it_as_well(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.write("external/docs/more.md", "# More\n\nby Maria García\n")
        house.write("mkdocs.external.yml", yaml.safe_dump(house.config))
        done = run("properdocs", house, "-f", "mkdocs.external.yml")
        assert done.code == 1
        assert "PM907" in done.said
        assert "Traceback" not in done.said
        assert not house.built.exists()


def _comparable(text: str, name: str, theme: str) -> object:
    """A page without its generator; of themes that ProperDocs ships changed, the words alone."""
    if not name.endswith(".html"):
        return text
    if theme != "material":
        main = re.search(
            r'<div class="col-md-9" role="main">(.*)<footer|role="main" class="document"(.*)<footer', text, re.S
        )
        assert main, name
        return Html(main[0]).shown
    return re.sub(r'<meta name="generator" content="[^"]*">', "", text)


class TestAnyTheme:
    @pytest.mark.parametrize("theme", THEMES)
    def test_shows_the_facts_the_tables_and_what_is_related(self, tmp_path: Path, theme: str) -> None:
        made = strictly(wiki(tmp_path, f"theme: {THEMES[theme]}"))
        document = made.page("postmortems/2026/checkout/index.html")
        for words in ("P0 Critical", "Time to resolve", "Related", "Elapsed", "Age"):
            assert words in document.shown
        archive = made.page("postmortems/index.html")
        assert len(archive.all("table", class_="pm-archive")) == 1
        assert "Checkout" in archive.shown
        items = made.page("postmortems/action-items/index.html")
        assert "Refuse to start when a setting is missing" in items.shown
        assert "6 days" in items.shown  # overdue since 17 November

    @pytest.mark.parametrize("theme", THEMES)
    def test_loads_our_style_and_script_once_on_every_page(self, tmp_path: Path, theme: str) -> None:
        made = strictly(wiki(tmp_path, f"theme: {THEMES[theme]}"))
        for name, text in made.pages().items():
            page = Html(text)
            assert (
                len(
                    [
                        1
                        for item in page.all("link")
                        if item.get("href", "").endswith("assets/postmortem/postmortem.css")
                    ]
                )
                == 1
            ), name
            assert (
                len(
                    [
                        1
                        for item in page.all("script")
                        if item.get("src", "").endswith("assets/postmortem/postmortem.js")
                    ]
                )
                == 1
            ), name

    def test_is_found_under_instant_navigation_and_prune(self, tmp_path: Path) -> None:
        features = "[navigation.instant, navigation.prune, navigation.indexes, navigation.tabs, navigation.footer]"
        made = strictly(
            wiki(
                tmp_path,
                f"theme: {{name: material, font: false, features: {features}}}\nsite_url: https://wiki.example/",
            )
        )
        assert "postmortems/" in made.navigation()


class TestBeside:
    def test_tags_lists_post_mortems_and_no_generated_page(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, f"theme: {THEMES['material']}\nplugins: [search, tags, postmortem]")
        made.write("docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
        strictly(made)
        links = [link for link in made.page("tags/index.html").links if "postmortems/" in link]
        assert {"../postmortems/2026/checkout/", "../postmortems/slow/"} <= set(links)
        told = json.loads(made.text("tags.json"))
        assert {url.partition("#")[0] for item in told["mappings"] for url in [item["item"]["url"]]} == {
            "postmortems/2026/checkout/",
            "postmortems/slow/",
        }

    @pytest.mark.parametrize("order", ["search, rss, postmortem", "postmortem, search, rss"])
    def test_rss_has_the_post_mortems_with_their_title_and_description(self, tmp_path: Path, order: str) -> None:
        plugins = order.replace(
            "rss",
            "{rss: {use_git: false, date_from_meta: {as_creation: date}, "
            "categories: [tags], match_path: 'postmortems/\\d+/.*'}}",  # as the manual tells
        )
        made = wiki(tmp_path, f"site_url: https://wiki.example/\nplugins: [{plugins}]")
        strictly(made)
        feed = ElementTree.fromstring(made.text("feed_rss_created.xml"))
        items = {item.findtext("link") or "": item for item in feed.iter("item")}
        post = items["https://wiki.example/postmortems/2026/checkout/"]
        assert post.findtext("title") == "Checkout"
        assert post.findtext("description") == "What failed, and why"
        assert [item.text for item in post.iter("category")] == ["rollback"]

    def test_rss_stays_well_formed_whatever_the_facts_hold(self, tmp_path: Path) -> None:
        feeds = {"use_git": False, "date_from_meta": {"as_creation": "date"}}
        made = hostile.wiki(tmp_path, hostile.ATTACKS, "mkdocs", {"search": None, "rss": feeds})
        assert made.build().code == 0
        for name in ("feed_rss_created.xml", "feed_rss_updated.xml", "sitemap.xml"):
            ElementTree.fromstring(made.text(name))
        feed = ElementTree.fromstring(made.text("feed_rss_created.xml"))
        titles = [item.findtext("title") or "" for item in feed.iter("item")]
        assert any("alert(1)" in title for title in titles)
        assert not any("<" in title for title in titles)
        json.loads(made.text("feed_json_created.json"))

    def test_blog_keeps_its_posts(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, f"theme: {THEMES['material']}\nplugins: [search, blog, tags, postmortem]")
        made.write("docs/blog/index.md", "# Blog\n")
        made.write("docs/blog/posts/one.md", "---\ndate: 2026-11-01\ntags: [rollback]\n---\n\n# One\n\nWords.\n")
        strictly(made)
        assert (made.built / "blog/2026/11/01/one/index.html").is_file()
        assert "postmortems/2026/checkout/" not in str(made.page("blog/index.html").links)

    @pytest.mark.parametrize("theme", ["material", "mkdocs"])
    def test_git_revision_date_dates_the_post_mortems(self, tmp_path: Path, theme: str) -> None:
        made = wiki(
            tmp_path,
            f"theme: {THEMES[theme]}\nplugins:\n- search\n- git-revision-date-localized\n- postmortem",
        )
        made.write(".gitignore", "site/\n.cache/\n")
        dated = {"GIT_AUTHOR_DATE": "2026-11-04T12:00:00Z", "GIT_COMMITTER_DATE": "2026-11-04T12:00:00Z"}
        for command in (
            ["init", "-q", "-b", "main"],
            ["add", "-A"],
            ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "x"],
        ):
            subprocess.run(["git", *command], cwd=tmp_path, env={**os.environ, **dated}, check=True)
        strictly(made)
        if theme == "material":
            assert "November 4, 2026" in made.page("postmortems/2026/checkout/index.html").shown

    def test_hooks_see_post_mortems_as_pages_with_their_words(self, tmp_path: Path) -> None:
        made = wiki(tmp_path, "hooks: [hook.py]")
        made.write(
            "hook.py",
            "def on_page_markdown(markdown, page, config, files):\n"
            "    if page.file.src_uri == 'postmortems/slow.md':\n"
            "        assert page.title == 'Slow' and page.meta['tags'] == ['rollback', 'search']\n"
            "        assert '## Root Cause Analysis' in markdown\n"
            "        return markdown.replace('Nothing compares the settings', 'A hook was here')\n",
        )
        strictly(made)
        assert "A hook was here" in made.page("postmortems/slow/index.html").shown

    def test_everything_at_once(self, tmp_path: Path) -> None:
        made = wiki(
            tmp_path,
            f"theme: {THEMES['material']}\nsite_url: https://wiki.example/\nplugins:\n- search\n- tags\n- blog\n"
            "- meta\n- rss: {use_git: false, match_path: 'blog/posts/.*'}\n- postmortem\n"
            "markdown_extensions: [admonition, attr_list, md_in_html, footnotes, pymdownx.superfences, "
            "pymdownx.details, pymdownx.tasklist, {toc: {permalink: true}}]",
        )
        made.write("docs/blog/index.md", "# Blog\n")
        made.write("docs/postmortems/.meta.yml", "hide: [navigation]\n")
        strictly(made)
        assert "Time to resolve" in made.page("postmortems/slow/index.html").shown


@pytest.mark.browser
class TestTheNetwork:
    def test_is_asked_for_nothing_but_the_site_itself(self, tmp_path: Path) -> None:
        made = strictly(wiki(tmp_path, f"theme: {THEMES['material']}"))
        with served(made.built) as address, chromium() as browser:
            visit = Visit(browser, address)
            for path in (
                "postmortems/",
                "postmortems/action-items/",
                "postmortems/reviews/",
                "postmortems/2026/checkout/",
            ):
                visit.go(path)
            visit.close()
        assert visit.complaints == []
        assert visit.elsewhere == []
        assert len(visit.requests) > 10

    def test_would_show_a_font_of_another_server(self, tmp_path: Path) -> None:
        """The test above can fail: Material's default asks Google for its fonts."""
        made = strictly(wiki(tmp_path, "theme: {name: material}"))
        with served(made.built) as address, chromium() as browser:
            visit = Visit(browser, address)
            visit.go("postmortems/")
            visit.close()
        assert any("fonts.googleapis.com" in url for url in visit.elsewhere)
