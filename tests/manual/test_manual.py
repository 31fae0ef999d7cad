"""The manual keeps its word: its commands are run, its examples checked, its references complete.

How a page is read:

- A block with `title="path"` is a file. It is written to the page's folder, in the page's order.
- A diff block with such a title edits that file: lines with `-`, and those around them, must stand
  there exactly once; lines with `+` take their place.
- A console block is run in that folder: `$ ` begins a command, what follows is what it prints.
  `...` alone on a line stands for any lines, inside a line for any words.
- `title="front matter"` marks a part of a post-mortem's front matter, which `check` accepts.
- `<!-- not run: why -->` above a block passes it over; `<!-- run: command -->` prepares in silence.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import yaml

from mkdocs_postmortem import schemas, vocabulary
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import check_records
from mkdocs_postmortem.cli import group
from mkdocs_postmortem.reading import Reader

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
PAGES += [page for folder in ("importing", "reference") for page in sorted((DOCS / folder).glob("*.md"))]
PAGES.remove(DOCS / "reference" / "rules.md")  # made of the rules' own texts, and tried with them
TODAY = date(2026, 11, 23)
NOON = "1795435200"
"""Noon of that day in UTC: the day on which the examples were made."""

_BLOCK = re.compile(
    r"^(?P<skip><!-- not run: [^\n]*-->\n+)?"
    r"(?P<fence>`{3,})(?P<language>\w*)(?P<options>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ ]*$"
    r"|^<!-- run: (?P<silent>[^\n]*) -->$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="([^"]*)"')


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    title: str
    text: str
    line: int


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page that are meant to be tried."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["silent"]:
            yield Block("console", "", f"$ {match['silent']}\n", line)
        elif not match["skip"]:
            title = _TITLE.search(match["options"])
            yield Block(match["language"], title[1] if title else "", match["text"], line)


def everywhere(language: str, title: str) -> list[Any]:
    return [
        pytest.param(block.text, id=f"{name_of(page)}:{block.line}")
        for page in PAGES
        for block in blocks(page)
        if (block.language, block.title) == (language, title)
    ]


# -- sessions


class Session:
    """A folder, and a shell in it that has the installed commands on its path."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "folder"
        self.folder.mkdir()
        self.status = 0
        tools = Path(sys.executable).parent
        self.environment = {
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "SOURCE_DATE_EPOCH": NOON,
            "NO_MKDOCS_2_WARNING": "1",
            "DISABLE_MKDOCS_2_WARNING": "true",
        }

    def run(self, command: str) -> str:
        """What a command prints; the folder it leaves and its exit code hold for the next."""
        place = self.home / "place"
        script = f"(exit {self.status})\n{command}\nstatus=$?\npwd > '{place}'\nexit $status\n"
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=180,
        )
        self.status = done.returncode
        self.folder = Path(place.read_text(encoding="utf-8").strip())
        return done.stdout.decode("utf-8").replace(f"{self.home}/", "")

    def write(self, block: Block) -> None:
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def edit(self, block: Block) -> None:
        path = self.folder / block.title
        lines = block.text.splitlines()
        old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"line {block.line}: these lines stand in {block.title} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = f"{command}\n{more}"
        yield command, output


def pattern(shown: str) -> re.Pattern[str]:
    """Output as it is shown, with `...` for what was left out."""
    parts = []
    for line in shown.rstrip("\n").split("\n"):
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*?".join(re.escape(piece) for piece in line.rstrip().split("...")) + r"[ ]*\n")
    return re.compile("".join(parts) + r"\Z")


SESSIONS = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]


@pytest.mark.parametrize("page", SESSIONS, ids=name_of)
def test_what_a_page_tells_to_type_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for block in blocks(page):
        if block.language == "console":
            for command, shown in commands(block.text):
                printed = session.run(command)
                as_shown = pattern(shown).match(printed.rstrip("\n") + "\n") if shown.strip() else not session.status
                if not as_shown:
                    pytest.fail(f"line {block.line}: `{command}` prints\n{printed}", pytrace=False)
        elif block.language == "diff" and block.title:
            session.edit(block)
        elif "." in block.title:
            session.write(block)


