"""A release: the public version of one post-mortem as it lies in `external/releases/<slug>/`."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from mkdocs_postmortem import parallel, strictyaml
from mkdocs_postmortem.model import Span
from mkdocs_postmortem.reading.source import left_by_system
from mkdocs_postmortem.releasing.images import LARGEST, PICTURE, UncleanError, clean
from mkdocs_postmortem.releasing.policy import SLUG
from mkdocs_postmortem.releasing.projection import quoted
from mkdocs_postmortem.releasing.rules import RULES, Refusal, Refusals, declare
from mkdocs_postmortem.releasing.work import Projection
from mkdocs_postmortem.settings import ConfigError

SHAPE = declare(
    "PM800",
    "release-shape",
    "A release is a folder with index.md, release.yml and its own pictures, and nothing else.",
    "run `mkdocs-postmortem redact` on the post-mortem, and remove what it did not write",
)
WORDS_FORM = declare(
    "PM801",
    "release-words",
    "The words of a release are as redact writes them: its title, listed facts, and sections.",
    "change the post-mortem and run `mkdocs-postmortem redact` again",
)
INFO_FORM = declare(
    "PM802",
    "release-record",
    "release.yml is written by redact, approve and retract.",
    "run `mkdocs-postmortem redact` on the post-mortem",
)

FOLDER = "external/releases"
"""Where releases are, relative to the project."""
FRONT_KEYS = frozenset({"title", "date", "severity", "incident_type", "services", "duration"})
LARGEST_TEXT = 1024 * 1024
_PICTURE = re.compile(r"[a-z0-9-]+-[1-9]\d{0,2}\.png\Z")
_HEAD = "# yaml-language-server: $schema=https://mkdocs-postmortem.github.io/schema/release.schema.json\n"


@dataclass(frozen=True, slots=True)
class Approval:
    """One role's word for exact public words."""

    role: str
    by: str
    at: str
    """ISO day."""
    digest: str
    """Of what was approved."""
    confirms: tuple[str, ...] = ()
    """Lines of the review checklist, by their keys."""
    severity: str = ""
    """Of the incident when it was approved; with the type it decides who must approve."""
    incident_type: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """What release.yml says."""

    slug: str = ""
    digest: str = ""
    severity: str = ""
    incident_type: str = ""
    remediated_at: str = ""
    authors: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    retracted: Mapping[str, str] | None = None
    """`at`, `by` and `reason`, once it was taken back."""


@dataclass
class Release:
    """The public version of one post-mortem, as it was found."""

    slug: str
    folder: Path
    words: str = ""
    """The whole of index.md."""
    front: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    assets: Mapping[str, bytes] = field(default_factory=dict)
    info: Info = field(default_factory=Info)
    problems: Refusals = field(default_factory=Refusals)

    @property
    def path(self) -> str:
        """Of its words, relative to the project."""
        return f"{FOLDER}/{self.slug}/index.md"

    @property
    def digest(self) -> str:
        """Of what it holds now."""
        return digest(self.slug, self.words, self.assets)


def digest(slug: str, words: str, assets: Mapping[str, bytes]) -> str:
    """A name for exact public words and pictures; nothing internal goes into it.

    Every part is framed by its length, so that no two bundles have the same digest by cutting
    them differently.
    """
    hashed = hashlib.sha256(b"mkdocs-postmortem release 1\n")
    parts = [("slug", slug.encode()), ("index.md", words.encode("utf-8", "surrogatepass"))]
    for name, data in (*parts, *sorted(assets.items())):
        for part in (name.encode("utf-8", "surrogateescape"), data):
            hashed.update(f"{len(part)}:".encode())
            hashed.update(part)
    return f"sha256:{hashed.hexdigest()}"


def discover(root: Path) -> list[Release]:
    """Every release of a project, by slug. What cannot be a release is one with that problem."""
    home = root / FOLDER
    if not home.is_dir():
        return []
    paths = [path for path in sorted(home.iterdir()) if not _left_behind(path)]
    return [*parallel.each(partial(read, root=root), paths)]


def _left_behind(path: Path) -> bool:
    """Whether a file is what git and systems leave in folders: it is passed over, and never published."""
    return (path.name == ".gitkeep" or left_by_system(path.name)) and path.is_file() and not path.is_symlink()


def read(folder: Path, root: Path) -> Release:
    """One release. Never raises for what the folder may hold: its `problems` say what is wrong."""
    found = Release(folder.name, folder)
    linked = any(part.is_symlink() for part in (folder, root / FOLDER, root / FOLDER.partition("/")[0]))
    if linked or not folder.is_dir():
        _refuse(found, SHAPE, f"{FOLDER}/{_safe(folder.name)}", "is no plain folder")
        return found
    if not SLUG.match(folder.name):
        _refuse(found, SHAPE, f"{FOLDER}/{_safe(folder.name)}", "is no name that an address can have")
        return found
    words = _bytes(found, "index.md", LARGEST_TEXT)
    record = _bytes(found, "release.yml", LARGEST_TEXT)
    assets: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.name in ("index.md", "release.yml") or _left_behind(path):
            continue
        if not (_PICTURE.match(path.name) and path.name.startswith(f"{found.slug}-")):
            _refuse(found, SHAPE, f"{FOLDER}/{found.slug}", "holds a file that redact does not write")
            continue
        data = _bytes(found, path.name, LARGEST)
        if data is not None:
            assets[path.name] = data
            _judge_picture(found, path.name, data)
    found.assets = assets
    if words is not None:
        _read_words(found, words)
    if record is not None:
        _read_info(found, record)
    return found


