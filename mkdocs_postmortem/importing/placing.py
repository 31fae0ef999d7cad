"""Every section to its place in the template: those it knows, those that are part of others, those of the author."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from mkdocs_postmortem.importing import fronts, titles, words
from mkdocs_postmortem.importing.found import Item, Part, Piece, Row
from mkdocs_postmortem.importing.judging import Judge
from mkdocs_postmortem.importing.shapes import actions, facts, fields, labels, timeline, updates
from mkdocs_postmortem.importing.shapes.rows import of_times, parted, stamped
from mkdocs_postmortem.importing.text import Block, Line, Node, blocks, entry
from mkdocs_postmortem.importing.titles import columns
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import fold, fold_short

_LESSONS = frozenset({"worked_well", "could_improve", "got_lucky"})
_MAIN = frozenset(words.ORDER)
_PLACEHOLDER = re.compile(r"\[[^\[\]]*\]")
_ANCHORED = re.compile(r"(.*\S)\s*((?:<a\b[^<>]*>\s*</a>\s*)+)\Z")
_MARKED = re.compile(r"\[action(?: item)?\]:?\s+\S", re.I)


_ITEM_COLUMNS = ("id", "action", "owner", "priority", "due", "status", "completed", "ticket", "type")


class Made:
    """What is put together on the way: parts by their key, in the order of the template."""

    def __init__(self) -> None:
        self.known: dict[str, list[Piece]] = {}
        self.own: list[tuple[int, Part]] = []
        """The author's own sections, each with how many of the template's were passed before it."""
        self.passed: list[str] = []
        """Sections of the template in the order of the document, those that are part of others by their home."""
        self.front: list[str] = []
        """Sections of the template that front matter holds: before all others."""
        self.first: dict[str, tuple[str, list[Piece]]] = {}
        """The first section of each key whose heading became the template's: the heading, and what stood below it."""
        self.rows: list[Row] = []
        self.items: list[Item] = []
        self.dropped: list[str] = []
        self.added: list[str] = []
        self.under: set[str] = set()
        """Sections below others that are there already: a second one keeps its own title."""
        self.titles: dict[str, str] = {}
        """Titles that labels give to sections of the template, in words that reading knows."""
        self.beside: dict[str, str] = {}
        """What headings of the template say beside their names: `(all times CET)`."""

    def part(self, key: str) -> list[Piece]:
        """The pieces of a section of the template."""
        return self.known.setdefault(key, [])


def marked_items(nodes: Sequence[Node], made: Made) -> None:
    """Paragraphs of other sections that call themselves action items: `[Action Item] …`."""
    for node in nodes:
        if node.key == "action_items":
            continue
        for part in node.walk():
            for block in blocks(part.lines):
                if block.kind != "para" or not _MARKED.match(block.words):
                    continue
                taken = {line.number for line in block.lines}
                part.lines = [line for line in part.lines if line.number not in taken]
                first, *others = (line.raw.strip() for line in block.lines)
                made.part("action_items").append(Piece((f"- [ ] {first}", *(f"  {line}" for line in others))))
                made.items.append(Item(block.words, block.number))


def from_front(front: fronts.Front, settings: Settings, made: Made, judge: Judge) -> None:
    """Prose, timeline and people of front matter, each in its place."""
    for text in fields.texts(front, settings):
        parent = words.PARENT.get(text.section, text.section)
        piece = Piece(text.lines, text.heading, 3, own=False)
        made.front.append(parent)
        if text.heading:
            made.part(parent).append(piece)
            made.added.append(text.heading)
        else:
            made.part(parent).insert(0, piece)
    rows = fields.events(front)
    if rows:
        first, second = columns(settings, "time", "event")
        header = f"| {first} | {second} |"
        made.part("timeline").append(Piece(fields.table(rows, header)))
        made.rows += [Row(row.time, row.event, row.line) for row in rows]
        made.added.append(header)
    items, line = fields.items(front, settings)
    if items:
        used = [name for name in _ITEM_COLUMNS if any(name in item for item in items)]
        header = f"| {' | '.join(columns(settings, *used))} |"
        drawn = [f"| {' | '.join(timeline.cell(item.get(name, '')) for name in used)} |" for item in items]
        made.part("action_items").append(Piece((header, f"|{'---|' * len(used)}", *drawn)))
        made.items += [Item(item["action"], line, item.get("owner", "")) for item in items]
        made.added.append(header)
    people, line = fields.people(front)
    if people:
        judge.put("participants", people, line)


