"""`postmortem.yml`, typed: every setting has a default, and the file may be absent."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from mkdocs_postmortem import metric_settings, strictyaml, vocabulary
from mkdocs_postmortem import process as process_room
from mkdocs_postmortem.metric_settings import MetricSettings
from mkdocs_postmortem.model import Span
from mkdocs_postmortem.process import Process
from mkdocs_postmortem.vocabulary import Lookup, SectionName

DEFAULT_FILE = "postmortem.yml"
LANGUAGES = ("en",)
"""Languages whose words come with us."""
LEVELS = ("error", "warning", "info", "off")
"""Severities of a finding; `off` switches its rule off."""


class ConfigError(Exception):
    """The project's configuration cannot be used: one message, with its place and the mend."""

    def __init__(self, message: str, path: str = "", span: Span | None = None, help: str = "") -> None:
        place = f"{path}:{span.line}:{span.column}: " if path and span else f"{path}: " if path else ""
        super().__init__(f"{place}{message}" + (f"\n  {help}" if help else ""))


@dataclass(frozen=True, slots=True)
class Severity:
    """One step of the severity scale; its place in the scale is its rank, 0 the most severe."""

    name: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    major: bool = False
    """A major incident: asks for action items and, in `process.md`, a neutral facilitator."""


@dataclass(frozen=True, slots=True)
class IncidentType:
    """One kind of incident; `template` names the template that `new` writes for it."""

    name: str
    label: str
    template: str = "general"


