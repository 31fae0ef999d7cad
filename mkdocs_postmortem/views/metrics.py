"""Metrics: every number with its definition and its n, drawn over time where there is enough to draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from mkdocs_postmortem.dates import human
from mkdocs_postmortem.measuring import trends
from mkdocs_postmortem.measuring.definitions import NAMES, Definition
from mkdocs_postmortem.measuring.metrics import (
    DIVISIONS,
    MISSING,
    MISTAKES,
    NONE,
    OF_TIME,
    Measure,
    Survey,
)
from mkdocs_postmortem.measuring.patterns import Repeat
from mkdocs_postmortem.measuring.trends import Trend
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views import charts, render
from mkdocs_postmortem.views.actions import percent
from mkdocs_postmortem.views.archive import facet_label
from mkdocs_postmortem.views.charts import Dot, Words
from mkdocs_postmortem.views.rows import title_of
from mkdocs_postmortem.views.site import Draw, Page, Site
from mkdocs_postmortem.views.text import clean, count

FOLDER = "metrics"
HEADLINES = (
    "time_to_resolve",
    "time_to_detect",
    "time_to_postmortem",
    "action_completion_rate",
    "time_to_complete_actions",
    "repeat_incidents",
)
"""The six of `process.md`."""
DRAWN = tuple(name for name in NAMES if name != "repeats_with_open_actions")
"""Metrics that are drawn over time; of repeats there are too few to divide them further."""
MOST_LISTED = 100
"""Rows of a list beyond which the rest is only counted."""
MOST_DOTS = 1000
"""Incidents of the timeline beyond which the older ones are only counted."""
_FEW = 5
"""What an axis of whole things ends at, at least: there is no half of an action item."""
_LONGEST_LANE = 14
"""Characters of a lane's name."""

_UNITS = ((2 * 3600, 60, "min"), (72 * 3600, 3600, "h"), (None, 86400, "d"))
"""Up to which duration a chart counts in which unit, in seconds."""


def pages(site: Site) -> list[Page]:
    """The page of all metrics, and one for each way of dividing them."""
    return [_front(site), *(_divided(site, by) for by in DIVISIONS)]


def _front(site: Site) -> Page:
    source = site.page(FOLDER)
    if not site.records:
        return render.page(
            source, "Metrics", "There are no post-mortems yet, and so nothing to measure.", in_navigation=True
        )
    sections: list[tuple[str, str, Draw]] = [
        ("The last twelve months", "headlines", partial(_headlines, site)),
        ("All of the archive", "overview", partial(_overview, site)),
        ("Over time", "trends", partial(_trends, site)),
        ("Incidents", "timeline", partial(_timeline, site)),
        ("Open action items", "backlog", partial(_backlog, site)),
        ("Repeats", "repeats", partial(_repeats, site, source)),
        ("Left out", "left-out", partial(_left_out, site, source)),
        (
            "For other programs",
            "files",
            partial(_files, site, source),
        ),
    ]
    parts = [f"## {title}\n\n{render.slot(name)}" for title, name, _ in sections]
    links = ", ".join(f"[{by}]({render.link(site.page(FOLDER, f'by-{by}'), source)})" for by in DIVISIONS)
    body = (
        f"As of {site.as_of.isoformat()}. Every number says of how many it is (n), and how many had to be left out "
        "because a timestamp is missing or cannot be true. The median is the middle one, p90 is not exceeded by nine "
        "in ten (interpolated as PERCENTILE.INC of spreadsheets does). Durations are skewed: one long incident moves "
        f"the mean and leaves the median where it is.\n\nDivided by {links}.\n\n" + "\n\n".join(parts)
    )
    return render.page(source, "Metrics", body, {name: draw for _, name, draw in sections}, in_navigation=True)


def _files(site: Site, source: str) -> str:
    """Links to the files beside the archive, whose addresses no host resolves."""
    front = site.address(site.page("index"), source)
    return render.html("metrics_files", folder=front[: front.rfind("/") + 1])


