"""PM1xx: front matter and the schema. One validation covers the whole record, tables included."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking.findings import INFO, OFF, WARNING, WHOLE, Context, declare, rule, source
from mkdocs_postmortem.model import STAMPS, Document, PostMortem, Problem, Span
from mkdocs_postmortem.reading.masking import mask
from mkdocs_postmortem.reading.tables import inside_code
from mkdocs_postmortem.settings import HOST_KEYS, ConfigError, Settings
from mkdocs_postmortem.vocabulary import KEY_ALIASES, UNKNOWN

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

declare("PM100", "unreadable-file", "The file cannot be read as text.")
declare("PM101", "broken-front-matter", "Front matter cannot be read, or not by every reader alike.")
declare("PM103", "duplicate-key", "A key stands twice.")
declare("PM104", "unread-yaml", "YAML with more than one meaning: anchors, tags, base-60 numbers.")
declare("PM106", "value-not-allowed", "A value is not one of those allowed.")
declare("PM107", "wrong-form", "A value has the wrong type or form.")
declare("PM108", "missing-fact", "A fact that a document in this state must have is missing.")
declare("PM109", "bad-timestamp", "A timestamp is not RFC 3339 with an offset, or does not exist.")
declare("PM110", "duplicate-id", "Two post-mortems have the same ID.")
declare("PM111", "unknown-related", "`related` names a post-mortem that does not exist.", WARNING)
declare("PM112", "told-twice", "Action items or timeline stand in front matter and in the body.")
declare("PM113", "team-schema", "Something does not fit the team's own schema.")
declare(
    "PM114", "acceptance-without-reason", "A finding is accepted without a reason, or the rule is unknown.", WARNING
)
declare("PM115", "acceptance-without-finding", "A comment accepts something that is not found.", WARNING, INFO)


@rule("PM102", "no-front-matter", "The file has no facts: neither front matter nor the template's labels.", WARNING)
def no_front_matter(context: Context) -> Iterator[Problem]:
    """A file without any fact gets one finding, not one for each fact."""
    record = context.postmortem
    if has_facts(context) or record.document.problems or not record.document.text.strip():
        return
    unknown = [
        name
        for name in ("severity", "incident_type", "started_at", "resolved_at")
        if name not in record.facts or unstated(record.facts[name])
    ]
    yield Problem(
        "PM102",
        WHOLE,
        "no facts: severity, type, times and services are not stated in a way that can be read",
        f"begin the file with front matter: `---`, then {', '.join(unknown)} and others, then `---`",
    )


def has_facts(context: Context) -> bool:
    """Whether the document states any fact of a post-mortem besides its title."""
    facts = context.postmortem.facts
    return any(facts.get(key) is not None and not unstated(facts[key]) for key in _TELLING)


def unstated(value: object) -> bool:
    """Whether a fact says that it is not known: `TBD`, `n/a`, `?`."""
    return isinstance(value, str) and not value.isspace() and value.strip().casefold() in UNKNOWN


_TELLING = (*STAMPS, "id", "status", "severity", "incident_type", "services", "owner", "impact")


@lru_cache(maxsize=8)
def _schema_text(severities: tuple[str, ...], types: tuple[str, ...], priorities: tuple[str, ...]) -> str:
    schema = schemas.load("postmortem")
    properties = schema["properties"]
    properties["severity"]["enum"] = list(severities)
    properties["incident_type"]["enum"] = list(types)
    properties["action_items"]["items"]["properties"]["priority"]["enum"] = list(priorities)
    for name, values in (("severity", severities), ("incident_type", types)):
        properties[name]["examples"] = [values[0]]
    return json.dumps(schema, ensure_ascii=False, indent=2)


def effective_schema(settings: Settings) -> dict[str, Any]:
    """Our schema with the scale, types and priorities that the project configured."""
    types = tuple(kind.name for kind in settings.incident_types)
    loaded: dict[str, Any] = json.loads(_schema_text(settings.severity_names, types, tuple(settings.priorities)))
    return loaded


def written_schema(settings: Settings) -> dict[str, Any]:
    """`effective_schema` for editors and other programs, which see the words as they are written.

    `Won't do: …` is a status and its reason in one; reading takes them apart before the schema judges them.
    """
    schema = effective_schema(settings)
    status = schema["properties"]["action_items"]["items"]["properties"]["status"]
    status["anyOf"] = [{"enum": status.pop("enum")}, {"type": "string", "pattern": r"^[Ww]on['’]t do: *\S"}]
    return schema


class Judge:
    """The validator of one project, built once: our schema, or the team's that extends it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ours = effective_schema(settings)
        self.properties: dict[str, Any] = dict(self.ours["properties"])
        self.team = None if settings.schema is None else _team_schema(settings)
        if self.team is None:
            self.valid = schemas.quick_validator(self.ours)
            return
        self.valid = _unknown
        self.explain({})  # a reference that leads nowhere shows itself now
        _collect_properties(self.team, self.properties)

    @cached_property
    def validator(self) -> Validator:
        """The one that explains; it takes a while to build, and most projects have nothing to explain."""
        if self.team is None:
            return schemas.validator(self.ours)
        return schemas.validator({"$id": "urn:mkdocs-postmortem:team", **self.team}, [self.ours])

    @cached_property
    def ours_alone(self) -> Validator:
        """Ours without the team's, to tell whose finding one is."""
        return schemas.validator(self.ours)

    def explain(self, data: object, written: schemas.Written | None = None) -> list[schemas.Explained]:
        """What is wrong with a record; raises `ConfigError` where the schema itself is."""
        try:
            return [] if self.valid(data) else schemas.explain(data, self.validator, written)
        except schemas.BrokenSchemaError as problem:
            path = self.settings.relative(self.settings.schema) if self.settings.schema else "schema"
            raise ConfigError(
                str(problem), path, help="refer to ours by its $id, and keep the others in the file itself"
            ) from None


