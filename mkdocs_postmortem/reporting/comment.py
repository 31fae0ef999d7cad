"""One comment about a change: written once, kept up to date, and never another's."""

from __future__ import annotations

from typing import Literal

from mkdocs_postmortem.reporting.forges import Forge, Note
from mkdocs_postmortem.reporting.requests import TRIES, AnswerError, UncertainError

Outcome = Literal["written", "updated", "up to date", "not needed"]


def post(forge: Forge, body: str, marker: str, needed: bool = True) -> Outcome:
    """Bring our comment up to date: the one of ours that begins with `marker`, else a new one.

    Where there is none and none is `needed`, nobody is bothered. Should there be several, as two jobs
    at once may leave, the oldest stays. Raises `AnswerError`.
    """
    for attempt in range(1, TRIES + 1):
        ours = _ours(forge, marker)
        if ours:
            return _renew(forge, ours, body)
        if not needed:
            return "not needed"
        try:
            forge.create(body)
        except UncertainError as error:
            # It may be there all the same: look before it is written a second time.
            if attempt == TRIES:
                raise AnswerError(f"{error}, also after {TRIES} tries") from None
            forge.client.wait(2.0 ** (attempt - 1), str(error))
        else:
            return "written"
    raise AssertionError("the last try returns or raises")


def _ours(forge: Forge, marker: str) -> list[Note]:
    return [note for note in forge.notes() if note.mine and note.body.lstrip().startswith(marker)]


def _renew(forge: Forge, ours: list[Note], body: str) -> Outcome:
    first, *others = ours
    for note in others:
        forge.delete(note.id)
    if first.body.replace("\r\n", "\n").strip() == body.strip():
        return "up to date"
    forge.update(first.id, body)
    return "updated"
