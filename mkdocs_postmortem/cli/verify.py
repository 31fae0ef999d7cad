"""`verify`: the gate alone, for a site that is built already."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.cli.redact import tell
from mkdocs_postmortem.releasing.verifying import verify
from mkdocs_postmortem.settings import ConfigError


@click.command("verify")
@click.argument("site", metavar="SITE_DIR", type=Place(file_okay=False))
@click.option(
    "--site-config",
    type=Place(dir_okay=False),
    help="The public site's configuration. Default: mkdocs.external.yml beside the settings.",
)
@click.option(
    "--control",
    type=Place(file_okay=False),
    help="The same site built by the same generator without releases: what it writes by itself.",
)
@with_as_of
@with_config
def command(site: Path, site_config: Path | None, control: Path | None, as_of: str | None, config: Path | None) -> None:
    """Read every byte of a built public site, through every decoding, and refuse what nobody can explain.

    People, denied terms, hosts, secrets, links, the set of files, the theme's files, containment, and that
    each release shows its own words. For sites that another generator built, and for the one in place.
    """
    settings = project.load(config)
    if control is not None and not control.is_dir():
        raise ConfigError(
            f"there is no folder `{control}`", help="build the same site without releases, and name its folder"
        )
    if not site.is_dir():
        raise ConfigError(f"there is no folder `{site}`", help="build the public site first")
    found, count = verify(site, settings.root, site_config, control, project.as_of_date(as_of))
    tell(found.refused)
    if found.refused:
        number = len(found.refused)
        click.echo(f"{site}: {number} {'refusal' if number == 1 else 'refusals'}: do not publish it")
        sys.exit(1)
    click.echo(f"{site}: {count} files read, nothing refused")
