"""A document of another shape to a draft of ours: its parts told apart, its facts judged, its words all kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from mkdocs_postmortem import dates, moments
from mkdocs_postmortem.importing import durations, fidelity, fronts, titles, words, zones
from mkdocs_postmortem.importing.found import Draft, Found, Item, Ledger, Part, Piece, Row
from mkdocs_postmortem.importing.judging import Judge, Zone, day_of
from mkdocs_postmortem.importing.shapes import actions, facts, fields, labels, timeline
from mkdocs_postmortem.importing.shapes.facts import Stated
from mkdocs_postmortem.importing.text import Block, Line, Node, blocks, entry, tree
from mkdocs_postmortem.importing.titles import columns
from mkdocs_postmortem.importing.words import FACT
from mkdocs_postmortem.model import DETECTION_METHODS, STAMPS, PostMortem
from mkdocs_postmortem.reading import record
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import fold, fold_short

_KEY_EVENTS = frozenset({"key events", "key timestamps", "key times", "key dates", "important events"})
_LESSONS = frozenset({"worked_well", "could_improve", "got_lucky"})
_SAYS_ZONE = re.compile(r"[>*_(\s-]{0,8}(?:note:? )?(?:all |the )*(?:times?\b|time ?zone\b|timestamps?\b)", re.I)
_DATE_CLOCK_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2} ?(UTC|GMT|BST|CES?T|[ECMP][SD]T)\b")
_MARKED = re.compile(r"\[action(?: item)?\]:?\s+\S", re.I)
_HEADED_DAY = re.compile(r"\W{0,4}timeline\W{1,4}(?:of |for |on )?(\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d))", re.I)
_SPEAKS = re.compile(
    r"\b(?:outage|incident|impact|problem)s? (?:begins?|starts?|started|began|ends?|ended|is over)\b", re.I
)


class _Made:
    """What is put together on the way: parts by their key, in the order of the template."""

    def __init__(self) -> None:
        self.known: dict[str, list[Piece]] = {}
        self.own: dict[str, list[Part]] = {}
        """The author's own sections, by the section of the template that they follow."""
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
        self.last = "executive_summary"

    def part(self, key: str) -> list[Piece]:
        """The pieces of a section of the template."""
        return self.known.setdefault(key, [])


def read(
    text: str, name: str, settings: Settings, *, home: ZoneInfo | None = None, as_of: date, shape: str = ""
) -> Draft:
    """The draft of a document in markdown. Never raises for what a document may hold.

    `name` is the file's name, `home` the zone of times that name none, `as_of` the day that counts as today.
    """
    front = fronts.read(text)
    if front.ours(settings):
        return Draft("ours", str(front.values.get("title")), None, ours=True)
    judge = Judge(settings, home, as_of)
    judge.remarks += front.remarks
    made = _Made()
    root = tree(text, front.body_line, settings)
    head, tops = _title_node(root, settings)
    opening = [*root.lines, *(head.lines if head is not root else [])]
    opening, labelled = labels.split(opening, settings)
    nodes = _timed([*labelled, *_tops(tops, settings)])
    title = titles.choose(front.title, head.title if head is not root else "", name, judge)
    if front.title:
        judge.put("title", title, front.line("title"), "stated" if not front.salvaged else "inferred")
    else:
        judge.put("title", title, head.number if head is not root else 0,
                  "stated" if head is not root else "inferred",
                  "" if head is not root else "there is no heading: the file's name")  # fmt: skip
    stated = [*front.stated(), *_stated(opening, nodes, judge)]
    judge.state(stated)
    stated += _by_reading(text, name, judge, stated)
    nodes, opening = _fact_headings(nodes, opening)
    _marked_items(nodes, made)
    _sections(nodes, settings, made, judge)
    _front(front, settings, made, judge)
    zone = _zone(opening, nodes, made.rows)
    moved = _zone_lines(opening, made, zone)
    day = _day(stated, made, title, head.title if head is not root else "", front, name, judge)
    offset = judge.stamps([item for item in stated if item.field in words.STAMPS], zone, day[0] if day else None)
    if day is None:
        _ask_day(root, judge)
    elif "started_at" not in judge.facts and "detected_at" not in judge.facts:
        _put_day(day, judge)
    _suggest(nodes, judge, made)
    _say_offset(zone, offset, made)
    left = front.left(judge.facts)
    return Draft(
        shape=shape or _shape(front, labelled, nodes, made),
        title=title,
        day=day[0] if day else None,
        facts=tuple(judge.facts.values()),
        heading=head.title if head is not root else "",
        opening=(Piece(tuple(line.raw for line in moved)),),
        parts=_parts(made, settings, left),
        timeline=tuple(made.rows),
        actions=tuple(made.items),
        remarks=tuple(judge.remarks),
        ledger=Ledger(tuple(made.dropped + front.dropped), tuple(front.carried), tuple(made.added)),
        zone=offset,
    )


