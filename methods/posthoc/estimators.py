"""Post-hoc rules around any scikit-learn classifier: it estimates the posterior, the rule decides.

The wrapped classifier must estimate the posterior of the data it is given: leave its own balancing off
(``class_weight``), or the correction is made twice, which `fit` warns of. ``sample_weight`` is no such
balancing: it counts in the class shares too. Checked by: scikit-learn's estimator checks, and agreement
with the functions of this package.
"""

from inspect import Parameter, currentframe, signature
from typing import Any, Self
from warnings import warn

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import check_cv, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
)

from ...theory.adjustment import mlls_prior
from ...theory.decision import expected_costs, power_costs
from ...theory.foundation.arrays import ArrayLike
from ...theory.foundation.validation import (
    InputError,
    InputTypeError,
    as_number,
    as_probabilities,
    as_real,
    one_of,
)
from ..registry import Method
from .adjustment import adjust_probabilities, prior_offset, threshold_moving_scores
from .balancing import DoubleCorrectionWarning, balancing_parts, corrects
from .examples import scaled
from .label_shift import bbse_prior
from .thresholds import expected_f_beta_threshold

__all__ = [
    "LogitAdjustedClassifier",
    "PlugInClassifier",
    "PriorCorrectedClassifier",
    "ThresholdMovingClassifier",
]

METHODS = (
    Method(
        name="LogitAdjustedClassifier",
        weight="as trained",
        margin="−τ log π, at prediction",
        link="as trained",
        paper="Menon et al. 2021",
        consistent="only if τ = 1, the default",
        statements=(
            "logit_adjustment.post_hoc",
            "plug_in.k_classes",
        ),
        untrained="it is an estimator of scikit-learn around another; +la is its rule for networks",
    ),
    Method(
        name="ThresholdMovingClassifier",
        weight="as trained",
        margin="log of the costs' row sums, at prediction",
        link="as trained",
        paper="Zhou and Liu 2006; Elkan 2001",
        consistent="yes by default; row sums minimise a cost only if K = 2 or a class costs "
        "one number",
        statements=("threshold_moving.cost_sensitive_iff",),
        untrained="it is an estimator of scikit-learn around another; its costs by class are "
        "offsets, as +la's",
    ),
    Method(
        name="PlugInClassifier",
        weight="as trained",
        margin="threshold p̂, at prediction",
        link="as trained",
        paper="Menon et al. 2013; Koyejo et al. 2014",
        consistent="yes by default; F1 has another threshold",
        statements=(
            "plug_in.consistency",
            "posterior_thresholds.linear_fractional",
        ),
        untrained="it is an estimator of scikit-learn around another, for two classes",
    ),
    Method(
        name="PriorCorrectedClassifier",
        weight="as trained",
        margin="log q̂ − log π, at prediction",
        link="as trained",
        paper="Saerens et al. 2002; Lipton et al. 2018",
        consistent="no: made for the new population's error",
        statements=(
            "label_shift.mlls",
            "label_shift.bbse",
        ),
        untrained="it is an estimator of scikit-learn that needs data of the new population",
    ),
)


def _outside() -> int:
    """How far up the first caller outside this file is, as ``warnings.warn`` counts it."""
    frame, level = currentframe(), 0
    while frame is not None and frame.f_code.co_filename == __file__:
        frame, level = frame.f_back, level + 1
    return level


