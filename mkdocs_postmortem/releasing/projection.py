"""A post-mortem projected onto what may leave: default deny, and nothing that cannot be judged.

What is public is decided line by line before any word is looked at; then links, terms and people
are replaced, and what came out is judged as a stranger would read it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mkdocs_postmortem.model import PostMortem, Section, Span
from mkdocs_postmortem.releasing import acquaintances, folding, grammar, words
from mkdocs_postmortem.releasing.images import ENDINGS
from mkdocs_postmortem.releasing.people import Mention, Roster
from mkdocs_postmortem.releasing.policy import SLUG, Policy
from mkdocs_postmortem.releasing.rules import REVIEW, RULES, Refusal, Refusals, declare
from mkdocs_postmortem.releasing.sightings import AMBIGUOUS
from mkdocs_postmortem.settings import Settings

NOT_PUBLIC = declare(
    "PM750",
    "not-public",
    "Nothing of a post-mortem is public that does not say so in its front matter.",
    "add `external: {slug: 2026-11-checkout, title: …, sections: [Executive Summary, Impact]}`",
)
SLUG_RULE = declare(
    "PM751",
    "slug",
    "The address of a public version is its own: it does not hold the internal id, and no other version has it.",
    "write lower-case letters, digits and single dashes, and nothing of the internal id",
)
KIND = declare(
    "PM760",
    "unknown-kind",
    "Who has to approve a public version follows from the severity and the type: they are of the project's scales.",
    "write `severity` and `incident_type` in the front matter as the settings list them",
)
ID = declare(
    "PM735",
    "internal-id",
    "An internal id tells how many there are, and that one exists.",
    "look whether it may be public; else write `[[the id|an earlier incident]]`",
)
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
DOCUMENT_LINK = declare(
    "PM754",
    "link-to-unpublished",
    "A link to a post-mortem without an approved public version tells that it exists.",
    "take the link out, or publish the other one first",
)
PICTURE_LISTED = declare(
    "PM755",
    "unlisted-picture",
    "A picture is public only if the document lists it under `external.images`, and somebody looks at it.",
    "list it as `external: {images: [picture.png]}`, or leave it out with `::: internal`",
)
EMPTY = declare(
    "PM756",
    "nothing-left",
    "A public heading without words tells that there were some.",
    "leave the heading out, too, or write something below it",
)
UNREADABLE = declare(
    "PM757",
    "unreadable",
    "A file whose front matter cannot be read is not half-read.",
    "run `mkdocs-postmortem check` on it first",
)
TITLE = declare(
    "PM758",
    "title",
    "The public version has a title of its own: one line of plain words.",
    "write `external: {title: …}` without markup",
)


ROLE = declare(
    "PM759",
    "role",
    "What a person is called stands in sentences and tables: one line of plain words.",
    "write the role without markup and without `|`, in `participants` or in redaction.yml",
)


@dataclass(frozen=True)
class Picture:
    """A picture of the release: where it is, and the line that shows it."""

    source: Path
    name: str
    line: int


@dataclass
class Projection:
    """What may leave of one post-mortem, and what was done for it."""

    path: str
    slug: str = ""
    words: str = ""
    """The whole public file; empty where something was refused."""
    body: str = ""
    """Of the words, what stands below the front matter."""
    lines: list[int] = field(default_factory=list)
    """For each line of the body, its line in the post-mortem."""
    images: list[Picture] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    removed: list[tuple[int, str]] = field(default_factory=list)
    """Line and kind of what was left out; for the writer's eyes only."""
    replaced: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, what stood there and what stands there now; for the writer's eyes only."""
    severity: str = ""
    incident_type: str = ""
    authors: tuple[str, ...] = ()
    remediated: str = ""


_UNLISTED_SECTION = "take it out, choose one of those that may be public, or list it under `sections` in redaction.yml"


class _Line(NamedTuple):
    number: int
    text: str


class _Swap(NamedTuple):
    """Words that stand in the place of others: where, in characters of all lines, and in which line."""

    start: int
    end: int
    line: int
    old: str
    new: str


def _longer(mention: Mention, swap: _Swap) -> bool:
    return mention.end - mention.start > swap.end - swap.start


_ENDLESS = re.compile(r"\S{3001}")
_GUARDED = {
    words.PERSON: "a person's name",
    words.DENIED: "a term that is never to leave,",
    words.TERM: "a longer term",
    words.INTERNAL_HOST: "the name of an internal host",
    words.SECRET: "what looks like a key, a token or a password,",
}
"""What is not to be left in part."""
_NOT_GUARDED = (words.PERSON, words.AMBIGUOUS_NAME, words.STRANGE)
"""Found by the roster of this document, or judged letter by letter."""


