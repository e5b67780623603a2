"""Plug-in rules: estimate the posterior, threshold at the estimated prior, and lose no more than this.

Claimed by Menon, Narasimhan, Agarwal, Chawla, "On the statistical consistency of algorithms for
binary classification under class imbalance" (ICML 2013); the finite-sample form is derived here.
Checked by: identities and inequalities between reals, exact binomial laws.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_limit,
    state_quoted,
    steps,
)
from ..foundation.validation import as_real, broadcasting, one_of

__all__ = ["MODULI", "plug_in_regret_bound", "prior_estimate_cost", "transfer_bound"]

MODULI = {"log": 4.0, "exponential": 4.0, "squared": 2.0, "margin_squared": 8.0, "spherical": 1.0}
"""Strong properness: ``L(eta, v) - L(eta, eta) >= (modulus/2) (eta - v)^2`` for each loss."""


@broadcasting
def plug_in_regret_bound(
    posterior_error: ArrayLike, prior_error: ArrayLike, prior: ArrayLike
) -> NDArray[np.float64]:
    """``(E|eh - eta| + |ph - p|) / (2 p (1 - p))``: what a plug-in rule can lose in balanced accuracy.

    The three broadcast; errors are >= 0, ``prior`` in (0, 1).
    """
    p = as_real("prior", prior, low=0, low_open=True, high=1, high_open=True)
    errors = as_real("posterior_error", posterior_error, low=0) + as_real(
        "prior_error", prior_error, low=0
    )
    return errors / (2 * p * (1 - p))


@broadcasting
def prior_estimate_cost(prior: ArrayLike, examples: ArrayLike) -> NDArray[np.float64]:
    """``1 / (2 sqrt(N p (1 - p)))``: the most that the empirical threshold costs on average."""
    p = as_real("prior", prior, low=0, low_open=True, high=1, high_open=True)
    return 0.5 / np.sqrt(as_real("examples", examples, low=1) * p * (1 - p))


@broadcasting
def transfer_bound(
    surrogate_regret: ArrayLike, prior: ArrayLike, loss: str = "log", prior_error: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Balanced-accuracy regret from that of a strongly proper loss, through `plug_in_regret_bound`.

    The posterior's mean error is at most ``sqrt(2 regret / modulus)``.

    ``surrogate_regret`` >= 0; ``loss``: a key of `MODULI`.
    """
    modulus = MODULI[one_of("loss", loss, tuple(MODULI))]
    regret = as_real("surrogate_regret", surrogate_regret, low=0)
    return plug_in_regret_bound(np.sqrt(2 * regret / modulus), prior_error, prior)


# ------------------------------------------------------------------------------------ statements

_MISSED = {"h": "[0, 1]", "p": "(0, 1)", "H": "real", "P": "real"}
_SYMBOLS = {
    "h": "posterior eta(x)",
    "p": "prior",
    "H": "estimated posterior",
    "P": "estimated prior",
}

