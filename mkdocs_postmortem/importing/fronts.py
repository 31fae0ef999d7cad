"""Front matter of other tools: what of it is ours, what is called otherwise, and what has no place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mkdocs_postmortem import dates
from mkdocs_postmortem.importing import toml, words
from mkdocs_postmortem.importing.found import Found, Remark
from mkdocs_postmortem.importing.shapes.facts import Stated
from mkdocs_postmortem.model import DOCUMENT_STATES, STAMPS
from mkdocs_postmortem.reading import frontmatter
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import UNKNOWN

_TEXTS = ("id", "owner", "facilitator", "severity", "incident_type", "detection_method", *words.DURATIONS)
_LISTS = ("services", "causes", "tags", "authors", "reviewers", "participants", "related")
_OURS = frozenset({*_TEXTS, *_LISTS, *STAMPS, "near_miss", "impact"})
_TELLING = frozenset({*STAMPS, "incident_type", "detection_method", "causes", "time_to_mitigate", "time_to_resolve"})
_SALVAGE = re.compile(r"title:[ \t]+(\S.*)\Z")
_BLOG = frozenset(
    {"categories", "category", "description", "draft", "excerpt", "linktitle", "path", "permalink", "slug",
     "taxonomies", "teaser", "translations"}
)  # fmt: skip
"""Keys of a blog's front matter: the `date` beside them is that of publication as likely as not."""
_BLOG_LAYOUT = re.compile(r"(?:post|blog)", re.I)
_MERGED = ("tags", "services", "causes", "related")
_LONGEST = 200
_WORD = re.compile(r"\w+")
_ANY_PAGE = frozenset({None, "title", "date", "authors", "tags"})
"""What pages of any kind say of themselves."""
_TOOLS = (
    ("icco", frozenset({"start_time", "categories"})),
    ("cState", frozenset({"resolved", "affected"})),
    ("swarmproof", frozenset({"incident_id", "root_cause"})),
    ("cogni", frozenset({"services_affected", "trust"})),
    ("Dispatch", frozenset({"reported_at", "stable_at"})),
)
"""Tools that are known by two keys of their front matter."""


