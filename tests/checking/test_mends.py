"""Mends say nothing that the author did not write: no other time, no zone, no other number."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import NAME, check, findings, overlay, project

STAMPS = {
    "2026-11-03T14:30+0100": "write it like 2026-11-03T14:30+01:00",
    "2026-11-03T14:30+01": "write it like 2026-11-03T14:30+01:00",
    "2026-11-03 14:30 UTC": "write it like 2026-11-03T14:30Z",
    "2026-11-03 14:30:10 UTC-5": "write it like 2026-11-03T14:30:10-05:00",
    "2026-11-03 10:02": "add the time zone: 2026-11-03T10:02Z if that is UTC, else like 2026-11-03T10:02+01:00",
    "2026-11-03 9:02": "add the time zone: 2026-11-03T09:02Z if that is UTC, else like 2026-11-03T09:02+01:00",
    "2026-11-03 10:02 CET": "write the offset in place of CET, like 2026-11-03T10:02+01:00",
    "2026-11-08": "add time and zone: 2026-11-08THH:MMZ",
    "3 November 2026": "add time and zone: 2026-11-03THH:MMZ",
    "3 November 2026, 10:02": "write day, time and offset, like 2026-11-03THH:MMZ or 2026-11-03THH:MM+01:00",
    "16:45 PST": "write day, time and offset, like YYYY-MM-DDTHH:MMZ or YYYY-MM-DDTHH:MM+01:00",
    "1762164120": "write day, time and offset, like YYYY-MM-DDTHH:MMZ or YYYY-MM-DDTHH:MM+01:00",
    "yesterday": "write day, time and offset, like YYYY-MM-DDTHH:MMZ or YYYY-MM-DDTHH:MM+01:00",
}


@pytest.mark.parametrize("written", STAMPS)
def test_a_timestamp_keeps_what_was_written(written: str, tmp_path: Path) -> None:
    found = findings(tmp_path, overlay(f"acknowledged_at: {written}\n", "yaml"))
    assert [(item.code, item.help) for item in found] == [("PM109", STAMPS[written])]


@pytest.mark.parametrize("written", ["0012", "1.10", "2026_11", "no", "0x1F"])
def test_a_text_in_quotes_is_the_text_that_was_written(written: str, tmp_path: Path) -> None:
    found = findings(tmp_path, overlay(f"owner: {written}  # why\n", "yaml"))
    assert [(item.code, item.help) for item in found] == [("PM107", f'put it in quotes: "{written}"')]


def test_a_day_that_was_not_written_is_not_suggested(tmp_path: Path) -> None:
    item = "action_items: [{action: Mend it, owner: '@wei', due: next week}]\n"
    text = overlay("## Action Items\n\nSee above.\n", base=overlay(item, "yaml"))
    assert [(item.code, item.help) for item in findings(tmp_path, text)] == [("PM410", "write it as YYYY-MM-DD")]


def test_of_thousands_of_unknown_keys_only_the_first_are_compared(tmp_path: Path) -> None:
    text = overlay("".join(f"severty{n}: 1\n" for n in range(3000)), "yaml")
    settings = project(tmp_path, {NAME: text})
    found = [item for item in check(settings).findings if item.code == "PM105"]
    assert [item.help for item in found].count("did you mean severity?") == 20
    assert len(found) == 51
    assert found[-1].message == "and 2950 more of this kind, from here on"


def test_thousands_of_wrong_rows_are_summed_up(tmp_path: Path) -> None:
    rows = "".join(f"| Mend {n} | @wei | P0 | 2026-11-17 | opeen |\n" for n in range(400))
    table = "### Prevent Recurrence\n\n| Action | Owner | Priority | Due Date | Status |\n|---|---|---|---|---|\n"
    found = [item for item in findings(tmp_path, overlay(table + rows)) if item.code == "PM409"]
    assert [item.help for item in found].count("did you mean open?") == 20
    assert found[-1].message == "and 350 more of this kind, from here on"
