"""`meeting`: agenda, pre-read and invitation of a post-mortem meeting."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.measuring.clock import history_of
from mkdocs_postmortem.measuring.meeting import LONGEST, SHORTEST
from mkdocs_postmortem.model import FATAL_CODES
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.reading.archive import is_postmortem
from mkdocs_postmortem.scaffold import meeting
from mkdocs_postmortem.settings import ConfigError


@click.command("meeting")
@click.argument("file", type=Place(), metavar="FILE")
@click.option(
    "--format",
    "form",
    type=click.Choice(meeting.FORMATS),
    default="text",
    show_default=True,
    help="Form of the output.",
)
@click.option(
    "--minutes",
    type=click.IntRange(SHORTEST, LONGEST),
    help="Length of the meeting. Default: by severity, 30 to 90.",
)
@with_as_of
@with_config
def command(file: Path, form: str, minutes: int | None, as_of: str | None, config: Path | None) -> None:
    """Print the invitation, the agenda and the pre-read of the meeting about FILE.

    Exits with 1 where the file cannot be read as a post-mortem, with 2 where there is none.
    """
    settings = project.load(config)
    today = project.as_of_date(as_of)
    if not file.is_file():
        raise ConfigError(f"{file}: there is no such file", help="name a post-mortem: docs/postmortems/….md")
    if not is_postmortem(file.name):
        raise ConfigError(f"{file}: a file of this name is no post-mortem", help="name one: docs/postmortems/….md")
    record = Reader(settings).read(file)
    if record.document.unreadable:
        for problem in record.document.problems:
            if problem.code in FATAL_CODES:
                place = f"{record.path}:{problem.span.line}:{problem.span.column}"
                click.echo(f"{place}: error {problem.code} {problem.message}", err=True)
        sys.exit(1)
    history = history_of([record], settings)
    click.echo(meeting.write(record, settings, today, form, minutes, history), nl=False)
