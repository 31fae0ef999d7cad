"""What goes into a host: its configuration, and the metadata of its pages."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views.text import clean

_PASSED = ("hide", "icon", "search", "subtitle", "date")


def host_meta(record: PostMortem) -> dict[str, Any]:
    """Metadata that a theme may have of a post-mortem's page: an allow-list, safe to be printed raw.

    Themes print titles, descriptions and tags without escaping them. `template` would choose any
    template of the theme and `status` draw an icon in the navigation: neither is passed on.
    """
    front = record.document.front
    meta: dict[str, Any] = {key: front[key] for key in _PASSED if key in front and _plain(front[key])}
    meta["title"] = printable(record.title)
    day = _moment(meta["date"]) if "date" in meta else record.day
    if day is not None:
        meta["date"] = day
    if isinstance(front.get("description"), str):
        meta["description"] = printable(front["description"])
    if record.tags:
        meta["tags"] = [printable(tag) for tag in record.tags]
    if record.authors:
        meta["authors"] = [printable(author) for author in record.authors]
    return meta


def collision(uri: str, yours: str) -> str:
    """What to say where a generated file and one of the user's have the same address."""
    return f"postmortem: `{uri}` is generated, and `{yours}` has its address; rename yours"


def never_public(what: str) -> str:
    """What to say where the public site would be built in a way that leaves the gate out."""
    return f"postmortem: the public site is not built with {what}: the manual's `Publishing` tells how"


def below(config: Any, src_uri: str) -> str:
    """A source's path as it is from the folder of the host's configuration."""
    home, docs = Path(config.config_file_path or "mkdocs.yml").resolve().parent, Path(config.docs_dir).resolve()
    return f"{(docs.relative_to(home) if docs.is_relative_to(home) else docs).as_posix()}/{src_uri}"


def extend(config: Any, assets: Iterable[str], title: str, pages: Sequence[str], watched: Sequence[Any] = ()) -> None:
    """Put our assets, and our pages if there is a navigation without them, into a host's configuration."""
    config.watch += [str(item) for item in watched if item]
    for uri in assets:
        if uri.endswith(".css"):
            config.extra_css.insert(0, uri)  # before the user's, so that the user's wins
        else:
            config.extra_javascript.append(uri)
    if config.nav is not None and pages and f"'{pages[0]}'" not in str(config.nav):
        config.nav.append({printable(title): [*pages] if len(pages) > 1 else pages[0]})


def _moment(value: object) -> object:
    """A day or a moment as YAML gives it to other pages, which is what feeds and blogs ask for."""
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(str(value).strip())
        except ValueError:
            continue
    return value


def printable(text: str) -> str:
    """Text that stays text in HTML and in attributes, even if a theme unescapes it once.

    Angle brackets become their typographic likes, for `striptags` turns entities back into
    markup; the rest is escaped.
    """
    return html.escape(clean(text).replace("<", "‹").replace(">", "›"))


def _plain(value: object) -> bool:
    """Whether a value cannot carry markup."""
    if isinstance(value, str):
        return not set(value) & set("<>\"'&")
    if isinstance(value, list):
        return all(_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_plain(key) and _plain(item) for key, item in value.items())
    return True
