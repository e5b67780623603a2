"""A step of computer algebra that may run away: give it a time, go on without it when that is up.

Times are seconds of work (`foundation.working_time`): an alarm that rings on the wall too early is set again.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sympy.polys.polyerrors import BasePolynomialError

from ..foundation.working_time import work_clock

__all__ = ["limited", "within"]

SHORTEST, LONGEST = 1e-3, 1e8
"""Seconds that an alarm can be set to; 0 would be none."""
AGAIN = 1.0
"""Seconds after which an alarm rings again."""
_ends: list[float] = []
"""When the limits that now hold are up, the innermost last; of the main thread, which alone has alarms."""

T = TypeVar("T")


class _TimeUp(BaseException):
    """Not an Exception, so that no library's `except Exception` swallows it."""


def limited(seconds: float, action: Callable[[], T]) -> T | None:
    """``action()``, or None if it fails or takes longer than ``seconds``.

    The limit works in a process's main thread (where alarms are delivered); elsewhere the action runs
    to its end.
    """
    try:
        with _alarm(seconds):
            return action()
    except (
        _TimeUp,
        ArithmeticError,
        AttributeError,
        KeyError,
        NotImplementedError,
        RecursionError,
    ):
        return None
    except (
        TypeError,
        ValueError,
        AssertionError,
        BasePolynomialError,
    ):  # SymPy's ways of giving up
        return None


def within(seconds: float, action: Callable[[], T]) -> T | None:
    """``action()``, or None if it takes longer than ``seconds``; its errors are the caller's."""
    try:
        with _alarm(seconds):
            return action()
    except _TimeUp:
        return None


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(
        signal, "setitimer"
    ):
        yield
        return

    start = work_clock()
    end = start + min(max(seconds, SHORTEST), LONGEST)
    if _ends:  # no step outlasts the whole
        end = min(end, _ends[-1])

    def ring(*_: Any) -> None:
        left = end - work_clock()
        if left > SHORTEST:  # the machine was busy with something else
            signal.setitimer(signal.ITIMER_REAL, left, AGAIN)
            return
        raise _TimeUp

    signal.setitimer(signal.ITIMER_REAL, 0)
    previous = signal.signal(signal.SIGALRM, ring)
    depth = len(_ends)
    try:  # from here on, as a short time may be up before the first step
        _ends.append(end)
        # It rings again every second: code that swallows the first ring will not swallow them all.
        signal.setitimer(signal.ITIMER_REAL, max(end - start, SHORTEST), AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        del _ends[depth:]
        signal.signal(signal.SIGALRM, previous)
        if _ends:  # an enclosing limit goes on with what it has left
            signal.setitimer(signal.ITIMER_REAL, max(_ends[-1] - work_clock(), SHORTEST), AGAIN)
