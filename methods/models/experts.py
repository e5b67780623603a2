"""Several experts on one body: a hidden layer and a last layer each; what is predicted is their mean logit.

Sources: RIDE (Wang et al., ICLR 2021) and SADE (Zhang et al., NeurIPS 2022), whose experts have the last
stage of a residual network each; here a hidden layer, so that it fits on every body. Checked by: the mean,
branches that differ, and methods that train by it.
"""

import torch
from torch import Tensor, nn

from ...theory.foundation.validation import as_whole
from ..protocols import Output
from .heads import NormedLinear, linear

__all__ = ["Experts"]


class Experts(nn.Module):
    """A head of several branches: an `Output` of the mean logits (B, K), and ``parts["experts"]`` (B, E, K).

    Parameters
    ----------
    in_features, out_features
        Z and K; the hidden layer of each branch has Z units, rectified.
    generator
        Of the initial weights, branch after branch.
    experts
        E (3).
    cosine
        Whether last layers answer cosines, as for LDAM.

    Examples
    --------
    >>> answer = Experts(64, 10)(torch.rand(5, 64))
    >>> answer.logits.shape, answer.part("experts").shape
    (torch.Size([5, 10]), torch.Size([5, 3, 10]))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        generator: torch.Generator | None = None,
        experts: int = 3,
        cosine: bool = False,
    ) -> None:
        super().__init__()
        last = NormedLinear if cosine else linear
        self.branches = nn.ModuleList(
            nn.Sequential(
                linear(in_features, in_features, generator),
                nn.ReLU(),
                last(in_features, out_features, generator),
            )
            for _ in range(as_whole("experts", experts, 1))
        )

    def forward(self, features: Tensor) -> Output:
        """The mean of the branches' logits, the features that all of them saw, and the logits of each."""
        each = torch.stack([branch(features) for branch in self.branches], dim=1)
        return Output(each.mean(dim=1), features, {"experts": each})
