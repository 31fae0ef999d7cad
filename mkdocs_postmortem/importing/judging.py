"""From what a document states to facts of ours: read, compared with each other, and doubted where they disagree.

Nothing is guessed into a fact: what cannot be read stays in the words, and a person is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from mkdocs_postmortem import dates, moments
from mkdocs_postmortem.importing import durations, words, zones
from mkdocs_postmortem.importing.found import Found, Remark, Sure
from mkdocs_postmortem.importing.shapes.facts import Stated
from mkdocs_postmortem.model import DETECTION_METHODS, DOCUMENT_STATES
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import DETECTION_LABELS, DOCUMENT_STATE_ALIASES, Lookup

ORDERS = (
    ("started_at", "detected_at"),
    ("detected_at", "acknowledged_at"),
    ("started_at", "acknowledged_at"),
    ("started_at", "mitigated_at"),
    ("detected_at", "mitigated_at"),
    ("mitigated_at", "resolved_at"),
    ("acknowledged_at", "resolved_at"),
    ("detected_at", "resolved_at"),
    ("started_at", "resolved_at"),
)
_FAR = timedelta(days=300)
"""A stamp that lies so far from everything else of the document was written with another year."""
_PREHISTORY = timedelta(days=60)
"""A timeline that begins so long before the document was published begins with what led to the incident."""
PUBLISHED = "front matter's date"
"""The place of a day that is a blog's `date`."""
_STATE = Lookup(DOCUMENT_STATE_ALIASES)
_METHOD = Lookup(DETECTION_LABELS)
_DECORATED = re.compile(r"^[^\w]+|\s*[(—–].*$|\s-\s.*$")
_FIRST_WORD = re.compile(r"\W*(\w[\w.-]*)\s*(?:[(\[–—,:;/|]|-\s|$)")
_LEVEL = re.compile(r"\W*([A-Za-z]{1,8})[ -]?(\d)\W*\Z")
"""A level of which only a sign between its letters and its number may be another: `SEV2`, `SEV-2`."""
_FIRST_WORDS = re.compile(r"[,;:.(–—]| - ")
_TO_FILL = re.compile(r"<[^<>@]*>|\{[^{}]*\}|(?:add|insert|your)[ _-]names?(?: here)?", re.I)
"""What a template left for somebody to fill: `<add name here>`."""
_PARTED = re.compile(r"[,;]|\s+and\s+|\s+&\s+|<br\s*/?>")
_PERSON = re.compile(r"@[\w.-]{1,60}|[^\W\d_][\w.'’-]{0,60}(?: [\w.'’()@-]{1,60}){0,4}")
_NO_ZONE = "no zone is stated: read as UTC"
_LONGEST = 200
_MOST_NAMES = 50


class Zone(NamedTuple):
    """The zone of a document's times: what it is called, the line, and whether the document says so for all."""

    name: str
    line: int
    sure: Sure


class Stamp(NamedTuple):
    """A stamp that a document states, before it is compared with the others."""

    field: str
    when: datetime
    """By the clock of its zone."""
    stated: Stated
    zone: str
    doubt: str


class _Placed(NamedTuple):
    """A stamp in its zone; `why` tells why a person should look, and is empty where nobody needs to."""

    stamp: Stamp
    offset: timedelta
    why: str


