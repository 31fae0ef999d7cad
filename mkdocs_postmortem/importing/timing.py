"""When it was: the day of the incident, the zone of its times, and what the words only hint at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import PurePosixPath

from mkdocs_postmortem import dates, moments
from mkdocs_postmortem.importing import durations, fronts, titles, words, zones
from mkdocs_postmortem.importing.found import Found, Piece, Row
from mkdocs_postmortem.importing.judging import PUBLISHED, Judge, Zone, day_of
from mkdocs_postmortem.importing.placing import Made
from mkdocs_postmortem.importing.shapes import timeline
from mkdocs_postmortem.importing.shapes.facts import Stated
from mkdocs_postmortem.importing.text import Line, Node, blocks
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.vocabulary import fold

_DATE_CLOCK_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2} ?(UTC|GMT|BST|CES?T|[ECMP][SD]T)\b")
_HEADED_DAY = re.compile(r"\W{0,4}timeline\W{1,4}(?:of |for |on )?(\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?!\d))", re.I)
_SPEAKS = re.compile(
    r"\b(?:outage|incident|impact|problem)s? (?:begins?|starts?|started|began|ends?|ended|is over)\b", re.I
)


def ask_day(root: Node, judge: Judge, published: date | None = None) -> None:
    """Nothing names the day: the first one in the prose is a hint, no more.

    `published` is the day of a blog's front matter, which is all that names one: the prose may tell of another.
    """
    for line in _prose(root):
        day = dates.find_date(line.text[:2000])
        if day is None:
            continue
        if published is None:
            judge.remark(
                "date", line.number, f"date: none is stated; the text names {day}", "write date if that is the day"
            )
        elif day != published:
            judge.remark("conflict", line.number, f"date: the text names {day}, the {PUBLISHED} is {published}",
                         "write the day of the incident: the latter is taken")  # fmt: skip
        return
    if published is None:
        judge.remark("date", 0, "date: none is stated, and none is in the text", "write date or started_at")


def _prose(root: Node) -> Iterator[Line]:
    """The lines of a document that are neither code nor in comments."""
    for node in root.walk():
        yield from (line for line in node.lines if not line.code and line.text.strip())


def zone_of_times(opening: Sequence[Line], nodes: Sequence[Node], rows: Sequence[Row]) -> Zone | None:
    """The zone that the document names for its times, else the one zone that its times have."""
    if said := next(_stated_zones(opening, nodes), None):
        return said
    if headed := _headed_zone(nodes):
        return headed
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


def _stated_zones(opening: Sequence[Line], nodes: Sequence[Node]) -> Iterator[Zone]:
    """The zones that sentences above the sections and in timelines name, and those in the timelines' headings."""
    for lines in (opening, *(part.lines for node in nodes if node.key == "timeline" for part in node.walk())):
        for line in lines:
            beside = _BESIDE_DAY.search(line.text)
            told = beside[1] if beside and zones.says(beside[1]) else line.text
            name = titles.zone_name(told) if not line.code and zones.says(told) else ""
            if name:
                yield Zone(name, line.number, "stated")
    for node in nodes:
        if node.key == "timeline" and (name := titles.zone_in_title(node.title)):
            yield Zone(name, node.number, "stated")


_BESIDE_DAY = re.compile(r"\d\S{0,3}\s*\(([^()]{5,60})\)\s*\Z")
"""What stands in brackets behind a day: `2021-03-01 (all times UTC)`."""


def other_zones(zone: Zone | None, opening: Sequence[Line], nodes: Sequence[Node], judge: Judge) -> None:
    """Tell of the first zone that the document names for its times beside the one that is taken."""
    for other in _stated_zones(opening, nodes) if zone is not None and zone.sure == "stated" else ():
        assert zone is not None
        if other.name != zone.name and not _alike(other.name, zone.name):
            judge.remark(
                "zone", other.line, f"the times are in {other.name} by this line, in {zone.name} by line {zone.line}",
                "write the offset behind those that are in another zone than the line above them says",
            )  # fmt: skip
            return


def _alike(first: str, second: str) -> bool:
    """Whether two names are of one offset, which is known: `GMT` and `UTC`."""
    one, two = zones.offset(first, None).value, zones.offset(second, None).value
    return one is not None and one == two


