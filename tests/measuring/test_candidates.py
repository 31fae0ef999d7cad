"""What may be related though nobody linked it: how texts are compared, and what is suggested."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_postmortem.measuring import similar
from mkdocs_postmortem.measuring.candidates import MOST, Candidate, candidates
from mkdocs_postmortem.measuring.similar import Texts, stem, stems
from mkdocs_postmortem.model import PostMortem
from tests.measuring.support import incident, record

CERTIFICATE = (
    "The client certificate that we present to the acquirer Northgate expired, and its gateway refused every "
    "handshake. Card payments failed until operations installed a renewed certificate by hand."
)
AGAIN = (
    "Confirmations from Northgate were refused: the webhook certificate had expired over night. Card payments "
    "stayed pending until a renewed certificate was installed by hand on both gateways."
)
SEARCH = (
    "The index of the day before answered all searches in Spanish, since the guard refused to swap the alias "
    "after the number of documents had dropped. New festivals could not be found by name."
)
QUEUE = (
    "One partition of the topic held nearly every notification of a large promoter, so that consumers waited "
    "for it and messages arrived after the drop had sold out."
)


def told(
    id: str, title: str, summary: str, *facts: str, day: int = 1, services: str = "", causes: str = ""
) -> PostMortem:
    front = "\n".join(
        (f"id: {id}", f"title: {title}", f"services: [{services}]", f"causes: [{causes}]",
         f"started_at: 2026-01-{day:02}T10:00Z", *facts)
    )  # fmt: skip
    text = f"---\n{front}\n---\n\n# {title}\n\n## Executive Summary\n\n{summary}\n"
    return record(text, f"docs/postmortems/{id}.md")


OTHERS = [told("S", "New events could not be found", SEARCH), told("Q", "Push messages came too late", QUEUE)]
ONE = told("A", "Card payments failed when a certificate expired", CERTIFICATE, day=1)
TWO = told("B", "Payment confirmations were refused, the certificate had expired", AGAIN, day=2)


def suggested(*records: PostMortem) -> list[tuple[str, str]]:
    return [(item.later.id, item.earlier.id) for item in candidates(records)]


def test_similar_words_are_a_reason_that_is_given() -> None:
    (found,) = candidates([TWO, ONE, *OTHERS])
    assert (found.later.id, found.earlier.id) == ("B", "A")
    assert "certificate" in found.words
    assert 0.22 <= found.score < 1


def test_what_is_linked_or_known_is_not_suggested() -> None:
    linked = told("B", "Payment confirmations were refused, the certificate had expired", AGAIN, "related: [A]", day=2)
    back = told("A", "Card payments failed when a certificate expired", CERTIFICATE, "related: [B, NONE]", day=1)
    assert suggested(linked, ONE, *OTHERS) == []
    assert suggested(TWO, back, *OTHERS) == []
    assert candidates([TWO, ONE, *OTHERS], [(ONE.path, TWO.path)]) == ()
    assert candidates([TWO, ONE, *OTHERS], [(TWO.path, ONE.path)]) == ()


def test_few_words_are_alike_by_chance_and_suggest_nothing() -> None:
    assert suggested(told("A", "Hub 403", "It broke."), told("B", "Hub 403", "It broke."), *OTHERS) == []


def test_shared_facts_lower_the_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    between = 0.205
    monkeypatch.setattr(Texts, "score", lambda *_: between)
    facts = {"services": "payments", "causes": ""}
    assert suggested(TWO, ONE) == []
    one = told("A", "Card payments failed when a certificate expired", CERTIFICATE, **facts)
    two = told("B", "Payment confirmations were refused, the certificate had expired", AGAIN, **facts, day=2)
    assert suggested(two, one) == [("B", "A")]


def test_a_post_mortem_gets_a_few_suggestions_at_most() -> None:
    many = [told(f"N{n}", "A certificate expired", f"{CERTIFICATE} {n}", day=n) for n in range(1, 9)]
    found = candidates([*many, *OTHERS])
    assert found
    for item in many:
        assert sum(item in (pair.earlier, pair.later) for pair in found) <= MOST


def test_without_a_summary_the_first_words_of_the_document_count() -> None:
    bare = [
        record(
            f"---\nid: {id}\ntitle: {id} certificate\nstarted_at: 2026-01-0{n}T10:00Z\n---\n\n{text}\n", f"d/{id}.md"
        )
        for n, (id, text) in enumerate((("A", CERTIFICATE), ("B", CERTIFICATE)), start=1)
    ]
    assert suggested(*reversed(bare)) == [("B", "A")]


def test_no_record_is_enough_for_nothing() -> None:
    assert candidates([]) == ()
    assert candidates([ONE]) == ()


# -- comparing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [("certificate", "Certificates"), ("expired", "expires"), ("query", "queries"), ("deploy", "deploying"),
     ("node’s", "node"), ("process", "processes")],
)  # fmt: skip
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other) != ""


@pytest.mark.parametrize("word", ["the", "Incident", "a", "1h50m", "2026", "x" * 100, "February"])
def test_words_that_say_nothing_are_left_out(word: str) -> None:
    assert stem(word) == ""


def test_texts_with_the_same_words_are_alike_and_others_are_not() -> None:
    texts = Texts([stems(CERTIFICATE), stems(CERTIFICATE), stems(SEARCH)])
    assert texts.score(0, 1) == pytest.approx(1)
    assert texts.score(0, 2) < 0.1
    assert [near.place for near in texts.near(0, 0.5)] == [1]
    assert texts.near(2, 0.5) == []


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=8))
def test_likeness_is_between_nothing_and_all_and_the_same_both_ways(texts: list[list[str]]) -> None:
    found = Texts(texts, fewest=1, shared=1)
    for one in range(len(texts)):
        for other in range(len(texts)):
            assert found.score(one, other) == pytest.approx(found.score(other, one))
            assert -1e-9 <= found.score(one, other) <= 1 + 1e-9
        for near in found.near(one, 0.3):
            assert near.place != one
            assert set(near.words) == set(texts[one]) & set(texts[near.place])


def test_work_grows_with_the_number_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word leads to so many texts, and with so many a text is compared, however many there are."""
    words = random.Random(7)
    vocabulary = [f"word{number}" for number in range(300)]
    texts = [[words.choice(vocabulary) for _ in range(60)] for _ in range(1200)]

    def compared(count: int) -> int:
        calls = 0
        usual = Texts.score

        def counted(self: Texts, one: int, other: int) -> float:
            nonlocal calls
            calls += 1
            return usual(self, one, other)

        with monkeypatch.context() as patch:
            patch.setattr(Texts, "score", counted)
            found = Texts(texts[:count])
            for at in range(count):
                found.near(at, 0.2)
        return calls

    small, large = compared(300), compared(1200)
    assert 0 < small <= 300 * similar._COMPARED
    assert large <= 1200 * similar._COMPARED


def test_a_suggestion_says_what_is_shared() -> None:
    one = incident("A", "2026-01-01T10:00Z", body=f"## Executive Summary\n\n{CERTIFICATE}\n")
    two = incident("B", "2026-02-01T10:00Z", body=f"## Executive Summary\n\n{AGAIN}\n")
    (found,) = candidates([two, one])
    assert isinstance(found, Candidate)
    assert (found.shared_services, found.shared_causes) == (("checkout",), ("expired-certificate",))