class Judge:
    """What is gathered about one document: facts and remarks, in the order they are found."""

    def __init__(self, settings: Settings, home: ZoneInfo | None, as_of: date) -> None:
        self.settings = settings
        self.home = home
        self.as_of = as_of
        self.facts: dict[str, Found] = {}
        self.remarks: list[Remark] = []

    def remark(self, kind: str, line: int, text: str, help: str = "") -> None:
        """Tell a person of something."""
        self.remarks.append(Remark(kind, line, text, help))

    def put(self, field: str, value: Any, line: int, sure: Sure = "stated", why: str = "", written: str = "") -> None:
        """Take a fact, unless the field has one: then both are told where they differ."""
        known = self.facts.get(field)
        if known is None:
            self.facts[field] = Found(field, value, line, sure, why, written)
        elif known.value != value:
            shown = _shown(value)
            self.remark(
                "conflict",
                line,
                f"{field}: here `{shown}`, in line {known.line} `{_shown(known.value)}`",
                "the first is taken; keep the one that holds",
            )

    # Words ----------------------------------------------------------------------------------

    def state(self, stated: Iterable[Stated]) -> None:
        """Facts that are words or durations; stamps and days are left to those who know the zone."""
        for item in stated:
            value = plain(item.value)
            if item.field in words.STAMPS or item.field == "date":
                continue
            if not durations.known(value) and not (item.field == "data_loss" and value.casefold() == "none"):
                continue
            if item.field in words.DURATIONS:
                self._duration(item, value)
            else:
                self._word(item, value)

    def _duration(self, item: Stated, value: str) -> None:
        found = durations.read(value)
        if found is None:
            if item.field != "duration" or durations.period(value) is None:
                self.remark("stamp", item.line, f"{item.field}: `{_cut(value)}` is no duration", "write it as 1h 30m")
            return
        if item.field == "duration" and not found:
            return
        if len(value) <= _LONGEST:
            self.put(item.field, value, item.line, written=item.label)
        if item.label.casefold() == "time to recovery":
            self.remark(
                "note",
                item.line,
                "time to recovery: some count it from the start, not from the detection",
                "if so, call it duration",
            )

    def _word(self, item: Stated, value: str) -> None:
        field, line = item.field, item.line
        if field == "severity":
            self.severity(value, line)
        elif field == "status":
            self.status(value, line)
        elif field == "incident_type":
            kind = self.settings.find_type(value)
            if kind:
                self.put(field, kind, line)
            else:
                self.remark(
                    "note",
                    line,
                    f"incident_type: `{_cut(value)}` is none of the project's types",
                    "list it under incident_types in postmortem.yml, or choose one",
                )
        elif field == "detection_method":
            folded = "-".join(value.casefold().split())
            method = folded if folded in DETECTION_METHODS else _METHOD(value)
            if method:
                self.put(field, method, line, written=value)
        elif field == "near_miss":
            if value.casefold() in ("yes", "true"):
                self.put(field, True, line)
        elif field == "participants" and (role := words.ROLE(item.label)):
            self._role(role, value, line)
        elif field in words.NAMES:
            self.names(field, value, line)
        elif field in words.IMPACT:
            self.put(field, value, line)
        elif field in ("owner", "facilitator"):
            if len(value) <= _LONGEST:
                self.put(field, value, line)
        elif field == "id" and re.fullmatch(r"\w[\w .:+-]{0,119}", value):
            self.put(field, value, line)

    def names(self, field: str, value: str, line: int) -> None:
        """A list in one line."""
        parts = _parts(value)
        for part in parts:
            if _TO_FILL.fullmatch(part):
                self.remark("note", line, f"{field}: `{_cut(part)}` is a place to be filled in, and nobody",
                            "write who it is, or remove it")  # fmt: skip
        given = list(
            dict.fromkeys(
                part for part in parts
                if durations.known(part) and len(part) <= _LONGEST and not _TO_FILL.fullmatch(part)
            )
        )  # fmt: skip
        known = self.facts.get(field)
        if given and known is not None and isinstance(known.value, list):
            there = [one["who"] if isinstance(one, dict) else one for one in known.value]
            merged = [*known.value, *(one for one in given if one not in there)]
            self.facts[field] = replace(known, value=merged[:_MOST_NAMES])
        elif given and len(given) <= _MOST_NAMES:
            self.put(field, given, line)

    def _role(self, role: str, value: str, line: int) -> None:
        """People by what they did in the incident, beside those who took part otherwise."""
        who = [part for part in _parts(value) if _PERSON.fullmatch(part)]
        if not who or len(who) != len(_parts(value)):
            return
        known = self.facts.get("participants")
        before = known.value if known is not None and isinstance(known.value, list) else []
        new = [{"who": one, "role": role} for one in who]
        kept = [one for one in before if one not in who and one not in new]
        merged = [*(one for one in kept if isinstance(one, dict)), *new, *(one for one in kept if isinstance(one, str))]
        self.facts["participants"] = Found("participants", merged[:_MOST_NAMES], known.line if known else line)

    def severity(self, value: str, line: int) -> None:
        """A severity: only where the project's scale has it, by its names and the aliases it configured."""
        first = _FIRST_WORD.match(value)
        parted = _LEVEL.match(value)
        joined = [f"{parted[1]}{sign}{parted[2]}" for sign in ("", "-", " ")] if parted else []
        for text in (value, _DECORATED.sub("", value).strip(), first[1] if first else "", *joined):
            found = self.settings.find_severity(text) if text else None
            if found:
                self.put("severity", found, line, written=value)
                return
        scale = ", ".join(self.settings.severity_names)
        self.remark(
            "severity",
            line,
            f"severity: `{_cut(value)}` is not on the project's scale ({scale})",
            "give a level this alias in postmortem.yml and import again, or choose one",
        )

    def status(self, value: str, line: int) -> None:
        """The state of the document; an imported one is a draft, whatever it was."""
        state = next(
            (
                found
                for text in (value, _FIRST_WORDS.split(value, maxsplit=1)[0])
                if (found := text.casefold() if text.casefold() in DOCUMENT_STATES else _STATE(text))
            ),
            None,
        )
        if state == "draft":
            return
        if state:
            self.remark(
                "status",
                line,
                f"status: `{_cut(value)}`; imported as a draft",
                f"write `status: {state}` when what is missing is filled in",
            )
        else:
            self.remark("status", line, f"status: `{_cut(value)}` tells of the incident; imported as a draft")

    # Days and stamps ------------------------------------------------------------------------

    def stamps(self, stated: Sequence[Stated], zone: Zone | None, day: date | None) -> timedelta | None:
        """The stamps that are stated, each in the document's zone or its own; returns the offset of the document."""
        found: list[Stamp] = []
        for item in stated:
            value = plain(item.value)
            if not durations.known(value) or value.casefold() in _STATES:
                continue
            stamp = self._stamp(item, value, day)
            if stamp:
                found.append(stamp)
        found = self._doubted(_over_midnight(found), day)
        first = found[0].when.date() if found else day
        general, told = self._zone(zone, first)
        found = self._in_the_same_zone(found) if zone is None else found
        placed = [one for stamp in found if (one := self._placed(stamp, general, zone, told)) is not None]
        for one in self._in_order(placed):
            self._put_stamp(one)
        return general

    @staticmethod
    def _in_the_same_zone(found: list[Stamp]) -> list[Stamp]:
        """Where some stamps name one zone, those beside them that name none are taken to be in it."""
        named = {stamp.zone: stamp for stamp in found if stamp.zone}
        if len(named) != 1:
            return found
        name, first = next(iter(named.items()))
        doubt = f"the zone is that of line {first.stated.line}"
        return [stamp if stamp.zone else stamp._replace(zone=name, doubt=stamp.doubt or doubt) for stamp in found]

    def _in_order(self, found: list[_Placed]) -> list[_Placed]:
        """Those that can be true together, each in its zone; the others are told, and stay in the words alone."""
        apart = "in their zones " if len({one.offset for one in found}) > 1 else ""
        good = {one.stamp.field: one for one in found}
        while wrong := _most_wrong({field: one.stamp.when - one.offset for field, one in good.items()}):
            self._refuse(good.pop(wrong).stamp, f"cannot be: {apart}the other times contradict it")
        return list(good.values())

    def _stamp(self, item: Stated, value: str, day: date | None) -> Stamp | None:
        taken = moments.take(value)
        if taken is None:
            exact = dates.find_date(value)
            self.remark(
                "stamp",
                item.line,
                f"{item.field}: the time `{_cut(value)}` cannot be read",
                "write it as 2026-11-03T10:02Z" if exact is None else "the clock is missing",
            )
            return None
        moment, behind = taken
        if not moment.zone and _OTHER_CLOCK.match(behind):
            self.remark(
                "stamp", item.line, f"{item.field}: `{_cut(value)}` says two times", "write it as 2026-11-03T10:02Z"
            )
            return None
        moment = moment if moment.zone else moment._replace(zone=_zone_behind(behind))
        on = moment.on(day) or (day if moment.clock is not None else None)
        if moment.clock is None or on is None:
            self.remark(
                "stamp",
                item.line,
                f"{item.field}: `{_cut(value)}` says no time of day"
                if on
                else f"{item.field}: `{_cut(value)}` says no day",
                "write it as 2026-11-03T10:02Z",
            )
            return None
        doubt = moment.doubt
        if item.form == "period":
            doubt = doubt or f"the period that line {item.line} states"
        if moment.day is None:
            doubt = doubt or "the day is that of the incident"
        if not moment.exact:
            doubt = doubt or "it is written as a rough time"
        return Stamp(item.field, datetime.combine(on, moment.clock), item, moment.zone, doubt)

    def _doubted(self, found: list[Stamp], day: date | None) -> list[Stamp]:
        """One of each field, near the incident and in the past; the others are told, and stay in the words alone."""
        kept: list[Stamp] = []
        for stamp in found:
            known = next((other for other in kept if other.field == stamp.field), None)
            if known is None:
                kept.append(stamp)
            elif known.when != stamp.when and known.stated.label.casefold() == stamp.stated.label.casefold():
                self.remark(
                    "conflict",
                    stamp.stated.line,
                    f"{stamp.field}: here it is {stamp.when:%Y-%m-%d %H:%M}, line {known.stated.line} has "
                    f"{known.when:%Y-%m-%d %H:%M}",
                    "the first is taken; keep the one that holds",
                )
        near = datetime.combine(day, datetime.min.time()) if day else None
        years = Counter(stamp.when.year for stamp in kept)
        usual = near or (
            next(stamp.when for stamp in kept if stamp.when.year == years.most_common(1)[0][0]) if kept else None
        )
        good: list[Stamp] = []
        for stamp in kept:
            if usual is not None and abs(stamp.when - usual) > _FAR:
                self._refuse(stamp, f"lies {abs((stamp.when - usual).days)} days from the incident: is the year right?")
            elif stamp.when.date() > self.as_of:
                self._refuse(stamp, "has not come yet")
            else:
                good.append(stamp)
        return good

    def _refuse(self, stamp: Stamp, why: str) -> None:
        self.remark(
            "conflict",
            stamp.stated.line,
            f"{stamp.field}: {stamp.when:%Y-%m-%d %H:%M} {why}",
            "it is not among the facts; mend it and write it there",
        )

    def _zone(self, zone: Zone | None, day: date | None) -> tuple[timedelta | None, str]:
        """The offset of the document's times on a day, and what is to be said about it."""
        if zone is not None:
            known = zones.offset(zone.name, day, self.home)
            if known.value is None or known.doubt:
                self.remark(
                    "zone",
                    zone.line,
                    known.doubt or f"the zone {zone.name} cannot be read",
                    "" if known.value is not None else "write UTC or an offset, or import with --zone",
                )
            return known.value, known.doubt
        if self.home is not None and day is not None:
            return zones.at(self.home, datetime.combine(day, datetime.min.time())), ""
        return None, ""

    def _placed(self, stamp: Stamp, general: timedelta | None, zone: Zone | None, told: str) -> _Placed | None:
        """A stamp with its offset, and why a person should look; None in a zone that nobody knows, which is told."""
        own = zones.offset(stamp.zone, stamp.when.date(), self.home) if stamp.zone else None
        why = stamp.doubt
        if own is not None and own.value is None:
            self.remark("zone", stamp.stated.line, f"{stamp.field}: {own.doubt}", "write UTC or an offset: +01:00")
            return None
        if own is not None and own.value is not None:
            return _Placed(stamp, own.value, why or own.doubt)
        if zone is not None and general is None:
            return None  # told once, for all
        if zone is None and self.home is not None:
            return _Placed(stamp, zones.at(self.home, stamp.when) or timedelta(0), why)
        if general is not None:
            inferred = "" if zone is None or zone.sure == "stated" else f"the zone is that of line {zone.line}"
            return _Placed(stamp, general, why or told or inferred)
        return _Placed(stamp, timedelta(0), f"{why}; {_NO_ZONE}" if why else _NO_ZONE)

    def _put_stamp(self, placed: _Placed) -> None:
        stamp, offset, why = placed
        sure: Sure = "inferred" if why else "stated"
        text = (
            f"{stamp.when:%Y-%m-%dT%H:%M}" + (f":{stamp.when:%S}" if stamp.when.second else "") + zones.written(offset)
        )
        if dates.parse_stamp(text) is None:
            return
        self.put(stamp.field, text, stamp.stated.line, sure, why, stamp.stated.value)


