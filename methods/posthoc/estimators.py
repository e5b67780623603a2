"""Post-hoc rules around any scikit-learn classifier: it estimates the posterior, the rule decides.

The wrapped classifier must estimate the posterior of the data it is given: leave its own balancing off
(``class_weight``), or the correction is made twice. Checked by: scikit-learn's estimator checks, and
agreement with the functions of this package.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
)

from ...theory.decision_costs import power_costs
from ...theory.label_shift import mlls_prior
from ...theory.threshold_moving import expected_costs
from ...theory.validation import InputError, one_of
from .adjustment import adjust_probabilities, threshold_moving_scores
from .label_shift import bbse_prior
from .thresholds import expected_f_beta_threshold

__all__ = [
    "LogitAdjustedClassifier",
    "PlugInClassifier",
    "PriorCorrectedClassifier",
    "ThresholdMovingClassifier",
]


class _PostHocClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Fits a clone of ``estimator`` and learns the classes and their prior."""

    estimator: Any

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and the class prior.

        Parameters
        ----------
        X, y
            Training examples (N, features) and labels (N,), as the classifier takes them.
        sample_weight
            Shape (N,); handed to the classifier and counted in the prior.

        Raises
        ------
        InputError
            If the classifier has no ``predict_proba``, or y fewer than two classes of positive weight.
        """
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        if not hasattr(self._estimator(), "predict_proba"):
            raise InputError(
                f"estimator {type(self._estimator()).__name__} has no predict_proba: wrap it in "
                "sklearn.calibration.CalibratedClassifierCV"
            )
        weighting = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.estimator_ = clone(self._estimator()).fit(X, y, **weighting)
        self.classes_, label = np.unique(y, return_inverse=True)
        weight = _check_sample_weight(sample_weight, label, dtype=np.float64)
        mass = np.bincount(label, weights=weight)
        if len(mass) < 2:
            raise InputError(f"y has one class, {self.classes_[0]!r}: give two or more")
        if not mass.all():
            raise InputError(f"sample_weight leaves class {self.classes_[mass.argmin()]!r} nothing")
        self.class_prior_ = mass / mass.sum()
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        if hasattr(self.estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.estimator_.feature_names_in_
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._estimator()).input_tags
        tags.input_tags.sparse = inner.sparse
        tags.input_tags.allow_nan = inner.allow_nan
        return tags

    def _estimator(self) -> Any:
        return LogisticRegression() if self.estimator is None else self.estimator

    def _posterior(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)


class LogitAdjustedClassifier(_PostHocClassifier):
    """Post-hoc logit adjustment: predicts the largest ``log p_y - tau log pi_y + log q_y``.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``; ``LogisticRegression()`` if None.
    tau
        Strength (1.0): consistent for the balanced error at 1; 0 leaves the classifier as it is.
    target_prior
        q, the prior where the model is used, in the order of ``classes_``; None for equal shares.

    Attributes
    ----------
    estimator_, classes_, class_prior_
        The fitted classifier, the labels, and their shares in training.

    Source: Menon et al. (ICLR 2021), eq. (9).
    """

    def __init__(
        self, estimator: Any = None, tau: float = 1.0, target_prior: ArrayLike | None = None
    ) -> None:
        self.estimator = estimator
        self.tau = tau
        self.target_prior = target_prior

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Adjusted posteriors, shape (N, K)."""
        return adjust_probabilities(
            self._posterior(X), self.class_prior_, self.tau, target_prior=self.target_prior
        )

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of the largest adjusted posterior, shape (N,)."""
        index = self.predict_proba(X).argmax(axis=1)
        return self.classes_[index]


class ThresholdMovingClassifier(_PostHocClassifier):
    """Decides by a cost matrix: by its row sums (threshold moving), or by the expected cost.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``; ``LogisticRegression()`` if None.
    cost
        Shape (K, K), true class first, prediction second, zero diagonal, in the order of
        ``classes_``. None: each class costs one over its share, which is the balanced error.
    rule
        ``"row_sums"``: the largest ``p_k sum_j C[k, j]`` (Zhou and Liu). ``"expected_cost"``: the
        least ``sum_k p_k C[k, j]`` (Elkan). They agree for two classes, and for more exactly if a
        class costs the same whatever it is taken for.

    Attributes
    ----------
    estimator_, classes_, class_prior_, cost_
        The fitted classifier, the labels, their shares in training, and the costs in use.

    Source: Zhou and Liu (TKDE 2006); Elkan (IJCAI 2001), eq. (1).
    """

    def __init__(
        self, estimator: Any = None, cost: ArrayLike | None = None, rule: str = "row_sums"
    ) -> None:
        self.estimator = estimator
        self.cost = cost
        self.rule = rule

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and settle the costs; as for the other rules."""
        one_of("rule", self.rule, ("row_sums", "expected_cost"))
        super().fit(X, y, sample_weight)
        cost = power_costs(self.class_prior_) if self.cost is None else self.cost
        self.cost_ = np.asarray(cost, dtype=np.float64)
        expected_costs(self.class_prior_, self.cost_)  # refuses a matrix that does not fit
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """What is predicted by: the larger the better, shape (N, K); for two classes the difference, (N,)."""
        posterior = self._posterior(X)
        if self.rule == "row_sums":
            scores = threshold_moving_scores(posterior, self.cost_)
        else:
            scores = -expected_costs(posterior, self.cost_)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of least cost, shape (N,)."""
        scores = self.decision_function(X)
        index = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[index]


class PlugInClassifier(_PostHocClassifier):
    """The plug-in rule of a binary problem: positive where the estimated posterior exceeds a threshold.

    For more than two classes the rule for balanced accuracy is `LogitAdjustedClassifier`.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``; ``LogisticRegression()`` if None.
    measure
        ``"balanced_accuracy"``: the threshold is the share of positives in training, consistent
        for any consistent estimate of the posterior. ``"f1"``: half the best expected F1 on the
        training data, which takes the estimated posteriors at their word.

    Attributes
    ----------
    estimator_, classes_, class_prior_, threshold_
        The fitted classifier, the labels (the second one is positive), their shares in training, and
        the threshold on the posterior.

    Source: Menon et al. (ICML 2013), Algorithm 1; Koyejo et al. (NeurIPS 2014) for F1.
    """

    def __init__(self, estimator: Any = None, measure: str = "balanced_accuracy") -> None:
        self.estimator = estimator
        self.measure = measure

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and find the threshold; as for the other rules."""
        one_of("measure", self.measure, ("balanced_accuracy", "f1"))
        found = type_of_target(y, input_name="y", raise_unknown=True)
        if found != "binary":
            raise InputError(
                f"Only binary classification is supported. The type of the target is {found}; "
                "for more classes use LogitAdjustedClassifier"
            )
        super().fit(X, y, sample_weight)
        if self.measure == "f1":
            self.threshold_ = expected_f_beta_threshold(self._posterior(X)[:, 1]).threshold
        else:
            self.threshold_ = float(self.class_prior_[1])
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Estimated posterior of the positive class minus the threshold, shape (N,)."""
        return self._posterior(X)[:, 1] - self.threshold_

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels, shape (N,)."""
        index = (self.decision_function(X) > 0).astype(np.intp)
        return self.classes_[index]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


