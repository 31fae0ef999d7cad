"""What an import found beside what a person read in the same document, measure by measure."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from mkdocs_postmortem.dates import parse_duration
from mkdocs_postmortem.model import ActionItem, PostMortem, TimelineEntry

REAL = Path(os.environ.get("POSTMORTEM_REAL") or Path(__file__).parents[3] / "shared" / "real")
TRUTH = Path(__file__).parent / "truth"

STAMPS = {
    "started": "started_at",
    "detected": "detected_at",
    "mitigated": "mitigated_at",
    "resolved": "resolved_at",
}
DURATIONS = {"repair": ("time_to_repair", "time_to_mitigate"), "resolve": ("time_to_resolve",)}


@dataclass
class Score:
    """How many of some facts were found, and which were not."""

    right: int = 0
    of: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, right: bool, miss: str) -> None:
        """Count one fact."""
        self.of += 1
        self.right += right
        if not right:
            self.misses.append(miss)

    @property
    def share(self) -> float:
        """The fraction that was found; 1 where there was nothing to find."""
        return self.right / self.of if self.of else 1.0


@dataclass
class Scores:
    """All measures of some documents."""

    measures: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    invented: list[str] = field(default_factory=list)
    """Items and rows that the result has and nobody wrote."""

    def __add__(self, other: Scores) -> Scores:
        total = Scores(invented=self.invented + other.invented)
        for some in (self, other):
            for name, score in some.measures.items():
                mine = total.measures[name]
                mine.right += score.right
                mine.of += score.of
                mine.misses += score.misses
        return total


def truth(folder: str) -> dict[str, dict[str, Any]]:
    """What a person read in the documents of a folder, by file name."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((TRUTH / f"{folder}.yml").read_text(encoding="utf-8"))
    return loaded


def digest(text: str) -> str:
    """The first twelve digits of a text's hash."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def compare(name: str, told: Mapping[str, Any], source: str, found: PostMortem) -> Scores:
    """Measure the record of one imported document against what a person read in its source."""
    scores = Scores()
    measures = scores.measures
    measures["date"].add(str(found.day) == told["day"], f"{name}: {found.day} for {told['day']}")
    titles = {title["sha256"] for title in told["titles"]}
    measures["title"].add(digest(" ".join(found.title.split())) in titles, f"{name}: {found.title!r}")
    shift = _offset(told)
    for line, what, written, *read in told.get("stamps") or ():
        _stamp(scores, f"{name}:{line} {what} {written}", what, read, shift, found)
    for line, what, seconds in told.get("stated") or ():
        stated = next((value for field in DURATIONS[what] if (value := _duration(found, field)) is not None), None)
        measures["durations"].add(stated == seconds, f"{name}:{line} {what} {stated} for {seconds} s")
    for line, seconds in told.get("said") or ():
        stated = any(_duration(found, field) == seconds for field in ("duration", "time_to_repair", "time_to_resolve"))
        measures["said in prose"].add(stated, f"{name}:{line} {seconds} s")
    lines = source.split("\n")
    _actions(scores, name, told, lines, found.action_items)
    _rows(scores, name, told, lines, found.timeline, shift)
    return scores


def _offset(told: Mapping[str, Any]) -> timedelta | None:
    """The zone of the document's times: UTC where it names none, None where what it names means none."""
    zone = told.get("zone")
    if zone is None:
        return timedelta(0)
    if zone["offset"] is None:
        return None
    sign, hours, minutes = re.fullmatch(r"([+-])(\d\d):(\d\d)", zone["offset"]).groups()  # type: ignore[union-attr]
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return -shift if sign == "-" else shift


def _at(read: str, shift: timedelta | None) -> datetime:
    return datetime.fromisoformat(read).replace(tzinfo=UTC) - (shift or timedelta(0))


def _stamp(scores: Scores, name: str, what: str, read: list[Any], shift: timedelta | None, found: PostMortem) -> None:
    moment = _at(read[0], shift) if read[0] else None
    if what == "declared":
        right = any(entry.at == moment for entry in found.timeline) or moment in _front_moments(found)
    else:
        right = found.stamps.get(STAMPS[what]) == moment
    if moment is None:  # not known: nothing may stand for it
        right = STAMPS[what] not in found.stamps
    if "doubtful" in read:
        absent = what == "declared" or STAMPS[what] not in found.stamps
        scores.measures["doubtful times"].add(right or absent, name)
        return
    scores.measures["times"].add(right, name)


def _front_moments(found: PostMortem) -> set[datetime]:
    return set(found.stamps.values())


