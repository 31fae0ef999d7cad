"""`approve`: record an approval of the exact public words."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.cli.redact import tell
from mkdocs_postmortem.releasing import approvals, release, rendering
from mkdocs_postmortem.releasing.desk import Desk
from mkdocs_postmortem.releasing.publish import judge
from mkdocs_postmortem.releasing.release import Release
from mkdocs_postmortem.releasing.rules import Refusals
from mkdocs_postmortem.settings import ConfigError


@click.command("approve")
@click.argument("slug")
@click.option(
    "--role", required=True, help="In which role: technical, communications, legal, executive, or the policy's own."
)
@click.option("--by", required=True, metavar="WHO", help="Who approves.")
@click.option(
    "--sign",
    "key",
    type=Place(dir_okay=False),
    help="Sign with this SSH key, as the policy's allowed-signers file asks for.",
)
@with_as_of
@with_config
def command(slug: str, role: str, by: str, key: Path | None, as_of: str | None, config: Path | None) -> None:
    """Approve a public version: print its exact words, and record who said yes to them.

    Confirms the lines of the review checklist that belong to the role. Change a public word, and the
    approval lapses.
    """
    desk = Desk(project.load(config), project.as_of_date(as_of))
    found = find(desk, slug)
    if found.problems.refused:
        tell(found.problems.refused)
        sys.exit(1)
    if found.digest != found.info.digest:
        raise ConfigError(
            f"{found.path} is not what redact wrote", help="change the post-mortem, and run `mkdocs-postmortem redact`"
        )
    refusals = Refusals()
    judge(found, desk.detector, refusals, desk.today)
    rendering.judge(found.body, found.path, refusals, first_line=found.body_line)
    if refusals.refused:
        tell(refusals.refused)
        click.echo(f"{found.path}: the build would refuse it, nothing approved")
        sys.exit(1)
    item = approvals.approve(found, desk.policy, desk.roster, role, by, desk.today, key)
    click.echo(found.words)
    for name, data in sorted(found.assets.items()):
        click.echo(f"{release.FOLDER}/{slug}/{name} ({len(data)} bytes): look at it")
    for name in item.confirms:
        click.echo(f"[x] {approvals.CHECKLIST[name][1]}")
    release.save(found, desk.settings.root)
    click.echo(f"{slug}: approved by {by} ({role}): {item.digest}")
    state = desk.state(found)
    if state.missing:
        click.echo(f"Still to be approved by: {', '.join(state.missing)}")
    for reason in state.reasons:
        if reason.code != approvals.MISSING:
            click.echo(f"{reason.code} {reason.message}")


def find(desk: Desk, slug: str) -> Release:
    """A release by its slug. Raises `ConfigError` where there is none."""
    if slug not in desk.releases:
        known = ", ".join(sorted(desk.releases)) or "none yet"
        raise ConfigError(f"there is no release `{slug}`", help=f"there are: {known}")
    return desk.releases[slug]
