"""Many files at once: each read, imported and weighed against what stands in its place. Writes nothing itself."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing import beside, engine, fidelity, guarding, writing
from mkdocs_postmortem.importing.exports import drafting
from mkdocs_postmortem.importing.exports.loading import LARGEST, ExportError
from mkdocs_postmortem.importing.found import Draft
from mkdocs_postmortem.importing.guarding import Check
from mkdocs_postmortem.importing.ids import Ids
from mkdocs_postmortem.model import Problem
from mkdocs_postmortem.reading import discover, is_postmortem, source
from mkdocs_postmortem.settings import ConfigError, Settings

EXPORTS = (".json", ".jsonl")
"""Endings of files that are read as exports of tools; all others are read as markdown."""
NEW, UNCHANGED, TAKEN, REFUSED = "new", "unchanged", "taken", "refused"
"""What becomes of a file: to be written, there already, another stands in its place, or it cannot be imported."""


@dataclass(frozen=True, slots=True)
class Work:
    """A file to import, and where the result belongs."""

    path: Path
    target: Path
    named: bool = True
    """The caller named the file itself; False where it was met in a folder."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file."""

    path: str
    target: Path
    state: str
    """One of `NEW`, `UNCHANGED`, `TAKEN`, `REFUSED`."""
    draft: Draft | None = None
    text: str = ""
    """The whole of the file to be written."""
    message: str = ""
    """Why it is not written; empty where it is."""
    files: tuple[tuple[Path, Path], ...] = ()
    """Pictures that the document shows and that stand beside it, and where they belong beside the result."""


@dataclass(frozen=True, slots=True)
class Importer:
    """How files are imported: the project's settings, and what the caller said of the files."""

    settings: Settings
    as_of: date
    home: ZoneInfo | None = None
    check: Check | None = None
    """What finds the errors of a result before it is written; None where nobody asks."""
    places: beside.Places = field(default_factory=beside.Places)
    """Where the files of this import come to stand: what links between them lead to."""

    def __call__(self, work: Work) -> list[Result]:
        """Import one file; an export of a tool may hold several. Never raises for what the file holds."""
        if work.path.suffix.lower() in EXPORTS:
            return self._export(work)
        return [self._document(work)]

    def _export(self, work: Work) -> list[Result]:
        name = work.path.as_posix()
        with suppress(OSError):
            if work.path.stat().st_size > LARGEST:
                told = f"is larger than {LARGEST >> 20} MB: export it in parts"
                return [Result(name, work.target, REFUSED, message=told)]
        read = _read(work, LARGEST)
        if isinstance(read, Result):
            return [read]
        decoded = read[1]
        try:
            found = drafting.read(decoded.text, self.settings, self.as_of)
        except ExportError as error:
            if error.foreign and not work.named:
                return []  # a package.json in a folder of documents is nobody's post-mortem
            place = f" (line {error.line})" if error.line > 1 else ""
            return [Result(name, work.target, REFUSED, message=f"{error.message}{place}: {error.mend}")]
        results = []
        for named in found:
            draft = fidelity.told_of_export(decoded.text, named.draft) if len(found) == 1 else named.draft
            target = work.target.parent / f"{named.stem}.md"
            text = writing.write(draft)
            if len(text.encode("utf-8")) > self.settings.max_bytes:
                told = f"`{named.draft.title[:60]}` is longer than a post-mortem may be: raise limits.kilobytes"
                results.append(Result(name, target, REFUSED, draft, message=told))
                continue
            results.append(self._guarded(Result(name, target, NEW, draft, text)))
        return results

    def _document(self, work: Work) -> Result:
        name = work.path.as_posix()
        read = _read(work, self.settings.max_bytes)
        if isinstance(read, Result):
            return read
        data, decoded = read
        if not decoded.text.strip():
            return Result(name, work.target, REFUSED, message="holds no words: there is nothing to import")
        draft = self.draft(decoded.text, work.path.name)
        if draft.ours:
            return self._guarded(Result(name, work.target, NEW, draft, data.decode("utf-8")))
        text = writing.write(draft)
        lost, invented = fidelity.lost(decoded.text, draft, text), fidelity.invented(decoded.text, draft, text)
        if lost or invented:
            words = ", ".join(f"`{word}`" for word in sorted({*lost, *invented})[:5])
            told = "lose" if lost else "add"
            return Result(
                name, work.target, REFUSED, draft, text,
                f"the result would {told} words ({words}): a fault of the import, please report it",
            )  # fmt: skip
        draft, files = beside.of(draft, decoded.text, text, work.path, work.target, self.places)
        return self._guarded(Result(name, work.target, NEW, draft, text, files=files))

    def _guarded(self, result: Result) -> Result:
        """A result that `check` finds no error in, beside what stands in its place; or why there is none."""
        if self.check is not None and result.draft is not None:
            path = self.settings.relative(result.target)
            draft, text, why = guarding.guarded(result.draft, result.text, path, self.check)
            result = replace(result, draft=draft, text=text)
            if why:
                return replace(result, state=REFUSED, message=why)
        return _weighed(result)

    def draft(self, text: str, name: str) -> Draft:
        """The draft of a document's text."""
        with moments.as_written_in(text):
            return engine.read(text, name, self.settings, home=self.home, as_of=self.as_of)