def sections(nodes: Sequence[Node], settings: Settings, made: Made, judge: Judge) -> None:
    """Put each section where it belongs, in the order of the document."""
    _apart_from_lessons(nodes)
    for node in nodes:
        if node.key == "action_items" and words.to_the_public(node.title, _begin(node)):
            node.key = None
        elif fold(node.title) in words.MEASURES and any(actions.tells_state(child.title) for child in node.children):
            node.key = "action_items"
        key = node.key
        if key is not None:
            _keep_anchor(node)
        cause = words.UNDER_CAUSE(words.bare(node.title)) and not stamped(node.lines)
        if key == "timeline":
            _timeline(node, settings, made)
        elif key == "action_items":
            _actions(node, settings, made, judge)
        elif key in words.ORDER and key is not None:
            _known(node, key, settings, made)
        elif key is not None and key in words.PARENT:
            _under(node, key, words.PARENT[key], settings, made)
        elif cause:
            made.part("root_cause_analysis").extend(_pieces(node, node.title, 3, settings, made))
        else:
            _tell_of_points(node, judge)
            before = len(made.rows)
            _own(node, settings, made)
            if len(made.rows) > before:
                key = "timeline"
        home = words.PARENT.get(key, key) if key else ("root_cause_analysis" if cause else None)
        if home in words.ORDER:
            made.passed.append(str(home))


def tell_of_lines(nodes: Sequence[Node], settings: Settings, judge: Judge) -> None:
    """Lines below a name of the action items that stands alone: without bullets nobody can tell whether they are."""
    for node in nodes:
        lines = [line for line in node.lines if not line.blank]
        if node.label and node.key is None and lines and labels.section_of(node.title, settings) == "action_items":
            told = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
            judge.remark("item", node.number, f"`{node.title}`: {told}, not read as action items",
                         "put `- [ ]` before each that is one")  # fmt: skip


def unwrapped(nodes: Iterable[Node], settings: Settings) -> list[Node]:
    """Top-level headings, with what stands below one that holds the document and is no section brought up to it."""
    found: list[Node] = []
    for node in nodes:
        found.append(node)
        keys = {labels.section_of(child.title, settings) for child in node.children}
        if labels.section_of(node.title, settings) is None and len(keys & _MAIN) > 1:
            found += node.children
            node.children = []
    return found


def _apart_from_lessons(nodes: Sequence[Node]) -> None:
    """A section called as a part of the lessons is none of them where the lessons have that part themselves."""
    there = {
        child.key or words.SECTION(child.title)
        for node in nodes
        if node.key == "lessons_learned"
        for child in node.children
    }
    judged = any(node.key == "could_improve" for node in nodes) or "could_improve" in there
    for node in nodes:
        # `What Worked` beside nothing that did not is what mended it.
        if node.key in there & _LESSONS or (fold(node.title) == "what worked" and not judged):
            node.key = None


def _tell_of_points(node: Node, judge: Judge) -> None:
    """Points of a section that may be action items, or tell of what was done: only a person knows."""
    title = words.bare(node.title)
    points = sum(block.kind == "item" for part in node.walk() for block in blocks(part.lines))
    boxes = sum(actions.boxes(part.lines) for part in node.walk())
    doubtful = fold_short(title) in words.PREVENTION or words.to_the_public(title, _begin(node))
    if boxes or (points and doubtful):
        told = _points(points) if not boxes else "1 box to tick" if boxes == 1 else f"{boxes} boxes to tick"
        judge.remark("item", node.number, f"`{node.title}`: {told}, not read as action items",
                     "put what is still to be done below Action Items")  # fmt: skip


