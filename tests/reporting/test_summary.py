"""The comment's words: readable, at most as long as a host takes, and nothing of a document in them is markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mkdocs_postmortem.checking import Finding, Report
from mkdocs_postmortem.reporting import marker, summarise
from mkdocs_postmortem.reporting.forges import Lines
from mkdocs_postmortem.reporting.summary import code, length

LIMIT = 65_536
HERE = Lines("https://github.example/acme/wiki/blob", "ab" * 20)


def finding(
    message: str = "x", help: str = "", path: str = "docs/a.md", line: int = 3, level: str = "error"
) -> Finding:
    return Finding(path, line, 1, 2, "PM106", level, message, help)


def written(*findings: Finding, limit: int = LIMIT) -> str:
    return summarise(Report(list(findings), files=len({item.path for item in findings})), "check", HERE, limit)


def leaves(text: str) -> list[Token]:
    """A comment as CommonMark with GitHub's tables has it, down to its smallest pieces."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [leaf for token in parser.parse(text) for leaf in (token.children or [token])]


def codes(text: str) -> list[str]:
    return [token.content for token in leaves(text) if token.type == "code_inline"]


def shown(text: str) -> str:
    """A text as it may be shown: on one line, and without what cannot be printed."""
    return " ".join("".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text).split())


