"""Two classes: what weights, margins and multipliers do to the threshold and to Bayes' risk.

Claimed by Menon et al. (ICLR 2021), Lemma 2 and appendix (two slips mended here), and for the scalar VS
loss by Kini et al. (NeurIPS 2021). Checked by: derivatives and limits (symbolic), and the piecewise
linear risk of the hinge (SMT).
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, broadcasting
from .consistency import threshold_of_margins

__all__ = [
    "implied_threshold",
    "weighted_hinge_risk",
    "weighted_hinge_score",
]


@broadcasting
def implied_threshold(
    weight_positive: ArrayLike = 1.0,
    weight_negative: ArrayLike = 1.0,
    offset_positive: ArrayLike = 0.0,
    offset_negative: ArrayLike = 0.0,
    multiplier_positive: ArrayLike = 1.0,
    multiplier_negative: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """The posterior above which the scalar VS loss predicts the positive class; arguments broadcast.

    The loss is ``w_y log(1 + exp(i_y) exp(-D_y y f))``, weights w and multipliers D > 0, offsets i real;
    the threshold is ``w_- D_- sig(i_-) / (w_+ D_+ sig(i_+) + w_- D_- sig(i_-))``. LDAM has offsets only;
    the loss is consistent for the balanced error iff the threshold is the positive class's prior.
    """
    log_weights, offsets = [], []
    for sign, weight, multiplier, offset in (
        ("positive", weight_positive, multiplier_positive, offset_positive),
        ("negative", weight_negative, multiplier_negative, offset_negative),
    ):
        weight = as_real(f"weight_{sign}", weight, low=0, low_open=True)
        multiplier = as_real(f"multiplier_{sign}", multiplier, low=0, low_open=True)
        offsets.append(as_real(f"offset_{sign}", offset))
        log_weights.append(np.log(weight) + np.log(multiplier))
    return threshold_of_margins(log_weights[1] - log_weights[0], *offsets)


@broadcasting
def weighted_hinge_score(
    posterior: ArrayLike,
    weight_positive: ArrayLike,
    weight_negative: ArrayLike,
    margin_positive: ArrayLike = 1.0,
    margin_negative: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """The population score of ``w_+ max(0, d_+ - f)``, ``w_- max(0, d_- + f)``: d_+ or -d_-.

    It is ``d_+`` iff ``posterior > w_-/(w_+ + w_-)``: margins do not enter. ``d_+ + d_- > 0``; at the
    threshold every score between the two is optimal, and -d_- is returned.
    """
    gain, loss, d, e = _hinge(
        posterior, weight_positive, weight_negative, margin_positive, margin_negative
    )
    return np.where(gain > loss, d, -e)


@broadcasting
def weighted_hinge_risk(
    posterior: ArrayLike,
    weight_positive: ArrayLike,
    weight_negative: ArrayLike,
    margin_positive: ArrayLike = 1.0,
    margin_negative: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Its conditional Bayes risk ``(d_+ + d_-) min(eta w_+, (1 - eta) w_-)``; see the score."""
    gain, loss, d, e = _hinge(
        posterior, weight_positive, weight_negative, margin_positive, margin_negative
    )
    return (d + e) * np.minimum(gain, loss)


def _hinge(
    posterior: ArrayLike,
    weight_positive: ArrayLike,
    weight_negative: ArrayLike,
    margin_positive: ArrayLike,
    margin_negative: ArrayLike,
) -> list[NDArray[np.float64]]:
    """``eta w_+``, ``(1 - eta) w_-`` and the margins, checked."""
    eta = as_real("posterior", posterior, low=0, high=1)
    positive = as_real("weight_positive", weight_positive, low=0, low_open=True)
    negative = as_real("weight_negative", weight_negative, low=0, low_open=True)
    d = as_real("margin_positive", margin_positive)
    e = as_real("margin_negative", margin_negative)
    if np.any(d + e <= 0):
        raise InputError("margin_positive + margin_negative must be positive")
    return [eta * positive, (1 - eta) * negative, d, e]


# ------------------------------------------------------------------------------------ statements