def told(found: Release) -> str:
    """A release's words as a message may name them: what cannot be a slug may hold anything."""
    return f"{FOLDER}/{_safe(found.slug)}/index.md" if found.problems.refused else found.path


def _safe(name: str) -> str:
    """A name as a message may say it: what cannot be a slug may hold anything."""
    return name if re.fullmatch(r"[a-z0-9-]{1,100}", name) else "…"


def _refuse(found: Release, code: str, path: str, message: str, line: int = 0, mend: str = "") -> None:
    found.problems.add(Refusal(code, path, line, message, mend or RULES[code].mend))


def _bytes(found: Release, name: str, largest: int) -> bytes | None:
    path = found.folder / name
    where = f"{FOLDER}/{found.slug}/{name}"
    try:
        info = os.lstat(path)
        if not stat.S_ISREG(info.st_mode):
            _refuse(found, SHAPE, where, "is a link, a folder or a device, and no plain file")
        elif info.st_size > largest:
            _refuse(found, SHAPE, where, f"is larger than {largest // 1048576} MB")
        else:
            return path.read_bytes()
    except FileNotFoundError:
        _refuse(found, SHAPE, where, "is not there")
    except OSError as error:
        _refuse(found, SHAPE, where, f"cannot be read: {error.strerror}")
    return None


def _judge_picture(found: Release, name: str, data: bytes) -> None:
    try:
        same = clean(data) == data
    except UncleanError:
        same = False
    if not same:
        _refuse(
            found, SHAPE, f"{FOLDER}/{found.slug}/{name}", "is no picture that redact wrote: it holds more than pixels"
        )


def _read_words(found: Release, data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse(found, WORDS_FORM, found.path, "is not UTF-8", 1)
        return
    found.words = text
    match = re.match(r"---\n(.*?)\n---\n\n", text, re.DOTALL)
    if "\r\n" in text:
        message = "has the line ends of Windows, so it is not what was approved"
        mend = "let .gitattributes say `external/** -text`, then run `git checkout -- external/releases`"
        _refuse(found, WORDS_FORM, found.path, message, 1, mend)
        return
    if match is None or "\r" in text or not text.endswith("\n"):
        _refuse(found, WORDS_FORM, found.path, "does not begin with the front matter that redact writes", 1)
        return
    loaded = strictyaml.load(match[1], 2)
    front = loaded.value
    if loaded.problems or not isinstance(front, dict) or not isinstance(front.get("title"), str):
        _refuse(found, WORDS_FORM, found.path, "has front matter that redact did not write", 1)
        return
    for key, value in front.items():
        texts = value if isinstance(value, list) else [value]
        if key not in FRONT_KEYS or (isinstance(value, list) != (key == "services")):
            line = loaded.places.get(("", key), loaded.places.get((key,), Span(1))).line
            _refuse(found, WORDS_FORM, found.path, "has a fact that releases do not have", line)
        elif not all(isinstance(item, str) and item.isprintable() for item in texts):
            _refuse(found, WORDS_FORM, found.path, "has a fact that is not one line of text", 1)
    if "date" in front and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(front["date"])):
        _refuse(found, WORDS_FORM, found.path, "has a date that is none", 1)
    found.front = front
    found.body = text[match.end() :]
    found.body_line = text.count("\n", 0, match.end()) + 1


