"""Influence-balanced loss: examples that bend the decision boundary much count for less.

``alpha w_y CE / (|p - e_y|_1 |h|_1 + epsilon)``, where ``|p - e_y|_1 |h|_1 = |d CE / dW|_1`` of the last
layer W stands for an example's influence. Source: Park et al. (ICCV 2021), and for alpha and epsilon their
code. Checked by: golden factors, the norm identity behind them, scaling, certainty, non-convexity.
"""

from typing import Unpack

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, log_softmax

from ...theory.foundation.validation import InputError, InputTypeError, as_number
from ..registry import Method
from .batch import class_dim
from .module import ClassLoss, LossOptions

__all__ = ["InfluenceBalancedLoss"]

METHODS = (
    Method(
        name="InfluenceBalancedLoss",
        weight="α/(‖p − e_y‖₁ ‖h‖₁ + ε)",
        margin="0",
        link="−log",
        paper="Park et al. 2021",
        consistent="only if weight = 1/π, factor detached or not",
        statements=("decreasing_link.influence_balanced",),
        # from the first epoch; influence-deferred begins as the authors do
        key="influence-balanced",
        balanced=True,
        title="Influence-balanced loss",
        label="influence",
        colour="red",
        loss="InfluenceBalancedLoss(weight=inverse_frequency_weights(class_counts))",
    ),
)


class InfluenceBalancedLoss(ClassLoss):
    """``alpha w_y CE / (|p - e_y|_1 |h|_1 + epsilon)``, called with logits, target and features h.

    The norms' product is the L1 norm of cross-entropy's gradient in the last layer's weights, so that
    with a detached factor every example moves the layer by about ``alpha w_y``. The authors train
    with plain cross-entropy first and change to this loss half way: `DeferredInfluence`.

    Parameters
    ----------
    alpha
        1000, that of the authors' scripts; their class has 10000.
    epsilon
        1e-3, against division by zero.
    detach_factor
        False: the gradient flows through the factor too, as in the authors' code. True: it is a
        weight, which is how the paper motivates it.
    **options
        ``weight`` (the paper's class weights, inverse frequency), ``reduction``, ``normalize``,
        ``ignore_index``, ``label_smoothing`` of `margin_softmax_loss`; here the default is
        ``normalize="batch"``, the authors' mean.

    Shape:
        - features: (N, D), or (N, D, d1, ...) for dense predictions, or (D,) for a single example.

    Source: Park et al. (ICCV 2021), the influence-balanced loss; epsilon is their code's.

    Examples
    --------
    >>> import torch
    >>> logits, target = torch.tensor([[2.0, 0.0, 1.0], [0.0, 1.0, 0.0]]), torch.tensor([0, 2])
    >>> features = torch.tensor([[1.0, 0.5], [0.2, 2.0]])
    >>> InfluenceBalancedLoss(alpha=1.0)(logits, target, features)
    tensor(0.4264)
    """

    needs = ("features",)
    by_example = True
    influence: Tensor | None

    def __init__(
        self,
        alpha: float = 1000.0,
        *,
        epsilon: float = 1e-3,
        detach_factor: bool = False,
        **options: Unpack[LossOptions],
    ) -> None:
        options.setdefault("normalize", "batch")
        super().__init__(**options)
        self.alpha = as_number("alpha", alpha, low=0, low_open=True)
        self.epsilon = as_number("epsilon", epsilon, low=0, low_open=True)
        if not isinstance(detach_factor, bool):
            raise InputTypeError(f"detach_factor = {detach_factor!r}: must be True or False")
        self.detach_factor = detach_factor
        self._hold("influence", None)  # a schedule says when the factors begin to act

    def forward(self, logits: Tensor, target: Tensor, features: Tensor) -> Tensor:
        """The loss of a batch; logits and target as in `margin_softmax_loss`."""

        def balanced(z: Tensor, labels: Tensor) -> Tensor:
            return scaled(cross_entropy(z, labels, reduction="none"), size(z))

        def every(z: Tensor) -> Tensor:
            return scaled(-log_softmax(z, dim=1), size(z).unsqueeze(1))

        def size(z: Tensor) -> Tensor:
            dim = _dim_of_features(features, logits)
            return features.abs().sum(dim, dtype=z.dtype).reshape(-1)  # half may not hold the sum

        def scaled(loss: Tensor, size: Tensor) -> Tensor:
            bend = -2.0 * torch.expm1(-loss) * size  # 2 (1 - p_y) |h|_1
            factor = self.alpha / (bend + self.epsilon)
            if self.influence is not None:
                factor = torch.where(self.influence > 0, factor, 1.0)
            return loss * (factor.detach() if self.detach_factor else factor)

        return self._over_rows(logits, target, balanced, every)


def _dim_of_features(features: Tensor, logits: Tensor) -> int:
    """The dimension of ``features`` that holds the feature vectors: that of the logits' classes."""
    if not (isinstance(features, Tensor) and features.is_floating_point()):
        found = getattr(features, "dtype", type(features).__name__)
        raise InputTypeError(f"features has type {found}: must be a floating-point tensor")
    dim, shape = class_dim(logits), features.shape
    of_targets = logits.shape[:dim] + logits.shape[dim + 1 :]
    if len(shape) != logits.ndim or shape[:dim] + shape[dim + 1 :] != of_targets:
        wanted = [*map(str, of_targets[:dim]), "D", *map(str, of_targets[dim:])]
        raise InputError(
            f"features has shape {tuple(shape)}: for target of shape {tuple(of_targets)} "
            f"it must be ({', '.join(wanted)}{',' if len(wanted) == 1 else ''})"
        )
    return dim
