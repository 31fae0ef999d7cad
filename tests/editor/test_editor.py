"""What `init` gives editors: completions and marks in front matter, and tasks that find the lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from mkdocs_postmortem.scaffold.init import init
from tests.editor.server import LanguageServer, installed
from tests.plugin.support import Site, postmortem, site

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "postmortems").rglob("*.md"))
NAMES = ("docs/postmortems/2026/{}.md", "docs/postmortems/a b {}.md.otter.yml")
"""Under which editors pass the front matter of a document on: its own, and one beside it."""
_numbers = count(1)


@pytest.fixture(params=NAMES, ids=["its own name", "a name beside it"])
def name(request: pytest.FixtureRequest) -> str:
    """A name that no document had yet."""
    pattern: str = request.param
    return pattern.format(next(_numbers))


def front_matter(text: str) -> str:
    """The block between the marks, as an editor takes it out of a document."""
    return text.split("---\n")[1] if text.startswith("---\n") else ""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("a workspace")
    (root / "postmortem.yml").write_text("severities: [P0, P1, P2, P3, SEV9]\n", encoding="utf-8")
    init(root)
    return root


def settings_of(workspace: Path) -> dict[str, Any]:
    """The workspace's settings by section, as VS Code hands them on; nothing is fetched from the network."""
    given = json.loads((workspace / ".vscode/settings.json").read_text(encoding="utf-8"))
    yaml_section = {key.removeprefix("yaml."): value for key, value in given.items() if key.startswith("yaml.")}
    return {
        "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}, **yaml_section}
    }


@pytest.fixture(scope="module")
def server(workspace: Path) -> Iterator[LanguageServer]:
    program = installed()
    made = LanguageServer(program, workspace, settings_of(workspace))
    yield made
    made.close()


class TestTheLanguageServer:
    def test_finds_nothing_wrong_in_the_front_matter_of_the_example(self, server: LanguageServer, name: str) -> None:
        fronts = {path.stem: front_matter(path.read_text(encoding="utf-8")) for path in EXAMPLES}
        assert any("Won't do: " in text for text in fronts.values())
        for stem, text in fronts.items():
            assert not text or server.open(f"{name}.{stem}.yaml", text) == [], stem

    def test_marks_what_is_not_allowed_where_it_stands(self, server: LanguageServer, name: str) -> None:
        text = front_matter(
            postmortem(
                "a.md",
                "severity: P9\nstatus: finished\nservices: checkout\nstarted_at: yesterday\n"
                "action_items: [{action: Alert earlier, status: shelved}]",
            )
        )
        lines = text.splitlines()
        found = {
            lines[item["range"]["start"]["line"]].split(":")[0]: item["message"] for item in server.open(name, text)
        }
        assert found.keys() == {"severity", "status", "services", "started_at", "action_items"}
        assert found["severity"].endswith('Valid values: "P0", "P1", "P2", "P3", "SEV9".')
        assert '"draft", "review", "published"' in found["status"]

    def test_completes_values_on_the_projects_scale(self, server: LanguageServer, name: str) -> None:
        server.open(name, "title: x\nseverity: \nstatus: \nincident_type: \ndetection_method: \nnear_miss: \n")
        assert server.complete(name, 1, 10) == ["P0", "P1", "P2", "P3", "SEV9"]
        assert server.complete(name, 2, 8) == ["draft", "review", "published"]
        assert "data-loss" in server.complete(name, 3, 15)
        assert "user-report" in server.complete(name, 4, 18)
        assert set(server.complete(name, 5, 11)) == {"true", "false"}

    def test_completes_keys_that_are_not_there_yet(self, server: LanguageServer, name: str) -> None:
        server.open(name, "title: x\nseverity: P1\n\nimpact:\n  \n")
        offered = server.complete(name, 2, 0)
        assert {"started_at", "owner", "incident_type", "external"} <= set(offered)
        assert "severity" not in offered
        assert "users_affected" in server.complete(name, 4, 2)

    def test_says_what_a_key_means(self, server: LanguageServer, name: str) -> None:
        server.open(name, "title: x\ndetected_at: 2026-11-03T10:09Z\n")
        assert "When somebody or something first noticed." in server.hover(name, 1, 3)


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("postmortem.yml", "wiki:\n  titel: x\n", "titel"),
        ("redaction.yml", "section: []\n", "section"),
        ("incidents.yml", "- {id: 1, near_miss: perhaps}\n", "Incorrect"),
        ("external/releases/x/release.yml", "nonsense: 1\n", "nonsense"),
    ],
)
def test_the_language_server_knows_our_other_files_too(server: LanguageServer, name: str, text: str, key: str) -> None:
    assert key in " ".join(item["message"] for item in server.open(name, text))


