"""Running the rules: over one record, over the archive, with what was accepted and what is remembered."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking import actions, coverage, depth, facts, language, process, schema, structure
from mkdocs_postmortem.checking.cache import Cache
from mkdocs_postmortem.checking.findings import (
    ERROR,
    NO_HISTORY,
    OFF,
    RULES,
    WARNING,
    Acceptance,
    Context,
    Entry,
    Finding,
    run,
)
from mkdocs_postmortem.checking.schema import judge_of
from mkdocs_postmortem.measuring.coverage import Matcher, incidents_of
from mkdocs_postmortem.model import FATAL_CODES, Accepted, PostMortem, Problem, Span
from mkdocs_postmortem.reading import frontmatter
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.reading.register import Register
from mkdocs_postmortem.reading.source import RealPaths, Source, decode, digest_of, read_bytes
from mkdocs_postmortem.settings import ConfigError, Settings

ROOMS = (schema, structure, facts, actions, language, depth, process, coverage)
"""The modules whose import registers the rules."""

_Result = TypeVar("_Result")
_ARCHIVE_WIDE = frozenset({"PM110", "PM111"})


@dataclass
class Report:
    """Everything that was found, by place, and what was accepted."""

    findings: list[Finding] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    files: int = 0
    judged: int = 0
    """Files that the rules ran over; the others were remembered."""

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def errors(self) -> int:
        """Findings that fail the check."""
        return self.count(ERROR)

    @property
    def warnings(self) -> int:
        """Findings that fail it only when asked to."""
        return self.count(WARNING)


def judge(record: PostMortem, settings: Settings, as_of: date, history: History = NO_HISTORY) -> Entry:
    """Run every rule over one record."""
    context = Context(record, settings, as_of, history)
    found: list[Finding] = []
    kept: list[Acceptance] = []
    used: set[Accepted] = set()
    seen: set[tuple[str, int, int]] = set()
    accepting = _Accepting(record.document.accepted)
    for problem in run(context):
        level = RULES[problem.code].level(record.status, settings)
        key = (problem.code, problem.span.line, problem.span.column)
        if level == OFF or (key in seen and problem.code not in ("PM108", "PM201")):
            continue
        seen.add(key)
        finding = _finding(record.path, problem, level)
        accepted = accepting.find(problem)
        if accepted is None:
            found.append(finding)
        else:
            used.add(accepted)
            kept.append(Acceptance(finding, accepted.reason))
    if not record.document.unreadable:
        found += _about_acceptances(record, settings, used)
    related = record.document.front.get("related")
    return Entry(
        path=record.path,
        id=_written_id(record) if record.document.unreadable else record.id,
        id_place=record.places.get(("id",), Span(1)),
        status=record.status,
        related=tuple(
            (name, record.places.get(("related", n), Span(1)))
            for n, name in enumerate(related if isinstance(related, list) else ())
            if isinstance(name, str)
        ),
        findings=tuple(sorted(found, key=lambda item: item.sort_key)),
        acceptances=tuple(kept),
        accepted=tuple(item for item in record.document.accepted if item.code in _ARCHIVE_WIDE),
        incidents=incidents_of(record.document.front),
    )


def _finding(path: str, problem: Problem, level: str) -> Finding:
    span = problem.span
    return Finding(
        path, span.line, span.column, max(span.end, span.column + 1), problem.code, level, problem.message, problem.help
    )


class _Accepting:
    """Finds the comment that accepts a finding, if there is one with a reason."""

    def __init__(self, accepted: Iterable[Accepted]) -> None:
        self.anywhere: dict[str, Accepted] = {}
        self.lines: dict[tuple[str, int], Accepted] = {}
        reached: dict[str, int] = {}
        for item in accepted:  # in the order of their lines
            if not item.reason or item.code in FATAL_CODES:
                continue
            self.anywhere.setdefault(item.code, item)
            for line in range(max(item.first, reached.get(item.code, 0) + 1), item.last + 1):
                self.lines[item.code, line] = item
            reached[item.code] = max(item.last, reached.get(item.code, 0))

    def find(self, problem: Problem) -> Accepted | None:
        """Of the line; for a finding about the document as a whole, of any."""
        if problem.span == Span(1):
            return self.anywhere.get(problem.code)
        return self.lines.get((problem.code, problem.span.line))


def _about_acceptances(record: PostMortem, settings: Settings, used: set[Accepted]) -> list[Finding]:
    found = []
    comments = Counter(item.span for item in record.document.accepted)
    for item in record.document.accepted:
        if not item.code:
            problem = Problem(
                "PM114", item.span, "it does not say which rule is accepted", "write `postmortem: accept PM305 why`"
            )
        elif item.code not in RULES:
            problem = Problem(
                "PM114", item.span, f"there is no rule `{item.code}` to accept", "write `postmortem: accept PM305 why`"
            )
        elif item.code in FATAL_CODES:
            problem = Problem("PM114", item.span, f"{item.code} cannot be accepted", "mend the file")
        elif not item.reason:
            problem = Problem(
                "PM114", item.span, f"{item.code} is accepted without a reason", "write why, after the code"
            )
        elif item not in used and item.code not in _ARCHIVE_WIDE:
            mend = "remove the comment" if comments[item.span] == 1 else f"take {item.code} out of the comment"
            problem = Problem("PM115", item.span, f"there is no {item.code} here to accept", mend)
        else:
            continue
        level = RULES[problem.code].level(record.status, settings)
        if level != OFF:
            found.append(_finding(record.path, problem, level))
    return found


def _each(work: Callable[[Path], _Result], paths: Sequence[Path]) -> Iterable[_Result]:
    if not paths:
        return ()
    from mkdocs_postmortem import parallel  # a run in which nothing changed does without its imports

    return parallel.each(work, paths)


def _known_rules(settings: Settings) -> None:
    """A severity for a rule that does not exist was meant for another; what cannot be read is never passed over."""
    for code in settings.rules:
        if code not in RULES:
            close = schemas.nearest(code, RULES)
            raise ConfigError(
                f"rules: there is no rule `{code}`",
                settings.relative(settings.path) if settings.path else "",
                help=f"did you mean {close}?" if close else "`mkdocs-postmortem explain` lists them all",
            )
        if code in FATAL_CODES and OFF in settings.rules[code].values():
            raise ConfigError(
                f"rules: {code} cannot be switched off",
                settings.relative(settings.path) if settings.path else "",
                help="a file that cannot be read would vanish from the archive without a word: mend it, or let its "
                "name begin with _, which is no post-mortem's",
            )


def check_records(
    records: Iterable[PostMortem],
    settings: Settings,
    as_of: date,
    cache: Cache | None = None,
    history: History = NO_HISTORY,
    register: Register | None = None,
) -> Report:
    """Check records that were read already, each under its own path, and the register. Raises `ConfigError`.

    `history` is for settings that want it compared (`process.check_git`); the cache is to be one for it.
    """
    _known_rules(settings)
    report = Report()
    entries = []
    for record in records:
        entry = cache.get(record.path, record.document.digest) if cache else None
        if entry is None:
            report.judged += 1
            entry = judge(record, settings, as_of, history)
            if cache and record.document.digest:
                cache.put(record.path, record.document.digest, entry)
        entries.append(entry)
    return _finish(report, entries, {}, settings, _Registered(register, as_of))


def check_files(
    paths: Iterable[Path],
    archive: Sequence[Path],
    settings: Settings,
    as_of: date,
    cache: Cache | None = None,
    progress: Callable[[], object] | None = None,
    history: History = NO_HISTORY,
    register: Register | None = None,
) -> Report:
    """Check files, reading only those that changed since they were remembered.

    `archive` has all post-mortems there are, for what only the archive as a whole can show:
    IDs that stand twice, relations that lead nowhere. `progress` is called after each file judged.
    `history` as in `check_records`.
    With `register` it is told which of its incidents lack a post-mortem.
    """
    _known_rules(settings)
    report = Report()
    folders: dict[str, bool] = {}
    entries: dict[str, Entry] = {}
    changed: list[Path] = []
    for path in paths:
        name = settings.relative(path)
        data = read_bytes(path, settings.root, settings.max_bytes, folders)
        known = None
        if isinstance(data, bytes) and cache is not None:
            known = cache.get(name, digest_of(data))
        if known is None:
            changed.append(path)
        else:
            entries[name] = known
    if changed:
        judge_of(settings)  # a schema that cannot be used is said before any work is done

    def work(path: Path) -> tuple[str, Entry]:
        data = read_bytes(path, settings.root, settings.max_bytes, folders)
        read = decode(data) if isinstance(data, bytes) else Source("", "", data)
        return read.digest, judge(reading.make(read, settings.relative(path), settings), settings, as_of, history)

    for digest, entry in _each(work, changed):
        entries[entry.path] = entry
        if cache is not None and digest:
            cache.put(entry.path, digest, entry)
        if progress is not None:
            progress()
    report.judged = len(changed)
    others = {}
    real = RealPaths()
    for path in archive:
        name = settings.relative(path)
        if name not in entries:
            others[name] = identity(path, settings, real)
    return _finish(report, list(entries.values()), others, settings, _Registered(register, as_of))


def identity(path: Path, settings: Settings, real: Callable[[Path], str] = os.path.realpath) -> str:
    """The ID of a post-mortem that is not checked now: from its first lines, without reading it whole."""
    if not path.is_file() or not real(path).startswith(os.path.join(settings.root, "")):
        return path.stem
    try:
        with path.open("rb") as file:
            head = file.read(8192).decode("utf-8-sig", "replace")
    except OSError:
        return path.stem
    return _id_in(head) or path.stem


def _written_id(record: PostMortem) -> str:
    """The ID that a document states although it cannot be read: others may refer to it."""
    return _id_in(record.document.text[:8192]) or record.id


def _id_in(head: str) -> str:
    if head.startswith("---"):
        for line in head.splitlines()[1:]:
            if line.startswith("---"):
                break
            if line.startswith("id:"):
                return line[3:].split(" #")[0].strip().strip("\"'")
    return ""


class _Registered(NamedTuple):
    """The register, where there is one, and the day by which it is judged."""

    register: Register | None
    as_of: date

    def findings(self, entries: Sequence[Entry], others: Mapping[str, str], settings: Settings) -> list[Finding]:
        """What is wrong with the register, and which incidents lack a post-mortem."""
        if self.register is None:
            return []
        known = [(entry.path, entry.id, entry.path, entry.incidents) for entry in entries]
        known += [(path, id, path, _incidents_in(settings.root / path)) for path, id in others.items()]
        found = []
        for problem in coverage.problems(self.register, Matcher(known), settings, self.as_of):
            level = RULES[problem.code].level("published", settings)
            if level != OFF:
                found.append(_finding(self.register.path, problem, level))
        return found


def _incidents_in(path: Path) -> tuple[str, ...]:
    """The incidents that a post-mortem names which is not checked now, from its first lines."""
    try:
        with path.open("rb") as file:
            head = file.read(8192).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except OSError:
        return ()
    return incidents_of(frontmatter.read(head).values)


def _finish(
    report: Report, entries: Sequence[Entry], others: Mapping[str, str], settings: Settings, registered: _Registered
) -> Report:
    """Put the findings of the files, of the archive and of the register together."""
    report.files = len(entries)
    by_id: dict[str, list[str]] = {}
    for path, name in others.items():
        by_id.setdefault(name, []).append(path)
    for entry in entries:
        by_id.setdefault(entry.id, []).append(entry.path)
    for paths in by_id.values():
        paths.sort()
    for entry in entries:
        report.findings += entry.findings
        report.acceptances += entry.acceptances
        accepting = _Accepting(entry.accepted)
        for problem in _archive_problems(entry, by_id):
            level = RULES[problem.code].level(entry.status, settings)
            if level == OFF:
                continue
            finding = _finding(entry.path, problem, level)
            accepted = accepting.find(problem)
            if accepted is None:
                report.findings.append(finding)
            else:
                report.acceptances.append(Acceptance(finding, accepted.reason))
    report.findings += registered.findings(entries, others, settings)
    report.findings.sort(key=lambda item: item.sort_key)
    return report


def _archive_problems(entry: Entry, by_id: Mapping[str, Sequence[str]]) -> Iterable[Problem]:
    same = [path for path in by_id[entry.id] if path != entry.path]
    if same:
        yield Problem(
            "PM110",
            entry.id_place,
            f"the ID `{entry.id}` is also that of {same[0]}",
            "give one of the two another ID",
        )
    for name, span in entry.related:
        if name == entry.id:
            yield Problem("PM111", span, f"`{name}` is this post-mortem itself", "remove it")
        elif name not in by_id:
            close = schemas.nearest(name, [other for other in by_id if other != entry.id])
            yield Problem(
                "PM111",
                span,
                f"there is no post-mortem {schemas.show(name)}",
                f"did you mean {close}?"
                if close
                else "write the ID of one: `id:` in its front matter, else its file name",
            )
