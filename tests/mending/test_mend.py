"""What `check --fix` mends and what it leaves: the record says the same, and every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mkdocs_postmortem import settings as settings_room
from mkdocs_postmortem.dates import find_date, parse_moment
from mkdocs_postmortem.mending import mend
from mkdocs_postmortem.model import STAMPS, PostMortem, Span
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import KEY_ALIASES

CASES = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))
PLAIN = [case for case in CASES if "settings" not in case]
SETTINGS = Settings(root=Path("/nowhere"))
FILE = "2026-11-03-a.md"


def read(data: bytes, settings: Settings = SETTINGS) -> PostMortem:
    return reading.make(decode(data), FILE, settings)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    settings = SETTINGS
    if "settings" in case:
        config = tmp_path / "postmortem.yml"
        config.write_text(yaml.safe_dump(case["settings"]), encoding="utf-8")
        settings = settings_room.load(config)
    mended = mend(case["before"].encode(), FILE, settings)
    assert mended.data.decode() == case.get("after", case["before"])
    assert [f"{span.line}:{span.column} {what}" for span, what in mended.left] == case.get("left", [])
    assert mend(mended.data, FILE, settings).data == mended.data


@pytest.mark.parametrize("form", ["crlf", "cr", "bom", "no final newline", "bom and crlf"])
@pytest.mark.parametrize("case", PLAIN, ids=[case["name"] for case in PLAIN])
def test_line_ends_byte_order_mark_and_the_end_of_the_file_stay(case: dict[str, Any], form: str) -> None:
    def formed(text: str) -> bytes:
        if form == "no final newline":
            text = text.rstrip("\n") + ("\n" if text.startswith("---") and text.endswith("---\n") else "")
        mark = "\ufeff" if "bom" in form else ""
        end = "\r\n" if "crlf" in form else "\r" if form == "cr" else "\n"
        return (mark + text.replace("\n", end)).encode()

    before, after = formed(case["before"]), formed(case.get("after", case["before"]))
    assert mend(before, FILE, SETTINGS).data == after


# -- any document ------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    [*sorted(KEY_ALIASES), *STAMPS, "title", "Title", "status", "Status", "STATUS", "severity", "incident-type", "type",
     "detectedAt", "detection method", "owner", "services", "date", "x_team"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["Final", "'closed'", '"In Review"', "draft", "p1", "P0", "Data loss", "user_report", "2026-11-03 10:02 UTC",
     "2026-11-03T10:09Z", "'2026-11-03 10:49 +0100'", "2026-11-03 10:02", "3 November 2026", "2026/11/03", "[a, b]",
     "", "12", "no", "a: b", "{users: 3, Data Loss: none}", '"a # b"', "|\n  p1", "@wei", '"@wei"', "'it''s'"]
)  # fmt: skip
COMMENTS = st.sampled_from(["", "", "  # why", "  #", " # Final: p1"])
ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["action", "task", "Owner", "assignee", "due", "deadline", "status", "priority", "category"]),
        st.sampled_from(["Mend it", "Completed", "must", "3 November 2026", "wip", "'P1'", '"done"', "detection"]),
    ),
    max_size=4,
)
CELLS = st.sampled_from(
    ["", "Mend it", "@wei", "must", "P1", "3 November 2026", "2026-12-01", "Completed", "wip", "Won't do: no", "10:02",
     "2026-11-03 10:05 UTC", "10:04 CET", "`a|b`", r"a \| b", "<!-- | -->", "<!--", "-->", "✅", "**Done**",
     "~~P0~~ P1", "é"]
)  # fmt: skip
HEADERS = st.sampled_from(
    ["Action", "Owner", "Priority", "Due Date", "Status", "Issue", "Completed", "Time", "Event", "Date", "Team", "What",
     "Status", "ID", ""]
)  # fmt: skip
PROSE = st.sampled_from(
    ["**Severity:** p1", "**Status:** Final", "Completed on 3 November 2026.", "- [ ] Mend it (must)", "```",
     "<!--", "-->", "<!-- postmortem: accept PM305 why -->", "| a", "Time | Event", "    code"]
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> str:
    header = draw(st.lists(HEADERS, min_size=1, max_size=6))
    rows = [header, ["---"] * len(header)]
    for _ in range(draw(st.integers(0, 3))):
        wide = len(header) + draw(st.sampled_from([0, 0, 0, 0, -1, 1]))
        rows.append(draw(st.lists(CELLS, min_size=max(1, wide), max_size=max(1, wide))))
    edge = draw(st.sampled_from(["|", "|", "|", ""]))
    return "".join(f"{edge} {' | '.join(row)} {edge}\n" for row in rows)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    lines = [
        f"{key}: {value}{comment}"
        for key, value, comment in draw(st.lists(st.tuples(KEYS, VALUES, COMMENTS), max_size=6))
    ]
    items = draw(ITEMS)
    if items:
        lines.append("action_items:")
        lines += [f"{'  - ' if n == 0 else '    '}{key}: {value}" for n, (key, value) in enumerate(items)]
    text = "---\n" + "\n".join(lines) + "\n---\n\n" if lines else ""
    for title in draw(
        st.lists(st.sampled_from(["Action Items", "Timeline", "Impact", "Prevent Recurrence"]), max_size=3)
    ):
        text += f"## {title}\n\n{draw(tables())}\n{draw(PROSE)}\n\n"
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


def say(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """A fact in one form, whichever it was written in: an account of its own of what may be mended."""
    if isinstance(value, dict):
        return {key: say(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [say(item, (*path, n)) for n, item in enumerate(value)]
    if isinstance(value, str) and path and path[-1] in (*STAMPS, "time", "held_at", "scheduled_at", "drafted_at"):
        return parse_moment(value) or value
    if isinstance(value, str) and path and path[-1] in ("due", "completed", "created"):
        return find_date(value) or value
    return value


def without_places(record: PostMortem) -> tuple[Any, ...]:
    """All that a record says, but for where, and the forms of dates."""
    items = [replace(item, span=Span(0), places={}) for item in record.action_items]
    rows = [(row.event, row.at, row.table) for row in record.timeline]
    facts = {key: value for key, value in record.facts.items() if key != "severity"}
    return (
        say(facts), record.severity, record.id, record.title, record.status, record.day, record.stamps,
        record.services, record.owner, record.participants, items, rows,
    )  # fmt: skip


@given(documents())
@example(b"---\nstart: 2026-11-03 10:02 UTC\nfollow_ups: [a]\n---\n")
def test_the_record_says_the_same_afterwards(data: bytes) -> None:
    """Where no key was renamed and no timestamp became readable, all of it; else at least all it said before."""
    after = mend(data, FILE, SETTINGS).data
    first, second = read(data), read(after)
    pairs = list(zip(named(first.document.front), named(second.document.front), strict=True))
    renamed = {name for old, new in pairs if old != new for name in (old, new)}
    readable = second.stamps.keys() - first.stamps.keys()
    if not renamed and not readable:
        assert without_places(first) == without_places(second)
        return
    for old, new in pairs:  # in their order, each with the value it had
        assert old[:-1] == new[:-1]
        if old != new:
            assert new not in [path for path, _ in pairs]
            assert KEY_ALIASES.get(old[-1]) == new[-1] or folded(old[-1]) == folded(new[-1])
    for name in readable:
        old = next(old for old, new in pairs if new == (name,))
        assert parse_moment(first.document.front[old[0]]) == second.stamps[name]
    top = {path[0] for path in renamed}
    kept = {key: value for key, value in first.facts.items() if key not in top}
    assert say(kept) == say({key: value for key, value in second.facts.items() if key not in top})
    assert len(first.action_items) == len(second.action_items) or ("action_items",) in renamed


def folded(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).casefold()


def named(front: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Every key of front matter and of its items, in the order of the file."""
    items = front.get("action_items")
    inside = [
        ("action_items", n, key)
        for n, item in enumerate(items if isinstance(items, list) else ())
        for key in (item if isinstance(item, dict) else ())
    ]
    return [(key,) for key in front] + inside