DEFAULT_SEVERITIES = (
    Severity("P0", "Critical", major=True),
    Severity("P1", "High", major=True),
    Severity("P2", "Medium"),
    Severity("P3", "Low"),
)
DEFAULT_TYPES = (
    IncidentType("deployment", "Deployment", "deployment"),
    IncidentType("infrastructure", "Infrastructure", "infrastructure"),
    IncidentType("security", "Security", "security"),
    IncidentType("data-loss", "Data loss", "data-loss"),
    IncidentType("process", "Process"),
    IncidentType("other", "Other"),
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What makes one incident the repeat of another."""

    repeat_by: tuple[str, ...] = ("service-and-cause", "related")
    """`service-and-cause`, `cause`, `related`: each is enough."""
    contributing_causes: tuple[str, ...] = ()
    """Causes that many incidents have in part: sharing one of these alone makes no repeat."""
    within_days: int | None = None
    """Days between the two starts after which it is no repeat; None for any time."""

    @property
    def service_and_cause(self) -> bool:
        """A shared service together with a shared cause is enough."""
        return "service-and-cause" in self.repeat_by

    @property
    def cause(self) -> bool:
        """A shared cause alone is enough."""
        return "cause" in self.repeat_by

    @property
    def related(self) -> bool:
        """A link in `related` is enough, where services and causes do not speak against it."""
        return "related" in self.repeat_by


@dataclass(frozen=True, slots=True)
class Reviews:
    """When months are reviewed. When a post-mortem is, the process says: `process.deadlines.review`."""

    day: int = 1
    """Day of the next month on which a month is reviewed; at a weekend or on a holiday, the working day after it."""
    months: int = 24
    """Months that have a page, the running one included."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What an incident has to be for a rule on post-mortems to hold: all that is given."""

    severities: tuple[str, ...] = ()
    """Any of these; any at all where there are none."""
    types: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    """All of these are true of it: names of the register's yes-or-no keys."""

    @property
    def label(self) -> str:
        """The condition in a few words: `P2, complex`."""
        parts = (" or ".join(self.severities), " or ".join(self.types), ", ".join(self.flags).replace("_", " "))
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which incidents ask for a post-mortem; any one condition is enough."""

    required: tuple[Condition, ...] = ()
    recommended: tuple[Condition, ...] = ()
    grace_days: int = 2
    """Days after an incident in which nothing is missed yet: those that a draft may take."""


def default_coverage(severities: Sequence[Severity]) -> Coverage:
    """The rules of `process.md`, on this scale: major incidents, security and data loss always."""
    major = tuple(severity.name for severity in severities if severity.major)
    next_ = tuple(severity.name for severity in severities if not severity.major)[:1]
    required = (Condition(types=("security", "data-loss")), Condition(flags=("data_loss",)))
    recommended = (
        *(Condition(next_, flags=(flag,)) for flag in ("complex", "recurring") if next_),
        Condition(flags=("near_miss",)),
        Condition(flags=("process_failure",)),
        Condition(types=("process", "deployment")),
    )
    return Coverage((*((Condition(major),) if major else ()), *required), recommended)


HOST_KEYS = frozenset(
    {"description", "date", "hide", "icon", "search", "subtitle", "weight", "slug", "categories", "template"}
)
"""Front-matter keys that MkDocs, its themes and plugins know: not ours, and no mistake."""


@dataclass(frozen=True)
class Settings:
    """What a project decided, or the defaults. See `docs/reference/settings.md` for each key."""

    root: Path
    """The folder that paths in findings are relative to: where `postmortem.yml` is or would be."""
    path: Path | None = None
    digest: str = ""
    folder: str = "docs/postmortems"
    title: str = "Post-mortems"
    navigation: bool = True
    severities: tuple[Severity, ...] = DEFAULT_SEVERITIES
    incident_types: tuple[IncidentType, ...] = DEFAULT_TYPES
    priorities: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: vocabulary.PRIORITIES)
    sections: Mapping[str, SectionName] = field(default_factory=lambda: vocabulary.SECTIONS)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: vocabulary.COLUMNS)
    required_sections: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: vocabulary.REQUIRED_SECTIONS)
    rules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Severity of a rule by document state (`*` for any), where it is not the default."""
    schema: Path | None = None
    extra_keys: frozenset[str] = frozenset()
    language: str = "en"
    """Language of the prose that rules judge: `en`, or the path of a team's own language file."""
    ci: str = ""
    """Whose CI `init` sets up: `github`, `gitlab` or `none`; empty where nobody said."""
    most_actions: int = 10
    completion_target: float = 0.8
    ageing: tuple[int, ...] = (14, 30, 90)
    completed_date: bool = False
    ticket_url: str = ""
    max_days: int = 30
    max_bytes: int = 1024 * 1024
    patterns: Patterns = Patterns()
    incidents: Path | None = None
    """The register of incidents, where the settings name it."""
    coverage: Coverage = field(default_factory=lambda: default_coverage(DEFAULT_SEVERITIES))
    process: Process = field(default_factory=Process)
    reviews: Reviews = Reviews()
    metrics: MetricSettings = field(default_factory=MetricSettings)

    @cached_property
    def severity_names(self) -> tuple[str, ...]:
        """The scale, most severe first."""
        return tuple(severity.name for severity in self.severities)

    def severity_rank(self, name: str) -> int:
        """0 for the most severe; past the end for a name that is not on the scale."""
        names = self.severity_names
        return names.index(name) if name in names else len(names)

    def is_major(self, name: str) -> bool:
        """Whether incidents of this severity are major (by default the two most severe)."""
        return any(severity.major for severity in self.severities if severity.name == name)

    def type_label(self, name: str) -> str:
        """How an incident type is shown to people."""
        return next((kind.label for kind in self.incident_types if kind.name == name), name)

    @cached_property
    def has_policy(self) -> bool:
        """Whether the project says what may leave: without that there is no public site."""
        return (self.root / "redaction.yml").is_file()

    @cached_property
    def find_severity(self) -> Lookup:
        """From a severity as written to its name on the scale."""
        return Lookup({item.name: (*item.aliases, *_label(item)) for item in self.severities})

    @cached_property
    def find_type(self) -> Lookup:
        """From an incident type as written to its configured name."""
        return Lookup({item.name: (item.label,) for item in self.incident_types})

    @cached_property
    def find_priority(self) -> Lookup:
        """From an action item's priority as written to its canonical name."""
        return Lookup(dict(self.priorities))

    @cached_property
    def find_column(self) -> Mapping[str, Lookup]:
        """From a header cell to the column's canonical name, for each kind of table."""
        kinds = {
            "timeline": ("time", "event"),
            "actions": ("action", "owner", "priority", "due", "status", "ticket", "completed", "id", "type"),
        }
        return {kind: Lookup({name: self.columns.get(name, ()) for name in names}) for kind, names in kinds.items()}

    @cached_property
    def find_section(self) -> SectionFinder:
        """From a heading and where it stands to the section's canonical name."""
        return SectionFinder(self.sections)

    def relative(self, path: Path) -> str:
        """A path as findings name it: relative to the project where it is inside, with `/`."""
        root = os.path.join(self.root, "")
        # As it was named where that is inside, so that a link is called by its own name.
        for absolute in (os.path.abspath, os.path.realpath):
            candidate = absolute(path)
            if candidate.startswith(root):
                return candidate[len(root) :].replace(os.sep, "/")
        return path.as_posix()

    @property
    def folder_path(self) -> Path:
        """The folder of the post-mortems."""
        return self.root / self.folder

    @property
    def language_path(self) -> Path | None:
        """The team's own language file; None where the language is one that comes with us."""
        return None if self.language in LANGUAGES else self.root / self.language

    @property
    def cache_path(self) -> Path:
        """The folder of what is remembered between runs."""
        return self.root / ".cache" / "mkdocs-postmortem"


def _label(severity: Severity) -> tuple[str, ...]:
    return (severity.label,) if severity.label else ()


class SectionFinder:
    """Canonical names of headings; some are only meant inside a certain section."""

    def __init__(self, sections: Mapping[str, SectionName]) -> None:
        anywhere: dict[str, tuple[str, ...]] = {}
        inside: dict[str, dict[str, tuple[str, ...]]] = {}
        for key, name in sections.items():
            group = anywhere if name.parent is None else inside.setdefault(name.parent, {})
            group[key] = (name.title, *name.aliases)
        self.anywhere = Lookup(anywhere)
        self.inside = {parent: Lookup(group) for parent, group in inside.items()}
        self.cache: dict[tuple[str, frozenset[str | None]], str | None] = {}

    def __call__(self, title: str, enclosing: Iterable[str | None]) -> str | None:
        """The section's canonical name, given the names of the sections it stands in."""
        around = frozenset(enclosing)
        key = (title, around)
        if key not in self.cache:
            if len(self.cache) > 4096:
                self.cache.clear()
            found = None
            for parent, lookup in self.inside.items():
                if parent in around:
                    found = lookup(title)
            self.cache[key] = found or (None if "action_items" in around else self.anywhere(title))
        return self.cache[key]


def as_of_date(value: str | None = None) -> date:
    """The day that counts as today: `value` (ISO), else `SOURCE_DATE_EPOCH`, else today in UTC.

    Raises `ConfigError` where the value or the variable cannot be read.
    """
    if value:
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise ConfigError(
                f"`{value}` is not a date", help="write the year, month and day: --as-of 2026-11-23"
            ) from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date()
        except (ValueError, OverflowError, OSError):
            raise ConfigError(
                f"SOURCE_DATE_EPOCH is `{epoch}`, which is not a number of seconds",
                help="set it to the seconds since 1970, or unset it",
            ) from None
    return datetime.now(UTC).date()


def find(start: Path) -> Path | None:
    """The nearest `postmortem.yml`, in `start` or above it."""
    start = start.resolve()
    for folder in (start, *start.parents):
        candidate = folder / DEFAULT_FILE
        if candidate.is_file():
            return candidate
        if (folder / ".git").exists():
            break
    return None


def load(path: Path | None = None, *, start: Path | None = None) -> Settings:
    """Read the settings from `path`, else from the nearest `postmortem.yml`, else the defaults.

    Raises `ConfigError` with the place of the first thing that is wrong.
    """
    start = (start or Path.cwd()).resolve()
    if path is None:
        path = find(start)
        if path is None:
            return Settings(root=_project_root(start).resolve())
    values, places, digest = read_yaml(path, "settings", prepare=_words, help="give the settings file with --config")
    name = path.name
    root = path.resolve().parent
    settings = _build(values, root, path.resolve(), digest)
    _cross_check(settings, places, name)
    for path_of_key, message, mend in metric_settings.mistakes(values.get("metrics") or {}, settings.extra_keys):
        raise ConfigError(f"{'.'.join(path_of_key)}: {message}", name, places.get(path_of_key, Span(1)), mend)
    return settings


def read_yaml(
    path: Path,
    schema: str,
    *,
    prepare: Callable[[dict[str, Any]], None] | None = None,
    discreet: bool = False,
    name: str = "",
    help: str = "look at the file",
) -> tuple[dict[str, Any], Mapping[Any, Span], str]:
    """A YAML file of the project as plain data that fits one of our schemas, with places and digest.

    `prepare` mends the values before they are judged; `discreet` keeps the values out of messages,
    for files that hold what must not be said in a log. Raises `ConfigError` with the first thing that is wrong.
    """
    name = name or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(name if discreet else path), help=help) from None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8", name, help="save the file as UTF-8") from None
    loaded = strictyaml.load(text)
    if loaded.problems:
        first = loaded.problems[0]
        if discreet:
            raise ConfigError("is not YAML that can be read", name, first.span, "look at this line and the one above")
        raise ConfigError(first.message, name, first.span, first.help)
    values = {} if loaded.value is None else loaded.value
    if not isinstance(values, dict):
        raise ConfigError("holds no settings", name, Span(1), "write `key: value` lines")
    if prepare:
        prepare(values)
    from mkdocs_postmortem import schemas  # jsonschema takes a while to import

    for problem in schemas.explain_data(schema, values):
        told = schemas.discreet(problem, schema) if discreet else problem
        raise ConfigError(told.message, name, schemas.place(loaded.places.get, problem), told.help)
    return values, loaded.places, hashlib.sha256(data).hexdigest()


