"""How often a class is drawn: powers of its frequency, and the way from the data to class balance.

Source: Kang et al., "Decoupling representation and classifier for long-tailed recognition" (ICLR 2020),
eqs. (1) and (2). Checked by: end points, monotonicity, sums.
"""

import numpy as np
from numpy.typing import NDArray

from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_class_counts, as_number
from ..imbalance.class_counts import class_prior

__all__ = ["progressive_probability", "sampling_probability"]


def sampling_probability(class_counts: ArrayLike, exponent: float) -> NDArray[np.float64]:
    """``p_y = n_y^q / sum_j n_j^q``; shape (K,). q = 1: as it comes, 1/2: square root, 0: class balance."""
    counts = as_class_counts(class_counts)
    exponent = as_number("exponent", exponent)
    largest = (
        counts.max() if exponent >= 0 else counts.min()
    )  # of the powers, so that none overflows
    power = (counts / largest) ** exponent
    return power / power.sum()


def progressive_probability(class_counts: ArrayLike, progress: float) -> NDArray[np.float64]:
    """``(1 - t) pi_y + t / K`` at the share t of training that is done, in [0, 1]; shape (K,)."""
    prior = class_prior(class_counts)
    done = as_number("progress", progress, low=0, high=1)
    return (1.0 - done) * prior + done / prior.size
