"""Candidates for a public version: the grounds of the process, pointed out until somebody has decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mkdocs_postmortem.measuring import publication
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import Settings

TODAY = date(2026, 11, 23)
WHYS = "## Appendix: 5 Whys Analysis\n\n" + "".join(
    f"**Why {n}:** Why {n}?\n→ **Because:** reason {n}\n\n" for n in range(1, 5)
)
LESSONS = "## Lessons Learned\n\n### Technical Lessons\n\n- One.\n- Two.\n\n### Process Lessons\n\n- Three.\n\n"
TABLE = (
    "## Action Items\n\n### Prevent Recurrence\n\n| Action | Owner | Status |\n|---|---|---|\n| Mend | @wei | {} |\n\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "redaction.yml").write_text("sections: [Impact]\n", encoding="utf-8")
    return Settings(root=tmp_path)


def made(*facts: str, body: str = "") -> PostMortem:
    given = {"status": "published", "severity": "P2", "resolved_at": "2026-11-03T10:49Z"}
    given.update(fact.split(": ", 1) for fact in facts)
    front = "".join(f"{key}: {value}\n" for key, value in given.items())
    return reading.make(decode(f"---\n{front}---\n\n{body}".encode()), "a.md", Settings(root=Path("/nowhere")))


def why(record: PostMortem, settings: Settings) -> str:
    return "; ".join(publication.grounds(record, settings))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (made("severity: P0"), "a P0"),
        (made("severity: P1"), ""),
        (made("impact: {users_affected: 12% of checkouts}"), "it hit 12% of checkouts"),
        (made("impact: {users_affected: 41000}"), "it hit 41,000 users"),
        (made("impact: {users_affected: '41,000'}"), "it hit 41,000 users"),
        (made("impact: {users_affected: 41000²}"), "it hit 41000²"),  # a digit that is no number to Python
        (made("severity: P0", "impact: {users_affected: all readers}"), "a P0; it hit all readers"),
        (made("incident_type: security", body=TABLE.format("Done")), "a security incident that is remediated"),
        (made("incident_type: security", "severity: P0", body=TABLE.format("Open")), ""),
        (made("incident_type: security", "severity: P0"), ""),
        (made(body=LESSONS + WHYS), "3 lessons and a chain of 4 whys that others can learn from"),
        (made(body=LESSONS), ""),
        (made(body=WHYS), ""),
        (made(body=LESSONS.replace("Technical", "Communication") + WHYS), ""),
    ],
)
def test_grounds(record: PostMortem, said: str, settings: Settings) -> None:
    assert why(record, settings) == said


@pytest.mark.parametrize(
    ("affected", "many"),
    [
        ("12 % of orders", True), ("between 2% and 10% of requests", True), ("9.9%", False), ("3 percent", False),
        ("1,000 customers", True), ("999", False), ("about 41 000 visitors", True), ("none", False), ("", False),
        ("all customers in Europe", True), ("overall few", False), ("0", False), ("6 of 24 nodes", False),
        ("9" * 4000, False), ("1," * 4000, False),
    ],
)  # fmt: skip
def test_a_significant_impact(affected: str, many: bool) -> None:
    assert publication.is_significant(affected) is many


def found(record: PostMortem, settings: Settings, today: date = TODAY) -> int:
    return len(publication.candidates([record], settings, today))


def test_a_candidate_is_one_until_somebody_has_decided(settings: Settings) -> None:
    assert found(made("severity: P0"), settings) == 1
    assert found(made("severity: P0", "external: "), settings) == 1
    planned = "external: {slug: 2026-11-checkout, title: Checkout, sections: [Impact]}"
    assert found(made("severity: P0", planned), settings) == 0  # and however it goes on: approved, retracted
    assert found(made("severity: P0  # postmortem: accept PM610 told by mail"), settings) == 0
    assert found(made("severity: P0  # postmortem: accept PM610"), settings) == 1  # without a reason


def test_only_what_is_published_and_recent_is_one(settings: Settings) -> None:
    for state in ("draft", "review"):
        assert found(made("severity: P0", f"status: {state}"), settings) == 0
    assert found(made("severity: P0"), settings, date(2027, 2, 1)) == 1
    assert found(made("severity: P0"), settings, date(2027, 2, 2)) == 0
    assert found(made("severity: P0"), settings, date(2026, 11, 2)) == 0


def test_without_a_policy_there_is_no_public_site(tmp_path: Path) -> None:
    assert found(made("severity: P0"), Settings(root=tmp_path)) == 0


def test_the_most_severe_is_the_first_of_the_scale(settings: Settings) -> None:
    fewer = replace(settings, severities=settings.severities[1:])
    assert why(made("severity: P1"), fewer) == "a P1"
