"""What every view is given, and what it gives back."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urljoin

from mkdocs_postmortem.measuring import candidates, coverage, lessons, metrics, patterns
from mkdocs_postmortem.measuring.candidates import Candidate
from mkdocs_postmortem.measuring.clock import Deadline, deadlines
from mkdocs_postmortem.measuring.coverage import Coverage
from mkdocs_postmortem.measuring.lessons import Lesson
from mkdocs_postmortem.measuring.metrics import Survey
from mkdocs_postmortem.measuring.patterns import Repeat
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.reading.register import Register
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views.text import clean

FACETS = ("year", "severity", "type", "service", "cause")
"""What the archive is divided by; each value has a page `<base>/<facet>/<value>.md`."""


Draw = Callable[[], str]


class Slots(Mapping[str, str]):
    """The HTML of each slot of a page, drawn when it is first asked for."""

    def __init__(self, draws: Mapping[str, Draw]) -> None:
        self._draws = draws
        self._drawn: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._drawn:
            self._drawn[name] = self._draws[name]()
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._draws)

    def __len__(self) -> int:
        return len(self._draws)


@dataclass(frozen=True)
class Page:
    """A generated page: portable markdown, with slots for what is drawn as HTML for speed.

    A slot is a line `<!-- postmortem:NAME -->` in the markdown; `slots` has its HTML, in which
    every address is already relative to this page.
    """

    src_uri: str
    """Where the page is as a source, relative to the docs folder: `postmortems/index.md`."""
    title: str
    markdown: str
    slots: Mapping[str, str] = field(default_factory=dict)
    in_navigation: bool = False
    repeats_words: bool = False
    """Its markdown says what post-mortems say, so that a search is not to find that a second time."""


Memory = dict[tuple[object, ...], str]


@dataclass(frozen=True)
class Site:
    """The archive and where things are in it, for the views."""

    records: Sequence[PostMortem]
    """Newest first."""
    settings: Settings
    as_of: date
    base: str
    """Folder of the generated pages, relative to the docs folder, without slashes at its ends."""
    src_uris: Mapping[str, str]
    """From a record's path to its source relative to the docs folder."""
    href: Callable[[str, str], str]
    """`href(to, source)`: the relative address of the page `to` as seen from the page `source`.

    Both are sources relative to the docs folder; how addresses look is the host's affair.
    """
    public: Mapping[str, str] = field(default_factory=dict)
    """The state of each public version in a few words, by its slug."""
    register: Register | None = None
    """The register of incidents, where the project keeps one."""
    history: History = field(default_factory=History.none)
    """What git knows of the post-mortems; nothing where it was not asked."""
    site_url: str = ""
    """Address of the whole site, where its host knows it."""
    memory: Memory = field(default_factory=dict)
    """What was drawn of a record before, kept by the host between builds under the same settings."""

    def remembered(self, kind: str, record: PostMortem, draw: Callable[[], str], *more: str) -> str:
        """What `draw` draws of a record, drawn once for the same content and day."""
        key = (kind, record.path, record.document.digest, self.as_of, *more)
        found = self.memory.get(key)
        if found is None:
            found = self.memory[key] = draw()
        return found

    @cached_property
    def _deadlines(self) -> dict[str, tuple[Deadline, ...]]:
        return {}

    def deadlines(self, record: PostMortem) -> tuple[Deadline, ...]:
        """The steps of a post-mortem's process as they stand today, worked out once."""
        found = self._deadlines.get(record.path)
        if found is None:
            found = self._deadlines[record.path] = deadlines(record, self.history, self.settings, self.as_of)
        return found

    @cached_property
    def survey(self) -> Survey:
        """What the records say about every metric, looked at once for all pages and files."""
        return metrics.survey(self.records, self.settings, self.as_of, self.history, self.repeats)

    @cached_property
    def by_id(self) -> Mapping[str, PostMortem]:
        """Records by their ID; of two with the same, the older."""
        return {record.id: record for record in self.records}

    @cached_property
    def referred_by(self) -> Mapping[str, Sequence[PostMortem]]:
        """From an ID to the records that name it as related, newest first."""
        found: dict[str, list[PostMortem]] = {}
        for record in self.records:
            for other in dict.fromkeys(record.related):
                found.setdefault(other, []).append(record)
        return found

    @cached_property
    def repeats(self) -> Sequence[Repeat]:
        """Incidents that repeat another, the latest first."""
        return patterns.repeats(self.records, self.as_of, self.settings.patterns)

    @cached_property
    def repeats_of(self) -> Mapping[str, Sequence[Repeat]]:
        """From a record's path to the repeats it takes part in, as the later or as the earlier one."""
        found: dict[str, list[Repeat]] = {}
        for repeat in self.repeats:
            found.setdefault(repeat.later.path, []).append(repeat)
            found.setdefault(repeat.earlier.path, []).append(repeat)
        return found

    @cached_property
    def suggestions(self) -> Sequence[Candidate]:
        """Post-mortems that may be related though nobody linked them, the most alike first."""
        known = ((repeat.earlier.path, repeat.later.path) for repeat in self.repeats)
        return candidates.candidates(self.records, known)

    @cached_property
    def suggestions_of(self) -> Mapping[str, Sequence[Candidate]]:
        """From a record's path to the suggestions it is part of."""
        found: dict[str, list[Candidate]] = {}
        for candidate in self.suggestions:
            found.setdefault(candidate.later.path, []).append(candidate)
            found.setdefault(candidate.earlier.path, []).append(candidate)
        return found

    @cached_property
    def coverage(self) -> Coverage:
        """The register against the archive; empty where there is none."""
        incidents = self.register.incidents if self.register else ()
        return coverage.coverage(incidents, self.records, self.settings, self.as_of)

    @cached_property
    def lessons(self) -> Sequence[Lesson]:
        """Every lesson, those of the newest post-mortem first."""
        return lessons.lessons(self.records)

    @cached_property
    def lessons_of(self) -> Mapping[str, Sequence[Lesson]]:
        """From a record's path to its lessons, in the order of the document."""
        found: dict[str, list[Lesson]] = {}
        for lesson in self.lessons:
            found.setdefault(lesson.record.path, []).append(lesson)
        return found

    @cached_property
    def facets(self) -> Mapping[str, Mapping[str, Sequence[PostMortem]]]:
        """For each of `FACETS`, its values in the order they are shown, with their records."""
        found: dict[str, dict[str, list[PostMortem]]] = {facet: {} for facet in FACETS}
        for record in self.records:
            for facet in FACETS:
                for value in facet_values(record, facet):
                    found[facet].setdefault(value, []).append(record)
        types = [kind.name for kind in self.settings.incident_types]
        orders: dict[str, Callable[[str], object]] = {
            "severity": lambda name: (self.settings.severity_rank(name), name),
            "type": lambda name: (types.index(name) if name in types else len(types), name),
            "service": lambda name: (-len(found["service"][name]), name.casefold(), name),
            "cause": lambda name: (-len(found["cause"][name]), name.casefold(), name),
        }
        result = {}
        for facet, groups in found.items():
            names = sorted(groups, key=orders[facet]) if facet in orders else sorted(groups, reverse=True)  # type: ignore[arg-type]
            result[facet] = {name: groups[name] for name in names}
        return result

    @cached_property
    def _facet_slugs(self) -> Mapping[str, Mapping[str, str]]:
        return {facet: slugs(list(groups)) for facet, groups in self.facets.items()}

    @cached_property
    def facets_digest(self) -> str:
        """Changes when an address of a facet page does."""
        return hashlib.sha256(repr(self._facet_slugs).encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def _known(self) -> dict[tuple[str, str, bool], str]:
        return {}

    def address(self, to: str, source: str) -> str:
        """`href`, remembered: pages of one folder see everything alike, but for its front page."""
        folder, _, name = source.rpartition("/")
        key = (to, folder, name == "index.md")
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self.href(to, source)
        return found

    def src_uri(self, record: PostMortem) -> str:
        """The source of a post-mortem's page, relative to the docs folder."""
        return self.src_uris[record.path]

    def page(self, *parts: str) -> str:
        """The source of a generated page: `page("severity", "p1")` is `postmortems/severity/p1.md`."""
        name = "/".join(parts)
        return f"{self.base}/{name}.md" if self.base else f"{name}.md"

    def absolute(self, to: str) -> str:
        """The address of a page wherever it is read; empty where the site's own is not known."""
        if not re.match(r"https?://", self.site_url):
            return ""
        return urljoin(self.site_url.rstrip("/") + "/", self.href(to, "index.md"))

    def facet_page(self, facet: str, value: str) -> str | None:
        """The source of the page for one value of a facet, or None where no record has it."""
        part = self._facet_slugs[facet].get(value)
        return None if part is None else self.page(facet, part)


def facet_values(record: PostMortem, facet: str) -> tuple[str, ...]:
    """A record's values of one of `FACETS`, as they are shown; none where it states none."""
    if facet == "year":
        return (f"{record.day.year:04}",) if record.day else ()
    if facet == "severity":
        return _shown(record.severity)
    if facet == "type":
        return _shown(record.incident_type)
    return _shown(*(record.services if facet == "service" else record.causes))


def _shown(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown for name in names if (shown := clean(name))))


_LONGEST_SLUG = 80
"""Characters; file names end at 255 bytes, and some systems count the whole path."""
_TAKEN = frozenset(
    {"index", "readme", "con", "prn", "aux", "nul"}
    | {f"{name}{number}" for name in ("com", "lpt") for number in range(10)}
)
"""File names that hosts take for a folder's front page, or that Windows keeps for devices."""


def slug(text: str) -> str:
    """A name as part of an address: lower-case ASCII letters, digits and dashes; never empty."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    part = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST_SLUG].strip("-")
    if not part or part in _TAKEN:
        # A name in another script has no such letters: its digest is as stable as the name.
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
        part = f"{part}-{digest}" if part else f"x-{digest}"
    return part


def slugs(names: Sequence[str]) -> dict[str, str]:
    """An address part for each name, no two alike; stable while the set of names is."""
    taken: dict[str, str] = {}
    result: dict[str, str] = {}
    for name in sorted(set(names)):
        base = candidate = slug(name)
        number = 2
        while candidate in taken:
            candidate, number = f"{base}-{number}", number + 1
        taken[candidate] = name
        result[name] = candidate
    return result
