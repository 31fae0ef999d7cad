"""`calendar.ics`: due dates, reviews and deadlines that run, for any calendar (RFC 5545).

Every event leaves people free, and all but deadlines are for the whole day; what is closed stays for a while as
cancelled, for calendars that imported it. A calendar's name for an event (its UID) is made from what
does not change when documents are edited or rows moved, and says nothing by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import quote

from mkdocs_postmortem.measuring import clock, reviews
from mkdocs_postmortem.measuring.follow_up import follow_up
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views.reviews import (
    FOLDER,
    STATE_LABELS,
    STEPS,
    meeting_day,
    month_page,
    month_pages,
    month_title,
)
from mkdocs_postmortem.views.rows import STATUS_LABELS, action_of, anchor, title_of
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import clean

PRODUCT = "-//mkdocs-postmortem//calendar//EN"
KEPT = timedelta(days=30)
"""How long what is over stays: action items as cancelled, for those who imported them; reviews and missed deadlines."""
_NAMES = uuid.UUID("6a5f7c1e-3a0b-5d58-9a53-0d6a2c1f4e77")
"""The namespace of every name given here, in calendars and feeds."""


class Happening(NamedTuple):
    """One event: what a calendar shows of it."""

    uid: str
    day: date | datetime
    """A whole day, or a moment."""
    summary: str
    lines: tuple[str, ...]
    categories: tuple[str, ...]
    address: str
    """Empty where the site's address is not known."""
    cancelled: bool = False


def name_of(site: Site, kind: str, *key: str) -> uuid.UUID:
    """A name that stays: made from a kind and a key of the archive, and from the site's address where known."""
    home = uuid.uuid5(_NAMES, site.site_url)
    return uuid.uuid5(home, "\n".join((kind, *key)))


def apart(site: Site, record: PostMortem) -> tuple[str, ...]:
    """What tells a record from an older one with the same ID, which `check` calls an error; else nothing."""
    return () if site.by_id.get(record.id) is record else (record.path,)


def calendar_ics(site: Site) -> str:
    """The calendar of an archive, with CRLF line ends."""
    from icalendar import Calendar, vText  # takes a while to import, and no command needs it

    head = Calendar()
    head["PRODID"], head["VERSION"] = vText(PRODUCT), vText("2.0")
    for key in ("NAME", "X-WR-CALNAME"):
        head[key] = vText(clean(site.settings.title))
    events = [
        *(site.remembered("ics", record, partial(_of_record, record, site), site.src_uri(record), site.site_url)
          for record in site.records),
        *(_written(happening, site.as_of) for happening in _months(site)),
    ]  # fmt: skip
    begin, end = head.to_ical().decode("utf-8").split("END:VCALENDAR")
    return f"{begin}{''.join(events)}END:VCALENDAR{end}"


def _of_record(record: PostMortem, site: Site) -> str:
    happenings = [*_due(record, site), *_review(record, site), *_deadlines(record, site)]
    return "".join(_written(happening, site.as_of) for happening in happenings)


def _due(record: PostMortem, site: Site) -> Iterator[Happening]:
    """The due dates of action items; of those that are closed, for as long as a calendar may still show them."""
    page = site.absolute(site.src_uri(record))
    for item in record.action_items:
        if item.due is None or (not item.is_open and (item.completed or item.due) < site.as_of - KEPT):
            continue
        status = STATUS_LABELS.get(item.status, clean(item.status))
        yield Happening(
            uid=str(name_of(site, "due", item.key, *apart(site, record))),
            day=item.due,
            summary=f"Due: {action_of(item)}",
            lines=(
                f"Post-mortem: {title_of(record)}",
                f"Owner: {clean(item.owner) or 'nobody'}",
                f"Priority: {clean(item.priority)}" if item.priority else "",
                f"Status: {status}",
            ),
            categories=("Action item", clean(item.priority)),
            address=page and f"{page}#{quote(anchor(record, item))}",
            cancelled=not item.is_open,
        )


