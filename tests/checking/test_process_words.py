"""The process's own words, each by name: every example it calls bad is found, every one it calls good passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .support import codes, findings, overlay

LESSON = "## Lessons Learned\n\n### Process Lessons\n\n- {}.\n"
CAUSE = "## Root Cause Analysis\n\n{}\n"
TABLE = "| Action | Owner | Priority | Due Date | Status |\n|---|---|---|---|---|\n"
HEAD = f"## Action Items\n\n### Prevent Recurrence\n\n{TABLE}"
ROW = "| {} | @wei | P1 | 2026-12-01 | Open |\n"
SECOND = "### Improve Response\n\n" + TABLE + ROW.format("Add the command that skips the drain to the rollback runbook")
WENT_WELL = "### What Worked Well\n\n- The rollback took two minutes.\n\n### What Could Be Improved\n\n{}\n"


def items(*rows: str) -> str:
    return HEAD + "".join(rows) + "\n" + SECOND


NUMBERED = tuple(ROW.format(f"Add a readiness check for setting {number}") for number in range(1, 12))

BAD = {
    "language: John": (LESSON.format("John didn't test properly"), "PM501"),
    "language: Sarah": (LESSON.format("Sarah should have been watching the dashboard"), "PM501"),
    "language: they": (LESSON.format("They followed the runbook wrong"), "PM501"),
    "pitfall: blaming individuals": (
        LESSON.format("The incident occurred because John deployed without testing"),
        "PM501",
    ),
    "pitfall: stopping at surface cause": (CAUSE.format("Root cause: Typo in configuration file"), "PM511"),
    "pitfall: too many action items": (items(*NUMBERED), "PM406"),
    "pitfall: vague action items": (items(ROW.format("Improve monitoring")), "PM414"),
    "pitfall: action items without owners": (items(ROW.format("Add a canary").replace("@wei", "")), "PM401"),
    "pitfall: action items without deadlines": (items(ROW.format("Add a canary").replace("2026-12-01", "")), "PM402"),
    "pitfall: focusing on what went well, ignoring issues": (WENT_WELL.format("Nothing."), "PM516"),
}

GOOD = {
    "language: deployment process": LESSON.format("The deployment process didn't catch this bug"),
    "language: monitoring": LESSON.format("Our monitoring didn't alert us in time"),
    "language: runbook": LESSON.format("The runbook was unclear at this step"),
    "pitfall: blaming individuals": LESSON.format(
        "The incident occurred because our deployment process didn't include mandatory staging verification"
    ),
    "pitfall: stopping at surface cause": CAUSE.format(
        "Root cause: Configuration changes lack validation and testing process"
    ),
    "pitfall: too many action items": items(*NUMBERED[:4]),
    "pitfall: vague action items": items(
        ROW.format("Add alert for error rate >5% sustained for >2 minutes on /api/sync endpoint")
    ),
    "five whys: the action": items(ROW.format("Add pagination requirements to API design guidelines")),
    "pitfall: focusing on what went well, ignoring issues": WENT_WELL.format("- The alert came after nine minutes."),
}


@pytest.mark.parametrize("name", BAD)
def test_what_the_process_calls_bad_is_found(name: str, tmp_path: Path) -> None:
    fragment, code = BAD[name]
    assert codes(findings(tmp_path, overlay(fragment))) == [code]


@pytest.mark.parametrize("name", GOOD)
def test_what_the_process_calls_good_passes(name: str, tmp_path: Path) -> None:
    assert codes(findings(tmp_path, overlay(GOOD[name]))) == []
