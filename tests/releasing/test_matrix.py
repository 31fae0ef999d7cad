"""Every channel times every decoding: a word is planted, and is in no byte of what comes out, or something is refused.

Three matrices, by where a word comes in: post-mortems that `redact` projects, the public site's own sources that
MkDocs builds, and files that a host, its theme or its plugins write. What comes out is read by the decoder of
`codings`, which shares nothing with the gate's. `HYPOTHESIS_PROFILE=long` takes every word in every pair; else
the words take turns, and of the files of the site it is every second pair. `-s` prints the tables.
"""

from __future__ import annotations

import dataclasses
import gzip
import html
import io
import json
import os
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import markdown
import mkdocs
import pytest
from PIL import Image

from mkdocs_postmortem.releasing import approvals, gate, release, site
from mkdocs_postmortem.releasing.expected import Expectation
from mkdocs_postmortem.releasing.images import clean, sha256
from mkdocs_postmortem.releasing.people import roster_of
from mkdocs_postmortem.releasing.projection import project
from mkdocs_postmortem.releasing.rules import Refusals
from mkdocs_postmortem.releasing.words import Detector
from mkdocs_postmortem.settings import Settings
from tests.releasing.codings import BYTES, CODINGS, TEXT, chunk, holds, png, zipped
from tests.releasing.support import CANARY, DAY, FRONT, POLICY, THEME, House, document, policy_of, record_of, section

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
PERSON, TERM = "García", "Project Falcon"
KNOWN = (PERSON, TERM)


class Pair(NamedTuple):
    """A word in a channel, written in some coding."""

    channel: str
    coding: str
    word: str


