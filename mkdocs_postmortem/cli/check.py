"""`check`: validate post-mortems and say what to mend, and where."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from mkdocs_postmortem import settings as project
from mkdocs_postmortem.checking import Cache, Report, check_files, report
from mkdocs_postmortem.checking.findings import printable
from mkdocs_postmortem.cli import Command, Place, with_as_of, with_config
from mkdocs_postmortem.reading import discover, git, is_postmortem
from mkdocs_postmortem.reading.history import History, read_history
from mkdocs_postmortem.reading.register import Register, find_register, read_register
from mkdocs_postmortem.reading.source import RealPaths
from mkdocs_postmortem.settings import ConfigError, Settings

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


def with_choice(command: Command) -> Command:
    """Add the arguments and options that say what is checked: paths, `--changed` and `--since`."""
    paths = click.argument("paths", nargs=-1, type=Place(), metavar="[PATH]...")
    changed = click.option("--changed", is_flag=True, help="Only files that this branch changes, as git tells.")
    since = click.option(
        "--since",
        metavar="REF",
        help="What --changed compares with, from where this branch left it. Default: the main branch of origin, else "
        "the last commit.",
    )
    return paths(changed(since(command)))


@click.command("check")
@click.option(
    "--format", "form", type=click.Choice(report.FORMATS), default="text", show_default=True, help="Form of the report."
)
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings, too.")
@click.option("--no-cache", is_flag=True, help="Judge every file anew and remember nothing.")
@click.option("--fix", is_flag=True, help="Mend what is mechanical, show it as a diff, and check what is left.")
@click.option(
    "--diff",
    "--dry-run",
    "diff",
    is_flag=True,
    help="Only show what --fix would write; exit with 1 where that is anything.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only what fails the check.")
@with_choice
@with_as_of
@with_config
def command(
    paths: tuple[Path, ...],
    form: str,
    strict: bool,
    no_cache: bool,
    fix: bool,
    diff: bool,
    quiet: bool,
    changed: bool,
    since: str | None,
    as_of: str | None,
    config: Path | None,
) -> None:
    """Validate post-mortems: files, or all those below a folder. Default: the configured folder.

    Exits with 1 where there is an error, with 2 where the call or the configuration is wrong.
    Warnings and notes do not fail the check; warnings do with --strict.

    --fix writes canonical names, RFC 3339 dates and the template's order of columns; never prose.
    What it does not mend because it could mean two things is told.
    """
    settings = project.load(config)
    today = project.as_of_date(as_of)
    choice = choose(settings, paths, changed, since)
    unmended = _mend(choice.files, settings, write=not diff, aside=form != "text", quiet=quiet) if fix or diff else 0
    if diff:
        sys.exit(1 if unmended else 0)
    found = examine(settings, today, choice, remember=not no_cache)
    failing = ("error", "warning") if strict else ("error",)
    failed = any(finding.severity in failing for finding in found.findings) or unmended > 0
    if quiet:
        found.findings = [finding for finding in found.findings if finding.severity in failing]
    _show(found, form, settings, quiet)
    if failed:
        sys.exit(1)


class Choice(NamedTuple):
    """What is checked, and what is there to be looked at beside it."""

    files: list[Path]
    archive: list[Path]
    """All post-mortems there are."""
    register: bool
    """The register of incidents is judged, too."""


def choose(settings: Settings, paths: tuple[Path, ...], changed: bool, since: str | None) -> Choice:
    """The files that `with_choice`'s arguments mean. Raises `ConfigError`."""
    archive = discover(settings.folder_path)
    chosen = _chosen(paths) if paths else archive
    if since is not None and not changed:
        raise ConfigError("--since says what --changed compares with", help="write both: --changed --since REF")
    if not paths and not settings.folder_path.is_dir():
        raise ConfigError(
            f"there is no folder {settings.folder}",
            help="run `mkdocs-postmortem init`, set `postmortems:` in postmortem.yml, or name files",
        )
    named = find_register(settings)
    judged = named is not None and (not paths or _among(named, paths))
    if changed:
        files = _changed(settings, since)
        real = RealPaths()
        chosen = [path for path in chosen if real(path) in files]
        judged = judged and named is not None and real(named) in files
    return Choice(chosen, archive, judged)


