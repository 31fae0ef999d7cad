"""Reviews: of each post-mortem two weeks after its publication, and of every month of the archive.

Both come from `process.md`: the two-week review looks at the progress of every action item, unblocks
what is stuck, adjusts priorities and celebrates what is done; the monthly review looks at all open
action items and at what repeats. What a month held is told by dates alone, so that the review of a
month that is over stays as it was. Where dates are missing, that is counted, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from mkdocs_postmortem.measuring.clock import milestones
from mkdocs_postmortem.measuring.follow_up import LAPSED, FollowUp, Plan, follow_up, planned
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.settings import Settings

DAY = timedelta(days=1)
# -- the review of a post-mortem


def plan(record: PostMortem, settings: Settings, history: History | None = None) -> Plan:
    """When a post-mortem's review is due, and whether it was held; `history` may know when it was published."""
    return planned(record, settings, milestones(record, history or History.none()).published_at.at)


AGENDA = ("stuck", "priority", "progress", "done", "dropped")
"""What a two-week review goes through, in its order: what is stuck, whose priority to look at, what is
under way, what to celebrate, what was given up."""


@dataclass(frozen=True, slots=True)
class Point:
    """An action item on the agenda of a review: which part of it, and why there."""

    item: ActionItem
    part: str
    """One of `AGENDA`."""
    reasons: tuple[str, ...] = ()
    """`overdue`, `no owner`, `no due date`; `no priority`, `not begun`."""


def agenda(record: PostMortem, settings: Settings, as_of: date) -> tuple[Point, ...]:
    """Every action item of a post-mortem once, in the order in which its review goes through them.

    Stuck is what is overdue, has no owner or no due date. A priority is looked at where there is
    none, or where an item of the highest one is not begun.
    """
    top = next(iter(settings.priorities), "")
    points = [_point(item, top, as_of) for item in record.action_items]
    return tuple(sorted(points, key=lambda point: AGENDA.index(point.part)))


def _point(item: ActionItem, top: str, as_of: date) -> Point:
    if not item.is_open:
        return Point(item, "done" if item.is_finished else "dropped")
    stuck = (
        ("overdue", item.overdue(as_of)),
        ("no owner", not item.owner.strip()),
        ("no due date", item.due is None),
    )
    if reasons := tuple(name for name, holds in stuck if holds):
        return Point(item, "stuck", reasons)
    if not item.priority.strip():
        return Point(item, "priority", ("no priority",))
    if item.priority == top and item.status == "open":
        return Point(item, "priority", ("not begun",))
    return Point(item, "progress")


# -- the review of a month


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """An action item with the days between which it was open, as far as they are known."""

    record: PostMortem
    item: ActionItem
    opened: date | None
    closed: date | None
    """None while it is open, and where it is closed without a day."""

    @property
    def dated(self) -> bool:
        """Both ends are known, so that it can be said of any day whether it was open."""
        return self.opened is not None and (self.closed is not None or self.item.is_open)


class Decision(NamedTuple):
    """An open action item that somebody has to decide about, and why."""

    life: Life
    reasons: tuple[str, ...]
    """Of `REASONS`, in their order."""


REASONS = ("top", "no owner", "no due date", "give up", "old")
"""Why an item is to be decided about: it has the highest priority; nobody owns it; it has no due date;
it is of the lowest priority, and overdue or old for so long that it may as well be given up; it is old."""


@dataclass(frozen=True, slots=True)
class Month:
    """What the review of a month goes through. `carried + len(opened) - len(closed)` is `open`."""

    first: date
    end: date
    """Its last day; of the running month, the day of the build."""
    running: bool
    carried: int
    """Open when it began."""
    opened: tuple[Life, ...]
    closed: tuple[Life, ...]
    """By the day on which they were closed."""
    open: int
    """Open at its end."""
    overdue: tuple[Life, ...]
    """Open at its end, and their due date past; the most overdue first."""
    fell_due: tuple[Life, ...]
    """Became overdue in it, whether or not they were closed later."""
    decide: tuple[Decision, ...]
    settled: int
    """Of what the review before had to decide, what was closed since; it has left the list."""
    pending: int
    """Of what the review before had to decide, what is still on the list."""
    unknown: tuple[Life, ...]
    """Left out of all counts: there by its end, but nothing says when they were opened or closed."""
    incidents: tuple[PostMortem, ...]
    follow_ups: tuple[FollowUp, ...]
    """Reviews of post-mortems that were held in it, fell due in it, or were overdue at its end."""

    @property
    def name(self) -> str:
        """`2026-11`."""
        return f"{self.first:%Y-%m}"

    @property
    def quiet(self) -> bool:
        """Nothing happened, and nothing is open."""
        return not (self.carried or self.opened or self.closed or self.incidents or self.follow_ups or self.unknown)


