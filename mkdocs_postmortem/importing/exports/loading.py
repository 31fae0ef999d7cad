"""JSON text to the records in it: strict, bounded, and one clear message for what cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

DEEPEST = 60
"""Levels of nesting that are read: a document of Opsgenie's editor has about twenty."""

MOST = 5_000
"""Records that one file may hold."""
LARGEST = 20 * 1024 * 1024
"""Bytes of a file that are read: an export holds many incidents, and more of each than a post-mortem says."""

Record = dict[str, Any]

_SIGN = re.compile(r'\\.|["\[\]{}]', re.S)
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_LISTS = ("incidents", "postmortems", "post_mortems", "retrospectives", "data", "items", "results", "events")
"""Keys under which tools hand out a page of records."""


class ExportError(Exception):
    """A file that is no export this package reads: what is wrong, the mend, and the place in the text."""

    def __init__(self, message: str, mend: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.line = line
        self.column = column
        self.foreign = False
        """The file is fine, and is of no tool that is known here."""


def load(text: str) -> list[Record]:
    """The records of an export: of one object, of an array, or of a page of results.

    Raises `ExportError` for what is not JSON by RFC 8259, nests deeper than `DEEPEST`, or holds no object.
    """
    if not text.strip():
        raise ExportError("the file is empty", "export it again")
    _bound(text)
    value = _parse(text)
    records = _records(value)
    if not records:
        raise ExportError("the file holds no record", "export at least one incident or post-mortem")
    if len(records) > MOST:
        raise ExportError(f"holds {len(records):,} records; {MOST:,} at most are read", "export them in parts")
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise ExportError(
                f"entry {number} of the array is {_kind(record)}, where an object with an incident's fields is meant",
                "export the incidents themselves, not their names or addresses",
            )
    return records


def _records(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise ExportError(
            f"the file holds {_kind(value)}, where an object or an array of objects is meant",
            "export the incident or the post-mortem as JSON",
        )
    for key in _LISTS:
        page = value.get(key)
        if not isinstance(page, list) or not page:
            continue
        beside = {name: items for name, items in value.items() if name != key and _of_incidents(items)}
        if not set(value) <= _AROUND | {key, *beside}:
            continue
        if not _objects(page):
            return page
        included = value.get("included")
        return _joined(_shared(page, included) if isinstance(included, list) else page, beside)
    return [value]


def _of_incidents(items: Any) -> bool:
    """Whether these are a list of what belongs to incidents by their id: follow-ups, updates."""
    return isinstance(items, list) and bool(items) and all(_incident(item) for item in items)


def _incident(item: Any) -> str:
    """The id of the incident that an entry belongs to; empty where it names none."""
    if not isinstance(item, dict):
        return ""
    inner = item.get("incident")
    found = item.get("incident_id") or (inner.get("id") if isinstance(inner, dict) else None)
    return str(found) if isinstance(found, str | int) else ""


def _joined(page: list[Record], beside: Mapping[str, list[Record]]) -> list[Record]:
    """Records, each with the lists of what belongs to it; what belongs to none of them stays with the first."""
    ids = {_id(record) for record in page}
    found = [dict(record) for record in page]
    for name, items in beside.items():
        by: dict[str, list[Record]] = {}
        for item in items:
            by.setdefault(_incident(item) if _incident(item) in ids else "", []).append(item)
        for number, record in enumerate(found):
            mine = by.get(_id(record), []) + (by.get("", []) if number == 0 else [])
            if mine and name not in record:
                record[name] = mine
    return found


def _shared(page: list[Record], included: list[Any]) -> list[Record]:
    """The records of a JSON:API page, each with what it refers to; what none refers to stays with the first."""
    wanted = [_references(record.get("relationships")) for record in page]
    every = frozenset().union(*wanted)
    by: dict[str, list[Any]] = {}
    for entry in included:
        by.setdefault(_id(entry) if _id(entry) in every else "", []).append(entry)
    return [
        {
            **record,
            "included": [entry for name in sorted(ids) for entry in by.get(name, [])]
            + ([] if number else by.get("", [])),
        }
        for number, (record, ids) in enumerate(zip(page, wanted, strict=True))
    ]


def _id(entry: Any) -> str:
    return str(entry.get("id")) if isinstance(entry, dict) else ""


def _references(relationships: Any) -> frozenset[str]:
    found: set[str] = set()
    for relation in relationships.values() if isinstance(relationships, dict) else ():
        data = relation.get("data") if isinstance(relation, dict) else None
        found |= {_id(entry) for entry in (data if isinstance(data, list) else [data])}
    return frozenset(found - {""})


_AROUND = frozenset(
    {"meta", "links", "included", "pagination_meta", "pagination", "took", "requestId", "paging", "page", "total"}
)
"""What stands around a page of results."""


def _objects(items: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in items)


def _bound(text: str) -> None:
    """Refuse nesting that nobody's export has, before the parser recurses into it."""
    depth, quoted = 0, False
    for match in _SIGN.finditer(text):
        sign = match[0]
        if sign == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "[{":
            depth += 1
            if depth > DEEPEST:
                line, column = _place(text, match.start())
                raise ExportError(
                    f"nests deeper than {DEEPEST} levels", "export a single incident or post-mortem", line, column
                )
        elif sign in "]}":
            depth -= 1


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number)
    except json.JSONDecodeError as error:
        lines = _lines(text) if error.msg == "Extra data" else None
        if lines is not None:
            return lines
        raise ExportError(
            f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}",
            "export it again, or look at that place",
            error.lineno,
            error.colno,
        ) from None
    except ValueError:
        raise ExportError("holds a number of more digits than can be read", "export it again") from None
    except RecursionError:  # an interpreter with a lower limit than ours
        raise ExportError(f"nests deeper than {DEEPEST} levels", "export a single incident") from None


