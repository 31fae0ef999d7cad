"""Whether words reach what let an incident happen, and what a summary tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mkdocs_postmortem.checking.language.patterns import words_of

Suggestions = tuple[tuple[tuple[str, ...], str], ...]
"""Words with a space on both sides, and what to write for a text that has one of them; the first that fits."""


def suggestions(data: Mapping[str, Any]) -> Suggestions:
    """The suggestions of some part of a language file."""

    def listed(words: str | Sequence[str]) -> tuple[str, ...]:
        return tuple(f" {word.replace('_', ' ')} " for word in (words.split() if isinstance(words, str) else words))

    return tuple((listed(item["words"]), str(item["write"])) for item in data.get("suggestions") or ())


def suggested(known: Suggestions, joined: str, *, earliest: bool = False) -> str:
    """The first that fits some words, joined by spaces and with one on both sides; empty for none.

    With `earliest` it is the one whose word stands before those of the others.
    """
    if not earliest:
        return next((write for words, write in known if any(word in joined for word in words)), "")
    places = [
        (min((at for word in words if (at := joined.find(word)) >= 0), default=-1), write) for words, write in known
    ]
    return min((place for place in places if place[0] >= 0), key=lambda place: place[0], default=(0, ""))[1]


_HOLLOW = 7
"""Words of a cause in which "insufficient testing" says no more than that something was amiss."""
_FEW = 9
"""Words of a cause that say what happened, and not why, where nothing but a weak word points behind it."""
_PLAIN = 9
"""Words of a cause without any that points behind it: it tells what happened, whatever that was."""
_LONGEST = 13
"""Words of a cause; a longer one tells more than the trigger, or is for a reader to judge."""


class Analysis:
    """Judges causes and summaries by the words that a language file lists under `depth`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        def listed(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
            given = data.get(name) or ()
            words = given.split() if isinstance(given, str) else given
            phrases = tuple(f" {word.replace('_', ' ')} " for word in words if "_" in word)
            return frozenset(word for word in words if "_" not in word), phrases

        names = ("trigger", "behind", "weak", "hollow", "generic", "none", "elsewhere", "impact", "resolution")
        self.lists = {name: listed(name) for name in names}
        self.suggestions = suggestions(data)
        self.known = bool(data)
        """Whether the language says anything about analyses."""

    def has(self, name: str, text: str) -> bool:
        """Whether some text has a word of a list."""
        return bool(self._found(name, text))

    def _found(self, name: str, text: str) -> frozenset[str]:
        """The words of a list that some text has."""
        words, phrases = self.lists[name]
        found = words_of(text)
        joined = f" {' '.join(found)} "
        return words.intersection(found) | {phrase.strip() for phrase in phrases if phrase in joined}

    def _begins(self, name: str, text: str) -> bool:
        """Whether a word of a list begins some text."""
        words, phrases = self.lists[name]
        found = words_of(text)
        joined = f" {' '.join(found)} "
        return (found[0] if found else "") in words or any(joined.startswith(phrase) for phrase in phrases)

    def is_surface(self, cause: str) -> bool:
        """Whether a cause stops at what set the incident off."""
        count = len(words_of(cause))
        if not 0 < count <= _LONGEST:
            return False
        if count <= _HOLLOW and self._begins("hollow", cause) and self.has("generic", cause):
            return True
        behind = self._found("behind", cause)
        if behind and not (count <= _FEW and behind <= self._found("weak", cause)):
            return False
        if behind:
            return self.has("trigger", cause)
        plain = self.known and 1 < count <= _PLAIN and not self.has("elsewhere", cause)
        return plain or self.has("trigger", cause)

    def suggestion(self, cause: str) -> str:
        """What to ask of a cause that stops at the trigger, by what it is about; empty where nothing fits."""
        return suggested(self.suggestions, f" {' '.join(words_of(cause))} ")

    def is_nothing(self, text: str) -> bool:
        """Whether some text says that there is nothing to tell."""
        words = words_of(text)
        return not words or (len(words) <= 4 and words[0] in self.lists["none"][0])
