"""Documents that nobody writes by accident: no crash, no recursion, and time that grows with the size only."""

from __future__ import annotations

import gc
import os
import time
from datetime import date
from pathlib import Path

import pytest

from mkdocs_postmortem.checking.engine import judge
from mkdocs_postmortem.model import FATAL_CODES, PostMortem
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.settings import Settings

from .hostile import CASES, TABLE, TIMELINE

SETTINGS = Settings(root=Path("/nowhere"), max_bytes=100_000_000)
TODAY = date(2026, 11, 23)
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def read(text: str | bytes) -> PostMortem:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return Reader(SETTINGS).read_bytes(data, "hostile.md")


def seconds(text: str) -> float:
    """Processor time to read and to judge a document, without what other tests left to collect."""
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time()
        judge(read(text), SETTINGS, TODAY)
        return time.process_time() - begin
    finally:
        gc.enable()


@pytest.mark.parametrize("name", CASES)
def test_time_grows_with_the_size_only(name: str) -> None:
    """Four times the document takes about four times the time; what is quadratic takes sixteen."""
    make, factor = CASES[name], 6 if LONG else 1
    small, large = make(factor), make(4 * factor)
    ratios = []
    for _ in range(4):
        long = seconds(large)
        if long < 0.2 * factor:
            return  # too little to tell, and little enough
        ratios.append(long / seconds(small))
        if ratios[-1] < 10:
            return
    assert min(ratios) < 10, f"four times the document takes {min(ratios):.1f} times as long"


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_stands_in_the_file(name: str) -> None:
    text = CASES[name](1)
    record = read(text)
    lines = record.document.text.split("\n")
    for finding in judge(record, SETTINGS, TODAY).findings:
        assert 1 <= finding.line <= len(lines)
        assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
        assert len(finding.message) < 500


def codes(text: str | bytes) -> list[str]:
    return [problem.code for problem in read(text).document.problems]


# -- YAML that would end the process, or take all its memory --------------------------------------


def test_an_alias_bomb_is_refused_before_it_is_built() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 40)
    )
    assert codes(f"---\n{bomb}---\n\nWords.\n") == ["PM104"]


@pytest.mark.parametrize(
    "nested",
    [
        "tags: " + "[" * 100_000,
        "tags: " + "[" * 5_000 + "]" * 5_000,
        "tags: " + "[\n " * 5_000,
        "tags:\n  " + "- " * 5_000 + "a",
        "tags:\n  " + "- " * 100_000 + "a",
        "? " * 50_000,
        "tags: " + "{a: " * 5_000,
        "tags: " + "{\na: " * 5_000,
        "\n".join(" " * n + "a:" for n in range(5_000)),
        "\n".join(" " * n + "- a:" for n in range(3_000)),
        "\n".join(" " * n + "-" for n in range(3_000)),
        "tags: " + "[{a: " * 5_000,
        "- ? " * 20_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_nesting_without_end_is_refused(nested: str) -> None:
    found = codes(f"---\n{nested}\n---\n\nWords.\n")
    assert len(found) == 1
    assert found[0] in ("PM101", "PM104")


def test_twenty_levels_are_read_and_twenty_one_are_not() -> None:
    def nested(levels: int) -> str:
        return f"---\ntags: {'[' * levels}a{']' * levels}\n---\n\nWords.\n"

    assert codes(nested(19)) == []
    assert codes(nested(20)) == ["PM104"]


def test_many_brackets_side_by_side_are_not_nested() -> None:
    items = "\n".join(f"  - {{action: 'a{n}', owner: b, extra: [1, [2, 3]]}}" for n in range(300))
    record = read(f"---\nstatus: draft\naction_items:\n{items}\n---\n\nWords.\n")
    assert record.document.problems == ()
    assert len(record.action_items) == 300


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("1" * 5_000, "1" * 5_000),
        ("0x" + "f" * 5_000, "0x" + "f" * 5_000),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("-.inf", "-.inf"),
        ("1.0e+999", "1.0e+999"),
        ("1e999", "1e999"),
        ("0o17", "0o17"),
        ("017", 15),
        ("1_000", 1000),
        ("0b101", 5),
        ("0b", "0b"),
        ("0x", "0x"),
        ("0x_", "0x_"),
        ("._", "._"),
        ("0b_", "0b_"),
        ("09", "09"),
        ("1__0", 10),
        ("+1", 1),
        ("=", "="),
        ("~", None),
        ("Null", None),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("0000-00-00", "0000-00-00"),
        ("2026-02-30", "2026-02-30"),
        ("\u2028", None),
    ],
)
def test_strange_values_are_values(value: str, kept: object) -> None:
    record = read(f"---\nstatus: draft\nrevenue: {value}\nowner: {value}\n---\n\nWords.\n")
    judge(record, SETTINGS, TODAY)
    if kept is not None and not record.document.problems:
        assert record.document.front["revenue"] == kept


