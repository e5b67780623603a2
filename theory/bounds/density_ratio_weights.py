"""Which weights the density-ratio bound asks for, and the curve that weights are compared with.

Luo et al. (NeurIPS 2024), Section 3.4, read their Theorem 1 as asking for weights inverse to
``B'_y = sqrt(pi_y) (1 - softmax(B_y))``; the optimum is derived here. Checked by: SMT, intervals.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, state_quoted, steps
from ..foundation.validation import InputError, as_class_counts, as_real

__all__ = ["equalising_weights", "rdr_curve"]


def rdr_curve(class_counts: ArrayLike, probability: ArrayLike) -> NDArray[np.float64]:
    """``B'_y = sqrt(pi_y) (1 - p_y)``, shape (..., K), from the sample's prior and a probability.

    ``probability``: the target's probability on each class's sample: its minimum, as in the bound; a
    low quantile or the mean move more during training.
    """
    counts = as_class_counts(class_counts)
    probability = as_real("probability", probability, low=0, high=1)
    if probability.ndim and probability.shape[-1] != counts.size:
        raise InputError(
            f"probability has shape {probability.shape}: the last axis must match class_counts"
        )
    return np.sqrt(counts / counts.sum()) * (1.0 - probability)


def equalising_weights(curve: ArrayLike) -> NDArray[np.float64]:
    """Weights ``w_y`` proportional to ``1/B'_y`` with product 1, which minimise ``sum_y w_y B'_y``."""
    curve = as_real("curve", curve, low=0, low_open=True)
    if curve.ndim == 0 or curve.shape[-1] == 0:
        raise InputError(f"curve has shape {curve.shape}: give one value per class, shape (..., K)")
    log_curve = np.log(curve)
    return np.exp(log_curve.mean(axis=-1, keepdims=True) - log_curve)


# ------------------------------------------------------------------------------------ statements


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_CLASSES = {
    "p": "prior of a class in training",
    "m": "smallest prior",
    "r": "risk of a class",
    "w": "its weight",
    "K": "number of classes",
}

OPTIMUM = Statement(
    name="density_ratio_weights.optimum",
    title="For fixed f the weight-aware bound is smallest at w = 1/pi, whatever B_y; weights 1/B'_y "
    "minimise sum w_y B'_y at fixed product instead (any K)",
    source="derived here; the reading w_y = 1/B'_y is Luo et al.'s (NeurIPS 2024)",
    ids=("RDR1.5.5",),
    functions=("equalising_weights",),
    corrects="the bound said to ask for weights that move inversely to B'_y",
    formula=state_quoted(
        "argmin over w of rho(w) {R^_w + 2 sqrt2 kappa Rad sum_y w_y mu_y sqrt(pih_y) + 3 max(w_y M_y) "
        "sqrt(log(2/delta)/(2N))} is w_y = c/pi_y",
        r"\arg\min_w\; \rho(w) \Big\{ \hat R_w + 2\sqrt2\, \kappa\, \mathfrak{R}_S \sum_y w_y \mu_y"
        r" \sqrt{\hat\pi_y} + 3 \max_y (w_y M_y) \sqrt{\frac{\log(2/\delta)}{2N}} \Big\} = c/\pi",
    ),
    steps=steps(
        (
            "at fixed rho every weight is at least 1/(K pi rho)",
            state(
                "w >= 1/(K*p*P)",
                given="P*K*p*w >= 1",
                K="integer 1..",
                **_vary("positive", "P p w"),
            ),
            "RDR1.5.5",
        ),
        (
            "risk and complexity of a class grow with its weight",
            state_derivative(
                "p*w*r + A*w*u*sqrt(p)", "w", "p*r + A*u*sqrt(p)", **_vary("positive", "p w r A u")
            ),
            "RDR1.5.5",
        ),
        (
            "so do the largest weighted upper bound and hence the deviation",
            state(
                "Max(w1*M1, w2*M2) <= Max((w1 + h)*M1, w2*M2)",
                h="nonnegative",
                **_vary("positive", "w1 w2 M1 M2"),
            ),
            "RDR1.5.5",
        ),
        (
            "so every weight sits at its lower end, which is proportional to 1/pi",
            state("(1/(K*p*P))*p == 1/(K*P)", K="integer 1..", **_vary("positive", "p P")),
            "RDR1.5.5",
        ),
        (
            "tangent of the logarithm, one class: a >= c (1 + log(a/c)), a = w B'",
            state("c*t >= c*(1 + log(t))", **_vary("positive", "c t")),
            "RDR1.5.5",
        ),
        (
            "any K: with the product of the a fixed at c^K the logs cancel and the sum is at least K c",
            state(
                "K*c + c*(S - K*l) == K*c",
                given="S == K*l",
                K="integer 1..",
                c="positive",
                **_vary("real", "S l"),
            ),
            "RDR1.5.5",
        ),
        (
            "attained by equal summands, w = c/B'",
            state("(c/B)*B == c", **_vary("positive", "c B")),
            "RDR1.5.5",
        ),
        (
            "two classes: equalising is not optimal for the bound: at p = (4/5, 1/5), B' = (1/5, 2/5) and no "
            "risk, w = 1/pi has rho sum w B' = 9/8, w = 1/B' has 2",
            state(
                "(1/2)*((5/4)*(1/5) + 5*(2/5)) == 9/8",
                "Max(1/(2*(4/5)*5), 1/(2*(1/5)*(5/2)))*(5*(1/5) + (5/2)*(2/5)) == 2",
            ),
            "RDR1.5.5",
        ),
    ),
    argument="rho fixed means w_y >= 1/(K pi_y rho), and the brace grows in every weight. Dynamic weights "
    "can only be justified through training, as B_y depends on w.",
    mutants=mutants(
        (
            "weights 1/B' minimise the bound's complexity term",
            state(
                "Max(1/(2*p*(1/b1)), 1/(2*(1 - p)*(1/b2)))*2"
                " <= Max(1/(2*p*(1/p)), 1/(2*(1 - p)*(1/(1 - p))))*(b1/p + b2/(1 - p))",
                p="[1/2, 1)",
                **_vary("positive", "b1 b2"),
            ),
        ),
        (
            "smaller summands for weights proportional to B'",
            state("b1*b1 + b2*b2 <= 2*b1*b2", **_vary("positive", "b1 b2")),
        ),
    ),
    symbols=_CLASSES
    | {
        "P": "rho(w)",
        "A": "2 sqrt2 kappa Rad",
        "u": "Lipschitz constant mu_y",
        "B": "B'_y, or the deviation per weight",
        "c": "common value of the summands w B'",
        "t": "a/c",
        "S": "sum of log a",
        "l": "log c",
    },
    rests_on=("density_ratio_bound.weight_prefactor",),
)

CURVE = Statement(
    name="density_ratio_weights.curve",
    title="B'_y = sqrt(pi_y) (1 - p_min) is within a factor 1 - e of sqrt(pi_y) while p_min <= e; mean and "
    "quantile curves lie below it",
    source="Luo et al. (NeurIPS 2024), Section 3.4 and Figure 1, for the curve; derived here",
    ids=("RDR1.1", "RDR1.5.6"),
    functions=("rdr_curve",),
    corrects="the curve said to follow training, though the minimum stays near 0 until the sample is fitted",
    formula=state(
        "sqrt(p)*(1 - e) <= sqrt(p)*(1 - q) <= sqrt(p)",
        given="q <= e",
        p="(0, 1)",
        **_vary("[0, 1]", "q e"),
    ),
    steps=steps(
        (
            "bounds on B' when the minimal probability is at most e",
            state(
                "sqrt(p)*(1 - e) <= sqrt(p)*(1 - q) <= sqrt(p)",
                given="q <= e",
                p="(0, 1)",
                **_vary("[0, 1]", "q e"),
            ),
            "RDR1.1 RDR1.5.6",
        ),
        (
            "at e = 1/50 it is sqrt(pi) to two digits",
            state("49/50*sqrt(p) <= sqrt(p)*(1 - q)", p="(0, 1)", q="[0, 1/50]"),
            "RDR1.5.6",
        ),
        (
            "the mean of the probabilities is at least their minimum, so its curve lies below",
            state(
                "Min(q1, q2, q3) <= (q1 + q2 + q3)/3",
                "sqrt(p)*(1 - (q1 + q2 + q3)/3) <= sqrt(p)*(1 - Min(q1, q2, q3))",
                p="(0, 1)",
                **_vary("[0, 1]", "q1 q2 q3"),
            ),
            "RDR1.5.6",
        ),
        (
            "more examples never raise the minimum",
            state("Min(q1, q2) <= q1", **_vary("[0, 1]", "q1 q2")),
            "RDR1.5.6",
        ),
        (
            "with classes in ascending order the first prior is the smallest, at most 1/K",
            state(
                "p1 <= 1/3",
                given=["p1 <= p2", "p2 <= p3", "p1 + p2 + p3 == 1"],
                **_vary("(0, 1)", "p1 p2 p3"),
            ),
            "RDR1.1",
        ),
    ),
    argument="Substitute the bound on the minimum; a minimum is at most any mean or quantile.",
    mutants=mutants(
        (
            "softmax instead of 1 - softmax",
            state(
                "sqrt(p)*(1 - e) <= sqrt(p)*q", given="q <= e", p="(0, 1)", **_vary("[0, 1]", "q e")
            ),
        ),
        (
            "the mean's curve lies above the minimum's",
            state(
                "sqrt(p)*(1 - (q1 + q2)/2) >= sqrt(p)*(1 - Min(q1, q2))",
                p="(0, 1)",
                **_vary("[0, 1]", "q1 q2"),
            ),
        ),
    ),
    symbols={"p": "prior", "q": "minimal probability", "e": "upper bound on it"},
    rests_on=("minimal_probability.readings",),
)

STATEMENTS = (OPTIMUM, CURVE)
