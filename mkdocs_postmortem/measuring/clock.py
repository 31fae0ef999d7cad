"""The process clock: when each step of a post-mortem was done, by what evidence, and when it was due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from mkdocs_postmortem import dates
from mkdocs_postmortem.measuring.beginning import begins, under_process
from mkdocs_postmortem.measuring.follow_up import follow_up
from mkdocs_postmortem.measuring.follow_up import planned as planned_review
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.process import STEPS, Term
from mkdocs_postmortem.reading.history import FileHistory, History, read_history
from mkdocs_postmortem.settings import Settings

FRONT_MATTER, GIT, DOCUMENT = "front matter", "git", "document"
KEPT, MISSED, RUNNING, UNKNOWN, NOT_DUE = "kept", "missed", "running", "unknown", "not due"


class Evidence(NamedTuple):
    """When something happened, and what says so."""

    at: datetime | None = None
    """The moment, in UTC; None where it is not known."""
    source: str = ""
    """`front matter`, `git`, or empty where nothing says it."""
    by: datetime | None = None
    """It had happened by then at the latest, where the moment itself is not known."""
    why: str = ""
    """Why the moment is not known, in a few words; empty where it is, or where it has not happened."""


class Milestones(NamedTuple):
    """The steps of a post-mortem that leave a moment behind."""

    drafted_at: Evidence
    """The draft was there: stated, else its first commit."""
    published_at: Evidence
    """It was published: stated, else the commit that brought the state `published` to the branch."""
    meeting_scheduled_at: Evidence
    meeting_held_at: Evidence


def milestones(record: PostMortem, history: History) -> Milestones:
    """When a post-mortem went through its steps: what front matter states, else what git shows.

    Nothing is guessed: where a file came into the repository finished, or with many others, or where
    history is cut, its moment is unknown, and `by` has the moment before which it lies.
    """
    front = record.document.front
    meeting = front.get("meeting")
    meeting = meeting if isinstance(meeting, dict) else {}
    return Milestones(
        drafted_at=_stated(front.get("drafted_at")) or _drafted(record, history),
        published_at=_stated(front.get("published_at")) or _published(record, history),
        meeting_scheduled_at=_stated(meeting.get("scheduled_at")) or Evidence(),
        meeting_held_at=_stated(meeting.get("held_at")) or Evidence(),
    )


def needs_history(record: PostMortem) -> bool:
    """Whether front matter leaves something open that git may know."""
    front = record.document.front
    unpublished = record.status == "published" and dates.parse_stamp(front.get("published_at")) is None
    return unpublished or dates.parse_stamp(front.get("drafted_at")) is None


def history_of(records: Collection[PostMortem], settings: Settings) -> History:
    """What git knows, where the settings let it be asked and one of these leaves something open; else nothing."""
    asked = settings.process.git and any(map(needs_history, records))
    return read_history(settings, texts_of(records)) if asked else History.none()


def texts_of(records: Iterable[PostMortem]) -> Iterator[str]:
    """What was just read of them, so that git need not be asked for it."""
    return (record.document.text for record in records)


def _stated(value: Any) -> Evidence | None:
    moment = dates.parse_stamp(value)
    return Evidence(moment, FRONT_MATTER) if moment is not None else None


def _known(record: PostMortem, history: History) -> FileHistory | Evidence:
    found = history.files.get(record.path)
    if found is not None:
        return found
    if not history.known:
        return Evidence(why=history.note or "front matter does not say, and git was not asked")
    return Evidence(why="the file is not committed yet")


def _drafted(record: PostMortem, history: History) -> Evidence:
    found = _known(record, history)
    if isinstance(found, Evidence):
        return found
    if not found.whole:
        return Evidence(source=GIT, by=found.created, why="it was written before it came into this repository")
    if found.states[0][1] == "published":
        return Evidence(source=GIT, by=found.created, why="its first commit was published already")
    return Evidence(found.created, GIT)


def _published(record: PostMortem, history: History) -> Evidence:
    if record.status != "published":
        return Evidence()
    found = _known(record, history)
    if isinstance(found, Evidence):
        return found
    moment = next((when for when, state in found.states if state == "published"), None)
    if moment is None:
        return Evidence(why="the change to `published` is not committed yet")
    if not found.whole and found.states[0][1] == "published":
        return Evidence(source=GIT, by=moment, why="it was published before it came into this repository")
    return Evidence(moment, GIT)


# -- deadlines -----------------------------------------------------------------------------------


class Deadline(NamedTuple):
    """One step of one post-mortem: when it was to be done, and whether it was."""

    step: str
    """One of `process.STEPS`."""
    due: datetime | None
    """In UTC; None where the step is not asked for, or where nothing says from when it counts."""
    done: datetime | None
    """In UTC; None where it is not done, or nobody knows when."""
    state: str
    """`kept`; `missed`: done late, or not done though the day is past; `running`: not done, and not yet due;
    `unknown`: nothing says when it was done, or whether, and it can no longer be done; `not due`: not asked
    for, not yet begun, or nothing is left to do."""
    source: str
    """What says so: `front matter`, `git` or `document`; empty where nothing does."""
    left: timedelta | None
    """From the beginning of the day that counts as today to `due`; only while running."""
    why: str = ""
    """What the state does not say by itself, in a few words."""

    @property
    def open(self) -> bool:
        """Still to be done."""
        return self.state in (RUNNING, MISSED) and self.done is None

    @property
    def overdue(self) -> bool:
        """Still to be done, and its day is past."""
        return self.state == MISSED and self.done is None

    @property
    def late(self) -> timedelta | None:
        """By how much it was done late; None where it was not."""
        return self.done - self.due if self.state == MISSED and self.done and self.due else None


def deadlines(record: PostMortem, history: History, settings: Settings, as_of: date) -> tuple[Deadline, ...]:
    """The steps of a post-mortem, in the order of `process.STEPS`, as they stand on the day `as_of`.

    `process.md` has the steps and their terms; the settings may have others. What happened after
    `as_of` has not happened. A step is missed when its day is past, in the team's time zone: on the
    day itself it is still running.
    """
    return _Clock(record, history, settings, as_of).all()


def planned(items: Iterable[ActionItem]) -> bool:
    """Whether every action item that is to be done, or was, has an owner and a due date.

    That is a plan, in the words of `process.md`; items that were given up need none.
    """
    return all(item.owner and item.due for item in items if item.status != "won't do")


class _Clock:
    """The steps of one post-mortem on one day."""

    def __init__(self, record: PostMortem, history: History, settings: Settings, as_of: date) -> None:
        self.record = record
        self.settings = settings
        self.process = settings.process
        self.calendar = calendar_of(settings.process)
        self.as_of = as_of
        self.now = datetime.combine(as_of, time(0), tzinfo=self.calendar.zone)
        self.milestones = milestones(record, history)
        self.begin = begins(record, settings)

    def all(self) -> tuple[Deadline, ...]:
        steps = {
            "owner": self.owner, "meeting": self.meeting, "draft": self.draft, "publish": self.publish,
            "actions": self.actions,
        }  # fmt: skip
        if not under_process(self.record, self.settings):
            why = f"the incident was before {self.process.since}"
            return tuple(Deadline(step, None, None, NOT_DUE, "", None, why) for step in STEPS)
        found = []
        for step in STEPS:
            term = self.process.term(step, self.record.severity)
            if step == "review":  # counts from publication, whatever is known of the incident
                found.append(self.review())
            elif term is None:
                found.append(Deadline(step, None, None, NOT_DUE, "", None, "not asked for"))
            elif self.begin is None:
                found.append(Deadline(step, None, None, UNKNOWN, "", None, "no moment of the incident is stated"))
            else:
                found.append(steps[step](term, self.begin))
        return tuple(found)

    def owner(self, term: Term, begin: datetime) -> Deadline:
        due = self.calendar.after(begin, term)
        if self.record.owner:
            return Deadline("owner", due, None, KEPT, DOCUMENT, None)
        return self._waiting("owner", due, "nobody owns it")

    def meeting(self, term: Term, begin: datetime) -> Deadline:
        due = self.calendar.after(begin, term)
        scheduled, held = self.milestones.meeting_scheduled_at, self.milestones.meeting_held_at
        if self.process.meeting == "held":
            evidence = held
        elif scheduled.at is None and held.at is not None:
            evidence = Evidence(None, FRONT_MATTER, held.at, "it was held; when it was scheduled is not stated")
        else:
            evidence = scheduled
        if self.record.status == "published" and not evidence.source:
            # It can no longer be held before publication: overdue is only what can still be done.
            why = "it was scheduled; that it was held is not stated" if scheduled.at else "no meeting is stated"
            return Deadline("meeting", due, None, UNKNOWN, "", None, why)
        return self._judged("meeting", due, evidence, f"no meeting is {self.process.meeting}")

    def draft(self, term: Term, begin: datetime) -> Deadline:
        due = self.calendar.after(begin, term)
        evidence = self.milestones.drafted_at
        if not evidence.source and self.record.status == "draft" and not self._past(due):
            return self._waiting("draft", due)
        return self._judged("draft", due, evidence)

    def publish(self, term: Term, begin: datetime) -> Deadline:
        due = self.calendar.after(begin, term)
        evidence = self.milestones.published_at
        if self.record.status != "published" and evidence.at is None:
            return self._waiting("publish", due, f"in {self.record.status}" if self.record.status == "review" else "")
        return self._judged("publish", due, evidence)

    def actions(self, term: Term, begin: datetime) -> Deadline:
        due = self.calendar.after(begin, term)
        items = self.record.action_items
        if not items:
            if self.record.status == "published":
                return Deadline("actions", due, None, NOT_DUE, DOCUMENT, None, "there are none")
            return self._waiting("actions", due, "none agreed on yet")
        opened = [item for item in items if item.is_open]
        if self.process.plan_counts and planned(items):
            return Deadline("actions", due, None, KEPT, DOCUMENT, None, "planned" if opened else "closed or planned")
        if not opened:
            finished = [item.completed for item in items if item.is_finished]
            last = max((day for day in finished if day is not None), default=None)
            if last is not None and last <= self.calendar.day_of(due) and all(finished):
                return Deadline("actions", due, min(self._end_of(last), due), KEPT, DOCUMENT, None, "all are closed")
            if not self._past(due):
                return Deadline("actions", due, None, KEPT, DOCUMENT, None, "all are closed")
            if last is not None and last > self.calendar.day_of(due):
                return Deadline("actions", due, self._end_of(last), MISSED, DOCUMENT, None, "all are closed")
            return Deadline("actions", due, None, UNKNOWN, DOCUMENT, None, "they are closed; since when is not stated")
        what = "closed" if not self.process.plan_counts else "closed or planned"
        missing = len(opened) if not self.process.plan_counts else sum(not planned([item]) for item in opened)
        return self._waiting("actions", due, f"{missing} of {len(items)} not {what}")

    def review(self) -> Deadline:
        """What `follow_up` says, as a step: reviews, calendar and clock are of one mind."""
        known = planned_review(self.record, self.settings, self.milestones.published_at.at)
        review = follow_up(known, self.as_of)
        due = known.moment or (self._end_of(known.due) if known.due is not None else None)
        if review.held is not None:
            done = self._end_of(review.held)
            if due is None and not known.asked:
                why = f"not asked for; it was held on {review.held.isoformat()}"
                return Deadline("review", None, done, NOT_DUE, DOCUMENT, None, why)
            if due is None:
                why = f"it was held on {review.held.isoformat()}; when it was due is not known"
                return Deadline("review", None, done, UNKNOWN, DOCUMENT, None, why)
            kept = review.held <= self.calendar.day_of(due)
            return Deadline("review", due, min(done, due) if kept else done, KEPT if kept else MISSED, DOCUMENT, None)
        if review.waiting and due is not None:
            return self._waiting("review", due, "no review is stated")
        state = UNKNOWN if review.state in ("lapsed", "unknown") else NOT_DUE
        return Deadline("review", due, None, state, "", None, _NO_REVIEW[review.state])

    def _end_of(self, day: date) -> datetime:
        """The end of a day on the team's clocks."""
        if day == date.max:
            return datetime.combine(day, time(0), tzinfo=UTC)
        return datetime.combine(day + timedelta(days=1), time(0), tzinfo=self.calendar.zone).astimezone(UTC)

    def _judged(self, step: str, due: datetime, evidence: Evidence, undone: str = "") -> Deadline:
        """A step by its evidence; what has none is still to be done, unless the evidence says why it is unknown."""
        done = evidence.at
        if done is not None and not self._yet(done):
            return self._waiting(step, due, undone)
        if done is not None:
            return Deadline(step, due, done, KEPT if done <= due else MISSED, evidence.source, None)
        if evidence.by is not None and evidence.by <= due and self._yet(evidence.by):
            return Deadline(step, due, None, KEPT, evidence.source, None, "done by then")
        if evidence.why:
            return Deadline(step, due, None, UNKNOWN, evidence.source, None, evidence.why)
        return self._waiting(step, due, undone)

    def _waiting(self, step: str, due: datetime, why: str = "") -> Deadline:
        if self._past(due):
            return Deadline(step, due, None, MISSED, "", None, why)
        return Deadline(step, due, None, RUNNING, "", max(due - self.now, timedelta(0)), why)

    def _past(self, due: datetime) -> bool:
        return self.calendar.day_of(due) < self.as_of

    def _yet(self, moment: datetime) -> bool:
        """Whether it has happened by the end of today. A day of grace: the clocks of the world differ."""
        return moment.date() <= self.as_of or self.calendar.day_of(moment) <= self.as_of


_NO_REVIEW = {
    "lapsed": "nobody noted whether it was held",
    "unknown": "when it was published is not known",
    "settled": "no action item is open",
    "unpublished": "begins with publication",
    "not asked": "not asked for",
}
"""Why a review is not waited for, by its state."""
