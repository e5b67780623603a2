"""MiSLAS's second stage: a head and its scales against labels smoothed by class, on a shifted body.

Source: Zhong et al., "Improving Calibration for Long-Tailed Recognition" (CVPR 2021), Section 3; the whole
method is ``mixup+mislas``. Their running means move along with the training of the head; ours are taken
first, on a pass over images drawn by class, and the head sees features under these means. Checked by: the
network's own logits at a rate of nothing, label-aware smoothing of 0, means by hand, a network that stays.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import update_bn

from ...theory.foundation.validation import InputTypeError, as_number, as_whole
from ..losses import LabelAwareSmoothingLoss
from ..protocols import FirstStage
from ..registry import Method
from ..sampling import ClassAwareSampler
from .heads import LearnedWeightScaling, train_head
from .rules import OfFeatures, second_options

__all__ = ["SmoothedScalingRule"]

METHODS = (
    Method(
        name="SmoothedScalingRule",
        weight="by sampling",
        margin="a learned scale per class",
        link="−log against labels smoothed by ε_y",
        paper="Zhong et al. 2021 (MiSLAS)",
        consistent="no: drawn by class, only if all ε_y are alike",
        statements=("label_smoothing.balanced_consistency",),
        rule="mislas",
        balanced=False,
        title="Label-aware smoothing and scaling (MiSLAS)",
        label="MiSLAS",
        second="SmoothedScalingRule()",
    ),
)


@dataclass(frozen=True)
class SmoothedScalingRule:
    """The trained head and a factor per class, learnt by `LabelAwareSmoothingLoss` and class-aware draws.

    Parameters
    ----------
    head, tail
        Smoothing of the most frequent and of the rarest class, as in `LabelAwareSmoothingLoss`.
    head_rate
        The head's rate as a share of the factors': 0.5 for CIFAR-10-LT, less for more classes.
    shift
        Whether running means of batch normalisation are taken anew on images drawn by class. The authors
        do so but for CIFAR-10-LT. A body that has none stays as it is.
    epochs
        10, the authors'.
    lr
        Rate, at the start of its cosine; 0 stands for the first stage's.

    Examples
    --------
    >>> from counterpoise.methods import SmallNet
    >>> network, images = SmallNet(2), torch.rand(4, 1, 8, 8)
    >>> z, h = network(images)
    >>> z, h = z.detach(), h.detach()
    >>> first = FirstStage(network, z, h, torch.tensor([0, 0, 0, 1]), class_counts=(3, 1))
    >>> SmoothedScalingRule()(first)(z, h).shape
    torch.Size([4, 2])
    """

    head: float = 0.3
    tail: float = 0.0
    head_rate: float = 0.5
    shift: bool = True
    epochs: int = 10
    lr: float = 0.0
    needs_head: ClassVar[bool] = True

    def __post_init__(self) -> None:
        LabelAwareSmoothingLoss((2, 1), self.head, self.tail)  # which refuses what is no smoothing
        as_number("head_rate", self.head_rate, low=0)
        as_whole("epochs", self.epochs, 1)
        as_number("lr", self.lr, low=0)
        if not isinstance(self.shift, bool):
            raise InputTypeError(f"shift = {self.shift!r}: must be True or False")

    def body(self, first: FirstStage) -> nn.Module:
        """The network, or a copy whose running means are of images drawn by class."""
        counts = any(isinstance(own, _BatchNorm) for own in first.network.modules())
        if not (self.shift and first.images and counts):
            return first.network
        network, generator = deepcopy(first.network), torch.Generator().manual_seed(first.seed)
        sampler = ClassAwareSampler(first.target, generator=generator, rank=0, num_replicas=1)
        order = torch.tensor(list(sampler), device=first.target.device)
        draws = (index for index in order.split(max(first.batch_size, 2)) if len(index) > 1)
        update_bn(map(first.images, draws), network)
        return network

    def __call__(self, first: FirstStage) -> nn.Module:
        """A head on the features, each class by its factor."""
        head = deepcopy(first.network.head)
        scaled = LearnedWeightScaling(head, first.logits.shape[1]).to(first.logits)
        torch.nn.init.constant_(scaled.factor, first.scale)
        rates = second_options(first, self.lr)
        loss = LabelAwareSmoothingLoss(first.class_counts, self.head, self.tail)
        train_head(
            scaled,
            first.features,
            first.target,
            loss=loss.to(first.logits.device),
            parameters=[
                {
                    "params": head.requires_grad_(True).parameters(),
                    "lr": self.head_rate * rates["lr"],
                },
                {"params": [scaled.factor]},
            ],
            epochs=self.epochs,
            generator=torch.Generator().manual_seed(first.seed),
            **rates,
        )
        return OfFeatures(scaled.requires_grad_(False))
