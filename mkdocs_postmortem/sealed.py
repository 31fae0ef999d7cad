"""What is remembered between runs: files in the project's cache folder that only this user can have written.

The folder lies in the repository, where a commit could put a file, too: what is damaged, foreign or of
another version is ignored, never believed.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from mkdocs_postmortem import __version__

FORMAT = 2


@lru_cache(maxsize=1)
def version() -> str:
    """Changes with every change to the program, so that no run believes what another found."""
    package = Path(__file__).parent
    stamp = hashlib.sha256(f"{__version__} {FORMAT} {sys.version_info[:2]}".encode())
    for path in sorted([*package.rglob("*.py"), *package.glob("checking/language/*.yml")]):
        info = path.stat()
        stamp.update(f"{path.name} {info.st_mtime_ns} {info.st_size}".encode())
    return stamp.hexdigest()


@lru_cache(maxsize=1)
def _secret() -> bytes:
    """This user's own key, outside of every repository; where it cannot be kept, one for this run."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    path = Path(base, "mkdocs-postmortem", "key")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(32))
        known = path.read_bytes()
        if len(known) == 32:
            return known
    return os.urandom(32)


class SealedFile:
    """A file of JSON under a key: read only where the key is the same and the seal is this user's."""

    def __init__(self, path: Path, root: Path, key: str) -> None:
        """`root` is the project that the file's folder has to lie in; `key` says for what its content holds."""
        self.path = path
        self.key = hashlib.sha256(key.encode()).hexdigest()
        folder = path.parent
        # The project's own folder, not one that is reached through a link.
        self.usable = Path(os.path.realpath(folder)) == Path(os.path.realpath(root)) / folder.relative_to(root)

    def _head(self, body: bytes) -> bytes:
        """The first line: for what the rest holds, and a seal that only this user can make."""
        return f"{self.key} {hmac.new(_secret(), body, hashlib.sha256).hexdigest()}".encode()

    def read(self) -> dict[str, Any]:
        """What is remembered; empty where nothing is that can be believed."""
        with contextlib.suppress(OSError, ValueError, RecursionError):
            head, _, body = self.path.read_bytes().partition(b"\n") if self.usable else (b"", b"", b"")
            if hmac.compare_digest(head, self._head(body)) and isinstance(loaded := json.loads(body), dict):
                return loaded
        return {}

    def write(self, content: dict[str, Any]) -> None:
        """Write it, whole or not at all; where that cannot be, forget it quietly."""
        if not self.usable:
            return
        import tempfile  # only where something is to be written

        body = json.dumps(content, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
            handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.name}-", suffix=".tmp")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._head(body) + b"\n" + body)
                Path(temporary).replace(self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(temporary).unlink()
                raise
