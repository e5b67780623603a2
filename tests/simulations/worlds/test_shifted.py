"""New priors from unlabelled examples of known worlds: rates and coverage."""

import numpy as np
import pytest
from counterpoise.simulations.plug_in_world import log_slope
from counterpoise.simulations.worlds.finite import FiniteWorld
from counterpoise.simulations.worlds.shifted import WORLD, _estimates, label_shift_rows
from counterpoise.theory.adjustment import mlls_prior
from counterpoise.theory.foundation.validation import InputError

SIZES = [800, 1600, 3200, 6400]


@pytest.fixture(scope="module")
def rows():
    return label_shift_rows([0.4, 0.3, 0.3], SIZES, draws=80, seed=2)


@pytest.mark.parametrize("method", ["bbse", "mlls"])
def test_errors_fall_like_one_over_the_root(rows, method):
    own = [row for row in rows if row.method == method]
    fitted = log_slope(SIZES, [row.error for row in own], [row.standard_error for row in own])
    assert fitted.standard_error < 0.07
    assert abs(fitted.slope + 0.5) < 3 * fitted.standard_error


def test_likelihood_uses_the_unlabelled_examples_better(rows):
    for bbse, mlls in zip(rows[::2], rows[1::2], strict=True):
        assert (bbse.method, mlls.method) == ("bbse", "mlls")
        assert mlls.error < bbse.error


def test_bootstrap_intervals_cover():
    found = label_shift_rows([0.4, 0.3, 0.3], [3000], draws=30, resamples=30, level=0.8, seed=3)
    for (
        row
    ) in found:  # 30 data sets, percentiles of 30: seven points of error, and a little less covered
        assert 0.6 <= row.covered <= 0.93


def test_counted_examples_are_examples_repeated():
    counts = np.array([3, 0, 2, 5])
    prior = WORLD.class_counts / WORLD.counts.sum()
    repeated = mlls_prior(np.repeat(WORLD.posterior, counts, axis=0), prior)
    np.testing.assert_allclose(mlls_prior(WORLD.posterior, prior, sample_weight=counts), repeated)
    with pytest.raises(InputError, match="sample_weight"):
        mlls_prior(WORLD.posterior, prior, sample_weight=[1.0])
    with pytest.raises(InputError, match="not all zero"):
        mlls_prior(WORLD.posterior, prior, sample_weight=0.0)


def test_with_the_population_itself_both_are_exact():
    target = np.array([0.2, 0.3, 0.5])
    new = 10_000 * (WORLD.counts / WORLD.class_counts @ target)
    whole = np.rint(new).astype(int)
    for estimate in _estimates(WORLD).values():
        np.testing.assert_allclose(estimate(WORLD.counts, whole), target, atol=2e-3)


def test_slips_are_named():
    with pytest.raises(InputError, match="target_prior has shape"):
        label_shift_rows([1, 1], [100])
    with pytest.raises(InputError, match="examples = 10"):
        label_shift_rows([1, 1, 1], [10])
    with pytest.raises(InputError, match="nowhere the most likely"):
        label_shift_rows([1, 1], [100], world=FiniteWorld(((8, 2), (8, 2))))
