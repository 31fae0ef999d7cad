"""PM4xx: action items that nobody will do, or that cannot be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from mkdocs_postmortem.checking.findings import ERROR, INFO, OFF, WARNING, WHOLE, Context, declare, rule
from mkdocs_postmortem.checking.language.lexicon import lexicon_of
from mkdocs_postmortem.checking.schema import unstated
from mkdocs_postmortem.model import ActionItem, Problem, Span
from mkdocs_postmortem.reading.record import plain
from mkdocs_postmortem.vocabulary import fold

declare("PM408", "unknown-priority", "An action item's priority is not on the scale.", ERROR, WARNING)
declare("PM409", "unknown-status", "An action item's status is none of those known.", ERROR, WARNING)
declare("PM410", "unread-day", "An action item's due date or day of completion is not a date.", ERROR, WARNING)


def _at(item: ActionItem, name: str) -> Span:
    """The cell where it should stand; else the action's words."""
    return item.places.get(name, item.span)


def _owned(item: ActionItem) -> bool:
    return bool(item.owner) and item.owner != "@owner"


@rule("PM401", "no-owner", "An action item has no owner.", WARNING, INFO)
def no_owner(context: Context) -> Iterator[Problem]:
    """Action items without owners do not get done; what is finished or given up needs none."""
    for item in context.postmortem.action_items:
        if item.is_open and not item.owner and item.action:
            yield Problem("PM401", _at(item, "owner"), "nobody owns this action item", "name one person: `@handle`")


@rule("PM402", "no-due-date", "An action item has no due date.", WARNING, INFO)
def no_due_date(context: Context) -> Iterator[Problem]:
    """Action items without deadlines do not get done."""
    for n, item in enumerate(context.postmortem.action_items):
        if item.is_open and item.due is None and item.action and not _written(context, n, "due"):
            yield Problem("PM402", _at(item, "due"), "this action item has no due date", "agree on a day: `2026-11-17`")


def _written(context: Context, n: int, name: str) -> bool:
    """Whether something stands there, though it cannot be read: another finding says so."""
    items = context.postmortem.facts.get("action_items")
    item = items[n] if isinstance(items, list) and n < len(items) else None
    return isinstance(item, dict) and item.get(name) is not None and not unstated(item[name])


@rule("PM403", "due-before-incident", "An action item was due before the incident.", ERROR)
def due_before_incident(context: Context) -> Iterator[Problem]:
    """Most often a year that was not changed, or the day of another incident's table."""
    record = context.postmortem
    if record.day is None:
        return
    for item in record.action_items:
        for name, day in (("due", item.due), ("completed", item.completed)):
            if day is not None and (record.day - day).days > 1:
                verb = "was due" if name == "due" else "was done"
                yield Problem(
                    "PM403",
                    _at(item, name),
                    f"this action item {verb} on {day.isoformat()}, before the incident ({record.day.isoformat()})",
                    "look at the year",
                )


@rule("PM404", "done-without-date", "An action item is done and does not say when, where that is asked for.", WARNING)
def done_without_date(context: Context) -> Iterator[Problem]:
    """Asked for by a column for it, or by `action_items.completed_date`."""
    for n, item in enumerate(context.postmortem.action_items):
        asked = context.settings.completed_date or "completed" in item.places
        if item.is_finished and item.completed is None and asked and not _written(context, n, "completed"):
            yield Problem(
                "PM404",
                _at(item, "completed" if "completed" in item.places else "status"),
                f"this action item is {item.status}: since when?",
                "write the day: `2026-11-12`",
            )


@rule("PM405", "wont-do-without-reason", "An action item will not be done, and nobody says why.", ERROR, WARNING)
def wont_do_without_reason(context: Context) -> Iterator[Problem]:
    """Giving an action up is a decision; its reason is what the next reader needs."""
    for item in context.postmortem.action_items:
        if item.status == "won't do" and not item.reason:
            yield Problem("PM405", _at(item, "status"), "this will not be done: why?", "write `Won't do: the reason`")


@rule("PM406", "too-many-actions", "More action items than anyone will do.", WARNING)
def too_many(context: Context) -> Iterator[Problem]:
    """`process.md`: three to five are typical, more than ten suggest a lack of priorities."""
    items = context.postmortem.action_items
    most = context.settings.most_actions
    if len(items) > most:
        yield Problem(
            "PM406",
            items[most].span,
            f"{len(items)} action items; more than {most} are rarely done",
            "keep the few that change most, and give the others up with a reason",
        )


@rule("PM407", "no-actions", "A major incident has no action items.", WARNING, OFF)
def no_actions(context: Context) -> Iterator[Problem]:
    """An incident of a major severity teaches something that somebody can do."""
    record = context.postmortem
    if not context.settings.is_major(record.severity) or record.action_items or record.document.plain_items:
        return
    section = record.document.section("action_items")
    yield Problem(
        "PM407",
        section.span if section else record.places.get(("severity",), WHOLE),
        f"a {record.severity} without action items",
        "what would have prevented it, shown it sooner, or ended it faster?",
    )


