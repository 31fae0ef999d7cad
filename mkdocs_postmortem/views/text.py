"""Text for the places it is put: plain words, headings, front matter, table cells, addresses.

What a document says may hold anything: HTML, quotes, pipes, control characters. Each function
here makes it safe for one kind of place; HTML text and attributes are escaped by the templates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"(?:\(\s*(<[^<>\x01]*>|(?:[^\s()\x01]|\([^\s()\x01]*\))*)(?:\s+(?:\"[^\"\x01]*\"|'[^'\x01]*'))?\s*\)|\[[^\[\]\x01]*\])"
)
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s\x01]+)>", re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u)(?:\s[^<>\x01]*)?>", re.I)
_STAR = re.compile(r"(?<![\\*])(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*\\])\1(?!\*)")
_UNDERSCORE = re.compile(r"(?<![\\\w])(_{1,3})(?=[^\s_])(.+?)(?<=[^\s_\\])\1(?!\w)")
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_BACKSLASH = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~])")
_MARKED = re.compile(r"[`*_\[<\\~]")
_HEADING = re.compile(r"[\\`*_{}\[\]<>#|~^$&@]|:(?=//|[\w+-]+:)|\+(?=\+)|=(?==)|-(?=[->])|(?<=-)-")
_KEY = re.compile(r"#?\d+|[A-Za-z][A-Za-z0-9_]*-\d+")
_WEB = re.compile(r"https?://[^\s<>\"'`\\\x00-\x20]+", re.I)
_RELATIVE = re.compile(r"(?:\.{1,2}/)*[\w%][\w%/.-]*(?:#[\w%.-]*)?|#[\w%.-]+")

LONGEST_MARKUP = 4000
"""Characters up to which markup is reduced to words; beyond, a cell is shown as it was written."""


def clean(text: str) -> str:
    """Text on one line, without characters that HTML, YAML or a file name cannot hold."""
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(_CONTROL.sub("", text).split())


@lru_cache(maxsize=65536)
def words(markdown: str) -> str:
    """Inline markdown as the words a reader sees, on one line: no code marks, emphasis or targets."""
    text = clean(markdown)
    if not _MARKED.search(text) or len(text) > LONGEST_MARKUP:
        return text
    # Emphasis and links may reach over code, so code waits behind marks that no text can hold.
    codes = [match[2].strip(" ") or match[2] for match in _CODE.finditer(text)]
    text = _LINK.sub(lambda match: match[1], _CODE.sub("\x01", text))
    text = _AUTOLINK.sub(lambda match: match[1], text)
    text = _TAG.sub("", _BREAK.sub(" ", text))
    text = _STRUCK.sub(lambda match: match[1], text)
    for _ in range(2):  # emphasis inside emphasis
        text = _UNDERSCORE.sub(lambda match: match[2], _STAR.sub(lambda match: match[2], text))
    text = _BACKSLASH.sub(r"\1", text)
    return clean(re.sub("\x01", lambda _: codes.pop(0), text))


def heading(text: str) -> str:
    """Text as a markdown heading or sentence shows it: nothing in it is markup, in any dialect.

    Entities rather than backslashes: what a backslash may stand before differs between renderers
    and extensions, and template plugins know no backslash at all.
    """
    return _HEADING.sub(lambda match: f"&#{ord(match[0])};", clean(text))


def json_string(text: str) -> str:
    """A double-quoted string that JSON and YAML read alike."""
    return json.dumps(clean(text), ensure_ascii=False)


def inline(markdown: str) -> str:
    """One front-matter text as a table cell: code, links and emphasis kept, all else literal.

    The result is inline HTML without a pipe or a line end in it, so that it is one cell in any
    renderer, and holds no tag but `code`, `strong`, `em` and links to the web.
    """
    text = clean(markdown)
    if len(text) > LONGEST_MARKUP:
        return entities(text)
    stash: list[str] = []

    def keep(html: str) -> str:
        stash.append(html)
        return f"\x01{len(stash) - 1}\x02"

    def link(match: re.Match[str]) -> str:
        target = (match[2] or "").strip("<>")
        if match[0].startswith("!") or not target:
            return match[0]
        if web_address(target):
            return keep(f'<a href="{_attribute(target)}">') + match[1] + keep("</a>")
        if _RELATIVE.fullmatch(target):
            return keep("[") + match[1] + keep(f"]({target})")
        return match[1]

    text = _CODE.sub(lambda match: keep(f"<code>{entities(match[2].strip(' '))}</code>"), text)
    text = _AUTOLINK.sub(
        lambda match: (
            keep(f'<a href="{_attribute(match[1])}">{entities(match[1])}</a>') if web_address(match[1]) else match[0]
        ),
        text,
    )
    text = _LINK.sub(link, text)
    text = _STAR.sub(lambda match: _emphasised(match, keep), text)
    text = _UNDERSCORE.sub(lambda match: _emphasised(match, keep), text)
    text = entities(_BACKSLASH.sub(r"\1", text))
    for _ in range(len(stash)):
        changed = re.sub("\x01(\\d+)\x02", lambda match: stash[int(match[1])], text)
        if changed == text:
            break
        text = changed
    return text


def _emphasised(match: re.Match[str], keep: Callable[[str], str]) -> str:
    tag = "em" if len(match[1]) == 1 else "strong"
    return keep(f"<{tag}>") + match[2] + keep(f"</{tag}>")


def entities(text: str) -> str:
    """Text in which nothing is markup for HTML, markdown, tables or template plugins."""
    return re.sub(r"[^\w\s,.;/%()?\x01\x02-]", lambda match: f"&#{ord(match[0])};", text)


def _attribute(address: str) -> str:
    return entities(address).replace("&#58;//", "://")


def web_address(text: str) -> str | None:
    """The address, if it is one of the web (`http`, `https`) and whole; else None."""
    return text if _WEB.fullmatch(text) else None


def tickets(written: str, ticket_url: str) -> list[tuple[str, str | None]]:
    """A ticket cell as labels, each with an address where it has one that may be linked.

    Understood are markdown links, bare addresses, and keys (`#412`, `PAY-123`), which
    `ticket_url` turns into addresses at its `{}`.
    """
    text = clean(written)
    if not text or len(text) > LONGEST_MARKUP:
        return [(text, None)] if text else []
    found: list[tuple[str, str | None]] = []
    if linked := list(_LINK.finditer(text)):
        return [(words(match[1]) or "ticket", web_address((match[2] or "").strip("<>"))) for match in linked]
    parts = [part.strip("<>") for part in re.split(r"[,;\s]+", text) if part]
    if not all(_KEY.fullmatch(part) or web_address(part) for part in parts):
        return [(words(text), None)]
    for part in parts:
        if web_address(part):
            found.append((_short(part), part))
        else:
            address = ticket_url.replace("{}", quote(part.removeprefix("#"), safe="")) if ticket_url else ""
            found.append((part, web_address(address)))
    return found


def _short(address: str) -> str:
    """An address as a label: `#412` for an issue, else its last part."""
    path = re.sub(r"[?#].*", "", address.split("://", 1)[1]).rstrip("/")
    last = path.rsplit("/", 1)[-1]
    return f"#{last}" if last.isdigit() else last


def count(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: `1 action item`, `3 action items`, `1,204 action items`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
