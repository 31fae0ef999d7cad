"""Pictures: nothing but their pixels gets out, and what is no plain picture is refused."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import warnings
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from mkdocs_postmortem.releasing import images
from mkdocs_postmortem.releasing.images import UncleanError, clean
from tests.releasing.support import CANARY

RED, BLUE = (200, 30, 40), (10, 20, 220)
ARTIST, DESCRIPTION, ORIENTATION, GPS, GPS_PLACE = 0x13B, 0x10E, 0x112, 0x8825, 0x1C


def drawn(mode: str = "RGB", size: tuple[int, int] = (9, 5)) -> Image.Image:
    """A picture whose corners differ, so that turning it shows."""
    found = Image.new("RGB", size, RED)
    found.putpixel((0, 0), BLUE)
    return found.convert(mode)


def saved(picture: Image.Image, form: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(data), formats=("PNG",))
    found.load()
    return found


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def vast(side: int) -> bytes:
    """A PNG of a few bytes that claims to be this wide and high."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


def exif(**values: Any) -> Image.Exif:
    found = Image.Exif()
    for tag, value in ((ARTIST, "artist"), (DESCRIPTION, "description"), (ORIENTATION, "orientation")):
        if value in values:
            found[tag] = values[value]
    if "gps" in values:
        found.get_ifd(GPS)[GPS_PLACE] = values["gps"]
    return found


def png_texts() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_text("Comment", CANARY)
    found.add_text("Packed", CANARY * 3, zip=True)
    found.add_itxt("XML:com.adobe.xmp", CANARY, lang="en", tkey=CANARY)
    found.add_itxt("International", CANARY, zip=True)
    return found


def profile() -> bytes:
    """A colour profile with a canary in it."""
    found = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return found + CANARY.encode()


CARRIERS: dict[str, bytes] = {
    "exif-artist": saved(drawn(), "JPEG", exif=exif(artist=CANARY)),
    "exif-description": saved(drawn(), "JPEG", exif=exif(description=CANARY)),
    "exif-gps": saved(drawn(), "JPEG", exif=exif(gps=CANARY)),
    "exif-of-png": saved(drawn(), "PNG", exif=exif(artist=CANARY)),
    "exif-of-webp": saved(drawn(), "WEBP", exif=exif(artist=CANARY)),
    "xmp-of-jpeg": saved(drawn(), "JPEG", xmp=f"<x>{CANARY}</x>".encode()),
    "xmp-of-webp": saved(drawn(), "WEBP", xmp=f"<x>{CANARY}</x>".encode()),
    "png-text": saved(drawn(), "PNG", pnginfo=png_texts()),
    "png-profile": saved(drawn(), "PNG", icc_profile=profile()),
    "png-unknown-chunk": saved(drawn(), "PNG")[:-12] + chunk(b"quIt", CANARY.encode()) + chunk(b"IEND", b""),
    "jpeg-comment": saved(drawn(), "JPEG", comment=CANARY.encode()),
    "jpeg-profile": saved(drawn(), "JPEG", icc_profile=profile()),
    "gif-comment": saved(drawn("P"), "GIF", comment=CANARY.encode()),
    "after-png": saved(drawn(), "PNG") + CANARY.encode(),
    "after-jpeg": saved(drawn(), "JPEG") + CANARY.encode(),
    "after-gif": saved(drawn("P"), "GIF") + CANARY.encode(),
    "after-webp": saved(drawn(), "WEBP") + CANARY.encode(),
}


def kinds(data: bytes) -> list[bytes]:
    """The kinds of chunks that a PNG is made of; it ends with the last."""
    at, found = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        found.append(kind)
        at += 12 + length
    return found


@pytest.mark.parametrize("name", CARRIERS)
def test_nothing_but_pixels_comes_out(name: str) -> None:
    data = CARRIERS[name]
    done = clean(data)
    assert CANARY.encode() not in done
    assert set(kinds(done)) == {b"IHDR", b"IDAT", b"IEND"}
    assert opened(done).info == {}
    assert opened(done).size == (9, 5)


@pytest.mark.parametrize("name", CARRIERS)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    done = clean(CARRIERS[name])
    assert clean(done) == done == clean(CARRIERS[name])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_mode_keeps_its_pixels(mode: str) -> None:
    source = drawn() if mode != "I;16" else drawn("L")
    wanted = source.convert("L" if mode == "I;16" else mode).convert("RGB")
    if mode == "I;16":
        wide = Image.new("I;16", source.size)
        for x in range(source.width):
            for y in range(source.height):
                wide.putpixel((x, y), source.getpixel((x, y)) * 256 + 255)
        data = saved(wide, "PNG")
    else:
        data = saved(source.convert(mode), "PNG")
    done = clean(data)
    assert opened(done).convert("RGB").tobytes() == wanted.tobytes()
    assert clean(done) == done


