"""Work on more than one processor, where there are some and it can be done safely."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

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


class Beside(Generic[Result]):
    """Work done by a process beside this one, where there is a processor for it; else when it is asked for."""

    def __init__(self, work: Callable[[], Result], worth: bool = True) -> None:
        self.work = work
        self.child: tuple[Any, Any] | None = None
        if worth and _processors() > 1 and sys.platform.startswith("linux") and threading.active_count() == 1:
            context = multiprocessing.get_context("fork")
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_send, args=(work, sender), daemon=True)
            process.start()
            sender.close()
            self.child = (process, receiver)

    def result(self) -> Result:
        """What the work gave; done here where the other process could not. To be asked for once."""
        if self.child is not None:
            process, receiver = self.child
            self.child = None
            try:
                found: Result = receiver.recv()
                return found
            except (EOFError, OSError):
                pass
            finally:
                receiver.close()
                process.join()
        return self.work()

    def drop(self) -> None:
        """Nobody will ask any more."""
        if self.child is not None:
            process, receiver = self.child
            self.child = None
            process.terminate()
            process.join()
            receiver.close()


def _send(work: Callable[[], object], sender: Any) -> None:
    _quiet()
    # What goes wrong here goes wrong again, and is said, where the result is asked for.
    with contextlib.suppress(Exception):
        sender.send(work())
    sender.close()


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
