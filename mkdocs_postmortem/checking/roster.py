"""Names of the people who may stand in a post-mortem: those of its facts and of the roster."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs_postmortem.model import PostMortem

ROSTER = "redaction.yml"
"""The file in which a project lists its people; without one, the facts and given names must do."""

_WORD = re.compile(r"[^\W\d_][\w'-]{1,40}")
_TITLES = frozenset(
    {"dr", "mr", "mrs", "ms", "prof", "von", "van", "der", "den", "de", "la", "le", "team", "the", "and"}
)


def names_of(record: PostMortem, root: Path) -> frozenset[str]:
    """The single words, in lower case, of the names of a record's people and of those on the roster."""
    people = (
        record.owner,
        record.facilitator,
        *record.authors,
        *record.reviewers,
        *(person.who for person in record.participants),
        *(item.owner for item in record.action_items),
    )
    found = {word.lower() for name in people for word in _WORD.findall(name) if word[0].isupper() or "@" in name}
    return frozenset(found - _TITLES) | roster(root)


def roster(root: Path) -> frozenset[str]:
    """The single words of the roster's names; none where there is no roster, or it cannot be read."""
    data = _read(root)
    return _names(data) if data else frozenset()


def roster_stamp(root: Path) -> str:
    """Changes with the roster's content: findings that depend on it are not to be remembered beyond."""
    return hashlib.sha256(_read(root)).hexdigest()


def _read(root: Path) -> bytes:
    path = root / ROSTER
    try:
        return path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""


_LARGEST = 8 * 1024 * 1024


@lru_cache(maxsize=4)
def _names(data: bytes) -> frozenset[str]:
    import yaml

    try:
        loaded: Any = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (ValueError, RecursionError, yaml.YAMLError):
        return frozenset()  # `redact` says what is wrong with it
    people = loaded.get("people") if isinstance(loaded, dict) else None
    found: set[str] = set()
    for person in people if isinstance(people, list) else ():
        if not isinstance(person, dict):
            continue
        ignored = {word.lower() for word in _strings(person.get("ignore"))}
        names = (*_strings(person.get("names")), *_strings(person.get("aliases")), *_strings(person.get("handle")))
        found |= {word.lower() for name in names for word in _WORD.findall(name)} - ignored
    return frozenset(found - _TITLES)


def _strings(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(item for item in values if isinstance(item, str))