SCALAR_VS = statement(
    name="binary_margins.scalar_vs_threshold",
    title="The scalar VS loss thresholds the posterior at w_- D_- sig(i_-) over the sum of such pushes",
    source="loss: Kini et al. (NeurIPS 2021); the threshold is derived here",
    ids=("VS11e",),
    functions=("implied_threshold",),
    where={
        "f: real": "score; the prediction is its sign",
        "w: positive": "weight of the positive class",
        "v: positive": "weight of the negative class",
        "b: positive": "multiplier D of the positive class",
        "c: positive": "multiplier D of the negative class",
        "d: real": "offset i of the positive class",
        "e: real": "offset i of the negative class",
        "h: (0, 1)": "posterior eta of the positive class",
        "A: positive": "push w D sig(i) of the positive class",
        "B: positive": "of the negative class",
        "p: (0, 1)": "prior of the positive class",
    },
    theorem=(
        "l(y, f) = w_y log(1 + exp(i_y - D_y y f)), y = +-1, w_y, D_y > 0, real i_y, sig(z) = 1/(1 + "
        "exp(-z)): for every eta in (0, 1) the risk eta l(+1, f) + (1 - eta) l(-1, f) has one minimiser "
        "f*(eta), and f*(eta) > 0 iff eta > t = w_- D_- sig(i_-)/(w_+ D_+ sig(i_+) + w_- D_- sig(i_-)); "
        "consistent for the balanced error iff t = pi",
        r"\ell(y, f) = w_y \log\left( 1 + e^{\iota_y} e^{-D_y y f} \right),\; y = \pm1,\; w_y, D_y > 0,\; "
        r"\iota_y \in \mathbb R,\; f^*(\eta) = \operatorname{argmin}_f \left[ \eta\, \ell(+1, f) + (1 - "
        r"\eta)\, \ell(-1, f) \right] : \quad f^*(\eta) > 0 \iff \eta > t = \frac{w_- D_- "
        r"\sigma(\iota_-)}{w_+ D_+ \sigma(\iota_+) + w_- D_- \sigma(\iota_-)} \quad \forall \eta \in (0, "
        r"1); \qquad \text{consistent for } \mathrm{BER} \iff t = \pi \in (0, 1)",
    ),
    formula="-h*w*b/(1 + exp(-d)) + (1 - h)*v*c/(1 + exp(-e)) == ((v*c/(1 + exp(-e)))/(w*b/(1 + exp(-d)) "
    "+ v*c/(1 + exp(-e))) - h)*(w*b/(1 + exp(-d)) + v*c/(1 + exp(-e)))",
    steps=(
        "risk_slope: the slope of the conditional risk in the score",
        state_derivative(
            "h*w*log(1 + exp(d - b*f)) + (1 - h)*v*log(1 + exp(e + c*f))",
            "f",
            "-h*w*b/(1 + exp(b*f - d)) + (1 - h)*v*c/(1 + exp(-c*f - e))",
        ),
        "second_derivative: the slope's derivative ...",
        state_derivative(
            "-h*w*b/(1 + exp(b*f - d)) + (1 - h)*v*c/(1 + exp(-c*f - e))",
            "f",
            "h*w*b**2*exp(b*f - d)/(1 + exp(b*f - d))**2 + (1 - h)*v*c**2*exp(-c*f - e)/(1 + exp(-c*f - "
            "e))**2",
        ),
        "second_derivative_positive: ... is positive: the risk is strictly convex",
        "h*w*b**2*exp(b*f - d)/(1 + exp(b*f - d))**2 + (1 - h)*v*c**2*exp(-c*f - e)/(1 + exp(-c*f - e))**2 "
        "> 0",
        "slope_far_left: the slope is negative far left ...",
        state_limit(
            "-h*w*b/(1 + exp(b*f - d)) + (1 - h)*v*c/(1 + exp(-c*f - e))",
            "-h*w*b",
            "f",
            "low",
        ),
        "slope_far_right: ... and positive far right: there is one minimiser",
        state_limit(
            "-h*w*b/(1 + exp(b*f - d)) + (1 - h)*v*c/(1 + exp(-c*f - e))",
            "(1 - h)*v*c",
            "f",
            "high",
        ),
        "slope_at_zero: at f = 0 the slope is (t - eta) times the sum of the pushes",
        FORMULA,
        "pushes_positive: which is positive",
        "w*b/(1 + exp(-d)) + v*c/(1 + exp(-e)) > 0",
        "threshold_minus_prior: with pushes A, B: t = pi iff pi A = (1 - pi) B, equal total pushes of the "
        "classes at f = 0",
        "B/(A + B) - p == ((1 - p)*B - p*A)/(A + B)",
    ),
    argument="The risk has one minimiser f*, positive iff its slope at 0 is negative, that is iff eta > t. "
    "Bayes predicts positive iff eta > pi; so the loss is consistent iff t = pi.",
    mutants=(
        "multipliers do not matter for the threshold",
        "(v*c/(1 + exp(-e)))/(w*b/(1 + exp(-d)) + v*c/(1 + exp(-e))) == (v/(1 + exp(-e)))/(w/(1 + exp(-d)) "
        "+ v/(1 + exp(-e)))",
        "offsets do not matter for the threshold",
        "(v*c/(1 + exp(-e)))/(w*b/(1 + exp(-d)) + v*c/(1 + exp(-e))) == v*c/(w*b + v*c)",
        "the offset is seen through exp instead of the sigmoid",
        "(v*c/(1 + exp(-e)))/(w*b/(1 + exp(-d)) + v*c/(1 + exp(-e))) == v*c*exp(e)/(w*b*exp(d) + v*c*exp(e))",
    ),
)

