"""A source as lines, blocks and a tree of headings: what stands where, every line once.

Structure is looked for in the text with its comments blanked and its code passed over, as reading does;
what is handed on are the lines as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mkdocs_postmortem.model import Problem
from mkdocs_postmortem.reading import outline
from mkdocs_postmortem.reading.masking import CODE, Comment, mask
from mkdocs_postmortem.reading.tables import is_rule
from mkdocs_postmortem.settings import Settings

BULLET = re.compile(r"( {0,3}|\t?)([-*+•–]|\d{1,9}[.)])([ \t]+|$)(.*)\Z", re.S)
_SETEXT = re.compile(r"(?:=+|-+)[ \t]*\Z")
_BREAK = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}\Z")
_DEFINITION = re.compile(r" {0,3}\[[^\[\]\n]+\]:[ \t]*\S")


class Line(NamedTuple):
    """One line of the source, or the part of it that is left when its indent or label is taken off."""

    number: int
    """1-based, in the source."""
    raw: str
    text: str
    """As `raw`, with comments blanked."""
    code: bool = False
    joined: bool = False
    """A comment goes on below this line: the next one is not to be parted from it."""

    @property
    def blank(self) -> bool:
        """Nothing stands here, not even a comment."""
        return not self.raw or self.raw.isspace()

    @property
    def silent(self) -> bool:
        """Nothing stands here but comments."""
        return not self.code and (not self.text or self.text.isspace())

    def cut(self, width: int) -> Line:
        """The line without up to `width` columns of indent."""
        stripped = len(self.raw) - len(self.raw.lstrip(" \t"))
        taken = min(width, stripped)
        return self._replace(raw=self.raw[taken:], text=self.text[taken:]) if taken else self


_OPENS = re.compile(r"#{1,6}|(?:=+|-{2,})[ \t]*\Z|`{3}|~{3}")


def exposed(line: Line) -> Line:
    """A line that stands at the margin now, as the text it was: behind a label it opened no heading and no code."""
    if line.code or not _OPENS.match(line.text):
        return line
    return line._replace(raw=f"\\{line.raw}", text=f"\\{line.text}")


class Block(NamedTuple):
    """Lines that belong together; `kind` is `item`, `para`, `table`, `code`, `quote`, `silent`, `rule` or `other`."""

    kind: str
    lines: tuple[Line, ...]

    @property
    def number(self) -> int:
        """Where it begins in the source."""
        return self.lines[0].number

    @property
    def words(self) -> str:
        """Its lines joined to one."""
        return " ".join(line.raw.strip() for line in self.lines if not line.blank)


@dataclass
class Node:
    """A heading with what stands below it; the root has no heading."""

    title: str
    level: int
    number: int
    key: str | None
    lines: list[Line] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    label: bool = False
    """It is a label that stands for a heading: its words are the document's, and stay."""

    def walk(self) -> Iterable[Node]:
        """This node and all below it, in the order of the source; without recursion, whatever the depth."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(node.children)


def tree(text: str, body_line: int, settings: Settings) -> Node:
    """The headings of a document and the lines below each, from `body_line` on."""
    raw = closed(text.split("\n"), body_line - 1)
    scanned = outline.scan("\n".join(raw), body_line, settings)
    joined = {at for comment in _comments(raw, body_line - 1) for at in range(comment.line, comment.last_line)}
    lines = [
        Line(at + 1, raw[at], scanned.lines[at], scanned.kinds[at] == CODE, at in joined)
        for at in range(body_line - 1, len(raw))
    ]
    if lines and lines[-1].blank:
        lines.pop()  # what follows the last line break

    def between(first: int, last: int) -> list[Line]:
        return lines[max(0, first - body_line) : max(0, last - body_line + 1)]

    sections = scanned.sections
    root = Node("", 0, body_line, None, between(body_line, sections[0].span.line - 1 if sections else len(raw)))
    nodes: list[Node] = []
    for section in sections:
        first = section.span.line + 1
        heading = scanned.lines[section.span.line - 1]
        if not heading.startswith("#") and first <= len(raw) and _SETEXT.match(scanned.lines[first - 1]):
            first += 1
        title = _heading(raw[section.span.line - 1], section.title)
        node = Node(title, section.level, section.span.line, section.key, between(first, section.last_line))
        (nodes[section.parent] if section.parent >= 0 else root).children.append(node)
        nodes.append(node)
    return root


def closed(lines: list[str], start: int) -> list[str]:
    """Code and comments that are never closed as the text that every renderer shows for them.

    In another place, with other lines below it, what is left open would swallow them.
    """
    lines = list(lines)
    for _ in range(_MOST_OPEN):
        problems: list[Problem] = []
        mask(list(lines), start, bytearray(len(lines)), problems)
        if not problems:
            return lines
        for problem in problems:
            at, column = problem.span.line - 1, problem.span.column - 1
            line = lines[at]
            if line.startswith("<!--", column):
                lines[at] = f"{line[:column]}< !--{line[column + 4 :]}"
            else:
                lines[at] = f"{line[:column]}\\{line[column:]}"
    # More of them than anybody opens by mistake: none of them counts as code or a comment any more.
    return [line.replace("```", "\\```").replace("~~~", "\\~~~").replace("<!--", "< !--") for line in lines]


_MOST_OPEN = 20


def _comments(lines: list[str], start: int) -> list[Comment]:
    if not any("<!--" in line for line in lines):
        return []
    return mask(list(lines), start, bytearray(len(lines)), [])


def _heading(raw: str, title: str) -> str:
    """A heading's words as written: with a comment in them, and without the attributes that reading leaves out."""
    if not raw.startswith("#"):
        return raw.strip()
    stripped = raw.lstrip("#").strip()
    bare = stripped.rstrip("#")
    if bare != stripped and bare[-1:] in (" ", "\t"):
        stripped = bare.rstrip()  # a heading that is closed: `## Impact ##`
    return stripped or title


