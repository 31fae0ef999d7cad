"""What a form of somebody's name is where it stands: a name, part of a longer one, of a machine's, or none.

A name that is replaced stands in one run of plain text; the rest of a longer one is never left behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.names import SHORT, Kind, ordinary, variants
from mkdocs_postmortem.releasing.policy import Somebody

AMBIGUOUS = -1
"""Whom a mention means that several people share, or that is an ordinary word, too."""


class Why(NamedTuple):
    """What is said of a mention that is not simply a name, and what to do about it."""

    message: str
    help: str


PIECES = Why(
    "a person's name in pieces: over cells, marks, signs or the ends of blocks",
    "write the name in one piece, or `[[each piece|other words]]`",
)
_PART = Why(
    "a person's name, and more of the name than the roster has",
    "write the whole name or the first name alone, or `[[the words|the role]]`",
)
INSIDE = Why(
    "the name of a person in the name of a machine, a branch or an account",
    "write `[[the name|what it is]]`; a product's name is listed under `words` in redaction.yml",
)
_STRANGER = Why(
    "a name that somebody on the roster has, beside another that nobody has",
    "if it is somebody else, put them on the roster, or write `[[both words|the role]]`; if the other word is no name, "
    "list that word under `words` in redaction.yml",
)
ENDING = Why(
    "what may be a name with an ending",
    "write `[[the word|the role]]`; if it is no name, list it under `words` in redaction.yml",
)
UNLISTED = Why(
    "a person is named whom redaction.yml does not list",
    "add them under `people` in redaction.yml, or write `[[the name|the role]]`",
)


class Known:
    """A form of a name, and whose it is."""

    __slots__ = ("capital", "claimed", "kind", "owners", "words")

    def __init__(self, words: str, kind: Kind, owners: tuple[int, ...], capital: bool, claimed: bool = False) -> None:
        self.words = words
        self.kind = kind
        self.owners = owners
        self.capital = capital
        self.claimed = claimed

    @property
    def who(self) -> int:
        """The one person whose it is; `AMBIGUOUS` where that cannot be said."""
        if len(self.owners) != 1 or self.kind == Kind.GUESS or (self.ordinary and not self.claimed):
            return AMBIGUOUS
        return self.owners[0]

    @property
    def ordinary(self) -> bool:
        """Whether it is an ordinary word as well."""
        return self.words in ordinary()


class Place(NamedTuple):
    """A form where it was found, by the numbers of its first and last word."""

    first: int
    last: int
    form: Known


class Found(NamedTuple):
    """A mention in the folded text."""

    start: int
    end: int
    who: int
    whole: bool = True
    why: Why | None = None


_HISSING = ("s", "x", "z", "ch", "sh")
"""How names end whose plural ends with `es`: `the Lopezes`."""
BEGINS, ENDS, STEM = 1, 2, 3
"""What a name may be of a longer word: its beginning, its end, or the part that endings leave."""


class Knows(Protocol):
    """Whom a text is read for."""

    @property
    def people(self) -> Sequence[Somebody]:
        """Everybody, by the numbers that mentions have."""

    @property
    def strict(self) -> bool:
        """Whether those whom the policy does not list are told of as such."""

    @property
    def listed(self) -> Knows:
        """The same, for those alone whom the policy lists."""

    def form(self, words: str) -> Known | None:
        """The form with these words, and whose it is."""

    def is_word(self, said: str) -> bool:
        """Whether the vocabulary has this, written so."""


class Reading:
    """A text while names are looked for in it: its words, and what stands between them."""

    def __init__(self, roster: Knows, folded: str, spans: Sequence[tuple[int, int]], tokens: Sequence[str]) -> None:
        self.roster = roster
        self.folded = folded
        self.spans = spans
        self.tokens = tokens

    def judged(self, place: Place, before: int) -> tuple[int, Found | None] | None:
        """What a form is where it stands, with the number of the last word that it takes; None where it is none."""
        first, last, form = place
        folded, spans = self.folded, self.spans
        start, end = spans[first][0], spans[last][1]
        who = form.who
        if form.kind == Kind.PART and form.words in words_in("months.txt") and folded[start].isupper():
            if _is_date(folded, start, end):
                return None
            if (
                _MAY_BE_DATED.search(folded, max(0, start - 12), start) and folded[end : end + 1] != "'"
            ) or _DAY_AFTER.match(folded, end):
                return last, Found(start, end, AMBIGUOUS)
        if (form.capital or form.ordinary) and not folded[start].isupper() and folded[start - 1 : start] != "@":
            if form.kind == Kind.PART and not form.ordinary and self._is_machine(last):
                return last, Found(start, end, who, False, INSIDE)
            return None
        unlisted = self._is_unlisted(form)
        if form.ordinary and unlisted and self._is_trade_word(form.words, start):
            return None
        if form.kind == Kind.NOBODY:
            said = " ".join(folded[start:end].casefold().split())
            return (last, None) if self.roster.is_word(said) else None
        if form.kind == Kind.INITIAL and not self._has_own_initial(first, last):
            return None
        gaps = [self._gap(number, form) for number in range(first, last)]
        if any(gap == _BORDER for gap in gaps):
            if form.kind == Kind.INITIAL or self._stands_in_pieces(first, gaps, form):
                return None
            return last, Found(start, end, who, False, PIECES)
        if any(gap != _PLAIN for gap in gaps):
            return last, Found(start, end, who, False, PIECES)
        found = Found(start, end, who, True, UNLISTED if unlisted else None)
        if self._is_plural(form, start, end):
            return last, found._replace(whole=False)
        if form.kind == Kind.WHOLE and first < last and self._are_words(first, last):
            if unlisted:
                return None
            return last, found._replace(who=AMBIGUOUS, why=None)
        if who == AMBIGUOUS:
            return last, found._replace(why=None)
        first, last, whole = self._with_neighbours(first, last, who, before)
        found = found._replace(start=spans[first][0], end=spans[last][1])
        if titled := _TITLE_BEFORE.search(folded, max(0, found.start - 8), found.start):
            found = found._replace(start=titled.start())
        if not whole:
            return last, found._replace(whole=False, why=_PART)
        if len(self.tokens[last]) == 1 and re.match(r"\.(?=\s+[^\W\dA-Z_]|[,;:')])", folded[found.end :][:8]):
            found = found._replace(end=found.end + 1)
        if (suffix := _SUFFIX.match(folded, found.end)) and self.tokens[last] not in _given(self.roster.people[who]):
            found = found._replace(end=suffix.end())
        if form.kind == Kind.PART and (first, last) == (place.first, place.last) and self._beside_stranger(first, form):
            return last, found._replace(who=AMBIGUOUS, why=_STRANGER)
        return last, found

    def inside(self, number: int, mode: int, form: Known) -> Found | None:
        """Somebody's name as the beginning or the end of a longer word, where that is no word of its own."""
        last = number + form.words.count(" ")
        if any(self._gap(at) != _PLAIN for at in range(number, last)):
            return None
        word = " ".join(self.tokens[number : last + 1])
        start, end = self.spans[number][0], self.spans[last][1]
        stem = form.words[:-1] if mode == STEM else form.words
        if word in ordinary() or len(word) <= len(stem) or self.roster.form(word) is not None:
            return None
        rest = word[: -len(stem)] if mode == ENDS else word[len(stem) :]
        capital = self.folded[start].isupper()
        long = len(stem) >= SHORT
        if mode == STEM:
            if capital and rest in endings() and rest != form.words[-1]:
                return Found(start, end, AMBIGUOUS, False, ENDING)
            return None
        if mode == BEGINS and rest == "es" and capital and form.words.endswith(_HISSING):
            return Found(start, end, form.who, False, UNLISTED if self._is_unlisted(form) else None)
        if mode == BEGINS and rest == "s" and (long or capital or self._is_machine(last)):
            return Found(start, end, form.who, False, UNLISTED if self._is_unlisted(form) else None)
        if long and (rest in _affixes() or (rest[:1] == "s" and mode == BEGINS and rest[1:] in _affixes())):
            return Found(start, end, form.who, False, INSIDE)
        if not form.words.isascii() and len(stem) >= SHORT and not rest.isascii() and _UNSPACED.match(rest):
            return Found(start, end, form.who, False, None)
        if len(stem) <= SHORT:
            return None
        if mode == BEGINS and capital and rest in endings():
            return Found(start, end, AMBIGUOUS, False, ENDING)
        if self._is_identifier(start, end, len(stem)):
            return Found(start, end, form.who, False, INSIDE)
        return None

    def _is_plural(self, form: Known, start: int, end: int) -> bool:
        """Whether a surname and an initial, run together, are the surname with an ending: `the Okafors`."""
        if form.kind != Kind.WHOLE or form.words[-1] != "s" or self.folded[start - 1 : start] == "@":
            return False
        alone = self.roster.form(form.words[:-1])
        written = self.folded[start:end]
        return alone is not None and alone.kind == Kind.PART and written[0].isupper() and written[1:].islower()

    def _are_words(self, first: int, last: int) -> bool:
        """Whether what may be somebody's whole name is as well a row of ordinary words: `We will mark it`."""
        words = range(first, last + 1)
        if not all(self.tokens[number] in ordinary() for number in words):
            return False
        if all(self.folded[self.spans[number][0]].isupper() for number in words):
            return False
        return all(self.folded[self.spans[number][1] : self.spans[number + 1][0]].isspace() for number in words[:-1])

    def _is_unlisted(self, form: Known) -> bool:
        """Whether the policy does not list those whose a form is."""
        return self.roster.strict and self.roster.listed.form(form.words) is None

    def _is_trade_word(self, word: str, start: int) -> bool:
        """Whether a word with a capital letter is taken for a word, since it begins a sentence."""
        return word not in words_in("ordinary.txt") and bool(_BEGINNING.search(self.folded[max(0, start - 80) : start]))

    def _is_machine(self, number: int) -> bool:
        """Whether a machine or a branch is named behind a word: `weis-macbook`."""
        following = number + 1
        if following >= len(self.tokens) or self.tokens[following] not in _affixes():
            return False
        return self.folded[self.spans[number][1] : self.spans[following][0]] in ("-", "_", ".", "")

    def _is_identifier(self, start: int, end: int, letters: int) -> bool:
        around = self.folded[max(0, start - 2) : start], self.folded[end : end + 2]
        signs = "_/@\\=~" if letters == SHORT + 1 else "_/@\\=~-."
        before = around[0][-1:]
        after = around[1][:1]
        return (before.isdigit() or (before in signs and before != "" and around[0][:1].strip() != "")) or (
            after.isdigit() or (after in signs and after != "" and around[1][1:2].isalnum())
        )

    def _has_own_initial(self, first: int, last: int) -> bool:
        """Whether the initial of a form is a word of its own, not the first letter of one that is divided."""
        for number in (first, last):
            if len(self.tokens[number]) > 1:
                continue
            start, end = self.spans[number]
            if number == last and self.folded[start - 1] == "'":  # `Okafor's`, whoever else is called S.
                return False
            if number == last and _TIGHT_AFTER.match(self.folded, end):
                return False
            if number == first and _TIGHT_BEFORE.search(self.folded, max(0, start - 6), start):
                return False
            other = self.spans[last if number == first else first][0]
            if not self.folded[start].isupper() and self.folded[other].isupper():
                return False
        return True

    def _gap(self, number: int, form: Known | None = None) -> int:
        """What stands between a word and the next."""
        gap = self.folded[self.spans[number][1] : self.spans[number + 1][0]]
        if len(gap) < 2 and gap in ("", " ", "-", "_", ".", "'", "@", "+"):
            return _PLAIN
        if not gap.strip(" \t"):
            return _PLAIN
        if not gap.strip() and gap.count("\n") == 1:
            line = self.folded[self.folded.rfind("\n", 0, self.spans[number][0]) + 1 : self.spans[number][0]]
            return _BORDER if line.lstrip(" >").startswith(("#", "|")) else _PLAIN
        if len(self.tokens[number]) == 1 and re.fullmatch(r"\.(?:-|[ \t]*\n?[ \t]*)", gap):
            return _PLAIN
        if form is not None and re.fullmatch(r",\s", gap) and self._is_reversed(number, form):
            return _PLAIN
        if _BORDERS.search(gap):
            return _BORDER
        return _MARKS

    def _is_reversed(self, number: int, form: Known) -> bool:
        """Whether a comma stands between a surname and a given name: `Zhang, Wei`."""
        if len(form.owners) != 1:
            return False
        given = _given(self.roster.people[form.owners[0]])
        first, second = self.tokens[number], self.tokens[number + 1]
        return first not in given and (second in given or (len(second) == 1 and second in _firsts(given)))

    def _stands_in_pieces(self, first: int, gaps: Sequence[int], form: Known) -> bool:
        """Whether what borders divide are names by themselves, which are found one by one."""
        words = form.words.split()
        begin = 0
        for at in range(len(words)):
            if at + 1 < len(words) and gaps[at] != _BORDER:
                continue
            known = self.roster.form(" ".join(words[begin : at + 1]))
            if known is None or known.kind == Kind.NOBODY or known.who != form.who:
                return False
            capital = self.folded[self.spans[first + begin][0]].isupper()
            if known.capital and not capital:
                return False
            begin = at + 1
        return True

    def _with_neighbours(self, first: int, last: int, who: int, before: int) -> tuple[int, int, bool]:
        """First and last word with initials and cut names of the same person beside them; False where one is cut."""
        parts = _parts(self.roster.people[who])
        whole = True
        while last + 1 < len(self.tokens) and self._gap(last) == _PLAIN:
            if self.folded[self.spans[last + 1][0] - 1] == "'":
                break
            cut = self._belongs(last + 1, parts)
            if len(self.tokens[last]) == 1 and self.tokens[last + 1] in parts:
                cut = False
            if cut is None:
                break
            last += 1
            whole = whole and not cut
        while first - 1 > before:
            start, end = self.spans[first - 1]
            dotted = self.folded[end : end + 1] == "."
            if self._gap(first - 1) != _PLAIN and self.folded[end : self.spans[first][0]] != ". ":
                break
            cut = self._belongs(first - 1, parts)
            letters = self.folded[start:end]
            if cut is None and 1 < len(letters) < SHORT and letters.isupper():
                cut = True if all(any(part[0] == letter for part in parts) for letter in letters.casefold()) else None
            if cut is None or not (dotted or (cut and (end - start > 2 or (end - start > 1 and letters.isupper())))):
                break
            if cut and len(self.tokens[first - 1]) == 1:
                break
            first -= 1
            whole = whole and not cut
        return first, last, whole

    def _belongs(self, number: int, parts: frozenset[str]) -> bool | None:
        """Whether a word beside a name is the beginning of another name of the same person; None where it is not."""
        word = self.tokens[number]
        start, end = self.spans[number]
        if not self.folded[start].isupper() or word.isdigit():
            return None
        if len(word) == 1:
            if not any(part[0] == word for part in parts):
                return None
            if _TIGHT_AFTER.match(self.folded, end):
                return True
            if word in "ai" and self.folded[end : end + 1] != ".":
                return None
            return False
        if self.folded[start:end].isupper() and len(word) < SHORT and not self.folded[start - 2 : start - 1].isupper():
            return None
        if word in ordinary():
            return None
        return True if any(part.startswith(word) and part != word for part in parts) else None

    def _beside_stranger(self, number: int, form: Known) -> bool:
        """Whether a single name stands beside a word that looks like another, which nobody on the roster has."""
        start, end = self.spans[number][0], self.spans[number + form.words.count(" ")][1]
        folded = self.folded
        if not folded[start].isupper() or folded[start - 1 : start] == "@":
            return False
        thing = _THING_AFTER.match(folded, end)
        if thing is not None and thing[1].casefold() in words_in("things.txt"):
            return True
        said = folded[start:end]
        if (thing is not None and thing[0] == f" & {said}") or folded[:start].endswith(f"{said} & "):
            return True  # `Johnson & Johnson`
        match = _NAME_AFTER.match(folded, end)
        if match is not None:
            following = self._number_at(match.start(1), number)
            if match[1].endswith(".") or self._is_strange(match[1], following, folded[start:end].isupper()):
                return True
        match = _NAME_BEFORE.search(folded, max(0, start - 40), start)
        if match is not None and match[1].casefold() in words_in("places.txt"):
            return True
        if match is None or not self._is_strange(match[1], number - 1):
            return False
        if not _BEGINNING.search(folded[max(0, match.start(1) - 80) : match.start(1)]):
            return True
        person = self.roster.people[form.owners[0]]
        return form.words not in _given(person) and not form.claimed and not match[1].endswith(("ly", "ing", "ed"))

    def _number_at(self, place: int, number: int) -> int:
        """The number of the word that begins at a place behind another."""
        while number < len(self.spans) and self.spans[number][0] < place:
            number += 1
        return number

    def _is_strange(self, word: str, number: int, capitals: bool = False) -> bool:
        """Whether a word looks like a name that nobody has; one in `capitals` where the name before it is."""
        folded = word.casefold()
        if folded in ordinary() or folded in words_in("address.txt") or not 0 <= number < len(self.tokens):
            return False
        if not word[0].isupper() or not (word[1:].islower() or (capitals and word.isupper() and len(word) >= SHORT)):
            return False
        return self.roster.form(folded) is None and self.roster.form(self.tokens[number]) is None


