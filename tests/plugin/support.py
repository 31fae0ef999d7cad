"""What these tests share: a site written as an indented tree, real builds of it, and pages as a parser sees them.

A tree has one name a line, four spaces a level; a name with `/` at its end is a folder, and what
stands deeper below a file is its text:

    docs/
        postmortems/
            2026/
                checkout.md
                    severity: P0
                    services: [checkout, payments]
                    ---
                    ## Appendix
            slow.md

A post-mortem is faultless by itself: its text has the facts that differ, and below `---` what is
added to the body. One that begins with `---` or `#` is taken as it is. `mkdocs.yml` has the keys
that differ, too; it and `docs/index.md` are there in any case.
"""

from __future__ import annotations

import io
import os
import posixpath
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import mkdocs.__main__
import mkdocs.commands.build
import yaml

from mkdocs_postmortem import cli
from mkdocs_postmortem.reading import is_postmortem

NOON = "1795435200"
"""2026-11-23, noon in UTC: the day that is today in these tests."""
TODAY = "2026-11-23"

ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": NOON,
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
    "COLUMNS": "",
}

CONFIG: dict[str, Any] = {"site_name": "Wiki", "theme": "mkdocs", "plugins": ["search", "postmortem"]}
MATERIAL = {"name": "material", "font": False}

FACTS = {
    "status": "published",
    "severity": "P1",
    "incident_type": "deployment",
    "services": "[checkout]",
    "started_at": "2026-11-03T10:02Z",
    "detected_at": "2026-11-03T10:09Z",
    "resolved_at": "2026-11-03T10:49Z",
    "detection_method": "monitoring",
    "owner": '"@maria"',
    "authors": '["@maria"]',
}
BODY = """
# {title}

## Executive Summary

Every eighth order failed for 47 minutes, until the release was rolled back.

## Impact

Orders were lost, and customers had to try again.

## Timeline

| Time | Event |
|------|-------|
| 10:02 | The release reaches the first hosts |
| 10:49 | Rolled back: orders succeed again |

## Root Cause Analysis

Nothing compares the settings of staging and production.

## Detection and Response

An alert came after seven minutes.

## Action Items

| Action | Owner | Priority | Due Date | Status |
|--------|-------|----------|----------|--------|
| Refuse to start when a setting is missing | @wei | P0 | 2026-11-17 | Open |

## Lessons Learned

- A setting that a release needs belongs into the release.
"""


def postmortem(name: str, text: str = "") -> str:
    """A faultless post-mortem with these facts in place of its own, and this added to its body."""
    if text.startswith(("---", "#")):
        return text
    given, _, added = text.partition("\n---\n") if "\n---\n" in text else (text, "", "")
    facts = {"title": Path(name).stem.replace("-", " ").capitalize(), **FACTS}
    key = ""
    for line in given.splitlines():
        if line[:1] not in (" ", "-", "}", "]", ""):
            key, _, value = line.partition(":")
            facts[key] = value.strip()
        elif key:
            facts[key] += f"\n{line}"
    front = "".join(f"{key}: {value}".rstrip() + "\n" for key, value in facts.items())
    body = BODY.format(title=Path(name).stem.replace("-", " ").capitalize())
    return f"---\n{front}---\n{body}" + (f"\n{added.strip()}\n" if added.strip() else "")


def files(tree: str) -> dict[str, str | None]:
    """From a tree to the files in it and their text; None for a folder."""
    found: dict[str, str | None] = {}
    stack: list[tuple[int, str]] = []
    inside: tuple[int, str] | None = None
    texts: dict[str, list[str]] = {}
    for line in textwrap.dedent(tree).splitlines():
        indent = len(line) - len(line.lstrip())
        if inside is not None and (not line.strip() or indent > inside[0]):
            texts[inside[1]].append(line[inside[0] + 4 :])
            continue
        inside = None
        if not line.strip():
            continue
        stack = [(level, name) for level, name in stack if level < indent]
        path = "".join(name for _, name in stack) + line.strip()
        if path.endswith("/"):
            stack.append((indent, line.strip()))
            found[path] = None
        else:
            texts[path] = []
            inside = (indent, path)
    return {**found, **{path: "\n".join(lines).strip("\n") for path, lines in texts.items()}}


