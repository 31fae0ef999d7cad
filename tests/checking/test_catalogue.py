"""The catalogue: every rule is explained, its bad example is found, its good one is not."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from mkdocs_postmortem.checking import RULES, explain
from mkdocs_postmortem.checking.findings import OFF
from mkdocs_postmortem.model import FATAL_CODES
from mkdocs_postmortem.settings import LEVELS, ConfigError
from tests.reading.repository import started

from .support import BASE, NAME, check, codes, findings, overlay, project

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "rules.md"
CODES = sorted(RULES)

AT = {
    "PM100": "",
    "PM101": ": every order",
    "PM102": "# Checkout returned 502",
    "PM103": "severity: P1",
    "PM104": "&team",
    "PM105": "severty",
    "PM106": "deploy\n",
    "PM107": "checkout\n",
    "PM108": "resolved_at:\n",
    "PM109": "2026-11-03 10:02\n",
    "PM110": "PM-2026-009     #",
    "PM111": "PM-2026-03]",
    "PM112": "timeline:",
    "PM113": "platinum",
    "PM114": "# postmortem: accept PM111",
    "PM115": "# postmortem: accept PM302",
    "PM116": "\u200b",
    "PM117": "Checkout returned <b>",
    "PM118": "---\ntitle",
    "PM201": "status: review",
    "PM202": "Logs\n",
    "PM203": "[2-3 sentence",
    "PM204": "[ ] Automated",
    "PM205": "Contributing Factors",
    "PM206": "Technical Lessons\n\n- A health",
    "PM207": "---\nstatus",
    "PM208": "```\n10:02:11",
    "PM209": "wc -l: 41,000",
    "PM210": "---\ntitle",
    "PM301": "2026-11-03T10:01Z",
    "PM302": "2026-12-03",
    "PM303": "2026-11-03T10:49Z",
    "PM304": "2025-11-03",
    "PM305": "10:15 | The missing",
    "PM306": "2 hours",
    "PM307": "Checkout returned 502 on 13",
    "PM308": "a bit later",
    "PM309": "P2",
    "PM310": "most of the day",
    "PM401": "| P0 | 2026-11-17",
    "PM402": "TBD",
    "PM403": "2025-11-17",
    "PM404": "|\n\n### Improve Detection",
    "PM405": "Won't do",
    "PM406": "Write to the vendor",
    "PM407": "Action Items\n",
    "PM408": "urgent",
    "PM409": "nearly there",
    "PM410": "end of Q4",
    "PM411": "Refuse to start when",
    "PM412": "Refuse to start when a required setting is missing | @sam",
    "PM413": "2026-12-12",
    "PM414": "Improve monitoring",
    "PM415": "Add a schema check",
    "PM416": "Train all on-call",
    "PM417": "Refuse to start when",
    "PM418": "P0 | 2026-11-17",
    "PM501": "Wei forgot",
    "PM502": "human error",
    "PM503": "The on-call engineer could",
    "PM504": "obviously",
    "PM511": "Typo in configuration",
    "PM512": "**Why 2:**",
    "PM513": "**Why 3:**",
    "PM514": "**Why 2:** Why are backups",
    "PM515": "Why It Wasn't",
    "PM516": "What Could Be Improved",
    "PM517": "Executive Summary",
    "PM601": "draft\n",
    "PM602": "\n",
    "PM603": "review\n",
    "PM604": "review\n",
    "PM605": "2026-11-13",
    "PM606": '"@maria"',
    "PM607": "[{who",
    "PM608": "2026-11-04",
    "PM609": "2026-11-08",
    "PM610": "published\n",
    "PM650": "SEV9",
    "PM651": "INC-1042",
    "PM652": "INC-1042",
    "PM653": "INC-1042",
}
"""What stands in the document where its finding points to."""

ALSO = {
    "PM114": {"PM111"},  # without a reason nothing is accepted, so what was to be accepted is found too
    "PM303": {"PM305", "PM306", "PM307"},  # a start in another month: the prose contradicts it as well
}
"""Other findings that a bad example cannot be without."""

TEAM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$ref": "https://mkdocs-postmortem.github.io/schema/postmortem.schema.json",
    "properties": {"customer_tier": {"enum": ["gold", "silver", "bronze"]}},
}


def laid_over_base(code: str, example: explain.Example) -> str | bytes:
    """The base document with an example; the escapes that PM100 and PM116 explain are what they stand for."""
    if code.startswith(REGISTER):
        return BASE
    text = overlay(example.text, example.language)
    if code == "PM100" and "\\xe9" in text:
        return text.replace("\\xe9", "é").encode("windows-1252")
    return text.replace("\\u200b", "\u200b") if code == "PM116" else text


REGISTER = "PM65"
"""Rules whose examples are a register of incidents, beside the base document."""


def settings_for(root: Path, code: str, good: bool = False, **more: object) -> dict[str, object]:
    """What some rules need besides the document: a schema of the team's own, a repository, a policy, the register."""
    if code == "PM607":
        return {"process": {"product_owners": {"checkout": "@paula", "payments": ["@paula", "@omar"]}}, **more}
    if code == "PM604":
        return {"process": {"deadlines": {"publish": "20 days"}}, **more}
    if code == "PM609":
        repository = started(root)
        for at, state in (
            ("2026-11-03T12:00Z", "draft"),
            ("2026-11-05T12:00Z", "review"),
            ("2026-11-11T08:00Z", "published"),
        ):
            repository.commit(at, {NAME: overlay(f"status: {state}\n", "yaml")})
        return {"process": {"check_git": True}, **more}
    if code.startswith(REGISTER):
        item = explain.catalogue()[CODES.index(code)]
        (root / "incidents.yml").write_text((item.good if good else item.bad).text, encoding="utf-8")
    if code == "PM610":
        (root / "redaction.yml").write_text("sections: [Impact]\n", encoding="utf-8")
    if code == "PM113":
        (root / "team.schema.json").write_text(json.dumps(TEAM), encoding="utf-8")
        return {"schema": "team.schema.json", **more}
    return more


