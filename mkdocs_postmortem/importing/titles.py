"""Titles, and the days and zones in them: what is the incident's name, and what is said beside it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath

from mkdocs_postmortem import dates, moments, vocabulary
from mkdocs_postmortem.importing import zones
from mkdocs_postmortem.importing.judging import Judge
from mkdocs_postmortem.importing.text import Line
from mkdocs_postmortem.settings import Settings

_PREFIX = re.compile(
    r"[^\w\[(]*(?:\[[Pp]ublic\]\s*)?(?:(?:incident )?post-?\s?mortem(?: report)?|incident report|incident review|"
    r"retrospective|ポストモーテム|incident|title)\s*(?:[:：–—]|-\s|\|)\s*",
    re.I,
)
_GENERIC = re.compile(
    r"\W*(?:0x\w{1,4}\W+)?"
    r"(?:(?:incident |public |service )?(?:post-?\s?mortem|retrospective|review|report|rca|root cause analysis)"
    r"(?: report| review| document| template)?(?:\W*\d+)?|incident(?:\W*\d+)?"
    r"|outage|untitled|title|memorable title|document)\W*",
    re.I,
)
"""Titles of templates that nobody filled in."""
_ON = re.compile(r"\s*(?:incident|outage|post-?\s?mortem)(?: report)?(?: on| of| for)?\s+(?=\d)", re.I)
_DATED = re.compile(r"\s*(?:incident )?date\s*:\s*", re.I)
_FIRST = re.compile(r"(?:[^\W\d_][^.!?\n]{2,28}:\s)?[^\W_][^:|\n]{3,118}[^.!?:,;|\s]\s*\Z")
"""A line that may be a title: short, and no sentence."""
_SEPARATOR = re.compile(r"\s*(?:[,:;|–—]|-(?=\s))\s*")
_LONGEST = 300
_ZONE = re.compile(
    r"\b(?:in|are|is|as|use[sd]?|[Tt]imes?:?|[Tt]ime ?[Zz]one:|TZ:)\**\s+[*_]*"
    r"(?:the\s+)?([A-Z]\w+(?:\s[A-Z]\w+){1,2}\s[Tt]ime\b(?:\s*\([^()\n]{2,40}\))?"
    r"|[A-Z][\w/+−-]*(?:\sEuropean)?(?:\s(?:Standard|Daylight|Summer))?(?:\s[Tt]ime)?"
    r"(?:\s?[+−-]\d{1,2}(?::\d{2})?)?(?:\s*\([^()\n]{2,40}\))?)"
)
_BARE_ZONE = re.compile(
    r"(?:^|[\s(:])((?:UTC|GMT)\s?[+−-]\s?\d{1,2}|[A-Z]{1,4}[SD]?T|UTC|Z|GMT)(?=[\s).,;]|$)(\s*\([^()\n]{2,40}\))?"
)
_LOWER = re.compile(r"\b(?:in|are)\s+(?:the\s+)?(pacific|eastern|central|mountain|london|uk)\b", re.I)
_NUMBERS = re.compile(r"(?<![\w.-])\d{1,2}([./-])\d{1,2}\1\d{4}(?![\w-])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_CODE = re.compile(r"`{1,2}([^`]+)`{1,2}")
_STARS = re.compile(r"(\*{1,3})(?=\S)([^*]+)(?<=\S)\1")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_]+)(?<=\S)\1(?!\w)")
_PAREN = re.compile(r"\(([^()]{1,80})\)\s*\Z")
_BRACKETS = re.compile(r"\(([^()]{1,80})\)")
_BESIDE = re.compile(r"[^()]{2,40}?\s(\(.*)\Z")


def choose(front: str, heading: str, name: str, judge: Judge, first: Line | None = None, label: str = "") -> str:
    """The incident's title: front matter's as it stands, else the heading's without its day, else the file's name.

    `first` is the first line of a document that has no headings, where it may be one; `label` what a label calls the
    title, which counts where the heading says nothing of the incident.
    """
    if front:
        return front[:_LONGEST].strip()
    words = bare(heading)
    if label and (not words or _GENERIC.fullmatch(words)):
        return bare(label)[:_LONGEST].strip()
    if words:
        if _GENERIC.fullmatch(words):
            judge.remark(
                "note", 0, f"title: `{words}` says nothing of the incident", "write a title that says what failed"
            )
        return clean(words)[:_LONGEST].strip() or words[:_LONGEST]
    if first is not None and _FIRST.match(first.text) and clean(first.text) and not _GENERIC.fullmatch(first.text):
        return clean(bare(first.text))[:_LONGEST].strip()
    stem = PurePosixPath(name).stem
    judge.remark("note", 0, "title: there is none, the file's name is taken", "write a title that says what failed")
    named = " ".join(clean(stem.replace("_", " ")).replace("-", " ").split())
    return named[:_LONGEST] or "Untitled"


def bare(text: str) -> str:
    """A heading as it is shown: links and emphasis are markup, those signs of `unfinished_blocks` are not."""
    for pattern in (_LINK, _CODE, _STARS, _UNDERSCORES):
        text = pattern.sub(lambda match: match[match.lastindex or 0], text)
    return " ".join(text.split())


def clean(title: str) -> str:
    """A title without "Post-mortem:", and without a day in front of it, as long as something is left."""
    words = title
    for _ in range(3):
        before = words
        words = _PREFIX.sub("", words, count=1) if _PREFIX.match(words) else words
        begin = _DATED.match(words) or _ON.match(words)
        at = begin.end() if begin else 0
        taken = moments.take(words[at:])
        if taken and (taken[0].day or (taken[0].part and taken[0].clock)):
            written = taken[0].written
            end = words.find(written, at) + len(written) if written in words[at:] else -1
            rest = words[end:] if end > 0 else taken[1]
            cut = _SEPARATOR.match(rest)
            left = rest[cut.end() :] if cut else rest.strip()
            if left[:1] != "/" and (any(char.isalpha() for char in left) or left.strip().isdigit()):
                words = left.strip()
        if words == before:
            break
    return words if any(char.isalnum() for char in words) else title


def day_in(text: str) -> date | None:
    """The day that a title or a file's name says, wherever it stands in it."""
    taken = moments.take(text)
    if taken and taken[0].day:
        return taken[0].day
    found = dates.find_date(text)
    if found is None and (match := _NUMBERS.search(text)):
        taken = moments.take(match[0])
        found = taken[0].day if taken and not taken[0].doubt else None
    return found