def pairs(
    channels: Mapping[str, Any], words: tuple[str, ...], codings: Mapping[str, Any], share: int = 1
) -> Iterator[Pair]:
    """Every channel with every coding and word in the long run; else one word a pair, and one pair of `share`."""
    for i, channel in enumerate(channels):
        for j, coding in enumerate(codings):
            if LONG:
                yield from (Pair(channel, coding, word) for word in words)
            elif (i + j) % share == 0:
                yield Pair(channel, coding, words[(i + j) // share % len(words)])


def report(what: str, cells: Mapping[Pair, str]) -> None:
    """Print for each channel, and for each coding, how often which outcome was."""
    outcomes = list(dict.fromkeys(sorted(cells.values())))
    for name in ("channel", "coding"):
        print(f"\n{what}, by {name}: {', '.join(outcomes)}")
        counts: dict[str, Counter[str]] = {}
        for pair, outcome in cells.items():
            counts.setdefault(getattr(pair, name), Counter())[outcome] += 1
        for key, count in counts.items():
            print(f"  {key:50} {' '.join(f'{count[outcome]:5}' for outcome in outcomes)}")
    total = Counter(cells.values())
    print(f"  {'all':50} {' '.join(f'{total[outcome]:5}' for outcome in outcomes)}")


# Post-mortems, as `redact` projects them

BODIES = {
    "27 prose": "words {} words {n}",
    "28 internal block": "::: internal\n{}\n:::\n\nwords",
    "28 words inside": "words [[{}|nothing]]",
    "29 near marker": "words\n\n<!--internal-->\n{}\n:::\n",
    "29 marker in capitals": "words\n\n::: INTERNAL\n{}\n:::\n",
    "30 unclosed block": "::: internal\n{}",
    "31 marker in a list": "words\n\n- ::: internal\n- {}\n- :::",
    "32 fence in a block": "::: internal\n```\n:::\n{}\n```\n:::",
    "32 block in a fence": "```\n::: internal\n{}\n:::\n```",
    "33 fence left open": "```\nwords {}",
    "34 heading again": "words\n\n### Impact\n\n{}",
    "36 heading": "words\n\n### What {} saw {n}\n\nwords",
    "37 deeper heading": "words\n\n### Part\n\n#### What {} saw {n}\n\nwords",
    "38 attributes": "words\n\n### Part {{#x{} .y}}\n\nwords",
    "39 footnote": "words[^1]\n\n[^1]: {}",
    "40 reference": "[words][ref]\n\n[ref]: https://status.example.com/{}",
    "41 abbreviation": "HTML\n\n*[HTML]: {}",
    "42 comment": "words <!-- {} -->",
    "43 raw HTML": "<div hidden>{}</div>",
    "44 cell": "| Who | What |\n|---|---|\n| {} {n} | x |",
    "44 column header": "| {} {n} | What |\n|---|---|\n| y | x |",
    "45 code block": "```\nuser {} logged in {n}\n```",
    "45 code in a line": "words `user {} logged in {n}` words",
    "45 language of code": "```{}\nx\n```",
    "45 title of code": '```python title="{}"\nx\n```',
    "46 diagram": "```mermaid\ngraph TD; A[{}]\n```",
    "46 formula": "$$\n{}\n$$",
    "47 title of a block": '!!! note "{}"\n    words',
    "48 words of a picture": "![what {} saw {n}](graph.png)",
    "48 title of a picture": '![a graph](graph.png "{}")',
    "49 words of a link": "[what {} saw {n}](https://status.example.com/1)",
    "50 address on a listed host": "see {n} [this](https://status.example.com/{})",
    "50 question to a listed host": "see {n} [this](https://status.example.com/?q={}#{})",
    "50 address on another host": "see {n} [this](https://other.example.org/{})",
    "50 bare address": "see {n} https://status.example.com/{}",
    "50 mail": "see {n} [this](mailto:{}@example.org)",
    "51 link to what nobody approved": "see {n} [this]({}.md)",
    "52 include": 'words\n\n--8<-- "{}"',
    "53 template": "words {{{{ {} }}}}",
    "54 edit": "words {{--{}--}}",
    "54 struck": "words ~~{}~~",
    "54 emphasis": "words **{}** words {n}",
    "55 item": "words\n\n- one\n- {} {n}",
    "55 lazy line": "words\n\n- one\n{} {n}",
    "55 nested item": "words\n\n1. one\n    - {} {n}",
    "55 task": "words\n\n- [ ] {} {n}",
    "55 definition": "Term\n:   {}",
    "55 quotation": "words\n\n> {} {n}",
    "56 after the excerpt": "words\n\n<!-- more -->\n\n{}",
    "72, 73 marks in a line": "words ::: internal {} ::: words",
    "75 numbered item that stays": "1. one\n::: internal\n2. {}\n:::\n3. three",
}
"""Where in a public section a word stands."""


def _front(**facts: Callable[[str], Any]) -> Callable[[str], dict[str, Any]]:
    return lambda text: {key: value(text) for key, value in facts.items()}


def _external(key: str) -> Callable[[str], dict[str, Any]]:
    return lambda text: {"external": {**FRONT["external"], key: text}}


FACTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "14 internal title": _front(title=str),
    "14 public title": _external("title"),
    "15 description": _front(description=str),
    "16 authors": _front(author=str, authors=lambda text: [text], reviewers=lambda text: [text]),
    "17 tags": _front(tags=lambda text: [text]),
    "18 services": _front(services=lambda text: [text]),
    "18 severity": _front(severity=str),
    "18 type": _front(incident_type=str),
    "18 other keys": _front(ticket=str, customer=lambda text: {"name": [text], text: 1}, slack=str),
    "19 slug": _external("slug"),
    "19 aliases": _front(slug=str, aliases=lambda text: [text], redirect_from=str),
    "20 template": _front(template=str, icon=str, hide=lambda text: [text], search=lambda text: {"title": text}),
    "22 notes": _external("notes"),
    "24 date": _front(started_at=str, resolved_at=str),
    "61 related": _front(related=lambda text: [text]),
    "67 id": _front(id=str),
    "104 name of a picture": lambda text: {"external": {**FRONT["external"], "images": [f"{text}.png", "graph.png"]}},
}
"""Which facts hold a word."""

ELSEWHERE = {
    "35 heading of another section": "## {}\n\nwords\n",
    "35 words of another section": "## Action Items of others\n\n{}\n",
    "35 words before the sections": "",
}

NO_TEXT = dict.fromkeys(BYTES, "a post-mortem is read as UTF-8, in which these bytes are not")


Projected = tuple[dict[Pair, str], dict[Pair, str], dict[Pair, str]]
"""What became of each pair; the public words and the slug of those that were not refused."""


def projections() -> Projected:
    """What became of each pair, and the public words of those that were not refused."""
    rules = policy_of(POLICY)
    detector = Detector(rules, roster_of(rules, [record_of(document())]))
    cells: dict[Pair, str] = {}
    public: dict[Pair, str] = {}
    slugs: dict[Pair, str] = {}
    for number, pair in enumerate(pairs({**BODIES, **FACTS, **ELSEWHERE}, KNOWN, CODINGS)):
        if pair.coding in NO_TEXT:
            cells[pair] = "cannot be written"
            continue
        written = str(CODINGS[pair.coding](pair.word, f" {number}"))
        found = project(
            record_of(_planted(pair.channel, written, number)),
            rules,
            detector,
            Settings(root=Path(os.devnull).parent),
            public={},
            today=DAY,
        )
        said = "\n".join(str(item) for item in found.refusals)
        assert not holds(said.encode(), pair.word), pair
        if found.refusals.refused:
            assert found.words == ""
            cells[pair] = "refused"
            continue
        public[pair], slugs[pair] = found.words, found.slug
        cells[pair] = "passed on" if holds(f"{found.slug}\n{found.words}".encode(), pair.word) else "left out"
    return cells, public, slugs


def _planted(channel: str, written: str, number: int) -> str:
    """A post-mortem with a word written into a channel of it; its slug has the pair's number."""
    external = {**FRONT["external"], "slug": f"case-{number}", "images": ["graph.png"]}
    facts: dict[str, Any] = {"external": external}
    if channel in FACTS:
        given = FACTS[channel](f"{written}-{number}" if channel == "19 slug" else f"{written} {number}")
        if "external" in given:
            changed = {key: value for key, value in given["external"].items() if FRONT["external"].get(key) != value}
            given["external"] = {**external, **changed}
        facts |= given
    if channel in BODIES:
        return document(
            section(
                BODIES[channel]
                .replace("{}", "\0")
                .replace("{n}", str(number))
                .replace("{{", "{")
                .replace("}}", "}")
                .replace("\0", written)
            ),
            **facts,
        )
    if channel == "35 words before the sections":
        return document(section("words").replace("## Executive", f"{written}\n\n## Executive", 1), **facts)
    more = ELSEWHERE.get(channel, "").replace("{}", written)
    return document(f"{section('words')}\n{more}", **facts)


# Files of the site, as a host, its theme and its plugins write them


def filled(template: str, written: str) -> bytes:
    """A file with the coding as each of its places has it."""
    values = {"{!}": json.dumps(written)[1:-1], "{&}": html.escape(written), "{}": written, "{{": "{", "}}": "}"}
    return re.sub(r"\{[!&]?\}|\{\{|\}\}", lambda match: values[match[0]], template).encode()


def page(text: str) -> str:
    """A page with this markup in its article."""
    return f"<!doctype html>\n<html><head>\n<title>Incidents</title>\n</head><body>\n<article>{text}</article>\n</body>\n</html>\n"  # noqa: E501


TEXTS = {
    "12 override of the theme, index.html": page("<footer>{}</footer>"),
    "12 style, more.css": "/* {} */\n",
    "12 style that writes, more.css": 'a::after {{ content: "{!}" }}\n',
    "12 script, more.js": "// words {}\n",
    "12 script that writes, more.js": 'x = "{!}";\n',
    "14 title, index.html": "<!doctype html>\n<title>{&}</title>\n",
    "15 description, index.html": '<!doctype html>\n<meta name="description" content="{&}">\n',
    "16 author, index.html": '<!doctype html>\n<meta name="author" content="{&}">\n',
    "17 tags, tags.json": '{{"mappings": [{{"item": {{"title": "x"}}, "tags": ["{!}"]}}]}}\n',
    "19 redirect, index.html": '<!doctype html>\n<meta http-equiv="refresh" content="0; url=../{&}/">\n',
    "25 repository, index.html": page('<a title="{&}" href="./">edit</a>'),
    "26 copyright, index.html": page("<small>{}</small>"),
    "26 label in the navigation, index.html": page('<nav><a href="./">{&}</a></nav>'),
    "36 anchor, index.html": page('<h2 id="{&}">words</h2>'),
    "37 contents, index.html": page('<nav><ul><li><a href="#x">{&}</a></li></ul></nav>'),
    "38 class and data, index.html": page('<p class="{&}" data-x="{&}">words</p>'),
    "39 footnote, index.html": page('<div class="footnote"><ol><li id="fn:1">{}</li></ol></div>'),
    "41 abbreviation, index.html": page('<abbr title="{&}">words</abbr>'),
    "42 comment, index.html": page("words <!-- {} -->"),
    "43 hidden, index.html": page("<p hidden>{}</p>"),
    "43 template, index.html": page("<template>{}</template>"),
    "43 details, index.html": page("<details><summary>words</summary>{}</details>"),
    "44 cell, index.html": page("<table><tr><td>{&}</td></tr></table>"),
    "45 code, index.html": page("<pre><code>{&}</code></pre>"),
    "46 diagram, index.html": page('<pre class="mermaid"><code>graph TD; A[{&}]</code></pre>'),
    "48 words of a picture, index.html": page('<img alt="{&}" title="{&}" src="x.png">'),
    "49 link, index.html": page('<a href="./">{&}</a>'),
    "50 address, index.html": page('<a href="https://status.example.com/?q={&}#{&}">words</a>'),
    "56 excerpt, index.html": page("<p>{}</p>\n<!-- more -->"),
    "60 drawing, index.html": page("<svg><title>{&}</title><text>{&}</text><desc>{&}</desc></svg>"),
    "62 next page, index.html": '<!doctype html>\n<link rel="next" href="{&}">\n',
    "78 search index, search/search_index.json": '{{"docs": [{{"location": "", "text": "{!}", "title": "x"}}]}}\n',
    "78 title in the search index, search/search_index.json": '{{"docs": [{{"text": "x", "title": "{!}"}}]}}\n',
    "78 key of the search index, search/search_index.json": '{{"docs": [{{"{!}": "x"}}]}}\n',
    "79 sitemap, sitemap.xml": "<urlset>\n<url><loc>https://incidents.example.com/{&}/</loc></url>\n</urlset>\n",
    "80 title of the feed, postmortems/feed.xml": "<feed>\n<title>{&}</title>\n</feed>\n",
    "80 summary in the feed, postmortems/feed.xml": "<feed>\n<summary>{&}</summary>\n</feed>\n",
    "80 category in the feed, postmortems/feed.xml": '<feed>\n<category term="{&}"/>\n</feed>\n',
    "80 feed of JSON, feed.json": '{{"items": [{{"content_html": "{!}"}}]}}\n',
    "81 page for what is missing, 404.html": page("<nav>{&}</nav>"),
    "82 versions, versions.json": '[{{"version": "{!}", "aliases": []}}]\n',
    "83 card, index.html": '<!doctype html>\n<meta property="og:title" content="{&}">\n',
    "83 linked data, index.html": '<!doctype html>\n<script type="application/ld+json">{{"name": "{!}"}}</script>\n',
    "83 data in a page, index.html": '<!doctype html>\n<script type="application/json">{{"a": "{!}"}}</script>\n',
    "83 data in an attribute, index.html": page('<p data-x="{{&quot;a&quot;: &quot;{&}&quot;}}">words</p>'),
    "86 table, items.csv": "action,owner\nwords,{}\n",
    "86 calendar, calendar.ics": "BEGIN:VCALENDAR\nSUMMARY:{}\nEND:VCALENDAR\n",
    "87 manifest, manifest.json": '{{"files": ["{!}"]}}\n',
    "88 headers, _headers": "/*\n  X-Built-By: {}\n",
    "88 robots, robots.txt": "User-agent: *\nDisallow: /{}\n",
    "90 source map, more.js.map": '{{"sources": ["{!}"], "sourcesContent": ["{!}"]}}\n',
    "93 generator, index.html": '<!doctype html>\n<meta name="generator" content="{&}">\n',
}  # fmt: skip
"""Text files: `{}` is the coding as it is, `{&}` as attributes have it, `{!}` as JSON has it."""


def _saved(form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").convert("P" if form == "GIF" else "RGB").save(out, form, **options)
    return out.getvalue()


def _exif(data: bytes) -> bytes:
    """EXIF with a description and an artist, whatever their bytes are."""
    tags = [
        number.to_bytes(2, "big") + b"\0\2" + len(data).to_bytes(4, "big") + (38).to_bytes(4, "big")
        for number in (0x010E, 0x013B)
    ]
    return b"MM\0*\0\0\0\x08\0\x02" + b"".join(tags) + b"\0\0\0\0" + data


OCTETS: dict[str, Callable[[bytes], bytes]] = {
    "6 attachment, notes.txt": lambda data: b"words " + data + b"\n",
    "6 attachment, notes.log": lambda data: b"words " + data + b"\n",
    "6 attachment, notes.har": lambda data: b'{"log": "' + data + b'"}\n',
    "6 attachment, notes.pdf": lambda data: b"%PDF-1.4\nstream\n" + zlib.compress(b"(x) Tj (" + data + b") Tj"),
    "7 copy of a source, page.md.bak": lambda data: b"# words " + data + b"\n",
    "79 packed sitemap, sitemap.xml.gz": lambda data: gzip.compress(b"<urlset>" + data + b"</urlset>", mtime=0),
    "82 inventory, objects.inv": lambda data: b"# Sphinx inventory version 2\n" + zlib.compress(b"words " + data),
    "84 social card, card.png": lambda data: png(chunk(b"tEXt", b"Title\0" + data)),
    "92 name in an archive, more.gz": lambda data: (
        b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + data + b"\0" + gzip.compress(b"x", mtime=0)[10:]
    ),
    "96 EXIF of a photo, a.jpg": lambda data: _saved("JPEG", exif=b"Exif\0\0" + _exif(data)),
    "97 text in a picture, a.png": lambda data: png(chunk(b"tEXt", b"Comment\0" + data)),
    "97 packed text in a picture, a.png": lambda data: png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(data))),
    "97 XMP, a.png": lambda data: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(data))),
    "97 EXIF of a picture, a.png": lambda data: png(chunk(b"eXIf", _exif(data))),
    "98 comment of a photo, a.jpg": lambda data: _saved("JPEG", comment=data),
    "98 profile of a photo, a.jpg": lambda data: _saved("JPEG", icc_profile=data),
    "99 comment of a moving picture, a.gif": lambda data: _saved("GIF", comment=data),
    "100 behind a picture, a.png": lambda data: png() + data,
    "100 behind a photo, a.jpg": lambda data: _saved("JPEG") + data,
    "100 behind a moving picture, a.gif": lambda data: _saved("GIF") + data,
    "100 behind a new picture, a.webp": lambda data: _saved("WEBP") + data,
    "101 title of a drawing, a.svg": lambda data: b"<svg><title>" + data + b"</title></svg>\n",
    "103 office document, a.docx": lambda data: zipped(b"<w:t>words " + data + b"</w:t>", "word/document.xml"),
}
"""Files of bytes; all of them such as the policy could list."""
NAMES = {"2 name of a file": "{}.txt", "2 name of a folder": "{}/index.html", "104 name of a picture": "{}.png"}
NO_PAGE = "a page, a style, a script and data are read as UTF-8, in which these bytes are not"
NO_NAME = "a name of a file has no slash and no zero byte, and is UTF-8"


