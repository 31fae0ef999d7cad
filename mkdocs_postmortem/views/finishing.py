"""What a host rendered, finished: a post-mortem's facts and relations, the slots of a generated page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views import postmortem, relations, render
from mkdocs_postmortem.views.site import Page, Site


def complete(
    content: str, record: PostMortem, site: Site, findings: Sequence[Any] = (), related: str | None = None
) -> str:
    """A post-mortem's rendered body, tables completed, with its facts below the title and its relations at the end.

    `related` are the relations where they were drawn before. `findings` of `check` are shown on
    top: a writer who serves the site sees them where they write.
    """
    panel = postmortem.panel(record, site)
    if findings:
        panel = render.html("findings", findings=findings) + panel
    head, mark, rest = content.partition("</h1>")
    body = f"{head}{mark}{panel}{rest}" if mark else f"{panel}{content}"
    return body + (relations.related(record, site) if related is None else related)


def fill(content: str, page: Page) -> str:
    """A generated page's rendered markdown with its slots filled."""
    for name, drawn in page.slots.items():
        content = content.replace(f"<!-- postmortem:{name} -->", drawn, 1)
    return content
