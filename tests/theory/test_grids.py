"""Formulas on large grids: the values of small ones, whatever the cores, and the same slips named."""

import numpy as np
import pytest
from counterpoise.theory import gaussian, high_dimension
from counterpoise.theory.foundation import grids, threads
from counterpoise.theory.foundation.validation import InputError

ETA = np.geomspace(1, 1000, 70)[:, None, None]
KAPPA = np.geomspace(0.1, 30, 50)[:, None]
DELTA = np.linspace(0.3, 4, 60)


def whole(monkeypatch, call):
    """Without blocks."""
    with monkeypatch.context() as patch:
        patch.setattr(grids, "LARGE", np.inf)
        return call()


CALLS = {
    "bayes_rates": lambda: gaussian.bayes_rates(ETA, DELTA, KAPPA / 30),
    "threshold_rates": lambda: gaussian.threshold_rates(np.log(ETA * KAPPA), DELTA),
    "bayes_balanced_error": lambda: gaussian.bayes_balanced_error(ETA + KAPPA, DELTA),
    "bayes_error": lambda: gaussian.bayes_error(ETA + KAPPA, DELTA),
    "precision": lambda: gaussian.precision(ETA, DELTA, evaluation_eta=KAPPA),
    "negative_predictive_value": lambda: gaussian.negative_predictive_value(ETA, DELTA, KAPPA),
    "geometric_mean": lambda: gaussian.geometric_mean(np.log(ETA * KAPPA), DELTA),
    "f1_score": lambda: gaussian.f1_score(1.0, DELTA, ETA, KAPPA),
    "youden_index": lambda: gaussian.youden_index(np.log(ETA * KAPPA), DELTA),
    "plug_in_rates": lambda: high_dimension.plug_in_rates(ETA, KAPPA, DELTA, 0.5),
    "estimated": lambda: high_dimension.plug_in_rates(ETA, 1 + KAPPA, DELTA, covariance="estimated"),
    "regime": lambda: high_dimension.regime(ETA, KAPPA, DELTA),
    "undersampled_rate": lambda: high_dimension.undersampled_rate(ETA, KAPPA, DELTA),
    "corrected_error": lambda: high_dimension.corrected_error(ETA, KAPPA, DELTA),
    "balanced_error_parts": lambda: high_dimension.balanced_error_parts(ETA, KAPPA[:3], DELTA),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_blocks_are_the_whole(monkeypatch, name):
    call = CALLS[name]
    if name == "balanced_error_parts":  # forty nodes a cell
        monkeypatch.setattr(grids, "LARGE", 1000)
    expected = whole(monkeypatch, call)
    for cores in (1, 3):
        monkeypatch.setattr(threads, "cpu_count", lambda cores=cores: cores)
        given = call()
        assert type(given) is type(expected)
        for one, other in zip(np.atleast_2d(given), np.atleast_2d(expected), strict=True):
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype
            assert one.shape == other.shape


@pytest.mark.parametrize("shape", [(7,), (1, 7), (3, 1, 5), (2, 3, 4, 5), (100, 1), (1, 100)])
def test_every_shape_is_covered_once(monkeypatch, shape):
    monkeypatch.setattr(grids, "LARGE", 1)
    monkeypatch.setattr(grids, "BLOCK", 6)

    @grids.cell_by_cell
    def plus(a, b, word=None):
        assert word in (None, "word")
        assert max(np.size(a), np.size(b)) <= 6
        return a + b

    x = np.arange(np.prod(shape)).reshape(shape)
    y = np.arange(shape[-1]) * 1000
    np.testing.assert_array_equal(plus(x, y), x + y)
    np.testing.assert_array_equal(plus(x, 1, word="word"), x + 1)
    np.testing.assert_array_equal(plus(x, y[None]), x + y[None])


def test_the_first_slip_is_the_one_that_is_named(monkeypatch):
    eta = np.full(4 * grids.LARGE, 2.0)
    eta[[100, grids.LARGE, -1]] = 0.5, 0.25, 0.125
    for cores in (1, 2, 5):
        monkeypatch.setattr(threads, "cpu_count", lambda cores=cores: cores)
        with pytest.raises(InputError, match=r"eta = 0\.5: "):
            gaussian.bayes_rates(eta, 2.0)
    with pytest.raises(InputError, match="must broadcast"):
        gaussian.bayes_rates(np.abs(eta) + 1, eta[1:])


def test_warnings_are_treated_as_where_the_formula_is_called():
    @grids.cell_by_cell
    def inverse(x):
        return 1 / x

    zeros = np.zeros(grids.LARGE)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        inverse(zeros)
    with np.errstate(divide="ignore"):
        assert np.isinf(inverse(zeros)).all()


def test_lists_and_labelled_arrays_are_read_as_ever():
    eta = np.geomspace(1, 10, grids.LARGE)
    np.testing.assert_array_equal(
        gaussian.bayes_error(eta.tolist(), 2.0), gaussian.bayes_error(eta, 2.0)
    )
