"""Seconds of work: what limits on proofs count, so that a busy machine changes no verdict.

The CPU time of the calling thread, and what it waits for solvers in other processes. On an idle machine
that is the time on the wall; where other programs have half of the processor, the wall shows twice as much.
Checked by: a sleep does not count, a wait does, and limits end what works.
"""

import contextlib
import threading
import time
from collections.abc import Iterator

__all__ = ["waiting", "work_clock"]

_waits = threading.local()


def work_clock() -> float:
    """Seconds that this thread has worked, or waited for a solver, from some start on."""
    since = getattr(_waits, "since", None)
    now = 0.0 if since is None else time.monotonic() - since
    return time.thread_time() + getattr(_waits, "total", 0.0) + now


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """A wait that counts as work: for an answer of another process. It does not nest."""
    _waits.since = time.monotonic()
    try:
        yield
    finally:
        _waits.total = getattr(_waits, "total", 0.0) + time.monotonic() - _waits.since
        _waits.since = None
