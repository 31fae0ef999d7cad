"""The state that each version of a document says it is in, read from git beside the log that names the versions."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO

from mkdocs_postmortem.model import DOCUMENT_STATES
from mkdocs_postmortem.reading import git
from mkdocs_postmortem.sealed import SealedFile, version
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import DOCUMENT_STATE_ALIASES, Lookup

_HEAD_BYTES = 8192
"""Of each version as much is looked at as may hold its state."""

_BATCH = 500
"""Versions that git is asked for at once, the oldest of them first.

Git keeps an older version as what differs from a later one. Who asks for the oldest has it unpack the others
on the way, which it remembers; who asks for the latest first has each of them unpacked twice. The more
there are in a batch, the fewer are unpacked again; much more of them would leave git idle until they are named.
"""

_STATUS = re.compile(rb"\n(?i:status)[ \t]*:[ \t]*(.*)")
"""In front matter, whose first line is none of this."""
_LABEL = re.compile(rb"^[ \t>*-]*\**status:?\**:?[ \t]*(.*)$", re.I | re.M)
_STATE = Lookup({name: (name, *DOCUMENT_STATE_ALIASES[name]) for name in DOCUMENT_STATES})


class Versions:
    """The states of versions, by the names that git gives their contents.

    What git calls a content has the same words for ever: a state that an earlier run found, or that is
    in a text at hand, is not read again. The others are read by one `git cat-file`, which begins with the
    first versions wanted and works beside whoever names the next.
    """

    def __init__(self, settings: Settings, texts: Iterable[str] = ()) -> None:
        """`texts` are documents that were just read; git's own name of each tells whether it is a version."""
        self._root = settings.root
        self._texts = texts
        self._file = SealedFile(settings.cache_path / "states", settings.root, version())
        self._known = {name: state for name, state in self._file.read().items() if state in DOCUMENT_STATES}
        self._at_hand: dict[str, str] | None = None
        self._wanted: dict[str, None] = {}
        self._waiting: list[str] = []
        self._asked: _Asked | None = None

    def __enter__(self) -> Versions:
        return self

    def __exit__(self, *_: object) -> None:
        if self._asked is not None:
            self._asked.end()

    def want(self, name: str) -> None:
        """This version's state will be asked for."""
        if name in self._wanted:
            return
        self._wanted[name] = None
        if name in self._known:
            return
        if self._at_hand is None:
            self._at_hand = dict(_named_by_git(self._texts, len(name)))
        if name not in self._at_hand:
            self._waiting.append(name)
            if len(self._waiting) == _BATCH:
                self._ask()

    def states(self) -> Mapping[str, str]:
        """What was found, of the versions wanted; one that a partial clone lacks is not among them.

        Raises `git.GitError` where git could not read them.
        """
        if self._waiting:
            self._ask()
        read = self._asked.found() if self._asked is not None else {}
        known = {**self._known, **(self._at_hand or {}), **read}
        states = {name: known[name] for name in self._wanted if name in known}
        if read or self._known.keys() - states.keys():
            self._file.write(states)
        return states

    def _ask(self) -> None:
        self._asked = self._asked or _Asked(self._root)
        self._asked.ask(self._waiting[::-1])
        self._waiting.clear()


class _Asked:
    """One `git cat-file`, and a thread that reads what it answers."""

    def __init__(self, root: Path) -> None:
        end, begin = os.pipe()
        self._names = os.fdopen(begin, "wb", 0)
        self._found: dict[str, str] = {}
        self._failed: git.GitError | None = None
        self._thread = threading.Thread(target=self._read, args=(root, os.fdopen(end, "rb")), daemon=True)
        self._thread.start()

    def ask(self, names: Sequence[str]) -> None:
        """Ask for these versions, in this order."""
        with suppress(BrokenPipeError):  # git has ended: `found` says why
            self._names.write("".join([f"{name}\n" for name in names]).encode())

    def end(self) -> None:
        """Wait until all are answered; nothing more will be asked."""
        self._names.close()
        self._thread.join()

    def found(self) -> Mapping[str, str]:
        """The states found, when all are answered. Raises `git.GitError`."""
        self.end()
        if self._failed is not None:
            raise self._failed
        return self._found

    def _read(self, root: Path, names: IO[bytes]) -> None:
        try:
            with names, git.output(root, "cat-file", "--batch", "--buffer", wanted=names) as out:
                names.close()  # it is git's now: where git ends, nobody may wait for it to read on
                while line := out.readline():
                    facts = line.decode("ascii", "replace").split()
                    if len(facts) != 3:  # a version that a partial clone lacks
                        continue
                    rest = int(facts[2]) + 1
                    begin = out.read(min(rest, _HEAD_BYTES))
                    rest -= len(begin)
                    while rest > 0 and (more := out.read(min(rest, 1 << 16))):
                        rest -= len(more)
                    self._found[facts[0]] = state_of(begin)
        except git.GitError as error:
            self._failed = error


def _named_by_git(texts: Iterable[str], digits: int) -> Iterator[tuple[str, str]]:
    """The name that git gives each of these contents, by SHA-1 where it has 40 digits, else SHA-256; and its state."""
    kind = hashlib.sha1 if digits == 40 else hashlib.sha256
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        name = kind(b"blob %d\0" % len(data), usedforsecurity=False)
        name.update(data)
        yield name.hexdigest(), state_of(data[:_HEAD_BYTES])


def state_of(begin: bytes) -> str:
    """The state in the first bytes of a document, as reading it would find it; `draft` without any."""
    end = begin.find(b"\n---") if begin.startswith(b"---") else 0
    end = len(begin) if end < 0 else end
    match = _STATUS.search(begin, 0, end) or _LABEL.search(begin, end)
    return _named(match[1]) if match is not None else "draft"


@lru_cache(maxsize=128)
def _named(value: bytes) -> str:
    written = value.split(b" #")[0].strip().strip(b"\"'*_ ").decode("utf-8", "replace")
    return _STATE(written) or _STATE(re.split(r"[,;:.(\u2013\u2014]| - ", written, maxsplit=1)[0]) or "draft"
