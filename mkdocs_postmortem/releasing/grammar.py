"""The restricted markdown of public words: what every renderer shows, and shows the same way.

Everything else is refused with what to write instead, because what cannot be read with certainty
cannot be judged: constructs that hide words, fetch them, or move them somewhere else on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.rules import Refusal, Refusals, declare

RAW_HTML = declare(
    "PM700",
    "raw-html",
    "HTML and comments hide words and run scripts.",
    "write it in markdown; put code that holds `<` between backticks",
)
ENTITY = declare(
    "PM701", "entity", "Entities write words that no search finds.", "write the character itself: `&` for `&amp;`"
)
INCLUDE = declare(
    "PM702",
    "include-or-template",
    "Includes and templates bring in words after everything was judged.",
    "write the words themselves; of a template say what it does",
)
DEFINITION = declare(
    "PM703",
    "definition",
    "Reference links, footnotes, abbreviations and definition lists put words elsewhere than they stand.",
    "write an inline link, `[text](https://…)`; put a footnote's words into the sentence",
)
ATTRIBUTES = declare(
    "PM704",
    "attributes",
    "Attribute lists and explicit ids are words that nobody sees.",
    "remove the braces and what is in them, or put code between backticks",
)
BLOCK = declare(
    "PM705",
    "block-syntax",
    "Admonitions, tabs, details, formulas and marks of edits differ from renderer to renderer.",
    "write a plain paragraph, list or quotation",
)
INDENTED = declare(
    "PM706",
    "indentation",
    "Tabs and indented code are read as code by one renderer and as text by another.",
    "put code between fences of three backticks; indent what belongs to a list by four spaces",
)
FENCE = declare(
    "PM707",
    "code-fence",
    "Code stands between fences at the left margin that are closed, with a plain language or none.",
    "open it with ``` and one word at the left margin, close it with ``` alone",
)
HEADING = declare(
    "PM708",
    "heading",
    "Headings of public words begin with two to four `#` at the left margin.",
    "write `### Heading`, with nothing but its words; a line that is no heading begins with another sign than `#`",
)
MARKER = declare(
    "PM709",
    "marker",
    "What is close to a marker and is none would be published by mistake.",
    "write `::: internal` and `:::` alone on their lines, and `[[internal words|public words]]` on one line; "
    "code goes between backticks",
)
LINK = declare(
    "PM710",
    "link",
    "Links and pictures are written inline, with plain words and a plain address.",
    "write `[text](https://…)` without brackets in the text and without a title; put code between backticks",
)
LIST = declare(
    "PM711",
    "list",
    "A list begins after an empty line and is numbered `1.`, or one renderer shows no list.",
    "put an empty line before it, and write `1.` for numbers",
)
OUTLINE = declare(
    "PM712",
    "outline",
    "The parser that reads and the one that renders must see the same headings.",
    "put headings at the left margin with an empty line before them",
)

_FENCE = re.compile(r"(`{3,}|~{3,})[ ]*(.*)\Z")
_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]{0,30}\Z|\Z")
_EXECUTED = words_in("diagrams.txt")
"""Languages of fences that are drawn or run, and so show other words than they hold."""
_HEADING = re.compile(r"(#{2,4}) +(\S.*)\Z")
_ITEM = re.compile(r" *(?:[-*+]|\d{1,9}\.) +")
_RULE = re.compile(r" {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})\Z")

LINKS = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s<>\"']*)\)")
"""An inline link or picture: mark of a picture, words, address."""

CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
"""Code within a line."""

_INLINE: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (RAW_HTML, re.compile(r"<[A-Za-z/!?]"), "raw HTML, a comment or an address in angle brackets"),
    (ENTITY, re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,31});"), "an entity"),
    (DEFINITION, re.compile(r"\[\^[^\]]*\]?"), "a footnote"),
    (DEFINITION, re.compile(r"^\s*\*?\[[^\]]*\]:"), "a definition"),
    (DEFINITION, re.compile(r"^\s*:\s"), "a definition list"),
    (ATTRIBUTES, re.compile(r"\{[:#.]"), "an attribute list"),
    (ATTRIBUTES, re.compile(r"\{\s*[\w-]+\s*=.*?\}"), "an attribute list"),
    (BLOCK, re.compile(r"^\s*(?:!!!|\?\?\?\+?|===|///|\+\+\+|:::)"), "an admonition, tab or block"),
    (BLOCK, re.compile(r"\{(?:\+\+|--|~~|==|>>)|(?:\+\+|--|~~|==|<<)\}"), "a mark of an edit"),
    (BLOCK, re.compile(r"~~|==\S|\^\^|\+\+[\w+]+\+\+"), "struck, marked or inserted words"),
    (BLOCK, re.compile(r"\$\$|\\\(|\\\[|(?<![\w$])\$[A-Za-z\\][^$]*\$"), "a formula"),
    (BLOCK, re.compile(r"^\s*\[TOC\]"), "a table of contents"),
    (BLOCK, re.compile(r"(?<![\w:/]):[a-z][a-z0-9_+-]{2,}:(?![\w:])"), "a short code of a picture"),
    (LIST, re.compile(r"^\s*\d{1,9}\)\s"), "a number of a list with a bracket"),
)
_INCLUDE = re.compile(r"-{2,}8<-{2,}|\{!|\{%|\{\{|(?<!\$)\{#|<%|%>")
_COLONS = re.compile(
    r"(?<![\w:]):{3,}|:{3,}(?![\w:/])|^\s*::\s*\w|^\s*<!--\s*/?\s*(?:internal|private|public|redact)", re.I
)
_PLAIN = re.compile(
    r"(?!\s*(?::|\d{1,9}\)))(?:(?=\|)(?:[\w ,.;'\"“”‘’()%*#–—…@|-]++|:(?=[ \d*])|/(?!/)|[?!=](?=[ \w|)]|\Z))*+"
    r"|(?:[\w ,.;'\"“”‘’()%*#–—…@-]++|:(?=[ \d*])|/(?!/)|[?!=](?=[ \w)]|\Z))*+)\Z"
)
"""A line in which nothing of `_INLINE`, `_ANYWHERE`, links, markers or code can be: most lines are such."""
_MARKERS = re.compile(r"\[\s?\[|\]\s?\]")
_NEARLY = re.compile(
    r":{3,}|^\s*[:;]{2,}[:;.]?\s*(?:\w+\s*)?\Z|\[[^\[\]|]*\|[^\[\]|]*\](?!\()|\(\([^()|]*\|[^()|]*\)\)"
    r"|[⟦〚【〔《«⟨][^|]*\|[^|]*[⟧〛】〕》»⟩]",
    re.I,
)
"""What somebody may have meant for a marker."""
_ALONE = re.compile(r"\W*(?:internal|private|confidential|redact(?:ed)?)(?: only)?\W*", re.I)
_SIGNED = re.compile(r"[^\w\s#|>*_`.,!?'\"-]")
_REPEATED = re.compile(r"\s*([|_.,!?-])\1+ *\w")
_SAYS_INTERNAL = re.compile(
    r"^\s*#{1,6}\s+\W*(?:internal|private|confidential|non-?public|not public|do not publish)"
    r"(?: (?:notes?|details?|comments?|discussion|only|use|information|section|part|follow-?ups?))*\W*$"
    r"|(?:^|[(\[*_>-])\W{0,3}(?:internal|private|confidential|not public)"
    r"(?: (?:notes?|details?|comments?|only|use|use only))?(?:[*_]{1,2})?:(?:[*_]{1,2})?(?= |$)"
    r"|[(\[](?:internal|confidential|not public|do not publish)(?: (?:only|use|use only))?[)\]](?!\()"
    r"|\b(?:(?:do not|don['’]t) publish|not for publication|internal use only|remove before publish(?:ing|ation)?)\b",
    re.I,
)
"""Words by which somebody marks what is not for others, in their own way: `(internal: …)`, `### Internal notes`."""
_LEFT_OVER = re.compile(r"\]\(|\]\[|\[[^\]]*\]\s?\[")
_SHELL_TEST = re.compile(r"\[\[(?: .*? \]\]|[\w.-]+\]\]\s*\Z| [^|\]]*\Z)|(?<= )\]\]")


class Line(NamedTuple):
    """A line of public words: its kind, and its text outside code spans, blanked where they were."""

    code: bool
    """It stands between fences, or is one."""
    prose: str


def judge_markdown(
    lines: Sequence[str],
    path: str,
    refusals: Refusals,
    *,
    first_line: int = 1,
    numbers: Sequence[int] | None = None,
    accepts: Callable[[str, str], bool] = lambda *_: False,
) -> list[Line]:
    """Refuse what is not the restricted markdown; gives back what is prose and what is code.

    `numbers` gives each line's number in the file, where they do not simply follow `first_line`; `accepts` whether
    the policy accepts exactly these words under a rule.
    """
    found: list[Line] = []

    def refuse(code: str, at: int, message: str, match: re.Match[str] | None = None) -> None:
        from mkdocs_postmortem.releasing.rules import RULES

        line = numbers[at] if numbers is not None else first_line + at
        column, end = (match.start() + 1, match.end() + 1) if match else (1, len(lines[at]) + 1)
        value = match[0] if match else ""
        if value and accepts(code, value):
            return
        refusals.add(Refusal(code, path, line, message, RULES[code].mend, column, end, value))

    fence, opened = "", 0
    before = ""
    in_list = False
    for at, line in enumerate(lines):
        plain = _PLAIN.match(line) is not None and (line.isascii() or ":::" not in folding.fold_case(line))
        if not plain and (match := _INCLUDE.search(line)):
            refuse(INCLUDE, at, "an include or a template", match)
        bare = line.strip()
        match = _FENCE.match(bare) if not plain and bare[:3] in _SIGNS else None
        if fence:
            found.append(Line(True, ""))
            if not after(fence, bare):
                if line[:1].isspace():
                    refuse(FENCE, at, "a code fence that is indented")
                if bare != fence:
                    refuse(FENCE, at, "a code fence that is longer than the one it closes")
                fence, before = "", ""
            else:
                for match in (*_markers(line), *_COLONS.finditer(line)):
                    refuse(MARKER, at, "what is close to a marker", match)
            continue
        if match and after("", bare):
            found.append(Line(True, ""))
            if line[:1].isspace() or line[:1] == ">":
                refuse(FENCE, at, "a code fence that is indented")
            if not _LANGUAGE.match(match[2]) or match[2].casefold() in _EXECUTED:
                refuse(FENCE, at, "a code fence with more than a plain language")
            if before.strip():
                refuse(FENCE, at, "a code fence without an empty line before it")
            fence, opened = match[1], at
            continue
        prose = _without_code(line)
        found.append(Line(False, prose))
        in_list = (in_list and (not line.strip() or line[:1] == " ")) or bool(_ITEM.match(line))
        for rule, fault in _line_faults(line, before, in_list):
            refuse(rule, at, fault)
        before = line
        if len(line) < 60 and _ALONE.fullmatch(line) and (_SIGNED.search(line) or _REPEATED.match(line)):
            refuse(MARKER, at, "what is close to a marker")
        if says := _SAYS_INTERNAL.search(line):
            refuse(MARKER, at, "words that say that they are internal", says)
        if plain:
            continue
        if "`" in CODE_SPAN.sub("", line.replace("\\`", "")):
            refuse(FENCE, at, "a backtick without its other")
        for code, expression, what in _INLINE:
            if match := expression.search(prose):
                refuse(code, at, what, match)
        rest = LINKS.sub(lambda link: " " * len(link[0]), prose)
        if match := _LEFT_OVER.search(rest):
            refuse(LINK, at, "a link that is not plain", match)
        folded = folding.fold_case(prose)
        near = _COLONS.search(prose) or next(_markers(line), None) or _MARKERS.search(folded)
        if near or (not line.startswith("|") and (near := _NEARLY.search(folded))):
            refuse(MARKER, at, "what is close to a marker", near if near.end() <= len(line) else None)
    if fence:
        refuse(FENCE, opened, "a code fence that is never closed")
    return found


def fenced(lines: Iterable[str]) -> Iterator[bool]:
    """For each line of public words whether it stands between code fences, or is one."""
    fence = ""
    for line in lines:
        before, fence = fence, after(fence, line)
        yield bool(before or fence)


def after(fence: str, line: str) -> str:
    """The fence of code that is open behind a line, where `fence` was open before it; empty for none.

    As CommonMark has it: one of as many signs or more closes it. Python-Markdown wants as many, so that
    `judge_markdown` refuses more; what opens one with a backtick behind it is code within a line for both.
    """
    if line[:3] not in _SIGNS or (match := _FENCE.match(line)) is None:
        return fence
    if fence:
        return "" if not match[2].strip() and match[1].startswith(fence) else fence
    return "" if match[1][0] == "`" and "`" in match[2] else match[1]


_SIGNS = ("```", "~~~")
"""How a fence begins."""


def _markers(line: str) -> Iterator[re.Match[str]]:
    """Double brackets, but for those that a shell tests with, in code."""
    tests = [match.span() for match in _SHELL_TEST.finditer(line)]
    tests += [match.span() for match in CODE_SPAN.finditer(line) if _SHELL_TEST.search(match[2].strip())]
    for match in _MARKERS.finditer(line):
        if not any(start <= match.start() < end for start, end in tests):
            yield match


def _line_faults(line: str, before: str, in_list: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with how a line begins, and with its neighbour above."""
    if not line or (line[0].isalpha() and not before and "\t" not in line):
        return
    stripped = line.strip()
    if "\t" in line:
        yield INDENTED, "a tab"
    indent = len(line) - len(line.lstrip(" "))
    if (indent >= 4 and stripped and not in_list) or (indent and stripped and not in_list and not before.strip()):
        yield INDENTED, "an indented line outside a list"
    if line.startswith("#"):
        match = _HEADING.match(line)
        if match is None or match[2].rstrip().endswith("#") or "|" in match[2]:
            yield HEADING, "a heading that is not plain"
        if before.strip():
            yield HEADING, "a heading without an empty line before it"
    elif re.match(r"[\s>]*(?:[-*+]\s+|\d+\.\s+)?#{1,6}\s", line) and not re.match(r"#", line):
        yield HEADING, "a heading inside a list or a quotation"
    if before.strip() and re.fullmatch(r"(?:=+|-+)", stripped) and not before.lstrip().startswith("|"):
        yield HEADING, "a heading that is underlined"
    item = _ITEM.match(line)
    if (
        item
        and not _RULE.match(line)
        and before.strip()
        and not in_list_line(before)
        and not before.startswith((" ", "#"))
    ):
        yield LIST, "a list without an empty line before it"
    if line.startswith("|") and before.strip() and not before.startswith(("|", "#")):
        yield LIST, "a table without an empty line before it"
    if before.startswith("|") and stripped and not line.startswith("|"):
        yield LIST, "a table without an empty line after it"


