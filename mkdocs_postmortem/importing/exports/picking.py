"""What a record of an export says at a path, and what of it nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]


class Picker:
    """A record that remembers which of its values were placed, so that the rest is kept as well.

    Paths are written with dots, `[]` for every entry of a list: `incident_role_assignments[].role.name`.
    """

    def __init__(self, record: Mapping[str, Any], roots: tuple[Path, ...] = ((),)) -> None:
        self.record = record
        self.roots = roots
        """Where paths begin: the record itself, or what a JSON:API wraps it in; the first that has a value counts."""
        self._taken: set[Path] = set()

    def each(self, path: str) -> list[tuple[Path, Any]]:
        """All values at a path, with the place of each; none where the record has no such path."""
        for found in self._found(path):
            if any(told(value) for _, value in found):
                return found
        return []

    def has(self, path: str) -> bool:
        """Whether the record has such a path at all, be it empty."""
        return any(self._found(path))

    def _found(self, path: str) -> Iterator[list[tuple[Path, Any]]]:
        absolute = path.startswith("/")
        steps = path.lstrip("/").replace("[]", ".[]").split(".")
        for root in ((),) if absolute else self.roots:
            start = _at(self.record, root)
            yield list(_walk(start, steps, root)) if start is not None else []

    def first(self, path: str) -> tuple[Path, Any] | None:
        """The first value that says anything."""
        return next(((place, value) for place, value in self.each(path) if told(value)), None)

    def below(self, place: Path, path: str) -> tuple[Path, Any] | None:
        """The first value at a path below a place that was found before."""
        found = _walk(_at(self.record, place), path.replace("[]", ".[]").split("."), place)
        return next(((at, value) for at, value in found if told(value)), None)

    def related(self, relation: str) -> Iterator[Path]:
        """Where the record's JSON:API has what a relationship points at."""
        paths = (f"relationships.{relation}.data.id", f"/data.relationships.{relation}.data.id")
        ids = {value for path in paths for _, value in self.each(path) if isinstance(value, str)}
        for place, entry in self.each("/included[]"):
            if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"] in ids:
                yield place

    def take(self, place: Path) -> None:
        """The value stands in the result word by word."""
        self._taken.add(place)

    def taken(self, place: Path) -> bool:
        """Whether the value, or what it stands in, was placed before."""
        return any(place[:length] in self._taken for length in range(1, len(place) + 1))

    def rest(self) -> Iterator[tuple[Path, Any]]:
        """Every value that was not placed and says anything, in the order of the record."""
        yield from self._rest(self.record, ())

    def _rest(self, value: Any, place: Path) -> Iterator[tuple[Path, Any]]:
        if place in self._taken or not told(value):
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from self._rest(inner, (*place, key))
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                yield from self._rest(inner, (*place, at))
        else:
            yield place, value


def told(value: Any) -> bool:
    """Whether a value says anything: empty texts, lists and objects, and null, do not."""
    return value is not None and value != "" and value != [] and value != {} and not _blank(value)


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _at(value: Any, place: Path) -> Any:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _walk(value: Any, steps: list[str], place: Path) -> Iterator[tuple[Path, Any]]:
    if not steps or steps == [""]:
        yield place, value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        if isinstance(value, list):
            for at, inner in enumerate(value):
                yield from _walk(inner, rest, (*place, at))
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest, (*place, step))


def written(place: Path) -> str:
    """A place as a person writes it: `data.attributes.tags[2]`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text
