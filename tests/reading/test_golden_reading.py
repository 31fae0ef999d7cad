"""Golden cases for the reader: documents, and what is read from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.settings import Settings

FOLDER = Path(__file__).parent / "golden"
CASES = [
    {**case, "from": path.stem}
    for path in sorted(FOLDER.glob("*.yml"))
    for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
]


def document(case: Mapping[str, Any]) -> str:
    if "items" in case:
        return f"---\nstatus: draft\nseverity: P2\n---\n\n## Action Items\n\n{case['items']}"
    if "rows" in case:
        resolved = f"resolved_at: {case['resolved']}\n" if "resolved" in case else ""
        front = f"---\nstarted_at: {case.get('started', '2026-11-03T10:02Z')}\n{resolved}---\n"
        return f"{front}\n## Timeline\n\n| Time | Event |\n|---|---|\n{case['rows']}"
    return str(case["file"])


def read(text: str) -> PostMortem:
    return Reader(Settings(root=Path("/nowhere"))).read_bytes(text.encode("utf-8"), "m.md")


def stamp(moment: datetime | None) -> str:
    if moment is None:
        return "-"
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if moment.second else "%Y-%m-%dT%H:%MZ")


def written(value: object) -> Any:
    """A fact as the golden files have it: text, lists of text, nothing as null."""
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    return "null" if value is None else str(value)


def test_every_case_has_a_name_of_its_own() -> None:
    names = Counter(case["name"] for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("case", CASES, ids=[f"{case['from']}: {case['name']}" for case in CASES])
def test_reading(case: dict[str, Any]) -> None:
    record = read(document(case))
    if "actions" in case:
        found = [
            {name: written(getattr(item, name)) for name in wanted}
            for item, wanted in zip(record.action_items, case["actions"], strict=False)
        ]
        assert found == case["actions"]
        assert len(record.action_items) == len(case["actions"])
    if "timeline" in case:
        assert [f"{stamp(entry.at)} {entry.event}" for entry in record.timeline] == case["timeline"]
    if "outline" in case:
        outline = [f"{item.level} {item.key or '-'} {item.title}" for item in record.document.sections]
        assert outline == case["outline"]
    for name, value in case.get("facts", {}).items():
        assert written(getattr(record, name)) == value, name
    if "stamps" in case:
        assert {name: stamp(moment) for name, moment in record.stamps.items()} == case["stamps"]
    if "title" in case:
        assert record.title == case["title"]
    problems = [f"{p.span.line}:{p.span.column} {p.code}" for p in record.document.problems]
    assert problems == case.get("problems", [])
