"""Action items: table rows, checkboxes and front matter to the same records, with stable keys."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from mkdocs_postmortem.dates import find_date, parse_date
from mkdocs_postmortem.model import CATEGORIES, ActionItem, Section, Span, Table
from mkdocs_postmortem.reading.tables import Rows
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import CATEGORY_ALIASES, STATUSES, UNKNOWN, Lookup, fold

_STATUS = Lookup(STATUSES)
_CATEGORY = Lookup(CATEGORY_ALIASES)
_HANDLE = re.compile(r"(?<![\w/@.])@[\w][\w.-]*")
_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]+\)|https?://\S+|(?<!\w)(?:#\d+|[A-Z][A-Z0-9]+-\d+)\b")
_DAY = (
    r"(\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.?,? \d{4}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
_DATED = re.compile(_DAY)
_STRUCK = re.compile(r"~~[^~]*~~")
_DUE = re.compile(rf"\b(?:due|deadline)(?: (?:date|by|on))?:? ?(?-i:{_DAY})", re.I)
_OWNER = re.compile(
    r"(?<![\w-])(?:owner|assignee|assigned to): ?(@[\w][\w.-]*\w|(?-i:[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}))", re.I
)
"""Who does it, within the words of an item: `Write the runbook. Owner: Kim Lee.`"""
_COMMA = re.compile(r",(?! ?\d{4}\b)")
"""A comma that stands between details, and not in a date."""
_BY = frozenset({"due", "deadline", "by", "until", "date", "on"})
_RELEASED = re.compile(r" (?:in|with|via|on|since|as of) (?!part\b|theory\b|principle\b|progress\b)", re.I)
_MORE = re.compile(
    r"\[?(?:\.{3,}|…)\]?(?: ?\[?(?:(?:an)?other|more|next|further|additional)(?: action)?(?: items?)?\]?\W{0,3})?", re.I
)
_NOTHING = UNKNOWN - {"?", "??", "???", "tbc", "tbd", "unknown"}
"""How cells say that there is nothing; the others say that somebody is still to find out."""

Data = dict[str, Any]
Places = Mapping[str, Span]


class Found:
    """Action items of one document: as data for the schema, and where each part stands."""

    def __init__(self) -> None:
        self.data: list[Data] = []
        self.places: list[Places] = []
        self.forms: list[str] = []

    def add(self, data: Data, places: Places, form: str) -> None:
        """Note one item."""
        self.data.append(data)
        self.places.append(places)
        self.forms.append(form)


def category_of(sections: tuple[Section, ...] | list[Section], index: int) -> str | None:
    """The category that the headings above a row give it."""
    while index >= 0:
        section = sections[index]
        if section.key in CATEGORIES:
            return section.key
        if section.key == "action_items":
            return None
        index = section.parent
    return None


def from_table(found: Found, table: Table, rows: Rows, category: str | None, settings: Settings) -> None:
    """Rows of an action-item table; a table without a column for the action has none."""
    if "action" not in table.columns:
        return
    for row in rows:
        cells = {name: cell for name, cell in zip(table.columns, row, strict=False) if name is not None}
        texts = {name: cell.text for name, cell in cells.items()}
        if is_no_item(texts):
            continue
        data = _item(texts, settings)
        if category or "category" not in data:
            data["category"] = category
        if data["category"] is None:
            del data["category"]
        found.add(data, {name: cell.span for name, cell in cells.items()}, "table")


def is_no_item(texts: Mapping[str, str]) -> bool:
    """Whether a row, its cells by their columns, says that there is no item, or is what the template left."""
    return all(_nothing(text) for name, text in texts.items() if name != "id") or of_template(texts.get("action", ""))


def _nothing(text: str) -> bool:
    """Whether a cell says nothing: empty, `N/A`, `…`."""
    return text.strip("*_`.… ").casefold() in _NOTHING


def of_template(action: str) -> bool:
    """Whether an action is no more than the template's word that there may be others: `...`, `… another item`."""
    return _MORE.fullmatch(action.strip("*_` ")) is not None


def from_checkbox(found: Found, mark: str, text: str, span: Span, category: str | None, settings: Settings) -> None:
    """A checkbox: `- [ ] What is to be done (@wei, P1, due 2026-12-04)`.

    `mark` is what stands between the brackets: `[-]` is one that will not be done. One that the template left is none.
    """
    if of_template(text):
        return
    texts: dict[str, str] = {"status": _MARKS.get(mark, "done")}
    begin, details = _details(text)
    action = text
    if details:
        left = [part.strip() for part in _COMMA.split(details) if part.strip()]
        unknown = [part for part in left if not _detail(part, texts, settings)]
        if len(unknown) < len(left):
            action = text[:begin].rstrip()
            if unknown:
                action += f" ({', '.join(unknown)})"
    if "due" not in texts and (due := _DUE.search(action)) and (day := _iso(due[1])):
        texts["due"] = day
    action = _tail(action, texts, settings)
    if "owner" not in texts and (owner := _OWNER.search(action)):
        texts["owner"] = owner[1]
    if "owner" not in texts and (handle := _HANDLE.search(_unstruck(action))):
        texts["owner"] = handle[0]
    if "ticket" not in texts and (link := _LINK.search(action)):
        texts["ticket"] = link[0]
    texts["action"] = action
    data = _item(texts, settings)
    if category:
        data["category"] = category
    found.add(data, dict.fromkeys((*texts, "checkbox"), span), "checkbox")