def project(
    record: PostMortem,
    policy: Policy,
    detector: words.Detector,
    settings: Settings,
    *,
    public: Mapping[str, str],
    today: date,
) -> Projection:
    """Project a post-mortem onto its public version, or say why it cannot be done.

    `public` gives the slug of each post-mortem that has an approved public version, by its path.
    Never raises for what a document may hold.
    """
    work = _Work(record, policy, detector, settings, public, today)
    work.run()
    return work.result


class _Work:
    """One projection under way."""

    def __init__(
        self,
        record: PostMortem,
        policy: Policy,
        detector: words.Detector,
        settings: Settings,
        public: Mapping[str, str],
        today: date,
    ) -> None:
        self.record = record
        self.policy = policy
        self.detector = detector
        self.settings = settings
        self.public = public
        self.today = today
        self.result = Projection(record.path)
        external = record.document.front.get("external")
        self.external: Mapping[str, Any] = external if isinstance(external, Mapping) else {}

    def refuse(
        self, code: str, message: str, span: Span | int, help: str = "", value: str = "", lines: str = ""
    ) -> None:
        place = span if isinstance(span, Span) else Span(span)
        self.result.refusals.add(
            Refusal(
                code,
                self.record.path,
                place.line,
                message,
                help or RULES[code].mend,
                place.column,
                place.end,
                value,
                lines=lines,
            )
        )

    def look_at(self, code: str, message: str, line: int, value: str) -> None:
        """Point something out to the reviewer, unless the policy accepts it."""
        if not self.policy.accepts(code, value, self.result.slug, self.today):
            place = Refusal(code, self.record.path, line, message, RULES[code].mend, value=value, level=REVIEW)
            self.result.refusals.add(place)

    def place(self, *path: str) -> Span:
        return self.record.place(("external", *path)) or self.record.place(("external",)) or Span(1)

    def run(self) -> None:
        record, result = self.record, self.result
        if record.document.unreadable:
            self.refuse(UNREADABLE, "the file cannot be read as a post-mortem", 1)
            return
        if not self.external:
            self.refuse(NOT_PUBLIC, "the document has no `external`: nothing of it is public", 1)
            return
        self.name()
        self.kind()
        chosen = self.sections()
        self.blocks()
        differs = grammar.outlines_differ(
            record.document.body, [(section.level, section.title) for section in record.document.sections]
        )
        if differs is not None:
            known = record.document.sections
            at = known[differs].span if differs < len(known) else Span(record.document.body_line)
            self.refuse(grammar.OUTLINE, "two parsers do not see the same heading here", at)
        lines = [line for section in chosen for line in self.lines_of(section)]
        lines = _renumbered(_single_blanks(lines))
        lines = self.linked(lines)
        lines = self.replaced(lines)
        self.judge(lines)
        result.severity = record.severity
        result.incident_type = record.incident_type
        result.authors = acquaintances.named(tuple(dict.fromkeys((*record.authors, record.owner))))
        result.remediated = str(self.external.get("remediated_at") or "")
        if not result.refusals.refused:
            body = "\n".join(line.text for line in lines).strip("\n")
            result.words = f"{self.front()}\n{body}\n"
            result.body = body
            first = next((n for n, line in enumerate(lines) if line.text), 0)
            result.lines = [line.number for line in lines[first:]]

    # What it is called

    def name(self) -> None:
        slug, title = self.external.get("slug"), self.external.get("title")
        if not isinstance(slug, str) or not SLUG.match(slug) or len(slug) > 100:
            self.refuse(SLUG_RULE, "the public version has no slug that can be an address", self.place("slug"))
        else:
            self.result.slug = slug
            if _holds(slug, self.record.id):
                message = "the slug holds the internal id, whose numbers tell of others"
                self.refuse(SLUG_RULE, message, self.place("slug"))
            self.plain(slug.replace("-", " "), "slug")
            self.plain(slug, "slug")
        if not isinstance(title, str) or not title.strip():
            self.refuse(TITLE, "the public version has no title of its own", self.place("title"))
        elif not title.isprintable() or re.search(r"[<>\[\]{}`|]|&#?\w+;", title):
            self.refuse(TITLE, "the public title is not one line of plain words", self.place("title"))
        else:
            self.plain(title, "title")

    def kind(self) -> None:
        """Refuse what nobody can tell the approvers of."""
        record, settings = self.record, self.settings
        types = {kind.name for kind in settings.incident_types}
        for key, value, known in (
            ("severity", record.severity, settings.severity_names),
            ("incident_type", record.incident_type, types),
        ):
            if value not in known:
                span = record.place((key,)) or Span(1)
                said = "is none of the project's" if value else "is missing"
                self.refuse(KIND, f"`{key}` {said}, so nobody can tell who has to approve", span)

    def ids(self, text: str) -> Iterator[re.Match[str]]:
        """Ids of post-mortems in a text: what is built as the id of this one is."""
        built = re.fullmatch(r"([A-Za-z]{2,12})([-_ ]?)(\d+(?:[-_]\d+)*)", self.record.id)
        if built is not None:
            numbers = r"[-_]\d+" * len(re.findall(r"[-_]", built[3]))
            yield from re.finditer(rf"(?<![A-Za-z0-9]){built[1]}[-_ ]?\d+{numbers}(?![A-Za-z0-9])", text, re.I)

    def plain(self, text: str, key: str) -> None:
        """Judge a value of front matter; what could be replaced in a body is refused here."""
        span = self.place(key)
        for match in self.ids(text):
            self.look_at(ID, f"in `external.{key}`: an internal id", span.line, match[0])
        for hit in (*self.detector.find(text), *self.detector.hints(text)):
            value = text[hit.start : hit.end]
            if not self.policy.accepts(hit.code, value, self.result.slug, self.today):
                self.result.refusals.add(
                    Refusal(
                        hit.code, self.record.path, span.line, f"in `external.{key}`: {hit.message}",
                        "write it in other words", span.column, span.end, value, hit.level,
                    )
                )  # fmt: skip

    # Which lines of it

    def sections(self) -> list[Section]:
        """The public sections in the order of the document."""
        asked = self.external.get("sections")
        if not isinstance(asked, list) or not asked:
            self.refuse(SECTION, "`external.sections` lists no section", self.place("sections"))
            return []
        allowed = {self.key(title) for title in self.policy.sections}
        found: dict[int, Section] = {}
        for number, title in enumerate(asked):
            span = self.record.place(("external", "sections", number)) or self.place("sections")
            key = self.key(str(title))
            if key not in allowed:
                message = f"redaction.yml does not list section {number + 1} of `external.sections`"
                listed = json.dumps(list(self.policy.sections), ensure_ascii=False)
                self.refuse(SECTION, message, span, _UNLISTED_SECTION, str(title), listed)
                continue
            fitting = [
                section
                for section in self.record.document.sections
                if key in (section.key, folding.fold(section.title).strip())
            ]
            if not fitting:
                self.refuse(SECTION, f"the document has no section {number + 1} of `external.sections`", span)
                continue
            # Parts of other sections may be called much alike, and have other words; the same words are a mistake.
            at_home = {folding.fold(section.title).strip() for section in fitting if section.level == 2}
            if at_home:
                same = [section for section in fitting if folding.fold(section.title).strip() in at_home]
                fitting = [section for section in fitting if section.level == 2 or section in same]
            if len(fitting) > 1:
                self.refuse(SECTION, "a public section stands there more than once", fitting[1].span)
                continue
            section = fitting[0]
            line = self.record.document.lines[section.span.line - 1]
            if section.level != 2 or not re.match(r"## +\S", line):
                self.refuse(SECTION, "a public section does not begin with `## ` at the left margin", section.span)
                continue
            if not self.policy.lists_section(section.title):
                self.refuse(
                    SECTION,
                    "redaction.yml does not list the title of this section, which is another in the public version",
                    section.span,
                    "list it under `sections` in redaction.yml as it stands here",
                    lines=f"- {quoted(section.title)}",
                )
                continue
            found[section.span.line] = section
        return [found[line] for line in sorted(found)]

    def key(self, title: str) -> str:
        """What makes two titles of a section the same: its canonical name, else its words."""
        return self.settings.find_section(title, ()) or folding.fold(title).strip()

    def blocks(self) -> None:
        """Refuse headings inside internal blocks: a section would begin in the middle of what is not public."""
        record = self.record.document
        starts = {section.span.line for section in record.sections}
        opened = 0
        for number, text in enumerate(record.lines, 1):
            if number < record.body_line:
                continue
            text = text.rstrip()
            if number in starts and text in ("::: internal", ":::"):
                self.refuse(BLOCK, "the end of an internal block is underlined, which makes it a heading", number)
            elif text == "::: internal":
                opened = opened or number
            elif text == ":::":
                opened = 0
            elif opened and number in starts:
                self.refuse(
                    BLOCK, "a heading inside an internal block, or a block that is not closed before it", number
                )
                opened = 0
        if opened:
            self.refuse(BLOCK, "an internal block is never closed", opened)

    def lines_of(self, section: Section) -> list[_Line]:
        """The lines of a section without what is marked as internal."""
        lines = self.record.document.lines
        kept: list[_Line] = []
        fence = ""
        opened = 0
        for number in range(section.span.line, section.end_line + 1):
            text = lines[number - 1].rstrip()
            match = re.match(r"(`{3,}|~{3,})(.*)\Z", text)
            if opened:
                if fence and match and match[1].startswith(fence) and not match[2].strip():
                    fence = ""
                elif not fence and match:
                    fence = match[1]
                if text == ":::":
                    if fence:
                        self.refuse(BLOCK, "an internal block ends inside code", number)
                        fence = ""
                    opened = 0
                elif re.match(r"\s*:{2,}", text):
                    self.refuse(BLOCK, "a marker inside an internal block", number)
                continue
            if text == "::: internal":
                if fence:
                    self.refuse(BLOCK, "an internal block begins inside code", number)
                opened, fence = number, ""
                self.result.removed.append((number, "block"))
                continue
            if fence:
                if match and match[1].startswith(fence) and not match[2].strip():
                    fence = ""
            elif match:
                fence = match[1]
            if not fence and "<!--" in text:
                text = self.without_acceptances(number, text)
                if not text:
                    continue
            public = self.marked(number, text)
            if public or not text:  # a line of which nothing is public leaves no gap
                kept.append(_Line(number, public))
        for at, line in enumerate(kept):
            below = next((other.text for other in kept[at + 1 :] if other.text), "")
            deeper = below.startswith("#") and len(below.split(" ")[0]) > len(line.text.split(" ")[0])
            if re.match(r"#{2,6} ", line.text) and not (below and not below.startswith("#")) and not deeper:
                self.refuse(EMPTY, "nothing is left below this heading", line.number)
        return [*kept, _Line(section.end_line, "")]

    def without_acceptances(self, number: int, text: str) -> str:
        """A line without the comments that accept a finding of `check` in place: they are for the house."""
        rest = _ACCEPTANCE.sub("", text)
        if rest != text:
            self.result.removed.append((number, "comment"))
        return rest.rstrip()

    def marked(self, number: int, text: str) -> str:
        """A line with its `[[internal|public]]` markers resolved; what is close to one is refused later."""

        def public(match: re.Match[str]) -> str:
            self.result.replaced.append((number, match[1].strip(), match[2].strip()))
            return match[2].strip()

        shorter = _GONE.sub(public, text)
        if shorter != text and not text.startswith(" "):
            shorter = shorter.lstrip(" ")
        return _MARKER.sub(public, shorter).rstrip()

    # Whose words

    def linked(self, lines: list[_Line]) -> list[_Line]:
        """Links to listed hosts stay, others lose their target; pictures get names of their own."""
        return [line if line.text.startswith(("```", "~~~")) else self.link(line) for line in lines]

    def link(self, line: _Line) -> _Line:
        if "](" not in line.text:
            return line

        def public(match: re.Match[str]) -> str:
            picture, text, target = match[1], match[2], match[3]
            if picture:
                return self.picture(line.number, text, target)
            try:
                url = urlsplit(target)
                host = url.hostname or ""
            except ValueError:
                url, host = urlsplit(""), ""
            if url.scheme in ("http", "https") and self.policy.is_public_host(host) and "@" not in url.netloc:
                return match[0]
            if not url.scheme and not url.netloc and url.path.endswith((".md", ".markdown")):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(self.record.path), url.path))
                slug = self.public.get(path)
                if slug is None:
                    message = "a link to a document without an approved public version"
                    self.refuse(DOCUMENT_LINK, message, line.number, value=target)
                    return match[0]
                return f"[{text}](../{slug}/index.md)"
            self.result.replaced.append((line.number, match[0], text))
            return text

        outside = _code_spans(line.text)
        parts: list[str] = []
        last = 0
        for start, end in outside:
            parts += (grammar.LINKS.sub(public, line.text[last:start]), line.text[start:end])
            last = end
        parts.append(grammar.LINKS.sub(public, line.text[last:]))
        return line._replace(text="".join(parts))

    def picture(self, number: int, text: str, target: str) -> str:
        listed = self.external.get("images")
        allowed = [str(item) for item in listed] if isinstance(listed, list) else []
        if target not in allowed or not target.lower().endswith(ENDINGS) or ":" in target:
            self.refuse(PICTURE_LISTED, "a picture that `external.images` does not list", number, value=target)
            return text
        source = self.settings.root / posixpath.join(posixpath.dirname(self.record.path), target)
        if not source.resolve().is_relative_to(self.settings.root.resolve()):
            self.refuse(PICTURE_LISTED, "a picture that is not inside the project", number, value=target)
            return text
        same = next((item for item in self.result.images if item.source == source), None)
        if same is None:
            same = Picture(source, f"{self.result.slug}-{len(self.result.images) + 1}.png", number)
            self.result.images.append(same)
        return f"![{text}]({same.name})"

    def terms_in(self, lines: list[_Line]) -> list[_Swap]:
        """Where configured terms stand as words of their own, and what they become; from the left, the longest first.

        A term that is part of somebody's name is left to the name.
        """
        if not self.policy.terms:
            return []
        found: list[_Swap] = []
        begin = 0
        for at, line in enumerate(lines):
            targets = [match.span() for match in re.finditer(r"\]\([^()\s]*\)", line.text)]
            for match in self.term_expression.finditer(line.text):
                word = self.terms.get(folding.fold(" ".join(match[0].split())))
                if word and not any(start < match.end() and match.start() < end for start, end in targets):
                    word = _capital(word) if _begins(line.text[: match.start()]) else word
                    found.append(_Swap(begin + match.start(), begin + match.end(), at, match[0], word))
            begin += len(line.text) + 1
        return found

    @cached_property
    def terms(self) -> dict[str, str]:
        """What each term becomes, by the form in which it is compared."""
        return {folding.fold(" ".join(term.split())): new for term, new in self.policy.terms.items()}

    @cached_property
    def term_expression(self) -> re.Pattern[str]:
        longest = sorted(self.policy.terms, key=lambda term: (-len(term), term))
        either = "|".join(r"\s+".join(re.escape(part) for part in term.split()) for term in longest)
        return re.compile(rf"(?<![\w@/.-])(?:{either})(?![\w@]|[-./]\w)", re.I)

    def with_terms(self, lines: list[_Line]) -> list[_Line]:
        """Lines with the configured terms replaced where they are words of their own."""
        return self.swapped(lines, self.terms_in(lines))

    def swapped(self, lines: list[_Line], swaps: Sequence[_Swap]) -> list[_Line]:
        """Lines with some words in the place of others."""
        found = list(lines)
        begins = [0, *accumulate(len(line.text) + 1 for line in lines)]
        for swap in reversed(swaps):
            line, begin = found[swap.line], begins[swap.line]
            found[swap.line] = line._replace(
                text=line.text[: swap.start - begin] + swap.new + line.text[swap.end - begin :]
            )
        self.result.replaced += [(lines[swap.line].number, swap.old, swap.new) for swap in swaps]
        return found

    def replaced(self, lines: list[_Line]) -> list[_Line]:
        """Lines with terms and people replaced, where neither leaves a rest of the other or of what is denied."""
        swaps = self.terms_in(lines)
        text = "\n".join(line.text for line in lines)
        mentions = [item for item in self.roster.find(text) if not self.decided(text[item.start : item.end])]
        people = self.replaceable(mentions, lines)
        swaps = [
            swap
            for swap in swaps
            if not any(item.start <= swap.start and swap.end <= item.end and _longer(item, swap) for item in people)
        ]
        gone = [(swap.start, swap.end) for swap in swaps]
        gone += [(item.start, item.end) for item in people]
        self.whole(text, lines, gone, [(item.start, item.end, words.PERSON) for item in mentions])
        return self.without_people(self.swapped(lines, swaps), people if not swaps else None)

    def whole(
        self, text: str, lines: list[_Line], gone: list[tuple[int, int]], named: list[tuple[int, int, str]]
    ) -> None:
        """Refuse what would be broken where words are replaced, so that nobody finds the rest: it goes as a whole."""
        guarded = list(named)
        begin = 0
        for block in text.split("\n\n") if gone else ():
            end = begin + len(block)
            if any(begin <= start < end for start, _ in gone):
                hits = [hit for hit in self.detector.find(block) if hit.code not in _NOT_GUARDED]
                guarded += [(begin + hit.start, begin + hit.end, hit.code) for hit in hits]
            begin = end + 2
        for start, end, code in guarded:
            parts = [(a, b) for a, b in gone if a < end and start < b]
            if not parts or any(a <= start and end <= b for a, b in parts):
                continue
            if not self.policy.accepts(code, text[start:end], self.result.slug, self.today):
                number = lines[text.count("\n", 0, start)].number
                message = f"{_GUARDED.get(code, 'something')} of which a part alone would be replaced"
                self.refuse(code, message, number, "write `[[all of the words|other words]]`", value=text[start:end])

    def replaceable(self, mentions: Sequence[Mention], lines: Sequence[_Line]) -> list[Mention]:
        """Mentions of one person in plain words; a name inside code stands there for a reason, and is refused."""
        code = _code(lines)
        return [
            item
            for item in mentions
            if item.whole
            and item.who != AMBIGUOUS
            and not any(start < item.end and item.start < end for start, end in code)
        ]

    def without_people(self, lines: list[_Line], mentions: Sequence[Mention] | None = None) -> list[_Line]:
        """Lines with people as what they were, in the order in which these words name them.

        Whom the policy and this document name, and nobody else, so that no other document changes
        these words. `mentions` are those in these lines, where they are known.
        """
        text = "\n".join(line.text for line in lines)
        if mentions is None:
            found = [item for item in self.roster.find(text) if not self.decided(text[item.start : item.end])]
            mentions = self.replaceable(found, lines)
        if not mentions:
            return lines
        called = self.called([mention.who for mention in mentions], text)
        parts: list[str] = []
        last = 0
        for mention in mentions:
            before = text[last : mention.start]
            said = text[mention.start : mention.end]
            name = called[mention.who]
            role = name.removeprefix("the ")
            line_before = (
                before.rpartition("\n")[2] if "\n" in before else "".join(parts)[-200:].rpartition("\n")[2] + before
            )
            if role != name and re.search(rf"(?i)\b{re.escape(role)}[ ,]*\Z", line_before):
                before = re.sub(r"[ ,]*\Z", "", before)
                name = ""
            elif role != name and re.search(r"(?i)\bthe \Z", line_before):
                name = role
            elif _begins(line_before):
                name = _capital(name)
            parts += (before, name)
            if "\n" in said:
                parts.append("\n" * said.count("\n"))
                if text[mention.end : mention.end + 1] == " ":
                    mention = mention._replace(end=mention.end + 1)
            number = lines[text.count("\n", 0, mention.start)].number
            self.result.replaced.append((number, said, name or role))
            last = mention.end
        parts.append(text[last:])
        texts = "".join(parts).split("\n")
        return [line._replace(text=new) for line, new in zip(lines, texts, strict=True)]

    @cached_property
    def roster(self) -> Roster:
        """The policy's people and those whom this document names in its front matter."""
        return self.detector.roster.listed.beside(acquaintances.of_record(self.record), self.policy.words)

    def decided(self, said: str) -> bool:
        return folding.fold(said) in self.detector.known

    def called(self, order: Sequence[int], text: str) -> dict[int, str]:
        """What each person is called: their role where nobody else has it, else a letter by first mention.

        Letters that the words use already are left to whom they mean.
        """
        roles: dict[int, str] = {}
        for person in self.record.participants:
            for mention in self.roster.find(person.who):
                if mention.who != AMBIGUOUS and person.role.strip():
                    roles.setdefault(mention.who, person.role.strip())
        for who in order:
            if who not in roles and self.roster.people[who].role:
                roles[who] = self.roster.people[who].role
        for who in dict.fromkeys(order):
            if who in roles and not _PLAIN_ROLE.fullmatch(roles[who]):
                span = self.record.place(("participants",)) or Span(1)
                self.refuse(ROLE, "a role that is not one line of plain words", span, value=roles.pop(who))
        told = {who: re.sub(r"(?i)\Athe\s+", "", role) for who, role in roles.items()}
        here = [folding.fold(told[who]) for who in dict.fromkeys(order) if who in told]
        called: dict[int, str] = {}
        taken = set(re.findall(rf"(?i)\b{re.escape(self.policy.pattern)}\s+([A-Z]{{1,2}})\b", text))
        letters = (letter for letter in _letters() if letter not in taken)
        for who in dict.fromkeys(order):
            role = told.get(who, "")
            if role and here.count(folding.fold(role)) == 1:
                called[who] = f"the {role[0].lower() + role[1:] if role[1:2].islower() else role}"
            else:
                called[who] = f"{self.policy.pattern} {next(letters)}"
        return called

    # What came out

    def judge(self, lines: list[_Line]) -> None:
        path, result = self.record.path, self.result
        texts, numbers = [line.text for line in lines], [line.number for line in lines]
        accepts = partial(self.policy.accepts, release=result.slug, today=self.today)
        kinds = grammar.judge_markdown(texts, path, result.refusals, numbers=numbers, accepts=accepts)
        text = "\n".join(texts)
        if match := _ENDLESS.search(text):
            # To take it apart in every coding would take minutes.
            message = "a word of more than 3,000 characters, which nobody can review"
            self.refuse(UNREADABLE, message, numbers[text.count("\n", 0, match.start())], "leave it out")
            return
        words.judge(text, path, self.detector, result.refusals, lines=numbers, release=result.slug, today=self.today)
        for match in self.ids(text):
            self.look_at(ID, "an internal id", numbers[text.count("\n", 0, match.start())], match[0])
        prose = "\n".join(kind.prose for kind in kinds)
        hints = self.detector.hints(prose)
        words.tell(hints, prose, path, self.policy, result.refusals, 1, numbers, result.slug, self.today)
        self.anchors(texts, numbers, kinds)
        for name in ("services",) if "services" in self.policy.facts else ():
            for value in self.services():
                if re.search(r"[<>\[\]{}`|\\*]|::", value):
                    span = self.record.place((name,)) or Span(1)
                    self.refuse(grammar.MARKER, f"in `{name}`, which is public: more than plain words", span)
                for hit in self.detector.find(value):
                    if not self.policy.accepts(hit.code, value[hit.start : hit.end], result.slug, self.today):
                        span = self.record.place((name,)) or Span(1)
                        self.refuse(hit.code, f"in `{name}`, which is public: {hit.message}", span)

    def anchors(self, texts: Sequence[str], numbers: Sequence[int], kinds: Sequence[grammar.Line]) -> None:
        """Refuse headings whose address says what they do not: the gate would, once everybody has approved them."""
        refused = {(item.line, item.code) for item in self.result.refusals.refused}
        for text, number, kind in zip(texts, numbers, kinds, strict=True):
            match = None if kind.code else re.match(r"#{2,6} +(.*?)[ #]*\Z", text)
            anchor = folding.anchor(re.sub(r"[*`_]", "", match[1])) if match else ""
            for hit in self.detector.find(anchor, links=False) if anchor else ():
                said = anchor[hit.start : hit.end]
                if (number, hit.code) not in refused and not self.accepted(hit.code, said):
                    self.refuse(hit.code, f"in the address of this heading: {hit.message}", number, hit.help, text)

    def accepted(self, code: str, value: str) -> bool:
        return self.policy.accepts(code, value, self.result.slug, self.today)

    def services(self) -> list[str]:
        lines = [_Line(1, name) for name in self.record.services]
        return [line.text for line in self.with_terms(lines)]

    def front(self) -> str:
        """The public front matter: the title, and the facts that the policy lets out."""
        record, facts = self.record, self.policy.facts
        lines = ["---", f"title: {quoted(str(self.external['title']).strip())}"]
        if "date" in facts and record.day:
            lines.append(f"date: {quoted(record.day.isoformat())}")
        if "severity" in facts and record.severity in self.settings.severity_names:
            lines.append(f"severity: {quoted(record.severity)}")
        if "incident_type" in facts and record.incident_type in {kind.name for kind in self.settings.incident_types}:
            lines.append(f"incident_type: {quoted(record.incident_type)}")
        if "services" in facts and record.services:
            lines.append(f"services: [{', '.join(quoted(name) for name in self.services())}]")
        if "duration" in facts and record.duration is not None:
            lines.append(f"duration: {quoted(_spoken(record.duration))}")
        return "\n".join([*lines, "---", ""])


