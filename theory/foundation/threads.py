"""Work in parts on every core of the machine: for NumPy, which lets go of the interpreter while it computes.

Checked by: the same results, and the same error, from one thread and from several.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Any, TypeVar, cast

from joblib import cpu_count

__all__ = ["on_every_core"]

_T = TypeVar("_T")
_R = TypeVar("_R")


def on_every_core(work: Callable[[_T], _R], parts: Sequence[_T]) -> list[_R]:
    """``[work(part) for part in parts]``, each part by one thread.

    As many threads as there are cores, or as ``OMP_NUM_THREADS`` says, which joblib sets in its workers. The
    first part that fails says so, as it would in a loop; no part is begun after one has failed, or after an
    interrupt.

    Examples
    --------
    >>> on_every_core(abs, [-2, 3, -5])
    [2, 3, 5]
    """
    cores = min(_cores(), len(parts))
    if cores < 2:
        return [work(part) for part in parts]
    results: list[Any] = [None] * len(parts)
    failed: list[tuple[int, BaseException]] = []
    numbered = iter(enumerate(parts))

    def share() -> None:
        for number, part in numbered:
            if failed:
                return
            try:
                results[number] = work(part)
            except BaseException as error:
                failed.append((number, error))

    with ThreadPoolExecutor(cores) as threads:
        try:
            wait([threads.submit(copy_context().run, share) for _ in range(cores)])
        except RuntimeError:  # no thread begins while the interpreter ends
            share()
        except BaseException as interrupt:
            failed.append((-1, interrupt))
    if failed:
        raise min(failed, key=lambda pair: pair[0])[1]
    return cast(list[_R], results)


def _cores() -> int:
    said = os.environ.get("OMP_NUM_THREADS", "")
    return min(cpu_count(), int(said)) if said.isdigit() and int(said) else cpu_count()