def _over_midnight(found: list[Stamp]) -> list[Stamp]:
    """The end of a period of which nobody said the day, on the next one where its clock is before the beginning's."""
    begin = next((stamp for stamp in found if stamp.stated.form == "period" and stamp.field == "started_at"), None)
    return [
        stamp._replace(when=stamp.when + timedelta(days=1))
        if begin and stamp.stated.form == "period" and timedelta(0) < begin.when - stamp.when < timedelta(days=1)
        else stamp
        for stamp in found
    ]


def _zone_behind(text: str) -> str:
    """The zone that stands behind a time with something between: `, Eastern`, `Europe/Paris`, `(local time)`."""
    text = text.lstrip(" ,(（")
    match = moments.ZONE.match(text) or _PLACE.match(text)
    if match:
        return match[1]
    named = dates.named_zone(text) if text[:5].casefold() == "local" else None
    return named.name if named else ""


_STATES = frozenset({"true", "false", "yes", "no"})
"""What says that something is so, where others say when it was: `resolved: true`."""
_PLACE = re.compile(r"([A-Z][A-Za-z_]+/[A-Z][A-Za-z_]+)(?![\w/])")
_OTHER_CLOCK = re.compile(r"[\s(]*(?:/|=|or\b)\s*\d{1,2}:\d{2}")


