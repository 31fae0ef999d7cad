"""The archive: every post-mortem in one table, and a page for each value of what divides it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from mkdocs_postmortem.model import DOCUMENT_STATES, PostMortem
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.rows import Rows
from mkdocs_postmortem.views.site import FACETS, Draw, Page, Site
from mkdocs_postmortem.views.text import count

FACET_LABELS = {
    "year": "Year",
    "severity": "Severity",
    "type": "Type",
    "service": "Service",
    "cause": "Cause",
}


def pages(site: Site, rows: Rows | None = None) -> list[Page]:
    """The archive's front page and its facet pages."""
    rows = rows or Rows(site)
    return [_front(site, rows), *(page for facet in FACETS for page in _facet(site, rows, facet))]


def _front(site: Site, rows: Rows) -> Page:
    source = site.page("index")
    title = site.settings.title
    if not site.records:
        body = "There are no post-mortems yet. `mkdocs-postmortem new` writes the first one."
        return render.page(source, title, body, in_navigation=True)
    actions = render.link(site.page("action-items", "index"), source)
    overdue = sum(entry.late > 0 for entry in rows.open)
    body = (
        f"{count(len(site.records), 'post-mortem')}{_span(site)}. "
        f"{_open_sentence(len(rows.open), overdue)}\n\n[All action items]({actions})\n\n"
        f"{render.slot('archive')}\n\n## Browse\n\n{render.slot('browse')}"
    )
    slots = {
        "archive": partial(table, site, rows, site.records, source, "Post-mortems"),
        "browse": partial(_browse, site, source),
    }
    return render.page(source, title, body, slots, in_navigation=True)


def _span(site: Site) -> str:
    """The years that the archive covers."""
    years = sorted(site.facets["year"])
    if not years:
        return ""
    return f", {years[0]} to {years[-1]}" if len(years) > 1 else f" from {years[0]}"


def _open_sentence(opened: int, overdue: int) -> str:
    if not opened:
        return "No action item is open."
    verb = "is" if opened == 1 else "are"
    late = f", {overdue:,} of them overdue" if overdue and opened > 1 else ", and overdue" if overdue else ""
    return f"{count(opened, 'action item')} {verb} open{late}."


def _browse(site: Site, source: str) -> str:
    groups = [
        {
            "facet": facet,
            "label": FACET_LABELS[facet],
            "values": [
                {
                    "label": facet_label(site, facet, value),
                    "count": len(records),
                    "address": site.href(site.facet_page(facet, value) or source, source),
                }
                for value, records in site.facets[facet].items()
            ],
        }
        for facet in FACETS
        if site.facets[facet]
    ]
    return render.html("browse", groups=groups)


def facet_label(site: Site, facet: str, value: str) -> str:
    """How a value of a facet is shown: types and severities by their configured labels."""
    if facet == "type":
        return site.settings.type_label(value)
    if facet == "severity":
        label = next((item.label for item in site.settings.severities if item.name == value), "")
        return f"{value} {label}".strip()
    return value


def _facet(site: Site, rows: Rows, facet: str) -> list[Page]:
    found = []
    for value, records in site.facets[facet].items():
        source = site.facet_page(facet, value)
        if source is None:
            continue
        label = facet_label(site, facet, value)
        title = f"{FACET_LABELS[facet]}: {label}" if facet != "year" else f"Post-mortems of {label}"
        opened = sorted(
            (entry for record in records for entry in rows.open_of.get(record.path, ())),
            key=lambda entry: entry.order,
        )
        overdue = sum(entry.late > 0 for entry in opened)
        back = f"[All post-mortems]({render.link(site.page('index'), source)})"
        body = (
            f"{count(len(records), 'post-mortem')}. {_open_sentence(len(opened), overdue)}\n\n"
            f"{back}\n\n{render.slot('archive')}"
        )
        slots: dict[str, Draw] = {"archive": partial(table, site, rows, records, source, title)}
        if facet in ("service", "cause") and opened:
            body += f"\n\n## Open action items\n\n{render.slot('open-actions')}"
            slots["open-actions"] = partial(rows.action_table, opened, source, "Open action items", form="plain")
        found.append(render.page(source, title, body, slots))
    return found


def table(site: Site, rows: Rows, records: Sequence[PostMortem], source: str, caption: str) -> str:
    """The table of these post-mortems, as a page shows it."""
    return render.html("archive_table", rows=rows.archive(records, source), caption=caption, filters=_filters(site))


def _filters(site: Site) -> str:
    """What the script builds its controls from: names, labels and the order of their values."""
    types = {kind.name: kind.label for kind in site.settings.incident_types}
    return json.dumps(
        [
            {"key": "severity", "label": "Severity", "order": list(site.settings.severity_names)},
            {"key": "type", "label": "Type", "order": list(types), "labels": types},
            {"key": "service", "label": "Service", "list": True},
            {"key": "cause", "label": "Cause", "list": True},
            {
                "key": "status",
                "label": "Status",
                "order": list(DOCUMENT_STATES),
                "labels": {state: state.capitalize() for state in DOCUMENT_STATES},
            },
            {"key": "year", "label": "Year", "descending": True},
        ],
        ensure_ascii=False,
    )
