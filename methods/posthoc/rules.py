"""What a recipe does once a network is trained: other logits, or another head on a frozen body.

Sources: Menon et al. (ICLR 2021) for logit adjustment; Kang et al. (ICLR 2020) for the rest. Their second
stages train on augmented images with the first stage's rate (.2 at batches of 512); ours train on the
features of the images as they are, with the recipe's rate and batch size. Checked by: agreement with the
rules by hand, special cases, and a body that stays as it was.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_number, as_whole, one_of
from ..models.heads import NormedLinear
from ..protocols import FirstStage
from .adjustment import adjust_logits
from .choosing import choose_tau
from .heads import (
    METRICS,
    LearnedWeightScaling,
    NearestClassMean,
    retrain_classifier,
    tau_normalized,
    train_head,
)

__all__ = [
    "LogitAdjustmentRule",
    "NearestMeanRule",
    "RetrainingRule",
    "TauNormalizationRule",
    "TunedAdjustmentRule",
    "WeightScalingRule",
]


class _Adjusted(nn.Module):
    """Logits adjusted by the class prior."""

    def __init__(self, class_counts: ArrayLike, tau: float) -> None:
        super().__init__()
        self.class_counts, self.tau = class_counts, tau

    def forward(self, logits: Tensor, features: Tensor) -> Tensor:
        return adjust_logits(logits, self.class_counts, self.tau)


class _OfLogits(nn.Module):
    """A layer on logits, which does not look at the features."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, logits: Tensor, features: Tensor) -> Tensor:
        return self.layer(logits)