class Done(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err

    def lines(self, word: str) -> list[str]:
        """The lines with this word."""
        return [line for line in self.said.splitlines() if word in line]


def in_a_process(work: Callable[[], object], folder: Path, env: Mapping[str, str | None]) -> Done:
    """Run `work` as a program of its own would be: a forked process has imported everything already."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.chdir(folder)
                for key, value in env.items():
                    os.environ.pop(key, None)
                    if value is not None:
                        os.environ[key] = value
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
                sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
                sys.warnoptions = []
                warnings.resetwarnings()
                code = _exit_code(work)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return Done(os.waitstatus_to_exitcode(status), out.read().decode(), err.read().decode())


def _exit_code(work: Callable[[], object]) -> int:
    try:
        work()
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
            return 1
        return leaving.code or 0
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1
    return 0


class Site:
    """A site in a folder: builds it, checks it, and has what was built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.docs = root / "docs"
        self.built = root / "site"

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the site, as it is."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        return file

    def build(self, *options: str, **env: str | None) -> Done:
        """`mkdocs build` in the site's folder."""
        arguments = ["build", *options]
        return in_a_process(
            lambda: mkdocs.__main__.cli(arguments, prog_name="mkdocs"), self.root, {**ENVIRONMENT, **env}
        )

    def run(self, *arguments: str, folder: Path | None = None, **env: str | None) -> Done:
        """`mkdocs-postmortem` in the site's folder, or in another."""

        def work() -> None:
            sys.argv = ["mkdocs-postmortem", *arguments]
            cli.main()

        return in_a_process(work, folder or self.root, {**ENVIRONMENT, **env})

    def pages(self) -> dict[str, str]:
        """Every page that was built: its path below the site's folder, and its HTML."""
        return {
            path.relative_to(self.built).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.built.rglob("*.html"))
        }

    def names(self) -> set[str]:
        """Pages that were built, without those of the theme."""
        return {name for name in self.pages() if name not in ("404.html", "search.html")}

    def text(self, path: str) -> str:
        """A file that was built."""
        return (self.built / path).read_text(encoding="utf-8")

    def page(self, path: str) -> Html:
        """A page that was built, parsed."""
        return Html(self.text(path))

    def navigation(self, path: str = "index.html") -> set[str]:
        """Where the menus of a page lead, as addresses below the site's root."""
        found = set()
        for href in self.page(path).navigation:
            address = href.partition("#")[0]
            if address and "://" not in address:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address)))
                found.add("" if target == "." else target + ("/" if address.endswith(("/", ".")) else ""))
        return found


def site(root: Path, tree: str = "") -> Site:
    """Write a site as a tree says; see the head of this module."""
    made = Site(root)
    given = files(tree)
    config = yaml.safe_load(given.pop("mkdocs.yml", None) or "{}")
    made.write("mkdocs.yml", yaml.safe_dump({**CONFIG, **config}, sort_keys=False))
    if (config.get("docs_dir") or "docs") == "docs" and "docs/index.md" not in given:
        made.write("docs/index.md", "# Home\n")
    for path, text in given.items():
        if text is None:
            (root / path).mkdir(parents=True, exist_ok=True)
        elif "postmortems/" in path and is_postmortem(Path(path).name):
            made.write(path, postmortem(path, text))
        else:
            made.write(path, f"{text}\n" if text else "")
    return made


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything in a folder: when it was changed, and its content."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() and not path.is_symlink() else b"",
        )
        for path in sorted([folder, *folder.rglob("*")])
    }


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Html(HTMLParser):
    """HTML as a parser sees it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.inside: list[tuple[str, str]] = []
        """Each piece of text, and the element it stands in."""
        self._stack: list[tuple[str, bool]] = []
        self.navigation: list[str] = []
        """Addresses of links inside `nav` elements, and readthedocs' and mkdocs' menus."""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        marks = f"{given.get('class', '')} {given.get('role', '')}"
        in_nav = tag == "nav" or "navbar" in marks or "navigation" in marks
        in_nav = in_nav or (bool(self._stack) and self._stack[-1][1])
        if tag == "a" and in_nav and "href" in given:
            self.navigation.append(given["href"])
        if tag not in VOID:
            self._stack.append((tag, in_nav))

    def handle_endtag(self, tag: str) -> None:
        while self._stack and any(name == tag for name, _ in self._stack):
            if self._stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self.inside.append((self._stack[-1][0] if self._stack else "", data))

    @property
    def shown(self) -> str:
        """Its words, without scripts and styles."""
        return " ".join(" ".join(text for tag, text in self.inside if tag not in ("script", "style")).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Attributes of the elements of this name that have these attributes (`class_` for class)."""
        return [
            attributes
            for name, attributes in self.tags
            if name == tag
            and all(
                value in attributes.get(key.rstrip("_").replace("_", "-"), "").split()
                if key == "class_"
                else attributes.get(key.replace("_", "-")) == value
                for key, value in wanted.items()
            )
        ]

    @property
    def title(self) -> str:
        """The document's title."""
        return "".join(text for tag, text in self.inside if tag == "title").strip()

    @property
    def links(self) -> list[str]:
        """Addresses of its links."""
        return [attributes["href"] for attributes in self.all("a") if "href" in attributes]
