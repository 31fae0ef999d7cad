"""What comes back: incidents that repeat another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.settings import Patterns

MOST = 5
"""Predecessors that one incident is held against, the latest ones; those it is linked with come on top."""
_NAMES = 20
"""Services and causes of one record that take part: no file's lists may cost their square."""
_KEPT = 2 * MOST
"""Latest incidents remembered of each service and cause: some are of the same day, whose order nobody knows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What had become of an incident's action items on the day another one started."""

    open: tuple[ActionItem, ...] = ()
    """Still to be done on that day."""
    unverified: tuple[ActionItem, ...] = ()
    """Done or said to be done, and to this day never verified."""
    certain: bool = True
    """Every item could be judged by its dates; else some are judged by what the document says now."""

    @property
    def unfinished(self) -> bool:
        """Something was open, or merely done."""
        return bool(self.open or self.unverified)


@dataclass(frozen=True, slots=True)
class Repeat:
    """An incident that repeats an earlier one, and what was left to do from the earlier one."""

    earlier: PostMortem
    later: PostMortem
    shared_services: tuple[str, ...]
    """As the later one writes them."""
    shared_causes: tuple[str, ...]
    linked: bool
    """One of the two names the other as related."""
    standing: Standing

    @property
    def open_items(self) -> tuple[ActionItem, ...]:
        """The earlier one's action items that were open when the later one started."""
        return self.standing.open

    @property
    def unverified_items(self) -> tuple[ActionItem, ...]:
        """The earlier one's action items that were done by then or are now, but never verified."""
        return self.standing.unverified

    @property
    def certain(self) -> bool:
        """Whether the dates of the action items settle which were open; else some are judged as they are now."""
        return self.standing.certain


def repeats(records: Iterable[PostMortem], as_of: date, rules: Patterns | None = None) -> tuple[Repeat, ...]:
    """Incidents that repeat an earlier one, the latest first; `rules` says what counts (`patterns:`).

    By default two incidents repeat where they share a service and a cause that one of them names
    first; or where one names the other as related, unless both say what they touched and have
    nothing of it in common. The later one has to start after the earlier one ended: what overlaps
    is one incident in two documents. Records without a day, and of the
    same day without times, have no order and make no repeat; nor do incidents after `as_of`.
    """
    rules = rules or Patterns()
    known = [(moment, record) for record in records if (moment := _start(record)) and moment.date() <= as_of]
    known.sort(key=lambda entry: (entry[0], entry[1].path))
    by_id: dict[str, PostMortem] = {}
    for _, record in known:
        by_id.setdefault(record.id, record)
    links = _links(known, by_id)
    seen: dict[tuple[str, ...], deque[PostMortem]] = {}
    found: list[Repeat] = []
    for _, later in known:
        earlier = {id(other): other for other in _alike(later, seen, rules) if follows(later, other)}
        latest = sorted(earlier.values(), key=_order, reverse=True)[:MOST]
        linked = {id(other): other for other in links.get(id(later), ()) if follows(later, other)}
        named = [other for other in linked.values() if rules.related and not _apart(later, other)]
        pairs = {id(other): other for other in (*latest, *named)}
        found += [
            _repeat(later, other, id(other) in linked)
            for other in pairs.values()
            if rules.within_days is None or _gap(later, other) <= timedelta(days=rules.within_days)
        ]
        for key in _keys(later, rules):
            seen.setdefault(key, deque(maxlen=_KEPT)).append(later)
    found.sort(key=lambda repeat: (_order(repeat.later), _order(repeat.earlier)), reverse=True)
    return tuple(found)


def follows(later: PostMortem, earlier: PostMortem) -> bool:
    """Whether one incident started after the other had ended, as far as their dates tell; False where they do not."""
    if later is earlier or later.day is None or earlier.day is None:
        return False
    started, ended = later.at("started_at"), earlier.at("resolved_at") or earlier.at("mitigated_at")
    first = earlier.at("started_at")
    if started is None or first is None:
        # Known by their days alone: what ended on the later one's day may have ended after it.
        return (ended.date() if ended else earlier.day) < later.day
    return first < started and (ended is None or ended <= started)


