"""A post-mortem projected onto what may leave: default deny, and nothing that cannot be judged.

What is public is decided line by line before any word is looked at; then links, terms and people
are replaced, and what came out is judged as a stranger would read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from mkdocs_postmortem.model import PostMortem, Span
from mkdocs_postmortem.releasing import acquaintances, folding, grammar, words
from mkdocs_postmortem.releasing.excerpts import Excerpts
from mkdocs_postmortem.releasing.policy import SLUG, Policy
from mkdocs_postmortem.releasing.rules import Refusal, declare
from mkdocs_postmortem.releasing.substitution import Substitution
from mkdocs_postmortem.releasing.work import Line, Projection, Work
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

_HEADING = re.compile(r"#{2,6} +(.*?)[ #]*\Z")
_ENDLESS = re.compile(r"\S{3001}")


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

    `public` gives the slug of each post-mortem that has a public version, by its path.
    Never raises for what a document may hold.
    """
    work = _Projecting(record, policy, detector, settings, public, today)
    work.run()
    return work.result


class _Projecting(Work):
    """One projection, from its first step to its last."""

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
        excerpts, substitution = Excerpts(self), Substitution(self)
        lines = excerpts.lines()
        differs = grammar.outlines_differ(
            record.document.body, [(section.level, section.title) for section in record.document.sections]
        )
        if differs is not None:
            known = record.document.sections
            at = known[differs].span if differs < len(known) else Span(record.document.body_line)
            self.refuse(grammar.OUTLINE, "two parsers do not see the same heading here", at)
        lines = substitution.replaced(substitution.linked(lines))
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

    def name(self) -> None:
        slug, title = self.external.get("slug"), self.external.get("title")
        told: list[tuple[str, str]] = []
        if not isinstance(slug, str) or not SLUG.match(slug) or len(slug) > 100:
            self.refuse(SLUG_RULE, "the public version has no slug that can be an address", self.place("slug"))
        else:
            self.result.slug = slug
            if _holds(slug, self.record.id):
                message = "the slug holds the internal id, whose numbers tell of others"
                self.refuse(SLUG_RULE, message, self.place("slug"))
            told += [(slug.replace("-", " "), "slug"), (slug, "slug")]
        if not isinstance(title, str) or not title.strip():
            self.refuse(TITLE, "the public version has no title of its own", self.place("title"))
        elif not title.isprintable() or re.search(r"[<>\[\]{}`|]|&#?\w+;", title):
            self.refuse(TITLE, "the public title is not one line of plain words", self.place("title"))
        else:
            told.append((title, "title"))
        texts = [text for text, _ in told]
        clean = self.detector.clean(texts, hints=True) and not any(words.found(text, self.detector) for text in texts)
        if any(map(self.has_id, texts)) or not clean:
            for text, key in told:
                self.plain(text, key)

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

    def has_id(self, text: str) -> bool:
        """Whether an id of a post-mortem stands in a text."""
        return next(self.ids(text), None) is not None

    def plain(self, text: str, key: str) -> None:
        """Judge a value of front matter; what could be replaced in a body is refused here."""
        span = self.place(key)
        for match in self.ids(text):
            self.look_at(ID, f"in `external.{key}`: an internal id", span.line, match[0])
        for hit in (*words.found(text, self.detector), *self.detector.hints(text)):
            value = text[hit.start : hit.end]
            if not self.accepted(hit.code, value):
                self.result.refusals.add(
                    Refusal(
                        hit.code, self.record.path, span.line, f"in `external.{key}`: {hit.message}",
                        "write it in other words", span.column, span.end, value, hit.level,
                    )
                )  # fmt: skip

    def judge(self, lines: list[Line]) -> None:
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
                    if not self.accepted(hit.code, value[hit.start : hit.end]):
                        span = self.record.place((name,)) or Span(1)
                        self.refuse(hit.code, f"in `{name}`, which is public: {hit.message}", span)
            self.together(name, self.services())

    def together(self, name: str, values: Sequence[str]) -> None:
        """Refuse what several values of a fact say only side by side, as they are shown."""
        joined = ", ".join(values)
        ends = [at for at, char in enumerate(joined) if char == ","]
        for hit in self.detector.find(joined):
            if any(hit.start < end < hit.end for end in ends) and not self.accepted(
                hit.code, joined[hit.start : hit.end]
            ):
                span = self.record.place((name,)) or Span(1)
                self.refuse(hit.code, f"in `{name}`, which is public, side by side: {hit.message}", span)

    def anchors(self, texts: Sequence[str], numbers: Sequence[int], kinds: Sequence[grammar.Line]) -> None:
        """Refuse headings whose address says what they do not: the gate would, once everybody has approved them."""
        refused = {(item.line, item.code) for item in self.result.refusals.refused}
        headings = [
            (text, number, folding.anchor(re.sub(r"[*`_]", "", match[1])))
            for text, number, kind in zip(texts, numbers, kinds, strict=True)
            if text.startswith("#") and not kind.code and (match := _HEADING.match(text))
        ]
        if self.detector.clean((anchor for _, _, anchor in headings), links=False):
            return
        for text, number, anchor in headings:
            for hit in self.detector.find(anchor, links=False):
                said = anchor[hit.start : hit.end]
                if (number, hit.code) not in refused and not self.accepted(hit.code, said):
                    self.refuse(hit.code, f"in the address of this heading: {hit.message}", number, hit.help, text)

    def services(self) -> list[str]:
        lines = [Line(1, name) for name in self.record.services]
        return [line.text for line in Substitution(self).with_terms(lines)]

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


_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d\d)?\Z")


def _holds(slug: str, id: str) -> bool:
    """Whether a slug holds the internal id, or the numbers of one, with whatever signs between.

    A day or a month is no number of an id: files are called by it, and so are addresses.
    """
    parts = re.findall(r"[a-z]+|\d+", folding.fold(id))
    numbers = [part for part in parts if part.isdigit()]
    told = [parts] if numbers else []
    told += [numbers] if len("".join(numbers)) > 5 and not _DAY.match("-".join(numbers)) else []
    return any(_in_order(kind, slug) for kind in told)


def _in_order(parts: Sequence[str], slug: str) -> bool:
    """Whether some letters and digits stand in a slug one after the other, with a hyphen between them or none."""
    if not all(part in slug for part in parts):
        return False
    return re.search(rf"(?<![a-z0-9]){'-?'.join(parts)}(?![a-z0-9])", slug) is not None


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
