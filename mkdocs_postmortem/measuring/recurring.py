"""Services, causes and tags that come back: how often, when, and whether more often than before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from mkdocs_postmortem.measuring.patterns import fold
from mkdocs_postmortem.model import PostMortem

LEAST = 3
"""Incidents below which two years are not compared."""
YEAR = timedelta(days=365)
_NAMES = 20
"""Services and causes of one record that are put together: no file's lists may cost their square."""

KINDS = ("service", "cause", "service and cause", "tag")
"""What may recur."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """Something that at least two incidents have in common."""

    kind: str
    """One of `KINDS`."""
    names: tuple[str, ...]
    """Its name as the latest record writes it; for a service and a cause, both."""
    records: tuple[PostMortem, ...]
    """Newest first; those without a day last."""
    first: date | None
    last: date | None
    recent: int
    """Incidents in the 365 days up to the day that counts as today."""
    before: int | None
    """Incidents in the 365 days before those; None where that says nothing: see `recurring`."""
    covered: int
    """How many of these days the archive covers, from its first incident on."""

    @property
    def count(self) -> int:
        """How many incidents have it."""
        return len(self.records)


def recurring(records: Iterable[PostMortem], as_of: date) -> Mapping[str, tuple[Recurring, ...]]:
    """What recurs, by kind, the most frequent first; names are compared as `patterns.fold` has it.

    What there was in the year before (`before`) is told of what at least three dated incidents have, and
    where the archive covers some of that year: `covered` says how much. Incidents after `as_of` are left out.
    """
    known = [record for record in records if record.day is None or record.day <= as_of]
    known.sort(key=lambda record: (record.day is not None, record.day or date.min, record.path), reverse=True)
    earliest = min((record.day for record in known if record.day), default=None)
    covered = 0
    if earliest is not None:
        covered = min(max((as_of - YEAR - earliest).days + 1, 0), YEAR.days)
    return {kind: _of_kind(kind, known, as_of, covered) for kind in KINDS}


_VALUES: Mapping[str, Callable[[PostMortem], Iterable[tuple[str, ...]]]] = {
    "service and cause": lambda record: product(record.services[:_NAMES], record.causes[:_NAMES]),
    "service": lambda record: ((name,) for name in record.services),
    "cause": lambda record: ((name,) for name in record.causes),
    "tag": lambda record: ((name,) for name in record.tags),
}


def _of_kind(kind: str, records: Iterable[PostMortem], as_of: date, covered: int) -> tuple[Recurring, ...]:
    written: dict[tuple[str, ...], tuple[str, ...]] = {}
    groups: dict[tuple[str, ...], list[PostMortem]] = {}
    for record in records:
        own: dict[tuple[str, ...], tuple[str, ...]] = {}
        for names in _VALUES[kind](record):
            key = tuple(fold(name) for name in names)
            if all(key):
                own.setdefault(key, names)
        for key, names in own.items():
            written.setdefault(key, names)
            groups.setdefault(key, []).append(record)
    found = [_made(kind, written[key], group, as_of, covered) for key, group in groups.items() if len(group) > 1]
    return tuple(sorted(found, key=lambda item: (-item.count, -(item.last or date.min).toordinal(), item.names)))


def _made(kind: str, names: tuple[str, ...], group: list[PostMortem], as_of: date, covered: int) -> Recurring:
    days = sorted(record.day for record in group if record.day)
    recent = sum(day > as_of - YEAR for day in days)
    before = sum(as_of - 2 * YEAR < day <= as_of - YEAR for day in days)
    return Recurring(
        kind,
        names,
        tuple(group),
        days[0] if days else None,
        days[-1] if days else None,
        recent,
        before if covered and len(days) >= LEAST else None,
        covered,
    )
