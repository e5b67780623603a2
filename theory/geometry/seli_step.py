"""SELI in closed form for two sizes of class: norms, angles, and where minority classifiers meet.

Claimed by Thrampoulidis, Kini, Vakilian, Behnia (NeurIPS 2022) for as many minority as majority classes;
here for any numbers of them. Checked by: five identities for the product of two matrices of this shape,
symbolic in everything, and sign proofs.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Stated,
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    state_quoted,
    steps,
)
from ..foundation.validation import as_real, as_whole

__all__ = [
    "StepGeometry",
    "orthogonal_minorities_imbalance",
    "step_geometry",
    "step_singular_values",
]


class StepGeometry(NamedTuple):
    """Norms and cosines of SELI for two sizes of class; each has the shape of ``imbalance``.

    ``*_majority`` and ``*_minority`` are squared norms, classifiers in units of sqrt(n_min), embeddings of
    1/sqrt(n_min). Cosines inside a group of one class are nan.
    """

    classifier_majority: NDArray[np.float64]
    classifier_minority: NDArray[np.float64]
    embedding_majority: NDArray[np.float64]
    embedding_minority: NDArray[np.float64]
    classifier_cosine_majority: NDArray[np.float64]
    classifier_cosine_minority: NDArray[np.float64]
    classifier_cosine_across: NDArray[np.float64]
    embedding_cosine_majority: NDArray[np.float64]
    embedding_cosine_minority: NDArray[np.float64]
    embedding_cosine_across: NDArray[np.float64]
    alignment_majority: NDArray[np.float64]
    alignment_minority: NDArray[np.float64]


def step_singular_values(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Singular values of the SEL matrix over sqrt(n_min): majority, minority, between the groups.

    They occur ``majority_classes - 1``, ``minority_classes - 1`` and 1 times. ``imbalance``: size of a
    majority class over that of a minority class, at least 1.
    """
    ratio, first, second = _checked(imbalance, majority_classes, minority_classes)
    between = np.sqrt((second * ratio + first) / (first + second))
    return np.sqrt(ratio), np.ones_like(ratio), between


def step_geometry(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> StepGeometry:
    """Norms and angles of SELI for ``majority_classes`` classes that are ``imbalance`` times as large.

    ``imbalance`` at least 1, any shape; both numbers of classes at least 1.
    """
    ratio, k1, k2 = _checked(imbalance, majority_classes, minority_classes)
    r, _, q = step_singular_values(imbalance, majority_classes, minority_classes)
    k = k1 + k2
    w1 = r * (1 - 1 / k1) + q * k2 / (k1 * k)
    w2 = (1 - 1 / k2) + q * k1 / (k2 * k)
    h1 = (1 - 1 / k1) / r + k2 / (k1 * k * q)
    h2 = (1 - 1 / k2) + k1 / (k2 * k * q)
    share = k2 / k
    # Numerators of inner products inside a group, with the common differences multiplied out.
    inside_w1 = -(1 - share) * (ratio * (1 + share + share**2) - share**2) / (r + share * q) / k1
    inside_w2 = share * ((1 - share) ** 2 * (ratio - 1) - (2 - share)) / (1 + (1 - share) * q) / k2
    inside_h1 = -(1 - share) * (share * ratio + 1) / ((q + share * r) * r * q) / k1
    inside_h2 = -(q - 1 + share) / q / k2
    return StepGeometry(
        w1, w2, h1, h2,
        _cosine(inside_w1, w1, majority_classes),
        _cosine(inside_w2, w2, minority_classes),
        -q / (k * np.sqrt(w1 * w2)),
        _cosine(inside_h1, h1, majority_classes),
        _cosine(inside_h2, h2, minority_classes),
        -1 / (q * k * np.sqrt(h1 * h2)),
        (1 - 1 / k) / np.sqrt(w1 * h1),
        (1 - 1 / k) / np.sqrt(w2 * h2),
    )  # fmt: skip


def orthogonal_minorities_imbalance(minority_fraction: ArrayLike) -> NDArray[np.float64]:
    """The imbalance at which minority classifiers are orthogonal: ``((1-rho)^-2 - (1-rho)) / rho``.

    ``minority_fraction`` rho in (0, 1), the share of minority classes; at 1/2 it is 7.
    """
    share = as_real(
        "minority_fraction", minority_fraction, low=0, high=1, low_open=True, high_open=True
    )
    return (3 - 3 * share + share**2) / (1 - share) ** 2


def _cosine(
    inner: NDArray[np.float64], square: NDArray[np.float64], classes: int
) -> NDArray[np.float64]:
    return inner / square if classes > 1 else np.full_like(inner, np.nan)


def _checked(
    imbalance: ArrayLike, majority_classes: int, minority_classes: int
) -> tuple[NDArray[np.float64], float, float]:
    ratio = as_real("imbalance", imbalance, low=1)
    first = as_whole("majority_classes", majority_classes, 1)
    return ratio, float(first), float(as_whole("minority_classes", minority_classes, 1))


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "K1, K2": "majority and minority classes, K = K1 + K2",
    "r": "sqrt(R), R = size of a majority class over that of a minority class",
    "q": "sqrt((K2 R + K1)/K), the singular value between the groups",
    "rho": "K2/K",
}

