"""IMMAX: class-sensitive confidence margins for the plain 0-1 loss, and three margin exponents compared.

After Cortes, Mao, Mohri, Zhong, "Balancing the Scales: A Theoretical and Algorithmic Framework for
Learning from Imbalanced Data" (ICML 2025); proofs and the comparison derived here. Checked by: case
splits (SMT), intervals, identities, exact enumeration of the complexity of a class of ramps.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    state_quoted,
    steps,
)
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

_RAMPS = "margins:ramp_complexity"

CLASS_SENSITIVE = Statement(
    name="immax.class_sensitive_complexity",
    title="Linear scores under class-wise ramps have complexity (Lam/m) sqrt(sum m_k r_k^2/rho_k^2)",
    source="after Cortes et al. (ICML 2025); proof derived here",
    ids=("B12",),
    formula=state_quoted(
        "with probability 1 - delta, for all ||w|| <= Lam: R(h) <= mean ramp loss + (2 Lam/m) "
        "sqrt(sum_k m_k r_k^2/rho_k^2) + 3 sqrt(log(2/delta)/(2m))",
        r"R(h)\le\hat R_\rho(h)+\frac{2\Lambda}{m}\sqrt{\sum_k\frac{m_kr_k^2}{\rho_k^2}}"
        r"+3\sqrt{\frac{\log(2/\delta)}{2m}}",
    ),
    steps=steps(
        (
            "one more point with a fair sign adds its square to the mean square of the signed sum "
            "(one coordinate)",
            state("((s + x)**2 + (s - x)**2)/2 == s**2 + x**2", s="real", x="real"),
        ),
        (
            "the mean norm is at most the root of the mean square",
            state("((u + v)/2)**2 <= (u**2 + v**2)/2", u="nonnegative", v="nonnegative"),
        ),
        (
            "the m_k points of class k add at most m_k r_k^2/rho_k^2 (one point)",
            state(
                "(y/g)**2 <= r**2/g**2",
                given="y <= r",
                y="nonnegative",
                r="nonnegative",
                g="positive",
            ),
        ),
        (
            "every sample of three and one points on the line, margins 1 and 1/2: the ramps' complexity, "
            "exactly",
            state_computed(
                _RAMPS,
                labels=[1, 1, 1, -1],
                features=[-2, -1, 1, 2],
                margins=["1", "1/2"],
                used="own",
            ),
        ),
        (
            "the ramp is a loss in [0, 1], so its deviation is 3 sqrt(log(2/delta)/(2m))",
            state("0 <= Min(1, Max(0, 1 - x)) <= 1", x="real"),
        ),
    ),
    argument="A ramp of width rho_k is 1/rho_k-Lipschitz on its class's points; contraction, point by "
    "point, replaces it by the score over rho_k. The supremum over ||w|| <= Lam of the signed sum is Lam "
    "times its norm, whose mean the first steps bound. The uniform bound with twice the complexity gives "
    "the rest.",
    mutants=mutants(
        (
            "the largest margin for every class",
            state_computed(
                _RAMPS,
                labels=[1, 1, 1, -1],
                features=[-2, -1, 1, 2],
                margins=["8", "1/2"],
                used="largest",
            ),
        ),
        (
            "signs add norms, not squares",
            state("((s + x)**2 + (s - x)**2)/2 == (s + x)**2", s="real", x="real"),
        ),
        (
            "the mean norm is at least the root of the mean square",
            state("((u + v)/2)**2 >= (u**2 + v**2)/2", u="nonnegative", v="nonnegative"),
        ),
    ),
    symbols={
        "s": "a coordinate of the signed sum so far",
        "x": "the same coordinate of the next point over its margin; a margin over rho",
        "u": "a norm",
        "v": "another",
        "y": "norm of a point",
        "r": "radius of its class",
        "g": "margin rho of its class",
    },
    functions=("class_sensitive_complexity", "immax_bound"),
    rests_on=("margin_loss.ramp", "rademacher.scalar_contraction", "concentration.uniform_bound"),
)

_TWO = dict.fromkeys(("m1", "m2", "r"), "positive")

OPTIMAL_MARGINS = Statement(
    name="immax.optimal_margins",
    title="Under a margin budget the class-sensitive complexity is least at rho ~ (m r^2)^(1/3), any K",
    source="after Cortes et al. (ICML 2025); derived here",
    ids=("B12", "B-L10"),
    formula=state(
        "a1**3/g1**2 + a2**3/g2**2 >= (a1 + a2)**3/(g1 + g2)**2",
        **dict.fromkeys(("a1", "a2", "g1", "g2"), "positive"),
    ),
    steps=steps(
        (
            "one class's term m r^2/rho^2 = a^3/rho^2, with a = (m r^2)^(1/3), is above its tangent",
            state("a**3/g**2 >= 3*a*c**2 - 2*c**3*g", a="positive", g="positive", c="positive"),
        ),
        (
            "which it touches at rho = a/c",
            state("a**3/(a/c)**2 == 3*a*c**2 - 2*c**3*(a/c)", a="positive", c="positive"),
        ),
        (
            "summed over any number of classes with sum a = S, sum rho = B and c = S/B",
            state("3*(S/B)**2*S - 2*(S/B)**3*B == S**3/B**2", S="positive", B="positive"),
        ),
        (
            "Lagrange: the slope of a term",
            state_derivative(
                "m*r**2/g**2", "g", "-2*m*r**2/g**3", m="positive", r="positive", g="positive"
            ),
        ),
        (
            "is -2 c^3 for every class at rho = (m r^2)^(1/3)/c",
            state(
                "-2*m*r**2/((m*r**2)**(1/3)/c)**3 == -2*c**3",
                m="positive",
                r="positive",
                c="positive",
            ),
        ),
        (
            "at equal radii the larger class has the larger margin",
            state("(m1*r**2)**(1/3) > (m2*r**2)**(1/3)", given="m1 > m2", **_TWO),
        ),
    ),
    argument="The complexity grows with sum_k m_k r_k^2/rho_k^2, which is at least S^3/B^2, with equality "
    "exactly at rho_k = B a_k/S.",
    mutants=mutants(
        (
            "rho ~ (r^2/m)^(1/3), r = 1",
            state(
                "(x1 + x2)**2*(1/(c1**3*x1**2) + 1/(c2**3*x2**2))"
                " >= (c1 + c2)**2*(1/c1**5 + 1/c2**5)",
                **dict.fromkeys(("x1", "x2", "c1", "c2"), "positive"),
            ),
        ),
        (
            "rho ~ (m r^2)^(1/2)",
            state(
                "(x1 + x2)**2*(b1**2/x1**2 + b2**2/x2**2) >= (b1 + b2)**2*2",
                **dict.fromkeys(("x1", "x2", "b1", "b2"), "positive"),
            ),
        ),
        (
            "the smaller class has the larger margin",
            state("(m1*r**2)**(1/3) < (m2*r**2)**(1/3)", given="m1 > m2", **_TWO),
        ),
    ),
    symbols={
        "m": "examples of a class",
        "r": "radius of its features",
        "g": "its margin rho",
        "a": "(m r^2)^(1/3)",
        "b": "(m r^2)^(1/2)",
        "c": "S/B; in a mutant m^(-1/3)",
    },
    functions=("immax_margins",),
    rests_on=("margin_exponents.general", "immax.class_sensitive_complexity"),
)

_RATIO = {"given": "m2 > m1", "m1": "positive", "m2": "positive"}

THREE_EXPONENTS = Statement(
    name="immax.three_exponents",
    title="Three margin exponents for three objectives: m^(1/3), m^(-1/3) and m^(-1/4)",
    source="derived here",
    ids=("B13", "B-L10"),
    formula=state(
        "a**(p + 1)/g**p >= (1 + p)*a*c**p - p*c**(p + 1)*g",
        **dict.fromkeys(("a", "g", "c", "p"), "positive"),
    ),
    steps=steps(
        (
            "0-1 loss, sum of m r^2/rho^2: slopes agree at (m r^2)^(1/3)/c",
            state(
                "-2*m*r**2/((m*r**2)**(1/3)/c)**3 == -2*c**3",
                m="positive",
                r="positive",
                c="positive",
            ),
        ),
        (
            "balanced loss, sum of r^2/(m rho^2): at (r^2/m)^(1/3)/c",
            state(
                "-2*r**2/(m*((r**2/m)**(1/3)/c)**3) == -2*c**3",
                m="positive",
                r="positive",
                c="positive",
            ),
        ),
        (
            "LDAM, sum of 1/(rho sqrt m): at m^(-1/4)/c",
            state("-1/(sqrt(m)*(m**(-1/4)/c)**2) == -c**2", m="positive", c="positive"),
        ),
        (
            "only the first gives the larger class the larger margin",
            state(
                "m2**(1/3) > m1**(1/3)",
                "m2**(-1/3) < m1**(-1/3)",
                "m2**(-1/4) < m1**(-1/4)",
                **_RATIO,
            ),
        ),
        (
            "weights 1/p with temperatures rho = p^(-1/3) target cost weights 1/(p rho) = p^(-2/3)",
            state("(1/p)/p**(-1/3) == p**(-2/3)", p="(0, 1)"),
        ),
        (
            "and rho = p^(1/3) targets p^(-4/3)",
            state("(1/p)/p**(1/3) == p**(-4/3)", p="(0, 1)"),
        ),
        (
            "so the first under-balances and the second over-balances",
            state("(m2/m1)**(2/3) < m2/m1 < (m2/m1)**(4/3)", **_RATIO),
        ),
        (
            "the balanced optimum vanishes for a class that grows without end (s = m^(1/3))",
            state_limit("1/s", "0", "s", "high", s="positive"),
        ),
    ),
    argument="Each is margin_exponents.general with (p, q) = (2, -1), (2, 1) and (1, 1/2). A "
    "cross-entropy with temperatures rho_y and weights 1/p_y has the target weights 1/(p_y rho_y): "
    "gca.unequal_margins.",
    mutants=mutants(
        (
            "the balanced version has the 0-1 loss's exponent",
            state(
                "-2*r**2/(m*((m*r**2)**(1/3)/c)**3) == -2*c**3",
                m="positive",
                r="positive",
                c="positive",
            ),
        ),
        (
            "LDAM has exponent -1/2",
            state(
                "-1/(sqrt(m1)*(m1**(-1/2))**2) == -1/(sqrt(m2)*(m2**(-1/2))**2)",
                m1="positive",
                m2="positive",
            ),
        ),
        (
            "LDAM has exponent -1/3",
            state(
                "-1/(sqrt(m1)*(m1**(-1/3))**2) == -1/(sqrt(m2)*(m2**(-1/3))**2)",
                m1="positive",
                m2="positive",
            ),
        ),
        (
            "temperatures p^(-1/3) keep the balanced target 1/p",
            state("(1/p)/p**(-1/3) == 1/p", p="(0, 1)"),
        ),
    ),
    symbols={
        "m": "examples of a class",
        "p": "its share; in the formula the power of the margin",
        "r": "radius of its features",
        "c": "the common multiplier",
    },
    functions=("immax_margins", "balanced_immax_margins"),
    rests_on=("margin_exponents.general", "immax.optimal_margins", "gca.unequal_margins"),
    corrects="Margin exponents are often quoted without their objective: +1/3, -1/3 and -1/4 are each "
    "optimal for one bound and wrong for the other two.",
)

STATEMENTS = (
    CLASS_SENSITIVE,
    OPTIMAL_MARGINS,
    THREE_EXPONENTS,
)
