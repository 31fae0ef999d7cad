"""The outline of a body in one pass over its lines: headings, tables, lists, labels.

HTML comments and fenced code are never taken for content. What counts as a heading or a
table follows Python-Markdown, which MkDocs renders with.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

from mkdocs_postmortem.dates import Zone, named_zone
from mkdocs_postmortem.model import TOP, Accepted, Problem, Section, Span, Stated, Table, Why
from mkdocs_postmortem.reading import tables
from mkdocs_postmortem.reading.masking import TEXT, VOID, Comment, mask
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.vocabulary import DETECTION_LABELS, Lookup, fold_short

_SETEXT = re.compile(r"(=+|-+)[ \t]*\Z")
_LABEL = re.compile(r"[ \t]*(?:[-*+][ \t]+)?\*\*([^*\n]{1,40}?):?\*\*[ \t]*:?[ \t]*(.*)\Z")
_CHECKBOX = re.compile(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX-])\][ \t]+(.*)\Z")
_BLOCK = re.compile(r"!!!|\?\?\?|===|[-*+][ \t]|\d{1,9}[.)][ \t]")
"""How a line begins, below which what is indented is content: an admonition, details, a tab, a list item."""
_ZONE_LINE = re.compile(r"[>*_( \t]{0,8}(?:note: )?(?:all |the ){0,2}(?:times?\b|time ?zone\b|timestamps?\b)", re.I)
_BULLET = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+(?=\S)")
_WHY = re.compile(r"[ \t]*(?:\*\*)?Why[ \t]*(\d+)?[ \t]*[:.]?(?:\*\*)?[ \t]*:?[ \t]*(.*)\Z", re.I)
_BECAUSE = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?(?:→|->|=>)?[ \t]*(?:\*\*)?Because[ \t]*:?(?:\*\*)?[ \t]*:?[ \t]*(.*)\Z", re.I
)
_LISTED = re.compile(r"[ \t]*(?:\d{1,9}[.)]|[-*+])[ \t]+(?=(?:\*\*)?why\b)(.*)\Z", re.I)
_ASKED = re.compile(r"[^?]{1,400}\?(?:\*\*)?")
_ACCEPT = re.compile(
    r"postmortem:\s*accept\b\s*(\w*(?:[\s,;/&+]{1,9}(?:and\s{1,9})?PM\d+\b)*)\s*(?:[:,–—-]+\s*)?(.*)", re.I | re.S
)
_CODE = re.compile(r"PM\d+", re.I)

_PLACEHOLDER_WORDS = (
    "TIME|DATE|X|LINK|START TIME|END TIME|Incident Name|Incident Date|Names?|Name\\(s\\)|"
    "Number or percentage|Number|List|Description|If applicable|describe|Answer|"
    "2-3 sentence summary[^\\[\\]]*|Detailed, technical explanation[^\\[\\]]*|Root cause analysis - [^\\[\\]]*|"
    "Direct trigger of incident|Analysis of [^\\[\\]]*|How incident was first identified|"
    "Lag between [^\\[\\]]*|Chronological list of [^\\[\\]]*|Positive aspects of [^\\[\\]]*|Areas for improvement|"
    "Specific [a-z/]+ (?:to|improvement)[^\\[\\]]*|Another prevention action|Documentation update|Process change|"
    "Links to [^\\[\\]]*|Graphs/screenshots [^\\[\\]]*|State the problem|(?:First|Second|Third|Fourth|Fifth) why|"
    "Ultimate root cause [^\\[\\]]*|First event leading to incident|Incident begins[^\\[\\]]*|Response started|"
    "Key milestone|Resolution|Verified healthy|"
    "(?:Factor|Action|Lesson|Who|Result|Thing that worked well|Thing that could be better)(?: \\d+)?|"
    "Write (?:what|how|two or three sentences)\\b[^\\[\\]]*|Say (?:who|what|which|why|how|when|where)\\b[^\\[\\]]*|"
    "Name (?:it:|the component that |the systems and )[^\\[\\]]*"
)
PLACEHOLDER = re.compile(
    rf"(?<![!\\\w])\[(?:{_PLACEHOLDER_WORDS})\](?![\[(:])"
    r"|\{\{[ \t]*[A-Za-z][\w \t-]*\}\}|Draft \| Review \| Published|P0 \| P1 \| P2 \| P3"
)
"""What the template asks to be replaced: `[TIME]`, `[Factor 1]`, `{{ summary }}`."""
_BRACKET = re.compile(rf"\[(?:{_PLACEHOLDER_WORDS})\]")
_CHOICES = ("{{", "Draft | Review | Published", "P0 | P1 | P2 | P3")
_LABELLED = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?\*{0,2}[\w()/ -]{1,40}(?::\*{0,2}|\*{2}:)[ \t]*\Z")
"""What stands before a choice that was not made: elsewhere its words are quoted."""
_DEFINED = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:", re.M)

_DETECTION = Lookup(DETECTION_LABELS)

_STATED = Lookup(
    {
        "date": ("incident date", "date of incident"),
        "authors": ("author", "author(s)", "created by", "written by"),
        "reviewers": ("reviewer", "reviewer(s)"),
        "owner": ("post-mortem owner", "postmortem owner"),
        "facilitator": (),
        "status": ("state", "document status"),
        "severity": ("sev", "incident severity"),
        "incident_type": ("incident type", "type"),
        "duration": ("incident duration", "total duration", "outage duration"),
        "users_affected": ("users affected", "affected users"),
        "services": ("services impacted", "impacted services", "services affected", "affected services"),
        "data_loss": ("data loss",),
        "revenue": ("revenue impact", "revenue"),
        "customer_complaints": ("customer complaints", "complaints"),
        "time_to_resolve": ("total response time", "time to resolve", "response time", "ttr"),
        "time_to_detect": ("detection time", "time to detect", "ttd", "time to detection"),
        "time_to_acknowledge": ("time to acknowledge", "tta", "time to acknowledgement"),
        "time_to_mitigate": ("time to mitigate", "time to repair", "time to mitigation", "ttm"),
        "factors": ("contributing factors", "contributing factor"),
        "whys": (),
        "follow_up": ("follow-up review", "two-week review", "2-week review"),
    }
)
"""The template's bold labels, and the names of the facts they state."""


