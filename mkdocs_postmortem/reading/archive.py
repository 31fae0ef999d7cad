"""The archive: which files are post-mortems, and all of them as records, each parsed once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from mkdocs_postmortem import parallel
from mkdocs_postmortem.dates import noon
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import record, source
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings

_OTHER_NAMES = frozenset({"index", "readme", "license"})
MARKDOWN = (".md", ".markdown")


def is_postmortem(path: str) -> bool:
    """Whether a file below the folder is a post-mortem: markdown, not `_…`, not index or README."""
    *folders, name = path.split("/")
    stem, ending = os.path.splitext(name)
    return (
        ending.lower() in MARKDOWN
        and stem.casefold() not in _OTHER_NAMES
        and not any(part.startswith(("_", ".")) for part in (*folders, name))
    )


def discover(folder: Path) -> list[Path]:
    """The post-mortems below a folder, in the order of their paths. Linked folders are not entered."""
    return sorted(folder / name for name in names_below(folder))


def names_below(folder: Path) -> list[str]:
    """The same by their names below the folder, with forward slashes; in the order of their folders."""
    found: list[str] = []
    base = len(os.path.join(folder, ""))
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        below = f"{parent[base:]}/".replace(os.sep, "/") if len(parent) > base else ""
        found += [below + name for name in names if is_postmortem(name)]
    return found


class Reader:
    """Reads files to records and remembers them by content: the same words are parsed once.

    One reader belongs to one version of the settings; `parsed` counts the files that were
    really parsed, so that tests and benchmarks can see what the memory saves.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.parsed = 0
        self._known: dict[tuple[str, str], PostMortem] = {}
        self._folders: dict[str, bool] | None = None

    def read(self, path: Path) -> PostMortem:
        """The record of one file; a file that cannot be read is a record with that problem."""
        name = self.settings.relative(path)
        data = source.read_bytes(path, self.settings.root, self.settings.max_bytes, self._folders)
        if not isinstance(data, bytes):
            return record.make(Source("", "", data), name, self.settings)
        return self.read_bytes(data, name)

    def read_some(self, paths: Iterable[Path]) -> list[PostMortem]:
        """Records of these files, beside those that are remembered."""
        self._folders = {}
        records = [self.read(path) for path in paths]
        self._folders = None
        return records

    def read_once(self, paths: Sequence[Path]) -> list[PostMortem]:
        """Records of these files, many of them on more than one processor; none is remembered."""
        self._folders = {}
        records = list(parallel.each(self.read, paths))
        self._folders = None
        return records

    def glance_all(self, paths: Iterable[Path]) -> list[PostMortem]:
        """Records of which only what divides the archive holds, at a quarter of the cost; none is remembered."""
        folders: dict[str, bool] = {}
        records = []
        for path in paths:
            data = source.read_bytes(path, self.settings.root, self.settings.max_bytes, folders)
            text = source.decode(data, "unknown") if isinstance(data, bytes) else None
            found = record.glance(text, self.settings.relative(path), self.settings) if text else None
            records.append(found or self.read(path))
        return records

    def read_bytes(self, data: bytes, name: str) -> PostMortem:
        """The record of a file's content, under the name that findings give it."""
        key = (name, source.digest_of(data))
        known = self._known.get(key)
        if known is None:
            self.parsed += 1
            known = self._known[key] = record.make(source.decode(data), name, self.settings)
        return known

    def read_all(self, paths: Iterable[Path]) -> list[PostMortem]:
        """Records of these files; what was remembered of other files is forgotten."""
        records = self.read_some(paths)
        self._known = {(item.path, item.document.digest): item for item in records}
        return records


def newest_first(records: Iterable[PostMortem]) -> list[PostMortem]:
    """Records by the start of the incident, newest first; undated ones last, by title."""
    dated = [item for item in records if item.day is not None]
    undated = [item for item in records if item.day is None]
    dated.sort(key=lambda item: (item.stamps.get("started_at") or noon(item.day), item.id), reverse=True)  # type: ignore[arg-type]
    return dated + sorted(undated, key=lambda item: (item.title, item.id))
