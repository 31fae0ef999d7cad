"""The article of a built page: what a reader sees of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from mkdocs_postmortem.releasing import decodings
from mkdocs_postmortem.releasing.sieve import linear, one_byte

TAG = re.compile(r"<[^<>]*>")
"""A tag of HTML, opening or closing."""
_ARTICLE = re.compile(
    r"<article\b[^>]*>(.*)</article>|<(?:div|main)\b[^>]*\brole=[\"']?main[\"']?[^>]*>(.*)", re.S | re.I
)
_INVISIBLE = re.compile(
    r"<(script|style|template|svg)\b.*?</\1>|<!--.*?-->|<(?:span|a) class=\"?linenos?\b.*?</(?:span|a)>", re.S | re.I
)
_INVISIBLE_SIGN = r"(?i:<(?:script|style|template|svg|!--|(?:span|a) class=\"?lineno))"
_BLOCKS = re.compile(
    r"</?(?:p|div|h[1-6]|li|ul|ol|table|thead|tbody|tr|td|th|pre|br|hr|section|article|blockquote|nav|header|footer|main|label|dt|dd|figure|summary|details|form|button|input)\b[^<>]*>",
    re.I,
)
_HIDES = re.compile(
    r"<(?:del|s|strike|template|noscript|details|dialog)\b|<[^<>]*(?:\shidden\b|aria-hidden=[\"']?true[^<>]*>[^<>]*\w"
    r"|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0\b|font-size\s*:\s*0)",
    re.I,
)
"""What keeps words of an article from being seen, or says that they do not hold."""
_TAGS_APART = re.compile(r"(<[^<>]*>)")
_BOX = re.compile(r"(<li\b[^>]*>\s*(?:<p>\s*)?)\[[ xX]\]")
"""A task as themes without task lists show it."""


def article_text(page: str) -> str | None:
    """What a reader sees in the article of a page; None where it has none."""
    match = _ARTICLE.search(page)
    if match is None:
        return None
    text = match[1] or match[2] or ""
    if match[1] is None:
        text = _until_closed(text)
    if _invisible().search(one_byte(text)):
        text = _INVISIBLE.sub(" ", text)
    if "headerlink" in text:
        text = re.sub(r'<a class="headerlink".*?</a>', "", text, flags=re.S)
    if "[" in text:
        text = _BOX.sub(r"\1", text)
    return decodings.unescape(TAG.sub("", _BLOCKS.sub(" ", text)))


def hides_words(page: str) -> bool:
    """Whether words in the article of a page are hidden or struck out."""
    match = _ARTICLE.search(page)
    return match is not None and _HIDES.search(match[0]) is not None


def shown_of(text: str, tags: set[str]) -> str | None:
    """What a reader sees of some text with tags, as of an article; its tags are added to `tags`.

    None where a sign is left of which a tag could be made.
    """
    if "<" not in text:
        plain = text
    else:
        pieces = _TAGS_APART.split(text)
        found = {*pieces[1::2]}
        tags |= found
        between = {tag: " " if _BLOCKS.match(tag) else "" for tag in found}
        pieces[1::2] = [between[tag] for tag in pieces[1::2]]
        plain = "".join(pieces)
        if "<" in plain:
            return None
    return " ".join(decodings.unescape(plain).split())


def _until_closed(text: str) -> str:
    """What stands before the end of the element that was opened before."""
    depth = 1
    for match in re.finditer(r"<(/?)(?:div|main)\b[^>]*>", text, re.I):
        depth += -1 if match[1] else 1
        if depth == 0:
            return text[: match.start()]
    return text


@lru_cache(maxsize=1)
def _invisible() -> Any:
    return linear(_INVISIBLE_SIGN)