@rule("PM411", "unread-list", "A list under Action Items is not read as action items.", WARNING, INFO)
def unread_list(context: Context) -> Iterator[Problem]:
    """Plain bullets have no owner, date or status, and are in no rollup."""
    document = context.postmortem.document
    if not document.plain_items:
        return
    starts = [section.span.line for section in document.sections]
    boxes: dict[int, int] = {}
    """Where the check boxes begin, by the section they stand in."""
    for item in context.postmortem.action_items:
        if item.form == "checkbox":
            boxes.setdefault(bisect_right(starts, item.span.line), item.span.line)
    unread: dict[int, list[Span]] = {}
    for span in document.plain_items:
        at = bisect_right(starts, span.line)
        section = document.sections[at - 1] if at else None
        on_top = context.postmortem.action_items and section is not None and section.key == "action_items"
        if not on_top or span.line > boxes.get(at, span.line):  # else an introduction, or notes to a table
            unread.setdefault(at, []).append(span)
    for items in unread.values():
        count = len(items)
        noun = "line is" if count == 1 else "lines are"
        yield Problem(
            "PM411",
            items[0],
            f"{count} {noun} listed here without owner, due date or status, and not read as action items",
            "make them rows `| Action | Owner | Priority | Due Date | Status |`, "
            "or boxes `- [ ] … (@owner, P1, due 2026-11-17)`",
        )


@rule("PM412", "action-twice", "The same action item stands twice.", WARNING)
def action_twice(context: Context) -> Iterator[Problem]:
    """Two rows with the same words: which of the two gets done?"""
    seen: dict[str, ActionItem] = {}
    for item in context.postmortem.action_items:
        text = fold(item.action)
        if not text:
            continue
        first = seen.setdefault(text, item)
        if first is not item and first.action.strip()[:1] != "[":
            yield Problem(
                "PM412",
                item.span,
                f"the same action item stands on line {first.span.line}",
                "keep one, or say how they differ",
            )


@rule("PM413", "done-in-the-future", "An action item was done on a day that has not come.", ERROR)
def done_in_the_future(context: Context) -> Iterator[Problem]:
    """The day of completion lies after today."""
    for item in context.postmortem.action_items:
        if item.completed is not None and (item.completed - context.as_of).days > 1:
            yield Problem(
                "PM413", _at(item, "completed"), f"{item.completed.isoformat()} has not come yet", "look at the year"
            )


def _to_do(context: Context) -> list[ActionItem]:
    """Items that somebody still has to do; what is done needs no sharper words, and placeholders have their rule."""
    return [
        item for item in context.postmortem.action_items if item.is_open and item.action.strip()[:1] not in ("", "[")
    ]


@rule("PM414", "vague-action", "Nobody could tell when an action item is done.", WARNING, INFO)
def vague_action(context: Context) -> Iterator[Problem]:
    """`process.md`: "Improve monitoring" is bad, an alert with its threshold is good."""
    sharpness = lexicon_of(context.settings).sharpness
    for item in _to_do(context):
        if sharpness.is_vague(item.action, item.ticket):
            yield Problem(
                "PM414", item.span, "nobody could tell when this is done", sharpness.suggestion(plain(item.action))
            )


@rule("PM415", "several-actions", "One action item holds several.", INFO, OFF)
def several_actions(context: Context) -> Iterator[Problem]:
    """One of them gets done, and the item stays open; or closed, and the others are forgotten."""
    sharpness = lexicon_of(context.settings).sharpness
    for item in _to_do(context):
        if sharpness.is_several(item.action):
            yield Problem("PM415", item.span, "several actions in one", "make each an item with an owner of its own")


@rule("PM416", "only-training", "Training and reminders are all that is to prevent a recurrence.", WARNING, INFO)
def only_training(context: Context) -> Iterator[Problem]:
    """People forget what they were told; the next one was not told at all."""
    sharpness = lexicon_of(context.settings).sharpness
    items = [
        item for item in context.postmortem.action_items if item.category == "prevent" and item.status != "won't do"
    ]
    if items and all(sharpness.is_training(item.action) for item in items):
        yield Problem(
            "PM416",
            items[0].span,
            "training and reminders are all that is to prevent this",
            "say what will make the slip impossible, or catch it, whoever is there",
        )


_SOME = 3
"""Items from which on it says something that all are alike."""


@rule("PM417", "one-kind", "All action items are of one kind.", INFO, OFF)
def one_kind(context: Context) -> Iterator[Problem]:
    """The template has four kinds: prevent, detect, respond, process. An incident seldom asks for one alone;
    of a near miss there is nothing to end faster.
    """
    items = context.postmortem.action_items
    kinds = {item.category for item in items}
    if context.postmortem.near_miss or len(items) < _SOME or len(kinds) != 1 or (kind := items[0].category) is None:
        return
    others = {
        "prevent": "what would have shown it sooner, or ended it faster?",
        "detect": "what would prevent it, or end it faster?",
        "respond": "what would prevent it, or show it sooner?",
        "process": "what would prevent it, show it sooner, or end it faster?",
    }
    yield Problem("PM417", items[0].span, f"all {len(items)} action items are of one kind: {kind}", others[kind])


@rule("PM418", "all-critical", "All action items have the highest priority.", INFO, OFF)
def all_critical(context: Context) -> Iterator[Problem]:
    """Where everything comes first, nothing does."""
    items = _to_do(context)
    highest = next(iter(context.settings.priorities), "")
    if len(items) >= _SOME and all(item.priority == highest for item in items):
        yield Problem(
            "PM418",
            items[0].places.get("priority", items[0].span),
            f"all {len(items)} open action items are {highest}",
            "which one would you do, if you could do one only?",
        )
