"""The post-mortem meeting: how long, what is talked about and for how many minutes, who is asked, what is open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import people
from mkdocs_postmortem.model import STAMPS, PostMortem
from mkdocs_postmortem.settings import Settings

SHORTEST, LONGEST = 15, 240
"""Minutes that a meeting may be asked to take."""
_GAP = timedelta(minutes=30)
"""Between two rows of the timeline during the incident; longer, and something is probably missing."""
_MOST = 12
"""Open questions of one kind that are listed."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A point of the agenda."""

    title: str
    points: tuple[str, ...]
    weight: int
    """Minutes in the agenda of `process.md`; its shares are kept in shorter and longer meetings."""


AGENDA = (
    Topic("Introduction", ("Purpose: learn and improve", "No blame: we look at systems", "This agenda"), 5),
    Topic("Incident overview", ("What happened, in a few words", "Duration and impact", "How it was resolved"), 5),
    Topic("Timeline review", ("From the first event on", "Fill in gaps", "Everybody adds what they saw"), 20),
    Topic("Root cause analysis", ("Why did this happen?", "What contributed to it?", "Five whys"), 15),
    Topic("What went well", ("Good decisions", "Processes that worked", "How we worked together"), 5),
    Topic("What could be better", ("Where did we struggle?", "What slowed us down?", "What did we wish for?"), 10),
    Topic("Action items", ("What do we change, build, write down?", "An owner and a day for each", "Priorities"), 10),
)
"""The agenda of `process.md`, in its order. (Its minutes come to 70; they are scaled to the meeting's length.)"""

