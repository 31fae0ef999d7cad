"""Who had which part in an incident and its post-mortem, as far as the document says."""

from __future__ import annotations

import re

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Settings

_APART = frozenset(
    {
        "facilitator",
        "moderator",
        "observer",
        "guest",
        "listener",
        "note taker",
        "notes",
        "product owner",
        "product manager",
    }
)
"""Roles of those who take part in the review, and not in the incident."""
_MENTION = re.compile(r"@([\w-]+(?:\.[\w-]+)*)")


def folded(who: str) -> str:
    """A person's name for comparing: without `@` and capitals."""
    return who.strip().lstrip("@").casefold()


def role_of(role: str) -> str:
    """A role for comparing."""
    return " ".join(role.casefold().replace("-", " ").replace("_", " ").split())


def involved(record: PostMortem, who: str) -> str:
    """What says that somebody was involved in the incident itself, in a few words; empty where nothing does.

    Certain are a role in the incident, and a part in the timeline before it was over. To be listed
    among the participants without a role says only that somebody was in the meeting.
    """
    name = folded(who)
    for person in record.participants:
        role = role_of(person.role)
        if folded(person.who) == name and role and role not in _APART:
            return person.role.strip()
    ended = record.stamps.get("resolved_at")
    for entry in record.timeline:
        if entry.at is not None and ended is not None and entry.at > ended:
            continue
        if any(match.casefold() == name for match in _MENTION.findall(entry.event)):
            return f"the timeline names them at {entry.written.strip()}"
    return ""


def took_part(record: PostMortem) -> set[str]:
    """Everybody whom the document names as having had a part in the post-mortem."""
    named = (record.owner, record.facilitator, *record.authors, *record.reviewers)
    return {folded(who) for who in (*named, *(person.who for person in record.participants))} - {""}


def product_owners(record: PostMortem, settings: Settings) -> dict[str, tuple[str, ...]]:
    """The product owners of an incident's services, by service, as the settings name them."""
    roster = settings.process.product_owners
    found = {}
    for service in record.services or ("*",):
        who = roster.get(service) or roster.get("*")
        if who:
            found[service] = who
    return found


def absent_product_owners(record: PostMortem, settings: Settings) -> dict[str, tuple[str, ...]]:
    """Services of a major incident none of whose product owners took part, with who they are.

    Somebody whose role in the document is product owner stands for all of them.
    """
    if not settings.is_major(record.severity):
        return {}
    if any(role_of(person.role) == "product owner" for person in record.participants):
        return {}
    present = took_part(record)
    return {
        service: who
        for service, who in product_owners(record, settings).items()
        if not present & {folded(name) for name in who}
    }
