"""Judging many files at once, on as many processors as there are."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

FEWEST = 256
"""Below this many files, starting processes costs more than it saves."""

Result = TypeVar("Result")


def each(work: Callable[[Path], Result], paths: Sequence[Path]) -> Iterator[Result]:
    """`work` done on every path, in their order; results must survive pickling.

    Processes are forked, so that settings and schema are there already; where that cannot be
    done safely, the work is done here, one file after another.
    """
    workers = min(_processors(), 4, len(paths) // (FEWEST // 2))
    if workers < 2 or not sys.platform.startswith("linux") or threading.active_count() > 1:
        yield from map(work, paths)
        return
    global _work
    _work = work
    try:
        with multiprocessing.get_context("fork").Pool(workers, _quiet) as pool:
            yield from pool.imap(_do, paths, chunksize=32)
    finally:
        _work = None


_work: Callable[[Path], object] | None = None
"""What the forked processes do; set before they are, since a closure cannot be sent to them."""


def _do(path: Path) -> object:
    assert _work is not None
    return _work(path)


def _quiet() -> None:
    """An interrupt is the parent's to report."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
