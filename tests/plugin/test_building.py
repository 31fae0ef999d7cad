"""What a build makes of post-mortems: which pages there are, and where they stand in the navigation."""

from __future__ import annotations

import csv
import io
import json
import os
import posixpath
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from mkdocs_postmortem.exporting.actions import FIELDS
from tests.plugin.support import ENVIRONMENT, Html, Site, postmortem, site, state

TWO = """
    docs/
        postmortems/
            2026/
                checkout.md
                    severity: P0
                    services: [checkout, payments]
                    causes: [missing-config]
            slow.md
                incident_type: infrastructure
                services: [search]
"""
GENERATED = {
    "postmortems/index.html",
    "postmortems/year/2026/index.html",
    "postmortems/severity/p0/index.html",
    "postmortems/severity/p1/index.html",
    "postmortems/type/deployment/index.html",
    "postmortems/type/infrastructure/index.html",
    "postmortems/service/checkout/index.html",
    "postmortems/service/payments/index.html",
    "postmortems/service/search/index.html",
    "postmortems/cause/missing-config/index.html",
    "postmortems/action-items/index.html",
    "postmortems/action-items/closed/index.html",
    "postmortems/action-items/by-owner/index.html",
    "postmortems/action-items/by-service/index.html",
    "postmortems/action-items/by-priority/index.html",
    "postmortems/action-items/by-category/index.html",
    "postmortems/reviews/index.html",
    "postmortems/reviews/two-weeks/index.html",
    "postmortems/reviews/2026-11/index.html",
    "postmortems/metrics/index.html",
    *(f"postmortems/metrics/by-{by}/index.html" for by in ("month", "quarter", "year", "service", "severity")),
    "postmortems/patterns/index.html",
    "postmortems/lessons/index.html",
    "postmortems/process/index.html",
}
IN_NAVIGATION = {
    "postmortems/",
    "postmortems/action-items/",
    "postmortems/reviews/",
    "postmortems/metrics/",
    "postmortems/patterns/",
    "postmortems/lessons/",
    "postmortems/process/",
}
DOCUMENTS = {"postmortems/2026/checkout/index.html", "postmortems/slow/index.html"}


def strictly(made: Site, *options: str, **env: str | None) -> Site:
    done = made.build("--strict", *options, **env)
    assert done.code == 0, done.said
    assert done.lines("WARNING") == []
    return made


def broken_links(made: Site) -> list[tuple[str, str]]:
    """Links inside the site that lead nowhere, from all pages but those that stand at any address."""
    broken = []
    for name, text in made.pages().items():
        if name == "404.html":
            continue
        for href in Html(text).links:
            path, _, _ = href.partition("#")
            path = path.partition("?")[0]
            if not path or ":" in path or path.startswith("/"):
                continue
            target = made.built / posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path)))
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                broken.append((name, href))
    return broken