def test_the_base_document_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, BASE) == []


def test_every_rule_is_in_the_catalogue_and_nothing_else_is() -> None:
    assert {path.stem for path in explain.FOLDER.iterdir()} == set(RULES)


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_is_found_at_its_place(code: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].bad)
    found = findings(tmp_path, text, settings_for(tmp_path, code))
    assert set(codes(found)) - ALSO.get(code, set()) == {code}
    first = next(finding for finding in found if finding.code == code)
    if isinstance(text, bytes):
        assert (first.line, first.column) == (2, 11)
    else:
        told = explain.catalogue()[CODES.index(code)].bad.text if code.startswith(REGISTER) else text
        lines = told.splitlines(keepends=True)
        here = lines[first.line - 1][first.column - 1 :] + "".join(lines[first.line :])
        assert here.startswith(AT[code])
    assert first.help


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_is_not_found(code: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].good)
    assert code not in codes(findings(tmp_path, text, settings_for(tmp_path, code, good=True)))


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("PM100", "PM102", "PM210")])
def test_the_good_example_has_no_other_fault_either(code: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].good)
    found = findings(tmp_path, text, settings_for(tmp_path, code, good=True))
    assert set(codes(found)) <= ALSO.get(code, set())


@pytest.mark.parametrize("code", CODES)
def test_a_rule_that_is_switched_off_finds_nothing(code: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].bad)
    settings = project(tmp_path, {NAME: text}, settings_for(tmp_path, code, rules={code: OFF}))
    if code in FATAL_CODES:
        with pytest.raises(ConfigError, match=f"{code} cannot be switched off"):
            check(settings)
        return
    assert code not in codes(check(settings).findings)


@pytest.mark.parametrize("level", [level for level in LEVELS if level != OFF])
@pytest.mark.parametrize("code", CODES)
def test_a_rule_has_the_severity_it_is_given(code: str, level: str, tmp_path: Path) -> None:
    text = laid_over_base(code, explain.catalogue()[CODES.index(code)].bad)
    settings = project(tmp_path, {NAME: text}, settings_for(tmp_path, code, rules={code: level}))
    found = [finding for finding in check(settings).findings if finding.code == code]
    assert {finding.severity for finding in found} == {level}


