"""The last layer, by name: linear, cosines between features and one direction per class, or of several parts.

Source: the cosine head is that of Cao et al. (NeurIPS 2019) for LDAM, without its scale, which is in the
loss. Checked by: logits in [-1, 1], invariance to the length of features and weights, zero features in
every precision.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...theory.foundation.validation import one_of
from ..protocols import Output

__all__ = ["HEADS", "NormedLinear"]

SHORTEST = 1e-12  # a vector that has a direction


class NormedLinear(nn.Module):
    """``z_j = cos(h, w_j)``; no bias, no scale.

    Shape: (..., in_features) -> (..., out_features). Initial weights are uniform in the cube
    [-1, 1]^in_features; their length does not matter to the logits.

    Examples
    --------
    >>> head = NormedLinear(64, 10)
    >>> cosines = head(torch.randn(5, 64))
    >>> cosines.shape, bool((cosines.abs() <= 1 + 1e-6).all())
    (torch.Size([5, 10]), True)
    """

    def __init__(
        self, in_features: int, out_features: int, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the directions anew, as unit vectors."""
        with torch.no_grad():
            self.weight.uniform_(-1.0, 1.0, generator=generator)
            self.weight.copy_(_directions(self.weight))

    def forward(self, features: Tensor) -> Tensor:
        """Cosines with every class's direction."""
        return functional.linear(_directions(features), _directions(self.weight))


def _directions(vectors: Tensor) -> Tensor:
    """The vectors at length 1; one of length 0 stays as it is, and so does the gradient it is sent.

    Lengths are those of float32 at least: their squares are soon beyond the range of half precision.
    """
    exact = vectors.to(torch.promote_types(vectors.dtype, torch.float32))
    length = torch.linalg.vector_norm(exact, dim=-1, keepdim=True)
    return (exact / torch.where(length > SHORTEST, length, 1.0)).to(vectors.dtype)


def linear(
    in_features: int, out_features: int, generator: torch.Generator | None = None
) -> nn.Linear:
    """A linear layer with bias, as `initialise` begins it."""
    layer = nn.Linear(in_features, out_features)
    initialise(layer, generator)
    return layer


def initialise(layer: nn.Module, generator: torch.Generator | None = None) -> None:
    """Normal weights of He's variance and zero biases, if the layer is a convolution or linear."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, generator=generator)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def answered(head: nn.Module, features: Tensor) -> tuple[Tensor, Tensor] | Output:
    """Logits by a head with the features they were made of; or all that a head of several parts answers."""
    found = head(features)
    return found if isinstance(found, Output) else (found, features)


Head = Callable[[int, int, torch.Generator | None], nn.Module]


def _of(module: str, name: str, **options: Any) -> Head:
    """A head of a module that is built of those here: loaded when it is asked for."""

    def build(
        in_features: int, out_features: int, generator: torch.Generator | None = None
    ) -> nn.Module:
        head = getattr(import_module(f".{module}", __package__), name)
        return head(in_features, out_features, generator, **options)

    return build


ONE_LAYER: dict[str, Head] = {"linear": linear, "cosine": NormedLinear}
"""Heads of one weight (K, Z)."""
HEADS: dict[str, Head] = {
    **ONE_LAYER,
    "experts": _of("experts", "Experts"),
    "cosine-experts": _of("experts", "Experts", cosine=True),
    "projected": _of("embedding", "Projected"),
    "embedded": _of("embedding", "Projected", prototypes=False),
}


@cache
def parts_of(head: str) -> tuple[str, ...]:
    """What a head answers beside logits, as the parts of an `Output`.

    >>> parts_of("linear"), parts_of("projected")
    ((), ('embedding', 'prototypes'))
    """
    with torch.device("meta"):  # which draws no numbers
        found = HEADS[one_of("head", head, HEADS)](2, 2, None)(torch.zeros(1, 2))
    return tuple(found.parts) if isinstance(found, Output) else ()
