"""Table rows: each is drawn once, and every page that lists it only puts its addresses in."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial
from typing import Any
from urllib.parse import quote

from markupsafe import escape

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.model import CATEGORIES, ActionItem, PostMortem
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.site import Site, facet_values
from mkdocs_postmortem.views.text import clean, count, tickets, words

ADDRESS = "\x00"
"""Stands in a drawn row where the address of its post-mortem goes; `clean` keeps it out of texts."""
NONE = "(none)"
"""The value to filter by for what an action item does not state."""

CATEGORY_LABELS = {"prevent": "Prevent", "detect": "Detect", "respond": "Respond", "process": "Process"}
STATUS_LABELS = {
    "open": "Open",
    "in progress": "In progress",
    "done": "Done",
    "verified": "Verified",
    "won't do": "Won’t do",
}
STATUS_SLUGS = {
    "open": "open",
    "in progress": "progress",
    "done": "done",
    "verified": "verified",
    "won't do": "wont",
}

_PLAIN_ID = re.compile(r"[0-9a-f]{8}(?:-\d+)?|[A-Za-z]{1,8}-?\d+(?:[.-]\d+)*")
_AND = re.compile(r"\s+and\s+|\s*&\s*|\s*/\s*")


def anchor(record: PostMortem, item: ActionItem) -> str:
    """The `id` of an action item on its post-mortem's page: the end of its key.

    An ID that could also be a heading's (`impact`, `1`) is told apart by `action-`.
    """
    own = item.key.removeprefix(f"{record.id}.")
    return own if _PLAIN_ID.fullmatch(own) else "action-" + re.sub(r"[^\w.-]+", "-", own)


def owners(item: ActionItem) -> tuple[str, ...]:
    """Who owns an action item, each named alone; none where nobody does."""
    text = clean(item.owner)
    parts = [part for part in re.split(r"\s*[,;]\s*", text) if part]
    if len(parts) == 1 and "@" in text:
        together = _AND.split(text)
        if all(part.startswith("@") for part in together):
            parts = together
    return tuple(dict.fromkeys(parts))


def severity_class(name: str, settings: Settings) -> str:
    """How severe, for the stylesheet: 0 to 3 from the top of the scale, `x` for what is not on it."""
    rank, scale = settings.severity_rank(name), len(settings.severities)
    if rank >= scale:
        return "x"
    # A longer scale is squeezed into the four looks, both of its ends kept.
    return str(rank if scale <= 4 else round(rank * 3 / (scale - 1)))


def duration(value: timedelta | None) -> dict[str, Any] | None:
    """A duration as templates show and sort it."""
    return None if value is None else {"text": human(value), "seconds": int(value.total_seconds())}


def bucket_labels(ageing: tuple[int, ...]) -> list[str]:
    """The age groups that the settings ask for: `0–14`, `15–30`, `31–90`, `over 90` days."""
    labels, start = [], 0
    for end in ageing:
        labels.append(f"{start}–{end}")
        start = end + 1
    return [*labels, f"over {ageing[-1]}"] if ageing else ["0 and over"]


def bucket_keys(ageing: tuple[int, ...]) -> list[str]:
    """The same groups in addresses: `0-14`, `15-30`, `31-90`, `91-`."""
    starts = [0, *(end + 1 for end in ageing)]
    return [f"{start}-{end}" for start, end in zip(starts, (*ageing, ""), strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An action item with its post-mortem, as of a day."""

    record: PostMortem
    item: ActionItem
    owners: tuple[str, ...]
    services: tuple[str, ...]
    priority: str
    late: int
    """Days overdue; 0 where it is not."""
    age: int | None
    bucket: str
    """Its age group as it stands in addresses; `NONE` where the age is not known."""

    @property
    def order(self) -> tuple[object, ...]:
        """Overdue first, the most overdue before all; then by due date, those without one last."""
        item = self.item
        return (-self.late, item.due is None, item.due or date.max, self.priority or "~", item.key)


