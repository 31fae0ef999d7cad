"""Git as evidence: first commits, changes of state, through renames, merges and squashes; and what cannot be known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mkdocs_postmortem.reading import history as room
from mkdocs_postmortem.reading.history import FileHistory, History, read_history
from mkdocs_postmortem.settings import Settings

from .repository import FOLDER, Repository, document, started

NAME = "2026-11-03-checkout.md"
PATH = f"{FOLDER}/{NAME}"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return started(tmp_path / "repository")


def told(history: History, name: str = NAME) -> list[str]:
    """What is known of a file, in lines."""
    found: FileHistory = history.files[f"{FOLDER}/{name}"]
    lines = [f"{when:%m-%d %H:%M} {state}" for when, state in found.states]
    return [f"{found.created:%m-%d %H:%M} created", *lines, *([] if found.whole else ["not from its beginning"])]


def test_the_first_commit_and_the_commits_that_changed_the_state(repository: Repository) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
    repository.commit("2026-11-03T15:00Z", {NAME: document("draft", "More words.\n")})
    repository.commit("2026-11-05T09:00Z", {NAME: document("review")})
    repository.commit("2026-11-09T09:00Z", {NAME: document("published")})
    repository.commit("2026-11-20T09:00Z", {NAME: document("published", "A typo less.\n")})
    history = repository.read()
    assert told(history) == [
        "11-03 12:00 created",
        "11-03 12:00 draft",
        "11-05 09:00 review",
        "11-09 09:00 published",
    ]
    assert f"{history.files[PATH].changed:%m-%d}" == "11-20"
    assert (history.known, history.note) == (True, "")
    assert history.digest == repository.git("rev-parse", "HEAD")


def test_a_state_that_was_taken_back_is_told_as_it_was(repository: Repository) -> None:
    for day, state in ((3, "draft"), (5, "published"), (6, "draft"), (9, "published")):
        repository.commit(f"2026-11-0{day}T09:00Z", {NAME: document(state, f"{day}\n")})
    assert [line.split()[-1] for line in told(repository.read())[1:]] == ["draft", "published", "draft", "published"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("---\nstatus: published\n---\n", "published"),
        ("---\r\nstatus: published\r\n---\r\n", "published"),
        ("---\nStatus: 'In review'  # since Monday\n---\n", "review"),
        ("---\ntitle: A\n---\n\n# A\n\n**Status:** Published\n", "published"),
        ("# A\n\n- **Status:** Final, action items in progress\n", "published"),
        ("---\ntitle: A\n---\n\nstatus: nonsense\n", "draft"),
        ("", "draft"),
    ],
)
def test_the_state_is_read_where_documents_have_it(repository: Repository, text: str, state: str) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: text or "\n"})
    assert told(repository.read())[1].split()[-1] == state


class TestRenames:
    def test_a_file_is_followed_through_its_names(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {"checkout.md": document("draft")})
        repository.move("checkout.md", "2026/checkout.md")
        repository.commit("2026-11-04T12:00Z")
        repository.move("2026/checkout.md", NAME)
        repository.commit("2026-11-05T12:00Z", {NAME: document("published")})
        assert told(repository.read()) == ["11-03 12:00 created", "11-03 12:00 draft", "11-05 12:00 published"]

    def test_also_where_the_folder_had_another_name(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")}, folder="incidents")
        (repository.root / "docs").mkdir()
        repository.git("mv", "incidents", FOLDER)
        repository.commit("2026-11-06T12:00Z")
        assert told(repository.read())[0] == "11-03 12:00 created"

    def test_a_name_that_was_given_again_belongs_to_the_new_file(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("published")})
        repository.move(NAME, "older.md")
        repository.commit("2026-11-04T12:00Z")
        other = "---\nstatus: draft\n---\n\n# Search was slow\n\nQuite another story, told in other words.\n"
        repository.commit("2026-11-08T12:00Z", {NAME: other})
        history = repository.read()
        assert told(history) == ["11-08 12:00 created", "11-08 12:00 draft"]
        assert told(history, "older.md") == ["11-03 12:00 created", "11-03 12:00 published"]

    def test_a_file_that_was_deleted_and_written_anew_begins_anew(self, repository: Repository) -> None:
        repository.commit("2026-10-03T12:00Z", {NAME: document("published")})
        (repository.root / PATH).unlink()
        repository.commit("2026-10-04T12:00Z")
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        assert told(repository.read()) == ["11-03 12:00 created", "11-03 12:00 draft"]

    def test_files_that_are_gone_are_not_told_of(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft"), "gone.md": document("draft", title="B")})
        (repository.root / FOLDER / "gone.md").unlink()
        repository.commit("2026-11-04T12:00Z")
        assert list(repository.read().files) == [PATH]

    @pytest.mark.parametrize("name", ["búsqueda caída.md", "a\tb.md", "new\nline.md", "\x01\x02 :100644.md", '"q".md'])
    def test_names_may_hold_what_they_like(self, repository: Repository, name: str) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        repository.move(NAME, name)
        repository.commit("2026-11-05T12:00Z", {name: document("published")})
        assert told(repository.read(), name)[-1] == "11-05 12:00 published"
        assert told(repository.read(), name)[0] == "11-03 12:00 created"


class TestMerges:
    def test_a_branch_counts_from_when_it_was_written_but_publishes_when_it_is_merged(
        self, repository: Repository
    ) -> None:
        repository.git("checkout", "-q", "-b", "post-mortem")
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        repository.commit("2026-11-05T12:00Z", {NAME: document("published")})
        repository.git("checkout", "-q", "main")
        repository.commit("2026-11-06T12:00Z", {"README.md": "# Home, changed\n"}, folder=".")
        repository.git("merge", "-q", "--no-ff", "post-mortem", at="2026-11-09T08:00Z")
        assert told(repository.read()) == ["11-03 12:00 created", "11-03 12:00 draft", "11-09 08:00 published"]

    def test_a_rename_on_one_side_and_an_edit_on_the_other(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {"old.md": document("draft")})
        repository.git("checkout", "-q", "-b", "renaming")
        repository.move("old.md", NAME)
        repository.commit("2026-11-04T12:00Z")
        repository.git("checkout", "-q", "main")
        repository.commit("2026-11-05T12:00Z", {"old.md": document("review")})
        repository.git("merge", "-q", "--no-ff", "renaming", at="2026-11-06T12:00Z")
        assert told(repository.read()) == ["11-03 12:00 created", "11-03 12:00 draft", "11-05 12:00 review"]

    def test_a_state_that_the_merge_itself_wrote(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        repository.git("checkout", "-q", "-b", "side")
        repository.commit("2026-11-04T12:00Z", {NAME: document("draft", "On the side.\n")})
        repository.git("checkout", "-q", "main")
        repository.commit("2026-11-05T12:00Z", {NAME: document("review")})
        repository.git("merge", "-q", "--no-ff", "--no-commit", "side")
        repository.commit("2026-11-07T12:00Z", {NAME: document("published", "On both sides.\n")})
        assert told(repository.read())[1:] == ["11-03 12:00 draft", "11-05 12:00 review", "11-07 12:00 published"]

    def test_a_squash_is_one_commit_that_came_finished(self, repository: Repository) -> None:
        repository.git("checkout", "-q", "-b", "post-mortem")
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        repository.commit("2026-11-05T12:00Z", {NAME: document("published")})
        repository.git("checkout", "-q", "main")
        repository.git("merge", "-q", "--squash", "post-mortem")
        repository.commit("2026-11-09T08:00Z")
        assert told(repository.read()) == ["11-09 08:00 created", "11-09 08:00 published"]

    def test_a_rebase_keeps_when_it_was_written_and_says_when_it_came(self, repository: Repository) -> None:
        repository.commit("2026-11-09T08:00Z", {NAME: document("published")}, written="2026-11-04T08:00Z")
        assert told(repository.read()) == ["11-04 08:00 created", "11-09 08:00 published"]

    def test_parents_whose_clock_ran_ahead_of_their_children(self, repository: Repository) -> None:
        repository.commit("2026-11-09T12:00Z", {"old.md": document("draft")})
        repository.move("old.md", NAME)
        repository.commit("2026-11-04T12:00Z", {NAME: document("published")})
        assert told(repository.read())[0] == "11-04 12:00 created"
        assert {state for _, state in repository.read().files[PATH].states} == {"draft", "published"}


class TestWhatCannotBeKnown:
    def test_where_history_begins_with_the_file(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "young")
        repository.commit("2026-11-03T12:00Z", {NAME: document("published")})
        assert told(repository.read())[-1] == "not from its beginning"

    def test_where_an_archive_was_brought_in_at_once(self, repository: Repository) -> None:
        names = [f"{n}.md" for n in range(room.BULK + 1)]
        repository.commit("2026-11-03T12:00Z", {name: document("published", title=name) for name in names})
        repository.commit("2026-11-04T12:00Z", {NAME: document("draft", title="Written here")})
        history = repository.read()
        assert [told(history, name)[-1] for name in names] == ["not from its beginning"] * len(names)
        assert told(history) == ["11-04 12:00 created", "11-04 12:00 draft"]

    def test_an_archive_that_was_moved_was_not_brought_in(self, repository: Repository) -> None:
        names = [f"{n}.md" for n in range(room.BULK + 1)]
        for day, name in enumerate(names, start=1):
            repository.commit(f"2026-11-0{day}T12:00Z", {name: document("published", title=name)})
        for name in names:
            repository.move(name, f"2026/{name}")
        repository.commit("2026-11-20T12:00Z")
        assert told(repository.read(), "2026/1.md") == ["11-02 12:00 created", "11-02 12:00 published"]

    def test_a_shallow_clone(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        repository.commit("2026-11-05T12:00Z", {NAME: document("review")})
        repository.commit("2026-11-09T12:00Z", {NAME: document("published")})
        clone = tmp_path / "shallow"
        subprocess.run(["git", "clone", "-q", "--depth", "2", f"file://{repository.root}", str(clone)], check=True)
        history = read_history(Settings(root=clone))
        assert not history.known
        assert "shallow clone" in history.note
        assert told(history) == [
            "11-05 12:00 created",
            "11-05 12:00 review",
            "11-09 12:00 published",
            "not from its beginning",
        ]

    def test_a_file_that_is_not_committed(self, repository: Repository) -> None:
        repository.write(NAME, document("draft"))
        history = repository.read()
        assert history.known
        assert history.files == {}

    def test_no_repository(self, tmp_path: Path) -> None:
        history = read_history(Settings(root=tmp_path))
        assert (history.known, history.files) == (False, {})
        assert "not a git repository" in history.note

    def test_no_commit_yet(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path / "new")
        repository.write(NAME, document("draft"))
        assert repository.read().note == "the git repository has no commits yet"
        assert room.head(Settings(root=repository.root)) == ""

    def test_no_git(self, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(repository.root))
        assert "git cannot be run" in repository.read().note

    def test_a_damaged_repository(self, repository: Repository) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        shutil.rmtree(repository.root / ".git" / "objects")
        history = repository.read()
        assert (history.known, history.files) == (False, {})
        assert history.note

    def test_git_that_does_not_answer_is_not_waited_for(
        self, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow = tmp_path / "bin" / "git"
        slow.parent.mkdir()
        slow.write_text("#!/bin/sh\nexec sleep 60\n")
        slow.chmod(0o755)
        monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setattr(room.git, "PATIENCE", 0.2)
        assert "took longer than" in repository.read().note

    def test_a_history_that_is_too_long(self, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
        monkeypatch.setattr(room, "_LARGEST", 100)
        assert "too long" in repository.read().note


def test_a_project_below_the_repository_has_its_own_paths(repository: Repository) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: document("draft")}, folder=f"team/{FOLDER}")
    history = repository.read(root=repository.root / "team")
    assert told(history)[0] == "11-03 12:00 created"


def test_a_hook_s_own_repository_is_not_taken_for_this_one(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
    other = started(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))
    assert list(repository.read().files) == [PATH]


def counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """From now on git is another that notes how it was called, a line each, and then is git."""
    tally = folder / "tally"
    counting = folder / "bin" / "git"
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho "$*" >> {tally}\nexec {shutil.which("git")} "$@"\n')
    counting.chmod(0o755)
    monkeypatch.setenv("PATH", f"{counting.parent}{os.pathsep}{os.environ['PATH']}")
    return tally


def asked(tally: Path) -> list[str]:
    """What git was asked for since the last look, by the names of its commands; they run beside each other."""
    calls = tally.read_text().splitlines()
    tally.unlink()
    return sorted(next(word for word in call.split() if word in ("log", "rev-parse", "cat-file")) for call in calls)


def test_one_log_for_a_thousand_files(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit("2026-11-03T12:00Z", {f"{n}.md": document("draft", title=f"Incident {n}") for n in range(1000)})
    tally = counted(tmp_path, monkeypatch)
    first = repository.read()
    assert len(first.files) == 1000
    assert asked(tally) == ["cat-file", "log", "rev-parse"]
    assert repository.read() == first
    assert asked(tally) == ["log", "rev-parse"]  # what a version says is looked at once


def test_what_was_just_read_is_not_asked_of_git(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{n}.md": document("review" if n % 2 else "draft", title=f"Incident {n}") for n in range(9)}
    repository.commit("2026-11-03T12:00Z", files)
    settings = Settings(root=repository.root)
    tally = counted(tmp_path, monkeypatch)
    found = read_history(settings, files.values())
    assert asked(tally) == ["log", "rev-parse"]
    assert found == read_history(settings)
    assert asked(tally) == ["cat-file", "log", "rev-parse"]
    repository.commit("2026-11-05T12:00Z", {"1.md": document("published", title="Incident 1")})
    tally.unlink()
    assert told(read_history(settings, files.values()), "1.md")[1:3] == ["11-03 12:00 review", "11-05 12:00 published"]
    assert asked(tally) == ["cat-file", "log", "rev-parse"]  # what stands in the tree is not the version of the commit


def test_a_clock_that_ran_ahead_costs_a_second_look_and_nothing_else(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.git("checkout", "-q", "-b", "side")
    repository.commit("2026-11-08T12:00Z", {"old.md": document("draft")})
    repository.git("checkout", "-q", "-b", "late")
    repository.move("old.md", NAME)
    repository.commit("2026-11-03T12:00Z")
    repository.git("checkout", "-q", "side")
    repository.commit("2026-11-09T12:00Z", {"old.md": document("review")})
    repository.git("merge", "-q", "--no-ff", "late", at="2026-11-10T12:00Z")
    tally = counted(tmp_path, monkeypatch)
    assert told(repository.read()) == ["11-03 12:00 created", "11-03 12:00 draft", "11-09 12:00 review"]
    assert asked(tally) == ["cat-file", "log", "log", "rev-parse", "rev-parse"]


def _forged(old: bytes) -> bytes:
    """States that somebody else put there, under the seal of another content."""
    head, _, body = old.partition(b"\n")
    return head + b"\n" + body.replace(b"draft", b"published")


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda old: old[: len(old) // 2], lambda _: b"[" * 100_000, _forged],
    ids=["empty", "cut short", "nested", "forged"],
)
def test_what_is_remembered_of_versions_is_believed_only_when_it_is_ours(
    damage: Callable[[bytes], bytes], repository: Repository
) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: document("draft")})
    repository.commit("2026-11-05T09:00Z", {NAME: document("review")})
    expected = repository.read()
    path = Settings(root=repository.root).cache_path / "states"
    path.write_bytes(damage(path.read_bytes()))
    assert repository.read() == expected


def test_versions_that_are_gone_are_forgotten(repository: Repository) -> None:
    repository.commit("2026-11-03T12:00Z", {NAME: document("draft"), "b.md": document("draft", title="B")})
    repository.read()
    path = Settings(root=repository.root).cache_path / "states"
    assert path.read_bytes().count(b'"draft"') == 2
    (repository.root / FOLDER / "b.md").unlink()
    repository.commit("2026-11-04T12:00Z", {NAME: document("review")})
    repository.read()
    assert sorted(json.loads(path.read_bytes().partition(b"\n")[2]).values()) == ["draft", "review"]
