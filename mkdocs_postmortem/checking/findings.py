"""What a finding is, and the register of the rules that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mkdocs_postmortem.model import TOP, Accepted, PostMortem, Problem, Span
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.settings import Settings

NO_HISTORY = History.none()
ERROR, WARNING, INFO, OFF = "error", "warning", "info", "off"


def printable(text: str) -> str:
    """Text that cannot move the cursor or colour the terminal: controls become a visible sign."""
    return "".join(
        char if char.isprintable() or char == " " else (" " if char == "\t" else "\N{REPLACEMENT CHARACTER}")
        for char in text
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that `check` has to say about one place of one file."""

    path: str
    line: int
    column: int
    end_column: int
    code: str
    severity: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        mend = f" ({self.help})" if self.help else ""
        return printable(f"{self.path}:{self.line}:{self.column}: {self.code} {self.message}{mend}")

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        """By place, then by rule."""
        return (self.path, self.line, self.column, self.code)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A finding that somebody accepted in place, with their reason."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Entry:
    """What is remembered of one file: its own findings, and what the archive needs of it."""

    path: str
    id: str
    id_place: Span
    status: str
    related: tuple[tuple[str, Span], ...]
    findings: tuple[Finding, ...]
    acceptances: tuple[Acceptance, ...]
    accepted: tuple[Accepted, ...]
    """Acceptances of rules that look at the whole archive."""
    incidents: tuple[str, ...] = ()
    """Incidents of the register that it says it is about."""


@dataclass(frozen=True)
class Context:
    """What a rule may look at."""

    postmortem: PostMortem
    settings: Settings
    as_of: date
    history: History = NO_HISTORY
    """What git knows, where the settings want it compared; nothing otherwise."""


Check = Callable[[Context], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code and name, how severe its findings are, and what makes them."""

    code: str
    name: str
    summary: str
    severity: str
    draft: str
    """Severity in a draft."""
    check: Check | None = field(default=None, compare=False)
    """None for rules whose findings come from reading, the schema or the archive as a whole."""

    def level(self, status: str, settings: Settings) -> str:
        """Severity of its findings in a document of this state, as configured."""
        given: Mapping[str, str] = settings.rules.get(self.code, {})
        return given.get(status) or given.get("*") or (self.draft if status == "draft" else self.severity)


RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def declare(code: str, name: str, summary: str, severity: str = ERROR, draft: str | None = None) -> None:
    """Register a rule whose findings are made elsewhere: by reading, the schema or the archive."""
    _register(Rule(code, name, summary, severity, severity if draft is None else draft))


def rule(
    code: str, name: str, summary: str, severity: str = WARNING, draft: str | None = None
) -> Callable[[Check], Check]:
    """Register the function that follows as a rule. `draft` is its severity in drafts."""

    def register(check: Check) -> Check:
        _register(Rule(code, name, summary, severity, severity if draft is None else draft, check))
        return check

    return register


SOURCES: list[Check] = []
"""Functions whose findings belong to several declared rules."""


def source(check: Check) -> Check:
    """Register the function that follows as making the findings of rules that `declare` named."""
    SOURCES.append(check)
    return check


def _register(item: Rule) -> None:
    if item.code in RULES:
        raise ValueError(f"two rules are called {item.code}")
    RULES[item.code] = item


def run(context: Context) -> Iterator[Problem]:
    """What every rule says about one record, the reading's own problems included."""
    postmortem = context.postmortem
    yield from postmortem.document.problems
    if postmortem.document.unreadable:
        return
    yield from postmortem.problems
    for make in SOURCES:
        yield from make(context)
    for item in RULES.values():
        if item.check is not None and item.level(postmortem.status, context.settings) != OFF:
            yield from item.check(context)


WHOLE = TOP
"""Where a finding about the document as a whole stands, unless there is a better place."""
