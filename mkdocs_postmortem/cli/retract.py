"""`retract`: take a public version back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import with_as_of, with_config
from mkdocs_postmortem.cli.approve import find
from mkdocs_postmortem.releasing import release
from mkdocs_postmortem.releasing.desk import Desk
from mkdocs_postmortem.releasing.rules import private
from mkdocs_postmortem.settings import ConfigError


@click.command("retract")
@click.argument("slug")
@click.option("--by", default="", metavar="WHO", help="Who takes it back. Default: git's user.")
@click.option("--reason", default="", help="Why; for the house, never published.")
@click.option("--undo", is_flag=True, help="Let it be approved anew, and published again.")
@with_as_of
@with_config
def command(slug: str, by: str, reason: str, undo: bool, as_of: str | None, config: Path | None) -> None:
    """Take a public version back: the next build leaves a page in its place that says so.

    Its approvals go with it, and are given anew should it come back.

    What was public once stays in caches, archives and a host's history: the manual says what to do.
    """
    desk = Desk(project.load(config), project.as_of_date(as_of))
    found = find(desk, slug)
    known = found.info.retracted
    if undo:
        if known is None:
            raise ConfigError(f"`{slug}` is not retracted", help="look at the slug; nothing was changed")
        found.info = replace(found.info, retracted=None, approvals=())
        done = "is no longer retracted, and is to be approved anew"
    else:
        if known is not None:
            whose = f" by {known['by']}" if private() else ""
            raise ConfigError(f"`{slug}` was retracted already, on {known['at']}{whose}", help="nothing was changed")
        at = desk.today.isoformat()
        retracted = {"at": at, "by": by or _user(desk.settings.root), "reason": reason}
        # Approvals that stayed would publish it again for want of three lines.
        found.info = replace(found.info, retracted=retracted, approvals=())
        done = "is retracted: build the public site to take it off the air"
    release.save(found, desk.settings.root)
    click.echo(f"{slug} {done}")


def _user(root: Path) -> str:
    from mkdocs_postmortem.reading import git

    try:
        with git.output(root, "config", "user.name") as out:
            return out.read().decode("utf-8", "replace").strip() or "unknown"
    except git.GitError:
        return "unknown"
