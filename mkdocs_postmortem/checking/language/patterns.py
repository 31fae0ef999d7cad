"""The pattern language of language files, and how it becomes expressions that run in linear time.

A sentence is matched as its tokens, each with a space on both sides: ` the  engineer  forgot `.
So no expression has to look ahead, and a token is never found inside another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

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


class _Element(NamedTuple):
    source: str
    words: tuple[str, ...]
    """The literal tokens one of which must be there, with spaces where several stand together."""


class Pattern:
    """A pattern and the words without which it cannot match."""

    def __init__(self, text: str, language: Words) -> None:
        self.text = text
        elements = [language.element(part) for part in text.split()]
        if not any(element.words for element in elements):
            raise PatternError(f"“{text}” has no word by which it could be found")
        self.source = "".join(element.source for element in elements)
        self.anchors = min((element.words for element in elements if element.words), key=language.commonness)
        self.of_people = any(_PEOPLE.issuperset(part.split("|")) for part in text.split())
        """It cannot match where nobody is spoken of."""
        self.keys = language.keys(self.anchors)
        """The rarest word of each of its anchors."""
        self.needs = tuple(
            language.first_words(element.words)
            for element in elements
            if element.words and element.words is not self.anchors
        )
        """Words of its other elements: of each set one has to be there, too."""

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
        self._named: dict[str, _Element] = {}
        self._open: set[str] = set()
        # Lists are named by many patterns: what is asked about one is worked out once.
        self.element = cache(self._element)
        """One element of a pattern."""
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

    def _element(self, part: str) -> _Element:
        if part in self.edges:
            return _Element(self.edges[part], ())
        optional = part.endswith("?") and len(part) > 1
        if optional:
            part = part[:-1]
        gap = _RANGE.match(part)
        if gap:
            low, high = int(gap[1]), int(gap[2])
            if high < low or high > _LONGEST_GAP:
                raise PatternError(f"“{part}” is no number of words")
            return _Element(f"(?:{_GAP}){{{low},{high}}}", ())
        found = self._alternatives(part)
        return _Element(f"(?:{found.source})?", ()) if optional else found

    def _alternatives(self, part: str) -> _Element:
        choices = [self._choice(choice) for choice in part.split("|")]
        words = tuple(word for choice in choices for word in choice.words)
        sure = all(choice.words for choice in choices)
        source = choices[0].source if len(choices) == 1 else "(?:" + "|".join(c.source for c in choices) + ")"
        return _Element(source, words if sure else ())

    def _choice(self, choice: str) -> _Element:
        if choice.startswith("<") and choice.endswith(">"):
            return self._name(choice[1:-1])
        return _literal(choice)

    def _name(self, name: str) -> _Element:
        if name in MARKS:
            return _Element(f" {MARKS[name]} ", ())
        if name == "thing":
            return _Element(_THING, ())
        if name in self._named:
            return self._named[name]
        if name in self.words:
            words = self.words[name]
            literals = [_literal(word) for word in words]
            sure = all(item.words for item in literals)
            element = _Element(_either(words), tuple(w for item in literals for w in item.words) if sure else ())
        elif name in self.phrases and name not in self._open:
            self._open.add(name)
            parts = ["".join(self.element(part).source for part in line.split()) for line in self.phrases[name]]
            self._open.discard(name)
            element = _Element("(?:" + "|".join(parts) + ")", ())
        else:
            raise PatternError(f"there is no list <{name}> under `words` or `phrases`")
        self._named[name] = element
        return element


def _first_words(anchors: Sequence[str]) -> frozenset[str]:
    return frozenset(anchor.lower() if anchor.isalpha() else words_of(anchor)[0] for anchor in anchors)


@cache
def _literal(word: str) -> _Element:
    tokens = [token for token in word.replace("_", " ").split() if token]
    if not tokens:
        raise PatternError(f"“{word}” is no word")
    source = "".join(f" {re.escape(token).replace(_STAR, '[^ ]*')} " for token in tokens)
    sure = "*" not in word and all(token[0].isalnum() for token in tokens)  # `'s` is never a word by itself
    return _Element(source, ("  ".join(tokens),) if sure else ())


def _either(words: Sequence[str]) -> str:
    return "(?:" + "|".join(_literal(word).source for word in words) + ")"
