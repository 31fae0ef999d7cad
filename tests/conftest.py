"""What all tests share: an environment that says nothing of the machine, and how many examples hypothesis draws.

Hypothesis: few examples by default, the same in each run; `HYPOTHESIS_PROFILE=long` for many, others each time.
Without a deadline: examples are timed on machines that do other things as well.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "short", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

# The product prints otherwise in CI and on another day; a test that wants that says so itself.
if os.environ.get("CI"):
    os.environ["TESTED_IN_CI"] = "true"
for _name in list(os.environ):
    if _name in {"CI", "SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"} or _name.startswith(
        ("CI_", "GITHUB_", "GITLAB_")
    ):
        del os.environ[_name]

# Who starts the tests in the background of a shell has them ignore interrupts, and with them every process of theirs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


_LONG = (
    "views/test_demo", "views/test_browser", "views/test_metrics_browser", "releasing/test_channels",
    "releasing/test_noninterference", "releasing/test_matrix", "releasing/test_faults", "releasing/test_hostile",
    "releasing/test_decodings", "reading/test_hostile", "manual/test_manual", "reporting/test_ci", "hosts/test_hosts",
    "cli/test_calls", "cli/test_hooks", "plugin/test_building", "plugin/test_hostile", "plugin/test_large",
    "plugin/test_stopping", "releasing/test_gate", "releasing/test_desk", "checking/test_findings",
)  # fmt: skip
"""Files that take long. They come first, so that no processor is left with one of them while the other has nothing."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, each whole and in its own order."""
    here = Path(__file__).parent
    rank = {here / f"{name}.py": at for at, name in enumerate(_LONG)}
    assert all(path.exists() for path in rank)
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
