"""DisAlign: logits of a frozen network aligned with a balanced reference by scale, offset and confidence.

Source: Zhang et al., "Distribution Alignment: A Unified Framework for Long-tail Visual Recognition" (CVPR
2021), eqs. (3) to (8). Checked by: the identity at the start, vector scaling and post-hoc logit adjustment
as special cases, the authors' form by hand, and a network that stays as it was.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ...theory.foundation.validation import as_number, as_whole, one_of
from ...theory.vector_scaling import logit_adjustment_offset
from ..losses import MarginSoftmaxLoss
from ..protocols import FirstStage
from ..registry import Method
from .heads import train_head
from .rules import second_options

__all__ = ["AlignmentRule", "DistributionAlignment"]

METHODS = (
    Method(
        name="DistributionAlignment",
        weight="π^−ρ",
        margin="β = 1 + σ(x)(α − 1), Δ = σ(x) β, learned",
        link="−log",
        paper="Zhang et al. 2021 (DisAlign)",
        consistent="after cross-entropy only if ρ = 1; the default is 1.2",
        statements=("vs_consistency.two_exponents",),
        rule="disalign",
        balanced=False,
        title="Distribution alignment",
        label="DisAlign",
        second="AlignmentRule()",
    ),
)

FORMS = ("paper", "official")


class DistributionAlignment(nn.Module):
    """``s (a * z + b) + (1 - s) z`` with a confidence ``s = sigmoid(v . h + c)``; a, b, v, c are trained.

    At the start a = 1 and b = 0, which leaves the logits as they are, whatever the confidence.

    Parameters
    ----------
    num_classes, num_features
        K, and Z of the features h.
    form
        ``"official"``, the authors' code for classification: ``(1 + s a) z + s b``, with v = 0.1 at the
        start: no identity there, logits begin up to twice as large.

    Shape: logits (B, K), features (B, Z) -> (B, K).

    Examples
    --------
    >>> layer = DistributionAlignment(num_classes=3, num_features=4)
    >>> z, h = torch.randn(2, 3), torch.randn(2, 4)
    >>> torch.allclose(layer(z, h), z)
    True
    """

    def __init__(self, num_classes: int, num_features: int, form: str = "paper") -> None:
        super().__init__()
        classes = as_whole("num_classes", num_classes, 1)
        features = as_whole("num_features", num_features, 1)
        self.form = one_of("form", form, FORMS)
        self.scale = nn.Parameter(torch.ones(classes))
        self.offset = nn.Parameter(torch.zeros(classes))
        begin = 0.0 if form == "paper" else 0.1
        self.confidence_weight = nn.Parameter(torch.full((features,), begin))
        self.confidence_bias = nn.Parameter(torch.zeros(()))

    def forward(self, logits: Tensor, features: Tensor) -> Tensor:
        """Aligned logits."""
        score = features @ self.confidence_weight + self.confidence_bias
        sure = score.sigmoid()[:, None]
        scale = self.scale - 1 if self.form == "paper" else self.scale
        return (1 + sure * scale) * logits + sure * self.offset


@dataclass(frozen=True)
class AlignmentRule:
    """`DistributionAlignment` of the logits, by cross-entropy with weights ``pi^-rho`` on data as they come.

    Means are divided by the number of examples, not by the sum of their weights, which would move the
    optimum (``batch_means.effective_weights``).

    Parameters
    ----------
    rho
        1.2, the authors' for ImageNet-LT; 0 is cross-entropy, 1 inverse frequency.
    form
        As in `DistributionAlignment`.
    epochs
        10, the authors'.
    lr
        Rate, at the start of its cosine; 0 stands for the first stage's.

    Examples
    --------
    >>> z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.9, 0.0]])
    >>> first = FirstStage(None, z, z, torch.tensor([0, 0, 1]), class_counts=(2, 1))
    >>> aligned = AlignmentRule(epochs=50)(first)(z, z)
    >>> bool((aligned.diff() > z.diff()).all())
    True
    """

    rho: float = 1.2
    form: str = "paper"
    epochs: int = 10
    lr: float = 0.0

    def __post_init__(self) -> None:
        as_number("rho", self.rho)
        one_of("form", self.form, FORMS)
        as_whole("epochs", self.epochs, 1)
        as_number("lr", self.lr, low=0)

    def __call__(self, first: FirstStage) -> nn.Module:
        """Logits, aligned."""
        classes, size = first.logits.shape[1], first.features.shape[1]
        layer = DistributionAlignment(classes, size, self.form).to(first.logits)
        weight = np.exp(-logit_adjustment_offset(first.class_counts, self.rho))
        weight *= classes / weight.sum()
        train_head(
            layer,
            (first.logits, first.features),
            first.target,
            loss=MarginSoftmaxLoss(weight=weight, normalize="batch").to(first.logits.device),
            balanced=False,
            epochs=self.epochs,
            generator=torch.Generator().manual_seed(first.seed),
            **second_options(first, self.lr),
        )
        return layer
