"""The gate for a site that is built already, by whatever generator: what it is to be is told by the sources."""

from __future__ import annotations

import filecmp
import importlib.metadata
import posixpath
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mkdocs_postmortem.releasing import gate
from mkdocs_postmortem.releasing.configured import Configuration, configuration, languages, sources_of, speaks
from mkdocs_postmortem.releasing.expected import Expectation
from mkdocs_postmortem.releasing.publish import WRITTEN, PublicSite
from mkdocs_postmortem.releasing.rules import Refusals
from mkdocs_postmortem.settings import ConfigError

DEFAULT_CONFIG = "mkdocs.external.yml"


def verify(site: Path, root: Path, config: Path | None, control: Path | None, today: date) -> tuple[Refusals, int]:
    """What is refused in a built site, and how many files were read.

    Raises `ConfigError` where the site's configuration cannot be read.
    """
    given = read_configuration(config or root / DEFAULT_CONFIG, root)
    public = PublicSite(root, today)
    public.configure(given[0])
    public.open()
    found = public.refusals
    title, address = given[1], given[2]
    generated: Mapping[str, str | bytes] = {**public.pages(bool(address)), **public.assets(title, address)}
    assets = {uri: data for uri, data in generated.items() if isinstance(data, bytes)}
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    releases = {item.src_uri: item for item in public.shown if item.state == "approved"}
    sources = [uri for uri, data in generated.items() if isinstance(data, str)]
    docs = given[0].docs
    sources += [path.relative_to(docs).as_posix() for path in docs.rglob("*.md") if path.is_file()]
    pages = {}
    for uri in sources:
        to = _address(uri, names)
        pages[to] = releases[uri].shown if uri in releases else None
    same, own = _installed(given[0], site, names), {}
    for path in docs.rglob("*"):
        name = path.relative_to(docs).as_posix()
        if path.is_file() and path.suffix != ".md" and name in names:
            own[name] = path
    texts = [*sources_of(given[0], public.shown), *(data for data in generated.values() if isinstance(data, str))]
    if control is not None:
        for path in control.rglob("*"):
            name = path.relative_to(control).as_posix()
            if path.is_file() and name in names and name not in pages and name not in assets and name not in own:
                if not name.endswith((".html", ".xml", ".json", ".gz")):
                    same[name] = path
                texts.append(name)
            if path.is_file() and path.suffix in (".html", ".json", ".xml"):
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    others = frozenset(
        name for name in names if control is not None and (control / name).is_file() and name not in same
    )
    expected = Expectation(
        pages=pages,
        same={**same, **own},
        assets=assets,
        own=frozenset(own),
        perhaps=languages(given[0]),
        optional=WRITTEN | others,
        sources=lambda: texts,
        themes=given[0].themes,
        languages=speaks(given[0]),
        site_url=address,
    )
    found.extend(gate.inspect(site, expected, public.policy, public.detector, today))
    return found, len(names)


def _address(uri: str, names: set[str]) -> str:
    """Where a source's page is in a site that was built with or without folders as addresses."""
    stem = uri.removesuffix(".md")
    folder, name = posixpath.split(stem)
    if name.lower() in ("index", "readme"):
        return posixpath.join(folder, "index.html")
    flat = f"{stem}.html"
    return flat if flat in names else f"{stem}/index.html"


def _installed(given: Configuration, site: Path, names: set[str]) -> dict[str, Path]:
    """Files of the site that the theme holds as well; of two hosts' copies, the one that was built with."""
    found = {}
    for name in names:
        if name.endswith((".html", ".xml")):
            continue
        copies = [folder / name for folder in given.themes if (folder / name).is_file()]
        if copies:
            found[name] = next((copy for copy in copies if filecmp.cmp(copy, site / name, shallow=False)), copies[0])
    return found


class _Plain(yaml.SafeLoader):
    """YAML in which tags that run code or read the environment are passed over."""


_Plain.add_multi_constructor("", lambda *_: None)


def read_configuration(path: Path, root: Path) -> tuple[Configuration, str, str]:
    """The public site's configuration without the host that reads it: it, the site's name and its address."""
    data = _inherited(path)
    theme = data.get("theme") or "mkdocs"
    look = theme if isinstance(theme, dict) else {"name": theme}
    folders = _theme_folders(str(look.get("name") or ""))
    custom = look.get("custom_dir")
    given = configuration(
        {
            **data,
            "config_file_path": str(path),
            "docs_dir": str(path.parent / str(data.get("docs_dir") or "docs")),
            "site_dir": str(path.parent / str(data.get("site_dir") or "site")),
            "plugins": _names(data.get("plugins")),
            "markdown_extensions": _names(data.get("markdown_extensions")),
            "theme": None,
        },
        root,
        look=look,
        custom=path.parent / str(custom) if custom else None,
        dirs=folders,
    )
    return given, str(data.get("site_name") or ""), str(data.get("site_url") or "")


_MOST_PARENTS = 20
"""Configurations that may inherit from one another in a row; more are a circle."""


def _inherited(path: Path) -> dict[str, Any]:
    """A configuration with those that it inherits from below it, as MkDocs reads them (`INHERIT`)."""
    layers = []
    for _ in range(_MOST_PARENTS):
        data = _mapping(path)
        parent = data.pop("INHERIT", None)
        layers.append(data)
        if not isinstance(parent, str):
            break
        path = path.parent / parent
    else:
        raise ConfigError("inherits from itself", path.name, help="remove `INHERIT` from one of the files")
    found: dict[str, Any] = {}
    for data in reversed(layers):
        found = _merged(found, data)
    return found


def _mapping(path: Path) -> dict[str, Any]:
    try:
        data: Any = yaml.load(path.read_text(encoding="utf-8"), _Plain)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path.name, help="name it with --site-config") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise ConfigError(
            "is not YAML that can be read", path.name, help="look whether the site builds with it"
        ) from None
    if not isinstance(data, dict):
        raise ConfigError("holds no configuration", path.name, help="run `mkdocs-postmortem init`")
    return data


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Mappings key by key, all else replaced."""
    found = dict(below)
    for key, value in above.items():
        known = found.get(key)
        found[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return found


def _names(value: object) -> list[str]:
    """The names of plugins or extensions, whichever way they are listed."""
    if isinstance(value, dict):
        return [str(name) for name in value]
    items = value if isinstance(value, list) else []
    return [str(next(iter(item), "")) if isinstance(item, dict) else str(item) for item in items]


def _theme_folders(name: str) -> tuple[Path, ...]:
    found: list[Path] = []
    points = [
        *importlib.metadata.entry_points(group="mkdocs.themes"),
        *importlib.metadata.entry_points(group="properdocs.themes"),
    ]
    for point in points:
        if point.name == name and point.dist is not None:
            place = Path(str(point.dist.locate_file(point.module.replace(".", "/"))))
            if place.is_dir():
                found.append(place)
    for package in ("mkdocs", "properdocs"):
        try:
            home = Path(str(importlib.metadata.distribution(package).locate_file(package)))
        except importlib.metadata.PackageNotFoundError:
            continue
        found += [
            folder for folder in (home / "templates", home / "contrib" / "search" / "templates") if folder.is_dir()
        ]
    return tuple(found)