_K = "(K1 + K2)"
_CLASSES = {"K1": "[1, oo)", "K2": "[1, oo)"}
_Q = f"sqrt((K2*r**2 + K1)/{_K})"


def _entries(major: str, minor: str, between: str) -> dict[str, str]:
    """Entries of major E_1 + minor E_2 + between E_3, the contrasts of the two groups and between them."""
    return {
        "a1": f"({major}*(1 - 1/K1) + {between}*K2/(K1*{_K}))",
        "b1": f"(-{major}/K1 + {between}*K2/(K1*{_K}))",
        "a2": f"({minor}*(1 - 1/K2) + {between}*K1/(K2*{_K}))",
        "b2": f"(-{minor}/K2 + {between}*K1/(K2*{_K}))",
        "c": f"(-{between}/{_K})",
    }


def _product_steps() -> tuple[tuple[str, Stated], ...]:
    """The five entries of the product of two such matrices."""
    one, two = _entries("r", "s", "q"), _entries("x", "y", "z")
    both = _entries("r*x", "s*y", "q*z")
    used = {"1": "rqxz", "2": "sqyz", "c": "rqyz"}
    own = {f"{key}_": value for key, value in two.items()}
    forms = {
        "a1": "{a1}*{a1_} + (K1 - 1)*{b1}*{b1_} + K2*{c}*{c_}",
        "b1": "{a1}*{b1_} + {b1}*{a1_} + (K1 - 2)*{b1}*{b1_} + K2*{c}*{c_}",
        "a2": "{a2}*{a2_} + (K2 - 1)*{b2}*{b2_} + K1*{c}*{c_}",
        "b2": "{a2}*{b2_} + {b2}*{a2_} + (K2 - 2)*{b2}*{b2_} + K1*{c}*{c_}",
        "c": "{a1}*{c_} + (K1 - 1)*{b1}*{c_} + {c}*{a2_} + (K2 - 1)*{c}*{b2_}",
    }
    names = {
        "a1": "majority diagonal",
        "b1": "two majority classes",
        "a2": "minority diagonal",
        "b2": "two minority classes",
        "c": "one of each",
    }
    return tuple(
        (
            f"product of two matrices of this shape: {names[key]}",
            state(
                f"{form.format(**one, **own)} == {both[key]}",
                **_CLASSES,
                **dict.fromkeys(used[key[-1]], "real"),
            ),
        )
        for key, form in forms.items()
    )