# The tree ---------------------------------------------------------------------------------------


def _title_node(root: Node, settings: Settings) -> tuple[Node, list[Node]]:
    """The heading that is the document's title, or the root where none is; and what stands below it."""
    if not root.children:
        return root, []
    first, *others = root.children
    names_section = (
        labels.section_of(first.title, settings) or FACT(first.title) or fold(first.title) in words.FACT_SECTIONS
    )
    alone = first.level == 1 or (not others and first.children)
    moment = timeline.time_of(first.title)
    if names_section or not alone or (moment and not moment[1]):
        return root, list(root.children)
    return first, [*first.children, *others]


def _tops(nodes: Iterable[Node], settings: Settings) -> list[Node]:
    """Top-level sections, each with its name; sections of the template that stand inside others are brought up."""
    found: list[Node] = []
    stack = list(reversed(list(nodes)))
    while stack:
        node = stack.pop()
        if node.key is None or node.key in ("prevent", "detect", "respond", "process"):
            node.key = labels.section_of(node.title, settings)
        found.append(node)
        if node.key in ("action_items", "supporting_information", "five_whys"):
            continue
        kept: list[Node] = []
        raised: list[Node] = []
        for child in node.children:
            if raised and not _belongs_up(child, node, settings):
                # What follows a section that was brought up, and is deeper, went with it; its equals stay behind it.
                kept.append(child)
            elif _belongs_up(child, node, settings):
                raised.append(child)
            else:
                kept.append(child)
        node.children = kept
        stack += reversed(raised)
    return found


def _belongs_up(child: Node, parent: Node, settings: Settings) -> bool:
    key = child.key or labels.section_of(child.title, settings)
    if key is None or timeline.time_of(child.title):
        return False
    if key in words.ORDER:
        return key != parent.key
    home = words.PARENT.get(key)
    if parent.key in ("lessons_learned", "detection_and_response", "root_cause_analysis") and key in _LESSONS:
        return False
    return home is not None and parent.key is not None and home != parent.key and words.PARENT.get(parent.key) != home


def _timed(nodes: list[Node]) -> list[Node]:
    """Sections whose heading is a time belong to the timeline above them, or make one."""
    found: list[Node] = []
    loose: list[Node] = []
    last: Node | None = None
    for node in nodes:
        if node.key is None and timeline.time_of(node.title):
            if last is not None:
                last.children.append(node)
                last.children += node.children
                node.children = []
            else:
                loose.append(node)
            continue
        if node.key == "timeline" and fold(node.title) not in _KEY_EVENTS:
            last = node
        found.append(node)
    if len(loose) == 1:
        found.insert(0, loose[0])
    elif loose:
        found.append(Node("", 2, loose[0].number, "timeline", [], loose))
    return found


# Facts ------------------------------------------------------------------------------------------


def _stated(opening: Sequence[Line], nodes: Sequence[Node], judge: Judge) -> list[Stated]:
    found = list(facts.headers(opening))
    for node in nodes:
        if fold(node.title) in _KEY_EVENTS:
            found += _key_events(node, judge)
            continue
        if node.key == "timeline":
            # A duration may be stated below the table, as in the template; its times are no facts.
            found += [item for item in facts.headers(node.lines, certain=False) if item.field in words.DURATIONS]
        if node.key in ("timeline", "action_items", "supporting_information"):
            continue
        for part in node.walk():
            heading = facts.of_heading(part)
            if heading is not None:
                found.append(heading)
                continue
            whole = part.key in (None, "impact") and facts.is_table_of_facts(part.lines)
            found += facts.headers(part.lines, certain=whole)
    return found


