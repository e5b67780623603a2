"""Label-aware smoothing: how much a class's labels are softened, from its number of examples.

Claimed by Zhong, Cui, Liu, Jia, "Improving Calibration for Long-Tailed Recognition" (CVPR 2021),
Section 3.2. Checked by: a golden vector, end points, monotony, the order of the shapes.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .validation import as_class_counts, as_number, one_of

__all__ = ["label_aware_smoothing"]


def label_aware_smoothing(
    class_counts: ArrayLike, head: float, tail: float, shape: str = "concave"
) -> NDArray[np.float64]:
    """Smoothing per class: ``tail`` for the rarest, ``head`` for the most frequent; shape (K,).

    ``shape``, with x = (n - n_min)/(n_max - n_min): ``"concave"`` grows as sin(pi x/2), ``"linear"`` as
    x, ``"convex"`` as 1 - cos(pi x/2). ``head`` and ``tail`` lie in [0, 1). Equal counts, where the
    authors' code divides by zero, give ``head``.
    """
    counts = as_class_counts(class_counts)
    head = as_number("head", head, low=0, high=1, high_open=True)
    tail = as_number("tail", tail, low=0, high=1, high_open=True)
    one_of("shape", shape, ("concave", "linear", "convex"))
    spread = counts.max() - counts.min()
    x = np.ones_like(counts) if spread == 0 else (counts - counts.min()) / spread
    rest = np.zeros_like(counts) if spread == 0 else (counts.max() - counts) / spread
    if shape == "concave":  # 1 - sin(pi x/2) = 2 sin(pi (1 - x)/4)^2, without cancellation
        x, rest = np.sin(np.pi * x / 2), 2 * np.sin(np.pi * rest / 4) ** 2
    elif shape == "convex":
        x, rest = 2 * np.sin(np.pi * x / 4) ** 2, np.sin(np.pi * rest / 2)
    return tail * rest + head * x
