"""What the public site's configuration and its own pages hold, and what of it the policy does not let through."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs_postmortem.reading.source import left_by_system
from mkdocs_postmortem.releasing import folding, release, site
from mkdocs_postmortem.releasing.grammar import after
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.policy import DEFAULT_FILE, Policy
from mkdocs_postmortem.releasing.rules import declare

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
LARGEST = 5 * 1024 * 1024
PAGES = (".md", ".markdown")
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


def not_listed(given: Configuration, policy: Policy) -> Iterator[str]:
    """What the configuration has that the policy does not list."""
    for name in given.plugins:
        if name in given.hooks:
            continue  # the host counts hooks among its plugins
        if name.rpartition("/")[2] not in {*policy.plugins, "postmortem"}:
            yield f"the plugin `{name}` is not listed under `plugins` in {DEFAULT_FILE}"
    for name in given.extensions:
        if name.removeprefix("markdown.extensions.") not in words_in("extensions.txt"):
            yield f"the markdown extension `{name}` may bring in what nobody reviewed"
    listed = dict(_bound(item) for item in policy.overrides)
    for name in given.hooks:
        if name not in listed:
            yield f"the hook `{name}` is not listed under `overrides`"
        elif listed[name] != (digest := _digest(given.root / name)):
            what = "is not what was listed" if listed[name] else "is listed without what it does"
            yield f"the hook `{name}` {what}: read it, and list it as `{name} sha256:{digest}`"
    for name in given.extra_files:
        whole = below(given.docs / name, given.root)
        if not {name, whole} & {*listed, "search/main.js"}:  # the host's own search adds its script
            yield f"`{name}` (extra_css, extra_javascript or extra_templates) is not listed under `overrides`"
        elif _changed(given.docs / name, listed.get(name) or listed.get(whole)):
            yield f"`{name}` is not what was listed under `overrides`"
    if given.custom_dir is not None:
        for path in sorted(given.custom_dir.rglob("*")):
            name = below(path, given.root)
            short = below(path, given.custom_dir)
            if path.is_dir() and not path.is_symlink():
                continue
            if not {name, short} & {*listed}:
                yield f"the theme override `{name}` is not listed under `overrides`"
            elif _changed(path, listed.get(name) or listed.get(short)):
                yield f"the theme override `{name}` is not what was listed under `overrides`"
    for key in given.extra:
        if key not in policy.extra:
            yield f"`extra.{key}` is not listed under `extra`"
    for key in given.borrowed:
        if key not in policy.extra:
            yield f"`{key}` brings in what stands elsewhere, and is not listed under `extra`"
    for key in given.repository:
        if key not in policy.extra:
            yield f"`{key}` shows where the sources are, and is not listed under `extra`"


def _bound(item: str) -> tuple[str, str]:
    """An entry of `overrides` as its path and the SHA-256 that it is bound to: `hook.py sha256:…`."""
    path, _, digest = item.partition(" sha256:")
    return path.strip(), digest.strip().lower()


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "?"  # which no entry has: the host tells of a file that is not there


def _changed(path: Path, digest: str | None) -> bool:
    return bool(digest) and digest != _digest(path)


def below(path: Path, root: Path) -> str:
    """A path as it is seen from a folder; of one that is elsewhere the name."""
    with contextlib.suppress(ValueError):
        return path.relative_to(root).as_posix()
    return path.name


def strange_sources(given: Configuration) -> Iterator[tuple[str, str]]:
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
            yield below(place, given.root), "is a link"
    for folder, folders, names in os.walk(given.docs):
        for name in sorted((*folders, *names)):
            path = Path(folder, name)
            where = below(path, given.root)
            if path.is_symlink():
                yield where, "is a link: put the file itself there"
            elif name == ".git":
                yield where, "is a repository of its own (a submodule or a nested clone)"
            elif left_by_system(name) and not name.startswith("."):  # of those with a dot no host takes notice
                yield where, "is what systems leave in folders, and would be published"
            elif path.is_file():
                if path.suffix.lower() in PAGES:
                    data = path.read_bytes()[:LARGEST]
                    no_page = any(
                        part.startswith(".") for part in below(path, given.docs).split("/")
                    )  # no host reads it
                    if what := ("" if no_page else _unreadable(data)) or _of_the_house(data):
                        yield where, what
                if path.stat().st_size > LARGEST:
                    yield where, f"is larger than {LARGEST // 1048576} MB"
                elif _begins(path, _POINTER):
                    yield where, "is a pointer to a file that is not here (Git LFS)"
            elif not path.is_dir():
                yield where, "is no plain file"


def _unreadable(data: bytes) -> str:
    """Why a host would stop at a page without saying where: its letters, or an address in it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (len(data) < LARGEST and not _is_utf8(data)):
        return "is not UTF-8: save it as such"
    for match in _TARGET.finditer(data.decode("utf-8", "replace")):
        try:
            urlsplit(match[1])
        except ValueError:
            return "has a link with an address that nobody can read, such as one with a single bracket"
    return ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


_TARGET = re.compile(r"(?:\]\([ ]*<?|\]:[ \t]*<?|<)([a-zA-Z0-9+.-]*:?//[^\s<>)]*)")
"""An address that a link leads to."""


def _of_the_house(data: bytes) -> str:
    """What tells that a page was not written to be public: marks of what is internal, facts of a post-mortem."""
    text = data.decode("utf-8", "replace")
    front = re.match(r"\ufeff?---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", text, re.S)
    if front and re.search(
        r"^(?:external|participants|facilitator|action_items|started_at|detected_at)\s*:", front[1], re.M
    ):
        return "has the front matter of a post-mortem: publish it with `redact`"
    fence = ""
    for line in text.split("\n"):
        fence = after(fence, line.strip())
        plain = "" if fence else _CODE.sub("", line)
        if re.match(r"\s*:{3,}\s*internal\b", plain, re.I) or re.search(r"\[\[[^\[\]|]+\|[^\[\]|]*\]\]", plain):
            return "has marks of what is internal, which count in post-mortems alone: everything here is public"
    return ""


_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def _begins(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(start)) == start


def sources_of(given: Configuration, shown: Sequence[site.Published]) -> list[str]:
    """The texts that may be the origin of a word of the site."""
    texts = [*given.words, *given.look, *_icons(given), *(item.slug for item in shown)]
    texts += [NEVER, *(str(item.on) for item in shown if item.on)]
    texts += [item.release.words for item in shown if item.state != "retracted"]
    texts += [anchor for item in shown if item.state != "retracted" for anchor in _anchors(item.release.words)]
    for path in sorted(given.docs.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix.lower() in _TEXTS:
            texts += (path.relative_to(given.docs).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
    return texts


def _anchors(text: str) -> list[str]:
    """The addresses of a page's headings: `R&D's part` is `rds-part`."""
    return [folding.anchor(line.lstrip("#")) for line in text.split("\n") if line.startswith("#")]


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
