"""A last layer with a projection beside it: unit vectors for contrastive losses, and one for each class.

Source: Zhu et al. (CVPR 2022), "Balanced Contrastive Learning": embeddings by a small network on the
features, class prototypes by another on the rows of the last layer. Checked by: lengths, gradients that reach
both, and methods that train by it.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from ...theory.foundation.validation import as_whole
from ..protocols import Output
from .heads import linear

__all__ = ["Projected"]


class Projected(nn.Module):
    """A linear head, `Output` with ``parts["embedding"]`` (B, D) and ``parts["prototypes"]`` (B, K, D).

    All are of length 1, but an embedding is 0 where the biases are and no hidden unit is on. The prototypes
    are the same in every row: a part of an output has one a row.

    Parameters
    ----------
    in_features, out_features
        Z and K.
    generator
        Of the initial weights, those of the linear layer first.
    width
        D (64; 1,024 for ImageNet-LT).
    prototypes
        False: without ``"prototypes"``, for a loss that asks for none.

    Examples
    --------
    >>> answer = Projected(64, 10, width=16)(torch.rand(5, 64))
    >>> answer.logits.shape, answer.part("embedding").shape, answer.part("prototypes").shape
    (torch.Size([5, 10]), torch.Size([5, 16]), torch.Size([5, 10, 16]))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        generator: torch.Generator | None = None,
        width: int = 64,
        prototypes: bool = True,
    ) -> None:
        super().__init__()
        width = as_whole("width", width, 1)
        self.last = linear(in_features, out_features, generator)
        self.project, self.place = (
            nn.Sequential(
                linear(in_features, in_features, generator),
                nn.ReLU(),
                linear(in_features, width, generator),
            )
            if wanted
            else None
            for wanted in (True, prototypes)
        )

    def forward(self, features: Tensor) -> Output:
        """Logits, features, and the unit vectors of examples and classes."""
        assert self.project is not None
        parts = {"embedding": normalize(self.project(features), dim=1)}
        if self.place is not None:
            prototypes = normalize(self.place(self.last.weight), dim=1)
            parts["prototypes"] = prototypes.expand(len(features), *prototypes.shape)
        return Output(self.last(features), features, parts)
