"""Git history as evidence: when each post-mortem was first committed, and when its state changed."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from mkdocs_postmortem.model import DOCUMENT_STATES
from mkdocs_postmortem.reading import git
from mkdocs_postmortem.reading.archive import MARKDOWN, discover
from mkdocs_postmortem.sealed import SealedFile, version
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import DOCUMENT_STATE_ALIASES, Lookup

BULK = 3
"""More post-mortems than this that came with one commit were written elsewhere and brought in together."""
_HEAD_BYTES = 8192
"""Of each version as much is looked at as may hold its state."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of log that are read: the history of some 50,000 versions."""

_STATUS = re.compile(rb"^status[ \t]*:[ \t]*(.*)$", re.I | re.M)
_LABEL = re.compile(rb"^[ \t>*-]*\**status:?\**:?[ \t]*(.*)$", re.I | re.M)
_STATE = Lookup({name: (name, *DOCUMENT_STATE_ALIASES[name]) for name in DOCUMENT_STATES})


@dataclass(frozen=True, slots=True)
class FileHistory:
    """What git knows of one post-mortem, through renames. Moments are in UTC."""

    created: datetime
    """When its first commit was written (git's author date)."""
    states: tuple[tuple[datetime, str], ...]
    """Commits in which its state became another, the first included: when (committer date), and which."""
    changed: datetime
    """When its last commit was made (committer date)."""
    whole: bool = True
    """Whether history reaches back to where it was written: not where a shallow clone ends, nor where
    it came with the repository's first commit or together with many others."""


@dataclass(frozen=True, slots=True)
class History:
    """What git knows of the archive, by the record's path, or why it cannot be known."""

    files: Mapping[str, FileHistory] = field(default_factory=dict)
    known: bool = False
    """The whole history was there to be read."""
    note: str = ""
    """What cannot be known and why, as a sentence without its full stop; empty where all is."""
    digest: str = ""
    """Changes when the history does; empty where there is none."""

    @classmethod
    def none(cls, note: str = "") -> History:
        """No history, and why."""
        return cls(note=note)


class HistoryError(Exception):
    """History cannot be read; the message says why."""


class _Change(NamedTuple):
    """A file that a commit changed: its names before and after, and the content it has since."""

    old: tuple[str, ...]
    new: str
    content: str
    kind: str
    """`A` added, `D` deleted, `M` anything else, renamed included."""


class _Commit(NamedTuple):
    """A commit: when it was written and when it was made, what it follows and what it changed."""

    name: str
    parents: list[str]
    written: int
    made: int
    changes: list[_Change]


def head(settings: Settings) -> str:
    """The commit that is checked out; empty where there is none. What history says changes with it alone."""
    try:
        return _where(settings).head
    except HistoryError:
        return ""


def read_history(settings: Settings) -> History:
    """The history of every post-mortem, from one `git log` over the whole repository.

    Never raises: where git, the repository or a part of its history is missing, `note` says so.
    Nothing is fetched, and nothing is waited for longer than `git.PATIENCE`.
    """
    try:
        return _read(settings)
    except HistoryError as problem:
        return History.none(str(problem))


class _Place(NamedTuple):
    prefix: str
    """The project's folder below the repository's, with a slash at its end; empty where both are one."""
    shallow: bool
    head: str


def _where(settings: Settings) -> _Place:
    with _git(settings.root, "rev-parse", "--is-shallow-repository", "--show-prefix", "HEAD") as out:
        said = out.read()
    shallow, prefix, name = os.fsdecode(said).split("\n")[:3]
    return _Place(prefix, shallow == "true", name)


def _read(settings: Settings) -> History:
    place = _where(settings)
    paths = {place.prefix + name: name for name in map(settings.relative, discover(settings.folder_path))}
    tracks = {name: _Track() for name in paths}
    contents = _follow(_log(settings.root), tracks)
    states = _remembered(settings, contents)
    files = {paths[name]: track.history(states) for name, track in tracks.items() if track.versions}
    note = ""
    if place.shallow:
        note = (
            "this is a shallow clone: what happened before its first commit is not known "
            "(in CI: `fetch-depth: 0`; else `git fetch --unshallow`)"
        )
    return History(files, not place.shallow, note, place.head)


# -- git ---------------------------------------------------------------------------------------


