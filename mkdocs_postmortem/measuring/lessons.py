"""Lessons learned, each with its origin, and those that were learned twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mkdocs_postmortem.measuring.similar import Texts, stems
from mkdocs_postmortem.model import PostMortem, Section, Span
from mkdocs_postmortem.reading.masking import TEXT, mask
from mkdocs_postmortem.vocabulary import UNKNOWN, fold

KINDS = ("technical", "process", "communication", "other", "went well", "went wrong", "lucky")
"""Kinds of lessons: the three of the template in `process.md`, any other, and the three of the SRE template."""

_KIND_OF = {
    "lessons_learned": "other",
    "technical_lessons": "technical",
    "process_lessons": "process",
    "communication_lessons": "communication",
    "worked_well": "went well",
    "could_improve": "went wrong",
    "got_lucky": "lucky",
}
"""From the canonical name of a section to the kind of the lessons in it."""

ALIKE = 0.55
"""How alike the words of two lessons are that say the same (0 to 1)."""
_FEWEST, _SHARED = 4, 4
"""Different words that a lesson needs to be compared, and that two have to share."""

_ITEM = re.compile(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_BREAK = re.compile(r"[ \t]{0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}\Z")
_LEAD = re.compile(r".{0,200}:(?:\*\*|__)?\s*\Z")
"""A line that announces what follows."""
_OTHER = re.compile(r"#|<(?!https?:)|!!!|\?\?\?|===|\[[^\[\]]{1,200}\]:|\[\^")
"""How a paragraph begins that is none: HTML, admonitions, tabs, definitions of links and footnotes."""
_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_MARK = re.compile("\\A[✅✔☑❌✖⚠🍀➕➖\ufe0f\\s]+")
"""The template's marks in front of what went well or wrong."""
_NO_LESSON = UNKNOWN | {"nothing", "none so far", "to be written", "no lessons", "nothing to report"}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of a post-mortem."""

    kind: str
    """One of `KINDS`."""
    text: str
    """In markdown, on one line; what is listed below it is part of it."""
    record: PostMortem
    span: Span
    """Where its words begin in the file, to the end of that line."""
    key: str
    """Of the lesson in its post-mortem: made from its words, so that it stays while others are added."""


@dataclass(frozen=True, slots=True)
class Twice:
    """A lesson that more than one post-mortem tells."""

    lessons: tuple[Lesson, ...]
    """In the order in which they were learned."""


def lessons(records: Iterable[PostMortem]) -> tuple[Lesson, ...]:
    """Every lesson of these post-mortems, in their order."""
    return tuple(lesson for record in records for lesson in of(record))


def of(record: PostMortem) -> tuple[Lesson, ...]:
    """The lessons of one post-mortem, in the order of the document.

    Read are the list items and paragraphs of the sections on lessons and on what went well, wrong,
    or by luck; a paragraph above a list only leads to it. Placeholders of the template, `none`,
    code, tables and what follows a line across the page are no lessons.
    """
    document = record.document
    wanted = [(section, kind) for section, kind in _sections(document.sections) if not section.empty]
    if not wanted:
        return ()
    lines = document.lines
    unwritten = {span.line for _, span in document.placeholders}
    found: list[Lesson] = []
    taken: set[str] = set()
    for section, kind in wanted:
        for text, span in _items(lines, section):
            if span.line in unwritten or fold(text) in _NO_LESSON or not any(map(str.isalpha, text)):
                continue
            digest = hashlib.sha256(fold(text).encode("utf-8", "replace")).hexdigest()[:8]
            key, number = digest, 2
            while key in taken:
                key, number = f"{digest}-{number}", number + 1
            taken.add(key)
            found.append(Lesson(kind, text, record, span, key))
    return tuple(found)


def learned_twice(found: Sequence[Lesson]) -> tuple[Twice, ...]:
    """Lessons that two or more post-mortems tell in nearly the same words, the latest learned again first.

    What went well, wrong or by luck is told of one incident, and is not compared.
    """
    told = [lesson for lesson in found if lesson.kind not in ("went well", "went wrong", "lucky")]
    told.sort(key=_order)
    texts = Texts((stems(lesson.text) for lesson in told), _FEWEST, _SHARED)
    leader = list(range(len(told)))

    def top(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for at in range(len(told)):
        for near in texts.near(at, ALIKE):
            one, other = sorted((top(at), top(near.place)))
            leader[other] = one
    groups: dict[int, list[Lesson]] = {}
    for at, lesson in enumerate(told):
        groups.setdefault(top(at), []).append(lesson)
    twice = [Twice(tuple(group)) for group in groups.values() if len({lesson.record.path for lesson in group}) > 1]
    twice.sort(key=lambda item: _order(item.lessons[-1]), reverse=True)
    return tuple(twice)


def _order(lesson: Lesson) -> tuple[bool, str, str, int]:
    day = lesson.record.day
    return (day is None, day.isoformat() if day else "", lesson.record.path, lesson.span.line)


def _sections(sections: Sequence[Section]) -> Iterator[tuple[Section, str]]:
    """Sections that hold lessons, and of which kind: their own, else that of the section around them."""
    kinds: list[str | None] = []
    for section in sections:
        around = kinds[section.parent] if section.parent >= 0 else None
        kind = _KIND_OF.get(section.key or "") or (around if section.key is None else None)
        kinds.append(kind)
        if kind:
            yield section, kind


def _items(lines: Sequence[str], section: Section) -> list[tuple[str, Span]]:
    """The list items and paragraphs directly below a heading, each on one line with its place.

    Paragraphs above a list only lead to it.
    """
    first = section.span.line
    own = list(lines[first : section.last_line])
    kinds = bytearray(len(own))
    mask(own, 0, kinds, [])
    parts: list[tuple[bool, str, Span]] = []
    indent: int | None = None
    """How far the list item is indented that lines belong to; None outside of lists."""
    going = False
    """The block above goes on: no blank line since."""
    for number, line in enumerate(own):
        if kinds[number] != TEXT or line.startswith((":::", "|")):
            going = False
            continue
        if _BREAK.match(line):
            break
        width = len(line) - len(line.lstrip())
        item = _ITEM.match(line)
        if item and (indent is None or width <= indent + 1):
            if indent is None and width > 3:
                continue  # code, or what belongs to a paragraph
            indent, going = width, True
            parts.append((True, line[item.end() :], _span(line, item.end(), first + number)))
        elif parts and (going or (indent is not None and width > indent)):
            listed, text, span = parts[-1]
            start = item.end() if item else width
            if not text.strip():  # the words begin only here
                text, span = "", _span(line, start, first + number)
            glue = "; " if item and text.rstrip()[-1:] not in ".:;!?" else " "
            parts[-1] = (listed, f"{text.rstrip()}{glue if text else ''}{line[start:].rstrip()}", span)
            going = True
        elif width < 4:
            indent, going = None, True
            quoted = _QUOTE.match(line)
            start = quoted.end() if quoted else width
            parts.append((False, line[start:], _span(line, start, first + number)))
    while any(listed for listed, _, _ in parts) and not parts[0][0]:
        del parts[0]
    return [
        (_MARK.sub("", text).strip(), span)
        for listed, text, span in parts
        if listed or not (_LEAD.match(text) or _OTHER.match(text))
    ]


def _span(line: str, column: int, number: int) -> Span:
    """From a 0-based column to the end of the line; `number` is 0-based."""
    return Span(number + 1, column + 1, len(line.rstrip()) + 1)
