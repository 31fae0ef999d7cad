"""PM512 to PM514: chains of whys that stop, jump or go round, in every form they are written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from mkdocs_postmortem.model import Why
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import decode
from mkdocs_postmortem.settings import Settings

from .support import codes, findings, overlay

Chain = list[tuple[str, str]]

HEADING = "## Appendix: 5 Whys Analysis\n\n**Problem:** Checkout was down.\n\n"


def whys(text: str) -> list[tuple[str, str]]:
    """Questions and answers that are read below the template's heading."""
    source = decode(f"---\ntitle: A\n---\n\n{HEADING}{text}".encode())
    read: tuple[Why, ...] = reading.make(source, "a.md", Settings(root=Path("/nowhere"))).document.whys
    return [(why.question, why.answer) for why in read]


EXPECTED = [("Why was it down?", "the Workers crashed"), ("Why did the Workers crash?", "they had no memory")]


@pytest.mark.parametrize(
    "text",
    [
        (
            "**Why 1:** Why was it down?\n→ **Because:** the Workers crashed\n\n"
            "**Why 2:** Why did the Workers crash?\n→ Because they had no memory\n"
        ),
        "1. Why was it down? Because the Workers crashed\n2. Why did the Workers crash? Because they had no memory\n",
        "1. Why was it down?\n   Because the Workers crashed\n2. Why did the Workers crash?\n   they had no memory\n",
        "1. Why was it down?\n  - Because the Workers crashed\n2. Why did the Workers crash?\n  - they had no memory\n",
        "1) **Why was it down?** the Workers crashed\n2) **Why did the Workers crash?** they had no memory\n",
        "- Why was it down? → the Workers crashed\n- Why did the Workers crash? → Because they had no memory\n",
        (
            "1. **Why 1:** Why was it down? Because the Workers crashed\n"
            "2. **Why 2:** Why did the Workers crash?\n   → Because they had no memory\n"
        ),
        (
            "**Why 1:** Why was it down? Because the Workers crashed\n\n"
            "**Why 2:** Why did the Workers crash? → Because they had no memory\n"
        ),
    ],
)
def test_a_chain_is_read_in_every_form_it_is_written_in(text: str) -> None:
    assert whys(text) == EXPECTED


@pytest.mark.parametrize(
    "text",
    ["1. Because of that\n2. Whyte looked at it\n", "Why it was down we know.\n", "1. [ ] Why was it down?\n"],
)
def test_other_lists_and_sentences_are_no_chain(text: str) -> None:
    assert whys(text) == []


def test_a_second_paragraph_is_no_answer() -> None:
    assert whys("1. Why was it down?\n\nThe Workers crashed.\n") == [("Why was it down?", "")]
    assert whys("1. Why was it down\n   in the afternoon\n") == [("Why was it down", "")]
    assert whys("**Why 1:** Why was it down?\n  Who knows.\n") == [("Why was it down?", "")]


def test_a_list_of_one_why_is_too_few(tmp_path: Path) -> None:
    found = findings(tmp_path, overlay(f"{HEADING}1. Why was it down? Because the Workers crashed\n"))
    assert codes(found) == ["PM512"]


# -- jumps -------------------------------------------------------------------------------------

HOLDS: list[Chain] = [
    [
        ("did checkout fail", "the setting was missing"),
        ("was it missing", "the release did not add it"),
        ("did nobody notice", "the health check does not read settings"),
        ("does the health check not read settings", "it was written for another service"),
    ],
    [
        ("did the site time out", "the pool was exhausted"),
        ("were all connections taken", "a report held them open"),
        ("could a report hold them so long", "there is no statement timeout"),
        ("is there no statement timeout", "our database template leaves it at the default"),
    ],
    [
        ("did users see errors", "the deploy removed a column"),
        ("was the old code still running", "the rollout takes twenty minutes"),
        ("did the migration run before the rollout ended", "the pipeline starts both at once"),
    ],
    [
        ("did the certificate expire", "the renewal failed in May"),
        ("did the renewal fail", "the DNS challenge had no permission"),
        ("did nobody see the failed renewals", "the job mails root, and nobody reads that mailbox"),
    ],
]

JUMPS: list[Chain] = [
    [
        ("was the website down", "the Workers crashed"),
        ("do we have no database administrator", "we never hired one"),
        ("did we never hire one", "the budget was cut"),
    ],
    [
        ("did the certificate expire", "the renewal failed"),
        ("is the office network slow", "the router is old"),
        ("is the router old", "nobody replaces it"),
    ],
    [
        ("did the queue stop", "the broker lost its disk"),
        ("do customers complain", "support is slow"),
        ("is support slow", "it is small"),
    ],
    [
        ("did the site time out", "the pool was exhausted"),
        ("was Kenji on holiday", "it was August"),
        ("was it August", "of the calendar"),
    ],
]


def written(chain: Chain) -> str:
    """A chain as the template has it."""
    steps = "".join(f"**Why {n}:** Why {why}?\n→ Because {answer}\n\n" for n, (why, answer) in enumerate(chain, 1))
    return overlay(HEADING + steps)


@pytest.mark.parametrize("chain", HOLDS, ids=lambda chain: chain[0][0])
def test_a_chain_that_holds_is_let_be(chain: Chain, tmp_path: Path) -> None:
    assert "PM514" not in codes(findings(tmp_path, written(chain)))


@pytest.mark.parametrize("chain", JUMPS, ids=lambda chain: chain[1][0])
def test_a_chain_that_leaves_its_subject_jumps(chain: Chain, tmp_path: Path) -> None:
    text = written(chain)
    (found,) = (item for item in findings(tmp_path, text) if item.code == "PM514")
    assert text.split("\n")[found.line - 1].startswith("**Why 2:**")
