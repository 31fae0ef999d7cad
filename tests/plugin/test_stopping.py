"""When a build stops, and what it says: one clear sentence with a place, never a traceback, nothing half-written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.plugin.support import Done, Site, postmortem, site

ONE = "docs/\n    postmortems/\n        checkout.md\n"
BROKEN = "docs/\n    postmortems/\n        checkout.md\n            severity: P9\n"
DOUBTFUL = "docs/\n    postmortems/\n        checkout.md\n            severty: P1\n"
PLACE = re.compile(r"docs/postmortems/[\w-]+\.md:\d+:\d+: PM\d{3} ")


def refused(made: Site, *options: str) -> Done:
    """A build that stops with exit code 1, without a traceback and without a page."""
    done = made.build(*options)
    assert done.code == 1, done.said
    assert "Traceback" not in done.said
    assert not made.built.exists() or list(made.built.iterdir()) == []
    return done


def reason(done: Done) -> str:
    """What the build says it stopped for, on one line."""
    return " ".join(done.err.partition("ERROR   -  ")[2].split())


class TestAnErrorInAPostMortem:
    @pytest.mark.parametrize("options", [(), ("--quiet",), ("--quiet", "--strict"), ("--strict",), ("--verbose",)])
    def test_stops_the_build_however_it_is_called(self, tmp_path: Path, options: tuple[str, ...]) -> None:
        done = refused(site(tmp_path, BROKEN), *options)
        assert len(done.lines("PM106")) == 1
        assert PLACE.search(done.lines("PM106")[0])
        assert "1 error in post-mortems; `mkdocs-postmortem check` shows them" in done.said

    def test_is_told_where_it_stands_and_how_to_mend_it(self, tmp_path: Path) -> None:
        line = refused(site(tmp_path, BROKEN)).lines("PM106")[0]
        text = (tmp_path / "docs/postmortems/checkout.md").read_text().splitlines()
        number = text.index("severity: P9") + 1
        assert f"docs/postmortems/checkout.md:{number}:11: PM106" in line
        assert "P9" in line
        assert "P0" in line  # what is allowed

    def test_leaves_no_site_of_yesterday_that_looks_like_todays(self, tmp_path: Path) -> None:
        made = site(tmp_path, ONE)
        assert made.build().code == 0
        made.write("docs/postmortems/checkout.md", "---\nstatus: nonsense\n---\n")
        refused(made)

    def test_is_counted_with_all_others(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN + "        slow.md\n            started_at: yesterday\n")
        done = refused(made)
        assert "errors in post-mortems" in done.said
        assert {match[0].partition(":")[0] for line in done.lines("PM1") if (match := PLACE.search(line))} == {
            "docs/postmortems/checkout.md",
            "docs/postmortems/slow.md",
        }

    def test_is_the_same_that_check_finds(self, tmp_path: Path) -> None:
        made = site(tmp_path, BROKEN + "        slow.md\n            started_at: yesterday\n")
        told = {match[0] for line in made.build().lines("PM") if (match := PLACE.search(line))}
        checked = {
            f"{match[1]}: {match[2]} "
            for line in made.run("check").lines(" PM")
            if (match := re.match(r"(\S+:\d+:\d+): \w+ (PM\d+)", line))
        }
        assert told == checked

    def test_that_is_switched_off_is_none(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    rules: {PM106: off}\n" + BROKEN)
        assert made.build("--strict").code == 0

    def test_in_a_file_that_is_excluded_is_none(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    exclude_docs: checkout.md\n" + BROKEN)
        assert made.build("--strict").code == 0


class TestAWarning:
    def test_is_told_and_does_not_stop_the_build(self, tmp_path: Path) -> None:
        done = site(tmp_path, DOUBTFUL).build()
        assert done.code == 0
        (line,) = done.lines("PM105")
        assert line.startswith("WARNING")
        assert PLACE.search(line)
        assert "did you mean severity?" in line

    def test_stops_a_strict_build(self, tmp_path: Path) -> None:
        done = site(tmp_path, DOUBTFUL).build("--strict")
        assert done.code == 1
        assert "Aborted with 1 warnings in strict mode!" in done.said

    def test_is_told_by_every_build_though_it_is_remembered(self, tmp_path: Path) -> None:
        made = site(tmp_path, DOUBTFUL)
        said = [made.build().lines("PM105") for _ in range(3)]
        assert said[0] == said[1] == said[2]
        assert len(said[0]) == 1
        assert made.build("--strict").code == 1

    def test_that_was_accepted_in_place_is_none(self, tmp_path: Path) -> None:
        made = site(tmp_path, DOUBTFUL.rstrip() + "  # postmortem: accept PM105 the importer writes it\n")
        assert made.build("--strict").code == 0


class TestANote:
    def test_is_not_told_by_a_build(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    rules: {PM105: info}\n" + DOUBTFUL)
        done = made.build("--strict")
        assert (done.code, done.lines("PM105")) == (0, [])
        assert len(made.run("check").lines("PM105")) == 1


class TestAPageThatTheUserHasAlready:
    @pytest.mark.parametrize(
        "name",
        [
            "postmortems/index.md",
            "postmortems/severity/p1.md",
            "postmortems/action-items/index.md",
            "postmortems/postmortems.json",
            "postmortems/action-items.csv",
            "assets/postmortem/postmortem.css",
        ],
    )
    def test_is_theirs_and_one_clear_error(self, tmp_path: Path, name: str) -> None:
        made = site(tmp_path, ONE)
        made.write(f"docs/{name}", "# Mine\n")
        done = refused(made)
        said = reason(done)
        assert said.startswith(f"postmortem: `{name}` is generated, and `docs/{name}` has its address")
        assert "rename yours" in said
        assert (made.docs / name).read_text() == "# Mine\n"

    @pytest.mark.parametrize(
        ("yours", "ours"),
        [
            ("postmortems/README.md", "postmortems/index.md"),
            ("postmortems/severity/p1/index.md", "postmortems/severity/p1.md"),
            ("postmortems/action-items/README.md", "postmortems/action-items/index.md"),
        ],
    )
    def test_is_an_error_where_only_the_address_is_the_same(self, tmp_path: Path, yours: str, ours: str) -> None:
        made = site(tmp_path, ONE)
        made.write(f"docs/{yours}", "# Mine\n")
        assert reason(refused(made)).startswith(
            f"postmortem: `{ours}` is generated, and `docs/{yours}` has its address"
        )

    def test_is_no_error_where_the_user_excluded_it(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    exclude_docs: /postmortems/README.md\n" + ONE)
        made.write("docs/postmortems/README.md", "# For GitHub\n")
        assert made.build("--strict").code == 0
        assert "For GitHub" not in made.text("postmortems/index.html")


class TestTheConfiguration:
    def test_of_a_folder_outside_the_docs_is_an_error_that_says_so(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    postmortems: incidents\nincidents/\n")
        said = reason(refused(made))
        assert said.startswith("postmortem: the folder `incidents` is not inside docs_dir (docs/)")
        assert "set `postmortems:` in postmortem.yml" in said

    @pytest.mark.parametrize("folder", ["../elsewhere", "docs/../../elsewhere"])
    def test_of_a_folder_outside_the_project_is_an_error_with_its_line(self, tmp_path: Path, folder: str) -> None:
        made = site(tmp_path, f"postmortem.yml\n    # ours\n    postmortems: {folder}\n")
        assert "postmortem: postmortem.yml:2:14: postmortems: the path leads out of the project" in refused(made).said

    def test_of_the_public_site_never_reads_the_sources_of_the_wiki(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    plugins: [{postmortem: {audience: external}}]\n" + ONE)
        assert "`docs_dir` is not inside external/: the public build reads nothing else" in refused(made).said

    def test_of_an_unknown_audience_is_refused_by_name(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    plugins: [{postmortem: {audience: public}}]\n" + ONE)
        assert "'internal', 'external'" in refused(made).said

    def test_may_be_elsewhere(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    plugins: [{postmortem: {config: settings/pm.yml}}]\n")
        made.write("settings/pm.yml", "wiki: {title: Incidents}\npostmortems: docs\n")
        done = refused(made)  # paths in it are relative to it
        assert "not inside docs_dir" in done.said

    def test_may_have_another_name(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    plugins: [{postmortem: {config: pm.yml}}]\n" + ONE)
        made.write("pm.yml", "wiki: {title: Incidents}\n")
        made.write("postmortem.yml", "wiki: {title: Not this one}\n")
        assert made.build("--strict").code == 0
        assert made.page("postmortems/index.html").title.startswith("Incidents")

    def test_that_is_named_and_missing_is_an_error(self, tmp_path: Path) -> None:
        made = site(tmp_path, "mkdocs.yml\n    plugins: [{postmortem: {config: pm.yml}}]\n" + ONE)
        done = refused(made)
        assert "pm.yml: cannot be read: No such file or directory" in done.said

    def test_with_a_mistake_is_an_error_with_its_place(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    wiki:\n      titel: Incidents\n" + ONE)
        done = refused(made)
        assert re.search(r"postmortem\.yml:2:3: .*titel", done.said)
        assert "title" in done.said.partition("titel")[2]

    def test_with_a_schema_that_is_broken_names_the_schema(self, tmp_path: Path) -> None:
        made = site(tmp_path, "postmortem.yml\n    schema: team.json\nteam.json\n    {]\n" + ONE)
        assert "team.json:1:2: is not JSON" in refused(made).said

    def test_of_a_day_that_cannot_be_read_is_an_error(self, tmp_path: Path) -> None:
        done = site(tmp_path, ONE).build(SOURCE_DATE_EPOCH="yesterday")
        assert done.code == 1
        assert "SOURCE_DATE_EPOCH" in done.said

    def test_is_found_from_any_folder_the_build_is_started_in(self, tmp_path: Path) -> None:
        made = site(tmp_path / "wiki", "postmortem.yml\n    wiki: {title: Incidents}\n" + ONE)
        starting = Site(tmp_path)
        assert starting.build("--strict", "-f", "wiki/mkdocs.yml").code == 0
        assert made.page("postmortems/index.html").title.startswith("Incidents")


BOMB = (
    "---\na: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "---\n\n# Bomb\n"
)


class TestABrokenFile:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"---\ntitle: caf\xe9\n---\n\n# T\n", "PM100"),
            (b"# T\n\nx\0y\n", "PM100"),
            (b"\xff\xfe#\0 \0T\0", "PM100"),
            (b"x" * 10_000_000, "PM100"),
            (BOMB.encode(), "PM104"),
            (b"---\n" + b"[" * 100_000 + b"\n---\n", "PM104"),
            (b"---\ntitle: x\n", "PM101"),
            (b"---\n- a\n- b\n---\n\n# T\n", "PM101"),
            (b"---\ntitle: a\ntitle: b\n---\n\n# T\n", "PM103"),
            (b"---\ntitle: !!python/object/apply:os.system [id]\n---\n\n# T\n", "PM104"),
        ],
        ids=["latin-1", "nul", "utf-16", "10-mb", "aliases", "deep", "open", "list", "twice", "tag"],
    )
    @pytest.mark.parametrize("way", ["build", "check"])
    def test_is_a_finding_with_its_place_and_exit_code_1(
        self, tmp_path: Path, content: bytes, code: str, way: str
    ) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n        fine.md\n")
        made.write("docs/postmortems/broken.md", content)
        done = made.build() if way == "build" else made.run("check")
        assert done.code == 1, done.said
        assert "Traceback" not in done.said
        assert re.search(rf"docs/postmortems/broken\.md:\d+:\d+: (error )?{code} ", done.said)
        assert "fine.md" not in done.said
        assert len(done.said) < 5000

    @pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"], ids=["empty", "blank", "mark"])
    def test_that_is_empty_is_a_draft_nobody_has_begun(self, tmp_path: Path, content: bytes) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n        fine.md\n")
        made.write("docs/postmortems/broken.md", content)
        for done in (made.build(), made.run("check")):
            assert done.code == 0
            assert re.search(r"docs/postmortems/broken\.md:1:1: (warning )?PM210 ", done.said)
        assert made.build("--strict").code == 1
        assert made.run("check", "--strict").code == 1

    @pytest.mark.parametrize("way", ["build", "check"])
    def test_that_is_a_link_out_of_the_project_is_not_followed(self, tmp_path: Path, way: str) -> None:
        made = site(tmp_path / "wiki", ONE)
        secret = tmp_path / "secret.md"
        secret.write_text(postmortem("secret.md", "services: [hidden-service]"))
        os.symlink(secret, made.docs / "postmortems/linked.md")
        done = made.build() if way == "build" else made.run("check")
        assert done.code == 1
        assert "docs/postmortems/linked.md:1:1:" in done.said
        assert "is a link that leads out of the project" in done.said
        assert "hidden-service" not in done.said
        assert not made.built.exists() or "hidden-service" not in str(made.pages())

    @pytest.mark.parametrize("way", ["build", "check"])
    def test_that_is_a_link_to_nowhere_is_a_finding_or_passed_over(self, tmp_path: Path, way: str) -> None:
        made = site(tmp_path, ONE)
        os.symlink("nowhere.md", made.docs / "postmortems/dangling.md")
        done = made.build() if way == "build" else made.run("check")
        assert done.code in (0, 1)
        assert "Traceback" not in done.said
