"""`redact`: write or refresh the public version of a post-mortem."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from mkdocs_postmortem import parallel
from mkdocs_postmortem import settings as project
from mkdocs_postmortem.cli import Place, with_as_of, with_config
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.releasing import approvals, release, rendering
from mkdocs_postmortem.releasing.desk import Desk, slug_of
from mkdocs_postmortem.releasing.rules import REVIEW, Refusal, private
from mkdocs_postmortem.releasing.work import Projection


@click.command("redact")
@click.argument("files", nargs=-1, type=Place(), metavar="[FILE]...")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a public version is not current.")
@with_as_of
@with_config
def command(files: tuple[Path, ...], check: bool, as_of: str | None, config: Path | None) -> None:
    """Write the public version of a post-mortem to external/releases/. Default: of all that have `external`.

    Says what was left out, replaced and refused, and what a reviewer should look at; where CI is set,
    without the words themselves. Nothing is written where something is refused.
    """
    desk = Desk(project.load(config), project.as_of_date(as_of))
    chosen = [desk.record(path) for path in files] if files else desk.wanted
    failed = False
    if not files:
        for record in desk.unreadable:
            tell(desk.project(record).refusals, desk)
            failed = True
        if not chosen and not failed:
            click.echo("No post-mortem has `external` in its front matter: nothing is public.")
        # A file that cannot be read may be the one that asks for a release.
        failed = failed or (check and _orphans(desk))
    for record, made in zip(chosen, _all_made(desk, chosen), strict=True):
        failed |= not (_check if check else _write)(desk, record, made)
    if failed:
        sys.exit(1)


def tell(items: Iterable[Refusal], desk: Desk | None = None) -> None:
    """Print refusals, with their words only where nobody else reads along; `desk` where they are about documents."""
    for item in items:
        path = desk.called(item.path) if desk is not None else item.path
        place = f"{path}:{item.line}:{item.column}" if item.line else path
        kind = (
            click.style("look at", fg="yellow", bold=True)
            if item.level == REVIEW
            else click.style("refused", fg="red", bold=True)
        )
        click.echo(f"{place}: {kind} {item.code} {item.message}")
        if item.value and private():
            click.echo(f"    here:  {' '.join(item.value.split())}")
        if item.help:
            click.echo(f"    mend:  {item.help}")
        if item.lines and private():
            click.echo(f"    copy:  {item.lines}")


class _Made(NamedTuple):
    """A post-mortem's public version as it should be: what was decided, and the files where nothing was refused."""

    projection: Projection
    files: dict[str, bytes]


def _all_made(desk: Desk, records: Sequence[PostMortem]) -> Iterator[_Made]:
    """Every post-mortem projected; many of them on more than one processor."""
    if records:
        _ = desk.detector, desk.public, desk.asked  # made once, for all processes
    return parallel.each(partial(_made, desk), records)


def _made(desk: Desk, record: PostMortem) -> _Made:
    found = desk.project(record)
    known = desk.releases.get(found.slug)
    if not found.refusals.refused and (known is None or known.words != found.words):
        rendering.judge(found.body, found.path, found.refusals, numbers=found.lines)
    return _Made(found, {} if found.refusals.refused else release.bundle(found, known))


def _write(desk: Desk, record: PostMortem, made: _Made) -> bool:
    found, files = made
    known = desk.releases.get(found.slug)
    _account(found)
    tell(found.refusals, desk)
    if found.refusals.refused:
        count = len(found.refusals.refused)
        click.echo(
            f"{desk.called(record.path)}: {count} {'thing' if count == 1 else 'things'} refused, nothing written"
        )
        return False
    before = desk.state(known) if known is not None else None
    changed = release.write(desk.settings.root, found.slug, files)
    folder = f"{release.FOLDER}/{found.slug}"
    click.echo(f"{folder}: {', '.join(changed)} written" if changed else f"{folder}: current, nothing written")
    now = release.read(desk.settings.root / folder, desk.settings.root)
    state = desk.state(now)
    if before is not None and before.name == "approved" and state.name == "lapsed":
        regarded = any(reason.code == approvals.REGARDED for reason in state.reasons)
        what = "Severity or type" if regarded else "Public words"
        click.echo(f"{what} changed, so the approvals have lapsed.")
    if state.missing:
        click.echo(f"To be approved by: {', '.join(state.missing)}")
    return True


def _account(found: Projection) -> None:
    """What was left out and replaced, for the writer's eyes only."""
    if not private():
        return
    for number, what in sorted(found.removed):
        click.echo(f"{found.path}:{number}: left out: {what}")
    for number, old, new in sorted(found.replaced):
        click.echo(f"{found.path}:{number}: replaced: {' '.join(old.split())} → {new or '(nothing)'}")


def _check(desk: Desk, record: PostMortem, made: _Made) -> bool:
    found, files = made
    known = desk.releases.get(found.slug)
    if found.refusals.refused:
        tell(found.refusals.refused, desk)
        return False
    folder, called = f"{release.FOLDER}/{found.slug}", desk.called(record.path)
    command = f"mkdocs-postmortem redact {record.path}" if private() else "mkdocs-postmortem redact"
    if known is None:
        click.echo(f"{called}: {folder} is not there (run `{command}`)")
        return False
    if known.problems.refused:
        tell(known.problems.refused)
        return False
    stale = [name for name, data in files.items() if _content(desk.settings.root / folder / name) != data]
    stale += [name for name in known.assets if name not in files]
    if stale:
        click.echo(f"{called}: {folder} is not current: {', '.join(stale)} (run `{command}`)")
        return False
    click.echo(f"{called}: {folder} is current")
    return True


def _orphans(desk: Desk) -> bool:
    """Tell of releases that no post-mortem asks for any more."""
    asked = {slug_of(record) for record in desk.wanted}
    found = [item for item in desk.releases.values() if item.slug not in asked and item.info.retracted is None]
    for item in found:
        mend = "remove it" if item.problems.refused else f"run `mkdocs-postmortem retract {item.slug}`"
        click.echo(f"{release.told(item)}: no post-mortem asks for it ({mend})")
    return bool(found)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
