"""What the ranks of a distributed run count together.

Checked by: two processes that count what one counts on their joined batches.
"""

import torch.distributed as dist
from torch import Tensor

__all__ = ["summed_over_ranks"]


def summed_over_ranks(count: Tensor) -> Tensor:
    """The sum of a tensor over all ranks, without a gradient; alone, or undistributed, the tensor itself.

    Every rank must call it equally often, as of any collective operation.
    """
    if not (dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1):
        return count
    total = count.detach().clone()
    dist.all_reduce(total)
    return total
