"""The process page: what is overdue and what runs, every post-mortem with its steps, and what was accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, time
from functools import partial
from typing import Any

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import publication
from mkdocs_postmortem.measuring.clock import KEPT, MISSED, NOT_DUE, RUNNING, UNKNOWN, Deadline
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.process import STEPS, Process
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.actions import percent
from mkdocs_postmortem.views.rows import named
from mkdocs_postmortem.views.site import Draw, Page, Site
from mkdocs_postmortem.views.text import clean, count, heading

STEP_LABELS = {
    "owner": "Owner",
    "meeting": "Meeting",
    "draft": "Draft",
    "publish": "Published",
    "actions": "Action items",
    "review": "Review",
}
STARTS = {
    "resolved": "the end of the incident",
    "mitigated": "the mitigation",
    "detected": "the detection",
    "started": "the start of the incident",
}
_MOST = 500
"""Rows of a table of what is overdue or runs: whoever has more has another trouble first."""


def page(site: Site) -> Page:
    """The process page."""
    source = site.page("process")
    if not site.records:
        return render.page(source, "Process", "There are no post-mortems yet.", in_navigation=True)
    process = site.settings.process
    candidates = publication.candidates(site.records, site.settings, site.as_of)
    body = (
        f"As of {site.as_of.isoformat()}.\n\n"
        f"## Overdue\n\n{render.slot('overdue')}\n\n"
        f"## Running\n\n{render.slot('running')}\n\n"
        f"## Kept and missed\n\n{definition(process)}\n\n{terms(process, site.settings.severity_names)}\n\n"
        f"{render.slot('numbers')}\n\n"
        f"## All post-mortems\n\n{render.slot('steps')}\n\n"
        f"{_CANDIDATES if candidates else ''}"
        f"## Accepted findings\n\nWhat `check` found and somebody accepted where it stands, with the reason.\n\n"
        f"{render.slot('accepted')}"
    )
    slots: dict[str, Draw] = {
        "overdue": partial(_waiting, site, source, MISSED),
        "running": partial(_waiting, site, source, RUNNING),
        "numbers": partial(_numbers, site),
        "steps": partial(_steps, site, source),
        "accepted": partial(_accepted, site, source),
    }
    if candidates:
        slots["candidates"] = partial(_candidates, site, source, candidates)
    return render.page(source, "Process", body, slots, in_navigation=True)


def definition(process: Process) -> str:
    """What the clock counts, in words."""
    start = STARTS[process.starts]
    plan = ", or all have an owner and a due date" if process.plan_counts else ""
    held = "is held" if process.meeting == "held" else "is put into the calendar"
    zone = f" Days are those of {process.zone}." if process.zone != "UTC" else ""
    return (
        f"Deadlines count from {start}, or from the last moment of it that is stated; the review counts from "
        f"publication. The meeting keeps its deadline when it {held}, action items when all are closed{plan}. "
        "What front matter does not say is asked of git. What neither says is overdue while it can still be done; "
        "after that (a meeting before publication, a review for 90 days) it is not known, and counted as neither "
        f"kept nor missed.{zone}"
    )


def terms(process: Process, severities: tuple[str, ...]) -> str:
    """The terms as a table in markdown; a column for each severity where they differ."""
    names = [name for name in severities if process.by_severity] or [""]
    columns = [name or "Asked for within" for name in names]
    lines = [f"| Step | {' | '.join(map(_cell, columns))} |", "|---|" + "---|" * len(columns)]
    for step in STEPS:
        found = [process.term(step, name) for name in names]
        lines.append(f"| {STEP_LABELS[step]} | {' | '.join(str(term) if term else '–' for term in found)} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return heading(text).replace("|", "&#124;")


def told(deadline: Deadline, site: Site) -> dict[str, str]:
    """A step in words: what became of it, when it was due, and what else there is to say."""
    process = site.settings.process
    due = ""
    text = {KEPT: "kept", UNKNOWN: "not known", NOT_DUE: "–"}.get(deadline.state, "")
    if deadline.due is not None:
        calendar = calendar_of(process)
        due = deadline.due.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        if deadline.due.astimezone(calendar.zone).time() == time(0):  # the end of a day, which is how people say it
            due = calendar.day_of(deadline.due).isoformat()
    if deadline.late is not None:
        text = f"missed by {human(deadline.late)}"
    elif deadline.open and deadline.due is not None:
        days = (calendar_of(process).day_of(deadline.due) - site.as_of).days
        if days < 0:
            text = f"overdue by {count(-days, 'day')}"
        else:
            text = "due today" if days == 0 else f"{count(days, 'day')} left"
    note = deadline.why
    if deadline.source == "git" and not deadline.open and not note:
        note = "by git"
    return {"step": STEP_LABELS[deadline.step], "state": deadline.state, "text": text, "due": due, "note": clean(note)}


def of(record: PostMortem, site: Site) -> list[dict[str, str]]:
    """The steps of one post-mortem for its panel; none where nothing says when the incident was."""
    found = site.deadlines(record)
    if all(deadline.due is None for deadline in found):
        return []
    return [told(deadline, site) for deadline in found]


def _each(site: Site) -> Iterator[tuple[PostMortem, Deadline]]:
    for record in site.records:
        for deadline in site.deadlines(record):
            yield record, deadline


def _named(record: PostMortem, site: Site, source: str) -> dict[str, Any]:
    return {**named(record, site, source), "owner": clean(record.owner)}


def _waiting(site: Site, source: str, state: str) -> str:
    """A table of the steps that are still to be done: overdue, or with time left."""
    found = [(record, item) for record, item in _each(site) if item.open and item.state == state and item.due]
    nothing = {MISSED: "No step is overdue.", RUNNING: "Nothing else is to be done by a certain day."}
    if not found:
        return render.html("note", text=nothing[state])
    found.sort(key=lambda pair: (pair[1].due, pair[0].id))
    rows = [{**_named(record, site, source), **told(item, site)} for record, item in found[:_MOST]]
    return render.html(
        "process_waiting",
        caption="Steps that are overdue, the oldest first"
        if state == MISSED
        else "Steps with time left, the next first",
        lines=rows,
        more=len(found) - len(rows),
    )


def _numbers(site: Site) -> str:
    """How often each step was kept."""
    counted: Mapping[str, Counter[str]] = {step: Counter() for step in STEPS}
    for _, item in _each(site):
        counted[item.step][item.state] += 1
    lines = []
    for step, states in counted.items():
        judged = states[KEPT] + states[MISSED]
        lines.append(
            {
                "step": STEP_LABELS[step],
                "counts": [states[state] for state in (KEPT, MISSED, RUNNING, UNKNOWN, NOT_DUE)],
                "share": percent(states[KEPT], judged) if judged else "",
                "judged": judged,
            }
        )
    return render.html("process_numbers", lines=lines, note=clean(site.history.note))


def _steps(site: Site, source: str) -> str:
    rows = [
        site.remembered(
            "process", record, partial(_row, record, site, source), site.address(site.src_uri(record), source)
        )
        for record in site.records
    ]
    return render.html("process_table", rows="\n".join(rows), steps=[STEP_LABELS[step] for step in STEPS])


def _row(record: PostMortem, site: Site, source: str) -> str:
    draw: Callable[..., Any] = render.macros("process_rows").row
    return str(draw(item=_named(record, site, source), steps=[told(item, site) for item in site.deadlines(record)]))


_CANDIDATES = (
    "## Candidates for the public site\n\nOthers could learn from these, and nobody has decided yet: plan a public "
    f"version with `external`, or say in the document why there will be none.\n\n{render.slot('candidates')}\n\n"
)


def _candidates(site: Site, source: str, found: Sequence[tuple[PostMortem, Sequence[str]]]) -> str:
    """Post-mortems that are candidates for a public version, and why."""
    lines = [{**_named(record, site, source), "why": clean(", ".join(why))} for record, why in found]
    return render.html("process_candidates", lines=lines)


def _accepted(site: Site, source: str) -> str:
    """What was accepted in each document, with the reason that stands there."""
    lines = []
    for record in site.records:
        for item in record.document.accepted:
            if item.code and item.reason:
                named = _named(record, site, source)
                lines.append({**named, "code": clean(item.code), "reason": clean(item.reason), "line": item.span.line})
    if not lines:
        return render.html("note", text="Nothing was accepted.")
    return render.html("process_accepted", lines=lines)
