"""Python's garbage collector, kept from looking through the records of a build again and again."""

from __future__ import annotations

import gc

_USUAL = gc.get_threshold()


def calm() -> None:
    """What exists now stays until `usual`: leave it out, and look for garbage less often.

    The records of an archive are a few hundred thousand objects that live as long as the build;
    to look through them at every turn would take a tenth of it.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def usual() -> None:
    """As it was."""
    gc.unfreeze()
    gc.set_threshold(*_USUAL)


def leave() -> None:
    """The process is about to end: what stays now need not be looked through for the last time."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
