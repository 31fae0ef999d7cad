"""Front matter in TOML, between lines of `+++`: its values as YAML would have them, and the line of each key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from mkdocs_postmortem import strictyaml
from mkdocs_postmortem.model import Problem, Span

_FENCE = re.compile(r"\+{3}[ \t]*\Z")
_KEY = re.compile(r"""\s*\[{0,2}\s*["']?([\w-]+)["']?\s*[.=\]]""")


class Read(NamedTuple):
    """What front matter in TOML holds: its values, the place of each key, the body's first line, what is wrong."""

    values: dict[str, Any]
    places: Mapping[strictyaml.Path, Span]
    body_line: int
    problems: tuple[Problem, ...]
    present: bool = True


def read(text: str) -> Read | None:
    """The front matter in TOML that a text begins with; None where it begins with none. Never raises."""
    if not text.startswith("+++"):
        return None
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if n and _FENCE.match(line)), 0)
    if not end or not _FENCE.match(lines[0]):
        return None
    try:
        values = tomllib.loads("\n".join(["", *lines[1:end]]))
    except (ValueError, RecursionError) as error:  # what is broken, and what is nested beyond reason
        told = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        return Read({}, {}, end + 2, (Problem("PM101", Span(1), f"no TOML: {told}", ""),))
    return Read({key: _plain(value) for key, value in values.items()}, _places(lines[:end], values), end + 2, ())


def _plain(value: Any) -> Any:
    """Days and times as text, as the front matter of ours has them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _places(lines: list[str], values: Mapping[str, Any]) -> dict[strictyaml.Path, Span]:
    """Where each key stands; what looks like one in text of several lines is none."""
    found: dict[strictyaml.Path, Span] = {}
    inside = ""
    for number, line in enumerate(lines, start=1):
        match = _KEY.match(line) if not inside else None
        if match and match[1] in values:
            found.setdefault((match[1],), Span(number))
        for sign in ('"""', "'''"):
            if inside in ("", sign) and line.count(sign) % 2:
                inside = "" if inside else sign
    return found
