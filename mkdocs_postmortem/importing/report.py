"""The report of an import: what was found in each field, and what needs a person, the most worth first."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from mkdocs_postmortem.importing.batch import NEW, REFUSED, TAKEN, UNCHANGED, Result
from mkdocs_postmortem.importing.found import WORTH, Found

FIELDS = (
    "title", "date", "started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at",
    "duration", "time_to_mitigate", "time_to_resolve", "severity", "services", "authors",
)  # fmt: skip
"""Fields whose coverage the report of a batch gives."""
EXAMPLES = 3
"""So many places of one kind are told of a batch; all of them with `--dry-run`."""

_NAMES = {
    "conflict": "Contradictions: which of the two holds?",
    "stamp": "Times and durations that could not be read, or are only hinted at",
    "date": "Days",
    "severity": "Severities that are not on the scale",
    "status": "States of documents",
    "zone": "Time zones",
    "inferred": "Inferred, not stated",
    "item": "Action items",
    "row": "Timelines",
    "note": "Also",
}
_PLACES = re.compile(r"\d+")


class Ask(NamedTuple):
    """One thing that a person is asked about one file."""

    kind: str
    path: str
    line: int
    text: str
    help: str


def asks(result: Result) -> list[Ask]:
    """What a person is asked about one file: its remarks, and each fact that was inferred."""
    draft = result.draft
    if draft is None or draft.ours:
        return []
    found = [Ask(remark.kind, result.path, remark.line, remark.text, remark.help) for remark in draft.remarks]
    found += [
        Ask("inferred", result.path, fact.line, f"{fact.field}: {shown(fact)} ({fact.why})", "")
        for fact in draft.facts
        if fact.sure == "inferred" and fact.field != "declared_at"
    ]
    order = [*WORTH[:6], "inferred", *WORTH[6:]]
    return sorted(found, key=lambda ask: (order.index(ask.kind), ask.path, ask.line))


def shown(fact: Found) -> str:
    """A fact's value on one line."""
    value = ", ".join(map(_named, fact.value)) if isinstance(fact.value, list) else str(fact.value)
    value = "".join(char if char.isprintable() else " " for char in value)
    return value if len(value) <= 100 else value[:97] + "…"


def _named(value: object) -> str:
    """One of a list: a participant with the role in brackets."""
    return f"{value['who']} ({value['role']})" if isinstance(value, dict) and "role" in value else str(value)


def of_file(result: Result, called: str, dry: bool) -> Iterator[str]:
    """What became of one file, a line; with `dry`, every fact with its line and how sure it is."""
    words = {
        NEW: "would be written" if dry else "written",
        UNCHANGED: "unchanged",
        TAKEN: "skipped",
        REFUSED: "refused",
    }
    draft = result.draft
    if result.state in (TAKEN, REFUSED):
        place = f" ({called})" if result.state == TAKEN else ""
        yield f"{result.path}: {words[result.state]}{place}: {_printable(result.message)}"
        return
    kind = "has our shape already" if draft is None or draft.ours else draft.shape
    yield f"{called}: {words[result.state]} from {result.path} ({kind})"
    for picture, _ in result.files:
        yield f"    with {_printable(picture.as_posix())}"
    if not dry or draft is None or draft.ours:
        return
    for fact in (*draft.facts, *([draft.named_zone] if draft.named_zone else [])):
        place = f"line {fact.line}" if fact.line else "no line"
        why = f": {fact.why}" if fact.why else ""
        yield f"    {fact.field}: {shown(fact)}  ({place}, {fact.sure}{why})"
    yield f"    timeline: {_many(len(draft.timeline), 'row')}, action items: {len(draft.actions)}"
    for ask in asks(result):
        if ask.kind != "inferred":
            place = f"line {ask.line}" if ask.line else "the whole"
            yield f"    look at {place}: {_printable(ask.text)}{_mend(ask.help)}"


