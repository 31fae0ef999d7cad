"""The public site of one build: which releases it shows, beside what, and whether it may take its place.

Everything that a host's plugin does for the public audience besides talking to its host. Nothing
but `external/` and `redaction.yml` is read; the post-mortems themselves never are.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from mkdocs_postmortem import parallel
from mkdocs_postmortem.releasing import approvals, gate, grammar, release, site, words
from mkdocs_postmortem.releasing.configured import (
    CONFIGURED,
    LARGEST,
    NEVER,
    PAGES,
    SOURCES,
    Configuration,
    below,
    configuration,
    languages,
    not_listed,
    sources_of,
    speaks,
    strange_sources,
)
from mkdocs_postmortem.releasing.expected import Expectation
from mkdocs_postmortem.releasing.people import roster_of
from mkdocs_postmortem.releasing.policy import DEFAULT_FILE, Policy, nearly, policy_of
from mkdocs_postmortem.releasing.rules import RULES, Refusal, Refusals, private
from mkdocs_postmortem.releasing.staging import Staging
from mkdocs_postmortem.settings import ConfigError, as_of_date


class PublicSite:
    """Releases and pages of the current build; made anew for each."""

    def __init__(self, root: Path, today: date, preview: bool = False) -> None:
        self.root = root
        self.today = today
        self.preview = preview
        """Serving: what nobody has approved is shown as well, and says so."""
        self.policy: Policy = policy_of(root)
        self.roster = roster_of(self.policy)
        self.detector = words.Detector(self.policy, self.roster)
        self.refusals = Refusals()
        self.notes: list[str] = []
        """What is not shown, and why: for whoever runs the build."""
        self.shown: list[site.Published] = []
        self.judged: set[str] = set()
        """Lines of releases in which the detector found nothing."""
        self._judging: parallel.Beside[dict[str, tuple[Refusals, bool]]] = parallel.Beside(dict, worth=False)
        """What is found in the words of each release, by slug, and whether nothing was found at all."""
        self._unsettled = False
        """It was not asked for yet, and nothing may be published before."""
        self._approved: list[release.Release] = []
        self.last_change = NEVER
        """The newest day that the site may tell; the same for every build of the same words."""

    @property
    def watched(self) -> list[Path]:
        """What a change of asks for another build while serving."""
        return [path for path in (self.root / DEFAULT_FILE, self.root / release.FOLDER) if path.exists()]

    def configure(self, given: Configuration) -> None:
        """Judge the site's configuration and its own files."""
        self.given = given
        for what in not_listed(given, self.policy):
            self._refuse(CONFIGURED, "mkdocs.external.yml", what)
        for text in given.words:
            words.judge(text, "mkdocs.external.yml", self.detector, self.refusals, today=self.today)
        for place, what in strange_sources(given):
            self._refuse(SOURCES, self._told(place), what)
        self.judge_own(given.docs)
        for path in sorted(given.docs.rglob("*")):
            if self._told(below(path, given.docs)) != below(path, given.docs):
                self._refuse(SOURCES, self._told(below(path, given.root)), "has a name that may not be public")

    def judge_own(self, docs: Path, whole: bool = False) -> None:
        """Judge the site's own pages: what is accepted for a release is not accepted there.

        The gate reads all else that is built from them; `whole` judges everything here, where no gate follows.
        """
        if not whole and not any(item.release for item in self.policy.accept):
            return
        for path in sorted(docs.rglob("*")):
            if path.suffix.lower() not in PAGES or path.is_symlink() or not path.is_file():
                continue
            where, text = below(path, self.root), path.read_bytes()[:LARGEST].decode("utf-8", "replace")
            found = Refusals()
            words.judge(text, self._told(where), self.detector, found, today=self.today)
            for item in found.refused:
                if whole or self.policy.accepts_somewhere(item.code, item.value, self.today):
                    self.refusals.add(replace(item, help="write it in other words: the site's own pages have no marks"))

    def open(self, beside: bool = False) -> None:
        """Read the releases, and decide which are shown; `beside`: what is refused of many is known by `settle`."""
        self.shown = []
        found_releases = release.discover(self.root)
        if found_releases and self.policy.path is None:
            self._refuse(CONFIGURED, DEFAULT_FILE, "is not there, and with it whatever is to be kept inside")
        self._judge_roles(found_releases)
        kept = [item for item in found_releases if not item.problems.refused]
        apart = beside and not self.preview and len(kept) >= parallel.FEWEST
        self._judging = parallel.Beside(partial(self._judge_all, kept), apart)
        judged = {} if apart else self._judging.result()
        self._approved = []
        for item in found_releases:
            state = approvals.state(item, self.policy, self.roster, self.today)
            if state.name == "retracted" and not item.problems.refused:
                self.shown.append(site.Published(item, "retracted", state.last))
                continue
            if state.name == "approved":
                self._approved.append(item)
            elif not self.preview:
                # Also what nobody has approved must be a release: a folder that is none is somebody's mistake.
                self.refusals.extend(item.problems)
            found, _ = judged.get(item.slug, (item.problems, False))
            name = "refused" if self.preview and found.refused else state.name
            if name == "approved" or (self.preview and not item.problems.refused):
                self.shown.append(site.Published(item, name, state.last))
            if name != "approved":
                reasons = "; ".join(reason.message for reason in state.reasons)
                self.notes.append(f"{release.told(item)}: not published: {reasons or name}")
        there = {item.slug for item in self.shown}
        for one in self.shown:
            for slug in site.dead_links(one, there):
                self.notes.append(f"{one.slug}: its link to {slug}, which is not published, is plain text for now")
        self.last_change = max((str(item.on) for item in self.shown if item.on), default=NEVER)
        self._unsettled = apart
        if not apart:
            self._refuse_of(judged)

    def settle(self) -> None:
        """Wait for what the policy refuses in the releases, where a process beside judges them."""
        if self._unsettled:
            self._unsettled = False
            self._refuse_of(self._judging.result())

    def drop(self) -> None:
        """Nobody will ask what is refused in the releases."""
        self._judging.drop()

    def _refuse_of(self, judged: Mapping[str, tuple[Refusals, bool]]) -> None:
        for item in self._approved:
            found, clean = judged.get(item.slug, (item.problems, False))
            self.refusals.extend(found)
            if clean:
                self.judged.update(item.words.split("\n"))

    def _judge_roles(self, found: Sequence[release.Release]) -> None:
        """Refuse keys of `approvals` that are nearly what releases carry: whom they name would never be asked."""
        carried = (kind for item in found for kind in (item.info.severity, item.info.incident_type) if kind)
        known = list(dict.fromkeys(("always", *carried)))
        for key, place in self.policy.approval_places.items():
            meant = nearly(key, known) if key not in known else None
            if meant is not None:
                message = f"`approvals` has a key that is nearly `{meant}`, so nobody is asked for it"
                self.refusals.add(
                    Refusal(CONFIGURED, DEFAULT_FILE, place.line, message, f"write `{meant}`", place.column)
                )

    def _judge_all(self, items: Sequence[release.Release]) -> dict[str, tuple[Refusals, bool]]:
        return dict(zip((item.slug for item in items), parallel.each(self._judge, items), strict=True))

    def _judge(self, item: release.Release) -> tuple[Refusals, bool]:
        found = Refusals()
        if item.info.retracted is not None:
            return found, False
        clean = judge(item, self.detector, found, self.today)
        return found, clean

    def pages(self, with_feed: bool) -> dict[str, str]:
        """Markdown of the generated pages by source."""
        return site.pages(self.shown, self.preview, with_feed)

    def assets(self, title: str, site_url: str) -> dict[str, bytes]:
        """Files beside the pages by source: pictures, the style, and the feed where the site has an address."""
        found = {
            f"{site.BASE}/{item.slug}/{name}": data
            for item in self.shown
            if item.state != "retracted"
            for name, data in sorted(item.release.assets.items())
        }
        found[site.STYLE] = (Path(__file__).parent / "assets" / "public.css").read_bytes()
        if site_url:
            found[site.FEED] = site.feed(self.shown, title, site_url).encode()
        return found

    def gone(self) -> list[str]:
        """Addresses that the site in place has and this one will not, with nothing said in their stead."""
        folder = self.given.site / site.BASE
        kept = {item.slug for item in self.shown}
        old = (path.parent.name for path in folder.glob("*/index.html")) if folder.is_dir() else ()
        return sorted(slug for slug in old if slug not in kept)

    def _told(self, name: str) -> str:
        """A file's name as a message may say it."""
        parts = name.split("/")
        return "/".join("…" if self.detector.find(words.spelled(part), links=False) else part for part in parts)

    def _refuse(self, code: str, path: str, message: str) -> None:
        self.refusals.add(Refusal(code, path, 0, message))


