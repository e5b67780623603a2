"""Trained ridge logistic regression against another optimiser and against its limit."""

import numpy as np
import pytest
from counterpoise.simulations import sample_ridge_logistic, simulate_ridge_logistic
from counterpoise.simulations.ridge_logistic import minimise
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import ridge_logistic_world
from ridge_logistic_cells import QUANTITIES, cells, compared, counts, wrong_limit_of
from scipy.optimize import minimize
from scipy.special import expit, ndtr

SETTINGS = {"tau": 0.7, "class_weights": (0.6, 4.0), "scales": (1.1, 0.5)}


@pytest.mark.parametrize(("n1", "n0", "d"), [(5, 20, 8), (4, 9, 40)])
def test_the_training_problem_is_solved(n1, n0, d):
    """The objective as it is written in the theory, by L-BFGS from random starts."""
    rng = np.random.default_rng(3)
    world = ridge_logistic_world(n0 / n1, (n0 + n1) / d, 2.0, 0.05, **SETTINGS)
    y = np.repeat([1, -1], [n1, n0])
    x = rng.standard_normal((y.size, d)) + np.outer(y, np.eye(d)[0])
    which = (y < 0).astype(int)
    weight, scale = np.array([4.0, 0.6])[which], np.array([0.5, 1.1])[which]
    offset = y * 0.7 * np.log(n1 / n0)

    def objective(v):
        margin = scale * y * (x @ v[:-1] + v[-1]) + offset
        slope = -weight * scale * y * expit(-margin) / y.size
        value = np.mean(weight * np.logaddexp(0, -margin)) + 0.025 * v[:-1] @ v[:-1]
        return value, np.append(x.T @ slope + 0.05 * v[:-1], slope.sum())

    options = {"ftol": 1e-16, "gtol": 1e-10, "maxiter": 5000, "maxfun": 10**5}
    start = rng.standard_normal(d + 1)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    w = minimise(world, x, n1)
    assert np.abs(objective(w)[1]).max() < 1e-12
    np.testing.assert_allclose(w, found.x, atol=1e-5)


def test_fewer_examples_than_dimensions_change_nothing():
    """The span of the examples, in which the problem is then solved, against all dimensions."""
    trained = sample_ridge_logistic(4, 8, 30, 2.0, 0.1, draws=2, seed=5, **SETTINGS)
    x = np.random.default_rng(5).standard_normal((12, 30))
    x[:4, 0] += 1.0
    x[4:, 0] -= 1.0
    world = ridge_logistic_world(2.0, 12 / 30, 2.0, 0.1, **SETTINGS)
    *w, b = minimise(world, x, 4)
    norm = np.linalg.norm(w)
    assert trained.norm[0] == pytest.approx(norm, rel=1e-9)
    assert trained.alignment[0] == pytest.approx(w[0] / norm, rel=1e-9)
    assert trained.recall[0] == pytest.approx(ndtr((w[0] + b) / norm), rel=1e-9)
    assert trained.specificity[0] == pytest.approx(ndtr((w[0] - b) / norm), rel=1e-9)


# Two cells of each loss, of which a training set is small.
CELLS = [cell for cell in cells(60, seed=7) if cell.kappa < 3.0][:6]


@pytest.fixture(scope="module")
def measured():
    return [compared(cell, 200, 40, seed) for seed, cell in enumerate(CELLS)]


def test_the_limit_is_within_four_standard_errors_of_training(measured):
    assert {cell.loss for cell in CELLS} == {"plain", "weighted", "adjusted", "vs"}
    for result in measured:
        assert np.abs(result.z()).max() < 4.0, dict(zip(QUANTITIES, result.z(), strict=True))


@pytest.mark.parametrize("equation", [0, 1])
def test_that_agreement_would_show_an_error_of_two_percent_in_an_equation(measured, equation):
    """Of alignment or of norm; the other two ask for more draws, see ``ridge_logistic_cells``."""
    wrong = [
        result.z(wrong_limit_of(cell, *counts(cell, 200), 200, equation))
        for cell, result in zip(CELLS, measured, strict=True)
    ]
    assert np.abs(wrong).max() > 4.0


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_that_agreement_would_show_numbers_wrong_by_two_percent(measured, factor):
    assert max(np.abs(result.z(factor * result.limit)).max() for result in measured) > 4.0


def test_rates_are_means_over_training_sets():
    rates = simulate_ridge_logistic(4.0, 1.0, 3.0, 0.1, dimension=50, draws=8, seed=2)
    trained = sample_ridge_logistic(10, 40, 50, 3.0, 0.1, draws=8, seed=2)
    assert (rates.n1, rates.n0, rates.eta, rates.kappa) == (10, 40, 4.0, 1.0)
    assert rates.recall == trained.recall.mean()
    assert rates.recall_se == pytest.approx(trained.recall.std(ddof=1) / np.sqrt(8))
    assert rates == simulate_ridge_logistic(4.0, 1.0, 3.0, 0.1, dimension=50, draws=8, seed=2)


def test_a_direction_may_be_worse_than_none():
    """Few examples in many dimensions: some classifiers are on the wrong side, and still have rates."""
    trained = sample_ridge_logistic(2, 2, 60, 0.5, 1.0, draws=40, seed=0)
    assert trained.alignment.min() < 0 < trained.alignment.max()
    assert (trained.recall + trained.specificity).min() < 1


def test_a_world_without_minority_examples_is_refused_with_the_mend():
    with pytest.raises(
        InputError, match=r"eta = 100 .*lower eta or raise kappa, .* to [.\d]+"
    ) as error:
        simulate_ridge_logistic(100, 0.5, 2.0, 0.1, dimension=50, seed=0)
    mend = float(str(error.value).split()[-1])
    assert simulate_ridge_logistic(100, mend, 2.0, 0.1, dimension=50, draws=2, seed=0).n1 == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"eta": 0.5}, "eta"),
        ({"kappa": 0.0}, "kappa"),
        ({"ridge": -1.0}, "ridge"),
        ({"dimension": 1}, "dimension"),
        ({"draws": 1}, "draws"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_values_are_named(change, name):
    arguments = {"eta": 5.0, "kappa": 1.0, "Delta": 2.0, "ridge": 0.1, "seed": 0} | change
    with pytest.raises(InputError, match=f"^{name} = "):
        simulate_ridge_logistic(**arguments)