def _gram_steps() -> tuple[tuple[str, Stated], ...]:
    """PNP has this shape with r^2, 1 and q^2, in units of n_min."""
    entry, total = _entries("r**2", "1", f"((K2*r**2 + K1)/{_K})"), "(K1*r**2 + K2)"
    domains = {**_CLASSES, "r": "[1, oo)"}
    return (
        (
            "PNP, majority diagonal",
            state(f"{entry['a1']} == r**2 - 2*r**2/{_K} + {total}/{_K}**2", **domains),
        ),
        (
            "PNP, two majority classes",
            state(f"{entry['b1']} == -2*r**2/{_K} + {total}/{_K}**2", **domains),
        ),
        (
            "PNP, minority diagonal",
            state(f"{entry['a2']} == 1 - 2/{_K} + {total}/{_K}**2", **domains),
        ),
        (
            "PNP, two minority classes",
            state(f"{entry['b2']} == -2/{_K} + {total}/{_K}**2", **domains),
        ),
        (
            "PNP, one of each",
            state(f"{entry['c']} == -(r**2 + 1)/{_K} + {total}/{_K}**2", **domains),
        ),
    )


_W = _entries("r", "1", "q")
_H = _entries("(1/r)", "1", "(1/q)")
_IMBALANCED = {
    "given": ["q <= r"], "K1": "[2, oo)", "K2": "[2, oo)", "r": "(1, oo)", "q": "[1, oo)"
}  # fmt: skip

