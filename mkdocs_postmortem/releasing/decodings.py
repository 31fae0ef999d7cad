"""A built file through every decoding in which words could hide: escapes, encodings, archives, metadata.

No list of decodings is complete. This is the second line, behind a build that never reads what is
internal, and beside containment, which finds what nobody can explain.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import json
import quopri
import re
import string
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from mkdocs_postmortem.releasing import packed
from mkdocs_postmortem.releasing.packed import Budget, TooMuchError
from mkdocs_postmortem.releasing.sieve import Sieve, linear, one_byte

__all__ = ["DEEPEST", "TooMuchError", "View", "short", "unescape", "views"]

DEEPEST = 4
"""Decodings within decodings."""
_INSIDE = DEEPEST - 2
"""How deep a text is taken to be that was found among other bytes."""


class View(NamedTuple):
    """One reading of a file: which decodings led to it, and the text."""

    kind: str
    text: str


_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(
    r"\\{1,8}(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([0-7]{3}))"
)
_CSS = re.compile(r"\\{1,8}([0-9A-Fa-f]{1,6})[ \t\n]?")
_CSS_RUN = re.compile(r"(?:\\{1,8}[0-9A-Fa-f]{1,6}[ \t\n]?){3}")
_TAGS = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(
    r"</?(?:p|div|h[1-6]|li|ul|ol|table|thead|tbody|tr|td|th|pre|br|hr|section|article|title|blockquote|nav|header|footer|main|label|button|option|dt|dd|figure|summary|details|script|style)\b[^<>]*>",
    re.I,
)
_BETWEEN = "\ue000"
"""Stands between blocks while white space is folded; where a text has it, a line ends there."""
_SPACES = re.compile(r"  +")
_DIVIDED = re.compile(r"\w(?:<[^<>]*>)+\w")
_MARKS = re.compile(r"(?<=\w)(?:[*`~\\]+|__+|==+)(?=\w)")
_MARKED = re.compile(r"\w(?:[*`~\\]+|__+|==+)\w")
"""Where `_MARKS` may find something."""
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TAG_LETTER = re.compile("[\U000e0000-\U000e007f]")
_TAG_LETTERS = {0xE0000 + code: code for code in range(0x20, 0x7F)}
"""Letters of the tag block, which nobody sees and which spell ASCII."""
_RUN = r"[A-Za-z0-9+/_-]{12,}"
"""What may be base64, and within it base32 and hexadecimal digits."""
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/]{4,}")
_BASE32 = re.compile(r"[A-Z2-7]{16,}|[a-z2-7]{16,}")
_HEX = re.compile(r"[0-9A-Fa-f]{12,}")
_HEX_APART = r"(?:[0-9A-Fa-f]{2}[ :,-]{1,2}(?:0x)?){5,}[0-9A-Fa-f]{2}"
_HEX_SIGNS = re.compile(r"0x|[ :,-]")
_DATA = re.compile(r"base64,\s?([A-Za-z0-9+/_-]{4,})")
_ASCII85 = re.compile(r"[!-uz\s]*")
_LONGEST85 = 256 * 1024
_QUOTED = re.compile(r"=[0-9A-F]{2}")
_QUOTED_RUN = re.compile(r"(?:=[0-9A-F]{2}){3}")
_SOFT_BREAK = re.compile(r"=\r?\n")
_TEXTS = re.compile(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{4,}")
_WIDE = re.compile(
    rb"((?:[\x01-\xff][\x00-\x02]){4,})|((?:[\x00-\x02][\x20-\xff]){4,})"
    rb"|((?:[\x01-\xff][\x00-\x02]\0\0){4,})|((?:\0\0[\x00-\x02][\x20-\xff]){4,})"
)
_EMPTY = re.compile(rb"(?:\0{8})+")
"""Nothing, which may be long."""
_WIDE_AS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_READABLE = re.compile(r"[\w\s.,;:!?@#%&*()\[\]{}<>/\\|'\"+=$^~`-]+\Z")


_LONG_NUMBER = re.compile(r"&#(?:[xX][0-9A-Fa-f]{9,}|[0-9]{9,})")


def unescape(text: str) -> str:
    """HTML's entities as what they stand for; numbers that no letter has are left out, as browsers do."""
    return html.unescape(_LONG_NUMBER.sub("", text))


