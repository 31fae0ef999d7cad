"""What all tests share: an environment that says nothing of the machine, and how many examples hypothesis draws.

Hypothesis: few examples by default, the same in each run; `HYPOTHESIS_PROFILE=long` for many, others each time.
Without a deadline: examples are timed on machines that do other things as well.
"""

from __future__ import annotations

import os
import signal

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