def zone_name(text: str) -> str:
    """The zone that a sentence such as `All times in CET (GMT+1)` names, in its words; empty where it names none."""
    text = text[:200].strip("*_ ")
    match = _ZONE.search(text)
    if match and (
        dates.named_zone(match[1]) or "/" in match[1] or _LOWER.search(match[0]) or _IN_WORDS.fullmatch(match[1])
    ):
        return match[1].strip(" .")
    match = _BARE_ZONE.search(text)
    if match and match[1] not in dates.NO_ZONES:
        return (match[1] + (match[2] or "")).strip()
    lower = _LOWER.search(text)
    if lower:
        return lower[1]
    return next((zone for place in _PLACE.findall(text) if (zone := zones.of_place(place))), "")


_PLACE = re.compile(r"\b[A-Z][a-z]+(?:[ _][A-Z][a-z]+)?")


def zone_in_title(title: str) -> str:
    """The zone in a heading: `Timeline (all times CET)`, also one that nobody knows where it says that it is one."""
    for match in _BRACKETS.finditer(title):
        if found := dates.named_zone(match[1]):
            return found.name
        if said := _TIMES_IN.match(match[1]):
            return said[1]
    return ""


_IN_WORDS = re.compile(r"(?:[A-Z]\w+\s){1,3}[Tt]ime")
_TIMES_IN = re.compile(rf"(?:[Aa]ll\s)?[Tt]imes?:?\s(?:are\s)?(?:in\s)?({_IN_WORDS.pattern})\s*\Z")
"""A zone of which only the name is known: told, not read."""


def beside_name(title: str) -> str:
    """What a heading says beside its name, from the first bracket on: `(all times PST) 7/5/2023`."""
    match = _PAREN.search(title) or _BESIDE.match(title)
    return match[0 if match.re is _PAREN else 1].strip() if match else ""


def says_more(title: str) -> bool:
    """Whether a heading says more in brackets than the name that it is known by: `Summary (short, for managers)`."""
    return any(any(map(str.isalpha, inside)) for inside in _ANY_BRACKETS.findall(title))


_ANY_BRACKETS = re.compile(r"[(（\[【<]([^()（）\[\]【】<>]*)[)）\]】>]")


def columns(settings: Settings, *names: str) -> tuple[str, ...]:
    """Headers of tables: the team's own words where it configured some."""
    titles = {
        "time": "Time", "event": "Event",
        "action": "Action", "owner": "Owner", "priority": "Priority", "due": "Due Date", "status": "Status",
        "ticket": "Ticket", "completed": "Completed", "id": "ID", "type": "Type",
    }  # fmt: skip
    found = []
    for name in names:
        given = settings.columns.get(name, ())
        found.append(given[0] if given and given[0] != vocabulary.COLUMNS[name][0] else titles[name])
    return tuple(found)