def blocks(lines: Sequence[Line]) -> list[Block]:
    """The blocks of some lines; blank lines between them are left out, those inside items are not."""
    found: list[Block] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.blank:
            at += 1
            continue
        kind, end = _block(lines, at)
        while end < len(lines) and lines[end - 1].joined:
            end += 1
        while end > at + 1 and lines[end - 1].blank:
            end -= 1
        found.append(Block(kind, tuple(lines[at:end])))
        at = end
    return found


def _block(lines: Sequence[Line], at: int) -> tuple[str, int]:
    line = lines[at]
    if line.code:
        return "code", _while(lines, at, lambda one: one.code)
    if line.silent:
        return "silent", _while(lines, at, lambda one: one.silent and not one.blank)
    if _BREAK.match(line.text):
        return "rule", at + 1
    match = BULLET.match(line.text)
    if match:
        return "item", _item_end(lines, at, len(match[1]))
    if line.text.lstrip().startswith(">"):
        end = at + 1
        while end < len(lines) and not lines[end].blank and not _begins_table(lines, end):
            end += 1
        return "quote", end
    if _begins_table(lines, at):
        return "table", _while(lines, at + 2, lambda one: "|" in one.text and not one.code, least=0)
    if _DEFINITION.match(line.text):
        return "other", _while(lines, at, lambda one: _DEFINITION.match(one.text) is not None)
    end = at + 1
    while end < len(lines):
        one = lines[end]
        if one.code or one.silent or _BREAK.match(one.text) or one.text.startswith(">"):
            break
        # A list below a paragraph without an empty line: how people write, whatever the renderer makes of it.
        if (begun := BULLET.match(one.text)) and begun[4].strip() and begun[2] not in "–" and not begun[2][0].isdigit():
            break
        if _DEFINITION.match(one.text):
            break
        if _begins_table(lines, end):
            break
        end += 1
    return "para", end