def escapes(text: str) -> str:
    """A script's escapes as the letters that they stand for."""
    return _ESCAPE.sub(_escaped, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def views(data: bytes, name: str) -> Iterator[View]:
    """Every reading of a file, each once, the plain one first. Raises `TooMuchError` for a decompression bomb."""
    yield from _Reading(name, Budget(len(data))).of_bytes("plain", data, 0)


class _Reading:
    def __init__(self, name: str, budget: Budget) -> None:
        self.name = name
        self.seen: dict[int, int] = {}
        """How deep a text was when it was decoded further."""
        self.budget = budget

    def of_bytes(self, kind: str, data: bytes, depth: int) -> Iterator[View]:
        self.budget.spend(len(data))
        try:
            text: str | None = data.decode("utf-8")
        except UnicodeDecodeError:
            text = None
        may_be_packed = text is None or b"PK\x03\x04" in data
        own = packed.bare(data) if may_be_packed and depth <= DEEPEST else data
        if depth > DEEPEST:
            if may_be_packed and packed.ARCHIVES.search(data):
                raise TooMuchError("is packed more often than anybody unpacks it")
            return
        plain = False
        for part in packed.parts(data, self.budget) if may_be_packed else ():
            if part.start and not plain:  # what begins with an archive is read as one first
                plain = True
                yield from self.of_plain(kind, own, text, depth)
            yield from self.of_bytes(f"{kind}, {part.how}", part.data, depth + 1)
        if not plain:
            yield from self.of_plain(kind, own, text, depth)

    def of_plain(self, kind: str, data: bytes, text: str | None, depth: int) -> Iterator[View]:
        """The readings of bytes that are not unpacked; `text` where they are UTF-8."""
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield from self.of_text(f"{kind}, without its mark", data[2:].decode("utf-8", "replace"), _INSIDE)
        wide = ""
        if b"\0" in data:
            bare = data.replace(b"\0", b"").decode("utf-8", "replace")
            yield from self.of_text(f"{kind}, without zero bytes", bare, _INSIDE)
            wide = "\n".join(
                match[0].decode(_WIDE_AS[(match.lastindex or 1) - 1], "replace")
                for match in _WIDE.finditer(_EMPTY.sub(bytes(8), data))
            )
        text = _decoded(data, text)
        if text is not None:
            yield from self.of_text(kind, text, depth)
        else:
            runs = b"\n".join(match[0] for match in _TEXTS.finditer(data))
            yield from self.of_text(f"{kind}, text in it", runs.decode("utf-8", "replace"), _INSIDE)
        yield from self.of_text(f"{kind}, wide letters in it", wide, _INSIDE)

    def of_text(self, kind: str, text: str, depth: int) -> Iterator[View]:
        key = hash(text)
        before = self.seen.get(key)
        if not text or (before is not None and before <= depth):
            return
        self.seen[key] = depth
        self.budget.spend(len(text))
        if before is None:
            yield View(kind, text)
        if depth >= DEEPEST:
            return
        for how, other in self.readings(text, depth):
            yield from self.of_text(f"{kind}, {how}", other, depth + 1)
        for how, part in _encoded(text):
            yield from self.of_bytes(f"{kind}, {how}", part, depth + 1)

    def readings(self, text: str, depth: int) -> Iterator[tuple[str, str]]:
        """What the text says once its escapes are undone."""
        if self.name.endswith((".json", ".map", ".webmanifest")) and depth == 0:
            with contextlib.suppress(ValueError, RecursionError):
                yield "JSON", "\n".join(_strings(json.loads(text)))
        # Of each decoding only the lines that it changes: the others were read already.
        if "&" in text:
            yield "entities", unescape(_lines(text, "&"))
        if "%" in text and _PERCENT.search(text):
            some = _lines(text, "%")
            yield "percent", unquote_to_bytes(some).decode("utf-8", "replace")
            if "+" in some:
                yield "percent and plus", unquote_to_bytes(some.replace("+", " ")).decode("utf-8", "replace")
        if "\\" in text:
            some = _lines(text, "\\")
            if _ESCAPE.search(some):
                yield "escapes", escapes(some)
            if _CSS.search(some):
                # Single ones are mostly paths and patterns, in which words are not to be explained.
                kind = "CSS escapes" if _CSS_RUN.search(some) else "CSS escape"
                yield kind, _CSS.sub(lambda match: _char(match[1]), some).encode("utf-8", "replace").decode()
        if not text.isascii() and _TAG_LETTER.search(text):
            yield "tag characters", text.translate(_TAG_LETTERS)
        if "-->" in text and (plain := _COMMENT.sub("", text)) != text:
            yield "without comments", "\n".join(set(plain.split("\n")) - set(text.split("\n")))
        if "<" in text and _TAGS.search(text):
            # What stands in one block is one line, however its source is wrapped.
            blocks = " ".join(_BLOCK.sub(_BETWEEN, text).split()).replace(_BETWEEN, "\n")
            yield "tags as spaces", _SPACES.sub(" ", _TAGS.sub(" ", blocks)).replace(" \n", "\n").replace("\n ", "\n")
            if _sieve(_DIVIDED).passes(blocks):
                divided = "\n".join(line for line in blocks.split("\n") if _DIVIDED.search(line))
                yield "without tags", _TAGS.sub("", divided)
        if "=\n" in text or "=\r\n" in text:
            marked = _SOFT_BREAK.sub(_BETWEEN, text).split("\n")
            yield "soft line breaks", "\n".join(line.replace(_BETWEEN, "") for line in marked if _BETWEEN in line)
        if "=" in text and _QUOTED.search(text):
            some = "\n".join(line for line in text.split("\n") if _QUOTED.search(line))
            kind = "quoted-printable" if _QUOTED_RUN.search(some) else "quoted-printable letter"
            yield kind, quopri.decodestring(some.encode("utf-8", "replace")).decode("utf-8", "replace")
        if _sieve(_MARKED).passes(text):
            yield "without marks", "\n".join(_MARKS.sub("", line) for line in text.split("\n") if _MARKS.search(line))


def _lines(text: str, sign: str) -> str:
    """The lines in which something stands."""
    return "\n".join(line for line in text.split("\n") if sign in line)


_UNICODE = (
    (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")
)  # fmt: skip
"""How texts of wide letters begin where they say so."""


def _decoded(data: bytes, text: str | None) -> str | None:
    """A file as text, if it is one; `text` is it as UTF-8."""
    for mark, encoding in _UNICODE:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:4096]:
        sample = data[:4096]
        if len(sample) > 8 and sample.count(0) * 1.6 > len(sample):
            big = sample[::4].count(0) > sample[3::4].count(0)
            return data.decode("utf-32-be" if big else "utf-32-le", "replace")
        if len(sample) > 8 and sample.count(0) * 2.2 > len(sample):
            even = sample[::2].count(0)
            return data.decode("utf-16-be" if even * 2 > len(sample) / 2 else "utf-16-le", "replace")
        return None
    if text is not None:
        return text
    text = data.decode("utf-8", "replace")
    return text if text.count("\N{REPLACEMENT CHARACTER}") * 10 < len(text) else None


@lru_cache(maxsize=8)
def _sieve(expression: re.Pattern[str]) -> Sieve:
    return Sieve([expression])


@lru_cache(maxsize=8)
def _runs(expression: str) -> Any:
    return linear(expression)


def _encoded(text: str) -> Iterator[tuple[str, bytes]]:
    """Runs that say something else once they are decoded, all runs of a kind together."""
    found: dict[str, list[bytes]] = {"base64": [], "base32": [], "hex": [], "ascii85": []}
    long = False
    data = one_byte(text)
    for match in _runs(_RUN).finditer(data):
        run = match[0].decode("ascii")
        long = long or len(run) >= 60
        if not run.islower() and not run.isupper():
            found["base64"] += _from_base64(run.translate(_URL_SAFE))
        if len(run) >= 16:
            for part in _BASE32.findall(run):
                for shift in range(8):
                    found["base32"] += _from_base32(part[shift:].upper())
        for part in _HEX.findall(run):
            found["hex"] += _from_hex(part)
    for match in _WRAPPED.finditer(text) if long else ():
        found["base64"] += _from_base64(re.sub(r"\s", "", match[0]))
    for match in _DATA.finditer(text) if "base64," in text else ():  # short ones, too
        run = match[1].translate(_URL_SAFE)
        if len(run) < 12 and len(run) % 4 != 1:
            found["base64"].append(base64.b64decode(run + "=" * (-len(run) % 4)))
    for match in _runs(_HEX_APART).finditer(data):
        found["hex"] += _from_hex(_HEX_SIGNS.sub("", match[0].decode("ascii")))
    if "~>" in text:
        for piece in text.split("~>")[:-1]:
            found["ascii85"] += _from_ascii85(piece[-_LONGEST85:].rpartition("<~")[2])
    for how, parts in found.items():
        plain = []
        for part in parts:
            if packed.HEADS.search(part):
                yield how, part
            else:
                plain.append(part)
        if plain:
            yield how, b"\n".join(plain)


def _from_ascii85(text: str) -> list[bytes]:
    """What stands before the end of ASCII85, as far back as it is some."""
    run = _ASCII85.match(text[::-1])
    try:
        return _useful(base64.a85decode("".join(run[0][::-1].split()))) if run else []
    except ValueError:
        return []


_CODE = bytes(code if chr(code) in string.ascii_letters + string.digits + "+/_-" else 32 for code in range(256))
"""What codes are written with; all else divides them."""
_SAID = re.compile(r"[^\W_][\w .@:-]{3,}\Z")


def short(text: str) -> Iterator[tuple[str, str]]:
    """Runs too short for `views` that say a word in base64, base32 or hexadecimal digits, each once, with the word."""
    runs = {*text.encode("utf-8", "replace").translate(_CODE).split()}
    for run in sorted(run for run in runs if 5 < len(run) < 16 and not (run.isalpha() and run[1:].islower())):
        yield from ((run.decode(), said) for said in _in_codes(run.decode()))


def _in_codes(run: str) -> Iterator[str]:
    """What a run says in each code, where that is a word."""
    for decode in (_short64, bytes.fromhex, _short32) if _SHORT32.fullmatch(run) else (_short64, bytes.fromhex):
        with contextlib.suppress(ValueError):
            said = decode(run).decode("utf-8")
            if _SAID.match(said):
                yield said


_SHORT32 = re.compile(r"[A-Z2-7]+|[a-z2-7]+")


def _short64(run: str) -> bytes:
    return binascii.a2b_base64(run.translate(_URL_SAFE) + "=" * (-len(run) % 4))


def _short32(run: str) -> bytes:
    return base64.b32decode(run.upper() + "=" * (-len(run) % 8))


_URL_SAFE = str.maketrans("-_", "+/")


def _from_hex(digits: str) -> Iterator[bytes]:
    """Digits in pairs, whichever of the first two begins one."""
    for shift in (0, 1):
        piece = digits[shift:]
        yield from _useful(bytes.fromhex(piece[: len(piece) // 2 * 2]))


def _from_base32(run: str) -> list[bytes]:
    """A run as far as its last whole byte."""
    rest = {0: 0, 2: 2, 4: 4, 5: 5, 7: 7, 1: 0, 3: 2, 6: 5}[len(run) % 8]
    piece = run[: len(run) // 8 * 8 + rest]
    return _useful(base64.b32decode(piece + "=" * (-len(piece) % 8)))


def _from_base64(run: str) -> Iterator[bytes]:
    """A run at each of the offsets that its beginning may have."""
    for shift in range(4):
        piece = run[shift:]
        piece = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        if len(piece) < 8:
            return
        try:
            yield from _useful(base64.b64decode(piece + "=" * (-len(piece) % 4)))
        except binascii.Error:
            continue


_LETTERS = re.compile(r"(?:[^\W\d_]|[ .@'-]){6,}")
_TYPED = bytes((*range(32, 127), 9, 10, 13))


def _useful(data: bytes) -> list[bytes]:
    """Decoded bytes, if they may say something: archives, or mostly text."""
    if len(data) < 4:
        return []
    if data.count(0) * 3 > len(data):
        wide = _decoded(data, None)
        return [wide.encode("utf-8", "replace") if wide else data.replace(b"\0", b"")]
    if (len(data) - len(data.translate(None, _TYPED))) * 10 >= len(data) * 8:
        return [data]
    if packed.HEADS.search(data):
        return [data]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return [" ".join(runs).encode()] if (runs := _LETTERS.findall(data.decode("utf-8", "replace"))) else []
    return [data] if _READABLE.match(text) else []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _char(digits: str, base: int = 16) -> str:
    number = int(digits, base)
    return chr(number) if 0 < number < 0x110000 else " "


def _escaped(match: re.Match[str]) -> str:
    if match[5]:
        return _char(match[5], 8)
    return _char(next(group for group in match.groups() if group))
