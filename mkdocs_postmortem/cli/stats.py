"""`stats`: the metrics, on the terminal or for another program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import with_as_of, with_config
from mkdocs_postmortem.dates import human
from mkdocs_postmortem.exporting.metrics import metrics_csv, rows
from mkdocs_postmortem.measuring.clock import history_of
from mkdocs_postmortem.measuring.definitions import NAMES, Definition
from mkdocs_postmortem.measuring.metrics import ALL, DIVISIONS, MISSING, MISTAKES, Measure, Survey, survey
from mkdocs_postmortem.reading import Reader, discover, newest_first
from mkdocs_postmortem.settings import ConfigError

HEAD = ("Metric", "Period", "n", "Excluded", "Median", "p90", "Mean")


@click.command("stats")
@click.option("--by", type=click.Choice(DIVISIONS), help="Divide the metrics. Default: one number for all.")
@click.option("--metric", "metrics", metavar="NAME", multiple=True, help="Only this one; may be given several times.")
@click.option("--format", "form", type=click.Choice(("table", "json", "csv")), default="table", show_default=True)
@with_as_of
@with_config
def command(by: str | None, metrics: tuple[str, ...], form: str, as_of: str | None, config: Path | None) -> None:
    """The metrics of all post-mortems, with what each of them means.

    Durations in JSON and CSV are seconds, rates are fractions.
    """
    settings = project.load(config)
    today = project.as_of_date(as_of)
    wanted = _wanted(metrics)
    if not settings.folder_path.is_dir():
        raise ConfigError(
            f"there is no folder {settings.folder}", help="set `postmortems:` in postmortem.yml, or run `init`"
        )
    records = newest_first(Reader(settings).read_all(discover(settings.folder_path)))
    found = survey(records, settings, today, history_of(records, settings))
    if form == "json":
        click.echo(json.dumps(rows(found, by, wanted), ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(metrics_csv(rows(found, by, wanted)), nl=False)
    else:
        for line in [*_table(found, by, wanted), "", *_definitions(found, wanted)]:
            click.echo(line)


def _wanted(names: Sequence[str]) -> tuple[str, ...]:
    """The metrics that were asked for, in the order they are shown."""
    for name in names:
        if name not in NAMES:
            raise ConfigError(f"`{name}` is no metric", help=f"known are {', '.join(NAMES)}")
    return tuple(name for name in NAMES if name in names) if names else NAMES


def _table(found: Survey, by: str | None, wanted: Sequence[str]) -> list[str]:
    cells = [HEAD] + [_cells(item, found.definitions[item.metric]) for item in found.measures(by, wanted)]
    shown = [n for n in range(len(HEAD)) if n != 1 or by]  # without a division every period is the same
    widths = {n: max(len(line[n]) for line in cells) for n in shown}
    return ["  ".join(line[n].ljust(widths[n]) if n < 2 else line[n].rjust(widths[n]) for n in shown) for line in cells]


def _cells(item: Measure, meaning: Definition) -> tuple[str, ...]:
    return (
        item.metric,
        _printable("all" if item.period == ALL else item.period),
        f"{item.n:,}",
        f"{item.excluded:,}",
        *(_shown(value, meaning) for value in (item.median, item.p90, item.mean)),
    )


def _shown(value: float | None, meaning: Definition) -> str:
    if value is None:
        return "–"
    return f"{value:.1%}" if meaning.is_rate else human(timedelta(seconds=value))


def _definitions(found: Survey, wanted: Sequence[str]) -> list[str]:
    """What each number means, and what was left out as it cannot be true."""
    lines = [f"{name}: {found.definitions[name].text}" for name in wanted]
    lines += [
        f"{name}: {number:,} of {len(found.values[name]):,} {source}"
        for name in wanted
        for source, number in (
            ("as stated in words", found.stated(name)),
            ("by git, where front matter does not say", found.by_git(name)),
        )
        if number
    ]
    if note := found.unheard(wanted):
        lines.append(f"history: {_printable(note)}")
    lines.append("median: the middle value; p90: not exceeded by nine in ten, interpolated as PERCENTILE.INC does")
    lines += [
        f"left out: {_printable(value.record.path)}: {name} {MISTAKES[value.reason]} ({_printable(value.detail)})"
        for name, value in found.mistakes
        if name in wanted and value.reason != MISSING
    ]
    return lines


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
