"""Every word in is a word out: counted before anything is written, apart from how the result was made."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape

from mkdocs_postmortem.importing import writing
from mkdocs_postmortem.importing.found import Draft, Remark

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> Counter[str]:
    """The words of a text: runs of letters, digits and underscores, without the underscores of emphasis around them."""
    return Counter(bare for word in _WORD.findall(text) if (bare := word.strip("_")))


def of_all(texts: Iterable[str]) -> Counter[str]:
    """The words of several texts together."""
    return words_of("\n".join(texts))


def lost(source: str, draft: Draft, result: str) -> Counter[str]:
    """Words of the source that the result does not have, headings that got another name aside."""
    there = words_of(writing.body_of(result)) + of_all(draft.ledger.carried)
    return words_of(source) - of_all(draft.ledger.dropped) - there


def invented(source: str, draft: Draft, result: str) -> Counter[str]:
    """Words of the result's body that the source does not have, headings and header cells of ours aside."""
    ours = of_all(draft.ledger.added)
    if not draft.heading:
        ours += words_of(draft.title)
    given = words_of(source) - of_all(draft.ledger.dropped)
    return words_of(writing.body_of(result)) - ours - given


def told_of_export(text: str, draft: Draft) -> Draft:
    """A draft of an export, with a remark where words of the export are not in it: one of the import's faults.

    Names of fields and of parts of rich text are no words of the export, nor are its tags.
    """
    said = " ".join(unescape(_TAG.sub(" ", value)) for value in _strings(json.loads(text)))
    missing = {word.casefold() for word in words_of(said)} - {
        word.casefold() for word in words_of(unescape(_TAG.sub(" ", writing.write(draft))))
    }
    if not missing:
        return draft
    named = ", ".join(f"`{word}`" for word in sorted(missing)[:5])
    remark = Remark("conflict", 0, f"words of the export are not in the result: {named}", "look for them in the export")
    return replace(draft, remarks=(remark, *draft.remarks))


def _strings(value: object) -> Iterator[str]:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            rich = one.get("type") in ("doc", "text") or ("content" in one and "type" in one)
            stack += [
                inner for key, inner in one.items() if not (rich and key in ("type", "marks", "attrs", "version"))
            ]
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, str):
            yield one