@pytest.mark.parametrize("year", ["0000", "0001", "9999"])
@pytest.mark.parametrize("offset", ["Z", "+14:00", "-12:00", "+23:59", "-23:59", "+99:99"])
@pytest.mark.parametrize("day", ["01-01T00:00:00", "12-31T23:59:60", "12-31T23:59:59.999999999"])
def test_the_ends_of_the_calendar_are_no_crash(year: str, day: str, offset: str) -> None:
    stamp = f"{year}-{day}{offset}"
    stamps = "".join(f"{name}: {stamp}\n" for name in ("started_at", "detected_at", "resolved_at"))
    text = (
        f"---\ntitle: On {year}-01-01\nstatus: published\nseverity: P2\n{stamps}---\n\n**Date:** {year}-12-31\n\n"
        f"## Impact\n\n- **Duration:** 99999999 weeks ({stamp} - {stamp})\n{TIMELINE}"
        f"| 23:59 | a |\n| 00:00 | b |\n| 00:00 -23:59 | c |\n| {stamp} | Resolved |\n"
        f"{TABLE}| a | b | P1 | {year}-12-31 | Done | {year}-01-01 |\n"
    )
    judge(read(text), SETTINGS, TODAY)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe#\x00", "PM100"),
        (b"\xfe\xff\x00#", "PM100"),
        (b"\x00\x00\xfe\xff", "PM100"),
        (b"\x00", "PM100"),
        (b"# A\n\n\xc3\x28", "PM100"),
        (b"\xed\xa0\x80", "PM100"),
        (b"\xf4\x90\x80\x80", "PM100"),
        (b"---\ntitle: \x01\n---\n\nA\n", "PM101"),
        (b"---\ntitle: a\xc2\x85b\n---\n\nA\n", "PM101"),
        ("---\ntitle: a\u2028b\n---\n\nA\n".encode(), "PM101"),
        (b"\xef\xbb\xbf\xef\xbb\xbf# A\n", None),
        (b"\r\r\r", None),
        (b"---\r---\r", "PM101"),
        (b"\x0c---\ntitle: a\n---\n", "PM101"),
        (b"---\n\n\n", "PM101"),
        (b"---", "PM101"),
        (b"--- \t\na: b\n---\t \nA", None),
        (b"-", None),
        (b"", None),
    ],
)
def test_bytes_that_are_no_document(data: bytes, code: str | None) -> None:
    found = codes(data)
    assert found == ([code] if code else [])
    judge(read(data), SETTINGS, TODAY)


def test_ten_megabytes_are_refused_without_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.md"
    path.write_bytes(b"a" * 10_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    record = Reader(Settings(root=tmp_path)).read(path)
    assert [problem.code for problem in record.document.problems] == ["PM100"]
    assert "9.5 MB" in record.document.problems[0].message


def test_what_is_fatal_leaves_no_facts(tmp_path: Path) -> None:
    record = read("---\ntitle: A\nseverity: P1\nseverity: P2\n---\n\nWords.\n")
    assert record.document.unreadable
    assert {problem.code for problem in record.document.problems} <= FATAL_CODES
