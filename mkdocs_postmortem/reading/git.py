"""Asking git: a command's output, read in a way that changes, fetches and waits for nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import IO

PATIENCE = 30.0
"""Seconds that git is given in all; what takes longer is told, and not waited for."""

_PIECE = 1 << 20
"""Bytes that are taken from git at once, where the system lets a pipe hold so many."""

_OPTIONS = (
    "-c", "core.quotePath=false", "-c", "log.showSignature=false", "-c", "log.mailmap=false", "-c", "gc.auto=0",
    "-c", "protocol.allow=never",  # what a partial clone lacks is not fetched while a page is built
    "-c", "core.fsmonitor=false",  # starts no program
    "-c", "diff.renameLimit=400", "-c", "log.showRoot=true",
)  # fmt: skip


class GitError(Exception):
    """Git refused a command; the message is what it said."""


class GitMissingError(GitError):
    """Git cannot be run; the message says why."""


class GitLateError(GitError):
    """Git took longer than `PATIENCE`; the message is that number of seconds."""


def place(root: Path) -> str:
    """The folder of a project in its repository, with a slash at its end; empty where both are one, or there is none.

    Without asking git: those who show findings beside a repository's lines may not have it.
    """
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return "" if folder == root else f"{root.relative_to(folder).as_posix()}/"
    return ""


def _environment() -> dict[str, str]:
    """Ours, without what a hook of git's sets for its own repository."""
    hooks = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in hooks and not name.startswith("GIT_TRACE")}
    return {
        **kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_FLUSH": "0",  # a page of output at once, not a commit
    }  # fmt: skip


def _widen(pipe: IO[bytes]) -> None:
    """Let git write ahead of who reads; only where the system has a way to, which Linux has."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIECE)


@contextmanager
def output(root: Path, *arguments: str, wanted: IO[bytes] | None = None) -> Iterator[BufferedReader]:
    """What a git command in `root` writes, as it comes; `wanted` is its input. Raises `GitError` where it fails."""
    import subprocess  # what follows takes a while to import, and most checks do not ask git
    import tempfile
    import threading

    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                ["git", "-C", str(root), *_OPTIONS, *arguments],
                stdin=wanted or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                bufsize=_PIECE,
                stderr=said,
                env=_environment(),
            )
        except OSError as error:
            raise GitMissingError(error.strerror) from None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(PATIENCE, end)
        timer.daemon = True
        timer.start()
        assert isinstance(process.stdout, BufferedReader)
        _widen(process.stdout)
        try:
            yield process.stdout
            process.stdout.read()  # to its end, so that it is not told of a broken pipe
            code = process.wait()
        finally:
            timer.cancel()
            timer.join()
            process.kill()
            process.wait()
            process.stdout.close()
        if late.is_set():
            raise GitLateError(f"{PATIENCE:.0f}")
        if code:
            said.seek(0)
            raise GitError(said.read(4000).decode("utf-8", "replace"))
