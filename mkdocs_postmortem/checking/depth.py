"""PM51x: analyses that stop before they reach what let it happen, and summaries that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mkdocs_postmortem.checking.findings import INFO, OFF, WARNING, Context, rule
from mkdocs_postmortem.checking.language import Reader, lexicon_of
from mkdocs_postmortem.checking.language.patterns import words_of
from mkdocs_postmortem.checking.language.prose import Block, blank, blocks
from mkdocs_postmortem.checking.roster import names_of
from mkdocs_postmortem.dates import human
from mkdocs_postmortem.model import Document, Problem, Section, Span

_LABEL = re.compile(r"\s*root causes?\s{0,9}:\s*(?=\S)", re.I)
_LABELLED = re.compile(r"[\s>*_+-]{0,12}root cause", re.I)
_CAUSES = ("root_cause_analysis", "why_it_happened")
_ASK = "ask why that was possible, and what did not catch it or show it in time"


@rule("PM511", "surface-cause", "A root cause stops at what set the incident off.", WARNING, INFO)
def surface_cause(context: Context) -> Iterator[Problem]:
    """`process.md`: a typo is no root cause; that nothing validates the file is one."""
    analysis = lexicon_of(context.settings).analysis
    document = context.postmortem.document
    wanted = set(_labelled(document))
    parents = {section.parent for section in document.sections}
    for index, section in enumerate(document.sections):
        if section.key in _CAUSES and index not in parents and document.factors < 0:
            wanted.update(range(section.span.line + 1, section.last_line + 1))
    if not analysis.known or not wanted:
        return
    reader = Reader(lexicon_of(context.settings), names_of(context.postmortem, context.settings.root), _PEOPLE)
    alone: dict[str, list[tuple[Block, int]]] = {}
    left_over = {span.line for _, span in document.placeholders}  # PM203 says so
    for block in blocks(context.postmortem, lambda lines: not wanted.isdisjoint(lines)):
        label = _LABEL.match(block.text)
        if label is not None:
            alone[f"{block.places[0]}"] = [(block, label.end())]
        elif block.key in _CAUSES and document.factors < 0:  # with a list of factors there is more to the cause
            alone.setdefault(block.key, []).append((block, 0))
    for found in alone.values():
        block, start = found[0]
        cause = block.text[start:]
        if not left_over.isdisjoint(block.lines):
            continue
        if len(found) == 1 and analysis.is_surface(cause) and next(reader.read(cause), None) is None:
            ask = analysis.suggestion(cause) or _ASK
            yield Problem("PM511", block.span(start, len(block.text.rstrip())), _STOPS, ask)


def _labelled(document: Document) -> Iterator[int]:
    """The lines that begin with the label of a root cause, from 1."""
    text = document.text.lower()
    line = last = 0
    at = text.find("root cause")
    lines = document.lines if at >= 0 else []
    while at >= 0:
        line += text.count("\n", last, at)
        if _LABELLED.match(lines[line]):
            yield line + 1
        last, at = at, text.find("root cause", at + 1)


_PEOPLE = ("PM501", "PM502")
"""Rules that find causes which are people: one finding is enough."""

_STOPS = "this is what set it off, not what let it happen"


@rule("PM512", "few-whys", "The five whys stop before the third.", INFO, OFF)
def few_whys(context: Context) -> Iterator[Problem]:
    """Five is a habit and no law; one or two stop at the trigger nearly always."""
    whys = context.postmortem.document.whys
    if 0 < len(whys) < _FEW:
        count = "one why" if len(whys) == 1 else "two whys"
        yield Problem("PM512", whys[-1].span, f"only {count}", "ask on, until the answer is something you can change")


_FEW = 3


@rule("PM513", "whys-end-in-person", "The five whys end with a person.", WARNING, INFO)
def end_in_person(context: Context) -> Iterator[Problem]:
    """The last answer is where the action items come from, and people cannot be patched."""
    whys = context.postmortem.document.whys
    if not whys or not whys[-1].answer:
        return
    reader = Reader(lexicon_of(context.settings), names_of(context.postmortem, context.settings.root), _PEOPLE)
    if next(reader.read(blank(whys[-1].answer)), None) is not None:
        yield Problem(
            "PM513",
            whys[-1].span,
            "the chain ends with a person",
            "ask once more: why could it happen to them, and to the next one?",
        )


@rule("PM514", "whys-astray", "The five whys go round in a circle, or jump.", INFO, OFF)
def astray(context: Context) -> Iterator[Problem]:
    """Each question asks for the reason of the answer before it."""
    whys = context.postmortem.document.whys
    lexicon = lexicon_of(context.settings)
    common, people = lexicon.words.common, lexicon.people.nouns
    seen: dict[str, int] = {}
    told: set[str] = set()
    for number, why in enumerate(whys):
        answer = " ".join(words_of(why.answer))
        if answer and answer in seen:
            yield Problem(
                "PM514",
                why.span,
                f"this answer is that of why {seen[answer] + 1}",
                "the chain goes round in a circle: look for what lies outside of it",
            )
        elif answer:
            seen[answer] = number
        asked = _stems(why.question, common)
        follows = not asked.isdisjoint(told) or not _REFERS.isdisjoint(words_of(why.question))
        enough = _TELLING_OF_PEOPLE if not people.isdisjoint(words_of(why.question)) else _TELLING
        if number and whys[number - 1].answer and len(asked) >= enough and not follows:
            yield Problem(
                "PM514",
                why.span,
                "this why does not ask about the answer before it",
                "ask for the reason of that answer, or tell the step between the two",
            )
        told |= asked | _stems(why.answer, common)


_TELLING = 3
"""Telling words that a question must have, none of which came before, to be about something else."""
_TELLING_OF_PEOPLE = 2
"""The same where it asks about people or an organisation, which no chain reaches by other words for the same thing."""
_QUESTION = frozenset(
    {"why", "because", "what", "how", "could", "would", "should", "still", "even", "able", "possible"}
)
_REFERS = frozenset({"it", "they", "this", "that", "these", "those", "there", "he", "she", "so"})
"""A question with one of them refers to what was said before."""


def _stems(text: str, common: frozenset[str]) -> set[str]:
    """The telling words of some text, by their first letters."""
    words = words_of(text)
    return {word[:4] for word in words if len(word) > 3 and word not in common and word not in _QUESTION}


def _text(context: Context, section: Section | None) -> str:
    """What stands below a heading, sub-sections included."""
    if section is None:
        return ""
    return "\n".join(context.postmortem.document.lines[section.span.line : section.end_line])


@rule("PM515", "late-detection", "Detection took longer than resolution, and nobody says why.", WARNING, OFF)
def late_detection(context: Context) -> Iterator[Problem]:
    """The longer half of the incident deserves at least half of the analysis."""
    record = context.postmortem
    detect, resolve = record.time_to_detect, record.time_to_resolve
    if detect is None or resolve is None or detect <= resolve:
        return
    document = record.document
    if len(words_of(_text(context, document.section("why_not_detected")))) >= _SAID:
        return
    other = document.section("detection_and_response") or document.section("how_detected")
    if document.section("why_not_detected") is None and len(words_of(_text(context, other))) >= _TOLD:
        return
    title = context.settings.sections["why_not_detected"].title
    place = document.section("why_not_detected") or other
    yield Problem(
        "PM515",
        place.span if place else record.places.get(("detected_at",), Span(1)),
        f"it took {human(detect)} to detect and {human(resolve)} to resolve: why so long to detect?",
        f"say it under “{title}”: which alert, graph or test was not there, or did not tell?",
    )


_SAID, _TOLD = 6, 60
"""Words that say something of it: in the section for it; in one about detection and response as a whole."""


@rule("PM516", "nothing-to-improve", "Much went well, and nothing is to be improved.", WARNING, OFF)
def nothing_to_improve(context: Context) -> Iterator[Problem]:
    """`process.md`: focusing on what went well and ignoring issues is a defensive post-mortem."""
    document = context.postmortem.document
    analysis = lexicon_of(context.settings).analysis
    well, better = document.section("worked_well"), document.section("could_improve")
    if well is None or analysis.is_nothing(_text(context, well)):
        return
    if better is not None and not analysis.is_nothing(_text(context, better)):
        return
    yield Problem(
        "PM516",
        (better or well).span,
        "it says what went well, and nothing that could be better",
        "where did you struggle, what was confusing, what slowed you down?",
    )


@rule("PM517", "no-summary", "The summary is long, or leaves out impact or resolution.", INFO, OFF)
def no_summary(context: Context) -> Iterator[Problem]:
    """The template: two or three sentences on incident, impact and resolution."""
    section = context.postmortem.document.section("executive_summary")
    analysis = lexicon_of(context.settings).analysis
    text = _text(context, section)
    words = words_of(text)
    if section is None or not analysis.known or len(words) < _SAID:
        return
    if any(section.span.line < span.line <= section.end_line for _, span in context.postmortem.document.placeholders):
        return  # PM203 says so
    if len(words) > _LONG:
        yield Problem(
            "PM517",
            section.span,
            f"the summary has {len(words)} words",
            "two or three sentences: what happened, whom it hit, how it ended; the rest has its sections",
        )
        return
    lacking: Sequence[str] = [
        what for what, there in (
            ("the impact", _DIGIT.search(text) or analysis.has("impact", text)),
            ("how it ended", _LASTED.search(text) or len(_CLOCK.findall(text)) > 1 or analysis.has("resolution", text)),
        ) if not there
    ]  # fmt: skip
    if lacking:
        yield Problem(
            "PM517",
            section.span,
            f"the summary does not tell {' and '.join(lacking)}",
            "two or three sentences: what happened, whom it hit, how it ended",
        )


_LONG = 150
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b")
_LASTED = re.compile(r"\d\s?-?(?:s|sec|seconds?|min|minutes?|h|hrs?|hours?|d|days?)\b", re.I)
"""What lasted so long has ended."""
