"""How `check` is called: what it looks at, its exit codes, and what may go wrong around it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import check_files
from mkdocs_postmortem.reading import discover
from tests.plugin.support import ENVIRONMENT, Done, Site, postmortem, site

ONE = "docs/\n    postmortems/\n        a.md\n"
BROKEN = "docs/\n    postmortems/\n        a.md\n            severity: P9\n"
DOUBTFUL = "docs/\n    postmortems/\n        a.md\n            severty: P1\n"
PROGRAM = [sys.executable, "-m", "mkdocs_postmortem"]


def refused(done: Done, *words: str) -> None:
    """Exit code 2, nothing on the output, and a message of a line or two that has these words."""
    assert done.code == 2, done.said
    assert done.out == ""
    assert "Traceback" not in done.err
    assert 1 <= len(done.err.strip().splitlines()) <= 5
    for word in words:
        assert word in done.err


@pytest.mark.parametrize(
    "call",
    [["check", ""], ["import", ""], ["generate", "--out", ""], ["init", ""], ["redact", ""], ["verify", ""],
     ["meeting", ""], ["check", "--config", ""], ["import", "a.md", "--to", ""]],
)  # fmt: skip
def test_an_empty_path_is_refused_and_not_taken_for_this_folder(tmp_path: Path, call: list[str]) -> None:
    made = site(tmp_path, ONE)
    before = sorted(made.root.rglob("*"))
    refused(made.run(*call), "a path is empty", "write `.` for this folder")
    assert sorted(made.root.rglob("*")) == before


class TestTheExitCode:
    def test_is_0_where_nothing_is_wrong(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        assert made.run("check").code == 0
        assert made.run("check", "--strict").code == 0

    def test_is_1_for_an_error_in_every_form_and_quietly(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        for form in ("text", "json", "github", "sarif"):
            assert made.run("check", "--format", form).code == 1
            assert made.run("check", "--format", form, "-q").code == 1

    def test_is_0_for_a_warning_and_1_when_strict(self, tmp_path: Path) -> None:
        made = site(tmp_path, DOUBTFUL)
        assert made.run("check").code == 0
        assert made.run("check", "--strict").code == 1

    def test_of_a_strict_and_quiet_check_is_1_for_a_warning_as_well(self, tmp_path: Path) -> None:
        """What is quiet says less; it does not judge otherwise (as `mkdocs build -q --strict` does)."""
        done = site(tmp_path, DOUBTFUL).run("check", "--strict", "--quiet")
        assert done.code == 1
        assert "PM105" in done.out

    def test_is_0_for_a_note_even_when_strict(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    rules: {PM105: info}\n" + DOUBTFUL)
        assert made.run("check", "--strict").code == 0

    def test_is_0_for_what_was_accepted(self, tmp_path: Path) -> None:
        made = site(tmp_path, DOUBTFUL.rstrip() + "  # postmortem: accept PM105 the importer's\n")
        assert made.run("check", "--strict").code == 0

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--as-of", "tomorrow"], ["`tomorrow` is not a date", "--as-of 2026-11-23"]),
            (["--format", "xml"], ["xml"]),
            (["--nonsense"], ["--nonsense"]),
            (["docs/postmortems/missing.md"], ["docs/postmortems/missing.md", "no such file"]),
            (["--config", "missing.yml"], ["missing.yml", "cannot be read"]),
        ],
    )
    def test_is_2_for_a_call_that_cannot_be_meant(self, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
        refused(site(tmp_path, ONE).run("check", *arguments), *words)

    def test_is_2_for_a_day_in_the_environment_that_is_none(self, tmp_path: Path) -> None:
        for epoch in ("yesterday", "99999999999999999999", "1e9"):
            refused(site(tmp_path, ONE).run("check", SOURCE_DATE_EPOCH=epoch), "SOURCE_DATE_EPOCH", epoch)

    def test_is_2_where_there_is_no_folder(self, tmp_path: Path) -> None:
        refused(site(tmp_path).run("check"), "there is no folder docs/postmortems", "init")

    def test_is_0_for_a_folder_without_post_mortems(self, tmp_path: Path) -> None:
        done = site(tmp_path, "docs/\n    postmortems/\n").run("check")
        assert done == Done(0, "0 post-mortems: nothing to mend\n", "")

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ("rules: [", ["postmortem.yml:", "this is not YAML"]),
            ("\n\nwiki:\n  titel: x", ["postmortem.yml:4:3:", "titel", "title"]),
            ("severites: [P0]", ["postmortem.yml:1:1:", "severites", "severities"]),
            ("rules: {PM105: loud}", ["postmortem.yml:1:16:", "loud"]),
            ("rules: {PM15: off}", ["postmortem.yml:1:", "PM15"]),
            ("severities: [P0, P0]", ["postmortem.yml:1:13:", "`P0` stands there twice"]),
            ("a: &x 1", ["postmortem.yml:1:4:"]),
            ("- a", ["postmortem.yml"]),
            ("postmortems: /etc", ["postmortem.yml:1:14:"]),
            ("postmortems: ..", ["postmortem.yml:1:14:", "leads out of the project"]),
            ("schema: missing.json", ["postmortem.yml:1:9:", "there is no such file"]),
            ("schema: ../x.json", ["postmortem.yml:1:9:", "leads out of the project"]),
            ("limits: {kilobytes: lots}", ["postmortem.yml:1:21:"]),
        ],
    )
    def test_is_2_for_settings_with_a_mistake_and_its_place(
        self, tmp_path: Path, settings: str, words: list[str]
    ) -> None:
        made = site(tmp_path, ONE)
        made.write("postmortem.yml", settings + "\n")
        for command in (["check"], ["actions"], ["new", "x"], ["schema"]):
            refused(made.run(*command), *words)

    @pytest.mark.parametrize(
        ("schema", "words"),
        [
            (b"{", ["team.json:1:2:", "is not JSON"]),
            (b"[]", ["team.json", "it holds no object"]),
            (b"\xff", ["team.json"]),
            (b'{"type": "nonsense"}', ["team.json"]),
            (b'{"$ref": "#/nowhere"}', ["team.json"]),
            (b'{"$ref": "http://127.0.0.1:9/x.json"}', ["team.json"]),
        ],
    )
    def test_is_2_for_a_schema_that_cannot_be_used(self, tmp_path: Path, schema: bytes, words: list[str]) -> None:
        made = site(tmp_path, "postmortem.yml\n    schema: team.json\n" + ONE)
        made.write("team.json", schema)
        refused(made.run("check"), *words)

    def test_is_2_for_settings_that_are_not_text(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        made.write("postmortem.yml", b"wiki: {title: caf\xe9}\n")
        refused(made.run("check"), "postmortem.yml", "is not UTF-8")


class TestThePaths:
    def test_are_files_and_folders_each_checked_once(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN + "        2025/\n            b.md\n")
        folder = "docs/postmortems"
        for paths, number in (
            ([f"{folder}/a.md"], 1),
            ([f"{folder}/a.md", f"{folder}/a.md"], 1),
            ([f"{folder}/a.md", f"./{folder}/../postmortems/a.md"], 1),
            ([f"{folder}/a.md", str(tmp_path / folder / "a.md")], 1),
            ([folder], 2),
            ([folder, f"{folder}/a.md"], 2),
            ([f"{folder}/2025"], 1),
            ([], 2),
        ):
            done = made.run("check", *paths)
            noun = "post-mortem:" if number == 1 else "post-mortems:"
            assert f"{number} {noun}" in done.out, paths
            assert len(done.lines("PM106")) == (0 if paths == [f"{folder}/2025"] else 1), paths

    def test_that_are_no_post_mortems_are_passed_over(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        made.write("docs/postmortems/index.md.bak", "x")
        made.write("docs/postmortems/_draft.md", "x")
        done = made.run("check", "mkdocs.yml", "docs/postmortems/_draft.md", "docs/postmortems/index.md.bak")
        assert done == Done(0, "0 post-mortems: nothing to mend\n", "")

    def test_may_be_one_of_many_and_the_archive_is_looked_at_all_the_same(self, tmp_path: Path) -> None:
        made = site(
            tmp_path,
            "docs/\n    postmortems/\n        a.md\n            id: X\n            related: [b]\n"
            "        b.md\n        c.md\n            id: X\n",
        )
        done = made.run("check", "docs/postmortems/a.md")
        assert "PM110" in done.out
        assert "also that of docs/postmortems/c.md" in done.out
        assert "PM111" not in done.out

    def test_are_named_as_from_the_project_wherever_one_stands(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        for folder in (tmp_path, tmp_path / "docs", tmp_path / "docs/postmortems"):
            done = made.run("check", folder=folder)
            assert done.code == 1
            assert "docs/postmortems/a.md:4:11:" in done.out
            assert "severity: P9" in done.out  # the line is found, too
        done = made.run("check", "a.md", folder=tmp_path / "docs/postmortems")
        assert "docs/postmortems/a.md:4:11:" in done.out

    def test_may_have_spaces_and_accents(self, tmp_path: Path) -> None:
        made = site(tmp_path / "Unser Wiki – ünï", BROKEN)
        done = made.run("check")
        assert done.code == 1
        assert "docs/postmortems/a.md:4:11:" in done.out
        assert made.build().code == 1

    def test_may_lead_through_a_linked_project(self, tmp_path: Path) -> None:
        made = site(tmp_path / "real", BROKEN)
        os.symlink(tmp_path / "real", tmp_path / "link")
        for folder in (tmp_path / "link", tmp_path / "link/docs"):
            done = made.run("check", folder=folder)
            assert done.code == 1
            assert "docs/postmortems/a.md:4:11: error PM106" in done.out
            assert "PM100" not in done.out
        done = made.run("check", str(tmp_path / "link/docs/postmortems/a.md"), folder=tmp_path / "real")
        assert "docs/postmortems/a.md:4:11: error PM106" in done.out
        done = Site(tmp_path / "link").build()
        assert "docs/postmortems/a.md:4:11: PM106" in done.said

    def test_outside_of_any_project_are_checked_by_the_defaults(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(postmortem("a.md", "severity: P9"))
        done = Site(tmp_path).run("check", "a.md")
        assert done.code == 1
        assert "a.md:4:11: error PM106" in done.out

    def test_need_no_repository(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        assert not (tmp_path / ".git").exists()
        assert made.run("check", PATH="/nonexistent").code == 0


class TestTheDay:
    FUTURE = (
        "docs/\n    postmortems/\n        a.md\n            started_at: 2027-01-01T10:02Z\n"
        "            detected_at: 2027-01-01T10:09Z\n            resolved_at: 2027-01-01T10:49Z\n"
    )

    def test_is_that_of_the_option_then_of_the_environment_then_today(self, tmp_path: Path) -> None:
        made = site(tmp_path, self.FUTURE)
        assert "PM302" in made.run("check").out
        assert "PM302" not in made.run("check", "--as-of", "2027-02-01").out
        assert "PM302" in made.run("check", "--as-of", "2026-11-23", SOURCE_DATE_EPOCH="1900000000").out
        assert "PM302" not in made.run("check", SOURCE_DATE_EPOCH="1900000000").out
        assert made.run("check", SOURCE_DATE_EPOCH=None).code in (0, 1)

    def test_is_part_of_what_is_remembered(self, tmp_path: Path) -> None:
        made = site(tmp_path, self.FUTURE)
        found = [len(made.run("check", "--as-of", day).lines("PM302")) for day in ("2026-11-23", "2027-02-01") * 2]
        assert found[0] > 0
        assert found == [found[0], 0, found[0], 0]


class TestTheCache:
    def test_lies_beside_the_settings_and_ignores_itself(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        made.run("check", folder=tmp_path / "docs")
        assert (tmp_path / ".cache/mkdocs-postmortem/findings").is_file()
        assert (tmp_path / ".cache/mkdocs-postmortem/.gitignore").read_text() == "*\n"

    def test_is_not_there_with_no_cache(self, tmp_path: Path) -> None:
        site(tmp_path, ONE).run("check", "--no-cache")
        assert not (tmp_path / ".cache").exists()

    def test_that_is_damaged_is_not_believed(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        said = made.run("check").out
        path = tmp_path / ".cache/mkdocs-postmortem/findings"
        right = path.read_bytes()
        head, _, body = right.partition(b"\n")
        for wrong in (b"", b"x", right[:-20], head + b"\n{}", head + b"\n" + body.replace(b"P9", b"P1"), b"\xff" * 100):
            path.write_bytes(wrong)
            assert made.run("check").out == said
        assert made.run("check").out == said

    def test_forgets_when_content_or_settings_change(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        assert made.run("check").code == 1
        made.write("postmortem.yml", "severities: [P1, P9]\n")
        assert made.run("check").code == 0
        made.write("postmortem.yml", "")
        made.write("docs/postmortems/a.md", postmortem("a.md"))
        assert made.run("check").code == 0

    def test_is_shared_with_the_build(self, tmp_path: Path) -> None:
        made = site(tmp_path, DOUBTFUL)
        made.build()
        remembered = (tmp_path / ".cache/mkdocs-postmortem/findings").read_bytes()
        assert "PM105" in made.run("check").out
        assert (tmp_path / ".cache/mkdocs-postmortem/findings").read_bytes() == remembered

    def test_that_cannot_be_written_is_done_without(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        made.write(".cache", "a file stands where the folder would be")
        assert made.run("check").code == 1
        assert "Traceback" not in made.run("check").said
        assert (tmp_path / ".cache").read_text() == "a file stands where the folder would be"

    @pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write anywhere")
    def test_in_a_folder_that_is_read_only_is_done_without(self, tmp_path: Path) -> None:
        made = site(tmp_path / "wiki", BROKEN)
        for path in (made.root, made.docs, made.docs / "postmortems"):
            path.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        for folder in (tmp_path, *tmp_path.parents):
            if folder.owner() == "root" and folder != Path("/") and folder.is_relative_to("/tmp/pytest-of-root"):
                folder.chmod(0o755)
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*nobody, *PROGRAM, "check"],
            cwd=made.root,
            env={**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        for path in (made.root, made.docs, made.docs / "postmortems"):
            path.chmod(0o755)
        assert (done.returncode, done.stderr) == (1, "")
        assert "PM106" in done.stdout
        assert not (made.root / ".cache").exists()


def archive(root: Path, number: int) -> Site:
    """A site of many post-mortems, each seventh with a mistake, and an ID that stands twice."""
    made = site(root, "docs/\n    postmortems/\n")
    for n in range(number):
        facts = f"id: PM-{n if n != number - 1 else 0:05}\nrelated: [PM-{(n * 7) % number:05}]"
        made.write(
            f"docs/postmortems/{n % 10}/p{n:05}.md",
            postmortem(f"p{n}.md", facts + ("\nseverity: P9" if n % 7 == 0 else "")),
        )
    return made


class TestManyFiles:
    def test_are_judged_at_once_and_reported_as_one_by_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from mkdocs_postmortem import parallel

        made = archive(tmp_path, 600)
        settings = project.load(start=tmp_path)
        paths = discover(settings.folder_path)
        today = project.as_of_date("2026-11-23")
        monkeypatch.setattr(parallel, "_processors", lambda: 1)
        alone = check_files(paths, paths, settings, today)
        assert (alone.files, alone.judged) == (600, 600)
        assert len(alone.findings) > 80

        started: list[int] = []
        get = parallel.multiprocessing.get_context
        monkeypatch.setattr(parallel.multiprocessing, "get_context", lambda way: started.append(1) or get(way))
        monkeypatch.setattr(parallel, "_processors", lambda: 3)
        monkeypatch.setattr(parallel.threading, "active_count", lambda: 1)
        told: list[int] = []
        together = check_files(paths, paths, settings, today, progress=lambda: told.append(1))
        assert len(started) == 2  # two processes beside this one
        assert together.findings == alone.findings
        assert together.acceptances == alone.acceptances
        assert (together.files, together.judged, len(told)) == (600, 600, 600)
        assert made.run("check", "--no-cache").code == 1

    def test_give_the_same_output_cold_and_remembered(self, tmp_path: Path) -> None:
        made = archive(tmp_path, 300)
        said = [made.run("check", "--format", "json") for _ in range(2)]
        assert said[0] == said[1]
        assert said[0] == made.run("check", "--format", "json", "--no-cache")

    def test_may_be_interrupted_without_a_traceback_and_without_a_damaged_cache(self, tmp_path: Path) -> None:
        made = archive(tmp_path, 3000)
        for delay in (0, 0.004, 0.012, 0.1):  # while processes are being started, and when they work
            process = subprocess.Popen(
                [*PROGRAM, "check"],
                cwd=tmp_path,
                env={**os.environ, **ENVIRONMENT},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            until = time.monotonic() + 1  # where there is one processor, there are none
            while time.monotonic() < until and not (children.exists() and children.read_text().strip()):
                time.sleep(0.002)
            time.sleep(delay)
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everyone in it
            try:
                # A process that stayed behind would keep the pipe open.
                out, err = process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            assert (process.returncode, out, err.strip()) == (130, "", "mkdocs-postmortem: interrupted")
        for path in (made.docs / "postmortems").rglob("p*.md"):
            if int(path.stem[1:]) >= 20:
                path.unlink()
        assert made.run("check", "--format", "json").out == made.run("check", "--format", "json", "--no-cache").out
        assert not list((tmp_path / ".cache").rglob("*.tmp"))

    def test_may_be_checked_twice_at_once(self, tmp_path: Path) -> None:
        made = archive(tmp_path, 300)
        processes = [
            subprocess.Popen(
                [*PROGRAM, "check", "--format", "json"],
                cwd=tmp_path,
                env={**os.environ, **ENVIRONMENT},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        said = [process.communicate(timeout=60) for process in processes]
        assert {process.returncode for process in processes} == {1}
        assert len(set(said)) == 1
        assert said[0][1] == ""
        assert json.loads(said[0][0]) == json.loads(made.run("check", "--format", "json").out)


class TestThePipe:
    @pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
    def test_that_is_closed_early_is_no_error_that_anyone_sees(self, tmp_path: Path, form: str) -> None:
        archive(tmp_path, 20)
        process = subprocess.Popen(
            [*PROGRAM, "check", "--format", form],
            cwd=tmp_path,
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.close()  # as `head` does when it has seen enough, but surely before anything is written
        assert process.stderr is not None
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait() == 1
        assert said in ("", "20 post-mortems: 4 errors\n")

    def test_of_another_encoding_has_signs_for_what_it_cannot_hold(self, tmp_path: Path) -> None:
        site(tmp_path, "docs/\n    postmortems/\n        a.md\n            severity: 重大\n")
        done = subprocess.run(
            [*PROGRAM, "check"],
            cwd=tmp_path,
            env={**os.environ, **ENVIRONMENT, "PYTHONIOENCODING": "latin-1"},
            capture_output=True,
        )
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert b"\\u91cd\\u5927" in done.stdout


class TestTheProgram:
    def test_is_the_same_as_a_module(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN)
        program = Path(sys.executable).with_name("mkdocs-postmortem")
        said = [
            subprocess.run(
                [*call, "check"], cwd=tmp_path, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True
            )
            for call in ([str(program)], PROGRAM)
        ]
        assert said[0].stdout == said[1].stdout == made.run("check").out
        assert said[0].returncode == said[1].returncode == 1

    def test_says_its_version_and_lists_its_commands(self, tmp_path: Path) -> None:
        made = Site(tmp_path)
        from mkdocs_postmortem import __version__

        assert __version__ in made.run("--version").out
        said = made.run("--help").out
        for command in ("init", "new", "check", "explain", "actions", "schema"):
            assert command in said
            assert made.run(command, "--help").code == 0

    def test_refuses_an_unknown_command(self, tmp_path: Path) -> None:
        done = Site(tmp_path).run("chekc")
        assert done.code == 2
        assert "chekc" in done.err

    @pytest.mark.parametrize("options", [[], ["--changed"]])
    def test_imports_nothing_large_for_what_is_fine(self, tmp_path: Path, options: list[str]) -> None:
        """Starting up is part of every check on save."""
        site(tmp_path, ONE)
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        large = {"mkdocs", "material", "jsonschema", "babel", "jinja2", "urllib.request", "http.client", "PIL"}
        script = (
            "import sys\nfrom mkdocs_postmortem.cli import group\n"
            f"try: group(['check', *{options}])\nexcept SystemExit: pass\n"
            f"print(sorted({large} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={**os.environ, **ENVIRONMENT},
            capture_output=True,
            text=True,
        )
        assert done.stdout == "1 post-mortem: nothing to mend\n[]\n", done.stderr