HOSTILE = [
    "@maria and @acme/security, see #1, GH-2, acme/wiki#3, !4, ~bug, &5, %6 and ab12cd34ef56ab12cd34ef56ab12cd34",
    "<img src=x onerror=alert(1)><script>alert(1)</script></details><!-- mkdocs-postmortem: other -->",
    "[click](javascript:alert(1)) ![](https://evil.example/pixel.png) <https://evil.example> www.evil.example",
    "**bold** _it_ ~~no~~ | a | b |\n|---|---|\n# heading\n- item\n1. item\n> quote\n---\n```\nfence\n```",
    "`code` ``two`` ```three``` ends with a tick `",
    "`",
    "```````",
    "/close\n/approve\n/merge",
    "\r\n::error file=x::pwned\r\n",
    "a\u202eb\u2066c\x1b[31m\x00\u200b",
    "&lt;b&gt; &#64;maria \\@maria \\` \\",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    ":tada: $\\LaTeX$ $`x`$ https://evil.example/@maria",
    "-->",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_document_says_is_code_and_nothing_else(text: str) -> None:
    comment = written(finding(text, text, f"docs/{text}.md"))
    harmless(comment)
    assert codes(comment)[:3] == [shown(f"docs/{text}.md"), shown(text), shown(text)]


said = st.text(min_size=1, max_size=80).filter(shown)  # no finding is without words, and no file without a name


@example("0", "\x1f", "0")
@example("0", "\t", "0")
@given(said, st.text(max_size=80), said)
def test_so_is_any_other_text(message: str, help: str, path: str) -> None:
    comment = written(finding(message, help, path))
    harmless(comment)
    expected = [text for text in map(shown, (path, message, help)) if text]
    assert [item.strip() for item in codes(comment)[:-1]] == [text.strip() for text in expected]


def harmless(comment: str) -> None:
    """Outside of code there are words of ours alone."""
    for token in leaves(comment):
        if token.type == "text":
            assert re.fullmatch(
                r"|1 post-mortem: 1 error|error PM106 on |line 3|: |→ | says what a rule is for\.", token.content
            )
        elif token.type == "html_block":
            assert token.content.strip() == "<!-- mkdocs-postmortem: check -->"
        elif token.type == "html_inline":
            assert token.content == "<br>"
        elif token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://github.example/acme/wiki/blob/abab")
        else:
            assert token.type in {
                "code_inline", "paragraph_open", "paragraph_close", "softbreak", "strong_open", "strong_close",
                "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "link_close",
            }, token.type  # fmt: skip
    assert not any(line.lstrip().startswith(("/", "::")) for line in comment.splitlines())


class TestTheWords:
    def test_are_these(self) -> None:
        comment = written(
            finding("severity: `P9` is not one of P0, P1", "write one of P0, P1", "docs/ä b.md", 4),
            *(finding(f"unknown key `k{n}`", path="docs/ä b.md", line=n, level="warning") for n in range(10, 15)),
            finding("no owner", path="docs/b.md", level="info"),
        )
        address = f"https://github.example/acme/wiki/blob/{'ab' * 20}/docs/%C3%A4%20b.md"
        assert comment == (
            "<!-- mkdocs-postmortem: check -->\n"
            "**2 post-mortems: 1 error, 5 warnings, 1 note**\n"
            "\n"
            "`docs/ä b.md`\n"
            "\n"
            f"- error PM106 on [line 4]({address}#L4): ``severity: `P9` is not one of P0, P1``"
            "<br>→ `write one of P0, P1`\n"
            f"- warning PM106 on [line 10]({address}#L10): `` unknown key `k10` ``\n"
            f"- warning PM106 on [line 11]({address}#L11): `` unknown key `k11` ``"
            "<br>… and 3 more PM106, on lines 12, 13 and 14\n"
            "\n"
            "`docs/b.md`\n"
            "\n"
            f"- note PM106 on [line 3](https://github.example/acme/wiki/blob/{'ab' * 20}/docs/b.md#L3): `no owner`\n"
            "\n"
            "`mkdocs-postmortem explain PM106` says what a rule is for.\n"
        )

    def test_have_no_links_where_the_commit_is_not_known(self) -> None:
        report = Report([finding()], files=1)
        for lines in (Lines(), Lines("https://x.example", "main"), Lines("", "ab" * 20)):
            assert "on line 3: `x`" in summarise(report, "check", lines, LIMIT)

    def test_name_a_file_whose_name_is_no_text(self) -> None:
        comment = written(finding(path="docs/a\udcff.md"))
        assert "docs/a%FF.md#L3" in comment
        assert codes(comment)[0] == "docs/a\ufffd.md"
        comment.encode("utf-8")


class TestTheLength:
    def test_is_cut_between_findings_and_what_is_left_is_counted(self) -> None:
        many = [finding(f"{n} " + "wrong " * 40, path=f"docs/{n // 10:03}.md", line=n + 1) for n in range(1000)]
        comment = written(*many)
        assert LIMIT - 1000 < length(comment) <= LIMIT
        told = comment.count("- error PM106")
        match = re.search(r"… and (\d+) more findings, for which there is no room here", comment)
        assert match is not None
        assert told + int(match[1]) == 1000
        assert comment.startswith("<!-- mkdocs-postmortem: check -->\n**100 post-mortems: 1000 errors**")

    def test_is_cut_where_it_matters_least(self) -> None:
        many = [finding("y" * 300, path=f"a{n}.md", level="info") for n in range(300)]
        comment = written(*many, finding("the one that counts", path="z.md"))
        assert "the one that counts" in comment
        assert "more findings, for" in comment

    def test_is_counted_as_hosts_may_count_it(self) -> None:
        many = [finding("\U0001f525" * 500, line=n + 1) for n in range(200)]
        comment = written(*many)
        assert len(comment.encode("utf-16-le")) // 2 == length(comment) <= LIMIT

    def test_counts_those_that_stand_for_others_with_them(self) -> None:
        many = [finding("y" * 100, path=f"{n // 20}.md", line=n + 1, level="warning") for n in range(2000)]
        comment = written(*many, limit=8000)
        told = comment.count("- warning PM106") + sum(map(int, re.findall(r"… and (\d+) more PM106", comment)))
        match = re.search(r"… and (\d+) more findings, for", comment)
        assert match is not None
        assert told + int(match[1]) == 2000

    def test_of_one_message_is_bounded_too(self) -> None:
        comment = written(finding("x" * 100_000))
        assert length(comment) < 2000
        assert f"{'x' * 600}…" in comment

    def test_is_kept_where_not_even_one_finding_fits(self) -> None:
        comment = written(*(finding(line=n + 1) for n in range(5)), limit=220)
        assert length(comment) <= 220
        assert "… and 5 more findings" in comment

    def test_of_one_that_is_left_is_in_the_singular(self) -> None:
        assert "… and 1 more finding, " in written(finding(), limit=200)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("check", "check"),
        ("Team A / wiki", "team-a-wiki"),
        ("--> <script>", "script"),
        ("", "check"),
        ("決済", "check"),
        ("a\nb", "a-b"),
    ],
)
def test_the_marker_is_a_comment_whatever_its_name(name: str, line: str) -> None:
    assert marker(name) == f"<!-- mkdocs-postmortem: {line} -->"


@given(st.text())
def test_code_is_one_line(text: str) -> None:
    assert "\n" not in code(text)
    assert bool(code(text)) is bool(shown(text))
