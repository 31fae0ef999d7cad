"""`explain`: what a rule is for, with a bad and a good example."""

from __future__ import annotations

import click

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking import RULES
from mkdocs_postmortem.checking.explain import explain
from mkdocs_postmortem.settings import ConfigError


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the rule CODE; without one, list all rules."""
    if code is None:
        width = max(len(rule.name) for rule in RULES.values())
        for rule in sorted(RULES.values(), key=lambda item: item.code):
            click.echo(f"{rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.summary}")
        from mkdocs_postmortem.releasing import explaining  # takes a while to import

        for public in sorted(explaining.RULES.values()):
            click.echo(f"{public.code}  refused  {public.name:<{width}}  {public.summary}")
        return
    wanted = code.strip().upper()
    by_name = {rule.name: rule.code for rule in RULES.values()}
    wanted = by_name.get(code.strip().lower(), wanted)
    if wanted not in RULES and (wanted[:3] in ("PM7", "PM8", "PM9") or code.islower()):
        from mkdocs_postmortem.releasing import explaining  # takes a while to import

        names = {rule.name: rule.code for rule in explaining.RULES.values()}
        wanted = names.get(code.strip().lower(), wanted)
        if wanted in explaining.RULES:
            click.echo(explaining.explain(wanted))
            return
    if wanted not in RULES:
        close = schemas.nearest(wanted, [*RULES, *by_name])
        raise ConfigError(
            f"there is no rule `{code}`",
            help=f"did you mean {close}?" if close else "`mkdocs-postmortem explain` lists them all",
        )
    click.echo(explain(wanted))
