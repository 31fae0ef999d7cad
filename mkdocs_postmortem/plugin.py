"""The MkDocs plugin: a thin door from the host's events to the wiki and to the public site."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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
from mkdocs_postmortem.settings import ConfigError
from mkdocs_postmortem.views import host

if TYPE_CHECKING:  # each is read for its audience alone
    from mkdocs_postmortem.releasing.publish import PublicBuild
    from mkdocs_postmortem.wiki import Wiki

log = get_plugin_logger("postmortem")


@contextmanager
def _one_message() -> Iterator[None]:
    """What is wrong with the configuration is one message of the host's, without a traceback."""
    try:
        yield
    except ConfigError as error:
        raise PluginError(f"postmortem: {error}") from None


class PluginOptions(Config):
    """Options in `mkdocs.yml`; everything else is in `postmortem.yml`, which other tools read too.

    `config` is the path of the settings, relative to `mkdocs.yml`; the audience `internal` builds the wiki,
    `external` the public site.
    """

    config = option.Type(str, default=project.DEFAULT_FILE)
    audience = option.Choice(("internal", "external"), default="internal")


class PostmortemPlugin(BasePlugin[PluginOptions]):
    """Adds the pages of the wiki to the site, or makes the public site: as the audience says."""

    def __init__(self) -> None:
        self.wiki: Wiki
        self.serving = False
        self.public: PublicBuild | None = None
        self.sources, self.folder = ExitStack(), ""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Defined so that MkDocs keeps this object, and with it what was parsed, while serving."""
        self.serving = command == "serve"
        if self.config.audience == "external" and (dirty or command == "gh-deploy"):
            raise PluginError(host.never_public("gh-deploy" if command == "gh-deploy" else "--dirty"))

    @_one_message()
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Renew everything that belongs to one build; extend styles, scripts and navigation."""
        root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        if self.config.audience == "external":
            from mkdocs_postmortem.releasing.publish import PublicBuild

            self.on_build_error()
            self.public = PublicBuild(root, config, log, preview=self.serving)
            config.site_dir = str(self.public.begin())  # beside its place: the gate moves it there
            host.extend(config, [self.public.style], "Post-mortems", [self.public.index], self.public.watched)
            return config
        from mkdocs_postmortem.wiki import Wiki

        self.wiki = getattr(self, "wiki", None) or Wiki()
        self.wiki.renew(root, self.config.config, Path(config.docs_dir), log if self.serving else None)
        host.extend(config, self.wiki.assets, self.wiki.settings.title, self.wiki.in_navigation, self.wiki.watched)
        return config

    @_one_message()
    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Read every post-mortem once, check them all, and add the generated pages."""
        set_exclusions(files, config)  # what the user excluded stays excluded
        self.sources.close()
        self.folder = self.sources.enter_context(tempfile.TemporaryDirectory(prefix="mkdocs-postmortem-"))
        # By address: README.md is a front page, too, and x/index.md is where x.md would be.
        self.taken = {file.dest_uri: file for file in files if not file.inclusion.is_excluded()}
        if self.public is not None:
            for uri, source in self.public.files.items():
                self._add(files, config, uri, source, uri == self.public.index)
            return files

        @cache
        def url(src_uri: str) -> str:
            return File(src_uri, None, config.site_dir, config.use_directory_urls).url

        relative = lambda to, source: get_relative_url(url(to), url(source))  # noqa: E731
        self.wiki.open(self._sources(files), relative, config.site_url or "", once=not self.serving)
        for uri, source, shown in self.wiki.generated():
            self._add(files, config, uri, source, shown)
        if not self.wiki.large:
            self.wiki.tell(log, self.serving)
        return files

    def _sources(self, files: Files) -> dict[str, Path]:
        """Post-mortems among the host's files, by source; they stay out of the navigation."""
        wanted = InclusionLevel.is_in_serve if self.serving else InclusionLevel.is_included
        sources: dict[str, Path] = {}
        for file in files.documentation_pages(inclusion=wanted):
            if file.abs_src_path is not None and not file.generated_by and self.wiki.is_postmortem(file.src_uri):
                sources[file.src_uri] = Path(file.abs_src_path)
                file.inclusion = InclusionLevel.NOT_IN_NAV if file.inclusion.is_in_nav() else file.inclusion
        return sources

    def _add(self, files: Files, config: MkDocsConfig, uri: str, data: str | bytes, shown: bool = False) -> None:
        """Add a generated file; what the user has under that name or address is theirs, and an error."""
        level = InclusionLevel.INCLUDED if shown else InclusionLevel.NOT_IN_NAV
        path = Path(self.folder, f"{len(files)}-{uri.rpartition('/')[2]}")  # flat: folders take longer than files
        file = File.generated(config, uri, abs_src_path=str(path), inclusion=level)
        known = files.get_file_from_path(uri) or self.taken.get(file.dest_uri)
        if known and not known.generated_by:
            raise PluginError(host.collision(uri, host.below(config, known.src_uri)))
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        files.append(file)

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
        """Where the navigation was made from folders, call the archive's by its title."""
        index = files.get_file_from_path(f"{self.wiki.base}/index.md") if self.public is None else None
        if index and config.nav is None and index.page is not None and index.page.parent is not None:
            index.page.parent.title = host.printable(self.wiki.settings.title)
        return nav

    def on_page_read_source(self, page: Page, config: MkDocsConfig) -> str | None:
        """Hand back what was read or made already."""
        text = self.wiki.source(page.file.src_uri) if self.public is None else None
        if text is not None and page.file.generated_by and page.file.abs_src_path:
            Path(page.file.abs_src_path).write_text(text, encoding="utf-8", newline="")
        return text

    @event_priority(100)  # first, so that every other plugin sees the page's metadata
    def on_page_markdown(self, markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Give the page the metadata its theme may have, safe to be printed as it is."""
        uri = page.file.src_uri
        if self.public is not None:
            page.update_date = self.public.last_change  # not the day of the build, which would tell of rebuilds
        elif (record := self.wiki.records.get(uri)) is not None:
            page.meta = host.host_meta(record)
        elif (generated := self.wiki.pages.get(uri)) is not None:
            page.meta["title"] = host.printable(generated.title)
        return markdown

    @_one_message()
    def on_env(self, env: Any, config: MkDocsConfig, files: Files) -> None:
        """Take what was found and drawn while the host rendered; nothing has been written yet."""
        if self.public is not None:
            pages = {file.dest_uri: file.src_uri for file in files.documentation_pages()}
            others = [file for file in files if file.inclusion.is_included() and not file.is_documentation_page()]
            self.public.expect(pages, {file.dest_uri: Path(file.abs_src_path or "") for file in others})
            return
        if self.wiki.large:
            self.wiki.tell(log, self.serving)
        for uri, text in self.wiki.files().items():
            self._add(files, config, uri, text)
        self.wiki.keep_back(file.page for file in files.documentation_pages() if file.page)

    @event_priority(-100)  # after the search plugins: what is drawn here is not indexed
    def on_page_context(self, context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Any) -> dict[str, Any]:
        """Draw the facts into a post-mortem, and the tables into a generated page."""
        if self.public is not None:
            context["build_date_utc"] = self.public.last_moment
        else:
            page.content = self.wiki.finish(page.file.src_uri, page.content or "", with_findings=self.serving)
        return context

    @event_priority(-(10**9))  # after everything that writes, whatever it says of itself
    @_one_message()
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Let the public site through the gate, and only then into its place."""
        if self.public is not None:
            self.public.finish(config.strict)

    def on_build_error(self, error: Exception | None = None) -> None:
        """Leave the site in place as it is."""
        if self.public is not None:
            self.public.drop()
            self.public = None

    def on_shutdown(self) -> None:
        """Remove the generated sources."""
        self.on_build_error()
        if hasattr(self, "wiki"):
            self.wiki.close(last=True)
        self.sources.close()
