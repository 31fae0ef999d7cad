"""The hooks for pre-commit, installed and run by the real one, in a real repository.

Its environment is made and our package built and installed into it as for everybody; only what we
depend on is lent from the environment of the tests instead of being downloaded a second time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml
from pre_commit.clientlib import load_config, load_manifest

from tests.plugin.support import ENVIRONMENT, Site, postmortem, site
from tests.reading.repository import Repository

ROOT = Path(__file__).parents[2]
NOON = "2026-11-20T12:00Z"
WRONG = postmortem("x.md", "severity: P9")
RIGHT = postmortem("x.md")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A repository that holds our package as it is now: its path, and its commit."""
    made = Repository(tmp_path_factory.mktemp("hooks"))
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, made.root / name)
    for name in ("mkdocs_postmortem", "schema"):
        shutil.copytree(ROOT / name, made.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return str(made.root), made.commit(NOON)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its environments: one serves every test of this file."""
    return tmp_path_factory.mktemp("pre-commit")


class Project(Repository):
    """A repository with hooks, in which git runs them."""

    def __init__(self, root: Path, home: Path) -> None:
        super().__init__(root)
        self.home = home

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        tools = Path(sys.executable).parent
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))},
            **ENVIRONMENT,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "PRE_COMMIT_HOME": str(self.home),
            "PYTHONPATH": sysconfig.get_path("purelib"),  # what we depend on
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # which to pip means that there is none
            "GIT_AUTHOR_NAME": "Writer", "GIT_AUTHOR_EMAIL": "writer@example.com",
            "GIT_COMMITTER_NAME": "Writer", "GIT_COMMITTER_EMAIL": "writer@example.com",
            "GIT_CONFIG_NOSYSTEM": "1",
        }  # fmt: skip
        return subprocess.run(
            command, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def install(self, config: str) -> None:
        self.write(".pre-commit-config.yaml", config, folder=".")
        done = self.call("pre-commit", "install")
        assert done.returncode == 0, done.stdout

    def committed(self, *, add: bool = True) -> tuple[bool, str]:
        """Whether a commit of everything succeeds, and what is said."""
        if add:
            self.git("add", "--all")
        done = self.call("git", "commit", "-m", "A change")
        return done.returncode == 0, done.stdout


def config(hooks: tuple[str, str], *ids: str, **more: object) -> str:
    repository, revision = hooks
    wanted = [{"id": name, **more} for name in ids]
    return yaml.safe_dump({"repos": [{"repo": repository, "rev": revision, "hooks": wanted}]})


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Project:
    made = Project(tmp_path / "a project", home)
    site(made.root, "docs/\n    postmortems/\n        old.md\n            severity: P9\n        other.md\n")
    made.commit(NOON)
    return made


def test_the_manifest_is_valid_and_names_post_mortems_alone() -> None:
    hooks = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [hook["id"] for hook in hooks] == ["check-postmortems", "check-public-postmortems"]


@pytest.mark.slow
class TestTheHooksOfThisRepository:
    def test_let_a_good_commit_through_and_stop_a_bad_one(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-postmortems"))
        project.write("2026/Größe der Queue.md", RIGHT)
        passed, said = project.committed()
        assert passed, said
        assert "check post-mortems...." in said
        assert "Passed" in said

        project.write("2026/Größe der Queue.md", WRONG)
        project.write("2026/second.md", RIGHT)
        passed, said = project.committed()
        assert not passed
        assert "docs/postmortems/2026/Größe der Queue.md:4:11: error PM106" in said
        assert "2 post-mortems: 1 error" in said  # what this commit holds, and not old.md
        assert project.git("log", "--format=%s") == "A change\nA change"

        project.write("2026/Größe der Queue.md", RIGHT + "\nMore.\n")
        assert project.committed()[0]

    def test_look_at_what_is_committed_and_not_at_what_is_not(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-postmortems"))
        project.write("new.md", RIGHT)
        project.git("add", "--all")
        project.write("new.md", WRONG)
        passed, said = project.committed(add=False)
        assert passed, said
        assert (project.root / "docs/postmortems/new.md").read_text() == WRONG

    def test_know_the_rest_of_the_archive(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-postmortems"))
        project.write("new.md", postmortem("new.md", "id: other\nrelated: [old]"))
        passed, said = project.committed()
        assert not passed
        assert "PM110" in said
        assert "PM111" not in said

    def test_pass_other_files_over(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-postmortems"))
        project.write("README.md", "# Home\n", folder=".")
        project.write("graph.png", "x")
        project.write("index.md", "x: y\n")
        passed, said = project.committed()
        assert passed, said

    def test_look_where_they_are_told_to(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-postmortems", files="^incidents/"))
        project.write("postmortem.yml", "postmortems: incidents\n", folder=".")
        project.write("a.md", WRONG, folder="incidents")
        passed, said = project.committed()
        assert not passed
        assert "incidents/a.md:4:11: error PM106" in said

    def test_stop_a_public_version_that_is_not_current(self, project: Project, hooks: tuple[str, str]) -> None:
        project.install(config(hooks, "check-public-postmortems"))
        made = Site(project.root)
        made.write("redaction.yml", "sections: [Impact]\npeople: [{handle: maria, names: [Maria Lopez]}]\n")
        public = "external: {slug: checkout-errors, title: Checkout errors, sections: [Impact]}"
        project.write("new.md", postmortem("new.md", public).replace("@wei", "@maria"))
        passed, said = project.committed()
        assert not passed
        assert "check public versions of post-mortems" in said
        assert made.run("redact").code == 0, made.run("redact").said
        passed, said = project.committed()
        assert passed, said


def test_what_init_writes_lets_a_good_commit_through_and_stops_a_bad_one(tmp_path: Path, home: Path) -> None:
    made = Project(tmp_path, home)
    assert Site(tmp_path).run("init").code == 0
    load_config(str(tmp_path / ".pre-commit-config.yaml"))
    made.install((tmp_path / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    made.write("a b.md", RIGHT)
    passed, said = made.committed()
    assert passed, said
    made.write("a b.md", WRONG)
    passed, said = made.committed()
    assert not passed
    assert "docs/postmortems/a b.md:4:11: error PM106" in said
