"""A post-mortem's page: its words enriched, the facts panel, related incidents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.views.body import elapsed
from mkdocs_postmortem.views.pages import enrich, panel, related
from tests.views.examples import CHECKOUT, EARLIER, UNDATED
from tests.views.support import Html, golden, record, site, with_facts
from tests.views.test_archive import PATHS

FIRST, SECOND = record(CHECKOUT, PATHS[0]), record(EARLIER, PATHS[1])
SITE = site(FIRST, SECOND)


def rendered(markdown: str) -> str:
    return Markdown(extensions=["tables", "toc", "fenced_code"]).convert(markdown)


def enriched(body: str, facts: str = "title: Incident\nid: PM-1\nstarted_at: 2026-11-03T10:00Z") -> str:
    document = with_facts(facts, body)
    return enrich(document, site(document))


def test_an_enriched_post_mortem_as_a_whole() -> None:
    golden("enriched.md", enrich(FIRST, SITE))


def test_lists_of_front_matter_are_written_out_where_the_template_has_them() -> None:
    golden("written-out.md", enrich(SECOND, SITE))


def test_the_panel_as_a_whole() -> None:
    golden("panel.html", panel(FIRST, SITE, "2 findings"))


def test_related_incidents_as_a_whole() -> None:
    golden("related.html", related(FIRST, SITE))


def test_what_refers_to_an_incident_is_related_to_it() -> None:
    html = Html(related(SECOND, SITE))
    assert "refers to this one" in html.text
    assert "When this incident started" not in html.text  # it was the earlier one


def test_an_incident_without_relations_has_no_block() -> None:
    alone = record(UNDATED, PATHS[2])
    assert related(alone, site(alone)) == ""


# -- what is left alone


@pytest.mark.parametrize(
    "body",
    [
        "# Title\n\nWords.\r\n",
        "# T\n\n```\n| Time | Event |\n|---|---|\n| 10:00 | x |\n**Why 1:** x\n```\n",
        "# T\n\n## Timeline\n\n<!-- | Time | Event |\n|---|---|\n| 10:00 | x | -->\n\nNone.\n",
        "# T\n\n## Timeline\n\n| Time | Event |\n|---|\n| 10:00 | shown as text, not as a table |\n",
        "# T\n\n| Time | Event |\n|---|---|\n| 10:00 | not the timeline |\n",
        "# T\n\n## Appendix: 5 Whys Analysis\n\n- Why 1: a list already\n- Because: so\n",
    ],
)
def test_what_is_no_timeline_action_or_why_stays_byte_for_byte(body: str) -> None:
    document = with_facts("title: T", body)
    assert enrich(document, site(document)) == document.document.body


@given(st.lists(st.sampled_from(["", "text", "## Impact", "> quote", "- item", "```", "    code", "a | b", "**x**"])))
def test_lines_that_are_no_table_row_are_left_as_they_are(lines: list[str]) -> None:
    body = "\n".join(["# T", "", *lines])
    document = with_facts("title: T", body)
    assert enrich(document, site(document)) == document.document.body


@given(st.text(max_size=300), st.text(max_size=300))
def test_enriching_never_fails(front: str, body: str) -> None:
    document = record(f"---\ntitle: x\ntimeline: {front}\n---\n## Timeline\n{body}\n## Action Items\n{body}")
    enrich(document, site(document))
    panel(document, site(document))
    related(document, site(document))


# -- the heading


def test_a_document_without_a_title_heading_gets_one() -> None:
    assert enriched("Words.\n", "title: A *b* <i>c</i> [d](e) {{ f }}").startswith(
        "# A &#42;b&#42; &#60;i&#62;c&#60;/i&#62; &#91;d&#93;(e) &#123;&#123; f &#125;&#125;\n\nWords."
    )


@given(st.text(max_size=60))
def test_a_title_is_shown_as_it_was_written(title: str) -> None:
    from mkdocs_postmortem.views.text import clean, json_string

    shown = clean(title)
    if not shown:
        return
    html = Html(rendered(enriched("Words.\n", f"title: {json_string(title)}")))
    assert "".join(html.inside["h1"]) == shown
    assert [tag for tag, _ in html.tags] == ["h1", "p"]


# -- the timeline


@pytest.mark.parametrize(("minutes", "shown"), [(7, "+0:07"), (-12, "−0:12"), (0, "+0:00"), (26 * 60 + 5, "+26:05")])
def test_elapsed_time_reads_as_a_clock(minutes: int, shown: str) -> None:
    assert elapsed(timedelta(minutes=minutes)) == shown


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (
            "| Time | Event |\n|---|---|\n| 10:07 | x |",
            '| 10:07 | <span class="pm-elapsed">+0:07</span> | x |',
        ),
        ("Time | Event\n---|---\n10:07 | x", '10:07 | <span class="pm-elapsed">+0:07</span> | x'),
        (
            "| Event | Time |\n|---|---|\n| x | 10:07 |",
            '| x | 10:07 | <span class="pm-elapsed">+0:07</span> |',
        ),
        ("Event | Time\n--- | ---\nx | 10:07", 'x | 10:07 | <span class="pm-elapsed">+0:07</span>'),
        ("| Time | Event |\n|---|---|\n| 10:07 | a \\| `b|c` |", "+0:07</span> | a \\| `b|c` |"),
        ("| Time | Event |\n|---|---|\n| 10:07 |", '| 10:07 | <span class="pm-elapsed">+0:07</span> |'),
        ("| Time | Event |\n|---|---|\n| | x |\n| 10:07 | y |", "| |  | x |"),
    ],
)
def test_the_elapsed_column_stands_behind_the_time(table: str, row: str) -> None:
    text = enriched(f"# T\n\n## Timeline\n\n{table}\n")
    assert row in text
    html = Html(rendered(text))
    assert [tag for tag, _ in html.tags].count("th") == 3
    assert "Elapsed" in html.text


def test_over_midnight_time_goes_on() -> None:
    text = enriched(
        "# T\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| 23:50 | x |\n| 00:20 | y |\n",
        "title: T\nstarted_at: 2026-11-03T23:50Z",
    )
    assert "+0:30" in text


# -- action items


def table(*rows: str) -> str:
    lines = "\n".join(rows)
    return f"# T\n\n## Action Items\n\n| Action | Due | Status |\n|---|---|---|\n{lines}\n"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Open", '<span class="pm-badge pm-status pm-status-open">Open</span>'),
        ("**Done**", '<span class="pm-badge pm-status pm-status-done">Done</span>'),
        (
            "Verified 2026-11-12",
            '<span class="pm-badge pm-status pm-status-verified">Verified</span> 2026-11-12',
        ),
        ("Won't do: too late", '<span class="pm-badge pm-status pm-status-wont">Won\'t do</span> too late'),
        ("✅", '<span class="pm-badge pm-status pm-status-done">Done</span> ✅'),
        ("", '<span class="pm-badge pm-status pm-status-open">Open</span>'),
        ("who knows", '<span class="pm-badge pm-status pm-status-other">who knows</span>'),
    ],
)
def test_a_status_is_a_badge_and_the_rest_of_its_cell_stays(written: str, shown: str) -> None:
    assert f"| {shown} |" in enriched(table(f"| Do it | | {written} |"))


def test_a_row_tells_its_age_and_how_late_it_is() -> None:
    text = enriched(table("| Do it | 2026-11-20 | Open |"), "title: T\nid: PM-1\nresolved_at: 2026-11-13T10:00Z")
    assert "3 days overdue" in text
    assert '<span class="pm-date">10 days</span> |' in text


def test_every_row_keeps_its_columns() -> None:
    text = enriched(table("| One | 2026-11-20 | Open |", "| Two |", "| Three | | Done | too | many |"))
    html = Html(rendered(text))
    rows = [row for row in rendered(text).split("<tr>") if "<td" in row]
    assert {row.count("<td") for row in rows} == {4}
    assert not html.unbalanced


def test_a_checkbox_has_its_anchor_badge_and_age() -> None:
    text = enriched("# T\n\n## Action Items\n\n- [ ] Do it\n  and more (@wei, due 2026-11-20)\n- [x] Other\n")
    first, second, third = text.splitlines()[5:8]
    assert first.startswith('- [ ] <span id="')
    assert "pm-status-open" in second
    assert "3 days overdue" in second
    assert "pm-status-done" in third


def test_every_anchor_that_pages_link_to_is_there() -> None:
    from mkdocs_postmortem.views.rows import anchor

    for document in (FIRST, SECOND):
        ids = {attributes.get("id") for _, attributes in Html(rendered(enrich(document, SITE))).tags}
        assert {anchor(document, item) for item in document.action_items} <= ids


# -- the five whys


def test_the_five_whys_are_one_list() -> None:
    html = rendered(enrich(FIRST, SITE))
    chain = html[html.index("<ol") : html.index("</ol>")]
    assert chain.count('<li><span class="pm-why">') == 2
    assert "a key was missing and nobody looked." in chain
    assert "Root Cause" not in chain


def test_whys_with_code_between_them_stay_as_they_are() -> None:
    body = "# T\n\n## Appendix: 5 Whys Analysis\n\n**Why 1:** Why?\n```\ncode\n```\n→ **Because:** so.\n"
    assert enriched(body) == f"\n{body}"


# -- the panel


def test_the_panel_states_definitions_beside_its_numbers() -> None:
    html = Html(panel(FIRST, SITE))
    text = " ".join(" ".join(html.words).split())
    assert "Time to detect 7 min started to detected" in text
    assert "Time to resolve 40 min detected to resolved" in text
    assert "3 open 2 overdue of 5" in text


def test_times_are_readable_by_machines() -> None:
    times = [attributes["datetime"] for tag, attributes in Html(panel(FIRST, SITE)).tags if tag == "time"]
    assert times[0] == "2026-11-03T10:02:00Z"
    assert len(times) == 5


def test_what_is_not_known_is_not_a_zero() -> None:
    alone = record(UNDATED, PATHS[2])
    assert Html(panel(alone, site(alone))).text.count("not recorded") == 3


def test_a_later_incident_is_told_what_was_open_before_it() -> None:
    text = " ".join(Html(related(FIRST, SITE)).text.split())
    assert "When this incident started on 2026-11-03, 2 of its 3 action items were open:" in text
    assert "Check keys | everywhere @sam (still open)" in text
    assert "Write it down @sam (done since 2026-11-20)" in text
    assert "PM-1999-001 (not in this archive)" in text


# -- the same, drawn after the host has rendered the words


@pytest.mark.parametrize("document", [FIRST, SECOND])
def test_what_is_drawn_after_rendering_has_the_same_columns_anchors_and_badges(document: PostMortem) -> None:
    from mkdocs_postmortem.views import decorate

    written = Html(rendered(enrich(document, SITE)))
    drawn = Html(decorate.tables(rendered(enrich(document, SITE, tables=False)), document, SITE))
    for tag in ("th", "td", "table"):
        assert [name for name, _ in drawn.tags].count(tag) == [name for name, _ in written.tags].count(tag)
    for name in ("pm-anchor", "pm-late", "pm-elapsed"):
        found = [[a for _, a in html.tags if a.get("class") == name] for html in (written, drawn)]
        assert found[0] == found[1]
    assert "".join(drawn.text.split()) == "".join(written.text.split())
