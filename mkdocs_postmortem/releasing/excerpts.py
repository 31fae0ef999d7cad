"""Which lines of a post-mortem are public: default deny, section by section, marker by marker."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from mkdocs_postmortem.model import Section
from mkdocs_postmortem.releasing import folding, grammar
from mkdocs_postmortem.releasing.rules import declare
from mkdocs_postmortem.releasing.work import Line, Work

SECTION = declare(
    "PM752",
    "section",
    "A section is public if redaction.yml and the document both list it, and it stands there once, as `## Title`.",
    "list it in both, and give its heading two `#` at the left margin, once in the document",
)
BLOCK = declare(
    "PM753",
    "internal-block",
    "An internal block begins with `::: internal` and ends with `:::`, each alone at the left margin.",
    "close it before the next heading, and let neither end stand inside code",
)
EMPTY = declare(
    "PM756",
    "nothing-left",
    "A public heading without words tells that there were some.",
    "leave the heading out, too, or write something below it",
)

_UNLISTED = "take it out, choose one of those that may be public, or list it under `sections` in redaction.yml"


class Excerpts:
    """The public lines of one post-mortem."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def lines(self) -> list[Line]:
        """The lines of all public sections, without what is marked as internal."""
        chosen = self.sections()
        self.blocks()
        return _renumbered(_single_blanks([line for section in chosen for line in self.lines_of(section)]))

    def sections(self) -> list[Section]:
        """The public sections in the order of the document."""
        asked = self.work.external.get("sections")
        if not isinstance(asked, list) or not asked:
            self.work.refuse(SECTION, "`external.sections` lists no section", self.work.place("sections"))
            return []
        allowed = {self.key(title) for title in self.work.policy.sections}
        found: dict[int, Section] = {}
        for number, title in enumerate(asked):
            span = self.work.record.place(("external", "sections", number)) or self.work.place("sections")
            key = self.key(str(title))
            if key not in allowed:
                message = f"redaction.yml does not list section {number + 1} of `external.sections`"
                listed = json.dumps(list(self.work.policy.sections), ensure_ascii=False)
                self.work.refuse(SECTION, message, span, _UNLISTED, str(title), listed)
                continue
            fitting = [
                section
                for section in self.work.record.document.sections
                if key in (section.key, folding.fold(section.title).strip())
            ]
            if not fitting:
                self.work.refuse(SECTION, f"the document has no section {number + 1} of `external.sections`", span)
                continue
            # Parts of other sections may be called much alike, and have other words; the same words are a mistake.
            at_home = {folding.fold(section.title).strip() for section in fitting if section.level == 2}
            if at_home:
                same = [section for section in fitting if folding.fold(section.title).strip() in at_home]
                fitting = [section for section in fitting if section.level == 2 or section in same]
            if len(fitting) > 1:
                self.work.refuse(SECTION, "a public section stands there more than once", fitting[1].span)
                continue
            section = fitting[0]
            line = self.work.record.document.lines[section.span.line - 1]
            if section.level != 2 or not re.match(r"## +\S", line):
                self.work.refuse(SECTION, "a public section does not begin with `## ` at the left margin", section.span)
                continue
            if not self.work.policy.lists_section(section.title):
                self.work.refuse(
                    SECTION,
                    "redaction.yml does not list the title of this section, which is another in the public version",
                    section.span,
                    "list it under `sections` in redaction.yml as it stands here",
                    lines=f"- {json.dumps(section.title, ensure_ascii=False)}",
                )
                continue
            found[section.span.line] = section
        return [found[line] for line in sorted(found)]

    def key(self, title: str) -> str:
        """What makes two titles of a section the same: its canonical name, else its words."""
        return self.work.settings.find_section(title, ()) or folding.fold(title).strip()

    def blocks(self) -> None:
        """Refuse headings inside internal blocks, and ends of none.

        A section would begin in the middle of what is not public: a `:::` among the words of a block ends it early,
        and what stood below would belong to whatever heading comes next. The end that is left over shows it.
        """
        record = self.work.record.document
        starts = {section.span.line for section in record.sections}
        opened = 0
        for number, text in enumerate(record.lines, 1):
            if number < record.body_line:
                continue
            text = text.rstrip()
            if number in starts and text in ("::: internal", ":::"):
                self.work.refuse(BLOCK, "the end of an internal block is underlined, which makes it a heading", number)
            elif text == "::: internal":
                opened = opened or number
            elif text == ":::":
                if not opened:
                    self.work.refuse(BLOCK, "a `:::` that ends no internal block: did one above end too early?", number)
                opened = 0
            elif opened and number in starts:
                self.work.refuse(
                    BLOCK, "a heading inside an internal block, or a block that is not closed before it", number
                )
                opened = 0
        if opened:
            self.work.refuse(BLOCK, "an internal block is never closed", opened)

    def lines_of(self, section: Section) -> list[Line]:
        """The lines of a section without what is marked as internal."""
        lines = self.work.record.document.lines
        kept: list[Line] = []
        fence = ""
        opened = 0
        for number in range(section.span.line, section.end_line + 1):
            text = lines[number - 1].rstrip()
            fence = grammar.after(fence, text)
            if opened:
                if text == ":::":
                    if fence:
                        self.work.refuse(BLOCK, "an internal block ends inside code", number)
                        fence = ""
                    opened = 0
                elif re.match(r"\s*:{2,}", text):
                    self.work.refuse(BLOCK, "a marker inside an internal block", number)
                continue
            if text == "::: internal":
                if fence:
                    self.work.refuse(BLOCK, "an internal block begins inside code", number)
                opened, fence = number, ""
                self.work.result.removed.append((number, "block"))
                continue
            if not fence and "<!--" in text:
                text = self.without_acceptances(number, text)
                if not text:
                    continue
            public = self.marked(number, text)
            if public or not text:  # a line of which nothing is public leaves no gap
                kept.append(Line(number, public))
        for at, line in enumerate(kept):
            if not line.text.startswith("#") or not re.match(r"#{2,6} ", line.text):
                continue
            below = next((other.text for other in kept[at + 1 :] if other.text), "")
            deeper = below.startswith("#") and len(below.split(" ")[0]) > len(line.text.split(" ")[0])
            if not (below and not below.startswith("#")) and not deeper:
                self.work.refuse(EMPTY, "nothing is left below this heading", line.number)
        return [*kept, Line(section.end_line, "")]

    def without_acceptances(self, number: int, text: str) -> str:
        """A line without the comments that accept a finding of `check` in place: they are for the house."""
        rest = _ACCEPTANCE.sub("", text)
        if rest != text:
            self.work.result.removed.append((number, "comment"))
        return rest.rstrip()

    def marked(self, number: int, text: str) -> str:
        """A line with its `[[internal|public]]` markers resolved; what is close to one is refused later."""
        if "[[" not in text:
            return text

        def public(match: re.Match[str]) -> str:
            self.work.result.replaced.append((number, match[1].strip(), match[2].strip()))
            return match[2].strip()

        shorter = _GONE.sub(public, text)
        if shorter != text and not text.startswith(" "):
            shorter = shorter.lstrip(" ")
        result = _MARKER.sub(public, shorter).rstrip()
        if text.startswith("[[") and (_HEADS.match(result) or _HEADS.match(text[2:])):
            self.work.refuse(BLOCK, "a marker that makes a heading, in the wiki or in the public version", number)
        return result


