"""Which heading is what: the title, the sections and what stands in them, whatever level they were given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing import words
from mkdocs_postmortem.importing.shapes import labels, updates
from mkdocs_postmortem.importing.shapes.rows import rows_in, time_of
from mkdocs_postmortem.importing.text import Block, Line, Node, blocks
from mkdocs_postmortem.importing.words import FACT
from mkdocs_postmortem.reading.tables import split_row
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import fold

_ACTIONS = "action_items"
_WHOLE = frozenset({_ACTIONS, "supporting_information", "five_whys"})
"""Sections that keep all that stands in them."""
_OF_ONE = frozenset({"executive_summary", "impact", "timeline", "root_cause_analysis", "action_items"})
"""Sections that an incident has once."""
_LESSONS = frozenset({"worked_well", "could_improve", "got_lucky"})


def title_node(root: Node, settings: Settings, given: str = "") -> tuple[Node, list[Node]]:
    """The heading that is the document's title, or the root where none is; and what stands below it.

    `given` is the title that front matter states.
    """
    if not root.children:
        return root, []
    first, *others = root.children
    names_section = (
        labels.section_of(first.title, settings) or FACT(first.title) or fold(first.title) in words.FACT_SECTIONS
    )
    above = given or any(not line.blank for line in root.lines)
    alone = first.level == 1 or (not others and (first.children or not above))
    if given and any(node.level == 1 for node in others) and not _alike(given, first.title):
        return root, list(root.children)  # the first of several sections, below a title that stands elsewhere
    moment = time_of(first.title)
    if names_section or not alone or (moment and not moment[1]):
        return root, list(root.children)
    return first, [*first.children, *others]


def several(root: Node, settings: Settings) -> list[Node]:
    """Headings side by side that each have the sections of an incident of its own; none where there are not two."""
    for node in root.walk():
        found: list[Node] = []
        common: set[str | None] = set(_OF_ONE)
        for child in node.children:
            keys = {_key(part, settings) for part in child.children} & _OF_ONE
            if len(keys) > 1 and common & keys:
                common &= keys
                found.append(child)
        if len(found) > 1:
            return found
    return []


def _alike(title: str, heading: str) -> bool:
    """Whether a heading says the words of a title, most of them."""
    there = set(fold(heading).split())
    return len(there & set(fold(title).split())) * 2 > len(there)


def tops(nodes: Iterable[Node], settings: Settings) -> list[Node]:
    """Top-level sections, each with its name; sections of the template that stand inside others are brought up."""
    found: list[Node] = []
    stack = list(reversed(list(nodes)))
    while stack:
        node = stack.pop()
        if node.key is None or node.key in ("prevent", "detect", "respond", "process"):
            node.key = labels.section_of(node.title, settings)
        found.append(node)
        if node.key in _WHOLE:
            continue
        kept: list[Node] = []
        raised: list[Node] = []
        lessons = any(_key(child, settings) == "lessons_learned" for child in node.children)
        for child in node.children:
            if raised and not (_belongs_up(child, node, settings) or (lessons and _key(child, settings) in _LESSONS)):
                # What follows a section that was brought up, and is deeper, went with it; its equals stay behind it.
                kept.append(child)
            elif _belongs_up(child, node, settings) or (lessons and _key(child, settings) in _LESSONS):
                raised.append(child)
            else:
                kept.append(child)
        node.children = kept
        stack += reversed(raised)
    return found


def _key(node: Node, settings: Settings) -> str | None:
    return node.key or labels.section_of(node.title, settings)


def _belongs_up(child: Node, parent: Node, settings: Settings) -> bool:
    key = _key(child, settings)
    if key is None or time_of(child.title):
        return False
    if key in words.ORDER:
        return key != parent.key
    home = words.PARENT.get(key)
    if parent.key in ("lessons_learned", "detection_and_response", "root_cause_analysis") and key in _LESSONS:
        return False
    return home is not None and parent.key is not None and home != parent.key and words.PARENT.get(parent.key) != home


def tabled(nodes: Sequence[Node]) -> list[Node]:
    """Sections, with that of the timeline where a table of times stands below another and there is no timeline."""
    parts = [part for node in nodes for part in node.walk()]
    if any(part.key == "timeline" or words.key_events(part.title) for part in parts):
        return list(nodes)
    for place, node in enumerate(nodes, start=1):
        for part in node.walk():
            if part.key == _ACTIONS:
                continue
            for block in blocks(part.lines):
                if block.kind == "table" and _is_of_times(block):
                    first, last = block.lines[0].number, block.lines[-1].number
                    part.lines = [line for line in part.lines if not first <= line.number <= last]
                    return [*nodes[:place], Node("", 2, first, "timeline", list(block.lines)), *nodes[place:]]
    return list(nodes)


def _is_of_times(table: Block) -> bool:
    """Whether all rows of a table but one have a time of day in their first cell, or behind their number."""
    times = 0
    for line in table.lines[2:]:
        cells = [cell.text for cell in split_row(line.text.strip(), line.number)]
        cells = cells[1:] if cells and cells[0].strip(" .#").isdigit() else cells
        taken = moments.take(cells[0]) if cells else None
        times += taken is not None and taken[0].clock is not None
    return times >= max(2, len(table.lines) - 3)


def unheaded(nodes: Sequence[Node], settings: Settings) -> list[Node]:
    """Sections, with that of the action items where a line with nothing but its name stands above a list of them."""
    if any(part.key == _ACTIONS or labels.section_of(part.title, settings) == _ACTIONS
           for node in nodes for part in node.walk()):  # fmt: skip
        return list(nodes)
    for place, node in enumerate(nodes, start=1):
        for part in node.walk():
            for block, following in pairwise(blocks(part.lines)):
                if following.kind == "item" and _names_actions(block, settings):
                    name = block.words.strip("*_: ")
                    part.lines, below = _parted(part.lines, block, timed=node.key == "timeline")
                    made = Node(name, 2, block.number, _ACTIONS, below, label=True)
                    return [*nodes[:place], made, *nodes[place:]]
    return list(nodes)


def _parted(lines: Sequence[Line], name: Block, timed: bool) -> tuple[list[Line], list[Line]]:
    """Lines without those below a name, and those: all of them, or where times are told up to the next time."""
    at = next(n for n, line in enumerate(lines) if line.number == name.number)
    end = len(lines)
    for block in blocks(lines[at + 1 :]) if timed else ():
        if rows_in(block.lines):
            end = next(n for n, line in enumerate(lines) if line.number == block.number)
            break
    return [*lines[:at], *lines[end:]], list(lines[at + 1 : end])


def _names_actions(block: Block, settings: Settings) -> bool:
    """Whether a paragraph is the name of the action items' section and nothing else: `Action Items`."""
    name = block.words.strip("*_: ")
    return (
        block.kind == "para" and len(block.lines) == 1 and " " in name and labels.section_of(name, settings) == _ACTIONS
    )


