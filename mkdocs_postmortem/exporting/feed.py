"""`feed.xml`: post-mortems that were published, action items that were closed or fell overdue, as an Atom feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urljoin

from mkdocs_postmortem import atom
from mkdocs_postmortem.exporting.calendar import apart, name_of
from mkdocs_postmortem.measuring import clock
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views.rows import STATUS_LABELS, action_of, anchor, title_of
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import clean, words

NAME = "feed.xml"
MOST = 100
"""Entries, the latest."""


def feed_xml(site: Site) -> str:
    """The feed, the latest first; addresses are relative to it where the site's own is not known.

    What happened on a day that nobody states is not in it: an entry's date is never that of a build.
    """
    found = [entry for record in site.records for entry in _of(record, site)]
    found.sort(key=lambda entry: (entry.updated, entry.id), reverse=True)
    entries = found[:MOST]
    home = site.absolute(site.page("index"))
    title = clean(site.settings.title)
    return atom.feed(
        title,
        name_of(site, "feed").urn,
        entries,
        updated=entries[0].updated if entries else atom.NEVER,
        home=home or "./",
        own=urljoin(home, NAME),
        author=title,
    )


def _of(record: PostMortem, site: Site) -> Iterator[atom.Entry]:
    """What the feed tells of a post-mortem."""
    source = site.src_uri(record)
    page = site.absolute(source) or site.href(source, site.page("index"))
    title, more = title_of(record), apart(site, record)
    published = clock.milestones(record, site.history).published_at.at
    if record.status == "published" and published is not None and published.date() <= site.as_of:
        yield atom.Entry(
            name_of(site, "published", record.id, *more).urn,
            title,
            page,
            atom.moment(published),
            _summary(record),
            tuple(name for name in ("Post-mortem", clean(record.severity)) if name),
        )
    for item in record.action_items:
        address = f"{page}#{quote(anchor(record, item))}"
        owner = f" Owner: {clean(item.owner)}." if clean(item.owner) else ""
        if not item.is_open and item.completed and item.completed <= site.as_of:
            label = STATUS_LABELS.get(item.status, clean(item.status))
            reason = f" {words(item.reason)}" if item.reason else ""
            yield atom.Entry(
                name_of(site, "closed", item.key, *more).urn,
                f"{label}: {action_of(item)}",
                address,
                atom.moment(item.completed),
                f"Of “{title}”.{owner}{reason}",
                ("Action item closed",),
            )
        # It fell overdue on that day whether or not it was done later; of what is done on an
        # unknown day nobody can tell.
        late = item.is_open or (item.completed is not None and item.due is not None and item.completed > item.due)
        if late and item.due is not None and item.due < site.as_of:
            yield atom.Entry(
                name_of(site, "overdue", item.key, item.due.isoformat(), *more).urn,
                f"Overdue: {action_of(item)}",
                address,
                atom.moment(item.due + timedelta(days=1)),
                f"Of “{title}”, due {item.due.isoformat()}.{owner}",
                ("Action item overdue",),
            )


def _summary(record: PostMortem) -> str:
    """What a reader wants to know before opening it, in one line."""
    parts = [
        clean(record.severity),
        ", ".join(map(clean, record.services)),
        record.day.isoformat() if record.day else "",
    ]
    return " · ".join(part for part in parts if part)
