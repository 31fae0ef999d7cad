"""A built file through every decoding in which words could hide: escapes, encodings, archives, metadata.

No list of decodings is complete. This is the second line, behind a build that never reads what is
internal, and beside containment, which finds what nobody can explain.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import io
import json
import quopri
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from mkdocs_postmortem.releasing.sieve import Sieve, linear, one_byte

DEEPEST = 4
"""Decodings within decodings."""
MOST = 64 * 1024 * 1024
"""Bytes that may come out of a small file; of a larger one twenty times its own."""


class View(NamedTuple):
    """One reading of a file: which decodings led to it, and the text."""

    kind: str
    text: str


class TooMuchError(Exception):
    """A file that grows without bounds when it is unpacked."""


_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([0-7]{3}))")
_CSS = re.compile(r"\\([0-9A-Fa-f]{1,6})[ \t\n]?")
_CSS_RUN = re.compile(r"(?:\\[0-9A-Fa-f]{1,6}[ \t\n]?){3}")
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
_TAGGED = re.compile("[\U000e0000-\U000e007f]")
_TAG_LETTERS = {0xE0000 + code: code for code in range(0x20, 0x7F)}
"""Letters of the tag block, which nobody sees and which spell ASCII."""
_BASE64 = r"[A-Za-z0-9+/_-]{12,}={0,2}"
_WRAPPED = r"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/]{4,}={0,2}"
_BASE32 = r"(?:[A-Z2-7]{16,}|[a-z2-7]{16,})={0,6}"
_HEX = r"(?:1[fF]8[bB](?:[0-9A-Fa-f]{2}){6,}|(?:[2-7][0-9A-Fa-f][ :]?){6,})"
"""Of letters, digits and signs of ASCII, or packed."""
_QUOTED = re.compile(r"=[0-9A-F]{2}")
_QUOTED_RUN = re.compile(r"(?:=[0-9A-F]{2}){3}")
_TEXTS = re.compile(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{4,}")
_WIDE = re.compile(rb"(?:[\x20-\xff]\x00){4,}|(?:\x00[\x20-\xff]){4,}")
_READABLE = re.compile(r"[\w\s.,;:!?@#%&*()\[\]{}<>/\\|'\"+=$^~`-]+\Z")


_LONG_NUMBER = re.compile(r"&#(?:[xX][0-9A-Fa-f]{9,}|[0-9]{9,})")


def unescape(text: str) -> str:
    """HTML's entities as what they stand for; numbers that no letter has are left out, as browsers do."""
    return html.unescape(_LONG_NUMBER.sub("", text))


def views(data: bytes, name: str) -> Iterator[View]:
    """Every reading of a file, each once, the plain one first. Raises `TooMuchError` for a decompression bomb."""
    yield from _Reading(name, MOST + 20 * len(data)).of_bytes("plain", data, 0)