def planted(pair: Pair) -> tuple[str, bytes] | str:
    """A file with a pair in it, by its name; or why it cannot be written."""
    coding, name = CODINGS[pair.coding], pair.channel.rpartition(", ")[2]
    written = coding(pair.word)
    if pair.channel in TEXTS:
        return (name, filled(TEXTS[pair.channel], written)) if isinstance(written, str) else NO_PAGE
    if pair.channel in NAMES:
        if not isinstance(written, str) or "/" in written:
            return NO_NAME
        data = png() if name.endswith("picture") else b"<p>words</p>\n"
        return NAMES[pair.channel].replace("{}", written), data
    return name, OCTETS[pair.channel](written if isinstance(written, bytes) else written.encode())


class Gate:
    """The gate for one file at a time, which everybody expects; where the word is known, nobody misses its origin."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.policy = policy_of(POLICY)
        self.detector = Detector(self.policy, roster_of(self.policy))
        self.themes = (Path(mkdocs.__file__).parent / "themes" / "mkdocs",)

    def refused(
        self, name: str, data: bytes, sources: tuple[str, ...] = (), words: Any = None, how: str = "listed"
    ) -> Refusals:
        """What is refused of a site that is this file: `listed` by its hash, `written` by a plugin, or `new`."""
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            page = name.endswith(".html") and how != "new"
            expected = Expectation(
                pages={name: words and (lambda: words)} if page else {},
                same={} if page or how != "listed" else {name: path},
                own=frozenset({name}),
                sources=lambda: ("article x words", *sources),
                themes=self.themes,
                site_url="https://incidents.example.com/",
            )
            files = ("*.*",) if how == "written" else ()
            policy = dataclasses.replace(self.policy, attachments=(sha256(data),), files=files)
            return gate.inspect(Path(folder), expected, policy, self.detector, DAY)


HARMLESS = "incidents"


@pytest.fixture(scope="module")
def at_the_gate(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """The gate."""
    return Gate(tmp_path_factory.mktemp("gate"))


def of_release(public: str) -> tuple[bytes, str]:
    """The page of a release as a theme shows it, and the words that it must show."""
    released = release.Release("case", Path(), words=public)
    release._read_words(released, public.encode())
    shown = site.Published(released, "approved", DAY)
    markup = markdown.markdown(
        site.page(shown).partition("---\n\n")[2], extensions=["tables", "fenced_code", "sane_lists", "toc"]
    )
    return page(markup).encode(), shown.shown()


@pytest.fixture(scope="module")
def projected_pairs() -> Projected:
    """Every pair of a post-mortem, projected."""
    return projections()


class TestPostMortems:
    """What `redact` lets through of a word in a post-mortem, and what the gate then says of its page."""

    def test_no_pair_is_published(self, projected_pairs: Projected, at_the_gate: Gate, tmp_path: Path) -> None:
        cells, public, slugs = projected_pairs
        leaks = []
        for pair, words in public.items():
            if cells[pair] != "passed on":
                continue
            data, shown = of_release(words)
            found = at_the_gate.refused(f"{slugs[pair]}/index.html", data, (words, slugs[pair]), shown)
            cells[pair] = self.outcome(pair, found)
            if cells[pair] == "LEAK":
                leaks.append(pair)
        report("post-mortems", cells)
        assert leaks == []

    def outcome(self, pair: Pair, found: Refusals) -> str:
        said = "\n".join(str(item) for item in found)
        assert not holds(said.encode(), pair.word), said
        rules = {item.code for item in found.refused}
        return "refused at the gate" if "PM907" in rules else "not explained" if rules else "LEAK"

    def test_what_is_left_out_is_in_no_byte_of_a_site_and_of_what_is_printed(
        self, projected_pairs: Projected, tmp_path: Path
    ) -> None:
        """All those words as releases of one real build, which is published, and read by the other decoder."""
        cells, public, _ = projected_pairs
        kept = dict.fromkeys(words for pair, words in public.items() if cells[pair] == "left out")
        house = House(tmp_path)
        assert len(kept) > 20
        for number, words in enumerate(kept):
            approved(house, f"kept-{number}", words)
        outcome = house.build_public()
        assert outcome.done[-1].code == 0, outcome.said[-3000:]
        names = [name for name in outcome.files if not name.startswith(THEME)]
        assert f"postmortems/kept-{len(kept) - 1}/index.html" in names
        for word in KNOWN:
            assert [name for name in names if holds(outcome.files[name], word)] == []
            assert not holds("\n".join(outcome.files).encode(), word)
            assert not holds(outcome.said.encode(), word)


def approved(house: House, slug: str, words: str) -> None:
    """Write these public words as a release that is approved."""
    rules = policy_of(POLICY)
    roster = roster_of(rules)
    pictures = dict.fromkeys(re.findall(r"\(([a-z0-9-]+-\d+\.png)\)", words), clean(png()))
    words = re.sub(r"\([a-z0-9-]+-(\d+)\.png\)", rf"({slug}-\1.png)", words)
    assets = {f"{slug}-{name.rpartition('-')[2]}": data for name, data in pictures.items()}
    stated = ("severity", "incident_type")
    facts = {key: (re.search(rf'^{key}: "(.*)"$', words, re.M) or ["", ""])[1] for key in stated}
    info = release.Info(slug=slug, digest=release.digest(slug, words, assets), authors=("@maria",), **facts)
    release.write(
        house.root, slug, {"index.md": words.encode(), "release.yml": release.render(info).encode(), **assets}
    )
    item = release.read(house.root / release.FOLDER / slug, house.root)
    for role in ("technical", "communications"):
        approvals.approve(item, rules, roster, role, f"The {role} lead", DAY)
    release.save(item, house.root)


class TestFiles:
    """Every file that a host, a theme or a plugin may write, with a word in it."""

    def test_no_pair_passes_the_gate(self, at_the_gate: Gate) -> None:
        cells: dict[Pair, str] = {}
        for pair in pairs({**TEXTS, **OCTETS, **NAMES}, (*KNOWN, CANARY), CODINGS, share=2):
            file = planted(pair)
            if isinstance(file, str):
                cells[pair] = f"cannot be written: {file}"
                continue
            known = pair.word in KNOWN
            # A word that nobody knows is explained by nobody; the rest of the file is.
            sources = text_of(file) if known else text_of(harmless(pair.channel))
            how = "listed" if known else "new" if pair.channel in NAMES else "written"
            found = at_the_gate.refused(*file, sources=sources, how=how)
            said = "\n".join(str(item) for item in found)
            assert not holds(said.encode(), pair.word), (pair, said)
            rules = {item.code for item in found.refused}
            cells[pair] = "refused at the gate" if "PM907" in rules else "not explained" if rules else "LEAK"
        report("files of the site", cells)
        assert [pair for pair, outcome in cells.items() if outcome == "LEAK"] == []

    @pytest.mark.parametrize("channel", {**TEXTS, **OCTETS, **NAMES})
    def test_the_same_file_passes_without_a_word(self, channel: str, at_the_gate: Gate) -> None:
        """The control: what is refused above is refused for the word."""
        file = harmless(channel)
        assert [str(item) for item in at_the_gate.refused(*file, sources=text_of(file))] == []


def harmless(channel: str) -> tuple[str, bytes]:
    """The file of a channel with a word that everybody knows."""
    file = planted(Pair(channel, "raw", HARMLESS))
    assert not isinstance(file, str)
    return file


def text_of(file: tuple[str, bytes]) -> tuple[str, str]:
    """What may be the origin of the words of a file: itself."""
    return file[0], file[1].decode("utf-8", "replace")


INSIDE = (
    "docs/postmortems/other.md", "docs/page.md", "docs/notes.txt", "docs/data.json", "docs/.hidden.md",
    "docs/postmortems/copy.md.bak", "docs/attached.har", "internal/notes.md", "notes.md", "incidents.yml",
    ".cache/plugin/privacy/x.js", ".cache/mkdocs-postmortem/x.json", "site/secret/index.html", "site/.stale",
    "site/.well-known/security.txt", "external/notes.md", "external/docs/.hidden.md", "overrides/main.html",
)  # fmt: skip
"""Files that the public build never reads, or that were left in the site's place."""


