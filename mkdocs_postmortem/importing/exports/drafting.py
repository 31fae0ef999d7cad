"""A record of an export to a draft in our shape: facts, times, words, timeline, action items, and all the rest."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from mkdocs_postmortem.dates import parse_date, parse_stamp
from mkdocs_postmortem.importing.exports.loading import ExportError, Record, load, shown
from mkdocs_postmortem.importing.exports.picking import Path, Picker, told, written
from mkdocs_postmortem.importing.exports.prose import is_rich, one_line, prose
from mkdocs_postmortem.importing.exports.tools import STAMP_NAMES, TOOLS, Actions, Tool
from mkdocs_postmortem.importing.found import Draft, Found, Item, Part, Piece, Remark, Row
from mkdocs_postmortem.model import STAMPS
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import SECTIONS, STATUSES, UNKNOWN, Lookup, fold

_STATUS = Lookup(STATUSES)
_PARENTS = {
    "what_happened": "root_cause_analysis",
    "why_it_happened": "root_cause_analysis",
    "why_not_detected": "root_cause_analysis",
    "how_detected": "detection_and_response",
    "response_actions": "detection_and_response",
    "references": "supporting_information",
}
_ORDER = (
    "executive_summary", "impact", "timeline", "root_cause_analysis", "detection_and_response", "action_items",
    "lessons_learned", "", "supporting_information",
)  # fmt: skip
"""Our sections in the order of the template; the author's own stand before the supporting information."""
_EARLIEST, _LATEST = 631152000, 4102444800
"""Unix seconds between 1990 and 2100: other numbers are no times of incidents."""
_TITLE, _ID, _FACT = 300, 120, 200
"""Letters that a title, an ID and other facts may have; what is longer stands elsewhere."""
_FORM_OF_ID = re.compile(r"\w[\w .:+-]*")
_PEOPLE = 200
"""People that front matter may name."""
_LONG = 120
"""Letters from which a value of the rest is put below its name rather than beside it."""


class Named(NamedTuple):
    """A draft, and the name of the file it goes into, without its ending."""

    stem: str
    draft: Draft


def read(text: str, settings: Settings, as_of: date) -> list[Named]:
    """The post-mortems of an export in JSON, in its order. Raises `ExportError` where it cannot be read as one.

    Times after `as_of` are told, and are no facts.
    """
    found: list[Named] = []
    taken: set[str] = set()
    records = load(text)
    for number, record in enumerate(records, start=1):
        tool = identify(record)
        if tool is None:
            names = ", ".join(sorted((tool.name for tool in TOOLS), key=str.casefold))
            which = "the export" if len(records) == 1 else f"entry {number}"
            told_keys = ", ".join(f"`{shown(key, 30)}`" for key in list(record)[:4]) or "nothing"
            error = ExportError(
                f"{which} has the fields {told_keys}: of no tool that is known here",
                f"exports of {names} are read; for another, write `title`, `started_at` and the like into front matter",
            )
            error.foreign = not found
            raise error
        draft = _Drafting(tool, record, settings, as_of).draft()
        stem = _stem(draft, number)
        while stem in taken:
            stem += f"-{number}"
        taken.add(stem)
        found.append(Named(stem, draft))
    return found


def identify(record: Record) -> Tool | None:
    """Whose record it is, by fields that no other tool has; None where nobody's is known."""
    for tool in TOOLS:
        picker = Picker(record, tool.roots)
        if any(picker.has(mark) for mark in tool.marks):
            return tool
    return None


