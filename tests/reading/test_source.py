"""Files and folders: what is read, what is a post-mortem, links that lead elsewhere; real archives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mkdocs_postmortem.checking import check_files
from mkdocs_postmortem.reading import Reader, frontmatter
from mkdocs_postmortem.reading.archive import discover, is_postmortem
from mkdocs_postmortem.settings import Settings, as_of_date

TEXT = "---\ntitle: A title\nstatus: draft\nseverity: P2\n---\n\nWords.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "docs" / "postmortems"
    folder.mkdir(parents=True)
    return tmp_path / "project"


def problems(root: Path, name: str) -> list[str]:
    record = Reader(Settings(root=root)).read(root / "docs" / "postmortems" / name)
    return [problem.message for problem in record.document.problems]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.md", True),
        ("2026/a.md", True),
        ("a.markdown", True),
        ("A.MD", True),
        ("búsqueda größe 3.md", True),
        ("index.md", False),
        ("Index.md", False),
        ("2026/README.md", False),
        ("_template.md", False),
        ("_drafts/a.md", False),
        (".hidden.md", False),
        (".obsidian/a.md", False),
        ("a.txt", False),
        ("a.md.bak", False),
        ("md", False),
    ],
)
def test_which_files_are_post_mortems(name: str, is_one: bool) -> None:
    assert is_postmortem(name) is is_one


def test_the_folder_is_searched_in_the_order_of_paths(root: Path) -> None:
    folder = root / "docs" / "postmortems"
    for name in ("b.md", "a/c.md", "a/index.md", "_x/d.md", ".y/e.md", "a.md", "z.txt"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT)
    assert [path.relative_to(folder).as_posix() for path in discover(folder)] == ["a/c.md", "a.md", "b.md"]


def test_a_link_inside_the_project_is_followed(root: Path) -> None:
    (root / "elsewhere.md").write_text(TEXT)
    (root / "docs" / "postmortems" / "link.md").symlink_to(root / "elsewhere.md")
    assert problems(root, "link.md") == []


def test_a_link_out_of_the_project_is_not_followed(root: Path) -> None:
    (root.parent / "secret.md").write_text(TEXT)
    (root / "docs" / "postmortems" / "link.md").symlink_to(root.parent / "secret.md")
    assert problems(root, "link.md") == ["the file is a link that leads out of the project, and is not followed"]


def test_a_folder_that_is_a_link_out_of_the_project_is_not_entered(root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text(TEXT)
    (root / "docs" / "postmortems" / "linked").symlink_to(outside)
    assert discover(root / "docs" / "postmortems") == []
    assert problems(root, "linked/secret.md") == [
        "the file is a link that leads out of the project, and is not followed"
    ]


def test_links_in_a_circle_are_no_hang(root: Path) -> None:
    folder = root / "docs" / "postmortems"
    (folder / "a.md").symlink_to(folder / "b.md")
    (folder / "b.md").symlink_to(folder / "a.md")
    (folder / "round").symlink_to(folder)
    assert len(discover(folder)) == 2
    assert len(problems(root, "a.md")) == 1


def test_a_link_to_nothing_and_a_folder_with_the_name_of_a_file(root: Path) -> None:
    folder = root / "docs" / "postmortems"
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    (folder / "folder.md").mkdir()
    assert len(problems(root, "gone.md")) == 1
    assert problems(root, "folder.md") == ["the file is a folder or a device"]


def test_a_file_that_is_not_there_is_a_problem_and_no_crash(root: Path) -> None:
    assert len(problems(root, "nowhere.md")) == 1


def test_one_parse_for_the_same_words(root: Path) -> None:
    reader = Reader(Settings(root=root))
    first = reader.read_bytes(TEXT.encode(), "a.md")
    assert reader.read_bytes(TEXT.encode(), "a.md") is first
    assert reader.read_bytes(TEXT.encode(), "b.md") is not first
    assert reader.parsed == 2


REAL = os.environ.get("POSTMORTEM_REAL", "")


@pytest.mark.skipif(not REAL, reason="POSTMORTEM_REAL names no folder of real post-mortems")
def test_real_archives_are_read_without_an_error() -> None:
    """Post-mortems that others published, unchanged: hints are welcome, errors would be ours."""
    folder = Path(REAL).resolve()
    paths = discover(folder)
    assert paths
    report = check_files(paths, paths, Settings(root=folder), as_of_date())
    errors = [f"{f.path}:{f.line} {f.code} {f.message}" for f in report.findings if f.severity == "error"]
    print(f"{len(paths)} real post-mortems, {len(report.findings)} findings, {len(errors)} errors")
    assert errors == []


def test_the_example_archive_is_read_without_a_crash() -> None:
    folder = Path(__file__).parents[2] / "docs" / "postmortems"
    records = Reader(Settings(root=folder.parents[1])).read_all(discover(folder))
    assert len(records) > 10
    assert not any(record.document.unreadable for record in records)


def test_blank_lines_below_the_first_dashes_move_no_place() -> None:
    found = frontmatter.read("---\n\n\ntitle: A\nid: PM-1\n---\n\nWords.\n")
    assert found.values == {"title": "A", "id": "PM-1"}
    assert found.places[("title",)].line == 4
    assert found.places[("", "id")].line == 5