class TestInside:
    """What is not read cannot come out: every word in every coding, in every file that is not public."""

    def test_nothing_of_what_is_not_read_comes_out(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        everything = [
            written if isinstance(written := coding(word), bytes) else written.encode()
            for word in (*KNOWN, CANARY)
            for coding in CODINGS.values()
        ]
        hidden = document(section("words"), id="PM-9", external=None, title=CANARY, tags=[CANARY], services=[TERM])
        for name in INSIDE:
            head = hidden.encode() if name == "docs/postmortems/other.md" else b""
            house.write(name, head + b"\n\n".join(everything))
        house.write("site/index.html", "<p>the site before</p>")
        for number, (coding, word) in enumerate(
            (coding, word) for coding in TEXT.values() for word in (*KNOWN, CANARY)
        ):
            name = str(coding(word)).replace("/", "-")
            house.write(f"docs/postmortems/{name}-{number}.md", hidden.replace("PM-9", f"PM-{number + 10}"))
            house.write(f"docs/{name}-{number}.log", name)
        # Of these files one cannot be read as a post-mortem, which `redact` without a name would tell.
        done = [house.redact("docs/postmortems/checkout.md"), *house.approve()]
        outcome = house.build_public(before=done)
        assert outcome.published, outcome.said[-3000:]
        built = {name: data for name, data in outcome.files.items() if not name.startswith(THEME)}
        for word in (*KNOWN, CANARY):
            assert [name for name, data in built.items() if holds(name.encode(), word) or holds(data, word)] == []
            assert not holds(outcome.said.encode(), word)
