"""Action items: what is open and overdue, whose it is, how old it is, and what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

from mkdocs_postmortem.model import CATEGORIES
from mkdocs_postmortem.views import render, reviews
from mkdocs_postmortem.views.rows import (
    CATEGORY_LABELS,
    NONE,
    STATUS_LABELS,
    Entry,
    Rows,
    action_of,
    anchor,
    bucket_keys,
    bucket_labels,
    title_of,
)
from mkdocs_postmortem.views.site import Draw, Page, Site, slugs
from mkdocs_postmortem.views.text import count, heading

FOLDER = "action-items"
CHANGES_DAYS = 30
"""How far back "What changed" looks."""
CATEGORY_TITLES = {
    "prevent": "Prevent recurrence",
    "detect": "Improve detection",
    "respond": "Improve response",
    "process": "Process improvements",
}


@dataclass(frozen=True)
class Grouping:
    """One way of dividing action items: its name in addresses, its words, and the values it gives."""

    name: str
    label: str
    values: Callable[[Entry], Iterable[str]]
    order: Callable[[str], Any]
    labels: Mapping[str, str]
    nothing: str
    """How items are called that have no such value."""

    def title(self, value: str) -> str:
        """A value as people read it."""
        return self.nothing if value == NONE else self.labels.get(value, value)


def groupings(site: Site) -> list[Grouping]:
    """By owner, service, priority, category and age."""
    priorities = list(site.settings.priorities)
    keys, labels = bucket_keys(site.settings.ageing), bucket_labels(site.settings.ageing)
    by_name = str.casefold
    return [
        Grouping("owner", "By owner", lambda entry: entry.owners or (NONE,), by_name, {}, "Nobody"),
        Grouping("service", "By service", lambda entry: entry.services or (NONE,), by_name, {}, "No service"),
        Grouping(
            "priority",
            "By priority",
            lambda entry: (entry.priority or NONE,),
            lambda value: (_place(priorities, value), value),
            {},
            "No priority",
        ),
        Grouping(
            "category",
            "By category",
            lambda entry: (entry.item.category or NONE,),
            lambda value: _place(CATEGORIES, value),
            CATEGORY_TITLES,
            "No category",
        ),
        Grouping(
            "age",
            "By age",
            lambda entry: (entry.bucket,),
            lambda value: _place(keys, value),
            {key: f"{label} days" for key, label in zip(keys, labels, strict=True)},
            "Age not known",
        ),
    ]


def _place(order: Sequence[str], value: str) -> int:
    return order.index(value) if value in order else len(order)


def pages(site: Site, rows: Rows | None = None) -> list[Page]:
    """The action-items page, its divisions, and the page of what is done with."""
    rows = rows or Rows(site)
    groups = {group.name: _divide(group, rows.entries) for group in groupings(site)}
    result = [_front(site, rows, groups)]
    result += [_by(site, rows, group, groups[group.name]) for group in groupings(site) if group.name != "age"]
    result.append(_closed(site, rows))
    return result


def _divide(group: Grouping, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries by value, in the grouping's order; those without a value last."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        for value in group.values(entry):
            found.setdefault(value, []).append(entry)
    names = sorted(found, key=lambda name: (name == NONE, group.order(name)))
    return {name: found[name] for name in names}


def _front(site: Site, rows: Rows, groups: Mapping[str, dict[str, list[Entry]]]) -> Page:
    source = site.page(FOLDER, "index")
    if not rows.entries:
        body = "No post-mortem has action items yet."
        return render.page(source, "Action items", body, in_navigation=True)
    changes = _changes(site, rows, source)
    closed = sum(not entry.item.is_open for entry in rows.entries)
    body = f"As of {site.as_of.isoformat()}.{_review(site, source)}\n\n{render.slot('numbers')}\n\n"
    body += "## Open action items\n\n"
    slots: dict[str, Draw] = {"numbers": partial(_numbers, site, rows)}
    if rows.open:
        body += render.slot("open")
        caption = "Open action items, the most overdue first"
        slots["open"] = partial(rows.action_table, rows.open, source, caption, filters=_filters(site))
    else:
        body += "No action item is open."
    ends = f"[{count(closed, 'closed action item')}]({render.link(site.page(FOLDER, 'closed'), source)})"
    body += f"\n\n## Breakdown\n\n{render.slot('breakdown')}\n\n{ends}"
    slots["breakdown"] = partial(_breakdown, site, groups, source)
    body += f"\n\n## What changed in the last {CHANGES_DAYS} days\n\n"
    if changes:
        body += render.slot("changes")
        slots["changes"] = partial(render.html, "changes", changes=changes)
    else:
        body += "Nothing was completed, became overdue or was added."
    return render.page(source, "Action items", body, slots, in_navigation=True)


def _review(site: Site, source: str) -> str:
    """Where what is open is gone through: the review of the running month."""
    page = reviews.current_page(site)
    return f" [Review of this month]({render.link(page, source)})" if page else ""


def _numbers(site: Site, rows: Rows) -> str:
    items = [entry.item for entry in rows.entries]
    finished = sum(item.is_finished for item in items)
    verified = sum(item.status == "verified" for item in items)
    late = sum(entry.late > 0 for entry in rows.open)
    figures: list[dict[str, str]] = [
        {
            "label": "Open",
            "value": f"{len(rows.open):,}",
            "verdict": "",
            "mood": "",
            "definition": f"of {count(len(items), 'action item')} in {count(len(site.records), 'post-mortem')}",
        },
        {
            "label": "Overdue",
            "value": f"{late:,}",
            "verdict": "",
            "mood": "missed" if late else "met",
            "definition": "open, and the due date is past",
        },
    ]
    figures += _completion(site)
    if finished:
        figures.append(
            {
                "label": "Verified",
                "value": percent(verified, finished),
                "verdict": "",
                "mood": "",
                "definition": f"{verified:,} of {finished:,} finished were seen to work",
            }
        )
    return render.html("numbers", figures=figures)


def _completion(site: Site) -> list[dict[str, str]]:
    """The completion rate, as the page of metrics has it, with what is left out of it."""
    (found,) = site.survey.measures(metrics=("action_completion_rate",))
    if not found.n and not found.excluded:
        return []
    target = f"target of {round(site.settings.completion_target * 100)} %"
    without = f"; {found.excluded:,} without one left out" if found.excluded else ""
    done = round((found.mean or 0) * found.n)
    met = (found.mean or 0) >= site.settings.completion_target
    if not found.n:
        verdict, mood = "", ""
    elif found.n < site.settings.metrics.least:
        verdict, mood = f"{target}: too few to judge", ""
    else:
        verdict, mood = (f"{target} met", "met") if met else (f"{target} missed", "missed")
    return [
        {
            "label": "Completion rate",
            "value": percent(done, found.n) if found.n else "no data",
            "verdict": verdict,
            "mood": mood,
            "definition": f"{done:,} done or verified, of {found.n:,} whose due date is past{without}; "
            "won’t do does not count",
        }
    ]


def percent(part: int, whole: int) -> str:
    """A share in whole percent; never rounded up to all or down to nothing."""
    value = round(100 * part / whole)
    if value == 100 and part < whole:
        value = 99
    if value == 0 and part:
        value = 1
    return f"{value} %"


def _breakdown(site: Site, groups: Mapping[str, dict[str, list[Entry]]], source: str) -> str:
    closed_page = site.href(site.page(FOLDER, "closed"), source)
    shown = []
    for group in sorted(groupings(site), key=lambda group: group.name != "age"):
        divided = groups[group.name]
        parts = slugs(list(divided))
        # Ages change from day to day: they are a filter of the table, and have no page of their own.
        page = "" if group.name == "age" else site.href(site.page(FOLDER, f"by-{group.name}"), source)
        lines = []
        for value, entries in divided.items():
            opened = [entry for entry in entries if entry.item.is_open]
            late = sum(entry.late > 0 for entry in opened)
            done = sum(entry.item.is_finished for entry in entries)
            if group.name == "age" and not opened:
                continue
            lines.append(
                {
                    "label": group.title(value),
                    "open": len(opened),
                    "overdue": late,
                    "done": done,
                    "page": f"{page}#{group.name}-{parts[value]}" if page else "#open-action-items",
                    "open_filter": _query({group.name: value}),
                    "overdue_filter": _query({group.name: value, "overdue": "yes"}),
                    "closed": closed_page,
                    "closed_filter": closed_page + _query({group.name: value}),
                }
            )
        if lines:
            shown.append(
                {
                    "name": group.name,
                    "label": group.label,
                    "column": group.name.capitalize(),
                    "closed": group.name != "age",
                    "lines": lines,
                }
            )
    return render.html("breakdown", groups=shown)


def _query(values: Mapping[str, str]) -> str:
    return "?" + urlencode(values, quote_via=quote)


def _changes(site: Site, rows: Rows, source: str) -> list[dict[str, str]]:
    """What was completed, became overdue or was added in the last days, newest first."""
    last = site.as_of
    first = last - timedelta(days=CHANGES_DAYS)
    address = rows.addresses(source)
    labels = {"completed": "Completed", "overdue": "Became overdue", "new": "New"}
    found: list[tuple[date, int, Entry, str]] = []
    for entry in rows.entries:
        item = entry.item
        if item.is_finished and item.completed and first <= item.completed <= last:
            found.append((item.completed, 0, entry, "completed"))
        if entry.late and item.due and entry.late <= CHANGES_DAYS:
            found.append((item.due + timedelta(days=1), 1, entry, "overdue"))
        if item.created and first <= item.created <= last:
            found.append((item.created, 2, entry, "new"))
    found.sort(key=lambda change: (-change[0].toordinal(), change[1], change[2].item.key))
    return [
        {
            "day": day.isoformat(),
            "kind": kind,
            "label": labels[kind],
            "action": action_of(entry.item),
            "owners": ", ".join(entry.owners),
            "postmortem": title_of(entry.record),
            "address": Markup(address(entry.record)),  # noqa: S704 - escaped where it is made
            "fragment": quote(anchor(entry.record, entry.item)),
        }
        for day, _, entry, kind in found
    ]


def _by(site: Site, rows: Rows, group: Grouping, divided: Mapping[str, list[Entry]]) -> Page:
    """A page with a heading for each value, and the table of its open items below."""
    source = site.page(FOLDER, f"by-{group.name}")
    parts = slugs(list(divided))
    front = render.link(site.page(FOLDER, "index"), source)
    blocks = []
    slots: dict[str, Draw] = {}
    for value, entries in divided.items():
        opened = sorted((entry for entry in entries if entry.item.is_open), key=lambda entry: entry.order)
        if not opened:
            continue
        part = f"{group.name}-{parts[value]}"
        late = sum(entry.late > 0 for entry in opened)
        label = group.title(value)
        sentence = f"{len(opened):,} open" + (f", {late:,} overdue." if late else ".")
        elsewhere = site.facet_page("service", value) if group.name == "service" else None
        table = render.slot(part)
        if elsewhere is not None:  # the service's own page has the table
            table = f"[Open action items of {heading(label)}]({render.link(elsewhere, source)})"
        # The anchor stands before the heading: what the host makes of a heading is its own affair.
        blocks.append(f'<span id="{part}" class="pm-anchor"></span>\n\n## {heading(label)}\n\n{sentence}\n\n{table}')
        if elsewhere is not None:
            continue
        slots[part] = partial(rows.action_table, opened, source, f"Open action items: {label}", form="plain")
    if not blocks:
        blocks = ["No action item is open."]
    body = f"[All action items]({front})\n\n" + "\n\n".join(blocks)
    return render.page(source, f"Action items {group.label.lower()}", body, slots)


def _closed(site: Site, rows: Rows) -> Page:
    source = site.page(FOLDER, "closed")
    front = render.link(site.page(FOLDER, "index"), source)
    closed = sorted(
        (entry for entry in rows.entries if not entry.item.is_open),
        key=lambda entry: (-(entry.item.completed or date.min).toordinal(), entry.item.key),
    )
    verified, done, dropped = (
        sum(entry.item.status == name for entry in closed) for name in ("verified", "done", "won't do")
    )
    body = (
        f"{verified:,} verified, {done:,} done but not verified, {dropped:,} won’t do.\n\n[Open action items]({front})"
    )
    if not closed:
        return render.page(source, "Closed action items", body)
    caption, filters = "Closed action items, the latest first", _filters(site, closed=True)
    slots = {"closed": partial(rows.action_table, closed, source, caption, filters=filters, closed=True)}
    return render.page(source, "Closed action items", f"{body}\n\n{render.slot('closed')}", slots)


def _filters(site: Site, closed: bool = False) -> str:
    """What the script builds its controls from: names, labels and the order of their values."""
    keys, labels = bucket_keys(site.settings.ageing), bucket_labels(site.settings.ageing)
    filters: list[dict[str, Any]] = [
        {"key": "owner", "label": "Owner", "list": True, "labels": {NONE: "Nobody"}},
        {"key": "service", "label": "Service", "list": True, "labels": {NONE: "No service"}},
        {
            "key": "priority",
            "label": "Priority",
            "order": [*site.settings.priorities, NONE],
            "labels": {NONE: "No priority"},
        },
        {
            "key": "category",
            "label": "Category",
            "order": [*CATEGORIES, NONE],
            "labels": {**CATEGORY_LABELS, NONE: "No category"},
        },
        {"key": "status", "label": "Status", "order": list(STATUS_LABELS), "labels": STATUS_LABELS},
    ]
    if not closed:
        age = {key: f"{label} days" for key, label in zip(keys, labels, strict=True)}
        filters += [
            {"key": "age", "label": "Age", "order": [*keys, NONE], "labels": {**age, NONE: "Not known"}},
            {
                "key": "overdue",
                "label": "Overdue",
                "order": ["yes", "no"],
                "labels": {"yes": "Overdue", "no": "Not overdue"},
            },
        ]
    return json.dumps(filters, ensure_ascii=False)
