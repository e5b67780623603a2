"""Every estimator of density ratios: scikit-learn's checks, planted ratios, refusals, optimality."""

import numpy as np
import pytest
import torch
from counterpoise.methods.ratios import (
    KLIEP,
    LSIF,
    ULSIF,
    ClassifierRatio,
    GaussianRatio,
    KernelMeanMatching,
    MomentMatching,
    RuLSIF,
)
from counterpoise.methods.ratios.likelihood import likeliest
from counterpoise.methods.ratios.mean_matching import matched
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

FIXED = [
    ULSIF(), RuLSIF(), LSIF(width=1.0, penalty=0.01), KLIEP(width=1.0),
    KernelMeanMatching(width=1.0, ridge=0.01), ClassifierRatio(), GaussianRatio(),
]  # fmt: skip
NAMES = [type(estimator).__name__ for estimator in FIXED]


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


class GivenTwice:
    """The sample given twice: ``fit(X, y)`` and ``score(X, y)`` as scikit-learn's checks call them."""

    def fit(self, X, y=None):
        return super().fit(X, X)

    def score(self, X, y=None):
        return super().score(X, X)


class TwiceULSIF(GivenTwice, ULSIF): ...


class TwiceLSIF(GivenTwice, LSIF): ...


class TwiceKLIEP(GivenTwice, KLIEP): ...


class TwiceKernelMeanMatching(GivenTwice, KernelMeanMatching): ...


class TwiceClassifierRatio(GivenTwice, ClassifierRatio): ...


class TwiceGaussianRatio(GivenTwice, GaussianRatio): ...


@parametrize_with_checks(
    [
        TwiceULSIF(), TwiceLSIF(width=1.0, penalty=0.01), TwiceKLIEP(width=1.0),
        TwiceKernelMeanMatching(width=1.0, ridge=0.1), TwiceClassifierRatio(), TwiceGaussianRatio(),
    ]
)  # fmt: skip
def test_they_are_scikit_learn_estimators(estimator, check):
    """Where a classifier takes labels they take a second sample: here the same one."""
    check(estimator)


# --------------------------------------------------------------------------------- planted ratios


def gaussians(rng, size):
    """N(0.5, 0.8^2) over N(0, 1), in two dimensions."""
    return rng.normal(0.5, 0.8, (size, 2)), rng.normal(0, 1, (size, 2))


def ratio_of_gaussians(x):
    return np.exp((-((x - 0.5) ** 2) / 0.64 + x**2).sum(axis=1) / 2) / 0.64


def biased_subset(rng, size):
    """A class, and a training set of it that keeps an example with probability 1/(1 + e^(x_1))."""
    pool = rng.normal(0, 1, (4 * size, 2))
    kept = pool[rng.random(len(pool)) < 1 / (1 + np.exp(pool[:, 0]))]
    return rng.normal(0, 1, (size, 2)), kept[:size]


def ratio_of_the_biased_subset(x):
    return (1 + np.exp(x[:, 0])) / 2


def mean_error(estimator, size, draw, truth):
    errors = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        ratio = clone(estimator).fit(*draw(rng, size))
        x = draw(rng, 1000)[1]
        true = truth(x)
        if isinstance(estimator, RuLSIF):
            true = true / (estimator.alpha * true + 1 - estimator.alpha)
        errors.append(((ratio.predict(x) - true) ** 2).mean())
    return np.mean(errors)


QUADRATIC = make_pipeline(PolynomialFeatures(2), LogisticRegression(max_iter=1000))


@pytest.mark.parametrize("estimator", [*FIXED[:5], ClassifierRatio(QUADRATIC), FIXED[6]], ids=NAMES)
def test_the_error_falls_on_gaussians(estimator):
    few, many = (mean_error(estimator, n, gaussians, ratio_of_gaussians) for n in (40, 400))
    print(f"mean squared error {few:.3f} at 40, {many:.3f} at 400")
    assert many < few / 2
    assert many < 0.5


@pytest.mark.parametrize("estimator", FIXED[:5], ids=NAMES[:5])
def test_the_error_falls_on_a_biased_subset(estimator):
    """Of the estimators that assume no form of the ratio."""
    few, many = (
        mean_error(estimator, n, biased_subset, ratio_of_the_biased_subset) for n in (40, 400)
    )
    print(f"mean squared error {few:.3f} at 40, {many:.3f} at 400")
    assert many < few / 1.5
    assert many < 0.4


def test_the_error_of_moment_matching_falls_on_a_ratio_linear_in_the_features():
    """Density 2x over 1 on [0, 1], features (1, x)."""
    errors = []
    for size in (50, 5000):
        rng = np.random.default_rng(0)
        above, below = np.sqrt(rng.random(size)), rng.random(size)
        matching = MomentMatching(1, 2, ridge=1e-9)
        label = torch.zeros(size, dtype=torch.long)
        matching.observe(torch.from_numpy(np.stack([np.ones(size), above], 1)), label)
        ratio = matching.ratio(torch.from_numpy(np.stack([np.ones(size), below], 1)), label)
        errors.append(((ratio.numpy() - 2 * below) ** 2).mean())
    assert errors[1] < errors[0] / 10
    assert errors[1] < 1e-3


@pytest.mark.parametrize("estimator", FIXED, ids=NAMES)
def test_the_score_prefers_the_truth(estimator):
    """Twice the ratio, and its inverse, score less."""
    rng = np.random.default_rng(0)
    model = clone(estimator).fit(*gaussians(rng, 200))
    above, below = gaussians(rng, 500)
    fitted = model.score(above, below)
    upside_down = clone(estimator).fit(*gaussians(rng, 200)[::-1])
    assert fitted > upside_down.score(above, below)