def _by_reading(text: str, name: str, judge: Judge, stated: Sequence[Stated]) -> list[Stated]:
    """What reading itself finds in the labels of our template: the window of its duration, the box that is ticked."""
    if "**" not in text and "[x]" not in text and "[X]" not in text:
        return []
    found = record.make(Source(text, ""), name, judge.settings)
    method = found.facts.get("detection_method")
    if isinstance(method, str) and method in DETECTION_METHODS and "detection_method" not in judge.facts:
        judge.put("detection_method", method, _line_of(found, "detection_method"), why="the box that is ticked")
    if any(item.field in words.STAMPS for item in stated):
        return []
    return [
        Stated(field, field, str(found.facts[field]), _line_of(found, field), "label")
        for field in STAMPS
        if dates.parse_stamp(found.facts.get(field))
    ]


def _line_of(found: PostMortem, field: str) -> int:
    span = found.place((field,))
    return span.line if span else 0


def _fact_headings(nodes: list[Node], opening: list[Line]) -> tuple[list[Node], list[Line]]:
    """Headings that are facts (`## Date: July 1, 2020`) as labels at the head of the document."""
    kept: list[Node] = []
    made: list[Line] = []
    for node in nodes:
        item = facts.of_heading(node) if node.key is None and not node.children else None
        # What stands below the heading has to be the value and nothing else.
        below = "\n".join(line.raw for line in node.lines)
        told = item.value if item is not None and item.line != node.number else ""
        if item is None or item.field == "title" or fidelity.words_of(below) != fidelity.words_of(told):
            kept.append(node)
        else:
            value = item.value.strip().replace("\n", " ")
            text = f"- **{item.label}:** {value}"
            made.append(Line(node.number, text, text))
    if not made:
        return nodes, opening
    apart = [Line(0, "", "")] if any(not line.blank for line in opening) else []
    return kept, [*opening, *apart, *made]


def _ask_day(root: Node, judge: Judge) -> None:
    """Nothing names the day: the first one in the prose is a hint, no more."""
    for line in _prose(root):
        if day := dates.find_date(line.text[:2000]):
            judge.remark(
                "date", line.number, f"date: none is stated; the text names {day}", "write date if that is the day"
            )
            return
    judge.remark("date", 0, "date: none is stated, and none is in the text", "write date or started_at")


def _prose(root: Node) -> Iterator[Line]:
    """The lines of a document that are neither code nor in comments."""
    for node in root.walk():
        yield from (line for line in node.lines if not line.code and line.text.strip())


def _key_events(node: Node, judge: Judge) -> list[Stated]:
    found: list[Stated] = []
    for what, when, line in facts.events(node.lines):
        field = facts.event_field(what)
        if field is None:
            continue
        if when:
            found.append(Stated(what, field, when, line, "event"))
        if field == "declared_at" and when:
            judge.remark("note", line, "incident declared: it has no field, and stays in the timeline",
                         "write acknowledged_at where that is what it means")  # fmt: skip
    return found


def _zone(opening: Sequence[Line], nodes: Sequence[Node], rows: Sequence[Row]) -> Zone | None:
    """The zone that the document names for its times, else the one zone that its times have."""
    places = [opening, *(part.lines for node in nodes if node.key == "timeline" for part in node.walk())]
    for lines in places:
        for line in lines:
            name = titles.zone_name(line.text) if not line.code and _SAYS_ZONE.match(line.text) else ""
            if name:
                return Zone(name, line.number, "stated")
    for node in nodes:
        if node.key == "timeline" and (name := titles.zone_in_title(node.title)):
            return Zone(name, node.number, "stated")
    named = [(found.zone, row.line) for row in rows if (found := moments.read(row.time)) and found.zone]
    if not named:
        for node in (Node("", 0, 0, None, list(opening)), *nodes):
            for line in _prose(node):
                match = _DATE_CLOCK_ZONE.search(line.text) if "-" in line.text and ":" in line.text else None
                if match:
                    named.append((match[1], line.number))
    if named and len({name for name, _ in named}) == 1:
        return Zone(*named[0], "inferred")
    return None


