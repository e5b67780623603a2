"""The linear maps that a last layer is one of, as bounds ask for them: a norm, and lengths of features.

Logits ``W h + b`` are ``[W b]`` times ``(h, 1)``; cosines are a map of unit rows, times a unit vector.
Checked by: logits never longer than norm times length.
"""

from typing import Any

import torch
from torch import Tensor, nn

from ..models.heads import NormedLinear


def head_norm(head: Any) -> float | None:
    """The Frobenius norm of the map; None if logits are no linear function of a vector."""
    if isinstance(head, NormedLinear):
        return len(head.weight) ** 0.5
    if not isinstance(head, nn.Linear):
        return None
    square = head.weight.detach().double().square().sum()
    if head.bias is not None:
        square = square + head.bias.detach().double().square().sum()
    return float(square.sqrt())


def squared_lengths(head: Any, lengths: Tensor) -> Tensor:
    """Of the vectors that the map is applied to, (B,), from the lengths of features (B,)."""
    if isinstance(head, NormedLinear):
        return torch.ones_like(lengths)
    squares = lengths.double().square()
    return squares + 1 if getattr(head, "bias", None) is not None else squares
