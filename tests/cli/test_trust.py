"""What `check` must not do with what a pull request may hold: print it, follow it, believe it, wait for it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mkdocs_postmortem import parallel

GOOD = "---\ntitle: Checkout failed\nid: PM-1\nseverity: P9\n---\n\n# Checkout failed\n"


def check(root: Path, *arguments: str, timeout: float = 30, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs_postmortem", "check", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, **environment},
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "docs" / "postmortems").mkdir(parents=True)
    (root / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    return root


def test_a_file_that_is_refused_is_not_printed(project: Path) -> None:
    outside = project.parent / "secret.txt"
    outside.write_text("root-secret: hunter2\n", encoding="utf-8")
    (project / "docs" / "postmortems" / "a.md").symlink_to(outside)
    done = check(project)
    assert done.returncode == 1
    assert "PM100" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_a_pipe_in_the_folder_is_refused_and_not_waited_for(project: Path) -> None:
    os.mkfifo(project / "docs" / "postmortems" / "pipe.md")
    done = check(project)
    assert done.returncode == 1
    assert "PM100 the file is a folder or a device" in done.stdout


def test_a_cache_that_is_a_link_is_neither_written_nor_read(project: Path) -> None:
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    (project / ".cache").mkdir()
    (project / ".cache" / "mkdocs-postmortem").symlink_to(elsewhere, target_is_directory=True)
    (project / "docs" / "postmortems" / "a.md").write_text(GOOD, encoding="utf-8")
    assert check(project).returncode == 1
    assert not list(elsewhere.iterdir())


def test_a_cache_that_somebody_else_made_is_not_believed(project: Path, tmp_path: Path) -> None:
    (project / "docs" / "postmortems" / "a.md").write_text(GOOD, encoding="utf-8")
    home = {"XDG_CACHE_HOME": str(tmp_path / "home")}
    assert check(project, **home).returncode == 1
    cache = project / ".cache" / "mkdocs-postmortem" / "findings"
    head, body = cache.read_bytes().split(b"\n", 1)
    emptied = body.replace(b"P9", b"P8")
    assert emptied != body
    for seal in (hashlib.sha256(emptied).hexdigest(), head.split()[1].decode()):
        cache.write_bytes(head.split()[0] + b" " + seal.encode() + b"\n" + emptied)
        again = check(project, **home)
        assert "`P9` is not one of" in again.stdout
    # Made by another user, with a key of their own: not believed either.
    assert check(project, XDG_CACHE_HOME=str(tmp_path / "other")).returncode == 1


def test_the_key_of_the_cache_is_its_owners_alone(project: Path, tmp_path: Path) -> None:
    (project / "docs" / "postmortems" / "a.md").write_text(GOOD, encoding="utf-8")
    check(project, XDG_CACHE_HOME=str(tmp_path / "home"))
    key = tmp_path / "home" / "mkdocs-postmortem" / "key"
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_bytes()) == 32


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
def test_what_a_process_that_dies_had_to_do_is_done_here() -> None:
    parent = os.getpid()

    def work(path: Path) -> str:
        if os.getpid() != parent and path.name == "600":
            os.kill(os.getpid(), signal.SIGKILL)
        return path.name

    names = [str(number) for number in range(700)]
    assert list(parallel.each(work, [Path(name) for name in names])) == names


def test_work_beside_gives_what_it_gives_here() -> None:
    beside = parallel.Beside(lambda: {"a": 1})
    assert beside.result() == {"a": 1}


def test_work_beside_that_fails_fails_where_it_is_asked_for() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        parallel.Beside(fail).result()


def test_a_severity_for_a_rule_that_does_not_exist_is_said(project: Path) -> None:
    (project / "postmortem.yml").write_text("rules: {PM999: off}\n", encoding="utf-8")
    done = check(project)
    assert done.returncode == 2
    assert "postmortem.yml: rules: there is no rule `PM999`" in done.stderr


def test_a_required_section_that_does_not_exist_is_said(project: Path) -> None:
    (project / "postmortem.yml").write_text("required_sections: {published: [timelin]}\n", encoding="utf-8")
    done = check(project)
    assert done.returncode == 2
    assert "`timelin` is not one of" in done.stderr
    assert "did you mean timeline?" in done.stderr


def test_a_relation_to_a_file_that_cannot_be_read_is_no_unknown_one(project: Path) -> None:
    folder = project / "docs" / "postmortems"
    (folder / "a.md").write_text(
        "---\ntitle: A\nid: PM-2026-001\nrelated: [PM-2026-002]\n---\n\n# A\n", encoding="utf-8"
    )
    (folder / "b.md").write_text("---\nid: PM-2026-002\ntitle: [broken\n---\n\n# B\n", encoding="utf-8")
    done = check(project)
    assert "PM101" in done.stdout
    assert "PM111" not in done.stdout


def test_nothing_is_suggested_to_be_related_to_itself(project: Path) -> None:
    path = project / "docs" / "postmortems" / "a.md"
    path.write_text("---\ntitle: A\nid: PM-2026-001\nrelated: [PM-2026-002]\n---\n\n# A\n", encoding="utf-8")
    assert "did you mean PM-2026-001" not in check(project).stdout
