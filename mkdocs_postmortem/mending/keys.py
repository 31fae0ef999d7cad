"""Keys of front matter that have another name than ours, where nobody could mean anything else by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mkdocs_postmortem.checking.schema import judge_of
from mkdocs_postmortem.mending.edits import Edit, FactPath, Group
from mkdocs_postmortem.mending.facts import requoted, value_edit
from mkdocs_postmortem.model import TOP, PostMortem
from mkdocs_postmortem.settings import HOST_KEYS, Settings
from mkdocs_postmortem.vocabulary import KEY_ALIASES

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SAY_MORE = frozenset(
    {
        "root_cause", "cause", "category", "reference", "name", "users", "detected_by", "responded_at", "stable_at",
        "repaired", "closed_at", "affected", "description", "title", "involved", "actions", "what", "at",
    }
)  # fmt: skip
"""Names that mostly mean a key of ours, and may mean another: check asks, and nobody renames them."""
_MAPS = ("impact", "meeting", "follow_up")


def key_groups(record: PostMortem, settings: Settings) -> Iterator[Group]:
    """Keys to rename, each with its value in the form that the fact has; no edits where that is ambiguous."""
    front = record.document.front
    known = judge_of(settings).properties
    theirs = HOST_KEYS | set(settings.extra_keys)
    yield from _renamed(record, settings, (), front, known, theirs)
    for name in _MAPS:
        if isinstance(front.get(name), dict):
            yield from _renamed(record, settings, (name,), front[name], known[name].get("properties", {}))
    for name in ("action_items", "timeline"):
        items = front.get(name)
        inside = known[name].get("items", {}).get("properties", {})
        for n, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield from _renamed(record, settings, (name, n), item, inside)


def _renamed(
    record: PostMortem,
    settings: Settings,
    path: FactPath,
    keys: Mapping[str, Any],
    known: Mapping[str, Any],
    theirs: frozenset[str] | set[str] = frozenset(),
) -> Iterator[Group]:
    lines = record.document.lines
    meant: dict[str, list[str]] = {}
    for key in keys:
        if key not in known and key not in theirs and (name := canonical_key(key, known)):
            meant.setdefault(name, []).append(key)
    for name, written in meant.items():
        told = " and ".join(f"`{key}`" for key in (*written, *((name,) if name in keys else ())))
        span = record.places.get(("", *path, written[0]), TOP)
        if len(written) > 1 or name in keys:
            yield Group([], f"{told}: which of them is `{name}`?", span=span)
            continue
        (key,) = written
        if not path and name in record.facts and record.facts[name] != keys[key] and key.casefold() != "status":
            yield Group([], f"`{key}`: the body says otherwise what `{name}` is", span=span)
            continue
        text = requoted(lines[span.line - 1][span.column - 1 : span.end - 1], key, name)
        if text is None:
            continue
        edits = [Edit(span, text)]
        if isinstance(keys[key], str):
            value = value_edit(record, (*path, key), (*path, name), keys[key], settings, lines)
            edits += [value] if value else []
        yield Group(edits, f"`{key}`, which means `{name}`", ((*path, key), (*path, name)))


def canonical_key(key: str, known: Mapping[str, Any]) -> str | None:
    """The name of ours that a key means beyond doubt: other case, dashes or spaces, or an alias."""
    folded = "_".join(_HUMP.sub("_", key).casefold().replace("-", " ").replace("_", " ").split())
    if folded in known:
        return folded
    name = None if folded in _SAY_MORE else KEY_ALIASES.get(folded)
    return name if name in known else None
