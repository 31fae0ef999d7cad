"""Findings remembered between runs, by content: the same words under the same rules are judged once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from mkdocs_postmortem import sealed
from mkdocs_postmortem.checking.findings import Acceptance, Entry, Finding
from mkdocs_postmortem.checking.roster import roster_stamp
from mkdocs_postmortem.model import Accepted, Span
from mkdocs_postmortem.settings import Settings, fingerprint


class Cache:
    """A file of findings. What is damaged, foreign or of another version is ignored, never believed."""

    def __init__(self, settings: Settings, as_of: date, history: str = "") -> None:
        """`history` is the digest of the history that findings depend on, where they do."""
        key = f"{sealed.version()} {fingerprint(settings)} {roster_stamp(settings.root)} {as_of.isoformat()} {history}"
        self.file = sealed.SealedFile(settings.cache_path / "findings", settings.root, key)
        self.entries: dict[str, list[Any]] = self.file.read()
        self.changed = False
        self._read: dict[str, tuple[str, Entry]] = {}

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
        if self.changed:
            self.file.write(self.entries)
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
        list(entry.incidents),
    ]


def _freeze_finding(item: Finding) -> list[Any]:
    return [item.line, item.column, item.end_column, item.code, item.severity, item.message, item.help]


def _thaw(path: str, stored: list[Any]) -> Entry:
    identity, place, status, related, findings, acceptances, accepted, incidents = stored
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
        incidents=tuple(_text(name) for name in incidents),
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
