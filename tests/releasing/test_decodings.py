"""Decodings: however a word is written down, some reading of the file shows it, in bounded time and space."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mkdocs_postmortem.releasing import decodings, folding, packed
from mkdocs_postmortem.releasing.decodings import TooMuchError, views
from tests.releasing.support import CANARY

WORD = CANARY.encode()
SAID = f"the engineer on call was {CANARY}, who restarted it".encode()
"""A canary among ordinary words, as it is in what is packed."""


def readings(data: bytes, name: str = "page.html") -> list[str]:
    return [view.text for view in views(data, name)]


def shows(data: bytes, name: str = "page.html") -> bool:
    """Whether a reading has the canary, compared as the gate does: unseen characters are folded away."""
    return any(folding.fold(CANARY) in folding.fold(text) for text in readings(data, name))


def percent(data: bytes) -> bytes:
    return "".join(f"%{byte:02X}" for byte in data).encode()


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def saved(form: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").convert("P" if form == "GIF" else "RGB").save(out, form, **how)
    return out.getvalue()


def with_chunk(kind: bytes, body: bytes) -> bytes:
    data = saved("PNG")
    return data[:33] + chunk(kind, body) + data[33:]


def exif() -> Image.Exif:
    found = Image.Exif()
    found[0x13B] = CANARY
    return found


def texts() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_itxt("Comment", CANARY * 3, zip=True)
    return found


def within(data: bytes) -> bytes:
    return b"<p>An ordinary page, with " + data + b" in it.</p>\n"


def each(form: str) -> bytes:
    return "".join(form.format(ord(char)) for char in CANARY).encode()


def wrapped(data: bytes, width: int = 76) -> bytes:
    return b"\n".join(data[at : at + width] for at in range(0, len(data), width))


def soft(data: bytes, width: int) -> bytes:
    """Lines as mail breaks them: what ends with `=` goes on."""
    return b"=\n".join(data[at : at + width] for at in range(0, len(data), width))


def local_parts(data: bytes) -> bytes:
    """An archive cut before its directory."""
    return data[: data.index(b"PK\x01\x02")]


LONG = SAID * 6
HEADING = b"# Sphinx inventory version 2\n# Project: Incidents\n# The rest is packed\n"
NOISE = bytes(range(256)) * 3
ACCENTED = f"the engineer on call was M\u00e1ria {CANARY}"
HIDDEN: dict[str, bytes | tuple[bytes, str]] = {
    "plain": within(WORD),
    "bom": b"\xef\xbb\xbf" + within(WORD),
    "broken-utf-8": within(b"\xff\xfe\xc0 " + WORD),
    "utf-16": within(WORD).decode().encode("utf-16"),
    "utf-16-le": within(WORD).decode().encode("utf-16-le"),
    "utf-16-be": within(WORD).decode().encode("utf-16-be"),
    "utf-32": within(WORD).decode().encode("utf-32"),
    "utf-16-in-binary": (bytes(range(256)) * 9 + CANARY.encode("utf-16-le") + bytes(range(256)), "a.bin"),
    "utf-16-be-in-binary": (bytes(range(256)) * 9 + CANARY.encode("utf-16-be") + bytes(range(256)), "a.bin"),
    "utf-16-after-text": within(b"word ") * 200 + CANARY.encode("utf-16-le"),
    "text-after-utf-16": ("x" * 4096).encode("utf-16-le") + b"!" + WORD,
    "text-after-a-mark-of-utf-16": b"\xff\xfe" + within(WORD),
    "in-binary": (bytes(range(256)) * 9 + WORD + bytes(range(256)), "a.bin"),
    "escaped-after-a-zero-byte": b"\0\0" + within(each("&#{};")),
    "entities-decimal": within(each("&#{};")),
    "entities-hexadecimal": within(each("&#x{:x};")),
    "entities-padded": within(each("&#x0000{:X};")),
    "entity-of-one-letter": within(b"Zyx&#113;uartz"),
    "entity-named": within(b"Zyx&zwnj;quartz"),
    "entities-twice": within(html.escape(each("&#{};").decode()).encode()),
    "percent": within(percent(WORD)),
    "percent-of-one-letter": within(b"Zyx%71uartz"),
    "percent-twice": within(quote(percent(WORD).decode()).encode()),
    "percent-in-entities": within(percent(WORD).replace(b"%", b"&#37;")),
    "tags": within(b"Zyx<b>qua</b>rtz"),
    "wbr": within(b"Zyx<wbr>quartz"),
    "emphasis-of-html": within(b"Zyx<em>quartz</em>"),
    "comment-between": within(b"Zyx<!-- x > y -->quartz"),
    "tag-with-a-line-break": within(b"Zyx<span\nclass='x'>quartz</span>"),
    "emphasis-of-markdown": within(b"Zyx**qua**rtz"),
    "code-of-markdown": within(b"Zyx`quartz`"),
    "entities-split-by-tags": within(b"&#90;yx<b>&#113;uartz</b>"),
    "zero-width": within("Zyx\u200bqua\u200drtz".encode()),
    "soft-hyphen": within("Zyx\u00adquartz".encode()),
    "soft-hyphen-entity": within(b"Zyx&shy;quartz"),
    "bidirectional": within("Zyx\u202equartz\u2066".encode()),
    "tag-characters": within("Zyx\U000e0041\U000e007fquartz".encode()),
    "word-in-tag-characters": within("".join(chr(0xE0000 + ord(char)) for char in CANARY).encode()),
    "json-escapes": (b'{"a": "' + each("\\u{:04x}") + b'"}', "search.json"),
    "json-escape-of-one-letter": (b'{"a": ["Zyx\\u0071uartz"]}', "search.json"),
    "json-key": (b'{"Zyx\\u0071uartz": 1}', "search.json"),
    "json-in-a-page": within(b"<script>x = " + each("\\u{:04x}") + b"</script>"),
    "json-twice": (json.dumps(json.dumps([each("\\u{:04x}").decode()])).encode(), "search.json"),
    "html-in-json": (json.dumps({"text": "Zyx<b>qua</b>rtz &amp; more"}).encode(), "search.json"),
    "entities-in-json": (json.dumps({"text": each("&#{};").decode()}).encode(), "search.json"),
    "escaped-html-in-json": (b'{"text": "Zyx\\u003cb\\u003equartz"}', "search.json"),
    "js-hexadecimal": (b'x = "' + each("\\x{:02x}") + b'"', "a.js"),
    "js-octal": (b'x = "' + each("\\{:03o}") + b'"', "a.js"),
    "js-code-points": (b'x = "' + each("\\u{{{:x}}}") + b'"', "a.js"),
    "python-escapes": (each("\\U{:08x}"), "a.txt"),
    "css": (b'a::before { content: "' + each("\\{:x} ") + b'" }', "a.css"),
    "css-padded": (b'a::before { content: "' + each("\\{:06x}") + b'" }', "a.css"),
    "css-of-one-letter": (b'a::before { content: "Zyx\\71 uartz" }', "a.css"),
    "base64": within(base64.b64encode(SAID)),
    "base64-short": within(base64.b64encode(WORD + b"!!!")),
    "base64-unpadded": within(base64.b64encode(SAID).rstrip(b"=")),
    "base64-offset-1": within(b"x" + base64.b64encode(SAID)),
    "base64-offset-2": within(b"xx" + base64.b64encode(SAID)),
    "base64-offset-3": within(b"xxx" + base64.b64encode(SAID)),
    "base64-url-safe": within(base64.urlsafe_b64encode("ÿÿ¾¿ÿ".encode() + SAID + b"???>>>")),
    "base64-wrapped": within(wrapped(base64.b64encode(LONG))),
    "base64-in-json": (json.dumps({"a": base64.b64encode(LONG).decode()}).encode(), "a.json"),
    "base64-twice": within(base64.b64encode(base64.b64encode(SAID))),
    "base64-of-gzip": within(base64.b64encode(gzip.compress(SAID))),
    "base64-of-gzip-wrapped": within(wrapped(base64.b64encode(gzip.compress(SAID + bytes(range(256)))))),
    "base64-of-zlib": within(base64.b64encode(zlib.compress(SAID))),
    "base64-of-zip": within(base64.b64encode(zipped(("a.txt", SAID)))),
    "base64-of-a-picture": within(base64.b64encode(with_chunk(b"tEXt", b"Comment\0" + WORD))),
    "base64-of-utf-16": within(base64.b64encode(SAID.decode().encode("utf-16-le"))),
    "base32": within(base64.b32encode(SAID)),
    "base32-lower-unpadded": within(base64.b32encode(SAID).lower().rstrip(b"=")),
    **{f"base32-offset-{n}": within(b"ABCDEFGH"[:n] + base64.b32encode(SAID)) for n in range(1, 8)},
    "base32-unpadded-of-any-length": within(base64.b32encode(SAID + b"x").rstrip(b"=")),
    "base32-of-gzip": within(base64.b32encode(gzip.compress(SAID))),
    "hex": within(WORD.hex().encode()),
    "hex-upper": within(WORD.hex().upper().encode()),
    "hex-offset": within(b"a" + WORD.hex().encode()),
    "hex-with-spaces": within(WORD.hex(" ").encode()),
    "hex-with-colons": within(WORD.hex(":").encode()),
    "hex-with-dashes": within(WORD.hex("-").encode()),
    "hex-as-in-c": within(", ".join(f"0x{byte:02x}" for byte in WORD).encode()),
    "hex-of-gzip": within(gzip.compress(SAID).hex().encode()),
    "gzip": (gzip.compress(SAID), "sitemap.xml.gz"),
    "gzip-nested": (gzip.compress(gzip.compress(gzip.compress(SAID))), "a.gz"),
    "gzip-second-member": (gzip.compress(b"first") + gzip.compress(SAID), "a.gz"),
    "gzip-file-name": (b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + WORD + b"\0" + gzip.compress(b"x")[10:], "a.gz"),
    "after-gzip": (gzip.compress(b"x") + WORD, "a.gz"),
    "gzip-of-entities": (gzip.compress(each("&#{};")), "a.gz"),
    "gzip-cut-short": (gzip.compress(LONG)[:-9], "a.gz"),
    "gzip-with-a-fault": (gzip.compress(SAID + NOISE)[:-40] + b"\0" * 40, "a.gz"),
    "gzip-without-its-tail-in-base64": within(base64.b64encode(gzip.compress(LONG)[:-9])),
    "gzip-after-text": (HEADING + gzip.compress(SAID), "a.bin"),
    "gzip-after-noise": (NOISE + gzip.compress(SAID) + NOISE, "a.bin"),
    "gzip-after-gzip-and-text": (gzip.compress(b"first") + HEADING + gzip.compress(SAID), "a.gz"),
    "gzip-in-base64-behind-others": within(b"xxxxxxx" + base64.b64encode(gzip.compress(SAID))),
    "gzip-of-base64-of-gzip-in-base64": within(base64.b64encode(gzip.compress(base64.b64encode(gzip.compress(SAID))))),
    "gzip-across-members": (gzip.compress(b"was Zyx") + gzip.compress(b"quartz, who"), "a.gz"),
    "zlib-after-text": (HEADING + zlib.compress(SAID), "objects.inv"),
    "zlib-after-much-text": (HEADING * 99 + zlib.compress(SAID), "objects.inv"),
    "zlib-fast-after-text": (HEADING + zlib.compress(SAID, 1), "objects.inv"),
    "zlib-after-zlib": (zlib.compress(b"first words") + zlib.compress(SAID), "a.bin"),
    "zlib-cut-short-after-text": (HEADING + zlib.compress(LONG)[:-7], "objects.inv"),
    "zip-after-text": (HEADING + zipped(("a.txt", SAID)), "a.bin"),
    "zip-cut-short": (local_parts(zipped(("a.txt", SAID))), "a.zip"),
    "zip-before-zip": (zipped(("a.txt", SAID)) + zipped(("b.txt", b"other")), "a.zip"),
    "stored-zip-of-entities-cut-short": (
        local_parts(zipped(("a.txt", each("&#{};")), how=zipfile.ZIP_STORED)),
        "a.zip",
    ),
    "zlib": (zlib.compress(SAID), "objects.inv"),
    "zip": (zipped(("a.txt", SAID)), "a.zip"),
    "zip-stored": (zipped(("a.txt", SAID), how=zipfile.ZIP_STORED), "a.zip"),
    "zip-name": (zipped((f"{CANARY}.txt", b"x")), "a.zip"),
    "zip-in-zip": (zipped(("a.zip", zipped(("b.txt", SAID)))), "a.docx"),
    "zip-of-entities": (zipped(("word/document.xml", each("&#{};"))), "a.docx"),
    "png-text": (with_chunk(b"tEXt", b"Comment\0" + WORD), "a.png"),
    "png-text-in-base64": (with_chunk(b"tEXt", b"Comment\0" + base64.b64encode(SAID)), "a.png"),
    "png-packed-text": (with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SAID)), "a.png"),
    "png-international-text": (saved("PNG", pnginfo=texts()), "a.png"),
    "png-exif": (saved("PNG", exif=exif()), "a.png"),
    "png-unknown-chunk": (with_chunk(b"quIt", WORD), "a.png"),
    "after-png": (saved("PNG") + WORD, "a.png"),
    "gzip-in-what-is-called-png": (b"\x89PNG\r\n\x1a\n" + gzip.compress(SAID), "a.png"),
    "gzip-after-the-pixels-of-png": (with_chunk(b"IDAT", zlib.compress(b"x") + gzip.compress(SAID)), "a.png"),
    "gzip-in-what-is-called-jpeg": (b"\xff\xd8\xff" + gzip.compress(SAID), "a.jpg"),
    "gzip-after-jpeg-before-a-second-end": (saved("JPEG") + gzip.compress(SAID) + b"\xff\xd9", "a.jpg"),
    "gzip-in-what-is-called-gif": (b"GIF89a" + gzip.compress(SAID), "a.gif"),
    "gzip-after-gif": (saved("GIF") + gzip.compress(SAID), "a.gif"),
    "zlib-after-gif": (saved("GIF") + zlib.compress(SAID), "a.gif"),
    "zip-after-gif": (saved("GIF") + zipped(("a.txt", SAID)), "a.gif"),
    "entities-after-gif": (saved("GIF") + each("&#{};"), "a.gif"),
    "gzip-in-a-comment-of-gif": (saved("GIF", comment=gzip.compress(SAID)), "a.gif"),
    "gzip-after-webp": (saved("WEBP") + gzip.compress(SAID), "a.webp"),
    "entities-after-webp": (saved("WEBP") + each("&#{};"), "a.webp"),
    "picture-in-binary": (NOISE + with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(SAID)), "a.ico"),
    "base64-in-binary": (NOISE + base64.b64encode(SAID) + NOISE, "a.bin"),
    "gzip-after-png": (saved("PNG") + gzip.compress(SAID), "a.png"),
    "jpeg-comment": (saved("JPEG", comment=WORD), "a.jpg"),
    "jpeg-comment-in-base64": (saved("JPEG", comment=base64.b64encode(SAID)), "a.jpg"),
    "jpeg-exif": (saved("JPEG", exif=exif()), "a.jpg"),
    "after-jpeg": (saved("JPEG") + each("&#{};"), "a.jpg"),
    "gif-comment": (saved("GIF", comment=WORD), "a.gif"),
    "gif-comment-in-base64": (saved("GIF", comment=base64.b64encode(SAID)), "a.gif"),
    "gif-comment-across-blocks": (saved("GIF", comment=b"-" * 250 + WORD), "a.gif"),
    "webp-exif": (saved("WEBP", exif=exif()), "a.webp"),
    "quoted-printable": (each("={:02X}"), "a.eml"),
    "quoted-printable-of-one-letter": (b"was Zyx=71uartz, who", "a.eml"),
    "quoted-printable-across-lines": (b"was Zyx=\nquartz, who", "a.eml"),
    "quoted-printable-across-lines-of-windows": (b"was Zyx=\r\nqua=\r\nrtz, who", "a.eml"),
    "quoted-printable-letters-across-lines": (soft(each("={:02X}"), 15), "a.eml"),
    "ascii85": within(b"<~" + base64.a85encode(SAID) + b"~>"),
    "ascii85-escaped": within(html.escape("<~" + base64.a85encode(SAID).decode() + "~>").encode()),
    "ascii85-wrapped": within(b"<~" + base64.a85encode(LONG, wrapcol=40) + b"~>"),
    "ascii85-as-in-pdf": (b"stream\n" + base64.a85encode(gzip.compress(SAID)) + b"~>\nendstream", "a.pdf"),
    "utf-32-be-with-its-mark": b"\0\0\xfe\xff" + ACCENTED.encode("utf-32-be"),
    "utf-32-le-bare": ACCENTED.encode("utf-32-le"),
    "utf-32-be-bare": ACCENTED.encode("utf-32-be"),
    "utf-32-in-binary": (NOISE + ACCENTED.encode("utf-32-le") + NOISE, "a.bin"),
    "utf-32-be-in-binary": (NOISE + ACCENTED.encode("utf-32-be") + NOISE, "a.bin"),
    "base64-of-utf-32": within(base64.b64encode(ACCENTED.encode("utf-32-le"))),
    "js-escaped-twice": (b'x = "' + each("\\\\x{:02x}") + b'"', "a.js"),
    "css-escaped-twice": (b'x = "' + each("\\\\{:x} ") + b'"', "a.js"),
    "html-in-json-escaped-twice": (b'x = "Zyx\\\\u003cb>qua\\\\u003c/b>rtz"', "a.js"),
    "base64-of-gzip-in-png": (with_chunk(b"tEXt", b"Title\0" + base64.b64encode(gzip.compress(SAID))), "a.png"),
    "percent-twice-in-a-profile": (saved("JPEG", icc_profile=quote(percent(WORD).decode()).encode()), "a.jpg"),
    "json-in-a-script": within(
        b'<script type="application/json">{"a": {"b": ["' + each("\\u{:04x}") + b'"]}}</script>'
    ),
    "json-in-an-attribute": within(
        b'<div data-x="' + html.escape(json.dumps({"a": each("\\u{:04x}").decode()})).encode() + b'">'
    ),
    "json-in-an-attribute-with-escaped-signs": within(b'<div data-x="{&quot;a&quot;:&quot;Zyx&#92;u0071uartz&quot;}">'),
    "html-in-json-in-an-attribute": within(
        b'<div data-x="' + html.escape(json.dumps({"a": "Zyx<b>qua</b>rtz"})).encode() + b'">'
    ),
    "data-uri-of-gzip": within(b'<img src="data:;base64,' + base64.b64encode(gzip.compress(SAID)) + b'">'),
    "data-uri-base64": within(b'<img src="data:text/html;base64,' + base64.b64encode(SAID) + b'">'),
    "data-uri-percent": within(b'<img src="data:image/svg+xml,' + percent(WORD) + b'">'),
    "data-uri-base64-percent": within(
        b'<a href="data:;base64,' + quote(base64.b64encode(SAID + b"!!")).encode() + b'">'
    ),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_word_is_found_however_it_is_written(how: str) -> None:
    found = HIDDEN[how]
    data, name = found if isinstance(found, tuple) else (found, "page.html")
    assert shows(data, name)


@pytest.mark.parametrize("how", [how for how in HIDDEN if how not in ("plain", "bom", "broken-utf-8", "after-gzip")])
def test_few_of_these_could_be_read_without(how: str) -> None:
    """What is found by looking at the bytes needs no decoding: these rows would prove nothing."""
    found = HIDDEN[how]
    data = found[0] if isinstance(found, tuple) else found
    bare = {
        "in-binary", "text-after-utf-16", "text-after-a-mark-of-utf-16", "gzip-file-name", "zip-stored", "zip-name",
        "png-text", "png-exif", "png-unknown-chunk", "after-png", "jpeg-comment", "jpeg-exif", "gif-comment",
        "webp-exif",
    }  # fmt: skip
    assert (WORD in data) == (how in bare)


def test_letters_with_accents_are_read_in_every_width_and_in_digits() -> None:
    for data in (
        ACCENTED.encode("utf-32-le"), ACCENTED.encode("utf-32-be"), ACCENTED.encode("utf-16-le"),
        NOISE + ACCENTED.encode("utf-16-le") + NOISE, NOISE + ACCENTED.encode("utf-32-be") + NOISE,
        within(ACCENTED.encode().hex().encode()), within(base64.b64encode(ACCENTED.encode("utf-16-be"))),
        within(base64.b32encode(ACCENTED.encode())),
        b"<loc>https://x.com/" + base64.b64encode("María was".encode()),
        NOISE + "M\u0101ria was here".encode("utf-16-le") + NOISE,
    ):  # fmt: skip
        assert any("maria" in folding.fold(text) for text in readings(data, "a.bin")), data


@pytest.mark.parametrize("name", ["Wei", "Mari", "Maria"])
def test_a_short_name_in_a_data_uri_is_read(name: str) -> None:
    data = within(b'<img src="data:text/plain;base64,' + base64.b64encode(name.encode()) + b'">')
    assert any(text == name for text in readings(data))


def test_what_is_packed_more_often_than_it_is_unpacked_is_refused() -> None:
    data = SAID
    for _ in range(decodings.DEEPEST):
        data = gzip.compress(data)
    assert shows(data, "a.gz")
    with pytest.raises(TooMuchError, match="packed more often"):
        list(views(gzip.compress(gzip.compress(data)), "a.gz"))


def test_a_text_that_was_met_deep_inside_is_still_decoded_where_it_stands() -> None:
    inner = within(each("&#{};"))
    packed = inner
    for _ in range(decodings.DEEPEST):
        packed = gzip.compress(packed)
    assert shows(packed + inner, "a.gz")


class TestWhatIsPackedAsPythonPacksIt:
    """Its packing says nothing: the head is read, and the content."""

    CONTENT = "".join(f"<loc>https://example.com/{n}/</loc>\n" for n in range(300)).encode()

    @staticmethod
    def named(content: bytes, name: str = "sitemap.xml", level: int = 9) -> bytes:
        file = io.BytesIO()
        with gzip.GzipFile(name, "wb", level, file, 1795392000) as packer:
            packer.write(content)
        return file.getvalue()

    def test_only_its_head_is_read_besides_its_content(self) -> None:
        data = self.named(self.CONTENT)
        assert packed.bare(data) == data[: data.index(b"sitemap.xml\0") + 12]
        assert packed.bare(gzip.compress(b"x", mtime=0)) == gzip.compress(b"x", mtime=0)[:10]

    def test_all_of_its_readings_are_of_either(self) -> None:
        found = [view for view in views(self.named(self.CONTENT), "a.gz") if "inside" not in view.kind]
        assert max(len(view.text) for view in found if not view.kind.startswith("plain, gzip")) < 40
        assert self.CONTENT.decode() in [view.text for view in found]

    OTHERWISE: ClassVar[dict[str, Callable[[bytes], bytes]]] = {
        "more behind it": lambda data: data + WORD,
        "a member more": lambda data: data + gzip.compress(b"x"),
        "packed in another way": lambda data: gzip.compress(gzip.decompress(data), 1),
        "a comment in its head": lambda data: data[:3] + b"\x10" + data[4:10] + WORD + b"\0" + data[22:],
        "cut short": lambda data: data[:-9],
        "a wrong sum": lambda data: data[:-8] + b"Okaf" + data[-4:],
        "a wrong length": lambda data: data[:-4] + b"Okaf",
        "no gzip": lambda data: data[10:],
        "a beginning": lambda data: data[:3],
        "a head alone": lambda data: data[:10],
    }

    @pytest.mark.parametrize("how", OTHERWISE)
    def test_of_all_else_every_byte_is_read(self, how: str) -> None:
        data = self.OTHERWISE[how](self.named(self.CONTENT))
        assert packed.bare(data) == data

    def test_what_a_large_one_holds_is_not_packed_again(self) -> None:
        data = gzip.compress(bytes(3_000_000), mtime=0)
        assert packed.bare(data) == data

    @given(st.binary(max_size=400), st.integers(0, 9))
    def test_what_is_left_and_the_content_make_the_file(self, content: bytes, level: int) -> None:
        data = gzip.compress(content, level, mtime=0)
        left = packed.bare(data)
        assert left == data or left + gzip.compress(content, mtime=0)[10:] == data


def test_plus_is_read_as_a_space_too() -> None:
    assert any("Zyx quartz" in text for text in readings(b"<a href='?q=%5Ayx+quartz'>"))
    assert any("Zyx+quartz" in text for text in readings(b"<a href='?q=%5Ayx+quartz'>"))


def test_tags_are_removed_both_ways() -> None:
    found = readings(b"<p>Zyx<b>quartz</b></p>")
    assert any("Zyxquartz" in text for text in found)
    assert any("Zyx quartz" in text for text in found)


def test_a_line_of_its_own_is_not_joined_to_the_next() -> None:
    assert not any(CANARY in text for text in readings(b"<p>Zyx</p><p>quartz</p>"))


def test_letters_beyond_the_first_plane_are_put_together() -> None:
    assert any("\U0001d419" in text for text in readings(b'x = "\\ud835\\udc19"', "a.js"))


def test_the_first_reading_is_the_file_as_it_is() -> None:
    first = next(views(within(WORD), "page.html"))
    assert first == ("plain", within(WORD).decode())


def test_what_is_read_once_is_not_read_again() -> None:
    data = within(b"a&amp;b %41 <b>x</b> \\u0041 **y** " + base64.b64encode(SAID)) * 3
    found = readings(data)
    assert len(found) == len(set(found))


def test_ordinary_words_have_one_reading() -> None:
    assert len(readings(b"The service was restarted at 10:04.\n" * 9, "a.txt")) == 1


def test_nothing_has_no_reading() -> None:
    assert readings(b"") == []


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    zeros = bytes(100_000_000)
    packed = gzip.compress(zeros, 9)
    text = zlib.compress(bytes(30_000_000), 9)
    part = chunk(b"zTXt", b"Comment\0\0" + text)
    data = saved("PNG")
    return {
        "gzip": packed,
        "gzip in gzip": gzip.compress(packed),
        "zlib": zlib.compress(zeros, 9),
        "zip": zipped(("a", zeros)),
        "many in a zip": zipped(*((f"{number}", bytes(20_000_000)) for number in range(5))),
        "base64": base64.b64encode(packed),
        "picture": data[:33] + part * 9 + data[33:],
    }


@pytest.mark.parametrize("name", ["gzip", "gzip in gzip", "zlib", "zip", "many in a zip", "base64", "picture"])
def test_a_bomb_is_refused(name: str, bombs: dict[str, bytes]) -> None:
    with pytest.raises(TooMuchError, match="unpacks to more than"):
        list(views(bombs[name], "a.gz"))


def test_a_large_file_is_no_bomb() -> None:
    text = "".join(f"<p>Checkout <b>{number}</b> &amp; 100%25 of it was slow</p>\n" for number in range(25_000))
    data = json.dumps({"docs": [{"text": text}]}).encode()
    assert len(readings(data, "search_index.json")) > 3


HOSTILE: dict[str, bytes] = {
    "stars": b"a" + b"*" * 50_000 + b" ",
    "underscores": b"a" + b"_" * 50_000 + b" ",
    "marks": b"a" + b"*_`~=\\" * 10_000 + b" ",
    "less-than": b"<" * 125_000,
    "comments": b"<!--" * 25_000,
    "closed-comments": b"<!--" * 25_000 + b"-->",
    "comment-ends": b"-->" * 25_000,
    "ampersands": b"&" * 125_000,
    "numbers": b"&#" + b"9" * 125_000,
    "percents": b"%" * 125_000,
    "nested-percents": b"%25" * 25_000,
    "backslashes": b"\\" * 125_000,
    "letters": b"a" * 125_000,
    "upper-case": b"A" * 125_000,
    "digits": b"7" * 125_000,
    "pairs": b"4a " * 37_500,
    "equals": b"=" * 125_000,
    "quoted": b"=4" * 62_500,
    "brackets": b"[" * 125_000,
    "lines-of-base64": (b"QUJD" * 19 + b"\n") * 1_500 + b"!",
    "short-runs": b"QUJDQUJDQUJDQUJD " * 5_000,
    "zero-width": "\u200b".encode() * 37_500,
    "zero-bytes": bytes(125_000),
    "gif": b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\0" * 25_000,
    "jpeg": b"\xff\xd8" + b"\xff\xfe\0\2" * 25_000,
    "png": b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"a") * 5_000,
    "zlib-heads": b"x\x9c" * 12_500,
    "zlib-heads-of-little": (zlib.compress(b"a") + b"\xff") * 5_000,
    "zlib-with-a-fault": (zlib.compress(b"words of all kinds")[:-5] + b"\xff") * 2_500,
    "gzip-heads": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" * 5_000,
    "zip-heads": b"PK\x03\x04" * 12_500,
    "zip-heads-of-little": local_parts(zipped(("a", b"abc"))) * 2_500,
    "soft-breaks": b"=\n" * 62_500,
    "ascii85": b"~>" * 62_500,
    "ascii85-run": b"a" * 100_000 + b"~>" * 9,
    "hex-apart": b"4a, " * 30_000,
    "hex-apart-almost": b"4a, 4a, 4a, 4a, x" * 7_500,
    "base32": b"ABCDEFGH" * 15_000,
    "data-uris": b"base64,YWJj " * 10_000,
    "wide": b"a\0" * 62_500,
    "wide-32": b"a\0\0\0" * 30_000,
    "wide-pieces": b"a\0b\0c\0\xff\xff" * 15_000,
    "blocks-of-gif": saved("GIF")[:-1] + b"!\xfe\1a\0" * 22_500,
    "riff": b"RIFF\xff\xff\xff\x7fWEBP" + b"EXIF\0\0\0\0" * 12_500,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["a.html", "a.json"])
def test_no_text_takes_for_ever(name: str, kind: str) -> None:
    with contextlib.suppress(TooMuchError):
        assert len(list(views(HOSTILE[name], kind))) < 100


PIECES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [
            b"\x1f\x8b\x08\0", b"\x78\x9c", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"\0",
            b"&#x110000;", b"&#55296;", b"%ED%A0%80", b"\\ud800", b"\\u{110000}", b"\\777", b"<!--", b"-->", b"<", b">",
            b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"=3D", b"=\n", b'["', b'"]', b"**", b"__", b"\\d800 ", b"!\xfe",
            base64.b64encode(SAID), base64.b32encode(SAID), SAID.hex().encode(), gzip.compress(SAID),
            zlib.compress(SAID),
            zipped(("a", SAID)), with_chunk(b"iTXt", b"a\0\1\0"), with_chunk(b"zTXt", b"a"), with_chunk(b"iTXt", b"a"),
            saved("GIF", comment=WORD), saved("JPEG", comment=WORD), b'["\\ud800%41"]', b"b7b6b6b6b6b6b6b6b",
        ]
    ),
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map(b"".join), st.sampled_from(["a.html", "a.json", "a.bin", ""]))
def test_whatever_the_bytes_are_they_are_read_alike_each_time(data: bytes, name: str) -> None:
    def read() -> list[decodings.View] | str:
        try:
            return list(views(data, name))
        except TooMuchError as error:
            return str(error)

    first = read()
    assert first == read()
    if isinstance(first, list):
        for view in first:
            assert view.text.encode("utf-8")
            assert view.kind.isprintable()
        assert len({view.text for view in first}) == len(first)


@given(st.data())
def test_a_damaged_archive_or_picture_is_read_as_far_as_it_goes(data: st.DataObject) -> None:
    packed = [zipped(("a.txt", SAID), ("b", SAID)), gzip.compress(SAID), saved("GIF", comment=WORD)]
    packed += [saved("JPEG", comment=WORD), saved("PNG", pnginfo=texts()), zipped(("a", SAID), how=zipfile.ZIP_LZMA)]
    source = bytearray(data.draw(st.sampled_from(packed)))
    for _ in range(data.draw(st.integers(1, 5))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(TooMuchError):
        list(views(bytes(source), "a"))
