"""`comment`: tell a pull or merge request what a check found, in one comment that is kept up to date."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking.report import summary
from mkdocs_postmortem.cli import with_as_of, with_config
from mkdocs_postmortem.cli.check import choose, examine, with_choice
from mkdocs_postmortem.reading import git
from mkdocs_postmortem.reporting import AnswerError, RefusedError, forge_of, marker, post, summarise
from mkdocs_postmortem.reporting.forges import FORGES, Lines

_PRINTED = 1_000_000
"""Characters that are printed at most."""


@click.command("comment")
@with_choice
@click.option("--on", "forge", type=click.Choice(FORGES), help="Where. Default: as the CI job's variables say.")
@click.option("--number", type=click.IntRange(1), metavar="N", help="Of the request. Default: the job's own.")
@click.option("--name", default="check", show_default=True, help="Tells apart the comments of several archives.")
@click.option("--print", "shown", is_flag=True, help="Print the comment, and send nothing.")
@with_as_of
@with_config
def command(
    paths: tuple[Path, ...],
    changed: bool,
    since: str | None,
    forge: str | None,
    number: int | None,
    name: str,
    shown: bool,
    as_of: str | None,
    config: Path | None,
) -> None:
    """Check, and tell the pull or merge request of this CI job in one comment.

    The comment is written once and then kept up to date; where nothing is found and there is none,
    none is written. The token is read from GITHUB_TOKEN or GITLAB_TOKEN.

    Exits with 0 whatever was found, and where the comment cannot be sent, which is said: it is `check`
    that fails a job. With 2 where the call or the configuration is wrong.
    """
    settings = project.load(config)
    prefix = git.place(settings.root)
    found = examine(settings, project.as_of_date(as_of), choose(settings, paths, changed, since))
    environment = dict(os.environ)
    if shown and forge is None and not {"GITHUB_ACTIONS", "GITLAB_CI"} & environment.keys():
        click.echo(summarise(found, name, Lines(), _PRINTED), nl=False)
        return
    place = forge_of(forge, environment, number)
    limit = place.forge.limit if place.forge else _PRINTED
    body = summarise(found, name, place.link, limit, lambda path: prefix + path)
    if shown:
        click.echo(body, nl=False)
        return
    if place.forge is None:
        _say(f"no comment written: {place.why}")
        return
    try:
        outcome = post(place.forge, body, marker(name), needed=bool(found.findings))
    except RefusedError as error:
        _say(
            f"no comment written: the token may not write one here ({error}). A request from a fork has a token that "
            "only reads; elsewhere give the job `permissions: pull-requests: write`, or GitLab's token the scope `api`"
        )
    except AnswerError as error:
        _say(f"no comment written: {error}")
    else:
        _say(f"comment {outcome}: {summary(found)}")


def _say(text: str) -> None:
    click.echo(f"mkdocs-postmortem: {text}", err=True)
