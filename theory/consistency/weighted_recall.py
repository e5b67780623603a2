"""Weighted sums of recalls: the rule that is best for one, and what two such rules trade.

A loss whose population optimum is a tilted posterior is best for the weights of that tilt, so any two
methods whose tilts are known can be held against each other in both of their weighted recalls. Derived
here; the uniform weights are Menon et al. (ICLR 2021). Checked by: identities, SMT, exact counterexamples.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real

__all__ = ["recall_weights"]


def recall_weights(log_tilt: ArrayLike, class_prior: ArrayLike) -> NDArray[np.float64]:
    """Class weights v, adding up to 1, whose weighted recall ``argmax_y eta_y exp(log_tilt_y)`` maximises.

    They are proportional to ``pi_y exp(log_tilt_y)``: the prior itself for a tilt of 0, all equal for a
    tilt of ``-log pi``.

    Parameters
    ----------
    log_tilt
        (K,), real; a common constant does not matter.
    class_prior
        (K,), positive; may be class counts.

    Raises
    ------
    InputError
        If the shapes differ, or a number is out of its range.

    Examples
    --------
    >>> recall_weights([0.0, 0.0], [90, 10]).tolist()
    [0.9, 0.1]
    """
    prior = as_real("class_prior", class_prior, low=0, low_open=True)
    tilt = as_real("log_tilt", log_tilt)
    if prior.ndim != 1 or tilt.shape != prior.shape or not prior.size:
        raise InputError(
            f"log_tilt has shape {tilt.shape}, class_prior {prior.shape}: must both be (K,)"
        )
    logs = np.log(prior) + tilt
    with np.errstate(over="ignore"):  # far apart: a weight of 0
        weights = np.exp(logs - logs.max())
    return weights / weights.sum()


# ------------------------------------------------------------------------------------ statements


BEST_RULE = statement(
    name="weighted_recall.best_rule",
    title="A weighted sum of recalls is largest for the rule that predicts the largest v eta/pi",
    source="derived here; equal weights: Menon et al. (ICLR 2021)",
    functions=("recall_weights",),
    where={
        "m: (0, 1)": "mass of the first of two points",
        "e: (0, 1)": "posterior of class 1 at the first point",
        "f: (0, 1)": "posterior of class 1 at the second point",
        "v1, v2: positive": "weight of the recall of classes 1, 2",
        "p1, p2: positive": "prior pi of classes 1, 2",
        "h1, h2: positive": "posterior eta of classes 1, 2",
        "w1, w2: positive": "weight alpha of classes 1, 2 in a loss",
        "d1, d2: real": "its offset Delta of classes 1, 2",
        "r: [0, 1]": "share of a point that another rule gives to class 1",
    },
    theorem=(
        "K >= 2 classes, pi_y > 0, v_y > 0: for every rule h, sum_y v_y P(h(X) = y | Y = y) = E[v_h(X) "
        "eta_h(X)(X)/pi_h(X)], which is largest iff h(X) is in argmax_y v_y eta_y(X)/pi_y almost surely; so "
        "for alpha_y > 0, real Delta_y and all eta_y > 0 the population logits log(alpha_y eta_y) - Delta_y "
        "are best for v_y = pi_y alpha_y exp(-Delta_y)",
        r"\sum_y v_y\,P(h(X)=y\mid Y=y) = \mathbb{E}\left[v_{h(X)}\frac{\eta_{h(X)}(X)}{\pi_{h(X)}}\right],"
        r"\quad h^\star(x)\in\arg\max_y \frac{v_y\,\eta_y(x)}{\pi_y}",
    ),
    formula=(
        "v1*m*e/(m*e + (1 - m)*f) + v2*(1 - m)*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)) == "
        "m*(v1*e/(m*e + (1 - m)*f)) + (1 - m)*(v2*(1 - f)/(m*(1 - e) + (1 - m)*(1 - f)))"
    ),
    steps=(
        "recall_as_mean: two points, a rule that predicts 1 at the first and 2 at the second",
        FORMULA,
        "pointwise: at a point the class of largest v eta/pi is worth at least any mixture",
        state("v1*h1/p1 >= r*(v1*h1/p1) + (1 - r)*(v2*h2/p2)", given="v1*h1/p1 >= v2*h2/p2"),
        "pointwise_strict: and more than one that gives a share to a class of smaller v eta/pi",
        state(
            "v1*h1/p1 > r*(v1*h1/p1) + (1 - r)*(v2*h2/p2)", given="v1*h1/p1 > v2*h2/p2 and r < 1"
        ),
        "population_logits: those of a loss with weights and offsets are in the order of v eta/pi",
        "log(w1*h1) - d1 - (log(w2*h2) - d2) == "
        "log(p1*w1*exp(-d1)*h1/p1) - log(p2*w2*exp(-d2)*h2/p2)",
        "plain_cross_entropy: without weights and offsets v is the prior: accuracy",
        "v1*h1/v1 == h1",
    ),
    argument=(
        "P(h = y given y) = E[eta_y(X) 1(h(X) = y)]/pi_y; summed with the weights, each point contributes "
        "v eta/pi of the class that is predicted there; the largest is best, and on a set of positive mass "
        "anything else is strictly worse."
    ),
    mutants=(
        "v eta decides, without the prior",
        state("v1*h1/p1 >= v2*h2/p2", given="v1*h1 >= v2*h2"),
        "the offset raises a class's weight",
        "log(w1*h1) - d1 - (log(w2*h2) - d2) == "
        "log(p1*w1*exp(d1)*h1/p1) - log(p2*w2*exp(d2)*h2/p2)",
        "weights of the loss are the weights of the recalls",
        "log(w1*h1) - d1 - (log(w2*h2) - d2) == log(w1*exp(-d1)*h1/p1) - log(w2*exp(-d2)*h2/p2)",
    ),
)

TRADE = statement(
    name="weighted_recall.trade",
    title="Of two rules each is at least as good at its weights; of two kinds of classes one does not lose",
    source="derived here",
    where={
        "x: real": "head: sum of recalls of the second rule minus that of the first",
        "y: real": "tail: sum of recalls of the second rule minus that of the first",
        "z: real": "difference of the recalls of a third class",
        "a: positive": "weight of the head's recalls for which the first rule is best",
        "b: positive": "weight of the tail's",
        "c: positive": "weight of the head's recalls for which the second rule is best",
        "d: positive": "weight of the tail's",
        "g: positive": "weight of a third class for the first rule",
    },
    theorem=(
        "recalls R, S in R^K of two rules, R largest in sum_y v_y R_y and S in sum_y w_y S_y: sum_y v_y "
        "(R_y - S_y) >= 0 and sum_y w_y (S_y - R_y) >= 0; if v is a > 0 on the head and b > 0 on the tail, w "
        "c > 0 and d > 0, and a d > b c, then S has at least R's sum of recalls on the tail and at most R's "
        "on the head",
        r"\sum_y v_y(R_y-S_y)\ge 0,\ \sum_y w_y(S_y-R_y)\ge 0;\quad v=(a,b),\ w=(c,d),\ ad>bc \Rightarrow "
        r"\sum_{\text{tail}}(S_y-R_y)\ge 0\ge \sum_{\text{head}}(S_y-R_y)",
    ),
    formula=state("y >= 0", given="a*x + b*y <= 0 and c*x + d*y >= 0 and a*d > b*c"),
    steps=(
        "tail_gains: both optimalities together leave the tail no loss",
        FORMULA,
        "head_pays: and the head no gain",
        state("x <= 0", given="a*x + b*y <= 0 and c*x + d*y >= 0 and a*d > b*c"),
        "balance_gains_as_much: the balanced rule's tail gains at least what its head loses",
        state("y >= -x", given="a*x + b*y <= 0 and c*x + c*y >= 0"),
    ),
    argument=(
        "Each optimality is one inequality between the two rules. A tail that lost would need a head that "
        "gains for the second rule's weights, and by more than the first rule's optimality lets it."
    ),
    rests_on=("weighted_recall.best_rule",),
    mutants=(
        "it holds without a d > b c",
        state("y >= 0", given="a*x + b*y <= 0 and c*x + d*y >= 0"),
        "with three kinds of classes the rarest gains as well",
        state("z >= 0", given="a*x + b*y + g*z <= 0 and x + y + z >= 0 and a > b and b > g"),
        "the tail gains more than its weight allows: at least the head's loss, whatever the weights",
        state("y >= -x", given="a*x + b*y <= 0 and c*x + d*y >= 0 and a*d > b*c"),
    ),
)

STATEMENTS = (BEST_RULE, TRADE)
