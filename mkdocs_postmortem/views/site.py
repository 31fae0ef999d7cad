"""What every view is given, and what it gives back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Settings


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

    @cached_property
    def by_id(self) -> Mapping[str, PostMortem]:
        """Records by their ID; of two with the same, the older."""
        return {record.id: record for record in self.records}

    def src_uri(self, record: PostMortem) -> str:
        """The source of a post-mortem's page, relative to the docs folder."""
        return self.src_uris[record.path]

    def page(self, *parts: str) -> str:
        """The source of a generated page: `page("severity", "p1")` is `postmortems/severity/p1.md`."""
        name = "/".join(parts)
        return f"{self.base}/{name}.md" if self.base else f"{name}.md"


def slug(text: str) -> str:
    """A name as part of an address: lower-case ASCII letters, digits and dashes; never empty."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-") or "x"


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
