"""Margins of free features under a ridge, and how SELI emerges as the ridge vanishes.

Claimed by Thrampoulidis et al. (NeurIPS 2022), that the frame depends on the ridge, and Dang et al. (arXiv
2401.02058), for nonnegative embeddings; closed forms and the rate are derived here. Checked by: symbolic
identities, and optima enclosed between exact primal and dual values.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_derivative, statement
from ..foundation.arrays import ArrayLike
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


RIDGE_MARGIN = statement(
    name="ridge_path.ridge_margin",
    title="A positive multiple of the SEL matrix solves ridge cross-entropy iff its singular values agree; "
    "then the margin is log(K s/lam - K + 1)",
    source="derived here; that the frame depends on the ridge is in Thrampoulidis et al. (NeurIPS 2022)",
    ids=("C7",),
    functions=("ridge_margin",),
    where={
        "a: real": "multiple of the SEL matrix, its margin",
        "K: [2, oo)": "classes; K1 majority, K2 minority ones",
        "q: positive": "probability of a wrong class",
        "s1: positive": "one singular value of the SEL matrix",
        "s2: positive": "another singular value of the SEL matrix",
        "t: positive": "ridge lambda; the nuclear norm of the logits has this weight",
        "s: positive": "singular value of the SEL matrix",
        "x: (0, 1)": "lam/s",
        "n1, n2: positive": "size of classes 1, 2",
        "m": "examples of a minority class",
        "R": "size of a majority class over that of a minority class",
        "p": "a softmax probability of the solution",
    },
    theorem=(
        "for every K >= 2, sizes n_c >= 1 and lambda > 0: alpha PY with alpha > 0 minimises sum_i -log "
        "softmax_{y_i}(z_i) + lambda ||Z||_* iff all K - 1 nonzero singular values of PY equal one sigma > "
        "lambda and alpha = log(K sigma/lambda - K + 1); they are equal for equal sizes, and for K = 2 "
        "(sigma^2 = (n_1 + n_2)/2)",
        r"\alpha \hat Z \in \operatorname{argmin}_Z \left( - \sum_{i=1}^n \log "
        r"\operatorname{softmax}_{y_i}(z_i) + \lambda \lVert Z \rVert_* \right),\ \alpha > 0 \iff "
        r"\sigma_1(\hat Z) = \dots = \sigma_{K-1}(\hat Z) = \sigma > \lambda,\quad \alpha = \log\left( "
        r"\frac{K\sigma}{\lambda} - K + 1 \right), \qquad \hat Z = PY \qquad \forall K \ge 2,\ n_c \ge 1,\ "
        r"\lambda > 0; \qquad n_c = m\ \forall c \implies \sigma_i(\hat Z) = \sqrt m,\qquad K = 2 \implies "
        r"\sigma_1(\hat Z) = \sqrt{\frac{n_1 + n_2}{2}}",
    ),
    steps=(
        "gradient_on_label: the gradient at a PY on the label is -K q (1 - 1/K), q = 1/(e^a + K - 1)",
        "exp(a)/(exp(a) + K - 1) - 1 == -K*(1/(exp(a) + K - 1))*(1 - 1/K)",
        "gradient_off_label: and q = -K q (-1/K) off it: the gradient is -K q PY",
        "1/(exp(a) + K - 1) == -K*(1/(exp(a) + K - 1))*(-1/K)",
        "singular_values_agree: stationarity K q s = lam for two singular values makes them equal",
        state("s1 == s2", given=["K*q*s1 == t", "K*q*s2 == t"]),
        "solved_by_margin: solved by a = log(K s/lam - K + 1), with lam = s x",
        "K*s/(exp(log(K/x - K + 1)) + K - 1) == s*x",
        "margin_positive_below_threshold: which is positive as long as lam < s",
        "log(K/x - K + 1) > 0",
        "two_classes_singular_value: two classes: one singular value, the trace of PNP is s^2 = (n1 + n2)/2",
        "(n1 - n1 + (n1 + n2)/4) + (n2 - n2 + (n1 + n2)/4) == (n1 + n2)/2",
    ),
    argument="Minus the gradient must be lam times the polar factor plus a part orthogonal to the rows and "
    "columns of PY; both being multiples of matrices with the same singular vectors, K q s = lam "
    "for each nonzero singular value. They are equal for equal sizes, and for two classes of any "
    "sizes; otherwise the frame changes with lam.",
    mutants=(
        "a = log(sqrt(n0)/lam)",
        "K*s/(exp(log(1/x)) + K - 1) == s*x",
        "two classes of unequal size have unequal singular values: s^2 = n1",
        "(n1 + n2)/2 == n1",
        "the margin is positive for every ridge",
        state("log(K/x - K + 1) > 0", x="(0, 3/2)"),
    ),
    rests_on=("seli.sel_matrix", "seli.factorised_cost"),
)

RATE = statement(
    name="ridge_path.vanishing_ridge",
    title="Small ridge: off-label probabilities are lam |G_H|, exactly for equal sizes; up to a relative "
    "error of 0.9 to 3 over log(1/lam) for sizes (10, 10, 1, 1), lam = 1e-2 to 1e-8, and (50, 50, "
    "50, 2, 2), lam = 1e-2 to 1e-6",
    source="derived here",
    ids=("C10",),
    where={
        "K1: [1, oo)": "number of majority classes",
        "K2: [1, oo)": "number of minority classes",
        "R: [1, oo)": "size of a majority class over that of a minority class",
        "c: [1, oo)": "sqrt((K2 R + K1)/K)",
        "m: positive": "examples of a minority class",
        "t: positive": "ridge lambda; the nuclear norm of the logits has this weight",
        "K: [2, oo)": "classes; K1 majority, K2 minority ones",
        "x: (0, 1)": "ridge over sqrt(m), below one",
        "s": "singular value of the SEL matrix",
        "p": "a softmax probability of the solution",
    },
    theorem=(
        "equal sizes m, lambda < sqrt(m): p(c|y) = lambda |[G_H]_cy| = lambda/(K sqrt(m)) for all c != y, "
        "exactly; sizes (10, 10, 1, 1), lambda = 1e-2, 1e-4, 1e-6, 1e-8: 0.9 <= log(1/lambda) max_{c != y} "
        "|p(c|y)/(lambda |[G_H]_cy|) - 1| <= 1.6; sizes (50, 50, 50, 2, 2), lambda = 1e-2, 1e-4, 1e-6: "
        "between 1.5 and 3",
        r"n_c = m\ \forall c,\ \lambda < \sqrt m :\quad p(c \mid y) = \lambda \left| [G_H]_{cy} \right| = "
        r"\frac{\lambda}{K \sqrt m}\ \forall c \ne y; \qquad D(\lambda) = \log\frac1\lambda\, \max_{c \ne "
        r"y} \left| \frac{p(c \mid y)}{\lambda \left| [G_H]_{cy} \right|} - 1 \right| :\quad \begin{cases} "
        r"0.9 \le D(\lambda) \le 1.6 & n = (10, 10, 1, 1),\ \lambda \in \{10^{-2}, 10^{-4}, 10^{-6}, "
        r"10^{-8}\} \\ 1.5 \le D(\lambda) \le 3 & n = (50, 50, 50, 2, 2),\ \lambda \in \{10^{-2}, 10^{-4}, "
        r"10^{-6}\} \end{cases}",
    ),
    steps=(
        "equal_sizes_exact: equal sizes m: the probability at the exact margin is lam/(K sqrt(m)) = lam "
        "|G_H|",
        "1/(exp(log(K*sqrt(m)/(sqrt(m)*x) - K + 1)) + K - 1) == (sqrt(m)*x)/(K*sqrt(m))",
        "two_sizes_between_groups: two sizes, between the groups: lam times the polar factor at SEL logits "
        "is K2 lam |G_H|",
        "t*sqrt(K1*K2/(K1 + K2))*(1/K1)/sqrt(K1*(R*m)/K1**2 + K2*m/K2**2) == K2*t/((K1 + K2)*sqrt((K2*R + "
        "K1)/(K1 + K2))*sqrt(m))",
        "inside_the_majority: inside the majority: K1 p + q = lam/sqrt(R m) gives lam |G_H|",
        "(t/sqrt(R*m) - K2*t/((K1 + K2)*c*sqrt(m)))/K1 == t*(1/sqrt(R)/K1 - K2/(K1*(K1 + K2)*c))/sqrt(m)",
        "rate_four_classes: at ridges 1e-2 to 1e-8 the error times log(1/lam) is between 0.9 and 1.6",
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
        "rate_five_classes: five classes",
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
    argument="Stationarity says that label minus softmax, by examples, is lam times the polar factor of "
    "the logits; as the ridge vanishes the logits align with PY, whose polar factor is G_H off "
    "the label. Their margins are log(1/lam) - log|G_H| + o(1), unequal by a constant, so that "
    "the direction is reached like 1/log(1/lam): extrapolate in that, not in lam. The asymptotic "
    "form is this argument's; the rate is certified at the ridges of the last two steps.",
    mutants=(
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
        "all wrong classes are equally likely whatever the sizes",
        "t/(sqrt(m)*K) == t/(sqrt(R*m)*K)",
    ),
    rests_on=("ridge_path.ridge_margin", "seli_step.closed_forms"),
)

RELU_AND_MSE = statement(
    name="ridge_path.relu_and_squared_loss",
    title="With orthogonal nonnegative class embeddings, or squared loss, each class has its own threshold "
    "in sqrt(n_c)",
    source="Dang et al. (arXiv 2401.02058) for the orthogonal frame; closed forms derived here",
    ids=("C12",),
    functions=("relu_margins", "mse_scale"),
    where={
        "A: positive": "ridge of the classifiers",
        "B: positive": "ridge of all n embeddings together",
        "x: real": "margin of the class",
        "K: [2, oo)": "classes; K1 majority, K2 minority ones",
        "n: positive": "examples of the class",
        "a: nonnegative": "length of the classifier; in step 4 K - 1",
        "h: nonnegative": "length of an embedding",
        "s: nonnegative": "singular value of the SEL matrix",
        "g: nonnegative": "singular value of the labels",
        "N: positive": "all examples; the loss is a mean",
        "t: positive": "ridge lambda; the nuclear norm of the logits has this weight",
        "y: positive": "ridge over the class's threshold",
        "m": "examples of a minority class",
        "R": "size of a majority class over that of a minority class",
        "p": "a softmax probability of the solution",
    },
    theorem=(
        "for every K >= 2, n = sum_c n_c, lambda = sqrt(lambda_W lambda_H) > 0: with orthogonal "
        "nonnegative class embeddings the margin of class c, the minimiser over x >= 0 of (n_c/n) log(1 + "
        "(K-1) e^(-x)) + lambda sqrt(n_c (K-1)/K) x, is log max(1, sqrt(n_c K (K-1))/(n lambda) - K + 1), "
        "zero iff sqrt(n_c) <= n lambda sqrt(K/(K-1)); under squared loss the minimiser of ||Z - "
        "Y||_F^2/(2n) + lambda ||Z||_* is Z = diag(max(0, 1 - n lambda/sqrt(n_c))) Y, class c zero iff "
        "sqrt(n_c) <= n lambda",
        r"x_c = \operatorname{argmin}_{x \ge 0} \left( \frac{n_c}{n} \log\left( 1 + (K - 1) e^{-x} \right) "
        r"+ \lambda \sqrt{\frac{n_c (K-1)}{K}}\, x \right) = \log \max\left( 1, \frac{\sqrt{n_c K "
        r"(K-1)}}{n \lambda} - K + 1 \right), \quad x_c = 0 \iff \sqrt{n_c} \le n \lambda "
        r"\sqrt{\frac{K}{K-1}}, \qquad \operatorname{argmin}_Z \left( \frac{1}{2n} \lVert Z - Y \rVert_F^2 "
        r"+ \lambda \lVert Z \rVert_* \right) = \operatorname{diag}\left( \max\left( 0, 1 - \frac{n "
        r"\lambda}{\sqrt{n_c}} \right) \right) Y \qquad \forall K \ge 2,\ n_c \ge 1,\ \lambda > 0",
    ),
    formula="t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/((sqrt(n*K*(K - 1))/(N*t) - K + 1) + K - 1) == 0",
    steps=(
        "cheapest_factorisation: the cheapest classifier and embedding of a margin a h cost its product",
        "(A/2)*a**2 + (B/2)*h**2 >= sqrt(A*B)*a*h",
        "slope_in_margin: so a class's share of the objective has this slope in its margin x",
        state_derivative(
            "(n/N)*log(1 + (K - 1)*exp(-x)) + t*sqrt(n*(K - 1)/K)*x",
            "x",
            "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/(exp(x) + K - 1)",
        ),
        "slope_vanishes: that vanishes at e^x = sqrt(n K (K-1))/(N lam) - K + 1",
        FORMULA,
        "margin_is_unique: and increases: the margin is unique",
        state_derivative("-1/(exp(x) + a)", "x", "exp(x)/(exp(x) + a)**2", a="positive"),
        "sign_at_zero_margin: at margin zero the slope has the sign of y - 1, lam = y sqrt(n (K-1)/K)/N",
        "(y*sqrt(n*(K - 1)/K)/N)*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/K == (n*(K - 1)/(K*N))*(y - 1)",
        "singular_value_shrinks: squared loss: the best singular value is that of the labels less N lam, "
        "or zero",
        "(s - g)**2/(2*N) + t*s >= (Max(g - N*t, 0) - g)**2/(2*N) + t*Max(g - N*t, 0)",
        "share_of_target_kept: one-hot labels have singular values sqrt(n_c): each class keeps 1 - N "
        "lam/sqrt(n_c)",
        "(sqrt(n) - N*t)/sqrt(n) == 1 - N*t/sqrt(n)",
    ),
    argument="Orthogonal class embeddings decouple the classes: a simplex column of length a (squared "
    "norm a^2 (K-1)/K) times n embeddings of length h. A class vanishes iff the slope at zero is "
    "not negative, sqrt(n_c) <= N lam sqrt(K/(K-1)). Squared loss shrinks singular values: at "
    "the Z shown the residual over n lambda has spectral norm at most 1 and inner product "
    "||Z||_* with Z, so it is a subgradient of the nuclear norm there.",
    mutants=(
        "the margin log(sqrt(n)/(N lam))",
        "t*sqrt(n*(K - 1)/K) - (n/N)*(K - 1)/((sqrt(n)/(N*t)) + K - 1) == 0",
        "the threshold of squared loss is twice as high",
        "(s - g)**2/(2*N) + t*s >= (Max(g - 2*N*t, 0) - g)**2/(2*N) + t*Max(g - 2*N*t, 0)",
    ),
)

STATEMENTS = (
    RIDGE_MARGIN,
    RATE,
    RELU_AND_MSE,
)
