"""Class-margin generalisation bounds: the one behind LDAM, repaired, and a tighter one by strata.

Claimed by Cao et al. (NeurIPS 2019), Theorem 2, in the form that its proof supports; the stratified
certificate is derived here. Checked by: SMT, intervals, limits, and the exact probability
that the bound fails in a world of two classes.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_failure, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_real

__all__ = ["class_margin_bound", "stratified_margin_bound"]


def class_margin_bound(
    margin_errors: ArrayLike,
    margins: ArrayLike,
    complexities: ArrayLike,
    class_counts: ArrayLike,
    delta: float = 0.05,
    largest_margin: float | None = None,
) -> float:
    """Bound on the balanced error that holds with probability ``1 - delta`` for every score function.

    ``mean_j [ e_j + (2/g_j) R_j + 3 sqrt(log(2K/delta) / (2 n_j)) ]`` for margins ``g_j`` fixed in
    advance; for margins chosen after seeing the data give ``largest_margin = B``, the range ``[-B, B]``
    of the functions' margins: then 2 becomes 4 and ``2 log log2(8B/g_j)`` joins the logarithm.

    Parameters
    ----------
    margin_errors
        ``e_j``, the fraction of class j's examples with margin below ``g_j``; shape (K,), in [0, 1].
    margins
        ``g_j``, shape (K,), positive, and at most ``largest_margin`` if that is given.
    complexities
        ``R_j``, the empirical Rademacher complexity of the margins on class j's examples; shape (K,).
    class_counts
        ``n_j``, shape (K,).
    delta
        In (0, 1).
    largest_margin
        ``B``, or None.

    Raises
    ------
    InputError
        If a shape is not (K,), or a value outside its range.
    """
    counts = as_class_counts(class_counts)
    errors = _per_class("margin_errors", margin_errors, counts, low=0, high=1)
    widths = _per_class("margins", margins, counts, low=0, low_open=True)
    complexity = _per_class("complexities", complexities, counts, low=0)
    delta = as_number("delta", delta, low=0, low_open=True, high=1, high_open=True)
    logarithm = np.full_like(counts, np.log(2 * counts.size) - np.log(delta))
    factor = 2.0
    if largest_margin is not None:
        largest = as_number("largest_margin", largest_margin, low=0, low_open=True)
        _per_class("margins", widths, counts, low=0, low_open=True, high=largest)
        logarithm += 2 * np.log(3 + np.log2(largest / widths))
        factor = 4.0
    return float(
        np.mean(errors + factor * complexity / widths + 3 * np.sqrt(logarithm / 2 / counts))
    )


def stratified_margin_bound(
    margin_errors: ArrayLike,
    margins: ArrayLike,
    class_counts: ArrayLike,
    radii: ArrayLike,
    norm_bound: float,
    delta: float = 0.05,
) -> float:
    """Bound on the balanced error of linear scores ``W x``, ``||W||_F <= norm_bound``, by strata.

    ``mean_j e_j + (4 L / sqrt(K)) sqrt(sum_j r_j^2/(g_j^2 n_j)) + (3/K) sqrt(log(2/delta)/2 sum_j 1/n_j)``
    with probability ``1 - delta``, for margins fixed in advance. ``radii``: the largest norm ``r_j`` of
    class j's features, shape (K,) or one number; the others as for `class_margin_bound`.
    """
    counts = as_class_counts(class_counts)
    errors = _per_class("margin_errors", margin_errors, counts, low=0, high=1)
    widths = _per_class("margins", margins, counts, low=0, low_open=True)
    radius = as_real("radii", radii, low=0)
    if radius.ndim:
        radius = _per_class("radii", radius, counts, low=0)
    norm = as_number("norm_bound", norm_bound, low=0)
    delta = as_number("delta", delta, low=0, low_open=True, high=1, high_open=True)
    classes = counts.size
    complexity = 4 * norm / np.sqrt(classes) * np.linalg.norm(radius / (widths * np.sqrt(counts)))
    deviation = 3 / classes * np.sqrt((np.log(2.0) - np.log(delta)) / 2 * np.sum(1 / counts))
    return float(errors.mean() + complexity + deviation)


def _per_class(
    name: str, value: ArrayLike, counts: NDArray[np.float64], **bounds: float
) -> NDArray[np.float64]:
    array = as_real(name, value, **bounds)  # type: ignore[arg-type]
    if array.shape != counts.shape:
        raise InputError(f"{name} has shape {array.shape}: must match class_counts, {counts.shape}")
    return array


# ------------------------------------------------------------------------------------ statements


CLASS_MARGIN = statement(
    name="margin_bound.class_margin",
    title="Balanced error is at most the class margin errors plus (4/gamma) complexity and a deviation",
    source="Cao et al. (NeurIPS 2019), Theorem 2, repaired",
    ids=("LD1",),
    functions=("class_margin_bound",),
    corrects="Theorem 2 of Cao et al. uses log log2(2B/gamma) under one root with log(2K/delta) and the "
    "empirical complexity without its price; the constants here are those that the proof supports.",
    where={
        "d: (0, 1)": "confidence delta",
        "K: positive": "number of classes",
        "w: [1, oo)": "(k+1)(k+2), the inverse share of level k",
        "g: positive": "margin level gamma of its class",
        "s: (1/2, 1]": "level over gamma",
        "R: nonnegative": "empirical Rademacher complexity of the class's margins",
        "x: nonnegative": "a deviation squared; an error",
        "y: nonnegative": "their bounds",
        "x1, x2: real": "balanced-error part of classes 1, 2",
        "y1, y2: real": "bound of classes 1, 2's part",
        "m": "margin of an example",
    },
    theorem=(
        "given the labels, n_j >= 1 i.i.d. points of class j, B > 0: with probability >= 1 - delta, for "
        "all f in F and all gamma_j in (0, B]: L_bal(f) <= (1/K) sum_j [ L^_{gamma_j, j}(f) + (4/gamma_j) "
        "R_j + 3 sqrt((log(2K/delta) + 2 log log2(8B/gamma_j))/(2 n_j)) ], L_bal the mean over classes of "
        "P_j(margin <= 0), L^_{gamma, j} the fraction of class j's examples with margin < gamma, R_j the "
        "empirical Rademacher complexity of the margins of F on them",
        r"L_{\mathrm{bal}}(f) \le \frac1K \sum_{j=1}^K \left[ \hat L_{\gamma_j,j}(f) + "
        r"\frac{4}{\gamma_j}\, \hat{\mathfrak R}_j(F) + 3 \sqrt{\frac{\log(2K/\delta) + 2 "
        r"\log\log_2(8B/\gamma_j)}{2 n_j}} \right] \quad \forall f \in F,\ \gamma \in (0, B]^K,\ "
        r"\text{with probability} \ge 1 - \delta \text{ given the labels}, \qquad L_{\mathrm{bal}}(f) = "
        r"\frac1K \sum_{j=1}^K P_j\left( m_f \le 0 \right),\quad \hat{\mathfrak R}_j(F) = "
        r"\mathbb{E}_\sigma \sup_{f \in F} \frac{1}{n_j} \sum_{i \in S_j} \sigma_i\, m_f(x_i),\quad \hat "
        r"L_{\gamma, j}(f) = \frac{1}{n_j} \left| \left\{ i \in S_j : m_f(x_i) < \gamma \right\} \right|",
    ),
    steps=(
        "union_over_classes_and_levels: the shares delta/(K w_k) of all classes and levels sum to delta, "
        "and each costs log(2K/delta) + log w_k",
        "log(2/(d/(K*w))) == log(2*K/d) + log(w)",
        "complexity_at_level: at the level s g, s in (1/2, 1], twice the contracted complexity is below 4R/g",
        "2*(R/(g*s)) <= 4*R/g",
        "deviation_grows_with_cost: the deviation 3 sqrt(x) grows with the cost of the level",
        state("3*sqrt(x) <= 3*sqrt(y)", given="x <= y"),
        "mean_over_classes: the mean of class-wise bounds bounds the balanced error (two classes)",
        state("(x1 + x2)/2 <= (y1 + y2)/2", given=["x1 <= y1", "x2 <= y2"]),
        "coverage_tenth_of_examples: in a world of two classes, one with a tenth of the other's examples, "
        "margins fixed",
        state_computed(
            "margins:class_margin_coverage",
            counts=[2000, 200],
            error_rates=["1/10", "2/5"],
            delta="1/20",
            count_used="own",
        ),
        "coverage_two_examples: and with two examples in the rare class",
        state_computed(
            "margins:class_margin_coverage",
            counts=[2000, 2],
            error_rates=["1/10", "1/2"],
            delta="1/20",
            count_used="own",
        ),
    ),
    argument="For each class and level: the 0-1 loss is at most the ramp; the ramp obeys the uniform bound "
    "with 2R + 3 sqrt(log(2/delta)/(2n)); contraction turns the ramp's complexity into R/level; "
    "the ramp is at most the margin error, which only grows from the level to g. A union over "
    "classes and levels, then the mean. For margins fixed in advance there is one level: 4 "
    "becomes 2, no log log.",
    mutants=(
        "the total count n in place of n_j",
        state_computed(
            "margins:class_margin_coverage",
            counts=[2000, 2],
            error_rates=["1/10", "1/2"],
            delta="1/20",
            count_used="total",
        ),
        "4 gamma in place of 4/gamma",
        "2*(R/(g*s)) <= 4*R*g",
        "2/gamma at margins chosen after the data",
        "2*(R/(g*s)) <= 2*R/g",
        "no union over the classes: log(2/delta)",
        "log(2/(d/(K*w))) == log(2/d) + log(w)",
    ),
    rests_on=(
        "margin_loss.ramp",
        "margin_loss.peeling",
        "rademacher.scalar_contraction",
        "concentration.uniform_bound",
    ),
)


PRINTED_FORM = statement(
    name="margin_bound.printed_form",
    title="Theorem 2 of LDAM as printed says more than its proof, and is undefined for large margins",
    source="Cao et al. (NeurIPS 2019), Theorem 2 and its proof; corrections derived here",
    ids=("LD1",),
    corrects="Cao et al., Theorem 2: the root of a sum where the proof has a sum of roots; log "
    "log2(2B/gamma) outside its domain for gamma >= 2B and negative above B; a margin bound for "
    "the expected complexity used with the empirical one.",
    where={
        "a: nonnegative": "log log2(2B/gamma)/n",
        "b: nonnegative": "log(2K/delta)/n",
        "r: (1, 2)": "gamma/B",
        "x: nonnegative": "one deviation squared",
    },
    theorem=(
        "with a = log log2(2B/gamma)/n > 0 and b = log(2K/delta)/n > 0: printed sqrt(a + b) < sqrt(a) + "
        "sqrt(b) <= sqrt(2) sqrt(a + b), the proof's deviation; log log2(2B/gamma) < 0 for B < gamma < 2B, "
        "tends to -infinity as gamma -> 2B and is undefined from 2B on; log log2(8B/gamma) > 0 for 0 < "
        "gamma <= B",
        r"\sqrt{\frac{\log\log_2(2B/\gamma) + \log(2K/\delta)}{n}} < "
        r"\sqrt{\frac{\log\log_2(2B/\gamma)}{n}} + \sqrt{\frac{\log(2K/\delta)}{n}} \le \sqrt2 "
        r"\sqrt{\frac{\log\log_2(2B/\gamma) + \log(2K/\delta)}{n}} \quad \forall\, 0 < \gamma < B, \qquad "
        r"\log\log_2 \frac{2B}{\gamma} < 0\ \forall \gamma \in (B, 2B),\quad \lim_{\gamma \to 2B^-} \log_2 "
        r"\frac{2B}{\gamma} = 0, \qquad \log\log_2 \frac{8B}{\gamma} > 0\ \forall \gamma \in (0, B]",
    ),
    formula="sqrt(a + b) <= sqrt(a) + sqrt(b)",
    steps=(
        "one_root_below_two: the theorem has one root, its proof the sum of two, which is larger",
        FORMULA,
        "within_factor_root_two: by at most a factor sqrt(2)",
        "sqrt(a) + sqrt(b) <= sqrt(2)*sqrt(a + b)",
        "strictly_below: so the proof's bound does not give the theorem's",
        state_failure("sqrt(a) + sqrt(b) <= sqrt(a + b)", a="positive", b="positive"),
        "witness_values: B = 1, gamma = 1/10, K = 10, delta = 1/20, n = 50: 0.3861 printed, 0.5173 proved",
        (
            "3860/10000 < sqrt((log(log(20)/log(2)) + log(400))/50) < 3862/10000",
            "51725/100000 < sqrt(log(log(20)/log(2))/50) + sqrt(log(400)/50) < 51735/100000",
        ),
        "negative_above_largest_margin: log log2(2B/gamma) is negative for gamma between B and 2B (r = "
        "gamma/B)",
        "log(log(2/r)/log(2)) < 0",
        "argument_vanishes_at_twice: and below every bound as gamma nears 2B, where it stops being "
        "defined: log2(2/r) vanishes",
        state_limit("log(2/r)/log(2)", "0", "r", "high"),
        "repaired_term_positive: log log2(8B/gamma) is positive on all of (0, B]",
        state("log(log(8/r)/log(2)) > 0", r="(0, 1]"),
        "factor_three: the empirical complexity costs two deviations on top of one: the factor 3",
        "sqrt(x) + 2*sqrt(x) == 3*sqrt(x)",
    ),
    argument="The repaired bound needs gamma in (0, B], and pays for the union and for the empirical "
    "complexity in one root with the constant 3.",
    mutants=(
        "the two forms agree",
        "sqrt(a + b) == sqrt(a) + sqrt(b)",
        "the log log term is defined and positive up to 2B",
        state("log(log(2/r)/log(2)) >= 0", r="(0, 2)"),
    ),
    rests_on=("margin_bound.class_margin",),
)


STRATIFIED = statement(
    name="margin_bound.stratified",
    title="LDAM's certificate by strata: class terms in quadrature, never above the class-by-class bound",
    source="derived here",
    ids=("LD6",),
    functions=("stratified_margin_bound",),
    where={
        "L: positive": "bound on the weight norm",
        "q: nonnegative": "quadrature of the first terms",
        "t: nonnegative": "their sum",
        "x: nonnegative": "r/(gamma sqrt n) of a class, or its deviation",
        "y: nonnegative": "term or deviation of another class",
        "d: (0, 1)": "delta",
        "K: integer 2..": "number of classes",
        "g: positive": "margin of a class",
        "r: positive": "radius of its features",
        "l: positive": "log(2/delta)",
        "n: positive": "examples of the class",
    },
    theorem=(
        "given the labels, f(x) = W x with K outputs, ||W||_F <= Lam, gamma_j > 0 fixed in advance, r_j "
        "the root mean squared feature norm of class j: with probability >= 1 - delta, for all W: BER <= "
        "(1/K) sum_j L^_{gamma_j, j} + (4 Lam/sqrt K) sqrt(sum_j r_j^2/(gamma_j^2 n_j)) + (3/K) "
        "sqrt(log(2/delta)/2 sum_j 1/n_j); the two last terms are at most the class-by-class (4 Lam/sqrt "
        "K) sum_j r_j/(gamma_j sqrt(n_j)) and (3/K) sum_j sqrt(log(2K/delta)/(2 n_j))",
        r"\mathrm{BER}(W) \le \frac1K \sum_{j=1}^K \hat L_{\gamma_j,j}(W) + \frac{4\Lambda}{\sqrt K} "
        r"\sqrt{\sum_{j=1}^K \frac{r_j^2}{\gamma_j^2 n_j}} + \frac3K \sqrt{\frac{\log(2/\delta)}{2} "
        r"\sum_{j=1}^K \frac{1}{n_j}} \quad \forall \lVert W \rVert_F \le \Lambda,\ \text{with "
        r"probability} \ge 1 - \delta \text{ given the labels}, \qquad \sqrt{\sum_{j=1}^K "
        r"\frac{r_j^2}{\gamma_j^2 n_j}} \le \sum_{j=1}^K \frac{r_j}{\gamma_j \sqrt{n_j}},\quad "
        r"\sqrt{\frac{\log(2/\delta)}{2} \sum_{j=1}^K \frac{1}{n_j}} \le \sum_{j=1}^K "
        r"\sqrt{\frac{\log(2K/\delta)}{2 n_j}}",
    ),
    steps=(
        "lipschitz_constant_of_ramp: the ramp of the margin is sqrt(2)/gamma-Lipschitz; squared, one "
        "class's share of the stratified complexity 2 sqrt(2) (L/sqrt(K)) sqrt(sum mu^2 r^2/n)",
        "(2*sqrt(2)*L/sqrt(K))**2*((sqrt(2)/g)**2*r**2/n) == (4*L/sqrt(K))**2*(r**2/(g**2*n))",
        "class_by_class_constant: class by class instead: the same constant before the sum of the terms",
        "(2/g)*(sqrt(2)*sqrt(2)*L*sqrt(K)*r/sqrt(n))/K == (4*L/sqrt(K))*r/(g*sqrt(n))",
        "two_classes_quadrature: the complexity in quadrature is at most the sum: two classes",
        "sqrt(x**2 + y**2) <= x + y",
        "one_more_class: any K: one more class, with q the quadrature and t the sum so far",
        state("sqrt(q**2 + x**2) <= t + x", given="q <= t"),
        "no_union_over_classes: and there is no union over classes to pay for",
        "log(2/d) <= log(2*K/d)",
        "balanced_deviation: balanced counts n: deviation 3 sqrt(log(2/delta)/(2 K n)), that of K n examples",
        "3/K*sqrt(l/2*(K/n)) == 3*sqrt(l/(2*K*n))",
    ),
    argument="stratified_bound.norm_ball with losses ramp(margin/gamma_j) in [0, 1], whose Lipschitz "
    "constant is sqrt(2)/gamma_j. Under a margin budget its complexity is least at gamma_j "
    "proportional to (r_j^2/n_j)^(1/3): margin_exponents.how_terms_add.",
    mutants=(
        "the Lipschitz constant 1/gamma, without the margin map",
        "(2*sqrt(2)*L/sqrt(K))**2*((1/g)**2*r**2/n) == (4*L/sqrt(K))**2*(r**2/(g**2*n))",
        "the sum in quadrature exceeds the sum",
        "sqrt(x**2 + y**2) >= x + y",
        "the deviation of n examples at K n of them",
        "3/K*sqrt(l/2*(K/n)) == 3*sqrt(l/(2*n))",
    ),
    rests_on=(
        "margin_loss.ramp",
        "margin_loss.margin_map",
        "margin_exponents.how_terms_add",
        "stratified_bound.certificate",
        "stratified_bound.norm_ball",
        "rademacher.vector_contraction",
    ),
)

STATEMENTS = (CLASS_MARGIN, PRINTED_FORM, STRATIFIED)