class _Drafting:
    """One record on its way to a draft."""

    def __init__(self, tool: Tool, record: Record, settings: Settings, as_of: date) -> None:
        self.tool = tool
        self.settings = settings
        self.as_of = as_of
        self.picker = Picker(record, tool.roots)
        self.facts: list[Found] = []
        self.remarks: list[Remark] = []
        self.rows: list[tuple[datetime | None, Row]] = []
        self.items: list[Item] = []
        self.columns: list[dict[str, str]] = []
        self.pieces: dict[str, list[Piece]] = {}
        self.own: list[Part] = []
        self.days: list[date] = []
        """Days of times that are no moments."""

    def draft(self) -> Draft:
        title = self._text(self.tool.title) or ("", "")
        if title[0]:
            short = title[0] if len(title[0]) <= _TITLE else title[0][: _TITLE - 1].rstrip() + "…"
            self._add("title", short, title[1])
        else:
            self.facts.append(Found("title", f"Incident from {self.tool.name}", 0, "inferred", "the export has none"))
            self._remark("note", "the export gives no title", "write one into front matter")
        self._texts()
        self._stamps()
        self._durations()
        self._people()
        for section, heading, path in self.tool.prose:
            self._prose(section, heading, path)
        self._answers()
        self._events()
        for actions in self.tool.actions:
            self._actions(actions)
        self._tables()
        self._rest()
        day = self._day()
        if day is not None and not any(fact.field in STAMPS for fact in self.facts):
            self.facts.append(Found("date", day.isoformat(), 0, "inferred", "the day of the first time in the export"))
        return Draft(
            shape=f"{self.tool.name} export",
            title=self._value("title"),
            day=day,
            facts=tuple(self.facts),
            heading=one_line(title[0]).replace("\\|", "|"),
            parts=tuple(self._parts()),
            timeline=tuple(row for _, row in self.rows),
            actions=tuple(self.items),
            remarks=tuple(self.remarks),
        )

    def _remark(self, kind: str, text: str, mend: str) -> None:
        self.remarks.append(Remark(kind, 0, text, mend))

    def _text(
        self, paths: Iterable[str], longest: int = 0, form: re.Pattern[str] | None = None
    ) -> tuple[str, str] | None:
        """The first of some values as text on one line, taken, with its place.

        One that is too long, has another form or says that it is not known is left where it is.
        """
        for path in paths:
            found = self.picker.first(path)
            if found is not None and isinstance(found[1], str | int | float) and not isinstance(found[1], bool):
                text = " ".join(str(found[1]).split())
                if (longest and len(text) > longest) or (form is not None and not form.fullmatch(text)):
                    continue
                if longest and text.casefold() in UNKNOWN:
                    continue
                self.picker.take(found[0])
                return text, written(found[0])
        return None

    def _add(self, field: str, value: Any, place: str) -> None:
        if self._value(field) is None:
            self.facts.append(Found(field, value, 0, "stated", f"`{place}` of the export"))

    def _texts(self) -> None:
        for field, paths in self.tool.facts.items():
            if field == "severity":
                self._severity(paths)
                continue
            found = self._text(paths, _ID, _FORM_OF_ID) if field == "id" else self._text(paths, _FACT)
            if found:
                self._add(field, found[0], found[1])
        for field, paths in self.tool.lists.items():
            texts: list[str] = []
            first = ""
            for path in paths:
                for place, value in self.picker.each(path):
                    text = " ".join(value.split()) if isinstance(value, str) else str(value) if _number(value) else ""
                    if text and len(text) <= _FACT and len(texts) < _PEOPLE:
                        self.picker.take(place)
                        first = first or written(place)
                        texts += [text] if text not in texts else []
            if texts:
                self._add(field, texts, first)
        for field, paths in self.tool.impact.items():
            if found := self._text(paths, _FACT):
                self._add(field, found[0], found[1])

    def _severity(self, paths: Iterable[str]) -> None:
        for path in paths:
            found = self.picker.first(path)
            if found is None or not isinstance(found[1], str | int) or isinstance(found[1], bool):
                continue
            text = str(found[1])
            name = self.settings.find_severity(text)
            if name is None:
                if fold(text) not in ("unset", "unknown", ""):
                    self._remark(
                        "severity",
                        f"the severity `{shown(text)}` is not on the scale, and was not mapped onto it",
                        "write `severity:`, or give the name as an alias of one on the scale in `postmortem.yml`",
                    )
                return
            if name == text:
                self.picker.take(found[0])
            self.facts.append(Found("severity", name, 0, "stated", f"`{written(found[0])}` of the export", text))
            return

    def _stamps(self) -> None:
        for stamp, paths in self.tool.stamps.items():
            for path in paths:
                found = self.picker.first(path)
                if found is not None and self._stamp(stamp, *found):
                    break
        for each, names, times in self.tool.named_stamps:
            for place, _ in self.picker.each(each):
                name, time = self._below(place, names), self._below(place, times)
                if name is None or time is None:
                    continue
                label = str(name[1])
                stamp = STAMP_NAMES.get(re.sub(r"\s+(?:at|time)\Z", "", fold(label.replace("_", " "))), "")
                if stamp and parse_stamp(moment(time[1])) == parse_stamp(self._value(stamp)) is not None:
                    self.picker.take(time[0])  # told before, as a field of its own
                elif not stamp or not self._stamp(stamp, *time):
                    self._marked(time, label)
                    self.picker.take(name[0])
        for path, label in self.tool.marked_times.items():
            found = self.picker.first(path)
            if found is not None:
                self._marked(found, label)
        self._ordered()

    def _stamp(self, stamp: str, place: Path, value: Any) -> bool:
        """Write a time as a fact where it is one beyond doubt, and is the first of its name."""
        if any(found.field == stamp for found in self.facts):
            return False
        text = moment(value)
        at = parse_stamp(text)
        if at is not None and at.date() > self.as_of:
            self._remark("stamp", f"`{written(place)}` is {text}, and lies in the future", f"write `{stamp}:`")
            return False
        if text is None:
            if unknown_time(value):
                return False
            self._unclear(f"`{written(place)}`", value, f"write `{stamp}: 2026-11-03T10:02Z`, or with another offset")
            return False
        if text == value:
            self.picker.take(place)
        self.facts.append(Found(stamp, text, 0, "stated", f"`{written(place)}` of the export", str(value)))
        return True

    def _unclear(self, name: str, value: Any, mend: str) -> None:
        if isinstance(value, str):
            self.days += [day] if (day := parse_date(value.strip())) else []
        self._remark("stamp", f"{name} is `{shown(str(value))}`: not a moment with its offset from UTC", mend)

    def _marked(self, found: tuple[Path, Any], label: str) -> None:
        """A time that is none of our five: a row of the timeline, in the export's word for it."""
        text = moment(found[1])
        if text is None:
            if not unknown_time(found[1]):
                self._unclear(f"`{written(found[0])}`", found[1], "write it into the timeline, with its offset")
            return
        if text == found[1]:
            self.picker.take(found[0])
        self.rows.append((parse_stamp(text), Row(text, one_line(label[:1].upper() + label[1:]), 0)))

    def _ordered(self) -> None:
        """Times that run backwards are told, and the later one is not written as a fact."""
        last: Found | None = None
        for stamp in STAMPS:
            found = next((item for item in self.facts if item.field == stamp), None)
            if found is None:
                continue
            at, before = parse_stamp(found.value), parse_stamp(last.value) if last else None
            if last is not None and at is not None and before is not None and at < before:
                self.facts.remove(found)
                self._remark(
                    "conflict",
                    f"`{stamp}` would be {found.value}, before `{last.field}` ({last.value}): it was left out",
                    "say which of the two is right, and write it into front matter",
                )
                self.rows.append((at, Row(str(found.value), f"{stamp.removesuffix('_at').capitalize()}", 0)))
            else:
                last = found

    def _durations(self) -> None:
        for path, field in self.tool.durations.items():
            found = self.picker.first(path)
            if found is None or not _number(found[1]) or found[1] <= 0 or found[1] > 10 * 366 * 86400:
                continue
            self.facts.append(
                Found(field, lasting(found[1]), 0, "stated", f"`{written(found[0])}` of the export", f"{found[1]} s")
            )
            start, end = _ENDS[field]
            at, until = (parse_stamp(self._value(name)) for name in (start, end))
            if at and until and abs((until - at).total_seconds() - found[1]) >= 60:
                self._remark(
                    "conflict",
                    f"`{field}` is stated as {lasting(found[1])}; from `{start}` to `{end}` it is "
                    f"{lasting(abs((until - at).total_seconds()))}",
                    "both are kept: see which of them is right",
                )

    def _value(self, field: str) -> Any:
        return next((found.value for found in self.facts if found.field == field), None)

    def _people(self) -> None:
        people: list[dict[str, str]] = []
        first = ""

        def add(who: tuple[Path, Any] | None, role: str, role_at: Path | None = None) -> None:
            """Name a person, once for each role; what is no name or too long for one stays where it is."""
            nonlocal first
            name = " ".join(who[1].split()) if who is not None and isinstance(who[1], str) else ""
            if who is None or not name or max(len(name), len(role)) > _FACT or len(people) >= _PEOPLE:
                return
            self.picker.take(who[0])
            if role_at is not None:
                self.picker.take(role_at)
            first = first or written(who[0])
            person = {"who": name, "role": role}
            people.extend([] if person in people else [person])

        for path, role in self.tool.people.items():
            add(self.picker.first(path), role)
        for relation, role in self.tool.relations.items():
            for place in self.picker.related(relation):
                add(self._below(place, ("attributes.full_name", "attributes.name", "attributes.email")), role)
        for each, roles, names in self.tool.roles:
            for place, _ in self.picker.each(each):
                role_at = self._below(place, roles)
                role = " ".join(role_at[1].split()) if role_at and isinstance(role_at[1], str) else ""
                add(self._below(place, names), role, role_at[0] if role_at and role else None)
        if people:
            self._add("participants", [person if person["role"] else person["who"] for person in people], first)

    def _below(self, place: Path, paths: Iterable[str]) -> tuple[Path, Any] | None:
        found = (self.picker.below(place, path) for path in paths)
        return next((item for item in found if item is not None), None)

    def _prose(self, section: str, heading: str, path: str) -> None:
        found = [(place, value) for place, value in self.picker.each(path) if told(value) and _words(value)]
        if not found:
            return
        listed = len(found) > 1 or path.endswith("]")
        nested = section in _PARENTS or (heading and section)
        level = 3 if nested else 2
        lines: list[str] = []
        for place, value in found:
            if self.picker.taken(place):
                continue
            self.picker.take(place)
            text = prose(value, level)
            lines += (
                [f"- {one_line(value)}"]
                if listed and "\n" not in text
                else [*([""] if lines else []), *text.split("\n")]
            )
        if not lines:
            return
        if not section:
            self.own.append(Part(None, heading, (Piece(tuple(lines)),)))
            return
        title = heading or (SECTIONS[section].title if section in _PARENTS else "")
        piece = Piece(tuple(lines), title, 3, own=False)
        self.pieces.setdefault(_PARENTS.get(section, section), []).append(piece)

    def _answers(self) -> None:
        """Questions of a retrospective with their answers: a section each, called as the question."""
        for each, question, answer in self.tool.answers:
            for place, _ in self.picker.each(each):
                asked, told_at = self._below(place, (question,)), self._below(place, (answer,))
                if asked is None or told_at is None or not isinstance(asked[1], str) or not _words(told_at[1]):
                    continue
                if self.picker.taken(told_at[0]):
                    continue
                self.picker.take(asked[0])
                self.picker.take(told_at[0])
                piece = Piece(tuple(prose(told_at[1], 2).split("\n")))
                self.own.append(Part(None, one_line(asked[1]).replace("\\|", "|"), (piece,)))

    def _events(self) -> None:
        for events in self.tool.events:
            for place, entry in self.picker.each(events.each):
                if events.kind and not (isinstance(entry, dict) and entry.get("type") == events.kind):
                    continue
                time, event = self._below(place, events.time), self._below(place, events.event)
                if event is None or not _words(event[1]) or self.picker.taken(event[0]):
                    continue
                self.picker.take(event[0])
                text = ""
                if time is not None:
                    text = moment(time[1]) or one_line(time[1])
                    if text == time[1]:
                        self.picker.take(time[0])
                self.rows.append((parse_stamp(text), Row(text, one_line(event[1]), 0)))

    def _actions(self, actions: Actions) -> None:
        for place, entry in self.picker.each(actions.each):
            if actions.kind and not (isinstance(entry, dict) and entry.get("type") == actions.kind):
                continue
            action = self._below(place, actions.action)
            if action is None or not _words(action[1]) or self.picker.taken(action[0]):
                continue
            cells = {"action": self._cell(action)}
            more = self.picker.below(place, actions.more) if actions.more else None
            if more is not None and more[0] != action[0] and _words(more[1]):
                cells["action"] = f"{cells['action'].rstrip()} – {self._cell(more)}"
            for name in ("owner", "priority", "ticket", "id"):
                found = self._below(place, getattr(actions, name))
                if found is not None and not isinstance(found[1], dict | list | bool) and found[0] != action[0]:
                    cells[name] = self._cell(found)
            for name in ("due", "completed"):
                found = self._below(place, getattr(actions, name))
                day = calendar_day(found[1]) if found else ""
                if found is not None and day and self._possible(name, day, written(found[0])):
                    cells[name] = day
                    if day == found[1]:
                        self.picker.take(found[0])
            cells["status"] = self._status(actions, place, cells)
            self.columns.append(cells)
            self.items.append(
                Item(
                    cells["action"], 0, cells.get("owner", ""), cells.get("priority", ""), cells.get("due", ""),
                    cells["status"], cells.get("ticket", ""), cells.get("id", ""),
                )
            )  # fmt: skip

    def _possible(self, name: str, day: str, place: str) -> bool:
        """Whether a day can be when an action item was due or done: not before the incident, nor done tomorrow."""
        incident = self._day()
        early = incident is not None and day < incident.isoformat()
        late = name == "completed" and day > self.as_of.isoformat()
        if early or late:
            told_how = "before the incident" if early else "in the future"
            self._remark("item", f"`{place}` is {day}, {told_how}", "write the day that is meant into the table")
        return not (early or late)

    def _cell(self, found: tuple[Path, Any]) -> str:
        self.picker.take(found[0])
        return one_line(found[1])

    def _status(self, actions: Actions, place: Path, cells: dict[str, str]) -> str:
        """What became of an item in our words; the export's own word stays in the rest."""
        found = self._below(place, actions.status)
        if found is None or not isinstance(found[1], str):
            return "Done" if cells.get("completed") else "Open"
        text = " ".join(found[1].split())
        if fold(text) == "deleted":
            self.picker.take(found[0])
            return f"Won't do: deleted in {self.tool.name}"
        status = _STATUS(text) or _STATUS(text.replace("_", " "))
        if status is None:
            self._remark(
                "item",
                f"the status `{shown(text)}` of an action item is not known",
                "write Open, Done or Won't do: …",
            )
            self.picker.take(found[0])
            return one_line(text)
        if status == "won't do":
            self._remark(
                "item",
                f"`{shown(cells['action'])}` was given up (`{shown(text)}`) without a reason",
                "write why: Won't do: …",
            )
        return status[:1].upper() + status[1:]

    def _tables(self) -> None:
        if self.rows:
            known = sorted((row for row in self.rows if row[0] is not None), key=lambda row: row[0] or datetime.min)
            self.rows = [*known, *(row for row in self.rows if row[0] is None)]
            lines = ["| Time | Event |", "| --- | --- |"]
            lines += [f"| {row.time} | {row.event} |" for _, row in self.rows]
            self.pieces.setdefault("timeline", []).insert(0, Piece(tuple(lines)))
        if self.columns:
            names = [*_COLUMNS, *(name for name in _MORE if any(cells.get(name) for cells in self.columns))]
            heads = {**_COLUMNS, **_MORE}
            lines = [_line(heads[name] for name in names), "|" + " --- |" * len(names)]
            lines += [_line(cells.get(name, "") for name in names) for cells in self.columns]
            self.pieces.setdefault("action_items", []).insert(0, Piece(tuple(lines)))

    def _rest(self) -> None:
        """Everything else that the export says, name by name, in a section of its own."""
        lines: list[str] = []
        for place, value in self.picker.rest():
            name = " ".join(written(place).replace("`", "'").split())
            text = value if isinstance(value, str) else json.dumps(value)
            if isinstance(value, str) and ("\n" in value.strip() or len(value) > _LONG):
                block = prose(value, 3).split("\n")
                lines += [f"- `{name}`:", "", *(f"    {line}".rstrip() for line in block), ""]
            else:
                lines.append(f"- `{name}`: {one_line(text)}")
        if lines:
            while not lines[-1]:
                lines.pop()
            piece = Piece(tuple(lines), f"Export of {self.tool.name}", 3, own=False)
            self.pieces.setdefault("supporting_information", []).append(piece)

    def _parts(self) -> Iterable[Part]:
        for key in _ORDER:
            if not key:
                yield from self.own
            elif self.pieces.get(key):
                yield Part(key, SECTIONS[key].title, tuple(self.pieces[key]))

    def _day(self) -> date | None:
        for stamp in STAMPS:
            if at := parse_stamp(self._value(stamp)):
                return at.date()
        return min([*self.days, *(at.date() for at, _ in self.rows if at is not None)], default=None)


