"""What stands beside a document: pictures that go with it, and what it links to and a person has to look for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from mkdocs_postmortem.importing.found import Draft, Remark

_SHOWN = re.compile(r"!\[[^\[\]\n]{0,300}\]\(\s{0,3}<?([^\s()<>]{1,500})>?[^()\n]{0,300}\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/|#|\?", re.I)
_LINKED = re.compile(r"(?<!!)\[(?:[^\[\]\n]|!\[[^\[\]\n]{0,300}\]){0,300}\]\(\s{0,3}<?([^\s()<>]{1,500})")
_DEFINED = re.compile(r" {0,3}\[[^\[\]\n]{1,300}\]:[ \t]{0,9}<?([^\s<>]{1,500})")
_FENCE = re.compile(r"\s{0,3}(?:[-*+>] )?\s{0,3}(?:```|~~~)")
_NO_SLUG = re.compile(r"[^\w\s-]")
_CODE = re.compile(r"(?<!`)`+[^`\n]+`+")
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif"})
"""Endings of pictures."""
_LARGEST = 20 * 1024 * 1024
_MOST = 100


class Places:
    """Where the files of one import come to stand."""

    def __init__(self, works: Iterable[tuple[Path, Path]] = ()) -> None:
        self.of = {os.path.abspath(path): os.path.abspath(target) for path, target in works}
        self.targets = frozenset(self.of.values())


def of(
    draft: Draft, text: str, made: str, path: Path, target: Path, places: Places
) -> tuple[Draft, tuple[tuple[Path, Path], ...]]:
    """The draft, with a remark for each picture that cannot come along and each link that leads nowhere, and pictures.

    `text` is the source and `made` the result, whose headings may have other names.

    `places` says where the files of the same import come to stand.

    Only pictures come along, and only those in the document's own folder or below it: a link must not
    make an import copy what stands anywhere else.
    """
    draft = _told_of_headings(_told_of_links(draft, text, path, target, places), text, made)
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
    if inside.startswith("..") or os.path.isabs(inside) or Path(inside).suffix.lower() not in PICTURES:
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


def _told_of_links(draft: Draft, text: str, path: Path, target: Path, places: Places) -> Draft:
    """The draft, with a remark for each link to a file that will not be where the link looks for it."""
    remarks: list[Remark] = []
    for name, number in _links(text):
        inside = unquote(name).partition("#")[0].partition("?")[0]
        sought = os.path.abspath(target.parent / inside) if "\0" not in inside else ""
        if sought and sought not in places.targets and not os.path.lexists(sought):
            moved = places.of.get(os.path.abspath(path.parent / inside))
            other = Path(os.path.relpath(moved, target.parent)).as_posix() if moved else ""
            mend = f"write `{other}`: there it comes to stand" if other else "mend it, or put the file there"
            remarks.append(Remark("note", number, f"the link to `{name}` leads to nothing from the result", mend))
    return replace(draft, remarks=(*draft.remarks, *remarks)) if remarks else draft


def _told_of_headings(draft: Draft, text: str, made: str) -> Draft:
    """The draft, with a remark for each link to a heading of its own that has another name now."""
    if "](#" not in text:
        return draft
    gone = _slugs(text) - _slugs(made)
    remarks = [
        Remark("note", number, f"the link to `#{name}` leads to a heading that has another name now", "mend it")
        for name, number in _links(text, within=True)
        if unquote(name).casefold() in gone and f'id="{name}"' not in made
    ]
    return replace(draft, remarks=(*draft.remarks, *remarks)) if remarks else draft


def _slugs(text: str) -> set[str]:
    """What links call the headings of a text."""
    heads = (line.lstrip("#") for line in text.split("\n") if line.startswith("#"))
    return {"-".join(_NO_SLUG.sub("", head).casefold().split()) for head in heads}


def _links(text: str, within: bool = False) -> Iterator[tuple[str, int]]:
    """Relative links outside code, each address once, with its first line; or those within the text, by their names."""
    found: set[str] = set()
    code = False
    for number, line in enumerate(text.split("\n"), start=1):
        if _FENCE.match(line):
            code = not code
        if code or ("](" not in line and "]:" not in line):
            continue
        plain = _CODE.sub("", line) if "`" in line else line
        for match in (*_LINKED.finditer(plain), *filter(None, [_DEFINED.match(plain)])):
            name = match[1].removeprefix("#") if within else match[1]
            wanted = match[1].startswith("#") if within else not _ELSEWHERE.match(name)
            if name not in found and wanted and len(found) < _MOST:
                if Path(name.partition("#")[0]).suffix.lower() in PICTURES and match.re is _DEFINED:
                    continue
                found.add(name)
                yield name, number
