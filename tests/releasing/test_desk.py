"""What the desk's commands say and take, as somebody tried it who knew only the manual."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mkdocs_postmortem.settings import ConfigError
from tests.releasing.support import FRONT, POLICY, House, codes, document, policy_of, projected


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    assert made.publish().published
    return made


def test_a_file_that_cannot_be_read_is_told_and_no_release_is_called_orphaned(house: House) -> None:
    house.write("docs/postmortems/checkout.md", "---\ncauses: [Maria zorblatt\nexternal: {slug: x}\n---\n")
    for arguments in ((), ("--check",)):
        done = house.redact(*arguments)
        assert done.code == 1
        assert "PM757" in done.said
        assert "nothing is public" not in done.said
        assert "retract" not in done.said


def test_a_file_name_is_not_told_where_it_holds_what_may_not_leave(house: House) -> None:
    name = "docs/postmortems/2026-11-03-Maria García broke Project Falcon.md"
    house.write(name, document(id="other", external={**FRONT["external"], "slug": "other-errors"}))
    for arguments in ((), ("--check",)):
        said = house.redact(*arguments).said
        assert "docs/postmortems/…" in said or "external/releases/other-errors" in said
        assert "García" not in said
        assert "Falcon" not in said


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "checkout-errors/.DS_Store"])
def test_what_systems_leave_behind_is_neither_an_error_nor_published(house: House, name: str) -> None:
    house.write(f"external/releases/{name}", "Maria")
    outcome = house.build_public()
    assert outcome.published, outcome.said
    assert not [path for path in outcome.files if Path(name).name in path]


def test_line_ends_of_windows_are_told_as_such(house: House) -> None:
    path = house.root / "external/releases/checkout-errors/index.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "line ends of Windows" in done.said
    assert ".gitattributes" in done.said


@pytest.mark.parametrize("slug", ["pm-2026-014", "checkout-2026-014", "pm2026014", "2026-014"])
def test_a_slug_does_not_hold_the_internal_id_however_it_is_joined(slug: str) -> None:
    assert "PM751" in codes(projected(external={**FRONT["external"], "slug": slug}))


def test_a_slug_may_have_the_month() -> None:
    assert codes(projected(external={**FRONT["external"], "slug": "2026-11-checkout"})) == []


@pytest.mark.parametrize("pattern", ["re:", "re:a*", "re:(?:x|)"])
def test_a_pattern_that_denies_nothing_is_a_mistake(pattern: str) -> None:
    with pytest.raises(ConfigError, match="the empty text fits"):
        policy_of({**POLICY, "deny": [pattern]})


def test_a_control_that_is_not_there_is_a_mistake(house: House) -> None:
    done = house.run("verify", "site", "--control", "nosuch")
    assert done.code == 2
    assert "there is no folder `nosuch`" in done.said


def test_a_page_of_ours_names_the_file_that_has_its_address(house: House) -> None:
    house.write("external/docs/postmortems/index.md", "# Mine\n")
    assert "external/docs/postmortems/index.md" in house.build_public().said


@pytest.mark.parametrize("key", ["secruity", "Security", "p0", "allways"])
def test_roles_under_a_key_that_nothing_has_are_a_mistake(house: House, key: str) -> None:
    house.write("redaction.yml", yaml.safe_dump({**POLICY, "approvals": {"always": ["technical"], key: ["legal"]}}))
    done = house.redact("--check")
    assert done.code == 2
    assert "`approvals` has a key that is neither" in done.said
    assert f"`{key}`" not in done.said
