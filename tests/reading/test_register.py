"""The register of incidents: YAML, CSV and JSON; what cannot be used is told with its place, and never raises."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.model import Incident
from mkdocs_postmortem.reading.register import Register, find_register, parse, read_register
from mkdocs_postmortem.settings import ConfigError, Settings

SETTINGS = Settings(root=Path("/project"))


def read(text: str, name: str = "incidents.yml") -> Register:
    return parse(text, name, SETTINGS)


def told(register: Register) -> list[tuple[int, int, str]]:
    assert all(problem.help for problem in register.problems)
    return [(problem.span.line, problem.span.column, problem.message) for problem in register.problems]


def one(text: str, name: str = "incidents.yml") -> Incident:
    register = read(text, name)
    assert told(register) == []
    (incident,) = register.incidents
    return incident


WHOLE = """\
- id: INC-1042
  title: Checkout returned 502
  date: 2026-11-03
  severity: critical
  incident_type: Data loss
  services: [checkout, payments]
  near_miss: true
  data_loss: 40 carts
  complex: true
  recurring: false
  process_failure: true
  postmortem: PM-2026-014
  waived: nobody noticed
"""


def test_a_row_with_everything() -> None:
    assert one(WHOLE) == Incident(
        id="INC-1042",
        title="Checkout returned 502",
        day=date(2026, 11, 3),
        severity="P0",
        incident_type="data-loss",
        services=("checkout", "payments"),
        near_miss=True,
        data_loss=True,
        complex=True,
        recurring=False,
        process_failure=True,
        postmortem="PM-2026-014",
        waived="nobody noticed",
        span=one(WHOLE).span,
    )
    assert (one(WHOLE).span.line, one(WHOLE).span.column) == (1, 7)


def test_what_is_not_known_is_empty() -> None:
    bare = one("- {id: 1042, severity: unknown, date: , title: TBD}")
    assert (bare.id, bare.severity, bare.day, bare.title, bare.services) == ("1042", "", None, "", ())
    assert not any((bare.near_miss, bare.data_loss, bare.complex, bare.recurring, bare.process_failure))


@pytest.mark.parametrize(
    ("written", "lost"),
    [("true", True), ("false", False), ("none", False), ('"No"', False), ("", False), ("2 h", True)],
)
def test_lost_data_is_yes_or_no_or_what_was_lost(written: str, lost: bool) -> None:
    assert one(f"- id: A\n  data_loss: {written}").data_loss is lost


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]", "incidents: []", "incidents:\n", "null"])
def test_an_empty_register_has_no_incidents_and_no_mistake(text: str) -> None:
    assert read(text) == Register("incidents.yml", (), ())


def test_the_list_may_stand_under_a_key() -> None:
    assert one("incidents:\n  - id: A\n").id == "A"
    assert told(read("incidents:\n  - {id: A, severity: P9}\n")) == [(2, 23, "`P9` is not on the scale of severities")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {id: A, sevrity: P1}", (1, 11, "unknown key `sevrity`")),
        ("- {id: A, severity: P9}", (1, 21, "`P9` is not on the scale of severities")),
        ("- {id: A, date: 03.11.2026}", (1, 17, "date: `03.11.2026` is not a date")),
        ("- {id: A, date: 2026-02-30}", (1, 17, "date: `2026-02-30` is no day that exists")),
        ("- {id: A, near_miss: maybe}", (1, 22, "near_miss: `maybe` is text, and true or false is asked for")),
        ("- {title: A}", (1, 3, "id is missing")),
        ("- {id: ' '}", (1, 8, "id: is empty")),
        ("- {id: A, id: B}", (1, 11, "the key `id` stands here a second time (first on line 1)")),
        ("- &a {id: A}", (1, 3, "the anchor `&a` is not read: every value stands where it is used")),
        ("- id: A\n- id: a\n- id: A\n", (3, 7, "the incident `A` stands on line 1 as well")),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_its_mend(text: str, expected: tuple[int, int, str]) -> None:
    found = told(read(text))
    assert len(found) == 1
    line, column, message = found[0]
    assert (line, column) == expected[:2]
    assert expected[2].split(":")[-1].strip().casefold() in message.casefold()


@pytest.mark.parametrize("text", ["just words", "42", "incident: []", "- words", "- [a]", "{a: b}"])
def test_what_is_no_register_is_told(text: str) -> None:
    register = read(text)
    assert register.incidents == ()
    assert len(register.problems) >= 1


def test_rows_beside_a_mistake_count_all_the_same() -> None:
    register = read("- id: A\n- {id: B, severity: P9}\n- {id: C, extra: 1}\n- id: D\n")
    assert [incident.id for incident in register.incidents] == ["A", "D"]
    assert [problem.span.line for problem in register.problems] == [2, 3]


def test_a_mistake_in_every_row_is_told_a_bounded_number_of_times() -> None:
    register = read("".join(f"- {{id: I{number}, severity: X}}\n" for number in range(500)))
    assert len(register.problems) == 50


# -- exports ------------------------------------------------------------------------------------


def test_csv_as_trackers_export_it() -> None:
    text = (
        "\ufeffIncident ID;Summary;Severity;Created at;Affected services;Near miss;Lead\r\n"
        'INC-1;"Checkout\nreturned 502";P1;2026-11-03 10:02:00;checkout, payments;;@maria\r\n'
        ";;;;;;\r\n"
        "INC-2;Slow;P3;3 November 2026;;yes;@wei\r\n"
    )
    register = parse(text.removeprefix("\ufeff").replace("\r\n", "\n"), "incidents.csv", SETTINGS)
    assert told(register) == []
    first, second = register.incidents
    assert (first.id, first.title, first.severity, first.day) == (
        "INC-1", "Checkout returned 502", "P1", date(2026, 11, 3),
    )  # fmt: skip
    assert (first.services, first.near_miss) == (("checkout", "payments"), False)
    assert (second.day, second.near_miss) == (date(2026, 11, 3), True)
    assert (first.span.line, second.span.line) == (2, 5)


def test_csv_tells_its_mistakes_by_line() -> None:
    assert told(parse("id,severity\nA,P1\nB,P9\n,P1\n", "x.csv", SETTINGS)) == [
        (3, 1, "`P9` is not on the scale of severities"),
        (4, 1, "id is missing"),
    ]
    assert told(parse("name,severity\nA,P1\n", "x.csv", SETTINGS)) == [(1, 1, "has no column with the incidents' IDs")]


def test_json_as_trackers_export_it() -> None:
    exported = {
        "incidents": [
            {
                "number": 42,
                "title": "Checkout",
                "severity": {"name": "P1", "rank": 1},
                "created_at": "2026-11-03T10:02:00Z",
                "services": [{"name": "checkout"}, "payments"],
                "assignments": [{"at": "2026-11-03"}],
            }
        ],
        "more": False,
    }
    incident = one(json.dumps(exported, indent=2), "incidents.json")
    assert (incident.id, incident.severity, incident.day) == ("42", "P1", date(2026, 11, 3))
    assert incident.services == ("checkout", "payments")
    assert incident.span.line == 4


@pytest.mark.parametrize("text", ["{", "[1]", "nul", "[" * 100_000, '{"incidents": 3}'])
def test_json_that_is_none_is_told(text: str) -> None:
    register = parse(text, "incidents.json", SETTINGS)
    assert register.incidents == ()
    assert len(told(register)) == 1


NAMES = st.sampled_from(["incidents.yml", "incidents.csv", "incidents.json"])
CELLS = st.text(max_size=12) | st.sampled_from(["id", "severity", "date", "P1", "2026-11-03", "true", "- id: A"])


@given(st.text(max_size=200) | st.lists(CELLS, max_size=12).map("\n- ".join), NAMES)
@example("id\n\x00", "incidents.csv")
@example('id\n"' + "x" * 200_000, "incidents.csv")
@example('[{"id": 1e999}]', "incidents.json")
@example('[{"id": "\\ud800"}]', "incidents.json")
@example("a,b\r\rc", "incidents.csv")
def test_no_content_raises(text: str, name: str) -> None:
    register = parse(text, name, SETTINGS)
    assert all(problem.code == "PM650" and problem.span.line >= 1 for problem in register.problems)


ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["id", "title", "date", "severity", "services", "data_loss", "near_miss", "postmortem", "x"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=3),
    ),
    max_size=5,
)


@given(ROWS, st.booleans())
def test_no_rows_raise(rows: list[dict[str, object]], wrapped: bool) -> None:
    text = json.dumps({"incidents": rows} if wrapped else rows)
    for name in ("incidents.json", "incidents.yml"):
        register = parse(text, name, SETTINGS)
        assert len(register.incidents) <= len(rows)


# -- the file -----------------------------------------------------------------------------------


def test_it_is_found_beside_the_settings(tmp_path: Path) -> None:
    settings = Settings(root=tmp_path)
    assert find_register(settings) is None
    assert read_register(settings) is None
    (tmp_path / "incidents.csv").write_text("id\nA\n", encoding="utf-8")
    found = read_register(settings)
    assert found is not None
    assert (found.path, [incident.id for incident in found.incidents]) == ("incidents.csv", ["A"])


def test_the_settings_name_another(tmp_path: Path) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "log.json").write_text('[{"id": "A"}]', encoding="utf-8")
    (tmp_path / "incidents.yml").write_text("- id: B\n", encoding="utf-8")
    (tmp_path / "postmortem.yml").write_text("incidents: ops/log.json\n", encoding="utf-8")
    found = read_register(project.load(tmp_path / "postmortem.yml"))
    assert found is not None
    assert (found.path, [incident.id for incident in found.incidents]) == ("ops/log.json", ["A"])


@pytest.mark.parametrize("path", ["gone.yml", "../other.yml", "/etc/passwd.yml", "incidents.txt"])
def test_one_that_is_not_there_or_outside_is_a_mistake_of_the_settings(path: str, tmp_path: Path) -> None:
    (tmp_path / "postmortem.yml").write_text(f"incidents: {path}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="incidents"):
        project.load(tmp_path / "postmortem.yml")


def test_one_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "incidents.yml").write_bytes(b"- id: \xe9\n")
    found = read_register(Settings(root=tmp_path))
    assert found is not None
    assert [(problem.code, problem.span.line, problem.span.column) for problem in found.problems] == [("PM650", 1, 7)]


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "secret.yml"
    outside.write_text("- id: SECRET\n", encoding="utf-8")
    root = tmp_path / "project"
    root.mkdir()
    (root / "incidents.yml").symlink_to(outside)
    found = read_register(Settings(root=root))
    assert found is not None
    assert found.incidents == ()
    assert "link" in found.problems[0].message
