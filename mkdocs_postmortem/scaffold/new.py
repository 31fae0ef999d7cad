"""`new`: a post-mortem from the template of its incident type, its front matter filled in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from mkdocs_postmortem import dates, vocabulary
from mkdocs_postmortem.checking.schema import live_markup
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import Problem
from mkdocs_postmortem.process import Term
from mkdocs_postmortem.reading import archive, frontmatter, source
from mkdocs_postmortem.scaffold import writing
from mkdocs_postmortem.settings import ConfigError, Settings

OWNER = "assign an owner"
"""The first step, done where the post-mortem names one."""

STEPS = {
    "owner": OWNER,
    "meeting": "schedule the post-mortem meeting",
    "draft": "complete the draft",
    "publish": "publish the post-mortem",
    "actions": "complete all action items, or have a plan for them",
}
"""What `process.md` asks for after an incident, in the words of `new`."""

_SLUG_LENGTH = 60
_LONGEST_TITLE = 300
_EARLIEST, _LATEST = 1970, 9000
_NOT_DECOMPOSED = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h",
        "ı": "i", "ŋ": "ng", "ŧ": "t", "ĸ": "k",
    }
)  # fmt: skip
"""Letters that Unicode does not take apart into a plain one and an accent."""


class Deadline(NamedTuple):
    """A step of the process and the moment, in UTC, by which it is to be done."""

    what: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A post-mortem as `new` would write it, or has written it."""

    path: Path
    text: str
    id: str
    deadlines: tuple[Deadline, ...]


def new(
    title: str,
    settings: Settings,
    *,
    severity: str | None = None,
    incident_type: str | None = None,
    services: Iterable[str] = (),
    started: str | None = None,
    detected: str | None = None,
    owner: str | None = None,
    near_miss: bool = False,
    as_of: date,
    now: datetime | None = None,
) -> Written:
    """A new post-mortem, not yet on disk: `write` puts it there.

    `started` and `detected` are RFC 3339, `2026-11-03 10:02` (UTC) or `10:02` (UTC, on the day
    `as_of`); an incident without a start started when it was detected, else `now`, to the minute.
    What is not known stays empty. Raises `ConfigError` for a title without words, HTML in a fact, a severity or
    an incident type that is not configured, and times that cannot be read or are still to come.
    """
    words = _title(title)
    present, exact = _present(as_of, now)
    first = _moment(started, "--started", present, exact)
    seen = _moment(detected, "--detected", present, exact, first)
    begin = first or seen or present
    if seen is not None and seen < begin:
        raise ConfigError(
            f"--detected ({_stamp(seen)}) is before --started ({_stamp(begin)})",
            help="an incident starts when the fault does, not when somebody notices it",
        )
    scale, kind = _severity(severity, settings), _type(incident_type, settings)
    identity = next_id(settings, begin.year)
    # As the clock counts: from the moment that the settings name, else from the last that is stated.
    counted = begin if settings.process.starts == "started" else seen or begin
    deadlines = _deadlines(counted, scale, settings)
    text = writing.render(
        f"postmortem/{_template(kind, settings)}.md.j2",
        title=words,
        id=identity,
        severity=scale,
        severities=settings.severity_names,
        priorities=tuple(settings.priorities),
        incident_type=kind,
        incident_types=tuple(item.name for item in settings.incident_types),
        near_miss=near_miss,
        services=_names(services),
        started=begin,
        started_at=_stamp(begin),
        detected_at=_stamp(seen) if seen else "",
        detected_clock=_clock(seen, begin) if seen else "",
        time_to_detect=_duration(seen - begin) if seen else "",
        owner=_plain(writing.one_line(owner or ""), "--owner"),
        review=_planned(counted, scale, settings).date().isoformat(),
        section={key: name.title for key, name in settings.sections.items()},
        column=_columns(settings),
    )
    path = settings.folder_path / str(begin.year) / f"{begin:%Y-%m-%d}-{slug(words)}.md"
    return Written(path, text, identity, deadlines)


