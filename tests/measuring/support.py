"""Records for these tests, made from text as users write it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.record import make
from mkdocs_postmortem.reading.source import Source, digest_of
from mkdocs_postmortem.settings import Settings

AS_OF = date(2026, 11, 23)
SETTINGS = Settings(root=Path("/project"))


def record(text: str, path: str = "docs/postmortems/2026/incident.md", settings: Settings = SETTINGS) -> PostMortem:
    return make(Source(text, digest_of(text.encode("utf-8", "replace"))), path, settings)


def incident(
    id: str,
    started: str = "",
    *facts: str,
    ended: str = "",
    services: str = "checkout",
    causes: str = "expired-certificate",
    items: Sequence[str] = (),
    body: str = "",
) -> PostMortem:
    """A post-mortem by its ID and start; `items` are rows `action | status` or `action | status | completed`."""
    lines = [f"id: {id}", f"title: Incident {id}", f"services: [{services}]", f"causes: [{causes}]", *facts]
    lines += [f"started_at: {started}"] if started else []
    lines += [f"resolved_at: {ended}"] if ended else []
    table = ""
    if items:
        rows = "\n".join(f"| {' | '.join((*map(str.strip, row.split('|')), '')[:3])} |" for row in items)
        table = f"\n## Action Items\n\n| Action | Status | Completed |\n|---|---|---|\n{rows}\n"
    front = "\n".join(lines)
    return record(f"---\n{front}\n---\n\n# Incident {id}\n{table}\n{body}", f"docs/postmortems/{id}.md")
