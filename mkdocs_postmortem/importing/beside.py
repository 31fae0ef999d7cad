"""Pictures that stand beside a document: those that go with it, and those that a person has to look for."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from mkdocs_postmortem.importing.found import Draft, Remark

_SHOWN = re.compile(r"!\[[^\[\]\n]{0,300}\]\(\s{0,3}<?([^\s()<>]{1,500})>?[^()\n]{0,300}\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\?", re.I)
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"})
_LARGEST = 20 * 1024 * 1024
_MOST = 100


def of(draft: Draft, text: str, path: Path, target: Path) -> tuple[Draft, tuple[tuple[Path, Path], ...]]:
    """The draft, with a remark for each picture that cannot come along, and the pictures that do.

    Only pictures come along, and only those in the document's own folder or below it: a link must not
    make an import copy what stands anywhere else.
    """
    if "![" not in text:
        return draft, ()
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _SHOWN.finditer(line) if "![" in line else ():
            if not _ELSEWHERE.match(match[1]) and len(found) < _MOST:
                found.setdefault(unquote(match[1]).partition("#")[0].partition("?")[0], number)
    files: list[tuple[Path, Path]] = []
    remarks: list[Remark] = []
    for name, number in found.items():
        if _comes_along(path.parent, name):
            files.append((path.parent / name, target.parent / name))
        else:
            remarks.append(
                Remark("note", number, f"the picture `{name}` does not come along", "put it beside the result")
            )
    return replace(draft, remarks=(*draft.remarks, *remarks)), tuple(files)


def _comes_along(folder: Path, name: str) -> bool:
    inside = os.path.normpath(name)
    if inside.startswith("..") or os.path.isabs(inside) or Path(inside).suffix.lower() not in _PICTURES:
        return False
    try:
        place = folder / inside
        real = place.resolve()
        return (
            real.is_relative_to(folder.resolve())
            and not place.is_symlink()
            and place.is_file()
            and place.stat().st_size <= _LARGEST
        )
    except (OSError, ValueError, RuntimeError):
        return False
