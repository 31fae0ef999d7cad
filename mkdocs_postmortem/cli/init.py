"""`init`: set up a repository, without ever overwriting a file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mkdocs_postmortem.cli import Place
from mkdocs_postmortem.scaffold import init as scaffold


@click.command("init")
@click.argument("folder", type=Place(file_okay=False), default=".")
@click.option("--name", "site_name", metavar="NAME", help="Name of the site.")
@click.option(
    "--ci",
    type=click.Choice(scaffold.SERVICES),
    help="Whose CI to set up. Default: as postmortem.yml says, else GitLab's in a repository that has files of it, "
    "else GitHub's.",
)
def command(folder: Path, site_name: str | None, ci: str | None) -> None:
    """Set up FOLDER (default: here): settings, both MkDocs configurations, CI, commit hook, editor.

    Files that exist are kept as they are.
    """
    for outcome in scaffold.init(folder, site_name=site_name, ci=ci):
        click.echo(f"{outcome.state:<8} {os.path.relpath(outcome.path)}")
        if outcome.note:
            click.echo(f"         {outcome.note}")
    click.echo('Next: `mkdocs-postmortem new "What happened"`, then `mkdocs serve`.')
