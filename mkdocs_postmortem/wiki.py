"""The wiki of one project, over all builds of a process: what was read and drawn is kept between them.

Everything a host's plugin does besides talking to its host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mkdocs_postmortem import collector, exporting, parallel
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import BY_THE_DAY, Cache, Finding, Report, check_records
from mkdocs_postmortem.measuring import clock
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader, history, is_postmortem, newest_first
from mkdocs_postmortem.reading.history import History
from mkdocs_postmortem.reading.register import find_register, read_register
from mkdocs_postmortem.settings import ConfigError, Settings
from mkdocs_postmortem.views import decorate, finishing
from mkdocs_postmortem.views import pages as views

Part = list[tuple[str, PostMortem, str]]
"""Some post-mortems: the source, what the page needs of the record, the markdown to be rendered."""


class Glances(NamedTuple):
    """Records of which only what divides the archive holds."""

    records: list[PostMortem]


class Rest(NamedTuple):
    """What no page needs before all are rendered."""

    drawn: views.Memory
    exported: dict[str, str]
    pages: dict[str, views.Page]
    related: dict[str, str]


class Wiki:
    """Records, findings and pages of the current build; the host says where things are."""

    def __init__(self) -> None:
        self.large = False
        """So many records that checking and drawing are done beside the host's rendering."""
        self.reader: Reader | None = None
        self.memory: views.Memory = {}
        self.cache: Cache | None = None
        self._completed: dict[str, tuple[PostMortem, str, str]] = {}
        """While serving: a post-mortem, its page as the host rendered it, and that with its tables completed."""
        self._enriched: dict[str, tuple[PostMortem, str]] = {}
        self._history: tuple[str, History] | None = None
        """What git knew at which commit."""
        self.decided: object = None
        """Under what the memory and the cache hold: settings, the team's schema, the day."""
        self._ahead: parallel.Ahead[Glances | Part | Rest | Report] | None = None
        self._last: Rest | None = None
        self._judged: Report | None = None
        self._bodies: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    def renew(self, root: Path, config: str, docs: Path, log: Any | None = None) -> None:
        """Begin a build: read the settings anew. Raises `ConfigError` where they cannot be used.

        `root` is the folder of the site's configuration, `config` the path of the settings in it,
        `docs` the folder of the site's sources. With `log`, while serving, a build goes on with the
        settings of the one before, and the mistake is told there.
        """
        self.close()
        path = root / config
        given = path.exists() or config != project.DEFAULT_FILE
        try:
            settings = project.load(path) if given else Settings(root=root)
        except ConfigError as error:
            if log is None or self.reader is None:
                raise
            log.error(f"{error}\nThe settings stay as they were.")
            settings = self.reader.settings
        self._begin(settings, docs)

    @property
    def assets(self) -> dict[str, bytes]:
        """Styles and scripts by their source."""
        return {f"assets/postmortem/{asset.name}": asset.read_bytes() for asset in views.asset_paths()}

    def generated(self) -> Iterator[tuple[str, str | bytes, bool]]:
        """What there is before anything is rendered: source, content, and whether the navigation shows it."""
        for page in self.pages.values():
            yield page.src_uri, page.markdown, page.in_navigation and self.settings.navigation
        for uri, data in self.assets.items():
            yield uri, data, False

    @property
    def in_navigation(self) -> list[str]:
        """Sources of the pages that a navigation without them is given."""
        pages = [f"{self.base}/{name}.md" for name in self._fronts]
        return pages if self.settings.navigation else []

    @property
    def _fronts(self) -> tuple[str, ...]:
        """Pages of ours that a navigation leads to; of what there is nothing to show, none."""
        names = ("index", "action-items/index", "reviews/index", "process", "metrics", "patterns", "lessons")
        return (*names, "coverage") if self.register else names

    @property
    def watched(self) -> list[Path]:
        """What a change of asks for another build while serving."""
        releases = self.settings.root / "external" / "releases"
        found = (
            self.settings.path,
            self.settings.schema,
            find_register(self.settings),
            releases if releases.is_dir() else None,
        )
        return [path for path in found if path is not None]

    def _begin(self, settings: Settings, docs: Path) -> None:
        self.as_of = project.as_of_date()
        decided = (settings, project.fingerprint(settings), self.as_of)
        if self.reader is None or self.decided != decided:
            self.decided = decided
            self.reader, self.memory, self.cache = Reader(settings), {}, None
            self._completed, self._enriched, self._history = {}, {}, None
        self.settings = self.reader.settings
        self.prefix, self.base = _place(settings, docs)
        self.records: dict[str, PostMortem] = {}
        self.pages: dict[str, views.Page] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.public = self._public_states(settings.root)
        self.register = read_register(self.settings)
        self._ahead, self._last, self._judged, self._bodies, self._kept = None, None, None, {}, {}

    def _public_states(self, root: Path) -> dict[str, str]:
        """The state of each public version in a few words, by its slug."""
        if not (root / "external" / "releases").is_dir():
            return {}
        from mkdocs_postmortem.releasing import approvals  # not needed by most builds

        return {slug: approvals.told(state) for slug, state in approvals.states(root, self.as_of).items()}

    def is_postmortem(self, src_uri: str) -> bool:
        """Whether a source of the site is a post-mortem, by its place and name."""
        return src_uri.startswith(self.prefix) and is_postmortem(src_uri.removeprefix(self.prefix))

    def open(
        self, sources: Mapping[str, Path], href: Callable[[str, str], str], site_url: str = "", once: bool = False
    ) -> None:
        """Read the post-mortems, and begin to check and to draw them; `href` as in `views.Site`.

        `site_url` is the site's address, where it is known. `once` says that no other build follows,
        which would want the records again: of a large archive this process then only glances at
        each, and leaves everything to one beside it.
        """
        assert self.reader is not None
        collector.calm()
        self._once = once
        self.site_url = site_url
        self.large = len(sources) >= parallel.FEWEST
        if once and self.large and parallel.possible():
            self._ahead = parallel.Ahead(partial(self._everything, sources, href))
            here, there = _halves(sources.values())
            glances = [*self.reader.glance_all(here), *self._glances(there)]
            self.records = dict(zip(sources, glances, strict=True))
            self.site = self._site(self.records, href)  # its pages are drawn anew by the process beside
        else:
            self.records = dict(zip(sources, self.reader.read_all(sources.values()), strict=True))
            known = self._known(self.records)
            self.site = replace(self._site(self.records, href), history=self._told(known))
            self._checking = parallel.Beside(partial(self._check, self.records, known), self.large)
            self._drawing = parallel.Beside(partial(self._draw, self.site), self.large)
        self.pages = {page.src_uri: page for page in views.build(self.site)}
        collector.calm()

    def _site(self, records: Mapping[str, PostMortem], href: Callable[[str, str], str]) -> views.Site:
        return views.Site(
            records=newest_first(records.values()),
            settings=self.settings,
            as_of=self.as_of,
            base=self.base,
            src_uris={record.path: uri for uri, record in records.items()},
            href=href,
            public=self.public,
            register=self.register,
            memory=self.memory,
            site_url=self.site_url,
        )

    def _known(self, records: Mapping[str, PostMortem]) -> History:
        """What git knows of these, asked where one of them leaves something to be known; once for a commit."""
        process = self.settings.process
        if not process.check_git and not (process.git and any(map(clock.needs_history, records.values()))):
            return History.none()
        commit = history.head(self.settings)
        if self._history is None or self._history[0] != commit or not commit:
            if self._history is not None:
                self.memory.clear()  # what was drawn and found tells of the history before
                self.cache = None
            self._history = (commit, history.read_history(self.settings, clock.texts_of(records.values())))
        return self._history[1]

    def _told(self, known: History) -> History:
        """What the pages are given of it: `check` may ask git where they do not."""
        return known if self.settings.process.git else History.none()

    def _everything(
        self, sources: Mapping[str, Path], href: Callable[[str, str], str]
    ) -> Iterator[Glances | Part | Rest | Report]:
        """All that a build asks of the records: what rendering needs first, in the order of the sources."""
        assert self.reader is not None
        collector.calm()
        yield Glances(self.reader.glance_all(_halves(sources.values())[1]))
        words = self._site({}, href)  # a body's words ask for no other record
        records: dict[str, PostMortem] = {}
        for uris in _batched(sources, 20):
            read = dict(zip(uris, self.reader.read_some(sources[uri] for uri in uris), strict=True))
            records |= read
            yield [
                (uri, views.outer(record), views.enrich(record, words, tables=False)) for uri, record in read.items()
            ]
        collector.calm()
        known = self._known(records)
        site = replace(self._site(records, href), history=self._told(known))
        drawn, exported = self._draw(site)
        related = {uri: views.related(record, site) for uri, record in records.items()}
        pages = [replace(page, slots=dict(page.slots)) for page in views.build(site)]
        yield Rest(drawn, exported, {page.src_uri: page for page in pages}, related)
        yield self._check(records, known)

    def _glances(self, paths: list[Path]) -> list[PostMortem]:
        """What the process ahead saw first: these records, at a glance."""
        assert self._ahead is not None
        found = self._ahead.take()
        assert isinstance(found, Glances)
        assert len(found.records) == len(paths)
        return found.records

    def _rest(self) -> Rest:
        """What comes last from the process ahead."""
        while self._last is None:
            self._take()
        return self._last

    def _take(self) -> None:
        assert self._ahead is not None
        part = self._ahead.take()
        if isinstance(part, Rest):
            self._last = part
            self.pages = part.pages
        elif isinstance(part, Report):
            self._judged = part
        elif not isinstance(part, Glances):
            for uri, record, body in part:
                self.records[uri] = record
                self._bodies[uri] = body

    def _check(self, records: Mapping[str, PostMortem], known: History) -> Report:
        known = known if self.settings.process.check_git else History.none()
        if self.cache is None:
            self.cache = Cache(self.settings, self.as_of, known.digest)
        report = check_records(records.values(), self.settings, self.as_of, self.cache, known, self.register)
        self.cache.keep({record.path for record in records.values()})
        self.cache.save()
        return report

    def _draw(self, site: views.Site) -> tuple[views.Memory, dict[str, str]]:
        """What no page needs before all are rendered: the facts of every post-mortem, and the files."""
        return views.draw(site), exporting.files(site)

    def report(self) -> Report:
        """What the rules say. Raises `ConfigError` where the team's schema cannot be used."""
        while self._ahead and self._judged is None:
            self._take()
        report = self._judged or self._checking.result()
        for finding in report.findings:
            self.findings.setdefault(finding.path, []).append(finding)
        return report

    def tell(self, log: Any, serving: bool) -> None:
        """Log what was found. Raises `ConfigError` for errors: `-q --strict` counts no warning.

        While serving the site is shown as it is.
        """
        report = self.report()
        for finding in report.findings:
            say = {"error": log.error, "warning": log.warning}.get(finding.severity, log.debug)
            if finding.severity == "warning" and finding.code in BY_THE_DAY:
                say = log.info  # time alone makes no strict build fail
            say(str(finding))
        if report.errors and not serving:
            noun = "error" if report.errors == 1 else "errors"
            raise ConfigError(f"{report.errors} {noun} in post-mortems; `mkdocs-postmortem check` shows them")

    def files(self) -> dict[str, str]:
        """The files beside the pages, by their source; to be asked for once everything is rendered."""
        if self._ahead:
            drawn, exported = self._rest().drawn, self._rest().exported
        else:
            drawn, exported = self._drawing.result()
        self.memory.update(drawn)
        current = {record.document.digest for record in self.records.values()}
        facets = self.site.facets_digest
        for key in list(self.memory):
            # Of documents that changed or went, or with addresses that have changed.
            if key[2] not in current or (key[0] == "panel" and key[-1] != facets):
                del self.memory[key]
        return {f"{self.base}/{name}": text for name, text in exported.items()}

    def source(self, src_uri: str) -> str | None:
        """A source of ours as it is to be rendered, where the host's file does not have it; else None."""
        if src_uri in self.records:
            # The blank line keeps the body from being read as metadata.
            return f"\n{self._body(src_uri)}"
        return self._rest().pages[src_uri].markdown if self._ahead and src_uri in self.pages else None

    def _body(self, src_uri: str) -> str:
        if self._ahead is None:
            record = self.records[src_uri]
            known = self._enriched.get(src_uri)
            if known is None or known[0] is not record:
                known = self._enriched[src_uri] = (record, views.enrich(record, self.site, tables=False))
            return known[1]
        while src_uri not in self._bodies:
            self._take()
        return self._bodies.pop(src_uri)

    def keep_back(self, pages: Iterable[Any]) -> None:
        """Of generated pages that repeat what post-mortems say, leave searches the title until `finish`.

        `pages` are the host's, rendered: each has its `content` and its `file.src_uri`.
        """
        for page in pages:
            ours = self.pages.get(page.file.src_uri)
            if ours is not None and ours.repeats_words and page.content:
                self._kept[page.file.src_uri] = page.content
                head, mark, _ = page.content.partition("</h1>")
                page.content = head + mark if mark else ""

    def finish(self, src_uri: str, content: str, with_findings: bool) -> str:
        """A page's rendered HTML with what is drawn into it: facts, tables, relations."""
        if (record := self.records.get(src_uri)) is not None:
            findings = self.findings.get(record.path, []) if with_findings else []
            related = self._rest().related[src_uri] if self._ahead else None
            return finishing.complete(self._tables(src_uri, record, content), record, self.site, findings, related)
        page = self.pages.get(src_uri)
        return content if page is None else finishing.fill(self._kept.pop(src_uri, content), page)

    def _tables(self, src_uri: str, record: PostMortem, content: str) -> str:
        """A post-mortem's rendered words with its tables completed: done once for the same words and day."""
        known = self._completed.get(src_uri)
        if known is None or known[0] is not record or known[1] != content:
            known = (record, content, decorate.tables(content, record, self.site))
            if not self._once:
                self._completed[src_uri] = known
        return known[2]

    def close(self, last: bool = False) -> None:
        """End a build, whether or not it came to its end; `last` where the process ends with it."""
        collector.leave() if last else collector.usual()
        for work in (self._ahead, getattr(self, "_checking", None), getattr(self, "_drawing", None)):
            if work is not None:
                work.drop()


def _place(settings: Settings, docs: Path) -> tuple[str, str]:
    """What sources of post-mortems begin with, and where the generated pages go."""
    folder, docs = settings.folder_path.resolve(), docs.resolve()
    if not folder.is_relative_to(docs):
        raise ConfigError(
            f"the folder `{settings.folder}` is not inside docs_dir ({docs.name}/)",
            help="set `postmortems:` in postmortem.yml",
        )
    if folder == docs:
        return "", "postmortems"
    base = folder.relative_to(docs).as_posix()
    return f"{base}/", base


Item = TypeVar("Item")


def _halves(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    whole = list(items)
    return whole[: len(whole) // 2], whole[len(whole) // 2 :]


def _batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