class TestThePages:
    def test_are_the_archive_one_for_each_value_the_action_items_and_the_post_mortems(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        assert made.names() == {"index.html", *GENERATED, *DOCUMENTS}

    def test_lead_to_one_another_and_never_nowhere(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        archive = made.page("postmortems/index.html")
        assert {"2026/checkout/", "slow/", "action-items/", "severity/p0/"} <= set(archive.links)
        assert broken_links(made) == []

    def test_name_what_is_in_the_records(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        assert "Checkout" in made.page("postmortems/index.html").shown
        assert "Slow" not in made.page("postmortems/service/payments/index.html").shown
        assert "Refuse to start" in made.page("postmortems/action-items/index.html").shown
        document = made.page("postmortems/2026/checkout/index.html").shown
        assert "Time to detect 7 min" in document
        assert "2026-11-03 10:02 UTC" in document

    def test_have_a_calendar_and_a_feed_beside_them(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, "mkdocs.yml\n    site_url: https://wiki.example.com/team/\n" + _flat(TWO)))
        calendar = (made.built / "postmortems/calendar.ics").read_bytes()
        assert b"SUMMARY:Due: Refuse to start when a setting is missing\r\n" in calendar
        assert calendar.count(b"\n") == calendar.count(b"\r\n")
        assert b"URL:https://wiki.example.com/team/postmortems/reviews/2026-11/\r\n" in calendar
        assert "https://wiki.example.com/team/postmortems/slow/#" in made.text("postmortems/feed.xml")
        assert {"../calendar.ics", "../feed.xml"} <= set(made.page("postmortems/reviews/index.html").links)
        assert broken_links(made) == []

    def test_are_the_same_without_directory_urls(self, tmp_path: Path) -> None:
        made = site(tmp_path, TWO)
        with (tmp_path / "mkdocs.yml").open("a") as config:
            config.write("use_directory_urls: false\n")
        strictly(made)
        fronts = {"index.html", *(f"postmortems/{name}index.html" for name in ("", "action-items/", "reviews/"))}
        assert made.names() == fronts | {
            f"{name.removesuffix('/index.html')}.html" for name in (GENERATED | DOCUMENTS) - fronts
        }
        assert broken_links(made) == []
        assert {"../calendar.ics", "../feed.xml"} <= set(made.page("postmortems/reviews/index.html").links)
        assert "2026/checkout.html" in made.page("postmortems/index.html").links

    def test_are_right_where_the_site_lives_below_a_path(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    site_url: https://example.com/wiki/main/\n" + _flat(TWO))
        strictly(made)
        assert broken_links(made) == []
        sitemap = made.text("sitemap.xml")
        assert "<loc>https://example.com/wiki/main/postmortems/2026/checkout/</loc>" in sitemap

    def test_say_so_where_there_are_no_post_mortems_yet(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, "docs/\n    postmortems/\n"))
        assert "There are no post-mortems yet" in made.page("postmortems/index.html").shown
        assert json.loads(made.text("postmortems/postmortems.json")) == []

    def test_are_there_even_where_the_folder_is_not(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path))
        assert "There are no post-mortems yet" in made.page("postmortems/index.html").shown

    def test_take_names_in_every_script_with_spaces_and_accents(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            """
            docs/
                postmortems/
                    Große Störung/
                        Zahlung fällt aus & mehr.md
                            title: Zahlung fällt aus
                        障害 100%.md
                            title: 障害
                            services: [決済, "a/b", "a b"]
            """,
        )
        strictly(made)
        assert (made.built / "postmortems/Große Störung/Zahlung fällt aus & mehr/index.html").is_file()
        assert broken_links(made) == []
        listed = {row["title"]: row["url"] for row in json.loads(made.text("postmortems/postmortems.json"))}
        for address in listed.values():
            assert (made.built / "postmortems" / unquote(address) / "index.html").is_file()

    def test_leave_out_what_is_no_post_mortem(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            _flat(TWO)
            + "        _template.md\n            # Template\n        2026/\n            README.md\n"
            + "                # About 2026\n        .hidden/\n            secret.md\n",
        )
        strictly(made)
        ids = {row["id"] for row in json.loads(made.text("postmortems/postmortems.json"))}
        assert ids == {"checkout", "slow"}
        assert (made.built / "postmortems/_template/index.html").is_file()

    def test_leave_out_what_the_user_excluded(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    exclude_docs: |\n      slow.md\n    draft_docs: |\n      thoughts.md\n"
            + _flat(TWO)
            + "        thoughts.md\n            services: [secret-service]\n",
        )
        strictly(made)
        assert not (made.built / "postmortems/slow").exists()
        for name in ("index.html", "postmortems.json", "action-items.csv", "action-items/index.html"):
            text = made.text(f"postmortems/{name}").casefold()
            assert "slow" not in text
            assert "thoughts" not in text
        assert not (made.built / "postmortems/service/secret-service").exists()

    @pytest.mark.parametrize(
        ("folder", "base"),
        [("docs", "postmortems"), ("docs/incidents/all", "incidents/all")],
    )
    def test_stand_where_the_post_mortems_do(self, tmp_path: Path, folder: str, base: str) -> None:
        made = site(
            tmp_path,
            f"""
            postmortem.yml
                postmortems: {folder}
            """,
        )
        made.write(f"{folder}/2026/checkout.md", postmortem("checkout.md"))
        strictly(made)
        assert (made.built / base / "severity/p1/index.html").is_file()
        assert broken_links(made) == []
        links = made.page(f"{base}/index.html").links
        assert ("../2026/checkout/" if folder == "docs" else "2026/checkout/") in links


def _flat(tree: str) -> str:
    """A tree without its common indentation, to put another before it."""
    import textwrap

    return textwrap.dedent(tree).lstrip("\n")


class TestTheNavigation:
    def test_has_the_archive_and_the_action_items_and_no_post_mortem(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        for page in ("index.html", "postmortems/service/search/index.html"):
            menu = made.navigation(page)
            assert menu >= IN_NAVIGATION
            assert not {name.removesuffix("index.html") for name in DOCUMENTS} & menu

    def test_that_the_user_wrote_is_extended(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    nav:\n    - Start: index.md\n    - Team: team.md\n"
            "postmortem.yml\n    wiki: {title: Incidents}\n" + _flat(TWO) + "    team.md\n        # Team\n",
        )
        strictly(made)
        assert made.navigation() - {""} == {"team/", *IN_NAVIGATION}
        assert "Incidents" in made.page("index.html").shown

    @pytest.mark.parametrize("nav", ["", "    nav: [index.md]\n"], ids=["found", "written"])
    def test_has_the_title_of_the_settings_as_words(self, tmp_path: Path, nav: str) -> None:
        made = site(tmp_path, f"mkdocs.yml\n{nav}postmortem.yml\n    wiki: {{title: 'R&D <b>x</b>'}}\n" + _flat(TWO))
        strictly(made)
        page = made.page("index.html")
        assert "R&D ‹b›x‹/b›" in page.shown
        assert page.all("b") == []

    def test_leads_to_the_coverage_only_where_there_is_a_register(self, tmp_path: Path) -> None:
        register = "incidents.yml\n    - {id: INC-1, severity: P1, postmortem: checkout}\n"
        made = site(tmp_path, "mkdocs.yml\n    nav: [index.md]\n" + register + _flat(TWO))
        strictly(made)
        assert made.navigation() - {""} == {"postmortems/coverage/", *IN_NAVIGATION}
        assert broken_links(made) == []
        assert "1 of 1 incident has a post-mortem" in made.page("postmortems/coverage/index.html").shown

    def test_that_names_the_archive_is_left_as_it_is(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    nav:\n    - Start: index.md\n    - Wiki:\n      - What broke: postmortems/index.md\n"
            + _flat(TWO),
        )
        strictly(made)
        assert made.navigation() - {""} == {"postmortems/"}
        assert made.page("index.html").shown.count("What broke") >= 1
        assert "Post-mortems" not in made.page("index.html").shown

    def test_that_names_the_archive_without_a_title_is_left_as_it_is(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    nav: [index.md, postmortems/index.md]\n" + _flat(TWO))
        strictly(made)
        assert made.navigation() - {""} == {"postmortems/"}

    def test_that_names_one_post_mortem_has_that_one(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    nav:\n    - index.md\n    - The big one: postmortems/2026/checkout.md\n" + _flat(TWO),
        )
        strictly(made)
        menu = made.navigation()
        assert "postmortems/2026/checkout/" in menu
        assert "postmortems/slow/" not in menu
        assert menu >= IN_NAVIGATION

    def test_stays_untouched_where_the_settings_say_so(self, tmp_path: Path) -> None:
        for nav in ("", "mkdocs.yml\n    nav: [index.md]\n"):
            made = site(tmp_path, nav + "postmortem.yml\n    wiki: {navigation: false}\n" + _flat(TWO))
            strictly(made)
            assert made.navigation() - {""} == set()
            assert (made.built / "postmortems/index.html").is_file()

    def test_of_nested_sections_keeps_its_order_and_neighbours(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "mkdocs.yml\n    theme: readthedocs\n    nav:\n    - index.md\n    - Operations:\n"
            "      - Runbooks:\n        - runbooks/a.md\n        - runbooks/b.md\n"
            + _flat(TWO)
            + "    runbooks/\n        a.md\n            # A\n        b.md\n            # B\n",
        )
        strictly(made)
        order = made.page("index.html").navigation
        places = [
            order.index(name) for name in ("runbooks/a/", "runbooks/b/", "postmortems/", "postmortems/action-items/")
        ]
        assert places == sorted(places)
        following = [
            attributes["href"]
            for attributes in made.page("runbooks/b/index.html").all("a")
            if attributes.get("rel") == "next" or "btn-neutral" in attributes.get("class", "")
        ]
        assert "../../postmortems/" in following


class TestTheSources:
    def test_are_never_written_to(self, tmp_path: Path) -> None:
        made = site(tmp_path, TWO)
        before = state(made.docs)
        strictly(made)
        strictly(made)
        assert state(made.docs) == before
        assert {path.name for path in tmp_path.iterdir()} == {"docs", "mkdocs.yml", "site", ".cache"}

    def test_leave_nothing_behind_in_the_temporary_folder(self, tmp_path: Path) -> None:
        made = site(tmp_path / "site", TWO)
        (tmp_path / "tmp").mkdir()
        strictly(made, TMPDIR=str(tmp_path / "tmp"))
        assert list((tmp_path / "tmp").iterdir()) == []
        made.write("docs/postmortems/slow.md", "---\nstatus: nonsense\n---\n")
        assert made.build(TMPDIR=str(tmp_path / "tmp")).code == 1
        assert list((tmp_path / "tmp").iterdir()) == []


class TestTheFiles:
    def test_agree_with_the_pages(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        rows = json.loads(made.text("postmortems/postmortems.json"))
        assert [row["id"] for row in rows] == ["slow", "checkout"]
        links = made.page("postmortems/index.html").links
        assert all(row["url"] in links for row in rows)
        assert {tuple(row["services"]) for row in rows} == {("search",), ("checkout", "payments")}

        items = list(csv.DictReader(io.StringIO((made.built / "postmortems/action-items.csv").read_bytes().decode())))
        assert list(items[0]) == list(FIELDS)
        assert {row["postmortem"] for row in items} == {"checkout", "slow"}
        page = made.page("postmortems/action-items/index.html").shown
        for row in items:
            assert row["action"] in page
            assert row["due"] in page
            assert row["overdue"] == "true"
        told = {item["key"] for row in rows for item in row["action_items"]}
        assert told == {row["key"] for row in items}

    def test_are_not_pages_and_not_in_the_navigation(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, TWO))
        assert not any("json" in href or "csv" in href for href in made.page("index.html").navigation)


class TestTheSearch:
    def test_of_material_finds_post_mortems_and_no_generated_list(self, tmp_path: Path) -> None:
        made = strictly(site(tmp_path, "mkdocs.yml\n    theme: {name: material, font: false}\n" + _flat(TWO)))
        index = json.loads(made.text("search/search_index.json"))
        found = {item["location"].partition("#")[0] for item in index["docs"]}
        assert found == {"", "postmortems/2026/checkout/", "postmortems/slow/"}

    @pytest.mark.parametrize("theme", ["mkdocs", "material"])
    def test_finds_the_words_of_a_post_mortem_once_and_not_what_is_drawn_around_them(
        self, tmp_path: Path, theme: str
    ) -> None:
        """MkDocs' own search knows no page to leave out: of a generated one it has a heading and a sentence."""
        made = strictly(site(tmp_path, f"mkdocs.yml\n    theme: {{name: {theme}}}\n" + _flat(TWO)))
        index = json.loads(made.text("search/search_index.json"))
        documents = {"postmortems/2026/checkout/", "postmortems/slow/"}
        assert "Refuse to start when" in made.page("postmortems/reviews/2026-11/index.html").shown
        for words in ("Nothing compares the settings", "Refuse to start when"):
            found = {item["location"].partition("#")[0] for item in index["docs"] if words in item["text"]}
            assert found == documents
        texts = " ".join(item["text"] for item in index["docs"])
        assert "Time to detect" not in texts
        assert "Incident Type" not in texts


class TestTheStyles:
    def test_come_before_the_users_own_so_that_theirs_win(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    extra_css: [mine.css]\n    extra_javascript: [mine.js]\n" + _flat(TWO))
        made.write("docs/mine.css", "body {}\n")
        made.write("docs/mine.js", "1\n")
        strictly(made)
        page = made.page("postmortems/index.html")
        sheets = [item["href"].partition("?")[0] for item in page.all("link") if item.get("rel") == "stylesheet"]
        assert sheets.index("../assets/postmortem/postmortem.css") < sheets.index("../mine.css")
        scripts = [item["src"] for item in page.all("script") if "src" in item]
        assert scripts.count("../assets/postmortem/postmortem.js") == 1
        assert (made.built / "assets/postmortem/postmortem.css").is_file()
        assert (made.built / "assets/postmortem/postmortem.js").is_file()


class TestTheSameSources:
    def test_give_the_same_site_to_the_byte_wherever_and_whenever_they_are_built(self, tmp_path: Path) -> None:
        built = []
        for number, seed in enumerate(("1", "4711")):
            made = site(
                tmp_path / ("deeper/" * number + "x"),
                "mkdocs.yml\n    theme: {name: material, font: false}\n" + _flat(TWO),
            )
            done = subprocess.run(
                [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
                cwd=made.root,
                env={**os.environ, **ENVIRONMENT, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
            )
            assert (done.returncode, done.stderr) == (0, "")
            built.append(
                {
                    path.relative_to(made.built).as_posix(): path.read_bytes()
                    for path in made.built.rglob("*")
                    if path.is_file() and path.name != "sitemap.xml.gz"
                }
            )
        assert built[0].keys() == built[1].keys()
        assert [name for name in built[0] if built[0][name] != built[1][name]] == []
