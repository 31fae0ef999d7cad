"""The register of incidents: `incidents.yml`, `.csv` or `.json` to rows with their places."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs_postmortem import dates, schemas, strictyaml
from mkdocs_postmortem.model import Incident, Problem, Span
from mkdocs_postmortem.reading.source import decode, read_bytes
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import UNKNOWN, Lookup

NAMES = ("incidents.yml", "incidents.yaml", "incidents.csv", "incidents.json")
"""Where the register is looked for, beside the settings."""
CODE = "PM650"
FLAGS = ("near_miss", "data_loss", "complex", "recurring", "process_failure")
_MOST = 50
"""Problems of one register that are told; what is wrong in every row is one mistake."""
_LARGEST = 16 * 1024 * 1024
"""Bytes of a register; exports of many years have a few."""

_COLUMNS = Lookup(
    {
        "id": ("incident", "incident id", "incident_id", "reference", "key", "number", "incident number", "no", "nr"),
        "title": ("name", "summary", "description", "subject", "incident title"),
        "date": (
            "day", "started", "started at", "started_at", "start", "start time", "created", "created at", "created_at",
            "created on", "created_on", "opened", "opened at", "reported at", "reported_at", "occurred at",
            "detected at",
        ),
        "severity": ("sev", "priority", "severity level", "incident severity"),
        "incident_type": ("type", "incident type", "category", "kind"),
        "services": (
            "service", "affected services", "impacted services", "services impacted", "service name", "components",
            "component",
        ),
        "postmortem": (
            "post-mortem", "post mortem", "postmortem id", "post-mortem id", "pm", "retrospective", "postmortem url",
        ),
        "near_miss": ("near miss", "near-miss"),
        "data_loss": ("data loss", "data-loss"),
        "complex": (),
        "recurring": ("recurrence", "repeat"),
        "process_failure": ("process failure", "process-failure"),
        "waived": ("waiver", "no post-mortem", "no postmortem", "exempt", "exemption"),
    }
)  # fmt: skip
"""What exports of trackers call the register's keys."""
_ROW = re.compile(r"\A(?:incidents\.)?\d+(?:\.|: )")
"""How a message begins that counts the rows: the place says which one it is."""
_YES = frozenset({"yes", "y", "true", "1", "x", "✓", "✔", "✅"})


@dataclass(frozen=True, slots=True)
class Register:
    """The register as it was read: the rows that can be used, and what is wrong with the others."""

    path: str
    """Relative to the project, with forward slashes."""
    incidents: tuple[Incident, ...]
    problems: tuple[Problem, ...]


def find_register(settings: Settings) -> Path | None:
    """Where the project's register is: as `incidents:` names it, else beside the settings; None where there is none."""
    if settings.incidents is not None:
        return settings.incidents
    return next((path for name in NAMES if (path := settings.root / name).is_file()), None)


def read_register(settings: Settings) -> Register | None:
    """The project's register, or None where it has none. Never raises for what the file may hold."""
    path = find_register(settings)
    if path is None:
        return None
    name = settings.relative(path)
    data = read_bytes(path, settings.root, _LARGEST)
    if isinstance(data, Problem):
        return Register(name, (), (_problem(data.span, data.message, "look at the file, or name another: incidents:"),))
    source = decode(data)
    if source.problem:
        return Register(name, (), (_problem(source.problem.span, source.problem.message, source.problem.help),))
    return parse(source.text, name, settings)


def parse(text: str, name: str, settings: Settings) -> Register:
    """The rows of a register's text; its form is told by the ending of `name`."""
    kind = name.rsplit(".", 1)[-1].lower()
    read = {"csv": _csv, "json": _json}.get(kind, _yaml)
    values, places, problems = read(text)
    if problems:
        return Register(name, (), tuple(problems[:_MOST]))
    problems = []
    rows = values.get("incidents") if isinstance(values, dict) else values
    prefix: tuple[str | int, ...] = ("incidents",) if isinstance(values, dict) else ()
    bad: set[object] = set()
    for found in schemas.explain_data("incidents", values):
        problems.append(_problem(schemas.place(places.get, found), _ROW.sub("", found.message), found.help))
        bad.add(found.path[len(prefix)] if len(found.path) > len(prefix) else None)
    incidents: list[Incident] = []
    seen: dict[str, Span] = {}
    for number, row in enumerate(rows if isinstance(rows, list) and None not in bad else ()):
        if number in bad:
            continue
        at = (*prefix, number)
        row_span = places.get((*at, "id")) or places.get(at) or Span(1)
        made = _incident(row, partial(_place, places, at, row_span), settings)
        if isinstance(made, Problem):
            problems.append(made)
            continue
        if made.id in seen:
            message = f"the incident {schemas.show(made.id)} stands on line {seen[made.id].line} as well"
            problems.append(_problem(made.span, message, "keep one of the two rows"))
            continue
        seen[made.id] = made.span
        incidents.append(made)
    problems.sort(key=lambda problem: (problem.span.line, problem.span.column))
    return Register(name, tuple(incidents), tuple(problems[:_MOST]))


def _problem(span: Span, message: str, help: str) -> Problem:
    return Problem(CODE, span, message, help)


def _place(places: Mapping[Any, Span], at: tuple[str | int, ...], row: Span, key: str) -> Span:
    """Where a value of a row stands; the row's own place where that is not known."""
    return places.get((*at, key)) or row


