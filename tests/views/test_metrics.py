"""The page of metrics and its charts: what they say, what they do not draw, and what no text can do to them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_postmortem import exporting
from mkdocs_postmortem.exporting import markdown
from mkdocs_postmortem.measuring.definitions import NAMES
from mkdocs_postmortem.measuring.metrics import DIVISIONS
from mkdocs_postmortem.metric_settings import MetricSettings, build
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import FileHistory, History
from mkdocs_postmortem.settings import Settings
from mkdocs_postmortem.views import charts, metrics
from mkdocs_postmortem.views.charts import Dot, Words
from tests.views.support import SETTINGS, Html, Site, by_uri, golden, record, site

NASTY = '"><script>alert(1)</script>]]>&lt;`${x}`'
WORDS = Words("pm-chart-x", "A title", "What it shows")


def archive(number: int = 14, service: str = "checkout", severity: str = "", **options: Settings) -> Site:
    return site(*[document(n, service, severity) for n in range(number)], **options)  # type: ignore[arg-type]


def document(n: int, service: str = "checkout", severity: str = "") -> PostMortem:
    year, month = 2025 + n // 12, 1 + n % 12
    day = f"{year}-{month:02}-05"
    facts = [
        f"title: Incident {n}", f"id: PM-{n:02}", f"severity: {json.dumps(severity or f'P{n % 4}')}",
        f"services: [{json.dumps(service)}]", f"causes: [cause-{n % 5}]",
        f"started_at: {day}T10:00Z", f"detected_at: {day}T10:{n:02}Z", f"acknowledged_at: {day}T10:{n + 2:02}Z",
        f"mitigated_at: {day}T10:{n + 20:02}Z", f"resolved_at: {day}T11:{n * 2:02}Z",
        f"drafted_at: {year}-{month:02}-0{6 + n % 3}T11:00Z",
    ]  # fmt: skip
    status = "Done | " + f"{year}-{month:02}-20" if n % 3 else "Open | "
    rows = f"| Do {n} | @wei | {year}-{month:02}-25 | {status} |\n| Test {n} | @li | 2026-12-01 | Open | |"
    body = f"## Action Items\n\n| Action | Owner | Due | Status | Completed |\n|---|---|---|---|---|\n{rows}\n"
    front = "\n".join(facts)
    return record(f"---\n{front}\n---\n\n# Incident\n\n{body}", f"docs/postmortems/incident-{n:02}.md")


def slots(whole: Site, name: str = "postmortems/metrics.md") -> dict[str, str]:
    return dict(by_uri(metrics.pages(whole))[name].slots)  # type: ignore[attr-defined]


# -- the page


def test_the_page_is_as_it_was() -> None:
    whole = archive()
    page = by_uri(metrics.pages(whole))["postmortems/metrics.md"]
    shown = page.markdown + "\n".join(f"\n== {name}\n\n{html}\n" for name, html in page.slots.items())  # type: ignore[attr-defined]
    golden("metrics.md", shown)


def test_every_number_has_its_definition_n_and_what_was_left_out() -> None:
    whole = archive()
    rows = re.findall(r"<tr>(.*?)</tr>", slots(whole)["overview"], re.S)[1:]
    assert len(rows) == len(NAMES)
    for row, meaning in zip(rows, whole.survey.definitions.values(), strict=True):
        text = " ".join(Html(row).text.split())
        assert text.startswith(f"{meaning.label} {meaning.text}")
        assert re.search(r"data-label=\"n\">\d+<.*data-label=\"Left out\">\d+<", row)
    for by in DIVISIONS:
        html = slots(whole, f"postmortems/metrics/by-{by}.md")["tables"]
        assert html.count("<h2") == len(NAMES)
        for meaning in whole.survey.definitions.values():
            assert Html(html).text.count(meaning.text) == 1


def test_a_target_is_met_or_missed_in_words() -> None:
    text = Html(slots(archive())["overview"]).text
    assert "target under 48 h: met" in text
    assert "target at least 80 %: missed" in text
    strict = replace(SETTINGS, metrics=build({"targets": {"time_to_resolve": "30 min", "time_to_postmortem": None}}))
    text = Html(slots(archive(settings=strict))["overview"]).text
    assert "target under 30 min: missed" in text
    assert "48 h" not in text
    assert "too few to judge" in Html(slots(archive(2))["overview"]).text


def test_stated_values_are_told() -> None:
    made = record("---\ntitle: Old\ntime_to_resolve: 2 hours\n---\n\n# Old\n", "docs/postmortems/2025-03-04-old.md")
    assert "(1 value as stated in words)" in Html(slots(site(made))["overview"]).text


def test_what_git_says_is_told() -> None:
    text = "---\ntitle: New\nid: PM-1\nresolved_at: 2026-03-02T10:00Z\n---\n\n# New\n"
    made = record(text, "docs/postmortems/new.md")
    when = datetime(2026, 3, 2, 22, tzinfo=UTC)
    known = History({made.path: FileHistory(when, ((when, "draft"),), when)}, known=True)
    assert "(1 value by git)" in Html(slots(replace(site(made), history=known))["overview"]).text
    assert "by git" not in Html(slots(site(made))["overview"]).text
    shallow = slots(replace(site(made), history=History.none("this is a <shallow> clone")))["left-out"]
    assert "History: this is a <shallow> clone." in Html(shallow).text
    complete = replace(site(document(1)), history=History.none("this is a shallow clone"))
    assert "History" not in slots(complete)["left-out"], "nothing is lacking that git could tell"


def test_mistakes_are_listed_with_what_they_say() -> None:
    wrong = record(
        "---\ntitle: Wrong\nid: PM-W\ndetected_at: 2026-03-04T10:00Z\nresolved_at: 2026-03-04T09:00Z\n---\n\n# Wrong\n",
        "docs/postmortems/wrong.md",
    )
    found = Html(slots(site(wrong, document(3)))["left-out"])
    row = [words.strip() for words in found.words[found.words.index("Wrong") :] if words.strip()]
    assert row == [
        "Wrong",
        "PM-W",
        "Time to resolve",
        "ends before it begins",
        "detected_at 2026-03-04 10:00, resolved_at 2026-03-04 09:00",
    ]
    assert "Time to acknowledge: 1 with no acknowledged_at" in found.text


def test_an_empty_archive_has_a_page_that_says_so() -> None:
    front, *others = metrics.pages(site())
    assert "nothing to measure" in front.markdown
    for page in others:
        dict(page.slots)


# -- what is drawn, and what is not


def test_nothing_is_drawn_of_fewer_than_three() -> None:
    html = slots(archive(2))
    assert "<svg" not in html["trends"] + html["timeline"]
    assert Html(html["trends"]).text.count("Not drawn: a trend needs 3 periods with an n of 3 or more.") == len(
        metrics.DRAWN
    )
    assert "Not drawn: 3 are needed." in Html(html["timeline"]).text


def test_the_charts_of_months_begin_with_the_archive() -> None:
    young = slots(archive(3))
    recent = slots(site(document(20), document(21), document(22)))
    assert "2025-01-31" in young["backlog"]
    assert "2026-08-31" not in recent["backlog"], "before its first month there is nothing to know"
    assert "3 incidents since 2026-09-01" in Html(recent["timeline"]).text
    assert "<svg" in recent["backlog"]
    newest = Html(slots(site(document(21), document(22)))["backlog"]).text
    assert "Not drawn: a trend needs 3 months." in newest


def test_the_least_n_is_that_of_the_settings() -> None:
    few = slots(archive())["trends"]
    more = slots(archive(settings=replace(SETTINGS, metrics=MetricSettings(least=100))))["trends"]
    assert "<svg" in few
    assert "<svg" not in more


def test_every_chart_has_a_title_a_description_and_a_table() -> None:
    drawn = "".join(slots(archive(24)).values())
    found = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", drawn, re.S)]
    assert len(found) == len(metrics.DRAWN) + 2
    ids = [item.get("id") for svg in found for item in svg.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    for svg in found:
        title, desc = svg[0], svg[1]
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert (title.tag, desc.tag) == ("title", "desc")
        assert title.text
        assert desc.text
    for block in re.split(r'<div class="pm-trend">', drawn)[1:]:
        assert block.index("<svg") < block.index("<table")


def test_a_value_of_the_chart_stands_in_its_table() -> None:
    trends = slots(archive())["trends"]
    block = trends.split('id="pm-trend-time-to-resolve"')[1].split("<h3")[0]
    notes = [int(number) for number in re.findall(r">n (\d+)<", block)]
    rows = re.findall(r"<tr><th scope=\"row\">\d{4}-Q\d(.*?)</th><td class=\"pm-n\">(\d+)</td>", block, re.S)
    assert notes == [int(number) for note, number in reversed(rows) if "too few" not in note]
    assert [int(number) for note, number in rows if "too few" in note] == [2]


# -- the charts themselves


def test_a_chart_is_the_same_to_the_byte_and_holds_only_what_is_drawn() -> None:
    values = (3, 4, None, 5.5, 5)
    known = [Dot(f"Q{n}", value, f"n {n}" if value else "") for n, value in enumerate(values)]
    line = [known, [Dot(f"Q{n}", 4, "target" if n == 4 else "") for n in range(5)]]
    first, again = charts.lines(line, WORDS), charts.lines(line, WORDS)
    assert first == again
    assert {item.tag for item in ET.fromstring(first).iter()} == {"svg", "title", "desc", "g", "path", "circle", "text"}
    assert not re.search(r"style|script|http(?!://www\.w3)|<!--|pygal", first)
    assert first.count("<circle") == 4, "what is not known is not drawn, and a target has no dots"
    assert first.count('class="pm-line pm-line-0"') == 2, "the line is interrupted"
    assert 'stroke-dasharray="5 4"' in first


def test_a_target_takes_no_room_from_the_points() -> None:
    drawn = slots(archive())
    assert ">target<" in drawn["trends"]
    assert "pm-beside" not in drawn["trends"], "twelve quarters, each with its n, need the whole width"
    assert drawn["backlog"].count("pm-beside") == 2


@pytest.mark.parametrize(("first", "second"), [(22, 10), (9, 9), (9, 8), (0, 0)])
def test_names_of_lines_stand_beside_their_ends_where_no_line_is(first: int, second: int) -> None:
    pair = [[Dot("Q1", 14), Dot("Q2", n, name=name)] for n, name in ((first, "open 22"), (second, "overdue 10"))]
    drawn = charts.lines(pair, WORDS, most=25)
    found = {item.text: item for item in ET.fromstring(drawn).iter() if item.get("class") == "pm-beside"}
    end = max(float(x) for d in re.findall(r' d="(M[^"]*)"', drawn) for x in re.findall(r"[ML]([\d.]+) ", d))
    assert list(found) == ["open 22", "overdue 10"]
    assert all(float(item.get("x", 0)) > end and item.get("text-anchor") == "start" for item in found.values())
    assert float(found["overdue 10"].get("y", 0)) - float(found["open 22"].get("y", 0)) >= 11, "each can be read"


def test_colours_are_the_text_s_own_until_a_theme_says_otherwise() -> None:
    drawn = charts.lines([[Dot("Q1", 3), Dot("Q2", 4)]], WORDS)
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn)) == {"currentColor", "none"}


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (108, [0, 50, 100, 150]),
        (100, [0, 20, 40, 60, 80, 100]),
        (5, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_an_axis_ends_above_the_highest_value(highest: float, ticks: list[float]) -> None:
    assert charts._ticks(highest) == ticks


@given(st.floats(1e-9, 1e15))
def test_an_axis_has_a_few_round_steps(highest: float) -> None:
    ticks = charts._ticks(highest)
    assert ticks[-1] >= highest * (1 - 1e-6) - 1e-6
    assert 2 <= len(ticks) <= 7


def test_drawing_leaves_the_import_system_alone() -> None:
    import sys

    charts.lines([[Dot("a", 1)]], WORDS)
    assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_adds_anything_to_a_chart(service: str, severity: str) -> None:
    plain, hostile = archive(6, "x", "y"), archive(6, service or "x", severity or "y")
    if any(item.problems or item.document.problems or not item.severity.strip() for item in hostile.records):
        return
    for name in ("timeline", "trends", "backlog"):
        one, other = Html(slots(plain)[name]), Html(slots(hostile)[name])
        assert not other.unbalanced
        assert [shape for shape in one.shape() if shape[0] != "text"] == [
            shape for shape in other.shape() if shape[0] != "text"
        ]


def test_hostile_names_stay_words() -> None:
    whole = archive(8, NASTY, NASTY)
    for page in metrics.pages(whole):
        for html in page.slots.values():
            assert "<script" not in html
            assert not Html(html).unbalanced
    for svg in re.findall(r"<svg.*?</svg>", "".join(slots(whole).values()), re.S):
        ET.fromstring(svg)
    assert "<script>alert(1)" in Html(slots(whole, "postmortems/metrics/by-service.md")["tables"]).text


# -- the files


def test_the_files_have_every_number_of_the_pages() -> None:
    whole = archive()
    files = exporting.files(whole)
    rows = json.loads(files["metrics.json"])
    assert list(rows[0]) == ["by", "metric", "period", "n", "excluded", "median", "p90", "mean"]
    assert {row["by"] for row in rows} == {None, *DIVISIONS}
    assert len({(row["by"], row["metric"], row["period"]) for row in rows}) == len(rows)
    told = {(row["by"], row["metric"], row["period"]): row["n"] for row in rows}
    for by in DIVISIONS:
        for item in whole.survey.measures(by):
            key = (None if item.period == "(all)" else by, item.metric, item.period)
            assert told[key] == item.n
    table = list(csv.DictReader(io.StringIO(files["metrics.csv"])))
    assert [row["period"] for row in table] == [row["period"] for row in rows]


def test_no_cell_of_the_csv_is_a_formula() -> None:
    text = exporting.files(archive(4, '=HYPERLINK("http://x")', "+1"))["metrics.csv"]
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


# -- for hosts that run no plugin


def test_written_out_the_page_is_markdown_with_whole_blocks() -> None:
    """A block of HTML ends at a blank line: none is within one, so that charts and tables stay what they are."""
    from markdown import Markdown

    whole = replace(
        archive(24), base="", src_uris={f"docs/postmortems/incident-{n:02}.md": f"i{n}.md" for n in range(24)}
    )
    texts = dict(markdown.pages(whole))
    text = texts["metrics.md"]
    assert "<!-- postmortem:" not in text
    html = Markdown(extensions=["tables"]).convert(text.split("---\n", 2)[2])
    assert re.findall(r"<svg.*?</svg>", html, re.S) == re.findall(r"<svg.*?</svg>", text, re.S)
    assert not Html(html).unbalanced
    for block in re.findall(r"^<(?:div|dl|p)\b.*?(?=\n\n|\Z)", text, re.M | re.S):
        assert not Html(block).unbalanced, block[:80]


def test_where_a_host_takes_charts_out_their_numbers_stay() -> None:
    drawn = "".join(slots(archive(24)).values())
    bare = re.sub(r"<svg.*?</svg>", "", drawn, flags=re.S)
    for number in re.findall(r'class="pm-above"[^>]*>n (\d+)<', drawn):
        assert f'<td class="pm-n">{number}</td>' in bare
