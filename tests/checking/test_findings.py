"""Laws that hold for every finding, and whether the tests would notice a rule that is gone."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mkdocs_postmortem
from mkdocs_postmortem.checking import RULES, Report, engine, explain
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import LEVELS, ConfigError

from .support import NAME, check, codes, findings, project, shown
from .test_catalogue import CODES, laid_over_base, settings_for
from .test_golden import CASES, document, judged, parametrised

PACKAGE = Path(mkdocs_postmortem.__file__).parent

MACHINE = re.compile(
    r"is not of type|is not valid under|does not match|\binstance\b|schema path|jsonschema|Traceback|\bNone\b"
    r"|\bTrue\b|\bFalse\b|datetime\.|Span\(|<class|object at 0x|\{'|\['|\\n|\\x|\bdict\b|\bstr\b|\bint\b"
)
"""What a message must not sound like: the program talking to itself."""


_REPORTS: dict[str, Report] = {}


@pytest.fixture
def report(case: dict[str, Any], tmp_path: Path) -> Report:
    """What is found in a case; found once for all the laws."""
    if case["name"] not in _REPORTS:
        _REPORTS[case["name"]] = judged(case, tmp_path)
    return _REPORTS[case["name"]]


@parametrised
def test_messages_are_written_for_people(case: dict[str, Any], report: Report) -> None:
    data = document(case)
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for finding in report.findings:
        lines = (case["register"] if finding.path == "incidents.yml" else text).split("\n")
        assert finding.severity in LEVELS
        assert finding.code in RULES
        assert finding.help.strip(), f"no mend: {shown(finding)}"
        for said in (finding.message, finding.help):
            assert not MACHINE.search(re.sub("`[^`]*`", "", said)), said
        assert finding.message == finding.message.strip()
        assert not finding.message.endswith((".", ":"))
        assert "\n" not in finding.message + finding.help
        assert len(finding.message) < 200
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1 or text.startswith("\ufffd")
        assert finding.end_column > finding.column


@parametrised
def test_one_mistake_has_one_message(case: dict[str, Any], report: Report) -> None:
    places = Counter((f.line, f.column, f.code, f.message) for f in report.findings)
    assert [place for place, count in places.items() if count > 1] == []


@parametrised
def test_findings_come_in_the_order_of_their_places(case: dict[str, Any], report: Report) -> None:
    found = report.findings
    assert found == sorted(found, key=lambda finding: (finding.path, finding.line, finding.column))


@parametrised
def test_a_severity_is_the_rule_s_own_unless_it_is_set(case: dict[str, Any], report: Report) -> None:
    given = case.get("settings", {}).get("rules", {})
    for finding in report.findings:
        rule = RULES[finding.code]
        if finding.code not in given:
            assert finding.severity in {rule.draft, rule.severity}


# -- would the tests notice? -------------------------------------------------------------------


def test_every_rule_would_be_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that is taken away turns its catalogue example red, and mostly golden cases as well."""
    golden = Counter(code for case in CASES for code in {line.split()[1] for line in case["expect"] if " " in line})
    missed = []
    monkeypatch.setattr(engine, "FATAL_CODES", frozenset())  # which nobody may switch off
    for number, code in enumerate(CODES):
        root = tmp_path / str(number)
        root.mkdir()
        text = laid_over_base(code, explain.catalogue()[number].bad)
        on = codes(findings(root, text, settings_for(root, code)))
        off = codes(check(project(root, {NAME: text}, settings_for(root, code, rules={code: "off"}))).findings)
        if code in on and code not in off:
            missed.append(code)
    with capsys.disabled():
        print(
            f"\n{len(missed)} of {len(CODES)} rules are missed when they are taken away;"
            f" {len(golden)} of them by golden cases as well ({sum(golden.values())} findings)"
        )
    assert missed == CODES
    assert set(golden) == set(CODES)


def _sites() -> Iterator[tuple[str, int]]:
    """Every place in reading and checking that makes a problem."""
    for path in [*PACKAGE.glob("checking/**/*.py"), *PACKAGE.glob("reading/*.py"), PACKAGE / "strictyaml.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
                yield path.name, node.lineno


def test_every_message_there_is_stands_in_a_golden_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A finer measure: each branch that makes a finding is taken by a golden case or a bad example."""
    from mkdocs_postmortem import strictyaml
    from mkdocs_postmortem.checking import (
        actions,
        coverage,
        depth,
        engine,
        facts,
        language,
        process,
        schema,
        structure,
    )
    from mkdocs_postmortem.model import Problem
    from mkdocs_postmortem.reading import frontmatter, masking, outline, record, source, tables, timeline

    taken: set[tuple[str, int]] = set()

    def noted(*args: Any, **kwargs: Any) -> Problem:
        frame = sys._getframe(1)
        taken.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        return Problem(*args, **kwargs)

    readers = (frontmatter, masking, outline, record, source, tables, timeline)
    rules = (actions, coverage, depth, engine, facts, language, process, schema, structure)
    for module in (*rules, *readers):
        if hasattr(module, "Problem"):
            monkeypatch.setattr(module, "Problem", noted)
    monkeypatch.setattr(strictyaml, "Problem", noted)
    for number, case in enumerate(CASES):
        root = tmp_path / f"case{number}"
        root.mkdir()
        judged(case, root)
    for number, code in enumerate(CODES):
        root = tmp_path / code
        root.mkdir()
        text = laid_over_base(code, explain.catalogue()[number].bad)
        findings(root, text, settings_for(root, code))
    # The register's reader tells rows from problems by their kind: tests/reading/test_register.py has its cases.
    sites = {site for site in _sites() if site[0] != "register.py"}
    with capsys.disabled():
        print(f"\n{len(sites & taken)} of {len(sites)} places that make findings are taken by examples")
    assert sorted(sites - taken) == []


BY_STATE = {"draft": "warning", "review": "error", "published": "info"}


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_set_by_the_state_of_the_document(code: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].bad)
    settings = project(tmp_path, {NAME: text}, settings_for(tmp_path, code, rules={code: BY_STATE}))
    data = (settings.folder_path / NAME).read_bytes()
    state = "published" if code.startswith("PM65") else reading.make(decode(data), NAME, settings).status
    found = {finding.severity for finding in check(settings).findings if finding.code == code}
    assert found == {BY_STATE[state]}
    quiet = project(tmp_path, {NAME: text}, settings_for(tmp_path, code, rules={code: {state: "off"}}))
    if code in engine.FATAL_CODES:
        with pytest.raises(ConfigError, match=f"{code} cannot be switched off"):
            check(quiet)
    else:
        assert code not in codes(check(quiet).findings)
