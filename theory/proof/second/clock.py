"""The time that the second opinion may take."""

import contextlib
import math
from collections.abc import Iterator
from contextvars import ContextVar

from ...foundation.working_time import work_clock

__all__ = ["seconds_left", "time_is_up", "until"]

_DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextlib.contextmanager
def until(deadline: float) -> Iterator[None]:
    """A time (of `work_clock`) after which the second opinion gives up: undecided."""
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def time_is_up() -> bool:
    """Whether the second opinion should give up."""
    return work_clock() > _DEADLINE.get()


def seconds_left() -> float:
    """How long the second opinion may still take."""
    return _DEADLINE.get() - work_clock()