CHOICES = statement(
    name="binary_margins.consistent_choices",
    title="Two classes: inverse weights or logit adjustment are consistent, both together are not",
    source="Menon et al. (ICLR 2021), Lemma 2 and the discussion after it",
    ids=("LA5",),
    functions=("implied_threshold",),
    corrects="Menon et al., Lemma 2: sigma has to be the standard sigmoid; sigma(z) = (1 + exp(z))^(-1), "
    "as the arXiv text reads, would make their own logit adjustment inconsistent.",
    where={
        "p: (0, 1)": "prior of the positive class",
        "s: (0, 1)": "common sigmoid",
        "g: positive": "sharpness gamma",
        "k: (0, 1)": "pi/(1-pi)",
    },
    theorem=(
        "l(y, f) = w_y log(1 + exp(d_y - y f)), threshold t = w_- sig(d_-)/(w_+ sig(d_+) + w_- sig(d_-)), "
        "0 < pi < 1: t = pi for w = (1/pi, 1/(1 - pi)) with d_+ = d_-; t = pi for w_+ = w_- with d_+- = "
        "+-log((1 - pi)/pi); t = pi^2/(pi^2 + (1 - pi)^2) for w = (1/pi, 1/(1 - pi)) with d_+- = +-log((1 "
        "- pi)/pi), which is pi iff pi = 1/2 and below pi for pi < 1/2",
        r"\ell(y, f) = w_y \log\left(1 + e^{\delta_y - y f}\right),\; t = \frac{w_- \sigma(\delta_-)}{w_+ "
        r"\sigma(\delta_+) + w_- \sigma(\delta_-)} : \quad t = \begin{cases} \pi & (w_+, w_-) = "
        r"\left(\frac1\pi, \frac{1}{1 - \pi}\right),\; \delta_+ = \delta_- \\ \pi & w_+ = w_-,\; "
        r"\delta_\pm = \pm \log \frac{1 - \pi}{\pi} \\ \frac{\pi^2}{\pi^2 + (1 - \pi)^2} & (w_+, w_-) = "
        r"\left(\frac1\pi, \frac{1}{1 - \pi}\right),\; \delta_\pm = \pm \log \frac{1 - \pi}{\pi} "
        r"\end{cases} \qquad \frac{\pi^2}{\pi^2 + (1 - \pi)^2} \ne \pi \;\; \forall \pi \in (0, 1) \text{ "
        r"with } \pi \ne \tfrac12",
    ),
    formula="(1/(1 - p)*p)/(1/p*(1 - p) + 1/(1 - p)*p) == p**2/(p**2 + (1 - p)**2)",
    steps=(
        "inverse_weights_threshold: weights 1/pi, 1/(1-pi) with equal margins (sigmoid s): the threshold "
        "is pi",
        "(1/(1 - p)*s)/(1/p*s + 1/(1 - p)*s) == p",
        "adjustment_sigmoids: the standard sigmoids of logit adjustment's margins +-log((1-pi)/pi) are "
        "1-pi and pi",
        ("1/(1 + exp(-log((1 - p)/p))) == 1 - p", "1/(1 + exp(log((1 - p)/p))) == p"),
        "adjustment_threshold: unit weights with these: the threshold is pi",
        "p/((1 - p) + p) == p",
        "both_together_threshold: inverse weights with these: the threshold is pi^2/(pi^2 + (1-pi)^2)",
        FORMULA,
        "both_too_many_rare: which is below pi for the rarer class: rare predictions are too many",
        state("p**2/(p**2 + (1 - p)**2) < p", p="(0, 1/2)"),
        "other_margins_above_two_fifths: pi = 1/5: margins (1-pi, pi), or pi^(-1/4) and (1-pi)^(-1/4), "
        "have thresholds above 2/5",
        (
            "(1/(1 + exp(-1/5)))/(1/(1 + exp(-4/5)) + 1/(1 + exp(-1/5))) > 2/5",
            "(1/(1 + exp(-(4/5)**(-1/4))))/(1/(1 + exp(-(1/5)**(-1/4))) + 1/(1 + exp(-(4/5)**(-1/4)))) > 2/5",
        ),
        "unequal_margins_every_sharpness: inverse weights with margins 1 and pi/(1-pi) = k < 1: "
        "inconsistent at every sharpness g ...",
        "1/(1 + exp(-g)) > 1/(1 + exp(-g*k))",
        "unequal_margins_hinge_limit: ... and consistent in the limit, the hinge loss",
        state_limit("(1/(1 + exp(-g)))/(1/(1 + exp(-g*k)))", "1", "g", "high", k="positive"),
        "printed_sigmoid_value: the printed condition, with 1/(1 + exp(z)), would give pi/(1-pi) for logit "
        "adjustment",
        "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == p/(1 - p)",
        "printed_sigmoid_fails: and not the (1-pi)/pi that it asks for",
        state("p/(1 - p) < (1 - p)/p", p="(0, 1/2)"),
    ),
    argument="By the binary pairwise lemma the threshold is w_- sig(g d_-) over the sum of both pushes, "
    "and the loss is consistent iff it is pi; each line computes it for one choice.",
    mutants=(
        "inverse weights and logit adjustment together are consistent",
        "(1/(1 - p)*p)/(1/p*(1 - p) + 1/(1 - p)*p) == p",
        "with the printed sigmoid logit adjustment meets the condition",
        "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == (1 - p)/p",
        "cross-entropy's threshold is the prior",
        "(1/2)/(1/2 + 1/2) == p",
    ),
    rests_on=("consistency.binary_pairwise",),
)


