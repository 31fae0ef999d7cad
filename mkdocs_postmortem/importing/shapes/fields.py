"""Front matter that holds the prose: its texts as the sections they are, its rows as a timeline, its people by role.

Some tools keep a whole post-mortem in front matter: `summary`, `root_cause`, `contributing_factors`, `timeline`,
`commander`. What cannot be placed word by word stays where everything without a place is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from mkdocs_postmortem.importing.fronts import Front
from mkdocs_postmortem.importing.shapes import labels
from mkdocs_postmortem.importing.shapes.timeline import cell
from mkdocs_postmortem.importing.words import FACT, PARENT, UNDER_CAUSE
from mkdocs_postmortem.settings import Settings

_TIMES = ("time", "at", "when", "timestamp", "date", "occurred_at")
_EVENTS = ("event", "description", "what", "text", "note", "entry", "message")
_ROLES = ("incident_commander", "commander", "incident_lead", "reporter", "liaison", "scribe", "communications_lead")
_DESCRIPTIONS = ("description", "abstract")
_STRUCTURE = re.compile(r"^\s*(?:#{1,6}\s|`{3}|~{3}|[=-]{2,}\s*$|>|\|)|<[A-Za-z!/]|\]\(|^ {4}", re.M)
"""What would be more than words in a section: left where it is."""


class Text(NamedTuple):
    """A text of front matter, and the section that it is."""

    key: str
    section: str
    """Our section by its key; of those that are part of another, that part's."""
    heading: str
    """A heading of its own below the section's; empty for none."""
    lines: tuple[str, ...]
    line: int


class Event(NamedTuple):
    """A row of a timeline in front matter."""

    time: str
    event: str
    line: int


def texts(front: Front, settings: Settings) -> Iterator[Text]:
    """The texts of front matter that are sections of the template; each is marked as placed."""
    keys = [key for key in front.values if key not in ("title", "timeline", "action_items")]
    summed = any(labels.section_of(_named(key), settings) == "executive_summary" for key in keys)
    for key in keys:
        lines = _prose(front.values[key])
        name = _named(key)
        cause = UNDER_CAUSE(name)
        section = "root_cause_analysis" if cause else labels.section_of(name, settings)
        if section is None and key.casefold() in _DESCRIPTIONS and not summed:
            section = "executive_summary"
        if not lines or section is None or section in ("timeline", "action_items") or FACT(name) or FACT(key):
            continue
        if section not in PARENT and section not in settings.sections:
            continue
        if front.place(key, lines):
            heading = name[:1].upper() + name[1:] if cause else settings.sections[section].title
            own = section in PARENT or bool(cause)
            yield Text(key, section, heading if own else "", tuple(lines), front.line(key))


def events(front: Front) -> list[Event]:
    """The rows of a timeline in front matter; none where one of them says more than a time and an event."""
    value = front.values.get("timeline")
    if not isinstance(value, list) or not value:
        return []
    found: list[Event] = []
    names: list[str] = []
    for number, entry in enumerate(value):
        keys = _pair(entry)
        if keys is None:
            return []
        span = front.places.get(("timeline", number))
        time, event = " ".join(entry[keys[0]].split()), " ".join(entry[keys[1]].split())
        found.append(Event(time, event, span.line if span else front.line("timeline")))
        names += keys
    if _STRUCTURE.search("\n".join(event.event for event in found)):
        return []
    told = [f"{event.time} {event.event}" for event in found]
    return found if front.place("timeline", told, names) else []


def table(found: Sequence[Event], header: str) -> tuple[str, ...]:
    """Rows as a table below the template's header."""
    return (header, "|------|-------|", *(f"| {cell(row.time)} | {cell(row.event)} |" for row in found))


def people(front: Front) -> tuple[list[dict[str, str]], int]:
    """People that front matter names by their role, and the line of the first; none where it lists participants."""
    if any(FACT(_named(key)) == "participants" for key in front.values):
        return [], 0
    found: list[dict[str, str]] = []
    first = 0
    for key in front.values:
        value = front.values[key]
        if key.casefold() in _ROLES and isinstance(value, str) and value.strip() and len(value) <= 200:
            who = " ".join(value.split())
            if front.carry(key, [who]):
                found.append({"who": who, "role": _named(key)})
                first = first or front.line(key)
    return found, first


def _pair(entry: Any) -> tuple[str, str] | None:
    """The names of a row's time and of its event."""
    if not isinstance(entry, dict) or len(entry) != 2:
        return None
    time = next((name for name in _TIMES if isinstance(entry.get(name), str)), None)
    event = next((name for name in _EVENTS if isinstance(entry.get(name), str)), None)
    return (time, event) if time and event else None


def _prose(value: Any) -> list[str]:
    """A text, or a list of texts, as lines of markdown; none where it is anything else, or has structure of its own."""
    if isinstance(value, list):
        if not value or not all(isinstance(item, str) and item.strip() for item in value):
            return []
        lines = [f"- {' '.join(item.split())}" for item in value]
        return [] if _STRUCTURE.search("\n".join(str(item) for item in value)) else lines
    if not isinstance(value, str) or not value.strip() or _STRUCTURE.search(value):
        return []
    return [line.rstrip() for line in value.strip("\n").split("\n")]


def _named(key: str) -> str:
    return key.replace("_", " ").replace("-", " ").casefold()