def _read_info(found: Release, data: bytes) -> None:
    from mkdocs_postmortem import schemas  # jsonschema takes a while to import

    where = f"{FOLDER}/{found.slug}/release.yml"
    try:
        loaded = strictyaml.load(data.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse(found, INFO_FORM, where, "is not UTF-8", 1)
        return
    if loaded.problems:
        _refuse(found, INFO_FORM, where, "is not YAML that can be read", loaded.problems[0].span.line)
        return
    problems = list(schemas.explain_data("release", loaded.value))
    for problem in problems:
        told = schemas.discreet(problem, "release")
        _refuse(found, INFO_FORM, where, told.message, schemas.place(loaded.places.get, problem).line)
    values = loaded.value
    if not isinstance(values, dict) or problems:
        return
    found.info = Info(
        slug=values["slug"],
        digest=values["digest"],
        severity=str(values.get("severity") or ""),
        incident_type=str(values.get("incident_type") or ""),
        remediated_at=str(values.get("remediated_at") or ""),
        authors=tuple(values.get("authors") or ()),
        approvals=tuple(
            Approval(
                item["role"], item["by"], item["at"], item["digest"],
                tuple(item.get("confirms") or ()), item.get("severity", ""), item.get("incident_type", ""),
                item.get("signature", ""),
            )
            for item in values.get("approvals") or ()
        ),
        retracted=values.get("retracted"),
    )  # fmt: skip
    if found.info.slug != found.slug:
        _refuse(found, INFO_FORM, where, "is of another release", 1)
    for key, recorded in (("severity", found.info.severity), ("incident_type", found.info.incident_type)):
        if key in found.front and found.front[key] != recorded:
            line = loaded.places.get((key,), Span(1)).line
            _refuse(found, INFO_FORM, where, f"has another {key} than the public words", line)


def _scalar(slug: str) -> str:
    """A slug as YAML has it: quoted where it would be read as a number, a truth or nothing."""
    return slug if re.fullmatch(r"(?=.*[a-z]{2})[a-z0-9]+(?:-[a-z0-9]+)+", slug) else quoted(slug)


def render(info: Info) -> str:
    """release.yml, the same for the same content, made to be read in a diff."""
    lines = [f"slug: {_scalar(info.slug)}", f"digest: {info.digest}"]
    facts = {key: getattr(info, key) for key in ("severity", "incident_type", "remediated_at")}
    lines += [f"{key}: {quoted(value)}" for key, value in facts.items() if value]
    if info.authors:
        lines.append(f"authors: [{', '.join(quoted(name) for name in info.authors)}]")
    if info.retracted:
        lines.append("retracted:")
        lines += [
            f"  {key}: {quoted(info.retracted[key])}" for key in ("at", "by", "reason") if info.retracted.get(key)
        ]
    lines.append("approvals:" if info.approvals else "approvals: []")
    for item in info.approvals:
        lines += [
            f"  - role: {quoted(item.role)}",
            f"    by: {quoted(item.by)}",
            f"    at: {quoted(item.at)}",
            f"    digest: {item.digest}",
        ]
        facts = {key: getattr(item, key) for key in ("severity", "incident_type")}
        lines += [f"    {key}: {quoted(value)}" for key, value in facts.items() if value]
        if item.confirms:
            lines.append(f"    confirms: [{', '.join(item.confirms)}]")
        if item.signature:
            lines.append("    signature: |")
            lines += [f"      {line}" for line in item.signature.strip().split("\n")]
    return _HEAD + "\n".join(lines) + "\n"


def bundle(projection: Projection, known: Release | None) -> dict[str, bytes]:
    """The files of a release as they should be, by name; approvals stay as they were.

    Pictures are cleaned on the way; one that cannot be is a refusal of the projection.
    """
    assets: dict[str, bytes] = {}
    for picture in projection.images:
        try:
            if picture.source.is_symlink() or not picture.source.is_file():
                raise UncleanError("is not there as a plain file", "put the picture beside the post-mortem")
            assets[picture.name] = clean(picture.source.read_bytes())
        except (UncleanError, OSError) as error:
            message = error.message if isinstance(error, UncleanError) else "cannot be read"
            help = error.help if isinstance(error, UncleanError) else "look at the file's permissions"
            projection.refusals.add(
                Refusal(PICTURE, projection.path, picture.line, f"a picture {message}", help, value=picture.source.name)
            )
    known_info = known.info if known is not None else Info()
    info = replace(
        known_info,
        slug=projection.slug,
        digest=digest(projection.slug, projection.words, assets),
        severity=projection.severity,
        incident_type=projection.incident_type,
        remediated_at=projection.remediated,
        authors=projection.authors,
    )
    return {"index.md": projection.words.encode(), "release.yml": render(info).encode(), **assets}


def write(root: Path, slug: str, files: Mapping[str, bytes]) -> list[str]:
    """Write the files of a release that changed; gives their names. Raises `ConfigError` where that cannot be."""
    folder = root / FOLDER / slug
    changed: list[str] = []
    try:
        for place in (root / "external", root / FOLDER, folder):
            if place.is_symlink():
                raise ConfigError(f"`{place.name}` is a link, and nothing is written through it", help="replace it")
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            path = folder / name
            if path.is_symlink():
                raise ConfigError(f"`{name}` is a link, and nothing is written through it", help="remove it")
            if not path.exists() or path.read_bytes() != data:
                _replace(path, data)
                changed.append(name)
        for path in folder.iterdir():
            if _PICTURE.match(path.name) and path.name not in files:
                path.unlink()
                changed.append(path.name)
    except OSError as error:
        raise ConfigError(
            f"`{FOLDER}/{slug}` cannot be written: {error.strerror or error}", help="look at the folder's permissions"
        ) from None
    return changed


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def save(release: Release, root: Path) -> None:
    """Write what release.yml says anew."""
    write(root, release.slug, {"release.yml": render(release.info).encode(), **release.assets})