class OfFeatures(nn.Module):
    """A head on features, in place of the one that made the logits."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, logits: Tensor, features: Tensor) -> Tensor:
        return self.layer(features)


@dataclass(frozen=True)
class LogitAdjustmentRule:
    """`adjust_logits` by the training counts.

    Parameters
    ----------
    tau
        Strength.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage
    >>> z = torch.tensor([[2.0, 1.0]])
    >>> first = FirstStage(None, z, z, torch.tensor([0]), class_counts=(90, 10))
    >>> LogitAdjustmentRule()(first)(z, z).argmax(dim=1)
    tensor([1])
    """

    tau: float = 1.0

    def __post_init__(self) -> None:
        as_number("tau", self.tau)

    def __call__(self, first: FirstStage) -> nn.Module:
        """Adjusted logits."""
        return _Adjusted(first.class_counts, self.tau)


@dataclass(frozen=True)
class TunedAdjustmentRule:
    """`adjust_logits` with the tau that `choose_tau` finds on the validation split.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage
    >>> z, y = torch.tensor([[2.0, 1.0], [2.0, 1.5]]), torch.tensor([0, 1])
    >>> first = FirstStage(None, z, z, y, class_counts=(90, 10), validation=(z, y))
    >>> TunedAdjustmentRule()(first)(z, z).argmax(dim=1)
    tensor([0, 1])
    """

    def __call__(self, first: FirstStage) -> nn.Module:
        """Adjusted logits."""
        assert first.validation is not None  # a recipe makes one for what needs it
        found = choose_tau(*first.validation, first.class_counts, draws=2)  # of tau alone
        return _Adjusted(first.class_counts, found.tau)


@dataclass(frozen=True)
class TauNormalizationRule:
    """The linear head with its rows by `tau_normalized`, without its bias.

    A cosine head has rows of length 1, of which no tau changes the order of classes.

    Parameters
    ----------
    tau
        Strength; 0 leaves the weights and drops the bias only.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage, SmallNet
    >>> network, images = SmallNet(2), torch.rand(4, 1, 8, 8)
    >>> z, h = network(images)
    >>> first = FirstStage(network, z, h, torch.tensor([0, 0, 1, 1]), class_counts=(2, 2))
    >>> TauNormalizationRule(tau=1.0)(first)(z, h).shape
    torch.Size([4, 2])
    """

    tau: float = 1.0
    needs_head: ClassVar[bool] = True

    def __post_init__(self) -> None:
        as_number("tau", self.tau)

    def __call__(self, first: FirstStage) -> nn.Module:
        """The head without bias."""
        head = first.network.head
        weight = head.weight.detach()
        if isinstance(head, NormedLinear):
            weight = nn.functional.normalize(weight, dim=1)
        return OfFeatures(_linear(tau_normalized(weight, self.tau)))


@dataclass(frozen=True)
class NearestMeanRule:
    """`NearestClassMean` of the training features.

    Parameters
    ----------
    metric
        ``"euclidean"``, ``"centred"`` or ``"cosine"``.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage
    >>> h = torch.tensor([[0.0], [2.0]])
    >>> first = FirstStage(None, h, h, torch.tensor([0, 1]), class_counts=(1, 1))
    >>> NearestMeanRule()(first)(h, h).argmax(dim=1)
    tensor([0, 1])
    """

    metric: str = "euclidean"

    def __post_init__(self) -> None:
        one_of("metric", self.metric, METRICS)

    def __call__(self, first: FirstStage) -> nn.Module:
        """Scores by distance, or cosines."""
        return OfFeatures(NearestClassMean(first.features, first.target, self.metric))


@dataclass(frozen=True)
class WeightScalingRule:
    """`LearnedWeightScaling` of the logits, learnt with class-aware sampling.

    Parameters
    ----------
    epochs
        5, Kang et al.'s.
    lr
        Rate, at the start of its cosine; 0 stands for the first stage's.
    balanced
        False: trained as long on examples as they come, a control.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage
    >>> z = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    >>> first = FirstStage(None, z, z, torch.tensor([0, 1]), class_counts=(1, 1))
    >>> bool((WeightScalingRule()(first)(z, z).abs() > 1).all())
    True
    """

    epochs: int = 5
    lr: float = 0.0
    balanced: bool = True

    def __post_init__(self) -> None:
        as_whole("epochs", self.epochs, 1)
        as_number("lr", self.lr, low=0)

    def __call__(self, first: FirstStage) -> nn.Module:
        """Logits, each class by its factor."""
        scaled = LearnedWeightScaling(nn.Identity(), first.logits.shape[1]).to(first.logits)
        train_head(
            scaled,
            first.logits,
            first.target,
            epochs=self.epochs,
            balanced=self.balanced,
            generator=torch.Generator().manual_seed(first.seed),
            **second_options(first, self.lr),
        )
        return _OfLogits(scaled)


@dataclass(frozen=True)
class RetrainingRule:
    """`retrain_classifier`: a new linear head on the features, whatever the first one was.

    Parameters
    ----------
    epochs
        10, Kang et al.'s.
    lr
        Rate, at the start of its cosine; 0 stands for the first stage's.
    balanced
        False: trained as long on examples as they come, a control.

    Examples
    --------
    >>> import torch
    >>> from counterpoise.methods import FirstStage
    >>> h = torch.tensor([[-1.0], [-2.0], [2.0]])
    >>> first = FirstStage(None, torch.zeros(3, 2), h, torch.tensor([0, 0, 1]), class_counts=(2, 1))
    >>> RetrainingRule(epochs=50)(first)(first.logits, h).argmax(dim=1)
    tensor([0, 0, 1])
    """

    epochs: int = 10
    lr: float = 0.0
    balanced: bool = True

    def __post_init__(self) -> None:
        as_whole("epochs", self.epochs, 1)
        as_number("lr", self.lr, low=0)

    def __call__(self, first: FirstStage) -> nn.Module:
        """A new head."""
        head = retrain_classifier(
            first.features,
            first.target,
            num_classes=first.logits.shape[1],
            epochs=self.epochs,
            balanced=self.balanced,
            generator=torch.Generator().manual_seed(first.seed),
            **second_options(first, self.lr),
        )
        return OfFeatures(head)


def second_options(first: FirstStage, lr: float) -> dict[str, Any]:
    """Of `train_head`: as the first stage had them, unless a rate is given."""
    return {
        "lr": lr or first.lr,
        "batch_size": first.batch_size,
        "momentum": first.momentum,
        "weight_decay": first.weight_decay,
    }


def _linear(weight: Tensor) -> nn.Linear:
    """A layer without bias that holds the weight."""
    classes, size = weight.shape
    with torch.random.fork_rng(devices=[]):  # the layer's own draws are replaced
        layer = nn.Linear(size, classes, bias=False, device=weight.device, dtype=weight.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return layer
