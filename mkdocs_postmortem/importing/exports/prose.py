"""Rich text of other editors as markdown: Atlassian's document format, and the HTML of web editors. No word is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

_HTML = re.compile(r"</(?:p|div|h[1-6]|ul|ol|li|strong|em|b|i|a|code|pre|table|blockquote|span)\s*>|<br\s*/?>", re.I)
_HEADING = re.compile(r"^(#{1,6})(?=[ \t])", re.M)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.M)
_UNDERLINE = re.compile(r" {0,3}(?:-+|=+)[ \t]*\Z")
_CODE = re.compile(r"(`+)[^`\n]*\1(?!`)")
_TAG = re.compile(r"<(?!(?:https?://|mailto:)[^<>\s]*>)(?=[A-Za-z/!?])")
_TARGET = re.compile(r"(?:https?://|mailto:|[#/.])[^\s<>]*\Z", re.I)
"""Where links may lead; what else is called a link becomes words."""


def prose(value: Any, level: int) -> str:
    """A text value as markdown below a heading of `level`: plain, HTML, or a document of Atlassian's editor.

    Headings in it are moved below that level, and a fence that was left open is closed, so that nothing in it
    can end the section it stands in.
    """
    text = "\n\n".join(_blocks(value["content"], "")) if is_rich(value) else _plain(value)
    return _contained(text.strip("\n"), level)


def is_rich(value: Any) -> bool:
    """Whether a value is a document of Atlassian's editor."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def one_line(text: Any) -> str:
    """A text as a table's cell or a list's item holds it: on one line, its pipes escaped."""
    text = prose(text, 6) if is_rich(text) else _plain(text)
    return _safe(" ".join(text.split()).replace("\\|", "|").replace("|", "\\|"))


