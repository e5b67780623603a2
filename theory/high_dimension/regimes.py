"""Where plug-in LDA loses the minority: exact boundaries, the published one, and the four regimes.

Claimed by Essomba and Fokoue (arXiv 2601.04149): collapse at log(eta) > Delta sqrt(kappa), four
regimes. The exact boundaries, the sharp constant and the cut points are derived here.
Checked by: SMT and intervals over the whole domain, certified roots.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_failure,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
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


HALF_RECALL_ESTIMATED = statement(
    name="regimes.half_recall_estimated",
    title="Estimated covariance: half recall at (1-y) l + y sinh(l) = Delta^2/2, a root in a known bracket",
    source="derived here",
    ids=("A17", "A-L11"),
    functions=("half_recall_log_imbalance",),
    where={
        "l: [0, oo)": "log(eta)",
        "D: positive": "separability Delta",
        "q: nonnegative": "Delta^2/2",
        "y: (0, 1)": "1/kappa = d/n",
        "k": "kappa = n/d",
        "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
    },
    theorem=(
        "covariance estimated, y = 1/kappa < 1, eta >= 1, Delta > 0: recall's limit law is below 1/2 iff "
        "(1-y) log eta + y sinh(log eta) > Delta^2/2; equality holds at exactly one eta, and there "
        "asinh(Delta^2/2) <= log eta <= Delta^2/2; the left side tends to sinh(log eta) as kappa -> 1 and "
        "to log eta as kappa -> oo",
        r"\kappa>1:\quad R<\tfrac12\iff g_\kappa(\log\eta):=\left(1-\frac1\kappa\right)"
        r"\log\eta+\frac{\sinh\log\eta}\kappa>\frac{\Delta^2}2,\qquad \exists!\,\ell\ge0:\ "
        r"g_\kappa(\ell)=\frac{\Delta^2}2,\quad \operatorname{asinh}\frac{\Delta^2}"
        r"2\le\ell\le\frac{\Delta^2}2",
    ),
    formula="D**2/2 - (1 - y)*l - y*sinh(l) == D**2/2 - ((1 - y)*l + y*sinh(l))",
    steps=(
        "slope_of_the_boundary: the left side increases",
        state_derivative("(1 - y)*l + y*sinh(l)", "l", "1 - y + y*cosh(l)"),
        "slope_at_least_one (A-L11): at a rate of at least 1",
        "1 - y + y*cosh(l) >= 1",
        "boundary_is_convex (A-L11): and is convex",
        state_derivative("1 - y + y*cosh(l)", "l", "y*sinh(l)"),
        "reached_at_the_population_value (A-L11): at l = Delta^2/2 = q it has reached q",
        "(1 - y)*q + y*sinh(q) >= q",
        "not_before_asinh (A-L11): at l = asinh(q) not yet: the root lies in [asinh(q), q]",
        "(1 - y)*asinh(q) + y*q <= q",
        "many_examples_per_dimension: many examples per dimension: the population boundary l = q",
        state_limit("(1 - y)*l + y*sinh(l)", "l", "y", "low"),
        "one_example_per_dimension: one example per dimension: sinh(l) = q",
        state_limit("(1 - y)*l + y*sinh(l)", "sinh(l)", "y", "high"),
        "boundary_with_full_adjustment: full logit adjustment drops the prior term, known or estimated: "
        "sinh(l) = kappa Delta^2/2",
        state("D**2/2 - (1 - 1)*l - y*(D**2/(2*y)) == 0", y="positive", l="real"),
        "few_examples_known_covariance: few examples, known covariance: l <= Delta^2/(2(1+y)), about "
        "(Delta sqrt(kappa))^2/2",
        state("l + y*sinh(l) >= (1 + y)*l", y="positive"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The statement on the estimated covariance gives recall's probit the sign of Delta^2/2 - "
    "(1-y) l - y sinh(l).",
    mutants=(
        "the known-covariance boundary with the prior term (1-y) l",
        "(1 - y)*l + y*sinh(l) == l + y*sinh(l)",
        "the root exceeds the population boundary Delta^2/2",
        state("(1 - y)*q + y*sinh(q) < q", q="positive"),
    ),
    rests_on=("estimated_covariance.plug_in_law", "lda.half_recall_boundary"),
)

RECALL_LEVELS = statement(
    name="regimes.recall_levels_are_crossed_once",
    title="Known covariance: growing imbalance takes recall through every level down to 0.0024 only once",
    source="derived here",
    ids=("A17",),
    functions=("recall_level_log_imbalance",),
    corrects="Recall is described as deteriorating monotonically with imbalance; in the limit law it need "
    "not below 0.0023.",
    where={
        "C: [1, oo)": "cosh(l)",
        "z: (-2*sqrt(2), 0]": "probit of recall",
        "a: [8, 8]": "log(eta)",
        "b: [14, 14]": "log(eta)",
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "y: positive": "1/kappa = d/n",
        "D: positive": "separability Delta",
        "l": "log(eta)",
        "k": "kappa = n/d",
        "q": "Delta^2/2",
    },
    theorem=(
        "z(l) the probit of the limit recall R (known covariance), l = log eta: for all Delta, kappa > 0 "
        "and l >= 0, z(l) >= -2 sqrt 2 implies z'(l) < 0; hence for each level r in [Phi(-2 sqrt 2), 1), "
        "Phi(-2 sqrt 2) = 0.00234, the eta >= 1 with R >= r form an interval from 1 (or none), and R = r "
        "at one eta at most; below that level R may rise: Delta = 1/10, kappa = 10^6, from log eta = 8 to "
        "14",
        r"\forall\,\Delta,\kappa>0,\ \ell=\log\eta\ge0:\quad z(\ell)=\Phi^{-1}(R)\ge-2\sqrt2\ "
        r"\Longrightarrow\ z'(\ell)<0;\qquad \forall\,r\in\left[\Phi(-2\sqrt2),1\right):\ "
        r"\#\{\eta\ge1:R(\eta,\kappa,\Delta)=r\}\le1;\qquad R\left(e^{8},10^6,\tfrac1{10}\right)"
        r"<R\left(e^{14},10^6,\tfrac1{10}\right)",
    ),
    formula="(1 + y*C)**2*(D**2 + 2*y*(1 + C)) > 8*y**2*(C**2 - 1)",
    steps=(
        "slope_negative_at_the_level: the probit z of recall decreases where (1 + y C) V > -z y S, C = "
        "cosh(l), S = sinh(l); squared, at z = -2 sqrt 2",
        FORMULA,
        "higher_levels_ask_for_less: z > -2 sqrt 2 asks for less",
        "z**2 < 8",
        "rises_again_below: below that level recall may rise again: Delta = 1/10, kappa = 10^6, log(eta) = "
        "8 and 14",
        state_failure(
            "(1/200 - a - sinh(a)/10**6)/sqrt(1/100 + 4*cosh(a/2)**2/10**6) >= (1/200 - b - "
            "sinh(b)/10**6)/sqrt(1/100 + 4*cosh(b/2)**2/10**6)",
        ),
    ),
    argument="By the slope of the probit, z' < 0 wherever z >= -2 sqrt 2. Were a level in that range "
    "passed twice, recall would have to rise through it.",
    mutants=(
        "the probit decreases at every level: at z = -10 too",
        "(1 + y*C)**2*(D**2 + 2*y*(1 + C)) > 100*y**2*(C**2 - 1)",
        "the recall of the published boundary is the same at every kappa",
        "(y*x**2/2 - x - y*sinh(x)) == y*x**2/2 - x",
    ),
    rests_on=("high_dimensional_lda.recall_slope",),
)

PUBLISHED_ESTIMATED = statement(
    name="regimes.published_boundary_is_sufficient_estimated",
    title="Estimated covariance, kappa > 1: log(eta) >= 0.743187 Delta sqrt(kappa) forces recall below half",
    source="derived here",
    ids=("A18",),
    functions=("published_log_boundary",),
    where={
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "w: positive": "c x",
        "y: (0, 1)": "1/kappa = d/n",
        "s: real": "sinh(c x)",
        "q: real": "x^2/2",
        "h: nonnegative": "log(eta) beyond the boundary",
        "l": "log(eta)",
        "k": "kappa = n/d",
        "D": "separability Delta",
    },
    theorem=(
        "covariance estimated, limit law: for all kappa > 1, Delta > 0 and eta >= 1, log eta >= 0.743187 "
        "Delta sqrt(kappa) implies (1 - 1/kappa) log eta + sinh(log eta)/kappa > Delta^2/2, so that recall "
        "is below 1/2",
        r"\forall\,\kappa>1,\ \Delta>0,\ \eta\ge1:\quad \log\eta\ge0.743187\,\Delta\sqrt\kappa\ "
        r"\Longrightarrow\ \left(1-\frac1\kappa\right)\log\eta+\frac{\sinh\log\eta}\kappa>\frac{\Delta^2}"
        r"2\ \iff\ R<\tfrac12",
    ),
    steps=(
        "at_the_boundary: at the boundary, s = sinh(c x) >= x^2/2 = q, and the prior term adds to it",
        state("(1 - y)*w + y*s > y*q", given="s >= q"),
        "beyond_the_boundary: beyond the boundary both terms only grow",
        "sinh(w + h) >= sinh(w)",
    ),
    argument="With c = 0.743187 and x = Delta sqrt(kappa), Delta^2/2 = y x^2/2; sinh(c x) >= x^2/2 is a "
    "step of the known-covariance statement. The published constant 1 is covered, being greater.",
    mutants=(
        "one half of Delta sqrt(kappa) suffices",
        "(1 - y)*x/2 + y*sinh(x/2) > y*x**2/2",
        "with kappa = d/n in the bias",
        "(1 - y)*x + sinh(x)/y < y*x**2/2",
    ),
    rests_on=("regimes.half_recall_estimated", "lda.published_boundary_is_not_necessary"),
)

SHARP_CONSTANT = statement(
    name="regimes.sharp_constant",
    title="c* = sup asinh(x^2/2)/x = 0.743186684 is the least universal constant before Delta sqrt(kappa)",
    source="derived here",
    ids=("A18", "A-L8"),
    functions=("sharp_constant",),
    corrects="The published boundary has the constant 1; the sharp one is 0.743187.",
    where={
        "D: positive": "separability Delta",
        "c: positive": "constant",
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "y: positive": "1/kappa = d/n",
        "s: real": "sinh(c x)",
        "q: real": "x^2/2",
        "r: positive": "sqrt(kappa)",
        "l": "log(eta)",
        "k": "kappa = n/d",
    },
    theorem=(
        "c* = sup over x > 0 of asinh(x^2/2)/x lies in [0.7431866837, 0.7431866838], and for the limit "
        "recall R (known covariance) a constant c has [log eta >= c Delta sqrt(kappa) implies R(eta, "
        "kappa, Delta) < 1/2, for all Delta, kappa > 0 and eta >= 1] iff c >= c*",
        r"c^*=\sup_{x>0}\frac{\operatorname{asinh}(x^2/2)}{x}\in[0.7431866837,\,0.7431866838],\qquad "
        r"\left(\forall\,\Delta,\kappa>0,\ \eta\ge1:\ \log\eta\ge c\,\Delta\sqrt\kappa\Rightarrow R(\eta,"
        r"\kappa,\Delta)<\tfrac12\right)\iff c\ge c^*",
    ),
    formula="sinh(7431866838*x/10**10) >= x**2/2",
    steps=(
        "enclosure_of_the_supremum (A-L8): a certified enclosure of the supremum",
        state_computed("lda:sharp_constant", low="0.7431866837", high="0.7431866838"),
        "constant_suffices: asinh(x^2/2) <= c x makes the bias alone sufficient, at every kappa",
        state("c*x + y*s > y*q", given="s >= q"),
        "smaller_constant_fails: a smaller c leaves sinh(c x) < x^2/2 somewhere, and there recall is above "
        "one half for all kappa below (x^2/2 - sinh(c x))/(c x)",
        state("c*x + y*s < y*q", given=("s < q", "y > c*x/(q - s)"), s="positive", q="positive"),
        "population_boundary_stays_behind: the population boundary stays behind: Delta^2/2 < c Delta "
        "sqrt(kappa) for large kappa",
        state("D**2/2 < c*D*r", given="r > D/(2*c)"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="log(eta) >= c Delta sqrt(kappa) forces recall to at most one half for every Delta and kappa "
    "iff sinh(c x) >= x^2/2 for all x, that is c >= asinh(x^2/2)/x.",
    mutants=(
        "the constant is 0.7431",
        "sinh(7431*x/10000) >= x**2/2",
        "the enclosure lies lower",
        state_computed("lda:sharp_constant", low="0.7430", high="0.7431"),
    ),
    rests_on=("lda.half_recall_boundary", "lda.published_boundary_is_not_necessary"),
)

POPULATION = statement(
    name="regimes.published_boundary_and_the_population",
    title="For the population rule log(eta) = Delta sqrt(kappa) is neither sufficient nor necessary",
    source="derived here",
    ids=("A18",),
    corrects="Read as a statement on the population rule, the boundary log(eta) > Delta sqrt(kappa) "
    "decides nothing.",
    where={
        "D: positive": "separability Delta",
        "k: positive": "kappa = n/d",
        "h: positive": "sqrt(kappa) - Delta/2",
        "l: [1, 1]": "log(eta)",
        "s: (0, 1)": "share of the published boundary",
        "y": "1/kappa = d/n",
        "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "q": "Delta^2/2",
    },
    theorem=(
        "population recall R = Phi(Delta/2 - log(eta)/Delta): at log eta = Delta sqrt(kappa) it is "
        "Phi(Delta/2 - sqrt(kappa)), below 1/2 iff kappa > Delta^2/4. So log eta >= Delta sqrt(kappa) does "
        "not imply R < 1/2 (Delta = 4, kappa = 1), nor does R < 1/2 imply log eta >= Delta sqrt(kappa) "
        "(Delta = 1, kappa = 4, log eta = 1)",
        r"R_\infty(\eta,\Delta)=\Phi\left(\tfrac\Delta2-\tfrac{\log\eta}\Delta\right):\quad "
        r"R_\infty\left(e^{\Delta\sqrt\kappa},\Delta\right)=\Phi\left(\tfrac\Delta2-\sqrt\kappa\right)"
        r"<\tfrac12\iff\kappa>\tfrac{\Delta^2}4;\qquad \log\eta\ge\Delta\sqrt\kappa\not\Rightarrow "
        r"R_\infty<\tfrac12,\quad R_\infty<\tfrac12\not\Rightarrow\log\eta\ge\Delta\sqrt\kappa",
    ),
    formula="Phi(D/2 - D*sqrt(k)/D) == Phi(D/2 - sqrt(k))",
    steps=(
        "recall_at_the_boundary: its recall there",
        FORMULA,
        "below_half_for_large_kappa: is below one half for kappa > Delta^2/4 ...",
        "D/2 - (D/2 + h) < 0",
        "not_sufficient: not sufficient: Delta = 4, kappa = 1",
        state_failure("Phi(D/2 - sqrt(k)) < 1/2", D="[4, 4]", k="[1, 1]"),
        "not_necessary: not necessary: Delta = 1, kappa = 4, log(eta) = 1 < 2",
        state_failure("Phi(D/2 - l/D) >= 1/2", D="[1, 1]"),
    ),
    argument="The population rule does not know kappa, so no boundary in kappa can be its own.",
    mutants=(
        "sufficient for the population rule",
        "Phi(D/2 - sqrt(k)) < 1/2",
        "necessary for it",
        "Phi(D/2 - s*D*sqrt(k)/D) >= 1/2",
    ),
    rests_on=("gaussian.half_recall",),
)

TABLE = statement(
    name="regimes.half_recall_values",
    title="Half-recall imbalances at seven points (Delta, kappa), between certified signs",
    source="derived here",
    ids=("A18",),
    functions=("half_recall_log_imbalance",),
    where={
        "l": "log(eta)",
        "y": "1/kappa = d/n",
        "k": "kappa = n/d",
        "D": "separability Delta",
        "x": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "q": "Delta^2/2",
    },
    theorem=(
        "limit recall is 1/2 at eta* (Delta, kappa), rounded as shown, known covariance: 1.20 (2, 0.1), "
        "2.53 (2, 1), 4.71 (2, 5), 3.52 (3, 0.5), 9.22 (3, 2), 25.4 (3, 10), 20.1 (4, 2); estimated "
        "covariance: 5.93 (2, 5), 13.0 (3, 2), 29.3 (3, 10), 25.6 (4, 2)",
        r"\begin{array}{l|ccccccc}(\Delta,\kappa)&(2,0.1)&(2,1)&(2,5)&(3,0.5)&(3,2)&(3,10)&(4,2)\\ "
        r"\log\eta^*+\frac1\kappa\sinh\log\eta^*=\frac{\Delta^2}"
        r"2&\eta^*\approx1.20&2.53&4.71&3.52&9.22&25.4&20.1\\ \left(1-\frac1\kappa\right)"
        r"\log\eta^*+\frac1\kappa\sinh\log\eta^*=\frac{\Delta^2}2&-&-&5.93&-&13.0&29.3&25.6\end{array}",
    ),
    formula="5/2 < 253/100 < 51/20",
    steps=(
        "table_by_certified_signs: known and estimated covariance",
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
        "published_at_two_and_five: the published boundary is beyond all of them: Delta = 2, kappa = 5",
        "exp(2*sqrt(5)) > 87",
        "published_at_three_and_ten: and Delta = 3, kappa = 10",
        "exp(3*sqrt(10)) > 13000",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The left side of each boundary increases, so opposite signs enclose its one root.",
    mutants=(
        "half recall at exp(Delta^2/2) whatever kappa",
        state_computed("lda:half_recall_table", rows=[["2", "5", "7.39", ""]]),
        "at exp(Delta sqrt(kappa))",
        state_computed("lda:half_recall_table", rows=[["2", "5", "87.5", ""]]),
    ),
    rests_on=("lda.half_recall_boundary", "regimes.half_recall_estimated"),
)

REGIMES_DEFINED = statement(
    name="regimes.four_regimes",
    title="Four recall bands in the order normal, mild, extreme, catastrophic, and a flag for the direction",
    source="names: Essomba and Fokoue (arXiv 2601.04149); cut points defined here, theirs being unavailable",
    ids=("A23",),
    functions=("regime", "direction_lost", "published_score", "signal_to_noise"),
    corrects="With kappa read as d/n, or eta as minority over majority, the published boundary runs the "
    "wrong way, or is never reached.",
    where={
        "R: (5/9, 1)": "recall at balance",
        "x: positive": "Delta sqrt(kappa), so that Delta^2/2 = y x^2/2",
        "r: (0, 1)": "signal-to-noise ratio",
        "eta: (0, 1)": "imbalance, wrongly read as minority over majority",
        "D: positive": "separability Delta",
        "y: positive": "1/kappa = d/n",
        "k: positive": "kappa = n/d",
        "h: positive": "an increase of kappa",
        "l: [0, oo)": "log(eta)",
        "q": "Delta^2/2",
    },
    theorem=(
        "R limit recall (known covariance), R_0 > 1/2 its value at eta = 1; normal: R >= max(1/2, 0.9 "
        "R_0), mild: 1/2 <= R < 0.9 R_0, extreme: 0.05 <= R < 1/2, catastrophic: R < 0.05. As eta grows "
        "from 1 the band never moves back; mild is non-empty iff R_0 > 5/9; log eta >= Delta sqrt(kappa) "
        "is extreme or catastrophic; the direction is lost, cos^2 < 1/2, iff Delta sqrt(kappa) < 2 "
        "cosh(log(eta)/2)",
        r"R_0=R|_{\eta=1},\ \Delta,\kappa>0:\quad \text{normal: }R\ge\max\left(\tfrac12,0.9R_0\right),"
        r"\quad\text{mild: }\tfrac12\le R<0.9R_0,\quad\text{extreme: }0.05\le "
        r"R<\tfrac12,\quad\text{catastrophic: }R<0.05;\quad 1\le\eta\le\eta'\Rightarrow\operatorname{band}"
        r"(\eta)\le\operatorname{band}(\eta');\quad \exists\,\eta\ge1:\tfrac12\le R<0.9R_0\iff "
        r"R_0>\tfrac59;\quad \log\eta\ge\Delta\sqrt\kappa\Rightarrow R<\tfrac12;\quad "
        r"\cos^2=\frac1{1+\mathrm{SNR}^{-2}}<\tfrac12\iff \mathrm{SNR}=\frac{\Delta\sqrt\kappa}"
        r"{2\cosh(\frac12\log\eta)}<1",
    ),
    formula="1/20 < 1/2 < 9/10*R",
    steps=(
        "balanced_recall_above_half: at balance recall exceeds one half",
        "D**2/2/sqrt(D**2 + 4*y) > 0",
        "no_band_is_empty: no band is empty if it exceeds 5/9 there",
        FORMULA,
        "published_score_is_extreme: the published score above 1 is at least 'extreme', with room: 1 > "
        "0.743187",
        "sinh(x) > x**2/2",
        "squared_cosine_in_the_ratio: Delta sqrt(kappa) is the signal-to-noise ratio times 2 cosh(l/2): "
        "cos^2 = 1/(1 + 1/SNR^2)",
        "D**2/(D**2 + 4*cosh(l/2)**2/k) == 1/(1 + 1/(D*sqrt(k)/(2*cosh(l/2)))**2)",
        "direction_lost_below_one: direction lost, cos^2 < 1/2, iff that ratio is below 1",
        "1/(1 + 1/r**2) < 1/2",
        "direction_kept_from_one: and only then",
        state("1/(1 + 1/r**2) >= 1/2", r="[1, oo)"),
        "noise_falls_in_kappa: kappa must be n/d: noise falls as kappa grows",
        "4*cosh(l/2)**2/(k + h) < 4*cosh(l/2)**2/k",
    ),
    argument="Known covariance: the bands are cut at 0.9 R, 1/2 and 0.05, R the recall at balance, and as "
    "each of those levels is crossed at most once, growing imbalance never returns to an earlier band. "
    "Where R <= 5/9 the cut at 1/2 comes first and the mild band is empty.",
    mutants=(
        "no band is ever empty",
        state("1/2 < 9/10*R", R="(1/2, 1)"),
        "with kappa = d/n: noise would grow with the sample",
        "4*cosh(l/2)**2*(k + h) < 4*cosh(l/2)**2*k",
        "eta as minority over majority: log(eta) can exceed the boundary",
        "log(eta) > D*sqrt(k)",
    ),
    rests_on=(
        "regimes.recall_levels_are_crossed_once",
        "high_dimensional_lda.effective_parameters",
    ),
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
