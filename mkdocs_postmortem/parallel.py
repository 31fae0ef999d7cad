"""Work on more than one processor, where there are some and it can be done safely."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

FEWEST = 256
"""Below this many files, starting processes costs more than it saves."""

_TAKING = 0.2
"""How much more of the work is done here, as a share of what one other does: to send and to take costs as well."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """`work` done on every item, in their order; results must survive pickling.

    A part of the items is left to processes beside this one, which are forked, so that settings
    and schema are there already. What such a process cannot finish is done here.
    """
    workers = max(1, min(_processors(), 4, 2 * len(items) // FEWEST))
    size = max(1, int(len(items) / (workers + _TAKING)))
    first = len(items) - size * (workers - 1)  # the larger part: what others give takes time to be taken
    parts = [items[:first], *(items[at : at + size] for at in range(first, len(items), size))]
    others = [Beside(partial(_done, work, part)) for part in parts[1:]]
    try:
        yield from map(work, parts[0])
        for other in others:
            yield from other.result()
    finally:
        for other in others:
            other.drop()


def _done(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]


class Beside(Generic[Result]):
    """Work done by a process beside this one, where there is a processor for it; else when it is asked for."""

    def __init__(self, work: Callable[[], Result], worth: bool = True) -> None:
        self.work = work
        self.child: tuple[Any, Any] | None = None
        if worth and possible():
            self.child = _fork(_send, work)

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
            _end(*self.child)
            self.child = None


class Ahead(Generic[Result]):
    """What an iterator gives, made by a process beside this one that runs ahead of whoever takes it.

    The iterator is begun anew here where the other process is lost: it must give the same again.
    """

    def __init__(self, work: Callable[[], Iterator[Result]]) -> None:
        self.work = work
        self.taken = 0
        self.here: Iterator[Result] | None = None
        self.child: tuple[Any, Any] | None = _fork(_send_each, work)

    def take(self) -> Result:
        """The next result; waits for it."""
        if self.child is not None:
            try:
                found: Result = self.child[1].recv()
                self.taken += 1
                return found
            except (EOFError, OSError):
                self.drop()
        if self.here is None:
            self.here = islice(self.work(), self.taken, None)
        return next(self.here)

    def drop(self) -> None:
        """Nobody will ask any more."""
        if self.child is not None:
            _end(*self.child)
            self.child = None


class Signal(Protocol):
    """What one process tells another that waits for it."""

    def set(self) -> None:
        """Give the signal."""

    def is_set(self) -> bool:
        """Whether it was given."""

    def wait(self, timeout: float) -> bool:
        """Wait for it, `timeout` seconds at the longest; whether it was given."""


def signal_between() -> Signal:
    """A signal that a process forked later sees as well."""
    if possible():
        return multiprocessing.get_context("fork").Event()
    return threading.Event()


def possible() -> bool:
    """Whether there is a processor for work beside, and a process can be forked safely: one beside forks no other."""
    here = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    return here and _processors() > 1 and sys.platform.startswith("linux")


def _fork(send: Callable[[Any, Any], None], work: Callable[[], object]) -> tuple[Any, Any]:
    """A process that does `work` and sends what it gives, and the end to receive it from."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=send, args=(work, sender), daemon=True)
    held = _hold_interrupts()
    try:
        process.start()
    finally:
        sender.close()
        del sender  # an interrupt that comes while something is finalized is lost
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    return process, receiver


def _end(process: Any, receiver: Any) -> None:
    process.terminate()
    process.join()
    receiver.close()


def _send_each(work: Callable[[], Iterator[object]], sender: Any) -> None:
    # A pipe holds little: a thread waits for whoever reads it, so that the work itself goes on.
    results: queue.SimpleQueue[tuple[object, ...]] = queue.SimpleQueue()

    def deliver() -> None:
        with contextlib.suppress(Exception):
            while result := results.get():
                sender.send(result[0])

    thread = threading.Thread(target=deliver, daemon=True)
    thread.start()
    with contextlib.suppress(Exception):
        for item in work():
            results.put((item,))
    results.put(())
    thread.join()
    sender.close()


def _send(work: Callable[[], object], sender: Any) -> None:
    # What goes wrong here goes wrong again, and is said, where the result is asked for.
    with contextlib.suppress(Exception):
        sender.send(work())
    sender.close()


def _hold_interrupts() -> set[int]:
    """Keep interrupts back; gives the mask to be set when they may come again.

    To be called before forking. Processes that are made until then never see an interrupt, which is
    their parent's to report; and none is made halfway, which would stay behind and wait for ever.
    """
    return {*signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})}


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
