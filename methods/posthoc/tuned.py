"""Post-hoc logit adjustment around any scikit-learn classifier, its strength chosen by cross-validation.

Source: Menon et al. (ICLR 2021), Section 5, who tune tau on held-out data. Checked by: scikit-learn's
estimator checks, agreement with `choose_tau`, and posteriors that are too steep.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, column_or_1d

from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import InputError, as_seed, as_whole
from ..registry import Method
from .choosing import choose_tau
from .estimators import LogitAdjustedClassifier

__all__ = ["TunedLogitAdjustedClassifier"]

METHODS = (
    Method(
        name="TunedLogitAdjustedClassifier",
        weight="as trained",
        margin="−τ log π, τ of the best balanced accuracy in cross-validation",
        link="as trained",
        paper="Menon et al. 2021 (τ tuned)",
        consistent="τ = 1 is, for the right posteriors; another τ mends wrong ones",
        statements=("logit_adjustment.post_hoc",),
        untrained="it is an estimator of scikit-learn around another; +tuned-la is its rule for networks",
    ),
)

LEAST = float(np.finfo(np.float64).tiny)  # instead of a probability of zero, which has no logarithm


class TunedLogitAdjustedClassifier(LogitAdjustedClassifier):
    """`LogitAdjustedClassifier` with the tau >= 0 of the best balanced accuracy in cross-validation.

    The classifier predicts every example without having seen it, `choose_tau` finds the best tau for
    these predictions, exactly, and the classifier is fitted again to all examples.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``; ``LogisticRegression()`` if None.
    cv
        Folds, as scikit-learn takes them; a number is lowered to the size of the rarest class.
    random_state
        A whole number: the seed of the intervals in ``chosen_``.

    Attributes
    ----------
    estimator_, classes_, class_prior_, tau_
        The fitted classifier, the labels, their shares in training, and the strength chosen.
    chosen_
        The `ChosenTau`: what it is worth, with intervals, and beside it tau = 1.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.repeat(["common", "rare"], [180, 20])
    >>> X = np.random.default_rng(0).normal(2.0 * (y == "rare"), 1.0)[:, None]
    >>> rule = TunedLogitAdjustedClassifier(cv=3).fit(X, y)
    >>> rule.chosen_.tau_interval[0] < 1 < rule.chosen_.tau_interval[1]  # its posteriors are right
    True
    """

    def __init__(self, estimator: Any = None, cv: Any = 5, random_state: int = 0) -> None:
        self.estimator = estimator
        self.cv = cv
        self.random_state = random_state

    tau: float = 1.0
    target_prior: None = None
    _undone = ""

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier, and choose tau by its predictions in cross-validation.

        Parameters as for the other rules; weights count in balanced accuracy too.

        Raises
        ------
        InputError
            As for the other rules, and if a class has a single example, which cannot be held out.
        """
        seed = as_seed(self.random_state)
        check_classification_targets(y)
        labels = column_or_1d(y, warn=True)
        folds = check_cv(self._folds(labels), labels, classifier=True)
        super().fit(X, labels, sample_weight)
        weight = _check_sample_weight(sample_weight, labels, dtype=np.float64)
        posterior = cross_val_predict(
            clone(self._estimator()),
            X,
            labels,
            cv=folds,
            method="predict_proba",
            params=self._weighting(sample_weight),
        )
        self.chosen_ = choose_tau(
            np.log(np.maximum(np.asarray(posterior), LEAST)),
            np.searchsorted(self.classes_, labels),
            self.class_prior_,
            sample_weight=weight,
            seed=seed,
        )
        self.tau_ = self.chosen_.tau
        return self

    def _folds(self, labels: NDArray[Any]) -> Any:
        if not isinstance(self.cv, int | float) or isinstance(self.cv, bool):
            return self.cv
        asked = as_whole("cv", self.cv, 2)
        classes, counts = np.unique(labels, return_counts=True)
        if len(classes) > 1 and counts.min() == 1:
            raise InputError(
                f"class {classes.tolist()[counts.argmin()]!r} has one example, which cannot be held "
                "out: give two or more, or use LogitAdjustedClassifier"
            )
        return min(asked, int(counts.min())) if counts.min() > 1 else asked
