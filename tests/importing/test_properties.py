"""Whatever a document holds: every word of it is in the result, none is added, and the result passes the check."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.importing import fidelity
from tests.importing.support import IMPORTER, body, errors, imported, record, words

WORDS = st.sampled_from(
    ["deploy", "rollback", "12", "P1", "SEV2", "`a | b`", "[link](https://example.com/1)", "**bold**", "|", "\\|",
     "<b>html</b>", "@wei", "#412", "ü", "障害", "10:02", "2026-02-03", "BST", "???", "N/A", "none", "-", "<!--", "-->",
     "```", "*", "_x_", "{{y}}", "{%z%}", "[Owner]", "(done)", ":", "47 minutes", "1h30m", "<b>html</b>"]
)  # fmt: skip
TEXT = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
TITLES = st.sampled_from(
    ["Summary", "Impact", "Timeline", "Timeline (all times BST)", "Root Cause", "Trigger", "Detection", "Resolution",
     "Action Items", "Review actions", "Lessons learned", "What went well", "What went wrong", "Where we got lucky",
     "Stats", "Key events", "Appendix", "Background", "10:02", "### 10:03 - what", "2026-02-03", "Date: 3 March 2021",
     "Severity", "Imported", "5 Whys", "Process improvements", "a | b", "May 12", "2026-02-03: what the channel says",
     "1:42-1:59 PM: Releases", "Follow-up timeline (all times Timbuktu Time)", "Owner: Rick"]
)  # fmt: skip
TIMES = st.sampled_from(
    ["10:02", "[10:03]", "**10:04 UTC**", "2026-02-03 10:05", "~18:1x", "???", "23:55", "00:10", "Feb 21, 13:00", "6pm",
     "24-10-2024 04:00", "2X:XX (not sure)", "9:05 BST", "1600", "1:42-1:59 PM", "1:44", "October 9-23, 2025",
     "May 3 – May 5", "May 12", "March 5 (Wednesday)", "~`01:30`", "Unknown Date", "09:55〜10:07", "11:58 +UTC"]
)  # fmt: skip
LABELS = st.sampled_from(
    ["Date", "Severity", "Status", "Duration", "Time to detect", "Authors", "Services", "Impact", "Start", "Resolved",
     "Identified", "Context", "Resolution", "Key events", "Review actions", "Time to repair", "Nobody knows"]
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 17))
    text = draw(TEXT)
    indent = draw(st.sampled_from(["", "", "", "  ", "    "]))
    bullet = draw(st.sampled_from(["-", "*", "1.", "2)", "–"]))
    if kind == 0:
        return f"{'#' * draw(st.integers(1, 4))} {draw(TITLES)}"
    if kind == 1:
        return f"{indent}{bullet} {text}"
    if kind == 2:
        return f"{indent}{bullet} {draw(TIMES)} {draw(st.sampled_from(['', '-', ':', '|']))} {text}"
    if kind == 3:
        return f"{indent}{bullet} **{draw(LABELS)}**: {text}"
    if kind == 4:
        return f"**{draw(LABELS)}:** {text}"
    if kind == 5:
        return f"{draw(LABELS)}: {text}"
    if kind == 6:
        return f"| {draw(TITLES)} | Event |\n|---|---|\n| {draw(TIMES)} | {text.replace('|', '')} |"
    if kind == 7:
        return f"```\n{text}\n# no heading\n```"
    if kind == 8:
        return draw(st.sampled_from(["```", "<!--", "-->", "---", "===", "~~~~", "> quoted", "[ref]: https://x.y"]))
    if kind == 9:
        return f"{draw(TIMES)} {text}"
    if kind == 10:
        return f"{indent}{bullet} [{draw(st.sampled_from([' ', 'x']))}] {text}"
    if kind == 11:
        return f"<!-- {text}\n\n- 10:00 a fake row\n{text} -->"
    if kind == 12:
        return ""
    if kind == 14:
        cells = [draw(st.sampled_from(["", text.replace("|", ""), "2019-01-02", "done 2099-01-01", "P9", "@wei"]))
                 for _ in range(draw(st.integers(1, 5)))]  # fmt: skip
        return f"| Action | Owner | Due | Status |\n|---|---|---|---|\n| {' | '.join(cells)} |"
    if kind == 15:
        return f"{indent}{bullet} {text} at {draw(TIMES)}{draw(st.sampled_from(['', '.', ' UTC']))}"
    if kind == 16:
        return draw(
            st.sampled_from([f"{draw(TIMES)}\n{text}", f"{draw(TIMES)}:\n{text}", f"**Duration:** {draw(TIMES)} - 6pm"])
        )
    if kind == 17:
        return draw(
            st.sampled_from(["Timeline:", "Issue Summary:", "Root Cause:", "Tasks:", "Impact:", "To Improve/Fix:"])
        )
    return f"{indent}{text}"


FRONTS = st.sampled_from(
    [
        "",
        "---\ntitle: Outage of the shop\nweight: 3\n---\n",
        "---\ntitle: a: b\n---\n",
        "---\nstart_time: 2018-01-01\n---\n",
        "---\ntitle: X\nseverity: SEV1\ntags: [a, b]\nkeywords: [c]\n# comment\n---\n",
        "---\n- a\n- b\n---\n",
        "---\n",
        "---\nsummary: It was down, and `that` was it\nstatus: resolved\n---\n",
        "---\n---\n",
        "title: no front matter\n",
    ]
)
DOCUMENTS = st.builds(lambda front, parts: front + "\n".join(parts) + "\n", FRONTS, st.lists(lines(), max_size=24))


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS)
@example("## Timeline\n- 10:02 a <!-- b\n\nc -->\n- 10:03 d\n")
@example("# A\n\n- **Impact**: a\n- **Resolution**:\n```\nx\n```\n")
def test_words_in_are_words_out(text: str) -> None:
    draft, made = imported(text)
    assert fidelity.lost(text, draft, made) == {}
    assert fidelity.invented(text, draft, made) == {}


@settings(max_examples=150, deadline=None)
@given(st.builds(lambda title, parts: f"# {title}\n\n" + "\n".join(parts) + "\n", TEXT, st.lists(lines(), max_size=20)))
def test_words_counted_apart_from_the_import_are_all_there(text: str) -> None:
    """By another count: headings and the heads of tables aside, the body of the result has every word as often."""
    made = imported(text)[1]
    lost = words(body(text)) - fidelity.words_of(made)
    assert not lost


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
@example("# Action Items\n> quoted\n| Action | Owner |\n|---|---|\n|  | deploy |\n")
@example("# Action Items\n- (done)\n- [ ] <!-- a -->\n")
@example("## Action Items\n- a\n```\nb\n```\nAction | Owner\n---\n")
@example("- **Impact**: a\n- **Identified**: ```\n")
@example("# Action Items\n## Summary\n- (done)\n**Date:** deploy\n")
def test_the_result_passes_the_check_as_a_draft(text: str) -> None:
    assert errors(imported(text)[1]) == []


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
@example("## Action Items\n- [ ] a:\n  - [x] b\n  - c\n- …\n- [ ] … another item\n")
@example("## Action Items\n| Action | Reference |\n|---|---|\n| a | **DONE** |\n| … | … |\n")
@example("# Action Items\n## Summary\n**Date:** deploy\n    - [ ] deploy\n    1. roll back\n")
@example("# Action Items\n| Action |\n|---|\n| a |\n    - b\n1. c\n1. d\n    - [ ] e\n")
def test_the_action_items_that_are_told_are_those_that_are_read(text: str) -> None:
    draft, made = imported(text)
    if not draft.ours:
        assert len(record(made).action_items) == len(draft.actions)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
@example("# A\n\n## Background\n\n### Details\n\n#### Timeline\n\n- 10:02 a\n- 10:05 b\n")
@example("# A\n\n## Supporting Information\n\n### Timeline\n\n- 10:02 a\n- 10:05 b\n")
@example("# A\n\n## Lessons Learned\n\n### What went well\n\n#### Timeline\n\n- 10:02 a\n")
def test_importing_the_result_changes_nothing(text: str) -> None:
    made = imported(text)[1]
    assert IMPORTER.draft(made, "incident.md").ours


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_at_all(text: str) -> None:
    text = text.replace("\r", "\n").replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
    draft, made = imported(text)
    if not draft.ours:
        assert fidelity.lost(text, draft, made) == {}
        assert fidelity.invented(text, draft, made) == {}
        assert errors(made) == []