_NO_MARKDOWN = frozenset(
    {".adoc", ".asciidoc", ".csv", ".doc", ".docx", ".htm", ".html", ".ipynb", ".odt", ".org", ".pdf", ".ppt", ".pptx",
     ".rst", ".rtf", ".tex", ".toml", ".tsv", ".xls", ".xlsx", ".xml", ".yaml", ".yml"}
)  # fmt: skip
"""Endings of files that hold a document in another form."""


def _read(work: Work, max_bytes: int) -> tuple[bytes, source.Source] | Result:
    """A file's bytes and its text, or the result that it cannot be read."""
    name = work.path.as_posix()
    if work.path.suffix.lower() in _NO_MARKDOWN:
        return Result(name, work.target, REFUSED, message="is no markdown and no JSON; save it as markdown first")
    data = source.read_bytes(work.path, work.path.parent, max_bytes)
    if isinstance(data, Problem):
        return Result(name, work.target, REFUSED, message=_told(data))
    decoded = source.decode(data)
    if decoded.problem is not None:
        return Result(name, work.target, REFUSED, message=_told(decoded.problem))
    return data, decoded


def plan(paths: Iterable[Path], folder: Path) -> list[Work]:
    """The files to import and their places: folders are entered, and keep their inner paths.

    Raises `ConfigError` for a path that is not there.
    """
    found: list[Work] = []
    seen: set[str] = set()
    for path in paths:
        inside = path.is_dir()
        if inside:
            exports = sorted(
                one for one in path.rglob("*.json*") if _is_export(one.relative_to(path)) and one.is_file()
            )
            chosen = [(one, folder / one.relative_to(path).with_suffix(".md")) for one in (*discover(path), *exports)]
        elif os.path.lexists(path):
            if path.suffix.lower() not in EXPORTS and not is_postmortem(path.with_suffix(".md").name):
                raise ConfigError(
                    f"{path}: the wiki passes over names that begin with `_` or `.`, index and README",
                    help="give the file another name",
                )
            chosen = [(path, folder / path.with_suffix(".md").name)]
        else:
            raise ConfigError(f"{path}: there is no such file or folder", help="look at the path")
        for one, target in chosen:
            name = os.path.abspath(one)
            if name not in seen:
                seen.add(name)
                found.append(Work(one, target, named=not inside))
    return found


def passed_over(paths: Iterable[Path], works: Sequence[Work]) -> dict[str, Counter[str]]:
    """What is in the folders that were named and is not read, by folder: how many files of which ending or name.

    Pictures go with the documents that show them; what is hidden is nobody's post-mortem.
    """
    read = {os.path.abspath(work.path) for work in works}
    found: dict[str, Counter[str]] = {}
    for path in paths:
        if not path.is_dir():
            continue
        count: Counter[str] = Counter()
        for parent, folders, names in os.walk(path):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                ending = os.path.splitext(name)[1].lower()
                if name.startswith(".") or ending in beside.PICTURES or ending in EXPORTS:
                    continue
                if os.path.abspath(os.path.join(parent, name)) not in read:
                    count[name if ending == ".md" or not ending else ending] += 1
        if count:
            found[path.as_posix()] = count
    return found


def _is_export(path: Path) -> bool:
    """Whether a file in a folder may be an export: by its ending, and neither hidden nor in what is."""
    return path.suffix.lower() in EXPORTS and not any(part.startswith(".") for part in path.parts)


def settled(results: Iterable[list[Result]], ids: Mapping[str, Path] = MappingProxyType({})) -> Iterator[Result]:
    """Results one by one; of two that would stand in one place the second is not written.

    `ids` are those of the post-mortems that are there: no result gets one of them, nor one of another result.
    """
    taken: dict[str, Result] = {}
    given = Ids(ids)
    for result in chain.from_iterable(results):
        place = os.path.abspath(result.target)
        first = taken.get(place)
        if result.state in (NEW, UNCHANGED) and first is not None:
            if first.text != result.text:
                yield replace(result, state=TAKEN, message=f"{first.path} is imported to the same place")
                continue
            yield replace(result, state=UNCHANGED)
            continue
        result = _named(result, given)
        if result.state in (NEW, UNCHANGED):
            taken[place] = result
        yield result


def _named(result: Result, given: Ids) -> Result:
    """A result with an ID of its own, weighed anew where that changed it."""
    if result.draft is None or result.state == REFUSED:
        return result
    draft, text, why = given.settle(result.draft, result.text, result.target)
    if why:
        return replace(result, state=REFUSED, draft=draft, message=why)
    if text == result.text:
        return result
    return _weighed(replace(result, state=NEW, draft=draft, text=text, message=""))


def _weighed(result: Result) -> Result:
    """A result beside what stands in its place: the same bytes are fine, others are never overwritten."""
    if not os.path.lexists(result.target):
        return result
    try:
        there = result.target.read_bytes() if result.target.is_file() else None
    except OSError as error:
        return replace(result, state=TAKEN, message=f"what is there cannot be read: {error.strerror or error}")
    if there == result.text.encode("utf-8"):
        return replace(result, state=UNCHANGED)
    if os.path.abspath(result.path) == os.path.abspath(result.target):
        return replace(result, state=TAKEN, message="would overwrite itself; give another folder with --to")
    return replace(
        result, state=TAKEN, message="another file is there, and is left as it is; give another folder with --to"
    )


def _told(problem: Problem) -> str:
    place = f" (line {problem.span.line})" if problem.span.line > 1 else ""
    message = problem.message if problem.message.startswith("the file") else f"the file {problem.message}"
    return f"{message}{place}: {problem.help}" if problem.help else f"{message}{place}"
