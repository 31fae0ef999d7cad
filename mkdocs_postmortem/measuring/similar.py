"""Which texts are alike: cosine over tf-idf of their words, through an index of the rarer ones.

The measure is the textbook's (Manning, Raghavan, Schütze, Introduction to Information Retrieval,
chapter 6). Only texts that share a weighty word are compared, so that the work grows with the
number of texts and not with its square.
"""

from __future__ import annotations

import heapq
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

LONGEST = 300
"""Words of a text that take part."""
_POSTINGS = 24
"""Texts that a word may stand in and lead from one to all; of more, to the nearest in the sequence."""
_RARE = 10
"""Texts that a word may always stand in; what more than a quarter of all have says nothing of one."""
_RAREST = 16
"""Words of a text that lead to others, its weightiest."""
_COMPARED = 8
"""Texts that one is compared with word by word."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON_WORDS = (
    "a about after again all also an and any april are as at august be because been before behind being both but by "
    "can cause caused causes cet could day days december did do does done down due during each even february fix "
    "fixed for from get getting gmt got had has have he her his hour hours how http https i if in incident "
    "incidents into is issue issues it its january july june just like made make many march may might minute "
    "minutes more most much must my no nor not november now october of off on once one only or other our out "
    "outage outages over own postmortem problem problems pst resolved same see september she should since so some "
    "still such than that the their them then there these they this those through timeline to too two under until "
    "up us user users utc very was we went were what when where which while who why will with within without "
    "would www you your "
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing of what a text is about, here or in post-mortems at large."""
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""), ("s", ""))


class Near(NamedTuple):
    """A text that is like another: its place in the sequence, how alike (0 to 1), and the words they share."""

    place: int
    score: float
    words: tuple[str, ...]
    """Stems of the shared words, the weightiest first."""


def stems(text: str, longest: int = LONGEST) -> list[str]:
    """The words of a text as they are compared, common ones left out: `certificates` and `certificate` are one."""
    return [found for word in _WORD.findall(text) if (found := stem(word))][:longest]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without case and its English endings, crudely; empty for what says nothing."""
    word = word.casefold().replace("’", "'").removesuffix("'s")
    if word in _COMMON or len(word) < 2 or len(word) > 60 or word[0].isdigit():
        return ""
    if word.isascii() and word.isalpha() and not word.endswith(("ss", "us", "is")):
        for ending, instead in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word.removesuffix(ending) + instead
                break
        if len(word) > 4:
            word = word.removesuffix("e")
    return word


class Texts:
    """Texts as weighted words, and which of them are alike."""

    def __init__(self, texts: Iterable[Iterable[str]], fewest: int = 12, shared: int = 4) -> None:
        """`texts` as stems; a stem that stands there more than once counts for more.

        A text of less than `fewest` different stems is like no other, for any two are alike by
        chance then; nor are two that share less than `shared`.
        """
        self._fewest, self._shared = fewest, shared
        counts = [Counter(text) for text in texts]
        self._in: Counter[str] = Counter()
        for counted in counts:
            self._in.update(counted.keys())
        self._most = max(_RARE, len(counts) // 4)
        self._vectors = [self._weighted(counted, len(counts)) for counted in counts]
        self._postings: dict[str, list[int]] = {}
        for index, vector in enumerate(self._vectors):
            for word in vector:
                if self._in[word] > 1:
                    self._postings.setdefault(word, []).append(index)

    def _weighted(self, counted: Counter[str], total: int) -> dict[str, float]:
        """Words with their weights, the weightiest first; their squares add up to 1."""
        weights = {
            word: (1 + math.log(count)) * math.log(1 + total / self._in[word])
            for word, count in counted.items()
            if self._in[word] <= self._most
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in sorted(weights.items(), key=lambda item: (-item[1], item[0]))}

    def score(self, one: int, other: int) -> float:
        """How alike two texts are: 0 where they share no word, 1 where they have the same."""
        left, right = self._vectors[one], self._vectors[other]
        if len(left) > len(right):
            left, right = right, left
        return sum(weight * right[word] for word, weight in left.items() if word in right)

    def near(self, index: int, least: float) -> list[Near]:
        """Texts at least so much like this one, the most alike first; found by the rare words they share."""
        if len(self._vectors[index]) < self._fewest:
            return []
        reached: dict[int, float] = {}
        leading = 0
        for word, weight in self._vectors[index].items():
            postings = self._postings.get(word)
            if postings is None:
                continue
            for other in _around(postings, index):
                reached[other] = reached.get(other, 0.0) + weight * self._vectors[other][word]
            leading += 1
            if leading == _RAREST:
                break
        reached.pop(index, None)
        # What the weightiest words have in common says which are worth a comparison of all words.
        best = heapq.nsmallest(_COMPARED, ((-part, other) for other, part in reached.items()))
        fit = [other for _, other in best if len(self._vectors[other]) >= self._fewest]
        found = sorted((-score, other) for other in fit if (score := self.score(index, other)) >= least)
        near = [Near(other, min(-score, 1.0), self.shared(index, other)) for score, other in found]
        return [item for item in near if len(item.words) >= self._shared]

    def shared(self, one: int, other: int) -> tuple[str, ...]:
        """Stems that both texts have, the weightiest first."""
        left, right = self._vectors[one], self._vectors[other]
        both = ((weight * right[word], word) for word, weight in left.items() if word in right)
        return tuple(word for _, word in sorted(both, key=lambda pair: (-pair[0], pair[1])))


def _around(postings: Sequence[int], index: int) -> Sequence[int]:
    """Of a word's texts those that stand nearest in the sequence, where there are too many."""
    if len(postings) <= _POSTINGS:
        return postings
    at = bisect_left(postings, index)
    start = max(0, min(at - _POSTINGS // 2, len(postings) - _POSTINGS))
    return postings[start : start + _POSTINGS]