def _incident(row: Mapping[str, Any], place: Callable[[str], Span], settings: Settings) -> Incident | Problem:
    """A row that fits the schema as an incident, or what is wrong with it."""
    written = _text(row.get("severity"))
    severity = settings.find_severity(written) or "" if written else ""
    if written and not severity:
        scale = ", ".join(settings.severity_names)
        message = f"{schemas.show(written)} is not on the scale of severities"
        return _problem(place("severity"), message, f"write one of {scale}")
    day: date | None = None
    if given := _text(row.get("date")):
        day = dates.find_date(given)
        if day is None:
            return _problem(place("date"), f"{schemas.show(given)} is not a date", "write it as YYYY-MM-DD")
    kind = _text(row.get("incident_type"))
    lost = _text(row.get("data_loss")).casefold() if not isinstance(row.get("data_loss"), bool) else ""
    flags = {flag: row.get(flag) is True for flag in FLAGS}
    return Incident(
        id=_text(row["id"]),
        title=_text(row.get("title")),
        day=day,
        severity=severity,
        incident_type=settings.find_type(kind) or kind,
        services=tuple(_text(name) for name in row.get("services") or ()),
        postmortem=_text(row.get("postmortem")),
        waived=_text(row.get("waived")),
        span=place("id"),
        **{**flags, "data_loss": flags["data_loss"] or bool(lost and lost not in UNKNOWN and lost != "no")},
    )


def _text(value: object) -> str:
    """A value as one line of text; empty for none and for what means none."""
    text = "" if value is None or isinstance(value, bool) else " ".join(str(value).split())
    return "" if text.casefold() in UNKNOWN else text


Read = tuple[Any, Mapping[Any, Span], list[Problem]]


def _yaml(text: str) -> Read:
    loaded = strictyaml.load(text)
    return loaded.value, loaded.places, [_problem(item.span, item.message, item.help) for item in loaded.problems]


def _json(text: str) -> Read:
    """JSON, of which only the keys of the register are looked at: exports have many more."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return None, {}, [_problem(Span(error.lineno, error.colno), f"is not JSON: {error.msg}", "export it again")]
    except (RecursionError, ValueError):
        return None, {}, [_problem(Span(1), "is not JSON that can be read", "export it again")]
    places = strictyaml.load(text).places  # JSON is YAML, too, and so has places; where it is not, they are unknown
    if isinstance(value, dict) and "incidents" in value:
        value = {"incidents": value["incidents"]}
    rows = value.get("incidents") if isinstance(value, dict) else value
    if isinstance(rows, list):
        named = [_named(row) if isinstance(row, dict) else (row, {}) for row in rows]
        renamed = dict(places)
        prefix: tuple[str | int, ...] = ("incidents",) if isinstance(value, dict) else ()
        for number, (_, names) in enumerate(named):
            for key, written in names.items():
                if found := places.get((*prefix, number, written)):
                    renamed[(*prefix, number, key)] = found
        places = renamed
        rows[:] = [row for row, _ in named]
    return value, places, []


def _named(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A row of an export with the register's keys, and how each was called."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    for written, value in row.items():
        key = written if written in _COLUMNS.exact.values() else _COLUMNS(written)
        if key is None or key in found or value is None or value == "":
            continue
        if key in ("id", "title", "severity", "date", "incident_type", "postmortem", "waived"):
            value = _plain(value)
            if key == "date" and (day := dates.find_date(value)):
                value = day.isoformat()
        elif key == "services":
            items = value if isinstance(value, list) else str(value).replace(";", ",").replace("|", ",").split(",")
            value = [text for item in items if (text := _plain(item).strip())]
        elif not isinstance(value, bool):
            value = _flag(key, value)
        if value is not None and value != "":
            found[key], names[key] = value, written
    return found, names


def _plain(value: object) -> str:
    """A value of an export as text: of a map its name, as trackers nest them."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "summary", "id", "title") if value.get(key)), "")
    return "" if isinstance(value, list | dict | bool) else str(value).strip()


def _flag(key: str, value: object) -> object:
    """Yes or no as exports write it; a text about lost data stays a text."""
    text = _plain(value)
    return text if key == "data_loss" and text.casefold() not in _YES else text.casefold() in _YES


def _csv(text: str) -> Read:
    """CSV with a header line, of which only the columns of the register are looked at."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    places: dict[Any, Span] = {}
    rows: list[Any] = []
    header: list[str] = []
    try:
        for line, values in _lines(csv.reader(io.StringIO(text), delimiter=delimiter)):
            if not any(value.strip() for value in values):
                continue
            if not header:
                header = values
                continue
            row, _ = _named(dict(reversed([*zip(header, values, strict=False)])))
            places[(len(rows),)] = Span(line, 1)
            rows.append(row)
    except csv.Error as error:
        return None, {}, [_problem(Span(1), f"is not CSV: {error}", "export it again, with a header line")]
    if rows and not any("id" in row for row in rows):
        return None, {}, [_problem(Span(1), "has no column with the incidents' IDs", "call it `id` in the first line")]
    return rows, places, []


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the line it begins on."""
    begin = 1
    for values in reader:
        yield begin, values
        begin = reader.line_num + 1
