"""Ctrl-C that is answered in time, also where native code does not listen or worker processes are busy.

Python answers an interrupt between two of its own instructions; a solver may be minutes away from the
next one. A thread that the operating system wakes gives it a moment, then ends the process and its workers.
Checked by: real commands, interrupted.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

__all__ = ["end_interrupted", "watch_for_interrupts"]

GRACE = 1.0  # seconds in which to put down what is finished
INTERRUPTED = 130  # as shells report a program that Ctrl-C ended

_ending = threading.Lock()


def watch_for_interrupts(last_words: Callable[[], None]) -> None:
    """From now on an interrupt ends this process in time, after ``last_words``, with exit code 130.

    To be called once, in the main thread of a program of one's own.
    """
    if os.name != "posix":
        return
    known = os.environ.get("PYTHONWARNINGS")  # of joblib's tracker, which cleans up after the end
    os.environ["PYTHONWARNINGS"] = ",".join(filter(None, (known, "ignore:resource_tracker")))
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(awake, last_words), daemon=True).start()


def _watch(awake: int, last_words: Callable[[], None]) -> None:
    while signals := os.read(awake, 64):  # a byte for each signal that Python has a handler for
        if signal.SIGINT in signals:
            time.sleep(GRACE)
            end_interrupted(last_words)


def end_interrupted(last_words: Callable[[], None]) -> None:
    """Say the last words, end the worker processes, and this one with exit code 130."""
    with _ending:  # whoever comes second waits here for the end
        try:
            sys.stdout.flush()
            last_words()
            for worker in multiprocessing.active_children():
                _kill(worker.pid)
        finally:
            os._exit(INTERRUPTED)  # without waiting for workers and threads, as a plain exit does


def _kill(process: int | None) -> None:
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
