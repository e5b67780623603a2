"""Norms of confusion matrices: which errors they bound, and classifiers that they order the other way."""

import numpy as np
import pytest
from counterpoise.theory.decision import error_norms, frequency_weights
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(2, 12), st.integers(0, 10**6))
def test_mean_norm_and_worst_class_stand_in_order(classes, seed):
    rng = np.random.default_rng(seed)
    confusion = rng.dirichlet(np.full(classes, rng.choice([0.05, 0.5, 5.0])), size=classes).T
    mean, spectral, worst = error_norms(confusion)
    assert mean == pytest.approx(1 - np.diag(confusion).mean())
    assert mean <= spectral * (1 + 1e-12)
    assert worst <= np.sqrt(classes - 1) * spectral * (1 + 1e-12)


def test_a_lost_class_has_a_smaller_norm_than_an_even_error():
    lost = np.eye(101)
    lost[:, 0] = np.where(np.arange(101) == 0, 0, 1 / 100)
    even = np.full((101, 101), 0.11 / 100)
    (_, one, worst), (_, other, mild) = error_norms([lost, even])
    assert one == pytest.approx(0.1)
    assert other == pytest.approx(0.11)
    assert worst == pytest.approx(1)
    assert mild == pytest.approx(0.11)


@pytest.mark.parametrize("factor", [10, 100, 1e4])
def test_the_imbalance_factor_does_not_spread_the_weights(factor):
    counts = np.geomspace(500, 500 / factor, 100)
    share = counts / counts.sum()
    weights = frequency_weights(share)
    assert 1 < weights.max() / weights.min() <= np.sqrt(1 + share.max() / 0.2)
    assert weights.max() / weights.min() < 1.21


def test_a_matrix_that_is_not_square_is_refused():
    for shape in ((2, 3), (1, 1), (3,)):
        with pytest.raises(InputError, match="must be"):
            error_norms(np.zeros(shape))
    with pytest.raises(InputError, match="column of sum 2"):
        error_norms(np.ones((3, 3)))
