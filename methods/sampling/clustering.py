"""COG and COG-OS: split large classes into clusters, learn those, and answer with the class.

A linear classifier cannot cut a class of several modes out of its surroundings; sub-classes of one mode,
about as large as the rare class, it can. Source: Wu, Xiong, Chen, "COG: local decomposition for rare
class analysis" (DMKD 2010). Checked by: scikit-learn's estimator checks, and a multi-modal majority.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ...theory.foundation.validation import InputError, as_whole, shown
from ..registry import Method

__all__ = ["LocalClusteringClassifier"]

METHODS = (
    Method(
        name="LocalClusteringClassifier",
        weight="sub-classes of large classes",
        margin="as trained",
        link="as trained",
        paper="Wu, Xiong, Chen 2010 (COG, COG-OS)",
        consistent="no: COG predicts as without clusters; "
        "COG-OS only if no class is split, up to rounding",
        statements=("resampled_classes.sub_classes",),
        untrained="it is an estimator of scikit-learn around another: give it a table",
    ),
)

STARTS: Any = 4  # of k-means, the best of which is kept


def _scores_sub_classes(classifier: Any) -> bool:
    """Whether the wrapped classifier says more than which sub-class it predicts."""
    own = classifier.estimator_ if hasattr(classifier, "estimator_") else classifier._estimator()
    return hasattr(own, "decision_function") or hasattr(own, "predict_proba")


class LocalClusteringClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Any classifier, trained on sub-classes found by k-means within the large classes.

    Parameters
    ----------
    estimator
        The classifier to train; ``LogisticRegression()`` if None.
    n_clusters
        Into how many sub-classes a large class is split: a number, for every class with more than
        the average count, or a mapping from class to number. A class is never split into more
        clusters than it has examples; 1 everywhere is the plain classifier.
    oversample
        False is COG. True is COG-OS: the examples of a class that is not split are repeated, a whole
        number of times, to about the average size of the sub-classes.
    random_state
        Of k-means: a number makes the fit repeatable.

    Attributes
    ----------
    classes_
        The class labels, sorted.
    class_index_
        For every sub-class the position of its class in ``classes_``.
    estimator_
        The fitted classifier of sub-classes 0, 1, ....

    The class predicted is that of the sub-class predicted, as in the paper; it need not be the class
    of largest total probability. So there is no ``predict_proba``: sums of the sub-classes' probabilities
    would contradict ``predict``. There are no sample weights either: the random starts of k-means do not
    treat an example of weight two as two examples.

    >>> X = [[0.0], [0.2], [1.0], [1.2], [1.4], [2.0], [2.2]]
    >>> y = ["usual", "usual", "rare", "rare", "rare", "usual", "usual"]
    >>> model = LocalClusteringClassifier(n_clusters={"usual": 2}, random_state=0).fit(X, y)
    >>> model.class_index_.tolist()  # the sub-classes' places in classes_: rare, usual, usual
    [0, 1, 1]
    """

    def __init__(
        self,
        estimator: Any = None,
        n_clusters: int | Mapping[Any, int] = 4,
        oversample: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.n_clusters = n_clusters
        self.oversample = oversample
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Split, repeat if asked to, and train; X of shape (N, features), y of shape (N,)."""
        X, y = validate_data(self, X, y, accept_sparse="csr")
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        sub_class = self._split(X, target)
        rows = self._rows(sub_class) if self.oversample else np.arange(len(target))
        self.estimator_ = clone(self._estimator()).fit(X[rows], sub_class[rows])
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of the predicted sub-class, shape (N,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, accept_sparse="csr")
        return self.classes_[self.class_index_[self.estimator_.predict(X)]]

    @available_if(_scores_sub_classes)
    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The largest score among a class's sub-classes, shape (N, K); for two classes the difference, (N,).

        Scores are the classifier's ``decision_function``, or else its ``predict_proba``. `predict`
        answers with the largest, if the classifier predicts the largest of its own (support vector
        machines of several classes count votes instead).
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, accept_sparse="csr")
        own = self.estimator_
        scores = np.asarray((getattr(own, "decision_function", None) or own.predict_proba)(X))
        if scores.ndim == 1:  # two sub-classes, hence no class was split
            return scores
        best = np.stack(
            [
                scores[:, index == self.class_index_].max(axis=1)
                for index in range(len(self.classes_))
            ],
            axis=1,
        )
        return best[:, 1] - best[:, 0] if len(self.classes_) == 2 else best

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = get_tags(self._estimator()).input_tags.sparse
        return tags

    def _estimator(self) -> Any:
        return LogisticRegression() if self.estimator is None else self.estimator

    def _split(self, X: Any, target: NDArray[np.intp]) -> NDArray[np.intp]:
        """The sub-class of every example, 0, 1, ...; sets ``class_index_``."""
        random = check_random_state(self.random_state)
        sub_class, class_index = np.empty_like(target), []
        for index, clusters in enumerate(self._clusters(np.bincount(target))):
            own = np.flatnonzero(target == index)
            label = np.zeros(len(own), dtype=np.intp)
            if clusters > 1:
                means = KMeans(clusters, n_init=STARTS, random_state=random.randint(2**31 - 1))
                # k-means may leave a cluster empty where points coincide
                _, label = np.unique(means.fit_predict(X[own]), return_inverse=True)
            sub_class[own] = len(class_index) + label
            class_index += [index] * (label.max() + 1)
        self.class_index_ = np.array(class_index)
        return sub_class

    def _clusters(self, counts: NDArray[np.intp]) -> list[int]:
        if isinstance(self.n_clusters, Mapping):
            unknown = [name for name in self.n_clusters if name not in self.classes_.tolist()]
            if unknown:
                raise InputError(
                    f"n_clusters names class {shown(unknown[0])}, which y does not have"
                )
            asked = [self.n_clusters.get(name, 1) for name in self.classes_.tolist()]
        else:
            clusters = as_whole("n_clusters", self.n_clusters, 1)
            asked = np.where(counts > counts.mean(), clusters, 1).tolist()
        return [
            min(as_whole("n_clusters", clusters, 1), int(count))
            for clusters, count in zip(asked, counts, strict=True)
        ]

    def _rows(self, sub_class: NDArray[np.intp]) -> NDArray[np.intp]:
        """Every example's row, those of classes that are not split as often as COG-OS repeats them."""
        sizes = np.bincount(sub_class)
        split = np.bincount(self.class_index_)[self.class_index_] > 1
        usual = sizes[split].mean() if split.any() else sizes.max()
        times = np.where(split, 1, np.maximum(1, np.rint(usual / sizes))).astype(np.intp)
        return np.repeat(np.arange(len(sub_class)), times[sub_class])
