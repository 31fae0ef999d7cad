"""The follow-up review: when it is planned for and whether it was held, by front matter or the template's list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.record import make
from mkdocs_postmortem.reading.source import Source, digest_of
from mkdocs_postmortem.settings import Settings


def read(text: str) -> PostMortem:
    return make(Source(text, digest_of(text.encode())), "docs/postmortems/x.md", Settings(root=Path("/project")))


BLOCK = "# x\n\n---\n\n**Follow-up Review:**\n\n- Scheduled: 2026-08-28\n- Held: 2026-08-31\n- Purpose: progress\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BLOCK, {"scheduled": "2026-08-28", "held": "2026-08-31"}),
        (BLOCK.replace("Review:**\n\n", "Review:**\n"), {"scheduled": "2026-08-28", "held": "2026-08-31"}),
        (BLOCK.replace("Held: 2026-08-31", "Held: [DATE]"), {"scheduled": "2026-08-28"}),
        (BLOCK.replace("- Held: 2026", "- **Held:** 2026"), {"scheduled": "2026-08-28", "held": "2026-08-31"}),
        (BLOCK.replace("2026-08-31", "31 August 2026"), {"scheduled": "2026-08-28", "held": "2026-08-31"}),
        (BLOCK.replace("Follow-up Review", "Post-Mortem Meeting"), None),
        (BLOCK.replace("**Follow-up", "<!--\n**Follow-up") + "-->\n", None),
        ("# x\n\n```\n**Follow-up Review:**\n- Held: 2026-08-31\n```\n", None),
        ("# x\n\nHeld: 2026-08-31\n", None),
        ("---\nfollow_up: {held: 2026-09-02}\n---\n" + BLOCK, {"scheduled": "2026-08-28", "held": "2026-09-02"}),
        ("---\nfollow_up: {held: }\n---\n" + BLOCK, {"scheduled": "2026-08-28", "held": "2026-08-31"}),
        ("---\nfollow_up: soon\n---\n" + BLOCK, "soon"),
    ],
)  # fmt: skip
def test_front_matter_goes_first_and_the_list_fills_what_it_leaves_open(text: str, expected: Any) -> None:
    assert read(text).facts.get("follow_up") == expected


def test_each_day_points_at_where_it_stands() -> None:
    record = read(BLOCK)
    span = record.places[("follow_up", "held")]
    assert record.document.lines[span.line - 1][span.column - 1 : span.end - 1] == "2026-08-31"
