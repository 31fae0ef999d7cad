"""A git repository whose commits have the dates that a test gives them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from mkdocs_postmortem.reading.history import History, read_history
from mkdocs_postmortem.settings import Settings

FOLDER = "docs/postmortems"
PADDING = "".join(f"Line {n} of what happened.\n" for n in range(40))
"""Words enough for git to see that a file that moved and changed is still the same."""


def document(status: str, more: str = "", title: str = "Checkout was down") -> str:
    """A post-mortem in this state."""
    return f"---\ntitle: {title}\nstatus: {status}\n---\n\n# {title}\n\n{PADDING}{more}"


class Repository:
    """A repository in a folder; commits are made at the moments given, in UTC."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, at: str = "2026-11-01T00:00Z", written: str = "") -> str:
        """Run git, its clock at a moment; `written` is the author's, where it is another."""
        made = at.replace("Z", ":00+0000")
        environment = {
            **os.environ,
            "GIT_AUTHOR_DATE": (written or at).replace("Z", ":00+0000"),
            "GIT_COMMITTER_DATE": made,
            "GIT_AUTHOR_NAME": "Writer",
            "GIT_AUTHOR_EMAIL": "writer@example.com",
            "GIT_COMMITTER_NAME": "Writer",
            "GIT_COMMITTER_EMAIL": "writer@example.com",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, name: str, text: str, folder: str = FOLDER) -> Path:
        """Write a file of the working tree."""
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self, at: str, files: dict[str, str] | None = None, written: str = "", folder: str = FOLDER) -> str:
        """Write files and commit everything there is; the commit's name."""
        for name, text in (files or {}).items():
            self.write(name, text, folder)
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "A change", at=at, written=written)
        return self.git("rev-parse", "HEAD")

    def move(self, old: str, new: str) -> None:
        """Rename a post-mortem."""
        (self.root / FOLDER / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", f"{FOLDER}/{old}", f"{FOLDER}/{new}")

    def read(self, folder: str = FOLDER, root: Path | None = None) -> History:
        """The history, as the project reads it."""
        return read_history(Settings(root=root or self.root, folder=folder))


def started(root: Path) -> Repository:
    """A repository with a first commit that holds no post-mortem."""
    made = Repository(root)
    made.commit("2026-10-01T08:00Z", {"README.md": "# Home\n"}, folder=".")
    return made
