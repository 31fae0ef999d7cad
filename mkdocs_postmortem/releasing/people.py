"""Who may be named in a post-mortem, and where a text names them, in every form a name takes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.releasing import acquaintances, folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.names import SHORT, VOWELS, Kind, bare, forms, ordinary, spellings, stems
from mkdocs_postmortem.releasing.policy import Policy, Somebody
from mkdocs_postmortem.releasing.sieve import Sieve
from mkdocs_postmortem.releasing.sightings import (
    AMBIGUOUS,
    BEGINS,
    ENDING,
    ENDS,
    INSIDE,
    PIECES,
    STEM,
    UNLISTED,
    Found,
    Known,
    Place,
    Reading,
    Why,
    endings,
)


class Mention(NamedTuple):
    """A place where a text names somebody; in characters of the text, `end` exclusive."""

    start: int
    end: int
    who: int
    """Index into the roster's people, or `AMBIGUOUS`."""
    whole: bool
    """It stands for itself, in one run of plain text; otherwise it is in pieces, or part of an identifier, a path or
    an address."""
    why: Why | None = None
    """Where there is more to say than that somebody is named."""


class Roster:
    """The people of a project, found in texts by all forms of their names at once.

    Two people who share a form make it ambiguous; so does an ordinary word, until the policy
    says whose it is (an alias) or that it is nobody's (`ignore`, `words`).
    """

    def __init__(
        self,
        people: Iterable[Somebody],
        words: Iterable[str] = (),
        base: Roster | None = None,
        strict: bool = False,
    ) -> None:
        """A roster of people, beside those of `base`; `words` are nobody's, though they look like it.

        `strict` tells of those that `base` does not have that the policy does not list them.
        """
        mine = list(people)
        self._base = base
        self.strict = strict
        self._first = len(base.people) if base else 0
        self.people: Sequence[Somebody] = (*base.people, *mine) if base else tuple(mine)
        self.listed: Roster = base.listed if base else self
        """The roster of the policy's people alone."""
        self._forms: dict[str, Known] = {}
        self._stems: dict[str, int] = {}
        """What endings leave of names in other scripts, and whose it is."""
        self._nobody = {" ".join(folding.fold(word).split()) for word in (*words, *_PRODUCTS)}
        self._handles: dict[str, int] = {}
        """Whose a handle is where an `@` says that it is one."""
        for number, person in enumerate(mine, self._first):
            self._learn(person, number)
        # A handle among the words is decided as a handle; the name in it stays a name.
        words = [word for word in words if not word.startswith("@")]
        for word in (*words, *(_PRODUCTS if base is None and mine else ())):
            for form in spellings(word):
                self._forms[form] = Known(form, Kind.NOBODY, (), False)
        self._made()

    def _learn(self, person: Somebody, number: int) -> None:
        if person.handle:
            self._handles.setdefault(folding.fold(person.handle), number)
        for stem in stems(person):
            self._stems[stem] = number if self._stems.get(stem, number) == number else AMBIGUOUS
        for form in forms(person):
            self._add(form.words, form.kind, number, form.capital)
        for alias in person.aliases:
            for words in spellings(alias):
                known = self._forms[words]
                if known.claimed:
                    known.owners = tuple(dict.fromkeys((*known.owners, number)))
                else:
                    self._forms[words] = Known(words, Kind.PART, (number,), known.capital, True)

    def _add(self, words: str, kind: Kind, number: int, capital: bool) -> None:
        known = self._forms.get(words)
        if known is None and self._base and (other := self._base.form(words)):
            known = Known(words, other.kind, other.owners, other.capital, other.claimed)
            self._forms[words] = known
        if known is None:
            self._forms[words] = Known(words, kind, (number,), capital)
            return
        known.capital = known.capital and capital
        if kind < known.kind and not known.claimed:
            known.kind, known.owners = kind, (number,)
        elif kind == known.kind and not known.claimed and number not in known.owners:
            known.owners = (*known.owners, number)

    def _made(self) -> None:
        """The automaton of all forms, and of names that may be part of a longer word."""
        self._automaton = ahocorasick.Automaton()
        inside: dict[str, list[tuple[int, Known]]] = {}
        for words, known in self._forms.items():
            self._automaton.add_word(f" {words} ", known)
            letters = words.replace(" ", "")
            if known.kind != Kind.PART or not letters.isalpha() or len(letters) < 3 or known.ordinary:
                continue
            inside.setdefault(f" {words}", []).append((BEGINS, known))
            if " " in words:
                continue
            if len(words) >= SHORT:
                inside.setdefault(f"{words} ", []).append((ENDS, known))
            if len(words) > SHORT and words[-1] in VOWELS:
                inside.setdefault(f" {words[:-1]}", []).append((STEM, known))
        for words, parts in inside.items():
            self._automaton.add_word(words, parts)
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def is_word(self, said: str) -> bool:
        """Whether the vocabulary has this, written so."""
        told = said in self._nobody or said.replace("-", " ") in self._nobody
        return told or (self._base is not None and self._base.is_word(said))

    def form(self, words: str) -> Known | None:
        """The form with these words, and whose it is."""
        return self._forms.get(words) or (self._base.form(words) if self._base else None)

    def beside(self, others: Iterable[Somebody], words: Iterable[str] = (), strict: bool = False) -> Roster:
        """A roster that knows these people as well; who of them is known already is no other person.

        `strict` has them refused, never replaced.
        """
        vocabulary = {folding.fold(word) for word in words}
        names: dict[int, Somebody] = {}
        known = dict(self._keys)
        added: list[Somebody] = []
        for person in sorted(set(others), key=lambda item: (item.names, item.handle, item.emails)):
            told = [*person.names, person.handle, *person.emails]
            if any(folding.fold(text) in vocabulary for text in told if text):
                continue
            number = next((known[key] for key in _keys(person) if key in known), self._same(person))
            if number is None:
                number = len(self.people) + len(added)
                added.append(person)
            elif number >= len(self.people):
                at = number - len(self.people)
                added[at] = _joined(added[at], person)
            else:
                names[number] = _joined(names[number], person) if number in names else person
            for key in _keys(person):
                known.setdefault(key, number)
        roster = Roster(added, base=self, strict=strict)
        for number, person in names.items():
            roster._learn(person, number)
        if names:
            roster._made()
        return roster

    @cached_property
    def _keys(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for number, person in enumerate(self.people):
            for key in _keys(person):
                found.setdefault(key, number)
        return found

    def _same(self, person: Somebody) -> int | None:
        """Who of these people somebody is of whom nothing is told that is not theirs alone: `Wei`, where one is."""
        told = [form for text in (*person.names, person.handle) if text for form in list(spellings(text))[:1]]
        if person.emails or not told:
            return None
        whose = {known.who if (known := self.form(words)) else AMBIGUOUS for words in told}
        number = next(iter(whose))
        return number if len(whose) == 1 and number >= 0 else None

    def entry(self, who: int) -> str:
        """A person as a line under `people` in redaction.yml."""
        if who < 0:
            return ""
        person = self.people[who]
        told = {"handle": person.handle, "names": list(person.names), "emails": list(person.emails)}
        return f"- {json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)}"

    # Finding

    def find(self, text: str) -> list[Mention]:
        """Every place where somebody is named: the longest form first from the left, none within another."""
        if self._empty and self._base is None:
            return []
        folded, words = folding.taken_apart(text)
        found = [*self._named(folded, words), *self._divided(folded)]
        if found:
            found = _without_overlaps(found)
            if len(folded) != len(text):
                found = [_unfolded(item, text) for item in found]
        if not folded.isascii() and (declined := list(self._declined(text))):
            found = _without_overlaps([*found, *declined])
        if "xn--" in folded or "XN--" in folded:
            found = _without_overlaps([*found, *self._encoded(text)])
        if not found:
            return []
        emails = [match.span() for match in _EMAIL.finditer(text)] if "@" in text else []
        mentions: list[Mention] = []
        for start, end, who, whole, why in found:
            around = next(((a, b) for a, b in emails if a <= start < b), None)
            if around:
                start, end = around
            if mentions and start < mentions[-1].end:
                continue
            mention = _widened(text, start, end, who, whole, why)
            said = text[mention.start : mention.end]
            if "@" in said:  # a handle is one person's, whoever else is called so
                owner = self._handle(said.removeprefix("@").partition("@")[0])
                if owner is not None:
                    unlisted = self.strict and owner >= len(self.listed.people)
                    mention = mention._replace(who=owner, why=UNLISTED if unlisted else mention.why)
            mentions.append(mention)
        return mentions

    def _handle(self, text: str) -> int | None:
        found = self._handles.get(folding.fold(text))
        return found if found is not None or self._base is None else self._base._handle(text)

    def _hits(self, text: str) -> Iterator[tuple[int, Known | list[tuple[int, Known]]]]:
        """Where what in a text ends, in this roster and those it stands on."""
        if not self._empty:
            yield from self._automaton.iter(text)
        if self._base:
            for at, value in self._base._hits(text):
                if isinstance(value, list) or value.words not in self._forms:
                    yield at, value

    def _named(self, folded: str, words: folding.Words) -> list[Found]:
        """By the forms that hold, the longest from the left."""
        hits: list[tuple[int, int, Known]] = []
        parts: list[tuple[int, int, Known]] = []
        for at, value in self._hits(words.text):
            if isinstance(value, list):
                parts += [(at, mode, known) for mode, known in value]
            else:
                hits.append((at - len(value.words), -at, value))
        if not hits and not parts:
            return []
        numbers, spans, tokens = words.numbers, words.spans, words.text.split()
        reading = Reading(self, folded, spans, tokens)
        found: list[Found] = []
        last = -1
        for begin, _, form in sorted(hits, key=lambda hit: hit[:2]):
            first = numbers[begin]
            if first <= last:
                continue
            place = Place(first, first + form.words.count(" "), form)
            mention = reading.judged(place, last)
            if mention is not None:
                last = mention[0]
                if mention[1] is not None:
                    found.append(mention[1])
        for at, mode, form in parts:
            begin = at - len(form.words) + (1 if mode != STEM else 2)
            if mode == ENDS:
                begin = words.text.rfind(" ", 0, at - 1) + 1
            number = numbers.get(begin)
            if number is not None and (inside := reading.inside(number, mode, form)):
                found.append(inside)
        return found

    def _divided(self, folded: str) -> Iterator[Found]:
        """Names that signs divide: `Zh-ang`, `G**arcía`, `Z'hang`; and in capitals with a small ending: `ZHANGs`."""
        plain = folded.encode("utf-8", "surrogatepass")
        words = {*plain.translate(_APART).split()}
        joined = {*plain.replace(b"-\n", b"").translate(_APART, _SIGNS).split()} - words
        if any(self._is_name(word) for word in joined):
            for match in _DIVIDING.finditer(folded):
                left = _LETTERS_BEFORE.search(folded, max(0, match.start() - 30), match.start())
                right = _LETTERS_AFTER.match(folded, match.end())
                if left is None or right is None or {left[0].casefold(), right[0].casefold()} <= ordinary():
                    continue
                alone = self.form(left[0].casefold()) if match[0] == "'" and right[0] in _OF else None
                if alone is not None and alone.kind == Kind.PART:
                    continue  # somebody's: the name stands there in one piece
                if form := self._is_name((left[0] + right[0]).encode()):
                    yield Found(left.start(), right.end(), form.who, False, PIECES)
        capitals = {word for word in words if len(word) > SHORT and word[-1:] == b"s" and word[:-1].isupper()}
        if any(self._is_name(word[:-1]) for word in capitals):
            for match in _CAPITALS.finditer(folded):
                if form := self._is_name(match[0][:-1].encode()):
                    yield Found(*match.span(), form.who, False, None)

    def _is_name(self, word: bytes) -> Known | None:
        """The form that some letters are, if it is somebody's and no ordinary word."""
        form = self.form(word.decode("utf-8", "surrogatepass").casefold())
        return form if form is not None and form.kind != Kind.NOBODY and not form.ordinary else None

    def _declined(self, text: str) -> Iterator[Found]:
        """Names in scripts that are not Latin, with an ending: `Кузнецовой`, `민수가`."""
        if not self._stems and self._base is None:
            return
        for match in _OTHER_SCRIPT.finditer(text):
            word = bare(unicodedata.normalize("NFC", match[0]).casefold())
            for cut in range(4):
                who = self._stem(word[: len(word) - cut])
                if who is None:
                    continue
                syllables = "\uac00" <= word[0] <= "\ud7a3"
                if syllables or (match[0][0].isupper() and (not cut or folding.fold(word[-cut:]) in endings())):
                    yield Found(*match.span(), AMBIGUOUS, False, ENDING)
                    break

    def _stem(self, word: str) -> int | None:
        found = self._stems.get(word)
        return found if found is not None or self._base is None else self._base._stem(word)

    def _encoded(self, text: str) -> Iterator[Found]:
        """Names in labels of host names that stand for other letters: `xn--mller-kva`."""
        for match in _PUNYCODE.finditer(text):
            try:
                label = match[1].encode("ascii").decode("punycode")
            except UnicodeError:
                continue
            for mention in self.find(label):
                yield Found(*match.span(), mention.who, False, mention.why or INSIDE)

    # What a reviewer is asked to look at

    def doubtful(self, prose: str) -> list[tuple[int, int, str]]:
        """Places that may mean somebody and are no forms of names: initials, digits for letters, a letter off."""
        if not self.people:
            return []
        found: list[tuple[int, int, str]] = []
        for match in (*_INITIALS.finditer(prose), *_SIGNED.finditer(prose)) if _signs().passes(prose) else ():
            letters = re.sub(r"[^A-Z]", "", match[1])
            known = _DOTTED if "." in match[1] else words_in("abbreviations.txt")
            if letters in self._initials and letters not in known:
                found.append((*match.span(1), "initials that somebody on the roster has"))
        for match in _LEET.finditer(prose) if _digits().passes(prose) else ():
            form = self.form(folding.fold(match[0].translate(folding.LETTERS_FOR)))
            if form is not None and form.kind <= Kind.PART and form.kind != Kind.NOBODY and not form.ordinary:
                found.append((*match.span(), "digits in the place of letters, which may be a name"))
        for match in _CAPITALISED.finditer(prose):
            word = folding.fold(match[0])
            if word not in ordinary() and self.form(word) is None and self._is_near(word):
                found.append((*match.span(), "a word that is a letter off a name on the roster"))
        if self._surnames and not prose.isascii():
            found += [(*match.span(), _SURNAME) for match in self._surnames.finditer(prose)]
        return sorted(found)

    @cached_property
    def _surnames(self) -> re.Pattern[str] | None:
        """Surnames of one letter, alone or with what is said before or behind them: `王工`, `老王`."""
        letters = {name.strip()[0] for item in self.people for name in item.names if _HAN_NAME.fullmatch(name.strip())}
        one = f"[{''.join(sorted(letters))}]"
        return re.compile(rf"[老小阿]{one}|{one}(?:{_CALLED})|(?<!{_HAN}){one}(?!{_HAN})") if letters else None

    @cached_property
    def _initials(self) -> frozenset[str]:
        names = [re.findall(r"[^\W\d_]+", folding.fold_case(name)) for item in self.people for name in item.names]
        letters = ["".join(part[0].upper() for part in parts) for parts in names if 1 < len(parts) < 5]
        return frozenset(form for item in letters for form in (item, item[:2], item[0] + item[-1]))

    @cached_property
    def _near(self) -> frozenset[str]:
        """Names of six letters and more with one letter hidden."""
        base = self._base._near if self._base else frozenset()
        names = [words for words, known in self._forms.items() if known.kind == Kind.PART and len(words) > 5]
        return base | {hidden for words in names if words.isalpha() for hidden in _hidden(words)}

    def _is_near(self, word: str) -> bool:
        return any(hidden in self._near for hidden in _hidden(word))


_DIVIDING = re.compile(r"(?:\\?-\n?|['`]|[*_~\\\[\]]+)(?=[^\W\d_])")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]+\Z")
_LETTERS_AFTER = re.compile(r"[^\W\d_]+")
_OF = ("s", "S", "d")
"""What stands behind an apostrophe and is no part of a name: `Okafor's`, `Okafor'd`."""
_CAPITALS = re.compile(r"(?<![^\W_])[A-Z]{4,}s(?![^\W_])")
_SIGNS = b"-*_`'\\[]~"
"""Signs that may stand between the letters of a name without being seen, or nearly so."""
_APART = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_PUNYCODE = re.compile(r"(?<![\w-])xn--([A-Za-z0-9-]{2,60})", re.I)
_OTHER_SCRIPT = re.compile(r"[^\x00-\u024f\W\d_][^\W\d_]{1,30}")
_INITIALS = re.compile(r"(?<![\w.])((?:[A-Z]\. ){1,3}[A-Z]\.|(?:[A-Z]\.){2,4})(?!\w)")
_DOTTED = frozenset({"US", "USA", "UK", "EU", "UN", "DC", "AM", "PM"})
"""Abbreviations that are written with full stops, like initials."""
_SIGNED = re.compile(r"(?:\|\s*|\(|\bby )([A-Z]{2,4})(?=\s*\||\)|[.,;]?\s*$)", re.M)
"""Initials where people sign: alone in a cell, in brackets, behind `by` at the end of a line."""


