"""In which form a fact is written: the canonical name of a word, the exact form of a day or a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from mkdocs_postmortem.dates import exact_day, exact_stamp
from mkdocs_postmortem.mending.edits import FactPath
from mkdocs_postmortem.model import DETECTION_METHODS, STAMPS
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import CATEGORY_ALIASES, DOCUMENT_STATE_ALIASES, STATUSES, Lookup, fold

Form = Callable[[str], str | None]
"""The form that a text is to have; None where it has it, or where nobody can tell."""

_SAY_MORE = frozenset(
    {
        "deferred", "postponed", "on hold", "paused", "blocked", "in review", "backlog", "merged", "could", "low",
        "reviewed", "accepted", "document", "documentation", "other", "repair", "x", "✅", "✔", "⬜",
    }
)  # fmt: skip
"""Words and signs that are counted under a canonical name and say more than it: they stay as they are written."""

_STATES = Lookup({**DOCUMENT_STATE_ALIASES, "review": ("under review", "in review", "in-review", "reviewed")})
_STATUSES = Lookup(STATUSES)
_CATEGORIES = Lookup(CATEGORY_ALIASES)
_METHODS = Lookup({name: (name.replace("-", " "), name.replace("-", "_")) for name in DETECTION_METHODS})


def canonical(names: Lookup, written: str) -> str | None:
    """The canonical name for a word that means exactly that; None for any other, and for one that says more."""
    word = " ".join(written.casefold().replace("’", "'").split())
    if word in _SAY_MORE or not _BARE.fullmatch(word):
        return None
    return names.exact.get(fold(word))


_BARE = re.compile(r"\w[\w '/-]*")
"""A word without anything beside it that somebody meant: emphasis, a sign, a parenthesis."""


def _state(written: str) -> str | None:
    """A document "in review" is in review; an action item in review is further than "in progress" says."""
    word = " ".join(written.casefold().split())
    return "review" if word in ("in review", "in-review") else canonical(_STATES, written)


def status_in_case(written: str) -> str | None:
    """A status as tables have it: `Done` where the cell began with a capital; None where only case differs."""
    name = canonical(_STATUSES, written)
    if name is None or name == written.casefold():
        return None
    return name[0].upper() + name[1:] if written[0].isupper() else name


def form_of(path: FactPath, settings: Settings) -> Form | None:
    """The form of a fact of front matter; None where none is asked for."""
    match path:
        case ("status",):
            return _state
        case ("severity",):
            return partial(canonical, settings.find_severity)
        case ("incident_type",):
            return partial(canonical, settings.find_type)
        case ("detection_method",):
            return partial(canonical, _METHODS)
        case ("drafted_at" | "published_at",) | ("meeting", "scheduled_at" | "held_at") | ("timeline", int(), "time"):
            return exact_stamp
        case (str(name),) if name in STAMPS:
            return exact_stamp
        case ("follow_up", "scheduled" | "held") | ("action_items", int(), "due" | "completed" | "created"):
            return exact_day
        case ("action_items", int(), "status"):
            return partial(canonical, _STATUSES)
        case ("action_items", int(), "priority"):
            return partial(canonical, settings.find_priority)
        case ("action_items", int(), "category"):
            return partial(canonical, _CATEGORIES)
    return None


def cell_form(name: str, settings: Settings) -> Form | None:
    """The form of a cell of an action-item table."""
    match name:
        case "status":
            return status_in_case
        case "priority":
            return partial(canonical, settings.find_priority)
        case "due" | "completed":
            return exact_day
    return None
