"""While a site is served: errors are shown and do not stop it, and what did not change is not read again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from mkdocs_postmortem.plugin import PostmortemPlugin
from tests.plugin.support import ENVIRONMENT, NOON, Site, postmortem, site, state

THREE = """
docs/
    postmortems/
        checkout.md
        search.md
            services: [search]
        slow.md
"""
BROKEN = THREE + "        broken.md\n            severity: P9\n            owner: <b>me</b>\n"


class Serving:
    """What `mkdocs serve` does, without the server: start up once, then build again and again."""

    def __init__(self, made: Site) -> None:
        self.site = made
        MkDocsConfig.plugins.plugin_cache.clear()  # MkDocs keeps plugins for the life of the process
        self.started = False
        self.build()

    def build(self) -> None:
        config = load_config(str(self.site.root / "mkdocs.yml"))
        plugin = config.plugins["postmortem"]
        assert isinstance(plugin, PostmortemPlugin)
        if not self.started:
            config.plugins.on_startup(command="serve", dirty=False)
            self.plugin, self.started = plugin, True
        assert plugin is self.plugin
        build(config, serve_url="http://127.0.0.1:8000/")

    @property
    def parsed(self) -> int:
        assert self.plugin.wiki.reader is not None
        return self.plugin.wiki.reader.parsed

    def close(self) -> None:
        self.plugin.on_shutdown()
        MkDocsConfig.plugins.plugin_cache.clear()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Site], Serving]]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOON)
    running: list[Serving] = []

    def start(made: Site) -> Serving:
        running.append(Serving(made))
        return running[-1]

    yield start
    for one in running:
        one.close()


class TestAnError:
    def test_does_not_stop_the_server_and_stands_on_its_page(
        self, tmp_path: Path, serve: Callable[[Site], Serving]
    ) -> None:
        made = site(tmp_path, BROKEN)
        serve(made)
        page = made.page("postmortems/broken/index.html")
        assert "PM106" in page.shown
        assert "P9" in page.shown
        assert page.all("b") == []
        assert "PM106" not in made.page("postmortems/slow/index.html").shown
        assert "PM106" not in made.page("postmortems/index.html").shown

    def test_is_gone_from_the_page_when_it_is_mended(self, tmp_path: Path, serve: Callable[[Site], Serving]) -> None:
        made = site(tmp_path, BROKEN)
        running = serve(made)
        made.write("docs/postmortems/broken.md", postmortem("broken.md"))
        running.build()
        assert "PM106" not in made.page("postmortems/broken/index.html").shown

    def test_that_makes_a_file_unreadable_shows_the_finding_and_nothing_of_the_file(
        self, tmp_path: Path, serve: Callable[[Site], Serving]
    ) -> None:
        made = site(tmp_path / "wiki", THREE)
        secret = tmp_path / "secret.md"
        secret.write_text("# hidden-words\n")
        os.symlink(secret, made.docs / "postmortems/linked.md")
        made.write("docs/postmortems/binary.md", b"\xff\xff\xff")
        serve(made)
        assert "leads out of the project" in made.page("postmortems/linked/index.html").shown
        assert "is not UTF-8" in made.page("postmortems/binary/index.html").shown
        assert not any("hidden-words" in text for text in made.pages().values())

    def test_is_never_shown_on_a_page_of_a_build(self, tmp_path: Path) -> None:
        made = site(tmp_path, THREE + "        doubtful.md\n            severty: P1\n")
        assert made.build().code == 0
        assert "PM105" not in made.page("postmortems/doubtful/index.html").shown


class TestARebuild:
    def test_reads_only_the_file_that_changed_and_renews_every_list(
        self, tmp_path: Path, serve: Callable[[Site], Serving]
    ) -> None:
        made = site(tmp_path, THREE)
        running = serve(made)
        assert running.parsed == 3
        made.write("docs/postmortems/slow.md", postmortem("slow.md", "title: Renamed\nservices: [brand-new]"))
        running.build()
        assert running.parsed == 4
        assert "Renamed" in made.page("postmortems/index.html").shown
        assert "Renamed" in made.page("postmortems/service/brand-new/index.html").shown
        assert "brand-new" in made.text("postmortems/postmortems.json")
        running.build()
        assert running.parsed == 4

    def test_knows_new_files_and_forgets_removed_ones(self, tmp_path: Path, serve: Callable[[Site], Serving]) -> None:
        made = site(tmp_path, THREE)
        running = serve(made)
        (made.docs / "postmortems/search.md").unlink()
        made.write("docs/postmortems/fresh.md", postmortem("fresh.md"))
        running.build()
        archive = made.page("postmortems/index.html")
        assert "fresh/" in archive.links
        assert "search/" not in archive.links
        assert running.parsed == 4

    def test_under_changed_settings_reads_all_anew(self, tmp_path: Path, serve: Callable[[Site], Serving]) -> None:
        made = site(tmp_path, "postmortem.yml\n    wiki: {title: First}\n" + THREE.lstrip())
        running = serve(made)
        made.write("postmortem.yml", "wiki: {title: Second}\n")
        running.build()
        assert made.page("postmortems/index.html").title.startswith("Second")
        assert running.parsed == 3  # by a reader of its own

    def test_gives_the_same_pages_as_a_build_from_scratch(
        self, tmp_path: Path, serve: Callable[[Site], Serving]
    ) -> None:
        made = site(tmp_path / "a", THREE)
        running = serve(made)
        made.write("docs/postmortems/slow.md", postmortem("slow.md", "title: Renamed"))
        running.build()
        served = made.pages()
        assert made.build().code == 0
        assert {name: text.partition("<!--\nMkDocs version")[0] for name, text in made.pages().items()} == {
            name: text.partition("<!--\nMkDocs version")[0] for name, text in served.items()
        }

    def test_writes_nothing_into_the_sources_that_would_start_the_next(
        self, tmp_path: Path, serve: Callable[[Site], Serving]
    ) -> None:
        made = site(tmp_path, BROKEN)
        before = state(made.docs)
        serve(made).build()
        assert state(made.docs) == before

    def test_watches_the_settings_and_the_teams_schema(self, tmp_path: Path, serve: Callable[[Site], Serving]) -> None:
        made = site(tmp_path, "postmortem.yml\n    schema: team.json\nteam.json\n    {}\n" + THREE.lstrip())
        serve(made)
        config = load_config(str(tmp_path / "mkdocs.yml"))
        config.plugins["postmortem"].on_config(config)
        assert {str(tmp_path / "postmortem.yml"), str(tmp_path / "team.json")} <= set(config.watch)


def test_the_server_shows_a_changed_title_in_the_archive_within_seconds(tmp_path: Path) -> None:
    made = site(tmp_path, BROKEN)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
        cwd=tmp_path,
        env={**os.environ, **ENVIRONMENT},
        stdout=log,
        stderr=log,
    )

    def archive() -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/postmortems/", timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def wait_for(words: str) -> None:
        until = time.monotonic() + 30
        while words not in archive():
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            assert server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)

    try:
        wait_for("Slow")
        made.write("docs/postmortems/slow.md", postmortem("slow.md", "title: Renamed while serving"))
        wait_for("Renamed while serving")
        time.sleep(1)  # a build that writes where it watches would begin another by now
        assert (tmp_path / "log").read_text().count("Building documentation") == 2
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)
        log.close()
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert server.returncode in (0, 1, -signal.SIGINT)


def test_settings_that_break_while_serving_are_said_and_the_last_ones_stay(
    tmp_path: Path, serve: Callable[[Site], Serving], caplog: pytest.LogCaptureFixture
) -> None:
    made = site(tmp_path, THREE)
    settings = made.root / "postmortem.yml"
    settings.write_text("wiki: {title: Our incidents}\n", encoding="utf-8")
    served = serve(made)
    settings.write_text("wiki: {title: [\n", encoding="utf-8")
    served.build()
    assert "The settings stay as they were." in caplog.text
    assert served.plugin.wiki.settings.title == "Our incidents"
    settings.write_text("wiki: {title: Mended}\n", encoding="utf-8")
    served.build()
    assert served.plugin.wiki.settings.title == "Mended"