def _headed_zone(nodes: Sequence[Node]) -> Zone | None:
    """The zone in the head of a timeline's table, where it is the only one: `Time (CET)`."""
    found: dict[str, int] = {}
    for part in (part for node in nodes if node.key == "timeline" for part in node.walk()):
        for block in blocks(part.lines):
            if block.kind == "table" and (name := titles.zone_in_title(block.lines[0].raw)):
                found.setdefault(name, block.number)
    return Zone(*next(iter(found.items())), "stated") if len(found) == 1 else None


def zone_lines(opening: list[Line], made: Made, zone: Zone | None) -> list[Line]:
    """The opening without a sentence on the zone, which is put where the times are."""
    if (
        zone is None
        or zone.sure != "stated"
        or "timeline" not in made.known
        or not any(line.number == zone.line for line in opening)
    ):
        return opening
    block = next(block for block in blocks(opening) if any(line.number == zone.line for line in block.lines))
    if block.kind != "para" or len(block.lines) > 1:
        return opening
    made.known["timeline"].insert(0, Piece((block.lines[0].raw,)))
    return [line for line in opening if line.number != zone.line]


def named(zone: Zone | None, offset: timedelta | None) -> Found | None:
    """The offset that the times were read with, and which words of which line name it."""
    if zone is None or offset is None:
        return None
    return Found("zone", _called(offset), zone.line, zone.sure, zone.name)


def _called(offset: timedelta) -> str:
    """An offset as a person is told of it."""
    sign = zones.written(offset)
    return "UTC" if sign == "Z" else sign


def other_clocks(zone: Zone | None, offset: timedelta | None, rows: Sequence[Row], judge: Judge) -> None:
    """Tell of the first row on a day on which the zone that is named has another offset: summer and winter.

    Where the document names none, it is the zone that the caller said.
    """
    name = zone.name if zone is not None else judge.home.key if judge.home is not None else ""
    if not name or offset is None:
        return
    for row in rows:
        found = moments.read(row.time)
        if found is None or found.day is None or found.zone:
            continue
        there = zones.offset(name, found.day, judge.home if zone is not None else None).value
        if there is not None and there != offset:
            judge.remark(
                "zone", row.line, f"{name} is {_called(there)} on this day, and {_called(offset)} "
                "is taken for all times", "write the offset behind those that have another",
            )  # fmt: skip
            return


def say_offset(zone: Zone | None, offset: timedelta | None, made: Made) -> None:
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
    if zone is None:
        return
    # A heading further down that names the zone again is nearer to its table than the line above.
    for below in range(len(pieces) - 1, at, -1):
        if pieces[below].heading and titles.zone_in_title(pieces[below].heading) == zone.name:
            made.added.append(line)
            first = pieces[below]
            pieces[below : below + 1] = [replace(first, lines=()), Piece((line,)), Piece(first.lines)]


def day_of_incident(
    stated: Sequence[Stated], made: Made, title: str, heading: str,
    front: fronts.Front, name: str, judge: Judge,
) -> tuple[date, int, str] | None:  # fmt: skip
    """The day of the incident out of whatever names one, its line, and what named it."""
    candidates: dict[str, tuple[date, int]] = {}
    for item in stated:
        place = PUBLISHED if item.form == "front matter" and front.blog else "label"
        if item.field == "date" and place not in candidates and durations.known(plain(item.value)):
            found = titles.day_in(plain(item.value))
            if found:
                candidates[place] = (found, item.line)
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
    if general := _general_day(made):
        candidates["timeline"] = general
    for row in made.rows if "timeline" not in candidates else ():
        moment = moments.take(row.time)
        if moment and moment[0].day and moment[0].doubt != moments.EITHER_WAY:
            candidates["timeline"] = (moment[0].day, row.line)
            break
    if "timeline" not in candidates and (headed := _headed_day(made, candidates)):
        candidates["timeline"] = headed
    if "timeline" not in candidates and candidates:
        near = next(iter(candidates.values()))[0]  # which tells the year that the rows do not
        for row in made.rows:
            moment = moments.take(row.time)
            if moment and moment[0].part and (day := moment[0].on(near)):
                candidates["timeline"] = (day, row.line)
                break
    for item in stated:
        if item.field in ("started_at", "detected_at", "duration"):
            moment = moments.take(plain(item.value))
            if moment and moment[0].day:
                candidates["stamps"] = (moment[0].day, item.line)
                break
    for item in stated:
        if item.field == "id" and (found := titles.day_in(item.value)):
            candidates["id"] = (found, item.line)
            break
    return day_of(candidates, judge, blog=front.blog)


