"""PM65x: the register of incidents, and the post-mortems that are missing by the project's rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking.findings import ERROR, INFO, WARNING, declare
from mkdocs_postmortem.measuring.coverage import Matcher, is_address, need
from mkdocs_postmortem.model import Problem
from mkdocs_postmortem.reading.register import Register
from mkdocs_postmortem.settings import Settings

declare("PM650", "register", "The register of incidents, or a row of it, cannot be used as it is.", ERROR)
declare("PM651", "missing-post-mortem", "An incident that requires a post-mortem has none.", WARNING)
declare("PM652", "recommended-post-mortem", "An incident that deserves a post-mortem has none.", INFO)
declare("PM653", "unknown-post-mortem", "The register names a post-mortem that does not exist.", WARNING)

Item = TypeVar("Item")


def problems(register: Register, known: Matcher[Item], settings: Settings, as_of: date) -> Iterator[Problem]:
    """What is wrong with the register, and which of its incidents lack a post-mortem on this day."""
    yield from register.problems
    for incident in register.incidents:
        if incident.day is not None and incident.day > as_of:
            continue
        if known.find(incident) is not None or is_address(incident.postmortem):
            continue
        name = schemas.show(incident.id)
        if incident.postmortem:
            yield Problem(
                "PM653",
                incident.span,
                f"{name} names the post-mortem {schemas.show(incident.postmortem)}, which does not exist",
                "write its ID, the name of its file, or its address",
            )
            continue
        wanted, reason = need(incident, settings)
        days = (as_of - incident.day).days if incident.day else None
        if days is not None and days <= settings.coverage.grace_days:
            continue
        since = "has none" if days is None else f"has had none for {days} day{'' if days == 1 else 's'}"
        if wanted == "required":
            yield Problem(
                "PM651",
                incident.span,
                f"{name} requires a post-mortem ({reason}) and {since}",
                "write one with `mkdocs-postmortem new`, and name the incident in it: incident: "
                f"{schemas.show(incident.id).strip('`')}",
            )
        elif wanted == "recommended" and not incident.waived:
            yield Problem(
                "PM652",
                incident.span,
                f"{name} deserves a post-mortem ({reason}) and {since}",
                "write one, or say in the register why there is none: waived: the reason",
            )