_HEADS = re.compile(r"\s{0,3}#{1,6}\s")
_NUMBERED = re.compile(r"( *)(\d{1,9})\.( .*)\Z")
_ACCEPTANCE = re.compile(r"\s*<!--\s*postmortem:\s*accept\b(?:(?!-->|<!--).)*-->", re.I)
_GONE = re.compile(r"(?<!\|) *\[\[([^\[\]|\n\\]+?)\\?\|( *)\]\](?=[ .,;:!?)]|\Z)")
"""A marker of which nothing is public, with the space that would be left over."""
_MARKER = re.compile(r"\[\[([^\[\]|\n\\]+?)\\?\|([^\[\]|\n]*)\]\]")


def _single_blanks(lines: Sequence[Line]) -> list[Line]:
    """No two empty lines in a row outside code: what was left out leaves no gap."""
    kept: list[Line] = []
    fence = ""
    for line in lines:
        fence = grammar.after(fence, line.text)
        if line.text or fence or (kept and kept[-1].text):
            kept.append(line)
    return kept


def _renumbered(lines: Sequence[Line]) -> list[Line]:
    """Numbered lists without the gaps that left-out items would leave."""
    counts: dict[int, int] = {}
    found: list[Line] = []
    fence = ""
    for line in lines:
        fence = grammar.after(fence, line.text)
        match = None if fence else _NUMBERED.match(line.text)
        if match:
            indent = len(match[1])
            counts = {depth: count for depth, count in counts.items() if depth <= indent}
            counts[indent] = counts[indent] + 1 if indent in counts else int(match[2])
            line = line._replace(text=f"{match[1]}{counts[indent]}.{match[3]}")
        elif line.text and not line.text.startswith(" "):
            counts = {}
        found.append(line)
    return found
