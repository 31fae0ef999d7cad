"""The facts that a document states, by whatever label and wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mkdocs_postmortem import dates
from mkdocs_postmortem.importing import durations, fidelity, words
from mkdocs_postmortem.importing.judging import Judge
from mkdocs_postmortem.importing.shapes import facts
from mkdocs_postmortem.importing.shapes.facts import Stated
from mkdocs_postmortem.importing.text import Line, Node
from mkdocs_postmortem.model import DETECTION_METHODS, STAMPS, PostMortem
from mkdocs_postmortem.reading import record
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.reading.source import Source


def stated_in(opening: Sequence[Line], nodes: Sequence[Node], judge: Judge) -> list[Stated]:
    """What labels state at the head of a document and in its sections; the timeline's times are none of it."""
    found = list(facts.headers(opening))
    for node in nodes:
        if words.key_events(node.title):
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
                if heading.line != part.number or not facts.is_table_of_facts(part.lines):
                    continue  # what stands below is the fact itself, or none
            if part.key in ("how_detected", "response_actions", "impact", "detection_and_response"):
                found += [
                    item
                    for item in facts.headers(part.lines)
                    if item.field in words.DURATIONS and item.form == "line" and item.field != "duration"
                ]
            whole = (part.key in (None, "impact") or part.label) and facts.is_table_of_facts(part.lines)
            found += [
                item
                for item in facts.headers(part.lines, certain=whole)
                if whole or part.key == "impact" or not (item.field in words.FREE or words.ROLE(item.label))
            ]
    return found


def titled(opening: Sequence[Line]) -> Stated | None:
    """The title that a label at the head of a document states: `**Title**: Wrong exchange rates`."""
    found = (item for item in facts.headers(opening) if item.field == "title")
    return next((item for item in found if item.label.casefold().endswith("title") and item.value), None)


def tell_of_priority(opening: Sequence[Line], stated: Sequence[Stated], judge: Judge) -> None:
    """Tell of a priority at the head of a document that states no severity: many mean the same, some do not."""
    if any(item.field == "severity" for item in stated):
        return
    for line in opening:
        match = None if line.code else _PRIORITY.match(line.text)
        if match and judge.settings.find_severity(match[1]) in judge.settings.severity_names:
            judge.remark("severity", line.number, f"severity: none is stated; the priority is `{match[1]}`",
                         "write severity if that is the same")  # fmt: skip
            return


_PRIORITY = re.compile(r"\W*(?:prio|priority|priorität|priorité|prioridad|prioridade)\W*[:|]\W*(\w+)", re.I)


def by_reading(text: str, name: str, judge: Judge, stated: Sequence[Stated]) -> list[Stated]:
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


def parted_periods(stated: Sequence[Stated]) -> list[Stated]:
    """The facts, with a start that states a period as the two ends of it, where nothing else states the other end."""
    found: list[Stated] = []
    ended = any(item.field == "resolved_at" for item in stated)
    for item in stated:
        ends = durations.period(plain(item.value)) if item.field == "started_at" else None
        if ends is None or ended:
            found.append(item)
            continue
        found.append(Stated(item.label, "started_at", ends[0], item.line, "period"))
        found.append(Stated(item.label, "resolved_at", ends[1], item.line, "period"))
        ended = True
    return found


def periods(stated: Sequence[Stated]) -> list[Stated]:
    """Start and end, where no label states a time and that of the duration states a period: `14:30 - 16:00 UTC`."""
    if any(item.field in words.STAMPS for item in stated):
        return []
    for item in stated:
        if item.field == "duration" and (found := durations.period(plain(item.value))):
            first, last = found
            return [
                Stated(item.label, "started_at", first, item.line, "period"),
                Stated(item.label, "resolved_at", last, item.line, "period"),
            ]
    return []


def _line_of(found: PostMortem, field: str) -> int:
    span = found.place((field,))
    return span.line if span else 0


def fact_headings(nodes: list[Node], opening: list[Line]) -> tuple[list[Node], list[Line]]:
    """Headings that are facts (`## Date: July 1, 2020`) as labels at the head of the document."""
    kept: list[Node] = []
    made: list[Line] = []
    for node in nodes:
        item = facts.of_heading(node) if node.key is None and not node.children else None
        if item is None or item.field == "title":
            kept.append(node)
            continue
        text = f"- **{item.label}:** {' '.join(item.value.split())}"
        # The label and its value have to be every word that stands there.
        if fidelity.of_all([node.title, *(line.raw for line in node.lines)]) == fidelity.words_of(text):
            made.append(Line(node.number, text, text))
        else:
            kept.append(node)
    if not made:
        return nodes, opening
    apart = [Line(0, "", "")] if any(not line.blank for line in opening) else []
    return kept, [*opening, *apart, *made]


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
