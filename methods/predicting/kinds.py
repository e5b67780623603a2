"""The kinds of prediction: what each says, which statements imply it, and what must hold for that.

A prediction names only its kind and its methods, so the words stand once. Checked by: a row of the ledger
for every kind, on results made to hold, to fail and to leave it open.
"""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["KINDS", "Kind"]

_REACHED = "of the plan's last stage, whatever decay, averaging or sharpness was asked for"
_OPTIMUM = f"the network reaches its population optimum {_REACHED}"
_BOTH = f"both networks reach their population optimum {_REACHED}"


class Kind(NamedTuple):
    """What all predictions of a kind share; ``{method}`` and ``{rival}`` stand for names in ``says``.

    ``predicted`` is the number or range that the measurement is held against, ``tolerance`` how far from
    it still holds.

    >>> KINDS["same rule"].tolerance
    0.01
    """

    says: str
    predicted: str
    statements: tuple[str, ...]
    assuming: str
    tolerance: float = 0.0


KINDS: Mapping[str, Kind] = {
    "best at its weights": Kind(
        "recall weighted as {method}'s optimum weighs it: {method} minus {rival}",
        "≥ 0",
        ("weighted_recall.best_rule",),
        f"{_OPTIMUM}, which no rule exceeds",
    ),
    "same rule": Kind(
        "balanced accuracy of {method} minus {rival}, whose optima are one rule",
        "0 ± 0.01",
        ("weighted_recall.best_rule",),
        _BOTH,
        0.01,
    ),
    "tail gains": Kind(
        "mean recall of the classes that {method} weighs more than {rival}: {method} minus {rival}",
        "≥ 0",
        ("weighted_recall.trade",),
        _BOTH,
    ),
    "head pays": Kind(
        "mean recall of the classes that {method} weighs less than {rival}: {rival} minus {method}",
        "≥ 0",
        ("weighted_recall.trade",),
        _BOTH,
    ),
    "shift sign": Kind(
        "mean test logits of {method} minus {rival} along the predicted shift: slope",
        "> 0",
        ("offset_family.minimiser",),
        _BOTH,
    ),
    "shift size": Kind(
        "mean test logits of {method} minus {rival} along the predicted shift: slope",
        "1 ± 0.01",
        ("offset_family.minimiser",),
        _BOTH,
        0.01,
    ),
    # An identity, which checks the code alone: no longer predicted.
    "gradient bound": Kind(
        "gradient norm of {method} over its bound, largest over training examples and seeds",
        "≤ 1",
        ("vector_scaling.gradient_bound",),
        "",
    ),
    "fades": Kind(
        "balanced accuracy of {method} minus {rival}, where both fit all training examples far",
        "0 ± 0.01",
        ("implicit_bias.offsets_are_inert",),
        "a linear predictor of two classes in the statement; here wherever all margins exceed log(4 N) plus "
        "twice the range of the shift",
        0.01,
    ),
}
"""By name, in the order of a ledger."""
