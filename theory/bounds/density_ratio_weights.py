"""Which weights the density-ratio bound asks for, and the curve that weights are compared with.

Luo et al. (NeurIPS 2024), Section 3.4, read their Theorem 1 as asking for weights inverse to
``B'_y = sqrt(pi_y) (1 - softmax(B_y))``; the optimum is derived here. Checked by: SMT, intervals.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, statement
from ..foundation.arrays import ArrayLike
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


OPTIMUM = statement(
    name="density_ratio_weights.optimum",
    title="For fixed f the weight-aware bound is smallest at w = 1/pi, whatever B_y; weights 1/B'_y "
    "minimise sum w_y B'_y at fixed product instead (any K)",
    source="derived here; the reading w_y = 1/B'_y is Luo et al.'s (NeurIPS 2024)",
    ids=("RDR1.5.5",),
    functions=("equalising_weights",),
    corrects="the bound said to ask for weights that move inversely to B'_y",
    where={
        "K: integer 1..": "number of classes",
        "P: positive": "rho(w)",
        "p: positive": "prior of a class in training",
        "w: positive": "its weight",
        "r: positive": "risk of a class",
        "A: positive": "2 sqrt2 kappa Rad",
        "u: positive": "Lipschitz constant mu_y",
        "h: nonnegative": "by how much class 1's weight grows",
        "w1, w2: positive": "weight of classes 1, 2",
        "M1, M2: positive": "upper bound of classes 1, 2's loss",
        "c: positive": "common value of the summands w B'",
        "t: positive": "a/c",
        "S: real": "sum of log a",
        "l: real": "log c",
        "B: positive": "B'_y, or the deviation per weight",
        "b1, b2: positive": "B' of classes 1, 2",
        "m": "smallest prior",
    },
    theorem=(
        "for fixed f, losses >= 0, every K and all w_y > 0: rho(w) {R^_w + 2 sqrt2 kappa Rad sum_y w_y "
        "mu_y sqrt(pih_y) + 3 max_y(w_y M_y) sqrt(log(2/delta)/(2N))}, rho(w) = max_y 1/(K pi_y w_y), is "
        "least at w = c/pi, any c > 0, whatever mu_y and M_y; but for B'_y > 0 sum_y w_y B'_y at fixed "
        "product of the w_y is least where w_y B'_y is the same for all y: sum_y w_y B'_y >= K (prod_y w_y "
        "B'_y)^(1/K)",
        r"\frac{c}{\pi} \in \operatorname{argmin}_{w > 0}\; \rho(w) \left\{ \hat R_w(f) + 2\sqrt2\, "
        r"\kappa\, \mathfrak{R}_S \sum_{y=1}^K w_y \mu_y \sqrt{\hat\pi_y} + 3 \max_y (w_y M_y) "
        r"\sqrt{\frac{\log(2/\delta)}{2N}} \right\} \quad \forall c > 0,\ \mu_y, M_y \ge 0,\ f \text{ "
        r"fixed}, \quad \rho(w) = \max_y \frac{1}{K \pi_y w_y}; \qquad \min \left\{ \sum_{y=1}^K w_y B'_y "
        r": w > 0,\ \prod_{y=1}^K w_y = 1 \right\} = K \left( \prod_{y=1}^K B'_y \right)^{1/K} \text{ at } "
        r"w_y \propto \frac{1}{B'_y} \quad \forall B' > 0",
    ),
    steps=(
        "weights_bounded_below (RDR1.5.5): at fixed rho every weight is at least 1/(K pi rho)",
        state("w >= 1/(K*p*P)", given="P*K*p*w >= 1"),
        "risk_and_complexity_grow (RDR1.5.5): risk and complexity of a class grow with its weight",
        state_derivative("p*w*r + A*w*u*sqrt(p)", "w", "p*r + A*u*sqrt(p)"),
        "deviation_grows (RDR1.5.5): so do the largest weighted upper bound and hence the deviation",
        "Max(w1*M1, w2*M2) <= Max((w1 + h)*M1, w2*M2)",
        "lower_end_is_inverse_prior (RDR1.5.5): so every weight sits at its lower end, which is "
        "proportional to 1/pi",
        "(1/(K*p*P))*p == 1/(K*P)",
        "tangent_of_logarithm (RDR1.5.5): tangent of the logarithm, one class: a >= c (1 + log(a/c)), a = "
        "w B'",
        "c*t >= c*(1 + log(t))",
        "logs_cancel (RDR1.5.5): any K: with the product of the a fixed at c^K the logs cancel and the sum "
        "is at least K c",
        state("K*c + c*(S - K*l) == K*c", given="S == K*l"),
        "attained_by_equal_summands (RDR1.5.5): attained by equal summands, w = c/B'",
        "(c/B)*B == c",
        "equalising_is_not_optimal (RDR1.5.5): two classes: equalising is not optimal for the bound: at p "
        "= (4/5, 1/5), B' = (1/5, 2/5) and no risk, w = 1/pi has rho sum w B' = 9/8, w = 1/B' has 2",
        (
            "(1/2)*((5/4)*(1/5) + 5*(2/5)) == 9/8",
            "Max(1/(2*(4/5)*5), 1/(2*(1/5)*(5/2)))*(5*(1/5) + (5/2)*(2/5)) == 2",
        ),
    ),
    argument="rho fixed means w_y >= 1/(K pi_y rho), and the brace grows in every weight. Dynamic weights "
    "can only be justified through training, as B_y depends on w.",
    mutants=(
        "weights 1/B' minimise the bound's complexity term",
        state(
            "Max(1/(2*p*(1/b1)), 1/(2*(1 - p)*(1/b2)))*2 <= Max(1/(2*p*(1/p)), 1/(2*(1 - p)*(1/(1 - "
            "p))))*(b1/p + b2/(1 - p))",
            p="[1/2, 1)",
        ),
        "smaller summands for weights proportional to B'",
        "b1*b1 + b2*b2 <= 2*b1*b2",
    ),
    rests_on=("density_ratio_bound.weight_prefactor",),
)

CURVE = statement(
    name="density_ratio_weights.curve",
    title="B'_y = sqrt(pi_y) (1 - p_min) is within a factor 1 - e of sqrt(pi_y) while p_min <= e; mean and "
    "quantile curves lie below it",
    source="Luo et al. (NeurIPS 2024), Section 3.4 and Figure 1, for the curve; derived here",
    ids=("RDR1.1", "RDR1.5.6"),
    functions=("rdr_curve",),
    corrects="the curve said to follow training, though the minimum stays near 0 until the sample is fitted",
    where={
        "p: (0, 1)": "prior",
        "q: [0, 1]": "minimal probability",
        "e: [0, 1]": "upper bound on it",
        "q1, q2, q3: [0, 1]": "probability at example 1, 2, 3",
        "p1: (0, 1)": "smallest of three priors",
        "p2: (0, 1)": "second of three priors",
        "p3: (0, 1)": "largest of three priors",
    },
    theorem=(
        "B'_y = sqrt(pi_y) (1 - min_i q_i), over the examples i of class y with probabilities q_i in [0, "
        "1]: sqrt(pi_y) (1 - e) <= B'_y <= sqrt(pi_y) whenever min_i q_i <= e <= 1; with a mean or any "
        "quantile of the q_i in place of the minimum the curve is at most B'_y",
        r"\sqrt{\pi_y}\,(1 - \varepsilon) \le B'_y = \sqrt{\pi_y}\,\left( 1 - \min_{i \in S_y} q_i \right) "
        r"\le \sqrt{\pi_y} \quad \text{if } \min_{i \in S_y} q_i \le \varepsilon \le 1, \qquad "
        r"\sqrt{\pi_y}\,\left( 1 - \frac{1}{N_y} \sum_{i \in S_y} q_i \right) \le B'_y, \qquad "
        r"\sqrt{\pi_y}\,\left( 1 - \operatorname{quantile}_a (q_i)_{i \in S_y} \right) \le B'_y \quad "
        r"\forall a \in [0, 1]",
    ),
    formula=state("sqrt(p)*(1 - e) <= sqrt(p)*(1 - q) <= sqrt(p)", given="q <= e"),
    steps=(
        "within_factor (RDR1.1 RDR1.5.6): bounds on B' when the minimal probability is at most e",
        FORMULA,
        "two_digits (RDR1.5.6): at e = 1/50 it is sqrt(pi) to two digits",
        state("49/50*sqrt(p) <= sqrt(p)*(1 - q)", q="[0, 1/50]"),
        "mean_curve_below (RDR1.5.6): the mean of the probabilities is at least their minimum, so its "
        "curve lies below",
        (
            "Min(q1, q2, q3) <= (q1 + q2 + q3)/3",
            "sqrt(p)*(1 - (q1 + q2 + q3)/3) <= sqrt(p)*(1 - Min(q1, q2, q3))",
        ),
        "minimum_falls_with_examples (RDR1.5.6): more examples never raise the minimum",
        "Min(q1, q2) <= q1",
        "first_prior_smallest (RDR1.1): with classes in ascending order the first prior is the smallest, "
        "at most 1/K",
        state("p1 <= 1/3", given=["p1 <= p2", "p2 <= p3", "p1 + p2 + p3 == 1"]),
    ),
    argument="Substitute the bound on the minimum; a minimum is at most any mean or quantile.",
    mutants=(
        "softmax instead of 1 - softmax",
        state("sqrt(p)*(1 - e) <= sqrt(p)*q", given="q <= e"),
        "the mean's curve lies above the minimum's",
        "sqrt(p)*(1 - (q1 + q2)/2) >= sqrt(p)*(1 - Min(q1, q2))",
    ),
    rests_on=("minimal_probability.readings",),
)

STATEMENTS = (OPTIMUM, CURVE)