class Outline:
    """What one pass found. Lines are numbered as in the file, from 1."""

    __slots__ = (
        "accepted", "checkboxes", "factors", "factors_span", "kinds", "lines", "placeholders",
        "plain_items", "problems", "sections", "stated", "tables", "ticked", "whys", "zones",
    )  # fmt: skip

    def __init__(self) -> None:
        self.lines: list[str] = []
        """The file's lines with comments blanked out, column for column."""
        self.kinds = bytearray()
        self.sections: list[Section] = []
        self.tables: list[tuple[str, Table, tables.Rows, int]] = []
        """Kind (`timeline` or `actions`), table, its rows, index of the section it stands in."""
        self.checkboxes: list[tuple[str, str, Span, int, int]] = []
        """Action-item boxes: what stands between the brackets, text, place, section, last line."""
        self.zones: dict[int, Zone] = {}
        """The time zone that sections of the timeline name for their tables."""
        self.ticked: list[tuple[str, bool, Span]] = []
        self.stated: dict[str, Stated] = {}
        self.plain_items: list[Span] = []
        self.placeholders: list[tuple[str, Span]] = []
        self.whys: list[Why] = []
        self.factors: int = -1
        self.factors_span = TOP
        self.accepted: list[Accepted] = []
        self.problems: list[Problem] = []


def scan(text: str, body_line: int, settings: Settings) -> Outline:
    """Read the outline of a document's text, whose body begins at `body_line`."""
    outline = Outline()
    lines = outline.lines = text.split("\n")
    kinds = outline.kinds = bytearray(len(lines))
    for number in range(body_line - 1):
        kinds[number] = VOID
    if "#" in text and body_line > 1:
        _front_comments(lines, body_line - 1, outline)
    comments = mask(lines, body_line - 1, kinds, outline.problems)
    _headings(lines, body_line - 1, kinds, outline, settings)
    _contents(lines, body_line - 1, kinds, outline, settings)
    _accept_comments(comments, kinds, outline)
    return outline


