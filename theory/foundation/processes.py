"""Calls carried out in worker processes, which leave an interrupt to the process that started them.

Checked by: commands with workers, interrupted; equal results for any number of workers.
"""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from joblib import Parallel
from joblib.externals.loky.backend import resource_tracker as joblib_tracker

__all__ = ["in_processes"]


def in_processes(calls: Iterable[Any], n_jobs: int, *, ordered: bool = True) -> Iterator[Any]:
    """The results of calls that `joblib.delayed` made, as they come; -1 jobs for one per core."""
    run = Parallel(n_jobs=n_jobs, return_as="generator" if ordered else "generator_unordered")
    if n_jobs == 1:
        return run(calls)  # type: ignore[return-value]
    for tracker in (resource_tracker, joblib_tracker):
        tracker.ensure_running()  # whose start lets interrupts through again
    with _deaf():
        return run(calls)  # type: ignore[return-value]


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started in it never see an interrupt; for this one it waits until the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