class _PostHocClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Fits a clone of ``estimator`` and learns the classes and their prior."""

    estimator: Any
    _undone = ""

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and the class prior.

        Warns (`DoubleCorrectionWarning`) if the classifier, or a part of it, balances the classes
        itself: class weights, a sampler in a pipeline, a balanced forest, imposed priors.

        Parameters
        ----------
        X, y
            Training examples (N, features) and labels (N,), as the classifier takes them.
        sample_weight
            Shape (N,), non-negative; handed to the classifier and counted in the prior. A pipeline
            hands them to its last step, unless scikit-learn's metadata routing is on.

        Raises
        ------
        InputError
            If the classifier has no ``predict_proba``, takes no weights that are given, or y has fewer
            than two classes of positive weight.
        """
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self._check_estimator()
        weight = _check_sample_weight(sample_weight, y, dtype=np.float64)
        if weight.min() < 0:
            raise InputError(f"sample_weight = {weight.min():g}: must not be negative")
        classes, label = np.unique(y, return_inverse=True)
        mass = np.bincount(label, weights=scaled(weight))
        if len(mass) < 2:
            raise InputError(f"y has one class, {classes.tolist()[0]!r}: give two or more")
        if not mass.all():
            raise InputError(
                f"sample_weight leaves class {classes.tolist()[mass.argmin()]!r} nothing"
            )
        self.classes_, self.class_prior_ = classes, mass / mass.sum()
        self._settle()
        self.estimator_ = clone(self._estimator()).fit(X, y, **self._weighting(sample_weight))
        if not hasattr(self.estimator_, "predict_proba"):  # a stack knows only when it is fitted
            raise InputError(
                f"estimator {type(self.estimator_).__name__} has no predict_proba: wrap it in "
                "sklearn.calibration.CalibratedClassifierCV"
            )
        if self._needs_posterior():
            self._warn_of_balancing(np.bincount(label) / len(label))
        if hasattr(self.estimator_, "n_features_in_"):
            self.n_features_in_ = self.estimator_.n_features_in_
        if hasattr(self.estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.estimator_.feature_names_in_
        return self

    def _settle(self) -> None:
        """Check the rule's own parameters against the classes, before the classifier is fitted."""

    def _needs_posterior(self) -> bool:
        """Whether the rule, as set, goes wrong if the posterior is not that of the training data."""
        return True

    def _check_estimator(self) -> None:
        own = self._estimator()
        if isinstance(own, type) or not hasattr(own, "fit"):
            shown = own.__name__ if isinstance(own, type) else type(own).__name__
            raise InputTypeError(
                f"estimator is {shown}: must be a classifier, {shown}() for a class"
            )

    def _warn_of_balancing(self, shares: NDArray[np.float64]) -> None:
        parts = list(balancing_parts(self.estimator_, shares))
        if parts:
            more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""
            warn(
                f"{type(self).__name__} needs the posterior of the training data, but "
                f"{', '.join(map(str, parts[:3]))}{more} balances the classes already, so that they "
                f"are corrected twice: leave that off (class_weight=None, no sampler), calibrate it "
                f"(CalibratedClassifierCV), or undo it{self._undone} "
                "(adjust_probabilities(p, its_prior, target_prior=class_prior))",
                DoubleCorrectionWarning,
                stacklevel=_outside(),
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._estimator()).input_tags
        tags.input_tags.sparse = inner.sparse
        tags.input_tags.allow_nan = inner.allow_nan
        return tags

    def _estimator(self) -> Any:
        return LogisticRegression() if self.estimator is None else self.estimator

    def _weighting(self, sample_weight: ArrayLike | None) -> dict[str, Any]:
        """The weights under the name by which the classifier's ``fit`` knows them."""
        if sample_weight is None:
            return {}
        prefix, taker = "", self._estimator()
        while isinstance(taker, Pipeline) and not get_config()["enable_metadata_routing"]:
            step, taker = taker.steps[-1]
            prefix += f"{step}__"
        known = signature(taker.fit).parameters.values()
        if not any(
            own.name == "sample_weight" or own.kind is Parameter.VAR_KEYWORD for own in known
        ):
            raise InputError(f"{type(taker).__name__} takes no sample_weight: give none")
        return {f"{prefix}sample_weight": sample_weight}

    def _posterior(self, X: Any) -> NDArray[np.float64]:
        check_is_fitted(self)
        return as_probabilities("predict_proba", self.estimator_.predict_proba(X))


class LogitAdjustedClassifier(_PostHocClassifier):
    """Post-hoc logit adjustment: predicts the largest ``log p_y - tau log pi_y + log q_y``.

    Parameters
    ----------
    estimator
        A classifier with ``predict_proba``; ``LogisticRegression()`` if None.
    tau
        Strength (1.0), >= 0: consistent for the balanced error at 1; 0 leaves the classifier as it is.
        `TunedLogitAdjustedClassifier` chooses it by cross-validation.
    target_prior
        q, the prior where the model is used, in the order of ``classes_``; None for equal shares.

    Attributes
    ----------
    estimator_, classes_, class_prior_, tau_
        The fitted classifier, the labels, their shares in training, and the strength in use.

    Source: Menon et al. (ICLR 2021), eq. (9).

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [1.0]])
    >>> rule = LogitAdjustedClassifier().fit(X, ["common"] * 5 + ["rare"])
    >>> rule.estimator_.predict([[0.9]]), rule.predict([[0.9]])
    (array(['common'], dtype='<U6'), array(['rare'], dtype='<U6'))
    """

    _undone = " with target_prior = the training shares, or by hand"

    def __init__(
        self, estimator: Any = None, tau: float = 1.0, target_prior: ArrayLike | None = None
    ) -> None:
        self.estimator = estimator
        self.tau = tau
        self.target_prior = target_prior

    def _settle(self) -> None:
        self.tau_ = as_number("tau", self.tau, low=0)
        prior_offset(self.class_prior_, self.tau_, self.target_prior)  # refuses what does not fit

    def _needs_posterior(self) -> bool:
        return corrects(self.class_prior_, self.tau_, self.target_prior)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Adjusted posteriors, shape (N, K)."""
        return adjust_probabilities(
            self._posterior(X), self.class_prior_, self.tau_, target_prior=self.target_prior
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

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["keep", "keep", "drop", "drop"]
    >>> cost = [[0, 1], [9, 0]]  # of 'drop' taken for 'keep', and of 'keep' taken for 'drop'
    >>> ThresholdMovingClassifier(cost=cost).fit(X, y).predict([[1.5], [2.0], [3.0]])
    array(['keep', 'keep', 'keep'], dtype='<U4')
    """

    def __init__(
        self, estimator: Any = None, cost: ArrayLike | None = None, rule: str = "row_sums"
    ) -> None:
        self.estimator = estimator
        self.cost = cost
        self.rule = rule

    def _settle(self) -> None:
        one_of("rule", self.rule, ("row_sums", "expected_cost"))
        given = None if self.cost is None else as_real("cost", self.cost, low=0)
        self.cost_ = power_costs(self.class_prior_) if given is None else given
        expected_costs(self.class_prior_, self.cost_)  # refuses a matrix that does not fit

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
    pos_label
        The label of the positive class, whose posterior meets the threshold; None is the second in
        sorted order, ``classes_[1]``. Balanced accuracy is the same for both, F1 is not.

    Attributes
    ----------
    estimator_, classes_, class_prior_, pos_label_, threshold_
        The fitted classifier, the labels, their shares in training, the positive one, and the
        threshold on its posterior.

    Source: Menon et al. (ICML 2013), Algorithm 1; Koyejo et al. (NeurIPS 2014) for F1.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [1.0]])
    >>> y = np.array(["spam"] + ["ham"] * 4 + ["spam"])
    >>> rule = PlugInClassifier(pos_label="ham").fit(X, y)
    >>> print(rule.pos_label_, round(rule.threshold_, 3))
    ham 0.667
    """

    def __init__(
        self, estimator: Any = None, measure: str = "balanced_accuracy", pos_label: Any = None
    ) -> None:
        self.estimator = estimator
        self.measure = measure
        self.pos_label = pos_label

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
            posterior = self._positive_posterior(X)
            weight = _check_sample_weight(sample_weight, posterior, dtype=np.float64)
            found = expected_f_beta_threshold(posterior, sample_weight=weight)
            self.threshold_ = found.threshold
        else:
            self.threshold_ = float(self.class_prior_[self._positive])
        return self

    def _settle(self) -> None:
        known = self.classes_.tolist()
        if self.pos_label is not None and self.pos_label not in known:
            raise InputError(
                f"pos_label = {self.pos_label!r}: y has labels {known[0]!r}, {known[1]!r}"
            )
        self._positive = 1 if self.pos_label is None else known.index(self.pos_label)
        self.pos_label_ = self.classes_[self._positive]

    def _positive_posterior(self, X: Any) -> NDArray[np.float64]:
        return self._posterior(X)[:, self._positive]

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """How far the posterior lies beyond the threshold, towards ``classes_[1]``, shape (N,)."""
        beyond = self._positive_posterior(X) - self.threshold_
        return beyond if self._positive == 1 else -beyond

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels, shape (N,): the positive one where its posterior exceeds the threshold."""
        beyond = self._positive_posterior(X) > self.threshold_
        return self.classes_[np.where(beyond, self._positive, 1 - self._positive)]

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
        Folds for ``"bbse"``, as scikit-learn takes them.

    Attributes
    ----------
    estimator_, classes_, class_prior_, target_prior_
        The fitted classifier, the labels, their shares in training, and those in use.

    Source: Saerens et al. (Neural Computation 2002); Lipton, Wang, Smola (ICML 2018).

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], [450, 50])
    >>> rule = PriorCorrectedClassifier().fit(rng.normal(3 * y, 1)[:, None], y)
    >>> new_X = rng.normal(3 * np.repeat([0, 1], [200, 200]), 1)[:, None]
    >>> rule.adapt(new_X).target_prior_.round(1)
    array([0.5, 0.5])
    """

    def __init__(self, estimator: Any = None, method: str = "mlls", cv: Any = 5) -> None:
        self.estimator = estimator
        self.method = method
        self.cv = cv

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the classifier and the training prior; as for the other rules."""
        one_of("method", self.method, ("mlls", "bbse"))
        check_cv(self.cv, column_or_1d(y), classifier=True)
        super().fit(X, y, sample_weight)
        self.target_prior_ = self.class_prior_
        self.labelled_ = self._held_out(X, y, sample_weight) if self.method == "bbse" else None
        return self

    def adapt(self, X: Any) -> Self:
        """Estimate the class prior of the population that X, shape (M, features), comes from.

        Raises
        ------
        InputError
            If ``method`` was changed to ``"bbse"`` after `fit`, which makes what that needs.
        """
        one_of("method", self.method, ("mlls", "bbse"))
        check_is_fitted(self)
        if self.method == "mlls":
            prior = mlls_prior(self._posterior(X), self.class_prior_)
        elif self.labelled_ is None:
            raise InputError("method = 'bbse': was another one in fit, so fit again before adapt")
        else:
            target, predicted, weight = self.labelled_
            new = self._index(self.estimator_.predict(X))
            prior = bbse_prior(target, predicted, new, len(self.classes_), sample_weight=weight)
        self.target_prior_ = prior
        return self

    def _held_out(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Classes, predictions for them by cross-validation, and weights."""
        weighting = self._weighting(sample_weight)
        estimator = clone(self._estimator())
        predicted = cross_val_predict(estimator, X, y, cv=self.cv, params=weighting)
        weight = _check_sample_weight(sample_weight, y, dtype=np.float64)
        return self._index(column_or_1d(y)), self._index(predicted), weight

    def _index(self, labels: Any) -> NDArray[np.intp]:
        return np.searchsorted(self.classes_, np.asarray(labels))

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
