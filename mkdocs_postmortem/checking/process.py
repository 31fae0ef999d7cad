"""PM6xx: steps of the process that are overdue, roles that nobody or the wrong one has, moments that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from mkdocs_postmortem import dates
from mkdocs_postmortem.checking.findings import INFO, OFF, WARNING, WHOLE, Context, declare, rule, source
from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import clock, people, publication
from mkdocs_postmortem.measuring.clock import MISSED, RUNNING, Deadline
from mkdocs_postmortem.model import PostMortem, Problem, Span
from mkdocs_postmortem.reading.history import History

declare("PM601", "draft-without-owner", "Nobody owns the post-mortem, and the incident is over.", WARNING)
declare("PM602", "meeting-overdue", "No meeting is stated, and its deadline is past.", WARNING)
declare("PM603", "publication-overdue", "The post-mortem is not published, and its deadline is past.", WARNING)
declare("PM604", "deadline-near", "A deadline of the process is today or tomorrow.", INFO)
declare("PM605", "done-late", "A step of the process was done after its deadline.", INFO, OFF)

BY_THE_DAY = frozenset({"PM601", "PM602", "PM603", "PM604", "PM651", "PM652"})
"""Rules whose findings come with time, without a change to any file: they fail no build of the wiki."""

_DONE = {"meeting": "scheduled", "draft": "drafted", "publish": "published"}
_STAMPS = {"meeting": ("meeting", "scheduled_at"), "draft": ("drafted_at",), "publish": ("published_at",)}
# The owner and the meeting are asked for on the first day: nobody who has just begun to write is told.
_SOON = {
    "publish": "the post-mortem is to be published",
    "actions": "action items are to be {actions}",
}


@source
def deadlines(context: Context) -> Iterator[Problem]:
    """What front matter alone says of the clock: `check` finds the same with and without git.

    A document that does not say which state it is in, or no moment of its incident, is not one that
    the process knows of: archives of older shapes would be told of hundreds of deadlines at once.
    """
    record = context.postmortem
    if record.facts.get("status") is None or not record.stamps:
        return
    for deadline in clock.deadlines(record, History.none(), context.settings, context.as_of):
        if deadline.state == MISSED:
            yield from _missed(context, deadline)
        elif deadline.state == RUNNING and record.status != "published":
            yield from _near(context, deadline)


def _missed(context: Context, deadline: Deadline) -> Iterator[Problem]:
    record, step = context.postmortem, deadline.step
    assert deadline.due is not None
    due = _shown(deadline.due)
    if deadline.late is not None:
        if step in _DONE:
            word = context.settings.process.meeting if step == "meeting" else _DONE[step]
            text = f"{word} {human(deadline.late)} late: it was due {due}"
            yield Problem(
                "PM605", _stamp_place(record, step, word), text, "nothing to mend: the clock keeps count of it"
            )
    elif step == "owner" and record.status == "draft":  # later documents have PM118
        yield Problem(
            "PM601", _state_place(record), "nobody owns this post-mortem", 'name one person: `owner: "@handle"`'
        )
    elif step == "meeting":
        held = context.settings.process.meeting == "held"
        yield Problem(
            "PM602",
            record.places.get(("meeting",)) or _state_place(record),
            f"no meeting is {'held' if held else 'scheduled'}: it was due {due}",
            f"state it: `meeting: {{{'held_at' if held else 'scheduled_at'}: …}}`",
        )
    elif step == "publish":
        yield Problem(
            "PM603",
            _state_place(record),
            f"not published: it was due {due}",
            "publish it, or say in a comment why it waits: `# postmortem: accept PM603 the reason`",
        )


def _near(context: Context, deadline: Deadline) -> Iterator[Problem]:
    record, process = context.postmortem, context.settings.process
    assert deadline.due is not None
    assert deadline.left is not None
    if deadline.step not in _SOON or deadline.left >= timedelta(days=2):
        return
    if deadline.step == "actions" and not record.action_items:
        return  # they come with the document
    asked = _SOON[deadline.step].format(actions="closed, or planned" if process.plan_counts else "closed")
    when = "today" if deadline.left < timedelta(days=1) else "tomorrow"
    yield Problem("PM604", _state_place(record), f"{asked} by {when}, {_shown(deadline.due)}", deadline.why)


def _state_place(record: PostMortem) -> Span:
    return record.places.get(("status",), WHOLE)


def _stamp_place(record: PostMortem, step: str, word: str) -> Span:
    path = ("meeting", "held_at") if step == "meeting" and word == "held" else _STAMPS[step]
    return record.places.get(path) or _state_place(record)


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


# -- roles ---------------------------------------------------------------------------------------


@rule("PM606", "facilitator-took-part", "The facilitator of a major incident's meeting was a responder.", WARNING, INFO)
def facilitator_took_part(context: Context) -> Iterator[Problem]:
    """`process.md`: for major incidents a neutral facilitator, not directly involved in the incident."""
    record = context.postmortem
    if not context.settings.is_major(record.severity) or not record.facilitator:
        return
    proof = people.involved(record, record.facilitator)
    if proof:
        yield Problem(
            "PM606",
            record.places.get(("facilitator",), WHOLE),
            f"{record.facilitator} facilitates a {record.severity} and was involved in it: {proof}",
            "ask somebody who was not: they see what those involved take for granted",
        )


@rule("PM607", "product-owner-absent", "No product owner took part in the review of a major incident.", WARNING, OFF)
def product_owner_absent(context: Context) -> Iterator[Problem]:
    """`process.md`: the product owner is a required participant for P0 and P1; the settings say who that is."""
    record = context.postmortem
    missing = people.absent_product_owners(record, context.settings)
    if missing:
        named = "; ".join(f"{service}: {', '.join(who)}" for service, who in missing.items())
        yield Problem(
            "PM607",
            record.places.get(("participants",)) or record.places.get(("severity",), WHOLE),
            f"no product owner is among those who took part ({named})",
            "add whoever did to `participants`, with the role `product owner`",
        )


# -- what others could learn from --------------------------------------------------------------------


@rule(
    "PM610",
    "publication-candidate",
    "Others could learn from it, and nobody has decided on a public version.",
    INFO,
    OFF,
)
def publication_candidate(context: Context) -> Iterator[Problem]:
    """`process.md`: when to publish externally. Pointed out until it is planned, or declined with a reason."""
    record, settings = context.postmortem, context.settings
    # One that was declined is found for good, so that its comment never accepts nothing.
    asked = publication.is_recent(record, context.as_of) or publication.is_declined(record)
    if not asked or not publication.is_undecided(record, settings):
        return
    grounds = publication.grounds(record, settings)
    if grounds:
        yield Problem(
            "PM610",
            _state_place(record),
            f"a candidate for a public version: {', '.join(grounds)}",
            "plan it with `external: {slug: …}`, or say why not: `# postmortem: accept PM610 the reason`",
        )


# -- moments that cannot be ------------------------------------------------------------------------


@rule("PM608", "steps-out-of-order", "Moments of the process contradict each other or the incident.", WARNING)
def steps_out_of_order(context: Context) -> Iterator[Problem]:
    """A draft before the incident, a publication before its draft, a step that is still to come."""
    record = context.postmortem
    stated = dict(_stated(record))
    begin = record.stamps.get("started_at")
    # Later than the last day that is today anywhere on earth.
    horizon = datetime.combine(context.as_of, time(0), tzinfo=UTC) + timedelta(days=2)
    for path, moment in stated.items():
        name = ".".join(path)
        place = record.places.get(path, WHOLE)
        if moment > horizon and name != "meeting.held_at":  # a meeting may be planned
            yield Problem("PM608", place, f"{name} lies in the future: {_shown(moment)}", "look at year and month")
        elif begin is not None and moment < begin:
            text = f"{name} lies before the incident began: {_shown(moment)}, started_at is {_shown(begin)}"
            yield Problem("PM608", place, text, "look at day, month and year")
    for first, last in (
        (("drafted_at",), ("published_at",)),
        (("meeting", "scheduled_at"), ("meeting", "held_at")),
    ):
        if first in stated and last in stated and stated[last] < stated[first]:
            text = f"{'.'.join(last)} lies before {'.'.join(first)}: {_shown(stated[last])}, {_shown(stated[first])}"
            yield Problem("PM608", record.places.get(last, WHOLE), text, "look at both: day, hour and time zone")


def _stated(record: PostMortem) -> Iterator[tuple[tuple[str, ...], datetime]]:
    for path in (("drafted_at",), ("published_at",), ("meeting", "scheduled_at"), ("meeting", "held_at")):
        value = record.document.front
        for key in path[:-1]:
            inner = value.get(key)
            value = inner if isinstance(inner, dict) else {}
        moment = dates.parse_stamp(value.get(path[-1]))
        if moment is not None:
            yield path, moment


@rule("PM609", "contradicts-git", "Front matter says that a step was done when git shows that it was not.", WARNING)
def contradicts_git(context: Context) -> Iterator[Problem]:
    """Only where the settings ask for it; a day is granted, for work that is committed in the evening."""
    record = context.postmortem
    found = context.history.files.get(record.path)
    if found is None:
        return
    day = timedelta(days=1)
    stated = dict(_stated(record))
    reached = next((when for when, state in found.states if state == "published"), None)
    published, drafted = stated.get(("published_at",)), stated.get(("drafted_at",))
    if published is not None:
        before = [state for when, state in found.states if state != "published" and when <= published]
        text = ""
        if reached is not None and published > reached + day:
            text = f"git has the document as published since {_shown(reached)}"
        elif before and reached is not None and published < reached - day:
            text = f"git has the document in {before[-1]} until {_shown(reached)}"
        elif before and reached is None and record.status == "published" and published < found.changed - day:
            text = f"git has the document in {before[-1]} still on {_shown(found.changed)}"
        if text:
            place = record.places.get(("published_at",), WHOLE)
            yield Problem("PM609", place, f"published_at is {_shown(published)}; {text}", "state when it really was")
    ready = next((when for when, state in found.states if state != "draft"), None)
    if drafted is not None and ready is not None and drafted > ready + day:
        yield Problem(
            "PM609",
            record.places.get(("drafted_at",), WHOLE),
            f"drafted_at is {_shown(drafted)}; git has the document past its draft since {_shown(ready)}",
            "state when the draft really was complete",
        )
