"""Front matter of other tools: facts under our names, prose, rows and people in their places, the rest kept whole."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from mkdocs_postmortem.importing import fidelity
from mkdocs_postmortem.importing.batch import NEW, Importer, Work
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import record
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings
from tests.importing import support

CASES = Path(__file__).parent / "fronts"
SETTINGS = Settings(root=Path("."))
NAMES = ["cogni", "dispatch", "icco", "kept", "swarmproof"]


def imported(path: Path) -> str:
    (result,) = Importer(SETTINGS, date(2026, 11, 23))(Work(path, Path("docs/postmortems/none") / path.name))
    assert result.state == NEW, result.message
    return result.text


def read(text: str) -> PostMortem:
    return record.make(Source(text, "none"), "docs/postmortems/incident.md", SETTINGS)


def written(tmp_path: Path, front: str) -> str:
    path = tmp_path / "incident.md"
    path.write_text(f"---\ntitle: A\n{front.strip()}\n---\n\nWords.\n", encoding="utf-8")
    return imported(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_case_becomes_the_file_beside_it(name: str) -> None:
    """Renew with UPDATE_GOLDEN=1, and read the difference."""
    made = imported(CASES / f"{name}.md")
    golden = CASES / f"{name}.imported.md"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


def test_lists_of_the_same_are_one(tmp_path: Path) -> None:
    found = read(written(tmp_path, "categories: [cloud, time]\nkeywords: [dns, cloud]"))
    assert found.tags == ("cloud", "time", "dns")


def test_a_timeline_is_a_table_and_its_rows_are_dated(tmp_path: Path) -> None:
    found = read(
        written(tmp_path, 'timeline:\n  - at: "2024-03-11T08:00Z"\n    event: A | B\n  - {time: "09:30", event: C}')
    )
    assert [(str(entry.at), entry.event) for entry in found.timeline] == [
        ("2024-03-11 08:00:00+00:00", "A | B"),
        ("2024-03-11 09:30:00+00:00", "C"),
    ]


def test_people_are_named_with_their_role(tmp_path: Path) -> None:
    found = read(written(tmp_path, "incident_commander: Jo Park\nscribe: '@wei'"))
    assert [(person.who, person.role) for person in found.participants] == [
        ("Jo Park", "incident commander"),
        ("@wei", "scribe"),
    ]


@pytest.mark.parametrize(
    "front",
    [
        'root_cause: "a\\nb"',
        "root_cause: |\n  ## Impact\n  b",
        "root_cause: |\n  ```\n  b",
        "root_cause: <script>alert(1)</script>",
        "root_cause: a # b",
        "timeline:\n  - {at: '10:02', event: A, who: B}",
        "timeline:\n  - {at: '10:02', event: '# A'}",
        "timeline: words",
        "timeline: [words]",
    ],
)
def test_what_is_more_than_words_stays_as_it_was_written(tmp_path: Path, front: str) -> None:
    text = written(tmp_path, front)
    assert "## Imported\n\n```" in text
    assert front.split("\n")[-1] in text.partition("## Imported")[2]


def test_a_summary_goes_before_what_the_section_has(tmp_path: Path) -> None:
    path = tmp_path / "incident.md"
    front = "---\ntitle: A\nsummary: First words.\ntrigger: A push.\n---\n\n# A\n\n"
    body = "## Summary\n\nSecond words.\n\n## Root Cause\n\nThird words.\n"
    path.write_text(front + body, encoding="utf-8")
    text = imported(path)
    assert "## Executive Summary\n\nFirst words.\n\nSecond words.\n" in text
    assert "## Root Cause Analysis\n\nThird words.\n\n### Trigger\n\nA push.\n" in text


@pytest.mark.parametrize(
    "text",
    [
        "+++\na = " + "[" * 5000 + "\n+++\n# Down\n",
        "+++\na = " + "[" * 5000 + "]" * 5000 + "\n+++\n# Down\n",
        "+++\n" + "[a]\n" * 300 + "+++\n# Down\n",
        "+++\n+++\n# Down\n",
        "+++\nwhen = 1979-05-27T07:32:00Z\n+++\n# Down\n",
        "\n\n+++\na.b.c = 1\n'title' = 'Down'\n+++\n",
        "\n---\n\n# Down\n\n---\n",
        "+++\n# Down\n",
    ],
    ids=["open", "deep", "twice", "empty", "time", "dotted", "rules", "unclosed"],
)
def test_front_matter_in_toml_may_hold_anything(text: str) -> None:
    draft, made = support.imported(text)
    assert draft.title == "Down"
    assert fidelity.lost(text, draft, made) == {}
    assert fidelity.invented(text, draft, made) == {}
    assert support.errors(made) == []
