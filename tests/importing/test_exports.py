"""Exports of other tools: what is read as what, that every word is kept, and that bad input gets one clear message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.checking import check_records
from mkdocs_postmortem.importing.batch import NEW, REFUSED, Importer, Work, plan
from mkdocs_postmortem.importing.exports.drafting import Named, calendar_day, identify, lasting, moment, read
from mkdocs_postmortem.importing.exports.loading import DEEPEST, LARGEST, ExportError, load
from mkdocs_postmortem.importing.exports.prose import one_line, prose
from mkdocs_postmortem.importing.exports.tools import TOOLS
from mkdocs_postmortem.importing.found import Draft
from mkdocs_postmortem.importing.writing import write
from mkdocs_postmortem.reading import record
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.settings import Settings, Severity

CASES = Path(__file__).parent / "exports"
SETTINGS = Settings(root=Path("."))
TODAY = date(2026, 11, 23)


def drafts(value: Any, settings: Settings = SETTINGS) -> list[Named]:
    return read(json.dumps(value), settings, TODAY)


def draft(value: Any, settings: Settings = SETTINGS) -> Draft:
    return drafts(value, settings)[0].draft


def case(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def body(found: Draft) -> str:
    lines: list[str] = []
    for part in found.parts:
        lines.append(f"## {part.title}")
        for piece in part.pieces:
            lines += [piece.heading, *piece.lines]
    return "\n".join(lines)


def section(found: Draft, title: str) -> str:
    part = next(part for part in found.parts if part.title == title)
    return "\n".join(line for piece in part.pieces for line in [piece.heading, *piece.lines] if line)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", unescape(text).casefold()))


def strings(value: Any) -> Iterator[str]:
    """Every text of a record; of rich text the words alone, not the names of its parts."""
    if isinstance(value, dict):
        rich = value.get("type") in ("doc", "text") or ("content" in value and "type" in value)
        for key, inner in value.items():
            if not (rich and key in ("type", "marks", "attrs", "version")):
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield re.sub(r"</?b>", "", value)


def all_words(found: Draft) -> set[str]:
    facts = " ".join(
        json.dumps(fact.value, ensure_ascii=False) for fact in found.facts if not isinstance(fact.value, str)
    )
    said = " ".join(fact.value for fact in found.facts if isinstance(fact.value, str))
    return words(f"{found.heading} {said} {facts} {body(found)}")


def errors(named: Named) -> list[str]:
    """What `check` calls an error in the file that an export becomes."""
    text = write(named.draft)
    found = record.make(Source(text, named.stem), f"docs/postmortems/{named.stem}.md", SETTINGS)
    report = check_records([found], SETTINGS, TODAY)
    return [f"{finding.code} {finding.message}" for finding in report.findings if finding.severity == "error"]


def message(text: str) -> str:
    with pytest.raises(ExportError) as error:
        read(text, SETTINGS, TODAY)
    found = error.value
    assert found.message
    assert found.mend
    assert "\n" not in found.message
    assert len(found.message) < 300
    return found.message


# Each tool's names for things


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_each_tool_has_a_case(tool: Any) -> None:
    names = {"Opsgenie", "incident.io", "FireHydrant", "Datadog", "Rootly", "Dispatch", "Morgue"}
    assert tool.name in names
    assert (CASES / f"{tool.name.casefold().replace('.', '-')}.json").is_file()


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_case_is_told_from_all_other_tools(path: Path) -> None:
    record = load(path.read_text(encoding="utf-8"))[0]
    found = identify(record)
    assert found is not None
    assert found.name.casefold().replace(".", "-") == path.stem


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_word_of_a_case_is_in_its_draft(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = read(text, SETTINGS, TODAY)
    for source, named in zip(load(text), found, strict=True):
        lost = words(" ".join(strings(source))) - all_words(named.draft)
        assert not lost, named.stem


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_case_becomes_the_files_beside_it(path: Path) -> None:
    """Renew with UPDATE_GOLDEN=1, and read the difference."""
    found = read(path.read_text(encoding="utf-8"), SETTINGS, TODAY)
    made = "\n".join(f"<!-- {named.stem}.md -->\n{write(named.draft)}" for named in found)
    golden = path.with_suffix(".md")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_a_case_is_read_by_us_as_the_export_means_it_and_has_no_errors(path: Path) -> None:
    for named in read(path.read_text(encoding="utf-8"), SETTINGS, TODAY):
        text = write(named.draft)
        found = record.make(Source(text, named.stem), f"docs/postmortems/{named.stem}.md", SETTINGS)
        assert found.day == named.draft.day
        assert found.title == named.draft.title
        actions = [item.action.replace("\\|", "|") for item in named.draft.actions]
        assert [item.action for item in found.action_items] == actions
        assert [entry.written for entry in found.timeline] == [row.time for row in named.draft.timeline]
        assert all(entry.at is not None for entry in found.timeline)
        assert errors(named) == []


STAMPS = {
    "opsgenie": {
        "started_at": "2024-02-06T09:02:11.075Z",
        "acknowledged_at": "2024-02-06T09:09:40.120Z",
        "mitigated_at": "2024-02-06T09:51:02.700Z",
        "resolved_at": "2024-02-06T10:03:00.000Z",
    },
    "incident-io": {"started_at": "2024-05-14T03:10:00Z", "resolved_at": "2024-05-14T09:45:00Z"},
    "firehydrant": {
        "started_at": "2023-10-02T14:00:00.000Z",
        "detected_at": "2023-10-02T14:32:00.000Z",
        "mitigated_at": "2023-10-02T15:05:00.000Z",
        "resolved_at": "2023-10-02T15:20:00.000Z",
    },
    "datadog": {
        "started_at": "2024-09-11T11:00:00+00:00",
        "detected_at": "2024-09-11T11:06:00+00:00",
        "mitigated_at": "2024-09-11T11:52:30+00:00",
        "resolved_at": "2024-09-11T12:20:00+00:00",
    },
    "rootly": {
        "started_at": "2025-03-04T01:00:00.000-08:00",
        "detected_at": "2025-03-04T07:30:00.000-08:00",
        "resolved_at": "2025-03-04T09:10:00.000-08:00",
    },
    "dispatch": {"mitigated_at": "2022-06-08T18:30:00.000000Z"},
    "morgue": {
        "started_at": "2014-10-22T17:45Z",
        "detected_at": "2014-10-22T17:55Z",
        "resolved_at": "2014-10-22T18:48Z",
    },
}


@pytest.mark.parametrize(("name", "stamps"), STAMPS.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_times_are_those_of_the_export(name: str, stamps: dict[str, str]) -> None:
    values = draft(case(name)).values
    assert {key: value for key, value in values.items() if key.endswith("_at")} == stamps


ITEMS = {
    "opsgenie": [("PAY-812", "", "Done"), ("PAY-813", "Tomás Vega", "Open")],
    "incident-io": [
        ("https://jira.example.com/browse/SRCH-91", "Noor Aziz", "Open"),
        ("", "", "Done"),
        ("", "", "Won't do"),
        ("", "", "Won't do: deleted in incident.io"),
    ],
    "firehydrant": [("", "Kofi Mensah", "In progress"), ("", "", "Won't do")],
    "datadog": [("", "@ines@example.com", "Open"), ("", "", "Done")],
    "rootly": [("EXP-40", "Bo Strand", "In progress")],
    "dispatch": [("https://jira.example.com/browse/SEC-7", "Sam Okoye", "Done"), ("", "Jo Park", "Open")],
    "morgue": [("", "", "Open"), ("", "", "Open")],
}


@pytest.mark.parametrize(("name", "items"), ITEMS.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_action_items_have_our_states(name: str, items: list[tuple[str, str, str]]) -> None:
    found = draft(case(name)).actions
    assert [(item.ticket, item.owner, item.status) for item in found] == items


def test_what_was_given_up_without_a_reason_is_asked_about() -> None:
    found = draft(case("incident-io"))
    asked = [remark for remark in found.remarks if remark.kind == "item"]
    assert [remark.text for remark in asked] == [
        "`Move the indexer to its own cluster` was given up (`not_doing`) without a reason"
    ]
    assert asked[0].help == "write why: Won't do: …"


def test_roles_and_relationships_name_the_people() -> None:
    assert draft(case("incident-io")).values["participants"] == [
        {"who": "Noor Aziz", "role": "Incident Lead"},
        {"who": "Eve Lind", "role": "Reporter"},
    ]
    assert draft(case("datadog")).values["participants"] == [{"who": "Ines Duarte", "role": "incident commander"}]


def test_milestones_that_have_no_field_are_rows_of_the_timeline() -> None:
    rows = draft(case("firehydrant")).timeline
    assert [(row.time, row.event) for row in rows] == [("2023-10-02T14:40:00.000Z", "Investigating")]


def test_questions_of_a_retrospective_become_sections() -> None:
    found = draft(case("firehydrant"))
    assert section(found, "Where did we get lucky?") == "Nobody was **uploading** the keynote."


def test_durations_are_seconds_and_a_stated_one_that_the_times_contradict_is_reported() -> None:
    values = draft(case("datadog")).values
    assert (values["time_to_detect"], values["time_to_mitigate"]) == ("6m", "46m 30s")
    record = case("datadog")
    record["data"]["attributes"]["time_to_detect"] = 3600
    found = draft(record)
    assert found.values["time_to_detect"] == "1h"
    assert [remark.text for remark in found.remarks if remark.kind == "conflict"] == [
        "`time_to_detect` is stated as 1h; from `started_at` to `detected_at` it is 6m"
    ]


def test_a_duration_of_zero_is_unknown() -> None:
    record = case("datadog")
    record["data"]["attributes"]["time_to_detect"] = 0
    assert "time_to_detect" not in draft(record).values


def test_a_severity_is_mapped_only_as_configured() -> None:
    found = draft(case("firehydrant"))
    assert "severity" not in found.values
    assert any(remark.kind == "severity" and "`SEV2`" in remark.text for remark in found.remarks)
    own = Settings(root=Path("."), severities=(Severity("P0"), Severity("P1", aliases=("SEV2",))))
    assert draft(case("firehydrant"), own).values["severity"] == "P1"


def test_severities_that_say_nothing_are_not_asked_about() -> None:
    found = draft({"name": "x", "current_milestone": "started", "severity": "UNSET"})
    assert not [remark for remark in found.remarks if remark.kind == "severity"]


def test_times_that_run_backwards_are_told_and_not_written() -> None:
    found = draft(
        {"name": "x", "incident_timestamp_values": [
            {"incident_timestamp": {"name": "Detected at"}, "value": {"value": "2024-05-14T10:00:00Z"}},
            {"incident_timestamp": {"name": "Resolved at"}, "value": {"value": "2024-05-14T09:00:00Z"}},
        ]}
    )  # fmt: skip
    assert "resolved_at" not in found.values
    assert [remark.kind for remark in found.remarks] == ["conflict"]
    assert "2024-05-14T09:00:00Z" in body(found)


def test_what_cannot_be_is_told_and_not_written() -> None:
    """A time to come, an action item that was due before the incident, an ID that no file could have."""
    record = case("incident-io")
    record["incident"]["incident_timestamp_values"][2]["value"] = {"value": "2099-01-01T00:00:00Z"}
    record["incident"]["reference"] = "`|`"
    record["follow_ups"][1]["completed_at"] = "1970-01-01T00:00:00Z"
    found = drafts(record)[0]
    assert not {"resolved_at", "id"} & found.draft.values.keys()
    told = [remark.text for remark in found.draft.remarks]
    stamp = "incident.incident_timestamp_values[2].value.value"
    assert f"`{stamp}` is 2099-01-01T00:00:00Z, and lies in the future" in told
    assert "`follow_ups[1].completed_at` is 1970-01-01, before the incident" in told
    assert "`incident.reference`: `\\|`" in body(found.draft)
    assert errors(found) == []


def test_a_time_without_an_offset_is_no_fact_but_gives_the_day() -> None:
    found = drafts(case("dispatch"))[1].draft
    assert not [key for key in found.values if key.endswith("_at")]
    assert str(found.day) == "2022-07-01"
    assert "2022-07-01T09:00:00" in body(found)
    assert [remark.kind for remark in found.remarks] == ["stamp"]


def test_an_array_gives_a_document_each_with_a_name_of_its_own() -> None:
    record = case("dispatch")[1]
    stems = [named.stem for named in drafts([record, record, record])]
    assert len(set(stems)) == 3
    assert stems[0] == "2022-07-01-drill-loss-of-the-build-cluster"


@pytest.mark.parametrize("key", ["incidents", "data", "postmortems"])
def test_a_page_of_results_is_read_as_its_records(key: str) -> None:
    found = drafts({key: case("dispatch"), "meta": {"total": 2}})
    assert [named.draft.values["id"][-3:] for named in found] == ["118", "121"]


def test_records_of_a_page_keep_what_they_refer_to() -> None:
    one, other = case("datadog")["data"], {**case("datadog")["data"], "relationships": {}}
    found = drafts({"data": [other, one], "included": case("datadog")["included"]})
    assert "Ines Duarte" in json.dumps(found[1].draft.values["participants"])
    assert "participants" not in found[0].draft.values


def lists() -> tuple[list[Any], list[Any]]:
    record = case("incident-io")
    follow_ups = [{**item, "incident_id": "01HZX3E7Q0V6"} for item in record["follow_ups"]]
    return [{**record["incident"], "id": "other", "name": "Another"}, record["incident"]], follow_ups


def test_lists_of_incidents_and_of_follow_ups_are_brought_together() -> None:
    incidents, follow_ups = lists()
    found = drafts({"incidents": incidents, "follow_ups": [*follow_ups, {"title": "Stray", "incident_id": "gone"}]})
    assert [item.action for item in found[0].draft.actions] == ["Stray"]
    assert [item.status for item in found[1].draft.actions] == [status for _, _, status in ITEMS["incident-io"]]


def test_json_lines_are_a_record_each() -> None:
    text = "\n".join(json.dumps(record) for record in case("dispatch"))
    assert [named.stem[:10] for named in read(text, SETTINGS, TODAY)] == ["2022-06-08", "2022-07-01"]


def test_messages_of_a_singer_tap_are_read_by_their_stream() -> None:
    incidents, follow_ups = lists()
    messages: list[dict[str, Any]] = [{"type": "SCHEMA", "stream": "incidents", "schema": {}, "key_properties": ["id"]}]
    messages += [{"type": "RECORD", "stream": "incidents", "record": record} for record in incidents]
    messages += [{"type": "RECORD", "stream": "follow_ups", "record": record} for record in follow_ups]
    messages += [{"type": "STATE", "value": {}}]
    found = read("\n".join(map(json.dumps, messages)) + "\n", SETTINGS, TODAY)
    assert [named.draft.title for named in found] == ["Another", "Search returned stale results"]
    assert len(found[1].draft.actions) == 4


def test_a_text_cannot_end_the_section_it_stands_in() -> None:
    found = draft({"title": "x", "why_surprised": "a\n## Impact\nb\n---\n```\nnever closed", "summary": "s"})
    lines = section(found, "Root Cause Analysis").split("\n")
    assert "#### Impact" in lines
    assert "\\---" in lines
    assert lines[-1] == "```"


def test_html_of_a_form_becomes_markdown_and_no_markup_of_a_page() -> None:
    text = prose("<h2>Cause</h2><p>The <b>lock</b> &amp; the <script>alert(1)</script></p><ul><li>one</li></ul>", 2)
    assert "### Cause" in text
    assert "**lock** & the" in text
    assert "- one" in text
    assert "<script" not in text
    assert one_line("a <img src=x onerror=y> | b") == "a &lt;img src=x onerror=y> \\| b"
    assert one_line("`<b>` and <https://example.com>") == "`<b>` and <https://example.com>"


def test_a_title_and_the_name_of_a_field_are_no_markup_of_a_page() -> None:
    found = draft({"title": "<script>alert(1)</script>\n## Impact", "why_surprised": "x", "a\n## Timeline\nb": "y"})
    text = write(found)
    assert "\n# &lt;script>alert(1)&lt;/script> ## Impact\n" in text
    assert "- `a ## Timeline b`: y" in text
    assert "\n## Timeline" not in text


def test_a_comment_of_an_export_cannot_accept_findings() -> None:
    found = draft({"title": "x", "why_surprised": "<!-- postmortem: accept PM301 because -->"})
    assert "<!--" not in body(found)


# Values


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-14T03:10:00Z", "2024-05-14T03:10:00Z"),
        (1413999900, "2014-10-22T17:45Z"),
        ("1413999900", "2014-10-22T17:45Z"),
        (1413999900000, "2014-10-22T17:45Z"),
        (1413999901.5, "2014-10-22T17:45:01Z"),
        (0, None),
        (True, None),
        (-5, None),
        (10**30, None),
        (float("1e308"), None),
        ("2024-05-14 03:10", None),
        ("2024-05-14", None),
        ("soon", None),
        (None, None),
        ([], None),
    ],
)
def test_a_moment_is_one_beyond_doubt_or_none(value: object, expected: str | None) -> None:
    assert moment(value) == expected


def test_days_and_durations() -> None:
    assert calendar_day("2024-05-14T03:10:00Z") == "2024-05-14"
    assert calendar_day("2024-05-14") == "2024-05-14"
    assert calendar_day("in May") == ""
    assert lasting(93784) == "1d 2h 3m 4s"
    assert lasting(30) == "30s"


# Bad input


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        (" \n", "the file is empty"),
        ("[]", "the file holds no record"),
        ("null", "the file holds nothing (null), where an object or an array of objects is meant"),
        ("3", "the file holds a number, where an object or an array of objects is meant"),
        ('"x"', "the file holds a text, where an object or an array of objects is meant"),
        ("[1]", "entry 1 of the array is a number, where an object with an incident's fields is meant"),
        ('{"title": "x"', "is not JSON: expecting ',' delimiter"),
        ('{"title": "x",}', "is not JSON: illegal trailing comma before end of object"),
        ("{'title': 1}", "is not JSON: expecting property name enclosed in double quotes"),
        ('{"a": NaN}', "holds `NaN`, which is not a number in JSON"),
        ('{"a": -Infinity}', "holds `-Infinity`, which is not a number in JSON"),
        ('{"a": 1, "a": 2}', "the key `a` stands twice in one object: which of them holds?"),
        ('{"a": "\\ud800"}', "holds half of a character (a lone surrogate)"),
        ('{"\\udfff": 1}', "holds half of a character (a lone surrogate)"),
        ('{"a": ' + "9" * 5000 + "}", "holds a number of more digits than can be read"),
        ("[" * 100_000, f"nests deeper than {DEEPEST} levels"),
        ('{"a":' * 100_000, f"nests deeper than {DEEPEST} levels"),
        ("[" + ",".join(["{}"] * 5_001) + "]", "holds 5,001 records; 5,000 at most are read"),
        ("{}", "the export has the fields nothing: of no tool that is known here"),
        ('{"a": 1}\n[2]', "is not JSON: extra data"),
        ('{"a": 1}\n{"a": 1, "a": 2}', "the key `a` stands twice in one object: which of them holds?"),
        ('{"type": "STATE"}\n{"type": "SCHEMA"}', "the export has the fields nothing: of no tool that is known here"),
        ('{"a": 1, "b": 2}', "the export has the fields `a`, `b`: of no tool that is known here"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_no_export_gets_one_clear_message(text: str, expected: str) -> None:
    found = message(text)
    if expected.startswith("is not JSON"):  # the parser's words differ between versions of Python
        expected, found = expected[:11], found[:11]
    assert found == expected


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(ExportError) as error:
        read('{\n  "title": oops\n}', SETTINGS, TODAY)
    assert (error.value.line, error.value.column) == (2, 12)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_values_of_the_wrong_type_are_kept_and_nothing_is_made_of_them(path: Path) -> None:
    """Every value in turn becomes another kind of value: the draft is made, and the word in it is kept."""
    source = load(path.read_text(encoding="utf-8"))[0]
    for place in list(_places(source)):
        for odd in (["sentinel"], {"x": "sentinel"}, "sentinel", "sentinel " * 400, 7, True, None):
            record = json.loads(json.dumps(source))
            _put(record, place, odd)
            if identify(record) is None:
                continue
            found = draft(record)
            if isinstance(odd, str) and len(odd) > 100:
                assert errors(Named("incident", found)) == [], place
            if "sentinel" in json.dumps(odd):
                assert "sentinel" in all_words(found), (place, odd)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    if isinstance(value, dict) and value.get("type") != "doc":
        for key, inner in value.items():
            yield from _places(inner, (*place, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _places(inner, (*place, at))


def _put(record: Any, place: tuple[Any, ...], value: Any) -> None:
    for step in place[:-1]:
        record = record[step]
    record[place[-1]] = value


LEAVES = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=30)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
KEYS = ["title", "summary", "description", "severity", "tags", "tasks", "events", "milestones", "questions", "jira",
        "follow_ups", "why_surprised", "incident_timestamp_values", "stable_at", "content", "fields"]  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), VALUES, min_size=1, max_size=6), st.sampled_from(TOOLS)
)
@settings(max_examples=150, deadline=None)
def test_whatever_an_export_holds_no_word_is_lost_and_nothing_is_an_error(
    given_record: dict[str, Any], tool: Any
) -> None:
    mark = tool.marks[0].split(".")[0].removesuffix("[]")
    source = json.dumps({**given_record, mark: given_record.get("title", "x")})
    try:
        found = read(source, SETTINGS, TODAY)
    except ExportError:
        return
    assert not words(" ".join(strings(load(source)[0]))) - all_words(found[0].draft)
    assert errors(found[0]) == []


@pytest.mark.parametrize(
    "text",
    [
        '"' + '\\"' * 2_000_000,
        '{"title": "' + "<" * 300_000 + '", "why_surprised": 1}',
        '{"title": "x", "why_surprised": "' + "<!--" * 50_000 + '<p>"}',
        '{"title": "x", "why_surprised": "' + "<a" * 100_000 + '<p>"}',
        '{"title": "x", "why_surprised": "' + "`" * 100_000 + '<b"}',
        '{"title": "x", "why_surprised": "' + "` " * 100_000 + '<b"}',
        '{"title": "x", "why_surprised": [' + ",".join(['"word"'] * 100_000) + "]}",
        "[" + ",".join(['{"title": "x", "why_surprised": "y"}'] * 2_000) + "]",
        '{"title": "x", "why_surprised": "' + "word <p>more</p>" * 100_000 + '"}',
        '{"title": "x", "why_surprised": "y", "other": "' + "w" * 10_000_000 + '"}',
    ],
    ids=["quotes", "angles", "comments", "tags", "ticks", "ticks apart", "long list", "many records", "html", "10 MB"],
)
def test_a_file_costs_no_more_than_its_size_allows(text: str) -> None:
    with suppress(ExportError):
        assert read(text, SETTINGS, TODAY)


def test_an_export_may_be_larger_than_a_post_mortem_but_none_of_its_incidents(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    importer = Importer(SETTINGS, TODAY)

    def states(value: object, before: str = "") -> list[tuple[str, str]]:
        path.write_text(before + json.dumps(value), encoding="utf-8")
        return [(result.state, result.message) for result in importer(Work(path, Path("docs/postmortems/none.md")))]

    long = {"title": "Listing pages slow", "why_surprised": "x " * (SETTINGS.max_bytes // 3)}
    assert [state for state, _ in states([long, long, long])] == [NEW, NEW, NEW]
    too_long = {"title": "Listing pages slow", "why_surprised": "x " * SETTINGS.max_bytes}
    ((state, told),) = states(too_long)
    assert state == REFUSED
    assert told == "`Listing pages slow` is longer than a post-mortem may be: raise limits.kilobytes"
    assert states(long, " " * LARGEST) == [(REFUSED, "is larger than 20 MB: export it in parts")]


def test_a_broken_export_among_others_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.json").write_text((CASES / "morgue.json").read_text(encoding="utf-8"), encoding="utf-8")
    importer = Importer(SETTINGS, TODAY)
    results = [importer(work)[0] for work in plan([tmp_path], Path("docs/postmortems/none"))]
    assert [result.state for result in results] == [REFUSED, NEW]
    assert "is not JSON" in results[0].message


def test_in_a_folder_json_of_other_programs_is_passed_over_and_named_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "site", "private": true}', encoding="utf-8")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "a.json").write_text("{", encoding="utf-8")
    lines = "\n".join(json.dumps(record) for record in case("dispatch"))
    (tmp_path / "dispatch.jsonl").write_text(lines, encoding="utf-8")
    importer = Importer(SETTINGS, TODAY)
    results = [result for work in plan([tmp_path], Path("docs/none")) for result in importer(work)]
    assert [(Path(result.path).name, result.state) for result in results] == [("dispatch.jsonl", NEW)] * 2
    (named,) = importer(plan([tmp_path / "package.json"], Path("docs/none"))[0])
    assert (named.state, named.message[:31]) == (REFUSED, "the export has the fields `name")
