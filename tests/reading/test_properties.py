"""What holds for every document, shown on documents that nobody thought of."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import markdown
import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mkdocs_postmortem import dates, strictyaml
from mkdocs_postmortem.checking.engine import judge
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import UNKNOWN

SETTINGS = Settings(root=Path("/nowhere"))
TODAY = date(2026, 11, 23)


def read(data: str | bytes) -> PostMortem:
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return Reader(SETTINGS).read_bytes(data, "m.md")


# -- any bytes -----------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "---\n", "...\n", "```\n", "~~~", "<!--", "-->", "## ", "# ", "#", "- [ ] ", "- [x] ", "* ", "> ", "1. ", " ",
        "|", "| ", " | ", "\\|", "`", "``", "**", "__", "[", "](", ")", "(", ":", ": ", "\n", "\n\n", "\r\n",
        "\r", "\t",
        "    ", "title: ", "status: published\n", "severity: P1\n", "started_at: 2026-11-03T10:02Z\n", "timeline:\n",
        "action_items:\n", "- {", "}", "&a", "*a", "!x", "?", "...", "=", "===\n", "---", ":-:", "\\",
        "## Timeline\n\n", "## Action Items\n\n", "### Prevent Recurrence\n\n", "## 5 Whys\n", "**Why 1:** ",
        "→ Because: ", "**Duration:** ", "**Contributing Factors:**\n", "### How We Detected It\n",
        "| Time | Event |\n|---|---|\n", "| Action | Owner | Status |\n|---|---|---|\n| a |", "Time", "Event", "Action",
        "10:02", "~", "done", "Won't do:", "2026-11-03", "2026-02-30", "[TIME]", "{{ x }}", "@wei", "(due 2026-11-17)",
        "<!-- postmortem: accept PM305 why -->", "# postmortem: accept PM105",
        "\u200b", "\u202e", "\u2028", "\x00", "\x07", "\ufeff", "é", "👩‍💻",
    ]
)  # fmt: skip
DOCUMENTS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(PIECES, max_size=60).map(lambda pieces: "".join(pieces).encode("utf-8")),
    st.lists(PIECES, max_size=40).map(
        lambda pieces: ("---\n" + "".join(pieces) + "\n---\n" + "".join(pieces)).encode()
    ),
)


@given(DOCUMENTS)
@example(b"---\ntitle: a\n---\n\n```\n<!--")
@example(b"---\n---")
@example(b"| a |\n|---|\n")
@example(b"## Timeline\n\n| Time |\n|---|\n| 10:02 |")
def test_no_bytes_are_a_crash_and_every_place_is_in_the_file(data: bytes) -> None:
    record = read(data)
    lines = record.document.text.split("\n")
    source = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in judge(record, SETTINGS, TODAY).findings:
        assert 1 <= finding.line <= max(len(lines), len(source))
        if not record.document.unreadable:
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1
    for item in record.action_items:
        assert record.document.text == "" or item.span.line <= len(lines)
    for entry in record.timeline:
        assert entry.span.line <= len(lines)
    for section in record.document.sections:
        assert section.span.line <= section.last_line <= section.end_line <= len(lines)
        assert lines[section.span.line - 1][section.span.column - 1 :].startswith(section.title)


@given(DOCUMENTS)
def test_the_same_bytes_are_the_same_record(data: bytes) -> None:
    first, second = read(data), read(data)
    assert first.document == second.document
    assert first.action_items == second.action_items
    assert judge(first, SETTINGS, TODAY) == judge(second, SETTINGS, TODAY)


@given(DOCUMENTS)
def test_line_ends_do_not_matter(data: bytes) -> None:
    assume(b"\r" not in data)
    plain, windows = read(data), read(data.replace(b"\n", b"\r\n"))
    assert plain.document.text == windows.document.text
    assert judge(plain, SETTINGS, TODAY).findings == judge(windows, SETTINGS, TODAY).findings


# -- the outline is the renderer's -----------------------------------------------------------------

WORD = st.text("abcdefgh ", min_size=1, max_size=12).map(str.strip).filter(bool)
HEADING = st.builds(
    lambda level, title, closing: f"{'#' * level} {title}{closing}\n",
    st.integers(2, 6), WORD, st.sampled_from(["", " ##", " #"]),
)  # fmt: skip
SETEXT = st.builds(lambda title, rule: f"{title}\n{rule}\n", WORD, st.sampled_from(["---", "------"]))
PARAGRAPH = st.lists(WORD, min_size=1, max_size=3).map(lambda words: "\n".join(words) + "\n")
TABLE = st.lists(st.lists(WORD, min_size=2, max_size=2), min_size=1, max_size=3).map(
    lambda rows: "| a | b |\n|---|---|\n" + "".join(f"| {x} | ## {y} |\n" for x, y in rows)
)
FENCE = st.builds(
    lambda sign, words: f"{sign}text\n{words}\n## not a heading\n{sign}\n",
    st.sampled_from(["```", "~~~", "````"]),
    WORD,
)
COMMENT = WORD.map(lambda words: f"<!--\n## {words}\n-->\n")
LIST = st.lists(WORD, min_size=1, max_size=3).map(lambda words: "".join(f"- {word}\n" for word in words))
QUOTE = WORD.map(lambda words: f"> {words}\n")
INDENTED = WORD.map(lambda words: f"    ## {words}\n")
BLOCKS = st.lists(
    st.one_of(HEADING, HEADING, SETEXT, PARAGRAPH, TABLE, FENCE, COMMENT, LIST, QUOTE, INDENTED), max_size=12
)


def rendered_outline(text: str) -> list[tuple[int, str]]:
    """Headings from level 2 on as Python-Markdown renders them."""
    host = markdown.Markdown(extensions=["tables", "fenced_code", "toc"])
    host.convert(text)
    found: list[tuple[int, str]] = []

    def walk(tokens: list[dict[str, Any]]) -> None:
        for token in tokens:
            found.append((token["level"], token["name"]))
            walk(token["children"])

    walk(host.toc_tokens)  # type: ignore[attr-defined]
    return [item for item in found if item[0] >= 2]


def own_outline(text: str) -> list[tuple[int, str]]:
    return [(item.level, " ".join(item.title.split())) for item in read(text).document.sections if item.level >= 2]


@given(BLOCKS)
def test_headings_are_those_that_the_renderer_shows(blocks: list[str]) -> None:
    # Documented differences: a rule of dashes right below a list's last line, and an indented line
    # below a list, are not generated: blocks are parted, and no block begins inside a list.
    text = "\n".join(blocks)
    assume(not re.search(r"^[->] .*\n\n(?: {4}|.*\n-{3})", text, re.M))
    assert own_outline("\n" + text) == rendered_outline(text)


@given(BLOCKS)
def test_headings_right_below_other_blocks_are_headings_too(blocks: list[str]) -> None:
    text = "".join(block if block.startswith("#") else block + "\n" for block in blocks)
    assume(not re.search(r"^[->] .*\n\n(?: {4}|.*\n-{3})", text, re.M))
    assert own_outline("\n" + text) == rendered_outline(text)


# -- keys of action items --------------------------------------------------------------------------

ACTION = st.builds(
    lambda verb, thing, owner, status: (f"{verb} {thing}", owner, status),
    st.sampled_from(["Add", "Mend", "**Check**", "Drop"]),
    st.text("abcdefgh", min_size=1, max_size=6),
    st.sampled_from(["@wei", "@li", ""]),
    st.sampled_from(["Open", "Done", "Won't do: no"]),
)


def keys(rows: list[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    table = "".join(f"| {action} | {owner} | {status} |\n" for action, owner, status in rows)
    record = read(f"---\nstatus: draft\n---\n\n## Action Items\n\n| Action | Owner | Status |\n|---|---|---|\n{table}")
    assert len(record.action_items) == len(rows)
    return {(item.action, item.owner): item.key for item in record.action_items}


@given(st.lists(ACTION, unique_by=lambda row: row[0].replace("*", ""), min_size=1, max_size=8), st.randoms())
def test_keys_stay_while_rows_move_and_others_come(rows: list[tuple[str, str, str]], chance: Any) -> None:
    before = keys(rows)
    assert len(set(before.values())) == len(rows)
    moved = [*rows, ("Something else entirely", "@sam", "Open"), ("And another", "", "Done")]
    chance.shuffle(moved)
    after = keys(moved)
    assert {name: after[name] for name in before} == before


@given(st.lists(ACTION, unique_by=lambda row: (row[0].replace("*", ""), row[1]), min_size=1, max_size=8), st.randoms())
def test_keys_of_the_same_words_stay_while_rows_move(rows: list[tuple[str, str, str]], chance: Any) -> None:
    moved = list(rows)
    chance.shuffle(moved)
    assert keys(rows) == keys(moved)


@given(ACTION, st.sampled_from(["Open", "In progress", "Verified", "Won't do: too dear"]))
def test_a_key_stays_when_the_work_goes_on(row: tuple[str, str, str], status: str) -> None:
    assert list(keys([row]).values()) == list(keys([(row[0], "@somebody", status)]).values())


# -- dates and durations ---------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC))
OFFSETS = st.integers(-1439, 1439)


@given(MOMENTS, OFFSETS)
def test_a_timestamp_is_read_in_every_offset(moment: datetime, offset: int) -> None:
    local = moment + timedelta(minutes=offset)
    sign, minutes = ("-" if offset < 0 else "+"), abs(offset)
    text = f"{local:%H:%M:%S}.{local.microsecond:06}{sign}{minutes // 60:02}:{minutes % 60:02}"
    for between in "Tt ":
        assert dates.parse_stamp(f"{local.year:04}-{local:%m-%d}{between}{text}") == moment


@given(st.dates())
def test_a_day_is_found_in_every_form(day: date) -> None:
    assert dates.parse_date(day.isoformat()) == day
    month = calendar.month_name[day.month]
    forms = (
        f"{day.isoformat()}", f"{day.year:04}/{day.month}/{day.day}", f"on {day.day} {month} {day.year:04}",
        f"{day.day}. {day.day}th of {month}, {day.year:04}", f"{month[:3]}. {day.day}, {day.year:04}",
        f"{month} {day.day}st {day.year:04} and later", f"{day.isoformat()}-checkout",
    )  # fmt: skip
    for form in forms:
        assert dates.find_date(form) == day, form


@given(st.integers(0, 400 * 24 * 60))
def test_a_duration_is_read_as_people_write_it(minutes: int) -> None:
    value = timedelta(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    days, left = divmod(hours, 24)
    forms = [
        f"{minutes} minutes",
        f"{minutes}m",
        f"{hours} h {rest} min",
        f"{hours}h{rest}m",
        f"{hours} hours and {rest} minutes",
    ]
    forms += [
        f"{days}d {left}h {rest}m",
        f"{days} days, {left} hours, {rest} mins",
        f"P{days}DT{left}H{rest}M",
        f"PT{minutes}M",
    ]
    if hours < 1000:
        forms.append(f"{hours}:{rest:02}")
    for form in forms:
        duration = dates.parse_duration(form)
        assert duration is not None, form
        assert duration.value == value, form
        assert duration.tolerance >= timedelta(minutes=1)


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_duration_for_people_is_read_back_to_what_it_shows(value: timedelta) -> None:
    shown = dates.human(value)
    duration = dates.parse_duration(shown)
    assert duration is not None
    unit = timedelta(minutes=30) if "d" in shown else timedelta(minutes=1) if "s" not in shown else timedelta(seconds=1)
    assert abs(duration.value - value) <= unit


@pytest.mark.parametrize("unknown", sorted(UNKNOWN))
@pytest.mark.parametrize("form", ["{}", " {} ", "**{}**"])
def test_unknown_is_never_a_number(unknown: str, form: str) -> None:
    text = form.format(unknown).upper()
    assert dates.parse_duration(text) is None
    assert dates.find_date(text) is None
    assert dates.parse_clock(text) is None
    assert dates.parse_moment(text) is None


@given(st.text(max_size=60))
def test_no_text_is_a_crash_for_dates(text: str) -> None:
    for function in (
        dates.parse_stamp, dates.parse_date, dates.find_date, dates.parse_clock, dates.clock_offset,
        dates.parse_moment, dates.parse_duration,
    ):  # fmt: skip
        function(text)


# -- strict YAML -------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=12),
    st.sampled_from(
        [
            "yes",
            "null",
            "1",
            "0x1F",
            "1e3",
            "12:30",
            "2026-11-03",
            "- a",
            "# a",
            "a: b",
            "*a",
            "&a",
            "!x",
            "@a",
            "%",
            "`",
        ]
    ),
)
KEYS = st.one_of(st.text("abcdefgh_", min_size=1, max_size=6), st.sampled_from(["a b", "key:", "-", "#", "ü", "@x"]))
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON, max_size=5), st.booleans(), st.booleans())
def test_our_yaml_agrees_with_yaml_on_plain_data(data: dict[str, Any], flow: bool, unicode: bool) -> None:
    text = yaml.dump(data, Dumper=_Plain, default_flow_style=flow, allow_unicode=unicode, width=1000, sort_keys=False)
    assume(not re.search("[\x85\u2028\u2029]", text))
    assume("\ufeff" not in text)
    loaded = strictyaml.load(text)
    assert loaded.problems == []
    assert loaded.value == yaml.safe_load(text) == data


class _Plain(yaml.SafeDumper):
    """Without anchors: every value is written where it stands."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.dates(), st.times())
