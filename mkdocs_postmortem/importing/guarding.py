"""The last look before a result is written: what `check` would refuse is taken back, or the file is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from mkdocs_postmortem.importing import fidelity, writing
from mkdocs_postmortem.importing.found import Draft, Found, Remark


class Fault(Protocol):
    """An error that the check of a file finds, or a fact that the others contradict."""

    @property
    def severity(self) -> str:
        """`error` where the file cannot be written so."""

    @property
    def line(self) -> int:
        """1-based line of the file."""

    @property
    def code(self) -> str:
        """The rule."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def help(self) -> str:
        """How to mend it."""


Check = Callable[[str, str], Sequence[Fault]]
"""What the check of a text finds that is an error, and the stated durations that its timestamps contradict; the
second argument is the path that it will have."""


def guarded(draft: Draft, text: str, path: str, check: Check) -> tuple[Draft, str, str]:
    """A draft and its text without the facts that make the check fail, and why it cannot be written: empty if it can.

    A fact that was inferred goes first, then one whose words stand in the body all the same; each is told. So is a
    duration that the timestamps contradict, and kept.
    """
    found = check(text, path)
    faults = _errors(found)
    if not faults:
        return _told(draft, text, found), text, ""
    if not draft.ours:
        for fact in sorted(draft.facts, key=lambda one: _doubt(one, text, faults)):
            if not spare(fact, draft, text):
                continue
            without = _without(draft, fact, faults[0])
            written = writing.write(without)
            found = check(written, path)
            left = _errors(found)
            if len(left) < len(faults):
                draft, text, faults = without, written, left
            if not faults:
                return _told(draft, text, found), text, ""
    return draft, text, _refused(faults, draft.ours)


def _errors(found: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in found if fault.severity == "error"]


def _told(draft: Draft, text: str, found: Sequence[Fault]) -> Draft:
    """A draft with a word on each fact that the others contradict, at the line that states it."""
    if draft.ours:
        return draft
    lines = text.split("\n")
    stated = {fact.field: fact.line for fact in draft.facts}
    known = " ".join(remark.text for remark in draft.remarks if remark.kind == "conflict")
    told = []
    for fault in found:
        field = lines[fault.line - 1].partition(":")[0]
        if fault.severity != "error" and f"`{field}`" not in known:  # exports tell of their durations themselves
            told.append(Remark("conflict", stated.get(field, 0), fault.message, fault.help))
    return replace(draft, remarks=(*draft.remarks, *told))


def spare(fact: Found, draft: Draft, text: str) -> bool:
    """Whether nothing but the fact is lost with it: it was inferred, or the body says it in its own words.

    A title is needed, whatever it is.
    """
    values = [str(value) for value in (fact.value if isinstance(fact.value, list) else [fact.value])]
    if fact.field == "title" or any(value in draft.ledger.carried for value in values):
        return False
    said = fidelity.words_of(fact.written or " ".join(values))
    return fact.sure == "inferred" or not said - fidelity.words_of(writing.body_of(text))


def _doubt(fact: Found, text: str, faults: Sequence[Fault]) -> tuple[bool, bool]:
    """The order in which facts are taken back: inferred before stated, and first where an error points."""
    lines = text.split("\n")
    at = {lines[fault.line - 1].lstrip().partition(":")[0] for fault in faults if 0 < fault.line <= len(lines)}
    return fact.sure == "stated", fact.field not in at


def _without(draft: Draft, fact: Found, fault: Fault) -> Draft:
    value = ", ".join(map(str, fact.value)) if isinstance(fact.value, list) else str(fact.value)
    why = f" ({fact.why})" if fact.why else ""
    told = Remark(
        "conflict",
        fact.line,
        f"{fact.field}: {value}{why} is not written: {fault.message} ({fault.code})",
        "write it when it is clear what holds",
    )
    return replace(draft, facts=tuple(one for one in draft.facts if one is not fact), remarks=(*draft.remarks, told))


def _refused(faults: Sequence[Fault], ours: bool) -> str:
    first = faults[0]
    where = "" if ours else " of the result"
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    help = f": {first.help}" if first.help else ""
    return f"`check` would refuse it: line {first.line}{where}: {first.code} {first.message}{help}{more}"
