"""The engine: the archive as a whole, acceptances in the report, files that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mkdocs_postmortem.checking import check_files, check_records
from mkdocs_postmortem.checking.engine import identity
from mkdocs_postmortem.reading import Reader

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