def first_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_starts(days: Iterable[date | None], as_of: date, most: int) -> list[date]:
    """First days of the months from the first of `days` to that of `as_of`: the latest `most` of them."""
    past = [day for day in days if day is not None and day <= as_of]
    if not past:
        return []
    number = as_of.year * 12 + as_of.month - 1
    begin = min(past)
    count = min(most, number - (begin.year * 12 + begin.month - 1) + 1)
    return [date(at // 12, at % 12 + 1, 1) for at in range(number - count + 1, number + 1)]


def lives(records: Iterable[PostMortem]) -> list[Life]:
    """Every action item with its two ends."""
    found = []
    for record in records:
        for item in record.action_items:
            opened, closed = item.created, None if item.is_open else item.completed
            if closed is not None and opened is not None and closed < opened:
                closed = opened  # mended before the incident was over: open for no time at all
            found.append(Life(record, item, opened, closed))
    return found


def months(
    records: Sequence[PostMortem],
    settings: Settings,
    as_of: date,
    history: History | None = None,
) -> tuple[Month, ...]:
    """The months of an archive, the latest first: as many as the settings ask for.

    What is dated after `as_of` has not happened: an item that is said to be completed then is open."""
    starts = month_starts((record.day for record in records), as_of, settings.reviews.months + 1)
    if not starts:
        return ()
    everything = lives(records)
    # By due date, which is the order of what is overdue: months then sort nothing long.
    dated = sorted((life for life in everything if life.dated), key=_by_due)
    watched = [_watched(life, settings) for life in dated if life.closed is None or life.closed >= starts[0]]
    undated = [life for life in everything if not life.dated]
    by_month: dict[tuple[int, int], list[PostMortem]] = {}
    for record in records:
        if record.day is not None and record.day <= as_of:
            by_month.setdefault((record.day.year, record.day.month), []).append(record)
    plans = [plan(record, settings, history) for record in records]
    found: list[Month] = []
    before: frozenset[int] = frozenset()
    for first in starts:
        end = min(next_month(first) - DAY, as_of)
        incidents = by_month.get((first.year, first.month), [])
        reviewed = _follow_ups(plans, first, end)
        month = _month(first, end, as_of, watched, undated, before, incidents, reviewed)
        found.append(month)
        before = frozenset(id(decision.life) for decision in month.decide)
    # The month before the first one is gone through for what it left to decide.
    return tuple(reversed(found[-settings.reviews.months :]))


def _by_due(life: Life) -> tuple[object, ...]:
    item = life.item
    return (item.due is None, item.due or date.max, life.opened or date.max, item.key)


class _Watched(NamedTuple):
    """An item whose both ends are known, with what a month asks of it, worked out once for all."""

    life: Life
    opened: date
    closed: date
    """The end of the calendar while it is open."""
    due: date
    """The end of the calendar where it has none."""
    rank: int
    """Of its priority, 0 the highest."""
    always: tuple[str, ...]
    """Why it is to be decided about for as long as it is open."""
    give_up: date
    """From this day on it may as well be given up."""
    old: date
    """From this day on it is old."""


def _watched(life: Life, settings: Settings) -> _Watched:
    item, opened = life.item, life.opened
    assert opened is not None
    names = tuple(settings.priorities)
    rank = names.index(item.priority) if item.priority in names else len(names)
    longest = settings.ageing[-1] if settings.ageing else 90
    always = (
        ("top", rank == 0 and bool(names)),
        ("no owner", not item.owner.strip()),
        ("no due date", item.due is None),
    )
    give_up = date.max
    if len(names) > 1 and rank == len(names) - 1:
        give_up = min(_after(item.due, longest), _after(opened, 2 * longest))
    return _Watched(
        life,
        opened,
        life.closed or date.max,
        item.due or date.max,
        rank,
        tuple(name for name, holds in always if holds),
        give_up,
        _after(opened, longest),
    )


def _after(day: date | None, days: int) -> date:
    """The first day that is more than so many days later."""
    if day is None:
        return date.max
    try:
        return day + timedelta(days=days + 1)
    except OverflowError:
        return date.max


def _month(
    first: date,
    end: date,
    as_of: date,
    watched: Sequence[_Watched],
    undated: Sequence[Life],
    before: frozenset[int],
    incidents: Sequence[PostMortem],
    reviewed: Sequence[FollowUp],
) -> Month:
    carried = still = 0
    opened: list[Life] = []
    closed: list[Life] = []
    overdue: list[Life] = []
    fell_due: list[Life] = []
    groups: dict[tuple[int, int], list[Decision]] = {}
    yesterday = first - DAY
    for life, begun, ended, due, rank, always, give_up, old in watched:
        if begun > end or ended < first:
            continue
        if begun < first:
            carried += 1
        else:
            opened.append(life)
        if yesterday <= due < end and ended > due:
            fell_due.append(life)
        if ended <= end:
            closed.append(life)
            continue
        still += 1
        if due < end:
            overdue.append(life)
        reasons = always
        if give_up <= end:
            reasons = (*reasons, "give up")
        if old <= end:
            reasons = (*reasons, "old")
        if reasons:
            groups.setdefault((REASONS.index(reasons[0]), rank), []).append(Decision(life, reasons))
    # The gravest first: by reason, then by priority, then what is due first.
    decide = [decision for key in sorted(groups) for decision in groups[key]]
    gone = {id(life) for life in closed}
    return Month(
        first=first,
        end=end,
        running=as_of < next_month(first),
        carried=carried,
        opened=tuple(sorted(opened, key=_by_opening)),
        closed=tuple(sorted(closed, key=lambda life: (life.closed or end, life.item.key))),
        open=still,
        overdue=tuple(overdue),
        fell_due=tuple(fell_due),
        decide=tuple(decide),
        settled=len(before & gone),
        pending=sum(id(decision.life) in before for decision in decide),
        unknown=tuple(life for life in undated if life.opened is None or life.opened <= end),
        incidents=tuple(incidents),
        follow_ups=tuple(reviewed),
    )


def _by_opening(life: Life) -> tuple[date, str]:
    return (life.opened or date.min, life.item.key)


def _follow_ups(plans: Sequence[Plan], first: date, end: date) -> list[FollowUp]:
    """Reviews of post-mortems that a month's review looks at, by their day."""
    found = []
    for known in plans:
        day, due, held = known.record.day, known.due, known.held
        waits = due is not None and due <= end and end - due <= LAPSED
        if day is None or day > end or not (waits or (held and first <= held <= end)):
            continue
        review = follow_up(known, end)
        if review.waiting or (review.held is not None and review.held >= first):
            found.append(review)
    found.sort(key=lambda review: (review.held or review.due or end, review.record.id))
    return found


def meeting_day(first: date, settings: Settings) -> date:
    """The day on which a month is reviewed: in the month after it, by the settings, and a working day."""
    calendar = calendar_of(settings.process)
    day = next_month(first).replace(day=settings.reviews.day)
    while not calendar.is_workday(day):
        day += DAY
    return day


_ORDER = ("overdue", "due", "held", "lapsed", "settled", "unknown", "unpublished", "not asked")


def follow_ups(
    records: Iterable[PostMortem], settings: Settings, as_of: date, history: History | None = None
) -> tuple[FollowUp, ...]:
    """The review of every post-mortem: what is overdue first, then what comes next, then what was held."""
    found = [follow_up(plan(record, settings, history), as_of) for record in records]

    def place(review: FollowUp) -> tuple[object, ...]:
        day = review.held or review.due
        far = day.toordinal() if day else 0
        return (_ORDER.index(review.state), far if review.waiting else -far, review.record.id)

    return tuple(sorted(found, key=place))
