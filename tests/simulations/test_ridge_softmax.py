"""Ridge softmax regression's limit: that of two classes, of a great ridge, and training on samples."""

import numpy as np
import pytest
from counterpoise.simulations import sample_ridge_softmax
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import ridge_logistic, ridge_softmax
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax


@pytest.mark.parametrize(
    ("kappa", "Delta", "ridge"), [(2, 3, 0.1), (0.5, 1.5, 0.01), (8, 2, 0.02), (1, 2, 10)]
)
def test_two_classes_are_those_of_ridge_logistic(kappa, Delta, ridge):
    """w is the difference of two opposite rows: half the ridge, sqrt 2 the norm, twice the shift."""
    found, known = ridge_softmax(2, kappa, Delta, ridge), ridge_logistic(1, kappa, Delta, ridge / 2)
    assert found.alignment == pytest.approx(known.alignment, rel=1e-7)
    assert np.sqrt(2) * found.norm == pytest.approx(known.norm, rel=1e-6)
    assert 2 * found.curvature == pytest.approx(known.curvature, rel=1e-6)
    assert found.accuracy == pytest.approx(known.recall, rel=1e-7)


@pytest.mark.parametrize("K", [3, 4])
def test_a_great_ridge_leaves_the_sample_means(K):
    """W is then proportional to the centred means of the sample, whose noise is known."""
    limit = ridge_softmax(K, 2.0, 3.0, 1000.0)
    assert limit.alignment == pytest.approx(1 / np.sqrt(1 + 2 * K / (2.0 * 9.0)), rel=1e-3)


@pytest.mark.parametrize("K", [2, 3])
def test_the_training_problem_is_solved(K):
    """The objective as it is written in the theory, by another optimiser, on the same first sample."""
    trained = sample_ridge_softmax(K, 12, 8, 2.0, 0.05, draws=2, seed=3)
    target = np.repeat(np.arange(K), 12)
    means = np.zeros((K, 8))
    means[:, :K] = np.sqrt(2) * (np.eye(K) - 1 / K)
    x = np.random.default_rng(3).standard_normal((target.size, 8)) + means[target]
    rows = np.column_stack([x, np.ones(target.size)])
    hit = np.eye(K)[target]

    def objective(v):
        W = v.reshape(K, 9)
        scores = rows @ W.T
        value = -np.mean(np.sum(hit * log_softmax(scores, axis=1), axis=1))
        slope = (softmax(scores, axis=1) - hit).T @ rows / target.size
        slope[:, :-1] += 0.05 * W[:, :-1]
        return value + 0.025 * np.sum(W[:, :-1] ** 2), slope.ravel()

    options = {"gtol": 1e-10, "maxiter": 5000}
    found = minimize(objective, np.zeros(9 * K), jac=True, method="BFGS", options=options)
    W = found.x.reshape(K, 9)[:, :-1]
    norm = np.linalg.norm(W)
    assert trained.norm[0] == pytest.approx(norm / np.sqrt(K - 1), rel=1e-4)
    cosine = np.sum(W * means) / norm / np.linalg.norm(means)
    assert trained.alignment[0] == pytest.approx(cosine, rel=1e-4)


CELLS = [(3, 2.0, 3.0, 0.1), (3, 0.9, 2.0, 0.02), (4, 1.0, 3.0, 0.05), (4, 3.0, 1.5, 0.3)]


@pytest.fixture(scope="module")
def measured():
    """Limit, mean over training sets in 120 dimensions, and its standard error."""
    found = []
    for K, kappa, Delta, ridge in CELLS:
        examples = round(kappa * 120 / K)
        limit = ridge_softmax(K, K * examples / 120, Delta, ridge)
        trained = np.array(sample_ridge_softmax(K, examples, 120, Delta, ridge, draws=12, seed=1))
        error = trained.std(axis=1, ddof=1) / np.sqrt(12)
        values = np.array([limit.alignment, limit.norm, limit.accuracy])
        found.append((values, trained.mean(axis=1), error))
    return np.array(found)


def test_the_limit_is_within_four_standard_errors_of_training(measured):
    limit, mean, error = measured.transpose(1, 0, 2)
    assert np.abs((mean - limit) / error).max() < 4


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_that_agreement_would_show_numbers_wrong_by_two_percent(measured, factor):
    limit, mean, error = measured.transpose(1, 0, 2)
    assert (np.abs((mean - factor * limit) / error).max(axis=0) > 4).any()


def test_scores_that_spread_too_far_are_refused():
    with pytest.raises(InputError, match=r"ridge = 0.003: .* raise it"):
        ridge_softmax(3, 8.0, 4.0, 0.003)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"num_classes": 5}, "num_classes"),
        ({"num_classes": 1}, "num_classes"),
        ({"kappa": 0.0}, "kappa"),
        ({"Delta": -1.0}, "Delta"),
        ({"ridge": 0.0}, "ridge"),
    ],
)
def test_bad_values_are_named(change, name):
    arguments = {"num_classes": 3, "kappa": 1.0, "Delta": 2.0, "ridge": 0.1} | change
    with pytest.raises(InputError, match=f"^{name} = "):
        ridge_softmax(**arguments)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"num_classes": 1}, "num_classes"),
        ({"examples": 0}, "examples"),
        ({"dimension": 2}, "dimension"),
        ({"Delta": 0.0}, "Delta"),
        ({"ridge": -1.0}, "ridge"),
        ({"draws": 1}, "draws"),
    ],
)
def test_bad_worlds_are_named(change, name):
    arguments = {"num_classes": 3, "examples": 5, "dimension": 9, "Delta": 2.0, "ridge": 0.1}
    with pytest.raises(InputError, match=f"^{name} = "):
        sample_ridge_softmax(**(arguments | {"seed": 0} | change))
