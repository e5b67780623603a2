"""Memory that is freed stays with the process, for the next step takes as much again.

glibc hands blocks of megabytes back to the system as soon as they are freed, and the system clears them
page by page when they are asked for again: on CPUs every activation is such a block.
Checked by: the page faults of a loop in a process of its own.
"""

import ctypes
import sys

__all__ = ["keep_freed_memory"]

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # of malloc.h
_BLOCK, _KEPT = 2**28, 2**29  # bytes: blocks from which on, and how much, goes back


def keep_freed_memory() -> None:
    """Let glibc keep freed blocks below 256 MiB, and half a GiB of them, for the rest of the process.

    Elsewhere, nothing.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _BLOCK)
        mallopt(_TRIM_THRESHOLD, _KEPT)
