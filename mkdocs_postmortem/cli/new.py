"""`new`: write a post-mortem from the template of its incident type."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import with_as_of, with_config
from mkdocs_postmortem.scaffold import new as scaffold


@click.command("new")
@click.argument("title")
@click.option("--severity", metavar="NAME", help="Severity, by the project's scale.")
@click.option("--type", "incident_type", metavar="NAME", help="Incident type; chooses the template.")
@click.option("--service", "services", multiple=True, metavar="NAME", help="A service affected; may be repeated.")
@click.option("--started", metavar="TIME", help="When it began: 2026-11-03T10:02Z, '2026-11-03 10:02' or 10:02 (UTC).")
@click.option("--detected", metavar="TIME", help="When it was noticed; written like --started.")
@click.option("--owner", metavar="WHO", help="Who drives the post-mortem: @handle.")
@click.option("--near-miss", is_flag=True, help="It was caught before anyone was affected.")
@with_as_of
@with_config
def command(
    title: str,
    severity: str | None,
    incident_type: str | None,
    services: tuple[str, ...],
    started: str | None,
    detected: str | None,
    owner: str | None,
    near_miss: bool,
    as_of: str | None,
    config: Path | None,
) -> None:
    """Write a post-mortem called TITLE, and print its path and the deadlines of the process.

    An existing file is never overwritten.
    """
    settings = project.load(config)
    written = scaffold.new(
        title,
        settings,
        severity=severity,
        incident_type=incident_type,
        services=services,
        started=started,
        detected=detected,
        owner=owner,
        near_miss=near_miss,
        as_of=project.as_of_date(as_of),
    )
    path = scaffold.write(written, settings)
    click.echo(os.path.relpath(path))
    for deadline in written.deadlines:
        if owner and deadline.what == scaffold.OWNER:
            continue
        click.echo(f"  {deadline.when:%Y-%m-%d %H:%M} UTC  {deadline.what}")
