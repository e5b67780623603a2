"""The target's smallest probability on a class's sample, and three readings of ``softmax(B_y)``.

Wang et al. (NeurIPS 2023) write the local constant of the VS loss with the minimal logit
``B_y = min f(x)_y``, which determines no probability. Checked by: SMT, intervals, exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_class_counts, as_number, as_real
from .vs_loss import vs_log_odds

__all__ = [
    "bounded_logit_probability",
    "literal_probability",
    "minimal_logit",
    "minimal_probability",
]


def minimal_probability(
    logits: ArrayLike, target: ArrayLike, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """``p_y = min_{x in S_y} q_y(f(x))``, the rigorous reading of the bound's ``softmax(B_y)``; (K,).

    ``logits``: shape (n, K); ``target``: shape (n,); every class must occur.
    """
    odds = vs_log_odds(logits, target, scale, offset)
    worst = _per_class(odds, target, np.shape(logits)[-1], np.maximum, -np.inf)
    return np.exp(-np.logaddexp(0.0, worst))


def minimal_logit(logits: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """``B_y = min_{x in S_y} f(x)_y``; shapes as in `minimal_probability`."""
    vs_log_odds(logits, target)  # the checks of shape and range
    logits = as_real("logits", logits)
    target_logit = np.take_along_axis(
        logits, np.asarray(target, np.int64)[..., np.newaxis], axis=-1
    )[..., 0]
    return _per_class(target_logit, target, logits.shape[-1], np.minimum, np.inf)


def bounded_logit_probability(
    minimal: ArrayLike, bound: float, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Lower bound on ``q_y`` from ``B_y`` alone when no logit exceeds ``bound``; shape (K,).

    ``e^(beta_y B_y + Delta_y)`` over itself plus ``sum_{j != y} e^(beta_j bound + Delta_j)``.
    """
    minimal = as_real("minimal", minimal)
    bound = as_number("bound", bound)
    if minimal.ndim != 1 or minimal.size < 2 or minimal.max() > bound:
        raise InputError(f"bound = {bound:g}: must be at least every minimal logit, shape (K,)")
    logits = np.full((minimal.size, minimal.size), bound)
    np.fill_diagonal(logits, minimal)
    return np.exp(-np.logaddexp(0.0, vs_log_odds(logits, np.arange(minimal.size), scale, offset)))


