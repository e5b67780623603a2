"""Calls carried out by the workers of a Dask cluster, in place of processes of this machine.

A worker that dies loses nothing: the scheduler gives its calls to another. Workers need this package, of
the same version. Checked by: a scheduler and two worker processes, one killed in the middle of a sweep.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..theory.foundation.validation import InputError, shown

__all__ = ["on_cluster"]

SECONDS = "10s"  # in which a scheduler must answer


def on_cluster(calls: Iterable[Any], address: str) -> Iterator[Any]:
    """The results of calls that `joblib.delayed` made, as they come.

    Parameters
    ----------
    address
        Of a Dask scheduler, such as ``"tcp://127.0.0.1:8786"``.

    Raises
    ------
    InputError
        If Dask is not installed, no scheduler answers at the address, or it has no worker.
    """
    try:
        import distributed
    except ImportError:
        raise InputError(
            f"scheduler = {shown(address)}: needs Dask: pip install 'dask[distributed]'"
        ) from None
    client = _connected(distributed.Client, address)
    if client is None:
        # A client that failed is collected here: its end would lock up a loop that starts in the meantime.
        gc.collect()
        raise InputError(
            f"scheduler = {shown(address)}: no Dask scheduler answers there; start one with "
            "`dask scheduler`, and workers with `dask worker ADDRESS`"
        )
    with client:
        if not client.scheduler_info()["workers"]:
            raise InputError(
                f"scheduler = {shown(address)}: it has no worker; start some with "
                f"`dask worker {address}`"
            )
        futures = [
            client.submit(function, *given, **named, pure=False) for function, given, named in calls
        ]
        for _, result in distributed.as_completed(futures, client.loop, with_results=True):
            yield result


def _connected(make: Callable[..., Any], address: str) -> Any:
    if not address:
        return None
    try:
        return make(address, timeout=SECONDS, set_as_default=False)
    # AssertionError: Dask's own loop did not start within its ten seconds, on a machine that is full
    except (OSError, ValueError, TypeError, AssertionError):
        return None
