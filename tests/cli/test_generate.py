"""`generate`: the same wiki as plain markdown, which a host builds without the plugin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

POSTMORTEM = """---
title: {title}
id: {id}
status: published
severity: P1
services: [checkout]
started_at: 2026-11-03T10:02Z
detected_at: 2026-11-03T10:09Z
resolved_at: 2026-11-03T10:49Z
---

# Heading

## Timeline

| Time | Event |
|------|-------|
| 10:02 | It begins |
| 10:49 | Over |

## Action Items

| Action | Owner | Priority | Due Date | Status |
|--------|-------|----------|----------|--------|
| Do it | @wei | P1 | 2026-11-10 | Open |
"""


def generate(root: Path, out: str = "out/docs", *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs_postmortem", "generate", "--out", out, "--as-of", "2026-11-23", *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "docs" / "postmortems" / "2026"
    folder.mkdir(parents=True)
    (tmp_path / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    (folder / "one.md").write_text(POSTMORTEM.format(title="Checkout failed", id="PM-1"), encoding="utf-8")
    (folder / "graph.png").write_bytes(b"\x89PNG")
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_host_without_the_plugin_builds_the_same_wiki(project: Path) -> None:
    assert generate(project).returncode == 0
    config = project / "out" / "mkdocs.yml"
    config.write_text("site_name: Plain\ntheme: mkdocs\nplugins: []\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    site = project / "out" / "site"
    page = (site / "2026" / "one" / "index.html").read_text(encoding="utf-8")
    assert page.index("Heading</h1>") < page.index('class="pm-panel"') < page.index("Timeline</h2>")
    assert '<span class="pm-elapsed">+0:47</span>' in page
    assert "13 days overdue" in page
    assert 'href="2026/one/"' in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="../../2026/one/"' in (site / "severity" / "p1" / "index.html").read_text(encoding="utf-8")
    assert (site / "2026" / "graph.png").read_bytes() == b"\x89PNG"
    assert (site / "action-items.csv").exists()


def test_calendar_and_feed_link_to_where_the_wiki_is_read(project: Path) -> None:
    home = "https://wiki.example.com/postmortems/"
    assert generate(project, "out/docs", "--site-url", home.rstrip("/")).returncode == 0
    calendar = (project / "out" / "docs" / "calendar.ics").read_text(encoding="utf-8").replace("\n ", "")
    feed = (project / "out" / "docs" / "feed.xml").read_text(encoding="utf-8")
    events = calendar.count("BEGIN:VEVENT")
    assert events == calendar.count(f"\nURL:{home}") > 3
    assert f'href="{home}2026/one/#' in feed
    assert f'href="{home}feed.xml"' in feed
    assert 'href="2026/' not in feed
    assert generate(project).returncode == 0
    assert "\nURL:" not in (project / "out" / "docs" / "calendar.ics").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--site-url", "wiki.example.com"), "`wiki.example.com` is no address"),
        (("--site-url", "javascript:alert(1)"), "`javascript:alert(1)` is no address"),
        (("--site-url", "https:///wiki"), "`https:///wiki` is no address"),
        (("--site-url", "https://wiki.example.com/", "--audience", "external"), "no calendar and no feed is written"),
    ],
)
def test_an_address_that_is_none_is_refused(project: Path, options: tuple[str, ...], said: str) -> None:
    done = generate(project, "out/docs", *options)
    assert (done.returncode, said in done.stderr, (project / "out").exists()) == (2, True, False), done.stderr


def test_a_second_run_changes_nothing_and_removes_what_is_gone(project: Path) -> None:
    generate(project)
    first = tree(project / "out" / "docs")
    assert generate(project).returncode == 0
    assert tree(project / "out" / "docs") == first
    source = project / "docs" / "postmortems" / "2026"
    (source / "one.md").rename(source / "two.md")
    assert generate(project).returncode == 0
    names = tree(project / "out" / "docs").keys()
    assert "2026/two.md" in names
    assert "2026/one.md" not in names


def test_a_file_that_it_did_not_write_is_never_overwritten(project: Path) -> None:
    mine = project / "out" / "docs" / "index.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine\n", encoding="utf-8")
    before = tree(project / "out")
    done = generate(project)
    assert done.returncode == 2
    assert "was not written by `generate`" in done.stderr
    assert tree(project / "out") == before


@pytest.mark.parametrize(
    "out",
    [".", "..", "docs", "new/../docs", "docs/postmortems", ".git", ".git/new", ".github/new", "external/docs", "link"],
)
def test_a_folder_with_anything_of_the_users_in_it_is_left_as_it_is(project: Path, out: str) -> None:
    for name in ("docs/index.md", ".git/config", "external/docs/.gitkeep", "beside/mine.txt"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("mine\n", encoding="utf-8")
    (project / "link").symlink_to(project / "beside")
    before = tree(project)
    for audience in ("internal", "external"):
        done = generate(project, out, "--audience", audience)
        assert done.returncode == 2, done.stdout
        assert "Traceback" not in done.stderr
        assert tree(project) == before
    assert not (project / "new").exists()


def test_what_was_put_beside_the_pages_of_an_earlier_run_is_not_touched(project: Path) -> None:
    assert generate(project).returncode == 0
    mine = project / "out" / "docs" / "2026" / "notes.md"
    mine.write_text("mine\n", encoding="utf-8")
    before = tree(project / "out")
    done = generate(project)
    assert (done.returncode, "`out/docs/2026/notes.md` was not written" in done.stderr) == (2, True)
    assert tree(project / "out") == before
    mine.rename(mine.with_name(".DS_Store"))
    assert generate(project).returncode == 0


def test_a_folder_inside_the_sources_is_refused(project: Path) -> None:
    done = generate(project, "docs/postmortems/wiki")
    assert done.returncode == 2
    assert not (project / "docs" / "postmortems" / "wiki").exists()


def test_markup_in_a_title_stays_text(project: Path) -> None:
    path = project / "docs" / "postmortems" / "2026" / "one.md"
    path.write_text(POSTMORTEM.format(title="'<img src=x onerror=alert(1)>'", id="PM-1"), encoding="utf-8")
    assert generate(project).returncode == 0
    for name, content in tree(project / "out" / "docs").items():
        if name.endswith(".md"):
            assert b"<img" not in content, name