@lru_cache(maxsize=1)
def _signs() -> Sieve:
    return Sieve([_INITIALS, _SIGNED])


@lru_cache(maxsize=1)
def _digits() -> Sieve:
    return Sieve(loose=[r"[A-Za-z\x80-\xff][0-9\x80-\xff]"])


_HAN = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_HAN_NAME = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,4}")
_CALLED = "工(?!作|具|程)|总(?![是共体结])|總|哥|姐|老师|老師|经理|經理|先生|女士|同学|さん|氏|様"
"""What is said behind a surname at work."""
_SURNAME = "a surname of one letter that somebody on the roster has"
_LEET = re.compile(r"(?<![\w@./-])[^\W\d_]++\d\w*+(?![@/-])")
_CAPITALISED = re.compile(r"(?<![\w@./-])[A-Z\u00c0-\u024f][a-z\u00df-\u024f]{5,}(?![\w@/-])")
_PRODUCTS = ("MariaDB",)
"""Products that are called after somebody."""
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_AFTER = re.compile(r"@[\w-]+(?:\.[\w-]+)*")
_JOINED_BEFORE = re.compile(r"(?:[^\W_][*_`~\\\[\]]*|[/\\@=~]|[^\W_][-.])\Z")
_JOINED_AFTER = re.compile(r"[*_`~\\\[\]]*[^\W_]|[/\\@=]|[-.][^\W_]|['’](?!(?:s|ll|re|ve|d)\b)[^\W_]", re.I)


