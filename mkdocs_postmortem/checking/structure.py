"""PM2xx: the shape of the document. A draft may be unfinished; review and published may not."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking.findings import ERROR, OFF, WARNING, WHOLE, Context, declare, rule
from mkdocs_postmortem.checking.schema import has_facts, unstated
from mkdocs_postmortem.model import Document, Problem, Section, Span
from mkdocs_postmortem.vocabulary import UNKNOWN, fold

declare("PM208", "never-closed", "A code block or a comment is opened and never closed.")
declare("PM209", "broken-table", "A table that is not shown as one, or loses words when shown.", ERROR, WARNING)


@rule("PM201", "missing-section", "A section that a document in this state must have is missing.", ERROR, OFF)
def missing_section(context: Context) -> Iterator[Problem]:
    """Required sections by state, as configured; front-matter tables stand for their sections."""
    record = context.postmortem
    document = record.document
    if not has_facts(context):
        return
    there = {section.key for section in document.sections}
    upper = {section.key for section in document.sections if section.level <= 2}
    missing = []
    for key in context.settings.required_sections.get(record.status, ()):
        if key in there or not upper.isdisjoint(_INSTEAD.get(key, ())):
            continue
        if key in ("timeline", "action_items") and record.facts.get(key):
            continue
        missing.append(key)
    for key in missing:
        name = context.settings.sections[key]
        title = name.title if key in context.settings.sections else key
        near = _near(title, document)
        whose = "a post-mortem in review" if record.status == "review" else "a published post-mortem"
        if near:
            yield Problem(
                "PM201",
                near.span,
                f"no section “{title}”; is it this one? {whose.capitalize()} needs it",
                f"write `{'#' * max(2, near.level)} {title}`, "
                f"or list {_title(near)} in postmortem.yml under sections.{key}",
            )
        else:
            yield Problem(
                "PM201",
                record.places.get(("", "status"), WHOLE),
                f"no section “{title}”; {whose} needs it",
                f"add a heading `## {title}` and write it",
            )


_INSTEAD = {
    "root_cause_analysis": ("what_happened", "why_it_happened"),
    "detection_and_response": ("how_detected", "response_actions"),
    "lessons_learned": ("worked_well", "could_improve", "got_lucky"),
}
"""What the SRE template and its relatives have as sections of their own, in place of one with parts."""


def _title(section: Section) -> str:
    """A heading as messages quote it: cut where it is long."""
    text = "".join(char if char.isprintable() else " " for char in section.title)
    return f"“{text[:57] + '…' if len(text) > 60 else text}”"


_NEAR = 200
"""Headings that are compared with a missing section's title; nobody writes more of them."""


def _near(title: str, document: Document) -> Section | None:
    """A heading that was probably meant to be this section."""
    unnamed = {fold(item.title): item for item in document.sections[:_NEAR] if item.key is None}
    close = schemas.nearest(fold(title), unnamed)
    return unnamed[close] if close else None


@rule("PM202", "empty-section", "A section has a heading and nothing below it.", WARNING, OFF)
def empty_section(context: Context) -> Iterator[Problem]:
    """Empty: neither words nor a sub-section; a heading over a list from front matter is not."""
    document = context.postmortem.document
    parents = {section.parent for section in document.sections}
    lines = document.lines
    for at, section in enumerate(document.sections):
        if section.level == 1 or at in parents:
            continue
        if section.key in ("timeline", "action_items") and document.front.get(section.key):
            continue
        if not section.empty:
            if marker := _not_written(lines[section.span.line : section.last_line]):
                yield Problem(
                    "PM202",
                    section.span,
                    f"the section {_title(section)} says nothing but {schemas.show(marker)}",
                    "write it, remove the heading, or say that there is nothing to tell: `None`",
                )
            continue
        yield Problem(
            "PM202",
            section.span,
            f"the section {_title(section)} is empty",
            "write it, or remove the heading",
        )


_NOT_WRITTEN = (UNKNOWN - {"", "none", "null"}) | {"todo", "to do", "wip", "to be written", "to be done", "...", "…"}
"""Words in place of a section's words. "None" is an answer."""


def _not_written(lines: list[str]) -> str:
    """The first word of a section that says nothing else than `TBD` or its kin; empty for any other."""
    first = ""
    for line in lines:
        text = _BARE.sub("", line).strip()
        if not text or (text.startswith("<!--") and text.endswith("-->")):
            continue
        bare = text.strip("*_`[]()!: ")
        if bare not in _NOT_WRITTEN and bare.rstrip(".").strip("*_`[]()!: ").casefold() not in _NOT_WRITTEN:
            return ""
        first = first or text
    return first


