"""`actions`: the action items of all post-mortems, on the terminal or for another program."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import with_as_of, with_config
from mkdocs_postmortem.exporting import actions as rollup
from mkdocs_postmortem.exporting.csvfile import actions_csv
from mkdocs_postmortem.model import ACTION_STATUSES
from mkdocs_postmortem.reading import Reader, discover, newest_first
from mkdocs_postmortem.settings import ConfigError

Row = dict[str, Any]


@click.command("actions")
@click.option("--overdue", is_flag=True, help="Only those past their due date.")
@click.option("--owner", metavar="WHO", help="Only those of this owner (the @ may be left out).")
@click.option("--service", metavar="NAME", help="Only those of incidents of this service.")
@click.option("--priority", metavar="P", help="Only those of this priority.")
@click.option("--status", metavar="STATUS", help="Only those in this status: " + ", ".join(ACTION_STATUSES) + ".")
@click.option("--all", "everything", is_flag=True, help="Also those that are done or given up.")
@click.option("--format", "form", type=click.Choice(("table", "json", "csv")), default="table", show_default=True)
@with_as_of
@with_config
def command(
    overdue: bool,
    owner: str | None,
    service: str | None,
    priority: str | None,
    status: str | None,
    everything: bool,
    form: str,
    as_of: str | None,
    config: Path | None,
) -> None:
    """List the action items of all post-mortems: those still open, the most overdue first."""
    settings = project.load(config)
    today = project.as_of_date(as_of)
    if not settings.folder_path.is_dir():
        raise ConfigError(
            f"there is no folder {settings.folder}", help="set `postmortems:` in postmortem.yml, or run `init`"
        )
    records = newest_first(Reader(settings).read_all(discover(settings.folder_path)))
    services = {record.path: {name.casefold() for name in record.services} for record in records}
    known = {name for names in services.values() for name in names}
    if service is not None and service.casefold() not in known:
        raise ConfigError(f"no post-mortem names the service `{service}`", help=f"known are {', '.join(sorted(known))}")
    wanted_status = _status(status)
    wanted_priority = settings.find_priority(priority) or priority if priority is not None else None
    keep: list[Callable[[Row], bool]] = []
    if overdue:
        keep.append(lambda row: bool(row["overdue"]))
    if owner is not None:
        keep.append(lambda row: owner.lstrip("@").casefold() in _owners(row["owner"] or ""))
    if service is not None:
        keep.append(lambda row: service.casefold() in services[row["path"]])
    if wanted_priority is not None:
        keep.append(lambda row: row["priority"] == wanted_priority)
    if wanted_status is not None:
        keep.append(lambda row: row["status"] == wanted_status)
    elif not everything:
        keep.append(lambda row: row["status"] not in ("done", "verified", "won't do"))
    rows = [row for row in rollup.rows(records, today, settings) if all(test(row) for test in keep)]
    if owner is not None and not rows:
        names = sorted(
            {name for record in records for item in record.action_items for name in _owners(item.owner)} - {""}
        )
        if owner.lstrip("@").casefold() not in names:
            click.echo(f"nobody called `{owner}` owns an action item; known are {', '.join(names)}", err=True)
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(actions_csv(rows), nl=False)
    else:
        for line in _table(rows):
            click.echo(line)


def _status(written: str | None) -> str | None:
    if written is None:
        return None
    plain = {status.replace("'", "").replace(" ", ""): status for status in ACTION_STATUSES}
    folded = written.casefold().replace("'", "").replace(" ", "").replace("_", "").replace("-", "")
    if folded not in plain:
        raise ConfigError(f"`{written}` is no status", help=f"known are {', '.join(ACTION_STATUSES)}")
    return plain[folded]


def _owners(written: str) -> set[str]:
    return {part.strip().lstrip("@").casefold() for part in written.replace(";", ",").split(",")}


def _table(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return ["no action items"]
    cells = [("Due", "Priority", "Status", "Owner", "Post-mortem", "Action")]
    for row in rows:
        due = row["due"] or "no date"
        cells.append(
            (
                f"{due} overdue" if row["overdue"] else due,
                row["priority"] or "–",
                row["status"],
                row["owner"] or "nobody",
                row["postmortem"],
                _shown(row["action"]),
            )
        )
    widths = [max(len(line[n]) for line in cells) for n in range(5)]
    lines = ["  ".join([*(line[n].ljust(widths[n]) for n in range(5)), line[5]]) for line in cells]
    late = sum(1 for row in rows if row["overdue"])
    noun = "action item" if len(rows) == 1 else "action items"
    return [*lines, f"{len(rows)} {noun}, {late} overdue"]


def _shown(text: str) -> str:
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= 100 else clean[:99] + "…"
