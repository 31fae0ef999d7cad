"""What a project decided about its metrics: definitions, targets, stated durations, support hours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mkdocs_postmortem.dates import parse_duration
from mkdocs_postmortem.model import STAMPS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MILESTONES = ("drafted_at", "published_at", "meeting_scheduled_at", "meeting_held_at")
"""Moments of the post-mortem's own life that a definition may begin or end with."""

SPANS: Mapping[str, tuple[str, str]] = {
    "time_to_detect": ("started_at", "detected_at"),
    "time_to_acknowledge": ("detected_at", "acknowledged_at"),
    "time_to_mitigate": ("detected_at", "mitigated_at"),
    "time_to_resolve": ("detected_at", "resolved_at"),
    "duration": ("started_at", "resolved_at"),
    "time_to_postmortem": ("resolved_at", "drafted_at"),
}
"""From and to of each configurable metric. The field disagrees about all of them; resolve is `process.md`'s."""

DEFAULT_TARGETS = {"time_to_postmortem": timedelta(hours=48)}
"""`process.md`: the draft is there within 48 hours."""


@dataclass(frozen=True, slots=True)
class SupportHours:
    """When somebody is there: only these hours are counted in the durations of incidents."""

    days: tuple[int, ...]
    """Days of the week, Monday is 0."""
    start: time
    end: time
    """`time.max` for midnight at the end of the day."""
    timezone: str
    """By its name in the IANA database."""

    @property
    def text(self) -> str:
        """How people read it: `mon, tue 09:00 to 17:00 Europe/London`."""
        days = [WEEKDAYS[day] for day in self.days]
        run = self.days == tuple(range(self.days[0], self.days[-1] + 1)) and len(days) > 2
        shown = f"{days[0]} to {days[-1]}" if run else ", ".join(days)
        end = "24:00" if self.end == time.max else f"{self.end:%H:%M}"
        return f"{shown} {self.start:%H:%M} to {end} {self.timezone}"


@dataclass(frozen=True, slots=True)
class MetricSettings:
    """How metrics are defined and counted. See `docs/reference/settings.md`."""

    spans: Mapping[str, tuple[str, str]] = field(default_factory=lambda: SPANS)
    targets: Mapping[str, timedelta] = field(default_factory=lambda: DEFAULT_TARGETS)
    """Durations that the median should stay under, by metric."""
    stated: str = "fallback"
    """Durations that a document states: `prefer` them to its timestamps, as a `fallback`, or `never`."""
    support_hours: SupportHours | None = None
    least: int = 3
    """Values below which nothing is drawn as a trend."""


def build(group: Mapping[str, Any]) -> MetricSettings:
    """The settings under `metrics`; they fit the schema, and `mistakes` has nothing to say about them."""
    spans = dict(SPANS)
    for name, ends in (group.get("definitions") or {}).items():
        first, last = spans[name]
        spans[name] = (ends.get("from", first), ends.get("to", last))
    targets = {**DEFAULT_TARGETS}
    for name, words in (group.get("targets") or {}).items():
        targets.pop(name, None)
        if words is not None and (parsed := parse_duration(words)) is not None:
            targets[name] = parsed.value
    hours = group.get("support_hours")
    return MetricSettings(
        spans,
        targets,
        group.get("stated", MetricSettings().stated),
        None if not hours else _hours(hours),
        group.get("least", MetricSettings().least),
    )


def _hours(group: Mapping[str, Any]) -> SupportHours:
    days = group.get("days", WEEKDAYS[:5])
    return SupportHours(
        tuple(sorted({WEEKDAYS.index(day) for day in days})),
        _clock(group["from"]),
        _clock(group["to"]),
        group.get("timezone", "UTC"),
    )


def _clock(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)


def mistakes(group: Mapping[str, Any], extra_keys: Collection[str]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What a schema cannot say of the settings under `metrics`: the key's path, what is wrong, the mend."""
    known = (*STAMPS, *MILESTONES, *sorted(extra_keys))
    for name, ends in (group.get("definitions") or {}).items():
        place = ("metrics", "definitions", name)
        for end in ("from", "to"):
            if end in ends and ends[end] not in known:
                yield (
                    (*place, end),
                    f"`{ends[end]}` is no timestamp of a post-mortem",
                    f"known are {', '.join(known)}; others have to be listed under `front_matter`",
                )
        first, last = SPANS[name]
        if ends.get("from", first) == ends.get("to", last):
            yield place, f"{name} begins and ends with the same timestamp", "name two that differ"
    for name, words in (group.get("targets") or {}).items():
        if words is not None and parse_duration(words) is None:
            yield ("metrics", "targets", name), f"`{words}` is no duration", "write `48 hours`, `90 minutes` or `PT4H`"
    hours = group.get("support_hours") or {}
    if hours and _clock(hours["from"]) >= _clock(hours["to"]):
        yield ("metrics", "support_hours"), "the support hours end before they begin", "write `from` before `to`"
    if hours and not _is_zone(hours.get("timezone", "UTC")):
        yield (
            ("metrics", "support_hours", "timezone"),
            f"`{hours['timezone']}` is no time zone",
            "write a name of the IANA database: Europe/London",
        )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what is not found, and what is not even a path
        return False
    return True