WEIGHTED_HINGE = statement(
    name="binary_margins.weighted_hinge",
    title="The weighted hinge thresholds at w_-/(w_+ + w_-) whatever its positive margins",
    source="Menon et al. (ICLR 2021), appendix, with one weight corrected",
    ids=("LA12", "LA6"),
    functions=("weighted_hinge_score", "weighted_hinge_risk"),
    corrects="The arXiv text of Menon et al. (appendix) has w_- in both branches of the weighted hinge's "
    "Bayes risk; below the threshold it is eta w_+ (d_+ + d_-), else the two branches would not "
    "meet.",
    where={
        "f: real": "score",
        "A: positive": "eta w_+",
        "B: positive": "(1-eta) w_-",
        "w: positive": "weight w_+ of the positive class",
        "v: positive": "weight w_- of the negative class",
        "d: real": "margin d_+ of the positive class",
        "e: real": "margin d_- of the negative class",
        "h: [0, 1]": "posterior eta",
        "p: (0, 1)": "prior",
    },
    theorem=(
        "l(y, f) = w_y max(0, d_y - y f), y = +-1, w_y > 0, d_+ + d_- > 0: for 0 < eta < 1 the least risk "
        "of eta l(+1, f) + (1 - eta) l(-1, f) is (d_+ + d_-) min(eta w_+, (1 - eta) w_-), attained only at "
        "f* = d_+ if eta > w_-/(w_+ + w_-) and only at f* = -d_- if eta < w_-/(w_+ + w_-); so for all d_+, "
        "d_- > 0 the threshold is w_-/(w_+ + w_-), which is pi iff w_+/w_- = (1 - pi)/pi",
        r"\ell(y, f) = w_y \max(0, \delta_y - y f),\; w_y > 0,\; \delta_y > 0 : \quad "
        r"\operatorname{argmin}_f \left[ \eta\, \ell(+1, f) + (1 - \eta)\, \ell(-1, f) \right] = "
        r"\begin{cases} \{\delta_+\} & \eta > t \\ \{-\delta_-\} & \eta < t \end{cases} \quad t = "
        r"\frac{w_-}{w_+ + w_-},\; \eta \in (0, 1), \qquad \text{least risk } (\delta_+ + \delta_-) "
        r"\min\left( \eta w_+, (1 - \eta) w_- \right), \qquad t = \pi \iff \frac{w_+}{w_-} = \frac{1 - "
        r"\pi}{\pi}",
    ),
    formula=state("A*Max(0, d - f) + B*Max(0, e + f) >= (d + e)*Min(A, B)", given="d + e > 0"),
    steps=(
        "risk_floor_negative_side: A = eta w_+ <= B = (1-eta) w_-: no score has less risk than (d_+ + d_-) A",
        state("A*Max(0, d - f) + B*Max(0, e + f) >= (d + e)*A", given=["d + e > 0", "A <= B"]),
        "risk_floor_positive_side: B <= A: nor than (d_+ + d_-) B",
        state("A*Max(0, d - f) + B*Max(0, e + f) >= (d + e)*B", given=["d + e > 0", "B <= A"]),
        "floors_attained: the two are the risks at -d_- and at d_+",
        state(
            "A*Max(0, d + e) + B*Max(0, e - e) == (d + e)*A",
            "A*Max(0, d - d) + B*Max(0, e + d) == (d + e)*B",
            given="d + e > 0",
        ),
        "negative_unique_from_below: A < B: only -d_- attains it: a smaller score does not ...",
        state(
            "A*Max(0, d - f) + B*Max(0, e + f) > (d + e)*A", given=["d + e > 0", "A < B", "f < -e"]
        ),
        "negative_unique_from_above: ... and a larger one does not",
        state(
            "A*Max(0, d - f) + B*Max(0, e + f) > (d + e)*A", given=["d + e > 0", "A < B", "f > -e"]
        ),
        "positive_unique_from_below: B < A: only d_+ attains it, from below ...",
        state(
            "A*Max(0, d - f) + B*Max(0, e + f) > (d + e)*B", given=["d + e > 0", "B < A", "f < d"]
        ),
        "positive_unique_from_above: ... and from above",
        state(
            "A*Max(0, d - f) + B*Max(0, e + f) > (d + e)*B", given=["d + e > 0", "B < A", "f > d"]
        ),
        "side_by_threshold: B < A iff eta exceeds w_-/(w_+ + w_-)",
        "h*w - (1 - h)*v == (w + v)*(h - v/(w + v))",
        "threshold_is_prior: which is pi iff w_+/w_- = (1-pi)/pi",
        "v/(w + v) - p == (v*p/(w + v))*((1 - p)/p - w/v)",
        "branches_meet: the two branches of the risk meet at the threshold c = w_-/(w_+ + w_-)",
        "(1 - v/(w + v))*v == (v/(w + v))*w",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The conditional risk A max(0, d_+ - f) + B max(0, d_- + f) is piecewise linear; its "
    "minimiser is d_+ if B < A and -d_- if A < B. With d_+, d_- > 0 these have the signs of the "
    "prediction, and the loss is consistent for the balanced error iff w_+/w_- = (1-pi)/pi.",
    mutants=(
        "Bayes' risk has the weight w_- in both branches: (d_+ + d_-) eta w_- below the threshold",
        state("(d + e)*h*w == (d + e)*h*v", d="positive", e="positive", h="(0, 1)"),
        "the margins move the threshold: compare eta w_+ d_+ with (1-eta) w_- d_-",
        state(
            "A*Max(0, d - f) + B*Max(0, e + f) >= (d + e)*A",
            given="A*d <= B*e",
            d="positive",
            e="positive",
        ),
        "the weights are the priors: w_+/w_- = pi/(1-pi)",
        "(1 - p)/(p + (1 - p)) == p",
    ),
)

STATEMENTS = (SCALAR_VS, CHOICES, WEIGHTED_HINGE)
