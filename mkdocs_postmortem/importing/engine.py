"""A document of another shape to a draft of ours: its parts told apart, its facts judged, its words all kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from mkdocs_postmortem import dates
from mkdocs_postmortem.importing import fronts, gathering, heads, placing, timing, titles, words
from mkdocs_postmortem.importing.found import Draft, Ledger, Piece
from mkdocs_postmortem.importing.judging import PUBLISHED, Judge
from mkdocs_postmortem.importing.placing import Made
from mkdocs_postmortem.importing.shapes import labels
from mkdocs_postmortem.importing.shapes.rows import time_of
from mkdocs_postmortem.importing.text import Node, tree
from mkdocs_postmortem.model import STAMPS
from mkdocs_postmortem.settings import Settings


def read(
    text: str, name: str, settings: Settings, *, home: ZoneInfo | None = None, as_of: date, shape: str = ""
) -> Draft:
    """The draft of a document in markdown. Never raises for what a document may hold.

    `name` is the file's name, `home` the zone of times that name none, `as_of` the day that counts as today.
    """
    front = fronts.read(text)
    root = tree(text, front.body_line, settings)
    if front.ours(settings) and (front.telling or not heads.foreign(root, settings)):
        return Draft("ours", str(front.values.get("title")), None, ours=True)
    judge = Judge(settings, home, as_of)
    judge.remarks += front.remarks
    if of_several := heads.several(root, settings):
        named = " and ".join(f"`{node.title}`" for node in of_several[:3])
        judge.remark(
            "conflict", of_several[1].number, f"the file seems to tell of {len(of_several)} incidents: {named}",
            "split it, and import each by itself",
        )  # fmt: skip
    made = Made()
    head, tops = heads.title_node(root, settings, front.title)
    opening = [*root.lines, *(head.lines if head is not root else [])]
    opening, labelled = labels.split(opening, settings)
    if not labelled and not tops:
        opening, labelled = labels.lone(opening, settings)
        shape = shape or ("labels on lines of their own" if labelled else "")
    nodes = heads.timed([*labelled, *heads.tops(placing.unwrapped(tops, settings), settings)])
    opening, nodes = heads.updated(opening, nodes)
    above = Node("", 0, opening[0].number, None, opening) if opening else None
    nodes = heads.unheaded(heads.tabled([*([above] if above else []), *nodes]), settings)
    if above:
        opening = nodes.pop(0).lines
    first = opening[0] if opening and not root.children and not front.present else None
    label = gathering.titled(opening) or front.named()
    title = titles.choose(
        front.title, head.title if head is not root else "", name, judge, first, label.value if label else ""
    )
    first = first if first is not None and titles.clean(titles.bare(first.text)) == title else None
    if front.title:
        judge.put("title", title, front.line("title"), "stated" if not front.salvaged else "inferred")
    elif label and title == titles.bare(label.value) and head.title != title:
        judge.put("title", title, label.line)
    else:
        judge.put("title", title, head.number if head is not root else first.number if first else 0,
                  "stated" if head is not root else "inferred",
                  "" if head is not root else "the first line" if first else
                  "there is no heading: the file's name")  # fmt: skip
    stated = [*front.stated(), *gathering.stated_in(opening, nodes, judge)]
    judge.state(stated)
    gathering.tell_of_priority(opening, stated, judge)
    stated += gathering.by_reading(text, name, judge, stated)
    stated = gathering.parted_periods(stated)
    stated += gathering.periods(stated)
    nodes, opening = gathering.fact_headings(nodes, opening)
    placing.marked_items(nodes, made)
    placing.sections(nodes, settings, made, judge)
    placing.from_front(front, settings, made, judge)
    zone = timing.zone_of_times(opening, nodes, made.rows)
    timing.other_zones(zone, opening, nodes, judge)
    moved = timing.zone_lines(opening, made, zone)
    day = timing.day_of_incident(stated, made, title, head.title if head is not root else "", front, name, judge)
    offset = judge.stamps([item for item in stated if item.field in words.STAMPS], zone, day[0] if day else None)
    if day is None:
        timing.ask_day(root, judge)
    if day is not None and day[2] == PUBLISHED:
        timing.ask_day(root, judge, day[0])
    if day is not None and "started_at" not in judge.facts and "detected_at" not in judge.facts:
        timing.put_day(day, judge)
    placing.doubt_days(made, settings, judge, _first_day(judge, day[0] if day else None))
    timing.suggest(nodes, judge, made)
    timing.tell_of_clocks([*opening, *(line for node in nodes for part in node.walk() for line in part.lines)],
                          judge, made)  # fmt: skip
    timing.tell_of_zones(opening, nodes, judge)
    placing.tell_of_lines(nodes, settings, judge)
    timing.other_clocks(zone, offset, made.rows, judge)
    timing.say_offset(zone, offset, made)
    left = front.left(judge.facts)
    return Draft(
        shape=shape or _shape(front, labelled, nodes, made),
        title=title,
        day=day[0] if day else None,
        facts=tuple(judge.facts.values()),
        heading=head.title if head is not root else "",
        opening=(Piece(tuple(line.raw for line in moved)),),
        parts=placing.parts_of(made, settings, left),
        timeline=tuple(made.rows),
        actions=tuple(made.items),
        remarks=tuple(judge.remarks),
        ledger=Ledger(tuple(made.dropped + front.dropped), tuple(front.carried), tuple(made.added)),
        zone=offset,
        named_zone=timing.named(zone, offset),
    )


def _first_day(judge: Judge, day: date | None) -> date | None:
    """The day that action items cannot be due before: of the first timestamp, in UTC as reading has it."""
    stamps = (dates.parse_stamp(judge.facts[field].value) for field in STAMPS if field in judge.facts)
    return next((stamp.date() for stamp in stamps if stamp), day)


def _shape(front: fronts.Front, labelled: Sequence[Node], nodes: Sequence[Node], made: Made) -> str:
    """What the report calls the document's shape."""
    if labelled:
        return "labels in bold"
    if front.tool:
        return front.tool
    keys = {node.key for node in nodes}
    if any(time_of(child.title) for node in nodes for child in node.children):
        return "times as headings"
    if keys & {"root_cause_analysis", "timeline", "impact", "executive_summary"}:
        return "headings of the field"
    return "markdown" if made.known or made.own else "prose"
