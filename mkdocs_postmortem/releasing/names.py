"""The forms that a person's names, handles and addresses take in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.policy import Somebody

SHORT = 4
"""Single names with fewer letters count only where they begin with a capital letter."""
_JOINED = 5
"""Letters that names written as one word must have: `mlopez`."""
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
"""Letters that are written with two where they cannot be typed."""
_TITLE = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+", re.I)
_SIMPLE_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_SIMPLE_HANDLE = re.compile(r"[a-z]+")
"""What has one spelling, as most names and handles have."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{3,4}")
_HAN_LETTER = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
VOWELS = frozenset("aeiouyяиыюь")
"""Last letters of names that give way to an ending, folded."""
_SYLLABLES = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]{2,4}")
"""Names written without a space between surname and given name."""
_SPELLED = (
    (("iy", "y"),),
    (("ey", "ei"), ("ay", "ai"), ("ya", "ia"), ("yu", "iu"), ("oy", "ou")),
    (("ya", "ja"), ("yu", "ju"), ("y", "j")),
    (("ks", "x"),),
)
"""What else is written for a transliteration: Aleksey, Aleksei, Alexey."""


class Kind(IntEnum):
    """What a form is; where people differ in what one is to them, the first of these holds."""

    NOBODY = 0
    """A word of the vocabulary, which is no name though one be in it."""
    WHOLE = 1
    """Several names, a handle, an address: somebody, and nobody else."""
    PART = 2
    """A single name, which others may have, too."""
    INITIAL = 3
    """A name with an initial, which counts only where it is a word of its own."""
    GUESS = 4
    """What may be a name, where nobody says which letters of it are."""


class Form(NamedTuple):
    """A form of somebody's name; `words` as `folding.split` has them, one space between."""

    words: str
    kind: Kind
    capital: bool = False
    """Counts only where it begins with a capital letter."""


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Words that are not somebody's because they are written in lower case: names that are words, and all others."""
    technical = {word.casefold() for word in words_in("known.txt")}
    return words_in("ordinary.txt") | words_in("common.txt") | words_in("teams.txt") | technical


def forms(person: Somebody) -> Iterator[Form]:
    """Every form that somebody's names, handle and addresses take, but the aliases alone."""
    ignored = {form for item in person.ignore for form in spellings(item)}
    for name in person.names:
        for words in variants(name):
            yield from _of_name(words, ignored)
            for alias in person.aliases:
                yield from _of_alias(alias, words)
        yield from _guessed(name, ignored)
    for handle in (person.handle, *(address.partition("@")[0] for address in person.emails)):
        for form in spellings(handle):
            if form not in ignored and len(form) > 1:
                kind = Kind.WHOLE if " " in form or any(map(str.isdigit, form)) else Kind.PART
                yield Form(form, kind, capital=len(form) < 3)
    for address in person.emails:
        for form in spellings(address):
            yield Form(form, Kind.WHOLE)
    for alias in person.aliases:
        for form in spellings(alias):
            yield Form(form, Kind.PART, capital=len(form) < SHORT)


def variants(name: str) -> Iterator[list[str]]:
    """The parts of a name, given name first, in each spelling that its letters have."""
    last, comma, first = _TITLE.sub("", name).partition(",")
    name = f"{first} {last}" if comma else last
    if _SIMPLE_NAME.fullmatch(name):
        yield name.casefold().split()
        return
    seen = set()
    for spelling in (name, name.translate(UMLAUTS), *_cased(name), *_romanized(name)):
        folded = folding.fold_case(spelling)
        for parts in (
            [folding.split(part).text.strip() for part in re.split(r"[\s_.]+", folded)],
            [folding.split(part).text.strip() for part in re.split(r"[\s_.-]+", folded)],
            [part.casefold() for part in re.split(r"[\s_.-]+", re.sub(r"['’`´‘]", "", folded))],
        ):
            whole = tuple(part for part in parts if part)
            if whole and whole not in seen:
                seen.add(whole)
                yield list(whole)


def spellings(text: str) -> Iterator[str]:
    """A text as its words: split where case splits them, and as it is written."""
    if _SIMPLE_HANDLE.fullmatch(text):
        yield text
        return
    seen = set()
    for spelling in (text, text.translate(UMLAUTS), *_cased(text)):
        folded = folding.fold_case(spelling.strip().removeprefix("@"))
        parts = folding.split(folded).text.strip()
        lowered = folding.split(folded.casefold()).text.strip()
        for form in (parts, lowered, parts.replace(" ", "") if len(parts) > _JOINED else ""):
            if form and form not in seen:
                seen.add(form)
                yield form


def stems(person: Somebody) -> Iterator[str]:
    """What endings leave of names in scripts that are not Latin; Han letters have none."""
    for name in person.names:
        if name.isascii():
            continue
        for part in re.split(r"[\s_.-]+", unicodedata.normalize("NFC", name).casefold()):
            if part[:1] <= "\u024f" or _HAN_LETTER.match(part):
                continue
            part = bare(part)
            if "\uac00" <= part[0] <= "\ud7a3":
                yield from (part, part[1:])[: len(part) - 1]
            elif len(part) >= SHORT:
                yield part
                if folding.fold(part[-1]) in VOWELS:
                    yield part[:-1]


