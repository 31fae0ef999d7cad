"""Reviews: the two-week review of every post-mortem and a page for every month, to be walked through in a meeting.

The pages of months are markdown, checkboxes included, so that they can be copied into notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from markupsafe import Markup

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import clock, patterns, reviews
from mkdocs_postmortem.measuring.follow_up import FollowUp
from mkdocs_postmortem.measuring.reviews import Decision, Life, Month
from mkdocs_postmortem.measuring.workdays import calendar_of
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.rows import STATUS_LABELS, Rows, action_of, anchor, late_text, owners, title_of
from mkdocs_postmortem.views.site import Draw, Page, Site
from mkdocs_postmortem.views.text import clean, count, web_address, words

FOLDER = "reviews"
MOST = 20
"""Of each list of a meeting so many are shown: more cannot be walked through; the rest is counted."""
AHEAD_DAYS = 14
"""How far ahead the two-week reviews are prepared."""
HELD = 50
"""Reviews in the table of those that were held."""

STATE_LABELS = {
    "overdue": "Overdue",
    "due": "Due",
    "held": "Held",
    "lapsed": "Never noted",
    "settled": "Nothing left",
    "unknown": "Not known",
    "unpublished": "Not published",
    "not asked": "Not asked for",
}
QUESTIONS = {
    "top": ("Of the highest priority", "What does it still need, and from whom?"),
    "no owner": ("Owned by nobody", "Who takes it?"),
    "no due date": ("Without a due date", "By when?"),
    "give up": (
        "Low in priority, and late or old",
        "Do it soon, or write “Won’t do” with the reason?",
    ),
    "old": ("Open for long", "Is it still the right thing to do? Who moves it on?"),
}
"""How decisions are grouped, and what the meeting is asked about each."""
REASON_NOTES = {
    "no owner": "no owner",
    "no due date": "no due date",
    "give up": "worth giving up?",
}
"""Further reasons as they stand behind an item; its priority and its age stand there anyway."""
STEPS = {
    "owner": "naming an owner",
    "meeting": "the meeting",
    "draft": "the draft",
    "publish": "publication",
    "actions": "a plan for the action items",
}
"""The steps of the process whose deadlines a month looks at; two-week reviews come up by themselves."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Item = TypeVar("Item")


def month_title(first: date) -> str:
    """`November 2026`."""
    return f"{_MONTHS[first.month - 1]} {first.year}"


def month_page(site: Site, first: date) -> str:
    """The source of the page of a month."""
    return site.page(FOLDER, f"{first:%Y-%m}")


def month_pages(site: Site) -> list[str]:
    """The sources of the pages of all months, the latest last."""
    return [month_page(site, first) for first in _starts(site)]


def current_page(site: Site) -> str | None:
    """The source of the running month's page; None where there is none, as nothing has happened yet."""
    return next(reversed(month_pages(site)), None)


def _starts(site: Site) -> list[date]:
    """First days of the months that have a page, the latest last.

    Every month since the first incident: what a build knows before it has read all documents in
    full is only front matter, and open action items ask for a review in a quiet month, too.
    """
    days = (record.day for record in site.records)
    return reviews.month_starts(days, site.as_of, site.settings.reviews.months)


def meeting_day(site: Site, first: date) -> date:
    """The day on which a month is reviewed."""
    return reviews.meeting_day(first, site.settings)


def pages(site: Site, rows: Rows) -> list[Page]:
    """The front page of the reviews, the two-week reviews, and the page of each month."""
    draw = _Drawing(site, rows)
    starts = _starts(site)
    found = reviews.months(site.records, site.settings, site.as_of, site.history) if starts else ()
    follow_ups = reviews.follow_ups(site.records, site.settings, site.as_of, site.history)
    result = [draw.front(found, follow_ups), draw.two_weeks(follow_ups)]
    for number, month in enumerate(found):
        later = found[number - 1] if number else None
        earlier = found[number + 1] if number + 1 < len(found) else None
        result.append(draw.month(month, earlier, later))
    return result


