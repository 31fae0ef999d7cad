"""Every page of the internal wiki, and what they need: made of what each view has."""

from dataclasses import replace
from pathlib import Path

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views import actions, archive, coverage, lessons, metrics, patterns, process, reviews
from mkdocs_postmortem.views.postmortem import enrich, panel
from mkdocs_postmortem.views.relations import related
from mkdocs_postmortem.views.rows import Rows
from mkdocs_postmortem.views.site import Memory, Page, Site

__all__ = ["Memory", "Page", "Site", "asset_paths", "build", "draw", "enrich", "outer", "panel", "related"]


def build(site: Site) -> list[Page]:
    """Every generated page of the internal wiki; no two have the same source."""
    rows = Rows(site)
    return [
        *archive.pages(site, rows),
        *actions.pages(site, rows),
        *reviews.pages(site, rows),
        process.page(site),
        *metrics.pages(site),
        patterns.page(site),
        *lessons.pages(site),
        *coverage.pages(site),
    ]


def draw(site: Site) -> Memory:
    """The facts of every post-mortem and its rows in tables, as the site's memory has them."""
    Rows(site).draw()
    for record in site.records:
        panel(record, site)
    return site.memory


def outer(record: PostMortem) -> PostMortem:
    """Of a record what its page needs once the words are rendered: metadata and tables, no text, no places."""
    document = record.document
    return replace(
        record,
        document=replace(
            document, text="", sections=(), stated={}, ticked=(), accepted=(), placeholders=(), whys=(), plain_items=()
        ),
        facts={},
        places={},
        action_items=tuple(replace(item, places={}) for item in record.action_items),
        timeline=tuple(replace(entry, event="") for entry in record.timeline),
    )


def asset_paths() -> tuple[Path, ...]:
    """The stylesheet and the script that the pages are enhanced with."""
    folder = Path(__file__).parent / "assets"
    return (folder / "postmortem.css", folder / "postmortem.js")