def bare(word: str) -> str:
    """A word without accents that its script leaves out in capitals, and often elsewhere: `Γιώργος`, `Фёдор`."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", word)))


_ACCENTS = re.compile("[\u0300-\u036f]")


def _cased(name: str) -> Iterator[str]:
    """A name in capitals and in small letters, where one of a pair may look like a Latin letter that the other is not.

    Such are Greek and Cyrillic: `Η` is taken for H, and `η` for n.
    """
    if any(char > "\u024f" for char in name):
        yield from (name.upper(), name.lower())


def _of_name(parts: list[str], ignored: set[str]) -> Iterator[Form]:
    first, last = parts[0], parts[-1]
    if len(parts) > 1:
        whole = [" ".join(parts), " ".join([*parts[1:], first]), " ".join([last, *parts[:-1]])]
        joined = ["".join(parts), f"{last}{''.join(parts[:-1])}", first[0] + "".join(parts[1:])]
        joined += ["".join(part[0] for part in parts[:-1]) + last, last + "".join(part[0] for part in parts[:-1])]
        joined += ["".join(parts[at:]) for at in range(1, len(parts) - 1)]
        yield from _with_particles(parts)
        if len(parts) > 2:
            initials = " ".join(part[0] for part in parts[:-1])
            yield Form(f"{initials} {last}", Kind.WHOLE)
            yield Form(f"{last} {initials}", Kind.WHOLE, capital=True)
        if len(parts) > 2:  # `van den Berg`, `J. van den Berg`, `van den Berg, Jan`
            surname = " ".join(parts[1:])
            whole += [surname, f"{first[0]} {surname}", f"{surname} {first[0]}"]
        for one, other in permutations(parts[:5], 2):
            if one in _PARTICLES and other in _PARTICLES:
                continue  # `van den` is nobody
            whole.append(f"{one} {other}")
            joined.append(one + other)
        for other in parts[1:]:
            yield Form(f"{first[0]} {other}", Kind.INITIAL)
            yield Form(f"{other} {first[0]}", Kind.INITIAL, capital=True)
            yield Form(f"{first} {other[0]}", Kind.INITIAL, capital=True)
            joined += [first[0] + other, other + first[0], other[0] + first]
            if len(first) == _JOINED - 2:
                yield from _written(first + other[0])
            joined.append(first + other[0])
        for words in dict.fromkeys(whole):
            yield Form(words, Kind.WHOLE)
        words_alone = ordinary()
        for words in {word.replace(" ", "") for word in joined if len(word) >= _JOINED}:
            if words not in words_alone and words not in parts:
                yield Form(words, Kind.WHOLE)
    for part in parts:
        if part not in ignored and len(part) > 1 and not part.isdigit():
            yield Form(part, Kind.PART, capital=len(part) < SHORT and part[0].upper() != part[0])


def _with_particles(parts: list[str]) -> Iterator[Form]:
    """A surname with particles as they are cut short or run together: `v.d. Berg`, `dela Cruz`, `JvdB`."""
    first, *between, last = parts
    if not between or not all(part in _PARTICLES for part in between):
        return
    cut = " ".join(part[0] for part in between)
    yield Form(f"{cut} {last}", Kind.WHOLE)
    yield Form(f"{first} {cut} {last}", Kind.WHOLE)
    yield Form(f"{first[0]} {cut} {last}", Kind.WHOLE)
    if len(between) > 1:
        yield Form(f"{''.join(between)} {last}", Kind.WHOLE)
        yield Form(f"{cut.replace(' ', '')} {last}", Kind.WHOLE)
        signed = f"{first[0]}{cut.replace(' ', '')}"
        yield Form(f"{signed}{last[0]}", Kind.WHOLE)
        yield Form(f"{signed} {last[0]}", Kind.WHOLE)


_PARTICLES = words_in("particles.txt")
"""What stands between a given name and a surname, in small letters."""


def _of_alias(alias: str, parts: list[str]) -> Iterator[Form]:
    """A nickname with a surname, or its initial: `Mari García`, `marig`."""
    short = folding.split(folding.fold_case(alias).casefold()).text.strip()
    if len(short) < 3 or " " in short:
        return
    for other in parts[1:]:
        yield Form(f"{short} {other}", Kind.WHOLE)
        yield from _written(short + other)
        yield from _written(short + other[0])


def _written(words: str) -> Iterator[Form]:
    """Names written as one word, where that is no word anyway."""
    words = words.replace(" ", "")
    if words not in ordinary():
        yield Form(words, Kind.WHOLE)


def _guessed(name: str, ignored: set[str]) -> Iterator[Form]:
    """Parts of a name of Han letters in which no space says where the surname ends."""
    name = name.strip()
    if not _HAN.fullmatch(name):
        return
    for at in (1, 2):
        for part in (name[:at], name[at:]):
            words = " ".join(folding.fold(part))
            if len(part) > 1 and words not in ignored and part not in ignored:
                yield Form(words, Kind.PART if (len(name), at) == (4, 2) else Kind.GUESS)


def _romanized(name: str) -> Iterator[str]:
    """A name of another script in Latin letters, in the spellings that are usual."""
    if not any(char.isalpha() and "LATIN" not in unicodedata.name(char, "LATIN") for char in name):
        return
    from anyascii import anyascii

    if _SYLLABLES.fullmatch(name.strip()):
        surname, *given = [anyascii(char).strip() for char in name.strip()]
        yield f"{''.join(given).capitalize()} {surname.capitalize()}"
        return
    plain = re.sub(r"['`´’]", "", anyascii(name))
    found = {plain}
    for step in _SPELLED:
        for known in sorted(found):
            for old, new in step:
                known = re.sub(rf"(?i){old}", new, known)
            found.add(" ".join(word[:1].upper() + word[1:] for word in known.split()))
    yield from sorted(found)