class _Drawing:
    """Draws the pages of one site."""

    def __init__(self, site: Site, rows: Rows) -> None:
        self.site = site
        self.rows = rows
        self.index = site.page(FOLDER, "index")
        self.weeks = site.page(FOLDER, "two-weeks")
        self._links: dict[str, Markup] = {}
        self.missed = _by_month(
            (calendar_of(site.settings.process).day_of(deadline.due), (record, deadline))
            for record in site.records
            for deadline in site.deadlines(record)
            if deadline.state == clock.MISSED and deadline.due and deadline.step in STEPS
        )
        self.repeats = _by_month((repeat.later.day, repeat) for repeat in site.repeats)

    # -- the front page

    def front(self, months: Sequence[Month], follow_ups: Sequence[FollowUp]) -> Page:
        source = self.index
        waiting = [review for review in follow_ups if review.waiting]
        slots: dict[str, Draw] = {"files": partial(self._files, source)}
        if waiting:
            slots["waiting"] = partial(self._review_table, waiting, source, "Post-mortems to be reviewed")
        if months:
            slots["months"] = partial(self._month_table, months, source)
        running = months[0] if months else None
        body = render.markdown(
            "reviews",
            as_of=self.site.as_of.isoformat(),
            running={
                "title": month_title(running.first),
                "link": _link(month_page(self.site, running.first), source),
                "meeting": meeting_day(self.site, running.first).isoformat(),
            }
            if running
            else None,
            weeks=_link(self.weeks, source),
            overdue=sum(review.state == "overdue" for review in waiting),
            waiting=render.safe(render.slot("waiting")) if waiting else "",
            unknown=sum(review.state == "unknown" for review in follow_ups),
            months=render.safe(render.slot("months")) if months else "",
            files=render.safe(render.slot("files")),
        )
        return render.page(source, "Reviews", body, slots, in_navigation=True)

    def _files(self, source: str) -> str:
        names = {"calendar.ics": "Calendar", "feed.xml": "Feed"}
        files = [
            {"label": label, "name": name, "address": self.site.href(_beside(self.site, name), source)}
            for name, label in names.items()
        ]
        return render.html("subscribe", files=files)

    def _month_table(self, months: Sequence[Month], source: str) -> str:
        lines = [
            {
                "title": month_title(month.first),
                "name": month.name,
                "running": month.running,
                "address": self.site.href(month_page(self.site, month.first), source),
                "numbers": (
                    len(month.incidents),
                    month.carried,
                    len(month.opened),
                    len(month.closed),
                    month.open,
                    len(month.overdue),
                    len(month.decide),
                    len(self.repeats.get(month.name, ())),
                    len(month.unknown),
                ),
            }
            for month in months
        ]
        return render.html("review_months", lines=lines)

    def _review_table(self, follow_ups: Sequence[FollowUp], source: str, caption: str) -> str:
        shown = [self._review(review, self.site.as_of, source) for review in follow_ups]
        return render.html("review_table", lines=shown, caption=caption)

    def _review(self, review: FollowUp, as_of: date, source: str) -> dict[str, Any]:
        """One review as tables and lists show it."""
        record = review.record
        late = (as_of - review.due).days if review.state == "overdue" and review.due else 0
        items = record.action_items
        return {
            "state": review.state,
            "label": STATE_LABELS[review.state],
            "look": {"overdue": "overdue", "held": "completed"}.get(review.state, ""),
            "day": (review.held or review.due or "") and str(review.held or review.due),
            "late": late_text(late),
            "postmortem": title_of(record),
            "id": clean(record.id),
            "address": render.safe(self.rows.addresses(source)(record)),
            "link": self._link(record),
            "owner": clean(record.owner),
            "notes": web_address(review.notes) or "",
            "open": sum(item.is_open for item in items),
            "overdue": sum(item.overdue(as_of) for item in items),
            "done": sum(item.is_finished for item in items),
            "total": len(items),
        }

    # -- two-week reviews

    def two_weeks(self, follow_ups: Sequence[FollowUp]) -> Page:
        source, as_of = self.weeks, self.site.as_of
        near = [
            review for review in follow_ups if review.waiting and review.due and (review.due - as_of).days <= AHEAD_DAYS
        ]
        over = [review for review in follow_ups if review.state == "held"][:HELD]
        slots: dict[str, Draw] = {}
        if over:
            slots["held"] = partial(self._review_table, over, source, "Reviews that were held, the latest first")
        shown, more = near[:MOST], near[MOST:]
        body = render.markdown(
            "two_weeks",
            as_of=as_of.isoformat(),
            index=_link(self.index, source),
            ahead=AHEAD_DAYS,
            shown=[
                {
                    **self._review(review, as_of, source),
                    "path": clean(review.record.path),
                    "parts": self._agenda(review.record, source),
                }
                for review in shown
            ],
            more=count(len(more), "more review") if more else "",
            held=render.safe(render.slot("held")) if over else "",
        )
        return render.page(source, "Two-week reviews", body, slots, repeats_words=True)

    def _agenda(self, record: PostMortem, source: str) -> dict[str, list[dict[str, Any]]]:
        """A post-mortem's action items by the part of its review that they come up in."""
        parts: dict[str, list[dict[str, Any]]] = {part: [] for part in reviews.AGENDA}
        for point in reviews.agenda(record, self.site.settings, self.site.as_of):
            line = self._line(record, point.item, source, self.site.as_of)
            reasons = [reason for reason in point.reasons if reason not in ("overdue", "no owner")]
            parts[point.part].append({**line, "reasons": ", ".join(reasons)})
        return parts

    # -- a month

    def month(self, month: Month, earlier: Month | None, later: Month | None) -> Page:
        source = month_page(self.site, month.first)
        deciding = {id(decision.life) for decision in month.decide}
        overdue = [life for life in month.overdue if id(life) not in deciding]
        opened = Counter(id(life.record) for life in month.opened)
        closed = partial(self._closed, source=source)
        title = f"Review of {month_title(month.first)}"
        meeting = meeting_day(self.site, month.first)
        body = render.markdown(
            "review_month",
            month=month,
            name=month_title(month.first),
            numbers=render.safe(render.slot("numbers")),
            end=month.end.isoformat(),
            meeting=meeting.isoformat(),
            met=meeting < self.site.as_of,
            index=_link(self.index, source),
            weeks=_link(self.weeks, source),
            all_open=_link(self.site.page("action-items", "index"), source),
            earlier=self._neighbour(earlier, source),
            later=self._neighbour(later, source),
            incidents=[self._incident(record, opened[id(record)]) for record in month.incidents],
            closed=_some([life for life in month.closed if life.item.is_finished], closed),
            dropped=_some([life for life in month.closed if not life.item.is_finished], closed),
            fell_due=len(month.fell_due),
            overdue=_some(overdue, partial(self._open, end=month.end, source=source)),
            overdue_decided=len(month.overdue) - len(overdue),
            decisions=self._decisions(month, source),
            reviews=_some(month.follow_ups, partial(self._review, as_of=month.end, source=source)),
            missed=_some(self.missed.get(month.name, ()), partial(self._missed, month=month)),
            repeats=_some(self.repeats.get(month.name, ()), partial(self._repeat, source=source)),
            unknown=_some(month.unknown, lambda life: self._line(life.record, life.item, source, month.end)),
        )
        slots: dict[str, Draw] = {"numbers": partial(_numbers, month)}
        return render.page(source, title, body, slots, repeats_words=True)

    def _neighbour(self, month: Month | None, source: str) -> dict[str, Any] | None:
        if month is None:
            return None
        return {"title": month_title(month.first), "link": _link(month_page(self.site, month.first), source)}

    def _incident(self, record: PostMortem, opened: int) -> dict[str, Any]:
        return {
            **self._named(record),
            "day": record.day.isoformat() if record.day else "",
            "severity": clean(record.severity),
            "opened": count(opened, "action item") if opened else "",
        }

    def _line(
        self, record: PostMortem, item: ActionItem, source: str, end: date, was_open: bool | None = None
    ) -> dict[str, Any]:
        """An action item as the lists of a meeting show it; `answers` is who speaks to it.

        `was_open` says that it was open on the day `end`, whatever became of it later.
        """
        own = ", ".join(owners(item))
        is_open = item.is_open if was_open is None else was_open
        late = (end - item.due).days if is_open and item.due and item.due < end else 0
        return {
            "action": action_of(item),
            "address": render.safe(f"{self.rows.addresses(source)(record)}#{quote(anchor(record, item))}"),
            "owner": own,
            "answers": own or clean(record.owner),
            "priority": clean(item.priority),
            "due": item.due.isoformat() if item.due else "",
            "late": late_text(late),
            "status": STATUS_LABELS.get(item.status, clean(item.status)),
            "state": item.status,
            "reason": words(item.reason),
            "completed": item.completed.isoformat() if item.completed else "",
            "postmortem": title_of(record),
            "link": self._link(record),
        }

    def _closed(self, life: Life, source: str) -> dict[str, Any]:
        line = self._line(life.record, life.item, source, life.closed or self.site.as_of)
        late = (life.closed - life.item.due).days if life.closed and life.item.due else 0
        return {**line, "closed": life.closed, "late": f"{count(late, 'day')} late" if late > 0 else ""}

    def _open(self, life: Life, end: date, source: str) -> dict[str, Any]:
        """An item that was open at the end of a month: what became of it later is not told."""
        line = self._line(life.record, life.item, source, end, was_open=True)
        return {**line, "age": count((end - life.opened).days, "day") if life.opened else ""}

    def _decisions(self, month: Month, source: str) -> list[dict[str, Any]]:
        """What is to be decided, by the question that is asked, with the first `MOST` of all in full."""
        groups: dict[str, list[Decision]] = {}
        for decision in month.decide:
            groups.setdefault(decision.reasons[0], []).append(decision)
        left = MOST
        found = []
        for reason, decisions in groups.items():
            label, question = QUESTIONS[reason]
            lines = []
            for decision in decisions[: max(left, 0)]:
                also = [REASON_NOTES[other] for other in decision.reasons[1:] if other in REASON_NOTES]
                lines.append({**self._open(decision.life, month.end, source), "also": ", ".join(also)})
            left -= len(lines)
            found.append({"label": label, "question": question, "count": len(decisions), "lines": lines})
        return found

    def _repeat(self, repeat: patterns.Repeat, source: str) -> dict[str, Any]:
        then = repeat.later.day or self.site.as_of
        return {
            "later": self._named(repeat.later),
            "earlier": self._named(repeat.earlier),
            "day": repeat.earlier.day.isoformat() if repeat.earlier.day else "",
            "shared": ", ".join(clean(name) for name in (*repeat.shared_services, *repeat.shared_causes)),
            "opened": [self._line(repeat.earlier, item, source, then, was_open=True) for item in repeat.open_items],
            "unverified": len(repeat.unverified_items),
            "certain": repeat.certain,
        }

    def _missed(self, missed: tuple[PostMortem, clock.Deadline], month: Month) -> dict[str, Any]:
        """A deadline that was missed: by how much, as far as that was known at the end of the month."""
        record, deadline = missed
        done = deadline.done is not None and calendar_of(self.site.settings.process).day_of(deadline.done) <= month.end
        late = deadline.late if done else None
        return {
            **self._named(record),
            "owner": clean(record.owner),
            "step": STEPS[deadline.step],
            "day": calendar_of(self.site.settings.process).day_of(deadline.due).isoformat() if deadline.due else "",
            "late": f"{human(late)} late" if late else "not done by then",
        }

    def _named(self, record: PostMortem) -> dict[str, Any]:
        return {"title": title_of(record), "link": self._link(record)}

    def _link(self, record: PostMortem) -> Markup:
        """The address of a post-mortem in markdown: the same from all pages here, which are in one folder."""
        found = self._links.get(record.path)
        if found is None:
            found = self._links[record.path] = _link(self.site.src_uri(record), self.index)
        return found


