"""What a density ratio is held against: the same ratios given to other samples, or none.

A gain of ratios over their controls is one that what they say of each sample, or of each class, has made.
Each is a permutation without chance: batches are drawn at random, so the sample that follows is a random
one. Checked by: ratios that keep their values, in the class or in the batch, and move all the same.
"""

import torch
from torch import Tensor

CONTROLS = ("", "one", "within", "between")


def controlled(ratio: Tensor, target: Tensor, control: str) -> Tensor:
    """Ratios (B,) as they are, ``""``; all ``"one"``; the next sample's of the class, or of the batch.

    ``"within"`` a class the ratio's mean and spread stay and what it says of a sample goes; ``"between"``
    classes what it says of a class goes too; ``"one"`` leaves inverse frequency, with the same start,
    normalisation and exponent.

    >>> ratio, target = torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0, 1, 0, 1])
    >>> controlled(ratio, target, "within").tolist(), controlled(ratio, target, "between").tolist()
    ([3.0, 4.0, 1.0, 2.0], [2.0, 3.0, 4.0, 1.0])
    """
    match control:
        case "one":
            return torch.ones_like(ratio)
        case "within":
            return ratio[_next_of_class(target)]
        case "between":
            return ratio.roll(-1)
    return ratio


def _next_of_class(target: Tensor) -> Tensor:
    """Of every sample the place of the next one of its class, of the last that of the first; (B,)."""
    order = torch.argsort(target, stable=True)
    grouped = target[order]
    same = torch.zeros_like(grouped, dtype=torch.bool)
    same[:-1] = grouped[1:] == grouped[:-1]
    place = torch.arange(len(target), device=target.device)
    first = torch.searchsorted(grouped, grouped)  # where the class begins
    following = torch.where(same, place + 1, first)
    return torch.empty_like(order).index_copy_(0, order, order[following])
