"""`init` sets up a repository that works at once, and never overwrites a file."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from mkdocs_postmortem import checking, schemas, settings
from mkdocs_postmortem.reading import Reader, discover
from mkdocs_postmortem.scaffold.init import init
from mkdocs_postmortem.settings import ConfigError

FILES = {
    ".github/CODEOWNERS",
    ".github/workflows/postmortems.yml",
    ".gitattributes",
    ".gitignore",
    ".postmortem/incidents.schema.json",
    ".postmortem/language.schema.json",
    ".postmortem/postmortem.schema.json",
    ".postmortem/problem-matcher.json",
    ".postmortem/redaction.schema.json",
    ".postmortem/release.schema.json",
    ".postmortem/settings.schema.json",
    ".pre-commit-config.yaml",
    ".vscode/postmortem.code-snippets",
    ".vscode/settings.json",
    ".vscode/tasks.json",
    "docs/index.md",
    "docs/postmortems/.gitkeep",
    "external/docs/index.md",
    "mkdocs.external.yml",
    "mkdocs.yml",
    "postmortem.yml",
    "redaction.yml",
}


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def yaml_of(path: Path) -> dict[str, object]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


class TestAnEmptyFolder:
    def test_gets_everything(self, tmp_path: Path) -> None:
        outcomes = init(tmp_path)
        assert set(tree(tmp_path)) == FILES
        assert {outcome.path.relative_to(tmp_path).as_posix() for outcome in outcomes} == FILES
        assert {outcome.state for outcome in outcomes} == {"written"}

    def test_has_settings_that_are_read_without_complaint(self, tmp_path: Path) -> None:
        init(tmp_path)
        loaded = settings.load(start=tmp_path)
        assert loaded.path == tmp_path.resolve() / "postmortem.yml"
        assert loaded.folder == "docs/postmortems"
        assert loaded.severities == settings.DEFAULT_SEVERITIES

    def test_has_settings_whose_commented_keys_are_right_as_well(self, tmp_path: Path) -> None:
        init(tmp_path)
        path = tmp_path / "postmortem.yml"
        lines = path.read_text(encoding="utf-8").split("\n")
        keys = [number for number, line in enumerate(lines) if re.match(r"# [a-z_]+:(?: |$)", line)]
        for number in keys:
            block = [lines[number][2:]]
            for line in lines[number + 1 :]:
                if not re.match(r"#  ", line):
                    break
                block.append(line[2:])
            values = yaml.safe_load("\n".join(block))
            assert schemas.explain_data("settings", values) == []
        assert len(keys) >= 9

    def test_has_settings_that_an_editor_completes_without_a_network(self, tmp_path: Path) -> None:
        init(tmp_path)
        first = (tmp_path / "postmortem.yml").read_text(encoding="utf-8").split("\n", 1)[0]
        match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert match is not None
        schema = json.loads((tmp_path / match[1]).read_text(encoding="utf-8"))
        assert schema == schemas.load("settings")

    def test_passes_the_check(self, tmp_path: Path) -> None:
        init(tmp_path)
        loaded = settings.load(start=tmp_path)
        paths = discover(loaded.folder_path)
        records = Reader(loaded).read_all(paths)
        report = checking.check_records(records, loaded, settings.as_of_date("2026-11-04"))
        assert paths == []
        assert report.findings == []

    @pytest.mark.slow
    def test_builds_strictly_at_once(self, tmp_path: Path) -> None:
        init(tmp_path, site_name="Acme: incidents # 1")
        subprocess.run([sys.executable, "-m", "mkdocs", "build", "--strict"], cwd=tmp_path, check=True)
        assert "Acme: incidents # 1" in (tmp_path / "site/index.html").read_text(encoding="utf-8")
        assert (tmp_path / "site/postmortems/index.html").is_file()


class TestTheInternalSite:
    def test_asks_nothing_of_other_servers(self, tmp_path: Path) -> None:
        init(tmp_path)
        theme = yaml_of(tmp_path / "mkdocs.yml")["theme"]
        assert isinstance(theme, dict)
        assert theme["font"] is False

    def test_has_search_and_our_plugin(self, tmp_path: Path) -> None:
        init(tmp_path)
        assert yaml_of(tmp_path / "mkdocs.yml")["plugins"] == ["search", "postmortem"]

    @pytest.mark.parametrize("name", ["Acme: # 1", "- x", "yes", "{{ x }}", '"', "Größe 🔥", " a\nb ", "a\ud800b\x00"])
    def test_has_any_name(self, tmp_path: Path, name: str) -> None:
        init(tmp_path, site_name=name)
        expected = " ".join(name.replace("\ud800", " ").replace("\x00", " ").split())
        for config in ("mkdocs.yml", "mkdocs.external.yml"):
            assert yaml_of(tmp_path / config)["site_name"] == expected


class TestThePublicSite:
    def test_stands_alone(self, tmp_path: Path) -> None:
        init(tmp_path)
        config = yaml_of(tmp_path / "mkdocs.external.yml")
        assert "INHERIT" not in config
        assert config["docs_dir"] == "external/docs"
        assert config["site_dir"] != "site"
        assert config["plugins"] == ["search", {"postmortem": {"audience": "external"}}]

    def test_does_not_take_releases_for_pages(self, tmp_path: Path) -> None:
        init(tmp_path)
        docs = tmp_path / str(yaml_of(tmp_path / "mkdocs.external.yml")["docs_dir"])
        assert not (tmp_path / "external/releases").is_relative_to(docs)

    def test_lets_nothing_leave_until_somebody_says_so(self, tmp_path: Path) -> None:
        init(tmp_path)
        policy = yaml_of(tmp_path / "redaction.yml")
        assert policy["sections"] == policy["facts"] == policy["hosts"] == []
        assert policy["approvals"] == {
            "always": ["technical", "communications"],
            "security": ["legal"],
            "P0": ["executive"],
        }


class TestTheHouseAroundIt:
    @pytest.mark.parametrize("whose", ["what init writes", "this repository's"])
    def test_a_site_that_nobody_let_through_is_never_committed(self, tmp_path: Path, whose: str) -> None:
        """After a kill it stays beside the site's place until the next build."""
        init(tmp_path)
        if whose != "what init writes":
            for name in (".gitignore", ".gitattributes"):
                shutil.copy(Path(__file__).parents[2] / name, tmp_path / name)
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        for name in ("site-external/x", ".site-external.building-ab12/x", ".site-external.before/x", "external/docs/x"):
            found = subprocess.run(["git", "check-ignore", "-q", name], cwd=tmp_path, check=False)
            assert (found.returncode == 0) is ("site" in name), name
        for name in ("external/releases/a/index.md", "external/docs/a.svg"):
            call = ["git", "check-attr", "text", name]
            said = subprocess.run(call, cwd=tmp_path, check=True, capture_output=True, text=True)
            assert said.stdout.strip().endswith("text: unset")

    def test_the_workflow_checks_and_builds_with_the_history(self, tmp_path: Path) -> None:
        init(tmp_path)
        job = yaml_of(tmp_path / ".github/workflows/postmortems.yml")["jobs"]["check"]  # type: ignore[index]
        runs = [step["run"] for step in job["steps"] if "run" in step]
        assert runs == [
            "pip install mkdocs-postmortem",
            "mkdocs-postmortem check --format github",
            'mkdocs-postmortem comment --print >> "$GITHUB_STEP_SUMMARY"\nmkdocs-postmortem comment\n',
            "mkdocs build --strict",
            "mkdocs-postmortem redact --check",
            "mkdocs build --strict -f mkdocs.external.yml",
        ]
        assert job["steps"][0]["with"]["fetch-depth"] == 0

    def test_the_hook_looks_at_post_mortems_only(self, tmp_path: Path) -> None:
        init(tmp_path)
        hook = yaml_of(tmp_path / ".pre-commit-config.yaml")["repos"][0]["hooks"][0]  # type: ignore[index]
        assert hook["entry"] == "mkdocs-postmortem check"
        assert re.search(hook["files"], "docs/postmortems/2026/2026-11-03-x.md")
        assert not re.search(hook["files"], "docs/index.md")
        assert not re.search(hook["files"], "docs/postmortems/graph.png")

    def test_code_owners_are_named_by_the_team(self, tmp_path: Path) -> None:
        init(tmp_path)
        lines = (tmp_path / ".github/CODEOWNERS").read_text(encoding="utf-8").splitlines()
        assert any("/redaction.yml" in line for line in lines)
        assert all(line.startswith("#") for line in lines)


