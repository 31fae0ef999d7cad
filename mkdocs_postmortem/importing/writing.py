"""A draft as a file of ours: front matter through a YAML dumper, sections in the order of the template."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import yaml

from mkdocs_postmortem.importing.found import Draft, Found, Piece
from mkdocs_postmortem.importing.shapes.labels import LABEL
from mkdocs_postmortem.importing.text import BULLET
from mkdocs_postmortem.importing.words import FACT, IMPACT

_ORDER = (
    "title", "id", "status", "severity", "incident_type", "near_miss", "services", "causes", "tags", "date",
    "started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at",
    "duration", "time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve",
    "detection_method", "impact", "owner", "authors", "reviewers", "facilitator", "participants", "related",
)  # fmt: skip
_BY_LABEL = ("severity", "incident_type", "services", "owner", "authors", "reviewers", "facilitator")
_WIDE = 1 << 20


def write(draft: Draft) -> str:
    """The whole text of a file."""
    body = _body(draft)
    return _front(draft, _labelled(body)) + "\n".join(body) + "\n"


def body_of(text: str) -> str:
    """What stands below the front matter of a file that `write` made."""
    return text[text.index("\n---\n", 4) + 5 :]


def _labelled(body: Sequence[str]) -> set[str]:
    """Facts that reading would take from labels of the body, where front matter does not have them."""
    found: set[str] = set()
    for line in body:
        text = line.lstrip()
        if "**" not in text:
            continue
        bullet = BULLET.match(text)
        label = LABEL.match(bullet[4] if bullet else text)
        found.add((label and FACT(label[2])) or "")
    return found


def _front(draft: Draft, labelled: Collection[str]) -> str:
    by: dict[str, Found] = {found.field: found for found in draft.facts}
    lines = ["---"]
    for field in _ORDER:
        if field == "status":
            lines.append("status: draft")
            continue
        if field == "impact":
            lines += _impact(by)
            continue
        found = by.get(field)
        if found is None and field == "title":
            found = Found("title", draft.title, 0)
        if found is not None:
            lines.append(_line(field, found.value) + _comment(found))
        elif field in _BY_LABEL and (
            field in labelled or any(remark.kind == field or remark.text.startswith(field) for remark in draft.remarks)
        ):
            # Empty, and there: so that words of the body that were judged already are not taken for the fact.
            lines.append(f"{field}:")
    return "\n".join([*lines, "---"]) + "\n"


def _impact(by: dict[str, Found]) -> list[str]:
    told = [(name, by[name]) for name in IMPACT if name in by]
    return ["impact:", *(f"  {_line(name, found.value)}" for name, found in told)] if told else []


def _line(field: str, value: Any) -> str:
    if isinstance(value, list):
        listed: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=_WIDE)
        return f"{field}: {listed.strip()}"
    if field == "date":
        return f"date: {value}"  # as everybody writes it; reading leaves it the text it is
    text: str = yaml.safe_dump({field: value}, default_flow_style=False, allow_unicode=True, width=_WIDE)
    return text.rstrip("\n")


def _comment(found: Found) -> str:
    """What a person should know of an inferred fact: in our words alone, never in the source's."""
    if found.sure == "stated":
        return ""
    place = f"line {found.line} of the source: " if found.line else ""
    return f"  # {place}{found.why or 'inferred'}"


def _body(draft: Draft) -> list[str]:
    lines = ["", f"# {draft.heading or draft.title}"]
    _put(lines, draft.opening)
    for part in draft.parts:
        if part.key is None and not part.title:
            _put(lines, part.pieces)
            continue
        lines += ["", f"## {part.title}"]
        _put(lines, part.pieces)
    return lines


def _put(lines: list[str], pieces: Iterable[Piece]) -> None:
    for piece in pieces:
        if piece.heading:
            lines += ["", f"{'#' * piece.level} {piece.heading}"]
        inner = _trimmed(piece.lines)
        if inner:
            lines += ["", *inner]


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Lines without blank ones at both ends."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return list(lines[first:last])
