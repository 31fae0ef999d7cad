"""The wiki is built from what was imported: every shape in one archive, by a real build."""

from __future__ import annotations

from pathlib import Path

from tests.importing.test_golden import CASES, source
from tests.plugin.support import site

OURS = "postmortem: docs/postmortems/"
"""How findings of `check` begin in the log of a build: of drafts they are warnings and notes, no errors."""


def test_a_wiki_of_imported_documents(tmp_path: Path) -> None:
    made = site(tmp_path, "docs/\n    postmortems/\n")
    (made.root / "old").mkdir()
    for case in CASES:
        (made.root / "old" / source(case).name).write_bytes(source(case).read_bytes())
    (made.root / "old" / "graph.png").write_bytes(b"PNG")
    exports = sorted(str(path) for path in (Path(__file__).parent / "exports").glob("*.json"))
    done = made.run("import", "old", *exports)
    assert done.code == 0, done.said
    assert made.run("check").code == 0
    built = made.build()
    assert built.code == 0, built.said
    assert [line for line in built.said.splitlines() if "WARNING" in line and OURS not in line] == []
    assert {f"postmortems/{source(case).stem}/index.html" for case in CASES} <= made.names()
    timeline = made.text("postmortems/2019-05-30/index.html")
    assert "Migration is done" in timeline
    assert "Alert on certificates" in made.text("postmortems/action-items/index.html")