@pytest.mark.parametrize(
    ("shown", "printed", "matches"),
    [
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nd\n", True),
        ("a ... c\n", "a b c\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "b\na\n", False),
        ("a\n...\nd\n", "a\nb\n", False),
    ],
)
def test_dots_stand_for_what_was_left_out_and_for_nothing_else(shown: str, printed: str, matches: bool) -> None:
    assert bool(pattern(shown).match(printed)) is matches


# -- examples


@pytest.mark.parametrize("text", everywhere("yaml", "postmortem.yml"))
def test_settings_that_are_shown_can_be_loaded(text: str, tmp_path: Path) -> None:
    path = tmp_path / "postmortem.yml"
    path.write_text(text, encoding="utf-8")
    given = yaml.safe_load(text) or {}
    for named in (given.get("schema"), given.get("language")):
        if named and named != "en":
            (tmp_path / named).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / named).write_text("{}", encoding="utf-8")
    project.load(path)


_WHOLE = {
    "title": "Checkout returned 502",
    "severity": "P1",
    "incident_type": "deployment",
    "services": ["checkout"],
    "started_at": "2026-11-03T10:02Z",
    "detected_at": "2026-11-03T10:09Z",
    "owner": "@maria",
}


@pytest.mark.parametrize("text", everywhere("yaml", "front matter"))
def test_front_matter_that_is_shown_is_accepted(text: str, tmp_path: Path) -> None:
    there = re.findall(r"^(\w+):", text, re.MULTILINE)
    rest = yaml.safe_dump({key: value for key, value in _WHOLE.items() if key not in there})
    document = f"---\n{text}{rest}---\n\n# Checkout returned 502\n\nIt is over.\n"
    settings = project.Settings(root=tmp_path)
    record = Reader(settings).read_bytes(document.encode(), "docs/postmortems/2026-11-03-checkout.md")
    found = check_records([record], settings, TODAY).findings
    assert [f"{item.code} {item.message}" for item in found if item.code != "PM111"] == []


# -- references


