"""What a team's process asks for: steps and the time they have, presets, working days, who takes part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

STEPS = ("owner", "meeting", "draft", "publish", "actions", "review")
"""The steps of `process.md`, in its order."""

STARTS = ("resolved", "mitigated", "detected", "started")
"""Moments of the incident from which deadlines may count."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Term(NamedTuple):
    """How long a step may take: `24 h`, `5 business days`, `1 month`."""

    amount: int
    unit: str
    """One of `hours`, `days`, `business days`, `weeks`, `months`."""

    def __str__(self) -> str:
        if self.amount == 0:
            return "at once"
        if self.unit == "hours":
            return f"{self.amount} h"
        return f"{self.amount} {self.unit[:-1] if self.amount == 1 else self.unit}"


Terms = Mapping[str, Term | None]
"""For each of `STEPS` its term; None where the step is not asked for."""

_TERM = re.compile(r"(\d{1,4}) ?(h|hours?|d|days?|business days?|working days?|w|weeks?|months?)\Z", re.I)
_UNITS = {"h": "hours", "d": "days", "b": "business days", "w": "weeks", "m": "months"}

PROCESS_MD: Terms = {
    "owner": Term(0, "hours"),
    "meeting": Term(24, "hours"),
    "draft": Term(48, "hours"),
    "publish": Term(1, "weeks"),
    "actions": Term(2, "weeks"),
    "review": Term(2, "weeks"),
}


@dataclass(frozen=True, slots=True)
class Preset:
    """A known policy: its terms, and those of the most severe incidents where they are others."""

    terms: Terms
    most_severe: Terms = field(default_factory=dict)
    ranks: int = 1
    """How many steps of the severity scale, from the top, count as most severe."""
    meeting: str = "scheduled"
    plan_counts: bool = True


def _pagerduty(within: Term, done: Term) -> dict[str, Term | None]:
    return {"meeting": within, "draft": within, "publish": within, "actions": done}


PRESETS = {
    "default": Preset(PROCESS_MD),
    # postmortems.pagerduty.com: the meeting takes place, with the document complete, within three
    # calendar days of a Sev-1 and five business days of a Sev-2; action items in 15 and 30 days.
    "pagerduty": Preset(
        {**PROCESS_MD, **_pagerduty(Term(5, "business days"), Term(30, "days"))},
        _pagerduty(Term(3, "days"), Term(15, "days")),
        meeting="held",
        plan_counts=False,
    ),
    # Atlassian's incident handbook: priority actions in four or eight weeks, by service; here by severity.
    "atlassian": Preset(
        {**PROCESS_MD, "actions": Term(8, "weeks")}, {"actions": Term(4, "weeks")}, ranks=2, plan_counts=False
    ),
}


@dataclass(frozen=True, slots=True)
class Process:
    """What was decided of the process; by default that of `process.md`."""

    terms: Terms = field(default_factory=lambda: PROCESS_MD)
    by_severity: Mapping[str, Terms] = field(default_factory=dict)
    """For a severity, the steps whose term is another."""
    starts: str = "resolved"
    """The moment that deadlines count from, one of `STARTS`."""
    meeting: str = "scheduled"
    """Whether the meeting's deadline is for its being `scheduled` or `held`."""
    plan_counts: bool = True
    """Whether action items that have an owner and a due date meet their deadline, or only closed ones do."""
    zone: str = "UTC"
    """Where business days and months are counted."""
    weekend: frozenset[int] = frozenset({5, 6})
    """Days of the week without work; Monday is 0."""
    holidays: frozenset[date] = frozenset()
    product_owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who is product owner, by service; `*` for any service that is not named."""
    since: date | None = None
    """The day from which incidents are under this process; None where all are."""
    git: bool = True
    """Whether the wiki asks git where front matter does not say when something was done."""
    check_git: bool = False
    """Whether `check` compares what front matter says with git."""

    def term(self, step: str, severity: str) -> Term | None:
        """The time that a step has in incidents of a severity; None where it is not asked for."""
        own = self.by_severity.get(severity, {})
        return own[step] if step in own else self.terms.get(step)


def parse_term(text: str | None) -> Term | None:
    """A term as settings have it; None for `none`. Raises `ValueError` for what is neither."""
    if text is None or text.strip().lower() == "none":
        return None
    if text.strip().lower() in ("at once", "immediately"):
        return Term(0, "hours")
    match = _TERM.match(text.strip())
    if not match:
        raise ValueError(f"`{text}` is no length of time")
    unit = match[2].lower()
    return Term(int(match[1]), _UNITS["b" if unit.startswith("working") else unit[0]])


def build(group: Mapping[str, Any], severities: tuple[str, ...]) -> Process:
    """The process that `process:` in the settings describes; `severities` is the scale, most severe first."""
    preset = PRESETS[group.get("preset") or "default"]
    terms = {**preset.terms, **_terms(group.get("deadlines") or {})}
    overridden = group.get("deadlines") or {}
    by_severity: dict[str, dict[str, Term | None]] = {}
    for name in severities[: preset.ranks]:
        by_severity[name] = {step: term for step, term in preset.most_severe.items() if step not in overridden}
    for name, own in (group.get("severities") or {}).items():
        by_severity[name] = {**by_severity.get(name, {}), **_terms(own)}
    given: dict[str, Any] = {
        "meeting": group.get("meeting") or preset.meeting,
        "plan_counts": preset.plan_counts if group.get("plan_counts") is None else group["plan_counts"],
    }
    for key, name in (("from", "starts"), ("time_zone", "zone"), ("git", "git"), ("check_git", "check_git")):
        if group.get(key) is not None:
            given[name] = group[key]
    if group.get("weekend") is not None:
        given["weekend"] = frozenset(WEEKDAYS.index(day) for day in group["weekend"])
    if group.get("since"):
        given["since"] = date.fromisoformat(group["since"])
    if group.get("holidays"):
        given["holidays"] = frozenset(date.fromisoformat(day) for day in group["holidays"])
    if group.get("product_owners"):
        given["product_owners"] = {
            service: (who,) if isinstance(who, str) else tuple(who) for service, who in group["product_owners"].items()
        }
    return Process(terms, {name: own for name, own in by_severity.items() if own}, **given)


def _terms(group: Mapping[str, str | None]) -> dict[str, Term | None]:
    return {step: parse_term(text) for step, text in group.items()}
