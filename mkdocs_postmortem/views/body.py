"""A post-mortem's own words, enriched: elapsed times, ages, anchors, the five whys as a chain.

Lines that hold no table row, action item, lesson or why are left byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from mkdocs_postmortem.measuring import lessons
from mkdocs_postmortem.model import CATEGORIES, ActionItem, Cell, PostMortem, Section, Table, Why
from mkdocs_postmortem.reading.masking import TEXT, mask
from mkdocs_postmortem.reading.tables import split_row
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.rows import (
    STATUS_LABELS,
    STATUS_SLUGS,
    anchor,
    late_text,
    title_of,
)
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import clean, count, heading, inline, tickets
from mkdocs_postmortem.vocabulary import SECTIONS, STATUSES

_WHY = re.compile(r"[ \t]{0,3}(?:\*\*)?Why[ \t]*(\d+)?[ \t]*[:.]?(?:\*\*)?[ \t]*:?[ \t]*(.*?)[ \t]*\Z", re.I)
_BECAUSE = re.compile(r"[ \t]*(?:→|->|=>)?[ \t]*(?:\*\*)?Because\b[ \t]*:?(?:\*\*)?[ \t]*:?[ \t]*(.*?)[ \t]*\Z", re.I)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARKS = re.compile(r"[*_]{1,3}")
_STARTS = re.compile(r"\t| {4}|\s*(?:[-*+]\s|\d+[.)]\s|[#>|`~]|\*\*)")
"""Lines that begin something else than more of the same paragraph."""
_LABEL_LINE = re.compile(r"(?![ \t]*(?:[-*+|>#]|\d+[.)])(?:[ \t]|\Z))[^|]*(?::|:\*\*)[ \t]*\Z")
"""A paragraph's line that ends with a colon: what follows is meant to be its list."""
_TIGHT = re.compile(r":(?:\*\*)?[ \t]*\n(?:[-*+]|\d+[.)])[ \t]|\n\*\*[^\n]*\n\*\*")
_LABELLED = re.compile(r"\*\*[^*\n]{1,60}:\*\*|\*\*[^*\n]{1,60}\*\*:")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_AFTER_TIMELINE = (
    "root_cause_analysis",
    "detection_and_response",
    "action_items",
    "lessons_learned",
    "supporting_information",
    "five_whys",
)
_AFTER_ACTIONS = ("lessons_learned", "supporting_information", "five_whys")


def enrich(record: PostMortem, site: Site, *, tables: bool = True) -> str:
    """The body's markdown as it is to be rendered.

    A level-1 heading is put on top where there is none. Rows of the timeline tell the time
    elapsed, action items have an anchor, a status badge and their age, lessons an anchor; what front matter lists
    instead of the body is written out; the five whys are an ordered list.
    """
    document = record.document
    if document.unreadable:
        return document.body
    body = _Body(record, site)
    if tables:
        body.timeline()
        body.actions()
    body.checkboxes()
    body.lessons()
    body.loosen()
    body.whys()
    body.lists()
    text = body.text()
    if document.front.get("external"):
        text = unmarked(text)
    if not any(section.level == 1 for section in document.sections):
        text = f"# {heading(title_of(record))}\n\n{text.lstrip(chr(10))}"
    return text


_MARKED = re.compile(r"\[\[([^\[\]|\n\\]{1,500}?)\\?\|[^\[\]|\n]*\]\]")


