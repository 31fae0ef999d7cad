"""Every way in which words were seen to escape, one test each: a canary is planted, and comes out nowhere.

`A` to `G` are places to leak from: what is read, front matter, bodies, counts, artefacts, media, and the process.
A channel is closed by refusing, or by construction; then the release is there, and the canary is not.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image, PngImagePlugin

from tests.releasing.support import BODY, CANARY, FRONT, House, Outcome, document, section

Plant = Callable[[House], Any]
CHANNELS: dict[str, tuple[Plant, str]] = {}
"""For each channel what plants the canary, and how it is closed: `published` or the refusing rule."""


def channel(name: str, closed: str = "published") -> Callable[[Plant], Plant]:
    """Register a channel."""

    def register(plant: Plant) -> Plant:
        assert name not in CHANNELS
        CHANNELS[name] = (plant, closed)
        return plant

    return register


def other(house: House, text: str, name: str = "other") -> None:
    """A second post-mortem, of which nothing is public."""
    house.write(f"docs/postmortems/{name}.md", text)


def body(text: str, name: str, closed: str) -> None:
    """A channel of a body: this stands in a public section."""
    channel(name, closed)(lambda house: house.write("docs/postmortems/checkout.md", document(section(text))))


def front(name: str, closed: str = "published", **facts: Any) -> None:
    """A channel of front matter."""
    channel(name, closed)(lambda house: house.write("docs/postmortems/checkout.md", document(**facts)))


# A. What is read and copied

channel("1 body that nobody approved")(lambda house: other(house, document(section(CANARY), id="x", external=None)))
channel("2 slug of a body that nobody approved")(
    lambda house: other(house, document(external=None, id="x"), name=CANARY.lower())
)
channel("3 page outside the navigation")(lambda house: house.write(f"docs/{CANARY}.md", f"# {CANARY}\n"))


@channel("4 draft pages while serving")
def _draft(house: House) -> None:
    house.write("external/releases/draft/index.md", f'---\ntitle: "{CANARY}"\n---\n\n## Impact\n\n{CANARY}\n')
    house.write("external/releases/draft/release.yml", f"slug: draft\ndigest: sha256:{'0' * 64}\napprovals: []\n")


@channel("5 link to a file", "PM831")
def _file_link(house: House) -> None:
    outside = house.write("internal/secret.txt", CANARY)
    (house.root / "external/docs/notes.txt").symlink_to(outside)


@channel("5 link to a folder", "PM831")
def _folder_link(house: House) -> None:
    house.write("internal/secret.md", f"# {CANARY}\n")
    (house.root / "external/docs/more").symlink_to(house.root / "internal", target_is_directory=True)


@channel("5 link to the pages themselves", "PM831")
def _docs_link(house: House) -> None:
    house.write("internal/index.md", f"# {CANARY}\n")
    shutil.rmtree(house.root / "external/docs")
    (house.root / "external/docs").symlink_to(house.root / "internal", target_is_directory=True)


@channel("5 link among the releases", "PM800")
def _release_link(house: House) -> None:
    house.redact()
    (house.root / "external/releases/checkout-errors/notes.txt").symlink_to("/etc/hostname")


for ending in ("log", "txt", "json", "csv", "har", "pdf", "ipynb"):
    channel(f"6 attachment .{ending}")(
        lambda house, ending=ending: house.write(f"docs/postmortems/{CANARY}.{ending}", CANARY)
    )
for ending in ("pdf", "har", "ipynb", "csv", "log"):
    channel(f"6 attachment .{ending} beside the public pages", "PM902")(
        lambda house, ending=ending: house.write(f"external/docs/notes.{ending}", f"maria@example.com {ending}")
    )
for ending in ("md.bak", "md.orig", "md.tmpl"):
    channel(f"7 copy of a source, .{ending}")(
        lambda house, ending=ending: house.write(f"docs/postmortems/checkout.{ending}", CANARY)
    )
    channel(f"7 copy of a release, .{ending}", "PM800")(
        lambda house, ending=ending: (
            house.redact(),
            house.write(f"external/releases/checkout-errors/index.{ending}", CANARY),
        )
    )
for name in (".hidden.md", ".meta.yml", ".nav.yml"):
    channel(f"8 dotfile {name}")(lambda house, name=name: house.write(f"external/docs/{name}", f"title: {CANARY}\n"))


@channel("9 stale site of an internal build")
def _stale(house: House) -> None:
    house.write("site/secret/index.html", CANARY)
    house.write("site/index.html", CANARY)


@channel("10 stale dotfiles of a site")
def _stale_dotfiles(house: House) -> None:
    house.write("site/index.html", "a site that was built")  # else nothing is replaced there, and nothing built
    house.write("site/sitemap.xml", "<urlset/>")
    house.write("site/.stale", CANARY)
    house.write("site/.well-known/security.txt", CANARY)


@channel("11 caches of plugins")
def _caches(house: House) -> None:
    for place in (".cache/plugin/privacy/x.js", ".cache/plugin/social/x.png", ".cache/mkdocs-postmortem/x.json"):
        house.write(place, CANARY)


@channel("12 theme override", "PM830")
def _override(house: House) -> None:
    house.write("overrides/main.html", f'{{% extends "base.html" %}}{{% block footer %}}{CANARY}{{% endblock %}}')
    house.configure(theme={"name": "mkdocs", "highlightjs": False, "custom_dir": "overrides"})


@channel("12 extra style", "PM830")
def _style(house: House) -> None:
    house.write("external/docs/x.css", f"/* {CANARY} */")
    house.configure(extra_css=["x.css"])


@channel("12 hook", "PM830")
def _hook(house: House) -> None:
    house.write("hook.py", f"def on_page_content(html, **_):\n    return html + '{CANARY}'\n")
    house.configure(hooks=["hook.py"])


@channel("13 nested repository", "PM831")
def _nested(house: House) -> None:
    house.write("external/docs/sub/.git/config", CANARY)


@channel("13 pointer of LFS", "PM831")
def _pointer(house: House) -> None:
    house.write("external/docs/x.txt", f"version https://git-lfs.github.com/spec/v1\noid sha256:{CANARY}\n")


@channel("13 file of six megabytes", "PM831")
def _large(house: House) -> None:
    house.write("external/docs/x.txt", f"{CANARY} " * 600_000)


# B. Front matter and configuration

front("14 internal title", title=CANARY)
front("14 public title with a name", "PM720", external={**FRONT["external"], "title": "García's outage"})
front("15 description", description=CANARY)
front("16 author", author=CANARY, authors=["@maria", CANARY])
front("17 tags", tags=[CANARY])
channel("17 tags of another")(lambda house: other(house, document(id="x", external=None, tags=[CANARY])))
for key in ("ticket", "customer", "slack", "jira", "categories"):
    front(f"18 key {key}", **{key: {"a": [CANARY]}})
for key in ("slug", "aliases", "redirect_from"):
    front(f"19 key {key}", **{key: f"{CANARY.lower()}/old"})
for key in ("template", "icon", "hide", "search"):
    front(f"20 key {key}", **{key: CANARY})


@channel("20 template of a release", "PM801")
def _template(house: House) -> None:
    house.redact()
    path = house.root / "external/releases/checkout-errors/index.md"
    path.write_text(path.read_text().replace("---\n", "---\ntemplate: sitemap.xml\n", 1))


front("22 notes of the review", external={**FRONT["external"], "notes": CANARY, "rejected": CANARY})


@channel("22 names of approvers and reasons")
def _approvers(house: House) -> None:
    house.redact()
    house.run("approve", "checkout-errors", "--role", "technical", "--by", f"{CANARY}son", CI="1")


channel("23 key twice", "PM757")(
    lambda house: house.write(
        "docs/postmortems/checkout.md", document(section(CANARY)).replace("---\n", "---\nstatus: draft\n", 1)
    )
)
channel("24 a word that YAML reads as no", "PM758")(
    lambda house: house.write(
        "docs/postmortems/checkout.md", document(section(CANARY), external={**FRONT["external"], "title": False})
    )
)
for key, value in {"repo_url": f"https://git.example.org/{CANARY}", "edit_uri": f"edit/{CANARY}"}.items():
    channel(f"25 {key}", "PM830")(lambda house, key=key, value=value: house.configure(**{key: value}))
channel("26 extra", "PM830")(lambda house: house.configure(extra={"analytics": {"property": CANARY}}))
channel("26 description of the site", "PM720")(lambda house: house.configure(site_description="by Wei Zhang"))
channel("26 label in the navigation", "PM720")(lambda house: house.configure(nav=[{"García's notes": "index.md"}]))

# C. Bodies

body("María did it on 10.0.3.7", "27 prose of a public section", "PM728")
body(f"::: internal\n{CANARY}\n:::\n\nwords", "28 internal block", "published")
for number, marker in enumerate(("<!--internal-->", "::: INTERNAL", "::: internal x", ":: internal")):
    body(f"words\n\n{marker}\n{CANARY}\n:::\n", f"29 marker spelled differently, {number}", "PM709")
body(f"::: internal\n{CANARY}", "30 unclosed marker", "PM753")
for number, start in enumerate(("- ", "> ", "| ", "    ")):
    body(f"words\n\n{start}::: internal\n{start}{CANARY}\n{start}:::", f"31 marker inside something, {number}", "PM709")
body(f"::: internal\n```\n:::\n{CANARY}\n```\n:::", "32 fence in a marker", "PM753")
body(f"```\n::: internal\n{CANARY}\n:::\n```", "32 marker in a fence", "PM753")
channel("33 open fence swallows a heading", "PM707")(
    lambda house: house.write(
        "docs/postmortems/checkout.md",
        document(section("```\nwords").replace("Nothing here is public.", CANARY)),
    )
)
channel("34 heading again in internal text", "PM752")(
    lambda house: house.write("docs/postmortems/checkout.md", document(f"{BODY}\n### Impact\n\n{CANARY}\n"))
)
channel("35 heading of a section that stays")(
    lambda house: house.write("docs/postmortems/checkout.md", document(f"{BODY}\n## {CANARY}\n\nx\n"))
)
for number, level in enumerate(("###", "####")):
    body(
        f"x\n\n{level} What García saw\n\nwords",
        f"{36 + number} name in a heading, its anchor and the contents",
        "name",
    )
body(f"words\n\n### Part {{#{CANARY} .{CANARY} data-x={CANARY}}}\n\nwords", "38 attributes", "PM704")
body(f"words[^1]\n\n[^1]: {CANARY}", "39 footnote", "PM703")
body(f"[words][ref]\n\n[ref]: https://status.example.com/{CANARY}", "40 reference", "PM703")
body(f"HTML\n\n*[HTML]: {CANARY}", "41 abbreviation", "PM703")
body(f"words <!-- {CANARY} -->", "42 comment", "PM700")
for number, tag in enumerate(("<div hidden>", "<template>", "<details>", '<p style="display:none">')):
    body(f"{tag}{CANARY}</div>", f"43 raw HTML, {number}", "PM700")
body("| Who | What |\n|---|---|\n| García | x |", "44 cell of a table", "name")
body("| García | What |\n|---|---|\n| y | x |", "44 head of a table", "name")
body("```\nuser maria-garcia logged in\n```", "45 code", "PM720")
body(f'```python title="{CANARY}"\nx\n```', "45 title of code", "PM707")
body(f"```python\nx # (1)!\n```\n\n1.  {CANARY} on db1.corp.example.com", "45 annotation of code", "PM724")
body("`maria-garcia`", "45 code in a line", "PM720")
body(f"```mermaid\ngraph TD; A[{CANARY}]\n```", "46 diagram", "PM707")
body(f"$$\n{CANARY}\n$$", "46 formula", "PM705")
for number, mark in enumerate((f'!!! note "{CANARY}"', f'??? note "{CANARY}"', f'=== "{CANARY}"')):
    body(f"{mark}\n    words", f"47 title of a block, {number}", "PM705")
body("![what García saw](graph.png)", "48 words of a picture", "PM755")
body("[García's page](https://status.example.com/1)", "49 words of a link", "name")
for number, target in enumerate(
    (
        f"https://jira.example.org/{CANARY}",
        f"https://example.slack.com/archives/{CANARY}",
        f"https://grafana.example.org/d?var={CANARY}",
        f"mailto:{CANARY}@example.org",
        f"https://status.example.com@evil.example/{CANARY}",
        f"//evil.example/{CANARY}",
        f"../../{CANARY}.pdf",
    )
):
    body(f"see [here]({target})", f"50 address of a link, {number}", "published")
body(f"see https://jira.example.org/{CANARY}", "50 bare address", "PM730")
body(f"see [other]({CANARY.lower()}.md#sec)", "51 link to what nobody approved", "PM754")
for number, directive in enumerate(('--8<-- "secret.md"', "{! secret.md !}", '{% include "secret.md" %}')):
    body(f"words\n\n{directive}", f"52 include, {number}", "PM702")
    channel(f"52 include in the site's own pages, {number}")(
        lambda house, directive=directive: (
            house.write("secret.md", CANARY),
            house.write("external/docs/more.md", f"# More\n\n{directive}\n"),
        )
    )
channel("52 include by an extension", "PM830")(
    lambda house: (
        house.write("secret.md", CANARY),
        house.write("external/docs/more.md", '# More\n\n--8<-- "secret.md"\n'),
        house.configure(markdown_extensions=["pymdownx.snippets"]),
    )
)
for number, template in enumerate(("{{ env.SECRET }}", "{% set x = 1 %}")):
    body(f"words {template} {CANARY}", f"53 template, {number}", "PM702")
for number, mark in enumerate((f"{{--{CANARY}--}}", f"{{>>{CANARY}<<}}", f"~~{CANARY}~~", f"=={CANARY}==")):
    body(f"words {mark}", f"54 edit, {number}", "PM705")
body(f"- item\n::: internal\n- {CANARY}\n  lazy {CANARY}\n:::\n- item", "55 item of a list", "published")
body(f"Term\n:   {CANARY}", "55 definition list", "PM703")
body(f"words\n\n<!-- more -->\n\n{CANARY}", "56 excerpt", "PM700")

# D. Counts and what is derived. That nothing of them changes is in test_noninterference.py; here words are looked for.

HIDDEN = document(
    section(CANARY), id=f"PM-2026-{CANARY}", title=CANARY, external=None, services=[CANARY], related=["PM-2026-014"]
)
for number, what in (
    (57, "counts"), (58, "metrics"), (59, "action items"), (60, "charts"), (61, "related incidents"),
    (62, "neighbours"), (63, "tags"), (64, "order"), (65, "pages of a list"),
):  # fmt: skip
    channel(f"{number} {what}")(lambda house: other(house, HIDDEN))
body("1. one\n::: internal\n2. two\n:::\n3. three", "66, 75 numbers with gaps", "published")
front("67 number of the incident", "PM751", external={**FRONT["external"], "slug": "pm-2026-014"})
body("Quill and María acted.", "68, 70 letters", "name")
body("Mark acted.", "71 name that is a word", "PM721")
body(f"words ::: internal {CANARY} ::: words", "72, 73 place of what was left out", "PM709")
body(f"::: internal\n{CANARY} word word\n:::\n\nwords", "74 count of words", "published")

# E. What hosts write

for number, what in (
    (78, "search index"), (79, "sitemap"), (80, "feed"), (81, "404"), (82, "inventories"), (83, "meta"), (84, "cards"),
    (86, "exports"), (95, "escapes"),
):  # fmt: skip
    front(f"{number} {what}", title=CANARY, description=CANARY, tags=[CANARY], image=CANARY)
for plugin in ("git-revision-date-localized", "material/tags", "material/blog", "rss"):
    channel(f"85, 89 plugin {plugin}", "PM830")(
        lambda house, plugin=plugin: house.configure(plugins=[*house.config["plugins"], plugin])
    )
front("87 account of what was redacted", summary=CANARY)
for name in ("robots.txt", "CNAME"):
    channel(f"88 {name}", "PM907")(lambda house, name=name: house.write(f"external/docs/{name}", "maria@example.com"))
channel("90 file of the theme beside the pages", "PM902")(
    lambda house: house.write("external/docs/js/bootstrap.bin", f"maria {CANARY}")
)
channel("94 gh-deploy", "gh-deploy")(lambda house: None)

# F. Media


def picture(house: House, data: bytes, name: str = "graph.png") -> None:
    """A post-mortem with a listed picture."""
    house.write(f"docs/postmortems/{name}", data)
    text = section(f"words\n\n![a graph]({name})")
    house.write("docs/postmortems/checkout.md", document(text, external={**FRONT["external"], "images": [name]}))


def png(**chunks: Any) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, packed in chunks.items():
        info.add_text(name, CANARY, zip=packed)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY}</x>")
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG", pnginfo=info, exif=exif())
    return out.getvalue()


def exif() -> bytes:
    found = Image.Exif()
    found[0x010E] = found[0x013B] = CANARY
    return found.tobytes()


def saved(form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, form, **options)
    return out.getvalue()


channel("96 EXIF")(lambda house: picture(house, saved("JPEG", exif=exif()), "a.jpg"))
channel("97 PNG text")(lambda house: picture(house, png(a=False, b=True)))
channel("98 JPEG comment")(
    lambda house: picture(house, saved("JPEG", comment=CANARY, icc_profile=CANARY.encode()), "a.jpg")
)
channel("99 GIF comment")(lambda house: picture(house, saved("GIF", comment=CANARY), "a.gif"))
channel("99 frames", "PM770")(
    lambda house: picture(house, saved("GIF", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")]), "a.gif")
)
channel("100 bytes after the picture")(lambda house: picture(house, png() + CANARY.encode()))
channel("101 SVG", "PM755")(lambda house: picture(house, f"<svg><title>{CANARY}</title></svg>".encode(), "a.svg"))
channel("101 SVG beside the pages", "PM902")(
    lambda house: house.write("external/docs/a.svg", "<svg><desc>maria@example.com</desc></svg>")
)


@channel("102 picture that changed after it was approved")
def _swapped(house: House) -> None:
    picture(house, png())
    assert house.redact().code == 0
    house.approve()
    house.write("external/releases/checkout-errors/checkout-errors-1.png", png(a=False))


channel("103 office document", "PM755")(lambda house: picture(house, CANARY.encode(), "a.docx"))
channel("104 name of a picture")(lambda house: picture(house, png(), f"{CANARY}.png"))
channel("104 picture with data beside the pages", "PM902")(
    lambda house: house.write("external/docs/a.png", png(a=False))
)

# G. The process


@channel("105 names in the log", "PM720")
def _logged(house: House) -> None:
    house.write("docs/postmortems/checkout.md", document(section(f"x maria-{CANARY} y"), owner=CANARY))


@channel("106 text in an error", "policy")
def _error(house: House) -> None:
    house.write("redaction.yml", f"people: [{{names: {CANARY}}}]\n")


@channel("106 broken policy", "policy")
def _broken(house: House) -> None:
    house.write("redaction.yml", f"people: [{CANARY}: : :\n")


@channel("107 pattern in a library's log", "policy")
def _pattern(house: House) -> None:
    house.write("redaction.yml", yaml.safe_dump({"deny": [f"re:(?<={CANARY})x"]}))


@channel("108 secret", "PM725")
def _secret(house: House) -> None:
    house.write("docs/postmortems/checkout.md", document(section("key ghp_" + f"{CANARY}0123456789" * 3)))


@channel("110 build that fails", "PM907")
def _failing(house: House) -> None:
    house.write("external/docs/more/index.md", "# x\n\nmaria@example.com\n")


@channel("111 retraction", "retracted")
def _retract(house: House) -> None:
    house.write("docs/postmortems/checkout.md", document(section(CANARY)))
    assert house.redact().code == 0
    house.approve()
    house.run("retract", "checkout-errors", "--by", "Ana", "--reason", f"it held {CANARY}")


front("112 digests", title=CANARY, revenue=CANARY)
for number, text in enumerate(
    ("a\u202ebad\u202c", "a\u200bb", "a\U000e0041", "p\u0430ssword", "\u041c\u0430r\u0456a", "\U0001d40c\U0001d41aria")
):
    body(f"words {text}", f"113 letters in disguise, {number}", "name" if number > 3 else "PM729")


class Test:
    """One test for each channel."""

    @pytest.mark.parametrize("name", CHANNELS)
    def test_channel(self, name: str, tmp_path: Path) -> None:
        plant, closed = CHANNELS[name]
        house = House(tmp_path)
        plant(house)
        outcome = self.outcome(house, name, closed)
        assert outcome.holds() == [], outcome.said[-3000:]
        assert "Traceback" not in outcome.said
        if closed == "published":
            assert outcome.published or "release" in name or name.startswith(("102", "4 ")), outcome.said[-3000:]
        elif closed == "name":
            assert outcome.published
            assert outcome.holds("García") == outcome.holds("Quill") == []
        elif closed.startswith("PM"):
            assert closed in outcome.said, outcome.said[-3000:]
            assert not outcome.published
        if closed in ("policy", "gh-deploy"):
            assert outcome.done[-1].code != 0
            assert outcome.files == {}

    def outcome(self, house: House, name: str, closed: str) -> Outcome:
        if closed == "gh-deploy":
            house.write("mkdocs.external.yml", yaml.safe_dump(house.config))
            from mkdocs.__main__ import cli

            from tests.plugin.support import ENVIRONMENT, in_a_process

            subprocess.run(["git", "init", "-q", str(house.root)], check=True)
            done = in_a_process(
                lambda: cli(["gh-deploy", "-f", "mkdocs.external.yml"], prog_name="mkdocs"), house.root, ENVIRONMENT
            )
            assert "gh-deploy" in done.said
            return Outcome([done], house.site())
        if name.startswith("22 names"):
            house.run("approve", "checkout-errors", "--role", "communications", "--by", "Ana")
        if name.startswith(("20 template of", "22 names", "102", "111")):
            return house.build_public()
        # At -v the host itself prints the site's configuration, before any plugin is asked.
        return house.publish(*(() if name.startswith(("25", "26")) else ("-v",)))


def test_the_canary_comes_out_where_it_is_public(tmp_path: Path) -> None:
    """The control: the same house publishes what it may, so that the silence of the others means something."""
    outcome = House(tmp_path, section(f"words {CANARY} words")).publish()
    assert outcome.published
    assert any("postmortems/checkout-errors/index.html" in place for place in outcome.holds())
    assert any("search_index.json" in place for place in outcome.holds())


ENCODED: dict[str, Callable[[str], str | bytes]] = {
    "as it is": str,
    "entities": lambda word: "".join(f"&#{ord(char)};" for char in word),
    "hexadecimal entities": lambda word: "".join(f"&#x{ord(char):x};" for char in word),
    "divided by tags": lambda word: f"{word[:3]}<b>{word[3:5]}</b><wbr>{word[5:]}",
    "percent": lambda word: "".join(f"%{ord(char):02x}" for char in word),
    "percent twice": lambda word: "".join(f"%25{ord(char):02x}" for char in word),
    "JSON": lambda word: "".join(f"\\u{ord(char):04x}" for char in word),
    "JavaScript": lambda word: "".join(f"\\x{ord(char):02x}" for char in word),
    "CSS": lambda word: "".join(f"\\{ord(char):x} " for char in word),
    "base64": lambda word: base64.b64encode(f"{word} was here".encode()).decode(),
    "base64, second offset": lambda word: base64.b64encode(f"x{word} was here".encode()).decode(),
    "base64, third offset": lambda word: base64.b64encode(f"xy{word} was here".encode()).decode(),
    "base64 of gzip": lambda word: base64.b64encode(gzip.compress(f"{word} was here".encode())).decode(),
    "base32": lambda word: base64.b32encode(f"{word} was here".encode()).decode(),
    "hexadecimal": lambda word: f"{word} was here".encode().hex(),
    "quoted-printable": lambda word: "".join(f"={ord(char):02X}" for char in word),
    "zero-width": lambda word: "\u200b".join(word),
    "soft hyphens": lambda word: "\u00ad".join(word),
    "look-alikes": lambda word: word.replace("a", "\u0430"),
    "upper case": str.upper,
    "full width": lambda word: "".join(chr(ord(char) + 0xFEE0) for char in word),
    "slug": lambda word: f"the-{word.lower()}-file",
    "snake": lambda word: f"the_{word.lower()}_file",
    "camel": lambda word: f"the{word.capitalize()}File",
    "data URI": lambda word: f"data:text/plain;base64,{base64.b64encode(word.encode() * 3).decode()}",
}
PLACES: dict[str, Callable[[Path, str], None]] = {
    "text of a page": lambda site, text: _insert(site / "index.html", "</body>", f"<p>{text}</p></body>"),
    "attribute": lambda site, text: _insert(site / "index.html", "</body>", f'<i title="{text}"></i></body>'),
    "comment": lambda site, text: _insert(site / "index.html", "</body>", f"<!-- {text} --></body>"),
    "script": lambda site, text: _insert(site / "index.html", "</body>", f"<script>x('{text}')</script></body>"),
    "search index": lambda site, text: _insert(site / "search/search_index.json", '"text":"', f'"text":"{text} '),
    "feed": lambda site, text: _insert(site / "postmortems/feed.xml", "<title>", f"<title>{text} "),
    "sitemap": lambda site, text: _insert(site / "sitemap.xml", "</urlset>", f"<!-- {text} --></urlset>"),
    "404": lambda site, text: _insert(site / "404.html", "</body>", f"{text}</body>"),
    "new file": lambda site, text: (site / "notes.txt").write_text(text, encoding="utf-8"),
    "style of the theme": lambda site, text: _insert(site / "css/base.css", "body", f"/* {text} */ body"),
    "packed sitemap": lambda site, text: (site / "sitemap.xml.gz").write_bytes(gzip.compress(text.encode())),
}


def _insert(path: Path, before: str, text: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert before in content
    path.write_text(content.replace(before, text, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with a site that passed its gate."""
    house = House(tmp_path_factory.mktemp("built"))
    outcome = house.publish()
    assert outcome.published, outcome.said
    assert house.run("verify", "site").code == 0
    return house


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("word", [CANARY, "Garcia"])
def test_the_gate_finds_words_in_every_place_and_coding(
    built: House, tmp_path: Path, place: str, encoding: str, word: str
) -> None:
    """Unknown words by containment, known people by name as well."""
    site = tmp_path / "site"
    shutil.copytree(built.built, site)
    PLACES[place](site, str(ENCODED[encoding](word)))
    done = _verified(built, site)
    assert done, f"{word} {encoding} in {place}"


def _verified(house: House, site: Path) -> list[str]:
    """The rules that the gate refuses a site by; in this process, for speed."""
    from mkdocs_postmortem.releasing.verifying import verify
    from tests.releasing.support import DAY

    found, _ = verify(site, house.root, None, None, DAY)
    assert all(CANARY.lower() not in f"{item}".lower() for item in found)
    return [item.code for item in found.refused]


def test_an_archive_in_the_site_is_looked_into(built: House, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(built.built, site)
    with zipfile.ZipFile(site / "x.zip", "w") as archive:
        archive.writestr("a.txt", "by Maria García")
    assert "PM907" in _verified(built, site)


def test_the_site_is_clean_without_changes(built: House, tmp_path: Path) -> None:
    """The control of the gate's tests."""
    site = tmp_path / "site"
    shutil.copytree(built.built, site)
    assert _verified(built, site) == []
    os.utime(site)
