"""Which offset a zone has that a document names: its own, that of its region on that day, or none for certain."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mkdocs_postmortem import dates

_REGIONS = {
    "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
    "et": "America/New_York", "eastern": "America/New_York",
    "ct": "America/Chicago", "central": "America/Chicago",
    "mt": "America/Denver", "mountain": "America/Denver",
    "uk": "Europe/London", "london": "Europe/London",
    "cet/cest": "Europe/Berlin", "eet/eest": "Europe/Athens", "wet/west": "Europe/Lisbon", "gmt/bst": "Europe/London",
    "est/edt": "America/New_York", "cst/cdt": "America/Chicago", "mst/mdt": "America/Denver",
    "pst/pdt": "America/Los_Angeles",
}  # fmt: skip
"""Names that mean the clock of a region, summer and winter."""
_LIKELY = {"bst": (1, "British Summer Time")}
"""Abbreviations of several zones, with the one that is meant most: told, never taken for certain."""
_EXPLICIT = re.compile(r"\(?\s*(?:=\s*)?((?:UTC|GMT)\s?[+−-]\s?\d{1,2}(?::?\d{2})?|[+−-]\d{2}:\d{2})\s*\)?", re.I)


_SAYS = re.compile(r"[>*_(\s-]{0,8}(?:note:? )?(?:all |the )*(?:times?\b|time ?zone\b|timestamps?\b)", re.I)


def says(sentence: str) -> bool:
    """Whether a sentence begins as those that tell of the zone of all times: `All times are in UTC`."""
    return _SAYS.match(sentence) is not None


def of_place(name: str) -> str:
    """The IANA zone that is named after a place, as `Europe/Berlin` after Berlin; empty where none is, or several."""
    ending = "/" + name.replace(" ", "_")
    found = {zone for zone in available_timezones() if zone.endswith(ending)} if is_place(name) else set()
    return found.pop() if len(found) == 1 else ""


class Offset(NamedTuple):
    """East of UTC by how much; `doubt` says why a person should look, and is empty where nobody needs to."""

    value: timedelta | None
    doubt: str = ""


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo | None:
    """The IANA zone of a name; None where there is none, or no data of zones on this machine."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=1)
def _place_names() -> frozenset[str]:
    return frozenset(name.rpartition("/")[2].replace("_", " ") for name in available_timezones() if "/" in name)


def is_place(name: str) -> bool:
    """Whether a name is that of a place that the IANA zones are named after: `Denver`, `New York`."""
    return name in _place_names()


def offset(name: str, day: date | None, home: ZoneInfo | None = None) -> Offset:
    """The offset of a zone as a document names it, on a day; `home` is the zone that the caller said they are in."""
    text = " ".join(name.strip(" ()").split())
    explicit = _EXPLICIT.search(text)
    if explicit and not _EXPLICIT.fullmatch(text):
        # "PST (UTC-7)": the number says what was meant.
        meant = dates.zone_offset(explicit[1].replace(" ", ""))
        named = dates.zone_offset(text[: explicit.start()].strip(" ("))
        if meant is not None:
            doubt = "" if named in (None, meant) else f"{text} names two offsets; the number is taken"
            return Offset(meant, doubt)
    known = dates.zone_offset(text.replace(" ", "")) if len(text) < 12 else None
    if known is None and (spelt := dates.named_zone(text)) is not None:
        known = spelt.offset  # "Central European Time (CET)"
    if known is not None:
        return Offset(known)
    folded = re.sub(r"\s?(?:standard|daylight)?\s?time$", "", text.casefold())
    folded = folded if folded in _REGIONS else "/".join(reversed(folded.split("/")))
    if home is not None and day is not None:
        for half in (time(12), time(0)):
            there = datetime.combine(day, half, tzinfo=home)
            if (there.tzname() or "").casefold() == text.casefold():
                return Offset(there.utcoffset())
    region = zone_of(_REGIONS[folded]) if folded in _REGIONS else zone_of(text) if "/" in text else None
    if region is not None and day is not None:
        return Offset(at(region, datetime.combine(day, time(12))))
    if folded in _LIKELY and home is None:
        hours, words = _LIKELY[folded]
        return Offset(timedelta(hours=hours), f"{text} is the name of several zones; read as {words}")
    return Offset(None, f"which offset {text} is cannot be told")


def at(zone: ZoneInfo, moment: datetime) -> timedelta | None:
    """The offset of a zone at a moment of its own clock."""
    try:
        return moment.replace(tzinfo=zone).utcoffset()
    except (OverflowError, ValueError):
        return None


def written(value: timedelta) -> str:
    """An offset as RFC 3339 has it: `Z`, `+01:00`."""
    minutes = int(value.total_seconds()) // 60
    if minutes == 0:
        return "Z"
    sign = "+" if minutes > 0 else "-"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
