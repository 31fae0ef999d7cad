"""What a post-mortem's own page shows above its words: the facts panel."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.model import STAMPS, PostMortem
from mkdocs_postmortem.views import process, render
from mkdocs_postmortem.views.archive import facet_label
from mkdocs_postmortem.views.body import enrich
from mkdocs_postmortem.views.rows import (
    anchor,
    severity_class,
)
from mkdocs_postmortem.views.site import Site, facet_values
from mkdocs_postmortem.views.text import clean

__all__ = ["enrich", "panel"]

STAMP_LABELS = dict(zip(STAMPS, ("Started", "Detected", "Acknowledged", "Mitigated", "Resolved"), strict=True))
METHOD_LABELS = {
    "monitoring": "Monitoring or alerting",
    "user-report": "User report",
    "manual": "Manual discovery",
    "third-party": "Third-party notification",
    "other": "Other",
}
IMPACT_LABELS = {
    "users_affected": "Users affected",
    "data_loss": "Data loss",
    "revenue": "Revenue impact",
    "customer_complaints": "Customer complaints",
}


def panel(record: PostMortem, site: Site, findings_hint: str | None = None) -> str:
    """The facts of a post-mortem as HTML, addresses relative to its page.

    `findings_hint` is a sentence of the host's to show at its foot, such as how many findings
    the checks have.
    """
    return site.remembered(
        "panel",
        record,
        lambda: _panel(record, site, findings_hint),
        site.src_uri(record),
        public_version(record, site),
        site.facets_digest,
    )


def _panel(record: PostMortem, site: Site, findings_hint: str | None) -> str:
    source = site.src_uri(record)
    kind, severity = clean(record.incident_type), clean(record.severity)
    return render.html(
        "panel",
        archive={"title": clean(site.settings.title), "address": site.address(site.page("index"), source)},
        id=clean(record.id),
        severity={
            "label": facet_label(site, "severity", severity),
            "class": severity_class(record.severity, site.settings),
            "address": _facet_address(site, "severity", severity, source),
        }
        if severity
        else None,
        status=record.status,
        type={
            "label": site.settings.type_label(kind),
            "address": _facet_address(site, "type", kind, source),
        }
        if kind
        else None,
        near_miss=record.near_miss,
        figures=_figures(record),
        actions=_actions(record, site),
        phases=_phases(record),
        stamps=_stamps(record),
        steps=process.of(record, site),
        facts=_facts(record, site, source),
        hint=findings_hint,
    )


def _facet_address(site: Site, facet: str, value: str, source: str) -> str:
    page = site.facet_page(facet, value)
    return site.address(page, source) if page else ""


def public_version(record: PostMortem, site: Site) -> str:
    """The state of its public version; empty where it asks for none."""
    external = record.document.front.get("external")
    slug = external.get("slug") if isinstance(external, dict) else None
    return site.public.get(str(slug), "not written yet: run redact") if slug else ""


def _figures(record: PostMortem) -> list[dict[str, str]]:
    return [
        {"label": label, "value": human(value) if value is not None else "", "definition": definition}
        for label, value, definition in (
            ("Time to detect", record.time_to_detect, "started to detected"),
            ("Time to resolve", record.time_to_resolve, "detected to resolved"),
            ("Duration", record.duration, "started to resolved"),
        )
    ]


def _actions(record: PostMortem, site: Site) -> dict[str, Any] | None:
    if not record.action_items:
        return None
    opened = [item for item in record.action_items if item.is_open]
    overdue = [item for item in opened if item.overdue(site.as_of)]
    first = next(iter(overdue or opened), None)
    return {
        "open": len(opened),
        "overdue": len(overdue),
        "total": len(record.action_items),
        "address": f"#{quote(anchor(record, first))}" if first else "",
    }


def _known(record: PostMortem) -> list[tuple[str, datetime]]:
    return [(name, record.stamps[name]) for name in STAMPS if name in record.stamps]


def _phases(record: PostMortem) -> list[dict[str, Any]]:
    """The incident as a bar: what passed before each moment. None where the moments are out of order."""
    known = _known(record)
    if len(known) < 3 or any(later < earlier for (_, earlier), (_, later) in pairwise(known)):
        return []
    start, whole = known[0][1], known[-1][1] - known[0][1]
    if whole <= timedelta(0):
        return []
    phases = []
    for (_, earlier), (name, later) in pairwise(known):
        x, end = round(1000 * ((earlier - start) / whole), 1), round(1000 * ((later - start) / whole), 1)
        if end > x:
            phases.append({"name": name.removesuffix("_at"), "x": x, "width": round(end - x, 1)})
    return phases


def _stamps(record: PostMortem) -> list[dict[str, str]]:
    known = _known(record)
    result = []
    day = None
    for name, moment in known:
        elapsed = moment - known[0][1]
        # The day is said once, and again where it changes.
        text = moment.strftime("%H:%M UTC") if moment.date() == day else moment.strftime("%Y-%m-%d %H:%M UTC")
        day = moment.date()
        result.append(
            {
                "name": name.removesuffix("_at"),
                "label": STAMP_LABELS[name],
                "iso": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "text": text,
                "elapsed": f"after {human(elapsed)}" if elapsed > timedelta(0) else "",
            }
        )
    return result


def _facts(record: PostMortem, site: Site, source: str) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []

    def text(label: str, value: str) -> None:
        if shown := clean(value):
            facts.append({"label": label, "text": shown, "names": []})

    def names(label: str, values: list[dict[str, str]]) -> None:
        if values:
            facts.append({"label": label, "text": "", "names": values})

    for facet, label in (("service", "Services"), ("cause", "Causes")):
        names(
            label,
            [
                {"name": value, "role": "", "address": _facet_address(site, facet, value, source)}
                for value in facet_values(record, facet)
            ],
        )
    text("Detected by", METHOD_LABELS.get(record.detection_method, record.detection_method))
    for key, value in record.impact.items():
        text(IMPACT_LABELS.get(key, key.replace("_", " ").capitalize()), value)
    text("Owner", record.owner)
    names("Authors", [_person(who) for who in record.authors])
    names("Reviewers", [_person(who) for who in record.reviewers])
    text("Facilitator", record.facilitator)
    names("Participants", [_person(person.who, person.role) for person in record.participants])
    text("Public version", public_version(record, site))
    return facts


def _person(who: str, role: str = "") -> dict[str, str]:
    return {"name": clean(who), "role": clean(role), "address": ""}
