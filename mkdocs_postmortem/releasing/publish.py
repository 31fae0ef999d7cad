"""The public site of one build: which releases it shows, beside what, and whether it may take its place.

Everything that a host's plugin does for the public audience besides talking to its host. Nothing
but `external/` and `redaction.yml` is read; the post-mortems themselves never are.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import glob
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs_postmortem import parallel
from mkdocs_postmortem.reading.source import left_by_system
from mkdocs_postmortem.releasing import approvals, gate, grammar, release, site, words
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.people import roster_of
from mkdocs_postmortem.releasing.policy import DEFAULT_FILE, Policy, nearly, policy_of
from mkdocs_postmortem.releasing.rules import RULES, Refusal, Refusals, declare, private
from mkdocs_postmortem.settings import ConfigError, as_of_date

CONFIGURED = declare(
    "PM830",
    "site-configuration",
    "The public build takes nothing that the policy does not list: plugins, hooks, overrides, extra keys.",
    "remove it from the site's configuration, or list it in redaction.yml",
)
SOURCES = declare(
    "PM831",
    "site-sources",
    "The public site's own pages are plain files inside external/, and nothing else.",
    "move, remove or replace the file",
)

NEVER = "1970-01-01"
"""The day of a site that has nothing to tell yet."""
_POINTER = b"version https://git-lfs.github.com/spec/"
_LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True)
class Configuration:
    """What the host's configuration says, as plain values."""

    root: Path
    docs: Path
    site: Path
    plugins: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    custom_dir: Path | None = None
    extra_files: tuple[str, ...] = ()
    """Extra styles, scripts and templates, as they are named."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    repository: tuple[str, ...] = ()
    """Which of `repo_url` and `edit_uri` are set."""
    borrowed: tuple[str, ...] = ()
    """Which of `INHERIT` and `!ENV` it is written with."""
    words: tuple[str, ...] = ()
    """Every text of it that may be shown: names, labels, descriptions."""
    look: tuple[str, ...] = ()
    """The theme's options: names of colours, icons and features."""
    themes: tuple[Path, ...] = ()
    """Folders of the theme's templates."""


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
        self.last_change = NEVER
        """The newest day that the site may tell; the same for every build of the same words."""

    @property
    def watched(self) -> list[Path]:
        """What a change of asks for another build while serving."""
        return [path for path in (self.root / DEFAULT_FILE, self.root / release.FOLDER) if path.exists()]

    def configure(self, given: Configuration) -> None:
        """Judge the site's configuration and its own files."""
        self.given = given
        for what in _not_listed(given, self.policy):
            self._refuse(CONFIGURED, "mkdocs.external.yml", what)
        for text in given.words:
            words.judge(text, "mkdocs.external.yml", self.detector, self.refusals, today=self.today)
        for place, what in _strange_sources(given):
            self._refuse(SOURCES, self._told(place), what)
        self.judge_own(given.docs)
        for path in sorted(given.docs.rglob("*")):
            if self._told(_below(path, given.docs)) != _below(path, given.docs):
                self._refuse(SOURCES, self._told(_below(path, given.root)), "has a name that may not be public")

    def judge_own(self, docs: Path, whole: bool = False) -> None:
        """Judge the site's own pages: what is accepted for a release is not accepted there.

        The gate reads all else that is built from them; `whole` judges everything here, where no gate follows.
        """
        for path in sorted(docs.rglob("*")):
            if path.suffix.lower() not in _SOURCES or path.is_symlink() or not path.is_file():
                continue
            where, text = _below(path, self.root), path.read_bytes()[:_LARGEST].decode("utf-8", "replace")
            found = Refusals()
            words.judge(text, self._told(where), self.detector, found, today=self.today)
            for item in found.refused:
                if whole or self.policy.accepts_somewhere(item.code, item.value, self.today):
                    self.refusals.add(item)

    def open(self) -> None:
        """Read the releases, and decide which are shown."""
        self.shown = []
        found_releases = release.discover(self.root)
        if found_releases and self.policy.path is None:
            self._refuse(CONFIGURED, DEFAULT_FILE, "is not there, and with it whatever is to be kept inside")
        self._judge_roles(found_releases)
        kept = [item for item in found_releases if not item.problems.refused]
        judged = dict(zip((item.slug for item in kept), parallel.each(self._judge, kept), strict=True))
        for item in found_releases:
            state = approvals.state(item, self.policy, self.roster, self.today)
            if state.name == "retracted" and not item.problems.refused:
                self.shown.append(site.Published(item, "retracted", state.last))
                continue
            found, clean = judged.get(item.slug, (item.problems, False))
            if clean:
                self.judged.update(item.words.split("\n"))
            if state.name == "approved" or not self.preview:
                # Also what nobody has approved must be a release: a folder that is none is somebody's mistake.
                self.refusals.extend(found if state.name == "approved" else item.problems)
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
    fence = ""
    for number, line in enumerate(item.body.split("\n"), item.body_line):
        if line.startswith(("```", "~~~")) and (not fence or line.startswith(fence)):
            fence = "" if fence else line[:3]
        if not fence and line.startswith("## ") and not policy.lists_section(line[3:]):
            yield number, "has a section that `sections` in redaction.yml does not list"
    for name in item.front:
        if name != "title" and name not in policy.facts:
            yield 1, "states a fact that `facts` in redaction.yml does not list"


