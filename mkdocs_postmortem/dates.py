"""Dates, times and durations, as the field writes them. Unknown is None, never zero."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from mkdocs_postmortem.vocabulary import UNKNOWN

RFC3339 = re.compile(r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:\d{2})\Z")
"""A timestamp as the schema asks for it: with an offset, seconds optional."""

_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
} | {
    name: number
    for number, names in enumerate(
        ("januar janvier janeiro enero", "februar février fevereiro febrero", "märz mars março marzo",
         "avril abril", "mai maio mayo", "juni juin junho junio", "juli juillet julho julio", "août agosto",
         "septembre setembro septiembre", "oktober octobre outubro octubre", "novembre novembro noviembre",
         "dezember décembre dezembro diciembre"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?({_MONTH})\.?,?\s+(?:del?\s+)?(\d{{4}})", re.I
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.I)
_SLASHED = re.compile(r"(?<!\d)(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)")
_YEAR = re.compile(r"\d{4}")
_ZONE = r"(?:utc|gmt)\s?[+−-]\d{1,2}(?::?\d{2})?|[+−-]\d{2}:?\d{2}|[a-z]{1,5}"
_CLOCK = re.compile(rf"~?\s*(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?\s*(am|pm)?\s*({_ZONE})?\Z", re.I)
_MOMENT = re.compile(
    rf"(\d{{4}})-(\d{{2}})-(\d{{2}})[Tt, ]{{1,4}}(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?\s{{0,4}}({_ZONE})?\Z", re.I
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+−-])(\d{1,2})(?::?(\d{2}))?\Z", re.I)
_CLOCKED = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt, ]+(\d{1,2}):(\d{2}(?::\d{2}(?:\.\d{1,9})?)?)"
    r"\s*(?:(z|utc|gmt)|(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?|([a-z]{2,5}))?\Z",
    re.I,
)
"""A day and a time of day, with a zone, an offset or neither."""
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3,
    "est": -5, "edt": -4, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "wat": 1, "cat": 2, "eat": 3,
    "sgt": 8, "hkt": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
"""Hours east of UTC of the abbreviations that mean one offset; IST, CST, BST and PT mean several, and are not read."""
_ZONE_NAMES = {
    "westafrica": 1, "centralafrica": 2, "eastafrica": 3, "britishsummer": 1, "greenwichmean": 0,
    "coordinateduniversal": 0, "centraleuropeansummer": 2, "easterneuropeansummer": 3, "indiastandard": 5.5,
    "japan": 9, "japanstandard": 9, "koreastandard": 9, "singapore": 8, "singaporestandard": 8,
}  # fmt: skip
"""The same of names in words that mean one offset, without their spaces and "time"."""
_NAMED_ZONE = re.compile(r"(\w+?)time\Z")
_DEMONYM = re.compile(r"(africa|india|korea)n")
_SAYS_ZONE = re.compile(
    r"\W*(?:note: ?)?(?:(?:all|the|alle) ){0,2}(?:time ?zone\b|times?\b|timestamps?\b|(?:uhr)?zeiten\b)?"
    r"(?: below)?(?: are| is)?(?: all)?"
    r"(?: given| shown| stated| listed| written)?:? ?(?:in |as )?(?:the )?",
    re.I,
)
_ZONE_WORD = re.compile(
    r"(?:UTC|GMT) ?[+−-] ?\d{1,2}(?::?\d{2})?(?!\d)|(?<![\w:])[+−-]\d{2}:\d{2}\b"
    r"|(?i:\b(?:UTC|GMT|CES?T|MES?Z|EES?T|E[SD]T|P[SD]T|JST|KST|AE[SD]T|NZ[SD]T)\b)"
    r"|\b(?:Z|ET|PT|CT|MT|[A-Z]{1,4}[SD]?T)\b|\b[A-Z][a-z]+/[A-Z]\w+|(?i:\b(?:pacific|eastern|central|"
    r"mountain|local|european|(?:west|east) african?|british|greenwich|coordinated|indian?|japan|korean?|singapore)\b"
    r"(?: \w+){0,2}? time\b|\blocal\b)"
)
_HAS_DIGIT = re.compile(r"\d")
_ALSO = re.compile(r"[ ,]{0,2}([(/=]|or\b|and\b) ?")
NO_ZONES = frozenset(
    {
        "ACT", "AT", "BEST", "BOOT", "BUT", "CERT", "COST", "EDIT", "EVENT", "EXIT", "FIRST", "GET", "GIT", "GPT",
        "HALT", "HOST", "INT", "IOT", "IT", "JUST", "JWT", "LAST", "LIST", "MQTT", "MUST", "NAT", "NEXT", "NOT", "OUT",
        "PORT", "POST", "PUT", "RESET", "REST", "ROOT", "SET", "START", "T", "TEST", "TEXT", "THE", "UAT", "UNIT",
    }
)  # fmt: skip
"""Words in capitals that look like the name of a zone and are none."""
_UNITS = {
    "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1,
    "週": 604800, "日": 86400, "天": 86400, "時": 3600, "小": 3600, "分": 60, "秒": 1,
}  # fmt: skip
_OTHER_UNITS = {"st": "h", "t": "d", "j": "d", "sem": "w"}
"""How the names of units begin in other languages that begin otherwise than ours: `Stunden`, `Tage`, `jours`."""
_AMOUNT = re.compile(
    r"(?<!\d)(\d{1,9}(?:[.,]\d{1,9})?)\+?\s*"
    r"((?:weeks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m|seconds?|secs?|sec|s)(?![a-z])"
    r"|(?:stunden?|horas?|heures?|minuten?|minutos?|tagen?|tage?|d[ií]as?|dias?|jours?|wochen?|semanas?|semaines?"
    r"|sekunden?|segundos?|secondes?)(?!\w)"
    r"|週間|日間|天|時間|小时|小時|分[間钟鐘]?|秒[間钟鐘]?)",
    re.I,
)
_ISO_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z", re.I)
_CLOCK_DURATION = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?\Z")
_SPREAD = re.compile(r"(?<![\d.,:/-])(\d{1,9}(?:[.,]\d{1,3})?)\s?(-|–|—|[〜～]|to|and)\s?\Z", re.I)
"""The first number of "45-50 minutes", before the second."""
_PARTED = re.compile(r"\s?(?:-|–|—|to)\s?", re.I)
_HOUR_MINUTES = re.compile(r"(\d{1,4})\s?h\s?(\d{2})(?!\d|[.,:]\d)", re.I)
_LONGEST = 200
"""Characters in which a duration is looked for: what is longer states none."""
_ABOUT = re.compile(
    r"~|≈|約|约|推定|\b(?:about|around|roughly|approx|approximately|circa|nearly|almost|over|more than|ca\.?)\b|[<>]",
    re.I,
)


class Duration(NamedTuple):
    """A stated duration, and how far the truth may be from it by the way it was stated."""

    value: timedelta
    tolerance: timedelta


def parse_stamp(text: object) -> datetime | None:
    """An RFC 3339 timestamp with an offset, seconds optional; None for anything else."""
    if not isinstance(text, str):
        return None
    match = RFC3339.match(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    # A leap second has no place in Python's clock; the instant before it has.
    seconds = min(int(second or 0), 59)
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), seconds,
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
        if offset not in "Zz":
            hours, minutes = int(offset[1:3]), int(offset[4:6])
            if hours > 23 or minutes > 59:
                return None
            shift = timedelta(hours=hours, minutes=minutes)
            moment += shift if offset[0] == "-" else -shift
    except (ValueError, OverflowError):
        return None
    return moment


def parse_date(text: object) -> date | None:
    """A calendar day written as `2026-11-03`, alone or before a time; None for anything else."""
    if not isinstance(text, str):
        return None
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})(?:[Tt ].*)?\Z", text.strip())
    if not match:
        return None
    return _day(*match.groups())


class Clocked(NamedTuple):
    """The parts of a day and a time of day that were written together."""

    moment: str
    """As RFC 3339 has it, without an offset: `2026-11-03T10:02`."""
    offset: str
    """`Z` or `+01:00`; empty where none was written."""
    zone: str
    """The abbreviation of a zone that was written in place of an offset: `CET`."""


def clocked(text: str) -> Clocked | None:
    """The parts of `2026-11-03 9:02 UTC+1`, with nothing in them that was not written; None for anything else."""
    match = _CLOCKED.match(text.strip())
    if match is None or find_date(match[1]) is None or int(match[2]) > 23:
        return None
    offset = "Z" if match[4] else f"{match[5]}{match[6].zfill(2)}:{match[7] or '00'}" if match[5] else ""
    return Clocked(f"{match[1]}T{match[2].zfill(2)}:{match[3]}", offset, match[8] or "")


def exact_stamp(text: str) -> str | None:
    """A timestamp as RFC 3339 where day, time and offset were written; None where it is one, or is none.

    An abbreviation other than UTC and GMT is no offset: writers say CET in summer, too.
    """
    parts = clocked(text)
    if parts is None or not parts.offset or parse_stamp(text) is not None:
        return None
    stamp = parts.moment + parts.offset
    return stamp if parse_stamp(stamp) is not None else None


def exact_day(text: str) -> str | None:
    """A day as `2026-11-03` where the text is a day and nothing else; None where it is one so, or is none.

    Only forms with one meaning count: the year first, or the month as a word.
    """
    bare = text.strip()
    if len(bare) > 30 or not any(form.fullmatch(bare) for form in (_ISO_DATE, _SLASHED, _DAY_FIRST, _MONTH_FIRST)):
        return None
    day = find_date(bare)
    return day.isoformat() if day is not None and day.isoformat() != bare else None


def find_date(text: str) -> date | None:
    """The first day that the text names beyond doubt: ISO, with the month as a word, or `12/18/2020`.

    Of numbers alone only where they give one day, whichever of them the month is.
    """
    if not _YEAR.search(text):
        return None
    for pattern, order in (
        (_ISO_DATE, (0, 1, 2)),
        (_SLASHED, (0, 1, 2)),
        (_DAY_FIRST, (2, 1, 0)),
        (_MONTH_FIRST, (2, 0, 1)),
    ):
        for match in pattern.finditer(text):
            groups = match.groups()
            month = groups[order[1]]
            day = _day(groups[order[0]], str(MONTHS.get(month.lower(), month)), groups[order[2]])
            if day:
                return day
    for first, second, year in _NUMBERS.findall(text):
        days = {day for pair in ((first, second), (second, first)) if (day := _day(year, *pair))}
        if len(days) == 1:
            return days.pop()
    return None


_NUMBERS = re.compile(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/(\d{4})(?![\w/-])")
"""A day in numbers of which the first may be the month or the day."""


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_clock(text: str) -> time | None:
    """A time of day (`10:02`, `~10:02 UTC`, `2:05 pm`, `10:02 CET`); None for anything else.

    None as well where it stands in a zone whose offset is not known: `clock_offset` tells the others'.
    """
    match = _clock_match(text)
    if not match or (match[5] and zone_offset(match[5]) is None):
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    half = (match[4] or "").lower()
    if half and hour > 12:
        half = ""
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _clock_match(text: str) -> re.Match[str] | None:
    text = text.strip()
    return _CLOCK.match(text) if len(text) < 60 else None


def clock_offset(text: str) -> timedelta | None:
    """The offset that a time of day states, None where it states none (UTC is zero)."""
    match = _clock_match(text)
    if not match or not match[5]:
        return None
    return zone_offset(match[5])


def zone_offset(zone: str) -> timedelta | None:
    """East of UTC by how much a zone is: `UTC`, `UTC+1`, `-05:00`, `CET`; None where that is not certain."""
    hours = _ZONES.get(zone.strip().lower())
    if hours is not None:
        return timedelta(hours=hours)
    named = _NAMED_ZONE.match(zone.replace(" ", "").lower()) if len(zone) < 40 else None
    if named:
        spelt = _ZONE_NAMES.get(_DEMONYM.sub(r"\1", named[1]))
        return None if spelt is None else timedelta(hours=spelt)
    match = _OFFSET.match(zone.strip())
    if not match or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    shift = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return shift if match[1] == "+" else -shift


class Zone(NamedTuple):
    """A time zone that a heading or a sentence names, and its offset; None where that is not certain."""

    name: str
    offset: timedelta | None


def named_zone(text: str) -> Zone | None:
    """The zone that `all times CET` or `times are in UTC+1` names; None where the words name none."""
    text = " ".join(text[:_LONGEST].split())
    lead = _SAYS_ZONE.match(text)
    rest = text[lead.end() if lead else 0 :]
    first = _ZONE_WORD.match(rest)
    if first is None or first[0] in NO_ZONES:
        return None
    name, offset = first[0], zone_offset(first[0].replace(" ", ""))
    join = _ALSO.match(rest, first.end())
    other = _ZONE_WORD.match(rest, join.end()) if join else None
    if join and other:
        second = zone_offset(other[0].replace(" ", ""))
        if join[1] in "(=":
            # What the name means: IST (UTC+5:30). Writers say PST (UTC-7) in summer, and know the offset.
            exact = second is not None and _HAS_DIGIT.search(other[0]) and not _HAS_DIGIT.search(first[0])
            offset = second if offset is None or exact else offset
        elif second != offset:
            return Zone(f"{name}/{other[0]}", None)
    return Zone(name, offset)


def parse_moment(text: str, offset: timedelta | None = None) -> datetime | None:
    """A full timestamp as timelines have it: RFC 3339, or without an offset, which is `offset` or UTC."""
    text = text.strip().strip("*_`[]~ ")
    exact = parse_stamp(text)
    if exact:
        return exact
    match = _MOMENT.match(text)
    if not match:
        return None
    shift = zone_offset(match[7]) if match[7] else offset or timedelta(0)
    if shift is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) - shift
    except (ValueError, OverflowError):
        return None


def parse_duration(text: str) -> Duration | None:
    """A duration in words, ISO 8601 or as a clock (`1d 5h 47m`, `PT1H30M`, `1:50`); None if unknown.

    The tolerance is half the smallest unit that was written, and at least a minute: "2 hours" may
    be 1 h 30 to 2 h 30, "47 minutes" 46 to 48. "About" and its kin add a quarter of the duration.
    A range ("45-50 minutes") is its middle, and half of it is added to the tolerance.
    """
    text = text[:_LONGEST].strip().strip("*_`")
    if text.casefold() in UNKNOWN:
        return None
    match = _ISO_DURATION.match(text)
    if match and any(match.groups()):
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        value = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return Duration(value, timedelta(minutes=1))
    match = _CLOCK_DURATION.match(text)
    if match:
        value = timedelta(hours=int(match[1]), minutes=int(match[2]), seconds=int(match[3] or 0))
        return Duration(value, timedelta(minutes=1))
    return _worded(text)


def _worded(text: str) -> Duration | None:
    first = _AMOUNT.search(text)
    if first is None:
        return None
    clock = _HOUR_MINUTES.match(text, first.start())
    if clock and int(clock[2]) < 60 and not _AMOUNT.match(text, clock.start(2)):
        value = timedelta(hours=int(clock[1]), minutes=int(clock[2]))
        return Duration(value, timedelta(minutes=1) + _vagueness(text, first, value.total_seconds()))
    total = spread = 0.0
    smallest: float | None = None
    last_unit, end = 0, -1
    for match in _AMOUNT.finditer(text):
        unit = _unit(match[2].lower())
        between = text[end : match.start()] if end >= 0 else ""
        high = float(match[1].replace(",", ".")) * unit
        if end >= 0 and unit == last_unit and high > total and _PARTED.fullmatch(between):
            spread = high - total
            break
        if end >= 0 and (unit >= last_unit or not re.fullmatch(r"[\s,]*(?:and)?\s*", between)):
            break
        number = match[1].replace(",", ".")
        low = _SPREAD.search(text[: match.start()]) if end < 0 else None
        if low and (low[2].lower() != "and" or "between" in text[: low.start()].lower()):
            spread = max(0.0, high - float(low[1].replace(",", ".")) * unit)
            total = -spread  # from the lower end on, as with a range of two units
        total += high
        # "1.5 hours" is stated to a tenth of the unit, "2 hours" to the unit.
        smallest = unit / 10 if "." in number else unit
        last_unit, end = unit, match.end()
    total += spread / 2
    if smallest is None or total > 86400 * 3650:
        return None
    tolerance = max(60.0, smallest / 2 if smallest > 60 else smallest) + spread / 2
    return Duration(timedelta(seconds=total), timedelta(seconds=tolerance) + _vagueness(text, first, total))


def _unit(name: str) -> int:
    """Seconds of a unit by its name in any of the languages that are read."""
    other = next((ours for begin, ours in _OTHER_UNITS.items() if name.startswith(begin)), name[0])
    return _UNITS[other]


def _vagueness(text: str, first: re.Match[str], total: float) -> timedelta:
    """What "about" and its kin before the first amount add to the tolerance."""
    vague = "+" in first[0] or _ABOUT.search(text[: first.start()])
    return timedelta(seconds=total / 4 if vague else 0)


def human(value: timedelta) -> str:
    """A duration for people: `47 min`, `1 h 50 min`, `3 d 4 h`; under a minute, seconds; from 48 h on, whole hours."""
    seconds = int(value.total_seconds())
    sign, seconds = ("−" if seconds < 0 else ""), abs(seconds)
    if seconds < 60:
        return f"{sign}{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{sign}{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes} min" if minutes else f"{sign}{hours} h"
    days, hours = divmod(round(seconds / 3600), 24)
    return f"{sign}{days} d {hours} h" if hours else f"{sign}{days} d"


def noon(day: date) -> datetime:
    """The middle of a day in UTC, for comparing days that may be named in different time zones."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The last moment that is still `day` somewhere on earth."""
    last = datetime.combine(day, time(23, 59, 59), tzinfo=UTC)
    return last + timedelta(hours=12) if day < date.max else last
