"""Balanced softmax: the training posterior of a balanced one, and two ways to get it wrong.

Claimed by Ren et al. (NeurIPS 2020), Theorem 1 and its multiple-binary form, which is exact for two
classes only; with class-balanced sampling the loss corrects twice. Checked by: identities for one class
or one pair of classes, which hold for any number of them, and exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_failure, steps
from ..consistency.offset_family import broadcast_classes, sum_of_others
from ..foundation.validation import InputError, as_real

__all__ = ["multiple_binary_logits", "training_logits", "training_posterior"]


def training_posterior(
    balanced_posterior: ArrayLike, class_counts: ArrayLike
) -> NDArray[np.float64]:
    """The training posterior ``n_y phi_y / sum_j n_j phi_j`` of a balanced posterior phi; (..., K)."""
    phi, counts = _posterior_and_counts(balanced_posterior, class_counts)
    mass = phi * (counts / counts.max(axis=-1, keepdims=True))
    return mass / mass.sum(axis=-1, keepdims=True)


def training_logits(balanced_posterior: ArrayLike, class_counts: ArrayLike) -> NDArray[np.float64]:
    """Class-against-rest logits of `training_posterior`: ``log(n_y phi_y / sum_{j != y} n_j phi_j)``."""
    phi, counts = _posterior_and_counts(balanced_posterior, class_counts)
    mass = phi * (counts / counts.max(axis=-1, keepdims=True))
    return np.log(mass) - np.log(sum_of_others(mass))


def multiple_binary_logits(
    balanced_posterior: ArrayLike, class_counts: ArrayLike
) -> NDArray[np.float64]:
    """The same by Ren et al.'s multiple-binary formula, which is exact for K = 2 only.

    ``u_y - log(((n/K)/n_y) (n - n_y)/(n - n/K))`` with ``u_y = log(phi_y/(1 - phi_y))``.
    """
    phi, counts = _posterior_and_counts(balanced_posterior, class_counts)
    odds = np.log(phi) - np.log(sum_of_others(phi))
    others = np.log(sum_of_others(counts)) - np.log(counts.shape[-1] - 1)
    return odds + np.log(counts) - others


def _posterior_and_counts(
    balanced_posterior: ArrayLike, class_counts: ArrayLike
) -> list[NDArray[np.float64]]:
    phi = as_real("balanced_posterior", balanced_posterior, low=0, high=1, low_open=True)
    counts = as_real("class_counts", class_counts, low=0, low_open=True)
    phi, counts = broadcast_classes(balanced_posterior=phi, class_counts=counts)
    if phi.shape[-1] < 2:
        raise InputError(f"balanced_posterior has shape {phi.shape}: give at least two classes")
    return [phi / phi.sum(axis=-1, keepdims=True), counts]


# ------------------------------------------------------------------------------------ statements

TRAINING_POSTERIOR = Statement(
    name="balanced_softmax.training_posterior",
    title="A balanced posterior softmax(u) has the training posterior n_y e^(u_y) / sum n_j e^(u_j)",
    source="Ren et al. (NeurIPS 2020), Theorem 1",
    formula=state(
        "n1*(l1/(l1 + l2 + l3))/(n1*(l1/(l1 + l2 + l3)) + n2*(l2/(l1 + l2 + l3))"
        " + n3*(l3/(l1 + l2 + l3))) == n1*l1/(n1*l1 + n2*l2 + n3*l3)",
        **{f"{letter}{k}": "positive" for letter in "nl" for k in (1, 2, 3)},
    ),
    steps=steps(
        (
            "Bayes: class densities l, balanced posterior l_y/sum l; weighted by n it is the training "
            "posterior (three classes)",
            state(
                "n1*(l1/(l1 + l2 + l3))/(n1*(l1/(l1 + l2 + l3)) + n2*(l2/(l1 + l2 + l3))"
                " + n3*(l3/(l1 + l2 + l3))) == n1*l1/(n1*l1 + n2*l2 + n3*l3)",
                **{f"{letter}{k}": "positive" for letter in "nl" for k in (1, 2, 3)},
            ),
        ),
        (
            "any number of classes: with Z = sum e^u and S = sum n e^u the common Z cancels",
            state(
                "n*(exp(u)/Z)/(S/Z) == n*exp(u)/S",
                n="positive",
                u="real",
                Z="positive",
                S="positive",
            ),
        ),
        (
            "it is logit adjustment with tau = 1: the size N of the sample cancels as well",
            state(
                "n*exp(u)/S == exp(u + log(n/N))/(S/N)",
                n="positive",
                u="real",
                S="positive",
                N="positive",
            ),
        ),
    ),
    argument="The training posterior is proportional to n_y times the class density, the balanced one to "
    "the density; the normalisers cancel.",
    mutants=mutants(
        (
            "divide by n instead",
            state(
                "(exp(u)/n)/S == exp(u + log(n/N))/(S/N)",
                n="positive",
                u="real",
                S="positive",
                N="positive",
            ),
        ),
        (
            "exponent 1/4: n^(1/4) exp(u)",
            state(
                "n1**(1/4)*l1/(n1**(1/4)*l1 + n2**(1/4)*l2) == n1*l1/(n1*l1 + n2*l2)",
                **{f"{letter}{k}": "positive" for letter in "nl" for k in (1, 2)},
            ),
        ),
    ),
    symbols={
        "n": "examples of a class",
        "l1": "density of class 1 at the point",
        "u": "logit",
        "Z": "sum of exp(u)",
        "S": "sum of n exp(u)",
        "N": "sum of n",
    },
    ids=("BS1",),
    functions=("training_posterior",),
)

_COUNTS = {"n1": "positive", "n2": "positive", "n3": "positive"}
_PHI = {"f1": "positive", "f2": "positive", "f3": "positive"}

MULTIPLE_BINARY = Statement(
    name="balanced_softmax.multiple_binary",
    title="The multiple-binary form of balanced softmax is exact for two classes only",
    source="Ren et al. (NeurIPS 2020), multiple binary logistic regression; the condition is derived here",
    formula=state_failure(
        "n1*f1/(n2*f2 + n3*f3) == (f1/(f2 + f3))*n1*2/(n2 + n3)", **_COUNTS, **_PHI
    ),
    steps=steps(
        (
            "the formula's odds are the balanced odds times m (K-1)/o: n = m + o, K = k + 1",
            state(
                "u - log(((m + o)/(k + 1)/m)*o/(m + o - (m + o)/(k + 1))) == u + log(m*k/o)",
                u="real",
                o="positive",
                m="positive",
                k="positive",
            ),
        ),
        (
            "two classes: these are the training odds",
            state(
                "n1*f1/(n2*f2) == (f1/f2)*n1/n2",
                n1="positive",
                n2="positive",
                f1="positive",
                f2="positive",
            ),
        ),
        (
            "in general they are so iff the other classes' counts, averaged by their balanced "
            "posteriors (W/R), have the plain mean M",
            state(
                "m*f/W - (f/R)*m/M == (m*f/W)*(M - W/R)/M",
                **dict.fromkeys(("m", "f", "W", "R", "M"), "positive"),
            ),
        ),
        (
            "three classes: wrong unless the other two have equal counts or equal posteriors",
            state(
                "(n2*f2 + n3*f3)/(f2 + f3) - (n2 + n3)/2 == (n2 - n3)*(f2 - f3)/(2*(f2 + f3))",
                **{k: v for k, v in (_COUNTS | _PHI).items() if k[1] != "1"},
            ),
        ),
        (
            "densities (.5, .2, .05), counts (100, 30, 10): 2.303 by the formula, 2.040 in truth",
            state(
                "2302/1000 < log((1/2)/(1/4)*100*2/40) < 2303/1000",
                "2039/1000 < log(100*(1/2)/(30*(1/5) + 10*(1/20))) < 2041/1000",
            ),
        ),
        (
            "so the identity is false for three classes",
            state_failure(
                "n1*f1/(n2*f2 + n3*f3) == (f1/(f2 + f3))*n1*2/(n2 + n3)", **_COUNTS, **_PHI
            ),
        ),
    ),
    argument="The training odds of class y against the rest are n_y phi_y / sum_{j != y} n_j phi_j. The "
    "formula replaces that sum by (1 - phi_y) times the mean count of the others: it takes the density "
    "of 'not y' to be the same under both priors, which holds for two classes. With more it fails wherever "
    "the other classes' counts and posteriors differ, as then W/R varies with the posteriors.",
    mutants=mutants(
        (
            "the identity for three classes",
            state("n1*f1/(n2*f2 + n3*f3) == (f1/(f2 + f3))*n1*2/(n2 + n3)", **_COUNTS, **_PHI),
        ),
        (
            "it errs on one side: never below the truth",
            state("(f1/(f2 + f3))*n1*2/(n2 + n3) >= n1*f1/(n2*f2 + n3*f3)", **_COUNTS, **_PHI),
        ),
    ),
    symbols={
        "m": "examples of the class",
        "o": "examples of the other classes",
        "k": "number of the other classes",
        "u": "its balanced log-odds",
        "f1": "balanced posterior of class 1",
        "n1": "examples of class 1",
        "W": "sum over the other classes of n_j phi_j",
        "R": "sum over the other classes of phi_j",
        "M": "mean count of the other classes",
    },
    rests_on=("balanced_softmax.training_posterior",),
    ids=("BS4",),
    functions=("training_logits", "multiple_binary_logits"),
    corrects="The multiple-binary form is used as an identity; for three or more classes it is one only "
    "where the other classes' average count does not depend on the point.",
)

_PAIR = {f"{letter}{k}": "positive" for letter in "hp" for k in (1, 2)}

DOUBLE_CORRECTION = Statement(
    name="balanced_softmax.double_correction",
    title="Class-balanced sampling with balanced softmax corrects twice: u* = log(eta/pi^2)",
    source="setting: Ren et al. (NeurIPS 2020); derived here",
    formula=state(
        "log(h1/p1) - log(p1) - (log(h2/p2) - log(p2)) == log((h1/p1**2)/(h2/p2**2))",
        **_PAIR,
    ),
    steps=steps(
        (
            "class-balanced sampling replaces the posterior by eta/pi, up to a constant (K classes)",
            state("h*(1/(K*p)) == (h/p)/K", h="positive", p="positive", K="integer 2.."),
        ),
        (
            "with offsets log(pi) the population logits are then log(eta/pi^2)",
            state(
                "log(h1/p1) - log(p1) - (log(h2/p2) - log(p2)) == log((h1/p1**2)/(h2/p2**2))",
                **_PAIR,
            ),
        ),
        (
            "example: pi = (.7, .3), eta = (.75, .25): Bayes predicts class 1, the double correction 2",
            state(
                "(3/4)/(7/10) > (1/4)/(3/10)",
                "(3/4)/(7/10)**2 < (1/4)/(3/10)**2",
            ),
        ),
        (
            "so it is not the balanced Bayes rule: not every eta = pi + (1 - pi) t > pi is predicted so",
            state_failure(
                "(p + (1 - p)*t)/p**2 > (1 - p)*(1 - t)/(1 - p)**2", p="(0, 1)", t="(0, 1)"
            ),
        ),
        (
            "two classes: it errs on the posteriors between pi and pi^2/(pi^2 + (1-pi)^2)",
            state(
                "h/p**2 < (1 - h)/(1 - p)**2",
                given=["h > p", "h*(p**2 + (1 - p)**2) < p**2"],
                h="(0, 1)",
                p="(1/2, 1)",
            ),
        ),
    ),
    argument="A balanced batch has class y with probability 1/K, so a point's posterior in it is "
    "proportional to eta_y/pi_y; the minimiser of the family at weight 1 and offset log(pi) subtracts "
    "log(pi) once more. With balanced sampling the offset has to be zero.",
    mutants=mutants(
        (
            "the sampling changes nothing: u* = log(eta/pi)",
            state(
                "log(h1/p1) - log(p1) - (log(h2/p2) - log(p2)) == log((h1/p1)/(h2/p2))",
                **_PAIR,
            ),
        ),
        (
            "the double correction predicts as Bayes does",
            state("h/p**2 > (1 - h)/(1 - p)**2", given="h > p", h="(0, 1)", p="(0, 1)"),
        ),
    ),
    symbols={
        "h": "posterior of the first class",
        "p": "its prior",
        "h1": "posterior of class 1",
        "p1": "prior of class 1",
        "K": "number of classes",
    },
    rests_on=("offset_family.minimiser",),
    ids=("BS3",),
    corrects="Class-balanced sampling is often combined with balanced softmax or logit adjustment at "
    "full strength: the two together are not consistent.",
)

STATEMENTS = (TRAINING_POSTERIOR, MULTIPLE_BINARY, DOUBLE_CORRECTION)