_MARKS = {" ": "open", "-": "won't do"}


def _tail(action: str, texts: dict[str, str], settings: Settings) -> str:
    """An action without the priority and the due date that follow it: `Mend it @wei P1 due: 2026-12-01`."""
    words = action.rsplit(maxsplit=12)
    kept: list[str] = []
    taken = 0
    at = len(words)
    while at > 1:
        word = words[at - 1].strip(",;|")
        if word.startswith("@"):
            kept.insert(0, words[at - 1])
            taken += 1
        elif word in settings.priorities and "priority" not in texts:
            texts["priority"] = word
            taken += 2
        elif texts.get("due") == word.rstrip("."):
            while at > 2 and words[at - 2].casefold().strip(",;:|") in _BY:
                at -= 1
            taken += 2
        elif word:
            break
        at -= 1
    if taken < 3:
        if "priority" in texts and taken == 2 and texts.get("priority") == action.split()[-1].strip(",;|"):
            del texts["priority"]  # "all alerts of P1" says no priority
        elif taken == 2 and "due" in texts and len(kept) == 0:
            return " ".join(words[:at]).rstrip(" ,;–—-|")
        return action
    return " ".join([*words[:at], *kept]).rstrip(" ,;–—-|")


def _unstruck(text: str) -> str:
    """A text without what is struck out."""
    return _STRUCK.sub("", text).strip() if "~~" in text else text


def _details(text: str) -> tuple[int, str]:
    """The parenthesis that ends a text: where it begins, and what stands in it."""
    end = text.rstrip().removesuffix(".").rstrip()
    if not end.endswith(")"):
        return len(text), ""
    depth = 0
    for at in range(len(end) - 1, -1, -1):
        depth += (end[at] == ")") - (end[at] == "(")
        if depth == 0:
            return at, end[at + 1 : -1]
    return len(text), ""


def _detail(part: str, texts: dict[str, str], settings: Settings) -> bool:
    """One word in the parenthesis of a checkbox; whether it says anything we know."""
    name, sign, value = part.partition(":")
    column = settings.find_column["actions"](name) if sign else None
    lower = part.casefold()
    match = _DATED.search(part)
    day = _iso(match[1]) if match else ""
    if column and column != "action":
        texts[column] = value.strip()
    elif part.startswith("@"):
        texts["owner"] = f"{texts['owner']}, {part}" if "owner" in texts else part
    elif settings.find_priority(part) in settings.priorities and "priority" not in texts:
        texts["priority"] = part
    elif day and lower.startswith(("done", "completed", "closed", "finished")):
        texts["completed"] = day
    elif day and lower.startswith("verified"):
        texts["completed"], texts["status"] = day, "verified"
    elif day and (lower.startswith(("due", "by ", "until", "deadline")) or (match and part == match[1])):
        texts["due"] = day
    elif _status(part)[0] in STATUSES:
        texts["status"] = part
    elif _LINK.fullmatch(part):
        texts["ticket"] = part
    else:
        return False
    return True


def _iso(written: str) -> str:
    """A day in ISO; as it is written where it looks like one and is none, empty where it may be two."""
    day = find_date(written)
    return day.isoformat() if day else written if written[4] == "-" else ""


def _item(texts: Mapping[str, str], settings: Settings) -> Data:
    """An item's cells as data: what is unknown is left out, what has a canonical name gets it."""
    data: Data = {"action": texts.get("action", "")}
    if _marked(texts):
        texts = {name: text if name == "action" else _cell(name, text) for name, text in texts.items()}
    owner = texts.get("owner", "")
    if owner.casefold() not in UNKNOWN:
        data["owner"] = owner
    priority = texts.get("priority", "")
    if priority.casefold() not in UNKNOWN:
        data["priority"] = settings.find_priority(priority) or priority
    if texts.get("due", "").casefold() not in UNKNOWN:
        data["due"] = texts["due"]
    status, reason, completed = _status(texts.get("status", ""))
    data["status"] = status
    if reason:
        data["reason"] = reason
    if texts.get("completed", "").casefold() not in UNKNOWN:
        data["completed"] = texts["completed"]
    elif completed:
        data["completed"] = completed
    for name in ("ticket", "id"):
        if texts.get(name, "").casefold() not in UNKNOWN:
            data[name] = texts[name]
    kind = texts.get("type", "")
    if kind.casefold() not in UNKNOWN:
        data["category"] = _CATEGORY(kind)
    return data


