"""Ridge softmax regression trained on samples of K Gaussian classes on a simplex: the world behind its limit.

Every training set is drawn in d dimensions and solved by scikit-learn's multinomial logistic regression. What
was learnt sees a test example in K scores, whose law is Gaussian: they are drawn, and the right ones counted.
Checked by: the limit that `theory.high_dimension` states, the binary world of two classes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from ..theory.foundation.validation import as_number, as_whole
from .gaussian import as_generator

__all__ = ["TrainedSoftmax", "sample_ridge_softmax"]

Array = NDArray[np.float64]

_TESTS = 2000
"""Test examples of each class."""


class TrainedSoftmax(NamedTuple):
    """What was learnt from each training set; arrays of shape (draws,).

    Examples
    --------
    >>> trained = sample_ridge_softmax(3, 20, 30, 3.0, 0.1, draws=4, seed=0)
    >>> trained.norm.shape, bool((trained.accuracy > 1 / 3).all())
    ((4,), True)
    """

    alignment: Array
    """Cosine of W with the matrix of the centred means."""
    norm: Array
    """``|W|/sqrt(K - 1)``."""
    accuracy: Array
    """Share of test examples that are classified rightly, each class with as many."""


def sample_ridge_softmax(
    num_classes: int,
    examples: int,
    dimension: int,
    Delta: float,
    ridge: float,
    *,
    draws: int = 20,
    seed: int | np.random.SeedSequence,
) -> TrainedSoftmax:
    """Classifiers trained on ``draws`` samples of ``examples`` of each of K classes.

    Compare with ``ridge_softmax(K, K examples / dimension, Delta, ridge)``: the limit, from which a mean
    differs by O(1/d).

    Parameters
    ----------
    num_classes, examples, dimension
        K >= 2, at least one example of each class, and at least K dimensions.
    Delta, ridge
        Distance of every two means, and what multiplies ``|W|^2/2`` beside the mean loss; both > 0.
    draws, seed
        At least 2 training sets; the same seed gives the same numbers.

    Raises
    ------
    InputError
        If an argument leaves its domain.

    Examples
    --------
    >>> trained = sample_ridge_softmax(4, 40, 40, 3.0, 0.1, draws=3, seed=0)
    >>> bool(trained.alignment.min() > 0.5)
    True
    """
    K = as_whole("num_classes", num_classes, 2)
    examples, dimension = as_whole("examples", examples, 1), as_whole("dimension", dimension, K)
    Delta = as_number("Delta", Delta, low=0, low_open=True)
    ridge = as_number("ridge", ridge, low=0, low_open=True)
    draws, rng = as_whole("draws", draws, 2), as_generator(seed)
    centred = np.eye(K) - 1.0 / K
    means = np.zeros((K, dimension))
    means[:, :K] = Delta / np.sqrt(2.0) * centred
    target = np.repeat(np.arange(K), examples)
    learnt = []
    for _ in range(draws):
        x = rng.standard_normal((target.size, dimension)) + means[target]
        W, b = _trained(x, target, ridge)
        size = float(np.linalg.norm(W))
        cosine = float(np.sum(W * means)) / size / float(np.linalg.norm(means))
        spread = np.linalg.qr(W.T, mode="r")  # W z = spread' g for a normal g
        noise = rng.standard_normal((K, _TESTS, len(spread))) @ spread
        scores = noise + (means @ W.T)[:, None, :] + b
        right = scores.argmax(axis=2) == np.arange(K)[:, None]
        learnt.append((cosine, size / np.sqrt(K - 1.0), float(right.mean())))
    return TrainedSoftmax(*np.array(learnt).T)


def _trained(x: Array, target: NDArray[np.int64], ridge: float) -> tuple[Array, Array]:
    """W (K, d) and b (K,); two classes come as one row of differences, of which each has half."""
    K = int(target.max()) + 1
    total = ridge * len(x) * (0.5 if K == 2 else 1.0)
    model = LogisticRegression(C=1.0 / total, tol=1e-8, max_iter=10_000).fit(x, target)
    W, b = np.asarray(model.coef_), np.asarray(model.intercept_)
    if K == 2:
        return np.vstack([-0.5 * W, 0.5 * W]), np.append(-0.5 * b, 0.5 * b)
    return W, b
