"""Moment matching: the density ratio, linear in the features, under which a class has given means.

Source: Luo et al., "Revive Re-weighting in Imbalanced Learning by Density Ratio Estimation"
(NeurIPS 2024), Algorithm 1, in a stable form: centred ridge, float64 Gram. Checked by: agreement
with `counterpoise.theory.density_ratio`, scale, prototypes worked out by hand.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ...theory.foundation.validation import InputError, as_number, as_whole
from ..ranks import summed_over_ranks

__all__ = ["MomentMatching"]


class MomentMatching:
    """`counterpoise.theory.density_ratio.class_density_ratio` of each class's samples in a batch.

    The ratio is against that class's prototype, a moving average of its batch means. A prototype equal
    to the batch mean, or one not seen yet, gives 1.

    Parameters
    ----------
    num_classes
        K.
    num_features
        Z, the length of a feature vector.
    momentum
        Of the prototypes (0.9), in [0, 1).
    ridge
        Relative to the mean squared feature norm (1e-2); towards infinity the ratio is 1.

    Shape:
        - features: (B, Z); target: (B,); ratio: (B,).

    >>> estimator = MomentMatching(num_classes=2, num_features=2)
    >>> features, target = torch.tensor([[1.0, 0.0], [3.0, 0.0]]), torch.tensor([0, 0])
    >>> estimator.ratio(features, target).tolist()  # no prototype has been seen
    [1.0, 1.0]
    >>> estimator.observe(torch.tensor([[3.0, 0.0]]), torch.tensor([0]))
    >>> near, far = estimator.ratio(features, target)[[1, 0]].tolist()  # from the prototype, 3
    >>> far < near
    True
    """

    def __init__(
        self, num_classes: int, num_features: int, momentum: float = 0.9, ridge: float = 1e-2
    ) -> None:
        self.momentum = as_number("momentum", momentum, low=0, high=1, high_open=True)
        self.ridge = as_number("ridge", ridge, low=0, low_open=True)
        classes = as_whole("num_classes", num_classes, 1)
        size = as_whole("num_features", num_features, 1)
        self.prototypes = torch.zeros(classes, size, dtype=torch.float64)
        self.seen = torch.zeros(classes, dtype=torch.bool)

    @torch.no_grad()
    def ratio(self, features: Tensor, target: Tensor) -> Tensor:
        """The density ratio of every sample within its class; float64, and it may be negative.

        One Gram matrix, masked to pairs of one class, serves all classes in a single solve.
        """
        features, present = self._checked(features, target)
        size = present.sum(dim=0)[target]
        means = self._class_means(features, present)
        shift = (torch.where(self.seen[:, None], self.prototypes, means) - means)[target]
        gram = (features @ features.T) * (present @ present.T)
        trace = (present.T @ gram.diagonal())[target]
        penalty = self.ridge * trace / size
        penalty = torch.where(penalty > 0, penalty, 1.0)  # all features zero: nothing to match
        solution = torch.linalg.solve(
            gram + torch.diag(penalty), (features * shift).sum(dim=1, keepdim=True)
        )
        return 1.0 + size * solution.squeeze(1)

    @torch.no_grad()
    def observe(self, features: Tensor, target: Tensor) -> None:
        """Move the prototypes of the classes present towards their means; first sight sets them.

        Under ``torch.distributed`` the means are over the batches of all ranks, so that all hold the
        same prototypes; each must then observe equally often.
        """
        features, present = self._checked(features, target)
        size = summed_over_ranks(present.sum(dim=0))
        means = summed_over_ranks(present.T @ features) / size.clamp(min=1.0)[:, None]
        moved = self.momentum * self.prototypes + (1.0 - self.momentum) * means
        moved = torch.where(self.seen[:, None], moved, means)
        here = size > 0
        self.prototypes = torch.where(here[:, None], moved, self.prototypes)
        self.seen = self.seen | here

    def state_dict(self) -> dict[str, Tensor]:
        """The prototypes and which of them have been seen."""
        return {"prototypes": self.prototypes.clone(), "seen": self.seen.clone()}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore prototypes of the same shape."""
        if state["prototypes"].shape != self.prototypes.shape:
            raise InputError(
                f"prototypes have shape {tuple(state['prototypes'].shape)}: "
                f"here they have {tuple(self.prototypes.shape)}"
            )
        self.prototypes, self.seen = state["prototypes"].clone(), state["seen"].clone()

    def _checked(self, features: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Features as float64, and which class each belongs to, one-hot; (B, Z) and (B, K)."""
        classes = len(self.seen)
        if features.ndim != 2 or features.shape[1] != self.prototypes.shape[1]:
            raise InputError(
                f"features has shape {tuple(features.shape)}: "
                f"must be (B, {self.prototypes.shape[1]})"
            )
        if target.shape != features.shape[:1] or target.dtype.is_floating_point:
            raise InputError(
                f"target has shape {tuple(target.shape)} and type {target.dtype}: "
                f"must be {len(features)} class indices"
            )
        if target.numel() and not 0 <= target.min() <= target.max() < classes:
            raise InputError(
                f"target holds {target.min()} to {target.max()}: must be 0 to {classes - 1}"
            )
        if not features.isfinite().all():
            raise InputError("features holds nan or infinity: must be finite")
        self.prototypes = self.prototypes.to(features.device)
        self.seen = self.seen.to(features.device)
        return features.detach().double(), one_hot(target.long(), classes).double()

    @staticmethod
    def _class_means(features: Tensor, present: Tensor) -> Tensor:
        return (present.T @ features) / present.sum(dim=0).clamp(min=1.0)[:, None]
