"""Wrong labels at a rate that is known, spread evenly over the other classes.

Ours; symmetric noise as the field has it. Checked by: the rate, its spread, and labels that stay at rate 0.
"""

import numpy as np
import torch
from torch import Tensor

from ...theory.foundation.validation import InputError, as_number

__all__ = ["noisy_labels"]


def noisy_labels(labels: Tensor, classes: int, rate: float, generator: torch.Generator) -> Tensor:
    """Labels of which each is another one with probability ``rate``; shape (N,).

    Where the field draws the new label from all classes, one in K of them stays right: a rate r there is
    ``r (1 - 1/K)`` here.

    Raises
    ------
    InputError
        If the rate is not in [0, 1), or a class is left without an example.

    >>> labels = torch.arange(5).repeat(200)
    >>> noisy = noisy_labels(labels, 5, 0.4, torch.Generator().manual_seed(0))
    >>> round((noisy != labels).double().mean().item(), 1)
    0.4
    """
    rate = as_number("label_noise", rate, low=0, high=1, high_open=True)
    if not rate:
        return labels
    wrong = torch.rand(len(labels), generator=generator) < rate
    step = torch.randint(1, classes, (len(labels),), generator=generator)
    noisy = torch.where(wrong, (labels + step) % classes, labels)
    counts = np.bincount(noisy.numpy(), minlength=classes)
    if counts.min() == 0:
        raise InputError(
            f"label_noise = {rate:g} leaves class {counts.argmin()} without an example"
        )
    return noisy