def _duration(found: PostMortem, name: str) -> float | None:
    text = found.facts.get(name)
    if text is None and name in found.document.stated:
        text = found.document.stated[name].text
    duration = parse_duration(str(text)) if text is not None else None
    return duration.value.total_seconds() if duration else None


def words(text: str) -> list[str]:
    """The words of some markdown, addresses left out: an import may move those into a column of their own."""
    text = re.sub(r"\]\([^()\s]*\)|\]\[[^\]]*\]|<?https?://[^\s<>)]+>?", " ", text)
    return re.findall(r"\w+", text.casefold())


def overlap(wanted: list[str], given: list[str]) -> float:
    """How many of the wanted words are given; 1 where none are wanted."""
    if not wanted:
        return 1.0
    return sum((Counter(wanted) & Counter(given)).values()) / len(wanted)


def _plain(line: str) -> str:
    line = re.sub(r"^\s*(?:[-*+–]|\d+[.)])?\s*(?:\[[ xX]\]\s+)?", "", line)
    return re.sub(r"^\*\*[^*]+\*\*:\s*|^\[Action Item\]\s*", "", line)


def _actions(scores: Scores, name: str, told: Mapping[str, Any], lines: list[str], items: Iterable[ActionItem]) -> None:
    left = [(item, words(f"{item.action} {item.owner} {item.ticket} {item.status} {item.reason}")) for item in items]
    for number in told["actions"]:
        wanted = words(_plain(lines[number - 1]))
        best = max(left, key=lambda pair: overlap(wanted, pair[1]), default=None)
        right = best is not None and overlap(wanted, best[1]) >= 0.7
        scores.measures["action items"].add(right, f"{name}:{number}")
        if right and best is not None:
            left.remove(best)
    beside = [words(_plain(lines[number - 1])) for number in told.get("beside") or ()]
    for _, given in left:
        if not any(overlap(wanted, given) >= 0.7 for wanted in beside):
            scores.invented.append(f"{name}: action item {' '.join(given[:4])}")


def _rows(
    scores: Scores,
    name: str,
    told: Mapping[str, Any],
    lines: list[str],
    entries: Iterable[TimelineEntry],
    shift: timedelta | None,
) -> None:
    left = [(entry, words(f"{entry.written} {entry.event}")) for entry in entries]
    for number, written, read, *doubtful in told["rows"]:
        event = _event(lines, number, written)
        best = max(left, key=lambda pair: (overlap(event, pair[1]), _dated(pair[0], read, shift)), default=None)
        found = best is not None and overlap(event, best[1]) >= 0.6
        undated = bool(doubtful) or shift is None or not _timed(read)
        right = found and best is not None and (_dated(best[0], read, shift) or (undated and best[0].at is None))
        place = f"{name}:{number} {written}"
        scores.measures["timeline rows"].add(right, place if found else f"{place} (no row)")
        if found and best is not None:
            left.remove(best)
    events = told.get("stamps") or ()
    stated = {_at(read[0], shift) for _, _, _, *read in events if read[0]}
    written = {event[2] for event in events}
    for entry, given in left:
        if entry.at not in stated and entry.written not in written:
            scores.invented.append(f"{name}: row {entry.written} {' '.join(given[:4])}")


def _timed(read: str | None) -> bool:
    return read is not None and "T" in read


def _dated(entry: TimelineEntry, read: str | None, shift: timedelta | None) -> bool:
    if read is None or entry.at is None:
        return read is None and entry.at is None
    if "T" not in read:
        return (entry.at + (shift or timedelta(0))).date().isoformat() == read
    return entry.at == _at(read, shift)


def _event(lines: list[str], number: int, written: str) -> list[str]:
    """The first words of what happened: beside the time, or below a heading that is the time alone."""
    line = lines[number - 1]
    event = words(line.partition(written)[2] or line)
    if line.startswith("#") and len(event) < 2:
        below = (words(line) for line in lines[number:])
        event += next((found for found in below if found), [])
    return event[:10]


def table(by_shape: Mapping[str, Scores]) -> str:
    """The figures by shape, as the report of the tests prints them."""
    total = Scores()
    for scores in by_shape.values():
        total = total + scores
    names = list(total.measures)
    rows = [["", *by_shape, "all"]]
    for name in names:
        cells = [scores.measures.get(name, Score()) for scores in [*by_shape.values(), total]]
        rows.append([name, *(f"{cell.right}/{cell.of} {cell.share:.1%}" if cell.of else "–" for cell in cells)])
    rows.append(["invented", *(str(len(scores.invented)) for scores in [*by_shape.values(), total])])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