def _divided(site: Site, by: str) -> Page:
    source = site.page(FOLDER, f"by-{by}")
    front = render.link(site.page(FOLDER), source)
    slots: dict[str, Draw] = {"tables": partial(_tables, site, by)}
    of_several = " An incident of several services counts in each." if by == "service" else ""
    counted = (
        f"An incident counts in the {by} it began in, an action item in that of its completion; "
        f"the completion rate is of the action items due in the {by}. What is left out counts in the {by} of its "
        "incident."
        if by in OF_TIME
        else f"An incident counts by its {by}, and its action items with it."
    )
    body = f"[All metrics]({front})\n\n{counted}{of_several}\n\n{render.slot('tables')}"
    return render.page(source, f"Metrics by {by}", body, slots)


# -- numbers


def shown(value: float | None, meaning: Definition, n: int) -> str:
    """A number as people read it: a duration, or a share in percent; a dash where there is none."""
    if value is None:
        return ""
    return percent(round(value * n), n) if meaning.is_rate else human(timedelta(seconds=value))


def cells(found: Measure, meaning: Definition) -> list[str]:
    """n, left out, median, p90 and mean of a measure; a share's parts stand beside it."""
    mean = shown(found.mean, meaning, found.n)
    if meaning.is_rate and found.mean is not None:
        mean += f" ({round(found.mean * found.n):,} of {found.n:,})"
    middle = shown(found.median, meaning, found.n), shown(found.p90, meaning, found.n)
    return [f"{found.n:,}", f"{found.excluded:,}", *middle, mean]


HEAD = ("n", "Left out", "Median", "p90", "Mean")
HEAD_OF_SHARES = ("n", "Left out", "Share")


def columns(meaning: Definition) -> tuple[str, ...]:
    """The columns of a metric's own table: a share has no median."""
    return HEAD_OF_SHARES if meaning.is_rate else HEAD


def own_cells(found: Measure, meaning: Definition) -> list[str]:
    """What stands in these columns."""
    held = cells(found, meaning)
    return [*held[:2], held[-1]] if meaning.is_rate else held


def verdict(found: Measure, meaning: Definition, least: int) -> tuple[str, str]:
    """Whether a target is met, in words, and `met`, `missed` or nothing for the looks."""
    if meaning.target is None or not found.n:
        return "", ""
    if meaning.is_rate:
        met = (found.mean or 0) >= meaning.target
    else:
        met = found.median is not None and found.median < meaning.target
    wanted = f"target {target_words(meaning)}"
    if found.n < least:
        return f"{wanted}: too few to judge", ""
    return f"{wanted}: {'met' if met else 'missed'}", "met" if met else "missed"


def target_words(meaning: Definition) -> str:
    """What is aimed at: `under 48 h`, `at least 80 %`; nothing where there is no target."""
    if meaning.target is None:
        return ""
    if meaning.is_rate:
        return f"at least {round(meaning.target * 100)} %"
    hours, rest = divmod(meaning.target, 3600)
    # As `process.md` has it: 48 hours rather than two days.
    return (
        f"under {int(hours)} h"
        if not rest and 24 < hours <= 96
        else f"under {human(timedelta(seconds=meaning.target))}"
    )


def _main(found: Measure) -> float | None:
    return found.mean if found.median is None else found.median


def _headlines(site: Site) -> str:
    survey, least = site.survey, site.settings.metrics.least
    figures = []
    for name in HEADLINES:
        meaning = survey.definitions[name]
        now, before = trends.compared(survey, name)
        told, mood = verdict(now, meaning, least)
        kind = "share" if meaning.is_rate else "median"
        figures.append(
            {
                "label": meaning.label,
                "value": shown(_main(now), meaning, now.n) or "no data",
                "verdict": told,
                "mood": mood,
                "definition": f"{kind} of {count(now.n, meaning.unit)}{_without(now)}: {meaning.text}. "
                f"{_change(now, before, meaning, least)}",
            }
        )
    return render.html("numbers", figures=figures, roomy=True)


