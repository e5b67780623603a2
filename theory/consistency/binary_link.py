"""Two classes: the population score of the pairwise loss in closed form.

Claimed by Menon et al. (ICLR 2021), Lemma 3, of which the root and the place of log 2 are mended here.
Checked by: limits (symbolic), the quadratic behind the link, a certified example.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ..claims.stating import FORMULA, state_limit, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, broadcasting

__all__ = ["optimal_score"]


@broadcasting
def optimal_score(
    posterior: ArrayLike,
    weight_positive: ArrayLike = 1.0,
    weight_negative: ArrayLike = 1.0,
    margin_positive: ArrayLike = 0.0,
    margin_negative: ArrayLike = 0.0,
    gamma: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """The population score f* of the pairwise loss ``(w_y/g) log(1 + exp(g d_y) exp(-g y f))``.

    ``(d_+ - d_-)/2 + (rho/2 + asinh(exp(g (d_+ + d_-)/2) sinh(rho/2)))/g`` with
    ``rho = logit(posterior) + log(w_+/w_-)``: both terms in the bracket have the sign of rho, so nothing
    cancels. ``posterior`` in (0, 1), weights and ``gamma`` > 0, margins real; arguments broadcast.
    """
    posterior = as_real("posterior", posterior, low=0, high=1, low_open=True, high_open=True)
    positive = as_real("weight_positive", weight_positive, low=0, low_open=True)
    negative = as_real("weight_negative", weight_negative, low=0, low_open=True)
    d = as_real("margin_positive", margin_positive)
    e = as_real("margin_negative", margin_negative)
    gamma = as_real("gamma", gamma, low=0, low_open=True)
    rho = logit(posterior) + (np.log(positive) - np.log(negative))
    bend = _asinh_of_scaled_sinh(gamma * (d + e) / 2, rho / 2)
    return (d - e) / 2 + (rho / 2 + bend) / gamma


def _asinh_of_scaled_sinh(
    log_scale: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """``asinh(exp(log_scale) * sinh(x))`` where the product may overflow or underflow."""
    size = np.abs(x)
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        # log sinh(size) = size + log(1 - exp(-2 size)) - log 2; -inf at 0
        log_product = log_scale + size + np.log(-np.expm1(-2 * size)) - np.log(2)
        small = np.arcsinh(np.exp(np.minimum(log_product, 20.0)))
    # beyond exp(20), asinh(z) = log(2 z) to 1 part in 10^18
    return np.copysign(np.where(log_product > 20, log_product + np.log(2), small), x)


# ------------------------------------------------------------------------------------ statements


LINK = statement(
    name="binary_link.link",
    title="The binary pairwise loss is proper composite, with a closed-form population score",
    source="Menon et al. (ICLR 2021), Lemma 3, with the root and the place of log 2 as they have to be; "
    "the symmetric form is derived here",
    ids=("LA6", "LA5b"),
    functions=("optimal_score",),
    corrects="Menon et al., Lemma 3, as the arXiv text reads: only the plus root is a score, log 2 belongs "
    "inside the factor 1/gamma, and the conditional Bayes risk needs l(-1), not l(+1), in its "
    "second term.",
    where={
        "A: positive": "a/q, with a = (w_+/w_-) exp(g (d_+ - d_-))",
        "B: real": "a b/q - c",
        "q: positive": "odds against the positive class, (1-p)/p",
        "x: positive": "exp(g f)",
        "c: positive": "exp(g d_+)",
        "k: positive": "ratio of the weights, w_+/w_-",
        "b: positive": "exp(g d_-)",
        "s: positive": "exp(rho/2), root of the weighted odds",
        "t: positive": "x exp(-g (d_+ - d_-)/2)/s, unknown of the symmetric form",
        "m: positive": "exp(g (d_+ + d_-)/2)",
        "z: real": "exp(g (d_+ + d_-)/2) sinh(rho/2)",
        "X: positive": "twice the root, B + sqrt(B^2 + 4 A), in a mutant",
        "p: (0, 1)": "posterior of the positive class",
        "f: real": "score",
        "w: positive": "weight w_+ of the positive class",
        "v: positive": "weight w_- of the negative class",
        "d: real": "margin d_+ of the positive class",
        "e: real": "margin d_- of the negative class",
        "g: positive": "sharpness gamma",
        "rho": "log of w_+ p / (w_- (1-p))",
    },
    theorem=(
        "l(y, f) = (w_y/g) log(1 + exp(g d_y - g y f)), y = +-1, w_y, g > 0: for every p in (0, 1) the "
        "risk p l(+1, f) + (1 - p) l(-1, f) has one minimiser f*(p) = (1/g) log((B + sqrt(B^2 + 4 A))/2), "
        "A = a/q, B = a b/q - c, q = (1 - p)/p, a = (w_+/w_-) exp(g (d_+ - d_-)), b = exp(g d_-), c = "
        "exp(g d_+); equally g f*(p) = g (d_+ - d_-)/2 + rho/2 + asinh(exp(g (d_+ + d_-)/2) sinh(rho/2)), "
        "rho = log(w_+ p/(w_- (1 - p))); f* is a continuous, strictly increasing bijection from (0, 1) to R",
        r"\ell(y, f) = \frac{w_y}{\gamma} \log\left(1 + e^{\gamma \delta_y - \gamma y f}\right),\; y = "
        r"\pm1,\; w_y, \gamma > 0,\; p \in (0, 1) : \quad \operatorname{argmin}_f \left[ p\, \ell(+1, f) + "
        r"(1 - p)\, \ell(-1, f) \right] = \left\{ f^*(p) \right\}, \qquad f^*(p) = \frac1\gamma \log "
        r"\frac{B + \sqrt{B^2 + 4 A}}{2} = \frac{\delta_+ - \delta_-}{2} + \frac1\gamma \left[ "
        r"\frac{\rho}{2} + \operatorname{arsinh}\left( e^{\gamma (\delta_+ + \delta_-)/2} \sinh "
        r"\frac{\rho}{2} \right) \right], \qquad \rho = \log \frac{w_+ p}{w_- (1 - p)},\; A = \frac{w_+ "
        r"p}{w_- (1 - p)} e^{\gamma (\delta_+ - \delta_-)},\; B = A e^{\gamma \delta_-} - e^{\gamma "
        r"\delta_+}; \qquad f^* : (0, 1) \to \mathbb R \text{ strictly increasing, onto}",
    ),
    formula="((B + sqrt(B**2 + 4*A))/2)**2 - B*((B + sqrt(B**2 + 4*A))/2) - A == 0",
    steps=(
        "ratio_numerator_falls (LA5b): the ratio -l'(+1, f)/l'(-1, f), (w_+/w_-)(1 + exp(-g f - g d_-))/(1 "
        "+ exp(g f - g d_+)), strictly decreases in f: the derivative of its numerator is negative ...",
        "-g*(w/v)*exp(-g*f - g*e) < 0",
        "ratio_denominator_rises (LA5b): ... and that of its denominator positive",
        "g*exp(g*f - g*d) > 0",
        "ratio_infinite_left (LA5b): so it falls from infinity (its inverse rises from zero) ...",
        state_limit("1/((w/v)*(1 + exp(-g*f - g*e))/(1 + exp(g*f - g*d)))", "0", "f", "low"),
        "ratio_zero_right (LA5b): ... to zero: every odds q = (1-p)/p is met at one f*",
        state_limit("(w/v)*(1 + exp(-g*f - g*e))/(1 + exp(g*f - g*d))", "0", "f", "high"),
        "stationarity_is_quadratic: with x = exp(g f), b = exp(g d_-), c = exp(g d_+), a = (w_+/w_-) c/b: "
        "ratio = q is quadratic",
        "q*x**2 + (q*c - k*c)*x - k*c/b == (q - k*(1 + 1/(x*b))/(1 + x/c))*x*(x + c)",
        "quadratic_solved: (here k = w_+/w_-, so k c = a b and k c/b = a): x^2 - B x - A = 0, solved by",
        FORMULA,
        "only_plus_root_positive: the root with plus is positive, the one with minus negative: no exp(g f)",
        ("(B + sqrt(B**2 + 4*A))/2 > 0", "(B - sqrt(B**2 + 4*A))/2 < 0"),
        "log_two_inside_value: so f* = (1/g) log(root), log 2 inside: .37925 for gamma 3, posterior .3, "
        "weights (2, .7), margins (.4, -.2)",
        "37925/100000 < (1/3)*log((((20/7)*exp(9/5)*exp(-3/5)*(3/7) - exp(6/5)) + "
        "sqrt(((20/7)*exp(9/5)*exp(-3/5)*(3/7) - exp(6/5))**2 + 4*(20/7)*exp(9/5)*(3/7)))/2) < 37926/100000",
        "log_two_outside_value: log 2 outside the 1/g gives -.0828 there",
        "-829/10000 < (1/3)*log((((20/7)*exp(9/5)*exp(-3/5)*(3/7) - exp(6/5)) + "
        "sqrt(((20/7)*exp(9/5)*exp(-3/5)*(3/7) - exp(6/5))**2 + 4*(20/7)*exp(9/5)*(3/7)))) - log(2) < "
        "-828/10000",
        "symmetric_quadratic: symmetric form: s^2 = k/q = exp(rho), m = exp(g (d_+ + d_-)/2), x = s t "
        "exp(g (d_+ - d_-)/2): then t^2 - 2 z t - 1 = 0 with 2 z = m (s - 1/s) = 2 m sinh(rho/2)",
        "(s**2/(1 + s*t/m) - 1/(1 + 1/(s*t*m)))*(m + s*t)*(s*t*m + 1)/m == -s**2*(t**2 - m*(s - 1/s)*t - 1)",
        "symmetric_root: its positive root is t = exp(asinh(z)), so that g f* = g (d_+ - d_-)/2 + rho/2 + "
        "asinh(z)",
        ("(z + sqrt(1 + z**2))**2 - 2*z*(z + sqrt(1 + z**2)) - 1 == 0", "z + sqrt(1 + z**2) > 0"),
    ),
    argument="The stationarity condition is that the ratio of the two slopes equals the odds against the "
    "positive class. The ratio is positive, continuous and strictly decreasing with range (0, "
    "infinity), which gives one f* for every posterior, increasing in it: the loss is proper "
    "composite. Solving the quadratic gives the link; the second form has no difference of large "
    "numbers.",
    mutants=(
        "log 2 outside the 1/g",
        "(1/g)*log(X) - log(2) == (1/g)*log(X/2)",
        "the root with minus",
        "(B - sqrt(B**2 + 4*A))/2 > 0",
        "the constant A has the odds upside down: a q for a/q",
        "x**2 + (c - k*c/q)*x - k*c*q/b == (1/q)*(q - k*(1 + 1/(x*b))/(1 + x/c))*x*(x + c)",
        "the conditional risk with l(+1) in both terms",
        "p*log(1 + exp(-f)) + (1 - p)*log(1 + exp(-f)) == p*log(1 + exp(-f)) + (1 - p)*log(1 + exp(f))",
    ),
    rests_on=("consistency.binary_pairwise",),
)

STATEMENTS = (LINK,)
