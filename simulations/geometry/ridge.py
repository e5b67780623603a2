"""Free features with a ridge: the path of solutions as it vanishes, by L-BFGS on classifiers and features.

The problem is not convex, but every local minimum is global once D > K (Zhu et al., NeurIPS 2021), except
under ``nonnegative``, where a class can die. Sum of losses, and one ridge for both: `theory.geometry` calls
sqrt(lam_W lam_H) that of a mean, n times smaller. Checked by: closed forms, a convex program, thresholds.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from scipy.optimize import minimize

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real
from ..gaussian import as_generator
from .free_features import FreeFeatures, World

__all__ = ["ridge_path"]

NUDGE = (
    1e-2  # what is added to a solution before the next: zero and collapsed ones are saddles there
)
STATIONARY = 1e-2  # the largest slope of objective/ridge that may be left; entries are of order 1
OPTIONS = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-16, "gtol": 1e-9, "maxcor": 30}


def ridge_path(
    class_counts: ArrayLike,
    ridges: ArrayLike,
    multipliers: ArrayLike = 1.0,
    margins: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
    *,
    squared: bool = False,
    nonnegative: bool = False,
    dimension: int | None = None,
    each_example: bool = False,
    seed: int | np.random.SeedSequence,
) -> list[FreeFeatures]:
    """The least ``sum of losses + ridge/2 (|W|^2 + |H|^2)`` at each ridge, each from the one before.

    Parameters
    ----------
    class_counts, multipliers, margins, offset, dimension, each_example
        As in `descend`.
    ridges
        Positive, one number or a list; from large to small is a path.
    squared
        ``|z - e_y|^2/2`` instead of the cross-entropy; without constants.
    nonnegative
        Features at least zero, as after a ReLU. A class whose features vanish may stay so, a local
        minimum: more dimensions than classes make that rare.

    Raises
    ------
    InputError
        If an argument leaves its domain.
    ArithmeticError
        If a problem was not solved.

    Examples
    --------
    >>> from counterpoise.theory.geometry import ridge_margin
    >>> (found,) = ridge_path([9, 9, 9], 0.1, seed=0)
    >>> gap = found.logits[0, 0] - found.logits[1, 0]
    >>> bool(abs(gap - ridge_margin(0.1, 3.0, 3)) < 1e-6)
    True
    """
    world = World.of(class_counts, multipliers, margins, offset, dimension, each_example)
    path = np.atleast_1d(as_real("ridges", ridges, low=0, low_open=True))
    if squared and world.constants:
        raise InputError("squared = True: has no multipliers, margins or offset")
    loss = partial(_squared, world) if squared else world.loss
    rng = as_generator(seed)
    flat = np.concatenate([part.numpy().ravel() for part in world.start(1.0, rng)])
    split = world.classes * world.dimension
    found = []
    for number, ridge in enumerate(path):
        if number:
            flat = flat + NUDGE * rng.standard_normal(flat.size)
        if nonnegative:
            flat[split:] = np.abs(flat[split:])
        flat = _solve(world, loss, float(ridge), flat, nonnegative)
        found.append(world.found(*_parts(world, torch.from_numpy(flat))))
    return found


def _parts(world: World, flat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    split = world.classes * world.dimension
    return flat[:split].view(-1, world.dimension), flat[split:].view(-1, world.dimension)


def _solve(
    world: World,
    loss: Callable[[torch.Tensor], torch.Tensor],
    ridge: float,
    start: np.ndarray,
    nonnegative: bool,
) -> np.ndarray:
    """The minimiser near ``start``; the objective is divided by the ridge, which makes its scale one."""

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        x = torch.tensor(flat, requires_grad=True)
        classifiers, scaled = _parts(world, x)
        value = loss(world.features(scaled) @ classifiers.T) / ridge + 0.5 * x.square().sum()
        return float(value.detach()), torch.autograd.grad(value, x)[0].numpy()

    split = world.classes * world.dimension
    bounds = [(None, None)] * split + [(0.0 if nonnegative else None, None)] * (start.size - split)
    solved = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=OPTIONS)
    slope = objective(solved.x)[1]
    held = nonnegative & (np.arange(start.size) >= split) & (solved.x == 0) & (slope > 0)
    if np.abs(slope[~held]).max(initial=0.0) > STATIONARY:
        raise ArithmeticError(f"ridge = {ridge:g}: the problem was not solved")
    return solved.x


def _squared(world: World, logits: torch.Tensor) -> torch.Tensor:
    labels = torch.eye(world.classes, dtype=logits.dtype)[world.target]
    return world.multiplicity @ (0.5 * (logits - labels).square().sum(1))
