"""Atom feeds (RFC 4287): entries to the text of a feed, whatever is in them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00Z"
"""The moment of what has none: a feed and its entries must say when they changed."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""


class Entry(NamedTuple):
    """One entry of a feed; all texts are plain, not markup."""

    id: str
    """An IRI that never changes."""
    title: str
    address: str
    """Where it leads: absolute, or relative to the feed."""
    updated: str
    """RFC 3339, in UTC."""
    summary: str = ""
    categories: tuple[str, ...] = ()


def moment(when: datetime | date | str | None) -> str:
    """A moment, or the beginning of a day (also written: `2026-11-03`), in UTC; `NEVER` for none."""
    if isinstance(when, datetime):
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{when}T00:00:00Z" if when else NEVER


def feed(title: str, id: str, entries: Iterable[Entry], *, updated: str, home: str, own: str, author: str) -> str:
    """The feed as XML, its entries in the order given; `home` is the page it tells of, `own` its own address."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    _text(root, "title", title)
    _text(root, "id", id)
    _text(root, "updated", updated)
    _element(root, "link", rel="self", href=own)
    _element(root, "link", href=home)
    _text(_element(root, "author"), "name", author)
    for item in entries:
        entry = _element(root, "entry")
        _text(entry, "title", item.title)
        _text(entry, "id", item.id)
        _element(entry, "link", href=item.address)
        _text(entry, "updated", item.updated)
        _text(entry, "summary", item.summary)
        for name in item.categories:
            _element(entry, "category", term=name)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _element(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    cleaned = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    return ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}", cleaned)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    _element(parent, name).text = _NOT_XML.sub("", text)
