"""YAML that means one thing: strict about what YAML lets pass, and every value keeps its place.

Duplicate keys, anchors and aliases, custom tags, sexagesimal numbers and deep nesting are
refused; dates and times stay the text that was written, for the schema to judge.
"""

from __future__ import annotations

import math
import re
import sys
from typing import Any, TypeVar

import yaml

from mkdocs_postmortem.model import Problem, Span

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML was built without libyaml: the same results, more slowly
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_DEPTH = 20
"""Levels of nesting that a person can still read; more is a mistake or an attack."""

_TAG = "tag:yaml.org,2002:"
_SUSPECT = re.compile(r"[&*!\t]|^[ ?:-]{40}", re.MULTILINE)
_MANY = 200
"""Opening brackets, beyond which nesting is counted before libyaml recurses into it on the C stack."""
_DIGITS = 1000
"""Longer numbers stay words: nobody counts that far, and Python refuses to write them in decimals."""
_BREAKS = re.compile("[\x85\u2028\u2029]")
_OCTAL = re.compile(r"[-+]?0[0-7_]+\Z")

Path = tuple[str | int, ...]


class Loaded:
    """What `load` found: the value, where each part of it stands, and what is wrong with it."""

    __slots__ = ("places", "problems", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.places: dict[Path, Span] = {}
        self.problems: list[Problem] = []


def load(text: str, first_line: int = 1) -> Loaded:
    """Read one YAML document.

    `first_line` is the line of the file at which `text` begins, so that places are the file's.
    Never raises for what a file may hold: `problems` has PM101 (not YAML), PM103 (a key twice)
    and PM104 (YAML that is not read), and `value` is None after the first and the last.
    """
    loaded = Loaded()
    if not text.isascii() and (found := _strange_break(text, first_line)):
        loaded.problems.append(found)
        return loaded
    try:
        if _suspect(text) and (found := _refuse(text, first_line)):
            loaded.problems.append(found)
            return loaded
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        loaded.problems.append(_syntax(error, text, first_line))
        return loaded
    except RecursionError:
        loaded.problems.append(_deep(Span(first_line)))
        return loaded
    if node is not None:
        loaded.value = _Converter(loaded, first_line).convert(node, ())
    return loaded


def _strange_break(text: str, first_line: int) -> Problem | None:
    """A character that is a line break to YAML 1.1 alone: not to YAML 1.2, and to no editor."""
    match = _BREAKS.search(text)
    if match is None:
        return None
    at = match.start()
    column = at - text.rfind("\n", 0, at)
    return Problem(
        "PM101",
        Span(text.count("\n", 0, at) + first_line, column, column + 1),
        f"an invisible line break (U+{ord(match[0]):04X}) in the facts",
        "delete it, or break the line as others are",
    )


def _suspect(text: str) -> bool:
    """Whether something may stand there that is refused, by signs that are quick to look for.

    Without these signs nesting stays shallow: blocks are as deep as their indentation, the rest as
    there are brackets. What is deeper would end the whole process inside libyaml.
    """
    return bool(_SUSPECT.search(text)) or text.count("[") + text.count("{") > _MANY


def _refuse(text: str, first_line: int) -> Problem | None:
    """Look at the events, before anything is built from them, for what is not read."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        mark = event.start_mark
        assert mark is not None
        span = Span(mark.line + first_line, mark.column + 1, mark.column + 2)
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent) or anchor:
            sign = "alias `*" if isinstance(event, yaml.AliasEvent) else "anchor `&"
            return Problem(
                "PM104",
                span,
                f"the {sign}{anchor}` is not read: every value stands where it is used",
                "write the value out; put text that begins with `&` or `*` in quotes",
            )
        tag = getattr(event, "tag", None)
        if tag and not tag.startswith(_TAG):
            return Problem(
                "PM104",
                span,
                f"the tag `{_short_tag(tag)}` is not read: values are text, numbers, lists and maps",
                "put text that begins with `!` in quotes",
            )
        if tag and isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            return Problem(
                "PM104",
                span,
                f"the tag `{_short_tag(tag)}` is not read: a value's form says what it is",
                "leave the tag out",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return _deep(span)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _short_tag(tag: str) -> str:
    text = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
    return text[:40]


def _deep(span: Span) -> Problem:
    return Problem(
        "PM104",
        span,
        f"nested more than {MAX_DEPTH} levels deep",
        "a post-mortem's facts are at most three levels deep: is a bracket left open?",
    )


def _syntax(error: yaml.YAMLError, text: str, first_line: int) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said = str(getattr(error, "problem", "") or getattr(error, "reason", "") or "")
    if any(part in said for part in ("expected ',' or", "end of stream", "alphabetic or numeric")):
        # What is never closed is mended where it opens, not where the reader gave up.
        mark = getattr(error, "context_mark", None) or mark
    line = (mark.line if mark else 0) + first_line
    column = (mark.column if mark else 0) + 1
    if mark is None and (position := getattr(error, "position", None)) is not None:
        line = text.count("\n", 0, position) + first_line
        column = position - text.rfind("\n", 0, position)
    lines = text.split("\n")
    last = len(lines) + first_line - 1
    if line > last:
        line, column = last, len(lines[-1]) + 1
    span = Span(line, column, column + 1)
    for part, message, mend in _SAID:
        if part in said:
            return Problem("PM101", span, message, mend)
    return Problem(
        "PM101",
        span,
        f"this is not YAML: {said or 'it cannot be read'}",
        "look at this line and the one above it: indentation, quotes, brackets",
    )


_SAID = (
    (
        "mapping values are not allowed",
        "this is not YAML: a second `: ` on the line",
        "put the value in quotes",
    ),
    (
        "cannot start any token",
        "this is not YAML: a value cannot begin with this character",
        "put the value in quotes; indent with spaces, not tabs",
    ),
    (
        "could not find expected ':'",
        "this is not YAML: a line that is neither `key: value` nor part of a value",
        "write `key: value`, or indent the line below the value it belongs to",
    ),
    (
        "special characters are not allowed",
        "this is not YAML: a control character",
        "delete the invisible character",
    ),
    (
        "control characters are not allowed",
        "this is not YAML: a control character",
        "delete the invisible character",
    ),
    (
        "did not find expected ',' or",
        "this is not YAML: a bracket that is never closed",
        "close the list with `]` or the map with `}`",
    ),
    (
        "did not find expected key",
        "this is not YAML: something stands behind the end of a value",
        "look for a quote that is closed too early, or never, here and above; indent all keys alike",
    ),
    (
        "did not find expected alphabetic or numeric character",
        "this is not YAML: a value cannot begin with `*` or `&`",
        "put the value in quotes",
    ),
    (
        "unknown escape character",
        "this is not YAML: a backslash between double quotes",
        "write two backslashes, or use single quotes",
    ),
    (
        "block sequence entries are not allowed",
        "this is not YAML: a list cannot begin behind its key",
        "write [a, b], or begin the list on the next line",
    ),
    (
        "did not find expected node content",
        "this is not YAML: a value is missing between commas or brackets",
        "write the value, or remove the comma",
    ),
    (
        "did not find expected '-' indicator",
        "this is not YAML: a line in a list that is no item of it",
        "begin it with `- `, or indent it like the keys above the list",
    ),
    (
        "unexpected end of stream",
        "this is not YAML: a quote that is never closed",
        "close the quote",
    ),
    (
        "another document",
        "this is not YAML: a second document begins here",
        "keep the facts in one block",
    ),
)


_PATHS: dict[Path, Path] = {}
_SPANS: dict[Span, Span] = {}
_Same = TypeVar("_Same", Path, Span)


def _one(known: dict[_Same, _Same], value: _Same) -> _Same:
    """The one copy of a path or place that all documents share; past a limit, they are not shared."""
    return known.setdefault(value, value) if len(known) < 16384 else known.get(value, value)


def _shared(path: Path) -> Path:
    return _one(_PATHS, path)


class _Converter:
    """Nodes to plain data; recursion is bounded by `MAX_DEPTH`."""

    def __init__(self, loaded: Loaded, first_line: int) -> None:
        self.places = loaded.places
        self.problems = loaded.problems
        self.first_line = first_line

    def span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        line, column = start.line, start.column + 1
        last = end.column + 1 if end.line == line else column + 1
        return _one(_SPANS, Span(line + self.first_line, column, last))

    def convert(self, node: yaml.Node, path: Path) -> Any:
        span = self.places[path] = self.span(node)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, span)
        if len(path) >= MAX_DEPTH:
            self.problems.append(_deep(span))
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, _shared((*path, n))) for n, item in enumerate(node.value)]
        return self.mapping(node, path)

    def mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            span = self.span(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    Problem("PM104", span, "a key is a word, not a list or a map", "write `key: value`")
                )
                continue
            key = key_node.value
            if key_node.tag == _TAG + "merge" and not key_node.style:
                self.problems.append(Problem("PM104", span, "the merge key `<<` is not read", "write the keys out"))
                continue
            if key in result:
                first = self.places[("", *path, key)].line
                self.problems.append(
                    Problem(
                        "PM103",
                        span,
                        f"the key `{key}` stands here a second time (first on line {first})",
                        "keep one of the two; YAML would silently take the last",
                    )
                )
                continue
            # Post-mortems share their keys: each is held once, however many documents there are.
            key = sys.intern(key)
            self.places[_shared(("", *path, key))] = span
            result[key] = self.convert(value_node, _shared((*path, key)))
        return result

    def scalar(self, node: yaml.ScalarNode, span: Span) -> Any:
        value: str = node.value
        if node.tag == _TAG + "str":
            return value
        kind = node.tag.removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return value.lower() in ("true", "yes", "on")
        if kind in ("int", "float"):
            return self.number(value, kind, span)
        return value

    def number(self, value: str, kind: str, span: Span) -> Any:
        if ":" in value:
            self.problems.append(
                Problem(
                    "PM104",
                    span,
                    f"`{value}` is a number in base 60 to YAML, not a time",
                    f'write "{value}" in quotes',
                )
            )
            return value
        plain = value.replace("_", "")
        if len(plain) > _DIGITS:
            return value
        try:
            if kind == "float":
                # Infinities and not-a-number have no JSON form: they stay words.
                number = float(plain) if plain[-1].isdigit() or plain[-1] == "." else math.inf
                return number if math.isfinite(number) else value
            if _OCTAL.match(plain):
                return int(plain, 8)
            return int(plain, 0)
        except ValueError:
            # More digits than Python converts, or a form that YAML 1.1 alone calls a number.
            return value
