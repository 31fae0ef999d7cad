"""The pattern language of language files, and how it becomes expressions that run in linear time.

A sentence is matched as its tokens, each with a space on both sides: ` the  engineer  forgot `.
So no expression has to look ahead, and a token is never found inside another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

BREAKS = ",;:()—–→|"
"""Signs that end a clause; a gap never reaches over them."""

MARKS = {"person": "P", "object": "[PO]", "nobody": "N", "anyone": "A", "we": "W"}
"""What people are in a sentence's tokens: words are lower case, so that nothing else is one of these."""

_PEOPLE = frozenset(f"<{mark}>" for mark in MARKS)
_THING = " [^PNAW ][^ ]* "
_GAP = f" [^ {BREAKS}]+ "
_RANGE = re.compile(r"\[(\d)-(\d)\]\Z")
_LONGEST_GAP = 9
_STAR = re.escape("*")
_SHORT = 5
"""Common words with fewer letters are the most common."""


class PatternError(ValueError):
    """A pattern of a language file that means nothing: what is wrong with it, in a sentence."""


def words_of(text: str) -> list[str]:
    """The words of some text in lower case, without what stands around them: quick, and coarser than tokens."""
    return plain(text).split()


def plain(text: str) -> str:
    """Some text in lower case, spaces in place of what stands around words; line breaks stay."""
    return text.lower().translate(_PLAIN)


def with_bases(words: Sequence[str], text: str) -> frozenset[str]:
    """The words of some text and, of those with an apostrophe, what stands before it."""
    if "'" not in text and "’" not in text:
        return frozenset(words)
    return frozenset((*words, *(word.partition("'")[0] for word in words if "'" in word)))


_PLAIN = str.maketrans({**dict.fromkeys('.,;:?!()[]{}<>/|*"“”„«»…—–→`~#=+\\', " "), "’": "'"})


class Pattern:
    """A pattern and the words without which it cannot match."""

    def __init__(self, text: str, language: Words) -> None:
        self.text = text
        self._language = language
        parts = text.split()
        found = [words for part in parts if (words := language.anchors(part))]
        if not found:
            raise PatternError(f"“{text}” has no word by which it could be found")
        self.anchors = min(found, key=language.commonness)
        """Words, as tokens with spaces where several stand together, one of which must be there."""
        self.of_people = any(_PEOPLE.issuperset(part.split("|")) for part in parts)
        """It cannot match where nobody is spoken of."""
        self.keys = language.keys(self.anchors)
        """The rarest word of each of its anchors."""
        self.needs = tuple(language.first_words(words) for words in found if words is not self.anchors)
        """Words of its other elements: of each set one has to be there, too."""

    @property
    def source(self) -> str:
        """The expression as text; it is made when it is first needed, for most patterns never are."""
        return "".join(self._language.source(part) for part in self.text.split())

    def may_match(self, words: frozenset[str]) -> bool:
        """Whether some words have what it needs besides its anchor."""
        for need in self.needs:  # noqa: SIM110  # asked for each word of every document, where all(…) takes twice as long
            if need.isdisjoint(words):
                return False
        return True

    @cached_property
    def compiled(self) -> Any:
        """The expression; compiled when it is first needed, for most patterns never are."""
        return compiled(self.source)


def compiled(source: str) -> Any:
    """An expression of RE2, which never backtracks. Raises `PatternError`."""
    import re2  # only where there is something to look at

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except re2.error as error:
        raise PatternError(f"cannot be used: {error}") from None


