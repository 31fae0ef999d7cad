"""Whose words they are: links, pictures, terms and people in public lines, as the public reads them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import urlsplit

from mkdocs_postmortem.model import Span
from mkdocs_postmortem.releasing import acquaintances, folding, grammar, words
from mkdocs_postmortem.releasing.images import ENDINGS
from mkdocs_postmortem.releasing.people import Mention, Roster
from mkdocs_postmortem.releasing.rules import declare
from mkdocs_postmortem.releasing.sightings import AMBIGUOUS
from mkdocs_postmortem.releasing.work import Line, Picture, Work

DOCUMENT_LINK = declare(
    "PM754",
    "link-to-unpublished",
    "A link to a post-mortem without a public version tells that it exists.",
    "take the link out, or publish the other one first",
)
PICTURE_LISTED = declare(
    "PM755",
    "unlisted-picture",
    "A picture is public only if the document lists it under `external.images`, and somebody looks at it.",
    "list it as `external: {images: [picture.png]}`, or leave it out with `::: internal`",
)
ROLE = declare(
    "PM759",
    "role",
    "What a person is called stands in sentences and tables: one line of plain words.",
    "write the role without markup and without `|`, in `participants` or in redaction.yml",
)


class _Swap(NamedTuple):
    """Words that stand in the place of others: where, in characters of all lines, and in which line."""

    start: int
    end: int
    line: int
    old: str
    new: str


def _longer(mention: Mention, swap: _Swap) -> bool:
    return mention.end - mention.start > swap.end - swap.start


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


class Substitution:
    """What stands in the place of what may not leave, in the lines of one post-mortem."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def linked(self, lines: list[Line]) -> list[Line]:
        """Links to listed hosts stay, others lose their target; pictures get names of their own."""
        return [line if line.text.startswith(("```", "~~~")) else self.link(line) for line in lines]

    def link(self, line: Line) -> Line:
        """A line whose links and pictures lead to nothing that is not public."""
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
            if url.scheme in ("http", "https") and self.work.policy.is_public_host(host) and "@" not in url.netloc:
                return match[0]
            if not url.scheme and not url.netloc and url.path.endswith((".md", ".markdown")):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(self.work.record.path), url.path))
                slug = self.work.public.get(path)
                if slug is None:
                    message = "a link to a document without a public version"
                    self.work.refuse(DOCUMENT_LINK, message, line.number, value=target)
                    return match[0]
                return f"[{text}](../{slug}/index.md)"
            self.work.result.replaced.append((line.number, match[0], text))
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
        """A picture that the document lists, under a name that tells nothing; else its text alone, and a refusal."""
        listed = self.work.external.get("images")
        allowed = [str(item) for item in listed] if isinstance(listed, list) else []
        if target not in allowed or not target.lower().endswith(ENDINGS) or ":" in target:
            self.work.refuse(PICTURE_LISTED, "a picture that `external.images` does not list", number, value=target)
            return text
        source = self.work.settings.root / posixpath.join(posixpath.dirname(self.work.record.path), target)
        if not source.resolve().is_relative_to(self.work.settings.root.resolve()):
            self.work.refuse(PICTURE_LISTED, "a picture that is not inside the project", number, value=target)
            return text
        same = next((item for item in self.work.result.images if item.source == source), None)
        if same is None:
            same = Picture(source, f"{self.work.result.slug}-{len(self.work.result.images) + 1}.png", number)
            self.work.result.images.append(same)
        return f"![{text}]({same.name})"

    def terms_in(self, lines: list[Line]) -> list[_Swap]:
        """Where configured terms stand as words of their own, and what they become; from the left, the longest first.

        A term that is part of somebody's name is left to the name.
        """
        if not self.work.policy.terms:
            return []
        found: list[_Swap] = []
        begin = 0
        code = _code(lines)
        for at, line in enumerate(lines):
            targets = [match.span() for match in re.finditer(r"\]\([^()\s]*\)", line.text)]
            for match in self.term_expression.finditer(line.text):
                word = self.terms.get(folding.fold(" ".join(match[0].split())))
                here = begin + match.start(), begin + match.end()
                if any(start < here[1] and here[0] < end for start, end in code):
                    continue  # a command reads differently with other words in it: refused, as a name there is
                if word and not any(start < match.end() and match.start() < end for start, end in targets):
                    word = _capital(word) if _begins(line.text[: match.start()]) else word
                    found.append(_Swap(begin + match.start(), begin + match.end(), at, match[0], word))
            begin += len(line.text) + 1
        return found

    @cached_property
    def terms(self) -> dict[str, str]:
        """What each term becomes, by the form in which it is compared."""
        return {folding.fold(" ".join(term.split())): new for term, new in self.work.policy.terms.items()}

    @cached_property
    def term_expression(self) -> re.Pattern[str]:
        """Any term as a word of its own, the longest first."""
        longest = sorted(self.work.policy.terms, key=lambda term: (-len(term), term))
        either = "|".join(r"\s+".join(re.escape(part) for part in term.split()) for term in longest)
        return re.compile(rf"(?<![\w@/.-])(?:{either})(?![\w@]|[-./]\w)", re.I)

    def with_terms(self, lines: list[Line]) -> list[Line]:
        """Lines with the configured terms replaced where they are words of their own."""
        return self.swapped(lines, self.terms_in(lines))

    def swapped(self, lines: list[Line], swaps: Sequence[_Swap]) -> list[Line]:
        """Lines with some words in the place of others."""
        found = list(lines)
        begins = [0, *accumulate(len(line.text) + 1 for line in lines)]
        for swap in reversed(swaps):
            line, begin = found[swap.line], begins[swap.line]
            found[swap.line] = line._replace(
                text=line.text[: swap.start - begin] + swap.new + line.text[swap.end - begin :]
            )
        self.work.result.replaced += [(lines[swap.line].number, swap.old, swap.new) for swap in swaps]
        return found

    def replaced(self, lines: list[Line]) -> list[Line]:
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
        self, text: str, lines: list[Line], gone: list[tuple[int, int]], named: list[tuple[int, int, str]]
    ) -> None:
        """Refuse what would be broken where words are replaced, so that nobody finds the rest: it goes as a whole."""
        guarded = list(named)
        begin = 0
        for block in text.split("\n\n") if gone else ():
            end = begin + len(block)
            if any(begin <= start < end for start, _ in gone):
                hits = [hit for hit in self.work.detector.find(block) if hit.code not in _NOT_GUARDED]
                guarded += [(begin + hit.start, begin + hit.end, hit.code) for hit in hits]
            begin = end + 2
        for start, end, code in guarded:
            parts = [(a, b) for a, b in gone if a < end and start < b]
            if not parts or any(a <= start and end <= b for a, b in parts):
                continue
            if not self.work.accepted(code, text[start:end]):
                number = lines[text.count("\n", 0, start)].number
                message = f"{_GUARDED.get(code, 'something')} of which a part alone would be replaced"
                self.work.refuse(
                    code, message, number, "write `[[all of the words|other words]]`", value=text[start:end]
                )

    def replaceable(self, mentions: Sequence[Mention], lines: Sequence[Line]) -> list[Mention]:
        """Mentions of one person in plain words; a name inside code stands there for a reason, and is refused."""
        code = _code(lines) if mentions else []
        return [
            item
            for item in mentions
            if item.whole
            and item.who != AMBIGUOUS
            and not any(start < item.end and item.start < end for start, end in code)
        ]

    def without_people(self, lines: list[Line], mentions: Sequence[Mention] | None = None) -> list[Line]:
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
            self.work.result.replaced.append((number, said, name or role))
            last = mention.end
        parts.append(text[last:])
        texts = "".join(parts).split("\n")
        return [line._replace(text=new) for line, new in zip(lines, texts, strict=True)]

    @cached_property
    def roster(self) -> Roster:
        """The policy's people and those whom this document names in its front matter."""
        return self.work.detector.roster.listed.beside(
            acquaintances.of_record(self.work.record), self.work.policy.words
        )

    def decided(self, said: str) -> bool:
        """Whether the policy's vocabulary has this, so that it is nobody."""
        return folding.fold(said) in self.work.detector.known

    def called(self, order: Sequence[int], text: str) -> dict[int, str]:
        """What each person is called: their role where nobody else has it, else a letter by first mention.

        Letters that the words use already are left to whom they mean.
        """
        roles: dict[int, str] = {}
        for person in self.work.record.participants:
            for mention in self.roster.find(person.who):
                if mention.who != AMBIGUOUS and person.role.strip():
                    roles.setdefault(mention.who, person.role.strip())
        for who in order:
            if who not in roles and self.roster.people[who].role:
                roles[who] = self.roster.people[who].role
        for who in dict.fromkeys(order):
            if who in roles and not _PLAIN_ROLE.fullmatch(roles[who]):
                span = self.work.record.place(("participants",)) or Span(1)
                self.work.refuse(ROLE, "a role that is not one line of plain words", span, value=roles.pop(who))
        told = {who: re.sub(r"(?i)\Athe\s+", "", role) for who, role in roles.items()}
        here = [folding.fold(told[who]) for who in dict.fromkeys(order) if who in told]
        called: dict[int, str] = {}
        taken = set(re.findall(rf"(?i)\b{re.escape(self.work.policy.pattern)}\s+([A-Z]{{1,2}})\b", text))
        letters = (letter for letter in _letters() if letter not in taken)
        for who in dict.fromkeys(order):
            role = told.get(who, "")
            if role and here.count(folding.fold(role)) == 1:
                called[who] = f"the {role[0].lower() + role[1:] if role[1:2].islower() else role}"
            else:
                called[who] = f"{self.work.policy.pattern} {next(letters)}"
        return called


_PLAIN_ROLE = re.compile(r"[^\W_](?:[^\W_]|[ ,.&/()'’–-])*")


def _code(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where code stands in the text of some lines: between fences, and in spans."""
    found: list[tuple[int, int]] = []
    fence = ""
    at = 0
    for line in lines:
        end = at + len(line.text)
        before, fence = fence, grammar.after(fence, line.text.lstrip(" \t>"))
        if before or fence:
            found.append((at, end))
        else:
            found += [(at + start, at + stop) for start, stop in _code_spans(line.text)]
        at = end + 1
    return found


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Where code spans stand on a line."""
    return [match.span() for match in grammar.CODE_SPAN.finditer(text)] if "`" in text else []


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
