"""Sentences as tokens, with who is meant by their nouns and pronouns."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mkdocs_postmortem.checking.language.lexicon import People

_TOKEN = re.compile(r"@[\w-]+|§|[^\W_](?:[\w'.+/-]*[^\W_])?|[,;:()—–→|]")
_NO_STOP = frozenset({"e.g", "i.e", "etc", "vs", "cf", "approx", "dr", "mr", "mrs", "ms", "no", "st", "z.b", "bzw"})


class Token(NamedTuple):
    """A word or a sign: as it is compared, and where it stands in its block."""

    word: str
    start: int
    end: int
    capital: bool


class Sentence:
    """A sentence as patterns see it: ` the  engineer  forgot `, with people as marks."""

    def __init__(self, tokens: Sequence[Token], question: bool) -> None:
        self.tokens = tokens
        self.question = question
        self.text = "".join(f" {token.word} " for token in tokens)
        self._starts: list[int] = []

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Indexes of the first and last token between two places of `text`."""
        if not self._starts:
            at = 0
            for token in self.tokens:
                self._starts.append(at)
                at += len(token.word) + 2
        first = bisect_left(self._starts, start)
        return first, max(first, bisect_left(self._starts, end) - 1)

    def window(self, first: int, last: int, before: int, after: int) -> str:
        """The text of some tokens with so many more before and after them."""
        return "".join(f" {token.word} " for token in self.tokens[max(0, first - before) : last + 1 + after])


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a block begin and end."""
    start = 0
    for match in _STOP.finditer(text):
        end = match.end()
        if match[0][-1] == "." and (
            _last_word(text, match.start()) in _NO_STOP or text[end : end + 9].lstrip()[:1].islower()
        ):
            continue
        yield from _cut(text, start, end)
        start = end
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; one that nobody could read in parts."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    if start < end:
        yield start, end


_LONGEST = 2000
"""Letters of a sentence."""
_STOP = re.compile(r"[.?!](?=\s)")


def _last_word(text: str, end: int) -> str:
    return text[text.rfind(" ", max(0, end - 12), end) + 1 : end][-12:].lower().lstrip("(")


def tokens_of(text: str, start: int, end: int, possessive: str) -> list[Token]:
    """The tokens of a sentence."""
    tokens: list[Token] = []
    add, new = tokens.append, tuple.__new__  # a tuple by its name costs twice as much
    for match in _TOKEN.finditer(text, start, end):
        begin, last = match.span()
        word = match[0]
        low = word.lower()
        capital = word is not low and word[0] != low[0]
        if possessive and ("'" in low or text[last : last + 1] == "'"):
            if low.endswith(possessive) and (base := low[: -len(possessive)]) and base not in _IS:
                add(Token(base, begin, begin + len(base), capital))
                add(Token(possessive, begin + len(base), last, False))
                continue
            if text[last : last + 1] == "'" and low[-1] == "s":
                add(Token(low, begin, last, capital))
                add(Token(possessive, last, last + 1, False))
                continue
        add(new(Token, (low, begin, last, capital)))
    return tokens


_IS = frozenset({"it", "that", "there", "he", "she", "what", "who", "here", "let", "where", "how"})
"""Before them `'s` is short for `is`."""


class Marker:
    """Finds people among tokens, and who pronouns mean, by the nearest noun before them."""

    def __init__(self, people: People, names: frozenset[str]) -> None:
        self.people = people
        # Not joined: there are thousands of given names, and a reader for each document.
        self.names = names
        self.given = people.names
        self.known = people.words
        self.before: str = ""
        """What the last plural noun of the block was: `P`, `others` or `things`; empty where there was none."""

        self._there: tuple[Sequence[Token], frozenset[str]] = ((), frozenset())

    def new_block(self) -> None:
        """Forget the nouns before: pronouns do not reach from one block to another."""
        self.before = ""

    def mark(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with people replaced by marks, articles and modifiers included."""
        people = self.people
        result: list[Token] = []
        at = 0
        count = len(tokens)
        while at < count:
            token = tokens[at]
            word = token.word
            if word not in self.known and word[0] != "@" and not (token.capital and self._is_name(word)):
                self._note(word)
                result.append(token)
                at += 1
                continue
            end = self._noun(tokens, at)
            if end:
                begin = self._begin(result, word)
                plural = end - 1 > at or tokens[end - 1].word.endswith(people.plural_ending) or word in people.alone
                mark = "O" if begin and self._is_object(result, begin) else "P"
                start = result[begin].start if begin < len(result) else token.start
                negative = begin < len(result) and result[begin].word in ("no", "none")
                del result[begin:]
                if begin and result and result[-1].word == "N":
                    mark = "O"
                result.append(Token("N" if negative else mark, start, tokens[end - 1].end, False))
                if plural or self._joined(result) or tokens[end - 1].word in people.groups:
                    self.before = "P"
                at = end
                continue
            pronoun = self._pronoun(tokens, at, result)
            if pronoun is not None:
                result.append(Token(pronoun, token.start, token.end, False))
                at += 2 if pronoun == "N" and word == "no" else 1
                continue
            self._note(word)
            result.append(token)
            at += 1
        return result

    def _is_name(self, word: str) -> bool:
        return word in self.given or word in self.names

    def _noun(self, tokens: Sequence[Token], at: int) -> int:
        """The index after the name or role that begins here; 0 where none does."""
        people = self.people
        token = tokens[at]
        word = token.word
        after = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if word[0] == "@" and len(word) > 1:
            return at + 1
        if token.capital and self._is_name(word):
            end = at + 1
            while end < len(tokens) and tokens[end].capital and self._is_name(tokens[end].word):
                end += 1
            return end
        if word in people.first and not at and token.capital and after in people.first_before:
            return 1
        if word not in people.roles and word not in people.alone:
            return 0
        previous = tokens[at - 1].word if at else ""
        if at > 1 and previous == people.possessive and tokens[at - 2].word in people.others:
            return 0  # "the customer's admin"
        if after in people.outside_after and self._is_outside(tokens, at):
            return 0
        if word in people.software and not people.software[word].isdisjoint(self._words(tokens)):
            return 0
        if f"{previous}_{word}" in people.never or f"{word}_{after}" in people.never:
            return 0
        given = people.only_after.get(word)
        if given is not None and previous not in given and (previous or word in people.only_after_always):
            return 0
        if word in people.alone and word not in people.roles:
            return 0 if previous in people.determiners - people.subjects_after else at + 1
        # "support team lead": the last of them is who is meant.
        end = at + 1
        while end < len(tokens) and tokens[end].word in people.roles:
            given = people.only_after.get(tokens[end].word)
            if given is not None and tokens[end - 1].word not in given:
                break
            end += 1
        return end

    def _words(self, tokens: Sequence[Token]) -> frozenset[str]:
        """The words of a sentence, which are asked for once for each."""
        if self._there[0] is not tokens:
            self._there = (tokens, frozenset(token.word for token in tokens))
        return self._there[1]

    def _is_outside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a role is one at customers or of another project: "an admin of the customer"."""
        people = self.people
        given = people.outside.get(tokens[at].word, frozenset())
        for near in range(at + 2, min(at + 6, len(tokens))):
            word = tokens[near].word
            if word in given or word in people.others:
                after = tokens[near + 1].word if near + 1 < len(tokens) else ""
                return after not in people.roles and after not in people.modifiers
            if word not in people.determiners and word not in people.modifiers and near > at + 3:
                break
        return False

    def _begin(self, result: Sequence[Token], word: str) -> int:
        """Index in `result` at which the article and modifiers of a noun begin."""
        begin = len(result)
        if word[0] == "@":
            return begin
        while begin:
            if result[begin - 1].word in self.people.modifiers:
                begin -= 1
            elif (
                begin > 1
                and result[begin - 1].word == self.people.possessive
                and (f"{result[begin - 2].word}{self.people.possessive}" in self.people.modifiers)
            ):
                begin -= 2  # "the vendor's engineer"
            else:
                break
        if begin and (result[begin - 1].word in self.people.determiners or result[begin - 1].word == "no"):
            begin -= 1
            if begin and result[begin - 1].word in ("all", "both", "half", "none", "some", "any"):
                begin -= 1
        return begin

    def _is_object(self, result: Sequence[Token], begin: int) -> bool:
        previous = result[begin - 1].word
        return previous in self.people.prepositions and previous not in self.people.subjects_after

    def _joined(self, result: Sequence[Token]) -> bool:
        return len(result) > 2 and result[-2].word == self.people.conjunction and result[-3].word in ("P", "O")

    def _pronoun(self, tokens: Sequence[Token], at: int, result: Sequence[Token]) -> str | None:
        people = self.people
        word = tokens[at].word
        if word in people.plural:
            return None if self.before in ("others", "things") else "P"
        if word in people.singular:
            return "P"
        if word in people.relative:
            near = {token.word for token in result[-4:]}
            return None if near & people.others or not near & {"P", "O", "N", "those", "anyone"} else "P"
        if word in people.we:
            return "W"
        if word in people.anyone:
            return "A"
        following = tokens[at + 1].word if at + 1 < len(tokens) else ""
        if word in people.nobody or f"{word}_{following}" in people.nobody:
            return "N"
        return None

    def _note(self, word: str) -> None:
        people = self.people
        if word in people.others:
            self.before = "others"
        elif (
            len(word) > 3 and word.endswith(people.plural_ending) and word not in people.not_plural and word[-2] != "s"
        ):
            self.before = "things"
