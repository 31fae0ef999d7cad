"""The command line: a thin door. Each command is a module of this folder, imported when it is called."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable
from keyword import iskeyword
from pathlib import Path
from typing import Any, TypeVar

import click

from mkdocs_postmortem import __version__
from mkdocs_postmortem.settings import ConfigError

COMMANDS = {
    "init": "Set up a repository; never overwrites a file.",
    "new": "Write a post-mortem from the template of its incident type.",
    "import": "Turn existing post-mortems of other shapes into ours.",
    "check": "Validate post-mortems and say what to mend, and where.",
    "comment": "Tell a pull or merge request what was found, in one comment.",
    "explain": "What a rule is for, with a bad and a good example.",
    "actions": "The action items of all post-mortems.",
    "stats": "The metrics of all post-mortems, with their definitions.",
    "meeting": "Agenda, pre-read and invitation of a post-mortem meeting.",
    "redact": "Write or refresh the public version of a post-mortem.",
    "approve": "Approve the exact words of a public version.",
    "retract": "Take a public version back.",
    "verify": "Read every byte of a built public site, and refuse what nobody can explain.",
    "generate": "Write the wiki as plain markdown, for hosts that run no plugin.",
    "schema": "Print a JSON Schema.",
}
"""The commands by name, with the line that `--help` shows, so that listing them imports none."""

Command = TypeVar("Command", bound=Callable[..., Any])


class _Lazy(click.Group):
    """A group whose commands are imported when they are run: starting up is part of `check` on save."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"mkdocs_postmortem.cli.{_module(cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            click.echo(f"mkdocs-postmortem: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("mkdocs-postmortem: interrupted", err=True)
            ctx.exit(130)


def _module(command: str) -> str:
    """The module of a command: a word that Python keeps for itself has an underscore behind it."""
    return f"{command}_" if iskeyword(command) else command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mkdocs-postmortem")
def group() -> None:
    """Check post-mortems written in markdown, and list what is still to be done.

    Exit codes: 0 fine, 1 findings, 2 the call or the configuration is wrong.
    """


class Place(click.Path):
    """A file or a folder by its path. The empty one, which a variable that is not set leaves, is refused."""

    def __init__(self, *, dir_okay: bool = True, file_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay, file_okay=file_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path. Fails where there is none."""
        if value == "":
            self.fail("a path is empty; write `.` for this folder", param, ctx)
        return super().convert(value, param, ctx)


def with_config(command: Command) -> Command:
    """Add `--config FILE`."""
    return click.option(
        "--config",
        "config",
        type=Place(dir_okay=False),
        help="The settings file. Default: postmortem.yml here or above.",
    )(command)


def with_as_of(command: Command) -> Command:
    """Add `--as-of DATE`, the day that counts as today."""
    return click.option(
        "--as-of",
        "as_of",
        metavar="DATE",
        help="The day that counts as today. Default: SOURCE_DATE_EPOCH, else today.",
    )(command)


def main() -> None:
    """Run the command line; the exit code says how it went."""
    # What is loaded stays, and records go as soon as they are judged; looking for cycles among them again and again
    # would take a third of the time.
    gc.set_threshold(200_000, 50, 100)
    for stream in (sys.stdout, sys.stderr):
        # A pipe may claim an encoding that has no letter for a service or a person.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    group()
