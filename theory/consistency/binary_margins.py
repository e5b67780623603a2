"""Two classes: what weights, margins and multipliers do to the threshold and to Bayes' risk.

Claimed by Menon et al. (ICLR 2021), Lemma 2 and appendix (two slips mended here), and for the scalar VS
loss by Kini et al. (NeurIPS 2021). Checked by: derivatives and limits (symbolic), and the piecewise
linear risk of the hinge (SMT).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_derivative, state_limit, steps
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

_SCALAR = {
    "w": "positive", "v": "positive", "b": "positive", "c": "positive", "d": "real", "e": "real",
}  # fmt: skip
_AT_POINT = {**_SCALAR, "h": "(0, 1)"}
_VS_RISK = "h*w*log(1 + exp(d - b*f)) + (1 - h)*v*log(1 + exp(e + c*f))"
_VS_SLOPE = "-h*w*b/(1 + exp(b*f - d)) + (1 - h)*v*c/(1 + exp(-c*f - e))"
_VS_CURVATURE = (
    "h*w*b**2*exp(b*f - d)/(1 + exp(b*f - d))**2"
    " + (1 - h)*v*c**2*exp(-c*f - e)/(1 + exp(-c*f - e))**2"
)
_VS_PUSHES = "w*b/(1 + exp(-d)) + v*c/(1 + exp(-e))"
_VS_THRESHOLD = f"(v*c/(1 + exp(-e)))/({_VS_PUSHES})"

SCALAR_VS = Statement(
    name="binary_margins.scalar_vs_threshold",
    title="The scalar VS loss thresholds the posterior at w_- D_- sig(i_-) over the sum of such pushes",
    source="loss: Kini et al. (NeurIPS 2021); the threshold is derived here",
    formula=state(
        f"-h*w*b/(1 + exp(-d)) + (1 - h)*v*c/(1 + exp(-e)) == ({_VS_THRESHOLD} - h)*({_VS_PUSHES})",
        **_AT_POINT,
    ),
    steps=steps(
        (
            "the slope of the conditional risk in the score",
            state_derivative(_VS_RISK, "f", _VS_SLOPE, f="real", **_AT_POINT),
        ),
        (
            "the slope's derivative ...",
            state_derivative(_VS_SLOPE, "f", _VS_CURVATURE, f="real", **_AT_POINT),
        ),
        (
            "... is positive: the risk is strictly convex",
            state(f"{_VS_CURVATURE} > 0", f="real", **_AT_POINT),
        ),
        (
            "the slope is negative far left ...",
            state_limit(_VS_SLOPE, "-h*w*b", "f", "low", f="real", **_AT_POINT),
        ),
        (
            "... and positive far right: there is one minimiser",
            state_limit(_VS_SLOPE, "(1 - h)*v*c", "f", "high", f="real", **_AT_POINT),
        ),
        (
            "at f = 0 the slope is (t - eta) times the sum of the pushes",
            state(
                "-h*w*b/(1 + exp(-d)) + (1 - h)*v*c/(1 + exp(-e))"
                f" == ({_VS_THRESHOLD} - h)*({_VS_PUSHES})",
                **_AT_POINT,
            ),
        ),
        ("which is positive", state(f"{_VS_PUSHES} > 0", **_SCALAR)),
        (
            "with pushes A, B: t = pi iff pi A = (1 - pi) B, equal total pushes of the classes at f = 0",
            state(
                "B/(A + B) - p == ((1 - p)*B - p*A)/(A + B)", A="positive", B="positive", p="(0, 1)"
            ),
        ),
    ),
    argument="The risk has one minimiser f*, positive iff its slope at 0 is negative, that is iff "
    "eta > t. Bayes predicts positive iff eta > pi; so the loss is consistent iff t = pi.",
    mutants=mutants(
        (
            "multipliers do not matter for the threshold",
            state(
                f"{_VS_THRESHOLD} == (v/(1 + exp(-e)))/(w/(1 + exp(-d)) + v/(1 + exp(-e)))",
                **_SCALAR,
            ),
        ),
        (
            "offsets do not matter for the threshold",
            state(f"{_VS_THRESHOLD} == v*c/(w*b + v*c)", **_SCALAR),
        ),
        (
            "the offset is seen through exp instead of the sigmoid",
            state(f"{_VS_THRESHOLD} == v*c*exp(e)/(w*b*exp(d) + v*c*exp(e))", **_SCALAR),
        ),
    ),
    symbols={
        "f": "score; the prediction is its sign",
        "h": "posterior eta of the positive class",
        "w": "weight of the positive class",
        "v": "weight of the negative class",
        "b": "multiplier D of the positive class",
        "c": "multiplier D of the negative class",
        "d": "offset i of the positive class",
        "e": "offset i of the negative class",
        "p": "prior of the positive class",
        "A": "push w D sig(i) of the positive class",
        "B": "of the negative class",
    },
    ids=("VS11e",),
    functions=("implied_threshold",),
)

CHOICES = Statement(
    name="binary_margins.consistent_choices",
    title="Two classes: inverse weights or logit adjustment are consistent, both together are not",
    source="Menon et al. (ICLR 2021), Lemma 2 and the discussion after it",
    formula=state(
        "(1/(1 - p)*p)/(1/p*(1 - p) + 1/(1 - p)*p) == p**2/(p**2 + (1 - p)**2)", p="(0, 1)"
    ),
    steps=steps(
        (
            "weights 1/pi, 1/(1-pi) with equal margins (sigmoid s): the threshold is pi",
            state("(1/(1 - p)*s)/(1/p*s + 1/(1 - p)*s) == p", p="(0, 1)", s="(0, 1)"),
        ),
        (
            "the standard sigmoids of logit adjustment's margins +-log((1-pi)/pi) are 1-pi and pi",
            state(
                "1/(1 + exp(-log((1 - p)/p))) == 1 - p",
                "1/(1 + exp(log((1 - p)/p))) == p",
                p="(0, 1)",
            ),
        ),
        (
            "unit weights with these: the threshold is pi",
            state("p/((1 - p) + p) == p", p="(0, 1)"),
        ),
        (
            "inverse weights with these: the threshold is pi^2/(pi^2 + (1-pi)^2)",
            state(
                "(1/(1 - p)*p)/(1/p*(1 - p) + 1/(1 - p)*p) == p**2/(p**2 + (1 - p)**2)", p="(0, 1)"
            ),
        ),
        (
            "which is below pi for the rarer class: rare predictions are too many",
            state("p**2/(p**2 + (1 - p)**2) < p", p="(0, 1/2)"),
        ),
        (
            "pi = 1/5: margins (1-pi, pi), or pi^(-1/4) and (1-pi)^(-1/4), have thresholds above 2/5",
            state(
                "(1/(1 + exp(-1/5)))/(1/(1 + exp(-4/5)) + 1/(1 + exp(-1/5))) > 2/5",
                "(1/(1 + exp(-(4/5)**(-1/4))))"
                "/(1/(1 + exp(-(1/5)**(-1/4))) + 1/(1 + exp(-(4/5)**(-1/4)))) > 2/5",
            ),
        ),
        (
            "inverse weights with margins 1 and pi/(1-pi) = k < 1: inconsistent at every sharpness g ...",
            state("1/(1 + exp(-g)) > 1/(1 + exp(-g*k))", g="positive", k="(0, 1)"),
        ),
        (
            "... and consistent in the limit, the hinge loss",
            state_limit(
                "(1/(1 + exp(-g)))/(1/(1 + exp(-g*k)))",
                "1",
                "g",
                "high",
                g="positive",
                k="positive",
            ),
        ),
        (
            "the printed condition, with 1/(1 + exp(z)), would give pi/(1-pi) for logit adjustment",
            state(
                "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == p/(1 - p)",
                p="(0, 1)",
            ),
        ),
        (
            "and not the (1-pi)/pi that it asks for",
            state("p/(1 - p) < (1 - p)/p", p="(0, 1/2)"),
        ),
    ),
    argument="By the binary pairwise lemma the threshold is w_- sig(g d_-) over the sum of both pushes, "
    "and the loss is consistent iff it is pi; each line computes it for one choice.",
    mutants=mutants(
        (
            "inverse weights and logit adjustment together are consistent",
            state("(1/(1 - p)*p)/(1/p*(1 - p) + 1/(1 - p)*p) == p", p="(0, 1)"),
        ),
        (
            "with the printed sigmoid logit adjustment meets the condition",
            state(
                "(1/(1 + exp(log((1 - p)/p))))/(1/(1 + exp(-log((1 - p)/p)))) == (1 - p)/p",
                p="(0, 1)",
            ),
        ),
        (
            "cross-entropy's threshold is the prior",
            state("(1/2)/(1/2 + 1/2) == p", p="(0, 1)"),
        ),
    ),
    symbols={
        "p": "prior of the positive class",
        "s": "common sigmoid",
        "g": "sharpness gamma",
        "k": "pi/(1-pi)",
    },
    rests_on=("consistency.binary_pairwise",),
    ids=("LA5",),
    functions=("implied_threshold",),
    corrects="Menon et al., Lemma 2: sigma has to be the standard sigmoid; sigma(z) = (1 + exp(z))^(-1), as "
    "the arXiv text reads, would make their own logit adjustment inconsistent.",
)

_HINGE = "A*Max(0, d - f) + B*Max(0, e + f)"
_HINGE_DOMAIN = {"A": "positive", "B": "positive", "d": "real", "e": "real"}

WEIGHTED_HINGE = Statement(
    name="binary_margins.weighted_hinge",
    title="The weighted hinge thresholds at w_-/(w_+ + w_-) whatever its positive margins",
    source="Menon et al. (ICLR 2021), appendix, with one weight corrected",
    formula=state(f"{_HINGE} >= (d + e)*Min(A, B)", given="d + e > 0", f="real", **_HINGE_DOMAIN),
    steps=steps(
        (
            "A = eta w_+ <= B = (1-eta) w_-: no score has less risk than (d_+ + d_-) A",
            state(
                f"{_HINGE} >= (d + e)*A", given=["d + e > 0", "A <= B"], f="real", **_HINGE_DOMAIN
            ),
        ),
        (
            "B <= A: nor than (d_+ + d_-) B",
            state(
                f"{_HINGE} >= (d + e)*B", given=["d + e > 0", "B <= A"], f="real", **_HINGE_DOMAIN
            ),
        ),
        (
            "the two are the risks at -d_- and at d_+",
            state(
                "A*Max(0, d + e) + B*Max(0, e - e) == (d + e)*A",
                "A*Max(0, d - d) + B*Max(0, e + d) == (d + e)*B",
                given="d + e > 0",
                **_HINGE_DOMAIN,
            ),
        ),
        (
            "A < B: only -d_- attains it: a smaller score does not ...",
            state(
                f"{_HINGE} > (d + e)*A",
                given=["d + e > 0", "A < B", "f < -e"],
                f="real",
                **_HINGE_DOMAIN,
            ),
        ),
        (
            "... and a larger one does not",
            state(
                f"{_HINGE} > (d + e)*A",
                given=["d + e > 0", "A < B", "f > -e"],
                f="real",
                **_HINGE_DOMAIN,
            ),
        ),
        (
            "B < A: only d_+ attains it, from below ...",
            state(
                f"{_HINGE} > (d + e)*B",
                given=["d + e > 0", "B < A", "f < d"],
                f="real",
                **_HINGE_DOMAIN,
            ),
        ),
        (
            "... and from above",
            state(
                f"{_HINGE} > (d + e)*B",
                given=["d + e > 0", "B < A", "f > d"],
                f="real",
                **_HINGE_DOMAIN,
            ),
        ),
        (
            "B < A iff eta exceeds w_-/(w_+ + w_-)",
            state(
                "h*w - (1 - h)*v == (w + v)*(h - v/(w + v))", w="positive", v="positive", h="[0, 1]"
            ),
        ),
        (
            "which is pi iff w_+/w_- = (1-pi)/pi",
            state(
                "v/(w + v) - p == (v*p/(w + v))*((1 - p)/p - w/v)",
                w="positive",
                v="positive",
                p="(0, 1)",
            ),
        ),
        (
            "the two branches of the risk meet at the threshold c = w_-/(w_+ + w_-)",
            state("(1 - v/(w + v))*v == (v/(w + v))*w", w="positive", v="positive"),
        ),
    ),
    argument="The conditional risk A max(0, d_+ - f) + B max(0, d_- + f) is piecewise linear; its "
    "minimiser is d_+ if B < A and -d_- if A < B. With d_+, d_- > 0 these have the signs of the "
    "prediction, and the loss is consistent for the balanced error iff w_+/w_- = (1-pi)/pi.",
    mutants=mutants(
        (
            "Bayes' risk has the weight w_- in both branches: (d_+ + d_-) eta w_- below the threshold",
            state(
                "(d + e)*h*w == (d + e)*h*v",
                w="positive",
                v="positive",
                d="positive",
                e="positive",
                h="(0, 1)",
            ),
        ),
        (
            "the margins move the threshold: compare eta w_+ d_+ with (1-eta) w_- d_-",
            state(
                f"{_HINGE} >= (d + e)*A",
                given="A*d <= B*e",
                f="real",
                A="positive",
                B="positive",
                d="positive",
                e="positive",
            ),
        ),
        (
            "the weights are the priors: w_+/w_- = pi/(1-pi)",
            state("(1 - p)/(p + (1 - p)) == p", p="(0, 1)"),
        ),
    ),
    symbols={
        "f": "score",
        "A": "eta w_+",
        "B": "(1-eta) w_-",
        "d": "margin d_+ of the positive class",
        "e": "margin d_- of the negative class",
        "w": "weight w_+ of the positive class",
        "v": "weight w_- of the negative class",
        "h": "posterior eta",
        "p": "prior",
    },
    ids=("LA12", "LA6"),
    functions=("weighted_hinge_score", "weighted_hinge_risk"),
    corrects="The arXiv text of Menon et al. (appendix) has w_- in both branches of the weighted hinge's "
    "Bayes risk; below the threshold it is eta w_+ (d_+ + d_-), else the two branches would not meet.",
)

STATEMENTS = (SCALAR_VS, CHOICES, WEIGHTED_HINGE)