def _points(number: int) -> str:
    return "1 point" if number == 1 else f"{number} points"


def _begin(node: Node) -> str:
    """The words that a section begins with: a paragraph before its list, or the list itself."""
    return next((block.words for block in blocks(node.lines) if block.kind in ("para", "item")), "")


def _keep_anchor(node: Node) -> None:
    """An anchor that ends a heading, on a line of its own below it: the heading may get another name."""
    match = _ANCHORED.match(node.title)
    if match:
        node.title = match[1]
        node.lines[:0] = [Line(node.number, match[2], match[2]), Line(0, "", "")]


def _titled(node: Node, key: str, settings: Settings, made: Made, known: bool) -> str:
    """The heading below the section's own that a node keeps; empty where its title is the section's.

    A heading that only names the section gets the template's name for it; a label keeps its words.
    """
    if not node.title:
        return ""
    if node.label:
        if not known and settings.find_section(node.title, ()) == key:
            made.titles[key] = node.title
            return ""
        return node.title
    if key not in ("timeline", "action_items") and titles.says_more(node.title):
        return node.title
    if not known or fold_short(node.title) == fold_short(settings.sections[key].title):
        made.dropped.append(node.title)
        return ""
    return node.title


def _known(node: Node, key: str, settings: Settings, made: Made) -> None:
    heading = _titled(node, key, settings, made, bool(made.part(key)))
    _join(node.title, key, heading, _pieces(node, heading, 3, settings, made), made)


def _join(title: str, key: str, heading: str, found: Sequence[Piece], made: Made) -> None:
    """Add a section to those of its key: what stands directly below its heading does not come below another one."""
    pieces = made.part(key)
    if heading:
        pieces += found
        return
    before = made.first.get(key)
    if before is None:
        made.first[key] = (title, list(found))
    elif fold_short(before[0]) != fold_short(title):
        # Two sections with names of their own: the first one gets its heading back, below the template's.
        named, those = before
        mine = {id(piece) for piece in those}
        made.dropped.remove(named)
        inner = [replace(piece, level=min(6, piece.level + 1)) for piece in those]
        pieces[:] = [piece for piece in pieces if id(piece) not in mine]
        pieces += [Piece((), named, 3), *inner]
        made.first[key] = (title, list(found))
    at = next((n for n, piece in enumerate(pieces) if piece.heading), len(pieces))
    own = next((n for n, piece in enumerate(found) if piece.heading), len(found))
    pieces[at:at] = found[:own]
    pieces += found[own:]


def _under(node: Node, key: str, parent: str, settings: Settings, made: Made) -> None:
    """A section that is part of another in the template, below that one's heading."""
    name = settings.sections[key].title
    if key in made.under or (node.title and _PLACEHOLDER.search(name)):
        made.under.add(key)
        made.part(parent).extend(_pieces(node, node.title or name, 3, settings, made))
        return
    made.under.add(key)
    if node.label and settings.find_section(node.title, ()) == key:
        name = node.title
    else:
        made.added.append(name)
    pieces = made.part(parent)
    if name != node.title and (node.label or titles.says_more(node.title)):
        pieces.append(Piece((), name, 3))
        pieces += _pieces(node, node.title, 4, settings, made)
        return
    if name != node.title:
        made.dropped.append(node.title)
    elif not node.label:
        made.dropped.append(name)
    pieces += _pieces(node, name, 3, settings, made)


def _pieces(node: Node, heading: str, level: int, settings: Settings, made: Made) -> list[Piece]:
    found = [Piece(tuple(line.raw for line in node.lines), heading, level)]
    stack = [(child, level + 1 if heading else level) for child in reversed(node.children)]
    while stack:
        child, depth = stack.pop()
        title = child.title
        key = child.key or (other if (other := words.SECTION(title)) in _LESSONS else None)
        if key in _LESSONS and key is not None and key != "got_lucky" and key not in made.under:
            made.under.add(key)
            name = settings.sections[key].title
            if fold(title) != fold(name):
                made.dropped.append(title)
                made.added.append(name)
                title = name
        found.append(Piece(tuple(line.raw for line in child.lines), title or "…", min(6, depth)))
        stack += [(deeper, depth + 1) for deeper in reversed(child.children)]
    return found


