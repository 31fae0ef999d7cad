"""The rules of the public build: what each is for, and the refusals that it makes.

They are no rules of `check`: no setting switches one off. What was looked at and argued stands
under `accept` in `redaction.yml`, where security and legal see it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TextIO

REFUSED, REVIEW = "error", "review"
"""What a refusal does: it stops the release or the site; or it is pointed out to the reviewer."""


class PublicRule(NamedTuple):
    """A rule: its code, a short name, what it keeps inside, and how to mend what it refuses."""

    code: str
    name: str
    summary: str
    mend: str


RULES: dict[str, PublicRule] = {}
"""Every rule of the public build by its code: PM7xx words, PM8xx releases, PM9xx the built site."""


def declare(code: str, name: str, summary: str, mend: str) -> str:
    """Register a rule; gives its code back, to be kept under a name."""
    if code in RULES:
        raise ValueError(f"two rules are called {code}")
    RULES[code] = PublicRule(code, name, summary, mend)
    return code


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that may not become public, or that a reviewer is asked to look at.

    `message` never holds what must not be said: it goes to logs that others read. `value` holds
    the words themselves; only commands that a person runs by hand show it, never where `CI` is set.
    """

    code: str
    path: str
    """Relative to the project, or to the built site for PM9xx."""
    line: int
    """1-based; 0 where there is no line to speak of."""
    message: str
    help: str = ""
    column: int = 1
    end_column: int = 0
    value: str = ""
    level: str = REFUSED
    lines: str = ""
    """What to copy where `help` says, which holds what must not be said, too."""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        mend = f" ({self.help})" if self.help else ""
        return f"{place}: {self.code} {self.message}{mend}"


@dataclass
class Refusals:
    """Collects refusals; the one door through which every rule of the public build speaks."""

    items: list[Refusal] = field(default_factory=list)

    def add(self, item: Refusal) -> None:
        """Note a refusal."""
        if item.code not in RULES:
            raise ValueError(f"{item.code} is not declared")
        self.items.append(item)

    def extend(self, other: Refusals) -> None:
        """Note all of another collection."""
        for item in other.items:
            self.add(item)

    @property
    def refused(self) -> list[Refusal]:
        """Those that stop the release or the site, by place."""
        return sorted((item for item in self.items if item.level == REFUSED), key=_place)

    @property
    def for_review(self) -> list[Refusal]:
        """Those that a reviewer is asked to look at, by place."""
        return sorted((item for item in self.items if item.level == REVIEW), key=_place)

    def __iter__(self) -> Iterator[Refusal]:
        return iter(sorted(self.items, key=_place))

    def __len__(self) -> int:
        return len(self.items)


def private(stream: TextIO | None = None) -> bool:
    """Whether what is printed is seen by the person who asked for it alone: never where `CI` is set.

    With `stream`, only where that is a terminal as well.
    """
    return not os.environ.get("CI") and (stream is None or stream.isatty())


def _place(item: Refusal) -> tuple[str, int, int, str]:
    return (item.path, item.line, item.column, item.code)
