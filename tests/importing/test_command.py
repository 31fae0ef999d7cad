"""`import` as people call it: what it writes and says, that it overwrites nothing, and what it refuses in one line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.plugin.support import Done, Site

CASES = Path(__file__).parent / "golden"
SOURCE = """# 2021-03-03, Queue stopped

## Summary

It was down for 10 minutes.

## Timeline

- 10:02 Queue stops
- 10:12 Queue runs

## Action items

- Alert on queue length
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    (tmp_path / "docs" / "postmortems").mkdir(parents=True)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "queue.md").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def run(project: Path, *args: str) -> Done:
    return call(project, "import", *args)


def call(project: Path, *args: str) -> Done:
    return Site(project).run(*args)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestWriting:
    def test_writes_into_the_configured_folder_and_says_what_it_found(self, project: Path) -> None:
        done = run(project, "old/queue.md")
        assert done.code == 0
        assert "docs/postmortems/queue.md: written from old/queue.md" in done.out
        text = (project / "docs/postmortems/queue.md").read_text(encoding="utf-8")
        assert "| 10:02 | Queue stops |" in text
        assert "- [ ] Alert on queue length" in text
        assert call(project, "check").code == 0

    def test_running_twice_changes_nothing(self, project: Path) -> None:
        run(project, "old/queue.md")
        before = files(project / "docs")
        done = run(project, "old/queue.md")
        assert (done.code, files(project / "docs")) == (0, before)
        assert "docs/postmortems/queue.md: unchanged" in done.out

    def test_a_dry_run_shows_everything_and_writes_nothing(self, project: Path) -> None:
        before = files(project)
        done = run(project, "old/queue.md", "--dry-run")
        assert done.code == 0
        assert files(project) == before
        assert "would be written" in done.out
        assert "    date: 2021-03-03  (line 1, inferred: from the title)" in done.out
        assert "look at line 5: duration: the summary tells of “10 minutes”" in done.out
        assert "| 10:02 | Queue stops |" in done.out

    def test_never_overwrites_another_file(self, project: Path) -> None:
        target = project / "docs/postmortems/queue.md"
        target.write_text("mine\n", encoding="utf-8")
        done = run(project, "old/queue.md")
        assert done.code == 1
        assert "skipped" in done.out
        assert "left as it is" in done.out
        assert target.read_text(encoding="utf-8") == "mine\n"

    def test_never_overwrites_the_source_itself(self, project: Path) -> None:
        done = run(project, "old/queue.md", "--to", "old")
        assert done.code == 1
        assert "give another folder with --to" in done.out
        assert (project / "old/queue.md").read_text(encoding="utf-8") == SOURCE

    def test_a_folder_keeps_its_inner_paths(self, project: Path) -> None:
        (project / "old/2020").mkdir()
        (project / "old/2020/cache.md").write_text("# Cache\n\nIt was cold.\n", encoding="utf-8")
        (project / "old/README.md").write_text("# All our incidents\n", encoding="utf-8")
        done = run(project, "old", "--to", "docs/postmortems/imported")
        assert done.code == 0, done.out
        assert sorted(files(project / "docs/postmortems")) == ["imported/2020/cache.md", "imported/queue.md"]

    def test_two_that_would_stand_in_one_place(self, project: Path) -> None:
        (project / "older").mkdir()
        (project / "older/queue.md").write_text("# Another queue\n\nOh.\n", encoding="utf-8")
        done = run(project, "old/queue.md", "older/queue.md")
        assert done.code == 1
        assert (
            "older/queue.md: skipped (docs/postmortems/queue.md): old/queue.md is imported to the same place"
            in done.out
        )

    def test_a_file_of_our_shape_is_copied_byte_by_byte(self, project: Path) -> None:
        call(project, "new", "Queue stopped again", "--started", "2026-11-20T10:02Z")
        mine = next((project / "docs/postmortems").rglob("*.md"))
        crooked = b"\xef\xbb\xbf" + mine.read_bytes().replace(b"\n", b"\r\n")
        (project / "old/ours.md").write_bytes(crooked)
        done = run(project, "old/ours.md")
        assert "has our shape already" in done.out
        assert (project / "docs/postmortems/ours.md").read_bytes() == crooked

    def test_an_imported_file_is_the_same_bytes(self, project: Path) -> None:
        run(project, "old/queue.md")
        run(project, "docs/postmortems/queue.md", "--to", "again")
        assert (project / "again/queue.md").read_bytes() == (project / "docs/postmortems/queue.md").read_bytes()

    def test_json_is_an_array_of_flat_objects(self, project: Path) -> None:
        done = run(project, "old/queue.md", "--format", "json", "--dry-run")
        found = json.loads(done.out)
        assert {item["kind"] for item in found} >= {"file", "fact"}
        assert all(not isinstance(value, list | dict) for item in found for value in item.values())
        date = next(item for item in found if item["field"] == "date")
        assert (date["value"], date["line"], date["sure"]) == ("2021-03-03", 1, "inferred")

    def test_an_export_becomes_a_file_for_each_of_its_incidents(self, project: Path) -> None:
        export = Path(__file__).parent / "exports" / "dispatch.json"
        done = run(project, str(export))
        assert done.code == 0, done.out
        assert len(files(project / "docs/postmortems")) == 2
        assert call(project, "check").code == 0


