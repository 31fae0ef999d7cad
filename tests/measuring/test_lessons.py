"""Lessons: where they are read from, and which were learned twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_postmortem.measuring.lessons import KINDS, learned_twice, lessons, of
from mkdocs_postmortem.model import PostMortem
from tests.measuring.support import incident, record


def read(body: str) -> list[tuple[str, str]]:
    return [(lesson.kind, lesson.text) for lesson in of(record(f"# Incident\n\n{body}\n"))]


def test_the_template_of_the_process() -> None:
    body = """## Lessons Learned

### Technical Lessons

- Certificates expire.
- A limit that is shared
  has to be written down.

### Process Lessons

- Done is not verified.

### Communication Lessons

* "Pending" is a word for us.
"""
    assert read(body) == [
        ("technical", "Certificates expire."),
        ("technical", "A limit that is shared has to be written down."),
        ("process", "Done is not verified."),
        ("communication", '"Pending" is a word for us.'),
    ]


def test_the_template_of_the_sre_workbook() -> None:
    body = """## Lessons Learned

### What Went Well

1. The alert fired.

### What Went Wrong

1. Nobody was on call.
2. The runbook was old.

### Where We Got Lucky

1. It was a Sunday.
"""
    assert read(body) == [
        ("went well", "The alert fired."),
        ("went wrong", "Nobody was on call."),
        ("went wrong", "The runbook was old."),
        ("lucky", "It was a Sunday."),
    ]


def test_marks_and_boxes_in_front_are_not_part_of_the_lesson() -> None:
    body = "## Detection and Response\n\n### What Worked Well\n\n- ✅ The rollback\n- [x] The alert\n\n"
    body += "### What Could Be Improved\n\n- ⚠️ Staging\n"
    assert read(body) == [("went well", "The rollback"), ("went well", "The alert"), ("went wrong", "Staging")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We learned to\nmeasure.\n\nAnd to write it down.", ["We learned to measure.", "And to write it down."]),
        ("> Measure first.", ["Measure first."]),
        ("Things we learned. For example,\n\n- Measure first.\n\nThat was all.", ["Measure first.", "That was all."]),
        ("We learned:\n- Measure first.", ["Measure first."]),
        ("**We learned:**\n\n- Measure first.", ["Measure first."]),
        ("- Measure:\n    - first\n    - always\n- Write", ["Measure: first; always", "Write"]),
        ("- Measure first.\n\n    In staging, too.\n- Write", ["Measure first. In staging, too.", "Write"]),
        ("- One\n\n---\n\n**Post-Mortem Meeting:**\n- Date: 2026-11-03", ["One"]),
        ("- None", []),
        ("N/A", []),
        ("TBD.", []),
        ("- [Lesson 1]\n- [Lesson 2]", []),
        ("- Use `curl`\n\n```\n- not this\n```\n", ["Use `curl`"]),
        ("<!-- - not this -->\n- But this", ["But this"]),
        ("    code, not a lesson", []),
        ("<div>html</div>\n\n[ref]: https://example.com\n\n!!! note\n    no lesson", []),
        ("| a | b |\n|---|---|\n| c | d |", []),
        ("::: internal\n- Kept in the house\n:::", ["Kept in the house"]),
        ("- ---\n- 42\n- …", []),
    ],
)  # fmt: skip
def test_what_is_a_lesson(body: str, expected: list[str]) -> None:
    assert read(f"## Lessons Learned\n\n{body}\n\n## Supporting Information\n\n- No lesson\n") == [
        ("other", text) for text in expected
    ]


def test_a_heading_of_ones_own_belongs_to_the_lessons_around_it() -> None:
    body = "## Lessons Learned\n\n### Technical Lessons\n\n#### Databases\n\n- Restore.\n\n"
    body += "### For the next time\n\n- Sleep.\n\n### Timeline\n\n- 10:02\n"
    assert read(body) == [("technical", "Restore."), ("other", "Sleep.")]


def test_a_key_stays_while_lessons_are_added_and_reordered() -> None:
    one = record("# I\n\n## Lessons Learned\n\n- First.\n- Second.\n")
    two = record("# I\n\n## Lessons Learned\n\n- Third.\n- Second.\n- First.\n- First.\n")
    keys = {lesson.text: lesson.key for lesson in of(one)}
    assert [lesson.key for lesson in of(two)][1:] == [keys["Second."], keys["First."], f"{keys['First.']}-2"]


def test_the_place_is_where_the_words_begin() -> None:
    (lesson,) = of(record("# I\n\n## Lessons Learned\n\n-   [ ] Sleep.\n"))
    assert (lesson.span.line, lesson.span.column, lesson.span.end) == (5, 9, 15)


@pytest.mark.parametrize("begun", [">", "> ", ">>"])
def test_a_quotation_that_begins_with_an_empty_line_has_its_place_where_its_words_begin(begun: str) -> None:
    (lesson,) = of(record(f"# I\n\n## Lessons Learned\n\n{begun}\n  Sleep.\n"))
    assert (lesson.text, lesson.span.line, lesson.span.column, lesson.span.end) == ("Sleep.", 6, 3, 9)


@given(st.text(alphabet="-*+>#|`~:<![]()x1. \t\n'✅", max_size=200))
def test_no_text_raises_and_every_place_is_in_the_file(body: str) -> None:
    item = record(f"# I\n\n## Lessons Learned\n\n{body}\n")
    lines = item.document.lines
    for lesson in of(item):
        assert lesson.kind in KINDS
        line = lines[lesson.span.line - 1]
        assert 1 <= lesson.span.column <= len(line)
        assert lesson.text.strip() == lesson.text != ""


# -- learned twice ------------------------------------------------------------------------------


def learned(id: str, *texts: str, day: int = 1, heading: str = "Technical Lessons") -> PostMortem:
    listed = "\n".join(f"- {text}" for text in texts)
    body = f"## Lessons Learned\n\n### {heading}\n\n{listed}\n"
    return incident(id, f"2026-01-{day:02}T10:00Z", body=body)


MONITOR = "For anything that is a copy, such as a replica or an index, monitor its age first and its speed second."
AGAIN = "Monitor the age of every copy (index, cache, replica) before its speed."
BUDGET = "A retry is load that arrives when there is least room for it: give retries a budget."
OTHERS = learned("X", "The format of a cache key is an interface.", "Certificates that we present expire, too.", BUDGET)


def twice(*records: PostMortem) -> list[list[str]]:
    return [[lesson.record.id for lesson in item.lessons] for item in learned_twice(lessons(records))]


def test_nearly_the_same_words_are_one_lesson_learned_twice() -> None:
    assert twice(learned("B", AGAIN, day=2), learned("A", MONITOR, day=1), OTHERS) == [["A", "B"]]
    third = learned("C", MONITOR.replace("first", "before all"), day=3)
    assert twice(third, learned("B", AGAIN, day=2), learned("A", MONITOR, day=1), OTHERS) == [["A", "B", "C"]]


def test_the_kind_does_not_matter() -> None:
    assert twice(learned("A", MONITOR), learned("B", AGAIN, day=2, heading="Process Lessons"), OTHERS) == [["A", "B"]]


def test_in_one_document_it_was_learned_once() -> None:
    assert twice(learned("A", MONITOR, AGAIN), OTHERS) == []


def test_different_lessons_stay_apart() -> None:
    assert (
        twice(OTHERS, learned("A", MONITOR), learned("B", "Sleep before you write."), learned("C", "Sleep well.")) == []
    )


def test_what_went_well_or_wrong_is_not_compared() -> None:
    wrong = [learned(id, MONITOR, day=day, heading="What Went Wrong") for day, id in enumerate("AB", start=1)]
    assert twice(*wrong, OTHERS) == []
