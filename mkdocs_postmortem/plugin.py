"""The MkDocs plugin: a thin door from the host's events to reading, checking and the views."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Literal

from mkdocs.config import config_options as option
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from mkdocs_postmortem import collector, exporting, parallel, views
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import Finding, Report, check_cached
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader, is_postmortem, newest_first
from mkdocs_postmortem.settings import ConfigError, Settings
from mkdocs_postmortem.views import host

log = get_plugin_logger("postmortem")


class PluginOptions(Config):
    """Options in `mkdocs.yml`; everything else is in `postmortem.yml`, which other tools read too."""

    config = option.Type(str, default=project.DEFAULT_FILE)
    """Path of the settings, relative to `mkdocs.yml`."""
    audience = option.Choice(("internal", "external"), default="internal")
    """`internal` builds the wiki; `external` the public site."""


class PostmortemPlugin(BasePlugin[PluginOptions]):
    """Reads and checks the post-mortems below `docs_dir`, and adds the pages of the wiki."""

    def __init__(self) -> None:
        self.serving = False
        self.reader: Reader | None = None
        self.kept_for: tuple[Settings, date] | None = None
        self.memory: views.Memory = {}
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Defined so that MkDocs keeps this object, and with it what was parsed, while serving."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Renew everything that belongs to one build; extend styles, scripts and navigation."""
        collector.usual()
        if self.config.audience == "external":
            raise PluginError("postmortem: the public build is not part of this version; remove `audience: external`")
        root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        path = root / self.config.config
        given = path.exists() or self.config.config != project.DEFAULT_FILE
        try:
            settings = project.load(path) if given else Settings(root=root)
            self.as_of: date = project.as_of_date()
        except ConfigError as error:
            raise PluginError(f"postmortem: {error}") from None
        if self.reader is None or self.reader.settings != settings:
            self.reader = Reader(settings)
        self.settings = self.reader.settings
        self.base = self._base(config)
        self.records: dict[str, PostMortem] = {}
        self.pages: dict[str, views.Page] = {}
        if self.kept_for != (settings, self.as_of):
            self.kept_for, self.memory = (settings, self.as_of), {}
        self.findings: dict[str, list[Finding]] = {}
        config.watch += [str(item) for item in (settings.path, settings.schema) if item]
        for asset in views.asset_paths():
            uri = f"assets/postmortem/{asset.name}"
            if asset.suffix == ".css":
                config.extra_css.insert(0, uri)  # before the user's, so that the user's wins
            else:
                config.extra_javascript.append(uri)
        index = f"{self.base}/index.md"
        if config.nav is not None and settings.navigation and f"'{index}'" not in str(config.nav):
            config.nav.append({host.printable(settings.title): [index, f"{self.base}/action-items/index.md"]})
        return config

    def _base(self, config: MkDocsConfig) -> str:
        """Where the generated pages go: the folder of the post-mortems, as the site sees it."""
        folder, docs = self.settings.folder_path.resolve(), Path(config.docs_dir).resolve()
        if not folder.is_relative_to(docs):
            raise PluginError(
                f"postmortem: the folder `{self.settings.folder}` is not inside docs_dir ({docs.name}/); "
                "set `postmortems:` in postmortem.yml"
            )
        self.prefix = f"{folder.relative_to(docs).as_posix()}/" if folder != docs else ""
        return self.prefix.rstrip("/") or "postmortems"

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Read every post-mortem once, check them all, and add the generated pages."""
        collector.calm()
        found = self._read(files, config)
        many = len(found) >= parallel.FEWEST
        checking = parallel.Beside(lambda: check_cached(list(found.values()), self.settings, self.as_of), many)
        self.addresses: dict[str, str] = {}
        self.site = views.Site(
            records=newest_first(found.values()),
            settings=self.settings,
            as_of=self.as_of,
            base=self.base,
            src_uris={record.path: uri for uri, record in found.items()},
            href=lambda to, source: get_relative_url(self._url(to, config), self._url(source, config)),
            memory=self.memory,
        )
        self._clean_up()
        self.folder = tempfile.TemporaryDirectory(prefix="mkdocs-postmortem-")
        # By address: README.md is a front page, too, and x/index.md is where x.md would be.
        self.taken = {file.dest_uri: file for file in files if not file.inclusion.is_excluded()}
        self.drawing = parallel.Beside(self._draw, many)
        for page in views.build(self.site):
            self.pages[page.src_uri] = page
            in_navigation = page.in_navigation and self.settings.navigation
            self._add(files, config, page.src_uri, page.markdown, in_navigation)
        try:
            self._report(checking.result())
        except ConfigError as error:
            raise PluginError(f"postmortem: {error}") from None
        for asset in views.asset_paths():
            self._add(files, config, f"assets/postmortem/{asset.name}", asset.read_text(encoding="utf-8"))
        collector.calm()
        return files

    def _read(self, files: Files, config: MkDocsConfig) -> dict[str, PostMortem]:
        """Post-mortems among the host's files: from source to record, and out of the navigation."""
        assert self.reader is not None
        set_exclusions(files, config)  # what the user excluded stays excluded
        wanted = InclusionLevel.is_in_serve if self.serving else InclusionLevel.is_included
        chosen: dict[str, Path] = {}
        for file in files.documentation_pages(inclusion=wanted):
            if file.abs_src_path is None or file.generated_by:
                continue
            if file.src_uri.startswith(self.prefix) and is_postmortem(file.src_uri.removeprefix(self.prefix)):
                chosen[file.src_uri] = Path(file.abs_src_path)
                if file.inclusion.is_in_nav():
                    file.inclusion = InclusionLevel.NOT_IN_NAV
        records = self.reader.read_all(chosen.values())
        self.records = dict(zip(chosen, records, strict=True))
        return self.records

    def _report(self, report: Report) -> None:
        """Log what was found; errors stop a build by themselves, for `-q --strict` counts no warning."""
        for finding in report.findings:
            self.findings.setdefault(finding.path, []).append(finding)
            say = {"error": log.error, "warning": log.warning}.get(finding.severity, log.debug)
            say(str(finding))
        if report.errors and not self.serving:
            noun = "error" if report.errors == 1 else "errors"
            raise PluginError(
                f"postmortem: {report.errors} {noun} in post-mortems; `mkdocs-postmortem check` shows them"
            )

    def _url(self, src_uri: str, config: MkDocsConfig) -> str:
        """The host's address of a source, by its own rules."""
        if src_uri not in self.addresses:
            self.addresses[src_uri] = File(src_uri, None, config.site_dir, config.use_directory_urls).url
        return self.addresses[src_uri]

    def _add(self, files: Files, config: MkDocsConfig, uri: str, text: str, in_navigation: bool = False) -> None:
        """Add a generated file; what the user has under that name or address is theirs, and an error."""
        level = InclusionLevel.INCLUDED if in_navigation else InclusionLevel.NOT_IN_NAV
        assert self.folder is not None
        path = Path(self.folder.name, uri)
        file = File.generated(config, uri, abs_src_path=str(path), inclusion=level)
        known = files.get_file_from_path(uri) or self.taken.get(file.dest_uri)
        if known is not None and not known.generated_by:
            yours = f"{Path(config.docs_dir).name}/{known.src_uri}"
            raise PluginError(f"postmortem: `{uri}` is generated, and `{yours}` has its address; rename yours")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        files.append(file)

    def _draw(self) -> tuple[views.Memory, dict[str, str]]:
        """What no page needs before all are rendered: the facts of every post-mortem, the files beside them."""
        memory = views.draw(self.site)
        return memory, exporting.files(self.site)

    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> None:
        """Take what was drawn while the host rendered; its static files are copied next."""
        memory, exported = self.drawing.result()
        self.memory.update(memory)
        for name, text in exported.items():
            self._add(files, config, f"{self.base}/{name}", text)

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        """Hand the body back that was read already; the blank line keeps it from being metadata."""
        record = self.records.get(page.file.src_uri)
        return None if record is None else "\n" + views.enrich(record, self.site, tables=False)

    @event_priority(100)  # first, so that every other plugin sees the page's metadata
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Give the page the metadata its theme may have, safe to be printed as it is."""
        record = self.records.get(page.file.src_uri)
        if record is not None:
            page.meta = host.host_meta(record)
        elif (generated := self.pages.get(page.file.src_uri)) is not None:
            page.meta["title"] = host.printable(generated.title)
        return markdown

    @event_priority(-100)  # after the search plugins: what is drawn here is not indexed
    def on_page_context(self, context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
        """Draw the facts into a post-mortem, and the tables into a generated page."""
        uri = page.file.src_uri
        if (record := self.records.get(uri)) is not None:
            findings = self.findings.get(record.path, []) if self.serving else []
            page.content = host.complete(page.content or "", record, self.site, findings)
        elif (generated := self.pages.get(uri)) is not None:
            page.content = host.fill(page.content or "", generated)
        return context

    def on_shutdown(self) -> None:
        """Remove the generated sources."""
        collector.usual()
        self._clean_up()

    def _clean_up(self) -> None:
        if self.folder is not None:
            self.folder.cleanup()
            self.folder = None