def _marked(texts: Mapping[str, str]) -> bool:
    return any("*" in text or "`" in text or "~~" in text or text[:1] == "_" for text in texts.values())


def _cell(name: str, text: str) -> str:
    """A cell's words: what is struck is out, and dates are without emphasis."""
    text = _unstruck(text)
    if name in ("due", "completed"):
        bare = text.strip("*_` ")
        return bare if parse_date(bare) else text
    return text


def normalised(item: Mapping[str, Any], settings: Settings) -> Data:
    """An item of front matter with the canonical names of what a table may call otherwise."""
    data = dict(item)
    if isinstance(data.get("status"), str):
        data["status"], reason, completed = _status(data["status"])
        if reason:
            data.setdefault("reason", reason)
        if completed:
            data.setdefault("completed", completed)
    if isinstance(data.get("priority"), str):
        data["priority"] = settings.find_priority(data["priority"]) or data["priority"]
    if isinstance(data.get("category"), str):
        data["category"] = _CATEGORY(data["category"]) or data["category"]
    return {key: value for key, value in data.items() if value is not None}


def _status(written: str) -> tuple[str, str, str]:
    """A status cell: canonical status (or the words themselves), reason, day of completion."""
    text = written.strip()
    if text.casefold() in UNKNOWN:
        return "open", "", ""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    status, rest = _named_status(text)
    if status == "won't do":
        return status, _reason(rest), ""
    if status in ("done", "verified"):
        day = _DATED.search(rest)
        return status, "", day[1] if day else ""
    return status or text, "", ""


def _named_status(text: str) -> tuple[str | None, str]:
    """The canonical status that a cell names, and what else the cell says."""
    whole = _STATUS(text)
    if whole:
        at = text.find("(")
        return whole, text[at:] if at > 0 else ""
    folded = text.strip("*_ ")
    for status, aliases in STATUSES.items():
        for name in (status, *aliases):
            rest = folded[len(name) :]
            if folded[: len(name)].casefold() != name or not rest or rest[0].isalnum():
                continue
            sign = rest.lstrip("*_ ")[:1]
            if status in ("done", "verified") and _RELEASED.match(rest.lstrip("*_")):
                return status, rest
            if status in ("won't do", "in progress") or sign in "(:–—-" or _DATED.search(rest):
                return status, rest
    return ("done", text) if re.match(r"\W{0,9}?[✅✔]", text) else (None, "")


def is_status(text: str) -> bool:
    """Whether some words are the state of an action item, and nothing else."""
    return text.strip().casefold() not in UNKNOWN and _status(text)[0] in STATUSES


def _reason(rest: str) -> str:
    """What stands behind "won't do": after a colon or a dash, or between brackets."""
    rest = rest.strip("*_ ")
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    return rest.lstrip(":–—- *_").strip()


def records(found: Found, postmortem: str, created: date | None) -> tuple[ActionItem, ...]:
    """The items of one document as records, in its order."""
    items = []
    keys = _keys(found.data)
    for data, places, form, key in zip(found.data, found.places, found.forms, keys, strict=True):
        span = places.get("action") or next(iter(places.values()), Span(1))
        items.append(
            ActionItem(
                key=f"{postmortem}.{key}",
                action=_text(data.get("action")),
                owner=_text(data.get("owner")),
                category=data.get("category") if data.get("category") in CATEGORIES else None,
                priority=_text(data.get("priority")),
                due=_day(data.get("due")),
                status=_text(data.get("status")) or "open",
                reason=_text(data.get("reason")),
                ticket=_text(data.get("ticket")),
                completed=_day(data.get("completed")),
                created=_day(data.get("created")) or created,
                form=form,
                span=span,
                places=places,
            )
        )
    return tuple(items)


def _keys(items: list[Data]) -> list[str]:
    """A short name for each item: its own ID, else one made from its words alone."""
    texts = [fold(_text(item.get("action"))) for item in items]
    count = Counter(texts)
    keys: list[str] = []
    taken: set[str] = set()
    following: dict[str, int] = {}
    for item, text in zip(items, texts, strict=True):
        own = _text(item.get("id"))
        if own:
            key = re.sub(r"[^\w.-]+", "-", own).strip("-") or _hash(own)
        elif count[text] == 1:
            key = _hash(text)
        else:
            # The same words twice: tell them apart by what else they say, not by their order.
            key = _hash(f"{text}\n{item.get('owner')}\n{item.get('category')}\n{item.get('due')}")
        unique = key
        while unique in taken:
            number = following[key] = following.get(key, 1) + 1
            unique = f"{key}-{number}"
        taken.add(unique)
        keys.append(unique)
    return keys


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _day(value: object) -> date | None:
    return parse_date(value) or (find_date(value) if isinstance(value, str) else None)
