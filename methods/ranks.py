"""What the ranks of a distributed run count together, and how they share a batch.

Each rank passes its share of a batch through the network; logits and features are then joined, so that
losses and weights see the whole batch, as in one process, whatever they make of it.
Checked by: two processes that count what one counts on their joined batches, and train as one trains.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor

__all__ = ["counted_once", "joined", "share", "summed_over_ranks", "sums_over_ranks"]

_whole = False  # whether batches are those of all ranks already


def summed_over_ranks(count: Tensor) -> Tensor:
    """The sum of a tensor over all ranks, without a gradient; alone, or undistributed, the tensor itself.

    Every rank must call it equally often, as of any collective operation.
    """
    if not sums_over_ranks():
        return count
    total = count.detach().clone()
    dist.all_reduce(total)
    return total


def sums_over_ranks() -> bool:
    """Whether `summed_over_ranks` has others to ask."""
    return _are_several() and not _whole


@contextmanager
def counted_once() -> Iterator[None]:
    """In it, batches are `joined`: what is counted on one is not summed over ranks once more."""
    global _whole
    before, _whole = _whole, True
    try:
        yield
    finally:
        _whole = before


def share(size: int) -> slice:
    """The part of a batch of that many examples which this rank sees; it may be empty.

    >>> share(5)
    slice(0, 5, None)
    """
    if not _are_several():
        return slice(0, size)
    rank, ranks = dist.get_rank(), dist.get_world_size()
    return slice(size * rank // ranks, size * (rank + 1) // ranks)


def joined(part: Tensor, size: int) -> Tensor:
    """The rows of a whole batch, of which each rank has its `share`; the gradient goes to this rank's.

    Every rank has the same bits: to a row, the others add zeros.

    Shape: part (b, ...) -> (size, ...).
    """
    if not _are_several():
        return part
    exact = torch.promote_types(part.dtype, torch.float32)  # which every backend can add
    whole = torch.zeros(size, *part.shape[1:], dtype=exact, device=part.device)
    own = share(size)
    whole[own] = part.detach().to(exact)
    dist.all_reduce(whole)
    whole = whole.to(part.dtype)
    whole[own] = part
    return whole


def _are_several() -> bool:
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
