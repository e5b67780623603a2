"""The convex program that free features solve, by an interior-point solver: an oracle beside descent.

``|Z N^(1/2)|_*`` is the least cost of features and classifiers with logits Z (`seli.factorised_cost`), so
that the problem in K x K logits has the same solutions. Checked by: SELI, and `ridge_path`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import as_class_counts, as_number
from .free_features import World

__all__ = ["nuclear_norm_logits"]


def nuclear_norm_logits(
    class_counts: ArrayLike,
    ridge: float = 0.0,
    multipliers: ArrayLike = 1.0,
    margins: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Logits (K, K), column y of class y, of least nuclear norm.

    With a ridge, of least ``sum of losses + ridge |Z N^(1/2)|_*``, the losses of `descend`; without one,
    of least norm under margins ``d_y z_y - d_c z_c >= t_y``, where the path ends.

    Raises
    ------
    ArithmeticError
        If the solver fails.

    Examples
    --------
    >>> bool(np.allclose(nuclear_norm_logits([9, 4]), [[0.5, -0.5], [-0.5, 0.5]], atol=1e-6))
    True
    """
    import cvxpy

    ridge = as_number("ridge", ridge, low=0)
    world = World.of(class_counts, multipliers, margins, offset, None, False)
    counts = as_class_counts(class_counts)
    multiplier, margin, shift = world.multipliers, world.margins, world.offset
    logits = cvxpy.Variable((counts.size, counts.size))
    norm: Any = cvxpy.normNuc(logits @ np.diag(np.sqrt(counts)))
    scaled = cvxpy.diag(multiplier) @ logits
    constraints, losses = [], []
    for y in range(counts.size):
        others = np.arange(counts.size) != y
        gaps = scaled[others, y] - scaled[y, y]  # of the other classes above the target
        if ridge:
            above = cvxpy.hstack([gaps / margin[y] + shift[others] - shift[y], 0.0])
            losses.append(counts[y] * cvxpy.log_sum_exp(above))
        else:
            constraints.append(gaps <= -margin[y])
    cost = cvxpy.sum(losses) + ridge * norm if ridge else norm
    problem = cvxpy.Problem(cvxpy.Minimize(cost), constraints)
    problem.solve(solver="CLARABEL")
    if problem.status != cvxpy.OPTIMAL or logits.value is None:
        raise ArithmeticError(f"the program was not solved: {problem.status}")
    return logits.value
