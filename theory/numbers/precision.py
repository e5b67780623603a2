"""Arb's precision for a while: it is one number for the whole process, so one thread at a time may set it.

Checked by: enclosures from several threads, which are those of one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from flint import ctx

__all__ = ["arb_precision"]

_lock = RLock()


@contextmanager
def arb_precision(bits: int) -> Iterator[None]:
    """Within, balls are computed to so many bits; afterwards the precision is what it was.

    Examples
    --------
    >>> from flint import arb
    >>> with arb_precision(200):
    ...     radius = arb(2).sqrt().rad()
    >>> radius < arb(2) ** -190
    True
    """
    with _lock:
        before, ctx.prec = ctx.prec, bits
        try:
            yield
        finally:
            ctx.prec = before