def _deadlines(begin: datetime, severity: str, settings: Settings) -> tuple[Deadline, ...]:
    """What the process asks for in incidents of a severity; steps that it does not ask for are left out."""
    calendar = calendar_of(settings.process)
    words = dict(STEPS)
    if settings.process.meeting == "held":
        words["meeting"] = "hold the post-mortem meeting"
    if not settings.process.plan_counts:
        words["actions"] = "complete all action items"
    terms = {step: settings.process.term(step, severity) for step in words}
    return tuple(Deadline(words[step], calendar.after(begin, term)) for step, term in terms.items() if term)


def _planned(begin: datetime, severity: str, settings: Settings) -> datetime:
    """By when action items are to be done, for the example in the template."""
    term = settings.process.term("actions", severity) or Term(2, "weeks")
    return calendar_of(settings.process).after(begin, term)


def write(written: Written, settings: Settings) -> Path:
    """Write it; raises `ConfigError` where a file of that name exists, and leaves that as it is."""
    if not writing.create(written.path, written.text, settings.root):
        raise ConfigError(
            f"`{settings.relative(written.path)}` exists already and is left as it is",
            help="give the post-mortem a title of its own, or edit the one that is there",
        )
    return written.path


def slug(title: str) -> str:
    """A title as part of a file name: lower-case ASCII words joined by hyphens, never empty."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(_NOT_DECOMPOSED))
    folded = folded.replace("'", "").replace("’", "").encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(words) > _SLUG_LENGTH:
        cut = words[: _SLUG_LENGTH + 1].rpartition("-")[0]
        words = (cut or words[:_SLUG_LENGTH]).strip("-")
    return words or "incident"


def next_id(settings: Settings, year: int) -> str:
    """The first `PM-<year>-<number>` after the highest that the archive uses."""
    pattern = re.compile(rf"PM-{year:04}-(\d{{1,9}})\Z", re.I)
    mark = f"pm-{year:04}-".encode()
    highest = 0
    for path in archive.discover(settings.folder_path):
        ids = [path.stem]
        data = source.read_bytes(path, settings.root, settings.max_bytes)
        # Most files of other years are told apart by their bytes, without parsing anything.
        if not isinstance(data, Problem) and mark in data.lower():
            ids.append(str(frontmatter.read(source.decode(data).text).values.get("id")))
        for identity in ids:
            if match := pattern.match(identity.strip()):
                highest = max(highest, int(match[1]))
    return f"PM-{year:04}-{highest + 1:03}"


def parse_time(text: str, today: date) -> datetime | None:
    """A moment as the command line takes it, in UTC; None where it cannot be read."""
    clock = dates.parse_clock(text)
    if clock is None:
        return dates.parse_moment(text)
    shift = dates.clock_offset(text) or timedelta(0)
    try:
        return datetime.combine(today, clock, tzinfo=UTC) - shift
    except OverflowError:
        return None


def _present(as_of: date, now: datetime | None) -> tuple[datetime, bool]:
    """The present to the minute, and whether it is exact: of another day than today only the day is known."""
    if not _EARLIEST <= as_of.year <= _LATEST:
        raise ConfigError(f"{as_of} cannot be today", help=f"give a day between {_EARLIEST} and {_LATEST}")
    if now is None:
        now = datetime.now(UTC)
        if now.date() != as_of:
            return datetime.combine(as_of, time(12), tzinfo=UTC), False
    return now.astimezone(UTC).replace(second=0, microsecond=0), True


def _moment(
    text: str | None, option: str, present: datetime, exact: bool, after: datetime | None = None
) -> datetime | None:
    """A time as an option gives it; a time of day is of the day of `after` (or its night), else of today."""
    if text is None or not text.strip():
        return None
    moment = parse_time(text, (after or present).date())
    night = after is not None and moment is not None and after - moment > timedelta(hours=12)
    if moment is not None and night and dates.parse_clock(text) is not None:
        moment += timedelta(days=1)
    if moment is None or moment.year < _EARLIEST:
        raise ConfigError(
            f"{option}: `{text}` is not a time",
            help="write 2026-11-03T10:02Z, 2026-11-03 10:02 (UTC), or 10:02 for today",
        )
    late = present + timedelta(minutes=1) if exact else present + timedelta(days=1)
    if moment > late:
        raise ConfigError(
            f"{option}: {_stamp(moment)} is still to come (it is {_stamp(present)})",
            help="times are UTC; for a day before today write the day too: 2026-11-03 10:02",
        )
    return moment.replace(second=0, microsecond=0)


def _title(title: str) -> str:
    words = writing.one_line(title)
    # What this Python's Unicode does not know yet (Cn) may be a newer emoji: it counts as a sign.
    if not any(unicodedata.category(char) == "Cn" or unicodedata.category(char)[0] in "LNS" for char in words):
        raise ConfigError(
            "a post-mortem needs a title",
            help="say what failed: new 'Checkout returned 502 after the deploy'",
        )
    if len(words) > _LONGEST_TITLE:
        raise ConfigError(
            f"the title has {len(words)} characters; at most {_LONGEST_TITLE} fit",
            help="keep to what failed; the rest belongs into the summary",
        )
    return _plain(words, "the title")


def _plain(words: str, what: str) -> str:
    """A fact without the markup that `check` would point at in what is written here."""
    markup = live_markup(words)
    if markup:
        raise ConfigError(f"{what} holds {markup}, and facts are shown as plain text", help="write it as plain words")
    return words


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain(name, "--service") for item in given if (name := writing.one_line(item))))


def _severity(written: str | None, settings: Settings) -> str:
    if not written:
        return ""
    found = settings.find_severity(written)
    if found is None:
        raise ConfigError(
            f"--severity: `{written}` is not on the scale",
            help=f"it is one of {', '.join(settings.severity_names)}",
        )
    return found


def _type(written: str | None, settings: Settings) -> str:
    if not written:
        return ""
    found = settings.find_type(written)
    if found is None:
        known = ", ".join(item.name for item in settings.incident_types)
        raise ConfigError(f"--type: `{written}` is not an incident type", help=f"it is one of {known}")
    return found


def templates() -> tuple[str, ...]:
    """Names of the templates that an incident type can have."""
    files = (writing.TEMPLATES / "postmortem").glob("*.md.j2")
    return tuple(sorted(name for file in files if not (name := file.name.partition(".")[0]).startswith("_")))


def _template(kind: str, settings: Settings) -> str:
    name = next((item.template for item in settings.incident_types if item.name == kind), "general")
    if name not in templates():
        raise ConfigError(
            f"incident_types: there is no template `{name}` for `{kind}`",
            settings.path.name if settings.path else "",
            help=f"it is one of {', '.join(templates())}",
        )
    return name


def _columns(settings: Settings) -> dict[str, str]:
    """Headers of the tables: the team's own words where it configured some."""
    titles = {
        "time": "Time", "event": "Event",
        "action": "Action", "owner": "Owner", "priority": "Priority", "due": "Due Date", "status": "Status",
    }  # fmt: skip
    for name in titles:
        given = settings.columns.get(name, ())
        if given and given[0] != vocabulary.COLUMNS[name][0]:
            titles[name] = given[0]
    return titles


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def _clock(moment: datetime, begin: datetime) -> str:
    """A time for the timeline: the clock alone on the first day, which dates it without doubt."""
    return f"{moment:%H:%M}" if moment.date() == begin.date() else _stamp(moment)


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, rest = divmod(minutes, 1440)
    parts = [(days, "day"), (rest // 60, "hour"), (rest % 60, "minute")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(words) or "0 minutes"