@pytest.mark.parametrize("estimator", FIXED, ids=NAMES)
def test_tensors_are_read_and_bad_samples_refused(estimator):
    rng = np.random.default_rng(0)
    above, below = gaussians(rng, 30)
    model = clone(estimator)
    fitted = model.fit(torch.from_numpy(above).float(), below.tolist()).predict(torch.zeros(2, 2))
    assert fitted.shape == (2,)
    assert (fitted >= 0).all()
    for samples, message in (
        ((above, below * np.nan), "denominator contains NaN"),
        ((above * np.inf, below), "numerator contains"),
        ((above, below[:, :1]), "denominator: X has 1 features"),
        ((above[0], below), "numerator: Expected 2D array"),
        ((above[:1], below), "numerator: Found array with 1 sample"),
    ):
        with pytest.raises(InputError, match=message):
            model.fit(*samples)
    with pytest.raises(InputError, match="x contains NaN"):
        clone(estimator).fit(above, below).predict([[np.nan, 0]])


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (ULSIF(width=0.0), "width = 0"),
        (ULSIF(ridge=[0.1, -1]), "ridge = -1"),
        (ULSIF(width=[[1.0]]), "give one number, or several"),
        (ULSIF(basis="polynomial"), "basis"),
        (ULSIF(num_centres=0), "num_centres = 0"),
        (RuLSIF(alpha=1.0), "alpha = 1"),
        (LSIF(penalty=0.0), "penalty = 0"),
        (LSIF(cv=1), "cv = 1"),
        (KLIEP(width=-1.0), "width = -1"),
        (KLIEP(width=1e-9), "give a larger width"),
        (KernelMeanMatching(bound=0.5), "bound = 0.5"),
        (KernelMeanMatching(slack=-1.0), "slack = -1"),
        (GaussianRatio(shrinkage=2.0), "shrinkage = 2"),
    ],
)
def test_settings_outside_their_domain_are_refused(estimator, message):
    with pytest.raises(InputError, match=message):
        estimator.fit(*gaussians(np.random.default_rng(0), 20))


def test_a_classifier_without_probabilities_and_a_singular_covariance_are_refused():
    above, below = gaussians(np.random.default_rng(0), 20)
    with pytest.raises(InputTypeError, match="predict_proba"):
        ClassifierRatio(RidgeClassifier()).fit(above, below)
    with pytest.raises(InputError, match="numerator: its covariance is singular"):
        GaussianRatio(shrinkage=0.0).fit(np.zeros((20, 2)), below)


# -------------------------------------------------------------------- what each of them solves


def test_kliep_meets_the_conditions_of_optimality():
    rng = np.random.default_rng(0)
    phi, mean = rng.random((80, 6)) ** 4, rng.random(6) + 0.1
    theta = likeliest(phi, mean)
    assert mean @ theta == pytest.approx(1, rel=1e-12)
    slope = mean - (phi / (phi @ theta)[:, None]).mean(axis=0)
    assert (theta >= 0).all()
    assert slope.min() > -1e-4
    assert abs(slope * theta).max() < 1e-4


@pytest.mark.parametrize(("bound", "slack"), [(1000.0, 0.9), (1.2, 0.9), (1000.0, 0.0)])
def test_kernel_mean_matching_is_the_clip_of_its_stationary_point(bound, slack):
    """The bounds inactive, active, and the mean held at 1: r is everywhere what `predict` says."""
    above, below = gaussians(np.random.default_rng(0), 40)
    model = KernelMeanMatching(width=0.8, ridge=0.05, bound=bound, slack=slack).fit(above, below)
    np.testing.assert_allclose(model.predict(below), model.weights_, atol=1e-4)
    assert model.weights_.max() <= bound
    assert abs(model.weights_.mean() - 1) <= slack + 1e-6
    if slack == 0:
        assert model.price_ != 0


def test_kernel_mean_matching_without_active_constraints_is_a_linear_system():
    rng = np.random.default_rng(0)
    root = rng.random((12, 12))
    kernel, goal = root @ root.T / 12, np.ones(12) * 2
    expected = np.linalg.solve(kernel + np.eye(12), goal)
    assert (expected > 0).all()
    found, price = matched(kernel, goal, 1.0, 1000.0, 0.99)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert price == pytest.approx(0, abs=1e-6)


def test_a_gaussian_ratio_of_known_moments():
    above = np.array([[1.0], [3.0]])  # mean 2, variance 1
    below = np.array([[-2.0], [2.0]])  # mean 0, variance 4
    x = np.array([[0.0], [1.0], [2.0]])
    expected = np.exp(-((x[:, 0] - 2) ** 2) / 2 + x[:, 0] ** 2 / 8) * 2
    np.testing.assert_allclose(GaussianRatio(0.0).fit(above, below).predict(x), expected)


def test_the_classifiers_odds_count_the_samples():
    """A classifier that knows nothing says how many there are of each: the ratio is 1."""
    blind = ClassifierRatio(LogisticRegression(C=1e-12))
    ratio = blind.fit(np.random.default_rng(0).normal(0, 1, (30, 1)), np.ones((90, 1)))
    np.testing.assert_allclose(ratio.predict([[0.0], [5.0]]), 1, rtol=1e-3)
