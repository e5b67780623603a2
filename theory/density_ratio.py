"""Density-ratio re-weighting by first-order moment matching, with a ridge that shrinks to 1.

Claimed by Luo, Hong, Yao, Han, Zhang, Wang, "Revive Re-weighting in Imbalanced Learning by Density
Ratio Estimation" (NeurIPS 2024), eqs. (7) and (12); the centred ridge is derived in this project.
Checked by: exact rational identities, and property tests against a direct least-squares solve.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .statement import Statement, mutants, state, state_limit, steps
from .validation import InputError, as_real

__all__ = ["STATEMENTS", "class_density_ratio"]


def class_density_ratio(
    features: ArrayLike, prototype: ArrayLike, ridge: float = 1e-2
) -> NDArray[np.float64]:
    """``r = 1 + b (G + b lam I)^(-1) Phi' (F - mean)`` for the b samples of one class.

    ``Phi``' = ``features`` has shape (b, Z), ``F`` = ``prototype`` shape (Z,), ``G = Phi' Phi`` and
    ``lam = ridge * trace(G) / b^2``, a ridge relative to the mean squared feature norm.
    ``ridge -> 0`` is the paper's eq. (7); ``ridge -> inf`` gives r = 1, inverse frequency.
    Returns shape (b,).
    """
    features = as_real("features", features)
    prototype = as_real("prototype", prototype)
    strength = as_real("ridge", ridge, low=0, low_open=True)
    if features.ndim != 2 or features.size == 0 or prototype.shape != features.shape[1:]:
        raise InputError(
            f"prototype has shape {prototype.shape}: features of shape (b, Z) = {features.shape} "
            "need a prototype of shape (Z,)"
        )
    b = features.shape[0]
    gram = features @ features.T
    penalty = strength * np.trace(gram) / b
    if penalty == 0.0:  # all features are zero: nothing to match
        return np.ones(b)
    shift = features @ (prototype - features.mean(axis=0))
    return 1.0 + b * np.linalg.solve(gram + penalty * np.eye(b), shift)


# ------------------------------------------------------------------------------------ statements

_PAIR = dict.fromkeys(("a1", "a2", "c1", "c2", "f1", "f2"), "real")
_GRAM = "((a1**2 + a2**2)*(c1**2 + c2**2) - (a1*c1 + a2*c2)**2)"

CENTRED_FORM = Statement(
    name="density_ratio.centred_form",
    title="Moment matching in centred form: r = 1 + b G^(-1) Phi'(F - mean) (one and two samples)",
    source="Luo et al. (NeurIPS 2024), eq. (7); the centred form is derived here",
    formula=state(
        f"2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2))/{_GRAM}"
        " == 1 + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + c2)/2))"
        f" - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))/{_GRAM}",
        given=f"{_GRAM} > 0",
        **_PAIR,
    ),
    steps=steps(
        (
            "two samples in the plane: the solution of eq. (7) and the centred form, times det G",
            state(
                "2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2))"
                f" == {_GRAM} + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + c2)/2))"
                " - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))",
                **_PAIR,
            ),
        ),
        (
            "one sample: r = 1 + a(f - a)/a^2 = f/a, the ratio of the prototype to the feature",
            state("1 + a*(f - a)/a**2 == f/a", a="positive", f="positive"),
        ),
        (
            "one sample with a ridge: r lies between 1 and the unregularised f/a, if f >= a",
            state(
                "1 <= 1 + a*(f - a)/(a**2 + k) <= f/a",
                given="f >= a",
                a="positive",
                f="positive",
                k="nonnegative",
            ),
        ),
        (
            "as the ridge grows the ratio tends to 1, which is inverse frequency",
            state_limit(
                "1 + a*(f - a)/(a**2 + k)",
                "1",
                "k",
                "high",
                a="positive",
                f="positive",
                k="nonnegative",
            ),
        ),
    ),
    argument="Cramer's rule for b = 2 samples, where the determinant of the Gram matrix G is positive; a "
    "prototype equal to the class mean then gives r = 1. The ridge is read off the one-sample case; the "
    "general case is a property test against a least-squares solve.",
    mutants=mutants(
        (
            "the plain ridge shrinks to 1 as well",
            state_limit(
                "a*f/(a**2 + k)", "1", "k", "high", a="positive", f="positive", k="nonnegative"
            ),
        ),
        (
            "the inverse ratio, batch over prototype",
            state("1 + a*(f - a)/a**2 == a/f", a="positive", f="positive"),
        ),
    ),
    symbols={
        "a1": "features of the first sample (a2 likewise)",
        "c1": "features of the second sample (c2 likewise)",
        "f1": "prototype of the class (f2 likewise)",
        "k": "ridge",
    },
)

STATEMENTS = (CENTRED_FORM,)