class Rows:
    """Rows of a site's tables, and the action items they are drawn from."""

    def __init__(self, site: Site) -> None:
        """Nothing is drawn before it is asked for."""
        self.site = site
        self._addresses: dict[tuple[str, bool], dict[str, str]] = {}
        self._archive: dict[str, str] = {}
        self._actions: dict[tuple[str, str], str] = {}

    @cached_property
    def entries(self) -> list[Entry]:
        """Every action item of the site, in the order of the records."""
        return [self._entry(record, item) for record in self.site.records for item in record.action_items]

    @cached_property
    def open(self) -> list[Entry]:
        """Action items still to be done, the most overdue first."""
        return sorted((entry for entry in self.entries if entry.item.is_open), key=lambda entry: entry.order)

    @cached_property
    def open_of(self) -> Mapping[str, list[Entry]]:
        """From a record's path to its open action items."""
        found: dict[str, list[Entry]] = {}
        for entry in self.open:
            found.setdefault(entry.record.path, []).append(entry)
        return found

    def _entry(self, record: PostMortem, item: ActionItem) -> Entry:
        as_of, ageing = self.site.as_of, self.site.settings.ageing
        age = item.age_days(as_of)
        bucket = NONE if age is None else bucket_keys(ageing)[sum(age > end for end in ageing)]
        late = (as_of - item.due).days if item.due and item.overdue(as_of) else 0
        services = facet_values(record, "service")
        return Entry(record, item, owners(item), services, clean(item.priority), late, age, bucket)

    def addresses(self, source: str) -> Callable[[PostMortem], str]:
        """From a post-mortem to its address as seen from a page, escaped for an attribute.

        Pages of one folder see everything alike, but for the folder's own front page.
        """
        folder, name = posixpath.split(source)
        known = self._addresses.setdefault((folder, name == "index.md"), {})

        def address(record: PostMortem) -> str:
            found = known.get(record.path)
            if found is None:
                found = known[record.path] = str(escape(self.site.href(self.site.src_uri(record), source)))
            return found

        return address

    def archive(self, records: Iterable[PostMortem], source: str) -> str:
        """Rows of the archive's table for these records."""
        drawn, address = self._archive, self.addresses(source)
        parts = []
        for record in records:
            row = drawn.get(record.path)
            if row is None:
                row = self.site.remembered("row", record, partial(self._draw_archive, record))
                drawn[record.path] = row
            parts.append(row.replace(ADDRESS, address(record)))
        return "\n".join(parts)

    def _draw_archive(self, record: PostMortem) -> str:
        settings = self.site.settings
        opened = self.open_of.get(record.path, ())
        started = record.at("started_at")
        services, causes = facet_values(record, "service"), facet_values(record, "cause")
        kind = clean(record.incident_type)
        return str(
            render.macros("archive").row(
                title=title_of(record),
                id=clean(record.id),
                day=record.day.isoformat() if record.day else "",
                moment=started.strftime("%Y-%m-%dT%H:%M") if started else "",
                year=f"{record.day.year:04}" if record.day else "",
                near_miss=record.near_miss,
                severity=clean(record.severity),
                severity_class=severity_class(record.severity, settings),
                rank=settings.severity_rank(record.severity),
                type=kind,
                type_label=settings.type_label(kind),
                services=services,
                services_json=_list(services),
                causes_json=_list(causes),
                status=record.status,
                detect=duration(record.time_to_detect),
                resolve=duration(record.time_to_resolve),
                open=len(opened),
                overdue=sum(entry.late > 0 for entry in opened),
                address=ADDRESS,
            )
        )

    def actions(self, entries: Iterable[Entry], source: str, form: str = "") -> str:
        """Rows of a table of action items.

        Open items have other columns than closed ones. With the form `plain` the rows come
        without the data to filter by.
        """
        drawn, address = self._actions, self.addresses(source)
        parts = []
        for entry in entries:
            key = (entry.record.path, entry.item.key)
            row = drawn.get(key)
            if row is None:
                form_of = "open" if entry.item.is_open else "closed"
                draw = partial(self._draw_action, entry, form_of)
                row = drawn[key] = self.site.remembered("action", entry.record, draw, entry.item.key)
            if form == "plain":
                # No attribute holds a bare `>`: the first one ends the opening tag.
                row = "<tr>" + row[row.index(">") + 1 :]
            parts.append(row.replace(ADDRESS, address(entry.record)))
        return "\n".join(parts)

    def action_table(
        self,
        entries: Iterable[Entry],
        source: str,
        caption: str,
        *,
        form: str = "",
        filters: str = "",
        closed: bool = False,
    ) -> str:
        """A table of action items, as a page shows it."""
        rows = self.actions(entries, source, form)
        return render.html("actions_table", rows=rows, caption=caption, filters=filters, closed=closed)

    def draw(self) -> None:
        """Draw every row, so that the site's memory has it."""
        self.archive(self.site.records, self.site.page("index"))
        self.actions(self.entries, self.site.page("index"))

    def _draw_action(self, entry: Entry, form: str) -> str:
        item, record = entry.item, entry.record
        status = clean(item.status)
        return str(
            render.macros("actions").row(
                form=form,
                action=action_of(item),
                fragment=quote(anchor(record, item)),
                tickets=tickets(item.ticket, self.site.settings.ticket_url),
                owners=", ".join(entry.owners),
                owners_json=_list(entry.owners or (NONE,)),
                services_json=_list(entry.services or (NONE,)),
                priority=entry.priority,
                due=item.due.isoformat() if item.due else "",
                late=entry.late,
                late_text=late_text(entry.late),
                status=status,
                status_label=STATUS_LABELS.get(status, status),
                status_class=STATUS_SLUGS.get(status, "other"),
                age=entry.age,
                age_text="" if entry.age is None else count(entry.age, "day"),
                bucket=entry.bucket,
                completed=item.completed.isoformat() if item.completed else "",
                reason=words(item.reason),
                postmortem=title_of(record),
                id=clean(record.id),
                category=item.category or NONE,
                category_rank=CATEGORIES.index(item.category) if item.category in CATEGORIES else 9,
                category_label=CATEGORY_LABELS.get(item.category or "", ""),
                address=ADDRESS,
            )
        )


def title_of(record: PostMortem) -> str:
    """A record's title on one line; its ID where the title has no words."""
    return clean(record.title) or clean(record.id) or "Untitled"


def named(record: PostMortem, site: Site, source: str) -> dict[str, Any]:
    """A post-mortem as tables name it."""
    return {
        "id": clean(record.id),
        "title": title_of(record),
        "address": site.address(site.src_uri(record), source),
        "day": record.day.isoformat() if record.day else "",
        "severity": clean(record.severity),
        "severity_class": severity_class(record.severity, site.settings),
    }


def action_of(item: ActionItem) -> str:
    """What is to be done, in plain words."""
    return words(item.action) or clean(item.action) or "(no words)"


def late_text(late: int) -> str:
    """`12 days overdue`, or nothing."""
    return f"{count(late, 'day')} overdue" if late > 0 else ""


@lru_cache(maxsize=4096)
def _list(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False)
