"""Every word in is a word out: counted before anything is written, apart from how the result was made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mkdocs_postmortem.importing import writing
from mkdocs_postmortem.importing.found import Draft

_WORD = re.compile(r"\w+")


def words_of(text: str) -> Counter[str]:
    """The words of a text: runs of letters, digits and underscores, as they are written."""
    return Counter(_WORD.findall(text))


def of_all(texts: Iterable[str]) -> Counter[str]:
    """The words of several texts together."""
    return words_of("\n".join(texts))


def lost(source: str, draft: Draft, result: str) -> Counter[str]:
    """Words of the source that the result does not have, headings that got another name aside."""
    there = words_of(writing.body_of(result)) + of_all(draft.ledger.carried)
    return words_of(source) - of_all(draft.ledger.dropped) - there


def invented(source: str, draft: Draft, result: str) -> Counter[str]:
    """Words of the result's body that the source does not have, headings and header cells of ours aside."""
    ours = of_all((*draft.ledger.added, *(part.title for part in draft.parts if part.key or part.title == "Imported")))
    if not draft.heading:
        ours += words_of(draft.title)
    given = words_of(source) - of_all(draft.ledger.dropped)
    return words_of(writing.body_of(result)) - ours - given
