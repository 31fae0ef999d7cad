"""The patterns page: incidents that repeat others, what recurs, and what may be related."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from mkdocs_postmortem.measuring.candidates import Candidate
from mkdocs_postmortem.measuring.patterns import Repeat
from mkdocs_postmortem.measuring.recurring import KINDS, LEAST, YEAR, Recurring, recurring
from mkdocs_postmortem.settings import Patterns
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.actions import percent
from mkdocs_postmortem.views.relations import listed, why
from mkdocs_postmortem.views.rows import named
from mkdocs_postmortem.views.site import Draw, Page, Site
from mkdocs_postmortem.views.text import clean, count

MOST_REPEATS = 500
MOST_RECURRING = 20
MOST_SUGGESTED = 50
_IDS = 6
"""Post-mortems that are named beside what recurs; the page of the service or cause has all."""

_LABELS = {
    "service and cause": ("Services with a cause", "Service and cause"),
    "service": ("Services", "Service"),
    "cause": ("Causes", "Cause"),
    "tag": ("Tags", "Tag"),
}
LEFT_LABELS = {"open": "Items were open", "unverified": "Items were not verified", "nothing": "Nothing was left"}


def page(site: Site) -> Page:
    """The patterns page."""
    source = site.page("patterns")
    if not site.records:
        return render.page(source, "Patterns", "There are no post-mortems yet.", in_navigation=True)
    body = (
        f"As of {site.as_of.isoformat()}.\n\n"
        f"## Repeats\n\n{definition(site.settings.patterns)}\n\n{render.slot('repeats')}\n\n"
        f"## What recurs\n\nWhat at least two post-mortems have in common. From {LEAST} incidents on the twelve months "
        f"before stand beside the last twelve.\n\n{render.slot('recurring')}\n\n"
        f"## Perhaps related\n\nNobody linked these. They are suggested for what they have in common, and may be "
        f"wrong.\n\n{render.slot('suggested')}"
    )
    slots: dict[str, Draw] = {
        "repeats": partial(_repeats, site, source),
        "recurring": partial(_recurring, site, source),
        "suggested": partial(_suggested, site, source),
    }
    return render.page(source, "Patterns", body, slots, in_navigation=True)


def definition(rules: Patterns) -> str:
    """What counts as a repeat under these settings, in words."""
    ways = {
        "service-and-cause": "it has a service and a cause in common with it, the cause being the first that one of "
        "the two names",
        "cause": "it has a cause in common with it",
        "related": "one of the two names the other as related and they have a service or a cause in common, or one "
        "of them states neither",
    }
    wanted = [words for way, words in ways.items() if way in rules.repeat_by]
    if not wanted:
        return "No incident is taken for a repeat: `patterns.repeat_by` in the settings is empty."
    within = f" within {count(rules.within_days, 'day')}" if rules.within_days else ""
    return (
        f"An incident repeats an earlier one where it starts{within} after that one ended, and {'; or '.join(wanted)}."
    )


# -- repeats


def _repeats(site: Site, source: str) -> str:
    found = site.repeats
    if not found:
        return render.html("note", text="No incident repeats another.")
    rows = [_repeat(repeat, site, source) for repeat in found[:MOST_REPEATS]]
    return render.html(
        "repeats",
        rows=render.safe("\n".join(rows)),
        sentence=_sentence(site),
        filters=_filters(),
        left=left_over(found),
    )


def left_over(found: Sequence[Repeat]) -> str:
    """That a table shows the latest only, where it does."""
    return f"The latest {MOST_REPEATS} of {len(found):,} are listed." if len(found) > MOST_REPEATS else ""


def _sentence(site: Site) -> str:
    found = site.repeats
    later = {repeat.later.path for repeat in found}
    unfinished = {repeat.later.path for repeat in found if repeat.standing.unfinished}
    dated = sum(record.day is not None for record in site.records)
    verb = "repeats an earlier one" if len(later) == 1 else "repeat an earlier one"
    return (
        f"{len(later):,} of {count(dated, 'incident')} {verb}; {len(unfinished):,} of them happened while action items "
        "of the earlier one were open or not verified."
    )


def _repeat(repeat: Repeat, site: Site, source: str) -> str:
    left = "open" if repeat.open_items else "unverified" if repeat.unverified_items else "nothing"
    later, earlier = repeat.later, repeat.earlier
    return str(
        render.macros("repeats_rows").row(
            later=named(later, site, source),
            earlier=named(earlier, site, source),
            services=listed(repeat.shared_services),
            causes=listed(repeat.shared_causes),
            services_json=json.dumps(repeat.shared_services, ensure_ascii=False),
            causes_json=json.dumps(repeat.shared_causes, ensure_ascii=False),
            linked=repeat.linked,
            left=left,
            opened=len(repeat.open_items),
            unverified=len(repeat.unverified_items),
            total=len(earlier.action_items),
            certain=repeat.certain,
            year=f"{later.day.year:04}" if later.day else "",
        )
    )


def _filters() -> str:
    return json.dumps(
        [
            {"key": "service", "label": "Service", "list": True},
            {"key": "cause", "label": "Cause", "list": True},
            {"key": "left", "label": "At that time", "order": list(LEFT_LABELS), "labels": LEFT_LABELS},
            {"key": "year", "label": "Year", "descending": True},
        ],
        ensure_ascii=False,
    )


# -- what recurs


def _recurring(site: Site, source: str) -> str:
    found = recurring(site.records, site.as_of)
    groups = [
        {
            "kind": kind.replace(" ", "-"),
            "title": _LABELS[kind][0],
            "column": _LABELS[kind][1],
            "lines": [_line(item, site, source) for item in items[:MOST_RECURRING]],
            "more": max(0, len(items) - MOST_RECURRING),
        }
        for kind in KINDS
        if (items := found[kind])
    ]
    if not groups:
        return render.html("note", text="No service, cause or tag is named by more than one post-mortem.")
    return render.html("recurring", groups=groups, reach=_reach(found))


def _reach(found: Mapping[str, Sequence[Recurring]]) -> str:
    """How far the archive reaches back into the year before the last, where it does not cover all of it."""
    covered = next(item.covered for items in found.values() for item in items)
    if covered == YEAR.days:
        return ""
    if not covered:
        return "The archive begins within the last twelve months: there is nothing before to compare them with."
    return f"The archive covers {count(covered, 'day')} of the twelve months before: it begins within them."


def _line(item: Recurring, site: Site, source: str) -> dict[str, Any]:
    return {
        "names": [_name(item.kind, place, name, site, source) for place, name in enumerate(item.names)],
        "count": item.count,
        "share": percent(item.count, len(site.records)),
        "first": item.first.isoformat() if item.first else "",
        "last": item.last.isoformat() if item.last else "",
        "recent": item.recent,
        "before": item.before,
        "covered": item.covered if item.covered < YEAR.days else 0,
        "few": "too few to compare" if item.covered else "the archive does not reach back",
        "records": [named(record, site, source) for record in item.records[:_IDS]],
        "more": max(0, item.count - _IDS),
    }


def _name(kind: str, place: int, name: str, site: Site, source: str) -> dict[str, str]:
    facet = {"service": "service", "cause": "cause", "service and cause": ("service", "cause")[place]}.get(kind)
    page = site.facet_page(facet, clean(name)) if facet else None
    return {"label": clean(name), "address": site.address(page, source) if page else ""}


# -- suggestions


def _suggested(site: Site, source: str) -> str:
    found = site.suggestions
    if not found:
        return render.html("note", text="No two post-mortems are alike that nobody linked.")
    more = f"The {MOST_SUGGESTED} most alike of {len(found):,} are listed." if len(found) > MOST_SUGGESTED else ""
    return render.html("suggested", lines=[_pair(item, site, source) for item in found[:MOST_SUGGESTED]], more=more)


def _pair(item: Candidate, site: Site, source: str) -> dict[str, Any]:
    return {"later": named(item.later, site, source), "earlier": named(item.earlier, site, source), "why": why(item)}