def standing(earlier: PostMortem, later: PostMortem) -> Standing:
    """What had become of an incident's action items on the day a later one started.

    An item counts that was there on the day before. It was open where it is open now or was
    completed after that day. Where it is done without a day of completion nobody can tell
    whether it was open: it counts as not verified, and the result is not certain.
    """
    if later.day is None or earlier.day is None or earlier.day >= later.day:
        return Standing()
    opened, unverified, certain = [], [], True
    for item in earlier.action_items:
        if item.created is not None and item.created >= later.day:
            continue
        if item.is_open or (item.completed is not None and item.completed > later.day):
            opened.append(item)
        elif item.status == "done":
            unverified.append(item)
            certain &= item.completed is not None
    return Standing(tuple(opened), tuple(unverified), certain)


def _start(record: PostMortem) -> datetime | None:
    """When an incident started, for the order of all; the beginning of its day where no time is known."""
    if record.day is None:
        return None
    return record.at("started_at") or datetime.combine(record.day, time(), tzinfo=UTC)


def _order(record: PostMortem) -> tuple[datetime, str]:
    return (_start(record) or datetime.min.replace(tzinfo=UTC), record.path)


def _gap(later: PostMortem, earlier: PostMortem) -> timedelta:
    return _order(later)[0] - _order(earlier)[0]


def _links(known: Sequence[tuple[datetime, PostMortem]], by_id: dict[str, PostMortem]) -> dict[int, list[PostMortem]]:
    """From a record to those it names as related and those that name it; unknown IDs are nobody's."""
    links: dict[int, list[PostMortem]] = {}
    for _, record in known:
        for name in dict.fromkeys(record.related):
            other = by_id.get(name)
            if other is not None and other is not record:
                links.setdefault(id(record), []).append(other)
                links.setdefault(id(other), []).append(record)
    return links


def _apart(one: PostMortem, other: PostMortem) -> bool:
    """Both say which services and causes they had, and share none: related, but not the same again."""
    stated = all(record.services or record.causes for record in (one, other))
    return stated and not shared(one.services, other.services) and not shared(one.causes, other.causes)


def _keys(record: PostMortem, rules: Patterns) -> list[tuple[str, ...]]:
    """What an incident is found by later: a service and a cause, and whether the cause is its first."""
    causes = _causes(record, rules)
    if rules.cause:
        return [("cause", cause) for cause in causes]
    if not rules.service_and_cause:
        return []
    services = _folded(record.services)
    keys: list[tuple[str, ...]] = [("any", service, cause) for service in services for cause in causes]
    return keys + [("first", service, causes[0]) for service in services if causes]


def _alike(record: PostMortem, seen: dict[tuple[str, ...], deque[PostMortem]], rules: Patterns) -> Iterator[PostMortem]:
    """Incidents before this one that it repeats by its services and causes; some come more than once."""
    causes = _causes(record, rules)
    keys: list[tuple[str, ...]] = []
    if rules.cause:
        keys = [("cause", cause) for cause in causes]
    elif rules.service_and_cause and causes:
        services = _folded(record.services)
        keys = [("any", service, causes[0]) for service in services]
        keys += [("first", service, cause) for service in services for cause in causes]
    for key in keys:
        yield from seen.get(key, ())


def _causes(record: PostMortem, rules: Patterns) -> list[str]:
    """An incident's causes, folded, without those that alone make no repeat."""
    contributing = {fold(cause) for cause in rules.contributing_causes}
    return [cause for cause in _folded(record.causes) if cause not in contributing]


def _folded(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(folded for name in names if (folded := fold(name))))[:_NAMES]


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The name of a service, cause or tag as it is compared: `Expired certificate` is `expired-certificate`."""
    return "-".join(name.casefold().replace("_", " ").replace("-", " ").split())


def shared(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """Names of the first that are among the second, as the first writes them."""
    there = {fold(name) for name in other}
    found = {folded: name for name in reversed(tuple(one)) if (folded := fold(name)) and folded in there}
    return tuple(reversed(found.values()))


def _repeat(later: PostMortem, earlier: PostMortem, linked: bool) -> Repeat:
    return Repeat(
        earlier=earlier,
        later=later,
        shared_services=shared(later.services, earlier.services),
        shared_causes=shared(later.causes, earlier.causes),
        linked=linked,
        standing=standing(earlier, later),
    )
