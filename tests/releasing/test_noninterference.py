"""What is not public changes nothing: two houses that differ only inside publish the same bytes, or refuse.

`HYPOTHESIS_PROFILE=long` tries 10,000 comparable pairs of projections, 200 of whole sites and 5,000 renamings; the
share of pairs that could be compared is printed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.releasing.support import House, codes, document, projected, record_of

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
PAIRS, SITES, RENAMINGS = (20_000, 220, 5_000) if LONG else (700, 10, 150)
COUNTS: Counter[str] = Counter()

anything = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), max_size=40
)
hostile = st.sampled_from(
    [
        "::: internal", ":::", "```", "~~~", "## Impact", "## Secret", "### Impact", "[[a|b]]", "[[a|", "|b]]", "<!--",
        "-->", "<div>", "[^1]: x", "[ref]: http://x", "*[A]: b", "| a | b |", "|---|---|", "- item", "1. one", "    code",  # noqa: E501
        "Maria García", "@wzhang", "{{ x }}", "&amp;", "\u200b", "=====", "-----", "# Title", "> quote", "", "`", "Stripe",  # noqa: E501
    ]
)  # fmt: skip
words = st.sampled_from(
    ["Orders failed.", "Maria García saw it.", "The cache was full.", "@wzhang rolled back, then Quill."]
)
inside = st.lists(st.one_of(hostile, words, anything), max_size=6).map("\n".join)


@pytest.fixture(scope="module", autouse=True)
def shares() -> Iterator[None]:
    """Print how many of the drawn pairs could be compared, and ask that it is at least half."""
    yield
    for kind in ("projections", "sites", "acquaintances"):
        drawn, compared = COUNTS[kind], COUNTS[f"{kind} compared"]
        if drawn:
            print(f"\n{kind}: {compared} of {drawn} pairs compared")
            assert compared * 2 >= drawn


def house(public: list[str], secret: list[str]) -> str:
    """A body whose public words are these, with what is not public between and around them."""
    blocks = [f"::: internal\n{text}\n:::" for text in secret[:2]]
    return (
        f"# Title {secret[2]}\n\n{secret[3]}\n\n## Executive Summary\n\n{public[0]}\n\n{blocks[0]}\n\n{public[1]}\n\n"
        f"## Impact\n\nIt [[{_flat(secret[4])}|was bad]].\n\n{blocks[1]}\n\n{public[2]}\n\n## Action Items\n\n{secret[5]}\n"  # noqa: E501
    )


def _flat(text: str) -> str:
    return "".join(char for char in text if char not in "[]|\n\\") or "x"


def secrets(hard: float) -> st.SearchStrategy[list[str]]:
    """What is not public: mostly plain, now and then hostile, so that enough pairs can be compared."""
    plain = st.lists(
        st.one_of(words, st.sampled_from(["", "Secret words.", "- a\n- b", "Wei Zhang and @maria."])), max_size=3
    ).map("\n\n".join)
    one = st.integers(0, 99).flatmap(lambda n: inside if n < hard * 100 else plain)
    return st.lists(one, min_size=6, max_size=6)


facts = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["A", "Zyxquartz", "Maria's outage"]),
        "tags": st.lists(st.sampled_from(["a", "b", "Zyxquartz"]), max_size=3),
        "customer": anything,
        "reviewers": st.lists(st.sampled_from(["@a", "@b", "Hedwig Sonne"]), max_size=2),
        "related": st.lists(st.sampled_from(["PM-1", "PM-2"]), max_size=2),
    }
)
public = st.lists(words, min_size=3, max_size=3)


@settings(max_examples=PAIRS, deadline=None, suppress_health_check=list(HealthCheck))
@given(public, secrets(0.06), secrets(0.06), facts, facts)
def test_projections_of_houses_that_differ_inside_are_the_same_bytes(
    said: list[str], one: list[str], other: list[str], left: dict[str, Any], right: dict[str, Any]
) -> None:
    first, second = projected(house(said, one), **left), projected(house(said, other), **right)
    COUNTS["projections"] += 1
    if codes(first) or codes(second):
        return
    COUNTS["projections compared"] += 1
    assert first.words == second.words
    assert [(item.name) for item in first.images] == [(item.name) for item in second.images]


@settings(max_examples=SITES, deadline=None, suppress_health_check=list(HealthCheck))
@given(public, secrets(0.02), secrets(0.02), facts, st.booleans())
def test_sites_of_houses_that_differ_inside_are_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    said: list[str],
    one: list[str],
    other: list[str],
    fact: dict[str, Any],
    more: bool,
) -> None:
    sites = []
    for secret, extra in ((one, {}), (other, fact)):
        made = House(tmp_path_factory.mktemp("house"), house(said, secret), **extra)
        if extra and more:
            made.write("docs/postmortems/other.md", document(house(said, one), id="PM-9", external=None))
        sites.append(made.publish())
    COUNTS["sites"] += 1
    if not all(site.published for site in sites):
        return
    COUNTS["sites compared"] += 1
    assert sites[0].files == sites[1].files


NAMES = [
    ("Ada", "Lovering"), ("Bruno", "Castellan"), ("Chidi", "Okonjo"), ("Dagny", "Halvorsen"), ("Émile", "Vautrin"),
    ("Fumiko", "Arisugawa"), ("Gonçalo", "Brandão"), ("Hedwig", "Sonnen"), ("Ilse", "Quarkwright"), ("王", "小明"),
]  # fmt: skip
TEMPLATE = (
    "{0} {0l} deployed it; @{1h} paged {2}. Then {2l}'s fix failed, and {0} asked {1} {1l}.\n\n"
    "| Time | Event |\n|---|---|\n| 10:02 | {3} {3l} acts |\n| 10:04 | {1l}, {1} acts |"
)


@settings(max_examples=RENAMINGS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(9)), st.permutations(range(9)), st.randoms(use_true_random=False))
def test_renaming_people_and_shuffling_the_roster_changes_nothing(
    one: list[int], other: list[int], random: Any
) -> None:
    results = []
    for order in (one, other):
        people = [NAMES[number] for number in order[:4]]
        fields: dict[str, str] = {}
        for number, (first, last) in enumerate(people):
            fields |= {f"{number}": first, f"{number}l": last, f"{number}h": f"{last.lower()}x"}
        body = TEMPLATE
        for key, value in sorted(fields.items(), key=lambda item: -len(item[0])):
            body = body.replace("{" + key + "}", value)
        roster = [{"handle": f"{last.lower()}x", "names": [f"{first} {last}"]} for first, last in people]
        random.shuffle(roster)
        found = projected(
            house([body, "x", "y"], [""] * 6),
            policy={"people": roster},
            participants=[],
            owner="@" + fields["0h"],
            authors=[],
        )
        assert not codes(found), [str(item) for item in found.refusals.refused]
        results.append(found.words)
    assert results[0] == results[1]
    assert "Engineer D" in results[0]


def test_other_post_mortems_change_nothing() -> None:
    """But that people of theirs are known, who are then refused where they are named."""
    other = record_of(document("# Other\n\n## Impact\n\nSecret.\n", id="PM-2", title="Other"), "docs/postmortems/o.md")
    assert projected().words == projected(others=[other]).words


acquainted = st.lists(
    st.sampled_from(
        [
            "Pat Queue", "@deploy", "Maria Svensson", "@maria", "Maria G. López <maria@example.com>", "Wei", "García",
            "Wei Zhang <wei@other.example>", "Order Cache", "Saw It", "Hedwig Sonnen", "@quill", "Zhang", "Full Was",
            "Mari Orders", "<wzhang@example.com>", "Quill Then", "Rolled Back", "Maria Zhang",
        ]
    ),
    max_size=4,
)  # fmt: skip
said_of_people = st.sampled_from(
    [
        "Maria García saw it, then Maria.", "The deploy queue was full: setup.", "Order cache and Quill.",
        "@wzhang rolled back. Wei Zhang was there.", "M. García and Mari saw it; Zhang, too.", "Queue length grew.",
        "Hedwig saw it.", "Wei saw it, Hedwig Sonnen did not.", "| Maria | Zhang |\n|---|---|\n| a | b |",
    ]
)  # fmt: skip


@settings(max_examples=PAIRS // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(said_of_people, min_size=3, max_size=3), acquainted, acquainted)
def test_people_of_other_post_mortems_stop_a_release_and_never_change_it(
    said: list[str], one: list[str], other: list[str]
) -> None:
    found = []
    for number, authors in enumerate(([], one, other)):
        text = document("# Other\n\n## Impact\n\nSecret.\n", id=f"PM-{number}", authors=authors, external=None)
        others = [record_of(text, f"docs/postmortems/o{number}.md")] if authors else []
        found.append(projected(house(said, [""] * 6), others=others))
    alone, *among = found
    for item in among:
        if codes(alone):
            assert codes(item)
        else:
            COUNTS["acquaintances"] += 1
            if not codes(item):
                COUNTS["acquaintances compared"] += 1
                assert item.words == alone.words


def test_the_same_words_give_the_same_bytes_in_another_folder_zone_and_hash_seed(tmp_path: Path) -> None:
    sites = []
    for name, zone, seed in (("a", "UTC", "1"), ("a much longer name", "Asia/Kathmandu", "4711")):
        made = House(tmp_path / name)
        outcome = made.publish(TZ=zone, PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH="1795435200")
        assert outcome.published, outcome.said
        sites.append(outcome.files)
    assert sites[0] == sites[1]
