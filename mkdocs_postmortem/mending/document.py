"""What can be mended without judgement: names that have a canonical one, dates, the order of columns.

Every edit is tried before it counts: the document is read again, and an edit after which the record
says anything else is dropped. Prose, headings and labels are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from mkdocs_postmortem.checking.schema import judge_of
from mkdocs_postmortem.dates import parse_moment
from mkdocs_postmortem.mending.columns import column_groups
from mkdocs_postmortem.mending.edits import FactPath, Group, applied
from mkdocs_postmortem.mending.facts import fact_groups
from mkdocs_postmortem.mending.keys import key_groups
from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import Settings

_MOST_TRIED = 40
"""So many edits are tried one by one where all at once change what the record says."""
_PASSES = 4
"""An edit may make another possible: so often at most a document is gone through."""


class Left(NamedTuple):
    """Something that looks mechanical and was not mended, and where it stands."""

    span: Span
    what: str


class Mended(NamedTuple):
    """A document that was mended, and what was left to its author."""

    data: bytes
    left: tuple[Left, ...] = ()


def mend(data: bytes, path: str, settings: Settings) -> Mended:
    """A document with all that is mechanical mended; the same bytes where there is nothing to mend.

    The record that is read afterwards has the same facts, but for what could not be read before: a
    timestamp without its form, a key of another name. Line ends, byte order mark, comments, quotes
    and every byte outside the edits are kept. Mending what was mended changes nothing.
    """
    left: dict[Left, None] = {}
    record = _read(data, path, settings)
    if record.document.unreadable:
        return Mended(data)
    for _ in range(_PASSES):
        before, left = data, {}
        for stage in _STAGES:
            mended = _tried(data, record, stage, settings, left)
            if mended != data:  # most documents are read once
                data, record = mended, _read(mended, path, settings)
        if data == before:
            break
    return Mended(data, tuple(left))


class _Stage(NamedTuple):
    """One kind of edits: what finds them, what says whether both records agree, and why they may not."""

    find: Callable[[PostMortem, Settings], Iterator[Group]]
    agree: Callable[[PostMortem, PostMortem, Iterable[Group], Settings], bool]
    otherwise: str


def _tried(data: bytes, before: PostMortem, stage: _Stage, settings: Settings, left: dict[Left, None]) -> bytes:
    """The document with all edits, or with those after which the record says the same."""
    groups = []
    for group in stage.find(before, settings):
        if group.edits:
            groups.append(group)
        else:
            left[Left(group.place, group.what)] = None
    if not groups:
        return data
    whole = applied(data, groups)
    if stage.agree(before, _read(whole, before.path, settings), groups, settings):
        return whole
    kept: list[Group] = []
    for group in groups[:_MOST_TRIED]:
        tried = [*kept, group]
        if stage.agree(before, _read(applied(data, tried), before.path, settings), tried, settings):
            kept = tried
        else:
            left[Left(group.place, f"{group.what}: {stage.otherwise}")] = None
    if len(groups) > _MOST_TRIED:
        left[Left(groups[_MOST_TRIED].place, "and others, from here on")] = None
    return applied(data, kept)


def _read(data: bytes, path: str, settings: Settings) -> PostMortem:
    return reading.make(decode(data), path, settings)


# -- whether two records say the same ----------------------------------------------------------------


def _agree(before: PostMortem, after: PostMortem, groups: Iterable[Group], _: Settings) -> bool:
    """Whether both records state the same, but for timestamps that can be read only now."""
    paths = {edit.path for group in groups for edit in group.edits if edit.path is not None}
    if dict(_flat(before.facts, paths)) != dict(_flat(after.facts, paths)):
        return False
    now_read = after.stamps.keys() - before.stamps.keys()
    for name in now_read:
        written = before.facts.get(name)
        if not isinstance(written, str) or parse_moment(written) != after.stamps[name]:
            return False
    return _meaning(before, bool(now_read)) == _meaning(after, bool(now_read))


def _agree_renamed(before: PostMortem, after: PostMortem, groups: Iterable[Group], settings: Settings) -> bool:
    """Whether the same facts stand in front matter by their new names, each one that is allowed there."""
    groups = list(groups)
    edited = {edit.path for group in groups for edit in group.edits if edit.path is not None}
    names = dict(group.renamed for group in groups if group.renamed)
    expected = {
        tuple(_renamed(path, names)): value for path, value in _flat(before.document.front, set())
    }  # a value in another form is compared by what is read from it, below
    found = dict(_flat(after.document.front, set()))
    if expected.keys() != found.keys() or any(found[path] != expected[path] for path in found if path not in edited):
        return False
    involved = {path[0] for pair in names.items() for path in pair}
    others = {key: value for key, value in before.facts.items() if key not in involved}
    if others != {key: value for key, value in after.facts.items() if key not in involved}:
        return False
    if before.document.body != after.document.body or before.document.body_line != after.document.body_line:
        return False
    wrong = {tuple(item.path[: len(new)]) for item in judge_of(settings).explain(after.data) for new in names.values()}
    return wrong.isdisjoint(names.values())


def _renamed(path: FactPath, names: dict[FactPath, FactPath]) -> FactPath:
    """A path with the keys on it by their new names."""
    for end in range(len(path), 0, -1):
        if path[:end] in names:
            return (*names[path[:end]], *path[end:])
    return path


def _flat(value: Any, without: set[FactPath], path: FactPath = ()) -> Iterator[tuple[FactPath, Any]]:
    """Every single fact by its path, but for those that are mended."""
    if path in without:
        return
    if isinstance(value, dict):
        yield path, len(value)
        for key, item in value.items():
            yield from _flat(item, without, (*path, key))
    elif isinstance(value, list):
        yield path, len(value)
        for n, item in enumerate(value):
            yield from _flat(item, without, (*path, n))
    else:
        yield path, value


def _meaning(record: PostMortem, newly_dated: bool) -> tuple[Any, ...]:
    """What a record says, without places and without the form in which dates are written.

    With `newly_dated` a timestamp became readable: what is reckoned from it is left out.
    """
    items = tuple(
        replace(item, span=Span(0), places={}, created=None if newly_dated else item.created)
        for item in record.action_items
    )
    rows = tuple((row.event, row.table, None if newly_dated else row.at) for row in record.timeline)
    sections = tuple((section.key, section.title, section.level) for section in record.document.sections)
    return (
        record.id, record.title, record.status, record.severity, record.incident_type, record.near_miss,
        record.services, record.causes, record.tags, None if newly_dated else (record.day, dict(record.stamps)),
        record.detection_method, record.impact, record.owner, record.authors, record.reviewers,
        record.facilitator, record.participants, record.related, rows, items, sections,
        record.document.body_line, tuple(table.count for table in record.document.tables),
        tuple((item.code, item.reason, item.first, item.last) for item in record.document.accepted),
    )  # fmt: skip


_SAYS_ELSE = "the record would say something else"
_STAGES = (
    _Stage(key_groups, _agree_renamed, "its value is none that may stand there, mend that first"),
    _Stage(column_groups, _agree, _SAYS_ELSE),
    _Stage(fact_groups, _agree, _SAYS_ELSE),
)
