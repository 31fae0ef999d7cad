"""From when a post-mortem's deadlines count, and whether it is under the process at all."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import STAMPS, PostMortem
from mkdocs_postmortem.settings import Settings


def begins(record: PostMortem, settings: Settings) -> datetime | None:
    """The moment from which a post-mortem's deadlines count; None where nothing says when the incident was.

    The configured moment (by default the end of the incident), else the last one that is stated,
    else the end of the incident's day.
    """
    chosen = record.stamps.get(f"{settings.process.starts}_at")
    if chosen is not None:
        return chosen
    stated = [record.stamps[name] for name in STAMPS if name in record.stamps]
    if stated:
        return max(stated)
    if record.day is None or record.day.year > 9990:
        return None
    return datetime.combine(record.day, time(0), tzinfo=UTC) + timedelta(days=1)


def under_process(record: PostMortem, settings: Settings) -> bool:
    """Whether an incident was on the day from which the process holds (`process.since`), or later.

    An archive that was brought in is not late. Where nothing says when the incident was, it is taken for a new one.
    """
    since, begin = settings.process.since, begins(record, settings)
    return since is None or begin is None or calendar_of(settings.process).day_of(begin) >= since
