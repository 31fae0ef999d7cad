"""What everything that is written here needs: templates, safe scalars, files that never overwrite."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import jinja2
import yaml

from mkdocs_postmortem.settings import ConfigError

TEMPLATES = Path(__file__).parent / "templates"

_WIDE = 1 << 20
_MARKUP = re.compile(r"[\\`*\[\]{}|]|(?<!\w)_|_(?!\w)|#(?=#*\Z)|<|&(?=#|\w+;)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates, with `yaml` and `inline` to put values where YAML and markdown stand."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML is written; every value goes through `yaml` or `inline`
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["yaml"] = scalar
    env.filters["inline"] = inline
    return env


def render(template: str, **values: object) -> str:
    """A template with its values; a missing value is an error, never an empty place."""
    return environment().get_template(template).render(**values)


def scalar(value: str) -> str:
    """A text as a YAML scalar on one line, quoted only where YAML would read it as something else."""
    plain = _dump(value, None)
    return _dump(value, '"') if plain.startswith(("'", '"')) else plain


def _dump(value: str, style: str | None) -> str:
    # Inside brackets, so that the result is right in a block and in a flow list alike.
    text: str = yaml.safe_dump([value], default_style=style, default_flow_style=True, allow_unicode=True, width=_WIDE)
    return text.strip()[1:-1]


def inline(text: str) -> str:
    """A text as markdown that shows exactly these characters on one line."""
    return _MARKUP.sub(lambda match: _ENTITIES.get(match[0]) or "\\" + match[0], text)


def one_line(text: str) -> str:
    """A text on one line, without what no file or terminal can show."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(shown.split())


def create(path: Path, text: str | bytes, root: Path) -> bool:
    """Write a file that is not there yet; False, and nothing is touched, where it is.

    Raises `ConfigError` where the place leads out of `root` or cannot be written to.
    """
    name = _name(path, root)
    created = False
    try:
        # Judged before anything is made: folders below a link would be made on its other side.
        if not path.parent.resolve().is_relative_to(root.resolve()):
            raise ConfigError(
                f"`{name}` is not written: a link on its way leads out of the project",
                help="replace the link with a folder",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        # Exclusive creation: of two that write at once one wins, and a link is never followed.
        with path.open("xb") as file:
            created = True
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
    except FileExistsError:
        if path.is_symlink() or path.is_file():
            return False
        raise _cannot(name, "something else stands in its place") from None
    except OSError as error:
        if created:
            path.unlink(missing_ok=True)
        raise _cannot(name, error.strerror or str(error)) from None
    except RuntimeError:  # Python 3.12 and before say so of links that lead in a circle
        raise _cannot(name, "links that lead in a circle") from None
    return True


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _cannot(name: str, why: str) -> ConfigError:
    return ConfigError(f"`{name}` cannot be written: {why}", help="look at the folder and its permissions")
