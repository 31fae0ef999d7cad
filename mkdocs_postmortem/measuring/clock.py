"""The process clock: when each step of a post-mortem was done, by what evidence, and when it was due."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mkdocs_postmortem import dates
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import FileHistory, History

FRONT_MATTER, GIT = "front matter", "git"


class Evidence(NamedTuple):
    """When something happened, and what says so."""

    at: datetime | None = None
    """The moment, in UTC; None where it is not known."""
    source: str = ""
    """`front matter`, `git`, or empty where nothing says it."""
    by: datetime | None = None
    """It had happened by then at the latest, where the moment itself is not known."""
    why: str = ""
    """Why the moment is not known, in a few words; empty where it is, or where it has not happened."""


class Milestones(NamedTuple):
    """The steps of a post-mortem that leave a moment behind."""

    drafted_at: Evidence
    """The draft was there: stated, else its first commit."""
    published_at: Evidence
    """It was published: stated, else the commit that brought the state `published` to the branch."""
    meeting_scheduled_at: Evidence
    meeting_held_at: Evidence


def milestones(record: PostMortem, history: History) -> Milestones:
    """When a post-mortem went through its steps: what front matter states, else what git shows.

    Nothing is guessed: where a file came into the repository finished, or with many others, or where
    history is cut, its moment is unknown, and `by` has the moment before which it lies.
    """
    front = record.document.front
    meeting = front.get("meeting")
    meeting = meeting if isinstance(meeting, dict) else {}
    return Milestones(
        drafted_at=_stated(front.get("drafted_at")) or _drafted(record, history),
        published_at=_stated(front.get("published_at")) or _published(record, history),
        meeting_scheduled_at=_stated(meeting.get("scheduled_at")) or Evidence(),
        meeting_held_at=_stated(meeting.get("held_at")) or Evidence(),
    )


def needs_history(record: PostMortem) -> bool:
    """Whether front matter leaves something open that git may know."""
    front = record.document.front
    unpublished = record.status == "published" and dates.parse_stamp(front.get("published_at")) is None
    return unpublished or dates.parse_stamp(front.get("drafted_at")) is None


def _stated(value: Any) -> Evidence | None:
    moment = dates.parse_stamp(value)
    return Evidence(moment, FRONT_MATTER) if moment is not None else None


def _known(record: PostMortem, history: History) -> FileHistory | Evidence:
    found = history.files.get(record.path)
    if found is not None:
        return found
    if not history.known:
        return Evidence(why=history.note or "front matter does not say, and git was not asked")
    return Evidence(why="the file is not committed yet")


def _drafted(record: PostMortem, history: History) -> Evidence:
    found = _known(record, history)
    if isinstance(found, Evidence):
        return found
    if not found.whole:
        return Evidence(source=GIT, by=found.created, why="it was written before it came into this repository")
    if found.states[0][1] == "published":
        return Evidence(source=GIT, by=found.created, why="its first commit was published already")
    return Evidence(found.created, GIT)


def _published(record: PostMortem, history: History) -> Evidence:
    if record.status != "published":
        return Evidence()
    found = _known(record, history)
    if isinstance(found, Evidence):
        return found
    moment = next((when for when, state in found.states if state == "published"), None)
    if moment is None:
        return Evidence(why="the change to `published` is not committed yet")
    if not found.whole and found.states[0][1] == "published":
        return Evidence(source=GIT, by=moment, why="it was published before it came into this repository")
    return Evidence(moment, GIT)
