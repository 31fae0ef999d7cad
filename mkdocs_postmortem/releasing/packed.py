"""What is packed into a file: archives, wherever in it they begin, and what pictures say beside their pixels."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MOST = 64 * 1024 * 1024
"""Bytes that may come out of a small file; of a larger one twenty times its own."""
_SMALL = 1024 * 1024
"""Bytes up to which a file is packed once more, to see whether its packing says anything."""
_TRIAL = 1024
"""Bytes that a look at what may be an archive is counted as, so that many looks end, too."""
_STEP = 16 * 1024
"""Bytes that are unpacked at a time, of which a fault loses none."""
_LEAST = 8
"""Bytes that must come out before the fault of a damaged archive, or it was none."""

HEADS = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|PK\x03\x04|\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a")
"""How archives and pictures begin."""
ARCHIVES = re.compile(rb"\x1f\x8b\x08|PK\x03\x04|\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a")
"""Those whose beginning is no accident."""


class Part(NamedTuple):
    """Something that was packed: where its archive begins, how it was packed, and what came out."""

    start: int
    how: str
    data: bytes


Found = Iterator[tuple[str, bytes]]


class TooMuchError(Exception):
    """A file that grows without bounds when it is unpacked."""


class Budget:
    """How much may still come out of a file. Raises `TooMuchError` where it is more."""

    def __init__(self, size: int) -> None:
        self.left = MOST + 20 * size

    def spend(self, count: int) -> None:
        """Count what came out."""
        self.left -= count
        if self.left < 0:
            raise TooMuchError("unpacks to more than it may")


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """What is packed into a file, at its beginning or further on: behind a heading, a picture, another archive.

    Never raises for what a file may hold but `TooMuchError`; what is damaged is read as far as it goes.
    """
    at, archive = 0, False
    if data[:4] == b"RIFF":
        yield from (Part(0, how, part) for how, part in _riff(data))
    while match := HEADS.search(data, at):
        start, at = match.start(), match.end()
        budget.spend(_TRIAL)
        where = " inside" if start else ""
        head = match[0][:1]
        if head == b"\x1f":
            out, end = _members(data, start, budget)
            if len(out) >= _LEAST or end:
                yield Part(start, f"gzip{where}", out)
            yield from (Part(start, how, part) for how, part in _gzip_name(data[start : start + 1024]))
            at = max(at, end)
        elif head == b"\x78":
            out, end = inflate(data, start, 15, budget)
            if len(out) >= _LEAST or (out and end):
                yield Part(start, f"zlib{where}", out)
            at = max(at, end)
        elif head == b"P":
            if not archive:  # its directory stands at the end of the file; a second one is read by its heads
                archive = True
                budget.spend(len(data) - start)
                yield from (Part(start, how + where, part) for how, part in _zipped(data, start, budget))
            at, found = _local(data, start, budget)
            yield from (Part(start, how + where, part) for how, part in found)
        elif start:
            budget.spend(len(data) - start)
            yield Part(start, "picture inside", data[start:])
            return
        elif head == b"\x89":
            yield from (Part(0, how, part) for how, part in _png(data, budget))
            return  # its pixels look like anything; all else of it are its parts
        else:
            picture = _gif(data) if head == b"G" else _jpeg(data)
            yield from (Part(0, how, part) for how, part in picture)


def bare(data: bytes) -> bytes:
    """A file without the bytes that follow from what is packed in it, and say nothing besides.

    That is one member of gzip as Python writes it: all but its head is made of its content, which is read
    by itself. Of any other file these are all of its bytes.
    """
    if data[:4] not in (b"\x1f\x8b\x08\0", b"\x1f\x8b\x08\x08") or len(data) > _SMALL:
        return data
    head = data.find(b"\0", 10) + 1 if data[3] else 10
    room = Budget(0)
    room.left = _SMALL
    try:
        content, end = inflate(data, 0, 31, room)
    except TooMuchError:
        return data
    if head < 10 or end != len(data):
        return data
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    again = packer.compress(content) + packer.flush()
    return data[:head] if data[head:-8] == again else data


def inflate(data: bytes, at: int, bits: int, budget: Budget) -> tuple[bytes, int]:
    """Unpack one stream as far as it goes: what came out, and where it ended; 0 where it is cut short or damaged."""
    found: list[bytes] = []
    room = max(1, budget.left)
    first, step = at, 256
    unpacker = zlib.decompressobj(bits)
    while at < len(data) and not unpacker.eof:
        piece = data[at : at + step]
        try:
            part = unpacker.decompress(piece, room)
        except zlib.error:
            return b"".join((*found, _until_fault(data, first, at, bits, room))), 0
        found.append(part)
        room -= len(part)
        if unpacker.unconsumed_tail or room < 1:
            raise TooMuchError("unpacks to more than it may")
        at += len(piece) - len(unpacker.unused_data)
        step = min(step * 2, _STEP)
    return b"".join(found), at if unpacker.eof else 0


def _until_fault(data: bytes, first: int, at: int, bits: int, room: int) -> bytes:
    """What comes out of the piece at `at` before the byte that is wrong in it."""
    unpacker = zlib.decompressobj(bits)
    unpacker.decompress(data[first:at], MOST)
    found: list[bytes] = []
    try:
        for place in range(at, min(len(data), at + _STEP)):
            part = unpacker.decompress(data[place : place + 1], room)
            found.append(part)
            room -= len(part)
            if room < 1 or unpacker.eof:
                break
    except zlib.error:
        pass
    return b"".join(found)


def _members(data: bytes, at: int, budget: Budget) -> tuple[bytes, int]:
    """What a file of gzip holds, one member after the other, and where the last whole one ends."""
    found: list[bytes] = []
    size = end = 0
    while data[at : at + 2] == b"\x1f\x8b":
        part, at = inflate(data, at, 31, budget)
        found.append(part)
        size += len(part)
        if size > budget.left:
            raise TooMuchError("unpacks to more than it may")
        if not at:
            break
        end = at
    return b"".join(found), end


def _gzip_name(data: bytes) -> Found:
    if len(data) > 10 and data[3] & 8:
        yield "gzip's file name", data[10:].partition(b"\0")[0]


def _zipped(data: bytes, at: int, budget: Budget) -> Found:
    try:
        with zipfile.ZipFile(io.BytesIO(data[at:])) as archive:
            yield "zip's names", "\n".join(archive.namelist()).encode("utf-8", "surrogateescape")
            for item in archive.infolist():
                budget.spend(item.file_size)
                if not item.is_dir():
                    yield "zip", archive.read(item)
    except TooMuchError:
        raise
    except Exception:  # zipfile raises whatever its decoders meet
        return


def _local(data: bytes, at: int, budget: Budget) -> tuple[int, list[tuple[str, bytes]]]:
    """One file of an archive by the head that stands before it, and where to read on."""
    try:
        _, _, method, _, _, _, size, _, name, extra = struct.unpack("<HHHHHIIIHH", data[at + 4 : at + 30])
    except struct.error:
        return at + 4, []
    begin = at + 30 + name + extra
    found: list[tuple[str, bytes]] = [("zip's names", data[at + 30 : at + 30 + name])]
    if method == 8:
        part, end = inflate(data, begin, -15, budget)
        return max(end, at + 4), [*found, ("zip", part)]
    if method == 0 and size:
        budget.spend(size)
        return at + 4, [*found, ("zip", data[begin : begin + size])]
    return at + 4, found


def _png(data: bytes, budget: Budget) -> Found:
    at = 8
    pixels: list[bytes] = []
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if not kind.isalpha() or at + 12 + length > len(data):
            break
        body = data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IEND":
            break
        if kind == b"IDAT":
            pixels.append(body)
        elif kind in (b"zTXt", b"iCCP"):
            key, _, rest = body.partition(b"\0")
            yield f"PNG {kind.decode()}", key + b"\n" + inflate(rest, 1, 15, budget)[0]
        elif kind == b"iTXt":
            key, _, rest = body.partition(b"\0")
            packed = rest[:1] == b"\1"
            told = rest[2:].split(b"\0", 2)
            text = told[2] if len(told) == 3 else b""
            text = inflate(text, 0, 15, budget)[0] if packed else text
            yield "PNG iTXt", b"\n".join((key, *told[:2], text))
        elif kind not in (b"IHDR", b"PLTE", b"tRNS"):
            yield "PNG chunk", body
    stream = b"".join(pixels)
    end = inflate(stream, 0, 15, budget)[1]
    if stream[end:]:
        yield "after the pixels", stream[end:]
    if data[at:]:
        yield "after the picture", data[at:]


def _jpeg(data: bytes) -> Found:
    at, pixels = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF and not pixels:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xFE or 0xE1 <= marker <= 0xEF:
            yield "JPEG", data[at + 4 : at + 2 + length]
        pixels = marker == 0xDA
        at += 2 + length
    # Among the pixels no such two bytes stand together, so that the first are the end.
    end = data.find(b"\xff\xd9", at) + 2 if pixels else 3
    if end > 1 and data[end:]:
        yield "after the picture", data[end:]


def _gif(data: bytes) -> Found:
    at = 13 + (3 << (data[10] & 7) + 1 if len(data) > 10 and data[10] & 0x80 else 0)
    while at < len(data):
        if data[at] == 0x3B:
            if data[at + 1 :]:
                yield "after the picture", data[at + 1 :]
            return
        if data[at] == 0x2C and at + 9 < len(data):
            at = _blocks(data, at + 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0))[1]
        elif data[at] == 0x21:
            said, at = _blocks(data, at + 2)
            if said:
                yield "GIF", said
        else:
            yield "after the picture", data[at:]
            return


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """A row of blocks, each with its length before it, up to the empty one."""
    found = []
    while at < len(data) and data[at]:
        found.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(found), at + 1


def _riff(data: bytes) -> Found:
    end = 8 + int.from_bytes(data[4:8], "little")
    at = 12
    while at + 8 <= min(len(data), end):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind not in (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANMF"):
            yield "RIFF chunk", data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if data[max(end, 12) :]:
        yield "after the picture", data[max(end, 12) :]