def _widened(text: str, start: int, end: int, who: int, whole: bool, why: Why | None) -> Mention:
    """A mention with the `@` before it and the domain after it, and whether it stands for itself."""
    if start and text[start - 1] == "@":
        start -= 1
    if match := _AFTER.match(text, end):
        end = match.end()
    joined = _JOINED_BEFORE.search(text[max(0, start - 6) : start]) or _JOINED_AFTER.match(text, end)
    return Mention(start, end, who, whole and not joined, why)


def _without_overlaps(found: Iterable[Found]) -> list[Found]:
    """From the left, none within another; of two at one place the longer."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start, -item.end, not item.whole)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _unfolded(item: Found, text: str) -> Found:
    places = _places(text)
    start, end = places[item.start], places[item.end - 1] + 1
    while end < len(text) and folding.fold_case(text[end]) == "":
        end += 1
    return item._replace(start=start, end=end)


@lru_cache(maxsize=2)
def _places(text: str) -> list[int]:
    return folding.places(text)


def _hidden(word: str) -> list[str]:
    return [f"{word[:at]}?{word[at + 1 :]}" for at in range(1, len(word))]


def _joined(one: Somebody, other: Somebody) -> Somebody:
    """What is known of somebody from two places."""
    return replace(
        one,
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        emails=tuple(dict.fromkeys((*one.emails, *other.emails))),
        aliases=tuple(dict.fromkeys((*one.aliases, *({other.handle} - {"", one.handle})))) if one.handle else (),
        handle=one.handle or other.handle,
    )


def _keys(person: Somebody) -> list[str]:
    """What makes two entries the same person."""
    named = [f"name {folding.fold(name)}" for name in person.names if " " in name.strip()]
    handles = [f"handle {folding.fold(person.handle)}"] if person.handle else []
    return [*handles, *(f"email {folding.fold(address)}" for address in person.emails), *named]


def roster_of(policy: Policy, records: Iterable[PostMortem] = (), root: Path | None = None) -> Roster:
    """The roster: the policy's people and, inside the house, everybody else who is known.

    With `records` the people of all post-mortems, with `root` those of CODEOWNERS, of git's authors and of
    `.mailmap`: whom only they name is refused, never replaced. The public build knows the policy's alone.
    """
    listed = Roster(policy.people, policy.words)
    others: set[Somebody] = set()
    for record in records:
        others.update(acquaintances.of_record(record))
    if root is not None:
        others.update(acquaintances.of_repository(root))
    return listed.beside(others, policy.words, strict=True) if others else listed
