"""Findings remembered between runs, by content: the same words under the same rules are judged once."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs_postmortem import __version__
from mkdocs_postmortem.checking.findings import Acceptance, Entry, Finding
from mkdocs_postmortem.model import Accepted, Span
from mkdocs_postmortem.settings import Settings, fingerprint

FORMAT = 1


@lru_cache(maxsize=1)
def _version() -> str:
    """Changes with every change to the program, so that no run believes another's findings."""
    package = Path(__file__).parent.parent
    stamp = hashlib.sha256(f"{__version__} {FORMAT} {sys.version_info[:2]}".encode())
    for path in sorted(package.rglob("*.py")):
        info = path.stat()
        stamp.update(f"{path.name} {info.st_mtime_ns} {info.st_size}".encode())
    return stamp.hexdigest()


@lru_cache(maxsize=1)
def _secret() -> bytes:
    """This user's own key, outside of every repository; where it cannot be kept, one for this run."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    path = Path(base, "mkdocs-postmortem", "key")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(32))
        known = path.read_bytes()
        if len(known) == 32:
            return known
    return os.urandom(32)


def _inside(folder: Path, root: Path) -> bool:
    """Whether the folder is the project's own, and not reached through a link."""
    return Path(os.path.realpath(folder)) == Path(os.path.realpath(root)) / folder.relative_to(root)


class Cache:
    """A file of findings. What is damaged, foreign or of another version is ignored, never believed."""

    def __init__(self, settings: Settings, as_of: date, history: str = "") -> None:
        """`history` is the digest of the history that findings depend on, where they do."""
        self.path = settings.cache_path / "findings"
        key = f"{_version()} {fingerprint(settings)} {as_of.isoformat()} {history}"
        self.key = hashlib.sha256(key.encode()).hexdigest()
        self.entries: dict[str, list[Any]] = {}
        self.changed = False
        self._read: dict[str, tuple[str, Entry]] = {}
        self.usable = _inside(self.path.parent, settings.root)
        with contextlib.suppress(OSError, ValueError, RecursionError):
            head, _, body = self.path.read_bytes().partition(b"\n") if self.usable else (b"", b"", b"")
            if hmac.compare_digest(head, self._head(body)) and isinstance(loaded := json.loads(body), dict):
                self.entries = loaded

    def _head(self, body: bytes) -> bytes:
        """The first line: for which rules the rest holds, and a seal that only this user can make.

        The file lies in the repository's folder, where a commit could put one, too.
        """
        return f"{self.key} {hmac.new(_secret(), body, hashlib.sha256).hexdigest()}".encode()

    def get(self, path: str, digest: str) -> Entry | None:
        """What is remembered of a file with this content; None where nothing is."""
        known = self._read.get(path)
        if known is not None and known[0] == digest:
            return known[1]
        try:
            stored_digest, stored = self.entries[path]
            if stored_digest != digest:
                return None
            entry = _thaw(path, stored)
        except (TypeError, ValueError, KeyError):
            return None
        self._read[path] = (digest, entry)
        return entry

    def put(self, path: str, digest: str, entry: Entry) -> None:
        """Remember what was found in a file."""
        self.entries[path] = [digest, _freeze(entry)]
        self._read[path] = (digest, entry)
        self.changed = True

    def keep(self, paths: Collection[str]) -> None:
        """Forget every file but these."""
        for path in self.entries.keys() - paths:
            del self.entries[path]
            self.changed = True

    def save(self) -> None:
        """Write what is remembered, whole or not at all; where that cannot be, forget it quietly."""
        if not self.changed or not self.usable:
            return
        import tempfile  # only where something is to be written

        body = json.dumps(self.entries, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix="findings-", suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._head(body) + b"\n" + body)
                Path(temporary).replace(self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
        self.changed = False


def _freeze(entry: Entry) -> list[Any]:
    return [
        entry.id,
        list(entry.id_place),
        entry.status,
        [[name, list(span)] for name, span in entry.related],
        [_freeze_finding(item) for item in entry.findings],
        [[_freeze_finding(item.finding), item.reason] for item in entry.acceptances],
        [[item.code, item.reason, list(item.span), item.first, item.last] for item in entry.accepted],
    ]


def _freeze_finding(item: Finding) -> list[Any]:
    return [item.line, item.column, item.end_column, item.code, item.severity, item.message, item.help]


def _thaw(path: str, stored: list[Any]) -> Entry:
    identity, place, status, related, findings, acceptances, accepted = stored
    return Entry(
        path=path,
        id=_text(identity),
        id_place=_span(place),
        status=_text(status),
        related=tuple((_text(name), _span(span)) for name, span in related),
        findings=tuple(_thaw_finding(path, item) for item in findings),
        acceptances=tuple(Acceptance(_thaw_finding(path, item), _text(reason)) for item, reason in acceptances),
        accepted=tuple(
            Accepted(_text(code), _text(reason), _span(span), _number(first), _number(last))
            for code, reason, span, first, last in accepted
        ),
    )


def _thaw_finding(path: str, stored: list[Any]) -> Finding:
    line, column, end, code, severity, message, help = stored
    texts = (_text(code), _text(severity), _text(message), _text(help))
    return Finding(path, _number(line), _number(column), _number(end), *texts)


def _span(stored: list[Any]) -> Span:
    line, column, end = stored
    return Span(_number(line), _number(column), _number(end))


def _text(stored: object) -> str:
    if not isinstance(stored, str):
        raise TypeError(stored)
    return stored


def _number(stored: object) -> int:
    if not isinstance(stored, int):
        raise TypeError(stored)
    return stored