def _without(found: Measure) -> str:
    return f" ({found.excluded:,} left out)" if found.excluded else ""


def _change(now: Measure, before: Measure, meaning: Definition, least: int) -> str:
    """This year against the last, in words."""
    one, other = _main(now), _main(before)
    if one is None or other is None or now.n < least or before.n < least:
        few = before if other is None or before.n < least else now
        return f"Too few to compare with the 12 months before (n {few.n})." if few.n else "Nothing to compare with."
    then = f"{shown(other, meaning, before.n)} in the 12 months before (n {before.n:,})"
    if shown(one, meaning, now.n) == shown(other, meaning, before.n):
        return f"The same as {then}."
    less, more = ("Down", "Up") if meaning.is_rate else ("Shorter", "Longer")
    return f"{less if one < other else more}: {then}."


def _overview(site: Site) -> str:
    survey, least = site.survey, site.settings.metrics.least
    rows = []
    for found in survey.measures():
        meaning = survey.definitions[found.metric]
        told, mood = verdict(found, meaning, least)
        sources = {"as stated in words": survey.stated(found.metric), "by git": survey.by_git(found.metric)}
        rows.append(
            {
                "label": meaning.label,
                "definition": meaning.text,
                "note": ", ".join(f"{count(number, 'value')} {source}" for source, number in sources.items() if number),
                "cells": cells(found, meaning),
                "verdict": told,
                "mood": mood,
            }
        )
    return render.html("metrics_overview", head=HEAD, lines=rows)


def _tables(site: Site, by: str) -> str:
    """One table for each metric, a row for each period."""
    survey = site.survey
    groups = []
    for name in NAMES:
        meaning = survey.definitions[name]
        rows = [
            {"label": _period(site, by, found.period), "cells": own_cells(found, meaning)}
            for found in survey.measures(by, (name,))
        ]
        groups.append(
            {"name": name, "label": meaning.label, "definition": meaning.text, "head": columns(meaning), "rows": rows}
        )
    return render.html("metrics_tables", groups=groups, by=by.capitalize())


def _period(site: Site, by: str, name: str) -> str:
    if name == NONE:
        return {"service": "No service", "severity": "No severity"}.get(by, "No date")
    return facet_label(site, "severity", clean(name)) if by == "severity" and name != "(all)" else clean(name)


# -- charts


def _trends(site: Site) -> str:
    return render.html("metrics_trends", trends=[_trend(site.survey, name) for name in DRAWN])


def _trend(survey: Survey, name: str) -> dict[str, Any]:
    meaning, found, least = survey.definitions[name], trends.trend(survey, name), survey.settings.metrics.least
    what = "share" if meaning.is_rate else "median"
    period = "Twelve months to" if found.rolling else "Quarter"
    note = ""
    if found.rolling:
        note = "Each point is of twelve months, up to the end of its quarter: single quarters hold too few. "
    if found.drawn:
        note += f"Small numbers are n; below {least} nothing is drawn."
    else:
        note = f"Not drawn: a trend needs {trends.FEWEST} periods with an n of {least} or more."
    return {
        "name": name,
        "label": meaning.label,
        "definition": meaning.text,
        "what": what,
        "note": note,
        "target": target_words(meaning) if found.drawn else "",
        "chart": render.safe(_line(meaning, found, what)) if found.drawn else "",
        "period": period,
        "head": columns(meaning),
        "rows": [
            {
                "label": point.label,
                "so_far": point.label == _quarter(survey.as_of),
                "few": not point.drawn,
                "cells": own_cells(point.measure, meaning),
            }
            for point in reversed(found.points)
        ],
    }


