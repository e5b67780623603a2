"""Training that diverged: noticed at the step where a loss is no number, and kept as a record.

A member that diverged stops, and the others go on; what it was and where it stopped stands beside the
results. Ours. Checked by: runs in which one member diverges, alone, together with others, in processes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

__all__ = ["Diverged", "FailedMember", "divergence_in", "in_words", "refuse_not_finite"]

NAMED = 3  # members that a line names, at most


class Diverged(Exception):
    """Raised where a member's training or measurement meets a number that is not finite."""


@dataclass(frozen=True, kw_only=True)
class FailedMember:
    """One method under one seed that has no results: its training diverged.

    ``epoch``, counted from 1, is the one in which it did, and ``why`` what was not finite.

    Examples
    --------
    >>> failed = FailedMember(method="vs", seed=0, epoch=3, why="its loss is nan at step 7")
    >>> str(failed)
    'vs, seed 0, in epoch 3: its loss is nan at step 7'
    """

    method: str
    seed: int
    epoch: int
    why: str

    def __str__(self) -> str:
        return f"{self.method}, seed {self.seed}, in epoch {self.epoch}: {self.why}"


def in_words(failed: Sequence[FailedMember], members: int) -> str:
    """How many of the members of a run diverged, and which; for one line."""
    named = "; ".join(map(str, failed[:NAMED]))
    more = f"; and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
    return f"{len(failed)} of {members} members diverged ({named}{more})"


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
