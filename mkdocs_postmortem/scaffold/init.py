"""`init`: a repository in which the wiki builds and the check runs at once. Nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from mkdocs_postmortem import schemas, settings
from mkdocs_postmortem.checking.schema import written_schema
from mkdocs_postmortem.scaffold import editor, writing
from mkdocs_postmortem.settings import DEFAULT_FILE, ConfigError

SITE_NAME = "Post-mortems"
SCHEMA_FOLDER = ".postmortem"
"""Where copies of the schemas go, so that editors complete the settings without any network."""

SERVICES = ("github", "gitlab", "none")
"""Whose CI is set up."""

_EDITOR = "editor"
_GITLAB = "postmortems.gitlab-ci.yml"
_SITE_CONFIGS = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml")
_DOCS_DIR = re.compile(r"^docs_dir:[ \t]*([\"']?)((?:\./)?\w[\w ./-]*?)\1[ \t]*(?:#.*)?$", re.MULTILINE)
_PLUGIN = re.compile(r"^[ \t]*(?:-[ \t]*)?[\"']?postmortem\b", re.MULTILINE)


class Outcome(NamedTuple):
    """What became of one file of the set-up."""

    path: Path
    state: Literal["written", "kept"]
    """`kept`: it existed already and was not touched."""
    note: str = ""
    """What is left to do by hand, in one sentence; mostly nothing."""


def init(root: Path, *, site_name: str | None = None, ci: str | None = None) -> list[Outcome]:
    """Set up a repository in `root`, a folder that exists.

    `ci` is one of `SERVICES`; without it what `ci:` in the settings says, GitLab's where the repository has files of
    GitLab's, else GitHub's.

    Every file that exists is kept as it is, so that a second run changes nothing and two runs at
    once do no harm. Raises `ConfigError` where a file cannot be written, or would be written
    outside `root` through a link.
    """
    if not root.is_dir():
        raise ConfigError(f"`{root}` is not a folder", help="make it first, or give another")
    site = next((root / name for name in _SITE_CONFIGS if (root / name).exists()), None)
    docs = _docs_dir(site) if site else "docs"
    service = ci or _remembered(root) or _service(root)
    owners = _owners(root, service)
    values = {
        "chosen": ci or "",
        "codeowners": owners,
        "site_name": writing.one_line(site_name or "") or SITE_NAME,
        "docs": docs,
        "postmortems": f"{docs}/postmortems",
        "hook_files": rf"^{re.escape(docs)}/postmortems/.*\.(md|markdown)$",
        "settings_schema": f"{SCHEMA_FOLDER}/settings.schema.json",
    }
    outcomes = []
    for name, template in _files(docs, site, service, owners):
        if template is None:
            text = ""
        elif template == _EDITOR:
            text = _for_editors(root, docs)[name]
        else:
            text = writing.render(f"init/{template}", **values)
        path = root / name
        written = writing.create(path, text, root)
        outcomes.append(Outcome(path, "written" if written else "kept", "" if written else _to_add(path, ci)))
    if site is not None:
        outcomes.insert(0, Outcome(site, "kept", _what_is_missing(site)))
    return outcomes


def _for_editors(root: Path, docs: str) -> dict[str, str]:
    """What editors are given, by path; with the severities and types of settings that are there."""
    try:
        loaded = settings.load(root / DEFAULT_FILE)
        schema, folder = written_schema(loaded), loaded.folder
    except ConfigError:  # which `check` tells
        schema, folder = schemas.load("postmortem"), f"{docs}/postmortems"
    copies = editor.copies(schema)
    return {
        **{f"{SCHEMA_FOLDER}/{name}.schema.json": text for name, text in copies.items()},
        f"{SCHEMA_FOLDER}/problem-matcher.json": editor.problem_matcher(),
        ".vscode/settings.json": editor.settings(folder, SCHEMA_FOLDER),
        ".vscode/tasks.json": editor.tasks(),
        ".vscode/postmortem.code-snippets": editor.snippets(schema),
    }


def _remembered(root: Path) -> str:
    """Whose CI the settings name, as an `init` before this one wrote them."""
    try:
        return settings.load(root / DEFAULT_FILE).ci if (root / DEFAULT_FILE).is_file() else ""
    except ConfigError:  # which `check` tells
        return ""


def _owners(root: Path, service: str) -> str:
    """The file of code owners; without a service that is known none is written where nobody would read it."""
    hosts = {"github": service == "github", "gitlab": service == "gitlab"}
    if service == "none":
        hosts = {"github": (root / ".github").is_dir(), "gitlab": _service(root) == "gitlab"}
    return next((f".{host}/CODEOWNERS" for host, there in hosts.items() if there), "")


def _service(root: Path) -> str:
    return "gitlab" if any((root / name).exists() for name in (".gitlab-ci.yml", ".gitlab")) else "github"


def _files(docs: str, site: Path | None, ci: str, owners: str) -> Iterator[tuple[str, str | None]]:
    """Path below the root, and the template that goes there, `_EDITOR` or nothing."""
    yield DEFAULT_FILE, "postmortem.yml.j2"
    yield f"{docs}/postmortems/.gitkeep", None
    for name in schemas.NAMES:
        yield f"{SCHEMA_FOLDER}/{name}.schema.json", _EDITOR
    yield f"{SCHEMA_FOLDER}/problem-matcher.json", _EDITOR
    for name in ("settings.json", "tasks.json", "postmortem.code-snippets"):
        yield f".vscode/{name}", _EDITOR
    if site is None:  # a site that is there has a home page of its own
        yield f"{docs}/index.md", "index.md.j2"
        yield "mkdocs.yml", "mkdocs.yml.j2"  # after the page, so that a run that was cut short is mended
    yield "mkdocs.external.yml", "mkdocs.external.yml.j2"
    yield "external/docs/index.md", "external-index.md.j2"
    yield "redaction.yml", "redaction.yml.j2"
    if ci == "github":
        yield ".github/workflows/postmortems.yml", "workflow.yml.j2"
    if ci == "gitlab":
        yield f".gitlab/{_GITLAB}", "postmortems.gitlab-ci.yml.j2"
        yield ".gitlab-ci.yml", "gitlab-ci.yml.j2"
    if owners:
        yield owners, "CODEOWNERS.j2"
    yield ".pre-commit-config.yaml", "pre-commit-config.yaml.j2"
    yield ".gitignore", "gitignore.j2"
    yield ".gitattributes", "gitattributes.j2"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path.name) from None


def _docs_dir(site: Path) -> str:
    """The docs folder of a site that is there, if it is named plainly; else MkDocs' default.

    The file is not loaded as YAML: configurations of MkDocs hold tags that run code.
    """
    match = _DOCS_DIR.search(_text(site))
    if match is None:
        return "docs"
    parts = [part for part in match[2].strip().split("/") if part not in ("", ".")]
    return "docs" if not parts or ".." in parts else "/".join(parts)


def _to_add(path: Path, ci: str | None) -> str:
    """What is left to do by hand where a file was kept that others own as well."""
    if path.name == DEFAULT_FILE and ci is not None and _remembered(path.parent) != ci:
        return f"write `ci: {ci}` into it, so that another `init` sets up the same"
    if path.name == ".gitlab-ci.yml" and _GITLAB not in _text(path):
        return f"add `- local: .gitlab/{_GITLAB}` below `include:`, so that its jobs run"
    if path.name == ".pre-commit-config.yaml" and "mkdocs-postmortem" not in _text(path):
        return "the manual has the hook to add to it: Where people write, before each commit"
    if path.parent.name == ".vscode" and "postmortem" not in _text(path):
        return "the manual has the lines to add to it: Where people write, in the editor"
    return ""


def _what_is_missing(site: Path) -> str:
    if _PLUGIN.search(_text(site)):
        return ""
    return "add `- search` and `- postmortem` below `plugins:`, so that the wiki is generated"
