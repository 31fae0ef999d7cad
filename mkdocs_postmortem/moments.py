"""Moments as people write them at the head of a line: `Sep 27 2017 13:06`, `[13:26]`, `~18:1x`, `24-10-2024 04:00`.

`dates` reads what is exact. This reads what is meant, says what of it is known, and leaves the rest of the
line alone. Nothing is made up: a day without a clock is a day, and a time nobody knows is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, time
from typing import NamedTuple

from mkdocs_postmortem.dates import MONTHS, NO_ZONES

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_WEEKDAY = rf"(?:{_DAY_NAME},?\s{{1,3}})?"
_WEEKDAY_BEHIND = re.compile(
    rf"\s{{0,2}}[(（](?:{_DAY_NAME}|[月火水木金土日](?:曜日?)?)[)）]|,\s{{1,2}}{_DAY_NAME}(?=[\s,:]|\Z)", re.I
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\d:])")
_SLASHED_DAY = re.compile(r"(?!24/7)(\d{1,2})/(\d{1,2})(?=\s{1,3}\d{1,2}:\d{2}|[\s*_:)\]]*\Z)")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})(?=\s{1,3}\d{1,2}:\d{2})")
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[.,]?[\s-]{{1,3}}(?:of\s+|de\s+)?({_MONTH})\b[.,]?(?:[\s-]{{1,3}}(?:del?\s)?(\d{{4}})(?!\d|:\d))?",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}({_MONTH})\b[.,]?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:\d)(?:,?\s{{1,3}}(\d{{4}})(?!\d|:\d))?",
    re.I,
)
_DAYS_BEFORE = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|–|—|to)\s?"
    rf"(?=\d{{1,2}}(?:st|nd|rd|th)?[\s-]{{1,2}}(?:of\s+)?(?:{_MONTH})\b)",
    re.I,
)
"""The first day of `9-23 October 2025`."""
_DAYS_TO = re.compile(r"\s{0,2}(?:-|–|—|[〜～~]|\bto\b|\buntil\b)\s{0,2}", re.I)
_LAST_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?:,?\s{1,2}(\d{4}))?(?!\w|[:.]\d)", re.I)
_BETWEEN = re.compile(r"(?:T(?=\d)|,|\s|\bat\b|@|-(?=\s)|–(?=\s)|/(?=\d{1,2}:\d{2})){0,6}", re.I)
_ABOUT = re.compile(
    r"(?:~|≈|ca\.?\s|circa\s|approx(?:imately|\.)?\s|about\s|around\s|roughly\s|before\s|after\s)\s{0,3}", re.I
)
_ROUGHLY = re.compile(r"\s{0,2}(?:頃|ごろ|ころ|前後|approx(?:imately|\.)?|or so)(?=[\s(（]|\Z)", re.I)
"""What tells behind a clock that it is about then."""
_HALF = r"(?:\s{0,2}([ap])(?:\.?m\b\.?|(?<=\d.)(?![\w.])))?"
"""Morning or afternoon behind a clock: `pm`, `p.m.`, and `p` where it stands right behind it."""
_CLOCK = re.compile(
    rf"(\d{{1,2}})(?::|\.(?=\d{{2}}\s{{0,2}}[ap]\.?m\b))(\d{{2}})(?::(\d{{2}})(?:[.,]\d{{1,9}})?)?{_HALF}(?!\d|:\d)",
    re.I,
)
_LOOSE_CLOCK = re.compile(rf"(\d{{1,2}})[.h](\d{{2}}){_HALF}(?![\d.])|(\d{{2}})(\d{{2}})(?![\d.:/-]){_HALF}", re.I)
"""A clock with a full stop, an h, or nothing between hours and minutes: read only behind a day."""
_HOUR = re.compile(r"(\d{1,2})\s{0,2}([ap])\.?m\b\.?", re.I)
_VAGUE_CLOCK = re.compile(
    r"(?=[\dXx?]{1,2}:[\dXx?]{2}(?!\w))[\dXx?]{1,2}:[\dXx?]*[Xx?][\dXx?]*|[\dXx?]?[Xx?]:\d{2}(?!\w)"
)
ZONE = re.compile(
    r"\(?\+?((?:UTC|GMT)\s?[+−-]\s?\d{1,2}(?::?\d{2})?(?!\d)|Z(?!\w)|[+−]\d{2}:?\d{2}(?!\d)|-\d{2}:\d{2}(?!\d)"
    r"|(?:[A-Z]{1,3}(?:ST|DT)|[A-Z]{1,3}T|UTC|WEST|CEST|EEST|SGT|MSK)(?![\w-])"
    r"|(?:utc|gmt|pst|pdt|est|edt|cet|cest|bst)(?!\w)"
    r"|(?:Pacific|Eastern|Central|Mountain)(?:\s(?:Standard|Daylight))?(?:\s[Tt]ime)?)\)?"
)
"""What may stand behind a time for a zone; which offset it means is asked elsewhere."""
_RANGE = re.compile(r"\s{0,3}(?:-|–|—|[〜～→]|\bto\b|\buntil\b)\s{0,3}(?=[~\d])")
_OPEN = re.compile(r"[*_`~\[(<]{1,4}")
_LEAD = re.compile(r"[*_`\[( ]{0,6}")
_UNKNOWN = re.compile(
    r"\?{1,5}|\(?(?:time\s)?(?:unknown(?:\s(?:date|day|time))?|TBC|TBD|n/a)\)?(?![\w])|-{2}:-{2}", re.I
)
_TAIL = re.compile(r"(?:\s{0,2}\((?:[^()\n]{0,60})\))?[*_`\])>~]{0,6}")
_PARTS = re.compile(r"\s*(?:(?<!\s)::?(?=\s)|(?<!\s):|:(?![\w+-]{1,40}:(?!\S))|[|,]|-{1,2}(?=\s|$)|[–—]|=>|→|\s)?\s*")
_CLOSING = re.compile(r"[*_]{1,2}\s*(?:[:|,]|-{1,2}(?=\s|$)|[–—]|=>|→)?\s*")
"""Emphasis that closes behind the colon: `**10:02:** text`."""
_LOCAL = re.compile(r"\s{0,2}\((local(?:\stime)?|hora\slocal|horário\slocal|heure\slocale|ortszeit)\)", re.I)
"""A clock of a place that is not named: which offset it has nobody knows."""
_FOOTNOTE = re.compile(r"\[\^[\w-]{1,20}\]")
_LONGEST = 160
_LONGEST_END = 60
"""Characters that a moment at the end of a line takes."""
_MAY_BEGIN = re.compile(r"(?<![\w.:/-])(?=[\dA-Z])")
EITHER_WAY = "day and month may be the other way round"
"""The doubt of a date in numbers that can be read in two ways."""
DAYS = "several days: the first of them"
"""The doubt of a range of days, which is read as the first of them."""


class Moment(NamedTuple):
    """A moment as it was written, and what is known of it."""

    written: str
    """The words, without the brackets and emphasis around them."""
    day: date | None
    part: tuple[int, int] | None
    """Month and day, where the year is not said."""
    clock: time | None
    zone: str
    exact: bool
    """False for "about", for a range, and for a clock or a date that was not written as one writes it."""
    doubt: str = ""
    """What is unusual about how it is written; empty where nothing is."""

    def on(self, near: date | None) -> date | None:
        """The day; where the year is not said, the one that brings it nearest to `near`."""
        if self.day is not None or self.part is None or near is None:
            return self.day
        days = [day for year in (near.year - 1, near.year, near.year + 1) if (day := _day(year, *self.part))]
        return min(days, key=lambda day: abs(day - near), default=None)


def read(text: str) -> Moment | None:
    """The moment that a text is, brackets and emphasis aside; None where it says anything else."""
    found = take(text)
    return found[0] if found and not found[1].strip(" *_`)]:~") else None


def at_the_end(text: str) -> tuple[int, Moment] | None:
    """Where the moment begins that a line ends with, and what it is; None where it ends with something else."""
    text = text.rstrip(" .")
    if text.endswith(")") and (begin := text.rfind("(", -_LONGEST_END)) >= 0 and (found := read(text[begin + 1 : -1])):
        return begin, found
    first = max(0, len(text) - _LONGEST_END)
    for match in _MAY_BEGIN.finditer(text, first):
        found = read(text[match.start() :])
        if found is not None and (found.clock is not None or found.day is not None):
            return match.start(), found
    return None


def take(text: str) -> tuple[Moment, str] | None:
    """The moment that a line begins with, and what follows it; None where it begins with something else."""
    head = text[:_LONGEST]
    begin = _skip(_LEAD, head, 0)
    bracketed = begin > 0 and any(sign in head[:begin] for sign in "[(*`_")
    at, exact, doubt = begin, True, ""
    about = _ABOUT.match(head, at)
    if about:
        at, exact = about.end(), False
        while head[at : at + 1] in ("`", "*", "_") and at - about.end() < 3:
            at += 1
    day, part, end, doubt = _take_day(head, at)
    clock = zone = None
    if end > at:
        after = _skip(_BETWEEN, head, end)
        about = _ABOUT.match(head, after)
        behind = about.end() if about else after
        while head[behind : behind + 1] in ("(", "*", "_") and behind - after < 4:
            behind += 1
        got = _take_clock(head, behind, bool(day or part))
        if got is not None:
            clock, zone, end, sure, odd = got
            exact = exact and sure and about is None
            doubt = odd if doubt in ("", DAYS) else doubt
        elif doubt == DAYS:
            exact = False
        elif (lost := _UNKNOWN.match(head, behind)) and lost[0].strip("()"):
            end, exact = lost.end(), False
    else:
        got = _take_clock(head, at, False)
        if got is None:
            lost = _UNKNOWN.match(head, at) if bracketed or at == begin else None
            if lost is None or not (bracketed or _stops(head, lost.end())):
                return None
            return _made(text, begin, lost.end(), Moment("", None, None, None, "", False))
        clock, zone, end, sure, odd = got
        exact, doubt = exact and sure, odd
        date_behind = _take_day(head, _skip(_BETWEEN, head, end))
        if date_behind[0] is not None and clock is not None:
            day, part, end, doubt = date_behind
    if end < len(head) and head[end].isalnum():
        return None
    return _made(text, begin, end, Moment("", day, part, clock, zone or "", exact, doubt))


def _stops(head: str, at: int) -> bool:
    return at >= len(head) or head[at] in ":-–—|)]*"


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _made(text: str, begin: int, end: int, moment: Moment) -> tuple[Moment, str]:
    stop = _skip(_TAIL, text, end)
    written = text[begin:stop].strip("*_`[]~ ") if text[begin : begin + 1] != "~" else text[begin:stop].strip("*_`[] ")
    if written.endswith(")") and "(" not in written:
        written = written[:-1]
    if written.count("`") % 2:
        written = written.replace("`", "")  # ~`01:30`
    written = written.replace("**", "")  # Feb 28th **01:52**
    if not moment.zone and moment.clock and (local := _LOCAL.match(text, end)):
        moment = moment._replace(zone=local[1])
    note = _FOOTNOTE.match(text, stop)
    rest = text[_skip(_PARTS, text, note.end() if note else stop) :]
    lead = text[:begin]
    if ("*" in lead or "_" in lead) and not ("*" in text[end:stop] or "_" in text[end:stop]):
        behind = _skip(_CLOSING, rest, 0)
        opened = lead.strip(" [(`~")
        # What is emphasised may go on: `**12:45 PM DATE:** text`.
        rest = rest[behind:] if behind or opened not in rest else opened + rest
    if note:
        rest = f"{note[0]} {rest}".rstrip()
    return moment._replace(written=written), rest


def _take_day(head: str, at: int) -> tuple[date | None, tuple[int, int] | None, int, str]:
    """The day that stands here, with its name behind it; of several days (`October 9-23, 2025`) the first."""
    first = _DAYS_BEFORE.match(head, at)
    if first:
        day, part, end, _ = _one_day(head, first.end())
        if (day or part) and (part := (day.month if day else part[0] if part else 0, int(first[1]))):
            start = _day(day.year, *part) if day else None
            if start if day else part[1]:
                return start, None if day else part, end, DAYS
    day, part, end, doubt = _one_day(head, at)
    if day is None and part is None:
        return day, part, end, doubt
    end = _skip(_WEEKDAY_BEHIND, head, end)
    return _several(head, end, day, part, doubt)


def _several(
    head: str, end: int, day: date | None, part: tuple[int, int] | None, doubt: str
) -> tuple[date | None, tuple[int, int] | None, int, str]:
    """A day, or the first of several where another stands behind it: `-23, 2025`, `– May 3`."""
    join = _DAYS_TO.match(head, end)
    if join is None:
        return day, part, end, doubt
    later, other, stop, _ = _one_day(head, join.end())
    if later or other:
        year = later.year if later and day is None and part and part <= (later.month, later.day) else None
        stop = _skip(_WEEKDAY_BEHIND, head, stop)
        # A clock behind the other day: two moments, and the first is the day alone.
        if _CLOCK.match(head, _skip(_BETWEEN, head, stop)):
            return day, part, end, doubt
        return (_day(year, *part) if year and part else day), None if year else part, stop, DAYS
    last = _LAST_DAY.match(head, join.end())
    number = day.day if day else part[1] if part else 0
    if last is None or not number < int(last[1]) <= 31:
        return day, part, end, doubt
    if len(join[0]) > 1 and not last[2] and not _ends(head, last.end()):
        return day, part, end, doubt  # "Oct 9 - 12 nodes fail"
    if last[2] and day is None and part:
        return _day(int(last[2]), *part), None, last.end(), DAYS
    return day, part, last.end(), DAYS


def _ends(head: str, at: int) -> bool:
    """Whether a line or what is emphasised ends here: what stands before it is no number of things."""
    return not head[at:].strip() or head[at : at + 1] in ":*_`)]|"


def _one_day(head: str, at: int) -> tuple[date | None, tuple[int, int] | None, int, str]:
    match = _ISO.match(head, at)
    if match:
        day = _day(int(match[1]), int(match[3]), int(match[4]))
        return (day, None, match.end(), "") if day else (None, None, at, "")
    match = _NUMBERS.match(head, at)
    if match:
        return _numbers(match, at)
    match = _SLASHED_DAY.match(head, at)
    if match:
        first, second = int(match[1]), int(match[2])
        if first <= 12 < second <= 31 or second <= 12 < first <= 31:
            return None, (min(first, second), max(first, second)), match.end(), "month and day without a year"
    match = _MONTH_DAY.match(head, at)
    if match and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 31:
        return None, (int(match[1]), int(match[2])), match.end(), "month and day without a year"
    for pattern, month, number in ((_DAY_FIRST, 2, 1), (_MONTH_FIRST, 1, 2)):
        match = pattern.match(head, at)
        if match:
            part = (MONTHS[match[month].lower()], int(match[number]))
            if match[3]:
                day = _day(int(match[3]), *part)
                if day:
                    return day, None, match.end(), ""
            elif 1 <= part[1] <= 31:
                return None, part, match.end(), ""
    return None, None, at, ""


_ORDER: ContextVar[str] = ContextVar("order", default="")
"""Which of the two the document that is being read writes first, `day` or `month`; empty where it never shows."""
_SLASHED = re.compile(r"(?<![\w/.-])(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})(?![\w/-])")
_PATTERN = re.compile(r"\b(?:(dd?/mm?/yy)|(mm?/dd?/yy))", re.I)


@contextmanager
def as_written_in(text: str) -> Iterator[None]:
    """Read `11/05/2020` as the dates of a text that cannot be read in two ways are written: `11/20/2020`."""
    shown = {"day" if int(first) > 12 else "month" for first, second in _SLASHED.findall(text)
             if (int(first) > 12) != (int(second) > 12)}  # fmt: skip
    shown |= {"day" if match[1] else "month" for match in _PATTERN.finditer(text)}
    token = _ORDER.set(shown.pop() if len(shown) == 1 else "")
    try:
        yield
    finally:
        _ORDER.reset(token)


def _numbers(match: re.Match[str], at: int) -> tuple[date | None, tuple[int, int] | None, int, str]:
    """`24-10-2024`: the day first, unless that cannot be; where both can be, the doubt is told."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if year < 100:
        year += 2000
    order = _ORDER.get() if match[2] == "/" and first <= 12 and second <= 12 and first != second else ""
    if order and (day := _day(year, *((second, first) if order == "day" else (first, second)))):
        return day, None, match.end(), f"the {order} first, as in other dates of the document"
    day = _day(year, second, first)
    if day is None:
        day = _day(year, first, second)
        return (day, None, match.end(), "the month first") if day else (None, None, at, "")
    doubt = EITHER_WAY if first <= 12 and first != second else ""
    return day, None, match.end(), doubt


