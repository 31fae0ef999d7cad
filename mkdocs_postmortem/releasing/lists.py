"""Lists of words that travel with the package, one file each, comments after `#` at the beginning of a line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


@cache
def words_in(name: str) -> frozenset[str]:
    """The words of one of the lists, by its file's name."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").split("\n")
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
