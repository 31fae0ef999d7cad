"""`schema`: print a JSON Schema, as it holds in this project."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mkdocs_postmortem import schemas
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking.schema import written_schema
from mkdocs_postmortem.cli import with_config


@click.command("schema")
@click.argument("name", type=click.Choice(schemas.NAMES), default="postmortem", metavar="[NAME]")
@with_config
def command(name: str, config: Path | None) -> None:
    """Print the schema NAME: postmortem (the default, with this project's scale), settings,
    redaction, release, incidents or language.
    """
    if name == "postmortem":
        click.echo(json.dumps(written_schema(project.load(config)), ensure_ascii=False, indent=2))
    else:
        click.echo(schemas.read(name).rstrip("\n"))