def _quarter(day: date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def _line(meaning: Definition, found: Trend, what: str) -> str:
    values = [(point, _main(point.measure) if point.drawn else None) for point in found.points]
    known = [(point.label, value) for point, value in values if value is not None]
    highest = max(value for _, value in known)
    if meaning.is_rate:
        size, unit, most = 0.01, "%", 100.0
    else:
        size, unit = next((size, unit) for end, size, unit in _UNITS if end is None or highest < end)
        most = None
    series = [
        [
            Dot(
                _short(point.label),
                None if value is None else value / size,
                f"n {point.measure.n}" if value is not None else "",
            )
            for point, value in values
        ]
    ]
    # A target far above would flatten the line it is there for; the words below the chart have it anyway.
    if meaning.target is not None and (meaning.is_rate or meaning.target <= 2 * highest):
        told = [Dot(_short(point.label), meaning.target / size) for point, _ in values]
        series.append([*told[:-1], told[-1]._replace(note="target")])
    (first, start), (last, end) = known[0], known[-1]
    title = f"{meaning.label}: {what} by {'twelve months up to each quarter' if found.rolling else 'quarter'}"
    desc = (
        f"{count(len(known), 'point')}, from {shown(start, meaning, _n(found, first))} in {first} "
        f"to {shown(end, meaning, _n(found, last))} in {last}. The table has every number."
    )
    return charts.lines(
        series, Words(f"pm-chart-{meaning.name.replace('_', '-')}", title, desc), f"{{:g}} {unit}".format, most
    )


def _n(found: Trend, label: str) -> int:
    return next(point.measure.n for point in found.points if point.label == label)


def _short(quarter: str) -> str:
    """`2026-Q4` as it stands below an axis: `Q4 ’26`."""
    year, _, part = quarter.partition("-")
    return f"{part} ’{year[-2:]}"


def _timeline(site: Site) -> str:
    survey = site.survey
    every = trends.recent(survey)
    records, start = every[:MOST_DOTS], trends.months(survey)[0].replace(day=1)
    lanes = _lanes(site, every)
    months = [
        {"label": month, "cells": [counts.get(name, 0) for name, _ in lanes], "sum": sum(counts.values())}
        for month, counts in trends.by_month(survey)
        if counts
    ]
    chart = ""
    if len(records) >= trends.FEWEST:
        names = [name for name, _ in lanes]
        dots = [((record.day - start).days, names.index(_severity(record))) for record in records if record.day]
        marks = [((day - start).days, f"{day:%b} ’{day.year % 100:02}") for day in _halves(start, survey.as_of)]
        most = max(lanes, key=lambda lane: sum(_severity(record) == lane[0] for record in every))[1]
        words = Words(
            "pm-chart-incidents",
            f"Incidents from {start.isoformat()} to {survey.as_of.isoformat()}, by severity",
            f"{count(len(records), 'incident')}, each a dot in the lane of its severity; most are {most}. "
            "The table has the number of each month.",
        )
        chart = charts.lanes(dots, [_cut(label) for _, label in lanes], marks, (survey.as_of - start).days, words)
    return render.html(
        "metrics_timeline",
        chart=render.safe(chart),
        total=len(every),
        start=start.isoformat(),
        unseen=len(every) - len(records),
        fewest=trends.FEWEST,
        lanes=[label for _, label in lanes],
        months=months,
    )


def _severity(record: PostMortem) -> str:
    return " ".join(record.severity.split())


def _lanes(site: Site, records: Iterable[PostMortem]) -> list[tuple[str, str]]:
    """The scale, most severe first, then what is not on it: each name with its label."""
    scale = site.settings.severity_names
    others = sorted({name for record in records if (name := _severity(record)) not in scale})
    return [(name, facet_label(site, "severity", clean(name)) or "No severity") for name in (*scale, *others)]


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST_LANE else label[: _LONGEST_LANE - 1] + "…"


def _halves(start: date, end: date) -> list[date]:
    """The first days of January and July between two days."""
    days = [date(year, month, 1) for year in range(start.year, end.year + 1) for month in (1, 7)]
    return [day for day in days if start <= day <= end]


def _backlog(site: Site) -> str:
    survey = site.survey
    found, left_out = trends.backlog(survey)
    total = sum(len(record.action_items) for record in survey.records)
    chart = ""
    if total >= trends.FEWEST and len(found) >= trends.FEWEST and any(point.open for point in found):
        labels = [f"{point.day:%b} ’{point.day.year % 100:02}" for point in found]
        series = [
            [Dot(label, point.open) for label, point in zip(labels, found, strict=True)],
            [Dot(label, point.overdue) for label, point in zip(labels, found, strict=True)],
        ]
        last = found[-1]
        series[0][-1] = series[0][-1]._replace(name=f"open {last.open:,}")
        series[1][-1] = series[1][-1]._replace(name=f"overdue {last.overdue:,}")
        words = Words(
            "pm-chart-backlog",
            f"Open action items from {found[0].day.isoformat()} to {last.day.isoformat()}",
            f"At the end of each month: from {found[0].open:,} open, {found[0].overdue:,} of them overdue, "
            f"to {last.open:,} open, {last.overdue:,} overdue. The table has every number.",
        )
        chart = charts.lines(series, words, most=max(_FEW, *(point.open for point in found)))
    rows = [
        {"label": point.day.isoformat(), "open": f"{point.open:,}", "overdue": f"{point.overdue:,}"}
        for point in reversed(found)
    ]
    return render.html("metrics_backlog", chart=render.safe(chart), lines=rows, left_out=left_out, total=total)


# -- lists


def _repeats(site: Site, source: str) -> str:
    found = [
        {
            "day": repeat.later.day.isoformat() if repeat.later.day else "",
            "later": _linked(site, repeat.later, source),
            "earlier": _linked(site, repeat.earlier, source),
            "shared": ", ".join(clean(name) for name in (*repeat.shared_services, *repeat.shared_causes)),
            "left": _left(repeat),
            "certain": repeat.certain,
        }
        for repeat in site.survey.repeats[:MOST_LISTED]
    ]
    meaning = site.survey.definitions["repeat_incidents"]
    more = len(site.survey.repeats) - len(found)
    return render.html("metrics_repeats", repeats=found, more=more, definition=meaning.text)


def _linked(site: Site, record: PostMortem, source: str) -> dict[str, str]:
    return {
        "title": title_of(record),
        "id": clean(record.id),
        "address": site.address(site.src_uri(record), source),
    }


def _left(repeat: Repeat) -> str:
    """What was left to do of the earlier incident when the later one began, in words; nothing where it was all done."""
    opened, unverified = len(repeat.open_items), len(repeat.unverified_items)
    told = [f"{count(opened, 'action item')} open"] if opened else []
    if unverified:
        told.append(
            f"{unverified:,} done but never verified"
            if opened
            else f"{count(unverified, 'action item')} done but never verified"
        )
    return " and ".join(told)


def _left_out(site: Site, source: str) -> str:
    survey = site.survey
    missing: list[dict[str, str]] = []
    for found in survey.measures():
        reasons: dict[str, int] = {}
        for value in survey.values[found.metric]:
            if value.reason == MISSING:
                reasons[value.detail] = reasons.get(value.detail, 0) + 1
        if reasons:
            told = ", ".join(f"{number:,} with {reason}" for reason, number in sorted(reasons.items()))
            missing.append({"label": survey.definitions[found.metric].label, "told": told})
    mistakes: Sequence[Any] = survey.mistakes
    listed = [
        {
            **_linked(site, value.record, source),
            "label": survey.definitions[name].label,
            "reason": MISTAKES[value.reason],
            "detail": value.detail,
        }
        for name, value in mistakes[:MOST_LISTED]
    ]
    return render.html(
        "metrics_left_out",
        missing=missing,
        mistakes=listed,
        more=len(mistakes) - len(listed),
        history=clean(survey.unheard()),
    )