class _Reading:
    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.seen: set[int] = set()
        self.left = most

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise TooMuchError("unpacks to more than it may")

    def of_bytes(self, kind: str, data: bytes, depth: int) -> Iterator[View]:
        self.spend(len(data))
        if depth > DEEPEST:
            return
        found = list(self.unpacked(data))
        for how, part in found:
            yield from self.of_bytes(f"{kind}, {how}", part, depth + 1)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield from self.of_text(f"{kind}, without its mark", data[2:].decode("utf-8", "replace"), DEEPEST - 1)
        if b"\0" in data:
            bare = data.replace(b"\0", b"").decode("utf-8", "replace")
            yield from self.of_text(f"{kind}, without zero bytes", bare, DEEPEST - 1)
        text = _decoded(data)
        if text is not None:
            yield from self.of_text(kind, text, depth)
            return
        runs = b"\n".join(match[0] for match in _TEXTS.finditer(data))
        yield from self.of_text(f"{kind}, text in it", runs.decode("utf-8", "replace"), DEEPEST)
        wide = [match[0].replace(b"\0", b"").decode("latin-1") for match in _WIDE.finditer(data)]
        if wide:
            yield from self.of_text(f"{kind}, UTF-16 in it", "\n".join(wide), DEEPEST)

    def of_text(self, kind: str, text: str, depth: int) -> Iterator[View]:
        key = hash(text)
        if not text or key in self.seen:
            return
        self.seen.add(key)
        self.spend(len(text))
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
                joined = _ESCAPE.sub(_escaped, some).encode("utf-16", "surrogatepass")
                yield "escapes", joined.decode("utf-16", "replace")
            if _CSS.search(some):
                # Single ones are mostly paths and patterns, in which words are not to be explained.
                kind = "CSS escapes" if _CSS_RUN.search(some) else "CSS escape"
                yield kind, _CSS.sub(lambda match: _char(match[1]), some).encode("utf-8", "replace").decode()
        if not text.isascii() and _TAGGED.search(text):
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
        if "=" in text and _QUOTED.search(text):
            some = "\n".join(line for line in text.split("\n") if _QUOTED.search(line))
            kind = "quoted-printable" if _QUOTED_RUN.search(some) else "quoted-printable letter"
            yield kind, quopri.decodestring(some.encode("utf-8", "replace")).decode("utf-8", "replace")
        if _sieve(_MARKED).passes(text):
            yield "without marks", "\n".join(_MARKS.sub("", line) for line in text.split("\n") if _MARKS.search(line))

    def unpacked(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """What is packed into a file: archives, and what pictures say beside their pixels."""
        if data[:2] == b"\x1f\x8b":
            yield "gzip", self.inflate(data, 31)
            yield from self.gzip_name(data)
        elif data[:1] == b"\x78" and len(data) > 8 and (data[0] * 256 + data[1]) % 31 == 0:
            yield "zlib", self.inflate(data, 15)
        elif data[:4] == b"PK\x03\x04":
            yield from self.zipped(data)
        elif data[:8] == b"\x89PNG\r\n\x1a\n":
            yield from self.png(data)
        elif data[:3] == b"\xff\xd8\xff":
            yield from _jpeg(data)

    def inflate(self, data: bytes, bits: int) -> bytes:
        """Unpack, and stop where it would never end."""
        out = b""
        while data:
            unpacker = zlib.decompressobj(bits)
            try:
                out += unpacker.decompress(data, max(1, self.left))
            except zlib.error:
                return out
            if unpacker.unconsumed_tail:
                raise TooMuchError("unpacks to more than it may")
            data = unpacker.unused_data
        return out

    def gzip_name(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        if len(data) > 10 and data[3] & 8:
            yield "gzip's file name", data[10:].partition(b"\0")[0]

    def zipped(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield "zip's names", "\n".join(archive.namelist()).encode("utf-8", "surrogateescape")
                for item in archive.infolist():
                    self.spend(item.file_size)
                    if not item.is_dir():
                        yield "zip", archive.read(item)
        except TooMuchError:
            raise
        except Exception:  # zipfile raises whatever its decoders meet
            return

    def png(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        at = 8
        while at + 8 <= len(data):
            length, kind = struct.unpack(">I4s", data[at : at + 8])
            body = data[at + 8 : at + 8 + length]
            at += 12 + length
            if kind == b"IEND":
                if data[at:]:
                    yield "after the picture", data[at:]
                return
            if kind in (b"zTXt", b"iCCP"):
                key, _, rest = body.partition(b"\0")
                yield f"PNG {kind.decode()}", key + b"\n" + self.inflate(rest[1:], 15)
            elif kind == b"iTXt":
                key, _, rest = body.partition(b"\0")
                packed = rest[:1] == b"\1"
                parts = rest[2:].split(b"\0", 2)
                text = parts[2] if len(parts) == 3 else b""
                yield "PNG iTXt", b"\n".join((key, *parts[:2], self.inflate(text, 15) if packed else text))
            elif kind not in (b"IHDR", b"IDAT", b"PLTE", b"tRNS"):
                yield "PNG chunk", body


def _lines(text: str, sign: str) -> str:
    """The lines in which something stands."""
    return "\n".join(line for line in text.split("\n") if sign in line)


def _jpeg(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xFE or 0xE1 <= marker <= 0xEF:
            yield "JPEG", data[at + 4 : at + 2 + length]
        if marker == 0xDA:
            break
        at += 2 + length
    end = data.rfind(b"\xff\xd9")
    if end >= 0 and data[end + 2 :]:
        yield "after the picture", data[end + 2 :]


def _decoded(data: bytes) -> str | None:
    """A file as text, if it is one."""
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:4096]:
        sample = data[:4096]
        if len(sample) > 8 and sample.count(0) * 2.2 > len(sample):
            even = sum(1 for byte in sample[::2] if byte == 0)
            return data.decode("utf-16-be" if even * 2 > len(sample) / 2 else "utf-16-le", "replace")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
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
    found: dict[str, list[bytes]] = {"base64": [], "base32": [], "hex": []}
    data = one_byte(text)
    for match in _runs(_WRAPPED).finditer(data):
        found["base64"] += _from_base64(re.sub(r"\s", "", match[0].decode("ascii")))
    for match in _runs(_BASE64).finditer(data):
        run = match[0].decode("ascii").rstrip("=").translate(_URL_SAFE)
        if not run.islower() and not run.isupper():
            found["base64"] += _from_base64(run)
    for match in _runs(_BASE32).finditer(data):
        run = match[0].decode("ascii").rstrip("=").upper()
        try:
            found["base32"] += _useful(base64.b32decode(run[: len(run) // 8 * 8] + _pad32(run)))
        except binascii.Error:
            continue
    for match in _runs(_HEX).finditer(data):
        run = re.sub(r"[ :]", "", match[0].decode("ascii"))
        for shift in (0, 1):
            piece = run[shift:]
            found["hex"] += _useful(bytes.fromhex(piece[: len(piece) // 2 * 2]))
    for how, parts in found.items():
        packed = [
            part for part in parts if part[:2] in (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01", b"PK", b"\x89P")
        ]
        yield from ((how, part) for part in packed)
        plain = [part for part in parts if part not in packed]
        if plain:
            yield how, b"\n".join(plain)


_URL_SAFE = str.maketrans("-_", "+/")


def _pad32(run: str) -> str:
    rest = run[len(run) // 8 * 8 :]
    size = {0: 0, 2: 2, 4: 4, 5: 5, 7: 7}.get(len(rest), 0)
    return rest[:size] + "=" * (-size % 8) if size else ""


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


_TYPED = bytes((*range(32, 127), 9, 10, 13))


def _useful(data: bytes) -> list[bytes]:
    """Decoded bytes, if they may say something: archives, or mostly text."""
    if len(data) < 4:
        return []
    if data[:2] in (b"\x1f\x8b", b"PK", b"\x89P") or (data[:1] == b"\x78" and data[1:2] in b"\x01\x9c\xda"):
        return [data]
    if data.count(0) * 3 > len(data):
        return [data.replace(b"\0", b"")]
    if (len(data) - len(data.translate(None, _TYPED))) * 10 >= len(data) * 8:
        return [data]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return [b" ".join(runs)] if (runs := re.findall(rb"[A-Za-z .@'-]{6,}", data)) else []
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
