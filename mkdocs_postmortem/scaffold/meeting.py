"""`meeting`: agenda, pre-read and invitation of a post-mortem meeting, as text or as markdown."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import meeting as plan
from mkdocs_postmortem.measuring.clock import NOT_DUE, UNKNOWN, Deadline, deadlines, milestones
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.scaffold import writing
from mkdocs_postmortem.settings import Settings

FORMATS = ("text", "markdown")
_MOST_ROWS = 200
"""Rows of the timeline in the pre-read."""
_STEPS = {
    "owner": "Owner",
    "meeting": "Meeting",
    "draft": "Draft",
    "publish": "Published",
    "actions": "Action items",
    "review": "Follow-up review",
}


def write(
    record: PostMortem,
    settings: Settings,
    as_of: date,
    form: str = "text",
    minutes: int | None = None,
    history: History | None = None,
) -> str:
    """Agenda, pre-read and invitation in one of `FORMATS`.

    `minutes` is the meeting's length where it is not to be that of the severity, between
    `plan.SHORTEST` and `plan.LONGEST`.
    """
    length = minutes or plan.minutes_of(record, settings)
    known = history or History.none()
    held = milestones(record, known).meeting_held_at.at
    planned = held if held is not None and held.date() >= as_of else None
    return writing.render(
        f"meeting/{form}.j2",
        title=_line(record.title),
        id=_line(record.id),
        path=_line(record.path),
        severity=_line(record.severity),
        day=record.day.isoformat() if record.day else "",
        duration=human(record.duration) if record.duration is not None else "",
        minutes=length,
        when=_shown(planned) if planned else "",
        agenda=[
            {"begin": _clock(slot.begin), "end": _clock(slot.begin + slot.minutes), "minutes": slot.minutes,
             "title": slot.topic.title, "points": slot.topic.points}
            for slot in plan.agenda(length)
        ],
        timeline=[
            {"time": _line(entry.written), "event": _line(entry.event)} for entry in record.timeline[:_MOST_ROWS]
        ],
        more=max(0, len(record.timeline) - _MOST_ROWS),
        artifacts=[{"label": _line(label), "address": _line(address)} for label, address in plan.artifacts(record)],
        questions=plan.questions(record, settings),
        open=[_line(text) for text in plan.open_questions(record)],
        invited=[{"who": _line(item.who), "role": _line(item.role)} for item in plan.invited(record, settings)],
        missing=[_line(text) for text in plan.missing_roles(record, settings)],
        deadlines=[_deadline(item) for item in deadlines(record, known, settings, as_of) if item.state != NOT_DUE],
    )  # fmt: skip


def _deadline(item: Deadline) -> dict[str, str]:
    """A step in the words of the wiki; what is not known says why."""
    state = "overdue" if item.overdue else item.state
    if item.state == UNKNOWN:
        state = f"not known: {_line(item.why)}" if item.why else "not known"
    return {"step": _STEPS[item.step], "due": _shown(item.due) if item.due else "", "state": state}


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _line(text: str) -> str:
    """Text on one line, without characters that a terminal or a mail would act on."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
