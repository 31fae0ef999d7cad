"""The pages of lessons: every lesson with its origin, and those that were learned twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from mkdocs_postmortem.measuring.lessons import KINDS, Lesson, learned_twice
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.body import lesson_anchor, unmarked
from mkdocs_postmortem.views.rows import title_of
from mkdocs_postmortem.views.site import Draw, Page, Site, facet_values
from mkdocs_postmortem.views.text import clean, count, words

KIND_LABELS = {
    "technical": "Technical",
    "process": "Process",
    "communication": "Communication",
    "other": "Other",
    "went well": "What went well",
    "went wrong": "What went wrong",
    "lucky": "Luck",
}
FOLDER = "lessons"
MOST = 250
"""Post-mortems whose lessons one table holds; of more, the older years have pages of their own."""
_MOST_TWICE = 100
_UNDATED = "undated"


def pages(site: Site) -> list[Page]:
    """The lessons page, and of a large archive one for each of the older years.

    Which pages there are follows from the days of the post-mortems alone, so that it is known before any is read.
    """
    source = site.page(FOLDER)
    if not site.records:
        return [render.page(source, "Lessons", "There are no post-mortems yet.", in_navigation=True)]
    shown, older = _by_year(site)
    title = "The latest lessons" if older else "All lessons"
    parts = [
        "Every lesson of every post-mortem, with what went well, what went wrong and where luck helped.",
        "## Learned twice\n\nLessons that more than one post-mortem tells in similar words: what would make them last?",
        render.slot("twice"),
        f"## {title}\n\n{render.slot('lessons')}",
    ]
    if older:
        years = ", ".join(f"[{_named(year)}]({render.link(site.page(FOLDER, year), source)})" for year in older)
        parts.append(f"## Earlier lessons\n\nThose of earlier years have pages of their own: {years}.")
    slots: dict[str, Draw] = {"twice": partial(_twice, site, source), "lessons": partial(_table, site, source, shown)}
    front = render.page(source, "Lessons", "\n\n".join(parts), slots, in_navigation=True)
    return [front, *(_earlier(site, year, records) for year, records in older.items())]


def _by_year(site: Site) -> tuple[Sequence[PostMortem], Mapping[str, Sequence[PostMortem]]]:
    """The post-mortems of the front page, in whole years, and those of each year before; newest first."""
    shown: list[PostMortem] = []
    years: dict[str, list[PostMortem]] = {}
    for record in site.records:
        years.setdefault(f"{record.day.year:04}" if record.day else _UNDATED, []).append(record)
    for year in list(years):
        if shown and len(shown) + len(years[year]) > MOST:
            break
        shown += years.pop(year)
    return shown, years


def _named(year: str) -> str:
    return "no date" if year == _UNDATED else year


def _earlier(site: Site, year: str, records: Sequence[PostMortem]) -> Page:
    source = site.page(FOLDER, year)
    title = "Lessons without a date" if year == _UNDATED else f"Lessons of {year}"
    body = f"[The latest lessons]({render.link(site.page(FOLDER), source)})\n\n{render.slot('lessons')}"
    return render.page(source, title, body, {"lessons": partial(_table, site, source, records)})


def text_of(lesson: Lesson) -> str:
    """A lesson's words as a reader sees them, on one line."""
    written = unmarked(lesson.text) if lesson.record.document.front.get("external") else lesson.text
    return words(written) or clean(written)


def _twice(site: Site, source: str) -> str:
    found = learned_twice(site.lessons)
    if not found:
        return render.html("note", text="No lesson is told twice in similar words.")
    groups = [
        [
            {
                "text": text_of(lesson),
                "day": lesson.record.day.isoformat() if lesson.record.day else "",
                "title": title_of(lesson.record),
                "id": clean(lesson.record.id),
                "address": site.address(site.src_uri(lesson.record), source),
                "fragment": lesson_anchor(lesson),
            }
            for lesson in item.lessons
        ]
        for item in found[:_MOST_TWICE]
    ]
    return render.html("learned_twice", groups=groups)


def _table(site: Site, source: str, records: Sequence[PostMortem]) -> str:
    found = [lesson for record in records for lesson in site.lessons_of.get(record.path, ())]
    if not found:
        return render.html("note", text="No post-mortem tells a lesson yet.")
    row, origins = render.macros("lessons_rows").row, dict[str, dict[str, Any]]()
    rows = []
    order = {record.path: place for place, record in enumerate(records)}
    for lesson in sorted(found, key=lambda item: (order[item.record.path], KINDS.index(item.kind))):
        path = lesson.record.path
        if path not in origins:
            origins[path] = _origin(lesson, site, source)
        rank, label = KINDS.index(lesson.kind), KIND_LABELS[lesson.kind]
        rows.append(str(row(text_of(lesson), lesson.kind, rank, label, lesson_anchor(lesson), origins[path])))
    told = len(origins)
    silent = len(records) - told
    sentence = f"{count(len(found), 'lesson')} of {count(told, 'post-mortem')}"
    sentence += f"; {silent:,} {'tells' if silent == 1 else 'tell'} none." if silent else "."
    return render.html("lessons", rows="\n".join(rows), sentence=sentence, filters=_filters())


def _origin(lesson: Lesson, site: Site, source: str) -> dict[str, Any]:
    record = lesson.record
    services = facet_values(record, "service")
    tags = tuple(dict.fromkeys(shown for tag in record.tags if (shown := clean(tag))))
    return {
        "address": site.address(site.src_uri(record), source),
        "title": title_of(record),
        "id": clean(record.id),
        "day": record.day.isoformat() if record.day else "",
        "year": f"{record.day.year:04}" if record.day else "",
        "services": ", ".join(services),
        "tags": ", ".join(tags),
        "services_json": json.dumps(services, ensure_ascii=False),
        "tags_json": json.dumps(tags, ensure_ascii=False),
    }


def _filters() -> str:
    return json.dumps(
        [
            {"key": "kind", "label": "Kind", "order": list(KIND_LABELS), "labels": KIND_LABELS},
            {"key": "service", "label": "Service", "list": True},
            {"key": "tag", "label": "Tag", "list": True},
            {"key": "year", "label": "Year", "descending": True},
        ],
        ensure_ascii=False,
    )
