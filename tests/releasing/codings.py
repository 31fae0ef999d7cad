"""The decodings of the list of channels, both ways: how a word is written in each, and a reader that undoes them.

The reader shares nothing with the gate's: it is slower, looks at more, and knows what it looks for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import html
import io
import json
import quopri
import re
import struct
import unicodedata
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from typing import Protocol


class Coding(Protocol):
    """Writes a word in some coding; one that hides sentences takes the mark along, so that no two are the same."""

    def __call__(self, word: str, mark: str = "") -> str | bytes: ...  # pragma: no cover


def _each(form: str) -> Coding:
    return lambda word, mark="": "".join(form.format(ord(char)) for char in word)


def _octets(form: str) -> Coding:
    return lambda word, mark="": "".join(form.format(byte) for byte in word.encode())


def _base64(before: bytes) -> Coding:
    return lambda word, mark="": base64.b64encode(before + f"{word} was here{mark}".encode()).decode()


def _joined(sign: str, word: str) -> str:
    return sign.join(word.split())


def _look_alike(word: str) -> str:
    return word.translate(str.maketrans("aeocx", "\u0430\u0435\u043e\u0441\u0445"))


def _accented(word: str) -> str:
    return "".join(f"{char}\u0300" if char in "aeiou" else char for char in word)


def _middle(word: str, sign: str) -> str:
    return f"{word[:3]}{sign}{word[3:]}"


def zipped(data: bytes, name: str = "a.txt") -> bytes:
    """An archive with one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    """A picture of one pixel with these chunks beside its pixel."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


TEXT: dict[str, Coding] = {
    "raw": lambda word, mark="": word,
    "case-folded": lambda word, mark="": word.upper(),
    "NFKC": lambda word, mark="": "".join(chr(ord(char) + 0xFEE0) if "!" < char < "~" else char for char in word),
    "diacritics": lambda word, mark="": _accented(word),
    "zero-width": lambda word, mark="": "\u200b".join(word),
    "soft hyphen": lambda word, mark="": _middle(word, "\u00ad"),
    "look-alikes": lambda word, mark="": _look_alike(word),
    "decimal entities": _each("&#{};"),
    "hexadecimal entities": _each("&#x{:x};"),
    "named entities": lambda word, mark="": _middle(word, "&zwnj;"),
    "tags": lambda word, mark="": f"{word[:2]}<b>{word[2:4]}</b>{word[4:]}",
    "wbr": lambda word, mark="": _middle(word, "<wbr>"),
    "emphasis": lambda word, mark="": f"{word[:2]}**{word[2:4]}**{word[4:]}",
    "percent, partly": lambda word, mark="": word.replace(word[2], f"%{ord(word[2]):02X}"),
    "percent": _octets("%{:02x}"),
    "percent twice": _octets("%25{:02x}"),
    "plus": lambda word, mark="": "?q=" + urllib.parse.quote_plus(f"the {word} file"),
    "slug": lambda word, mark="": f"the-{_joined('-', word.lower())}-file",
    "snake": lambda word, mark="": f"the_{_joined('_', word.lower())}_file",
    "camel": lambda word, mark="": f"the{_joined('', word.title())}File",
    "concatenated": lambda word, mark="": _joined("", word),
    "JSON": _each("\\u{:04x}"),
    "JavaScript": _each("\\x{:02x}"),
    "CSS": _each("\\{:x} "),
    "HTML in JSON": lambda word, mark="": json.dumps({"a": f"{word[:3]}<b>{word[3:]}</b>"}).replace("<", "\\u003c"),
    "base64": _base64(b""),
    "base64, second offset": _base64(b"x"),
    "base64, third offset": _base64(b"xy"),
    "base64, url-safe": lambda word, mark="": base64.urlsafe_b64encode(
        f"??>>~~ {word} was here{mark} ~~??>>".encode()
    ).decode(),
    "base64 of gzip": lambda word, mark="": base64.b64encode(
        gzip.compress(f"{word} was here{mark}".encode(), mtime=0)
    ).decode(),
    "base32": lambda word, mark="": base64.b32encode(f"{word} was here{mark}".encode()).decode(),
    "hexadecimal": lambda word, mark="": f"{word} was here{mark}".encode().hex(),
    "quoted-printable": _octets("={:02X}"),
    "data URI": lambda word, mark="": f"data:text/plain;base64,{base64.b64encode(word.encode()).decode()}",
}
"""Codings that are text."""

BYTES: dict[str, Coding] = {
    "UTF-16": lambda word, mark="": f"it was {word} who did it{mark}".encode("utf-16"),
    "gzip": lambda word, mark="": gzip.compress(f"it was {word} who did it{mark}".encode(), mtime=0),
    "gzip, nested": lambda word, mark="": gzip.compress(
        gzip.compress(f"it was {word} who did it{mark}".encode(), mtime=0), mtime=0
    ),
    "zip": lambda word, mark="": zipped(f"it was {word} who did it{mark}".encode()),
    "PNG text": lambda word, mark="": png(chunk(b"tEXt", b"Comment\0" + word.encode())),
    "PNG packed text": lambda word, mark="": png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(word.encode()))),
}
"""Codings that no text can hold, nor what is read as UTF-8."""

CODINGS = {**TEXT, **BYTES}

_ALIKE = str.maketrans("\u0430\u0435\u043e\u0441\u0445\u0456\u0440\u0443", "aeocxipy")


def folded(text: str) -> str:
    """Letters and digits alone, as they are compared here."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return "".join(char for char in plain if char.isalnum() and not unicodedata.combining(char))