def _front_comments(lines: list[str], end: int, outline: Outline) -> None:
    """Findings that are accepted by a YAML comment, on the line or on the line above."""
    for number in range(1, end):
        line = lines[number]
        if "#" not in line or "accept" not in line:
            continue
        at = line.index("#")
        match = _ACCEPT.search(line, at)
        if match:
            alone = not line[:at].strip()
            span = Span(number + 1, at + 1, len(line) + 1)
            last = number + 2 if alone else number + 1
            for code in _accepted_codes(match[1]):
                outline.accepted.append(Accepted(code, match[2].strip(), span, number + 1, last))


def _accept_comments(comments: list[Comment], kinds: bytearray, outline: Outline) -> None:
    """Comments that accept findings: those of their line, or of the block below them."""
    accepting = [(comment, match) for comment in comments if (match := _ACCEPT.search(comment.text))]
    ends = _block_ends(kinds) if any(comment.alone for comment, _ in accepting) else []
    for comment, match in accepting:
        number, last = comment.line, comment.last_line
        if comment.alone:
            last = ends[last + 1]
        span = Span(number + 1, comment.column + 1, comment.column + 5)
        reason = " ".join(match[2].split())
        for code in _accepted_codes(match[1]):
            outline.accepted.append(Accepted(code, reason, span, number + 1, last + 1))


def _accepted_codes(written: str) -> Iterator[str]:
    """The rules that one comment accepts, each once: `PM501, PM504`."""
    first = written.upper()
    several = _CODE.findall(first)
    yield from dict.fromkeys(several) if len(several) > 1 else (first,)


def _block_ends(kinds: bytearray) -> list[int]:
    """For each line the last line of the block that stands there, or else below it."""
    total = len(kinds)
    ends = [total] * (total + 1)
    for at in range(total - 1, -1, -1):
        inside = kinds[at] == VOID or (at + 1 < total and kinds[at + 1] != VOID)
        ends[at] = ends[at + 1] if inside else at
    return ends


_HEADS = frozenset("#=-")
"""What the lines begin with that may make a heading."""


def _headings(lines: list[str], start: int, kinds: bytearray, outline: Outline, settings: Settings) -> None:
    found: list[tuple[int, int, str, int, int]] = []  # line, level, title, column, lines taken
    for number in [at for at, line in enumerate(lines) if line[:1] in _HEADS]:
        if kinds[number] or number < start:
            continue
        line = lines[number]
        first = line[0]
        if first == "#":
            level = len(line) - len(line.lstrip("#"))
            rest = line[level:]
            title = rest.rstrip(" \t").rstrip("#").strip(" \t")
            if level > 6 or not rest or (level == 1 and rest[0] not in " \t"):
                continue  # `#412` at the start of a line is a ticket far more often than a title
            at = line.find(title, level) if title else level
            found.append((number, level, _without_attributes(title), at + 1, 1))
        elif (
            (first == "=" or first == "-")
            and number > start
            and kinds[number - 1] == TEXT
            and _SETEXT.match(line)
            and (number - 2 < start or kinds[number - 2] == VOID or lines[number - 2].startswith("#"))
            and "|" not in lines[number - 1]
            and lines[number - 1][:1] not in ("#", ">", " ", "\t")
            and not _BULLET.match(lines[number - 1])
        ):
            title = _without_attributes(lines[number - 1].strip())
            found.append((number - 1, 1 if first == "=" else 2, title, 1, 2))
    sections = outline.sections
    total = len(lines)
    ends = _ends([level for _, level, *_ in found], [number for number, *_ in found], total)
    stack: list[int] = []
    for index, (number, level, title, column, taken) in enumerate(found):
        while stack and sections[stack[-1]].level >= level:
            stack.pop()
        last = found[index + 1][0] if index + 1 < len(found) else total
        sections.append(
            Section(
                key=settings.find_section(title, [sections[at].key for at in stack[-8:]]),
                title=sys.intern(title),
                level=level,
                span=Span(number + 1, column, column + len(title)),
                last_line=last,
                end_line=ends[index],
                parent=stack[-1] if stack else -1,
                empty=kinds.count(VOID, number + taken, last) == max(0, last - number - taken),
            )
        )
        stack.append(index)


def _ends(levels: list[int], numbers: list[int], total: int) -> list[int]:
    """For each heading, where the next one of its level or above begins; one pass from the end."""
    ends = [total] * len(levels)
    next_at = [total] * 8
    for index in range(len(levels) - 1, -1, -1):
        level = levels[index]
        ends[index] = min(next_at[: level + 1])
        next_at[level] = numbers[index]
    return ends


