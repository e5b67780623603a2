"""Features and labels resampled by imbalanced-learn: SMOTE, under-sampling, and what has its interface.

Source: Chawla et al. (JAIR 2002) for SMOTE. Checked by: agreement with imbalanced-learn, segments
between neighbours, rows that stay in place.
"""

from typing import Any, Protocol

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ...theory.foundation.validation import InputError, as_whole
from ..registry import Method
from .labels import numbered_labels

__all__ = ["resample", "smote"]

METHODS = (
    Method(
        name="resample",
        weight="any sampler of imbalanced-learn",
        margin="any",
        link="any",
        paper="Dal Pozzolo et al. 2015 (under-sampling)",
        consistent="random under-sampling to balance, two classes: yes",
        statements=("posterior_thresholds.undersampling",),
    ),
    Method(
        name="smote",
        weight="new points between neighbours",
        margin="any",
        link="any",
        paper="Chawla et al. 2002",
        consistent="no if neighbours are all of a class; "
        "k fixed, new points have the class's law in the limit",
        statements=(
            "resampled_classes.smote_midpoint",
            "centre_bias.smote_contracts",
        ),
    ),
)


class Resampler(Protocol):
    """Any over- or under-sampler with imbalanced-learn's interface."""

    def fit_resample(self, X: Any, y: Any) -> Any:
        """The resampled X and y."""
        ...


def resample(resampler: Resampler, features: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Features and labels resampled by imbalanced-learn, on the device and in the dtype they came.

    Made for the penultimate layer: an average of two neighbouring feature vectors is a plausible one,
    an average of two images is not. No gradient passes.

    Parameters
    ----------
    resampler
        For example ``smote(target)``, ``RandomUnderSampler(random_state=0)``, ``TomekLinks()``.
    features, target
        Shapes (N, Z) and (N,).

    Returns
    -------
    Shapes (M, Z) and (M,); over-samplers keep the rows they were given in place.
    """
    if features.ndim != 2 or target.shape != features.shape[:1]:
        raise InputError(
            f"features has shape {tuple(features.shape)} and target {tuple(target.shape)}: "
            "must be (N, Z) and (N,)"
        )
    rows, labels = resampler.fit_resample(
        features.detach().cpu().double().numpy(), target.cpu().numpy()
    )
    return torch.from_numpy(rows).to(features), torch.from_numpy(labels).to(target)


def smote(target: ArrayLike | Tensor, k_neighbors: int = 5, seed: int | None = None) -> Resampler:
    """imbalanced-learn's ``SMOTE`` with as many neighbours as the rarest class has, at most those asked for.

    SMOTE draws between a point and one of its k nearest neighbours of the same class, so it refuses a
    class of k points or fewer. With a class of a single point this is ``RandomOverSampler``.

    Parameters
    ----------
    target
        The labels it will be used on, whole numbers of shape (N,).
    k_neighbors
        At most (5).
    seed
        imbalanced-learn's ``random_state``.

    Source: Chawla et al. (JAIR 2002).
    """
    from imblearn.over_sampling import SMOTE, RandomOverSampler  # slow to import

    most = as_whole("k_neighbors", k_neighbors, 1)
    rarest = int(numbered_labels(target)[1].min())
    if rarest == 1:
        return RandomOverSampler(random_state=seed)
    return SMOTE(k_neighbors=min(most, rarest - 1), random_state=seed)
