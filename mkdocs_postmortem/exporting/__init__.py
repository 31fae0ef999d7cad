"""Exports: records to files that other programs read. Nothing is written here; text is returned."""

from mkdocs_postmortem.exporting.actions import rows
from mkdocs_postmortem.exporting.calendar import calendar_ics
from mkdocs_postmortem.exporting.csvfile import actions_csv
from mkdocs_postmortem.exporting.feed import feed_xml
from mkdocs_postmortem.exporting.jsonfile import postmortems_json
from mkdocs_postmortem.exporting.metrics import FIELDS, every, metrics_csv, metrics_json
from mkdocs_postmortem.views.site import Site

__all__ = ["actions_csv", "calendar_ics", "feed_xml", "files", "postmortems_json", "rows"]


def files(site: Site) -> dict[str, str]:
    """The files that stand beside the archive, by name: their text in full."""
    metrics = list(every(site.survey))
    return {
        "postmortems.json": postmortems_json(site),
        "action-items.csv": actions_csv(rows(site.records, site.as_of, site.settings)),
        "calendar.ics": calendar_ics(site),
        "feed.xml": feed_xml(site),
        "metrics.json": metrics_json(metrics),
        "metrics.csv": metrics_csv(metrics, ("by", *FIELDS)),
    }