def in_list_line(line: str) -> bool:
    """Whether a line begins an item of a list."""
    return bool(_ITEM.match(line))


def _without_code(line: str) -> str:
    """A line with its code spans blanked, column for column."""
    return CODE_SPAN.sub(lambda match: " " * len(match[0]), line) if "`" in line else line


_WORDS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"^((?:\s|>)*)\d{1,9}\.(?=\s)")
_TASK = re.compile(r"^((?:\s|>)*(?:[-*+]|\d{1,9}\.)\s+)\[[ xX]\](?=\s)")


def shown(markdown: str) -> str:
    """What a reader sees, line by line: no targets, no languages, no numbers of lists, no pictures."""
    found: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        before, fence = fence, after(fence, line)
        if before != fence:
            line = ""
        elif not fence:
            if not line[:1].isalpha() and (not _ITEM.match(line) or not _RULE.match(line)):
                line = _TASK.sub(r"\1", line) if "[" in line else line
                line = _NUMBER.sub(r"\1", line) if "." in line else line
            line = _shown(line)
        found.append(line)
    return "\n".join(found)


def _shown(line: str) -> str:
    """A line without what is not shown: addresses of links, pictures; code spans are left as they are."""
    if "](" not in line:
        return line
    parts: list[str] = []
    last = 0
    for match in CODE_SPAN.finditer(line):
        parts += (_unlinked(line[last : match.start()]), match[0])
        last = match.end()
    if not parts:
        return _unlinked(line)
    # A link's words may hold code: judged over the whole line where no code holds a bracket.
    if not any(char in part for part in parts[1::2] for char in "[]()"):
        return _unlinked(line)
    return "".join((*parts, _unlinked(line[last:])))