def _not_listed(given: Configuration, policy: Policy) -> Iterator[str]:
    """What the configuration has that the policy does not list."""
    for name in given.plugins:
        if name in given.hooks:
            continue  # the host counts hooks among its plugins
        if name.rpartition("/")[2] not in {*policy.plugins, "postmortem"}:
            yield f"the plugin `{name}` is not listed under `plugins` in {DEFAULT_FILE}"
    for name in given.extensions:
        if name.removeprefix("markdown.extensions.") not in words_in("extensions.txt"):
            yield f"the markdown extension `{name}` may bring in what nobody reviewed"
    if given.hooks:
        allowed = set(policy.overrides)
        yield from (f"the hook `{name}` is not listed under `overrides`" for name in given.hooks if name not in allowed)
    for name in given.extra_files:
        whole = _below(given.docs / name, given.root)
        if not {name, whole} & {*policy.overrides, "search/main.js"}:  # the host's own search adds its script
            yield f"`{name}` (extra_css, extra_javascript or extra_templates) is not listed under `overrides`"
    if given.custom_dir is not None:
        for path in sorted(given.custom_dir.rglob("*")):
            name = _below(path, given.root)
            short = _below(path, given.custom_dir)
            if (path.is_symlink() or not path.is_dir()) and not {name, short} & {*policy.overrides}:
                yield f"the theme override `{name}` is not listed under `overrides`"
    for key in given.extra:
        if key not in policy.extra:
            yield f"`extra.{key}` is not listed under `extra`"
    for key in given.borrowed:
        if key not in policy.extra:
            yield f"`{key}` brings in what stands elsewhere, and is not listed under `extra`"
    for key in given.repository:
        if key not in policy.extra:
            yield f"`{key}` shows where the sources are, and is not listed under `extra`"


def _below(path: Path, root: Path) -> str:
    with contextlib.suppress(ValueError):
        return path.relative_to(root).as_posix()
    return path.name


def _strange_sources(given: Configuration) -> Iterator[tuple[str, str]]:
    """What stands among the public site's own pages and is no plain file of theirs."""
    home = given.root / "external"
    if not given.docs.resolve().is_relative_to(home.resolve()):
        yield "mkdocs.external.yml", "`docs_dir` is not inside external/: the public build reads nothing else"
        return
    releases = given.root / release.FOLDER
    if releases.resolve().is_relative_to(given.docs.resolve()):
        yield "mkdocs.external.yml", f"`docs_dir` holds {release.FOLDER}/, whose files would be copied unreviewed"
        return
    for place in (given.docs, *given.docs.parents):
        if place == given.root:
            break
        if place.is_symlink():
            yield _below(place, given.root), "is a link"
    for folder, folders, names in os.walk(given.docs):
        for name in sorted((*folders, *names)):
            path = Path(folder, name)
            where = _below(path, given.root)
            if path.is_symlink():
                yield where, "is a link: put the file itself there"
            elif name == ".git":
                yield where, "is a repository of its own (a submodule or a nested clone)"
            elif left_by_system(name) and not name.startswith("."):  # of those with a dot no host takes notice
                yield where, "is what systems leave in folders, and would be published"
            elif path.is_file():
                if path.suffix.lower() in _SOURCES and (what := _of_the_house(path)):
                    yield where, what
                if path.stat().st_size > _LARGEST:
                    yield where, f"is larger than {_LARGEST // 1048576} MB"
                elif _begins(path, _POINTER):
                    yield where, "is a pointer to a file that is not here (Git LFS)"
            elif not path.is_dir():
                yield where, "is no plain file"


