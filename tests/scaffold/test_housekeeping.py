"""What the house itself promises: pinned tests, no addresses in the pins, one entrance for CI."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = ROOT / "requirements" / "test.txt"


def pins() -> dict[str, str]:
    lines = [line for line in PINS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [item for group in project["dependency-groups"].values() for item in group]
    names = [item for item in groups if isinstance(item, str)]
    return [
        Requirement(item)
        for item in [*project["project"]["dependencies"], *project["build-system"]["requires"], *names]
    ]


def test_pins_are_names_and_versions_and_nothing_else() -> None:
    for line in PINS.read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line), line


@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_everything_the_project_asks_for_is_pinned_to_a_version_it_accepts(requirement: Requirement) -> None:
    version = pins().get(canonicalize_name(requirement.name))
    assert version is not None, "run `make lock`"
    assert requirement.specifier.contains(version), "run `make lock`"


def test_ci_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "make test"


@pytest.mark.parametrize(
    "target", ["demo", "test", "lint", "unit", "manual", "build", "wheel", "bench", "lock", "clean"]
)
def test_the_makefile_has_the_target_that_the_documentation_names(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_strict_builds_are_never_quiet() -> None:
    """With `--quiet` MkDocs 1.6 counts no warnings, and `--strict` passes whatever it finds."""
    commands = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if line.startswith("\t")]
    assert any("--strict" in line for line in commands)
    for line in commands:
        assert not ("--strict" in line and re.search(r"\s(?:-q|--quiet)\b", line)), line
