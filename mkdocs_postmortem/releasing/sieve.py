"""What a text must hold for a rule about words to find anything in it: a fast look before the slow one.

A sieve is made from the very expressions of its rule, loosened where RE2 knows less than `re`: it may
let through what the rule then finds to be nothing, and never keeps back what the rule would find.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from mkdocs_postmortem.releasing import folding

_MEMORY = 64 * 1024 * 1024
"""Bytes for RE2's automaton, so that it need not be made anew while it runs."""
_OTHER = r"\x80-\xff"
"""Every letter beyond ASCII: each is one byte of a probe."""
_UNLIKE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
"""Controls, which `re` takes for white space and RE2 does not, or the other way round."""
_AROUND = re.compile(r"\(\?<?[=!]")
_NAMED = re.compile(r"\(\?P<\w+>")
_MANY = 8
"""Up to which a sieve counts; of more it asks for no end."""
_COUNTED = re.compile(r"\{(\d+),(\d+)\}")


def _one_byte(error: UnicodeError) -> tuple[bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    return b"\xff" * (error.end - error.start), error.end


codecs.register_error("mkdocs-postmortem.one-byte", _one_byte)


@lru_cache(maxsize=4)
def probe(text: str) -> bytes | None:
    """A text as sieves read it, a byte a character; None where no sieve can be trusted with it.

    What is not ASCII is there twice, the second time folded, for letters that `re` takes for each
    other whatever their case.
    """
    if text.isascii() and text.isprintable():
        return text.encode("ascii")
    if _UNLIKE.search(text):
        return None
    return one_byte(text if text.isascii() else f"{text}\n{folding.fold_case(text)}")


def one_byte(text: str) -> bytes:
    """A text with a byte for each character, `\\xff` for those beyond Latin letters."""
    return text.encode("latin-1", "mkdocs-postmortem.one-byte")


def linear(expression: str) -> Any:
    """An expression of RE2 for what `one_byte` gives. Raises `re2.error` where it is none."""
    import re2  # takes a while to import

    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = _MEMORY
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(expression.encode("latin-1"), options)


class Sieve:
    """Tells whether any of some expressions could match somewhere in a text."""

    def __init__(self, expressions: Iterable[re.Pattern[str]] = (), loose: Iterable[str] = ()) -> None:
        """Made from `expressions`, and from `loose` ones, which are RE2's already.

        An expression that RE2 cannot read even loosened makes a sieve that keeps nothing back.
        """
        import re2

        self._search: Any = None
        with contextlib.suppress(re2.error, ValueError):
            self._search = linear("|".join((*loose, *(_part(item) for item in expressions)))).search

    def passes(self, text: str) -> bool:
        """Whether the rule must look at the text itself."""
        data = probe(text)
        return data is None or self._search is None or self._search(data) is not None


def _part(expression: re.Pattern[str]) -> str:
    if expression.flags & re.X and re.search(r"[\s#]", expression.pattern):
        raise ValueError("an expression with white space that means nothing")
    return f"(?{'i' if expression.flags & re.I else ''}:{loosened(expression.pattern)})"


def loosened(pattern: str) -> str:
    """An expression of `re` as one of RE2 that matches at least wherever it does, on a probe.

    What stands around a match is not asked for, and a letter beyond ASCII is taken for any letter,
    digit or white space.
    """
    return "".join(_loosened(pattern))


def _loosened(pattern: str) -> Iterator[str]:
    at, end = 0, len(pattern)
    in_class = negated = False
    while at < end:
        char = pattern[at]
        if char == "\\" and at + 1 < end:
            yield _escape(pattern[at + 1], in_class, in_class and negated)
            at += 2
        elif in_class:
            if char == "]":
                in_class = False
            yield char if char.isascii() else ("" if negated else _OTHER)
            at += 1
        elif char == "[":
            in_class, negated = True, pattern[at + 1 : at + 2] == "^"
            yield "[^" if negated else "["
            at += 2 if negated else 1
            if pattern[at : at + 1] == "]":
                yield r"\]"
                at += 1
        elif char == "(" and _AROUND.match(pattern, at):
            at = _closing(pattern, at) + 1
            if pattern[at : at + 1] in ("*", "+", "?", "{"):
                raise ValueError("what stands around a match cannot be repeated")
        elif match := _NAMED.match(pattern, at):
            yield "(?:"
            at = match.end()
        elif match := _COUNTED.match(pattern, at):
            # What is counted is there as often in the automaton: a small one stays fast on long lines.
            yield match[0] if int(match[2]) < _MANY else f"{{{match[1]},}}"
            at = match.end()
        else:
            if char not in "^$":
                yield char if char.isascii() else f"[{_OTHER}]"
            at += 1


def _escape(letter: str, in_class: bool, negated: bool) -> str:
    """What an escape becomes; in a class that is negated, what makes it no smaller."""
    if letter in "bBAZ" and not in_class:
        return ""
    if letter in "WSD":
        if negated:
            return r"\x00"  # which no probe holds
        return r"\x00-\xff" if in_class else r"(?s:.)"
    if letter in "wsd" and not negated:
        return f"\\{letter}{_OTHER}" if in_class else f"[\\{letter}{_OTHER}]"
    return f"\\{letter}"


def _closing(pattern: str, at: int) -> int:
    """Where the group that opens at a place is closed."""
    depth = 0
    in_class = False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += len(re.match(r"\^?\]?", pattern[at + 1 :])[0])  # type: ignore[index]
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ValueError("a group that is not closed")
