"""Bytes to text: encodings, newlines, limits and links, before anything is read from a file."""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from mkdocs_postmortem.model import Problem, Span


class Source(NamedTuple):
    """A file's text, newlines as `\\n` and without a byte order mark, and the digest of its bytes."""

    text: str
    digest: str
    problem: Problem | None = None


_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


_LEFT_BY_SYSTEMS = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory", ".localized"})


def left_by_system(name: str) -> bool:
    """Whether a file has the name of what Finder, Explorer and their like leave behind in folders they show."""
    return name.casefold() in _LEFT_BY_SYSTEMS or name.startswith("._")


def digest_of(data: bytes) -> str:
    """The name of some content: equal content, equal name."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def read_bytes(path: Path, root: Path, max_bytes: int, folders: dict[str, bool] | None = None) -> bytes | Problem:
    """A file's bytes, or why they are not read (PM100). Links that lead out of `root` are not followed.

    `folders` remembers, for one pass over many files, which folders are reached through a link.
    """
    try:
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode) or _linked(os.path.dirname(path), str(root), folders):
            target = path.resolve()
            if not target.is_relative_to(root.resolve()):
                return _problem(
                    "is a link that leads out of the project, and is not followed",
                    "put the file itself into the repository",
                )
            info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            return _problem("is a folder or a device", "remove it, or give it another ending than .md")
        if info.st_size > max_bytes:
            return _problem(
                f"has {_size(info.st_size)}; a post-mortem has at most {_size(max_bytes)}",
                "move logs and data to a file of their own and link to it, or raise limits.kilobytes",
            )
        return path.read_bytes()
    except OSError as error:
        return _problem(f"cannot be read: {error.strerror or error}", "look at the file's permissions")
    except RuntimeError:  # how pathlib before Python 3.13 speaks of links in a circle
        return _problem("is a link that leads to itself", "remove it")


def _size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{count // 1024} kB"


def _linked(folder: str, root: str, known: dict[str, bool] | None) -> bool:
    """Whether this folder, or one between it and the project's root, is a link."""
    if folder == root or os.path.dirname(folder) == folder or not folder:
        return False
    if known is not None and folder in known:
        return known[folder]
    found = os.path.islink(folder) or _linked(os.path.dirname(folder), root, known)
    if known is not None:
        known[folder] = found
    return found


class RealPaths:
    """Where paths lead, links resolved; each folder is looked at once in one pass over many files."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def __call__(self, path: Path) -> str:
        """The real path of a file, that there may be none under."""
        if os.path.islink(path):
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)


def decode(data: bytes, digest: str = "") -> Source:
    """Text of a file's bytes; `problem` is PM100 where they are not the text of a document."""
    digest = digest or digest_of(data)
    for mark, name in _WIDE:
        if data.startswith(mark):
            return Source("", digest, _problem(f"is {name}, not UTF-8", "save the file as UTF-8"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        return Source(
            "",
            digest,
            Problem(
                "PM100",
                Span(line, column, column + 1),
                f"is not UTF-8: the byte {data[error.start]:#04x} is no character",
                "save the file as UTF-8",
            ),
        )
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        at = text.index("\0")
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        return Source(
            "",
            digest,
            Problem(
                "PM100",
                Span(line, column, column + 1),
                "holds a NUL character: is this a text file?",
                "delete the character, or give the file another ending than .md",
            ),
        )
    return Source(text, digest)


def _problem(message: str, help: str) -> Problem:
    return Problem("PM100", Span(1), f"the file {message}", help)
