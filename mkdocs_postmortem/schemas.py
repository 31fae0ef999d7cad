"""Our JSON Schemas, and what they find said in the words of the person who has to mend it.

References resolve from a local registry: nothing is ever fetched over the network.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mkdocs_postmortem.dates import clocked, find_date, parse_date, parse_stamp
from mkdocs_postmortem.model import Span

if TYPE_CHECKING:
    # Imported where it is used: half the time of a run in which nothing changed would go into it.
    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

NAMES = ("postmortem", "settings", "redaction", "release", "incidents", "language")
"""The schemas there are: `schema/<name>.schema.json`."""

BASE = "https://mkdocs-postmortem.github.io/schema/"
"""What the `$id` of every schema of ours begins with. A name, not an address to fetch."""

InstancePath = tuple[str | int, ...]


class BrokenSchemaError(Exception):
    """A schema cannot be used: it is no JSON Schema, or refers to what is not here."""


class Explained(NamedTuple):
    """One mistake in some data: where, by which keyword it was found, what and how to mend it."""

    path: InstancePath
    keyword: str
    message: str
    help: str
    keys: tuple[str, ...] = ()
    """The keys that are missing or unknown, for the keywords that are about keys."""


def folder() -> Path:
    """Where the schemas are: in the installed package, or at the top of a checkout."""
    here = Path(__file__).parent
    inside = here / "schema"
    return inside if inside.is_dir() else here.parent / "schema"


@lru_cache(maxsize=8)
def read(name: str) -> str:
    """The text of one of our schemas, as it is in the file. Raises `KeyError` for another name."""
    if name not in NAMES:
        raise KeyError(name)
    return (folder() / f"{name}.schema.json").read_text(encoding="utf-8")


def load(name: str) -> dict[str, Any]:
    """One of our schemas, as a fresh copy."""
    loaded: dict[str, Any] = json.loads(read(name))
    return loaded


def _is_stamp(value: object) -> bool:
    return not isinstance(value, str) or parse_stamp(value) is not None


def _is_day(value: object) -> bool:
    return not isinstance(value, str) or parse_date(value) is not None


_FORMATS = {"postmortem-timestamp": _is_stamp, "postmortem-day": _is_day}


@lru_cache(maxsize=1)
def _format_checker() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, check in _FORMATS.items():
        checker.checks(name)(check)
    return checker


def validator(schema: Mapping[str, Any], known: Iterable[Mapping[str, Any]] = ()) -> Validator:
    """A validator for `schema` in which `known` schemas can be referred to by their `$id`.

    Raises `BrokenSchemaError` where the schema is not a valid one.
    """
    import jsonschema_specifications
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        at = "/".join(str(part) for part in error.absolute_path) or "its top"
        raise BrokenSchemaError(f"is no JSON Schema (2020-12): at {at}: {error.message}") from None
    registry: Registry[Any] = jsonschema_specifications.REGISTRY
    for item in known:
        registry = registry.with_resource(item["$id"], DRAFT202012.create_resource(item))
    built: Validator = Draft202012Validator(schema, registry=registry, format_checker=_format_checker())
    return built


def quick_validator(schema: Mapping[str, Any]) -> Callable[[object], bool]:
    """Whether an instance is valid, a hundred times faster, where the fast library is installed.

    It only ever says that there is nothing to explain; what is wrong, `explain` says. For schemas
    without references to others: nothing is retrieved. Without the library nothing is known to be
    valid beforehand, and every instance is explained.
    """
    try:
        import jsonschema_rs
    except ImportError:
        return lambda _: False

    def refuse(uri: str) -> Any:
        raise ValueError(f"{uri} is not retrieved")

    quick = jsonschema_rs.Draft202012Validator(
        dict(schema),
        formats=_FORMATS,
        validate_formats=True,
        retriever=refuse,
    )

    def valid(instance: object) -> bool:
        try:
            return quick.is_valid(instance)
        except ValueError:  # what has no JSON form, as a lone surrogate has none
            return False

    return valid


def explain_data(name: str, values: object) -> list[Explained]:
    """Every mistake in values that one of our schemas describes. Raises `KeyError` for an unknown name."""
    return [] if _quick(name)(values) else explain(values, validator(load(name)))


@lru_cache(maxsize=8)
def _quick(name: str) -> Callable[[object], bool]:
    return quick_validator(load(name))


_VALUE_FREE = {
    "type": "is of the wrong kind",
    "enum": "is none of the words that are allowed here",
    "pattern": "does not have the form that is asked for",
    "format": "does not have the form that is asked for",
    "uniqueItems": "holds something twice",
}


@lru_cache(maxsize=8)
def _property_names(name: str) -> frozenset[str]:
    """Every key that a schema of ours knows, at whatever depth: these may be told, for nobody chose them."""
    found: set[str] = set()
    left: list[Any] = [load(name)]
    while left:
        item = left.pop()
        if isinstance(item, Mapping):
            properties = item.get("properties")
            found.update(properties if isinstance(properties, Mapping) else ())
            left += item.values()
        elif isinstance(item, list):
            left += item
    return frozenset(found)


def discreet(problem: Explained, name: str) -> Explained:
    """A mistake told without the value that it is about: for files whose values are not for logs."""
    if problem.keyword == "required":
        return problem
    known = _property_names(name)
    parts = [part for part in problem.path if isinstance(part, int) or part in known]
    where = label(tuple(parts)) or "the file"
    if problem.keyword == "unknown":
        meant = nearest(str(problem.path[-1]), known) if problem.path else None
        help = f"is `{meant}` meant?" if meant else f"`mkdocs-postmortem schema {name}` shows the keys there are"
        return problem._replace(message=f"`{where}` has a key that it does not know", help=help)
    told = _VALUE_FREE.get(problem.keyword, "does not fit the schema")
    help = problem.help if problem.keyword == "enum" else f"`mkdocs-postmortem schema {name}` shows what is asked for"
    return problem._replace(message=f"`{where}` {told}", help=help)


SUGGESTIONS = 20
"""How many mistakes of one file get a "did you mean"; comparing words takes its time."""

Written = Callable[[InstancePath], str | None]
"""The words of the source in which a value was written, where they are known."""


class _Aid:
    """What is at hand while mistakes are put into words."""

    def __init__(self, written: Written | None) -> None:
        self.written = written
        self.nearest = Speller()

    def words(self, path: InstancePath, value: object) -> str:
        """A value that is no text, as its author wrote it: `0012`, `1.10`, `no`."""
        found = self.written(path) if self.written else None
        return found or _yaml(value)


class Speller:
    """`nearest`, for the first words that it is asked about."""

    def __init__(self) -> None:
        self.left = SUGGESTIONS

    def __call__(self, word: str, choices: Iterable[str]) -> str | None:
        """The choice that was probably meant; None as well once enough were looked for."""
        if self.left <= 0:
            return None
        self.left -= 1
        return nearest(word, choices)


def explain(instance: object, judge: Validator, written: Written | None = None) -> list[Explained]:
    """Every mistake in `instance`, one message a mistake, in the order of their places.

    `written` gives the source's own words for values that YAML reads as something else.
    Raises `BrokenSchemaError` where the schema refers to something that is not in the registry.
    """
    from referencing.exceptions import Unresolvable

    try:
        errors: list[ValidationError] = list(judge.iter_errors(cast(Any, instance)))
    except Unresolvable as unresolved:
        raise BrokenSchemaError(
            f"refers to `{unresolved.ref}`, which is not here; references are never fetched over the network"
        ) from None
    if not errors:
        return []
    worst: dict[InstancePath, ValidationError] = {}
    missing: dict[InstancePath, list[str]] = {}
    for error in map(_innermost, errors):
        path = tuple(error.absolute_path)
        if error.validator == "required":
            keys = missing.setdefault(path, [])
            if (key := _missing(error)) not in keys:
                keys.append(key)
        elif path not in worst or _weight(error) < _weight(worst[path]):
            worst[path] = error
    aid = _Aid(written)
    found = [_say(error, path, aid) for path, error in worst.items() if not _covered(path, worst)]
    found += [_say_missing(path, keys) for path, keys in missing.items()]
    return sorted(found, key=lambda item: [str(part).zfill(6) for part in item.path])


def place(find: Callable[[InstancePath], Span | None], problem: Explained) -> Span:
    """Where a mistake stands: its own place, else that of what encloses it."""
    if problem.keyword == "unknown" and problem.keys:
        key = ("", *problem.path, problem.keys[0])
        if found := find(key):
            return found
    if problem.keyword == "required" and problem.keys:
        for name in problem.keys:
            key = ("", *problem.path, name)
            if found := find(key):
                return found
    path = problem.path
    while path:
        if found := find(path):
            return found
        path = path[:-1]
    return Span(1)


def _innermost(error: ValidationError) -> ValidationError:
    """Of alternatives that all failed, the failure that came closest."""
    from jsonschema.exceptions import best_match

    while error.validator in ("anyOf", "oneOf") and error.context:
        closest = best_match(iter(error.context))
        if closest is None:
            break
        error = closest
    return error


_ORDER = ("type", "enum", "const", "pattern", "format")


def _weight(error: ValidationError) -> int:
    """What tells most about a wrong value comes first."""
    keyword = str(error.validator)
    return _ORDER.index(keyword) if keyword in _ORDER else len(_ORDER)


def _covered(path: InstancePath, worst: Mapping[InstancePath, ValidationError]) -> bool:
    """Whether something that encloses this place has the wrong type anyway."""
    return any(path[:length] in worst and worst[path[:length]].validator == "type" for length in range(len(path)))


def _missing(error: ValidationError) -> str:
    """The key that a `required` error is about; the library gives it in its message only."""
    quoted = error.message.rsplit(" is a required property", 1)[0]
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError):
        return quoted


def _say_missing(path: InstancePath, keys: list[str]) -> Explained:
    names = _listed(keys)
    where = f"{label(path)}: " if path else ""
    verb = "is" if len(keys) == 1 else "are"
    return Explained(path, "required", f"{where}{names} {verb} missing", f"add {names}", tuple(keys))


def label(path: InstancePath) -> str:
    """How a place is called: `meeting.held_at`; in a table the column, for the line says the row."""
    if len(path) >= 3 and path[0] in ("action_items", "timeline"):
        return ".".join(str(part) for part in path[2:])
    if len(path) == 2 and isinstance(path[1], int):
        return f"{path[0]}, item {path[1] + 1}"
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def _say(error: ValidationError, path: InstancePath, aid: _Aid) -> Explained:
    keyword = str(error.validator)
    value: Any = error.instance
    wanted: Any = error.validator_value
    name = label(path)
    here = f"{name}: " if name else ""
    shown = show(aid.words(path, value) if isinstance(value, bool | int | float) else value)
    if keyword in ("enum", "const"):
        choices = [str(item) for item in (wanted if keyword == "enum" else [wanted]) if item is not None]
        close = aid.nearest(str(value), choices)
        help = f"did you mean {close}?" if close else f"write one of {', '.join(choices)}"
        if value is None or value == "":
            return Explained(path, keyword, f"{here}is empty", f"write one of {', '.join(choices)}")
        if isinstance(value, list | dict):
            return Explained(path, keyword, f"{here}{_kind(value)}, and one of {', '.join(choices)} is asked for", help)
        if len(choices) == 1:
            return Explained(path, keyword, f"{here}{shown} is not {choices[0]}", help)
        return Explained(path, keyword, f"{here}{shown} is not one of {', '.join(choices)}", help)
    if keyword == "type":
        types = [wanted] if isinstance(wanted, str) else [item for item in wanted if item != "null"]
        asked = " or ".join(_TYPES.get(item, item) for item in types)
        if value is None:
            return Explained(path, keyword, f"{here}is empty", f"write {asked}")
        mend = f"write {asked}"
        form = error.schema.get("format") if isinstance(error.schema, Mapping) else None
        if form in _FORMS:
            asked, mend = _FORMS[form]
        elif "array" in types and isinstance(value, str):
            mend = f"write [{_quoted(value)}]"
        elif "string" in types and isinstance(value, bool | int | float):
            mend = f'put it in quotes: "{aid.words(path, value)}"'
        what = "" if isinstance(value, list | dict) else f"{shown} is "
        return Explained(path, keyword, f"{here}{what}{_kind(value)}, and {asked} is asked for", mend)
    if keyword in ("pattern", "format"):
        return _say_form(error, path, here, shown)
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        return _say_unknown(error, path, here, aid)
    if keyword == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        return Explained(path, "unknown", f"{here}unknown key {shown}", "see `mkdocs-postmortem schema`")
    if keyword == "uniqueItems":
        twice = next((item for n, item in enumerate(value) if item in value[:n]), None)
        return Explained(path, keyword, f"{here}{show(twice)} stands there twice", "keep one")
    limit = _LIMITS.get(keyword)
    if limit:
        length = f"{len(value)} " if isinstance(value, str | list) else ""
        message = limit.format(value=shown, length=length.strip(), limit=wanted)
        return Explained(path, keyword, f"{here}{message}", _MENDS[keyword[:3]])
    about = error.schema.get("description") or error.schema.get("title") if isinstance(error.schema, Mapping) else ""
    return Explained(
        path, keyword, f"{here}{shown} does not fit the schema ({keyword})", str(about or "see the schema")
    )


_LIMITS = {
    "maxLength": "has {length} characters, at most {limit} are allowed",
    "minLength": "has {length} characters, at least {limit} are asked for",
    "maxItems": "has {length} items, at most {limit} are allowed",
    "minItems": "has {length} items, at least {limit} are asked for",
    "minimum": "{value} is below {limit}",
    "maximum": "{value} is above {limit}",
    "exclusiveMinimum": "{value} is not above {limit}",
    "exclusiveMaximum": "{value} is not below {limit}",
    "multipleOf": "{value} is not a multiple of {limit}",
}
_MENDS = {
    "max": "make it shorter, or smaller",
    "min": "add to it, or leave it out",
    "exc": "write another number",
    "mul": "write another number",
}
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map (`key: value`)",
    "null": "nothing",
}


def _say_form(error: ValidationError, path: InstancePath, here: str, shown: str) -> Explained:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    form = schema.get("format")
    keyword = str(error.validator)
    if form == "postmortem-timestamp":
        if keyword == "format":
            return Explained(path, keyword, f"{here}{shown} is no date or time that exists", "look at day and hour")
        return Explained(
            path,
            keyword,
            f"{here}{shown} is not a timestamp with a time zone",
            _stamp_mend(str(error.instance)),
        )
    if form == "postmortem-day":
        day = find_date(str(error.instance))
        like = day.isoformat() if day else "it as YYYY-MM-DD"
        if keyword == "format":
            return Explained(path, keyword, f"{here}{shown} is no day that exists", "look at month and day")
        return Explained(path, keyword, f"{here}{shown} is not a date", f"write {like}")
    if error.validator_value == "\\S":
        return Explained(path, keyword, f"{here}is empty", str(schema.get("description") or "write it, or remove it"))
    examples = schema.get("examples") or ()
    like = f"the form is {show(error.validator_value)}"
    like = f"write it like {show(examples[0])}" if examples else str(schema.get("description") or like)
    return Explained(path, keyword, f"{here}{shown} does not have the form that is asked for", like)


_ANY_STAMP = "write day, time and offset, like YYYY-MM-DDTHH:MMZ or YYYY-MM-DDTHH:MM+01:00"
_FORMS = {
    "postmortem-timestamp": ("a timestamp", _ANY_STAMP),
    "postmortem-day": ("a date", "write it as YYYY-MM-DD"),
}
"""What is asked for where a text must have a form, and how it is written."""


def _stamp_mend(text: str) -> str:
    """How to write the timestamp that was meant, with nothing in it that its author did not write."""
    parts = clocked(text)
    if parts is not None:
        if parts.offset:
            return f"write it like {parts.moment}{parts.offset}"
        if parts.zone:
            return f"write the offset in place of {parts.zone}, like {parts.moment}+01:00"
        return f"add the time zone: {parts.moment}Z if that is UTC, else like {parts.moment}+01:00"
    day = find_date(text)
    if day is None:
        return _ANY_STAMP
    if ":" in text:
        return f"write day, time and offset, like {day.isoformat()}THH:MMZ or {day.isoformat()}THH:MM+01:00"
    return f"add time and zone: {day.isoformat()}THH:MMZ"


def _say_unknown(error: ValidationError, path: InstancePath, here: str, aid: _Aid) -> Explained:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    known = list(schema.get("properties", ()))
    instance: Any = error.instance
    extra = [key for key in instance if key not in known]
    close = aid.nearest(extra[0], known) if extra else None
    keys = _listed([f"`{key}`" for key in extra])
    noun = "key" if len(extra) == 1 else "keys"
    help = f"did you mean {close}?" if close else (f"known are {', '.join(known)}" if known else "remove it")
    return Explained(path, "unknown", f"{here}unknown {noun} {keys}", help, tuple(extra))


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` was probably meant to be, or None."""
    by_fold = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(word.casefold().replace("-", "_"), [*by_fold], 1, 0.7) or (
        difflib.get_close_matches(word.casefold(), [*by_fold], 1, 0.7)
    )
    return by_fold[found[0]] if found else None


def show(value: object) -> str:
    """A value as a message quotes it: on one line, cut where it is long, marked as code."""
    text = _yaml(value) if not isinstance(value, str) else value
    text = " ".join("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text).split())
    if len(text) > 60:
        text = text[:57] + "…"
    return f"`{text}`"


def _yaml(value: object) -> str:
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _quoted(value: str) -> str:
    """A text as YAML has it inside brackets: in quotes where it must be."""
    return value if re.fullmatch(r"[\w][\w -]*", value) else json.dumps(value, ensure_ascii=False)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "a yes or no"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a map"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
