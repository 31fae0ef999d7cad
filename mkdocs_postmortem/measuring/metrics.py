"""How well incidents are handled and followed up: every metric, from the records, with what lacked the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import fmean, median, quantiles
from typing import NamedTuple

from mkdocs_postmortem.dates import end_of, human, parse_duration, parse_stamp
from mkdocs_postmortem.measuring.clock import FRONT_MATTER, GIT, Evidence, milestones
from mkdocs_postmortem.measuring.definitions import NAMES, OF_INCIDENTS, Definition, definitions
from mkdocs_postmortem.measuring.patterns import Repeat, repeats
from mkdocs_postmortem.measuring.support_hours import supported
from mkdocs_postmortem.metric_settings import MILESTONES
from mkdocs_postmortem.model import STAMPS, ActionItem, PostMortem
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.settings import Settings

OF_TIME = ("month", "quarter", "year")
DIVISIONS = (*OF_TIME, "service", "severity")
"""What metrics are divided by."""
ALL = "(all)"
"""The period of a number that is not divided."""
NONE = "(none)"
"""The period of records without a day, a service or a severity."""

MISSING, REVERSED, TOO_LONG, FUTURE = "missing", "reversed", "too long", "in the future"
EARLY = "begun before the incident"
"""Why a record has no value. All but the first are mistakes, and are listed one by one."""
MISTAKES = {
    REVERSED: "ends before it begins",
    TOO_LONG: "is too long to be true",
    FUTURE: "lies in the future",
    EARLY: "begins before the incident did",
}
"""What is said of an interval that cannot be true, behind the name of its metric."""

BY_GIT = frozenset(("drafted_at", "published_at"))
"""Moments that git may know where front matter does not say."""
YEAR = 366
"""Days after the incident beyond which a post-mortem's own dates have the wrong year; incidents have `limits.days`."""

_ALSO_CALLED = {"time_to_mitigate": "time_to_repair"}
"""Keys of front matter that state a duration under another name."""


class Measure(NamedTuple):
    """One metric of one period: durations in seconds, rates as fractions.

    Percentiles are interpolated linearly between the two nearest values, as PERCENTILE.INC of
    spreadsheets does. A rate has its share as `mean` and no median. None where n is 0.
    """

    metric: str
    period: str
    n: int
    excluded: int
    """Records, or action items, that should have had a value and have none that can be used."""
    median: float | None
    p90: float | None
    mean: float | None


class Value(NamedTuple):
    """What one record, or one of its action items, says about a metric."""

    record: PostMortem
    value: float | None
    """Seconds, or 1 and 0 for yes and no; None where it is excluded."""
    reason: str = ""
    """Why it is excluded; empty where it is not."""
    detail: str = ""
    """What is wrong with it, in a few words."""
    stated: bool = False
    """Taken from what the document states in words."""
    by_git: bool = False
    """Begins or ends with what git shows, where front matter does not say."""
    day: date | None = None
    """The day it counts on: an action item's own; an incident counts on its day."""

    @property
    def when(self) -> date | None:
        """The day that decides in which month, quarter or year it counts."""
        return self.day or self.record.day


@dataclass(frozen=True)
class Survey:
    """Every value of an archive as of a day, before it is divided and summed up."""

    records: Sequence[PostMortem]
    """Incidents up to the day, in the order they were given."""
    settings: Settings
    as_of: date
    definitions: dict[str, Definition]
    values: dict[str, list[Value]]
    """By metric."""
    repeats: tuple[Repeat, ...]
    history_note: str = ""
    """What git could not be asked and why, as a sentence without its full stop; empty where it could."""

    def measures(self, by: str | None = None, metrics: Iterable[str] = NAMES) -> list[Measure]:
        """Each metric, for each period of `by` in its order, and for all.

        An incident counts in the period it began in, a completed action item in that of its completion.
        The completion rate counts an action item on its due date, once that day is over. What is left out
        counts on the day of its incident. Of several services a record counts in each. `by` is one of
        `DIVISIONS`; None divides nothing.
        """
        ways = (None,) if by is None else (by, None)
        return [item for name in metrics for way in ways for item in self._numbers(name, way)]

    def _numbers(self, metric: str, by: str | None) -> list[Measure]:
        """A metric over all, or by period in its order; summed up once, for several pages and files ask."""
        found = self._known.get((metric, by))
        if found is None:
            groups = {ALL: self.values[metric]} if by is None else self.divided(metric, by)
            order = sorted(groups, key=self._order(by)) if by else groups
            found = self._known[(metric, by)] = [summed_up(metric, period, groups[period]) for period in order]
        return found

    @cached_property
    def _known(self) -> dict[tuple[str, str | None], list[Measure]]:
        return {}

    def divided(self, metric: str, by: str) -> dict[str, list[Value]]:
        """The values of a metric by period."""
        groups: dict[str, list[Value]] = {}
        for value in self.values[metric]:
            for period in periods(value, by):
                groups.setdefault(period, []).append(value)
        return groups

    def _order(self, by: str) -> Callable[[str], tuple[object, ...]]:
        if by == "severity":
            return lambda name: (name == NONE, self.settings.severity_rank(name), name)
        return lambda name: (name == NONE, name.casefold(), name)

    @cached_property
    def mistakes(self) -> list[tuple[str, Value]]:
        """Values that are left out because they cannot be true, with their metric; the newest incident first."""
        found = [(name, value) for name in NAMES for value in self.values[name] if value.reason not in ("", MISSING)]
        rank = {id(record): n for n, record in enumerate(self.records)}
        return sorted(found, key=lambda entry: rank[id(entry[1].record)])

    def stated(self, metric: str) -> int:
        """How many values of a metric are as a document states them rather than between its timestamps."""
        return sum(value.stated for value in self.values[metric])

    def by_git(self, metric: str) -> int:
        """How many values of a metric begin or end with what git shows."""
        return sum(value.by_git for value in self.values[metric])

    def unheard(self, metrics: Iterable[str] = NAMES) -> str:
        """Why git could not tell what one of these metrics lacks; empty where it could, or nothing is lacking."""
        lacking = any(
            value.reason == MISSING
            for name in metrics
            if {self.definitions[name].start, self.definitions[name].end} & BY_GIT
            for value in self.values[name]
        )
        return self.history_note if lacking else ""