def _own(node: Node, settings: Settings, made: Made) -> None:
    """A section of the author's own; a timeline in it is one all the same."""
    lines = node.lines
    if of_times(node) or (not node.children and updates.are_updates(lines)):
        _timeline(node, settings, made, extra=True)
        return
    if stamped(lines):
        times, others = parted(lines)
        rest = any(not line.blank for line in others) or bool(node.children)
        if (
            rest
            and not node.children
            and all(block.kind == "para" and block.number < times[0].number for block in blocks(others))
        ):
            # What introduces the times goes with them.
            _timeline(node, settings, made, extra=True)
            return
        _timeline(Node(node.title, 3, node.number, "timeline", times), settings, made, own=not rest, extra=True)
        if not rest:
            return
        lines = others
    node.lines = list(lines)
    pieces = _pieces(node, "", 3, settings, made)
    made.own.append((len(made.passed), Part(None, node.title, tuple(pieces))))


def _timeline(node: Node, settings: Settings, made: Made, own: bool = True, extra: bool = False) -> None:
    pieces = made.part("timeline")
    first, second = columns(settings, "time", "event")
    header = f"| {first} | {second} |"
    if words.key_events(node.title) and not node.children:
        rows = facts.events(node.lines)
        if any(when for _, when, _ in rows) and all(_is_event(block) for block in blocks(node.lines)):
            _events(node, rows, header, made)
            return
    heading = node.title if extra else _titled(node, "timeline", settings, made, bool(pieces))
    if not extra and not heading and node.title and any(piece.heading for piece in pieces):
        heading = made.dropped.pop()  # another part's heading stands above already: this one keeps its own
    if not extra and not heading and node.title:
        spare = titles.beside_name(node.title)
        if spare:
            # What the heading says beside its name, a zone or a day, it goes on to say; another's stands below it.
            if "timeline" in made.beside or not spare.endswith(")") or "(" in spare[1:]:
                pieces.append(Piece((spare,)))
            else:
                made.beside["timeline"] = f" {spare}"
            made.dropped[-1] = node.title.removesuffix(spare)
    told = timeline.convert(node, settings, header)
    if heading:
        pieces.append(Piece((), heading, 3, own))
        if not own:
            made.added.append(heading)
    pieces += told.pieces
    made.rows += told.rows
    made.dropped += told.dropped
    made.added += told.added
    made.added += [piece.heading for piece in told.pieces if piece.heading and not piece.own]


def _is_event(block: Block) -> bool:
    """Whether a bullet of `Key events` is one line, or a comment between them."""
    if block.kind != "item":
        return block.kind == "silent"
    part = entry(block)
    return part.text == part.words and all(line.blank for line in part.rest) and not part.marker[0].isdigit()


def _events(node: Node, rows: Sequence[tuple[str, str, int]], header: str, made: Made) -> None:
    """`Key events` as a table: what happened stands behind the time, as in every other timeline."""
    lines = [header, "|------|-------|"]
    untimed: list[str] = []
    for what, when, number in rows:
        if when:
            lines.append(f"| {timeline.cell(when)} | {timeline.cell(what)} |")
            made.rows.append(Row(when, what, number))
        else:
            untimed.append(f"- {what}")
    made.added.append(header)
    pieces = made.part("timeline")
    pieces.append(Piece(tuple(lines), node.title, 3))
    if untimed:
        pieces.append(Piece(tuple(untimed)))
    pieces += [Piece(tuple(line.raw for line in block.lines)) for block in blocks(node.lines) if block.kind == "silent"]


