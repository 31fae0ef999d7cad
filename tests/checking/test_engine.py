"""The engine: the archive as a whole, acceptances in the report, files that cannot be read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_postmortem.checking import check_files, check_records
from mkdocs_postmortem.checking.engine import identity, judge
from mkdocs_postmortem.checking.explain import explain
from mkdocs_postmortem.model import DOCUMENT_STATES, FATAL_CODES
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import ConfigError, Settings

from .support import BASE, FOLDER, NAME, NEIGHBOURS, TODAY, check, codes, findings, overlay, project, shown

TWIN = "---\nid: PM-2026-014\nstatus: draft\nseverity: P2\n---\n\n# The twin\n"


def test_an_id_that_stands_twice_is_told_in_both_files(tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE, "twin.md": TWIN})
    found = check(settings, [NAME, "twin.md"]).findings
    assert [(f.path, shown(f)) for f in found] == [
        (f"{FOLDER}/{NAME}", f"3:5 PM110 the ID `PM-2026-014` is also that of {FOLDER}/twin.md"),
        (f"{FOLDER}/twin.md", f"2:5 PM110 the ID `PM-2026-014` is also that of {FOLDER}/{NAME}"),
    ]


@pytest.mark.parametrize("name", [NAME, "twin.md"])
def test_it_is_told_as_well_when_only_one_file_is_checked(name: str, tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE, "twin.md": TWIN})
    assert codes(check(settings, [name]).findings) == ["PM110"]


@pytest.mark.parametrize(
    "line", ["id: PM-2026-014", "id:   'PM-2026-014'", 'id: "PM-2026-014"', "id: PM-2026-014  # taken"]
)
def test_the_id_of_a_file_that_is_not_checked_is_read_in_every_form(line: str, tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE, "twin.md": TWIN.replace("id: PM-2026-014", line)})
    assert codes(check(settings).findings) == ["PM110"]


def test_the_id_read_in_passing_is_the_record_s(tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE, "crlf.md": TWIN.replace("\n", "\r\n"), "none.md": "# A\n"})
    reader = Reader(settings)
    for path in sorted(settings.folder_path.glob("*.md")):
        assert identity(path, reader.settings) == reader.read(path).id


def test_one_post_mortem_of_three_with_the_same_id_names_another(tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE, "b.md": TWIN, "a.md": TWIN})
    assert shown(check(settings).findings[0]).endswith(f"also that of {FOLDER}/a.md")


def test_a_relation_to_nothing_says_what_was_probably_meant(tmp_path: Path) -> None:
    found = findings(tmp_path, overlay("related: [PM-2026-03, INC-881]\n", "yaml"))
    assert [f.help for f in found] == [
        "did you mean PM-2026-003?",
        "write the ID of one: `id:` in its front matter, else its file name",
    ]


def test_an_acceptance_is_in_the_report_with_its_reason(tmp_path: Path) -> None:
    text = overlay("moon_phase: waning  # postmortem: accept PM105 an experiment\n", "yaml")
    report = check(project(tmp_path, {NAME: text}))
    assert [(shown(a.finding), a.reason) for a in report.acceptances] == [
        ("27:1 PM105 unknown key `moon_phase`", "an experiment")
    ]
    assert report.findings == []


@pytest.mark.parametrize(
    "written",
    ["PM105, PM210", "PM210 and PM105:", "pm105; PM210 —", "PM105,PM210, PM105", "PM105 PM210", "PM210, and PM105"],
)
def test_one_comment_may_accept_several_rules(written: str, tmp_path: Path) -> None:
    text = overlay(f"moon_phase: waning  # postmortem: accept {written} an experiment\n", "yaml")
    report = check(project(tmp_path, {NAME: text}))
    assert [(a.finding.code, a.reason) for a in report.acceptances] == [("PM105", "an experiment")]
    assert [(found.code, found.message) for found in report.findings] == [("PM115", "there is no PM210 here to accept")]
    assert [found.help for found in report.findings] == ["take PM210 out of the comment"]


@pytest.mark.parametrize("written", ["PM105, PM111", "PM105 PM111"])
def test_every_rule_of_a_comment_needs_the_reason(written: str, tmp_path: Path) -> None:
    report = check(project(tmp_path, {NAME: overlay(f"moon_phase: waning  # postmortem: accept {written}\n", "yaml")}))
    assert [found.code for found in report.findings] == ["PM105", "PM114", "PM114"]
    assert report.acceptances == []


def test_a_rule_that_a_reason_speaks_of_is_not_accepted(tmp_path: Path) -> None:
    text = overlay("moon_phase: waning  # postmortem: accept PM105 so says PM210, too\n", "yaml")
    report = check(project(tmp_path, {NAME: text}))
    assert [(a.finding.code, a.reason) for a in report.acceptances] == [("PM105", "so says PM210, too")]
    assert report.findings == []


@pytest.mark.parametrize("code", sorted(FATAL_CODES))
@pytest.mark.parametrize("level", ["off", {"draft": "off"}])
def test_what_cannot_be_read_is_never_passed_over(code: str, level: object, tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: "---\ntitle: [\n---\n"}, {"rules": {code: level}})
    with pytest.raises(ConfigError, match=f"rules: {code} cannot be switched off"):
        check(settings)
    assert f"rules: {{{code}: off}}" not in explain(code)


def test_the_report_counts(tmp_path: Path) -> None:
    text = overlay("incident_type: deploy\nmoon_phase: waning\n", "yaml")
    report = check(project(tmp_path, {NAME: text}), [NAME, *(path.name for path in NEIGHBOURS)])
    assert (report.files, report.judged, report.errors, report.warnings) == (3, 3, 1, 1)


def test_records_and_files_are_judged_alike(tmp_path: Path) -> None:
    text = overlay("related: [PM-2026-009]\nincident_type: deploy\nid: PM-2026-003\n", "yaml")
    settings = project(tmp_path, {NAME: text})
    paths = sorted(settings.folder_path.glob("*.md"))
    records = Reader(settings).read_all(paths)
    assert check_records(records, settings, TODAY).findings == check_files(paths, paths, settings, TODAY).findings


def test_a_file_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE})
    found = check(settings, ["gone.md"]).findings
    assert [(f.path, f.code, f.line) for f in found] == [(f"{FOLDER}/gone.md", "PM100", 1)]


def test_a_link_that_leads_out_of_the_project_is_a_finding(tmp_path: Path) -> None:
    outside = tmp_path / "secret.md"
    outside.write_text("# Secret\n", encoding="utf-8")
    settings = project(tmp_path / "project", {NAME: BASE})
    (settings.folder_path / "link.md").symlink_to(outside)
    report = check(settings, ["link.md"])
    assert codes(report.findings) == ["PM100"]
    assert "leads out of the project" in report.findings[0].message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    settings = project(tmp_path, {NAME: BASE})
    os.mkfifo(settings.folder_path / "pipe.md")
    assert codes(check(settings, [NAME, "pipe.md"]).findings) == ["PM100"]
    assert codes(check(settings, [NAME]).findings) == []


def test_all_files_at_once_are_found_the_same_as_one_by_one(tmp_path: Path) -> None:
    texts = {f"{n:03}.md": overlay(f"id: PM-{n}\nincident_type: deploy{n}\n", "yaml") for n in range(60)}
    settings = project(tmp_path, texts)
    together = check(settings, sorted(texts)).findings
    assert together == [f for name in sorted(texts) for f in check(settings, [name]).findings]
    # the title's words name no date; the file's names neither
    assert len(together) == 60


# -- anything at all ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "## Executive Summary\n\n", "## Impact\n\n", "## Root Cause Analysis\n\n", "### Why It Happened\n\n",
        "**Root cause:** ", "**Contributing Factors:**\n\n1. ", "## Appendix: 5 Whys Analysis\n\n", "**Why 1:** ",
        "→ **Because:** ", "### What Worked Well\n\n- ", "### What Could Be Improved\n\n", "## Action Items\n\n",
        "### Prevent Recurrence\n\n", "| Action | Owner | Priority | Due Date | Status |\n|---|---|---|---|---|\n",
        "| Improve monitoring | @wei | P0 | 2026-12-01 | Open |\n", "- [ ] Train the team (@wei)\n", "## Timeline\n\n",
        "| Time | Event |\n|---|---|\n| 10:02 | ", "the engineer forgot ", "typo ", "they ", "10:41 ", "12 % ",
        "\n", "\n\n", "> ", "```\n", "<!-- postmortem: accept PM501 so -->",
        "`", "|", "\u202e", "é", "例", "[a](b)", "{{ 7 }}",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=12), max_size=60).map("".join), st.sampled_from(DOCUMENT_STATES))
def test_no_rule_raises_and_every_finding_has_a_place(body: str, state: str) -> None:
    settings = Settings(root=Path("/nowhere"))
    text = f"---\nstatus: {state}\nseverity: P0\nresolved_at: 2026-11-03T10:49Z\n---\n\n{body}"
    record = reading.make(decode(text.encode("utf-8", "replace")), "a.md", settings)
    entry = judge(record, settings, TODAY)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in entry.findings:
        assert 1 <= finding.line <= len(lines)
        assert finding.message
        assert finding.help


MANY = {
    "whys": ("## Appendix: 5 Whys Analysis\n\n", "**Why:** Why did it fail?\n→ **Because:** the operator forgot\n\n"),
    "different whys": ("## Appendix: 5 Whys Analysis\n\n", "**Why:** word{n} other{n}?\n→ **Because:** b{n}\n\n"),
    "action items": ("## Action Items\n\n", "- [ ] Improve monitoring and add a, remove b and update c{n}\n"),
    "one long action item": ("## Action Items\n\n- [ ] ", "improve the monitoring and "),
    "a long cause": ("## Root Cause Analysis\n\n**Root cause:** ", "typo in the file "),
    "causes": ("## Root Cause Analysis\n\n", "**Root cause:** typo\n\n"),
    "a long summary": ("## Executive Summary\n\n", "orders failed at 10:02 "),
}  # fmt: skip


@pytest.mark.parametrize("name", MANY)
def test_what_an_analysis_costs_grows_with_its_size(name: str) -> None:
    """Four times as much takes less than ten times as long: in processor time."""
    head, unit = MANY[name]
    took = []
    for count in (500, 2000):
        settings = Settings(root=Path("/nowhere"), max_bytes=1 << 24)
        body = head + "".join(unit.format(n=n) for n in range(count))
        record = reading.make(decode(f"---\nstatus: published\n---\n\n{body}".encode()), "a.md", settings)
        begin = time.process_time()
        judge(record, settings, TODAY)
        took.append(time.process_time() - begin)
    assert took[1] < 10 * max(took[0], 0.1)