def judge(item: release.Release, detector: words.Detector, refusals: Refusals, today: date) -> bool:
    """Apply the policy of today to the words of a release; True where no word of it was found fault with."""
    path = f"{release.FOLDER}/{item.slug}/index.md"
    for line, what in _not_listed_any_more(item, detector.policy):
        refusals.add(Refusal(release.WORDS_FORM, path, line, what, RULES[release.WORDS_FORM].mend))
    accepts = partial(detector.policy.accepts, release=item.slug, today=today)
    grammar.judge_markdown(item.body.split("\n"), path, refusals, first_line=item.body_line, accepts=accepts)
    return words.judge(item.words, path, detector, refusals, release=item.slug, today=today)


def _not_listed_any_more(item: release.Release, policy: Policy) -> Iterator[tuple[int, str]]:
    """Sections and facts of a release that the policy of today does not let out, with their lines."""
    lines = item.body.split("\n")
    for number, (line, code) in enumerate(zip(lines, grammar.fenced(lines), strict=True), item.body_line):
        if not code and line.startswith("## ") and not policy.lists_section(line[3:]):
            yield number, "has a section that `sections` in redaction.yml does not list"
    for name in item.front:
        if name != "title" and name not in policy.facts:
            yield 1, "states a fact that `facts` in redaction.yml does not list"