class TestTheService:
    GITHUB = frozenset({".github/CODEOWNERS", ".github/workflows/postmortems.yml"})
    GITLAB = frozenset({".gitlab/CODEOWNERS", ".gitlab/postmortems.gitlab-ci.yml", ".gitlab-ci.yml"})

    def test_is_the_one_that_is_named(self, tmp_path: Path) -> None:
        for ci, files in (
            ("github", FILES),
            ("gitlab", (FILES - self.GITHUB) | self.GITLAB),
            ("none", FILES - self.GITHUB),
        ):
            (tmp_path / ci).mkdir()
            init(tmp_path / ci, ci=ci)
            assert set(tree(tmp_path / ci)) == files, ci
            policy = (tmp_path / ci / "redaction.yml").read_text(encoding="utf-8")
            assert (f"see .{ci}/CODEOWNERS" in policy) is (ci != "none")
            assert yaml_of(tmp_path / ci / "postmortem.yml")["ci"] == ci

    @pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
    def test_is_remembered(self, tmp_path: Path, ci: str) -> None:
        init(tmp_path, ci=ci)
        before = tree(tmp_path)
        assert {outcome.state for outcome in init(tmp_path)} == {"kept"}
        assert tree(tmp_path) == before

    def test_says_what_to_write_where_settings_are_there_already(self, tmp_path: Path) -> None:
        init(tmp_path)
        assert "ci" not in yaml_of(tmp_path / "postmortem.yml")  # nobody said
        notes = {outcome.path.name: outcome.note for outcome in init(tmp_path, ci="none")}
        assert notes["postmortem.yml"] == "write `ci: none` into it, so that another `init` sets up the same"

    @pytest.mark.parametrize(("folder", "host"), [(".github", "github"), (".gitlab", "gitlab")])
    def test_code_owners_are_written_where_a_host_is_known_without_its_ci(
        self, tmp_path: Path, folder: str, host: str
    ) -> None:
        (tmp_path / folder).mkdir()
        init(tmp_path, ci="none")
        assert (tmp_path / f".{host}/CODEOWNERS").is_file()
        assert not list(tmp_path.rglob("*postmortems*.yml"))

    @pytest.mark.parametrize("name", [".gitlab-ci.yml", ".gitlab/merge_request_templates/x.md"])
    def test_is_gitlab_where_the_repository_has_files_of_it(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("mine: {}\n")
        init(tmp_path)
        assert set(tree(tmp_path)) == (FILES - self.GITHUB) | self.GITLAB | {name}

    def test_says_what_to_add_to_jobs_that_are_there(self, tmp_path: Path) -> None:
        ours = tmp_path / ".gitlab-ci.yml"
        ours.write_text("build: {script: [make]}\n")
        notes = {outcome.path.name: outcome.note for outcome in init(tmp_path) if outcome.note}
        assert notes == {
            ".gitlab-ci.yml": "add `- local: .gitlab/postmortems.gitlab-ci.yml` below `include:`, so that its jobs run"
        }
        assert ours.read_text() == "build: {script: [make]}\n"
        (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
        assert (
            "the hook to add"
            in {outcome.path.name: outcome.note for outcome in init(tmp_path)}[".pre-commit-config.yaml"]
        )
        (tmp_path / ".pre-commit-config.yaml").write_text("repos: [{repo: x/mkdocs-postmortem}]\n")
        ours.write_text("include:\n  - local: .gitlab/postmortems.gitlab-ci.yml\n")
        assert {outcome.note for outcome in init(tmp_path)} == {""}


class TestNothingIsOverwritten:
    def test_a_second_run_changes_nothing(self, tmp_path: Path) -> None:
        init(tmp_path)
        before = tree(tmp_path)
        outcomes = init(tmp_path, site_name="Another")
        assert tree(tmp_path) == before
        assert {outcome.state for outcome in outcomes} == {"kept"}

    @pytest.mark.parametrize("name", sorted(FILES))
    def test_a_file_that_exists_is_kept(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
        outcomes = init(tmp_path)
        assert path.read_text(encoding="utf-8") == "mine"
        kept = [outcome.path for outcome in outcomes if outcome.state == "kept"]
        assert kept == [path]

    def test_two_runs_at_once_write_each_file_once(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(4) as pool:
            runs = list(pool.map(lambda n: init(tmp_path, site_name=f"Site {n}"), range(4)))
        written = [outcome.path for run in runs for outcome in run if outcome.state == "written"]
        assert len(written) == len(set(written)) == len(FILES)
        texts = [
            text.decode("utf-8")
            for name, text in tree(tmp_path).items()
            if not name.endswith((".json", ".code-snippets"))
        ]
        assert all(text == "" or text.endswith("\n") for text in texts)


class TestASiteThatIsThere:
    @pytest.mark.parametrize("name", ["mkdocs.yml", "mkdocs.yaml", "properdocs.yml"])
    def test_is_kept_with_its_pages_and_the_note_what_to_add(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_text("site_name: Ours\n", encoding="utf-8")
        outcomes = {outcome.path.name: outcome for outcome in init(tmp_path)}
        assert outcomes[name].state == "kept"
        assert "- postmortem" in outcomes[name].note
        assert (tmp_path / name).read_text(encoding="utf-8") == "site_name: Ours\n"
        assert not (tmp_path / "docs/index.md").exists()
        assert [path.name for path in tmp_path.glob("*docs.y*ml")] == [name]

    def test_needs_no_note_where_the_plugin_is_on(self, tmp_path: Path) -> None:
        (tmp_path / "mkdocs.yml").write_text("site_name: x\nplugins:\n  - postmortem\n", encoding="utf-8")
        assert {outcome.note for outcome in init(tmp_path)} == {""}

    @pytest.mark.parametrize(
        ("line", "folder"),
        [
            ("docs_dir: site/source", "site/source"),
            ("docs_dir: './pages/'  # ours", "pages"),
            ("docs_dir: ../elsewhere", "docs"),
            ("docs_dir: /srv/docs", "docs"),
            ("docs_dir: !ENV [DOCS, docs]", "docs"),
        ],
    )
    def test_has_its_post_mortems_in_its_docs_folder(self, tmp_path: Path, line: str, folder: str) -> None:
        (tmp_path / "mkdocs.yml").write_text(f"site_name: x\n{line}\n", encoding="utf-8")
        init(tmp_path)
        assert settings.load(start=tmp_path).folder == f"{folder}/postmortems"
        assert (tmp_path / folder / "postmortems/.gitkeep").is_file()


class TestWhatCannotBeWritten:
    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="is not a folder"):
            init(tmp_path / "missing")

    def test_a_file_where_a_folder_is_needed(self, tmp_path: Path) -> None:
        (tmp_path / "docs").write_text("mine", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"`docs/.*cannot be written"):
            init(tmp_path)
        assert (tmp_path / "docs").read_text(encoding="utf-8") == "mine"

    def test_a_folder_where_a_file_is_needed(self, tmp_path: Path) -> None:
        (tmp_path / "redaction.yml").mkdir()
        with pytest.raises(ConfigError, match=r"`redaction.yml` cannot be written"):
            init(tmp_path)

    def test_a_link_out_of_the_project(self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        outside = tmp_path_factory.mktemp("outside")
        (tmp_path / ".github").symlink_to(outside)
        with pytest.raises(ConfigError, match="leads out of the project"):
            init(tmp_path)
        assert list(outside.iterdir()) == []

    def test_links_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "docs").symlink_to("docs")
        with pytest.raises(ConfigError, match="cannot be written"):
            init(tmp_path)

    def test_a_read_only_folder_is_one_clear_error(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Root may write anywhere, so the refusal is played by the test.
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(ConfigError, match=r"cannot be written: Permission denied\n.*permissions"):
            init(tmp_path)

    def test_a_full_disk_leaves_no_half_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Full(io.FileIO):
            def write(self, _: object) -> int:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode.replace("b", "")))
        with pytest.raises(ConfigError, match="No space left"):
            init(tmp_path)
        assert tree(tmp_path) == {}