class TestPictures:
    def test_those_beside_the_document_come_along(self, project: Path) -> None:
        (project / "old/img").mkdir()
        (project / "old/img/load.png").write_bytes(b"PNG")
        (project / "secret.png").write_bytes(b"no")
        (project / "old/link.png").symlink_to(project / "secret.png")
        (project / "old/notes.txt").write_text("no", encoding="utf-8")
        shown = "![load](img/load.png) ![a](../secret.png) ![b](link.png) ![c](notes.txt) ![d](none.png) ![e](https://x.y/z.png)"
        (project / "old/queue.md").write_text(SOURCE + f"\n{shown}\n", encoding="utf-8")
        done = run(project, "old/queue.md")
        assert done.code == 0
        assert "with old/img/load.png" in done.out
        made = files(project / "docs/postmortems")
        assert sorted(made) == ["img/load.png", "queue.md"]
        assert made["img/load.png"] == b"PNG"
        assert all(f"the picture `{name}` does not come along" in done.out for name in ("../secret.png", "link.png"))

    def test_one_that_is_there_stays_as_it_is(self, project: Path) -> None:
        (project / "old/load.png").write_bytes(b"new")
        (project / "docs/postmortems/load.png").write_bytes(b"mine")
        (project / "old/queue.md").write_text(SOURCE + "\n![load](load.png)\n", encoding="utf-8")
        assert run(project, "old/queue.md").code == 0
        assert (project / "docs/postmortems/load.png").read_bytes() == b"mine"


class TestLinks:
    def test_what_leads_nowhere_is_told_and_what_comes_along_is_not(self, project: Path) -> None:
        (project / "old/cache.md").write_text("# Cache\n\nSee [the queue](queue.md#summary).\n", encoding="utf-8")
        (project / "docs/setup.md").write_text("# Setup\n", encoding="utf-8")
        links = (
            "[a](../setup/cache.md) [b](../setup.md) [c](https://x.y/z) [d](#notes) [e](cache.md) `[f](f.md)` "
            "[g](mailto:a@x.y) [h](/h.md)\n\n```\n[i](i.md)\n```\n\n[j]: j.md\n"
        )
        (project / "old/queue.md").write_text(f"{SOURCE}\n## Notes\n\n{links}", encoding="utf-8")
        done = run(project, "old")
        assert done.code == 0
        told = [line.strip() for line in done.out.splitlines() if "the link to" in line]
        nothing = "leads to nothing from the result (mend it, or put the file there)"
        assert told == [
            f"old/queue.md:18: the link to `../setup/cache.md` {nothing}",
            f"old/queue.md:24: the link to `j.md` {nothing}",
        ]

    def test_one_to_a_heading_that_gets_another_name_is_told(self, project: Path) -> None:
        links = "See [what broke](#summary), [the notes](#my-notes), [nothing](#none).\n\n## My notes\n\nNone.\n"
        (project / "old/queue.md").write_text(SOURCE + links, encoding="utf-8")
        done = run(project, "old/queue.md")
        told = [line.strip() for line in done.out.splitlines() if "the link to" in line]
        assert told == [
            "old/queue.md:15: the link to `#summary` leads to a heading that has another name now (mend it)"
        ]

    def test_one_to_a_file_that_comes_to_stand_elsewhere_says_where(self, project: Path) -> None:
        (project / "old/2020").mkdir()
        (project / "old/2020/cache.md").write_text("# Cache\n\nSee [the queue](../queue.md).\n", encoding="utf-8")
        done = run(project, "old/queue.md", "old/2020/cache.md")
        assert "`../queue.md` leads to nothing from the result (write `queue.md`: there it comes to stand)" in done.out


class TestFolders:
    def test_what_is_passed_over_is_told_in_one_line(self, project: Path) -> None:
        for name in ("a.pdf", "b.PDF", "notes.docx", "README.md", "load.png", ".hidden", "package.json"):
            (project / "old" / name).write_bytes(b"{}")
        done = run(project, "old")
        assert done.code == 0
        assert "Passed over in old: 2 .pdf, 1 .docx, 1 README.md\n" in done.out
        found = json.loads(run(project, "old", "--format", "json").out)
        passed = {item["field"]: item["value"] for item in found if item["kind"] == "folder"}
        assert passed == {".pdf": "2", ".docx": "1", "README.md": "1"}

    def test_nothing_is_said_where_all_is_read(self, project: Path) -> None:
        assert "Passed over" not in run(project, "old").out


