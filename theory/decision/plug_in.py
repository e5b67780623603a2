"""Plug-in rules: estimate the posterior, threshold at the estimated prior, and lose no more than this.

Claimed by Menon, Narasimhan, Agarwal, Chawla, "On the statistical consistency of algorithms for
binary classification under class imbalance" (ICML 2013); the finite-sample form is derived here.
Checked by: identities and inequalities between reals, exact binomial laws.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, state_limit, statement
from ..foundation.arrays import ArrayLike
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


FINITE_SAMPLE = statement(
    name="plug_in.finite_sample",
    title="A plug-in rule loses at most its two estimation errors, over 2 p (1 - p)",
    source="derived here; Menon et al. (ICML 2013) prove the limit under an assumption on the posterior",
    ids=("AM2",),
    functions=("plug_in_regret_bound", "prior_estimate_cost"),
    where={
        "h: [0, 1]": "posterior eta(x)",
        "p: (0, 1)": "prior",
        "H: real": "estimated posterior",
        "P: real": "estimated prior",
        "N: positive": "examples in the prior's estimate",
    },
    theorem=(
        "p = P(Y = 1) in (0, 1), any estimates eh: X -> R and ph in R, any rule at ties: AM* - AM(sign(eh "
        "- ph)) <= (E|eh(X) - eta(X)| + |ph - p|)/(2 p (1 - p)); if ph is the frequency of N independent "
        "labels, E|ph - p|/(2 p (1 - p)) <= 1/(2 sqrt(N p (1 - p)))",
        r"\mathrm{AM}^* - \mathrm{AM}(\operatorname{sign}(\hat\eta - \hat p)) \le \frac{\mathbb "
        r"E|\hat\eta(X) - \eta(X)| + |\hat p - p|}{2 p (1 - p)} \quad \forall \hat\eta : \mathcal X \to "
        r"\mathbb R,\; \hat p \in \mathbb R, \text{ any rule at ties},\; p = \mathbb P(Y = 1) \in (0, 1); "
        r"\qquad N \hat p \sim \operatorname{Bin}(N, p) \implies \frac{\mathbb E |\hat p - p|}{2 p (1 - "
        r"p)} \le \frac{1}{2 \sqrt{N p (1 - p)}}",
    ),
    steps=(
        "missed_positive: a missed positive: h > p, but the estimates say H <= P",
        state("h - p <= Abs(H - h) + Abs(P - p)", given="H <= P"),
        "false_positive: a false positive: h < p, but H >= P",
        state("p - h <= Abs(H - h) + Abs(P - p)", given="H >= P"),
        "prior_error_enumerated: the empirical prior of N examples errs by at most its standard deviation",
        state_computed("balanced_error:prior_estimate", examples=30, grid=20),
        "cost_of_empirical_prior: so the threshold costs at most 1 / (2 sqrt(N p (1-p)))",
        "sqrt(p*(1 - p)/N)/(2*p*(1 - p)) == 1/(2*sqrt(N*p*(1 - p)))",
    ),
    argument="Where the rule disagrees with the Bayes rule, |eta - p| is at most the sum of the two "
    "errors, and the regret identity integrates it. The average error of a mean is at most its "
    "standard deviation (Jensen) for every N; the enumeration shows it exactly for N = 30.",
    mutants=(
        "the threshold's error costs nothing",
        state("h - p <= Abs(H - h)", given="H <= P"),
        "the posterior's error costs nothing",
        state("h - p <= Abs(P - p)", given="H <= P"),
        "the denominator is 2: a world of two halves, eta = (3/10, 1/10), threshold 7/20",
        "(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) <= (0 + (7/20 - 1/5))/2",
    ),
    rests_on=("balanced_error.am_regret",),
)

CONSISTENCY = statement(
    name="plug_in.consistency",
    title="Consistent estimates of posterior and prior suffice: no assumption on the posterior's law",
    source="Menon et al. (ICML 2013), Theorem 3; without Assumption A: derived here",
    ids=("AM3",),
    functions=("plug_in_regret_bound",),
    corrects="Theorem 3 assumes that the law of eta(X) is continuous at the prior (Assumption A); the "
    "assumption is sufficient but not needed.",
    where={
        "s: (0, 1)": "size of both errors",
        "A: positive": "constant of the posterior's error",
        "B: positive": "constant of the prior's error",
        "p: (0, 1)": "prior",
        "m: [0, 1]": "mass of a point",
        "x: [0, oo)": "error at the first point",
        "y: [0, oo)": "error at the second point",
    },
    theorem=(
        "p = P(Y = 1) in (0, 1), eh_N and ph_N in [0, 1]: if eh_N(X) -> eta(X) and ph_N -> p in "
        "probability, then E[AM* - AM(sign(eh_N - ph_N))] -> 0, for every law of eta(X)",
        r"\hat\eta_N(X) \xrightarrow{P} \eta(X),\; \hat p_N \xrightarrow{P} p \quad (\hat\eta_N, \hat p_N "
        r"\in [0, 1],\; 0 < p < 1) \quad \Longrightarrow \quad \mathbb E \left[ \mathrm{AM}^* - \mathrm{AM}"
        r"(\operatorname{sign}(\hat\eta_N - \hat p_N)) \right] \to 0, \qquad \text{for every law of } "
        r"\eta(X)",
    ),
    formula=state_limit("(A*s + B*s)/(2*p*(1 - p))", "0", "s", "low"),
    steps=(
        "bound_vanishes: as both errors vanish together, so does the bound",
        FORMULA,
        "second_moment_is_enough: an r-th moment is enough: the square of a mean is at most the mean of "
        "squares",
        "(m*x + (1 - m)*y)**2 <= m*x**2 + (1 - m)*y**2",
        "threshold_half_keeps_regret: the threshold 1/2 keeps a regret: posterior 3/10 on half the mass, "
        "prior 1/5",
        "(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) == 5/32",
    ),
    argument="The finite-sample bound has no condition on the law of eta(X). Estimates in [0, 1] that "
    "converge in probability converge in mean, so the bound, and with it the regret, tends to 0.",
    mutants=(
        "the threshold 1/2 loses nothing",
        "(1/2)*(3/10 - 1/5)/(2*(1/5)*(4/5)) == 0",
        "the mean of squares is below the square of the mean",
        "(m*x + (1 - m)*y)**2 >= m*x**2 + (1 - m)*y**2",
    ),
    rests_on=("plug_in.finite_sample",),
)


STRONGLY_PROPER = statement(
    name="plug_in.strongly_proper",
    title="Strongly proper losses: surrogate regret bounds balanced regret through a square root",
    source="Agarwal (JMLR 2014) for strong properness; the moduli are proved here",
    ids=("AM4",),
    functions=("transfer_bound", "MODULI"),
    where={
        "h: (0, 1)": "posterior",
        "v: (0, 1)": "predicted probability",
        "s: (0, 1)": "sqrt(h), root of the posterior",
        "c: (0, 1)": "sqrt(1 - h)",
        "a: (0, 1)": "sqrt(v), root of the predicted probability",
        "b: (0, 1)": "sqrt(1 - v)",
        "m: [0, 1]": "mass of the first of two points",
        "x: [0, oo)": "distance at the first point",
        "y: [0, oo)": "distance at the second point",
    },
    theorem=(
        "p in (0, 1), L(h, v) the expected loss of forecast v at posterior h: if L(h, v) - L(h, h) >= "
        "(lambda/2) (h - v)^2 for all h, v, then AM* - AM(sign(v - ph)) <= (sqrt((2/lambda) regret(v)) + "
        "|ph - p|)/(2 p (1 - p)) with regret(v) = E[L(eta(X), v(X)) - L(eta(X), eta(X))]; lambda = 4 for "
        "log loss, 2 for squared loss (1 - v)^2 and v^2, 8 for squared margin loss (1 - y f)^2 at f = 2v - "
        "1, 4 for exponential loss exp(-y f) at v = 1/(1 + exp(-2f))",
        r"L(h, v) - L(h, h) \ge \frac{\lambda}{2} (h - v)^2 \;\; \forall h, v \quad \Longrightarrow \quad "
        r"\mathrm{AM}^* - \mathrm{AM}(\operatorname{sign}(\hat v - \hat p)) \le \frac{1}{2 p (1 - p)} "
        r"\left( \sqrt{\frac2\lambda\, \mathbb E \left[ L(\eta(X), \hat v(X)) - L(\eta(X), \eta(X)) "
        r"\right]} + |\hat p - p| \right); \qquad \lambda = \begin{cases} 4 & \text{log loss} \\ 2 & "
        r"\text{squared loss } (1 - v)^2, v^2 \\ 8 & \text{squared margin loss } (1 - y f)^2, \; f = 2 v - "
        r"1 \\ 4 & \text{exponential loss } e^{-y f}, \; v = 1/(1 + e^{-2 f}) \end{cases}",
    ),
    formula="h*log(h/v) + (1 - h)*log((1 - h)/(1 - v)) >= 2*(h - v)**2",
    steps=(
        "log_loss_modulus: log loss, modulus 4 (Pinsker)",
        FORMULA,
        "squared_loss_modulus: squared loss, modulus 2, exactly",
        state("h*(1 - v)**2 + (1 - h)*v**2 - h*(1 - h) == (h - v)**2", h="[0, 1]", v="[0, 1]"),
        "squared_margin_modulus: squared margin loss at f = 2v - 1, modulus 8, exactly",
        state(
            "h*(1 - (2*v - 1))**2 + (1 - h)*(1 + (2*v - 1))**2 - 4*h*(1 - h) == 4*(h - v)**2",
            h="[0, 1]",
            v="[0, 1]",
        ),
        "exponential_regret_is_square: exponential loss at v = sigmoid(2f), with h = s^2, 1-h = c^2, v = "
        "a^2, 1-v = b^2: its regret is a square",
        "s**2*b/a + c**2*a/b - 2*s*c == (s*b - c*a)**2/(a*b)",
        "square_divides_distance: the same square divides the distance (s^2 + c^2 = a^2 + b^2 = 1)",
        "s**2*b**2 - a**2*c**2 == (s*b - a*c)*(s*b + a*c)",
        "cauchy_and_mean_bound: the other factor is at most 1 (Cauchy), and 1/(a b) at least 2: modulus 4",
        ("(s*b + a*c)**2 <= (s**2 + c**2)*(a**2 + b**2)", "2*a*b <= a**2 + b**2"),
        "jensen_two_points: the average distance is at most the root of the average square (two points)",
        "(m*x + (1 - m)*y)**2 <= m*x**2 + (1 - m)*y**2",
    ),
    argument="A loss with modulus lambda has E(eta - v)^2 <= (2/lambda) regret; Jensen gives E|eta - v| <= "
    "sqrt(2 regret/lambda), and the finite-sample bound does the rest.",
    mutants=(
        "modulus 8 for the log loss",
        "h*log(h/v) + (1 - h)*log((1 - h)/(1 - v)) >= 4*(h - v)**2",
        "without the root: the average distance is at most the average square",
        "m*x + (1 - m)*y <= m*x**2 + (1 - m)*y**2",
        "exponential loss with modulus 8",
        "h*sqrt((1 - v)/v) + (1 - h)*sqrt(v/(1 - v)) - 2*sqrt(h*(1 - h)) >= 4*(h - v)**2",
    ),
    rests_on=("plug_in.finite_sample",),
)

SPHERICAL = statement(
    name="plug_in.spherical",
    title="The spherical loss is strongly proper with modulus 1",
    source="derived here",
    functions=("transfer_bound",),
    where={
        "h: [0, 1]": "posterior",
        "v: [0, 1]": "predicted probability",
    },
    theorem=(
        "sqrt(h**2 + (1 - h)**2) - (h*v + (1 - h)*(1 - v))/sqrt(v**2 + (1 - v)**2) >= (h - v)**2/2 for all "
        "h in [0, 1], v in [0, 1]",
        r"\sqrt{{h}^{2} + {\left(1 - h\right)}^{2}} - \frac{h \, v + \left(1 - h\right) \cdot \left(1 - "
        r"v\right)}{\sqrt{{v}^{2} + {\left(1 - v\right)}^{2}}} \ge \frac{{\left(h - v\right)}^{2}}{2} "
        r"\qquad (h \in \left[0, 1\right], v \in \left[0, 1\right])",
    ),
    steps=(
        "regret_is_squared_area: with r, q the lengths of (h, 1-h), (v, 1-v): the regret times q (r q + "
        "inner product) is the squared area",
        "(h**2 + (1 - h)**2)*(v**2 + (1 - v)**2) - (h*v + (1 - h)*(1 - v))**2 == (h - v)**2",
        "denominator_at_most_two: and that factor is at most 2, as both lengths are at most 1",
        ("v**2 + (1 - v)**2 <= 1", "h*v + (1 - h)*(1 - v) <= 1"),
    ),
    argument="r - i/q = (r^2 q^2 - i^2)/(q (r q + i)) with i the inner product; the numerator is (h - v)^2 "
    "and the denominator is at most 2.",
    mutants=(
        "modulus 2",
        "sqrt(h**2 + (1 - h)**2) - (h*v + (1 - h)*(1 - v))/sqrt(v**2 + (1 - v)**2) >= (h - v)**2",
        "the squared area is twice the squared distance",
        "(h**2 + (1 - h)**2)*(v**2 + (1 - v)**2) - (h*v + (1 - h)*(1 - v))**2 == 2*(h - v)**2",
    ),
)

BALANCED_ERM = statement(
    name="plug_in.balanced_erm",
    title="Empirically balanced risk: the estimated prior costs the mass between p and its estimate",
    source="Menon et al. (ICML 2013); the pieces proved are derived here",
    ids=("AM5",),
    where={
        "h: [0, 1]": "posterior",
        "P: (0, 1)": "estimated prior",
        "p: (0, 1)": "prior",
        "t: (-1, 1)": "2 eta_b - 1 (last step); fraction of the way from p to its estimate (second step)",
    },
    theorem=(
        "p, ph in (0, 1): h = 1{eta > ph} is a minimiser of the empirically balanced risk E[1{Y = 1, h = "
        "0}/(2 ph) + 1{Y = 0, h = 1}/(2 (1 - ph))], and AM* - AM(h) = E[|eta(X) - p| 1{eta(X) between p "
        "and ph}]/(2 p (1 - p)) <= |ph - p| P(eta(X) between p and ph)/(2 p (1 - p)); between: min(p, ph) "
        "< eta <= max(p, ph)",
        r"\hat h = 1\{\eta > \hat p\} \in \operatorname{argmin}_h \mathbb E \left[ \frac{1\{Y = 1, h(X) = "
        r"0\}}{2 \hat p} + \frac{1\{Y = 0, h(X) = 1\}}{2 (1 - \hat p)} \right],\; p, \hat p \in (0, 1) : "
        r"\quad \mathrm{AM}^* - \mathrm{AM}(\hat h) = \frac{\mathbb E \left[ |\eta(X) - p|\, 1_B "
        r"\right]}{2 p (1 - p)} \le \frac{|\hat p - p|\, \mathbb P(B)}{2 p (1 - p)}, \qquad B = \{\min(p, "
        r"\hat p) < \eta(X) \le \max(p, \hat p)\}",
    ),
    steps=(
        "estimated_prior_moves_threshold: dividing the classes by twice the estimated prior moves the "
        "threshold from p to ph",
        "h/(2*P) - (1 - h)/(2*(1 - P)) == (h - P)/(2*P*(1 - P))",
        "posterior_between_thresholds: a posterior between the two thresholds is within their distance of p",
        state("p + t*(P - p) - p <= P - p", given="P >= p", t="[0, 1]"),
        "log_loss_bounds_balanced_regret: balanced log loss: its regret bounds the 0-1 regret on the "
        "balanced distribution",
        "(1 + t)*log(1 + t) + (1 - t)*log(1 - t) >= t**2",
    ),
    argument="The balanced 0-1 regret is the regret in balanced accuracy; the surrogate's regret bounds it "
    "by calibration, and the empirical prior only moves the threshold.",
    mutants=(
        "the threshold stays at p",
        "h/(2*P) - (1 - h)/(2*(1 - P)) == (h - p)/(2*P*(1 - P))",
        "twice the bound from the log loss",
        "(1 + t)*log(1 + t) + (1 - t)*log(1 - t) >= 2*t**2",
    ),
    cites=(
        "universal consistency of the regularised risk minimiser in an RKHS, lambda_n -> 0 at the rates of "
        "Menon et al. (ICML 2013)",
    ),
    rests_on=("balanced_error.am_regret",),
)

K_CLASSES = statement(
    name="plug_in.k_classes",
    title="Any number of classes: plug-in scores lose their error at the two classes in question",
    source="derived here",
    ids=("AM6",),
    where={
        "a: [0, oo)": "r of the best class",
        "b: [0, oo)": "r of the predicted class",
        "A: real": "estimated score of the best class",
        "B: real": "estimated score of the predicted class",
        "x: [0, oo)": "a class's estimation error",
        "y: [0, oo)": "another class's estimation error",
    },
    theorem=(
        "K classes, pi_y > 0, r_y = eta_y/pi_y, any estimates rh_y: X -> R, h(x) in argmax_y rh_y(x): "
        "BER(h) - BER* <= (1/K) E[|rh_b - r_b| + |rh_h - r_h|] <= (2/K) E max_y |rh_y(X) - r_y(X)|, b(x) "
        "in argmax_y r_y(x)",
        r"h(x) \in \operatorname{argmax}_y \hat r_y(x),\; b(x) \in \operatorname{argmax}_y r_y(x),\; r_y = "
        r"\frac{\eta_y}{\pi_y} : \quad \mathrm{BER}(h) - \mathrm{BER}^* \le \frac1K\, \mathbb E \left[ "
        r"|\hat r_{b(X)} - r_{b(X)}| + |\hat r_{h(X)} - r_{h(X)}| \right] \le \frac2K\, \mathbb E \max_{y} "
        r"|\hat r_y(X) - r_y(X)|",
    ),
    steps=(
        "regret_below_two_errors: the prediction's estimated score B is the largest, the best class's is A",
        state("a - b <= Abs(A - a) + Abs(B - b)", given="B >= A"),
        "two_errors_below_twice_largest: two errors are at most twice the larger",
        "x + y <= 2*Max(x, y)",
        "factor_two_attained: the factor 2 is attained in the limit: both errors of size x, in opposite "
        "directions",
        state("(1 + x) - (1 - x) == 2*x", x="(0, 1)"),
    ),
    argument="At each point the regret r_best - r_predicted is bounded by the first step; average and "
    "divide by K.",
    mutants=(
        "one error is enough",
        state("a - b <= Max(Abs(A - a), Abs(B - b))", given="B >= A"),
        "only the predicted class's error counts",
        state("a - b <= Abs(B - b)", given="B >= A"),
    ),
    rests_on=("balanced_error.bayes_rule",),
)

STATEMENTS = (FINITE_SAMPLE, CONSISTENCY, STRONGLY_PROPER, SPHERICAL, BALANCED_ERM, K_CLASSES)