def _zone_lines(opening: list[Line], made: _Made, zone: Zone | None) -> list[Line]:
    """The opening without a sentence on the zone, which is put where the times are."""
    if zone is None or "timeline" not in made.known or not any(line.number == zone.line for line in opening):
        return opening
    block = next(block for block in blocks(opening) if any(line.number == zone.line for line in block.lines))
    if block.kind != "para" or len(block.lines) > 1:
        return opening
    made.known["timeline"].insert(0, Piece((block.lines[0].raw,)))
    return [line for line in opening if line.number != zone.line]


def _say_offset(zone: Zone | None, offset: timedelta | None, made: _Made) -> None:
    """A line on the offset of the timeline's times, where the caller gave it or its name is not one that we read."""
    if offset is None or "timeline" not in made.known:
        return
    known = dates.named_zone(zone.name) if zone is not None and zone.sure == "stated" else None
    if known is not None and known.offset == offset:
        return
    if zone is not None and zone.sure == "inferred":
        return  # each of its times says the zone itself
    if zone is None and not offset:
        return  # UTC is what times without a zone are
    sign = zones.written(offset)
    line = "All times UTC." if sign == "Z" else f"All times UTC{sign}."
    made.added.append(line)
    pieces = made.known["timeline"]
    at = 1 if pieces and not pieces[0].heading and not any("|" in one for one in pieces[0].lines) else 0
    pieces.insert(at, Piece((line,)))


def _day(
    stated: Sequence[Stated], made: _Made, title: str, heading: str,
    front: fronts.Front, name: str, judge: Judge,
) -> tuple[date, int, str] | None:  # fmt: skip
    candidates: dict[str, tuple[date, int]] = {}
    for item in stated:
        if item.field == "date" and "label" not in candidates and durations.known(plain(item.value)):
            found = titles.day_in(plain(item.value))
            if found:
                candidates["label"] = (found, item.line)
            else:
                judge.remark(
                    "date", item.line, f"date: `{plain(item.value)[:60]}` cannot be read", "write it as 2026-11-03"
                )
    for words_of, line in ((front.title, front.line("title")), (heading, 1), (title, 0)):
        found = titles.day_in(words_of) if words_of else None
        if found and "title" not in candidates:
            candidates["title"] = (found, line)
    stem = PurePosixPath(name).stem
    found = titles.day_in(stem.replace("_", "-"))
    if found:
        candidates["file name"] = (found, 0)
    for row in made.rows:
        moment = moments.take(row.time)
        if moment and moment[0].day and moment[0].doubt != moments.EITHER_WAY:
            candidates["timeline"] = (moment[0].day, row.line)
            break
    if "timeline" not in candidates and (headed := _headed_day(made, candidates)):
        candidates["timeline"] = headed
    for item in stated:
        if item.field in ("started_at", "detected_at"):
            moment = moments.take(plain(item.value))
            if moment and moment[0].day:
                candidates["stamps"] = (moment[0].day, item.line)
                break
    for item in stated:
        if item.field == "id" and (found := titles.day_in(item.value)):
            candidates["id"] = (found, item.line)
            break
    return day_of(candidates, judge)


def _headed_day(made: _Made, others: Mapping[str, tuple[date, int]]) -> tuple[date, int] | None:
    """The day that the timeline's heading or the head of its table says beside its name: `Timeline 20.04.22`.

    It begins with the day, unless another place says the day that it means with the year first.
    """
    for line in (line for piece in made.known.get("timeline", ()) for line in (piece.heading, *piece.lines)):
        match = _HEADED_DAY.match(line)
        if match is None:
            continue
        first, month, last = match[1].split(".")
        turned = dates.parse_date(f"20{first:0>2}-{month:0>2}-{last:0>2}") if len(last) < 3 else None
        if turned is not None and any(day == turned for day, _ in others.values()):
            return turned, 0
        taken = moments.take(match[1])
        if taken and taken[0].day:
            return taken[0].day, 0
    return None


