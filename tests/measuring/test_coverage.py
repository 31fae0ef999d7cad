"""Which incidents require, deserve or need no post-mortem, and which have one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import check_records
from mkdocs_postmortem.measuring.coverage import Coverage, Matcher, coverage, need
from mkdocs_postmortem.model import Incident, PostMortem
from mkdocs_postmortem.reading.register import Register, parse
from mkdocs_postmortem.settings import ConfigError, Settings
from tests.measuring.support import AS_OF, SETTINGS, incident


def registered(text: str, settings: Settings = SETTINGS) -> Register:
    found = parse(text, "incidents.yml", settings)
    assert found.problems == ()
    return found


def row(facts: str, settings: Settings = SETTINGS) -> Incident:
    return registered(f"- {{id: A, {facts}}}", settings).incidents[0]


def covered(text: str, *records: PostMortem, as_of: date = AS_OF) -> Coverage:
    return coverage(registered(text).incidents, records, SETTINGS, as_of)


# -- the rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("severity: P0", ("required", "P0 or P1")),
        ("severity: P1, near_miss: true", ("required", "P0 or P1")),
        ("severity: P3, incident_type: security", ("required", "security or data-loss")),
        ("severity: P3, incident_type: data-loss", ("required", "security or data-loss")),
        ("severity: P3, data_loss: true", ("required", "data loss")),
        ("incident_type: security", ("required", "security or data-loss")),
        ("severity: P2, complex: true", ("recommended", "P2, complex")),
        ("severity: P2, recurring: true", ("recommended", "P2, recurring")),
        ("severity: P3, near_miss: true", ("recommended", "near miss")),
        ("severity: P3, process_failure: true", ("recommended", "process failure")),
        ("severity: P3, incident_type: deployment", ("recommended", "process or deployment")),
        ("severity: P2", ("optional", "")),
        ("severity: P3", ("optional", "")),
        ("severity: P3, complex: true", ("optional", "")),
        ("title: no severity", ("unknown", "")),
    ],
)
def test_the_rules_of_the_process(facts: str, expected: tuple[str, str]) -> None:
    assert need(row(facts), SETTINGS) == expected


def test_on_a_scale_of_ones_own_the_major_severities_require_one(tmp_path: Path) -> None:
    settings = load(tmp_path, "severities: [SEV1, SEV2, {name: SEV3, major: true}, SEV4, SEV5]\n")
    assert need(row("severity: SEV3", settings), settings) == ("required", "SEV1 or SEV2 or SEV3")
    assert need(row("severity: SEV4, complex: true", settings), settings) == ("recommended", "SEV4, complex")
    assert need(row("severity: SEV5, complex: true", settings), settings)[0] == "optional"


def load(root: Path, text: str) -> Settings:
    (root / "postmortem.yml").write_text(text, encoding="utf-8")
    return project.load(root / "postmortem.yml")


def test_the_rules_are_the_teams_to_set(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "coverage:\n  required:\n    - {severity: P0}\n    - {type: [security], is: [near_miss, recurring]}\n"
        "  recommended: []\n",
    )
    assert need(row("severity: P0"), settings)[0] == "required"
    assert need(row("severity: P1"), settings)[0] == "optional"
    assert need(row("incident_type: security, near_miss: true, severity: P3"), settings)[0] == "optional"
    both = row("incident_type: security, near_miss: true, recurring: true")
    assert need(both, settings) == ("required", "security, near miss, recurring")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("coverage: {required: [{severity: P9}]}", "there is no severity `P9`"),
        ("coverage: {recommended: [{type: fire}]}", "there is no type `fire`"),
        ("coverage: {required: [{is: bad}]}", "postmortem.yml:1:"),
        ("coverage: {required: [{}]}", "postmortem.yml:1:"),
        ("coverage: {grace_days: -1}", "postmortem.yml:1:"),
    ],
)
def test_a_rule_that_can_never_hold_is_a_mistake(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message.replace(".", r"\.")):
        load(tmp_path, text)


# -- what belongs together ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["PM-1", "pm-1", "docs/postmortems/PM-1.md", "PM-1.md", "https://wiki.example.com/postmortems/PM-1/#impact"],
)
def test_a_row_names_its_post_mortem_by_id_path_or_address(name: str) -> None:
    (found,) = covered(f"- {{id: A, severity: P1, postmortem: '{name}'}}", incident("PM-1")).rows
    assert found.record is not None
    assert found.record.id == "PM-1"


@pytest.mark.parametrize("named", ["INC-7", "[INC-6, INC-7]", "inc-7"])
def test_a_post_mortem_names_its_incidents(named: str) -> None:
    (found,) = covered("- {id: INC-7, severity: P1}", incident("PM-1", "", f"incident: {named}")).rows
    assert found.has


def test_a_number_is_a_name_as_well() -> None:
    assert covered("- {id: 42, severity: P1}", incident("PM-1", "", "incident: 42")).rows[0].has


def test_the_same_id_is_enough() -> None:
    assert covered("- {id: PM-1, severity: P1}", incident("PM-1")).rows[0].has


def test_what_the_row_names_goes_before_what_the_post_mortem_names() -> None:
    records = incident("PM-1", "", "incident: A"), incident("PM-2")
    (found,) = covered("- {id: A, postmortem: PM-2}", *records).rows
    assert found.record is records[1]


def test_day_and_severity_alone_are_no_match() -> None:
    """A guess would hide what is missing."""
    record = incident("PM-1", "2026-11-03T10:00Z", "severity: P1")
    assert not covered("- {id: A, severity: P1, date: 2026-11-03}", record).rows[0].has


def test_an_address_elsewhere_counts_as_a_post_mortem() -> None:
    (found,) = covered("- {id: A, severity: P1, postmortem: 'https://docs.example.com/d/1'}").rows
    assert (found.has, found.elsewhere) == (True, "https://docs.example.com/d/1")


def test_a_name_that_leads_nowhere_counts_as_none() -> None:
    (found,) = covered("- {id: A, severity: P1, postmortem: PM-404}", incident("PM-1")).rows
    assert found.lacks


def test_several_incidents_may_share_a_post_mortem() -> None:
    found = covered("- {id: A}\n- {id: B}\n", incident("PM-1", "", "incident: [A, B]"))
    assert all(item.has for item in found.rows)
    assert found.unregistered == ()


# -- counting -----------------------------------------------------------------------------------

REGISTER = """
- {id: A, severity: P1, date: 2026-11-01, postmortem: PM-1}
- {id: B, severity: P1, date: 2026-10-01}
- {id: C, severity: P0, date: 2026-11-20}
- {id: D, severity: P3, near_miss: true, date: 2026-09-01}
- {id: E, severity: P3, near_miss: true, date: 2026-09-01, waived: decided}
- {id: F, severity: P1, date: 2026-08-01, waived: decided}
- {id: G, severity: P3}
- {id: H, severity: P1}
"""


def test_counts_and_what_lacks_one() -> None:
    found = covered(REGISTER, incident("PM-1"), incident("PM-9"))
    assert [found.count(name) for name in ("required", "recommended", "optional")] == [(1, 5), (0, 2), (0, 1)]
    assert [(item.incident.id, item.days) for item in found.lacking] == [
        ("F", 114), ("B", 53), ("C", 3), ("H", None), ("D", 83),
    ]  # fmt: skip
    assert [record.id for record in found.unregistered] == ["PM-9"]
    assert [item.incident.id for item in found.rows] == ["C", "A", "B", "D", "E", "F", "G", "H"]


def test_the_day_that_counts_as_today_decides() -> None:
    found = covered(REGISTER, incident("PM-1"), as_of=date(2026, 10, 1))
    assert {item.incident.id: item.days for item in found.rows if item.days is not None} == {
        "B": 0, "D": 30, "E": 30, "F": 61,
    }  # fmt: skip
    assert found.unregistered == ()  # PM-1 belongs to an incident, if to one that is yet to come


# -- what `check` says --------------------------------------------------------------------------


def told(text: str, *records: PostMortem, as_of: date = AS_OF, settings: Settings = SETTINGS) -> list[Any]:
    register = parse(text, "incidents.yml", settings)
    report = check_records(records, settings, as_of, register=register)
    return [
        (item.line, item.code, item.severity, item.message) for item in report.findings if item.path == "incidents.yml"
    ]


def test_check_tells_what_lacks_a_post_mortem() -> None:
    text = REGISTER.lstrip() + "- {id: I, severity: P1, postmortem: PM-404}\n- {id: J, severity: P9}\n"
    assert told(text, incident("PM-1")) == [
        (2, "PM651", "warning", "`B` requires a post-mortem (P0 or P1) and has had none for 53 days"),
        (3, "PM651", "warning", "`C` requires a post-mortem (P0 or P1) and has had none for 3 days"),
        (4, "PM652", "info", "`D` deserves a post-mortem (near miss) and has had none for 83 days"),
        (6, "PM651", "warning", "`F` requires a post-mortem (P0 or P1) and has had none for 114 days"),
        (8, "PM651", "warning", "`H` requires a post-mortem (P0 or P1) and has none"),
        (9, "PM653", "warning", "`I` names the post-mortem `PM-404`, which does not exist"),
        (10, "PM650", "error", "`P9` is not on the scale of severities"),
    ]


def test_nothing_is_missed_while_a_draft_may_take_its_time() -> None:
    text = "- {id: A, severity: P1, date: 2026-11-03}\n"
    assert told(text, as_of=date(2026, 11, 2)) == []
    assert told(text, as_of=date(2026, 11, 5)) == []
    assert [item[1] for item in told(text, as_of=date(2026, 11, 6))] == ["PM651"]


def test_a_post_mortem_that_names_the_incident_is_found_by_check_too() -> None:
    assert told("- {id: A, severity: P1}", incident("PM-1", "", "incident: A")) == []


# -- cost ---------------------------------------------------------------------------------------


def test_work_grows_with_the_number_of_incidents() -> None:
    """Each incident is looked up, not compared with every post-mortem."""
    looked = 0

    class Counted(str):
        __slots__ = ()

        def split(self, *given: Any) -> list[str]:  # type: ignore[override]
            nonlocal looked
            looked += 1
            return super().split(*given)

    def lookups(number: int) -> int:
        nonlocal looked
        looked = 0
        known = [(n, Counted(f"PM-{n}"), f"docs/{n}.md", [Counted(f"I{n}")]) for n in range(number)]
        matcher = Matcher(known)
        text = "".join(f"- {{id: I{n}, severity: P1}}\n" for n in range(number))
        assert all(matcher.find(item) == n for n, item in enumerate(registered(text).incidents))
        return looked

    small, large = lookups(200), lookups(800)
    assert 0 < small < large <= 4 * small
