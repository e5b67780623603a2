"""The models that are held against imbalance: scikit-learn's, with its default settings, tuned nowhere.

Models that depend on the units of their features see them standardised on the training rows. Checked by:
each fits, predicts and ranks.
"""

import warnings
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.validation import one_of

__all__ = ["MODELS", "Fitted", "Model", "fit"]

Array = NDArray[np.float64]


class Model(NamedTuple):
    """A model of scikit-learn."""

    label: str
    estimator: str
    """Module and class below ``sklearn``."""
    settings: dict[str, Any] = {}  # noqa: RUF012 - never changed
    standardised: bool = True
    random: bool = False
    """Whether it draws random numbers."""
    full_rank: bool = False
    """Whether it needs a covariance of full rank in every class: more examples than features, at least."""


MODELS = {
    "lda": Model("LDA", "discriminant_analysis.LinearDiscriminantAnalysis", standardised=False),
    "qda": Model(
        "QDA",
        "discriminant_analysis.QuadraticDiscriminantAnalysis",
        full_rank=True,
    ),
    "logistic": Model("logistic regression", "linear_model.LogisticRegression"),
    "linear-svm": Model("linear SVM", "svm.SVC", {"kernel": "linear"}),
    "rbf-svm": Model("RBF SVM", "svm.SVC"),
    "random-forest": Model(
        "random forest", "ensemble.RandomForestClassifier", standardised=False, random=True
    ),
    "gradient-boosting": Model(
        "gradient boosting",
        "ensemble.GradientBoostingClassifier",
        standardised=False,
        random=True,
    ),
    "knn": Model("kNN", "neighbors.KNeighborsClassifier"),
    "naive-bayes": Model("naive Bayes", "naive_bayes.GaussianNB", standardised=False),
    "mlp": Model("MLP", "neural_network.MLPClassifier", random=True),
}
"""By name. The linear SVM is ``SVC(kernel="linear")``, hinge loss and C = 1; the RBF one ``SVC()``."""


class Fitted(NamedTuple):
    """What a fitted model says of test rows."""

    predicted: NDArray[np.bool_]
    """Whether it calls a row the minority, by its own threshold."""
    score: Array
    """By which it ranks them, greater for the minority."""


def fit(name: str, features: Array, minority: NDArray[np.bool_], test: Array, seed: int) -> Fitted:
    """Fit one of `MODELS` and let it judge test rows.

    Parameters
    ----------
    features, test
        (N, d) and (M, d).
    minority
        (N,); both classes must be there, and for QDA with more than d examples each.
    seed
        Of the models that draw random numbers.

    Examples
    --------
    >>> rows = np.array([[-2.0], [-1], [-3], [2], [3]])
    >>> fit("lda", rows, rows[:, 0] > 0, np.array([[-4.0], [4]]), seed=0).predicted
    array([False,  True])
    """
    model = MODELS[one_of("model", name, MODELS)]
    from sklearn.exceptions import ConvergenceWarning  # slow to import, like all of scikit-learn
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    module, _, kind = model.estimator.rpartition(".")
    settings = {**model.settings, **({"random_state": seed} if model.random else {})}
    estimator = getattr(import_module(f"sklearn.{module}"), kind)(**settings)
    if model.standardised:
        estimator = make_pipeline(StandardScaler(), estimator)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # the default number of steps is the default
        estimator.fit(features, minority)
    return Fitted(np.asarray(estimator.predict(test), dtype=bool), _score(estimator, test))


def _score(estimator: Any, test: Array) -> Array:
    """The decision function, log odds where probabilities would round to 0 and 1, or the probability."""
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(test)
    if hasattr(estimator, "predict_joint_log_proba"):  # naive Bayes
        joint = estimator.predict_joint_log_proba(test)
        return joint[:, 1] - joint[:, 0]
    return estimator.predict_proba(test)[:, 1]