def measure(
    records: Iterable[PostMortem], settings: Settings, as_of: date, history: History, by: str | None = None
) -> list[Measure]:
    """Every metric, divided by one of `DIVISIONS` or not at all."""
    return survey(records, settings, as_of, history).measures(by)


def survey(
    records: Iterable[PostMortem],
    settings: Settings,
    as_of: date,
    history: History,
    again: Sequence[Repeat] | None = None,
) -> Survey:
    """Look at each record once. Incidents and completions after `as_of` have not happened yet.

    `again` are the repeats among them, where they are known already.
    """
    known = [record for record in records if record.day is None or record.day <= as_of]
    meanings = definitions(settings)
    again = tuple(repeats(known, as_of, settings.patterns) if again is None else again)
    values: dict[str, list[Value]] = {}
    for name, meaning in meanings.items():
        if meaning.start:
            values[name] = [_spanned(record, meaning, settings, as_of, history) for record in known]
    values["action_completion_rate"] = [value for record in known for value in _completed(record, as_of)]
    values["time_to_complete_actions"] = [value for record in known for value in _took(record, as_of)]
    left = {id(repeat.later): False for repeat in again}
    for repeat in again:
        left[id(repeat.later)] |= repeat.standing.unfinished
    values["repeat_incidents"] = [
        Value(record, None, MISSING, "the incident has no day")
        if record.day is None
        else Value(record, float(id(record) in left))
        for record in known
    ]
    values["repeats_with_open_actions"] = [
        Value(record, float(left[id(record)])) for record in known if id(record) in left
    ]
    return Survey(known, settings, as_of, meanings, values, again, history.note)


def summed_up(metric: str, period: str, values: Iterable[Value]) -> Measure:
    """The numbers of some values."""
    held = list(values)
    known = sorted(value.value for value in held if value.value is not None)
    excluded = len(held) - len(known)
    if not known:
        return Measure(metric, period, 0, excluded, None, None, None)
    mean = fmean(known)
    if metric not in _SPREAD:
        return Measure(metric, period, len(known), excluded, None, None, mean)
    return Measure(metric, period, len(known), excluded, median(known), p90(known), mean)


_SPREAD = frozenset((*OF_INCIDENTS, "time_to_postmortem", "time_to_complete_actions"))
"""Metrics whose values have a middle; the others are shares."""


def p90(values: Sequence[float]) -> float:
    """The value that nine in ten do not exceed, interpolated as PERCENTILE.INC does."""
    return quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def periods(value: Value, by: str) -> tuple[str, ...]:
    """The periods, or other groups, that a value counts in."""
    if by == "service":
        return tuple(dict.fromkeys(name for name in map(_named, value.record.services) if name)) or (NONE,)
    if by == "severity":
        return (_named(value.record.severity) or NONE,)
    return (NONE,) if value.when is None else (period_of(value.when, by),)


def period_of(day: date, by: str) -> str:
    """The month, quarter or year of a day: `2026-11`, `2026-Q4`, `2026`."""
    if by == "month":
        return f"{day.year:04}-{day.month:02}"
    return f"{day.year:04}-Q{(day.month + 2) // 3}" if by == "quarter" else f"{day.year:04}"


def _named(name: str) -> str:
    return " ".join(name.split())