class PriorCorrectedClassifier(_PostHocClassifier):
    """Adapts a classifier to the class prior of a new population, seen without labels.

    ``fit`` on labelled data, then `adapt` to examples of the new population; before that it predicts
    as the classifier does. Right under label shift: ``p(x | y)`` must be the same in both.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``, calibrated; ``LogisticRegression()`` if None.
    method
        ``"mlls"``: maximum likelihood by EM. ``"bbse"``: the confusion matrix solved, estimated by
        cross-validation in ``fit``.
    cv
        Folds for ``"bbse"``, whose confusion matrix leaves sample weights out.

    Attributes
    ----------
    estimator_, classes_, class_prior_, target_prior_
        The fitted classifier, the labels, their shares in training, and those in use.

    Source: Saerens et al. (Neural Computation 2002); Lipton, Wang, Smola (ICML 2018).
    """

    def __init__(self, estimator: Any = None, method: str = "mlls", cv: Any = 5) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and the training prior; as for the other rules."""
        one_of("method", self.method, ("mlls", "bbse"))
        super().fit(X, y, sample_weight)
        self.target_prior_ = self.class_prior_
        if self.method == "bbse":
            held_out = cross_val_predict(clone(self._estimator()), X, y, cv=self.cv)
            self.labelled_ = (
                np.searchsorted(self.classes_, column_or_1d(y)),
                np.searchsorted(self.classes_, np.asarray(held_out)),
            )
        return self

    def adapt(self, X: Any) -> Self:
        """Estimate the class prior of the population that X, shape (M, features), comes from."""
        posterior = self._posterior(X)
        if self.method == "mlls":
            prior = mlls_prior(posterior, self.class_prior_)
        else:
            predicted = posterior.argmax(axis=1)
            prior = bbse_prior(*self.labelled_, predicted, len(self.classes_))
        self.target_prior_ = prior
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Posteriors under the prior in use, shape (N, K)."""
        check_is_fitted(self)
        # a class estimated to be absent keeps a share too small to be predicted
        prior = np.maximum(self.target_prior_, np.finfo(np.float64).tiny)
        return adjust_probabilities(self._posterior(X), self.class_prior_, target_prior=prior)

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of the largest posterior under the prior in use, shape (N,)."""
        index = self.predict_proba(X).argmax(axis=1)
        return self.classes_[index]
