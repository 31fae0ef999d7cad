"""The renderer's headings, asked for without the prose between them: the same, and found sooner."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mkdocs_postmortem.releasing import grammar

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
