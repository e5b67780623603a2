"""The memory of features that contrastive losses compare with: the latest, with their classes.

Source: He et al. (CVPR 2020, MoCo), there of a network that follows the trained one. Checked by: a list that
is kept by hand, and states that are loaded.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import as_whole

__all__ = ["FeatureQueue"]

EMPTY = -1  # the class of a vector that is none


class FeatureQueue(nn.Module):
    """The last ``size`` vectors that were put, (size, width), and their classes; -1 where there is none yet.

    Parameters
    ----------
    size, width
        How many, and their dimension.

    Examples
    --------
    >>> queue = FeatureQueue(3, 2)
    >>> queue.put(torch.eye(2), torch.tensor([4, 5]))
    >>> queue.put(torch.eye(2), torch.tensor([6, 7]))
    >>> queue.target.tolist()
    [7, 5, 6]
    """

    vectors: Tensor
    target: Tensor
    place: Tensor
    latest: Tensor

    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        size, width = as_whole("queue", size, 0), as_whole("width", width, 1)
        self.register_buffer("vectors", torch.zeros(size, width))
        self.register_buffer("target", torch.full((size,), EMPTY))
        self.register_buffer("place", torch.zeros((), dtype=torch.int64))
        self.register_buffer("latest", torch.zeros(size, dtype=torch.bool))  # put last

    def held(self, like: Tensor, latest: bool = True) -> tuple[Tensor, Tensor]:
        """Copies of the vectors, in a dtype and on a device, and of their classes.

        Without the ``latest``, those that were put last count as none: a second look at the batch that they
        are of would meet each example itself.
        """
        target = self.target.clone()
        return self.vectors.to(like, copy=True), (
            target if latest else target.masked_fill(self.latest, EMPTY)
        )

    @torch.no_grad()
    def put(self, vectors: Tensor, target: Tensor) -> None:
        """Replace the oldest; of more vectors than the queue holds, the last ones stay."""
        size = len(self.target)
        if size == 0:
            return
        vectors, target = vectors[-size:], target[-size:]
        places = (self.place + torch.arange(len(target), device=self.place.device)) % size
        self.vectors[places] = vectors.to(self.vectors)
        self.target[places] = target
        self.latest.zero_()
        self.latest[places] = True
        self.place.copy_((self.place + len(target)) % size)
