"""Whatever a document says, it stays text: in HTML, markdown, front matter and files."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown

from mkdocs_postmortem.exporting import actions_csv, postmortems_json, rows
from mkdocs_postmortem.exporting.csvfile import neutral, table
from mkdocs_postmortem.views.pages import build, panel, related
from mkdocs_postmortem.views.text import clean, heading, inline, json_string, tickets, words
from tests.views.support import SETTINGS, Html, record, site

NASTY = st.text(max_size=40) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='x",
        "javascript:alert(1)",
        "a | b\n| c |",
        "{{ 7 * 7 }} {% raw %}",
        "--- \n...\n",
        "`code` **b** [x](javascript:y) <!-- postmortem:archive -->",
        '=HYPERLINK("http://x")',
        "\u202e\u0000\ufeff\ud800",
        "&lt;b&gt; &amp;",
        "{: onclick=x }",
    ]
)


def postmortem(title: str, owner: str, service: str) -> str:
    item = json.dumps({"action": title or "x", "owner": owner, "status": "open", "ticket": owner, "due": "2026-01-01"})
    return (
        f"---\ntitle: {json.dumps(title)}\nid: PM-1\nstatus: draft\nseverity: {json.dumps(service)}\n"
        f"services: [{json.dumps(service)}]\ncauses: [{json.dumps(title)}]\nowner: {json.dumps(owner)}\n"
        f"incident_type: {json.dumps(owner)}\nstarted_at: 2026-01-01T10:00Z\n"
        f"impact: {{revenue: {json.dumps(title)}}}\n"
        f"related: [{json.dumps(service)}]\naction_items: [{item}]\n---\n\nWords.\n"
    )


PLAIN = postmortem("Title", "Owner", "Service")


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_text_adds_a_tag_or_an_attribute_to_a_page(title: str, owner: str, service: str) -> None:
    made = record(postmortem(title or "x", owner or "x", service or "x"))
    if made.problems or made.document.problems:
        return  # not read as it was meant: YAML refuses some characters
    whole = site(made)
    known = {
        "a", "caption", "code", "dd", "div", "dl", "dt", "h2", "h3", "li", "nav", "ol", "p", "section", "span",
        "table", "tbody", "td", "th", "thead", "time", "tr", "ul", "svg", "rect",
    }  # fmt: skip
    attributes = {
        "aria-hidden", "aria-label", "aria-labelledby", "aria-sort", "class", "datetime", "href", "id",
        "role", "scope", "tabindex",
    }  # fmt: skip
    drawn = [html for page in build(whole) for html in page.slots.values()]
    for html in [*drawn, panel(made, whole), related(made, whole)]:
        parsed = Html(html)
        assert not parsed.unbalanced
        for tag, given_attributes in parsed.tags:
            assert tag in known
            assert all(name in attributes or name.startswith("data-") for name in given_attributes)
            address = given_attributes.get("href") or ""
            assert re.match(r"(?:https?://|[./?#\w-])", address) or not address
            assert not re.match(r"\s*(?:javascript|data|vbscript):", address, re.I)


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_the_text_itself_comes_back(title: str, owner: str, service: str) -> None:
    made = record(postmortem(title, owner, service))
    if made.problems or made.document.problems:
        return
    whole = site(made)
    pages = {page.src_uri: page for page in build(whole)}
    archive = Html(pages["postmortems/index.md"].slots["archive"])
    assert clean(made.title) in archive.text
    for name in made.services:
        assert clean(name) in archive.text
    facts = Html(panel(made, whole)).text
    assert clean(made.owner) in facts


@settings(deadline=None)
@given(NASTY)
def test_front_matter_of_a_page_is_read_as_one_title(title: str) -> None:
    assert yaml.safe_load(f"title: {json_string(title)}\n") == {"title": clean(title)}
    assert json.loads(json_string(title)) == clean(title)


@settings(deadline=None)
@given(NASTY)
@example("# x {#id}")
@example("http://example.com :smile: ++x++ ==y== ~~z~~ --> x^2^ $x$")
def test_a_heading_is_shown_as_it_was_written(text: str) -> None:
    shown = clean(text)
    if not shown:
        return
    html = Html(Markdown(extensions=["tables", "toc", "attr_list", "footnotes"]).convert(f"# {heading(text)}"))
    assert html.text == shown
    assert [tag for tag, _ in html.tags] == ["h1"]
    assert set(html.tags[0][1]) <= {"id"}


@settings(deadline=None)
@given(NASTY)
@example("a | b `c|d` **e** _f_ [g](https://example.com/(h)) \\| <b>")
@example("[x](javascript:alert(1)) [y](../other.md) <https://example.com> <javascript:x>")
def test_a_cell_stays_one_cell_with_known_tags(text: str) -> None:
    markdown = f"| a | b |\n|---|---|\n| {inline(text)} | end |\n"
    html = Html(Markdown(extensions=["tables"]).convert(markdown))
    tags = [tag for tag, _ in html.tags]
    assert tags.count("td") == 2
    assert set(tags) <= {"table", "thead", "tbody", "tr", "th", "td", "code", "strong", "em", "a"}
    for tag, attributes in html.tags:
        assert set(attributes) <= ({"href"} if tag == "a" else set())
    assert not any(re.match(r"\s*(?:javascript|data):", address, re.I) for address in html.addresses())


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Add `orders_db` and aws_s3_bucket", "Add orders_db and aws_s3_bucket"),
        ("**Bold**, _it_, ~~old~~ and ***all***", "Bold, it, old and all"),
        ("**Set `a*b*c` now**", "Set a*b*c now"),
        ("See [the docs](https://example.com/a_(b)) and ![pic](x.png)", "See the docs and pic"),
        ("2 * 3 * 4 < 5 and a_b_c", "2 * 3 * 4 < 5 and a_b_c"),
        ("One<br>two <b>three</b>", "One two three"),
        (r"Escaped \*stars\* and \| pipes", "Escaped *stars* and | pipes"),
        ("<https://example.com/x>", "https://example.com/x"),
        ("Use <service> here", "Use <service> here"),
    ],
)
def test_markdown_is_reduced_to_the_words_that_are_read(markdown: str, plain: str) -> None:
    assert words(markdown) == plain


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("#412", [("#412", "https://t.example.com/412")]),
        (
            "PAY-7, PAY-8",
            [("PAY-7", "https://t.example.com/PAY-7"), ("PAY-8", "https://t.example.com/PAY-8")],
        ),
        ("[X](https://example.com/1)", [("X", "https://example.com/1")]),
        ("https://github.com/a/b/issues/5", [("#5", "https://github.com/a/b/issues/5")]),
        ("[X](javascript:alert(1))", [("X", None)]),
        ("javascript:alert(1)", [("javascript:alert(1)", None)]),
        ("data:text/html,x", [("data:text/html,x", None)]),
        ("see Alice", [("see Alice", None)]),
        ("", []),
    ],
)
def test_tickets_are_linked_to_the_web_only(written: str, found: list[tuple[str, str | None]]) -> None:
    assert tickets(written, "https://t.example.com/{}") == found


def test_a_ticket_address_of_another_scheme_is_no_link() -> None:
    assert tickets("#1", "javascript:{}") == [("#1", None)]


# -- CSV

FORMULA = re.compile(r"[\s\u00a0\u200b\ufeff]*[=+\-@\t\r＝＋－＠]")


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        " =1",
        "\u00a0=1",
        "\u200b@x",
        "+1",
        "-1",
        "@maria",
        "\t=1",
        "\r=1",
        "ok\n=1",
        "＝1",
        "－1",
        "a;=1",
        "\ufeff=1",
        "\x0c\r",
        " \t1",
    ],
)
def test_what_could_be_a_formula_is_a_text(cell: str) -> None:
    made = neutral(cell)
    assert not any(FORMULA.match(line) for line in re.split(r"[\n\r;]", made) if line)
    assert made.replace("'", "") == cell


@pytest.mark.parametrize("cell", ["plain", "a - b", "a=b", "1.5", "Won't do", "mail@example.com", ""])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


@given(
    st.lists(
        st.fixed_dictionaries({"a": NASTY, "b": NASTY | st.none() | st.integers() | st.booleans()}),
        max_size=5,
    )
)
def test_csv_comes_back_as_rows_without_a_formula(given_rows: list[dict[str, object]]) -> None:
    text = table(["a", "b"], given_rows)
    assert text.endswith("\r\n")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["a", "b"]
    assert len(read) == len(given_rows) + 1
    for row, source in zip(read[1:], given_rows, strict=True):
        for cell, name in zip(row, ("a", "b"), strict=True):
            assert not FORMULA.match(cell)
            if isinstance(source[name], str):
                assert cell.replace("'", "") == str(source[name]).replace("'", "").replace("\0", "")


def test_rows_are_flat_and_ordered_by_lateness() -> None:
    made = record(PLAIN)
    (row,) = rows([made], site(made).as_of, SETTINGS)
    assert row == {
        "key": made.action_items[0].key,
        "postmortem": "PM-1",
        "path": "docs/postmortems/2026/incident.md",
        "line": row["line"],
        "action": "Title",
        "category": None,
        "owner": "Owner",
        "priority": None,
        "due": "2026-01-01",
        "status": "open",
        "ticket": "Owner",
        "age_days": 326,
        "overdue": True,
    }
    assert actions_csv([row]).splitlines()[0].startswith('"key","postmortem","path"')


# -- JSON


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_json_is_valid_and_says_what_the_record_says(title: str, owner: str, service: str) -> None:
    made = record(postmortem(title, owner, service))
    text = postmortems_json(site(made))
    (found,) = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert text.encode("utf-8")
    assert found["id"] == made.id
    assert found["url"].endswith("/")
    assert len(found["action_items"]) == len(made.action_items)


def test_facts_of_the_teams_own_stay() -> None:
    made = record("---\ntitle: x\nteam: [a, 2.5]\n1: one\n---\n")
    (found,) = json.loads(postmortems_json(site(made)))
    assert found["team"] == ["a", 2.5]
    assert found["1"] == "one"


def test_no_records_are_an_empty_array() -> None:
    assert json.loads(postmortems_json(site())) == []
