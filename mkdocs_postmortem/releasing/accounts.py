"""Numbers of payment cards, bank accounts and social security in a text, told from others by their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

CARD = re.compile(
    r"(?<![\w.,:/-])[2-6]\d{3}(?P<gap>[ -]?)\d{4,6}(?P=gap)\d{4,5}(?:(?P=gap)\d{1,4})?(?:(?P=gap)\d{1,3})?(?![\w/-])"
)
"""Twelve to nineteen digits, in groups or not (ISO/IEC 7812)."""
CARD_SIGN = r"[2-6][0-9]{3}[ -]?[0-9]{4}"
"""What a card's number begins with, for RE2, which knows no references back."""
IBAN = re.compile(r"(?<![\w/-])[A-Za-z]{2}\d\d(?: ?[0-9A-Za-z]{4}){2,7}(?: ?[0-9A-Za-z]{1,3})?(?![\w/-])")
"""Country, check digits, and up to thirty letters and digits (ISO 13616)."""
SOCIAL_SECURITY = re.compile(
    r"(?:\bSSN|social security(?: number| no\.?)?)[ :#]{1,3}\d{3}[- ]\d\d[- ]\d{4}(?!\w)", re.I
)
"""As the United States write it, beside a word for it: alone it is like many other numbers."""


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where such a number stands, in characters of the text."""
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) in (13, 14, 15, 16, 19) and _is_issued(digits) and _fits_luhn(digits):
            yield match.span()
    for match in IBAN.finditer(text):
        letters = match[0].replace(" ", "").upper()
        if 15 <= len(letters) <= 34 and _fits_97(letters):
            yield match.span()
    for match in SOCIAL_SECURITY.finditer(text):
        yield match.span()


def _is_issued(digits: str) -> bool:
    """Whether a card's number begins as those of the large networks do, with as many digits as these have."""
    first, two = digits[0], int(digits[:2])
    if first == "4":
        return len(digits) in (13, 16, 19)
    if two in (34, 37):
        return len(digits) == 15
    if two in (30, 36, 38, 39):
        return len(digits) == 14
    four = int(digits[:4])
    return len(digits) in (16, 19) and (two in range(50, 59) or two in (60, 62, 64, 65) or 2221 <= four <= 2720)


def _fits_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _fits_97(letters: str) -> bool:
    rest = letters[4:] + letters[:4]
    return int("".join(str(int(char, 36)) for char in rest)) % 97 == 1
