"""A search index as texts, and what of it stands in no article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from mkdocs_postmortem.releasing.articles import shown_of

_LARGE = 500_000
"""Bytes of a file with texts from which two processes share them."""
_HERE = 0.4
"""The share of them that is judged here, where the other files are as well."""


def texts_of(data: bytes) -> Iterator[str]:
    """Every key and every text of a JSON file, also of a key that stands there twice; else the file as it is."""
    try:
        value = json.loads(data, object_pairs_hook=_flat)
        yield from _texts(value)
    except (ValueError, RecursionError):
        yield re.sub(r"\\[nrt\"/]", " ", data.decode("utf-8", "replace"))


def parts(texts: list[str]) -> list[list[str]]:
    """Texts in two parts, where they are worth it; no text is cut in two."""
    size = sum(map(len, texts))
    left = size * _HERE
    for at, text in enumerate(texts if size >= _LARGE else ()):
        left -= len(text)
        if left <= 0:
            return [texts[: at + 1], texts[at + 1 :]]
    return [texts]


def _flat(pairs: list[tuple[str, object]]) -> list[object]:
    return [item for pair in pairs for item in pair]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield value if isinstance(value, str) else str(value)


def unexplained(texts: Iterable[str], articles: Mapping[str, str]) -> Iterator[str]:
    """Of the texts of a search index those that are not, word for word, in the article that they are of.

    `articles` has what articles show that were read themselves, whatever they say, by the names of their
    pages: a word, a space, a word, and a space around all. Of a text that is there its tags are left.
    """
    article = before = ""
    left: dict[str, None] = {}
    tags: set[str] = set()
    for text in texts:
        if before == "location":
            page, _, anchor = text.partition("#")
            article = articles.get(f"{page}index.html" if page.endswith("/") else page, "")
            left[anchor if article else text] = None  # the page's name was read with the page
        elif text not in left and not (
            article and (plain := shown_of(text, tags)) is not None and f" {plain} " in article
        ):
            left[text] = None
        before = text
    yield from left
    yield from sorted(tags)
