"""The wiki as plain markdown, for hosts that run no plugin: the same pages, with everything drawn in."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from mkdocs_postmortem import exporting
from mkdocs_postmortem.reading.source import left_by_system
from mkdocs_postmortem.settings import ConfigError
from mkdocs_postmortem.views import finishing, host
from mkdocs_postmortem.views import pages as views
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import json_string

MANIFEST = ".mkdocs-postmortem"
"""Lists what was written, as sha256sum does, so that the next run replaces that and nothing else."""


def href(to: str, source: str) -> str:
    """Addresses as hosts have them that give each page a folder of its own: `a/b.md` is `a/b/`."""
    if not to.endswith((".md", ".markdown")):
        return posixpath.relpath(to, _folder(source))
    found = posixpath.relpath(_folder(to), _folder(source))
    return "./" if found == "." else f"{found}/"


def _folder(src_uri: str) -> str:
    stem = src_uri.removesuffix(".md").removesuffix(".markdown")
    return posixpath.dirname(stem) or "." if posixpath.basename(stem) == "index" else stem


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Every page with its markdown, by its path in the folder of the wiki."""
    for record in site.records:
        meta = "\n".join(f"{key}: {json_string(str(value))}" for key, value in _meta(host.host_meta(record)))
        body = views.enrich(record, site)
        head, found, rest = body.partition("\n# ") if not body.startswith("# ") else ("", "# ", body[2:])
        title, _, rest = rest.partition("\n")
        if not found:
            head, title, rest = body, "", ""
        heading = f"{head}{found}{title}\n\n" if found else ""
        words = rest if found else head
        parts = [heading + views.panel(record, site), words.strip("\n"), views.related(record, site)]
        yield site.src_uri(record), f"---\n{meta}\n---\n\n" + "\n\n".join(part for part in parts if part) + "\n"
    for page in views.build(site):
        yield page.src_uri, finishing.fill(page.markdown, page)


def _meta(meta: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Of a page's metadata what every host understands."""
    for key in ("title", "description"):
        if key in meta:
            yield key, meta[key]


def write(site: Site, source: Path, out: Path) -> list[Path]:
    """Write the wiki below `out`; gives what was written.

    What an earlier run wrote is replaced. Raises `ConfigError` where `out` holds a file that no
    run wrote, before anything is changed.
    """
    texts = {**dict(pages(site)), **exporting.files(site)}
    for asset in views.asset_paths():
        texts[f"assets/{asset.name}"] = asset.read_text(encoding="utf-8")
    beside = {
        path.relative_to(source).as_posix(): path
        for path in sorted(source.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.suffix.lower() not in (".md", ".markdown")
        and not left_by_system(path.name)
    }
    return put({**texts, **beside}, out)


def put(files: Mapping[str, str | bytes | Path], out: Path) -> list[Path]:
    """Write files below `out`, a `Path` as a copy of that file; gives what was written.

    What an earlier run wrote is replaced. Raises `ConfigError` where `out` holds a file that no
    run wrote, before anything is changed.
    """
    shown, out = out, out.resolve()  # `new/../docs` is `docs`
    ours = _listed(out)
    if edited := next((name for name, digest in sorted(ours.items()) if digest and _changed(out / name, digest)), None):
        raise ConfigError(
            f"`{shown / edited}` was changed since `generate` wrote it",
            help="keep what you wrote elsewhere and delete the file, or give another folder with --out",
        )
    if (stranger := _stranger(out, ours)) is not None:
        raise ConfigError(
            f"`{shown / stranger}` was not written by `generate`",
            help="give a new or an empty folder with --out, or one that `generate` alone writes to",
        )
    for name in ours.keys() - files.keys():
        (out / name).unlink(missing_ok=True)
    written = []
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        written.append(path)
    listed = "".join(f"{_digest(out / name)}  {name}\n" for name in files)
    (out / MANIFEST).write_text(listed, encoding="utf-8")
    return written


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _changed(path: Path, digest: str) -> bool:
    """Whether somebody wrote to a file of ours; one that is gone, or no file any more, is told of elsewhere."""
    return path.is_file() and not path.is_symlink() and _digest(path) != digest


def _stranger(out: Path, ours: Mapping[str, str]) -> str | None:
    """Something in a folder that no run wrote: a file that is not listed, a link, a repository."""
    if not out.exists():
        return None
    if not out.is_dir():
        return "."
    for folder, folders, names in os.walk(out):
        for name in sorted((*folders, *names)):
            path = Path(folder, name)
            found = path.relative_to(out).as_posix()
            if path.is_symlink() or name == ".git":
                return found
            if name in names and found not in ours and found != MANIFEST and not left_by_system(name):
                return found
    return None


def _listed(out: Path) -> dict[str, str]:
    """What an earlier run wrote, of what is inside `out`, with the SHA-256 of each."""
    try:
        lines = (out / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    root = out.resolve()
    found = {}
    for line in lines:
        match = re.fullmatch(r"(?:([0-9a-f]{64})  )?(.+)", line)
        if match and (out / match[2]).resolve().is_relative_to(root):
            found[match[2]] = match[1] or ""
    return found
