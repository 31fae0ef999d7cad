"""Pictures as their pixels alone: no metadata, no second frame, no bytes after the end."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Any

from mkdocs_postmortem.releasing.rules import declare

PICTURE = declare(
    "PM770",
    "picture",
    "Pictures are released as pixels: one frame, no metadata, of a bounded size.",
    "save it anew as PNG or JPEG, below 5 MB",
)

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""Pictures that can be released; what else there is may hold text that no eye sees."""
LARGEST = 5 * 1024 * 1024
"""Bytes that a picture may have."""
MOST_PIXELS = 50_000_000
_TOO_MANY = f"has more than {MOST_PIXELS // 1_000_000} million pixels"
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


class UncleanError(Exception):
    """A picture that cannot be released; `message` says why, and `help` what to do."""

    def __init__(self, message: str, help: str = "save it anew as PNG or JPEG") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def clean(data: bytes) -> bytes:
    """A PNG with the pixels of a picture and nothing else; the same bytes for the same pixels.

    Raises `UncleanError` for what is no picture, has several frames, or is too large.
    """
    from PIL import Image, ImageOps

    if len(data) > LARGEST:
        raise UncleanError(f"has more than {LARGEST // 1048576} MB", "make it smaller")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if data.startswith(b"\x89PNG"):
                # Loading stops at the last pixel, and would not miss the end.
                Image.open(io.BytesIO(data), formats=("PNG",)).verify()
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise UncleanError(_TOO_MANY, "make it smaller")
                if getattr(picture, "n_frames", 1) > 1:
                    raise UncleanError("has several frames, of which a reviewer sees one at a time", "save one frame")
                picture.load()
                upright = ImageOps.exif_transpose(picture)
                if upright.mode.startswith("I"):
                    # 16 bits a pixel, of which Pillow would keep the lowest: nearly everything becomes white.
                    upright = upright.convert("I").point(_eight_bits).convert("L")
                clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
                shown = upright.convert("RGBA" if clear else "RGB")
                # What is wholly transparent may still hold colours, and with them words.
                if clear:
                    shown = Image.composite(shown, Image.new("RGBA", shown.size), shown.getchannel("A").point(_visible))
                fresh = Image.frombytes(shown.mode, shown.size, shown.tobytes())
        out = io.BytesIO()
        fresh.save(out, "PNG", optimize=False, compress_level=9)
        return out.getvalue()
    except UncleanError:
        raise
    except Image.DecompressionBombError:
        raise UncleanError(_TOO_MANY, "make it smaller") from None
    except Exception:  # Pillow raises whatever its decoders meet, and its messages may quote the file
        raise UncleanError("is no PNG, JPEG, GIF or WebP that can be read") from None


def _eight_bits(value: Any) -> Any:
    return value * (1 / 256)


def _visible(alpha: int) -> int:
    return 255 if alpha else 0


def sha256(data: bytes) -> str:
    """How reviewers and policies name a file's content."""
    return hashlib.sha256(data).hexdigest()
