"""The wiki of one project, over all builds of a process: what was read and drawn is kept between them.

Everything a host's plugin does besides talking to its host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mkdocs_postmortem import collector, exporting, parallel, views
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import Cache, Finding, Report, check_records
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader, is_postmortem, newest_first
from mkdocs_postmortem.settings import ConfigError, Settings
from mkdocs_postmortem.views import host


class Wiki:
    """Records, findings and pages of the current build; the host says where things are."""

    def __init__(self) -> None:
        self.large = False
        """So many records that checking and drawing are done beside the host's rendering."""
        self.reader: Reader | None = None
        self.memory: views.Memory = {}
        self.cache: Cache | None = None
        self.decided: object = None
        """Under what the memory and the cache hold: settings, the team's schema, the day."""

    def renew(self, root: Path, config: str, docs: Path) -> None:
        """Begin a build: read the settings anew. Raises `ConfigError` where they cannot be used.

        `root` is the folder of the site's configuration, `config` the path of the settings in it,
        `docs` the folder of the site's sources.
        """
        self.close()
        path = root / config
        given = path.exists() or config != project.DEFAULT_FILE
        self._begin(project.load(path) if given else Settings(root=root), docs)

    @property
    def can_go_on(self) -> bool:
        """Whether there are settings of an earlier build."""
        return self.reader is not None

    def go_on(self, docs: Path) -> None:
        """Begin a build with the settings of the one before."""
        assert self.reader is not None
        self._begin(self.reader.settings, docs)

    def _begin(self, settings: Settings, docs: Path) -> None:
        self.as_of = project.as_of_date()
        decided = (settings, project.fingerprint(settings), self.as_of)
        if self.reader is None or self.decided != decided:
            self.decided = decided
            self.reader, self.memory, self.cache = Reader(settings), {}, None
        self.settings = self.reader.settings
        self.prefix, self.base = _place(settings, docs)
        self.records: dict[str, PostMortem] = {}
        self.pages: dict[str, views.Page] = {}
        self.findings: dict[str, list[Finding]] = {}

    def is_postmortem(self, src_uri: str) -> bool:
        """Whether a source of the site is a post-mortem, by its place and name."""
        return src_uri.startswith(self.prefix) and is_postmortem(src_uri.removeprefix(self.prefix))

    def open(self, sources: Mapping[str, Path], href: Callable[[str, str], str]) -> None:
        """Read the post-mortems, and begin to check and to draw them; `href` as in `views.Site`."""
        assert self.reader is not None
        collector.calm()
        self.records = dict(zip(sources, self.reader.read_all(sources.values()), strict=True))
        self.site = views.Site(
            records=newest_first(self.records.values()),
            settings=self.settings,
            as_of=self.as_of,
            base=self.base,
            src_uris={record.path: uri for uri, record in self.records.items()},
            href=href,
            memory=self.memory,
        )
        self.large = len(self.records) >= parallel.FEWEST
        self._checking = parallel.Beside(self._check, self.large)
        self._drawing = parallel.Beside(self._draw, self.large)
        self.pages = {page.src_uri: page for page in views.build(self.site)}
        collector.calm()

    def _check(self) -> Report:
        if self.cache is None:
            self.cache = Cache(self.settings, self.as_of)
        report = check_records(self.records.values(), self.settings, self.as_of, self.cache)
        self.cache.keep({record.path for record in self.records.values()})
        self.cache.save()
        return report

    def _draw(self) -> tuple[views.Memory, dict[str, str]]:
        """What no page needs before all are rendered: the facts of every post-mortem, and the files."""
        return views.draw(self.site), exporting.files(self.site)

    def report(self) -> Report:
        """What the rules say. Raises `ConfigError` where the team's schema cannot be used."""
        report = self._checking.result()
        for finding in report.findings:
            self.findings.setdefault(finding.path, []).append(finding)
        return report

    def files(self) -> dict[str, str]:
        """The files beside the pages, by their source; to be asked for once everything is rendered."""
        drawn, exported = self._drawing.result()
        self.memory.update(drawn)
        current = {record.document.digest for record in self.records.values()}
        facets = self.site.facets_digest
        for key in list(self.memory):
            # Of documents that changed or went, or with addresses that have changed.
            if key[2] not in current or (key[0] == "panel" and key[-1] != facets):
                del self.memory[key]
        return {f"{self.base}/{name}": text for name, text in exported.items()}

    def body(self, src_uri: str) -> str | None:
        """A post-mortem's markdown as it is to be rendered; None for any other source."""
        record = self.records.get(src_uri)
        return None if record is None else views.enrich(record, self.site, tables=False)

    def finish(self, src_uri: str, content: str, with_findings: bool) -> str:
        """A page's rendered HTML with what is drawn into it: facts, tables, relations."""
        if (record := self.records.get(src_uri)) is not None:
            findings = self.findings.get(record.path, []) if with_findings else []
            return host.complete(content, record, self.site, findings)
        page = self.pages.get(src_uri)
        return content if page is None else host.fill(content, page)

    def close(self, last: bool = False) -> None:
        """End a build, whether or not it came to its end; `last` where the process ends with it."""
        collector.leave() if last else collector.usual()
        for work in (getattr(self, "_checking", None), getattr(self, "_drawing", None)):
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
