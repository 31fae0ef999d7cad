"""What `check --fix` writes: whole files or nothing, only where it is at home, and what it shows of it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mkdocs_postmortem import settings as settings_room
from mkdocs_postmortem.cli import group
from mkdocs_postmortem.mending import files, mend_file
from mkdocs_postmortem.settings import Settings

BEFORE = b"---\r\nstatus: Final # as agreed\r\nsev: p1\r\n---\r\n\r\n# A\r\n\r\nSeverity p1, Final.\r\n"
AFTER = BEFORE.replace(b"Final #", b"published #").replace(b"sev: p1", b"severity: P1")
NAME = "docs/postmortems/2026-11-03-a.md"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "project"
    (root / "docs/postmortems").mkdir(parents=True)
    (root / "postmortem.yml").touch()
    (root / NAME).write_bytes(BEFORE)
    monkeypatch.chdir(root)
    yield root
    assert [path.name for path in tmp_path.rglob("*.mended")] == []  # however it ended, nothing is left behind


def settings() -> Settings:
    return settings_room.load()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["check", "--no-cache", "--as-of", "2026-11-23", *arguments])


def test_a_file_is_mended_and_the_change_is_shown(project: Path) -> None:
    result = run("--fix")
    assert (project / NAME).read_bytes() == AFTER
    assert result.stdout.startswith(
        f"--- {NAME}\n+++ {NAME}\n@@ -1,6 +1,6 @@\n ---\n-status: Final # as agreed\n-sev: p1\n"
        "+status: published # as agreed\n+severity: P1\n ---\n \n # A\n"
    )
    assert "mkdocs-postmortem: mended 1 file\n" in result.stderr
    assert ":3:1: error PM108" not in result.stdout  # judged is what is there now: the severity is known
    assert result.exit_code == 1  # for what is left to mend


def test_a_read_only_file_is_said_to_be_one_and_left(project: Path) -> None:
    """Whoever may write to everything, as the user of a container does, keeps to it as well."""
    path = project / NAME
    path.chmod(0o444)
    result = run("--fix")
    assert path.read_bytes() == BEFORE
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert f"{NAME}: not mended: it is read-only: make it writable, and run it again\n" in result.stderr
    assert "mended 1 file" not in result.stderr
    assert result.exit_code == 1
    assert run("--diff").stdout.startswith(f"--- {NAME}\n")  # what would be written can still be seen


def test_a_read_only_file_with_nothing_to_mend_is_no_matter(project: Path) -> None:
    (project / NAME).write_bytes(AFTER)
    (project / NAME).chmod(0o444)
    assert "read-only" not in run("--fix").stderr


def test_the_diff_can_be_applied(project: Path) -> None:
    (project / NAME).write_bytes(BEFORE.replace(b"\r\n", b"\n"))
    shown = run("--diff").stdout
    subprocess.run(["git", "apply", "-p0", "--unsafe-paths", "-"], input=shown.encode(), check=True, cwd=project)
    assert (project / NAME).read_bytes() == AFTER.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
@pytest.mark.parametrize("fix", [["--fix"], []])
def test_a_dry_run_writes_nothing_and_fails_where_there_is_something_to_mend(
    option: str, fix: list[str], project: Path
) -> None:
    result = run(*fix, option)
    assert result.exit_code == 1
    assert "+severity: P1" in result.stdout
    assert result.stderr == "mkdocs-postmortem: 1 file to mend\n"
    assert (project / NAME).read_bytes() == BEFORE
    (project / NAME).write_bytes(AFTER)
    result = run(*fix, option)
    assert (result.exit_code, result.output) == (0, "")


def test_what_is_left_is_told_with_its_place(project: Path) -> None:
    (project / NAME).write_bytes(b"---\nsev: P1\nSeverity: P2\n---\n")
    result = run("--diff")
    assert result.stderr == f"{NAME}:2:1: not mended: `sev` and `Severity`: which of them is `severity`?\n"
    assert result.exit_code == 0


def test_a_report_for_programs_stays_one(project: Path) -> None:
    result = run("--fix", "--format", "json")
    assert json.loads(result.stdout)
    assert "+severity: P1" in result.stderr
    assert (project / NAME).read_bytes() == AFTER


def test_a_file_in_which_nothing_is_to_be_mended_is_not_written(project: Path) -> None:
    (project / NAME).write_bytes(AFTER)
    os.utime(project / NAME, (1, 1))
    number = (project / NAME).stat().st_ino
    assert not mend_file(project / NAME, settings(), write=True).changed
    info = (project / NAME).stat()
    assert (info.st_mtime, info.st_ino) == (1, number)


def test_the_mode_of_a_file_stays(project: Path) -> None:
    (project / NAME).chmod(0o640)
    assert mend_file(project / NAME, settings(), write=True).changed
    assert stat.S_IMODE((project / NAME).stat().st_mode) == 0o640


@pytest.mark.parametrize("what", ["file", "folder", "file outside", "folder outside"])
def test_nothing_is_written_through_a_link(what: str, project: Path) -> None:
    outside = project.parent / "elsewhere"
    outside.mkdir()
    real = (outside if "outside" in what else project / "docs/postmortems") / "2026-11-04-b.md"
    real.write_bytes(BEFORE)
    link = project / "docs/postmortems/linked"
    if "folder" in what:
        link.symlink_to(real.parent)
        chosen = link / real.name
    else:
        chosen = link.with_suffix(".md")
        chosen.symlink_to(real)
    result = run("--fix", str(chosen))
    assert f"{settings().relative(chosen)}: not mended: it " in result.stderr
    assert result.exit_code == 1
    assert real.read_bytes() == BEFORE
    assert (link if "folder" in what else chosen).is_symlink()


def test_a_file_outside_the_project_is_not_written(project: Path) -> None:
    other = project.parent / "2026-11-04-b.md"
    other.write_bytes(BEFORE)
    assert "not mended: it lies outside the project" in run("--fix", str(other)).stderr
    assert other.read_bytes() == BEFORE


@pytest.mark.parametrize("content", [b"\xff\xfe", b"---\nstatus: Final\nstatus: x\n---\n", b"", b"---\n", b"\0"])
def test_what_cannot_be_read_is_left(content: bytes, project: Path) -> None:
    (project / NAME).write_bytes(content)
    run("--fix")
    assert (project / NAME).read_bytes() == content


def test_a_change_of_somebody_else_meanwhile_is_not_lost(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = BEFORE + b"And more.\r\n"

    def copied(source: Path, target: Path) -> None:
        Path(source).write_bytes(theirs)

    monkeypatch.setattr(files.shutil, "copymode", copied)
    assert mend_file(project / NAME, settings(), write=True).refused == "it changed in the meantime: run it again"
    assert (project / NAME).read_bytes() == theirs


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_fault_on_the_way_leaves_the_file_as_it_was(
    step: str, fault: BaseException, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr(files.os, step, fails)
    result = run("--fix")
    assert (project / NAME).read_bytes() == BEFORE
    if isinstance(fault, OSError):
        assert "not mended: it cannot be written: No space left on device" in result.stderr
        assert result.exit_code == 1
    else:
        assert result.stderr == "mkdocs-postmortem: interrupted\n"
        assert result.exit_code == 130


def test_two_runs_at_once_give_what_one_gives(project: Path) -> None:
    for n in range(20):
        (project / f"docs/postmortems/2026-10-{n + 1:02}-x.md").write_bytes(BEFORE)
    command = [sys.executable, "-m", "mkdocs_postmortem", "check", "--fix", "--no-cache", "-q"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, said = process.communicate(timeout=60)
        assert b"Traceback" not in said
    assert {path.read_bytes() for path in (project / "docs/postmortems").glob("*.md")} == {AFTER}
