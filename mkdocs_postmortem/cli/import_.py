"""`import`: turn existing post-mortems of other shapes into ours."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from mkdocs_postmortem import parallel
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import Finding, check_records
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.importing import batch, beside, guarding, report, zones
from mkdocs_postmortem.importing.batch import NEW, REFUSED, TAKEN, Importer, Result
from mkdocs_postmortem.reading import Reader, discover
from mkdocs_postmortem.reading import record as reading
from mkdocs_postmortem.reading.source import Source
from mkdocs_postmortem.scaffold import writing
from mkdocs_postmortem.settings import ConfigError, Settings


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=Place(), metavar="FILE...")
@click.option(
    "--to", "folder", type=Place(file_okay=False), metavar="DIR",
    help="Where the results belong. Default: the configured folder.",
)  # fmt: skip
@click.option("--dry-run", "dry", is_flag=True, help="Write nothing; show everything that would be.")
@click.option(
    "--zone",
    metavar="ZONE",
    help="The zone of times that name none: Europe/London, UTC. Default: read as UTC, and told.",
)
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="Form of the report.",
)  # fmt: skip
@with_as_of
@with_config
def command(
    files: tuple[Path, ...],
    folder: Path | None,
    dry: bool,
    zone: str | None,
    form: str,
    as_of: str | None,
    config: Path | None,
) -> None:
    """Turn existing post-mortems of other shapes into ours: files, or all those below a folder.

    Every word is kept, nothing is made up, and no file is ever overwritten. Says what was found and what
    needs a person. Exits with 1 where a file could not be imported or another stands in its place.
    """
    settings = project.load(config)
    home = zones.zone_of(zone) if zone else None
    if zone and home is None:
        raise ConfigError(
            f"--zone: `{zone}` is no time zone", help="write it as Europe/London, America/New_York or UTC"
        )
    works = batch.plan(files, folder or settings.folder_path)
    places = beside.Places((work.path, work.target) for work in works)
    day = project.as_of_date(as_of)
    importer = Importer(settings, day, home, _check(settings, day), places)
    results = list(batch.settled(_imported(importer, works), _ids(settings, folder)))
    if not dry:
        results = [_written(result, settings, folder) for result in results]
    passed = batch.passed_over(files, works)
    called = [settings.relative(result.target) for result in results]
    if form == "json":
        click.echo(report.as_json(results, called, passed))
    else:
        _show(results, called, passed, dry)
    if any(result.state in (TAKEN, REFUSED) for result in results):
        sys.exit(1)


def _ids(settings: Settings, folder: Path | None) -> dict[str, Path]:
    """The IDs of the wiki's post-mortems, where the results come to stand beside them."""
    wiki = settings.folder_path
    if folder is not None and not Path(os.path.abspath(folder)).is_relative_to(os.path.abspath(wiki)):
        return {}
    there = discover(wiki)
    return {found.id: path for found, path in zip(Reader(settings).glance_all(there), there, strict=True)}


_CONTRADICTED = "PM306"
"""A duration is stated otherwise than the timestamps have it."""


def _check(settings: Settings, day: date) -> guarding.Check:
    """What `check` says of a file that is not written yet, as far as import tells of it."""

    def faults(text: str, path: str) -> list[Finding]:
        record = reading.make(Source(text, ""), path, settings)
        found = check_records([record], settings, day).findings
        return [one for one in found if one.severity == "error" or one.code == _CONTRADICTED]

    return faults


def _imported(importer: Importer, works: list[batch.Work]) -> Iterable[list[Result]]:
    found = parallel.each(importer, works)
    if len(works) < 200 or not sys.stderr.isatty() or os.environ.get("CI"):
        return found
    with click.progressbar(found, length=len(works), label="Importing", file=sys.stderr) as bar:
        return list(bar)


def _written(result: Result, settings: Settings, folder: Path | None) -> Result:
    if result.state != NEW:
        return result
    root = settings.root
    if folder is not None and not Path(os.path.abspath(folder)).is_relative_to(os.path.abspath(root)):
        root = folder  # elsewhere on purpose, and not through a link in the project
    try:
        if writing.create(result.target, result.text, root):
            for picture, place in result.files:
                writing.create(place, picture.read_bytes(), root)  # one that is there already stays
            return result
    except ConfigError as error:
        return replace(result, state=REFUSED, message="; ".join(line.strip() for line in str(error).split("\n")))
    except OSError as error:
        return replace(result, state=REFUSED, message=f"a picture cannot be read: {error.strerror or error}")
    return replace(result, state=TAKEN, message="another file came to be there meanwhile, and is left as it is")


def _show(results: list[Result], called: list[str], passed: dict[str, Counter[str]], dry: bool) -> None:
    for result, target in zip(results, called, strict=True):
        for line in report.of_file(result, target, dry):
            click.echo(line)
        if dry and len(results) == 1 and result.text:
            click.echo("")
            click.echo(result.text, nl=False)
    click.echo("")
    for line in report.summary(results, dry, passed):
        click.echo(line)