def _actions(node: Node, settings: Settings, made: Made, judge: Judge) -> None:
    heading = _titled(node, "action_items", settings, made, bool(made.part("action_items")))
    if not heading and (spare := titles.beside_name(node.title)):
        if "action_items" in made.beside:
            made.part("action_items").append(Piece((spare,)))
        else:
            made.beside["action_items"] = f" {spare}"
        made.dropped[-1] = node.title.removesuffix(spare)
    done = actions.convert(node, settings, columns(settings, "action", "owner", "priority", "due", "status"))
    if heading:
        done.pieces = [Piece((), heading, 3), *(replace(piece, level=min(6, piece.level + 1)) for piece in done.pieces)]
    _join(node.title, "action_items", heading, done.pieces, made)
    made.items += done.items
    made.dropped += done.dropped
    made.added += done.added
    for line in done.prose:
        judge.remark("item", line, "a paragraph under the action items was taken for one", "remove it if it is none")
    for line in done.unread:
        judge.remark("item", line, "this table of action items names no column for the action", "call one Action")
    for line in done.headings:
        judge.remark("item", line, "a heading under the action items was taken for one", "remove it if it is none")
    for title, line, number in done.problems:
        judge.remark("item", line, f"`{title}`: {_points(number)}, not read as action items",
                     "put what is still to be done below Action Items")  # fmt: skip
    for name, line in done.named:
        judge.remark("item", line, f"`{name}` stands above action items, and is not read as their owner",
                     "write the owner behind each, as in `(@name)`, if that is who does them")  # fmt: skip
    for name, line in done.leads:
        judge.remark("item", line, f"`{name}` begins an action item, and is not read as its owner",
                     "write the owner behind it, as in `(@name)`, if that is who does it")  # fmt: skip
    for line in done.nameless:
        judge.remark("item", line, "this row names no action", "write what is to be done, or remove the row")
    for line in done.broken:
        judge.remark("item", line, "this row and the next line were taken for one", "mend what is not so")


def doubt_days(made: Made, settings: Settings, judge: Judge, day: date | None) -> None:
    """Days of action items that cannot be are shown as they are, and told: no list takes them for true."""
    pieces = made.known.get("action_items", [])
    for at, piece in enumerate(pieces):
        found = actions.doubted(piece.lines, settings, day, judge.as_of)
        if not found:
            continue
        lines = list(piece.lines)
        for number, line, days in found:
            lines[number] = line
            judge.remark("conflict", 0, f"action items: {days} is before the incident, or has not come yet",
                         "it is not read as a day; mend it")  # fmt: skip
        pieces[at] = replace(piece, lines=tuple(lines))


def parts_of(made: Made, settings: Settings, left: Sequence[str]) -> tuple[Part, ...]:
    """The sections of the result in the order of the template; `left` are lines that have no other place."""
    known = [key for key in words.ORDER if key in made.known]
    own = _between(made, known)
    found: list[Part] = list(own[0])
    for at, key in enumerate(known):
        title = made.titles.get(key, settings.sections[key].title)
        if key not in made.titles:
            made.added.append(title)
        found.append(Part(key, title + made.beside.get(key, ""), tuple(made.known[key])))
        found += own[at + 1]
    if left:
        made.added.append("Imported")
        found.append(Part(None, "Imported", (Piece(tuple(left)),)))
    return tuple(found)


def _between(made: Made, known: Sequence[str]) -> list[list[Part]]:
    """The author's own sections in the gaps before, between and behind the template's, in their own order.

    Each goes where the fewest of the template's sections come to stand on its other side; among such gaps
    nearest to the one that it followed.
    """
    found: list[list[Part]] = [[] for _ in range(len(known) + 1)]
    before = Counter(made.front)
    after = Counter(made.passed)
    at = gap = 0
    for passed, part in made.own:
        for key in made.passed[at:passed]:
            before[key] += 1
            after[key] -= 1
        at = passed
        wrong = [
            sum(before[key] for key in known[place:]) + sum(after[key] for key in known[:place])
            for place in range(gap, len(known) + 1)
        ]
        least = [gap + n for n, count in enumerate(wrong) if count == min(wrong)]
        behind = known.index(made.passed[passed - 1]) + 1 if passed else 0
        gap = min(least, key=lambda place: (abs(place - behind), -place))
        found[gap].append(part)
    return found
