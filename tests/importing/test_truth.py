"""How much of what a person read in real post-mortems an import finds, measured against a table made by hand.

The table holds figures and places alone (`truth/README.md`). The documents themselves are read where a copy is at
hand; three that were written for these tests, in the same shapes, are read everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from mkdocs_postmortem.checking import check_records
from mkdocs_postmortem.importing.batch import NEW, UNCHANGED, Importer, Result, Work
from mkdocs_postmortem.importing.writing import body_of
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import record
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings

from .comparing import REAL, Scores, compare, digest, table, truth

SETTINGS = Settings(root=Path("."))
AS_OF = date(2026, 11, 23)
SHAPES = ("cloud-platform", "mybinder", "test-infra")
LIMITS = {"date": 0.95, "title": 1.0, "times": 0.95, "durations": 0.95, "action items": 0.98, "timeline rows": 0.95,
          "doubtful times": 1.0}  # fmt: skip
"""What an import has to find, of all documents together."""
COUNTS = {"date": 66, "title": 66, "times": 141, "durations": 72, "action items": 222, "timeline rows": 416,
          "doubtful times": 5}  # fmt: skip
"""How much there is to find in the real documents, so that nobody shortens the table unseen."""

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real documents are not at hand: there is no {REAL}")


def folder(shape: str) -> Path:
    return Path(__file__).parent / "documents" if shape == "documents" else REAL / shape


@cache
def imported(shape: str) -> dict[str, tuple[str, Result]]:
    """Each document of a shape with its source and what the import makes of it; nothing is written."""
    importer = Importer(SETTINGS, AS_OF)
    found = {}
    for name in truth(shape):
        path = folder(shape) / name
        found[name] = (path.read_text(encoding="utf-8"), importer(Work(path, Path("docs/postmortems/none") / name))[0])
    return found


def read(name: str, text: str) -> PostMortem:
    return record.make(Source(text, digest(text)), f"docs/postmortems/{name}", SETTINGS)


def scores(shape: str) -> Scores:
    total = Scores()
    told = truth(shape)
    for name, (source, result) in imported(shape).items():
        assert digest(source) == told[name]["sha256"], f"{name}: the table is of another version of the document"
        total = total + compare(name, told[name], source, read(name, result.text))
    return total


def held(by_shape: dict[str, Scores], capsys: pytest.CaptureFixture[str]) -> Scores:
    """Print the figures by shape and hold the limits over all."""
    total = Scores()
    for found in by_shape.values():
        total = total + found
    with capsys.disabled():
        print(f"\n{table(by_shape)}")
    for name, limit in LIMITS.items():
        score = total.measures[name]
        assert score.share >= limit, f"{name}: {score.right} of {score.of}, missing: {'; '.join(score.misses)}"
    assert total.invented == []
    return total


def test_documents_written_for_this_are_read_as_a_person_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    held({"documents": scores("documents")}, capsys)


@needs_real
def test_real_documents_are_read_as_a_person_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    total = held({shape: scores(shape) for shape in SHAPES}, capsys)
    assert {name: total.measures[name].of for name in COUNTS} == COUNTS


def test_the_measure_sees_what_is_missing_wrong_or_made_up() -> None:
    """A measure that cannot fail measures nothing: the same documents, spoilt one fact at a time."""
    told = truth("documents")
    name = "2023-05-09-key-events.md"
    source, result = imported("documents")[name]

    def spoilt(pattern: str, put: str) -> Scores:
        text, count = re.subn(pattern, put, result.text, count=1, flags=re.M)
        assert count == 1, pattern
        return compare(name, told[name], source, read(name, text))

    assert spoilt(r"^title: .*", "title: Another").measures["title"].right == 0
    assert spoilt(r"^detected_at: .*", "detected_at: 2023-05-09T09:13Z").measures["times"].share < 1
    assert spoilt(r"^(started_at: )2023-05-09", r"\g<1>2023-05-08").measures["date"].right == 0
    assert spoilt(r"^time_to_mitigate: .*", "time_to_mitigate: 3h").measures["durations"].share < 1
    assert spoilt(r"^- \[ \] Alert at 80.*\n", "").measures["action items"].share < 1
    assert spoilt(r"^\| 2023-05-09 09.41 .*\n", "").measures["timeline rows"].share < 1
    assert spoilt(r"^(\| 2023-05-09 09)\.41 ", r"\g<1>:42 ").measures["timeline rows"].share < 1
    assert spoilt(r"^\| 2023-05-09 09.41 ", "| 10:00 | Something else |\n\\g<0>").invented
    assert spoilt(r"^(- \[ \] Alert at 80)", r"- [ ] Something else\n\1").invented


ALL = [
    pytest.param("documents", id="documents"),
    *(pytest.param(shape, marks=needs_real, id=shape) for shape in SHAPES),
]


def words(lines: list[str]) -> Counter[str]:
    return Counter(bare for word in re.findall(r"\w+", "\n".join(lines)) if (bare := word.strip("_")))


_LABEL = re.compile(r"^(\s*[-*+] )\*\*([^*]+)\*\*:?")
"""A bold label at the head of a bullet, which is a heading by another name."""


def apart(text: str) -> tuple[list[str], list[str]]:
    """A document's lines without its headings, labels and heads of tables, and those."""
    lines, heads = [], []
    body = text.split("\n")
    for at, line in enumerate(body):
        rule = body[at + 1] if at + 1 < len(body) else ""
        label = _LABEL.match(line)
        if re.match(r"#{1,6} ", line) or (line.startswith("|") and re.fullmatch(r"\|[\s:|-]+\|", rule)):
            heads.append(line)
        elif label:
            heads.append(label[2])
            lines.append(line[label.end() :])
        else:
            lines.append(line)
    return lines, heads


@pytest.mark.parametrize("shape", ALL)
def test_the_words_that_go_in_come_out(shape: str) -> None:
    """Counted here anew: each word as often as the source has it, headings, labels and heads of tables aside."""
    for name, (source, result) in imported(shape).items():
        said, heads = apart(source)
        body, own = apart(body_of(result.text))
        front = result.text[: result.text.index("\n---\n", 4)].split("\n")
        lost = words(said) - words(body) - words(own) - words(front)
        assert not lost, f"{name} loses {dict(lost)}"
        made = words(body) - words(said) - words(heads)
        assert not made, f"{name} adds {dict(made)}"


@pytest.mark.parametrize("shape", ALL)
def test_importing_what_was_imported_changes_no_byte(shape: str, tmp_path: Path) -> None:
    importer = Importer(SETTINGS, AS_OF)
    for name, (_, result) in imported(shape).items():
        assert result.state == NEW, f"{name}: {result.message}"
        path = tmp_path / name
        path.write_text(result.text, encoding="utf-8")
        (again,) = importer(Work(path, path))
        assert (again.state, again.text) == (UNCHANGED, result.text), name


@pytest.mark.parametrize("shape", ALL)
def test_what_was_imported_is_a_draft_without_errors(shape: str) -> None:
    records = [read(name, result.text) for name, (_, result) in imported(shape).items()]
    assert {found.status for found in records} == {"draft"}
    errors = [
        f"{finding.path}:{finding.line} {finding.code} {finding.message}"
        for finding in check_records(records, SETTINGS, AS_OF).findings
        if finding.severity == "error"
    ]
    assert errors == []
