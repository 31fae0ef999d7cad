"""Sections that are labels: bullets and paragraphs in bold that stand where others have headings.

`- **Impact**: …` at the head of a document is a section as much as `## Impact` is; `- **Severity**: P1` is a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mkdocs_postmortem.importing import words
from mkdocs_postmortem.importing.text import BULLET, Block, Line, Node, blocks, exposed
from mkdocs_postmortem.importing.words import FACT, SECTION
from mkdocs_postmortem.settings import Settings

LABEL = re.compile(r"(\*\*|__|[*_])([^*_\n:]{1,60}?)\s*(?::\s*\1|\1\s*:|\1(?<=\*\*|__))\s*(?=\S|$)")
"""A label in bold, or in italics where it has its colon."""


def split(lines: Sequence[Line], settings: Settings) -> tuple[list[Line], list[Node]]:
    """What stands before the first section that is a label, and those sections; none where there are not two."""
    found = blocks(lines)
    labels = [_label(block) for block in found]
    names = [label for label in labels if label is not None and not fact(label[0])]
    if sum(1 for name, *_ in names if section_of(name, settings)) < 2:
        return list(lines), []
    opening: list[Line] = []
    nodes: list[Node] = []
    for block, label in zip(found, labels, strict=True):
        if label is not None and fact(label[0]):
            if opening and block.number > opening[-1].number + 1 and block.kind != "item":
                opening.append(Line(0, "", ""))
            opening += block.lines
            continue
        if label is not None:
            name, inner = label
            nodes.append(Node(name, 2, block.number, section_of(name, settings), label=True))
            inner, nested = _nested(inner, settings)
            nodes[-1].lines += inner
            nodes += nested
            continue
        target = nodes[-1].lines if nodes else opening
        if target and not target[-1].blank:
            target.append(Line(0, "", ""))
        target += block.lines
    return opening, nodes


def lone(lines: Sequence[Line], settings: Settings) -> tuple[list[Line], list[Node]]:
    """The sections of a document without any heading: labels in bold, else lines that are a label and nothing else.

    `Timeline:` over its times is as good as a heading where three such lines name sections of the template.
    """
    names = [match[1] if not line.code and (match := _LONE.match(line.text)) else "" for line in lines]
    names = ["" if name and fact(name) else name for name in names]
    if not any(names):
        names = [_bare_name(lines, at, settings) for at in range(len(lines))]
    begun = [_begun(lines, at, settings) if not name and any(names) else None for at, name in enumerate(names)]
    if len({key for name in names if name and (key := section_of(name, settings))} | {
        section_of(match[1], settings) for match in begun if match
    }) < _LEAST_LONE:  # fmt: skip
        return list(lines), []
    opening: list[Line] = []
    nodes: list[Node] = []
    for line, name, match in zip(lines, names, begun, strict=True):
        if match:
            rest = line._replace(raw=line.raw[match.end() :], text=line.text[match.end() :])
            nodes.append(Node(match[1], 2, line.number, section_of(match[1], settings), [rest], label=True))
        elif name:
            key = section_of(name, settings)
            # Whether lines without bullets are action items nobody can tell: they stay as they are.
            nodes.append(Node(name, 2, line.number, None if key == "action_items" else key, label=True))
        else:
            (nodes[-1].lines if nodes else opening).append(line)
    return opening, nodes


def _begun(lines: Sequence[Line], at: int, settings: Settings) -> re.Match[str] | None:
    """The label of a section that a paragraph begins with: `Root cause: The certificate had expired.`"""
    line = lines[at]
    match = _BEGUN.match(line.text) if not line.code and (at == 0 or lines[at - 1].blank) else None
    if match is None or fact(match[1]) or section_of(match[1], settings) in (None, "action_items"):
        return None
    return match


_BEGUN = re.compile(r"([A-Z][A-Za-z][A-Za-z ,&/'-]{1,48}):[ \t]+(?=\S)")


def _bare_name(lines: Sequence[Line], at: int, settings: Settings) -> str:
    """A line that is the name of a section and nothing else, below an empty line: what a word processor leaves."""
    line = lines[at]
    match = _BARE.match(line.text) if not line.code and (at == 0 or lines[at - 1].blank) else None
    return match[1] if match and not fact(match[1]) and section_of(match[1], settings) else ""


_BARE = re.compile(r"([A-Z][A-Za-z][A-Za-z &/'’?-]{1,48})[ \t]*\Z")
_LONE = re.compile(r"([A-Z][A-Za-z][A-Za-z ,&/'-]{1,48}):[ \t]*\Z")
_LEAST_LONE = 3


def section_of(name: str, settings: Settings) -> str | None:
    """The section of the template that a title means, by the project's names and by those of import."""
    name = words.bare(name)
    return settings.find_section(name, ()) or SECTION(name)


def fact(name: str) -> str | None:
    """The fact that a label states, unless sections are called so, too."""
    found = FACT(name)
    return None if SECTION(name) else found


def _label(block: Block) -> tuple[str, list[Line]] | None:
    """The label that a block begins with, and its lines without it."""
    first = block.lines[0]
    if block.kind not in ("item", "para"):
        return None
    begin = 0
    if block.kind == "item":
        match = BULLET.match(first.text)
        if match is None or match[2][0].isdigit():
            return None  # a number is a word that a heading would lose
        begin = match.start(4)
    label = LABEL.match(first.text, begin)
    if label is None or (block.kind == "para" and ":" not in label[0]):
        return None
    rest = first._replace(raw=first.raw[label.end() :], text=first.text[label.end() :])
    lines = [exposed(rest.cut(len(rest.raw)))] if rest.raw.strip() else []
    inner = block.lines[1:]
    depth = min((len(line.raw) - len(line.raw.lstrip()) for line in inner if not line.blank), default=0)
    items = [line for line in inner if not line.blank and BULLET.match(line.text.lstrip())]
    if items and lines == []:
        depth = max(depth, min(len(line.raw) - len(line.raw.lstrip()) for line in items))
    lines += [exposed(line.cut(depth)) if depth else line for line in inner]
    return label[2].strip(), lines


def _nested(lines: list[Line], settings: Settings) -> tuple[list[Line], list[Node]]:
    """Labels of sections that were indented by mistake, below the one above them."""
    kept: list[Line] = []
    nodes: list[Node] = []
    for block in blocks(lines):
        label = _label(block) if block.kind == "item" else None
        if label is not None and section_of(label[0], settings) and not fact(label[0]):
            key = section_of(label[0], settings)
            nodes.append(Node(label[0], 2, block.number, key, label[1], label=True))
            continue
        target = nodes[-1].lines if nodes else kept
        if target and not target[-1].blank and block.kind != "item":
            target.append(Line(0, "", ""))
        target += block.lines
    return (kept, nodes) if nodes else (lines, [])
