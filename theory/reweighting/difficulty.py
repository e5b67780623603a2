"""Class-wise difficulty: how wrong a class goes now, how strongly that should weigh, and where it ends.

Source: Sinha, Ohashi, Nakamura, "Class-wise difficulty-balanced loss for solving class-imbalance"
(ACCV 2020), eqs. (3) to (6); the fixed point is derived here. Checked by: limits, monotonicity, values
worked out by hand, intervals.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ..claims.stating import FORMULA, state, state_derivative, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, broadcasting, one_of
from ..gaussian.gaussian_curves import log_false_over_true, mills_ratio

__all__ = ["difficulty_exponent", "difficulty_power", "difficulty_threshold"]

EPSILON = 0.01
FORMS = ("paper", "cifar")


def difficulty_exponent(class_accuracy: ArrayLike, form: str = "paper") -> float:
    """The dynamic exponent tau of difficulty weights, from accuracies of shape (K,) in [0, 1].

    ``form="paper"``: ``tau = 2 sigmoid(b)``, ``b = max A / (min A + 0.01) - 1``, which the authors also
    use in their ImageNet code. The 0.01 makes b slightly negative at equal accuracies; it is cut at
    zero, so that tau lies in [1, 2) as the paper says. ``form="cifar"``: the authors' CIFAR code,
    ``tau = sigmoid(max A / (min A + 0.01))``, in [1/2, 1).
    """
    accuracy = _accuracies(class_accuracy)
    ratio = accuracy.max() / (accuracy.min() + EPSILON)
    if one_of("form", form, FORMS) == "cifar":
        return float(expit(ratio))
    return float(2.0 * expit(max(ratio - 1.0, 0.0)))


def difficulty_power(class_accuracy: ArrayLike, tau: float) -> NDArray[np.float64]:
    """``(1 - A_y)^tau``, shape (K,), for ``tau >= 0``; ones where every class is at 1, so none is hard."""
    difficulty, tau = 1.0 - _accuracies(class_accuracy), as_number("tau", tau, low=0)
    return difficulty**tau if difficulty.any() else np.ones_like(difficulty)


def _accuracies(class_accuracy: ArrayLike) -> NDArray[np.float64]:
    accuracy = as_real("class_accuracy", class_accuracy, low=0, high=1)
    if accuracy.ndim != 1 or accuracy.size == 0:
        raise InputError(
            f"class_accuracy has shape {accuracy.shape}: give one accuracy per class, shape (K,)"
        )
    return accuracy


@broadcasting
def difficulty_threshold(eta: ArrayLike, Delta: ArrayLike, tau: ArrayLike) -> NDArray[np.float64]:
    """Where weights (1 - A_y)^tau come to rest for two Gaussian classes: threshold on the score.

    The one root of ``Delta t = log(eta) + tau log(Phi(-Delta/2 - t)/Phi(-Delta/2 + t))``: at it the weights
    that its class accuracies give make it optimal. ``eta >= 1``, ``Delta > 0``, ``tau >= 0``; they broadcast.
    0 is the balanced rule, ``log(eta)/Delta`` cross-entropy's.
    """
    log_eta = np.log(as_real("eta", eta, low=1))
    Delta = as_real("Delta", Delta, low=0, low_open=True)
    tau = as_real("tau", tau, low=0)
    # Newton's method for a convex increasing function of t, from the right of its root.
    t = log_eta / (Delta + 2 * tau / mills_ratio(Delta / 2))
    for _ in range(60):
        pull = tau * np.where(t > 0, log_false_over_true(Delta / 2, np.maximum(2 * t, 1e-300)), 0.0)
        slope = Delta + tau * (1 / mills_ratio(Delta / 2 + t) + 1 / mills_ratio(Delta / 2 - t))
        t = np.maximum(t - (Delta * t - log_eta - pull) / slope, 0.0)
    return t


# ------------------------------------------------------------------------------------ statements


FIXED_POINT = statement(
    name="difficulty.balanced_rule_is_no_fixed_point",
    title="Two Gaussians: difficulty weights rest strictly between the balanced rule and cross-entropy's",
    source="weights: Sinha, Ohashi, Nakamura (ACCV 2020); derived here",
    functions=("difficulty_threshold", "difficulty_power"),
    corrects="Weighing classes by their errors is offered as a remedy for imbalance: at the rule that "
    "makes the errors equal the weights are equal too, so training rests short of it.",
    where={
        "t: real": "threshold on the standardised score",
        "l: positive": "log(eta), eta the majority's prior over the minority's",
        "D: positive": "separability Delta",
        "k: nonnegative": "exponent tau; m at a larger threshold",
        "a: (0, 1)": "error of the majority class",
        "b: (0, 1)": "error of the minority class",
        "m: nonnegative": "exponent tau at a larger threshold",
        "x: nonnegative": "log(b/a) at a threshold",
        "y: nonnegative": "at a larger one",
    },
    theorem=(
        "scores N(+-Delta/2, 1), eta > 1, difficulty weights (1 - A_y)^tau, tau > 0, of the errors a(t) = "
        "Phi(-Delta/2 - t) of the majority and b(t) = Phi(-Delta/2 + t) of the minority: exactly one "
        "threshold rests, Delta t = log eta + tau log(a(t)/b(t)), and 0 < t < log(eta)/Delta, strictly "
        "between the balanced rule and cross-entropy's; the same for a continuous tau(t) > 0 that does not "
        "fall in t >= 0",
        r"a(t)=\Phi\left(-\tfrac\Delta2-t\right),\ b(t)=\Phi\left(-\tfrac\Delta2+t\right),\ \eta>1,\ "
        r"\Delta,\tau>0:\quad \exists!\,t^*\in\mathbb R:\ \Delta\,t^*=\log\eta+\tau\log\frac{a(t^*)}"
        r"{b(t^*)},\qquad 0<t^*<\frac{\log\eta}\Delta;\qquad \text{the same for continuous "
        r"}\tau(t)>0\text{ that does not fall in }t\ge0",
    ),
    formula="D*0 - l - k*(log(Phi(-D/2 - 0)) - log(Phi(-D/2 + 0))) < 0",
    steps=(
        "equal_weights_at_the_midpoint: at the balanced threshold both accuracies are Phi(D/2), so the "
        "weights are equal for every tau",
        "((1 - Phi(D/2 - 0))/(1 - Phi(D/2 + 0)))**k == 1",
        "threshold_of_costs: weights (1 - A)^tau, k = tau, make the threshold that of costs: t = (l + log "
        "of their ratio)/D",
        state("log(exp(l)*(a/b)**k)/D == (l + k*(log(a) - log(b)))/D", l="real"),
        "negative_at_the_midpoint: what a resting threshold makes vanish is negative at 0 ...",
        FORMULA,
        "positive_at_cross_entropy: ... and positive at cross-entropy's l/D, as the majority errs less "
        "there (a < b), ...",
        state("D*(l/D) - l - k*(log(a) - log(b)) > 0", given="a < b", k="positive"),
        "majority_errs_less: (that is so beyond the midpoint)",
        state("Phi(-D/2 - t) < Phi(-D/2 + t)", t="positive"),
        "slope: ... with a slope ...",
        state_derivative(
            "D*t - l - k*(log(Phi(-D/2 - t)) - log(Phi(-D/2 + t)))",
            "t",
            "D + k*(exp(-(D/2 + t)**2/2)/Phi(-D/2 - t) + exp(-(t - D/2)**2/2)/Phi(-D/2 + t))/sqrt(2*pi)",
        ),
        "slope_is_positive: ... that is positive: one resting point",
        "D + k*(exp(-(D/2 + t)**2/2)/Phi(-D/2 - t) + exp(-(t - D/2)**2/2)/Phi(-D/2 + t))/sqrt(2*pi) > 0",
        "growing_exponent: tau may depend on the accuracies: where it grows with t, as the paper's does, "
        "so does its part",
        state("k*x <= m*y", given=["k <= m", "x <= y"]),
        "certified_resting_point: Delta = 2, eta = 100, tau = 1: it rests between .90 and .91, "
        "cross-entropy at 2.30",
        (
            "2*(90/100) - log(100) - (log(Phi(-1 - 90/100)) - log(Phi(-1 + 90/100))) < 0",
            "2*(91/100) - log(100) - (log(Phi(-1 - 91/100)) - log(Phi(-1 + 91/100))) > 0",
        ),
    ),
    argument="By `gaussian_decisions.one_offset` class weights shift the best threshold by their log "
    "ratio: a threshold t rests iff D t - l - tau log(a/b) = 0, with the errors a of the majority "
    "and b of the minority at t. That rises in t, from -l at 0 to a positive number at l/D. The "
    "balanced rule, t = 0, rests only if l = 0, equal priors. Below 0 all terms are negative.",
    mutants=(
        "the balanced rule rests",
        "D*0 - l - k*(log(Phi(-D/2 - 0)) - log(Phi(-D/2 + 0))) == 0",
        "the weights keep cross-entropy's threshold",
        state("D*(l/D) - l - k*(log(a) - log(b)) == 0", given="a < b", k="positive"),
        "Delta = 2, eta = 100, tau = 1: it rests within a tenth of the midpoint",
        "2*(1/10) - log(100) - (log(Phi(-1 - 1/10)) - log(Phi(-1 + 1/10))) > 0",
    ),
    rests_on=(
        "gaussian.rates",
        "gaussian_decisions.one_offset",
        "gaussian.balanced_error_is_least_at_the_midpoint",
    ),
)

STATEMENTS = (FIXED_POINT,)
