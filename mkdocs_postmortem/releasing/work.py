"""A projection under way: the post-mortem and the policy that it is made by, and what came of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.releasing.policy import Policy
from mkdocs_postmortem.releasing.rules import REVIEW, RULES, Refusal, Refusals
from mkdocs_postmortem.releasing.words import Detector
from mkdocs_postmortem.settings import Settings


@dataclass(frozen=True)
class Picture:
    """A picture of the release: where it is, and the line that shows it."""

    source: Path
    name: str
    line: int


@dataclass
class Projection:
    """What may leave of one post-mortem, and what was done for it."""

    path: str
    slug: str = ""
    words: str = ""
    """The whole public file; empty where something was refused."""
    body: str = ""
    """Of the words, what stands below the front matter."""
    lines: list[int] = field(default_factory=list)
    """For each line of the body, its line in the post-mortem."""
    images: list[Picture] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    removed: list[tuple[int, str]] = field(default_factory=list)
    """Line and kind of what was left out; for the writer's eyes only."""
    replaced: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, what stood there and what stands there now; for the writer's eyes only."""
    severity: str = ""
    incident_type: str = ""
    authors: tuple[str, ...] = ()
    remediated: str = ""


class Line(NamedTuple):
    """A line that may become public, with its number in the post-mortem."""

    number: int
    text: str


class Work:
    """What all steps of a projection share."""

    def __init__(
        self,
        record: PostMortem,
        policy: Policy,
        detector: Detector,
        settings: Settings,
        public: Mapping[str, str],
        today: date,
    ) -> None:
        self.record = record
        self.policy = policy
        self.detector = detector
        self.settings = settings
        self.public = public
        self.today = today
        self.result = Projection(record.path)
        external = record.document.front.get("external")
        self.external: Mapping[str, Any] = external if isinstance(external, Mapping) else {}

    def refuse(
        self, code: str, message: str, span: Span | int, help: str = "", value: str = "", lines: str = ""
    ) -> None:
        """Note a refusal at a place or on a line; `value` and `lines` are for the writer's eyes only."""
        place = span if isinstance(span, Span) else Span(span)
        self.result.refusals.add(
            Refusal(
                code,
                self.record.path,
                place.line,
                message,
                help or RULES[code].mend,
                place.column,
                place.end,
                value,
                lines=lines,
            )
        )

    def look_at(self, code: str, message: str, line: int, value: str) -> None:
        """Point something out to the reviewer, unless the policy accepts it."""
        if not self.accepted(code, value):
            told = Refusal(code, self.record.path, line, message, RULES[code].mend, value=value, level=REVIEW)
            self.result.refusals.add(told)

    def place(self, *path: str) -> Span:
        """Where a value below `external` stands."""
        return self.record.place(("external", *path)) or self.record.place(("external",)) or Span(1)

    def accepted(self, code: str, value: str) -> bool:
        """Whether the policy accepts this for this release, today."""
        return self.policy.accepts(code, value, self.result.slug, self.today)
