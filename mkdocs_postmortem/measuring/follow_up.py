"""The review of one post-mortem's action items: when it is due, and what became of it. Clock and reviews ask here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from mkdocs_postmortem.dates import parse_date
from mkdocs_postmortem.measuring.beginning import under_process
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.settings import Settings

LAPSED = timedelta(days=90)
"""A review that nobody noted for so long is not asked for any more: months look at what is still open."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The review of one post-mortem's action items, as of a day."""

    record: PostMortem
    state: str
    """`due` (its day lies ahead, or is today), `overdue` (its day is past, and nobody noted that it was
    held), `held`; `lapsed` where it was overdue for `LAPSED`; `settled` where every action item is
    closed, so that nothing is left to review; `unpublished`; `unknown` where it is published, but
    nothing says when; `not asked` where the process asks for no such review, and none is planned."""
    due: date | None
    held: date | None
    notes: str
    """The link to its notes, as written; empty where there is none."""

    @property
    def waiting(self) -> bool:
        """It is still to be held."""
        return self.state in ("due", "overdue")


class Plan(NamedTuple):
    """What is known of a post-mortem's review, whatever the day."""

    record: PostMortem
    due: date | None
    held: date | None
    notes: str
    planned: bool
    """`due` is the day that the document names, not one counted from its publication."""
    asked: bool
    """The process asks for it."""
    moment: datetime | None
    """The moment that it is due, in UTC, where it counts from publication; `due` is its day."""


def planned(record: PostMortem, settings: Settings, published: datetime | None) -> Plan:
    """When a post-mortem's review is due, and whether it was held.

    It is due on the day that `follow_up.scheduled` names, else as long after its publication as the
    process says (`process.deadlines.review`, by default two weeks).
    """
    facts = record.facts.get("follow_up")
    stated = facts if isinstance(facts, dict) else {}
    named, notes = parse_date(stated.get("scheduled")), stated.get("notes")
    term = settings.process.term("review", record.severity) if under_process(record, settings) else None
    calendar = calendar_of(settings.process)
    moment = calendar.after(published, term) if named is None and published is not None and term is not None else None
    due = calendar.day_of(moment) if moment is not None else named
    notes = notes if isinstance(notes, str) else ""
    return Plan(record, due, parse_date(stated.get("held")), notes, named is not None, term is not None, moment)


def follow_up(known: Plan, as_of: date) -> FollowUp:
    """The state of a review on the day `as_of`: what is dated after it has not happened."""
    record, due, held = known.record, known.due, known.held
    if held is not None and held <= as_of:
        return FollowUp(record, "held", due, held, known.notes)
    if not known.planned and not known.asked:
        state = "not asked"
    elif not known.planned and record.status != "published":
        state = "unpublished"
    elif due is None:
        state = "unknown"
    elif not any(_open_on(item, as_of) for item in record.action_items):
        state = "settled"
    elif due >= as_of:
        state = "due"
    else:
        state = "overdue" if as_of - due <= LAPSED else "lapsed"
    return FollowUp(record, state, due, None, known.notes)


def _open_on(item: ActionItem, day: date) -> bool:
    """Whether it was open at the end of a day; of what is closed without a day, as it is now."""
    return item.is_open or (item.completed is not None and item.completed > day)