class TestSnippets:
    @pytest.fixture(scope="class")
    def snippets(self, workspace: Path) -> dict[str, dict[str, Any]]:
        text = (workspace / ".vscode/postmortem.code-snippets").read_text(encoding="utf-8")
        loaded: dict[str, dict[str, Any]] = json.loads(text)
        return loaded

    def test_offer_every_key_with_its_meaning(self, snippets: dict[str, dict[str, Any]], workspace: Path) -> None:
        schema = json.loads((workspace / ".postmortem/postmortem.schema.json").read_text(encoding="utf-8"))
        assert snippets.keys() == schema["properties"].keys()
        for key, item in snippets.items():
            assert item["prefix"] == key
            assert item["scope"] == "markdown"
            assert item["description"] == schema["properties"][key]["description"]

    def test_offer_the_values_of_the_projects_scale(self, snippets: dict[str, dict[str, Any]]) -> None:
        assert snippets["severity"]["body"] == ["severity: ${1|P0,P1,P2,P3,SEV9|}"]
        assert snippets["near_miss"]["body"] == ["near_miss: ${1|true,false|}"]
        assert snippets["services"]["body"] == ["services: ${1:[checkout, payments]}"]
        assert snippets["started_at"]["body"] == ["started_at: ${1:2026-11-03T10:02Z}"]

    def test_put_in_what_check_accepts(self, snippets: dict[str, dict[str, Any]], tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        front = "".join(
            f"{expanded(item['body'][0])}\n"
            for key, item in snippets.items()
            if key not in ("timeline", "action_items")
        )
        body = postmortem("a.md").split("---\n", 2)[2]
        made.write("docs/postmortems/a.md", f"---\n{front}---\n{body}")
        codes = {row["code"] for row in json.loads(made.run("check", "--format", "json").out)}
        assert not {code for code in codes if code.startswith("PM10") or code in ("PM112", "PM113")}, codes

    def test_survive_a_scale_of_any_words(self, tmp_path: Path) -> None:
        scale = ["S|1, a", "$2}", "yes", "1", "a: b"]
        (tmp_path / "postmortem.yml").write_text(yaml.safe_dump({"severities": scale}), encoding="utf-8")
        init(tmp_path)
        body = json.loads((tmp_path / ".vscode/postmortem.code-snippets").read_text("utf-8"))["severity"]["body"][0]
        match = re.fullmatch(r"severity: \$\{1\|(.*)\|\}", body)
        assert match is not None
        choices = re.findall(r"(?:\\.|[^\\,])+", match[1])
        assert [yaml.safe_load(re.sub(r"\\(.)", r"\1", choice)) for choice in choices] == scale


def expanded(body: str) -> str:
    """What a snippet puts in when its first choice, or its example, is taken."""
    body = re.sub(r"\$\{1\|((?:\\.|[^\\,|])*)(?:,.*)?\|\}", r"\1", body)
    return re.sub(r"\\(.)", r"\1", re.sub(r"\$\{1:(.*)\}$", r"\1", body))


class TestProblemMatchers:
    @pytest.fixture(scope="class")
    def made(self, tmp_path_factory: pytest.TempPathFactory) -> Site:
        folder = tmp_path_factory.mktemp("matched")
        made = site(folder, "postmortem.yml\n    rules: {PM118: info}\ndocs/\n    postmortems/\n")
        init(folder)
        made.write("docs/postmortems/Größe b.md", postmortem("a.md", "severity: P9\nseverty: P1\nowner:"))
        made.write("docs/postmortems/c: d.md", postmortem("c.md", 'severity: "x\\n/etc/passwd:1:1: error PM101 y"'))
        return made

    def matched(self, pattern: dict[str, Any], line: str) -> dict[str, str] | None:
        match = re.search(pattern["regexp"], line)
        names = ("file", "line", "column", "severity", "code", "message")
        return {name: match[pattern[name]] for name in names} if match else None

    @pytest.mark.parametrize("whose", ["tasks", "actions"])
    def test_take_every_finding_and_no_other_line(self, made: Site, whose: str) -> None:
        if whose == "tasks":
            tasks = json.loads((made.root / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
            (pattern,) = {json.dumps(task["problemMatcher"]["pattern"]) for task in tasks}
            pattern = json.loads(pattern)
        else:
            (matcher,) = json.loads((made.root / ".postmortem/problem-matcher.json").read_text("utf-8"))[
                "problemMatcher"
            ]
            assert matcher["owner"] == "mkdocs-postmortem"
            (pattern,) = matcher["pattern"]
        wanted = ["error", "warning", "info"] if whose == "tasks" else ["error", "warning"]
        rows = json.loads(made.run("check", "--format", "json").out)
        expected = [
            (row["path"], row["line"], row["column"], row["severity"], row["code"])
            for row in rows
            if row["severity"] in wanted
        ]
        assert {row[3] for row in expected} == set(wanted)
        found = [item for line in made.run("check").out.splitlines() if (item := self.matched(pattern, line))]
        assert sorted(
            (item["file"], int(item["line"]), int(item["column"]), item["severity"], item["code"]) for item in found
        ) == sorted(expected)
        assert all(item["message"] for item in found)

    def test_tasks_call_what_there_is(self, made: Site) -> None:
        tasks = json.loads((made.root / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
        assert [task["args"] for task in tasks] == [["check", "${file}"], ["check", "--changed"], ["check"]]
        assert {task["command"] for task in tasks} == {"mkdocs-postmortem"}
        done = made.run("check", str(made.root / "docs/postmortems/Größe b.md"))
        assert done.out.startswith("docs/postmortems/Größe b.md:")


def test_files_of_the_workspace_that_are_there_are_kept_and_it_is_said_what_to_add(tmp_path: Path) -> None:
    (tmp_path / ".vscode").mkdir()
    for name in ("settings.json", "tasks.json"):
        (tmp_path / ".vscode" / name).write_text("{}", encoding="utf-8")
    notes = {outcome.path.name: outcome.note for outcome in init(tmp_path) if outcome.note}
    assert set(notes) == {"settings.json", "tasks.json"}
    assert all("Where people write" in note for note in notes.values())
    assert (tmp_path / ".vscode/settings.json").read_text() == "{}"