def _put_day(day: tuple[date, int, str], judge: Judge) -> None:
    value, line, origin = day
    if origin == "label":
        judge.put("date", value.isoformat(), line)
    else:
        judge.put("date", value.isoformat(), line, "inferred", f"from the {origin}")


def _suggest(nodes: Sequence[Node], judge: Judge, made: _Made) -> None:
    """What the words hint at and nobody stated: for a person, never a fact."""
    for row in made.rows:
        match = _SPEAKS.search(row.event)
        if match:
            which = "resolved_at" if re.search(r"end|over", match[0], re.I) else "started_at"
            if which not in judge.facts:
                judge.remark("stamp", row.line, f"{which}: the timeline says “{match[0]}” at {row.time}",
                             f"write {which} if that is meant")  # fmt: skip
    if not any(field in judge.facts for field in (*words.STAMPS, "duration")):
        for node in nodes:
            if node.key in ("executive_summary", "impact"):
                for block in blocks(node.lines):
                    told = durations.in_prose(" ".join(line.text.strip() for line in block.lines if not line.code))
                    if told:
                        judge.remark("stamp", block.number, f"duration: the {fold(node.title)} tells of “{told}”",
                                     "write duration if that is how long it lasted")  # fmt: skip
                        return


def _marked_items(nodes: Sequence[Node], made: _Made) -> None:
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


def _front(front: fronts.Front, settings: Settings, made: _Made, judge: Judge) -> None:
    """Prose, timeline and people of front matter, each in its place."""
    for text in fields.texts(front, settings):
        parent = words.PARENT.get(text.section, text.section)
        piece = Piece(text.lines, text.heading, 3, own=False)
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
    people, line = fields.people(front)
    if people:
        judge.put("participants", people, line)


# Sections ---------------------------------------------------------------------------------------


def _sections(nodes: Sequence[Node], settings: Settings, made: _Made, judge: Judge) -> None:
    for node in nodes:
        key = node.key
        if key == "timeline":
            _timeline(node, settings, made)
        elif key == "action_items":
            _actions(node, settings, made, judge)
        elif key in words.ORDER and key is not None:
            _known(node, key, settings, made)
        elif key is not None and key in words.PARENT:
            _under(node, key, words.PARENT[key], settings, made)
        elif words.UNDER_CAUSE(node.title):
            made.part("root_cause_analysis").extend(_pieces(node, node.title, 3, settings, made))
        else:
            _own(node, settings, made)
        if key in words.ORDER:
            made.last = str(key)
        elif key in words.PARENT:
            made.last = words.PARENT[str(key)]


def _titled(node: Node, key: str, settings: Settings, made: _Made, known: bool) -> str:
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
    if not known or fold_short(node.title) == fold_short(settings.sections[key].title):
        made.dropped.append(node.title)
        return ""
    return node.title


def _known(node: Node, key: str, settings: Settings, made: _Made) -> None:
    pieces = made.part(key)
    heading = _titled(node, key, settings, made, bool(pieces))
    pieces += _pieces(node, heading, 3, settings, made)


def _under(node: Node, key: str, parent: str, settings: Settings, made: _Made) -> None:
    """A section that is part of another in the template, below that one's heading."""
    name = settings.sections[key].title
    if key in made.under:
        made.part(parent).extend(_pieces(node, node.title or name, 3, settings, made))
        return
    made.under.add(key)
    if node.label and settings.find_section(node.title, ()) == key:
        name = node.title
    else:
        made.added.append(name)
    pieces = made.part(parent)
    if node.label and name != node.title:
        pieces.append(Piece((), name, 3))
        pieces += _pieces(node, node.title, 4, settings, made)
        return
    if name != node.title:
        made.dropped.append(node.title)
    elif not node.label:
        made.dropped.append(name)
    pieces += _pieces(node, name, 3, settings, made)


