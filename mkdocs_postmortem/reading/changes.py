"""Which files changed: the working tree against the commit that a branch left its base at."""

from __future__ import annotations

import os
from pathlib import Path

from mkdocs_postmortem.reading import git

BASES = ("origin/HEAD", "origin/main", "origin/master")
"""Where changes are counted from when nobody says: the first of these that there is, else the last commit."""

_TARGETS = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
"""Where hosts tell a job which branch a request is to be merged into."""

_DIFF = (
    "diff", "--name-only", "-z", "--relative", "--diff-filter=d", "--no-renames", "--no-ext-diff", "--no-textconv",
    "--ignore-submodules",
)  # fmt: skip
_DEEPER = "in CI: `fetch-depth: 0`, GitLab: `GIT_DEPTH: 0`; else `git fetch --unshallow`"


class ChangesError(Exception):
    """It cannot be known what changed: the message says why, `help` what to do about it."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def changed_files(root: Path, since: str | None = None) -> frozenset[str]:
    """Files below `root` that differ from where the branch began, by their paths from there, with `/`.

    Commits of the branch count, and what is staged, what is not, and files that git does not know yet
    and does not ignore; files that are gone do not. `since` is the branch or commit that this one is
    to be merged into; what happened on it meanwhile is no change of ours. Raises `ChangesError`.
    """
    if since is not None and (since.startswith("-") or not since.strip() or "\0" in since):
        raise ChangesError(f"--since: `{since}` is no branch and no commit", "name one, like origin/main")
    try:
        base = _base(root, since)
        changed = _names(root, *_DIFF, base, "--") if base else _names(root, "ls-files", "-z", "--cached")
        return changed | _names(root, "ls-files", "-z", "--others", "--exclude-standard")
    except git.GitMissingError as error:
        raise ChangesError(f"git cannot be run ({error}), so it is not known what changed", _WITHOUT) from None
    except git.GitLateError as error:
        raise ChangesError(f"git took longer than {error} seconds", _WITHOUT) from None
    except git.GitError as error:
        raise ChangesError(*_why(str(error))) from None


_WITHOUT = "name the files to check, or leave out --changed"


def _base(root: Path, since: str | None) -> str:
    """The commit to compare with; empty in a repository that has none yet."""
    if since is None:
        asked = [f"origin/{os.environ[name]}" for name in _TARGETS if os.environ.get(name)]
        bases = (*asked, *BASES)
        there = _names(root, "for-each-ref", "--format=%(refname)%00", *(f"refs/remotes/{name}" for name in bases))
        known = {name.strip().removeprefix("refs/remotes/") for name in there}
        found = next((name for name in bases if name in known), "")
        if not found and _is_shallow(root):
            raise ChangesError(
                "this is a shallow clone without the main branch, so it is not known what changed", _DEEPER
            )
    elif _commit(root, since):
        found = since
    else:
        raise ChangesError(
            f"--since: there is no branch or commit `{since}` here", f"fetch it first, or look at its name; {_DEEPER}"
        )
    base = _line(root, "merge-base", found, "HEAD") if found else _commit(root, "HEAD")
    if base or not found or not _commit(root, "HEAD"):
        return base
    if _is_shallow(root):
        raise ChangesError(f"this is a shallow clone, and where the branch left {found} is not in it", _DEEPER)
    raise ChangesError(f"{found} and this branch have no commit in common", "name another with --since")


def _commit(root: Path, name: str) -> str:
    return _line(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def _is_shallow(root: Path) -> bool:
    return _line(root, "rev-parse", "--is-shallow-repository") == "true"


def _line(root: Path, *arguments: str) -> str:
    """The first line that a command prints; empty where it says no without an error of its own."""
    try:
        with git.output(root, *arguments) as out:
            return os.fsdecode(out.read()).partition("\n")[0]
    except (git.GitMissingError, git.GitLateError):
        raise
    except git.GitError as error:
        if _tells(str(error)):
            raise
        return ""


def _tells(said: str) -> bool:
    """Whether git could not work here at all, rather than found nothing."""
    return "not a git repository" in said or "dubious ownership" in said or "must be run in a work tree" in said


def _names(root: Path, *arguments: str) -> frozenset[str]:
    with git.output(root, *arguments) as out:
        return frozenset(name for name in os.fsdecode(out.read()).split("\0") if name)


def _why(said: str) -> tuple[str, str]:
    if "not a git repository" in said or "must be run in a work tree" in said:
        return "this is not a git repository, so it is not known what changed", _WITHOUT
    if "dubious ownership" in said:
        return "git does not read a repository that belongs to somebody else", "allow it: `git config safe.directory`"
    if "promisor" in said or "transport" in said:
        return "this is a partial clone, and what it lacks is not fetched here", _WITHOUT
    lines = [line for line in said.splitlines() if line.strip()]
    return f"git cannot say what changed: {lines[-1][:200] if lines else 'it gives no reason'}", _WITHOUT
