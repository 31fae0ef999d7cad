"""detect-secrets' detectors find what they know, and can tell nobody."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

from mkdocs_postmortem.releasing import secrets
from mkdocs_postmortem.releasing.detectors import detectors


def fresh(code: str) -> str:
    """What some code prints in an interpreter of its own."""
    done = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_they_are_there_and_find() -> None:
    names = {type(detector).__name__ for detector in detectors()}
    assert len(names) > 15
    assert {"AWSKeyDetector", "SlackDetector", "StripeDetector"} <= names
    # A form that only they know, among those that are looked for here.
    text = (
        "login with " + "SG." + "a1B2c3D4e5F6g7H8i9J0kL" + "." + "a1B2c3D4e5F6g7H8i9J0kLmN1oP2qR3sT4uV5wX6yZ7" + " now"
    )
    assert [text[start:end][:3] for start, end in secrets.find(text)] == ["SG."]


def test_they_are_loaded_without_what_could_connect() -> None:
    assert fresh("""
        import sys
        from mkdocs_postmortem.releasing.detectors import detectors
        detectors()
        print(*sorted({"requests", "urllib3", "http.client", "ssl"} & set(sys.modules)))
    """) == ""  # fmt: skip


def test_whoever_needs_the_client_afterwards_has_it() -> None:
    assert fresh("""
        from mkdocs_postmortem.releasing.detectors import detectors
        detectors()
        import requests
        print(callable(requests.get), issubclass(requests.exceptions.RequestException, Exception))
    """) == "True True"  # fmt: skip


def test_a_client_that_is_there_already_is_left_alone() -> None:
    assert fresh("""
        import requests
        before = requests
        from mkdocs_postmortem.releasing.detectors import detectors
        detectors()
        import sys
        print(sys.modules["requests"] is before)
    """) == "True"  # fmt: skip
