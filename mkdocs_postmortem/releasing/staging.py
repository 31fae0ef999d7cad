"""A site built beside its place, and moved there whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import glob
import os
import shutil
import tempfile
from pathlib import Path

from mkdocs_postmortem.settings import ConfigError

_SOURCES = (".md", ".markdown")
_NEVER_BUILT = frozenset({".git", ".hg", ".svn", "mkdocs.yml", "mkdocs.external.yml", "postmortem.yml", "release.yml"})
_BUILT = ("index.html", "404.html", "sitemap.xml")


class Staging:
    """A site built beside its place, and moved there whole or not at all.

    Whatever happens before `publish`, the site in place is the one before. On Linux the two change
    places in one step; elsewhere the old one is set aside for a moment, and put back at the next
    start if that moment was the last.
    """

    def __init__(self, place: Path, root: Path | None = None, docs: Path | None = None) -> None:
        """Raises `ConfigError` where `place` holds, or may hold, anything but a site that was built before.

        `root` is the project's folder and `docs` that of the public site's own pages.
        """
        self.place = place.resolve()
        self.lock: int | None = None
        if why := _not_replaceable(self.place, root, docs):
            raise ConfigError(
                f"site_dir `{place}` {why}, and would be replaced whole",
                help="name a folder that holds nothing else, `site_dir: site-external`; what is there stays",
            )
        prefix = f".{self.place.name}."
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self._only_one(self.place.parent)
            aside = self.place.parent / f"{prefix}before"
            if aside.is_dir():
                if self.place.exists():
                    shutil.rmtree(aside)
                else:
                    aside.rename(self.place)
            for stale in self.place.parent.glob(f"{glob.escape(prefix)}building-*"):
                if stale.is_dir() and not stale.is_symlink():
                    shutil.rmtree(stale)
                else:
                    stale.unlink()
            self.aside = aside
            self.folder = Path(tempfile.mkdtemp(prefix=f"{prefix}building-", dir=self.place.parent))
            self.folder.chmod(0o755)
        except OSError as error:
            self.drop()
            raise ConfigError(
                f"the site cannot be built beside `{place}`: {error.strerror or error}",
                help="make the folder that holds site_dir writable",
            ) from None

    def _only_one(self, folder: Path) -> None:
        """Lock the folder itself, so that no file is left behind."""
        try:
            import fcntl
        except ImportError:  # Windows: the last one wins, whole
            return
        self.lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self.lock)
            self.lock = None
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return  # a file system without locks
            raise ConfigError(
                f"another build of `{self.place.name}` is under way", help="wait for it, or build into another site_dir"
            ) from None

    def publish(self) -> None:
        """Put the new site into its place."""
        if not self.place.exists():
            self.folder.rename(self.place)
        elif not _exchange(self.folder, self.place):
            self.place.rename(self.aside)
            self.folder.rename(self.place)
            shutil.rmtree(self.aside, ignore_errors=True)
        self.drop()

    def drop(self) -> None:
        """Remove what is left beside the place; to be called however the build ended."""
        folder = getattr(self, "folder", None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None


def _not_replaceable(place: Path, root: Path | None, docs: Path | None) -> str:
    """Why a place may not become the site's: everything in it would be lost. Empty where it may."""
    if place.parent == place:
        return "is the top of the file system"
    if root is not None:
        root = root.resolve()
        if _holds(place, root):
            return "is the project, or holds it"
        kept = {
            "docs_dir": docs,
            **{f"`{name}`": root / name for name in (".git", ".github", "external", "docs/postmortems")},
        }
        for name, folder in kept.items():
            if folder is not None and (_holds(place, folder.resolve()) or _holds(folder.resolve(), place)):
                return f"is, holds or lies in {name}"
    if not place.exists():
        return ""
    if not place.is_dir():
        return "is a file"
    if (place / ".git").exists():
        return "is a repository"
    if not any(place.iterdir()):
        return ""
    if not any((place / name).is_file() for name in _BUILT):
        return "holds files, and is no site that was built"
    for _, folders, names in os.walk(place):
        if any(name.lower() in _NEVER_BUILT or name.lower().endswith(_SOURCES) for name in (*folders, *names)):
            return "holds files that no built site has, such as sources"
    return ""


def _holds(folder: Path, inner: Path) -> bool:
    """Whether a folder is another or holds it, by whatever names the system knows them."""
    if inner.is_relative_to(folder):
        return True
    with contextlib.suppress(OSError):
        there = os.stat(folder)
        for place in (inner, *inner.parents):
            with contextlib.suppress(OSError):
                if os.path.samestat(os.stat(place), there):
                    return True
    return False


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = call(here, os.fsencode(one), here, os.fsencode(other), swap)
    return done == 0