class Words:
    """The word lists and phrases that patterns name."""

    def __init__(
        self,
        words: Mapping[str, Sequence[str]],
        phrases: Mapping[str, Sequence[str]],
        breaks: Iterable[str],
        common: Iterable[str] = (),
    ) -> None:
        self.words = words
        self.common = frozenset(common)
        self.phrases = phrases
        inner = _either(tuple(breaks))
        self.edges = {"^": f"(?:^|{inner})", "$": f"(?:$|{inner})"}
        self._open: set[str] = set()
        # Lists are named by many patterns: what is asked about one is worked out once.
        self.anchors = cache(self._anchors)
        """Literal tokens, with spaces where several stand together, one of which must be there for an element."""
        self.source = cache(self._source)
        """The expression of an element."""
        self.keys = cache(self._keys)
        """The rarest word of each of some anchors, by the anchor's plain words."""
        self.commonness = cache(self._commonness)
        """How often some anchors may stand in a text that has nothing to be found."""
        self.first_words = cache(_first_words)

    def key(self, anchor: str) -> str:
        """The word of an anchor that is seldom in a text that has nothing to be found."""
        if anchor.isalpha():
            return anchor.lower()
        return min(words_of(anchor), key=lambda word: (self._weight(word), -len(word)))

    def _keys(self, anchors: Sequence[str]) -> Mapping[str, str]:
        return {" ".join(words_of(anchor)): self.key(anchor) for anchor in anchors}

    def _commonness(self, anchors: Sequence[str]) -> float:
        return sum(self._weight(self.key(anchor)) / (10 if "  " in anchor else 1) for anchor in anchors)

    def _weight(self, word: str) -> int:
        if word in self.common:
            return 1000 if len(word) < _SHORT else 100
        return 1

    def _anchors(self, part: str) -> tuple[str, ...]:
        if part in self.edges:
            return ()
        optional = part.endswith("?") and len(part) > 1
        if _gap(part.removesuffix("?") if optional else part):
            return ()
        choices = [self._anchors_of(choice) for choice in (part[:-1] if optional else part).split("|")]
        return () if optional or not all(choices) else tuple(word for words in choices for word in words)

    def _anchors_of(self, choice: str) -> tuple[str, ...]:
        if not (choice.startswith("<") and choice.endswith(">")):
            return _anchor(choice)
        name = choice[1:-1]
        if name in self.words:
            found = [_anchor(word) for word in self.words[name]]
            return tuple(word for words in found for word in words) if all(found) else ()
        if name not in MARKS and name != "thing" and name not in self.phrases:
            raise PatternError(f"there is no list <{name}> under `words` or `phrases`")
        return ()

    def _source(self, part: str) -> str:
        if part in self.edges:
            return self.edges[part]
        optional = part.endswith("?") and len(part) > 1
        if optional:
            part = part[:-1]
        if gap := _gap(part):
            return f"(?:{_GAP}){{{gap[0]},{gap[1]}}}"
        choices = [self._source_of(choice) for choice in part.split("|")]
        source = choices[0] if len(choices) == 1 else f"(?:{'|'.join(choices)})"
        return f"(?:{source})?" if optional else source

    def _source_of(self, choice: str) -> str:
        if not (choice.startswith("<") and choice.endswith(">")):
            return _literal(choice)
        name = choice[1:-1]
        if name in MARKS:
            return f" {MARKS[name]} "
        if name == "thing":
            return _THING
        if name in self.words:
            return _either(self.words[name])
        if name not in self.phrases or name in self._open:
            raise PatternError(f"there is no list <{name}> under `words` or `phrases`")
        self._open.add(name)
        lines = ["".join(self.source(part) for part in line.split()) for line in self.phrases[name]]
        self._open.discard(name)
        return f"(?:{'|'.join(lines)})"


def _gap(part: str) -> tuple[int, int] | None:
    """How few and how many words a gap is; None for anything else. Raises `PatternError`."""
    found = _RANGE.match(part)
    if found is None:
        return None
    low, high = int(found[1]), int(found[2])
    if high < low or high > _LONGEST_GAP:
        raise PatternError(f"“{part}” is no number of words")
    return low, high


def _first_words(anchors: Sequence[str]) -> frozenset[str]:
    return frozenset(anchor.lower() if anchor.isalpha() else words_of(anchor)[0] for anchor in anchors)


@cache
def _anchor(word: str) -> tuple[str, ...]:
    """A word, or words that stand together, by which a text can be looked for; none where it is no word by itself."""
    tokens = _tokens(word)
    sure = "*" not in word and all(token[0].isalnum() for token in tokens)  # `'s` is never a word by itself
    return ("  ".join(tokens),) if sure else ()


@cache
def _literal(word: str) -> str:
    return "".join(f" {re.escape(token).replace(_STAR, '[^ ]*')} " for token in _tokens(word))


def _tokens(word: str) -> list[str]:
    tokens = word.replace("_", " ").split()
    if not tokens:
        raise PatternError(f"“{word}” is no word")
    return tokens


@cache
def _joined(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join([_literal(word) for word in words])})"


def _either(words: Sequence[str]) -> str:
    return _joined(tuple(words))