def _unlinked(text: str) -> str:
    return LINKS.sub(lambda link: "" if link[1] else link[2], text)


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from markdown import Markdown

    return Markdown(extensions=["tables", "fenced_code"])


_FIRST = r"""(?:\*\*)?[^\W\d_]|[|("'“„\u2190-\u2bff\U0001f300-\U0001faff]"""
"""How a line begins that begins nothing but a paragraph or a table."""
_PROSE = rf"(?:{_FIRST})[^\n<&~\\\x00-\x1f]*"
_POINT = rf"(?:\[[ xX]\] )?(?:\d+(?![.\d])|`(?!`))?{_PROSE}"
_PLAIN_BLOCK = re.compile(
    rf"(?:\A|(?<=\n\n))(?:{_PROSE}(?:\n{_PROSE})*"
    rf"|([-*+] ){_POINT}(?:\n[-*+] {_POINT})*"
    rf"|(\d{{1,9}}\. ){_POINT}(?:\n\d{{1,9}}\. {_POINT})*)(?=\n\n|\n?\Z)"
)
"""Paragraphs, tables and lists of one depth that hold no markup of HTML: no heading is in them."""


def _without_prose(markdown: str) -> str:
    """A body whose plain blocks have one word each: its headings are where they were, and are found sooner."""
    return _PLAIN_BLOCK.sub(lambda block: f"{block[1] or block[2] or ''}x", markdown)


