"""Weight x margin x link: the one expression that most losses of the field are special cases of.

``alpha_y psi(log softmax_y(beta * z + Delta - m_y e_y))``, in SymPy: the symbolic twin of
`counterpoise.methods.margin_softmax_loss`. Source: Menon et al. (ICLR 2021), Kini et al. (NeurIPS
2021), Cao et al. (NeurIPS 2019), Lin et al. (ICCV 2017) for the focal link.
Checked by: property tests that tie every torch loss to this expression, in value and gradient.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy

__all__ = ["adjusted_probabilities", "focal_link", "log_link", "margin_softmax"]

Link = Callable[[Any], Any]
"""A function of the log-probability, in SymPy."""


def log_link(log_probability: "sympy.Expr") -> "sympy.Expr":
    """``-log p``: cross-entropy."""
    return -log_probability


def focal_link(gamma: Any) -> Link:
    """``-(1 - p)^gamma log p``: the focal loss."""
    import sympy  # here and below: the chapter's NumPy functions import without it

    return lambda log_p: -((1 - sympy.exp(log_p)) ** gamma) * log_p


def margin_softmax(
    logits: Sequence[Any],
    target: int,
    *,
    weight: Any = 1,
    scale: Sequence[Any] | None = None,
    offset: Sequence[Any] | None = None,
    target_margin: Any = 0,
    link: Link = log_link,
) -> "sympy.Expr":
    """The loss of one example as a SymPy expression.

    ``logits``, ``scale`` and ``offset`` hold one expression per class; ``weight`` and
    ``target_margin`` belong to the target's class; the margin is subtracted after scaling.
    """
    import sympy

    adjusted = _adjusted(logits, target, scale, offset, target_margin)
    log_p = adjusted[target] - sympy.log(sympy.Add(*[sympy.exp(a) for a in adjusted]))
    return weight * link(log_p)


def adjusted_probabilities(
    logits: Sequence[Any],
    *,
    scale: Sequence[Any] | None = None,
    offset: Sequence[Any] | None = None,
) -> "list[sympy.Expr]":
    """``softmax(beta * z + Delta)``, one expression per class."""
    import sympy

    powers = [sympy.exp(a) for a in _adjusted(logits, 0, scale, offset, 0)]
    return [power / sympy.Add(*powers) for power in powers]


def _adjusted(
    logits: Sequence[Any],
    target: int,
    scale: Sequence[Any] | None,
    offset: Sequence[Any] | None,
    target_margin: Any,
) -> "list[sympy.Expr]":
    scale = [1] * len(logits) if scale is None else scale
    offset = [0] * len(logits) if offset is None else offset
    adjusted = [b * z + d for z, b, d in zip(logits, scale, offset, strict=True)]
    adjusted[target] -= target_margin
    return adjusted
