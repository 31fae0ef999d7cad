"""Templates: one environment, made once; what is put in is escaped, what comes out is a page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from mkdocs_postmortem.views.site import Draw, Page, Slots
from mkdocs_postmortem.views.text import heading, json_string

FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment of all templates. Text of documents is only ever a value in it."""
    return _environment(None)


@lru_cache(maxsize=1)
def _markdown() -> Environment:
    """The environment of templates that are markdown: text that is put in is text, with nothing of it markup."""
    return _environment(lambda value: value if isinstance(value, Markup | int) else safe(heading(str(value))))


def _environment(finalize: Callable[[Any], Any] | None) -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        finalize=finalize,
    )


_ROWS = "\x02"


def html(template: str, rows: str | None = None, **values: Any) -> str:
    """A template filled in: HTML without blank lines, so that it stays one block in markdown.

    `rows` are table rows drawn before, put in as they are.
    """
    if rows is not None:
        values["rows"] = Markup(_ROWS)  # noqa: S704 - our own mark
    text = environment().get_template(f"{template}.html.j2").render(**values)
    text = "\n".join(line for line in text.split("\n") if line.strip())
    return text if rows is None else text.replace(_ROWS, rows, 1)


@lru_cache(maxsize=16)
def macros(template: str) -> Any:
    """The macros of a template, to be called for each of many rows."""
    return environment().get_template(f"{template}.html.j2").module


def page(
    src_uri: str,
    title: str,
    body: str,
    slots: Mapping[str, Draw] | None = None,
    in_navigation: bool = False,
    repeats_words: bool = False,
) -> Page:
    """A page with its front matter and heading; generated lists stay out of the search index."""
    markdown = (
        f"---\ntitle: {json_string(title)}\nhide: [toc]\nsearch: {{exclude: true}}\n---\n\n"
        f"# {heading(title)}\n\n{body.strip()}\n"
    )
    return Page(src_uri, title, markdown, Slots(slots or {}), in_navigation, repeats_words)


def slot(name: str) -> str:
    """The line that a slot's HTML replaces."""
    return f"<!-- postmortem:{name} -->"


def link(to: str, source: str) -> str:
    """The address of one source in the markdown of another, as markdown links have it."""
    return quote(posixpath.relpath(to, posixpath.dirname(source) or "."))


def safe(markup: str) -> Markup:
    """HTML that templates made, to be put into another template as it is."""
    return Markup(markup)  # noqa: S704 - only ever given the output of templates


def markdown(template: str, **values: Any) -> str:
    """A markdown template filled in; what is `safe`, and what macros made, is put in as it is."""
    text = _markdown().get_template(f"{template}.md.j2").render(**values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