def test_dates_and_times_stay_what_was_written(day: date, time: Any) -> None:
    for text in (day.isoformat(), f"{day.isoformat()}T{time:%H:%M:%S}Z", f"{day.isoformat()} {time:%H:%M:%S}"):
        loaded = strictyaml.load(f"a: {text}\n")
        assert loaded.value == {"a": text}
        assert loaded.problems == []


@given(st.text(max_size=200), st.integers(1, 50))
def test_no_text_is_a_crash_for_yaml(text: str, first_line: int) -> None:
    loaded = strictyaml.load(text, first_line)
    last = first_line + text.count("\n") + 1
    for problem in loaded.problems:
        assert first_line <= problem.span.line <= last


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_every_value_has_its_place(data: dict[str, Any]) -> None:
    text = yaml.dump(data, Dumper=_Plain, allow_unicode=True, width=1000)
    assume(not re.search("[\x85\u2028\u2029\ufeff]", text))
    loaded = strictyaml.load(text, 2)

    def paths(value: Any, path: tuple[Any, ...]) -> Any:
        yield path
        if isinstance(value, dict):
            for key, item in value.items():
                assert ("", *path, key) in loaded.places
                yield from paths(item, (*path, key))
        elif isinstance(value, list):
            for n, item in enumerate(value):
                yield from paths(item, (*path, n))

    lines = text.split("\n")
    for path in paths(loaded.value, ()):
        span = loaded.places[path]
        assert 2 <= span.line <= len(lines) + 1
        assert 1 <= span.column <= len(lines[span.line - 2]) + 1
