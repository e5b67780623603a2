"""Weighted softmax losses with offsets: their population logits, and which of them are consistent.

The family is Menon et al.'s pairwise loss with offsets log(delta_j/delta_y) (ICLR 2021) and the VS loss
without multipliers (Kini et al., NeurIPS 2021). The condition is necessary and sufficient for every K.
Checked by: one inequality per class, one per pair of classes, and exact witnesses on grids of weights.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_computed, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real

__all__ = [
    "broadcast_classes",
    "is_consistent",
    "misclassified_posterior",
    "optimal_logits",
    "sum_of_others",
]


def broadcast_classes(**values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The arrays broadcast against each other; their last axis counts the classes.

    Raises
    ------
    InputError
        If they do not broadcast, or have no axis of classes.
    """
    try:
        together = np.broadcast_arrays(*values.values())
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in values.items())
        raise InputError(f"shapes do not fit: {shapes}; the last axis counts the classes") from None
    if together[0].ndim == 0 or together[0].shape[-1] == 0:
        raise InputError(f"{' and '.join(values)}: give one number per class, shape (..., K)")
    return list(together)


def sum_of_others(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum_{j != y} values_j`` for each y, shape (..., K), without subtracting from the total."""
    before = np.cumsum(values, axis=-1)
    after = np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
    others = np.zeros_like(values)
    others[..., 1:] += before[..., :-1]
    others[..., :-1] += after[..., 1:]
    return others


def optimal_logits(
    posterior: ArrayLike, weight: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Population logits ``log(alpha_y eta_y) - Delta_y`` of ``-alpha_y log softmax(u + Delta)_y``.

    ``posterior``: (..., K), in [0, 1] (0 gives -inf); ``weight`` > 0 and ``offset`` broadcast with it.
    A common constant may be added to the logits of a point.
    """
    eta = as_real("posterior", posterior, low=0, high=1)
    alpha = as_real("weight", weight, low=0, low_open=True)
    eta, alpha, delta = broadcast_classes(
        posterior=eta, weight=alpha, offset=as_real("offset", offset)
    )
    with np.errstate(divide="ignore"):
        return np.log(alpha) + np.log(eta) - delta


def is_consistent(
    weight: ArrayLike, offset: ArrayLike, class_prior: ArrayLike, tolerance: float = 1e-12
) -> NDArray[np.bool_]:
    """Whether the loss's population argmax is the balanced Bayes rule for every posterior, shape (...).

    It is iff ``log(alpha_y pi_y) - Delta_y`` is the same for all classes; ``tolerance`` is on its range,
    relative to the largest of its terms (at least 1). ``class_prior`` may be class counts.
    """
    terms = _log_tilt_terms(weight, offset, class_prior)
    tolerance = as_number("tolerance", tolerance, low=0)
    tilt = terms[0] + terms[1] - terms[2]
    scale = np.maximum(1.0, np.abs(np.stack(terms)).max(axis=(0, -1)))
    return np.asarray(np.ptp(tilt, axis=-1) <= tolerance * scale)


def misclassified_posterior(
    weight: ArrayLike, offset: ArrayLike, class_prior: ArrayLike
) -> NDArray[np.float64]:
    """A posterior, shape (K,), that an inconsistent member of the family gets wrong.

    With ``w = alpha pi exp(-Delta)`` and a, b the classes of smallest and largest w, its balanced scores
    are ``sqrt(w_b)`` for a, ``sqrt(w_a)`` for b and half of that elsewhere: Bayes predicts a, the loss b.

    Raises
    ------
    InputError
        If the loss is consistent: there is none.
    """
    if np.any(is_consistent(weight, offset, class_prior)):
        raise InputError("the loss is consistent: it misclassifies no posterior")
    log_weight, log_prior, delta = _log_tilt_terms(weight, offset, class_prior)
    if log_prior.ndim != 1:
        raise InputError(f"class_prior has shape {log_prior.shape}: give one problem, shape (K,)")
    tilt = log_weight + log_prior - delta
    low, high = tilt.argmin(), tilt.argmax()
    score = np.full(tilt.shape, tilt[low] / 2 - np.log(2))
    score[low], score[high] = tilt[high] / 2, tilt[low] / 2
    posterior = np.exp(log_prior + score - (log_prior + score).max())
    return posterior / posterior.sum()


def _log_tilt_terms(
    weight: ArrayLike, offset: ArrayLike, class_prior: ArrayLike
) -> list[NDArray[np.float64]]:
    return broadcast_classes(
        weight=np.log(as_real("weight", weight, low=0, low_open=True)),
        class_prior=np.log(as_real("class_prior", class_prior, low=0, low_open=True)),
        offset=as_real("offset", offset),
    )


# ------------------------------------------------------------------------------------ statements


MINIMISER = statement(
    name="offset_family.minimiser",
    title="The population logits of a weighted softmax loss with offsets are log(alpha eta) - Delta",
    source="Menon et al. (ICLR 2021), Theorem 1 and its proof, there for offsets log(delta_y)",
    ids=("LA3", "VS11"),
    functions=("optimal_logits",),
    where={
        "e1, e2: positive": "delta of classes 1, 2",
        "h1: positive": "posterior eta of class 1",
        "h2: positive": "posterior of class 2",
        "p1: positive": "prior pi of class 1",
        "p2: positive": "prior of class 2",
        "w1, w2: positive": "weight alpha of classes 1, 2",
        "d1, d2: real": "offset Delta of classes 1, 2",
        "u1, u2: real": "logit of classes 1, 2",
        "x: positive": "alpha_y eta_y / sum_j alpha_j eta_j of one class",
        "y: positive": "the model's probability of that class",
        "t: (0, 1)": "x/y",
        "S: positive": "sum of alpha eta over the classes",
        "h: positive": "posterior of a class",
        "p: positive": "prior of a class",
        "r1": "balanced score eta/pi of class 1",
    },
    theorem=(
        "for every K, weights alpha_y > 0, real offsets Delta_y, posterior with all eta_y > 0: the "
        "minimisers over u in R^K of sum_y eta_y alpha_y log(1 + sum_(j != y) exp(u_j + Delta_j - u_y - "
        "Delta_y)), weighted softmax cross-entropy of u + Delta, are u*_y = log(alpha_y eta_y) - Delta_y + "
        "c, c real",
        r"\forall K,\; \alpha_y > 0,\; \Delta \in \mathbb R^K,\; \eta_y > 0 : \quad "
        r"\operatorname{argmin}_{u \in \mathbb R^K} \sum_{y=1}^K \eta_y\, \alpha_y \log\left( 1 + \sum_{j "
        r"\ne y} e^{(u_j + \Delta_j) - (u_y + \Delta_y)} \right) = \left\{ \left( \log(\alpha_y \eta_y) - "
        r"\Delta_y + c \right)_{y=1}^K : c \in \mathbb R \right\}",
    ),
    formula="log(w1*h1) - d1 - (log(w2*h2) - d2) == log((h1/p1)/(h2/p2)) + "
    "log((w1*p1*exp(-d1))/(w2*p2*exp(-d2)))",
    steps=(
        "pairwise_is_softmax_with_offsets: the pairwise loss with offsets log(delta_j/delta_y) is softmax "
        "cross-entropy with offsets log(delta): one wrong class's term",
        "exp(log(e2/e1) + u2 - u1) == exp(u2 + log(e2))/exp(u1 + log(e1))",
        "gibbs_class_by_class: Gibbs, class by class: the risk is least when the model's y is the tilted "
        "posterior x ...",
        "-x*log(y) >= -x*log(x) + x - y",
        "gibbs_strict_below_one: ... and only then, as each class's term is strictly larger elsewhere",
        "t*log(t) - t + 1 > 0",
        "gibbs_strict_above_one: (on either side)",
        state("t*log(t) - t + 1 > 0", t="(1, oo)"),
        "tilted_posterior_attained: at u* the model's probability of a class is the tilted posterior (S "
        "sums alpha eta)",
        "exp(log(w1*h1) - d1 + d1)/S == w1*h1/S",
        "logits_differ_by_balanced_scores: two population logits differ by the log ratio of the balanced "
        "scores, plus a constant",
        FORMULA,
        "consistent_weights_and_offsets: weights delta/pi with offsets log(delta): the difference is the "
        "balanced scores' alone",
        "log((e1/p1)*h1) - log(e1) - (log((e2/p2)*h2) - log(e2)) == log((h1/p1)/(h2/p2))",
        "double_correction: weights 1/pi besides offsets log(pi) correct twice: u* = log(eta/pi^2)",
        "log((1/p)*h) - log(p) == log(h/p**2)",
    ),
    argument="Summed over any number of classes, with sum x = sum y = 1, the Gibbs inequality bounds the "
    "risk below by that of x, with equality only at y = x (t = x/y). u* attains it, and the "
    "probabilities fix the logits up to a common constant. delta must be positive: a class with "
    "delta = 0 has no finite offset.",
    mutants=(
        "offsets with the opposite sign: Delta = log(delta_y/delta_j)",
        "exp(log(e1/e2) + u2 - u1) == exp(u2 + log(e2))/exp(u1 + log(e1))",
        "weights delta*pi instead of delta/pi",
        "log(e1*p1*h1) - log(e1) - (log(e2*p2*h2) - log(e2)) == log((h1/p1)/(h2/p2))",
        "weights 1/pi do no harm to logit adjustment: still log(eta/pi)",
        "log((1/p)*h) - log(p) == log(h/p)",
    ),
)

CONSISTENT_IFF = statement(
    name="offset_family.consistent_iff",
    title="Weights and offsets are consistent iff alpha_y pi_y exp(-Delta_y) is the same for all classes",
    source="sufficiency: Menon et al. (ICLR 2021), Theorem 1; necessity derived here",
    ids=("VS11a", "LA4"),
    functions=("is_consistent", "misclassified_posterior"),
    corrects="Menon et al. (Theorem 1) show the condition sufficient; within the family it is also "
    "necessary, so every other choice of weights and offsets is inconsistent.",
    where={
        "a: positive": "square root of the smallest tilt",
        "b: positive": "of the largest",
        "w: positive": "common tilt alpha pi exp(-Delta)",
        "v: positive": "tilt of another class",
        "p1, p2: positive": "prior pi of classes 1, 2",
        "r1, r2: positive": "balanced score eta/pi of classes 1, 2",
        "d1, d2: real": "offset Delta of classes 1, 2",
        "h1": "posterior eta of class 1",
        "w1": "weight alpha of class 1",
        "x": "alpha_y eta_y / sum_j alpha_j eta_j of one class",
        "y": "the model's probability of that class",
    },
    theorem=(
        "K >= 2, alpha_y > 0, real Delta_y, pi_y > 0, u*(eta) the minimiser (up to a common constant) of "
        "sum_y eta_y alpha_y log(1 + sum_(j != y) exp(u_j + Delta_j - u_y - Delta_y)): argmax_y u*_y(eta) "
        "is contained in argmax_y eta_y/pi_y for every posterior eta with all eta_y > 0 iff alpha_y pi_y "
        "exp(-Delta_y) = alpha_j pi_j exp(-Delta_j) for all y, j",
        r"K \ge 2,\; \alpha_y, \pi_y > 0,\; \Delta \in \mathbb R^K,\; u^*(\eta) \in "
        r"\operatorname{argmin}_{u} \sum_y \eta_y\, \alpha_y \log\left( 1 + \sum_{j \ne y} e^{(u_j + "
        r"\Delta_j) - (u_y + \Delta_y)} \right) : \quad \left( \operatorname{argmax}_y u^*_y(\eta) "
        r"\subseteq \operatorname{argmax}_y \frac{\eta_y}{\pi_y} \quad \forall \eta > 0 \right) \iff "
        r"\alpha_y \pi_y e^{-\Delta_y} = \alpha_j \pi_j e^{-\Delta_j} \quad \forall y, j",
    ),
    formula=state("a**2*b < b**2*a", given="a < b"),
    steps=(
        "equal_tilts_suffice: sufficient: with equal tilts w the population logits order any two classes "
        "as r does",
        state("w*r1 > w*r2", given="r1 > r2"),
        "extreme_tilts_mislead (LA4): necessary: tilts a^2 < b^2, and scores r_1 = b > r_2 = a; the loss "
        "prefers class 2",
        FORMULA,
        "other_classes_stay_behind: there every other class, with score a/2 and tilt at most b^2, stays "
        "behind both",
        state("a/2 < a", "v*(a/2) < b**2*a", given=["a < b", "v <= b**2"]),
        "three_class_tilts_enumerated: three classes, tilts on a grid: the witness fails exactly when the "
        "tilts differ",
        state_computed("consistency:tilted_rules", classes=3, levels=6, resolution=9),
    ),
    argument="By the form of the minimiser, the loss predicts the class of largest w_y r_y with w_y = "
    "alpha_y pi_y exp(-Delta_y), and Bayes that of largest r_y. If two w differ, let 1 and 2 be "
    "the classes of smallest and largest w: scaled to a posterior eta ~ pi r, the scores above "
    "are misclassified, whatever K. So Theorem 1's condition alpha_y ~ delta_y/pi_y is the only "
    "one.",
    mutants=(
        "equal alpha*pi is enough, whatever the offsets",
        state("exp(-d1)*r1 > exp(-d2)*r2", given="r1 > r2"),
        "the tilt has exp(+Delta)",
        state(
            "(1/p1)*exp(log(p1))*r1 > (1/p2)*exp(log(p2))*r2",
            "p1*exp(log(p1))*r1 > p2*exp(log(p2))*r2",
            given="r1 > r2",
        ),
        "a different tilt never changes the prediction",
        state("a**2*b > b**2*a", given="a < b"),
    ),
    rests_on=("offset_family.minimiser",),
)

STATEMENTS = (MINIMISER, CONSISTENT_IFF)
