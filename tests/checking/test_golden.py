"""Golden cases: documents and all that is found in them. To add one, see golden/front-matter.yml."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mkdocs_postmortem.checking import RULES, Report
from mkdocs_postmortem.settings import Settings
from tests.reading.repository import started

from .support import NAME, TODAY, check, overlay, project, shown, without

FOLDER = Path(__file__).parent / "golden"
KEYS = {
    "name", "file", "front", "body", "without", "settings", "schema", "as_of", "path", "encoding",
    "append", "pad", "others", "commits", "register", "policy", "expect",
}  # fmt: skip


def load() -> list[dict[str, Any]]:
    return [
        {**case, "from": path.stem}
        for path in sorted(FOLDER.glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


CASES = load()
parametrised = pytest.mark.parametrize("case", CASES, ids=[f"{c['from']}: {c['name']}" for c in CASES])


def document(case: Mapping[str, Any]) -> bytes:
    """The document of a case, as bytes."""
    text = case.get("file")
    if text is None:
        text = without(*case.get("without", ()))
        if "front" in case:
            text = overlay(case["front"].rstrip("\n") + "\n", "yaml", text)
        bodies = case.get("body", [])
        for body in bodies if isinstance(bodies, list) else [bodies]:
            text = overlay(body, "markdown", text)
    data: bytes = text.encode(case.get("encoding", "utf-8"))
    return data + bytes.fromhex(case.get("append", "")) + b"x" * case.get("pad", 0)


def prepared(case: Mapping[str, Any], root: Path) -> tuple[Settings, str, date]:
    """The project of a case on disk, the name of its document and the day that is today."""
    name = case.get("path", NAME)
    given = dict(case.get("settings", {}))
    if "schema" in case:
        (root / "team.schema.json").write_text(json.dumps(case["schema"]), encoding="utf-8")
        given["schema"] = "team.schema.json"
    if "register" in case:
        (root / "incidents.yml").write_text(case["register"], encoding="utf-8")
    if "policy" in case:
        (root / "redaction.yml").write_text(case["policy"], encoding="utf-8")
    if case["from"] not in ("process", "register"):
        # Moments that are moved about for other rules' sake would be late for the process, too.
        given["rules"] = {**{code: "off" for code in RULES if code.startswith("PM6")}, **given.get("rules", {})}
    if "commits" in case:  # the base document in these states, before it became what it is
        repository = started(root)
        for at, state in case["commits"].items():
            repository.commit(at, {name: overlay(f"status: {state}\n", "yaml")})
        given["process"] = {"check_git": True}
    files = {**case.get("others", {}), name: document(case)}
    as_of = case.get("as_of", TODAY)
    return project(root, files, given), name, as_of


def judged(case: Mapping[str, Any], root: Path) -> Report:
    settings, name, as_of = prepared(case, root)
    return check(settings, [name], as_of)


def test_cases_are_well_formed() -> None:
    names = Counter(case["name"] for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
    for case in CASES:
        assert set(case) - KEYS == {"from"}, case["name"]
    assert len(CASES) >= 80


@parametrised
def test_golden(case: dict[str, Any], tmp_path: Path) -> None:
    found = [shown(finding) for finding in judged(case, tmp_path).findings]
    if case["expect"] == "FILL" and os.environ.get("POSTMORTEM_WRITE"):
        _fill(FOLDER / f"{case['from']}.yml", case["name"], found)
        pytest.skip("filled in: read it")
    assert found == case["expect"]


def _fill(path: Path, name: str, found: list[str]) -> None:
    """Put what was found where `expect: FILL` stands, all else as it is."""
    text = path.read_text(encoding="utf-8")
    at = text.index(f"- name: {name}\n")
    start = text.index("  expect: FILL\n", at)
    lines = "".join(f"    - {json.dumps(item, ensure_ascii=False)}\n" for item in found)
    filled = f"  expect:\n{lines}" if found else "  expect: []\n"
    path.write_text(text[:start] + filled + text[start + len("  expect: FILL\n") :], encoding="utf-8")
