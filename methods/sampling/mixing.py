"""Mixup: a batch whose images are mixed in pairs, each with two classes and the share of the first.

Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (ICLR 2018), with one share a batch as in
their code; the first stage of Zhong et al. (CVPR 2021). Checked by: mixing by hand, what stays of a batch,
and cross-entropy of soft labels.
"""

import numpy as np
import torch
from torch import Tensor

from ...theory.foundation.validation import as_number
from ..registry import Method

__all__ = ["mixed_pairs"]

METHODS = (
    Method(
        name="mixed_pairs",
        weight="new points between any two",
        margin="any",
        link="any",
        paper="Zhang et al. 2018",
        consistent="no as α → 0, which is cross-entropy; else unknown",
        statements=("offset_family.consistent_iff",),
        key="mixup",
        title="Mixup",
        label="mixup",
        colour="olive",
        mixup=1.0,
    ),
)


def mixed_pairs(
    images: Tensor, target: Tensor, alpha: float, generator: torch.Generator
) -> tuple[Tensor, Tensor, float]:
    """Images mixed in random pairs, the classes of what they were mixed with, and the share they kept.

    A loss of the batch is ``share * loss(target) + (1 - share) * loss(partner)``.

    Parameters
    ----------
    images, target
        Shapes (B, ...) and (B,).
    alpha
        The share is drawn from Beta(alpha, alpha), once for the batch: 1 is uniform; MiSLAS has 1 on CIFAR
        and 0.2 on larger images.

    Examples
    --------
    >>> images, target = torch.tensor([[0.0], [1.0]]), torch.tensor([0, 1])
    >>> mixed, partner, share = mixed_pairs(images, target, 1.0, torch.Generator().manual_seed(2))
    >>> bool((mixed == share * images + (1 - share) * partner[:, None]).all())
    True
    """
    alpha = as_number("alpha", alpha, low=0, low_open=True)
    seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    order = torch.randperm(len(images), generator=generator, device=generator.device)
    order = order.to(images.device)
    return share * images + (1 - share) * images[order], target[order], share