CLOSED_FORMS = Statement(
    name="seli_step.closed_forms",
    title="Two sizes of class: SELI's Gram matrices in closed form, for any numbers of classes",
    source="Thrampoulidis et al. (NeurIPS 2022) for K1 = K2; any K1, K2 derived here",
    formula=state_quoted(
        "G_W/sqrt(n_min) = sqrt(R) E_1 + E_2 + q E_3 and G_H sqrt(n_min) = E_1/sqrt(R) + E_2 + E_3/q",
        r"\frac{G_W}{\sqrt{n_{\min}}} = \sqrt R\,E_1 + E_2 + q\,E_3,\quad "
        r"\sqrt{n_{\min}}\,G_H = \frac{E_1}{\sqrt R} + E_2 + \frac{E_3}{q},\quad "
        r"q = \sqrt{\rho R + 1 - \rho}",
    ),
    steps=steps(
        *_product_steps(),
        *_gram_steps(),
        (
            "q^2 is rho R + 1 - rho, the mean of R and 1 with the minority's share on R",
            state(
                "(K2*R + K1)/(K1 + K2) == (K2/(K1 + K2))*R + 1 - K2/(K1 + K2)",
                R="[1, oo)",
                **_CLASSES,
            ),
        ),
        (
            "sizes 49, 49, 1, 1 (roots 7, 1 and 5): these logits are optimal",
            state_computed(
                "seli:optimal_logits", counts=[49, 49, 1, 1], multipliers=[1] * 4, margins=[1] * 4
            ),
        ),
    ),
    argument="E_1, E_2 are the contrasts inside the groups and E_3 the one between them. The product rule "
    "multiplies the three coefficients; so the square of (r, 1, q) is (R, 1, q^2), which is PNP, the "
    "product of (r, 1, q) and (1/r, 1, 1/q) is (1, 1, 1), which is P, and all coefficients are positive. "
    "The ranks K1 - 1, K2 - 1 and 1 are the multiplicities of the singular values.",
    mutants=mutants(
        (
            "third singular value sqrt((R+1)/2) for any share of minority classes",
            state("(K2*R + K1)/(K1 + K2) == (R + 1)/2", R="[1, oo)", **_CLASSES),
        ),
        (
            "the shares swapped: sqrt(rho + (1 - rho) R)",
            state("(K2*R + K1)/(K1 + K2) == (K1*R + K2)/(K1 + K2)", R="[1, oo)", **_CLASSES),
        ),
        (
            "the root forgotten: G_W has coefficients R, 1, q^2",
            state("r**2*r**2 == r**2", r="[1, oo)"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("seli_frames.class_grams",),
    ids=("C5",),
    functions=("step_geometry", "step_singular_values"),
    corrects="The published closed forms assume as many minority as majority classes.",
)

NORMS = Statement(
    name="seli_step.norms",
    title="For R > 1 majority classifiers are longer and majority embeddings shorter than minority ones",
    source="Thrampoulidis et al. (NeurIPS 2022) for K1 = K2; any K1, K2 >= 2 derived here",
    formula=state(f"{_W['a1']} > {_W['a2']}", **_IMBALANCED),
    steps=steps(
        (
            "1 <= q <= sqrt(R)",
            state(f"1 <= {_Q} <= r", r="[1, oo)", **_CLASSES),
        ),
        ("classifiers", state(f"{_W['a1']} > {_W['a2']}", **_IMBALANCED)),
        ("embeddings", state(f"{_H['a1']} < {_H['a2']}", **_IMBALANCED)),
        (
            "self-duality is lost: |w|^2 |h|^2 exceeds (w'h)^2 = (1-1/K)^2, majority",
            state(f"{_W['a1']}*{_H['a1']} >= (1 - 1/{_K})**2", **_IMBALANCED),
        ),
        (
            "the excess is strict unless sqrt(R) = q, majority",
            state(
                f"{_W['a1']}*{_H['a1']} - (1 - 1/{_K})**2"
                f" == (1 - 1/K1)*K2/(K1*{_K})*(r/q + q/r - 2)",
                **(_IMBALANCED | {"given": ()}),
            ),
        ),
        (
            "and unless q = 1, minority",
            state(
                f"{_W['a2']}*{_H['a2']} - (1 - 1/{_K})**2 == (1 - 1/K2)*K1/(K2*{_K})*(q + 1/q - 2)",
                **{key: _IMBALANCED[key] for key in ("K1", "K2", "q")},
            ),
        ),
        ("x + 1/x exceeds 2", state("x + 1/x > 2", x="(1, oo)")),
    ),
    argument="Squared norms are the diagonal entries of the closed forms. For R > 1, 1 < q < sqrt(R), so "
    "both excesses are strict: no classifier is parallel to its embedding.",
    mutants=mutants(
        (
            "self-duality: w and h are parallel for every R",
            state(
                f"{_W['a2']}*{_H['a2']} == (1 - 1/{_K})**2",
                **{key: _IMBALANCED[key] for key in ("K1", "K2", "q")},
            ),
        ),
        (
            "minority classifiers are the longer ones",
            state(f"{_W['a1']} < {_W['a2']}", **_IMBALANCED),
        ),
        (
            "embedding norms do not depend on the group",
            state(f"{_H['a1']} == {_H['a2']}", **_IMBALANCED),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("seli_step.closed_forms",),
    ids=("C5",),
    functions=("step_geometry",),
)

_COSINE = f"({_W['b2']}/{_W['a2']})"
_HALF = "(-2 + sqrt((R + 1)/2))/(K - 2 + sqrt((R + 1)/2))"

MINORITY_ANGLE = Statement(
    name="seli_step.minority_angle",
    title="The cosine of two minority classifiers increases with R to 1, through 0 at "
    "((1-rho)^-2 - (1-rho))/rho; minority embeddings stay apart",
    source="derived here; the collapse limit R -> oo is Fang, He, Long, Su (PNAS 2021)",
    formula=state(
        f"{_COSINE} == (q*K1/{_K} - 1)/(K2 - 1 + q*K1/{_K})",
        K1="[1, oo)",
        K2="[2, oo)",
        q="[1, oo)",
    ),
    steps=steps(
        (
            "the cosine as a fraction linear in q",
            state(
                f"{_COSINE} == (q*K1/{_K} - 1)/(K2 - 1 + q*K1/{_K})",
                K1="[1, oo)",
                K2="[2, oo)",
                q="[1, oo)",
            ),
        ),
        (
            "its slope in q",
            state_derivative(
                f"(q*K1/{_K} - 1)/(K2 - 1 + q*K1/{_K})",
                "q",
                f"(K1/{_K})*K2/(K2 - 1 + q*K1/{_K})**2",
                K1="[1, oo)",
                K2="[2, oo)",
                q="[1, oo)",
            ),
        ),
        (
            "is positive",
            state(
                f"(K1/{_K})*K2/(K2 - 1 + q*K1/{_K})**2 > 0",
                K1="[1, oo)",
                K2="[2, oo)",
                q="[1, oo)",
            ),
        ),
        (
            "q increases with R",
            state(
                "rho*R + 1 - rho > rho*S + 1 - rho",
                given="R > S",
                rho="(0, 1)",
                R="[1, oo)",
                S="[1, oo)",
            ),
        ),
        (
            "it vanishes where q = 1/(1 - rho), that is at R = ((1-rho)^-2 - (1-rho))/rho",
            state(
                "rho*(((1 - rho)**(-2) - (1 - rho))/rho) + 1 - rho == (1 - rho)**(-2)", rho="(0, 1)"
            ),
        ),
        ("which is 7 for rho = 1/2, whatever K", state("((1/2)**(-2) - 1/2)/(1/2) == 7")),
        (
            "and at least 3 for every share",
            state("((1 - rho)**(-2) - (1 - rho))/rho > 3", rho="(0, 1)"),
        ),
        (
            "it tends to 1 as R -> oo",
            state_limit(
                "(q*s - 1)/(m - 1 + q*s)", "1", "q", "high", q="[1, oo)", s="(0, 1)", m="[2, oo)"
            ),
        ),
        (
            "but is below 1 at every R: no collapse at finite imbalance",
            state("(q*s - 1)/(m - 1 + q*s) < 1", q="[1, oo)", s="(0, 1)", m="[2, oo)"),
        ),
        (
            "rho = 1/2: the published form",
            state(
                f"(sqrt((R + 1)/2)/2 - 1)/(K/2 - 1 + sqrt((R + 1)/2)/2) == {_HALF}",
                R="[1, oo)",
                K="[4, oo)",
            ),
        ),
        (
            "minority embeddings: the cosine tends to -1/(K2-1)",
            state_limit(
                "(-1/m + s/(m*q))/(1 - 1/m + s/(m*q))",
                "-1/(m - 1)",
                "q",
                "high",
                q="[1, oo)",
                s="(0, 1)",
                m="[2, oo)",
            ),
        ),
        (
            "and is negative throughout",
            state(
                "(-1/m + s/(m*q))/(1 - 1/m + s/(m*q)) < 0",
                q="[1, oo)",
                s="(0, 1)",
                m="[2, oo)",
            ),
        ),
    ),
    argument="b_2/a_2 of the closed forms, with s = K1/K = 1 - rho and m = K2. A positive slope and the "
    "one root in q give one crossing in R; the limits are those of q -> oo.",
    mutants=mutants(
        ("orthogonal at R = 4 for rho = 1/2", state("(-2 + sqrt((4 + 1)/2)) == 0")),
        (
            "the crossing depends on the number of classes: R = K - 1",
            state("rho*(K - 1) + 1 - rho == (1 - rho)**(-2)", rho="(0, 1)", K="integer 4.."),
        ),
        (
            "minority embeddings collapse as well",
            state(
                "(-1/m + s/(m*q))/(1 - 1/m + s/(m*q)) >= 0",
                q="[1, oo)",
                s="(0, 1)",
                m="[2, oo)",
            ),
        ),
        (
            "minority classifiers are always at an obtuse angle",
            state("(q*s - 1)/(m - 1 + q*s) <= 0", q="[1, oo)", s="(0, 1)", m="[2, oo)"),
        ),
    ),
    symbols={**_SYMBOLS, "s": "K1/K = 1 - rho", "m": "K2"},
    rests_on=("seli_step.closed_forms",),
    ids=("C5",),
    functions=("step_geometry", "orthogonal_minorities_imbalance"),
    corrects="The published crossing R = 7 is that of rho = 1/2; in general it depends on rho alone.",
)

STATEMENTS = (CLOSED_FORMS, NORMS, MINORITY_ANGLE)
