"""Golden cases: a document of another shape, the file it becomes, and what a person is told of it.

A case is a folder in `golden/` with the document, `expected.md` and `expected.txt`. It takes no Python: put the
document into a folder of its own, run the tests with UPDATE_GOLDEN=1, and read what they wrote beside it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mkdocs_postmortem.importing import fidelity, report
from mkdocs_postmortem.importing.batch import NEW, Result
from tests.importing.support import IMPORTER, errors, imported, record

CASES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())


def source(case: Path) -> Path:
    return next(path for path in sorted(case.iterdir()) if not path.name.startswith("expected"))


def told(text: str, name: str) -> tuple[str, str]:
    draft, made = imported(text, name)
    result = Result(name, Path(f"docs/postmortems/{name}"), NEW, draft, made)
    return made, "\n".join(report.of_file(result, f"docs/postmortems/{name}", dry=True)) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_becomes_the_file_beside_it(case: Path) -> None:
    path = source(case)
    made, lines = told(path.read_text(encoding="utf-8"), path.name)
    if os.environ.get("UPDATE_GOLDEN"):
        (case / "expected.md").write_text(made, encoding="utf-8")
        (case / "expected.txt").write_text(lines, encoding="utf-8")
    assert made == (case / "expected.md").read_text(encoding="utf-8"), "UPDATE_GOLDEN=1, and read the difference"
    assert lines == (case / "expected.txt").read_text(encoding="utf-8"), "UPDATE_GOLDEN=1, and read the difference"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_loses_and_invents_no_word(case: Path) -> None:
    text = source(case).read_text(encoding="utf-8")
    draft, made = imported(text, source(case).name)
    assert fidelity.lost(text, draft, made) == {}
    assert fidelity.invented(text, draft, made) == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_passes_the_check_as_a_draft(case: Path) -> None:
    name = source(case).name
    made = imported(source(case).read_text(encoding="utf-8"), name)[1]
    assert errors(made, name) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_has_the_action_items_that_are_told(case: Path) -> None:
    name = source(case).name
    draft, made = imported(source(case).read_text(encoding="utf-8"), name)
    assert len(record(made, name).action_items) == len(draft.actions)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_the_same_when_it_is_imported_again(case: Path) -> None:
    made = imported(source(case).read_text(encoding="utf-8"), source(case).name)[1]
    again = IMPORTER.draft(made, source(case).name)
    assert again.ours