class TestZone:
    def test_a_zone_is_taken_for_times_that_name_none(self, project: Path) -> None:
        (project / "old/moj.md").write_text(
            "# Down\n\n- **Key events**\n  - First detected 2023-06-06 10:26\n  - Resolved 2023-06-06 11:21\n"
            "- **Impact**: x\n- **Resolution**: y\n",
            encoding="utf-8",
        )
        done = run(project, "old/moj.md", "--zone", "Europe/London")
        text = (project / "docs/postmortems/moj.md").read_text(encoding="utf-8")
        assert done.code == 0
        assert "detected_at: 2023-06-06T10:26+01:00\n" in text
        assert "All times UTC+01:00." in text
        assert "no zone is stated" not in done.out

    def test_a_day_on_which_that_zone_has_another_offset_is_told(self, project: Path) -> None:
        (project / "old/moj.md").write_text(
            "# Down\n\n**Date:** 2023-03-03\n\n## Timeline\n\n- 2023-03-03 10:26 down\n- 2023-07-04 11:21 mended\n",
            encoding="utf-8",
        )
        told = "old/moj.md:8: Europe/London is +01:00 on this day, and UTC is taken for all times"
        assert told in run(project, "old/moj.md", "--zone", "Europe/London").out

    def test_a_zone_that_is_none(self, project: Path) -> None:
        done = run(project, "old/queue.md", "--zone", "Mars/Olympus")
        assert done.code == 2
        assert "`Mars/Olympus` is no time zone" in done.err


class TestRefusing:
    """One clear message, no traceback, and nothing written."""

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (b"", "holds no words"),
            (b"\n \n", "holds no words"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8"),
            ("# Störung\n".encode("latin-1"), "is not UTF-8"),
            ("# Outage\n".encode("utf-16"), "UTF-16"),
            (b"# Outage\n\0\n", "NUL"),
            (b"# Outage\n" + b"word " * 2_200_000, "MB"),
        ],
        ids=["empty", "blank", "binary", "latin-1", "utf-16", "nul", "ten megabytes"],
    )
    def test_what_is_no_document(self, project: Path, data: bytes, told: str) -> None:
        (project / "old/bad.md").write_bytes(data)
        done = run(project, "old/bad.md", "old/queue.md")
        assert done.code == 1
        line = next(line for line in done.out.splitlines() if line.startswith("old/bad.md: refused"))
        assert told in line
        assert "Traceback" not in done.out + done.err
        assert sorted(files(project / "docs/postmortems")) == ["queue.md"]

    @pytest.mark.parametrize("name", ["sheet.csv", "report.pdf", "page.html", "letter.DOCX"])
    def test_what_is_no_markdown(self, project: Path, name: str) -> None:
        (project / "old" / name).write_bytes(b"Date,Title\n2021-03-03,Queue stopped\n")
        done = run(project, f"old/{name}")
        assert done.code == 1
        assert f"old/{name}: refused: is no markdown and no JSON; save it as markdown first" in done.out
        assert files(project / "docs/postmortems") == {}

    def test_broken_json(self, project: Path) -> None:
        (project / "old/bad.json").write_text('{"title": ', encoding="utf-8")
        done = run(project, "old/bad.json")
        assert done.code == 1
        assert "old/bad.json: refused" in done.out

    def test_a_file_that_is_not_there(self, project: Path) -> None:
        done = run(project, "old/none.md")
        assert done.code == 2
        assert "there is no such file or folder" in done.err

    def test_a_name_that_the_wiki_passes_over(self, project: Path) -> None:
        (project / "old/_draft.md").write_text(SOURCE, encoding="utf-8")
        done = run(project, "old/_draft.md")
        assert done.code == 2
        assert "the wiki passes over names" in done.err

    def test_a_link_that_leads_out_of_the_folder(self, project: Path) -> None:
        secret = project / "secret.md"
        secret.write_text("# Secret\n", encoding="utf-8")
        (project / "old/link.md").symlink_to(secret)
        done = run(project, "old/link.md")
        assert done.code == 1
        assert "is a link" in done.out
        assert files(project / "docs/postmortems") == {}

    def test_a_target_that_is_a_link_out_of_the_project(
        self, project: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (project / "docs/postmortems/out").symlink_to(outside)
        done = run(project, "old/queue.md", "--to", "docs/postmortems/out/deep")
        assert done.code == 1
        assert "leads out of the project" in done.out
        assert "\ufffd" not in done.out
        assert files(outside) == {}

    @pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
    def test_a_folder_that_nobody_may_write_to(self, project: Path) -> None:
        (project / "docs/postmortems").chmod(0o500)
        done = run(project, "old/queue.md")
        assert done.code == 1
        assert "cannot be written" in done.out

    def test_a_folder_in_the_place_of_the_target(self, project: Path) -> None:
        (project / "docs/postmortems/queue.md").mkdir()
        done = run(project, "old/queue.md")
        assert done.code == 1
        assert "Traceback" not in done.out + done.err

    def test_line_ends_of_windows_and_a_byte_order_mark(self, project: Path) -> None:
        (project / "old/windows.md").write_bytes(b"\xef\xbb\xbf" + SOURCE.replace("\n", "\r\n").encode("utf-8"))
        run(project, "old/windows.md", "old/queue.md")
        made = files(project / "docs/postmortems")
        assert made["windows.md"] == made["queue.md"]