def timed(nodes: list[Node]) -> list[Node]:
    """Sections whose heading is a time belong to the timeline above them, or make one."""
    found: list[Node] = []
    loose: list[Node] = []
    last: Node | None = None
    for node in nodes:
        if node.key is None and time_of(node.title):
            if last is not None:
                last.children.append(node)
                last.children += node.children
                node.children = []
            else:
                loose.append(node)
            continue
        if node.key == "timeline" and not words.key_events(node.title):
            last = node
        found.append(node)
    if len(loose) == 1:
        found.insert(0, loose[0])
    elif loose:
        found.append(Node("", 2, loose[0].number, "timeline", [], loose))
    return found


def updated(opening: list[Line], nodes: list[Node]) -> tuple[list[Line], list[Node]]:
    """Updates of a status page above all headings as a timeline, where the document has no other."""
    if any(node.key == "timeline" for node in nodes) or not updates.are_updates(opening):
        return opening, nodes
    above, below = updates.parted(opening)
    return above, [Node("", 2, below[0].number, "timeline", below), *nodes]


def _brought_up(root: Node, settings: Settings) -> Iterator[Node]:
    """The sections that `tops` would find below the first heading; what is deeper stays as it was written."""
    stack = [*root.children, *(root.children[0].children if root.children else [])]
    while stack:
        node = stack.pop()
        yield node
        if _key(node, settings) not in _WHOLE:
            stack += [child for child in node.children if _belongs_up(child, node, settings)]


def foreign(root: Node, settings: Settings) -> bool:
    """Whether a body has a shape that import turns into ours: labels for sections, or times that stand in no table."""
    lines = [*root.lines, *(root.children[0].lines if root.children else [])]
    if labels.split(lines, settings)[1]:
        return True
    for node in _brought_up(root, settings):
        if (node.key or words.SECTION(node.title)) != "timeline":
            continue
        below = [line for part in node.walk() for line in part.lines]
        if any(block.kind == "table" for block in blocks(below)):
            continue
        if rows_in(node.lines) or any(time_of(child.title) for child in node.children):
            return True
    return False
