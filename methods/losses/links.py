"""Links: how a loss grows as the target's probability falls, ``psi(log p)`` with ``psi(0) = 0``.

Sources: Lin et al. (ICCV 2017) for focal; Zhang and Sabuncu (NeurIPS 2018) and Mao et al. (ICML 2023)
for the family that contains cross-entropy and the mean absolute error.
Checked by: golden values, limits, bounds, gradients that stay finite at certainty.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from ...theory.foundation.validation import as_number
from ..arguments import named_arguments

__all__ = ["comp_sum_link", "focal_link"]

Link = Callable[[Tensor], Tensor]


@named_arguments
def focal_link(gamma: float) -> Link:
    """The focal link ``psi(log p) = -(1 - p)^gamma log p``, for ``gamma >= 0``; 0 is cross-entropy.

    ``1 - p`` is ``-expm1(log p)``, kept above the smallest normal number so that the gradient stays
    finite at ``p = 1`` for every gamma. Source: Lin et al. (ICCV 2017), eq. (4), softmax form.

    Examples
    --------
    >>> import torch
    >>> focal_link(2.0)(torch.tensor([0.5, 0.9]).log())
    tensor([0.1733, 0.0011])
    """
    return partial(_focal, gamma=as_number("gamma", gamma, low=0))


@named_arguments
def comp_sum_link(q: float) -> Link:
    """``psi(log p) = (1 - p^q)/q``; ``-log p`` at q = 0. As `counterpoise.theory.comp_sum.comp_sum_loss`.

    q in (0, 1) is generalised cross-entropy, at most 1/q; 1 the mean absolute error; q < 0 grows
    faster than cross-entropy and overflows for logits beyond ``log(largest float)/|q|``.

    Examples
    --------
    >>> import torch
    >>> comp_sum_link(0.5)(torch.tensor([0.25, 0.64]).log())
    tensor([1.0000, 0.4000])
    """
    return partial(_comp_sum, q=as_number("q", q))


# Functions of the module, as closures cannot be pickled.


def _focal(log_probability: Tensor, gamma: float) -> Tensor:
    miss = -torch.expm1(log_probability)
    return -log_probability * miss.clamp(min=torch.finfo(miss.dtype).tiny) ** gamma


def _comp_sum(log_probability: Tensor, q: float) -> Tensor:
    if abs(q) < 1e-30:  # the limit to every digit, and q * log p cannot lose its own
        return -log_probability
    return -torch.expm1(q * log_probability) / q
