"""What each metric means: where it begins and ends, in words that stand beside its number."""

from __future__ import annotations

from dataclasses import dataclass

from mkdocs_postmortem.settings import Settings

_LABELS = {
    "time_to_detect": "Time to detect",
    "time_to_acknowledge": "Time to acknowledge",
    "time_to_mitigate": "Time to mitigate",
    "time_to_resolve": "Time to resolve",
    "duration": "Duration",
    "time_to_postmortem": "Time to post-mortem",
    "action_completion_rate": "Action completion rate",
    "time_to_complete_actions": "Time to complete actions",
    "repeat_incidents": "Repeat incidents",
    "repeats_with_open_actions": "Repeats with actions left",
}
"""Every metric, in the order they are shown. Six are those of `process.md`."""

_MOMENTS = {
    "started_at": "the start of the incident",
    "detected_at": "detection",
    "acknowledged_at": "acknowledgement",
    "mitigated_at": "mitigation",
    "resolved_at": "resolution",
    "drafted_at": "the complete draft",
    "published_at": "publication",
    "meeting_scheduled_at": "the meeting being scheduled",
    "meeting_held_at": "the meeting",
}

OF_INCIDENTS = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve", "duration")
"""Durations of the incident itself: counted in support hours where there are any, and stated by documents."""
RATES = ("action_completion_rate", "repeat_incidents", "repeats_with_open_actions")
"""Metrics that are shares: their mean is a fraction, and they have no median and no p90."""
NAMES = tuple(_LABELS)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means."""

    name: str
    label: str
    start: str
    """The timestamp it begins with; empty for what is no span of a record."""
    end: str
    text: str
    """One sentence without a full stop, to stand beside every number."""
    unit: str
    """What n counts: `incident` or `action item`."""
    target: float | None = None
    """Seconds the median should stay under; for the completion rate the share it should reach."""

    @property
    def is_rate(self) -> bool:
        """A share rather than a duration."""
        return self.name in RATES


def definitions(settings: Settings) -> dict[str, Definition]:
    """Every metric as the settings define it, in the order they are shown."""
    return {name: _definition(name, settings) for name in NAMES}


def _definition(name: str, settings: Settings) -> Definition:
    start, end = settings.metrics.spans.get(name, ("", ""))
    target = settings.metrics.targets.get(name)
    about_items = "action" in name and not name.startswith("repeat")
    return Definition(
        name=name,
        label=_LABELS[name],
        start=start,
        end=end,
        text=_span(name, start, end, settings) if start else _told(name, settings),
        unit="action item" if about_items else "incident",
        target=settings.completion_target
        if name == "action_completion_rate"
        else target.total_seconds()
        if target
        else None,
    )


def _span(name: str, start: str, end: str, settings: Settings) -> str:
    text = f"from {_moment(start)} to {_moment(end)} ({start} to {end})"
    if name not in OF_INCIDENTS:
        return text
    chosen = settings.metrics
    if chosen.support_hours:
        text += f", counting only support hours: {chosen.support_hours.text}"
    return f"{text}; where the document states it in words, that is taken" if chosen.stated == "prefer" else text


def _moment(name: str) -> str:
    return _MOMENTS.get(name, name.removesuffix("_at").replace("_", " "))


def _told(name: str, settings: Settings) -> str:
    if name == "action_completion_rate":
        return (
            "action items done or verified by now, of those whose due date is past; what is given up (won't do) "
            "does not count, and what has no due date is left out"
        )
    if name == "time_to_complete_actions":
        return "from the end of the incident, or the day the item was created, to the day it was completed"
    if name == "repeat_incidents":
        return f"incidents that repeat an earlier one, of all: {_repeated(settings)}"
    return (
        "repeats whose predecessor had action items open, or done but never verified, "
        "on the day it came back, of all repeats"
    )


def _repeated(settings: Settings) -> str:
    ways = {
        "service-and-cause": "a shared service and main cause",
        "cause": "a shared cause",
        "related": "a link between the two",
    }
    told = [ways[way] for way in settings.patterns.repeat_by if way in ways]
    within = settings.patterns.within_days
    return (" or ".join(told) or "nothing counts") + (f", within {within} days" if within else "")
