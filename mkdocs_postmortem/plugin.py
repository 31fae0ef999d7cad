"""The MkDocs plugin: a thin door from the host's events to the wiki."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from mkdocs.config import config_options as option
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from mkdocs_postmortem import settings as project
from mkdocs_postmortem import views
from mkdocs_postmortem.settings import ConfigError
from mkdocs_postmortem.views import host
from mkdocs_postmortem.wiki import Wiki

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
        self.wiki = Wiki()
        self.folder: tempfile.TemporaryDirectory[str] | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Defined so that MkDocs keeps this object, and with it what was parsed, while serving."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Renew everything that belongs to one build; extend styles, scripts and navigation."""
        if self.config.audience == "external":
            raise PluginError(
                "postmortem: the public build is not part of this version: build the wiki with mkdocs.yml"
            )
        root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        try:
            self.wiki.renew(root, self.config.config, Path(config.docs_dir))
        except ConfigError as error:
            if not (self.serving and self.wiki.can_go_on):
                raise PluginError(f"postmortem: {error}") from None
            log.error(f"{error}\nThe settings stay as they were.")
            self.wiki.go_on(Path(config.docs_dir))
        settings = self.wiki.settings
        config.watch += [str(item) for item in (settings.path, settings.schema) if item]
        for asset in views.asset_paths():
            uri = f"assets/postmortem/{asset.name}"
            if asset.suffix == ".css":
                config.extra_css.insert(0, uri)  # before the user's, so that the user's wins
            else:
                config.extra_javascript.append(uri)
        index = f"{self.wiki.base}/index.md"
        self.names_section = config.nav is None
        if config.nav is not None and settings.navigation and f"'{index}'" not in str(config.nav):
            config.nav.append({host.printable(settings.title): [index, f"{self.wiki.base}/action-items/index.md"]})
        return config

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Read every post-mortem once, check them all, and add the generated pages."""
        set_exclusions(files, config)  # what the user excluded stays excluded
        addresses: dict[str, str] = {}

        def url(src_uri: str) -> str:
            if src_uri not in addresses:
                addresses[src_uri] = File(src_uri, None, config.site_dir, config.use_directory_urls).url
            return addresses[src_uri]

        relative = lambda to, source: get_relative_url(url(to), url(source))  # noqa: E731
        self.wiki.open(self._sources(files), relative, once=not self.serving)
        self._clean_up()
        self.folder = tempfile.TemporaryDirectory(prefix="mkdocs-postmortem-")
        # By address: README.md is a front page, too, and x/index.md is where x.md would be.
        self.taken = {file.dest_uri: file for file in files if not file.inclusion.is_excluded()}
        for page in self.wiki.pages.values():
            in_navigation = page.in_navigation and self.wiki.settings.navigation
            self._add(files, config, page.src_uri, page.markdown, in_navigation)
        for asset in views.asset_paths():
            self._add(files, config, f"assets/postmortem/{asset.name}", asset.read_text(encoding="utf-8"))
        if not self.wiki.large:
            self._report()
        return files

    def _sources(self, files: Files) -> dict[str, Path]:
        """Post-mortems among the host's files, by source; they stay out of the navigation."""
        wanted = InclusionLevel.is_in_serve if self.serving else InclusionLevel.is_included
        sources: dict[str, Path] = {}
        for file in files.documentation_pages(inclusion=wanted):
            if file.abs_src_path is not None and not file.generated_by and self.wiki.is_postmortem(file.src_uri):
                sources[file.src_uri] = Path(file.abs_src_path)
                if file.inclusion.is_in_nav():
                    file.inclusion = InclusionLevel.NOT_IN_NAV
        return sources

    def _report(self) -> None:
        """Log what was found; errors stop a build by themselves, for `-q --strict` counts no warning."""
        try:
            report = self.wiki.report()
        except ConfigError as error:
            raise PluginError(f"postmortem: {error}") from None
        for finding in report.findings:
            say = {"error": log.error, "warning": log.warning}.get(finding.severity, log.debug)
            say(str(finding))
        if report.errors and not self.serving:
            noun = "error" if report.errors == 1 else "errors"
            raise PluginError(
                f"postmortem: {report.errors} {noun} in post-mortems; `mkdocs-postmortem check` shows them"
            )

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

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Where the navigation was made from folders, call the archive's by its title."""
        index = files.get_file_from_path(f"{self.wiki.base}/index.md")
        if self.names_section and index is not None and index.page is not None and index.page.parent is not None:
            index.page.parent.title = host.printable(self.wiki.settings.title)
        return nav

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        """Hand back what was read or made already."""
        text = self.wiki.source(page.file.src_uri)
        if text is not None and page.file.generated_by and page.file.abs_src_path:
            Path(page.file.abs_src_path).write_text(text, encoding="utf-8", newline="")
        return text

    @event_priority(100)  # first, so that every other plugin sees the page's metadata
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Give the page the metadata its theme may have, safe to be printed as it is."""
        uri = page.file.src_uri
        if (record := self.wiki.records.get(uri)) is not None:
            page.meta = host.host_meta(record)
        elif (generated := self.wiki.pages.get(uri)) is not None:
            page.meta["title"] = host.printable(generated.title)
        return markdown

    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> None:
        """Take what was found and drawn while the host rendered; nothing has been written yet."""
        if self.wiki.large:
            self._report()
        for uri, text in self.wiki.files().items():
            self._add(files, config, uri, text)

    @event_priority(-100)  # after the search plugins: what is drawn here is not indexed
    def on_page_context(self, context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
        """Draw the facts into a post-mortem, and the tables into a generated page."""
        page.content = self.wiki.finish(page.file.src_uri, page.content or "", with_findings=self.serving)
        return context

    def on_shutdown(self) -> None:
        """Remove the generated sources."""
        self.wiki.close(last=True)
        self._clean_up()

    def _clean_up(self) -> None:
        if self.folder is not None:
            self.folder.cleanup()
            self.folder = None
