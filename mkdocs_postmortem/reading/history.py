"""Git history as evidence: when each post-mortem was first committed, and when its state changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from operator import itemgetter
from typing import NamedTuple

from mkdocs_postmortem.reading import git
from mkdocs_postmortem.reading.archive import MARKDOWN, names_below
from mkdocs_postmortem.reading.versions import Versions
from mkdocs_postmortem.settings import Settings

BULK = 3
"""More post-mortems than this that came with one commit were written elsewhere and brought in together."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of log that are read: the history of some 50,000 versions."""


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
        with _told(), git.output(settings.root, *_WHERE) as out:
            said = out.read()
        return _place(said).head
    except HistoryError:
        return ""


def read_history(settings: Settings, texts: Iterable[str] = ()) -> History:
    """The history of every post-mortem, from one `git log` over the whole repository.

    `texts` are documents that were just read: where one is what git has, git is not asked for its words.
    Never raises: where git, the repository or a part of its history is missing, `note` says so.
    Nothing is fetched, and nothing is waited for longer than `git.PATIENCE`.
    """
    try:
        return _read(settings, texts)
    except HistoryError as problem:
        return History.none(str(problem))


class _DisorderError(Exception):
    """Git named a commit before one that follows it, whose clock was behind: names cannot be handed down."""


class _Place(NamedTuple):
    prefix: str
    """The project's folder below the repository's, with a slash at its end; empty where both are one."""
    shallow: bool
    head: str


_WHERE = ("rev-parse", "--is-shallow-repository", "--show-prefix", "HEAD")


def _place(said: bytes) -> _Place:
    """What git answers to `_WHERE`."""
    shallow, prefix, name = os.fsdecode(said).split("\n")[:3]
    return _Place(prefix, shallow == "true", name)


def _followed(settings: Settings, want: Callable[[str], None], *order: str) -> tuple[_Place, dict[str, _Track]]:
    """Where the project stands in its repository, and the post-mortems of today with their versions."""
    with git.output(settings.root, *_LOG, *order, "HEAD") as log:
        with git.output(settings.root, *_WHERE) as out:  # while git looks through history
            folder = settings.folder_path
            below = settings.relative(folder / "x")[:-1]
            tracks = {below + name: _Track() for name in sorted(names_below(folder))}
            said = out.read()
        place = _place(said)
        _follow(_commits(log), {place.prefix + name: track for name, track in tracks.items()}, want)
    return place, tracks


def _read(settings: Settings, texts: Iterable[str]) -> History:
    with _told(), Versions(settings, texts) as versions:
        try:
            place, tracks = _followed(settings, versions.want)
        except _DisorderError:  # a second pass, which has to look at all commits before it names the first
            place, tracks = _followed(settings, versions.want, "--topo-order")
        states = versions.states()
    files = {name: track.history(states) for name, track in tracks.items() if track.versions}
    note = ""
    if place.shallow:
        note = (
            "this is a shallow clone: what happened before its first commit is not known "
            "(in CI: `fetch-depth: 0`; else `git fetch --unshallow`)"
        )
    return History(files, not place.shallow, note, place.head)


# -- git ---------------------------------------------------------------------------------------


@contextmanager
def _told() -> Iterator[None]:
    """What git refuses is a `HistoryError`, in words for whoever reads the pages."""
    try:
        yield
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
    "log", "--raw", "-z", "--no-abbrev", "-M", "-c", "--combined-all-paths", "--no-color",
    "--no-ext-diff", "--no-textconv", "--format=%x01%at %ct %H %P",
)  # fmt: skip


def _commits(log: BufferedReader) -> Iterator[_Commit]:
    """Every commit with the markdown files that it changed, children before their parents, as git finds them."""
    commit: _Commit | None = None
    # One field after the other: a file's name may hold anything but a NUL.
    fields = _fields(log)
    for facts in fields:
        if facts.startswith("\n"):
            facts = facts.lstrip("\n")
        if facts.startswith(":"):
            change = _change(facts, fields)
            if change is not None and commit is not None:
                commit.changes.append(change)
        elif facts.startswith("\x01"):
            if commit is not None:
                yield commit
            written, made, name, *parents = facts[1:].split()
            commit = _Commit(name, parents, int(written), int(made), [])
    if commit is not None:
        yield commit