def _without_attributes(title: str) -> str:
    """A title without the attribute list at its end: `Impact {#impact .wide}`."""
    if not title.endswith("}"):
        return title
    at = title.rfind("{")
    return title if at < 0 or "}" in title[at:-1] else title[:at].rstrip()


def _contents(lines: list[str], start: int, kinds: bytearray, outline: Outline, settings: Settings) -> None:
    """Walk the lines section by section, for what is meant only in certain sections."""
    text = "\n".join(lines[start:])
    left_over = any(choice in text for choice in _CHOICES) or _BRACKET.search(text) is not None
    defined = {name.casefold() for name in _DEFINED.findall(text)} if left_over else set()
    bounds = [(start, outline.sections[0].span.line - 1 if outline.sections else len(lines), -1)]
    bounds += [(section.span.line, section.last_line, at) for at, section in enumerate(outline.sections)]
    for first, end, index in bounds:
        around = _around(outline.sections, index)
        if "action_items" in around:
            _action_lines(lines, first, end, kinds, outline, settings, index)
        elif "timeline" in around:
            _table_lines(lines, first, end, kinds, outline, settings, index)
        if index >= 0 and "ontributing" in outline.sections[index].title:
            section = outline.sections[index]
            if fold_short(section.title) in _FACTORS:
                _factors(lines, first, end, kinds, outline, section.span, None)
        _prose_lines(lines, first, end, kinds, outline, around)
        if left_over:
            for number in range(first, end):
                if not kinds[number]:
                    _placeholders(lines[number], number, outline, defined)
        if left_over and index >= 0:
            title = outline.sections[index]
            _placeholders(lines[title.span.line - 1], title.span.line - 1, outline, defined)


def _around(sections: list[Section], index: int) -> set[str]:
    """Canonical names of a section and of those it stands in."""
    names: set[str] = set()
    while index >= 0:
        section = sections[index]
        if section.key:
            names.add(section.key)
        index = section.parent
    return names


def _table_lines(
    lines: list[str], first: int, end: int, kinds: bytearray, outline: Outline, settings: Settings, index: int
) -> None:
    number = first
    find = settings.find_column["timeline"]
    zone = _title_zone(outline, index)
    if zone:
        outline.zones[index] = zone
    inside = above = False
    while number < end:
        line = lines[number]
        if kinds[number]:
            number += 1
            continue
        indented = line.startswith(("    ", "\t"))
        if not indented:
            inside = _BLOCK.match(line) is not None
        if "|" not in line or (indented and not inside):
            if not above and _ZONE_LINE.match(line) and (named := named_zone(line.strip(" \t>*_"))):
                outline.zones[index] = named
            number += 1
            continue
        start, above = number, True
        table, rows, number = tables.read_table(lines, number, find, outline.problems)
        if table:
            outline.tables.append(("timeline", table, rows, index))
            _glued(lines, start, first, kinds, outline)


def _title_zone(outline: Outline, index: int) -> Zone | None:
    """The zone that a heading of the timeline names, `Timeline (all times CET)`, else one around it."""
    if index < 0:
        return None
    section = outline.sections[index]
    at = section.title.find("(")
    return (named_zone(section.title[at + 1 :]) if at >= 0 else None) or outline.zones.get(section.parent)


def _glued(lines: list[str], at: int, first: int, kinds: bytearray, outline: Outline) -> None:
    """PM209 for a table that begins on the line below something else: Python-Markdown takes both for a paragraph."""
    above = lines[at - 1] if at > first else ""
    if not above or kinds[at - 1] == VOID or above.startswith(_SEPARATE) or "|" in above:
        return
    if at - 1 == first and _SETEXT.match(above):
        return  # the line below a heading
    outline.problems.append(
        Problem(
            "PM209",
            Span(at + 1, 1, len(lines[at]) + 1),
            "this table is glued to the line above it, and shown as text",
            "put an empty line between the two",
        )
    )


_SEPARATE = ("!!!", "???", "===", "#", "<")
"""How lines begin below which a table needs no empty line."""


