"""Durations as documents state them: in words, as a clock, as ISO 8601; unknown is none, never zero."""

from __future__ import annotations

import re
from datetime import timedelta

from mkdocs_postmortem import dates
from mkdocs_postmortem.vocabulary import UNKNOWN

_LONGEST = 200
_IN_PROSE = re.compile(
    r"(?<![\w.:/-])(?:~\s?|about |around |approximately |at least |just over )?"
    r"\d{1,4}(?:\.\d)?\s?(?:weeks?|days?|hours?|hrs?|h|minutes?|mins?|m)\b"
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


def spelled(text: str) -> str:
    """A text with the numbers before units of time in digits: `five hours` is `5 hours`."""
    return _SPELLED.sub(lambda match: f"{_WORDS[match[1].lower()]} {match[2]}", text)


def in_prose(text: str) -> str:
    """The duration of an incident that a sentence tells of, in its own words; empty where it tells of none."""
    if not _LASTING.search(text[:2000]):
        return ""
    match = _IN_PROSE.search(text[:2000]) or _SPELLED.search(text[:2000])
    return match[0].strip() if match else ""
