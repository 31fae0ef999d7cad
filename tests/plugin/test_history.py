"""What git knows in a built wiki: on its pages where they may ask it, and in `check` where that may."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reading.repository import document, started


@pytest.mark.parametrize(
    ("process", "told"),
    [("{}", True), ("{git: false}", False), ("{git: false, check_git: true}", False), ("{check_git: true}", True)],
)
def test_the_pages_ask_git_where_they_may_whatever_check_does(tmp_path: Path, process: str, told: bool) -> None:
    text = document("draft").replace("status: draft", "status: draft\nresolved_at: 2026-11-02T10:00Z")
    started(tmp_path).commit("2026-11-03T12:00Z", {"a.md": text})
    (tmp_path / "postmortem.yml").write_text(f"process: {process}\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: T\ntheme: mkdocs\nplugins: [postmortem]\n", encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"],
        cwd=tmp_path,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1795392000"},
        check=True,
        capture_output=True,
    )
    page = (tmp_path / "site" / "postmortems" / "process" / "index.html").read_text(encoding="utf-8")
    assert ("by git" in page) == told