def unmarked(text: str) -> str:
    """What is marked for the public version, as the house reads it: internal words, without the marks."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        mark = line.rstrip()
        if mark == "::: internal" or (inside and mark == ":::"):
            inside = mark != ":::"
            line = ""
        lines.append(_MARKED.sub(r"\1", line) if "[[" in line else line)
    return "\n".join(lines)


class _Body:
    """The lines of a body while they are edited; an entry may hold several lines, or None."""

    def __init__(self, record: PostMortem, site: Site) -> None:
        self.record = record
        self.site = site
        self.document = record.document
        self.source = record.document.lines
        self.lines: list[str | None] = list(self.source)
        self.added: list[tuple[str, Sequence[str]]] = []
        """Sections of our own, in the template's order, with the names of those they stand before."""

    def text(self) -> str:
        """The body after the edits."""
        return "\n".join(line for line in self.lines[self.document.body_line - 1 :] if line is not None)

    # -- tables

    def _tables(self) -> Iterator[tuple[Table, tuple[Cell, ...]]]:
        """Tables that are shown as tables, with the cells of their rule."""
        for table in self.document.tables:
            rule = split_row(self.source[table.line], table.line + 1)
            if len(rule) == len(table.header):
                yield table, rule

    def _cells_of(self, number: int) -> tuple[Cell, ...]:
        return split_row(self.source[number - 1], number)

    def _edit(self, number: int, edits: Sequence[tuple[int, int, str]]) -> None:
        """Replace parts of a line (0-based columns), the last first so that the places hold."""
        line = self.source[number - 1]
        for start, end, text in sorted(edits, reverse=True):
            line = line[:start] + text + line[end:]
        self.lines[number - 1] = line

    def timeline(self) -> None:
        """An Elapsed column after the column of times."""
        moments = {entry.span.line: entry.at for entry in self.record.timeline}
        dated = [moment for moment in moments.values() if moment is not None]
        if not dated:
            return
        start = start_of(self.record, dated)
        seconds = any(moment.second for moment in dated)
        for table, rule in self._tables():
            if "time" not in table.columns or not any(line in moments for line in table.row_lines):
                continue
            at = table.columns.index("time")
            lines = [(table.line, self._cells_of(table.line), "Elapsed"), (table.line + 1, rule, "---")]
            for number in table.row_lines:
                moment = moments.get(number)
                cell = f'<span class="pm-elapsed">{elapsed(moment - start, seconds)}</span>' if moment else ""
                lines.append((number, self._cells_of(number), cell))
            edits = [(number, _after(self.source[number - 1], cells, at, text)) for number, cells, text in lines]
            if all(edit is not None for _, edit in edits):
                for number, edit in edits:
                    self._edit(number, [edit] if edit and edit[2] else [])

    def actions(self) -> None:
        """Anchors, badges and ages of action items that stand in the body."""
        rows = {item.span.line: item for item in self.record.action_items if item.form == "table"}
        for table, rule in self._tables():
            if "action" in table.columns and any(line in rows for line in table.row_lines):
                self._action_table(table, rule, rows)

    def checkboxes(self) -> None:
        """Anchors, badges and ages of action items that are checkboxes."""
        for item in self.record.action_items:
            if item.form == "checkbox":
                self._checkbox(item)

    def _action_table(self, table: Table, rule: tuple[Cell, ...], rows: dict[int, ActionItem]) -> None:
        last = len(table.header) - 1
        edits: dict[int, list[tuple[int, int, str]]] = {}
        for number, cells, text in (
            (table.line, self._cells_of(table.line), "Age"),
            (table.line + 1, rule, "---"),
            *((number, self._cells_of(number), "") for number in table.row_lines),
        ):
            line = self.source[number - 1]
            item = rows.get(number)
            if item is not None:
                text = f'<span class="pm-date">{age_text(item, self.site.as_of) or "–"}</span>'
            padding = "".join(" |" for _ in range(last + 1 - len(cells)))
            end = _after(line, cells, min(last, len(cells) - 1), text, padding)
            if end is None:
                return
            edits[number] = [end]
            if item is not None:
                edits[number] += self._cells(item, line, table, cells)
        for number, changes in edits.items():
            self._edit(number, changes)

    def _cells(
        self, item: ActionItem, line: str, table: Table, cells: tuple[Cell, ...]
    ) -> Iterator[tuple[int, int, str]]:
        """Edits inside the cells of an action item's row."""
        for name, cell in zip(table.columns, cells, strict=False):
            if name is not None:
                start, end = cell.span.column - 1, cell.span.end - 1
                yield start, end, cell_text(name, line[start:end], item, self.record, self.site)

    def _checkbox(self, item: ActionItem) -> None:
        number = item.span.line
        line = self.source[number - 1]
        start = item.span.column - 1
        indent = len(line) - len(line.lstrip())
        last = number
        while last < len(self.source):
            following = self.source[last]
            stripped = following.lstrip()
            if not stripped or len(following) - len(stripped) <= indent or _ITEM.match(following):
                break
            last += 1
        note = " ".join(part for part in (_badge(item), _age_note(item, self.site.as_of)) if part)
        opening = (start, start, anchor_span(self.record, item))
        if last == number:
            end = len(line.rstrip())
            self._edit(number, [opening, (end, end, f" {note}")])
        else:
            self._edit(number, [opening])
            end = len(self.source[last - 1].rstrip())
            self._edit(last, [(end, end, f" {note}")])

    def lessons(self) -> None:
        """Anchors of the lessons, for the pages that name them with their origin."""
        for lesson in lessons.of(self.record):
            start = lesson.span.column - 1
            anchor = f'<span id="{lesson_anchor(lesson)}" class="pm-anchor"></span>'
            self._edit(lesson.span.line, [(start, start, anchor)])

    # -- what the renderer would run together

    def loosen(self) -> None:
        """Part a list from the label above it, and labels below one another, as the template writes them.

        Python-Markdown takes a list without a blank line before it for part of the paragraph, and
        lines of one paragraph for one line.
        """
        if not _TIGHT.search(self.document.text):
            return
        first = self.document.body_line - 1
        kinds = bytearray(len(self.source))
        mask(list(self.source), first, kinds, [])
        for at in range(first + 1, len(self.source)):
            if kinds[at] != TEXT or kinds[at - 1] != TEXT:
                continue
            above, line = self.source[at - 1], self.source[at]
            if _ITEM.match(line) and not line[:1].isspace() and _LABEL_LINE.match(above) and self.lines[at] is not None:
                self.lines[at] = f"\n{self.lines[at]}"
            elif _LABELLED.match(line) and _LABELLED.match(above) and self.lines[at - 1] is not None:
                self.lines[at - 1] = f"{(self.lines[at - 1] or '').rstrip()}  "

    # -- the five whys

    def whys(self) -> None:
        """Steps that follow one another become one ordered list, each with its answer.

        If one of them is not written as a plain paragraph, all stay as they are.
        """
        steps: list[tuple[int, int, str]] = []
        for why in self.document.whys:
            step = self._why(why, len(steps) + 1)
            if step is None or (steps and step[0] <= steps[-1][1]):
                return
            steps.append(step)
        for index, (first, last, text) in enumerate(steps):
            end_before = steps[index - 1][1] if index else 0
            begin_after = steps[index + 1][0] if index + 1 < len(steps) else len(self.source) + 1
            if index and self._blank(end_before + 1, first - 1):
                # A list whose items stand apart would be a list of paragraphs.
                self._drop(end_before + 1, first - 1)
            elif first > 1 and self.source[first - 2].strip():
                text = f"\n{text}"
            if not self._blank(last + 1, min(last + 1, len(self.source))) and begin_after != last + 1:
                text = f"{text}\n"
            self._drop(first + 1, last)
            self.lines[first - 1] = text

    def _blank(self, first: int, last: int) -> bool:
        return not any(self.source[number - 1].strip() for number in range(first, last + 1))

    def _drop(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self.lines[number - 1] = None

    def _why(self, why: Why, number: int) -> tuple[int, int, str] | None:
        """First line, last line and list item of one step; None where it is not a plain paragraph."""
        first = why.span.line
        asked = _WHY.match(self.source[first - 1])
        if asked is None:
            return None
        question, last = self._paragraph(asked[2], first)
        answer = ""
        if why.last_line > first:
            because = _BECAUSE.match(self.source[why.last_line - 1])
            if because is None or not self._blank(last + 1, why.last_line - 1):
                return None
            answer, last = self._paragraph(because[1], why.last_line)
        if any("<!--" in line for line in self.source[first - 1 : last]):
            return None
        text = f'{number}. <span class="pm-why">Why {asked[1] or number}</span> '
        text += f'<strong class="pm-question">{question}</strong>'
        if answer:
            text += f'<br>\n    <span class="pm-because">Because</span> {answer}'
        return first, last, text

    def _paragraph(self, text: str, line: int) -> tuple[str, int]:
        """The rest of a paragraph from a line on, as one line, and the number of its last line."""
        parts = [text]
        while line < len(self.source):
            following = self.source[line]
            if not following.strip() or _STARTS.match(following) or _BECAUSE.match(following):
                break
            parts.append(following.strip())
            line += 1
        return " ".join(parts).strip(), line

    # -- lists of front matter, written out

    def lists(self) -> None:
        """`timeline:` and `action_items:` of front matter as tables below their headings."""
        twice = {problem.message.split(":")[0] for problem in self.record.problems if problem.code == "PM112"}
        if "timeline" not in twice and self.record.timeline and self.document.front.get("timeline"):
            self._timeline_list()
        listed = [item for item in self.record.action_items if item.form == "front matter"]
        if "action_items" not in twice and listed:
            self._action_list(listed)
        self._add_sections()

    def _timeline_list(self) -> None:
        dated = [entry.at for entry in self.record.timeline if entry.at is not None]
        start = start_of(self.record, dated) if dated else None
        seconds = any(moment.second for moment in dated)
        rows = [
            {
                "time": inline(_clock(entry.written, entry.at)),
                "elapsed": elapsed(entry.at - start, seconds) if entry.at and start else "",
                "event": inline(entry.event),
            }
            for entry in self.record.timeline
        ]
        table = render.html("timeline_list", lines=_marked(rows, ("time", "event")))
        section = self.document.section("timeline")
        if section:
            self._append(section.last_line, table)
        else:
            self._new_section(f"## {_title('timeline', self.site.settings)}", table, _AFTER_TIMELINE)

    def _action_list(self, listed: Sequence[ActionItem]) -> None:
        section = self.document.section("action_items")
        level = "#" * (min(section.level, 5) + 1 if section else 3)
        groups: dict[str | None, list[ActionItem]] = {None: []}
        groups.update({category: [] for category in CATEGORIES})
        for item in listed:
            groups[item.category].append(item)
        added: list[str] = []
        for category, items in groups.items():
            if not items:
                continue
            table = self._action_rows(items)
            existing = self._subsection(category, section)
            if existing is not None:
                self._append(existing.last_line, table)
            elif category is None:
                added.insert(0, table)
            else:
                added.append(f"{level} {_title(category, self.site.settings)}\n\n{table}")
        if not added:
            return
        text = "\n\n".join(added)
        if section:
            self._append(section.end_line, text)
        else:
            self._new_section(f"## {_title('action_items', self.site.settings)}", text, _AFTER_ACTIONS)

    def _subsection(self, category: str | None, section: Section | None) -> Section | None:
        if section is None:
            return None
        if category is None:
            return section
        return next(
            (
                inner
                for inner in self.document.sections
                if inner.key == category and section.span.line < inner.span.line <= section.end_line
            ),
            None,
        )

    def _action_rows(self, items: Sequence[ActionItem]) -> str:
        as_of = self.site.as_of
        rows = [
            {
                "anchor": anchor_span(self.record, item),
                "action": inline(item.action),
                "owner": inline(item.owner),
                "priority": inline(item.priority),
                "due": item.due.isoformat() if item.due else "",
                "late": _lateness(item, as_of),
                "status": _badge(item) + (f" {inline(item.reason)}" if item.reason else ""),
                "ticket": _ticket_cell(item.ticket, self.site.settings) or inline(item.ticket),
                "completed": item.completed.isoformat() if item.completed else "",
                "age": age_text(item, as_of) or "–",
            }
            for item in items
        ]
        shown = {name: any(row[name] for row in rows) for name in ("ticket", "completed")}
        marked = _marked(rows, ("anchor", "action", "owner", "priority", "status", "ticket"))
        return render.html("action_list", lines=marked, shown=shown)

    def _append(self, last_line: int, text: str) -> None:
        """Put a block after a section's last line that is not blank."""
        at = last_line
        while at > self.document.body_line and not self.source[at - 1].strip():
            at -= 1
        line = self.lines[at - 1]
        self.lines[at - 1] = f"{line or ''}\n\n{text}" + ("\n" if at == last_line else "")

    def _new_section(self, title: str, text: str, before: Sequence[str]) -> None:
        """Note a section of our own, to be put where the template has it."""
        self.added.append((f"{title}\n\n{text}", before))

    def _add_sections(self) -> None:
        """Put our own sections before the first of those they stand before, else at the end."""
        places: dict[int | None, list[str]] = {}
        for block, before in self.added:
            below = (section for section in self.document.sections if section.key in before)
            at = next((section.span.line - 1 for section in below if section.level <= 2), None)
            places.setdefault(at, []).append(block)
        for at, blocks in places.items():
            text = "\n\n".join(blocks)
            if at is not None:
                self.lines[at] = f"{text}\n\n{self.lines[at] or ''}"
                continue
            while len(self.lines) > self.document.body_line and self.lines[-1] == "":
                self.lines.pop()
            self.lines += ["", text, ""]


def _after(line: str, cells: Sequence[Cell], index: int, text: str, padding: str = "") -> tuple[int, int, str] | None:
    """The edit that puts a cell behind the cell at `index`; None where the line is not so simple."""
    if index >= len(cells):
        return len(line), len(line), ""
    end = cells[index].span.end - 1
    rest = line[end:]
    stripped = rest.lstrip(" \t")
    if not stripped:
        return end, end, f"{padding} | {text}"
    if stripped[0] != "|":
        return None
    at = end + len(rest) - len(stripped) + 1
    return at, at, f"{padding} {text} |"


def elapsed(passed: timedelta, seconds: bool = False) -> str:
    """Time since the start, as a clock: `+0:07`, `−0:12`, `+26:05`; with seconds where rows have them."""
    total = int(passed.total_seconds())
    sign, total = ("−" if total < 0 else "+"), abs(total)
    clock = f"{sign}{total // 3600}:{total // 60 % 60:02}"
    return f"{clock}:{total % 60:02}" if seconds else clock


def age_text(item: ActionItem, as_of: date) -> str:
    """`34 days` while open, `took 18 days` when finished; empty where it is not known."""
    age = item.age_days(as_of)
    if age is None or not (item.is_open or item.is_finished):
        return ""
    return count(age, "day") if item.is_open else f"took {count(age, 'day')}"


def cell_text(name: str, written: str, item: ActionItem, record: PostMortem, site: Site) -> str:
    """A cell of an action item's row with what is added to it, in markdown or in HTML alike."""
    late = _lateness(item, site.as_of)
    if name == "action":
        return anchor_span(record, item) + written
    if name == "status":
        return status_cell(item, written)
    if name in ("due", "completed") and _ISO_DAY.fullmatch(written):
        note = f' <span class="pm-late">{late}</span>' if late and name == "due" else ""
        return f'<span class="pm-date">{written}</span>{note}'
    if name == "due" and late:
        return f'{written} <span class="pm-late">{late}</span>'
    if name == "ticket" and written and "(" not in written and "<" not in written:
        return _ticket_cell(written, site.settings) or written
    return written


def start_of(record: PostMortem, dated: Sequence[datetime]) -> datetime:
    """The moment from which elapsed times count: the start of the incident, else the first row."""
    start = record.at("started_at") or dated[0]
    if not any(moment.second for moment in dated):
        return start.replace(second=0, microsecond=0)
    return start.replace(microsecond=0)


def _lateness(item: ActionItem, as_of: date) -> str:
    return late_text((as_of - item.due).days) if item.due and item.overdue(as_of) else ""


def _age_note(item: ActionItem, as_of: date) -> str:
    """Age and lateness of a checkbox item, as one note behind it."""
    age = age_text(item, as_of)
    late = _lateness(item, as_of)
    note = f'<span class="pm-note">{age + " old" if item.is_open and age else age}</span>' if age else ""
    return " ".join(part for part in (note, f'<span class="pm-late">{late}</span>' if late else "") if part)


def anchor_span(record: PostMortem, item: ActionItem) -> str:
    """An empty element that links to the action item lead to."""
    return f'<span id="{anchor(record, item)}" class="pm-anchor"></span>'


def lesson_anchor(lesson: lessons.Lesson) -> str:
    """The `id` of a lesson on its post-mortem's page."""
    return f"lesson-{lesson.key}"


def _badge(item: ActionItem) -> str:
    status = clean(item.status)
    label = STATUS_LABELS.get(status) or inline(status)
    return f'<span class="pm-badge pm-status pm-status-{STATUS_SLUGS.get(status, "other")}">{label}</span>'


def status_cell(item: ActionItem, written: str) -> str:
    """A status cell with its status as a badge; what else the cell says stays as it was written."""
    opening = f'<span class="pm-badge pm-status pm-status-{STATUS_SLUGS.get(item.status, "other")}">'
    if item.status not in STATUSES:
        return f"{opening}{written}</span>"
    marks = _MARKS.match(written)
    mark = marks[0] if marks else ""
    text = written[len(mark) :]
    for name in sorted((item.status, *STATUSES[item.status]), key=len, reverse=True):
        rest = text[len(name) :]
        if text[: len(name)].casefold() != name or not name.isascii() or name == "x" or not rest.startswith(mark):
            continue
        rest = rest[len(mark) :]
        if not rest[:1].isalnum():
            return f"{opening}{text[: len(name)]}</span>{rest.removeprefix(':')}"
    return f"{_badge(item)} {written}".rstrip()


def _ticket_cell(written: str, settings: Settings) -> str:
    """A ticket cell as links, or nothing where none of it can be linked."""
    found = tickets(written, settings.ticket_url)
    if not any(address for _, address in found):
        return ""
    return ", ".join(
        inline(f"[{label}]({address})") if address and ")" not in address else inline(label) for label, address in found
    )


def _clock(written: str, at: datetime | None) -> str:
    """A front-matter time: as it was written, full timestamps shortened."""
    return at.strftime("%Y-%m-%d %H:%M") if at and "T" in written else written


def _title(key: str, settings: Settings) -> str:
    return heading(settings.sections[key].title if key in settings.sections else SECTIONS[key].title)


def _marked(rows: list[dict[str, str]], names: Sequence[str]) -> list[dict[str, str]]:
    """Rows of which these cells are HTML already."""
    return [{**row, **{name: render.safe(row[name]) for name in names}} for row in rows]