class _Warnings(logging.Handler):
    """Counts what the host warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        self.count += 1


class PublicBuild:
    """One build of the public site, from the host's configuration to the site in its place."""

    index = f"{site.BASE}/index.md"
    style = site.STYLE

    def __init__(self, root: Path, config: Mapping[str, Any], log: Any, preview: bool) -> None:
        """Read and judge everything but the pages. Raises `ConfigError` where the site may not be built.

        `config` is the host's configuration by its keys, `log` where refusals are told, one by one and
        without the words that they are about.
        """
        self.log = log
        self.preview = preview
        self.given = configuration(config, root)
        self.site_name, self.site_url = str(config.get("site_name") or ""), str(config.get("site_url") or "")
        self.staging: Staging | None = None
        self.watch: gate.Watch | None = None
        self.warnings = _Warnings()
        self.public = PublicSite(root, as_of_date(), preview)
        self.public.configure(self.given)
        self.public.open(beside=True)
        logging.getLogger("mkdocs").addHandler(self.warnings)
        for note in self.public.notes:
            log.info(note)
        if not preview:
            for slug in self.public.gone():
                # No warning: a strict build that stopped here would leave on the air what is to go.
                log.info(
                    f"{slug} was public and leaves the site: `mkdocs-postmortem retract {slug}` leaves a word there"
                )
        self._stop("before anything was built")

    def _stop(self, when: str) -> None:
        found = self.public.refusals.refused
        for item in found:
            self.log.error(str(item))
            if item.value and private(sys.stderr):
                self.log.error(f"  here: {' '.join(item.value.split())}")
        if found and not self.preview:
            self.public.drop()
            noun = "refusal" if len(found) == 1 else "refusals"
            raise ConfigError(
                f"{len(found)} {noun} {when}; the site in place stays as it is",
                help=f"`mkdocs-postmortem explain {found[0].code}` tells what the rule is for",
            )

    @property
    def watched(self) -> list[Path]:
        """What a change of asks for another build while serving."""
        return self.public.watched

    @property
    def last_change(self) -> str:
        """The day that every page of the site is dated by."""
        return self.public.last_change

    @property
    def last_moment(self) -> datetime:
        """When that day begins, as hosts tell of the moment of a build."""
        return datetime.fromisoformat(self.last_change)

    def begin(self) -> Path:
        """The folder to build into: beside the site's place, or where the host serves from."""
        if self.preview:
            return self.given.site
        self.staging = Staging(self.given.site, self.given.root, self.given.docs)
        return self.staging.folder

    @cached_property
    def files(self) -> dict[str, str | bytes]:
        """Every generated source: pages as text, all else as bytes."""
        pages = self.public.pages(with_feed=bool(self.site_url))
        return {**pages, **self.public.assets(self.site_name, self.site_url)}

    def expect(self, pages: Mapping[str, str], static: Mapping[str, Path]) -> None:
        """Which files the host is about to write: pages by their source's name, others by their source."""
        self.expected = (pages, static)
        self.public.settle()
        self._stop("before anything was written")
        if self.staging is not None:
            public = self.public
            self.watch = gate.Watch(
                self.staging.folder, self.expectation(), public.policy, public.detector, public.today
            )

    def finish(self, strict: bool) -> None:
        """Let the site through the gate and into its place. Raises `ConfigError` where it may not.

        A strict host fails for its warnings only after its plugins are done: they are counted here, too.
        """
        if self.staging is None or self.watch is None:
            return
        if strict and self.warnings.count:
            raise ConfigError("there were warnings, and the build is strict; the site in place stays as it is")
        self.public.refusals.extend(self.watch.inspect())
        self._stop("in what was built")
        self.staging.publish()

    def expectation(self) -> Expectation:
        """What the site is to be, from what the host said it would write."""
        pages, static = self.expected
        releases = {item.src_uri: item for item in self.public.shown if item.state == "approved"}
        generated = self.files
        assets = {uri: data for uri, data in generated.items() if isinstance(data, bytes)}
        docs = self.given.docs.resolve()
        return Expectation(
            pages={to: releases[uri].shown if uri in releases else None for to, uri in pages.items()},
            same={to: path for to, path in static.items() if to not in assets},
            assets=assets,
            own=frozenset(
                to for to, path in static.items() if to not in assets and path.resolve().is_relative_to(docs)
            ),
            perhaps=languages(self.given),
            optional=WRITTEN,
            sources=lambda: (
                *sources_of(self.given, self.public.shown),
                *(text for text in generated.values() if isinstance(text, str)),
            ),
            themes=self.given.themes,
            languages=speaks(self.given),
            site_url=self.site_url,
            judged=self.public.judged,
        )

    def drop(self) -> None:
        """Remove what is left beside the site's place."""
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        self.public.drop()
        if self.watch is not None:
            self.watch.drop()
            self.watch = None
        if self.staging is not None:
            self.staging.drop()
            self.staging = None


WRITTEN = frozenset(
    {
        *("404.html", "sitemap.xml", "sitemap.xml.gz", "search.html", "search/search_index.json"),
        *("search/main.js", "search/lunr.js", "search/worker.js"),
    }
)
"""What hosts write beside pages and static files."""
