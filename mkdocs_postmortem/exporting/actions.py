"""Action items as flat objects: what `actions` prints and the site publishes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views.text import clean, tickets, words

FIELDS = (
    "key",
    "postmortem",
    "path",
    "line",
    "action",
    "category",
    "owner",
    "priority",
    "due",
    "status",
    "ticket",
    "age_days",
    "overdue",
)
"""The fields of a row, in their order."""


def rows(records: Iterable[PostMortem], as_of: date, settings: Settings) -> list[dict[str, Any]]:
    """Every action item as a flat object: overdue first, the most overdue before all, then by due date.

    The action is in plain words, the ticket an address where it has one. What is not known is None;
    `due` is an ISO date, `age_days` counts to `as_of` while
    the item is open and to its completion after.
    """
    ranks = {name: rank for rank, name in enumerate(settings.priorities)}

    def order(pair: tuple[PostMortem, ActionItem]) -> tuple[object, ...]:
        item = pair[1]
        late = (as_of - item.due).days if item.due and item.overdue(as_of) else 0
        return (-late, item.due is None, item.due or date.max, ranks.get(item.priority, len(ranks)), item.key)

    pairs = sorted(((record, item) for record in records for item in record.action_items), key=order)
    return [_row(record, item, as_of, settings.ticket_url) for record, item in pairs]


def _row(record: PostMortem, item: ActionItem, as_of: date, ticket_url: str) -> dict[str, Any]:
    linked = tickets(item.ticket, ticket_url) if item.ticket else []
    return {
        "key": item.key,
        "postmortem": record.id,
        "path": record.path,
        "line": item.span.line,
        "action": words(item.action),
        "category": item.category,
        "owner": clean(item.owner) or None,
        "priority": clean(item.priority) or None,
        "due": item.due.isoformat() if item.due else None,
        "status": clean(item.status),
        "ticket": ", ".join(address or label for label, address in linked) or None,
        "age_days": item.age_days(as_of),
        "overdue": item.overdue(as_of),
    }