def _numbers(month: Month) -> str:
    """The month's sum, as figures: each with what it is made of."""
    closed, dropped = len(month.closed), sum(not life.item.is_finished for life in month.closed)
    figures = [
        ("Carried over", month.carried, "open when the month began", ""),
        ("Opened", len(month.opened), "by the day from which their age counts", ""),
        ("Closed", closed, f"of them {dropped:,} won’t do" if dropped else "done, verified or won’t do", ""),
        ("Open", month.open, f"{month.carried:,} + {len(month.opened):,} − {closed:,}", ""),
        (
            "Overdue",
            len(month.overdue),
            f"of those open; {len(month.fell_due):,} became so in this month",
            "missed" if month.overdue else "met",
        ),
    ]
    return render.html(
        "numbers",
        figures=[
            {"label": label, "value": f"{value:,}", "verdict": "", "mood": mood, "definition": definition}
            for label, value, definition, mood in figures
        ],
    )


def _some(items: Sequence[Item], draw: Callable[[Item], Any]) -> Mapping[str, Any]:
    """A list as a meeting has it: the first so many, and how many there are."""
    return {"lines": [draw(item) for item in items[:MOST]], "count": len(items), "more": max(0, len(items) - MOST)}


def _by_month(dated: Iterable[tuple[date | None, Item]]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for day, item in dated:
        if day is not None:
            found.setdefault(f"{day:%Y-%m}", []).append(item)
    return found


def _beside(site: Site, name: str) -> str:
    """The source of a file beside the archive."""
    return f"{site.base}/{name}" if site.base else name


def _link(to: str, source: str) -> Markup:
    return render.safe(render.link(to, source))
