"""`check --changed`: the files that a branch changes, judged with the whole archive in view."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.support import Done, Site, postmortem, site
from tests.reading.repository import Repository

NOON = "2026-11-20T12:00Z"
FOLDER = "docs/postmortems"
WRONG = postmortem("x.md", "severity: P9")
RIGHT = postmortem("x.md")


class Branch(Repository):
    """A clone of a repository with two faulty post-mortems on `main`, on a branch of its own."""

    def __init__(self, root: Path) -> None:
        first = Repository(root / "origin")
        first.commit(NOON, {"old.md": WRONG, "other.md": WRONG}, folder=FOLDER)
        subprocess.run(["git", "clone", "-q", str(first.root), str(root / "clone")], check=True)
        super().__init__(root / "clone")
        self.git("checkout", "-q", "-b", "topic")
        self.origin = first
        self.site = Site(self.root)

    def checked(self, *options: str, folder: Path | None = None, **env: str | None) -> list[str]:
        """The files that `check --changed` finds something in; its form and its count agree on how many it read."""
        done = self.site.run("check", "--changed", *options, "--format", "json", folder=folder, **env)
        assert "Traceback" not in done.err
        assert done.code in (0, 1), done.said
        return sorted({row["path"].removeprefix(f"{FOLDER}/") for row in json.loads(done.out)})


@pytest.fixture
def branch(tmp_path: Path) -> Branch:
    return Branch(tmp_path)


def refused(done: Done, *words: str) -> None:
    assert done.code == 2, done.said
    assert done.out == ""
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


class TestWhatCounts:
    def test_nothing_where_nothing_changed(self, branch: Branch) -> None:
        assert branch.checked() == []
        assert branch.site.run("check", "--changed") == Done(0, "0 post-mortems: nothing to mend\n", "")
        assert "2 post-mortems: 2 errors" in branch.site.run("check").out

    def test_what_the_branch_committed_what_is_staged_what_is_not_and_what_git_does_not_know(
        self, branch: Branch
    ) -> None:
        branch.commit(NOON, {"committed.md": WRONG})
        branch.write("staged.md", WRONG)
        branch.git("add", "--all")
        branch.write("old.md", WRONG + "\nMore.\n")
        branch.write("2026/untracked.md", WRONG)
        assert branch.checked() == ["2026/untracked.md", "committed.md", "old.md", "staged.md"]

    def test_not_what_is_ignored_or_gone(self, branch: Branch) -> None:
        branch.write(".gitignore", "scratch*.md\n")
        branch.write("scratch.md", WRONG)
        (branch.root / FOLDER / "old.md").unlink()
        assert branch.checked() == []

    def test_what_is_staged_for_removal_and_there_all_the_same(self, branch: Branch) -> None:
        branch.git("rm", "-q", "--cached", f"{FOLDER}/old.md")
        assert branch.checked() == ["old.md"]

    def test_a_file_that_moved_under_its_new_name(self, branch: Branch) -> None:
        branch.move("old.md", "2025/new.md")
        assert branch.checked() == ["2025/new.md"]

    def test_not_what_happened_on_the_other_side_since_the_branch_was_left(self, branch: Branch) -> None:
        branch.commit(NOON, {"mine.md": WRONG})
        branch.origin.commit(NOON, {"other.md": WRONG + "\nMore.\n", "theirs.md": WRONG})
        branch.git("fetch", "-q")
        assert branch.checked() == ["mine.md"]
        branch.git("merge", "-q", "origin/main", "-m", "x")
        assert branch.checked() == ["mine.md"]

    def test_since_another_branch_or_commit_that_is_named(self, branch: Branch) -> None:
        first = branch.commit(NOON, {"one.md": WRONG})
        branch.commit(NOON, {"two.md": WRONG})
        assert branch.checked() == ["one.md", "two.md"]
        assert branch.checked("--since", first) == ["two.md"]
        assert branch.checked("--since", "HEAD") == []
        branch.git("tag", "-a", "-m", "x", "v1", first)
        assert branch.checked("--since", "v1") == ["two.md"]

    def test_since_the_last_commit_where_there_is_no_other_side(self, tmp_path: Path) -> None:
        made = Repository(tmp_path)
        made.commit(NOON, {"old.md": WRONG})
        made.write("new.md", WRONG)
        done = Site(tmp_path).run("check", "--changed", "-q")
        assert [line.partition(":")[0] for line in done.lines("PM106")] == [f"{FOLDER}/new.md"]

    def test_everything_in_a_repository_without_a_commit(self, tmp_path: Path) -> None:
        made = Repository(tmp_path)
        made.write("staged.md", WRONG)
        made.git("add", "--all")
        made.write("new.md", WRONG)
        assert "2 post-mortems: 2 errors" in Site(tmp_path).run("check", "--changed").out

    def test_only_post_mortems_among_it(self, branch: Branch) -> None:
        branch.write("index.md", "x")
        branch.write("README.md", "x", folder=".")
        branch.write("guide.md", "x", folder="docs")
        assert branch.checked() == []

    def test_only_below_the_paths_that_are_named_too(self, branch: Branch) -> None:
        branch.write("2025/a.md", WRONG)
        branch.write("2026/b.md", WRONG)
        assert branch.checked(f"{FOLDER}/2026") == ["2026/b.md"]
        assert branch.checked(f"{FOLDER}/2026/b.md", f"{FOLDER}/old.md") == ["2026/b.md"]

    @pytest.mark.parametrize("name", ["größer als üblich.md", "a\nb.md", "-q.md", "$(touch x).md", "決済.md"])
    def test_under_any_name(self, branch: Branch, name: str) -> None:
        branch.write(name, WRONG)
        assert branch.checked() == [name]
        branch.commit(NOON)
        assert branch.checked() == [name]

    def test_wherever_one_stands_and_wherever_the_project_is_in_the_repository(self, branch: Branch) -> None:
        inner = branch.root / "wiki"
        site(inner, "postmortem.yml\n    wiki: {title: x}\n")
        branch.write("deep.md", WRONG, folder=f"wiki/{FOLDER}")
        branch.write("outer.md", WRONG)
        for folder in (inner, inner / "docs"):
            assert branch.checked(folder=folder) == ["deep.md"]
        branch.commit(NOON)
        assert branch.checked(folder=inner) == ["deep.md"]
        assert branch.checked() == ["outer.md"]

    def test_through_a_folder_that_is_a_link(self, branch: Branch) -> None:
        (branch.root / FOLDER).rename(branch.root / "elsewhere")
        (branch.root / FOLDER).symlink_to("../elsewhere")
        branch.commit(NOON)
        branch.git("update-ref", "refs/remotes/origin/main", "HEAD")
        assert branch.checked() == []
        branch.write("new.md", WRONG, folder="elsewhere")
        assert branch.checked() == ["new.md"]


class TestTheArchiveIsInView:
    def test_for_ids_that_stand_twice_and_relations_that_lead_somewhere(self, branch: Branch) -> None:
        branch.commit(
            NOON,
            {
                "known.md": postmortem("known.md", "id: PM-1"),
                "twin.md": postmortem("twin.md", "id: PM-2\nrelated: [PM-404]"),
            },
        )
        branch.git("update-ref", "refs/remotes/origin/main", "HEAD")
        branch.write("new.md", postmortem("new.md", "id: PM-2\nrelated: [PM-1]"))
        rows = json.loads(branch.site.run("check", "--changed", "--format", "json").out)
        assert [(row["path"], row["code"]) for row in rows] == [(f"{FOLDER}/new.md", "PM110")]
        assert "twin.md" in rows[0]["message"]
        branch.write("new.md", postmortem("new.md", "id: PM-3\nrelated: [PM-1]"))
        assert branch.checked() == []

    def test_as_a_check_of_everything_finds_it_in_these_files(self, branch: Branch) -> None:
        branch.write("new.md", postmortem("new.md", "id: old\nrelated: [nowhere]\nseverity: P9"))
        mine = json.loads(branch.site.run("check", "--changed", "--format", "json").out)
        every = json.loads(branch.site.run("check", "--format", "json").out)
        assert mine == [row for row in every if row["path"].endswith("/new.md")]
        assert {row["code"] for row in mine} == {"PM106", "PM110", "PM111"}

    def test_and_what_is_remembered_of_other_files_stays(self, branch: Branch) -> None:
        branch.site.run("check")
        branch.write("new.md", WRONG)
        assert branch.checked() == ["new.md"]
        assert "3 post-mortems: 3 errors" in branch.site.run("check").out

    def test_and_the_register_of_incidents_is_judged_where_it_changed(self, branch: Branch) -> None:
        branch.write("incidents.yml", "- {id: INC-1, title: x, severity: P0, date: 2026-01-02}\n", folder=".")
        assert branch.checked() == ["incidents.yml"]
        branch.commit(NOON)
        branch.git("update-ref", "refs/remotes/origin/main", "HEAD")
        branch.write("new.md", RIGHT)
        assert branch.checked() == []


class TestWhatCannotBeKnown:
    def test_without_git(self, branch: Branch) -> None:
        refused(branch.site.run("check", "--changed", PATH="/nonexistent"), "git cannot be run", "leave out --changed")

    def test_without_a_repository(self, tmp_path: Path) -> None:
        made = site(tmp_path, "docs/\n    postmortems/\n        a.md\n")
        done = made.run("check", "--changed", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
        refused(done, "not a git repository", "name the files to check")

    @pytest.mark.parametrize(
        "ref", ["nonsense", "--output=pwned", "--since=yesterday", "-x", "", " ", "origin/main; touch pwned", "HEAD~99"]
    )
    def test_since_what_is_not_there(self, branch: Branch, ref: str) -> None:
        refused(branch.site.run("check", "--changed", f"--since={ref}"), "--since: ", "no branch ")
        assert not list(branch.root.glob("*pwned*"))

    def test_since_without_changed(self, branch: Branch) -> None:
        refused(branch.site.run("check", "--since", "HEAD"), "--changed --since REF")

    def test_since_a_branch_without_a_common_commit(self, branch: Branch) -> None:
        branch.git("checkout", "-q", "--orphan", "alone")
        branch.commit(NOON, {"old.md": RIGHT})
        refused(branch.site.run("check", "--changed", "--since", "origin/main"), "no commit in common")

    @pytest.mark.parametrize("env", [{}, {"GITHUB_BASE_REF": "main"}, {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}])
    def test_in_what_hosts_check_out_by_default(self, branch: Branch, tmp_path: Path, env: dict[str, str]) -> None:
        """One commit of a request, and no branch beside it: nothing tells what changed."""
        branch.commit(NOON, {"new.md": WRONG}, folder=FOLDER)
        shallow = tmp_path / "shallow"
        subprocess.run(
            ["git", "clone", "-q", "--depth=1", "-b", "topic", f"file://{branch.root}", str(shallow)], check=True
        )
        subprocess.run(["git", "-C", str(shallow), "remote", "set-head", "origin", "-d"], check=False)
        done = Site(shallow).run("check", "--changed", **env)
        refused(done, "shallow clone without the main branch", "fetch-depth: 0")

    def test_the_branch_that_a_host_names_is_the_base(self, branch: Branch) -> None:
        branch.origin.git("branch", "release")
        branch.git("fetch", "-q")
        branch.commit(NOON, {"new.md": WRONG}, folder=FOLDER)
        for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"):
            assert branch.checked(**{name: "release"}) == ["new.md"]
            assert branch.checked(**{name: "no-such"}) == ["new.md"]

    def test_in_a_shallow_clone_that_lacks_it(self, tmp_path: Path) -> None:
        first = Repository(tmp_path / "origin")
        first.commit(NOON, {"old.md": WRONG})
        first.git("checkout", "-q", "-b", "topic")
        first.commit(NOON, {"new.md": WRONG})
        first.git("checkout", "-q", "main")
        first.commit(NOON, {"later.md": WRONG})
        shallow = tmp_path / "shallow"
        address = f"file://{first.root}"
        subprocess.run(
            ["git", "clone", "-q", "--depth=1", "--no-single-branch", "-b", "topic", address, shallow], check=True
        )
        refused(Site(shallow).run("check", "--changed"), "shallow clone", "fetch-depth: 0", "git fetch --unshallow")
        subprocess.run(["git", "-C", shallow, "fetch", "-q", "--unshallow"], check=True)
        assert Site(shallow).run("check", "--changed").lines("PM106")[0].startswith(f"{FOLDER}/new.md:")
