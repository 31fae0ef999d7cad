"""Text as it is compared: one form for all the ways in which the same word can be written.

Compatibility forms, letter case, diacritics, look-alikes of other scripts, and characters that are
not seen are folded away; what is found is told by its place in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T", "þ": "th", "Þ": "Th",
    "ĸ": "k", "ŋ": "n", "Ŋ": "N", "ə": "e", "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʋ": "v",
}  # fmt: skip
"""Letters that no decomposition leads to the one they are compared with."""

_LOOK_ALIKES = dict(
    zip(
        "аеорсухіјѕԁһԛԝѵӏꙅкмтвнгпАВЕКМНОРСТУХІЈЅԌԚԜαορνικτυχεηωγΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսոհցզᎪᏴᏟᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ",
        "aeopcyxijsdhqwvlskmtbhrnABEKMHOPCTYXIJSGQWaopviktuxenwyABEZHIKMNOPTYXounhgqABCEHJKLMPRSTVWZ",
        strict=True,
    )
)
"""Letters of other scripts that are taken for Latin ones when read (after UTS #39)."""

_SIGNS = {
    "\N{REPLACEMENT CHARACTER}": "\N{REPLACEMENT CHARACTER}",  # like nothing else: no table need be asked
    "Ⲍ": "Z",
    "ⲍ": "z",
    "。": ".",
    "−": "-",
    "⁄": "/",
    "∕": "/",
    "∶": ":",
    "꞉": ":",
    "ː": ":",
    "∷": "::",
    "∗": "*",
    "・": " ",
    **dict.fromkeys("‘’‛′ʹʻʼʽˈˊߴߵꞋꞌ՚׳", "'"),
}
"""Signs that are taken for those of ASCII, which addresses and numbers are written with."""

LETTERS_FOR = str.maketrans("013457", "oieast")
"""Letters that digits are written for."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u180b\u180c\u180d\u180e\u180f")
"""Letters and signs without a picture."""


class _Table(dict[int, str]):
    """What each character becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _folded(chr(code))
        return found


def _folded(char: str) -> str:
    if unseen(char):
        return ""
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
    if unicodedata.category(char) == "Zs":
        return " "
    return "".join(_letter(part) for part in unicodedata.normalize("NFKD", char))


def _letter(part: str) -> str:
    """What a character without compatibility forms becomes; nothing for a mark on the one before it."""
    if part.isascii():
        return part
    if part == "\u0640":  # the stroke that lengthens Arabic words
        return ""
    known = _LETTERS.get(part) or _LOOK_ALIKES.get(part) or _SIGNS.get(part)
    if known:
        return known
    category = unicodedata.category(part)
    if category[0] == "M":
        return ""
    if category == "Pd":
        return "-"
    if match := _NAMED.fullmatch(unicodedata.name(part, "")):
        return match[2] if match[1] == "CAPITAL " else match[2].lower()
    return _confusables().get(part, part) if category[0] in "LNS" else part


_NAMED = re.compile(r"(?:.* )?LATIN (CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?")
"""Names of letters that are one of ours with something added: stroked, hooked, small capitals, in a square."""


@lru_cache(maxsize=1)
def _confusables() -> dict[str, str]:
    """Characters of other scripts that are taken for a letter or digit of ASCII (Unicode's UTS #39)."""
    from confusable_homoglyphs.confusables import confusables_data  # takes a while to read

    found = {}
    for char, others in confusables_data.items():
        if len(char) == 1 and not char.isascii():
            like = [item["c"] for item in others if len(item["c"]) == 1 and item["c"].isascii() and item["c"].isalnum()]
            if like:
                found[char] = like[0]
    return found


_TABLE = _Table()
_ODD = re.compile(r"[^\t\n\r\x20-\x7e]+")
_PLAIN = bytes((9, 10, 13, *range(32, 127)))


def unseen(char: str) -> bool:
    """Whether a character is not seen: controls, marks of direction, tags, joiners, blanks, private use."""
    if char in "\n\t\r":
        return False
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Co", "Cs", "Zl", "Zp") or char in _BLANK:
        return True
    return 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF


def fold_case(text: str) -> str:
    """Folded but for its case, which tells where words begin: `MaríaLópez` to `MariaLopez`."""
    if _is_plain(text):
        return text
    if "ẞ" in text:  # a capital letter only among others
        text = _SMALL_BEFORE_SHARP.sub("ß", text)
    return _ODD.sub(_fold_run, text)


_SMALL_BEFORE_SHARP = re.compile(r"(?<=[a-zà-ÿß])ẞ")


def _fold_run(match: re.Match[str]) -> str:
    return match[0].translate(_TABLE)


def _is_plain(text: str) -> bool:
    """Whether folding changes nothing: ASCII, and of its controls only white space."""
    return text.isascii() and not text.encode("ascii").translate(None, _PLAIN)


def fold(text: str) -> str:
    """The form in which texts are compared."""
    return fold_case(text).casefold()


def places(text: str) -> list[int]:
    """For each character of `fold_case(text)`, its place in `text`; and one more, for the end."""
    found: list[int] = []
    for at, char in enumerate(text):
        found += [at] * len(_TABLE[ord(char)])
    found.append(len(text))
    return found


_SIGNS_OF_ASCII = bytes(code for code in range(128) if not chr(code).isalnum())
_LETTER = re.compile(r"[^\W_]+")


def letters(text: str) -> str:
    """Letters and digits of a text as it is written, without what stands between them."""
    if text.isascii():
        return text.encode("ascii").translate(None, _SIGNS_OF_ASCII).decode("ascii")
    return "".join(_LETTER.findall(text))


def anchor(title: str) -> str:
    """The address that Python-Markdown gives to a heading with this title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def look_alike(char: str) -> bool:
    """Whether a letter of another script is taken for a Latin one, or is a Latin one in disguise."""
    if (
        char.isascii()
        or char in "ªºµ"
        or unicodedata.category(char)[0] not in "LS"
        or unicodedata.category(char) == "Lm"
    ):
        return False
    if char in _LOOK_ALIKES or (_DISGUISED.search(unicodedata.name(char, "")) is not None):
        return True
    plain = unicodedata.normalize("NFKC", char)
    return (len(plain) == 1 and plain.isascii()) or (
        unicodedata.category(char)[0] == "L" and "LATIN" not in unicodedata.name(char, "") and char in _confusables()
    )


_DISGUISED = re.compile(r"SMALL CAPITAL|(?:SQUARED|CIRCLED) LATIN")


_WORD = re.compile(
    r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
    # Scripts that put no spaces between words: each character is one.
    r"|[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
    r"|[^\W\dA-Za-z_]+"
)


_APART = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
"""What of ASCII is no letter or digit divides words wherever it stands."""


class _Tokens(dict[bytes, str]):
    """The words of each run between signs of ASCII; filled as runs are met, which mostly were met before."""

    def __missing__(self, token: bytes) -> str:
        if len(self) > 65536:
            self.clear()
        found = self[token] = " ".join(_WORD.findall(token.decode("utf-8", "surrogatepass"))).casefold()
        return found


_TOKENS = _Tokens()


def _tokens(folded: str) -> list[bytes]:
    return folded.encode("utf-8", "surrogatepass").translate(_APART).split()


class Words:
    """A text as its words: folded, split where case, digits and signs split them, one space between."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        words = " ".join(filter(None, [_TOKENS[token] for token in _tokens(folded)]))
        self.text = f" {words} " if words else " "
        """Begins and ends with a space, so that ` word ` is found wherever it stands."""

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """For each word, its place in the folded text that it was split from."""
        return [match.span() for match in _WORD.finditer(self._folded)]

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each word by where it begins in `text`."""
        found: dict[int, int] = {}
        at = 1
        for number, word in enumerate(self.text.split()):
            found[at] = number
            at += len(word) + 1
        return found


def split(folded: str) -> Words:
    """The words of what `fold_case` made of a text: `deployLópez_2` is `deploy lopez 2`."""
    return Words(folded)


@lru_cache(maxsize=2)
def taken_apart(text: str) -> tuple[str, Words]:
    """What `fold_case` and `split` make of a text; remembered for the rules that ask one after the other."""
    folded = fold_case(text)
    return folded, split(folded)


_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+")
"""Runs of scripts that put no spaces between words."""


class _Pieces(dict[bytes, tuple[str, ...]]):
    """What each run between signs of ASCII is explained by; filled as runs are met."""

    def __missing__(self, token: bytes) -> tuple[str, ...]:
        if len(self) > 65536:
            self.clear()
        text = token.decode("utf-8", "surrogatepass").casefold()
        found = [word for word in _TOKENS[token].split(" ") if word]
        if len(text) > 3 and any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
            found.append(text)
        for run in _UNSPACED.findall(text):
            found += [run[at : at + 2] for at in range(len(run) - 1)] or [f"{run} "]
        self[token] = tuple(found)
        return self[token]


_PIECES = _Pieces()


def pieces(text: str) -> set[str]:
    """What must be explained of a text: its words, names of letters and digits whole (`w0mbat`), and of what is
    written without spaces every two neighbours.
    """
    text = _folded_where_needed(text)
    return {piece for token in {*_tokens(text)} for piece in _PIECES[token]}


def _folded_where_needed(text: str) -> str:
    if _is_plain(text):  # most lines need no folding, which takes a while
        return text
    return "\n".join([line if _is_plain(line) else fold_case(line) for line in text.split("\n")])


def word_set(text: str) -> set[str]:
    """The different words of a text, each in the form in which it is compared."""
    text = _folded_where_needed(text)
    return {*" ".join([_TOKENS[token] for token in {*_tokens(text)}]).split(" ")} - {""}
