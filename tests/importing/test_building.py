"""What was imported makes a wiki: documents of every shape and exports of every tool, written and built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mkdocs_postmortem.reading import Reader, discover
from mkdocs_postmortem.settings import Settings
from tests.importing.comparing import REAL
from tests.plugin.support import site

HERE = Path(__file__).parent
OURS = {
    "documents": sorted((HERE / "documents").glob("*.md")),
    "fronts": [path for path in sorted((HERE / "fronts").glob("*.md")) if not path.stem.endswith(".imported")],
    "exports": sorted((HERE / "exports").glob("*.json")),
}
THEIRS = {folder: sorted((REAL / folder).glob("20*.md")) for folder in ("cloud-platform", "mybinder", "test-infra")}

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason=f"the real documents are not at hand: there is no {REAL}")


@pytest.mark.parametrize("sources", [pytest.param(OURS, id="ours"), pytest.param(THEIRS, id="real", marks=needs_real)])
def test_a_wiki_of_what_was_imported_builds_and_lists_it_all(
    tmp_path: Path, sources: Mapping[str, Sequence[Path]]
) -> None:
    made = site(tmp_path)
    for folder, paths in sources.items():
        done = made.run("import", *map(str, paths), "--to", f"docs/postmortems/{folder}")
        assert done.code == 0, done.said
    settings = Settings(root=tmp_path)
    records = Reader(settings).read_some(discover(settings.folder_path))
    assert len(records) >= sum(map(len, sources.values()))
    done = made.build()
    assert done.code == 0, done.said
    assert not done.lines("ERROR"), done.said
    archive = " ".join(" ".join(made.page("postmortems/index.html").words).split())
    assert [record.title for record in records if record.title not in archive] == []
