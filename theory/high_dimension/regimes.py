"""Where plug-in LDA loses the minority: exact boundaries, the published one, and the four regimes.

Claimed by Essomba and Fokoue (arXiv 2601.04149): collapse at log(eta) > Delta sqrt(kappa), four
regimes. The exact boundaries, the sharp constant and the cut points are derived here.
Checked by: SMT and intervals over the whole domain, certified roots.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_failure,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_number, as_real, broadcasting
from .lda import (
    REGIMES,
    class_loads,
    direction_lost,
    half_recall_log_imbalance,
    plug_in_probits,
    published_log_boundary,
    regime,
    sharp_constant,
)

__all__ = [
    "LOWEST_CROSSED_ONCE",
    "REGIMES",
    "direction_lost",
    "half_recall_log_imbalance",
    "published_log_boundary",
    "published_score",
    "recall_level_log_imbalance",
    "regime",
    "sharp_constant",
    "signal_to_noise",
]

LOWEST_CROSSED_ONCE = float(ndtr(-2.0 * np.sqrt(2.0)))
"""Phi(-2 sqrt 2) = 0.00234: as imbalance grows, recall passes every level from here up once."""


@broadcasting
def published_score(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """``log(eta)/(Delta sqrt(kappa))``: above 1, Essomba and Fokoue speak of collapse.

    ``eta >= 1``, ``kappa > 0``, ``Delta > 0``; they broadcast.
    """
    return np.log(as_real("eta", eta, low=1)) / published_log_boundary(kappa, Delta)


@broadcasting
def signal_to_noise(eta: ArrayLike, kappa: ArrayLike, Delta: ArrayLike) -> NDArray[np.float64]:
    """Mean difference over its estimation noise: ``Delta sqrt(kappa)/(2 cosh(l/2))``; inputs broadcast."""
    g1, g0 = class_loads(eta, kappa)
    return as_real("Delta", Delta, low=0, low_open=True) / np.sqrt(g1 + g0)


def recall_level_log_imbalance(recall: float, kappa: float, Delta: float) -> float:
    """Log imbalance at which plug-in recall (known covariance) falls to ``recall``.

    The root of ``l + sinh(l)/kappa = Delta^2/2 - V(l) Phi^-1(recall)``, unique for ``recall`` from
    `LOWEST_CROSSED_ONCE` to the recall at balance.

    Raises
    ------
    InputError
        If ``recall`` is not in that range.
    """
    recall = as_number("recall", recall, low=LOWEST_CROSSED_ONCE, high=1, high_open=True)
    kappa = as_number("kappa", kappa, low=0, low_open=True)
    Delta = as_number("Delta", Delta, low=0, low_open=True)
    level = float(ndtri(recall))
    start = float(plug_in_probits(1.0, kappa, Delta).recall)
    if level > start:
        raise InputError(f"recall = {recall:g}: at balance it is only {float(ndtr(start)):g}")
    high = 1.0
    while _probit(high, kappa, Delta) > level:
        high *= 2.0
    return float(brentq(lambda l: _probit(l, kappa, Delta) - level, 0.0, high, xtol=1e-15))  # type: ignore[arg-type]


def _probit(log_eta: float, kappa: float, Delta: float) -> float:
    against = log_eta + np.sinh(log_eta) / kappa
    spread = np.hypot(Delta, 2.0 * np.cosh(0.5 * log_eta) / np.sqrt(kappa))
    return float((0.5 * Delta**2 - against) / spread)


# ------------------------------------------------------------------------------------ statements

_SYMBOLS = {
    "l": "log(eta)",
    "y": "1/kappa = d/n",
    "k": "kappa = n/d",
    "D": "separability Delta",
    "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
    "q": "Delta^2/2",
}

HALF_RECALL_ESTIMATED = Statement(
    name="regimes.half_recall_estimated",
    title="Estimated covariance: half recall at (1-y) l + y sinh(l) = Delta^2/2, a root in a known bracket",
    source="derived here",
    formula=state(
        "D**2/2 - (1 - y)*l - y*sinh(l) == D**2/2 - ((1 - y)*l + y*sinh(l))",
        l="[0, oo)",
        y="(0, 1)",
        D="positive",
    ),
    steps=steps(
        (
            "the left side increases",
            state_derivative(
                "(1 - y)*l + y*sinh(l)", "l", "1 - y + y*cosh(l)", l="[0, oo)", y="(0, 1)"
            ),
        ),
        (
            "at a rate of at least 1",
            state("1 - y + y*cosh(l) >= 1", l="[0, oo)", y="(0, 1)"),
            "A-L11",
        ),
        (
            "and is convex",
            state_derivative("1 - y + y*cosh(l)", "l", "y*sinh(l)", l="[0, oo)", y="(0, 1)"),
            "A-L11",
        ),
        (
            "at l = Delta^2/2 = q it has reached q",
            state("(1 - y)*q + y*sinh(q) >= q", q="nonnegative", y="(0, 1)"),
            "A-L11",
        ),
        (
            "at l = asinh(q) not yet: the root lies in [asinh(q), q]",
            state("(1 - y)*asinh(q) + y*q <= q", q="nonnegative", y="(0, 1)"),
            "A-L11",
        ),
        (
            "many examples per dimension: the population boundary l = q",
            state_limit("(1 - y)*l + y*sinh(l)", "l", "y", "low", l="[0, oo)", y="(0, 1)"),
        ),
        (
            "one example per dimension: sinh(l) = q",
            state_limit("(1 - y)*l + y*sinh(l)", "sinh(l)", "y", "high", l="[0, oo)", y="(0, 1)"),
        ),
        (
            "full logit adjustment drops the prior term, known or estimated: sinh(l) = kappa Delta^2/2",
            state("D**2/2 - (1 - 1)*l - y*(D**2/(2*y)) == 0", D="positive", y="positive", l="real"),
        ),
        (
            "few examples, known covariance: l <= Delta^2/(2(1+y)), about (Delta sqrt(kappa))^2/2",
            state("l + y*sinh(l) >= (1 + y)*l", l="[0, oo)", y="positive"),
        ),
    ),
    argument="The statement on the estimated covariance gives recall's probit the sign of "
    "Delta^2/2 - (1-y) l - y sinh(l).",
    mutants=mutants(
        (
            "the known-covariance boundary with the prior term (1-y) l",
            state("(1 - y)*l + y*sinh(l) == l + y*sinh(l)", l="[0, oo)", y="(0, 1)"),
        ),
        (
            "the root exceeds the population boundary Delta^2/2",
            state("(1 - y)*q + y*sinh(q) < q", q="positive", y="(0, 1)"),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("estimated_covariance.plug_in_law", "lda.half_recall_boundary"),
    ids=("A17", "A-L11"),
    functions=("half_recall_log_imbalance",),
)

RECALL_LEVELS = Statement(
    name="regimes.recall_levels_are_crossed_once",
    title="Known covariance: growing imbalance takes recall through every level down to 0.0023 only once",
    source="derived here",
    formula=state(
        "(1 + y*C)**2*(D**2 + 2*y*(1 + C)) > 8*y**2*(C**2 - 1)",
        C="[1, oo)",
        y="positive",
        D="positive",
    ),
    steps=steps(
        (
            "the probit z of recall decreases where (1 + y C) V > -z y S, C = cosh(l), S = sinh(l); "
            "squared, at z = -2 sqrt 2",
            state(
                "(1 + y*C)**2*(D**2 + 2*y*(1 + C)) > 8*y**2*(C**2 - 1)",
                C="[1, oo)",
                y="positive",
                D="positive",
            ),
        ),
        ("z > -2 sqrt 2 asks for less", state("z**2 < 8", z="(-2*sqrt(2), 0]")),
        (
            "below that level recall may rise again: Delta = 1/10, kappa = 10^6, log(eta) = 8 and 14",
            state_failure(
                "(1/200 - a - sinh(a)/10**6)/sqrt(1/100 + 4*cosh(a/2)**2/10**6)"
                " >= (1/200 - b - sinh(b)/10**6)/sqrt(1/100 + 4*cosh(b/2)**2/10**6)",
                a="[8, 8]",
                b="[14, 14]",
            ),
        ),
    ),
    argument="By the slope of the probit, z' < 0 wherever z >= -2 sqrt 2. Were a level in that range "
    "passed twice, recall would have to rise through it.",
    mutants=mutants(
        (
            "the probit decreases at every level: at z = -10 too",
            state(
                "(1 + y*C)**2*(D**2 + 2*y*(1 + C)) > 100*y**2*(C**2 - 1)",
                C="[1, oo)",
                y="positive",
                D="positive",
            ),
        ),
        (
            "the recall of the published boundary is the same at every kappa",
            state("(y*x**2/2 - x - y*sinh(x)) == y*x**2/2 - x", x="positive", y="positive"),
        ),
    ),
    symbols={**_SYMBOLS, "C": "cosh(l)", "z": "probit of recall", "a": "log(eta)", "b": "log(eta)"},
    rests_on=("high_dimensional_lda.recall_slope",),
    ids=("A17",),
    functions=("recall_level_log_imbalance",),
    corrects="Recall is described as deteriorating monotonically with imbalance; in the limit law it need "
    "not below 0.0023.",
)

PUBLISHED_ESTIMATED = Statement(
    name="regimes.published_boundary_is_sufficient_estimated",
    title="Estimated covariance, kappa > 1: log(eta) >= 0.743187 Delta sqrt(kappa) forces recall below half",
    source="derived here",
    formula=state(
        "(1 - y)*(743187*x/1000000) + y*sinh(743187*x/1000000) > y*x**2/2", x="positive", y="(0, 1)"
    ),
    steps=steps(
        (
            "at the boundary, s = sinh(c x) >= x^2/2 = q, and the prior term adds to it",
            state(
                "(1 - y)*w + y*s > y*q",
                given="s >= q",
                w="positive",
                y="(0, 1)",
                s="real",
                q="real",
            ),
        ),
        (
            "beyond the boundary both terms only grow",
            state("sinh(w + h) >= sinh(w)", w="positive", h="nonnegative"),
        ),
    ),
    argument="With c = 0.743187 and x = Delta sqrt(kappa), Delta^2/2 = y x^2/2; sinh(c x) >= x^2/2 is a step "
    "of the known-covariance statement. The published constant 1 is covered, being greater.",
    mutants=mutants(
        (
            "one half of Delta sqrt(kappa) suffices",
            state("(1 - y)*x/2 + y*sinh(x/2) > y*x**2/2", x="positive", y="(0, 1)"),
        ),
        (
            "with kappa = d/n in the bias",
            state("(1 - y)*x + sinh(x)/y < y*x**2/2", x="positive", y="(0, 1)"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "w": "c x",
        "s": "sinh(c x)",
        "q": "x^2/2",
        "h": "log(eta) beyond the boundary",
    },
    rests_on=("regimes.half_recall_estimated", "lda.published_boundary_is_not_necessary"),
    ids=("A18",),
    functions=("published_log_boundary",),
)

SHARP_CONSTANT = Statement(
    name="regimes.sharp_constant",
    title="c* = sup asinh(x^2/2)/x = 0.743186684 is the least universal constant before Delta sqrt(kappa)",
    source="derived here",
    formula=state("sinh(7431866838*x/10**10) >= x**2/2", x="positive"),
    steps=steps(
        (
            "a certified enclosure of the supremum",
            state_computed("lda:sharp_constant", low="0.7431866837", high="0.7431866838"),
            "A-L8",
        ),
        (
            "asinh(x^2/2) <= c x makes the bias alone sufficient, at every kappa",
            state(
                "c*x + y*s > y*q",
                given="s >= q",
                c="positive",
                x="positive",
                y="positive",
                s="real",
                q="real",
            ),
        ),
        (
            "a smaller c leaves sinh(c x) < x^2/2 somewhere, and there recall is above one half for all "
            "kappa below (x^2/2 - sinh(c x))/(c x)",
            state(
                "c*x + y*s < y*q",
                given=("s < q", "y > c*x/(q - s)"),
                c="positive",
                x="positive",
                y="positive",
                s="positive",
                q="positive",
            ),
        ),
        (
            "the population boundary stays behind: Delta^2/2 < c Delta sqrt(kappa) for large kappa",
            state("D**2/2 < c*D*r", given="r > D/(2*c)", D="positive", c="positive", r="positive"),
        ),
    ),
    argument="log(eta) >= c Delta sqrt(kappa) forces recall to at most one half for every Delta and kappa "
    "iff sinh(c x) >= x^2/2 for all x, that is c >= asinh(x^2/2)/x.",
    mutants=mutants(
        (
            "the constant is 0.7431",
            state("sinh(7431*x/10000) >= x**2/2", x="positive"),
        ),
        (
            "the enclosure lies lower",
            state_computed("lda:sharp_constant", low="0.7430", high="0.7431"),
        ),
    ),
    symbols={**_SYMBOLS, "c": "constant", "s": "sinh(c x)", "q": "x^2/2", "r": "sqrt(kappa)"},
    rests_on=("lda.half_recall_boundary", "lda.published_boundary_is_not_necessary"),
    ids=("A18", "A-L8"),
    functions=("sharp_constant",),
    corrects="The published boundary has the constant 1; the sharp one is 0.743187.",
)

POPULATION = Statement(
    name="regimes.published_boundary_and_the_population",
    title="For the population rule log(eta) = Delta sqrt(kappa) is neither sufficient nor necessary",
    source="derived here",
    formula=state("Phi(D/2 - D*sqrt(k)/D) == Phi(D/2 - sqrt(k))", D="positive", k="positive"),
    steps=steps(
        (
            "its recall there",
            state("Phi(D/2 - D*sqrt(k)/D) == Phi(D/2 - sqrt(k))", D="positive", k="positive"),
        ),
        (
            "is below one half for kappa > Delta^2/4 ...",
            state("D/2 - (D/2 + h) < 0", D="positive", h="positive"),
        ),
        (
            "not sufficient: Delta = 4, kappa = 1",
            state_failure("Phi(D/2 - sqrt(k)) < 1/2", D="[4, 4]", k="[1, 1]"),
        ),
        (
            "not necessary: Delta = 1, kappa = 4, log(eta) = 1 < 2",
            state_failure("Phi(D/2 - l/D) >= 1/2", D="[1, 1]", l="[1, 1]"),
        ),
    ),
    argument="The population rule does not know kappa, so no boundary in kappa can be its own.",
    mutants=mutants(
        (
            "sufficient for the population rule",
            state("Phi(D/2 - sqrt(k)) < 1/2", D="positive", k="positive"),
        ),
        (
            "necessary for it",
            state("Phi(D/2 - s*D*sqrt(k)/D) >= 1/2", D="positive", k="positive", s="(0, 1)"),
        ),
    ),
    symbols={**_SYMBOLS, "h": "sqrt(kappa) - Delta/2", "s": "share of the published boundary"},
    rests_on=("gaussian.half_recall",),
    ids=("A18",),
    corrects="Read as a statement on the population rule, the boundary log(eta) > Delta sqrt(kappa) decides "
    "nothing.",
)

TABLE = Statement(
    name="regimes.half_recall_values",
    title="Half-recall imbalances at seven points (Delta, kappa), between certified signs",
    source="derived here",
    formula=state("5/2 < 253/100 < 51/20"),
    steps=steps(
        (
            "known and estimated covariance",
            state_computed(
                "lda:half_recall_table",
                rows=[
                    ["2", "0.1", "1.20", ""],
                    ["2", "1", "2.53", ""],
                    ["2", "5", "4.71", "5.93"],
                    ["3", "0.5", "3.52", ""],
                    ["3", "2", "9.22", "13.0"],
                    ["3", "10", "25.4", "29.3"],
                    ["4", "2", "20.1", "25.6"],
                ],
            ),
        ),
        (
            "the published boundary is beyond all of them: Delta = 2, kappa = 5",
            state("exp(2*sqrt(5)) > 87"),
        ),
        ("and Delta = 3, kappa = 10", state("exp(3*sqrt(10)) > 13000")),
    ),
    argument="The left side of each boundary increases, so opposite signs enclose its one root.",
    mutants=mutants(
        (
            "half recall at exp(Delta^2/2) whatever kappa",
            state_computed("lda:half_recall_table", rows=[["2", "5", "7.39", ""]]),
        ),
        (
            "at exp(Delta sqrt(kappa))",
            state_computed("lda:half_recall_table", rows=[["2", "5", "87.5", ""]]),
        ),
    ),
    symbols=_SYMBOLS,
    rests_on=("lda.half_recall_boundary", "regimes.half_recall_estimated"),
    ids=("A18",),
    functions=("half_recall_log_imbalance",),
)

REGIMES_DEFINED = Statement(
    name="regimes.four_regimes",
    title="Four recall bands in the order normal, mild, extreme, catastrophic, and a flag for the direction",
    source="names: Essomba and Fokoue (arXiv 2601.04149); cut points defined here, theirs being unavailable",
    formula=state("1/20 < 1/2 < 9/10*R", R="(5/9, 1)"),
    steps=steps(
        (
            "at balance recall exceeds one half",
            state("D**2/2/sqrt(D**2 + 4*y) > 0", D="positive", y="positive"),
        ),
        ("no band is empty if it exceeds 5/9 there", state("1/20 < 1/2 < 9/10*R", R="(5/9, 1)")),
        (
            "the published score above 1 is at least 'extreme', with room: 1 > 0.743187",
            state("sinh(x) > x**2/2", x="positive"),
        ),
        (
            "Delta sqrt(kappa) is the signal-to-noise ratio times 2 cosh(l/2): cos^2 = 1/(1 + 1/SNR^2)",
            state(
                "D**2/(D**2 + 4*cosh(l/2)**2/k) == 1/(1 + 1/(D*sqrt(k)/(2*cosh(l/2)))**2)",
                D="positive",
                k="positive",
                l="[0, oo)",
            ),
        ),
        (
            "direction lost, cos^2 < 1/2, iff that ratio is below 1",
            state("1/(1 + 1/r**2) < 1/2", r="(0, 1)"),
        ),
        ("and only then", state("1/(1 + 1/r**2) >= 1/2", r="[1, oo)")),
        (
            "kappa must be n/d: noise falls as kappa grows",
            state(
                "4*cosh(l/2)**2/(k + h) < 4*cosh(l/2)**2/k", k="positive", h="positive", l="[0, oo)"
            ),
        ),
    ),
    argument="Known covariance: the bands are cut at 0.9 R, 1/2 and 0.05, R the recall at balance, and as "
    "each of those levels is crossed once, growing imbalance passes the regimes in order.",
    mutants=mutants(
        (
            "no band is ever empty",
            state("1/2 < 9/10*R", R="(1/2, 1)"),
        ),
        (
            "with kappa = d/n: noise would grow with the sample",
            state(
                "4*cosh(l/2)**2*(k + h) < 4*cosh(l/2)**2*k", k="positive", h="positive", l="[0, oo)"
            ),
        ),
        (
            "eta as minority over majority: log(eta) can exceed the boundary",
            state("log(eta) > D*sqrt(k)", eta="(0, 1)", D="positive", k="positive"),
        ),
    ),
    symbols={
        **_SYMBOLS,
        "R": "recall at balance",
        "r": "signal-to-noise ratio",
        "h": "an increase of kappa",
    },
    rests_on=(
        "regimes.recall_levels_are_crossed_once",
        "high_dimensional_lda.effective_parameters",
    ),
    ids=("A23",),
    functions=("regime", "direction_lost", "published_score", "signal_to_noise"),
    corrects="With kappa read as d/n, or eta as minority over majority, the published boundary runs the "
    "wrong way, or is never reached.",
)

STATEMENTS = (
    HALF_RECALL_ESTIMATED,
    RECALL_LEVELS,
    PUBLISHED_ESTIMATED,
    SHARP_CONSTANT,
    POPULATION,
    TABLE,
    REGIMES_DEFINED,
)
