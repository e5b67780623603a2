"""Margins of free features under a ridge, and how SELI emerges as the ridge vanishes.

Claimed by Thrampoulidis et al. (NeurIPS 2022), that the frame depends on the ridge, and Dang et al. (arXiv
2401.02058), for nonnegative embeddings; closed forms and the rate are derived here. Checked by: symbolic
identities, and optima enclosed between exact primal and dual values.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_quoted,
    steps,
)
from ..foundation.validation import InputError, as_class_counts, as_number, as_real, as_whole

__all__ = [
    "mse_scale",
    "relu_margins",
    "ridge_margin",
]


def ridge_margin(ridge: ArrayLike, singular_value: ArrayLike, classes: int) -> NDArray[np.float64]:
    """The margin ``log(K s/ridge - K + 1)`` of optimal logits when all singular values of PY equal s.

    ``s = sqrt(n_0)`` for K classes of size n_0, ``sqrt((n_1 + n_2)/2)`` for two classes; 0 for ridge >= s.
    """
    ridge = as_real("ridge", ridge, low=0, low_open=True)
    value = as_real("singular_value", singular_value, low=0, low_open=True)
    excess = as_whole("classes", classes, 2) * (value - ridge) / ridge
    return np.log1p(np.maximum(excess, 0.0))


def relu_margins(class_counts: ArrayLike, ridge: ArrayLike) -> NDArray[np.float64]:
    """Margins of the classes with nonnegative embeddings and mean loss, orthogonal between classes.

    ``log(sqrt(n_c K (K-1))/(n ridge) - K + 1)``, 0 once ``sqrt(n_c) <= n ridge sqrt(K/(K-1))``;
    ``ridge`` is ``sqrt(lam_W lam_H)``, one number.
    """
    counts = as_class_counts(class_counts)
    classes = counts.size
    if classes < 2:
        raise InputError("class_counts: margins need at least two classes")
    scaled = counts.sum() * as_number("ridge", ridge, low=0, low_open=True)
    value = np.sqrt(counts * (classes - 1) / classes)
    return np.log1p(np.maximum(classes * (value - scaled) / scaled, 0.0))


def mse_scale(class_counts: ArrayLike, ridge: ArrayLike) -> NDArray[np.float64]:
    """How much of the one-hot target each class keeps under a squared loss: ``(1 - n ridge/sqrt(n_c))_+``."""
    counts = as_class_counts(class_counts)
    scaled = counts.sum() * as_number("ridge", ridge, low=0, low_open=True)
    roots = np.sqrt(counts)
    return np.maximum((roots - scaled) / roots, 0.0)


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "K": "classes; K1 majority, K2 minority ones",
    "m": "examples of a minority class",
    "R": "size of a majority class over that of a minority class",
    "t": "ridge lambda; the nuclear norm of the logits has this weight",
    "s": "singular value of the SEL matrix",
    "p": "a softmax probability of the solution",
}
_WIDE = {"K": "[2, oo)", "n": "positive", "N": "positive", "t": "positive"}
_POSITIVE = "positive"
_ACROSS = "sqrt((K2*R + K1)/(K1 + K2))"

RIDGE_MARGIN = Statement(
    name="ridge_path.ridge_margin",
    title="A positive multiple of the SEL matrix solves ridge cross-entropy iff its singular values agree; "
    "then the margin is log(K s/lam - K + 1)",
    source="derived here; that the frame depends on the ridge is in Thrampoulidis et al. (NeurIPS 2022)",
    formula=state_quoted(
        "Z = a PY is stationary iff all nonzero singular values of PY equal one s; a = log(K s/lam - K + 1)",
        r"\alpha\hat Z \text{ optimal} \iff \sigma_1(\hat Z) = \dots = \sigma_{K-1}(\hat Z) = \sigma,"
        r"\qquad \alpha = \ln\left(K\sigma/\lambda - K + 1\right)_{\ge 1}",
    ),
    steps=steps(
        (
            "the gradient at a PY on the label is -K q (1 - 1/K), q = 1/(e^a + K - 1)",
            state(
                "exp(a)/(exp(a) + K - 1) - 1 == -K*(1/(exp(a) + K - 1))*(1 - 1/K)",
                a="real",
                K="[2, oo)",
            ),
        ),
        (
            "and q = -K q (-1/K) off it: the gradient is -K q PY",
            state("1/(exp(a) + K - 1) == -K*(1/(exp(a) + K - 1))*(-1/K)", a="real", K="[2, oo)"),
        ),
        (
            "stationarity K q s = lam for two singular values makes them equal",
            state(
                "s1 == s2",
                given=["K*q*s1 == t", "K*q*s2 == t"],
                K="[2, oo)",
                q=_POSITIVE,
                s1=_POSITIVE,
                s2=_POSITIVE,
                t=_POSITIVE,
            ),
        ),
        (
            "solved by a = log(K s/lam - K + 1), with lam = s x",
            state(
                "K*s/(exp(log(K/x - K + 1)) + K - 1) == s*x",
                K="[2, oo)",
                s=_POSITIVE,
                x="(0, 1)",
            ),
        ),
        (
            "which is positive as long as lam < s",
            state("log(K/x - K + 1) > 0", K="[2, oo)", x="(0, 1)"),
        ),
        (
            "two classes: one singular value, the trace of PNP is s^2 = (n1 + n2)/2",
            state(
                "(n1 - n1 + (n1 + n2)/4) + (n2 - n2 + (n1 + n2)/4) == (n1 + n2)/2",
                n1=_POSITIVE,
                n2=_POSITIVE,
            ),
        ),
    ),
    argument="Minus the gradient must be lam times the polar factor plus a part orthogonal to the rows and "
    "columns of PY; both being multiples of matrices with the same singular vectors, K q s = lam for each "
    "nonzero singular value. They are equal for equal sizes, and for two classes of any sizes; otherwise "
    "the frame changes with lam.",
    mutants=mutants(
        (
            "a = log(sqrt(n0)/lam)",
            state("K*s/(exp(log(1/x)) + K - 1) == s*x", K="[2, oo)", s=_POSITIVE, x="(0, 1)"),
        ),
        (
            "two classes of unequal size have unequal singular values: s^2 = n1",
            state("(n1 + n2)/2 == n1", n1=_POSITIVE, n2=_POSITIVE),
        ),
        (
            "the margin is positive for every ridge",
            state("log(K/x - K + 1) > 0", K="[2, oo)", x="(0, 3/2)"),
        ),
    ),
    symbols={**_SYMBOLS, "q": "probability of a wrong class", "x": "lam/s"},
    rests_on=("seli.sel_matrix", "seli.factorised_cost"),
    ids=("C7",),
    functions=("ridge_margin",),
)

RATE = Statement(
    name="ridge_path.vanishing_ridge",
    title="Small ridge: off-label probabilities are lam |G_H|, exactly for equal sizes; for sizes "
    "(10, 10, 1, 1) and (50, 50, 50, 2, 2), lam = 1e-2 to 1e-8, up to a relative error of 1 to 3 over "
    "log(1/lam)",
    source="derived here",
    formula=state_quoted(
        "p(c|y) = lam |G_H|_cy (1 + O(1/log(1/lam)))",
        r"p(c \mid y) = \lambda\,\bigl|[G_H]_{cy}\bigr|\,(1 + O(1/\ln(1/\lambda)))",
    ),
    steps=steps(
        (
            "equal sizes m: the probability at the exact margin is lam/(K sqrt(m)) = lam |G_H|",
            state(
                "1/(exp(log(K*sqrt(m)/(sqrt(m)*x) - K + 1)) + K - 1) == (sqrt(m)*x)/(K*sqrt(m))",
                K="[2, oo)",
                m=_POSITIVE,
                x="(0, 1)",
            ),
        ),
        (
            "two sizes, between the groups: lam times the polar factor at SEL logits is K2 lam |G_H|",
            state(
                "t*sqrt(K1*K2/(K1 + K2))*(1/K1)/sqrt(K1*(R*m)/K1**2 + K2*m/K2**2)"
                f" == K2*t/((K1 + K2)*{_ACROSS}*sqrt(m))",
                K1="[1, oo)",
                K2="[1, oo)",
                R="[1, oo)",
                m=_POSITIVE,
                t=_POSITIVE,
            ),
        ),
        (
            "inside the majority: K1 p + q = lam/sqrt(R m) gives lam |G_H|",
            state(
                "(t/sqrt(R*m) - K2*t/((K1 + K2)*c*sqrt(m)))/K1"
                " == t*(1/sqrt(R)/K1 - K2/(K1*(K1 + K2)*c))/sqrt(m)",
                K1="[1, oo)",
                K2="[1, oo)",
                R="[1, oo)",
                c="[1, oo)",
                m=_POSITIVE,
                t=_POSITIVE,
            ),
        ),
        (
            "at ridges 1e-2 to 1e-8 the error times log(1/lam) is between 0.9 and 1.6",
            state_computed(
                "minority_collapse:rate",
                first=2,
                second=2,
                large=10,
                small=1,
                exponents=[2, 4, 6, 8],
                low="9/10",
                high="8/5",
            ),
        ),
        (
            "five classes",
            state_computed(
                "minority_collapse:rate",
                first=3,
                second=2,
                large=50,
                small=2,
                exponents=[2, 4, 6],
                low="3/2",
                high="3",
            ),
        ),
    ),
    argument="Stationarity says that label minus softmax, by examples, is lam times the polar factor of the "
    "logits; as the ridge vanishes the logits align with PY, whose polar factor is G_H off the label. "
    "Their margins are log(1/lam) - log|G_H| + o(1), unequal by a constant, so that the direction is "
    "reached like 1/log(1/lam): extrapolate in that, not in lam. The asymptotic form is this argument's; "
    "the rate is certified at the ridges of the last two steps.",
    mutants=mutants(
        (
            "the error is of order lam: a thousandth over log(1/lam) at 1e-6",
            state_computed(
                "minority_collapse:rate",
                first=2,
                second=2,
                large=10,
                small=1,
                exponents=[6],
                low="0",
                high="1/1000",
            ),
        ),
        (
            "all wrong classes are equally likely whatever the sizes",
            state(
                "t/(sqrt(m)*K) == t/(sqrt(R*m)*K)",
                t=_POSITIVE,
                m=_POSITIVE,
                R="[1, oo)",
                K="[2, oo)",
            ),
        ),
    ),
    symbols={**_SYMBOLS, "c": "sqrt((K2 R + K1)/K)"},
    rests_on=("ridge_path.ridge_margin", "seli_step.closed_forms"),
    ids=("C10",),
)

RELU_AND_MSE = Statement(
    name="ridge_path.relu_and_squared_loss",
    title="With orthogonal nonnegative class embeddings, or squared loss, each class has its own threshold "
    "in sqrt(n_c)",
    source="Dang et al. (arXiv 2401.02058) for the orthogonal frame; closed forms derived here",
    formula=state(
        "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/((sqrt(n*K*(K - 1))/(N*t) - K + 1) + K - 1) == 0",
        **_WIDE,
    ),
    steps=steps(
        (
            "the cheapest classifier and embedding of a margin a h cost its product",
            state(
                "(A/2)*a**2 + (B/2)*h**2 >= sqrt(A*B)*a*h",
                A=_POSITIVE,
                B=_POSITIVE,
                a="nonnegative",
                h="nonnegative",
            ),
        ),
        (
            "so a class's share of the objective has this slope in its margin x",
            state_derivative(
                "(n/N)*log(1 + (K - 1)*exp(-x)) + t*sqrt(n*(K - 1)/K)*x",
                "x",
                "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/(exp(x) + K - 1)",
                x="real",
                **_WIDE,
            ),
        ),
        (
            "that vanishes at e^x = sqrt(n K (K-1))/(N lam) - K + 1",
            state(
                "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/((sqrt(n*K*(K - 1))/(N*t) - K + 1) + K - 1) == 0",
                **_WIDE,
            ),
        ),
        (
            "and increases: the margin is unique",
            state_derivative(
                "-1/(exp(x) + a)", "x", "exp(x)/(exp(x) + a)**2", x="real", a=_POSITIVE
            ),
        ),
        (
            "at margin zero the slope has the sign of y - 1, lam = y sqrt(n (K-1)/K)/N",
            state(
                "(y*sqrt(n*(K - 1)/K)/N)*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/K"
                " == (n*(K - 1)/(K*N))*(y - 1)",
                K="[2, oo)",
                n=_POSITIVE,
                N=_POSITIVE,
                y=_POSITIVE,
            ),
        ),
        (
            "squared loss: the best singular value is that of the labels less N lam, or zero",
            state(
                "(s - g)**2/(2*N) + t*s >= (Max(g - N*t, 0) - g)**2/(2*N) + t*Max(g - N*t, 0)",
                s="nonnegative",
                g="nonnegative",
                N=_POSITIVE,
                t=_POSITIVE,
            ),
        ),
        (
            "one-hot labels have singular values sqrt(n_c): each class keeps 1 - N lam/sqrt(n_c)",
            state(
                "(sqrt(n) - N*t)/sqrt(n) == 1 - N*t/sqrt(n)", n=_POSITIVE, N=_POSITIVE, t=_POSITIVE
            ),
        ),
    ),
    argument="Orthogonal class embeddings decouple the classes: a simplex column of length a "
    "(squared norm a^2 (K-1)/K) times n embeddings of length h. A class vanishes iff the slope at zero is "
    "not negative, sqrt(n_c) <= N lam sqrt(K/(K-1)); squared loss shrinks singular values.",
    mutants=mutants(
        (
            "the margin log(sqrt(n)/(N lam))",
            state(
                "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/((sqrt(n)/(N*t)) + K - 1) == 0",
                **_WIDE,
            ),
        ),
        (
            "the threshold of squared loss is twice as high",
            state(
                "(s - g)**2/(2*N) + t*s >= (Max(g - 2*N*t, 0) - g)**2/(2*N) + t*Max(g - 2*N*t, 0)",
                s="nonnegative",
                g="nonnegative",
                N=_POSITIVE,
                t=_POSITIVE,
            ),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "n": "examples of the class",
        "N": "all examples; the loss is a mean",
        "A, B": "ridges of classifiers and of all n embeddings together",
        "g": "singular value of the labels",
    },
    ids=("C12",),
    functions=("relu_margins", "mse_scale"),
)

STATEMENTS = (
    RIDGE_MARGIN,
    RATE,
    RELU_AND_MSE,
)