def _pieces(node: Node, heading: str, level: int, settings: Settings, made: _Made) -> list[Piece]:
    found = [Piece(tuple(line.raw for line in node.lines), heading, level)]
    stack = [(child, level + 1 if heading else level) for child in reversed(node.children)]
    while stack:
        child, depth = stack.pop()
        title = child.title
        key = child.key or (other if (other := words.SECTION(title)) in _LESSONS else None)
        if key in _LESSONS and key is not None and key != "got_lucky":
            name = settings.sections[key].title
            if fold(title) != fold(name):
                made.dropped.append(title)
                made.added.append(name)
                title = name
        found.append(Piece(tuple(line.raw for line in child.lines), title or "…", min(6, depth)))
        stack += [(deeper, depth + 1) for deeper in reversed(child.children)]
    return found


def _own(node: Node, settings: Settings, made: _Made) -> None:
    """A section of the author's own; a timeline in it is one all the same."""
    lines = node.lines
    if timeline.stamped(lines):
        times, others = timeline.parted(lines)
        rest = any(not line.blank for line in others) or bool(node.children)
        _timeline(Node(node.title, 3, node.number, "timeline", times), settings, made, own=not rest, extra=True)
        if not rest:
            return
        lines = others
    node.lines = list(lines)
    pieces = _pieces(node, "", 3, settings, made)
    made.own.setdefault(made.last, []).append(Part(None, node.title, tuple(pieces)))


def _timeline(node: Node, settings: Settings, made: _Made, own: bool = True, extra: bool = False) -> None:
    pieces = made.part("timeline")
    first, second = columns(settings, "time", "event")
    header = f"| {first} | {second} |"
    if fold(node.title) in _KEY_EVENTS and not node.children:
        rows = facts.events(node.lines)
        if any(when for _, when, _ in rows) and all(_is_event(block) for block in blocks(node.lines)):
            _events(node, rows, header, made)
            return
    heading = node.title if extra else _titled(node, "timeline", settings, made, bool(pieces))
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


def _events(node: Node, rows: Sequence[tuple[str, str, int]], header: str, made: _Made) -> None:
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


def _actions(node: Node, settings: Settings, made: _Made, judge: Judge) -> None:
    pieces = made.part("action_items")
    heading = _titled(node, "action_items", settings, made, bool(pieces))
    done = actions.convert(node, settings, columns(settings, "action", "owner", "priority", "due", "status"))
    if heading:
        pieces.append(Piece((), heading, 3))
        done.pieces = [replace(piece, level=min(6, piece.level + 1)) for piece in done.pieces]
    pieces += done.pieces
    made.items += done.items
    made.dropped += done.dropped
    made.added += done.added
    for line in done.prose:
        judge.remark("item", line, "a paragraph under the action items was taken for one", "remove it if it is none")
    for line in done.unread:
        judge.remark("item", line, "this table of action items names no column for the action", "call one Action")


def _parts(made: _Made, settings: Settings, left: Sequence[str]) -> tuple[Part, ...]:
    found: list[Part] = []
    for key in words.ORDER:
        if key in made.known:
            title = made.titles.get(key, settings.sections[key].title)
            if key not in made.titles:
                made.added.append(title)
            found.append(Part(key, title + made.beside.get(key, ""), tuple(made.known[key])))
        found += made.own.get(key, [])
    if left:
        made.added.append("Imported")
        found.append(Part(None, "Imported", (Piece(tuple(left)),)))
    return tuple(found)


def _shape(front: fronts.Front, labelled: Sequence[Node], nodes: Sequence[Node], made: _Made) -> str:
    """What the report calls the document's shape."""
    if labelled:
        return "labels in bold"
    if front.tool:
        return front.tool
    keys = {node.key for node in nodes}
    if any(timeline.time_of(child.title) for node in nodes for child in node.children):
        return "times as headings"
    if keys & {"root_cause_analysis", "timeline", "impact", "executive_summary"}:
        return "headings of the field"
    return "markdown" if made.known or made.own else "prose"


__all__ = ["Found", "read"]


def values(draft: Draft) -> Mapping[str, Any]:
    """The facts of a draft as front matter has them."""
    return {found.field: found.value for found in draft.facts if found.field != "declared_at"}
