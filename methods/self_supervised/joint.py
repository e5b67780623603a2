"""Joint self-supervision: the contrast of two further views of every image, added to the loss of its label.

``loss + weight * mean of nt_xent``, of the embeddings that the head gives beside its logits. Source:
Shwartz-Ziv et al., "Simplifying Neural Network Training Under Class Imbalance" (NeurIPS 2023), Joint-SSL,
``L_CE + lambda L_SSL`` with losses of this kind; views are those of this room, drawn from a stream of their
own. What a network counts, such as running means, it counts of the labelled pass alone: tests are of images,
not of views. Checked by: gradients that add up, a weight of 0 bit for bit, two processes as one, interrupted
runs.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..data import Dataset
from ..draws import stream
from ..protocols import Output
from ..ranks import joined
from .contrast import nt_xent
from .views import contrast_view, unit_range

__all__ = ["Joint", "Views"]


class Views(NamedTuple):
    """Two views of images as a network sees them, (b, C, H, W), and the weight of their contrast.

    Examples
    --------
    >>> from counterpoise.methods.models import SmallNet
    >>> views = Views(*torch.rand(2, 5, 1, 8, 8), weight=0.5)
    >>> views.losses(SmallNet(10, head="embedded"), size=5).shape
    torch.Size([5])
    """

    first: Tensor
    second: Tensor
    weight: float

    def losses(self, model: nn.Module, size: int) -> Tensor:
        """The weighted contrasts (B,) of a whole batch of ``size``, of which a rank has these views."""
        first, second = (
            joined(Output(*model(views)).part("embedding"), size)
            for views in (self.first, self.second)
        )
        return self.weight * nt_xent(first, second)


class Joint(NamedTuple):
    """What a member draws views by: the weight of their contrast, the least share of an image, a stream.

    Examples
    --------
    >>> from counterpoise.methods.data import load
    >>> data = load("digits")
    >>> joint = Joint.of_seed(0.5, least_area=0.3, seed=0)
    >>> joint.views(data.train_images[:4], data, slice(0, 4)).first.shape
    torch.Size([4, 1, 8, 8])
    """

    weight: float
    least_area: float
    generator: torch.Generator

    @classmethod
    def of_seed(cls, weight: float, least_area: float, seed: int) -> "Joint":
        """With a stream of the seed that is not that of its crops, which stay as they are without views."""
        return cls(weight, least_area, stream(seed, "views"))

    def views(self, images: Tensor, data: Dataset, part: slice) -> Views | None:
        """Views of a rank's part of a batch; None of a single image, which has nothing to be held against.

        All of the batch is drawn, so that views are those of one process.
        """
        if len(images) < 2:
            return None
        images = unit_range(images)
        first, second = (
            data.prepared(contrast_view(images, self.generator, self.least_area)[part])
            for _ in range(2)
        )
        return Views(first, second, self.weight)