def literal_probability(
    minimal: ArrayLike, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """``softmax_y(beta * B + Delta)`` with the vector B of minimal logits in place of logits; (K,).

    Not a bound on anything (each B_j comes from another class's sample): only to redraw figures.
    """
    minimal = as_real("minimal", minimal)
    if minimal.ndim != 1 or minimal.size < 2:
        raise InputError(f"minimal has shape {minimal.shape}: give one logit per class, shape (K,)")
    logits = np.broadcast_to(minimal, (minimal.size, minimal.size))
    return np.exp(-np.logaddexp(0.0, vs_log_odds(logits, np.arange(minimal.size), scale, offset)))


def _per_class(
    values: NDArray[np.float64], target: ArrayLike, classes: int, worst: np.ufunc, start: float
) -> NDArray[np.float64]:
    """The worst value of each class's rows."""
    index = np.asarray(target, dtype=np.int64).ravel()
    as_class_counts(np.bincount(index, minlength=classes))
    result = np.full(classes, start)
    worst.at(result, index, values.ravel())
    return result


# ------------------------------------------------------------------------------------ statements


READINGS = statement(
    name="minimal_probability.readings",
    title="softmax(B_y) is no function of the minimal logit B_y: the minimal probability is rigorous, "
    "bounded logits give a bound, the literal vector gives none",
    source="Wang et al. (NeurIPS 2023), Proposition 3, for B_y; the readings are derived here",
    ids=("VS4",),
    functions=(
        "minimal_probability",
        "minimal_logit",
        "bounded_logit_probability",
        "literal_probability",
    ),
    corrects="a softmax of the single number B_y, and a constant that depends on the function it bounds",
    where={
        "p: [0, 1]": "smallest adjusted probability on the sample",
        "q: [0, 1]": "adjusted probability of the target's class",
        "a: positive": (
            "power exp(beta_y u_y + Delta_y); in the reading of the minimal probability the weight alpha"
        ),
        "r: positive": "sum of the other classes' powers",
        "A: positive": "its value at u_y = B_y",
        "R: positive": "its value at u_j = M",
        "n: positive": "sqrt(beta_y^2 + max beta_j^2)",
        "b: positive": "scale beta of a wrong class",
        "u: real": "logit of a wrong class; in a mutant of the target",
        "d: real": "offset Delta of a wrong class",
        "M: real": "bound on the other classes' logits",
        "u1: real": "first logit of class 1's example",
        "u2: real": "second logit of class 1's example",
        "v2: real": "second logit of class 2's example",
        "v: real": "logit of the other class, in a mutant",
    },
    theorem=(
        "q = softmax(beta u + Delta) at u = f(x), S_y the sample of class y, B_y = min over x in S_y of "
        "f(x)_y, p_y = min over S_y of q_y(f(x)). B_y does not determine q_y: at beta = 1, Delta = 0 the "
        "logits u = (1, 0, 0) and (1, 5, 0) have q_1 > .57 and < .018. (A) the local constants alpha_y (1 "
        "- q_y) sqrt(beta_y^2 + max beta_j^2) on S_y are at most that with p_y for q_y. (B) If f(x)_j <= M "
        "for all j != y and x in S_y, then on S_y q_y >= e^(beta_y B_y + Delta_y)/(e^(beta_y B_y + "
        "Delta_y) + sum over j != y of e^(beta_j M + Delta_j)). (C) q_y >= softmax_y(beta B + Delta), B = "
        "(B_1, ..., B_K), is false in general",
        r"B_y=\min_{x\in S_y}f_y(x),\quad p_y=\min_{x\in S_y}q_y(f(x)):\qquad \text{(A)}\ \ \alpha_y(1-q_y)"
        r"\sqrt{\beta_y^2+\max_{j\ne y}\beta_j^2}\le\alpha_y(1-p_y)\sqrt{\beta_y^2+\max_{j\ne "
        r"y}\beta_j^2}\ \text{ on }S_y;\qquad \text{(B)}\ \ f_j\le M\ \text{on }S_y\ \forall\,j\ne y\ "
        r"\Rightarrow\ q_y\ge\frac{e^{\beta_yB_y+\Delta_y}}{e^{\beta_yB_y+\Delta_y}+\sum_{j\ne "
        r"y}e^{\beta_jM+\Delta_j}}\ \text{ on }S_y;\qquad \text{(C)}\ \ q_y\ge\operatorname{softmax}"
        r"_y(\beta\odot B+\Delta)\ \text{ can fail};\qquad \beta=\mathbf 1,\ \Delta=0:\ "
        r"q_1\big|_{u=(1,0,0)}>0.57,\ q_1\big|_{u=(1,5,0)}<0.018",
    ),
    formula=state("a/(a + r) >= A/(A + R)", given=["a >= A", "r <= R"]),
    steps=(
        "same_minimal_logit_two_probabilities (VS4): the logits (1, 0, 0) and (1, 5, 0) have the same B_1 "
        "= 1 but probabilities .576 and .018",
        ("exp(1)/(exp(1) + 2) > 57/100", "exp(1)/(exp(1) + exp(5) + 1) < 18/1000"),
        "minimal_probability_reading (VS4): reading A, the minimal probability: the local constant is "
        "largest where q_y is smallest",
        state("a*(1 - q)*n <= a*(1 - p)*n", given="p <= q"),
        "bounded_logits_reading (VS4): reading B, logits u_j <= M: a power of at least A and others of at "
        "most R",
        FORMULA,
        "power_of_a_wrong_class (VS4): reading B: one wrong class's power is at most exp(beta_j M + Delta_j)",
        state("exp(b*u + d) <= exp(b*M + d)", given="u <= M"),
        "literal_vector_bounds_nothing (VS4): reading C, the vector (B_1, ..., B_K) in the softmax, bounds "
        "no probability: two classes",
        state_failure("exp(u1)/(exp(u1) + exp(u2)) >= exp(u1)/(exp(u1) + exp(v2))"),
        "constant_of_one_function (VS4): a constant that depends on f: margins 2 and -2 of one point, two "
        "functions; the complexity 1 of the losses exceeds the constant at the function with margin 2 "
        "times 2",
        (
            "(log(1 + exp(2)) - log(1 + exp(-2)))/2 > (exp(-2)/(1 + exp(-2)))*(2 - (-2))/2",
            "log(1 + exp(2)) - log(1 + exp(-2)) == 2",
        ),
    ),
    argument="q_y depends on all logits. Reading A takes its minimum over the class's sample; reading B "
    "bounds the other logits; in reading C each B_j belongs to another class's example (v_2 is "
    "the second logit of class 2's example, u of class 1's). A contraction needs one constant for "
    "all functions: clip the loss at a level fixed beforehand, or pay for a grid of levels.",
    mutants=(
        "B_1 determines the probability",
        "exp(1)/(exp(1) + 2) == exp(1)/(exp(1) + exp(5) + 1)",
        "reading B with the others' logits at B_y",
        "exp(u)/(exp(u) + exp(v)) >= exp(u)/(exp(u) + exp(u))",
        "one function's constant contracts the whole class",
        "(log(1 + exp(2)) - log(1 + exp(-2)))/2 <= (exp(-2)/(1 + exp(-2)))*2",
    ),
    rests_on=("local_lipschitz.clipped",),
)

STATEMENTS = (READINGS,)
