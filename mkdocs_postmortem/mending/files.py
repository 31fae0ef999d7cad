"""Writing what was mended: whole or not at all, never through a link, never over somebody else's change."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mkdocs_postmortem.mending.document import Left, mend
from mkdocs_postmortem.reading.source import decode, read_bytes
from mkdocs_postmortem.settings import Settings

_AROUND = 3
"""Lines shown before and after a change."""


class Outcome(NamedTuple):
    """What became of one file."""

    path: str
    before: bytes = b""
    after: bytes = b""
    refused: str = ""
    """Why nothing is written to this file; empty otherwise."""
    left: tuple[Left, ...] = ()
    """What looks mechanical and is not mended."""

    @property
    def changed(self) -> bool:
        """Whether there was something to mend."""
        return self.before != self.after

    @property
    def diff(self) -> Iterator[str]:
        """The change as a unified diff, a line each. Mending neither adds lines nor takes any."""
        old, new = decode(self.before).text.split("\n"), decode(self.after).text.split("\n")
        changed = [at for at, (first, second) in enumerate(zip(old, new, strict=True)) if first != second]
        if not changed:
            return
        yield f"--- {self.path}"
        yield f"+++ {self.path}"
        for hunk in _hunks(changed):
            start, stop = max(0, hunk[0] - _AROUND), min(len(old), hunk[-1] + _AROUND + 1)
            if stop == len(old) and not old[-1]:
                stop -= 1  # what follows the last line end is no line
            yield f"@@ -{start + 1},{stop - start} +{start + 1},{stop - start} @@"
            at = start
            while at < stop:
                run = at
                while run < stop and old[run] != new[run]:
                    run += 1
                yield from ("-" + line for line in old[at:run])
                yield from ("+" + line for line in new[at:run])
                if run < stop:
                    yield " " + old[run]
                at = run + 1


def _hunks(changed: list[int]) -> Iterator[list[int]]:
    """Changed lines, those together whose surroundings touch."""
    hunk = [changed[0]]
    for at in changed[1:]:
        if at - hunk[-1] > 2 * _AROUND:
            yield hunk
            hunk = []
        hunk.append(at)
    yield hunk


def mend_file(path: Path, settings: Settings, *, write: bool) -> Outcome:
    """Mend one file, or with `write=False` only say how it would be. Never raises for what a file may hold."""
    name = settings.relative(path)
    reason = _not_ours(path, settings.root)
    if reason:
        return Outcome(name, refused=reason)
    data = read_bytes(path, settings.root, settings.max_bytes)
    if not isinstance(data, bytes) or decode(data).problem is not None:
        return Outcome(name)  # check says why it cannot be read
    after, left = mend(data, name, settings)
    if write and after != data:
        reason = _read_only(path) or _replace(path, data, after)
        if reason:
            return Outcome(name, refused=reason)
    return Outcome(name, data, after, left=left)


def _not_ours(path: Path, root: Path) -> str:
    """Why nothing may be written there, if so: outside the project, or behind a link."""
    top = os.path.realpath(root)
    if not Path(os.path.realpath(path)).is_relative_to(top):
        return "it lies outside the project"
    place = os.path.abspath(path)
    while os.path.realpath(place) != top and os.path.dirname(place) != place:
        if os.path.islink(place):
            return "it is a link, or stands behind one"
        place = os.path.dirname(place)
    return ""


def _read_only(path: Path) -> str:
    """Why a file is not written to that says that nobody is to: a new file in its place would not ask."""
    try:
        writable = path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) and os.access(path, os.W_OK)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"
    return "" if writable else "it is read-only: make it writable, and run it again"


def _replace(path: Path, before: bytes, after: bytes) -> str:
    """Put the new content in the file's place in one step; why not, where that cannot be.

    The name beside it is one that nobody else has, is no post-mortem's, and is gone afterwards
    however this ends.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.mended")
    try:
        try:
            with beside.open("xb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, beside)
            _keep_owner(path, beside)
            if path.read_bytes() != before:
                return "it changed in the meantime: run it again"
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        return f"it cannot be written: {error.strerror or error}"
    return ""


def _keep_owner(path: Path, beside: Path) -> None:
    """Whoever mends a file of somebody else's does not take it over."""
    was, now = path.stat(), beside.stat()
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        os.chown(beside, was.st_uid, was.st_gid)