def _safe(line: str) -> str:
    """A line in which no HTML begins, code aside: what people wrote into a form is never a page's markup."""
    if "<" not in line:
        return line
    parts: list[str] = []
    at = 0
    for code in _CODE.finditer(line):
        parts += [_TAG.sub("&lt;", line[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _TAG.sub("&lt;", line[at:])])


def _plain(value: Any) -> str:
    """A text as markdown: HTML is what closes a tag of HTML and has no fence of markdown."""
    text = str(value)
    return _from_html(text) if "<" in text and "```" not in text and _HTML.search(_CODE.sub("", text)) else text


def _contained(text: str, level: int) -> str:
    lines: list[str] = []
    fence = ""
    highest = min((len(found[1]) for found in _HEADING.finditer(text)), default=1)
    down = max(0, level + 1 - highest)
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            if match and match[1][0] == fence[0] and len(match[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif match:
            fence = match[1]
        elif _UNDERLINE.match(line) and lines and lines[-1].strip():
            line = "\\" + line.strip()  # a heading's underline
        else:
            line = _safe(_HEADING.sub(lambda found: "#" * min(6, len(found[1]) + down), line))
        lines.append(line)
    if fence:
        lines.append(fence)
    return "\n".join(lines)


def _blocks(nodes: Iterable[Any], indent: str) -> Iterator[str]:
    """The blocks of a document of Atlassian's editor; a kind that is not known gives the text in it."""
    loose: list[Any] = []
    for node in nodes:
        if isinstance(node, dict) and (node.get("type") in _INLINE or "text" in node):
            loose.append(node)
            continue
        if loose:
            yield indent + _inline(loose)
            loose = []
        if isinstance(node, dict):
            yield from (block for block in _block(node, indent) if block.strip())
        elif isinstance(node, str):
            yield indent + node
    if loose:
        yield indent + _inline(loose)


def _block(node: dict[str, Any], indent: str) -> Iterator[str]:
    kind, content, attributes = node.get("type"), _content(node), _attributes(node)
    if kind == "heading":
        level = attributes.get("level")
        yield f"{'#' * level if isinstance(level, int) and 1 <= level <= 6 else '#'} {_inline(content)}"
    elif kind in ("bulletList", "orderedList", "taskList", "decisionList"):
        yield "\n".join(_items(content, kind == "orderedList", indent))
    elif kind == "codeBlock":
        words = attributes.get("language")
        yield "\n".join(
            indent + line for line in _fenced(_inline(content, plain=True), words if isinstance(words, str) else "")
        )
    elif kind == "blockquote":
        for block in _blocks(content, ""):
            yield "\n".join(f"{indent}> {line}".rstrip() for line in block.split("\n"))
    elif kind == "rule":
        yield indent + "***"
    elif kind == "table":
        yield "\n".join(_table(content))
    elif kind in ("media", "mediaInline"):
        yield indent + " ".join(str(value) for value in attributes.values() if isinstance(value, str))
    else:
        title = attributes.get("title")
        if isinstance(title, str):
            yield f"{indent}**{title}**"
        inline = content and all(isinstance(part, dict) and part.get("type") in _INLINE for part in content)
        if inline:
            yield indent + _inline(content)
        else:
            yield from _blocks(content, indent)


def _items(content: list[Any], numbered: bool, indent: str) -> Iterator[str]:
    for number, item in enumerate(content, start=1):
        if not isinstance(item, dict):
            continue
        sign = f"{number}. " if numbered else "- "
        if item.get("type") == "taskItem":
            sign = "- [x] " if _attributes(item).get("state") == "DONE" else "- [ ] "
        blocks = list(_blocks(_content(item), ""))
        first, rest = (blocks[0], blocks[1:]) if blocks else ("", [])
        yield indent + sign + first.replace("\n", "\n" + indent + "    ")
        for block in rest:
            yield "\n".join(indent + "    " + line for line in block.split("\n"))


def _table(rows: list[Any]) -> Iterator[str]:
    for number, row in enumerate(row for row in rows if isinstance(row, dict)):
        cells = [one_line("\n".join(_blocks(_content(cell), ""))) for cell in _content(row) if isinstance(cell, dict)]
        yield "| " + " | ".join(cells) + " |"
        if number == 0:
            yield "|" + " --- |" * len(cells)


_INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"})
_MARKS = {"strong": "**", "em": "*", "code": "`", "strike": "~~"}


def _inline(nodes: list[Any], plain: bool = False) -> str:
    return "".join(_words(node, plain) for node in nodes if isinstance(node, dict))


def _words(node: dict[str, Any], plain: bool) -> str:
    kind, attributes = node.get("type"), _attributes(node)
    text = node.get("text")
    if isinstance(text, str):
        return text if plain else _marked(text, node)
    if kind == "hardBreak":
        return "  \n"
    if kind == "date":
        return _day(attributes.get("timestamp"))
    for name in ("text", "shortName", "url"):
        if isinstance(attributes.get(name), str):
            return str(attributes[name])
    return _inline(_content(node), plain)


def _marked(text: str, node: dict[str, Any]) -> str:
    marks = node.get("marks")
    bare = text.strip()
    if not isinstance(marks, list) or not bare:
        return text
    left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    for mark in marks:
        if not isinstance(mark, dict):
            continue
        sign = _MARKS.get(str(mark.get("type")), "")
        bare = f"{sign}{bare}{sign}"
        target = _attributes(mark).get("href")
        if mark.get("type") == "link" and isinstance(target, str) and target != bare:
            bare = f"[{bare}]({target})" if _TARGET.match(target) and "(" not in target else f"{bare} ({target})"
    return left + bare + right


def _day(stamp: Any) -> str:
    """A date of Atlassian's editor: milliseconds since 1970, as text."""
    try:
        return datetime.fromtimestamp(int(stamp) / 1000, UTC).strftime("%Y-%m-%d")
    except (TypeError, ValueError, OverflowError, OSError):
        return str(stamp or "")


def _content(node: dict[str, Any]) -> list[Any]:
    content = node.get("content")
    return content if isinstance(content, list) else []


def _attributes(node: dict[str, Any]) -> dict[str, Any]:
    attributes = node.get("attrs")
    return attributes if isinstance(attributes, dict) else {}


def _fenced(text: str, language: str = "") -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence + " ".join(language.split()), *text.split("\n"), fence]


def _from_html(text: str) -> str:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.parts)).strip()


class _Reader(HTMLParser):
    """The words of HTML with the little layout that markdown has for it; scripts and styles become text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lists: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag[0] == "h" and tag[1:].isdigit():
            self.parts.append("\n\n" + "#" * min(6, max(1, int(tag[1:]))) + " ")
        elif tag in ("ul", "ol"):
            self.lists.append("1." if tag == "ol" else "-")
            self.parts.append("\n" if len(self.lists) > 1 else "\n\n")
        elif tag == "li":
            self.parts.append("\n" + "    " * max(0, len(self.lists) - 1) + (self.lists or ["-"])[-1] + " ")
        elif tag == "br":
            self.parts.append("  \n")
        elif tag == "a":
            self.targets.append(next((value or "" for name, value in attrs if name == "href"), ""))
        elif tag == "img":
            told = [value for name, value in attrs if name in ("alt", "src") and value]
            self.parts.append(" ".join(told))
        elif tag in _SIGNS:
            self.parts.append(_SIGNS[tag])
        elif tag in _BLOCK:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
            if not self.lists:
                self.parts.append("\n\n")
        elif tag == "a" and self.targets:
            target = self.targets.pop()
            if target:
                self.parts.append(f" (<{target}>)" if target.startswith(("http://", "https://")) else f" ({target})")
        elif tag in _SIGNS:
            self.parts.append(_SIGNS[tag])
        elif tag in _BLOCK or (tag[0] == "h" and tag[1:].isdigit()):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self.parts and self.parts[-1].endswith("```\n") else re.sub(r"\s+", " ", data))


_SIGNS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`"}
_BLOCK = frozenset({"p", "div", "blockquote", "table", "tr", "pre", "section"})
