"""What a public site is to be: its files, the words that somebody explains, the hosts that it may point to."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from mkdocs_postmortem.releasing import decodings, folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.policy import Policy

_HEADING = re.compile(r"^#{1,6} +(.+)$", re.M)
_HOSTS = re.compile(r"https?:\\?/\\?/([\w.-]+)", re.I)


@dataclass
class Expectation:
    """What the site is to be: its files, and where its words come from."""

    pages: Mapping[str, Callable[[], str] | None] = field(default_factory=dict)
    """HTML pages by their path; for a release what tells what its article shows, in order."""
    same: Mapping[str, Path] = field(default_factory=dict)
    """Files that are byte for byte another file: the theme's, the docs' own."""
    perhaps: Mapping[str, Path] = field(default_factory=dict)
    """Files that may be there, and then are byte for byte another file: what the host brings with it."""
    assets: Mapping[str, bytes] = field(default_factory=dict)
    """Files that hold exactly these bytes."""
    own: frozenset[str] = frozenset()
    """Of `same`, the site's own files: read like all others, and pictures of them must be listed."""
    others: frozenset[str] = frozenset()
    """Text that the host and its plugins write besides."""
    optional: frozenset[str] = frozenset()
    """Files that may be there or not."""
    sources: Callable[[], Iterable[str]] = tuple
    """Tells texts whose words explain: releases, pages, configuration."""
    themes: Sequence[Path] = ()
    """Folders of templates, whose words and hosts explain."""
    languages: frozenset[str] = frozenset()
    """In which, besides English, the theme speaks."""
    site_url: str = ""
    judged: Set[str] = frozenset()
    """Lines in which the same detector found nothing before: where one is shown as it is, it has nothing to add."""


class Explained(NamedTuple):
    """What may stand in a site, and where it may point."""

    words: Set[str]
    theme: Set[str]
    """Of the words those of the theme's templates."""
    hosts: Set[str]


def explained(expected: Expectation, policy: Policy) -> Explained:
    """The words and hosts that somebody explains."""
    theme, hosts = _theme(tuple(expected.themes), expected.languages | {"en"})
    sources = [*expected.sources()]
    # A release's words are in its page, too: each line is taken apart once.
    lines = {line for text in (*sources, *policy.words, expected.site_url) for line in text.split("\n")}
    said = "\n".join(lines)
    headings = "\n".join(_slug(heading) for heading in _HEADING.findall(decodings.unescape(said)))
    names = (*expected.pages, *expected.same, *expected.assets, *expected.others, *expected.optional)
    written = unquote(said) if "%" in said else ""
    known = {*theme, *words_in("host.txt"), *folding.pieces("\n".join((said, headings, written, *names)))}
    own = urlsplit(expected.site_url).hostname or ""
    named = {host.lower() for text in sources for host in _HOSTS.findall(text)}
    return Explained(known, theme, {own, "", "www.sitemaps.org", "www.w3.org"} | hosts | named)


def _slug(heading: str) -> str:
    """A heading as its anchor has it (Python-Markdown's `slugify`): `What didn't` becomes `what-didnt`."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w\s-]", "", plain)


_ICON = re.compile(r"[\"']([a-z]+(?:/[a-z0-9-]+)+)[\"']")
"""An icon that a template draws where the configuration names none."""


@lru_cache(maxsize=4)
def _theme(folders: tuple[Path, ...], languages: frozenset[str]) -> tuple[frozenset[str], set[str]]:
    """The words of a theme's templates in some languages, and the hosts that they point to."""
    found: set[str] = set()
    hosts: set[str] = set()
    for folder in folders:
        for path in _templates(folder):
            if path.parent.name == "languages" and path.stem not in languages:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            for name in _ICON.findall(text):
                icon = folder / ".icons" / f"{name}.svg"
                if icon.is_file():
                    text += icon.read_text(encoding="utf-8", errors="replace")
            found.update(folding.pieces(decodings.unescape(text)))
            hosts.update(host.lower() for host in _HOSTS.findall(text))
    try:
        from pygments.token import STANDARD_TYPES

        found.update(folding.pieces(" ".join(STANDARD_TYPES.values())))
    except ImportError:
        pass
    for folder in folders:
        for language in sorted(languages):
            for catalog in sorted(folder.glob(f"locales/{language}/LC_MESSAGES/*.mo")):
                found.update(folding.pieces(_translated(catalog)))
    return frozenset(found), hosts


def _templates(folder: Path) -> Iterator[Path]:
    """What the host fills in of a theme: pages, and some scripts of its search."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".icons")  # of which there are thousands
        scripts = here == str(folder / "search")
        for name in sorted(names):
            if name.endswith(".html") or name == "sitemap.xml" or (scripts and name.endswith(".js")):
                yield Path(here, name)


def _translated(catalog: Path) -> str:
    """The texts of a theme's translation."""
    from gettext import GNUTranslations

    try:
        with catalog.open("rb") as file:
            return "\n".join(str(text) for text in vars(GNUTranslations(file))["_catalog"].values())
    except (OSError, ValueError, KeyError, UnicodeDecodeError):
        return ""