def _review(record: PostMortem, site: Site) -> Iterator[Happening]:
    """The two-week review: on the day it is due, or was held; cancelled where nothing is left to review."""
    review = follow_up(reviews.plan(record, site.settings, site.history), site.as_of)
    day = review.held or review.due
    if day is None or review.state in ("unpublished", "not asked") or (not review.waiting and day < site.as_of - KEPT):
        return
    opened = sum(item.is_open for item in record.action_items)
    yield Happening(
        uid=str(name_of(site, "review", record.id, *apart(site, record))),
        day=day,
        summary=f"Two-week review: {title_of(record)}",
        lines=(
            f"Owner: {clean(record.owner) or 'nobody'}",
            f"Open action items: {opened} of {len(record.action_items)}",
            f"State: {STATE_LABELS[review.state].lower()}",
        ),
        categories=("Review",),
        address=site.absolute(site.page(FOLDER, "two-weeks")),
        cancelled=review.state == "settled",
    )


def _deadlines(record: PostMortem, site: Site) -> Iterator[Happening]:
    """The deadlines of the process that run or are missed; of those met, that they are off."""
    calendar = calendar_of(site.settings.process)
    for deadline in site.deadlines(record):
        due = deadline.due
        if deadline.step not in STEPS or due is None or calendar.day_of(due) < site.as_of - KEPT:
            continue
        if not deadline.open and (calendar.day_of(due) < site.as_of or deadline.state == clock.NOT_DUE):
            continue  # it is off, and its day no longer ahead
        yield Happening(
            uid=str(name_of(site, "deadline", record.id, deadline.step, *apart(site, record))),
            day=due,
            summary=f"Deadline: {STEPS[deadline.step]}, {title_of(record)}",
            lines=(
                f"Owner: {clean(record.owner) or 'nobody'}",
                f"State: {'overdue' if deadline.overdue else deadline.state}",
            ),
            categories=("Deadline", clean(record.severity)),
            address=site.absolute(site.src_uri(record)),
            cancelled=not deadline.open,
        )


def _months(site: Site) -> Iterator[Happening]:
    """The reviews of the last month, of the running one and of the next."""
    running = reviews.first_of(site.as_of)
    pages = set(month_pages(site))
    for first in (reviews.first_of(running - timedelta(days=1)), running, reviews.next_month(running)):
        page = month_page(site, first)
        yield Happening(
            uid=str(name_of(site, "month", f"{first:%Y-%m}")),
            day=meeting_day(site, first),
            summary=f"{clean(site.settings.title)}: review of {month_title(first)}",
            lines=("What was opened and closed, what is overdue, what repeats, and what to decide.",),
            categories=("Review",),
            address=site.absolute(page if page in pages else site.page(FOLDER, "index")),
        )


def _written(happening: Happening, as_of: date) -> str:
    from icalendar import vText, vUri

    texts = [
        ("UID", vText(happening.uid)),
        ("SUMMARY", vText(happening.summary)),
        ("DESCRIPTION", vText("\n".join(line for line in happening.lines if line))),
    ]
    parts = [_head(happening.day, happening.cancelled, as_of), *(_line(name, value) for name, value in texts)]
    parts.append(_categories(tuple(name for name in happening.categories if name)))
    if happening.address:
        parts.append(_line("URL", vUri(happening.address)))
    return f"BEGIN:VEVENT\r\n{''.join(parts)}END:VEVENT\r\n"


@lru_cache(maxsize=4096)
def _head(day: date | datetime, cancelled: bool, as_of: date) -> str:
    """What many events have alike, but for their texts."""
    from icalendar import vDate, vDatetime, vInt, vText

    if isinstance(day, datetime):
        start = _line("DTSTART", vDatetime(day.astimezone(UTC)))
    else:
        start = _line("DTSTART", vDate(day), VALUE="DATE")
    # What a later build says goes before what an earlier one said, and a cancellation before that of its day.
    sequence = 2 * (as_of - date(2000, 1, 1)).days + cancelled
    return "".join(
        (
            _line("DTSTAMP", vDatetime(datetime.combine(as_of, time(), tzinfo=UTC))),
            start,
            _line("SEQUENCE", vInt(sequence)),
            _line("STATUS", vText("CANCELLED" if cancelled else "CONFIRMED")),
            _line("TRANSP", vText("TRANSPARENT")),
        )
    )


@lru_cache(maxsize=1024)
def _categories(names: tuple[str, ...]) -> str:
    from icalendar import vCategory

    return _line("CATEGORIES", vCategory(list(names)))


def _line(name: str, value: Any, **params: str) -> str:
    """One line of a calendar, folded, with its end."""
    from icalendar import Parameters
    from icalendar.parser import Contentline

    return str(Contentline.from_parts(name, Parameters(params), value).to_ical(), "utf-8") + "\r\n"
