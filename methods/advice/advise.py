"""Which loss for which data and aim: every line follows from statements, and what none says is said.

Sources: the statements cited by each line. Checked by: the optimum of the advised loss, computed by the
theory, decides as brute force does for the aim; every call that is printed is evaluated; every cited
statement exists.
"""

from collections.abc import Sequence

from ...theory.foundation.arrays import ArrayLike
from .advice import Advice
from .lines import lines, unknown
from .question import ask
from .solution import solve

__all__ = ["advise"]


def advise(
    class_counts: ArrayLike,
    *,
    metric: str | None = None,
    costs: ArrayLike | None = None,
    sampled: str | float | Sequence[float] = "as-is",
    target_prior: ArrayLike | None = None,
    separable: bool | None = None,
) -> Advice:
    """Which loss, offset and threshold fit the data and the aim, and the statements that say so.

    No rule of thumb: where the catalogue has no statement, the answer says that it cannot know.

    Parameters
    ----------
    class_counts
        Examples per class in the data set, shape (K,), K >= 2, whole and positive.
    metric
        ``"balanced_accuracy"`` (default), ``"accuracy"``; for two classes also ``"f1"`` (of class 1),
        ``"g_mean"`` and ``"roc_auc"``.
    costs
        In place of a metric: what each missed class costs, (K,), or what each mistake costs, (K, K), true
        class first. Expected cost is that in the population where the model is used.
    sampled
        How batches are drawn: ``"as-is"``, ``"square-root"``, ``"class-balanced"``; a number q in [0, 1]
        for class shares ~ n^q; or the class counts after resampling, shape (K,).
    target_prior
        Class shares where the model is used, (K,), if not those of the data set; up to a factor.
    separable
        Whether training goes on to zero training error; None if not known.

    Raises
    ------
    InputError, InputTypeError
        If an argument is none of these, or no statement covers the metric for so many classes.

    Examples
    --------
    >>> from counterpoise import advise
    >>> advice = advise([5000, 500, 50])
    >>> print(advice.loss)
    LogitAdjustedLoss([5000, 500, 50])
    >>> advice.lines[0].statements
    ('consistency.logit_adjustment', 'balanced_error.bayes_rule')
    >>> print(advise([5000, 500, 50], sampled="class-balanced").loss)
    MarginSoftmaxLoss()
    >>> round(advise([900, 100], costs=[1, 5]).threshold, 4)
    0.1667
    """
    question = ask(class_counts, metric, costs, sampled, target_prior, separable)
    solution = solve(question)
    return Advice(
        question=question,
        loss=solution.loss,
        offset=solution.offset,
        tau=solution.tau,
        threshold=solution.threshold,
        lines=tuple(lines(question, solution)),
        unknown=tuple(unknown(question, solution)),
    )