_CODE_BLOCK = re.compile(r"(?:\A|(?<=\n\n))(`{3}|~{3})[a-z]*\n(?:(?![`~])[^\x00-\x1f]*\n)*?\1(?=\n\n|\n?\Z)")
_TITLE = r"[A-Za-z][A-Za-z0-9 ,.'()/-]*"
_PLAIN_HEADING = re.compile(rf"^(#{{1,6}}) ({_TITLE})$", re.M)
_PLAIN_PIECE = rf"(?:#{{1,6}} {_TITLE}|---|(?:[-*+] |\d{{1,9}}\. )?x)"
_PLAIN_BODY = re.compile(rf"\n*{_PLAIN_PIECE}(?:\n\n+{_PLAIN_PIECE})*\n*")


def _plain_headings(reduced: str) -> list[tuple[int, str]] | None:
    """The headings of a body of plain blocks, code and plain headings alone, each by itself; None of any other.

    Nobody reads these otherwise, so that the renderer need not be asked.
    """
    plain = _CODE_BLOCK.sub("x", reduced)
    if not _PLAIN_BODY.fullmatch(plain):
        return None
    return [(len(match[1]), " ".join(_WORDS.findall(match[2]))) for match in _PLAIN_HEADING.finditer(plain)]


def headings(markdown: str) -> list[tuple[int, str]]:
    """Level and words of each heading at the top of a body, as Python-Markdown sees them."""
    reduced = _without_prose(markdown)
    plain = _plain_headings(reduced)
    if plain is not None:
        return plain
    parser = _renderer().reset()
    lines = reduced.split("\n")
    try:
        for step in parser.preprocessors:
            lines = step.run(lines)
        root = parser.parser.parseDocument(lines).getroot()
    except BaseException:
        _renderer.cache_clear()  # it stopped in the middle of something
        raise
    return [
        (int(element.tag[1]), " ".join(_WORDS.findall("".join(element.itertext()))))
        for element in root
        if re.fullmatch(r"h[1-6]", str(element.tag))
    ]


def outlines_differ(markdown: str, read: Iterable[tuple[int, str]]) -> int | None:
    """The number of the first heading on which the renderer and our reader disagree; None where they agree.

    `read` has level and title of each heading that our reader found, in order.
    """
    mine = [(level, " ".join(_WORDS.findall(re.sub(r"\s*\{[^{}]*\}\Z", "", title)))) for level, title in read]
    theirs = [(level, title) for level, title in headings(markdown)]
    for at in range(max(len(mine), len(theirs))):
        one = mine[at] if at < len(mine) else None
        other = theirs[at] if at < len(theirs) else None
        if one is None or other is None or one[0] != other[0] or not other[1].startswith(one[1]):
            return at
    return None
