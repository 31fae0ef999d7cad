"""The cache: the same findings as without it, and nothing that is damaged or foreign is believed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem import settings as settings_room
from mkdocs_postmortem.checking import Cache, Report
from mkdocs_postmortem.reading.history import read_history
from mkdocs_postmortem.settings import Settings
from tests.reading.repository import started

from .support import BASE, FOLDER, NAME, TODAY, check, overlay, project
from .test_golden import parametrised, prepared

BROKEN = overlay("incident_type: deploy\nrelated: [nothing]  # postmortem: accept PM111 why\n", "yaml")


def run(settings: Settings, as_of: Any = TODAY) -> Report:
    cache = Cache(settings, as_of)
    report = check(settings, [NAME], as_of, cache)
    cache.save()
    return report


def same(first: Report, second: Report) -> bool:
    return first.findings == second.findings and first.acceptances == second.acceptances


@parametrised
def test_remembered_findings_are_those_that_were_found(case: dict[str, Any], tmp_path: Path) -> None:
    settings, name, as_of = prepared(case, tmp_path)
    plain = check(settings, [name], as_of)
    reports = []
    for _ in range(2):
        cache = Cache(settings, as_of)
        reports.append(check(settings, [name], as_of, cache))
        cache.save()
    assert same(plain, reports[0])
    assert same(plain, reports[1])
    if not any(finding.code == "PM100" for finding in plain.findings):
        assert (reports[0].judged, reports[1].judged) == (1, 0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return project(tmp_path, {NAME: BROKEN})


def test_the_cache_keeps_itself_out_of_git(settings: Settings) -> None:
    run(settings)
    assert (settings.cache_path / ".gitignore").read_text() == "*\n"


def test_a_changed_file_is_judged_again(settings: Settings, tmp_path: Path) -> None:
    assert [finding.code for finding in run(settings).findings] == ["PM106"]
    path = tmp_path / FOLDER / NAME
    stamp = path.stat().st_mtime_ns
    path.write_text(BROKEN.replace("deploy\n", "banana\n"), encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))  # content decides, not the clock
    report = run(settings)
    assert report.judged == 1
    assert "banana" in report.findings[0].message


def test_a_file_that_was_only_touched_is_not(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    os.utime(tmp_path / FOLDER / NAME)
    assert run(settings).judged == 0


def test_another_day_may_find_something_else(settings: Settings) -> None:
    run(settings)
    assert run(settings, TODAY + timedelta(days=1)).judged == 1


def test_other_settings_find_something_else(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    (tmp_path / "postmortem.yml").write_text("rules: {PM106: off}\n", encoding="utf-8")
    changed = settings_room.load(tmp_path / "postmortem.yml")
    report = run(changed)
    assert (report.judged, report.findings) == (1, [])


def test_another_schema_of_the_team_finds_something_else(tmp_path: Path) -> None:
    schema = tmp_path / "team.schema.json"
    ours = {"$ref": "https://mkdocs-postmortem.github.io/schema/postmortem.schema.json"}
    schema.write_text(json.dumps(ours))
    settings = project(tmp_path, {NAME: BASE}, {"schema": "team.schema.json"})
    assert run(settings).findings == []
    schema.write_text(json.dumps({**ours, "required": ["customer_tier"]}))
    settings = settings_room.load(tmp_path / "postmortem.yml")
    assert [finding.code for finding in run(settings).findings] == ["PM113"]


def test_what_the_archive_shows_is_never_remembered(settings: Settings, tmp_path: Path) -> None:
    text = BASE.replace("[PM-2026-003]", "[PM-2026-009, PM-2026-777]")
    (tmp_path / FOLDER / NAME).write_text(text, encoding="utf-8")
    assert [finding.code for finding in run(settings).findings] == ["PM111"]
    other = tmp_path / FOLDER / "other.md"
    other.write_text("---\nid: PM-2026-777\nstatus: draft\nseverity: P2\n---\n\n# Other\n", encoding="utf-8")
    report = run(settings)
    assert (report.judged, report.findings) == (0, [])
    other.write_text("---\nid: PM-2026-014\nstatus: draft\nseverity: P2\n---\n\n# Other\n", encoding="utf-8")
    assert [finding.code for finding in run(settings).findings] == ["PM110", "PM111"]


# -- files that are not to be believed ---------------------------------------------------------


def _signed(body: bytes) -> Callable[[bytes], bytes]:
    """A body under this project's own key and the right checksum: only its shape is wrong."""
    return lambda old: old.split(b" ")[0] + b" " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _with_entry(entry: object) -> Callable[[bytes], bytes]:
    def make(old: bytes) -> bytes:
        entries = json.loads(old.partition(b"\n")[2])
        return _signed(json.dumps(dict.fromkeys(entries, entry)).encode())(old)

    return make