_DAY_BEFORE = re.compile(r"(?<![\w.:/-])(?:\d{4}[-/ ]|\d{1,2}(?:st|nd|rd|th)?(?: of)?[-/. ]{1,2})\Z")
_DAY_AFTER = re.compile(r"\.?[-/ ](?:\d{1,2}(?:st|nd|rd|th)?|(?:19|20)\d\d)(?!\.?\w|%)")
_YEAR_AFTER = re.compile(r"(?:, |[-/ ])(?:19|20)\d\d(?![\w%])")
_TIME_AFTER = re.compile(
    r"\.?[ /-]{1,2}\d{1,2}(?:st|nd|rd|th)?(?:, |,? at | {1,2})(?:(?:19|20)\d\d(?![\w%])|\d{1,2}:\d\d)"
)
_CELL_BEFORE = re.compile(r"\|[ *]*(?:\d{1,2} )?\Z")
_CELL_AFTER = re.compile(r"(?:\.? \d{1,2})?[ *]*\|")
_MAY_BE_DATED = re.compile(
    r"(?:(?<!\w)(?:in|since|until|during|early|mid|late)[ -]|(?<![\w.])\d{1,2}(?:st|nd|rd|th)?(?: of)? )\Z", re.I
)
"""What stands before a month that is no whole date: that may as well be somebody."""