_COLUMNS = {"action": "Action", "owner": "Owner", "priority": "Priority", "due": "Due Date", "status": "Status"}
_MORE = {"completed": "Completed", "ticket": "Issue", "id": "ID"}
_ENDS = {
    "time_to_detect": ("started_at", "detected_at"),
    "time_to_mitigate": ("detected_at", "mitigated_at"),
}
"""From which stamp to which a stated duration runs, as the tools define theirs."""


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _words(value: Any) -> bool:
    return isinstance(value, str) or is_rich(value) or _number(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def moment(value: Any) -> str | None:
    """A time of an export as our front matter has it; None where it is no moment beyond doubt.

    ISO 8601 has to have an offset and stays as it was written. Numbers are unix seconds, or milliseconds.
    """
    if isinstance(value, str):
        text = value.strip()
        if parse_stamp(text) is not None:
            return text
        if not re.fullmatch(r"\d{9,14}(?:\.\d+)?", text):
            return None
        value = float(text)
    if not _number(value):
        return None
    seconds = value / 1000 if value >= 10**11 else value
    if not _EARLIEST <= seconds <= _LATEST:
        return None
    at = datetime.fromtimestamp(int(seconds), UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ" if at.second else "%Y-%m-%dT%H:%MZ")


def unknown_time(value: Any) -> bool:
    """Whether a value says that the time is not known: zero, or one of the signs for it."""
    return value in (0, False) or (isinstance(value, str) and value.strip().casefold() in UNKNOWN | {"0"})


def calendar_day(value: Any) -> str:
    """The day of a due date or a completion; empty where there is none."""
    if isinstance(value, str) and (day := parse_date(value.strip())):
        return day.isoformat()
    text = moment(value)
    return text[:10] if text else ""


def lasting(seconds: float) -> str:
    """A duration in words, as front matter states it: `2h 5m 3s`."""
    rest = timedelta(seconds=int(seconds))
    hours, minutes = divmod(int(rest.total_seconds()) // 60, 60)
    parts = (f"{hours // 24}d", hours // 24), (f"{hours % 24}h", hours % 24), (f"{minutes}m", minutes)
    told_parts = [text for text, amount in parts if amount]
    left = int(rest.total_seconds()) % 60
    return " ".join([*told_parts, *([f"{left}s"] if left or not told_parts else [])])


def _stem(draft: Draft, number: int) -> str:
    """A file's name: the day and the first words of the title."""
    plain = unicodedata.normalize("NFKD", draft.title).encode("ascii", "ignore").decode().casefold()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or f"incident-{number}"
    return f"{draft.day.isoformat()}-{words}" if draft.day else words