def _fields(out: BufferedReader) -> Iterator[str]:
    """What stands between NULs, as it comes: git looks for the next commits meanwhile."""
    rest, size = b"", 0
    while chunk := out.read1(1 << 16):
        size += len(chunk)
        if size > _LARGEST:
            raise HistoryError("the repository's history is too long to be read while a page is built")
        whole, mark, rest = (rest + chunk).rpartition(b"\0")
        if mark:
            yield from os.fsdecode(whole).split("\0")


def _change(facts: str, fields: Iterator[str]) -> _Change | None:
    """One line of git's raw format, `:modes contents letters`, and the names that follow it."""
    if facts[1] != ":":
        letters = facts[facts.rindex(" ") + 1 :]
        name = next(fields, "")
        if letters[0] not in "RC":
            if not name.lower().endswith(MARKDOWN):
                return None
            return _Change((name,), name, facts.split(" ", 4)[3], letters if letters in "AD" else "M")
        old: tuple[str, ...] = (name,)
    else:
        plain = facts.lstrip(":")
        letters = plain[plain.rindex(" ") + 1 :]
        # As many as the parents that the result of a merge is compared with.
        old = tuple(next(fields, "") for _ in range(len(facts) - len(plain)))
    new = next(fields, "")
    if not new.lower().endswith(MARKDOWN):
        return None
    kind = letters[0] if letters[0] in "AD" and len(set(letters)) == 1 else "M"
    return _Change(old if kind == "M" else (new,), new, facts.split(" ")[-2], kind)


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
        timed.sort(key=_when)
        found = timed[:1]
        for item in timed:
            if item[1] != found[-1][1]:
                found.append(item)
        return FileHistory(
            _moment(min([one.written for one in self.versions])),
            tuple([(_moment(when), state) for when, state in found]),
            _moment(max([one.made for one in self.versions])),
            self.whole,
        )


_when = itemgetter(0)


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


Names = dict[str, tuple[_Track, ...]]
"""Under which name which post-mortems of today are known at some commit."""


def _follow(commits: Iterable[_Commit], tracks: Mapping[str, _Track], want: Callable[[str], None]) -> None:
    """Give each post-mortem of today its versions; `want` is told of each content as it is met, the latest first.

    Every commit hands its parents the names by which the files were known before it. Commits share
    one table of names until one of them renames something, or branches with different names meet.
    Raises `_DisorderError` where a commit comes after its parent.
    """
    waiting: dict[str, Names] = {}
    landed: dict[str, int] = {}
    done: set[str] = set()
    main = checked_out = ""
    for commit in commits:
        if not checked_out:
            main = checked_out = commit.name
            waiting[main] = {name: (track,) for name, track in tracks.items()}
        names = waiting.pop(commit.name, None)
        if names is None:
            continue
        done.add(commit.name)
        here = landed.pop(commit.name, commit.made)
        if commit.name == main:
            here, main = commit.made, commit.parents[0] if commit.parents else ""
        arrived: list[_Track] = []
        gone: list[str] = []  # before, these names were nobody's or another file's
        come: list[tuple[str, tuple[_Track, ...]]] = []
        for change in commit.changes:
            known = names.get(change.new)
            if not known:
                continue
            renamed = change.kind != "M" or change.old != (change.new,)
            if renamed:
                gone.append(change.new)
            if change.kind == "D":
                continue
            want(change.content)
            for track in known:
                track.versions.append(_Version(commit.written, commit.made, here, change.content))
            if change.kind == "A":
                arrived += known
            elif renamed:
                come += [(old, known) for old in change.old]
        before = names
        if gone:
            if any(other is names for other in waiting.values()):
                before = names.copy()
            for name in gone:
                before.pop(name, None)
            for name, tracks_then in come:
                before[name] = tuple(dict.fromkeys((*before.get(name, ()), *tracks_then)))
        if not commit.parents or len(arrived) > BULK:
            for track in arrived:
                track.whole = False
        for parent in commit.parents:
            if parent in done:
                raise _DisorderError
            other = waiting.get(parent)
            waiting[parent] = before if other is None or other is before else _union(other, before)
            landed[parent] = min(landed.get(parent, here), here)


def _union(one: Names, other: Names) -> Names:
    result = one.copy()
    for name, tracks in other.items():
        result[name] = tuple(dict.fromkeys((*result.get(name, ()), *tracks)))
    return result