class Front:
    """The front matter of a source, and what becomes of each of its keys."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.above = _empty_above(self.lines)
        """Empty lines above it: other tools pass over them."""
        begun = "\n".join(self.lines[self.above :])
        read: toml.Read | frontmatter.Front = toml.read(begun) or frontmatter.read(begun)
        if self.above and read.problems:
            # What is below the empty lines is no front matter: two rules with text between them look alike.
            self.above, read = 0, frontmatter.read(text)
        self.foreign = self.above > 0 or isinstance(read, toml.Read)
        """It is written as no front matter of ours may be."""
        self.present = read.present
        self.body_line = read.body_line + self.above
        self.values: Mapping[str, Any] = {} if read.problems else read.values
        self.places = read.places
        self.broken = bool(read.problems)
        self.remarks: list[Remark] = []
        self.dropped: list[str] = []
        self.carried: list[str] = []
        self.salvaged = False
        self.placed: dict[str, list[str]] = {}
        """Keys whose values stand elsewhere in the result, with the names that their lines lose."""
        self.merged: set[str] = set()
        """Keys whose lists were joined to another's."""
        title = self.values.get("title")
        self.title: str = " ".join(title.split()) if isinstance(title, str) else ""
        if self.broken:
            problem = read.problems[0]
            self.remarks.append(
                Remark(
                    "conflict",
                    problem.span.line + self.above,
                    f"front matter cannot be read: {problem.message}",
                    "its lines are kept below Imported; write the facts that are missing",
                )
            )
            if self.body_line > self.above + 1:
                self._salvage()
            else:
                # Nothing opens it: its lines are the document's first, and stay where they are.
                self.body_line = 1
                self.remarks.clear()
        names = {key.casefold() for key in self.values}
        self.tool = next((tool for tool, keys in _TOOLS if keys <= names), "")

    def _salvage(self) -> None:
        """The title of front matter that YAML cannot read: it is one line, and means what it says."""
        for line in self.lines[self.above + 1 : self.body_line - 1]:
            match = _SALVAGE.match(line)
            if match and match[1].casefold() not in UNKNOWN:
                self.title, self.salvaged = match[1].strip().strip("\"'"), True
                return

    def line(self, key: str) -> int:
        """Where a key stands."""
        if self.salvaged and key == "title":
            return next(n for n, line in enumerate(self.lines, start=1) if line.startswith("title:"))
        span = self.places.get(("", key)) or self.places.get((key,))
        return span.line + self.above if span else self.above + 1

    def ours(self, settings: Settings) -> bool:
        """Whether the document has our shape: front matter with a title and a state, and no other tool's facts."""
        if self.foreign or self.broken or not self.title or self.values.get("status") not in DOCUMENT_STATES:
            return False
        return not any(
            key not in _OURS and words.FACT(key) in _OURS and key not in settings.extra_keys
            for key in self.values
            if key not in ("title", "status", "date")
        ) and not any(
            key in STAMPS and value is not None and dates.parse_stamp(value) is None
            for key, value in self.values.items()
        )

    @property
    def telling(self) -> bool:
        """Whether it has facts that front matter of nobody else has under these names."""
        return not _TELLING.isdisjoint(self.values)

    @property
    def blog(self) -> bool:
        """Whether it is a blog's, and states nothing of an incident: its `date` may be the day of publication."""
        if self.tool or any(self._field(key) not in _ANY_PAGE for key in self.values):
            return False
        layout = self.values.get("layout")
        laid_out = isinstance(layout, str) and _BLOG_LAYOUT.match(layout) is not None
        return laid_out or any(key.casefold() in _BLOG for key in self.values)

    @staticmethod
    def _field(key: str) -> str | None:
        """The field of ours that a key means."""
        return key if key in _OURS else words.FACT(key.replace("_", " ")) or words.FACT(key)

    def stated(self) -> list[Stated]:
        """Its facts as labels: what stands behind each key, in one line."""
        found: list[Stated] = []
        for key, value in self.values.items():
            field = self._field(key)
            if field is None or field == "title":
                continue
            text = _one_line(value, field)
            if not text:
                continue
            if self.tool == "cState" and field == "date":
                # Where it says a time of day it is when the incident began: cState counts its durations from there.
                found.append(Stated(key, "started_at", text, self.line(key), "front matter"))
            first = next((n for n, one in enumerate(found) if one.field == field), None)
            if field in _MERGED and isinstance(value, list) and first is not None:
                # `categories` beside `keywords`: two lists of the same are one.
                new = [item for item in value if item not in found[first].value.split(", ")]
                found[first] = found[first]._replace(value=", ".join([found[first].value, *new]))
                self.merged.add(key)
            else:
                found.append(Stated(key, field, text, self.line(key), "front matter"))
        return found

    def named(self) -> Stated | None:
        """What it calls the incident by another name than `title`: `name: DNS outage`."""
        for key, value in self.values.items():
            if key != "title" and self._field(key) == "title" and isinstance(value, str) and value.strip():
                return Stated(key, "title", " ".join(value.split()), self.line(key), "front matter")
        return None

    def place(self, key: str, told: Sequence[str], names: Sequence[str] = ()) -> bool:
        """Say that the body tells what a key tells; False where it would not be the same words."""
        return self._take(key, told, names)

    def carry(self, key: str, told: Sequence[str], names: Sequence[str] = ()) -> bool:
        """Say that the result's front matter tells what a key tells; False where it would not be the same words."""
        if not self._take(key, told, names):
            return False
        self.carried += told
        return True

    def _take(self, key: str, told: Sequence[str], names: Sequence[str]) -> bool:
        """Whether the lines of a key say the words that are told, the names of keys in them, and nothing else."""
        dropped = [*_WORD.findall(key), *names]
        if Counter(_WORD.findall("\n".join(self._lines(key)))) != Counter(_WORD.findall("\n".join([*told, *dropped]))):
            return False
        self.placed[key] = dropped
        return True

    def _lines(self, key: str) -> list[str]:
        """The lines of a key, to the next one."""
        first = self.line(key)
        later = [line for other in self.values if (line := self.line(other)) > first]
        return self.lines[first - 1 : min(later, default=self.body_line - 1) - 1]

    def left(self, facts: Mapping[str, Found]) -> list[str]:
        """The lines of it that the result's front matter does not say word for word, for a section of their own."""
        if not self.present or self.body_line == 1:
            return []
        if self.broken:
            return _fenced(self.lines[self.above + 1 : self.body_line - 1])
        first = {key: self.line(key) for key in self.values}
        kept: list[str] = []
        last = self.body_line - 1
        keys = sorted(first, key=first.__getitem__)
        begin = min(first.values(), default=last)
        kept += [line for line in self.lines[self.above + 1 : begin - 1] if line.strip()]
        for at, key in enumerate(keys):
            end = first[keys[at + 1]] if at + 1 < len(keys) else last
            lines = self.lines[first[key] - 1 : end - 1]
            if key in self.placed:
                self.dropped += self.placed[key]
                continue
            said = self._said(key, lines, facts)
            if said is None:
                kept += lines
            else:
                self.dropped.append(key)
                self.carried += said
        while kept and not kept[-1].strip():
            kept.pop()
        return _fenced(kept) if kept else []

    def _said(self, key: str, lines: list[str], facts: Mapping[str, Found]) -> list[str] | None:
        """The values of a key that the result says word for word; None where it says something else."""
        value = self.values[key]
        if value is None or value == [] or value == "":
            # A key without a value says nothing but its name, unless a comment stands beside it.
            return [] if not any("#" in line for line in lines) else None
        if any("#" in line for line in lines):
            return None
        if key == "title" or self._field(key) == "title":
            found = facts.get("title")
            same = found is not None and found.value == value and len(lines) == 1
            return [str(value)] if same else None
        field = self._field(key)
        fact = facts.get(field) if field else None
        if fact is None or (fact.line != self.line(key) and key not in self.merged):
            return None
        if isinstance(value, list):
            same = isinstance(fact.value, list) and all(item in fact.value for item in value)
            return [str(item) for item in value] if same else None
        return [str(value)] if fact.value in (str(value), [str(value)]) else None


def _empty_above(lines: Sequence[str]) -> int:
    """How many empty lines stand above front matter; 0 where the first line that is not empty opens none."""
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    return first if lines[first].rstrip(" \t") in ("---", "+++") else 0


def _one_line(value: object, field: str) -> str:
    if isinstance(value, list):
        if field not in words.NAMES or not all(isinstance(item, str) for item in value):
            return ""
        return ", ".join(value) if all("," not in item and len(item) <= _LONGEST for item in value) else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return " ".join(str(value).split())
    return ""


def _fenced(lines: list[str]) -> list[str]:
    """Lines of YAML as code, in a fence longer than any in them."""
    longest = max((len(match[0]) for line in lines for match in re.finditer(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def read(text: str) -> Front:
    """The front matter of a document's text. Never raises for what it may hold."""
    return Front(text)
