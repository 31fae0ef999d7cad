"""IDs of results: no two post-mortems have the same, whether they came together or one was there before."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mkdocs_postmortem.importing import fronts, guarding, writing
from mkdocs_postmortem.importing.found import Draft, Found, Remark

_OTHER = re.compile(r"[^\w.+-]+")
_LONGEST = 120


class Ids:
    """The IDs that are given, each with the path of its post-mortem."""

    def __init__(self, there: Mapping[str, Path]) -> None:
        self._given = {name: os.path.abspath(path) for name, path in there.items()}

    def settle(self, draft: Draft, text: str, target: Path) -> tuple[Draft, str, str]:
        """A draft and its text with an ID that nobody else has, and why it cannot have one: empty if it can.

        A file's name that is another's ID already is put behind that of its folder, and told. An ID that the document
        states is never changed: it is left out and told, or the file refused where no other words say it.
        """
        if draft.ours:
            stated = fronts.read(text).values.get("id")
            name = stated if isinstance(stated, str) and stated else target.stem
            return draft, text, "" if self._take(name, target) else self._refused(name)
        fact = draft.fact("id")
        if fact is not None:
            if self._take(str(fact.value), target):
                return draft, text, ""
            if not guarding.spare(fact, draft, text):
                return draft, text, self._refused(str(fact.value))
            told = Remark("conflict", fact.line, f"id: {fact.value} is another's already, and is not written",
                          "give one of the two another ID")  # fmt: skip
            draft = replace(
                draft, facts=tuple(one for one in draft.facts if one is not fact), remarks=(*draft.remarks, told)
            )
        if self._take(target.stem, target):
            return draft, text if fact is None else writing.write(draft), ""
        folders = [part for part in target.parent.parts if part not in ("/", "..", ".")]
        for depth in range(1, len(folders) + 1):
            name = _OTHER.sub("-", "-".join([*folders[-depth:], target.stem])).strip("-")[-_LONGEST:]
            if self._take(name, target):
                draft = replace(
                    draft, facts=(*draft.facts, Found("id", name, 0, "inferred", "the file's name is another's ID"))
                )
                return draft, writing.write(draft), ""
        return draft, text, self._refused(target.stem)

    def _take(self, name: str, target: Path) -> bool:
        place = os.path.abspath(target)
        return self._given.setdefault(name, place) == place

    def _refused(self, name: str) -> str:
        there = Path(os.path.relpath(self._given[name])).as_posix()
        return f"its ID `{name}` is that of {there} already: give one of the two another ID"