_ITEMS = frozenset("-*+0123456789")
"""What a list item begins with."""


def _action_lines(
    lines: list[str], first: int, end: int, kinds: bytearray, outline: Outline, settings: Settings, index: int
) -> None:
    number = first
    find = settings.find_column["actions"]
    inside = False
    while number < end:
        line = lines[number]
        if kinds[number]:
            number += 1
            continue
        stripped = line.lstrip()
        indented = line.startswith(("    ", "\t"))
        if not indented:
            inside = _BLOCK.match(line) is not None
        if stripped[:1] in _ITEMS and "[" in stripped[:13]:
            box = _CHECKBOX.match(line)
            if box:
                number = _checkbox(lines, number, end, kinds, box, outline, index)
                continue
        if "|" in line and (inside or not indented) and not _BULLET.match(stripped if indented else line):
            start = number
            table, rows, after = tables.read_table(lines, number, find, outline.problems)
            if table:
                outline.tables.append(("actions", table, rows, index))
                _glued(lines, start, first, kinds, outline)
            number = after
            continue
        bullet = _BULLET.match(line)
        if bullet:
            outline.plain_items.append(Span(number + 1, bullet.end() + 1, len(line) + 1))
        number += 1


def _checkbox(
    lines: list[str], number: int, end: int, kinds: bytearray, box: re.Match[str], outline: Outline, index: int
) -> int:
    """One checkbox with the lines that continue it; returns the index of the line after them."""
    text = box[3].rstrip()
    indent = len(box[1])
    after = number + 1
    while after < end and kinds[after] == TEXT:
        line = lines[after]
        stripped = line.lstrip()
        if len(line) - len(stripped) <= indent or _BULLET.match(stripped):
            break
        text += " " + stripped.rstrip()
        after += 1
    span = Span(number + 1, box.start(3) + 1, len(lines[number].rstrip()) + 1)
    outline.checkboxes.append((box[2], text, span, index, after))
    return after


def _prose_lines(lines: list[str], first: int, end: int, kinds: bytearray, outline: Outline, around: set[str]) -> None:
    """Labels, boxes and whys of one section's lines."""
    detecting = "detection_and_response" in around or "how_detected" in around
    asking = "five_whys" in around
    acting = "action_items" in around
    for number in range(first, end):
        if kinds[number]:
            continue
        line = lines[number]
        if detecting and "[" in line and (box := _CHECKBOX.match(line)):
            method = _DETECTION(box[3])
            if method:
                span = Span(number + 1, box.start(2), box.end(2) + 2)
                outline.ticked.append((method, box[2] in "xX", span))
        if "**" in line and not acting:
            _label(lines, line, number, end, kinds, outline)
        if asking:
            _why(line, number, outline)


def _placeholders(line: str, number: int, outline: Outline, defined: set[str]) -> None:
    inside: Callable[[int], bool] | None = None
    for match in PLACEHOLDER.finditer(line):
        if match[0] == "[X]" and re.match(r"\s*(?:[-*+]|\d+[.)])\s+\Z", line[: match.start()]):
            continue  # a ticked box
        if match[0][0] == "[" and match[0][1:-1].casefold() in defined:
            continue  # a link
        if " | " in match[0] and (
            match.start() > 80 or not _LABELLED.match(line[: match.start()]) or line[match.end() :].strip()
        ):
            continue  # a choice that is told of
        if inside is None:
            inside = tables.inside_code(line)
        if inside(match.start()):
            continue
        outline.placeholders.append((match[0], Span(number + 1, match.start() + 1, match.end() + 1)))


def _label(lines: list[str], line: str, number: int, end: int, kinds: bytearray, outline: Outline) -> None:
    match = _LABEL.match(line)
    if not match:
        return
    name = _STATED(match[1])
    if name is None:
        return
    if name == "factors":
        span = Span(number + 1, match.start(1) + 1, match.end(1) + 1)
        _factors(lines, number + 1, end, kinds, outline, span, match[2].strip())
        return
    if name == "follow_up":
        _follow_up(lines, number + 1, end, kinds, outline)
        return
    text = match[2].strip()
    if name not in outline.stated:
        at = match.start(2)
        outline.stated[name] = Stated(name, text, Span(number + 1, at + 1, at + 1 + len(text)))


