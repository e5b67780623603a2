"""Priors estimated from a sample: how far their ratios to the true ones can differ, with confidence.

Derived here from Chernoff's bound for each class and a union over classes; with the bound for wrong
priors it covers logit adjustment (Menon et al., ICLR 2021) with empirical priors. Checked by: each
inequality of the chain.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, steps
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

ESTIMATED_PRIOR = Statement(
    name="estimated_priors.mismatch",
    title="Estimated priors: rho <= (1+e)/(1-e), e = sqrt(3 log(2K/delta)/(N pi_min)) < 1, with 1 - delta",
    source="derived here, with Chernoff's bound for each class",
    formula=state(
        "2*K*exp(-N*p*(3*log(2*K/d)/(N*p))/3) == d",
        K="positive",
        N="positive",
        p="positive",
        d="(0, 1)",
    ),
    steps=steps(
        (
            "one example's generating function: 1 + p (t - 1) <= exp(p (t - 1))",
            state("1 + p*(t - 1) <= exp(p*(t - 1))", p="[0, 1]", t="positive"),
        ),
        (
            "Markov at t = 1 + e: the exponent per N p of a share above (1 + e) p is at most -e^2/3",
            state("e - (1 + e)*log(1 + e) <= -e**2/3", e="[0, 1]"),
        ),
        (
            "at t = 1 - e: of a share below (1 - e) p, at most -e^2/2",
            state("-e - (1 - e)*log(1 - e) <= -e**2/2", e="[0, 1)"),
        ),
        (
            "which is stronger, so each class fails with at most 2 exp(-N p e^2/3), least p the most",
            state(
                "exp(-N*p*e**2/2) + exp(-N*p*e**2/3) <= 2*exp(-N*m*e**2/3)",
                given="m <= p",
                N="positive",
                p="positive",
                m="positive",
                e="(0, 1)",
            ),
        ),
        (
            "over K classes that is delta at e^2 = 3 log(2K/delta)/(N pi_min)",
            state(
                "2*K*exp(-N*p*(3*log(2*K/d)/(N*p))/3) == d",
                K="positive",
                N="positive",
                p="positive",
                d="(0, 1)",
            ),
        ),
        (
            "if all shares q are within (1 -+ e) p, two mismatches p/q differ by (1+e)/(1-e) at most",
            state(
                "(p1/q1)/(p2/q2) <= (1 + e)/(1 - e)",
                given=["q1 >= (1 - e)*p1", "q2 <= (1 + e)*p2"],
                p1="positive",
                p2="positive",
                q1="positive",
                q2="positive",
                e="[0, 1)",
            ),
        ),
    ),
    argument="Markov's inequality for t^(count), with independent examples, gives each class's two tails; "
    "the union over classes gives delta, and on the rest rho is bounded, so the wrong-prior bound holds "
    "for the loss or the post-hoc rule with the empirical prior.",
    mutants=mutants(
        (
            "e^2/2 for the upper tail",
            state("e - (1 + e)*log(1 + e) <= -e**2/2", e="[0, 1]"),
        ),
        (
            "rho <= 1 + e",
            state(
                "(p1/q1)/(p2/q2) <= 1 + e",
                given=["q1 >= (1 - e)*p1", "q2 <= (1 + e)*p2"],
                p1="positive",
                p2="positive",
                q1="positive",
                q2="positive",
                e="[0, 1)",
            ),
        ),
        (
            "one tail in the union bound: log(K/delta)",
            state(
                "2*K*exp(-N*p*(3*log(K/d)/(N*p))/3) == d",
                K="positive",
                N="positive",
                p="positive",
                d="(0, 1)",
            ),
        ),
    ),
    symbols={
        "p": "prior of a class (in the formula the smallest)",
        "m": "smallest prior",
        "q1": "class 1's share of the sample",
        "p1": "prior of class 1",
        "e": "relative error of a share",
        "d": "probability of failure, delta",
        "N": "examples",
        "K": "number of classes",
        "t": "argument of the generating function",
    },
    rests_on=("wrong_priors.wrong_prior",),
    ids=("LA8",),
    functions=("prior_mismatch_bound",),
)

STATEMENTS = (ESTIMATED_PRIOR,)
