"""Weighted softmax losses with offsets: their population logits, and which of them are consistent.

The family is Menon et al.'s pairwise loss with offsets log(delta_j/delta_y) (ICLR 2021) and the VS loss
without multipliers (Kini et al., NeurIPS 2021). The condition is necessary and sufficient for every K.
Checked by: one inequality per class, one per pair of classes, and exact witnesses on grids of weights.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, state_computed, steps
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

_PAIR = {f"{letter}{k}": "positive" for letter in "hpw" for k in (1, 2)}
_OFFSETS = {"d1": "real", "d2": "real"}
_SYMBOLS = {
    "h1": "posterior eta of class 1",
    "p1": "prior pi of class 1",
    "w1": "weight alpha of class 1",
    "d1": "offset Delta of class 1",
    "r1": "balanced score eta/pi of class 1",
    "x": "alpha_y eta_y / sum_j alpha_j eta_j of one class",
    "y": "the model's probability of that class",
}

MINIMISER = Statement(
    name="offset_family.minimiser",
    title="The population logits of a weighted softmax loss with offsets are log(alpha eta) - Delta",
    source="Menon et al. (ICLR 2021), Theorem 1 and its proof, there for offsets log(delta_y)",
    formula=state(
        "log(w1*h1) - d1 - (log(w2*h2) - d2)"
        " == log((h1/p1)/(h2/p2)) + log((w1*p1*exp(-d1))/(w2*p2*exp(-d2)))",
        **_PAIR,
        **_OFFSETS,
    ),
    steps=steps(
        (
            "the pairwise loss with offsets log(delta_j/delta_y) is softmax cross-entropy with offsets"
            " log(delta): one wrong class's term",
            state(
                "exp(log(e2/e1) + u2 - u1) == exp(u2 + log(e2))/exp(u1 + log(e1))",
                e1="positive",
                e2="positive",
                u1="real",
                u2="real",
            ),
        ),
        (
            "Gibbs, class by class: the risk is least when the model's y is the tilted posterior x ...",
            state("-x*log(y) >= -x*log(x) + x - y", x="positive", y="positive"),
        ),
        (
            "... and only then, as each class's term is strictly larger elsewhere",
            state("t*log(t) - t + 1 > 0", t="(0, 1)"),
        ),
        ("(on either side)", state("t*log(t) - t + 1 > 0", t="(1, oo)")),
        (
            "at u* the model's probability of a class is the tilted posterior (S sums alpha eta)",
            state(
                "exp(log(w1*h1) - d1 + d1)/S == w1*h1/S",
                w1="positive",
                h1="positive",
                d1="real",
                S="positive",
            ),
        ),
        (
            "two population logits differ by the log ratio of the balanced scores, plus a constant",
            state(
                "log(w1*h1) - d1 - (log(w2*h2) - d2)"
                " == log((h1/p1)/(h2/p2)) + log((w1*p1*exp(-d1))/(w2*p2*exp(-d2)))",
                **_PAIR,
                **_OFFSETS,
            ),
        ),
        (
            "weights delta/pi with offsets log(delta): the difference is the balanced scores' alone",
            state(
                "log((e1/p1)*h1) - log(e1) - (log((e2/p2)*h2) - log(e2)) == log((h1/p1)/(h2/p2))",
                **{f"{letter}{k}": "positive" for letter in "ehp" for k in (1, 2)},
            ),
        ),
        (
            "weights 1/pi besides offsets log(pi) correct twice: u* = log(eta/pi^2)",
            state("log((1/p)*h) - log(p) == log(h/p**2)", h="positive", p="positive"),
        ),
    ),
    argument="Summed over any number of classes, with sum x = sum y = 1, the Gibbs inequality bounds the "
    "risk below by that of x, with equality only at y = x (t = x/y). u* attains it, and the probabilities "
    "fix the logits up to a common constant. delta must be positive: a class with delta = 0 has no "
    "finite offset.",
    mutants=mutants(
        (
            "offsets with the opposite sign: Delta = log(delta_y/delta_j)",
            state(
                "exp(log(e1/e2) + u2 - u1) == exp(u2 + log(e2))/exp(u1 + log(e1))",
                e1="positive",
                e2="positive",
                u1="real",
                u2="real",
            ),
        ),
        (
            "weights delta*pi instead of delta/pi",
            state(
                "log(e1*p1*h1) - log(e1) - (log(e2*p2*h2) - log(e2)) == log((h1/p1)/(h2/p2))",
                **{f"{letter}{k}": "positive" for letter in "ehp" for k in (1, 2)},
            ),
        ),
        (
            "weights 1/pi do no harm to logit adjustment: still log(eta/pi)",
            state("log((1/p)*h) - log(p) == log(h/p)", h="positive", p="positive"),
        ),
    ),
    symbols=_SYMBOLS
    | {
        "e1": "delta of class 1",
        "u1": "logit of class 1",
        "t": "x/y",
        "S": "sum of alpha eta over the classes",
    },
    ids=("LA3", "VS11"),
    functions=("optimal_logits",),
)

CONSISTENT_IFF = Statement(
    name="offset_family.consistent_iff",
    title="Weights and offsets are consistent iff alpha_y pi_y exp(-Delta_y) is the same for all classes",
    source="sufficiency: Menon et al. (ICLR 2021), Theorem 1; necessity derived here",
    formula=state("a**2*b < b**2*a", given="a < b", a="positive", b="positive"),
    steps=steps(
        (
            "sufficient: with equal tilts w the population logits order any two classes as r does",
            state("w*r1 > w*r2", given="r1 > r2", w="positive", r1="positive", r2="positive"),
        ),
        (
            "necessary: tilts a^2 < b^2, and scores r_1 = b > r_2 = a; the loss prefers class 2",
            state("a**2*b < b**2*a", given="a < b", a="positive", b="positive"),
            "LA4",
        ),
        (
            "there every other class, with score a/2 and tilt at most b^2, stays behind both",
            state(
                "a/2 < a",
                "v*(a/2) < b**2*a",
                given=["a < b", "v <= b**2"],
                a="positive",
                b="positive",
                v="positive",
            ),
        ),
        (
            "three classes, tilts on a grid: the witness fails exactly when the tilts differ",
            state_computed("consistency:tilted_rules", classes=3, levels=6, resolution=9),
        ),
    ),
    argument="By the form of the minimiser, the loss predicts the class of largest w_y r_y with "
    "w_y = alpha_y pi_y exp(-Delta_y), and Bayes that of largest r_y. If two w differ, let 1 and 2 be the "
    "classes of smallest and largest w: scaled to a posterior eta ~ pi r, the scores above are "
    "misclassified, whatever K. So Theorem 1's condition alpha_y ~ delta_y/pi_y is the only one.",
    mutants=mutants(
        (
            "equal alpha*pi is enough, whatever the offsets",
            state(
                "exp(-d1)*r1 > exp(-d2)*r2",
                given="r1 > r2",
                r1="positive",
                r2="positive",
                **_OFFSETS,
            ),
        ),
        (
            "the tilt has exp(+Delta)",
            state(
                "(1/p1)*exp(log(p1))*r1 > (1/p2)*exp(log(p2))*r2",
                "p1*exp(log(p1))*r1 > p2*exp(log(p2))*r2",
                given="r1 > r2",
                **{f"{letter}{k}": "positive" for letter in "pr" for k in (1, 2)},
            ),
        ),
        (
            "a different tilt never changes the prediction",
            state("a**2*b > b**2*a", given="a < b", a="positive", b="positive"),
        ),
    ),
    symbols=_SYMBOLS
    | {
        "a": "square root of the smallest tilt",
        "b": "of the largest",
        "v": "tilt of another class",
    },
    rests_on=("offset_family.minimiser",),
    ids=("VS11a", "LA4"),
    functions=("is_consistent", "misclassified_posterior"),
    corrects="Menon et al. (Theorem 1) show the condition sufficient; within the family it is also "
    "necessary, so every other choice of weights and offsets is inconsistent.",
)

STATEMENTS = (MINIMISER, CONSISTENT_IFF)
