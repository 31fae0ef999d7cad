"""`meeting`: what it prints of the example archive, and its exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mkdocs_postmortem.cli import group
from tests.reading.repository import document, started

ROOT = Path(__file__).parents[2]
DRAFT = "docs/postmortems/2026/2026-11-16-push-backlog.md"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["meeting", *arguments, "--as-of", "2026-11-23"])


def test_it_prints_what_the_manual_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = run(DRAFT)
    assert done.exit_code == 0
    page = (ROOT / "docs" / "process.md").read_text(encoding="utf-8")
    shown = page.split(f"$ mkdocs-postmortem meeting {DRAFT}\n")[1].split("```")[0]
    lines = done.stdout.split("\n")
    assert [line for line in shown.split("\n") if line not in (*lines, "...")] == []
    assert lines[0] == shown.split("\n")[0]


def test_the_minutes_that_are_asked_for_are_those_of_the_agenda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = run(DRAFT, "--minutes", "37").stdout
    assert sum(int(minutes) for minutes in re.findall(r"\((\d+) min\)", text)) == 37


def test_markdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run(DRAFT, "--format", "markdown").stdout.startswith("# Post-mortem meeting: Push messages")


def commit(folder: Path, state: str, ended: str) -> str:
    """The only post-mortem of a repository, as `meeting` is given it."""
    text = document(state).replace(f"status: {state}", f"status: {state}\nresolved_at: {ended}")
    started(folder).commit("2026-11-21T09:00Z", {"a.md": text})
    return "docs/postmortems/a.md"


def test_what_git_knows_is_among_the_deadlines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = commit(tmp_path, "draft", "2026-11-20T10:00Z")
    monkeypatch.chdir(tmp_path)
    assert "2026-11-22 10:00 UTC  Draft: kept" in run(path).stdout


def test_what_is_not_known_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = commit(tmp_path, "published", "2026-11-10T10:00Z")
    monkeypatch.chdir(tmp_path)
    assert "  Meeting: not known: no meeting is stated\n" in run(path).stdout
    row = "| Meeting | 2026-11-11 10:00 UTC | not known: no meeting is stated |"
    assert row in run(path, "--format", "markdown").stdout


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("no.md", None, 2, "no.md: there is no such file"),
        ("index.md", b"# Home\n", 2, "index.md: a file of this name is no post-mortem"),
        ("_template.md", b"# Title\n", 2, "_template.md: a file of this name is no post-mortem"),
        ("binary.md", b"\xff\xfe\x00", 1, "binary.md:1:1: error PM100"),
        ("broken.md", b"---\nseverity: [P1\n---\n", 1, "broken.md:"),
    ],
)
def test_what_cannot_be_read_is_said(
    name: str, content: bytes | None, code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = run(name)
    assert done.exit_code == code
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [[], [DRAFT, "--minutes", "5"], [DRAFT, "--format", "html"]])
def test_a_call_that_is_wrong(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run(*arguments).exit_code == 2