@given(documents())
def test_mending_twice_is_mending_once(data: bytes) -> None:
    after = mend(data, FILE, SETTINGS).data
    assert mend(after, FILE, SETTINGS).data == after


_VALUE = re.compile(r"\s+#.*")


@given(documents())
def test_prose_comments_and_line_ends_stay(data: bytes) -> None:
    after = mend(data, FILE, SETTINGS).data
    assert re.findall(rb"\r\n|\r|\n", data) == re.findall(rb"\r\n|\r|\n", after)
    assert data.startswith(b"\xef\xbb\xbf") == after.startswith(b"\xef\xbb\xbf")
    document = read(data).document
    tables = {n for table in document.tables for n in range(table.line, table.row_lines.stop)}
    lines = zip(decode(data).text.split("\n"), decode(after).text.split("\n"), strict=True)
    for number, (old, new) in enumerate(lines, 1):
        if number < document.body_line:
            comment = re.search(r"  #.*| # Final: p1$", old)
            assert comment is None or new.endswith(comment[0])
        elif number in tables:
            assert old.count("|") == new.count("|")
            assert old.count("<!--") == new.count("<!--")
        else:
            assert old == new


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"---\n{text}\n---\n\n{text}".encode()))
)
def test_anything_at_all_is_mended_or_left(data: bytes) -> None:
    after = mend(data, FILE, SETTINGS).data
    assert mend(after, FILE, SETTINGS).data == after


def test_a_document_of_many_that_cannot_be_mended_costs_no_more_than_some_readings() -> None:
    rows = "".join(f"| a {n} | must | 3 November 2026 |\n" for n in range(3000))
    data = f"## Action Items\n\n| Action | Priority | Due |\n|---|---|---|\n{rows}".encode()
    assert mend(data, FILE, SETTINGS).data.count(b"| P0 | 2026-11-03 |") == 3000
