"""The pages of the example archive as Material shows them: axe finds nothing, and nothing is wider than a phone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.browsing import chromium, served, violations

ROOT = Path(__file__).parents[2]
PAGES = ("", "action-items/", "process/", "metrics/", "patterns/", "lessons/", "reviews/", "coverage/")
SHORTENED = """document.querySelectorAll(".md-content :is(tbody, ul, ol, dl)").forEach((list) => {
  while (list.children.length > 12) list.lastElementChild.remove();
})"""
"""Leaves the first of many rows, which are alike: axe measures the colours of each, which takes seconds."""
POSTMORTEM = "2026/2026-09-22-edge-route-outage/"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demo is, built as of its own day."""
    site = tmp_path_factory.mktemp("demo") / "site"
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1795392000", "NO_MKDOCS_2_WARNING": "1"}
    call = [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir", str(site)]
    subprocess.run(call, cwd=ROOT, env=env, check=True)
    with served(site) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize("page", [*PAGES, POSTMORTEM])
def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(browser: Any, address: str, page: str) -> None:
    for width, scheme in ((1280, "light"), (390, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        visit = context.new_page()
        visit.goto(f"{address.rstrip('/')}/postmortems/{page}")
        # Of a post-mortem what is ours: its words and its code are drawn by the theme.
        ours = ".pm-panel" if page == POSTMORTEM else ".md-content"
        wide = visit.evaluate("document.documentElement.scrollWidth")
        visit.evaluate(SHORTENED)
        found = violations(visit, ours)
        told = [(item["id"], [node["html"][:120] for node in item["nodes"]][:3]) for item in found]
        context.close()
        assert told == [], (width, scheme)
        assert wide <= width