_BARE = re.compile(r"^[ \t]*(?:(?:[-*+]|\d+[.)])(?=[ \t]+\S)(?:[ \t]+\[[ xX]\])?)?")


@rule("PM203", "placeholder", "Words of the template that were to be replaced.", ERROR, OFF)
def placeholder(context: Context) -> Iterator[Problem]:
    """`[TIME]`, `[Factor 1]`, `{{ summary }}`, a choice that was not made."""
    document = context.postmortem.document
    starts = [section.span.line for section in document.sections]
    groups: dict[int, list[tuple[str, Span]]] = {}
    for text, span in document.placeholders:
        groups.setdefault(bisect_right(starts, span.line), []).append((text, span))
    for at, left in groups.items():
        text, span = left[0]
        if len(left) > 1:
            where = f" in {_title(document.sections[at - 1])}" if at else ""
            yield Problem(
                "PM203",
                span,
                f"{schemas.show(text)} and {len(left) - 1} more{where} are left over from the template",
                "replace or remove them",
            )
        elif " | " in text:
            yield Problem("PM203", span, f"the choice {schemas.show(text)} was not made", "leave one of them")
        else:
            yield Problem("PM203", span, f"{schemas.show(text)} is left over from the template", "replace or remove it")
    for item in context.postmortem.action_items:
        if item.owner == "@owner":
            span = item.places.get("owner", item.span)
            yield Problem("PM203", span, "`@owner` is left over from the template", "name who does it")


@rule(
    "PM204",
    "detection-method",
    "No detection method is ticked, or several are, or front matter says another.",
    WARNING,
    OFF,
)
def detection_method(context: Context) -> Iterator[Problem]:
    """The five boxes of the template: exactly one says how the incident was noticed."""
    record = context.postmortem
    boxes = record.document.ticked
    if not boxes:
        return
    ticked = [(method, span) for method, is_ticked, span in boxes if is_ticked]
    if not ticked:
        yield Problem("PM204", boxes[0][2], "no detection method is ticked", "tick the first that noticed: `- [x]`")
    elif len(ticked) > 1:
        yield Problem(
            "PM204",
            ticked[1][1],
            f"{len(ticked)} detection methods are ticked",
            "tick the one that noticed first, and tell of the others in prose",
        )
    else:
        stated = record.facts.get("detection_method")
        if isinstance(stated, str) and stated != ticked[0][0]:
            yield Problem(
                "PM204",
                ticked[0][1],
                f"`{ticked[0][0]}` is ticked, front matter says `{stated}`",
                "make the two agree",
            )


@rule("PM205", "contributing-factors", "Fewer than two contributing factors are listed.", WARNING, OFF)
def contributing_factors(context: Context) -> Iterator[Problem]:
    """An incident with one cause is an incident that was not looked at for long enough."""
    document = context.postmortem.document
    if document.factors in (0, 1):
        what = "no contributing factor is listed" if document.factors == 0 else "only one contributing factor is listed"
        yield Problem(
            "PM205",
            document.factors_span,
            what,
            "ask what else had to be so: in testing, monitoring, review, documentation",
        )


@rule("PM206", "section-twice", "A section of the template stands twice.", WARNING)
def section_twice(context: Context) -> Iterator[Problem]:
    """Of two sections with one name, readers and tools take the first."""
    seen: dict[tuple[str, int], Section] = {}
    for section in context.postmortem.document.sections:
        if section.key is None:
            continue
        first = seen.setdefault((section.key, section.parent), section)
        if first is not section and fold(first.title) == fold(section.title):
            yield Problem(
                "PM206",
                section.span,
                f"the section {_title(section)} stands here a second time (first on line {first.span.line})",
                "put the two together, or give one another title",
            )


@rule("PM207", "no-title", "The document has no title.", ERROR, WARNING)
def no_title(context: Context) -> Iterator[Problem]:
    """Neither a title in front matter nor a first-level heading."""
    record = context.postmortem
    title = record.facts.get("title")
    if (title is not None and not unstated(title)) or not record.document.text.strip():
        return
    at = WHOLE if title is None else record.places.get(("title",), WHOLE)
    yield Problem("PM207", at, "the post-mortem has no title", "write `title:` in front matter, or a heading `# …`")


@rule("PM210", "empty-file", "The file holds no words.", ERROR, WARNING)
def empty_file(context: Context) -> Iterator[Problem]:
    """A file with nothing in it, or with nothing but front matter."""
    document = context.postmortem.document
    if document.sections or document.body.strip():
        return
    yield Problem(
        "PM210",
        WHOLE,
        "the file has no words",
        "write it from the template, or remove it",
    )