_QUESTIONS = (
    "What did you see, and when? What is missing from the timeline?",
    "What made the right decision hard at that moment?",
    "What would have prevented it, shown it sooner, or ended it faster?",
    "Where were we lucky?",
)
_FOCUS = {
    "deployment": (
        "Why did testing not catch what broke?",
        "How well did the rollback work?",
        "What should change in how we deploy?",
    ),
    "infrastructure": (
        "Which component failed, and what depended on it?",
        "Did monitoring and alerts show it?",
        "Why did failover or redundancy not help?",
    ),
    "security": (
        "What was the way in?",
        "How long until we noticed and reacted?",
        "Which data was exposed, and whom do we have to tell?",
    ),
    "data-loss": (
        "How was the data lost?",
        "Did backup and recovery work as practised?",
        "How do we verify that what is left is right?",
    ),
}
"""Questions by the template of the incident type; the focus areas of `process.md`."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A topic with its minutes, from the meeting's beginning on."""

    topic: Topic
    begin: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is asked to take part, and as what."""

    who: str
    role: str


def minutes_of(record: PostMortem, settings: Settings) -> int:
    """How long the meeting is planned for: 90 and 60 minutes for major incidents, 45 and 30 for others.

    `process.md` asks for 60 to 90 minutes for P0 and P1 and 30 to 45 for P2; of each pair the more
    severe gets the longer. Without a severity it is an hour.
    """
    rank = settings.severity_rank(record.severity)
    if rank >= len(settings.severities):
        return 60
    if settings.is_major(record.severity):
        return 90 if rank == 0 else 60
    majors = sum(severity.major for severity in settings.severities)
    return 45 if rank == majors else 30


def agenda(minutes: int) -> tuple[Slot, ...]:
    """The agenda in whole minutes that come to exactly `minutes`, each topic by its share."""
    total = sum(topic.weight for topic in AGENDA)
    shares = [divmod(topic.weight * minutes, total) for topic in AGENDA]
    left = minutes - sum(whole for whole, _ in shares)
    # What rounding left over goes to those who lost most by it, the earlier first.
    favoured = sorted(range(len(shares)), key=lambda n: (-shares[n][1], n))[:left]
    slots = []
    begin = 0
    for n, (topic, (whole, _)) in enumerate(zip(AGENDA, shares, strict=True)):
        length = whole + (n in favoured)
        slots.append(Slot(topic, begin, length))
        begin += length
    return tuple(slots)


def questions(record: PostMortem, settings: Settings) -> tuple[str, ...]:
    """What to think about before the meeting, by the kind of incident."""
    template = next((kind.template for kind in settings.incident_types if kind.name == record.incident_type), "")
    return (*_QUESTIONS, *_FOCUS.get(template, ()))


def invited(record: PostMortem, settings: Settings) -> tuple[Invited, ...]:
    """Who is asked to take part: those whom the document names, and the product owners of major incidents."""
    found: dict[str, Invited] = {}

    def add(who: str, role: str) -> None:
        name = people.folded(who)
        if name:
            known = found.get(name)
            roles = [part for part in (known.role if known else "", role) if part]
            found[name] = Invited(known.who if known else who.strip(), ", ".join(dict.fromkeys(roles)))

    add(record.owner, "owner of the post-mortem")
    add(record.facilitator, "facilitator")
    for person in record.participants:
        add(person.who, person.role.strip())
    for who in record.authors:
        add(who, "author")
    if settings.is_major(record.severity):
        for service, names in people.product_owners(record, settings).items():
            for who in names:
                add(who, "product owner" if service == "*" else f"product owner of {service}")
    return tuple(found.values())


def missing_roles(record: PostMortem, settings: Settings) -> Iterator[str]:
    """What the process asks for and nobody is, in sentences."""
    if not record.owner:
        yield "Nobody owns the post-mortem yet."
    if settings.is_major(record.severity):
        if not record.facilitator:
            yield "Nobody facilitates yet: for a major incident, somebody who was not involved in it."
        elif proof := people.involved(record, record.facilitator):
            yield f"{record.facilitator} facilitates and was involved in the incident ({proof}): who else could?"
        if not any("product owner" in people.role_of(one.role) for one in invited(record, settings)):
            yield f"No product owner is asked: a {record.severity} needs one."


_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(\s*<?([^\s()<>]{1,500})>?[^()]{0,200}\)|<?(https?://[^\s<>()\[\]`|]{1,500})")
_ARTIFACTS = ("logs", "metrics", "references", "supporting_information", "timeline")
_MOST_ARTIFACTS = 30


def artifacts(record: PostMortem) -> tuple[tuple[str, str], ...]:
    """What the document links to as logs, graphs and references: label and address, each once."""
    lines = record.document.lines
    found: dict[str, str] = {}
    for section in record.document.sections:
        if section.key not in _ARTIFACTS:
            continue
        for line in lines[section.span.line : section.last_line]:
            for match in _LINK.finditer(line[:4000]):
                address = match[2] or (match[3] or "").rstrip(".,;:")
                if address and not address.startswith("#"):
                    found.setdefault(address, (match[1] or "").strip())
    return tuple((label, address) for address, label in list(found.items())[:_MOST_ARTIFACTS])


def open_questions(record: PostMortem) -> tuple[str, ...]:
    """What the document leaves open, in sentences: facts, empty sections, gaps in the timeline, loose action items."""
    return (
        *_unknown_facts(record),
        *_first(_empty_sections(record)),
        *_first(_gaps(record)),
        *_first(
            f"Why: {why.question.strip()}" for why in record.document.whys if why.question and not why.answer.strip()
        ),
        *_first(_loose_items(record)),
    )


def _first(sentences: Iterator[str]) -> list[str]:
    found = list(sentences)
    more = len(found) - _MOST
    return [*found[:_MOST], f"And {more} more of this kind."] if more > 0 else found


def _unknown_facts(record: PostMortem) -> Iterator[str]:
    words = {name: name.removesuffix("_at") for name in STAMPS}
    missing = [
        words[name] for name in STAMPS if name not in record.stamps and not (record.near_miss and name != "started_at")
    ]
    if missing:
        yield f"When was it {', '.join(missing)}?"
    if not record.detection_method:
        yield "How was it detected?"
    if not record.severity:
        yield "How severe was it?"
    if not record.causes:
        yield "Which causes does it have, in the words that we count by?"


def _empty_sections(record: PostMortem) -> Iterator[str]:
    sections = record.document.sections
    unfilled = [span.line for _, span in record.document.placeholders]
    for n, section in enumerate(sections):
        has_parts = n + 1 < len(sections) and sections[n + 1].level > section.level
        if section.empty and not has_parts and section.level > 1:
            yield f"“{section.title.strip()}” is empty."
        elif any(section.span.line < line <= section.last_line for line in unfilled):
            yield f"“{section.title.strip()}” still has the template's words."


def _gaps(record: PostMortem) -> Iterator[str]:
    begin, ended = record.stamps.get("started_at"), record.stamps.get("resolved_at")
    last: tuple[datetime, str] | None = None
    for entry in record.timeline:
        if entry.at is None or (begin and entry.at < begin) or (ended and entry.at > ended):
            continue
        if last is not None and entry.at - last[0] > _GAP:
            yield f"What happened between {last[1]} and {entry.written.strip()} ({human(entry.at - last[0])})?"
        last = (entry.at, entry.written.strip())


def _loose_items(record: PostMortem) -> Iterator[str]:
    for item in record.action_items:
        lacks = [word for word, value in (("an owner", item.owner), ("a due date", item.due)) if not value]
        if item.is_open and lacks and item.action.strip():
            yield f"“{item.action.strip()}” has not yet {' and '.join(lacks)}."
