"""`postmortems.json`: every post-mortem as one object, under the names of front matter."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from mkdocs_postmortem.model import STAMPS, ActionItem, PostMortem
from mkdocs_postmortem.views.site import Site


def postmortems_json(site: Site) -> str:
    """A JSON array, newest first, one object a line; addresses are relative to the archive's folder."""
    source = site.page("index")
    lines = [
        site.remembered("json", record, partial(_line, record, site, source), site.src_uri(record))
        for record in site.records
    ]
    text = "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
    # A lone surrogate can be written in YAML but not in UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def _line(record: PostMortem, site: Site, source: str) -> str:
    return json.dumps(_object(record, site, source), ensure_ascii=False, allow_nan=False)


def _object(record: PostMortem, site: Site, source: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": record.id,
        "title": record.title,
        "url": site.href(site.src_uri(record), source),
        "path": record.path,
        "date": record.day.isoformat() if record.day else None,
        "status": record.status,
        "severity": record.severity or None,
        "incident_type": record.incident_type or None,
        "near_miss": record.near_miss,
        "services": list(record.services),
        "causes": list(record.causes),
        "tags": list(record.tags),
        **{name: _stamp(record, name) for name in STAMPS},
        "detection_method": record.detection_method or None,
        "impact": dict(record.impact),
        "owner": record.owner or None,
        "authors": list(record.authors),
        "reviewers": list(record.reviewers),
        "facilitator": record.facilitator or None,
        "participants": [{"who": person.who, "role": person.role} for person in record.participants],
        "related": list(record.related),
        "timeline": [
            {
                "time": entry.written,
                "at": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ") if entry.at else None,
                "event": entry.event,
            }
            for entry in record.timeline
        ],
        "action_items": [_action(item, site) for item in record.action_items],
    }
    # What a team's own schema adds is theirs, and stays beside ours.
    own = {str(key): value for key, value in record.document.front.items()}
    return {**known, **{key: _plain(own[key]) for key in sorted(own) if key not in known}}


def _stamp(record: PostMortem, name: str) -> str | None:
    moment = record.at(name)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _action(item: ActionItem, site: Site) -> dict[str, Any]:
    return {
        "key": item.key,
        "action": item.action,
        "category": item.category,
        "owner": item.owner or None,
        "priority": item.priority or None,
        "due": item.due.isoformat() if item.due else None,
        "status": item.status,
        "reason": item.reason or None,
        "ticket": item.ticket or None,
        "completed": item.completed.isoformat() if item.completed else None,
        "created": item.created.isoformat() if item.created else None,
        "age_days": item.age_days(site.as_of),
        "overdue": item.overdue(site.as_of),
    }


def _plain(value: Any) -> Any:
    """The value as JSON has it: no NaN or infinity, every key a text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