_FOLLOW_UP = re.compile(r"[ \t]*[-*+][ \t]+(?:\*\*)?(Scheduled|Held)(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*(.*?)[ \t]*\Z", re.I)


def _follow_up(lines: list[str], at: int, end: int, kinds: bytearray, outline: Outline) -> None:
    """The template's list below "Follow-up Review": the days that it was scheduled for and held on."""
    while at < end and kinds[at] == VOID:
        at += 1
    while at < end and kinds[at] == TEXT and _BULLET.match(lines[at].lstrip()):
        match = _FOLLOW_UP.match(lines[at])
        if match:
            span = Span(at + 1, match.start(2) + 1, match.end(2) + 1)
            outline.stated.setdefault(f"follow_up_{match[1].lower()}", Stated(match[1].lower(), match[2], span))
        at += 1


_FACTORS = frozenset({"contributing factors", "contributing factor", "contributing causes"})
"""Headings above a list of contributing factors."""


def _factors(
    lines: list[str], at: int, end: int, kinds: bytearray, outline: Outline, span: Span, told: str | None
) -> None:
    """Count the factors below the first label or heading that announces them: `told` is what a label says itself.

    Prose is not counted, and below a heading there may be others: how many there are is unknown then.
    """
    if outline.factors_span != TOP:
        return
    outline.factors_span = span
    count = _count_items(lines, at, end, kinds)
    if count == 0 and told:
        count = len([part for part in re.split(r"[;,]", told) if part.strip()])
    elif count == 0:
        while at < end and kinds[at] == VOID:
            at += 1
        if at < end or told is None:
            count = -1
    outline.factors = count


def _count_items(lines: list[str], at: int, end: int, kinds: bytearray) -> int:
    """Items of the list, or rows of the table, that begins here; 0 where neither does."""
    while at < end and kinds[at] == VOID:
        at += 1
    if at < end and not kinds[at] and lines[at].rstrip().endswith(":") and not _BULLET.match(lines[at]):
        at += 1  # "Three things came together:"
    while at < end and kinds[at] == VOID:
        at += 1
    if at + 1 < end and "|" in lines[at] and tables.is_rule(lines[at + 1]):
        last = at + 2
        while last < end and "|" in lines[last]:
            last += 1
        return last - at - 2
    count = 0
    while at < end:
        line = lines[at]
        if kinds[at] == VOID or line.startswith((" ", "\t")):
            at += 1
            continue
        if not _BULLET.match(line):
            if count == 0 or (lines[at - 1 : at] and kinds[at - 1] == VOID):
                break
            at += 1  # a lazy continuation of the item above
            continue
        count += 1
        at += 1
    return count


def _why(line: str, number: int, outline: Outline) -> None:
    """A step of the five whys: labels in bold, and numbered or plain lists."""
    because = _BECAUSE.match(line)
    last = outline.whys[-1] if outline.whys else None
    if because and last:
        if not last.answer:
            outline.whys[-1] = Why(last.question, because[1].strip(), last.span, number + 1)
        return
    listed = _LISTED.match(line)
    match = _WHY.match(listed[1] if listed else line)
    if match and (listed or match[1] or "**" in line):
        question, answer = _asked(listed[1] if listed and not match[1] else match[2], listed is not None)
        outline.whys.append(Why(question, answer, Span(number + 1, 1, len(line) + 1), number + 1))
    elif (
        last
        and last.last_line == number
        and line[:1].isspace()
        and not last.answer
        and last.question[-1:] == "?"
        and _LISTED.match(outline.lines[number - 1])
    ):
        answer = _BULLET.sub("", line.lstrip(), count=1).strip()  # below its question, in the same item
        outline.whys[-1] = Why(last.question, answer, last.span, number + 1)


def _asked(text: str, listed: bool) -> tuple[str, str]:
    """Question and answer of one line: an answer follows `?`, in a paragraph only with `Because`."""
    asked = _ASKED.match(text)
    rest = text[asked.end() :] if asked else ""
    because = _BECAUSE.match(rest)
    if asked and rest.strip() and (because or listed):
        return asked[0].replace("**", "").strip(), (because[1] if because else rest.lstrip(" \t→=>:—–-")).strip()
    return (text.replace("**", "") if listed else text).strip(), ""