def holds(data: bytes, word: str) -> bool:
    """Whether some reading of the bytes has the word, its letters one after the other."""
    wanted = folded(word)
    return any(wanted in folded(text) for text in readings(data))


def readings(data: bytes) -> Iterator[str]:
    """Everything that the bytes may say, read in every way that this knows, up to four ways one after the other."""
    todo: list[tuple[bytes, int]] = [(data, 0)]
    seen: set[bytes] = set()
    while todo:
        part, depth = todo.pop()
        if part in seen or not part:
            continue
        seen.add(part)
        yield from _letters(part)
        if depth < 4:
            todo += ((other, depth + 1) for other in (*_unpacked(part), *_undone(part)))


def _letters(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    yield text
    if "<" in text or "\\u003c" in text:
        yield re.sub(r"<!--.*?-->|<[^<>]*>", "", text, flags=re.S)
    if b"\0" in data:
        for start in (0, 1):
            for encoding in ("utf-16-le", "utf-16-be"):
                yield data[start:].decode(encoding, "replace")
        for encoding in ("utf-32-le", "utf-32-be"):
            yield data[: len(data) // 4 * 4].decode(encoding, "replace")


def _unpacked(data: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]", data):
        with contextlib.suppress(zlib.error):
            out = zlib.decompressobj(47).decompress(data[match.start() :], 1 << 20)
            if len(out) > 3:
                yield out
    if b"PK\x03\x04" in data:
        faults = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
        with contextlib.suppress(*faults), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


def _undone(data: bytes) -> Iterator[bytes]:
    text = data.decode("utf-8", "replace")
    yield from _escapes(text)
    for run in set(re.findall(r"[\w+/-]{6,}", text, re.A)):
        yield from _digits(run)


def _escapes(text: str) -> Iterator[bytes]:
    if "&" in text:
        yield html.unescape(text).encode("utf-8", "replace")
    if "%" in text:
        yield urllib.parse.unquote_to_bytes(text)
        yield urllib.parse.unquote_to_bytes(text.replace("+", " "))
    if "\\" in text:
        for form in (r"\\u([0-9a-fA-F]{4})", r"\\x([0-9a-fA-F]{2})", r"\\([0-9a-fA-F]{1,6})\s?"):
            undone = re.sub(form, lambda match: chr(min(int(match[1], 16), 0xFFFF)), text)
            if undone != text:
                yield undone.encode("utf-8", "replace")
    if "=" in text:
        yield quopri.decodestring(text.encode())


def _digits(run: str) -> Iterator[bytes]:
    plain = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        piece = plain[start:]
        with contextlib.suppress(binascii.Error):
            yield base64.b64decode(piece[: len(piece) // 4 * 4])
            yield base64.b64decode(piece + "=" * (-len(piece) % 4))
    if len(run) >= 16 and re.fullmatch(r"[A-Za-z2-7]+", run):
        for start in range(8):
            with contextlib.suppress(binascii.Error):
                piece = run[start:].upper()
                yield base64.b32decode(piece + "=" * (-len(piece) % 8))
    for digits in re.findall(r"[0-9a-fA-F]{8,}", run):
        for start in (0, 1):
            piece = digits[start:]
            yield bytes.fromhex(piece[: len(piece) // 2 * 2])
