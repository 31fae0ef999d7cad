"""Records and sites for these tests, made from text as users write it."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import newest_first
from mkdocs_postmortem.reading.record import make
from mkdocs_postmortem.reading.source import Source, digest_of
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views.site import Site

AS_OF = date(2026, 11, 23)
SETTINGS = Settings(root=Path("/project"), ticket_url="https://tickets.example.com/{}")
GOLDEN = Path(__file__).parent / "golden"
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


def record(text: str, path: str = "docs/postmortems/2026/incident.md", settings: Settings = SETTINGS) -> PostMortem:
    return make(Source(text, digest_of(text.encode("utf-8", "replace"))), path, settings)


def url(src_uri: str) -> str:
    """Addresses as MkDocs makes them with directory URLs."""
    if not src_uri.endswith(".md"):
        return src_uri
    folder, name = posixpath.split(src_uri.removesuffix(".md"))
    inside = posixpath.join(folder, "" if name == "index" else name)
    return f"{inside.rstrip('/')}/" if inside else ""


def href(to: str, source: str) -> str:
    found = posixpath.relpath(url(to) or ".", url(source) or ".")
    return found if url(to)[-1:] not in ("/", "") else f"{found}/"


def site(*records: PostMortem, settings: Settings = SETTINGS, as_of: date = AS_OF) -> Site:
    return Site(
        records=newest_first(records),
        settings=settings,
        as_of=as_of,
        base="postmortems",
        src_uris={item.path: item.path.removeprefix("docs/") for item in records},
        href=href,
    )


def with_facts(facts: str, body: str = "# Incident\n", path: str = "docs/postmortems/2026/incident.md") -> PostMortem:
    return record(f"---\n{facts.strip()}\n---\n\n{body}", path)


def golden(name: str, text: str) -> None:
    """Compare with a golden file; `UPDATE_GOLDEN=1 pytest tests/views` writes it anew."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


class Html(HTMLParser):
    """HTML as a parser sees it: tags with their attributes, words, and whether tags are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.unbalanced: list[str] = []
        self.words: list[str] = []
        self.inside: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        self.unbalanced += self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.stack and self.stack[-1] == tag:
            self.stack.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.stack:
            self.inside.setdefault(self.stack[-1], []).append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", {}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {}))

    @property
    def text(self) -> str:
        return "".join(self.words)

    def addresses(self) -> list[str]:
        return [attributes["href"] or "" for _, attributes in self.tags if "href" in attributes]

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags and the names of their attributes: what no text of a document may change."""
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]


def by_uri(pages: Sequence[object]) -> dict[str, object]:
    return {page.src_uri: page for page in pages}  # type: ignore[attr-defined]
