"""The coverage page: which incidents of the register have, lack or need no post-mortem."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from mkdocs_postmortem.measuring.coverage import NEEDS, Covered
from mkdocs_postmortem.reading.register import Register
from mkdocs_postmortem.settings import Condition, Settings
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.actions import percent
from mkdocs_postmortem.views.rows import named, severity_class
from mkdocs_postmortem.views.site import Draw, Page, Site
from mkdocs_postmortem.views.text import clean, count, heading, web_address

NEED_LABELS = {
    "required": "Required",
    "recommended": "Recommended",
    "optional": "Optional",
    "unknown": "Cannot be said",
}
HAS_LABELS = {"yes": "Has one", "no": "Has none"}
_MOST_UNREGISTERED = 100


def pages(site: Site) -> list[Page]:
    """The coverage page; none where the project keeps no register."""
    register = site.register
    if register is None:
        return []
    source = site.page("coverage")
    title = "Coverage"
    told = f"As of {site.as_of.isoformat()}, from {heading(register.path)}."
    if not register.incidents:
        body = f"{told}{_unusable(register)}" if register.problems else f"{told} No incident stands there yet."
        return [render.page(source, title, body, in_navigation=True)]
    body = (
        f"{told}{_unusable(register)}\n\n{render.slot('numbers')}\n\n{rules(site.settings)}\n\n"
        f"## Without a post-mortem\n\n{render.slot('lacking')}\n\n"
        f"## By severity\n\n{render.slot('severities')}\n\n"
        f"## All incidents\n\n{render.slot('incidents')}\n\n"
        f"## Post-mortems without an incident\n\n{render.slot('unregistered')}"
    )
    slots: dict[str, Draw] = {
        "numbers": partial(_numbers, site),
        "lacking": partial(_lacking, site, source),
        "severities": partial(_severities, site),
        "incidents": partial(_incidents, site, source),
        "unregistered": partial(_unregistered, site, source),
    }
    return [render.page(source, title, body, slots, in_navigation=True)]


def _unusable(register: Register) -> str:
    """What `check` says of the register, counted."""
    if not register.problems:
        return ""
    found = count(len(register.problems), "mistake")
    return (
        f"There {'is' if len(register.problems) == 1 else 'are'} {found} in it, which `mkdocs-postmortem check` tells."
    )


def rules(settings: Settings) -> str:
    """The project's rules in words, as markdown."""
    grace = settings.coverage.grace_days
    return (
        f"- **Required:** {_conditions(settings.coverage.required)}\n"
        f"- **Recommended:** {_conditions(settings.coverage.recommended)}\n"
        f"- **Optional:** all others. A draft may take {count(grace, 'day')}: until then nothing is missed."
    )


def _conditions(conditions: Iterable[Condition]) -> str:
    return "; ".join(heading(condition.label) for condition in conditions) or "none"


def _numbers(site: Site) -> str:
    found = site.coverage
    figures = []
    for need in ("required", "recommended", "optional"):
        has, whole = found.count(need)
        lacks = [row for row in found.rows if row.lacks and row.need == need]
        lacking, early = len(lacks), sum(_early(row, site) for row in lacks)
        waived = sum(not row.has and bool(row.incident.waived) for row in found.rows if row.need == need)
        verdict = f"{lacking:,} {'lacks' if lacking == 1 else 'lack'} one" if lacking else ""
        if early:
            verdict += f", {early:,} of them still in time" if lacking > 1 else ", still in time"
        verb = "has" if has == 1 or whole == 1 else "have"
        mood = ("missed" if lacking > early else "" if lacking else "met") if whole and need == "required" else ""
        decided = f"; {waived:,} decided against" if waived and need != "required" else ""
        figures.append(
            {
                "label": NEED_LABELS[need],
                "value": percent(has, whole) if whole else "–",
                "verdict": verdict,
                "mood": mood,
                "definition": f"{has:,} of {count(whole, 'incident')} {verb} a post-mortem{decided}"
                if whole
                else "no such incident",
            }
        )
    return render.html("numbers", figures=figures)


