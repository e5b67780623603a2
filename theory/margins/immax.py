"""IMMAX: class-sensitive confidence margins for the plain 0-1 loss, and three margin exponents compared.

After Cortes, Mao, Mohri, Zhong, "Balancing the Scales: A Theoretical and Algorithmic Framework for
Learning from Imbalanced Data" (ICML 2025); proofs and the comparison derived here. Checked by: case
splits (SMT), intervals, identities, exact enumeration of the complexity of a class of ramps.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_real
from .margin_exponents import tradeoff_margins

__all__ = [
    "balanced_immax_margins",
    "class_sensitive_complexity",
    "immax_bound",
    "immax_margins",
]


def immax_margins(
    class_counts: ArrayLike, radii: ArrayLike = 1.0, total: float = 1.0
) -> NDArray[np.float64]:
    """Margins of the given sum with the least class-sensitive complexity: ``rho ~ (m r^2)^(1/3)``, (K,).

    Larger for the majority: this is the optimum for the plain 0-1 loss. ``radii``: the largest feature
    norm of each class, positive, one number or shape (K,).
    """
    weights = as_real("radii", radii, low=0, low_open=True) ** 2
    return tradeoff_margins(
        class_counts, total, margin_power=2.0, count_power=-1.0, class_weights=weights
    )


def balanced_immax_margins(
    class_counts: ArrayLike, radii: ArrayLike = 1.0, total: float = 1.0
) -> NDArray[np.float64]:
    """The same for the balanced 0-1 loss: ``rho ~ (r^2/m)^(1/3)``, larger for the minority; (K,)."""
    weights = as_real("radii", radii, low=0, low_open=True) ** 2
    return tradeoff_margins(
        class_counts, total, margin_power=2.0, count_power=1.0, class_weights=weights
    )


def class_sensitive_complexity(
    class_counts: ArrayLike, margins: ArrayLike, radii: ArrayLike = 1.0, norm_bound: float = 1.0
) -> float:
    """``(Lambda/m) sqrt(sum_k m_k r_k^2 / rho_k^2)``, the complexity of ramps of binary linear scores.

    ``margins``: rho, shape (K,), positive; ``radii``: r, shape (K,) or one number; ``norm_bound``: the
    largest weight norm Lambda; m is the sum of the counts.
    """
    counts = as_class_counts(class_counts)
    widths = as_real("margins", margins, low=0, low_open=True)
    radius = as_real("radii", radii, low=0)
    if widths.shape != counts.shape or radius.shape not in ((), counts.shape):
        raise InputError(
            f"margins has shape {widths.shape} and radii {radius.shape}: both must match "
            f"class_counts, {counts.shape} (radii may be one number)"
        )
    norm = as_number("norm_bound", norm_bound, low=0)
    return float(norm / counts.sum() * np.linalg.norm(np.sqrt(counts) * radius / widths))


def immax_bound(
    margin_error: float,
    class_counts: ArrayLike,
    margins: ArrayLike,
    radii: ArrayLike = 1.0,
    norm_bound: float = 1.0,
    delta: float = 0.05,
) -> float:
    """Bound on the plain 0-1 error: mean ramp loss, twice the complexity, and a deviation.

    Holds with probability ``1 - delta`` for all binary linear scores of norm at most ``norm_bound``, at
    margins fixed in advance. ``margin_error``: the mean ramp loss on the sample, in [0, 1].
    """
    error = as_number("margin_error", margin_error, low=0, high=1)
    delta = as_number("delta", delta, low=0, low_open=True, high=1, high_open=True)
    complexity = class_sensitive_complexity(class_counts, margins, radii, norm_bound)
    total = as_class_counts(class_counts).sum()
    return float(error + 2 * complexity + 3 * np.sqrt((np.log(2.0) - np.log(delta)) / (2 * total)))


# ------------------------------------------------------------------------------------ statements


CLASS_SENSITIVE = statement(
    name="immax.class_sensitive_complexity",
    title="Linear scores under class-wise ramps have complexity at most (Lam/m) sqrt(sum m_k r_k^2/rho_k^2)",
    source="after Cortes et al. (ICML 2025); proof derived here",
    ids=("B12",),
    functions=("class_sensitive_complexity", "immax_bound"),
    where={
        "s: real": "a coordinate of the signed sum so far",
        "x: real": "the same coordinate of the next point over its margin; a margin over rho",
        "u: nonnegative": "a norm",
        "v: nonnegative": "another",
        "y: nonnegative": "norm of a point",
        "r: nonnegative": "radius of its class",
        "g: positive": "margin rho of its class",
    },
    theorem=(
        "binary labels, i.i.d. sample of m = sum_k m_k, h(x) = <w, x>, r_k the largest feature norm of "
        "class k in the sample, rho_k > 0 fixed in advance: with probability >= 1 - delta, for all ||w|| "
        "<= Lam: R(h) <= (1/m) sum_i Phi_{rho_{y_i}}(y_i h(x_i)) + (2 Lam/m) sqrt(sum_k m_k r_k^2/rho_k^2) "
        "+ 3 sqrt(log(2/delta)/(2m)); (Lam/m) sqrt(sum_k m_k r_k^2/rho_k^2) bounds the ramps' empirical "
        "Rademacher complexity",
        r"R(h) \le \frac1m \sum_{i=1}^m \Phi_{\rho_{y_i}}\left( y_i h(x_i) \right) + \frac{2\Lambda}{m} "
        r"\sqrt{\sum_{k = \pm 1} \frac{m_k r_k^2}{\rho_k^2}} + 3 \sqrt{\frac{\log(2/\delta)}{2m}} \quad "
        r"\forall h = \langle w, \cdot \rangle,\ \lVert w \rVert \le \Lambda,\ \text{with probability} \ge "
        r"1 - \delta \text{ for } \rho \text{ fixed in advance}, \qquad \hat{\mathfrak R}_S\left( "
        r"\Phi_\rho \circ F \right) \le \frac{\Lambda}{m} \sqrt{\sum_{k = \pm 1} \frac{m_k "
        r"r_k^2}{\rho_k^2}}, \qquad r_k = \max_{i : y_i = k} \lVert x_i \rVert,\ F = \{\langle w, \cdot "
        r"\rangle : \lVert w \rVert \le \Lambda\},\ R(h) = P\left( Y h(X) \le 0 \right)",
    ),
    steps=(
        "signed_sum_mean_square: one more point with a fair sign adds its square to the mean square of the "
        "signed sum (one coordinate)",
        "((s + x)**2 + (s - x)**2)/2 == s**2 + x**2",
        "mean_norm_below_root: the mean norm is at most the root of the mean square",
        "((u + v)/2)**2 <= (u**2 + v**2)/2",
        "class_contribution: the m_k points of class k add at most m_k r_k^2/rho_k^2 (one point)",
        state("(y/g)**2 <= r**2/g**2", given="y <= r"),
        "complexity_enumerated: every sample of three and one points on the line, margins 1 and 1/2: the "
        "ramps' complexity, exactly",
        state_computed(
            "margins:ramp_complexity",
            labels=[1, 1, 1, -1],
            features=[-2, -1, 1, 2],
            margins=["1", "1/2"],
            used="own",
        ),
        "ramp_in_unit_interval: the ramp is a loss in [0, 1], so its deviation is 3 sqrt(log(2/delta)/(2m))",
        "0 <= Min(1, Max(0, 1 - x)) <= 1",
    ),
    argument="A ramp of width rho_k is 1/rho_k-Lipschitz on its class's points; contraction, point by "
    "point, replaces it by the score over rho_k. The supremum over ||w|| <= Lam of the signed sum "
    "is Lam times its norm, whose mean the first steps bound. The uniform bound with twice the "
    "complexity gives the rest.",
    mutants=(
        "the largest margin for every class",
        state_computed(
            "margins:ramp_complexity",
            labels=[1, 1, 1, -1],
            features=[-2, -1, 1, 2],
            margins=["8", "1/2"],
            used="largest",
        ),
        "signs add norms, not squares",
        "((s + x)**2 + (s - x)**2)/2 == (s + x)**2",
        "the mean norm is at least the root of the mean square",
        "((u + v)/2)**2 >= (u**2 + v**2)/2",
    ),
    rests_on=("margin_loss.ramp", "rademacher.scalar_contraction", "concentration.uniform_bound"),
)


OPTIMAL_MARGINS = statement(
    name="immax.optimal_margins",
    title="Under a margin budget the class-sensitive complexity is least at rho ~ (m r^2)^(1/3), any K",
    source="after Cortes et al. (ICML 2025); derived here",
    ids=("B12", "B-L10"),
    functions=("immax_margins",),
    where={
        "a1: positive": "(m r^2)^(1/3) of class 1",
        "a2: positive": "(m r^2)^(1/3) of class 2",
        "g1, g2: positive": "margin of classes 1, 2",
        "a: positive": "(m r^2)^(1/3)",
        "S: positive": "sum of a over the classes",
        "B: positive": "margin budget, the sum of the margins",
        "m: positive": "examples of a class",
        "m1, m2: positive": "examples of classes 1, 2",
        "r: positive": "radius of its features",
        "g: positive": "its margin rho",
        "c: positive": "S/B; in a mutant m^(-1/3)",
        "x1, x2: positive": "margin of classes 1, 2",
        "c1: positive": "m^(-1/3) of class 1",
        "c2: positive": "m^(-1/3) of class 2",
        "b1: positive": "(m r^2)^(1/2) of class 1",
        "b2: positive": "(m r^2)^(1/2) of class 2",
        "b": "(m r^2)^(1/2)",
    },
    theorem=(
        "for every K and m_k, r_k, B > 0: over rho_k > 0 with sum_k rho_k = B, sum_k m_k r_k^2/rho_k^2 >= "
        "(sum_k (m_k r_k^2)^(1/3))^3/B^2, with equality iff rho_k = B (m_k r_k^2)^(1/3)/sum_j (m_j "
        "r_j^2)^(1/3) for all k",
        r"\min_{\sum_k \rho_k = B,\ \rho > 0} \sum_{k=1}^K \frac{m_k r_k^2}{\rho_k^2} = \frac{1}{B^2} "
        r"\left( \sum_{k=1}^K (m_k r_k^2)^{1/3} \right)^3, \qquad \text{attained} \iff \rho_k = \frac{B\, "
        r"(m_k r_k^2)^{1/3}}{\sum_{j=1}^K (m_j r_j^2)^{1/3}}\ \forall k \qquad \forall K,\ m_k, r_k, B > 0",
    ),
    formula="a1**3/g1**2 + a2**3/g2**2 >= (a1 + a2)**3/(g1 + g2)**2",
    steps=(
        "tangent: one class's term m r^2/rho^2 = a^3/rho^2, with a = (m r^2)^(1/3), is above its tangent",
        "a**3/g**2 >= 3*a*c**2 - 2*c**3*g",
        "attained: which it touches at rho = a/c",
        "a**3/(a/c)**2 == 3*a*c**2 - 2*c**3*(a/c)",
        "summed_over_classes: summed over any number of classes with sum a = S, sum rho = B and c = S/B",
        "3*(S/B)**2*S - 2*(S/B)**3*B == S**3/B**2",
        "slope_of_term: Lagrange: the slope of a term",
        state_derivative("m*r**2/g**2", "g", "-2*m*r**2/g**3"),
        "slopes_agree: is -2 c^3 for every class at rho = (m r^2)^(1/3)/c",
        "-2*m*r**2/((m*r**2)**(1/3)/c)**3 == -2*c**3",
        "larger_class_larger_margin: at equal radii the larger class has the larger margin",
        state("(m1*r**2)**(1/3) > (m2*r**2)**(1/3)", given="m1 > m2"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The complexity grows with sum_k m_k r_k^2/rho_k^2, which is at least S^3/B^2, with equality "
    "exactly at rho_k = B a_k/S.",
    mutants=(
        "rho ~ (r^2/m)^(1/3), r = 1",
        "(x1 + x2)**2*(1/(c1**3*x1**2) + 1/(c2**3*x2**2)) >= (c1 + c2)**2*(1/c1**5 + 1/c2**5)",
        "rho ~ (m r^2)^(1/2)",
        "(x1 + x2)**2*(b1**2/x1**2 + b2**2/x2**2) >= (b1 + b2)**2*2",
        "the smaller class has the larger margin",
        state("(m1*r**2)**(1/3) < (m2*r**2)**(1/3)", given="m1 > m2"),
    ),
    rests_on=("margin_exponents.general", "immax.class_sensitive_complexity"),
)


THREE_EXPONENTS = statement(
    name="immax.three_exponents",
    title="Three margin exponents for three objectives: m^(1/3), m^(-1/3) and m^(-1/4)",
    source="derived here",
    ids=("B13", "B-L10"),
    functions=("immax_margins", "balanced_immax_margins"),
    corrects="Margin exponents are often quoted without their objective: +1/3, -1/3 and -1/4 are each "
    "optimal for one bound and wrong for the other two.",
    where={
        "a: positive": "(w m^(-q))^(1/(p+1)) of a class",
        "g: positive": "margin of a class",
        "m: positive": "examples of a class",
        "r: positive": "radius of its features",
        "c: positive": "the common multiplier",
        "p: (0, 1)": "its share; in the formula the power of the margin",
        "m1: positive": "examples of the smaller class",
        "m2: positive": "examples of the larger class",
        "s: positive": "cube root of a class's count",
    },
    theorem=(
        "for every K and m_k, r_k > 0, over rho_k > 0 with a fixed sum: sum_k m_k r_k^2/rho_k^2 (0-1 loss) "
        "is least at rho_k proportional to (m_k r_k^2)^(1/3), sum_k r_k^2/(m_k rho_k^2) (balanced loss) at "
        "(r_k^2/m_k)^(1/3), sum_k 1/(rho_k sqrt(m_k)) (LDAM) at m_k^(-1/4); only the first gives a larger "
        "class of equal radius a larger margin",
        r"\operatorname{argmin}_{\sum_k \rho_k = B} \sum_{k=1}^K \frac{m_k r_k^2}{\rho_k^2} \propto \left( "
        r"(m_k r_k^2)^{1/3} \right)_k, \qquad \operatorname{argmin}_{\sum_k \rho_k = B} \sum_{k=1}^K "
        r"\frac{r_k^2}{m_k \rho_k^2} \propto \left( (r_k^2/m_k)^{1/3} \right)_k, \qquad "
        r"\operatorname{argmin}_{\sum_k \rho_k = B} \sum_{k=1}^K \frac{1}{\rho_k \sqrt{m_k}} \propto "
        r"\left( m_k^{-1/4} \right)_k \qquad \forall K,\ m_k, r_k, B > 0 \quad (\rho > 0)",
    ),
    formula=state("a**(p + 1)/g**p >= (1 + p)*a*c**p - p*c**(p + 1)*g", p="positive"),
    steps=(
        "plain_loss_slopes_agree: 0-1 loss, sum of m r^2/rho^2: slopes agree at (m r^2)^(1/3)/c",
        "-2*m*r**2/((m*r**2)**(1/3)/c)**3 == -2*c**3",
        "balanced_loss_slopes_agree: balanced loss, sum of r^2/(m rho^2): at (r^2/m)^(1/3)/c",
        "-2*r**2/(m*((r**2/m)**(1/3)/c)**3) == -2*c**3",
        "ldam_slopes_agree: LDAM, sum of 1/(rho sqrt m): at m^(-1/4)/c",
        "-1/(sqrt(m)*(m**(-1/4)/c)**2) == -c**2",
        "only_first_favours_head: only the first gives the larger class the larger margin",
        state(
            "m2**(1/3) > m1**(1/3)",
            "m2**(-1/3) < m1**(-1/3)",
            "m2**(-1/4) < m1**(-1/4)",
            given="m2 > m1",
        ),
        "target_of_inverse_cube_root: weights 1/p with temperatures rho = p^(-1/3) target cost weights "
        "1/(p rho) = p^(-2/3)",
        "(1/p)/p**(-1/3) == p**(-2/3)",
        "target_of_cube_root: and rho = p^(1/3) targets p^(-4/3)",
        "(1/p)/p**(1/3) == p**(-4/3)",
        "under_and_over_balancing: so the first under-balances and the second over-balances",
        state("(m2/m1)**(2/3) < m2/m1 < (m2/m1)**(4/3)", given="m2 > m1"),
        "growing_class_loses_margin: the balanced optimum vanishes for a class that grows without end (s = "
        "m^(1/3))",
        state_limit("1/s", "0", "s", "high"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Each is margin_exponents.general with (p, q) = (2, -1), (2, 1) and (1, 1/2). A cross-entropy "
    "with temperatures rho_y and weights 1/p_y has the target weights 1/(p_y rho_y): "
    "gca.unequal_margins.",
    mutants=(
        "the balanced version has the 0-1 loss's exponent",
        "-2*r**2/(m*((m*r**2)**(1/3)/c)**3) == -2*c**3",
        "LDAM has exponent -1/2",
        "-1/(sqrt(m1)*(m1**(-1/2))**2) == -1/(sqrt(m2)*(m2**(-1/2))**2)",
        "LDAM has exponent -1/3",
        "-1/(sqrt(m1)*(m1**(-1/3))**2) == -1/(sqrt(m2)*(m2**(-1/3))**2)",
        "temperatures p^(-1/3) keep the balanced target 1/p",
        "(1/p)/p**(-1/3) == 1/p",
    ),
    rests_on=("margin_exponents.general", "immax.optimal_margins", "gca.unequal_margins"),
)

STATEMENTS = (
    CLASS_SENSITIVE,
    OPTIMAL_MARGINS,
    THREE_EXPONENTS,
)
