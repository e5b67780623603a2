"""A step of computer algebra that may run away: give it a time, go on without it when that is up."""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sympy.polys.polyerrors import BasePolynomialError

__all__ = ["limited", "within"]

SHORTEST, LONGEST = 1e-3, 1e8
"""Seconds that an alarm can be set to; 0 would be none."""

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

    def ring(*_: Any) -> None:
        raise _TimeUp

    start = time.monotonic()
    seconds = min(max(seconds, SHORTEST), LONGEST)
    enclosing, _ = signal.getitimer(signal.ITIMER_REAL)
    if enclosing:  # no step outlasts the whole
        seconds = min(seconds, max(enclosing, 1e-3))
    previous = signal.signal(signal.SIGALRM, ring)
    try:  # from here on, as a short time may be up before the first step
        # It rings again every second: code that swallows the first ring will not swallow them all.
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        if enclosing:  # an enclosing limit goes on with what it has left
            left = enclosing - (time.monotonic() - start)
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-3), 1.0)