def _spanned(record: PostMortem, meaning: Definition, settings: Settings, as_of: date, history: History) -> Value:
    """What a record says about a duration: by its timestamps or its words, as the settings have it."""
    chosen = settings.metrics
    stated = None
    if meaning.name in OF_INCIDENTS and chosen.stated != "never":
        stated = stated_duration(record, meaning.name)
    known = [_evidence(record, name, history) for name in (meaning.start, meaning.end)]
    start, end = (moment.at for moment in known)
    if stated is not None and (chosen.stated == "prefer" or start is None or end is None):
        if too_long(record, stated, settings.max_days):
            return Value(record, None, TOO_LONG, f"stated as {human(stated)}", stated=True)
        return Value(record, stated.total_seconds(), stated=True)
    if start is None or end is None:
        return Value(record, None, MISSING, f"no {meaning.start if start is None else meaning.end}")
    if reason := _untrue(record, meaning, start, end, settings, as_of):
        ends = {meaning.start: start, meaning.end: end}
        if reason == EARLY:
            ends = {"started_at": record.stamps["started_at"], meaning.start: start}
        return Value(record, None, reason, ", ".join(f"{name} {_shown(at)}" for name, at in ends.items()))
    if chosen.support_hours and meaning.name in OF_INCIDENTS:
        return Value(record, supported(start, end, chosen.support_hours).total_seconds())
    return Value(record, (end - start).total_seconds(), by_git=any(moment.source == GIT for moment in known))


def _untrue(
    record: PostMortem, meaning: Definition, start: datetime, end: datetime, settings: Settings, as_of: date
) -> str:
    """Why an interval cannot be true; empty where it can."""
    if max(start, end) > end_of(as_of):
        return FUTURE
    if end < start:
        return REVERSED
    # Of a detection before the start one of the two is wrong, and nobody can tell which: no interval counts from it.
    if meaning.start in STAMPS and start < record.stamps.get("started_at", start):
        return EARLY
    most = settings.max_days if meaning.name in OF_INCIDENTS else YEAR
    return TOO_LONG if too_long(record, end - start, most) else ""


def too_long(record: PostMortem, interval: timedelta, most: int) -> bool:
    """Longer than so many days, and the document does not say that it is meant (`long_running`)."""
    return interval > timedelta(days=most) and record.facts.get("long_running") is not True


def stated_keys(metric: str) -> tuple[str, ...]:
    """Keys of front matter that state a duration."""
    return (metric, _ALSO_CALLED[metric]) if metric in _ALSO_CALLED else (metric,)


def stated_duration(record: PostMortem, metric: str) -> timedelta | None:
    """What a document states about one of its durations: in front matter, else by the template's labels."""
    for key in stated_keys(metric):
        written = record.document.front.get(key)
        if isinstance(written, str) and (found := parse_duration(written)) is not None:
            return found.value
    words = record.document.stated.get(metric)
    said = parse_duration(words.text) if words else None
    return said.value if said else None


def _evidence(record: PostMortem, name: str, history: History) -> Evidence:
    """A moment of a record by its name: a timestamp, a milestone of the post-mortem, or a key of the team's own."""
    if name in MILESTONES:
        found: Evidence = getattr(milestones(record, history), name)
        return found
    at = record.stamps.get(name) if name in STAMPS else parse_stamp(record.facts.get(name))
    return Evidence(at, FRONT_MATTER if at is not None else "")


def is_done(item: ActionItem, day: date) -> bool:
    """Done or verified by the end of a day, as far as the document says when."""
    return item.is_finished and (item.completed is None or item.completed <= day)


def _there(record: PostMortem, day: date) -> Iterator[ActionItem]:
    """Action items that existed on a day."""
    return (item for item in record.action_items if item.created is None or item.created <= day)


def _completed(record: PostMortem, as_of: date) -> Iterator[Value]:
    """Of each action item that was due: whether it is done. On its last day it still may be, as everywhere."""
    for item in _there(record, as_of):
        if item.status == "won't do":
            continue
        if item.due is None:
            yield Value(record, None, MISSING, "no due date")
        elif item.due < as_of:
            yield Value(record, float(is_done(item, as_of)), day=item.due)


def _took(record: PostMortem, as_of: date) -> Iterator[Value]:
    """How long each finished action item took, in days: its dates have no hours."""
    for item in _there(record, as_of):
        if not is_done(item, as_of):
            continue
        if item.created is None or item.completed is None:
            missing = "no day of completion" if item.completed is None else "no day it was created"
            yield Value(record, None, MISSING, missing)
        elif item.completed >= item.created:
            yield Value(record, (item.completed - item.created).total_seconds(), day=item.completed)
        elif record.day is not None and (record.day - item.completed).days <= 1:
            yield Value(record, 0.0, day=item.completed)  # while the incident lasted
        else:
            told = f"completed {item.completed.isoformat()}, before {item.created.isoformat()}"
            yield Value(record, None, REVERSED, told)


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
