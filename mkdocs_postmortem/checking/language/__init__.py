"""PM5xx: sentences that blame, and what to write instead, in the words of a language file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from mkdocs_postmortem.checking.findings import INFO, OFF, RULES, WARNING, Context, declare, source
from mkdocs_postmortem.checking.language.lexicon import Lexicon, WordingRule, lexicon_of
from mkdocs_postmortem.checking.language.patterns import Pattern, plain, with_bases
from mkdocs_postmortem.checking.language.prose import blocks
from mkdocs_postmortem.checking.language.sentences import Marker, Sentence, Token, pieces, tokens_of
from mkdocs_postmortem.checking.roster import names_of
from mkdocs_postmortem.model import Problem

__all__ = ["Reader", "Said", "lexicon_of"]

declare("PM501", "blame", "A person, or a group of people, is the subject of a failure.", WARNING, INFO)
declare("PM502", "human-error", "A person's error is given as the cause.", WARNING, INFO)
declare("PM503", "counterfactual", "What people could, should or would have done.", INFO, OFF)
declare("PM504", "hindsight", "Words that make what happened look plain afterwards.", INFO, OFF)

_QUOTED = 70
"""Letters of a sentence that a message quotes."""
_REACH = 3
"""Sentences that a pronoun may reach back over."""


class Said:
    """Something that a rule found in a block: which, where, and what to write instead."""

    __slots__ = ("end", "help", "message", "rule", "start")

    def __init__(self, rule: WordingRule, start: int, end: int, message: str, help: str) -> None:
        self.rule = rule
        self.start = start
        self.end = end
        self.message = message
        self.help = help


class Reader:
    """Reads blocks of prose in one language, knowing some people by name."""

    def __init__(self, lexicon: Lexicon, names: frozenset[str], codes: Iterable[str] | None = None) -> None:
        self.lexicon = lexicon
        self.marker = Marker(lexicon.people, names)
        self.codes = frozenset(rule.code for rule in lexicon.rules) if codes is None else frozenset(codes)
        self.sought = {mark: lexicon.sought(self.codes, of_people=mark) for mark in (True, False)}
        self.names = names

    def read(self, text: str, written: str | None = None) -> Iterator[Said]:
        """What is found in a block; at most one thing a sentence, the gravest first."""
        self.marker.new_block()
        possessive = self.lexicon.people.possessive
        unread: list[tuple[int, int]] = []
        for begin, stop in pieces(text):
            suspects = self._suspects(text[begin:stop])
            if not suspects:
                unread.append((begin, stop))
                continue
            tokens = tokens_of(text, begin, stop, possessive)
            if not self.lexicon.people.plural.isdisjoint(token.word for token in tokens):
                for before in unread[-_REACH:]:  # for the nouns that its pronouns may mean
                    self.marker.mark(tokens_of(text, *before, possessive))
            unread.clear()
            sentence = Sentence(self.marker.mark(tokens), text[stop - 1] == "?")
            for number, patterns in groupby(suspects, key=lambda suspect: suspect[0]):
                rule = self.lexicon.rules[number]
                found = self._look(rule, [rule.find[at] for _, at in patterns], sentence)
                if found is None:
                    continue
                first, last = found
                start, end = sentence.tokens[first].start, sentence.tokens[last].end
                words = _quote((written or text)[start:end])
                yield Said(rule, start, end, rule.say.replace("{words}", words), self._help(rule, tokens, start, end))
                break

    def may_find(self, text: str) -> bool:
        """Whether a block, in plain words, is worth reading: most of a document has nothing that rules look for."""
        return next(self._candidates(text, text.split()), None) is not None

    def _suspects(self, text: str) -> list[tuple[int, int]]:
        """Rules and patterns, by their numbers, of which the words are there; in the order of the language file."""
        text = plain(text)
        return sorted(set(self._candidates(text, text.split())))

    def _candidates(self, text: str, words: list[str]) -> Iterator[tuple[int, int]]:
        """Rules and patterns, by their numbers, all words of which are there."""
        sought = self.sought[self.speaks_of_somebody(text, words)]
        if sought.keys().isdisjoint(words):
            return
        joined = ""
        there: frozenset[str] | None = None
        for word in sought.keys() & words:
            for phrase, patterns in sought[word]:
                if phrase:
                    joined = joined or f" {' '.join(words)} "
                    if phrase not in joined:
                        continue
                there = there or with_bases(words, text)
                for rule, at, pattern in patterns:
                    if pattern.may_match(there):
                        yield rule, at

    def speaks_of_somebody(self, text: str, words: Sequence[str]) -> bool:
        """Whether a person may be among some words."""
        if not self.lexicon.somebody.isdisjoint(words) or not self.names.isdisjoint(words) or "@" in text:
            return True
        phrases = self.lexicon.somebody_in_words
        if not phrases.keys().isdisjoint(words) and any(
            phrase in text for word in phrases.keys() & words for phrase in phrases[word]
        ):
            return True
        return "'" in text and self.speaks_of_somebody("", " ".join(words).replace("'", " ").split())

    def _look(self, rule: WordingRule, patterns: Iterable[Pattern], sentence: Sentence) -> tuple[int, int] | None:
        """The first and last token of what a rule finds in a sentence and nothing excuses."""
        if sentence.question and not rule.questions:
            return None
        for pattern in patterns:
            match = pattern.compiled.search(sentence.text)
            if match is None:
                continue
            if any(item.compiled.search(sentence.text) for item in rule.unless_sentence):
                return None
            while match is not None:
                start, end = match.span()
                first, last = sentence.place(start, end)
                if pattern.text[0] == "^":  # what ends the clause before is no part of what is found
                    while last > first and sentence.tokens[first].word in self.lexicon.breaks:
                        first += 1
                window = sentence.window(first, last, 3, 3)
                if not any(item.compiled.search(window) for item in rule.unless) and not self._explained(
                    rule, pattern, sentence.text[end - 1 :]
                ):
                    return first, self._whole(sentence, last)
                match = pattern.compiled.search(sentence.text, end - 1)
        return None

    def _whole(self, sentence: Sentence, last: int) -> int:
        """The token up to which words read as a whole: none that are quoted end on an article, `the first` or `to`."""
        tokens, people = sentence.tokens, self.lexicon.people
        open_ended = people.determiners | self.lexicon.unfinished
        unfinished = tokens[last].word in open_ended or (
            tokens[last].word in people.modifiers and tokens[last - 1].word in people.determiners
        )
        while unfinished and last + 1 < len(tokens):
            word = tokens[last + 1].word
            if word in self.lexicon.breaks or (word in self.lexicon.unfinished and tokens[last].word not in open_ended):
                break
            last += 1
            unfinished = word in open_ended or word in people.modifiers
        return last

    def _explained(self, rule: WordingRule, pattern: Pattern, rest: str) -> bool:
        """Whether a sentence goes on to say which condition led people to what they did."""
        if not any(name in pattern.text for name in rule.unless_explained):
            return False
        return any(item.compiled.search(rest) for item in self.lexicon.explained)

    def _help(self, rule: WordingRule, tokens: Sequence[Token], start: int, end: int) -> str:
        """What to write instead: by the words that were found, by those around them, else the rule's own advice."""
        found = "".join(f" {token.word} " for token in tokens if start <= token.start < end)
        for text in (found, "".join(f" {token.word} " for token in tokens)):
            for suggestion in self.lexicon.suggestions:
                if any(word in text for word in suggestion.words):
                    return suggestion.write
        return rule.instead


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"


@source
def wording(context: Context) -> Iterator[Problem]:
    """The findings of PM501 to PM504, by the language of the project."""
    record, settings = context.postmortem, context.settings
    codes = [code for code in RULES if code in _OURS and RULES[code].level(record.status, settings) != OFF]
    if not codes:
        return
    reader = Reader(lexicon_of(settings), names_of(record, settings.root), codes)
    lines = plain(record.document.text).split("\n")

    def wanted(numbers: Sequence[int]) -> bool:
        return reader.may_find(" ".join([lines[number - 1] for number in numbers]))

    for block in blocks(record, wanted):
        for said in reader.read(block.text, block.written):
            yield Problem(said.rule.code, block.span(said.start, said.end), said.message, said.help)


_OURS = frozenset({"PM501", "PM502", "PM503", "PM504"})
