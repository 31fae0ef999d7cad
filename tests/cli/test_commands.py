"""The other commands: `actions`, `explain`, `schema`, and `init` and `new` from an empty folder to a built wiki."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mkdocs_postmortem import checking
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.exporting.actions import FIELDS
from mkdocs_postmortem.releasing import explaining
from tests.plugin.support import TODAY, Site, site

ITEMS = """
docs/
    postmortems/
        a.md
            services: [checkout]
            ---
            ### Prevent Recurrence

            | Action | Owner | Priority | Due Date | Status |
            |--------|-------|----------|----------|--------|
            | Validate `settings` | @wei, @li | P1 | 2026-12-01 | In progress |
            | Alert earlier | @maria | P0 | 2026-11-20 | Done |
            | Write the runbook | @li | P2 |  | Open |
        b.md
            services: [Search, checkout]
            ---
            ### Improve Detection

            | Action | Owner | Priority | Due Date | Status |
            |--------|-------|----------|----------|--------|
            | =cmd()\\|calc | @wei | must | 2026-11-10 | Open |
            | Drop the old index | @li | P2 | 2026-11-12 | Won't do: it is gone |
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = site(tmp_path_factory.mktemp("items"), ITEMS)
    for path in (made.docs / "postmortems").glob("*.md"):
        text = path.read_text()
        head, _, rest = text.partition("## Action Items\n")
        lessons = rest[rest.index("## Lessons Learned") :]
        path.write_text(
            head + "## Action Items\n\n" + lessons[lessons.index("###") :] + "\n" + lessons[: lessons.index("###")]
        )
    assert made.run("check").code == 0, made.run("check").out
    return made


