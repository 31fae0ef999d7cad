"""Durations as documents state them: in words, as a clock, as ISO 8601; unknown is none, never zero."""

from __future__ import annotations

import re
from datetime import timedelta

from mkdocs_postmortem import dates, moments
from mkdocs_postmortem.vocabulary import UNKNOWN

_LONGEST = 200
_IN_PROSE = re.compile(
    r"(?<![\w.:/-])(?:~\s?|about |around |approximately |at least |just over )?"
    r"\d{1,4}(?:\.\d)?[\s-]?(?:weeks?|days?|hours?|hrs?|h|minutes?|mins?|m)\b"
    r"(?:(?:,|\s|\sand)\s?\d{1,2}\s?(?:hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b|\d{2}m?\b)?",
    re.I,
)
_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "half an": "0.5", "an": "1", "a": "1",
}  # fmt: skip
_SPELLED = re.compile(rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))}) (weeks?|days?|hours?|minutes?)\b", re.I)
_LASTING = re.compile(
    r"\b(?:last(?:ed|ing)?|outage|down(?:time)?|unavailable|unusable|disruption|interruption|degraded)\b", re.I
)


def known(text: str) -> bool:
    """Whether a stated value says anything: `?`, `N/A`, `TBC`, `-` and their kin do not."""
    return text.strip(" *_`[]().").casefold() not in UNKNOWN


def read(text: str) -> timedelta | None:
    """The duration that a label states, in words or ISO 8601; None where it states none, or does not know."""
    text = spelled(text.strip())
    if len(text) > _LONGEST or not known(text):
        return None
    found = dates.parse_duration(text)
    return found.value if found else None


def period(text: str) -> tuple[str, str] | None:
    """Beginning and end of a period with a clock at both ends: `14:30 - 16:00 UTC`, `~21 hours (Jul 7 14:00 → …)`.

    A zone that only the end names is that of both, and a day that only the beginning names is that of the end where
    its clock is not before the other's.
    """
    for sign in _PARTING.finditer(text[:_LONGEST]):
        before, behind = text[: sign.start()], text[sign.end() :].lstrip("*_` ")
        behind = behind if "(" in behind else behind.replace(")", " ", 1)
        begin = _begun(before)
        taken = moments.take(behind)
        if begin is None or taken is None or taken[0].clock is None or begin.clock is None:
            continue
        end = taken[0]
        if (half := _HALF.search(end.written)) and not _HALF.search(begin.written):
            begin = begin._replace(clock=moments.halved(begin.clock, taken[0].clock, half[1]))
        if not (end.day or end.part) and (begin.day or begin.part):
            if begin.clock is None or taken[0].clock < begin.clock:
                continue
            end = end._replace(day=begin.day, part=begin.part)
        return _said(begin._replace(zone=begin.zone or end.zone)), _said(end)
    return None


def _said(moment: moments.Moment) -> str:
    """A moment in plain words: its day, its clock, its zone."""
    day = f"{moment.day} " if moment.day else ""
    if moment.part and not moment.day:
        day = f"{_MONTHS[moment.part[0] - 1]} {moment.part[1]} "
    clock = f"{moment.clock:%H:%M:%S}".removesuffix(":00")
    return f"{day}{clock} {moment.zone}".strip()


_HALF = re.compile(r"\d\s?([ap])(?:\.?m|(?<=\d.))\b", re.I)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _begun(text: str) -> moments.Moment | None:
    """The moment that the words before the sign of a period end with."""
    text = text.rstrip("*_` ")
    whole = moments.read(text.strip("(（ "))
    found = moments.at_the_end(text) if whole is None else None
    return whole or (found[1] if found else None)


_PARTING = re.compile(r"\s?(?:-|–|—|→|->|[〜～]|\bto\b|\buntil\b)\s?")


def spelled(text: str) -> str:
    """A text with the numbers before units of time in digits: `five hours` is `5 hours`."""
    return _SPELLED.sub(lambda match: f"{_WORDS[match[1].lower()]} {match[2]}", text)


def in_prose(text: str) -> str:
    """The duration of an incident that a sentence tells of, in its own words; empty where it tells of none."""
    if not _LASTING.search(text[:2000]):
        return ""
    match = _IN_PROSE.search(text[:2000]) or _SPELLED.search(text[:2000])
    return match[0].strip() if match else ""