def _of_the_house(path: Path) -> str:
    """What tells that a page was not written to be public: marks of what is internal, facts of a post-mortem."""
    text = path.read_bytes()[:_LARGEST].decode("utf-8", "replace")
    front = re.match(r"\ufeff?---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", text, re.S)
    if front and re.search(
        r"^(?:external|participants|facilitator|action_items|started_at|detected_at)\s*:", front[1], re.M
    ):
        return "has the front matter of a post-mortem: publish it with `redact`"
    fence = ""
    for line in text.split("\n"):
        if (match := re.match(r"\s*(`{3,}|~{3,})", line)) and (not fence or match[1].startswith(fence)):
            fence = "" if fence else match[1]
        plain = "" if fence else _CODE.sub("", line)
        if re.match(r"\s*:{3,}\s*internal\b", plain, re.I) or re.search(r"\[\[[^\[\]|]+\|[^\[\]|]*\]\]", plain):
            return "has marks of what is internal, which count in post-mortems alone: everything here is public"
    return ""


_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def _begins(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(start)) == start


class Staging:
    """A site built beside its place, and moved there whole or not at all.

    Whatever happens before `publish`, the site in place is the one before. On Linux the two change
    places in one step; elsewhere the old one is set aside for a moment, and put back at the next
    start if that moment was the last.
    """

    def __init__(self, place: Path, root: Path | None = None, docs: Path | None = None) -> None:
        """Raises `ConfigError` where `place` holds, or may hold, anything but a site that was built before.

        `root` is the project's folder and `docs` that of the public site's own pages.
        """
        self.place = place.resolve()
        self.lock: int | None = None
        if why := _not_replaceable(self.place, root, docs):
            raise ConfigError(
                f"site_dir `{place}` {why}, and would be replaced whole",
                help="name a folder that holds nothing else, `site_dir: site-external`; what is there stays",
            )
        prefix = f".{self.place.name}."
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self._only_one(self.place.parent)
            aside = self.place.parent / f"{prefix}before"
            if aside.is_dir():
                if self.place.exists():
                    shutil.rmtree(aside)
                else:
                    aside.rename(self.place)
            for stale in self.place.parent.glob(f"{glob.escape(prefix)}building-*"):
                if stale.is_dir() and not stale.is_symlink():
                    shutil.rmtree(stale)
                else:
                    stale.unlink()
            self.aside = aside
            self.folder = Path(tempfile.mkdtemp(prefix=f"{prefix}building-", dir=self.place.parent))
            self.folder.chmod(0o755)
        except OSError as error:
            self.drop()
            raise ConfigError(
                f"the site cannot be built beside `{place}`: {error.strerror or error}",
                help="make the folder that holds site_dir writable",
            ) from None

    def _only_one(self, folder: Path) -> None:
        """Lock the folder itself, so that no file is left behind."""
        try:
            import fcntl
        except ImportError:  # Windows: the last one wins, whole
            return
        self.lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self.lock)
            self.lock = None
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return  # a file system without locks
            raise ConfigError(
                f"another build of `{self.place.name}` is under way", help="wait for it, or build into another site_dir"
            ) from None

    def publish(self) -> None:
        """Put the new site into its place."""
        if not self.place.exists():
            self.folder.rename(self.place)
        elif not _exchange(self.folder, self.place):
            self.place.rename(self.aside)
            self.folder.rename(self.place)
            shutil.rmtree(self.aside, ignore_errors=True)
        self.drop()

    def drop(self) -> None:
        """Remove what is left beside the place; to be called however the build ended."""
        folder = getattr(self, "folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


_SOURCES = (".md", ".markdown")
_NEVER_BUILT = frozenset({".git", ".hg", ".svn", "mkdocs.yml", "mkdocs.external.yml", "postmortem.yml", "release.yml"})
_BUILT = ("index.html", "404.html", "sitemap.xml")


def _not_replaceable(place: Path, root: Path | None, docs: Path | None) -> str:
    """Why a place may not become the site's: everything in it would be lost. Empty where it may."""
    if place.parent == place:
        return "is the top of the file system"
    if root is not None:
        root = root.resolve()
        if _holds(place, root):
            return "is the project, or holds it"
        kept = {
            "docs_dir": docs,
            **{f"`{name}`": root / name for name in (".git", ".github", "external", "docs/postmortems")},
        }
        for name, folder in kept.items():
            if folder is not None and (_holds(place, folder.resolve()) or _holds(folder.resolve(), place)):
                return f"is, holds or lies in {name}"
    if not place.exists():
        return ""
    if not place.is_dir():
        return "is a file"
    if (place / ".git").exists():
        return "is a repository"
    if not any(place.iterdir()):
        return ""
    if not any((place / name).is_file() for name in _BUILT):
        return "holds files, and is no site that was built"
    for _, folders, names in os.walk(place):
        if any(name.lower() in _NEVER_BUILT or name.lower().endswith(_SOURCES) for name in (*folders, *names)):
            return "holds files that no built site has, such as sources"
    return ""


def _holds(folder: Path, inner: Path) -> bool:
    """Whether a folder is another or holds it, by whatever names the system knows them."""
    if inner.is_relative_to(folder):
        return True
    with contextlib.suppress(OSError):
        there = os.stat(folder)
        for place in (inner, *inner.parents):
            with contextlib.suppress(OSError):
                if os.path.samestat(os.stat(place), there):
                    return True
    return False


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = call(here, os.fsencode(one), here, os.fsencode(other), swap)
    return done == 0


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
        self.public.open()
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

    def begin(self) -> Path:
        """The folder to build into: beside the site's place, or where the host serves from."""
        if self.preview:
            return self.given.site
        self.staging = Staging(self.given.site, self.given.root, self.given.docs)
        return self.staging.folder

    def files(self) -> dict[str, str | bytes]:
        """Every generated source: pages as text, all else as bytes."""
        pages = self.public.pages(with_feed=bool(self.site_url))
        return {**pages, **self.public.assets(self.site_name, self.site_url)}

    def expect(self, pages: Mapping[str, str], static: Mapping[str, Path]) -> None:
        """Which files the host is about to write: pages by their source's name, others by their source."""
        self.expected = (pages, static)
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

    def expectation(self) -> gate.Expectation:
        """What the site is to be, from what the host said it would write."""
        pages, static = self.expected
        releases = {item.src_uri: item for item in self.public.shown if item.state == "approved"}
        generated = self.files()
        assets = {uri: data for uri, data in generated.items() if isinstance(data, bytes)}
        docs = self.given.docs.resolve()
        return gate.Expectation(
            pages={to: releases[uri].shown if uri in releases else None for to, uri in pages.items()},
            same={to: path for to, path in static.items() if to not in assets},
            assets=assets,
            own=frozenset(
                to for to, path in static.items() if to not in assets and path.resolve().is_relative_to(docs)
            ),
            perhaps=languages(self.given),
            optional=WRITTEN,
            sources=[
                *sources_of(self.given, self.public.shown),
                *(text for text in generated.values() if isinstance(text, str)),
            ],
            themes=self.given.themes,
            languages=speaks(self.given),
            site_url=self.site_url,
            judged=self.public.judged,
        )

    def drop(self) -> None:
        """Remove what is left beside the site's place."""
        logging.getLogger("mkdocs").removeHandler(self.warnings)
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


def sources_of(given: Configuration, shown: Sequence[site.Published]) -> list[str]:
    """The texts that may be the origin of a word of the site."""
    texts = [*given.words, *given.look, *_icons(given), *(item.slug for item in shown)]
    texts += [NEVER, *(str(item.on) for item in shown if item.on)]
    texts += [item.release.words for item in shown if item.state != "retracted"]
    for path in sorted(given.docs.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix.lower() in _TEXTS:
            texts += (path.relative_to(given.docs).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
    return texts


def speaks(given: Configuration) -> frozenset[str]:
    """Languages that the theme's options may mean, as themes name the files of a translation."""
    named = {text for text in given.look if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})*", text)}
    spelled = {re.sub("[-_]", sign, text) for text in named for sign in "-_"}
    return frozenset({*spelled, *(text[:2] for text in named)})


def languages(given: Configuration) -> dict[str, Path]:
    """What the host's own search copies for languages other than English."""
    homes = [folder.parent / "lunr-language" for folder in given.themes]
    return {f"search/{path.name}": path for home in homes for path in sorted(home.glob("*.js"))}


def _icons(given: Configuration) -> Iterator[str]:
    """The drawings of the theme's icons that the configuration names: they have words of their own, too."""
    for name in dict.fromkeys((*given.look, *given.words)):
        if re.fullmatch(r"[a-z0-9-]+(?:/[a-z0-9-]+)+", name):
            for folder in given.themes:
                path = folder / ".icons" / f"{name}.svg"
                if path.is_file():
                    yield path.read_text(encoding="utf-8", errors="replace")


_TEXTS = frozenset({".md", ".markdown", ".css", ".js", ".txt", ".html", ""})
_SHOWN = (
    "site_name",
    "site_description",
    "site_author",
    "copyright",
    "nav",
    "extra",
    "repo_url",
    "repo_name",
    "edit_uri",
)


def configuration(
    config: Mapping[str, Any],
    root: Path,
    *,
    look: Mapping[str, Any] | None = None,
    custom: Path | None = None,
    dirs: Sequence[Path] = (),
) -> Configuration:
    """The parts of a host's configuration that matter here, as plain values.

    The host's theme is an object with `custom_dir` and `dirs`; without a host they are given.
    """
    theme = config.get("theme")
    if theme is not None:
        look = {**{key: theme[key] for key in theme}, "locale": str(getattr(theme, "locale", "") or "")}
        custom = root / theme.custom_dir if getattr(theme, "custom_dir", None) else None
        dirs = [Path(folder) for folder in getattr(theme, "dirs", ())]
    extra = config.get("extra") or {}
    shown: list[str] = []
    for key in _SHOWN:
        shown += _texts(config.get(key))
    return Configuration(
        root=root,
        docs=Path(config["docs_dir"]),
        site=Path(config["site_dir"]),
        plugins=tuple(config.get("plugins") or ()),
        hooks=tuple(config.get("hooks") or ()),
        extensions=tuple(config.get("markdown_extensions") or ()),
        custom_dir=custom,
        extra_files=tuple(
            str(getattr(item, "path", item))
            for key in ("extra_css", "extra_javascript", "extra_templates")
            for item in config.get(key) or ()
        ),
        extra=extra,
        borrowed=_borrowed(config.get("config_file_path")),
        repository=tuple(key for key in ("repo_url", "edit_uri", "edit_uri_template") if config.get(key)),
        words=tuple(shown),
        look=tuple(_texts(look)),
        themes=tuple(dirs),
    )


def _borrowed(path: object) -> tuple[str, ...]:
    """By which words a configuration takes in what is not written in it."""
    try:
        text = Path(str(path)).read_text(encoding="utf-8", errors="replace") if path else ""
    except OSError:
        text = ""
    signs = {"INHERIT": r"^[\"']?INHERIT[\"']?\s*:", "!ENV": r"!ENV\b"}
    return tuple(name for name, sign in signs.items() if re.search(sign, text, re.M))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from _texts(item)