def _most_wrong(moments_of: Mapping[str, datetime]) -> str:
    """The field that most others contradict; empty where all can be true together."""
    wrong: Counter[str] = Counter()
    for first, last in ORDERS:
        if first in moments_of and last in moments_of and moments_of[last] < moments_of[first]:
            wrong.update((first, last))
    most = max(wrong.values(), default=0)
    # Of two that contradict each other it is the later one's place in the order that is doubted.
    return next((field for field in reversed(words.STAMPS) if most and wrong[field] == most), "")


def day_of(
    candidates: Mapping[str, tuple[date, int]], judge: Judge, *, blog: bool = False
) -> tuple[date, int, str] | None:
    """The day of the incident out of what names one: a label before all else, then what two agree on.

    `candidates` are days by where they stand: `label`, `stamps`, `timeline`, `title`, `file name`, `id`,
    and `PUBLISHED`, which says when it was told rather than when it was, as does the name of a `blog`'s file.
    """
    if not candidates:
        return None
    ranks = ("label", "stamps", "timeline", "title", PUBLISHED, "file name", "id")
    found = {name: candidates[name] for name in ranks if name in candidates}
    told = found.get(PUBLISHED)
    if told and (named := found.get("file name")) and named[0] == told[0]:
        del found["file name"]  # a blog names its files so: the same word, once more
    # A file is named, and a title written, by the day somebody wrote; the timeline often begins the day before.
    votes = Counter(day for name, (day, _) in found.items() if name != "label")
    chosen = next(iter(found))
    if chosen != "label":
        best = max(votes.values())
        preferred: tuple[str, ...] = (
            ("title", "file name", "stamps", "timeline", "id", PUBLISHED)
            if best > 1
            else ("stamps", "title", "file name", "timeline", "id", PUBLISHED)
        )
        if blog:
            preferred = (*(name for name in preferred if name != "file name"), "file name")
        if told and "timeline" in found and told[0] - found["timeline"][0] > _PREHISTORY:
            preferred = (*preferred[:-3], PUBLISHED, *preferred[-3:-1])
        chosen = next(name for name in preferred if name in found and votes[found[name][0]] == best)
    day, line = found[chosen]
    for name, (other, where) in found.items():
        far = abs((other - day).days)
        if far and not (name == "timeline" and far <= 2) and not (name == "stamps" and far <= 1):
            place = f"line {where}" if where else "the file name"
            judge.remark(
                "conflict",
                where,
                f"date: the {name} says {other} ({place}), the {chosen} {day}",
                "the latter is taken; correct the one that is wrong",
            )
    return day, line, chosen


def _parts(value: str) -> list[str]:
    return [part.strip(" []\"'`*_") for part in _PARTED.split(value)]


def _shown(value: object) -> str:
    return _cut(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "…"
