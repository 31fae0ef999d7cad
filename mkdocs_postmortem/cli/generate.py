"""`generate`: the wiki as plain markdown, for a host that runs no plugin."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.exporting import markdown
from mkdocs_postmortem.measuring.clock import history_of
from mkdocs_postmortem.reading import Reader, discover, newest_first
from mkdocs_postmortem.reading.register import read_register
from mkdocs_postmortem.settings import ConfigError
from mkdocs_postmortem.views import pages as views


@click.command("generate")
@click.option("--out", required=True, type=Place(file_okay=False), help="The folder to write into.")
@click.option(
    "--audience",
    type=click.Choice(("internal", "external")),
    default="internal",
    show_default=True,
    help="For whom: the wiki, or approved public versions and the public site's own pages.",
)
@click.option(
    "--site-url",
    metavar="URL",
    help="Where the folder will be read, for links in the calendar and the feed: https://wiki.example.com/postmortems/",
)
@with_as_of
@with_config
def command(out: Path, audience: str, site_url: str | None, as_of: str | None, config: Path | None) -> None:
    """Write what the plugin would generate as plain markdown, for any site generator.

    The folder is new or empty, or nothing is in it but what an earlier run wrote: that is replaced.
    """
    settings = project.load(config)
    for name, why in _NEVER:
        if out.resolve().is_relative_to((settings.root / name).resolve()):
            raise ConfigError(f"`{out}` is inside {name}/, {why}", help="give a new or an empty folder with --out")
    if site_url is not None and not re.match(r"https?://[^\s/]", site_url):
        raise ConfigError(
            f"--site-url: `{site_url}` is no address", help="write it whole, like https://wiki.example.com/"
        )
    if audience == "external":
        if site_url is not None:
            raise ConfigError("--site-url is of no use here", help="leave it out: no calendar and no feed is written")
        _public(out, settings.root, project.as_of_date(as_of))
        return
    source = settings.folder_path
    if not source.is_dir():
        raise ConfigError(f"there is no folder {settings.folder}", help="set `postmortems:` in postmortem.yml")
    if out.resolve().is_relative_to(source.resolve()):
        raise ConfigError(f"`{out}` is inside {settings.folder}", help="write the wiki beside its sources")
    paths = discover(source)
    records = Reader(settings).read_all(paths)
    site = views.Site(
        records=newest_first(records),
        settings=settings,
        as_of=project.as_of_date(as_of),
        base="",
        src_uris={
            record.path: path.relative_to(source).as_posix() for record, path in zip(records, paths, strict=True)
        },
        href=markdown.href,
        site_url=site_url or "",
        register=read_register(settings),
        history=history_of(records, settings),
    )
    written = markdown.write(site, source, out)
    click.echo(f"{len(written)} files in {out}")


_NEVER = (
    ("external", "whose pages are public by definition"),
    (".git", "which belongs to git"),
    (".github", "where GitHub looks for workflows"),
)
"""Folders in which nothing is ever written, and why."""


def _public(out: Path, root: Path, today: date) -> None:
    """What is approved, and nothing else, checked by the policy of today."""
    from mkdocs_postmortem.cli.redact import tell  # what follows takes a while to import
    from mkdocs_postmortem.releasing.publish import PublicSite

    home = root / "external"
    public = PublicSite(root, today)
    public.open()
    public.judge_own(home / "docs", whole=True)
    if public.refusals.refused:
        tell(public.refusals.refused)
        sys.exit(1)
    docs = home / "docs"
    own = {path.relative_to(docs).as_posix(): path for path in sorted(docs.rglob("*.md")) if not path.is_symlink()}
    written = markdown.put({**own, **public.pages(with_feed=False), **public.assets("", "")}, out)
    for note in public.notes:
        click.echo(note, err=True)
    click.echo(f"{len(written)} files in {out}")