def _lacking(site: Site, source: str) -> str:
    found = site.coverage.lacking
    if not found:
        return render.html("note", text="Every incident that requires or deserves a post-mortem has one.")
    return render.html("lacking", lines=[_line(row, site, source) for row in found])


def _line(row: Covered, site: Site, source: str) -> dict[str, Any]:
    incident = row.incident
    elsewhere = web_address(row.elsewhere) or ""
    return {
        "id": clean(incident.id),
        "title": clean(incident.title),
        "day": incident.day.isoformat() if incident.day else "",
        "year": f"{incident.day.year:04}" if incident.day else "",
        "severity": clean(incident.severity),
        "severity_class": severity_class(incident.severity, site.settings),
        "rank": site.settings.severity_rank(incident.severity),
        "type": site.settings.type_label(clean(incident.incident_type)),
        "services_json": json.dumps([clean(name) for name in incident.services], ensure_ascii=False),
        "services": ", ".join(clean(name) for name in incident.services),
        "need": row.need,
        "need_rank": NEEDS.index(row.need),
        "need_label": NEED_LABELS[row.need],
        "reason": clean(row.reason),
        "days": row.days,
        "since": "" if row.days is None else count(row.days, "day"),
        "early": _early(row, site),
        "waived": clean(incident.waived),
        "record": named(row.record, site, source) if row.record else None,
        "status": row.record.status if row.record else "",
        "elsewhere": elsewhere,
        "unknown": clean(incident.postmortem) if not row.has else "",
        "has": "yes" if row.has else "no",
    }


def _early(row: Covered, site: Site) -> bool:
    """Whether a draft may still take its time: nothing is missed yet, here and in what `check` says."""
    return row.days is not None and row.days <= site.settings.coverage.grace_days


def _severities(site: Site) -> str:
    groups: dict[str, list[Covered]] = {}
    for row in site.coverage.rows:
        groups.setdefault(row.incident.severity, []).append(row)
    names = sorted(groups, key=lambda name: (site.settings.severity_rank(name), name))
    lines = [
        {
            "name": clean(name),
            "class": severity_class(name, site.settings),
            "count": len(groups[name]),
            "has": sum(row.has for row in groups[name]),
            "share": percent(sum(row.has for row in groups[name]), len(groups[name])),
            "lacks": sum(row.lacks for row in groups[name]),
        }
        for name in names
    ]
    return render.html("coverage_severities", lines=lines)


def _incidents(site: Site, source: str) -> str:
    row = render.macros("coverage_rows").row
    rows = "\n".join(str(row(_line(item, site, source))) for item in site.coverage.rows)
    return render.html("coverage", rows=rows, filters=_filters(site))


def _unregistered(site: Site, source: str) -> str:
    found: Sequence[Any] = site.coverage.unregistered
    if not found:
        return render.html("note", text="Every post-mortem belongs to an incident of the register.")
    more = len(found) - _MOST_UNREGISTERED
    lines = [named(record, site, source) for record in found[:_MOST_UNREGISTERED]]
    verb = "belongs" if len(found) == 1 else "belong"
    sentence = f"{len(found):,} of {count(len(site.records), 'post-mortem')} {verb} to no incident of the register."
    return render.html("unregistered", lines=lines, sentence=sentence, more=max(0, more))


def _filters(site: Site) -> str:
    return json.dumps(
        [
            {"key": "need", "label": "Post-mortem", "order": list(NEEDS), "labels": NEED_LABELS},
            {"key": "has", "label": "Has one", "order": list(HAS_LABELS), "labels": HAS_LABELS},
            {"key": "severity", "label": "Severity", "order": list(site.settings.severity_names)},
            {"key": "service", "label": "Service", "list": True},
            {"key": "year", "label": "Year", "descending": True},
        ],
        ensure_ascii=False,
    )
