"""Priors estimated from a sample: how far their ratios to the true ones can differ, with confidence.

Derived here from Chernoff's bound for each class and a union over classes; with the bound for wrong
priors it covers logit adjustment (Menon et al., ICLR 2021) with empirical priors. Checked by: each
inequality of the chain.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import as_real, as_whole, broadcasting

__all__ = ["prior_mismatch_bound"]


@broadcasting
def prior_mismatch_bound(
    examples: ArrayLike, smallest_prior: ArrayLike, classes: int, failure: ArrayLike = 0.05
) -> NDArray[np.float64]:
    """Bound on `prior_mismatch` for priors estimated from N examples, with probability 1 - failure.

    ``(1 + e)/(1 - e)`` with ``e = sqrt(3 log(2 K/failure)/(N pi_min))``; infinite if e >= 1.
    """
    examples = as_real("examples", examples, low=1)
    smallest = as_real("smallest_prior", smallest_prior, low=0, low_open=True, high=1)
    failure = as_real("failure", failure, low=0, low_open=True, high=1, high_open=True)
    classes = as_whole("classes", classes, 1)
    error = np.sqrt(3 * (np.log(2 * classes) - np.log(failure)) / (examples * smallest))
    with np.errstate(divide="ignore"):
        return np.where(error < 1, (1 + error) / (1 - np.minimum(error, 1)), np.inf)


# ------------------------------------------------------------------------------------ statements

ESTIMATED_PRIOR = statement(
    name="estimated_priors.mismatch",
    title="Estimated priors: rho <= (1+e)/(1-e), e = sqrt(3 log(2K/delta)/(N pi_min)) < 1, with 1 - delta",
    source="derived here, with Chernoff's bound for each class",
    ids=("LA8",),
    functions=("prior_mismatch_bound",),
    where={
        "K: positive": "number of classes",
        "N: positive": "examples",
        "p: positive": "prior of a class (in the formula the smallest)",
        "d: (0, 1)": "probability of failure, delta",
        "t: positive": "argument of the generating function",
        "m: positive": "smallest prior",
        "p1, p2: positive": "prior of classes 1, 2",
        "q1, q2: positive": "classes 1, 2's share of the sample",
        "e: [0, 1)": "relative error of a share",
    },
    theorem=(
        "N independent labels, K classes, pi^_y the share of class y, delta in (0, 1), e = sqrt(3 "
        "log(2K/delta)/(N pi_min)): if e < 1, then with probability >= 1 - delta |pi^_y - pi_y| <= e pi_y "
        "for all y, and so rho = max_y(pi_y/pi^_y)/min_y(pi_y/pi^_y) <= (1+e)/(1-e); adjusting by pi^ then "
        "costs at most (1 - BER*) 2e/(1+e) in balanced error",
        r"Y_1,\dots,Y_N\ \text{independent},\ \mathbb P(Y_i=y)=\pi_y,\ "
        r"\hat\pi_y=\frac1N\sum_{i=1}^N\mathbf 1[Y_i=y],\ \delta\in(0,1),\quad "
        r"\varepsilon=\sqrt{\frac{3\log(2K/\delta)}{N\,\pi_{\min}}}<1:\quad \mathbb "
        r"P\left(|\hat\pi_y-\pi_y|\le\varepsilon\,\pi_y\ \forall\,y\right)\ge1-\delta,\quad\text{and "
        r"then}\quad \rho=\frac{\max_y\pi_y/\hat\pi_y}{\min_y\pi_y/\hat\pi_y}\le\frac{1+\varepsilon}"
        r"{1-\varepsilon},\quad \mathrm{BER}(h_{\hat\pi})-\mathrm{BER}^*\le(1-\mathrm{BER}^*)"
        r"\frac{2\varepsilon}{1+\varepsilon}",
    ),
    formula="2*K*exp(-N*p*(3*log(2*K/d)/(N*p))/3) == d",
    steps=(
        "generating_function: one example's generating function: 1 + p (t - 1) <= exp(p (t - 1))",
        state("1 + p*(t - 1) <= exp(p*(t - 1))", p="[0, 1]"),
        "upper_tail: Markov at t = 1 + e: the exponent per N p of a share above (1 + e) p is at most -e^2/3",
        state("e - (1 + e)*log(1 + e) <= -e**2/3", e="[0, 1]"),
        "lower_tail: at t = 1 - e: of a share below (1 - e) p, at most -e^2/2",
        "-e - (1 - e)*log(1 - e) <= -e**2/2",
        "one_class_fails: which is stronger, so each class fails with at most 2 exp(-N p e^2/3), least p "
        "the most",
        state(
            "exp(-N*p*e**2/2) + exp(-N*p*e**2/3) <= 2*exp(-N*m*e**2/3)", given="m <= p", e="(0, 1)"
        ),
        "all_classes_fail: over K classes that is delta at e^2 = 3 log(2K/delta)/(N pi_min)",
        FORMULA,
        "ratio_of_two_mismatches: if all shares q are within (1 -+ e) p, two mismatches p/q differ by "
        "(1+e)/(1-e) at most",
        state("(p1/q1)/(p2/q2) <= (1 + e)/(1 - e)", given=["q1 >= (1 - e)*p1", "q2 <= (1 + e)*p2"]),
    ),
    argument="Markov's inequality for t^(count), with independent examples, gives each class's two tails; "
    "the union over classes gives delta, and on the rest rho is bounded, so the wrong-prior bound "
    "holds for the loss or the post-hoc rule with the empirical prior.",
    mutants=(
        "e^2/2 for the upper tail",
        state("e - (1 + e)*log(1 + e) <= -e**2/2", e="[0, 1]"),
        "rho <= 1 + e",
        state("(p1/q1)/(p2/q2) <= 1 + e", given=["q1 >= (1 - e)*p1", "q2 <= (1 + e)*p2"]),
        "one tail in the union bound: log(K/delta)",
        "2*K*exp(-N*p*(3*log(K/d)/(N*p))/3) == d",
    ),
    rests_on=("wrong_priors.wrong_prior",),
)

STATEMENTS = (ESTIMATED_PRIOR,)
