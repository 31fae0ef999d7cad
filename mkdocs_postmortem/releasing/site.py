"""Releases to the pages, the index and the feed of the public site: from their own words alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin

from mkdocs_postmortem import atom
from mkdocs_postmortem.releasing.grammar import fenced, shown
from mkdocs_postmortem.releasing.release import Release

BASE = "postmortems"
"""Folder of the public post-mortems, relative to the public site's own pages."""
FEED = f"{BASE}/feed.xml"
STYLE = f"{BASE}/public.css"
LONGEST_SUMMARY = 60
"""Words of a post-mortem that the feed repeats."""

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKS = re.compile(r"[`*]|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True)
class Published:
    """A release with what the site may say about it."""

    release: Release
    state: str
    """`approved`, `retracted`; in a preview also `pending` and `lapsed`."""
    on: date | None
    """The day of the approval that completed the set, or of the retraction."""

    @property
    def slug(self) -> str:
        """Its part of the address."""
        return self.release.slug

    @property
    def title(self) -> str:
        """Its public title."""
        return str(self.release.front.get("title", self.slug))

    @property
    def day(self) -> str:
        """The day that it is ordered and dated by: the incident's where that is public, else its own."""
        return str(self.release.front.get("date") or self.on or "")

    @property
    def src_uri(self) -> str:
        """Where its page is as a source, so that links between releases hold."""
        return f"{BASE}/{self.slug}/index.md"

    def shown(self) -> str:
        """What its page shows, in order: title, facts, body."""
        facts = " ".join(html.unescape(fact) for fact in _facts(self))
        return "\n".join((self.title, facts, shown(self.release.body)))


def newest_first(releases: Iterable[Published]) -> list[Published]:
    """By what is public of them: the day, then the title."""
    ordered = sorted(releases, key=lambda item: (item.title.casefold(), item.slug))
    return sorted(ordered, key=lambda item: item.day, reverse=True)


def pages(releases: Sequence[Published], preview: bool = False, with_feed: bool = False) -> dict[str, str]:
    """Markdown of every generated page by its source: the index, and one page a release.

    A link to a release that is not on the site is its text for now: the words stay as they were approved.
    """
    found = {f"{BASE}/index.md": index(releases, preview, with_feed)}
    there = {item.slug for item in releases}
    for item in releases:
        text = tombstone() if item.state == "retracted" else page(item, preview)
        found[item.src_uri] = _without_dead_links(text, there) if dead_links(item, there) else text
    return found


def dead_links(item: Published, there: Set[str]) -> list[str]:
    """The releases that a release links to and that are not on the site."""
    if "](../" not in item.release.body:
        return []
    return sorted({match[3] for match in _RELEASE_LINK.finditer(item.release.body) if match[3]} - there)


def _without_dead_links(text: str, there: Set[str]) -> str:
    def alive(match: re.Match[str]) -> str:
        return match[0] if match[1] or match[3] in there else match[2]

    lines = text.split("\n")
    return "\n".join(
        line if code else _RELEASE_LINK.sub(alive, line) for line, code in zip(lines, fenced(lines), strict=True)
    )


_RELEASE_LINK = re.compile(
    r"(`+)(?!`).+?(?<!`)\1(?!`)|\[([^\[\]\n]*)\]\(\.\./([a-z0-9]+(?:-[a-z0-9]+)*)/index\.md(?:#[^()\s]*)?\)"
)
"""Code, which is left alone, or a link from one release to another."""


def index(releases: Sequence[Published], preview: bool = False, with_feed: bool = False) -> str:
    """The list of what is public, newest first."""
    shown = [item for item in newest_first(releases) if item.state != "retracted"]
    lines = [_front("Post-mortems"), "# Post-mortems", ""]
    lines += [_banner("Preview: the list holds releases that nobody has approved yet."), ""] if preview else []
    if not shown:
        lines.append("Nothing has been published yet.")
    for item in shown:
        facts = " · ".join(_facts(item))
        mark = f" ({_STATES[item.state]})" if item.state != "approved" else ""
        lines.append(f"- [{_escaped(item.title)}]({item.slug}/index.md){mark}" + (f"  \n  {facts}" if facts else ""))
    if with_feed:
        lines += ["", "[Atom feed](feed.xml)"]
    return "\n".join(lines) + "\n"


_STATES = {"pending": "not approved yet", "lapsed": "changed since it was approved", "refused": "refused by the policy"}


def page(item: Published, preview: bool = False) -> str:
    """The page of one release: its title, its public facts, its words."""
    lines = [_front(item.title), f"# {_escaped(item.title)}", ""]
    if preview and item.state != "approved":
        lines += [_banner(f"Preview: this version is {_STATES[item.state]}, and is in no build."), ""]
    facts = _facts(item)
    lines += [" · ".join(facts), ""] if facts else []
    return "\n".join(lines) + item.release.body.lstrip("\n")


def tombstone() -> str:
    """What stands at the address of a release that was taken back: it says that, and nothing else."""
    return f"{_front('Withdrawn')}\n# Withdrawn\n\nThis post-mortem is no longer published.\n"


def _facts(item: Published) -> list[str]:
    """The public facts of a release, as words of a line."""
    front = item.release.front
    found = []
    if front.get("date"):
        found.append(str(front["date"]))
    if front.get("severity"):
        found.append(f"Severity {_escaped(str(front['severity']))}")
    if front.get("incident_type"):
        found.append(_escaped(str(front["incident_type"]).replace("-", " ").capitalize()))
    if front.get("services"):
        found.append(", ".join(_escaped(str(name)) for name in front["services"]))
    if front.get("duration"):
        found.append(_escaped(str(front["duration"])))
    return found


def _front(title: str) -> str:
    # Themes print titles without escaping them: the title is text in HTML already.
    return f"---\ntitle: {json.dumps(html.escape(title), ensure_ascii=False)}\n---\n"


def _escaped(text: str) -> str:
    """Text as markdown shows it, whatever is in it."""
    return "".join(f"&#{ord(char)};" if char in "\\`*_{}[]<>#|~^$&@!" else char for char in text)


def _banner(text: str) -> str:
    return f'<div class="postmortem-preview" role="note"><strong>{html.escape(text)}</strong></div>'


def feed(releases: Sequence[Published], title: str, site_url: str) -> str:
    """The Atom feed of what is approved, newest first."""
    shown = [item for item in newest_first(releases) if item.state == "approved"]
    home = urljoin(site_url, f"{BASE}/")
    return atom.feed(
        title,
        home,
        (_entry(item, urljoin(home, f"{item.slug}/")) for item in shown),
        updated=atom.moment(max((str(item.on or item.day) for item in shown), default="")),
        home=home,
        own=urljoin(site_url, FEED),
        author=title,
    )


def _entry(item: Published, address: str) -> atom.Entry:
    return atom.Entry(address, item.title, address, atom.moment(str(item.on or item.day)), _summary(item))


def _summary(item: Published) -> str:
    """The first words of the first paragraph."""
    for block in item.release.body.split("\n\n"):
        if block.strip() and not block.lstrip().startswith(("#", "|", "```", "!", ">")):
            words = plain_text(block).split()
            return " ".join(words[:LONGEST_SUMMARY]) + (" …" if len(words) > LONGEST_SUMMARY else "")
    return ""


def plain_text(block: str) -> str:
    """A paragraph of the restricted markdown as its words with their punctuation: no marks, no targets."""
    return _MARKS.sub("", _LINK.sub(r"\1", block))
