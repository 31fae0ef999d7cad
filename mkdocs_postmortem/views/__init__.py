"""Views: records to the pages of the internal wiki. No host is imported; no file is written."""

from pathlib import Path

from mkdocs_postmortem.views import actions, archive
from mkdocs_postmortem.views.postmortem import enrich, panel, related
from mkdocs_postmortem.views.rows import Rows
from mkdocs_postmortem.views.site import Memory, Page, Site

__all__ = ["Memory", "Page", "Site", "asset_paths", "build", "draw", "enrich", "panel", "related"]


def build(site: Site) -> list[Page]:
    """Every generated page of the internal wiki; no two have the same source."""
    rows = Rows(site)
    return [*archive.pages(site, rows), *actions.pages(site, rows)]


def draw(site: Site) -> Memory:
    """The facts of every post-mortem and its rows in tables, as the site's memory has them."""
    Rows(site).draw()
    for record in site.records:
        panel(record, site)
    return site.memory


def asset_paths() -> tuple[Path, ...]:
    """The stylesheet and the script that the pages are enhanced with."""
    folder = Path(__file__).parent / "assets"
    return (folder / "postmortem.css", folder / "postmortem.js")