def _unknown(_: object) -> bool:
    """With a team's schema, every record is looked at by the library that explains."""
    return False


def _team_schema(settings: Settings) -> dict[str, Any]:
    path = settings.schema
    assert path is not None
    try:
        loaded = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"is not JSON: {error.msg}", settings.relative(path), Span(error.lineno, error.colno), "mend the file"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", settings.relative(path)) from None
    if not isinstance(loaded, dict):
        raise ConfigError("is not a JSON Schema: it holds no object", settings.relative(path))
    return loaded


def _collect_properties(schema: Any, into: dict[str, Any]) -> None:
    """Top-level properties that a team's schema names, wherever `allOf` and its kin put them."""
    if not isinstance(schema, dict):
        return
    for name, item in (schema.get("properties") or {}).items():
        into[name] = _merged(into.get(name), item)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword) or ():
            _collect_properties(part, into)
    for keyword in ("then", "else"):
        _collect_properties(schema.get(keyword), into)


def _merged(ours: Any, theirs: Any) -> Any:
    """One property as both know it: the keys inside it are those of the two."""
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return ours if isinstance(ours, dict) else theirs
    merged = {**ours, **{key: value for key, value in theirs.items() if key not in ("properties", "items")}}
    if "properties" in ours or "properties" in theirs:
        merged["properties"] = {**ours.get("properties", {}), **theirs.get("properties", {})}
    if "items" in ours or "items" in theirs:
        merged["items"] = _merged(ours.get("items"), theirs.get("items", {}))
    return merged


def judge_of(settings: Settings) -> Judge:
    """The project's validator; built at most once for one version of the settings."""
    key = id(settings)
    known = _BUILT.get(key)
    if known is None or known[0] is not settings:
        if len(_BUILT) > 16:
            _BUILT.clear()
        known = _BUILT[key] = (settings, Judge(settings))
    return known[1]


_BUILT: dict[int, tuple[Settings, Judge]] = {}


