"""Action items of every shape to checkboxes, or to a table where they name their owners; tables stay tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mkdocs_postmortem.checking.language.lexicon import english
from mkdocs_postmortem.dates import parse_date
from mkdocs_postmortem.importing.found import Item, Piece
from mkdocs_postmortem.importing.shapes.timeline import cell
from mkdocs_postmortem.importing.text import BULLET, Block, Entry, Line, Node, blocks, entry, simple
from mkdocs_postmortem.importing.words import NO_ACTION
from mkdocs_postmortem.model import Cell
from mkdocs_postmortem.reading.actions import is_no_item, is_status, of_template
from mkdocs_postmortem.reading.tables import is_rule, split_row
from mkdocs_postmortem.settings import Settings

_BOX = re.compile(r"\[[ xX-]\][ \t]+")
_EMPTY_BOX = re.compile(r"\[[ -]?\]\s*\Z")
_OWNED = re.compile(r"(.*\S)\s*\[([^\[\]()@#/:]{2,40})\]\.?\s*\Z", re.S)
_NO_OWNER = re.compile(r"(?:issue|pr|pull request|link|ticket|done|todo|wip|open|closed|x|n/?a|tb[cd])\b|.*\d{2}", re.I)
_HARD_BREAK = re.compile(r"(?:  +|\\)\Z")
_COLUMNS = ("owner", "priority", "due", "status", "ticket", "id")


@dataclass
class Done:
    """What became of the lines below Action Items."""

    pieces: list[Piece] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    prose: list[int] = field(default_factory=list)
    """Lines of paragraphs that were taken for items: for a person to look at."""
    unread: list[int] = field(default_factory=list)
    """Tables that have no column for the action."""
    nameless: list[int] = field(default_factory=list)
    """Rows of tables that name no action."""
    broken: list[int] = field(default_factory=list)
    """Rows of tables that went on in the next line."""
    headings: list[int] = field(default_factory=list)
    """Headings that were taken for items."""
    problems: list[tuple[str, int, int]] = field(default_factory=list)
    """Groups of points that say what is wrong: heading, line, how many."""
    named: list[tuple[str, int]] = field(default_factory=list)
    """Names in bold above items, of which nobody knows whether they are owners: words and line."""
    leads: list[tuple[str, int]] = field(default_factory=list)
    """Names in bold that items begin with, likewise."""


def convert(node: Node, settings: Settings, header: Sequence[str]) -> Done:
    """Action items and what is below their heading; `header` names the columns of a table."""
    done = Done()
    # Where there are groups, what stands above them introduces them.
    _lines(node.lines, settings, header, done, "", 3, prose=not node.children)
    if _are_items(node.children):
        for child in node.children:
            _headed(child, done)
        return done
    stack = [(child, 3) for child in reversed(node.children)]
    while stack:
        child, level = stack.pop()
        _lines(child.lines, settings, header, done, child.title, level, prose=not child.children)
        stack += [(deeper, min(6, level + 1)) for deeper in reversed(child.children)]
    return done


_NUMBER = re.compile(r"(\d{1,2})[.)][ \t]+(?=\S)")


def _are_items(nodes: Sequence[Node]) -> bool:
    """Whether headings are items themselves: each has its number, and no list, table or heading below it."""
    return len(nodes) > 1 and all(
        _NUMBER.match(node.title)
        and not node.children
        and not any(block.kind in ("item", "table") for block in blocks(node.lines))
        for node in nodes
    )


def _headed(node: Node, done: Done) -> None:
    """A heading as an item, without its number; what stands below it goes on in it where it is prose."""
    match = _NUMBER.match(node.title)
    assert match is not None, node.title
    title = node.title[match.end() :]
    done.dropped.append(match[1])
    done.items.append(Item(title, node.number))
    done.headings.append(node.number)
    indent = "    " if simple(node.lines) else ""
    lines = [f"{indent}{line.raw}" if not line.blank else "" for line in node.lines]
    apart = [""] if lines and lines[0] else []
    done.pieces.append(Piece((f"- [ ] {title}", *apart, *lines)))


def _lines(
    lines: Sequence[Line], settings: Settings, header: Sequence[str], done: Done, heading: str, level: int, prose: bool
) -> None:
    found = blocks(lines)
    listed = any(block.kind in ("item", "table") for block in found)
    made: list[str] = []
    at = 0
    while at < len(found):
        block = found[at]
        run = [block]
        while block.kind == "item" and at + len(run) < len(found) and found[at + len(run)].kind == "item":
            run.append(found[at + len(run)])
        at += len(run)
        if made:
            made.append("")
        if block.kind == "item" and _PROBLEMS.fullmatch(heading):
            made += [line.raw for one in run for line in one.lines]
            done.items += [item for one in run for item in _boxed(one.lines)]
            done.problems.append((heading, block.number, len(run)))
        elif block.kind == "item" and (_EXPLAINS.search(heading) or all(_says_none(one) for one in run)):
            made += [line.raw for one in run for line in one.lines]
        elif block.kind == "item":
            made += _items(run, header, done, "[x] " if _DONE_HEADING.search(heading) else "[ ] ")
        elif block.kind == "table":
            made += _table(block, settings, header[-1], done)
        elif block.kind == "para" and prose and not listed and _is_action(block):
            made += _prose(block, done)
        else:
            made += [line.raw for line in block.lines]
            done.items += _boxed(block.lines)
            name = _NAMED.fullmatch(block.words) if block.kind == "para" else None
            if name and at < len(found) and found[at].kind == "item":
                done.named.append((name[2], block.number))
    done.pieces.append(Piece(tuple(made), heading, level))


_DONE_HEADING = re.compile(
    r"(?:\A\W*|[(（\[]\s*)(?:completed|done|finished|erledigt|完了済み|完了|対応済み)\s*[)）\]]?\W*\Z", re.I
)
"""Headings of what is done: `Immediate (Completed)`."""
_DONE_SIGNS = frozenset("✅✔☑")
_DONE_AT_THE_END = re.compile(r"\S\s+[-–—]{1,2}\s*[(\[]?(?:done|completed|erledigt|完了)[)\]]?[.!]?[*_ ]*\Z", re.I)
"""What says behind an item that it is done: `Tell the users - DONE`."""
_PROBLEMS = re.compile(r"\W*(?:(?:identified|known|main) )?(?:problems|weaknesses|shortcomings)\W*", re.I)
"""Headings of what is wrong, among those of what is to be done about it."""
_NAMED = re.compile(r"(\*\*|__)([A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){0,2})\1")
"""A paragraph that is a name or a word in bold: `**Robert**`."""
_LEAD = re.compile(r"(\*\*|__)([A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){0,2}):?\1:?[ \t]+(?=\S)")
"""A name or a word in bold that an item begins with: `**Alex**: Add an alert`."""
_EXPLAINS = re.compile(r"\b(?:legend|meaning of|explanation|glossary)\b|説明|凡例", re.I)
"""Headings of what explains the items, and is none."""


def _says_none(block: Block) -> bool:
    """Whether an item says that there is none: `N/A`."""
    return entry(block).words.strip("*_.!()[] ").casefold() in NO_ACTION


def _is_action(block: Block) -> bool:
    text = block.words.strip("*_.!()[] ").casefold()
    lead = block.lines[0].text.lstrip()
    return (
        any(char.isalnum() for char in text)
        and text not in NO_ACTION
        and not lead.startswith(("<", "![", "!!!", "???", "===", "{", ":::", "|"))
        and not text.endswith(":")
        and "<!--" not in block.words
    )


def _prose(block: Block, done: Done) -> list[str]:
    """A paragraph as an item; each of its lines one where their ends are meant, or each has its own mark."""
    groups: list[list[Line]] = [[]]
    marked = len(block.lines) > 1 and all(_MARKED.match(line.text.strip()) for line in block.lines)
    for line in block.lines:
        groups[-1].append(line)
        if marked or _HARD_BREAK.search(line.raw):
            groups.append([])
    made: list[str] = []
    for group in groups:
        if not group:
            continue
        made.append(f"- [ ] {group[0].raw.strip()}")
        made += [f"  {_LIST_SIGN.sub(_escaped, line.raw.strip())}" for line in group[1:]]
        done.items.append(Item(" ".join(line.raw.strip() for line in group), group[0].number))
        done.prose.append(group[0].number)
    return made


_MARKED = re.compile(r"(?:\[[\w -]{1,12}\]|\(?P\d\)?:?|[A-Z]{2,6}-\d+:?|TODO(?:\([\w@. -]{1,40}\))?:?)\s+\S")
"""What lines begin with that are items without a list: `[P1] …`, `OPS-12: …`."""
_LIST_SIGN = re.compile(r"\A(\d{0,9})([-*+.)])(?=[ \t])")
"""What would begin a list where a paragraph has become an item."""


def _escaped(sign: re.Match[str]) -> str:
    return f"{sign[1]}\\{sign[2]}"


def _items(run: Sequence[Block], header: Sequence[str], done: Done, box: str) -> list[str]:
    """A list of items; `box` stands before those that have none."""
    parts = [entry(block) for block in run]
    owned = [_owned(part) for part in parts]
    if any(owned) and all(_fits_a_row(part) for part in parts):
        return _owned_table(parts, header, done)
    made: list[str] = []
    previous = 0
    for block, part in zip(run, parts, strict=True):
        if made and len(run) > 1 and block.lines[0].number > previous + 1:
            made.append("")
        made += _item(block, part, done, 0, box)
        previous = block.lines[-1].number
    return made


def _fits_a_row(part: Entry) -> bool:
    plain = not (_BOX.match(part.words) or part.marker[0].isdigit() or "<!--" in part.words)
    return plain and all(line.blank for line in part.rest)


def _owned(part: Entry) -> tuple[str, str] | None:
    """`text [First Last]`: the words and the owner."""
    match = _OWNED.match(part.words)
    if match is None or _NO_OWNER.match(match[2]) or not match[2][0].isalpha():
        return None
    words = match[2].split()
    if len(words) > 4 or not words[0][0].isupper():
        return None
    return match[1], match[2]


def _owned_table(parts: Sequence[Entry], header: Sequence[str], done: Done) -> list[str]:
    """Items that name their owners in brackets, as a table that has a column for them."""
    first = f"| {' | '.join(header)} |"
    done.added.append(first)
    made = [first, f"|{'---|' * len(header)}"]
    for part in parts:
        text, owner = _owned(part) or (part.words, "")
        made.append(f"| {cell(text)} | {cell(owner)} |{'  |' * (len(header) - 2)}")
        done.items.append(Item(text, part.number, owner=owner))
    return made


def _item(block: Block, part: Entry, done: Done, depth: int, given: str) -> list[str]:
    """One item as a checkbox, as it stands otherwise; what introduces others is none itself."""
    first = block.lines[0]
    indent = first.raw[: len(first.raw) - len(first.raw.lstrip())]
    marker = "-" if part.marker in "•–" else part.marker
    text = part.head[0].raw
    nested = [inner for inner in blocks(part.rest) if inner.kind == "item"]
    if depth < 3 and nested and part.words.rstrip("*_ ").endswith(":") and not _BOX.match(text):
        made = [f"{indent}{marker} {text}", *(line.raw for line in block.lines[1 : len(part.head)])]
        width = indent + "  " if not marker[0].isdigit() else indent + " " * (len(marker) + 1)
        for inner in blocks(part.rest):
            if inner.kind == "item":
                made += [
                    f"{width}{line}" if line else "" for line in _item(inner, entry(inner), done, depth + 1, given)
                ]
            else:
                made += [f"{width}{line.raw}" for line in inner.lines]
        return made
    if not part.text:
        return [line.raw for line in block.lines]
    if label := _LABELLED.match(text):
        # `**Action item**: …` says what the section does.
        done.dropped.append(label[0])
        text = text[label.end() :]
        first = part.head[0]
        cut = first._replace(raw=first.raw[label.end() :], text=first.text[label.end() :])
        part = part._replace(head=(cut, *part.head[1:]))
    if _EMPTY_BOX.match(part.words) and all(line.blank for line in part.rest):
        return []  # a box that the template left for somebody to fill
    box = _BOX.match(text)
    if _BOX.fullmatch(part.head[0].text.rstrip() + " "):
        # A box beside nothing but a comment: reading would miss the action.
        return [f"{indent}{marker} \\{text}", *(line.raw for line in block.lines[1:])]
    words = part.words[box.end() :] if box else part.words
    alone = text[box.end() :] if box else text
    if _only_details(words) or _only_details(alone) or of_template(words):
        # Nothing but what is said beside an action: none is named.
        done.items += _boxed(part.rest)
        escaped = f"\\{text}" if box else text
        return [f"{indent}{marker} {escaped}", *(line.raw for line in block.lines[1:])]
    given = "[x] " if words[:1] in _DONE_SIGNS or _DONE_AT_THE_END.search(words) else given
    mark = (text if box else given)[1]
    status = "done" if mark in "xX" else "open" if box else ""
    done.items.append(Item(words, part.number, status=status))
    done.items += _boxed(part.rest)
    if (lead := _LEAD.match(words)) and lead[2].partition(" ")[0].casefold() in english().people.names:
        done.leads.append((lead[2], part.number))
    if box:
        return [f"{indent}{marker} {text}", *(line.raw for line in block.lines[1:])]
    if mark == "x":
        done.added.append(mark)
    return [f"{indent}{marker} {given}{text}", *(line.raw for line in block.lines[1:])]


_LABELLED = re.compile(
    r"(?:(\*\*|__)(?:action|action item|follow-up|follow-up action|to-?do|task)(?::\1|\1:)|"
    r"(?:action item|follow-up action):)[ \t]+(?=\S)",
    re.I,
)


def _boxed(lines: Sequence[Line]) -> list[Item]:
    """Items that have boxes of their own below another."""
    found: list[Item] = []
    for line in lines:
        match = None if line.code else BULLET.match(line.text.lstrip())
        box = _BOX.match(match[4]) if match else None
        words = match[4][box.end() :].strip() if match and box else ""
        if box and words and not (_only_details(words) or of_template(words)):
            found.append(Item(words, line.number, status="done" if box[0][1] in "xX" else "open"))
    return found


def boxes(lines: Sequence[Line]) -> int:
    """How many boxes to tick there are, at whatever depth."""
    return len(_boxed(lines))


def tells_state(title: str) -> bool:
    """Whether a heading says that what is below it is done, or not done yet."""
    return _DONE_HEADING.search(title) is not None or title.startswith("未完了")


def _only_details(words: str) -> bool:
    """Whether the parenthesis that begins a text ends it, too: `(done)`."""
    text = words.strip(" .")
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def _table(block: Block, settings: Settings, status: str, done: Done) -> list[str]:
    lines = [line.cut(len(line.raw) - len(line.raw.lstrip())) for line in block.lines]
    lines = _mended(lines, done)
    find = settings.find_column["actions"]
    known = [find(cell.text) for cell in split_row(lines[0].raw, lines[0].number)]
    if "action" not in known:
        done.unread.append(lines[0].number)
        return [line.raw for line in lines]
    made = [_header(lines, known, status, done), lines[1].raw]
    if "status" not in known and "<!--" not in block.words and (parted := _states_apart(lines[2:], known)):
        made = [f"{_closed(made[0])} {status} |", f"{made[1].rstrip().rstrip('|')}|---|"]
        done.added.append(status)
        known.append("status")
        lines = [*lines[:2], *parted]
    for line in lines[2:]:
        row = split_row(line.text, line.number)
        texts = {name: cell.text for name, cell in zip(known, row, strict=False) if name}
        if is_no_item(texts):
            made.append(line.raw)
        elif texts.get("action", "").strip():
            given = {name: texts.get(name, "") for name in _COLUMNS}
            done.items.append(Item(texts["action"], line.number, **given))
            made.append(line.raw)
        else:
            # Somebody is to do something, and nobody says what: a sign in its place, no word.
            made.append(_signed(line, row, known.index("action")))
            done.nameless.append(line.number)
    return made


def _mended(lines: list[Line], done: Done) -> list[Line]:
    """The lines of a table, those that are one row in two made one.

    The first opens with a stroke and does not close, the second closes and does not open, and both have as many
    cells as the head.
    """
    width = len(split_row(lines[0].text, lines[0].number))
    made: list[Line] = lines[:2]
    for line in lines[2:]:
        above = made[-1]
        if len(made) > 2 and not above.joined and _opens(above) and not _closes(above) and not _opens(line):
            words = line.text.strip()
            whole = f"{above.text.rstrip()} {words}"
            if _closes(line) and len(split_row(whole, above.number)) == width:
                made[-1] = above._replace(raw=f"{above.raw.rstrip()} {line.raw.strip()}", text=whole)
                done.broken.append(above.number)
                continue
        made.append(line)
    return made


def _opens(row: Line) -> bool:
    return row.raw.startswith("|")


def _closes(row: Line) -> bool:
    return row.raw.rstrip().endswith("|")


def _signed(line: Line, row: Sequence[Cell], column: int) -> str:
    """A row with a sign in its empty or missing cell of a column, outside the comments that it may hold."""
    missing = column - len(row) + 1
    if missing > 0:
        end = len(line.text.rstrip())
        return f"{_closed(line.raw[:end])}{'|' * (missing - 1)} … |{line.raw[end:].rstrip()}"
    start = line.text.rfind("|", 0, row[column].span.column - 1) + 1
    end = line.text.find("|", start)
    end = len(line.text) if end < 0 else end
    opened = line.raw.rfind("<!--", start, end)
    at = opened if opened > line.raw.rfind("-->", start, end) else end
    return f"{line.raw[:at].rstrip()} … {line.raw[at:]}"


_STATE_BEHIND = re.compile(r"(?<=\S)[ \t]*(\*\*|__)([A-Za-z][A-Za-z ]{2,14})\1[ \t]*\Z")
_DENIED = re.compile(r"(?:\b(?:not|never|no|to be|is|are|once|when|until|if)|n['’]t)\s*\Z", re.I)
"""What makes a state behind it part of a sentence: `not **done**`."""


def _states_apart(rows: Sequence[Line], known: Sequence[str | None]) -> list[Line]:
    """Rows with a cell more for the state that stands in bold behind another cell: `Bug 12 **DONE**`.

    Google's template has it so. Nothing where fewer than half of the rows do, one says it twice, or has more cells
    than the head, whose columns are `known`. A word of the action itself is a state in capitals only.
    """
    made: list[Line] = []
    count = 0
    for line in rows:
        cells = split_row(line.text, line.number)
        found = [
            (cell, match)
            for name, cell in zip(known, cells, strict=False)
            if (match := _STATE_BEHIND.search(cell.text)) and is_status(match[2]) and "\\" not in cell.text
            and not _DENIED.search(cell.text[: match.start()]) and (name != "action" or match[2].isupper())
        ]  # fmt: skip
        if len(found) > 1 or len(cells) > len(known):
            return []
        raw, said = line.raw, ""
        if found:
            cell, match = found[0]
            count += 1
            start = cell.span.column - 1 + match.start()
            raw, said = f"{raw[:start]}{raw[cell.span.end - 1 :]}", match[2]
        row = f"{_closed(raw)}{'  |' * (len(known) - len(cells))} {said} |"
        made.append(line._replace(raw=row, text=row))
    return made if count * 2 >= len(rows) > 0 else []


_SHOWN_PIPE = "\\|"


def _closed(row: str) -> str:
    """A row up to the pipe that ends it; one behind a backslash is part of its last cell."""
    row = row.rstrip()
    return f"{row if row.endswith(_SHOWN_PIPE) else row.removesuffix('|').rstrip()} |"


def _header(lines: Sequence[Line], known: list[str | None], status: str, done: Done) -> str:
    """The head of a table of items; a column that says nothing but states is called `status`, whatever its name was.

    `known` is what each column is, and changed with it.
    """
    head = split_row(lines[0].text, lines[0].number)
    if "status" in known or "<!--" in lines[0].raw:
        return lines[0].raw
    rows = [split_row(line.text, line.number) for line in lines[2:]]
    for at, one in enumerate(head):
        said = [row[at].text for row in rows if at < len(row) and row[at].text.strip("*_`.… ")]
        if known[at] == "action" or not said or not all(is_status(text) for text in said):
            continue
        first, last = one.span.column - 1, one.span.end - 1
        done.dropped.append(one.text)
        done.added.append(status)
        known[at] = "status"
        return f"{lines[0].raw[:first]}{status}{lines[0].raw[last:]}"
    return lines[0].raw


_DAY = re.compile(r"(?<![\d-])(\d{4})-(\d{2}-\d{2})(?![\d-])")
_DUE_BEFORE = re.compile(r"\b(?:due|deadline|by|until)\b[^\w]{0,3}(?:date|by|on)?[^\w]{0,3}\Z", re.I)
_DONE_BEFORE = re.compile(
    r"\b(?:done|completed|closed|finished|fixed|verified)\b[^\w]{0,3}(?:on|at)?[^\w]{0,3}\Z", re.I
)


def doubted(lines: Sequence[str], settings: Settings, day: date | None, as_of: date) -> list[tuple[int, str, str]]:
    """Lines of action items with days that cannot be: due before the incident, done on a day that has not come.

    As (index, line, words): the line with a backslash in the day, which shows the same and is read as no day.
    """
    found: list[tuple[int, str, str]] = []
    columns: list[str | None] = []
    for at, line in enumerate(lines):
        if at + 1 < len(lines) and "|" in line and is_rule(lines[at + 1]):
            columns = [settings.find_column["actions"](cell.text) for cell in split_row(line, 1)]
        elif "|" not in line:
            columns = []
        if not _DAY.search(line):
            continue
        cells = split_row(line, 1) if columns else ()
        told: list[str] = []

        def turned(
            match: re.Match[str], line: str = line, cells: tuple[Cell, ...] = cells,
            columns: list[str | None] = columns, told: list[str] = told,
        ) -> str:  # fmt: skip
            that = parse_date(match[0])
            inside = (n for n, cell in enumerate(cells) if cell.span.column <= match.start() + 1 < cell.span.end)
            column = next((columns[n] for n in inside if n < len(columns)), None)
            before = line[max(0, match.start() - 24) : match.start()]
            bare = before.rstrip()[-1:] in ("(", ",") and line[match.end() : match.end() + 1] in (",", ")")
            due = column == "due" or (not columns and (bare or _DUE_BEFORE.search(before) is not None))
            done = column in ("completed", "status") or (not columns and _DONE_BEFORE.search(before) is not None)
            if that is None or not ((due and day and that < day) or (done and that > as_of)):
                return match[0]
            told.append(match[0])
            return f"{match[1]}\\-{match[2]}"

        changed = _DAY.sub(turned, line)
        if told:
            found.append((at, changed, ", ".join(told)))
    return found
