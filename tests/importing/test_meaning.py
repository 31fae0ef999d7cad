"""What is said stays what it is said of: no words come to stand below a heading that is none of theirs."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.importing import batch, report
from mkdocs_postmortem.importing.shapes import labels
from mkdocs_postmortem.importing.words import PARENT, UNDER_CAUSE
from tests.importing.support import SETTINGS, body, imported

TITLES = st.sampled_from(
    ["Summary", "Summary (short)", "Executive Summary", "Impact", "Impact (on users)", "Timeline", "Root Cause",
     "Root Cause Analysis", "Trigger", "What Happened", "Why It Took So Long to Find", "Detection", "Resolution",
     "Response", "Action Items", "Preventive Measures", "Follow-up", "Immediate (Completed)", "Prevention",
     "Lessons Learned", "Takeaways", "What Went Well", "What Went Wrong", "What Went Poorly", "Where we got lucky",
     "What Worked", "Supporting Information", "References", "5 Whys", "Background", "Fixes", "Team", "Conclusion"]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["{} is said", "- {} is said", "1. **Bold:** {} is\n   said", "- [x] {} is said", "- 10:02 {} falls", ""]
)
SECTIONS = st.lists(st.tuples(st.integers(2, 4), TITLES, TEXTS), min_size=1, max_size=9)


def document(sections: list[tuple[int, str, str]]) -> str:
    """A document with a word of its own below each heading."""
    parts = [f"{'#' * level} {title}\n\n{text.format(f'word{n}')}\n" for n, (level, title, text) in enumerate(sections)]
    return "# Down\n\nThe opening.\n\n" + "\n".join(parts)


def headings(text: str) -> dict[str, list[str]]:
    """The headings above each of those words, the title aside."""
    above: list[tuple[int, str]] = []
    found = {}
    for line in text.split("\n"):
        if match := re.match(r"(#+) (.*)", line):
            above = [one for one in above if one[0] < len(match[1])] + [(len(match[1]), match[2])]
        for word in re.findall(r"word\d+", line):
            found[word] = [title for _, title in above[1:]]
    return found


def names(title: str, heading: str) -> bool:
    """Whether a heading of the result is what a title of the source says, or where the template has such a section."""
    known = labels.section_of(heading, SETTINGS)
    key = labels.section_of(title, SETTINGS)
    if title == heading or (UNDER_CAUSE(title) and known == "root_cause_analysis"):
        return True
    return key is not None and known in (key, PARENT.get(key))


@settings(max_examples=200, deadline=None)
@given(SECTIONS)
@example([(2, "What Went Well", "- {}"), (2, "Lessons Learned", "1. {}")])
@example([(2, "Preventive Measures", ""), (3, "Later", "- {}"), (2, "Action Items", "- [ ] {}")])
@example([(2, "Timeline", ""), (3, "Team", ""), (2, "Timeline", "{}")])
@example([(2, "Root Cause", "{}"), (2, "Impact", "{}"), (2, "Conclusion", "{}")])
def test_no_words_stand_below_a_heading_that_is_none_of_theirs(sections: list[tuple[int, str, str]]) -> None:
    text = document(sections)
    there = headings(body(imported(text)[1]))
    for word, titles in headings(text).items():
        assert there[word], word
        for heading in there[word]:
            # Times are a timeline wherever they stand, below a heading of that section.
            assert heading == "Timeline" or any(names(title, heading) for title in titles), (word, titles, there[word])


OWN = ("Background", "Fixes", "Team", "Conclusion")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.just(2), TITLES, st.just("{} is said")), min_size=1, max_size=9))
def test_sections_that_nobody_knows_keep_their_order(sections: list[tuple[int, str, str]]) -> None:
    made = body(imported(document(sections))[1])
    given_ = [title for _, title, _ in sections if title in OWN]
    assert [line[3:] for line in made.split("\n") if line.startswith("## ") and line[3:] in OWN] == given_


def test_what_is_said_last_is_last_and_what_is_said_first_is_first() -> None:
    titles = ["Background", "Action Items", "Impact", "Summary", "Conclusion"]
    made = body(imported(document([(2, title, "{} is said") for title in titles]))[1])
    found = [line[3:] for line in made.split("\n") if line.startswith("## ")]
    assert found == ["Background", "Executive Summary", "Impact", "Action Items", "Conclusion"]


def test_the_summary_counts_nothing_of_what_is_refused() -> None:
    text = "# Queue stopped\n\n## Action Items\n\n- Watch it\n"
    made = [batch.Result(f"{n}.md", Path(f"docs/{n}.md"), batch.NEW, *imported(text)) for n in range(2)]
    refused = batch.Result("3.md", Path("docs/3.md"), batch.REFUSED, *imported(text), "would lose words")
    told = "\n".join(report.summary([*made, refused], dry=True))
    assert "1 refused" in told
    assert "0 timeline rows, 2 action items" in told
    assert "day of the incident known: 0 of 2" in told
    assert "3.md" not in told