def properties(schema: Mapping[str, Any], whole: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Every property of a schema by its path: `wiki.title`, `severities[].name`."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{before}{name}"
        yield path, inner
        for part, ending in ((inner, "."), (resolved(inner, whole).get("items", {}), "[].")):
            if isinstance(part, dict):
                yield from properties(resolved(part, whole), whole, f"{path}{ending}")
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        yield from properties(more, whole, f"{before}*.")


def resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    found = schema
    if "$ref" in schema:
        for part in schema["$ref"].removeprefix("#/").split("/"):
            whole = whole[part]
        found = {**whole, **schema}
    return found


def rows(text: str) -> dict[str, str]:
    """The tables of a text: from the name in the first column to the rest of the row."""
    return dict(re.findall(r"^\| `([^`]+)` \|(.*)\|[ ]*$", text, re.MULTILINE))


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next of its level."""
    match = re.search(rf"^(#+) {re.escape(title)}$(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"there is no heading {title}"
    return match[2]


@pytest.mark.parametrize(("schema", "page"), [("settings", "settings"), ("postmortem", "front-matter")])
def test_the_reference_has_every_key_of_the_schema_and_no_other(schema: str, page: str) -> None:
    whole = schemas.load(schema)
    known = dict(properties(whole, whole))
    listed = rows(reference(page))
    assert sorted(set(known) - set(listed)) == []
    assert sorted(name for name in set(listed) - set(known) if not name.startswith(("PM", "$"))) == []


def test_the_reference_has_the_defaults_of_the_settings() -> None:
    whole = schemas.load("settings")
    listed = rows(reference("settings"))
    for path, inner in properties(whole, whole):
        if inner.get("default") is not None:
            shown = re.match(r" `([^`]*)` ", listed[path])
            assert shown, f"{path} has a default that is not shown"
            assert yaml.safe_load(shown[1]) == inner["default"], path


def test_the_reference_has_every_value_that_front_matter_can_have() -> None:
    whole = schemas.load("postmortem")
    listed = rows(reference("front-matter"))
    for path, inner in properties(whole, whole):
        for value in resolved(inner, whole).get("enum", ()):
            assert value is None or f"`{value}`" in listed[path], path


def test_the_reference_has_every_section_column_and_required_section() -> None:
    text = reference("settings")
    listed = section(text, "sections")
    for key, name in vocabulary.SECTIONS.items():
        parent = vocabulary.SECTIONS[name.parent].title if name.parent else ""
        assert f"| {name.title} | `{key}` | {parent} | {', '.join(name.aliases)} |" in listed
    for key, names in vocabulary.COLUMNS.items():
        assert f"| {', '.join((key, *names))} |" in section(text, "columns")
    required = rows(section(text, "required_sections"))
    for state, keys in vocabulary.REQUIRED_SECTIONS.items():
        assert [key for key in keys if f"`{key}`" not in required[f"required_sections.{state}"]] == []


def test_the_reference_shows_the_help_of_every_command() -> None:
    text = reference("cli")
    context = click.Context(group)
    for name in group.list_commands(context):
        shown = section(text, name)
        assert f"$ mkdocs-postmortem {name} --help" in shown
        command = group.get_command(context, name)
        assert command is not None
        for option in command.get_params(click.Context(command)):
            assert option.name is not None
            assert all(word in shown for word in option.opts if word.startswith("-")), (name, option.name)


_ARCHIVE = {**os.environ, "SOURCE_DATE_EPOCH": NOON}


def printed(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs_postmortem", *arguments], cwd=ROOT, env=_ARCHIVE, capture_output=True
    )
    return done.stdout.decode("utf-8")


def test_the_reference_has_the_fields_of_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_text("no facts\n", encoding="utf-8")
    found = json.loads(printed("check", str(path), "--format", "json", "--no-cache"))
    assert list(rows(section(reference("json"), "Findings"))) == list(found[0])


def test_the_reference_has_the_fields_of_an_action_item() -> None:
    found = json.loads(printed("actions", "--format", "json"))
    assert list(rows(section(reference("json"), "Action items"))) == list(found[0])


# -- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The project's own site as one real build makes it, and what the build said."""
    folder = tmp_path_factory.mktemp("manual") / "site"
    environment = {**_ARCHIVE, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = done.stdout.decode("utf-8")
    assert done.returncode == 0, said
    return folder, said


@pytest.mark.slow
def test_the_manual_builds_without_a_word_of_complaint(site: tuple[Path, str]) -> None:
    assert re.findall(r"^(?:WARNING|ERROR).*", site[1], re.MULTILINE) == []


@pytest.mark.slow
def test_links_to_headings_lead_to_headings(site: tuple[Path, str]) -> None:
    folder = site[0]
    for page in PAGES[1:]:
        for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", _BLOCK.sub("", page.read_text(encoding="utf-8"))):
            path, _, fragment = target.partition("#")
            if "://" in path:
                continue
            other = (page.parent / path).resolve() if path else page
            uri = other.relative_to(DOCS).with_suffix("")
            html = folder / (uri.parent if uri.name == "index" else uri) / "index.html"
            assert f'id="{fragment}"' in html.read_text(encoding="utf-8"), f"{name_of(page)}: {target}"


@pytest.mark.slow
def test_the_reference_has_the_fields_of_the_sites_files(site: tuple[Path, str]) -> None:
    found = json.loads((site[0] / "postmortems" / "postmortems.json").read_text(encoding="utf-8"))
    ours = list(rows(section(reference("json"), "postmortems.json")))
    assert [key for key in ours if "[]." not in key] == [key for key in found[0] if key in ours]
    for name in ("timeline", "action_items"):
        inner = next(item[name][0] for item in found if item[name])
        assert [key.partition("[].")[2] for key in ours if key.startswith(f"{name}[].")] == list(inner)
    others = set(found[0]) - set(ours)
    assert others <= set(schemas.load("postmortem")["properties"]), "fields without a word in the manual"
    header = (site[0] / "postmortems" / "action-items.csv").read_text(encoding="utf-8").split("\n", 1)[0]
    assert re.findall(r"\w+", header) == list(rows(section(reference("json"), "Action items")))


def test_links_of_the_readme_lead_to_files() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    inside = [target.partition("#")[0] for target in targets if "://" not in target]
    assert inside
    assert [target for target in inside if target and not (ROOT / target).exists()] == []
