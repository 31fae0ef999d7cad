"""`check` and the register of incidents: with the whole archive, or where the register is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugin.support import Site, site

TREE = """\
docs/
    postmortems/
        checkout.md
incidents.yml
    - {id: INC-1, severity: P1, date: 2026-11-03, postmortem: checkout}
    - {id: INC-2, severity: P1, date: 2026-11-03}
"""
FOUND = "incidents.yml:2:8: warning PM651 `INC-2` requires a post-mortem (P0 or P1) and has had none for 20 days"


@pytest.fixture
def made(tmp_path: Path) -> Site:
    return site(tmp_path, TREE)


def test_the_whole_archive_is_checked_against_it(made: Site) -> None:
    done = made.run("check")
    assert FOUND in done.out
    assert done.code == 0
    assert made.run("check", "--strict").code == 1


def test_the_day_that_counts_as_today_decides(made: Site) -> None:
    assert "for 30 days" in made.run("check", "--as-of", "2026-12-03").out
    assert "PM651" not in made.run("check", "--as-of", "2026-11-05").out


def test_files_that_are_named_are_checked_alone(made: Site) -> None:
    assert "PM651" not in made.run("check", "docs/postmortems/checkout.md").out


def test_the_register_is_checked_where_it_is_named(made: Site) -> None:
    assert FOUND in made.run("check", "incidents.yml").out
    assert FOUND in made.run("check", "docs/postmortems/checkout.md", "incidents.yml").out


def test_it_is_remembered_which_incident_a_post_mortem_names(tmp_path: Path) -> None:
    made = site(tmp_path, TREE.replace("checkout.md", "checkout.md\n            incident: INC-2"))
    for _ in range(2):  # the second run takes the post-mortem's part from the cache
        assert "PM651" not in made.run("check").out
    assert "PM651" not in made.run("check", "incidents.yml").out


def test_without_a_register_nothing_is_told_of_it(tmp_path: Path) -> None:
    assert "PM65" not in site(tmp_path, TREE.split("incidents.yml")[0]).run("check").out


def test_a_strict_build_goes_on_where_time_has_passed_and_stops_at_a_mistake(made: Site) -> None:
    assert made.build("--strict").code == 0
    made.write("incidents.yml", "- {id: INC-1, severity: P9}\n")
    done = made.build("--strict")
    assert done.code == 1
    assert "`P9` is not on the scale of severities" in done.said


def test_generate_writes_the_page_as_well(made: Site, tmp_path: Path) -> None:
    assert made.run("generate", "--out", str(tmp_path / "out")).code == 0
    assert "INC-2" in (tmp_path / "out" / "coverage.md").read_text(encoding="utf-8")
