"""The instants that rows of an imported timeline mean: the words of a time are what the wiki counts with."""

from __future__ import annotations

import pytest

from tests.importing.support import record
from tests.importing.test_golden import CASES

INSTANTS = {
    "clocks-with-a-letter": ["02-25 11:21", "02-25 12:28", "02-25 13:05", "02-25 23:50", "02-26 00:15"],
    "emphasis-inside-times": ["02-28 01:52", "02-28 01:57", "02-28 06:00", "02-28 06:46", "03-01 11:34", "-"],
    "clock-of-no-place": ["-", "-"],
}
"""Of golden cases: month, day and time in UTC of each row, `-` for one that nobody can date."""


@pytest.mark.parametrize("name", INSTANTS)
def test_rows_mean_the_instants_that_their_words_say(name: str) -> None:
    case = next(path for path in CASES if path.name == name)
    source = next(path.name for path in sorted(case.iterdir()) if not path.name.startswith("expected"))
    rows = record((case / "expected.md").read_text(encoding="utf-8"), source).timeline
    assert [f"{row.at:%m-%d %H:%M}" if row.at else "-" for row in rows] == INSTANTS[name]
