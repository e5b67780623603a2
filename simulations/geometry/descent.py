"""Gradient descent on free features without a ridge: where cross-entropy and its adjusted forms lead.

The step is divided by the loss, as in Thrampoulidis et al. (NeurIPS 2022), so that margins grow steadily;
and by the mean square of the vectors, since that is how the curvature grows. A loss of margin 35 is
rounding in double precision, its exponential tail is not: beyond margin 20 the target's logit is lowered
until that is the margin, which multiplies the loss by a constant up to e^-20, and slope over loss by none.
Checked by: SELI and adjusted SELI at margins 35 to 300, and a feature for each example.
"""

import numpy as np
import torch

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_real, as_whole
from ..gaussian import as_generator
from .free_features import FreeFeatures, World

__all__ = ["descend"]

TAIL = 20.0  # the margin from which on cross-entropy is exponential
RATE = 4.0  # of steps, over the mean squared length of classifiers and scaled features


def descend(
    class_counts: ArrayLike,
    multipliers: ArrayLike = 1.0,
    margins: ArrayLike = 1.0,
    offset: ArrayLike = 0.0,
    *,
    stops: ArrayLike = (35.0, 100.0),
    dimension: int | None = None,
    start: float = 0.2,
    each_example: bool = False,
    steps: int = 50_000,
    seed: int | np.random.SeedSequence,
) -> list[FreeFeatures]:
    """Classifiers and features when every margin has reached each of ``stops``.

    The loss is the sum of ``-log softmax_y(d z/t_y + offset)``: cross-entropy by default. Multipliers
    d are class-dependent temperatures (CDT), margins t label-dependent ones (LDT: delta = 1/t), the
    offset is additive logit adjustment. The limit is ``seli_grams(class_counts, d, t)``.

    Parameters
    ----------
    class_counts
        Sizes of the K classes; any positive numbers, whole ones for ``each_example``.
    multipliers, margins, offset
        One number each, or one a class.
    stops
        Increasing margins ``(d_y z_y - d_c z_c)/t_y``.
    dimension
        Of features, K - 1 or more. Twice K by default: with no more than K, two of twelve starts of
        classes (10, 10, 1, 1) are still far from SELI at margin 100.
    start
        Standard deviation of the initial classifiers, and of features times the root of how many
        examples share them. What it leaves in the classifiers' frame is in proportion to it, over
        the root of the margin.
    each_example
        A feature for each example instead of one for each class.
    steps
        At most so many.

    Raises
    ------
    InputError
        If an argument leaves its domain, or the margins are not reached.

    Examples
    --------
    >>> from counterpoise.theory.geometry import gram_distance, seli_grams
    >>> (found,) = descend([10, 10, 1, 1], stops=100, seed=0)
    >>> gram = found.classifiers @ found.classifiers.T
    >>> gram_distance(gram, seli_grams([10, 10, 1, 1]).classifiers) < 0.03
    True
    """
    world = World.of(class_counts, multipliers, margins, offset, dimension, each_example)
    return descend_from(
        world, *world.start(start, as_generator(seed)), stops, as_whole("steps", steps, 1)
    )


def descend_from(
    world: World, classifiers: torch.Tensor, scaled: torch.Tensor, stops: ArrayLike, steps: int
) -> list[FreeFeatures]:
    """`descend` from a given start, which is overwritten."""
    marks = np.atleast_1d(as_real("stops", stops, low=0, low_open=True))
    if marks.ndim != 1 or np.any(np.diff(marks) <= 0):
        raise InputError(f"stops = {marks.tolist()}: must increase")
    parameters = classifiers.requires_grad_(), scaled.requires_grad_()
    values = [parameter.detach().numpy() for parameter in parameters]  # the same memory
    vectors = len(classifiers) + world.classes
    steepest = float(world.multipliers.max() / world.margins.min())
    tail = TAIL + float(np.ptp(world.offset))
    found: list[FreeFeatures] = []
    margin = 0.0
    for _ in range(steps):
        logits = world.features(scaled) @ classifiers.T
        margin = world.margin(logits.detach().numpy())
        while margin >= marks[len(found)]:
            found.append(world.found(classifiers, scaled))
            if len(found) == marks.size:
                return found
        loss = world.loss(logits, max(0.0, margin - tail))
        slopes = torch.autograd.grad(loss.log(), parameters)
        square = sum(float(np.vdot(value, value)) for value in values) / vectors
        for value, slope in zip(values, slopes, strict=True):
            value -= RATE / (square * steepest**2) * slope.numpy()
    raise InputError(
        f"steps = {steps}: margin {margin:.3g} was reached, not {marks[len(found)]:g}; allow more"
    )