def test_cmyk_becomes_rgb() -> None:
    assert opened(clean(saved(drawn("CMYK"), "JPEG"))).mode == "RGB"


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_turned_photo_is_upright(turn: int) -> None:
    done = opened(clean(saved(drawn(), "PNG", exif=exif(orientation=turn))))
    corner = {1: (0, 0), 2: (8, 0), 3: (8, 4), 4: (0, 4), 5: (0, 0), 6: (4, 0), 7: (4, 8), 8: (0, 8)}[turn]
    assert done.size == ((9, 5) if turn < 5 else (5, 9))
    assert done.getpixel(corner) == BLUE


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_a_palette_keeps_what_is_transparent(form: str) -> None:
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([*RED, *BLUE])
    picture.putpixel((1, 1), 1)
    done = opened(clean(saved(picture, form, transparency=1)))
    assert done.mode == "RGBA"
    assert done.getpixel((0, 0)) == (*RED, 255)
    assert done.getpixel((1, 1))[3] == 0


def test_what_is_half_transparent_stays_so() -> None:
    assert opened(clean(saved(Image.new("RGBA", (3, 3), (*RED, 77)), "PNG"))).getpixel((1, 1)) == (*RED, 77)


def test_colours_under_full_transparency_are_gone() -> None:
    assert set(opened(clean(saved(Image.new("RGBA", (3, 3), (*RED, 0)), "PNG"))).tobytes()) == {0}


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_a_second_frame_is_refused(form: str) -> None:
    data = saved(drawn(), form, save_all=True, append_images=[Image.new("RGB", (9, 5), BLUE)])
    with pytest.raises(UncleanError, match="several frames"):
        clean(data)


REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "svg": f"<svg xmlns='http://www.w3.org/2000/svg'><title>{CANARY}</title></svg>".encode(),
    "html": f"<p>{CANARY}</p>".encode(),
    "bmp": saved(drawn(), "BMP"),
    "tiff": saved(drawn(), "TIFF"),
    "ico": saved(drawn(size=(16, 16)), "ICO"),
    "pdf": saved(drawn(), "PDF"),
    "only-a-signature": b"\x89PNG\r\n\x1a\n",
    "png-of-canaries": b"\x89PNG\r\n\x1a\n" + CANARY.encode() * 9,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_without_quoting_it(name: str) -> None:
    with pytest.raises(UncleanError) as found:
        clean(REFUSED[name])
    said = found.value
    assert said.message == "is no PNG, JPEG, GIF or WebP that can be read"
    assert said.help
    assert CANARY not in f"{said}{said.message}{said.help}{said.args}"
    assert said.__suppress_context__


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_a_picture_is_refused(form: str, share: float) -> None:
    data = saved(Image.effect_noise((64, 64), 50).convert("RGB"), form)
    with pytest.raises(UncleanError):
        clean(data[: int(len(data) * share)])


@pytest.mark.parametrize("cut", [5, 12, 20])
def test_a_png_without_its_end_is_refused(cut: int) -> None:
    with pytest.raises(UncleanError):
        clean(saved(drawn(size=(64, 64)), "PNG")[:-cut])


def test_more_than_five_megabytes_are_refused() -> None:
    with pytest.raises(UncleanError, match="more than 5 MB"):
        clean(saved(drawn(), "PNG") + bytes(images.LARGEST))


@pytest.mark.parametrize("side", [7_100, 10_000, 20_000, 100_000])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UncleanError, match="50 million pixels"):
            clean(vast(side))


def test_a_bomb_of_text_is_refused() -> None:
    packed = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(20_000_000)))
    data = saved(drawn(), "PNG")
    with pytest.raises(UncleanError):
        clean(data[:33] + packed + data[33:])


def test_pillow_says_nothing_on_standard_error() -> None:
    program = (
        "import sys\n"
        "from mkdocs_postmortem.releasing.images import UncleanError, clean\n"
        "try:\n    clean(sys.stdin.buffer.read())\nexcept UncleanError as error:\n    print(error.message)\n"
    )
    for data in (vast(10_000), vast(20_000), REFUSED["png-of-canaries"], CARRIERS["png-text"], b""):
        done = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=True)
        assert done.stderr == b""
        assert CANARY.encode() not in done.stdout


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF"]))
def test_whatever_the_bytes_are_they_are_cleaned_or_refused(tail: bytes, head: bytes) -> None:
    try:
        done = clean(head + tail)
    except UncleanError:
        return
    assert clean(done) == done


@given(st.data())
def test_a_damaged_picture_is_cleaned_or_refused(data: st.DataObject) -> None:
    source = bytearray(CARRIERS[data.draw(st.sampled_from(sorted(CARRIERS)))])
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    try:
        done = clean(bytes(source))
    except UncleanError:
        return
    assert clean(done) == done
    assert CANARY.encode() not in done


def test_a_name_for_content_is_its_sha256() -> None:
    assert images.sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_svg_is_not_among_the_endings() -> None:
    assert images.ENDINGS == (".png", ".jpg", ".jpeg", ".gif", ".webp")