def _is_date(text: str, start: int, end: int) -> bool:
    """Whether a word is the month of a date that names its year or a time, or fills a cell with its day."""
    if _YEAR_AFTER.match(text, end) or _TIME_AFTER.match(text, end):
        return True
    before = text[max(0, start - 12) : start]
    day = _DAY_BEFORE.search(before)
    if day is None:
        return (
            _CELL_BEFORE.search(before) is not None
            and _CELL_AFTER.match(text, end, end + 12) is not None
            and (_DAY_AFTER.match(text, end) is not None)
        )
    if len(day[0]) == 5:  # 2026-Jan-03
        return _DAY_AFTER.match(text, end) is not None
    return _CELL_BEFORE.search(before) is not None and _CELL_AFTER.match(text, end) is not None


_PLAIN, _MARKS, _BORDER = 0, 1, 2
"""What stands between two words: nothing to speak of; marks and signs; the end of a sentence, a cell or a block."""
_BORDERS = re.compile(r"\||\n\s*\n|\n[\s>]*(?:[-*+#>]|\d+\.)|[.!?,;:](?=\s|[*_\"')\]]+\s)|\s-+\s|\n[ \t]*\|")
_TIGHT_AFTER = re.compile(r"[*_`~\\\[\]'-]*[^\W_]")
_TIGHT_BEFORE = re.compile(r"[^\W_][*_`~\\\[\]'-]*\Z")
_BEGINNING = re.compile(
    r"(?:\A|[.!?:][\"')\]*_]*\s+|\n\s*\n|\n[\s>]*(?:[-*+]|\d+\.)\s+(?:\[[ xX]\]\s+)?|(?:\A|\n)#+ +|\|\s*"
    r"|\A[\s>]*(?:[-*+]|\d+\.)\s+(?:\[[ xX]\]\s+)?)[*_\"'(\[`]*\Z"
)
"""What stands before the first word of a sentence, a cell, an item or a heading."""
_NAME_AFTER = re.compile(
    r"[ \t]*[ \n][ \t]*(?:(?:d[aeio]|do?s|das|del|de la|v[ao]n|van de[rn]?|von de[rm]|der|te[rn]|zu|bin|al|la|le) )?"
    r"([^\W\d_a-z][^\W\d_]+(?![\w@])|[A-Z]\.)"
)
"""A capitalised word, or an initial, behind a name."""
_THING_AFTER = re.compile(r"(?:['’]s)?(?: ?&)? ([A-Z]\w+)(?![\w@])")
_NAME_BEFORE = re.compile(r"(?<![\w@./-])([^\W\d_a-z][^\W\d_]+)[ ]\Z")
_SUFFIX = re.compile(r",? (?:(?:Jr|Sr)(?:\.(?=\s+[^\W\dA-Z_]|[,;:'’)]))?|III?|IV)(?![\w-]|\.\d)")
"""What tells somebody from their father: `Sam Okafor III`."""
_TITLE_BEFORE = re.compile(r"(?<![\w.@/-])(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\.? \Z")
_UNSPACED = re.compile(r"[^\W\d_a-z]")


@lru_cache(maxsize=1)
def endings() -> frozenset[str]:
    """Short endings that names take in languages that decline them; to fold them all takes a while."""
    return frozenset(map(folding.fold, words_in("endings.txt")))


@lru_cache(maxsize=1)
def _affixes() -> frozenset[str]:
    return words_in("affixes.txt")


@lru_cache(maxsize=256)
def _parts(person: Somebody) -> frozenset[str]:
    """All single names of somebody."""
    return frozenset(
        word for name in person.names for parts in variants(name) for part in parts for word in part.split()
    )


def _firsts(names: frozenset[str]) -> set[str]:
    return {name[0] for name in names}


@lru_cache(maxsize=256)
def _given(person: Somebody) -> frozenset[str]:
    """The first words of somebody's names."""
    return frozenset(parts[0].split()[0] for name in person.names for parts in variants(name))
