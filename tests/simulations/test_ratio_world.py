"""Ratios where nothing is to be corrected: Gaussian features against the law, and worlds known by hand."""

import numpy as np
import pytest
from counterpoise.simulations.ratio_world import gaussian_features, ratio_rows
from counterpoise.theory.foundation.validation import InputError


def test_gaussian_features_follow_the_law_in_mean_scatter_and_clamped_mean():
    features, target = gaussian_features([600, 300, 100, 30], dimension=40, spread=0.4, seed=1)
    rows = ratio_rows(features, target, batch_size=64, batches=200)
    assert [row.examples for row in rows] == [600, 300, 100, 30]
    for row in rows:
        assert row.spread == pytest.approx(0.4, rel=0.2)
        assert row.mean == pytest.approx(row.predicted_mean, abs=0.03)
        if 5 < row.batch_count < 30:
            assert row.scatter == pytest.approx(row.predicted_scatter, rel=0.15)
            assert row.clamped == pytest.approx(row.predicted_clamped, rel=0.1)
    # near the pole, 37 samples for 40 features, scatter is several times that of 19 samples
    assert rows[0].scatter > 3 * rows[1].scatter


def test_features_without_spread_have_ratio_one():
    features = np.repeat(np.eye(3)[:2], [30, 10], axis=0)
    rows = ratio_rows(features, np.repeat([0, 1], [30, 10]), batch_size=8, batches=40)
    for row in rows:
        assert row.mean == pytest.approx(1.0)
        assert row.scatter == pytest.approx(0.0, abs=1e-9)
        assert row.predicted_mean == pytest.approx(1.0)


def test_shapes_that_do_not_fit_are_one_clear_line():
    with pytest.raises(InputError, match="target has shape"):
        ratio_rows(np.ones((4, 2)), np.zeros(3, dtype=int))
    with pytest.raises(InputError, match="class 1"):
        ratio_rows(np.ones((4, 2)), np.array([0, 0, 2, 2]))