def summary(
    results: Sequence[Result], dry: bool, passed: Mapping[str, Mapping[str, int]] = MappingProxyType({})
) -> Iterator[str]:
    """The batch as a whole: how many of what, what was found per field, what needs a person.

    `passed` counts what folders hold and was not read, by the ending or the name.
    """
    count = Counter(result.state for result in results)
    made = [
        result for result in results if result.draft is not None and not result.draft.ours and result.state != REFUSED
    ]
    done = "would be written" if dry else "written"
    yield (
        f"{_many(len(results), 'file')}: {count[NEW]} {done}, {count[UNCHANGED]} unchanged, "
        f"{count[TAKEN]} skipped, {count[REFUSED]} refused"
    )
    for folder, names in passed.items():
        most = sorted(names.items(), key=lambda item: (-item[1], item[0]))
        rest = f" and {sum(number for _, number in most[8:]):,} more" if len(most) > 8 else ""
        told = ", ".join(f"{number:,} {_printable(name)}" for name, number in most[:8])
        yield f"Passed over in {_printable(folder)}: {told}{rest}"
    if len(made) > 1:
        yield ""
        yield f"{'field':<18}{'stated':>8}{'inferred':>10}{'not found':>11}"
        for field in FIELDS:
            facts = [result.draft.fact(field) for result in made if result.draft is not None]
            stated = sum(1 for fact in facts if (fact and fact.sure == "stated") or (not fact and field == "title"))
            inferred = sum(1 for fact in facts if fact and fact.sure == "inferred")
            if stated or inferred or field in ("title", "date", "severity"):
                yield f"{field:<18}{stated:>8}{inferred:>10}{len(facts) - stated - inferred:>11}"
        days = sum(1 for result in made if result.draft is not None and result.draft.day)
        rows = sum(len(result.draft.timeline) for result in made if result.draft is not None)
        items = sum(len(result.draft.actions) for result in made if result.draft is not None)
        yield f"day of the incident known: {days} of {len(made)}"
        yield f"{_many(rows, 'timeline row')}, {_many(items, 'action item')}"
    if not dry or len(made) > 1:
        yield from _asked(made, dry)


def _asked(made: Sequence[Result], dry: bool) -> Iterator[str]:
    groups: dict[str, list[Ask]] = {}
    for result in made:
        for ask in asks(result):
            groups.setdefault(ask.kind, []).append(ask)
    if not groups:
        return
    yield ""
    yield "For a person to look at, the most worth first:"
    for kind in _NAMES:
        if kind not in groups:
            continue
        yield ""
        yield f"{_NAMES[kind]}:"
        alike: dict[tuple[str, str], list[Ask]] = {}
        for ask in groups[kind]:
            alike.setdefault((_general(ask), ask.help), []).append(ask)
        for several in sorted(alike.values(), key=lambda asked: -len(asked)):
            told = several if dry or len(several) <= EXAMPLES else several[:EXAMPLES]
            for ask in told:
                place = f"{ask.path}:{ask.line}" if ask.line else ask.path
                yield f"  {place}: {_printable(ask.text)}{_mend(ask.help)}"
            if len(told) < len(several):
                files = _many(len({ask.path for ask in several[len(told) :]}), "file")
                yield f"  … and {len(several) - len(told)} more of this kind, in {files} (--dry-run tells all)"


def _general(ask: Ask) -> str:
    """What asks that differ only in their words have in common: the field and the reason."""
    field, sign, rest = ask.text.partition(": ")
    reason = rest.rpartition("(")[2] if ask.kind == "inferred" else re.sub(r"`[^`]*`|“[^”]*”", "…", rest)
    return _PLACES.sub("#", f"{field if sign and ask.kind != 'inferred' else ''} {reason}")[:160]


def as_json(
    results: Sequence[Result], called: Iterable[str], passed: Mapping[str, Mapping[str, int]] = MappingProxyType({})
) -> str:
    """An array of flat objects: one for each file, each fact, each thing to look at, each kind of file passed over."""
    objects: list[dict[str, object]] = []
    for result, target in zip(results, called, strict=True):
        base = {"path": result.path, "target": target, "state": result.state}
        shape = result.draft.shape if result.draft else ""
        objects.append(
            {**base, "kind": "file", "line": 0, "field": "", "value": shape, "sure": "", "message": result.message}
        )
        if result.draft is None or result.draft.ours:
            continue
        objects += [
            {**base, "kind": "fact", "line": fact.line, "field": fact.field, "value": shown(fact), "sure": fact.sure,
             "message": fact.why}
            for fact in result.draft.facts
        ]  # fmt: skip
        objects += [
            {**base, "kind": ask.kind, "line": ask.line, "field": "", "value": "", "sure": "",
             "message": ask.text + (f" ({ask.help})" if ask.help else "")}
            for ask in asks(result) if ask.kind != "inferred"
        ]  # fmt: skip
    objects += [
        {"path": folder, "target": "", "state": "passed over", "kind": "folder", "line": 0, "field": name,
         "value": str(number), "sure": "", "message": f"{number:,} {name} not read"}
        for folder, names in passed.items() for name, number in names.items()
    ]  # fmt: skip
    return json.dumps(objects, ensure_ascii=False, indent=2)


def _mend(help: str) -> str:
    return f" ({_printable(help)})" if help else ""


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