def _begins_table(lines: Sequence[Line], at: int) -> bool:
    """Whether a table's header stands here: with a line alone below it, only where strokes stand around the header."""
    if "|" not in lines[at].text or at + 1 == len(lines) or not is_rule(lines[at + 1].text):
        return False
    return "|" in lines[at + 1].text or lines[at].text.lstrip().startswith("|")


def _while(lines: Sequence[Line], at: int, belongs: Callable[[Line], bool], least: int = 1) -> int:
    """Where the lines from `at` on that belong together end; `least` of them do."""
    end = at + least
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _item_end(lines: Sequence[Line], at: int, indent: int) -> int:
    """Where a list item ends: before the next one of its depth, or before what is not indented below a blank line."""
    end = at + 1
    apart = False
    while end < len(lines):
        line = lines[end]
        if line.blank:
            apart = True
            end += 1
            continue
        deep = len(line.raw) - len(line.raw.lstrip(" \t"))
        if line.code and (deep > indent or not apart):
            end += 1
            continue
        if line.code:
            break
        if line.silent:
            if apart and deep <= indent:
                break
            end += 1
            continue
        match = BULLET.match(line.text)
        if match and len(match[1]) <= indent + 1 and deep <= indent + 1:
            break
        if _BREAK.match(line.text) and deep <= indent:
            break
        if apart and deep <= indent:
            break
        if deep <= indent and (
            line.text.startswith((">", "|")) or _begins_table(lines, end) or _DEFINITION.match(line.text)
        ):
            break
        end += 1
    return end


class Entry(NamedTuple):
    """A list item taken apart."""

    marker: str
    head: tuple[Line, ...]
    """Its first paragraph, the marker taken off."""
    rest: tuple[Line, ...]
    """What is nested in it, its indent taken off."""

    @property
    def number(self) -> int:
        """Where it begins in the source."""
        return self.head[0].number

    @property
    def text(self) -> str:
        """Its first paragraph on one line, comments blanked."""
        return " ".join(line.text.strip() for line in self.head if line.text.strip())

    @property
    def words(self) -> str:
        """Its first paragraph on one line, as written."""
        return " ".join(line.raw.strip() for line in self.head if not line.blank)


def entry(block: Block) -> Entry:
    """An `item` block taken apart: its marker, its first paragraph, what is nested."""
    first = block.lines[0]
    match = BULLET.match(first.text)
    assert match is not None, first
    width = match.start(4)
    head = [first._replace(raw=first.raw[width:], text=first.text[width:])]
    inner = block.lines[1:]
    at = 0
    while at < len(inner):
        line = inner[at]
        if line.blank or line.code or BULLET.match(line.text.lstrip()) or line.silent:
            break
        head.append(line.cut(len(line.raw)))
        at += 1
    rest = inner[at:]
    depth = min((_indent(line) for line in rest if not line.blank and _indent(line)), default=0)
    return Entry(match[2], tuple(head), tuple(exposed(line.cut(depth)) if depth else line for line in rest))


def _indent(line: Line) -> int:
    return len(line.raw) - len(line.raw.lstrip(" \t"))


_DEEPEST = 8
"""How deep lists are followed into each other; what is deeper stays as it stands."""


def simple(lines: Sequence[Line], depth: int = 0) -> bool:
    """Whether what is nested is nothing but lists and paragraphs, which can be said on one line."""
    if depth > _DEEPEST or any("![" in line.raw or "<!--" in line.raw for line in lines):
        return False
    return all(
        block.kind == "para" or (block.kind == "item" and simple(entry(block).rest, depth + 1))
        for block in blocks(lines)
    )


def flat(lines: Sequence[Line]) -> list[str]:
    """Simple lines as phrases: a paragraph each, an item each, with the number of those that are numbered."""
    phrases: list[str] = []
    for block in blocks(lines):
        if block.kind == "item":
            part = entry(block)
            number = f"{part.marker} " if part.marker[0].isdigit() else ""
            phrases.append(number + part.words)
            phrases += flat(part.rest)
        else:
            phrases.append(block.words)
    return [phrase for phrase in phrases if phrase.strip()]