def rows(made: Site, *options: str) -> list[dict[str, Any]]:
    done = made.run("actions", "--format", "json", *options)
    assert (done.code, done.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


class TestActions:
    def test_are_flat_objects_with_these_fields_the_most_overdue_first(self, items: Site) -> None:
        found = rows(items)
        assert [list(row) for row in found] == [list(FIELDS)] * 3
        assert [row["due"] for row in found] == ["2026-11-10", "2026-12-01", None]
        assert found[1] == {
            "key": found[1]["key"],
            "postmortem": "a",
            "path": "docs/postmortems/a.md",
            "line": found[1]["line"],
            "action": "Validate settings",
            "category": "prevent",
            "owner": "@wei, @li",
            "priority": "P1",
            "due": "2026-12-01",
            "status": "in progress",
            "ticket": None,
            "age_days": 20,
            "overdue": False,
        }
        text = (items.root / found[1]["path"]).read_text().splitlines()
        assert "Validate" in text[found[1]["line"] - 1]

    @pytest.mark.parametrize(
        ("options", "actions"),
        [
            (["--overdue"], ["=cmd()|calc"]),
            (["--owner", "wei"], ["=cmd()|calc", "Validate settings"]),
            (["--owner", "@LI"], ["Validate settings", "Write the runbook"]),
            (["--owner", "maria"], []),
            (["--service", "search"], ["=cmd()|calc"]),
            (["--service", "CHECKOUT"], ["=cmd()|calc", "Validate settings", "Write the runbook"]),
            (["--priority", "P0"], ["=cmd()|calc"]),
            (["--priority", "must"], ["=cmd()|calc"]),
            (["--status", "in-progress"], ["Validate settings"]),
            (["--status", "wont do"], ["Drop the old index"]),
            (["--status", "done"], ["Alert earlier"]),
            (["--all", "--priority", "P0"], ["=cmd()|calc", "Alert earlier"]),
            (["--owner", "li", "--status", "open"], ["Write the runbook"]),
            (["--overdue", "--as-of", "2026-12-24"], ["=cmd()|calc", "Validate settings"]),
        ],
    )
    def test_are_chosen_by_what_is_asked_for(self, items: Site, options: list[str], actions: list[str]) -> None:
        assert sorted(row["action"] for row in rows(items, *options)) == sorted(actions)

    def test_as_a_table_are_aligned_and_counted(self, items: Site) -> None:
        lines = items.run("actions").out.splitlines()
        assert lines[0].split() == ["Due", "Priority", "Status", "Owner", "Post-mortem", "Action"]
        at = lines[0].index("Action")
        assert [line[at:] for line in lines[1:-1]] == ["=cmd()|calc", "Validate settings", "Write the runbook"]
        assert lines[-1] == "3 action items, 1 overdue"

    def test_as_csv_hold_no_formula(self, items: Site) -> None:
        found = list(csv.DictReader(io.StringIO(items.run("actions", "--format", "csv").out)))
        assert [row["action"] for row in found] == ["'=cmd()|calc", "Validate settings", "Write the runbook"]
        assert list(found[0]) == list(FIELDS)

    def test_are_the_same_on_the_site(self, items: Site) -> None:
        assert items.build().code == 0
        published = list(
            csv.DictReader(io.StringIO((items.built / "postmortems/action-items.csv").read_bytes().decode()))
        )
        printed = list(csv.DictReader(io.StringIO(items.run("actions", "--all", "--format", "csv").out)))
        assert published == printed

    def test_that_are_none_are_said_to_be_none(self, items: Site) -> None:
        assert items.run("actions", "--owner", "maria")[:2] == (0, "no action items\n")
        assert items.run("actions", "--owner", "maria", "--format", "json") == (0, "[]\n", "")

    def test_of_somebody_unknown_are_none_and_it_is_said_who_is_known(self, items: Site) -> None:
        done = items.run("actions", "--owner", "mariah", "--format", "json")
        assert (done.code, done.out) == (0, "[]\n")
        assert "known are li, maria, wei" in done.err

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--status", "nonsense"], "known are open"),
            (["--service", "chekout"], "known are checkout, search"),
            (["--as-of", "x"], "is not a date"),
            (["--format", "xml"], "xml"),
        ],
    )
    def test_of_what_does_not_exist_are_an_error_that_names_what_does(
        self, items: Site, options: list[str], words: str
    ) -> None:
        done = items.run("actions", *options)
        assert (done.code, done.out) == (2, "")
        assert words in done.err

    def test_without_a_folder_are_an_error(self, tmp_path: Path) -> None:
        done = site(tmp_path).run("actions")
        assert done.code == 2
        assert "there is no folder docs/postmortems" in done.err

    def test_never_send_a_control_character_to_the_terminal(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        item = '{action: "\\e[2Jx", owner: "\\e[31m@x", ticket: "\\a", status: "\\e[1m"}'
        text = f'---\naction_items:\n  - {item}\nid: "a\\e[3m"\n---\n\n# T\n'
        made.write("docs/postmortems/a.md", text)
        said = made.run("actions").said
        assert "1 action item, " in said
        assert not {char for char in said if not char.isprintable()} - {"\n"}


class TestExplain:
    def test_without_a_code_lists_every_rule(self, tmp_path: Path) -> None:
        lines = Site(tmp_path).run("explain").out.splitlines()
        assert [line.split()[0] for line in lines] == [*sorted(checking.RULES), *sorted(explaining.RULES)]

    @pytest.mark.parametrize("given", ["PM106", "pm106", " PM106 ", "value-not-allowed", "Value-Not-Allowed"])
    def test_takes_a_code_or_a_name(self, tmp_path: Path, given: str) -> None:
        done = Site(tmp_path).run("explain", given)
        assert done.code == 0
        assert "PM106" in done.out.splitlines()[0]
        assert len(done.out.splitlines()) > 8

    def test_suggests_what_may_have_been_meant(self, tmp_path: Path) -> None:
        for given, meant in (("PM1066", "PM106"), ("value-not-alowed", "value-not-allowed")):
            done = Site(tmp_path).run("explain", given)
            assert (done.code, done.out) == (2, "")
            assert f"did you mean {meant}?" in done.err
        done = Site(tmp_path).run("explain", "zzz")
        assert "`mkdocs-postmortem explain` lists them all" in done.err


class TestSchema:
    def test_of_a_post_mortem_is_valid_and_has_the_projects_scale(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    severities: [SEV1, SEV2]\n")
        schema = json.loads(made.run("schema").out)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["properties"]["severity"]["enum"] == ["SEV1", "SEV2"]
        validator = jsonschema.Draft202012Validator(schema)
        assert validator.is_valid({"title": "x", "status": "draft", "severity": "SEV1"})
        assert not validator.is_valid({"title": "x", "status": "draft", "severity": "P1"})

    def test_of_the_settings_is_valid_and_refuses_what_the_program_refuses(self, tmp_path: Path) -> None:
        schema = json.loads(Site(tmp_path).run("schema", "settings").out)
        validator = jsonschema.Draft202012Validator(schema)
        assert validator.is_valid({"wiki": {"title": "x"}})
        assert not validator.is_valid({"wiki": {"titel": "x"}})

    def test_is_what_an_editor_needs_to_complete_and_explain(self, tmp_path: Path) -> None:
        for name in ("postmortem", "settings"):
            schema = json.loads(Site(tmp_path).run("schema", name).out)
            assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
            for key, item in schema["properties"].items():
                assert item.get("description"), key

    def test_judges_a_file_by_another_program_as_check_does(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n        a.md\n")
        made.write("schema.json", made.run("schema").out)
        front = (made.docs / "postmortems/a.md").read_text().split("---\n")[1]
        given_up = f'{front}action_items: [{{action: Alert earlier, status: "Won\'t do: it is retired"}}]\n'
        for text, right in (
            (front, True),
            (front.replace("status: published", "status: nonsense"), False),
            (given_up, True),
            (given_up.replace("do: it", "do it"), False),
        ):
            made.write("front.yml", text)
            done = subprocess.run(
                [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json", "front.yml"],
                cwd=tmp_path,
                capture_output=True,
            )
            assert (done.returncode == 0) is right

    def test_of_another_name_is_refused(self, tmp_path: Path) -> None:
        done = Site(tmp_path).run("schema", "nonsense")
        assert done.code == 2
        assert "postmortem" in done.err


class TestFromAnEmptyFolder:
    def test_init_then_new_then_check_then_build_is_right_at_every_step(self, tmp_path: Path) -> None:
        made = Site(tmp_path)
        done = made.run("init", "--name", "Acme")
        assert (done.code, done.err) == (0, "")
        assert done.out.count("written") > 10
        assert made.run("check").out == "0 post-mortems: nothing to mend\n"
        assert made.build("--strict").code == 0

        kinds = [kind.name for kind in project.DEFAULT_TYPES]
        for kind in kinds:
            done = made.run("new", f"It broke by {kind}", "--type", kind, "--severity", "P1", "--service", "checkout")
            assert (done.code, done.err) == (0, ""), done.said
            assert (tmp_path / done.out.splitlines()[0]).is_file()
        done = made.run("check", "--strict", "--format", "json")
        assert (done.code, done.out) == (0, "[]\n")
        done = made.build("--strict")
        assert (done.code, done.lines("WARNING")) == (0, [])
        archive = made.page("postmortems/index.html").shown
        for kind in kinds:
            assert f"It broke by {kind}" in archive

    def test_new_prints_the_path_and_the_deadlines_of_the_process(self, tmp_path: Path) -> None:
        made = Site(tmp_path)
        made.run("init")
        done = made.run("new", "Checkout failed", "--started", "2026-11-03T10:02Z", "--detected", "2026-11-03T10:09Z")
        assert done.out.splitlines() == [
            "docs/postmortems/2026/2026-11-03-checkout-failed.md",
            "  2026-11-03 10:09 UTC  assign an owner",
            "  2026-11-04 10:09 UTC  schedule the post-mortem meeting",
            "  2026-11-05 10:09 UTC  complete the draft",
            "  2026-11-10 10:09 UTC  publish the post-mortem",
            "  2026-11-17 10:09 UTC  complete all action items, or have a plan for them",
        ]

    def test_new_never_overwrites(self, tmp_path: Path) -> None:
        made = Site(tmp_path)
        made.run("init")
        call = ("new", "Checkout failed", "--started", "2026-11-03T10:02Z")
        path = tmp_path / made.run(*call).out.splitlines()[0]
        path.write_text("mine")
        done = made.run(*call)
        assert (done.code, done.out) == (2, "")
        assert "exists already and is left as it is" in done.err
        assert path.read_text() == "mine"

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--severity", "P9"], "it is one of P0, P1, P2, P3"),
            (["--type", "nonsense"], "it is one of deployment"),
            (["--started", "yesterday"], "is not a time"),
            (["--started", "2027-01-01T00:00Z"], "is still to come"),
            (["--service", "<b>checkout</b>"], "--service holds HTML"),
        ],
    )
    def test_new_refuses_what_would_be_a_finding_at_once(self, tmp_path: Path, options: list[str], words: str) -> None:
        done = site(tmp_path).run("new", "x", *options, "--as-of", TODAY)
        assert (done.code, done.out) == (2, "")
        assert words in done.err
        assert not (tmp_path / "docs/postmortems").exists()

    @pytest.mark.parametrize(
        "title", ["A: b # c", 'It\'s "quoted" & | a < b > c', "{{ 7*7 }} {% raw %}", "-rm *", "障害", "- x", "no"]
    )
    def test_new_takes_any_title_and_check_finds_nothing(self, tmp_path: Path, title: str) -> None:
        made = Site(tmp_path)
        made.run("init")
        done = made.run("new", "--", title)
        assert (done.code, done.err) == (0, "")
        found = made.run("check", "--format", "json")
        assert json.loads(found.out) == []
        front = (tmp_path / done.out.splitlines()[0]).read_text().split("---\n")[1]
        assert yaml.safe_load(front)["title"] == title
        assert made.build().code == 0
        assert "It broke" not in made.page("postmortems/index.html").shown

    def test_init_in_a_site_that_is_there_says_what_is_left_to_do(self, tmp_path: Path) -> None:
        made = Site(tmp_path)
        made.write("mkdocs.yml", "site_name: Ours\n")
        made.write("docs/index.md", "# Ours\n")
        done = made.run("init")
        assert done.code == 0
        assert "add `- search` and `- postmortem` below `plugins:`" in done.out
        assert (tmp_path / "mkdocs.yml").read_text() == "site_name: Ours\n"

    def test_init_of_another_folder_makes_nothing_here(self, tmp_path: Path) -> None:
        (tmp_path / "there").mkdir()
        made = Site(tmp_path)
        assert made.run("init", "there").code == 0
        assert os.listdir(tmp_path) == ["there"]
        done = made.run("init", "missing")
        assert done.code == 2
        assert "Traceback" not in done.err
