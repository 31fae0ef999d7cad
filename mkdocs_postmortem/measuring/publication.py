"""Post-mortems that others could learn from: candidates for a public version, until somebody has decided.

The grounds are those of `process.md`: major outages, significant user impact, security incidents
after remediation, good learning for the community.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from mkdocs_postmortem.measuring import lessons
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.settings import Settings

DECLINED = "PM610"
"""The rule whose acceptance, with its reason, says that there will be no public version."""
WINDOW = timedelta(days=90)
"""So long after the incident a public version is news to anybody."""
SHARE, USERS = 10, 1000
"""Percent, or number, of users from which on an impact is significant."""
_LESSONS, _WHYS = 3, 4
"""Lessons, one of them technical, and steps of the five whys that an analysis has which teaches others."""

_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:%|percent|per cent)")
_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:[,.’' ]\d{3})+(?!\d)|(?<![\d.,])\d{1,12}(?![\d%])")
_GROUPED = re.compile(r"\d{1,3}(?:[,.’' ]\d{3})+")
_ALL = re.compile(r"(?:all|every|everyone|everybody)\b", re.I)
_TEACHING = ("technical", "process", "communication", "other")


def grounds(record: PostMortem, settings: Settings) -> tuple[str, ...]:
    """Why a public version is worth a thought, in words; empty where nothing says so.

    A security incident has none as long as action items that are to prevent it are open.
    """
    security = record.incident_type == "security"
    if security and not _remediated(record):
        return ()
    found = []
    if record.severity == settings.severity_names[0]:
        found.append(f"a {record.severity}")
    if is_significant(affected := record.impact.get("users_affected", "")):
        found.append(f"it hit {_counted(affected)}")
    if security:
        found.append("a security incident that is remediated")
    told = [lesson.kind for lesson in lessons.of(record) if lesson.kind in _TEACHING]
    if len(told) >= _LESSONS and "technical" in told and len(record.document.whys) >= _WHYS:
        found.append(f"{len(told)} lessons and a chain of {len(record.document.whys)} whys that others can learn from")
    return tuple(found)


def is_significant(affected: str) -> bool:
    """Whether so many users are many: a share, a number, or all of them."""
    shares = [float(share.replace(",", ".")) for share in _SHARE.findall(affected)]
    if shares:
        return max(shares) >= SHARE
    if _ALL.match(affected.strip()):
        return True
    number = _NUMBER.search(affected)
    return number is not None and int(re.sub(r"\D", "", number[0])) >= USERS


def _counted(affected: str) -> str:
    """Who was affected, in the author's words; a number alone is one of users."""
    if affected.isdecimal():
        return f"{int(affected):,} users"
    return f"{affected} users" if _GROUPED.fullmatch(affected) else affected


def _remediated(record: PostMortem) -> bool:
    """Whether the incident is over, and nothing that is to prevent another is open."""
    preventing = [item for item in record.action_items if item.category in ("prevent", None)]
    return "resolved_at" in record.stamps and bool(preventing) and not any(item.is_open for item in preventing)


def is_declined(record: PostMortem) -> bool:
    """Whether somebody said, with a reason, that there will be no public version."""
    return any(item.code == DECLINED and item.reason for item in record.document.accepted)


def is_undecided(record: PostMortem, settings: Settings) -> bool:
    """Whether nothing says what becomes of its public version: published inside, and without an `external` entry.

    An entry stands for good, whether or not the version was retracted. A project without a redaction
    policy has no public site, and nothing to decide.
    """
    return record.status == "published" and settings.has_policy and not record.document.front.get("external")


def is_recent(record: PostMortem, as_of: date) -> bool:
    """Whether a public version would still be news."""
    return record.day is not None and timedelta(0) <= as_of - record.day <= WINDOW


def candidates(
    records: Iterable[PostMortem], settings: Settings, as_of: date
) -> tuple[tuple[PostMortem, tuple[str, ...]], ...]:
    """The post-mortems that are candidates, each with its grounds, in the order given."""
    return tuple(
        (record, why)
        for record in records
        if is_undecided(record, settings)
        and is_recent(record, as_of)
        and not is_declined(record)
        and (why := grounds(record, settings))
    )
