"""The renderer's headings, asked for without the prose between them: the same, and found sooner."""

from __future__ import annotations

import html
import re
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from markdown_it import MarkdownIt

from mkdocs_postmortem.releasing import grammar
from mkdocs_postmortem.releasing.rules import Refusals

PIECES = (
    "Some words of prose", "with more, R&D", "| a | b |", "|---|---|", "| 1 | x |", "- item", "- **Bold:** text",
    "* other", "+ third", "1. first", "23. many", "**Bold:** prose", "- [x] task", "* [ ] **open**", "# One",
    "## Two", "### Three #", "#Four", "---", "===", "- - -", "***", "```", "~~~", "```python", "    indented",
    "    # indented", "\t# tab", "> quoted", "> # quoted", "<div>", "</div>", "<!-- a", "-->", "<pre>",
    "[a]: https://example.com", "![x](y)", "`code", "code`", "\\# no", "x # y", "- # in a list", "1. # in a list",
    "  ", " ", "é ü", "a\rb", "\x02", "\x0c", "\u2028", "&amp;", "&lt;", "some `code` in it", "- `code`",
    "- ✅ went well", "- 18 %", "1. 2 of 3", "→ so", "- `` ` ``", "- 1.5 s", "Heading {#id}", "A. letter", "a = b",
    "*[HTML]: markup", ": meaning", "[^1]: note", "!!! note", "||", "|",
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(("\n", "\n", "\n\n", "\n\n", "\n\n\n", "\n \n", ""))),
    max_size=14,
).map(lambda parts: "".join(piece + end for piece, end in parts))


def all_headings(text: str) -> list[tuple[int, str]]:
    """As the renderer sees them with the whole text before it."""
    with (
        mock.patch.object(grammar, "_without_prose", lambda whole: whole),
        mock.patch.object(grammar, "_plain_headings", return_value=None),
    ):
        return grammar.headings(text)


@given(TEXTS)
@example("Some words\n---\n\nMore\n\n    # no\n")
@example("- item\n\nprose\n\n    # in the list?\n")
@example("<div>\n\nprose\n\n# no\n\n</div>\n\n# yes\n")
@example("```\n\nprose\n\n# no\n\n```\n\n# yes")
def test_headings_do_not_depend_on_the_prose_between_them(text: str) -> None:
    assert grammar.headings(text) == all_headings(text)


PLAIN_PIECES = (
    "Some words", "| a | b |\n|---|---|", "- item", "1. first", "# One", "## Two's (2/3), a-b.", "### B", "---",
    "```\n# no\n```", "```sh\n\n# no\n\n```", "~~~\n\nx\n\n## no\n~~~", "```\n", "`code` first", "- `a` b",
    "- 18 % c", "→ so", "✅ it",
)  # fmt: skip
PLAIN = st.lists(
    st.tuples(
        st.sampled_from(PLAIN_PIECES),
        st.sampled_from(["\n\n", "\n\n", "\n\n", "\n\n\n", "\n", " \n\n", "\n \n"]),
    ),
    max_size=9,
).map(lambda parts: "".join(piece + end for piece, end in parts))  # fmt: skip


@given(PLAIN)
def test_headings_between_plain_blocks_need_no_renderer(text: str) -> None:
    assert grammar.headings(text) == all_headings(text)


def test_the_renderer_is_not_asked_where_all_is_plain() -> None:
    with mock.patch.object(grammar, "_renderer", side_effect=AssertionError):
        found = grammar.headings("# One\n\nWords, and more.\n\n- a\n- b\n\n## Two's\n\n| a |\n|---|\n| 1 |\n")
    assert found == [(1, "One"), (2, "Two s")]


@pytest.mark.parametrize(
    "kind",
    [
        "A sentence, and one more.",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "- a\n- **b** c",
        "- [x] a\n- [ ] b",
        "**Bold:** a",
    ],
)
def test_what_is_left_out_is_what_takes_long(kind: str) -> None:
    reduced = grammar._without_prose(f"# One\n\n{kind}\n\n## Two\n\n{kind}\n")
    assert kind.split("\n")[0] not in reduced
    assert [title for _, title in grammar.headings(reduced)] == ["One", "Two"]


SIGNS = st.sampled_from(["```", "````", "~~~", "~~~~"])
INSIDE = st.lists(
    st.sampled_from(["```", "````", "~~~", "```sh", "code", "", "## no", "``", "``` `", " ```", "``` x"]), max_size=3
)
BLOCKS = st.tuples(SIGNS, st.sampled_from(["", "sh"]), INSIDE, SIGNS, st.integers(0, 4)).map(
    # Mostly closed as it was opened, else by other signs.
    lambda block: "\n".join([block[0] + block[1], *block[2], block[3] if not block[4] else block[0]])
)
FENCES = st.lists(st.one_of(BLOCKS, BLOCKS, st.sampled_from(["Words", "``` a `b` ```"])), min_size=1, max_size=4)


@given(FENCES)
@example(["````\n```\n## no\n````", "after"])
@example(["```\ncode\n````", "after"])
@example(["``` a `b` ```", "after"])
def test_what_is_code_is_code_to_both_parsers_or_refused(lines: list[str]) -> None:
    text = "\n\n".join(lines)
    refusals = Refusals()
    lines = text.split("\n")
    grammar.judge_markdown(lines, "x.md", refusals, accepts=lambda *_: False)
    if refusals.refused:
        return
    code = [line for line, inside in zip(lines, grammar.fenced(lines), strict=True) if inside]
    common = [token for token in MarkdownIt().parse(text) if token.type in ("fence", "code_block")]
    whole = sum(token.map[1] - token.map[0] for token in common if token.map)
    assert len(code) == whole
    rendered = Markdown(extensions=["tables", "fenced_code"]).convert(text)
    shown = html.unescape("".join(re.findall(r"<pre><code[^>]*>(.*?)</code></pre>", rendered, re.S)))
    assert shown == "".join(token.content for token in common)