def _with_findings(findings: object) -> Callable[[bytes], bytes]:
    def make(old: bytes) -> bytes:
        entries = json.loads(old.partition(b"\n")[2])
        for entry in entries.values():
            entry[1][4] = findings
        return _signed(json.dumps(entries).encode())(old)

    return make


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda old: old[: len(old) // 2],
    "without its end": lambda old: old[:-1],
    "a bit turned": lambda old: old[:-20] + bytes([old[-20] ^ 1]) + old[-19:],
    "of another version": lambda old: b"0" * 64 + old[64:],
    "no JSON": _signed(b"hello"),
    "binary": lambda _: bytes(range(256)) * 100,
    "a list": _signed(b"[]"),
    "a number": _signed(b"12"),
    "nested without end": _signed(b"[" * 200_000),
    "nested maps": _signed(b'{"a":' * 100_000),
    "huge": lambda _: b"x" * 20_000_000,
    "an entry that is a number": _with_entry(12),
    "an entry that is empty": _with_entry([]),
    "an entry of nothing": _with_entry(None),
    "an entry of text": _with_entry("ab"),
    "findings that are text": _with_findings("abc"),
    "findings without a message": _with_findings([[1, 1, 2, "PM106", "error"]]),
    "findings at a place that is text": _with_findings([["1", 1, 2, "PM106", "error", "a", "b"]]),
    "findings whose message is a list": _with_findings([[1, 1, 2, "PM106", "error", ["a"], "b"]]),
    "of the form before this one": lambda _: b'{"key": "a", "sum": "b", "entries": {}}',
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_ignored(damage: str, settings: Settings) -> None:
    whole = run(settings)
    path = Cache(settings, TODAY).file.path
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    report = run(settings)
    assert same(report, whole)
    assert report.judged == 1
    assert run(settings).judged == 0, "and it is written anew"


def test_a_cache_that_is_a_folder_is_ignored(settings: Settings) -> None:
    path = Cache(settings, TODAY).file.path
    path.mkdir(parents=True)
    assert [finding.code for finding in run(settings).findings] == ["PM106"]


def test_a_cache_folder_that_is_a_file_is_ignored(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("")
    assert [finding.code for finding in run(settings).findings] == ["PM106"]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_no_failure(settings: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert [finding.code for finding in run(settings).findings] == ["PM106"]
    finally:
        tmp_path.chmod(0o755)
    assert not (tmp_path / ".cache").exists()


def test_a_disk_that_refuses_is_no_failure(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert [finding.code for finding in run(settings).findings] == ["PM106"]
    assert run(settings).judged == 1


def test_two_runs_at_once_leave_a_whole_cache(settings: Settings, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import date\n"
        "from mkdocs_postmortem import settings; from mkdocs_postmortem.checking import Cache, check_files\n"
        "root = Path(sys.argv[1]); known = settings.load(root / 'postmortem.yml')\n"
        "paths = sorted(known.folder_path.glob('*.md'))\n"
        "for turn in range(8):\n"
        "    cache = Cache(known, date(2026, 11, 23)); cache.entries.clear()\n"
        "    assert len(check_files(paths, paths, known, date(2026, 11, 23), cache).findings) == 1\n"
        "    cache.save()\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in runs:
        _, said = one.communicate(timeout=50)
        assert one.returncode == 0, said
    assert run(settings).judged == 0
    assert {path.name for path in settings.cache_path.iterdir()} == {".gitignore", "findings"}


def test_another_history_finds_something_else(tmp_path: Path) -> None:
    """Where findings depend on git, what is remembered holds for one commit."""
    repository = started(tmp_path)
    repository.commit("2026-11-03T12:00Z", {NAME: overlay("status: draft\n", "yaml")})
    settings = project(tmp_path, {NAME: BASE}, {"process": {"check_git": True}})

    def judged() -> tuple[list[str], int]:
        known = read_history(settings)
        cache = Cache(settings, TODAY, known.digest)
        report = check(settings, [NAME], cache=cache)
        cache.save()
        return [finding.code for finding in report.findings], report.judged

    assert judged() == ([], 1)
    assert judged() == ([], 0)
    repository.commit("2026-11-20T12:00Z")  # published on the ninth, says the document
    assert judged() == (["PM609"], 1)
