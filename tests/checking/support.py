"""What the tests of checking share: a known-good document, and fragments laid over it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml

from mkdocs_postmortem import settings as settings_room
from mkdocs_postmortem.checking import Cache, Finding, Report, check_files
from mkdocs_postmortem.reading.history import History, read_history
from mkdocs_postmortem.reading.register import read_register
from mkdocs_postmortem.settings import Settings

HERE = Path(__file__).parent
FOLDER = "docs/postmortems"
NAME = "2026-11-03-checkout-502.md"
BASE = (HERE / "archive" / NAME).read_text(encoding="utf-8")
NEIGHBOURS = sorted(path for path in (HERE / "archive").glob("*.md") if path.name != NAME)
TODAY = date(2026, 11, 23)


def project(
    root: Path,
    files: Mapping[str, str | bytes],
    settings: Mapping[str, object] | None = None,
    neighbours: bool = True,
) -> Settings:
    """A repository with these post-mortems (and two others that they can refer to), and its settings."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if neighbours:
        for path in NEIGHBOURS:
            (folder / path.name).write_bytes(path.read_bytes())
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    config = root / "postmortem.yml"
    config.write_text(yaml.safe_dump(dict(settings or {}), allow_unicode=True), encoding="utf-8")
    return settings_room.load(config)


def check(
    settings: Settings,
    names: Sequence[str] = (NAME,),
    as_of: date = TODAY,
    cache: Cache | None = None,
) -> Report:
    """Check these files of a project, with all files of its folder as the archive."""
    folder = settings.folder_path
    known = read_history(settings) if settings.process.check_git else History.none()
    archive = sorted(folder.rglob("*.md"))
    return check_files(
        [folder / name for name in names],
        archive,
        settings,
        as_of,
        cache,
        history=known,
        register=read_register(settings),
    )


def findings(
    root: Path,
    text: str | bytes,
    settings: Mapping[str, object] | None = None,
    name: str = NAME,
    as_of: date = TODAY,
) -> list[Finding]:
    """What is found in one document."""
    return check(project(root, {name: text}, settings), [name], as_of).findings


def codes(found: Sequence[Finding]) -> list[str]:
    """The codes of findings, in the order of their places."""
    return [finding.code for finding in found]


def shown(finding: Finding) -> str:
    """A finding as golden files have it."""
    return f"{finding.line}:{finding.column} {finding.code} {finding.message}"


# -- laying a fragment over a document ---------------------------------------------------------


def overlay(fragment: str, language: str = "markdown", base: str = BASE) -> str:
    """A document with what a fragment says, and all the rest as in `base`.

    `text` is a whole file. `yaml` are front-matter keys: each replaces the key of its name, or is
    added. `markdown` are sections: each replaces the section of its heading, or is added; keys
    between two `---` may stand above them, and `# A title` as the first heading replaces the body.
    """
    if language == "text":
        return fragment
    front, body = _halves(base)
    if language == "yaml":
        return _joined(_with_keys(front, fragment), body)
    if fragment.startswith("---\n"):
        keys, fragment = _halves(fragment)
        front = _with_keys(front, keys)
    fragment = fragment.lstrip("\n")
    if fragment.startswith("# "):
        return _joined(front, "\n" + fragment)
    return _joined(front, _with_sections(body, fragment))


def without(*keys: str, base: str = BASE) -> str:
    """A document without these front-matter keys."""
    front, body = _halves(base)
    return _joined("".join(text for key, text in _keys(front) if key not in keys), body)


def _halves(text: str) -> tuple[str, str]:
    _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.M)
    return front, body


def _joined(front: str, body: str) -> str:
    return f"---\n{front}---\n{body}"


def _keys(front: str) -> list[tuple[str, str]]:
    """Top-level keys with their lines, comments above them included; never parsed as YAML."""
    found: list[tuple[str, str]] = []
    above = ""
    for line in front.splitlines(keepends=True):
        match = re.match(r"([^\s#:][^:]*):", line)
        if match:
            found.append((match[1], above + line))
            above = ""
        elif found and line[:1] in " \t-" and not above:
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            above += line
    if above:
        found.append(("", above))
    return found


def _with_keys(front: str, fragment: str) -> str:
    new = _keys(fragment)
    names = [key for key, _ in new if key]
    parts: list[str] = []
    placed: set[str] = set()
    for key, text in _keys(front):
        if key not in names:
            parts.append(text)
        elif key not in placed:
            placed.add(key)
            parts += [text for name, text in new if name == key]
    parts += [text for key, text in new if key not in placed]
    return "".join(parts)


def _headings(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    return [
        (number, len(match[1]), match[2].strip())
        for number, line in enumerate(lines)
        if (match := re.match(r"(#+) (.*)", line))
    ]


def _with_sections(body: str, fragment: str) -> str:
    new = fragment.splitlines(keepends=True)
    top = min(level for _, level, _ in _headings(new))
    starts = [at for at, level, _ in _headings(new) if level == top]
    start = 0
    # what stands above the first heading (a comment, mostly) goes with it
    for at, end in zip(starts, [*starts[1:], len(new)], strict=True):
        level, title = next((level, title) for number, level, title in _headings(new) if number == at)
        body = _with_section(body, level, title, "".join(new[start:end]))
        start = end
    return body


def _with_section(body: str, level: int, title: str, text: str) -> str:
    lines = body.splitlines(keepends=True)
    headings = _headings(lines)
    for index, (at, its_level, its_title) in enumerate(headings):
        if its_level == level and re.sub(r" \(.*", "", its_title) == re.sub(r" \(.*", "", title):
            end = next((n for n, other, _ in headings[index + 1 :] if other <= level), len(lines))
            return "".join([*lines[:at], text.rstrip("\n") + "\n\n", *lines[end:]])
    return body.rstrip("\n") + "\n\n" + text