@rule("PM105", "unknown-key", "A key is not one of ours, nor one that MkDocs knows.", WARNING)
def unknown_key(context: Context) -> Iterator[Problem]:
    """Keys that nobody reads are mostly keys that were meant to be another."""
    yield from summed(_unknown_keys(context))


MOST = 50
"""So many findings of one rule in one file are told one by one."""


def summed(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The findings, those of one rule that nobody would read to the end put into one."""
    count: Counter[str] = Counter()
    rest: dict[str, Problem] = {}
    for problem in problems:
        count[problem.code] += 1
        if count[problem.code] <= MOST:
            yield problem
        else:
            rest.setdefault(problem.code, problem)
    for code, problem in rest.items():
        more = count[code] - MOST
        if more == 1:
            yield problem
        else:
            yield Problem(code, problem.span, f"and {more} more of this kind, from here on", "mend those above first")


def _unknown_keys(context: Context) -> Iterator[Problem]:
    record = context.postmortem
    nearest = schemas.Speller()
    judge = judge_of(context.settings)
    known = judge.properties
    front = record.document.front
    for key in front:
        if key in known or key in HOST_KEYS or key in context.settings.extra_keys:
            continue
        close = nearest(key, known)
        other = KEY_ALIASES.get(key.casefold().replace("-", "_").replace(" ", "_"))
        meant = other or close
        if meant is None and not has_facts(context):
            continue  # another tool's front matter: PM102 says what is wanted
        yield Problem(
            "PM105",
            record.places.get(("", key), WHOLE),
            f"unknown key {schemas.show(key)}",
            f"did you mean {meant}?" if meant else "remove it, or list it under front_matter in postmortem.yml",
        )
    yield from _unknown_inside(context, judge, nearest)


_GROUPS = ("impact", "meeting", "follow_up", "external")
"""Facts that are maps; what is in them has names, too."""


def _unknown_inside(context: Context, judge: Judge, nearest: schemas.Speller) -> Iterator[Problem]:
    record = context.postmortem
    groups: list[tuple[tuple[str | int, ...], Any, Mapping[str, Any]]] = [
        ((name,), record.document.front.get(name), judge.properties[name]) for name in _GROUPS
    ]
    for name in ("action_items", "timeline"):
        items = record.document.front.get(name)
        for n, item in enumerate(items if isinstance(items, list) else ()):
            groups.append(((name, n), item, judge.properties[name]["items"]))
    for path, value, schema in groups:
        known = schema.get("properties", {})
        if not isinstance(value, dict):
            continue
        for key in value:
            if key not in known:
                close = nearest(key, known) or KEY_ALIASES.get(key.casefold().replace(" ", "_"))
                help = f"did you mean {close}?" if close in known else f"known are {', '.join(known)}"
                if value[key] is None and re.match(r"\d|.* ", key):
                    help = "a comma parts entries inside `{…}`: put the value before it in quotes"
                span = record.places.get(("", *path, key), WHOLE)
                yield Problem("PM105", span, f"{path[0]}: unknown key {schemas.show(key)}", help)


@rule("PM118", "expected-fact", "A fact that metrics, lists or the process need is not stated.", WARNING, OFF)
def expected_fact(context: Context) -> Iterator[Problem]:
    """Facts that the template of `process.md` has no line for, and so cannot demand."""
    record = context.postmortem
    if not has_facts(context):
        return
    wanted = ["incident_type", "owner"]
    wanted += [] if record.near_miss else ["detected_at"]
    facts = record.facts
    missing = tuple(name for name in wanted if facts.get(name) in (None, "", []) or unstated(facts[name]))
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        yield Problem(
            "PM118",
            WHOLE,
            f"{_listed(missing)} {verb} not stated",
            "add to front matter: " + ", ".join(f"`{key}: …`" for key in missing),
        )


@rule("PM116", "invisible-characters", "Invisible, or text that turns its direction around.", WARNING)
def invisible_characters(context: Context) -> Iterator[Problem]:
    """Bidirectional and zero-width characters hide words from a reviewer."""
    document = context.postmortem.document
    if document.text.isascii():
        return
    text, line, begin, last = document.text, 1, 0, 0
    for match in _INVISIBLE.finditer(text):
        at = match.start()
        newlines = text.count("\n", last, at)
        if newlines:
            line += newlines
            begin = text.rindex("\n", last, at) + 1
        last = at
        column = at - begin + 1
        name = unicodedata.name(match[0][0], "a control character").lower()
        yield Problem(
            "PM116",
            Span(line, column, column + len(match[0])),
            f"an invisible character: {name} (U+{ord(match[0][0]):04X})",
            "delete it: reviewers cannot see what it does",
        )


# Zero-width joiners between emoji are part of what is seen and stay allowed.
_INVISIBLE = re.compile(
    "[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\u061c\u180e]+"
    "|[\U000e0000-\U000e007f]+"
    "|(?<![\u2000-\u33ff\ufe0f\U0001f000-\U0001faff])\u200d"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f]"
)


@rule("PM117", "markup-in-facts", "A fact or a cell holds HTML, or an address runs code.", WARNING)
def markup_in_facts(context: Context) -> Iterator[Problem]:
    """Facts are shown in many places, as plain text: markup in them is shown as it is written.

    An address that runs code is live wherever it stands in the body.
    """
    yield from summed(_markup(context))


_HTML = re.compile(r"</?[a-zA-Z!][^<>]*>")
_ELEMENT = re.compile(r"</?(?!br\b)[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>", re.I)
"""In a cell `<br>` is the only way to begin a new line, and `<https://…>` is an address."""
_RUNS = re.compile(r"\s*(?:javascript:|vbscript:|data:[\w.+/;=-]*,)", re.I)
_SCHEME = r"(?:javascript|vbscript|data)\s*:(?!\s*image/(?!svg))"
_TARGET = re.compile(
    rf"\]\(\s*(?:<\s*)?{_SCHEME}|^[ ]{{0,3}}\[[^\[\]\n]+\]:\s*(?:<\s*)?{_SCHEME}"
    rf"|<[a-z][^<>]*?\s(?:xlink:)?(?:href|src|action|formaction)\s*=\s*(?:[\"']\s*)?{_SCHEME}",
    re.I | re.M,
)
"""An address that runs code, where markdown or HTML makes it live. A picture in the page is none."""


def _markup(context: Context) -> Iterator[Problem]:
    record = context.postmortem
    for path, value in _strings(record.document.front, ()):
        if "<" not in value and ":" not in value and "\n" not in value:
            continue
        if path and path[0] in HOST_KEYS and path[0] != "description":
            continue
        cell = path[0] in ("action_items", "timeline")
        what: str | None = live_markup(value, cell=cell)
        if not what and "\n" in value and "\n" in value.strip() and not cell and path[0] != "impact":
            what = "a line break"
        if what:
            yield Problem(
                "PM117",
                record.place(path) or WHOLE,
                f"{schemas.label(path)}: {what} in a fact, which is shown as plain text",
                "write it as plain words on one line",
            )
    # Most documents hold none of what follows: a quick look spares the close ones.
    text = record.document.text.lower()
    if any(sign in text for sign in ("<", "script", "data:", "data ", "&")):
        yield from _markup_in_cells(record)
        yield from _live_addresses(record.document)


def live_markup(value: str, *, cell: bool = False) -> str:
    """What of a fact is no plain text: HTML, or an address that runs code; empty for none."""
    if "<" in value and (_in_cell(value) if cell else _HTML.search(value)):
        return "HTML"
    return "an address that runs code" if ":" in value and (_RUNS.match(value) or _TARGET.search(value)) else ""


def _in_cell(text: str) -> re.Match[str] | None:
    """The first HTML element of a cell that stands outside code spans."""
    inside = inside_code(text)
    return next((match for match in _ELEMENT.finditer(text) if not inside(match.start())), None)


def _markup_in_cells(record: PostMortem) -> Iterator[Problem]:
    """HTML in the tables of the body, which is left out of lists, feeds and calendars, or shown as it is written."""
    front = record.document.front
    cells: list[tuple[str, str, Span]] = []
    if not front.get("action_items"):
        for item in record.action_items:
            texts = {"action": item.action, "owner": item.owner, "priority": item.priority, "status": item.status}
            texts |= {"reason": item.reason, "ticket": item.ticket}
            cells += [
                (name, text, item.places.get("status" if name == "reason" else name, item.span))
                for name, text in texts.items()
            ]
    if not front.get("timeline"):
        cells += [("event", entry.event, entry.span) for entry in record.timeline]
        cells += [("time", entry.written, entry.span) for entry in record.timeline]
    told: set[tuple[int, str]] = set()
    for name, text, span in cells:
        found = _in_cell(text) if "<" in text else None
        runs = name == "ticket" and _RUNS.match(text)
        if not found and not runs:
            continue
        what = found[0] if found else text
        if (span.line, what) in told:
            continue  # a box is the place of all that it says
        told.add((span.line, what))
        yield Problem(
            "PM117",
            span,
            f"{name}: " + (f"HTML in a cell, {schemas.show(what)}" if found else "an address that runs code"),
            "write it as plain words; what is meant literally, between backticks"
            if found
            else "link to a page, with https://",
        )


def _live_addresses(document: Document) -> Iterator[Problem]:
    """Links of the body, outside code, whose address runs code: on the post-mortem's own page they would."""
    lines = document.lines
    first = document.body_line - 1
    text = "\n".join(lines[first:])
    found: dict[int, int] = {}
    number = last = begin = 0
    for match in _TARGET.finditer(text):
        at = match.start()
        if newlines := text.count("\n", last, at):
            number += newlines
            begin = text.rindex("\n", last, at) + 1
        last = at
        found.setdefault(first + number, at - begin)
    if "&" in text and ("](" in text or "]:" in text or "<" in text):
        for number in range(first, len(lines)):
            line = lines[number]
            if number not in found and "&" in line and _TARGET.search(_CONTROLS.sub("", html.unescape(line))):
                found[number] = line.index("&")
    if not found:
        return
    masked, kinds = list(lines), bytearray(len(lines))
    mask(masked, first, kinds, [])
    for number in sorted(found):
        column = found[number]
        if kinds[number] or inside_code(lines[number])(column) or masked[number][column : column + 1].isspace():
            continue
        yield Problem(
            "PM117",
            Span(number + 1, column + 1, len(lines[number]) + 1),
            "an address that runs code: whoever follows the link runs it on this page",
            "link to a page, with https://, or show the address between backticks",
        )


_CONTROLS = re.compile(r"[\x00-\x1f]")


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _strings(item, (*path, n))


@source
def schema(context: Context) -> Iterator[Problem]:
    """The schema's findings, under the codes of the rules they belong to."""
    yield from summed(_judged(context))


def _stated(data: Mapping[str, Any]) -> dict[str, Any]:
    """A record without the facts that are not stated yet: the empty ones, and those that say so."""
    # The ID is what it is: others refer to it as it is written.
    stated = {
        key: value
        for key, value in data.items()
        if value not in (None, "", []) and not (key != "id" and unstated(value))
    }
    for name in ("meeting", "follow_up", "external"):
        group = stated.get(name)
        if isinstance(group, dict):
            stated[name] = {key: item for key, item in group.items() if not (_is_when(key) and unstated(item))}
    items = stated.get("action_items")
    if isinstance(items, list):
        stated["action_items"] = [_item_stated(item) if isinstance(item, dict) else item for item in items]
    return stated


def _is_when(key: str) -> bool:
    """Whether a fact inside a group is a day or a moment, which may not be known yet."""
    return key.endswith("_at") or key in ("scheduled", "held")


def _item_stated(item: dict[str, Any]) -> dict[str, Any]:
    """An action item of front matter, without what a table's cell would not state either."""
    if not any(unstated(item.get(key)) for key in _UNSTATED_IN_ITEMS):
        return item
    return {key: value for key, value in item.items() if key not in _UNSTATED_IN_ITEMS or not unstated(value)}


_UNSTATED_IN_ITEMS = ("priority", "due", "completed", "created", "category")


def _written(context: Context) -> schemas.Written:
    """The words in which front matter has a value that YAML reads as a number, or as yes or no."""
    record = context.postmortem
    lines: list[str] = []

    def words(path: schemas.InstancePath) -> str | None:
        span = record.places.get(path)
        if span is None:
            return None
        if not lines:
            lines.extend(record.document.lines)
        text = lines[span.line - 1][span.column - 1 : span.end - 1].strip() if span.line <= len(lines) else ""
        return text if re.fullmatch(r"[\w.+:-]{1,60}", text) else None

    return words


def _judged(context: Context) -> Iterator[Problem]:
    record = context.postmortem
    judge = judge_of(context.settings)
    data = _stated(record.data)
    if not has_facts(context):
        data = {key: value for key, value in data.items() if key in judge.properties and key != "tags"}
    if record.severity in context.settings.severity_names:
        data["severity"] = record.severity
    left_over = {(span.line, span.column) for _, span in record.document.placeholders}
    for problem, is_theirs in _told_apart(data, judge, _written(context)):
        code = "PM113" if is_theirs else _code(problem)
        message, help = problem.message, problem.help
        span = _place(context, problem)
        if problem.keyword == "required" and not problem.path:
            # PM207 is about the title, which may be a heading as well.
            keys = tuple(key for key in problem.keys if key != "title")
            if not keys or not has_facts(context):
                continue
            verb = "is" if len(keys) == 1 else "are"
            message = f"{_listed(keys)} {verb} missing; a {_state(record.status)} needs {_them(keys)}"
            help = "add to front matter: " + ", ".join(f"`{key}: …`" for key in keys)
        elif (span.line, span.column) in left_over:
            continue  # PM203 says so
        yield Problem(code, span, message, help)


def _told_apart(
    data: dict[str, Any], judge: Judge, written: schemas.Written
) -> Iterator[tuple[schemas.Explained, bool]]:
    """What the schema finds, and whether only the team's own schema says it."""
    problems = judge.explain(data, written)
    if judge.team is None or not problems:
        yield from ((problem, False) for problem in problems)
        return
    ours = {(item.path, item.keyword): item for item in schemas.explain(data, judge.ours_alone, written)}
    for problem in problems:
        known = ours.get((problem.path, problem.keyword))
        theirs = tuple(key for key in problem.keys if known is None or key not in known.keys)
        if known is None or not theirs:
            yield problem, known is None
            continue
        yield known, False
        where = f"{schemas.label(problem.path)}: " if problem.path else ""
        verb = "is" if len(theirs) == 1 else "are"
        message = f"{where}{_listed(theirs)} {verb} missing"
        yield problem._replace(keys=theirs, message=message, help=f"add {_listed(theirs)}"), True


def _place(context: Context, problem: schemas.Explained) -> Span:
    record = context.postmortem
    span = schemas.place(record.place, problem)
    if span == WHOLE and problem.keyword == "required" and not problem.path:
        return record.places.get(("", "status"), WHOLE)
    return span


def _state(status: str) -> str:
    return "post-mortem in review" if status == "review" else f"{status} post-mortem"


def _them(keys: tuple[str, ...]) -> str:
    return "it" if len(keys) == 1 else "them"


def _listed(keys: tuple[str, ...]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"


def _code(problem: schemas.Explained) -> str:
    path, keyword = problem.path, problem.keyword
    first = path[0] if path else ""
    if first == "action_items" and len(path) >= 3:
        special = {"priority": "PM408", "status": "PM409", "due": "PM410", "completed": "PM410"}
        if path[2] in special:
            return special[str(path[2])]
    if keyword == "required" and not path:
        return "PM108"
    if path and isinstance(path[-1], str) and path[-1].endswith("_at") and keyword in ("type", "pattern", "format"):
        return "PM109"
    return "PM106" if keyword in ("enum", "const") else "PM107"