def _general_day(made: Made) -> tuple[date, int] | None:
    """The day that a sentence of the timeline says of all events that name no other."""
    for line in (line for piece in made.known.get("timeline", ()) for line in piece.lines):
        taken = moments.take(timeline.general_day(line))
        if taken and taken[0].day:
            return taken[0].day, 0
    return None


def _headed_day(made: Made, others: Mapping[str, tuple[date, int]]) -> tuple[date, int] | None:
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


def put_day(day: tuple[date, int, str], judge: Judge) -> None:
    """Take the day for a fact: stated where a label says it, inferred where anything else does."""
    value, line, origin = day
    if origin == "label":
        judge.put("date", value.isoformat(), line)
    else:
        judge.put("date", value.isoformat(), line, "inferred", f"from the {origin}")


def tell_of_zones(opening: Sequence[Line], nodes: Sequence[Node], judge: Judge) -> None:
    """Tell of a sentence on the zone of all times that names none which can be read: `All times are local`."""
    for lines in (opening, *(part.lines for node in nodes if node.key == "timeline" for part in node.walk())):
        for line in lines:
            if not line.code and zones.says(line.text) and _LOCAL.search(line.text) and not titles.zone_name(line.text):
                judge.remark("zone", line.number, "which zone this line means cannot be read",
                             "write UTC or an offset, or import with --zone")  # fmt: skip
                return


_LOCAL = re.compile(r"\b(?:local|time ?zone|office|server) ?(?:time|hours)?\b", re.I)


def tell_of_clocks(lines: Sequence[Line], judge: Judge, made: Made) -> None:
    """Tell of lines that begin with a time of day, and are in no row: two at least, for one may be anything."""
    rows = {row.line for row in made.rows}
    events = "\n".join(row.event for row in made.rows)
    left: list[Line] = []
    for line in lines:
        match = None if line.code or "|" in line.text[:3] or line.number in rows else _CLOCK_FIRST.match(line.text)
        if match and (taken := moments.take(line.text[match.end() :])) and taken[0].clock and taken[1].strip() and (
            " ".join(taken[1].split()) not in events
        ):  # fmt: skip
            left.append(line)
    if len(left) > 1:
        told = plain(left[0].text.strip())[:60]
        judge.remark("row", left[0].number, f"{len(left)} lines begin with a time and are no rows, first `{told}`",
                     "put them below Timeline if they are what happened")  # fmt: skip


_CLOCK_FIRST = re.compile(r"\s*(?:[-*+•]\s+)?(?=[*_`\[(]{0,3}\d{1,2}:\d{2})")


def suggest(nodes: Sequence[Node], judge: Judge, made: Made) -> None:
    """What the words hint at and nobody stated: for a person, never a fact."""
    for row in made.rows:
        match = _SPEAKS.search(row.event)
        if match:
            which = "resolved_at" if re.search(r"end|over", match[0], re.I) else "started_at"
            if which not in judge.facts:
                judge.remark("stamp", row.line, f"{which}: the timeline says “{match[0]}” at {row.time}",
                             f"write {which} if that is meant")  # fmt: skip
    inferred: dict[str, list[Row]] = {}
    for row in made.rows:
        if row.why:
            inferred.setdefault(row.why, []).append(row)
    for why, rows in inferred.items():
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        judge.remark("row", rows[0].line, f"timeline: {rows[0].time}{more} ({why})", "mend what is not so")
    if not any(field in judge.facts for field in (*words.STAMPS, "duration")):
        for node in nodes:
            if node.key in ("executive_summary", "impact"):
                for block in blocks(node.lines):
                    told = durations.in_prose(" ".join(line.text.strip() for line in block.lines if not line.code))
                    if told:
                        judge.remark("stamp", block.number, f"duration: the {fold(node.title)} tells of “{told}”",
                                     "write duration if that is how long it lasted")  # fmt: skip
                        return
