"""Which incidents of the register require, deserve or need no post-mortem, and which lack one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from mkdocs_postmortem.model import Incident, PostMortem
from mkdocs_postmortem.settings import Condition, Settings

NEEDS = ("required", "recommended", "optional", "unknown")
"""What an incident asks for; `unknown` where neither its severity nor anything else says."""

Item = TypeVar("Item")


class Matcher(Generic[Item]):
    """Finds the post-mortem of an incident: by what the register names, else by what the post-mortem names."""

    def __init__(self, known: Iterable[tuple[Item, str, str, Iterable[str]]]) -> None:
        """`known` are items with their ID, their path, and the incidents that they name."""
        self._by_name: dict[str, Item] = {}
        self._by_incident: dict[str, Item] = {}
        self._by_id: dict[str, Item] = {}
        for item, id, path, incidents in known:
            self._by_id.setdefault(_fold(id), item)
            stem = PurePosixPath(path).stem
            for name in (id, path, PurePosixPath(path).name, stem):
                self._by_name.setdefault(_fold(name), item)
            for incident in incidents:
                self._by_incident.setdefault(_fold(incident), item)

    def find(self, incident: Incident) -> Item | None:
        """The post-mortem of an incident: the one that its row names, else one that names it, else one of its ID."""
        if incident.postmortem:
            return self.named(incident.postmortem)
        key = _fold(incident.id)
        return self._by_incident.get(key, self._by_id.get(key))

    def named(self, name: str) -> Item | None:
        """The post-mortem that a row means: by ID, path, or the last part of an address."""
        last = name.split("#")[0].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        return self._by_name.get(_fold(name), self._by_name.get(_fold(last)))


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def is_address(name: str) -> bool:
    """What a row names is an address of the web: the post-mortem may stand elsewhere."""
    return name.lower().startswith(("https://", "http://"))


def incidents_of(front: Mapping[str, object]) -> tuple[str, ...]:
    """The incidents that a post-mortem's front matter names under `incident`: one, or a list."""
    given = front.get("incident")
    listed = given if isinstance(given, list) else [given]
    return tuple(str(item) for item in listed if isinstance(item, str | int) and not isinstance(item, bool))


@dataclass(frozen=True, slots=True)
class Covered:
    """An incident, what it asks for and why, and its post-mortem."""

    incident: Incident
    need: str
    """One of `NEEDS`."""
    reason: str
    """The rule that says so, in a few words; empty for `optional` and `unknown`."""
    record: PostMortem | None
    elsewhere: str
    """The address of a post-mortem that is not in this archive; empty where there is none."""
    days: int | None
    """Whole days since the incident, by the day that counts as today; None where its day is not known."""

    @property
    def has(self) -> bool:
        """There is a post-mortem, in whatever state."""
        return self.record is not None or bool(self.elsewhere)

    @property
    def lacks(self) -> bool:
        """A required post-mortem is not there; or a recommended one, which nobody decided against."""
        return not self.has and (self.need == "required" or (self.need == "recommended" and not self.incident.waived))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The register against the archive."""

    rows: tuple[Covered, ...]
    """Newest first; those without a day last."""
    unregistered: tuple[PostMortem, ...]
    """Post-mortems that no incident of the register belongs to, newest first."""

    def count(self, need: str) -> tuple[int, int]:
        """Of the incidents that ask for this: how many have a post-mortem, and how many there are."""
        rows = [row for row in self.rows if row.need == need]
        return sum(row.has for row in rows), len(rows)

    @property
    def lacking(self) -> tuple[Covered, ...]:
        """Incidents that lack a post-mortem: required before recommended, those that wait longest first."""
        found = [row for row in self.rows if row.lacks]
        order = {need: place for place, need in enumerate(NEEDS)}
        return tuple(sorted(found, key=lambda row: (order[row.need], -(row.days or 0), row.incident.id)))


def need(incident: Incident, settings: Settings) -> tuple[str, str]:
    """What an incident asks for by the project's rules, and which rule says so."""
    for name, conditions in (("required", settings.coverage.required), ("recommended", settings.coverage.recommended)):
        for condition in conditions:
            if fits(incident, condition):
                return name, condition.label
    return ("optional" if incident.severity else "unknown"), ""


def fits(incident: Incident, condition: Condition) -> bool:
    """Whether an incident is all that a condition asks for."""
    return (
        (not condition.severities or incident.severity in condition.severities)
        and (not condition.types or incident.incident_type in condition.types)
        and all(getattr(incident, flag) for flag in condition.flags)
    )


def coverage(incidents: Sequence[Incident], records: Sequence[PostMortem], settings: Settings, as_of: date) -> Coverage:
    """The register's incidents up to `as_of` with their post-mortems; `records` newest first."""
    matcher = Matcher((record, record.id, record.path, incidents_of(record.document.front)) for record in records)
    rows = []
    used: set[str] = set()
    for incident in incidents:
        record = matcher.find(incident)
        if record is not None:
            used.add(record.path)
        if incident.day is not None and incident.day > as_of:
            continue
        wanted, reason = need(incident, settings)
        elsewhere = incident.postmortem if record is None and is_address(incident.postmortem) else ""
        days = (as_of - incident.day).days if incident.day else None
        rows.append(Covered(incident, wanted, reason, record, elsewhere, days))
    rows.sort(key=lambda row: row.incident.id)
    rows.sort(key=lambda row: row.incident.day or date.min, reverse=True)
    return Coverage(tuple(rows), tuple(record for record in records if record.path not in used))
