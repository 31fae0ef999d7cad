"""A sieve keeps back nothing that its rule would find; it is only a fast look before the slow one."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.releasing import articles, decodings, folding, gate, secrets, words
from mkdocs_postmortem.releasing.detectors import detectors
from mkdocs_postmortem.releasing.sieve import Sieve, loosened, probe
from tests.releasing.support import POLICY, policy_of, roster_of

EXPRESSIONS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (words, secrets, gate, articles, decodings)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
}
SECRETS = [expression for plugin in detectors() for expression in plugin.denylist]
LETTERS = "aZk0 9-_.:/@+=|~`*[](){}<>\"'\\\n\té\N{KELVIN SIGN}\N{LATIN SMALL LETTER LONG S}\xa0\u2003中٣\u200b"


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_every_expression_has_a_sieve_or_none(expression: re.Pattern[str]) -> None:
    sieve = Sieve([expression])
    if sieve._search is None:
        assert sieve.passes("")  # it keeps nothing back


@pytest.mark.parametrize("expression", [*EXPRESSIONS.values(), *SECRETS], ids=lambda item: item.pattern[:30])
def test_what_matches_passes(expression: re.Pattern[str]) -> None:
    sieve = Sieve([expression])

    @settings(max_examples=max(20, settings().max_examples // 3))  # there are many expressions
    @given(st.one_of(st.from_regex(expression), st.text(alphabet=LETTERS, max_size=30)))
    def holds(text: str) -> None:
        if expression.search(text):
            assert sieve.passes(text)

    holds()


@pytest.mark.parametrize(
    ("pattern", "loose"),
    [
        (r"(?<![\w.])a\b(?=x)", "a"),
        (r"[^\s\"'=-]\S{3,64}", r"[^\s\"'=-](?s:.){3,}"),
        (r"[^\W\d_]x", r"[^\x00\d_]x"),
        (r"(?P<name>\w)\d", r"(?:[\w\x80-\xff])[\d\x80-\xff]"),
        (r"[]\w]é", r"[\]\w\x80-\xff][\x80-\xff]"),
        (r"a{50,1024}?", r"a{50,}?"),
        (r"^a$", "a"),
    ],
)
def test_how_an_expression_is_loosened(pattern: str, loose: str) -> None:
    assert loosened(pattern) == loose


def test_what_cannot_be_loosened_keeps_nothing_back() -> None:
    for pattern in (r"(a)\1", r"(?=a)+b"):
        assert Sieve([re.compile(pattern)]).passes("nothing of it")
    assert Sieve([re.compile("a b", re.X)]).passes("nothing of it")


@given(st.text(alphabet=LETTERS))
def test_a_probe_has_a_byte_for_each_character_and_the_folded_text_behind(text: str) -> None:
    data = probe(text)
    if data is not None:
        assert len(data) == len(text) + (0 if text.isascii() else 1 + len(folding.fold_case(text)))


def test_controls_are_never_sieved() -> None:
    assert probe("a\x1cb") is None
    assert Sieve([re.compile("q")]).passes("a\x1cb")


@given(st.text(alphabet=LETTERS + "jonasFalconpwd123", max_size=60))
def test_a_detector_finds_the_same_without_sieves(text: str) -> None:
    from tests.releasing.support import POLICY, policy_of, roster_of

    policy = policy_of(POLICY)
    detector = words.Detector(policy, roster_of(policy))
    found = detector.find(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sieve, "passes", lambda *_: True)
        assert detector.find(text) == found


NAMED = [{"handle": "jonas", "names": ["Jonas Weber"]}, {"handle": "mark", "names": ["Mark Quill"]}]


@lru_cache
def _detector(*deny: str) -> words.Detector:
    read = policy_of({**POLICY, "people": NAMED, "deny": ["Project Falcon", *deny]})
    return words.Detector(read, roster_of(read))


@given(st.lists(st.text(alphabet=LETTERS + "jonasFalconpwd123-.", max_size=30), max_size=5), st.booleans())
def test_short_texts_that_are_clean_at_once_are_clean_each_by_itself(texts: list[str], links: bool) -> None:
    detector = _detector()
    if detector.clean(texts, links=links, hints=True):
        assert not any([*detector.find(text, links), *detector.hints(text)] for text in texts)


SUSPECT = ("Jonas", "jonas-weber", "project falcon", "10.1.2.3", "AKIAIOSFODNN7EXAMPLE", "+49 30 1234567", "@nobody")


@pytest.mark.parametrize("text", SUSPECT)
@pytest.mark.parametrize("around", [("", ""), ("slug words", "A title"), ("mark", "up")])
def test_what_is_found_in_one_short_text_is_found_among_others(text: str, around: tuple[str, str]) -> None:
    detector = _detector()
    assert [*detector.find(text), *detector.hints(text)]
    assert not detector.clean([around[0], text, around[1]], hints=True)


def test_patterns_may_begin_and_end_with_a_text_so_none_is_called_clean() -> None:
    assert _detector().clean(["harmless", "other"])
    assert not _detector(r"re:^harmless$").clean(["other"])