def examine(settings: Settings, today: date, choice: Choice, *, remember: bool = True) -> Report:
    """Check what was chosen; `remember` findings between runs. Raises `ConfigError`."""
    known = read_history(settings) if settings.process.check_git else History.none()
    cache = Cache(settings, today, known.digest) if remember else None
    register = read_register(settings) if choice.register else None
    found = _checked(choice.files, choice.archive, settings, today, cache, known, register)
    if known.note:
        click.echo(f"mkdocs-postmortem: not compared with git: {known.note}", err=True)
    if cache is not None:
        cache.save()
    return found


def _mend(chosen: list[Path], settings: Settings, *, write: bool, aside: bool, quiet: bool) -> int:
    """Mend the files, or only show how; gives how many files are left that are not mended.

    `aside` puts the diff on the error stream, for a report that is read by a program.
    """
    from mkdocs_postmortem.mending import mend_file  # most runs mend nothing

    changed = refused = 0
    for path in chosen:
        outcome = mend_file(path, settings, write=write)
        if outcome.refused:
            refused += 1
            click.echo(f"{printable(outcome.path)}: not mended: {outcome.refused}", err=True)
            continue
        if outcome.changed:
            changed += 1
            for line in () if quiet else outcome.diff:
                click.echo(click.style(printable(line), fg=_DIFF.get(line[:1])), err=aside)
        for place, what in () if quiet else outcome.left:
            click.echo(
                f"{printable(outcome.path)}:{place.line}:{place.column}: not mended: {printable(what)}", err=True
            )
    if changed:
        told = f"mended {report.count(changed, 'file')}" if write else f"{report.count(changed, 'file')} to mend"
        click.echo(f"mkdocs-postmortem: {told}", err=True)
    return refused if write else refused + changed


_DIFF = {"+": "green", "-": "red", "@": "cyan"}


def _among(register: Path, paths: tuple[Path, ...]) -> bool:
    """The register is judged with the whole archive, or where it is named itself."""
    return any(path.resolve() == register.resolve() for path in paths)


def _changed(settings: Settings, since: str | None) -> frozenset[str]:
    """The files that changed, by their real paths: git names a linked one by its target."""
    from mkdocs_postmortem.reading.changes import ChangesError, changed_files

    try:
        names = changed_files(settings.root, since)
    except ChangesError as error:
        raise ConfigError(str(error), help=error.help) from None
    return frozenset(os.path.realpath(settings.root / name) for name in names)


def _checked(
    chosen: list[Path],
    archive: list[Path],
    settings: Settings,
    today: date,
    cache: Cache | None,
    known: History,
    register: Register | None,
) -> Report:
    if len(chosen) < 500 or not sys.stderr.isatty() or os.environ.get("CI"):
        return check_files(chosen, archive, settings, today, cache, history=known, register=register)
    with click.progressbar(length=len(chosen), label="Checking", file=sys.stderr) as bar:
        return check_files(chosen, archive, settings, today, cache, lambda: bar.update(1), known, register)


def _chosen(paths: tuple[Path, ...]) -> list[Path]:
    """The files to check; what is named but is no post-mortem is passed over, as hooks name any file."""
    chosen: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            chosen.update(dict.fromkeys(discover(path)))
        elif path.exists() or path.is_symlink():
            if is_postmortem(path.name):
                chosen[path] = None
        else:
            raise ConfigError(f"{path}: there is no such file or folder", help="look at the path")
    return list(chosen)


def _show(found: Report, form: str, settings: Settings, quiet: bool) -> None:
    if form == "json":
        click.echo(report.as_json(found))
    elif form == "sarif":
        click.echo(report.sarif(found, git.place(settings.root)))
    elif form == "gitlab":
        click.echo(report.gitlab(found, git.place(settings.root)))
    elif form == "github":
        for line in report.github(found, git.place(settings.root)):
            click.echo(line)
        click.echo(report.summary(found), err=True)
    elif not quiet or found.findings:
        for line in report.text(found, settings, _style):
            click.echo(line)


def _style(text: str, kind: str) -> str:
    if kind in _COLOURS:
        return click.style(text, fg=_COLOURS[kind], bold=True)
    if kind == "dim":
        return click.style(text, dim=True)
    return click.style(text, bold=True) if kind in ("path", "summary") else text
