"""Views: records to the pages of the internal wiki. No host is imported; no file is written."""

from mkdocs_postmortem.views.site import Page, Site

__all__ = ["Page", "Site"]
