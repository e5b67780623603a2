"""Balanced softmax: the training posterior of a balanced one, and two ways to get it wrong.

Claimed by Ren et al. (NeurIPS 2020), Theorem 1 and its multiple-binary form, which is exact for two
classes only; with class-balanced sampling the loss corrects twice. Checked by: identities for one class
or one pair of classes, which hold for any number of them, and exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_failure, statement
from ..consistency.offset_family import broadcast_classes, sum_of_others
from ..foundation.arrays import ArrayLike
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

TRAINING_POSTERIOR = statement(
    name="balanced_softmax.training_posterior",
    title="A balanced posterior softmax(u) has the training posterior n_y e^(u_y) / sum n_j e^(u_j)",
    source="Ren et al. (NeurIPS 2020), Theorem 1",
    ids=("BS1",),
    functions=("training_posterior",),
    where={
        "n1, n2, n3: positive": "examples of classes 1, 2, 3",
        "l1, l2, l3: positive": "density of classes 1, 2, 3 at the point",
        "n: positive": "examples of a class",
        "u: real": "logit",
        "Z: positive": "sum of exp(u)",
        "S: positive": "sum of n exp(u)",
        "N: positive": "sum of n",
    },
    theorem=(
        "for all K: if p(x|y)/sum_j p(x|j) = softmax_y(u(x)), then with class counts n_j > 0 and priors "
        "n_j/N, N = sum_j n_j, P(y | x) = n_y exp(u_y)/sum_j n_j exp(u_j) = softmax_y(u + log pi), pi_j = "
        "n_j/N",
        r"\frac{p(x|y)}{\sum_jp(x|j)}=\frac{e^{u_y}}{\sum_je^{u_j}}\ \ \forall\,y\quad\Longrightarrow\quad "
        r"\mathbb P_{\text{train}}(y\,|\,x)=\frac{n_y\,e^{u_y}}{\sum_{j=1}^Kn_j\,e^{u_j}}"
        r"=\operatorname{softmax}_y(u+\log\pi),\quad\pi_j=\frac{n_j}{\sum_in_i}\qquad\forall\,K,\ n_j>0",
    ),
    formula="n1*(l1/(l1 + l2 + l3))/(n1*(l1/(l1 + l2 + l3)) + n2*(l2/(l1 + l2 + l3)) + n3*(l3/(l1 + l2 + "
    "l3))) == n1*l1/(n1*l1 + n2*l2 + n3*l3)",
    steps=(
        "bayes_three_classes: Bayes: class densities l, balanced posterior l_y/sum l; weighted by n it is "
        "the training posterior (three classes)",
        FORMULA,
        "normaliser_cancels: any number of classes: with Z = sum e^u and S = sum n e^u the common Z cancels",
        "n*(exp(u)/Z)/(S/Z) == n*exp(u)/S",
        "is_logit_adjustment: it is logit adjustment with tau = 1: the size N of the sample cancels as well",
        "n*exp(u)/S == exp(u + log(n/N))/(S/N)",
    ),
    argument="The training posterior is proportional to n_y times the class density, the balanced one to "
    "the density; the normalisers cancel.",
    mutants=(
        "divide by n instead",
        "(exp(u)/n)/S == exp(u + log(n/N))/(S/N)",
        "exponent 1/4: n^(1/4) exp(u)",
        "n1**(1/4)*l1/(n1**(1/4)*l1 + n2**(1/4)*l2) == n1*l1/(n1*l1 + n2*l2)",
    ),
)


MULTIPLE_BINARY = statement(
    name="balanced_softmax.multiple_binary",
    title="The multiple-binary form of balanced softmax is exact for two classes, and for more only where "
    "the other classes have equal counts",
    source="Ren et al. (NeurIPS 2020), multiple binary logistic regression; the condition is derived here",
    ids=("BS4",),
    functions=("training_logits", "multiple_binary_logits"),
    corrects="The multiple-binary form is used as an identity; for three or more classes it is one only "
    "where the other classes' average count does not depend on the point.",
    where={
        "n1, n2, n3: positive": "examples of classes 1, 2, 3",
        "f1, f2, f3: positive": "balanced posterior of classes 1, 2, 3",
        "u: real": "its balanced log-odds",
        "o: positive": "examples of the other classes",
        "m: positive": "examples of the class",
        "k: positive": "number of the other classes",
        "f: positive": "balanced posterior of the class",
        "W: positive": "sum over the other classes of n_j phi_j",
        "R: positive": "sum over the other classes of phi_j",
        "M: positive": "mean count of the other classes",
    },
    theorem=(
        "phi the balanced posterior, all phi_j, n_j > 0: the training odds of y against the rest, n_y "
        "phi_y/sum over j != y of n_j phi_j, equal the multiple-binary form's phi_y/(1 - phi_y) n_y "
        "(K-1)/sum over j != y of n_j iff sum_(j != y) n_j phi_j/sum_(j != y) phi_j = (1/(K-1)) sum_(j != "
        "y) n_j: always for K = 2, and for K >= 3 at every phi iff the n_j, j != y, are equal",
        r"\frac{n_y\varphi_y}{\sum_{j\ne y}n_j\varphi_j}=\frac{\varphi_y}{1-\varphi_y}\cdot\frac{(K-1)\,"
        r"n_y}{\sum_{j\ne y}n_j}\iff\frac{\sum_{j\ne y}n_j\varphi_j}{\sum_{j\ne "
        r"y}\varphi_j}=\frac1{K-1}\sum_{j\ne y}n_j,\qquad \text{for all }\varphi\iff K=2\ \text{ or all "
        r"}n_j,\ j\ne y,\ \text{are equal}\qquad\left(\varphi_j,n_j>0,\ \sum_{j=1}^K\varphi_j=1,\ "
        r"K\ge2\right)",
    ),
    formula=state_failure("n1*f1/(n2*f2 + n3*f3) == (f1/(f2 + f3))*n1*2/(n2 + n3)"),
    steps=(
        "odds_of_the_formula: the formula's odds are the balanced odds times m (K-1)/o: n = m + o, K = k + 1",
        "u - log(((m + o)/(k + 1)/m)*o/(m + o - (m + o)/(k + 1))) == u + log(m*k/o)",
        "two_classes_exact: two classes: these are the training odds",
        "n1*f1/(n2*f2) == (f1/f2)*n1/n2",
        "condition_for_equality: in general they are so iff the other classes' counts, averaged by their "
        "balanced posteriors (W/R), have the plain mean M",
        "m*f/W - (f/R)*m/M == (m*f/W)*(M - W/R)/M",
        "error_for_three_classes: three classes: wrong unless the other two have equal counts or equal "
        "posteriors",
        "(n2*f2 + n3*f3)/(f2 + f3) - (n2 + n3)/2 == (n2 - n3)*(f2 - f3)/(2*(f2 + f3))",
        "witness: densities (.5, .2, .05), counts (100, 30, 10): 2.303 by the formula, 2.040 in truth",
        (
            "2302/1000 < log((1/2)/(1/4)*100*2/40) < 2303/1000",
            "2039/1000 < log(100*(1/2)/(30*(1/5) + 10*(1/20))) < 2041/1000",
        ),
        "fails_for_three_classes: so the identity is false for three classes",
        FORMULA,
    ),
    argument="The training odds of class y against the rest are n_y phi_y / sum_{j != y} n_j phi_j. The "
    "formula replaces that sum by (1 - phi_y) times the mean count of the others: it takes the "
    "density of 'not y' to be the same under both priors, which holds for two classes. With more "
    "it fails wherever the other classes' counts and posteriors differ, as then W/R varies with "
    "the posteriors.",
    mutants=(
        "the identity for three classes",
        "n1*f1/(n2*f2 + n3*f3) == (f1/(f2 + f3))*n1*2/(n2 + n3)",
        "it errs on one side: never below the truth",
        "(f1/(f2 + f3))*n1*2/(n2 + n3) >= n1*f1/(n2*f2 + n3*f3)",
    ),
    rests_on=("balanced_softmax.training_posterior",),
)


DOUBLE_CORRECTION = statement(
    name="balanced_softmax.double_correction",
    title="Class-balanced sampling with balanced softmax corrects twice: u* = log(eta/pi^2)",
    source="setting: Ren et al. (NeurIPS 2020); derived here",
    ids=("BS3",),
    corrects="Class-balanced sampling is often combined with balanced softmax or logit adjustment at full "
    "strength: the two together are not consistent.",
    where={
        "h1, h2: positive": "posterior of classes 1, 2",
        "p1, p2: positive": "prior of classes 1, 2",
        "h: (0, 1)": "posterior of the first class",
        "p: (0, 1)": "its prior",
        "K: integer 2..": "number of classes",
        "t: (0, 1)": "place of the posterior between prior and 1",
    },
    theorem=(
        "for all K and posteriors eta_y > 0: balanced batches (class probability 1/K) with the loss -log "
        "softmax_y(u + log pi) have the population logits u*_y = log(eta_y/pi_y^2) up to a common "
        "constant, and predict argmax_y eta_y/pi_y^2; two classes, pi_1 > 1/2: class 2 is predicted "
        "against the balanced rule wherever pi_1 < eta_1 < pi_1^2/(pi_1^2 + pi_2^2)",
        r"u^*\in\operatorname{argmin}_u\ \frac1K\sum_{y=1}^K\mathbb E\left[-\log\operatorname{softmax}"
        r"_y\left(u(X)+\log\pi\right)\mid Y=y\right]:\quad u^*_y=\log\frac{\eta_y}{\pi_y^2}+\text{const},"
        r"\quad \operatorname{argmax}_yu^*_y=\operatorname{argmax}_y\frac{\eta_y}{\pi_y^2}\qquad\forall\,K,"
        r"\ \eta>0;\qquad K=2,\ \pi_1>\tfrac12,\ \pi_1<\eta_1<\frac{\pi_1^2}{\pi_1^2+\pi_2^2}:\quad "
        r"\operatorname{argmax}_y\frac{\eta_y}{\pi_y^2}=2\ne1=\operatorname{argmax}_y\frac{\eta_y}{\pi_y}",
    ),
    formula="log(h1/p1) - log(p1) - (log(h2/p2) - log(p2)) == log((h1/p1**2)/(h2/p2**2))",
    steps=(
        "posterior_in_a_balanced_batch: class-balanced sampling replaces the posterior by eta/pi, up to a "
        "constant (K classes)",
        state("h*(1/(K*p)) == (h/p)/K", h="positive", p="positive"),
        "population_logits: with offsets log(pi) the population logits are then log(eta/pi^2)",
        FORMULA,
        "witness: example: pi = (.7, .3), eta = (.75, .25): Bayes predicts class 1, the double correction 2",
        ("(3/4)/(7/10) > (1/4)/(3/10)", "(3/4)/(7/10)**2 < (1/4)/(3/10)**2"),
        "not_the_balanced_rule: so it is not the balanced Bayes rule: not every eta = pi + (1 - pi) t > pi "
        "is predicted so",
        state_failure("(p + (1 - p)*t)/p**2 > (1 - p)*(1 - t)/(1 - p)**2"),
        "where_two_classes_err: two classes: it errs on the posteriors between pi and pi^2/(pi^2 + (1-pi)^2)",
        state(
            "h/p**2 < (1 - h)/(1 - p)**2",
            given=["h > p", "h*(p**2 + (1 - p)**2) < p**2"],
            p="(1/2, 1)",
        ),
    ),
    argument="A balanced batch has class y with probability 1/K, so a point's posterior in it is "
    "proportional to eta_y/pi_y; the minimiser of the family at weight 1 and offset log(pi) "
    "subtracts log(pi) once more. With balanced sampling the offset has to be zero.",
    mutants=(
        "the sampling changes nothing: u* = log(eta/pi)",
        "log(h1/p1) - log(p1) - (log(h2/p2) - log(p2)) == log((h1/p1)/(h2/p2))",
        "the double correction predicts as Bayes does",
        state("h/p**2 > (1 - h)/(1 - p)**2", given="h > p"),
    ),
    rests_on=("offset_family.minimiser",),
)

STATEMENTS = (TRAINING_POSTERIOR, MULTIPLE_BINARY, DOUBLE_CORRECTION)
