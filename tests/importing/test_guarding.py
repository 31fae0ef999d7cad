"""The last look before a result is written: nothing is written that `check` refuses, and nothing is lost for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mkdocs_postmortem.importing import guarding, writing
from mkdocs_postmortem.importing.found import Draft, Found, Ledger, Part, Piece
from mkdocs_postmortem.importing.ids import Ids
from tests.importing.support import faults
from tests.plugin.support import Site

BODY = (Part("executive_summary", "Executive Summary", (Piece(("PM-1: seen at 9:00 and down from 10:00",)),)),)
STARTED = Found("started_at", "2026-02-03T10:00Z", 3, written="10:00")
DETECTED = Found("detected_at", "2026-02-03T09:00Z", 4, "inferred", "no zone is stated: read as UTC", "9:00")


def draft(*facts: Found, **others: object) -> Draft:
    return replace(Draft("prose", "Down", None, facts, "Down", parts=BODY), **others)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Fault:
    line: int
    code: str
    message: str
    help: str = "mend it"
    severity: str = "error"


def guard(given: Draft, check: guarding.Check = faults) -> tuple[Draft, str, str]:
    return guarding.guarded(given, writing.write(given), "incident.md", check)


class TestFacts:
    def test_what_passes_is_left_as_it_is(self) -> None:
        given = draft(STARTED)
        assert guard(given) == (given, writing.write(given), "")

    def test_an_inferred_fact_that_the_check_refuses_is_taken_back_and_told(self) -> None:
        assert faults(writing.write(draft(STARTED, DETECTED)), "incident.md")
        found, text, why = guard(draft(STARTED, DETECTED))
        assert (found.facts, why) == ((STARTED,), "")
        assert "detected_at" not in text
        assert faults(text, "incident.md") == []
        (told,) = found.remarks
        assert (told.kind, told.line) == ("conflict", 4)
        assert told.text.startswith("detected_at: 2026-02-03T09:00Z (no zone is stated: read as UTC) is not written: ")

    def test_one_that_was_inferred_goes_before_one_that_is_stated(self) -> None:
        stated = replace(DETECTED, sure="stated", why="")
        inferred = replace(STARTED, sure="inferred", why="from the timeline")
        assert guard(draft(stated, inferred))[0].facts == (stated,)

    def test_a_stated_one_whose_words_stand_in_the_body_goes_too(self) -> None:
        found, text, why = guard(draft(STARTED, replace(DETECTED, sure="stated")))
        assert (len(found.facts), why) == (1, "")
        assert faults(text, "incident.md") == []

    def test_one_that_nothing_else_says_stays_and_the_file_is_refused(self) -> None:
        alone = [replace(fact, sure="stated", written="at noon") for fact in (STARTED, DETECTED)]
        assert guard(draft(*alone))[2].startswith("`check` would refuse it: line ")

    def test_words_that_front_matter_alone_says_are_never_taken_back(self) -> None:
        carried = Ledger(carried=(str(STARTED.value), str(DETECTED.value)))
        given = draft(STARTED, replace(DETECTED, sure="stated"), ledger=carried)
        found, text, why = guard(given)
        assert (found, text) == (given, writing.write(given))
        assert why.startswith("`check` would refuse it: line ")
        assert "of the result: PM301 " in why

    def test_facts_that_are_not_at_fault_stay(self) -> None:
        given = draft(STARTED)
        found, text, why = guard(given, lambda text, path: [Fault(9, "PM999", "is wrong")])
        assert (found, text) == (given, writing.write(given))
        assert why == "`check` would refuse it: line 9 of the result: PM999 is wrong: mend it"

    def test_a_duration_that_the_times_contradict_is_kept_and_told_at_its_line(self) -> None:
        given = draft(STARTED, Found("duration", "3h", 7, written="3h"))
        text = writing.write(given)
        line = next(n for n, said in enumerate(text.split("\n"), 1) if said.startswith("duration:"))
        doubt = Fault(line, "PM306", "3 hours are stated, and the times have 5", severity="warning")
        found, written, why = guard(given, lambda text, path: [doubt])
        assert (written, why, found.facts) == (text, "", given.facts)
        assert [(one.kind, one.line, one.text, one.help) for one in found.remarks] == [
            ("conflict", 7, "3 hours are stated, and the times have 5", "mend it")
        ]
        assert guarding.guarded(replace(given, ours=True), text, "a.md", lambda text, path: [doubt])[0].remarks == ()

    def test_more_than_one_error_is_told_as_such(self) -> None:
        faults = [Fault(9, "PM999", "is wrong"), Fault(10, "PM999", "is wrong")]
        assert guard(draft(), lambda text, path: faults)[2].endswith("; and 1 more")


class TestIds:
    def settle(self, ids: Ids, target: str, given: Draft) -> tuple[str, str]:
        found, text, why = ids.settle(given, writing.write(given), Path(target))
        assert text == writing.write(found)
        return str(found.values.get("id", "")), why

    def test_of_two_files_of_one_name_the_second_is_called_by_its_folder_too(self) -> None:
        ids = Ids({})
        assert self.settle(ids, "docs/2019/outage.md", draft()) == ("", "")
        assert self.settle(ids, "docs/2020/outage.md", draft()) == ("2020-outage", "")

    def test_one_that_is_in_the_wiki_keeps_its_id_and_a_result_in_its_place_does(self) -> None:
        there = {"outage": Path("docs/2019/outage.md")}
        assert self.settle(Ids(there), "docs/2019/outage.md", draft()) == ("", "")
        assert self.settle(Ids(there), "docs/2020/outage.md", draft()) == ("2020-outage", "")

    def test_a_stated_one_that_is_taken_is_told_and_left_out(self) -> None:
        ids = Ids({"PM-1": Path("docs/a.md")})
        given = draft(Found("id", "PM-1", 3))
        found, text, why = ids.settle(given, writing.write(given), Path("docs/b.md"))
        assert ("id:" in text, why) == (False, "")
        assert found.remarks[0].text == "id: PM-1 is another's already, and is not written"

    def test_one_that_front_matter_alone_says_is_refused(self) -> None:
        given = draft(Found("id", "PM-1", 3), ledger=Ledger(carried=("PM-1",)))
        why = self.settle(Ids({"PM-1": Path("docs/a.md")}), "docs/b.md", given)[1]
        assert why.startswith("its ID `PM-1` is that of ")

    def test_so_is_one_that_no_other_words_say(self) -> None:
        given = draft(Found("id", "PM-2", 3))
        assert self.settle(Ids({"PM-2": Path("docs/a.md")}), "docs/b.md", given)[1] != ""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    (tmp_path / "docs" / "postmortems").mkdir(parents=True)
    return tmp_path


def written(project: Path, name: str, text: str) -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_file_that_the_check_refuses_is_not_written(project: Path) -> None:
    config = "postmortems: docs/postmortems\nrules: {PM501: error}\n"
    (project / "postmortem.yml").write_text(config, encoding="utf-8")
    written(project, "old/a.md", "# A\n\nJohn forgot to renew it.\n")
    done = Site(project).run("import", "old/a.md")
    assert done.code == 1
    assert "old/a.md: refused: `check` would refuse it: line 8 of the result: PM501 " in done.out
    assert "1 file: 0 written, 0 unchanged, 0 skipped, 1 refused" in done.out
    assert list((project / "docs/postmortems").iterdir()) == []


def test_one_that_has_our_shape_is_judged_as_it_is(project: Path) -> None:
    text = (
        "---\ntitle: A\nstatus: published\nstarted_at: 2026-02-03T10:00Z\nresolved_at: 2026-02-03T09:00Z\n---\n\n# A\n"
    )
    written(project, "old/a.md", text)
    done = Site(project).run("import", "old/a.md")
    assert done.code == 1
    assert "old/a.md: refused: `check` would refuse it: line " in done.out
    assert "of the result" not in done.out


def test_two_that_state_one_id_and_nothing_else_says_it_are_not_both_written(project: Path) -> None:
    text = "---\ntitle: A\nstatus: draft\nid: PM-1\n---\n\n# A\n\n## Impact\n\nNone.\n"
    written(project, "old/a.md", text)
    written(project, "old/b.md", text.replace("A", "B"))
    done = Site(project).run("import", "old")
    assert done.code == 1
    assert (
        "old/b.md: refused: its ID `PM-1` is that of docs/postmortems/a.md already: give one of the two another ID"
        in done.out
    )
    assert Site(project).run("check").code == 0


def test_files_of_one_name_in_several_folders_pass_the_check_together(project: Path) -> None:
    for year in ("2019", "2020"):
        written(project, f"old/{year}/outage.md", f"# Outage of {year}\n\n## Summary\n\nIt was down.\n")
    first = Site(project).run("import", "old")
    assert first.code == 0, first.out
    assert "old/2020/outage.md: id: 2020-outage (the file's name is another's ID)" in first.out
    assert Site(project).run("check").code == 0
    again = Site(project).run("import", "old")
    assert "2 files: 0 written, 2 unchanged" in again.out


def test_a_stated_duration_that_the_timestamps_contradict_is_in_the_report(project: Path) -> None:
    (project / "old").mkdir()
    (project / "old" / "a.md").write_text(
        "# Dropped logs\n\n- **Key events**\n  - First detected: 2023-08-04 09:14\n  - Repaired: 2023-08-10 12:28\n\n"
        "- **Time to repair**: 33h 14m\n\n- **Impact**: Logs were lost.\n",
        encoding="utf-8",
    )
    done = Site(project).run("import", "old/a.md")
    assert done.code == 0
    assert "Contradictions: which of the two holds?:" in done.out
    assert (
        "old/a.md:7: the time to mitigate is stated as 33 h 14 min; detected_at to mitigated_at is 6 d 3 h" in done.out
    )