def _take_clock(head: str, at: int, dated: bool) -> tuple[time | None, str, int, bool, str] | None:
    match = _CLOCK.match(head, at)
    odd = ""
    sure = True
    if match:
        hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), match[4]
    elif vague := _VAGUE_CLOCK.match(head, at):
        return None, "", vague.end(), False, ""
    elif short := _HOUR.match(head, at):
        match, hour, minute, second, half, sure = short, int(short[1]), 0, 0, short[2], False
    elif dated and (loose := _LOOSE_CLOCK.match(head, at)):
        match = loose
        hour, minute = (int(loose[1]), int(loose[2])) if loose[1] else (int(loose[4]), int(loose[5]))
        second, half = 0, loose[3] or loose[6]
        odd = f"a clock written {loose[0].strip()}"
    else:
        return None
    half = (half or "").lower()
    if half and hour > 12:
        odd = odd or "a clock of 24 hours with am or pm"
        half = ""
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    try:
        clock = time(hour, minute, second)
    except ValueError:
        return None
    end = match.end()
    if rough := _ROUGHLY.match(head, end):
        end, sure = rough.end(), False
    # `13:30-13:45` is a range; only behind a `T` is `-05:00` an offset.
    zone, end = _zone(head, end) if head[end : end + 1] != "-" or head[at - 1 : at] in ("T", "t") else ("", end)
    span = _RANGE.match(head, end)
    if span:
        about = _skip(_ABOUT, head, span.end())
        other = _CLOCK.match(head, about) or _VAGUE_CLOCK.match(head, about)
        if other:
            later, end = _zone(head, other.end())
            zone, sure = zone or later, False
            if not half and other.re is _CLOCK and other[4]:
                clock = halved(clock, time(int(other[1]) % 24, int(other[2]) % 60), other[4])
    return clock, zone, end, sure, odd


def halved(first: time, last: time, half: str) -> time:
    """The beginning of a range of which only the end says am or pm: `1:42-1:59 PM`, `11:50-12:10 PM`.

    It has the half of its end; where it would lie behind the end then, it began in the half before.
    """
    if first.hour > 12 or first.hour == 0:
        return first
    late = half.lower().startswith("p")
    begin, end = first.hour % 12, last.hour % 12
    if (begin, first.minute) > (end, last.minute):
        late = not late
    return first.replace(hour=begin + 12 * late)


def _zone(head: str, at: int) -> tuple[str, int]:
    match = ZONE.match(head, at + 1) if head[at : at + 1] in (" ", "\xa0") else ZONE.match(head, at)
    if match is None or match[1] in NO_ZONES or (match[0].startswith("(") != match[0].endswith(")")):
        return "", at
    return match[1], match.end()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