def _lines(text: str) -> Any:
    """JSON Lines, a record each, or the messages of a Singer tap by their stream; None where it is neither."""
    records: list[Record] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number)
        except ValueError:
            return None
        if not isinstance(record, dict):
            return None
        records.append(record)
    if not all(record.get("type") in _SINGER for record in records):
        return records
    streams: dict[str, list[Any]] = {}
    for record in records:
        if record["type"] == "RECORD":
            streams.setdefault(str(record.get("stream")), []).append(record.get("record"))
    return streams


_SINGER = ("RECORD", "SCHEMA", "STATE", "ACTIVATE_VERSION")
"""Messages of the Singer specification; those that are no records say nothing of incidents."""


def _number(written: str) -> float | str:
    """A number with a fraction; what a float cannot hold stays as it was written."""
    value = float(written)
    return value if repr(value) == written else written


def _once(pairs: list[tuple[str, Any]]) -> Record:
    found: Record = {}
    for key, value in pairs:
        key = _clean(key)
        if key in found:
            raise ExportError(
                f"the key `{shown(key)}` stands twice in one object: which of them holds?", "remove one of the two"
            )
        found[key] = _clean(value) if isinstance(value, str) else _cleaned(value) if isinstance(value, list) else value
    return found


def _cleaned(values: list[Any]) -> list[Any]:
    return [
        _clean(value) if isinstance(value, str) else _cleaned(value) if isinstance(value, list) else value
        for value in values
    ]


def _clean(text: str) -> str:
    """Text as a file can hold it: newlines as `\\n`, signs that steer a terminal shown as unknown ones."""
    if _HALF.search(text):
        raise ExportError("holds half of a character (a lone surrogate)", "export it again as UTF-8")
    return _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _no_number(written: str) -> NoReturn:
    raise ExportError(f"holds `{written}`, which is not a number in JSON", "write null for what is not known")


def _kind(value: Any) -> str:
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    return "an array" if isinstance(value, list) else "a number"


def shown(text: str, longest: int = 60) -> str:
    """Words of a file as a message shows them: on one line, shortened, and without backticks."""
    plain = " ".join(text.replace("`", "'").split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
