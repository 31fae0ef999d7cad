"""Import costs no more than a document's size allows: counted in calls, so that no machine's speed decides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from mkdocs_postmortem.importing import fidelity
from tests.importing.support import imported

SHAPES: dict[str, Callable[[int], str]] = {
    "action items": lambda n: "## Action items\n" + "- do it [Owner Name]\n" * n,
    "rows": lambda n: "## Timeline\n" + "- 10:02 x\n" * n,
    "rows apart": lambda n: "## Timeline\n" + "- 10:02 x\n\ntext\n\n" * n,
    "items without a time": lambda n: "## Timeline\n- 10:02 x\n" + "- x\n" * n + "- 10:03 y\n",
    "times as headings": lambda n: "## Timeline\n" + "### 10:02\n\nx\n\n" * n,
    "times in bold": lambda n: "## Timeline\n" + "**10:02:** x\n\ntext\n\n" * n,
    "sections": lambda n: "## Summary\n\nx\n\n" * n,
    "labels": lambda n: "# T\n" + "- **Impact**: x\n" * n,
    "nested lists": lambda n: "## Timeline\n- 10:02 x\n" + "".join("  " * min(i, 200) + "- y\n" for i in range(n)),
    "nested actions": lambda n: "## Action items\n" + "".join("  " * min(i, 200) + "- y:\n" for i in range(n)),
    "comments": lambda n: "# T\n" + "<!-- a -->\n" * n,
    "comments that are never closed": lambda n: "# T\n" + "<!-- a\n" * n,
    "tables": lambda n: "## Timeline\n" + "| Time | E |\n|---|---|\n| 10:02 | x |\n\n" * n,
    "front matter": lambda n: "---\ntitle: x\n" + "".join(f"k{i}: v\n" for i in range(n)) + "---\n# T\n",
}
LINES: dict[str, Callable[[int], str]] = {
    "spaces in a title": lambda n: "# Post-mortem" + " " * n + "x\n",
    "days in a title": lambda n: "# " + "2021-03-03 " * n + "\n",
    "a label that never ends": lambda n: "# T\n**" + "a" * n + "\n",
    "ticks and pipes": lambda n: "## Timeline\n- 10:02 " + "`" * n + " | " + "``|" * n + "\n",
    "brackets": lambda n: "## Action items\n- " + "[a] " * n + "\n- x " + "[" * n + "\n",
    "digits": lambda n: "## Timeline\n- " + "1" * n + "\n",
    "stars": lambda n: "## Timeline\n- " + "*" * n + "\n",
    "markup": lambda n: "# T\n" + "<" * n + "\n" + "<!-" * n + "\n",
}


def calls(text: str) -> int:
    count = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        draft, made = imported(text)
    finally:
        sys.setprofile(None)
    assert fidelity.lost(text, draft, made) == {}
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_as_long_is_four_times_the_work(shape: str) -> None:
    calls(SHAPES[shape](2))  # what is remembered once
    small, large = calls(SHAPES[shape](60)), calls(SHAPES[shape](240))
    assert large < 6 * small


@pytest.mark.parametrize("line", LINES)
def test_a_line_without_end_comes_to_one(line: str) -> None:
    """A line so long that everybody would notice, if its length counted twice."""
    text = LINES[line](60_000)
    draft, made = imported(text)
    assert fidelity.lost(text, draft, made) == {}
