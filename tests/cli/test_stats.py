"""`stats`: the metrics on the terminal, and what is wrong in the settings under `metrics`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mkdocs_postmortem.cli import group
from mkdocs_postmortem.measuring.definitions import NAMES
from tests.plugin.support import Done, Site, site
from tests.reading.repository import document, started

ARCHIVE = """
docs/
    postmortems/
        2026-02-03-mail.md
            id: PM-1
            severity: P2
            services: ["=mail\\u001b[31m"]
            started_at: 2026-02-03T10:00Z
            detected_at: 2026-02-03T10:20Z
            acknowledged_at: 2026-02-03T10:22Z
            mitigated_at: 2026-02-03T10:24Z
            resolved_at: 2026-02-03T10:50Z
        2026-05-04-shop.md
            id: PM-2
            severity: P1
            services: [shop]
            started_at: 2026-05-04T10:00Z
            detected_at: 2026-05-04T10:10Z
            acknowledged_at: 2026-05-04T10:12Z
            mitigated_at: 2026-05-04T10:14Z
            resolved_at: 2026-05-04T11:50Z
        2026-06-05-shop.md
            id: PM-3
            severity: P1
            services: [shop]
            started_at: 2026-06-05T10:00Z
            detected_at: 2026-06-05T10:10Z
            acknowledged_at: 2026-06-05T10:12Z
            mitigated_at: 2026-06-05T10:14Z
            resolved_at: 2026-06-05T10:05Z
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return site(tmp_path_factory.mktemp("stats"), ARCHIVE)


def stats(made: Site, *options: str) -> Done:
    done = made.run("stats", "--as-of", "2026-11-23", *options)
    assert done.code == 0, done.said
    return done


def test_prints_every_metric_once_and_below_it_what_it_means(made: Site) -> None:
    table, _, below = stats(made).out.partition("\n\n")
    assert [line.split()[0] for line in table.splitlines()] == ["Metric", *NAMES]
    assert [line.partition(":")[0] for line in below.splitlines()[: len(NAMES)]] == list(NAMES)
    assert "time_to_resolve: from detection to resolution (detected_at to resolved_at)" in below


def test_says_what_was_left_out_as_it_cannot_be_true(made: Site) -> None:
    said = stats(made, "--metric", "time_to_resolve").out
    assert (
        "left out: docs/postmortems/2026-06-05-shop.md: time_to_resolve ends before it begins (detected_at 2026-06-05"
        in said
    )


def test_json_is_an_array_of_flat_objects_in_seconds_and_fractions(made: Site) -> None:
    found = json.loads(stats(made, "--by", "quarter", "--metric", "time_to_resolve", "--format", "json").out)
    assert found == [
        {"metric": "time_to_resolve", "period": period, "n": n, "excluded": out, "median": m, "p90": p, "mean": mean}
        for period, n, out, m, p, mean in (
            ("2026-Q1", 1, 0, 1800, 1800, 1800),
            ("2026-Q2", 1, 1, 6000, 6000, 6000),
            ("(all)", 2, 1, 3900, 5580, 3900),
        )
    ]


def test_csv_has_the_same_and_no_formula(made: Site) -> None:
    options = ("--by", "service", "--metric", "time_to_detect")
    rows = list(csv.DictReader(io.StringIO(stats(made, *options, "--format", "csv").out)))
    found = json.loads(stats(made, *options, "--format", "json").out)
    assert [row["n"] for row in rows] == [str(item["n"]) for item in found]
    assert rows[0]["period"].startswith("'=mail")


def test_sends_no_control_character_to_the_terminal(made: Site) -> None:
    assert "\x1b" not in stats(made, "--by", "service").out


def test_the_day_decides_what_has_happened(made: Site) -> None:
    early = made.run("stats", "--as-of", "2026-03-01", "--metric", "time_to_detect", "--format", "json")
    assert json.loads(early.out)[0]["n"] == 1


@pytest.mark.parametrize(("git", "n"), [("true", 1), ("false", 0)])
def test_git_is_asked_where_the_wiki_asks_it(tmp_path: Path, git: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = document("draft").replace("status: draft", "status: draft\nresolved_at: 2026-11-02T10:00Z")
    started(tmp_path).commit("2026-11-03T12:00Z", {"a.md": text})
    (tmp_path / "postmortem.yml").write_text(f"process: {{git: {git}}}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    options = ["stats", "--as-of", "2026-11-23", "--metric", "time_to_postmortem", "--format", "json"]
    assert json.loads(CliRunner().invoke(group, options).stdout)[0]["n"] == n
    told = "time_to_postmortem: 1 of 1 by git, where front matter does not say"
    assert (told in CliRunner().invoke(group, options[:-2]).stdout) == bool(n)


def test_a_history_that_cannot_tell_is_named_where_it_is_missed(made: Site) -> None:
    said = stats(made, "--metric", "time_to_postmortem").out
    assert "history: " in said
    assert "history: " not in stats(made, "--metric", "time_to_detect").out


def test_a_metric_that_does_not_exist_is_an_error_that_names_those_that_do(made: Site) -> None:
    done = made.run("stats", "--metric", "mttr")
    assert done.code == 2
    assert "`mttr` is no metric" in done.err
    assert "time_to_resolve" in done.err


def test_without_a_folder_there_is_nothing_to_count(tmp_path: Path) -> None:
    assert made_empty(tmp_path).run("stats").code == 2


def made_empty(folder: Path) -> Site:
    return site(folder, "docs/\n    index.md\n        # Home\n")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{definitions: {time_to_resolve: {from: declared_at}}}", "`declared_at` is no timestamp of a post-mortem"),
        ("{definitions: {time_to_resolve: {from: resolved_at}}}", "begins and ends with the same timestamp"),
        ("{definitions: {mttr: {from: started_at}}}", "unknown key `mttr`"),
        ("{targets: {duration: soon}}", "`soon` is no duration"),
        ("{stated: always}", "metrics.stated"),
        ("{least: 2}", "metrics.least"),
        ('{support_hours: {from: "17:00", to: "09:00"}}', "the support hours end before they begin"),
        ('{support_hours: {from: "09:00", to: "17:00", timezone: Mars/North}}', "`Mars/North` is no time zone"),
        ('{support_hours: {from: "09:00", to: "17:00", timezone: ../../etc/passwd}}', "is no time zone"),
        ('{support_hours: {from: "25:00", to: "26:00"}}', "metrics.support_hours."),
        ("{support_hours: {from: 09:00, to: 17:00}}", "postmortem.yml:1:"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(tmp_path: Path, settings: str, words: str) -> None:
    made = site(tmp_path, ARCHIVE)
    (tmp_path / "postmortem.yml").write_text(f"metrics: {settings}\n", encoding="utf-8")
    done = made.run("stats")
    assert done.code == 2
    assert "postmortem.yml:1:" in done.err
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_timestamp_of_the_team_s_own_is_known_once_it_is_listed(tmp_path: Path) -> None:
    made = site(tmp_path, ARCHIVE)
    (tmp_path / "postmortem.yml").write_text(
        "front_matter: [declared_at]\nmetrics: {definitions: {time_to_resolve: {from: declared_at}}}\n",
        encoding="utf-8",
    )
    assert "from declared to resolution (declared_at to resolved_at)" in made.run("stats").out