_ACCEPTANCE = re.compile(r"\s*<!--\s*postmortem:\s*accept\b(?:(?!-->|<!--).)*-->", re.I)
_GONE = re.compile(r"(?<!\|) *\[\[([^\[\]|\n\\]+?)\\?\|( *)\]\](?=[ .,;:!?)]|\Z)")
"""A marker of which nothing is public, with the space that would be left over."""
_MARKER = re.compile(r"\[\[([^\[\]|\n\\]+?)\\?\|([^\[\]|\n]*)\]\]")


_PLAIN_ROLE = re.compile(r"[^\W_](?:[^\W_]|[ ,.&/()'’–-])*")


def _code(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    """Where code stands in the text of some lines: between fences, and in spans."""
    found: list[tuple[int, int]] = []
    fence = ""
    at = 0
    for line in lines:
        end = at + len(line.text)
        match = re.match(r"[\s>]*(`{3,}|~{3,})(.*)\Z", line.text)
        if fence or match:
            found.append((at, end))
        else:
            found += [(at + start, at + stop) for start, stop in _code_spans(line.text)]
        if match:
            fence = "" if fence and match[1].startswith(fence) and not match[2].strip() else fence or match[1]
        at = end + 1
    return found


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Where code spans stand on a line."""
    return [match.span() for match in re.finditer(r"(?<![\\`])(`+)(?!`)(.+?)(?<!`)\1(?!`)", text)]


def _single_blanks(lines: Sequence[_Line]) -> list[_Line]:
    """No two empty lines in a row outside code: what was left out leaves no gap."""
    kept: list[_Line] = []
    fence = ""
    for line in lines:
        match = re.match(r"(`{3,}|~{3,})(.*)\Z", line.text)
        if match:
            fence = "" if fence and match[1].startswith(fence) and not match[2].strip() else fence or match[1]
        if line.text or fence or (kept and kept[-1].text):
            kept.append(line)
    return kept


def _renumbered(lines: Sequence[_Line]) -> list[_Line]:
    """Numbered lists without the gaps that left-out items would leave."""
    counts: dict[int, int] = {}
    found: list[_Line] = []
    fence = ""
    for line in lines:
        mark = re.match(r"(`{3,}|~{3,})(.*)\Z", line.text)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) and not mark[2].strip() else fence or mark[1]
        match = None if fence else re.match(r"( *)(\d{1,9})\.( .*)\Z", line.text)
        if match:
            indent = len(match[1])
            counts = {depth: count for depth, count in counts.items() if depth <= indent}
            counts[indent] = counts[indent] + 1 if indent in counts else int(match[2])
            line = line._replace(text=f"{match[1]}{counts[indent]}.{match[3]}")
        elif line.text and not line.text.startswith(" "):
            counts = {}
        found.append(line)
    return found


_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d\d)?\Z")


def _holds(slug: str, id: str) -> bool:
    """Whether a slug holds the internal id, or the numbers of one, with whatever signs between.

    A day or a month is no number of an id: files are called by it, and so are addresses.
    """
    parts = re.findall(r"[a-z]+|\d+", folding.fold(id))
    numbers = [part for part in parts if part.isdigit()]
    told = [parts] if numbers else []
    told += [numbers] if len("".join(numbers)) > 5 and not _DAY.match("-".join(numbers)) else []
    return any(re.search(rf"(?<![a-z0-9]){'-?'.join(kind)}(?![a-z0-9])", slug) for kind in told)


def _begins(before: str) -> bool:
    """Whether what follows begins a sentence, a cell or an item."""
    plain = re.sub(r"[*_\"'“‘(\[`]+\Z", "", before)
    return not plain.strip() or bool(
        re.search(r"(?:[.!?…]\s+|(?:\A|\|)\s*|\A[\s>]*(?:#+|[-*+]|\d+\.)\s+(?:\[[ xX]\]\s+)?)\Z", plain)
    )


def _capital(text: str) -> str:
    """A text as it begins a sentence, where it begins with a word."""
    return text[:1].upper() + text[1:] if re.match(r"[^\W\d_]+(?=[\s,;:.'’-]|\Z)", text) else text


def _letters() -> Iterator[str]:
    """A, B, … Z, AA, AB, …"""
    number = 0
    while True:
        number += 1
        left, name = number, ""
        while left:
            left, digit = divmod(left - 1, 26)
            name = chr(ord("A") + digit) + name
        yield name


def quoted(text: str) -> str:
    """A text as YAML has it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _spoken(duration: timedelta) -> str:
    """A duration in words: `47 minutes`, `2 hours 5 minutes`, `3 days`."""
    minutes = round(duration.total_seconds() / 60)
    units = (("day", 1440), ("hour", 60), ("minute", 1))
    parts = []
    for name, size in units:
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "under a minute"
