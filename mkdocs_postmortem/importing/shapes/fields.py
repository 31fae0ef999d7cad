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
_ACTIONS = ("title", "name", "text", "action_item")
_PERSON = ("who", "name", "person", "user", "handle")
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


def items(front: Front, settings: Settings) -> tuple[list[dict[str, str]], int]:
    """Action items of front matter, each by the names of our columns, and their line; none where one says more."""
    key = next((key for key in front.values if labels.section_of(_named(key), settings) == "action_items"), "")
    value = front.values.get(key)
    if not isinstance(value, list) or not value:
        return [], 0
    found: list[dict[str, str]] = []
    names: list[str] = []
    for entry in value:
        if isinstance(entry, str):
            found.append({"action": " ".join(entry.split())})
            continue
        row: dict[str, str] = {}
        for name, said in entry.items() if isinstance(entry, dict) else ():
            column = "action" if name in _ACTIONS else settings.find_column["actions"](_named(str(name)))
            if column is None or column in row or not isinstance(said, str | int | float) or isinstance(said, bool):
                return [], 0
            row[column] = " ".join(str(said).split())
            names.append(str(name))
        if not row.get("action"):
            return [], 0
        found.append(row)
    if _STRUCTURE.search("\n".join(row["action"] for row in found)):
        return [], 0
    told = [word for row in found for word in row.values()]
    return (found, front.line(key)) if front.place(key, told, names) else ([], 0)


def people(front: Front) -> tuple[list[dict[str, str]], int]:
    """People that front matter names by their role or lists with it, and the line of the first."""
    key = next((key for key in front.values if FACT(_named(key)) == "participants"), "")
    if key:
        listed = _listed(front.values[key])
        told = [word for person in listed for word in person.values()]
        names = [str(name) for person in front.values[key] for name in person] if listed else []
        return (listed, front.line(key)) if listed and front.carry(key, told, names) else ([], 0)
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


def _listed(value: Any) -> list[dict[str, str]]:
    """People in a list of maps, each with who it is and perhaps a role; none where one says anything else."""
    found: list[dict[str, str]] = []
    for entry in value if isinstance(value, list) else ():
        if not isinstance(entry, dict) or not all(isinstance(said, str) and said.strip() for said in entry.values()):
            return []
        who = next((name for name in _PERSON if name in entry), None)
        if who is None or not entry.keys() <= {who, "role"}:
            return []
        role = {"role": " ".join(entry["role"].split())} if "role" in entry else {}
        found.append({"who": " ".join(entry[who].split()), **role})
    return found


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
