"""Training that diverged: noticed at the step where a loss is no number.

A member that diverged stops, and the others go on; what it was and where it stopped stands beside the
results, as a `FailedMember`. Ours. Checked by: runs in which one member diverges, alone, together with
others, in processes.
"""

import math

from torch import Tensor

__all__ = ["Diverged", "divergence_in", "refuse_not_finite"]


class Diverged(Exception):
    """Raised where a member's training or measurement meets a number that is not finite."""


def divergence_in(losses: Tensor, first: int = 0) -> str | None:
    """What is wrong with the losses of some steps of an epoch, (steps,), or None; asks the device once.

    ``first`` is the number of the first of them, counted from 0; words count from 1.

    >>> import torch
    >>> divergence_in(torch.tensor([1.0, float("inf"), float("nan")]))
    'its loss is inf at step 2'
    """
    if losses.isfinite().all():
        return None
    for step, loss in enumerate(losses.tolist(), first + 1):
        if not math.isfinite(loss):
            return f"its loss is {loss} at step {step}"
    return None


def refuse_not_finite(name: str, values: Tensor) -> None:
    """Raise `Diverged`, naming what it is, unless all values are finite."""
    if not values.isfinite().all():
        raise Diverged(f"its {name} are not finite")
