"""The renderer's headings, asked for without the prose between them: the same, and found sooner."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mkdocs_postmortem.releasing import grammar

PIECES = (
    "Some words of prose", "with more, R&D", "| a | b |", "|---|---|", "| 1 | x |", "- item", "- **Bold:** text",
    "* other", "+ third", "1. first", "23. many", "# One", "## Two", "### Three #", "#Four", "---", "===", "- - -",
    "***", "```", "~~~", "```python", "    indented", "    # indented", "\t# tab", "> quoted", "> # quoted",
    "<div>", "</div>", "<!-- a", "-->", "<pre>", "[a]: https://example.com", "![x](y)", "`code", "code`", "\\# no",
    "x # y", "- # in a list", "1. # in a list", "  ", " ", "é ü", "a\rb", "\x02", "\x0c", "\u2028", "&amp;", "&lt;",
    "Heading {#id}", "A. letter", "a = b", "*[HTML]: markup", ": meaning", "[^1]: note", "!!! note", "||", "|",
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(("\n", "\n", "\n\n", "\n\n", "\n\n\n", "\n \n", ""))),
    max_size=14,
).map(lambda parts: "".join(piece + end for piece, end in parts))


def all_headings(text: str) -> list[tuple[int, str]]:
    """As the renderer sees them with the whole text before it."""
    with mock.patch.object(grammar, "_without_prose", lambda whole: whole):
        return grammar.headings(text)


@given(TEXTS)
@example("Some words\n---\n\nMore\n\n    # no\n")
@example("- item\n\nprose\n\n    # in the list?\n")
@example("<div>\n\nprose\n\n# no\n\n</div>\n\n# yes\n")
@example("```\n\nprose\n\n# no\n\n```\n\n# yes")
def test_headings_do_not_depend_on_the_prose_between_them(text: str) -> None:
    assert grammar.headings(text) == all_headings(text)


@pytest.mark.parametrize("kind", ["A sentence, and one more.", "| a | b |\n|---|---|\n| 1 | 2 |", "- a\n- **b** c"])
def test_what_is_left_out_is_what_takes_long(kind: str) -> None:
    reduced = grammar._without_prose(f"# One\n\n{kind}\n\n## Two\n\n{kind}\n")
    assert kind.split("\n")[0] not in reduced
    assert [title for _, title in grammar.headings(reduced)] == ["One", "Two"]