FINITE_SAMPLE = Statement(
    name="plug_in.finite_sample",
    title="A plug-in rule loses at most its two estimation errors, over 2 p (1 - p)",
    source="derived here; Menon et al. (ICML 2013) prove the limit under an assumption on the posterior",
    formula=state_quoted(
        "AM* - AM(sign(eh - ph)) <= (E|eh - eta| + |ph - p|) / (2 p (1 - p))",
        r"\mathrm{AM}^* - \mathrm{AM}(\mathrm{sign}(\hat\eta - \hat p)) \le"
        r" \frac{E|\hat\eta - \eta| + |\hat p - p|}{2p(1-p)}",
    ),
    steps=steps(
        (
            "a missed positive: h > p, but the estimates say H <= P",
            state("h - p <= Abs(H - h) + Abs(P - p)", given="H <= P", **_MISSED),
        ),
        (
            "a false positive: h < p, but H >= P",
            state("p - h <= Abs(H - h) + Abs(P - p)", given="H >= P", **_MISSED),
        ),
        (
            "the empirical prior of N examples errs by at most its standard deviation",
            state_computed("balanced_error:prior_estimate", examples=30, grid=20),
        ),
        (
            "so the threshold costs at most 1 / (2 sqrt(N p (1-p)))",
            state(
                "sqrt(p*(1 - p)/N)/(2*p*(1 - p)) == 1/(2*sqrt(N*p*(1 - p)))",
                p="(0, 1)",
                N="positive",
            ),
        ),
    ),
    argument="Where the rule disagrees with the Bayes rule, |eta - p| is at most the sum of the two errors, "
    "and the regret identity integrates it. The average error of a mean is at most its standard "
    "deviation (Jensen) for every N; the enumeration shows it exactly for N = 30.",
    mutants=mutants(
        (
            "the threshold's error costs nothing",
            state("h - p <= Abs(H - h)", given="H <= P", **_MISSED),
        ),
        (
            "the posterior's error costs nothing",
            state("h - p <= Abs(P - p)", given="H <= P", **_MISSED),
        ),
        (
            "the denominator is 2: a world of two halves, eta = (3/10, 1/10), threshold 7/20",
            state("(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) <= (0 + (7/20 - 1/5))/2"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("balanced_error.am_regret",),
    ids=("AM2",),
    functions=("plug_in_regret_bound", "prior_estimate_cost"),
)

CONSISTENCY = Statement(
    name="plug_in.consistency",
    title="Consistent estimates of posterior and prior suffice: no assumption on the posterior's law",
    source="Menon et al. (ICML 2013), Theorem 3; without Assumption A: derived here",
    formula=state_limit(
        "(A*s + B*s)/(2*p*(1 - p))",
        "0",
        "s",
        "low",
        s="(0, 1)",
        A="positive",
        B="positive",
        p="(0, 1)",
    ),
    steps=steps(
        (
            "as both errors vanish together, so does the bound",
            state_limit(
                "(A*s + B*s)/(2*p*(1 - p))",
                "0",
                "s",
                "low",
                s="(0, 1)",
                A="positive",
                B="positive",
                p="(0, 1)",
            ),
        ),
        (
            "an r-th moment is enough: the square of a mean is at most the mean of squares",
            state(
                "(m*x + (1 - m)*y)**2 <= m*x**2 + (1 - m)*y**2",
                m="[0, 1]",
                x="[0, oo)",
                y="[0, oo)",
            ),
        ),
        (
            "the threshold 1/2 keeps a regret: posterior 3/10 on half the mass, prior 1/5",
            state("(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) == 5/32"),
        ),
    ),
    argument="The finite-sample bound has no condition on the law of eta(X). Estimates in [0, 1] that "
    "converge in probability converge in mean, so the bound, and with it the regret, tends to 0.",
    mutants=mutants(
        ("the threshold 1/2 loses nothing", state("(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) == 0")),
        (
            "the mean of squares is below the square of the mean",
            state(
                "(m*x + (1 - m)*y)**2 >= m*x**2 + (1 - m)*y**2",
                m="[0, 1]",
                x="[0, oo)",
                y="[0, oo)",
            ),
        ),
    ),
    symbols={"s": "size of both errors", "p": "prior", "m": "mass of a point"},
    rests_on=("plug_in.finite_sample",),
    ids=("AM3",),
    corrects="Theorem 3 assumes that the law of eta(X) is continuous at the prior (Assumption A); the "
    "assumption is sufficient but not needed.",
    functions=("plug_in_regret_bound",),
)

_SPREAD = {"s": "(0, 1)", "c": "(0, 1)", "a": "(0, 1)", "b": "(0, 1)"}

STRONGLY_PROPER = Statement(
    name="plug_in.strongly_proper",
    title="Strongly proper losses: surrogate regret bounds balanced regret through a square root",
    source="Agarwal (JMLR 2014) for strong properness; the moduli are proved here",
    formula=state(
        "h*log(h/v) + (1 - h)*log((1 - h)/(1 - v)) >= 2*(h - v)**2", h="(0, 1)", v="(0, 1)"
    ),
    steps=steps(
        (
            "log loss, modulus 4 (Pinsker)",
            state(
                "h*log(h/v) + (1 - h)*log((1 - h)/(1 - v)) >= 2*(h - v)**2", h="(0, 1)", v="(0, 1)"
            ),
        ),
        (
            "squared loss, modulus 2, exactly",
            state("h*(1 - v)**2 + (1 - h)*v**2 - h*(1 - h) == (h - v)**2", h="[0, 1]", v="[0, 1]"),
        ),
        (
            "squared margin loss at f = 2v - 1, modulus 8, exactly",
            state(
                "h*(1 - (2*v - 1))**2 + (1 - h)*(1 + (2*v - 1))**2 - 4*h*(1 - h) == 4*(h - v)**2",
                h="[0, 1]",
                v="[0, 1]",
            ),
        ),
        (
            "exponential loss at v = sigmoid(2f), with h = s^2, 1-h = c^2, v = a^2, 1-v = b^2: its "
            "regret is a square",
            state("s**2*b/a + c**2*a/b - 2*s*c == (s*b - c*a)**2/(a*b)", **_SPREAD),
        ),
        (
            "the same square divides the distance (s^2 + c^2 = a^2 + b^2 = 1)",
            state("s**2*b**2 - a**2*c**2 == (s*b - a*c)*(s*b + a*c)", **_SPREAD),
        ),
        (
            "the other factor is at most 1 (Cauchy), and 1/(a b) at least 2: modulus 4",
            state(
                "(s*b + a*c)**2 <= (s**2 + c**2)*(a**2 + b**2)",
                "2*a*b <= a**2 + b**2",
                **_SPREAD,
            ),
        ),
        (
            "the average distance is at most the root of the average square (two points)",
            state(
                "(m*x + (1 - m)*y)**2 <= m*x**2 + (1 - m)*y**2",
                m="[0, 1]",
                x="[0, oo)",
                y="[0, oo)",
            ),
        ),
    ),
    argument="A loss with modulus lambda has E(eta - v)^2 <= (2/lambda) regret; Jensen gives E|eta - v| <= "
    "sqrt(2 regret/lambda), and the finite-sample bound does the rest.",
    mutants=mutants(
        (
            "modulus 8 for the log loss",
            state(
                "h*log(h/v) + (1 - h)*log((1 - h)/(1 - v)) >= 4*(h - v)**2", h="(0, 1)", v="(0, 1)"
            ),
        ),
        (
            "without the root: the average distance is at most the average square",
            state("m*x + (1 - m)*y <= m*x**2 + (1 - m)*y**2", m="[0, 1]", x="[0, oo)", y="[0, oo)"),
        ),
        (
            "exponential loss with modulus 8",
            state(
                "h*sqrt((1 - v)/v) + (1 - h)*sqrt(v/(1 - v)) - 2*sqrt(h*(1 - h)) >= 4*(h - v)**2",
                h="(0, 1)",
                v="(0, 1)",
            ),
        ),
    ),
    symbols={"h": "posterior", "v": "predicted probability"},
    rests_on=("plug_in.finite_sample",),
    ids=("AM4",),
    functions=("transfer_bound", "MODULI"),
)

SPHERICAL = Statement(
    name="plug_in.spherical",
    title="The spherical loss is strongly proper with modulus 1",
    source="derived here",
    formula=state(
        "sqrt(h**2 + (1 - h)**2) - (h*v + (1 - h)*(1 - v))/sqrt(v**2 + (1 - v)**2) >= (h - v)**2/2",
        h="[0, 1]",
        v="[0, 1]",
    ),
    steps=steps(
        (
            "with r, q the lengths of (h, 1-h), (v, 1-v): the regret times q (r q + inner product) is "
            "the squared area",
            state(
                "(h**2 + (1 - h)**2)*(v**2 + (1 - v)**2) - (h*v + (1 - h)*(1 - v))**2 == (h - v)**2",
                h="[0, 1]",
                v="[0, 1]",
            ),
        ),
        (
            "and that factor is at most 2, as both lengths are at most 1",
            state(
                "v**2 + (1 - v)**2 <= 1",
                "h*v + (1 - h)*(1 - v) <= 1",
                h="[0, 1]",
                v="[0, 1]",
            ),
        ),
    ),
    argument="r - i/q = (r^2 q^2 - i^2)/(q (r q + i)) with i the inner product; the numerator is (h - v)^2 "
    "and the denominator is at most 2.",
    mutants=mutants(
        (
            "modulus 2",
            state(
                "sqrt(h**2 + (1 - h)**2) - (h*v + (1 - h)*(1 - v))/sqrt(v**2 + (1 - v)**2)"
                " >= (h - v)**2",
                h="[0, 1]",
                v="[0, 1]",
            ),
        ),
        (
            "the squared area is twice the squared distance",
            state(
                "(h**2 + (1 - h)**2)*(v**2 + (1 - v)**2) - (h*v + (1 - h)*(1 - v))**2"
                " == 2*(h - v)**2",
                h="[0, 1]",
                v="[0, 1]",
            ),
        ),
    ),
    symbols={"h": "posterior", "v": "predicted probability"},
    functions=("transfer_bound",),
)

BALANCED_ERM = Statement(
    name="plug_in.balanced_erm",
    title="Empirically balanced risk: the estimated prior costs the mass between p and its estimate",
    source="Menon et al. (ICML 2013); the pieces proved are derived here",
    formula=state_quoted(
        "cost of ph for p: E[|eta - p| 1(eta between)] / (2p(1-p)) <= |ph - p| P(between) / (2p(1-p))",
        r"\frac{E[\,|\eta - p|\,1\{\eta \text{ between } p, \hat p\}]}{2p(1-p)} \le"
        r" \frac{|\hat p - p|\,P(\eta \text{ between})}{2p(1-p)}",
    ),
    steps=steps(
        (
            "dividing the classes by twice the estimated prior moves the threshold from p to ph",
            state("h/(2*P) - (1 - h)/(2*(1 - P)) == (h - P)/(2*P*(1 - P))", h="[0, 1]", P="(0, 1)"),
        ),
        (
            "a posterior between the two thresholds is within their distance of p",
            state("p + t*(P - p) - p <= P - p", given="P >= p", p="(0, 1)", P="(0, 1)", t="[0, 1]"),
        ),
        (
            "balanced log loss: its regret bounds the 0-1 regret on the balanced distribution",
            state("(1 + t)*log(1 + t) + (1 - t)*log(1 - t) >= t**2", t="(-1, 1)"),
        ),
    ),
    argument="The balanced 0-1 regret is the regret in balanced accuracy; the surrogate's regret bounds it "
    "by calibration, and the empirical prior only moves the threshold.",
    cites=(
        "universal consistency of the regularised risk minimiser in an RKHS, lambda_n -> 0 at the rates of "
        "Menon et al. (ICML 2013)",
    ),
    mutants=mutants(
        (
            "the threshold stays at p",
            state(
                "h/(2*P) - (1 - h)/(2*(1 - P)) == (h - p)/(2*P*(1 - P))",
                h="[0, 1]",
                P="(0, 1)",
                p="(0, 1)",
            ),
        ),
        (
            "twice the bound from the log loss",
            state("(1 + t)*log(1 + t) + (1 - t)*log(1 - t) >= 2*t**2", t="(-1, 1)"),
        ),
    ),
    symbols={"h": "posterior", "p": "prior", "P": "estimated prior", "t": "2 eta_b - 1"},
    rests_on=("balanced_error.am_regret",),
    ids=("AM5",),
)

K_CLASSES = Statement(
    name="plug_in.k_classes",
    title="Any number of classes: plug-in scores lose their error at the two classes in question",
    source="derived here",
    formula=state_quoted(
        "BER(h) - BER* <= (2/K) E max_y |rh_y - r_y|",
        r"\mathrm{BER}(h) - \mathrm{BER}^* \le \tfrac2K\, E \max_y |\hat r_y - r_y|",
    ),
    steps=steps(
        (
            "the prediction's estimated score B is the largest, the best class's is A",
            state(
                "a - b <= Abs(A - a) + Abs(B - b)",
                given="B >= A",
                a="[0, oo)",
                b="[0, oo)",
                A="real",
                B="real",
            ),
        ),
        (
            "two errors are at most twice the larger",
            state("x + y <= 2*Max(x, y)", x="[0, oo)", y="[0, oo)"),
        ),
        (
            "the factor 2 is attained in the limit: both errors of size x, in opposite directions",
            state("(1 + x) - (1 - x) == 2*x", x="(0, 1)"),
        ),
    ),
    argument="At each point the regret r_best - r_predicted is bounded by the first step; average and divide "
    "by K.",
    mutants=mutants(
        (
            "one error is enough",
            state(
                "a - b <= Max(Abs(A - a), Abs(B - b))",
                given="B >= A",
                a="[0, oo)",
                b="[0, oo)",
                A="real",
                B="real",
            ),
        ),
        (
            "only the predicted class's error counts",
            state(
                "a - b <= Abs(B - b)",
                given="B >= A",
                a="[0, oo)",
                b="[0, oo)",
                A="real",
                B="real",
            ),
        ),
    ),
    symbols={
        "a": "r of the best class",
        "b": "r of the predicted class",
        "A, B": "their estimates",
    },
    rests_on=("balanced_error.bayes_rule",),
    ids=("AM6",),
)

STATEMENTS = (FINITE_SAMPLE, CONSISTENCY, STRONGLY_PROPER, SPHERICAL, BALANCED_ERM, K_CLASSES)