def _project_root(start: Path) -> Path:
    """The folder with the site's configuration or the repository, at or above `start`."""
    for folder in (start, *start.parents):
        if any((folder / name).exists() for name in ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", ".git")):
            return folder
    return start


def _words(values: dict[str, Any]) -> None:
    """To YAML a bare `off` is a yes or no; as the level of a rule it is the word."""
    rules = values.get("rules")
    for group in (rules, *rules.values()) if isinstance(rules, dict) else ():
        if isinstance(group, dict):
            group.update({key: "off" for key, level in group.items() if level is False})


def _build(values: Mapping[str, Any], root: Path, path: Path, digest: str) -> Settings:
    given: dict[str, Any] = {"root": root, "path": path, "digest": digest}
    wiki = values.get("wiki") or {}
    actions = values.get("action_items") or {}
    limits = values.get("limits") or {}
    simple = (
        (values, "postmortems", "folder"),
        (values, "language", "language"),
        (values, "ci", "ci"),
        (wiki, "title", "title"),
        (wiki, "navigation", "navigation"),
        (actions, "most", "most_actions"),
        (actions, "completion_target", "completion_target"),
        (actions, "completed_date", "completed_date"),
        (actions, "ticket_url", "ticket_url"),
        (limits, "days", "max_days"),
    )
    for group, key, name in simple:
        if group.get(key) is not None:
            given[name] = group[key]
    if "folder" in given:
        given["folder"] = given["folder"].strip("/") or "."
    if "ageing" in actions:
        given["ageing"] = tuple(actions["ageing"])
    if "kilobytes" in limits:
        given["max_bytes"] = limits["kilobytes"] * 1024
    if values.get("patterns"):
        given["patterns"] = _patterns(values["patterns"])
    if values.get("reviews"):
        given["reviews"] = Reviews(**{key: value for key, value in values["reviews"].items() if value is not None})
    if values.get("metrics"):
        given["metrics"] = metric_settings.build(values["metrics"])
    if "front_matter" in values:
        given["extra_keys"] = frozenset(values["front_matter"])
    for key in ("schema", "incidents"):
        if values.get(key):
            given[key] = root / values[key]
    if "severities" in values:
        given["severities"] = tuple(_severity(item, n) for n, item in enumerate(values["severities"]))
    given["coverage"] = _coverage(values.get("coverage") or {}, given.get("severities", DEFAULT_SEVERITIES))
    if "incident_types" in values:
        given["incident_types"] = tuple(_incident_type(item) for item in values["incident_types"])
    if "priorities" in values:
        given["priorities"] = _named(values["priorities"])
    if "sections" in values:
        given["sections"] = _sections(values["sections"])
    if "columns" in values:
        given["columns"] = {
            name: (*values["columns"].get(name, ()), *aliases) for name, aliases in vocabulary.COLUMNS.items()
        }
    if "required_sections" in values:
        given["required_sections"] = {
            **vocabulary.REQUIRED_SECTIONS,
            **{state: tuple(keys) for state, keys in values["required_sections"].items()},
        }
    if "rules" in values:
        given["rules"] = {
            code.upper(): {"*": level} if isinstance(level, str) else dict(level)
            for code, level in values["rules"].items()
        }
    if values.get("process"):
        names = tuple(item.name for item in given.get("severities", DEFAULT_SEVERITIES))
        try:
            given["process"] = process_room.build(values["process"], names)
        except ValueError as error:  # a day that the calendar does not have
            raise ConfigError(f"process: {error}", path.name, help="write days like 2026-12-25") from None
    return Settings(**given)


def _severity(item: str | Mapping[str, Any], rank: int) -> Severity:
    if isinstance(item, str):
        label = next((known.label for known in DEFAULT_SEVERITIES if known.name == item), "")
        return Severity(item, label, major=rank < 2)
    return Severity(item["name"], item.get("label", ""), tuple(item.get("aliases", ())), item.get("major", rank < 2))


def _incident_type(item: str | Mapping[str, Any]) -> IncidentType:
    known = {kind.name: kind for kind in DEFAULT_TYPES}
    if isinstance(item, str):
        return known.get(item) or IncidentType(item, item.replace("-", " ").capitalize())
    base = known.get(item["name"], IncidentType(item["name"], item["name"].replace("-", " ").capitalize()))
    return IncidentType(base.name, item.get("label", base.label), item.get("template", base.template))


def _patterns(group: Mapping[str, Any]) -> Patterns:
    lists = {key: tuple(group[key]) for key in ("repeat_by", "contributing_causes") if group.get(key) is not None}
    return Patterns(**lists, within_days=group.get("within_days"))


def _coverage(group: Mapping[str, Any], severities: Sequence[Severity]) -> Coverage:
    known = default_coverage(severities)
    conditions = {
        key: tuple(
            Condition(_listed(item.get("severity")), _listed(item.get("type")), _listed(item.get("is")))
            for item in group[key]
        )
        if group.get(key) is not None
        else getattr(known, key)
        for key in ("required", "recommended")
    }
    return Coverage(**conditions, grace_days=group.get("grace_days", known.grace_days))


def _listed(value: str | list[str] | None) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _named(items: Iterable[str | Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for item in items:
        if isinstance(item, str):
            named[item] = vocabulary.PRIORITIES.get(item, ())
        else:
            named[item["name"]] = tuple(item.get("aliases", ()))
    return named


def _sections(given: Mapping[str, Any]) -> dict[str, SectionName]:
    sections = dict(vocabulary.SECTIONS)
    for key, value in given.items():
        known = sections[key]
        if isinstance(value, Mapping):
            title = value.get("title", known.title)
            aliases = (*value.get("aliases", ()), known.title, *known.aliases)
        else:
            title, aliases = known.title, (*value, *known.aliases)
        sections[key] = SectionName(title, aliases, known.parent)
    return sections


def _cross_check(settings: Settings, places: Mapping[Any, Span], name: str) -> None:
    """What a schema cannot say: paths stay inside the project, names on a list stand once."""
    root = settings.root.resolve()
    files = {
        "postmortems": settings.folder_path,
        "schema": settings.schema,
        "incidents": settings.incidents,
        "language": settings.language_path,
    }
    for key, path in files.items():
        if path is None:
            continue
        span = places.get((key,), Span(1))
        if not path.resolve().is_relative_to(root):
            raise ConfigError(f"{key}: the path leads out of the project", name, span, "name a path inside it")
        if key != "postmortems" and not path.is_file():
            raise ConfigError(f"{key}: there is no such file", name, span, f"looked for {path}")
    _cross_check_coverage(settings, places, name)
    for severity in settings.process.by_severity:
        if severity not in settings.severity_names:
            place = places.get(("process", "severities", severity)) or places.get(("process",))
            known = ", ".join(settings.severity_names)
            raise ConfigError(f"process: there is no severity `{severity}`", name, place, f"the scale is {known}")
    if not _known_zone(settings.process.zone):
        place = places.get(("process", "time_zone"))
        message = f"process: there is no time zone `{settings.process.zone}`"
        raise ConfigError(message, name, place, "write one like Europe/Berlin")
    for key, names in (
        ("severities", settings.severity_names),
        ("incident_types", tuple(kind.name for kind in settings.incident_types)),
    ):
        twice = sorted({item for item in names if names.count(item) > 1})
        if twice:
            raise ConfigError(f"{key}: `{twice[0]}` stands there twice", name, places.get((key,)), "keep one")


def _known_zone(zone: str) -> bool:
    if zone == "UTC":
        return True
    from zoneinfo import ZoneInfo  # takes a while to import, and most projects name none

    try:
        return bool(ZoneInfo(zone).key)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False


def _cross_check_coverage(settings: Settings, places: Mapping[Any, Span], name: str) -> None:
    """Severities and types that rules on post-mortems name are those that there are."""
    types = tuple(kind.name for kind in settings.incident_types)
    for key in ("required", "recommended"):
        for number, condition in enumerate(getattr(settings.coverage, key)):
            if ("coverage", key, number) not in places:
                continue  # the default, which no project need fit
            for what, given, known in (
                ("severity", condition.severities, settings.severity_names),
                ("type", condition.types, types),
            ):
                if unknown := [item for item in given if item not in known]:
                    raise ConfigError(
                        f"coverage: there is no {what} `{unknown[0]}`",
                        name,
                        places.get(("coverage", key, number, what)) or places.get(("coverage", key, number)),
                        f"there are {', '.join(known)}",
                    )


def fingerprint(settings: Settings) -> str:
    """A digest of every setting that findings depend on, for the cache."""
    files = (settings.schema, settings.language_path)
    read = b"\0".join(path.read_bytes() if path and path.is_file() else b"" for path in files)
    return hashlib.sha256(json.dumps([settings.digest, settings.folder]).encode() + read).hexdigest()