@pytest.mark.parametrize("code", CODES)
def test_the_comment_that_accepts_it_works(code: str, tmp_path: Path) -> None:
    """Where the catalogue shows a comment, that very comment accepts the bad example."""
    item = explain.catalogue()[CODES.index(code)]
    comments = re.findall(rf"(?:<!--|#) postmortem: accept {code} .*?(?=-->|\n|\Z)", item.accepting)
    assert bool(comments) == bool(item.accepting)
    for comment in comments:
        assert len(comment.split()) > 4, "a reason is part of the example"
    if comments:
        text = laid_over_base(code, item.bad)
        assert isinstance(text, str)
        found = next(f for f in findings(tmp_path, text, settings_for(tmp_path, code)) if f.code == code)
        lines = text.split("\n")
        in_front = text.startswith("---") and found.line < lines.index("---", 1) + 1
        mark = f"# postmortem: accept {code} why" if in_front else f"<!-- postmortem: accept {code} why -->"
        if found.line == found.column == 1:
            at = 1 if in_front else 0
            lines.insert(at, mark)
        else:
            lines[found.line - 1] += f"  {mark}"
        after = findings(tmp_path, "\n".join(lines), settings_for(tmp_path, code))
        assert (found.line, found.column, code) not in {(f.line, f.column, f.code) for f in after}


# -- explain ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_explain_tells_all_there_is_to_know(code: str) -> None:
    rule = RULES[code]
    said = explain.explain(code)
    for part in (code, rule.name, rule.severity, rule.summary, "Bad:", "Good:", f"rules: {{{code}: "):
        assert part in said
    assert (f"rules: {{{code}: off}}" in said) is (code not in FATAL_CODES)
    if rule.draft not in (rule.severity, OFF):
        assert f"{rule.draft} in drafts" in said
    assert "## Bad" not in said
    assert max(map(len, said.split("\n"))) <= 120


def test_explain_says_how_to_accept_what_can_be_accepted() -> None:
    assert "<!-- postmortem: accept PM305 the reason -->" in explain.explain("PM305")
    assert "# postmortem: accept PM305 the reason" in explain.explain("PM305")
    assert "cannot be accepted" in explain.explain("PM103")


def test_explain_takes_a_code_in_lower_case() -> None:
    assert explain.explain("pm305") == explain.explain("PM305")


@pytest.mark.parametrize("code", ["PM999", "", "../PM305", "PM305.md"])
def test_explain_knows_no_other_codes(code: str) -> None:
    with pytest.raises(KeyError):
        explain.explain(code)


@pytest.mark.parametrize("code", CODES)
def test_what_a_rule_is_for_is_said_in_a_paragraph_or_two(code: str) -> None:
    item = explain.catalogue()[CODES.index(code)]
    paragraphs = [part for part in item.purpose.split("\n\n") if part.strip()]
    assert 1 <= len(paragraphs) <= 3
    assert 120 < len(item.purpose) < 1000
    assert item.bad.language in ("yaml", "markdown", "text")
    assert item.bad.text != item.good.text


# -- the manual's page -----------------------------------------------------------------------


def test_the_page_of_rules_is_up_to_date() -> None:
    """Written anew by `POSTMORTEM_WRITE=1 pytest tests/checking/test_catalogue.py`."""
    page = explain.markdown_page()
    if os.environ.get("POSTMORTEM_WRITE"):
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_the_page_has_an_anchor_for_every_code() -> None:
    import markdown

    html = markdown.markdown(explain.markdown_page(), extensions=["tables", "fenced_code", "toc"])
    for code in CODES:
        assert html.count(f'<a id="{code.lower()}"></a>{code} ') == 1
        assert f'href="#{code.lower()}"' in html
    assert "```" not in re.sub(r"<code.*?</code>", "", html, flags=re.S)
