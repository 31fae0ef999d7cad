"""The instants that rows of an imported timeline mean: the words of a time are what the wiki counts with."""

from __future__ import annotations

import pytest

from tests.importing.support import record
from tests.importing.test_golden import CASES

INSTANTS = {
    "clocks-with-a-letter": ["02-25 11:21", "02-25 12:28", "02-25 13:05", "02-25 23:50", "02-26 00:15"],
    "emphasis-inside-times": ["02-28 01:52", "02-28 01:57", "02-28 06:00", "02-28 06:46", "03-01 11:34", "-"],
    "clock-of-no-place": ["-", "-"],
    "clock-of-a-place": ["-", "-", "-", "-", "05-29 16:40", "05-29 16:50", "05-29 16:41", "05-29 16:42"],
    "clocks-with-a-stop": ["05-20 13:41", "05-20 13:42", "05-20 13:43", "05-20 15:42", "05-20 16:02"],
    "day-with-a-zone": ["10-03 00:17", "10-03 17:16", "10-06 12:36", "10-06 14:45", "10-07 09:00", "10-07 09:30"],
    "all-events-on-one-day": ["03-11 00:55", "03-12 01:38", "03-12 02:03"],
    "portuguese-and-spanish": ["-", "-", "06-10 21:00", "06-10 21:05"],
    "day-over-words": ["05-21 10:00", "05-21 10:05"],
    "numbers-with-a-stop": [],
}
"""Of golden cases: month, day and time in UTC of each row, `-` for one that nobody can date."""


@pytest.mark.parametrize("name", INSTANTS)
def test_rows_mean_the_instants_that_their_words_say(name: str) -> None:
    case = next(path for path in CASES if path.name == name)
    source = next(path.name for path in sorted(case.iterdir()) if not path.name.startswith("expected"))
    rows = record((case / "expected.md").read_text(encoding="utf-8"), source).timeline
    assert [f"{row.at:%m-%d %H:%M}" if row.at else "-" for row in rows] == INSTANTS[name]