@contextmanager
def _git(root: Path, *arguments: str, wanted: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
    """What a git command writes. Raises `HistoryError` where it fails."""
    try:
        with git.output(root, *arguments, wanted=wanted) as out:
            yield out
    except git.GitMissingError as error:
        raise HistoryError(f"git cannot be run ({error}), so nothing is known of history") from None
    except git.GitLateError as error:
        raise HistoryError(f"git took longer than {error} seconds, so nothing is known of history") from None
    except git.GitError as error:
        raise HistoryError(_why(str(error))) from None


def _why(said: str) -> str:
    if "not a git repository" in said:
        return "this is not a git repository, so nothing is known of when documents were written"
    if "dubious ownership" in said:
        return "git does not read a repository that belongs to somebody else (`git config safe.directory` allows it)"
    if "unknown revision" in said or "does not have any commits" in said:
        return "the git repository has no commits yet"
    if "promisor" in said or "transport" in said:
        return "this is a partial clone, and what it lacks is not fetched here"
    lines = [line for line in said.splitlines() if line.strip()]
    return f"git cannot read the history: {lines[-1][:200]}" if lines else "the git repository has no commits yet"


_LOG = (
    "log", "--topo-order", "--raw", "-z", "--no-abbrev", "-M", "-c", "--combined-all-paths", "--no-color",
    "--no-ext-diff", "--no-textconv", "--format=%x01%H %P%x02%at %ct", "HEAD",
)  # fmt: skip


def _log(root: Path) -> list[_Commit]:
    """Every commit with the markdown files that it changed, children before their parents."""
    commits: list[_Commit] = []
    with _git(root, *_LOG) as out:
        # One field after the other: a file's name may hold anything but a NUL.
        fields = _fields(out)
        for field_ in fields:
            facts = field_.lstrip("\n")
            if facts.startswith("\x01"):
                names, _, times = facts[1:].partition("\x02")
                name, *parents = names.split()
                written, _, made = times.partition(" ")
                commits.append(_Commit(name, parents, int(written), int(made), []))
            elif facts.startswith(":"):
                change = _change(facts, fields)
                if change is not None:
                    commits[-1].changes.append(change)
    return commits


def _fields(out: IO[bytes]) -> Iterator[str]:
    """What stands between NULs, as it comes: git looks for the next commits meanwhile."""
    rest, size = b"", 0
    while chunk := out.read(1 << 16):
        size += len(chunk)
        if size > _LARGEST:
            raise HistoryError("the repository's history is too long to be read while a page is built")
        whole, mark, rest = (rest + chunk).rpartition(b"\0")
        if mark:
            yield from os.fsdecode(whole).split("\0")


def _change(facts: str, fields: Iterator[str]) -> _Change | None:
    """One line of git's raw format, `:modes contents letters`, and the names that follow it."""
    plain = facts.lstrip(":")
    parents = len(facts) - len(plain)  # that the result is compared with: several for a merge
    *_, content, letters = plain.split(" ")
    old = (next(fields, ""),) if parents == 1 else tuple(next(fields, "") for _ in range(parents))
    renamed = letters[0] in "RC" or parents > 1
    new = next(fields, "") if renamed else old[0]
    if not new.lower().endswith(MARKDOWN):
        return None
    kind = letters[0] if letters[0] in "AD" and len(set(letters.rstrip("0123456789"))) == 1 else "M"
    return _Change(old if kind == "M" else (new,), new, content, kind)


def _remembered(settings: Settings, contents: Collection[str]) -> dict[str, str]:
    """The state of each version: what git calls a content has the same words for ever, and is looked at once."""
    file = SealedFile(settings.cache_path / "states", settings.root, version())
    known = {name: state for name, state in file.read().items() if state in DOCUMENT_STATES}
    new = [name for name in contents if name not in known]
    if new:
        found = _states(settings.root, new)
        known.update(found)
        file.write({name: state for name, state in known.items() if name in contents})
    return known


def _states(root: Path, contents: Collection[str]) -> dict[str, str]:
    """The state that each of these versions says the document is in."""
    import tempfile  # as above

    found: dict[str, str] = {}
    with tempfile.TemporaryFile() as wanted:
        wanted.write("".join(f"{name}\n" for name in contents).encode())
        wanted.seek(0)
        with _git(root, "cat-file", "--batch", "--buffer", wanted=wanted) as out:
            while line := out.readline():
                facts = line.decode("ascii", "replace").split()
                if len(facts) != 3:  # a version that a partial clone lacks
                    continue
                rest = int(facts[2]) + 1
                begin = out.read(min(rest, _HEAD_BYTES))
                rest -= len(begin)
                while rest > 0 and (more := out.read(min(rest, 1 << 20))):
                    rest -= len(more)
                found[facts[0]] = _state_of(begin)
    return found


def _state_of(begin: bytes) -> str:
    """The state in the first bytes of a document, as reading it would find it; `draft` without any."""
    front = begin.partition(b"\n---")[0] if begin.startswith(b"---") else b""
    match = _STATUS.search(front) or _LABEL.search(begin, len(front))
    if match is None:
        return "draft"
    written = match[1].split(b" #")[0].strip().strip(b"\"'*_ ").decode("utf-8", "replace")
    return _STATE(written) or _STATE(re.split(r"[,;:.(\u2013\u2014]| - ", written, maxsplit=1)[0]) or "draft"


# -- following a file through its names ----------------------------------------------------------


class _Version(NamedTuple):
    written: int
    made: int
    landed: int
    """When the commit reached the branch that is checked out, by a merge or by itself."""
    content: str


class _Track:
    """One post-mortem of today: its versions."""

    def __init__(self) -> None:
        self.versions: list[_Version] = []
        self.whole = True

    def history(self, states: Mapping[str, str]) -> FileHistory:
        """What the versions say, the state of each content given."""
        timed = []
        for one in reversed(self.versions):
            state = states.get(one.content, "draft")
            # A branch may say `published` long before it is merged: nobody could read it there.
            timed.append((one.landed if state == "published" else one.made, state))
        timed.sort(key=lambda item: item[0])
        found = [(timed[0][0], timed[0][1])]
        for when, state in timed[1:]:
            if state != found[-1][1]:
                found.append((when, state))
        return FileHistory(
            _moment(min(one.written for one in self.versions)),
            tuple((_moment(when), state) for when, state in found),
            _moment(max(one.made for one in self.versions)),
            self.whole,
        )


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


Names = dict[str, tuple[_Track, ...]]
"""Under which name which post-mortems of today are known at some commit."""


def _follow(commits: Sequence[_Commit], tracks: Mapping[str, _Track]) -> Collection[str]:
    """Give each post-mortem of today its versions; the contents whose state is to be looked at, the latest first.

    In that order git unpacks them with the least work: it keeps an older version as what differs from a later one.

    Every commit hands its parents the names by which the files were known before it. Commits share
    one table of names until one of them renames something, or branches with different names meet.
    """
    if not commits:
        return ()
    contents: dict[str, None] = {}
    waiting: dict[str, Names] = {commits[0].name: {name: (track,) for name, track in tracks.items()}}
    landed: dict[str, int] = {}
    main = commits[0].name
    for commit in commits:
        names = waiting.pop(commit.name, None)
        if names is None:
            continue
        here = landed.pop(commit.name, commit.made)
        if commit.name == main:
            here, main = commit.made, commit.parents[0] if commit.parents else ""
        before = names
        arrived: list[_Track] = []
        for change in commit.changes:
            known = names.get(change.new)
            if not known:
                continue
            if change.kind != "M" or change.old != (change.new,):
                before = names.copy() if before is names else before
                before.pop(change.new, None)  # before, the name was nobody's or another file's
            if change.kind == "D":
                continue
            contents[change.content] = None
            for track in known:
                track.versions.append(_Version(commit.written, commit.made, here, change.content))
            if change.kind == "A":
                arrived += known
                continue
            for old in change.old if before is not names else ():
                before[old] = tuple(dict.fromkeys((*before.get(old, ()), *known)))
        if not commit.parents or len(arrived) > BULK:
            for track in arrived:
                track.whole = False
        for parent in commit.parents:
            other = waiting.get(parent)
            waiting[parent] = before if other is None or other is before else _union(other, before)
            landed[parent] = min(landed.get(parent, here), here)
    return contents.keys()


def _union(one: Names, other: Names) -> Names:
    result = one.copy()
    for name, tracks in other.items():
        result[name] = tuple(dict.fromkeys((*result.get(name, ()), *tracks)))
    return result
